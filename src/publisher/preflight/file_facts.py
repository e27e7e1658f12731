"""The file as a file, as pypdf reads it: plain data, so that it can be read in a child while the pages are looked at."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject


class Sheet(NamedTuple):
    """A page: its size in points, and how it is turned in degrees."""

    width: float
    height: float
    rotation: int


class Bookmark(NamedTuple):
    level: int
    title: str
    page: int
    """Counted from 1; 0 where it leads nowhere."""


class FontFact(NamedTuple):
    name: str
    page: int
    """The first that has it."""
    embedded: bool


@dataclass(frozen=True)
class FileFacts:
    sheets: list[Sheet]
    labels: list[str]
    """What readers of the file show as the numbers of its pages."""
    bookmarks: list[Bookmark]
    destinations: dict[str, int | None]
    """The pages of all targets of links, counted from 0; None where it is none of the file."""
    fonts: list[FontFact]
    information: dict[str, str]
    language: str


def facts(pdf: bytes) -> FileFacts:
    """Read a file."""
    reader = PdfReader(io.BytesIO(pdf))
    pages = {page.indirect_reference.idnum: index for index, page in enumerate(reader.pages) if page.indirect_reference}
    places = dict(destinations(reader, pages))
    return FileFacts(
        [Sheet(float(page.mediabox.width), float(page.mediabox.height), page.rotation) for page in reader.pages],
        list(reader.page_labels),
        list(outline(reader, pages, places)),
        places,
        list(fonts(reader)),
        {str(key): str(value) for key, value in (reader.metadata or {}).items()},
        str(reader.trailer["/Root"].get("/Lang")),
    )


def destinations(reader: PdfReader, pages: Mapping[int, int]) -> Iterator[tuple[str, int | None]]:
    """Yield the names of places and their pages, counted from 0, which `pages` gives by the numbers of their objects.

    pypdf's own list of them takes four times the room of the file.
    """
    waiting = [reader.trailer["/Root"].get("/Names", DictionaryObject()).get_object().get("/Dests", DictionaryObject())]
    while waiting:
        node = waiting.pop().get_object()
        waiting += reversed(node.get("/Kids", ArrayObject()).get_object())
        listed = node.get("/Names", ArrayObject()).get_object()
        for name, value in zip(listed[0::2], listed[1::2], strict=False):
            place = value.get_object()
            place = place.get("/D", ArrayObject()).get_object() if isinstance(place, DictionaryObject) else place
            yield str(name), pages.get(number_of(place)) if isinstance(place, ArrayObject) else None


def outline(reader: PdfReader, pages: Mapping[int, int], places: Mapping[str, int | None]) -> Iterator[Bookmark]:
    """Yield the bookmarks in order; `places` are the pages of named places. pypdf's own outline makes its list of these once more."""
    root = reader.trailer["/Root"].get("/Outlines", DictionaryObject()).get_object()
    waiting, seen = [(1, root.get("/First"))], set[int]()
    while waiting:
        level, reference = waiting.pop()
        item = reference.get_object() if reference else None
        if not isinstance(item, DictionaryObject) or id(item) in seen:  # a damaged outline may lead back to itself
            continue
        seen.add(id(item))
        place = item.get("/Dest") or item.get("/A", DictionaryObject()).get_object().get("/D")
        place = place.get_object() if place is not None else None
        found = pages.get(number_of(place)) if isinstance(place, ArrayObject) else places.get(str(place))
        yield Bookmark(level, str(item.get("/Title", "")), 0 if found is None else found + 1)
        waiting += [(level, item.get("/Next")), (level + 1, item.get("/First"))]


def number_of(place: ArrayObject) -> int:
    """Return the number of the page that a place is on; 0 where it is none of the file."""
    return place[0].idnum if place and isinstance(place[0], IndirectObject) else 0


def fonts(reader: PdfReader) -> Iterator[FontFact]:
    """Yield each font once, without the letters of its subset."""
    seen: set[str] = set()
    for number, page in enumerate(reader.pages, 1):
        resources = page.get("/Resources", {}).get_object()
        for reference in resources.get("/Font", {}).get_object().values() if "/Font" in resources else ():
            font = reference.get_object()
            name = re.sub(r"^[A-Z]{6}\+", "", str(font.get("/BaseFont", "")).lstrip("/"))
            if name in seen:
                continue
            seen.add(name)
            descendants = font.get("/DescendantFonts")
            descriptor = (descendants[0].get_object() if descendants else font).get("/FontDescriptor")
            yield FontFact(name, number, descriptor is not None and bool({"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.get_object())))
