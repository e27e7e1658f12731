"""Traces of scanning and copying, and what a report lacks: on the real volumes and on made-up texts."""

import pytest

from publisher.lint import completeness, traces
from publisher.lint.record import Record
from publisher.lint.text import scanned
from publisher.written import leaves


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("TRC-001", "周期末行CT检查"),
        ("TRC-001", "自己行走，异己反应"),
        ("TRC-001", "L4、L5椎体，EGFR L858R，P1NP 55 μg/L，d1、d8"),
        ("TRC-001", "O型血，每次5 g"),
        ("TRC-002", "P<0.05，n>30，A&B"),
        ("TRC-002", "（+）*，10×10⁹/L"),
        ("TRC-003", "Hortobagyi GN, et al. N Engl J Med 2022; 386: 942-950."),
        ("TRC-003", "n=1,000例，8:30入院，1:2"),
        ("TRC-004", "β-CTX 0.85 ng/mL，10⁹/L，①②，—"),
        ("TRC-005", "第3天，结节性质？待补充检查"),
    ],
)
def test_a_right_text_is_left(code, text):
    assert scanned(code, text) == ()


def test_nothing_of_the_texts_of_the_real_volumes_is_a_trace(content):
    """The manuscripts were scanned; the edited sources bear none of it any more."""
    codes = ("TRC-001", "TRC-002", "TRC-003", "TRC-004", "TRC-005")
    texts = [leaf for source in content.volumes.values() for tree in (*source.trees.values(), *source.other_trees) for _, leaf in leaves(tree)]
    assert [(code, text) for text in texts for code in codes if scanned(code, text)] == []


def test_two_cases_of_the_real_lung_volume_share_a_timetable(content):
    """例10 and 例11 are told in the same steps; an editor must ask the author."""
    found = list(traces.timetable_of_another_case(content.volumes["lung"], content.catalogue))
    assert [(finding.message, finding.at.place.path.split("/")[-1]) for finding in found] == [
        ("例10与例11有 6 个时间节点相同", "lung-10-squamous-multiple.yaml")
    ]


def record(content, slug: str) -> Record:
    source = content.volumes[slug.split("-")[0]]
    return Record(source.cases[slug], source, content.catalogue)


def lacking(content, slug: str) -> set[str]:
    return numbers(record(content, slug))


def numbers(chart: Record) -> set[str]:
    """Return the numbers of the items a case lacks."""
    return {item.number for items in (completeness.CARE_ITEMS, completeness.HOUSE_ITEMS) for item in completeness.score(chart, items).missing}


def test_one_finding_a_case_names_everything_it_lacks(content):
    found = list(completeness.incomplete_report(record(content, "lung-04-rib-fracture")))
    assert len(found) == 1
    assert [word for word in ("知情同意", "参考文献", "分期及其版本") if word not in found[0].hint] == []


def test_menopause_is_not_asked_of_lung_cancer(content):
    items = {item.number: item for item in completeness.HOUSE_ITEMS}
    chart = completeness.Chart(record(content, "lung-04-rib-fracture"))
    assert items["b"].met(chart) is None
    assert "b" not in lacking(content, "lung-04-rib-fracture")
    assert "b" in lacking(content, "breast-02-dual-her2")


def test_calcium_is_asked_where_a_bone_agent_was_given(content):
    items = {item.number: item for item in completeness.HOUSE_ITEMS}
    assert items["c"].met(completeness.Chart(record(content, "lung-02-vertebral-fractures"))) is None
    assert items["c"].met(completeness.Chart(record(content, "lung-04-rib-fracture"))) is False
    assert items["c"].met(completeness.Chart(record(content, "breast-01-femoral-fracture"))) is True


def test_what_is_filled_in_is_no_longer_lacking(project):
    rib = "content/sample/cases/sample-01-rib.yaml"
    before = lacking_of(project)
    project.edit(rib, "notes:\n", "keywords: [肺腺癌]\nconsent: 患者已签署知情同意书。\nauthors: [甲]\nperspective: [好多了。]\nreferences: [A.]\nnotes:\n")
    assert before - lacking_of(project) == {"2", "12", "13", "j", "k"}


def lacking_of(project) -> set[str]:
    collection = project.collection()
    source = collection.volumes["sample"]
    return numbers(Record(source.cases["sample-01-rib"], source, collection.catalogue))


def test_the_table_has_a_row_a_case(content):
    table = completeness.table(content)
    assert [f"例{case.number}" for source in content.volumes.values() for case in source.cases.values() if f"  例{case.number} " not in table] == []
