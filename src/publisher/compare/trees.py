"""Two trees of one file -> what differs between them as facts; order of keys, quoting and line breaks are no facts.

Lists are matched by likeness, not by place: a row put in is one insertion, a corrected row one correction.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, NamedTuple

from publisher.changes import Kind
from publisher.fields import NAMES
from publisher.written import Branch, Row, Written, leaves

NO_FACTS = {"waivers", "settles"}
"""Keys that only concern the checking of the sources."""
ALIKE = 0.4
"""Items less alike than this are not the same item corrected."""
GAP = 0.5
"""What it costs to leave an item of a list unmatched; a pair costs what it lacks in likeness."""
NAME_WEIGHT = 3
GREW = 0.75
"""How alike a text is to one that holds the whole of it."""

Path = tuple[str | int, ...]


class Difference(NamedTuple):
    """One fact that differs; the node on one side is None where it was added or removed."""

    kind: Kind
    path: Path
    """In the newer tree; in the older one for what was removed."""
    before: Any
    after: Any


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[Difference]:
    """Yield what differs between two nodes, in reading order."""
    if before == after:
        return
    if isinstance(before, Branch) and isinstance(after, Branch):
        keys = [*after, *(key for key in before if key not in after)]
        for key in keys:
            if key not in NO_FACTS:
                yield from side_by_side(before.get(key), after.get(key), (*path, key))
    elif isinstance(before, Row) and isinstance(after, Row):
        yield from rows(before, after, path)
    else:
        yield Difference(Kind.CHANGED, path, before, after)


def side_by_side(before: Any, after: Any, path: Path) -> Iterator[Difference]:
    """Compare two values of one key; a list that is wholly new or gone counts item by item."""
    if isinstance(after, Row) and before is None:
        before = Row(after.place)
    if isinstance(before, Row) and after is None:
        after = Row(before.place)
    if before is None:
        yield Difference(Kind.ADDED, path, None, after)
    elif after is None:
        yield Difference(Kind.REMOVED, path, before, None)
    else:
        yield from differences(before, after, path)


def rows(before: Row, after: Row, path: Path) -> Iterator[Difference]:
    """Compare two lists item by item, each with its likeliest partner in order."""
    pairs = matched(before, after)
    gone = [(old, before[old]) for old, new in pairs if new is None]
    for old, new in pairs:
        if new is None:
            if before[old] not in [after[other] for first, other in pairs if first is None]:
                yield Difference(Kind.REMOVED, (*path, old), before[old], None)
        elif old is None:
            moved = next((index for index, item in gone if item == after[new]), None)
            kind = Kind.ADDED if moved is None else Kind.MOVED
            yield Difference(kind, (*path, new), None if moved is None else before[moved], after[new])
        else:
            yield from differences(before[old], after[new], (*path, new))


def matched(before: Row, after: Row) -> list[tuple[int | None, int | None]]:
    """Return the items of two lists in pairs of least cost, in order; None stands for no partner."""
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    cost = [[GAP * (row + column) for column in range(len(new) + 1)] for row in range(len(old) + 1)]
    step: dict[tuple[int, int], str] = {}
    for row in range(len(old) + 1):
        for column in range(len(new) + 1):
            ways = []
            if row and column and (near := likeness(old[row - 1], new[column - 1])) >= ALIKE:
                ways.append((cost[row - 1][column - 1] + 1 - near, "pair"))
            if row:
                ways.append((cost[row - 1][column] + GAP, "old"))
            if column:
                ways.append((cost[row][column - 1] + GAP, "new"))
            if ways:
                cost[row][column], step[row, column] = min(ways)
    row, column = len(old), len(new)
    middle: list[tuple[int | None, int | None]] = []
    while row or column:
        way = step[row, column]
        row, column = row - (way != "new"), column - (way != "old")
        middle.append((None if way == "new" else head + row, None if way == "old" else head + column))
    ends = [(len(before) - count, len(after) - count) for count in range(tail, 0, -1)]
    return [*((index, index) for index in range(head)), *reversed(middle), *ends]


def likeness(before: Any, after: Any) -> float:
    """Return how alike two nodes are, from 0 to 1; the name of an item counts most."""
    if before == after:
        return 1.0
    if isinstance(before, Written) and isinstance(after, Written):
        return text_likeness(before, after)
    if isinstance(before, Branch) and isinstance(after, Branch):
        keys = {*before, *after} - NO_FACTS
        name = next((key for key in NAMES if key in keys), "")
        weights = {key: NAME_WEIGHT if key == name else 1 for key in keys}
        same = sum(weight * likeness(before[key], after[key]) for key, weight in weights.items() if key in before and key in after)
        return same / (sum(weights.values()) or 1)
    if isinstance(before, Row) and isinstance(after, Row):
        first, second = [str(leaf) for _, leaf in leaves(before)], [str(leaf) for _, leaf in leaves(after)]
        common = len(set(first) & set(second))
        return 2 * common / (len(set(first)) + len(set(second)) or 1)
    return 0.0


@lru_cache(maxsize=100_000)
def text_likeness(before: str, after: str) -> float:
    """Return the share of characters in common, of both texts or, a little less, of the shorter: a sentence that grew is the same."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    both, shorter = len(before) + len(after), min(len(before), len(after)) or 1

    def share(ratio: float) -> float:
        return max(ratio, GREW * ratio * both / 2 / shorter)

    return share(matcher.ratio()) if share(matcher.quick_ratio()) >= ALIKE else 0.0


def summary(node: Any) -> str:
    """Return a node as one line: the values of an item, without what only classes it."""
    if node is None:
        return ""
    if isinstance(node, Written):
        return str(node)
    return "，".join(str(leaf) for path, leaf in leaves(node) if path[-1] not in ("id", "kind", "role", "status"))
