"""Break choice on measured paragraphs, without pages: every Han character is one em of 10 px wide."""

from types import SimpleNamespace

import pytest

from publisher.composer.breaks import Measure, choose
from publisher.composer.justify import HAN_LAST_EM, crowd, stretch
from publisher.composer.paragraph import HAN_MOST_EM, Paragraph, Piece


class SquareFace:
    """Measures like a font of squares: Han and marks an em, Western half an em, spaces a quarter."""

    size = 10.0

    def advances(self, text):
        return tuple(2.5 if char == " " else 5.0 if char.isascii() else 10.0 for char in text)

    def blanks(self, mark):
        return (5.0, 0.0) if mark in "（“" else (0.0, 5.0)


def paragraph(text: str) -> Paragraph:
    style = {"lang": "zh", "white_space": "normal", "font_size": 10.0}
    piece = Piece(SimpleNamespace(text=text, style=style), 0, len(text), face=SquareFace())
    return Paragraph(Piece(None, 0, len(text), [piece]), [piece], text)


def lines(text: str, width: float, justified: bool = True) -> list[str]:
    return [text[line.start : line.stop] for line in choose(paragraph(text), Measure(width, width, justified))]


def test_a_mark_at_the_line_end_counts_half():
    assert lines("一二三四五六七八九，十一二三四", 95) == ["一二三四五六七八九，", "十一二三四"]


def test_marks_give_way_to_take_one_more_character_in():
    assert lines("一，三，五六七八九十甲乙丙丁戊", 97)[0] == "一，三，五六七八九十"


def test_the_last_line_has_two_characters():
    assert lines("一二三四五六七八九十甲。", 100) == ["一二三四五六七八九", "十甲。"]


@pytest.mark.parametrize("justified", [True, False])
def test_ragged_text_avoids_a_lone_last_character_too(justified):
    assert len(lines("一二三四五六七八九十甲", 100, justified)[-1]) == 2


def test_a_token_moves_whole_to_the_next_line():
    assert lines("一二三四五六七八120 mg九十甲乙丙丁", 100)[1].startswith("120 mg")


def test_the_whole_paragraph_is_weighed_where_line_by_line_is_loose():
    text = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸ABCDEFGHIJKLMNOPQ子丑寅卯"
    whole = paragraph(text)
    chosen = choose(whole, Measure(150, 150, True))
    greedy_first = whole.natural(0, 15)
    assert greedy_first == 150
    assert max(line.tightness for line in chosen if not line.last) < 3


def test_a_token_wider_than_the_measure_opens():
    assert max(map(len, lines("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 50))) <= 10


def test_forced_breaks_are_kept():
    assert lines("一二\n三四", 100) == ["一二\n", "三四"]


def test_gaps_stop_at_the_last_cap():
    whole = paragraph("一二三四五六七八九十")
    fill = stretch(whole, 0, 10, 20.0)
    most = (HAN_MOST_EM + HAN_LAST_EM) * 10
    assert list(fill.gains.values()) == pytest.approx([most] * 9)
    assert fill.short == pytest.approx(20 - 9 * most)


def test_han_gaps_pass_their_cap_only_when_nothing_else_can_give():
    whole = paragraph("一二三四五六七八九A十")
    wide = HAN_MOST_EM * 10 * 8 + 2
    assert max(stretch(whole, 0, 11, wide).gains[place] for place in range(8)) == pytest.approx(HAN_MOST_EM * 10)


def test_word_spaces_stretch_before_han_gaps():
    whole = paragraph("一 二 三四五六七八九十")
    assert set(stretch(whole, 0, 12, 4.0).gains) == {1, 3}


def test_the_slack_is_given_out_whole():
    whole = paragraph("一二三四五六七八九十")
    assert sum(stretch(whole, 0, 10, 3.21).gains.values()) == pytest.approx(3.21, abs=0.01)


def test_a_crowded_line_takes_from_marks_first():
    whole = paragraph("一，二A三四")
    fill = crowd(whole, 0, 6, 2.0)
    assert set(fill.gains) == {1}
    assert sum(fill.gains.values()) <= -2.0
