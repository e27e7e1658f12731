"""The case finder: what each case is looked up by, over two facing pages."""

from dataclasses import replace

import pytest

from publisher import book
from publisher.compose.assemble import compose
from publisher.compose.finder import even_groups, finder_section
from publisher.compose.profile import DONE, PLANNED, profile


@pytest.fixture(scope="module")
def found(content):
    """Return the profile of a real case by its id."""
    cases = {str(slug): case for source in content.volumes.values() for slug, case in source.cases.items()}
    return lambda slug: profile(cases[slug], content.catalogue)


def tables(*sections: book.Section) -> list[book.Table]:
    return [block for section in sections for block in section.blocks if isinstance(block, book.Table)]


@pytest.mark.parametrize(
    ("case", "heads"),
    [
        ("lung-01-humeral-fracture", {"病理性骨折", "骨科手术", "靶向"}),
        ("lung-04-rib-fracture", {"病理性骨折", "其他手术", "放疗", "化疗", "靶向", "阿片类药"}),
        ("lung-05-paraplegia", {"病理性骨折", "脊髓压迫", "骨科手术", "化疗", "靶向"}),
        ("lung-13-renal-impairment", {"肾功能不全", "化疗", "阿片类药"}),
        ("lung-14-hypercalcaemia", {"高钙血症", "肾功能不全", "化疗", "阿片类药"}),
        ("breast-05-endocrine", {"低钙血症", "放疗", "CDK4/6", "内分泌"}),
        ("breast-21-adc", {"病理性骨折", "低钙血症", "放疗", "抗体偶联药", "阿片类药"}),
    ],
)
def test_a_case_bears_the_signs_of_its_record(found, case, heads):
    assert {head for head, sign in found(case).signs.items() if sign == DONE} == heads


def test_what_was_only_planned_has_another_sign(found):
    assert {head for head, sign in found("lung-02-vertebral-fractures").signs.items() if sign == PLANNED} == {"放疗", "免疫"}


def test_a_risk_of_fracture_is_no_fracture(found):
    assert "病理性骨折" not in found("lung-12-femoral-metastasis").signs


@pytest.mark.parametrize(
    ("case", "histology"),
    [
        ("lung-02-vertebral-fractures", ("鳞状细胞癌",)),
        ("lung-03-cancer-pain", ("小细胞肺癌",)),
        ("lung-05-paraplegia", ()),
        ("lung-07-foot-metastasis", ("鳞状细胞癌",)),
        ("lung-08-multimodal-nsclc", ("非小细胞肺癌", "腺癌")),
        ("breast-02-dual-her2", ("HER2阳性乳腺癌", "浸润性导管癌")),
        ("breast-11-tnbc-chemotherapy", ("三阴性乳腺癌", "浸润性导管癌")),
    ],
)
def test_histology_is_that_of_the_diagnosis_or_else_of_the_pathology(found, case, histology):
    assert found(case).histology == histology


@pytest.mark.parametrize(
    ("case", "drivers"),
    [
        ("lung-01-humeral-fracture", ("EGFR L858R", "PD-L1 TPS=10%")),
        ("lung-08-multimodal-nsclc", ("EGFR 19del",)),
        ("lung-13-renal-impairment", ("无驱动基因突变", "PD-L1低表达")),
        ("lung-14-hypercalcaemia", ()),
        ("breast-02-dual-her2", ("HER2阳性", "ER(-)", "PR(-)", "HER2(3+)")),
    ],
)
def test_drivers_and_receptors_are_as_reported(found, case, drivers):
    assert found(case).drivers == drivers


@pytest.mark.parametrize(
    ("case", "pain"),
    [("lung-10-squamous-multiple", "8→0"), ("lung-13-renal-impairment", "7→1"), ("lung-15-es-sclc", "7～8→0～1"), ("lung-08-multimodal-nsclc", "3～4"),
     ("lung-06-thoracic-compression", "")],
)  # fmt: skip
def test_pain_is_the_highest_and_the_last_score_on_record(found, case, pain):
    assert found(case).pain == pain


@pytest.mark.parametrize(
    ("case", "agents"),
    [("lung-13-renal-impairment", ("地舒单抗",)), ("lung-02-vertebral-fractures", ("药名未载（拟用）",)), ("lung-03-cancer-pain", ("药名未载",))],
)
def test_a_bone_agent_without_a_name_is_said_to_have_none(found, case, agents):
    assert found(case).bone_agents == agents


def test_a_side_stands_before_its_bone_once(found):
    assert found("breast-01-femoral-fracture").bones == ("右股骨", "颈椎", "胸椎", "腰椎", "左肋骨")


def test_both_tables_have_a_row_for_each_case_in_the_same_order(content):
    for source in content.volumes.values():
        left, right = tables(*finder_section(source, content.catalogue))
        assert [row[0] for row in left.rows] == [row[0] for row in right.rows]
        assert [row[0][0].target for row in left.rows] == list(map(str, source.volume.case_ids))


def test_widths_of_the_tables_add_up(content):
    for source in content.volumes.values():
        for table in tables(*finder_section(source, content.catalogue)):
            assert sum(column.share for column in table.columns) == pytest.approx(1)


def test_a_column_without_a_sign_is_left_out(content):
    titles = {name: [column.title for column in tables(*finder_section(source, content.catalogue))[1].columns] for name, source in content.volumes.items()}
    assert ("高钙血症" in titles["lung"], "高钙血症" in titles["breast"]) == (True, False)
    assert ("CDK4/6" in titles["lung"], "CDK4/6" in titles["breast"]) == (False, True)


def test_what_a_case_does_not_record_is_said(content):
    left = tables(*finder_section(content.volumes["lung"], content.catalogue))[0]
    assert [book.words(cell) for cell in left.rows[4]][3:5] == ["未载", "未载"]


def test_a_sign_has_words(content):
    right = tables(*finder_section(content.volumes["lung"], content.catalogue))[1]
    signs = {piece.text: piece.said for row in right.rows for cell in row for piece in cell if isinstance(piece, book.Sign)}
    assert signs == {"●": "有", "○": "拟行或建议"}


@pytest.mark.parametrize(("count", "sizes"), [(7, [7]), (16, [16]), (17, [9, 8]), (40, [14, 14, 12])])
def test_many_cases_go_on_over_the_next_spread(count, sizes):
    assert [len(group) for group in even_groups([None] * count, 16)] == sizes


def test_the_finder_opens_on_a_left_page(sample_book):
    assert (sample_book.section("finder").verso, sample_book.section("finder").front) == (True, True)


def test_the_sample_book_has_its_own_problem_column(sample, sample_book):
    right = tables(sample_book.section("finder"))[1]
    assert [column.title for column in right.columns][1:3] == ["粒细胞减少", "骨科手术"]


def of_many(content, cases):
    """The tables of a volume of so many cases, which are those of the lung volume again and again."""
    source = content.volumes["lung"]
    slugs = [source.volume.case_ids[number % len(source.cases)] for number in range(cases)]
    many = replace(source, volume=source.volume.model_copy(update={"parts": [source.volume.parts[0].model_copy(update={"cases": slugs})]}))
    return tables(*finder_section(many, content.catalogue))


@pytest.mark.parametrize(("cases", "wider"), [(20, False), (99, False), (100, True)])
def test_a_hundred_cases_have_room_for_their_numbers_and_pages(content, cases, wider):
    columns = {round(table.columns[0].share, 3) for table in of_many(content, cases)}
    usual = {round(table.columns[0].share, 3) for table in tables(*finder_section(content.volumes["lung"], content.catalogue))}
    assert (min(columns) > max(usual)) is wider


@pytest.mark.parametrize("cases", [100, 1000])
def test_columns_that_are_full_give_no_room_to_longer_numbers(content, cases):
    usual, many = [{column.title: column.share for column in of_many(content, count)[0].columns} for count in (15, cases)]
    assert {title for title, share in usual.items() if many[title] != pytest.approx(share)} == {"例（页）", "组织学与分型"}


def test_composing_leaves_the_cases_as_they_are(content):
    source = content.volumes["lung"]
    before = {slug: case.model_dump_json() for slug, case in source.cases.items()}
    compose(source, content.catalogue, "测试引擎")
    assert {slug: case.model_dump_json() for slug, case in source.cases.items()} == before
