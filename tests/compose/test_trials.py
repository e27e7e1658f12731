"""Trials at a glance: every trial cited, what the cases print apart from what is published."""

from publisher import book
from publisher.book import Pages
from publisher.compose.assemble import compose
from publisher.compose.trials import IN_CASES, PUBLISHED, citing


def trials(content, volume: str) -> book.Section:
    return compose(content.volumes[volume], content.catalogue, "测试引擎").section("trials")


def table(section: book.Section, name: str) -> book.Table:
    return next(block for block in section.blocks if isinstance(block, book.Table) and book.words(block.caption) == name)


def rows(one: book.Table, head: str) -> list[list[str]]:
    return [[book.words(cell) for cell in row] for group, body in one.bodies if book.words(group) == head for row in body]


def told(section: book.Section, name: str) -> dict[str, book.Line]:
    """Return the notes under a trial's table by their run-in heads."""
    place = section.blocks.index(table(section, name)) + 1
    found = {}
    for block in section.blocks[place:]:
        if not isinstance(block, book.Paragraph):
            break
        found[block.line[0].text] = block.line[1:]
    return found


def test_every_trial_that_a_volume_names_is_listed_by_name(content):
    names = {name: [book.words(block.caption) for block in trials(content, name).blocks if isinstance(block, book.Table)] for name in content.volumes}
    assert names["lung"] == ["IMpower133", "KEYNOTE-407"]
    assert names["breast"] == sorted(names["breast"], key=str.casefold)
    assert {"CLEOPATRA", "PALOMA-2", "Stopeck 2010", "DESTINY-Breast03"} <= set(names["breast"])


def test_figures_of_the_cases_stand_apart_from_those_published(content):
    cleopatra = table(trials(content, "breast"), "CLEOPATRA")
    assert rows(cleopatra, IN_CASES)[2] == ["中位OS（最终分析）", "56.5个月", "—", "—", "—", "例2"]
    assert rows(cleopatra, PUBLISHED)[0] == ["中位PFS（独立评估）", "18.5个月", "12.4个月", "HR 0.62（0.51～0.75）", "<0.001", "文献"]


def test_every_figure_of_the_cases_is_in_the_table_of_its_trial(content):
    section, source = trials(content, "breast"), content.volumes["breast"]
    missing = []
    for case in source.cases.values():
        for comment in [inner for outer in case.commentary for inner in (outer, *outer.sections)]:
            for evidence in [item for item in comment.evidence if item.trial]:
                printed = rows(table(section, str(evidence.trial.entry.name)), IN_CASES)
                for result in evidence.results:
                    parts = [part for part in (result.endpoint, result.experimental, result.control, result.effect, result.p) if part]
                    missing += [] if any(set(parts) <= set(row) and row[-1] == f"例{case.number}" for row in printed) else [(case.id, result)]
    assert missing == []


def test_a_trial_that_only_the_reason_of_a_note_names_leads_to_the_collation(content):
    line = told(trials(content, "lung"), "IMpower133")["引用"]
    assert line == (book.Text("例15（"), Pages("trials", "IMpower133", section="collation"), book.Text("，校勘记）"))


def test_a_trial_that_only_a_note_names_says_so(project):
    project.edit("content/sample/cases/sample-01-rib.yaml", "trial: SAMPLE-100研究", "study: 未命名的研究")
    project.edit("content/sample/cases/sample-01-rib.yaml", "    note: ", "    note: 与SAMPLE-100研究不合，")
    collection = project.collection()
    (citation,) = citing(collection.volumes["sample"], collection.catalogue)["SAMPLE-100"]
    assert (citation.noted, citation.collated) == (True, False)


def test_population_and_arms_are_those_of_the_case_and_those_published(content):
    notes = told(trials(content, "breast"), "FALCON")
    assert book.words(notes["病例所载"]).startswith("AI治疗失败的HR+/HER2-晚期乳腺癌")
    assert book.words(notes["文献所载"]).startswith("未接受过内分泌治疗的绝经后HR阳性")


def test_every_trial_has_its_citation(content):
    for volume in content.volumes:
        section = trials(content, volume)
        captions = [book.words(block.caption) for block in section.blocks if isinstance(block, book.Table)]
        assert [name for name in captions if "文献" not in told(section, name)] == []


def test_a_volume_that_cites_no_trial_has_no_such_section(project):
    for word in ("trial: SAMPLE-100研究", "population: 虚构的骨转移人群"):
        project.edit("content/sample/cases/sample-01-rib.yaml", word, word.replace("trial: SAMPLE-100研究", "study: 未命名的研究"))
    collection = project.collection()
    assert citing(collection.volumes["sample"], collection.catalogue) == {}
    assert "trials" not in [section.id for section in compose(collection.volumes["sample"], collection.catalogue, "测试引擎").sections]
