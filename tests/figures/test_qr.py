"""QR codes: printed only where the volume has a public address, and read back from the rendered page."""

import pypdfium2
import pytest
import zxingcpp
from project import VOLUME, Project

from publisher.figures.qr import code

ADDRESS = "https://example.org/casebooks/sample"


def codes_of(pdf: bytes) -> dict[int, list[str]]:
    """Return what a reader of QR codes sees on each page, as printed at 200 dots an inch."""
    found = {}
    with pypdfium2.PdfDocument(pdf) as file:
        for number, page in enumerate(file, 1):
            if read := zxingcpp.read_barcodes(page.render(scale=200 / 72).to_pil()):
                found[number] = [item.text for item in read]
    return found


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    project = Project(tmp_path_factory.mktemp("published") / "book")
    project.edit(VOLUME, "id: sample", f"id: sample\npublic_address: {ADDRESS}/")
    return project.build()


def test_a_volume_without_address_prints_no_code(sample_built):
    assert codes_of(sample_built.pdf) == {}


def test_the_title_page_and_each_case_lead_to_their_own_pages(published):
    spans = {span.section.id: span.first for span in published.pagination.spans}
    assert codes_of(published.pdf) == {
        spans["title-page"]: [f"{ADDRESS}/"],
        spans["sample-01-rib"]: [f"{ADDRESS}/sample-01-rib"],
        spans["sample-03-femur"]: [f"{ADDRESS}/sample-03-femur"],
    }


def test_codes_pass_every_check_of_the_file(published):
    assert published.problems == ()


def test_a_code_has_its_quiet_zone():
    svg = code(ADDRESS, 51.0, "二维码。").svg
    assert min(float(part.split()[0]) for part in svg.split('d="')[2].split('"')[0].split("M")[1:]) == pytest.approx(51 / 37 * 4, abs=0.01)


@pytest.mark.parametrize("address", ["example.org", "ftp://example.org", "https://例子.org", "https://a b"])
def test_an_address_that_is_none_is_refused(project, address):
    project.edit(VOLUME, "id: sample", f"id: sample\npublic_address: {address}")
    assert "public_address" in project.problem().message or project.problem().hint
