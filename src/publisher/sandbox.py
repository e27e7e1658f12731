"""Run a piece of work in a child process that has its own limits of memory, processor time and wall time.

In: a function, its arguments, `Limits`, and whoever listens to its progress. Out: what the function returns. What it tells
through `tell` is heard while it runs. A child that outgrows its limits or is killed becomes a problem; it never takes
the program, nor another volume, with it.
"""

import contextlib
import ctypes
import math
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import connection
from multiprocessing.connection import Connection
from typing import Any, Self, TypeVar

from publisher import limits
from publisher.problems import Place, Problem, Rejected
from publisher.recall import recall

PARENT_DIES = 1
"""Linux prctl PR_SET_PDEATHSIG: a signal for the child when its parent is gone."""
TOLD, DONE, REFUSED, NO_MEMORY, BROKEN, LATE, SILENT = "told", "done", "refused", "no memory", "broken", "late", "silent"
FINAL = (DONE, REFUSED, NO_MEMORY, BROKEN, SILENT)
"""Last words after which the child leaves by itself; after `silent` it is gone or going."""
ENDING = "ending"
"""Told by a work that leaves most of the machine to others from now on."""
LOOK = 1
"""Seconds between looks at a child that says nothing."""
GRACE = 5
"""Seconds that a child whose processor time is over may still run, and that a finished child may take to leave."""

ADVICE = "分卷编排，或查是否有异常内容"

T = TypeVar("T")
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

    def in_force(self) -> Self:
        """Return the limits of a child of this process, which cannot have more than its own."""

        def held(what: int, wanted: int) -> int:
            own = resource.getrlimit(what)[0]
            return wanted if own == resource.RLIM_INFINITY else min(wanted, own)

        return replace(
            self, memory=held(resource.RLIMIT_AS, self.memory), cpu=held(resource.RLIMIT_CPU, self.cpu), file=held(resource.RLIMIT_FSIZE, self.file)
        )


INHERITED = Limits(sys.maxsize, sys.maxsize, math.inf, sys.maxsize)
"""Of a child of a child, which is held to the limits of the one that began it."""


class ChildFailed(RuntimeError):
    """The work raised something that is a fault of the program; bears the child's traceback."""


@dataclass
class Running:
    """A child at work."""

    name: str
    most: Limits
    listen: Listen
    child: Any
    here: Connection
    deadline: float
    room: str = ""
    """The folder of its temporary files, which are taken away when it has ended, however it did."""
    ending: bool = False
    """It has told so."""

    def attend(self, listen: Listen) -> None:
        """Listen from now on, and count the time of its work from now on; what it told before has not been lost."""
        self.listen, self.deadline = listen, time.monotonic() + self.most.wall

    def word(self, ready: bool) -> tuple[str, Any] | None:
        """Pass on what the child tells; return how it ended when it has, `late` or `silent` where it does not say."""
        if time.monotonic() > self.deadline:
            return LATE, None
        # What the child started may hold the channel open after it: look at the child itself now and then.
        if not ready:
            return (SILENT, None) if self.child.exitcode is not None and not self.here.poll() else None
        try:
            kind, content = self.here.recv()
        except (EOFError, OSError):
            return SILENT, None
        if kind != TOLD:
            return kind, content
        if content == (ENDING,):
            self.ending = True
        else:
            self.listen(*content)
        return None

    def outcome(self, kind: str, content: Any) -> Any:
        """Return what the work returned, or the exception that says why it returned nothing."""
        if kind == DONE:
            result, found_out = content
            recall.take(found_out)
            return result
        if kind == BROKEN:
            return ChildFailed(f"{self.name}\n{content}")
        if kind == REFUSED:
            return Rejected(content)
        if kind == NO_MEMORY:
            return Rejected([Problem(Place(self.name), "RUN-001", "内存超过限度，已中止", f"{self.most.memory // 1_000_000} MB", ADVICE)])
        if kind == LATE:
            return Rejected([Problem(Place(self.name), "RUN-003", "用时超过限度，已中止", f"{self.most.wall:g} 秒", ADVICE)])
        return Rejected([killed(self.name, self.child.exitcode or 0, self.most)])

    def end(self, patient: bool) -> None:
        stop(self.child, patient)
        self.here.close()
        shutil.rmtree(self.room, ignore_errors=True)


def begin(work: Callable[..., Any], *arguments: Any, name: str, most: Limits = Limits(), listen: Listen = lambda *words: None) -> Running:
    """Begin `work(tell, *arguments)` in a child; `name` says in messages what was being made. Whatever the work passes to `tell` reaches `listen`."""
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    here, there = context.Pipe(duplex=False)
    most, room = most.in_force(), tempfile.mkdtemp(prefix="publisher-")
    child = context.Process(target=inside, args=(there, most, work, arguments, room))
    child.start()
    there.close()
    return Running(name, most, listen, child, here, time.monotonic() + most.wall, room)


def side_by_side(begins: Sequence[Callable[[], Running]], most: int) -> Iterator[tuple[int, Any]]:
    """Run some works, at most so many at once and one more while others are ending; yield the place of each with what it returned or raised.

    Whoever leaves early ends all that are at work.
    """
    waiting, at_work = list(enumerate(begins)), dict[int, Running]()
    try:
        while waiting or at_work:
            while waiting and len(at_work) <= most and sum(not one.ending for one in at_work.values()) < most:
                place, start = waiting.pop(0)
                at_work[place] = start()
            for place, outcome in heard(at_work):
                del at_work[place]
                yield place, outcome
    finally:
        for one in at_work.values():
            one.end(patient=False)


def outcomes(running: Sequence[Running]) -> Iterator[tuple[int, Any]]:
    """Yield the place of each child at work with what it returned or raised, as they end."""
    at_work = dict(enumerate(running))
    while at_work:
        for place, outcome in heard(at_work):
            del at_work[place]
            yield place, outcome


def heard(at_work: Mapping[int, Running], moment: float = LOOK) -> list[tuple[int, Any]]:
    """Listen to children for a moment, so many seconds; return those that have ended, with what they returned or raised."""
    soonest = min(one.deadline for one in at_work.values()) - time.monotonic()
    ready = connection.wait([one.here for one in at_work.values()], max(0.0, min(moment, soonest)))
    ended = []
    for place, one in at_work.items():
        word = one.word(one.here in ready)
        if word:
            one.end(patient=word[0] in FINAL)
            ended.append((place, one.outcome(*word)))
    return ended


def run(work: Callable[..., Any], *arguments: Any, name: str, most: Limits = Limits(), listen: Listen = lambda *words: None) -> Any:
    """Call `work(tell, *arguments)` in a child and return its result, like `begin`.

    Raises Rejected with the problems of the work, or with one that says which limit it broke; ChildFailed for a fault of the program.
    """
    ((_, outcome),) = side_by_side([lambda: begin(work, *arguments, name=name, most=most, listen=listen)], 1)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


@contextmanager
def aside(work: Callable[[], T], name: str, apart: bool = True) -> Iterator[Callable[[], T]]:
    """Give what returns the result of `work`, or raises what it raised; it is done in a child meanwhile, or where not `apart` when it is asked for."""
    if not apart:
        yield work
        return
    running = begin(lambda tell: work(), name=name, most=INHERITED)

    def result() -> T:
        ((_, outcome),) = outcomes([running])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    try:
        yield result
    finally:
        running.end(patient=False)


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


def inside(there: Connection, most: Limits, work: Callable[..., Any], arguments: tuple[Any, ...], room: str) -> None:
    """The child's life: take on the limits, do the work, say how it ended. Temporary files go into its `room`."""
    confine(most)
    recall.child()
    tempfile.tempdir = os.environ["TMPDIR"] = room

    def tell(*words: Any) -> None:
        there.send((TOLD, words))

    try:
        result = work(tell, *arguments)
        there.send((DONE, (result, recall.told())))
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
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DIES, signal.SIGKILL)
    for what, soft, hard in (
        (resource.RLIMIT_AS, most.memory, most.memory),
        (resource.RLIMIT_CPU, most.cpu, min(most.cpu + GRACE, sys.maxsize)),
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
