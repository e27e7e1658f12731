"""Ways from one place of the volume to another, printed with their pages."""

import pytest

from publisher import book
from publisher.book import Form, Reference, Text
from publisher.compose.assemble import case_alone, compose
from publisher.compose.booklet import offprint
from publisher.compose.collation import notes_of
from publisher.compose.references import anchors, linked


@pytest.fixture(scope="module")
def volumes(content) -> dict[str, book.Book]:
    return {name: compose(source, content.catalogue, "测试引擎") for name, source in content.volumes.items()}


def pointers(section: book.Section) -> list[Reference]:
    lines = [block.line for block in section.blocks if isinstance(block, book.Paragraph) and block.style == "pointer"]
    return [piece for line in lines for piece in line if isinstance(piece, Reference)]


def note_references(section: book.Section) -> set[tuple[str, str]]:
    notes = [note for block in section.blocks if isinstance(block, book.Notes) for note in block.items]
    return {(piece.text, piece.target) for note in notes for line in (note.note, note.reason) for piece in line if isinstance(piece, Reference)}


def test_a_case_points_to_the_tables_of_the_appendix_that_bear_its_drugs(volumes):
    found = pointers(volumes["breast"].section("breast-05-endocrine"))
    assert [(piece.text, piece.form) for piece in found] == [("内分泌药物", Form.PAGE), ("CDK4/6抑制剂", Form.PAGE), ("骨靶向药物", Form.PAGE)]


def test_the_pointer_closes_the_treatments(volumes):
    section = volumes["lung"].section("lung-13-renal-impairment")
    place = next(index for index, block in enumerate(section.blocks) if isinstance(block, book.Paragraph) and block.style == "pointer")
    after = section.blocks[place + 1]
    assert (isinstance(after, book.Heading), after.title) == (True, "六、治疗经过")


def test_a_case_without_a_dose_in_the_appendix_has_no_pointer(volumes):
    assert pointers(volumes["lung"].section("lung-02-vertebral-fractures")) == []


def test_every_drug_leads_both_ways(volumes):
    """A table of the appendix that names a case is named by that case, and the other way round."""
    for whole in volumes.values():
        there, back = set(), set()
        for table in [block for block in whole.section("dosing").blocks if isinstance(block, book.Table)]:
            for piece in [piece for row in table.rows for piece in row[-1] if isinstance(piece, Reference)]:
                case = next(section.id for section in whole.sections if section.kind == "case" and piece.target.startswith(section.id))
                there |= {(table.anchor, case)} if "-table-" in piece.target else set()
        for section in [section for section in whole.sections if section.kind == "case"]:
            back |= {(piece.target, section.id) for piece in pointers(section)}
        assert there <= back


@pytest.mark.parametrize(
    ("volume", "case", "references"),
    [
        ("breast", "breast-02-dual-her2", {("例1", "breast-01-femoral-fracture"), ("例5", "breast-05-endocrine")}),
        ("lung", "lung-13-renal-impairment", set()),
    ],
)
def test_notes_lead_to_the_cases_they_compare_with(volumes, volume, case, references):
    assert note_references(volumes[volume].section(case)) == references


def test_a_note_does_not_lead_to_its_own_case(volumes):
    for whole in volumes.values():
        for section in [section for section in whole.sections if section.kind == "case"]:
            assert section.id not in {target for _, target in note_references(section)}


@pytest.mark.parametrize(
    ("text", "found"),
    [("例5称应监测", [("例5", "five")]), ("521例患者", []), ("例51", []), ("见例5、例1。", [("例5", "five"), ("例1", "one")]), ("病例5例", [])],
)
def test_only_the_number_of_a_case_becomes_a_link(text, found):
    pieces = linked((Text(text),), {"5": "five", "1": "one"})
    assert [(piece.text, piece.target) for piece in pieces if isinstance(piece, Reference)] == found
    assert "".join(piece.text for piece in pieces) == text


def test_no_case_alone_leads_out_of_itself(volumes, content):
    """Neither from its text nor from its notes, in the proof of a case as in its offprint."""
    for name, whole in volumes.items():
        for case in [section.id for section in whole.sections if section.kind == "case"]:
            for alone in (case_alone(whole, case), offprint(whole, content.volumes[name].volume, case, 5, 9)):
                notes = [note for section in alone.sections for note in notes_of(section)]
                inside = {*anchors(alone.sections), *(place for note in notes for place in (note.anchor, note.mark, note.entry))}
                links = [target for section in alone.sections for block in section.blocks for target in book.links_of(block)]
                assert inside.issuperset(links), (case, alone.id)
