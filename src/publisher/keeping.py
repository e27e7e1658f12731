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
