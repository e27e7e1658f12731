"""A whole build of a damaged book ends with files that are whole or with problems: no crash, no hang, no half file."""

import io

import pikepdf
import yaml
from damage import damaged, many, retold, save
from hypothesis import event, given
from hypothesis import strategies as st
from project import FEMUR, SAMPLEBOOK, Project

from publisher import build as journey
from publisher.problems import Rejected
from publisher.read import read
from publisher.sandbox import Limits, run

MOST = Limits(cpu=90, wall=120)


def source(name: str) -> object:
    return yaml.load((SAMPLEBOOK / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


NAMES = sorted(str(path.relative_to(SAMPLEBOOK)) for path in (SAMPLEBOOK / "content").rglob("*.yaml"))


def build(tell, root):
    collection = read(root)
    journey.build(journey.Project(root), collection, collection.volumes["sample"], journey.Progress())


def ends_well(project: Project) -> None:
    """Build in a child; afterwards the folder holds whole files alone."""
    problems = None
    try:
        run(build, project.root, name="fuzz", most=MOST)
    except Rejected as rejected:
        problems = rejected.problems
    assert problems != []
    assert [str(problem) for problem in problems or () if problem.code.startswith("RUN-")] == []
    event(", ".join(sorted({problem.code for problem in problems or ()})[:3]) or "built")
    for path in (project.root / "build").rglob("*"):
        assert not path.name.startswith(".")
        if path.suffix == ".pdf":
            with pikepdf.open(io.BytesIO(path.read_bytes())) as document:
                assert len(document.pages) > 0


@many(0.1)
@given(tree=retold(source(FEMUR)))
def fuzz_builds_of_a_case_told_in_other_words(project, tree):
    before = project.path(FEMUR).read_bytes()
    save(project.path(FEMUR), tree)
    try:
        ends_well(project)
    finally:
        project.path(FEMUR).write_bytes(before)


@many(0.05)
@given(tree=damaged([source(FEMUR)], most=1))
def fuzz_builds_of_a_damaged_case(project, tree):
    before = project.path(FEMUR).read_bytes()
    save(project.path(FEMUR), {**tree, "id": "sample-03-femur"})
    try:
        ends_well(project)
    finally:
        project.path(FEMUR).write_bytes(before)


@many(0.05)
@given(data=st.data())
def fuzz_builds_of_a_damaged_volume(project, data):
    name = data.draw(st.sampled_from(NAMES))
    before = project.path(name).read_bytes()
    save(project.path(name), data.draw(damaged([source(name)], most=2)))
    try:
        ends_well(project)
    finally:
        project.path(name).write_bytes(before)
