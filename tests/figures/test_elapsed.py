"""Relative times are read from their words alone: what is not said is not guessed."""

from decimal import Decimal

import pytest

from publisher.figures.elapsed import elapsed


@pytest.mark.parametrize(
    ("words", "anchor", "days"),
    [
        ("治疗第3天", "治疗", "3"),
        ("治疗第4周", "治疗", "28"),
        ("治疗第2周（放疗结束）", "治疗", "14"),
        ("治疗第1周起", "治疗", "7"),
        ("治疗72 h", "治疗", "3"),
        ("治疗6个月", "治疗", "182.6250"),
        ("治疗6个月后", "治疗", "182.6250"),
        ("随访10个月", "随访", "304.3750"),
        ("随访（治疗6个月）", "治疗", "182.6250"),
        ("入院时", "入院", "0"),
        ("首次给药当日", "治疗", "0"),
        ("入院第8天", "入院", "8"),
        ("入院第5天8:30", "入院", "5"),
        ("入院前3天", "入院", "-3"),
        ("就诊前3个月", "入院", "-91.3125"),
        ("2月前", "入院", "-60.8750"),
        ("近5天", "入院", "-5"),
        ("一年前", "入院", "-365.25"),
        ("术后第3天", "手术", "3"),
        ("治疗第十二周", "治疗", "84"),
    ],
)
def test_a_time_with_its_anchor_is_so_many_days_from_it(words, anchor, days):
    time = elapsed(words)
    assert (time.anchor, time.days) == (anchor, Decimal(days))


@pytest.mark.parametrize("words", ["5月余前", "入院前3月余"])
def test_a_time_of_more_than_a_figure_says_so(words):
    assert elapsed(words).loose


@pytest.mark.parametrize(
    "words",
    [
        "5个月后", "半年后", "48小时后", "24小时后",  # after what?
        "4个化疗周期结束后", "治疗2周期后", "第3周期",  # cycles are no time
        "术后", "治疗后", "治疗前", "入院前", "院外", "诊断后", "再次手术后",  # no figure
        "血钙正常后第2天", "PCA镇痛6小时后", "奥希替尼治疗1个月后",  # an anchor of their own
        "2021-06-15", "治疗前（2021-06）", "", "第天", "治疗第周", "治疗十五十周",
    ],
)  # fmt: skip
def test_a_time_that_is_not_said_is_none(words):
    assert elapsed(words) is None
