"""What is known of the pages of a book while it is set: which sections can be set, and what they may print."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from publisher import book
from publisher.galley import Galley, GalleyPage, Sheet
from publisher.lexicon import Lexicon
from publisher.pagination import Mention, PageMap, page_anchor
from publisher.typeset_forecast import Expected, Forecast

CASE = "case"
Searched = dict[int, tuple[GalleyPage, list[tuple[str, bool]]]]
"""Pages by their identity, with the terms that stand on them and whether these are treated there."""


@dataclass(frozen=True)
class Groups:
    """The sections of a book that are numbered together."""

    body: tuple[book.Section, ...]
    front: tuple[book.Section, ...]
    after: tuple[book.Section, ...]
    lexicons: tuple[Lexicon, ...] = ()

    @cached_property
    def in_order(self) -> list[book.Section]:
        """The order in which they are set best: what others wait for first, what is long early, what nothing waits for last."""
        last = max((place for place, section in enumerate(self.body) if section.kind == CASE), default=-1) + 1
        notes = [section for section in self.body if has_notes(section)]
        return [*self.body[:last], *notes, *(section for section in self.body[last:] if section not in notes), *self.after, *self.front]

    @cached_property
    def texts(self) -> set[str]:
        """The sections of the body that print no pages of terms and gather nothing."""
        return {section.id for section in self.body if not gathers(section)}

    @cached_property
    def cases(self) -> set[str]:
        return {section.id for section in self.body if section.kind == CASE}

    @cached_property
    def sources(self) -> dict[str, set[str]]:
        """For each section that prints pages of terms: the sections of the body whose text these stand in."""
        asked = {section.id: lexicons_of(section) for section in self.in_order}
        return {
            name: {
                one.id
                for one in self.body
                if not asked[one.id] and any(lexicon.name in names and book.searched(one, lexicon) for lexicon in self.lexicons)
            }
            for name, names in asked.items()
            if names
        }

    @cached_property
    def searched(self) -> set[str]:
        """The sections of the body that are looked through for terms."""
        return {section.id for section in self.body if any(book.searched(section, lexicon) for lexicon in self.lexicons)}

    def is_ready(self, section: book.Section, begun: set[str], course: "Course") -> bool:
        """Tell whether a section may be set, given those that are begun."""
        if section.id in self.texts:
            return True
        if lists_all(section):
            return course.added.issuperset(self.searched)
        if section.id in self.sources:
            return course.counted.keys() >= self.sources[section.id]
        if has_notes(section):
            return course.counted.keys() >= self.cases
        return begun.issuperset(self.texts)


def grouped(whole: book.Book) -> Groups:
    return Groups(
        tuple(section for section in whole.sections if not section.front and not section.apart),
        tuple(section for section in whole.sections if section.front),
        tuple(section for section in whole.sections if section.apart),
        tuple(whole.lexicons),
    )


def gathers(section: book.Section) -> bool:
    """Tell whether a section prints pages of the whole book: of its terms, of its notes."""
    return prints_pages(section) or has_notes(section)


def has_notes(section: book.Section) -> bool:
    """Tell whether a section lists the notes of others."""
    return any(isinstance(block, book.Collation) for block in section.blocks)


def lists_all(section: book.Section) -> bool:
    return any(isinstance(block, book.Index) for block in section.blocks)


class Course:
    """One pass through the sections: what was known before, and what is found as they are laid out."""

    def __init__(self, lexicons: Sequence[Lexicon], forecast: Forecast | None, known: PageMap | None, searched: Searched):
        """`searched` are the terms of pages by their objects; it is filled as pages are looked through."""
        self.lexicons, self.forecast, self.known, self.searched = lexicons, forecast, known, searched
        self.found = PageMap()
        self.added: set[str] = set()
        self.counted: dict[str, int] = {}
        """How many pages the sections have that are set, also where the first is not known yet."""
        self.sections: dict[str, tuple[book.Section, Galley]] = {}
        self.inside: dict[str, tuple[str, int]] = {}
        """On which page of its section an anchor stands, the first being 0."""

    @property
    def pages(self) -> PageMap:
        """The best that can be said now: of earlier passes all, of this one what is laid out, and a guess of the rest."""
        if self.known:
            return self.known
        if not self.forecast:
            return self.found
        expected = self.forecast.folios(self.counted, self.inside)
        return PageMap(self.found.folios, Mentions(self, expected), expected)

    def mentions(self, section: book.Section, page: GalleyPage) -> list[tuple[str, bool]]:
        """Return the terms that stand on a page of a section, and whether they are treated there."""
        if id(page) not in self.searched:  # the page is kept too, so that no other gets its number
            lexicons = [lexicon for lexicon in self.lexicons if book.searched(section, lexicon)]
            self.searched[id(page)] = (page, list(standing(lexicons, page.text, page.key)) if lexicons else [])
        return self.searched[id(page)][1]

    def count(self, section: book.Section, galley: Galley) -> None:
        """Take note of how long a section is."""
        if section.id not in self.counted:
            self.counted[section.id] = len(galley.pages)
            self.sections[section.id] = (section, galley)
            self.inside.update((anchor, (section.id, index)) for index, page in reversed(list(enumerate(galley.pages))) for anchor in page.anchors)

    def add(self, section: book.Section, first: int, sheets: Sequence[Sheet]) -> None:
        """Take note of what stands on the pages of a section, the first of which is numbered `first`."""
        self.added.add(section.id)
        for sheet in sheets:
            for anchor in sheet.page.anchors if sheet.page else ():
                self.found.folios.setdefault(anchor, sheet.folio)
            if sheet.page and any(book.searched(section, lexicon) for lexicon in self.lexicons):
                self.found.folios[page_anchor(sheet.folio)] = sheet.folio
                for name, treated in self.mentions(section, sheet.page):
                    self.found.mentions.setdefault(name, []).append(Mention(sheet.folio, section.id, treated))


class Mentions(dict[str, list[Mention]]):
    """The pages of terms: those that are known, and after them those in sections that are set but whose numbers are a guess."""

    def __init__(self, course: Course, expected: Expected):
        self.course, self.expected, self.known = course, expected, course.found.mentions

    @cached_property
    def guessed(self) -> dict[str, list[Mention]]:
        found: dict[str, list[Mention]] = {}
        for section, galley in (held for name, held in self.course.sections.items() if name not in self.course.added):
            for index, page in enumerate(galley.pages):
                for name, treated in self.course.mentions(section, page):
                    found.setdefault(name, []).append(Mention(str(self.expected.starts[section.id] + index), section.id, treated))
        return found

    def get(self, name: str, default: Any = ()) -> Any:
        return [*self.known.get(name, ()), *self.guessed.get(name, ())] or default


def lexicons_of(section: book.Section) -> set[str]:
    """Return the names of the lexicons of whose terms a section prints the pages."""
    return {piece.lexicon for block in section.blocks for line in book.lines_of(block) for piece in line if isinstance(piece, book.Pages)}


def prints_pages(section: book.Section) -> bool:
    """Tell whether the pages of terms are part of a section's text."""
    return lists_all(section) or bool(lexicons_of(section))


def standing(lexicons: Iterable[Lexicon], text: str, key: str) -> Iterator[tuple[str, bool]]:
    """Yield every term that stands on a page, and whether it is treated there."""
    for lexicon in lexicons:
        treated = set(lexicon.standing_in(key))
        for name in lexicon.standing_in(text):
            yield f"{lexicon.name}:{name}", name in treated
