"""The journey of a volume's offprints: each case a conforming file of its own, typeset anew on the pages it has in the volume.

A driver like `build`. A case is never cut out of the volume's file, where the other patients' pages would stay behind.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import pikepdf

from publisher import book, manifest, sandbox, typeset, typeset_engine
from publisher import build as journey
from publisher.archive import Archive
from publisher.collection import Collection, VolumeSource
from publisher.compose.booklet import offprint
from publisher.compose.dates import shown
from publisher.edition import SCREEN
from publisher.editions import Job, preflight
from publisher.finish import attachments, files, screen, staged
from publisher.finish.writing import written
from publisher.pagination import Pagination
from publisher.preflight import finding
from publisher.preflight import offprint as offprint_check
from publisher.preflight.drawn_page import drawn_texts
from publisher.preflight.printed_text import PageTexts
from publisher.preflight.tagged import destinations
from publisher.problems import Problem, Rejected, Severity
from publisher.project import Progress, Project
from publisher.store import Store
from publisher.workshop import Workshop, hands, workers

FOLDER = manifest.OFFPRINTS


@dataclass(frozen=True)
class Volume:
    """The pages of a volume: where its sections stand, and the text of each page."""

    book: book.Book
    pagination: Pagination
    texts: Sequence[str]
    """The body text of each page."""
    folios: Mapping[str, str]
    """The page of each anchor."""

    def pages(self, slug: str) -> tuple[int, int]:
        """Return the first and last folio of a case."""
        span = next(span for span in self.pagination.spans if span.section.id == slug)
        return int(self.pagination.folios[span.first - 1]), int(self.pagination.folios[span.last - 1])

    def text(self, slug: str) -> Sequence[str]:
        span = next(span for span in self.pagination.spans if span.section.id == slug)
        return self.texts[span.first - 1 : span.last]


@dataclass(frozen=True)
class Offprints:
    """The offprints of a volume in their folder."""

    folder: Path
    names: tuple[str, ...]
    pages: int
    problems: tuple[Problem, ...]
    seconds: float


def build_apart(project: Project, collection: Collection, source: VolumeSource, progress: Progress, cases: Sequence[str] = ()) -> Offprints:
    """Build in a child process with limits of its own. Raises Rejected also when it outgrows them."""
    heard = {"stage": progress.stage, "section": progress.section}

    def work(tell: Callable[..., None]) -> Offprints:
        said = Progress(lambda name, detail: tell("stage", name, detail), lambda title, pages: tell("section", title, pages))
        with workers() as pool:
            return build(project, collection, source, said, cases, Workshop(journey.basis(project), Store(project.store), pool, hands()))

    return sandbox.run(work, name=f"build/{source.volume.id}/{FOLDER}", listen=lambda what, *words: heard[what](*words))


def build(
    project: Project, collection: Collection, source: VolumeSource, progress: Progress, cases: Sequence[str] = (), workshop: Workshop | None = None
) -> Offprints:
    """Build the offprints of all cases of a volume, or of some.

    Raises Rejected when a finding is not settled or preflight finds an error in any; the refused files are kept beside, and
    the last good ones stay.
    """
    started = perf_counter()
    examination = journey.lint(project, collection, source, Archive((workshop or Workshop()).store))
    asked = [examination.of_case(source.cases[slug].id.place.path) for slug in cases] or [examination]
    if stopping := [error for found in asked for error in found.errors]:
        raise Rejected(stopping)
    whole = journey.composed(project, collection, source)
    job = Job(source, collection.catalogue, whole, project.layouts, project.styles, workshop or Workshop())
    volume = pages_of(project, job, progress)
    folder = project.output(volume.book.id, FOLDER)
    outputs: dict[str, bytes] = {}
    problems: list[Problem] = []
    progress.stage("typeset", typeset.ENGINE)
    for slug in cases or source.volume.case_ids:
        pdf, found, pages = one(job, volume, str(slug))
        outputs[f"{slug}.pdf"] = pdf
        problems += found
        progress.section(volume.book.section(str(slug)).title, pages)
    progress.stage("preflight", f"{len(outputs)} files, {len(problems)} problems")
    if any(problem.severity is Severity.ERROR for problem in problems):
        for name, pdf in outputs.items():
            files.replace(folder / journey.refused(name), pdf)
        raise Rejected(problems)
    kept = {} if not cases else {path.name: path.read_bytes() for path in folder.glob("*.pdf") if path.name not in outputs and ".refused." not in path.name}
    fonts = manifest.fonts(project.styles / "fonts")
    listed = manifest.manifest(
        volume.book.id, {**kept, **outputs}, journey.made_of(project, volume.book.volume), fonts, version("casebook-publisher"), typeset_engine.versions()
    )
    older = [path.name for path in folder.glob("*.pdf") if path.name not in {**kept, **outputs}]
    staged.replace_all(folder, {**outputs, manifest.NAME: listed}, superseded=tuple(older))
    return Offprints(folder, tuple(outputs), sum(map(manifest.page_count, outputs.values())), tuple(problems), perf_counter() - started)


def pages_of(project: Project, job: Job, progress: Progress) -> Volume:
    """Return the pages of a volume: those of its last build where it is of the present sources, else typeset now."""
    whole, built = job.book, project.output(job.book.id, "screen.pdf")
    if built.is_file() and not journey.verify_volume(project, whole.id):
        pagination = journey.built_pages(project, whole)
        progress.stage("compose", f"{len(whole.sections)} sections, pages of the last build")
        content = built.read_bytes()
        with pikepdf.open(io.BytesIO(content)) as file:
            folios = finding.folios(destinations(file), pagination)
        return Volume(whole, pagination, PageTexts(drawn_texts(content), whole, pagination).pages, folios)
    progress.stage("compose", f"{len(whole.sections)} sections, no build of these sources: typeset for its pages")
    laid = typeset.Typesetter(job.renderer(whole).html, job.setting(SCREEN), hands=job.workshop.hands).typeset(whole)
    folios = {anchor: sheet.folio for sheet in reversed(laid.sheets) if sheet.page for anchor in sheet.page.anchors}
    return Volume(whole, laid.pagination, PageTexts(drawn_texts(written(job.joined(laid))), whole, laid.pagination).pages, folios)


def one(job: Job, volume: Volume, slug: str) -> tuple[bytes, list[Problem], int]:
    """Return the offprint of a case, what was found in it, and the number of its pages."""
    alone = offprint(volume.book, job.source.volume, slug, *volume.pages(slug), volume.folios)
    laid = typeset.Typesetter(job.renderer(alone).html, job.setting(SCREEN), hands=job.workshop.hands).typeset(alone)
    pdf = screen.finish(partial(job.joined, laid), alone, laid.pagination, attachments.of_cases(shown(job.source, job.catalogue), alone))
    return pdf, list(look_at(pdf, alone, laid.pagination, volume, slug)), len(laid.sheets)


def look_at(pdf: bytes, alone: book.Book, pagination: Pagination, volume: Volume, slug: str) -> Iterator[Problem]:
    """Yield what is wrong with an offprint: as a screen edition, and as pages of its volume."""
    edition = replace(SCREEN, name=slug)
    yield from preflight(pdf, alone, pagination, edition)
    origin = book.words(alone.sections[0].blocks[0].line)
    own = PageTexts(drawn_texts(pdf), alone, pagination).pages
    case = next(span for span in pagination.spans if span.section.id == slug)
    after = len(pagination.folios) - case.last
    yield from offprint_check.check(own, volume.text(slug), origin, f"{alone.id}/{slug}.pdf", after)
