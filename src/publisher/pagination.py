"""Where things are printed: what `render` is told of the pages, and what `finish` and `preflight` learn of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from publisher import book


@dataclass(frozen=True)
class Span:
    """A section's pages, counted from 1 in the file."""

    section: book.Section
    first: int
    last: int


@dataclass(frozen=True)
class Pagination:
    folios: tuple[str, ...]
    """The printed folio of every page; blanks included."""
    spans: tuple[Span, ...]
    blanks: tuple[int, ...]
    """Pages that are blank on purpose, counted from 1."""


def paginated(sections: list[tuple[book.Section, int, int]], pages: int) -> Pagination:
    """Rebuild the pagination of a file from the pages of its sections: front matter in roman figures, the body from 1.

    Pages that belong to no section are blanks; a blank is numbered with the group it stands in.
    """
    spans = tuple(Span(section, first, last) for section, first, last in sections)
    body = min((span.first for span in spans if not span.section.front), default=pages + 1)
    folios = tuple(roman(page) if page < body else str(page - body + 1) for page in range(1, pages + 1))
    inside = {page for span in spans for page in range(span.first, span.last + 1)}
    return Pagination(folios, spans, tuple(page for page in range(1, pages + 1) if page not in inside))


class Mention(NamedTuple):
    """A page that bears a term, and whether it is treated there: in a title, a diagnosis, a treatment's head, a table's key."""

    folio: str
    section: str
    treated: bool = False

    @property
    def anchor(self) -> str:
        return page_anchor(self.folio)


class Run(NamedTuple):
    """Neighbouring pages of a term, as printed: 23～25."""

    anchor: str
    text: str
    treated: bool = False


UNKNOWN = "00"
"""Printed before the first layout for a page nobody can guess."""


@dataclass(frozen=True)
class PageMap:
    """Where things are printed: folio by anchor, pages by term."""

    folios: dict[str, str] = field(default_factory=dict)
    mentions: dict[str, list[Mention]] = field(default_factory=dict)
    """For a term of a lexicon (`index:地舒单抗`): the pages that bear it, in order."""
    expected: Mapping[str, str] = field(default_factory=dict, compare=False)
    """A guess of the folios that are not known yet."""

    def folio(self, anchor: str) -> str:
        return self.folios.get(anchor) or self.expected.get(anchor, UNKNOWN)

    def runs(self, lexicon: str, term: str) -> list[Run]:
        """Return every page of a term, pages where it is treated apart from others."""
        return runs(self.mentions.get(f"{lexicon}:{term}", ()))

    def pages(self, piece: book.Pages) -> list[Run]:
        """Return the runs of pages that a piece prints."""
        found = [mention for mention in self.mentions.get(f"{piece.lexicon}:{piece.term}", ()) if piece.section in ("", mention.section)]
        if piece.which is book.Which.TREATED:
            found = [mention for mention in found if mention.treated]
        if piece.which is book.Which.FIRST:
            found = found[:1]
        return runs([mention._replace(treated=False) for mention in found])


def runs(mentions: Iterable[Mention]) -> list[Run]:
    """Merge neighbouring pages into runs; those on which a term is treated stay apart from those that only bear it."""
    numbered = sorted({int(mention.folio): mention.treated for mention in mentions if mention.folio.isdigit()}.items())
    groups: list[list[tuple[int, bool]]] = []
    for number, treated in numbered:
        if groups and groups[-1][-1] == (number - 1, treated):
            groups[-1].append((number, treated))
        else:
            groups.append([(number, treated)])
    return [Run(page_anchor(str(group[0][0])), run_text(group[0][0], group[-1][0]), group[0][1]) for group in groups]


def run_text(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}～{last}"


def page_anchor(folio: str) -> str:
    """Return the anchor of a page of the body."""
    return f"folio-{folio}"


def printed(line: book.Line, pages: PageMap) -> str:
    """Return the text of a line as it stands on paper: page numbers in, note marks left out."""
    return "".join(piece_text(piece, pages) for piece in line)


def piece_text(piece: book.Piece, pages: PageMap) -> str:
    match piece:
        case book.NoteMark():
            return ""
        case book.Run():
            return printed(piece.line, pages)
        case book.Reference():
            before, after = piece.around
            return f"{before}{pages.folio(piece.target)}{after}"
        case book.Pages():
            return "、".join(run.text for run in pages.pages(piece))
    return piece.text


@dataclass(frozen=True)
class Opening:
    """How a section starts: its side, and how its pages are numbered. The numbers themselves are printed when galleys are joined."""

    side: str
    style: str = "decimal"
    first: int = 1
    """The number of its first page, for those who print it at once; no HTML depends on it."""


def folio(number: int, style: str) -> str:
    return roman(number) if style == "lower-roman" else str(number)


ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def roman(number: int) -> str:
    """Write a number in lower-case roman figures."""
    out = ""
    for value, letters in ROMAN:
        while number >= value:
            out += letters
            number -= value
    return out
