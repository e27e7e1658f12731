"""The manifest says what was delivered and of what; verify finds every difference, and nothing else."""

import json
import shutil

import pytest
from project import REPOSITORY, Project, codes

from publisher import manifest, typeset_engine
from publisher.finish.staged import replace_all

CONTENT = ("content/sample", "content/reference")


def sources(root):
    return [root / name for name in CONTENT]


@pytest.fixture
def delivered(sample_built, tmp_path):
    """The sample book's build folder with its manifest, and the source of it."""
    project = Project(tmp_path / "book")
    made_of = manifest.source(project.root, sources(project.root))
    folder = tmp_path / "book/build/sample"
    outputs = {"screen.pdf": sample_built.pdf, "screen.pages.json": sample_built.pages_json.read_bytes()}
    fonts = manifest.fonts(REPOSITORY / "styles/fonts")
    listed = manifest.manifest("sample", outputs, made_of, fonts, "0.1.0", typeset_engine.versions())
    replace_all(folder, {**outputs, manifest.NAME: listed})
    return folder


def table(folder):
    return json.loads((folder / manifest.NAME).read_bytes())


def found(folder, **named):
    return codes(manifest.verify(folder, **named))


def test_what_was_delivered_agrees_with_its_manifest(delivered):
    assert found(delivered) == []


def test_the_manifest_says_size_digest_and_pages(delivered, sample_built):
    (pages, pdf) = table(delivered)["outputs"]
    assert (pdf["file"], pdf["bytes"], pdf["pages"]) == ("screen.pdf", len(sample_built.pdf), len(sample_built.pagination.folios))
    assert pdf["sha256"] == manifest.sha256(sample_built.pdf)
    assert "pages" not in pages


def test_the_manifest_says_what_the_pages_were_made_with(delivered):
    engine = table(delivered)["engine"]
    assert {"WeasyPrint", "Pango", "HarfBuzz", "pikepdf"} <= set(engine)
    assert all(version[0].isdigit() for version in engine.values())
    assert "CasebookSong-Regular.otf" in [font["file"] for font in table(delivered)["fonts"]]


def test_the_manifest_names_no_time_and_no_machine(delivered):
    text = (delivered / manifest.NAME).read_text(encoding="utf-8")
    assert str(delivered.parents[2]) not in text
    assert str(REPOSITORY) not in text


def test_no_manifest_is_a_problem(tmp_path):
    assert found(tmp_path) == ["MAN-001"]


BROKEN = [b"", b"{", b"[]", b"{}", b'{"outputs": [{"file": "a"}], "source": {"sha256": ""}}', b"\xff", b"[" * 100_000, b'{"outputs": 3}']


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_manifest_is_a_problem(tmp_path, content):
    (tmp_path / manifest.NAME).write_bytes(content)
    assert found(tmp_path) == ["MAN-002"]


@pytest.mark.parametrize("name", ["../secret.pdf", "/etc/passwd", "..", ""])
def test_a_manifest_cannot_point_out_of_its_folder(delivered, name):
    altered = table(delivered)
    altered["outputs"].append({"file": name, "bytes": 1, "sha256": "0"})
    (delivered / manifest.NAME).write_text(json.dumps(altered))
    assert found(delivered) == ["MAN-002"]


def test_a_missing_file_is_a_problem(delivered):
    (delivered / "screen.pages.json").unlink()
    assert found(delivered) == ["MAN-003"]


def test_one_changed_byte_is_found(delivered):
    content = bytearray((delivered / "screen.pages.json").read_bytes())
    content[20] ^= 1
    (delivered / "screen.pages.json").write_bytes(content)
    (problem,) = manifest.verify(delivered)
    assert (problem.code, "screen.pages.json" in str(problem.place), "SHA-256" in problem.found) == ("MAN-004", True, True)


def test_a_cut_file_is_found(delivered):
    content = (delivered / "screen.pdf").read_bytes()
    (delivered / "screen.pdf").write_bytes(content[:100])
    assert set(found(delivered)) == {"MAN-004", "MAN-005"}


def test_another_number_of_pages_is_found(delivered):
    altered = table(delivered)
    altered["outputs"][1]["pages"] = 999
    (delivered / manifest.NAME).write_text(json.dumps(altered))
    assert found(delivered) == ["MAN-005"]


def test_a_file_that_does_not_belong_is_found(delivered):
    (delivered / "press.pdf").write_bytes(b"of an older build")
    assert found(delivered) == ["MAN-006"]


def test_a_refused_file_and_hidden_leavings_do_not_count(delivered):
    (delivered / "screen.refused.pdf").write_bytes(b"x")
    (delivered / ".DS_Store").write_bytes(b"x")
    assert found(delivered) == []


def test_the_unchanged_source_agrees(delivered):
    root = delivered.parents[1]
    assert found(delivered, current=manifest.source(root, sources(root))) == []


def test_a_source_changed_since_is_found(delivered):
    root = delivered.parents[1]
    path = root / "content/reference/drugs.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert found(delivered, current=manifest.source(root, sources(root))) == ["MAN-007"]


def test_the_digest_of_a_source_does_not_depend_on_where_it_lies(tmp_path):
    shutil.copytree(REPOSITORY / "layouts", tmp_path / "a/layouts")
    shutil.copytree(REPOSITORY / "layouts", tmp_path / "b/deeper/layouts")
    one = manifest.source(tmp_path / "a", [tmp_path / "a/layouts"])
    other = manifest.source(tmp_path / "elsewhere", [tmp_path / "b/deeper/layouts"])
    assert one == other


def test_a_renamed_file_changes_the_digest(tmp_path):
    (tmp_path / "a").write_text("x")
    before = manifest.source(tmp_path, [tmp_path])
    (tmp_path / "a").rename(tmp_path / "b")
    assert manifest.source(tmp_path, [tmp_path]) != before


def test_a_lock_written_after_the_build_does_not_change_the_digest(tmp_path):
    (tmp_path / "volume.yaml").write_text("x")
    before = manifest.source(tmp_path, [tmp_path])
    (tmp_path / "pages.lock").write_text("a 1")
    assert manifest.source(tmp_path, [tmp_path]) == before


def test_every_code_is_named():
    assert list(manifest.CODES) == [f"MAN-{number:03d}" for number in range(1, 8)]
