"""The screen edition's last steps: the joined galleys -> one file that keeps for good and can be read aloud (PDF/A-3a and PDF/UA-1)."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from publisher import book
from publisher.finish import metadata, web_order
from publisher.finish.attachments import Attachment, attach
from publisher.finish.joining import Joined
from publisher.finish.objects import Batch, Stream, Taken, kind
from publisher.finish.streams import deflating, filtered, stored
from publisher.finish.writing import Written, dictionary
from publisher.pagination import Pagination


def finish(volume: Callable[[], Joined], whole: book.Book, pagination: Pagination, attachments: Iterable[Attachment] = ()) -> bytes:
    """Cut the pages of a joined volume to trim, add page labels, metadata and the files of data, and write it for the web: the first page first.

    The `volume` is asked for once, and let go before its objects are written.
    """
    with ThreadPoolExecutor() as hands:
        written = Written(volume(), lambda head, data: (filtered(head), deflating(data, hands)), trimmed=True)
        root, info = described(written, about(whole, pagination, attachments))
        objects, pages = written.objects, written.pages
        del written
        return web_order.packed(objects, root, info, pages)


def about(whole: book.Book, pagination: Pagination, attachments: Iterable[Attachment]) -> pikepdf.Pdf:
    """Return a document without pages that says of itself what the volume is to say."""
    document = pikepdf.new()
    document.Root.PageLabels = Dictionary(Nums=Array(page_labels(pagination)))
    document.Root.PageMode = Name.UseOutlines
    metadata.describe(document, whole)
    metadata.name_colours(document)
    attach(document, attachments, whole.date)
    return document


def described(written: Written, document: pikepdf.Pdf) -> tuple[int, int]:
    """Let a file say what a document says of itself; return the numbers of its catalogue and its information."""
    objects = written.objects
    taken = Taken(document, objects.count)
    entries = {key: taken.text(value) for key, value in document.Root.items() if key not in ("/Type", "/Pages", "/Names")}
    trees = {key: taken.text(value) for key, value in document.Root.get("/Names", {}).items()}
    info = taken.number(document.trailer.Info.objgen[0])
    for number, thing, text in taken.followed():
        if isinstance(thing, pikepdf.Stream):
            objects.streams.append(Stream(number, 0, *stored(thing, text)))
        else:
            objects.batches.append(Batch(f"Tree {kind(thing)}", 0, number, (text,)))
    objects.count = taken.next
    trees["/Dests"] = b"%d 0 R" % written.destinations()
    for key in ("/PageLabels", "/OutputIntents", "/AF"):
        if key in entries:  # the catalogue of a file for the web cannot be compressed
            entries[key] = b"%d 0 R" % objects.add("Tree", entries[key])
    entries |= {"/Names": b"%d 0 R" % objects.add("Tree", dictionary(trees)), "/Type": b"/Catalog", **written.entries}
    root = objects.reserve()
    objects.alone[root] = dictionary(entries)
    return root, info


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
