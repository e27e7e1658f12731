"""Run a piece of work in a child process that has its own limits of memory, processor time and wall time.

In: a function, its arguments, `Limits`, and whoever listens to its progress. Out: what the function returns. What it tells
through `tell` is heard while it runs. A child that outgrows its limits or is killed becomes a problem; it never takes
the program, nor another volume, with it.
"""

import contextlib
import ctypes
import multiprocessing
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Self

from publisher import limits
from publisher.problems import Place, Problem, Rejected

PARENT_DIES = 1
"""Linux prctl PR_SET_PDEATHSIG: a signal for the child when its parent is gone."""
TOLD, DONE, REFUSED, NO_MEMORY, BROKEN, LATE, SILENT = "told", "done", "refused", "no memory", "broken", "late", "silent"
FINAL = (DONE, REFUSED, NO_MEMORY, BROKEN, SILENT)
"""Last words after which the child leaves by itself; after `silent` it is gone or going."""
LOOK = 1
"""Seconds between looks at a child that says nothing."""
GRACE = 5
"""Seconds that a child whose processor time is over may still run, and that a finished child may take to leave."""

ADVICE = "分卷编排，或查是否有异常内容"

Listen = Callable[..., None]


@dataclass(frozen=True)
class Limits:
    memory: int = limits.MAX_MEMORY
    """Bytes of address space."""
    cpu: int = limits.MAX_CPU
    """Seconds of processor time."""
    wall: float = limits.MAX_WALL
    """Seconds by the clock."""
    file: int = limits.MAX_OUTPUT
    """Bytes of one file."""

    @classmethod
    def of(cls, cases: int) -> Self:
        """Return the limits for a volume of so many cases."""
        memory, cpu, wall = (cases * each for each in limits.EACH_CASE)
        return cls(limits.MAX_MEMORY + memory, limits.MAX_CPU + cpu, limits.MAX_WALL + wall)


class ChildFailed(RuntimeError):
    """The work raised something that is a fault of the program; bears the child's traceback."""


def run(work: Callable[..., Any], *arguments: Any, name: str, most: Limits = Limits(), listen: Listen = lambda *words: None) -> Any:
    """Call `work(tell, *arguments)` in a child and return its result; `name` says in messages what was being made.

    Whatever the work passes to `tell` reaches `listen` at once. Raises Rejected with the problems of the work, or with one
    that says which limit it broke; ChildFailed for a fault of the program.
    """
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=inside, args=(there, most, work, arguments))
    child.start()
    there.close()
    kind, content = "", None
    try:
        kind, content = last_word(here, child, listen, time.monotonic() + most.wall)
    finally:
        stop(child, patient=kind in FINAL)
        here.close()
    if kind == DONE:
        return content
    if kind == BROKEN:
        raise ChildFailed(f"{name}\n{content}")
    if kind == REFUSED:
        raise Rejected(content)
    if kind == NO_MEMORY:
        raise Rejected([Problem(Place(name), "RUN-001", "内存超过限度，已中止", f"{most.memory // 1_000_000} MB", ADVICE)])
    if kind == LATE:
        raise Rejected([Problem(Place(name), "RUN-003", "用时超过限度，已中止", f"{most.wall:g} 秒", ADVICE)])
    raise Rejected([killed(name, child.exitcode or 0, most)])


def last_word(here: Connection, child: Any, listen: Listen, deadline: float) -> tuple[str, Any]:
    """Pass on what the child tells until it says how it ended; `late` or `silent` where it does not."""
    while (left := deadline - time.monotonic()) > 0:
        # What the child started may hold the channel open after it: look at the child itself now and then.
        if not here.poll(min(left, LOOK)):
            if child.exitcode is not None:
                return SILENT, None
            continue
        try:
            kind, content = here.recv()
        except (EOFError, OSError):
            return SILENT, None
        if kind != TOLD:
            return kind, content
        listen(*content)
    return LATE, None


def stop(child: Any, patient: bool) -> None:
    """Wait for a child that has finished; end one that has not, with everything it started."""
    if patient:
        child.join(GRACE)
    if child.exitcode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL) if os.getpgid(child.pid) == child.pid else os.kill(child.pid, signal.SIGKILL)
    child.join()


def killed(name: str, exitcode: int, most: Limits) -> Problem:
    """Say why a child ended without a word."""
    if exitcode == -signal.SIGXCPU:
        return Problem(Place(name), "RUN-002", "占用处理器的时间超过限度，已中止", f"{most.cpu} 秒", ADVICE)
    if exitcode == -signal.SIGXFSZ:
        return Problem(Place(name), "RUN-004", "写出的文件超过限度，已中止", f"{most.file} 字节")
    found = f"信号 {signal.Signals(-exitcode).name}" if exitcode < 0 else f"退出码 {exitcode}"
    return Problem(Place(name), "RUN-005", "编排进程意外中止，原有文件未动", found, "多为内存不足或被人终止；重新运行")


def inside(there: Connection, most: Limits, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """The child's life: take on the limits, do the work, say how it ended."""
    confine(most)

    def tell(*words: Any) -> None:
        there.send((TOLD, words))

    try:
        there.send((DONE, work(tell, *arguments)))
        return
    except BrokenPipeError:
        return
    except Rejected as rejected:
        word = (REFUSED, rejected.problems)
    except MemoryError:
        word = (NO_MEMORY, None)
    except Exception:
        word = (BROKEN, traceback.format_exc())
    with contextlib.suppress(BrokenPipeError):
        there.send(word)


def confine(most: Limits) -> None:
    """Take on the limits, in a process group of its own, dying with the parent."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DIES, signal.SIGKILL)
    for what, soft, hard in (
        (resource.RLIMIT_AS, most.memory, most.memory),
        (resource.RLIMIT_CPU, most.cpu, most.cpu + GRACE),
        (resource.RLIMIT_FSIZE, most.file, most.file),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        ceiling = resource.getrlimit(what)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (soft, hard))
    # Python turns the signal off and reports an OSError instead; here the limit must end the work.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
