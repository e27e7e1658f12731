"""A file in the order in which a browser asks for it: the first page first, then page by page (PDF 1.7 annex F, linearized).

Its hints say where each page begins, how long it is, and what it shares with others. What is called the parts here is called so there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import md5

from publisher.finish.objects import REFERENCE, Objects
from publisher.finish.packing import HEADER, WIDTHS, Unit, Writer, body, units
from publisher.finish.streams import deflated, filtered

OF_DOCUMENT = ("Element", "Owners", "Tree", "Document", "Outlines", "Pages")
"""Kinds of objects that no page leads to; what begins with the first are elements of all kinds."""
IN_TREE = "/Annot"
"""The kind of objects that pages and the tag tree lead to."""
OUTLINES = "Outlines"


@dataclass
class Parts:
    """The units of a file in order."""

    root: Unit
    first: list[Unit] = field(default_factory=list)
    """Those of the first page: the page itself, what it alone leads to, what others lead to as well, the outlines."""
    pages: list[list[Unit]] = field(default_factory=list)
    """Those of each other page, which no other leads to."""
    shared: list[Unit] = field(default_factory=list)
    """Those that several other pages lead to."""
    others: list[Unit] = field(default_factory=list)
    used: list[list[Unit]] = field(default_factory=list)
    """What each page leads to that is not its own."""

    @property
    def rest(self) -> list[Unit]:
        return [*(unit for page in self.pages for unit in page), *self.shared, *self.others]


def parts(objects: Objects, root: int, pages: Sequence[int]) -> Parts:
    """Sort what a file holds by the pages that lead to it, the first of which is at hand when the file is opened."""
    everything = units(objects)
    unit_of = {unit.own: unit for unit in everything if unit.own}
    texts = {unit.own: (unit.text, unit.base) for unit in unit_of.values()}
    for unit in everything:
        if unit.held and not unit.kind.startswith(OF_DOCUMENT):
            for batch, start, end in unit.held:
                for number, text in enumerate(batch.texts[start:end], batch.first + start):
                    unit_of[number] = unit
                    texts[number] = (text, batch.base)
    known: dict[int, list[int]] = {}

    def led_to(number: int) -> list[int]:
        if number not in known:
            text, base = texts[number]
            known[number] = [base + int(match[1]) for match in REFERENCE.finditer(text) if match[1]]
        return known[number]

    page_units = {unit_of[number] for number in pages}
    users: dict[Unit, list[int]] = {}
    for index, page in enumerate(pages):
        seen, waiting = {page}, [page]
        while waiting:
            for other in led_to(waiting.pop()):
                if other in texts and other not in seen and unit_of[other] not in page_units:
                    seen.add(other)
                    waiting.append(other)
        for unit in dict.fromkeys(unit_of[number] for number in sorted(seen)):
            users.setdefault(unit, []).append(index)
    found = Parts(unit_of[root], pages=[[unit_of[number]] for number in pages[1:]], used=[[] for _ in pages])
    own, common, outlines = [unit_of[pages[0]]], [], []
    for unit in everything:
        by = users.get(unit, [])
        if unit is found.root or unit in page_units:
            continue
        if unit.kind == OUTLINES:
            outlines.append(unit)
        elif by[:1] == [0]:
            (own if by == [0] and unit.kind != IN_TREE else common).append(unit)
        elif len(by) == 1 and unit.kind != IN_TREE:
            found.pages[by[0] - 1].append(unit)
        else:
            (found.shared if len(by) > 1 else found.others).append(unit)
    found.first = [*own, *common, *outlines]
    sharing = {*found.first, *found.shared}
    for unit, by in users.items():
        for index in by if unit in sharing else ():
            if index:
                found.used[index].append(unit)
    return found


class Bits:
    """Numbers written one after another in so many bits each; `rows` end on a whole byte."""

    def __init__(self) -> None:
        self.out = bytearray()

    def row(self, numbers: Sequence[int], width: int) -> None:
        value = 0
        for number in numbers:
            value = value << width | number
        count = len(numbers) * width
        short = -count % 8
        self.out += (value << short).to_bytes((count + short) // 8)

    def add(self, *numbers_and_bytes: tuple[int, int]) -> None:
        for number, length in numbers_and_bytes:
            self.out += number.to_bytes(length)


def packed(objects: Objects, root: int, info: int, pages: Sequence[int]) -> bytes:
    """Return a file of some objects; `pages` are the numbers of its pages in order. The same objects give the same bytes."""
    order, writer = parts(objects, root, pages), Writer(objects)
    table = len(order.rest) + 1
    first = writer.number(order.rest, 1, room=1)
    directory, first_table, root_number, hints_number = range(first, first + 4)
    after = writer.number(order.first, first + 4)
    writer.final[root] = order.root.number = root_number
    with writer.bodies([order.root, *order.first, *order.rest]) as written:
        content = {unit: text for unit, text in written}
    lengths = {unit: len(text) for unit, text in content.items()}
    digest = md5(usedforsecurity=False)
    for text in content.values():
        digest.update(text)
    identity, catalogue = digest.hexdigest().encode(), content[order.root]
    named = b"/Root %d 0 R /Info %d 0 R /ID [ <%s> <%s> ]" % (root_number, writer.final[info], identity, identity)
    room = len(first_xref(writer, first_table, (first, after), named, 0)) + sum(WIDTHS) * (len(order.first) + 8)  # what it does not know yet
    start = len(HEADER) + len(linearized(directory, 0, 0, 0, 0, 0, 0, 0)) + room  # of the catalogue
    before = start + len(catalogue)  # where the hints stand
    offsets = placed([*order.first, *order.rest], before, lengths)
    hints = hint_stream(hints_number, order, lengths, offsets)
    moved = {unit: offset + len(hints) for unit, offset in offsets.items()}
    for unit, offset in moved.items():
        writer.place(unit.number, offset)
    end = before + len(hints) + sum(lengths[unit] for unit in order.first)
    main = before + len(hints) + sum(lengths.values()) - len(catalogue)
    where = start - room
    for number, at in ((root_number, start), (hints_number, before), (directory, len(HEADER)), (table, main), (first_table, where)):
        writer.place(number, at)
    main_table = body(table, filtered(b"<< /Type /XRef /W [ %d %d %d ] /Size %d %s >>" % (*WIDTHS, first, named)), deflated(writer.table(0, first)))
    tail = b"startxref\n%d\n%%%%EOF\n" % where
    length = main + len(main_table) + len(tail)
    head = first_xref(writer, first_table, (first, after), named, main)
    if len(head) > room:
        raise ValueError(f"the table of the first page takes {len(head)} bytes and has {room}")
    dictionary = linearized(directory, length, before, len(hints), order.first[0].number, end, len(pages), main - 1)
    units_in_order = [content[unit] for unit in (*order.first, *order.rest)]
    return b"".join([HEADER, dictionary, head.ljust(room - 1), b"\n", catalogue, hints, *units_in_order, main_table, tail])


def placed(units: Sequence[Unit], start: int, lengths: dict[Unit, int]) -> dict[Unit, int]:
    found = {}
    for unit in units:
        found[unit] = start
        start += lengths[unit]
    return found


def linearized(number: int, length: int, hints: int, hints_length: int, page: int, end: int, pages: int, table: int) -> bytes:
    """Return the dictionary by which a browser knows such a file, always of the same length."""
    values = (length, hints, hints_length, page, end, pages, table)
    text = "<< /Linearized 1 /L {} /H [ {} {} ] /O {} /E {} /N {} /T {} >>".format(*values)
    return body(number, text.encode().ljust(140))


def first_xref(writer: Writer, number: int, numbers: tuple[int, int], named: bytes, main: int) -> bytes:
    """Return the table of the objects that are needed first."""
    first, after = numbers
    text = b"<< /Type /XRef /W [ %d %d %d ] /Index [ %d %d ] /Size %d /Prev %d %s >>" % (*WIDTHS, first, after - first, after, main, named)
    return body(number, filtered(text), deflated(writer.table(first, after))) + b"startxref\n0\n%%EOF\n"


def hint_stream(number: int, order: Parts, lengths: dict[Unit, int], offsets: dict[Unit, int]) -> bytes:
    """Return the hints (PDF 1.7 §F.4); places are told as if the hints were not there."""
    bits = Bits()
    groups = [order.first, *order.pages]
    counts, sizes = [len(group) for group in groups], [sum(lengths[unit] for unit in group) for group in groups]
    places = {unit: place for place, unit in enumerate([*order.first, *order.shared])}
    used = [sorted(places[unit] for unit in units) for units in order.used]
    least, shortest = min(counts), min(sizes)
    count_bits, size_bits = (max(counts) - least).bit_length(), (max(sizes) - shortest).bit_length()
    shared_bits, name_bits = max(map(len, used)).bit_length(), max((max(one, default=0) for one in used), default=0).bit_length()
    bits.add((least, 4), (offsets[order.first[0]], 4), (count_bits, 2), (shortest, 4), (size_bits, 2), (0, 4), (0, 2), (shortest, 4), (size_bits, 2))
    bits.add((shared_bits, 2), (name_bits, 2), (0, 2), (4, 2))
    bits.row([count - least for count in counts], count_bits)
    bits.row([size - shortest for size in sizes], size_bits)
    bits.row([len(one) for one in used], shared_bits)
    bits.row([place for one in used for place in one], name_bits)
    bits.row([size - shortest for size in sizes], size_bits)
    shared_start = len(bits.out)
    shared = [lengths[unit] for unit in places]
    smallest = min(shared)
    width = (max(shared) - smallest).bit_length()
    where = (order.shared[0].number, offsets[order.shared[0]]) if order.shared else (0, 0)
    bits.add((where[0], 4), (where[1], 4), (len(order.first), 4), (len(places), 4), (0, 2), (smallest, 4), (width, 2))
    bits.row([length - smallest for length in shared], width)
    bits.row([0] * len(shared), 1)
    outlines = [unit for unit in order.first if unit.kind == OUTLINES]
    said = b""
    if outlines:
        said = b"/O %d " % len(bits.out)
        bits.add((outlines[0].number, 4), (offsets[outlines[0]], 4), (len(outlines), 4), (sum(lengths[unit] for unit in outlines), 4))
    return body(number, filtered(b"<< /S %d %s>>" % (shared_start, said)), deflated(bytes(bits.out)))
