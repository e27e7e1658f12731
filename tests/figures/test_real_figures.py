"""Figure and table never disagree: what the drawings of the real cases print and plot is read back and held against the cells."""

import re
from decimal import Decimal

import pytest
from drawn_svg import Svg

from publisher import book
from publisher.compose.assemble import compose
from publisher.written import Reading

VOLUMES = ("breast", "lung")
SCALE_ENDS = {"0", "5", "10", "100"}
"""The ends of scales, which a drawing prints beside its axis."""


@pytest.fixture(scope="module")
def cases(content):
    """Each case section of both volumes."""
    return [
        section
        for volume in VOLUMES
        for section in compose(content.volumes[volume], content.catalogue, "测试引擎").sections
        if section.kind == "case"
    ]


def figures(section: book.Section, *kinds: str) -> list[book.Figure]:
    return [block for block in section.blocks if isinstance(block, book.Figure) and block.kind in kinds]


def cells(section: book.Section) -> list[str]:
    """Return the text of every cell, caption, group head and paragraph of a case."""
    return [book.words(line) for block in section.blocks if not isinstance(block, book.Figure) for line in book.lines_of(block)]


def numbers(words: str) -> list[str]:
    return re.findall(r"\d+(?:\.\d+)?", words)


def tables(section: book.Section) -> list[book.Table]:
    return [block for block in section.blocks if isinstance(block, book.Table)]


def readings(section: book.Section, name: str) -> list[str]:
    """Return the cells under the head of an analyte, over all tables of a case, dashes left out."""
    found = []
    for table in tables(section):
        for place, column in enumerate(table.columns):
            if column.title == name or column.title.startswith(f"{name}（"):
                found += [text for row in table.rows if (text := book.words(row[place])) != "—"]
    return found


def test_every_number_in_a_figure_is_in_a_cell_of_its_case(cases):
    """Months on a calendar and ends of scales belong to the axis."""
    for section in cases:
        known = {number for text in cells(section) for number in numbers(text)}
        for figure in figures(section, "markers", "function", "course", "skeleton"):
            for words in figure.words:
                axis = words in SCALE_ENDS or re.fullmatch(r"\d{4}-\d{2}(-\d{2})?|[CTLS]\d{1,2}", words)
                lost = [] if axis else [number for number in numbers(words) if number not in known]
                assert lost == [], (section.id, figure.number, words)


def test_markers_print_every_cell_of_the_columns_they_draw(cases):
    seen = 0
    for section in cases:
        for figure in figures(section, "markers"):
            names = book.words(figure.caption).split("随时间的变化")[0].split("、")
            wanted = sorted(value for name in names for value in readings(section, name))
            printed = [word for word in figure.words if word in set(wanted)]
            assert sorted(printed) == wanted, (section.id, figure.number)
            seen += len(wanted)
    assert seen > 60


def test_scores_print_every_row_of_the_scales_they_draw(cases):
    seen = 0
    for section in cases:
        for figure in figures(section, "function"):
            names = book.words(figure.caption).split("随时间的变化")[0].split("、")
            scored = next(table for table in tables(section) if book.words(table.caption) == "评分记录")
            heads = [column.title for column in scored.columns]
            rows = [[book.words(cell) for cell in row] for row in scored.rows]
            wanted = sorted(row[heads.index("评分")] for row in rows if row[0] in names)
            assert sorted(word for word in figure.words if re.search(r"\d(分|次)$", word) and "/次" not in word) == wanted, section.id
            assert set(row[heads.index("时间")] for row in rows if row[0] in names) <= set(joined(figure))
            seen += len(wanted)
    assert seen > 40


def joined(figure: book.Figure) -> set[str]:
    """Return the words of a figure, and neighbours joined, for a moment may be broken over lines."""
    words = figure.words
    return {"".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, min(start + 5, len(words)) + 1)}


@pytest.mark.parametrize("kind", ["markers", "function"])
def test_points_stand_as_high_as_their_figures_say(cases, kind):
    """In each row, heights over the foot are in proportion to the figures printed beside the points."""
    rows = 0
    for section in cases:
        for figure in figures(section, kind):
            for row in rows_of(Svg(figure.svg), figure.width):
                rows += 1
                (v1, y1), (v2, y2) = min(row), max(row)
                for value, y in row:
                    expected = y1 + (y2 - y1) * float((value - v1) / (v2 - v1)) if v2 != v1 else y1
                    assert y == pytest.approx(expected, abs=0.02), (section.id, figure.number, row)
                foot = y1 + (y2 - y1) * float((Decimal(0) - v1) / (v2 - v1)) if v2 != v1 else None
                zeros = [text.y - 2.2 for text in Svg(figure.svg).texts if text.words == "0"]
                assert foot is None or any(abs(foot - zero) < 0.1 for zero in zeros), (section.id, figure.number)
    assert rows > 15


def rows_of(svg: Svg, width: float):
    """Part the points of a figure by the row they stand in: between one zero line and the next; each as figure and height."""
    zeros = sorted((round(text.y - 2.2, 2), text.x) for text in svg.texts if text.words == "0")
    abreast = len({y for y, _ in zeros}) == 1 and len(zeros) > 1
    points = [(dot.x, dot.y, dot.y) for dot in svg.dots] + [(upper.x, min(upper.y, lower.y), max(upper.y, lower.y)) for upper, lower in svg.bars]
    values = [(text, ends) for text in svg.texts if text.words not in SCALE_ENDS and (ends := ends_of(text.words))]
    found: dict[int, list[tuple[Decimal, float]]] = {}
    for x, high, low in points:
        text, ends = min(values, key=lambda item: distance(item[0], x, high, low))
        if distance(text, x, high, low) < 16:
            row = int(x // (width / len(zeros))) if abreast else next(place for place, (y, _) in enumerate(zeros) if low <= y + 0.01)
            found.setdefault(row, []).extend([(ends[0], low), (ends[1], high)])
    return [row for row in found.values() if len(row) > 2]


def ends_of(words: str) -> tuple[Decimal, Decimal] | None:
    reading = Reading(words.removesuffix("分").removesuffix("次"))
    return None if reading.low is None or "/" in words else (reading.low, reading.high)


def distance(text, x: float, high: float, low: float) -> float:
    """Say how far the middle of a label is from a point."""
    middle = text.x + 0.28 * text.size * len(text.words)
    up = text.y - 0.3 * text.size
    return abs(middle - x) * 0.8 + max(high - up, up - low, 0)


def test_cycles_stand_in_the_order_of_their_numbers(cases):
    for section in cases:
        for figure in figures(section, "course"):
            svg = Svg(figure.svg)
            lanes = {}
            for text in svg.texts:
                if re.fullmatch(r"\d", text.words) and any(abs(dot.y - (text.y - 2.4)) < 0.1 for dot in svg.dots):
                    lanes.setdefault(text.y, []).append((int(text.words), text.x))
            for lane in lanes.values():
                assert lane == sorted(lane), (section.id, figure.number)


def test_a_skeleton_names_every_recorded_bone_or_says_that_it_has_no_place(cases, content):
    for section in cases:
        volume = next(name for name in VOLUMES if section.id in content.volumes[name].cases)
        case = content.volumes[volume].cases[section.id]
        figure = figures(section, "skeleton")[0]
        for item in case.metastases:
            for word in [item.site or item.organ, *item.levels]:
                assert str(word) in figure.alt, (section.id, word)
        for event in case.bone_events:
            assert not event.site or str(event.site) in figure.alt, (section.id, event.site)


def test_what_a_course_cannot_place_is_named_in_its_note(cases, content):
    for section in cases:
        volume = next(name for name in VOLUMES if section.id in content.volumes[name].cases)
        for figure in figures(section, "course"):
            placed = joined(figure)
            for event in content.volumes[volume].cases[section.id].timeline:
                known = event.at.dates or str(event.at) in placed or str(event.at) in figure.note or str(event.at) in figure.alt
                assert known, (section.id, event.at)
