"""Findings before the editor: what settles them, what does not, and what stops the book."""

import pytest
from project import REPOSITORY, RIB, VOLUME, Project

from publisher.book import Notes, words
from publisher.compose.assemble import compose
from publisher.lint.characters import covered
from publisher.lint.queries import examined
from publisher.problems import Rejected

KNOWN = covered(REPOSITORY / "styles" / "fonts")
FAULT = "地舒单抗120mg"


@pytest.fixture
def faulty(project):
    """The sample book with one fault of the text: a figure and its unit without a space."""
    project.edit(RIB, "患者依从性良好", f"患者依从性良好，{FAULT}")
    return project


def examine(project: Project):
    collection = project.collection()
    return examined(collection.volumes["sample"], collection.catalogue, KNOWN)


def found(project: Project, code: str):
    return [query for query in examine(project).queries if query.rule.code == code]


def with_note(project: Project, text: str) -> None:
    project.edit(RIB, "notes:\n", f"notes:\n  - {text}\n")


def test_a_finding_stops_the_book(faulty):
    assert [problem.code for problem in examine(faulty).errors] == ["TXT-006"]


def test_a_note_that_names_the_rule_settles_its_finding(faulty):
    with_note(faulty, f"{{quote: {FAULT}, settles: [TXT-006], note: 单位之前缺空格，请核。}}")
    (query,) = found(faulty, "TXT-006")
    assert (query.settled_by.kind, examine(faulty).errors) == ("note", [])


def test_a_note_on_the_same_words_that_names_no_rule_settles_nothing(faulty):
    with_note(faulty, f"{{quote: {FAULT}, note: 剂量请核。}}")
    assert [problem.code for problem in examine(faulty).errors] == ["TXT-006"]


def test_a_waiver_settles_with_its_reason(faulty):
    faulty.edit(RIB, "notes:\n", f"waivers:\n  - {{code: TXT-006, quote: {FAULT}, reason: 原件如此，供对照}}\nnotes:\n")
    (query,) = found(faulty, "TXT-006")
    assert (query.settled_by.kind, query.settled_by.words, examine(faulty).errors) == ("waiver", "原件如此，供对照", [])


def test_a_waiver_needs_a_reason(faulty):
    faulty.edit(RIB, "notes:\n", f"waivers:\n  - {{code: TXT-006, quote: {FAULT}}}\nnotes:\n")
    assert [problem.code for problem in faulty.problems()] == ["SRC-101"]


def test_a_waiver_in_another_file_settles_nothing(faulty):
    faulty.edit("content/sample/guideline.yaml", "topics:\n", f"waivers:\n  - {{code: TXT-006, quote: {FAULT}, reason: 无}}\ntopics:\n")
    assert sorted(problem.code for problem in examine(faulty).errors) == ["NOTE-003", "TXT-006"]


def test_a_waiver_of_the_volume_settles_what_its_own_file_says(project):
    project.edit(VOLUME, "样书到此为止。", "样书到此为止,共两例。")
    project.edit(VOLUME, "closing:\n", "waivers:\n  - {code: TXT-001, quote: '为止,共', reason: 照录}\nclosing:\n")
    assert examine(project).errors == []


def test_words_of_a_note_that_do_not_stand_in_the_finding_settle_nothing(faulty):
    with_note(faulty, "{quote: 66.70, settles: [TXT-006], note: 单位之前缺空格，请核。}")
    fault = next(problem for problem in examine(faulty).errors if problem.code == "NOTE-003")
    assert ("66.70" in fault.found, "TXT-006" in fault.hint) == (True, True)


def test_a_note_is_told_which_rules_have_found_something_on_its_words(faulty):
    with_note(faulty, f"{{quote: {FAULT}, settles: [TXT-007], note: 单位之前缺空格，请核。}}")
    fault = next(problem for problem in examine(faulty).errors if problem.code == "NOTE-003")
    assert "TXT-006" in fault.hint


def test_a_note_that_outlives_its_finding_is_an_error(faulty):
    with_note(faulty, f"{{quote: {FAULT}, settles: [TXT-006], note: 单位之前缺空格，请核。}}")
    faulty.edit(RIB, FAULT + "，按期", "地舒单抗120 mg，按期")
    faulty.edit(RIB, f"quote: {FAULT}", "quote: 地舒单抗120 mg")
    (fault,) = examine(faulty).errors
    assert (fault.code, "TXT-006" in fault.hint) == ("NOTE-003", True)


def test_a_code_that_is_no_rule_is_answered_with_the_nearest(faulty):
    with_note(faulty, f"{{quote: {FAULT}, settles: [TXT-066], note: 单位之前缺空格，请核。}}")
    line = next(number for number, text in enumerate(faulty.path(RIB).read_text(encoding="utf-8").split("\n"), 1) if "TXT-066" in text)
    fault = next(problem for problem in examine(faulty).errors if problem.code == "NOTE-002")
    assert (fault.place.line, "TXT-006" in fault.hint) == (line, True)


def test_the_quote_of_a_note_is_not_judged_again(faulty):
    with_note(faulty, f"{{quote: {FAULT}, settles: [TXT-006], note: 单位之前缺空格，请核。}}")
    assert len(found(faulty, "TXT-006")) == 1


def test_what_a_note_itself_says_is_judged(project):
    project.edit(RIB, "肌酐单次测定，请补复查值。", "肌酐66.70μmol/L，请补复查值。")
    assert len(found(project, "TXT-006")) == 1


@pytest.mark.parametrize(("length", "refused"), [(60, False), (61, True)])
def test_a_note_is_short(project, length, refused):
    project.edit(RIB, "肌酐单次测定，请补复查值。", "核" * length)
    if refused:
        problem = project.problem()
        assert (problem.code, "61" in problem.message) == ("SRC-121", True)
    else:
        assert project.collection()


def test_queries_come_in_reading_order(faulty):
    faulty.edit("content/sample/cases/sample-03-femur.yaml", "行走加重", "行走加重 。")
    places = [query.place for query in examine(faulty).queries if query.rule.family == "TXT"]
    assert [place.path for place in places] == sorted(place.path for place in places)


def test_a_character_without_a_glyph_stops_even_a_draft(project):
    project.edit(RIB, "患者依从性良好", "患者依从性良好\U0001f4a9")
    assert [problem.code for problem in examine(project).unprintable] == ["TXT-012"]


def test_a_case_is_stopped_by_its_own_findings_only(faulty):
    case = faulty.collection().volumes["sample"].cases["sample-03-femur"]
    assert examine(faulty).of_case(case.id.place.path).errors == []


@pytest.mark.parametrize("name", ["breast", "lung"])
def test_every_note_of_the_real_volumes_that_settles_settles_something(content, name):
    assert [str(fault) for fault in examined(content.volumes[name], content.catalogue, KNOWN).faults] == []


def test_notes_on_the_guideline_and_the_appendix_are_printed_at_their_ends(project):
    project.edit("content/sample/guideline.yaml", "topics:\n", "notes:\n  - {quote: 先纠正低钙血症, note: 依据未载，请补。, source: 地舒单抗说明书}\ntopics:\n")
    project.edit("content/sample/dosing.yaml", "compiled: true", "compiled: true\nnotes:\n  - {quote: 须补钙, note: 剂量未载，请补。}")
    collection = project.collection()
    whole = compose(collection.volumes["sample"], collection.catalogue, "测试引擎")
    blocks = [block for name in ("guideline", "dosing") for block in whole.section(name).blocks if isinstance(block, Notes)]
    said = [words(note.note) + words(note.reason) for block in blocks for note in block.items]
    assert said == ["依据未载，请补。（据地舒单抗说明书）", "剂量未载，请补。"]


def test_a_note_of_the_guideline_that_cannot_be_placed_is_refused(project):
    project.edit("content/sample/guideline.yaml", "topics:\n", "notes:\n  - {quote: 无此语, note: 依据未载，请补。}\ntopics:\n")
    collection = project.collection()
    with pytest.raises(Rejected, match="NOTE-001"):
        compose(collection.volumes["sample"], collection.catalogue, "测试引擎")
