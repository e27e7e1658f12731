"""Writing `settles` into notes: the bytes of the code and no others."""

import pytest
from project import REPOSITORY, RIB, Project

from publisher.lint import settling
from publisher.lint.characters import covered
from publisher.lint.queries import examined
from publisher.lint.report import Report
from publisher.problems import Rejected

KNOWN = covered(REPOSITORY / "styles" / "fonts")
FAULT = "地舒单抗120mg"
STYLES = {
    "a mapping in lines": f"  - quote: {FAULT}\n    note: 120 mg单位前缺空格，请核。\n",
    "with a reason": f"  - quote: {FAULT}\n    note: 120 mg单位前缺空格，请核。\n    reason: 见凡例。\n",
    "the note first": f"  - note: 120 mg单位前缺空格，请核。\n    quote: {FAULT}\n",
    "quoted": f"  - quote: '{FAULT}'\n    note: \"120 mg单位前缺空格，请核。\"\n",
    "a mapping in one line": f"  - {{quote: {FAULT}, note: 120 mg单位前缺空格，请核。}}\n",
    "a mapping in one line broken": f"  - {{quote: {FAULT},\n     note: 120 mg单位前缺空格，请核。}}\n",
    "a literal": f"  - quote: |\n      {FAULT}\n    note: 120 mg单位前缺空格，请核。\n",
    "codes already": f"  - quote: {FAULT}\n    settles: [TXT-007]\n    note: 120 mg单位前缺空格，请核。\n",
    "codes in lines already": f"  - quote: {FAULT}\n    settles:\n      - TXT-007\n    note: 120 mg单位前缺空格，请核。\n",
    "codes in quotes already": f"  - {{quote: {FAULT}, settles: ['TXT-007'], note: 120 mg单位前缺空格，请核。}}\n",
}


def faulty(project: Project, note: str) -> Project:
    project.edit(RIB, "患者依从性良好", f"患者依从性良好，{FAULT}")
    project.edit(RIB, "notes:\n", f"notes:\n{note}")
    return project


def proposed(project: Project):
    collection = project.collection()
    source = collection.volumes["sample"]
    return list(settling.proposals(source, examined(source, collection.catalogue, KNOWN)))


@pytest.mark.parametrize("note", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
def test_only_the_code_is_put_in(project, note, line_end, mark):
    path = faulty(project, note).path(RIB)
    before = mark + path.read_bytes().replace(b"\n", line_end.encode())
    path.write_bytes(before)
    ((written, after),) = settling.edited(project.root, proposed(project)).items()
    assert written == path
    taken_out = after
    for added in (b", TXT-006", f"settles: [TXT-006]{line_end}    ".encode(), b"settles: [TXT-006], ", f"{line_end}      - TXT-006".encode()):
        if added in after:
            taken_out = after.replace(added, b"", 1)
            break
    assert taken_out == before


@pytest.mark.parametrize("note", STYLES.values(), ids=STYLES)
def test_afterwards_the_note_settles_the_finding(project, note):
    faulty(project, note)
    for path, content in settling.edited(project.root, proposed(project)).items():
        path.write_bytes(content)
    collection = project.collection()
    examination = examined(collection.volumes["sample"], collection.catalogue, KNOWN)
    assert [problem.code for problem in examination.errors] == (["NOTE-003"] if "TXT-007" in note else [])


def test_twice_adds_nothing(project):
    faulty(project, STYLES["a mapping in lines"])
    for path, content in settling.edited(project.root, proposed(project)).items():
        path.write_bytes(content)
    assert proposed(project) == []


def test_a_file_that_changed_in_between_is_refused(project):
    found = proposed(faulty(project, STYLES["a mapping in lines"]))
    project.edit(RIB, "notes:\n", "\nnotes:\n")
    with pytest.raises(Rejected, match="NOTE-004"):
        settling.edited(project.root, found)


def test_a_note_on_other_words_is_not_proposed(project):
    assert proposed(faulty(project, "  - {quote: 66.70, settles: [], note: 单位前缺空格，请核。}\n")) == []


def test_a_note_on_the_same_words_about_something_else_is_not_akin(project):
    collection = faulty(project, "  - {quote: 依从性良好, note: 何人所评，请注明。}\n").collection()
    source = collection.volumes["sample"]
    assert settling.likely(source, examined(source, collection.catalogue, KNOWN)) == []


def test_of_two_notes_on_a_finding_the_likelier_is_taken(project):
    notes = "  - {quote: 依从性良好, note: 何人所评，120 mg，请注明。}\n" + STYLES["a mapping in lines"]
    collection = faulty(project, notes).collection()
    source = collection.volumes["sample"]
    (item,) = settling.likely(source, examined(source, collection.catalogue, KNOWN))
    assert item.note.quote == FAULT


def test_the_report_suggests_the_note(project):
    faulty(project, STYLES["a mapping in lines"])
    collection = project.collection()
    source = collection.volumes["sample"]
    said = Report([(source, examined(source, collection.catalogue, KNOWN))], project.root, suggest=True).text()
    assert "此处已有编者按，可加 settles: [TXT-006]" in said


def test_the_real_notes_can_all_be_given_a_code(content):
    """Whatever style a real note is written in, a code can be put into it."""
    for source in content.volumes.values():
        for case in source.cases.values():
            raw = (REPOSITORY / case.id.place.path).read_bytes()
            assert settling.with_codes(raw, case.id.place.path, {note.quote.place: ["TXT-006"] for note in case.notes}).count(b"TXT-006") == len(case.notes)
