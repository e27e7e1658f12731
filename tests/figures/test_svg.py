"""What every figure of the real volumes must be, whatever it shows: press-safe, in our inks and faces, inside its frame."""

import re
from itertools import pairwise

import pytest
from drawn_svg import NAMESPACE, Svg
from fontTools.ttLib import TTFont
from project import REPOSITORY

from publisher import book
from publisher.compose.assemble import compose
from publisher.figures.drawing import Drawing
from publisher.figures.lettering import balanced, width, wrapped
from publisher.inks import inks

VOLUMES = ("breast", "lung")
LEAST_PT = 0.25
"""The thinnest line that a press holds."""


@pytest.fixture(scope="module")
def figures(content):
    """Every figure of both volumes, with its volume's name."""
    found = []
    for volume in VOLUMES:
        whole = compose(content.volumes[volume], content.catalogue, "测试引擎")
        found += [(volume, block) for section in whole.sections for block in section.blocks if isinstance(block, book.Figure)]
    return found


def test_there_are_figures_of_every_kind_in_both_volumes(figures):
    for volume in VOLUMES:
        assert {figure.kind for name, figure in figures if name == volume} == {"overview", "skeleton", "course", "markers", "function"}


def test_figures_are_numbered_by_case_without_gaps(figures):
    numbers = {}
    for volume, figure in figures:
        case, number = figure.number.split("-")
        numbers.setdefault((volume, case), []).append(int(number))
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_only_inks_of_the_style_sheets_and_white_paper_are_used(figures):
    for volume, figure in figures:
        roles = {f"var(--{role})" for role in inks(REPOSITORY / "styles", volume)}
        used = {ink for name in ("fill", "stroke") for ink in Svg(figure.svg).values(name)}
        assert used <= roles | {"#fff", "none"}, figure.number


def test_no_line_is_thinner_than_a_press_can_hold(figures):
    for _, figure in figures:
        assert all(float(weight) >= LEAST_PT for weight in Svg(figure.svg).values("stroke-width")), figure.number


def test_nothing_is_transparent_shaded_or_anchored_away_from_its_start(figures):
    for _, figure in figures:
        svg = Svg(figure.svg)
        assert {element.tag.removeprefix(NAMESPACE) for element in svg.elements} <= {"svg", "title", "path", "circle", "text"}
        attributes = {name for element in svg.elements for name in element.attrib}
        assert not attributes & {"opacity", "fill-opacity", "stroke-opacity", "filter", "mask", "clip-path", "style", "transform", "text-anchor", "class"}


def test_every_word_stands_inside_its_drawing(figures):
    for _, figure in figures:
        for text in Svg(figure.svg).level:
            end = text.x + width(text.words, text.size)
            assert text.x >= -4, (figure.number, text)
            assert end <= figure.width + 6, (figure.number, text)
            assert 0 < text.y <= figure.height, (figure.number, text)


def test_no_two_words_lie_on_one_another(figures):
    for volume, figure in figures:
        boxes = [(text.words, text.x, text.y - 0.62 * text.size, text.x + width(text.words, text.size), text.y) for text in Svg(figure.svg).level]
        for place, (words, x1, y1, x2, y2) in enumerate(boxes):
            for other, u1, v1, u2, v2 in boxes[place + 1 :]:
                meets = x1 + 0.8 < u2 and u1 + 0.8 < x2 and y1 + 0.8 < v2 and v1 + 0.8 < y2
                assert not meets, (volume, figure.number, words, other)


def test_every_letter_has_a_glyph(figures):
    faces = [TTFont(REPOSITORY / "styles" / "fonts" / f"Casebook{name}-Regular.otf").getBestCmap() for name in ("Sans", "Hei")]
    for _, figure in figures:
        assert [char for word in figure.words for char in word if not any(ord(char) in face for face in faces)] == []


def test_no_figure_is_taller_than_half_a_page_but_the_overview(figures):
    assert [figure.number for _, figure in figures if figure.height > 260 and figure.kind != "overview"] == []


def test_an_alternative_text_is_sentences_about_the_case_and_no_caption(figures):
    for _, figure in figures:
        assert figure.alt.endswith("。"), figure.alt
        assert len(figure.alt) >= 20
        assert figure.alt != book.words(figure.caption)


def test_every_drawing_bears_its_alternative_text_as_title(figures):
    for _, figure in figures:
        assert [element.text for element in Svg(figure.svg).of("title")] == [figure.alt]


def test_gaps_beside_western_letters_are_those_of_running_text():
    drawing = Drawing(100, 20)
    drawing.text(0, 10, "治疗第4周", 10)
    assert 'dx="0 0 0 0.9 0.9"' in drawing.parts[0]


def test_marks_of_xml_in_words_come_back_as_written():
    drawing = Drawing(100, 20)
    drawing.text(0, 10, "<5.00 & >3", 10)
    figure = book.Figure("a", "1-1", (), "说明", book.deflated(drawing.svg("<b>&")), 100, 20, "markers")
    assert figure.words == ["<5.00 & >3"]
    assert Svg(figure.svg).of("title")[0].text == "<b>&"


@pytest.mark.parametrize("words", ["盐酸羟考酮缓释片20 mg/次，每12小时1次", "第1～3、5跖骨干", "（双侧）股骨", "血钙降至3.67 ng/mL以下"])
def test_labels_break_without_losing_a_letter_or_cutting_a_figure(words):
    for lines in (wrapped(words, 40, 7), balanced(words, 60, 7)):
        assert "".join(lines).replace(" ", "") == words.replace(" ", "")
        assert not any(re.search(r"\d$", line) and re.match(r"[\dm%]", after) for line, after in pairwise(lines))
