"""Time the preview: from saving a case to its fresh page, over HTTP as a browser gets it; medians.

A copy of the project is served in a process of its own. One paragraph of a real case is altered and saved; the clock stops when
the picture of the page that bears it has come. Beside the seconds on the wall stand those of the processor, which other programs
on the machine do not lengthen.
"""

import argparse
import http.client
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from urllib.parse import urlencode

REPOSITORY = Path(__file__).resolve().parents[1]
WIDTH = 1400
"""Pixels of the picture: a page 700 px wide on a display of double resolution."""
SERVE = """
import sys
from pathlib import Path
from publisher.project import Project
from publisher.workbench.preview import server
bound = server.listening(0)
made = server.server(Project(Path(sys.argv[1])))
print(bound.getsockname()[1], flush=True)
made.run(sockets=[bound])
"""


class Reader:
    """A reader of the preview at a port."""

    def __init__(self, port: int):
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def get(self, path: str, **query: str) -> bytes:
        self.connection.request("GET", path + ("?" + urlencode(query) if query else ""))
        return self.connection.getresponse().read()

    def pages(self, volume: str, case: str) -> list[str]:
        return [page["key"] for page in json.loads(self.get("/api/sections", volume=volume, section=case))["sections"][0]["pages"]]

    def events(self) -> Iterator[dict]:
        """Listen from now on."""
        listening = http.client.HTTPConnection("127.0.0.1", self.port)
        listening.request("GET", "/api/events")
        answer = listening.getresponse()
        return (json.loads(line.removeprefix(b"data: ")) for line in answer if line.startswith(b"data: "))


def processor_seconds(process: int) -> float:
    """Return the processor time that a process of Linux has taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def ready(port: int, case: str) -> Reader:
    """Wait until a server answers and has applied its rules."""
    while True:
        try:
            reader = Reader(port)
            reader.pages("lung", case)
            break
        except ConnectionRefusedError:
            sleep(0.2)
    while not json.loads(reader.get("/api/books"))["examined"]:
        sleep(0.5)
    return reader


def saved(serving: subprocess.Popen[str], path: Path, case: str, rounds: int) -> list[tuple[float, float, tuple[int, int, int]]]:
    """Save a case so many times; return for each the seconds on the wall and of the processor, and what was made."""
    reader = ready(int(serving.stdout.readline()), case)
    pages, events = reader.pages("lung", case), reader.events()
    text = path.read_text(encoding="utf-8")
    place = text.index("。", len(text) // 3)
    found = []
    for number in range(rounds):
        sleep(3)
        before, begun = processor_seconds(serving.pid), perf_counter()
        path.write_text(text[:place] + f"，第{number}次改动" + text[place:], encoding="utf-8")
        next(event for event in events if event["what"] == "pages" and ["lung", case] in event["views"])
        now = reader.pages("lung", case)
        fresh = [key for key in now if key not in pages]
        picture = reader.get(f"/pages/{fresh[0]}.png", width=str(WIDTH))
        found.append((perf_counter() - begun, processor_seconds(serving.pid) - before, (len(fresh), len(now), len(picture))))
        pages = now
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", default="lung-13-renal-impairment", help="a case of the lung volume")
    parser.add_argument("--rounds", type=int, default=5, help="savings (5)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(REPOSITORY / "content", Path(folder, "content"))
        path = Path(folder, f"content/lung/cases/{chosen.case}.yaml")
        with subprocess.Popen([sys.executable, "-c", SERVE, folder], stdout=subprocess.PIPE, text=True) as serving:
            try:
                rounds = saved(serving, path, chosen.case, chosen.rounds + 1)
            finally:
                serving.terminate()
    walls, works, sizes = map(list, zip(*rounds[1:], strict=True))  # the first is warming
    print(f"{chosen.case}: save to fresh page, {chosen.rounds} rounds")
    print(f"wall      median {median(walls):.2f} s   {min(walls):.2f}～{max(walls):.2f}")
    print(f"processor median {median(works):.2f} s   {min(works):.2f}～{max(works):.2f}")
    print(f"pages set anew {median(size[0] for size in sizes):.0f} of {sizes[-1][1]}, picture {sizes[-1][2] / 1000:.0f} kB")


if __name__ == "__main__":
    main()
