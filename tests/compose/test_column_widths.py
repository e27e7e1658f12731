"""Columns: no figure, date or name is cut, however narrow the measure."""

import pytest

from publisher.book import Kind, NoteMark, Text, plain
from publisher.compose.tables import MEASURE_EM, PADDING_EM, column_shares, token_width

NAMES = (("部位", Kind.TERM), ("大小", Kind.FIGURE), ("SUVmax", Kind.FIGURE), ("时间", Kind.TERM), ("表现", Kind.TEXT))
HEADS = [(plain(head), kind) for head, kind in NAMES]
ROWS = [
    tuple(map(plain, ("右侧锁骨上下区、隆突区淋巴结", "长径0.6～1.4 cm", "2.5～4.6", "2021-06-05", "多发骨质破坏，考虑转移，累及脊柱多个椎体及附件"))),
    tuple(map(plain, ("胸椎（T3、T4、T8）", "7 cm×4.6 cm", "16.2", "2021-07-15", "骨质破坏"))),
]


def widths(measure: float) -> list[float]:
    return [share * measure for share in column_shares(HEADS, ROWS, measure)]


@pytest.mark.parametrize("measure", [MEASURE_EM, 38, 35])
def test_every_column_holds_its_longest_token(measure):
    for index, width in enumerate(widths(measure)):
        assert width >= max(token_width(row[index]) for row in ROWS) + PADDING_EM - 0.001


@pytest.mark.parametrize("measure", [MEASURE_EM, 38, 35, 20])
def test_shares_add_up(measure):
    assert sum(widths(measure)) == pytest.approx(measure)


def test_a_head_in_capitals_has_room():
    assert widths(38)[2] >= token_width(plain("SUVmax")) + PADDING_EM - 0.001


def test_a_table_with_room_to_spare_is_left_as_it_is():
    assert column_shares(HEADS[:2], [row[:2] for row in ROWS]) == pytest.approx(column_shares(HEADS[:2], [row[:2] for row in ROWS], 60))


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [("2021-06-05", 4.8, 5.6), ("SUVmax", 3.6, 4.4), ("7 cm×4.6 cm", 5.5, 7.5), ("骨质破坏", 0, 0), ("3.7 cm×4.6 cm×4.7 cm", 7, 9.5)],
)
def test_the_width_of_a_token(text, least, most):
    assert least <= token_width(plain(text)) <= most


def test_a_note_mark_takes_room():
    assert token_width((Text("29%"), NoteMark(3, "a", "b"))) > token_width(plain("29%")) + 1
