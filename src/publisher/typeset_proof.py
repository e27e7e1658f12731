"""HTML sections -> proofs: pages to look at, made quickly. No tags, no links, and where only a part has changed, only its pages.

The HTML bears before each printed line its number as a comment, `<!--line 7-->`; the comments are taken out before the layout,
which is the same as without them.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any

import weasyprint
from weasyprint.document import Document, Page
from weasyprint.formatting_structure import boxes

from publisher.composer import again
from publisher.compositor import Compositor, engine_warnings, galley_page
from publisher.galley import GalleyPage
from publisher.proof import Proof, ProofPage, Run

LINE = re.compile(r"line (\d+)")
ASCENT, DESCENT = 0.92, 0.18
"""How far Chinese characters and their neighbours reach over and under the baseline, in ems."""


def line_comment(number: int) -> str:
    """Return what stands in the HTML before the line of a number."""
    return f"<!--line {number}-->"


class ProofRoom:
    """Sets proofs in the style of one style sheet."""

    def __init__(self, stylesheet: Path):
        self.compositor = Compositor(stylesheet)
        self.keys = (f"{token_hex(4)}-{number}" for number in count(1))
        """Never those of another room: pictures are kept by browsers under them."""

    def set(self, html: str, title: str, first: int = 1, before: Proof | None = None) -> Proof:
        """Set a section whose pages are numbered from `first`; `before` is its proof with the same number, which is used where nothing has changed.

        Raises Rejected when the engine warns.
        """
        before = before if before and before.laid else None
        with engine_warnings(title, self.compositor.fetcher):
            source = self.compositor.source(html)
            lines = numbered(source.etree_element)
            try:
                laid = again.lay(source, self.compositor.styles, self.compositor.fonts, before.laid if before else None, first)
            except again.Unsettled:
                return self.settled(source, lines)
            end = len(laid.pages) - laid.kept_after
            fresh = self.pages(laid.pages[laid.kept_before : end], lines)
        kept = (before.pages[: laid.kept_before], before.pages[len(before.pages) - laid.kept_after :]) if before else ((), ())
        laid.lines = lines
        numbers = renumbered(before.laid, laid) if before and len(fresh) < len(laid.pages) else {}
        return Proof((*(moved(page, numbers) for page in kept[0]), *fresh, *(moved(page, numbers) for page in kept[1])), laid, len(fresh))

    def settled(self, source: Any, lines: dict[Any, int]) -> Proof:
        """Set a section as the engine does, which settles counters that are printed before they are known."""
        document = source.render(stylesheets=self.compositor.styles, font_config=self.compositor.fonts)
        pages = tuple(self.pages([page._page_box for page in document.pages], lines))
        return Proof(pages, None, len(pages))

    def pages(self, laid: list[Any], lines: dict[Any, int]) -> list[ProofPage]:
        """Write pages as a PDF and say what stands on them."""
        if not laid:
            return []
        pages = [Page(box) for box in laid]
        known: list[GalleyPage] = [galley_page(page) for page in pages]
        for page in pages:
            page.links, page.anchors, page.bookmarks = [], {}, []
            page.bleed = dict.fromkeys(page.bleed, 0)
        document = Document(pages, weasyprint.document.DocumentMetadata(), self.compositor.fetcher, self.compositor.fonts, {}, None)
        out = io.BytesIO(document.write_pdf(pdf_tags=False, uncompressed_pdf=True)).getvalue()
        serial = next(self.keys)
        return [
            ProofPage(f"{serial}-{index}", page.width, page.height, tuple(runs(page._page_box, lines)), galley, out, index)
            for index, (page, galley) in enumerate(zip(pages, known, strict=True))
        ]


def renumbered(before: again.Laid, after: again.Laid) -> dict[int, int]:
    """Return the new numbers of lines that have not changed, where they have others than before."""
    pairs = ((before.lines.get(old), after.lines.get(new)) for old, new in again.unchanged(before, after))
    return {old: new for old, new in pairs if old is not None and new is not None and old != new}


def moved(page: ProofPage, numbers: dict[int, int]) -> ProofPage:
    """Return a page that was kept, its lines under their new numbers."""
    if numbers.keys().isdisjoint(run.line for run in page.runs):
        return page
    return replace(page, runs=tuple(replace(run, line=numbers.get(run.line, run.line)) if run.line in numbers else run for run in page.runs))


def numbered(root: Any) -> dict[Any, int]:
    """Take the comments out of a document; return the line that begins in each element, and in what is inside of it."""
    lines: dict[Any, int] = {}

    def walk(element: Any, line: int | None) -> None:
        for comment in [child for child in element if not isinstance(child.tag, str)]:
            found = LINE.fullmatch((comment.text or "").strip())
            if found:
                line = int(found[1])
            put_back(element, comment)
        if line is not None:
            lines[element] = line
        for child in element:
            walk(child, line)

    walk(root, None)
    return lines


def put_back(element: Any, comment: Any) -> None:
    """Remove a comment; the text after it joins the text before."""
    index = list(element).index(comment)
    if comment.tail:
        if index:
            element[index - 1].tail = (element[index - 1].tail or "") + comment.tail
        else:
            element.text = (element.text or "") + comment.tail
    element.remove(comment)


def runs(box: Any, lines: dict[Any, int]) -> Iterator[Run]:
    """Yield the texts in a box in the order in which they are drawn, without those of the margins."""
    if isinstance(box, boxes.MarginBox):
        return
    if isinstance(box, boxes.TextBox) and box.text.strip():
        size = box.style["font_size"]
        top = box.position_y + box.baseline - ASCENT * size
        yield Run(box.text, round(box.position_x, 2), round(top, 2), round(box.width, 2), round(size * (ASCENT + DESCENT), 2), lines.get(box.element))
    for child in getattr(box, "children", ()):
        yield from runs(child, lines)
