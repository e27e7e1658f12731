"""The files of a build: whole or not at all, the same bytes each time, and a page table that agrees with the PDF."""

import dataclasses
import io
import json
import os
import shutil
import subprocess
import sys
from itertools import pairwise

import pytest
from project import FEMUR, REPOSITORY, Project
from pypdf import PdfReader

from publisher import build as journey
from publisher import editions
from publisher.finish.files import replace
from publisher.problems import Place, Problem, Rejected
from publisher.workshop import Workshop, workers

CASE = "sample-03-femur"


def files(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    """A build that preflight refuses, over an older good one: its layout leaves out the headings."""
    project = Project(tmp_path_factory.mktemp("refused"))
    folder = project.root / "build" / f"sample-{CASE}"
    folder.mkdir(parents=True)
    (folder / "screen.pdf").write_bytes(b"the last good one")
    project.edit_layout("components/blocks.html", "{{ inline(item.line) }}</h{{ depth }}>", "</h{{ depth }}>")
    return project.build(case=CASE)


def test_a_refused_build_names_its_problems(refused):
    assert "PDF-103" in [problem.code for problem in refused.problems]


def test_the_last_good_file_stays_when_a_build_is_refused(refused):
    assert refused.screen.read_bytes() == b"the last good one"


def test_a_refused_file_is_kept_beside_for_a_look(refused):
    assert (refused.folder / "screen.refused.pdf").read_bytes() == refused.pdf


def test_a_refused_build_leaves_no_other_file(refused):
    assert files(refused.folder) == {"screen.pdf", "screen.refused.pdf"}


def test_a_good_build_leaves_its_file_and_page_table_alone(sample_built):
    assert files(sample_built.folder) == {"screen.pdf", "screen.pages.json", "MANIFEST.json"}


def test_a_build_that_one_edition_fails_delivers_none(tmp_path):
    project = Project(tmp_path)
    shutil.copytree(REPOSITORY / "styles", project.path("styles"))
    project.edit("styles/tokens/ink-press.css", "--second: device-cmyk(1 0 0.25 0.55)", "--second: device-cmyk(1 0.9 0.9 0.6)")
    made = project.build(editions=("screen", "press"))
    assert {problem.code for problem in made.problems} == {"PDF-412"}
    assert files(made.folder) == {"screen.refused.pdf", "press.refused.pdf", "cover.refused.pdf"}
    assert (made.folder / "press.refused.pdf").read_bytes() == made.files["press.pdf"]


def test_a_large_volume_written_in_a_child_is_the_same(sample_built, monkeypatch):
    monkeypatch.setattr(editions, "LARGE", 0)
    let_go = []
    with workers(2) as pool:
        job = dataclasses.replace(sample_built.job, workshop=Workshop(executor=pool), let_go=lambda: let_go.append(1))
        made, problems = journey.EDITIONS["screen"](job, lambda: job.joined(sample_built.pages), lambda stage, detail: None)
    assert made == {"screen.pdf": sample_built.pdf}
    assert (problems, let_go) == ([], [1])


def test_a_good_build_clears_an_older_refused_file(tmp_path):
    project = Project(tmp_path)
    folder = project.root / "build" / f"sample-{CASE}"
    folder.mkdir(parents=True)
    (folder / "screen.refused.pdf").write_bytes(b"an older one")
    assert files(project.build(case=CASE).folder) == {"screen.pdf", "screen.pages.json", "MANIFEST.json"}


def test_a_build_leaves_the_booklets_and_drops_those_that_the_volume_has_no_more(project, sample_booklets, monkeypatch):
    made = {name: content for booklet in sample_booklets.values() for name, content in booklet.files.items()}
    monkeypatch.setitem(journey.EDITIONS, "booklets", lambda *arguments: (made, []))
    folder = project.root / "build" / "sample"
    folder.mkdir(parents=True)
    for name in ("booklet-older.pdf", "booklet-older-instructions.pdf", "booklet-rib.refused.pdf"):
        (folder / name).write_bytes(b"an older one")
    assert files(project.build(editions=("screen", "booklets")).folder) == {"screen.pdf", "screen.pages.json", "MANIFEST.json", *made}
    assert sorted(made) == ["booklet-rib-instructions.pdf", "booklet-rib.pdf", "booklet-volume-instructions.pdf", "booklet-volume.pdf"]
    assert journey.verify(journey.Project(project.root), "sample") == []


def test_a_booklet_that_is_refused_keeps_back_the_whole_build(project, sample_booklets, monkeypatch):
    rib = sample_booklets["rib"]
    problem = Problem(Place("sample/booklet-rib.pdf", 3), "PDF-502", "折叠后的第 3 页不是排版的第 3 页")
    monkeypatch.setitem(journey.EDITIONS, "booklets", lambda *arguments: (rib.files, [problem]))
    made = project.build(editions=("screen", "booklets"))
    assert [found.code for found in made.problems] == ["PDF-502"]
    assert files(made.folder) == {"screen.refused.pdf", "booklet-rib.refused.pdf", "booklet-rib-instructions.refused.pdf"}


def test_the_file_is_what_was_finished(sample_built):
    assert sample_built.screen.read_bytes() == sample_built.pdf


def test_a_lost_quote_stops_the_build_before_any_file(project):
    project.edit(FEMUR, "quote: 2018-05", "quote: 无此语")
    with pytest.raises(Rejected, match="NOTE-001"):
        project.build()
    assert not (project.root / "build").exists()


def test_replacing_puts_the_new_content_in_place(tmp_path):
    replace(tmp_path / "a" / "file", b"old")
    replace(tmp_path / "a" / "file", b"new")
    assert ((tmp_path / "a" / "file").read_bytes(), files(tmp_path / "a")) == (b"new", {"file"})


def test_a_replacement_that_fails_leaves_no_temporary_file(tmp_path):
    (tmp_path / "file" / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="file"):
        replace(tmp_path / "file", b"new")
    assert files(tmp_path) == {"file"}


def test_two_builds_of_the_same_source_give_the_same_bytes(sample_built, sample_press, sample_booklets, tmp_path):
    again = Project(tmp_path / "elsewhere")
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    subprocess.run(
        [sys.executable, "-c", "from publisher.cli import app; app()", "build", "--root", str(again.root)],
        env=environment, cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    made = {path.name: path.read_bytes() for path in (again.root / "build" / "sample").glob("*.pdf")}
    sheets = {name: content for booklet in sample_booklets.values() for name, content in booklet.files.items()}
    wanted = {**sample_built.files, **sample_press.files, **sheets}
    assert sorted(made) == sorted(name for name in wanted if name.endswith(".pdf"))
    assert [name for name, content in made.items() if content != wanted[name]] == []


# -- the page table ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["sample_built", "breast"])
def made(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def table(made):
    return json.loads(made.pages_json.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def reader(made):
    return PdfReader(io.BytesIO(made.pdf))


def test_the_page_table_counts_the_pages_of_the_file(table, reader):
    assert table["pages"] == len(reader.pages)


def test_the_page_table_names_every_section_in_order(table, made):
    assert [section["id"] for section in table["sections"]] == [section.id for section in made.book.sections]


def test_the_page_table_gives_the_label_the_reader_shows(table, reader):
    labels = reader.page_labels
    assert [section["label"] for section in table["sections"]] == [labels[section["first_page"] - 1] for section in table["sections"]]


def test_pages_of_sections_follow_one_another(table):
    spans = [(section["first_page"], section["last_page"]) for section in table["sections"]]
    assert all(first <= last for first, last in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_the_first_page_of_a_case_bears_its_title(table, reader):
    cases = [section for section in table["sections"] if section["kind"] == "case"]
    assert cases
    for section in cases:
        text = "".join(reader.pages[section["first_page"] - 1].extract_text().split())
        assert "".join(section["title"].split()) in text


def test_the_source_number_is_that_of_the_case(table, made):
    numbers = {section["id"]: section["source_number"] for section in table["sections"] if section["kind"] == "case"}
    assert numbers == {section.id: int(section.number) for section in made.book.sections if section.kind == "case"}


def test_only_cases_have_a_source_number(table):
    assert {section["kind"] for section in table["sections"] if section["source_number"] is not None} == {"case"}


def test_sections_that_open_on_the_right_do_so(made):
    wrong = [span.section.id for span in made.pagination.spans if span.section.recto and span.first % 2 == 0]
    assert wrong == []


def test_the_build_folder_of_the_repository_is_not_touched(made):
    assert REPOSITORY not in made.folder.parents


@pytest.fixture(scope="module")
def drafted(tmp_path_factory):
    """A draft of a case with a fault that would stop the edition."""
    project = Project(tmp_path_factory.mktemp("draft"))
    project.edit(FEMUR, "行走加重", "行走加重,夜间明显")
    return project.build(case=CASE, draft=True)


def test_an_unsettled_finding_stops_the_build(project):
    project.edit(FEMUR, "行走加重", "行走加重,夜间明显")
    with pytest.raises(Rejected, match="TXT-001"):
        project.build(case=CASE)
    assert not (project.root / "build").exists()


def test_a_finding_in_another_case_does_not_stop_a_case(project):
    project.edit("content/sample/cases/sample-01-rib.yaml", "夜间为著", "夜间为著,可忍")
    assert project.build(case=CASE).problems == ()


def test_a_draft_is_built_all_the_same_and_bears_its_own_name(drafted):
    assert (drafted.problems, files(drafted.folder)) == ((), {"draft-screen.pdf", "draft-screen.pages.json", "MANIFEST.json"})


def test_every_page_of_a_draft_says_so(drafted):
    texts = [page.extract_text() for page in PdfReader(io.BytesIO(drafted.pdf)).pages]
    assert [text for text in texts if "未定稿（未决1处）" not in text] == []


def test_no_page_of_an_edition_says_that_it_is_a_draft(sample_built):
    assert [page for page in PdfReader(io.BytesIO(sample_built.pdf)).pages if "未定稿" in page.extract_text()] == []


def test_a_draft_leaves_the_last_good_edition_alone(drafted):
    assert not (drafted.root / "build" / f"sample-{CASE}").exists()
