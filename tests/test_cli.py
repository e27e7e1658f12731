"""The command line: exit status 0 clean, 1 problems, 2 wrong use; problems on the error stream."""

import json

import pytest
from project import FEMUR, RIB, SAMPLEBOOK, Project
from typer.testing import CliRunner

from publisher.cli import app
from publisher.read import read
from publisher.rules import RULES


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def built_case(tmp_path_factory):
    """The sample book's second case, built by command."""
    project = Project(tmp_path_factory.mktemp("case"))
    return project, run("build", "--root", project.root, "--case", "sample-03-femur")


def test_check_of_a_clean_book_leaves_with_0():
    result = run("check", "--root", SAMPLEBOOK)
    assert (result.exit_code, result.stderr) == (0, "")


def test_check_counts_the_cases_of_each_volume():
    assert "sample：2 例" in run("check", "--root", SAMPLEBOOK).stdout


def test_check_of_named_volumes_reads_them_alone():
    assert run("check", "sample", "--root", SAMPLEBOOK).exit_code == 0


def test_check_leaves_with_1_when_there_are_problems(project):
    project.edit(RIB, "drug: 劳拉西泮片", "drug: 劳拉西洋片")
    assert run("check", "--root", project.root).exit_code == 1


def test_problems_are_printed_on_the_error_stream(project):
    line = project.edit(RIB, "drug: 劳拉西泮片", "drug: 劳拉西洋片")
    result = run("check", "--root", project.root)
    assert f"{RIB}:{line}:" in result.stderr
    assert "劳拉西泮片" in result.stderr
    assert result.stdout == ""


def test_problems_are_counted(project):
    project.edit(RIB, "drug: 劳拉西泮片", "drug: 劳拉西洋片")
    project.edit(FEMUR, "sex: 女", "sex: F")
    assert "共 2 处问题" in run("check", "--root", project.root).stderr


def test_brackets_in_a_source_are_printed_as_they_are(project):
    project.edit(RIB, "drug: 劳拉西泮片", "drug: '[bold]劳拉西洋片[/]'")
    assert "[bold]劳拉西洋片[/]" in run("check", "--root", project.root).stderr


def test_a_place_on_line_100_is_printed_in_figures(project):
    text = project.path(RIB).read_text(encoding="utf-8")
    project.path(RIB).write_text("# 行\n" * (99 - text[: text.index("sex: 女")].count("\n")) + text.replace("sex: 女", "sex: F"), encoding="utf-8")
    assert f"{RIB}:100:8: error" in run("check", "--root", project.root).stderr


def test_a_build_that_findings_stop_says_what_an_editor_can_do(project):
    project.edit(RIB, "stage: IVA期", "stage: IIA期")
    result = run("build", "--root", project.root, "--case", "sample-01-rib")
    assert (result.exit_code, "STG-002" in result.stderr) == (1, True)
    assert all(word in result.stderr for word in ("settles", "waivers", "--draft", "publisher explain"))


def test_check_finds_a_note_that_cannot_be_placed(project):
    project.edit(FEMUR, "quote: 2018-05", "quote: 无此语")
    result = run("check", "--root", project.root)
    assert (result.exit_code, "NOTE-001" in result.stderr) == (1, True)


def test_build_leaves_with_1_when_the_sources_have_problems(project):
    project.edit(FEMUR, "sex: 女", "sex: F")
    result = run("build", "--root", project.root)
    assert (result.exit_code, "SRC-103" in result.stderr, (project.root / "build").exists()) == (1, True, False)


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--rot", str(SAMPLEBOOK)],
        ["chek"],
        ["check", "--root", str(SAMPLEBOOK / "nowhere")],
        ["check", "--root", str(SAMPLEBOOK / "content/sample/volume.yaml")],
        ["build", "--root", str(SAMPLEBOOK), "--case", "sample-09"],
        ["build", "--root", str(SAMPLEBOOK), "--case"],
        ["build", "--root", str(SAMPLEBOOK), "--edition", "pres"],
        ["build", "--root", str(SAMPLEBOOK), "--edition", "screen,"],
        ["check", "nowhere", "--root", str(SAMPLEBOOK)],
    ],
    ids=[
        "unknown option", "unknown command", "no such folder", "a file for a folder", "unknown case", "no case named", "unknown edition",
        "an edition without a name", "unknown volume",
    ],
)  # fmt: skip
def test_wrong_use_leaves_with_2(arguments):
    result = run(*arguments)
    assert (result.exit_code, bool(result.stderr)) == (2, True)


def test_an_unknown_case_is_answered_with_the_nearest():
    assert "sample-03-femur" in run("build", "--root", SAMPLEBOOK, "--case", "sample-03-femor").stderr


def test_an_unknown_volume_is_answered_with_the_nearest():
    assert "sample" in run("check", "sampel", "--root", SAMPLEBOOK).stderr


def test_build_of_a_case_leaves_with_0(built_case):
    _, result = built_case
    assert (result.exit_code, result.stderr) == (0, "")


def test_build_of_a_case_writes_into_the_root_that_was_named(built_case):
    project, _ = built_case
    assert (project.root / "build" / "sample-sample-03-femur" / "screen.pdf").is_file()


def test_build_of_a_case_builds_nothing_else(built_case):
    project, _ = built_case
    assert [path.name for path in (project.root / "build").iterdir()] == ["sample-sample-03-femur"]


def test_build_tells_its_stages_in_order(built_case):
    _, result = built_case
    stages = ["读取", "核对", "编成", "版式", "排版", "成书", "印前检查"]
    said = [line.split()[1] for line in result.stdout.split("\n") if line.split()[1:2] and line.split()[1] in stages]
    assert said == stages


def test_build_counts_sections_and_pages_as_they_are_set(built_case):
    _, result = built_case
    assert "已排 1 节" in result.stdout
    pages = result.stdout.split("已排 2 节 ")[1].split(" 页")[0]
    assert f"  {pages} 页，" in result.stdout


def test_build_tells_where_the_file_is(built_case):
    _, result = built_case
    assert "build/sample-sample-03-femur/screen.pdf" in result.stdout


BOOKLETS = ["booklet-rib-instructions.pdf", "booklet-rib.pdf", "booklet-volume-instructions.pdf", "booklet-volume.pdf"]


@pytest.fixture(scope="module")
def built_editions(tmp_path_factory):
    """The sample book, first its press edition alone, then everything, then the screen edition alone."""
    project = Project(tmp_path_factory.mktemp("editions"))
    told = []
    for named in (["--edition", "press"], [], ["--edition", "screen"]):
        result = run("build", "--root", project.root, *named)
        told.append((result, {path.name: path.read_bytes() for path in (project.root / "build" / "sample").iterdir()}))
    return project, told


def test_the_editions_that_are_named_are_built_and_no_other(built_editions):
    _, told = built_editions
    assert [result.exit_code for result, _ in told] == [0, 0, 0]
    assert [sorted(name for name in files if name.endswith(".pdf")) for _, files in told] == [
        ["cover.pdf", "press.pdf"], [*BOOKLETS, "cover.pdf", "press.pdf", "screen.pdf"], ["screen.pdf"],
    ]  # fmt: skip


def test_an_edition_is_the_same_built_alone_or_with_the_others(built_editions):
    _, ((_, press), (_, every), (_, screen)) = built_editions
    assert {name: every[name] for name in ("press.pdf", "cover.pdf")} == {name: press[name] for name in ("press.pdf", "cover.pdf")}
    assert (every["screen.pdf"], every["screen.pages.json"]) == (screen["screen.pdf"], press["screen.pages.json"])


def test_files_of_an_older_build_do_not_stay_beside_the_new(built_editions):
    project, told = built_editions
    assert set(told[-1][1]) == {"screen.pdf", "screen.pages.json", "MANIFEST.json"}
    assert run("verify", "--root", project.root).exit_code == 0


def test_build_tells_how_much_ink_and_how_wide_the_spine(built_editions):
    project, ((result, files), *_) = built_editions
    pages = json.loads(files["screen.pages.json"])["pages"]
    spine = read(project.root).volumes["sample"].volume.stock.spine_mm(pages)
    assert "最大总墨量 180%" in result.stdout
    assert f"书脊 {float(spine):g} mm" in result.stdout


def test_preflight_tells_of_each_file_and_that_verapdf_was_not_asked(built_editions, tmp_path, monkeypatch):
    project, _ = built_editions
    monkeypatch.setenv("VERAPDF_JAR", str(tmp_path / "none.jar"))
    assert run("build", "--root", project.root).exit_code == 0
    result = run("preflight", "--root", project.root, "--report", tmp_path / "report")
    assert (result.exit_code, "veraPDF：未检查" in result.stdout) == (0, True)
    for name in ("screen.pdf", "press.pdf", "cover.pdf"):
        assert f"build/sample/{name}：" in result.stdout
        assert name in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    listed = json.loads((tmp_path / "report" / "report.json").read_bytes())["files"]
    assert [(file["edition"], file["counts"]["failed"]) for file in listed] == [("screen", 0), ("press", 0), ("press", 0), *[("booklets", 0)] * len(BOOKLETS)]
    assert {"PDF-320", "PDF-412", "PDF-420"} <= {check["code"] for file in listed for check in file["checks"]}
    assert run("preflight", "--root", project.root, "--verapdf").exit_code == 1


def test_help_names_the_commands():
    result = run("--help")
    assert (result.exit_code, [word for word in ("check", "build") if word not in result.stdout]) == (0, [])


def test_check_as_json_is_json_alone(project):
    project.edit(RIB, "患者依从性良好", "患者依从性良好,按期")
    result = run("check", "--root", project.root, "--format", "json")
    assert (result.exit_code, result.stderr) == (1, "")
    assert [(item["code"], item["case"], item["settled_by"]) for item in json.loads(result.stdout) if item["severity"] == "error"] == [
        ("TXT-001", "sample-01-rib", None)
    ]


def test_check_as_json_bears_also_what_cannot_be_read(project):
    project.edit(FEMUR, "sex: 女", "sex: F")
    result = run("check", "--root", project.root, "--format", "json")
    assert (result.exit_code, [item["code"] for item in json.loads(result.stdout)]) == (1, ["SRC-103"])


def test_check_lists_findings_under_their_case_and_counts_them(project):
    project.edit(RIB, "患者依从性良好", "患者依从性良好,按期")
    result = run("check", "--root", project.root)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "── sample-01-rib　例1　肺腺癌肋骨转移一例" in result.stderr
    assert "须改 1" in result.stderr


def test_what_is_only_to_be_looked_at_leaves_with_0():
    result = run("check", "--root", SAMPLEBOOK)
    assert ("CARE-001" in result.stdout, result.exit_code) == (True, 0)


def test_check_writes_the_review_sheet(tmp_path):
    assert run("check", "--root", SAMPLEBOOK, "--review", tmp_path / "sheet.html").exit_code == 0
    assert "审读人" in (tmp_path / "sheet.html").read_text(encoding="utf-8")


def test_check_of_completeness_prints_the_table_alone():
    result = run("check", "--root", SAMPLEBOOK, "--completeness")
    assert (result.exit_code, "例1" in result.stdout, "CARE-001" in result.stdout) == (0, True, False)


def test_settle_shows_and_writes(project):
    project.edit(RIB, "患者依从性良好", "患者依从性良好，地舒单抗120mg")
    project.edit(RIB, "notes:\n", "notes:\n  - quote: 地舒单抗120mg\n    note: 120 mg单位前缺空格，请核。\n")
    before = project.path(RIB).read_bytes()
    shown = run("settle", "--root", project.root)
    assert (shown.exit_code, "TXT-006" in shown.stdout, project.path(RIB).read_bytes() == before) == (0, True, True)
    assert run("settle", "--root", project.root, "--write").exit_code == 0
    assert b"settles: [TXT-006]" in project.path(RIB).read_bytes()
    assert run("check", "--root", project.root).exit_code == 0


def test_explain_names_what_is_wrong_and_what_is_right():
    result = run("explain", "TXT-006")
    assert (result.exit_code, "120mg" in result.stdout, "120 mg" in result.stdout) == (0, True, True)


def test_explain_without_a_code_lists_every_rule():
    assert [code for code in RULES if code not in run("explain").stdout] == []


def test_explain_answers_an_unknown_code_with_the_nearest():
    result = run("explain", "TXT-066")
    assert (result.exit_code, "TXT-006" in result.stderr) == (2, True)


def test_diff_of_an_unknown_revision_leaves_with_2():
    result = run("diff", "no-such-revision", "--root", SAMPLEBOOK)
    assert (result.exit_code, "DIF-003" in result.stderr) == (2, True)
