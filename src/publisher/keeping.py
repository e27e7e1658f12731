"""How a stage asks for what it made before: it names what a result depends on; who keeps results is no concern of its own."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Stamp = tuple[int, int, int]
"""What tells at a look that a file is another than it was."""


def key(*parts: bytes | str) -> str:
    """Return a key for the parts in this order; each part counts with its length."""
    digest = sha256()
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8) + content)
    return digest.hexdigest()


def stamped(path: Path) -> Stamp:
    """Return the stamp of a file; zeros where there is none."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino


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
