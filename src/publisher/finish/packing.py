"""Objects written small: those of one kind lie side by side in large object streams, where what they have in common is said once.

Here they come in the order in which they were made; `web_order.py` writes the same in the order in which a browser asks for them.
"""

import re
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from struct import Struct

from publisher.finish.objects import REFERENCE, Batch, Objects, with_entries
from publisher.finish.streams import deflating, filtered
from publisher.galley import Lines
from publisher.recall import recall

TOGETHER, MUCH = 1000, 500_000
"""Objects in one stream, and bytes of those that belong to the whole volume, whose trees grow with it: a reader unpacks all for one."""
HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
WIDTHS = (1, 4, 2)
"""Bytes of the columns of a table of objects."""
PLACE = Struct(">BIH")
"""A row of it: the kind of place, where, and what else says it (PDF 1.7 table 18)."""
NOWHERE = PLACE.pack(0, 0, 65535)
AHEAD = 100
"""How many units are on their way to where they are compressed, or back."""


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
    unit, room, much = Unit(kind), TOGETHER, 0
    for batch in batches:
        size = 0 if isinstance(batch.texts, Lines) else sum(map(len, batch.texts))
        start = 0
        while start < len(batch.texts):
            if not room or (unit.held and much + size > MUCH):
                yield unit
                unit, room, much = Unit(kind), TOGETHER, 0
            end = min(start + room, len(batch.texts))
            unit.held.append((batch, start, end))
            start, room, much = end, room - (end - start), much + size
    if unit.held:
        yield unit


class Writer:
    """Gives objects the numbers that they have in a file, and writes them."""

    def __init__(self, objects: Objects, compressed: bool = True):
        self.objects, self.compressed = objects, compressed
        self.final = array("I", bytes(4 * objects.count))
        self.said: list[bytes] = []
        """References to all objects by what texts call them, empty where one is not in the file."""
        self.places = bytearray()
        """The rows of the table of objects, by their numbers."""

    def number(self, units: Sequence[Unit], first: int, room: int = 0) -> int:
        """Number units one after another, after them and some numbers more the objects that they hold; return the number after the last."""
        for unit in units:
            self.final[unit.own] = unit.number = first
            first += 1
        first += room
        for unit in units:
            if unit.held:
                after = self.number_held(unit, first)
                self.put(first, b"".join(PLACE.pack(2, unit.number, place) for place in range(after - first)))
                first = after
        return first

    def number_held(self, unit: Unit, first: int) -> int:
        """Number the objects that a unit holds; return the number after the last."""
        for batch, start, end in unit.held:
            self.final[batch.first + start : batch.first + end] = array("I", range(first, first + end - start))
            first += end - start
        return first

    def put(self, number: int, rows: bytes) -> None:
        """Say where objects are, from some number on."""
        start, end = number * PLACE.size, number * PLACE.size + len(rows)
        self.places += NOWHERE * ((max(0, end - len(self.places)) + PLACE.size - 1) // PLACE.size)
        self.places[start:end] = rows

    def place(self, number: int, at: int) -> None:
        """Say where in the file an object stands."""
        self.put(number, PLACE.pack(1, at, 0))

    @contextmanager
    def bodies(self, units: Iterable[Unit]) -> "Iterator[Iterator[tuple[Unit, bytes]]]":
        """Give all units, which have their numbers, as they stand in the file."""
        for number, meant in self.objects.same.items():
            self.final[number] = self.final[meant]
        self.said = [b"%d 0 R" % final if final else b"" for final in self.final]
        with ThreadPoolExecutor() as hands:
            yield self.in_turn(units, hands)

    def in_turn(self, units: Iterable[Unit], hands: Executor) -> Iterator[tuple[Unit, bytes]]:
        waiting = deque[tuple[Unit, bytes, "bytes | Future[bytes] | None"]]()
        for unit in units:
            waiting.append((unit, *self.begun(unit, hands)))
            if len(waiting) > AHEAD:
                yield finished(*waiting.popleft())
        while waiting:
            yield finished(*waiting.popleft())

    def begun(self, unit: Unit, hands: Executor) -> tuple[bytes, "bytes | Future[bytes] | None"]:
        """Return the text of a unit, and the data of one that is a stream, which hands may be compressing."""
        if not unit.held:
            return self.numbered(unit.text, unit.base), unit.data
        head, data = self.together(unit)
        return (filtered(head), deflating(data, hands)) if self.compressed else (head, data)

    def together(self, unit: Unit) -> tuple[bytes, bytes]:
        """Return many objects as one stream: its dictionary, and its data."""
        heads, at = [], 0
        texts = [line for batch, start, end in unit.held for line in self.numbered(together(batch.texts, start, end), batch.base).split(b"\n")]
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
        rows = bytes(self.places[first * PLACE.size : after * PLACE.size])
        return rows + NOWHERE * (after - first - len(rows) // PLACE.size)


def together(texts: Sequence[bytes], start: int, end: int) -> bytes:
    """Return some of the texts of a batch, each on a line."""
    return texts.together if isinstance(texts, Lines) and (start, end) == (0, len(texts)) else b"\n".join(texts[start:end])


def finished(unit: Unit, text: bytes, data: "bytes | Future[bytes] | None") -> tuple[Unit, bytes]:
    """Return a unit as it stands in the file, for whose data it is waited."""
    return unit, body(unit.number, text, data.result() if isinstance(data, Future) else data)


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
            writer.place(unit.number, at)
            out.append(content)
            at += len(content)
    writer.place(after, at)
    about = b" /Info %d 0 R" % writer.final[info] if info else b""
    text = b"<< /Type /XRef /W [ %d %d %d ] /Size %d /Root %d 0 R%s >>" % (*WIDTHS, after + 1, writer.final[root], about)
    out += [body(after, text, writer.table(0, after + 1)), b"startxref\n%d\n%%%%EOF\n" % at]
    return b"".join(out)
