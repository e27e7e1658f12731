"""Two revisions of a book in git: what changed, who and when; the chapter that says so."""

import json
import os
import subprocess

import pytest
from project import FEMUR, GUIDELINE, RIB, VOLUME, Project
from typer.testing import CliRunner

from publisher import book
from publisher import build as journey
from publisher.book import words
from publisher.changes import UNSAID, Kind, excerpts, without_identities
from publisher.cli import app
from publisher.compare import report, revisions
from publisher.problems import Rejected

RIB_CASE = "sample-01-rib"


def git(project: Project, *arguments: str, who: str = "编者甲", day: str = "2026-02-01") -> None:
    stamp = f"{day}T08:00:00+0000"
    parts = {"NAME": who, "EMAIL": "a@b.c", "DATE": stamp}
    names = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in parts.items()}
    command = ["git", "-C", project.root, "-c", "commit.gpgsign=false", *arguments]
    subprocess.run(command, check=True, capture_output=True, env={"PATH": os.environ["PATH"], **names})


@pytest.fixture
def kept(project) -> Project:
    """The sample book in git, tagged v1."""
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-qm", "first")
    git(project, "tag", "v1")
    return project


def changed(project: Project, since: str = "v1", until: str | None = None):
    return [(item.kind, item.case, item.field, item.before, item.after) for item in revisions.changes(project.root, since, until).items]


def test_nothing_changed_is_nothing(kept):
    assert changed(kept) == []


def test_a_dose_is_told_in_words(kept):
    kept.edit(RIB, "dose: 120 mg, route: 皮下注射", "dose: 100 mg, route: 皮下注射")
    assert changed(kept) == [(Kind.CHANGED, RIB_CASE, "治疗“骨保护”·用药“地舒单抗，2025-03-16”·剂量", "120 mg", "100 mg")]


def test_it_is_told_who_and_when(kept):
    line = kept.edit(RIB, "dose: 120 mg, route: 皮下注射", "dose: 100 mg, route: 皮下注射")
    git(kept, "commit", "-qam", "dose", who="编者乙", day="2026-03-04")
    (item,) = revisions.changes(kept.root, "v1").items
    assert (item.who, item.when, item.file, item.line) == ("编者乙", "2026-03-04", RIB, line)


def test_it_is_told_who_took_something_out(kept):
    kept.edit(RIB, "      - 家属宣教\n", "")
    git(kept, "commit", "-qam", "out", who="编者丙", day="2026-03-05")
    (item,) = revisions.changes(kept.root, "v1").items
    assert (item.kind, item.before, item.who, item.when) == (Kind.REMOVED, "家属宣教", "编者丙", "2026-03-05")


def test_what_is_not_committed_has_nobody(kept):
    kept.edit(RIB, "- 家属宣教\n", "- 家属健康宣教\n")
    (item,) = revisions.changes(kept.root, "v1").items
    assert (item.who, item.when, item.commit) == ("", "", "")


def test_two_revisions_are_compared_whatever_lies_there_now(kept):
    kept.edit(RIB, "age: 64岁", "age: 65岁")
    git(kept, "commit", "-qam", "age")
    git(kept, "tag", "v2")
    kept.edit(RIB, "sex: 女", "sex: 男")
    assert changed(kept, "v1", "v2") == [(Kind.CHANGED, RIB_CASE, "患者·年龄", "64岁", "65岁")]


def test_a_form_that_changes_no_fact_is_nothing(kept):
    path = kept.path(RIB)
    path.write_text(path.read_text(encoding="utf-8").replace("title: 肺腺癌肋骨转移一例", "# 题\ntitle: '肺腺癌肋骨转移一例'") + "\n\n", encoding="utf-8")
    assert changed(kept) == []


def test_a_case_that_came_is_one_change(kept):
    text = kept.path(FEMUR).read_text(encoding="utf-8").replace("id: sample-03-femur", "id: sample-05-tibia").replace("number: 3", "number: 5")
    kept.path("content/sample/cases/sample-05-tibia.yaml").write_text(text, encoding="utf-8")
    assert changed(kept) == [(Kind.ADDED, "sample-05-tibia", "全文", "", "乳腺癌股骨转移一例")]


def test_other_files_of_the_volume_count(kept):
    kept.edit(GUIDELINE, "先纠正低钙血症。", "须先纠正低钙血症。")
    ((_, case, field, before, after),) = changed(kept)
    assert (case, before, after) == ("", "先纠正低钙血症。", "须先纠正低钙血症。")
    assert field.startswith("主题“骨保护”·条目")


def test_a_project_below_the_top_of_its_repository(tmp_path):
    project = Project(tmp_path / "deep" / "book")
    top = Project.__new__(Project)
    top.root = tmp_path
    git(top, "init", "-q")
    git(top, "add", ".")
    git(top, "commit", "-qm", "first")
    project.edit(RIB, "age: 64岁", "age: 65岁")
    assert [(kind, after) for kind, _, _, _, after in changed(project, "HEAD")] == [(Kind.CHANGED, "65岁")]


@pytest.mark.parametrize("revision", ["v9", "--all", "HEAD~9", "v1:content", ""])
def test_an_unknown_revision_is_refused(kept, revision):
    with pytest.raises(Rejected, match="DIF-003"):
        revisions.changes(kept.root, revision)


def test_a_folder_without_git_is_refused(tmp_path):
    project = Project(tmp_path / "book")
    with pytest.raises(Rejected, match="DIF-00"):
        revisions.changes(project.root, "HEAD")


def test_the_text_tells_case_field_and_both_readings(kept):
    kept.edit(RIB, "dose: 120 mg, route: 皮下注射", "dose: 100 mg, route: 皮下注射")
    said = report.as_text(revisions.changes(kept.root, "v1"))
    assert [part for part in ("sample sample-01-rib", "剂量", "120 mg → 100 mg", f"{RIB}:", "尚未提交") if part not in said] == []


def test_json_cuts_nothing(kept):
    long = "患者依从性良好，" + "按期完成治疗，" * 30
    kept.edit(RIB, "患者依从性良好，按期完成治疗。", long)
    (item,) = json.loads(report.as_json(revisions.changes(kept.root, "v1")))["changes"]
    assert (item["after"], item["path"]) == (long, ["course", 0])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("120 mg", "100 mg", ("120 mg", "100 mg")),
        ("甲" * 40 + "120" + "乙" * 40, "甲" * 40 + "100" + "乙" * 40, ("……" + "甲" * 12 + "2" + "0" + "乙" * 11 + "……", None)),
        ("", "甲" * 90, ("", "甲" * 90)),
    ],
)
def test_long_texts_are_cut_to_where_they_differ(before, after, expected):
    first, second = excerpts(before, after)
    assert (len(first) < 40, first in before or first.strip("…") in before) == (len(expected[0]) < 40, True)
    assert second.strip("…") in after


def chapter(project: Project, since: str = "v1") -> str:
    """Compose the sample volume with the chapter; return its text."""
    collection = project.collection()
    whole = journey.composed(journey.Project(project.root), collection, collection.volumes["sample"], since)
    section = next(section for section in whole.sections if section.kind == "changes")
    return "\n".join(words(line) for block in section.blocks for line in book.lines_of(block))


def test_the_chapter_tells_the_changes_case_by_case(kept):
    kept.edit(RIB, "dose: 120 mg, route: 皮下注射", "dose: 100 mg, route: 皮下注射")
    kept.edit(FEMUR, "共5年", "共4年")
    text = chapter(kept)
    assert [part for part in ("共2处", "例1", "120 mg", "100 mg", "例3", "共5年", "共4年") if part not in text] == []


def test_the_chapter_counts_notes_and_does_not_list_them(kept):
    kept.edit(RIB, "notes:\n", "notes:\n  - {quote: 21.00, note: 参考范围未载，请补。}\n")
    text = chapter(kept)
    assert ("编者按增1条" in text, "参考范围" in text, "没有改动" in text) == (True, False, True)


def test_a_name_that_was_taken_out_is_not_printed_again(kept):
    kept.edit(RIB, "患者依从性良好", "患者张某某，女，依从性良好")
    git(kept, "commit", "-qam", "leak")
    git(kept, "tag", "leak")
    kept.edit(RIB, "患者张某某，女，依从性良好", "患者依从性良好")
    assert "张某某" not in chapter(kept, "leak")
    assert UNSAID in [item.before for item in without_identities(revisions.changes(kept.root, "leak")).items]


@pytest.mark.parametrize(("policy", "before", "after"), [("month", "2025-03", "2025-04"), ("days-from-start", "第19天", "第50天")])
def test_the_days_of_the_chapter_follow_the_policy_of_the_volume(kept, policy, before, after):
    kept.edit(VOLUME, "closing:", f"privacy: {{dates: {policy}}}\nclosing:")
    kept.edit(RIB, "患者依从性良好，", "2025年3月19日起患者依从性良好，")
    git(kept, "commit", "-qam", "day")
    kept.edit(RIB, "2025年3月19日起", "2025年4月19日起")
    text = chapter(kept, "HEAD")
    assert "19日" not in text
    assert (before.replace("2025-0", "2025年").replace("-", "") in text or before in text, after in text or "2025年4月" in text) == (True, True)


def test_a_volume_may_ask_for_the_chapter_itself(kept):
    kept.edit(VOLUME, "closing:", "changes_since: v1\nclosing:")
    collection = kept.collection()
    whole = journey.composed(journey.Project(kept.root), collection, collection.volumes["sample"])
    assert [section.title for section in whole.sections if section.kind == "changes"] == ["本版修订说明"]


def test_without_a_revision_there_is_no_chapter(kept):
    collection = kept.collection()
    whole = journey.composed(journey.Project(kept.root), collection, collection.volumes["sample"])
    assert [section for section in whole.sections if section.kind == "changes"] == []


def test_the_command_prints_the_changes(kept):
    kept.edit(RIB, "age: 64岁", "age: 65岁")
    said = CliRunner().invoke(app, ["diff", "v1", "--root", str(kept.root)])
    assert (said.exit_code, "64岁 → 65岁" in said.stdout) == (0, True)
    table = CliRunner().invoke(app, ["diff", "v1", "--root", str(kept.root), "--format", "json"])
    assert json.loads(table.stdout)["changes"][0]["after"] == "65岁"
