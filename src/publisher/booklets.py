"""The journey of a volume's booklets: compose for the small page, typeset, preflight, impose, and look at the sheets again.

A driver like `build`: it knows every stage. The pages are checked before they are imposed, the sheets against the pages.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from publisher import book, sandbox, typeset
from publisher.catalogue import Catalogue
from publisher.changes import Changes
from publisher.collection import VolumeSource
from publisher.compose.assemble import compose
from publisher.compose.booklet import booklets
from publisher.edition import BOOKLET, Edition
from publisher.finish import booklet as sheets
from publisher.finish.joining import joined
from publisher.finish.writing import written
from publisher.galley import Typeset
from publisher.imposition import Imposition, imposition
from publisher.inks import inks
from publisher.keeping import Keep, afresh
from publisher.manifest import page_count
from publisher.pagination import Pagination
from publisher.preflight import imposition as sheet_check
from publisher.preflight import lost, structure, typography
from publisher.preflight.drawn_page import DrawnPage
from publisher.preflight.file_facts import facts
from publisher.preflight.printed_text import PrintedText
from publisher.preflight.report import CheckedFile, checks
from publisher.preflight.tagged import tagged
from publisher.problems import Problem
from publisher.render import Renderer

INSTRUCTIONS = "instructions.css"
PAGE_RULES = ("page_count", "page_sizes", "printed_folios", "blanks", "contents", "links", "fonts")
"""What is looked at in the pages of a booklet; labels, bookmarks and metadata do not come to paper."""

Tell = Callable[[str, str], None]
"""Called with the name of a stage and what it did."""


T = TypeVar("T")
Read = Callable[[bytes, Pagination], Sequence[DrawnPage]]
Leaflet = Callable[[str, str], Future[bytes]]
"""Begins to write a document of an HTML and a title."""
Begin = Callable[[Edition], typeset.Setting]
"""Gives what begins to set a section in the style of an edition."""


@dataclass(frozen=True)
class Shop:
    """A volume and what its booklets are made with."""

    source: VolumeSource
    catalogue: Catalogue
    layouts: Path
    styles: Path
    begin: Begin
    leaflet: Leaflet
    """Writes the instructions."""
    mark: str = ""
    """What is printed in the foot of every page of a draft."""
    changes: Changes | None = None
    """What the volume's chapter of changes says."""
    hands: int = 1
    """How many sections are set side by side."""
    apart: bool = False
    """Whether booklets are looked at in children."""
    keep: Keep = afresh
    read: Read = lambda pdf, pagination: tagged(pdf).drawn
    """Reads the pages of a file for all looks at them."""
    settled: Callable[[], None] = lambda: None
    """Called when the whole volume is typeset: selections of it leave room for other work."""


@dataclass(frozen=True)
class Laid:
    """One booklet with its pages typeset one by one."""

    name: str
    book: book.Book
    typeset: Typeset
    pages: bytes
    plan: Imposition
    drawn: Sequence[DrawnPage]
    """What its pages draw, read once for all looks at them."""

    @property
    def file(self) -> str:
        return f"booklet-{self.name}.pdf"

    @property
    def instructions(self) -> str:
        return f"booklet-{self.name}-instructions.pdf"


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


def booklet_files(shop: Shop, tell: Tell) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the files of all booklets of a volume, and what preflight found. Raises Rejected when one cannot be typeset."""
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for made in make(shop):
        files |= made.files
        problems += made.problems
        plan = made.plan
        tell("finish", f"booklet-{made.name}.pdf {len(made.sheets) / 1e6:.2f} MB，{plan.pages} pages, {plan.sheets} sheets, {len(plan.signatures)} signatures")
        tell("preflight", f"booklet-{made.name}.pdf {len(made.problems)} problems")
    return files, problems


def make(shop: Shop) -> Iterator[Made]:
    """Yield the booklets of a volume, the whole volume first. Where children may help, one is looked at and imposed while the next is typeset."""
    with ExitStack() as children:

        def begun(one: Laid, work: Callable[..., T], *arguments: Any) -> Callable[[], T]:
            return children.enter_context(sandbox.aside(partial(work, *arguments), f"build/{one.book.id}/{one.file}", shop.apart))

        works = []
        for one in laid(shop):
            leaflet = shop.leaflet(renderer(shop, one.book).instructions(one.plan, one.file), f"{one.book.title}：印制说明")
            works.append((one, leaflet, begun(one, look_at_pages, one), begun(one, imposed, shop, one)))
        for one, leaflet, looked, finished in works:
            instructions = sheets.finish_instructions(leaflet.result(), one.book)
            made, found = finished()
            yield Made(one.name, made, instructions, one.pages, one.plan, (*looked(), *found, *look_at_instructions(instructions, one)))


def imposed(shop: Shop, one: Laid) -> tuple[bytes, list[Problem]]:
    """Return the sheets of a booklet and what is wrong with them."""
    made = sheets.impose(one.pages, one.book, one.plan, shop.styles / "fonts")
    return made, list(look_at_sheets(made, one))


def laid(shop: Shop) -> Iterator[Laid]:
    """Typeset the booklets one after another; sections that one has set on a side are not set again on it for another."""
    whole = compose(shop.source, shop.catalogue, typeset.ENGINE, shop.changes, measure_em=BOOKLET.table_em, keep=shop.keep)
    for name, chosen, signature in booklets(whole, shop.source.volume):
        pages = typeset.Typesetter(renderer(shop, chosen).html, shop.begin(BOOKLET), hands=shop.hands).typeset(chosen)
        shop.settled()
        pdf = written(joined(pages.sheets, shop.styles / "fonts"))
        yield Laid(name, chosen, pages, pdf, imposition(len(pages.sheets), signature), tuple(shop.read(pdf, pages.pagination)))


def renderer(shop: Shop, chosen: book.Book) -> Renderer:
    return Renderer(chosen, shop.layouts, inks(shop.styles, chosen.volume), shop.mark)


# -- looking at what was made -------------------------------------------------------------------------------------

COPIED = "PDF-213"
"""Looks at text as it is copied from a file; nobody copies from paper, and without tags neighbouring cells are one line."""
SHEET_CHECKS = checks("拼版", {code: title for code, title in sheet_check.CODES.items() if code not in sheet_check.OF_INSTRUCTIONS})
PAGE_CHECKS = (
    *checks("文件结构", {structure.RULES[rule]: structure.CODES[structure.RULES[rule]] for rule in PAGE_RULES}),
    *checks("内容无遗漏", lost.CODES),
    *checks("排版质量", {code: title for code, title in typography.CODES.items() if code != COPIED}),
)  # fmt: skip
INSTRUCTION_CHECKS = checks("印制说明", {code: sheet_check.CODES[code] for code in sheet_check.OF_INSTRUCTIONS})

CHECKS = (*SHEET_CHECKS, *PAGE_CHECKS, *INSTRUCTION_CHECKS)
"""Everything that is looked at in a booklet and its instructions."""


def checked(shop: Shop, folder: Path) -> Iterator[CheckedFile]:
    """Yield what is found in the booklets of a folder, held against the pages that the sources give now."""
    for one in laid(shop):
        for name, listed, look in (
            (one.file, (*SHEET_CHECKS, *PAGE_CHECKS), lambda pdf, one=one: [*look_at_sheets(pdf, one), *look_at_pages(one)]),
            (one.instructions, INSTRUCTION_CHECKS, lambda pdf, one=one: list(look_at_instructions(pdf, one))),
        ):
            path = folder / name
            if path.is_file():
                pdf = path.read_bytes()
                yield CheckedFile("booklets", f"build/{one.book.id}/{name}", listed, tuple(look(pdf)), page_count(pdf))


def look_at_sheets(imposed: bytes, one: Laid) -> Iterator[Problem]:
    return sheet_check.check(imposed, one.pages, one.plan, named(one), f"{one.book.id}/{one.file}", [page.text for page in one.drawn])


def look_at_instructions(leaflet: bytes, one: Laid) -> Iterator[Problem]:
    return sheet_check.check_instructions(leaflet, one.plan, f"{one.book.id}/{one.instructions}")


def named(one: Laid) -> Edition:
    return replace(BOOKLET, name=f"booklet-{one.name}")


def look_at_pages(one: Laid) -> list[Problem]:
    """Return what is wrong with the pages of a booklet one by one."""
    pagination, edition = one.typeset.pagination, named(one)
    printed = PrintedText(one.pages, one.book, pagination, [page.text for page in one.drawn])
    tagged(one.pages, one.drawn)
    set_as = typography.measure(one.pages, typography.flush_left(pagination), one.drawn)
    return [
        *structure.check(printed, facts(one.pages), one.book, pagination, edition, PAGE_RULES),
        *lost.check(printed, one.book, pagination),
        *(problem for problem in typography.check(set_as, edition, f"{one.book.id}/{edition.name}.pdf") if problem.code != COPIED),
    ]
