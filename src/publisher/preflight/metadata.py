"""What the screen edition says of itself and brings with it: XMP against the document information, page labels, files of data.

PDF/A-3 is ISO 19005-3, PDF/UA-1 is ISO 14289-1; that the two agree with each other and with the book is seen here.
"""

import csv
import io
import json
from collections.abc import Iterator
from hashlib import md5
from pathlib import PurePath
from typing import Any
from xml.etree import ElementTree

import pikepdf
from pikepdf import Array, Dictionary, NameTree, NumberTree

from publisher import book
from publisher.edition import Edition
from publisher.pagination import Pagination
from publisher.problems import Place, Problem

CODES = {
    "PDF-320": "XMP 与文件信息一致，也与书一致",
    "PDF-321": "XMP 声明了 PDF/A-3a 与 PDF/UA-1",
    "PDF-322": "日期都是本版日期",
    "PDF-323": "页码标签自首页起，罗马数字与阿拉伯数字各成一段",
    "PDF-324": "每例的数据都已附上，没有别的附件",
    "PDF-325": "附件都注明是本书的数据（Data）",
    "PDF-326": "附件的类型与文件名后缀相符",
    "PDF-327": "附件的大小、校验和与日期不错",
    "PDF-328": "附件读得出，来源的每一项都在其中",
    "PDF-329": "颜色都声明为 sRGB",
}
"""What each check says when it passes."""

NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "dc": "http://purl.org/dc/elements/1.1/", "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/", "pdfaid": "http://www.aiim.org/pdfa/ns/id/", "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
}  # fmt: skip
MIME = {".json": "application/json", ".csv": "text/csv"}
LABS = "-labs.csv"

Faults = Iterator[tuple[str, str]]


class Described:
    """A PDF with its XMP and its attached files. An XMP that cannot be read counts as empty."""

    def __init__(self, pdf: bytes, whole: book.Book, pagination: Pagination):
        self.pdf, self.book, self.pagination = pikepdf.open(io.BytesIO(pdf)), whole, pagination
        try:
            self.xmp = ElementTree.fromstring(self.pdf.Root.Metadata.read_bytes())
        except (AttributeError, ElementTree.ParseError):
            self.xmp = ElementTree.Element("none")
        names = self.pdf.Root.get("/Names", Dictionary())
        self.files: dict[str, Any] = dict(NameTree(names.EmbeddedFiles)) if "/EmbeddedFiles" in names else {}

    def said(self, name: str) -> str:
        found = self.xmp.find(f".//{name}", NAMESPACES)
        return "".join(found.itertext()).strip() if found is not None else ""

    def info(self, key: str) -> str:
        return str(self.pdf.docinfo.get(key, ""))

    @property
    def stamp(self) -> str:
        return f"D:{self.book.date.replace('-', '')}000000+08'00'"


def check(pdf: bytes, whole: book.Book, pagination: Pagination, edition: Edition) -> Iterator[Problem]:
    """Yield every fault of what a file says of itself."""
    described = Described(pdf, whole, pagination)
    for code, rule in RULES.items():
        for message, found in rule(described):
            yield Problem(Place(f"{whole.id}/{edition.name}.pdf"), code, message, found, "查 finish/metadata.py 与 finish/attachments.py")


def agreement(file: Described) -> Faults:
    """Author, title and the rest are the same in both places; the book says the same."""
    whole = file.book
    told = {
        "/Title": ("dc:title", whole.title), "/Author": ("dc:creator", whole.author), "/Subject": ("dc:description", whole.subject),
        "/Keywords": ("pdf:Keywords", "，".join(whole.keywords)), "/Creator": ("xmp:CreatorTool", ""), "/Producer": ("pdf:Producer", ""),
    }  # fmt: skip
    for key, (name, wanted) in told.items():
        if file.info(key) != file.said(name):
            yield f"XMP {name} 与文件信息 {key[1:]} 不同", f"{file.said(name) or '无'}｜{file.info(key) or '无'}"
        elif wanted and file.said(name) != wanted:
            yield f"XMP {name} 与书不同", f"{file.said(name)}，应为 {wanted}"
    words = [item.text for item in file.xmp.findall(".//dc:subject/rdf:Bag/rdf:li", NAMESPACES)]
    if words != list(whole.keywords):
        yield "XMP dc:subject 与关键词不同", "、".join(map(str, words)) or "无"
    if file.said("dc:language") != whole.language:
        yield "XMP dc:language 不对", file.said("dc:language") or "无"


def standards(file: Described) -> Faults:
    descriptions = file.xmp.findall(".//rdf:RDF", NAMESPACES)
    if len(descriptions) != 1:
        yield "XMP 不是恰好一份 RDF", f"{len(descriptions)} 份"
    for name, wanted in {"pdfaid:part": "3", "pdfaid:conformance": "A", "pdfuaid:part": "1"}.items():
        if file.said(name) != wanted:
            yield f"XMP {name} 不对", f"{file.said(name) or '无'}，应为 {wanted}"


def dates(file: Described) -> Faults:
    moment = f"{file.book.date}T00:00:00+08:00"
    for name in ("xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate"):
        if file.said(name) != moment:
            yield f"XMP {name} 不是本版日期", f"{file.said(name) or '无'}，应为 {moment}"
    for key in ("/CreationDate", "/ModDate"):
        if file.info(key) != file.stamp:
            yield f"文件信息 {key[1:]} 不是本版日期", f"{file.info(key) or '无'}，应为 {file.stamp}"


def labels(file: Described) -> Faults:
    """The label tree has one range for the front matter and one for the body, each from the number printed."""
    tree = dict(NumberTree(file.pdf.Root.PageLabels)) if "/PageLabels" in file.pdf.Root else {}
    wanted: dict[int, str] = {}
    for index, folio in enumerate(file.pagination.folios):
        style = "/D" if folio.isdigit() else "/r"
        if not wanted or style != list(wanted.values())[-1]:
            wanted[index] = style
    found = {int(index): str(item.get("/S", "")) for index, item in tree.items()}
    if found != wanted:
        yield "页码标签的分段不对", f"{told_ranges(found)}，应为 {told_ranges(wanted)}"
    for index, item in tree.items():
        folio = file.pagination.folios[int(index)] if int(index) < len(file.pagination.folios) else ""
        if int(item.get("/St", 1)) != (int(folio) if folio.isdigit() else 1) or "/P" in item:
            yield "页码标签的起点不是所印页码，或带了前缀", f"第 {int(index) + 1} 面起"


def told_ranges(ranges: dict[int, str]) -> str:
    return "，".join(f"第 {index + 1} 面起 {style[1:] or '无'}" for index, style in ranges.items()) or "无"


def attached(file: Described) -> Faults:
    cases = [section.id for section in file.book.sections if section.kind == "case"]
    for case in cases:
        if f"{case}.json" not in file.files:
            yield "缺病例数据", f"{case}.json"
    allowed = {f"{case}{ending}" for case in cases for ending in (".json", LABS)}
    for name in sorted(set(file.files) - allowed):
        yield "附了别的文件", name
    if sorted(file.files) != list(file.files):
        yield "附件没有按名排序", "、".join(list(file.files)[:3])


def relations(file: Described) -> Faults:
    listed = [item.objgen for item in file.pdf.Root.get("/AF", Array())]
    for name, item in file.files.items():
        if item.get("/AFRelationship") != "/Data":
            yield "附件没有注明是数据", f"{name}：{str(item.get('/AFRelationship', '无')).lstrip('/')}"
        if listed.count(item.objgen) != 1:
            yield "附件没有在 AF 中列出一次", f"{name}：{listed.count(item.objgen)} 次"
        if (str(item.get("/F", "")), str(item.get("/UF", ""))) != (name, name):
            yield "附件的文件名前后不一", f"{name}：{item.get('/F', '无')}、{item.get('/UF', '无')}"


def types(file: Described) -> Faults:
    for name, stream in streams(file):
        wanted = MIME.get(PurePath(name).suffix, "")
        if (found := str(stream.get("/Subtype", "")).lstrip("/")) != wanted:
            yield "附件的类型不对", f"{name}：{found or '无'}，应为 {wanted or '不附'}"


def parameters(file: Described) -> Faults:
    for name, stream in streams(file):
        given, content = stream.get("/Params", Dictionary()), stream.read_bytes()
        if int(given.get("/Size", -1)) != len(content):
            yield "附件的大小不对", f"{name}：{given.get('/Size', '无')}，应为 {len(content)}"
        if bytes(given.get("/CheckSum", b"")) != md5(content, usedforsecurity=False).digest():
            yield "附件的校验和不对", name
        for key in ("/CreationDate", "/ModDate"):
            if str(given.get(key, "")) != file.stamp:
                yield "附件的日期不是本版日期", f"{name}：{given.get(key, '无')}"


def contents(file: Described) -> Faults:
    """Each case's data hold every scalar that its pages print; tables have as many cells in every row."""
    printed: dict[str, list[book.Printed]] = {}
    for item in file.book.printed:
        printed.setdefault(f"{item.section}.json", []).append(item)
    for name, stream in streams(file):
        content = stream.read_bytes()
        try:
            if name.endswith(".csv"):
                rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
                if not rows or len({len(row) for row in rows}) > 1:
                    yield "附件的表各行列数不一", name
                continue
            values = set(scalars(json.loads(content)))
        except (ValueError, RecursionError) as error:
            yield "附件读不出", f"{name}：{type(error).__name__}"
            continue
        for item in printed.get(name, ()):
            if str(item.text) not in values and not item.path.endswith("side"):
                yield "附件缺来源的一项", f"{name}：{item.path}　{str(item.text)[:40]}"


def scalars(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict | list):
        for inner in tree.values() if isinstance(tree, dict) else tree:
            yield from scalars(inner)
    else:
        yield str(tree)


def streams(file: Described) -> Iterator[tuple[str, Any]]:
    """Yield each attached file that is there, with its name."""
    for name, item in file.files.items():
        if "/F" in item.get("/EF", Dictionary()):
            yield name, item.EF.F


def colours(file: Described) -> Faults:
    intents = list(file.pdf.Root.get("/OutputIntents", Array()))
    profiles = [intent.DestOutputProfile.read_bytes() for intent in intents if intent.get("/S") == "/GTS_PDFA1" and "/DestOutputProfile" in intent]
    if len(intents) != 1 or len(profiles) != 1 or profiles[0][16:20] != b"RGB " or profiles[0][12:16] != b"mntr":
        yield "没有恰好一个 sRGB 输出意图", f"{len(intents)} 个"


RULES = {
    "PDF-320": agreement, "PDF-321": standards, "PDF-322": dates, "PDF-323": labels, "PDF-324": attached, "PDF-325": relations, "PDF-326": types,
    "PDF-327": parameters, "PDF-328": contents, "PDF-329": colours,
}  # fmt: skip
