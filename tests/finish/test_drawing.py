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
