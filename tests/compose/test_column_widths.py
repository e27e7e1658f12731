"""Columns have the widths their texts need: tokens are whole, rows are low, what is left is shared."""

import pytest

from publisher.book import Kind, NoteMark, Reference, plain
from publisher.compose.column_widths import FLOOR_EM, MEASURE_EM, PADDING_EM, column_shares, longest_token, turns, width

LESIONS = [("部位", Kind.TERM), ("性质", Kind.TERM), ("大小", Kind.FIGURE), ("SUVmax", Kind.FIGURE), ("CT值", Kind.FIGURE), ("表现", Kind.TEXT)]
ROWS = [
    ("纵隔、左肺门及右侧锁骨区淋巴结", "淋巴结", "约12 mm×8.1 mm", "8.6", "约72 HU", "多发实性结节影，以左肺较为明显；尺寸为较大者，放射性摄取不同程度增高"),
    ("全身骨骼", "骨转移", "—", "10.2", "—", "全身多发骨病变，放射性摄取异常增高"),
]


def heads(*titles):
    return [(plain(title), kind) for title, kind in titles]


def cells(rows):
    return [tuple(map(plain, row)) for row in rows]


def widths(titles, rows, measure_em=MEASURE_EM):
    """Return what each column leaves for its text, in ems."""
    shares = column_shares(heads(*titles), cells(rows), measure_em)
    assert sum(shares) == pytest.approx(1)
    return [share * measure_em - PADDING_EM for share in shares]


def test_a_head_of_one_word_stays_whole_beside_long_texts():
    assert widths(LESIONS, ROWS)[3] >= width(plain("SUVmax"))


@pytest.mark.parametrize(("column", "token"), [(2, "约12 mm×8.1 mm"), (4, "约72 HU")])
def test_a_size_stays_with_its_sign(column, token):
    assert widths(LESIONS, ROWS)[column] >= width(plain(token))


def test_a_token_has_room_for_its_note_mark():
    marked = (*plain("12 mm×8.1 mm"), NoteMark(7, "note", "mark"))
    assert longest_token(marked) > longest_token(plain("12 mm×8.1 mm")) + 1.5


def test_a_reference_is_as_wide_as_its_page_makes_it():
    assert width((Reference("例2", "case"),)) > width(plain("例2")) + 2
    assert longest_token((Reference("例2", "case"),)) == width((Reference("例2", "case"),))


def test_where_there_is_room_every_cell_is_in_one_line():
    rows = [("癌胚抗原", "66.70", "ng/mL"), ("细胞角蛋白19片段", "4.37", "ng/mL")]
    room = widths([("项目", Kind.TERM), ("结果", Kind.FIGURE), ("单位", Kind.UNIT)], rows)
    assert all(width(plain(cell)) <= wide for row in rows for cell, wide in zip(row, room, strict=True))


def test_the_room_left_is_shared_alike():
    first, second = widths([("时间", Kind.TERM), ("总体评价", Kind.TERM)], [("两个周期化疗及免疫治疗之后", "缓解")])
    assert first - width(plain("两个周期化疗及免疫治疗之后")) == pytest.approx(second - width(plain("总体评价")))


def test_a_flag_stands_beside_its_figure():
    _, figure, flag, _ = widths([("项目", Kind.TERM), ("结果", Kind.FIGURE), ("", Kind.FLAG), ("单位", Kind.UNIT)], [("癌胚抗原", "66.70", "↑", "ng/mL")])
    assert (figure < 3, flag < 1) == (True, True)


def test_a_long_text_gets_the_room_that_saves_lines():
    rows = [("甲" * 12, "乙" * 60)] * 5
    name, text = widths([("名", Kind.TERM), ("说明", Kind.TEXT)], rows)
    assert (turns(width(plain("甲" * 12)), name + PADDING_EM), turns(width(plain("乙" * 60)), text + PADDING_EM)) == (1, 2)


def test_a_table_too_wide_for_its_measure_keeps_its_words_as_long_as_it_can():
    room = widths([*LESIONS, ("SUV均值", Kind.FIGURE)], [(*row, "3.1") for row in ROWS], 34)
    assert room[3] >= width(plain("SUVmax")) - 0.01
    assert room[-2] + PADDING_EM >= FLOOR_EM[Kind.TEXT] - 0.01


def test_a_table_of_empty_cells_has_columns():
    assert column_shares(heads(("甲", Kind.TEXT), ("", Kind.FLAG)), [((), ())]) == pytest.approx([0.97, 0.03], abs=0.02)


def test_a_table_without_rows_has_columns():
    assert len(column_shares(heads(("甲", Kind.TEXT), ("乙", Kind.TERM)), [])) == 2
