"""Stage 4, typeset: HTML sections -> pages -> PDF. The only module that knows WeasyPrint.

Each section is laid out alone and written as a galley, which knows its side and not its page numbers; the galleys are joined
when all are set. Contents, index and references come from the page map, so a section is laid out again only when a number
printed in it changed.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
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
        "".join(body_text(page._page_box)),
        {name: spot(x, y) for name, (x, y, _, _) in page.anchors.items()},
        tuple(Bookmark(level, label, spot(*point)) for level, label, point, _ in page.bookmarks),
        tuple(dict.fromkeys(target for kind, target, _, _ in page.links if kind == "internal")),
    )


class Typesetter:
    """Set the sections of one book until every page number printed in them is right."""

    def __init__(self, render: Render, setting: Setting, announce: Announce = lambda title, pages: None, hands: int = 1):
        """`hands` is how many sections are set side by side."""
        self.html, self.setting, self.announce, self.hands = render, setting, announce, hands
        self.laid: dict[str, tuple[str, Future[Galley]]] = {}
        self.unchanging: dict[tuple[str, Opening], str] = {}
        """The HTML of sections that print no page number, by opening."""
        self.sides: dict[str, str] = {}
        """The sides on which sections were set last."""
        self.announced: set[int] = set()

    def typeset(self, whole: book.Book) -> Typeset:
        """Set the book. Raises Rejected when its page numbers will not settle, or a link leads nowhere."""
        front = [section for section in whole.sections if section.front]
        body = [section for section in whole.sections if not section.front and not section.apart]
        after = [section for section in whole.sections if section.apart]
        pages = self.first_pages(whole, body)
        for _ in range(MOST_PASSES):
            sheets = (*self.group(front, pages), *self.group(body, pages, whole.first_folio), *self.group(after, pages))
            found = page_map(whole, sheets)
            if found == pages:
                dead = dict.fromkeys(name for sheet in sheets if sheet.page for name in sheet.page.targets if name not in found.folios)
                if dead:
                    raise Rejected([Problem(Place(f"content/{whole.id}"), "TYP-004", "链接没有着落", name, "核对版式文件中的锚点") for name in dead])
                return Typeset(sheets)
            pages = found
        raise Rejected([Problem(Place(f"content/{whole.id}"), "TYP-002", f"排版 {MOST_PASSES} 遍后页码仍不稳定")])

    def first_pages(self, whole: book.Book, body: list[book.Section]) -> PageMap:
        """Set the body, what prints page numbers after that whose numbers it prints; return where everything stands."""
        pages, waiting = PageMap(), list(body)
        while waiting:
            # What opens a part names pages that come after it: these wait for it, not it for them.
            ready = [section for section in waiting if section.kind == "part" or not self.asks(section, pages)] or waiting
            self.advance(body, ready, pages, whole.first_folio)
            waiting = [section for section in waiting if section not in ready]
            known = body[: body.index(waiting[0])] if waiting else body
            pages = page_map(whole, self.group(known, pages, whole.first_folio))
        return pages

    def advance(self, sections: list[book.Section], ready: list[book.Section], pages: PageMap, first: int = 1) -> None:
        """Set those sections of a group that are ready: first those whose side is known, since a wrong guess is work for nothing."""
        waiting, on_way = list(ready), set[Future[Galley]]()
        while waiting or on_way:
            while waiting and len(on_way) < self.hands:
                sides = {section.id: self.side(sections, section, first) for section in waiting}
                section = max(waiting, key=lambda one: (bool(sides[one.id]), followers(sections, one, waiting)))
                waiting.remove(section)
                setting = self.begin(section, Opening(sides[section.id] or self.sides.get(section.id, "right"), section.numbering), pages)
                if not setting.done():
                    on_way.add(setting)
            if on_way:
                on_way = wait(on_way, return_when=FIRST_COMPLETED).not_done
            for section in sections:
                if section.id not in self.laid or not self.laid[section.id][1].done() or self.side(sections, section, first) != self.sides[section.id]:
                    break
                self.tell(section, self.laid[section.id][1])

    def side(self, sections: list[book.Section], section: book.Section, first: int) -> str:
        """Return the side on which a section of a group opens; nothing as long as one before it is not set."""
        number = first
        for before in sections[: sections.index(section) + 1]:
            if before.recto:
                number = 1
            elif not number:
                continue
            if before is section:
                break
            setting = self.laid[before.id][1] if before.id in self.laid else None
            number = number + len(setting.result().pages) if setting and setting.done() else 0
            if before.blank_back and number and number % 2 == 0:
                number += 1
        return ("left", "right")[number % 2] if number else ""

    def group(self, sections: list[book.Section], pages: PageMap, first: int = 1) -> list[Sheet]:
        """Set sections numbered together from `first`; a front group is filled up to whole leaves."""
        self.advance(sections, sections, pages, first)
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
        html = self.unchanging.get((section.id, opening)) or self.rendered(section, opening, pages)[0]
        self.sides[section.id] = opening.side
        known = self.laid.get(section.id)
        if not known or known[0] != html:
            known = self.laid[section.id] = (html, self.setting(html, section))
        return known[1]

    def asks(self, section: book.Section, pages: PageMap) -> bool:
        """Tell whether a section prints page numbers that are not known yet."""
        return self.rendered(section, Opening("right", section.numbering), pages)[1]

    def rendered(self, section: book.Section, opening: Opening, pages: PageMap) -> tuple[str, bool]:
        """Return the HTML of a section, and whether page numbers were missing."""
        folios, mentions = Consulted(pages.folios), Consulted(pages.mentions)
        html = self.html(section, opening, PageMap(folios, mentions))
        if not folios.asked and not mentions.asked:
            self.unchanging[section.id, opening] = html
        return html, folios.missed or mentions.missed


class Consulted(dict[str, Any]):
    """A dictionary that remembers whether it was asked for anything, and for anything that it does not hold."""

    asked = missed = False

    def get(self, key: str, default: Any = None) -> Any:
        self.asked, self.missed = True, self.missed or key not in self
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self.asked = True
        return super().__getitem__(key)


def followers(sections: list[book.Section], section: book.Section, waiting: list[book.Section]) -> int:
    """Count the sections that wait for their side until this one is set: those up to the next that opens on the right whatever comes before."""
    behind = takewhile(lambda one: not one.recto, sections[sections.index(section) + 1 :])
    return sum(one in waiting for one in behind)


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
