"""Stage 4, typeset: HTML sections -> pages -> PDF. The only module that knows WeasyPrint.

Each section is laid out alone, with its first folio and side given to it; the pages are joined and written once. Pages,
index and references come from the page map, which grows as sections are laid out: the body first, then the front matter. A
number printed ahead of its page is guessed and put right afterwards; only where its width changes is a section laid out again.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import weasyprint
from weasyprint.formatting_structure import boxes
from weasyprint.urls import URLFetchingError

from publisher import book, composer, typeset_engine, typeset_folios
from publisher.lexicon import Lexicon, joined
from publisher.pagination import Mention, Opening, PageMap, Pagination, Span, folio, page_anchor
from publisher.problems import Place, Problem, Rejected
from publisher.typeset_fetch import ProjectFetcher
from publisher.typeset_forecast import Forecast

ENGINE = f"WeasyPrint {weasyprint.__version__}"
MOST_PASSES = 6

Announce = Callable[[str, int], None]
"""Called with a section's title and the number of its pages."""
Render = Callable[[book.Section, Opening, PageMap], str]
"""Gives the HTML of a section that opens at a folio and side, with the pages known so far."""


@dataclass(frozen=True)
class Sheet:
    """One page of the volume: its section (None for an intended blank), folio, and the page as laid out."""

    section: book.Section | None
    folio: str
    page: Any

    @property
    def text(self) -> str:
        """The text of the page without running heads and folios."""
        return joined(body_text(self.page._page_box)) if self.section else ""

    @property
    def key_text(self) -> str:
        """Of that text, what names the things treated there."""
        return joined(key_text(self.page._page_box)) if self.section else ""


@dataclass(frozen=True)
class Typeset:
    """The pages of a volume in order, ready to be written."""

    sheets: tuple[Sheet, ...]
    document: Any

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

    def pdf(self, tags: bool = True) -> bytes:
        """Write the PDF, with structure tags or without. Raises Rejected when the engine warns."""
        with engine_warnings("写出 PDF", self.document.url_fetcher):
            return self.document.copy([sheet.page for sheet in self.sheets]).write_pdf(pdf_tags=tags)


class Typesetter:
    """Lay out the sections of one book with a style sheet."""

    def __init__(self, render: Render, stylesheet: Path, announce: Announce = lambda title, pages: None, media: Path | None = None):
        self.html, self.announce = render, announce
        composer.install()
        self.fonts = typeset_engine.own_fonts()
        self.fetcher = ProjectFetcher({"styles": stylesheet.parent, **({"media": media} if media else {})})
        self.laid: dict[str, tuple[str, Any]] = {}
        with engine_warnings("样式表", self.fetcher):
            self.styles = [weasyprint.CSS(url=f"asset:///styles/{stylesheet.name}", url_fetcher=self.fetcher, font_config=self.fonts)]
        if not self.fetcher.fonts:
            raise Rejected([Problem(Place(f"styles/{stylesheet.name}"), "TYP-003", "样式表没有引入字体", hint="以 @font-face 引入 fonts/ 中的字体")])

    def typeset(self, whole: book.Book) -> Typeset:
        """Lay out the book until every printed page number is right. Raises Rejected when it will not settle."""
        body = [section for section in whole.sections if not section.front]
        front = [section for section in whole.sections if section.front]
        known = None
        for _ in range(MOST_PASSES):
            course = Course(whole, Forecast(body), known)
            after = self.group(body, course, "decimal")
            before = self.group(front, course, "lower-roman")
            if course.found == known:
                return Typeset((*before, *after), self.laid[whole.sections[0].id][1])
            known = course.found
        raise Rejected([Problem(Place(f"content/{whole.id}"), "TYP-002", f"排版 {MOST_PASSES} 遍后页码仍不稳定")])

    def group(self, sections: list[book.Section], course: "Course", style: str) -> list[Sheet]:
        """Lay out sections numbered together from 1; a front group is filled up to whole leaves."""
        sheets: list[Sheet] = []
        for section in sections:
            if (section.recto and len(sheets) % 2) or (section.verso and not len(sheets) % 2):
                sheets.append(self.blank(len(sheets) + 1, style))
            opening = Opening(len(sheets) + 1, "left" if len(sheets) % 2 else "right", style)
            document = self.layout(section, opening, course.pages)
            laid = [Sheet(section, folio(opening.folio + index, style), page) for index, page in enumerate(document.pages)]
            course.add(section, opening, laid)
            sheets += laid
            if section.blank_back and len(sheets) % 2:
                sheets.append(self.blank(len(sheets) + 1, style))
        if style != "decimal" and len(sheets) % 2:
            sheets.append(self.blank(len(sheets) + 1, style))
        return sheets

    def layout(self, section: book.Section, opening: Opening, pages: PageMap) -> Any:
        html = self.html(section, opening, pages)
        known = self.laid.get(section.id)
        if known and (known[0] == html or typeset_folios.renumber(known[1], known[0], html)):
            self.laid[section.id] = (html, known[1])
            return known[1]
        document = self.render(html, section.title)
        self.laid[section.id] = (html, document)
        self.announce(section.title, len(document.pages))
        return document

    def blank(self, number: int, style: str) -> Sheet:
        """Return a blank page; it bears nothing."""
        html = '<html lang="zh-CN"><style>@page { @top-left { content: none } @top-right { content: none } }</style><body></body></html>'
        return Sheet(None, folio(number, style), self.render(html, "空白页").pages[0])

    def render(self, html: str, title: str) -> Any:
        with engine_warnings(title, self.fetcher):
            source = weasyprint.HTML(string=html, base_url="asset:///styles/", url_fetcher=self.fetcher)
            return source.render(stylesheets=self.styles, font_config=self.fonts, pdf_tags=True)


class Course:
    """One pass through the sections: what was known before, and what is found as they are laid out."""

    def __init__(self, whole: book.Book, forecast: Forecast, known: PageMap | None):
        self.lexicons, self.forecast, self.known = whole.lexicons, forecast, known
        self.found = PageMap()
        self.laid: dict[str, tuple[int, int]] = {}

    @property
    def pages(self) -> PageMap:
        """The best that can be said now: of earlier passes all, of this one what is laid out, and a guess of the rest."""
        if self.known:
            return PageMap(self.known.folios | self.found.folios, self.known.mentions)
        return PageMap(self.found.folios, self.found.mentions, self.forecast.folios(self.laid))

    def add(self, section: book.Section, opening: Opening, sheets: list[Sheet]) -> None:
        """Take note of what stands on the pages of a section."""
        self.laid[section.id] = (opening.folio, len(sheets))
        for sheet in sheets:
            for anchor in sheet.page.anchors:
                self.found.folios.setdefault(anchor, sheet.folio)
            if section.kind in book.SEARCHED:
                sheet.page.anchors[page_anchor(sheet.folio)] = (0, 0, 0, 0)
                self.found.folios[page_anchor(sheet.folio)] = sheet.folio
                self.search(section, sheet)

    def search(self, section: book.Section, sheet: Sheet) -> None:
        for name, mention in mentions(self.lexicons, section.id, sheet.folio, sheet.text, sheet.key_text):
            self.found.mentions[name] = (*self.found.mentions.get(name, ()), mention)


def mentions(lexicons: Iterable[Lexicon], section: str, number: str, text: str, key: str) -> Iterator[tuple[str, Mention]]:
    """Yield every term that stands on a page, and whether it is treated there."""
    for lexicon in lexicons:
        treated = set(lexicon.standing_in(key))
        for name in lexicon.standing_in(text):
            yield f"{lexicon.name}:{name}", Mention(number, section, name in treated)


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
