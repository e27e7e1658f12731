"""The command line: `publisher check`, `build`, `preflight`. The only module that prints.

Exit status: 0 clean, 1 problems, 2 wrong use.
"""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from publisher import build as journey
from publisher import offprints as single
from publisher.finish import staged
from publisher.preflight.report import as_html, as_json
from publisher.problems import Place, Problem, Rejected, nearest
from publisher.read import read

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Typeset clinical casebooks from validated YAML.", pretty_exceptions_enable=False)
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

MISUSE = {"SRC-020", "SRC-027"}
"""A volume or case that does not exist."""

Root = Annotated[Path, typer.Option("--root", help="The book project's folder.", exists=True, file_okay=False)]
Volumes = Annotated[list[str] | None, typer.Argument(help="Volumes by folder name; all when none is named.")]


def report(problems: list[Problem]) -> None:
    """Print problems and leave with status 1, or 2 when only the names on the command line are wrong."""
    for problem in problems:
        errors.print(str(problem), markup=False)
    errors.print(f"共 {len(problems)} 处问题", markup=False)
    raise typer.Exit(2 if all(problem.code in MISUSE for problem in problems) else 1)


@app.command()
def check(volumes: Volumes = None, root: Root = Path()) -> None:
    """Read the sources and report every problem in them."""
    try:
        collection = read(root, volumes)
        reviews = journey.check(journey.Project(root.resolve()), collection)
    except Rejected as rejected:
        report(rejected.problems)
    for problem in reviews:
        console.print(str(problem), markup=False)
    for name, source in collection.volumes.items():
        console.print(f"{name}: {len(source.cases)} cases, no errors")


@app.command()
def build(
    volumes: Volumes = None,
    root: Root = Path(),
    case: Annotated[str | None, typer.Option("--case", help="Typeset this case alone.")] = None,
    locked: Annotated[bool, typer.Option("--locked", help="Fail where a case would move from its locked page.")] = False,
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
            built = journey.build_apart(project, collection, source, progress(), case, locked)
            console.print(f"  -> {built.path.relative_to(project.root)}  {built.pages} pages, {built.seconds:.1f} s", markup=False)
    except Rejected as rejected:
        report(rejected.problems)


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
) -> None:
    """Check the built files again against their sources."""
    try:
        collection = read(root, volumes)
        project = journey.Project(root.resolve())
        checked = [journey.report_built(project, collection, source) for source in collection.volumes.values()]
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
