"""Stage 4, typeset: HTML sections -> pages -> PDF. The only module that knows WeasyPrint.

Each section is laid out alone and written as a galley, which knows its side and not its page numbers; the galleys are joined
when all are set. Contents, index and references come from the page map, so a section is laid out again only when a number
printed in it changed.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import weasyprint
from weasyprint.formatting_structure import boxes
from weasyprint.urls import URLFetchingError

from publisher import book, composer, typeset_engine
from publisher.galley import Bookmark, Galley, GalleyPage, Sheet, Spot, Typeset
from publisher.pagination import Opening, PageMap, folio
from publisher.problems import Place, Problem, Rejected
from publisher.typeset_fetch import ProjectFetcher

POINT = 0.75
"""Points in a pixel of CSS."""
ENGINE = f"WeasyPrint {weasyprint.__version__}"
MOST_PASSES = 6
Announce = Callable[[str, int], None]
"""Called with a section's title and the number of its pages."""
Setting = Callable[[str, book.Section], Future[Galley]]
"""Begins to set the HTML of a section."""
Render = Callable[[book.Section, Opening, PageMap], str]
"""Gives the HTML of a section that opens at a folio and side, with the pages known so far."""


class Compositor:
    """The engine with one style sheet: sets the HTML of a section."""

    def __init__(self, stylesheet: Path, media: Path | None = None):
        composer.install()
        self.fonts = typeset_engine.own_fonts()
        self.fetcher = ProjectFetcher({"styles": stylesheet.parent, **({"media": media} if media else {})})
        with engine_warnings("样式表", self.fetcher):
            self.styles = [weasyprint.CSS(url=f"asset:///styles/{stylesheet.name}", url_fetcher=self.fetcher, font_config=self.fonts)]
        if not self.fetcher.fonts:
            raise Rejected([Problem(Place(f"styles/{stylesheet.name}"), "TYP-003", "样式表没有引入字体", hint="以 @font-face 引入 fonts/ 中的字体")])

    def document(self, html: str, title: str) -> Any:
        """Lay a section out. Raises Rejected when the engine warns."""
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
        with engine_warnings(title, self.fetcher):
            return Galley(document.write_pdf(pdf_tags=True), pages)


def galley_page(page: Any) -> GalleyPage:
    """Read from a page as laid out what must be known of it in the volume."""

    def spot(x: float, y: float) -> Spot:
        return Spot(round(POINT * x, 3), round(POINT * (page.height - y), 3))

    return GalleyPage(
        "".join(body_text(page._page_box)),
        {name: spot(x, y) for name, (x, y, _, _) in page.anchors.items()},
        tuple(Bookmark(level, label, spot(*point)) for level, label, point, _ in page.bookmarks),
        tuple(dict.fromkeys(target for kind, target, _, _ in page.links if kind == "internal")),
    )


class Typesetter:
    """Set the sections of one book until every page number printed in them is right."""

    def __init__(self, render: Render, setting: Setting, announce: Announce = lambda title, pages: None):
        self.html, self.setting, self.announce = render, setting, announce
        self.laid: dict[str, tuple[str, Future[Galley]]] = {}
        self.rendered: dict[tuple[str, Opening], tuple[Consulted, str]] = {}
        self.sides: dict[str, str] = {}
        self.announced: set[int] = set()

    def typeset(self, whole: book.Book) -> Typeset:
        """Set the book. Raises Rejected when its page numbers will not settle, or a link leads nowhere."""
        pages = PageMap()
        front = [section for section in whole.sections if section.front]
        body = [section for section in whole.sections if not section.front and not section.apart]
        after = [section for section in whole.sections if section.apart]
        for _ in range(MOST_PASSES):
            for section in (*body, *front, *after):  # all at once, each on the side it will most likely open on
                self.begin(section, Opening(self.sides.get(section.id, "right"), section.numbering), pages)
            for sections, first in ((front, 1), (body, whole.first_folio), (after, 1)):
                self.turn(sections, pages, first)
            sheets = (*self.group(front, pages), *self.group(body, pages, whole.first_folio), *self.group(after, pages))
            found = page_map(whole, sheets)
            if found == pages:
                dead = dict.fromkeys(name for sheet in sheets if sheet.page for name in sheet.page.targets if name not in found.folios)
                if dead:
                    raise Rejected([Problem(Place(f"content/{whole.id}"), "TYP-004", "链接没有着落", name, "核对版式文件中的锚点") for name in dead])
                return Typeset(sheets)
            pages = found
        raise Rejected([Problem(Place(f"content/{whole.id}"), "TYP-002", f"排版 {MOST_PASSES} 遍后页码仍不稳定")])

    def turn(self, sections: list[book.Section], pages: PageMap, first: int) -> None:
        """Begin to set sections on the sides they open on if all keep their number of pages, which the side seldom changes."""
        number = first
        for section in sections:
            number += section.recto and number % 2 == 0
            count = len(self.laid[section.id][1].result().pages)
            self.begin(section, Opening("right" if number % 2 else "left", sections[0].numbering), pages)
            number += count
            number += section.blank_back and number % 2 == 0

    def group(self, sections: list[book.Section], pages: PageMap, first: int = 1) -> list[Sheet]:
        """Set sections numbered together from `first`; a front group is filled up to whole leaves."""
        sheets: list[Sheet] = []
        style = sections[0].numbering if sections else "decimal"

        def number() -> int:
            return first + len(sheets)

        for section in sections:
            if section.recto and number() % 2 == 0:
                sheets.append(Sheet(None, folio(number(), style)))
            galley = self.galley(section, Opening("right" if number() % 2 else "left", style), pages)
            for index in range(len(galley.pages)):
                sheets.append(Sheet(section, folio(number(), style), galley, index))
            if section.blank_back and number() % 2 == 0:
                sheets.append(Sheet(None, folio(number(), style)))
        if sections and sections[0].front and len(sheets) % 2:
            sheets.append(Sheet(None, folio(number(), style)))
        return sheets

    def galley(self, section: book.Section, opening: Opening, pages: PageMap) -> Galley:
        self.sides[section.id] = opening.side
        setting = self.begin(section, opening, pages)
        galley = setting.result()
        if id(setting) not in self.announced:
            self.announced.add(id(setting))
            self.announce(section.title, len(galley.pages))
        return galley

    def begin(self, section: book.Section, opening: Opening, pages: PageMap) -> Future[Galley]:
        html = self.rendering(section, opening, pages)
        known = self.laid.get(section.id)
        if not known or known[0] != html:
            known = self.laid[section.id] = (html, self.setting(html, section))
        return known[1]

    def rendering(self, section: book.Section, opening: Opening, pages: PageMap) -> str:
        """Return the HTML of a section; rendered again only when something that it asked the page map has another answer."""
        known = self.rendered.get((section.id, opening))
        if known and known[0].holds(pages):
            return known[1]
        consulted = Consulted()
        html = self.html(section, opening, PageMap(Asked(pages.folios, consulted.folios), Asked(pages.mentions, consulted.mentions)))
        self.rendered[section.id, opening] = (consulted, html)
        return html


@dataclass
class Consulted:
    """What a section asked the page map when it was rendered, with the answers."""

    folios: dict[str, Any] = field(default_factory=dict)
    mentions: dict[str, Any] = field(default_factory=dict)

    def holds(self, pages: PageMap) -> bool:
        """Tell whether every answer would be the same."""
        asked = ((self.folios, pages.folios), (self.mentions, pages.mentions))
        return all(known.get(name) == answer for answers, known in asked for name, answer in answers.items())


class Asked(Mapping[str, Any]):
    """A part of the page map that notes what it is asked. Raises TypeError where it is asked for everything."""

    def __init__(self, known: Mapping[str, Any], answers: dict[str, Any]):
        self.known, self.answers = known, answers

    def __getitem__(self, name: str) -> Any:
        self.answers[name] = self.known.get(name)
        return self.known[name]

    def __iter__(self) -> Iterator[str]:
        raise TypeError("a section asks for what it prints alone")

    def __len__(self) -> int:
        raise TypeError("a section asks for what it prints alone")


def leaflet(html: str, title: str, stylesheet: Path) -> bytes:
    """Write an HTML document that is no section of a book as a PDF. Raises Rejected when the engine warns."""
    compositor = Compositor(stylesheet)
    document = compositor.document(html, title)
    with engine_warnings(title, compositor.fetcher):
        return document.write_pdf(pdf_tags=True)


def page_map(whole: book.Book, sheets: Sequence[Sheet]) -> PageMap:
    """Say where every anchor is printed, and on which body pages each index term stands."""
    folios: dict[str, str] = {}
    texts: list[tuple[str, str]] = []
    for sheet in sheets:
        if not sheet.section or not sheet.page:
            continue
        for anchor in sheet.page.anchors:
            folios.setdefault(anchor, sheet.folio)
        if not sheet.section.front and sheet.section.kind not in ("index", "part", "abbreviations", "collation"):
            anchor = f"folio-{sheet.folio}"
            folios[anchor] = sheet.folio
            texts.append((anchor, sheet.page.text))
    terms = [term for section in whole.sections for block in section.blocks if isinstance(block, book.Index) for term in block.terms]
    return PageMap(folios, mentions(terms, texts))


def mentions(terms: list[book.IndexTerm], texts: list[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Find the pages of each term; a spelling inside a longer one of another term does not count."""
    spelled = sorted(((spelling, term.term) for term in terms for spelling in term.spellings), key=lambda item: -len(item[0]))
    found: dict[str, list[str]] = {}
    for anchor, text in texts:
        rest = text
        for spelling, term in spelled:
            if spelling in rest:
                rest = rest.replace(spelling, "\0")
                if anchor not in found.setdefault(term, []):
                    found[term].append(anchor)
    return {term: tuple(anchors) for term, anchors in found.items()}


def body_text(box: Any) -> Iterator[str]:
    """Yield the texts of a page's boxes in order, margin boxes and note marks left out."""
    if isinstance(box, boxes.MarginBox) or getattr(box.element, "get", lambda _: None)("class") == "note-mark":
        return
    if isinstance(box, boxes.TextBox):
        yield box.text
    elif isinstance(box, boxes.ParentBox):
        for child in box.children:
            yield from body_text(child)
        if isinstance(box, boxes.BlockLevelBox | boxes.TableCellBox):
            yield "\n"


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
        raise Rejected(fetcher.problems) from error
    finally:
        logger.handlers, logger.propagate = before, propagated
    if fetcher.problems:
        raise Rejected(fetcher.problems)
    if records:
        raise Rejected(
            [Problem(Place(title), "TYP-001", "排版引擎告警", text, warning_hint(text)) for text in dict.fromkeys(record.getMessage() for record in records)]
        )


def warning_hint(text: str) -> str:
    if ".notdef" in text:
        return "字体缺字：换用规范字，或补入字体"
    if "Failed to load" in text:
        return "核对文件名；资源须在项目之内"
    return "核对样式或版式文件"
