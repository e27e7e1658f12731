"""The tag tree of a finished PDF with the text of each element: PDF -> `Tagged`.

Read with PDFium and pikepdf from the file alone, so that it can judge what `finish` wrote.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from sys import intern
from types import MappingProxyType
from typing import Any, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, NameTree, NumberTree

from publisher.garbage import give_back
from publisher.preflight.drawn_page import Awaited, DrawnPage, drawn_pages
from publisher.preflight.glyphs import Chain, owner
from publisher.preflight.lines import Owner
from publisher.preflight.printed_text import squeezed

Key = int
"""The number of an object of the file."""
STRETCH = 60
"""How many elements at the top of the tree are read at once."""


class Mark(NamedTuple):
    """A piece of marked content: its page, counted from 1, and its number there."""

    page: int
    number: int


@dataclass(eq=False, slots=True)
class Link:
    """An annotation that leads to another place of the file."""

    key: Key
    page: int
    target: str
    said: str
    box: tuple[float, ...]
    owner: int
    """Its number in the table of owners; -1 where it has none."""


NONE: Mapping[str, Any] = MappingProxyType({})


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
    attributes: Mapping[str, Any] = field(default_factory=lambda: NONE)
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
    """The texts of the marks of pages, each page taken when it is first asked for."""

    def __init__(self, pages: Sequence[DrawnPage]):
        self.pages = pages

    def __missing__(self, page: int) -> Mapping[int, str]:
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
        count = self.read_tables()
        for start in range(STRETCH, count, STRETCH):
            give_back()
            self.read_later(start)
        give_back()

    def read_tables(self) -> int:
        """Read what stands beside the tree, and the first stretch of it; return how many elements are at its top."""
        with pikepdf.open(io.BytesIO(self.pdf)) as file:
            root = file.Root.get("/StructTreeRoot", Dictionary())
            self.names = {name: intern(str(meant)[1:]) for name, meant in root.get("/RoleMap", Dictionary()).items()}
            self.pages: dict[Key, int] = {page.objgen[0]: number for number, page in enumerate(file.pages, 1)}
            self.boxes = [tuple(map(float, page.mediabox)) for page in file.pages]
            self.annotations = [link_of(item, number) for number, page in enumerate(file.pages, 1) for item in page.obj.get("/Annots", ())]
            """All links of the file, page by page."""
            self.links = {link.key: link for link in self.annotations}
            self.ids: dict[str, Key] = {intern(str(name)): item.objgen[0] for name, item in NameTree(root.IDTree).items()} if "/IDTree" in root else {}
            self.owners, self.owners_by_page = owners(file)
            self.destinations = destinations(file)
            tops = kids_of(root)
            self.document = Node(str(tops[0].get("/S", ""))[1:], tops[0].objgen[0]) if tops else Node("")
            if not tops:
                return 0
            self.read_stretch(file, 0)
            return len(kids_of(tops[0]))

    def read_later(self, start: int) -> None:
        """Read a stretch of the file opened anew: it keeps what has been read of it, more than is kept here."""
        with pikepdf.open(io.BytesIO(self.pdf)) as file:
            self.read_stretch(file, start)

    def read_stretch(self, file: pikepdf.Pdf, start: int) -> None:
        """Read some elements at the top of the tree, with all that is in them."""
        self.fill(self.document, kids_of(kids_of(file.Root.StructTreeRoot)[0])[start : start + STRETCH], 0)

    @cached_property
    def led(self) -> list[tuple[int, str]]:
        """The page and the target of every link."""
        return [(link.page, link.target) for link in self.annotations]

    @cached_property
    def drawn(self) -> Sequence[DrawnPage]:
        """The pages, read now where they have not been."""
        return self.given or drawn_pages(self.pdf, self.block_owners)

    @cached_property
    def block_owners(self) -> list[dict[int, Owner]]:
        """For each page the paragraph, heading or cell that its marks belong to, by their numbers."""
        found: list[dict[int, Owner]] = [{} for _ in self.boxes]

        def add(node: Node, above: Chain) -> None:
            above = ((node.tag, node.key), *above)
            own = None
            for kid in node.kids:
                if isinstance(kid, Node):
                    add(kid, above)
                elif 0 < kid.page <= len(found):
                    own = own or owner(above)
                    found[kid.page - 1][kid.number] = own

        add(self.document, ())
        return found

    @cached_property
    def texts(self) -> "Texts":
        """Of the marks of each page, counted from 1, by their numbers."""
        return Texts(self.drawn)

    def said(self, mark: Mark) -> str:
        """Return the text of a mark."""
        return self.texts[mark.page].get(mark.number, "")

    def is_here(self, node: Node) -> bool:
        """Tell whether the texts of an element can be had at once; they are read page by page."""
        return not isinstance(self.drawn, Awaited) or self.drawn.is_here(node.page)

    @cached_property
    def loose(self) -> list[Loose]:
        known = self.marks
        return [Loose(number, text) for number, page in enumerate(self.drawn, 1) for mark, text in page.drawn if Mark(number, mark) not in known]

    def node(self, item: Any, page: int) -> "Node | Link | Mark":
        """Read what stands in an element, itself with all that is in it."""
        made, kids = Node("", item.objgen[0]), ()
        for name, value in item.items():
            if name == "/S":
                made.tag = self.names.get(str(value)) or intern(str(value)[1:])
            elif name == "/K":
                kids = list(value) if isinstance(value, Array) else (value,)
            elif name == "/Pg":
                page = self.pages.get(value.objgen[0], 0)
            elif name == "/A":
                made.attributes = {key: plain(one) for key, one in value.items()}
            elif name == "/ID":
                made.id = intern(str(value))
            elif name == "/Alt":
                made.alt = str(value)
            elif name == "/ActualText":
                made.said = str(value)
            elif name == "/Lang":
                made.language = str(value)
            elif name == "/Type" and value in ("/OBJR", "/MCR"):
                return self.referred(item, page)
        self.fill(made, kids, page)
        return made

    def fill(self, node: Node, kids: Iterable[Any], page: int) -> None:
        """Put into an element what it holds."""
        inside, nodes, links = list(node.kids), list(node.nodes), list(node.links)
        for kid in kids:
            if isinstance(kid, int):
                inside.append(Mark(page, kid))
                continue
            found = self.node(kid, page)
            if isinstance(found, Link):
                links.append(found)
                continue
            inside.append(found)
            if isinstance(found, Node):
                nodes.append(found)
        node.kids, node.nodes, node.links = tuple(inside), tuple(nodes), tuple(links)

    def referred(self, item: Any, page: int) -> Link | Mark:
        """Read a reference to an annotation, or to marked content that may stand on another page."""
        if item.Type == "/OBJR":
            return self.links.get(item.Obj.objgen[0]) or link_of(item.Obj, 0)
        return Mark(self.pages.get(item.Pg.objgen[0], 0) if "/Pg" in item else page, int(item.MCID))

    @cached_property
    def borne(self) -> list[Mark]:
        """All marks of the tree, those of an element together."""
        return [kid for node in self.document.walk() for kid in node.kids if not isinstance(kid, Node)]

    @cached_property
    def marks(self) -> set[Mark]:
        return set(self.borne)

    @cached_property
    def nodes(self) -> dict[Key, Node]:
        """The elements of the tree by their object numbers."""
        return {node.key: node for node in self.document.walk()}

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


def kids_of(item: Any) -> list[Any]:
    kids = item.get("/K")
    return [] if kids is None else list(kids) if isinstance(kids, Array) else [kids]


def link_of(item: Any, page: int) -> Link:
    box = tuple(map(float, item.get("/Rect", ())))
    target = item.get("/Dest") or item.get("/A", Dictionary()).get("/D", "")
    return Link(item.objgen[0], page, intern(str(target)), str(item.get("/Contents", "")), box, int(item.get("/StructParent", -1)))


def owners(file: pikepdf.Pdf) -> tuple[dict[int, Key], list[list[Key | None]]]:
    """Return the owners of links by their numbers in the table, and of the marks of each page, counted from 1, by their numbers (PDF 1.7 §14.7.4.4)."""
    root = file.Root.get("/StructTreeRoot", Dictionary())
    table = NumberTree(root.ParentTree) if "/ParentTree" in root else {}
    found, lists = {}, {}
    for number, item in table.items():
        if isinstance(item, Array):
            lists[int(number)] = [None if one is None else one.objgen[0] for one in item]
        else:
            found[int(number)] = item.objgen[0]
    return found, [[], *(lists.get(int(page.obj.get("/StructParents", -1)), []) for page in file.pages)]


def destinations(file: pikepdf.Pdf) -> dict[str, int]:
    """Return the page of each named destination, counted from 1; 0 where it is none of the file."""
    pages = {page.objgen[0]: number for number, page in enumerate(file.pages, 1)}
    names = file.Root.get("/Names", Dictionary()).get("/Dests")
    found = {}
    for name, value in NameTree(names).items() if names is not None else ():
        place = value if isinstance(value, Array) else value.get("/D")
        found[str(name)] = pages.get(place[0].objgen[0], 0)
    return found


def plain(value: Any) -> Any:
    """Return an attribute as a text, a number or several of these."""
    if isinstance(value, Array):
        return tuple(map(plain, value))
    return float(value) if isinstance(value, Decimal) else value if isinstance(value, int | float) else intern(str(value))


last = lru_cache(1)(Tagged)
"""What was read last: a file is looked at from many sides."""


def tagged(pdf: bytes, pages: Sequence[DrawnPage] = ()) -> Tagged:
    """Read a file, or return it as last read; `pages` are its pages where they are being read."""
    found = last(pdf)
    if pages:
        found.given = pages
    return found
