"""The screen edition's last steps: the joined galleys -> one file that keeps for good and can be read aloud (PDF/A-3a and PDF/UA-1)."""

import io
import re
from collections.abc import Sequence
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from publisher import book
from publisher.finish import metadata
from publisher.finish.attachments import Attachment, attach
from publisher.finish.packing import packed
from publisher.pagination import Pagination


def finish(document: pikepdf.Pdf, whole: book.Book, pagination: Pagination, attachments: Sequence[Attachment] = ()) -> bytes:
    """Cut the pages of a joined volume to trim, add page labels, metadata and the files of data, and save it."""
    cut_to_trim(document)
    document.Root.PageLabels = Dictionary(Nums=Array(page_labels(pagination)))
    document.Root.PageMode = Name.UseOutlines
    metadata.describe(document, whole)
    metadata.name_colours(document)
    attach(document, attachments, whole.date)
    share_resources(document)
    outside(document)
    return saved(document)


def cut_to_trim(document: pikepdf.Pdf) -> None:
    """Make the trim the page; the boxes left out are the same."""
    for page in document.pages:
        page.obj.MediaBox = page.trimbox
        for box in ("/CropBox", "/BleedBox", "/TrimBox"):
            if box in page.obj:
                del page.obj[box]


USED = re.compile(rb"/([^\s/<>\[\]()]+)(?: -?[\d.]+)? (Tf|gs|cs|CS|scn|SCN|sh|Do)\b")
"""A resource that a page names, and how."""
KINDS = {
    b"Tf": "/Font", b"gs": "/ExtGState", b"cs": "/ColorSpace", b"CS": "/ColorSpace", b"scn": "/Pattern", b"SCN": "/Pattern", b"sh": "/Shading",
    b"Do": "/XObject",
}  # fmt: skip


def share_resources(document: pikepdf.Pdf) -> None:
    """Let each page have the resources that it uses, and pages that use the same ones share them."""
    shared: dict[bytes, Any] = {}
    for page in document.pages:
        given, kept = page.obj.Resources, {}
        content = page.obj.Contents.read_bytes() if "/Contents" in page.obj else b""
        for name, operator in sorted({(name.decode(), KINDS[operator]) for name, operator in USED.findall(content)}):
            if f"/{name}" in given.get(operator, {}):
                kept.setdefault(operator, {})[f"/{name}"] = given[operator][f"/{name}"]
        resources = Dictionary({kind: Dictionary(things) for kind, things in kept.items()})
        page.obj.Resources = shared.setdefault(resources.unparse(), document.make_indirect(resources))


def outside(document: pikepdf.Pdf) -> None:
    """Move what is long out of the catalogue and the pages, which a file for the web cannot compress."""
    for key in ("/Names", "/PageLabels", "/OutputIntents", "/AF"):
        if key in document.Root:
            document.Root[key] = document.make_indirect(document.Root[key])
    for page in document.pages:
        if "/Annots" in page.obj:
            page.obj.Annots = document.make_indirect(page.obj.Annots)


def saved(document: pikepdf.Pdf) -> bytes:
    """Save for the web: the first page first. The same document gives the same bytes, and is closed: a large one need not stay beside its file."""
    pikepdf.settings.set_flate_compression_level(9)
    out = io.BytesIO()
    content = packed(document)
    document.close()
    with pikepdf.open(io.BytesIO(content)) as small:
        small.save(
            out, linearize=True, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.preserve, compress_streams=True, recompress_flate=False,
            force_version="1.7",
        )  # fmt: skip
    return trimmed(out.getvalue())


def trimmed(pdf: bytes) -> bytes:
    """Cut the blanks that a file for the web ends with: its writer keeps room for a longer list of objects than it writes."""
    tail = pdf.rfind(b"startxref")
    kept = len(pdf[:tail].rstrip())
    short = pdf[:kept] + b"\n" + pdf[tail:]
    length = re.search(rb"/Linearized 1 /L (\d+)", pdf[:1024])
    if not length:
        return pdf
    said = str(len(short)).encode().ljust(len(length[1]))
    return short[: length.start(1)] + said + short[length.end(1) :]


def page_labels(pagination: Pagination) -> list[Any]:
    """Return the number tree of page labels: one range wherever the numbering changes."""
    nums: list[Any] = []
    before = None
    for index, folio in enumerate(pagination.folios):
        style = Name.D if folio.isdigit() else Name.r
        if style != before:
            nums += [index, Dictionary(S=style, St=int(folio) if folio.isdigit() else 1)]
        before = style
    return nums
