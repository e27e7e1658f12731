"""The HTML of a section before its page numbers are known: what it asked of the pages, and the numbers that are put in."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple, Self

from publisher import book
from publisher.pagination import Opening, PageMap, Run

OPEN, CLOSE = "\ue010", "\ue011"
"""Enclose the place of a folio among those that were asked for."""
PLACE = re.compile(f"{OPEN}(\\d+){CLOSE}")
SLOT = re.compile(f'<span class="folio">{PLACE.pattern}</span>')
"""The number of a page that has a place of its own in the HTML."""
NUMBER = re.compile(r'(?<=<span class="folio">)\d+(?=</span>)')
Render = Callable[[book.Section, Opening, PageMap], str]
"""Gives the HTML of a section that opens at a folio and side, with the pages known so far."""


class Consulted(PageMap):
    """A page map that remembers what it was asked; unless it is `numbered` it gives what stands for folios, so that they can be put in afterwards."""

    def __init__(self, pages: PageMap, numbered: bool):
        super().__init__(pages.folios, pages.mentions, pages.expected)
        object.__setattr__(self, "numbered", numbered)
        object.__setattr__(self, "answers", {})
        object.__setattr__(self, "anchors", {})

    def folio(self, anchor: str) -> str:
        place = self.anchors.setdefault(anchor, len(self.anchors))
        return super().folio(anchor) if self.numbered else f"{OPEN}{place}{CLOSE}"

    def runs(self, lexicon: str, term: str) -> list[Run]:
        return self.answers.setdefault(("runs", lexicon, term), super().runs(lexicon, term))

    def pages(self, piece: book.Pages) -> list[Run]:
        return self.answers.setdefault(("pages", piece), super().pages(piece))

    def holds(self, pages: PageMap) -> bool:
        """Tell whether every answer would be the same, whatever the folios are."""
        return all(getattr(pages, name)(*asked) == answer for (name, *asked), answer in self.answers.items())

    def asked(self, pages: PageMap) -> tuple[str, ...]:
        """Return the folios that were asked for."""
        return tuple(map(pages.folio, self.anchors))


class Rendered(NamedTuple):
    """How a section was rendered: what it asked the page map, with the folios it was given, a digest of its HTML but for the numbers in it, and these."""

    consulted: Consulted
    places: tuple[int, ...] | None
    """Which of the folios the slots print, in order; None where one is printed elsewhere, or where they are part of the HTML."""
    folios: tuple[str, ...]
    key: bytes
    slots: tuple[str, ...]

    def on(self, pages: PageMap) -> Self | None:
        """Return it with the folios of other pages; None where its HTML would be another."""
        if not self.consulted.holds(pages):
            return None
        folios = self.consulted.asked(pages)
        if folios == self.folios:
            return self
        if self.places is None or not all(map(alike, self.folios, folios)):
            return None
        return self._replace(folios=folios, slots=tuple(folios[place] for place in self.places if folios[place].isdecimal()))

    def holds(self, pages: PageMap) -> bool:
        """Tell whether it prints the numbers of these pages."""
        return self.on(pages) is self


def alike(old: str, new: str) -> bool:
    """Tell whether a folio takes the place of another without the rest of its section being set anew: a number of as many figures does."""
    return old == new or (old.isdecimal() and new.isdecimal() and len(old) == len(new))


def rendered(render: Render, section: book.Section, opening: Opening, pages: PageMap, numbered: bool) -> tuple[Rendered, str]:
    """Render a section; return also its HTML, in which zeros stand for the figures of numbers unless it is `numbered`."""
    consulted = Consulted(pages, numbered)
    draft = render(section, opening, consulted)
    folios = consulted.asked(pages)
    html = PLACE.sub(lambda place: folios[int(place[1])], draft)
    slots, places = tuple(NUMBER.findall(html)), tuple(map(int, SLOT.findall(draft)))
    if not numbered:
        html = NUMBER.sub(lambda number: "0" * len(number[0]), html)
    movable = not numbered and len(places) == draft.count(OPEN)
    return Rendered(consulted, places if movable else None, folios, sha256(html.encode()).digest(), slots), html
