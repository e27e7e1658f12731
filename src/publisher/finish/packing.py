"""A document written small: objects of one kind lie side by side in large object streams, where what they have in common is said once.

The writer of linearized files keeps object streams as it finds them, but makes small ones of mixed kinds itself (PDF 1.7 §7.5.7).
"""

import io
import re
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import deflate
import pikepdf
from pikepdf import Dictionary, Name

REFERENCE = re.compile(rb"\((?:\\.|[^()\\])*\)|<[0-9a-fA-F]*>|(\d+) 0 R", re.DOTALL)
"""A reference to an object, or a string, in which there is none."""
TOGETHER = 1000
"""Objects in one stream: a reader unpacks all for one."""
LEVEL = 10
"""Of compression: higher ones take twice as long for half a per cent."""
ALONE = ("", "/Page", "/Catalog")
"""Kinds of objects that stand alone in a linearized file: streams, pages and the catalogue."""


@dataclass(frozen=True)
class Item:
    """An object of the document."""

    number: int
    kind: str
    text: bytes
    data: Future[bytes] | None = None
    """Of a stream, as it is stored."""


def packed(document: pikepdf.Pdf) -> bytes:
    """Return the file of a document, without what nothing refers to. The same document gives the same bytes."""
    with ThreadPoolExecutor() as hands:
        items = list(reached(document, hands))
    alone = [item for item in items if item.kind in ALONE]
    groups: dict[str, list[Item]] = {}
    for item in items:
        if item.kind not in ALONE:
            groups.setdefault(item.kind, []).append(item)
    numbers = {item.number: number for number, item in enumerate([*alone, *(item for group in groups.values() for item in group)], 1)}

    def numbered(text: bytes) -> bytes:
        return REFERENCE.sub(lambda match: b"%d 0 R" % numbers[int(match[1])] if match[1] else match[0], text)

    out = File()
    for item in alone:
        out.add(numbers[item.number], numbered(item.text), item.data.result() if item.data else None)
    last = len(items)
    for group in groups.values():
        for start in range(0, len(group), TOGETHER):
            last += 1
            part = [(numbers[item.number], numbered(item.text)) for item in group[start : start + TOGETHER]]
            out.add_many(last, part)
    return out.closed(last + 1, {name: numbers[document.trailer[name].objgen[0]] for name in ("/Root", "/Info") if name in document.trailer})


def reached(document: pikepdf.Pdf, hands: Executor) -> Iterator[Item]:
    """Yield the objects of a document in the order in which they are referred to; streams are compressed by several hands meanwhile."""
    waiting = [document.trailer[name].objgen[0] for name in ("/Info", "/Root") if name in document.trailer]
    seen = set(waiting)
    while waiting:
        number = waiting.pop()
        item = read(document.get_object(number, 0), number, hands)
        yield item
        for match in reversed(list(REFERENCE.finditer(item.text))):
            if match[1] and (found := int(match[1])) not in seen:
                seen.add(found)
                waiting.append(found)


def read(thing: Any, number: int, hands: Executor) -> Item:
    if isinstance(thing, pikepdf.Stream):
        return stream(thing, number, hands)
    return Item(number, kind(thing), thing.unparse(resolved=True))


def stream(thing: Any, number: int, hands: Executor) -> Item:
    """Read a stream, compressed anew where it is deflated or plain; what describes the file stays plain, for those who search in it."""
    head, data = Dictionary({name: value for name, value in thing.items() if name != "/Length"}), thing.read_raw_bytes()
    shorten = bytes
    if "/Filter" not in head and head.get("/Type") != Name.Metadata:
        head.Filter, shorten = Name.FlateDecode, deflated
    elif head.get("/Filter") == Name.FlateDecode:
        shorten = deflated_anew
    return Item(number, "", head.unparse(), hands.submit(shorten, data))


def deflated(data: bytes) -> bytes:
    return bytes(deflate.zlib_compress(data, LEVEL))


def deflated_anew(data: bytes) -> bytes:
    return min(data, deflated(zlib.decompress(data)), key=len)


def kind(thing: Any) -> str:
    """Return what objects of one kind have in common."""
    if not isinstance(thing, Dictionary):
        return type(thing).__name__
    if "/S" in thing and "/P" in thing:
        return f"Element {thing.S}"
    return str(thing.get("/Type", "")) or " ".join(sorted(thing.keys()))


class File:
    """A file that is written object by object."""

    def __init__(self) -> None:
        self.out = io.BytesIO()
        self.out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self.places: dict[int, tuple[int, int, int]] = {0: (0, 0, 65535)}

    def add(self, number: int, text: bytes, data: bytes | None = None) -> None:
        self.places[number] = (1, self.out.tell(), 0)
        body = text if data is None else b"%s /Length %d >>\nstream\n%s\nendstream" % (text.rstrip()[:-2], len(data), data)
        self.out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    def add_many(self, number: int, objects: Iterable[tuple[int, bytes]]) -> None:
        """Add objects as an object stream."""
        heads, bodies, at = [], [], 0
        for place, (own, text) in enumerate(objects):
            self.places[own] = (2, number, place)
            heads.append(b"%d %d" % (own, at))
            bodies.append(text)
            at += len(text) + 1
        head = b" ".join(heads) + b"\n"
        self.add(number, b"<< /Type /ObjStm /N %d /First %d >>" % (len(bodies), len(head)), head + b"\n".join(bodies))

    def closed(self, number: int, trailer: dict[str, int]) -> bytes:
        """Return the file with its table of objects, which becomes the one of this number."""
        start = self.out.tell()
        self.places[number] = (1, start, 0)
        table = b"".join(bytes([kind]) + place.to_bytes(4) + index.to_bytes(2) for kind, place, index in (self.places[key] for key in range(number + 1)))
        named = b" ".join(b"%s %d 0 R" % (name.encode(), item) for name, item in trailer.items())
        self.add(number, b"<< /Type /XRef /W [1 4 2] /Size %d %s >>" % (number + 1, named), table)
        self.out.write(b"startxref\n%d\n%%%%EOF\n" % start)
        return self.out.getvalue()
