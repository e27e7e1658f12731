"""Every rule has a folder with a wrong example, which it alone must catch, and a right one, which it must pass."""

from dataclasses import replace
from pathlib import Path

import pytest
from project import REPOSITORY

from publisher.case import Case
from publisher.collection import Collection
from publisher.lint.cases import check_case
from publisher.lint.characters import check_characters, covered
from publisher.lint.record import Record
from publisher.lint.text import check_texts
from publisher.read import read_catalogue
from publisher.read_yaml import read_yaml
from publisher.rules import RULES
from publisher.written import Branch, Slug, Word

FOLDER = Path(__file__).parent / "rules"


def codes(code: str, name: str, sample) -> list[str]:
    """Return the codes that an example brings up: of a text, or of a fragment of a case filled up to a whole one."""
    tree, problems = read_yaml(FOLDER / code / name, name)
    assert problems == []
    found = [problem.code for problem in (*check_texts(tree), *check_characters(tree, covered(REPOSITORY / "styles" / "fonts")))]
    if RULES[code].scope == "case":
        found += [item.code for item, _ in check_case(record(tree, sample))]
    return found


def record(tree: Branch, sample) -> Record:
    """Make a case of a fragment; what a case must have and the fragment is not about is made up."""
    least = {"id": Slug("made-up"), "number": Word("7"), "title": Word("虚构一例"), "patient": {"sex": Word("男"), "age": Word("70岁")}}
    whole = Branch(tree.place)
    whole.update({**least, **tree})
    case = Case.model_validate(whole, context={"catalogue": sample.catalogue})
    source = sample.volumes["sample"]
    return Record(case, replace(source, cases={"made-up": case}, trees={"made-up": whole}), sample.catalogue)


@pytest.fixture(scope="module", name="sample")
def sample_with_the_words_of_the_house(sample: Collection) -> Collection:
    """The sample book with the catalogue of the real volumes: rules on drugs and analytes rest on its labels and spans."""
    return replace(sample, catalogue=read_catalogue(REPOSITORY, []))


@pytest.mark.parametrize("code", sorted(RULES))
def test_the_wrong_example_is_caught(code, sample):
    assert code in codes(code, "wrong.yaml", sample)


@pytest.mark.parametrize("code", sorted(RULES))
def test_the_right_example_passes_every_rule_of_its_family(code, sample):
    assert [found for found in codes(code, "right.yaml", sample) if found.split("-")[0] in ("TXT", RULES[code].family)] == []


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_says_what_it_forbids(code):
    assert RULES[code].title.endswith(".")


def test_every_example_folder_belongs_to_a_rule():
    assert {folder.name for folder in FOLDER.iterdir()} == set(RULES)


def test_a_finding_names_place_reading_and_remedy():
    tree, _ = read_yaml(FOLDER / "TXT-006" / "wrong.yaml", "case.yaml")
    (problem,) = check_texts(tree)
    assert str(problem.place) == "case.yaml:1:7"
    assert "120mg" in problem.found
    assert problem.hint
