"""How a stage asks for what it made before: it names what a result depends on; who keeps results is no concern of its own."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Keep(Protocol):
    """Gives the result of `make`, which depends on `parts` and on nothing else, from what was kept or made now; an empty part is unknown: make it.

    `words` is the catalogue whose entries the result may hold.
    """

    def __call__(self, parts: Sequence[str], make: Callable[[], T], words: Any = None) -> T: ...


def afresh(parts: Sequence[str], make: Callable[[], T], words: Any = None) -> T:
    """Keep nothing."""
    return make()


class Memory:
    """A `Keep` that holds results themselves, in front of another that keeps them elsewhere."""

    def __init__(self, behind: Keep):
        self.behind = behind
        self.held: dict[tuple[str, ...], object] = {}
        self.asked: set[tuple[str, ...]] = set()

    def __call__(self, parts: Sequence[str], make: Callable[[], T], words: object = None) -> T:
        name = tuple(parts)
        if not all(name):
            return make()
        if name not in self.held:
            self.held[name] = self.behind(parts, make, words)
        self.asked.add(name)
        return self.held[name]  # type: ignore[return-value]

    def forget(self) -> None:
        """Let go what was not asked for since the last time."""
        self.held = {name: result for name, result in self.held.items() if name in self.asked}
        self.asked.clear()
