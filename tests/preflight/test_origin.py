"""A finding on a page tells whose page it is and, where its words stand in the sources, on which line."""

import pytest
from project import RIB

from publisher.preflight.origin import traced
from publisher.problems import Place, Problem

CASE = "sample-01-rib"


@pytest.fixture
def at(sample_built):
    span = next(span for span in sample_built.pagination.spans if span.section.id == CASE)

    def told(found: str, path: str = "sample/screen.pdf", page: int | None = None) -> str:
        problem = Problem(Place(path, span.first if page is None else page), "PDF-207", "行没有排满", found)
        (problem,) = traced([problem], sample_built.book, sample_built.pagination)
        return problem.origin

    return told


def line(project, text: str) -> int:
    return next(number for number, row in enumerate(project.path(RIB).read_text(encoding="utf-8").split("\n"), 1) if text in row)


def test_words_of_a_scalar_lead_to_its_line(at, project):
    assert at("右侧胸壁疼痛2月").startswith("例1　")
    assert f"{RIB}:{line(project, '右侧胸壁疼痛2月')}:" in at("右侧胸壁疼痛2月")


def test_words_on_both_sides_of_a_line_end_do(at, project):
    assert f"{RIB}:{line(project, '右侧胸壁疼痛2月')}:" in at("右侧胸壁疼｜痛2月")


def test_words_that_stand_nowhere_lead_to_the_file_of_the_case(at):
    assert at("DeviceRGB 1 0 0").endswith(f"　{RIB}")


def test_a_page_that_is_no_cases_has_its_section(at, sample_built):
    contents = next(span for span in sample_built.pagination.spans if span.section.id == "contents")
    assert at("", page=contents.first) == "目录"


def test_a_finding_of_the_whole_file_has_no_origin(at):
    assert at("", page=0) == ""


def test_a_finding_in_a_source_keeps_its_place(at):
    assert at("66.70", path=RIB, page=3) == ""


def test_a_finding_of_a_section_has_its_origin(at):
    assert RIB in at("右侧胸壁疼痛2月", path=f"sample/{CASE}", page=0)
