"""Page numbers printed before their pages are known: guessed, put right, and never wrong."""

import re

import pytest
from project import REPOSITORY
from weasyprint.formatting_structure import boxes

from publisher import typeset
from publisher.book import Book
from publisher.render import Renderer
from publisher.typeset import Typesetter
from publisher.typeset_folios import renumber, skeleton
from publisher.typeset_forecast import Forecast

STYLES = REPOSITORY / "styles" / "book.css"


class Watched(Typesetter):
    """A typesetter that remembers what it laid out, in order."""

    def __init__(self, whole: Book):
        self.announced: list[str] = []
        super().__init__(Renderer(whole, REPOSITORY / "layouts").html, STYLES, lambda title, pages: self.announced.append(title))


@pytest.fixture(scope="module")
def watched(sample_book):
    typesetter = Watched(sample_book)
    return typesetter, typesetter.typeset(sample_book)


def texts(page) -> list[tuple[str, float, float]]:
    """Return every text of a page with its place."""
    found = [box for box in page._page_box.descendants(placeholders=True) if isinstance(box, boxes.TextBox)]
    return [(box.text, round(box.position_x, 3), round(box.position_y, 3)) for box in found]


def folio_texts(set_pages: typeset.Typeset) -> list[str]:
    return [sheet.folio for sheet in set_pages.sheets]


def test_every_case_is_laid_out_once(watched, sample_book):
    announced = watched[0].announced
    assert [announced.count(section.title) for section in sample_book.sections if section.kind == "case"] == [1, 1]


def test_sections_after_the_cases_are_laid_out_once(watched, sample_book):
    late = {section.title for section in sample_book.sections if section.kind in ("guideline", "appendix", "trials", "laboratory", "abbreviations", "index")}
    assert {title: watched[0].announced.count(title) for title in late} == dict.fromkeys(late, 1)


def test_pages_with_numbers_put_right_are_the_pages_that_would_be_laid_out_anew(watched, sample_book):
    typesetter, _ = watched
    for section in sample_book.sections:
        html, document = typesetter.laid[section.id]
        fresh = typesetter.render(html, section.title)
        assert [texts(page) for page in document.pages] == [texts(page) for page in fresh.pages], section.id


def test_a_case_prints_the_page_of_the_appendix(watched, sample_book):
    _, pages = watched
    appendix = next(sheet.folio for sheet in pages.sheets if sheet.section and sheet.section.id == "dosing")
    text = next(sheet.text for sheet in pages.sheets if sheet.section and "各例用量比较见附录" in sheet.text)
    assert f"骨改良药第{appendix}页" in text


@pytest.mark.parametrize("guess", ["7", "99", "1000"])
def test_a_wrong_guess_changes_no_page(watched, sample_book, monkeypatch, guess):
    """A guess of one figure more or less costs a layout; the pages stay what they are."""
    monkeypatch.setattr(Forecast, "folios", lambda forecast, laid: dict.fromkeys([*forecast.weights, *forecast.anchors], guess))
    other = Watched(sample_book).typeset(sample_book)
    assert [sheet.text for sheet in other.sheets] == [sheet.text for sheet in watched[1].sheets]
    assert folio_texts(other) == folio_texts(watched[1])


def test_a_forecast_knows_every_place_that_is_referred_to(sample_book):
    forecast = Forecast([section for section in sample_book.sections if not section.front])
    html = Renderer(sample_book, REPOSITORY / "layouts")
    anchors = set()
    for section in sample_book.sections:
        page = html.html(section, typeset.Opening(1, "right"), typeset.PageMap())
        anchors |= set(re.findall(r'href="#([^"]+)"[^>]*>[^<]*<span class="folio">', page))
    assert anchors - set(forecast.folios({})) - {section.id for section in sample_book.sections if section.front} == set()


def laid(typesetter: Typesetter, html: str):
    return typesetter.render(f'<html lang="zh-CN"><body><main>{html}</main></body></html>', "试排")


@pytest.mark.parametrize(
    ("old", "new", "done"),
    [
        ("见附录第12页", "见附录第34页", True),
        ("见附录第12页", "见附录第112页", False),
        ("见附录第12页", "见附件第34页", False),
        ("见附录第12页，又第3页", "见附录第13页，又第9页", True),
    ],
)
def test_a_number_is_put_right_only_where_nothing_else_changes(watched, old, new, done):
    old, new = ('<html lang="zh-CN"><body><p>' + re.sub(r"(\d+)", r'<span class="folio">\1</span>', text) + "</p></body></html>" for text in (old, new))
    document = watched[0].render(old, "试排")
    before = [texts(page) for page in document.pages]
    assert renumber(document, old, new) is done
    after = [texts(page) for page in document.pages]
    assert after == ([texts(page) for page in watched[0].render(new, "试排").pages] if done else before)


def test_two_pages_that_differ_in_width_have_two_skeletons():
    one, two, three = (f'<span class="folio">{number}</span>' for number in (9, 10, 11))
    assert (skeleton(one) == skeleton(two), skeleton(two) == skeleton(three)) == (False, True)


def test_the_finder_faces_itself(watched):
    places = [index for index, sheet in enumerate(watched[1].sheets, 1) if sheet.section and sheet.section.id == "finder"]
    assert len(places) == 2
    assert places[0] % 2 == 0


def test_a_repeated_head_of_a_table_bears_no_term(watched):
    """What a table repeats on its next page is said once: else the index would send the reader to a head."""
    rows = "".join(f"<tr><td>{number}</td></tr>" for number in range(120))
    head = '<tr class="caption-first"><td>表1</td></tr><tr class="caption-continued"><td>续表1</td></tr><tr><th>地舒单抗</th></tr>'
    document = laid(watched[0], f"<table class='data'><thead>{head}</thead><tbody>{rows}</tbody></table>")
    assert ["地舒单抗" in "".join(typeset.body_text(page._page_box)) for page in document.pages[:2]] == [True, False]
