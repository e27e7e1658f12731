"""What a file says of itself and brings with it is compared with the book: XMP, dates, page labels, attached data, colours."""

import hashlib

import pytest
from breaking import broken
from pikepdf import Array, Dictionary, Name, NameTree, String
from pressing import rewrite_xmp, spoilt
from project import codes

from publisher.edition import SCREEN
from publisher.editions import CHECKS
from publisher.preflight import metadata

RIB = "sample-01-rib"


def attachment(pdf, name: str):
    return NameTree(pdf.Root.Names.EmbeddedFiles)[name]


def info(key: str, value: str):
    return lambda pdf: pdf.docinfo.__setitem__(key, String(value))


def xmp(old: str, new: str = ""):
    return lambda pdf: rewrite_xmp(pdf, old, new)


def second_rdf(pdf):
    rewrite_xmp(pdf, "</rdf:RDF>", '</rdf:RDF><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>')


def no_labels(pdf):
    del pdf.Root.PageLabels


def labels(*nums):
    return lambda pdf: pdf.Root.PageLabels.__setitem__("/Nums", Array(nums))


def without_case(pdf):
    del NameTree(pdf.Root.Names.EmbeddedFiles)[f"{RIB}.json"]


def stranger(pdf):
    pdf.attachments["记录.txt"] = b"x"


def of_case(change, name: str = f"{RIB}.json"):
    return lambda pdf: change(attachment(pdf, name))


def rewritten(content: bytes, name: str = f"{RIB}.json"):
    """Give an attachment other contents, with size and checksum that fit."""

    def spoil(pdf):
        stream = attachment(pdf, name).EF.F
        parameters = stream.Params
        stream.write(content)
        stream.Params = parameters
        stream.Params.Size, stream.Params.CheckSum = len(content), String(hashlib.md5(content).digest())

    return spoil


def figure_lost(pdf):
    content = attachment(pdf, f"{RIB}.json").EF.F.read_bytes()
    assert b'"66.70"' in content
    rewritten(content.replace(b'"66.70"', b'"66.7"'))(pdf)


def cell_lost(pdf):
    content = attachment(pdf, f"{RIB}-labs.csv").EF.F.read_bytes()
    head, rest = content.split(b"\r\n", 1)
    rewritten(head.rsplit(b",", 1)[0] + b"\r\n" + rest, f"{RIB}-labs.csv")(pdf)


BROKEN = {
    "another title in the XMP": (xmp("样书病例荟萃</rdf:li>", "别的书</rdf:li>"), "PDF-320"),
    "another author in the information": (info("/Author", "某人"), "PDF-320"),
    "both say another subject": (lambda pdf: (info("/Subject", "别的")(pdf), xmp(">虚构病例两例，供程序自检<", ">别的<")(pdf)), "PDF-320"),
    "a keyword left out": (xmp("<rdf:li>骨转移</rdf:li>"), "PDF-320"),
    "another language": (xmp("<rdf:li>zh-CN</rdf:li>", "<rdf:li>en</rdf:li>"), "PDF-320"),
    "another producer": (info("/Producer", "别的程序"), "PDF-320"),
    "no standard for keeping": (xmp("<pdfaid:part>3</pdfaid:part>"), "PDF-321"),
    "a lesser conformance": (xmp("<pdfaid:conformance>A<", "<pdfaid:conformance>B<"), "PDF-321"),
    "no standard for reading aloud": (xmp("<pdfuaid:part>1</pdfuaid:part>"), "PDF-321"),
    "a second description": (second_rdf, "PDF-321"),
    "no XMP": (lambda pdf: pdf.Root.__delitem__("/Metadata"), "PDF-321"),
    "an XMP that cannot be read": (lambda pdf: pdf.Root.Metadata.write(b"<x"), "PDF-321"),
    "another date in the XMP": (xmp("<xmp:ModifyDate>2026", "<xmp:ModifyDate>2025"), "PDF-322"),
    "another date in the information": (info("/ModDate", "D:20250131000000+08'00'"), "PDF-322"),
    "no page labels": (no_labels, "PDF-323"),
    "labels that start late": (labels(2, Dictionary(S=Name.D)), "PDF-323"),
    "labels of one range": (labels(0, Dictionary(S=Name.D)), "PDF-323"),
    "labels with a prefix": (lambda pdf: pdf.Root.PageLabels.Nums[-1].__setitem__("/P", String("A-")), "PDF-323"),
    "a case without its data": (without_case, "PDF-324"),
    "a file that is none of the book's": (stranger, "PDF-324"),
    "another relation": (of_case(lambda item: item.__setitem__("/AFRelationship", Name.Unspecified)), "PDF-325"),
    "not listed as the book's": (lambda pdf: pdf.Root.AF.__delitem__(0), "PDF-325"),
    "listed twice": (lambda pdf: pdf.Root.AF.append(pdf.Root.AF[0]), "PDF-325"),
    "two names": (of_case(lambda item: item.__setitem__("/UF", String("x.json"))), "PDF-325"),
    "another type": (of_case(lambda item: item.EF.F.__setitem__("/Subtype", Name("/text/plain"))), "PDF-326"),
    "no type": (of_case(lambda item: item.EF.F.__delitem__("/Subtype")), "PDF-326"),
    "another size": (of_case(lambda item: item.EF.F.Params.__setitem__("/Size", 3)), "PDF-327"),
    "another checksum": (of_case(lambda item: item.EF.F.Params.__setitem__("/CheckSum", String("0" * 16))), "PDF-327"),
    "another date of a file": (of_case(lambda item: item.EF.F.Params.__setitem__("/ModDate", String("D:2020"))), "PDF-327"),
    "data cut short": (rewritten(b'{"id": "sample'), "PDF-328"),
    "data of another case": (rewritten(b'{"id": "sample-01-rib"}'), "PDF-328"),
    "a figure that lost its zero": (figure_lost, "PDF-328"),
    "a table with a cell too few": (cell_lost, "PDF-328"),
    "a table that is no text": (rewritten(b"\xff\xfe\x00", f"{RIB}-labs.csv"), "PDF-328"),
    "no colours declared": (lambda pdf: pdf.Root.__delitem__("/OutputIntents"), "PDF-329"),
    "colours of a press": (lambda pdf: pdf.Root.OutputIntents[0].DestOutputProfile.write(b"\0" * 12 + b"prtrCMYK" + b"\0" * 9), "PDF-329"),
}


@pytest.mark.parametrize(("spoil", "code"), BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_is_found(sample_built, spoil, code):
    described = metadata.check(spoilt(sample_built.pdf, spoil), sample_built.book, sample_built.pagination, SCREEN)
    assert code in codes(described)


def test_saving_alone_breaks_nothing(sample_built):
    assert list(metadata.check(spoilt(sample_built.pdf, lambda pdf: None), sample_built.book, sample_built.pagination, SCREEN)) == []


def test_a_real_volume_describes_itself_rightly(breast):
    assert list(metadata.check(breast.pdf, breast.book, breast.pagination, SCREEN)) == []


def test_the_build_looks_at_it(sample_built):
    assert "PDF-324" in codes(broken(sample_built, without_case))
    assert set(metadata.CODES) <= {check.code for check in CHECKS}
    assert list(metadata.RULES) == list(metadata.CODES)
