"""Where the pieces of a build are made: each under a key of all it depends on, found again or made by whoever is free.

A piece is the bytes that a pure function gives for its arguments. The functions run here, in worker processes of this machine,
or on any `concurrent.futures.Executor`; the results are the same in any order.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar
from weakref import WeakValueDictionary

from publisher.store import NoStore, Store, key

T = TypeVar("T")
Piece = Callable[..., bytes]
"""A module-level function of plain data; what it returns depends on its arguments and on nothing else."""


@dataclass
class Workshop:
    """Makes pieces, each once while it is wanted; `basis` is the key of what all of them depend on: program, styles, fonts, engine."""

    basis: str = ""
    store: Store = field(default_factory=NoStore)
    executor: Executor | None = None
    """None: pieces are made at once, in this process."""
    hands: int = 1
    """How many pieces it is worth to have on the way at once."""
    made: WeakValueDictionary[str, Future[bytes]] = field(default_factory=WeakValueDictionary)
    """As long as anybody wants them."""

    @property
    def has_workers(self) -> bool:
        """Tell whether pieces are made in worker processes of this machine."""
        return isinstance(self.executor, ProcessPoolExecutor)

    def make(self, piece: Piece, *arguments: bytes | str, where: bytes | str | Path = "") -> "Future[bytes]":
        """Begin to make a piece, or take it from what was made before; `where` is passed first and is no part of the key.

        A path of this machine is on another machine that of the same file there.
        """
        name = key(self.basis, piece.__module__, piece.__qualname__, *arguments)
        made = self.made.get(name) or self.found(name) or self.begun(name, piece, (where, *arguments) if where else arguments)
        self.made[name] = made
        return made

    def found(self, name: str) -> "Future[bytes] | None":
        content = self.store.get(name)
        if content is None:
            return None
        future: Future[bytes] = Future()
        future.set_result(content)
        return future

    def begun(self, name: str, piece: Piece, arguments: tuple[bytes | str | Path, ...]) -> "Future[bytes]":
        future: Future[bytes] = Future()

        def finish(done: "Future[bytes]") -> None:
            error = done.exception()
            if error is not None:
                future.set_exception(error)
                return
            self.store.put(name, done.result())
            future.set_result(done.result())

        if self.executor is None:
            done: Future[bytes] = Future()
            try:
                done.set_result(piece(*arguments))
            except Exception as error:
                done.set_exception(error)
            finish(done)
        else:
            self.executor.submit(piece, *arguments).add_done_callback(finish)
        return future


def hands() -> int:
    """Return how many pieces this machine makes at once."""
    return len(os.sched_getaffinity(0))


@contextmanager
def workers(count: int | None = None) -> Iterator[Executor | None]:
    """Give worker processes, one a core; none where one core is all there is."""
    count = count or hands()
    if count < 2:
        yield None
        return
    with ProcessPoolExecutor(count, mp_context=get_context("fork")) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def later(future: "Future[bytes]", change: Callable[[bytes], T]) -> "Future[T]":
    """Return a future of what `change` makes of a piece."""
    changed: Future[T] = Future()

    def finish(done: "Future[bytes]") -> None:
        try:
            changed.set_result(change(done.result()))
        except Exception as error:
            changed.set_exception(error)

    future.add_done_callback(finish)
    return changed
