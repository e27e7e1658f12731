"""What is left out or misspelt is found by what still speaks of it: a row that is gone, a character changed in a long drug name."""

from dataclasses import replace

import pytest

from publisher.case import Case
from publisher.lint.cases import check_case
from publisher.lint.drug_names import misshapen
from publisher.lint.record import Record
from publisher.written import Branch, Row, Written

LOST = {
    "CON-098 calcium that was raised for an adverse event": ("breast", "breast-05-endocrine", ("treatments", 2, "doses", 1)),
    "CON-047 the whole skeleton": ("lung", "lung-01-humeral-fracture", ("metastases", 0)),
    "CON-099 the lung that the diagnosis names": ("lung", "lung-10-squamous-multiple", ("metastases", 3)),
    "CON-081 the dose before a change": ("lung", "lung-03-cancer-pain", ("treatments", 1, "doses", 0)),
    "CON-095 the dose after a change": ("lung", "lung-03-cancer-pain", ("treatments", 1, "doses", 2)),
    "CON-096 the drug that the title names": ("lung", "lung-06-thoracic-compression", ("treatments", 1, "doses", 0)),
    "CON-085 one of two drugs of a list": ("lung", "lung-04-rib-fracture", ("treatments", 7, "doses", 0)),
    "CON-134 the maintenance": ("lung", "lung-14-hypercalcaemia", ("treatments", 1, "doses", 1)),
}


def changed(node, path: tuple, text: str | None):
    """Return a copy of a tree in which the node on a path is gone, or says something else."""
    if not path:
        return Written(text, node.place)
    step, *rest = path
    if isinstance(node, Branch):
        branch = Branch(node.place)
        branch.key_places = node.key_places
        branch.update({key: changed(value, tuple(rest), text) if key == step else value for key, value in node.items()})
        return branch
    row = Row(node.place)
    row.extend(changed(value, tuple(rest), text) if index == step else value for index, value in enumerate(node) if rest or text or index != step)
    return row


def codes(content, volume: str, slug: str, path: tuple = (), text: str | None = None) -> set[str]:
    source = content.volumes[volume]
    tree = changed(source.trees[slug], path, text) if path else source.trees[slug]
    case = Case.model_validate(tree, context={"catalogue": content.catalogue})
    whole = replace(source, cases={**source.cases, slug: case}, trees={**source.trees, slug: tree})
    return {f"{rule.code} {finding.message}" for rule, finding in check_case(Record(case, whole, content.catalogue))}


@pytest.mark.parametrize("what", sorted(LOST))
def test_a_row_that_is_gone_is_missed(content, what):
    volume, slug, path = LOST[what]
    new = codes(content, volume, slug, path) - codes(content, volume, slug)
    assert what.split()[0] in {found.split()[0] for found in new}


def test_a_slip_in_the_form_of_a_drug_is_a_misspelt_name(content):
    told = ("treatments", 1, "text", 1)
    new = codes(content, "lung", "lung-03-cancer-pain", told, "目前院外口服吗啡缓释斤维持，疼痛控制良好。") - codes(content, "lung", "lung-03-cancer-pain")
    assert {found.split()[0] for found in new} >= {"RX-001"}


def test_another_release_or_a_verb_is_no_slip():
    assert not misshapen("吗啡控释片", "吗啡缓释片")
    assert not misshapen("地舒单抗注射不", "地舒单抗注射液")
    assert misshapen("盐酶羟考酮缓释片", "盐酸羟考酮缓释片")
