"""What a finished file must not tell: broken on purpose."""

import io
import json

import pikepdf
import pytest
from breaking import broken
from PIL import Image
from project import FEMUR, RIB, VOLUME, Made, Project, codes
from pypdf import PdfReader

from publisher.identities import full_dates

CASE = "sample-03-femur"


@pytest.fixture(scope="module", params=["month", "days-from-start"])
def private(request, tmp_path_factory) -> Made:
    """A case with days in text, table, note and attached data, under a policy."""
    project = Project(tmp_path_factory.mktemp("private"))
    project.edit(VOLUME, "closing:", f"privacy: {{dates: {request.param}}}\nclosing:")
    project.edit(FEMUR, "1月前出现", "2021年6月15日手术后，1月前出现")
    project.edit(FEMUR, "at: 入院第5天8:30", "at: 2021-07-20")
    project.edit(FEMUR, "note: 未载手术方式，请补。", "note: 2021-06-15手术方式未载，请补。")
    return project.build(case=CASE)


def all_text(made: Made) -> str:
    """Return everything a reader can get out of a file: pages, bookmarks, metadata, attached files."""
    reader = PdfReader(io.BytesIO(made.pdf))
    texts = ["".join(page.extract_text().split("\n")) for page in reader.pages]
    texts += [content.decode() for contents in reader.attachments.values() for content in contents]
    texts += [str(item) for item in reader.outline]
    return "\n".join(texts)


def test_no_full_date_is_left_in_the_file(private):
    assert private.problems == ()
    assert list(full_dates(all_text(private))) == []


def test_the_attached_data_follow_the_policy(private):
    (data,) = (contents[0] for name, contents in PdfReader(io.BytesIO(private.pdf)).attachments.items() if name.endswith(".json"))
    assert json.loads(data)["treatments"][0]["operation"]["at"] in ("2021-07", "第36天")


def test_where_dates_may_stand_they_stand(sample_built):
    assert "2025-03-01" in all_text(sample_built)


def test_a_date_in_an_attached_file_is_found(private):
    def spoil(pdf: pikepdf.Pdf) -> None:
        name = next(iter(pdf.attachments))
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, b'{"at": "2021-06-15"}')

    assert "PDF-403" in codes(broken(private, spoil))


def test_a_date_in_a_bookmark_is_found(private):
    def spoil(pdf: pikepdf.Pdf) -> None:
        with pdf.open_outline() as outline:
            outline.root[0].title = "2021年6月15日手术"

    assert "PDF-403" in codes(broken(private, spoil))


@pytest.mark.parametrize(
    ("key", "value"),
    [("/Author", "患者张某某，女"), ("/Keywords", "住院号：123456"), ("/Subject", "/home/editor/lung.docx"), ("/Company", "某出版社")],
)
def test_what_the_document_information_must_not_say_is_found(sample_built, key, value):
    assert "PDF-401" in codes(broken(sample_built, lambda pdf: pdf.docinfo.__setitem__(key, value)))


def test_an_attached_file_named_for_a_patient_is_found(sample_built):
    def spoil(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["患者张某某，女.csv"] = pikepdf.AttachedFileSpec(pdf, b"1")

    assert "PDF-401" in codes(broken(sample_built, spoil))


def picture(exif: bool) -> bytes:
    image, out = Image.new("RGB", (8, 8)), io.BytesIO()
    notes = Image.Exif()
    notes[0x0132] = "2021:06:15 08:30:00"
    image.save(out, "JPEG", **({"exif": notes} if exif else {}))
    return out.getvalue()


@pytest.mark.parametrize(("exif", "found"), [(True, True), (False, False)])
def test_a_picture_with_the_notes_of_its_camera_is_found(sample_built, exif, found):
    def spoil(pdf: pikepdf.Pdf) -> None:
        stream = pdf.make_stream(
            picture(exif), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=8, Height=8, BitsPerComponent=8,
            ColorSpace=pikepdf.Name.DeviceRGB, Filter=pikepdf.Name.DCTDecode,
        )  # fmt: skip
        pdf.pages[-1].add_resource(stream, pikepdf.Name.XObject, pikepdf.Name.Test)

    assert ("PDF-402" in codes(broken(sample_built, spoil))) is found


def test_the_policy_holds_for_the_chapter_of_a_whole_volume(project):
    project.edit(VOLUME, "closing:", "privacy: {dates: month}\nclosing:")
    project.edit(RIB, "2月前患者无诱因", "2025年3月1日外院就诊。2月前患者无诱因")
    made = project.build()
    assert made.problems == ()
    assert {found for found in full_dates(all_text(made)) if found not in ("2026年1月31日", "20260131")} == set()
