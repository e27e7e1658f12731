"""Page numbers printed before their pages are known: guessed, put in when the galleys are joined, and never wrong."""

import io
import re
from collections import Counter

import pypdfium2 as pdfium
import pytest
from project import REPOSITORY

from publisher import typeset
from publisher.compositor import Compositor
from publisher.edition import SCREEN
from publisher.editions import Job
from publisher.finish import galleys
from publisher.finish.joining import joined
from publisher.finish.writing import written
from publisher.galley import Sheet
from publisher.pagination import Opening, PageMap, folio
from publisher.typeset import Typesetter
from publisher.typeset_forecast import Forecast
from publisher.workshop import Workshop

STYLES = REPOSITORY / "styles"


@pytest.fixture(scope="module")
def job(sample, sample_book):
    return Job(sample.volumes["sample"], sample.catalogue, sample_book, REPOSITORY / "layouts", STYLES, Workshop())


def watched(job) -> tuple[typeset.Typeset, Counter]:
    """Set the sample book; return its pages, and how often each section was set."""
    count: Counter[str] = Counter()

    def setting(html, section, begin=job.setting(SCREEN)):
        count[section.id] += 1
        return begin(html, section)

    return Typesetter(job.renderer(job.book).html, setting).typeset(job.book), count


@pytest.fixture(scope="module")
def laid(job):
    return watched(job)


@pytest.fixture(scope="module")
def compositor():
    return Compositor(STYLES / SCREEN.stylesheet)


def printed(sheets) -> list[str]:
    """Return the text of each page of joined sheets."""
    out = io.BytesIO(written(joined(sheets, STYLES / "fonts")))
    return [page.get_textpage().get_text_range() for page in pdfium.PdfDocument(out.getvalue())]


def test_every_case_is_set_once(laid, job):
    assert {section.id: laid[1][section.id] for section in job.book.sections if section.kind == "case"} == {"sample-01-rib": 1, "sample-03-femur": 1}


def test_a_case_prints_the_page_of_the_appendix(laid):
    appendix = next(sheet.folio for sheet in laid[0].sheets if sheet.section and sheet.section.id == "dosing")
    text = next(text for text in printed(laid[0].sheets) if "各例用量比较见附录" in text)
    assert f"骨改良药第{appendix}页" in re.sub(r"\s", "", text)


@pytest.mark.parametrize("guess", ["7", "99", "1000"])
def test_a_wrong_guess_changes_no_page(laid, job, monkeypatch, guess):
    """A guess of one figure more or less costs a setting; the pages stay what they are."""
    monkeypatch.setattr(Forecast, "folios", lambda forecast, *known: dict.fromkeys([*forecast.weights, *forecast.anchors], guess))
    assert printed(watched(job)[0].sheets) == printed(laid[0].sheets)


def test_a_forecast_knows_every_place_that_is_referred_to(job):
    forecast = Forecast([section for section in job.book.sections if not section.front])
    anchors = set()
    for section in job.book.sections:
        page = job.renderer(job.book).html(section, Opening("right"), PageMap())
        anchors |= set(re.findall(r'href="#([^"]+)"[^>]*>[^<]*<span class="folio">', page))
    front = {name for section in job.book.sections if section.front for name in (section.id, *(getattr(block, "anchor", "") for block in section.blocks))}
    assert anchors > {"dosing-table-1"}
    assert anchors - set(forecast.folios({})) - front - {name for name in anchors if "-mark-" in name} == set()


def one_page(compositor, paragraph: str, numbers: tuple[str, ...] = ()) -> list[Sheet]:
    html = f'<html lang="zh-CN"><body><main><p>{paragraph}</p></main></body></html>'
    galley = galleys.finished(compositor.set(html, "试排"), "trial", "decimal")
    return [Sheet(None, "1", galley, 0, numbers)]


def glyphs(sheets) -> list[tuple[str, tuple[float, ...]]]:
    """Return every character of the first page with its place."""
    out = io.BytesIO(written(joined(sheets, STYLES / "fonts")))
    page = pdfium.PdfDocument(out.getvalue())[0].get_textpage()
    return [(page.get_text_range(index, 1), tuple(round(side, 1) for side in page.get_charbox(index, loose=True))) for index in range(page.count_chars())]


@pytest.mark.parametrize("numbers", [("34", "7"), ("11", "1"), ("90", "0")])
def test_a_number_put_in_stands_as_if_it_had_been_set(compositor, numbers):
    words = "各例用量比较见附录第{}页，又见第{}页；其余各例从略。" * 1
    slots = words.format(*(f'<span class="folio">{"0" * len(number)}</span>' for number in numbers))
    assert glyphs(one_page(compositor, slots, numbers)) == glyphs(one_page(compositor, words.format(*numbers)))


def test_a_number_too_wide_for_its_room_is_refused(compositor):
    with pytest.raises(ValueError, match="room"):
        printed(one_page(compositor, '见第<span class="folio">00</span>页', ("112",)))


def test_a_roman_number_keeps_its_place(compositor):
    assert "iv 12" in printed(one_page(compositor, '<span class="folio">iv</span> <span class="folio">00</span>', ("12",)))[0]


@pytest.mark.parametrize(("number", "written"), [(4, "iv"), (49, "xlix"), (89, "lxxxix"), (94, "xciv"), (140, "cxl"), (399, "cccxcix"), (449, "cdxlix")])
def test_front_pages_are_numbered_as_readers_of_the_file_number_them(number, written):
    assert folio(number, "lower-roman") == written


def test_the_finder_faces_itself(laid):
    places = [index for index, sheet in enumerate(laid[0].sheets, 1) if sheet.section and sheet.section.id == "finder"]
    assert len(places) == 2
    assert places[0] % 2 == 0


def test_a_repeated_head_of_a_table_bears_no_term(compositor):
    """What a table repeats on its next page is said once: else the index would send the reader to a head."""
    rows = "".join(f"<tr><td>{number}</td></tr>" for number in range(120))
    head = '<tr class="caption-first"><td>表1</td></tr><tr class="caption-continued"><td>续表1</td></tr><tr><th>地舒单抗</th></tr>'
    html = f'<html lang="zh-CN"><body><main><table class="data"><thead>{head}</thead><tbody>{rows}</tbody></table></main></body></html>'
    pages = compositor.set(html, "试排").pages
    assert ["地舒单抗" in page.text for page in pages[:2]] == [True, False]
