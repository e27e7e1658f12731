"""The journey of a volume's booklets: compose for the small page, typeset, preflight, impose, and look at the sheets again.

A driver like `build`: it knows every stage. The pages are checked before they are imposed, the sheets against the pages.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from publisher import book, typeset
from publisher.catalogue import Catalogue
from publisher.collection import VolumeSource
from publisher.compose.assemble import compose
from publisher.compose.booklet import booklets
from publisher.edition import BOOKLET, Edition
from publisher.finish import booklet as sheets
from publisher.finish.joining import joined, written
from publisher.galley import Typeset
from publisher.imposition import Imposition, imposition
from publisher.preflight import imposition as sheet_check
from publisher.preflight import lost, structure, typography
from publisher.preflight.printed_text import PrintedText, drawn_texts
from publisher.problems import Problem
from publisher.render import Renderer

INSTRUCTIONS = "instructions.css"
PAGE_RULES = ("page_count", "page_sizes", "printed_folios", "blanks", "contents", "links", "fonts")
"""What is looked at in the pages of a booklet; labels, bookmarks and metadata do not come to paper."""

Tell = Callable[[str, str], None]
"""Called with the name of a stage and what it did."""


@dataclass(frozen=True)
class Made:
    """One booklet: its sheets, the sheet of instructions, its pages as they were typeset, and what was found in them."""

    name: str
    sheets: bytes
    instructions: bytes
    pages: bytes
    plan: Imposition
    problems: tuple[Problem, ...]

    @property
    def files(self) -> dict[str, bytes]:
        return {f"booklet-{self.name}.pdf": self.sheets, f"booklet-{self.name}-instructions.pdf": self.instructions}


Begin = Callable[[Edition], typeset.Setting]
"""Gives what begins to set a section in the style of an edition."""


def booklet_files(
    source: VolumeSource, catalogue: Catalogue, layouts: Path, styles: Path, begin: Begin, tell: Tell
) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the files of all booklets of a volume, and what preflight found. Raises Rejected when one cannot be typeset."""
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for made in make(source, catalogue, layouts, styles, begin):
        files |= made.files
        problems += made.problems
        plan = made.plan
        tell("finish", f"booklet-{made.name}.pdf {len(made.sheets) / 1e6:.2f} MB，{plan.pages} pages, {plan.sheets} sheets, {len(plan.signatures)} signatures")
        tell("preflight", f"booklet-{made.name}.pdf {len(made.problems)} problems")
    return files, problems


def make(source: VolumeSource, catalogue: Catalogue, layouts: Path, styles: Path, begin: Begin) -> Iterator[Made]:
    """Yield the booklets of a volume, the whole volume first."""
    whole = compose(source, catalogue, typeset.ENGINE, measure_em=BOOKLET.table_em)
    for name, chosen, signature in booklets(whole, source.volume):
        yield one(name, chosen, signature, layouts, styles, begin)


def one(name: str, chosen: book.Book, signature: int | None, layouts: Path, styles: Path, begin: Begin) -> Made:
    """Make one booklet."""
    renderer = Renderer(chosen, layouts)
    laid = typeset.Typesetter(renderer.html, begin(BOOKLET)).typeset(chosen)
    pages, plan = written(joined(laid.sheets, styles / "fonts")), imposition(len(laid.sheets), signature)
    file = f"booklet-{name}.pdf"
    imposed = sheets.impose(pages, chosen, plan, styles / "fonts")
    leaflet = typeset.leaflet(renderer.instructions(plan, file), f"{chosen.title}：印制说明", styles / INSTRUCTIONS)
    leaflet = sheets.finish_instructions(leaflet, chosen)
    edition = replace(BOOKLET, name=f"booklet-{name}")
    problems = [
        *look_at_pages(pages, chosen, laid, edition),
        *sheet_check.check(imposed, pages, plan, edition, f"{chosen.id}/{file}"),
        *sheet_check.check_instructions(leaflet, plan, f"{chosen.id}/booklet-{name}-instructions.pdf"),
    ]
    return Made(name, imposed, leaflet, pages, plan, tuple(problems))


def look_at_pages(pages: bytes, chosen: book.Book, laid: Typeset, edition: Edition) -> Iterator[Problem]:
    """Yield what is wrong with the pages of a booklet before they are imposed."""
    pagination = laid.pagination
    printed = PrintedText(pages, chosen, pagination, drawn_texts(pages))
    yield from structure.check(printed, chosen, pagination, edition, PAGE_RULES)
    yield from lost.check(printed, chosen, pagination)
    set_as = typography.measure(pages, typography.flush_left(pagination))
    yield from typography.check(set_as, edition, f"{chosen.id}/{edition.name}.pdf")
