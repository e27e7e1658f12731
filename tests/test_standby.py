"""`build --watch`: what is saved is built, what is wrong is said, and nothing is waited for that was known before."""

import multiprocessing
import os
import signal
import subprocess
import sys
from contextlib import closing, contextmanager
from functools import partial

import pytest
from project import DRUGS, REPOSITORY, RIB
from pypdf import PdfReader
from typer.testing import CliRunner

from publisher import sandbox
from publisher.cli import app
from publisher.keeping import Memory, afresh, stamped
from publisher.project import Order, Progress
from publisher.project import Project as Folder
from publisher.recall import recall
from publisher.standby import Standby

WAITING = "等候改动"


class Watching:
    """A running `build --watch`."""

    def __init__(self, root):
        command = [sys.executable, "-m", "publisher", "build", "--watch", "--edition", "screen", "sample"]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src"), "PUBLISHER_LANG": "zh"}
        self.child = subprocess.Popen(
            command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # a suite in the background ignores it, and so would its children
        )  # fmt: skip

    def said(self) -> str:
        """Return what is said until it waits."""
        lines = []
        for line in self.child.stdout:
            if WAITING in line:
                return "".join(lines)
            lines.append(line)
        raise AssertionError("".join(lines))


@contextmanager
def watching(root):
    found = Watching(root)
    try:
        yield found
    finally:
        found.child.kill()
        found.child.wait()
        found.child.stdout.close()


def text(root) -> str:
    return "".join(page.extract_text() for page in PdfReader(root / "build/sample/screen.pdf").pages)


def test_what_is_saved_is_built_and_a_fault_leaves_the_last_good_file(project):
    with watching(project.root) as watch:
        watch.said()
        project.edit(RIB, "劳拉西泮片", "劳拉西洋片")
        assert f"{RIB}:" in watch.said()
        assert "劳拉西泮片" in text(project.root)
        project.edit(RIB, "劳拉西洋片", "劳拉西泮片")
        assert "来源没有改动" in watch.said()
        project.edit(RIB, "title: ", "title: 改名后的")
        assert "screen.pdf" in watch.said()
        assert "改名后的" in text(project.root).replace("\n", "")


def test_what_is_built_while_standing_by_is_what_a_program_begun_anew_builds(project):
    screen = project.root / "build/sample/screen.pdf"
    with watching(project.root) as watch:
        watch.said()
        for name in ("改", "再改了一次"):
            project.edit(RIB, "title: ", f"title: {name}")
            watch.said()
        built = screen.read_bytes()
    done = CliRunner().invoke(app, ["build", "--root", str(project.root), "--edition", "screen", "--no-cache", "sample"])
    assert done.exit_code == 0, done.output
    assert screen.read_bytes() == built


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_it_is_interrupted_and_leaves_nothing(project, tmp_path_factory, monkeypatch, number):
    room = tmp_path_factory.mktemp("temporary")
    monkeypatch.setenv("TMPDIR", str(room))
    with watching(project.root) as watch:
        watch.said()
        watch.child.send_signal(number)
        assert (watch.child.wait(20), watch.child.stdout.read()) == (0, "")
    assert list(room.iterdir()) == []


def test_a_volume_that_does_not_exist_is_not_waited_for(project):
    done = CliRunner().invoke(app, ["build", "--watch", "--root", str(project.root), "sampel"])
    assert done.exit_code == 2
    assert "sample" in done.stderr


@pytest.fixture
def standby(project):
    return Standby(Folder(project.root), None, Order())


def test_a_volume_that_is_as_it_was_is_not_spoken_of_again(standby):
    assert standby.changed({"lung": "1", "breast": "1", "other": ""}) == {"lung": "1", "breast": "1", "other": ""}
    assert standby.changed({"lung": "2", "breast": "1", "other": ""}) == {"lung": "2", "other": ""}


@pytest.mark.parametrize("name", [RIB, DRUGS, "content/sample/volume.yaml"])
def test_a_change_in_any_source_is_seen(project, standby, name):
    before = standby.stamps()
    with project.path(name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert {path.relative_to(project.root).as_posix() for path, _ in before.items() ^ standby.stamps().items()} == {name}


def test_after_taking_up_only_what_has_changed_is_read_again(project, standby):
    standby.take_up()
    before = dict(standby.memory.held)
    project.edit(RIB, "title: ", "title: 另")
    standby.take_up()
    again = [name for name in standby.memory.held if name not in before]
    kinds = {name[0] for name in again}
    assert sum(name[0] == "Case" for name in again) == 1
    assert "catalogue" not in kinds
    assert all(standby.memory.held[name] is result for name, result in before.items() if name in standby.memory.held)


def test_what_was_not_asked_for_is_let_go():
    memory = Memory(afresh)
    memory(("a",), lambda: "一")
    memory(("b",), lambda: "二")
    memory.forget()
    memory(("b",), lambda: "另")
    memory.forget()
    assert memory.held == {("b",): "二"}


def test_what_depends_on_something_unknown_is_not_held():
    memory = Memory(afresh)
    found = [memory(("a", ""), lambda: "一"), memory(("a", ""), lambda: "二")]
    assert (found, memory.held) == (["一", "二"], {})


@pytest.fixture
def recalling():
    with recall.at_hand():
        yield


def test_what_stands_already_is_gone_through_once_and_left_as_it_is(project, standby, recalling):
    done = CliRunner().invoke(app, ["build", "--root", str(project.root), "--edition", "screen", "sample"])
    assert done.exit_code == 0, done.output
    before = {path: stamped(path) for path in project.root.joinpath("build").rglob("*")}
    standby.order = Order(editions=("screen",))
    standby.take_up()
    standby.rehearse(standby.stamps())
    assert {path: stamped(path) for path in project.root.joinpath("build").rglob("*")} == before
    assert standby.built == {"sample"}
    known = len(recall.known)
    assert known > 100
    standby.rehearse(standby.stamps())
    assert len(recall.known) == known


@pytest.fixture
def prepared(standby):
    """A standby whose next child is there."""
    standby.order = Order(editions=("screen",))
    standby.take_up()
    standby.prepare(standby.stamps())
    with closing(standby):
        yield standby


def woken(standby, change) -> None:
    seen = standby.stamps()
    change()
    standby.wake(seen, standby.stamps())


def test_the_child_that_waits_builds_what_has_been_saved_since(project, prepared):
    waiting = prepared.prepared
    woken(prepared, lambda: project.edit(RIB, "title: ", "title: 改名后的"))
    collection = project.collection()
    running = prepared.begin(prepared.project, collection, collection.volumes["sample"], Progress(), prepared.order, "", prepared.memory)
    assert running is waiting.running
    ((_, built),) = sandbox.outcomes([running])
    assert [path.name for path in built.paths] == ["screen.pdf"]
    assert "改名后的" in text(project.root).replace("\n", "")


@pytest.mark.parametrize("changed", [DRUGS, "content/sample/cases/another.yaml"])
def test_a_child_that_waits_is_of_no_use_where_other_things_change(project, prepared, changed):
    def change() -> None:
        with project.path(changed).open("a", encoding="utf-8") as file:
            file.write("\n")

    woken(prepared, change)
    assert prepared.prepared is None
    assert multiprocessing.active_children() == []


def test_a_child_that_has_gone_is_not_waited_for(project, prepared):
    os.kill(prepared.prepared.running.child.pid, signal.SIGKILL)
    prepared.prepared.running.child.join()
    woken(prepared, lambda: project.edit(RIB, "title: ", "title: 改名后的"))
    assert prepared.prepared is None


def test_going_through_is_left_when_something_changes(project, standby, recalling):
    standby.take_up()
    standby.rehearse({})
    assert standby.built == set()
    assert multiprocessing.active_children() == []
