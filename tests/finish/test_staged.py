"""The files of a build are replaced together; a kill at any moment leaves every file whole, old or new."""

import os
import random
import signal
import time

import pytest

from publisher.finish.staged import STAGING, clear_leavings, replace_all
from publisher.problems import Rejected
from publisher.sandbox import run

NAMES = ("screen.pdf", "press.pdf", "screen.pages.json", "MANIFEST.json")


def contents(mark: bytes) -> dict[str, bytes]:
    return {name: mark * 300_000 for name in NAMES}


def names(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_all_files_are_put_in_place(tmp_path):
    replace_all(tmp_path / "build", contents(b"o"))
    replace_all(tmp_path / "build", contents(b"n"))
    assert {path.name: path.read_bytes() for path in (tmp_path / "build").iterdir()} == contents(b"n")


def test_superseded_files_are_dropped(tmp_path):
    replace_all(tmp_path, {"screen.refused.pdf": b"x"})
    replace_all(tmp_path, {"screen.pdf": b"y"}, ("screen.refused.pdf", "press.refused.pdf"))
    assert names(tmp_path) == {"screen.pdf"}


def test_a_failure_leaves_the_old_files_and_nothing_else(tmp_path):
    replace_all(tmp_path, contents(b"o"))
    with pytest.raises(TypeError):
        replace_all(tmp_path, {**contents(b"n"), "last": "not bytes"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == contents(b"o")


def test_leavings_of_a_killed_build_are_cleared(tmp_path):
    (tmp_path / f"{STAGING}999999999-abc").mkdir()
    (tmp_path / f"{STAGING}999999999-abc" / "0").write_bytes(b"half")
    replace_all(tmp_path, {"screen.pdf": b"x"})
    assert names(tmp_path) == {"screen.pdf"}


def test_what_a_living_build_writes_is_left_alone(tmp_path):
    (tmp_path / f"{STAGING}{os.getppid()}-abc").mkdir()
    clear_leavings(tmp_path)
    assert names(tmp_path) == {f"{STAGING}{os.getppid()}-abc"}


def test_a_kill_at_any_moment_leaves_every_file_whole(tmp_path):
    """Forty builds are killed at moments spread over the time that one takes."""
    replace_all(tmp_path, contents(b"0"))
    started = time.monotonic()
    replace_all(tmp_path, contents(b"0"))
    usual = time.monotonic() - started
    moments = random.Random(7)
    killed = 0
    for number in range(40):
        mark = b"%d" % (number % 10)

        def work(tell, mark=mark):
            delay = moments.uniform(0, usual * 1.5)
            signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
            signal.setitimer(signal.ITIMER_REAL, max(delay, 1e-6))
            replace_all(tmp_path, contents(mark))

        moments.random()
        try:
            run(work, name="x")
        except Rejected:
            killed += 1
        for name in NAMES:
            content = (tmp_path / name).read_bytes()
            assert len(content) == 300_000
            assert len(set(content)) == 1
    assert killed > 5
    replace_all(tmp_path, contents(b"z"))
    assert names(tmp_path) == set(NAMES)
