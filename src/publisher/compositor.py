"""The engine with a style sheet: the HTML of a section -> its pages as a galley. With the composition room, the only module that drives WeasyPrint.

Loading the engine takes as long as setting ten pages: who only needs pages to be set, by whomever, does not import it.
"""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.util import Finalize
from pathlib import Path
from shutil import rmtree
from typing import Any
from xml.etree import ElementTree

import cssselect2
import weasyprint
from weasyprint.formatting_structure import boxes
from weasyprint.pdf import fonts
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetchingError

from publisher import composer
from publisher.defaults import DEFAULTS
from publisher.galley import Annotated, Bookmark, GalleyPage, Rough, Spot, Tag
from publisher.lexicon import joined
from publisher.problems import Place, Problem, Rejected
from publisher.typeset_fetch import ProjectFetcher

BASE = "asset:///styles/"
"""Where the addresses of a document begin."""
ONLY_HTML = re.compile("</?[A-Z]|<base ")
"""Means in HTML what it does not mean in XML."""
POINT = 0.75
"""Points in a pixel of CSS."""
OWN_FONTS_ONLY = DEFAULTS / "styles" / "fonts" / "own-fonts-only.conf"


def own_fonts() -> FontConfiguration:
    """Return a font configuration that knows no font and no rule of the machine or of the user's home.

    Fontconfig applies `~/.config/fontconfig` even to fonts of `@font-face`: a rule there can replace or embolden them. Text
    must not be set before a style sheet has added a font: Pango without any font crashes.
    """
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(OWN_FONTS_ONLY)
    try:
        return FontConfiguration()
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


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
        self.fonts = own_fonts()
        self.fetcher = ProjectFetcher({"styles": stylesheet.parent, **({"media": media} if media else {})})
        with engine_warnings("样式表", self.fetcher):
            self.styles = [weasyprint.CSS(url=f"asset:///styles/{stylesheet.name}", url_fetcher=self.fetcher, font_config=self.fonts)]
        if not self.fetcher.fonts:
            raise Rejected([Problem(Place(f"styles/{stylesheet.name}"), "TYP-003", "样式表没有引入字体", hint="以 @font-face 引入 fonts/ 中的字体")])
        # The engine lays fonts down in a folder, and takes it away only where Python tears its objects down: a worker leaves without.
        Finalize(None, rmtree, (self.fonts._folder, True), exitpriority=0)

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

    def set(self, html: str, title: str) -> Rough:
        """Lay a section out and write it, tagged. Raises Rejected when the engine warns."""
        document = self.document(html, title)
        pages = tuple(galley_page(page) for page in document.pages)
        own = {name for page in pages for name in page.anchors}
        for name in sorted({name for page in pages for name in page.targets} - own):  # the engine drops links that leave the section
            document.pages[0].anchors[name] = (0, 0, 0, 0)
        tags: list[Tag] = []
        with engine_warnings(title, self.fetcher), bare_fonts():
            pdf = document.write_pdf(finisher=lambda _, pdf: tags.append(taken_out(pdf)), pdf_tags=True, uncompressed_pdf=True)
        return Rough(pdf, pages, tags[0])

    def write(self, html: str, title: str) -> bytes:
        """Write a document that is no section of a book as a PDF. Raises Rejected when the engine warns."""
        document = self.document(html, title)
        with engine_warnings(title, self.fetcher):
            return document.write_pdf(pdf_tags=True)


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


def taken_out(pdf: Any) -> Tag:
    """Take the tag tree out of a file that is about to be written: it is to be made anew, and writing and reading it takes as long as that."""
    pages = {reference: number for number, reference in enumerate(pdf.page_references)}

    def thing(reference: bytes) -> Any:
        found = pdf.objects[int(reference.split()[0])]
        found.free = "f"
        return found

    def tag(item: Any, page: int) -> Tag:
        page = pages.get(item.get("Pg"), page)
        origin = {name: getattr(value, "string", value) for name, value in item.get("Origin", {}).items()}
        attributes = {name: value for name, value in item.get("A", {}).items() if name not in ("O", "Headers")}
        return Tag(item["S"][1:], page, origin, item["Alt"].string if "Alt" in item else "", attributes, [kid(one, page) for one in item["K"]])

    def kid(one: Any, page: int) -> Tag | int | Annotated:
        if isinstance(one, int):
            return one
        item = thing(one)
        return Annotated(pages.get(item.get("Pg"), page), int(item["Obj"].split()[0])) if item["Type"] == "/OBJR" else tag(item, page)

    root = thing(pdf.catalog.pop("StructTreeRoot"))
    thing(root["ParentTree"])
    return tag(thing(root["K"][0]), 0)


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
