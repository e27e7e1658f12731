"""Findings on the console, as JSON and as a sheet for clinicians."""

import json
import re

import pytest
from project import REPOSITORY, RIB

from publisher.lint import report, review
from publisher.lint.characters import covered
from publisher.lint.queries import Examined, examined

KNOWN = covered(REPOSITORY / "styles" / "fonts")
FAULT = "地舒单抗120mg"


@pytest.fixture
def spoiled(project):
    """The sample book with a finding, a settled one, and markup in a text."""
    project.edit(RIB, "患者依从性良好", f"患者依从性良好，{FAULT}")
    project.edit(RIB, "余论", "余论，另用50mg")
    project.edit(RIB, "其余从略。", "其余从略<b>。")
    project.edit(RIB, "notes:\n", "waivers:\n  - {code: TXT-006, quote: 余论，另用50mg, reason: 照录原件}\nnotes:\n")
    collection = project.collection()
    source = collection.volumes["sample"]
    return project, source, examined(source, collection.catalogue, KNOWN)


def test_the_frame_shows_the_line_with_a_caret_under_the_words(spoiled):
    project, source, examination = spoiled
    lines = report.Report([(source, examination)], project.root).text().split("\n")
    at = next(number for number, line in enumerate(lines) if "TXT-006" in line)
    shown, caret = lines[at + 1], lines[at + 2]
    start = report.width(caret[: caret.index("^")])
    assert report.width(shown[: shown.index("患者依从性良好")]) <= start
    under = "".join(char for index, char in enumerate(shown) if start <= report.width(shown[:index]) < start + caret.count("^"))
    assert "120mg" in under


@pytest.mark.parametrize("column", [1, 40, 300, 590])
def test_a_long_line_is_cut_around_the_words(tmp_path, column):
    (tmp_path / "a.yaml").write_text("血" * 300 + "钙" * 300 + "\n", encoding="utf-8")
    shown, caret = report.Frames(tmp_path).frame(report.Place("a.yaml", 1, column), "x")
    assert max(report.width(shown), report.width(caret)) <= report.FRAME + 12
    under = next(char for index, char in enumerate(shown) if report.width(shown[:index]) == report.width(caret[: caret.index("^")]))
    assert under == ("血" * 300 + "钙" * 300)[column - 1]


def test_a_place_that_is_no_longer_there_has_no_frame(tmp_path):
    assert report.Frames(tmp_path).frame(report.Place("gone.yaml", 3, 1)) == []


def test_settled_findings_are_counted_and_not_listed(spoiled):
    project, source, examination = spoiled
    text = report.Report([(source, examination)], project.root).text()
    assert "余论，另用50mg" not in text
    assert re.search(r"TXT .*未决 +1（须改 1，待核 0）　已了结 1", text)


def test_json_bears_every_finding_with_what_settles_it(spoiled):
    _, _, examination = spoiled
    found = json.loads(report.as_json([examination]))
    assert {"code", "severity", "volume", "case", "path", "line", "column", "message", "found", "hint", "settled_by"} <= set(found[0])
    settled = [item for item in found if item["settled_by"]]
    assert [(item["code"], item["case"], item["settled_by"]["kind"], item["settled_by"]["words"]) for item in settled] == [
        ("TXT-006", "sample-01-rib", "waiver", "照录原件"), ("RX-046", "sample-03-femur", "note", "绝经状态与卵巢功能抑制未载，请补。"),
    ]  # fmt: skip


def test_the_places_of_json_are_those_of_the_source(spoiled):
    project, _, examination = spoiled
    item = next(item for item in json.loads(report.as_json([examination])) if item["code"] == "TXT-006" and not item["settled_by"])
    line = project.path(item["path"]).read_text(encoding="utf-8").split("\n")[item["line"] - 1]
    assert line[item["column"] - 1 :].startswith("患者依从性良好")


def sheet(spoiled) -> str:
    _, source, examination = spoiled
    return review.as_html([(source, examination)]).decode()


def test_the_sheet_has_boxes_for_every_finding(spoiled):
    html = sheet(spoiled)
    count = len(spoiled[2].queries)
    assert [html.count(f"<li>{verdict}</li>") for verdict in ("属实", "不属实", "待查")] == [count] * 3
    assert "审读人" in html


def test_the_sheet_says_places_in_words(spoiled):
    html = sheet(spoiled)
    assert "治疗经过" in html
    assert "病例点评“要点”·小节“余论，另用50mg”·标题" in html
    assert "commentary" not in html


def test_the_sheet_says_how_a_finding_was_settled(spoiled):
    assert "编者已判定无误：照录原件" in sheet(spoiled)


def test_the_sheet_marks_the_words(spoiled):
    assert re.search(r"<mark>[^<]*120mg[^<]*</mark>", sheet(spoiled))


def test_the_sheet_prints_markup_as_text_and_needs_no_other_file(spoiled):
    html = sheet(spoiled)
    assert "从略&lt;b&gt;" in html
    assert re.search(r"<script|<link|src=|https?://", html) is None


def test_a_volume_without_findings_says_so(sample):
    assert "没有疑点" in review.as_html([(sample.volumes["sample"], Examined())]).decode()
