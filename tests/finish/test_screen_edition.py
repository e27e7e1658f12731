"""The screen edition: kept for good, readable aloud, with its data inside, small, the same on every build."""

import csv
import hashlib
import io
import json
import re
from xml.etree import ElementTree

import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageChops, ImageFilter
from project import SAMPLEBOOK

from publisher.finish import figures, fonts
from publisher.finish.tag_tree import Element, Mark
from publisher.read import read

DC, XMP, PDF = "{http://purl.org/dc/elements/1.1/}", "{http://ns.adobe.com/xap/1.0/}", "{http://ns.adobe.com/pdf/1.3/}"
PDFAID, PDFUAID = "{http://www.aiim.org/pdfa/ns/id/}", "{http://www.aiim.org/pdfua/ns/id/}"
RIB = "sample-01-rib"
SHADE = 80
"""Of 255."""


@pytest.fixture
def pdf(sample_built):
    with pikepdf.open(io.BytesIO(sample_built.pdf)) as file:
        yield file


@pytest.fixture
def xmp(pdf):
    root = ElementTree.fromstring(pdf.Root.Metadata.read_bytes())

    def text(name: str) -> str:
        return "".join(root.find(f".//{name}").itertext())

    return text


@pytest.fixture
def files(pdf):
    names = pdf.Root.Names.EmbeddedFiles
    return dict(pikepdf.NameTree(names))


def test_the_file_says_that_it_conforms_to_both_standards(xmp):
    assert (xmp(f"{PDFAID}part"), xmp(f"{PDFAID}conformance"), xmp(f"{PDFUAID}part")) == ("3", "A", "1")


def test_metadata_are_one_description_and_agree_with_the_document_information(pdf, xmp, sample_built):
    assert pdf.Root.Metadata.read_bytes().count(b"<rdf:RDF") == 1
    pairs = [("/Title", f"{DC}title"), ("/Author", f"{DC}creator"), ("/Subject", f"{DC}description"), ("/Keywords", f"{PDF}Keywords")]
    pairs += [("/Producer", f"{PDF}Producer"), ("/Creator", f"{XMP}CreatorTool")]
    assert [str(pdf.docinfo[key]) for key, _ in pairs] == [xmp(name) for _, name in pairs]


def test_the_dates_are_the_editions_own(pdf, xmp, sample_built):
    date = sample_built.book.date
    assert {xmp(f"{XMP}CreateDate"), xmp(f"{XMP}ModifyDate")} == {f"{date}T00:00:00+08:00"}
    assert {str(pdf.docinfo.CreationDate), str(pdf.docinfo.ModDate)} == {f"D:{date.replace('-', '')}000000+08'00'"}


def test_all_colours_are_declared_srgb(pdf):
    (intent,) = pdf.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert intent.DestOutputProfile.read_bytes()[16:20] == b"RGB "


def test_the_first_page_comes_first(pdf):
    assert pdf.is_linearized


def test_the_file_does_not_end_with_blanks(sample_built):
    before, _, _ = sample_built.pdf.rpartition(b"startxref")
    assert len(before) - len(before.rstrip()) == 1


def test_pages_are_cut_to_trim(pdf):
    assert {(round(float(page.mediabox[2])), round(float(page.mediabox[3])), page.cropbox == page.mediabox) for page in pdf.pages} == {(524, 737, True)}


def test_each_case_is_attached_as_it_was_written(files, sample_built):
    trees = read(SAMPLEBOOK).volumes["sample"].trees
    attached = {name: json.loads(item.EF.F.read_bytes()) for name, item in files.items() if name.endswith(".json")}
    assert attached == {f"{name}.json": tree for name, tree in trees.items()}


def test_attached_figures_keep_their_zeros(project):
    values = [result["value"] for panel in read(project.root).volumes["sample"].trees[RIB]["labs"] for result in panel["results"]]
    assert all(isinstance(json.loads(json.dumps(value)), str) for value in values)


def test_laboratory_results_are_attached_as_a_table_that_opens_in_a_spreadsheet(files):
    raw = files[f"{RIB}-labs.csv"].EF.F.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    case = read(SAMPLEBOOK).volumes["sample"].cases[RIB]
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    wanted = [(panel.name, result.analyte, result.value, result.unit or "", result.flag or "") for panel in case.labs for result in panel.results]
    assert [tuple(row[name] for name in ("组别", "项目", "结果", "单位", "升降")) for row in rows][: len(wanted)] == wanted
    assert len(rows) == len(wanted) + sum(len(point.values) for series in case.series for point in series.points)


def test_attachments_are_data_of_the_document_with_type_date_and_checksum(pdf, files, sample_built):
    assert files
    assert len({item.objgen for item in pdf.Root.AF}) == len(pdf.Root.AF) == len(files)
    for name, item in files.items():
        stream = item.EF.F
        assert (item.AFRelationship, str(item.F), str(item.UF)) == ("/Data", name, name)
        assert str(stream.Subtype) == ("/application/json" if name.endswith(".json") else "/text/csv")
        assert bytes(stream.Params.CheckSum) == hashlib.md5(stream.read_bytes()).digest()
        assert str(stream.Params.ModDate).startswith(f"D:{sample_built.book.date.replace('-', '')}")


def test_the_file_of_one_case_holds_the_data_of_that_case_only(project):
    made = project.build(case=RIB)
    with pikepdf.open(io.BytesIO(made.pdf)) as file:
        assert {name.removesuffix(".json").removesuffix("-labs.csv") for name in pikepdf.NameTree(file.Root.Names.EmbeddedFiles)} == {RIB}


def test_fonts_hold_nothing_but_what_is_drawn(pdf):
    for font in [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Subtype") == "/Type0"]:
        descendant = font.DescendantFonts[0]
        descriptor = descendant.FontDescriptor
        if "/FontFile3" in descriptor:
            assert descriptor.FontFile3.Subtype == "/CIDFontType0C"
            assert descriptor.FontFile3.read_bytes()[:2] == b"\x01\x00"
        else:
            glyphs = fonts.opened(descriptor.FontFile2.read_bytes())["maxp"].numGlyphs
            assert glyphs < 2 * len(fonts.drawn(descendant)) + 20


def strayed(before: Image.Image, after: Image.Image) -> int:
    """Return how much darker or lighter a spot of five by five pixels has become, of 255."""
    return ImageChops.difference(before.filter(ImageFilter.BoxBlur(2)), after.filter(ImageFilter.BoxBlur(2))).getextrema()[1]


def test_finishing_changes_no_page_to_the_eye(sample_built, sample_raw):
    """The finished pages look like the engine's own, cut to trim; an edge may be sharper, no glyph or rule be lost or gained."""
    finished = pdfium.PdfDocument(sample_built.pdf)
    strange = []
    for first, raw in sample_raw.items():
        for index, page in enumerate(pdfium.PdfDocument(raw)):
            before, after = (item.render(scale=2, grayscale=True).to_pil() for item in (page, finished[first - 1 + index]))
            if strayed(before, after) > SHADE:
                strange.append(first + index)
    assert len(sample_raw) > 3
    assert strange == []


def test_running_head_and_folio_are_pagination_not_text(pdf, sample_built):
    numbered = next(span for span in sample_built.pagination.spans if span.section.numbered and span.last > span.first)
    operands = [
        instruction.operands
        for instruction in pikepdf.parse_content_stream(pdf.pages[numbered.first])
        if str(instruction.operator) == "BDC" and instruction.operands[0] == "/Artifact"
    ]
    assert [str(item[1].get("/Subtype", "")) for item in operands if item[1].get("/Type") == "/Pagination"].count("/Header") == 2


def test_nothing_private_is_left_in_the_tree(pdf):
    assert [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/Origin" in item] == []


@pytest.mark.parametrize("volume", ["lung", "breast"])
def test_a_hundred_pages_without_photographs_are_under_a_megabyte(volume, request):
    made = request.getfixturevalue(volume)
    assert len(made.pdf) / len(made.pagination.folios) < 10_000


def test_each_page_names_the_faces_it_uses_and_no_other(pdf):
    for page in pdf.pages:
        content = page.Contents.read_bytes() if "/Contents" in page.obj else b""
        assert {name.decode() for name in re.findall(rb"(/F\d+) [\d.]+ Tf", content)} == set(page.Resources.get("/Font", pikepdf.Dictionary()).keys())


def test_what_an_element_says_in_one_go_is_one_mark(pdf):
    owners = pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)
    for page in [page for page in pdf.pages if "/StructParents" in page.obj]:
        owner = owners[int(page.obj.StructParents)]
        for one, two in re.findall(rb"/Span<</MCID (\d+)>>BDC\n(?:(?!EMC)[^\n]*\n)*EMC\n(?=/Span<</MCID (\d+)>>)", page.Contents.read_bytes()):
            kids = [repr(kid) for kid in owner[int(one)].K] if isinstance(owner[int(one)].K, pikepdf.Array) else []
            assert f"{one.decode()}, {two.decode()}" not in ", ".join(kids)


def test_a_figure_stands_where_its_pixels_stood_counted_from_the_foot_of_the_page():
    with pikepdf.new() as file:
        file.add_blank_page(page_size=(524, 737))
        figure = Element("Figure", [Mark(0, 0)], alt="胸部CT", attributes={"BBox": pikepdf.Array([68, 76, 491, 357])})
        figures.place(Element("Document", [figure]), file)
        assert [float(side) for side in figure.attributes["BBox"]] == [51, 737 - 267.75, 368.25, 737 - 57]
