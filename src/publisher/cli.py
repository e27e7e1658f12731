"""The command line: `publisher check`, `settle`, `explain`, `diff`, `build`, `preflight` and the rest. The only module that prints.

Exit status: 0 clean, 1 problems, 2 wrong use.
"""

import shutil
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from publisher import build as journey
from publisher import library, shelf
from publisher import offprints as single
from publisher.compare import report as changed
from publisher.compare import revisions
from publisher.finish import files, staged
from publisher.lint import completeness as care
from publisher.lint import explained, settling
from publisher.lint import report as queries
from publisher.lint import review as sheet
from publisher.preflight.report import as_html, as_json
from publisher.problems import Place, Problem, Rejected, nearest
from publisher.read import read, read_library, read_reference
from publisher.rules import RULES
from publisher.workbench import doctor, formatting, importing, manuscript, scaffold
from publisher.workbench import schema as schemas

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Typeset clinical casebooks from validated YAML.", pretty_exceptions_enable=False)
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

MISUSE = {"SRC-020", "SRC-027", "SRC-033", "DIF-003"}
"""A volume, case, edition, rule or revision that does not exist."""

Root = Annotated[Path, typer.Option("--root", help="The book project's folder.", exists=True, file_okay=False)]
Volumes = Annotated[list[str] | None, typer.Argument(help="Volumes by folder name; all when none is named.")]
LibraryFile = Annotated[
    Path | None, typer.Option("--library", help=f"The list of the volumes that are worked on as one; {library.NAME} of the root where no volume is named.")
]
Since = Annotated[str | None, typer.Option("--changes-since", help="With a chapter of what changed since this revision of git.")]


def report(problems: list[Problem]) -> None:
    """Print problems and leave with status 1, or 2 when only the names on the command line are wrong."""
    for problem in problems:
        errors.print(str(problem), markup=False)
    errors.print(f"共 {len(problems)} 处问题", markup=False)
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
    listed_in: LibraryFile = None,
) -> None:
    """Read the sources and report everything in them that is wrong or must be looked at."""
    if (file := chosen_library(root, listed_in, volumes)) and not (review or completeness):
        check_library(file, form)
    try:
        collection = read(root, volumes)
    except Rejected as rejected:
        if form is Form.JSON:
            typer.echo(queries.as_json([], rejected.problems), nl=False)
            raise typer.Exit(1) from rejected
        report(rejected.problems)
    project = journey.Project(root.resolve())
    if completeness:
        typer.echo(care.table(collection), nl=False)
        return
    examined, problems = journey.check(project, collection)
    listed = list(zip(collection.volumes.values(), examined, strict=True))
    stops = bool(problems or any(examination.errors for examination in examined))
    if review:
        files.replace(review, sheet.as_html(listed))
    if form is Form.JSON:
        typer.echo(queries.as_json(examined, problems), nl=False)
        raise typer.Exit(int(stops))
    said = queries.Report(listed, project.root, suggest).text()
    (errors if stops else console).print(said, markup=False)
    if problems:
        report(problems)
    for name, source in collection.volumes.items():
        if not stops:
            console.print(f"{name}: {len(source.cases)} cases, no errors")
    raise typer.Exit(int(stops))


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
        collection = read(root, volumes)
        examined, _ = journey.check(journey.Project(root.resolve()), collection)
        found = [
            item
            for source, examination in zip(collection.volumes.values(), examined, strict=True)
            for item in (settling.proposals if every else settling.likely)(source, examination)
            if not codes or item.code in codes
        ]
        for item in found:
            console.print(item.text, markup=False)
        console.print(f"可由编者按了结的疑点 {len(found)} 处", markup=False)
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
        typer.echo(explained.document(journey.DEFAULTS), nl=False)
        return
    unknown = [code for code in codes or [] if code not in RULES]
    if unknown:
        report([Problem(Place("publisher explain"), "SRC-033", "没有这条规则", code, nearest(code, sorted(RULES))) for code in unknown])
    typer.echo(explained.rules(codes, journey.DEFAULTS) if codes else explained.register(), nl=False)


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
    typer.echo(changed.as_json(found) if form is Form.JSON else changed.as_text(found), nl=False)


@app.command()
def build(
    volumes: Volumes = None,
    root: Root = Path(),
    case: Annotated[str | None, typer.Option("--case", help="Typeset this case alone.")] = None,
    edition: Annotated[
        str | None, typer.Option("--edition", help=f"Build these editions alone, parted by commas: {', '.join(journey.EDITIONS)}. All when none is named.")
    ] = None,
    locked: Annotated[bool, typer.Option("--locked", help="Fail where a case would move from its locked page.")] = False,
    cache: Annotated[bool, typer.Option("--cache/--no-cache", help="Use what was made before where nothing it depends on has changed.")] = True,
    draft: Annotated[bool, typer.Option("--draft", help="Build although findings are not settled; every page says so.")] = False,
    changes_since: Since = None,
    listed_in: LibraryFile = None,
    cluster: Annotated[str, typer.Option("--cluster", help="Let the workers of a Dask scheduler typeset: tcp://scheduler:8786.")] = "",
) -> None:
    """Build the editions of each volume, or the screen edition of one case."""
    editions = [name.strip() for name in edition.split(",")] if edition is not None else []
    if unknown := [name for name in editions if name not in journey.EDITIONS]:
        hint = nearest(unknown[0], list(journey.EDITIONS)) or f"可用：{'、'.join(journey.EDITIONS)}"
        report([Problem(Place("--edition"), "SRC-033", "没有这一版", unknown[0], hint)])
    if not case and (file := chosen_library(root, listed_in, volumes)):
        build_library(file, journey.Order(None, tuple(editions), locked, draft, changes_since, cache, cluster))
    try:
        collection = read(root, volumes)
        chosen = list(collection.volumes.values())
        if case:
            chosen = [source for source in chosen if case in source.cases]
            if not chosen:
                known = sorted(slug for source in collection.volumes.values() for slug in source.cases)
                report([Problem(Place("content"), "SRC-027", "没有这一病例", case, nearest(case, known))])
        project = journey.Project(root.resolve())
        for source in chosen:
            console.print(f"[bold]{source.volume.title}[/]")
            console.print(f"  1 read       {len(source.cases)} cases", markup=False)
            order = journey.Order(case, tuple(editions), locked, draft, changes_since, cache, cluster)
            built = journey.build_apart(project, collection, source, progress(), order)
            for path in built.paths:
                console.print(f"  -> {path.relative_to(project.root)}", markup=False)
            console.print(f"  {built.pages} pages, {built.seconds:.1f} s", markup=False)
    except Rejected as rejected:
        report(rejected.problems)


def chosen_library(root: Path, named: Path | None, volumes: list[str] | None) -> Path | None:
    """Return the list of volumes to work on: the file that was named, or that of the root where no volume was."""
    if named and volumes:
        report([Problem(Place("--library"), "SRC-033", "卷名与 --library 不能并用", "、".join(volumes), "二者取一")])
    own = root / library.NAME
    return named or (own if not volumes and own.is_file() else None)


def build_library(file: Path, order: journey.Order) -> None:
    """Build the volumes of a library and leave with status 1 if any failed."""
    try:
        listed = read_library(file)
    except Rejected as rejected:
        report(rejected.problems)

    def begin(folder: library.VolumeFolder) -> journey.Progress:
        console.print(f"[bold]{folder}[/]")
        return progress()

    def tell(outcome: shelf.Outcome) -> None:
        for problem in outcome.problems:
            errors.print(str(problem), markup=False)
        if outcome.trace:
            errors.print(outcome.trace, markup=False)

    outcomes = shelf.build(file.parent.resolve(), listed, order, begin, tell)
    console.print(f"\n{listed.title}\n{shelf.table(outcomes)}\n-> {shelf.REPORT}", markup=False)
    raise typer.Exit(int(any(outcome.failed for outcome in outcomes)))


def check_library(file: Path, form: Form) -> None:
    """Check the volumes of a library and leave with status 1 if any has an error."""
    try:
        listed = read_library(file)
    except Rejected as rejected:
        if form is Form.JSON:
            typer.echo(queries.as_json([], rejected.problems), nl=False)
            raise typer.Exit(1) from rejected
        report(rejected.problems)
    checked = list(shelf.check(file.parent.resolve(), listed))
    outcomes = [item.outcome for item in checked]
    if form is Form.JSON:
        typer.echo(queries.as_json([one for item in checked for one in item.examined], [problem for item in checked for problem in item.problems]), nl=False)
    else:
        for outcome in outcomes:
            for problem in outcome.problems:
                errors.print(str(problem), markup=False)
        console.print(f"{listed.title}\n{shelf.table(outcomes)}", markup=False)
    raise typer.Exit(int(any(outcome.failed for outcome in outcomes)))


@app.command()
def clean(root: Root = Path()) -> None:
    """Remove what was built and what is kept between builds."""
    project = journey.Project(root.resolve())
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
        collection = read(root, volumes)
        project = journey.Project(root.resolve())
        known = {slug: source for source in collection.volumes.values() for slug in source.cases}
        if unknown := [slug for slug in case or [] if slug not in known]:
            report([Problem(Place("content"), "SRC-027", "没有这一病例", slug, nearest(slug, sorted(known))) for slug in unknown])
        for source in collection.volumes.values():
            wanted = [slug for slug in case or [] if slug in source.cases]
            if case and not wanted:
                continue
            console.print(f"[bold]{source.volume.title}[/]")
            made = single.build_apart(project, collection, source, progress(), wanted)
            console.print(
                f"  -> {made.folder.relative_to(project.root)}  {len(made.names)} offprints, {made.pages} pages, {made.seconds:.1f} s", markup=False
            )
    except Rejected as rejected:
        report(rejected.problems)


@app.command()
def lock(volumes: Volumes = None, root: Root = Path()) -> None:
    """Hold the pages on which the cases of the built volumes begin: content/<volume>/pages.lock."""
    try:
        collection = read(root, volumes)
        project = journey.Project(root.resolve())
        for source in collection.volumes.values():
            console.print(str(journey.lock(project, collection, source).relative_to(project.root)), markup=False)
    except Rejected as rejected:
        report(rejected.problems)


@app.command()
def verify(volumes: Volumes = None, root: Root = Path()) -> None:
    """Compare the build folders with their manifests and with the sources."""
    project = journey.Project(root.resolve())
    names = volumes or sorted(path.parent.name for path in (project.root / "content").glob("*/volume.yaml"))
    problems = [problem for name in names for problem in journey.verify(project, name)]
    if problems:
        report(problems)
    console.print(f"{'、'.join(names)}: every file as delivered", markup=False)


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
        collection = read(root, volumes)
        project = journey.Project(root.resolve())
        checked = [file for source in collection.volumes.values() for file in journey.report_built(project, collection, source, verapdf, changes_since)]
    except Rejected as rejected:
        report(rejected.problems)
    if report_to:
        staged.replace_all(report_to, {"report.json": as_json(checked), "report.html": as_html(checked)})
    for file in checked:
        said = f"{len(file.problems)} problems" if file.problems else "no problems"
        console.print(f"{file.path}: {len(file.results)} checks, {said}", markup=False)
        for note in file.notes:
            console.print(f"  {note}", markup=False)
    if problems := [problem for file in checked for problem in file.problems]:
        report(problems)


def progress() -> journey.Progress:
    """Tell stages and page counts as they come."""

    def stage(name: str, detail: str) -> None:
        console.print(f"  {journey.STAGES.index(name) + 1} {name:<10} {detail}", markup=False)

    def section(title: str, pages: int) -> None:
        console.print(f"      {title}  {pages} p.", markup=False)

    return journey.Progress(stage, section)


new = typer.Typer(no_args_is_help=True, help="Start a volume or a case: a file with every field explained.")
app.add_typer(new, name="new")


@new.command("volume")
def new_volume(
    name: Annotated[str, typer.Argument(help="Its folder name: lower-case letters, digits, hyphens.")],
    root: Root = Path(),
    title: Annotated[str, typer.Option("--title", help="The title of the volume.")] = scaffold.BLANK,
) -> None:
    """Start a volume: content/NAME/volume.yaml, guideline.yaml, dosing.yaml."""
    write_new(root, lambda: scaffold.new_volume(root, name, title, f"{date.today():%Y-%m-%d}"))


@new.command("case")
def new_case(
    volume: Annotated[str, typer.Argument(help="The volume's folder name.")],
    name: Annotated[str, typer.Argument(help="The case's permanent id: lower-case letters, digits, hyphens.")],
    root: Root = Path(),
    title: Annotated[str, typer.Option("--title")] = scaffold.BLANK,
    sex: Annotated[str, typer.Option("--sex", help="男 or 女")] = scaffold.BLANK,
    age: Annotated[str, typer.Option("--age", help="With its unit: 64岁")] = scaffold.BLANK,
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
        console.print(str(path.relative_to(root)), markup=False)


@app.command("import")
def import_manuscript(
    file: Annotated[Path, typer.Argument(help="The manuscript: .docx, .md or .txt, one case.")],
    volume: Annotated[str, typer.Argument(help="The volume's folder name.")],
    name: Annotated[str, typer.Argument(help="The case's permanent id.")],
    root: Root = Path(),
) -> None:
    """Make a draft case of a physician's manuscript; every figure of it stands in the draft."""
    try:
        made = importing.imported(manuscript.blocks(file), read_reference(root), name, scaffold.next_number(root / "content" / volume))
        paths = scaffold.new_case(root, volume, name, {})
    except Rejected as rejected:
        report(rejected.problems)
    paths = {path: made.yaml.encode() if path.stem == name else content for path, content in paths.items()}
    write_new(root, lambda: paths)
    console.print(importing.report(made, file.name), markup=False)


@app.command()
def schema(
    root: Root = Path(),
    to: Annotated[Path, typer.Option("--to", help="The folder for the schemas, below the project.")] = Path("content/schema"),
) -> None:
    """Write the JSON Schemas of the sources, and the settings by which VS Code uses them."""
    try:
        catalogue = read_reference(root)
    except Rejected as rejected:
        report(rejected.problems)
    staged.replace_all(root / to, schemas.schemas(catalogue))
    files.replace(root / ".vscode/settings.json", schemas.editor_settings(to.as_posix()))
    console.print(f"{to}/, .vscode/settings.json", markup=False)


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
        console.print(str(path), markup=False)
    if problems:
        report(problems)
    console.print(f"{len(changed)} changed", markup=False)


@app.command("doctor")
def examine_machine(root: Root = Path()) -> None:
    """Say what this machine lacks for building, and how to get it."""
    project = journey.Project(root.resolve())
    found = doctor.examined(project.styles, project.root)
    for item in found:
        console.print(f"{item.state}　{item.thing}　{item.found}" + (f"\n      {item.remedy}" if item.state is not doctor.State.GOOD else ""), markup=False)
    if any(item.state is doctor.State.MISSING for item in found):
        raise typer.Exit(1)
