"""What pure functions gave before, found again by what they were given: for a process that builds the same volume again and again.

Nothing is recalled unless a process says so (`build --watch` does). Its children begin with all it has, and when they have done
their work it takes over what they have found out beyond that.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from publisher.keeping import key

T = TypeVar("T")
ROOM = 300_000_000
"""Bytes of what results were made of; the results take about as much again. A volume of three hundred cases finds room."""


class Recall:
    def __init__(self) -> None:
        self.at_work = False
        """Something is recalled."""
        self.known: dict[str, Any] = {}
        self.new: dict[str, Any] = {}
        """What this process has found out since it began."""
        self.taken = 0
        """Bytes of what the results were made of."""

    def __call__(self, make: Callable[[], T], what: str, *parts: bytes | str, weight: int = 1) -> T:
        """Give the result of `make`, which depends on `what` is done with `parts` and on nothing else. Nobody may change a result.

        One made of what is compressed takes some `weight` times its room.
        """
        if not self.at_work:
            return make()
        name = key(what, *parts)
        if name in self.known:
            return self.known[name]
        made = make()
        size = sum(map(len, parts)) * weight
        if self.taken + size <= ROOM:
            self.taken += size
            self.known[name] = self.new[name] = made
        return made

    def find(self, what: str, *parts: bytes | str) -> Any:
        """Return what is known, or None."""
        return self.known.get(key(what, *parts)) if self.at_work else None

    @contextmanager
    def at_hand(self) -> Iterator[None]:
        """Recall what is found out meanwhile."""
        self.at_work = True
        try:
            yield
        finally:
            self.at_work = False
            self.clear()

    def child(self) -> None:
        """Begin in a child, with what its parent has."""
        self.new = {}

    def told(self) -> tuple[dict[str, Any], int]:
        """Return what a child has found out, and of how many bytes."""
        return self.new, self.taken

    def take(self, told: tuple[dict[str, Any], int]) -> None:
        """Take over what a child tells."""
        new, taken = told
        if new:
            self.known |= new
            self.new |= new
            self.taken = max(self.taken, taken)

    def make_room(self) -> bool:
        """Begin anew when there is no room for what a change brings; tell whether that was so."""
        if self.taken <= ROOM * 0.9:
            return False
        self.clear()
        return True

    def clear(self) -> None:
        self.known, self.new, self.taken = {}, {}, 0


recall = Recall()
"""That of this process."""
