"""The journey of a volume: read, lint, compose, render, typeset, finish, preflight. Knows every stage; each knows only data."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from publisher import book, booklets, cluster, manifest, pages_lock, sandbox, typeset, typeset_engine
from publisher.changes import Changes, without_identities
from publisher.collection import Collection, VolumeSource
from publisher.compare import revisions
from publisher.compose.assemble import case_alone, compose
from publisher.edition import SCREEN
from publisher.editions import DELIVERED, EDITIONS, Job
from publisher.finish import files, staged
from publisher.lint.characters import covered
from publisher.lint.queries import Examined, examined
from publisher.pagination import Pagination, paginated
from publisher.preflight import verapdf as verapdf_check
from publisher.preflight.report import Check, CheckedFile, checks
from publisher.problems import Place, Problem, Rejected, Severity
from publisher.rules import RULES
from publisher.store import NoStore, Store, key, key_of_files
from publisher.workshop import Workshop, workers

DEFAULTS = Path(__file__).resolve().parents[2]
"""The checkout that holds the default layouts and styles."""
PAGE_TABLE = "screen.pages.json"
"""Where each section stands, in every edition."""
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

    @property
    def store(self) -> Path:
        """Where results are kept between builds."""
        return self.root / ".cache" / "publisher"

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
    """The files of one finished volume."""

    paths: tuple[Path, ...]
    pages: int
    problems: tuple[Problem, ...]
    seconds: float


def check(project: Project, collection: Collection) -> tuple[list[Examined], list[Problem]]:
    """Apply the editorial rules and compose every volume; return what the rules say and what cannot be composed."""
    found = [lint(project, collection, source) for source in collection.volumes.values()]
    problems = []
    for source in collection.volumes.values():
        try:
            compose(source, collection.catalogue, typeset.ENGINE)
        except Rejected as rejected:
            problems += rejected.problems
    return found, problems


def lint(project: Project, collection: Collection, source: VolumeSource) -> Examined:
    """Apply the editorial rules to one volume."""
    return examined(source, collection.catalogue, covered(project.styles / "fonts"))


def composed(project: Project, collection: Collection, source: VolumeSource, since: str | None = None) -> book.Book:
    """Compose a volume, with the chapter of what changed since a revision, its own where none is named."""
    return compose(source, collection.catalogue, typeset.ENGINE, changed(project, source, since))


def changed(project: Project, source: VolumeSource, since: str | None) -> Changes | None:
    """Return what changed in a volume; what identified a patient and was taken out is not printed again as a change."""
    since = since or source.volume.changes_since
    return without_identities(revisions.changes(project.root, since).of_volume(str(source.volume.id))) if since else None


@dataclass(frozen=True)
class Order:
    """What is asked of a build."""

    case: str | None = None
    """This case alone."""
    editions: tuple[str, ...] = ()
    """These editions; all when none is named."""
    locked: bool = False
    """Fail where a case would move from its locked page."""
    draft: bool = False
    """Build although findings are not settled, and say so on every page."""
    since: str | None = None
    """With a chapter of what changed since this revision."""
    keep: bool = True
    """Use and keep what was made between builds."""
    cluster: str = ""
    """The address of a Dask scheduler whose workers make the pieces; this machine's own where empty."""


def build_apart(project: Project, collection: Collection, source: VolumeSource, progress: Progress, order: Order = Order()) -> Built:
    """Build in a child process with limits of its own. Raises Rejected also when it outgrows them."""
    heard = {"stage": progress.stage, "section": progress.section}

    def work(tell: Callable[..., None]) -> Built:
        said = Progress(lambda name, detail: tell("stage", name, detail), lambda title, pages: tell("section", title, pages))
        store = Store(project.store) if order.keep else NoStore()
        with cluster.workers(order.cluster, project.styles) if order.cluster else workers() as pool:
            built = build(project, collection, source, said, order, Workshop(basis(project), store, pool))
        store.trim()
        return built

    most = sandbox.Limits.of(len(source.cases))
    return sandbox.run(work, name=f"build/{source.volume.id}", most=most, listen=lambda what, *words: heard[what](*words))


def basis(project: Project) -> str:
    """Return the key of what every piece of a build depends on: the program, its libraries, the styles with their fonts."""
    program = sorted(Path(__file__).parent.rglob("*.py"))
    styles = sorted(path for path in project.styles.rglob("*") if path.is_file())
    return key(key_of_files(program), key_of_files(styles), *(f"{name} {number}" for name, number in sorted(typeset_engine.versions().items())))


def build(
    project: Project, collection: Collection, source: VolumeSource, progress: Progress, order: Order = Order(), workshop: Workshop | None = None
) -> Built:
    """Build the editions of a volume; of one of its cases the screen edition; as a draft also where findings are not settled.

    Raises Rejected when a stage cannot run, a finding is not settled, or preflight finds anything; the refused files are
    kept beside for a look, and the last good ones stay.
    """
    started = perf_counter()
    examination = lint(project, collection, source)
    if order.case in source.cases:
        examination = examination.of_case(source.cases[order.case].id.place.path)
    if stopping := examination.unprintable if order.draft else examination.errors:
        raise Rejected(stopping)
    changes = changed(project, source, order.since)
    whole = compose(source, collection.catalogue, typeset.ENGINE, changes)
    if order.case:
        whole = case_alone(whole, order.case)
    if order.draft:
        whole = replace(whole, id=f"{whole.id}-draft")
    progress.stage("lint", f"{len(RULES)} rules, {len(examination.errors) or 'no'} errors")
    progress.stage("compose", f"{len(whole.sections)} sections, {len(whole.rows)} table rows")
    mark = f"未定稿（未决{len(examination.errors)}处）" if order.draft else ""
    job = Job(source, collection.catalogue, whole, project.layouts, project.styles, workshop or Workshop(), mark=mark, changes=changes)
    progress.stage("render", f"{project.layouts.name}/, {project.styles.name}/")
    progress.stage("typeset", typeset.ENGINE)
    pages = typeset.Typesetter(job.renderer(whole).html, job.setting(SCREEN), progress.section).typeset(whole)
    job = replace(job, pagination=pages.pagination)
    outputs, problems = {PAGE_TABLE: files.pages_json(whole, job.pagination)}, []
    for name in ("screen",) if order.case else order.editions or EDITIONS:
        made, found = EDITIONS[name](job, pages, progress.stage)
        outputs |= made
        problems += found
    if order.locked and not order.case:
        problems += check_lock(project, whole, job.pagination)
    if order.draft:
        outputs = {f"draft-{name}": content for name, content in outputs.items()}
    pdfs = [name for name in outputs if name.endswith(".pdf")]
    folder = project.output(whole, "")
    if any(problem.severity is Severity.ERROR for problem in problems):
        for name in pdfs:
            files.replace(folder / refused(name), outputs[name])
        raise Rejected(problems)
    fonts = manifest.fonts(project.styles / "fonts")
    listed = manifest.manifest(whole.id, outputs, project.sources(whole.volume), fonts, version("casebook-publisher"), typeset_engine.versions())
    staged.replace_all(folder, {**outputs, manifest.NAME: listed}, superseded=superseded(folder, outputs))
    return Built(tuple(folder / name for name in pdfs), len(job.pagination.folios), tuple(problems), perf_counter() - started)


def superseded(folder: Path, outputs: dict[str, bytes]) -> tuple[str, ...]:
    """Name the files of older builds that no longer belong: refused ones, and what this build does not make any more."""
    found = {*manifest.listed(folder), *(path.name for pattern in ("*.refused.pdf", "booklet-*.pdf") for path in folder.glob(pattern))}
    return tuple(sorted(found - set(outputs)))


def refused(name: str) -> str:
    return name.replace(".pdf", ".refused.pdf")


def check_lock(project: Project, whole: book.Book, pagination: Pagination) -> Iterator[Problem]:
    path = project.lock(whole.volume)
    return pages_lock.check(path.read_bytes() if path.is_file() else None, whole, pagination)


def lock(project: Project, collection: Collection, source: VolumeSource) -> Path:
    """Hold the pages of the built volume. Raises Rejected when its file is missing, altered or of another source."""
    whole = composed(project, collection, source)
    problems = verify(project, whole.id)
    if problems:
        raise Rejected(problems)
    files.replace(project.lock(whole.id), pages_lock.lock(built_pages(project, whole)))
    return project.lock(whole.id)


def verify(project: Project, volume: str) -> list[Problem]:
    """Check the build folder of a volume, and of its offprints where there are any, against their manifests and the sources."""
    problems = verify_volume(project, volume)
    folder = project.root / "build" / volume / manifest.OFFPRINTS
    return [*problems, *manifest.verify(folder, project.sources(volume), f"publisher offprints {volume}")] if folder.is_dir() else problems


def verify_volume(project: Project, volume: str) -> list[Problem]:
    return list(manifest.verify(project.root / "build" / volume, project.sources(volume)))


def report_built(
    project: Project, collection: Collection, source: VolumeSource, verapdf: bool | None = None, since: str | None = None
) -> list[CheckedFile]:
    """Check the built files of a volume and return what was looked at and found in each.

    veraPDF is asked about the screen edition where it is there; with `verapdf` true it has to be, with false it is not asked.
    """
    whole = composed(project, collection, source, since)
    workshop = Workshop(basis(project), Store(project.store))
    changes = changed(project, source, since)
    job = Job(source, collection.catalogue, whole, project.layouts, project.styles, workshop, built_pages(project, whole), changes=changes)
    checked = []
    for name, delivered in DELIVERED.items():
        path = project.output(whole, name)
        if path.is_file():
            found, notes = delivered.look(path.read_bytes(), job)
            listed = delivered.checks
            if name == "screen.pdf":
                more, said, note = conformance(path, f"{whole.id}/{name}", verapdf)
                found, notes, listed = [*found, *more], [*notes, note], (*listed, *said)
            checked.append(CheckedFile(delivered.edition, str(path.relative_to(project.root)), listed, tuple(found), page_count(path), tuple(notes)))
    if any(project.output(whole, "").glob("booklet-*.pdf")):
        checked += booklets.checked(job.shop(), project.output(whole, ""))
    if not checked:
        raise Rejected([unbuilt(project, whole)])
    return checked


def conformance(path: Path, name: str, wanted: bool | None) -> tuple[list[Problem], tuple[Check, ...], str]:
    """Ask veraPDF about a file; return what it found, what it looked at, and a note that says whether it was asked."""
    listed = checks("veraPDF", verapdf_check.CODES)
    if wanted is False:
        return [], (), "veraPDF：未检查（--no-verapdf）"
    try:
        found = verapdf_check.check({name: path}, (DEFAULTS,))
    except verapdf_check.Missing as missing:
        note = f"veraPDF：未检查。{missing}"
        return ([Problem(Place(name), code, note) for code in verapdf_check.CODES], listed, note) if wanted else ([], (), note)
    return found, listed, f"veraPDF：已检查，{len(found)} 处不合"


def page_count(path: Path) -> int:
    return manifest.page_count(path.read_bytes())


def unbuilt(project: Project, whole: book.Book) -> Problem:
    place = Place(str(project.output(whole, "screen.pdf").relative_to(project.root)))
    return Problem(place, "PDF-000", "还没有可检查的成书", hint=f"先运行 publisher build {whole.id}")


def built_pages(project: Project, whole: book.Book) -> Pagination:
    """Return the pages of the files that an earlier build left. Raises Rejected when there are none or their table is broken."""
    path = project.output(whole, PAGE_TABLE)
    try:
        table = json.loads(path.read_bytes())
        sections = [(whole.section(row["id"]), row["first_page"], row["last_page"]) for row in table["sections"]]
        pages = int(table["pages"])
    except OSError as error:
        raise Rejected([unbuilt(project, whole)]) from error
    except (ValueError, KeyError, TypeError, StopIteration) as error:
        problem = Problem(Place(str(path.relative_to(project.root))), "PDF-000", "成书与来源不是同一版", hint=f"重新运行 publisher build {whole.id}")
        raise Rejected([problem]) from error
    return paginated(sections, pages)
