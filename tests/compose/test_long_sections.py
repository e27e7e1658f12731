"""A volume of a thousand cases: what would be too long to be set at a time goes on in sections of its own, and nothing is lost between them."""

from dataclasses import replace

import pytest

from publisher import book
from publisher.book import Heading, NoteMark, Notes, Paragraph, Section, Table, plain
from publisher.compose import dosing, finder, lists
from publisher.compose.booklet import booklet
from publisher.compose.finder import finder_section
from publisher.compose.lists import contents, lists_of_blocks
from publisher.compose.long_sections import parted, whole


def tables(*sections: Section) -> list[Table]:
    return [block for section in sections for block in section.blocks if isinstance(block, Table)]


@pytest.fixture
def appendix(sample_book) -> Section:
    return sample_book.section("dosing")


@pytest.fixture
def parts(appendix, monkeypatch) -> list[Section]:
    """The appendix, no two of whose tables are set at a time."""
    monkeypatch.setattr(dosing, "MOST_IN_SECTION", 1)
    return dosing.in_sections(appendix)


def test_a_long_appendix_goes_on_table_by_table(appendix, parts):
    assert len(parts) > 1
    assert [table for part in parts for table in tables(part)] == tables(appendix)
    assert [part.id for part in parts] == ["dosing", *(f"dosing-{number}" for number in range(2, len(parts) + 1))]


def test_only_its_beginning_has_a_bookmark_and_opens_on_a_right_hand_page(appendix, parts):
    assert [(part.bookmark, part.recto) for part in parts] == [(1, appendix.recto), *[(0, False)] * (len(parts) - 1)]


def test_its_notes_stay_with_the_words_that_they_are_about(appendix, monkeypatch):
    monkeypatch.setattr(dosing, "MOST_IN_SECTION", 1)
    notes = Notes((book.Note(1, "n", "m", "e", plain("词"), plain("疑"), ()),))
    marked = replace(appendix, blocks=(Heading(plain("附录"), 1, "h"), Paragraph((NoteMark(1, "n", "m"),)), *tables(appendix), notes))
    first, *others = dosing.in_sections(marked)
    assert notes in first.blocks
    assert not [block for part in others for block in part.blocks if isinstance(block, Notes)]


def test_an_appendix_with_marks_in_later_tables_stays_whole(appendix, monkeypatch):
    monkeypatch.setattr(dosing, "MOST_IN_SECTION", 1)
    *before, last = tables(appendix)
    marked = replace(last, rows=(((NoteMark(1, "n", "m"),), *last.rows[0][1:]), *last.rows[1:]))
    section = replace(appendix, blocks=(*before, marked))
    assert dosing.in_sections(section) == [section]


def test_a_section_that_was_parted_is_found_whole(appendix, parts):
    assert whole(parts, "dosing") == appendix
    assert whole([], "dosing") is None


def test_a_booklet_finds_the_doses_of_its_cases_in_all_parts(sample, sample_book, parts):
    source = sample.volumes["sample"]
    chosen = next(one for one in source.volume.booklets if one.appendix)
    before = booklet(sample_book, source.volume, chosen).section("dosing")
    place = sample_book.sections.index(sample_book.section("dosing"))
    long = replace(sample_book, sections=(*sample_book.sections[:place], *parts, *sample_book.sections[place + 1 :]))
    assert tables(booklet(long, source.volume, chosen).section("dosing")) == tables(before)


def test_a_finder_of_many_spreads_goes_on_on_left_hand_pages(content, monkeypatch):
    monkeypatch.setattr(finder, "MOST_ROWS", 4)
    (one,) = finder_section(content.volumes["lung"], content.catalogue)
    monkeypatch.setattr(finder, "MOST_SPREADS", 2)
    many = finder_section(content.volumes["lung"], content.catalogue)
    assert [block for part in many for block in part.blocks] == list(one.blocks)
    assert [(part.id, part.verso, part.bookmark) for part in many] == [("finder", True, 1), ("finder-2", True, 0)]


def test_a_long_list_goes_on_where_a_case_begins(sample_book, monkeypatch):
    sections = [section for section in sample_book.sections if section.kind == "case"]
    before = {part.id: part for part in lists_of_blocks(sections)}
    monkeypatch.setattr(lists, "MOST_ENTRIES", 5)
    after = lists_of_blocks(sections)
    for name, one in before.items():
        found = whole(after, name)
        assert [entry for block in found.blocks[1:] for entry in block.items] == list(one.blocks[1].items)
    assert len(after) > len(before)
    assert all(part.blocks[-1].items[0].level == 1 for part in after)


def test_neither_contents_nor_lists_name_a_section_twice_that_goes_on(sample, sample_book, parts):
    named = [entry.target for entry in contents(sample.volumes["sample"], sample.catalogue, parts).blocks[1].items]
    listed = [entry.target for entry in lists_of_blocks(parts)[0].blocks[1].items if entry.level == 1]
    assert named == listed == ["dosing"]


def test_a_section_of_one_part_is_as_it_was(appendix):
    assert parted(appendix, [appendix.blocks]) == [appendix]
