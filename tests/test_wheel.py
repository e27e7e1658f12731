"""The installed package: it carries layouts, styles, fonts and word lists, and makes a book in a folder that has none of them."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pikepdf
import pytest
from project import REPOSITORY, SAMPLEBOOK
from typer.testing import CliRunner

from publisher.cli import app
from publisher.preflight.printed_text import drawn_texts


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-build-isolation", "--wheel-dir", folder, REPOSITORY)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--no-compile", "--target", folder, wheel)
    return folder


def pip(command: str, *words: object) -> None:
    asked = [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", *map(str, words)]
    subprocess.run(asked, check=True)


@pytest.fixture
def publisher(installed, tmp_path):
    """Run the installed command in an empty folder; its packages come from this environment, itself from nowhere else."""

    def run(*words: str) -> subprocess.CompletedProcess:
        own = {**os.environ, "PYTHONPATH": str(installed)}
        asked = [sys.executable, str(installed / "bin" / "publisher"), *words]
        return subprocess.run(asked, cwd=tmp_path, env=own, capture_output=True, text=True, check=False)

    return run


def test_the_wheel_carries_what_a_book_needs_with_the_licences(wheel):
    names = {name.removeprefix("publisher/_defaults/") for name in zipfile.ZipFile(wheel).namelist()}
    for folder in ("layouts", "styles", "content/reference"):
        here = {path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / folder).rglob("*") if path.is_file()}
        assert here - names == set()
    licences = {name.split("/licenses/")[1] for name in names if "/licenses/" in name}
    assert {"LICENSE", "styles/fonts/licences/NotoSerifCJK.txt", "styles/profiles/LICENCE.txt"} <= licences
    assert not any(name.startswith("content/lung") for name in names)


def test_a_new_volume_is_made_checked_and_built_far_from_the_checkout(publisher, installed, tmp_path):
    assert publisher("new", "volume", "kidney", "--title", "肾癌骨转移病例集").returncode == 0
    assert publisher("check").returncode == 0, "a volume without a case"
    assert publisher("new", "case", "kidney", "kidney-01", "--title", "肾透明细胞癌骨转移一例", "--sex", "男", "--age", "61岁").returncode == 0
    assert publisher("check").returncode == 0
    done = publisher("build", "--edition", "screen,press")
    assert (done.returncode, done.stderr) == (0, "")
    pages = "\n".join(drawn_texts((tmp_path / "build/kidney/screen.pdf").read_bytes()))
    assert "肾透明细胞癌骨转移一例" in pages
    assert "肺癌" not in pages
    assert publisher("verify").returncode == 0
    assert "120mg" in publisher("explain", "TXT-006").stdout, "examples of rules come along"
    assert "stand without a space" in publisher("--lang", "en", "explain", "TXT-006").stdout, "both languages come along"
    assert str(REPOSITORY) not in publisher("doctor").stdout


def test_a_project_with_styles_of_its_own_is_set_in_them(publisher, tmp_path):
    shutil.copytree(SAMPLEBOOK / "content", tmp_path / "content")
    assert publisher("new", "styles").returncode == 0
    assert publisher("new", "styles").returncode == 1, "nothing that stands is overwritten"
    page = tmp_path / "styles/base/page.css"
    text = page.read_text(encoding="utf-8")
    assert "size: 185mm 260mm" in text
    page.write_text(text.replace("size: 185mm 260mm", "size: 190mm 260mm"), encoding="utf-8")
    publisher("build", "--case", "sample-03-femur", "--no-cache")
    made = next((tmp_path / "build/sample-sample-03-femur").glob("screen*.pdf"))
    with pikepdf.open(made) as pdf:
        assert float(pdf.pages[0].mediabox[2]) == pytest.approx(190 / 25.4 * 72, abs=0.5)


@pytest.mark.parametrize(("spoil", "code"), [("fonts/CasebookLatin-Regular.otf", "FNT-001"), ("book.css", "PRJ-001")], ids=["a face", "a style sheet"])
def test_styles_that_are_not_whole_are_refused_with_the_file_that_is_missing(project, spoil, code):
    shutil.copytree(REPOSITORY / "styles", project.root / "styles")
    (project.root / "styles" / spoil).unlink()
    for command in ("check", "build"):
        result = CliRunner().invoke(app, [command, "--root", str(project.root)])
        assert (result.exit_code, code in result.stderr, f"styles/{spoil}" in result.stderr) == (1, True, True)


def test_a_face_that_is_no_font_is_refused(project):
    shutil.copytree(REPOSITORY / "styles", project.root / "styles")
    (project.root / "styles/fonts/CasebookSans-Regular.otf").write_bytes(b"no font")
    result = CliRunner().invoke(app, ["check", "--root", str(project.root)])
    assert (result.exit_code, "FNT-002" in result.stderr) == (1, True)
