"""The preview's warm state: what is saved is seen, what is broken is said and leaves the last good pages, what is mended comes back."""

import shutil

import pytest
from project import DRUGS, FEMUR, GUIDELINE, REPOSITORY, RIB, VOLUME

from publisher import typeset
from publisher.compose.assemble import compose
from publisher.compositor import Compositor
from publisher.edition import SCREEN
from publisher.inks import inks
from publisher.pagination import Opening, PageMap
from publisher.problems import Place
from publisher.project import Project as Sources
from publisher.render import Renderer
from publisher.workbench.preview.session import Session, Superseded, View

PAST = "高血压病10年，血压控制于130/80 mmHg。"
RIB_VIEW, FEMUR_VIEW = View("sample", "sample-01-rib"), View("sample", "sample-03-femur")


def codes(editing):
    return [problem.code for problem in editing.session.problems()]


def test_what_is_saved_stands_on_the_page(editing):
    assert editing.save(RIB, PAST, "高血压病11年，血压控制于130/80 mmHg。") == [RIB_VIEW]
    assert "高血压病11年" in "".join(editing.pages)
    assert "高血压病10年" not in "".join(editing.pages)


def test_only_the_pages_that_change_are_others(editing):
    before = editing.keys
    editing.save(RIB, PAST, "高血压病11年，血压控制于130/80 mmHg。")
    assert [key == old for key, old in zip(editing.keys, before, strict=True)].count(False) == 1


def test_nothing_is_said_to_have_changed_when_nothing_has(editing):
    assert editing.session.refresh([editing.project.path(RIB)]) == []
    assert editing.session.settle() == []


def test_the_pages_are_those_of_a_build(editing):
    editing.save(RIB, PAST, PAST * 30)
    source, catalogue = editing.session.desks["sample"].source, editing.session.sources.collection.catalogue
    whole = compose(source, catalogue, typeset.ENGINE)
    html = Renderer(whole, REPOSITORY / "layouts", inks(REPOSITORY / "styles", "sample")).html(whole.section("sample-01-rib"), Opening("right"), PageMap())
    galley = Compositor(REPOSITORY / "styles" / SCREEN.stylesheet).set(html, "例1")
    assert [page.galley.text for page in editing.session.show(RIB_VIEW)[0].pages] == [page.text for page in galley.pages]


def test_a_broken_source_is_told_with_its_line_and_leaves_the_last_good_pages(editing):
    before = editing.keys
    line = editing.project.edit(RIB, "  past:\n", "  past: [\n")
    editing.session.refresh([editing.project.path(RIB)])
    problem = editing.session.problems()[0]
    assert (problem.place.path, problem.code) == (RIB, "SRC-004")
    assert abs(problem.place.line - line) <= 2
    assert editing.keys == before


def test_a_mended_source_recovers_by_itself(editing):
    editing.save(RIB, "sex: 女", "sexx: 女")
    assert "SRC-102" in codes(editing)
    editing.save(RIB, "sexx: 女", "sex: 男")
    assert codes(editing) == []
    assert "男，64岁" in editing.pages[0]


def test_one_broken_case_does_not_stop_another(editing):
    editing.session.show(FEMUR_VIEW)
    editing.save(RIB, "  sex: 女", "  sex: 不明之至")
    assert FEMUR_VIEW in editing.save(FEMUR, "title: ", "title: 新题·")
    assert editing.session.show(FEMUR_VIEW)[0].section.title.startswith("新题·")


def test_a_note_that_cannot_be_placed_is_told_and_the_pages_stay(editing):
    before = editing.keys
    editing.project.path(RIB).write_text(editing.project.path(RIB).read_text().replace("quote: ", "quote: 全无此语", 1))
    editing.session.refresh([editing.project.path(RIB)])
    assert "NOTE-001" in codes(editing)
    assert editing.keys == before


def test_a_project_that_is_broken_from_the_start_shows_the_rest(project):
    project.edit(RIB, "  sex: 女", "  sexx: 女")
    session = Session(Sources(project.root))
    session.open()
    assert not session.known(RIB_VIEW)
    assert session.show(FEMUR_VIEW)[0].pages
    project.edit(RIB, "  sexx: 女", "  sex: 女")
    session.refresh([project.path(RIB)])
    assert session.show(RIB_VIEW)[0].pages
    assert session.problems() == []


def test_a_case_that_is_removed_is_missed_and_one_that_comes_back_is_there(editing):
    text = editing.project.path(FEMUR).read_text()
    editing.project.path(FEMUR).unlink()
    editing.session.refresh([editing.project.path(FEMUR)])
    assert "SRC-024" in codes(editing)
    assert not editing.session.known(FEMUR_VIEW)
    editing.project.path(FEMUR).write_text(text)
    editing.session.refresh([editing.project.path(FEMUR)])
    assert codes(editing) == []
    assert editing.session.known(FEMUR_VIEW)


def test_a_shared_word_reaches_every_case(editing):
    editing.project.edit(DRUGS, "drugs:", "drugs: 5 #")
    editing.session.refresh([editing.project.path(DRUGS)])
    assert codes(editing)
    assert editing.pages
    editing.project.edit(DRUGS, "drugs: 5 #", "drugs:")
    editing.session.refresh([editing.project.path(DRUGS)])
    assert codes(editing) == []


def test_a_new_title_reaches_the_other_sections_when_there_is_time(editing):
    contents = View("sample", "contents")
    editing.session.show(contents)
    editing.save(RIB, "title: 肺腺癌肋骨转移一例", "title: 改题一例")
    editing.session.settle()
    texts = "".join(run.text for page in editing.session.show(contents)[0].pages for run in page.runs)
    assert "改题一例" in texts


def test_layouts_are_read_anew_and_a_broken_one_is_told(editing):
    editing.project.edit_layout(
        "components/opener.html", '<p class="label">{{ item.label }}</p>\n<h1 class="key">', '<p class="label">第{{ item.label }}</p>\n<h1 class="key">'
    )
    session = Session(Sources(editing.project.root))
    session.open()
    assert "第例1" in "".join(run.text for run in session.show(RIB_VIEW)[0].pages[0].runs)
    editing.project.edit("layouts/components/opener.html", "{% macro opener(item) %}", "{% macro opener(item) ")
    session.refresh([editing.project.path("layouts/components/opener.html")])
    assert [problem.code for problem in session.problems()] == ["TYP-005"]
    assert session.show(RIB_VIEW)[0].pages
    editing.project.edit("layouts/components/opener.html", "{% macro opener(item) ", "{% macro opener(item) %}")
    session.refresh([editing.project.path("layouts/components/opener.html")])
    assert session.problems() == []


def test_a_broken_style_is_told_and_a_mended_one_used(project):
    shutil.copytree(REPOSITORY / "styles", project.path("styles"))
    session = Session(Sources(project.root))
    session.open()
    before = session.show(RIB_VIEW)[0].pages
    project.edit("styles/book.css", "@import", "colour: nonsense;\n@import")
    session.refresh([project.path("styles/book.css")])
    assert session.problems()
    assert [page.key for page in session.show(RIB_VIEW)[0].pages] == [page.key for page in before]
    project.edit("styles/book.css", "colour: nonsense;\n", "")
    session.refresh([project.path("styles/book.css")])
    assert session.problems() == []


def test_a_volume_is_set_with_its_page_numbers(editing):
    session = editing.session
    assert session.wants_numbers(View("sample"))
    session.paginate("sample")
    assert not session.wants_numbers(View("sample"))
    shown = session.show(View("sample"))
    assert [one.section.id for one in shown] == [section.id for section in session.desks["sample"].whole.sections]
    contents = next(one for one in shown if one.section.id == "contents")
    rib = next(one for one in shown if one.section.id == "sample-01-rib")
    words = "".join(contents.pages[0].galley.text.split())
    assert rib.first > 1
    assert f"例1肺腺癌肋骨转移一例{rib.first}" in words


def test_the_rules_speak_of_the_sources_as_saved(editing):
    while editing.session.examine():
        pass
    known = {(query.rule.code, query.place) for query in editing.session.desks["sample"].examined.unsettled}
    editing.save(RIB, PAST, "高血压病10年,血压控制于130/80 mmHg。")
    while editing.session.examine():
        pass
    new = {(query.rule.code, query.place) for query in editing.session.desks["sample"].examined.unsettled} - known
    assert any(place.path == RIB for _, place in new)


def spot_of(editing, words, view=RIB_VIEW):
    for page in editing.session.show(view)[0].pages:
        for run in page.runs:
            if words in run.text:
                middle = (run.text.index(words) + len(words) / 2) / len(run.text)
                return editing.session.spot(page.key, run.x + run.width * middle, run.y + run.height / 2)
    raise AssertionError(f"{words} 不在页上")


def line_of(editing, words, name=RIB):
    return next(number for number, line in enumerate(editing.project.path(name).read_text().split("\n"), 1) if words in line)


def test_a_paragraph_a_cell_and_a_heading_lead_to_their_lines(editing):
    assert spot_of(editing, "血压控制于").place == Place(RIB, line_of(editing, PAST), 7)
    assert spot_of(editing, "66.70").place.line == line_of(editing, "66.70")
    assert spot_of(editing, "肺腺癌肋骨转移一例").place.line == 3
    assert spot_of(editing, "溶骨性破坏").place.line == line_of(editing, "溶骨性破坏")


def test_words_put_together_and_heads_of_tables_lead_to_what_they_are_made_of(editing):
    assert spot_of(editing, "女，64岁").place.path == RIB
    assert line_of(editing, "patient:") < spot_of(editing, "女，64岁").place.line <= line_of(editing, "occupation")
    assert spot_of(editing, "SUVmax").place.line in range(line_of(editing, "studies:"), line_of(editing, "labs:"))


def test_a_chapter_leads_to_its_own_file(editing):
    view = View("sample", "guideline")
    editing.session.show(view)
    assert spot_of(editing, "承重骨", view).place == Place(GUIDELINE, line_of(editing, "承重骨", GUIDELINE), 15)


def test_a_block_of_several_lines_leads_to_the_very_line(editing):
    editing.save(RIB, f"    - {PAST}\n", "    - |\n      高血压病10年，\n      血压控制于130/80 mmHg，\n      从无胸痛气促。\n")
    assert spot_of(editing, "从无胸痛").place.line == line_of(editing, "从无胸痛")


def test_a_place_in_the_sources_leads_to_its_words_on_the_page(editing):
    found = editing.session.passage(RIB_VIEW, Place(RIB, line_of(editing, PAST), 7), "血压控制于")
    assert found.exact
    shown = editing.session.show(RIB_VIEW)[0].pages
    mark = found.marks[0]
    run = next(run for run in shown[mark.page].runs if "血压控制于" in run.text)
    assert run.x < mark.x
    assert mark.width < run.width
    assert mark.y == run.y


def test_what_is_not_printed_leads_to_its_neighbourhood(editing):
    found = editing.session.passage(RIB_VIEW, Place(RIB, 1, 5))
    assert not found.exact
    assert found.marks[0].page == 0


def test_the_same_place_is_found_after_lines_were_put_in_before_it(editing):
    editing.save(RIB, f"    - {PAST}\n", f"    - 新增一条既往史。\n    - {PAST}\n")
    assert spot_of(editing, "血压控制于").place.line == line_of(editing, PAST)
    assert spot_of(editing, "66.70").place.line == line_of(editing, "66.70")


def test_a_volume_without_any_readable_file_is_told(project):
    project.path(VOLUME).write_text("")
    session = Session(Sources(project.root))
    session.open()
    assert session.desks == {}
    assert session.problems()


def test_a_volume_that_changes_while_it_is_set_is_left_and_begun_anew(editing):
    session = editing.session

    def change(done, of):
        if done == 3:
            editing.save(RIB, PAST, "高血压病11年，血压控制于130/80 mmHg。")

    with pytest.raises(Superseded):
        session.paginate("sample", change)
    assert session.wants_numbers(View("sample"))
    session.paginate("sample")
    assert "高血压病11年" in "".join(editing.pages)


def test_a_volume_that_cannot_be_set_is_told_once(editing):
    session = editing.session
    editing.project.edit_layout("section.html", "<main", '<a href="#nowhere">空</a><main')
    other = Session(Sources(editing.project.root))
    other.open()
    other.paginate("sample")
    assert {problem.code for problem in other.problems()} == {"TYP-004"}
    assert not other.wants_numbers(View("sample"))
    assert session.problems() == []
