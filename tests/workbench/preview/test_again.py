"""A section set again by its changed pages is the section set from the beginning."""

import re

import pytest
from project import REPOSITORY

from publisher.book import Book
from publisher.compose.assemble import compose
from publisher.inks import inks
from publisher.pagination import Opening, PageMap
from publisher.typeset_proof import ProofRoom
from publisher.workbench.preview.session import ProofRenderer

PARAGRAPH = re.compile(r'<p class="body">.*?</p>\n|<li>.*?</li>\n', re.S)
ROW = re.compile(r"<tr><td class.*?</tr>\n", re.S)
NOTE = re.compile(r"</a></span>\n")


@pytest.fixture(scope="module")
def room() -> ProofRoom:
    return ProofRoom(REPOSITORY / "styles" / "book.css")


@pytest.fixture(scope="module")
def html(breast_book: Book) -> str:
    renderer = ProofRenderer(breast_book, REPOSITORY / "layouts", inks(REPOSITORY / "styles", "breast"))
    return renderer.numbered(breast_book.section("breast-21-adc"), Opening("right"), PageMap())[0]


@pytest.fixture(scope="module")
def breast_book(content) -> Book:
    return compose(content.volumes["breast"], content.catalogue, "测试引擎")


@pytest.fixture(scope="module")
def proof(room, html):
    return room.set(html, "原样")


def numbered(html: str) -> str:
    numbers = iter(range(100_000))
    return re.sub(r"<!--line \d+-->", lambda match: f"<!--line {next(numbers)}-->", html)


def cut(html: str, match: re.Match, new: str) -> str:
    return numbered(html[: match.start()] + new + html[match.end() :])


def without_marks(words: str) -> str:
    return re.sub(r'<a class="note-mark".*?</a>', "", words)


def nth(pattern: re.Pattern, html: str, share: float) -> re.Match:
    found = [match for match in pattern.finditer(html, html.index("<main")) if "note-mark" not in match[0]]
    return found[int(share * (len(found) - 1))]


CHANGES = {
    "a word in a row": lambda html, share: cut(html, row := nth(ROW, html, share), row[0].replace("</td>", "加</td>", 1)),
    "a row more": lambda html, share: cut(html, row := nth(ROW, html, share), row[0] * 2),
    "a row less": lambda html, share: cut(html, nth(ROW, html, share), ""),
    "a longer paragraph": lambda html, share: cut(html, text := nth(PARAGRAPH, html, share), text[0].replace("</", "，补记数语以观其行数变化。" * 3 + "</", 1)),
    "a paragraph more": lambda html, share: cut(html, text := nth(PARAGRAPH, html, share), text[0] * 2),
    "a paragraph less": lambda html, share: cut(html, nth(PARAGRAPH, html, share), ""),
    "a longer note": lambda html, share: cut(html, note := nth(NOTE, html, share), "另有补记文字一二，" * 4 + note[0]),
}


def looks(proof) -> list:
    return [[(run.text, run.x, run.y, run.width, run.line) for run in page.runs] for page in proof.pages]


@pytest.mark.parametrize("share", [0.0, 0.5, 0.95])
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_section_is_set_as_if_from_the_beginning(room, html, proof, change, share):
    changed = CHANGES[change](html, share)
    again = room.set(changed, change, before=proof)
    assert looks(again) == looks(room.set(changed, change))
    back = room.set(html, "原样", before=again)
    assert looks(back) == looks(proof)


def test_a_small_change_makes_few_pages(room, html, proof):
    again = room.set(CHANGES["a word in a row"](html, 0.5), "改一字", before=proof)
    assert again.made < len(proof.pages) / 2
    kept = [page.key for page in again.pages if page.key in {page.key for page in proof.pages}]
    assert len(kept) == len(proof.pages) - again.made


def test_another_head_makes_every_page(room, html, proof):
    again = room.set(html.replace('data-head="', 'data-head="新', 1), "改书眉", before=proof)
    assert again.made == len(proof.pages)


def test_pages_are_numbered_from_the_first_number_given(room, html, proof):
    moved = room.set(html, "移页", first=57)
    assert looks(moved) == looks(proof)
    assert moved.pages[1].pdf != proof.pages[1].pdf
