"""Passes of the typesetter: every printed page number right at the end, and nothing rendered or set again without need."""

from collections import Counter
from concurrent.futures import Future

from publisher import book
from publisher.galley import Galley, GalleyPage, Spot
from publisher.pagination import Opening
from publisher.typeset import Typesetter


def volume(*sections: book.Section) -> book.Book:
    return book.Book("v", "v", "题", "题", "编", "述", (), "2026-01-01", "zh-CN", sections, ())


def section(name: str, **fields) -> book.Section:
    return book.Section(name, "case", name, (), **fields)


class House:
    """Renders a section as `name: what it refers to`, and sets as many pages as it was told."""

    def __init__(self, pages: dict[str, int], refers: dict[str, list[str]]):
        self.pages, self.refers = pages, refers
        self.rendered: Counter[str] = Counter()
        self.set: list[str] = []

    def html(self, section, opening, pages) -> str:
        self.rendered[section.id] += 1
        return f"{section.id}: {' '.join(pages.folio(name) for name in self.refers.get(section.id, []))}"

    def setting(self, html, section) -> Future[Galley]:
        self.set.append(html)
        future: Future[Galley] = Future()
        first = GalleyPage("", {section.id: Spot(0, 0)}, ())
        future.set_result(Galley(b"", (first, *(GalleyPage("", {}, ()) for _ in range(self.pages[section.id] - 1)))))
        return future


def test_a_section_is_set_again_only_when_a_number_in_it_changed():
    house = House({"contents": 1, "one": 2, "two": 3}, {"contents": ["one", "two"], "two": ["one"]})
    whole = volume(section("contents", front=True), section("one"), section("two"))
    Typesetter(house.html, house.setting).typeset(whole)
    assert house.set == ["one: ", "two: 1", "contents: 1 3"]


def test_a_section_that_asks_for_no_page_is_rendered_once_a_side():
    house = House({"one": 2, "two": 3, "three": 1}, {"three": ["one"]})
    Typesetter(house.html, house.setting).typeset(volume(section("one"), section("two"), section("three")))
    assert (house.rendered["one"], house.rendered["two"]) == (1, 1)
    assert house.set[-1] == "three: 1"


def test_a_number_that_another_change_moves_is_followed():
    house = House({"one": 2, "two": 1}, {"one": ["two"]})
    grown = {"one: 2": 2, "one: 3": 3, "one: 4": 3}
    set_as = house.setting
    house.setting = lambda html, section: (house.pages.update(one=grown.get(html, house.pages["one"])), set_as(html, section))[1]
    Typesetter(house.html, house.setting).typeset(volume(section("one"), section("two")))
    assert house.set[-1] == "one: 4"


def test_pages_known_from_before_are_printed_at_once():
    house = House({"contents": 1, "one": 2, "two": 3}, {"contents": ["two"], "one": ["two"]})
    whole = volume(section("contents", front=True), section("one"), section("two"))
    first = Typesetter(house.html, house.setting)
    first.typeset(whole)
    house.set.clear()
    Typesetter(house.html, house.setting).typeset(whole, first.pages)
    assert sorted(house.set) == ["contents: 3", "one: 3", "two: "]


def test_where_pages_bear_their_numbers_at_once_a_section_knows_its_first_page():
    house = House({"one": 2, "two": 3, "three": 1}, {})
    house.html = lambda section, opening, pages: f"{section.id} {opening.first}"
    Typesetter(house.html, house.setting, numbered=True).typeset(volume(section("one"), section("two"), section("three")))
    assert house.set == ["one 1", "two 3", "three 6"]


class Numbered(House):
    """Prints its references as layouts do."""

    def html(self, section, opening, pages) -> str:
        self.rendered[section.id] += 1
        return "".join(f'<span class="folio">{pages.folio(name)}</span>' for name in self.refers.get(section.id, []))


def test_a_number_of_as_many_figures_is_put_in_without_rendering_again():
    house = Numbered({"one": 3, "two": 2, "three": 1}, {"one": ["three", "one"]})
    sheets = Typesetter(house.html, house.setting).typeset(volume(section("one"), section("two"), section("three"))).sheets
    assert sheets[0].numbers == ("6", "1")
    assert house.rendered["one"] == 1


def test_a_number_of_more_figures_is_set_again():
    house = Numbered({"one": 9, "two": 20, "three": 1}, {"one": ["three"]})
    sheets = Typesetter(house.html, house.setting).typeset(volume(section("one"), section("two"), section("three"))).sheets
    assert sheets[0].numbers == ("30",)
    assert '<span class="folio">00</span>' in house.set


def test_what_is_urgent_is_set_first_also_where_it_turns_out_to_open_on_another_page():
    for side in ("left", "right"):
        house = House({"one": 2, "two": 3, "three": 1}, {})
        setting = Typesetter(house.html, house.setting, first={"three": Opening(side)})
        sheets = setting.typeset(volume(section("one"), section("two"), section("three"))).sheets
        assert house.set[0] == "three: "
        assert [sheet.section.id for sheet in sheets] == ["one"] * 2 + ["two"] * 3 + ["three"]
        assert setting.opened["three"] == Opening("left")
