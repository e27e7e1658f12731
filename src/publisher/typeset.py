"""Stage 4, typeset: HTML sections -> pages -> PDF. The only module that knows WeasyPrint.

Each section is laid out alone and written as a galley, which knows its side and not its page numbers; the galleys are joined
when all are set. A number printed in a reference is put in when they are joined, so that it matters to a galley only how many
figures it has; the pages of a term are part of its text, so index and lists are set last.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any

import weasyprint
from weasyprint.formatting_structure import boxes
from weasyprint.pdf import fonts
from weasyprint.urls import URLFetchingError

from publisher import book, composer, typeset_engine
from publisher.galley import Bookmark, Galley, GalleyPage, Sheet, Spot, Typeset
from publisher.lexicon import Lexicon, joined
from publisher.pagination import Mention, Opening, PageMap, Run, folio, page_anchor
from publisher.problems import Place, Problem, Rejected
from publisher.typeset_fetch import ProjectFetcher
from publisher.typeset_forecast import Forecast

POINT = 0.75
"""Points in a pixel of CSS."""
ENGINE = f"WeasyPrint {weasyprint.__version__}"
MOST_PASSES = 6
Searched = dict[int, tuple[GalleyPage, list[tuple[str, bool]]]]
NUMBER = re.compile(r'(?<=<span class="folio">)\d+(?=</span>)')
"""The number of a page in the HTML of a section."""
Announce = Callable[[str, int], None]
"""Called with a section's title and the number of its pages."""
Setting = Callable[[str, book.Section], Future[Galley]]
"""Begins to set the HTML of a section."""
Render = Callable[[book.Section, Opening, PageMap], str]
"""Gives the HTML of a section that opens at a folio and side, with the pages known so far."""


class Compositor:
    """The engine with one style sheet: sets the HTML of a section."""

    def __init__(self, stylesheet: Path, media: Path | None = None):
        self.fonts = typeset_engine.own_fonts()
        self.fetcher = ProjectFetcher({"styles": stylesheet.parent, **({"media": media} if media else {})})
        with engine_warnings("样式表", self.fetcher):
            self.styles = [weasyprint.CSS(url=f"asset:///styles/{stylesheet.name}", url_fetcher=self.fetcher, font_config=self.fonts)]
        if not self.fetcher.fonts:
            raise Rejected([Problem(Place(f"styles/{stylesheet.name}"), "TYP-003", "样式表没有引入字体", hint="以 @font-face 引入 fonts/ 中的字体")])

    def document(self, html: str, title: str) -> Any:
        """Lay a section out. Raises Rejected when the engine warns."""
        composer.install()  # another user of this process may have taken it out
        with engine_warnings(title, self.fetcher):
            source = weasyprint.HTML(string=html, base_url="asset:///styles/", url_fetcher=self.fetcher)
            return source.render(stylesheets=self.styles, font_config=self.fonts, pdf_tags=True)

    def set(self, html: str, title: str) -> Galley:
        """Lay a section out and write it, tagged. Raises Rejected when the engine warns."""
        document = self.document(html, title)
        pages = tuple(galley_page(page) for page in document.pages)
        own = {name for page in pages for name in page.anchors}
        for name in sorted({name for page in pages for name in page.targets} - own):  # the engine drops links that leave the section
            document.pages[0].anchors[name] = (0, 0, 0, 0)
        with engine_warnings(title, self.fetcher), bare_fonts():
            return Galley(document.write_pdf(pdf_tags=True, uncompressed_pdf=True), pages)


@contextmanager
def bare_fonts() -> Iterator[None]:
    """Write files without the programs of their fonts, which a galley has no use for: cutting them down takes longer than the rest."""

    def clean(font: Any, to_unicode: Any, hinting: Any) -> None:
        font.file_content = font.file_content[:4]  # what tells the kinds of programs apart

    before = fonts.Font.clean
    fonts.Font.clean = clean
    try:
        yield
    finally:
        fonts.Font.clean = before


def galley_page(page: Any) -> GalleyPage:
    """Read from a page as laid out what must be known of it in the volume."""

    def spot(x: float, y: float) -> Spot:
        return Spot(round(POINT * x, 3), round(POINT * (page.height - y), 3))

    return GalleyPage(
        joined(body_text(page._page_box)),
        {name: spot(x, y) for name, (x, y, _, _) in page.anchors.items()},
        tuple(Bookmark(level, label, spot(*point)) for level, label, point, _ in page.bookmarks),
        tuple(dict.fromkeys(target for kind, target, _, _ in page.links if kind == "internal")),
        key=joined(key_text(page._page_box)),
    )


class Typesetter:
    """Set the sections of one book until every page number printed in them is right."""

    def __init__(
        self, render: Render, setting: Setting, announce: Announce = lambda title, pages: None, hands: int = 1, numbered: bool = False
    ):
        """`hands` is how many sections are set side by side; where `numbered`, pages bear all numbers when they are set, as proofs do."""
        self.html, self.setting, self.announce, self.hands, self.numbered = render, setting, announce, hands, numbered
        self.laid: dict[str, tuple[str, Future[Galley]]] = {}
        self.slots: dict[str, tuple[str, ...]] = {}
        """The page numbers that each section prints, in order."""
        self.rendered: dict[tuple[str, Opening], tuple[Consulted, str]] = {}
        self.sides: dict[str, str] = {}
        """The sides on which sections were set last."""
        self.announced: set[int] = set()
        self.pages = PageMap()
        """Of the book that was set last."""

    def typeset(self, whole: book.Book, known: PageMap | None = None) -> Typeset:
        """Set the book, whose pages may be `known` from before. Raises Rejected when its page numbers will not settle, or a link leads nowhere."""
        searched = Searched()
        front = [section for section in whole.sections if section.front]
        body = [section for section in whole.sections if not section.front and not section.apart]
        after = [section for section in whole.sections if section.apart]
        for _ in range(MOST_PASSES):
            course = Course(whole, Forecast(body, whole.first_folio), known, searched)
            laid = self.group(body, course, whole.first_folio)
            sheets = (*self.group(front, course), *laid, *self.group(after, course))
            found = course.found
            if found == known:
                dead = dict.fromkeys(name for sheet in sheets if sheet.page for name in sheet.page.targets if name not in found.folios)
                if dead:
                    raise Rejected([Problem(Place(f"content/{whole.id}"), "TYP-004", "链接没有着落", name, "核对版式文件中的锚点") for name in dead])
                self.pages = found
                return Typeset(sheets)
            known = found
        raise Rejected([Problem(Place(f"content/{whole.id}"), "TYP-002", f"排版 {MOST_PASSES} 遍后页码仍不稳定")])

    def advance(self, sections: list[book.Section], ready: list[book.Section], pages: PageMap, first: int = 1) -> None:
        """Set those sections of a group that are ready: first those whose side is known, since a wrong guess is work for nothing."""
        waiting, on_way = list(ready), set[Future[Galley]]()
        openings = self.openings(sections, first)
        while waiting or on_way:
            while waiting and len(on_way) < self.hands:
                section = next((section for section in waiting if openings[section.id]), waiting[0])
                waiting.remove(section)
                guess = Opening(self.sides.get(section.id, "left" if section.verso else "right"), section.numbering)
                setting = self.begin(section, openings[section.id] or guess, pages)
                if not setting.done():
                    on_way.add(setting)
                else:
                    openings = self.openings(sections, first)
            if on_way:
                on_way = wait(on_way, return_when=FIRST_COMPLETED).not_done
                openings = self.openings(sections, first)
            for section in takewhile(lambda one, openings=openings: self.is_set(one, openings[one.id]), sections):
                self.tell(section, self.laid[section.id][1])

    def openings(self, sections: list[book.Section], first: int) -> dict[str, Opening | None]:
        """Return how each section of a group opens, or nothing as long as one before it is not set."""
        found: dict[str, Opening | None] = {}
        number, counted = first, True
        for section in sections:
            if section.recto or section.verso:
                counted = counted and number > 0
                number = number + (number % 2 != section.recto) if counted else 2 - section.recto
            found[section.id] = self.opening(number, section.numbering, counted) if number else None
            number = number + len(self.laid[section.id][1].result().pages) if self.is_set(section, found[section.id]) else 0
            number += bool(number and section.blank_back and number % 2 == 0)
            counted = counted and number > 0
        return found

    def opening(self, number: int, style: str, counted: bool = True) -> Opening:
        """Return the opening on a page, of which only the side is right where it is not `counted`."""
        return Opening("right" if number % 2 else "left", style, number if counted and self.numbered else 1)

    def is_set(self, section: book.Section, opening: Opening | None) -> bool:
        return bool(opening) and section.id in self.laid and self.laid[section.id][1].done() and self.sides[section.id] == opening.side

    def group(self, sections: list[book.Section], course: "Course", first: int = 1) -> list[Sheet]:
        """Set sections numbered together from `first`; a front group is filled up to whole leaves."""
        pages = course.pages
        self.advance(sections, sections if course.known else [section for section in sections if not prints_pages(section)], pages, first)
        sheets: list[Sheet] = []
        style = sections[0].numbering if sections else "decimal"

        def number() -> int:
            return first + len(sheets)

        for place, section in enumerate(sections):
            if (section.recto and number() % 2 == 0) or (section.verso and number() % 2):
                sheets.append(Sheet(None, folio(number(), style)))
            if section.id not in self.laid:  # from here on, the pages of all terms are as good as known
                pages = course.pages
                self.advance(sections, [one for one in sections[place:] if one.id not in self.laid], pages, first)
            galley = self.galley(section, self.opening(number(), style), pages)
            own = [Sheet(section, folio(number() + index, style), galley, index, self.slots[section.id]) for index in range(len(galley.pages))]
            course.add(section, number(), own)
            sheets += own
            if section.blank_back and number() % 2 == 0:
                sheets.append(Sheet(None, folio(number(), style)))
        if sections and sections[0].front and len(sheets) % 2:
            sheets.append(Sheet(None, folio(number(), style)))
        return sheets

    def galley(self, section: book.Section, opening: Opening, pages: PageMap) -> Galley:
        setting = self.begin(section, opening, pages)
        self.tell(section, setting)
        return setting.result()

    def tell(self, section: book.Section, setting: Future[Galley]) -> None:
        """Announce once that a section has its pages."""
        pages = len(setting.result().pages)
        if id(setting) not in self.announced:
            self.announced.add(id(setting))
            self.announce(section.title, pages)

    def begin(self, section: book.Section, opening: Opening, pages: PageMap) -> Future[Galley]:
        html = self.rendering(section, opening, pages)
        self.slots[section.id] = tuple(NUMBER.findall(html))
        html = html if self.numbered else NUMBER.sub(lambda number: "0" * len(number[0]), html)
        self.sides[section.id] = opening.side
        known = self.laid.get(section.id)
        if not known or known[0] != html:
            known = self.laid[section.id] = (html, self.setting(html, section))
        return known[1]

    def rendering(self, section: book.Section, opening: Opening, pages: PageMap) -> str:
        """Return the HTML of a section; rendered again only when something that it asked the page map has another answer."""
        known = self.rendered.get((section.id, opening))
        if known and known[0].holds(pages):
            return known[1]
        consulted = Consulted(pages)
        html = self.html(section, opening, consulted)
        self.rendered[section.id, opening] = (consulted, html)
        return html


class Consulted(PageMap):
    """A page map that remembers what it was asked."""

    def __init__(self, pages: PageMap):
        super().__init__(pages.folios, pages.mentions, pages.expected)
        object.__setattr__(self, "answers", {})

    def folio(self, anchor: str) -> str:
        return self.answers.setdefault(("folio", anchor), super().folio(anchor))

    def runs(self, lexicon: str, term: str) -> list[Run]:
        return self.answers.setdefault(("runs", lexicon, term), super().runs(lexicon, term))

    def pages(self, piece: book.Pages) -> list[Run]:
        return self.answers.setdefault(("pages", piece), super().pages(piece))

    def holds(self, pages: PageMap) -> bool:
        """Tell whether every answer would be the same."""
        return all(getattr(pages, name)(*asked) == answer for (name, *asked), answer in self.answers.items())


class Course:
    """One pass through the sections: what was known before, and what is found as they are laid out."""

    def __init__(self, whole: book.Book, forecast: Forecast, known: PageMap | None, searched: "Searched"):
        """`searched` are the terms of pages by their objects; it is filled as pages are looked through."""
        self.lexicons, self.forecast, self.known, self.searched = whole.lexicons, forecast, known, searched
        self.found = PageMap()
        self.laid: dict[str, tuple[int, int]] = {}

    @property
    def pages(self) -> PageMap:
        """The best that can be said now: of earlier passes all, of this one what is laid out, and a guess of the rest."""
        if self.known:
            return self.known
        return PageMap(self.found.folios, self.found.mentions, self.forecast.folios(self.laid))

    def add(self, section: book.Section, first: int, sheets: Sequence[Sheet]) -> None:
        """Take note of what stands on the pages of a section, the first of which is numbered `first`."""
        if not section.front:
            self.laid[section.id] = (first, len(sheets))
        for sheet in sheets:
            for anchor in sheet.page.anchors if sheet.page else ():
                self.found.folios.setdefault(anchor, sheet.folio)
            lexicons = [lexicon for lexicon in self.lexicons if book.searched(section, lexicon)]
            if lexicons and sheet.page:
                self.found.folios[page_anchor(sheet.folio)] = sheet.folio
                if id(sheet.page) not in self.searched:  # the page is kept too, so that no other gets its number
                    self.searched[id(sheet.page)] = (sheet.page, list(standing(lexicons, sheet.page.text, sheet.page.key)))
                for name, treated in self.searched[id(sheet.page)][1]:
                    self.found.mentions.setdefault(name, []).append(Mention(sheet.folio, section.id, treated))


def prints_pages(section: book.Section) -> bool:
    """Tell whether the pages of terms are part of a section's text."""
    for block in section.blocks:
        if isinstance(block, book.Index) or any(isinstance(piece, book.Pages) for line in book.lines_of(block) for piece in line):
            return True
    return False


def standing(lexicons: Iterable[Lexicon], text: str, key: str) -> Iterator[tuple[str, bool]]:
    """Yield every term that stands on a page, and whether it is treated there."""
    for lexicon in lexicons:
        treated = set(lexicon.standing_in(key))
        for name in lexicon.standing_in(text):
            yield f"{lexicon.name}:{name}", name in treated


def leaflet(html: str, title: str, stylesheet: Path) -> bytes:
    """Write an HTML document that is no section of a book as a PDF. Raises Rejected when the engine warns."""
    compositor = Compositor(stylesheet)
    document = compositor.document(html, title)
    with engine_warnings(title, compositor.fetcher):
        return document.write_pdf(pdf_tags=True)


def body_text(box: Any) -> Iterator[str]:
    """Yield the texts of a page's boxes in order; margin boxes, note marks and repeated heads of tables are left out."""
    if isinstance(box, boxes.MarginBox) or "note-mark" in classes(box) or is_repeated_head(box):
        return
    if isinstance(box, boxes.TextBox):
        yield box.text
    elif isinstance(box, boxes.ParentBox):
        for child in box.children:
            yield from body_text(child)
        if isinstance(box, boxes.BlockLevelBox | boxes.TableCellBox):
            yield "\n"


def key_text(box: Any) -> Iterator[str]:
    """Yield the texts of boxes that name what is treated on a page."""
    if isinstance(box, boxes.MarginBox) or is_repeated_head(box):
        return
    if "key" in classes(box):
        yield from body_text(box)
        yield "\n"
    else:
        for child in getattr(box, "children", ()):
            yield from key_text(child)


def classes(box: Any) -> list[str]:
    return (box.element.get("class") or "").split() if box.element is not None else []


def is_repeated_head(box: Any) -> bool:
    """Tell whether a box is the head of a table that began on an earlier page."""
    return getattr(box, "is_header", False) and any("caption-continued" in classes(row) for row in box.children)


@contextmanager
def engine_warnings(title: str, fetcher: ProjectFetcher) -> Iterator[None]:
    """Turn what the engine would only log, and what was refused to it, into problems. Raises Rejected."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = records.append  # type: ignore[method-assign]
    logger = logging.getLogger("weasyprint")
    before, propagated = list(logger.handlers), logger.propagate
    logger.handlers, logger.propagate = [handler], False
    try:
        yield
    except URLFetchingError as error:
        if not fetcher.problems:
            raise
        raise Rejected(taken(fetcher.problems)) from error
    finally:
        logger.handlers, logger.propagate = before, propagated
    if fetcher.problems:
        raise Rejected(taken(fetcher.problems))
    if records:
        raise Rejected(
            [Problem(Place(title), "TYP-001", "排版引擎告警", text, warning_hint(text)) for text in dict.fromkeys(record.getMessage() for record in records)]
        )


def taken(problems: list[Problem]) -> list[Problem]:
    """Return problems and forget them: the next section is not to blame."""
    found = list(problems)
    problems.clear()
    return found


def warning_hint(text: str) -> str:
    if ".notdef" in text:
        return "字体缺字：换用规范字，或补入字体"
    if "Failed to load" in text:
        return "核对文件名；资源须在项目之内"
    return "核对样式或版式文件"
