"""The journey of a library: its volumes built or checked one after another, and what became of each.

A volume whose last build still stands, of the same sources, by the same program, for the same order, is not built again. A
volume that fails stops no other. `build/library.json` is written anew after each, so that a build that was stopped goes on.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from time import perf_counter
from typing import Any

from publisher import build as journey
from publisher import examination, manifest, sandbox
from publisher.archive import Archive
from publisher.finish import files
from publisher.library import Library, VolumeFolder
from publisher.lint.queries import Examined
from publisher.problems import Problem, Rejected
from publisher.project import Order, Progress, Project
from publisher.read import read
from publisher.store import key

REPORT = "build/library.json"
BUILT, KEPT, CLEAN, REFUSED, BROKEN = "built", "kept", "clean", "refused", "broken"
STATES = {BUILT: "已编成", KEPT: "未改，沿用", CLEAN: "无误", REFUSED: "未通过", BROKEN: "程序出错"}


@dataclass(frozen=True)
class Outcome:
    """What became of one volume."""

    folder: str
    title: str
    state: str
    pages: int = 0
    findings: int = 0
    """Everything found in its sources and pages that is not settled."""
    seconds: float = 0.0
    order: str = ""
    """The key of the program, the styles and what was asked for."""
    problems: tuple[Problem, ...] = ()
    """Why it failed."""
    trace: str = ""

    @property
    def failed(self) -> bool:
        return self.state in (REFUSED, BROKEN)


Tell = Callable[[Outcome], None]
Begin = Callable[[VolumeFolder], Progress]
"""Called when work on a volume begins; returns who hears of its progress."""


def build(root: Path, library: Library, order: Order, begin: Begin, tell: Tell = lambda outcome: None) -> list[Outcome]:
    """Build every volume of a library that lies at `root`; `tell` hears of each as it is done."""
    before = {outcome.folder: outcome for outcome in reported(root)}
    outcomes: list[Outcome] = []
    for folder in library.volumes:
        project = Project((root / folder.root).resolve())
        asked = key(journey.basis(project), repr(replace(order, cluster="", keep=True)))
        last = before.get(folder)
        if last and not last.failed and last.order == asked and stands(project, folder.volume):
            outcome = replace(last, state=KEPT, seconds=0.0)
        else:
            outcome = replace(built(project, folder, order, begin(folder)), order=asked)
        outcomes.append(outcome)
        left = [before[other] for other in map(str, library.volumes[len(outcomes) :]) if other in before]
        files.replace(root / REPORT, as_json(library, [*outcomes, *left]))
        tell(outcome)
    return outcomes


def stands(project: Project, volume: str) -> bool:
    """Tell whether the last build of a volume is whole and of the present sources."""
    folder = project.root / "build" / volume
    return (folder / manifest.NAME).is_file() and not journey.verify_volume(project, volume)


def built(project: Project, folder: VolumeFolder, order: Order, progress: Progress) -> Outcome:
    started = perf_counter()
    title = folder.volume
    try:
        collection = read(project.root, [folder.volume], Archive.of(project, order.keep))
        source = collection.volumes[folder.volume]
        title = str(source.volume.title)
        made = journey.build_apart(project, collection, source, progress, order)
    except Rejected as rejected:
        problems = placed(rejected.problems, folder)
        return Outcome(str(folder), title, REFUSED, 0, len(problems), perf_counter() - started, problems=problems)
    except sandbox.ChildFailed as error:
        return Outcome(str(folder), title, BROKEN, seconds=perf_counter() - started, trace=str(error))
    return Outcome(str(folder), title, BUILT, made.pages, len(made.problems), perf_counter() - started)


@dataclass(frozen=True)
class Checked:
    """What the rules say of one volume of a library."""

    outcome: Outcome
    examined: tuple[Examined, ...] = ()
    problems: tuple[Problem, ...] = ()
    """What keeps it from being read or composed."""


def check(root: Path, library: Library, cache: bool = True) -> Iterator[Checked]:
    """Check the sources of every volume of a library."""
    for folder in library.volumes:
        started = perf_counter()
        project = Project((root / folder.root).resolve())
        try:
            keep = Archive.of(project, cache)
            collection = read(project.root, [folder.volume], keep)
            examined, problems = examination.check(project, collection, keep)
        except Rejected as rejected:
            found = placed(rejected.problems, folder)
            yield Checked(Outcome(str(folder), folder.volume, REFUSED, 0, len(found), perf_counter() - started, problems=found), problems=found)
            continue
        stopping = placed([*problems, *(error for one in examined for error in one.errors)], folder)
        findings = len(problems) + sum(len(one.faults) + len(one.unsettled) for one in examined)
        title = str(collection.volumes[folder.volume].volume.title)
        state = REFUSED if stopping else CLEAN
        yield Checked(Outcome(str(folder), title, state, 0, findings, perf_counter() - started, problems=stopping), tuple(examined), tuple(problems))


def placed(problems: Sequence[Problem], folder: VolumeFolder) -> tuple[Problem, ...]:
    """Return problems with their places below the library."""
    here = PurePosixPath(folder.root)
    return tuple(replace(problem, place=replace(problem.place, path=str(here / problem.place.path))) for problem in problems)


def as_json(library: Library, outcomes: list[Outcome]) -> bytes:
    """Return what became of a library as a file for programs."""
    rows = []
    for outcome in outcomes:
        row = {name: value for name, value in asdict(outcome).items() if name not in ("problems", "trace")}
        rows.append({**row, "seconds": round(outcome.seconds, 1), "problems": [str(problem) for problem in outcome.problems], "trace": outcome.trace})
    table = {"title": str(library.title), "failed": sum(outcome.failed for outcome in outcomes), "volumes": rows}
    return (json.dumps(table, ensure_ascii=False, indent=1) + "\n").encode()


def reported(root: Path) -> list[Outcome]:
    """Return what an earlier build told; nothing where there is no report to read."""
    try:
        return [outcome_of(row) for row in json.loads((root / REPORT).read_bytes())["volumes"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []


def outcome_of(row: dict[str, Any]) -> Outcome:
    kinds = {"folder": str, "title": str, "state": str, "pages": int, "findings": int, "seconds": float, "order": str}
    return Outcome(**{name: kind(row[name]) for name, kind in kinds.items()})


def table(outcomes: list[Outcome]) -> str:
    """Return the outcomes as lines: volume, pages, findings, seconds, state."""
    head = ("卷", "页数", "所见", "用时", "结果")
    rows = [(f"{one.folder}　{one.title}", str(one.pages or "—"), str(one.findings), f"{one.seconds:.1f} 秒", STATES[one.state]) for one in outcomes]
    failed = sum(one.failed for one in outcomes)
    pages, seconds = sum(one.pages for one in outcomes), sum(one.seconds for one in outcomes)
    end = f"{failed} 卷未成" if failed else "全部完成"
    total = (f"合计 {len(outcomes)} 卷", str(pages or "—"), str(sum(one.findings for one in outcomes)), f"{seconds:.1f} 秒", end)
    wide = [max(cells(row[place]) for row in (head, *rows, total)) for place in range(len(head))]
    return "\n".join("  ".join(padded(cell, wide[place], 0 < place < 4) for place, cell in enumerate(row)).rstrip() for row in (head, *rows, total))


def cells(text: str) -> int:
    """Return how many columns a text takes in a terminal."""
    return sum(1 if char.isascii() else 2 for char in text)


def padded(text: str, wide: int, right: bool) -> str:
    room = " " * (wide - cells(text))
    return room + text if right else text + room
