"""Pieces made by the workers of a Dask cluster: an `Executor` for the workshop. The only module that knows `distributed`.

Before any work every worker is asked what it runs; one that would set other pages is refused by name. The styles with their
fonts go to each worker once, under a key of their content, also to workers that come later. A task is called by the key of all
it depends on; when its worker is lost the scheduler gives it to another.
"""

import io
import platform
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from threading import Event, Lock, Thread
from typing import Any

import pikepdf

from publisher import garbage, typeset_engine
from publisher.problems import Place, Problem, Rejected
from publisher.store import key, key_of_files

REACH = 5
"""Seconds in which the scheduler must answer."""
COME = 20
"""Seconds in which a first worker must be there, and in which a new one must come when the last is lost."""
LOOK = 1
"""Seconds between looks at the cluster."""
LIBRARIES = ("tinycss2", "tinyhtml5", "cssselect2", "pyphen")
"""Packages that decide how pages look beside those of the engine."""
PROGRAM, PYTHON, FONTS = "casebook-publisher", "Python", "styles"
ALONE = Lock()
"""The engine sets one section at a time in a process, however many threads a worker has."""
CHECKED: list[dict[str, str]] = []
"""On a worker: what it has been found to be like."""


@cache
def equipment() -> dict[str, str]:
    """Return the version of everything in this process that decides what a piece is, our own program by its content."""
    program = key(*(part for path in sorted(Path(__file__).parent.rglob("*.py")) for part in (path.name, path.read_bytes())))
    libraries = {"qpdf": pikepdf.__libqpdf_version__, "zlib": zlib.ZLIB_RUNTIME_VERSION, **{name: version(name) for name in LIBRARIES}}
    return {PYTHON: platform.python_version(), PROGRAM: program[:12], **typeset_engine.versions(), **libraries}


def differences(worker: str, here: Mapping[str, str], there: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each thing of a worker that is another than here."""
    for name in here:
        if (found := there.get(name, "未装")) != here[name]:
            hint = "在该机换上同一版程序" if name == PROGRAM else f"在该机装 {name} {here[name]}，或停用该机"
            yield Problem(Place(worker), "CLU-003", f"工作机的 {name} 与本机不同，排出的页会不同", f"{name} {found}，本机 {here[name]}", hint)


def packed(folder: Path) -> bytes:
    """Return the files of a folder as an archive; the same files give the same bytes."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")):
            entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
            content = path.read_bytes()
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def unpacked(archive: bytes, folder: Path) -> Path:
    """Put the files of an archive into a folder, whole or not at all; a folder that is there is taken as it is."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".unpacked-"))
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(beside, filter="data")
        with suppress(OSError):  # another has been quicker
            beside.rename(folder)
    return folder


def contents(folder: Path) -> str:
    """Return the key of the names and contents of the files in a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return key(key_of_files(files), *(path.relative_to(folder).as_posix() for path in files))


# -- what runs on a worker ----------------------------------------------------------------------------------------


def sources(worker: Any, name: str) -> Path:
    """Return the folder of a worker for the sources of a key."""
    return Path(worker.local_directory) / f"publisher-{name[:16]}"


def equipped(name: str, dask_worker: Any) -> dict[str, str]:
    """Say what a worker runs, with the key of the sources as they lie there; empty where they do not."""
    folder = sources(dask_worker, name)
    return {**equipment(), FONTS: contents(folder) if folder.is_dir() else ""}


def made(piece: Callable[..., bytes], here: dict[str, str], arguments: tuple[bytes | str | PurePosixPath, ...]) -> bytes:
    """Make a piece; a relative path among its arguments is one of the sources. Raises Rejected where the worker is not like `here`."""
    from distributed import get_worker

    worker = get_worker()
    if here not in CHECKED:  # a worker may have come late
        if wrong := list(differences(worker.address, here, equipped(here[FONTS], worker))):
            raise Rejected(wrong)
        CHECKED.append(here)
    with ALONE:
        return piece(*(sources(worker, here[FONTS]) / item if isinstance(item, PurePosixPath) else item for item in arguments))


# -- what runs here -----------------------------------------------------------------------------------------------


@contextmanager
def workers(address: str, styles: Path) -> Iterator[Executor]:
    """Give an executor whose workers are those of the scheduler at an address.

    Raises Rejected when the scheduler does not answer, has no worker, or a worker runs another version of anything.
    """
    try:
        from distributed import Client, WorkerPlugin
    except ImportError as error:
        hint = "pip install 'casebook-publisher[cluster]'"
        raise Rejected([Problem(Place("--cluster"), "CLU-001", "没有装 distributed，不能用多机编排", hint=hint)]) from error

    class Sources(WorkerPlugin):
        """Unpacks the sources on each worker, when it comes."""

        def __init__(self, name: str, archive: bytes):
            self.name, self.key, self.archive = f"publisher-{name}", name, archive

        def setup(self, worker: Any) -> None:
            unpacked(self.archive, sources(worker, self.key))
            garbage.seldom()

    try:
        client = Client(address, timeout=REACH, set_as_default=False, name="publisher")
    except (OSError, ValueError, TimeoutError) as error:
        hint = "先启动 dask scheduler，核对地址与端口，如 tcp://主机:8786"
        raise Rejected([Problem(Place("--cluster"), "CLU-002", f"调度进程 {REACH} 秒内没有应答", address, hint)]) from error
    try:
        with suppress(TimeoutError):
            client.wait_for_workers(1, timeout=COME)
        if not client.scheduler_info(n_workers=-1)["workers"]:
            hint = f"在各机运行 dask worker {address} --nworkers auto --nthreads 1"
            raise Rejected([Problem(Place(address), "CLU-004", f"{COME} 秒内没有一台工作机", hint=hint)])
        here = {**equipment(), FONTS: contents(styles)}
        inspect(client, {name: found for name, found in here.items() if name != FONTS}, here[FONTS])
        client.register_plugin(Sources(here[FONTS], packed(styles)))
        inspect(client, here, here[FONTS])
        with Workers(client, styles, here) as executor:
            yield executor
    finally:
        client.close(timeout=REACH)


def inspect(client: Any, here: dict[str, str], name: str) -> None:
    """Ask every worker what it runs. Raises Rejected with all that is different, by worker."""
    problems: list[Problem] = []
    for worker, there in client.run(equipped, name, on_error="return").items():
        if isinstance(there, ImportError):
            problems.append(Problem(Place(worker), "CLU-003", "工作机上的程序不全", str(there), "在该机装上同一版程序"))
        elif isinstance(there, BaseException):
            problems.append(Problem(Place(worker), "CLU-003", "工作机不能应答所用版本", f"{type(there).__name__}: {there}"[:200], "核对该机的程序"))
        else:
            problems += differences(worker, here, there)
    if problems:
        raise Rejected(problems)


class Workers(Executor):
    """Gives pieces to a cluster. Calls of the same piece with the same arguments are one task, whoever asks."""

    def __init__(self, client: Any, styles: Path, here: dict[str, str]):
        self.client, self.styles, self.here = client, styles, here
        self.waiting: dict[Future[bytes], Any] = {}
        self.over, self.door = Event(), Lock()
        self.watch = Thread(target=self.look, daemon=True)
        self.watch.start()

    @property
    def hands(self) -> int:
        """How many pieces it is worth to have on the way at once."""
        return 1 + sum(worker["nthreads"] for worker in self.client.scheduler_info(n_workers=-1)["workers"].values())

    def submit(self, piece: Callable[..., bytes], /, *arguments: Any, **_: Any) -> "Future[bytes]":
        """Begin a piece; a `Path` among its arguments is a file of the styles."""
        sent = tuple(PurePosixPath(item.relative_to(self.styles).as_posix()) if isinstance(item, Path) else item for item in arguments)
        parts = (part if isinstance(part, bytes) else str(part) for part in sent)
        name = key(piece.__module__, piece.__qualname__, *(f"{thing} {found}" for thing, found in self.here.items()), *parts)
        task = self.client.submit(made, piece, self.here, sent, key=f"{piece.__name__}-{name}", pure=True)
        future: Future[bytes] = Future()
        with self.door:
            self.waiting[future] = task
        task.add_done_callback(lambda done: self.arrived(future, done))
        return future

    def arrived(self, future: "Future[bytes]", task: Any) -> None:
        try:
            result = task.result(timeout=COME)
        except Rejected as rejected:
            self.end(future, rejected)
        except Exception as error:
            lost = type(error).__name__ in ("KilledWorker", "CancelledError", "FutureCancelledError", "TimeoutError", "CommClosedError")
            self.end(future, gone(f"{type(error).__name__}: {error}") if lost else error)
        else:
            self.end(future, None, result)
        finally:
            task.release()

    def end(self, future: "Future[bytes]", error: BaseException | None, result: bytes = b"") -> None:
        """Settle a future once."""
        with self.door:
            if self.waiting.pop(future, None) is None:
                return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    def look(self) -> None:
        """Give up what is waited for when scheduler or workers are gone and do not come back."""
        since = 0.0
        while not self.over.wait(LOOK):
            there = self.client.status == "running" and self.client.scheduler_info(n_workers=-1)["workers"]
            since = 0.0 if there else since + LOOK
            if since >= COME:
                for future in list(self.waiting):
                    self.end(future, gone(f"{COME} 秒内调度进程或工作机没有恢复"))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.over.set()
        with suppress(Exception):
            self.client.cancel(list(self.waiting.values()))


def gone(found: str) -> Rejected:
    return Rejected([Problem(Place("--cluster"), "CLU-005", "集群中断，未编完", found[:200], "核对各机后重新运行；已成的部分不再重编")])
