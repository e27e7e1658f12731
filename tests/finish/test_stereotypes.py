"""What several pages draw alike stands in the file once, and every page looks as before."""

import io

import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import ImageChops

from publisher.finish import stereotypes

OUTLINE = b"".join(b"%d 20 m\n%d 60 l\n%d 80 %d 80 %d 60 c\nh\n" % (x, x, x + 1, x + 7, x + 8) for x in range(10, 90, 10))
BONE = b"q\n0.93 0.95 0.96 rg\n0.35 0.35 0.35 RG\n2 w\n1 j\n%sB\nQ\n" % OUTLINE
SITE = b"q\n0.08 0.38 0.42 rg\n%d 30 20 20 re\nf\nQ\n"
FIGURE = b"q\n0.5 0 0 0.5 5 5 cm\n/Figure <</MCID 0>> BDC\n%s%sEMC\nQ\n"


def file(*contents: bytes) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    for content in contents:
        pdf.add_blank_page(page_size=(100, 100))
        pdf.pages[-1].obj.Contents = pdf.make_stream(content)
        pdf.pages[-1].obj.Resources = pikepdf.Dictionary()
    return pdf


def pictures(pdf: pikepdf.Pdf) -> list:
    out = io.BytesIO()
    pdf.save(out)
    return [page.render(scale=4).to_pil() for page in pdfium.PdfDocument(out.getvalue())]


@pytest.fixture
def pdf() -> pikepdf.Pdf:
    return file(FIGURE % (BONE, SITE % 10), FIGURE % (BONE, SITE % 60), FIGURE % (SITE % 10, b""))


def test_a_drawing_of_two_pages_stands_in_the_file_once(pdf):
    stereotypes.share(pdf, [page.obj for page in pdf.pages])
    first, second, third = (page.obj for page in pdf.pages)
    assert first.Resources.XObject["/S1"].objgen == second.Resources.XObject["/S1"].objgen
    assert b" c\n" not in first.Contents.read_bytes() + second.Contents.read_bytes()
    assert "/XObject" not in third.Resources


def test_every_page_looks_as_before(pdf):
    before = pictures(pdf)
    stereotypes.share(pdf, [page.obj for page in pdf.pages])
    assert all(ImageChops.difference(one, two).getbbox() is None for one, two in zip(before, pictures(pdf), strict=True))


def test_a_drawing_of_one_page_stays_where_it_is():
    pdf = file(FIGURE % (BONE, b""))
    stereotypes.share(pdf, [pdf.pages[0].obj])
    assert "/XObject" not in pdf.pages[0].obj.Resources
