"""Objects written small: those of one kind lie side by side in large object streams, where what they have in common is said once.

Here they come in the order in which they were made; `web_order.py` writes the same in the order in which a browser asks for them.
"""

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from publisher.finish.objects import REFERENCE, Batch, Objects, with_entries
from publisher.finish.streams import deflating, filtered
from publisher.recall import recall

TOGETHER = 1000
"""Objects in one stream: a reader unpacks all for one."""
HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
WIDTHS = (1, 4, 2)
"""Bytes of the columns of a table of objects."""


@dataclass(eq=False)
class Unit:
    """What stands by itself in the file: a page, a stream, or a stream of many objects."""

    kind: str = ""
    """Of the objects in it."""
    own: int = 0
    """What texts call it, if it is one object."""
    text: bytes = b""
    data: "bytes | Future[bytes] | None" = None
    base: int = 0
    held: list[tuple[Batch, int, int]] = field(default_factory=list)
    """The objects in it: of a batch the places from and to."""
    number: int = 0
    """Its number in the file."""

    @property
    def members(self) -> Iterator[int]:
        """What texts call the objects in it."""
        return (batch.first + place for batch, start, end in self.held for place in range(start, end))


def units(objects: Objects) -> list[Unit]:
    """Part objects into what stands alone and what is held together."""
    singles = [Unit(own=number, text=text) for number, text in objects.alone.items()]
    singles += [Unit(own=stream.number, text=stream.head, data=stream.data, base=stream.base) for stream in objects.streams]
    kinds: dict[str, list[Batch]] = {}
    for batch in objects.batches:
        kinds.setdefault(batch.kind, []).append(batch)
    return [*singles, *(unit for kind, batches in kinds.items() for unit in held_together(kind, batches))]


def held_together(kind: str, batches: Iterable[Batch]) -> Iterator[Unit]:
    unit, room = Unit(kind), TOGETHER
    for batch in batches:
        start = 0
        while start < len(batch.texts):
            end = min(start + room, len(batch.texts))
            unit.held.append((batch, start, end))
            start, room = end, room - (end - start)
            if not room:
                yield unit
                unit, room = Unit(kind), TOGETHER
    if unit.held:
        yield unit


class Writer:
    """Gives objects the numbers that they have in a file, and writes them."""

    def __init__(self, objects: Objects, compressed: bool = True):
        self.objects, self.compressed = objects, compressed
        self.final = array("I", bytes(4 * objects.count))
        self.said: list[bytes] = []
        """References to all objects by what texts call them, empty where one is not in the file."""
        self.places: dict[int, tuple[int, int, int]] = {}
        """By number: kind of place, where, and what else says it (PDF 1.7 table 18)."""

    def number(self, units: Sequence[Unit], first: int, room: int = 0) -> int:
        """Number units one after another, after them and some numbers more the objects that they hold; return the number after the last."""
        for unit in units:
            self.final[unit.own] = unit.number = first
            first += 1
        first += room
        for unit in units:
            for place, member in enumerate(unit.members):
                self.final[member] = first
                self.places[first] = (2, unit.number, place)
                first += 1
        return first

    @contextmanager
    def bodies(self, units: Iterable[Unit]) -> "Iterator[Iterator[tuple[Unit, bytes]]]":
        """Give all units, which have their numbers, as they stand in the file."""
        for number, meant in self.objects.same.items():
            self.final[number] = self.final[meant]
        self.said = [b"%d 0 R" % final if final else b"" for final in self.final]
        with ThreadPoolExecutor() as hands:
            begun = [(unit, *self.begun(unit, hands)) for unit in units]
            yield ((unit, body(unit.number, text, data.result() if isinstance(data, Future) else data)) for unit, text, data in begun)

    def begun(self, unit: Unit, hands: Executor) -> tuple[bytes, "bytes | Future[bytes] | None"]:
        """Return the text of a unit, and the data of one that is a stream, which hands may be compressing."""
        if not unit.held:
            return self.numbered(unit.text, unit.base), unit.data
        head, data = self.together(unit)
        return (filtered(head), deflating(data, hands)) if self.compressed else (head, data)

    def together(self, unit: Unit) -> tuple[bytes, bytes]:
        """Return many objects as one stream: its dictionary, and its data."""
        heads, at = [], 0
        texts = [line for batch, start, end in unit.held for line in self.numbered(b"\n".join(batch.texts[start:end]), batch.base).split(b"\n")]
        for member, text in zip(unit.members, texts, strict=True):
            heads.append(b"%d %d" % (self.final[member], at))
            at += len(text) + 1
        head = b" ".join(heads) + b"\n"
        return b"<< /Type /ObjStm /N %d /First %d >>" % (len(texts), len(head)), head + b"\n".join(texts)

    def numbered(self, text: bytes, base: int) -> bytes:
        """Return a text with the references of the file. Raises ValueError where one leads to nothing."""
        if base in self.objects.extents:
            return recall(lambda: self.as_numbered(text, base), "numbered", text, self.final[base : base + self.objects.extents[base]].tobytes())
        return self.as_numbered(text, base)

    def as_numbered(self, text: bytes, base: int) -> bytes:
        said = self.said

        def in_file(match: re.Match[bytes]) -> bytes:
            own = match[1]
            if not own:
                return match[0]
            if reference := said[base + int(own)]:
                return reference
            raise ValueError(f"object {int(own)} is not in the file: {text[:200]!r}")

        return REFERENCE.sub(in_file, text)

    def table(self, first: int, after: int) -> bytes:
        """Return the places of the objects of some numbers as a table of objects has them."""
        columns = (self.places.get(number, (0, 0, 65535)) for number in range(first, after))
        return b"".join(value.to_bytes(width) for row in columns for value, width in zip(row, WIDTHS, strict=True))


def body(number: int, text: bytes, data: bytes | None = None) -> bytes:
    """Return an object as it stands in a file, `text` being a stream's dictionary without its length."""
    if data is not None:
        text = b"%s\nstream\n%s\nendstream" % (with_entries(text, b"/Length %d" % len(data)), data)
    return b"%d 0 obj\n%s\nendobj\n" % (number, text)


def packed(objects: Objects, root: int, info: int = 0) -> bytes:
    """Return a file of some objects, streams of objects uncompressed: to be read again here. The same objects give the same bytes."""
    writer, all_units = Writer(objects, compressed=False), units(objects)
    after = writer.number(all_units, 1)
    out, at = [HEADER], len(HEADER)
    with writer.bodies(all_units) as written:
        for unit, content in written:
            writer.places[unit.number] = (1, at, 0)
            out.append(content)
            at += len(content)
    writer.places[after] = (1, at, 0)
    about = b" /Info %d 0 R" % writer.final[info] if info else b""
    text = b"<< /Type /XRef /W [ %d %d %d ] /Size %d /Root %d 0 R%s >>" % (*WIDTHS, after + 1, writer.final[root], about)
    out += [body(after, text, writer.table(0, after + 1)), b"startxref\n%d\n%%%%EOF\n" % at]
    return b"".join(out)
