"""What changed in the facts of a volume between two revisions of its sources."""

from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from publisher.identities import persons


class Kind(StrEnum):
    """What happened to a fact."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


AROUND = 12
"""Characters of the same text that are shown on either side of what changed."""
KIND_WORDS = {Kind.CHANGED: "改", Kind.ADDED: "增", Kind.REMOVED: "删", Kind.MOVED: "移"}


@dataclass(frozen=True)
class Change:
    """One fact as it stood and as it stands; one of the two is empty where it was added or removed."""

    kind: Kind
    volume: str
    """`reference` for the shared words."""
    case: str
    """Empty outside the cases."""
    path: tuple[str | int, ...]
    """Where it stands in its file: the newer one, or the older one where it was removed."""
    field: str
    """The same in words."""
    before: str
    after: str
    file: str
    line: int
    who: str = ""
    """Author of the commit that last touched the line; empty while it is not committed."""
    when: str = ""
    """Day of that commit."""
    commit: str = ""

    @property
    def is_note(self) -> bool:
        return self.path[:1] == ("notes",)


@dataclass(frozen=True)
class Changes:
    """Everything that changed since a revision."""

    since: str
    """The revision as it was asked for."""
    commit: str
    day: str
    """Of the revision."""
    items: tuple[Change, ...] = ()

    def of_volume(self, volume: str) -> "Changes":
        return Changes(self.since, self.commit, self.day, tuple(item for item in self.items if item.volume == volume))


UNSAID = "（从略）"
"""Stands for words that told who a patient is and were taken out for it."""


def without_identities(found: Changes) -> Changes:
    """Return the changes without the words that identify a patient: what was taken out of a book is not printed again."""

    def unsaid(text: str) -> str:
        return UNSAID if any(persons(text)) else text

    items = tuple(replace(item, field=unsaid(item.field), before=unsaid(item.before), after=unsaid(item.after)) for item in found.items)
    return replace(found, items=items)


def excerpts(before: str, after: str) -> tuple[str, str]:
    """Cut two long texts down to where they differ, with a few characters of what is the same around it."""
    if not (before and after) or before == after or max(len(before), len(after)) <= 3 * AROUND:
        return before, after if before != after else ""
    blocks = [block for block in SequenceMatcher(None, before, after, autojunk=False).get_opcodes() if block[0] != "equal"]
    start, end = blocks[0], blocks[-1]
    return cut(before, start[1], end[2]), cut(after, start[3], end[4])


def cut(text: str, start: int, end: int) -> str:
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    return f"{'……' if first else ''}{text[first:last]}{'……' if last < len(text) else ''}"
