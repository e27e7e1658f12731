"""The journey of a volume: read, lint, compose, render, typeset, finish, preflight. Knows every stage; each knows only data."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from publisher import book, typeset
from publisher.collection import Collection, VolumeSource
from publisher.compose.assemble import case_alone, compose
from publisher.edition import SCREEN
from publisher.finish import files, screen
from publisher.lint.characters import check_characters, covered
from publisher.lint.text import check_texts
from publisher.pagination import Pagination, paginated
from publisher.preflight import lost, structure, typography
from publisher.preflight.printed_text import PrintedText
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


def build(project: Project, collection: Collection, source: VolumeSource, progress: Progress, case: str | None = None) -> Built:
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
    pages = typeset.Typesetter(renderer.html, project.styles / SCREEN.stylesheet, progress.section).typeset(whole)
    pagination = pages.pagination
    pdf = screen.finish(pages.pdf(), whole, pagination)
    progress.stage("finish", f"{len(pagination.folios)} pages, {len(pdf) / 1e6:.2f} MB")
    problems = preflight(pdf, whole, pagination)
    progress.stage("preflight", f"{len(problems)} problems")
    path, refused = project.output(whole, "screen.pdf"), project.output(whole, "screen.refused.pdf")
    if any(problem.severity is Severity.ERROR for problem in problems):
        files.replace(refused, pdf)
        raise Rejected(problems)
    files.replace(path, pdf)
    refused.unlink(missing_ok=True)
    files.replace(project.output(whole, "screen.pages.json"), files.pages_json(whole, pagination))
    return Built(path, len(pagination.folios), tuple(problems), perf_counter() - started)


def preflight(pdf: bytes, whole: book.Book, pagination: Pagination) -> list[Problem]:
    """Check a screen file against its book."""
    printed = PrintedText(pdf, whole, pagination)
    set_as = typography.measure(pdf, typography.flush_left(pagination))
    return [
        *structure.check(printed, whole, pagination, SCREEN),
        *lost.check(printed, whole, pagination),
        *typography.check(set_as, SCREEN, f"{whole.id}/{SCREEN.name}.pdf"),
    ]


def preflight_built(project: Project, collection: Collection, source: VolumeSource) -> list[Problem]:
    """Check the file that an earlier build left. Raises Rejected when there is none or its page table is broken."""
    whole = compose(source, collection.catalogue, typeset.ENGINE)
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
    return preflight(pdf, whole, paginated(sections, pages))
