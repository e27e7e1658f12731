"""Joined galleys as the objects of a file: pages with their resources and links, fonts, one tag tree, bookmarks and destinations."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from publisher.finish import packing
from publisher.finish.joining import Cast, Joined, Leaf, Part
from publisher.finish.objects import Batch, Objects, Stream, shifted, string, with_entries
from publisher.finish.plates import NO_FONTS
from publisher.galley import NOBODY, Bookmark, Touch

Store = Callable[[bytes, bytes], tuple[bytes, "bytes | Future[bytes]"]]
"""Returns the dictionary and the data of a stream as they are to be stored."""


def written(volume: Joined, tagged: bool = True) -> bytes:
    """Write joined pages as they are, to be read again here: the same pages give the same bytes."""
    made = Written(volume, lambda head, data: (head, data), tagged)
    made.entries |= {"/Names": dictionary({"/Dests": b"%d 0 R" % made.destinations()})}
    root = made.objects.reserve()
    made.objects.alone[root] = dictionary({"/Type": b"/Catalog", **made.entries})
    return packing.packed(made.objects, root)


class Written:
    """The objects of joined pages; `entries` are those of the catalogue that lead to them.

    In a file that is not `tagged` the tags are left out; in one that is `trimmed` the trim is the page.
    """

    def __init__(self, volume: Joined, store: Store, tagged: bool = True, trimmed: bool = False):
        self.volume, self.store, self.tagged, self.trimmed = volume, store, tagged, trimmed
        self.objects = Objects()
        self.tree, self.document, self.page_tree = (self.objects.reserve() for _ in range(3))
        self.bases = {part.start: self.objects.reserve_part(part.plate.count) for part in volume.parts}
        self.pages = [self.bases[leaf.part.start] + 1 + leaf.index if leaf.part else self.objects.reserve() for leaf in volume.leaves]
        self.owners: list[int] = []
        self.shared: dict[bytes, int] = {}
        self.fonts = {made.case.name: self.font(made) for made in volume.casts}
        self.forms = {name: self.stream(form.head, form.data) for name, form in volume.stereotypes.items()}
        for leaf, number in zip(volume.leaves, self.pages, strict=True):
            self.page(leaf, number)
        for part in volume.parts:
            self.part(part)
        kids = b"<< /Count %d /Kids [ %s ] /Type /Pages >>" % (len(self.pages), references(self.pages))
        self.objects.batches.append(Batch("Pages", 0, self.page_tree, (kids,)))
        self.entries = {"/Pages": b"%d 0 R" % self.page_tree, "/Outlines": b"%d 0 R" % self.outline()}
        if tagged:
            self.close()
            self.entries["/StructTreeRoot"] = b"%d 0 R" % self.tree

    def stream(self, head: bytes, data: bytes) -> int:
        """Add a stream that is plain."""
        return self.objects.add_stream(*self.store(head, data))

    def font(self, made: Cast) -> int:
        """Add a font with the program, widths and meanings of all the sorts that the file draws."""
        add, case, codes = self.objects.add, made.case, made.codes
        tag = "".join(chr(65 + byte % 26) for byte in hashlib.sha256(made.program).digest()[:6])
        name = b"/%s+%s" % (tag.encode(), case.font.face.encode())
        widths = {codes[code]: round(width, 3) for code, width in case.widths.items()}
        meanings = {codes[code]: text for code, text in case.meanings.items() if code in codes}
        is_cff = case.face.program[:4] == b"OTTO"
        program = self.stream(b"<< /Subtype /CIDFontType0C >>" if is_cff else b"<< /Length1 %d >>" % len(made.program), made.program)
        descriptor = with_entries(case.font.descriptor.encode("latin-1"), b"/FontFile%d %d 0 R /FontName %s" % (3 if is_cff else 2, program, name))
        advances = b" ".join(b"%d %s" % (first, numbers_of(run)) for first, run in runs(widths))
        to_glyphs = b"" if is_cff else b"/CIDToGIDMap /Identity "  # only for TrueType (PDF 1.7 table 117)
        entries = b"/BaseFont %s %s/FontDescriptor %d 0 R /W [ %s ]" % (name, to_glyphs, add("/FontDescriptor", descriptor), advances)
        descendant = add("/Font", with_entries(case.font.descendant.encode("latin-1"), entries))
        unicode = self.stream(b"<< >>", to_unicode(meanings))
        entries = b"/BaseFont %s /DescendantFonts [ %d 0 R ] /ToUnicode %d 0 R" % (name, descendant, unicode)
        return add("/Font", with_entries(case.font.font.encode("latin-1"), entries))

    def page(self, leaf: Leaf, number: int) -> None:
        if leaf.part is None:
            pattern = next(part.plate.pages[0] for part in self.volume.parts)
            text = b"<< %s /Parent %d 0 R /Resources %d 0 R /Type /Page >>" % (self.boxes(pattern.boxes), self.page_tree, self.resources(b"<< >>"))
            self.objects.alone[number] = text
            return
        plate, base, owned = leaf.plate, self.bases[leaf.part.start], b""
        if self.tagged:
            marks = b"[ %s ]" % b" ".join(b"null" if own == NOBODY else b"%d 0 R" % (base + own) for own in plate.owners)
            owned = b"/StructParents %d " % self.own(self.objects.add("Owners", marks))
        linked = b""
        if leaf.links:
            annotations = b"[ %s ]" % references([base + link.number for link in leaf.links])
            linked = b"/Annots %d 0 R /Tabs /S " % self.objects.add("Annots", annotations)
            texts = [self.link(link, base) for link in leaf.links]
            self.objects.batches.append(Batch("/Annot", base, base + leaf.links[0].number, texts))
        content, resources = self.stream(b"<< >>", leaf.content), self.resources(self.used(leaf))
        text = b"/Contents %d 0 R %s /Parent %d 0 R /Resources %d 0 R" % (content, self.boxes(plate.boxes), self.page_tree, resources)
        self.objects.alone[number] = b"<< %s%s %s/Type /Page >>" % (linked, text, owned)

    def link(self, link: Touch, base: int) -> bytes:
        """Write a link; those of a page are numbered one after another."""
        entries = b"/Contents %s" % string(link.said)
        if self.tagged:
            entries += b" /StructParent %d" % self.own(base + link.owner)
        return with_entries(link.text.encode("latin-1"), entries)

    def own(self, owner: int) -> int:
        """Put an owner, or those of a page's marks, into the table of owners; return its place there."""
        self.owners.append(owner)
        return len(self.owners) - 1

    def boxes(self, boxes: dict[str, str]) -> bytes:
        """Write the boxes of a page."""
        kept = {"/MediaBox": boxes.get("/TrimBox", boxes["/MediaBox"])} if self.trimmed else boxes
        return " ".join(f"{name} {box}" for name, box in kept.items()).encode()

    def used(self, leaf: Leaf) -> bytes:
        """Write the resources that a page uses."""
        base, own = self.bases[leaf.part.start], leaf.part.fonts
        kinds: dict[str, dict[str, bytes]] = {"/Font": {}}
        for kind, name in leaf.plate.used:
            if kind == "/Font":
                kinds[kind][own[name].name] = b"%d 0 R" % self.fonts[own[name].name]
            else:
                kinds.setdefault(kind, {})[name] = shifted(leaf.part.plate.resources[kind][name].encode("latin-1"), base)
        for name in leaf.shared:
            kinds.setdefault("/XObject", {})[name] = b"%d 0 R" % self.forms[name]
        return b"<< %s >>" % b" ".join(b"%s %s" % (kind.encode(), dictionary(things)) for kind, things in sorted(kinds.items()) if things)

    def resources(self, text: bytes) -> int:
        """Return the number of resources, which pages that use the same ones share."""
        if text not in self.shared:
            self.shared[text] = self.objects.add("Resources", text)
        return self.shared[text]

    def part(self, part: Part) -> None:
        """Take over the objects of a galley."""
        base, fonts = self.bases[part.start], dictionary({case.name: b"%d 0 R" % self.fonts[case.name] for case in part.fonts.values()})
        self.objects.same[base] = self.document
        for kind, first, texts in part.plate.batches:
            if self.tagged or not kind.startswith("Element"):
                self.objects.batches.append(Batch(kind, base, base + first, texts))
        for cut in part.plate.streams:
            if cut.draws_text:
                head = shifted(cut.head.encode("latin-1"), base).replace(NO_FONTS, b"/Font " + fonts)
                self.objects.streams.append(Stream(base + cut.number, 0, *self.store(head, self.volume.drawn[part.start, cut.number])))
            else:
                self.objects.streams.append(Stream(base + cut.number, base, cut.head.encode("latin-1"), cut.data))

    def close(self) -> None:
        """Write the top of the tag tree, the owners of all marks and links, and the ids."""
        batches, bases = self.objects.batches, [(self.bases[part.start], part.plate) for part in self.volume.parts]
        tops = references([base + top for base, plate in bases for top in plate.tops])
        batches.append(Batch("Document", 0, self.document, (b"<< /K [ %s ] /P %d 0 R /S /Document >>" % (tops, self.tree),)))
        owners = tree(self.objects, b"/Nums", [(b"%d" % place, b"%d 0 R" % owner) for place, owner in enumerate(self.owners)], "Owners")
        ids = {name: base + number for base, plate in bases for name, number in plate.ids.items()}
        listed = b"/IDTree %d 0 R " % names(self.objects, {name: b"%d 0 R" % number for name, number in ids.items()}, "Owners") if ids else b""
        text = b"<< %s/K %d 0 R /ParentTree %d 0 R /ParentTreeNextKey %d /Type /StructTreeRoot >>" % (listed, self.document, owners, len(self.owners))
        batches.append(Batch("Tree", 0, self.tree, (text,)))

    def outline(self) -> int:
        """Write the outline: a bookmark stands under the last one before it of a higher level. Return its number."""
        top = Item(self.objects.reserve())
        open_items: list[tuple[int, Item]] = [(0, top)]
        for place, sheet in enumerate(self.volume.sheets):
            for mark in sheet.page.bookmarks if sheet.page else ():
                while len(open_items) > 1 and open_items[-1][0] >= mark.level:
                    open_items.pop()
                item = Item(self.objects.reserve(), mark, self.pages[place])
                open_items[-1][1].items.append(item)
                open_items.append((mark.level, item))
        for item, text in top.texts():
            self.objects.batches.append(Batch("Outlines", 0, item.number, (text,)))
        return top.number

    def destinations(self) -> int:
        """Write the places of all anchors, and of the pages by their numbers; of two of one name the first counts. Return the number of their tree."""
        found: dict[str, bytes] = {}
        for page, sheet, leaf in zip(self.pages, self.volume.sheets, self.volume.leaves, strict=True):
            for name, spot in sheet.page.anchors.items() if sheet.page else ():
                found.setdefault(name, b"[ %d 0 R /XYZ %s %s 0 ]" % (page, number(spot.x), number(spot.y)))
            if sheet.section and leaf.part and not sheet.section.front:
                top = float(leaf.plate.boxes["/TrimBox"].split()[4])
                found.setdefault(f"folio-{sheet.folio}", b"[ %d 0 R /XYZ 0 %s 0 ]" % (page, number(top)))
        return names(self.objects, found)


@dataclass
class Item:
    """A bookmark with those under it."""

    number: int
    mark: Bookmark | None = None
    page: int = 0
    items: list["Item"] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(1 + item.count for item in self.items)

    def texts(self) -> Iterator[tuple["Item", bytes]]:
        """Yield it and all under it with their texts."""
        yield self, self.text(b"")
        waiting = [self]
        while waiting:
            item = waiting.pop()
            for place, kid in enumerate(item.items):
                beside = b"/Parent %d 0 R" % item.number
                if place:
                    beside += b" /Prev %d 0 R" % item.items[place - 1].number
                if place + 1 < len(item.items):
                    beside += b" /Next %d 0 R" % item.items[place + 1].number
                yield kid, kid.text(beside)
            waiting += item.items

    def text(self, beside: bytes) -> bytes:
        below = b"/Count %d /First %d 0 R /Last %d 0 R " % (self.count, self.items[0].number, self.items[-1].number) if self.items else b""
        if self.mark is None:
            return b"<< %s/Type /Outlines >>" % below
        spot = b"[ %d 0 R /XYZ %s %s 0 ]" % (self.page, number(self.mark.spot.x), number(self.mark.spot.y))
        return b"<< %s/Dest %s %s /Title %s >>" % (below, spot, beside, string(self.mark.label))


def number(value: float) -> bytes:
    return f"{value:.6f}".rstrip("0").rstrip(".").encode()


def numbers_of(values: Sequence[float]) -> bytes:
    return b"[ %s ]" % b" ".join(map(number, values))


def references(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % one for one in numbers)


def dictionary(entries: dict[str, bytes]) -> bytes:
    return b"<< %s >>" % b" ".join(b"%s %s" % (name.encode(), text) for name, text in sorted(entries.items()))


LEAF = 2000
"""Entries of one node of a tree: readers refuse arrays that are too long."""


def names(objects: Objects, entries: dict[str, bytes], kind: str = "Tree") -> int:
    """Write a name tree; return its number (PDF 1.7 §7.9.6)."""
    return tree(objects, b"/Names", [(string(name), entries[name]) for name in sorted(entries)], kind)


def tree(objects: Objects, what: bytes, entries: Sequence[tuple[bytes, bytes]], kind: str = "Tree") -> int:
    """Write a tree of entries in the order of their keys, in one node where they are few, and return its number.

    It stands beside others of its `kind`: a reader that wants the names of places need not read those of all tags.
    """

    def listed(part: Sequence[tuple[bytes, bytes]]) -> bytes:
        return b"%s [ %s ]" % (what, b" ".join(b"%s %s" % entry for entry in part))

    if len(entries) <= LEAF:
        return objects.add(kind, b"<< %s >>" % listed(entries))
    parts = [entries[at : at + LEAF] for at in range(0, len(entries), LEAF)]
    leaves = [objects.add(kind, b"<< /Limits [ %s %s ] %s >>" % (part[0][0], part[-1][0], listed(part))) for part in parts]
    return objects.add(kind, b"<< /Kids [ %s ] >>" % references(leaves))


def runs(widths: dict[int, float]) -> list[tuple[int, list[float]]]:
    """Return widths by code as runs of codes that follow one another, each with its first."""
    found: list[tuple[int, list[float]]] = []
    for code in sorted(widths):
        if not found or found[-1][0] + len(found[-1][1]) != code:
            found.append((code, []))
        found[-1][1].append(widths[code])
    return found


def to_unicode(meanings: dict[int, str]) -> bytes:
    """Write the map from codes to characters (PDF 1.7 §9.10.3)."""
    lines = [f"<{code:04x}> <{text.encode('utf-16-be').hex()}>" for code, text in sorted(meanings.items())]
    blocks = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n<< /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode()
