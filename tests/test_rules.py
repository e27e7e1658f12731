"""Every rule has a folder with a wrong example, which it must catch, and a right one, which every rule of its family passes."""

from dataclasses import replace
from pathlib import Path

import pytest
from project import REPOSITORY

from publisher import build as journey
from publisher.collection import Collection
from publisher.lint import examples, explained
from publisher.lint.characters import covered, find_characters
from publisher.lint.text import find_texts
from publisher.read import read_catalogue
from publisher.read_yaml import read_yaml
from publisher.rules import RULES

FOLDER = Path(__file__).parent / "rules"
KNOWN = covered(REPOSITORY / "styles" / "fonts")


@pytest.fixture(scope="module", name="sample")
def sample_with_the_words_of_the_house(sample: Collection) -> Collection:
    """The sample book with the catalogue of the real volumes: rules on drugs and analytes rest on its labels and spans."""
    problems: list = []
    catalogue = read_catalogue(REPOSITORY, problems)
    assert problems == []
    return replace(sample, catalogue=catalogue)


def codes(code: str, name: str, sample) -> list[str]:
    """Return the codes that an example brings up."""
    tree, problems = read_yaml(FOLDER / code / name, name)
    assert problems == []
    return [item.code for item, _ in examples.said_of(tree, code, sample.volumes["sample"], sample.catalogue, KNOWN)]


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
    ((item, finding),) = find_texts(tree)
    assert (item.code, str(finding.at.place)) == ("TXT-006", "case.yaml:1:7")
    assert "120mg" in finding.found
    assert finding.hint


def test_a_character_without_a_glyph_is_found_with_its_place():
    tree, _ = read_yaml(FOLDER / "TXT-012" / "wrong.yaml", "case.yaml")
    assert {finding.at.place.path for _, finding in find_characters(tree, KNOWN)} == {"case.yaml"}


def test_the_list_of_rules_in_the_documentation_is_fresh():
    """After a change of a rule or an example: make docs."""
    assert (REPOSITORY / "docs/rules.md").read_text(encoding="utf-8") == explained.document(journey.DEFAULTS)


def test_every_rule_is_in_the_documentation():
    document = explained.document(journey.DEFAULTS)
    assert [code for code in RULES if f"\n### {code}\n" not in document] == []


def test_an_explanation_shows_what_is_wrong_and_what_is_right():
    said = explained.rules(["TXT-006"], journey.DEFAULTS)
    assert [word for word in (RULES["TXT-006"].title, "GB 3101", "120mg", "120 mg") if word not in said] == []
