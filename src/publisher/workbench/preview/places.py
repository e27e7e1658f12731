"""From a spot on a page to the place in the sources that is printed there, and back.

Each text of a proof belongs to a printed line, and most pieces of a line know the place they were written at. What does not, as
heads of tables and words put together of several items, is looked for by its text, or counts as the nearest that does.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from publisher import book
from publisher.problems import Place
from publisher.proof import Proof, Run
from publisher.written import Written

AROUND = 8
"""Characters around a spot by which its line in a block of several is found."""
LEAST, TELLING = 2, 6
"""Characters that a text must have to be looked for in others, and to tell one text from others by a part of it."""
ENOUGH = 0.4
"""Part of a text that the scalars in it must make up."""


class Spot(NamedTuple):
    """A place in the sources, and the words printed there around the spot."""

    place: Place
    words: str


class Mark(NamedTuple):
    """A rectangle on a page, which is counted from 0, in CSS px."""

    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Passage:
    marks: tuple[Mark, ...]
    exact: bool
    """False where only the neighbourhood could be found."""


class PrintedLine:
    """A printed line, character by character without spaces, each with the place it was written at."""

    def __init__(self, line: book.Line):
        self.text = ""
        self.places: list[Place | None] = []
        for text, place in pieces(line):
            bare = "".join(text.split())
            self.text += bare
            self.places += [place] * len(bare)

    def place(self, index: int) -> Place | None:
        """Return the place of a character, or of the nearest one in the line that has any."""
        near = sorted((abs(other - index), other) for other, place in enumerate(self.places) if place)
        return self.places[near[0][1]] if near else None


def pieces(line: book.Line) -> Iterator[tuple[str, Place | None]]:
    for piece in line:
        if isinstance(piece, book.Run):
            yield from pieces(piece.line)
        elif isinstance(piece, book.NoteMark):
            yield f"〔{piece.number}〕", None
        else:
            text = piece.text
            yield text, text.place if isinstance(text, Written) and text.place.line else None


class Set(NamedTuple):
    """A run of a page with the character of its line that each of its own is; -1 for one that is in no line."""

    page: int
    run: Run
    characters: list[int]


class Places:
    """What a section of the book as set was written as."""

    def __init__(self, lines: Sequence[book.Line], proof: Proof, scalars: Sequence[Written] = ()):
        """`scalars` are the texts of the files that the section is made of."""
        self.lines = [PrintedLine(line) for line in lines]
        self.scalars = [("".join(text.split()), text.place) for text in scalars]
        self.sets: list[Set] = []
        reached = [0] * len(self.lines)
        for number, page in enumerate(proof.pages):
            for run in page.runs:
                self.sets.append(Set(number, run, self.follow(run, reached)))

    def follow(self, run: Run, reached: list[int]) -> list[int]:
        """Go on in the line of a run by its characters; a line that is printed again, as the head of a table is, begins anew."""
        if run.line is None or run.line >= len(self.lines):
            return [-1] * len(run.text)
        text = self.lines[run.line].text
        if reached[run.line] >= len(text):
            reached[run.line] = 0
        found = []
        for char in run.text:
            at = reached[run.line]
            same = at < len(text) and text[at] == char
            found.append(at if same else -1)
            reached[run.line] += same
        return found

    # -- from a page to the sources ------------------------------------------------------------------------

    def source(self, page: int, x: float, y: float) -> Spot | None:
        """Return where the text nearest to a spot of a page was written; None where nothing near it says so."""
        here = sorted((entry for entry in self.sets if entry.page == page), key=lambda entry: distance(entry.run, x, y))
        for entry in here[:1]:
            index = character(entry.run, x)
            words = "".join(entry.run.text[max(0, index - AROUND // 2) : index + AROUND // 2].split())
            if place := self.written(entry, index):
                return Spot(place, words)
        return next((Spot(place, "") for entry in here if (place := self.of_line(entry))), None)

    def written(self, entry: Set, index: int) -> Place | None:
        if entry.run.line is None:
            return self.by_text("".join(entry.run.text.split()))
        line = self.lines[entry.run.line]
        near = [other for _, other in sorted((abs(step - index), other) for step, other in enumerate(entry.characters) if other >= 0)]
        return (line.place(near[0]) if near else None) or self.by_text(line.text, near[0] if near else 0)

    def of_line(self, entry: Set) -> Place | None:
        """Return the place of a line, or of the next one that has any: a head belongs to what it stands over."""
        if entry.run.line is None:
            return None
        for line in self.lines[entry.run.line : entry.run.line + 40]:
            if place := line.place(0):
                return place
        return None

    def by_text(self, text: str, index: int = 0) -> Place | None:
        """Return the place of the longest scalar that a text holds, around a character if possible, or that holds the text."""
        if len(text) < LEAST:
            return None
        inside = [(scalar, place) for scalar, place in self.scalars if len(scalar) >= LEAST and scalar in text]
        if sum(map(len, {scalar for scalar, _ in inside})) < ENOUGH * len(text):
            inside = []
        around = [(scalar, place) for scalar, place in inside if any(m.start() <= index < m.end() for m in re.finditer(re.escape(scalar), text))]
        if around or inside:
            return max(around or inside, key=lambda item: len(item[0]))[1]
        return next((place for scalar, place in self.scalars if len(text) >= TELLING and text in scalar), None)

    # -- from the sources to the pages ---------------------------------------------------------------------

    def passage(self, place: Place, found: str = "") -> Passage:
        """Return where a place of the sources is printed, narrowed to some words of it where they stand there."""
        exact = self.marked(place, "".join(found.split()))
        if exact:
            return Passage(exact, True)
        scalar = next((text for text, other in self.scalars if other == place), "")
        if len(scalar) >= LEAST:
            for number, line in enumerate(self.lines):
                if (start := line.text.find(scalar)) >= 0 and (marks := self.rectangles(number, start, start + len(scalar))):
                    return Passage(marks, True)
        nearest = min(
            (other for line in self.lines for other in line.places if other and other.path == place.path),
            key=lambda other: (abs(other.line - place.line), other.line > place.line, abs(other.column - place.column)),
            default=None,
        )
        return Passage(self.marked(nearest, "") if nearest else (), False)

    def marked(self, place: Place, found: str) -> tuple[Mark, ...]:
        """Return the rectangles of a place: those of the words alone where it has them, else of all of the first line that bears it."""
        spans = []
        for number, line in enumerate(self.lines):
            own = [index for index, other in enumerate(line.places) if other == place]
            if own:
                start, end = own[0], own[-1] + 1
                spans.append((number, start, end, line.text.find(found, start, end) if found else -1))
        narrowed = [(number, at, at + len(found)) for number, _, _, at in spans if at >= 0]
        for number, start, end in [*narrowed, *((number, start, end) for number, start, end, _ in spans)]:
            if marks := self.rectangles(number, start, end):
                return marks
        return ()

    def rectangles(self, number: int, start: int, end: int) -> tuple[Mark, ...]:
        """Return the rectangles of some characters of a line, run by run."""
        out = []
        for page, run, characters in self.sets:
            if run.line == number:
                inside = [step for step, at in enumerate(characters) if start <= at < end]
                if inside:
                    left, right = edge(run, inside[0]), edge(run, inside[-1] + 1)
                    out.append(Mark(page, round(left, 1), run.y, round(right - left, 1), run.height))
        first = out[0].page if out else 0
        return tuple(mark for mark in out if mark.page - first < 2)


def distance(run: Run, x: float, y: float) -> float:
    """Return how far a spot is from a run; lines above and below count more than what is beside."""
    across = max(run.x - x, 0.0, x - run.x - run.width)
    down = max(run.y - y, 0.0, y - run.y - run.height)
    return across + 3 * down


def widths(text: str) -> list[float]:
    """Return about how wide each character is; only their proportions count."""
    return [0.5 if char.isascii() else 1.0 for char in text]


def edge(run: Run, index: int) -> float:
    """Return about where a character of a run begins."""
    every = widths(run.text)
    return run.x + run.width * sum(every[:index]) / (sum(every) or 1.0)


def character(run: Run, x: float) -> int:
    """Return which character of a run stands at `x`."""
    return next((index for index in range(len(run.text)) if x < edge(run, index + 1)), len(run.text) - 1)


def exact(root: Path, spot: Spot) -> Place:
    """Return the very line and column of a spot: a block of text begins with its sign, and its words stand on the lines below."""
    place = spot.place
    try:
        lines = (root / place.path).read_text(encoding="utf-8-sig").split("\n")
    except (OSError, ValueError):
        return place
    if not 0 < place.line <= len(lines):
        return place
    here = lines[place.line - 1]
    rest = here[max(place.column - 1, 0) :].strip()
    if not rest.startswith(("|", ">")) or not spot.words:
        return place
    indent = len(here) - len(here.lstrip())
    best = (LEAST - 1, place)
    for number, line in enumerate(lines[place.line :], place.line + 1):
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        match = SequenceMatcher(None, spot.words, line, autojunk=False).find_longest_match()
        if match.size > best[0]:
            best = match.size, Place(place.path, number, match.b + 1)
    return best[1]
