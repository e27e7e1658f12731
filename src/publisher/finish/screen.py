"""The screen edition's last steps: PDF -> PDF with page labels, document information and pages cut to trim."""

import io
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from publisher import book
from publisher.pagination import Pagination


def finish(pdf: bytes, whole: book.Book, pagination: Pagination) -> bytes:
    """Add what the engine does not write: page labels, viewer preferences, document information."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            trim = page.trimbox
            for box in ("/MediaBox", "/CropBox", "/BleedBox"):
                page.obj[box] = trim
        document.Root.PageLabels = Dictionary(Nums=Array(page_labels(pagination)))
        document.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        document.Root.PageMode = Name.UseOutlines
        document.docinfo["/Title"] = String(whole.title)
        document.docinfo["/Author"] = String(whole.author)
        document.docinfo["/Subject"] = String(whole.subject)
        document.docinfo["/Keywords"] = String("，".join(whole.keywords))
        out = io.BytesIO()
        document.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True)
    return out.getvalue()


def page_labels(pagination: Pagination) -> list[Any]:
    """Return the number tree of page labels: one range wherever the numbering changes."""
    nums: list[Any] = []
    before = None
    for index, folio in enumerate(pagination.folios):
        style = Name.D if folio.isdigit() else Name.r
        if style != before:
            nums += [index, Dictionary(S=style, St=1)]
        before = style
    return nums
