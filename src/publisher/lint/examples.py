"""The wrong and the right example of each rule, and what the program says of them.

Examples of rules over texts are scalars; of rules over cases, parts of a case that is filled up to a whole one; of rules
over volumes, `cases` with parts of several and `volume` with fields of the volume.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from publisher.case import Case
from publisher.catalogue import Catalogue
from publisher.collection import VolumeSource
from publisher.lint.cases import check_case, check_volume
from publisher.lint.characters import find_characters
from publisher.lint.record import Record
from publisher.lint.text import find_texts
from publisher.rules import RULES, Finding, Rule
from publisher.volume import Volume
from publisher.written import Branch, Row, Slug, Word, Written

FOLDER = Path("tests/rules")
LEAST = {"title": "虚构一例", "patient": {"sex": "男", "age": "70岁"}}
"""What a case must have and an example is not about."""


def said_of(tree: Any, code: str, source: VolumeSource, catalogue: Catalogue, known: frozenset[int]) -> Iterator[tuple[Rule, Finding]]:
    """Yield every finding on the example of a rule; `source` lends what an example leaves out."""
    texts = tree["cases"] if RULES[code].scope == "volume" else tree
    yield from find_texts(texts)
    yield from find_characters(texts, known)
    if RULES[code].scope == "case":
        made = volume_of([tree], Branch(tree.place), source, catalogue)
        yield from check_case(Record(next(iter(made.cases.values())), made, catalogue))
    if RULES[code].scope == "volume":
        yield from check_volume(volume_of(tree["cases"], tree.get("volume", Branch(tree.place)), source, catalogue), catalogue)


def volume_of(fragments: list[Branch], fields: Branch, source: VolumeSource, catalogue: Catalogue) -> VolumeSource:
    """Make a volume of parts of cases; what they leave out is made up."""
    trees = {}
    for number, fragment in enumerate(fragments, 1):
        whole = Branch(fragment.place)
        whole.update({"id": Slug(f"made-up-{number}"), "number": Word(str(number)), **written(LEAST), **fragment})
        trees[str(whole["id"])] = whole
    cases = {slug: Case.model_validate(tree, context={"catalogue": catalogue}) for slug, tree in trees.items()}
    volume = Volume.model_validate({**source.volume.model_dump(), **fields}, context={"catalogue": catalogue})
    return replace(source, volume=volume, cases=cases, trees=trees, other_trees=())


def written(node: Any) -> Any:
    """Turn plain data into a tree."""
    if isinstance(node, dict):
        branch = Branch(Written("").place)
        branch.update({key: written(value) for key, value in node.items()})
        return branch
    if isinstance(node, list):
        row = Row(Written("").place)
        row.extend(map(written, node))
        return row
    return Word(node)
