"""Reading reports every problem of a run at once: where, what was found, what to do."""

import pytest
from project import DOSING, DRUGS, FEMUR, GUIDELINE, RIB, SAMPLEBOOK, VOLUME, Project, codes

from publisher.case import Case
from publisher.problems import Place, Rejected
from publisher.read import explained, read
from publisher.written import Branch, Row, Written


def test_the_sample_book_reads_without_problems(project):
    assert list(project.collection().volumes["sample"].cases) == ["sample-01-rib", "sample-03-femur"]


def test_a_reading_of_a_case_is_as_written(project):
    assert project.collection().volumes["sample"].cases["sample-01-rib"].labs[0].results[1].value == "66.70"


def test_a_word_of_a_case_carries_its_catalogue_entry(project):
    dose = project.collection().volumes["sample"].cases["sample-01-rib"].treatments[2].doses[1]
    assert (dose.drug, dose.drug.entry.name) == ("劳拉西泮片", "劳拉西泮")


def test_a_model_never_changes_after_reading(project):
    case = project.collection().volumes["sample"].cases["sample-01-rib"]
    with pytest.raises(ValueError, match="frozen"):
        case.title = "别的题名"


WRONG = [
    # what is wrong, file, text, its replacement, the word at which the place points, code, found, hint
    ("an unknown key", RIB, "occupation: 退休教师", "ocupation: 退休教师", "ocupation", "SRC-102", "ocupation", "occupation"),
    ("an unknown key far down", RIB, "suv_max: 9.80", "suvmax: 9.80", "suvmax", "SRC-102", "suvmax", "suv_max"),
    ("a misspelt drug", RIB, "drug: 劳拉西泮片", "drug: 劳拉西洋片", "劳拉西洋片", "REF-001", "劳拉西洋片", "劳拉西泮片"),
    ("a misspelt regimen", RIB, "regimen: DP方案", "regimen: DPP方案", "DPP方案", "REF-001", "DPP方案", "DP方案"),
    ("a misspelt analyte", RIB, "analyte: 血清钙", "analyte: 血清盖", "血清盖", "REF-001", "血清盖", "血清钙"),
    ("a misspelt scale", FEMUR, "scale: Mirels", "scale: Mirel", "Mirel", "REF-001", "Mirel", "Mirels"),
    ("a misspelt trial", RIB, "trial: SAMPLE-100研究", "trial: SAMPEL-100研究", "SAMPEL-100研究", "REF-001", "SAMPEL-100研究", "SAMPLE-100研究"),
    ("an unheard-of drug", RIB, "drug: 顺铂", "drug: 紫金锭", "紫金锭", "REF-001", "紫金锭", "content/reference/drugs.yaml"),
    ("a misspelt drug of the appendix", DOSING, "drug: 地舒单抗", "drug: 地舒单杭", "地舒单杭", "REF-001", "地舒单杭", "地舒单抗"),
    ("a literal nearly right", RIB, "role: 原发灶", "role: 原发病灶", "原发病灶", "SRC-103", "原发病灶", "原发灶"),
    ("a literal quite wrong", FEMUR, "sex: 女", "sex: F", "F", "SRC-103", "F", "男、女"),
    ("a word where a figure belongs", RIB, "dose: 30 Gy", "dose: 常规", "常规", "SRC-106", "常规", "数值与单位"),
    ("a date that is none", RIB, "at: 2025-03-08", "at: 2025-13-08", "2025-13-08", "SRC-108", "2025-13-08", "2021-06-15"),
    ("an identifier in capitals", GUIDELINE, "cases: [sample-03-femur]", "cases: [Sample-03]", "Sample-03", "SRC-107", "Sample-03", "小写"),
    ("text where a list belongs", RIB, "principles:\n  - 全身治疗与骨保护治疗并重。\n  - 疼痛按评分滴定。", "principles: 并重", None, "SRC-109", "并重", "- "),
    ("a list where text belongs", RIB, "complaint: 右侧胸壁疼痛2月", "complaint: [疼痛]", "complaint", "SRC-104", "1 条", "一行文字"),
    ("text where items belong", FEMUR, "patient:\n  sex: 女\n  age: 58岁", "patient: 女，58岁", None, "SRC-110", "女，58岁", "项目: 内容"),
    ("a truth value that is none", DOSING, "compiled: true", "compiled: 对", None, "SRC-112", "对", ""),
    ("a guideline reference to no case", GUIDELINE, "[sample-03-femur]", "[sample-03-femor]", None, "REF-003", "sample-03-femor", "sample-03-femur"),
    ("a case listed twice", VOLUME, "      - sample-03-femur", "      - sample-03-femur\n      - sample-01-rib", None, "SRC-023", "sample-01-rib", "删去"),
    ("a length with its unit", VOLUME, "caliper_mm: 0.420", "caliper_mm: 0.42mm", "0.42mm", "SRC-115", "0.42mm", "不带单位"),
    ("a leaf without thickness", VOLUME, "caliper_mm: 0.420", "caliper_mm: 0.000", "0.000", "SRC-115", "0.000", "0.108"),
    ("a book number too short", VOLUME, "isbn: 978-7-0000-0000-1", "isbn: 978-7-0000-000-1", None, "SRC-116", "978-7-0000-000-1", "十三位"),
    ("a book number of letters", VOLUME, "isbn: 978-7-0000-0000-1", "isbn: 待定", None, "SRC-116", "待定", "删去此行"),
    ("a book number misread", VOLUME, "isbn: 978-7-0000-0000-1", "isbn: 978-7-0000-0000-7", None, "SRC-117", "978-7-0000-0000-7", "末位应为 1"),
    ("a cover title that is another", VOLUME, "cover_lines: [样书, 病例荟萃]", "cover_lines: [样书, 病例]", "样书", "SRC-118", "", "样书病例荟萃"),
    ("a paper there is no profile for", VOLUME, "paper: uncoated", "paper: newsprint", "newsprint", "SRC-103", "newsprint", "coated、uncoated"),
    ("a part of an announced case that is none", VOLUME, "part: 第二部分", "part: 第三部分", "第三部分", "SRC-026", "第三部分", "第二部分"),
    ("a spelling of two drugs", DRUGS, "variants: [来曲唑片]", "variants: [顺铂]", "顺铂]", "REF-002", "顺铂", "首见于第"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "word", "code", "found", "hint"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_reported_with_place_found_and_nearest_word(project: Project, file, old, new, word, code, found, hint):
    project.edit(file, old, new)
    problem = project.problem()
    assert (problem.code, problem.place.path) == (code, file)
    assert found in problem.found
    assert hint in problem.hint
    line = project.path(file).read_text(encoding="utf-8").split("\n")[problem.place.line - 1]
    assert line[problem.place.column - 1 :].startswith(word or found)


def test_a_missing_key_is_reported_where_it_belongs(project):
    line = project.edit(RIB, "  sex: 女\n", "")
    problem = project.problem()
    assert (problem.code, problem.place.path, problem.place.line) == ("SRC-101", RIB, line - 1)
    assert "sex" in problem.message


def test_an_empty_value_is_reported(project):
    line = project.edit(RIB, "complaint: 右侧胸壁疼痛2月", "complaint:")
    problem = project.problem()
    assert (problem.code, problem.place.path, problem.place.line) == ("SRC-105", RIB, line)


def test_an_empty_list_where_something_must_be_is_reported(project):
    project.edit(VOLUME, "keywords: [样书, 骨转移]", "keywords: []")
    assert (project.problem().code, "keywords" in project.problem().message) == ("SRC-111", True)


def test_a_listed_case_without_a_file_is_reported_with_the_nearest(project):
    line = project.edit(VOLUME, "      - sample-01-rib", "      - sample-01-rip")
    problems = project.problems()
    assert {problem.code for problem in problems} == {"SRC-024", "SRC-025"}
    missing = next(problem for problem in problems if problem.code == "SRC-024")
    assert (str(missing.place), missing.found, "sample-01-rib" in missing.hint) == (f"{VOLUME}:{line}:9", "sample-01-rip", True)


def test_a_case_file_that_is_not_listed_is_reported(project):
    project.edit(VOLUME, "      - sample-03-femur\n", "")
    problem = project.problem()
    assert (problem.code, problem.place.path, problem.found) == ("SRC-025", VOLUME, "sample-03-femur")


def test_a_case_whose_id_is_not_its_file_name_is_reported(project):
    project.edit(RIB, "id: sample-01-rib", "id: sample-01-ribs")
    problem = project.problem()
    assert (problem.code, str(problem.place), problem.found) == ("SRC-022", f"{RIB}:1:5", "sample-01-ribs")
    assert "sample-01-rib" in problem.hint


def test_an_unknown_volume_is_reported_with_the_nearest(project):
    with pytest.raises(Rejected) as caught:
        read(project.root, ["sampel"])
    problem = caught.value.problems[0]
    assert (problem.code, problem.found, "sample" in problem.hint) == ("SRC-020", "sampel", True)


def test_a_folder_without_a_volume_is_reported(tmp_path):
    with pytest.raises(Rejected) as caught:
        read(tmp_path)
    assert "SRC-020" in codes(caught.value.problems)


def test_a_missing_chapter_file_is_reported(project):
    project.path(GUIDELINE).unlink()
    assert (project.problem().code, project.problem().place.path) == ("SRC-001", GUIDELINE)


def test_a_word_list_under_a_wrong_key_is_reported(project):
    project.edit(DRUGS, "drugs:", "drug:")
    problems = project.problems()
    assert ("SRC-021", DRUGS) in [(problem.code, problem.place.path) for problem in problems]


@pytest.fixture
def spoiled(project):
    """A project with five faults in four files."""
    project.edit(RIB, "occupation: 退休教师", "ocupation: 退休教师")
    project.edit(RIB, "drug: 劳拉西泮片", "drug: 劳拉西洋片")
    project.edit(FEMUR, "sex: 女", "sex: F")
    project.edit(GUIDELINE, "cases: [sample-03-femur]", "cases: [sample-03-femor]")
    project.edit(DRUGS, "variants: [来曲唑片]", "variants: [顺铂]")
    return project


def test_all_problems_of_a_run_come_at_once(spoiled):
    assert sorted(codes(spoiled.problems())) == ["REF-001", "REF-002", "REF-003", "SRC-102", "SRC-103"]


def test_problems_are_sorted_by_place(spoiled):
    places = [problem.place for problem in spoiled.problems()]
    assert places == sorted(places)


def test_every_problem_prints_place_code_found_and_hint(spoiled):
    for problem in spoiled.problems():
        place = f"{problem.place.path}:{problem.place.line}:{problem.place.column}"
        assert str(problem).startswith(f"{place}: error {problem.code}\n")
        assert f"见到：{problem.found}" in str(problem)
        assert f"建议：{problem.hint}" in str(problem)
        assert problem.found
        assert problem.hint


def test_yaml_faults_come_with_the_faults_of_other_files(project):
    project.edit(RIB, "complaint: 右侧胸壁疼痛2月", "complaint: 右侧: 疼痛")
    project.edit(FEMUR, "sex: 女", "sex: F")
    assert {(problem.code, problem.place.path) for problem in project.problems()} == {("SRC-004", RIB), ("SRC-103", FEMUR)}


def test_a_spelling_twice_in_one_drug_is_no_fault(project):
    project.edit(DRUGS, "variants: [来曲唑片]", "variants: [来曲唑片, 弗隆]")
    assert "sample" in project.collection().volumes


def test_a_drug_is_found_whatever_its_width_case_and_spaces(project):
    project.edit(DOSING, "drug: 地舒单抗", "drug: Ｄｅｎｏｓｕｍａｂ")
    assert project.collection().volumes["sample"].dosing.tables[0].rows[0].drug.entry.id == "denosumab"


def test_a_series_value_without_its_column_is_reported(project):
    line = project.edit(RIB, "values: {CEA: <5.00}", "values: {CEA: <5.00, 肌酐: 70.0}")
    problem = project.problem()
    assert (problem.place.path, problem.place.line) == (RIB, line)


def test_two_cases_of_one_number_are_reported(project):
    line = project.edit(FEMUR, "number: 3", "number: 1")
    problem = project.problem()
    assert (problem.place.path, problem.place.line) == (FEMUR, line)


def test_a_case_number_that_is_no_number_is_reported(project):
    line = project.edit(FEMUR, "number: 3", "number: 例3")
    problem = project.problem()
    assert (problem.place.path, problem.place.line) == (FEMUR, line)


def test_a_volume_id_other_than_its_folder_is_reported(project):
    line = project.edit(VOLUME, "id: sample", "id: simple")
    problem = project.problem()
    assert (problem.place.path, problem.place.line) == (VOLUME, line)


# -- explained -------------------------------------------------------------------------------------------------


def tree() -> Branch:
    """A case with one dose: title at 3:1, doses at 5:5, the dose's drug at 6:9."""
    dose = Branch(Place("f", 6, 9))
    dose["drug"], dose.key_places["drug"] = Written("顺铂", Place("f", 6, 15)), Place("f", 6, 9)
    doses = Row(Place("f", 6, 7))
    doses.append(dose)
    treatment = Branch(Place("f", 5, 5))
    treatment["doses"], treatment.key_places["doses"] = doses, Place("f", 5, 5)
    treatments = Row(Place("f", 5, 3))
    treatments.append(treatment)
    case = Branch(Place("f", 1, 1))
    case["title"], case.key_places["title"] = Written("题", Place("f", 3, 8)), Place("f", 3, 1)
    case["treatments"], case.key_places["treatments"] = treatments, Place("f", 4, 1)
    return case


DRUG = ("treatments", 0, "doses", 0, "drug")
EXPLAINED = [
    # pydantic's type, its path, what it was given, its context, then: place, code, found, part of the hint
    ("missing", ("patient",), {}, {}, "f:1:1", "SRC-101", None, "patient"),
    ("extra_forbidden", ("title",), "题", {}, "f:3:1", "SRC-102", "title", "title"),
    ("literal_error", ("title",), "已实行", {"expected": "'已实施' or '拟行'"}, "f:3:8", "SRC-103", "已实行", "已实施"),
    ("literal_error", ("title",), "zzz", {"expected": "'已实施' or '拟行'"}, "f:3:8", "SRC-103", "zzz", "已实施、拟行"),
    ("unknown_word", DRUG, "顺铂", {"label": "药名", "hint": "是否应为「顺铂」？", "file": "x"}, "f:6:15", "REF-001", "顺铂", "顺铂"),
    ("unknown_word", DRUG, "顺铂", {"label": "药名", "hint": "", "file": "drugs.yaml"}, "f:6:15", "REF-001", "顺铂", "drugs.yaml"),
    ("not_text", DRUG, ["a", "b"], {}, "f:6:15", "SRC-104", "一个 2 条的列表", "一行文字"),
    ("not_text", DRUG, {"a": 1}, {}, "f:6:15", "SRC-104", "分项内容（a）", "一行文字"),
    ("empty_text", DRUG, "", {}, "f:6:15", "SRC-105", None, "删去此行"),
    ("no_figure", DRUG, "适量", {}, "f:6:15", "SRC-106", "适量", "数值与单位"),
    ("bad_slug", DRUG, "A", {}, "f:6:15", "SRC-107", "A", "小写"),
    ("bad_date", DRUG, "2021-13", {}, "f:6:15", "SRC-108", "2021-13", "2021-06"),
    ("list_type", ("treatments",), "x", {}, "f:4:1", "SRC-109", "x", "- "),
    ("model_type", ("treatments", 0), "x", {}, "f:5:5", "SRC-110", "x", "项目: 内容"),
    ("dict_type", ("treatments", 0), "x", {}, "f:5:5", "SRC-110", "x", "项目: 内容"),
    ("too_short", ("treatments",), [], {}, "f:4:1", "SRC-111", None, ""),
    ("bool_parsing", ("title",), "对", {}, "f:3:8", "SRC-112", "对", ""),
    ("never_heard_of", ("title",), "题", {}, "f:3:8", "SRC-199", "题", ""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "path", "given", "context", "place", "code", "found", "hint"), EXPLAINED)
def test_explained(kind, path, given, context, place, code, found, hint):
    problem = explained({"type": kind, "loc": path, "input": given, "ctx": context, "msg": "原话"}, tree(), Case)
    assert (str(problem.place), problem.code) == (place, code)
    assert found is None or problem.found == found
    assert hint in problem.hint


def test_explained_names_the_field():
    problem = explained({"type": "no_figure", "loc": DRUG, "input": "适量", "msg": ""}, tree(), Case)
    assert "「drug」" in problem.message


def test_explained_never_shows_a_message_of_the_library():
    known = {case[0] for case in EXPLAINED} - {"never_heard_of"}
    shown = [
        explained({"type": kind, "loc": ("title",), "input": "题", "ctx": {"label": "药名", "hint": "", "file": ""}, "msg": "原话"}, tree(), Case)
        for kind in sorted(known)
    ]
    assert [problem for problem in shown if "原话" in str(problem)] == []


def test_a_word_of_a_fixed_list_knows_its_place(sample):
    """A rule that finds a side or a sex wrong must be able to show where it stands."""
    case = sample.volumes["sample"].cases["sample-01-rib"]
    words = [case.patient.sex, case.studies[0].lesions[1].side, case.studies[0].lesions[0].role, case.bone_events[0].event, case.labs[0].results[0].flag]
    lines = (SAMPLEBOOK / RIB).read_text(encoding="utf-8").split("\n")
    assert [lines[word.place.line - 1][word.place.column - 1 :].startswith(word) for word in words] == [True] * len(words)
