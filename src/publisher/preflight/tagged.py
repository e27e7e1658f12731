"""The tag tree of a finished PDF with the text of each element: PDF -> `Tagged`.

Read with PDFium and pikepdf from the file alone, so that it can judge what `finish` wrote.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, NameTree, NumberTree

from publisher.preflight.drawn_page import DrawnPage, drawn_pages
from publisher.preflight.printed_text import squeezed


class Mark(NamedTuple):
    """A piece of marked content: its page, counted from 1, and its number there."""

    page: int
    number: int


@dataclass(eq=False)
class Node:
    """An element of the tree."""

    tag: str
    item: Any
    kids: list["Node | Mark"] = field(default_factory=list)
    links: list[Any] = field(default_factory=list)
    """The annotations in it."""
    key: tuple[int, int] = (0, 0)

    @cached_property
    def nodes(self) -> list["Node"]:
        return [kid for kid in self.kids if isinstance(kid, Node)]

    def walk(self) -> Iterator["Node"]:
        """Yield it and every node in it, in reading order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.nodes))

    @cached_property
    def by_tag(self) -> dict[str, list["Node"]]:
        """Itself and all nodes in it by their tags, in reading order."""
        found: dict[str, list[Node]] = {}
        for node in self.walk():
            found.setdefault(node.tag, []).append(node)
        return found

    def find(self, *tags: str) -> list["Node"]:
        """Return itself and the nodes in it that have one of these tags, in reading order."""
        return self.by_tag.get(tags[0], []) if len(tags) == 1 else [node for node in self.walk() if node.tag in tags]

    @cached_property
    def marks(self) -> list[Mark]:
        """All marks in it, in reading order."""
        return [mark for kid in self.kids for mark in ([kid] if isinstance(kid, Mark) else kid.marks)]

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
        return self.marks[0].page if self.marks else 0

    @cached_property
    def id(self) -> str:
        return str(self.item.get("/ID", ""))

    def attribute(self, name: str) -> Any:
        return self.item.get("/A", {}).get(name)


class Loose(NamedTuple):
    """Something drawn that is neither in the tree nor an artifact."""

    page: int
    text: str


class Tagged:
    """A PDF as its tags tell it."""

    def __init__(self, pdf: bytes, pages: Sequence[DrawnPage] = ()):
        self.found: Any = None
        """Where the terms of a book were found in it."""
        self.pdf = pikepdf.open(io.BytesIO(pdf))
        self.pages = {page.objgen: number for number, page in enumerate(self.pdf.pages, 1)}
        root = self.pdf.Root.get("/StructTreeRoot", Dictionary())
        top = root.get("/K", Array())
        tops = list(top) if isinstance(top, Array) else [top]
        self.document = self.node(tops[0], 0) if tops else Node("", Dictionary())
        self.ids = dict(NameTree(root.IDTree)) if "/IDTree" in root else {}
        self.owners = dict(NumberTree(root.ParentTree)) if "/ParentTree" in root else {}
        self.drawn = pages or drawn_pages(pdf)

    @cached_property
    def texts(self) -> dict[Mark, str]:
        return {Mark(number, mark): text for number, page in enumerate(self.drawn, 1) for mark, text in page.marks.items()}

    @cached_property
    def loose(self) -> list[Loose]:
        known = self.marks
        return [Loose(number, text) for number, page in enumerate(self.drawn, 1) for mark, text in page.drawn if Mark(number, mark) not in known]

    def node(self, item: Any, page: int) -> Node:
        page = self.pages.get(item.Pg.objgen, 0) if "/Pg" in item else page
        made = Node(str(item.get("/S", ""))[1:], item, key=item.objgen)
        kids = item.get("/K", Array())
        for kid in kids if isinstance(kids, Array) else [kids]:
            if isinstance(kid, int):
                made.kids.append(Mark(page, int(kid)))
            elif kid.get("/Type") == "/OBJR":
                made.links.append(kid.Obj)
            elif kid.get("/Type") == "/MCR":
                made.kids.append(Mark(self.pages.get(kid.Pg.objgen, 0) if "/Pg" in kid else page, int(kid.MCID)))
            else:
                made.kids.append(self.node(kid, page))
        return made

    @cached_property
    def marks(self) -> set[Mark]:
        return set(self.document.marks)

    def page_owners(self, page: int) -> Any:
        """Return the owners of a page's marks by their numbers."""
        return self.owners_by_page[page]

    @cached_property
    def owners_by_page(self) -> list[Any]:
        return [(), *(self.owners.get(int(page.obj.get("/StructParents", -1)), ()) for page in self.pdf.pages)]

    @cached_property
    def nodes(self) -> dict[tuple[int, int], Node]:
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
            return str(node.item.get("/Alt", ""))
        return "".join(self.spoken(kid) if isinstance(kid, Node) else self.texts.get(kid, "") for kid in node.kids)

    def raw(self, node: Node) -> str:
        return "".join(self.texts.get(mark, "") for mark in node.marks)

    @property
    def annotations(self) -> Iterator[tuple[int, Any]]:
        for number, page in enumerate(self.pdf.pages, 1):
            for item in page.obj.get("/Annots", ()):
                yield number, item


LAST: dict[bytes, Tagged] = {}


def tagged(pdf: bytes, pages: Sequence[DrawnPage] = ()) -> Tagged:
    """Read a file, or return it as last read; `pages` are its pages where they have been read."""
    if pdf not in LAST:
        LAST.clear()
        LAST[pdf] = Tagged(pdf, pages)
    return LAST[pdf]
