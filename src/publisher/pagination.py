"""Where things are printed: what `render` is told of the pages, and what `finish` and `preflight` learn of them."""

from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class PageMap:
    """Where things are printed: folio by anchor, folios by index spelling."""

    folios: dict[str, str] = field(default_factory=dict)
    mentions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """For an index term: the anchors of the pages that bear it, in order."""


@dataclass(frozen=True)
class Opening:
    """How a section starts: its side, and how its pages are numbered. The numbers themselves are printed when galleys are joined."""

    side: str
    style: str = "decimal"
    first: int = 1
    """The number of its first page, for those who print it at once; no HTML depends on it."""


def folio(number: int, style: str) -> str:
    return roman(number) if style == "lower-roman" else str(number)


def roman(number: int) -> str:
    """Write a small number in lower-case roman figures."""
    out = ""
    for value, letters in ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        while number >= value:
            out += letters
            number -= value
    return out
