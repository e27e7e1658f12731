"""Sheets spoilt on purpose: the preflight folds them and says what is wrong."""

import io
from collections.abc import Callable
from dataclasses import replace

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from publisher.edition import BOOKLET
from publisher.imposition import imposition
from publisher.preflight import imposition as check
from publisher.problems import Problem

MM = 72 / 25.4
Spoil = Callable[[pikepdf.Pdf], object]


@pytest.fixture(params=["rib", "volume"])
def made(request, sample_booklets):
    """A booklet of one signature, and one of several."""
    return sample_booklets[request.param]


@pytest.fixture
def spoilt(made):
    """Spoil a copy of the sheets; return what is found in them."""

    def found(spoil: Spoil) -> list[Problem]:
        with pikepdf.open(io.BytesIO(made.sheets)) as pdf:
            spoil(pdf)
            out = io.BytesIO()
            pdf.save(out)
        return list(check.check(out.getvalue(), made.pages, made.plan, BOOKLET, "booklet.pdf"))

    return found


def codes(problems: list[Problem]) -> set[str]:
    return {problem.code for problem in problems}


def rewrite(pdf: pikepdf.Pdf, page: pikepdf.Page, change: Callable[[bytes], bytes]) -> None:
    page.Contents = pdf.make_stream(change(page.Contents.read_bytes()))


def test_the_sheets_as_made_are_in_order(made, spoilt):
    assert made.problems == ()
    assert spoilt(lambda pdf: None) == []


# -- PDF-501 -----------------------------------------------------------------------------------------------------


def test_a_sheet_of_another_size_is_found(spoilt):
    def spoil(pdf):
        pdf.pages[1].MediaBox = Array([0, 0, 842, 620])

    (problem,) = [problem for problem in spoilt(spoil) if problem.code == "PDF-501"]
    assert (problem.place.line, "297×210" in problem.found) == (2, True)


def test_a_turned_sheet_is_found(spoilt):
    def spoil(pdf):
        pdf.pages[0].Rotate = 180

    assert "PDF-501" in codes(spoilt(spoil))


def test_a_sheet_that_is_missing_is_found(spoilt):
    def spoil(pdf):
        del pdf.pages[-2:]

    assert {"PDF-501", "PDF-502"} <= codes(spoilt(spoil))


# -- PDF-502, PDF-503 ---------------------------------------------------------------------------------------------


def test_a_back_on_the_wrong_front_is_found(spoilt):
    def spoil(pdf):
        pdf.pages[1].obj.Contents, pdf.pages[3].obj.Contents = pdf.pages[3].obj.Contents, pdf.pages[1].obj.Contents
        pdf.pages[1].obj.Resources, pdf.pages[3].obj.Resources = pdf.pages[3].obj.Resources, pdf.pages[1].obj.Resources

    assert "PDF-502" in codes(spoilt(spoil))


def test_backs_printed_for_the_long_edge_are_found(spoilt):
    """Left and right of each back change places, as a file for the other way of turning would have them."""

    def spoil(pdf):
        for page in pdf.pages[1::2]:
            forms = list(page.obj.Resources.XObject.keys())
            if len(forms) == 2:
                one, two = forms
                kept = page.obj.Resources.XObject
                page.obj.Resources.XObject = Dictionary({one: kept[two], two: kept[one]})

    assert sum("不是排版的第" in problem.message for problem in spoilt(spoil) if problem.code == "PDF-502") > 3


def test_a_page_printed_twice_and_the_one_it_displaces_are_found(spoilt, made):
    def spoil(pdf):
        forms = {name: form for page in pdf.pages for name, form in page.obj.Resources.XObject.items()}
        for page in pdf.pages:
            if "/P3" in page.obj.Resources.XObject:
                page.obj.Resources.XObject["/P3"] = forms["/P5"]

    messages = [problem.message for problem in spoilt(spoil) if problem.code == "PDF-502"]
    assert any("两次" in message for message in messages)
    assert any("没有印出" in message for message in messages)


def test_a_page_that_is_not_drawn_is_found(spoilt):
    def spoil(pdf):
        page = next(page for page in pdf.pages if "/P3" in page.obj.Resources.XObject)
        rewrite(pdf, page, lambda content: content.replace(b"/P3 Do", b""))

    assert {"PDF-502", "PDF-503"} <= codes(spoilt(spoil))


def test_something_on_a_blank_at_the_end_is_found(sample_booklets):
    """Pages typeset without the last: what is printed there is one too many."""
    made = sample_booklets["rib"]
    with pikepdf.open(io.BytesIO(made.pages)) as pdf:
        del pdf.pages[-1]
        out = io.BytesIO()
        pdf.save(out)
    plan = replace(made.plan, pages=made.plan.pages - 1)
    found = check.check(made.sheets, out.getvalue(), plan, BOOKLET, "x.pdf")
    assert any("末尾补白" in problem.message for problem in found if problem.code == "PDF-503")


def test_a_sheet_too_many_is_found(spoilt, made):
    blank = replace(made.plan, signatures=(*made.plan.signatures[:-1], made.plan.signatures[-1] + 1))
    with pikepdf.open(io.BytesIO(made.sheets)) as pdf:
        for _ in range(2):
            pdf.add_blank_page(page_size=(297 * MM, 210 * MM))
            pdf.pages[-1].obj.Resources = Dictionary(XObject=Dictionary())
        out = io.BytesIO()
        pdf.save(out)
    assert "PDF-503" in codes(list(check.check(out.getvalue(), made.pages, blank, BOOKLET, "booklet.pdf")))


# -- PDF-504 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "matrix", [b"1 0 0 1 0.5 0 cm", b"1 0 0 1 0 1 cm", b"0.97 0 0 0.97 0 0 cm", b"0 1 -1 0 500 0 cm"], ids=["right", "up", "small", "turned"]
)
def test_a_page_out_of_its_place_is_found(spoilt, matrix):
    def spoil(pdf):
        rewrite(pdf, pdf.pages[0], lambda content: content.replace(b"W n ", b"W n " + matrix + b" ", 1))

    assert "PDF-504" in codes(spoilt(spoil))


def test_sheets_without_creep_are_found_and_sheets_for_other_paper_too(made):
    for caliper in (0.0, 0.2):
        paper = replace(made.plan.paper, caliper_mm=caliper)
        found = list(check.check(made.sheets, made.pages, replace(made.plan, paper=paper), BOOKLET, "booklet.pdf"))
        assert codes(found) == {"PDF-504"}


def test_a_signature_too_thick_to_fold_is_found(made):
    paper = replace(made.plan.paper, caliper_mm=0.8)
    found = list(check.check(made.sheets, made.pages, replace(made.plan, paper=paper), BOOKLET, "booklet.pdf"))
    assert any("过厚" in problem.message for problem in found)


# -- PDF-505, PDF-506 -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "drawing", [b"100 100 m 200 100 l S", b"200 200 50 50 re f", b"q 2 0 0 2 100 100 cm 1 1 m 9 9 l S Q", b"0 300 m 60 300 l S", b"424 10 m 424 40 l S"]
)
def test_a_mark_inside_what_is_left_after_cutting_is_found(spoilt, drawing):
    def spoil(pdf):
        rewrite(pdf, pdf.pages[2], lambda content: content + drawing)

    assert codes(spoilt(spoil)) == {"PDF-505"}


def test_missing_fold_marks_are_found(spoilt):
    def spoil(pdf):
        rewrite(pdf, pdf.pages[0], lambda content: content[: content.rindex(b" Do Q") + 5])

    assert codes(spoilt(spoil)) == {"PDF-505"}


def test_a_file_that_does_not_say_how_to_turn_the_sheets_is_found(spoilt):
    def spoil(pdf):
        del pdf.Root.ViewerPreferences.Duplex

    assert codes(spoilt(spoil)) == {"PDF-506"}


def test_a_file_that_says_the_wrong_edge_or_lets_itself_be_scaled_is_found(spoilt):
    def spoil(pdf):
        pdf.Root.ViewerPreferences.Duplex = Name.DuplexFlipLongEdge
        pdf.Root.ViewerPreferences.PrintScaling = Name.AppDefault

    assert len(spoilt(spoil)) == 2


# -- PDF-507, PDF-508 -----------------------------------------------------------------------------------------------


def test_a_word_lost_in_imposing_is_found(spoilt):
    def spoil(pdf):
        form = next(page.obj.Resources.XObject["/P7"] for page in pdf.pages if "/P7" in page.obj.Resources.XObject)
        before, _, after = form.read_bytes().rpartition(b"TJ")
        form.write(before[: before.rindex(b"[")] + after)

    found = spoilt(spoil)
    assert codes(found) == {"PDF-507"}
    assert "第 7 页" in found[0].message


def fonts(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    return [item for item in pdf.objects if isinstance(item, Dictionary) and item.get("/Type") == "/Font" and "/FontDescriptor" in item]


def test_a_font_kept_twice_is_found(spoilt):
    def spoil(pdf):
        font = fonts(pdf)[0]
        key = next(key for key in ("/FontFile2", "/FontFile3") if key in font.FontDescriptor)
        second = pdf.make_stream(font.FontDescriptor[key].read_bytes())
        descriptor = Dictionary(font.FontDescriptor)
        descriptor[key] = second
        pdf.Root.Spare = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.CIDFontType0, BaseFont=font.BaseFont, FontDescriptor=descriptor))

    assert codes(spoilt(spoil)) == {"PDF-508"}


def test_a_font_that_is_not_embedded_or_not_ours_is_found(spoilt):
    def spoil(pdf):
        pdf.Root.Spare = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))

    assert [problem.code for problem in spoilt(spoil)] == ["PDF-508", "PDF-508"]


# -- PDF-509 ---------------------------------------------------------------------------------------------------------


def test_the_instructions_say_what_the_sheets_are(made):
    assert list(check.check_instructions(made.instructions, made.plan, "x.pdf")) == []


@pytest.mark.parametrize("pages", [8, 100])
def test_instructions_of_another_booklet_are_found(made, pages):
    assert codes(list(check.check_instructions(made.instructions, imposition(pages), "x.pdf"))) == {"PDF-509"}


def test_instructions_on_two_pages_are_found(made):
    with pikepdf.open(io.BytesIO(made.instructions)) as pdf:
        pdf.add_blank_page(page_size=(210 * MM, 297 * MM))
        out = io.BytesIO()
        pdf.save(out)
    assert codes(list(check.check_instructions(out.getvalue(), made.plan, "x.pdf"))) == {"PDF-509"}


def test_every_code_has_a_title():
    assert set(check.CODES) == {f"PDF-50{number}" for number in range(1, 10)}
