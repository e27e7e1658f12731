"""Bars of a book number, checked against the printed example of the standard and by reading them back."""

import random

import pytest

from publisher.compose.barcode import bars
from publisher.preflight.cover import Bars, decoded
from publisher.preflight.painted import Box
from publisher.volume import check_digit


def modules(digits: str) -> str:
    row = ["0"] * 95
    for bar in bars(digits):
        row[bar.start : bar.start + bar.width] = "1" * bar.width
    return "".join(row)


def test_a_number_known_from_the_standard_gives_its_modules():
    """4006381333931, which the articles on EAN-13 take as their example."""
    assert modules("4006381333931") == (
        "101" "0001101" "0100111" "0101111" "0111101" "0001001" "0110011" "01010" "1000010" "1000010" "1000010" "1110100" "1000010" "1100110" "101"
    )  # fmt: skip


def test_thirty_bars_six_of_them_guards():
    found = bars("9787117000000")
    assert (len(found), sum(bar.guard for bar in found), found[0].start, found[-1].start + found[-1].width) == (30, 6, 0, 95)


def boxes(digits: str, scale: float = 0.935) -> Bars:
    drawn = [Box(100 + bar.start * scale, 0, 100 + (bar.start + bar.width) * scale, 65) for bar in bars(digits)]
    return Bars(drawn, (drawn[-1].right - drawn[0].left) / 95)


@pytest.mark.parametrize("seed", range(20))
def test_bars_are_read_back_as_the_number_they_were_drawn_for(seed):
    twelve = "97" + "".join(random.Random(seed).choices("0123456789", k=10))
    digits = twelve + check_digit(twelve)
    assert decoded(boxes(digits)) == digits


def test_bars_that_were_moved_are_not_read():
    spoilt = boxes("9787117000000")
    spoilt.boxes[7] = Box(spoilt.boxes[7].left + 0.935, 0, spoilt.boxes[7].right + 0.935, 65)
    assert decoded(spoilt) != "9787117000000"


@pytest.mark.parametrize(("twelve", "digit"), [("978020137962", "4"), ("978030640615", "7"), ("400638133393", "1")])
def test_check_digits(twelve, digit):
    assert check_digit(twelve) == digit
