"""What differs between two trees as facts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.changes import Kind
from publisher.compare.trees import differences, matched, summary
from publisher.read_yaml import Reader
from publisher.written import Row, Written


def tree(text: str):
    found, problems = Reader(text, "case.yaml").read()
    assert problems == []
    return found


def found(before: str, after: str):
    """Return kind, path and words of every difference between two YAML texts."""
    return [(item.kind, item.path, summary(item.before), summary(item.after)) for item in differences(tree(before), tree(after))]


DOSES = """
doses:
  - {drug: 地舒单抗, dose: 120 mg, route: 皮下注射}
  - {drug: 碳酸钙, dose: 600 mg, route: 口服}
  - {drug: 维生素D, dose: 400 IU, route: 口服}
"""


@pytest.mark.parametrize(
    "after",
    [
        "doses: [{drug: '地舒单抗', route: \"皮下注射\", dose: 120 mg}, {drug: 碳酸钙, dose: 600 mg, route: 口服}, {drug: 维生素D, dose: 400 IU, route: 口服}]",
        DOSES.replace("  - {drug: 碳酸钙, dose: 600 mg, route: 口服}", "  - drug: 碳酸钙\n    route: 口服\n    dose: |\n      600 mg\n"),
        "# 注\n" + DOSES.replace("\n", "\n\n"),
        DOSES + "waivers: [{code: RX-001, quote: 碳酸钙, reason: 照录}]\n",
    ],
    ids=["order and quotes", "another style", "comments and blank lines", "a waiver"],
)
def test_what_only_looks_different_is_no_change(after):
    assert found(DOSES, after) == []


def test_a_corrected_figure_is_one_change():
    assert found(DOSES, DOSES.replace("120 mg", "12 mg")) == [(Kind.CHANGED, ("doses", 0, "dose"), "120 mg", "12 mg")]


def test_a_row_put_in_is_one_addition():
    after = DOSES.replace("doses:\n", "doses:\n  - {drug: 唑来膦酸, dose: 4 mg, route: 静脉滴注}\n")
    assert found(DOSES, after) == [(Kind.ADDED, ("doses", 0), "", "唑来膦酸，4 mg，静脉滴注")]


def test_a_row_taken_out_is_one_removal():
    after = DOSES.replace("  - {drug: 碳酸钙, dose: 600 mg, route: 口服}\n", "")
    assert found(DOSES, after) == [(Kind.REMOVED, ("doses", 1), "碳酸钙，600 mg，口服", "")]


def test_a_row_put_in_and_another_corrected_are_two_changes():
    after = DOSES.replace("doses:\n", "doses:\n  - {drug: 唑来膦酸, dose: 4 mg, route: 静脉滴注}\n").replace("400 IU", "800 IU")
    assert [(kind, path) for kind, path, _, _ in found(DOSES, after)] == [(Kind.ADDED, ("doses", 0)), (Kind.CHANGED, ("doses", 3, "dose"))]


def test_a_drug_replaced_in_its_row_is_one_change():
    assert found(DOSES, DOSES.replace("地舒单抗", "唑来膦酸")) == [(Kind.CHANGED, ("doses", 0, "drug"), "地舒单抗", "唑来膦酸")]


def test_a_row_in_another_place_is_one_move():
    lines = DOSES.strip("\n").split("\n")
    after = "\n".join([lines[0], *lines[2:], lines[1]])
    assert [(kind, path) for kind, path, _, _ in found(DOSES, after)] == [(Kind.MOVED, ("doses", 2))]


def test_a_level_corrected_in_a_list_of_words_is_one_change():
    assert found("levels: [T10, L3, L4]", "levels: [T10, L2, L4]") == [(Kind.CHANGED, ("levels", 1), "L3", "L2")]


def test_a_field_that_came_or_went():
    assert found("age: 64岁\nsex: 女", "age: 64岁\noccupation: 教师") == [
        (Kind.ADDED, ("occupation",), "", "教师"),
        (Kind.REMOVED, ("sex",), "女", ""),
    ]


def test_a_list_that_is_new_counts_row_by_row():
    assert [(kind, path) for kind, path, _, _ in found("title: 甲", "title: 甲" + DOSES)] == [(Kind.ADDED, ("doses", index)) for index in range(3)]


def test_a_sentence_rewritten_is_one_change():
    before, after = "患者因腰痛入院，行MRI检查。", "患者因腰背部疼痛入院，行MRI检查。"
    assert found(f"visit: [{before}, 甲]", f"visit: [{after}, 甲]") == [(Kind.CHANGED, ("visit", 0), before, after)]


words = st.lists(st.sampled_from(["地舒单抗", "地诺单抗", "碳酸钙", "L4", "L5", "静滴"]), max_size=7)


def row(items) -> Row:
    made = Row(Written("").place)
    made.extend(Written(item) for item in items)
    return made


@given(words, words)
def test_every_item_is_matched_once_and_in_order(before, after):
    pairs = matched(row(before), row(after))
    assert [old for old, _ in pairs if old is not None] == list(range(len(before)))
    assert [new for _, new in pairs if new is not None] == list(range(len(after)))


@given(words)
def test_a_list_does_not_differ_from_itself(items):
    assert list(differences(row(items), row(items))) == []
