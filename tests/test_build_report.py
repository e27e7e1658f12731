"""The report of a build: it tells what was made and found, shows every page, and asks nothing of another machine."""

import re

import pytest
from project import Project
from typer.testing import CliRunner

from publisher.cli import app

BUILT = "build/sample"


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """The sample book built with a report by command."""
    project = Project(tmp_path_factory.mktemp("reported"))
    result = run("build", "--root", project.root, "--edition", "screen", "--report")
    return project, result, project.path(f"{BUILT}/report.html").read_text(encoding="utf-8")


def test_the_report_stands_beside_the_book_and_is_named(reported):
    project, result, _ = reported
    assert (result.exit_code, f"{BUILT}/report.html" in result.stdout) == (0, True)
    assert run("verify", "--root", project.root).exit_code == 0, "it is no part of what is delivered"


def test_every_page_is_pictured_and_leads_to_itself(reported):
    _, result, text = reported
    pages = int(re.search(r"(\d+) 页，\d", result.stdout)[1])
    pictured = re.findall(r'<a href="screen\.pdf#page=(\d+)"><img src="data:image/webp;base64,(\w)', text)
    assert [int(page) for page, _ in pictured] == list(range(1, pages + 1))


def test_the_report_asks_nothing_of_another_machine_and_is_small(reported):
    _, _, text = reported
    assert re.findall(r"""(?:src|href)=["'](?:https?:)?//""", text) == []
    assert "default-src 'none'" in text
    assert "<script" not in text
    assert len(text) < 600_000


def test_the_report_tells_stages_findings_and_checks(reported):
    _, _, text = reported
    for word in ("排版", "印前检查", "各步用时", "松行", "PDF-101", "CARE-001", "screen.pdf"):
        assert word in text
    assert 'href="../../content/sample/cases/sample-01-rib.yaml"' in text
    assert "已成书" in text


def test_a_refused_book_is_reported_with_what_refused_it(project):
    project.edit_layout("components/blocks.html", "{{ inline(item.line) }}</h{{ depth }}>", "</h{{ depth }}>")
    result = run("build", "--root", project.root, "--edition", "screen", "--report")
    text = project.path(f"{BUILT}/report.html").read_text(encoding="utf-8")
    assert (result.exit_code, "未通过印前检查" in text, "screen.refused.pdf#page=1" in text) == (1, True, True)
    assert 'class="failed">不通过' in text
    assert "没有印到" in text


def test_a_report_of_an_older_build_does_not_stay(project):
    path = project.path(f"{BUILT}/report.html")
    path.parent.mkdir(parents=True)
    path.write_text("old", encoding="utf-8")
    assert run("build", "--root", project.root, "--edition", "screen").exit_code == 0
    assert not path.exists()


@pytest.mark.parametrize(("options", "name"), [([], "screen.pdf"), (["--report"], "report.html")], ids=["the book", "its report"])
def test_open_shows_what_was_made(project, monkeypatch, options, name):
    opened = []
    monkeypatch.setattr("publisher.cli.typer.launch", opened.append)
    run("build", "--root", project.root, "--case", "sample-03-femur", "--open", *options)
    assert opened == [str(project.root.resolve() / "build/sample-sample-03-femur" / name)]
