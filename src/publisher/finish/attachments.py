"""The data of the cases inside the book: each case as JSON as its author wrote it, its laboratory values as CSV (PDF/A-3 6.8)."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import md5

import pikepdf
from pikepdf import Array, Dictionary, Name, NameTree, String

from publisher import book
from publisher.case import Case
from publisher.collection import VolumeSource
from publisher.finish.metadata import pdf_date
from publisher.recall import recall
from publisher.written import Branch

HEADS = ("组别", "时间", "项目", "结果", "单位", "升降", "参考范围", "变化", "说明")


@dataclass(frozen=True)
class Attachment:
    name: str
    mime: str
    description: str
    content: bytes


def of_cases(source: VolumeSource, whole: book.Book) -> Iterator[Attachment]:
    """Yield the data of every case that the book holds, in its order."""
    return (found for section in whole.sections if section.id in source.cases for found in of_case(source, section))


def of_case(source: VolumeSource, section: book.Section) -> Iterator[Attachment]:
    case = source.cases[section.id]
    opener = next((block for block in section.blocks if isinstance(block, book.Opener)), None)
    title = f"{opener.label if opener else ''}　{section.title}".strip("　")
    tree = source.trees[section.id]
    data = once(lambda: (json.dumps(tree, ensure_ascii=False, indent=1) + "\n").encode(), "data of a case", tree)
    yield Attachment(f"{section.id}.json", "application/json", f"{title}：病例数据，各值均照原文", data)
    if case.labs or case.series:
        yield Attachment(f"{section.id}-labs.csv", "text/csv", f"{title}：检验结果，各值均照原文", once(lambda: labs_csv(case), "values of a case", tree))


def once(make: Callable[[], bytes], what: str, tree: Branch) -> bytes:
    """Return what is made of a case, recalled where the text of its file is known."""
    return recall(make, what, tree.digest) if tree.digest else make()


def labs_csv(case: Case) -> bytes:
    """Return the laboratory values of a case as a table, one a row; marked as UTF-8, without which spreadsheets misread Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADS)
    writer.writerows(tuple(cell or "" for cell in row) for row in lab_rows(case))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def lab_rows(case: Case) -> Iterator[tuple[str | None, ...]]:
    for panel in case.labs:
        for result in panel.results:
            yield panel.name, panel.at, result.analyte, result.value, result.unit, result.flag, result.reference, None, result.remark
    for series in case.series:
        for point in series.points:
            for column in series.columns:
                name = str(column.analyte)
                if name in point.values or name in point.change:
                    yield series.name, point.at, name, point.values.get(name), column.unit, None, None, point.change.get(name), point.remark


def attach(pdf: pikepdf.Pdf, attached: Iterable[Attachment], date: str) -> None:
    """Embed files as data of the document; their date is the edition's."""
    files = {item.name: pdf.make_indirect(file(pdf, item, date)) for item in attached}
    if not files:
        return
    names = NameTree.new(pdf)
    for name in sorted(files):
        names[name] = files[name]
    if "/Names" not in pdf.Root:
        pdf.Root.Names = Dictionary()
    pdf.Root.Names.EmbeddedFiles = names.obj
    pdf.Root.AF = Array(list(files.values()))


def file(pdf: pikepdf.Pdf, item: Attachment, date: str) -> Dictionary:
    stamp = String(pdf_date(date))
    checksum = String(md5(item.content, usedforsecurity=False).digest())
    parameters = Dictionary(Size=len(item.content), CreationDate=stamp, ModDate=stamp, CheckSum=checksum)
    stream = pdf.make_stream(item.content, Type=Name.EmbeddedFile, Subtype=Name(f"/{item.mime}"), Params=parameters)
    return Dictionary(
        Type=Name.Filespec, F=String(item.name), UF=String(item.name), Desc=String(item.description), AFRelationship=Name.Data,
        EF=Dictionary(F=stream, UF=stream),
    )  # fmt: skip
