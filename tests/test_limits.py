"""What is too large is refused with its place and the limit, quickly, before it can hang or fill the machine."""

import os
import time

import pytest
from project import RIB, SAMPLEBOOK, Project, codes

from publisher import limits
from publisher import read as reading
from publisher.compose import table_size
from publisher.problems import Place, Rejected
from publisher.read import read
from publisher.read_yaml import read_yaml


@pytest.fixture
def refused(tmp_path):
    """Read a YAML text that must be refused; return its problems."""

    def read_text(text: str):
        path = tmp_path / "case.yaml"
        path.write_text(text, encoding="utf-8")
        started = time.monotonic()
        _, problems = read_yaml(path, "case.yaml")
        assert time.monotonic() - started < 20
        return problems

    return read_text


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[{a: "])
def test_a_file_of_openings_alone_is_refused_quickly(refused, opening):
    started = time.monotonic()
    problems = refused("a:\n  " + opening * (900_000 // len(opening)))
    assert problems[0].code in ("SRC-008", "SRC-004")
    assert time.monotonic() - started < 3


def test_the_too_deep_place_is_named(refused):
    (problem,) = refused("a:\n- " + "[" * 5000)
    assert (problem.code, problem.place.line, str(limits.MAX_DEPTH) in problem.hint) == ("SRC-008", 2, True)


def test_a_text_over_the_limit_is_refused_with_its_place(refused):
    (problem,) = refused(f"a: 1\nb: {'字' * (limits.MAX_SCALAR + 1)}\n")
    assert (problem.code, problem.place) == ("SRC-016", Place("case.yaml", 2, 4))
    assert len(problem.found) <= 60


def test_a_text_at_the_limit_is_read(refused):
    assert refused(f"a: {'字' * limits.MAX_SCALAR}\n") == []


@pytest.mark.parametrize("item", ["- x\n", "k{}: x\n"], ids=["list", "mapping"])
def test_a_list_or_mapping_over_the_limit_is_refused_once(refused, item):
    (problem,) = refused("".join(item.format(number) for number in range(limits.MAX_ITEMS + 500)))
    assert (problem.code, problem.place.line) == ("SRC-017", 1)


def test_a_list_at_the_limit_is_read(refused):
    assert refused("- x\n" * limits.MAX_ITEMS) == []


def test_what_follows_a_list_over_the_limit_is_still_read(refused):
    problems = refused("a:\n" + "  - [x, {y: z}]\n" * (limits.MAX_ITEMS + 500) + "b: &x 1\n")
    assert codes(problems) == ["SRC-017", "SRC-010"]


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200f", "\u061c"])
def test_signs_that_turn_the_writing_are_refused(refused, sign):
    """66.70 after such a sign would be printed as 07.66."""
    (problem,) = refused(f"value: {sign}66.70\n")
    assert (problem.code, problem.place.line, f"U+{ord(sign):04X}" in problem.found) == ("SRC-018", 1, True)


def test_a_pipe_in_place_of_a_source_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "case.yaml")
    _, (problem,) = read_yaml(tmp_path / "case.yaml", "case.yaml")
    assert problem.code == "SRC-001"


def test_an_endless_file_is_refused(tmp_path):
    (tmp_path / "case.yaml").symlink_to("/dev/zero")
    assert read_yaml(tmp_path / "case.yaml", "case.yaml")[1][0].code == "SRC-001"


def test_a_folder_in_place_of_a_case_is_a_problem(project: Project):
    project.path("content/sample/cases/sample-09.yaml").mkdir()
    assert "SRC-001" in codes(project.problems())


def test_too_many_cases_are_refused_before_they_are_read(project: Project):
    for number in range(limits.MAX_CASES):
        project.path(f"content/sample/cases/x-{number}.yaml").write_text("{")
    problem = project.problem()
    assert (problem.code, str(limits.MAX_CASES) in problem.hint) == ("SRC-030", True)


def test_sources_too_large_together_are_refused(project: Project, monkeypatch):
    monkeypatch.setattr(reading, "MAX_TOTAL_BYTES", 1000)
    assert project.problem().code == "SRC-031"


def test_a_volume_that_is_not_asked_for_does_not_count(project: Project):
    (project.path("content/other/cases")).mkdir(parents=True)
    project.path("content/other/volume.yaml").write_text("id: other\n")
    for number in range(limits.MAX_CASES + 1):
        project.path(f"content/other/cases/x-{number}.yaml").write_text("{")
    assert read(project.root, ["sample"]).volumes


def test_thousands_of_faults_of_one_file_are_cut_and_counted(project: Project):
    keys = "".join(f"wrong-{number}: x\n" for number in range(1500))
    project.path(RIB).write_text(project.path(RIB).read_text(encoding="utf-8") + keys, encoding="utf-8")
    problems = project.problems()
    assert len(problems) == limits.MAX_PROBLEMS + 1
    assert "1300" in next(problem for problem in problems if problem.code == "SRC-032").message


def test_a_table_of_too_many_rows_is_refused_by_name(sample_book, monkeypatch):
    monkeypatch.setattr(table_size, "MAX_ROWS", 0)
    problems = list(table_size.too_large(list(sample_book.sections), "sample"))
    assert set(codes(problems)) == {"TAB-002"}
    assert all("表" in problem.found for problem in problems)


def test_a_table_of_too_many_columns_stops_the_build(project: Project, monkeypatch):
    monkeypatch.setattr(table_size, "MAX_COLUMNS", 2)
    with pytest.raises(Rejected) as caught:
        project.build()
    assert set(codes(caught.value.problems)) == {"TAB-001"}
    assert not project.path("build").exists()


def test_the_sample_book_is_far_below_every_limit():
    assert read(SAMPLEBOOK).volumes
