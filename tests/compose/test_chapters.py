"""The chapters around the cases: parts, contents, guideline, dosing, announced cases, abbreviations."""

from dataclasses import replace

import pytest
from project import RIB

from publisher import book
from publisher.compose import collation, dosing
from publisher.compose.assemble import case_alone, compose
from publisher.compose.case_section import case_section
from publisher.compose.collation import collation_section
from publisher.compose.long_sections import gathered
from publisher.lexicon import Lexicon, Sought
from publisher.problems import Rejected


def tables(section: book.Section) -> dict[str, book.Table]:
    return {book.words(block.caption): block for block in section.blocks if isinstance(block, book.Table)}


def cells(table: book.Table) -> list[list[str]]:
    return [[book.words(cell) for cell in row] for row in table.rows]


def references(lines) -> list[tuple[str, str]]:
    return [(piece.text, piece.target) for line in lines for piece in line if isinstance(piece, book.Reference)]


def test_sections_stand_in_order(sample_book):
    assert [section.id for section in sample_book.sections] == [
        "half-title", "title-page", "colophon", "conventions", "contents", "tables", "figures", "overview", "finder", "part-1", "sample-01-rib",
        "sample-03-femur", "part-2", "guideline", "dosing", "trials", "laboratory", "announced", "abbreviations", "closing", "collation", "index",
    ]  # fmt: skip


def test_every_reference_lands(sample_book):
    anchors = {section.id for section in sample_book.sections}
    anchors |= {block.anchor for section in sample_book.sections for block in section.blocks if isinstance(block, book.Heading | book.Table)}
    lines = [block.line for section in sample_book.sections for block in section.blocks if isinstance(block, book.Paragraph)]
    lines += [cell for section in sample_book.sections for block in section.blocks if isinstance(block, book.Table) for row in block.rows for cell in row]
    assert {target for _, target in references(lines)} > {"sample-01-rib", "sample-03-femur"}
    assert {target for _, target in references(lines)} <= anchors


def test_the_contents_name_every_section_of_the_body(sample_book):
    entries = next(block for block in sample_book.section("contents").blocks if isinstance(block, book.Entries))
    body = [section.id for section in sample_book.sections if not section.front]
    assert [entry.target for entry in entries.items] == ["tables", "figures", "overview", "finder", *body]


@pytest.mark.parametrize(("case", "detail"), [("sample-01-rib", "女，64岁　腺癌　化疗"), ("sample-03-femur", "女，58岁　浸润性导管癌")])
def test_the_contents_say_patient_histology_and_topic(sample_book, case, detail):
    entries = next(block for block in sample_book.section("contents").blocks if isinstance(block, book.Entries))
    assert next(entry.detail for entry in entries.items if entry.target == case) == detail


def test_a_part_lists_its_cases_and_announced_ones_by_number(sample_book):
    entries = next(block for block in sample_book.section("part-1").blocks if isinstance(block, book.Entries))
    assert [(entry.label, entry.target) for entry in entries.items] == [("例1", "sample-01-rib"), ("例2", "announced"), ("例3", "sample-03-femur")]


def test_a_guideline_statement_names_its_cases(sample_book):
    statements = [block.line for block in sample_book.section("guideline").blocks if isinstance(block, book.Paragraph) and block.style == "statement"]
    assert references(statements[:1]) == [("例1", "sample-01-rib"), ("例3", "sample-03-femur")]


def test_a_caveat_follows_its_statement(sample_book):
    styles = [block.style for block in sample_book.section("guideline").blocks if isinstance(block, book.Paragraph)]
    assert styles == ["body", "body", "statement", "caveat", "statement", "statement", "statement"]


def test_the_dosing_table_lists_the_cases_of_a_drug(sample_book):
    own = next(block for block in sample_book.section("dosing").blocks if isinstance(block, book.Table))
    assert references(own.rows[0]) == [("例1", "sample-01-rib-table-9"), ("例3", "sample-03-femur-table-2")]


def test_a_reference_of_the_appendix_leads_to_the_table_of_the_dose(sample_book):
    for line in (row[-1] for table in sample_book.section("dosing").blocks if isinstance(table, book.Table) for row in table.rows):
        for text, target in references([line]):
            case = next(section for section in sample_book.sections if target.startswith(section.id) and section.kind == "case")
            place = next(block for block in case.blocks if getattr(block, "anchor", "") == target)
            assert text == f"例{case.number}"
            assert isinstance(place, book.Table) or place.title == "既往肿瘤史"


def test_the_dosing_table_says_when_no_case_used_a_drug(sample_book):
    own = next(block for block in sample_book.section("dosing").blocks if isinstance(block, book.Table))
    assert cells(own)[1][-1].startswith("未用")


def test_prior_treatment_counts_as_use_of_a_drug(sample_book):
    assert cells(tables(sample_book.section("dosing"))["内分泌治疗药"]) == [["来曲唑（弗隆）", "2.5 mg", "口服", "每日1次", "例3"]]


def test_the_compiled_tables_hold_every_dose_with_an_amount(sample, sample_book):
    given = 0
    for case in sample.volumes["sample"].cases.values():
        given += sum(bool(dose.dose) for treatment in case.treatments for dose in treatment.doses)
        prior = case.history.prior_cancer
        given += sum(bool(dose.dose) for treatment in (prior.treatments if prior else []) for dose in treatment.doses)
    own, *compiled = (block for block in sample_book.section("dosing").blocks if isinstance(block, book.Table))
    assert (len(own.rows), sum(len(table.rows) for table in compiled)) == (2, given)


def test_tables_of_the_appendix_are_numbered_without_gaps(sample_book):
    numbers = [block.number for block in sample_book.section("dosing").blocks if isinstance(block, book.Table)]
    assert [int(number.split("-")[1]) for number in numbers] == list(range(1, len(numbers) + 1))
    assert len({number.split("-")[0] for number in numbers}) == 1


def test_announced_cases_are_listed_with_their_part(sample_book):
    assert cells(tables(sample_book.section("announced"))["有题无文的病例"]) == [
        ["例2", "有题无文的第二例", "第一部分"],
        ["例4", "有题无文的第四例", "第二部分"],
    ]


def test_a_volume_without_announced_cases_has_no_list_of_them(content):
    whole = compose(content.volumes["lung"], content.catalogue, "测试引擎")
    assert "announced" not in [section.id for section in whole.sections]


def test_abbreviations_that_occur_are_listed_in_order(sample_book):
    assert [row[0] for row in cells(tables(sample_book.section("abbreviations"))["缩略语"])] == [
        "AB-PAS", "AC-T", "ALK", "CEA", "CT", "DP", "ECOG", "EGFR", "ER", "FDG", "HER2", "HR", "IMRT", "L858R", "NRS", "ORR", "PD-L1", "PET-CT", "PFS",
        "PR", "RECIST", "SP1", "SRE", "TPS", "TTF-1",
    ]  # fmt: skip


def test_an_abbreviation_without_an_english_name_has_a_dash(sample_book):
    assert [row[:3] for row in cells(tables(sample_book.section("abbreviations"))["缩略语"]) if row[0] == "CT"] == [["CT", "计算机断层扫描", "—"]]


@pytest.mark.parametrize(("short", "text", "found"), [
    ("CT", "胸部CT所见", True), ("CT", "PET-CT", True), ("CT", "CTCAE分级", False), ("CT", "ACT", False), ("T1", "T10椎体", False),
    ("ALK", "ALK(-)", True), ("19del", "EGFR 19del", True), ("CD8+T", "CD8+T细胞", True), ("PR", "SPR", False),
])  # fmt: skip
def test_an_abbreviation_stands_only_as_a_word_of_its_own(short, text, found):
    assert (Lexicon("a", (Sought(short, (short,)),)).standing_in(text) == [short]) is found


def test_the_colophon_counts_cases_and_notes(sample_book):
    facts = next(block for block in sample_book.section("colophon").blocks if isinstance(block, book.Facts))
    shown = {book.words(label): book.words(value) for label, value in facts.items}
    assert (shown["收录"], shown["存疑"], shown["编制日期"]) == ("病例2例，题录2例", "编者按5条，见各页之下，汇于卷末校勘记", "2026年1月31日")


def test_every_scalar_of_a_case_is_to_be_found_in_print(sample_book):
    scalars = {str(item.text) for item in sample_book.printed if item.section == "sample-01-rib"}
    assert {"66.70", "2.11～2.52", "22C3", "偶饮酒"} - {part for scalar in scalars for part in (scalar, *scalar.rstrip("。").split("，"))} == set()


def test_a_scalar_to_be_found_knows_its_place(sample_book):
    item = next(item for item in sample_book.printed if item.text == "66.70")
    assert (item.text.place.path, item.path) == (RIB, "labs.0.results.1.value")


def test_a_case_alone_is_a_book_of_the_case_and_its_notes(sample_book):
    alone = case_alone(sample_book, "sample-03-femur")
    assert [section.id for section in alone.sections] == ["sample-03-femur", "collation"]
    assert {item.section for item in alone.printed} == {"sample-03-femur", "collation"}
    assert {item.path for item in alone.printed if item.section == "collation"} == {"sample-03-femur.notes"}


def test_a_case_alone_that_is_not_in_the_volume_is_rejected(sample_book):
    with pytest.raises(Rejected) as caught:
        case_alone(sample_book, "sample-09")
    assert (caught.value.problems[0].code, caught.value.problems[0].found) == ("SRC-027", "sample-09")


def test_the_collation_lists_the_notes_of_every_case(sample_book):
    section = sample_book.section("collation")
    listed = [note for block in section.blocks if isinstance(block, book.Collation) for note in block.items]
    feet = [note for case in sample_book.sections for block in case.blocks if isinstance(block, book.Notes) for note in block.items]
    assert listed == feet
    assert [block.title for block in section.blocks if isinstance(block, book.Heading)] == ["校勘记", "例1　肺腺癌肋骨转移一例", "例3　乳腺癌股骨转移一例"]


def test_a_note_with_a_reason_points_to_the_collation(sample_book):
    notes = [note for block in sample_book.section("sample-01-rib").blocks if isinstance(block, book.Notes) for note in block.items]
    assert [book.words(note.foot).endswith("（详校勘记）") for note in notes] == [True, False, False]


def test_a_volume_without_notes_has_no_collation(make_case):
    assert collation_section([case_section(make_case())]) == []


def test_a_long_collation_goes_on_in_sections_of_its_own(sample, sample_book, monkeypatch):
    monkeypatch.setattr(collation, "MOST_NOTES", 1)
    whole = compose(sample.volumes["sample"], sample.catalogue, "测试引擎")
    parts = [section for section in whole.sections if section.kind == "collation"]
    assert [section.bookmark for section in parts] == [1] + [0] * (len(parts) - 1)
    assert len(parts) > 1
    notes = [note for section in parts for block in section.blocks if isinstance(block, book.Collation) for note in block.items]
    assert notes == [note for block in sample_book.section("collation").blocks if isinstance(block, book.Collation) for note in block.items]
    listed = [entry.target for block in whole.section("contents").blocks if isinstance(block, book.Entries) for entry in block.items]
    assert listed.count("collation") == 1
    assert not any(target.startswith("collation-") for target in listed)
    for section in parts:
        words = {str(line.text) for note in section.blocks[-1].items for line in note.quote}
        assert words & {str(item.text) for item in whole.printed if item.section == section.id}


@pytest.mark.parametrize(("sizes", "groups"), [([], []), ([900], [[0]]), ([300, 200, 1], [[0, 1], [2]]), ([1, 500], [[0], [1]])])
def test_cases_are_gathered_whole_into_sections_of_the_collation(sizes, groups):
    assert gathered(sizes, collation.MOST_NOTES) == groups


def test_a_long_compiled_table_is_parted(sample, sample_book, monkeypatch):
    source = sample.volumes["sample"]
    compiled = replace(source, dosing=source.dosing.model_copy(update={"compiled": True, "tables": [], "notes": []}))
    cases = {section.id: section for section in sample_book.sections if section.kind == "case"}
    whole = [row for table in tables(dosing.dosing_section(compiled, cases, "A")).values() for row in cells(table)]
    monkeypatch.setattr(dosing, "MOST_ROWS", 1)
    parted = tables(dosing.dosing_section(compiled, cases, "A"))
    assert [row[0] for table in parted.values() for row in cells(table)] == [row[0] for row in whole]
    assert {len(table.rows) for table in parted.values()} == {1}
    assert any(name.endswith("（二）") for name in parted)
