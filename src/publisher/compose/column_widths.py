"""The widths of a table's columns from the lengths of its texts, so that every table can be set with fixed columns.

Widths are in ems of the table's own type. They are estimates, a little on the safe side, for composing knows no fonts.
"""

import re
from collections.abc import Sequence
from heapq import nlargest
from math import ceil

from publisher import book
from publisher.book import Kind, Line

MEASURE_EM = 45.5
"""The whole width of a table."""
PADDING_EM = 0.9
"""What a cell keeps free at its sides."""
LEAST_EM = {Kind.TEXT: 5.0, Kind.TERM: 3.4, Kind.FIGURE: 3.0, Kind.UNIT: 3.0, Kind.FLAG: 1.4}
FLOOR_EM = {Kind.TEXT: 3.9, Kind.TERM: 2.9, Kind.FIGURE: 2.9, Kind.UNIT: 2.9, Kind.FLAG: 1.4}
"""The same in a table that is too wide for its measure."""
WHOLE_HEAD_EM = 5.0
"""A head that is no wider stays in one line, also one of Han characters."""
TOKEN_MOST_EM = 15.0
"""A token may be opened when it is wider."""
TURNED_TERM, TURNED_TEXT = 0.8, 0.05
"""What a line more costs in a cell that is not the tallest of its row, in lines of the table: a term, running text."""

Head = tuple[Line, Kind]

MARK = "\ue000"
"""Stands for a note mark."""
NARROW, WIDE, ARROWS = frozenset(" !',-./:;iIjl|()[]frt°²³⁰¹"), frozenset("mwMW%@&‰"), frozenset("↑↓HNO")
TOKEN = re.compile(r"（?[约第近达超共]?[!-~\u00b0-\u03ff\u2070-\u22ff×～↑↓\ue000]+(?: (?=[A-Za-zμ/×])[^\s\u3000-\u9fff]+)*）?|.\ue000+")


def text(line: Line) -> str:
    """Return what a line prints, near enough for its width; references are followed by their page."""
    out = []
    for piece in line:
        page = "（100）" if isinstance(piece, book.Reference) else ""
        out.append(MARK if isinstance(piece, book.NoteMark) else f"{piece.text}{page}")
    return "".join(out)


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
    return 0.37 if char in NARROW else 0.95 if char in WIDE else 0.75 if char in ARROWS else 0.72 if char.isupper() else 0.56


def longest_token(line: Line) -> float:
    """Return the width of the longest run that is not broken: a figure with its unit, a date, a name, a reference."""
    references = [text((piece,)) for piece in line if isinstance(piece, book.Reference)]
    return max(map(text_width, [*TOKEN.findall(text(line)), *references]), default=0.0)


def column_shares(heads: Sequence[Head], rows: Sequence[tuple[Line, ...]], measure_em: float = MEASURE_EM) -> list[float]:
    """Divide a measure among columns: all in one line where there is room, otherwise so that the table is lowest.

    No column is made narrower than its longest figure, name or date, or a head that is one word; neither must be cut.
    """
    kinds = [kind for _, kind in heads]
    cells = [[0.0 if kind is Kind.FLAG else width(row[index]) for row in rows] for index, kind in enumerate(kinds)]
    least = [least_width(title, kind, [row[index] for row in rows]) for index, (title, kind) in enumerate(heads)]
    full = full_widths(heads, rows)
    if sum(full) <= measure_em:
        wants = spread(full, kinds, measure_em)
    elif sum(least) <= measure_em:
        wants = lowest(least, full, cells, kinds, measure_em)
    else:
        wants = crowded([floor_width(title, kind, [row[index] for row in rows]) for index, (title, kind) in enumerate(heads)], least, measure_em)
    return [want / sum(wants) for want in wants]


def spread(full: Sequence[float], kinds: Sequence[Kind], measure_em: float) -> list[float]:
    """Give all columns the same share of the room left, but none to flags and to the figures they stand beside."""
    beside = [*kinds[1:], None]
    wider = [kind is not Kind.FLAG and (kind, after) != (Kind.FIGURE, Kind.FLAG) for kind, after in zip(kinds, beside, strict=True)]
    share = (measure_em - sum(full)) / max(1, sum(wider))
    return [wide + share * grows for wide, grows in zip(full, wider, strict=True)]


def full_widths(heads: Sequence[Head], rows: Sequence[tuple[Line, ...]]) -> list[float]:
    """Return the width of each column in which no cell needs a second line."""
    return [
        LEAST_EM[kind] if kind is Kind.FLAG else max(LEAST_EM[kind], max(map(width, (title, *(row[index] for row in rows)))) + PADDING_EM)
        for index, (title, kind) in enumerate(heads)
    ]


def least_width(title: Line, kind: Kind, cells: Sequence[Line]) -> float:
    if kind is Kind.FLAG:
        return LEAST_EM[kind]
    head = width(title) if width(title) <= WHOLE_HEAD_EM else longest_token(title)
    return max(LEAST_EM[kind], max([head, *(min(longest_token(cell), TOKEN_MOST_EM) for cell in cells)]) + PADDING_EM)


def floor_width(title: Line, kind: Kind, cells: Sequence[Line]) -> float:
    """Return the width of the longest token: of a head, its longest word; of a size in three directions, two of them."""
    tokens = [token.rpartition("×")[0] if token.count("×") > 1 else token for cell in cells for token in TOKEN.findall(text(cell))]
    return max(FLOOR_EM[kind], max([longest_token(title), *map(text_width, tokens)]) + PADDING_EM)


def crowded(floors: Sequence[float], least: Sequence[float], measure_em: float) -> list[float]:
    """Return widths between floors and what the columns should have at least, as far as the measure goes."""
    lacking = [max(0.0, want - floor) for want, floor in zip(least, floors, strict=True)]
    part = max(0.0, measure_em - sum(floors)) / (sum(lacking) or 1.0)
    return [floor + part * lack for floor, lack in zip(floors, lacking, strict=True)]


def lowest(least: Sequence[float], full: Sequence[float], cells: Sequence[Sequence[float]], kinds: Sequence[Kind], measure_em: float) -> list[float]:
    """Widen columns from their least width, each time the one by which the table falls most for what it takes."""
    widths = list(least)
    turned = [[turns(cell, wide) for cell in column] for column, wide in zip(cells, widths, strict=True)]
    while (room := measure_em - sum(widths)) > 0.05:
        steps = [(index, step) for index, column in enumerate(cells) for step in next_widths(column, turned[index])]
        steps = [(index, step) for index, step in steps if step - widths[index] <= room]
        if not steps:
            break
        tallest = [nlargest(2, lines) for lines in zip(*turned, strict=True)]
        gains = [saved(cells[index], turned[index], tallest, kinds[index], step) / (step - widths[index]) for index, step in steps]
        index, step = steps[gains.index(max(gains))]
        widths[index] = step
        turned[index] = [turns(cell, step) for cell in cells[index]]
    lacking = [max(0.0, want - wide) for want, wide in zip(full, widths, strict=True)]
    spare = max(0.0, measure_em - sum(widths)) / (sum(lacking) or 1.0)
    return [wide + lack * spare for wide, lack in zip(widths, lacking, strict=True)]


def turns(cell: float, wide: float) -> int:
    """Return the lines of a cell; an empty one has one."""
    return max(1, ceil(cell / (wide - PADDING_EM) - 0.001))


def next_widths(column: Sequence[float], turned: Sequence[int]) -> list[float]:
    """Return widths at which one cell, half of the cells, or the highest cells of a column take a line less."""
    steps = sorted({cell / (lines - 1) + PADDING_EM for cell, lines in zip(column, turned, strict=True) if lines > 1})
    if not steps:
        return []
    highest = max(cell / (lines - 1) + PADDING_EM for cell, lines in zip(column, turned, strict=True) if lines == max(turned))
    return [steps[0], steps[len(steps) // 2], highest]


def saved(column: Sequence[float], turned: Sequence[int], tallest: Sequence[Sequence[int]], kind: Kind, step: float) -> float:
    """Return the lines a table loses when a column is widened; `tallest` are the lines of the two tallest cells of each row."""
    found = 0.0
    for cell, before, most in zip(column, turned, tallest, strict=True):
        after = turns(cell, step)
        if after < before:
            beside = most[-1] if most[0] == before else most[0]
            found += max(before, beside) - max(after, beside) + (before - after) * (TURNED_TEXT if kind is Kind.TEXT else TURNED_TERM)
    return found
