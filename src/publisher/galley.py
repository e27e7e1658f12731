"""A galley: one section as it was set, complete but for its page numbers and the programs of its fonts.

It depends on nothing but the section's HTML, the styles, the fonts and the engine, so it can be kept, sent and joined with
others into a volume without setting a line again.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Self

from publisher import book
from publisher.pagination import Pagination, Span


class Spot(NamedTuple):
    """A point of a page, in points from the lower left corner of its trim."""

    x: float
    y: float


class Bookmark(NamedTuple):
    level: int
    label: str
    spot: Spot


class Folio(NamedTuple):
    """Where a page's number is printed: face and size, the text matrix, the side it keeps to, and the width of the number it was set with."""

    font: str
    """Name of the font among the page's resources."""
    size: float
    matrix: tuple[float, ...]
    aligned: str
    """left, centre or right."""
    width: float
    """In the unit of `size`."""


class Slot(NamedTuple):
    """Room for the number of another page, marked in the content of this one."""

    number: int
    """Its place among all such numbers of the section."""
    font: str


@dataclass(frozen=True)
class GalleyPage:
    text: str
    """Without running heads and folios."""
    anchors: dict[str, Spot]
    bookmarks: tuple[Bookmark, ...]
    targets: tuple[str, ...] = ()
    """The anchors that its links lead to."""
    folio: Folio | None = None
    key: str = ""
    """Of its text, what names the things treated there."""
    slots: tuple[Slot, ...] = ()
    """Where the numbers of other pages are printed."""


class Annotated(NamedTuple):
    """A link in the tag tree: its page from 0, and the number of its annotation among the objects of the file."""

    page: int
    number: int


@dataclass(eq=False)
class Tag:
    """A tag as the engine makes it, with the tags, marks (by their numbers) and links in it, in reading order."""

    kind: str
    page: int
    """On which it begins, from 0; that of its marks."""
    origin: Mapping[str, str | int]
    """What is known of its element in the layout."""
    alt: str
    attributes: Mapping[str, Any]
    kids: "list[Tag | int | Annotated]"


@dataclass(frozen=True)
class Galley:
    pdf: bytes
    pages: tuple[GalleyPage, ...]
    tags: Tag | None = None
    """Of a galley that is not finished; the file has none then."""

    def stored(self) -> bytes:
        """Return it as bytes that `restored` takes back."""
        return json.dumps([asdict(page) for page in self.pages], ensure_ascii=False, separators=(",", ":")).encode() + b"\n" + self.pdf

    @classmethod
    def restored(cls, content: bytes) -> Self:
        """Take back what `stored` gave. Raises ValueError for anything else."""
        head, _, pdf = content.partition(b"\n")
        try:
            return cls(pdf, tuple(page_of(fields) for fields in json.loads(head)))
        except (TypeError, KeyError) as error:
            raise ValueError(str(error)) from error


def page_of(fields: dict) -> GalleyPage:
    folio = fields["folio"]
    return GalleyPage(
        fields["text"],
        {name: Spot(*spot) for name, spot in fields["anchors"].items()},
        tuple(Bookmark(level, label, Spot(*spot)) for level, label, spot in fields["bookmarks"]),
        tuple(fields["targets"]),
        Folio(folio[0], folio[1], tuple(folio[2]), *folio[3:]) if folio else None,
        fields["key"],
        tuple(Slot(*slot) for slot in fields["slots"]),
    )


@dataclass(frozen=True)
class Sheet:
    """One page of the volume: its section (None for an intended blank), folio, and its place in the section's galley."""

    section: book.Section | None
    folio: str
    galley: Galley | None = None
    index: int = 0
    numbers: tuple[str, ...] = ()
    """What is printed in the slots of its section."""

    @property
    def page(self) -> GalleyPage | None:
        return self.galley.pages[self.index] if self.galley else None


@dataclass(frozen=True)
class Typeset:
    """The pages of a volume in order."""

    sheets: tuple[Sheet, ...]

    @property
    def pagination(self) -> Pagination:
        spans: list[Span] = []
        for number, sheet in enumerate(self.sheets, 1):
            if sheet.section and spans and spans[-1].section is sheet.section:
                spans[-1] = Span(sheet.section, spans[-1].first, number)
            elif sheet.section:
                spans.append(Span(sheet.section, number, number))
        blanks = tuple(number for number, sheet in enumerate(self.sheets, 1) if not sheet.section)
        return Pagination(tuple(sheet.folio for sheet in self.sheets), tuple(spans), blanks)
