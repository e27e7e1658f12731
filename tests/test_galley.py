"""A galley: kept and taken back, and joined into the same volume whatever its pages are numbered."""

import io

import pikepdf
import pypdfium2 as pdfium
import pytest
from project import REPOSITORY, SAMPLEBOOK

from publisher.compose.assemble import compose
from publisher.compositor import Compositor
from publisher.edition import SCREEN
from publisher.finish import galleys
from publisher.finish.joining import joined
from publisher.finish.writing import written
from publisher.galley import Galley, Plate, Sheet
from publisher.inks import inks
from publisher.pagination import Opening, PageMap
from publisher.preflight.printed_text import PrintedText
from publisher.read import read
from publisher.render import Renderer


@pytest.fixture(scope="module")
def part():
    collection = read(SAMPLEBOOK)
    whole = compose(collection.volumes["sample"], collection.catalogue, "测试引擎")
    section = next(section for section in whole.sections if section.kind == "case")
    html = Renderer(whole, REPOSITORY / "layouts", inks(REPOSITORY / "styles", whole.volume)).html(section, Opening("right"), PageMap())
    compositor = Compositor(REPOSITORY / "styles" / SCREEN.stylesheet)
    return section, galleys.finished(compositor.set(html, section.title), section.id, section.numbering)


def text(section, galley, first: int) -> list[str]:
    numbers = ("00",) * (1 + max((slot.number for page in galley.pages for slot in page.slots), default=0))
    sheets = [Sheet(section, str(first + index), galley, index, numbers) for index in range(len(galley.pages))]
    pdf = written(joined(sheets, REPOSITORY / "styles" / "fonts"))
    return [page.get_textpage().get_text_range() for page in pdfium.PdfDocument(pdf)]


def test_what_is_stored_is_restored(part):
    assert Galley.restored(part[1].stored()) == part[1]


@pytest.mark.parametrize("content", [b"", b"nothing", b"3\n%PDF", b'[{"text": 1}]\n%PDF', b'{"lengths": [1]}\n%PDF'])
def test_what_is_no_galley_is_refused(content):
    with pytest.raises(ValueError):  # noqa: PT011 - any says what it is
        Galley.restored(content)


def test_a_galley_that_was_cut_off_is_refused(part):
    with pytest.raises(ValueError, match="incomplete"):
        _ = Galley.restored(part[1].stored()[:-1]).plate


def test_a_plate_is_unpacked_as_it_was(part):
    plate = part[1].plate
    assert Plate.unpacked(plate.packed()) == plate


@pytest.mark.parametrize("first", [1, 8, 99, 997])
def test_every_page_bears_the_number_it_is_given(part, first):
    section, galley = part
    for index, page in enumerate(text(section, galley, first)):
        assert str(first + index) in page.split()


def test_a_number_moves_nothing_else(part):
    section, galley = part
    one, other = ([page.replace(str(first + index), "") for index, page in enumerate(text(section, galley, first))] for first in (511, 877))
    assert one == other


def test_a_galley_holds_no_font_program(part):
    plate = part[1].plate
    assert plate.fonts
    texts = [lines.together.decode("latin-1") for _, _, lines in plate.batches]
    assert "/FontFile" not in "".join([*texts, *(text for font in plate.fonts.values() for text in font[1:4])])


def test_a_joined_volume_has_each_face_once(sample_built):
    with pikepdf.open(io.BytesIO(sample_built.pdf)) as file:
        names = [str(item.BaseFont) for item in file.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Subtype") == "/Type0"]
    assert len(names) == len(set(names)) == len({name.split("+")[-1] for name in names})


def test_bookmarks_nest_across_galleys(sample_built):
    with pikepdf.open(io.BytesIO(sample_built.pdf)) as file, file.open_outline() as outline:
        part = next(item for item in outline.root if item.children)
        assert any(section.title in child.title for section in sample_built.book.sections if section.kind == "case" for child in part.children)


def test_a_joined_volume_prints_every_section_on_its_pages(sample_built):
    printed = PrintedText(sample_built.pdf, sample_built.book, sample_built.pagination)
    for span in sample_built.pagination.spans:
        if span.section.kind == "case":
            assert span.section.title[:6] in printed.of(span.first, span.first)


FAINT = """<html lang="zh-CN"><head><title>x</title></head><body><p>前文一段，共几字。</p>
<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60" viewBox="0 0 200 60" role="img" aria-label="淡字一行与方块">
<g opacity="0.4"><rect x="0" y="0" width="20" height="20" fill="#145f6b"/><text x="30" y="30" font-family="Casebook Hei" font-size="16">淡字甲乙丙</text></g>
</svg></body></html>"""


def test_words_drawn_in_a_form_are_the_same_under_the_codes_of_the_volume(part):
    compositor = Compositor(REPOSITORY / "styles" / SCREEN.stylesheet)
    rough = compositor.set(FAINT, "淡字")
    faint = galleys.finished(rough, "faint", "decimal")
    assert [cut for cut in faint.plate.streams if cut.draws_text]
    first = [Sheet(part[0], "1", part[1], index, ("00",) * 99) for index in range(len(part[1].pages))]
    pages = pdfium.PdfDocument(written(joined([*first, Sheet(part[0], "9", faint)], REPOSITORY / "styles" / "fonts")))
    assert "淡字甲乙丙" in pages[len(pages) - 1].get_textpage().get_text_range()
