"""Stage 4, typeset: the sections of a book -> its pages. Knows which section is to be set when; `compositor` sets them.

Each section is laid out alone and written as a galley, which knows its side and not its page numbers; the galleys are joined
when all are set. A number printed in a reference is put in when they are joined, so that it matters to a galley only how many
figures it has; the pages of a term are part of its text, so index and lists are set last.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import takewhile
from types import MappingProxyType
from typing import NamedTuple

from publisher import book, typeset_engine
from publisher.galley import Galley, Sheet, Typeset
from publisher.pagination import Opening, PageMap, folio
from publisher.problems import Place, Problem, Rejected
from publisher.typeset_course import Course, Groups, Searched, grouped
from publisher.typeset_draft import Render, Rendered, rendered
from publisher.typeset_forecast import Forecast

ENGINE = typeset_engine.NAME
MOST_PASSES = 6
Announce = Callable[[str, int], None]
"""Called with a section's title and the number of its pages."""
Setting = Callable[[str, book.Section], Future[Galley]]
"""Begins to set the HTML of a section."""


class Standing(NamedTuple):
    """Where a section opens as far as is known; `number` is its first page, 0 where only the side of that is known."""

    opening: Opening | None
    number: int = 0


class Typesetter:
    """Set the sections of one book until every page number printed in them is right."""

    def __init__(
        self,
        render: Render,
        setting: Setting,
        announce: Announce = lambda title, pages: None,
        hands: int = 1,
        numbered: bool = False,
        first: Mapping[str, Opening] = MappingProxyType({}),
        given_out: Callable[[], object] = lambda: None,
    ):
        """`hands` is how many sections are set side by side; where `numbered`, pages bear all numbers when they are set, as proofs do.

        `first` are sections that are to be set before others, as they opened in an earlier book. `given_out` is called when a section has been
        begun, which may be on its way elsewhere.
        """
        self.html, self.setting, self.announce, self.hands, self.numbered = render, setting, announce, hands, numbered
        self.laid: dict[str, tuple[bytes, Future[Galley]]] = {}
        """The digest of each section's HTML, and what was made of it."""
        self.slots: dict[str, tuple[str, ...]] = {}
        """The page numbers that each section prints, in order."""
        self.rendered: dict[tuple[str, Opening], Rendered] = {}
        self.first, self.given_out = tuple(first), given_out
        self.opened: dict[str, Opening] = dict(first)
        """How sections were opened when they were set last."""
        self.announced: set[int] = set()
        self.pages = PageMap()
        """Of the book that was set last."""

    def typeset(self, whole: book.Book, known: PageMap | None = None) -> Typeset:
        """Set the book, whose pages may be `known` from before. Raises Rejected when its page numbers will not settle, or a link leads nowhere."""
        groups = grouped(whole)
        searched = Searched()
        forecast = None if known else Forecast(groups.body, whole.first_folio)
        for _ in range(MOST_PASSES):
            self.set_all(groups, Course(whole.lexicons, forecast, known, searched), whole.first_folio)
            found = Course(whole.lexicons, None, None, searched)
            laid = self.group(groups.body, found, whole.first_folio)
            sheets = (*self.group(groups.front, found), *laid, *self.group(groups.after, found))
            if found.found == known:
                dead = dict.fromkeys(name for sheet in sheets if sheet.page for name in sheet.page.targets if name not in known.folios)
                if dead:
                    raise Rejected([Problem(Place(f"content/{whole.id}"), "TYP-004", "链接没有着落", name, "核对版式文件中的锚点") for name in dead])
                self.pages = known
                return Typeset(sheets)
            known = found.found
        raise Rejected([Problem(Place(f"content/{whole.id}"), "TYP-002", f"排版 {MOST_PASSES} 遍后页码仍不稳定")])

    def set_all(self, groups: Groups, course: Course, first: int) -> None:
        """Set every section once more where something it prints has changed, side by side.

        Those come first whose side is known, since a wrong guess is work for nothing; of a book whose pages are not known yet, what
        lists them waits until they are.
        """
        begun: set[str] = set()
        renewed: set[str] = set()
        on_way = set[Future[Galley]]()
        while True:
            standings = self.standings(groups, first)
            self.follow(groups, standings, course)
            section = self.chosen(groups, standings, begun, course, bool(on_way)) if len(on_way) < self.hands else None
            if not section and on_way and len(on_way) < self.hands:
                section = self.outdated(groups, standings, begun, renewed, course)
            if section:
                guess = self.opened.get(section.id) or Opening("left" if section.verso else "right", section.numbering)
                setting = self.begin(section, standings[section.id].opening or guess, course.pages)
                begun.add(section.id)
                self.given_out()
                on_way |= {setting} if not setting.done() else set()
            elif on_way:
                on_way = wait(on_way, return_when=FIRST_COMPLETED).not_done
            else:
                return

    def chosen(self, groups: Groups, standings: dict[str, Standing], begun: set[str], course: Course, at_work: bool) -> book.Section | None:
        """Return the section to be set next: not begun yet in this pass, or on another side than it turned out to open."""
        left = [section for section in groups.in_order if section.id not in begun or self.turned(section, standings[section.id])]
        if urgent := next((section for section in left if section.id in self.first and section.id not in begun), None):
            return urgent
        waiting = [section for section in left if course.known or section.id in begun or groups.is_ready(section, begun, course)]
        if not waiting and not at_work:
            waiting = left
        return next((section for section in waiting if standings[section.id].opening), waiting[0] if waiting else None)

    def outdated(self, groups: Groups, standings: dict[str, Standing], begun: set[str], renewed: set[str], course: Course) -> book.Section | None:
        """Return a section that prints pages which are others by now, when all but the last sections are set; each once, since the next pass looks again."""
        if course.known or len(begun) < len(groups.in_order) or not all(self.is_set(one, standings[one.id]) for one in groups.front):
            return None
        for section in groups.in_order:
            if section.id not in renewed and self.is_set(section, standings[section.id]):
                renewed.add(section.id)
                if not self.rendered[section.id, self.opened[section.id]].holds(course.pages):
                    return section
        return None

    def turned(self, section: book.Section, standing: Standing) -> bool:
        """Tell whether a section has been set on the wrong side."""
        return bool(standing.opening) and self.laid[section.id][1].done() and self.opened[section.id] != standing.opening

    def is_set(self, section: book.Section, standing: Standing) -> bool:
        return bool(standing.opening) and section.id in self.laid and self.laid[section.id][1].done() and self.opened[section.id] == standing.opening

    def standings(self, groups: Groups, first: int) -> dict[str, Standing]:
        """Return how each section opens, as far as those before it are set."""
        return {
            section.id: standing
            for sections, start in ((groups.body, first), (groups.front, 1), (groups.after, 1))
            for section, standing in self.walk(sections, start)
        }

    def walk(self, sections: Sequence[book.Section], first: int) -> Iterator[tuple[book.Section, Standing]]:
        """Yield the sections of a group that is numbered from `first`, and how each of them opens."""
        number, counted = first, True
        for section in sections:
            if section.recto or section.verso:
                counted = counted and number > 0
                number = number + (number % 2 != section.recto) if counted else 2 - section.recto
            standing = Standing(self.opening(number, section.numbering, counted), number if counted else 0) if number else Standing(None)
            yield section, standing
            number = number + len(self.laid[section.id][1].result().pages) if self.is_set(section, standing) else 0
            number += bool(number and section.blank_back and number % 2 == 0)
            counted = counted and number > 0

    def opening(self, number: int, style: str, counted: bool = True) -> Opening:
        """Return the opening on a page, of which only the side is right where it is not `counted`."""
        return Opening("right" if number % 2 else "left", style, number if counted and self.numbered else 1)

    def follow(self, groups: Groups, standings: dict[str, Standing], course: Course) -> None:
        """Announce what has its pages, in order, and let the course take note of it."""
        for section in groups.body if not course.known else ():
            if section.id in self.laid and self.laid[section.id][1].done():
                course.count(section, self.laid[section.id][1].result())
        for sections in (groups.body, groups.front, groups.after):
            for section in takewhile(lambda one: self.is_set(one, standings[one.id]) and standings[one.id].number, sections):
                if not course.known and section.id not in course.added:
                    course.add(section, standings[section.id].number, self.sheets(section, standings[section.id].number))
                self.tell(section, self.laid[section.id][1])

    def sheets(self, section: book.Section, first: int) -> list[Sheet]:
        galley = self.laid[section.id][1].result()
        return [Sheet(section, folio(first + index, section.numbering), galley, index, self.slots[section.id]) for index in range(len(galley.pages))]

    def group(self, sections: Sequence[book.Section], course: Course, first: int = 1) -> list[Sheet]:
        """Return the sheets of a group, which is set; a front group is filled up to whole leaves."""
        sheets: list[Sheet] = []
        style = sections[0].numbering if sections else "decimal"

        def fill(number: int) -> None:
            sheets.extend(Sheet(None, folio(blank, style)) for blank in range(first + len(sheets), number))

        for section, standing in self.walk(sections, first):
            fill(standing.number)
            own = self.sheets(section, standing.number)
            course.add(section, standing.number, own)
            sheets += own
            if section.blank_back:
                fill(first + len(sheets) + (first + len(sheets) + 1) % 2)
        if sections and sections[0].front:
            fill(first + len(sheets) + len(sheets) % 2)
        return sheets

    def tell(self, section: book.Section, setting: Future[Galley]) -> None:
        """Announce once that a section has its pages."""
        if id(setting) not in self.announced:
            self.announced.add(id(setting))
            self.announce(section.title, len(setting.result().pages))

    def begin(self, section: book.Section, opening: Opening, pages: PageMap) -> Future[Galley]:
        """Begin to set a section, unless that has been done; it is rendered again only when something that it asked the page map has another answer."""
        self.opened[section.id] = opening
        known = self.rendered.get((section.id, opening))
        made = known.on(pages) if known else None
        if not made or made.key != self.laid[section.id][0]:
            made, html = rendered(self.html, section, opening, pages, self.numbered)
            if section.id not in self.laid or self.laid[section.id][0] != made.key:
                self.laid[section.id] = (made.key, self.setting(html, section))
        self.rendered[section.id, opening], self.slots[section.id] = made, made.slots
        return self.laid[section.id][1]
