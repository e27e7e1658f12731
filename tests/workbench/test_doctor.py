"""The machine examined: what is there is said with its version, what is missing with the way to get it."""

import os
import subprocess
import sys

import pytest
from project import REPOSITORY
from typer.testing import CliRunner

from publisher.cli import app
from publisher.languages import HAN
from publisher.workbench import doctor
from publisher.workbench.doctor import State, examined


def found(name, styles=REPOSITORY / "styles"):
    return next(item for item in examined(styles, REPOSITORY) if item.thing == name)


def test_this_machine_lacks_nothing_that_a_build_needs():
    assert [item.thing for item in examined(REPOSITORY / "styles", REPOSITORY) if item.state is State.MISSING] == []


def test_missing_fonts_are_named(tmp_path):
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "fonts.css").write_text("@font-face { font-family: X; src: url(X-Regular.otf) }")
    item = found("字体", tmp_path)
    assert item.state is State.MISSING
    assert "X-Regular.otf" in item.remedy


def test_an_engine_that_was_never_measured_is_said(monkeypatch):
    monkeypatch.setattr(doctor, "pango_version", lambda: "1.99.0")
    item = found("Pango")
    assert (item.state, item.found) == (State.MISSING, "1.99.0")


def test_a_missing_library_comes_with_its_package(monkeypatch):
    monkeypatch.setattr(doctor, "SUBSET", ("libnowhere.so",))
    item = found("HarfBuzz 子集库")
    assert item.state is State.MISSING
    assert "libharfbuzz-subset0" in item.remedy


def test_what_only_some_commands_use_stops_nothing(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda program: None)
    monkeypatch.setattr(doctor.verapdf, "find_jar", missing)
    for name in ("Java", "Git", "veraPDF", "Chromium"):
        assert found(name).state is State.OPTIONAL
    assert "default-jdk-headless" in found("Java").remedy
    assert "make conform" in found("veraPDF").remedy


def missing(folders):
    raise doctor.verapdf.Missing("没有 veraPDF：运行 make conform")


def test_a_font_that_cannot_be_read_counts_as_missing(tmp_path):
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "fonts.css").write_text("@font-face { font-family: X; src: url(X-Regular.otf) }")
    (tmp_path / "fonts" / "X-Regular.otf").write_bytes(b"")
    item = found("字体", tmp_path)
    assert (item.state, item.found) == (State.MISSING, "0/1 个字体文件")


@pytest.mark.parametrize(("name", "words"), [("zh", "缺　Pango　1.99.0"), ("en", "missing  Pango  1.99.0")])
def test_what_is_lacking_is_said_in_both_languages_with_the_way_to_get_it(monkeypatch, name, words):
    monkeypatch.setattr(doctor, "pango_version", lambda: "1.99.0")
    result = CliRunner().invoke(app, ["--lang", name, "doctor", "--root", str(REPOSITORY)])
    assert (result.exit_code, words in result.stdout, "apt-get install libpango-1.0-0" in result.stdout) == (1, True, True)
    assert name == "zh" or not HAN.search(result.stdout)


@pytest.mark.parametrize(("name", "words"), [("zh", "建议：安装所缺的库"), ("en", "advice: install what is missing")])
def test_a_library_without_which_nothing_loads_is_said_with_its_package(tmp_path, name, words):
    (tmp_path / "weasyprint.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")")
    places = os.pathsep.join([str(tmp_path), str(REPOSITORY / "src")])
    own = {**os.environ, "PYTHONPATH": places, "PUBLISHER_LANG": name}
    done = subprocess.run([sys.executable, "-m", "publisher", "doctor"], env=own, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, words in done.stderr, "libpango" in done.stderr, "Traceback" in done.stderr) == (1, True, True, False)
