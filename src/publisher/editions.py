"""The editions: the pages of a volume -> the files of each edition, made by `finish` and looked at by `preflight`.

To add one, write a function that makes its files and register it in `EDITIONS`; say in `DELIVERED` how each of its files is
looked at.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from publisher import book, booklets, edition, pieces, sandbox, typeset
from publisher.archive import Archive
from publisher.catalogue import Catalogue
from publisher.changes import Changes
from publisher.collection import VolumeSource
from publisher.compose import cover
from publisher.compose.dates import shown
from publisher.edition import PRESS, SCREEN
from publisher.finish import attachments, press, screen
from publisher.finish.joining import Joined, joined
from publisher.galley import Galley, Typeset
from publisher.garbage import give_back, look
from publisher.inks import PressRun, inks, press_run
from publisher.pagination import Pagination
from publisher.preflight import cover as cover_check
from publisher.preflight import lost, metadata, privacy, structure, tags, typography
from publisher.preflight import press as press_check
from publisher.preflight.drawn_page import Awaited, DrawnPage, Words, from_json, page_keys
from publisher.preflight.file_facts import FileFacts, facts
from publisher.preflight.finding import page_map
from publisher.preflight.origin import traced
from publisher.preflight.press import PressFile
from publisher.preflight.printed_text import PageTexts, PrintedText
from publisher.preflight.report import Check, checks
from publisher.preflight.tagged import Tagged, make_room, tagged
from publisher.problems import Place, Problem, Severity
from publisher.render import Renderer
from publisher.workshop import Piece, Workshop, later

More = Callable[[int, int], tuple[str, ...]]
"""Says what a piece is told of the pages from one to another."""
Tell = Callable[[str, str], None]
"""Called with the name of a stage and what it did."""


@dataclass(frozen=True)
class Job:
    """A volume as its files are made of it and checked against it."""

    source: VolumeSource
    catalogue: Catalogue
    book: book.Book
    layouts: Path
    styles: Path
    workshop: Workshop
    pagination: Pagination = field(default_factory=lambda: Pagination((), (), ()))
    mark: str = ""
    """What is printed in the foot of every page of a draft."""
    changes: Changes | None = None
    """What the book's chapter of changes says."""
    settled: Callable[[], None] = lambda: None
    """Called when nearly all sections have been set."""
    let_go: Callable[[], None] = lambda: None
    """Called when neither cases nor pages are asked for any more: what follows looks at the book."""

    def renderer(self, whole: book.Book) -> Renderer:
        """Return what makes the HTML of a book's sections."""
        return Renderer(whole, self.layouts, inks(self.styles, whole.volume), self.mark)

    def shop(self) -> booklets.Shop:
        """Return what the booklets are made with."""
        keep = Archive(self.workshop.store)
        made = (self.source, self.catalogue, self.layouts, self.styles, self.setting, self.leaflet)
        return booklets.Shop(*made, self.mark, self.changes, self.workshop.hands, self.workshop.has_workers, keep, self.drawn, self.settled)

    def setting(self, wanted: edition.Edition) -> typeset.Setting:
        """Return what begins to set a section in the style of an edition."""
        stylesheet = self.styles / wanted.stylesheet

        def begin(html: str, section: book.Section) -> Future[Galley]:
            made = self.workshop.make(pieces.section, wanted.stylesheet, html, section.title, section.id, section.numbering, where=stylesheet)
            return later(made, Galley.restored)

        return begin

    def leaflet(self, html: str, title: str) -> Future[bytes]:
        """Begin to write the instructions of a booklet."""
        return self.workshop.make(pieces.leaflet, booklets.INSTRUCTIONS, html, title, where=self.styles / booklets.INSTRUCTIONS)

    def joined(self, pages: Typeset) -> Joined:
        """Return the pages as one volume."""
        return joined(pages.sheets, self.styles / "fonts")

    def drawn(self, pdf: bytes, pagination: Pagination | None = None) -> Sequence[DrawnPage]:
        """Begin to read the pages of a finished file, section by section; those that were read before are not read again."""
        file = self.at_hand(pdf)
        keyed = self.workshop.executor.submit(pieces.keys, file.name) if file else None  # while its tags are read here
        tags_of_file = tagged(pdf)
        more = partial(owners_of, tags_of_file)
        begun = self.by_section(pieces.reading, pdf, pagination or self.pagination, file, keyed.result() if keyed else page_keys(pdf), more)
        return Awaited(len(tags_of_file.boxes), dict(begun.made), begun.file)

    def words(self, pdf: bytes) -> list[Words]:
        """Read the words of the pages of a finished file, in the same way."""
        begun = self.by_section(pieces.words, pdf, self.pagination, self.at_hand(pdf), page_keys(pdf))
        return [Words(*told) for _, content in begun.taken() for told in from_json(content)]

    def at_hand(self, pdf: bytes) -> "AtHand | None":
        """Put a file where workers of this machine find it; they are sent it where there is no such place."""
        return AtHand(pdf) if self.workshop.has_workers and sys.platform == "linux" else None

    def by_section(
        self, piece: Piece, pdf: bytes, pagination: Pagination, file: "AtHand | None", keys: Sequence[str], more: More = lambda first, last: ()
    ) -> "Begun":
        """Begin to make a piece of the pages of each section of a file; `keys` are those of its pages, `more` is what else it is told."""
        at = Path(file.name) if file else pdf
        openings = {span.first for span in pagination.spans}
        starts = [number for number in range(1, len(keys) + 1) if number == 1 or number in openings]
        made = [
            (first, self.workshop.make(piece, *more(first, last), *keys[first - 1 : last], where=pieces.pages_in(at, first, last)))
            for first, last in zip(starts, [*(start - 1 for start in starts[1:]), len(keys)], strict=True)
        ]
        return Begun(made, file)

    def run(self, cover: bool = False) -> PressRun:
        """Return how the inside or the cover is printed. Raises Rejected where a file of the styles is not there."""
        volume = self.source.volume
        paper = volume.press.cover if cover else volume.press.paper
        return press_run(self.styles, self.book.volume, str(volume.edition), paper, volume.press.standard, volume.press.spot)

    def cover(self) -> book.Book | None:
        """Return the cover as a book of one section; None where the stock is not known."""
        volume = self.source.volume
        return cover.cover(self.book, volume, volume.stock, len(self.pagination.folios), PRESS.trim_mm) if volume.stock else None


class AtHand:
    """A file that workers of this machine can read by its name. It has none in a folder, and is gone with this."""

    def __init__(self, pdf: bytes):
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed when nothing is read of it any more
        self.file.write(pdf)
        self.file.flush()

    @property
    def name(self) -> str:
        return f"/proc/{os.getpid()}/fd/{self.file.fileno()}"


def owners_of(tags: Tagged, first: int, last: int) -> tuple[str]:
    """Say to which elements the marks of some pages belong."""
    return (pieces.owners_said(tags.block_owners(first, last)),)


@dataclass(frozen=True)
class Begun:
    """Pieces of a file that are being made."""

    made: list[tuple[int, Future[bytes]]]
    """The first page of each, and the piece."""
    file: Any
    """What they are made of; gone with this."""

    def taken(self) -> Iterator[tuple[int, bytes]]:
        """Yield the first page of each piece, and the piece, which is let go."""
        while self.made:
            first, future = self.made.pop(0)
            yield first, future.result()


LARGE = 2000
"""Pages above which a screen edition is written in a child."""
Files = tuple[dict[str, bytes], list[Problem]]
"""The files of an edition by name, and what preflight found in them."""
Joining = Callable[[], Joined]
"""Gives the pages of a volume joined, which editions of pages of their own do not ask for."""
Looked = tuple[list[Problem], list[str]]
"""What was found in a file, and what was measured."""


def screen_files(job: Job, volume: Joining, tell: Tell) -> Files:
    """Make the screen edition; a large one is joined and written in a child, with which the room of all its objects is given back."""

    def finished() -> bytes:
        return screen.finish(volume, job.book, job.pagination, attachments.of_cases(shown(job.source, job.catalogue), job.book))

    is_large = job.workshop.has_workers and len(job.pagination.folios) > LARGE
    with sandbox.aside(finished, f"build/{job.book.id}/screen", is_large) as made:
        pdf = made()
    job.let_go()
    look()
    give_back()
    return looked_at(job, {"screen.pdf": pdf}, tell)


def press_files(job: Job, volume: Joining, tell: Tell) -> Files:
    """Make the press edition: the inside, and the cover where the stock is known by which its spine is measured."""
    made = {"press.pdf": press.press(press.opened(volume()), job.book, job.pagination, job.run())}
    sheet = job.cover()
    if sheet is None:
        place, hint = Place(f"content/{job.book.volume}/volume.yaml"), "写出 stock: {paper: …, caliper_mm: …}，书脊按单张厚度计算"
        tell("finish", "no stock, no cover")
        outputs, problems = looked_at(job, made, tell)
        return outputs, [*problems, Problem(place, "PRS-001", "没有写明用纸，不做封面", hint=hint, severity=Severity.REVIEW)]
    return looked_at(job, {**made, "cover.pdf": cover_file(job, sheet)}, tell)


def cover_file(job: Job, sheet: book.Book) -> bytes:
    """Typeset and finish the cover."""
    wanted = cover.of(sheet)
    laid = typeset.Typesetter(Renderer(sheet, job.layouts).html, job.setting(edition.cover(wanted.sheet_mm))).typeset(sheet)
    return press.cover(press.opened(job.joined(laid)), job.book, job.run(cover=True), wanted.folds_mm, f"书脊 {wanted.spine_mm:g} mm")


def booklet_files(job: Job, volume: Joining, tell: Tell) -> Files:
    """Make the booklets: the whole volume, and each selection of cases that it names. They have pages of their own."""
    return booklets.booklet_files(job.shop(), tell)


EDITIONS: dict[str, Callable[[Job, Joining, Tell], Files]] = {"screen": screen_files, "press": press_files, "booklets": booklet_files}
"""What can be built, by name, in the order in which it is made."""


OF_OWN_PAGES = ("booklets",)
"""Editions that are set for themselves; the others are made of the pages of the volume."""


def looked_at(job: Job, made: dict[str, bytes], tell: Tell) -> Files:
    """Return files with what preflight finds in them."""
    tell("finish", ", ".join(f"{name} {len(pdf) / 1e6:.2f} MB" for name, pdf in made.items()) + f", {len(job.pagination.folios)} pages")
    problems: list[Problem] = []
    for name, pdf in made.items():
        found, notes = DELIVERED[name].look(pdf, job)
        make_room(pdf, done=True)
        problems += found
        tell("preflight", "；".join([f"{name} {len(found)} problems", *notes]))
    return made, problems


Read = Callable[[bytes], Sequence[DrawnPage]]
"""Begins to read the pages of a file."""


def preflight(
    pdf: bytes, whole: book.Book, pagination: Pagination, wanted: edition.Edition = SCREEN, read: Read = lambda pdf: tagged(pdf).drawn, apart: bool = False
) -> list[Problem]:
    """Check a screen file, or an offprint made like one, against its book. Where some checks may run `apart`, they do so in a child meanwhile."""
    name = f"{whole.id}/{wanted.name}.pdf"

    def of_file() -> tuple[FileFacts, list[Problem]]:
        beside = [*metadata.check(pdf, whole, pagination, wanted), *privacy.of_file(pdf, whole, name)]
        give_back()
        return facts(pdf), beside

    def of_tags() -> list[Problem]:
        return list(tags.check(pdf, whole, pagination, wanted, pages, {*tags.CODES} - tags.OF_TABLES))

    with sandbox.aside(of_file, f"build/{whole.id}/preflight", apart) as looked:
        pages = read(pdf)
        found = page_map(tagged(pdf, pages), whole, pagination)
        printed = PrintedText(pdf, whole, pagination, [page.text for page in pages])
        with sandbox.aside(of_tags, f"build/{whole.id}/preflight", apart) as heard:
            set_as = typography.measure(pdf, typography.flush_left(pagination), pages)
            of_text = [*lost.check(printed, whole, pagination, found), *typography.check(set_as, wanted, name)]
            of_tables = list(tags.check(pdf, whole, pagination, wanted, pages, tags.OF_TABLES))
            make_room(pdf)
            file, beside = looked()
            of_structure = [*structure.check(printed, file, whole, pagination, wanted), *beside, *privacy.of_pages(printed, whole, pagination, name)]
            return list(traced([*of_structure, *of_text, *of_tables, *heard()], whole, pagination))


def look_at_screen(pdf: bytes, job: Job) -> Looked:
    return preflight(pdf, job.book, job.pagination, read=job.drawn, apart=job.workshop.has_workers), []


def look_at_press(pdf: bytes, job: Job) -> Looked:
    """Check the inside of a volume as a printer does, and that nothing was lost on its way there."""
    words = job.words(pdf)
    file = PressFile(pdf, PRESS, job.run(), job.book.id, job.book.title, job.book.date, len(job.pagination.folios), words=words)
    texts = PageTexts([page.text for page in words], job.book, job.pagination)
    found = [*press_check.check(file), *lost.check(texts, job.book, job.pagination)]
    return list(traced(found, job.book, job.pagination)), press_check.notes(file)


def look_at_cover(pdf: bytes, job: Job) -> Looked:
    sheet = job.cover()
    if sheet is None:
        return [Problem(Place(f"{job.book.id}/cover.pdf"), "PRS-001", "来源没有写明用纸，封面无从核对", hint="重新编排")], []
    wanted = cover.of(sheet)
    file = PressFile(pdf, edition.cover(wanted.sheet_mm), job.run(cover=True), job.book.id, f"{job.book.title}　封面", job.book.date, 1)
    return [*press_check.check(file), *cover_check.check(file, wanted)], [f"书脊 {wanted.spine_mm:g} mm", *press_check.notes(file)]


@dataclass(frozen=True)
class Delivered:
    """A file that a build leaves: its edition, everything that is looked at in it, and who looks."""

    edition: str
    checks: tuple[Check, ...]
    look: Callable[[bytes, Job], Looked]


LOST = checks("内容无遗漏", lost.CODES)
CHECKS = (
    *checks("文件结构", structure.CODES), *LOST, *checks("结构标签", tags.CODES), *checks("元数据与附件", metadata.CODES),
    *checks("排版质量", typography.CODES), *checks("隐私", privacy.CODES),
)  # fmt: skip
"""Everything that is looked at in a screen file."""
DELIVERED = {
    "screen.pdf": Delivered("screen", CHECKS, look_at_screen),
    "press.pdf": Delivered("press", (*checks("印刷文件", press_check.CODES), *LOST), look_at_press),
    "cover.pdf": Delivered("press", (*checks("印刷文件", press_check.CODES), *checks("封面", cover_check.CODES)), look_at_cover),
}
"""The files of the editions by name."""
