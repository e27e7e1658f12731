"""Notes stand at the foot of the page that bears their mark, wherever the mark is, and the text above keeps its lines."""

import re
from itertools import pairwise

import pytest
from weasyprint.formatting_structure import boxes

PITCH = 28
BOTTOM = 690
STYLE = """
.page-notes { font: 12px/21px "Casebook Kai"; border-top: 1px solid; padding: 4px 0 2px; box-decoration-break: clone }
.page-notes p { word-spacing: 9px; orphans: 1; widows: 1 } .page-note { word-spacing: 0 } .back { break-after: avoid }
table { width: 100%; border-spacing: 0 } td { line-height: 20px } tr { break-inside: avoid } h2 { margin: 0; font-size: 16px; line-height: 28px }
"""
LINE = "前文一行。<br>"


def mark(number):
    return f'<a class="note-mark" id="m{number}" href="#n{number}">〔{number}〕</a>'


def notes(*texts):
    items = "".join(f'<span class="page-note" id="n{number}"><a class="back">〔{number}〕</a>{text}</span> ' for number, text in enumerate(texts, 1))
    return f'<aside class="page-notes"><p>{items}</p></aside>'


def is_in_notes(box):
    return box.element is not None and box.element.get("class") == "page-notes"


def feet(pages):
    """Return what stands at the foot of each page, and where it begins and ends."""
    found = []
    for page in pages.document.pages:
        area = next((box for box in page._page_box.children if is_in_notes(box)), None)
        texts = [] if area is None else [box.text for box in area.descendants() if isinstance(box, boxes.TextBox)]
        found.append(("".join(texts), area and area.position_y, area and area.position_y + area.margin_height()))
    return found


def lines(page, part):
    """Return top and text of the lines of a page's text or notes."""
    for child in page._page_box.children:
        if is_in_notes(child) == (part == "notes") and not isinstance(child, boxes.MarginBox):
            for box in child.descendants():
                texts = [inner.text for inner in box.descendants() if isinstance(inner, boxes.TextBox)] if isinstance(box, boxes.LineBox) else []
                if "".join(texts).strip():
                    yield box.position_y, "".join(texts), box.position_y + box.height


def numbers(text):
    return [int(number) for number in re.findall(r"〔(\d+)〕", text)]


def marked(pages):
    """Return the numbers of the marks in the text of each page."""
    return [numbers("".join(text for _, text, _ in lines(page, "text"))) for page in pages.document.pages]


def noted(pages):
    return [numbers(text) for text, _, _ in feet(pages)]


def overlaps(pages):
    """Return the pages whose text reaches into their notes, and those whose notes leave the page."""
    found = []
    for number, (page, (_, top, end)) in enumerate(zip(pages.document.pages, feet(pages), strict=True), 1):
        if top is not None and (max((end for _, _, end in lines(page, "text")), default=0) > top + 0.5 or end > BOTTOM + 0.5):
            found.append(number)
    return found


PLACES = {
    "a paragraph": "<p>有疑{0}之处。</p>",
    "a heading": "<h2>标题{0}</h2><p>正文。</p>",
    "an item of a list": "<ul><li>一条{0}</li></ul>",
    "a cell": "<table><tbody><tr><td>甲</td><td>乙{0}</td></tr></tbody></table>",
    "the head of a table": "<table><thead><tr><th>项{0}</th></tr></thead><tbody><tr><td>甲</td></tr></tbody></table>",
    "a caption row": '<table><thead><tr class="caption-first"><td>表1{0}</td></tr></thead><tbody><tr><td>甲</td></tr></tbody></table>',
    "a value of a list of facts": '<dl><div style="display: flex"><dt>项</dt><dd>值{0}</dd></div></dl>',
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("before", [0, 19, 21, 22, 23, 30, 46])
def test_a_note_stands_on_the_page_of_its_mark(page, place, before):
    pages = page(f"<p>{LINE * before}</p>" + place.format(mark(1)) + f"<p>{LINE * 20}</p>" + notes("此处请核。"), STYLE)
    assert (noted(pages), sum(map(len, noted(pages)))) == (marked(pages), 1)
    assert overlaps(pages) == []


def test_every_note_of_many_stands_once_on_the_page_of_its_mark(page):
    text = "".join(f"<p>第{number}段有疑{mark(number)}，其后又有数行文字，以便占去版面，使各页编号不同，页下之注亦随之增减。</p>" for number in range(1, 61))
    pages = page(text + notes(*(f"第{number}条疑点，请核对原始记录后补充。" for number in range(1, 61))), STYLE)
    assert noted(pages) == marked(pages)
    assert [number for page_numbers in noted(pages) for number in page_numbers] == list(range(1, 61))
    assert overlaps(pages) == []


def test_rows_with_notes_break_between_pages_like_any(page):
    rows = "".join(f"<tr><td>第{number}行</td><td>值{mark(number) if number % 3 else ''}</td></tr>" for number in range(1, 80))
    pages = page(f"<table><thead><tr><th>项</th><th>值</th></tr></thead><tbody>{rows}</tbody></table>" + notes(*["请核。"] * 79), STYLE)
    assert noted(pages) == marked(pages)
    assert overlaps(pages) == []


def test_short_notes_share_a_line(page):
    pages = page(f"<p>甲{mark(1)}乙{mark(2)}丙{mark(3)}。</p>" + notes("请核。", "请补。", "请统一。"), STYLE)
    assert [text for _, text, _ in lines(pages.document.pages[0], "notes")] == ["〔1〕请核。 〔2〕请补。 〔3〕请统一。"]


def test_notes_end_where_the_page_ends(page):
    pages = page(f"<p>甲{mark(1)}。</p>" + notes("请核。"), STYLE)
    assert feet(pages)[0][2] == pytest.approx(BOTTOM, abs=0.1)


@pytest.mark.parametrize("width", range(60, 200, 7))
def test_a_number_keeps_to_its_note(page, width):
    pages = page(f"<p>甲{mark(1)}乙{mark(2)}丙{mark(3)}。</p>" + notes("请核。", "请补充。", "请统一。"), STYLE + f".page-notes {{ width: {width}px }}")
    assert [text for _, text, _ in lines(pages.document.pages[0], "notes") if text.rstrip().endswith("〕")] == []


def test_the_text_above_keeps_its_lines(page):
    text = "".join(f"<p>{'正文一行有余，以观行格之整齐与否，' * 3}{mark(number)}</p>" for number in range(1, 30))
    pages = page(text + notes(*["此处请核。"] * 29), STYLE)
    for laid in pages.document.pages:
        tops = [top for top, _, _ in lines(laid, "text")]
        assert {round(after - before, 2) for before, after in pairwise(tops)} == {PITCH}


def test_notes_take_no_more_lines_than_they_need(page):
    pages = page(f"<p>{mark(1)}{LINE * 60}</p>" + notes("此处请核。"), STYLE)
    used = [len(list(lines(laid, "text"))) for laid in pages.document.pages]
    assert used[:2] == [23, 24]


def test_a_note_that_is_called_twice_stands_on_the_first_page(page):
    pages = page(f"<p>{mark(1)}{LINE * 30}{mark(1)}</p>" + notes("请核。"), STYLE)
    assert (marked(pages), noted(pages)) == ([[1], [1]], [[1], []])


def test_a_repeated_head_bears_no_mark(page):
    rows = "".join(f"<tr><td>第{number}行</td></tr>" for number in range(60))
    pages = page(f"<table><thead><tr><th>项目{mark(1)}</th></tr></thead><tbody>{rows}</tbody></table>" + notes("请核。"), STYLE)
    assert (marked(pages)[:2], noted(pages)[:2]) == ([[1], []], [[1], []])
    assert next(text for _, text, _ in lines(pages.document.pages[1], "text")) == "项目"


LONG = "".join(f"此为第{number}句，述说疑点之由来。" for number in range(1, 101))


def test_notes_too_many_for_a_page_go_on_on_the_next(page):
    pages = page(f"<p>甲{mark(1)}乙{mark(2)}丙{mark(3)}。{LINE * 40}</p>" + notes(LONG, "其次。", "又次。"), STYLE)
    assert "".join(text for text, _, _ in feet(pages)).replace(" ", "") == f"〔1〕{LONG}〔2〕其次。〔3〕又次。"
    assert overlaps(pages) == []
    assert all(list(lines(laid, "text")) for laid in pages.document.pages)


def test_notes_left_over_at_the_end_have_a_page_of_their_own(page):
    pages = page(f"<p>甲{mark(1)}乙{mark(2)}。</p>" + notes(LONG, LONG), STYLE)
    assert "".join(text for text, _, _ in feet(pages)).replace(" ", "") == f"〔1〕{LONG}〔2〕{LONG}"
    assert overlaps(pages) == []


def test_notes_of_a_row_as_high_as_the_page_go_to_the_next(page):
    row = f"<table><tbody><tr><td>{LINE * 32}{mark(1)}</td></tr></tbody></table>"
    pages = page(row + f"<p>{LINE * 5}</p>" + notes("请核。"), STYLE)
    assert (sum(map(len, noted(pages))), overlaps(pages)) == (1, [])


def test_a_document_without_notes_is_left_as_it_is(page):
    pages = page(f"<p>{LINE * 30}</p>", STYLE)
    assert ([len(list(lines(laid, "text"))) for laid in pages.document.pages], noted(pages)) == ([24, 6], [[], []])


def test_the_engine_alone_prints_the_notes_at_the_end(plain_page):
    pages = plain_page(f"<p>甲{mark(1)}。{LINE * 30}</p>" + notes("请核。"), STYLE)
    assert (noted(pages), marked(pages)) == ([[], []], [[1], [1]])
