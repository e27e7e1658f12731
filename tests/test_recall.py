"""What a process that stands by recalls: the results of pure functions, also those that its children found."""

import pytest

from publisher import sandbox
from publisher.recall import ROOM, recall


@pytest.fixture
def at_work():
    with recall.at_hand():
        yield


def result(calls: list[str], text: str) -> str:
    return recall(lambda: (calls.append(text), text.upper())[1], "upper", text)


def test_nothing_is_recalled_where_nobody_asked_for_it():
    calls: list[str] = []
    assert [result(calls, "a"), result(calls, "a")] == ["A", "A"]
    assert calls == ["a", "a"]


def test_nothing_is_recalled_any_more_when_that_is_over():
    calls: list[str] = []
    with recall.at_hand():
        result(calls, "a")
    assert result(calls, "a") == "A"
    assert calls == ["a", "a"]


def test_the_same_is_made_once(at_work):
    calls: list[str] = []
    assert [result(calls, text) for text in ("a", "b", "a")] == ["A", "B", "A"]
    assert calls == ["a", "b"]


def test_what_is_done_and_where_one_part_ends_matter(at_work):
    made = [recall(lambda: 1, "join", "ab", "c"), recall(lambda: 2, "join", "a", "bc"), recall(lambda: 3, "other", "ab", "c")]
    assert made == [1, 2, 3]
    assert recall.find("join", "a", "bc") == 2
    assert recall.find("join", "abc") is None


def test_what_children_and_theirs_found_out_is_taken_over(at_work):
    def inner(tell) -> str:
        return result([], "inner")

    def outer(tell) -> str:
        return result([], "outer") + sandbox.run(inner, name="inner")

    assert sandbox.run(outer, name="outer") == "OUTERINNER"
    calls: list[str] = []
    assert [result(calls, "outer"), result(calls, "inner")] == ["OUTER", "INNER"]
    assert calls == []


def test_a_child_begins_with_what_is_known_and_tells_only_what_is_new(at_work):
    result([], "known")

    def work(tell) -> int:
        calls: list[str] = []
        result(calls, "known")
        result(calls, "new")
        return len(calls), len(recall.told()[0])

    assert sandbox.run(work, name="child") == (1, 1)


def test_there_is_an_end_to_what_is_kept(at_work):
    recall.taken = ROOM
    calls: list[str] = []
    assert [result(calls, "a"), result(calls, "a")] == ["A", "A"]
    assert calls == ["a", "a"]
    recall.make_room()
    assert [result(calls, "a"), result(calls, "a")] == ["A", "A"]
    assert calls == ["a", "a", "a"]
