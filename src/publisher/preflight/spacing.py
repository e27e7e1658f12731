"""What stands between neighbours: lines -> marks not squeezed, loose gaps, gaps beside Western text; pages -> text over its notes.

Distances are in em; a space that is drawn is no gap.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import quantiles

from publisher.preflight.lines import CLOSE, OPEN, Block, Glyph, Role, Spot

LOOSE_EM = 0.10
"""Between two Han characters; pdftotext takes a wider gap for a space."""
APART_EM = 0.6
"""A wider gap is no gap between neighbours: the designer made it."""

HAN = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
WESTERN = re.compile("[A-Za-z0-9\u00b2\u00b3\u00b5\u00b9\u0370-\u03ff\u2070-\u209f]")
MARK = re.compile(f"[{re.escape(CLOSE + OPEN)}]")


@dataclass(frozen=True)
class BorderGaps:
    """The gap between a Han and a Western character."""

    count: int
    p5: float
    median: float
    p95: float


def unsqueezed(line: Sequence[Glyph]) -> Iterator[str]:
    """Yield where neighbouring full-width marks keep the blank between them (clreq: 连续标点)."""
    for place, (left, right) in enumerate(pairwise(line), 1):
        if is_squeezable(left.char, right.char) and left.is_like(right) and 0.8 < (right.x - left.x) / left.size < 1.15:
            yield around(line, place)


def is_squeezable(left: str, right: str) -> bool:
    if left in OPEN:
        return right in OPEN
    return left in CLOSE and (right in OPEN or (right in CLOSE and left not in "！？"))


def loose(line: Sequence[Glyph]) -> float:
    """Return the widest gap between two Han characters where it is too wide, 0 otherwise."""
    gaps = [left.gap(right) for left, right in pairwise(line) if not right.spaced and HAN.match(left.char) and HAN.match(right.char)]
    widest = max((gap for gap in gaps if gap < APART_EM), default=0)
    return round(widest, 3) if widest > LOOSE_EM else 0


def parted(line: Sequence[Glyph]) -> Iterator[str]:
    """Yield where text extraction finds a space beside a Han character though none is drawn."""
    for place, (left, right) in enumerate(pairwise(line), 1):
        if right.parted and not right.spaced and is_chinese(left.char, right.char) and left.gap(right) < APART_EM:
            yield around(line, place)


def is_chinese(left: str, right: str) -> bool:
    """Tell whether two neighbours are Han, or Han and a mark."""
    return bool((HAN.match(left) and (HAN.match(right) or MARK.match(right))) or (MARK.match(left) and HAN.match(right)))


def borders(line: Sequence[Glyph]) -> Iterator[float]:
    """Yield the gaps between Han and Western characters."""
    for left, right in pairwise(line):
        if is_border(left.char, right.char) and not right.spaced and left.is_like(right) and (gap := left.gap(right)) < APART_EM:
            yield gap


def border_gaps(found: Sequence[float]) -> BorderGaps:
    if len(found) < 2:
        return BorderGaps(len(found), *(found or [0.0]) * 3)
    parts = quantiles(found, n=20, method="inclusive")
    return BorderGaps(len(found), *(round(parts[place], 3) for place in (0, 9, 18)))


def is_border(left: str, right: str) -> bool:
    return bool((HAN.match(left) and WESTERN.match(right)) or (WESTERN.match(left) and HAN.match(right)))


def overlaid(blocks: Sequence[Block]) -> Iterator[Spot]:
    """Yield the last line of a page's text when it reaches into the notes at its foot."""
    notes = [line for block in blocks if block.run_in for line in block.lines]
    text = [line for block in blocks if block.role is not Role.OTHER and not block.run_in for line in block.lines]
    if notes and text:
        head, last = max(line.y + line.size for line in notes), min(text, key=lambda line: line.y)
        if last.y < head:
            yield Spot(last.page, last.text, round((head - last.y) / last.size, 2))


def around(line: Sequence[Glyph], place: int) -> str:
    """Return the neighbourhood of a glyph in its line, ｜ before it."""
    before, after = line[max(0, place - 8) : place], line[place : place + 8]
    return "｜".join("".join(glyph.char for glyph in part) for part in (before, after))
