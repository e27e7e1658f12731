"""A library: its list is checked with places, its volumes are built as one, what is done is not done again, no failure stops the rest."""

import json
import shutil
from pathlib import Path

import pytest
from project import REPOSITORY, SAMPLEBOOK, codes
from typer.testing import CliRunner

from publisher import build as journey
from publisher import sandbox, shelf
from publisher.build import Built
from publisher.cli import app
from publisher.problems import Place, Problem, Rejected
from publisher.project import Order, Progress
from publisher.read import read_library

THREE = ["content/one", "content/two", "2025/content/three"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A library of three volumes, the last in a project of its own; each is the sample book under another name."""
    for folder in THREE:
        place = tmp_path / folder
        shutil.copytree(SAMPLEBOOK / "content/sample", place)
        file = place / "volume.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("id: sample\n", f"id: {place.name}\n"), encoding="utf-8")
        shutil.copytree(SAMPLEBOOK / "content/reference", place.parent / "reference", dirs_exist_ok=True)
    listed(tmp_path, THREE)
    return tmp_path


def listed(root: Path, folders: list[str]) -> None:
    (root / "library.yaml").write_text("title: 样书文库\nvolumes:\n" + "".join(f"  - {folder}\n" for folder in folders), encoding="utf-8")


@pytest.fixture
def builds(monkeypatch) -> list[str]:
    """The volumes that are built in place of a true build, which leaves a manifest alone; what is told of a volume in `wrong` happens."""
    done: list[str] = []

    def build(project, collection, source, progress, order):
        name = str(source.volume.id)
        done.append(name)
        if "错" in source.volume.title:
            raise Rejected([Problem(Place(f"content/{name}/volume.yaml", 2, 8), "TYP-001", "告警")])
        if "崩" in source.volume.title:
            raise sandbox.ChildFailed("Traceback …")
        folder = project.root / "build" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "screen.pages.json").write_text("{}")
        said = journey.manifest.manifest(name, {"screen.pages.json": b"{}"}, journey.made_of(project, name), [], "1", {})
        (folder / journey.manifest.NAME).write_bytes(said)
        return Built((), 10, (), 1.0)

    monkeypatch.setattr(journey, "build_apart", build)
    return done


def run(root: Path, order: Order = Order()) -> list[str]:
    outcomes = shelf.build(root, read_library(root / "library.yaml"), order, lambda folder: Progress())
    return [outcome.state for outcome in outcomes]


def retitled(root: Path, folder: str, mark: str) -> None:
    file = root / folder / "volume.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(f"title: 样书{mark}" if line.startswith("title:") else line for line in lines if "cover_lines" not in line), encoding="utf-8")


def test_what_stands_is_not_built_again(root, builds):
    assert run(root) == ["built", "built", "built"]
    assert run(root) == ["kept", "kept", "kept"]
    assert builds == ["one", "two", "three"]


def test_a_volume_whose_sources_changed_is_built_again(root, builds):
    run(root)
    retitled(root, "content/two", "")
    assert run(root) == ["kept", "built", "kept"]


def test_a_volume_whose_files_were_altered_is_built_again(root, builds):
    run(root)
    (root / "2025/build/three/screen.pages.json").write_text("{ }")
    assert run(root) == ["kept", "kept", "built"]


def test_another_order_builds_all(root, builds):
    run(root)
    assert run(root, Order(editions=("screen",))) == ["built", "built", "built"]


def test_a_volume_that_fails_stops_no_other_and_is_tried_again(root, builds):
    retitled(root, "content/one", "错")
    retitled(root, "content/two", "崩")
    assert run(root) == ["refused", "broken", "built"]
    assert run(root) == ["refused", "broken", "kept"]


def test_a_stopped_build_goes_on_where_it_stopped(root, builds, monkeypatch):
    whole = journey.build_apart
    monkeypatch.setattr(journey, "build_apart", lambda *words: whole(*words) if len(builds) < 1 else stopped())
    with pytest.raises(KeyboardInterrupt):
        run(root)
    monkeypatch.setattr(journey, "build_apart", whole)
    assert run(root) == ["kept", "built", "built"]


def stopped():
    raise KeyboardInterrupt


def test_a_report_that_cannot_be_read_counts_as_none(root, builds):
    run(root)
    (root / shelf.REPORT).write_text("[")
    assert run(root) == ["built", "built", "built"]


def test_the_command_takes_the_list_of_the_root_and_tells_all_as_one(root, builds):
    retitled(root, "2025/content/three", "错")
    said = CliRunner().invoke(app, ["build", "--root", str(root)])
    assert said.exit_code == 1
    assert "2025/content/three/volume.yaml:2:8: error TYP-001" in said.stderr
    *rows, total, _ = said.stdout.splitlines()[-5:]
    assert [row.split()[-1] for row in rows] == ["已编成", "已编成", "未通过"]
    assert total.split() == ["合计", "3", "卷", "20", "1", *total.split()[5:7], "1", "卷未成"]
    told = json.loads((root / "build/library.json").read_bytes())
    assert [(row["state"], row["pages"]) for row in told["volumes"]] == [("built", 10), ("built", 10), ("refused", 0)]
    assert [row["folder"] for row in told["volumes"]] == THREE
    assert told["failed"] == 1


def test_check_tells_of_all_volumes_and_their_errors(root):
    file = root / "2025/content/three/cases/sample-01-rib.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("drug: 劳拉西泮片", "drug: 劳拉西洋片"), encoding="utf-8")
    said = CliRunner().invoke(app, ["check", "--library", str(root / "library.yaml")])
    assert said.exit_code == 1
    assert "2025/content/three/cases/sample-01-rib.yaml:" in said.stderr
    assert [line.split()[-1] for line in said.stdout.splitlines()][2:5] == ["无误", "无误", "未通过"]


def test_named_volumes_are_worked_on_alone(root):
    said = CliRunner().invoke(app, ["check", "one", "--root", str(root)])
    assert (said.exit_code, "one：2 例" in said.stdout) == (0, True)


@pytest.mark.parametrize(
    ("folders", "code", "hint"),
    [
        (["content/one", "content/one"], "SRC-034", "第 3 行"),
        (["content/onee"], "SRC-035", "content/one"),
        (["one"], "SRC-119", "content/<卷名>"),
        (["../content/one"], "SRC-119", ""),
        (["/content/one"], "SRC-119", ""),
    ],
)
def test_a_wrong_entry_is_told_with_its_place(root, folders, code, hint):
    listed(root, folders)
    with pytest.raises(Rejected) as caught:
        read_library(root / "library.yaml")
    (problem,) = caught.value.problems
    assert (problem.code, str(problem.place)) == (code, f"library.yaml:{2 + len(folders)}:5")
    assert hint in problem.hint + problem.found


def test_an_empty_list_is_refused(root):
    (root / "library.yaml").write_text("title: 空\nvolumes: []\n", encoding="utf-8")
    with pytest.raises(Rejected) as caught:
        read_library(root / "library.yaml")
    assert codes(caught.value.problems) == ["SRC-111"]


def test_the_list_of_the_tests_is_one():
    assert [str(folder) for folder in read_library(REPOSITORY / "tests/library.yaml").volumes] == ["samplebook/content/sample"]
