"""New volumes and cases: a file to fill in, listed where it belongs, nothing else touched."""

import re
from pathlib import Path

import pytest
from project import VOLUME, Project, codes
from typer.testing import CliRunner

from publisher.cli import app
from publisher.problems import Rejected
from publisher.read import read
from publisher.read_yaml import read_yaml
from publisher.workbench import scaffold

WORDS = {"title": "肺腺癌骨转移一例", "sex": "女", "age": "64岁"}


def write(made: dict[Path, bytes]) -> None:
    for path, content in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def test_a_new_case_with_its_first_words_is_clean_and_last_in_its_volume(project: Project):
    before = project.path(VOLUME).read_text(encoding="utf-8")
    write(scaffold.new_case(project.root, "sample", "sample-99-new", WORDS))
    source = read(project.root).volumes["sample"]
    assert source.volume.case_ids[-1] == "sample-99-new"
    assert source.cases["sample-99-new"].patient.age == "64岁"
    after = project.path(VOLUME).read_text(encoding="utf-8").split("\n")
    assert [line for line in after if "sample-99-new" not in line] == before.split("\n")


def test_a_new_case_has_the_next_number(project: Project):
    numbers = [int(case.number) for case in read(project.root).volumes["sample"].cases.values()]
    write(scaffold.new_case(project.root, "sample", "sample-99-new", WORDS))
    assert int(read(project.root).volumes["sample"].cases["sample-99-new"].number) > max(numbers)


def test_what_is_left_to_fill_in_is_an_error_at_its_line(project: Project):
    write(scaffold.new_case(project.root, "sample", "sample-99-new", {}))
    problems = project.problems()
    assert set(codes(problems)) == {"SRC-103", "SRC-106"}
    lines = project.path("content/sample/cases/sample-99-new.yaml").read_text(encoding="utf-8").split("\n")
    assert all(scaffold.BLANK in lines[problem.place.line - 1] for problem in problems)


def test_every_example_in_the_new_case_is_valid_when_its_sign_is_taken_off(project: Project):
    write(scaffold.new_case(project.root, "sample", "sample-99-new", WORDS))
    path = project.path("content/sample/cases/sample-99-new.yaml")
    lines = path.read_text(encoding="utf-8").split("\n")
    start = next(number for number, line in enumerate(lines) if line == "patient:")
    bared = [uncommented(line) for line in lines[start:]]
    path.write_text("\n".join([*lines[:start], *bared]), encoding="utf-8")
    tree, _ = read_yaml(path, "case.yaml")
    assert {"labs", "series", "treatments", "commentary", "notes"} <= set(tree)
    found = [problem for problem in problems_of(project) if problem.code in ("SRC-102", "SRC-104", "SRC-004")]
    assert found == []


def uncommented(line: str) -> str:
    """Take the sign off an example; explanations, which end in Chinese without a key, keep theirs."""
    is_example = re.match(r"\s*# +(- |\w+:|\w+: )", line) and not re.match(r"\s*# [\u4e00-\u9fff]", line)
    return line.replace("# ", "", 1) if is_example else line


def problems_of(project: Project) -> list:
    try:
        read(project.root)
    except Rejected as rejected:
        return rejected.problems
    return []


def test_a_new_volume_takes_a_case_and_reads_clean(project: Project):
    write(scaffold.new_volume(project.root, "kidney", "肾癌骨转移病例集", "2026-11-22"))
    write(scaffold.new_case(project.root, "kidney", "kidney-01", WORDS))
    write(scaffold.new_case(project.root, "kidney", "kidney-02", WORDS))
    assert read(project.root, ["kidney"]).volumes["kidney"].volume.case_ids == ["kidney-01", "kidney-02"]


@pytest.mark.parametrize("name", ["Kidney", "肾癌", "a_b", "../up", ""])
def test_a_name_that_cannot_be_a_file_everywhere_is_refused(project: Project, name):
    with pytest.raises(Rejected, match="NEW-001"):
        scaffold.new_volume(project.root, name, "题", "2026-11-22")


def test_nothing_that_stands_is_overwritten(project: Project):
    with pytest.raises(Rejected, match="NEW-002"):
        scaffold.new_case(project.root, "sample", "sample-01-rib", WORDS)
    with pytest.raises(Rejected, match="NEW-002"):
        scaffold.new_volume(project.root, "sample", "题", "2026-11-22")


def test_the_command_says_what_it_wrote(project: Project):
    done = CliRunner().invoke(app, ["new", "case", "sample", "sample-99-new", "--root", str(project.root), "--title", "一例", "--sex", "男", "--age", "50岁"])
    assert done.exit_code == 0, done.output
    assert "content/sample/cases/sample-99-new.yaml" in done.output
    assert "content/sample/volume.yaml" in done.output


def test_a_volume_that_is_not_there_is_named_with_its_neighbour(project: Project):
    done = CliRunner().invoke(app, ["new", "case", "smaple", "x-1", "--root", str(project.root)])
    assert done.exit_code == 2
    assert "sample" in done.output
