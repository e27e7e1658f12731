"""Lists of tables, of figures and of laboratory tests: everything that has a number is listed."""

from dataclasses import dataclass, replace
from typing import ClassVar

import pytest

from publisher import book
from publisher.book import Entries, Pages, Which, plain
from publisher.compose.assemble import compose
from publisher.compose.lists import lists_of_blocks


@pytest.fixture(scope="module")
def lung(content) -> book.Book:
    return compose(content.volumes["lung"], content.catalogue, "测试引擎")


def entries(section: book.Section) -> list[book.Entry]:
    return [entry for block in section.blocks if isinstance(block, Entries) for entry in block.items]


def test_every_numbered_table_is_listed_in_order(lung):
    tables = [block for section in lung.sections for block in section.blocks if isinstance(block, book.Table) and block.number]
    listed = [entry for entry in entries(lung.section("tables")) if entry.level == 2]
    assert [(entry.label, entry.target) for entry in listed] == [(table.label, table.anchor) for table in tables]


def test_tables_are_listed_under_their_case(lung):
    heads = [(entry.label, entry.title) for entry in entries(lung.section("tables")) if entry.level == 1]
    assert heads[0] == ("例1", "肺癌多发骨转移后病理性骨折")
    assert heads[-1] == ("", "缩略语表")


def test_the_numbers_of_tables_are_unique(lung):
    numbers = [block.number for section in lung.sections for block in section.blocks if isinstance(block, book.Table) and block.number]
    assert len(set(numbers)) == len(numbers)


@dataclass(frozen=True)
class Picture:
    """A block of another sort with a number and a caption."""

    word: ClassVar[str] = "图"
    anchor: str
    number: str
    caption: book.Line


def test_blocks_of_another_sort_get_a_list_of_their_own(sample_book):
    case = sample_book.section("sample-01-rib")
    drawn = replace(case, blocks=(*case.blocks, Picture("figure-9", "1-9", plain("骨转移部位"))))
    tables, figures = lists_of_blocks([drawn])
    assert (tables.title, figures.title, figures.id) == ("表目录", "图目录", "figures")
    assert [(entry.label, entry.title, entry.target) for entry in entries(figures)] == [
        ("例1", "肺腺癌肋骨转移一例", "sample-01-rib"),
        *((f"图{block.number}", book.words(block.caption), block.anchor) for block in case.blocks if isinstance(block, book.Figure)),
        ("图1-9", "骨转移部位", "figure-9"),
    ]


def test_a_volume_without_figures_has_no_list_of_them(sample_book):
    bare = [replace(section, blocks=tuple(block for block in section.blocks if not isinstance(block, book.Figure))) for section in sample_book.sections]
    assert [section.id for section in lists_of_blocks(bare)] == ["tables"]
    assert [section.id for section in sample_book.sections if section.kind == "list"] == ["tables", "figures"]


def test_every_analyte_is_listed_with_unit_symbol_and_cases(sample_book):
    table = next(block for block in sample_book.section("laboratory").blocks if isinstance(block, book.Table))
    cells = {book.words(row[0]): row for row in table.rows}
    assert [book.words(cell) for cell in cells["癌胚抗原"][1:4]] == ["CEA", "ng/mL", "—"]
    assert book.words(cells["血钙"][3]) == "2.11～2.52"
    assert cells["肌酐"][4] == (book.Text("例1（"), Pages("analytes", "肌酐", Which.TREATED, "sample-01-rib"), book.Text("）"))


def test_analytes_stand_in_pinyin_order(sample_book):
    table = next(block for block in sample_book.section("laboratory").blocks if isinstance(block, book.Table))
    assert [book.words(row[0]) for row in table.rows] == ["癌胚抗原", "肌酐", "血钙", "乙肝五项"]


def test_every_analyte_of_the_cases_is_in_the_appendix(content, lung):
    source = content.volumes["lung"]
    reported = {str(result.analyte.entry.name) for case in source.cases.values() for panel in case.labs for result in panel.results}
    reported |= {str(column.analyte.entry.name) for case in source.cases.values() for series in case.series for column in series.columns}
    table = next(block for block in lung.section("laboratory").blocks if isinstance(block, book.Table))
    assert {book.words(row[0]) for row in table.rows} == reported
