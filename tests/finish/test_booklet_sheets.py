"""The sheets of a booklet: every page at its size against the fold, marks in the waste, small, the same on every build."""

import io

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest
from project import REPOSITORY

from publisher.finish import booklet
from publisher.imposition import imposition

MM = 72 / 25.4


@pytest.fixture(scope="module", params=["rib", "volume"])
def made(request, sample_booklets):
    return sample_booklets[request.param]


@pytest.fixture
def pdf(made):
    with pikepdf.open(io.BytesIO(made.sheets)) as file:
        yield file


def test_each_side_is_an_a4_sheet_across(pdf):
    assert {(round(float(page.mediabox[2]) / MM, 1), round(float(page.mediabox[3]) / MM, 1)) for page in pdf.pages} == {(297.0, 210.0)}
    assert len(pdf.pages) % 2 == 0


def test_every_page_is_a_form_drawn_once(pdf, made):
    names = [name for page in pdf.pages for name in page.obj.Resources.XObject]
    assert sorted(names, key=lambda name: int(name[2:])) == [f"/P{number}" for number in range(1, made.plan.pages + 1)]
    for page in pdf.pages:
        assert page.Contents.read_bytes().count(b" Do ") == len(page.obj.Resources.XObject)


def characters(page: pdfium.PdfPage) -> list[tuple[str, float, float]]:
    text = page.get_textpage()
    x, y, found = raw.c_double(), raw.c_double(), []
    for index in range(text.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(text, index))
        if not char.isspace() and raw.FPDFText_GetCharOrigin(text, index, x, y):
            found.append((char, x.value, y.value))
    return found


def test_each_letter_stands_where_it_was_typeset_moved_by_the_creep(made):
    """The first and the last letter of every page, measured from the fold."""
    sheets, pages = pdfium.PdfDocument(made.sheets), pdfium.PdfDocument(made.pages)
    middle, width = 297 / 2 * MM, 148 * MM
    for number, side in enumerate(made.plan.sides()):
        drawn = characters(sheets[number])
        for page, is_left in ((side.left, True), (side.right, False)):
            wanted = characters(pages[page - 1]) if page else []
            have = [letter for letter in drawn if (letter[1] < middle) == is_left]
            assert [letter[0] for letter in have] == [letter[0] for letter in wanted]
            for mine, theirs in zip(have[:1] + have[-1:], wanted[:1] + wanted[-1:], strict=True):
                start = middle - width + side.shift_mm * MM if is_left else middle - side.shift_mm * MM
                assert mine[1] - start == pytest.approx(theirs[1], abs=0.02)
                assert mine[2] == pytest.approx(theirs[2], abs=0.02)


def test_the_sheets_hold_each_font_once_and_are_smaller_than_the_pages(pdf, made):
    streams = [item for item in pdf.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/CIDFontType0C"]
    fonts = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"]
    names = {str(font.BaseFont) for font in fonts}
    assert len(streams) <= len(names)
    assert len(made.sheets) < len(made.pages)


def test_no_trace_of_a_structure_or_of_links_is_left(pdf):
    assert "/StructTreeRoot" not in pdf.Root
    assert all("/Annots" not in page.obj for page in pdf.pages)
    for page in pdf.pages:
        for form in page.obj.Resources.XObject.values():
            operators = {str(instruction.operator) for instruction in pikepdf.parse_content_stream(form)}
            assert operators.isdisjoint({"BDC", "BMC", "EMC"})


def test_the_first_side_shows_fold_staples_and_cuts_and_a_back_shows_nothing(pdf):
    first, back = (pdf.pages[number].Contents.read_bytes() for number in (0, 1))
    assert (first.count(b" l S"), back.count(b" l S")) == (2 + 2 + 8, 0)


def test_each_side_is_called_by_signature_and_sheet(pdf, made):
    names = [str(pdf.Root.PageLabels.Nums[place].P) for place in range(1, len(pdf.Root.PageLabels.Nums), 2)]
    assert names == [side.name for side in made.plan.sides()]
    assert names[:2] == ["第1帖第1张正面", "第1帖第1张反面"]


def test_the_same_pages_give_the_same_bytes(made, sample_book):
    plan = imposition(made.plan.pages, 16)
    fonts = REPOSITORY / "styles" / "fonts"
    assert booklet.impose(made.pages, sample_book, plan, fonts) == booklet.impose(made.pages, sample_book, plan, fonts)


def test_dates_are_the_editions_own(pdf, sample_book):
    assert str(pdf.docinfo.CreationDate).startswith(f"D:{sample_book.date.replace('-', '')}")
