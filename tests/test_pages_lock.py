"""Locked pages: a volume passes while its cases begin where they did; every case that would move is named."""

import pytest
from project import RIB, Project, codes

from publisher import pages_lock
from publisher.pagination import Pagination, Span


@pytest.fixture
def locked(sample_built):
    return pages_lock.lock(sample_built.pagination)


def found(content, made, pagination=None):
    return list(pages_lock.check(content, made.book, pagination or made.pagination))


def test_an_unchanged_volume_passes(locked, sample_built):
    assert found(locked, sample_built) == []


def test_the_lock_is_a_line_a_case_with_its_printed_page(locked, sample_built):
    lines = [line for line in locked.decode().splitlines() if not line.startswith("#")]
    assert [line.split()[0] for line in lines] == ["sample-01-rib", "sample-03-femur"]
    first = next(span for span in sample_built.pagination.spans if span.section.id == "sample-01-rib").first
    assert lines[0].split()[1] == sample_built.pagination.folios[first - 1]


def test_cases_that_would_move_are_named_with_both_pages(locked, sample_built):
    spans = tuple(Span(span.section, span.first + 2, span.last + 2) if span.section.id == "sample-03-femur" else span for span in sample_built.pagination.spans)
    moved = Pagination(sample_built.pagination.folios, spans, sample_built.pagination.blanks)
    (problem,) = found(locked, sample_built, moved)
    before, after = pages_lock.first_folios(sample_built.pagination)["sample-03-femur"], pages_lock.first_folios(moved)["sample-03-femur"]
    assert problem.code == "LOCK-003"
    assert f"第 {before} 页移到第 {after} 页" in problem.message
    assert "sample-03-femur" in problem.found
    assert problem.place.line == 3


def test_a_longer_case_moves_those_after_it(locked, sample_built, tmp_path):
    project = Project(tmp_path)
    more = "".join(f"    - 第{number}段，来源照录，只为使本例变长，来源照录，只为使本例变长，来源照录，只为使本例变长。\n" for number in range(80))
    project.edit(RIB, "history:\n  present:\n", f"history:\n  present:\n{more}")
    longer = project.build()
    assert codes(found(locked, longer)) == ["LOCK-003"]


def test_no_lock_is_a_problem(sample_built):
    assert codes(found(None, sample_built)) == ["LOCK-001"]


@pytest.mark.parametrize("line", [b"sample-01-rib", b"sample-01-rib 1 2", b"\xff\xfe\xfd", b"sample-01-rib 1\nsample-01-rib 1"])
def test_a_line_that_cannot_be_read_is_a_problem(sample_built, line):
    assert "LOCK-002" in codes(found(line + b"\n", sample_built))


def test_a_new_case_has_to_be_locked(locked, sample_built):
    content = b"\n".join(line for line in locked.split(b"\n") if not line.startswith(b"sample-03"))
    assert codes(found(content, sample_built)) == ["LOCK-004"]


def test_a_case_taken_out_is_named(locked, sample_built):
    problems = found(locked + b"sample-02-gone 9\n", sample_built)
    assert (codes(problems), problems[0].found) == (["LOCK-005"], "sample-02-gone")


def test_windows_line_ends_and_blank_lines_do_not_matter(locked, sample_built):
    assert found(locked.replace(b"\n", b"\r\n\r\n"), sample_built) == []


def test_the_lock_is_the_same_each_time(locked, sample_built):
    assert locked == pages_lock.lock(sample_built.pagination)


def test_every_code_is_named():
    assert list(pages_lock.CODES) == [f"LOCK-{number:03d}" for number in range(1, 6)]
