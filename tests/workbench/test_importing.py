"""A physician's manuscript becomes a draft case: what is data is data, what is not understood is kept, no figure is lost."""

from collections import Counter

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from project import REPOSITORY, Project
from typer.testing import CliRunner

from publisher.case import Case
from publisher.cli import app
from publisher.problems import Rejected
from publisher.read import read, read_reference
from publisher.read_yaml import Reader
from publisher.workbench import importing, manuscript, recognised
from publisher.workbench.importing import imported
from publisher.workbench.manuscript import Heading, Paragraph, Table, blocks
from publisher.workbench.recognised import Words

PROSE = [
    ("Heading 1", "肺腺癌多发骨转移一例"), ("Heading 2", "主诉"), ("Normal", "右侧胸壁疼痛2月。"), ("Heading 2", "现病史"),
    ("Normal", "患者女性，64岁，2月前出现右侧胸壁疼痛，NRS评分7分。"), ("Normal", "2021年6月15日，行胸部CT，见右肺上叶结节12mm×8.1mm。"),
    ("Heading 2", "病理"), ("Normal", "免疫组化：CK7(+)，TTF-1(+)，P40(-)，Ki-67(约40%+)。"), ("Heading 2", "基因检测"), ("Normal", "EGFR L858R：突变型。"),
    ("Heading 2", "诊断"), ("Normal", "右肺腺癌，cT1cN3M1c IVB期"), ("Normal", "多发骨转移"),
    ("Heading 2", "治疗方案"), ("Normal", "地舒单抗120mg皮下注射，每4周1次；培美曲塞500mg/m²静脉滴注d1。"),
    ("Heading 2", "家属意见"), ("Normal", "家属签字3次。"), ("Heading 2", "讨论"), ("Normal", "骨转移中位OS为12.5个月（P<0.001）。"),
]  # fmt: skip
LABS = [("项目", "结果", "单位", "参考范围"), ("癌胚抗原", "66.70 ↑", "ng/mL", "0～5"), ("血红蛋白", "108", "g/L", "115～150"), ("某罕见指标", "3.3", "U", "")]


@pytest.fixture(scope="session")
def catalogue():
    return read_reference(REPOSITORY)


@pytest.fixture
def word(tmp_path):
    document = docx.Document()
    for style, text in PROSE[:6]:
        document.add_paragraph(text, style=style)
    document.add_paragraph("检验", style="Heading 2")
    table = document.add_table(rows=0, cols=4)
    for row in LABS:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    for style, text in PROSE[6:]:
        document.add_paragraph(text, style=style)
    path = tmp_path / "病例.docx"
    document.save(str(path))
    return path


@pytest.fixture
def made(word, catalogue):
    return imported(blocks(word), catalogue, "draft-01", "16")


@pytest.fixture
def case(made, catalogue):
    tree, problems = Reader(made.yaml, "draft.yaml").read()
    assert problems == []
    return Case.model_validate(tree, context={"catalogue": catalogue})


def test_the_patient_is_read_from_the_first_sentence(case):
    assert (case.patient.sex, case.patient.age, case.complaint) == ("女", "64岁", "右侧胸壁疼痛2月。")


def test_a_table_of_values_becomes_a_panel_with_the_figures_as_they_stand(case):
    (panel,) = case.labs
    found = [(item.analyte, item.value, item.unit, item.flag, item.reference) for item in panel.results]
    assert found == [("癌胚抗原", "66.70", "ng/mL", "↑", "0～5"), ("血红蛋白", "108", "g/L", None, "115～150")]


def test_a_row_that_is_not_understood_is_kept_where_it_stood(case, made):
    assert any("某罕见指标　3.3　U" in text for text in case.course)
    assert any("某罕见指标" in item for item in made.unknown)


def test_markers_genes_stage_scores_doses_and_dates_become_data(case):
    assert [(item.marker, item.result) for item in case.pathology[0].ihc] == [("CK7", "(+)"), ("TTF-1", "(+)"), ("P40", "(-)"), ("Ki-67", "(约40%+)")]
    assert [(gene.gene, gene.variant, gene.result) for gene in case.genes] == [("EGFR", "L858R", "突变型")]
    assert [(item.tnm, item.stage) for item in case.staging] == [("cT1cN3M1c", "IVB期")]
    assert [(score.scale, score.value) for score in case.scores] == [("NRS评分", "7分")]
    doses = [(dose.drug, dose.dose, dose.route) for treatment in case.treatments for dose in treatment.doses]
    assert doses == [("地舒单抗", "120mg", "皮下注射"), ("培美曲塞", "500mg/m²", "静脉滴注")]
    assert [event.at for event in case.timeline] == ["2021-06-15"]


def test_what_belongs_nowhere_is_kept_with_a_mark(case):
    assert f"{importing.UNKNOWN}家属意见：家属签字3次。" in case.background


def test_every_figure_of_the_manuscript_stands_in_the_draft(word, made):
    text = "\n".join(importing.text_of(block) for block in blocks(word))
    assert not Counter(recognised.figures(text)) - Counter(importing.figures_of(made.yaml, "draft"))
    assert made.figures == len(list(recognised.figures(text)))


def test_the_report_says_what_was_recognised_and_what_was_not(made):
    said = importing.report(made, "病例.docx")
    assert "检验　2 项" in said
    assert "家属签字3次" in said
    assert f"{made.figures} 个" in said


def test_a_markdown_manuscript_gives_the_same_data(tmp_path, catalogue, case):
    lines = [f"{'#' * int(style[-1])} {text}\n" if style.startswith("Heading") else f"{text}\n" for style, text in PROSE]
    table = "\n".join(f"| {' | '.join(row)} |" for row in (LABS[0], ("---",) * 4, *LABS[1:]))
    path = tmp_path / "a.md"
    path.write_text("\n".join([*lines[:6], "## 检验\n", table, "", *lines[6:]]), encoding="utf-8")
    tree, _ = Reader(imported(blocks(path), catalogue, "draft-01", "16").yaml, "a").read()
    again = Case.model_validate(tree, context={"catalogue": catalogue})
    assert again.model_dump() == case.model_dump()


def test_a_merged_cell_counts_once(tmp_path):
    document = docx.Document()
    table = document.add_table(rows=1, cols=3)
    table.rows[0].cells[0].merge(table.rows[0].cells[1]).text = "癌胚抗原 5.2"
    path = tmp_path / "a.docx"
    document.save(str(path))
    assert blocks(path) == [Table((("癌胚抗原 5.2", ""),), 1)]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("a.doc", b"x", "IMP-001"), ("a.docx", b"not a zip", "IMP-003"), ("a.md", "诊断".encode("gbk"), "IMP-003")],
    ids=["an old Word file", "a file that is no Word file", "another encoding"],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_way_out(tmp_path, name, content, code):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Rejected, match=code) as caught:
        blocks(tmp_path / name)
    assert caught.value.problems[0].hint


def test_a_figure_that_would_be_lost_stops_the_import(catalogue, monkeypatch):
    monkeypatch.setattr(importing, "place", lambda *anything: None)
    with pytest.raises(Rejected, match="IMP-004"):
        imported([Heading("现病史", 2, 1), Paragraph("血红蛋白108 g/L。", 2)], catalogue, "a", "1")


TEXTS = st.text(st.sampled_from("血红蛋白癌胚抗原地舒单抗12.508 gmL/，。：:#-{}[]\"'|>%@`&*!?～×↑()（）"), min_size=1, max_size=40)
HEADINGS = st.sampled_from(["现病史", "检验", "诊断", "治疗方案", "其他", "讨论", "病理", "主诉"])


@given(parts=st.lists(st.tuples(HEADINGS, TEXTS)))
def test_no_manuscript_loses_a_figure_or_breaks_the_draft(catalogue, parts):
    found = [block for number, (heading, text) in enumerate(parts) for block in (Heading(heading, 2, number), Paragraph(text.strip() or "文", number))]
    made = imported(found, catalogue, "a", "1")
    assert Reader(made.yaml, "a").read()[1] == []


def test_doses_stop_at_the_next_drug(catalogue):
    found = recognised.doses("地舒单抗120mg，培美曲塞每日1次静脉滴注", Words(catalogue))
    assert found == [{"drug": "地舒单抗", "dose": "120mg"}]


def test_the_command_lists_the_draft_and_prints_the_report(word, project: Project):
    done = CliRunner().invoke(app, ["import", str(word), "sample", "sample-90-draft", "--root", str(project.root)])
    assert done.exit_code == 0, done.output
    assert "检验　1 项" in done.output
    assert read(project.root).volumes["sample"].volume.case_ids[-1] == "sample-90-draft"


def test_a_short_line_alone_is_a_heading_and_a_sentence_is_not(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("诊断\n\n右肺腺癌，多发骨转移。\n", encoding="utf-8")
    assert [type(block) for block in manuscript.blocks(path)] == [Heading, Paragraph]
