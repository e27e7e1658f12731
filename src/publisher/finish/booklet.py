"""The booklet's last steps: its pages, two on a side of a sheet, in the order in which sheets are printed, folded and stapled.

Each page becomes a form drawn where it belongs, at its own size; fonts are kept once. The sheets bear no tags: they are for
paper, and the reading order of a sheet is not that of the book.
"""

import io
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from publisher import book
from publisher.finish import fonts
from publisher.finish.folding_marks import MM, FoldingMarks, numbers
from publisher.finish.metadata import CREATOR, pdf_date
from publisher.imposition import WASTE_MM, Imposition, Side

MARKED = ("BMC", "BDC", "EMC", "MP", "DP")


def impose(pdf: bytes, whole: book.Book, plan: Imposition, faces: Path) -> bytes:
    """Return the sheets of a booklet from its typeset pages. `faces` is the folder of the fonts in which marks are named."""
    marks = FoldingMarks(faces)
    with pikepdf.open(io.BytesIO(pdf)) as pages, pikepdf.new() as sheets:
        fonts.repack(pages)
        forms = [sheets.copy_foreign(form(pages, page)) for page in pages.pages]
        for side in plan.sides():
            add(sheets, forms, plan, side, marks)
        describe(sheets, whole, plan)
        return saved(sheets)


def form(document: pikepdf.Pdf, page: pikepdf.Page) -> pikepdf.Object:
    """Return a page as a form without links and without marks of a structure that the sheets have not."""
    kept = [instruction for instruction in pikepdf.parse_content_stream(page) if str(instruction.operator) not in MARKED]
    made = document.make_stream(pikepdf.unparse_content_stream(kept))
    made.Type, made.Subtype, made.BBox, made.Resources = Name.XObject, Name.Form, page.trimbox, page.obj.Resources
    return document.make_indirect(made)


def add(sheets: pikepdf.Pdf, forms: list[pikepdf.Object], plan: Imposition, side: Side, marks: FoldingMarks) -> None:
    """Add one side: both pages against the fold, moved to it by what the sheets outside push them away, cut at the fold."""
    width, height = (length * MM for length in plan.paper.size_mm)
    drawn, used = [], Dictionary()
    for number, direction in ((side.left, -1), (side.right, 1)):
        if number is None:
            continue
        left, foot, right, head = (float(value) for value in forms[number - 1].BBox)
        x = width / 2 - direction * side.shift_mm * MM - (right - left if direction < 0 else 0)
        half = numbers(0 if direction < 0 else width / 2, 0, width / 2, height)
        drawn.append(f"q {half} re W n 1 0 0 1 {numbers(x - left, (height - head + foot) / 2 - foot)} cm /P{number} Do Q\n")
        used[f"/P{number}"] = forms[number - 1]
    page = sheets.add_blank_page(page_size=(round(width, 3), round(height, 3)))
    waste = WASTE_MM * MM
    page.obj.TrimBox = Array([round(value, 3) for value in (waste, waste, width - waste, height - waste)])
    page.obj.Resources = Dictionary(XObject=used)
    page.obj.Contents = sheets.make_stream(("".join(drawn) + marks.draw(plan, side)).encode())


def describe(sheets: pikepdf.Pdf, whole: book.Book, plan: Imposition) -> None:
    """Write what the file is, the names of the sides, and how they are to be printed: both sides, turned over the short edge, at full size."""
    inform(sheets, whole, f"{whole.title}（折页拼版）")
    sheets.Root.ViewerPreferences = Dictionary(Duplex=Name.DuplexFlipShortEdge, PrintScaling=Name("/None"), PickTrayByPDFSize=True, DisplayDocTitle=True)
    names = [value for index, side in enumerate(plan.sides()) for value in (index, Dictionary(P=String(side.name)))]
    sheets.Root.PageLabels = sheets.make_indirect(Dictionary(Nums=Array(names)))


def inform(document: pikepdf.Pdf, whole: book.Book, title: str) -> None:
    """Write the document information."""
    date = pdf_date(whole.date)
    for key in list(document.docinfo.keys()):
        del document.docinfo[key]
    for key, value in (
        ("/Title", title), ("/Author", whole.author), ("/Subject", whole.subject), ("/Creator", CREATOR), ("/CreationDate", date), ("/ModDate", date),
    ):  # fmt: skip
        document.docinfo[key] = String(value)
    document.Root.Lang = String(whole.language)


def finish_instructions(pdf: bytes, whole: book.Book) -> bytes:
    """Return the sheet of instructions with its document information and its fonts repacked."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        inform(document, whole, f"{whole.title}：印制说明")
        document.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        fonts.repack(document)
        return saved(document)


def saved(sheets: pikepdf.Pdf) -> bytes:
    """Save small. The same sheets give the same bytes."""
    sheets.remove_unreferenced_resources()
    pikepdf.settings.set_flate_compression_level(9)
    out = io.BytesIO()
    sheets.save(
        out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True, recompress_flate=True, force_version="1.7"
    )
    return out.getvalue()
