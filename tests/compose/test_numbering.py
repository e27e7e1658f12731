"""Tables, notes and headings are numbered as they are printed, without gaps."""

import re

import pytest
from project import FEMUR, RIB, codes

from publisher import book
from publisher.compose.assemble import compose
from publisher.compose.case_section import case_section
from publisher.notation import rank
from publisher.problems import Rejected


def lines(block: book.Block):
    """Yield every line of a block in printing order."""
    yield from book.lines_of(block)


def pieces(line):
    for piece in line:
        if isinstance(piece, book.Run):
            yield from pieces(piece.line)
        else:
            yield piece


def marks(section: book.Section) -> list[int]:
    """Return the numbers of the note marks of a section in printing order."""
    return [piece.number for block in section.blocks for line in lines(block) for piece in pieces(line) if isinstance(piece, book.NoteMark)]


def printed(section: book.Section) -> str:
    """Return the text of a section with its note marks in place."""
    shown = []
    for block in section.blocks:
        for line in lines(block):
            shown.append("".join(f"〔{piece.number}〕" if isinstance(piece, book.NoteMark) else piece.text for piece in pieces(line)))
    return "\n".join(shown)


def notes(section: book.Section) -> tuple[book.Note, ...]:
    return next((block.items for block in section.blocks if isinstance(block, book.Notes)), ())


def tables(section: book.Section) -> list[book.Table]:
    return [block for block in section.blocks if isinstance(block, book.Table)]


def cases(whole: book.Book) -> list[book.Section]:
    return [section for section in whole.sections if section.kind == "case"]


def test_tables_of_a_case_are_numbered_without_gaps(sample_book):
    for section in cases(sample_book):
        numbers = [table.number for table in tables(section)]
        assert numbers == [f"{section.number}-{index + 1}" for index in range(len(numbers))]


def test_a_case_with_every_table_has_a_table_of_each_kind(sample_book):
    captions = [book.words(table.caption) for table in tables(sample_book.section("sample-01-rib"))]
    assert captions == [
        "体格检查", "影像学所见病灶", "实验室检查", "淋巴结（阳性数/送检数）", "免疫组化", "特殊染色", "分子检测", "DP方案化疗用药", "骨保护用药",
        "镇痛用药", "肋骨姑息放疗：放疗", "治疗时间线", "剂量调整", "影像学疗效", "疗效与转归", "癌胚抗原与血钙动态", "评分记录", "生活质量评价",
        "骨相关事件", "不良反应", "SAMPLE-100研究结果",
    ]  # fmt: skip


def test_no_two_blocks_of_a_book_share_an_anchor(sample_book):
    anchors = [section.id for section in sample_book.sections]
    anchors += [block.anchor for section in sample_book.sections for block in section.blocks if isinstance(block, book.Heading | book.Table)]
    anchors += [anchor for section in sample_book.sections for note in notes(section) for anchor in (note.anchor, note.mark)]
    assert len(anchors) == len(set(anchors))


def test_main_headings_of_a_case_are_numbered_in_order(sample_book):
    for section in cases(sample_book):
        assert [heading.title.split("、")[0] for heading in section.headings] == [rank(index) for index in range(len(section.headings))]


def test_notes_are_numbered_in_printing_order(sample_book):
    for section in cases(sample_book):
        assert marks(section) == list(range(1, len(notes(section)) + 1))


def test_notes_are_listed_by_number(sample_book):
    for section in cases(sample_book):
        assert [note.number for note in notes(section)] == list(range(1, len(notes(section)) + 1))


def test_notes_keep_their_words_and_reason(sample_book):
    first = notes(sample_book.section("sample-01-rib"))[0]
    shown = (book.words(first.quote), book.words(first.note), book.words(first.reason))
    assert shown == ("右侧第5肋压痛", "查体未载叩击痛，请核。", "肋骨病变宜并查叩痛。")


@pytest.mark.parametrize(
    ("slug", "marked"),
    [("sample-01-rib", "右侧第5肋压痛〔1〕，未触及包块"), ("sample-01-rib", "66.70〔2〕"), ("sample-03-femur", "2018-05〔1〕")],
)
def test_a_mark_stands_right_after_its_quote(sample_book, slug, marked):
    assert marked in printed(sample_book.section(slug))


def test_a_mark_stands_at_the_first_occurrence_only(make_case):
    section = case_section(make_case(background=["骨痛反复，骨痛加重。", "骨痛。"], notes=[{"quote": "骨痛", "note": "请核。"}]))
    text = printed(section)
    assert ("骨痛〔1〕反复，骨痛加重。" in text, text.count("〔1〕")) == (True, 1)


def test_the_summary_panel_bears_no_marks(make_case):
    section = case_section(make_case(diagnoses=[{"text": "肺腺癌", "kind": "原发肿瘤"}], notes=[{"quote": "肺腺癌", "note": "请核。"}]))
    panel = next(block.panel for block in section.blocks if isinstance(block, book.Opener))
    assert not [piece for line in lines(panel) for piece in pieces(line) if isinstance(piece, book.NoteMark)]


def test_two_notes_on_one_sentence_are_numbered_by_the_ends_of_their_quotes(make_case):
    found = [{"quote": "第5肋破坏", "note": "乙。"}, {"quote": "右侧", "note": "甲。"}]
    section = case_section(make_case(background=["右侧第5肋破坏明显。"], notes=found))
    assert "右侧〔1〕第5肋破坏〔2〕明显。" in printed(section)


def test_two_notes_on_the_same_words_stand_side_by_side(make_case):
    found = [{"quote": "右侧", "note": "甲。"}, {"quote": "右侧", "note": "乙。"}]
    section = case_section(make_case(background=["右侧第5肋。"], notes=found))
    assert "右侧〔1〕〔2〕第5肋。" in printed(section)


IN_ORDER = {
    "a caption before its rows": {
        "series": [{"name": "血钙动态", "columns": [{"analyte": "血钙"}], "points": [{"at": "第1周", "values": {"血钙": "2.10"}}]}],
        "notes": [{"quote": "第1周", "note": "后。"}, {"quote": "血钙动态", "note": "先。"}],
    },
    "the name of a study before its findings": {
        "studies": [{"modality": "胸部CT", "findings": ["右肺结节。"]}],
        "notes": [{"quote": "右肺结节", "note": "后。"}, {"quote": "胸部CT", "note": "先。"}],
    },
    "the tracer before the findings": {
        "studies": [{"modality": "PET-CT", "tracer": "18F-FDG", "findings": ["右肺结节。"]}],
        "notes": [{"quote": "右肺结节", "note": "后。"}, {"quote": "18F-FDG", "note": "先。"}],
    },
    "the context of a stage before the stage": {
        "staging": [{"tnm": "T1N0M1", "context": "术后病理分期"}],
        "notes": [{"quote": "T1N0M1", "note": "后。"}, {"quote": "术后病理分期", "note": "先。"}],
    },
    "the head of a group before its rows": {
        "labs": [
            {"name": "血生化", "at": "入院时", "results": [{"analyte": "血钙", "value": "2.10"}]},
            {"name": "肿瘤标志物", "results": [{"analyte": "CEA", "value": "21.00"}]},
        ],
        "notes": [{"quote": "2.10", "note": "后。"}, {"quote": "血生化", "note": "先。"}],
    },
    "the specimen before its date": {
        "pathology": [{"specimen": "穿刺组织", "at": "2025-03"}],
        "notes": [{"quote": "2025-03", "note": "后。"}, {"quote": "穿刺组织", "note": "先。"}],
    },
}


@pytest.mark.parametrize("fields", IN_ORDER.values(), ids=IN_ORDER)
def test_notes_number(make_case, fields):
    section = case_section(make_case(**fields))
    assert [book.words(note.note) for note in notes(section)] == ["先。", "后。"]


def test_a_quote_that_is_not_in_its_case_is_rejected_with_file_and_line(project):
    line = project.edit(FEMUR, "quote: 2018-05", "quote: 2018-06")
    collection = project.collection()
    with pytest.raises(Rejected) as caught:
        compose(collection.volumes["sample"], collection.catalogue, "测试引擎")
    problem = caught.value.problems[0]
    assert (codes(caught.value.problems), problem.place.path, problem.place.line) == (["NOTE-001"], FEMUR, line)
    assert (problem.found, bool(problem.hint)) == ("2018-06", True)


def test_lost_quotes_of_all_cases_are_reported_at_once(project):
    project.edit(FEMUR, "quote: 2018-05", "quote: 无此语")
    project.edit(RIB, "quote: 66.70", "quote: 亦无此语")
    collection = project.collection()
    with pytest.raises(Rejected) as caught:
        compose(collection.volumes["sample"], collection.catalogue, "测试引擎")
    assert {problem.found for problem in caught.value.problems} == {"无此语", "亦无此语"}


SERIES = {"name": "动态", "columns": [{"analyte": "血钙", "unit": "mg/dL"}], "points": [{"at": "第1周", "values": {"血钙": "2.10"}}]}
PRIOR = {"at": "2018", "diagnosis": "癌", "receptors": [{"marker": "ER", "result": "90%", "clone": "SP1"}]}
DIAGNOSED = [{"text": "转移", "kind": "转移"}]
WHERE_A_NOTE_MAY_STAND = {
    "the unit of a series": ({"series": [SERIES]}, "mg/dL"),
    "a site in the panel and the diagnosis": ({"metastases": [{"organ": "骨", "site": "肱骨"}], "diagnoses": DIAGNOSED}, "肱骨"),
    "another organ than bone": ({"metastases": [{"organ": "肾上腺"}], "diagnoses": DIAGNOSED}, "肾上腺"),
    "a site of a case without a diagnosis": ({"metastases": [{"organ": "骨", "site": "肱骨"}]}, "肱骨"),
    "the clone of an earlier receptor": ({"history": {"prior_cancer": PRIOR}}, "SP1"),
}


@pytest.mark.parametrize(("fields", "quote"), WHERE_A_NOTE_MAY_STAND.values(), ids=WHERE_A_NOTE_MAY_STAND)
def test_a_note_may_stand_on(make_case, fields, quote):
    section = case_section(make_case(**fields, notes=[{"quote": quote, "note": "请核。"}]))
    assert marks(section) == [1]


def test_marks_and_numbers_of_the_real_volumes_are_in_printing_order(content):
    wrong = []
    for source in content.volumes.values():
        whole = compose(source, content.catalogue, "测试引擎")
        wrong += [section.id for section in cases(whole) if marks(section) != list(range(1, len(notes(section)) + 1))]
    assert wrong == []


def test_tables_of_the_real_volumes_are_numbered_without_gaps(content):
    for source in content.volumes.values():
        for section in cases(compose(source, content.catalogue, "测试引擎")):
            numbers = [int(re.fullmatch(rf"{section.number}-(\d+)", table.number)[1]) for table in tables(section)]
            assert numbers == list(range(1, len(numbers) + 1))
