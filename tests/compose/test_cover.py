"""The cover: its spine follows from pages and stock; nothing that is not known is printed on it."""

from decimal import Decimal

import pytest

from publisher.compose import cover
from publisher.volume import Isbn, Millimetres, Stock


@pytest.fixture
def made(sample, sample_book):
    volume = sample.volumes["sample"].volume

    def make(pages=200, **changes):
        changed = volume.model_copy(update=changes)
        return cover.of(cover.cover(sample_book, changed, changed.stock, pages, (185, 260)))

    return make


def stock(caliper, glue=None):
    return Stock(paper="胶版纸", caliper_mm=Millimetres(caliper), glue_mm=Millimetres(glue) if glue else None)


@pytest.mark.parametrize(
    ("caliper", "glue", "pages", "spine"),
    [("0.108", None, 96, "5.2"), ("0.108", None, 95, "5.2"), ("0.1", None, 320, "16.0"), ("0.1", "0.5", 320, "16.5"), ("0.108", None, 1, "0.1")],
)
def test_the_spine_is_as_thick_as_the_leaves(caliper, glue, pages, spine):
    assert stock(caliper, glue).spine_mm(pages) == Decimal(spine)


def test_the_sheet_is_back_spine_and_front(made):
    found = made(stock=stock("0.1"))
    assert (found.spine_mm, found.sheet_mm, found.folds_mm) == (10, (380, 260), (185, 195))


def test_a_spine_under_five_millimetres_bears_no_type(made):
    assert (made(98, stock=stock("0.1")).spine, made(100, stock=stock("0.1")).spine) == ("", "样书病例荟萃")


@pytest.mark.parametrize(("pages", "size"), [(100, 8.5), (140, 14.2), (400, 15.0)])
def test_type_on_the_spine_keeps_a_millimetre_from_the_folds(made, pages, size):
    found = made(pages, stock=stock("0.1"))
    assert found.spine_size == size
    assert found.spine_size <= (found.spine_mm - 2) * 72 / 25.4 + 0.05


def test_without_a_book_number_there_are_no_bars(made):
    assert made(isbn=None).barcode is None
    assert made(isbn=Isbn("978-7-0000-0000-1")).barcode.text == "ISBN 978-7-0000-0000-1"


def test_a_compiler_who_is_not_on_record_is_not_printed(made):
    assert (made(compiler="编纂者未载").credits, made(compiler="某某学会").credits) == (("样本",), ("某某学会", "样本"))


def test_the_title_is_broken_where_the_volume_says(made):
    assert (made().lines, made(cover_lines=[]).lines) == (("样书", "病例荟萃"), ("样书病例荟萃",))


def test_latin_on_the_spine_is_turned_and_characters_stand(made, monkeypatch):
    found = made()
    object.__setattr__(found, "spine", "HER2阳性（续）")
    assert found.spine_runs == [("HER2", False), ("阳", True), ("性", True), ("（", False), ("续", True), ("）", False)]
