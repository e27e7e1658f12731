"""The tag tree of a PDF as plain objects: taken from the engine, changed freely, written whole.

Numbers, parents and the reverse table of marks are not kept but made when the tree is written, so no change can leave them wrong.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pikepdf
from pikepdf import Dictionary, Name

from publisher.finish.objects import string
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


@dataclass(frozen=True)
class TreeTexts:
    """A tag tree as texts of objects: those of a kind are numbered one after another."""

    batches: list[tuple[str, int, list[bytes]]]
    tops: list[int]
    owners: list[dict[int, int]]
    """The elements of each page's marks."""
    links: dict[tuple[int, int], int]
    """The elements of annotations, by the numbers that these have in their document."""
    ids: dict[str, int]
    after: int
    """The number after the last."""


def as_texts(document: Element, pages: int, first: int, numbered: Callable[[Any], int]) -> TreeTexts:
    """Write what stands in a document, of which page 0 has number 1; `first` is the number of the first element, `numbered` gives those of annotations."""
    kinds: dict[str, list[Element]] = {}
    for element in list(document.walk())[1:]:
        kinds.setdefault(element.tag, []).append(element)
    numbers = {element: number for number, element in enumerate((element for elements in kinds.values() for element in elements), first)}
    parents = {kid: number for element, number in [(document, 0), *numbers.items()] for kid in element.elements}
    owners: list[dict[int, int]] = [{} for _ in range(pages)]
    links: dict[tuple[int, int], int] = {}

    def text(element: Element) -> bytes:
        own = numbers[element]
        page = next((kid.page for kid in element.kids if isinstance(kid, Mark | Annotation)), None)
        kids: list[bytes] = []
        for kid in element.kids:
            if isinstance(kid, Element):
                kids.append(b"%d 0 R" % numbers[kid])
            elif isinstance(kid, Mark):
                owners[kid.page][kid.number] = own
                kids.append(b"%d" % kid.number if kid.page == page else b"<< /MCID %d /Pg %d 0 R /Type /MCR >>" % (kid.number, kid.page + 1))
            else:
                links[kid.item.objgen] = own
                where = b"" if kid.page == page else b"/Pg %d 0 R " % (kid.page + 1)
                kids.append(b"<< /Obj %d 0 R %s/Type /OBJR >>" % (numbered(kid.item), where))
        parts = [b"<<"]
        if element.attributes:
            parts.append(b"/A " + Dictionary(O=Name(f"/{OWNERS[element.tag]}"), **element.attributes).unparse())
        parts += [b"/%s %s" % (key, string(said)) for key, said in ((b"ActualText", element.said), (b"Alt", element.alt), (b"ID", element.id)) if said]
        if kids:
            parts.append(b"/K " + (kids[0] if len(kids) == 1 else b"[ %s ]" % b" ".join(kids)))
        if element.language:
            parts.append(b"/Lang " + string(element.language))
        parts.append(b"/P %d 0 R" % parents[element])
        if page is not None:
            parts.append(b"/Pg %d 0 R" % (page + 1))
        return b" ".join([*parts, b"/S /%s >>" % element.tag.encode()])

    batches = [(f"Element /{tag}", numbers[elements[0]], list(map(text, elements))) for tag, elements in kinds.items()]
    ids = {element.id: number for element, number in numbers.items() if element.id}
    return TreeTexts(batches, [numbers[element] for element in document.elements], owners, links, ids, first + len(numbers))
