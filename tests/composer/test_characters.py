import pytest

from publisher.composer.characters import classes, counted
from publisher.composer.pairs import BORDER, FORBIDDEN, FREE, GAPS, HAN_GAP, LEVELS, NO_GAP, WORD_GAP


def test_every_character_has_one_letter():
    assert classes("汉，（—～A/%( 　") == "HCODKLMPQSI"


def test_marks_in_another_language_belong_to_words():
    assert classes("“a”", chinese=False) == "MLM"


def test_marks_and_spaces_are_not_counted():
    assert counted("周（1）。 ") == 2


@pytest.mark.parametrize("mark", "，。、；：！？）】」』》〉〕”’·～／%％℃²³₂…—×/")
def test_no_line_starts_with_a_closing_mark_or_connector(mark):
    assert LEVELS[classes("汉" + mark)] > FREE


@pytest.mark.parametrize("mark", "（【「『《〈〔“‘([{<≤≥±/≈$")
def test_no_line_ends_with_an_opening_mark_or_sign(mark):
    assert LEVELS[classes(mark + "汉")] > FREE


def test_dashes_stay_together():
    assert LEVELS["DD"] == FORBIDDEN


@pytest.mark.parametrize(
    ("pair", "gap"),
    [
        ("汉字", HAN_GAP),
        ("，汉", HAN_GAP),
        ("汉（", HAN_GAP),
        ("汉，", NO_GAP),
        ("（汉", NO_GAP),
        ("汉A", BORDER),
        ("3汉", BORDER),
        (" A", WORD_GAP),
        ("——", NO_GAP),
    ],
)
def test_gaps_between_pairs(pair, gap):
    assert GAPS[classes(pair)] == gap
