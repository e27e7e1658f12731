"""Stage 5, finish: the written PDF and its pages -> the files of an edition, replaced whole or not at all."""

import io
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from publisher import book
from publisher.pagination import Pagination


def finish(pdf: bytes, whole: book.Book, pagination: Pagination) -> bytes:
    """Add what the engine does not write: page labels, viewer preferences, document information."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
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


def pages_json(whole: book.Book, pagination: Pagination) -> bytes:
    """Return the page table of a volume as JSON."""
    table = {
        "volume": whole.id,
        "pages": len(pagination.folios),
        "sections": [
            {
                "id": span.section.id,
                "kind": span.section.kind,
                "title": span.section.title,
                "source_number": int(span.section.number) if span.section.number.isdigit() else None,
                "first_page": span.first,
                "last_page": span.last,
                "label": pagination.folios[span.first - 1],
            }
            for span in pagination.spans
        ],
    }
    return (json.dumps(table, ensure_ascii=False, indent=1) + "\n").encode()


def replace(path: Path, content: bytes) -> None:
    """Write a file beside its place and rename it, so that a reader sees the old or the new, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
