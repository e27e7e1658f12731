"""Whatever of the sources does not reach the page is found and named with its file and line."""

import pytest
from breaking import broken, spans, without_word
from project import FEMUR, RIB, SAMPLEBOOK, Project, codes

from publisher.preflight.printed_text import LIST_NUMBERS, PageTexts, body, has_list, labelled, squeezed
from publisher.read_yaml import read_yaml
from publisher.written import leaves


def line_of(name: str, text: str) -> int:
    """Return the line on which a scalar of the sample book stands."""
    tree, _ = read_yaml(SAMPLEBOOK / name, name)
    return next(leaf.place.line for _, leaf in leaves(tree) if leaf == text)


def places(problems, code: str) -> set[tuple[str, int]]:
    return {(problem.place.path, problem.place.line) for problem in problems if problem.code == code}


@pytest.fixture(scope="module")
def blanked(sample_built):
    """The second page of the first case without its content."""
    number = spans(sample_built)["sample-01-rib"][1]

    def spoil(pdf):
        pdf.pages[number].Contents = pdf.make_stream(b"")

    return broken(sample_built, spoil)


def test_scalars_of_a_blanked_page_are_named_with_file_and_line(blanked):
    assert {path for path, _ in places(blanked, "PDF-101")} == {RIB}
    assert all(line > 0 for _, line in places(blanked, "PDF-101"))


def test_a_lost_scalar_is_shown_with_its_key(blanked):
    shown = [problem for problem in blanked if problem.code == "PDF-101"]
    source = (SAMPLEBOOK / RIB).read_text(encoding="utf-8").split("\n")
    assert shown
    assert all(source[problem.place.line - 1][problem.place.column - 1 :].startswith(problem.found[:10]) for problem in shown)
    assert all(problem.hint for problem in shown)


def test_rows_of_a_blanked_page_are_named_with_their_table(blanked):
    assert [problem for problem in blanked if problem.code == "PDF-102" and "「" in problem.message and problem.found]


def test_lines_of_a_blanked_page_are_named_with_their_section(blanked):
    assert {path for path, _ in places(blanked, "PDF-103")} == {"sample/sample-01-rib"}


def test_a_missing_page_loses_its_text(sample_built):
    number = spans(sample_built)["sample-03-femur"][1]

    def spoil(pdf):
        del pdf.pages[number]

    assert FEMUR in {path for path, _ in places(broken(sample_built, spoil), "PDF-101")}


@pytest.mark.parametrize("word", ["66.70", "22C3", "镜下见腺样结构", "止痛性放疗"])
def test_one_lost_piece_of_text_is_found(sample_built, word):
    problems = broken(sample_built, lambda pdf: without_word(sample_built, pdf, "sample-01-rib", word))
    assert {"PDF-101", "PDF-102", "PDF-103"} & set(codes(problems))


def test_one_lost_piece_of_text_of_a_real_volume_is_found(lung):
    problems = broken(lung, lambda pdf: without_word(lung, pdf, "lung-13-renal-impairment", "首次给药当日起"))
    assert {"PDF-101", "PDF-102", "PDF-103"} & set(codes(problems))


@pytest.mark.parametrize("word", ["表1-8", "参考范围", "例1"])
def test_a_lost_label_is_found(sample_built, word):
    problems = broken(sample_built, lambda pdf: without_word(sample_built, pdf, "sample-01-rib", word))
    assert {"PDF-101", "PDF-102", "PDF-103"} & set(codes(problems))


# -- notes at the feet of pages -----------------------------------------------------------------------------------


def test_a_note_that_is_not_at_the_foot_of_its_page_is_found(sample_built):
    problems = broken(sample_built, lambda pdf: without_word(sample_built, pdf, "sample-01-rib", "请补复查值"))
    assert [problem.found for problem in problems if problem.code == "PDF-104"] == ["〔2〕"]


def test_a_mark_that_is_not_in_the_text_is_found(sample_built):
    problems = broken(sample_built, lambda pdf: without_word(sample_built, pdf, "sample-01-rib", "〔2〕"))
    assert ("〔2〕", "正文没有印出这一编号") in [(problem.found, problem.message) for problem in problems if problem.code == "PDF-104"]


def test_the_numbers_of_a_list_do_not_part_a_paragraph_that_goes_on_overleaf():
    assert LIST_NUMBERS.sub("", body(squeezed("上页的末句未完 1. 2. 3. 84 样书"), ["84", "样书"])) == "上页的末句未完"


def test_the_marks_of_a_list_before_the_notes_of_a_page_do_not_part_a_paragraph_that_goes_on_overleaf(sample_built):
    span = next(span for span in sample_built.pagination.spans if has_list(span.section) and labelled(span.section))
    note = next(iter(labelled(span.section).values()))
    pages = [""] * len(sample_built.pagination.folios)
    pages[span.first - 1], pages[span.first] = f"上页的末句未完··{note}", "，下页接着说。"
    assert "上页的末句未完，下页接着说。" in PageTexts(pages, sample_built.book, sample_built.pagination).of(span.first, span.first + 1)


# -- layouts that leave something out or change it ----------------------------------------------------------------


@pytest.fixture(scope="module")
def unspoiled(tmp_path_factory):
    """What is wrong with each case as it is, by case."""
    project = Project(tmp_path_factory.mktemp("unspoiled"))
    slugs = ("sample-01-rib", "sample-03-femur")
    return {slug: {(problem.code, problem.found) for problem in project.build(case=slug).problems} for slug in slugs}


@pytest.fixture
def spoiled(project, unspoiled):
    """Build a case with one change in a layout; return the problems that the change brings."""

    def build(name: str, old: str, new: str, case: str = "sample-03-femur"):
        project.edit_layout(f"components/{name}", old, new)
        return [problem for problem in project.build(case=case).problems if (problem.code, problem.found) not in unspoiled[case]]

    return build


def test_a_layout_that_skips_the_last_row_of_a_table_is_found(spoiled):
    problems = spoiled("table.html", "{% for row in rows %}", "{% for row in rows[:-1] %}")
    assert places(problems, "PDF-101") >= {(FEMUR, line_of(FEMUR, "混合性骨质破坏"))}
    assert "PDF-102" in codes(problems)


def test_a_layout_that_skips_paragraphs_is_found(spoiled):
    problems = spoiled("blocks.html", """<p class="{{ item.style }}{{ " key" if item.key }}">{{ inline(item.line) }}</p>""", "")
    assert places(problems, "PDF-101") >= {(FEMUR, line_of(FEMUR, "1月前出现左髋部疼痛，行走加重。"))}
    assert "PDF-103" in codes(problems)


def test_a_layout_that_skips_items_of_a_list_is_found(spoiled):
    problems = spoiled("blocks.html", "{% for line in item.items %}", "{% for line in item.items[1:] %}")
    assert places(problems, "PDF-101") >= {(FEMUR, line_of(FEMUR, "平卧位，常规消毒铺巾。"))}


def test_a_layout_that_loses_a_zero_is_found(spoiled):
    problems = spoiled("table.html", "{{ inline(cell) }}</td>", "{{ inline(cell) | replace('66.70', '66.7') }}</td>", "sample-01-rib")
    rows = [problem for problem in problems if problem.code == "PDF-102"]
    assert [("肌酐" in problem.found, "66.70" in problem.found, "实验室检查" in problem.message) for problem in rows] == [(True, True, True)]


def test_notes_at_the_end_of_the_case_are_found(spoiled):
    problems = spoiled("notes.html", 'class="page-notes"', 'class="end-notes"', "sample-01-rib")
    assert {"〔1〕", "〔2〕"} <= {problem.found for problem in problems if problem.code == "PDF-104"}


def test_notes_that_stand_twice_are_found(spoiled):
    again = '<p>{% for note in item["items"] %}〔{{ note.number }}〕{{ inline(note.foot) }}{% endfor %}</p>'
    problems = spoiled("notes.html", '<aside class="page-notes">', f'{again}<aside class="page-notes">', "sample-01-rib")
    assert codes(problems).count("PDF-104") == 3


SKIPPED = {
    "the captions of tables": ("table.html", "{{ inline(item.caption) }}", ""),
    "the heads of columns": ("table.html", "{{ inline(column.line) }}</th>", "</th>"),
    "the notes at the feet of pages": ("notes.html", "{{ inline(note.foot) }}", ""),
    "the notes of the collation": ("notes.html", "{{ inline(note.note) }}", ""),
    "the reasons of notes": ("notes.html", "{{ inline(note.reason) }}", ""),
    "the quotes of notes": ("notes.html", "{{ inline(note.quote) }}", ""),
    "the heads of groups of rows": ("table.html", "{{ inline(head) }}", ""),
    "the captions of figures": ("figure.html", "{{ inline(item.caption) }}", ""),
    "the notes of figures": ("figure.html", "{{ item.note }}", ""),
    "the label of a case": ("opener.html", "{{ item.label }}", ""),
    "the values of the summary panel": ("opener.html", "<dd>{{ inline(line) }}</dd>", "<dd></dd>"),
}


@pytest.mark.parametrize(("name", "old", "new"), SKIPPED.values(), ids=SKIPPED)
def test_a_layout_is_found_that_skips(spoiled, name, old, new):
    assert {"PDF-101", "PDF-102", "PDF-103"} & set(codes(spoiled(name, old, new, "sample-01-rib")))


def test_a_layout_that_skips_drawings_is_found(spoiled):
    problems = spoiled("figure.html", "{{ item.svg | inked }}\n<figcaption>", "<figcaption>", "sample-01-rib")
    assert {problem.found[:6] for problem in problems if problem.code == "PDF-105"} >= {"右左骨外转移", "NRS010"}
    assert "PDF-310" in codes(problems)


def test_a_word_lost_in_a_drawing_is_found(spoiled):
    shortened = "{{ item.svg | replace('2～3分', '2～3') | inked }}\n<figcaption>"
    problems = spoiled("figure.html", "{{ item.svg | inked }}\n<figcaption>", shortened, "sample-01-rib")
    assert [problem.found for problem in problems if problem.code == "PDF-105"] == ["NRS0107分2～3分入院时治疗第4周"]


def test_words_of_a_drawing_stand_for_nothing_that_a_table_has_lost(spoiled):
    """The figure repeats 10.50, the table has lost it."""
    problems = spoiled("table.html", "{{ inline(cell) }}</td>", "{{ inline(cell) | replace('10.50', '') }}</td>", "sample-01-rib")
    assert places(problems, "PDF-101") == {(RIB, line_of(RIB, "10.50"))}
