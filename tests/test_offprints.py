"""Offprints: each case a conforming file of its own, on its pages in the volume, with nothing of another case in it."""

import io

import pikepdf
import pytest
from project import FEMUR, REPOSITORY, Project, rules_on_texts
from pypdf import PdfReader
from typer.testing import CliRunner

from publisher import build as journey
from publisher import offprints
from publisher.cli import app
from publisher.preflight import offprint as check
from publisher.preflight.printed_text import squeezed
from publisher.problems import Rejected
from publisher.read import read

CASES = ("sample-01-rib", "sample-03-femur")
CASE = CASES[1]


def make(project: Project, cases=()) -> offprints.Offprints:
    collection = read(project.root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journey, "lint", rules_on_texts(journey.lint))
        return offprints.build(journey.Project(project.root), collection, collection.volumes["sample"], journey.Progress(), cases)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The sample book with both its offprints, made from the pages of a build."""
    project = Project(tmp_path_factory.mktemp("offprints"))
    built = project.build()
    return built, make(project), project


@pytest.fixture(scope="module")
def volume(made):
    return PdfReader(io.BytesIO(made[0].pdf))


@pytest.fixture(scope="module", params=CASES)
def case(request, made):
    """A case, its pages in the volume counted from 0, and its offprint."""
    span = next(span for span in made[0].pagination.spans if span.section.id == request.param)
    return request.param, range(span.first - 1, span.last), (made[1].folder / f"{request.param}.pdf").read_bytes()


def test_every_case_has_its_file_and_nothing_is_found_in_it(made):
    assert made[1].names == tuple(f"{slug}.pdf" for slug in CASES)
    assert made[1].problems == ()
    assert {path.name for path in made[1].folder.iterdir()} == {*made[1].names, "MANIFEST.json"}


def test_an_offprint_bears_the_folios_of_the_volume(made, volume, case):
    _, pages, pdf = case
    assert PdfReader(io.BytesIO(pdf)).page_labels[: len(pages)] == [volume.page_labels[page] for page in pages]


def test_its_collation_follows_on_pages_of_its_own_numbers(case):
    _, pages, pdf = case
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.page_labels[len(pages) :] == ["i"]
    assert "校勘记" in reader.pages[len(pages)].extract_text()


def test_the_first_page_says_of_which_volume_and_where(case, made):
    _, pages, pdf = case
    first, last = (made[0].pagination.folios[page] for page in (pages[0], pages[-1]))
    assert squeezed(f"单行本　《样书病例荟萃》样本，2026年1月31日，第{first}～{last}页") in squeezed(PdfReader(io.BytesIO(pdf)).pages[0].extract_text())


def test_an_offprint_conforms_as_the_screen_edition_does(case):
    with pikepdf.open(io.BytesIO(case[2])) as pdf:
        xmp = pdf.Root.Metadata.read_bytes()
        assert b"<pdfaid:part>3</pdfaid:part>" in xmp
        assert b"<pdfuaid:part>1</pdfuaid:part>" in xmp
        assert pdf.Root.StructTreeRoot is not None


def test_an_offprint_holds_the_data_of_its_case_alone(case):
    slug, _, pdf = case
    with pikepdf.open(io.BytesIO(pdf)) as file:
        assert {name.removesuffix(".json").removesuffix("-labs.csv") for name in pikepdf.NameTree(file.Root.Names.EmbeddedFiles)} == {slug}


def test_nothing_of_another_patient_is_in_the_file(case, sample):
    slug, _, pdf = case
    other = next(name for name in CASES if name != slug)
    title = squeezed(sample.volumes["sample"].cases[other].title)
    reader = PdfReader(io.BytesIO(pdf))
    assert all(title not in squeezed(page.extract_text()) for page in reader.pages)
    with pikepdf.open(io.BytesIO(pdf)) as file:
        pages = [item for item in file.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Page"]
        assert len(pages) == len(file.pages)


def test_offprints_need_no_build_and_come_out_the_same(made, tmp_path):
    project = Project(tmp_path / "book")
    again = make(project, [CASE])
    assert (again.folder / f"{CASE}.pdf").read_bytes() == (made[1].folder / f"{CASE}.pdf").read_bytes()
    assert not (again.folder.parent / "screen.pdf").exists()


def test_one_offprint_made_anew_leaves_the_others(tmp_path, made):
    project = Project(tmp_path / "book")
    make(project, [CASES[0]])
    made_again = make(project, [CASES[1]])
    assert {path.name for path in made_again.folder.iterdir()} == {*(f"{slug}.pdf" for slug in CASES), "MANIFEST.json"}
    assert [problem.code for problem in journey.verify(journey.Project(project.root), "sample")] == ["MAN-001"]


def test_verify_looks_at_the_offprints_too(made):
    _, offprint, project = made
    root = journey.Project(project.root)
    assert journey.verify(root, "sample") == []
    path = offprint.folder / f"{CASE}.pdf"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    try:
        (problem,) = [problem for problem in journey.verify(root, "sample") if problem.code == "MAN-004"]
        assert CASE in str(problem.place)
    finally:
        path.write_bytes(whole)


def test_an_offprint_that_is_refused_leaves_the_old_one(tmp_path):
    project = Project(tmp_path / "book")
    folder = project.root / "build" / "sample" / "offprints"
    folder.mkdir(parents=True)
    (folder / f"{CASE}.pdf").write_bytes(b"the last good one")
    project.edit_layout("components/blocks.html", "{{ inline(item.line) }}</h{{ depth }}>", "</h{{ depth }}>")
    with pytest.raises(Rejected, match="PDF-103"):
        make(project, [CASE])
    assert (folder / f"{CASE}.pdf").read_bytes() == b"the last good one"
    assert (folder / f"{CASE}.refused.pdf").exists()


def test_an_error_in_the_sources_stops_the_offprints(project):
    project.edit(FEMUR, "quote: 2018-05", "quote: 无此语")
    with pytest.raises(Rejected, match="NOTE-001"):
        make(project)
    assert not (project.root / "build").exists()


def test_the_command_names_the_folder(tmp_path):
    project = Project(tmp_path / "book")
    result = CliRunner().invoke(app, ["offprints", "--root", str(project.root), "--case", CASE])
    assert (result.exit_code, "build/sample/offprints" in result.stdout) == (0, True)


def test_an_unknown_case_is_answered_with_the_nearest():
    result = CliRunner().invoke(app, ["offprints", "--root", str(REPOSITORY / "tests" / "samplebook"), "--case", "sample-03-femor"])
    assert (result.exit_code, CASE in result.stderr) == (2, True)


# -- the checks -------------------------------------------------------------------------------------------------------

ORIGIN = "单行本　第3～4页"


def test_pages_that_are_the_volumes_own_pass():
    assert list(check.check(["单行本第3～4页甲", "乙"], ["甲", "乙"], ORIGIN, "x.pdf")) == []


def test_another_number_of_pages_is_found():
    assert [problem.code for problem in check.check(["甲"], ["甲", "乙"], ORIGIN, "x.pdf")] == ["PDF-521"]


def test_a_page_that_breaks_elsewhere_is_found_with_its_number():
    found = list(check.check(["单行本第3～4页甲乙", ""], ["甲", "乙"], ORIGIN, "x.pdf"))
    assert [(problem.code, problem.place.line) for problem in found] == [("PDF-522", 1), ("PDF-522", 2)]
