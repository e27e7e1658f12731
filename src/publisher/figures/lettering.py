"""Lettering of figures: how wide words are in the volume's own sans faces, and where a label may break.

The engine sets a word of a drawing letter by letter, without kerning and without gaps; widths are therefore sums of advances, and
the gap between Han and Western that running text gets is asked for letter by letter. Lengths are points.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import ceil, floor

from fontTools.ttLib import TTFont

from publisher.defaults import DEFAULTS

FONTS = DEFAULTS / "styles" / "fonts"
FACES = {False: FONTS / "CasebookSans-Regular.otf", True: FONTS / "CasebookSans-Bold.otf"}
"""The Western face of labels, regular and bold; what it lacks is set in the Han face, one em wide."""
FAMILIES = "Casebook Sans, Casebook Hei"
BORDER_EM = 0.09
"""Between Han and Western, as in running text."""
OPEN, CLOSE = "（【「『《〈〔［｛“‘", "，。、；：！？）】」』》〉〕］｝”’"
HAN = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff]")
WESTERN = re.compile("[A-Za-z0-9\u00b2\u00b3\u00b5\u00b9\u0370-\u03ff\u2070-\u209f]")
LATIN = "!-~\u00b0-\u03ff\u2070-\u209f\u2190-\u21ff×～≥≤≈"
TOKEN = re.compile(f"[{OPEN}]*(?:第\\d+(?:[～、]\\d+)*.|[{LATIN}]+(?: (?=[A-Za-zμ×/])[{LATIN}]+)?|[^{OPEN} ])[{CLOSE}…]*|[{OPEN} ]")
"""What no line of a label parts: a figure with its unit, a Western word, a Han character with the marks that cling to it."""


@cache
def advances(bold: bool) -> dict[int, float]:
    """Return the advances of the Western face in em by code point."""
    with TTFont(FACES[bold], lazy=True) as font:
        em, names, widths = font["head"].unitsPerEm, font.getBestCmap(), font["hmtx"].metrics
        return {code: widths[name][0] / em for code, name in names.items()}


def shift(before: str, after: str) -> float:
    """Return what is added between two letters, in em: a gap beside Western text, half an em less between two marks."""
    if (HAN.match(before) and WESTERN.match(after)) or (WESTERN.match(before) and HAN.match(after)):
        return BORDER_EM
    if (before in CLOSE and after in OPEN + CLOSE) or (before in OPEN and after in OPEN):
        return -0.5
    return 0.0


def shifts(words: str) -> list[float]:
    """Return the shift before each letter in em; that of the first is 0."""
    return [0.0, *(shift(before, after) for before, after in pairwise(words))][: len(words)]


def width(words: str, size: float, bold: bool = False) -> float:
    """Return the width of words on one line."""
    known = advances(bold)
    return size * (sum(known.get(ord(char), 1.0) for char in words) + sum(shifts(words)))


def wrapped(words: str, measure: float, size: float) -> list[str]:
    """Break words into lines of a measure, filled one after another; a token wider than the measure stands alone."""
    lines = [""]
    for token in TOKEN.findall(words):
        if lines[-1].strip() and width((lines[-1] + token).rstrip(), size) > measure:
            lines.append("")
        lines[-1] += token if lines[-1] else token.lstrip()
    return [line.rstrip() for line in lines if line.strip()]


def balanced(words: str, measure: float, size: float) -> list[str]:
    """Break words into as few lines as the measure allows, of nearly one width; rather before a remark in brackets."""
    lines = wrapped(words, measure, size)
    head, bracket, remark = words.partition("（")
    apart = [head, bracket + remark]
    if head and len(lines) == len(apart) and all(width(line, size) <= measure for line in apart):
        return apart
    for step in range(1, 12):
        narrower = wrapped(words, measure - step * size, size) if measure > (step + 1) * size else []
        if len(narrower) != len(lines):
            break
        lines = narrower
    return lines


@dataclass(frozen=True)
class Box:
    """A rectangle of a drawing."""

    x1: float
    y1: float
    x2: float
    y2: float

    def meets(self, other: "Box", apart: float = 0.0) -> bool:
        """Tell whether two boxes are nearer than `apart`."""
        return self.x1 < other.x2 + apart and other.x1 < self.x2 + apart and self.y1 < other.y2 + apart and other.y1 < self.y2 + apart

    def crossed_by(self, x1: float, y1: float, x2: float, y2: float) -> bool:
        """Tell whether a straight line runs through the box; of a line however long, only what may lie in the box is looked at."""
        steps = max(2, int(max(abs(x2 - x1), abs(y2 - y1)) / 1.5))
        first, last = 0.0, 1.0
        for start, end, low, high in ((x1, x2, self.x1, self.x2), (y1, y2, self.y1, self.y2)):
            if start == end and not low <= start <= high:
                return False
            if start != end:
                near, far = sorted(((low - start) / (end - start), (high - start) / (end - start)))
                first, last = max(first, near), min(last, far)
        inside = range(max(0, floor(first * steps) - 1), min(steps, ceil(last * steps) + 1) + 1)
        places = ((x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps) for step in inside)
        return any(self.x1 <= x <= self.x2 and self.y1 <= y <= self.y2 for x, y in places)


def spread(wanted: Sequence[float], widths: Sequence[float], low: float, high: float, apart: float) -> list[float]:
    """Move things of some widths apart until none touch, each as near to its wanted middle as the others let it."""
    groups: list[tuple[list[int], float]] = []

    def middle(members: list[int]) -> float:
        """Return the best left edge of a group of things side by side."""
        across = sum(widths[one] + apart for one in members) - apart
        offsets, start = [], 0.0
        for one in members:
            offsets.append(wanted[one] - start - widths[one] / 2)
            start += widths[one] + apart
        return min(max(sum(offsets) / len(offsets), low), high - across)

    for place in range(len(wanted)):
        groups.append(([place], middle([place])))
        while len(groups) > 1:
            (before, left), (after, right) = groups[-2:]
            if left + sum(widths[one] + apart for one in before) <= right + 1e-6:
                break
            groups[-2:] = [(before + after, middle(before + after))]
    centres = []
    for members, left in groups:
        for one in members:
            centres.append(left + widths[one] / 2)
            left += widths[one] + apart
    return centres
