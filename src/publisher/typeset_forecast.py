"""Guess on which pages things will stand before they are laid out, so that a number printed ahead has its right width at once.

A guess that is wrong costs time, never a wrong page: every number printed from it is put right when the page is known.
"""

from collections.abc import Iterator, Mapping
from itertools import accumulate
from types import MappingProxyType

from publisher import book

CHARACTERS_A_PAGE = 880
"""Of a case, its tables included; what is already laid out teaches better."""
ROW = 22
HEADING = 45
"""What a row of a table and a heading take besides their characters."""
FIGURE = 300
"""What a figure takes, or another block with a caption."""


SMALL = ("trials", "laboratory", "abbreviations", "index")
"""Kinds of sections in small type, of which a page holds more."""
SHARE = 0.37
"""Of the room they would take in the type of the text; as measured in the volumes."""


class Forecast:
    """The anchors of a book with the amount of text before them."""

    def __init__(self, sections: list[book.Section], first: int = 1):
        self.sections, self.first = sections, first
        self.weights = {section.id: sum(map(weight, section.blocks)) for section in sections}
        self.anchors: dict[str, tuple[str, int]] = {}
        for section in sections:
            befores = accumulate(map(weight, section.blocks), initial=0)
            for block, before in zip(section.blocks, befores, strict=False):
                if anchor := getattr(block, "anchor", ""):
                    self.anchors[anchor] = (section.id, before)
                for note in block.items if isinstance(block, book.Notes) else ():
                    self.anchors[note.anchor] = (section.id, before)

    def folios(self, counted: Mapping[str, int], inside: Mapping[str, tuple[str, int]] = MappingProxyType({})) -> "Expected":
        """Return a folio for every anchor, given the number of pages of the sections set so far, and in which of them anchors stand."""
        page_weight = self.page_weight(counted)
        starts: dict[str, int] = {}
        after = self.first - 1
        for section in self.sections:
            first = after + 1 + (section.recto and after % 2)
            share = SHARE if section.kind in SMALL else 1.0
            count = counted.get(section.id) or max(1, round(share * self.weights[section.id] / page_weight))
            starts[section.id] = first
            after = first + count - 1
            after += section.blank_back and after % 2
        return Expected(self.anchors, inside, starts, page_weight)

    def page_weight(self, counted: Mapping[str, int]) -> float:
        known = [section.id for section in self.sections if section.id in counted and self.weights[section.id] > CHARACTERS_A_PAGE]
        pages = sum(counted[name] for name in known)
        return sum(self.weights[name] for name in known) / pages if pages else CHARACTERS_A_PAGE


class Expected(Mapping[str, str]):
    """The folios of a forecast, reckoned when they are asked for."""

    def __init__(self, anchors: Mapping[str, tuple[str, int]], inside: Mapping[str, tuple[str, int]], starts: dict[str, int], page_weight: float):
        self.anchors, self.inside, self.starts, self.page_weight = anchors, inside, starts, page_weight

    def __getitem__(self, anchor: str) -> str:
        if anchor in self.inside and self.inside[anchor][0] in self.starts:
            name, index = self.inside[anchor]
            return str(self.starts[name] + index)
        if anchor not in self.anchors:
            return str(self.starts[anchor])
        name, before = self.anchors[anchor]
        return str(self.starts[name] + int(before / self.page_weight))

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self.starts, *self.anchors]))

    def __len__(self) -> int:
        return len({*self.starts, *self.anchors})


def weight(block: book.Block) -> int:
    """Estimate how much room a block takes, in characters."""
    match block:
        case book.Entries():
            return HEADING * len(block.items)
        case book.Index():
            return ROW * len(block.terms)
        case book.Heading():
            return HEADING
        case book.Table():
            return HEADING + ROW * len(block.rows) + sum(len(book.words(line)) for line in book.lines_of(block))
    return sum(len(book.words(line)) for line in book.lines_of(block)) or (FIGURE if getattr(block, "caption", ()) else 0)
