"""Examining a volume without typesetting it: what the rules say, and what cannot be composed. Loads no engine."""

from functools import partial
from pathlib import Path

from publisher.collection import Collection, VolumeSource
from publisher.compose.assemble import compose, depends
from publisher.keeping import Keep, afresh
from publisher.lint.characters import STACKS, covered
from publisher.lint.queries import Examined, examined
from publisher.problems import Problem, Rejected
from publisher.project import Project
from publisher.store import key_of_files


def check(project: Project, collection: Collection, keep: Keep = afresh) -> tuple[list[Examined], list[Problem]]:
    """Apply the editorial rules and compose every volume; return what the rules say and what cannot be composed."""
    found = [lint(project, collection, source, keep) for source in collection.volumes.values()]
    problems = []
    for source in collection.volumes.values():
        problems += keep(("composed", *depends(source, collection.catalogue)), lambda: unfit(collection, source, keep), collection.catalogue)  # noqa: B023
    return found, problems


def lint(project: Project, collection: Collection, source: VolumeSource, keep: Keep = afresh) -> Examined:
    """Apply the editorial rules to one volume. Raises Rejected where layouts, styles or faces are not whole."""
    if lacking := project.lacking():
        raise Rejected(lacking)
    fonts = project.styles / "fonts"
    files = [fonts / name for stack in STACKS for name in stack]
    known = keep(("covered", key_of_files(files) if all(map(Path.is_file, files)) else ""), partial(covered, fonts))
    return examined(source, collection.catalogue, known, keep)


def unfit(collection: Collection, source: VolumeSource, keep: Keep) -> list[Problem]:
    """Compose a volume; return what stands against it."""
    try:
        compose(source, collection.catalogue, "", keep=keep)
    except Rejected as rejected:
        return rejected.problems
    return []
