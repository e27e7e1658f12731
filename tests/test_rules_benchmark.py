"""The bench of the rules is honest: one error at a time, where it says, the same with the same seed, and the clean case stays clean."""

import importlib.util
import sys
from random import Random

import pytest
from project import REPOSITORY

from publisher.lint.characters import covered
from publisher.written import leaves

spec = importlib.util.spec_from_file_location("rules_benchmark", REPOSITORY / "benchmarks" / "rules.py")
bench = importlib.util.module_from_spec(spec)
sys.modules["rules_benchmark"] = bench
spec.loader.exec_module(bench)
KNOWN = covered(REPOSITORY / "styles" / "fonts")


@pytest.fixture(scope="module")
def chart(content):
    source = content.volumes["breast"]
    slug = "breast-01-femoral-fracture"
    return bench.Chart(slug, source.cases[slug], source.trees[slug], source, content.catalogue)


def plants(chart, name: str):
    return list(bench.PLANTS[name](chart, Random(1)))


@pytest.mark.parametrize("name", sorted(bench.PLANTS))
def test_an_error_changes_what_it_names_and_nothing_else(chart, name):
    for plant in plants(chart, name):
        before, after = dict(leaves(chart.tree)), dict(leaves(bench.planted(chart.tree, plant)))
        if plant.text is not None:
            assert {path for path in {**before, **after} if before.get(path) != after.get(path)} == {plant.path}
        else:
            assert len(after) != len(before)
            assert sorted(text for path, text in before.items() if path[: len(plant.path) - 1] != plant.path[:-1]) == sorted(
                text for path, text in after.items() if path[: len(plant.path) - 1] != plant.path[:-1]
            )


def test_the_same_seed_plants_the_same(chart):
    assert {name: plants(chart, name) for name in bench.PLANTS} == {name: plants(chart, name) for name in bench.PLANTS}


def test_a_figure_that_stands_nowhere_else_is_not_counted(content):
    """例3 of the lung volume gives its age once: no rule can know that another is wrong."""
    source = content.volumes["lung"]
    slug = "lung-03-cancer-pain"
    case = bench.Chart(slug, source.cases[slug], source.trees[slug], source, content.catalogue)
    once = sum(str(case.case.patient.age) in leaf for path, leaf in case.texts())
    assert (once, plants(case, "age")) == (1, [])


def test_an_error_that_no_rule_sees_is_missed_and_one_that_a_rule_sees_is_caught(chart):
    before = bench.said(chart.source, chart.slug, chart.catalogue, KNOWN)
    tally = bench.Tally()
    bench.look(chart, bench.Plant(("complaint",), str(chart.case.complaint)), before, KNOWN, tally)
    assert (tally.planted, tally.caught, len(tally.missed)) == (1, 0, 1)
    bench.look(chart, bench.Plant(("complaint",), f"{chart.case.complaint}，120mg"), before, KNOWN, tally)
    assert (tally.planted, tally.caught, tally.by["TXT"]) == (2, 1, 1)


def test_a_finding_that_stood_there_before_does_not_count(chart):
    spoiled = bench.planted(chart.tree, bench.Plant(("complaint",), "腿痛，另用120mg"))
    source = bench.replace(chart.source, trees={**chart.source.trees, chart.slug: spoiled})
    clean = bench.Chart(chart.slug, chart.case, spoiled, source, chart.catalogue)
    before = bench.said(source, chart.slug, chart.catalogue, KNOWN)
    tally = bench.Tally()
    bench.look(clean, bench.Plant(("complaint",), "腿痛，另用100mg"), before, KNOWN, tally)
    assert (tally.planted, tally.caught) == (1, 0)
