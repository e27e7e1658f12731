"""Building on a cluster: a real scheduler and real workers as processes of their own, which may be killed or run another program."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from project import REPOSITORY, SAMPLEBOOK, Project, codes, rules_on_texts
from typer.testing import CliRunner

from publisher import build as journey
from publisher import cluster
from publisher.cli import app
from publisher.problems import Place, Problem, Rejected
from publisher.read import read
from publisher.store import NoStore
from publisher.workshop import Workshop

STYLES = REPOSITORY / "styles"
START = 60
"""Seconds a process may take to start on a busy machine."""

Worker = subprocess.Popen[bytes]


def refuse(text: str) -> bytes:
    raise Rejected([Problem(Place("a.yaml", 3), "TYP-001", text)])


def size(path: Path) -> bytes:
    return f"{len(path.read_bytes())} {path.name}".encode()


def nap(text: str) -> bytes:
    time.sleep(30)
    return text.encode()


def started(*words: str, program: Path = REPOSITORY / "src") -> Worker:
    path = os.pathsep.join((str(program), str(REPOSITORY / "tests")))
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]],
        env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def stop(process: Worker) -> None:
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """A scheduler of our own."""
    file = tmp_path_factory.mktemp("scheduler") / "scheduler.json"
    process = started("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    deadline = time.monotonic() + START
    while not file.is_file():
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.1)
    time.sleep(0.2)
    yield json.loads(file.read_text())["address"]
    stop(process)


@pytest.fixture
def hire(address, tmp_path) -> Iterator[Callable[..., Worker]]:
    """Start workers of the scheduler; they are gone after the test."""
    from distributed import Client

    hired: list[Worker] = []

    def one(program: Path = REPOSITORY / "src") -> Worker:
        folder = str(tmp_path / str(len(hired)))
        hired.append(started("dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", folder, program=program))
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(len([worker for worker in hired if worker.poll() is None]), timeout=START)
        return hired[-1]

    yield one
    for worker in hired:
        stop(worker)
    with Client(address, set_as_default=False) as client:
        while client.scheduler_info(n_workers=-1)["workers"]:
            time.sleep(0.1)


def built(project: Project, workshop: Workshop) -> bytes:
    collection = read(project.root)
    journey.build(journey.Project(project.root), collection, collection.volumes["sample"], journey.Progress(), journey.Order(editions=("screen",)), workshop)
    return project.path("build/sample/screen.pdf").read_bytes()


def test_a_volume_is_the_same_from_two_workers_one_of_which_is_killed(address, hire, tmp_path, sample_built, monkeypatch):
    monkeypatch.setattr(journey, "lint", rules_on_texts(journey.lint))
    workers = [hire(), hire()]
    with cluster.workers(address, STYLES) as executor:
        shop = Killing(executor, workers[0])
        assert built(Project(tmp_path / "book"), Workshop("", NoStore(), shop)) == sample_built.pdf
    assert workers[0].wait() == -signal.SIGKILL
    assert workers[1].poll() is None


class Killing(cluster.Executor):
    """Kills a worker when the first piece has been made and others are under way."""

    def __init__(self, executor, worker: Worker):
        self.executor, self.worker = executor, worker

    def submit(self, piece, /, *arguments, **_):
        future = self.executor.submit(piece, *arguments)
        future.add_done_callback(lambda done: self.worker.kill())
        return future


def test_sources_are_read_from_the_workers_own_copy(address, hire, tmp_path):
    hire()
    folder = tmp_path / "styles"
    folder.mkdir()
    found = []
    for text in ("p {}", "p { color: red }"):
        (folder / "a.css").write_text(text)
        with cluster.workers(address, folder) as executor:
            (folder / "a.css").write_text("changed while it is sent")
            found.append(executor.submit(size, folder / "a.css").result())
    assert found == [b"4 a.css", b"16 a.css"]


def test_a_worker_of_another_program_is_refused_by_name(address, hire, tmp_path):
    hire(another_program(tmp_path))
    with pytest.raises(Rejected) as caught, cluster.workers(address, STYLES):
        pass
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.path.startswith("tcp://127.0.0.1")) == ("CLU-003", True)
    assert cluster.PROGRAM in problem.message
    assert cluster.equipment()[cluster.PROGRAM] in problem.found


def test_a_worker_of_another_program_that_comes_late_makes_nothing(address, hire, tmp_path):
    worker = hire()
    with cluster.workers(address, STYLES) as executor:
        hire(another_program(tmp_path))
        stop(worker)
        with pytest.raises(Rejected) as caught:
            executor.submit(size, STYLES / "book.css").result(START)
    assert codes(caught.value.problems) == ["CLU-003"]


def another_program(folder: Path) -> Path:
    program = Path(shutil.copytree(REPOSITORY / "src", folder / "src"))
    with (program / "publisher/notation.py").open("a") as file:
        file.write("# another\n")
    return program


def test_what_is_wrong_with_a_piece_reaches_who_asked_for_it(address, hire):
    hire()
    with cluster.workers(address, STYLES) as executor, pytest.raises(Rejected) as caught:
        Workshop("", NoStore(), executor).make(refuse, "告警").result(START)
    assert [str(problem.place) for problem in caught.value.problems] == ["a.yaml:3"]


def test_when_every_worker_is_lost_the_build_ends_with_words(address, hire, monkeypatch):
    worker = hire()
    with cluster.workers(address, STYLES) as executor:
        future = executor.submit(nap, "a")
        monkeypatch.setattr(cluster, "COME", 2)
        stop(worker)
        with pytest.raises(Rejected) as caught:
            future.result(START)
    assert codes(caught.value.problems) == ["CLU-005"]


def test_a_scheduler_without_workers_is_told(address, monkeypatch):
    monkeypatch.setattr(cluster, "COME", 1)
    with pytest.raises(Rejected) as caught, cluster.workers(address, STYLES):
        pass
    assert codes(caught.value.problems) == ["CLU-004"]


@pytest.mark.parametrize("wrong", ["tcp://127.0.0.1:9", "not an address", "tcp://no-such-host.invalid:8786"])
def test_a_scheduler_that_does_not_answer_is_told(tmp_path, wrong):
    root = Project(tmp_path / "book", SAMPLEBOOK).root
    made = CliRunner().invoke(app, ["build", "--root", str(root), "--draft", "--cluster", wrong])
    assert (made.exit_code, "CLU-002" in made.stderr, wrong in made.stderr) == (1, True, True)


def test_the_same_files_make_the_same_archive(tmp_path):
    for name in ("one", "two"):
        shutil.copytree(STYLES / "tokens", tmp_path / name)
    assert cluster.packed(tmp_path / "one") == cluster.packed(tmp_path / "two")
    assert cluster.contents(cluster.unpacked(cluster.packed(tmp_path / "one"), tmp_path / "three")) == cluster.contents(tmp_path / "one")
