"""Whatever tree an author writes, it becomes a case that can be composed, or problems: never a traceback."""

import copy
from pathlib import Path

import yaml
from damage import damaged, many, real_cases, save, trees
from hypothesis import given
from hypothesis import strategies as st
from project import FEMUR, SAMPLEBOOK, Project

from publisher.examination import check
from publisher.problems import Rejected
from publisher.project import Project as Place
from publisher.read import read

CASES = real_cases()


def answered(project: Project, name: str, tree: object) -> None:
    """Read and check the book with one file replaced; it passes or is rejected with problems that can be printed."""
    path = project.path(name)
    before, problems = path.read_bytes(), None
    try:
        save(path, tree)
        check(Place(project.root), read(project.root))
    except Rejected as rejected:
        problems = rejected.problems
    finally:
        path.write_bytes(before)
    assert problems != []
    assert all(problem.code and problem.place.path and str(problem) for problem in problems or ())


def named(tree: object) -> object:
    """Give a tree the id of the file it is put into, so that it gets further."""
    return {**copy.deepcopy(tree), "id": Path(FEMUR).stem} if isinstance(tree, dict) else tree


@many(1)
@given(tree=trees)
def fuzz_random_trees(project, tree):
    answered(project, FEMUR, named(tree))


@many(2)
@given(tree=damaged(CASES))
def fuzz_damaged_cases(project, tree):
    answered(project, FEMUR, named(tree))


@many(1)
@given(data=st.data())
def fuzz_damaged_files_of_a_volume(project, data):
    name = data.draw(st.sampled_from(sorted(str(path.relative_to(SAMPLEBOOK)) for path in (SAMPLEBOOK / "content").rglob("*.yaml"))))
    whole = yaml.load(project.path(name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    answered(project, name, data.draw(damaged([whole])))
