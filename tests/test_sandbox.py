"""Work in a child process: progress and results come back, limits and kills become problems, nothing outlives the parent."""

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress

import pytest

from publisher import sandbox
from publisher.problems import Place, Problem, Rejected
from publisher.sandbox import ChildFailed, Limits, begin, run, side_by_side


def run_code(work, **named) -> str:
    """Return the code of the one problem for which the work is rejected."""
    with pytest.raises(Rejected) as caught:
        run(work, name="build/sample", **named)
    (problem,) = caught.value.problems
    assert problem.place == Place("build/sample")
    return problem.code


def test_the_result_comes_back():
    assert run(lambda tell, a, b: {"sum": a + b}, 2, 3, name="x") == {"sum": 5}


def test_progress_is_heard_in_order():
    heard = []
    run(lambda tell: [tell("stage", "read"), tell("section", "例1", 6)], name="x", listen=lambda *words: heard.append(words))
    assert heard == [("stage", "read"), ("section", "例1", 6)]


def test_progress_is_heard_while_the_work_goes_on():
    ages = []

    def work(tell):
        tell(time.monotonic())
        time.sleep(0.4)

    run(work, name="x", listen=lambda moment: ages.append(time.monotonic() - moment))
    assert ages[0] < 0.3


def test_the_work_is_done_in_another_process():
    assert run(lambda tell: os.getpid(), name="x") != os.getpid()


def test_the_problems_of_the_work_come_back():
    wrong = Problem(Place("content/a.yaml", 3, 4), "SRC-103", "不能这样写", "F")

    def work(tell):
        raise Rejected([wrong])

    with pytest.raises(Rejected) as caught:
        run(work, name="x")
    assert caught.value.problems == [wrong]


def test_a_fault_of_the_program_comes_back_with_its_traceback():
    def faulty(tell):
        return {}["no such key"]

    with pytest.raises(ChildFailed, match=r"in faulty(.|\n)*KeyError: 'no such key'"):
        run(faulty, name="x")


def test_a_result_that_cannot_be_sent_is_a_fault_of_the_program():
    with pytest.raises(ChildFailed):
        run(lambda tell: (lambda: 1), name="x")


def test_too_much_memory_is_a_problem():
    assert run_code(lambda tell: bytearray(3_000_000_000), most=Limits(memory=2_000_000_000)) == "RUN-001"


def test_memory_taken_little_by_little_is_a_problem_too():
    def work(tell):
        hoard = []
        while True:
            hoard.append(bytearray(10_000_000))

    assert run_code(work, most=Limits(memory=2_000_000_000)) == "RUN-001"


def test_too_much_processor_time_is_a_problem():
    def work(tell):
        while True:
            pass

    assert run_code(work, most=Limits(cpu=1)) == "RUN-002"


def test_too_long_a_wait_is_a_problem_and_the_child_is_gone():
    children = []
    started = time.monotonic()

    def work(tell):
        tell(os.getpid())
        time.sleep(60)

    assert run_code(work, most=Limits(wall=0.5), listen=children.append) == "RUN-003"
    assert time.monotonic() - started < 5
    with pytest.raises(ProcessLookupError):
        os.kill(children[0], 0)


def test_a_child_that_talks_all_the_time_is_still_stopped():
    def work(tell):
        while True:
            tell("again")

    started = time.monotonic()
    assert run_code(work, most=Limits(wall=0.5)) == "RUN-003"
    assert time.monotonic() - started < 5


def test_a_dead_child_is_noticed_though_its_own_child_lives_on():
    def work(tell):
        if os.fork() == 0:
            os.setpgid(0, 0)
            time.sleep(4)
            os._exit(0)
        os._exit(3)

    started = time.monotonic()
    assert run_code(work) == "RUN-005"
    assert time.monotonic() - started < 3


def test_too_large_a_file_is_a_problem(tmp_path):
    def work(tell):
        (tmp_path / "large").write_bytes(b"0" * 2_000_000)

    assert run_code(work, most=Limits(file=1_000_000)) == "RUN-004"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_child_is_a_problem(number):
    assert run_code(lambda tell: os.kill(os.getpid(), number)) == "RUN-005"


def test_a_child_that_leaves_without_a_word_is_a_problem():
    assert run_code(lambda tell: os._exit(3)) == "RUN-005"


def test_a_child_killed_in_the_middle_of_a_message_is_a_problem():
    def work(tell):
        pid = os.getpid()
        if os.fork() == 0:
            time.sleep(0.2)
            os.kill(pid, signal.SIGKILL)
            os._exit(0)
        tell("x" * 50_000_000)
        time.sleep(5)

    def slowly(words):
        time.sleep(0.1)

    assert run_code(work, listen=slowly) == "RUN-005"


def test_what_the_child_started_ends_with_it():
    children = []

    def work(tell):
        sleeper = subprocess.Popen(["sleep", "60"])
        tell(sleeper.pid)
        time.sleep(60)

    assert run_code(work, most=Limits(wall=0.5), listen=children.append) == "RUN-003"
    for _ in range(50):
        if not is_running(children[0]):
            return
        time.sleep(0.05)
    pytest.fail("the grandchild still runs")


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_an_interrupted_parent_leaves_no_child():
    children = []

    def work(tell):
        tell(os.getpid())
        time.sleep(60)

    def interrupt(pid):
        children.append(pid)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(work, name="x", listen=interrupt)
    assert not is_running(children[0])


@pytest.mark.skipif(sys.platform != "linux", reason="told by the kernel")
def test_a_killed_parent_leaves_no_child():
    program = (
        "import os, time\nfrom publisher.sandbox import run\n"
        "def work(tell):\n    tell(os.getpid())\n    time.sleep(60)\n"
        "run(work, name='x', listen=lambda pid: print(pid, flush=True))\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        if not is_running(child):
            return
        time.sleep(0.05)
    pytest.fail("the child outlived its parent")


def test_a_child_costs_little_time():
    run(lambda tell: None, name="x")
    started = time.monotonic()
    for _ in range(5):
        run(lambda tell: None, name="x")
    assert (time.monotonic() - started) / 5 < 0.5


def test_works_side_by_side_each_end_for_themselves():
    def refused(tell):
        raise Rejected([Problem(Place("a"), "X-001", "不行")])

    works = [lambda tell: "one", refused, lambda tell: os._exit(3), lambda tell: "four"]
    begins = [lambda work=work: begin(work, name="x") for work in works]
    ended = dict(side_by_side(begins, 2))
    assert (ended[0], ended[3]) == ("one", "four")
    assert [problem.code for place in (1, 2) for problem in ended[place].problems] == ["X-001", "RUN-005"]


def test_whoever_leaves_early_ends_what_is_at_work():
    children = []

    def sleeping():
        children.append(begin(lambda tell: time.sleep(60), name="x"))
        return children[-1]

    ended = side_by_side([lambda: begin(lambda tell: 1, name="x"), sleeping], 2)
    assert next(ended) == (0, 1)
    ended.close()
    assert not children[0].child.is_alive()


def test_a_work_that_is_ending_lets_the_next_begin():
    began = []

    def ending(tell):
        tell(sandbox.ENDING)
        time.sleep(60)

    def noted(work):
        def start():
            began.append(work)
            return begin(work, name="x")

        return start

    ended = side_by_side([noted(ending), noted(lambda tell: 2), noted(ending)], 1)
    assert next(ended) == (1, 2)
    ended.close()
    assert len(began) == 2


def test_a_child_of_a_child_is_held_to_its_limits():
    def own(tell):
        with sandbox.aside(lambda: resource.getrlimit(resource.RLIMIT_AS)[0], "x") as inner:
            return inner()

    assert run(own, name="x", most=Limits(memory=2_000_000_000)) == 2_000_000_000


def test_what_is_done_aside_raises_what_it_raised():
    def refused():
        raise Rejected([Problem(Place("x"), "RUN-005", "坏了")])

    with pytest.raises(Rejected), sandbox.aside(refused, "x") as outcome:
        outcome()


def leave_a_file(tell):
    tell(tempfile.mkdtemp(prefix="left-"))


def leave_a_file_and_be_killed(tell):
    leave_a_file(tell)
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("work", [leave_a_file, leave_a_file_and_be_killed])
def test_temporary_files_do_not_outlive_the_child(work):
    left = []
    with suppress(Rejected):
        run(work, name="x", listen=left.append)
    (path,) = left
    assert not os.path.exists(path)
    assert not os.path.exists(os.path.dirname(path))
