"""The press edition: in the inks of its volume, with bleed and marks, the same text as the screen's, the same bytes on every build."""

import io
import re

import pikepdf
import pypdfium2 as pdfium
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image
from project import pressed
from pypdf import PdfReader

from publisher.finish import press
from publisher.finish.boxes import BLEED
from publisher.galley import Typeset
from publisher.preflight.painted import ALL, Box, Kind, opened, read

POINTS_PER_MM = 72 / 25.4


@pytest.fixture(scope="module")
def painted(sample_press):
    return read(opened(sample_press.files["press.pdf"]))


@pytest.fixture(scope="module")
def spot(sample_built):
    return pressed(sample_built, spot=True)


@pytest.fixture(scope="module")
def old(sample_built):
    return pressed(sample_built, standard="X-1a")


def texts(pdf: bytes) -> list[str]:
    return ["".join(page.get_textpage().get_text_range().split()) for page in pdfium.PdfDocument(pdf)]


def colours(items, kind: Kind) -> set[str]:
    return {str(item.colour) for item in items if item.kind is kind}


def test_the_press_edition_bears_the_text_of_the_screen_and_no_word_more(sample_built, sample_press):
    count = len(sample_built.pagination.folios)
    assert texts(sample_press.files["press.pdf"])[:count] == texts(sample_built.pdf)


def test_leaves_are_made_whole_by_a_blank_page(sample_built):
    sheets = sample_built.pages.sheets
    while len(sheets) % 2 == 0:
        sheets = tuple(sheet for sheet in sheets if sheet.section is not sheets[-1].section)
    job, odd = sample_built.job, Typeset(sheets)
    printed = texts(press.press(press.opened(job.joined(odd)), job.book, odd.pagination, job.run()))
    assert (len(printed), printed[-1]) == (len(sheets) + 1, "")


def test_every_page_has_its_trim_three_millimetres_of_bleed_and_ten_of_slug(sample_press):
    for page in opened(sample_press.files["press.pdf"]).pages:
        trim, bleed, media = ([float(side) / POINTS_PER_MM for side in page.obj[name]] for name in ("/TrimBox", "/BleedBox", "/MediaBox"))
        assert (round(trim[2] - trim[0]), round(trim[3] - trim[1])) == (185, 260)
        assert [round(one - other, 2) for one, other in zip(bleed, trim, strict=True)] == [-3, -3, 3, 3]
        assert [round(one - other, 2) for one, other in zip(media, bleed, strict=True)] == [-10, -10, 10, 10]


def test_page_labels_are_those_of_the_screen(sample_built, sample_press):
    labels = [PdfReader(io.BytesIO(pdf)).page_labels for pdf in (sample_built.pdf, sample_press.files["press.pdf"])]
    assert labels[1][: len(labels[0])] == labels[0]


def test_text_is_black_alone_the_second_ink_or_paper(painted):
    assert colours(painted, Kind.TEXT) == {"DeviceCMYK 0 0 0 1", "DeviceCMYK 0 0 0 0.8", "DeviceCMYK 1 0 0.25 0.55", "DeviceCMYK 0 0 0 0"}


def test_the_breast_volume_has_its_own_second_ink(breast_press):
    assert "DeviceCMYK 0 1 0 0.55" in colours(read(opened(breast_press.files["press.pdf"])), Kind.TEXT)


def test_black_text_overprints_and_nothing_else_does_but_thin_black_rules(painted):
    assert {item.overprint for item in painted if item.kind is Kind.TEXT and item.colour.is_black_only} == {True}
    assert {item.overprint for item in painted if not item.colour.is_black_only} == {False}
    assert all(item.box.thickness <= 2 for item in painted if item.kind is Kind.FILL and item.overprint)


def test_no_line_is_thinner_than_a_quarter_point(painted):
    assert min(item.width for item in painted if item.kind is Kind.STROKE) >= 0.25
    assert min(item.box.thickness for item in painted if item.is_rectangle and item.box.thickness > 0) > 0.249


def test_nothing_of_the_screen_is_left(sample_press):
    with opened(sample_press.files["press.pdf"]) as document:
        assert set(document.Root.keys()) == {"/Type", "/Pages", "/PageLabels", "/OutputIntents", "/Metadata"}
        assert [page for page in document.pages if "/Annots" in page.obj or "/StructParents" in page.obj] == []
        assert b"MCID" not in b"".join(page.Contents.read_bytes() for page in document.pages)


def test_marks_stand_on_every_plate_outside_the_bleed(painted):
    bleed = Box(-BLEED, -BLEED, 185 * POINTS_PER_MM + BLEED, 260 * POINTS_PER_MM + BLEED)
    marks = [item for item in painted if item.page == 1 and item.colour.space == ALL]
    assert len(marks) == 8 + 4 * 3
    assert [mark.box for mark in marks if mark.box.grown(0.2).meets(bleed)] == []


def test_the_slug_line_is_drawn_not_written(sample_press, painted):
    below = [item for item in painted if item.page == 5 and item.kind is Kind.FILL and item.box.high < -BLEED]
    assert len(below) > 20
    assert "FOGRA" not in "".join(texts(sample_press.files["press.pdf"]))


def test_every_letter_of_the_slug_line_has_a_shape(sample_press):
    """A letter no face has would be drawn as .notdef, the same crossed box for all of them."""
    with opened(sample_press.files["press.pdf"]) as document:
        forms = document.pages[5].obj.Resources.XObject
        shapes = [forms[name].read_bytes() for name in forms if name.startswith("/Letter")]
    assert len(shapes) == len(set(shapes)) > 10


def test_the_old_standard_is_kept(old):
    pdf = old.files["press.pdf"]
    with opened(pdf) as document:
        assert (document.pdf_version, str(document.docinfo["/GTS_PDFXVersion"])) == ("1.4", "PDF/X-1a:2003")
        programs = [item.FontFile3.Subtype for item in document.objects if isinstance(item, Dictionary) and "/FontFile3" in item]
    assert set(programs) == {Name.CIDFontType0C}
    assert not re.search(rb"/Type\s*/ObjStm", pdf)


def test_the_second_ink_can_have_a_plate_of_its_own(spot):
    items = read(opened(spot.files["press.pdf"]))
    assert {item.colour.space for item in items if item.colour.is_spot} == {"Casebook Teal", ALL}
    assert colours(items, Kind.TEXT) == {"DeviceCMYK 0 0 0 1", "DeviceCMYK 0 0 0 0.8", "Casebook Teal 1", "DeviceCMYK 0 0 0 0"}
    assert {item.colour.plates.get("Cyan", 0) for item in items if not item.colour.is_spot} == {0}


def test_finishing_twice_gives_the_same_bytes(sample_press):
    job = sample_press.job
    assert press.press(press.opened(job.joined(sample_press.pages)), job.book, job.pagination, job.run()) == sample_press.files["press.pdf"]


def test_a_real_inside_and_cover_are_small(breast_press):
    assert len(breast_press.files["press.pdf"]) < 9_500 * len(breast_press.pagination.folios)
    assert len(breast_press.files["cover.pdf"]) < 300_000


# -- what an author's page may hold: each thing is put on a page of its own and finished ---------------------------


def finished(sample_press, operators: str, **resources):
    """Finish one page that paints something; return what the press file paints, marks and slug left out."""
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(300, 400))
        page = document.pages[0]
        page.obj.TrimBox = page.mediabox
        own = Dictionary()
        for named, make in resources.items():
            kind, name = named.split("_", 1)
            own[f"/{kind}"] = own.get(f"/{kind}", Dictionary())
            own[f"/{kind}"][f"/{name}"] = make(document)
        page.obj.Resources = own
        page.obj.Contents = document.make_stream(operators.encode())
        job = sample_press.job
        finished = press.cover(document, job.book, job.run(), (100, 200), "")
    document = opened(finished)
    items = [item for item in read(document) if item.colour.space != ALL and item.box.high > -BLEED]
    return document, items


def image(mode: str, colour, **more):
    def make(document):
        picture = Image.new(mode, (20, 20), colour)
        stream = document.make_stream(picture.tobytes())
        stream.Type, stream.Subtype, stream.Width, stream.Height, stream.BitsPerComponent = Name.XObject, Name.Image, 20, 20, 8
        stream.ColorSpace = {"RGB": Name.DeviceRGB, "L": Name.DeviceGray}[mode]
        for key, value in more.items():
            stream[f"/{key}"] = value(document) if callable(value) else value
        return document.make_indirect(stream)

    return make


def test_a_grey_of_the_screen_becomes_black_as_light(sample_press):
    _, items = finished(sample_press, "0.6 0.6 0.6 rg 10 10 50 50 re f 0.2 g 100 10 50 50 re f 1 1 1 rg 10 100 20 20 re f")
    shares = [item.colour.values for item in items]
    assert [share[:3] for share in shares] == [(0, 0, 0)] * 3
    assert 0 == shares[2][3] < shares[0][3] < shares[1][3] <= 1


def test_a_colour_of_no_role_goes_through_the_profile(sample_press):
    _, items = finished(sample_press, "1 0 0 RG 3 w 10 10 m 100 100 l S")
    (line,) = [item for item in items if item.kind is Kind.STROKE]
    cyan, magenta, yellow, _ = line.colour.values
    assert (cyan < 0.1, magenta > 0.8, yellow > 0.7) == (True, True, True)


def test_a_colour_picture_is_separated_and_a_grey_one_prints_black(sample_press):
    document, items = finished(
        sample_press, "q 50 0 0 50 10 10 cm /A Do Q q 50 0 0 50 100 10 cm /B Do Q", XObject_A=image("RGB", (200, 40, 40)), XObject_B=image("RGB", (90, 91, 90))
    )
    forms = document.pages[0].obj.Resources.XObject
    assert ([item.colour.space for item in items], forms.A.read_bytes()[:4].hex()) == (["DeviceCMYK", "DeviceGray"], forms.A.read_bytes()[4:8].hex())
    assert {item.overprint for item in items} == {False}
    assert len(forms.A.read_bytes()) == 20 * 20 * 4


def test_a_picture_keeps_its_soft_mask(sample_press):
    mask = image("L", 128)
    document, _ = finished(sample_press, "50 0 0 50 10 10 cm /A Do", XObject_A=image("RGB", (200, 40, 40), SMask=mask))
    picture = document.pages[0].obj.Resources.XObject.A
    assert (picture.ColorSpace, picture.SMask.ColorSpace, set(picture.SMask.read_bytes())) == (Name.DeviceCMYK, Name.DeviceGray, {128})


def test_colours_inside_forms_and_patterns_are_separated(sample_press):
    def form(document):
        made = document.make_stream(b"0.5 0.1 0.1 rg 0 0 10 10 re f")
        made.Type, made.Subtype, made.BBox, made.Resources = Name.XObject, Name.Form, Array([0, 0, 10, 10]), Dictionary()
        return document.make_indirect(made)

    def tiles(document):
        made = document.make_stream(b"0.1 0.5 0.1 rg 0 0 4 4 re f")
        made.PatternType, made.PaintType, made.TilingType, made.BBox, made.XStep, made.YStep = 1, 1, 1, Array([0, 0, 5, 5]), 5, 5
        made.Resources = Dictionary()
        return document.make_indirect(made)

    _, items = finished(sample_press, "/F Do /Pattern cs /P scn 50 50 40 40 re f", XObject_F=form, Pattern_P=tiles)
    assert {item.colour.space for item in items} == {"DeviceCMYK", "Pattern"}


def test_a_gradient_is_separated_at_its_ends(sample_press):
    def gradient(document):
        function = Dictionary(FunctionType=2, Domain=[0, 1], C0=[1, 1, 1], C1=[0.55, 0.18, 0.29], N=1)
        return document.make_indirect(Dictionary(ShadingType=2, ColorSpace=Name.DeviceRGB, Coords=[0, 0, 100, 0], Function=function))

    document, items = finished(sample_press, "10 10 100 50 re W n /S sh", Shading_S=gradient)
    function = document.pages[0].obj.Resources.Shading.S.Function
    assert [item.colour.space for item in items] == ["DeviceCMYK"]
    assert ([float(share) for share in function.C0], len(function.C1)) == ([0, 0, 0, 0], 4)


def test_hairlines_are_made_a_quarter_point(sample_press):
    _, items = finished(sample_press, "0 0 0 RG 0.1 w 10 10 m 100 10 l S 0 g 10 50 80 0.1 re f 0.5 0 0 0.5 0 0 cm 0.3 w 10 10 m 90 90 l S")
    widths = [round(item.width or item.box.thickness, 3) for item in items]
    assert widths == [0.25, 0.25, 0.25]


def test_what_hangs_over_the_bleed_is_cut_there(sample_press):
    document, items = finished(sample_press, "0 0 0 rg -100 -100 600 700 re f")
    bleed = [float(side) for side in document.pages[0].obj.BleedBox]
    assert [round(side, 1) for side in items[0].box] == [round(side, 1) for side in bleed]
