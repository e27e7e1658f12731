"""Booklets and offprints: which sections, with which numbers, and what becomes of links that lead out."""

import pytest
from project import REPOSITORY

from publisher import book
from publisher.book import Entries, Paragraph, Reference, Table, TitlePage, words
from publisher.compose.assemble import compose
from publisher.compose.booklet import booklet, booklets, offprint, whole_booklet
from publisher.compose.references import anchors, unlinked
from publisher.edition import BOOKLET, SCREEN
from publisher.problems import Rejected
from publisher.typeset import ENGINE

RIB, FEMUR = "sample-01-rib", "sample-03-femur"


@pytest.fixture(scope="module")
def volume(sample):
    return sample.volumes["sample"].volume


@pytest.fixture(scope="module")
def small(sample):
    return compose(sample.volumes["sample"], sample.catalogue, ENGINE, measure_em=BOOKLET.table_em)


@pytest.fixture(scope="module")
def rib(small, volume):
    return booklet(small, volume, volume.booklets[0])


def tables(section):
    return [block for block in section.blocks if isinstance(block, Table)]


def notes(section):
    return [(note.number, note.note) for block in section.blocks if isinstance(block, book.Notes) for note in block.items]


def text(section):
    return "".join(words(line) for block in section.blocks for line in book.lines_of(block))


def test_a_booklet_has_title_colophon_contents_cases_and_appendix(rib):
    assert [section.id for section in rib.sections] == ["title-page", "colophon", "contents", RIB, "dosing", "collation"]


def test_a_booklet_without_appendix_has_none(small, volume):
    chosen = volume.booklets[0].model_copy(update={"appendix": False})
    assert [section.id for section in booklet(small, volume, chosen).sections] == ["title-page", "colophon", "contents", RIB, "collation"]


def test_the_title_page_says_for_what_and_whence(rib, volume):
    (page,) = [block for block in rib.section("title-page").blocks if isinstance(block, TitlePage)]
    assert (page.title, page.subtitles, page.edition) == ("样书肋骨一例", ("样书讨论会用",), "选自《样书病例荟萃》样本")


def test_the_colophon_says_whence_and_carries_the_disclaimer(rib):
    said = text(rib.section("colophon"))
    assert "《样书病例荟萃》样本，2026年1月31日" in said
    assert "例1，共1例" in said
    assert "本卷不得用于临床" in said


def test_tables_and_notes_keep_the_numbers_of_the_volume(rib, small, sample_book):
    assert [table.number for table in tables(rib.section(RIB))] == [table.number for table in tables(sample_book.section(RIB))]
    assert notes(rib.section(RIB)) == notes(sample_book.section(RIB)) != []


@pytest.mark.parametrize("name", ["lung", "breast"])
def test_a_narrower_measure_changes_no_number_and_no_figure_of_a_real_volume(content, name):
    wide, narrow = (compose(content.volumes[name], content.catalogue, ENGINE, measure_em=edition.table_em) for edition in (SCREEN, BOOKLET))
    for before, after in zip(wide.sections, narrow.sections, strict=True):
        assert [table.number for table in tables(before)] == [table.number for table in tables(after)]
        cells = [sorted(words(cell) for table in tables(section) for row in table.rows for cell in row if words(cell)) for section in (before, after)]
        assert cells[0] == cells[1]
        assert [block for block in before.blocks if not isinstance(block, Table)] == [block for block in after.blocks if not isinstance(block, Table)]


def test_only_the_chosen_cases_are_looked_for_on_paper(rib, small):
    own = [item for item in small.printed if item.section == RIB or item.path == f"{RIB}.notes"]
    assert list(rib.printed) == own
    assert {item.section for item in own} == {RIB, "collation"}


def test_the_appendix_holds_the_doses_of_the_chosen_cases_alone(rib, small):
    links = {target for block in rib.section("dosing").blocks for target in book.links_of(block)}
    assert {link for link in links if not link.startswith((RIB, "dosing-"))} == set()
    assert links > {f"{RIB}-table-8"}
    have, all_rows = ({(table.number, words(row[0])) for table in tables(whole.section("dosing")) for row in table.rows} for whole in (rib, small))
    assert have < all_rows


def test_a_column_that_says_nothing_any_more_is_left_out(rib):
    for table in tables(rib.section("dosing")):
        for place in range(len(table.columns)):
            assert any(words(row[place]) not in ("", "—") for row in table.rows)
        assert sum(column.share for column in table.columns) == pytest.approx(1)


def test_the_contents_lead_to_what_is_inside(rib):
    targets = [entry.target for block in rib.section("contents").blocks if isinstance(block, Entries) for entry in block.items]
    assert targets == [RIB, "dosing", "collation"]


def test_a_reference_out_of_the_booklet_becomes_plain_text(sample_book):
    line = (book.Text("参见"), Reference("例3", FEMUR), book.Text("与"), Reference("例1", RIB))
    section = unlinked(book.Section(RIB, "case", "题", (Paragraph(line), book.Points((line,)))), {RIB})
    assert [target for block in section.blocks for target in book.links_of(block)] == [RIB, RIB]
    assert all(words(line) == "参见例3与例1" for block in section.blocks for line in book.lines_of(block))


def test_the_whole_volume_is_a_booklet_too_without_thumb_tabs(small, volume):
    whole = whole_booklet(small)
    assert [section.id for section in whole.sections] == [section.id for section in small.sections]
    assert {section.tab for section in whole.sections} == {""}


def test_the_booklets_of_a_volume_are_the_whole_and_those_it_names(small, volume):
    assert [(name, signature) for name, _, signature in booklets(small, volume)] == [("volume", 16), ("rib", 64)]


def test_both_real_volumes_name_a_booklet(content):
    for name in ("lung", "breast"):
        assert content.volumes[name].volume.booklets


# -- offprints -----------------------------------------------------------------------------------------------------


def test_an_offprint_is_the_case_with_a_line_that_says_where_it_stands(sample_book, volume):
    alone = offprint(sample_book, volume, FEMUR, 12, 18)
    section, collation = alone.sections
    assert (collation.id, collation.numbering) == ("collation", "lower-roman")
    assert words(section.blocks[0].line) == "单行本　《样书病例荟萃》样本，2026年1月31日，第12～18页"
    case = sample_book.section(FEMUR)
    assert section.blocks[1:] == unlinked(case, anchors([case])).blocks
    assert (alone.first_folio, {item.section for item in alone.printed}) == (12, {FEMUR, "collation"})


def test_an_offprint_of_one_page_names_one_page(sample_book, volume):
    assert "第5页" in offprint(sample_book, volume, FEMUR, 5, 5).subject


def test_an_offprint_of_a_case_that_is_not_there_is_refused(sample_book, volume):
    with pytest.raises(Rejected, match="SRC-027"):
        offprint(sample_book, volume, "sample-09", 1, 2)


def test_the_styles_of_a_booklet_are_a_short_list_of_differences():
    lines = (REPOSITORY / "styles" / BOOKLET.stylesheet).read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line and not line.startswith(("@import", "/*"))]) < 20
