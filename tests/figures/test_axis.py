"""Moments stand where their words put them; what has no place gets none."""

import pytest

from publisher.figures.axis import Scale, axis
from publisher.written import Moment


def moments(*words: str) -> list[Moment]:
    return [Moment(word) for word in words]


def made(*rows: list[Moment], slots: bool = True):
    return axis(rows, 0.0, 300.0, slots)


def test_dates_stand_on_the_calendar_in_proportion():
    row = moments("2021-01-01", "2021-01-11", "2021-01-31")
    first, second, third = [span.x for span in made(row).spans(row)]
    assert (second - first) / (third - first) == pytest.approx(10 / 30)


def test_a_month_is_as_wide_as_the_month_and_stands_at_its_middle():
    row = moments("2021-06-01", "就诊时（2021-06）", "2021-06-30")
    found = made(row)
    first, month, last = found.spans(row)
    assert (month.x1, month.x2) == (first.x, last.x)


def test_weeks_and_days_of_treatment_share_one_scale():
    row = moments("治疗第7天", "治疗第2周", "治疗第28天")
    first, second, third = [span.x for span in made(row).spans(row)]
    assert (second - first) / (third - second) == pytest.approx(7 / 14)


def test_admission_and_treatment_have_scales_of_their_own_with_a_gap_between():
    row = moments("入院前1周", "入院时", "治疗第1周", "治疗第2周")
    found = made(row)
    assert [stretch.anchor for stretch in found.stretches] == ["入院", "治疗"]
    assert found.stretches[1].x1 - found.stretches[0].x2 > 15


def test_a_moment_known_only_to_be_last_stands_outside_the_scale():
    row = moments("治疗第3天", "治疗第21天", "4个化疗周期结束后")
    found = made(row)
    spans = found.spans(row)
    assert [span.timed for span in spans] == [True, True, False]
    assert spans[2].x > found.stretches[-1].x2


def test_a_moment_without_time_between_others_makes_all_stand_in_their_order():
    row = moments("治疗第3天", "化疗后", "治疗第21天")
    found = made(row)
    assert found.scale is Scale.ORDINAL
    places = [span.x for span in found.spans(row)]
    assert places[1] - places[0] == pytest.approx(places[2] - places[1])


def test_two_moments_of_different_scales_show_no_distance():
    assert made(moments("入院时", "治疗第2周")).scale is Scale.ORDINAL


def test_the_same_words_twice_in_a_row_are_two_places():
    row = moments("入院前", "入院前", "入院时", "治疗第2周", "治疗第6周")
    places = [span.x for span in made(row).spans(row)]
    assert places == sorted(set(places))


def test_rows_that_go_backwards_are_not_put_to_scale():
    assert made(moments("治疗第4周", "治疗第2周", "治疗第8周")).scale is Scale.ORDINAL


def test_without_places_for_the_untimed_they_get_none():
    row = moments("2021-01-01", "2021-03-01", "术后")
    found = made(row, slots=False)
    assert [bool(span) for span in found.spans(row)] == [True, True, False]


@pytest.mark.parametrize("row", [[], moments("术后"), moments("2021-01-01")])
def test_fewer_than_two_moments_make_no_axis(row):
    assert made(row) is None
