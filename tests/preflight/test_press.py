"""What a printer would send back is found before: boxes, marks, bleed, standard, intent, inks, overprint, pictures, lines, fonts."""

from types import SimpleNamespace

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from pressing import edit, found, paint, picture, rewrite_xmp, separation, spoilt, write
from project import Project, codes, pressed

from publisher.editions import DELIVERED
from publisher.preflight import press
from publisher.problems import Severity

PAGE = 1
"""A page of running text, counted from 0."""
FILES = ("press.pdf", "cover.pdf")


def named(problems, code: str) -> list[tuple[int, str]]:
    return [(problem.place.line - 1, problem.message) for problem in problems if problem.code == code]


@pytest.fixture(scope="module")
def case_built(tmp_path_factory):
    """One case laid out alone: few pages are quickly looked at."""
    return Project(tmp_path_factory.mktemp("case")).build(case="sample-03-femur", hold=True)


@pytest.fixture(scope="module")
def case_press(case_built):
    return pressed(case_built)


@pytest.fixture(scope="module")
def old(case_built):
    """The case as PDF/X-1a."""
    return pressed(case_built, standard="X-1a")


@pytest.fixture(scope="module")
def spot(case_built):
    """The case in two colours, the second from a plate of its own."""
    return pressed(case_built, spot=True)


@pytest.mark.parametrize("kind", ["sample_press", "case_press", "old", "spot"])
def test_the_unbroken_files_have_no_problem(request, kind):
    made = request.getfixturevalue(kind)
    assert (sorted(made.files), [str(problem) for problem in made.problems]) == (["cover.pdf", "press.pdf"], [])


@pytest.mark.parametrize("name", FILES)
def test_saving_alone_breaks_nothing(case_press, name):
    assert found(case_press, lambda pdf: None, name, deterministic_id=True) == []


def test_a_real_volume_has_no_problem(breast_press):
    assert [str(problem) for problem in breast_press.problems] == []


def test_every_check_is_named():
    assert list(press.RULES) == list(press.CODES)


# -- pages and boxes -----------------------------------------------------------------------------------------------


def test_a_missing_page_is_found(case_press):
    def spoil(pdf):
        del pdf.pages[3]

    assert "PDF-401" in codes(found(case_press, spoil))


@pytest.mark.parametrize(("have", "laid", "said"), [
    (3, 3, ["面数为奇数，末张缺背面"]), (2, 3, ["面数与排版所得不符"]), (4, 3, []), (4, 4, []), (3, 4, ["面数与排版所得不符"]), (1, 1, []),
])  # fmt: skip
def test_pages_are_those_laid_out_and_make_whole_leaves(have, laid, said):
    file = SimpleNamespace(document=SimpleNamespace(pages=[None] * have), pages=laid)
    assert [message for message, _, _ in press.page_count(file)] == said


def test_a_lost_page_is_found(case_press):
    def spoil(pdf):
        del pdf.pages[-2:]

    assert named(found(case_press, spoil), "PDF-401") == [(-1, "面数与排版所得不符")]


BOXES = {
    "no trim": lambda page: page.__delitem__("/TrimBox"),
    "no bleed box": lambda page: page.__delitem__("/BleedBox"),
    "a crop box": lambda page: page.__setitem__("/CropBox", page.TrimBox),
    "another size": lambda page: page.__setitem__("/TrimBox", Array([0, 0, 420, 595])),
    "two millimetres of bleed": lambda page: page.__setitem__("/BleedBox", Array([-5.67, -5.67, 530.08, 742.68])),
    "no room for marks": lambda page: page.__setitem__("/MediaBox", page.BleedBox),
    "turned": lambda page: page.__setitem__("/Rotate", 90),
}


@pytest.mark.parametrize("spoil", BOXES.values(), ids=BOXES)
def test_a_wrong_box_is_found_on_its_page(case_press, spoil):
    problems = found(case_press, lambda pdf: spoil(pdf.pages[PAGE].obj))
    assert {number for number, _ in named(problems, "PDF-402")} == {PAGE}


# -- marks, bleed, safety ------------------------------------------------------------------------------------------


def test_missing_marks_are_found(case_press):
    problems = found(case_press, lambda pdf: edit(pdf, PAGE, lambda operator, operands: None if "/Marks" in map(str, operands) else (operator, operands)))
    assert set(named(problems, "PDF-403")) == {(PAGE, "缺裁切线"), (PAGE, "缺套准线")}


def test_one_missing_crop_mark_is_found(case_press):
    def spoil(pdf):
        marks = pdf.pages[PAGE].obj.Resources.XObject.Marks
        lines = marks.read_bytes().decode().split("\n")
        first = next(index for index, line in enumerate(lines) if line.endswith("l S"))
        marks.write("\n".join(lines[:first] + lines[first + 1 :]).encode())

    assert (0, "缺裁切线") in named(found(case_press, spoil), "PDF-403")


def test_a_missing_slug_line_is_found(case_press):
    problems = found(case_press, lambda pdf: edit(pdf, PAGE, lambda operator, operands: None if "Letter" in str(operands[:1]) else (operator, operands)))
    assert named(problems, "PDF-403") == [(PAGE, "缺工单行")]


def test_a_mark_that_reaches_into_the_bleed_is_found(case_press):
    def spoil(pdf):
        paint(pdf, PAGE, "/Reg CS 1 SCN 0.25 w -5 300 m 20 300 l S", ColorSpace_Reg=separation("All"))

    assert named(found(case_press, spoil), "PDF-403") == [(PAGE, "标记伸进了出血")]


def test_colour_outside_the_bleed_is_found(case_press):
    problems = found(case_press, lambda pdf: paint(pdf, PAGE, "0 1 0 0 k -30 100 10 10 re f"))
    assert named(problems, "PDF-403") == [(PAGE, "出血之外有多余的内容")]


@pytest.mark.parametrize("rectangle", ["0 100 40 40", "-4 100 40 40", "0.5 100 40 40", "480 100 44.41 40", "100 700 50 37.01"])
def test_a_patch_at_the_edge_without_bleed_is_found(case_press, rectangle):
    problems = found(case_press, lambda pdf: paint(pdf, PAGE, f"1 0 0.25 0.55 k {rectangle} re f"))
    assert named(problems, "PDF-404") == [(PAGE, "到边的色块没有出足出血")]


@pytest.mark.parametrize("rectangle", ["-8.51 100 40 40", "3 100 40 40", "100 100 40 40"])
def test_a_patch_that_bleeds_or_keeps_inside_is_none(case_press, rectangle):
    assert codes(found(case_press, lambda pdf: paint(pdf, PAGE, f"1 0 0.25 0.55 k {rectangle} re f"))) == []


@pytest.mark.parametrize(("x", "y"), [(2, 300), (519, 300), (200, 1)])
def test_a_letter_near_the_edge_is_found(case_press, x, y):
    assert named(found(case_press, lambda pdf: write(pdf, PAGE, "0 0 0 1 k", x=x, y=y)), "PDF-405") == [(PAGE, "文字离成品边太近")]


# -- what the file says of itself ----------------------------------------------------------------------------------


def drop(key: str):
    return lambda pdf: pdf.docinfo.__delitem__(key)


SAYINGS = {
    "no standard": lambda pdf: rewrite_xmp(pdf, "PDF/X-4", ""),
    "another standard": lambda pdf: rewrite_xmp(pdf, "PDF/X-4", "PDF/X-3:2003"),
    "not whether trapped": lambda pdf: rewrite_xmp(pdf, "<pdf:Trapped>False</pdf:Trapped>", ""),
    "trapped perhaps": lambda pdf: pdf.docinfo.__setitem__("/Trapped", Name.Unknown),
    "no title": drop("/Title"),
    "another title in the XMP": lambda pdf: rewrite_xmp(pdf, '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">', '<dc:title><rdf:Alt><rdf:li>别'),
    "another date": lambda pdf: pdf.docinfo.__setitem__("/ModDate", String("D:20200101000000Z")),
    "another date in the XMP": lambda pdf: rewrite_xmp(pdf, "<xmp:MetadataDate>2026", "<xmp:MetadataDate>2025"),
    "no identity": lambda pdf: rewrite_xmp(pdf, "xmpMM:DocumentID", "xmpMM:OtherID"),
    "an XMP that cannot be read": lambda pdf: pdf.Root.Metadata.write(b"<x:xmpmeta"),
    "no XMP": lambda pdf: pdf.Root.__delitem__("/Metadata"),
}


@pytest.mark.parametrize("spoil", SAYINGS.values(), ids=SAYINGS)
def test_a_file_that_says_something_wrong_of_itself_is_found(case_press, spoil):
    assert set(codes(found(case_press, spoil))) == {"PDF-406"}


def test_another_pdf_version_is_found(case_press):
    assert set(codes(found(case_press, lambda pdf: None, force_version="1.7"))) == {"PDF-406"}


def test_encryption_is_found(case_press):
    assert "PDF-406" in codes(found(case_press, lambda pdf: None, encryption=pikepdf.Encryption(owner="x", R=4)))


def test_the_old_standard_allows_no_compressed_objects(old):
    packed = spoilt(old.files["press.pdf"], lambda pdf: None, object_stream_mode=pikepdf.ObjectStreamMode.generate, force_version="1.5")
    problems = DELIVERED["press.pdf"].look(packed.replace(b"%PDF-1.5", b"%PDF-1.4", 1), old.job)[0]
    assert [problem.message for problem in problems] == ["PDF/X-1a 不许用压缩的对象"]


def test_a_file_of_the_other_standard_is_found(case_press, old):
    assert "PDF-406" in codes(DELIVERED["press.pdf"].look(case_press.files["press.pdf"], old.job)[0])


INTENTS = {
    "none": lambda pdf: pdf.Root.__delitem__("/OutputIntents"),
    "two": lambda pdf: pdf.Root.OutputIntents.append(pdf.Root.OutputIntents[0]),
    "of another paper": lambda pdf: pdf.Root.OutputIntents[0].__setitem__("/OutputConditionIdentifier", String("FOGRA39")),
    "of no registry": lambda pdf: pdf.Root.OutputIntents[0].__delitem__("/RegistryName"),
    "without a profile": lambda pdf: pdf.Root.OutputIntents[0].__delitem__("/DestOutputProfile"),
    "with a profile for screens": lambda pdf: pdf.Root.OutputIntents[0].DestOutputProfile.write(b"\0" * 12 + b"mntrRGB " + b"\0" * 108),
    "with a profile that is not ours": lambda pdf: pdf.Root.OutputIntents[0].DestOutputProfile.write(b"\0" * 12 + b"prtrCMYK" + b"\0" * 108),
}


@pytest.mark.parametrize("spoil", INTENTS.values(), ids=INTENTS)
def test_a_wrong_output_intent_is_found(case_press, spoil):
    assert set(codes(found(case_press, spoil))) == {"PDF-407"}


def test_a_cover_on_the_paper_of_the_inside_is_found(case_press, case_built):
    other = pressed(case_built, cover="uncoated")
    assert "PDF-407" in codes(DELIVERED["cover.pdf"].look(other.files["cover.pdf"], case_press.job)[0])


def add_link(pdf):
    pdf.pages[PAGE].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[10, 10, 20, 20])])


SCREENS = {
    "a link": add_link,
    "a form": lambda pdf: pdf.Root.__setitem__("/AcroForm", Dictionary(Fields=Array())),
    "an action on opening": lambda pdf: pdf.Root.__setitem__("/OpenAction", Dictionary(S=Name.JavaScript, JS=String("1"))),
    "bookmarks": lambda pdf: pdf.Root.__setitem__("/Outlines", Dictionary()),
    "a file": lambda pdf: pdf.attachments.__setitem__("x.txt", b"x"),
    "an action on a page": lambda pdf: pdf.pages[PAGE].obj.__setitem__("/AA", Dictionary()),
}


@pytest.mark.parametrize("spoil", SCREENS.values(), ids=SCREENS)
def test_what_is_for_a_screen_is_found(case_press, spoil):
    assert set(codes(found(case_press, spoil))) == {"PDF-408"}


# -- inks ----------------------------------------------------------------------------------------------------------


def rgb_gradient():
    function = Dictionary(FunctionType=2, Domain=[0, 1], C0=[1, 0, 0], C1=[0, 0, 1], N=1)
    return Dictionary(ShadingType=2, ColorSpace=Name.DeviceRGB, Coords=[0, 0, 100, 0], Function=function)


def rgb_form(pdf, **group):
    form = pdf.make_stream(b"0.2 0.4 0.6 rg 0 0 10 10 re f" if not group else b"0 0 0 0.1 k 0 0 10 10 re f")
    form.Type, form.Subtype, form.BBox, form.Resources = Name.XObject, Name.Form, Array([0, 0, 10, 10]), Dictionary()
    for key, value in group.items():
        form[f"/{key}"] = value
    return pdf.make_indirect(form)


LAB = Array([Name.Lab, Dictionary(WhitePoint=[0.9642, 1, 0.8249])])
GROUP = Dictionary(S=Name.Transparency, CS=Name.DeviceRGB)
FOREIGN = {
    "an RGB patch": lambda pdf: paint(pdf, PAGE, "0.9 0.1 0.1 rg 100 100 20 20 re f"),
    "an RGB line": lambda pdf: paint(pdf, PAGE, "0 0 0 RG 1 w 100 100 m 200 100 l S"),
    "an RGB picture": lambda pdf: paint(pdf, PAGE, "20 0 0 20 100 100 cm /Im Do", XObject_Im=picture(pdf, (100, 100), "/DeviceRGB")),
    "RGB inside a form": lambda pdf: paint(pdf, PAGE, "1 0 0 1 100 100 cm /Fm Do", XObject_Fm=rgb_form(pdf)),
    "an RGB gradient": lambda pdf: paint(pdf, PAGE, "100 100 50 50 re W n /Sh sh", Shading_Sh=pdf.make_indirect(rgb_gradient())),
    "a colour as Lab": lambda pdf: paint(pdf, PAGE, "/Lab cs 50 20 20 scn 100 100 20 20 re f", ColorSpace_Lab=pdf.make_indirect(LAB)),
    "a plate that was not ordered": lambda pdf: paint(pdf, PAGE, "/Gold cs 1 scn 100 100 20 20 re f", ColorSpace_Gold=separation("Gold")),
    "a group that blends in RGB": lambda pdf: paint(pdf, PAGE, "1 0 0 1 100 100 cm /Fm Do", XObject_Fm=rgb_form(pdf, Group=GROUP)),
}


@pytest.mark.parametrize("spoil", FOREIGN.values(), ids=FOREIGN)
def test_a_colour_that_is_not_ink_is_found_on_its_page(case_press, spoil):
    assert {number for number, _ in named(found(case_press, spoil), "PDF-409")} == {PAGE}


def test_the_ordered_plate_may_be_used(spot):
    def spoil(pdf):
        paint(pdf, PAGE, "/Own cs 1 scn 100 100 20 20 re f", ColorSpace_Own=separation("Casebook#20Teal".replace("#20", " ")))

    assert codes(found(spot, spoil)) == []


@pytest.mark.parametrize("colour", ["0.75 0.68 0.67 0.9 k", "0 1 0 0.55 k", "1 0 0 0.5 k", "0 0.02 0 1 k"])
def test_letters_in_several_inks_are_found(case_press, colour):
    assert named(found(case_press, lambda pdf: write(pdf, PAGE, colour, "/Knockout gs")), "PDF-410") == [(PAGE, "文字所用的墨不对")]


@pytest.mark.parametrize("colour", ["0 0 0 0 k", "1 0 0.25 0.55 k"])
def test_letters_in_the_second_ink_or_left_as_paper_are_right(case_press, colour):
    assert codes(found(case_press, lambda pdf: write(pdf, PAGE, colour, "/Knockout gs"))) == []


def test_the_mixed_second_ink_is_wrong_where_it_has_a_plate(spot):
    assert named(found(spot, lambda pdf: write(pdf, PAGE, "1 0 0.25 0.55 k", "/Knockout gs")), "PDF-410") == [(PAGE, "文字所用的墨不对")]


def test_black_letters_that_knock_out_are_found(case_press):
    def knocked_out(operator, operands):
        return (operator, [Name.Knockout]) if operator == "gs" else (operator, operands)

    assert named(found(case_press, lambda pdf: edit(pdf, PAGE, knocked_out)), "PDF-411") == [(PAGE, "黑字没有叠印")]


def test_overprint_without_its_mode_is_found(case_press):
    """With OPM 0 a black letter takes the colour from under it all the same."""

    def spoil(pdf):
        pdf.pages[PAGE].obj.Resources.ExtGState.Overprint.OPM = 0

    assert "黑字没有叠印" in [message for _, message in named(found(case_press, spoil), "PDF-411")]


@pytest.mark.parametrize("what", ["0 0 0 0 k 100 100 20 20 re f", "1 0 0.25 0.55 k 100 100 20 20 re f"])
def test_white_or_colour_that_overprints_is_found(case_press, what):
    assert named(found(case_press, lambda pdf: paint(pdf, PAGE, f"/Overprint gs {what}")), "PDF-411") == [(PAGE, "彩色或反白设了叠印")]


INKY = {
    "four inks": lambda pdf: paint(pdf, PAGE, "/Knockout gs 0.8 0.8 0.8 0.8 k 100 100 20 20 re f"),
    "black over three inks": lambda pdf: paint(pdf, PAGE, "/Knockout gs 0.8 0.7 0.7 0 k 100 100 20 20 re f /Overprint gs 0 0 0 1 k 105 105 9 9 re f"),
    "a dark picture": lambda pdf: paint(pdf, PAGE, "/Knockout gs 20 0 0 20 100 100 cm /Im Do", XObject_Im=picture(pdf, (100, 100), level=200)),
    "inside a form": lambda pdf: paint(pdf, PAGE, "/Knockout gs 1 0 0 1 100 100 cm /Fm Do", XObject_Fm=inky_form(pdf)),
}


def inky_form(pdf):
    form = rgb_form(pdf)
    form.write(b"0.8 0.8 0.8 0.8 k 0 0 10 10 re f")
    return form


def test_the_colour_of_marks_inside_the_trim_counts_on_every_plate(case_press):
    problems = found(case_press, lambda pdf: paint(pdf, PAGE, "/Knockout gs /CsAll cs 1 scn 100 100 20 20 re f", ColorSpace_CsAll=separation("All")))
    assert (PAGE, "总墨量过大") in named(problems, "PDF-412")


@pytest.mark.parametrize("spoil", INKY.values(), ids=INKY)
def test_too_much_ink_is_found_on_its_page(case_press, spoil):
    assert codes(problems := found(case_press, spoil)) == ["PDF-412"]
    assert named(problems, "PDF-412") == [(PAGE, "总墨量过大")]


@pytest.mark.parametrize(
    "operators",
    ["/Knockout gs 0.8 0.7 0.7 0.7 k 100 100 20 20 re f", "/Knockout gs 0.8 0.7 0.7 0 k 100 100 20 20 re f 0 0 0 1 k 105 105 9 9 re f"],
    ids=["290 per cent", "black that knocks out"],
)
def test_ink_within_the_limit_is_right(case_press, operators):
    assert codes(found(case_press, lambda pdf: paint(pdf, PAGE, operators))) == []


# -- pictures, lines, fonts, transparency --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pixels", "severities"), [(300, []), (299, [Severity.REVIEW]), (200, [Severity.REVIEW]), (149, [Severity.ERROR])], ids=["300", "299", "200", "149"]
)
def test_a_picture_of_few_pixels_is_reported(case_press, pixels, severities):
    """One inch square; from 150 dots an inch a person may judge it, below it stops the build."""

    def spoil(pdf):
        paint(pdf, PAGE, "/Knockout gs 72 0 0 72 100 100 cm /Im Do", XObject_Im=picture(pdf, (pixels, 600)))

    problems = found(case_press, spoil)
    assert [(problem.code, problem.severity) for problem in problems] == [("PDF-413", severity) for severity in severities]


def test_a_turned_picture_is_measured_along_its_sides(case_press):
    def spoil(pdf):
        paint(pdf, PAGE, "/Knockout gs 0 144 -72 0 300 100 cm /Im Do", XObject_Im=picture(pdf, (600, 250)))

    assert codes(found(case_press, spoil)) == ["PDF-413"]


THIN = {
    "a stroke": "0 0 0 1 K 0.2 w 100 100 m 200 100 l S",
    "a stroke made thin by its scale": "0.1 0 0 0.1 0 0 cm 0 0 0 1 K 2 w 1000 1000 m 2000 1000 l S",
    "a narrow rectangle": "0 0 0 1 k 100 100 80 0.2 re f",
}


@pytest.mark.parametrize("operators", THIN.values(), ids=THIN)
def test_a_line_under_a_quarter_point_is_found(case_press, operators):
    assert named(found(case_press, lambda pdf: paint(pdf, PAGE, operators)), "PDF-414") == [(PAGE, "线条过细")]


def test_a_line_of_a_quarter_point_is_right(case_press):
    assert codes(found(case_press, lambda pdf: paint(pdf, PAGE, "0 0 0 1 K 0.25 w 100 100 m 200 100 l S"))) == []


def a_font(pdf):
    return next(iter(pdf.pages[PAGE].obj.Resources.Font.values()))


def unembed(pdf):
    descriptor = a_font(pdf).DescendantFonts[0].FontDescriptor
    for key in ("/FontFile2", "/FontFile3"):
        if key in descriptor:
            del descriptor[key]


def test_a_font_that_is_not_embedded_is_found(case_press):
    assert "PDF-415" in codes(found(case_press, unembed))


def test_a_foreign_font_is_found(case_press):
    assert "PDF-415" in codes(found(case_press, lambda pdf: a_font(pdf).__setitem__("/BaseFont", Name("/ABCDEF+DejaVuSans"))))


def test_the_old_standard_allows_no_opentype(old):
    def spoil(pdf):
        fonts = pdf.pages[PAGE].obj.Resources.Font.values()
        descriptors = [font.DescendantFonts[0].FontDescriptor for font in fonts]
        next(item for item in descriptors if "/FontFile3" in item).FontFile3.Subtype = Name.OpenType

    assert "PDF-415" in codes(found(old, spoil, object_stream_mode=pikepdf.ObjectStreamMode.disable, force_version="1.4"))


CLEAR = {
    "opacity": lambda pdf: pdf.pages[PAGE].obj.Resources.ExtGState.__setitem__("/Thin", Dictionary(ca=0.5)),
    "a blend mode": lambda pdf: pdf.pages[PAGE].obj.Resources.ExtGState.__setitem__("/Thin", Dictionary(BM=Name.Multiply)),
    "a soft mask": lambda pdf: paint(
        pdf, PAGE, "/Knockout gs 20 0 0 20 100 100 cm /Im Do", XObject_Im=picture(pdf, (100, 100), SMask=picture(pdf, (100, 100), "/DeviceGray"))
    ),
    "a group": lambda pdf: pdf.pages[PAGE].obj.__setitem__("/Group", Dictionary(S=Name.Transparency, CS=Name.DeviceCMYK)),
}


@pytest.mark.parametrize("spoil", CLEAR.values(), ids=CLEAR)
def test_transparency_is_found_where_the_standard_knows_none(case_press, old, spoil):
    plain = {"object_stream_mode": pikepdf.ObjectStreamMode.disable, "force_version": "1.4"}
    assert named(found(old, spoil, **plain), "PDF-416") == [(PAGE, "有透明")]
    assert "PDF-416" not in codes(found(case_press, spoil))


# -- text and place ------------------------------------------------------------------------------------------------


def test_a_line_lost_on_the_way_to_the_press_is_found(case_press):
    span = next(span for span in case_press.pagination.spans if span.section.kind == "case")

    def spoil(pdf):
        edit(pdf, span.first, lambda operator, operands: None if operator in ("Tj", "TJ") else (operator, operands))

    assert {"PDF-101", "PDF-103"} <= set(codes(found(case_press, spoil)))


def test_a_finding_names_file_page_case_and_source(case_press):
    span = next(span for span in case_press.pagination.spans if span.section.kind == "case")
    (problem,) = found(case_press, lambda pdf: paint(pdf, span.first, "/Knockout gs 0.8 0.8 0.8 0.8 k 100 100 20 20 re f"))
    assert str(problem.place) == f"{case_press.book.id}/press.pdf:{span.first + 1}"
    assert problem.origin == f"例{span.section.number}　{span.section.title}　content/sample/cases/{span.section.id}.yaml"
    assert problem.origin in str(problem)
