"""The tag tree of a PDF as plain objects: read from a file, changed freely, written back whole.

Numbers, parents and the reverse table of marks are not kept but made when the tree is written, so no change can leave them wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name, NameTree, NumberTree, String


class Mark(NamedTuple):
    """A piece of marked content: its page, counted from 0, and its number there."""

    page: int
    number: int


@dataclass(eq=False)
class Annotation:
    page: int
    item: Any

    @property
    def target(self) -> str:
        """The named destination it leads to, or an empty string."""
        return str(self.item.get("/Dest", ""))


@dataclass(frozen=True)
class Origin:
    """The element of the layout a tag came from; parts of one element share its number."""

    number: int = -1
    element: str = ""
    classes: frozenset[str] = frozenset()
    id: str = ""
    language: str = ""
    scope: str = ""
    said: str = ""


NOWHERE = Origin()


@dataclass(eq=False)
class Element:
    """A structure element. `kids` are elements, marks and annotations in reading order."""

    tag: str
    kids: list["Element | Mark | Annotation"] = field(default_factory=list)
    origin: Origin = NOWHERE
    id: str = ""
    alt: str = ""
    language: str = ""
    said: str = ""
    """What is read aloud in place of its text."""
    attributes: dict[str, Any] = field(default_factory=dict)
    """Attributes of its owner in PDF: ColSpan, RowSpan, Scope and Headers of a cell, BBox of a figure."""

    def has(self, name: str) -> bool:
        """Tell whether its element of the layout has a class."""
        return name in self.origin.classes

    @property
    def elements(self) -> list["Element"]:
        return [kid for kid in self.kids if isinstance(kid, Element)]

    def walk(self) -> Iterator["Element"]:
        """Yield it and every element in it, in reading order."""
        yield self
        for kid in self.elements:
            yield from kid.walk()

    def find(self, *tags: str) -> list["Element"]:
        return [element for element in self.walk() if element.tag in tags]

    @property
    def marks(self) -> list[Mark]:
        """Every mark in it, in reading order."""
        return [mark for element in self.walk_kids() if isinstance(mark := element, Mark)]

    @property
    def annotations(self) -> list[Annotation]:
        return [kid for kid in self.walk_kids() if isinstance(kid, Annotation)]

    def walk_kids(self) -> Iterator["Element | Mark | Annotation"]:
        for kid in self.kids:
            yield kid
            if isinstance(kid, Element):
                yield from kid.walk_kids()


def read(pdf: pikepdf.Pdf) -> Element:
    """Read the document element of a file and all that is in it."""
    pages = {page.objgen: index for index, page in enumerate(pdf.pages)}

    def element(item: Any, page: int) -> Element:
        page = pages[item.Pg.objgen] if "/Pg" in item else page
        made = Element(str(item.S)[1:], origin=origin(item.get("/Origin")), alt=str(item.get("/Alt", "")))
        made.attributes = {key[1:]: item.A[key] for key in item.get("/A", {}) if key not in ("/O", "/Headers")}
        kids = item.get("/K", Array())
        for kid in kids if isinstance(kids, Array) else [kids]:
            if isinstance(kid, int):
                made.kids.append(Mark(page, int(kid)))
            elif kid.get("/Type") == "/OBJR":
                made.kids.append(Annotation(pages[kid.Pg.objgen] if "/Pg" in kid else page, kid.Obj))
            elif kid.get("/Type") == "/MCR":
                made.kids.append(Mark(pages[kid.Pg.objgen], int(kid.MCID)))
            else:
                made.kids.append(element(kid, page))
        return made

    top = pdf.Root.StructTreeRoot.K
    return element(top[0] if isinstance(top, Array) else top, 0)


def origin(item: Any) -> Origin:
    if item is None:
        return NOWHERE
    text = {key[1:]: str(item[key]) for key in item.keys() if key != "/N"}  # noqa: SIM118 - a PDF dictionary
    classes = frozenset(text.get("class", "").split())
    return Origin(int(item.N), text.get("Element", ""), classes, text.get("id", ""), text.get("lang", ""), text.get("scope", ""), text.get("aria-label", ""))


OWNERS = {"TH": "Table", "TD": "Table", "Figure": "Layout", "L": "List"}
"""Who defines the attributes of a tag (PDF 1.7 §14.8.5.1)."""


def write(pdf: pikepdf.Pdf, document: Element) -> None:
    """Replace the tag tree of a file: elements, the owner of each mark and annotation, and the table of ids."""
    pages = [page.obj for page in pdf.pages]
    owners: list[dict[int, Any]] = [{} for _ in pages]
    links: list[tuple[Any, Any]] = []
    ids: dict[str, Any] = {}

    def written(element: Element, parent: Any) -> Any:
        made = pdf.make_indirect(Dictionary(S=Name(f"/{element.tag}"), P=parent))
        page = next((kid.page for kid in element.kids if isinstance(kid, Mark | Annotation)), None)
        if page is not None:
            made.Pg = pages[page]
        kids: list[Any] = []
        for kid in element.kids:
            if isinstance(kid, Element):
                kids.append(written(kid, made))
            elif isinstance(kid, Mark):
                owners[kid.page][kid.number] = made
                kids.append(kid.number if kid.page == page else Dictionary(Type=Name.MCR, Pg=pages[kid.page], MCID=kid.number))
            else:
                links.append((kid.item, made))
                own = {} if kid.page == page else {"Pg": pages[kid.page]}
                kids.append(Dictionary(Type=Name.OBJR, Obj=kid.item, **own))
        if kids:
            made.K = kids[0] if len(kids) == 1 else Array(kids)
        if element.attributes:
            made.A = Dictionary(O=Name(f"/{OWNERS[element.tag]}"), **element.attributes)
        if element.alt:
            made.Alt = String(element.alt)
        if element.said:
            made.ActualText = String(element.said)
        if element.language:
            made.Lang = String(element.language)
        if element.id:
            made.ID = String(element.id)
            ids[element.id] = made
        return made

    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    root.K = written(document, root)
    root.ParentTree = NumberTree.new(pdf).obj
    numbers = NumberTree(root.ParentTree)
    for index, (page, known) in enumerate(zip(pages, owners, strict=True)):
        page.StructParents = index
        numbers[index] = pdf.make_indirect(Array([known.get(number) for number in range(max(known, default=-1) + 1)]))
    for index, (item, owner) in enumerate(links, len(pages)):
        item.StructParent = index
        numbers[index] = owner
    root.ParentTreeNextKey = len(pages) + len(links)
    if ids:
        names = NameTree.new(pdf)
        for name in sorted(ids):
            names[name] = ids[name]
        root.IDTree = names.obj
    pdf.Root.StructTreeRoot = root
