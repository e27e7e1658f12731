"""Plates are drawn as they will print: inks apart, knocked out or laid over one another, pictures and gradients too."""

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from pressing import picture, separation

from publisher.preflight.separations import PROCESS, coverage, separations

KNOCKOUT, OVERPRINT = "/Ko gs", "/Op gs"


def page(operators: str, **resources) -> bytes:
    """Return one page of 72 by 72 points."""
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(72, 72))
        own = Dictionary(ExtGState=Dictionary(Op=Dictionary(OP=True, op=True, OPM=1), Ko=Dictionary(OP=False, op=False, OPM=1)))
        for named, make in resources.items():
            kind, name = named.split("_", 1)
            own[f"/{kind}"] = own.get(f"/{kind}", Dictionary())
            own[f"/{kind}"][f"/{name}"] = make(document) if callable(make) else make
        document.pages[0].obj.Resources, document.pages[0].obj.Contents = own, document.make_stream(operators.encode())
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def inks(pdf: bytes, x: int, y: int, plates=PROCESS) -> list[float]:
    """Return the share of each plate at a point counted from the top left."""
    (pictures,) = separations(pdf, plates, dpi=72)
    return [round(pictures[plate].getpixel((x, y)) / 255, 2) for plate in plates]


def test_each_ink_goes_on_its_plate():
    assert inks(page("0.1 0.2 0.3 0.4 k 0 0 72 72 re f"), 30, 30) == [0.1, 0.2, 0.3, 0.4]


def test_paper_is_left_where_nothing_is_painted():
    assert inks(page("0 0 0 1 k 0 0 36 72 re f"), 60, 30) == [0, 0, 0, 0]


def test_grey_and_the_colour_before_any_is_chosen_are_black():
    assert (inks(page("0 0 72 72 re f"), 30, 30), inks(page("0.75 g 0 0 72 72 re f"), 30, 30)) == ([0, 0, 0, 1], [0, 0, 0, 0.25])


def test_what_knocks_out_takes_the_place_of_what_was_there():
    assert inks(page("1 0 0 0 k 0 0 72 72 re f 0 0 0 1 k 10 10 50 50 re f"), 30, 30) == [0, 0, 0, 1]


def test_black_that_overprints_lets_the_colour_stand():
    assert inks(page(f"1 0.5 0 0 k 0 0 72 72 re f {OVERPRINT} 0 0 0 1 k 10 10 50 50 re f"), 30, 30) == [1, 0.5, 0, 1]


def test_overprint_ends_with_its_state():
    assert inks(page(f"1 0 0 0 k 0 0 72 72 re f q {OVERPRINT} Q 0 0 0 1 k 10 10 50 50 re f"), 30, 30) == [0, 0, 0, 1]
    assert inks(page(f"1 0 0 0 k 0 0 72 72 re f {OVERPRINT} {KNOCKOUT} 0 0 0 1 k 10 10 50 50 re f"), 30, 30) == [0, 0, 0, 1]


def test_a_spot_ink_has_a_plate_and_knocks_out_the_others():
    pdf = page("1 0 0 0 k 0 0 72 72 re f /Rose cs 0.8 scn 10 10 50 50 re f", ColorSpace_Rose=separation("Rose"))
    assert inks(pdf, 30, 30, (*PROCESS, "Rose")) == [0, 0, 0, 0, 0.8]


def test_the_colour_of_marks_is_on_every_plate():
    pdf = page("/Reg cs 1 scn 0 0 72 72 re f", ColorSpace_Reg=separation("All"))
    assert inks(pdf, 30, 30, (*PROCESS, "Rose")) == [1, 1, 1, 1, 1]


def test_a_picture_is_separated_as_it_is():
    pdf = page("72 0 0 72 0 0 cm /Im Do", XObject_Im=lambda document: picture(document, (10, 10), level=51))
    assert inks(pdf, 30, 30) == [0.2, 0.2, 0.2, 0.2]


def test_a_picture_seen_through_its_mask_is_lighter():
    def masked(document):
        return picture(document, (10, 10), level=255, SMask=picture(document, (10, 10), "/DeviceGray", level=128))

    assert inks(page("72 0 0 72 0 0 cm /Im Do", XObject_Im=masked), 30, 30) == [0.5, 0.5, 0.5, 0.5]


def test_a_gradient_runs_from_ink_to_ink():
    function = Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0, 0], C1=[0, 1, 0, 0.5], N=1)
    shading = Dictionary(ShadingType=2, ColorSpace=Name.DeviceCMYK, Coords=[0, 0, 72, 0], Function=function, Extend=Array([True, True]))
    pdf = page("/Sh sh", Shading_Sh=lambda document: document.make_indirect(shading))
    assert inks(pdf, 36, 36) == pytest.approx([0, 0.5, 0, 0.25], abs=0.02)


def test_a_form_is_separated_with_what_holds_around_it():
    def form(document):
        made = document.make_stream(b"0 0 72 72 re f")
        made.Type, made.Subtype, made.BBox, made.Resources = Name.XObject, Name.Form, Array([0, 0, 72, 72]), Dictionary()
        return document.make_indirect(made)

    assert inks(page("0 0.6 0 0 k /Fm Do", XObject_Fm=form), 30, 30) == [0, 0.6, 0, 0]


def test_coverage_is_the_most_on_any_spot_and_the_mean_of_each_plate():
    (found,) = coverage(page(f"1 0 0 0 k 0 0 36 72 re f {OVERPRINT} 0 0 0 1 k 0 0 18 72 re f"))
    assert (found.page, round(found.most, 2)) == (1, 2.0)
    assert {plate: round(mean, 2) for plate, mean in found.means.items()} == {"Cyan": 0.5, "Magenta": 0, "Yellow": 0, "Black": 0.25}


def test_ink_outside_the_trim_does_not_count():
    with pikepdf.open(io.BytesIO(page("1 1 1 1 k 0 0 20 72 re f"))) as document:
        document.pages[0].obj.TrimBox = Array([30, 0, 72, 72])
        out = io.BytesIO()
        document.save(out)
    assert coverage(out.getvalue())[0].most == 0


def test_a_real_volume_stays_under_three_hundred_per_cent(breast_press):
    inside, sheet = (coverage(breast_press.files[name]) for name in ("press.pdf", "cover.pdf"))
    assert max(found.most for found in (*inside, *sheet)) < 2.2
    assert {plate for found in (*inside, *sheet) for plate, mean in found.means.items() if mean} == {"Magenta", "Black"}
