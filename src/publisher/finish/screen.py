"""The screen edition's last steps: a tagged PDF -> one that keeps for good and can be read aloud (PDF/A-3a and PDF/UA-1)."""

import io
from collections.abc import Sequence
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from publisher import book
from publisher.finish import drawing, figures, fonts, links, metadata, tag_tree, tags
from publisher.finish.attachments import Attachment, attach
from publisher.finish.drawn_text import DrawnText
from publisher.pagination import Pagination


def finish(pdf: bytes, whole: book.Book, pagination: Pagination, attachments: Sequence[Attachment] = ()) -> bytes:
    """Cut the pages to trim, put the structure right, add page labels, metadata, the files of data; make it small."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        cut_to_trim(document)
        structure(document)
        document.Root.PageLabels = Dictionary(Nums=Array(page_labels(pagination)))
        document.Root.PageMode = Name.UseOutlines
        metadata.describe(document, whole)
        metadata.name_colours(document)
        attach(document, attachments, whole.date)
        fonts.repack(document)
        drawing.tidy(document)
        outside(document)
        return saved(document)


def cut_to_trim(document: pikepdf.Pdf) -> None:
    """Make the trim the page; the boxes left out are the same."""
    for page in document.pages:
        page.obj.MediaBox = page.trimbox
        for box in ("/CropBox", "/BleedBox"):
            if box in page.obj:
                del page.obj[box]


def outside(document: pikepdf.Pdf) -> None:
    """Move what is long out of the catalogue and the pages, which a file for the web cannot compress."""
    for key in ("/Names", "/PageLabels", "/OutputIntents", "/AF"):
        if key in document.Root:
            document.Root[key] = document.make_indirect(document.Root[key])
    for page in document.pages:
        if "/Annots" in page.obj:
            page.obj.Annots = document.make_indirect(page.obj.Annots)


def structure(document: pikepdf.Pdf) -> None:
    """Write the tag tree anew; what is not in it becomes an artifact."""
    tree, drawn = tag_tree.read(document), DrawnText(document)
    tags.restructure(tree, drawn)
    figures.place(tree, document)
    links.describe(tree, drawn)
    links.leave_out(document, tags.kept(tree))
    drawn.make_artifacts(set(tree.marks))
    tag_tree.write(document, tree)


def saved(document: pikepdf.Pdf) -> bytes:
    """Save for the web: the first page first. The same document gives the same bytes."""
    document.remove_unreferenced_resources()
    pikepdf.settings.set_flate_compression_level(9)
    out = io.BytesIO()
    document.save(
        out, linearize=True, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True,
        recompress_flate=True, force_version="1.7",
    )  # fmt: skip
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
