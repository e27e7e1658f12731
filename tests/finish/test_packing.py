"""A packed file says the same as its document in fewer bytes."""

import io
import re
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from publisher.finish import packing

SECRET = "住院号 0012345"


@pytest.fixture
def document() -> pikepdf.Pdf:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(150, 100))
    pdf.pages[0].obj.Contents = pdf.make_stream(b"0 0 9 9 re f\n" * 200)
    words = [String(f"see 3 0 R ({place}) \\ 3 0 R") for place in range(2500)]
    pdf.Root.Notes = Array([pdf.make_indirect(Dictionary(Type=Name.Note, Words=said, Page=pdf.pages[0].obj)) for said in words])
    pdf.make_indirect(Dictionary(Words=String(SECRET)))
    return pdf


def test_every_object_says_what_it_said(document):
    with pikepdf.open(io.BytesIO(packing.packed(document))) as small:
        assert [str(note.Words) for note in small.Root.Notes] == [str(note.Words) for note in document.Root.Notes]
        assert all(note.Page.objgen == small.pages[0].objgen for note in small.Root.Notes)
        assert small.pages[0].Contents.read_bytes() == document.pages[0].Contents.read_bytes()
        assert not small.check_pdf_syntax()


def test_what_nothing_refers_to_is_left_out(document):
    with pikepdf.open(io.BytesIO(packing.packed(document))) as small:
        assert not [item for item in small.objects if isinstance(item, Dictionary) and str(item.get("/Words", "")) == SECRET]


def test_pages_stand_alone_and_streams_of_objects_are_not_too_long(document):
    pdf = packing.packed(document)
    assert re.search(rb"/Type /Page\b", pdf)
    assert sorted(int(count) for count in re.findall(rb"/ObjStm /N (\d+)", pdf) if int(count) > 10) == [500, 1000, 1000]


def test_pictures_that_are_compressed_otherwise_stay_as_they_are(document):
    document.Root.Picture = document.make_stream(b"\xff\xd8 not touched")
    document.Root.Picture.Filter = Name.DCTDecode
    document.Root.Samples = document.make_stream(zlib.compress(b"\2" + bytes(30)), Filter=Name.FlateDecode, DecodeParms=Dictionary(Predictor=15, Columns=30))
    with pikepdf.open(io.BytesIO(packing.packed(document))) as small:
        assert small.Root.Picture.read_raw_bytes() == b"\xff\xd8 not touched"
        assert small.Root.Samples.read_bytes() == bytes(30)


def test_the_same_document_gives_the_same_bytes(document):
    assert packing.packed(document) == packing.packed(document)
