"""Putting sources in order changes their layout and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from project import REPOSITORY

from publisher.problems import Rejected
from publisher.read_yaml import Reader
from publisher.workbench.formatting import formatted, plain

UNTIDY = """id:   a-1

# 说明
labs:
- name: 血常规
  results:
  - {analyte: 血红蛋白,   value: 66.70, unit: g/L}
  - {analyte:  白细胞, value: "0123"}



time: 8:30
answer: NO
bound: <0.01
"""


def test_indents_gaps_and_blank_lines_are_put_in_order():
    assert formatted(UNTIDY, "a.yaml").split("\n")[:8] == [
        "id: a-1", "", "# 说明", "labs:", "  - name: 血常规", "    results:", "      - {analyte: 血红蛋白, value: 66.70, unit: g/L}",
        '      - {analyte: 白细胞, value: "0123"}',
    ]  # fmt: skip


@pytest.mark.parametrize("scalar", ["66.70", "8:30", "NO", '"0123"', "<0.01", "149～162", "1e3", "2021-06-15", "0x1F", "~x", "1_000", "+5", ".5"])
def test_a_scalar_stays_as_it_was_written(scalar):
    assert f"value: {scalar}\n" in formatted(f"a:\n   value: {scalar}\n", "a.yaml")


def test_what_is_in_order_stays_byte_for_byte():
    once = formatted(UNTIDY, "a.yaml")
    assert formatted(once, "a.yaml") == once


@pytest.mark.parametrize("path", sorted((REPOSITORY / "content").rglob("*.yaml")), ids=lambda path: path.stem)
def test_the_real_sources_are_in_order(path):
    text = path.read_text(encoding="utf-8")
    assert formatted(text, path.name) == text


def test_a_broken_source_is_refused_with_its_place():
    with pytest.raises(Rejected, match=r"a\.yaml:2"):
        formatted("a: 1\na: 2\n", "a.yaml")


KEYS = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
FIGURES = st.from_regex(r"[0-9.:+\-eE_～<≤一二]{1,8}", fullmatch=True)


@given(st.dictionaries(KEYS, st.lists(FIGURES, max_size=4), min_size=1))
def test_no_figure_is_ever_changed(fields):
    text = "".join(f"{key}:\n" + "".join(f"- {value}\n" for value in values) if values else f"{key}: x\n" for key, values in fields.items())
    before, problems = Reader(text, "a.yaml").read()
    if problems:
        return
    try:
        new = formatted(text, "a.yaml")
    except Rejected:
        return
    assert plain(Reader(new, "a.yaml").read()[0]) == plain(before)
