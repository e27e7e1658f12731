"""The command line: `publisher check`, `settle`, `explain`, `diff`, `build`, `preflight` and the rest. The only module that prints.

Exit status: 0 clean, 1 problems, 2 wrong use.
"""

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer
from rich.cells import set_cell_size
from rich.console import Console
from typer import rich_utils
from typer.core import TyperGroup

from publisher import edition as edition_names
from publisher import languages, manifest, unchanged
from publisher.defaults import DEFAULTS
from publisher.finish import staged
from publisher.keeping import Keep
from publisher.problems import BLANK, Place, Problem, Rejected, nearest
from publisher.project import STAGES, Order, Progress, Project
from publisher.store import NoStore, Store


class Later:
    """A module that is loaded when something of it is asked for: the engine takes longer to load than most commands to run."""

    def __init__(self, name: str):
        self.name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self.name), attribute)


journey = Later("publisher.build")
examination = Later("publisher.examination")
archive = Later("publisher.archive")
files = Later("publisher.finish.files")
single = Later("publisher.offprints")
changed = Later("publisher.compare.report")
revisions = Later("publisher.compare.revisions")
care = Later("publisher.lint.completeness")
explained = Later("publisher.lint.explained")
settling = Later("publisher.lint.settling")
queries = Later("publisher.lint.report")
sheet = Later("publisher.lint.review")
looked = Later("publisher.preflight.report")
reading = Later("publisher.read")
library = Later("publisher.library")
shelf = Later("publisher.shelf")
standby = Later("publisher.standby")
doctor = Later("publisher.workbench.doctor")
documents = Later("publisher.workbench.documents")
formatting = Later("publisher.workbench.formatting")
importing = Later("publisher.workbench.importing")
manuscript = Later("publisher.workbench.manuscript")
previewing = Later("publisher.workbench.preview.server")
scaffold = Later("publisher.workbench.scaffold")
schemas = Later("publisher.workbench.schema")


@dataclass
class Voice:
    """In which language this run speaks."""

    language: str = ""


voice = Voice()
console = Console(highlight=False, soft_wrap=True, emoji=False)
errors = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def spoken() -> languages.Language:
    return languages.language(voice.language or languages.language_of(os.environ))


def tell(text: str, style: str | None = None) -> None:
    console.print(spoken().text(text), markup=False, style=style)


def complain(text: str) -> None:
    errors.print(spoken().text(text), markup=False)


def echo(text: str) -> None:
    typer.echo(spoken().text(text), nl=False)


def in_json(text: str) -> str:
    """Return a JSON list of findings with messages and hints in the language of the run."""
    said = [{**item, "message": spoken().message(item["message"]), "hint": spoken().message(item["hint"])} for item in json.loads(text)]
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


class Speaking(TyperGroup):
    """The commands; what they say of themselves is in the language of the run, whichever option comes first."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = [word.partition("=")[2] or following for word, following in pairwise([*args, ""]) if word.split("=")[0] == "--lang"]
        voice.language = next((word for word in named if word in languages.NAMES), "")
        for title, words in (("ARGUMENTS", "Arguments"), ("OPTIONS", "Options"), ("COMMANDS", "Commands")):
            setattr(rich_utils, f"{title}_PANEL_TITLE", spoken().message(words))
        translate(self, ctx)
        return super().parse_args(ctx, args)


def translate(command: Any, ctx: Any) -> None:
    """Put the help of a command, its parameters and its commands into the language of the run."""
    for item in (command, *command.get_params(ctx)):
        if getattr(item, "help", None):
            item.help = spoken().message(" ".join(item.help.split()))
    for inner in getattr(command, "commands", {}).values():
        translate(inner, ctx)


app = typer.Typer(
    cls=Speaking, no_args_is_help=True, add_completion=False, help="Typeset clinical casebooks from validated YAML.", pretty_exceptions_enable=False
)

HANDS_OF_VOLUME = 2
"""Cores that one volume keeps busy: more volumes at once only get in each other's way."""
MISUSE = {"SRC-020", "SRC-027", "SRC-033", "DIF-003"}
"""A volume, case, edition, rule or revision that does not exist."""


ANSWERS = "逐处改正，或以编者按了结（notes 中写 settles），或豁免（waivers）；publisher explain 代号 说明规则；只看样稿可加 --draft"
"""What an editor can do about findings that stop an edition."""


class Tongue(StrEnum):
    """The languages of messages."""

    CHINESE = "zh"
    ENGLISH = "en"


Root = Annotated[Path, typer.Option("--root", help="The book project's folder.", exists=True, file_okay=False)]
Volumes = Annotated[list[str] | None, typer.Argument(help="Volumes by folder name; all when none is named.")]
LibraryFile = Annotated[
    Path | None, typer.Option("--library", help="The list of the volumes that are worked on as one; library.yaml of the root where no volume is named.")
]
Since = Annotated[str | None, typer.Option("--changes-since", help="With a chapter of what changed since this revision of git.")]


@app.callback()
def options(
    lang: Annotated[Tongue | None, typer.Option("--lang", help="The language of messages; else as PUBLISHER_LANG or the locale says.")] = None,
) -> None:
    """Typeset clinical casebooks from validated YAML."""


def complain_of(problems: list[Problem]) -> None:
    """Print problems, and what can be done about them."""
    for problem in problems:
        complain(str(problem))
    complain(f"共 {len(problems)} 处问题")
    if any(problem.code in explained.RULES for problem in problems):
        complain(ANSWERS)


def report(problems: list[Problem]) -> None:
    """Print problems and leave with status 1, or 2 when only the names on the command line are wrong."""
    complain_of(problems)
    raise typer.Exit(2 if all(problem.code in MISUSE for problem in problems) else 1)


class Form(StrEnum):
    """What `check` and `diff` print."""

    TEXT = "text"
    JSON = "json"


@app.command()
def check(
    volumes: Volumes = None,
    root: Root = Path(),
    form: Annotated[Form, typer.Option("--format", help="For people or for programs.")] = Form.TEXT,
    review: Annotated[Path | None, typer.Option("--review", help="Write the review sheet for clinicians into this HTML file.", dir_okay=False)] = None,
    suggest: Annotated[bool, typer.Option("--suggest", help="Name the editor's notes that may settle a finding.")] = False,
    completeness: Annotated[bool, typer.Option("--completeness", help="Print what each case lacks of a complete report, and nothing else.")] = False,
    cache: Annotated[bool, typer.Option("--cache/--no-cache", help="Use what was made before where nothing it depends on has changed.")] = True,
    listed_in: LibraryFile = None,
) -> None:
    """Read the sources and report everything in them that is wrong or must be looked at."""
    if (file := chosen_library(root, listed_in, volumes)) and not (review or completeness):
        check_library(file, form, cache)
    project = Project(root.resolve())
    store = Store(project.store) if cache else NoStore()
    name = unchanged.check_key(project, volumes or project.volumes, form, str(suggest)) if cache else ""
    kept = None if review or completeness else store.get(name)
    if kept is None:
        said = checked(project, volumes, form, review, suggest, completeness, archive.Archive(store))
        store.put(name, json.dumps(said, ensure_ascii=False).encode())
    out, wrong, status = json.loads(kept) if kept else said
    if form is Form.JSON:
        typer.echo(in_json(out), nl=False)
    elif out:
        tell(out)
    if wrong:
        complain(wrong)
    raise typer.Exit(status)


def checked(
    project: Project, volumes: list[str] | None, form: Form, review: Path | None, suggest: bool, completeness: bool, keep: Keep
) -> tuple[str, str, int]:
    """Return what `check` says, what it says of errors, and its status. Leaves the program where the sources cannot be read."""
    try:
        collection = reading.read(project.root, volumes, keep)
    except Rejected as rejected:
        if form is Form.JSON:
            typer.echo(in_json(queries.as_json([], rejected.problems)), nl=False)
            raise typer.Exit(1) from rejected
        report(rejected.problems)
    if completeness:
        echo(care.table(collection))
        raise typer.Exit(0)
    try:
        examined, problems = examination.check(project, collection, keep)
    except Rejected as rejected:
        report(rejected.problems)
    listed = list(zip(collection.volumes.values(), examined, strict=True))
    stops = bool(problems or any(examination.errors for examination in examined))
    if review:
        files.replace(review, sheet.as_html(listed))
    if form is Form.JSON:
        return queries.as_json(examined, problems), "", int(stops)
    said = queries.Report(listed, project.root, suggest).text()
    if stops:
        return "", "\n".join([said, *map(str, problems), *([f"共 {len(problems)} 处问题"] if problems else [])]), 1
    return "\n".join([said, *(f"{name}: {len(source.cases)} cases, no errors" for name, source in collection.volumes.items())]), "", 0


@app.command()
def settle(
    volumes: Volumes = None,
    root: Root = Path(),
    write: Annotated[bool, typer.Option("--write", help="Write `settles` into the notes; nothing else in the files is altered.")] = False,
    codes: Annotated[list[str] | None, typer.Option("--code", help="Only findings of this rule; may be given again.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Take every note on the words of a finding, not the likeliest alone.")] = False,
) -> None:
    """Find the editor's notes that answer a finding, and say so in them. Read what is proposed before it is written."""
    try:
        project = Project(root.resolve())
        keep = archive.Archive.of(project)
        collection = reading.read(root, volumes, keep)
        examined, _ = examination.check(project, collection, keep)
        found = [
            item
            for source, examination in zip(collection.volumes.values(), examined, strict=True)
            for item in (settling.proposals if every else settling.likely)(source, examination)
            if not codes or item.code in codes
        ]
        for item in found:
            tell(item.text)
        tell(f"可由编者按了结的疑点 {len(found)} 处")
        if write:
            for path, content in settling.edited(root.resolve(), found).items():
                files.replace(path, content)
    except Rejected as rejected:
        report(rejected.problems)


@app.command()
def explain(
    codes: Annotated[list[str] | None, typer.Argument(help="Codes of rules; all are listed when none is named.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print docs/rules.md.")] = False,
) -> None:
    """Say what a rule forbids, why, and show a wrong and a right example."""
    if markdown:
        typer.echo(explained.document(DEFAULTS), nl=False)
        return
    unknown = [code for code in codes or [] if code not in explained.RULES]
    if unknown:
        report([Problem(Place("publisher explain"), "SRC-033", "没有这条规则", code, nearest(code, sorted(explained.RULES))) for code in unknown])
    echo(explained.rules(codes, DEFAULTS) if codes else explained.register())


@app.command()
def diff(
    since: Annotated[str, typer.Argument(help="A revision of git: a tag, a branch, a commit.")],
    until: Annotated[str | None, typer.Argument(help="A later revision; the files as they lie when none is named.")] = None,
    root: Root = Path(),
    form: Annotated[Form, typer.Option("--format", help="For people or for programs.")] = Form.TEXT,
) -> None:
    """Say what changed in the facts of the sources since a revision."""
    try:
        found = revisions.changes(root.resolve(), since, until)
    except Rejected as rejected:
        report(rejected.problems)
    if form is Form.JSON:
        typer.echo(changed.as_json(found), nl=False)
    else:
        echo(changed.as_text(found))


@app.command()
def build(
    volumes: Volumes = None,
    root: Root = Path(),
    case: Annotated[str | None, typer.Option("--case", help="Typeset this case alone.")] = None,
    edition: Annotated[
        str | None, typer.Option("--edition", help=f"Build these editions alone, parted by commas: {', '.join(edition_names.NAMES)}. All when none is named.")
    ] = None,
    locked: Annotated[bool, typer.Option("--locked", help="Fail where a case would move from its locked page.")] = False,
    cache: Annotated[bool, typer.Option("--cache/--no-cache", help="Use what was made before where nothing it depends on has changed.")] = True,
    draft: Annotated[bool, typer.Option("--draft", help="Build although findings are not settled; every page says so.")] = False,
    changes_since: Since = None,
    with_report: Annotated[bool, typer.Option("--report", help="Write report.html: times, findings, measures, checks, a picture of every page.")] = False,
    show: Annotated[bool, typer.Option("--open", help="Open the report where one is written, else the first PDF.")] = False,
    listed_in: LibraryFile = None,
    cluster: Annotated[str, typer.Option("--cluster", help="Let the workers of a Dask scheduler typeset: tcp://scheduler:8786.")] = "",
    watch: Annotated[bool, typer.Option("--watch", help="Build again whenever a source is saved, until interrupted.")] = False,
) -> None:
    """Build the editions of each volume, or the screen edition of one case."""
    editions = [name.strip() for name in edition.split(",")] if edition is not None else []
    if unknown := [name for name in editions if name not in edition_names.NAMES]:
        hint = nearest(unknown[0], edition_names.NAMES) or f"可用：{'、'.join(edition_names.NAMES)}"
        report([Problem(Place("--edition"), "SRC-033", "没有这一版", unknown[0], hint)])
    order = Order(case, tuple(editions), locked, draft, changes_since, cache, with_report, cluster)
    file = None if case else chosen_library(root, listed_in, volumes)
    if file and watch:
        report([Problem(Place("--watch"), "SRC-033", "不能守候整个文库", file.name, "写出卷名")])
    if file:
        build_library(file, order)
    project = Project(root.resolve())
    if watch:
        keep_building(project, volumes, order, show)
        return
    try:
        build_changed(project, volumes, order, show)
    except Rejected as rejected:
        report(rejected.problems)


def keep_building(project: Project, volumes: list[str] | None, order: Order, show: bool) -> None:
    """Build, and again whenever a source is saved, until the program is interrupted; leave it where there is no such volume."""
    ready = standby.Standby(project, volumes, order)
    with until_interrupted():
        for _ in ready.rounds():
            try:
                build_changed(project, volumes, order, show, ready)
                ready.is_good = True
            except Rejected as rejected:
                if all(problem.code in MISUSE for problem in rejected.problems):
                    report(rejected.problems)
                complain_of(rejected.problems)
            show = False
            tell("waiting for changes (Ctrl+C ends it)", style="dim")


@contextmanager
def until_interrupted() -> Iterator[None]:
    """Let something go on until Ctrl+C, or until its window is closed, and leave in order either way."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    except KeyboardInterrupt:
        return
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def build_changed(project: Project, volumes: list[str] | None, order: Order, show: bool = False, ready: Any = None) -> None:
    """Build the volumes that were not built as they are now, and put the others in their places. Raises Rejected.

    Where a `Standby` is `ready`, what it has in memory serves, and of volumes that are as they were in its last round nothing is said again.
    """
    keep = ready.memory if ready else archive.Archive.of(project, order.keep)
    names = {name: unchanged.build_key(project, name, order) if order.keep and not order.report else "" for name in volumes or project.volumes}
    if ready and names and not (names := ready.changed(names)):
        return
    kept = {name: found for name, key in names.items() if key and (found := unchanged.find(project, key))}
    for found in kept.values():
        as_before(project, found)
        if show:
            typer.launch(str(found.paths[0]))
    left = [name for name in names if name not in kept]
    if kept and (order.case or not left):
        return
    collection = reading.read(project.root, left if left and (kept or ready) else volumes, keep)
    chosen = list(collection.volumes.values())
    if order.case:
        chosen = [source for source in chosen if order.case in source.cases]
        if not chosen:
            known = sorted(slug for source in collection.volumes.values() for slug in source.cases)
            raise Rejected([Problem(Place("content"), "SRC-027", "没有这一病例", order.case, nearest(order.case, known))])
    build_all(project, collection, chosen, order, names, show, keep, ready.begin if ready else journey.begin_apart)
    if ready:
        ready.built |= set(left)


def build_all(
    project: Project, collection: Any, chosen: list[Any], order: Order, names: dict[str, str], show: bool, keep: Keep, begin: Callable[..., Any]
) -> None:
    """Build volumes side by side; the first that is not done speaks at once, the others in their turn. Raises Rejected with what is wrong in all."""
    speech = Speech(len(chosen))
    begins, reports = [], []
    for place, source in enumerate(chosen):
        say = speech.of(place)
        say(spoken().text(f"{place + 1}/{len(chosen)}  {source.volume.title}"), style="bold")
        heard = progress(say)
        heard.stage("read", f"{len(source.cases)} cases")
        told = project.root / "build" / order.folder(str(source.volume.id)) / manifest.REPORT
        reports.append((told, modified(told)))
        begins.append(partial(begin, project, collection, source, heard, order, names.get(str(source.volume.id), ""), keep))
    if len(begins) > 1:
        journey.pieces.load()
    problems: list[Problem] = []
    for place, built in journey.sandbox.side_by_side(begins, max(1, journey.hands() // HANDS_OF_VOLUME)):
        said = partial(speak, speech.of(place))
        told, before = reports[place]
        written = modified(told) != before and told.is_file()
        if written:
            said(f"  -> {told.relative_to(project.root)}")
        if isinstance(built, Rejected):
            problems += built.problems
        elif isinstance(built, Exception):
            raise built
        else:
            for problem in built.problems:
                said(str(problem))
            for path in built.paths:
                said(f"  -> {path.relative_to(project.root)}")
            said(f"  {built.pages} pages, {built.seconds:.1f} s")
        if show and (written or not isinstance(built, Exception)):
            typer.launch(str(told if written else built.paths[0]))
        speech.ended(place)
    if problems:
        raise Rejected(problems)


def speak(say: Callable[[str], None], text: str) -> None:
    say(spoken().text(text))


def modified(path: Path) -> int:
    """Return when a file was written, in nanoseconds; 0 where there is none."""
    return path.stat().st_mtime_ns if path.is_file() else 0


class Speech:
    """What works that go on side by side have to say, one after another."""

    def __init__(self, count: int):
        self.held: list[list[tuple[str, str | None]]] = [[] for _ in range(count)]
        self.over = [False] * count

    @property
    def speaking(self) -> int:
        """The first work that has not ended."""
        return self.over.index(False) if False in self.over else len(self.over)

    def of(self, place: int) -> Callable[..., None]:
        def say(text: str, style: str | None = None) -> None:
            self.held[place].append((text, style))
            if place <= self.speaking:
                self.release(place)

        return say

    def ended(self, place: int) -> None:
        before, self.over[place] = self.speaking, True
        for other in range(before, min(self.speaking + 1, len(self.over))):
            self.release(other)

    def release(self, place: int) -> None:
        for text, style in self.held[place]:
            console.print(text, markup=False, style=style)
        self.held[place].clear()


def as_before(project: Project, kept: unchanged.Kept) -> None:
    """Put a build of unchanged sources in its place and say what was said of it."""
    started = perf_counter()
    unchanged.deliver(kept.folder, kept.files)
    tell(kept.title, style="bold")
    for name, detail in kept.told:
        progress().stage(name, detail)
    for path in kept.paths:
        tell(f"  -> {path.relative_to(project.root)}")
    tell(f"  {kept.pages} pages, nothing changed, {perf_counter() - started:.1f} s")


def chosen_library(root: Path, named: Path | None, volumes: list[str] | None) -> Path | None:
    """Return the list of volumes to work on: the file that was named, or that of the root where no volume was."""
    if named and volumes:
        report([Problem(Place("--library"), "SRC-033", "卷名与 --library 不能并用", "、".join(volumes), "二者取一")])
    own = root / library.NAME
    return named or (own if not volumes and own.is_file() else None)


def build_library(file: Path, order: Order) -> None:
    """Build the volumes of a library and leave with status 1 if any failed."""
    try:
        listed = reading.read_library(file)
    except Rejected as rejected:
        report(rejected.problems)

    def begin(folder: Any) -> Progress:
        tell(str(folder), style="bold")
        return progress()

    def heard(outcome: Any) -> None:
        for problem in outcome.problems:
            complain(str(problem))
        if outcome.trace:
            errors.print(outcome.trace, markup=False)

    outcomes = shelf.build(file.parent.resolve(), listed, order, begin, heard)
    tell(f"\n{listed.title}\n{shelf.table(outcomes)}\n-> {shelf.REPORT}")
    raise typer.Exit(int(any(outcome.failed for outcome in outcomes)))


def check_library(file: Path, form: Form, cache: bool) -> None:
    """Check the volumes of a library and leave with status 1 if any has an error."""
    try:
        listed = reading.read_library(file)
    except Rejected as rejected:
        if form is Form.JSON:
            typer.echo(in_json(queries.as_json([], rejected.problems)), nl=False)
            raise typer.Exit(1) from rejected
        report(rejected.problems)
    looked_at = list(shelf.check(file.parent.resolve(), listed, cache))
    outcomes = [item.outcome for item in looked_at]
    if form is Form.JSON:
        examined, problems = [one for item in looked_at for one in item.examined], [problem for item in looked_at for problem in item.problems]
        typer.echo(in_json(queries.as_json(examined, problems)), nl=False)
    else:
        for outcome in outcomes:
            for problem in outcome.problems:
                complain(str(problem))
        tell(f"{listed.title}\n{shelf.table(outcomes)}")
    raise typer.Exit(int(any(outcome.failed for outcome in outcomes)))


@app.command()
def clean(root: Root = Path()) -> None:
    """Remove what was built and what is kept between builds."""
    project = Project(root.resolve())
    for folder in (project.root / "build", project.store):
        shutil.rmtree(folder, ignore_errors=True)


@app.command()
def offprints(
    volumes: Volumes = None,
    root: Root = Path(),
    case: Annotated[list[str] | None, typer.Option("--case", help="Only this case; may be given more than once.")] = None,
) -> None:
    """Build every case as a file of its own, on the pages it has in its volume: build/<volume>/offprints."""
    try:
        project = Project(root.resolve())
        collection = reading.read(root, volumes, archive.Archive.of(project))
        known = {slug: source for source in collection.volumes.values() for slug in source.cases}
        if unknown := [slug for slug in case or [] if slug not in known]:
            report([Problem(Place("content"), "SRC-027", "没有这一病例", slug, nearest(slug, sorted(known))) for slug in unknown])
        for source in collection.volumes.values():
            wanted = [slug for slug in case or [] if slug in source.cases]
            if case and not wanted:
                continue
            tell(str(source.volume.title), style="bold")
            made = single.build_apart(project, collection, source, progress(), wanted)
            tell(f"  -> {made.folder.relative_to(project.root)}")
            tell(f"  {len(made.names)} offprints, {made.pages} pages, {made.seconds:.1f} s")
    except Rejected as rejected:
        report(rejected.problems)


@app.command()
def lock(volumes: Volumes = None, root: Root = Path()) -> None:
    """Hold the pages on which the cases of the built volumes begin: content/<volume>/pages.lock."""
    try:
        project = Project(root.resolve())
        collection = reading.read(root, volumes, archive.Archive.of(project))
        for source in collection.volumes.values():
            tell(str(journey.lock(project, collection, source).relative_to(project.root)))
    except Rejected as rejected:
        report(rejected.problems)


@app.command()
def verify(volumes: Volumes = None, root: Root = Path()) -> None:
    """Compare the build folders with their manifests and with the sources."""
    project = Project(root.resolve())
    names = volumes or sorted(path.parent.name for path in (project.root / "content").glob("*/volume.yaml"))
    problems = [problem for name in names for problem in journey.verify(project, name)]
    if problems:
        report(problems)
    tell(f"{'、'.join(names)}: every file as delivered")


@app.command()
def preflight(
    volumes: Volumes = None,
    root: Root = Path(),
    report_to: Annotated[Path | None, typer.Option("--report", help="Write report.json and report.html into this folder.")] = None,
    verapdf: Annotated[bool | None, typer.Option("--verapdf/--no-verapdf", help="Insist on veraPDF, or leave it; asked where it is there.")] = None,
    changes_since: Since = None,
) -> None:
    """Check the built files of every edition again against their sources."""
    try:
        project = Project(root.resolve())
        collection = reading.read(root, volumes, archive.Archive.of(project))
        checked = [file for source in collection.volumes.values() for file in journey.report_built(project, collection, source, verapdf, changes_since)]
    except Rejected as rejected:
        report(rejected.problems)
    if report_to:
        staged.replace_all(report_to, {"report.json": looked.as_json(checked), "report.html": looked.as_html(checked)})
    for file in checked:
        said = f"{len(file.problems)} problems" if file.problems else "no problems"
        tell(f"{file.path}: {len(file.results)} checks, {said}")
        for note in file.notes:
            tell(f"  {note}")
    if problems := [problem for file in checked for problem in file.problems]:
        report(problems)


@app.command()
def preview(
    root: Root = Path(),
    port: Annotated[int, typer.Option("--port", help="A port of this machine; 0 takes any that is free.", min=0, max=65535)] = 8600,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    editor: Annotated[
        str, typer.Option("--editor", envvar="PUBLISHER_EDITOR", help='Opens a source at a line: "code --goto {file}:{line}:{column}". Run without a shell.')
    ] = "",
) -> None:
    """Show the typeset pages and the findings in the browser, fresh after every saving. Only this machine can see them."""
    try:
        bound = previewing.listening(port)
    except OSError as error:
        report([Problem(Place("publisher preview"), "RUN-008", f"端口 {port} 用不了", error.strerror or str(error), "以 --port 0 任取一个空闲端口")])
    made = previewing.server(Project(root.resolve()), editor)
    tell(f"preview: {previewing.address(bound)} (Ctrl+C ends it)")
    if open_page:
        typer.launch(previewing.address(bound))
    made.run(sockets=[bound])


def progress(say: Callable[[str], None] = lambda text: console.print(text, markup=False)) -> Progress:
    """Tell stages, and how many sections and pages are set, as they come."""
    counted: dict[str, int] = {}

    def stage(name: str, detail: str) -> None:
        word = spoken().message(name)
        say(f"  {STAGES.index(name) + 1} {set_cell_size(word, 10)} {spoken().message(detail)}")

    def section(title: str, pages: int) -> None:
        again = title in counted
        counted[title] = pages
        so_far = "set again" if again else f"{len(counted)} sections, {sum(counted.values())} pages so far"
        say(f"      {title}  {spoken().message(f'{pages} p.')}  {spoken().message(so_far)}")

    return Progress(stage, section)


new = typer.Typer(no_args_is_help=True, help="Start a volume or a case: a file with every field explained.")
app.add_typer(new, name="new")


@new.command("volume")
def new_volume(
    name: Annotated[str, typer.Argument(help="Its folder name: lower-case letters, digits, hyphens.")],
    root: Root = Path(),
    title: Annotated[str, typer.Option("--title", help="The title of the volume.")] = BLANK,
) -> None:
    """Start a volume: content/NAME/volume.yaml, guideline.yaml, dosing.yaml; in a new project our word lists too."""
    write_new(root, lambda: scaffold.new_volume(root, name, title, f"{date.today():%Y-%m-%d}"))


@new.command("layouts")
def new_layouts(root: Root = Path()) -> None:
    """Copy our layouts into the project, to be altered. From then on they serve whole in place of ours."""
    write_new(root, lambda: scaffold.new_folder(root, "layouts"))


@new.command("styles")
def new_styles(root: Root = Path()) -> None:
    """Copy our styles, with fonts and profiles, into the project, to be altered. From then on they serve whole in place of ours."""
    write_new(root, lambda: scaffold.new_folder(root, "styles"))


@new.command("case")
def new_case(
    volume: Annotated[str, typer.Argument(help="The volume's folder name.")],
    name: Annotated[str, typer.Argument(help="The case's permanent id: lower-case letters, digits, hyphens.")],
    root: Root = Path(),
    title: Annotated[str, typer.Option("--title")] = BLANK,
    sex: Annotated[str, typer.Option("--sex", help="男 or 女")] = BLANK,
    age: Annotated[str, typer.Option("--age", help="With its unit: 64岁")] = BLANK,
) -> None:
    """Start a case and list it at the end of the last part of its volume."""
    write_new(root, lambda: scaffold.new_case(root, volume, name, {"title": title, "sex": sex, "age": age}))


def write_new(root: Path, made: Callable[[], dict[Path, bytes]]) -> None:
    try:
        found = made()
    except Rejected as rejected:
        report(rejected.problems)
    for path, content in found.items():
        files.replace(path, content)
        tell(str(path.relative_to(root)))


@app.command("import")
def import_manuscript(
    file: Annotated[Path, typer.Argument(help="The manuscript: .docx, .md or .txt, one case.")],
    volume: Annotated[str, typer.Argument(help="The volume's folder name.")],
    name: Annotated[str, typer.Argument(help="The case's permanent id.")],
    root: Root = Path(),
) -> None:
    """Make a draft case of a physician's manuscript; every figure of it stands in the draft."""
    try:
        made = importing.imported(manuscript.blocks(file), reading.read_reference(root), name, scaffold.next_number(root / "content" / volume))
        paths = scaffold.new_case(root, volume, name, {})
    except Rejected as rejected:
        report(rejected.problems)
    paths = {path: made.yaml.encode() if path.stem == name else content for path, content in paths.items()}
    write_new(root, lambda: paths)
    tell(importing.report(made, file.name))


@app.command()
def schema(
    root: Root = Path(),
    to: Annotated[Path, typer.Option("--to", help="The folder for the schemas, below the project.")] = Path("content/schema"),
) -> None:
    """Write the JSON Schemas of the sources, and the settings by which VS Code uses them."""
    try:
        catalogue = reading.read_reference(root)
    except Rejected as rejected:
        report(rejected.problems)
    staged.replace_all(root / to, schemas.schemas(catalogue))
    files.replace(root / ".vscode/settings.json", schemas.editor_settings(to.as_posix()))
    tell(f"{to}/, .vscode/settings.json")


@app.command("documents", hidden=True)
def write_documents(to: Annotated[Path, typer.Option("--to", help="The folder of the documents.")] = Path("docs")) -> None:
    """Write the pages of the documentation that follow from the program."""
    pages = {
        "rules.md": explained.document(DEFAULTS),
        "commands.md": documents.commands(typer.main.get_command(app)),
        "manual/fields.md": documents.fields(),
    }
    for name, text in pages.items():
        files.replace(to / name, text.encode())
        console.print(str(to / name), markup=False)


@app.command("format")
def format_sources(
    paths: Annotated[list[Path] | None, typer.Argument(help="Source files; all under content/ when none is named.")] = None,
    root: Root = Path(),
    check_only: Annotated[bool, typer.Option("--check", help="Change nothing; fail when a file is not in order.")] = False,
) -> None:
    """Put the layout of source files in order. No scalar, key or comment changes."""
    changed: dict[Path, bytes] = {}
    problems: list[Problem] = []
    for path in paths or sorted((root / "content").rglob("*.yaml")):
        try:
            content = formatting.format_file(path, str(path))
        except Rejected as rejected:
            problems += rejected.problems
            continue
        if content is not None:
            changed[path] = content
            if check_only:
                problems.append(Problem(Place(str(path)), "FMT-002", "版式未整理", hint="运行 publisher format"))
    for path, content in {} if check_only else changed.items():
        files.replace(path, content)
        tell(str(path))
    if problems:
        report(problems)
    tell(f"{len(changed)} changed")


@app.command("doctor")
def examine_machine(root: Root = Path()) -> None:
    """Say what this machine lacks for building, and how to get it."""
    project = Project(root.resolve())
    found = doctor.examined(project.styles, project.root)
    for item in found:
        tell(f"{item.state}　{item.thing}　{item.found}" + (f"\n      {item.remedy}" if item.state is not doctor.State.GOOD else ""))
    if any(item.state is doctor.State.MISSING for item in found):
        raise typer.Exit(1)
