"""The same source gives the same bytes: from another folder, under another zone, language, hash seed, home and fonts."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from project import REPOSITORY, Project

FONT_RULES = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>{fonts}</dir>
<match target="font"><edit name="embolden" mode="assign"><bool>true</bool></edit></match>
<match target="pattern"><test name="family"><string>Casebook Song</string></test>
<edit name="family" mode="assign" binding="same"><string>Casebook Hei</string></edit></match>
</fontconfig>
"""


def foreign_home(folder: Path) -> Path:
    """Make a home whose font rules embolden everything and replace the text face."""
    (folder / ".config/fontconfig").mkdir(parents=True)
    rules = FONT_RULES.format(fonts=REPOSITORY / "styles/fonts")
    (folder / ".config/fontconfig/fonts.conf").write_text(rules)
    shutil.copy(REPOSITORY / "styles/fonts/CasebookHei-Bold.otf", folder / "CasebookSong.otf")
    return folder


def built_elsewhere(root: Path, code: Path = REPOSITORY, **environment: str) -> dict[str, bytes]:
    """Build the sample book in a process of its own; return its files."""
    project = Project(root)
    program = "import sys; from publisher.cli import app; app()"
    finished = subprocess.run(
        [sys.executable, "-c", program, "build", "--root", str(project.root)],
        env={**os.environ, "PYTHONPATH": str(code / "src"), **environment}, cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    return {path.name: path.read_bytes() for path in (project.root / "build/sample").iterdir()}


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> dict[str, bytes]:
    return built_elsewhere(tmp_path_factory.mktemp("first"), PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C.UTF-8")


CHANGES = {
    "zone, language and hash seed": {"PYTHONHASHSEED": "4242", "TZ": "Asia/Shanghai", "LC_ALL": "C", "LANG": "zh_CN.UTF-8"},
    "the date it is told": {"SOURCE_DATE_EPOCH": "86400"},
    "optimised": {"PYTHONOPTIMIZE": "1", "PYTHONDONTWRITEBYTECODE": "1"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_surroundings_do_not_change_a_byte(first, tmp_path, change):
    assert built_elsewhere(tmp_path, **CHANGES[change]) == first


def test_the_font_rules_of_a_home_do_not_change_a_byte(first, tmp_path):
    home = foreign_home(tmp_path / "home")
    assert built_elsewhere(tmp_path / "book", HOME=str(home), XDG_CONFIG_HOME=str(home / ".config"), XDG_CACHE_HOME=str(home / ".cache")) == first


def test_a_home_that_cannot_be_written_does_not_matter(first, tmp_path):
    assert built_elsewhere(tmp_path / "book", HOME="/nonexistent", XDG_CACHE_HOME="/nonexistent") == first


def test_folders_do_not_change_a_byte(first, tmp_path):
    """Neither where the book lies nor where the program, its layouts and its styles lie."""
    code = tmp_path / "程序 of another user"
    for name in ("src", "layouts", "styles"):
        shutil.copytree(REPOSITORY / name, code / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    assert built_elsewhere(tmp_path / "a b/书", code, TMPDIR=str(tmp_path)) == first
