"""The widths of a table's columns from the lengths of its texts, so that every table can be set with fixed columns.

Widths are in ems of the table's own type. They are estimates, a little on the safe side, for composing knows no fonts.
"""

import re
from collections.abc import Sequence
from math import ceil

from publisher import book
from publisher.book import Kind, Line

MEASURE_EM = 45.5
"""The whole width of a table."""
PADDING_EM = 0.9
"""What a cell keeps free at its sides."""
LEAST_EM = {Kind.TEXT: 5.0, Kind.TERM: 3.4, Kind.FIGURE: 3.0, Kind.UNIT: 3.0, Kind.FLAG: 1.4}
WHOLE_HEAD_EM = 5.0
"""A head that is no wider stays in one line, also one of Han characters."""
TOKEN_MOST_EM = 15.0
"""A token may be opened when it is wider."""
TURNED_TERM = 0.4
"""What a line more costs in a cell that is no running text, in lines of the table."""

MARK = "\ue000"
"""Stands for a note mark."""
NARROW, WIDE = frozenset(" !',-./:;iIjl|()[]frt°²³⁰¹"), frozenset("mwMWHNO%@&")
TOKEN = re.compile(r"[约第近达超共]?[!-~\u00b0-\u03ff\u2070-\u22ff×～↑↓\ue000]+(?: (?=[A-Za-zμ/×])[^\s\u3000-\u9fff]+)*|.\ue000+")


def text(line: Line) -> str:
    return "".join(MARK if isinstance(piece, book.NoteMark) else piece.text for piece in line)


def width(line: Line) -> float:
    """Estimate the width of a line: a Han character is one, a note mark counts as it is printed."""
    return text_width(text(line))


def text_width(chars: str) -> float:
    return sum(map(char_width, chars))


def char_width(char: str) -> float:
    if char == MARK:
        return 1.65
    if ord(char) > 0x2E7F or char in "—～“”…":
        return 1.0
    return 0.37 if char in NARROW else 0.85 if char in WIDE else 0.72 if char.isupper() else 0.56


def longest_token(line: Line) -> float:
    """Return the width of the longest run that is not broken: a figure with its unit, a date, a name."""
    return max(map(text_width, TOKEN.findall(text(line))), default=0.0)


def column_shares(heads: Sequence[tuple[Line, Kind]], rows: Sequence[tuple[Line, ...]]) -> list[float]:
    """Divide the measure among columns: all in one line where there is room, otherwise so that the table is lowest.

    No column is made narrower than its longest figure, name or date, or a head that is one word; neither must be cut.
    """
    kinds = [kind for _, kind in heads]
    cells = [[width(row[index]) for row in rows] for index in range(len(heads))]
    least = [least_width(title, kind, [row[index] for row in rows]) for index, (title, kind) in enumerate(heads)]
    full = [max(low, width(title) + PADDING_EM, *(cell + PADDING_EM for cell in column)) for low, (title, _), column in zip(least, heads, cells, strict=True)]
    full = [low if kind is Kind.FLAG else want for low, want, kind in zip(least, full, kinds, strict=True)]
    wants = full if sum(full) <= MEASURE_EM else lowest(least, full, cells, kinds)
    return [want / sum(wants) for want in wants]


def least_width(title: Line, kind: Kind, cells: Sequence[Line]) -> float:
    if kind is Kind.FLAG:
        return LEAST_EM[kind]
    head = width(title) if width(title) <= WHOLE_HEAD_EM else longest_token(title)
    return max(LEAST_EM[kind], max(head, min(max(map(longest_token, cells), default=0.0), TOKEN_MOST_EM)) + PADDING_EM)


def lowest(least: Sequence[float], full: Sequence[float], cells: Sequence[Sequence[float]], kinds: Sequence[Kind]) -> list[float]:
    """Widen columns from their least width, each time the one by which the table falls most for what it takes."""
    widths = list(least)
    turned = [[turns(cell, wide) for cell in column] for column, wide in zip(cells, widths, strict=True)]
    while (room := MEASURE_EM - sum(widths)) > 0.05:
        steps = [(index, step) for index in range(len(widths)) for step in next_widths(cells[index], widths[index], turned[index]) if step - widths[index] <= room]
        if not steps:
            break
        index, step = max(steps, key=lambda step: saved(turned, cells, kinds, *step) / (step[1] - widths[step[0]]))
        widths[index] = step
        turned[index] = [turns(cell, step) for cell in cells[index]]
    lacking = [max(0.0, want - wide) for want, wide in zip(full, widths, strict=True)]
    spare = max(0.0, MEASURE_EM - sum(widths)) / (sum(lacking) or 1.0)
    return [wide + lack * spare for wide, lack in zip(widths, lacking, strict=True)]


def turns(cell: float, wide: float) -> int:
    """Return the lines of a cell; an empty one has one."""
    return max(1, ceil(cell / (wide - PADDING_EM) - 0.001))


def next_widths(column: Sequence[float], wide: float, turned: Sequence[int]) -> set[float]:
    """Return the widths at which the longest cells of a column, or all that are as long, take a line less."""
    most = max(turned)
    if most == 1:
        return set()
    steps = sorted({cell / (lines - 1) + PADDING_EM for cell, lines in zip(column, turned, strict=True) if lines > 1})
    return {steps[0], steps[len(steps) // 2], max(cell / (most - 1) + PADDING_EM for cell, lines in zip(column, turned, strict=True) if lines == most)}


def saved(turned: Sequence[Sequence[int]], cells: Sequence[Sequence[float]], kinds: Sequence[Kind], index: int, step: float) -> float:
    """Return the lines that a table loses when a column is widened; a line of a cell that is not the longest of its row counts little."""
    found = 0.0
    for row, cell in enumerate(cells[index]):
        before, after = turned[index][row], turns(cell, step)
        if after == before:
            continue
        beside = max((turned[other][row] for other in range(len(turned)) if other != index), default=1)
        found += max(before, beside) - max(after, beside) + (before - after) * (0.05 if kinds[index] is Kind.TEXT else TURNED_TERM)
    return found
