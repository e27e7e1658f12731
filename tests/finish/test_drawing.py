"""Page content is shortened without a change to what is drawn or read."""

import io

import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import ImageChops

from publisher.finish import drawing

SIDE = b"""q
100. 60. m
20. 60. l
20. 58.666667 l
100. 58.666667 l
W*
n
0.2 0.2 0.2 rg
20. 40. 80. 18.666667 re
20. 38.666667 80. 21.333333 re
f*
Q
"""


def page(content: bytes) -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(150, 100))
        pdf.pages[0].obj.Contents = pdf.make_stream(content)
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def picture(content: bytes):
    return pdfium.PdfDocument(page(content))[0].render(scale=6).to_pil().convert("L")


def test_a_side_of_a_border_becomes_one_rectangle_in_the_same_place():
    short = drawing.shortened(SIDE)
    assert b"W*" not in short
    assert short.count(b" re\n") == 1
    assert ImageChops.difference(picture(SIDE), picture(short)).getbbox() is None


@pytest.mark.parametrize(
    "changed",
    [SIDE.replace(b"20. 58.666667 l", b"24. 58.666667 l"), SIDE.replace(b" 80. 18.666667 re", b" 80. 19.666667 re")],
    ids=["a mitred corner", "an edge that the clip crosses"],
)
def test_a_side_that_is_not_a_rectangle_stays(changed):
    assert b"W*" in drawing.shortened(changed)


def test_coordinates_keep_a_hundredth_of_a_pixel_and_strings_keep_every_byte():
    content = b"BT\n1 0 0 -1 81.259843 -0.00001 Tm\n[ (1.23456\\)\\n) -90 <00410042> 0 <0043> 0 ] TJ\nET\n"
    assert drawing.shortened(content) == b"BT\n1 0 0 -1 81.26 0 Tm\n[<312e3233343536290a>-90<004100420043>]TJ\nET\n"


def test_a_colour_stays_the_colour_of_the_style_sheet():
    assert drawing.shortened(b"0.078431 0.376471 0.419608 rg\n") == b"0.0784 0.3765 0.4196 rg\n"
    assert [round(share * 255) for share in (0.0784, 0.3765, 0.4196)] == [20, 96, 107]


def test_a_page_with_a_picture_in_its_content_is_left_alone():
    content = b"q\nBI /W 1 /H 1 /BPC 8 /CS /G ID 0.1234 EI\nQ\n"
    assert drawing.shortened(content) == content


DASHES = b"".join(b"%.2f 40. 4. 1. re\n" % (20 + 8 * place) for place in range(10))
DASHED = b"""q
100. 41. m
20. 41. l
20. 40. l
100. 40. l
W*
n
%sW*
n
0.6 0.6 0.6 rg
20. 30. 80. 10. re
20. 30. 80. 11. re
f*
Q
"""


def test_a_dashed_side_becomes_one_dashed_line_in_the_same_place():
    content = DASHED % DASHES
    short = drawing.shortened(content)
    assert b"re\n" not in short
    assert short.count(b" d\n") == 1
    assert ImageChops.difference(picture(content), picture(short)).getextrema()[1] < 40


@pytest.mark.parametrize("dashes", [DASHES.replace(b"44.00 40.", b"46.00 40."), DASHES.replace(b"44.00 40.", b"44.00 41.")], ids=["uneven", "not level"])
def test_dashes_that_are_no_line_stay(dashes):
    assert b"W*" in drawing.shortened(DASHED % dashes)


def test_artifacts_that_follow_one_another_are_one_and_a_colour_is_named_once():
    box = b"/Artifact BMC\nq\n0.2 0.2 0.2 rg\n%d 10 20 2 re\nf\nQ\nEMC\n"
    content = box % 10 + box % 40 + b"/Span << /MCID 0 >> BDC\nEMC\n" + box % 70
    short = drawing.shortened(content)
    assert (short.count(b"/Artifact BMC"), short.count(b" rg\n"), short.count(b"f\n")) == (2, 2, 3)
    assert ImageChops.difference(picture(content), picture(short)).getbbox() is None


def test_pieces_of_text_are_one_object_in_which_each_keeps_its_mark_and_place():
    piece = b"/Span << /MCID %d >> BDC\n0.1 0.1 0.1 rg\nBT\n1 0 0 -1 10 %d Tm\n/A 14 Tf\n[ <0041> ] TJ\nET\nEMC\n"
    assert drawing.shortened(piece % (0, 20) + piece % (1, 43)) == (
        b"BT\n/Span<</MCID 0>>BDC\n0.1 0.1 0.1 rg\n1 0 0 -1 10 20 Tm\n/A 14 Tf\n[<0041>]TJ\nEMC\n"
        b"/Span<</MCID 1>>BDC\n1 0 0 -1 10 43 Tm\n[<0041>]TJ\nEMC\nET\n"
    )


def test_after_the_number_of_a_page_the_face_is_named_again():
    piece = b"/Artifact BMC\nBT\n%sET\nEMC\n"
    text = b"1 0 0 -1 10 20 Tm\n/A 14 Tf\n[ <0041> ] TJ\n"
    assert drawing.shortened(piece % text + piece % b"/Folio MP\n" + piece % text).count(b"/A 14 Tf") == 2


def test_only_opaque_paint_needs_no_state():
    assert b"gs" not in drawing.shortened(b"q\n/a1.0 gs\n1 0 0 rg\n0 0 9 9 re\nf\nQ\n")
    assert drawing.shortened(b"q\n/a0.5 gs\n0 0 9 9 re\nf\n/a1.0 gs\n0 0 9 9 re\nf\nQ\n").count(b" gs\n") == 2
