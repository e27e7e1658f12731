"""Errors planted in the real cases, where something else on record contradicts them: nine in ten at least are caught."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from publisher.case import Case
from publisher.collection import Collection, VolumeSource
from publisher.lint.cases import check_case
from publisher.lint.record import OUTSIDE_THE_CASE, Record
from publisher.written import Branch, Row, Written, leaves

SAMPLES = 14
"""Errors of one kind that are tried, spread evenly over all cases."""
PROSE = ("title", "complaint", "studies", "diagnoses", "bone_events", "treatments", "timeline", "results", "responses")


def copied(node):
    if isinstance(node, Branch):
        twin = Branch(node.place)
        twin.key_places = node.key_places
        twin.update({key: copied(value) for key, value in node.items()})
        return twin
    if isinstance(node, Row):
        twin = Row(node.place)
        twin.extend(map(copied, node))
        return twin
    return node


def under(tree: Branch, path: tuple):
    for step in path:
        tree = tree[step]
    return tree


def scalars(tree: Branch) -> Iterator[tuple[tuple, str]]:
    return ((path, str(leaf)) for path, leaf in leaves(tree) if path[0] not in OUTSIDE_THE_CASE)


def rows(node, path: tuple = ()) -> Iterator[tuple]:
    """Yield the path of every row that is a mapping."""
    if path[:1] and path[0] in (*OUTSIDE_THE_CASE, "commentary"):
        return
    if isinstance(node, Row):
        yield from (((*path, index)) for index, item in enumerate(node) if isinstance(item, Branch))
    for key, value in node.items() if isinstance(node, Branch) else enumerate(node) if isinstance(node, Row) else ():
        yield from rows(value, (*path, key))


def higher(text: str) -> str:
    """Return a text with its first figure larger."""
    return re.sub(r"\d+", lambda match: str(int(match[0]) + (3 if int(match[0]) < 20 else 20)), text, count=1)


def other_side(text: str) -> str:
    return re.sub("[左右](?!右)", lambda match: "右" if match[0] == "左" else "左", text, count=1)


def replaced(wanted, changed) -> Iterator:
    """Plant by putting another text in the place of every scalar that is wanted."""

    def plant(tree: Branch):
        for path, text in scalars(tree):
            if wanted(path, text, tree):
                yield path, changed(text)

    return plant


def trial_of(path: tuple, tree: Branch) -> bool:
    return "evidence" in path and "trial" in under(tree, path[: path.index("evidence") + 2])


def is_marker(path: tuple, tree: Branch, name: str) -> bool:
    return path[-1] == "result" and under(tree, path[:-1]).get("marker") == name


KINDS = {
    "age": replaced(lambda path, text, tree: path[0] == "commentary" and re.search(r"\d岁", text), lambda text: re.sub(r"\d+(?=岁)", "39", text)),
    "side": replaced(lambda path, text, tree: path[0] in PROSE and re.search("[左右]侧?[^右]", text), other_side),
    "vertebra": replaced(
        lambda path, text, tree: re.search(r"(?<![A-Za-z长-])[TL]\d{1,2}(?=椎|、|～|$|浓|骨|压)", text) and "evidence" not in path,
        lambda text: re.sub(r"([TL])(\d{1,2})", lambda match: f"{match[1]}{int(match[2]) - 1 or 4}", text, count=1),
    ),
    "percentage": replaced(lambda path, text, tree: "change" in path and "%" in text, higher),
    "pain score": replaced(
        lambda path, text, tree: path[0] in ("scores", "timeline", "results") and path[-1] in ("value", "result") and pain(path, text, tree), higher
    ),
    "year": replaced(
        lambda path, text, tree: path[-1] == "at" and re.search(r"\d{4}-\d{2}-\d{2}", text), lambda text: re.sub(r"20(\d\d)", "2009", text, count=1)
    ),
    "day": replaced(
        lambda path, text, tree: path[-1] == "at" and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text),
        lambda text: f"{text[:8]}{(int(text[8:]) + 11) % 28 + 1:02d}",
    ),
    "changed dose": replaced(lambda path, text, tree: path[0] == "dose_changes" and path[-1] == "before" and re.search(r"\d", text), higher),
    "HER2": replaced(lambda path, text, tree: is_marker(path, tree, "HER2"), lambda text: "(-)" if "+" in text else "(3+)"),
    "stage": replaced(lambda path, text, tree: path[0] == "staging" and path[-1] == "stage" and "IV" in text, lambda text: "IIIA期"),
    "published figure": replaced(
        lambda path, text, tree: path[-1] in ("experimental", "control", "effect") and re.search(r"\d", text) and trial_of(path, tree), higher
    ),
}


def pain(path: tuple, text: str, tree: Branch) -> bool:
    return under(tree, path[:-1]).get("scale") == "NRS" if path[0] == "scores" else bool(re.match(r".*NRS\D{0,6}\d分", text))


def findings(source: VolumeSource, slug: str, tree: Branch, catalogue) -> set[tuple[str, str]]:
    case = Case.model_validate(tree, context={"catalogue": catalogue})
    planted = replace(source, cases={**source.cases, slug: case}, trees={**source.trees, slug: tree})
    return {(rule.code, finding.message) for rule, finding in check_case(Record(case, planted, catalogue))}


def caught(content: Collection, planted: list[tuple[str, str, Branch]]) -> list[bool]:
    """Tell for each planted tree whether it brings a finding that the case had not before."""
    before: dict[str, set] = {}
    told = []
    for volume, slug, tree in planted:
        source = content.volumes[volume]
        if slug not in before:
            before[slug] = findings(source, slug, source.trees[slug], content.catalogue)
        told.append(bool(findings(source, slug, tree, content.catalogue) - before[slug]))
    return told


def spread(items: list) -> list:
    return items[:: max(1, len(items) // SAMPLES)]


@pytest.mark.parametrize("kind", KINDS)
def test_nine_in_ten_planted_errors_are_caught(kind, content):
    places = [(volume, slug, *place) for volume, source in content.volumes.items() for slug, tree in source.trees.items() for place in KINDS[kind](tree)]
    planted = []
    for volume, slug, path, text in spread(places):
        tree = copied(content.volumes[volume].trees[slug])
        under(tree, path[:-1])[path[-1]] = Written(text, under(tree, path).place)
        planted.append((volume, slug, tree))
    told = caught(content, planted)
    assert len(told) >= 3
    assert sum(told) / len(told) >= 0.9, [place for place, found in zip(spread(places), told, strict=True) if not found]


def test_a_doubled_row_is_caught_wherever_it_stands(content):
    places = [(volume, slug, path) for volume, source in content.volumes.items() for slug, tree in source.trees.items() for path in rows(tree)]
    planted = []
    for volume, slug, path in spread(places):
        tree = copied(content.volumes[volume].trees[slug])
        under(tree, path[:-1]).insert(path[-1] + 1, copied(under(tree, path)))
        planted.append((volume, slug, tree))
    assert all(caught(content, planted))


def test_a_lost_cycle_is_caught(content):
    planted = []
    for slug, tree in content.volumes["breast"].trees.items():
        numbered = [index for index, row in enumerate(tree["timeline"]) if re.search(r"第\d+(?:周期|次)", row["event"])]
        for index in numbered[1:-1:2]:
            spoiled = copied(tree)
            del spoiled["timeline"][index]
            planted.append(("breast", slug, spoiled))
    assert len(planted) > 10
    assert all(caught(content, planted))
