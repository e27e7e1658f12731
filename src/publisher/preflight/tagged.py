"""The tag tree of a finished PDF with the text of each element: PDF -> `Tagged`.

Read with PDFium and pikepdf from the file alone, so that it can judge what `finish` wrote. The elements of a large volume take more
room than the file: those of some sections at a time are at hand, the others are folded.
"""

import io
import pickle
import zlib
from array import array
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from sys import intern
from typing import Any, NamedTuple, TypeVar

import pikepdf
from pikepdf import Dictionary

from publisher.garbage import give_back
from publisher.preflight.drawn_page import Awaited, DrawnPage, drawn_pages
from publisher.preflight.glyphs import Chain, owner
from publisher.preflight.lines import Owner
from publisher.preflight.plain_objects import entries, followed, number, numbered, plain, text
from publisher.preflight.printed_text import squeezed

T = TypeVar("T")
Key = int
"""The number of an object of the file."""
STRETCH = 20_000
"""Elements after which what is read at once ends, with a section: those of two hundred pages."""
AT_HAND = 3
"""How many such stretches are not folded: all of a volume of sixty cases."""
TEXTS = 1000
"""Pages whose texts are at hand: more than those of the stretches are."""
MOST_OWNERS, MOST_MARKS = 10_000_000, 100_000
"""Greater numbers, of links and of the marks of a page, are those of a damaged file."""
PAGES = 1000
"""How many pages are read at once."""
SMALL = 12_000_000
"""Bytes of a file that is opened once; two thousand pages have fewer."""


class Mark(NamedTuple):
    """A piece of marked content: its page, counted from 1, and its number there."""

    page: int
    number: int


@dataclass(eq=False, slots=True)
class Link:
    """An annotation that leads to another place of the file."""

    key: Key
    page: int
    """On which it is listed, counted from 1; 0 where it is on none."""
    target: str
    said: str
    box: tuple[float, ...]
    owner: int
    """Its number in the table of owners; -1 where it has none."""


NONE: Mapping[str, Any] = {}


def none() -> Mapping[str, Any]:
    """Return the attributes of an element that has none, which all these share."""
    return NONE


@dataclass(eq=False, slots=True)
class Node:
    """An element of the tree; there are ninety on a page."""

    tag: str
    key: Key = 0
    kids: "Sequence[Node | Mark]" = ()
    nodes: "Sequence[Node]" = ()
    """Those of its kids that are elements."""
    links: Sequence[Link] = ()
    """The annotations in it."""
    id: str = ""
    alt: str = ""
    said: str = ""
    """What is read aloud in place of its text."""
    language: str = ""
    attributes: Mapping[str, Any] = field(default_factory=none)
    """Texts, numbers and tuples of these."""
    by_tag: "dict[str, list[Node]] | None" = None
    """What `find` found."""

    def walk(self) -> "Iterator[Node]":
        """Yield it and every node in it, in reading order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            if node.nodes:
                waiting.extend(reversed(node.nodes))

    def find(self, *tags: str) -> "list[Node]":
        """Return itself and the nodes in it that have one of these tags, in reading order."""
        if len(tags) > 1:
            return [node for node in self.walk() if node.tag in tags]
        if self.by_tag is None:
            self.by_tag = {}
            for node in self.walk():
                self.by_tag.setdefault(node.tag, []).append(node)
        return self.by_tag.get(tags[0], [])

    @property
    def marks(self) -> Iterator[Mark]:
        """All marks in it, in reading order."""
        for kid in self.kids:
            if isinstance(kid, Mark):
                yield kid
            else:
                yield from kid.marks

    @property
    def flow(self) -> Iterator[Mark]:
        """The marks in it, in reading order, without those of notes, which stand at the feet of pages."""
        for kid in self.kids:
            if isinstance(kid, Mark):
                yield kid
            elif kid.tag != "Note":
                yield from kid.flow

    @property
    def page(self) -> int:
        """That of its first mark, 0 where it has none."""
        return next((mark.page for mark in self.marks), 0)


class Texts(dict[int, Mapping[int, str]]):
    """The texts of the marks of pages, each page taken when it is asked for; of the pages of a large volume those that were taken last are at hand."""

    def __init__(self, pages: Sequence[DrawnPage]):
        self.pages = pages

    def __missing__(self, page: int) -> Mapping[int, str]:
        if len(self) >= TEXTS:
            del self[next(iter(self))]
        self[page] = self.pages[page - 1].marks if 0 < page <= len(self.pages) else {}
        return self[page]


class Loose(NamedTuple):
    """Something drawn that is neither in the tree nor an artifact."""

    page: int
    text: str


class Tagged:
    """A PDF as its tags tell it."""

    def __init__(self, pdf: bytes):
        self.pdf = pdf
        self.found: Any = None
        """Where the terms of a book were found in it."""
        self.given: Sequence[DrawnPage] = ()
        self.pages: dict[Key, int] = {}
        self.boxes: list[tuple[float, ...]] = []
        self.annotations: dict[Key, int] = {}
        """The page of every annotation, page by page."""
        self.targets: dict[Key, str] = {}
        """Those of the links that stand in the tree."""
        self.unnumbered = 0
        """Annotations that nothing can refer to."""
        self.owners: array[int] = array("I")
        """Those of links, by their numbers in the table; 0 where there is none."""
        self.owners_by_page: list[array[int]] = [array("I")]
        """Those of the marks of each page, counted from 1, by their numbers; 0 where there is none."""
        self.bits: list[int] = []
        """The marks of each page that the tree bears, by their numbers as bits."""
        self.borne_twice: Counter[Mark] = Counter()
        self.borne_ids: dict[str, Key] = {}
        self.ids_borne_twice: list[str] = []
        self.shared = pikepdf.open(io.BytesIO(pdf)) if len(pdf) <= SMALL else None
        self.read_so_far = 0
        """Elements of the tree."""
        self.stretches: list[Stretch] = []
        self.open: OrderedDict[Stretch, Node] = OrderedDict()
        """The stretches that are at hand; that used last comes last."""
        self.read_tables()
        self.read_tree()
        self.unplaced = self.read_unplaced()
        if self.shared:
            self.shared.close()
            self.shared = None

    def read(self, what: Callable[[pikepdf.Pdf], T]) -> T:
        """Read something of the file; a large one is opened anew for it, for its reader keeps whatever it has read."""
        if self.shared:
            return what(self.shared)
        found = self.read_anew(what)
        give_back()
        return found

    def read_anew(self, what: Callable[[pikepdf.Pdf], T]) -> T:
        with pikepdf.open(io.BytesIO(self.pdf)) as file:
            return what(file)

    def read_tables(self) -> None:
        """Read what stands beside the tree."""
        root = self.read(lambda file: plain(file.Root["/StructTreeRoot"]) if "/StructTreeRoot" in file.Root else {})
        names = self.read(lambda file: followed(file, root.get("/RoleMap")) or {})
        self.names = {name: intern(text(meant)[1:]) for name, meant in names.items()}
        self.ids: dict[str, Key] = self.read(lambda file: {text(name): number(item) for name, item in entries(file, root.get("/IDTree"), "/Names")})
        self.destinations = self.read(destinations)
        top = (kids_of(root.get("/K")) or [None])[0]
        document = self.read(lambda file: followed(file, top)) or {}
        self.document, self.tag = number(top), text(document.get("/S"))[1:]
        self.tops = self.read(lambda file: kids_of(followed(file, document.get("/K"))))
        table = self.read(lambda file: dict(entries(file, root.get("/ParentTree"), "/Nums")))
        count = self.read(lambda file: len(file.pages))
        for start in range(0, count, PAGES):
            self.read(partial(self.read_pages, start, min(start + PAGES, count), table))
        left = {place: number(value) for place, value in table.items() if isinstance(place, int) and 0 <= place < MOST_OWNERS}
        self.owners = array("I", bytes(4 * (max(left, default=-1) + 1)))
        for place, key in left.items():
            self.owners[place] = key
        self.bits = [0] * (count + 1)

    def read_pages(self, start: int, end: int, table: dict[int, Any], file: pikepdf.Pdf) -> None:
        """Read some pages."""
        for place in range(start, end):
            self.read_page(file, file.pages[place], table)

    def read_page(self, file: pikepdf.Pdf, page: pikepdf.Page, table: dict[int, Any]) -> None:
        """Read where a page stands, its annotations and the owners of its marks, which are taken out of the table (PDF 1.7 §14.7.4.4)."""
        told, place = plain(page.obj), len(self.boxes) + 1
        self.pages[page.obj.objgen[0]] = place
        self.boxes.append(tuple(map(float, page.mediabox)))
        for item in followed(file, told.get("/Annots")) or []:
            if found := number(item):
                self.annotations[found] = place
            else:
                self.unnumbered += 1
        listed = followed(file, table.pop(told.get("/StructParents", -1), None))
        self.owners_by_page.append(array("I", map(number, listed if isinstance(listed, list) else ())))

    def read_tree(self) -> None:
        """Read the tree stretch by stretch."""
        waiting = deque(self.tops)
        start = level = 0
        while waiting:
            stretch = Stretch(self, start, level, document := self.read(partial(self.read_stretch, waiting)))
            self.stretches.append(stretch)
            self.hold(stretch, document)
            start, level = len(self.tops) - len(waiting), stretch.last_level

    def read_stretch(self, waiting: deque[Any], file: pikepdf.Pdf) -> Node:
        """Read some of the elements at the top of the tree that are waiting, with all that is in them, as a document."""
        document = Node(self.tag, self.document)
        enough = self.read_so_far + STRETCH
        while waiting and self.read_so_far < enough:
            self.fill(file, document, [waiting.popleft()], 0)
        return document

    def take_note(self, node: Node) -> None:
        """Remember of an element what is compared with others of the whole file."""
        for mark in node.kids:
            if isinstance(mark, Mark) and 0 <= mark.page < len(self.bits) and 0 <= mark.number < MOST_MARKS:
                bit = 1 << mark.number
                if self.bits[mark.page] & bit:
                    self.borne_twice[mark] += 1
                self.bits[mark.page] |= bit
        for link in node.links:
            self.targets[link.key] = link.target
        if node.id and node.id in self.borne_ids:
            self.ids_borne_twice.append(node.id)
        elif node.id:
            self.borne_ids[node.id] = node.key

    def read_unplaced(self) -> list[Link]:
        """Read the links that are not in the tree."""
        lost = [key for key in self.annotations if key not in self.targets]
        return self.read(lambda file: [link_of(key, numbered(file, key), self.annotations[key]) for key in lost]) if lost else []

    def hold(self, stretch: "Stretch", document: Node) -> None:
        """Have a stretch at hand; that which was not used for longest is folded for it."""
        self.open[stretch] = document
        self.open.move_to_end(stretch)
        if len(self.open) > AT_HAND:
            other, held = self.open.popitem(last=False)
            other.fold(held)

    @cached_property
    def led(self) -> list[tuple[int, str]]:
        """The page and the target of every link."""
        unplaced = {link.key: link.target for link in self.unplaced}
        return [(page, self.targets.get(key) or unplaced.get(key, "")) for key, page in self.annotations.items()]

    @cached_property
    def drawn(self) -> Sequence[DrawnPage]:
        """The pages, read now where they have not been."""
        return self.given or drawn_pages(self.pdf, self.block_owners(1, len(self.boxes)))

    def block_owners(self, first: int, last: int) -> list[dict[int, Owner]]:
        """Return for each page from one to another the paragraph, heading or cell that its marks belong to, by their numbers."""
        found: list[dict[int, Owner]] = [{} for _ in range(first, last + 1)]
        for stretch in self.stretches:
            start, end = stretch.pages
            for page in range(max(start, first), min(end, last) + 1):
                found[page - first] |= stretch.block_owners[page - start]
        return found

    @cached_property
    def texts(self) -> "Texts":
        """Of the marks of each page, counted from 1, by their numbers."""
        return Texts(self.drawn)

    def owner(self, place: int) -> Key:
        """Return the owner of a link by its number in the table; 0 where it has none."""
        return self.owners[place] if 0 <= place < len(self.owners) else 0

    def said(self, mark: Mark) -> str:
        """Return the text of a mark."""
        return self.texts[mark.page].get(mark.number, "")

    def is_here(self, node: Node) -> bool:
        """Tell whether the texts of an element can be had at once; they are read page by page."""
        return not isinstance(self.drawn, Awaited) or self.drawn.is_here(node.page)

    @cached_property
    def loose(self) -> list[Loose]:
        return [Loose(place, text) for place, page in enumerate(self.drawn, 1) for mark, text in page.drawn if mark < 0 or not self.bits[place] >> mark & 1]

    def fill(self, file: pikepdf.Pdf, node: Node, kids: Sequence[Any], page: int) -> None:
        """Put more into an element that it holds."""
        inside: list[Node | Mark] = []
        links: list[Link] = []
        for kid in kids:
            if isinstance(kid, int):
                inside.append(Mark(page, kid))
                continue
            key = number(kid)
            told = numbered(file, key) if key else kid
            if not isinstance(told, dict):
                continue
            kind = told.get("/Type")
            own = self.pages.get(number(told["/Pg"]), 0) if "/Pg" in told else page
            if kind == "/MCR":
                inside.append(Mark(own, int(told["/MCID"])))
            elif kind == "/OBJR":
                item = number(told["/Obj"])
                links.append(link_of(item, followed(file, told["/Obj"]), self.annotations.get(item, 0)))
            else:
                inside.append(self.node(file, key, told, own))
        node.kids, node.links = (*node.kids, *inside), (*node.links, *links)
        node.nodes = node.kids if not any(isinstance(kid, Mark) for kid in node.kids) else tuple(kid for kid in node.kids if isinstance(kid, Node))

    def node(self, file: pikepdf.Pdf, key: Key, told: dict[str, Any], page: int) -> Node:
        """Return an element with all that is in it."""
        self.read_so_far += 1
        kind = told.get("/S", "")
        made = Node(self.names.get(kind) or intern(text(kind)[1:]), key)
        if "/A" in told:
            made.attributes = {name: value_of(value) for name, value in (followed(file, told["/A"]) or {}).items()}
        if "/ID" in told:
            made.id = text(told["/ID"])
        if "/Alt" in told:
            made.alt = text(told["/Alt"])
        if "/ActualText" in told:
            made.said = text(told["/ActualText"])
        if "/Lang" in told:
            made.language = text(told["/Lang"])
        if "/K" in told:
            self.fill(file, made, kids_of(told["/K"]), page)
        return made

    def text(self, node: Node) -> str:
        """Return the text of an element, squeezed."""
        return squeezed(self.raw(node))

    def aloud(self, node: Node) -> str:
        """Return what is read aloud of an element, squeezed: of a figure the words in its place."""
        return squeezed(self.spoken(node))

    def spoken(self, node: Node) -> str:
        if node.tag == "Figure":
            return node.alt
        return "".join(self.spoken(kid) if isinstance(kid, Node) else self.said(kid) for kid in node.kids)

    def raw(self, node: Node) -> str:
        return "".join(map(self.said, node.marks))


class Stretch:
    """Some elements at the top of the tree, one a section of the book."""

    def __init__(self, file: Tagged, start: int, level: int, document: Node):
        self.file, self.start, self.level = file, start, level
        """`start` is the place of its first element, from 0, `level` that of the last heading before it."""
        self.folded = b""
        self.count = len(document.nodes)
        self.last_level, pages = level, set[int]()
        for node in document.walk():
            file.take_note(node)
            pages.update([kid.page for kid in node.kids if isinstance(kid, Mark)])
            if node.tag in HEADINGS:
                self.last_level = int(node.tag[1])
        self.pages = (min(pages, default=0), max(pages, default=0))
        """The first and the last of its pages."""

    @property
    def document(self) -> Node:
        """The document with these elements."""
        if self in self.file.open:
            self.file.open.move_to_end(self)
            return self.file.open[self]
        document = pickle.loads(zlib.decompress(self.folded))
        self.file.hold(self, document)
        return document

    def fold(self, document: Node) -> None:
        """Make it small; it is as it was when it is asked for again."""
        for derived in ("nodes", "block_owners"):
            self.__dict__.pop(derived, None)
        for node in document.walk():
            node.by_tag = None  # an element is among those that are found in it: nothing would let go of it
        if not self.folded:
            self.folded = zlib.compress(pickle.dumps(document), 1)

    @cached_property
    def block_owners(self) -> list[dict[int, Owner]]:
        """For each of its pages the block that its marks belong to, by their numbers."""
        first, last = self.pages
        found: list[dict[int, Owner]] = [{} for _ in range(first, last + 1)]

        def add(node: Node, above: Chain) -> None:
            above = ((node.tag, node.key), *above)
            own = None
            for kid in node.kids:
                if isinstance(kid, Node):
                    add(kid, above)
                else:
                    own = own or owner(above)
                    found[kid.page - first][kid.number] = own

        add(self.document, ())
        return found

    @cached_property
    def nodes(self) -> dict[Key, Node]:
        """Its elements by their numbers."""
        return {node.key: node for node in self.document.walk()}


HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")


def kids_of(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def link_of(key: Key, told: Any, page: int) -> Link:
    """Return an annotation of a page as a link."""
    told = told if isinstance(told, dict) else {}
    action = told.get("/A")
    target = text(told.get("/Dest")) or text(action.get("/D") if isinstance(action, dict) else "")
    return Link(key, page, intern(target), text(told.get("/Contents")), tuple(map(float, told.get("/Rect") or ())), int(told.get("/StructParent", -1)))


def destinations(file: pikepdf.Pdf) -> dict[str, int]:
    """Return the page of each named destination, counted from 1; 0 where it is none of the file."""
    pages = {page.objgen[0]: place for place, page in enumerate(file.pages, 1)}
    names = file.Root.get("/Names", Dictionary())
    found = {}
    for name, value in entries(file, plain(names).get("/Dests"), "/Names"):
        place = followed(file, value)
        place = followed(file, place.get("/D")) if isinstance(place, dict) else place
        found[intern(text(name))] = pages.get(number(place[0]), 0) if isinstance(place, list) and place else 0
    return found


def value_of(value: Any) -> Any:
    """Return an attribute as a text, a number or several of these."""
    if isinstance(value, list):
        return tuple(map(value_of, value))
    return value if isinstance(value, int | float) else intern(text(value))


last = lru_cache(1)(Tagged)
"""What was read last: a file is looked at from many sides."""


def make_room(pdf: bytes, done: bool = False) -> None:
    """Where a file is large, give memory back that is free, and when all is `done` that has to be looked at, let go of what was read of it."""
    if len(pdf) > SMALL:
        if done:
            last.cache_clear()
        give_back()


def tagged(pdf: bytes, pages: Sequence[DrawnPage] = ()) -> Tagged:
    """Read a file, or return it as last read; `pages` are its pages where they are being read."""
    found = last(pdf)
    if pages:
        found.given = pages
    return found
