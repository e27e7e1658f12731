"""Of a large volume only some is at hand at a time; what is found in it is what is found in all of it at once."""

import pytest
from pikepdf import Array, Name
from project import codes

from publisher.edition import SCREEN
from publisher.preflight import drawn_page, tagged, tags, typography
from publisher.preflight.finding import page_map
from publisher.preflight.tagged import Tagged


@pytest.fixture
def small(monkeypatch):
    """Each section is read by itself, and one is at hand."""
    monkeypatch.setattr(tagged, "STRETCH", 1)
    monkeypatch.setattr(tagged, "AT_HAND", 1)
    monkeypatch.setattr(tagged, "PAGES", 3)
    monkeypatch.setattr(tagged, "SMALL", 0)


def nodes(file: Tagged) -> list[tuple]:
    return [
        (node.tag, node.key, node.id, node.alt, node.said, dict(node.attributes), tuple(node.marks), [(link.key, link.target, link.box) for link in node.links])
        for stretch in file.stretches
        for node in stretch.document.walk()
        if node.tag != "Document"
    ]


def test_the_tree_is_the_same_however_much_of_it_is_at_hand(sample_built, small, monkeypatch):
    parted = Tagged(sample_built.pdf)
    assert (len(parted.stretches), len(parted.open)) == (len(sample_built.book.sections), 1)
    monkeypatch.setattr(tagged, "STRETCH", 1_000_000)
    whole = Tagged(sample_built.pdf)
    assert len(whole.stretches) == 1
    assert nodes(parted) == nodes(whole) == nodes(parted)
    assert (parted.owners_by_page, parted.led, parted.bits) == (whole.owners_by_page, whole.led, whole.bits)
    pages = len(whole.boxes)
    assert parted.block_owners(1, pages) == whole.block_owners(1, pages)


def test_terms_are_found_on_the_same_pages(sample_built, small, monkeypatch):
    drawn = tagged.tagged(sample_built.pdf).drawn
    found = []
    for stretch in (1, 1_000_000):
        monkeypatch.setattr(tagged, "STRETCH", stretch)
        file = Tagged(sample_built.pdf)
        file.given = drawn
        found.append(page_map(file, sample_built.book, sample_built.pagination).mentions)
    assert found[0] == found[1]


def test_a_sound_file_has_no_fault_in_any_stretch(sample_built, small, monkeypatch):
    monkeypatch.setattr(tags, "read", reader())
    assert [str(problem) for problem in tags.check(sample_built.pdf, sample_built.book, sample_built.pagination, SCREEN)] == []


def reader():
    """Read a file as it is now said to be read, once."""
    found = {}

    def read(pdf, pages=()):
        if pdf not in found:
            found[pdf] = Tagged(pdf)
        return found[pdf]

    return read


def test_faults_of_the_whole_file_are_found_across_stretches(spoilt, small, monkeypatch):
    monkeypatch.setattr(tags, "read", reader())

    def spoil(pdf) -> None:
        first, *_, last = pdf.Root.StructTreeRoot.K.K
        last.K = Array([*(last.K if isinstance(last.K, Array) else [last.K]), first.K[0] if isinstance(first.K, Array) else first.K])

    assert "PDF-301" in codes(spoilt(spoil))


def test_a_heading_that_jumps_a_level_after_a_stretch_is_found(spoilt, small, monkeypatch):
    monkeypatch.setattr(tags, "read", reader())

    def spoil(pdf) -> None:
        *_, last = pdf.Root.StructTreeRoot.K.K
        heading = next(kid for kid in last.K if str(kid.S) == "/H1")
        heading.S = Name.H4

    assert "PDF-302" in codes(spoilt(spoil))


def test_lines_are_measured_alike_whether_they_are_at_hand_or_not(lung, monkeypatch):
    pages = tagged.tagged(lung.pdf).drawn
    at_hand = typography.measure(lung.pdf, (), pages)
    monkeypatch.setattr(typography, "AT_HAND", 10)
    assert typography.measure(lung.pdf, (), pages) == at_hand


def test_keys_of_pages_do_not_depend_on_how_many_are_made_at_once(sample_built, monkeypatch):
    keys = drawn_page.page_keys(sample_built.pdf)
    monkeypatch.setattr(drawn_page, "STRETCH", 2)
    assert drawn_page.page_keys(sample_built.pdf) == keys


def test_pages_are_read_alike_from_a_file_and_from_memory(sample_built, tmp_path):
    path = tmp_path / "screen.pdf"
    path.write_bytes(sample_built.pdf)
    assert drawn_page.drawn_texts(path, 2, 5) == drawn_page.drawn_texts(sample_built.pdf, 2, 5)
    path.write_bytes(sample_built.pdf + b"\n")
    assert drawn_page.drawn_texts(path) == drawn_page.drawn_texts(sample_built.pdf)
