"""The file as a file, as pypdf reads it: plain data, so that it can be read in a child while the pages are looked at."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from pypdf import PdfReader
from pypdf.generic import Destination


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
    return FileFacts(
        [Sheet(float(page.mediabox.width), float(page.mediabox.height), page.rotation) for page in reader.pages],
        list(reader.page_labels),
        list(outline(reader, reader.outline)),
        {name: reader.get_destination_page_number(place) for name, place in reader.named_destinations.items()},
        list(fonts(reader)),
        {str(key): str(value) for key, value in (reader.metadata or {}).items()},
        str(reader.trailer["/Root"].get("/Lang")),
    )


def outline(reader: PdfReader, items: Any, level: int = 1) -> Iterator[Bookmark]:
    for item in items:
        if isinstance(item, list):
            yield from outline(reader, item, level + 1)
        elif isinstance(item, Destination):
            page = reader.get_destination_page_number(item)
            yield Bookmark(level, str(item.title), 0 if page is None else page + 1)


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
