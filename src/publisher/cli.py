"""The command line: `publisher check`, `settle`, `explain`, `diff`, `build`, `preflight` and the rest. The only module that prints.

Exit status: 0 clean, 1 problems, 2 wrong use.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from publisher import build as journey
from publisher.compare import report as changed
from publisher.compare import revisions
from publisher.finish import files, staged
from publisher.lint import completeness as care
from publisher.lint import explained, settling
from publisher.lint import report as queries
from publisher.lint import review as sheet
from publisher.preflight.report import as_html, as_json
from publisher.problems import Place, Problem, Rejected, nearest
from publisher.read import read
from publisher.rules import RULES

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Typeset clinical casebooks from validated YAML.", pretty_exceptions_enable=False)
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

MISUSE = {"SRC-020", "SRC-027", "SRC-033", "DIF-003"}
"""A volume, case, rule or revision that does not exist."""

Root = Annotated[Path, typer.Option("--root", help="The book project's folder.", exists=True, file_okay=False)]
Volumes = Annotated[list[str] | None, typer.Argument(help="Volumes by folder name; all when none is named.")]
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
) -> None:
    """Read the sources and report everything in them that is wrong or must be looked at."""
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
    locked: Annotated[bool, typer.Option("--locked", help="Fail where a case would move from its locked page.")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="Build although findings are not settled; every page says so.")] = False,
    changes_since: Since = None,
) -> None:
    """Build the PDF of each volume, or of one case."""
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
            built = journey.build_apart(project, collection, source, progress(), case, locked, draft, changes_since)
            console.print(f"  -> {built.path.relative_to(project.root)}  {built.pages} pages, {built.seconds:.1f} s", markup=False)
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
    changes_since: Since = None,
) -> None:
    """Check the built files again against their sources."""
    try:
        collection = read(root, volumes)
        project = journey.Project(root.resolve())
        checked = [journey.report_built(project, collection, source, changes_since) for source in collection.volumes.values()]
    except Rejected as rejected:
        report(rejected.problems)
    if report_to:
        staged.replace_all(report_to, {"report.json": as_json(checked), "report.html": as_html(checked)})
    for file in checked:
        if file.problems:
            report(list(file.problems))
        console.print(f"{file.path}: {len(file.results)} checks, no problems", markup=False)


def progress() -> journey.Progress:
    """Tell stages and page counts as they come."""

    def stage(name: str, detail: str) -> None:
        console.print(f"  {journey.STAGES.index(name) + 1} {name:<10} {detail}", markup=False)

    def section(title: str, pages: int) -> None:
        console.print(f"      {title}  {pages} p.", markup=False)

    return journey.Progress(stage, section)
