"""What a case says, gathered once: facts that many rules ask for are kept with the record they were found in."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TypeVar

from publisher.lint.record import Record
from publisher.written import Written

T = TypeVar("T")
SHELF = "gathered"


def gathered(find: Callable[[Record], T]) -> Callable[[Record], T]:
    """Keep what a function finds in a record for the next rule that asks; a record never changes."""

    @wraps(find)
    def kept(record: Record) -> T:
        shelf = record.__dict__.setdefault(SHELF, {})
        if find not in shelf:
            shelf[find] = find(record)
        return shelf[find]

    return kept


@gathered
def texts(record: Record) -> list[tuple[tuple, Written]]:
    """Return path and text of every scalar of the case, in source order."""
    return list(record.texts())


def prose(record: Record, *fields: str) -> list[Written]:
    """Return the scalars of some fields of the case, of all where none is named."""
    return [leaf for path, leaf in texts(record) if not fields or path[0] in fields]


def saying(record: Record, pattern, *fields: str) -> list[Written]:
    """Return the scalars in which a compiled pattern occurs."""
    return [leaf for leaf in prose(record, *fields) if pattern.search(leaf)]


def each_once(leaves: Iterable[Written | None]) -> tuple[Written, ...]:
    """Return scalars without repetition, by their places; what is None is left out."""
    return tuple({leaf.place: leaf for leaf in leaves if leaf is not None}.values())
