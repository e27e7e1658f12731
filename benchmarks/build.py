"""Time whole builds against plain WeasyPrint on the same HTML in one document: in turn, medians, wall clock and processor.

    python benchmarks/build.py [--volume lung] [--runs 5]

Everything runs in processes of its own on a copy of the content, as an editor would run it. Plain WeasyPrint gets every section
of the volume in one document with its final page numbers, without the composer, and writes it tagged.
"""

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from math import nan
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

REPOSITORY = Path(__file__).resolve().parents[1]
PLAIN = """
import json, sys, weasyprint
from weasyprint.text.fonts import FontConfiguration
fonts = FontConfiguration()
styles = [weasyprint.CSS(filename=sys.argv[2], font_config=fonts)]
html = open(sys.argv[1], encoding="utf-8").read()
weasyprint.HTML(string=html, base_url=sys.argv[2]).write_pdf(sys.argv[3], stylesheets=styles, font_config=fonts, pdf_tags=True)
"""
WAITING = "waiting for changes"
READY_S = 6
"""Until a build that stands by has taken up what the one before made."""
LOOK_S, MOST_S = 0.005, 60
"""Between looks at the file, and until it is given up."""
MARK = re.compile(r"(?<=[\u4e00-\u9fff])[，；](?=[\u4e00-\u9fff])")
PUBLISHER = "from publisher.__main__ import main; main()"


@dataclass
class Figure:
    """One thing that is timed, and how it may compare with another."""

    name: str
    prepare: Callable[[], None]
    command: list[str]
    beside: str = ""
    goal: float = 0.0
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    status: int = 0

    def run(self, folder: Path) -> None:
        self.prepare()
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
        done = subprocess.run(self.command, cwd=folder, env=environment(), capture_output=True, check=False)
        self.wall.append(perf_counter() - started)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        self.status = done.returncode


@dataclass
class Watched(Figure):
    """What a build that stands by takes from a change until its new file is in its place; the processor's time of its children is not known before it ends."""

    file: Path = Path()

    def run(self, folder: Path) -> None:
        with subprocess.Popen(self.command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
            self.wait(child)
            sleep(READY_S)
            old = self.file.stat().st_ino
            self.prepare()
            started = perf_counter()
            while self.file.stat().st_ino == old and perf_counter() - started < MOST_S:
                sleep(LOOK_S)
            self.wall.append(perf_counter() - started)
            self.cpu.append(nan)
            self.wait(child)
            child.terminate()

    @staticmethod
    def wait(child: "subprocess.Popen[str]") -> None:
        """Read what it says until it waits for changes."""
        if child.stdout and not any(line.startswith(WAITING) for line in child.stdout):
            raise RuntimeError("it does not wait for changes")


def environment() -> dict[str, str]:
    """Return that of the programs that are timed: they find the program compiled, as it is once it has run."""
    kept = {name: said for name, said in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(REPOSITORY / "src"), "PUBLISHER_LANG": "en"}


def in_one_document(volume: str) -> str:
    """Return the HTML of a volume with its final page numbers as one document."""
    from layout import settled  # loads the engine

    _, sections = settled(volume)
    bodies = [re.search(r"<body([^>]*)>(.*)</body>", html, re.DOTALL) for _, html in sections]
    head = sections[0][1].split("<body")[0]
    return head + "<body>" + "".join(f"<div{body[1]}>{body[2]}</div>" for body in bodies if body) + "</body></html>"


def figures(project: Path, volume: str, plain: Path) -> list[Figure]:
    def publisher(*words: str) -> list[str]:
        return [sys.executable, "-c", PUBLISHER, *words]

    def clean() -> None:
        for name in ("build", ".cache"):
            shutil.rmtree(project / name, ignore_errors=True)

    def alter(which: int) -> None:
        """Change a mark in the commentary of the volume's last case, to and fro."""
        path = sorted((project / "content" / volume / "cases").glob("*.yaml"))[-1]
        text = path.read_text(encoding="utf-8")
        place = [mark.start() for mark in MARK.finditer(text, text.index("commentary:"))][which]
        path.write_text(text[:place] + ("；" if text[place] == "，" else "，") + text[place + 1 :], encoding="utf-8")

    def nothing() -> None:
        return None

    screen, made = publisher("build", volume, "--edition", "screen"), project / "build" / volume / "screen.pdf"
    writing = [sys.executable, "-c", PLAIN, str(plain), str(REPOSITORY / "styles" / "book.css"), str(plain.with_suffix(".pdf"))]
    return [
        Figure("plain", nothing, writing),
        Figure("screen, clean", clean, screen, "plain", 0.75),
        Figure("screen, nothing changed", nothing, screen, "plain"),
        Figure("screen, one case changed", partial(alter, 0), screen, "screen, clean", 0.15),
        Watched("screen, one case changed, --watch", partial(alter, 1), [*screen, "--watch"], "screen, clean", 0.15, file=made),
        Figure("check, nothing kept", clean, publisher("check"), "plain"),
        Figure("check, nothing changed", nothing, publisher("check"), "plain"),
        Figure("check, one case changed", partial(alter, 0), publisher("check"), "plain"),
        Figure("all editions of all volumes, clean", clean, publisher("build"), "plain", 2.5),
        Figure("all editions of all volumes, nothing changed", nothing, publisher("build"), "plain"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--volume", default="lung", help="folder of the volume in content/ (lung)")
    parser.add_argument("--runs", type=int, default=5, help="runs of each (5)")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        project, plain = Path(name) / "project", Path(name) / "plain.html"
        shutil.copytree(REPOSITORY / "content", project / "content")
        plain.write_text(in_one_document(chosen.volume), encoding="utf-8")
        found = {figure.name: figure for figure in figures(project, chosen.volume, plain)}
        for _ in range(chosen.runs):
            for figure in found.values():
                figure.run(project)
    print(f"{chosen.volume}: medians of {chosen.runs} runs, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'':<46}{'wall s':>8}{'cpu s':>8}{'ratio':>8}{'cpu':>8}{'goal':>7}  beside")
    for figure in found.values():
        beside = found.get(figure.beside, figure)
        ratio, busy = median(figure.wall) / median(beside.wall), median(figure.cpu) / median(beside.cpu)
        said = f"{figure.goal:>7.2f}" if figure.goal else f"{'':>7}"
        failed = f"  left with {figure.status}" if figure.status else ""
        print(f"{figure.name:<46}{median(figure.wall):>8.2f}{median(figure.cpu):>8.2f}{ratio:>8.2f}{busy:>8.2f}{said}  {figure.beside}{failed}")
    if chosen.json:
        chosen.json.write_text(json.dumps({figure.name: {"wall": figure.wall, "cpu": figure.cpu} for figure in found.values()}, indent=1))


if __name__ == "__main__":
    main()
