"""The tag tree of a PDF as plain objects: taken from the engine, changed freely, written whole.

Numbers, parents and the reverse table of marks are not kept but made when the tree is written, so no change can leave them wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name, NameTree, NumberTree, String

from publisher.galley import Annotated, Tag


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
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.elements))

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
        waiting = [*reversed(self.kids)]
        while waiting:
            kid = waiting.pop()
            yield kid
            if isinstance(kid, Element):
                waiting.extend(reversed(kid.kids))


def read(tags: Tag, pdf: pikepdf.Pdf) -> Element:
    """Return the tags of the engine, whose links are annotations of a file, as elements that can be changed."""

    def kid(one: Tag | int | Annotated, page: int) -> Element | Mark | Annotation:
        if isinstance(one, Tag):
            return element(one)
        return Mark(page, one) if isinstance(one, int) else Annotation(one.page, pdf.get_object(one.number, 0))

    def element(tag: Tag) -> Element:
        return Element(tag.kind, [kid(one, tag.page) for one in tag.kids], origin(tag.origin), alt=tag.alt, attributes=dict(tag.attributes))

    return element(tags)


def origin(said: Mapping[str, Any]) -> Origin:
    if not said:
        return NOWHERE
    text = {name: said.get(name, "") for name in ("Element", "id", "lang", "scope", "aria-label")}
    return Origin(said["N"], text["Element"], frozenset(said.get("class", "").split()), text["id"], text["lang"], text["scope"], text["aria-label"])


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
