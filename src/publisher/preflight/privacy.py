"""Nothing in the finished file tells more of the patients than its volume allows: metadata, pictures, attached files, days.

The words of the sources have been judged by the rules; here is looked at what only the file has, and at every day in it.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf

from publisher import book
from publisher.identities import full_dates, persons
from publisher.pagination import Pagination
from publisher.preflight.printed_text import PrintedText
from publisher.problems import Place, Problem

CODES = {
    "PDF-401": "文件信息中没有身份信息，也没有本机路径",
    "PDF-402": "图像不带拍摄时间、地点与设备信息",
    "PDF-403": "没有隐私规定不许印出的完整日期",
}
"""What each check says when it passes."""
KEYS = {
    "/Title", "/Author", "/Subject", "/Keywords", "/Creator", "/Producer", "/CreationDate", "/ModDate", "/Trapped", "/GTS_PDFXVersion",
    "/GTS_PDFXConformance",
}  # fmt: skip
"""Of the document information."""
ADVICE = "核对原文写法；可改写者为 2021-06-15 与 2021年6月15日"
PATHS = ("/home/", "/Users/", "/root/", "/tmp/", "C:\\", "file://")
SHOT = (b"Exif\0\0", b"http://ns.adobe.com/xap/", b"Photoshop 3.0", b"eXIf")
"""What cameras and picture programs write before their own notes."""
OBJECT = re.compile(rb"\b(\d{1,7})\s+\d+\s+obj\b")
"""The beginning of an object that stands by itself in a file."""
NOT_LIFE = ("front", "guideline", "part")
"""Kinds of sections that tell no patient's life; the colophon bears the day of the edition."""


def check(pdf: bytes, printed: PrintedText, whole: book.Book, pagination: Pagination, name: str) -> Iterator[Problem]:
    """Yield a problem for everything in the file that tells too much; `name` is the file's in messages."""
    yield from of_file(pdf, whole, name)
    yield from of_pages(printed, whole, pagination, name)


def of_file(pdf: bytes, whole: book.Book, name: str) -> Iterator[Problem]:
    """Look at what the file tells beside its pages."""
    yield from pictures(pdf, name)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        yield from information(document, whole, name)
        if whole.privacy.dates != "as-written":
            yield from days_beside(document, name)


def of_pages(printed: PrintedText, whole: book.Book, pagination: Pagination, name: str) -> Iterator[Problem]:
    """Look for full dates on the pages that tell of patients."""
    for span in pagination.spans if whole.privacy.dates != "as-written" else ():
        if span.section.kind not in NOT_LIFE:
            for number in range(span.first, min(span.last, len(printed.raw)) + 1):
                for found in full_dates("".join(printed.raw[number - 1].split("\n"))):
                    yield Problem(Place(name, number), "PDF-403", "印有完整日期", found, ADVICE)


def information(document: pikepdf.Pdf, whole: book.Book, name: str) -> Iterator[Problem]:
    own = {whole.title, whole.author, whole.subject, "，".join(whole.keywords)}
    for key, value in document.docinfo.items():
        text = str(value)
        if key not in KEYS:
            yield Problem(Place(name), "PDF-401", "文件信息中有多余的项", f"{key} {text}"[:60], "删去这一项")
        if text not in own and any(persons(text)):
            yield Problem(Place(name), "PDF-401", "文件信息中有身份信息", text[:60], "删去")
    xmp = document.Root.Metadata.read_bytes().decode("utf-8", "replace") if "/Metadata" in document.Root else ""
    for text in (xmp, *(str(value) for value in document.docinfo.values())):
        for path in PATHS:
            if path in text:
                at = text.index(path)
                yield Problem(Place(name), "PDF-401", "文件信息中有本机路径", text[at : at + 40], "删去")
    for file in document.attachments:
        if any(persons(file)) or "/" in file or "\\" in file:
            yield Problem(Place(name), "PDF-401", "附件的文件名带有路径或身份信息", file[:60], "改用病例标识作文件名")


def pictures(pdf: bytes, name: str) -> Iterator[Problem]:
    for item in streams(pdf):
        if item.get("/Subtype") == pikepdf.Name.Image:
            if "/Metadata" in item or "/PieceInfo" in item:
                yield Problem(Place(name), "PDF-402", "图像附有制作软件的信息", hint="去掉图像的元数据后重新编排")
            if item.get("/Filter") in (pikepdf.Name.DCTDecode, pikepdf.Name.JPXDecode):
                head = item.read_raw_bytes()[:200_000]
                if found := next((mark for mark in SHOT if mark in head), None):
                    said = found.strip(b"\0").decode("ascii", "replace")
                    yield Problem(Place(name), "PDF-402", "图像带有拍摄信息，可含时间、地点与设备", said, "去掉图像的元数据后重新编排")


def streams(pdf: bytes) -> Iterator[Any]:
    """Yield the streams of a file. None can stand in a stream of objects (PDF 1.7 §7.5.7), so that each begins with its number."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for number in dict.fromkeys(int(found[1]) for found in OBJECT.finditer(pdf)):
            item = document.get_object(number, 0)
            if isinstance(item, pikepdf.Stream):
                yield item


def days_beside(document: pikepdf.Pdf, name: str) -> Iterator[Problem]:
    """Look for full dates in bookmarks and attached files."""
    with document.open_outline() as outline:
        for title in titles(outline.root):
            for found in full_dates(title):
                yield Problem(Place(name), "PDF-403", "书签中有完整日期", found, ADVICE)
    for file, specification in document.attachments.items():
        text = specification.get_file().read_bytes().decode("utf-8", "replace")
        for found in full_dates(f"{specification.description} {text}"):
            yield Problem(Place(name), "PDF-403", "附件中有完整日期", f"{file}：{found}", ADVICE)


def titles(items: list) -> Iterator[str]:
    for item in items:
        yield str(item.title)
        yield from titles(item.children)
