"""What was read and examined before is found again, is what a fresh examination gives, and harms nobody when it was tampered with."""

import os
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from project import FEMUR, REPOSITORY, RIB, VOLUME, Project
from typer.testing import CliRunner

from publisher.archive import Archive, dumped, loaded
from publisher.cli import app
from publisher.compose.assemble import compose
from publisher.examination import check
from publisher.keeping import afresh
from publisher.lint import queries
from publisher.lint.cases import check_case
from publisher.lint.record import Record
from publisher.problems import Rejected
from publisher.project import Project as Place_
from publisher.read import read
from publisher.rules import RULES
from publisher.store import DIGEST, NoStore, Store
from publisher.written import leaves

DRUGS = "content/reference/drugs.yaml"


def said(root: Path, keep=afresh) -> list:
    """Return every query, fault and problem of a project, to the last word and place."""
    collection = read(root, keep=keep)
    found, problems = check(Place_(root), collection, keep)
    told = [*map(repr, problems)]
    for examined in found:
        told += [repr(fault) for fault in examined.faults]
        for query in examined.queries:
            finding = query.finding
            words = [(str(text), text.place) for text in (finding.at, *finding.also)]
            told.append((query.rule.code, query.case, finding.message, finding.found, finding.hint, words, query.settled_by and str(query.settled_by.words)))
    return told


@pytest.fixture
def kept(project):
    """A project whose sources were read and examined once."""
    archive = Archive.of(Place_(project.root))
    said(project.root, archive)
    return project, archive


@pytest.fixture
def looked(monkeypatch) -> list[str]:
    """The files that were examined by themselves, and the volumes that were."""
    seen: list[str] = []
    for name in ("in_file", "in_volume"):
        make = getattr(queries, name)

        def heard(what, *arguments, make=make):
            seen.append(what.place.path if hasattr(what, "place") else str(what.volume.id))
            return make(what, *arguments)

        monkeypatch.setattr(queries, name, heard)
    return seen


EDITS = {
    "nothing": (RIB, "", ""),
    "a case": (FEMUR, "title: ", "title: 左侧"),
    "a case, so that a rule speaks": (RIB, "complaint: ", "complaint: 120mg，"),
    "the volume": (VOLUME, "edition: ", "edition: 新"),
    "the catalogue": (DRUGS, "- id: ", "# 词表改过\n  - id: "),
}


@pytest.mark.parametrize("what", EDITS)
def test_what_is_kept_says_what_a_fresh_examination_says(kept, what):
    project, archive = kept
    project.edit(*EDITS[what])
    assert said(project.root, archive) == said(project.root, archive) == said(project.root)


def test_a_label_that_is_changed_in_the_catalogue_is_heard(content, tmp_path):
    project = Project(tmp_path / "real", REPOSITORY)
    archive = Archive.of(Place_(project.root))
    before = said(project.root, archive)
    project.edit(DRUGS, "doses: [120 mg", "doses: [40 mg")
    after = said(project.root, archive)
    assert after == said(project.root)
    assert {item[0] for item in after if item not in before} >= {"RX-011"}


def test_only_what_changed_is_examined_again(kept, looked):
    project, archive = kept
    project.edit(RIB, "complaint: ", "complaint: 近来")
    said(project.root, archive)
    assert looked == [RIB, "sample"]


def test_every_case_is_examined_again_when_the_catalogue_changed(kept, looked):
    project, archive = kept
    project.edit(*EDITS["the catalogue"])
    said(project.root, archive)
    assert {RIB, FEMUR} <= set(looked)


def test_a_tree_that_was_made_in_memory_is_examined(kept, looked):
    project, archive = kept
    collection = read(project.root, keep=archive)
    source = collection.volumes["sample"]
    slug, tree = next(iter(source.trees.items()))
    bare = type(tree)(tree.place)
    bare.update(tree)
    bare.key_places = tree.key_places
    check(Place_(project.root), replace(collection, volumes={"sample": replace(source, trees={**source.trees, slug: bare})}), archive)
    assert looked == [tree.place.path, "sample"]


def entries(project: Project) -> list[Path]:
    return sorted(path for path in Place_(project.root).store.glob("??/*"))


def test_what_was_damaged_is_made_again(kept):
    project, archive = kept
    right = said(project.root)
    for number, path in enumerate(entries(project)):
        content = bytearray(path.read_bytes())
        content[(number * 37) % len(content)] ^= 0xFF
        path.write_bytes(content[: len(content) - number % 3])
    assert said(project.root, archive) == right


class Trap:
    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


HARM = [lambda path: pickle.dumps(Trap(path)), lambda path: pickle.dumps(Path(path)), lambda path: b"", lambda path: b"\x80\x05garbage"]


@pytest.mark.parametrize("harm", HARM)
def test_what_was_slipped_into_the_store_does_nothing(kept, tmp_path, harm):
    """A store may have come with a project from anywhere: with the right digest too, it can name no function."""
    project, archive = kept
    right = said(project.root)
    for path in entries(project):
        name = path.parent.name + path.name
        Store(Place_(project.root).store).put(name, harm(tmp_path / "sprung"))
        assert len(path.read_bytes()) >= DIGEST
    assert said(project.root, archive) == right
    assert not (tmp_path / "sprung").exists()


def test_without_a_store_nothing_is_kept_and_nothing_asked_for(project):
    said(project.root, Archive(NoStore()))
    assert entries(project) == []


def test_check_without_the_cache_leaves_and_reads_nothing(project, looked):
    for _ in range(2):
        CliRunner().invoke(app, ["check", "--root", str(project.root), "--no-cache"])
    assert entries(project) == []
    assert looked.count(RIB) == 2


def test_a_broken_source_is_told_the_same_from_the_archive(kept):
    project, archive = kept
    project.edit(RIB, "sex: ", "sexx: ")
    told = []
    for keep in (archive, archive, afresh):
        with pytest.raises(Rejected) as caught:
            read(project.root, keep=keep)
        told.append([str(problem) for problem in caught.value.problems])
    assert told[0] == told[1] == told[2]
    assert told[0]


def test_the_book_of_kept_sections_is_the_book(content, tmp_path):
    archive = Archive(Store(tmp_path))
    for source in content.volumes.values():
        fresh = compose(source, content.catalogue, "engine")
        for _ in range(2):
            assert repr(compose(source, content.catalogue, "engine", keep=archive)) == repr(fresh)


def test_a_case_comes_back_as_it_was(content):
    """Every scalar with its place and type; words of the catalogue are its own entries, not copies."""
    for source in content.volumes.values():
        for slug, case in source.cases.items():
            twin, tree = loaded(dumped((case, source.trees[slug]), content.catalogue), content.catalogue)
            assert repr(twin) == repr(case)
            assert [(path, leaf, leaf.place, type(leaf)) for path, leaf in leaves(tree)] == [
                (path, leaf, leaf.place, type(leaf)) for path, leaf in leaves(source.trees[slug])
            ]
            assert tree.digest == source.trees[slug].digest
            pairs = zip((dose for item in twin.treatments for dose in item.doses), (dose for item in case.treatments for dose in item.doses), strict=True)
            assert all(one.drug.entry is other.drug.entry and one.drug.place == other.drug.place for one, other in pairs)


def test_a_rule_over_one_case_is_not_given_its_volume(content):
    """What such a rule finds is kept by the case alone; a rule that looks further says so."""
    source = content.volumes["lung"]
    record = Record(next(iter(source.cases.values())), source, content.catalogue)
    assert set(vars(record.alone.source)) == {"trees"}
    assert list(record.alone.source.trees) == [str(record.case.id)]
    assert {item.code for item in RULES.values() if item.beyond} == {"CON-022", "CON-082", "EVD-030", "SRE-003"}
    assert {item.code for item, _ in check_case(record)} <= set(RULES)
