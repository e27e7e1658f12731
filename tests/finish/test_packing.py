"""A packed file says the same as its objects in fewer bytes; one for the web has its first page first and true hints."""

import io
import re

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from publisher.finish import packing, web_order
from publisher.finish.objects import Batch, Objects, Stream, Taken, kind
from publisher.finish.streams import stored

SECRET = "住院号 0012345"
NOTES = 2500


def document(pages: int = 3) -> pikepdf.Pdf:
    """Return a document whose pages share a font, a picture by two of them, and notes that lead to pages; a secret belongs to nothing."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    form = pdf.make_stream(b"0 0 5 5 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 5, 5])
    for place in range(pages):
        pdf.add_blank_page(page_size=(150, 100))
        page = pdf.pages[-1].obj
        page.Contents = pdf.make_stream(b"BT /F1 9 Tf (page %d) Tj ET\n" % place + b"0 0 9 9 re f\n" * 200)
        page.Resources = pdf.make_indirect(Dictionary(Font=Dictionary(F1=font), **({"XObject": Dictionary(X=form)} if place % 2 else {})))
    words = [String(f"see 3 0 R ({place}) \\ 3 0 R") for place in range(NOTES)]
    pdf.Root.Notes = Array([pdf.make_indirect(Dictionary(Type=Name.Note, Words=said, Page=pdf.pages[0].obj)) for said in words])
    pdf.docinfo["/Title"] = String("书名")
    pdf.make_indirect(Dictionary(Words=String(SECRET)))
    return pdf


def taken(pdf: pikepdf.Pdf) -> tuple[Objects, int, int, list[int]]:
    """Return the objects of a document, its catalogue, its information and its pages."""
    objects = Objects()
    found = Taken(pdf, objects.count)
    root, info = found.number(pdf.trailer.Root.objgen[0]), found.number(pdf.trailer.Info.objgen[0])
    pages = [found.number(page.objgen[0]) for page in pdf.pages]
    for number, thing, text in found.followed():
        if isinstance(thing, pikepdf.Stream):
            objects.streams.append(Stream(number, 0, *stored(thing, text)))
        elif number == root or number in pages:
            objects.alone[number] = text
        else:
            objects.batches.append(Batch("Tree" if kind(thing) in ("/Pages", "/Note") else kind(thing), 0, number, (text,)))
    objects.count = found.next
    return objects, root, info, pages


def for_reading(pdf: pikepdf.Pdf) -> bytes:
    return packing.packed(*taken(pdf)[:3])


def for_the_web(pdf: pikepdf.Pdf) -> bytes:
    return web_order.packed(*taken(pdf))


both = pytest.mark.parametrize("packed", [for_reading, for_the_web])


@both
def test_every_object_says_what_it_said(packed):
    pdf = document()
    with pikepdf.open(io.BytesIO(packed(pdf))) as small:
        assert [str(note.Words) for note in small.Root.Notes] == [str(note.Words) for note in pdf.Root.Notes]
        assert all(note.Page.objgen == small.pages[0].objgen for note in small.Root.Notes)
        assert [page.Contents.read_bytes() for page in small.pages] == [page.Contents.read_bytes() for page in pdf.pages]
        assert small.docinfo["/Title"] == "书名"
        assert not small.check_pdf_syntax()


@both
def test_what_belongs_to_the_whole_volume_stands_in_small_streams(packed, monkeypatch):
    monkeypatch.setattr(packing, "MUCH", 5000)
    pdf = document()
    with pikepdf.open(io.BytesIO(packed(pdf))) as small:
        assert [str(note.Words) for note in small.Root.Notes] == [str(note.Words) for note in pdf.Root.Notes]
        streams = [item.read_bytes() for item in small.objects if isinstance(item, pikepdf.Stream) and item.get("/Type") == "/ObjStm"]
    notes = [stream for stream in streams if b"/Note" in stream]
    assert len(notes) > 10
    assert max(map(len, notes)) < 2 * 5000


@both
def test_what_nothing_refers_to_is_left_out(packed):
    with pikepdf.open(io.BytesIO(packed(document()))) as small:
        assert not [item for item in small.objects if isinstance(item, Dictionary) and str(item.get("/Words", "")) == SECRET]


@both
def test_the_same_objects_give_the_same_bytes(packed):
    assert packed(document()) == packed(document())


@both
def test_pages_stand_alone_and_streams_of_objects_are_not_too_long(packed):
    pdf = packed(document())
    assert len(re.findall(rb"obj\n<<[^>]*(?:<<[^>]*>>[^>]*)*/Type /Page\b", pdf)) == 3
    assert sorted(int(count) for count in re.findall(rb"/ObjStm /N (\d+)", pdf) if int(count) > 10) == [NOTES - 2000 + 1, 1000, 1000]


@pytest.mark.parametrize("pages", [1, 2, 3, 40])
def test_a_file_for_the_web_has_true_hints(pages):
    with pikepdf.open(io.BytesIO(for_the_web(document(pages)))) as small:
        assert small.is_linearized
        assert small.check_linearization()
        assert len(small.pages) == pages


def test_the_first_page_can_be_shown_when_the_rest_is_not_there():
    pdf = for_the_web(document(40))
    end = int(re.search(rb"/E (\d+)", pdf)[1])
    assert b"/Type /Page" in pdf[:end]
    assert end < len(pdf) / 2


def test_pictures_that_are_compressed_otherwise_stay_as_they_are():
    pdf = document()
    pdf.Root.Picture = pdf.make_stream(b"\xff\xd8 not touched")
    pdf.Root.Picture.Filter = Name.DCTDecode
    pdf.Root.Samples = pdf.make_stream(b"\2" + bytes(30))
    with pikepdf.open(io.BytesIO(for_the_web(pdf))) as small:
        assert small.Root.Picture.read_raw_bytes() == b"\xff\xd8 not touched"
        assert small.Root.Samples.read_bytes() == b"\2" + bytes(30)


@pytest.mark.parametrize("text", [b"<< /To 7 0 R >>", b"<< /To [ 1 0 R 7 0 R ] >>"])
def test_a_reference_to_nothing_is_an_error(text):
    objects = Objects()
    objects.add("Note", text)
    objects.reserve(7)
    objects.alone[objects.reserve()] = b"<< /Type /Catalog >>"
    with pytest.raises(ValueError, match="object 7 is not in the file"):
        packing.packed(objects, objects.count - 1)
