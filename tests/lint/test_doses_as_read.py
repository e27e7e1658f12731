"""What a rule reads from the words of an order: amounts, times, intervals, and drug names one slip away."""

from decimal import Decimal

import pytest

from publisher.lint.doses import amounts, cycles, interval, times_a_day
from publisher.lint.drug_names import one_apart


@pytest.mark.parametrize(
    ("text", "low", "kind", "basis"),
    [
        ("120 mg", "120", "mass", ""),
        ("0.25 g", "250", "mass", ""),
        ("75 mg/m²", "75", "mass", "/m²"),
        ("5.4 mg/kg", "5.4", "mass", "/kg"),
        ("AUC=5", "5", "", "AUC"),
        ("800 IU/日", "800", "IU", ""),
        ("1片/次", "1", "片", ""),
        ("120 mg/月", "120", "mass", ""),
        ("0.25 μg", "0.00025", "mass", ""),
    ],
)
def test_an_amount_is_read_with_its_unit_and_basis(text, low, kind, basis):
    (amount,) = amounts(text)
    assert (amount.low, amount.kind, amount.basis) == (Decimal(low), kind, basis)


def test_first_and_later_doses_are_two_amounts():
    assert [amount.text for amount in amounts("首剂8 mg/kg，后续6 mg/kg")] == ["8 mg/kg", "6 mg/kg"]


@pytest.mark.parametrize("text", ["血钙2.15 mmol/L", "CEA 8.5 ng/mL", "30 Gy", "4.5 cm", "Hb 105 g/L"])
def test_a_figure_of_the_laboratory_is_no_dose(text):
    assert amounts(text) == []


@pytest.mark.parametrize(
    ("text", "times"), [("每日1次", 1), ("bid", 2), ("2次/日", 2), ("每12小时1次", 2), ("q6h", 4), ("QD", 1), ("每晚1次", 1), ("每28天1次", None)]
)
def test_times_a_day_are_read(text, times):
    assert times_a_day(text) == times


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("每28天1次", (28, 28)),
        ("每4周1次", (28, 28)),
        ("q21d", (21, 21)),
        ("每3～4周1次", (21, 28)),
        ("每月", (30, 30)),
        ("每21天为1周期，共6周期", (21, 21)),
        ("单次负荷", None),
    ],
)
def test_an_interval_is_read_in_days(text, days):
    assert interval(text) == days


@pytest.mark.parametrize(("text", "count"), [("每21天为1周期，共6周期", (6, 6)), ("计划行4～9个周期", (4, 9)), ("每28天1周期", None), ("第3周期后", None)])
def test_cycles_are_counted_and_not_numbered(text, count):
    assert cycles(text) == count


@pytest.mark.parametrize("word", ["劳拉西洋", "劳拉泮", "劳拉西西泮", "劳西拉泮"])
def test_a_slip_of_one_character_is_near(word):
    assert one_apart(word, "劳拉西泮")


@pytest.mark.parametrize("word", ["劳拉西泮", "劳拉洋洋", "帕妥珠单抗", "西泮"])
def test_the_name_itself_and_other_words_are_not_near(word):
    assert not one_apart(word, "劳拉西泮")
