"""What was read, examined and composed before, case by case: pickled into the store of the project, found again by what it was made of.

A pickle can name any function; the store lies in a folder that may have come from anywhere. So nothing but the classes of our
own data is ever loaded, and what cannot be loaded is made anew.
"""

import pickle
import sys
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from io import BytesIO
from typing import Any, TypeVar

from publisher.catalogue import Catalogue
from publisher.project import PROGRAM, Project, key_of_folder
from publisher.store import NoStore, Store, key

T = TypeVar("T")
DATA = {
    f"publisher.{name}"
    for name in ("book", "case", "catalogue", "problems", "rules", "volume", "written", "model", "notation", "inks", "lint.queries", "figures.drawing")
}
"""Modules whose classes may be loaded."""


@cache
def basis() -> str:
    """Return the key of what every result depends on: the program and what reads for it. Read once, for it is loaded once."""
    return key(sys.version, *(version(name) for name in ("pydantic", "pydantic_core", "PyYAML")), key_of_folder(PROGRAM))


class Archive:
    """Keeps results in a store; a `Keep`."""

    def __init__(self, store: Store):
        self.store = store

    @classmethod
    def of(cls, project: Project, keep: bool = True) -> "Archive":
        """Return the archive of a project; one that keeps nothing where that is asked for."""
        return cls(Store(project.store) if keep else NoStore())

    def __call__(self, parts: Sequence[str], make: Callable[[], T], words: Catalogue | None = None) -> T:
        if not all(parts) or isinstance(self.store, NoStore):
            return make()
        name = key("archive", basis(), *parts)
        content = self.store.get(name)
        if content is not None:
            try:
                return loaded(content, words)
            except Exception:  # whatever a file that is not ours may bring about
                pass
        made = make()
        self.store.put(name, dumped(made, words))
        return made


def dumped(result: Any, words: Catalogue | None = None) -> bytes:
    """Return a result as bytes; entries of the catalogue are named, not copied."""
    out = BytesIO()
    Writer(out, words).dump(result)
    return out.getvalue()


def loaded(content: bytes, words: Catalogue | None = None) -> Any:
    """Return a result from bytes. Raises UnpicklingError for what is none of our data."""
    return Loader(BytesIO(content), words).load()


class Writer(pickle.Pickler):
    def __init__(self, out: BytesIO, words: Catalogue | None):
        super().__init__(out, protocol=5)
        self.numbers = words.numbers if words else {}

    def persistent_id(self, thing: Any) -> tuple[str, int] | None:
        return self.numbers.get(id(thing))


class Loader(pickle.Unpickler):
    def __init__(self, content: BytesIO, words: Catalogue | None):
        super().__init__(content)
        self.words = words

    def persistent_load(self, pid: tuple[str, int]) -> Any:
        kind, number = pid
        return self.words.entries[kind][number]

    def find_class(self, module: str, name: str) -> type:
        found = super().find_class(module, name) if module in DATA else None
        if not isinstance(found, type) or found.__module__ not in DATA or issubclass(found, BaseException):
            raise pickle.UnpicklingError(f"{module}.{name} is none of our data")
        return found
