"""What a cover has beside what every press file has: folds where the spine is, the title on spine and front, bars that can be read."""

import ctypes
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from publisher import book
from publisher.preflight.painted import ALL, Box, Kind
from publisher.preflight.press import SLACK, Faults, PressFile
from publisher.preflight.printed_text import squeezed
from publisher.problems import Place, Problem

CODES = {
    "PDF-417": "折线标在书脊两边，书脊宽度与页数、用纸相符",
    "PDF-418": "书脊上有书名，离折线不小于 0.5 mm",
    "PDF-419": "封面印有书名",
    "PDF-420": "条码读得出，与书号相符，四周留白足够",
}
"""What each check says when it passes."""

POINTS_PER_MM = 72 / 25.4
FOLD_FREE = 0.5 * POINTS_PER_MM
LEAST_BAR_MM = 18
"""EAN-13 at four fifths of its full height."""
MODULES_MM = (0.264, 0.66)
"""Module widths from four fifths to twice the full size."""
QUIET = (11, 7)
"""Modules of paper before and behind the bars."""
ELEMENTS = ("3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112")
"""Widths of the four elements of each digit; read backwards in the even code."""
READ = {widths[::step]: (code, str(digit)) for digit, widths in enumerate(ELEMENTS) for code, step in (("O", 1), ("E", -1))}
PARITY = ("OOOOOO", "OOEOEE", "OOEEOE", "OOEEEO", "OEOOEE", "OEEOOE", "OEEEOO", "OEOEOE", "OEOEEO", "OEEOEO")


def check(file: PressFile, cover: book.Cover) -> Iterator[Problem]:
    """Yield every fault of a cover as such."""
    for code, rule in {"PDF-417": folds, "PDF-418": spine, "PDF-419": front, "PDF-420": barcode}.items():
        for message, found, page in rule(file, cover):
            yield Problem(Place(file.path, page), code, message, found)


def fold_lines(file: PressFile, cover: book.Cover) -> tuple[float, float]:
    left = file.frames[0].trim.left
    first, second = cover.folds_mm
    return left + first * POINTS_PER_MM, left + second * POINTS_PER_MM


def folds(file: PressFile, cover: book.Cover) -> Faults:
    """Above and below the bleed a mark stands where the sheet is folded."""
    bleed = file.frames[0].bleed
    marks = [item.box for item in file.painted if item.kind is Kind.STROKE and item.colour.space == ALL and item.box.width < SLACK]
    for place in fold_lines(file, cover):
        here = [mark for mark in marks if abs(mark.left - place) < SLACK]
        if not (any(mark.low >= bleed.high for mark in here) and any(mark.high <= bleed.low for mark in here)):
            yield "缺折线", f"距左边 {(place - file.frames[0].trim.left) / POINTS_PER_MM:.1f} mm", 1


def characters(page: pdfium.PdfPage) -> Iterator[tuple[str, Box]]:
    """Yield each visible character of a page with its box, in points of the page."""
    left, right, low, high = (ctypes.c_double() for _ in range(4))
    with closing(page.get_textpage()) as text:
        for index in range(text.count_chars()):
            char = chr(raw.FPDFText_GetUnicode(text, index))
            if not char.isspace() and raw.FPDFText_GetTextObject(text, index) and raw.FPDFText_GetCharBox(text, index, left, right, low, high):
                yield char, Box(left.value, low.value, right.value, high.value)


def letters(file: PressFile, left: float, right: float) -> list[tuple[str, Box]]:
    """Return the characters whose middle stands between two lines, in the order in which they are drawn."""
    with closing(pdfium.PdfDocument(file.pdf)) as document, closing(document[0]) as page:
        return [(char, where) for char, where in characters(page) if left < (where.left + where.right) / 2 < right]


def spine(file: PressFile, cover: book.Cover) -> Faults:
    first, second = fold_lines(file, cover)
    found = letters(file, first, second)
    text = squeezed("".join(char for char, _ in found))
    if text != squeezed(cover.spine):
        yield "书脊上的字不对", f"{text or '无'}，应为 {cover.spine or '无'}", 1
    if near := [char for char, where in found if where.left < first + FOLD_FREE or where.right > second - FOLD_FREE]:
        yield "书脊上的字离折线太近", "".join(near), 1
    if cover.spine and [where.low for _, where in found] != sorted((where.low for _, where in found), reverse=True) and len(found) == len(cover.spine_runs):
        yield "书脊上的字不是自上而下", text, 1


def front(file: PressFile, cover: book.Cover) -> Faults:
    _, second = fold_lines(file, cover)
    text = squeezed("".join(char for char, _ in letters(file, second, file.frames[0].trim.right)))
    for line in cover.lines:
        if squeezed(line) not in text:
            yield "封面没有印出书名", line, 1


class Bars(NamedTuple):
    boxes: list[Box]
    module: float

    @property
    def left(self) -> float:
        return self.boxes[0].left


def barcode(file: PressFile, cover: book.Cover) -> Faults:
    tall = [item.box for item in file.painted if item.is_rectangle and item.colour.is_black_only and item.box.height > LEAST_BAR_MM * POINTS_PER_MM]
    boxes = sorted(box for box in tall if box.width < 2.7 * POINTS_PER_MM)
    if not cover.barcode:
        if boxes:
            yield "没有书号而印了条码", "", 1
        return
    if len(boxes) != 30:
        yield "条码读不出", f"{len(boxes)} 条，应为 30 条", 1
        return
    bars = Bars(boxes, (boxes[-1].right - boxes[0].left) / 95)
    if (digits := decoded(bars)) != cover.barcode.digits:
        yield "条码与书号不符", f"{digits or '读不出'}，应为 {cover.barcode.digits}", 1
    if not MODULES_MM[0] <= bars.module / POINTS_PER_MM <= MODULES_MM[1]:
        yield "条码的条宽不合", f"{bars.module / POINTS_PER_MM:.3f} mm", 1
    quiet = Box(bars.left - QUIET[0] * bars.module, boxes[1].low + 1, boxes[-1].right + QUIET[1] * bars.module, boxes[1].high - 1)
    others = [item for item in file.painted if item.box not in boxes and not item.colour.is_paper]
    if strange := [item for item in others if quiet.meets(item.box.grown(0.02))]:
        yield "条码两侧留白不足", str(strange[0].kind), 1


def decoded(bars: Bars) -> str:
    """Read the digits of 30 bars; empty where they are no EAN-13."""
    edges = [round((side - bars.left) / bars.module) for box in bars.boxes for side in (box.left, box.right)]
    widths = "".join(str(after - before) for before, after in pairwise(edges))
    if widths[:3] != "111" or widths[27:32] != "11111" or widths[-3:] != "111":
        return ""
    read = [READ.get(widths[start : start + 4], ("", "")) for start in (*range(3, 27, 4), *range(32, 56, 4))]
    parity, digits = "".join(code for code, _ in read), "".join(digit for _, digit in read)
    return f"{PARITY.index(parity[:6])}{digits}" if parity[:6] in PARITY and parity[6:] == "OOOOOO" else ""
