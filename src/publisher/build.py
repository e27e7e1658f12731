"""The journey of a volume: read, lint, compose, render, typeset, finish, preflight. Knows every stage; each knows only data."""

import json
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter

from publisher import book, booklets, build_report, cluster, manifest, pages_lock, pieces, sandbox, typeset, typeset_engine, unchanged
from publisher.archive import Archive
from publisher.changes import Changes, without_identities
from publisher.collection import Collection, VolumeSource
from publisher.compare import revisions
from publisher.compose.assemble import case_alone, compose
from publisher.defaults import DEFAULTS
from publisher.edition import SCREEN
from publisher.editions import DELIVERED, EDITIONS, OF_OWN_PAGES, Files, Job, Joining, Tell
from publisher.examination import lint
from publisher.finish import files
from publisher.finish.joining import Joined
from publisher.galley import Typeset
from publisher.garbage import look, own
from publisher.keeping import Keep, Stamp, afresh, stamped
from publisher.lint.queries import Examined
from publisher.pagination import Opening, Pagination, paginated
from publisher.preflight import typography
from publisher.preflight import verapdf as verapdf_check
from publisher.preflight.report import Check, CheckedFile, checks
from publisher.problems import Place, Problem, Rejected, Severity
from publisher.project import PROGRAM, Order, Progress, Project, key_of_folder
from publisher.read import read
from publisher.read_yaml import parsed
from publisher.recall import recall
from publisher.rules import RULES
from publisher.store import NoStore, Store, key
from publisher.workshop import Workshop, hands, workers

IN_BACKGROUND = 10
"""How far a rehearsal stands back behind what else the machine has to do."""
PAGE_TABLE = "screen.pages.json"
"""Where each section stands, in every edition."""


@dataclass(frozen=True)
class Built:
    """The files of one finished volume."""

    paths: tuple[Path, ...]
    """The PDF files."""
    pages: int
    problems: tuple[Problem, ...]
    seconds: float
    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    """Everything it left in its folder, by name."""


def composed(project: Project, collection: Collection, source: VolumeSource, since: str | None = None, keep: Keep = afresh) -> book.Book:
    """Compose a volume, with the chapter of what changed since a revision, its own where none is named."""
    return compose(source, collection.catalogue, typeset.ENGINE, changed(project, source, since), keep=keep)


def changed(project: Project, source: VolumeSource, since: str | None) -> Changes | None:
    """Return what changed in a volume; what identified a patient and was taken out is not printed again as a change."""
    since = since or source.volume.changes_since
    return without_identities(revisions.changes(project.root, since).of_volume(str(source.volume.id))) if since else None


def build_apart(project: Project, collection: Collection, source: VolumeSource, progress: Progress, order: Order = Order(), kept_as: str = "") -> Built:
    """Build in a child process, like `begin_apart`, and wait for it. Raises Rejected also when it outgrows its limits."""
    ((_, built),) = sandbox.side_by_side([lambda: begin_apart(project, collection, source, progress, order, kept_as)], 1)
    if isinstance(built, Exception):
        raise built
    return built


def begin_apart(
    project: Project,
    collection: Collection,
    source: VolumeSource,
    progress: Progress,
    order: Order = Order(),
    kept_as: str = "",
    keep: Keep | None = None,
    rehearsal: bool = False,
) -> sandbox.Running:
    """Begin a build in a child process with limits of its own; `kept_as` is the key under which its files are kept.

    It keeps what it reads and composes with `keep`, by itself in the store. A `rehearsal` leaves no files.
    """
    return begun(project, source, lambda pool: (collection, source, kept_as), order, keep, rehearsal, heard_by(progress))


Given = Callable[[Executor | None], tuple[Collection, VolumeSource, str]]
"""Says in a child that has its workers what it is to build, and under which key its files are kept."""


def begun(
    project: Project, known: VolumeSource, given: Given, order: Order, keep: Keep | None, rehearsal: bool = False, listen: sandbox.Listen = lambda *words: None
) -> sandbox.Running:
    """Begin a child that builds what it is `given`, which is the volume that is `known` or a later state of it."""

    def work(tell: Callable[..., None]) -> Built:
        told: list[tuple[str, str]] = []
        if rehearsal:
            os.nice(IN_BACKGROUND)

        def stage(name: str, detail: str) -> None:
            told.append((name, detail))
            tell("stage", name, detail)

        said = Progress(stage, lambda title, pages: tell("section", title, pages))
        store = Store(project.store) if order.keep else NoStore()
        with cluster.workers(order.cluster, project.styles) if order.cluster else workers() as pool:
            collection, source, kept_as = given(pool)
            workshop = Workshop(basis(project), store, pool, pool.hands if order.cluster else hands())
            built = build(project, collection, source, said, order, workshop, partial(tell, sandbox.ENDING), keep, rehearsal, partial(let_go, source))
        if kept_as:
            folder = built.paths[0].parent
            kept = unchanged.Kept(str(source.volume.id), str(source.volume.title), folder, built.pages, tuple(told), built.files)
            unchanged.keep(project, kept_as, order, kept)
        store.trim()
        return replace(built, files={})

    def let_go(source: VolumeSource) -> None:
        """Let go of the cases, which nothing asks for any more: this child has the frames of its parent too, and they name the volume."""
        source.cases.clear()
        source.trees.clear()
        parsed.cache_clear()

    most = sandbox.Limits.of(len(known.cases))
    return sandbox.begin(work, name=f"build/{known.volume.id}", most=most, listen=listen)


def heard_by(progress: Progress) -> sandbox.Listen:
    """Return what passes on to a progress what a child tells."""
    heard = {"stage": progress.stage, "section": progress.section}
    return lambda what, *words: heard[what](*words)


@dataclass(frozen=True)
class Prepared:
    """A child that has its workers and waits for a word; then it reads its volume and builds it."""

    volume: str
    running: sandbox.Running
    word: Connection

    def wake(self) -> bool:
        """Wake it; tell whether it is still there."""
        try:
            self.word.send(True)
        except BrokenPipeError:
            return False
        return True

    def end(self) -> None:
        """End it, whatever it is doing."""
        self.word.close()
        self.running.end(patient=False)


def prepared(project: Project, known: VolumeSource, order: Order, keep: Keep) -> Prepared:
    """Begin a child that builds a volume when it is woken, as its files are then; they may have changed, what else it is made of may not."""
    name = str(known.volume.id)
    there, here = multiprocessing.Pipe(duplex=False)

    def given(pool: Executor | None) -> tuple[Collection, VolumeSource, str]:
        for _ in range(hands() if pool else 0):
            pool.submit(pieces.at_hand, project.styles / SCREEN.stylesheet)
        own()
        there.recv()
        kept_as = unchanged.build_key(project, name, order) if order.keep and not order.report else ""
        collection = read(project.root, [name], keep)
        return collection, collection.volumes[name], kept_as

    running = begun(project, known, given, order, keep)
    there.close()
    return Prepared(name, running, here)


def basis(project: Project) -> str:
    """Return the key of what every piece of a build depends on: the program, its libraries, the styles with their fonts."""
    return key(key_of_folder(PROGRAM), key_of_folder(project.styles), *(f"{name} {number}" for name, number in sorted(typeset_engine.versions().items())))


def build(
    project: Project,
    collection: Collection,
    source: VolumeSource,
    progress: Progress,
    order: Order = Order(),
    workshop: Workshop | None = None,
    settled: Callable[[], None] = lambda: None,
    keep: Keep | None = None,
    rehearsal: bool = False,
    let_go: Callable[[], None] = lambda: None,
) -> Built:
    """Build the editions of a volume; of one of its cases the screen edition; as a draft also where findings are not settled.

    `settled` is called when nearly all sections have been set, `let_go` when no edition needs the cases any more. A `rehearsal` leaves no files.

    Raises Rejected when a stage cannot run, a finding is not settled, or preflight finds anything; the refused files are
    kept beside for a look, and the last good ones stay.
    """
    started, clock = perf_counter(), build_report.Clock()
    progress = timed(progress, clock)
    keep = keep or Archive((workshop or Workshop()).store)
    if workshop and workshop.has_workers:
        for _ in range(max(1, workshop.hands - 1)):  # this process has work of its own until it gives out sections
            workshop.executor.submit(pieces.ready, project.styles / SCREEN.stylesheet)
    has_workers = bool(workshop and workshop.has_workers)
    beside = has_workers and not recall.at_work  # with what is recalled it takes less time than a child's beginning
    with rules_applied(project, collection, source, order, keep, beside) as examined:
        try:
            changes = changed(project, source, order.since)
            whole = compose(source, collection.catalogue, typeset.ENGINE, changes, keep=keep)
        except Exception:
            examined()
            raise
        if order.case:
            whole = case_alone(whole, order.case)
        if order.draft:
            whole = replace(whole, id=f"{whole.id}-draft")

        @cache
        def said() -> Examined:
            examination = examined()
            progress.stage("lint", f"{len(RULES)} rules, {len(examination.errors) or 'no'} errors")
            progress.stage("compose", f"{len(whole.sections)} sections, {len(whole.rows)} table rows")
            progress.stage("render", f"{project.layouts.name}/, {project.styles.name}/")
            progress.stage("typeset", typeset.ENGINE)
            return examination

        if not has_workers:
            said()
        mark = f"未定稿（未决{len(said().errors)}处）" if order.draft else ""
        job = Job(source, collection.catalogue, whole, project.layouts, project.styles, workshop or Workshop(), mark=mark, changes=changes, settled=settled)
        urgent = saved_last(project, source)
        setter = typeset.Typesetter(job.renderer(whole).html, job.setting(SCREEN), progress.section, job.workshop.hands, first=urgent, given_out=said)
        held = [setter.typeset(whole)]
        examination = said()
    names = ("screen",) if order.case else order.editions or tuple(EDITIONS)
    job = replace(job, pagination=held[0].pagination)

    def nothing_else() -> None:
        held.clear()
        let_go()

    if tuple(names) == ("screen",):
        job = replace(job, let_go=nothing_else)
    del setter
    look()
    if not set(names) & set(OF_OWN_PAGES):
        settled()
    count = cache(manifest.page_count)  # of each file once, for checks and manifest
    outputs, problems, looked = {PAGE_TABLE: files.pages_json(whole, job.pagination)}, [], []
    for name, (made, found) in zip(names, editions(job, held, names, progress.stage), strict=True):
        looked.append(edition_checked(name, made, found, count))
        outputs |= made
        problems += found
    if rehearsal:
        return Built((), len(job.pagination.folios), tuple(problems), perf_counter() - started)
    if order.locked and not order.case:
        problems += check_lock(project, whole, job.pagination)
    if order.draft:
        outputs = {f"draft-{name}": content for name, content in outputs.items()}
    refuses = any(problem.severity is Severity.ERROR for problem in problems)
    if order.report:
        kept = {refused(name) if refuses else name: pdf for name, pdf in outputs.items() if name.endswith(".pdf") or not refuses}
        report = reported(build_report.Build(whole, job.pagination, examination, clock, kept, tuple(looked), None, order.draft))
        files.replace(project.output(whole.id, manifest.REPORT), report)
    pdfs = [name for name in outputs if name.endswith(".pdf")]
    folder = project.output(whole.id, "")
    if refuses:
        for name in pdfs:
            files.replace(folder / refused(name), outputs[name])
        raise Rejected(problems)
    fonts = manifest.fonts(project.styles / "fonts")
    listed = manifest.manifest(whole.id, outputs, made_of(project, whole.volume), fonts, version("casebook-publisher"), typeset_engine.versions(), count)
    outputs[manifest.NAME] = listed
    unchanged.deliver(folder, outputs, (manifest.REPORT,) if order.report else ())
    return Built(tuple(folder / name for name in pdfs), len(job.pagination.folios), tuple(problems), perf_counter() - started, outputs)


def saved_last(project: Project, source: VolumeSource) -> dict[str, Opening]:
    """Return the case that was saved last, which is the one that takes time, with the side on which it opened when the volume was last built."""
    last = max(source.cases, key=lambda slug: stamp_of(project, source, slug), default="")
    try:
        rows = json.loads(project.output(str(source.volume.id), PAGE_TABLE).read_bytes())["sections"]
        return {row["id"]: Opening("right" if int(row["label"]) % 2 else "left") for row in rows if row["id"] == last}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def stamp_of(project: Project, source: VolumeSource, slug: str) -> Stamp:
    """Return the stamp of the file of a case."""
    return stamped(project.root / source.trees[slug].place.path)


@contextmanager
def rules_applied(
    project: Project, collection: Collection, source: VolumeSource, order: Order, keep: Keep, beside: bool
) -> Iterator[Callable[[], Examined]]:
    """Give what returns what the rules say of a volume, and raises Rejected where that stops its build; they may be applied beside, in a child."""

    def passed(examination: Examined) -> Examined:
        if order.case in source.cases:
            examination = examination.of_case(source.cases[order.case].id.place.path)
        if stopping := examination.unprintable if order.draft else examination.errors:
            raise Rejected(stopping)
        return examination

    with sandbox.aside(partial(lint, project, collection, source, keep), f"build/{source.volume.id}/lint", beside) as examined:
        yield lambda: passed(examined())


def editions(job: Job, held: list[Typeset], names: Sequence[str], tell: Tell) -> Iterator[Files]:
    """Yield the files of editions in order. Where this machine has workers, those made of the same pages are made side by side, each in a child.

    The pages are the only ones `held`; they are taken, so that nobody has them any longer than they are needed.
    """
    of_volume = [name for name in names if name not in OF_OWN_PAGES]
    apart = of_volume if job.workshop.has_workers else []

    def volume() -> Joined:
        return job.joined(held.pop())

    if len(of_volume) > 1:
        volume = cache(volume)
    if len(apart) > 1:
        volume()  # joined once, for all children
    begun = {name: edition_apart(job, volume, name) for name in apart} if len(names) > 1 else {}
    try:
        made = {name: EDITIONS[name](job, volume, tell) for name in names if name not in begun}
        outcomes = dict(sandbox.outcomes(list(begun.values())))
    finally:
        for one in begun.values():
            one.end(patient=False)
    for place, name in enumerate(begun):
        if isinstance(outcomes[place], Exception):
            raise outcomes[place]
        made[name], told = outcomes[place]
        for words in told:
            tell(*words)
    yield from (made[name] for name in names)


def edition_apart(job: Job, volume: Joining, name: str) -> sandbox.Running:
    """Begin to make an edition in a child, which has no workers and makes by itself what it has to."""

    def work(_: Callable[..., None]) -> tuple[Files, list[tuple[str, str]]]:
        told: list[tuple[str, str]] = []
        alone = replace(job, workshop=Workshop(job.workshop.basis, job.workshop.store))
        return EDITIONS[name](alone, volume, lambda stage, detail: told.append((stage, detail))), told

    return sandbox.begin(work, name=f"build/{job.book.id}/{name}", most=sandbox.INHERITED)


def made_of(project: Project, volume: str) -> manifest.Source:
    """Return the figure of the files a volume is made of."""
    return manifest.source(project.root, project.paths(volume))


def timed(progress: Progress, clock: build_report.Clock) -> Progress:
    """Let a clock hear what the console is told."""

    def stage(name: str, detail: str) -> None:
        clock.stage(name, detail)
        progress.stage(name, detail)

    def section(title: str, pages: int) -> None:
        clock.section()
        progress.section(title, pages)

    return Progress(stage, section)


def edition_checked(edition: str, made: Mapping[str, bytes], found: list[Problem], count: Callable[[bytes], int]) -> CheckedFile:
    """Return an edition as the report of a build lists it: everything that was looked at in its files together."""
    named = [check for name in made for check in (DELIVERED[name].checks if name in DELIVERED else booklets.CHECKS)]
    pdfs = [name for name in made if name.endswith(".pdf")]
    pages = count(made[pdfs[0]]) if pdfs else 0
    return CheckedFile(edition, "、".join(pdfs), tuple(dict.fromkeys(named)), tuple(found), pages)


def reported(made: build_report.Build) -> bytes:
    """Return the report of a build, the setting of its pages measured."""
    ragged = typography.flush_left(made.pagination)
    return build_report.as_html(replace(made, typography=typography.measure(made.files[made.shown], ragged) if made.shown else None))


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
    return [*problems, *manifest.verify(folder, made_of(project, volume), f"publisher offprints {volume}")] if folder.is_dir() else problems


def verify_volume(project: Project, volume: str) -> list[Problem]:
    return list(manifest.verify(project.root / "build" / volume, made_of(project, volume)))


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
        path = project.output(whole.id, name)
        if path.is_file():
            found, notes = delivered.look(path.read_bytes(), job)
            listed = delivered.checks
            if name == "screen.pdf":
                more, said, note = conformance(path, f"{whole.id}/{name}", verapdf)
                found, notes, listed = [*found, *more], [*notes, note], (*listed, *said)
            checked.append(CheckedFile(delivered.edition, str(path.relative_to(project.root)), listed, tuple(found), page_count(path), tuple(notes)))
    if any(project.output(whole.id, "").glob("booklet-*.pdf")):
        checked += booklets.checked(job.shop(), project.output(whole.id, ""))
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
    place = Place(str(project.output(whole.id, "screen.pdf").relative_to(project.root)))
    return Problem(place, "PDF-000", "还没有可检查的成书", hint=f"先运行 publisher build {whole.id}")


def built_pages(project: Project, whole: book.Book) -> Pagination:
    """Return the pages of the files that an earlier build left. Raises Rejected when there are none or their table is broken."""
    path = project.output(whole.id, PAGE_TABLE)
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
