"""Queries on a console, for programs, and counted: grouped by case, each with the line of the source it stands in."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from publisher.collection import VolumeSource
from publisher.lint.queries import Examined, Query
from publisher.problems import Place, Problem
from publisher.rules import FAMILIES
from publisher.written import Written

FRAME = 96
"""Columns of the source line that a frame shows."""
LONGEST = 60
"""Characters of a text that are quoted on a console."""
SUGGESTION = "此处已有编者按，可加 settles: [{code}]"


class Frames:
    """The lines of the sources below a folder, each shown with a caret under what is meant."""

    def __init__(self, root: Path):
        self.root = root
        self.known: dict[str, list[str]] = {}

    def lines(self, path: str) -> list[str]:
        if path not in self.known:
            try:
                self.known[path] = (self.root / path).read_text(encoding="utf-8-sig").split("\n")
            except (OSError, ValueError):
                self.known[path] = []
        return self.known[path]

    def frame(self, place: Place, text: str = "", found: str = "") -> list[str]:
        """Return the line with a caret line below it; nothing where the file or the line is not there."""
        lines = self.lines(place.path)
        if not 0 < place.line <= len(lines):
            return []
        line, start = lines[place.line - 1].rstrip("\r"), max(place.column - 1, 0)
        # A block scalar begins with its sign; its words stand on the lines below.
        exact = line.find(found, start) if found else -1
        start, length = (exact, len(found)) if exact >= 0 else (start, len(text) if line[start : start + len(text)] == text else 1)
        shown, first = window(line, start, length)
        number = f"{place.line:>5} │ "
        gap = " " * (len(number) - 2) + "│ "
        mark = "^" * max(1, width(line[start : start + length]))
        return [number + shown, gap + " " * width(shown[: start - first + (first > 0)]) + clipped(mark, FRAME)]


def window(line: str, start: int, length: int) -> tuple[str, int]:
    """Cut a long line to what stands around `start`; return it and the index of its first character in the line."""
    if width(line) <= FRAME:
        return line, 0
    first = start
    while first and width(line[first - 1 : start]) <= FRAME // 3:
        first -= 1
    last = max(start + 1, first)
    while last < len(line) and width(line[first : last + 1]) <= FRAME - 4:
        last += 1
    return f"{'…' if first else ''}{line[first:last]}{'…' if last < len(line) else ''}", first


def clipped(mark: str, most: int) -> str:
    return mark if len(mark) <= most else mark[:most]


def width(text: str) -> int:
    """Return the columns a text takes on a console."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


class Report:
    """What the rules say of some volumes, for an editor at a console."""

    def __init__(self, examined: Iterable[tuple[VolumeSource, Examined]], root: Path, suggest: bool = False):
        self.examined, self.suggest = list(examined), suggest
        self.frames = Frames(root)

    @cached_property
    def sources(self) -> dict[str, VolumeSource]:
        return {str(source.volume.id): source for source, _ in self.examined}

    def text(self) -> str:
        """Return the unsettled findings case by case and the summary."""
        lines: list[str] = []
        for _, examination in self.examined:
            for (volume, case), queries in groupby(examination.unsettled, key=lambda query: (query.volume, query.case)):
                listed = list(queries)
                lines += [*self.heading(volume, case, len(listed)), ""]
                for query in listed:
                    lines += [*self.of_query(query), ""]
            for fault in examination.faults:
                lines += [*self.of_problem(fault), ""]
        return "\n".join([*lines, summary([examination for _, examination in self.examined])])

    def heading(self, volume: str, case: str, count: int) -> Iterator[str]:
        known = self.sources[volume].cases.get(case)
        yield f"── {case}　例{known.number}　{known.title}（{count} 处）" if known else f"── {volume}　各例以外（{count} 处）"

    def of_query(self, query: Query) -> Iterator[str]:
        finding = query.finding
        yield f"{query.place}: {query.rule.severity} {query.rule.code}　{finding.message}"
        yield from self.frames.frame(query.place, finding.at, finding.found)
        if finding.found:
            yield f"  见到：{shortened(finding.found)}"
        if finding.hint:
            yield f"  建议：{finding.hint}"
        for other in finding.also:
            yield f"  另见：{other.place}　{shortened(other)}"
        if self.suggest:
            for note in suggested(query, self.sources[query.volume]):
                yield f"  {SUGGESTION.format(code=query.rule.code)}：{note.place}　{note}"

    def of_problem(self, problem: Problem) -> Iterator[str]:
        yield f"{problem.place}: {problem.severity} {problem.code}　{problem.message}"
        yield from self.frames.frame(problem.place, problem.found.split("\u3000")[0])
        if problem.found:
            yield f"  见到：{problem.found}"
        if problem.hint:
            yield f"  建议：{problem.hint}"


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}……"


def suggested(query: Query, source: VolumeSource) -> Iterator[Written]:
    """Yield the editor's notes that already speak of words in the scalars of a finding."""
    for noted in (*source.cases.values(), source.guideline, source.dosing):
        for note in noted.notes:
            for text in (query.finding.at, *query.finding.also):
                if text.place.path == note.quote.place.path and note.quote in text:
                    yield note.note
                    break


def summary(examined: Iterable[Examined]) -> str:
    """Count the findings by family, settled and not."""
    queries = [query for examination in examined for query in examination.queries]
    faults = sum(len(examination.faults) for examination in examined)
    counted = Counter((query.rule.family, bool(query.settled_by), query.stops) for query in queries)
    lines = []
    for family, words in FAMILIES.items():
        settled = counted[family, True, False]
        stopping, open_ = counted[family, False, True], counted[family, False, False]
        if settled or stopping or open_:
            lines.append(f"{family:<6}{words}{' ' * (18 - width(words))}未决 {stopping + open_}（须改 {stopping}，待核 {open_}）　已了结 {settled}")
    unsettled = sum(not query.settled_by for query in queries)
    stops = sum(query.stops for query in queries)
    lines.append(f"合计 {len(queries)} 处：未决 {unsettled}（须改 {stops}，待核 {unsettled - stops}），已了结 {len(queries) - unsettled}")
    if faults:
        lines.append(f"编者按与豁免有误 {faults} 处")
    return "\n".join(lines)


def as_json(examined: Iterable[Examined], problems: Iterable[Problem] = ()) -> str:
    """Return every finding, settled or not, and every other problem as a JSON list."""
    found = [of_query(query) for examination in examined for query in examination.queries]
    found += [of_problem(problem) for examination in examined for problem in examination.faults]
    found += [of_problem(problem) for problem in problems]
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def of_query(query: Query) -> dict[str, Any]:
    settler = query.settled_by
    return {
        **of_problem(query.problem),
        "volume": query.volume,
        "case": query.case,
        "hint": query.finding.hint,
        "also": [placed(text.place) for text in query.finding.also],
        "settled_by": {"kind": settler.kind, **placed(settler.quote.place), "words": settler.words} if settler else None,
    }


def of_problem(problem: Problem) -> dict[str, Any]:
    parts = problem.place.path.split("/")
    volume = parts[1] if len(parts) > 1 else ""
    case = parts[3].removesuffix(".yaml") if len(parts) == 4 and parts[2] == "cases" else ""
    return {
        "code": problem.code, "severity": problem.severity, "volume": volume, "case": case, **placed(problem.place), "message": problem.message,
        "found": problem.found, "hint": problem.hint, "also": [], "settled_by": None,
    }  # fmt: skip


def placed(place: Place) -> dict[str, Any]:
    return {"path": place.path, "line": place.line, "column": place.column}
