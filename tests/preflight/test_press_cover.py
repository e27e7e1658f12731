"""A cover that will not fit its book, or whose bars a till cannot read, is found."""

from dataclasses import replace

import pytest
from pikepdf import Array
from pressing import edit, found, paint
from project import Project, codes, pressed

from publisher.compose import cover
from publisher.editions import DELIVERED
from publisher.preflight import cover as cover_check
from publisher.preflight.painted import opened, read

NAME = "cover.pdf"
POINTS_PER_MM = 72 / 25.4


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The press edition of one case, on leaves so thick that its spine bears type."""
    project = Project(tmp_path_factory.mktemp("cover"))
    project.edit("content/sample/volume.yaml", "caliper_mm: 0.420", "caliper_mm: 4.000")
    return pressed(project.build(case="sample-03-femur", hold=True))


@pytest.fixture(scope="module")
def sheet(made):
    return cover.of(made.job.cover())


def test_the_whole_cover_has_no_problem(made, sheet):
    assert (made.problems, sheet.spine) == ((), made.book.title)


def test_a_cover_for_another_number_of_pages_is_found(made, sample_press):
    wrong = DELIVERED[NAME].look(sample_press.files[NAME], made.job)[0]
    assert {"PDF-402", "PDF-417"} <= set(codes(wrong))


def test_missing_folds_are_found(made):
    def spoil(pdf):
        marks = pdf.pages[0].obj.Resources.XObject.Marks
        marks.write(marks.read_bytes().split(b"[2 1] 0 d")[0] + b" Q")

    assert codes(found(made, spoil, NAME)) == ["PDF-417", "PDF-417"]


def without_spine(pdf, sheet):
    """Take away the letters that stand between the folds."""
    first, second = (fold * POINTS_PER_MM for fold in sheet.folds_mm)
    where = [0.0]

    def change(operator, operands):
        if operator == "Tm":
            where[0] = float(operands[4])
        between = operator in ("Tj", "TJ") and first / 0.75 < where[0] < second / 0.75
        return None if between else (operator, operands)

    edit(pdf, 0, change)


def test_a_spine_that_lost_its_title_is_found(made, sheet):
    assert "PDF-418" in codes(found(made, lambda pdf: without_spine(pdf, sheet), NAME))


def test_a_title_that_slid_off_the_spine_is_found(made):
    """The whole sheet is moved by four millimetres under its boxes."""

    def spoil(pdf):
        page = pdf.pages[0]
        for name in ("/TrimBox", "/BleedBox", "/MediaBox"):
            page.obj[name] = Array([float(side) + shift for side, shift in zip(page.obj[name], (11.34, 0, 11.34, 0), strict=True)])

    assert {"PDF-403", "PDF-417", "PDF-418"} <= set(codes(found(made, spoil, NAME)))


def test_a_front_without_its_title_is_found(made, sheet):
    problems = found(made, lambda pdf: edit(pdf, 0, lambda operator, operands: None if operator in ("Tj", "TJ") else (operator, operands)), NAME)
    assert [problem.found for problem in problems if problem.code == "PDF-419"] == list(sheet.lines)


def without_bars(pdf, keep):
    """Leave out each bar for which `keep` of its place among the bars does not hold; the engine builds each path three times."""
    count = [0]

    def change(operator, operands):
        if operator == "re" and 60 < abs(float(operands[3])) * 0.75 < 72 and abs(float(operands[2])) * 0.75 < 8:
            count[0] += 1
            if not keep((count[0] - 1) // 3):
                return (operator, [operands[0], operands[1], 0, 0])
        return (operator, operands)

    edit(pdf, 0, change)
    assert count[0] == 3 * 30


def test_a_missing_bar_is_found(made):
    assert codes(found(made, lambda pdf: without_bars(pdf, lambda place: place != 9), NAME)) == ["PDF-420"]


def test_bars_of_another_number_are_found(made, tmp_path):
    project = Project(tmp_path)
    project.edit("content/sample/volume.yaml", "caliper_mm: 0.420", "caliper_mm: 4.000")
    project.edit("content/sample/volume.yaml", "978-7-0000-0000-1", "978-7-0000-0001-8")
    other = pressed(project.build(case="sample-03-femur", hold=True))
    (problem,) = DELIVERED[NAME].look(other.files[NAME], made.job)[0]
    assert (problem.code, problem.found) == ("PDF-420", "9787000000018，应为 9787000000001")


def test_bars_without_a_number_are_found(made):
    volume = made.job.source.volume.model_copy(update={"isbn": None})
    job = replace(made.job, source=replace(made.job.source, volume=volume))
    assert codes(DELIVERED[NAME].look(made.files[NAME], job)[0]) == ["PDF-420"]


def bars_of(made):
    return [item.box for item in read(opened(made.files[NAME])) if item.is_rectangle and item.box.height > 50 and item.box.width < 7]


@pytest.mark.parametrize("side", ["before", "behind"])
def test_something_in_the_quiet_zone_is_found(made, side):
    bars = sorted(bars_of(made))
    x = bars[0].left - 6 if side == "before" else bars[-1].right + 2
    problems = found(made, lambda pdf: paint(pdf, 0, f"/Knockout gs 0 0 0 1 k {x} {bars[0].low + 20} 3 3 re f"), NAME)
    assert codes(problems) == ["PDF-420"]


def test_a_cover_without_stock_is_not_made_and_that_is_said(tmp_path):
    project = Project(tmp_path)
    line = next(line for line in project.path("content/sample/volume.yaml").read_text(encoding="utf-8").split("\n") if line.startswith("stock:"))
    project.edit("content/sample/volume.yaml", f"{line}\n", "")
    made = pressed(project.build(case="sample-03-femur", hold=True))
    assert (sorted(made.files), [(problem.code, problem.severity.value) for problem in made.problems]) == (["press.pdf"], [("PRS-001", "review")])


def test_every_check_of_the_cover_is_listed():
    listed = {check.code for check in DELIVERED[NAME].checks}
    assert set(cover_check.CODES) <= listed
