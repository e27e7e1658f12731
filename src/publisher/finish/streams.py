"""Streams as a file stores them: deflated as small as a fast library can."""

import zlib
from concurrent.futures import Executor, Future
from typing import Any

import deflate
from pikepdf import Name

from publisher.finish.objects import with_entries
from publisher.recall import recall

LEVEL = 10
"""Of compression: higher ones take twice as long for half a per cent."""


def stored(thing: Any, head: bytes) -> tuple[bytes, bytes]:
    """Return the text of a stream's dictionary, and the stream, compressed anew where it is deflated or plain.

    What describes the file stays plain, for those who search in it. `head` is its dictionary without the length.
    """
    data = thing.read_raw_bytes()
    if "/Filter" not in thing and thing.get("/Type") != Name.Metadata:
        return filtered(head), deflated(data)
    return head, deflated_anew(data) if thing.get("/Filter") == Name.FlateDecode else data


def filtered(head: bytes) -> bytes:
    """Return the text of a dictionary which says that its stream is deflated."""
    return with_entries(head, b"/Filter /FlateDecode")


def deflated(data: bytes) -> bytes:
    return recall(lambda: bytes(deflate.zlib_compress(data, LEVEL)), "deflated", data)


def deflating(data: bytes, hands: Executor) -> "bytes | Future[bytes]":
    """Begin to deflate some data by other hands, unless it is known what they become."""
    return recall.find("deflated", data) or hands.submit(deflated, data)


def deflated_anew(data: bytes) -> bytes:
    return min(data, deflated(zlib.decompress(data)), key=len)
