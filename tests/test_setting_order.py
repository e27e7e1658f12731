"""In which order sections are set: none on a side on which it will not open, none with numbers that are not known yet, while hands are free."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest

from publisher.book import Book, Section
from publisher.galley import Galley, GalleyPage, Spot
from publisher.pagination import Opening
from publisher.typeset import Typesetter

LENGTHS = {"part-1": 1, "a": 3, "b": 4, "c": 1, "part-2": 1, "d": 2, "e": 5, "list": 2, "contents": 2}


@pytest.fixture
def whole(sample_book: Book) -> Book:
    def section(name: str) -> Section:
        part = name.startswith("part")
        kind = {"list": "dosing", "contents": "contents"}.get(name, "part" if part else "case")
        return Section(name, kind, name, (), front=name == "contents", recto=part, blank_back=part)

    return replace(sample_book, sections=tuple(map(section, ("contents", *list(LENGTHS)[:-1]))))


class Shop:
    """Sets nothing, and remembers what it was asked for."""

    def __init__(self, hands: int):
        self.asked: list[tuple[str, str]] = []
        self.pool = ThreadPoolExecutor(hands) if hands > 1 else None
        self.hands = hands

    def html(self, section: Section, opening: Opening, pages) -> str:
        named = {"part-1": ["a", "b", "c"], "part-2": ["d", "e"], "list": ["a", "e"], "contents": ["part-1", "a", "list"]}.get(section.id, [])
        return f"{section.id} {opening.side} " + " ".join(pages.folios.get(name, "00") for name in named)

    def set(self, html: str, section: Section) -> Future[Galley]:
        self.asked.append((section.id, html.removeprefix(f"{section.id} ").strip()))
        pages = tuple(GalleyPage("", {section.id: Spot(0, 0)} if not index else {}, ()) for index in range(LENGTHS[section.id]))
        if self.pool:
            return self.pool.submit(Galley, b"", pages)
        done: Future[Galley] = Future()
        done.set_result(Galley(b"", pages))
        return done

    def typeset(self, whole: Book):
        return Typesetter(self.html, self.set, hands=self.hands).typeset(whole)


def test_cases_are_set_once_on_their_own_side(whole):
    shop = Shop(1)
    shop.typeset(whole)
    assert sorted(asked for asked in shop.asked if asked[0] in "abcde") == [("a", "right"), ("b", "left"), ("c", "left"), ("d", "right"), ("e", "right")]


def test_what_prints_page_numbers_waits_for_them(whole):
    shop = Shop(1)
    shop.typeset(whole)
    assert [words for name, words in shop.asked if name in ("list", "contents")] == ["left 3 15", "right 1 3 20"]


def test_what_opens_a_part_waits_for_nothing(whole):
    shop = Shop(1)
    shop.typeset(whole)
    assert [words for name, words in shop.asked if name == "part-1"] == ["right 00 00 00", "right 3 6 10"]


@pytest.mark.parametrize("hands", [2, 3, 8])
def test_the_pages_are_the_same_however_many_hands_there_are(whole, hands):
    assert Shop(hands).typeset(whole) == Shop(1).typeset(whole)


def test_two_hands_set_two_parts_at_a_time_and_guess_no_side(whole):
    shop = Shop(2)
    shop.typeset(whole)
    assert len({name for name, _ in shop.asked}) == len(LENGTHS)
    assert shop.typeset(whole).pagination.folios[-1] == "21"
