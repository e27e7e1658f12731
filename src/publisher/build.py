"""The journey of a volume: read, lint, compose, render, typeset, finish, preflight. Knows every stage; each knows only data."""

import gc
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from publisher import book, manifest, pages_lock, sandbox, typeset, typeset_engine
from publisher.collection import Collection, VolumeSource
from publisher.compose.assemble import case_alone, compose
from publisher.edition import SCREEN
from publisher.finish import attachments, files, screen, staged
from publisher.lint.characters import check_characters, covered
from publisher.lint.text import check_texts
from publisher.pagination import Pagination, paginated
from publisher.preflight import lost, structure, tags, typography
from publisher.preflight.printed_text import PrintedText
from publisher.preflight.report import CheckedFile, checks
from publisher.problems import Place, Problem, Rejected, Severity
from publisher.render import Renderer
from publisher.rules import RULES

DEFAULTS = Path(__file__).resolve().parents[2]
"""The checkout that holds the default layouts and styles."""
STAGES = ("read", "lint", "compose", "render", "typeset", "finish", "preflight")


@dataclass(frozen=True)
class Project:
    """A book project: a folder with `content/`; where it has no `layouts/` or `styles/` of its own, ours serve."""

    root: Path

    @property
    def layouts(self) -> Path:
        return self.own("layouts")

    @property
    def styles(self) -> Path:
        return self.own("styles")

    def own(self, name: str) -> Path:
        return self.root / name if (self.root / name).is_dir() else DEFAULTS / name

    def sources(self, volume: str) -> manifest.Source:
        """The files a volume is made of: its own, the shared words, layouts and styles."""
        return manifest.source(self.root, [self.root / "content" / volume, self.root / "content/reference", self.layouts, self.styles])

    def lock(self, volume: str) -> Path:
        return self.root / "content" / volume / pages_lock.NAME

    def output(self, whole: book.Book, name: str) -> Path:
        return self.root / "build" / whole.id / name


@dataclass(frozen=True)
class Progress:
    """What the console is told: a stage begins, a section has its pages."""

    stage: Callable[[str, str], None] = lambda name, detail: None
    section: Callable[[str, int], None] = lambda title, pages: None


@dataclass(frozen=True)
class Built:
    """One finished volume."""

    path: Path
    pages: int
    problems: tuple[Problem, ...]
    seconds: float


def check(project: Project, collection: Collection) -> list[Problem]:
    """Apply the editorial rules and compose every volume; return what a person must look at. Raises Rejected for errors."""
    found = [problem for source in collection.volumes.values() for problem in lint(project, source)]
    for source in collection.volumes.values():
        try:
            compose(source, collection.catalogue, typeset.ENGINE)
        except Rejected as rejected:
            found += rejected.problems
    if any(problem.severity is Severity.ERROR for problem in found):
        raise Rejected(found)
    return found


def lint(project: Project, source: VolumeSource) -> list[Problem]:
    known = covered(project.styles / "fonts")
    trees = (*source.trees.values(), *source.other_trees)
    return [problem for tree in trees for problem in (*check_texts(tree), *check_characters(tree, known))]


def build_apart(
    project: Project, collection: Collection, source: VolumeSource, progress: Progress, case: str | None = None, locked: bool = False
) -> Built:
    """Build in a child process with limits of its own. Raises Rejected also when it outgrows them."""
    heard = {"stage": progress.stage, "section": progress.section}

    def work(tell: Callable[..., None]) -> Built:
        said = Progress(lambda name, detail: tell("stage", name, detail), lambda title, pages: tell("section", title, pages))
        return build(project, collection, source, said, case, locked)

    return sandbox.run(work, name=f"build/{source.volume.id}", listen=lambda what, *words: heard[what](*words))


def build(
    project: Project, collection: Collection, source: VolumeSource, progress: Progress, case: str | None = None, locked: bool = False
) -> Built:
    """Build the screen edition of a volume, or of one of its cases.

    Raises Rejected when a stage cannot run or preflight finds anything; the refused file is kept beside for a look, and
    the last good one stays.
    """
    started = perf_counter()
    errors = [problem for problem in lint(project, source) if problem.severity is Severity.ERROR]
    if errors:
        raise Rejected(errors)
    whole = compose(source, collection.catalogue, typeset.ENGINE)
    if case:
        whole = case_alone(whole, case)
    progress.stage("lint", f"{len(RULES)} rules, no errors")
    progress.stage("compose", f"{len(whole.sections)} sections, {len(whole.rows)} table rows")
    renderer = Renderer(whole, project.layouts)
    progress.stage("render", f"{project.layouts.name}/, {project.styles.name}/")
    progress.stage("typeset", typeset.ENGINE)
    with laid_aside() as lay_aside:
        announce = lambda title, pages: (lay_aside(), progress.section(title, pages))  # noqa: E731
        pages = typeset.Typesetter(renderer.html, project.styles / SCREEN.stylesheet, announce).typeset(whole)
        pagination = pages.pagination
        pdf = screen.finish(pages.pdf(), whole, pagination, attachments.of_cases(source, whole))
    progress.stage("finish", f"{len(pagination.folios)} pages, {len(pdf) / 1e6:.2f} MB")
    problems = preflight(pdf, whole, pagination)
    if locked and not case:
        problems += check_lock(project, whole, pagination)
    progress.stage("preflight", f"{len(problems)} problems")
    path, refused = project.output(whole, "screen.pdf"), project.output(whole, "screen.refused.pdf")
    if any(problem.severity is Severity.ERROR for problem in problems):
        files.replace(refused, pdf)
        raise Rejected(problems)
    outputs = {path.name: pdf, "screen.pages.json": files.pages_json(whole, pagination)}
    fonts = manifest.fonts(project.styles / "fonts")
    listed = manifest.manifest(whole.id, outputs, project.sources(whole.volume), fonts, version("casebook-publisher"), typeset_engine.versions())
    staged.replace_all(path.parent, {**outputs, manifest.NAME: listed}, superseded=(refused.name,))
    return Built(path, len(pagination.folios), tuple(problems), perf_counter() - started)


@contextmanager
def laid_aside() -> Iterator[Callable[[], None]]:
    """Spare Python's collector of garbage the pages that stay to the end: it would look through all of them again and again."""
    try:
        yield gc.freeze
    finally:
        gc.unfreeze()


def preflight(pdf: bytes, whole: book.Book, pagination: Pagination) -> list[Problem]:
    """Check a screen file against its book."""
    printed = PrintedText(pdf, whole, pagination)
    set_as = typography.measure(pdf, typography.flush_left(pagination))
    return [
        *structure.check(printed, whole, pagination, SCREEN),
        *lost.check(printed, whole, pagination),
        *tags.check(pdf, whole, pagination, SCREEN),
        *typography.check(set_as, SCREEN, f"{whole.id}/{SCREEN.name}.pdf"),
    ]


def check_lock(project: Project, whole: book.Book, pagination: Pagination) -> Iterator[Problem]:
    path = project.lock(whole.volume)
    return pages_lock.check(path.read_bytes() if path.is_file() else None, whole, pagination)


def lock(project: Project, collection: Collection, source: VolumeSource) -> Path:
    """Hold the pages of the built volume. Raises Rejected when its file is missing, altered or of another source."""
    whole = compose(source, collection.catalogue, typeset.ENGINE)
    problems = verify(project, whole.id)
    if problems:
        raise Rejected(problems)
    files.replace(project.lock(whole.id), pages_lock.lock(built_pages(project, whole)[1]))
    return project.lock(whole.id)


def verify(project: Project, volume: str) -> list[Problem]:
    """Check the build folder of a volume against its manifest, and the manifest against the sources."""
    return list(manifest.verify(project.root / "build" / volume, project.sources(volume)))


CHECKS = (*checks("文件结构", structure.CODES), *checks("内容无遗漏", lost.CODES), *checks("结构标签", tags.CODES), *checks("排版质量", typography.CODES))
"""Everything that is looked at in a screen file."""


def report_built(project: Project, collection: Collection, source: VolumeSource) -> CheckedFile:
    """Check the built file of a volume and return what was looked at and found."""
    whole = compose(source, collection.catalogue, typeset.ENGINE)
    pdf, pagination = built_pages(project, whole)
    path = project.output(whole, "screen.pdf").relative_to(project.root)
    return CheckedFile("screen", str(path), CHECKS, tuple(preflight(pdf, whole, pagination)), len(pagination.folios))


def preflight_built(project: Project, collection: Collection, source: VolumeSource) -> list[Problem]:
    """Check the file that an earlier build left. Raises Rejected when there is none or its page table is broken."""
    whole = compose(source, collection.catalogue, typeset.ENGINE)
    pdf, pagination = built_pages(project, whole)
    return preflight(pdf, whole, pagination)


def built_pages(project: Project, whole: book.Book) -> tuple[bytes, Pagination]:
    """Return the file that an earlier build left, with its pages. Raises Rejected when there is none or its table is broken."""
    path, table_path = project.output(whole, "screen.pdf"), project.output(whole, "screen.pages.json")
    place = Place(str(path.relative_to(project.root)))
    try:
        pdf, table = path.read_bytes(), json.loads(table_path.read_bytes())
        sections = [(whole.section(row["id"]), row["first_page"], row["last_page"]) for row in table["sections"]]
        pages = int(table["pages"])
    except OSError as error:
        raise Rejected([Problem(place, "PDF-000", "还没有可检查的成书", hint=f"先运行 publisher build {whole.id}")]) from error
    except (ValueError, KeyError, TypeError, StopIteration) as error:
        raise Rejected([Problem(place, "PDF-000", "成书与来源不是同一版", hint=f"重新运行 publisher build {whole.id}")]) from error
    return pdf, paginated(sections, pages)
