"""In which order sections are set: each once, none on a side on which it will not open, the index last, while hands are free."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest

from publisher.book import Book, Index, Section
from publisher.galley import Galley, GalleyPage, Spot, Typeset
from publisher.pagination import Opening, PageMap
from publisher.typeset import Typesetter

LENGTHS = {"part-1": 1, "a": 3, "b": 4, "c": 1, "part-2": 1, "d": 2, "e": 5, "list": 2, "index": 1, "contents": 2}
NAMED = {"part-1": ["a", "b", "c"], "part-2": ["d", "e"], "e": ["a", "b"], "list": ["a", "e"], "contents": ["part-1", "a", "list"]}
"""What each section refers to by its page."""


@pytest.fixture
def whole(sample_book: Book) -> Book:
    def section(name: str) -> Section:
        part = name.startswith("part")
        kind = {"list": "dosing", "contents": "contents", "index": "index"}.get(name, "part" if part else "case")
        blocks = (Index(()),) if name == "index" else ()
        return Section(name, kind, name, blocks, front=name == "contents", recto=part, blank_back=part)

    return replace(sample_book, sections=tuple(map(section, ("contents", *list(LENGTHS)[:-1]))))


class Shop:
    """Sets nothing, and remembers what it was asked for."""

    def __init__(self, hands: int):
        self.asked: list[tuple[str, str]] = []
        self.pool = ThreadPoolExecutor(hands) if hands > 1 else None
        self.hands = hands

    def html(self, section: Section, opening: Opening, pages: PageMap) -> str:
        numbers = "".join(f' <span class="folio">{pages.folio(name)}</span>' for name in NAMED.get(section.id, []))
        return f"{section.id} {opening.side}{numbers}"

    def set(self, html: str, section: Section) -> Future[Galley]:
        words = html.removeprefix(f"{section.id} ").replace('<span class="folio">', "").replace("</span>", "")
        self.asked.append((section.id, words))
        pages = tuple(GalleyPage("", {section.id: Spot(0, 0)} if not index else {}, ()) for index in range(LENGTHS[section.id]))
        if self.pool:
            return self.pool.submit(Galley, b"", pages)
        done: Future[Galley] = Future()
        done.set_result(Galley(b"", pages))
        return done

    def asked_of(self, *names: str) -> list[str]:
        """What was asked for these sections, in order."""
        return [words for name, words in self.asked if name in names]

    def typeset(self, whole: Book) -> Typeset:
        return Typesetter(self.html, self.set, hands=self.hands).typeset(whole)


def numbers(pages: Typeset, name: str) -> tuple[str, ...]:
    """Return the page numbers that a section prints."""
    return next(sheet.numbers for sheet in pages.sheets if sheet.section and sheet.section.id == name)


def test_cases_are_set_once_on_their_own_side(whole):
    shop = Shop(1)
    shop.typeset(whole)
    sides = sorted((name, words.split()[0]) for name, words in shop.asked if name in "abcde")
    assert sides == [("a", "right"), ("b", "left"), ("c", "left"), ("d", "right"), ("e", "right")]


def test_a_section_whose_numbers_are_as_wide_as_was_guessed_is_set_once(whole):
    shop = Shop(1)
    pages = shop.typeset(whole)
    assert shop.asked_of("e") == ["right 0 0"]
    assert numbers(pages, "e") == ("3", "6")


def test_a_section_whose_number_grew_wider_is_set_again(whole):
    shop = Shop(1)
    pages = shop.typeset(whole)
    assert shop.asked_of("part-1") == ["right 0 0 0", "right 0 0 00"]
    assert numbers(pages, "part-1") == ("3", "6", "10")


def test_the_contents_are_set_when_the_pages_of_the_body_are_known(whole):
    shop = Shop(1)
    pages = shop.typeset(whole)
    assert shop.asked_of("contents") == ["right 0 0 00"]
    assert numbers(pages, "contents") == ("1", "3", "20")


def test_the_index_is_set_once_and_after_all_that_it_lists(whole):
    shop = Shop(1)
    shop.typeset(whole)
    first = {name: place for place, (name, _) in reversed(list(enumerate(shop.asked)))}
    assert shop.asked_of("index") == ["left"]
    assert all(first["index"] > first[name] for name in LENGTHS if name not in ("index", "contents"))


@pytest.mark.parametrize("hands", [2, 3, 8])
def test_the_pages_are_the_same_however_many_hands_there_are(whole, hands):
    assert Shop(hands).typeset(whole) == Shop(1).typeset(whole)


@pytest.mark.parametrize("hands", [1, 2])
def test_what_begins_a_part_is_set_on_no_other_side(whole, hands):
    shop = Shop(hands)
    assert shop.typeset(whole).pagination.folios[-1] == "22"
    assert {words.split()[0] for words in shop.asked_of("part-1", "a", "part-2", "d")} == {"right"}
