"""What has not changed is not made again, and is what a fresh build would give; whatever changed is made anew."""

from pathlib import Path

import pytest
from project import RIB, VOLUME, Project
from typer.testing import CliRunner

from publisher import build as journey
from publisher import examination, unchanged
from publisher.cli import Speech, app, console
from publisher.project import Order
from publisher.project import Project as Place_
from publisher.store import Store

SCREEN = ("--edition", "screen")


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def forbidden(*_, **__):
    raise AssertionError("made again")


def built(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "build/sample").iterdir()}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    project = Project(tmp_path_factory.mktemp("unchanged"))
    assert run("build", "--root", project.root, *SCREEN).exit_code == 0
    return project, built(project.root)


def test_unchanged_sources_are_not_built_again(first, monkeypatch):
    project, files = first
    monkeypatch.setattr(journey, "begin_apart", forbidden)
    result = run("build", "--root", project.root, *SCREEN)
    assert (result.exit_code, "来源没有改动" in result.stdout, built(project.root)) == (0, True, files)


def test_what_is_missing_or_altered_among_the_files_is_put_back(first, monkeypatch):
    project, files = first
    monkeypatch.setattr(journey, "begin_apart", forbidden)
    (project.root / "build/sample/screen.pdf").unlink()
    (project.root / "build/sample/screen.pages.json").write_text("{}")
    (project.root / "build/sample/screen.refused.pdf").write_bytes(b"%PDF")
    assert run("build", "--root", project.root, *SCREEN).exit_code == 0
    assert built(project.root) == files


def test_a_kept_build_is_byte_for_byte_a_fresh_one(first):
    project, files = first
    assert run("build", "--root", project.root, *SCREEN, "--no-cache").exit_code == 0
    assert built(project.root) == files


def test_a_kept_build_that_was_damaged_is_not_used(first):
    project = Place_(first[0].root)
    name = unchanged.build_key(project, "sample", Order(editions=("screen",)))
    path = Store(project.store).path(name)
    whole = path.read_bytes()
    assert unchanged.find(project, name)
    for damaged in (whole[:-1], whole[:2000] + b"\0" + whole[2001:], b""):
        path.write_bytes(damaged)
        assert unchanged.find(project, name) is None
        path.write_bytes(whole)


@pytest.mark.parametrize("name", [RIB, VOLUME, "content/reference/drugs.yaml", "layouts/section.html", "styles/tokens/ink.css", "content/sample/new.yaml"])
def test_whatever_a_volume_is_made_of_changes_the_key(project, name):
    for folder in ("layouts", "styles"):
        source = Place_(project.root).own(folder)
        (project.root / folder).mkdir()
        for path in source.rglob("*.*"):
            if path.is_file() and path.stat().st_size < 20_000:
                (project.root / folder / path.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
                (project.root / folder / path.relative_to(source)).write_bytes(path.read_bytes())
    place = Place_(project.root)
    before = unchanged.build_key(place, "sample", Order())
    assert unchanged.build_key(place, "sample", Order()) == before
    path = project.path(name)
    path.write_bytes((path.read_bytes() if path.exists() else b"") + b"\n")
    assert unchanged.build_key(place, "sample", Order()) != before


@pytest.mark.parametrize("other", [Order(case="sample-01-rib"), Order(editions=("screen",)), Order(locked=True), Order(draft=True), Order(since="HEAD")])
def test_whatever_is_asked_changes_the_key(project, other):
    place = Place_(project.root)
    assert unchanged.build_key(place, "sample", other) != unchanged.build_key(place, "sample", Order())


def test_what_changed_while_it_was_built_is_not_kept(project):
    place = Place_(project.root)
    name = unchanged.build_key(place, "sample", Order())
    kept = unchanged.Kept("sample", "题名", place.output("sample", ""), 3, (("lint", "x"),), {"screen.pdf": b"%PDF"})
    project.edit(VOLUME, "\n", "\n\n")
    unchanged.keep(place, name, Order(), kept)
    assert unchanged.find(place, name) is None
    now = unchanged.build_key(place, "sample", Order())
    unchanged.keep(place, now, Order(), kept)
    assert unchanged.find(place, now) == kept


def test_check_of_unchanged_sources_says_the_same_without_looking(project, monkeypatch):
    project.edit(RIB, "腺癌", "线癌")
    for form in ("text", "json"):
        before = run("check", "--root", project.root, "--format", form)
        with monkeypatch.context() as patch:
            patch.setattr(examination, "check", forbidden)
            after = run("check", "--root", project.root, "--format", form)
        assert (after.exit_code, after.stdout, after.stderr) == (before.exit_code, before.stdout, before.stderr)


def test_works_side_by_side_speak_one_after_another(capsys):
    with console.capture() as said:
        speech = Speech(3)
        for words in ((1, "b1"), (0, "a1"), (2, "c1"), (0, "a2")):
            speech.of(words[0])(words[1])
        speech.ended(2)
        speech.ended(0)
        speech.of(1)("b2")
        speech.ended(1)
    assert said.get().split() == ["a1", "a2", "b1", "b2", "c1"]
