"""The reading of a page: kept and taken back whole, in drawing order, under a key of the page and of nothing else."""

import io

import pikepdf
import pytest

from publisher import book
from publisher.preflight.drawn_page import drawn_pages, page_keys, restored, stored
from publisher.preflight.printed_text import squeezed
from publisher.preflight.tagged import tagged


@pytest.fixture(scope="module")
def pages(sample_built):
    return tuple(tagged(sample_built.pdf).drawn)


def changed(pdf: bytes, change) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as file:
        change(file)
        out = io.BytesIO()
        file.save(out)
    return out.getvalue()


def draw_more(file: pikepdf.Pdf) -> None:
    page = file.pages[4]
    page.obj.Contents = file.make_stream(page.obj.Contents.read_bytes() + b"\nq Q")


def widen_a_letter(file: pikepdf.Pdf) -> None:
    font = next(iter(file.pages[4].Resources.Font.values()))
    font.DescendantFonts[0].W[1][0] = 123


def rename_a_letter(file: pikepdf.Pdf) -> None:
    font = next(iter(file.pages[4].Resources.Font.values()))
    font.ToUnicode = file.make_stream(font.ToUnicode.read_bytes().replace(b"beginbfchar\n<", b"beginbfchar\n <", 1))


def test_a_reading_is_taken_back_as_it_was(pages):
    assert restored(stored(pages)) == pages


def test_pages_that_are_taken_back_may_have_other_numbers(pages):
    again = restored(stored(pages[4:8]), 11)
    assert [line.text for page in again for block in page.blocks for line in block.lines] == [
        line.text for page in pages[4:8] for block in page.blocks for line in block.lines
    ]
    assert [{line.page for block in page.blocks for line in block.lines} - {number} for number, page in enumerate(again, 11)] == [set()] * 4


def test_every_line_of_a_page_is_measured(sample_built, pages):
    words = squeezed("".join(line.text for page in pages for block in page.blocks for line in block.lines))
    assert len(words) > 0.95 * len(squeezed("".join(page.text for page in pages)))


def test_some_pages_are_read_like_all(sample_built, pages):
    assert drawn_pages(sample_built.pdf, tagged(sample_built.pdf).block_owners(3, 5), 3, 5) == pages[2:5]


def test_the_words_of_a_figure_stand_in_drawing_order(sample_built, pages):
    for span in sample_built.pagination.spans:
        text = squeezed("".join(page.text for page in pages[span.first - 1 : span.last]))
        for figure in (block for block in span.section.blocks if isinstance(block, book.Figure)):
            assert squeezed("".join(figure.words)) in text


def test_a_change_on_one_page_changes_its_key_alone(sample_built):
    before, after = page_keys(sample_built.pdf), page_keys(changed(sample_built.pdf, draw_more))
    assert [number for number, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]] == [4]


@pytest.mark.parametrize("change", [widen_a_letter, rename_a_letter])
def test_a_change_of_a_face_changes_the_key_of_the_pages_that_use_it(sample_built, change):
    assert page_keys(changed(sample_built.pdf, change))[4] != page_keys(sample_built.pdf)[4]


def test_saving_again_changes_no_key(sample_built):
    assert page_keys(changed(sample_built.pdf, lambda file: None)) == page_keys(sample_built.pdf)
