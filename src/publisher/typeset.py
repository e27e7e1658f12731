"""Stage 4, typeset: HTML sections -> pages -> PDF. The only module that knows WeasyPrint.

Each section is laid out alone and written as a galley, which knows its side and not its page numbers; the galleys are joined
when all are set. A number printed in a reference is put in when they are joined, so that it matters to a galley only how many
figures it has; the pages of a term are part of its text, so index and lists are set last.
"""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import cssselect2
import weasyprint
from weasyprint.formatting_structure import boxes
from weasyprint.pdf import fonts
from weasyprint.urls import URLFetchingError

from publisher import book, composer, typeset_engine
from publisher.galley import Bookmark, Galley, GalleyPage, Sheet, Spot, Typeset
from publisher.lexicon import joined
from publisher.pagination import Opening, PageMap, folio
from publisher.problems import Place, Problem, Rejected
from publisher.typeset_course import Consulted, Course, Groups, Searched, grouped
from publisher.typeset_fetch import ProjectFetcher
from publisher.typeset_forecast import Forecast

BASE = "asset:///styles/"
"""Where the addresses of a document begin."""
ONLY_HTML = re.compile("</?[A-Z]|<base ")
"""Means in HTML what it does not mean in XML."""
POINT = 0.75
"""Points in a pixel of CSS."""
ENGINE = f"WeasyPrint {weasyprint.__version__}"
MOST_PASSES = 6
NUMBER = re.compile(r'(?<=<span class="folio">)\d+(?=</span>)')
"""The number of a page in the HTML of a section."""
Announce = Callable[[str, int], None]
"""Called with a section's title and the number of its pages."""
Setting = Callable[[str, book.Section], Future[Galley]]
"""Begins to set the HTML of a section."""
Render = Callable[[book.Section, Opening, PageMap], str]
"""Gives the HTML of a section that opens at a folio and side, with the pages known so far."""


class Wellformed(weasyprint.HTML):
    """HTML that is well-formed XML, ready to be laid out; nothing is added that is not written. Raises ParseError for any other."""

    def __init__(self, html: str, base_url: str, fetcher: ProjectFetcher):
        start = html.find("<html")
        if start < 0 or ONLY_HTML.search(html, start):
            raise ElementTree.ParseError("HTML, and no XML")
        parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
        root = ElementTree.fromstring(html[start:], parser)
        self.base_url, self.url_fetcher, self.media_type = base_url, fetcher, "print"
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element


class Compositor:
    """The engine with one style sheet: sets the HTML of a section."""

    def __init__(self, stylesheet: Path, media: Path | None = None):
        self.fonts = typeset_engine.own_fonts()
        self.fetcher = ProjectFetcher({"styles": stylesheet.parent, **({"media": media} if media else {})})
        with engine_warnings("样式表", self.fetcher):
            self.styles = [weasyprint.CSS(url=f"asset:///styles/{stylesheet.name}", url_fetcher=self.fetcher, font_config=self.fonts)]
        if not self.fetcher.fonts:
            raise Rejected([Problem(Place(f"styles/{stylesheet.name}"), "TYP-003", "样式表没有引入字体", hint="以 @font-face 引入 fonts/ 中的字体")])

    def source(self, html: str) -> weasyprint.HTML:
        """Return the tree of a document; one that is well-formed XML, as our layouts are, is read much faster."""
        try:
            return Wellformed(html, BASE, self.fetcher)
        except ElementTree.ParseError:
            return weasyprint.HTML(string=html, base_url=BASE, url_fetcher=self.fetcher)

    def document(self, html: str, title: str) -> Any:
        """Lay a section out. Raises Rejected when the engine warns."""
        composer.install()  # another user of this process may have taken it out
        with engine_warnings(title, self.fetcher):
            return self.source(html).render(stylesheets=self.styles, font_config=self.fonts, pdf_tags=True)

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


class Standing(NamedTuple):
    """Where a section opens as far as is known; `number` is its first page, 0 where only the side of that is known."""

    opening: Opening | None
    number: int = 0


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
        self.opened: dict[str, Opening] = {}
        """How sections were opened when they were set last."""
        self.announced: set[int] = set()
        self.pages = PageMap()
        """Of the book that was set last."""

    def typeset(self, whole: book.Book, known: PageMap | None = None) -> Typeset:
        """Set the book, whose pages may be `known` from before. Raises Rejected when its page numbers will not settle, or a link leads nowhere."""
        groups = grouped(whole)
        searched = Searched()
        for _ in range(MOST_PASSES):
            self.set_all(groups, Course(whole.lexicons, Forecast(groups.body, whole.first_folio), known, searched), whole.first_folio)
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
        on_way = set[Future[Galley]]()
        while True:
            standings = self.standings(groups, first)
            self.follow(groups, standings, course)
            section = self.chosen(groups, standings, begun, course, bool(on_way)) if len(on_way) < self.hands else None
            if section:
                guess = self.opened.get(section.id) or Opening("left" if section.verso else "right", section.numbering)
                setting = self.begin(section, standings[section.id].opening or guess, course.pages)
                begun.add(section.id)
                on_way |= {setting} if not setting.done() else set()
            elif on_way:
                on_way = wait(on_way, return_when=FIRST_COMPLETED).not_done
            else:
                return

    def chosen(self, groups: Groups, standings: dict[str, Standing], begun: set[str], course: Course, at_work: bool) -> book.Section | None:
        """Return the section to be set next: not begun yet in this pass, or on another side than it turned out to open."""
        left = [section for section in groups.in_order if section.id not in begun or self.turned(section, standings[section.id])]
        waiting = [section for section in left if course.known or section.id in begun or groups.is_ready(section, begun, course)]
        if not waiting and not at_work:
            waiting = left
        return next((section for section in waiting if standings[section.id].opening), waiting[0] if waiting else None)

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
        html = self.rendering(section, opening, pages)
        self.slots[section.id] = tuple(NUMBER.findall(html))
        html = html if self.numbered else NUMBER.sub(lambda number: "0" * len(number[0]), html)
        self.opened[section.id] = opening
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
