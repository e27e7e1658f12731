"""Every rule has a folder with a wrong example, which it alone must catch, and a right one, which it must pass."""

from pathlib import Path

import pytest
from project import REPOSITORY

from publisher.lint.characters import check_characters, covered
from publisher.lint.text import check_texts
from publisher.read_yaml import read_yaml
from publisher.rules import RULES

FOLDER = Path(__file__).parent / "rules"


def codes(code: str, name: str) -> list[str]:
    tree, problems = read_yaml(FOLDER / code / name, name)
    assert problems == []
    return [problem.code for problem in (*check_texts(tree), *check_characters(tree, covered(REPOSITORY / "styles" / "fonts")))]


@pytest.mark.parametrize("code", sorted(RULES))
def test_the_wrong_example_is_caught(code):
    assert code in codes(code, "wrong.yaml")


@pytest.mark.parametrize("code", sorted(RULES))
def test_the_right_example_passes_every_rule(code):
    assert codes(code, "right.yaml") == []


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
