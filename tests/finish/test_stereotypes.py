"""What several pages draw alike stands in the file once, and every page looks as before."""

import io

import pikepdf
import pypdfium2 as pdfium
from PIL import ImageChops

from publisher.finish import stereotypes

OUTLINE = b"".join(b"%d 20 m\n%d 60 l\n%d 80 %d 80 %d 60 c\nh\n" % (x, x, x + 1, x + 7, x + 8) for x in range(10, 90, 10))
BONE = b"q\n0.93 0.95 0.96 rg\n0.35 0.35 0.35 RG\n2 w\n1 j\n%sB\nQ\n" % OUTLINE
SITE = b"q\n0.08 0.38 0.42 rg\n%d 30 20 20 re\nf\nQ\n"
FIGURE = b"q\n0.5 0 0 0.5 5 5 cm\n/Figure <</MCID 0>> BDC\n%s%sEMC\nQ\n"


def shared(contents: list[bytes], states: dict[str, str]) -> tuple:
    """Return the forms of what is drawn alike, and each content with the names of those that it places."""
    drawn = stereotypes.Drawn(contents, states)
    placed = [drawn.placed(place, content) for place, content in enumerate(contents)]
    return drawn.forms, placed


def pictures(contents: list[bytes], forms: dict[str, stereotypes.Form]) -> list:
    pdf = pikepdf.new()
    for content in contents:
        pdf.add_blank_page(page_size=(100, 100))
        pdf.pages[-1].obj.Contents = pdf.make_stream(content)
        placed = {name: pdf.make_stream(form.data, pikepdf.Object.parse(form.head)) for name, form in forms.items()}
        pdf.pages[-1].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(placed))
    out = io.BytesIO()
    pdf.save(out)
    return [page.render(scale=4).to_pil() for page in pdfium.PdfDocument(out.getvalue())]


PAGES = [FIGURE % (BONE, SITE % 10), FIGURE % (BONE, SITE % 60), FIGURE % (SITE % 10, b"")]


def test_a_drawing_of_two_pages_stands_in_the_file_once():
    forms, ((first, one), (second, other), (third, none)) = shared(PAGES, {})
    assert one == other == ("/S1",)
    assert forms["/S1"].data == BONE
    assert b" c\n" not in first + second
    assert (third, none) == (PAGES[2], ())


def test_every_page_looks_as_before():
    forms, changed = shared(PAGES, {})
    before, after = pictures(PAGES, {}), pictures([content for content, _ in changed], forms)
    assert all(ImageChops.difference(one, two).getbbox() is None for one, two in zip(before, after, strict=True))


def test_a_form_names_the_states_that_it_sets():
    drawn = BONE.replace(b"q\n", b"q\n/half gs\n", 1)
    forms, _ = shared([drawn, drawn], {"/half": "<< /ca 0.5 >>", "/other": "<< /ca 1 >>"})
    assert pikepdf.Object.parse(forms["/S1"].head).Resources == pikepdf.Object.parse(b"<< /ExtGState << /half << /ca 0.5 >> >> >>")


def test_a_drawing_of_one_page_stays_where_it_is():
    assert shared([FIGURE % (BONE, b"")], {}) == ({}, [(FIGURE % (BONE, b""), ())])


def test_a_drawing_in_a_state_that_needs_its_page_stays_where_it_is():
    drawn = BONE.replace(b"q\n", b"q\n/mask gs\n", 1)
    assert shared([drawn, drawn], {"/half": "<< /ca 0.5 >>"}) == ({}, [(drawn, ())] * 2)
