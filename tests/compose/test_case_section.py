"""A case as it is printed: columns, absences, summary panel, order of its sections."""

import pytest

from publisher import book
from publisher.compose.case_section import case_section


def panel(section: book.Section) -> dict[str, str]:
    opener = next(block for block in section.blocks if isinstance(block, book.Opener))
    return {book.words(label): book.words(value) for label, value in opener.panel.items}


def table(section: book.Section, caption: str) -> book.Table:
    return next(block for block in section.blocks if isinstance(block, book.Table) and book.words(block.caption) == caption)


def heads(section: book.Section, caption: str) -> list[str]:
    return [column.title for column in table(section, caption).columns]


def rows(section: book.Section, caption: str) -> list[list[str]]:
    return [[book.words(cell) for cell in row] for row in table(section, caption).rows]


def column(section: book.Section, caption: str, head: str) -> list[str]:
    place = heads(section, caption).index(head)
    return [row[place] for row in rows(section, caption)]


def paragraphs(section: book.Section, style: str) -> list[str]:
    return [book.words(block.line) for block in section.blocks if isinstance(block, book.Paragraph) and block.style == style]


@pytest.fixture
def rib(sample_book):
    return sample_book.section("sample-01-rib")


@pytest.fixture
def femur(sample_book):
    return sample_book.section("sample-03-femur")


def test_a_column_without_any_value_is_left_out(femur):
    assert heads(femur, "骨保护用药") == ["药物", "剂量", "途径", "频次"]


def test_a_column_with_one_value_is_kept(rib):
    assert heads(rib, "镇痛用药") == ["药物", "剂量", "频次", "适用"]


def test_a_cell_without_a_value_is_a_dash(rib):
    assert rows(rib, "镇痛用药")[1] == ["劳拉西泮片", "0.5 mg", "qn", "—"]


def test_a_missing_flag_is_left_blank(rib):
    assert column(rib, "实验室检查", "") == ["↓", "", "↑", ""]


def test_figures_of_a_table_keep_their_zeros(rib):
    assert column(rib, "实验室检查", "结果") == ["2.10", "66.70", "21.00", "正常"]


def test_a_series_shows_each_value_under_its_analyte(rib):
    assert heads(rib, "癌胚抗原与血钙动态") == ["时间", "CEA（ng/mL）", "CEA变化", "血钙（mmol/L）", "说明"]
    assert rows(rib, "癌胚抗原与血钙动态")[1] == ["治疗第4周", "10.50", "-50%", "2.25", "骨痛减轻"]


def test_a_series_without_changes_has_no_column_for_them(make_case):
    points = [{"at": "第1周", "values": {"血钙": "2.10"}}]
    section = case_section(make_case(series=[{"name": "动态", "columns": [{"analyte": "血钙"}], "points": points}]))
    assert heads(section, "动态") == ["时间", "血钙"]


def test_a_single_panel_names_the_table_of_results(make_case):
    section = case_section(make_case(labs=[{"name": "血生化", "at": "入院时", "results": [{"analyte": "血钙", "value": "2.10"}]}]))
    assert rows(section, "血生化（入院时）")[0][:2] == ["血钙", "2.10"]


def test_rows_of_a_table_stand_under_the_heads_of_their_groups(rib):
    groups = [(book.words(head), len(inside)) for head, inside in table(rib, "影像学所见病灶").bodies]
    assert groups == [("胸部CT（2025-03-01，外院）", 2), ("PET-CT（2025-03-05）", 2)]


def test_results_without_flags_are_set_abreast_with_none_left_out(make_case):
    results = [{"analyte": "血钙", "value": "2.10"}, {"analyte": "CEA", "value": "21.00"}, {"analyte": "肌酐", "value": "66.70"}]
    section = case_section(make_case(labs=[{"name": "血生化", "results": results}]))
    cells = [cell for row in rows(section, "血生化") for cell in row if cell]
    assert cells == ["血钙", "2.10", "CEA", "21.00", "肌酐", "66.70"]


def test_the_components_of_a_score_are_named(femur):
    assert "部位3分；疼痛3分；病灶性质2分；病灶大小2分" in rows(femur, "评分记录")[0]


def test_the_clone_of_an_antibody_follows_its_result(rib):
    assert "TPS约40%［22C3］" in [cell for row in rows(rib, "免疫组化") for cell in row]


def test_short_results_are_set_across_with_none_left_out(rib):
    cells = [cell for row in rows(rib, "免疫组化") for cell in row]
    assert [cell for cell in cells if cell] == ["TTF-1", "(+)", "PD-L1", "TPS约40%［22C3］", "P40", "(-)", "Ki-67", "约40%"]


def test_the_widths_of_every_table_add_up(sample_book):
    for section in sample_book.sections:
        for block in section.blocks:
            if isinstance(block, book.Table):
                assert sum(column.share for column in block.columns) == pytest.approx(1)


def test_every_row_has_a_cell_for_each_column(sample_book):
    for section in sample_book.sections:
        for block in section.blocks:
            if isinstance(block, book.Table):
                assert {len(row) for row in block.rows} == {len(block.columns)}


def test_the_panel_sums_the_case_up(rib):
    assert {label: value for label, value in panel(rib).items() if label != "主要治疗"} == {
        "患者": "女，64岁，退休教师",
        "诊断": "右肺上叶腺癌；右侧第5、6肋骨转移",
        "分期": "临床分期　cT1cN2M1b　IVA期　第8版",
        "转移部位": "骨：右侧肋骨（第5肋、第6肋）；肝",
        "骨相关事件": "骨放疗（右侧肋骨（第5肋、第6肋））",
        "结局": "随访10个月，病情稳定",
    }


def test_the_panel_prints_absent_for_what_is_missing(make_case):
    shown = panel(case_section(make_case()))
    assert shown == {"患者": "男，70岁", **dict.fromkeys(["诊断", "分期", "转移部位", "骨相关事件", "主要治疗", "结局"], "未载")}


def test_the_panel_tells_no_treatment_as_given_that_was_only_advised(rib):
    assert "镇痛" not in panel(rib)["主要治疗"].split("；")


def test_absences_are_listed_once_at_the_end(femur):
    assert paragraphs(femur, "absent") == [
        "本例来源未载：职业、体格检查、实验室检查、病理、基因检测、TNM分期、分期版本、体力状况评分、疼痛评分、肿瘤疗效评价、不良反应、随访。"
    ]
    assert isinstance(femur.blocks[-1], book.Paragraph)


def test_a_case_that_lacks_nothing_lists_no_absence(rib):
    assert paragraphs(rib, "absent") == []


def test_a_bare_case_lists_every_absence(make_case):
    listed = paragraphs(case_section(make_case()), "absent")[0]
    assert listed.count("、") == 15


def test_an_outcome_that_is_not_told_is_said_to_be_absent(make_case):
    assert "未载。" in paragraphs(case_section(make_case()), "body")


def test_what_was_not_yet_done_is_said_with_its_title(femur, rib):
    titles = [block.title for section in (femur, rib) for block in section.blocks if isinstance(block, book.Heading)]
    assert ("（二）骨保护（拟行）" in titles, "（三）镇痛（建议）" in titles) == (True, True)


def test_what_was_done_is_not_said_so(rib):
    assert "（一）DP方案化疗" in [block.title for block in rib.blocks if isinstance(block, book.Heading)]


def test_a_side_that_its_site_already_says_is_not_repeated(rib):
    assert column(rib, "影像学所见病灶", "部位") == ["右肺上叶", "右侧肋骨（第5肋、第6肋）", "右肺上叶", "右侧第5肋"]


def test_sections_stand_in_their_fixed_order(rib):
    assert [heading.title for heading in rib.headings] == [
        "一、病例背景", "二、病例信息", "三、检查结果", "四、诊断", "五、治疗方案", "六、治疗经过", "七、疗效、安全性与随访", "八、病例点评",
    ]  # fmt: skip


def test_sections_without_content_are_left_out(femur):
    assert [heading.title.split("、", 1)[1] for heading in femur.headings] == [
        "病例信息", "检查结果", "诊断", "治疗方案", "疗效、安全性与随访", "病例点评",
    ]  # fmt: skip


def test_the_clone_of_an_earlier_receptor_is_printed(femur):
    facts = next(block for block in femur.blocks if isinstance(block, book.Facts))
    assert "SP1" in "".join(book.words(value) for _, value in facts.items)


def test_an_operation_is_told_in_steps(femur):
    steps = [[book.words(item) for item in block.items] for block in femur.blocks if isinstance(block, book.Points)]
    assert ["平卧位，常规消毒铺巾。", "置入髓内钉并锁定。"] in steps


def test_a_study_without_a_name_of_its_own_is_described(rib):
    assert [text for text in paragraphs(rib, "evidence") if text.startswith("研究：")] == ["研究：SAMPLE-100研究", "研究：另一项未命名的研究"]
