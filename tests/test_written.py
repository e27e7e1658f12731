"""What is said about a written text: figures, bounds, ranges, dates. The text itself never changes."""

from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from publisher.problems import Place
from publisher.written import CalendarDate, Figure, Moment, Prose, Reading, Slug, Word, Written


def read(kind, text):
    return TypeAdapter(kind).validate_python(text)


def fault(kind, text) -> str:
    with pytest.raises(ValidationError) as caught:
        read(kind, text)
    return caught.value.errors()[0]["type"]


@pytest.mark.parametrize(
    ("text", "bound", "low", "high"),
    [
        ("66.70", "", "66.70", "66.70"),
        ("21.00", "", "21.00", "21.00"),
        ("0", "", "0", "0"),
        ("<0.01", "<", "0.01", "0.01"),
        ("＞100", "＞", "100", "100"),
        ("≥9", "≥", "9", "9"),
        ("≈41", "≈", "41", "41"),
        ("约 40", "约", "40", "40"),
        ("149～162", "", "149", "162"),
        ("2.10 ～ 2.350", "", "2.10", "2.350"),
    ],
)
def test_a_reading_gives_bound_and_figures_with_their_zeros(text, bound, low, high):
    reading = Reading(text)
    assert (reading.bound, str(reading.low), str(reading.high)) == (bound, low, high)


def test_a_reading_is_decimal():
    assert (type(Reading("66.70").low), type(Reading("1～2").high)) == (Decimal, Decimal)


@pytest.mark.parametrize("text", ["正常", "阴性", "1+2", "7分", "1/11", "5-6"])
def test_a_reading_that_is_no_plain_figure_has_no_number(text):
    reading = Reading(text)
    assert (reading.bound, reading.low, reading.high) == ("", None, None)


def test_a_reading_keeps_its_text():
    assert read(Reading, "<0.010") == "<0.010"


def test_a_written_keeps_its_place_through_validation():
    place = Place("case.yaml", 3, 9)
    assert read(Reading, Written("66.70", place)).place == place


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("2021-06-15", [(2021, 6, 15)]),
        ("2021-06", [(2021, 6, None)]),
        ("2021", [(2021, None, None)]),
        ("2021-06～2021-09", [(2021, 6, None), (2021, 9, None)]),
        ("就诊时（2022-08）", [(2022, 8, None)]),
        ("治疗第4周", []),
        ("5个月后", []),
        ("入院第5天 8:30", []),
    ],
)
def test_a_moment_gives_the_dates_in_it(text, dates):
    assert Moment(text).dates == tuple(CalendarDate(*date) for date in dates)


@pytest.mark.parametrize("text", ["2021-13", "2021-00-10", "2021-06-32", "2021-06-00", "2021-06～2021-19"])
def test_a_moment_refuses_a_date_that_is_none(text):
    assert fault(Moment, text) == "bad_date"


@pytest.mark.parametrize("text", ["2021-02-30", "2021-04-31", "2023-02-29"])
def test_a_moment_refuses_a_day_its_month_has_not(text):
    assert fault(Moment, text) == "bad_date"


def test_a_moment_accepts_a_leap_day():
    assert read(Moment, "2024-02-29") == "2024-02-29"


@pytest.mark.parametrize("text", ["64岁", "120 mg", "AUC=5", "149～162", "1片"])
def test_a_figure_may_carry_its_unit(text):
    assert read(Figure, text) == text


@pytest.mark.parametrize("text", ["适量", "不详", "一片"])
def test_a_figure_without_a_digit_is_refused(text):
    assert fault(Figure, text) == "no_figure"


@pytest.mark.parametrize("kind", [Word, Prose, Reading, Figure, Moment, Slug])
@pytest.mark.parametrize("text", ["", "  ", "　"])
def test_an_empty_text_is_refused(kind, text):
    assert fault(kind, text) == "empty_text"


@pytest.mark.parametrize("value", [["a"], {"a": "b"}, 66.70, None, True])
def test_only_text_is_taken(value):
    assert fault(Reading, value) == "not_text"


@pytest.mark.parametrize("text", ["Lung-01", "lung_01", "lung 01", "-lung", "lung-", "lung--01", "肺-01"])
def test_a_slug_refuses_what_is_no_identifier(text):
    assert fault(Slug, text) == "bad_slug"


def test_a_slug_is_small_letters_figures_and_hyphens():
    assert read(Slug, "lung-13-renal") == "lung-13-renal"
