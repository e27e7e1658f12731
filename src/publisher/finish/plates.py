"""A finished section as a plate: document and tag tree -> the objects that the volume takes over unread.

Everything that the volume does not change is written here once, streams compressed: pages, links, tags, drawings. The programs
of the fonts are left out, since the volume has each face once, under codes of its own.
"""

import re
from array import array
from collections.abc import Mapping
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary

from publisher.finish import drawing
from publisher.finish.drawn_text import unicodes
from publisher.finish.objects import Taken, kind
from publisher.finish.streams import stored
from publisher.finish.tag_tree import Element, TreeTexts, as_texts
from publisher.galley import NOBODY, Cut, Folio, Font, Lines, Plate, PlatePage, Touch

BOXES = ("/MediaBox", "/BleedBox", "/TrimBox")
USED = re.compile(rb"/([^\s/<>\[\]()]+)(?: -?[\d.]+)? (Tf|gs|cs|CS|scn|SCN|sh|Do)\b")
"""A resource that a page names, and how."""
KINDS = {
    b"Tf": "/Font", b"gs": "/ExtGState", b"cs": "/ColorSpace", b"CS": "/ColorSpace", b"scn": "/Pattern", b"SCN": "/Pattern", b"sh": "/Shading",
    b"Do": "/XObject",
}  # fmt: skip
OF_SORTS = {
    "font": ("/BaseFont", "/DescendantFonts", "/ToUnicode"),
    "descendant": ("/BaseFont", "/FontDescriptor", "/W", "/CIDToGIDMap"),
    "descriptor": ("/FontName", "/FontFile2", "/FontFile3"),
}
"""What of a font's objects depends on the sorts that are drawn."""
NO_FONTS = b"/Font << >>"
"""Stands in forms that draw text for the fonts of the volume."""


def of(document: pikepdf.Pdf, tree: Element, lifted: Mapping[int, Folio]) -> Plate:
    """Return the plate of a section; `lifted` are the numbers of its pages that will be printed."""
    count = len(document.pages)
    items = [[item for item in page.obj.get("/Annots", ())] for page in document.pages]
    places = {item.objgen: number for number, item in enumerate((item for on_page in items for item in on_page), count + 1)}
    tags = as_texts(tree, count, count + 1 + len(places), lambda item: places[item.objgen])
    taken = Taken(document, tags.after)
    resources = document.pages[0].obj.Resources
    contents = [page.obj.Contents.read_bytes() for page in document.pages]
    named = [used(content, resources, lifted.get(index)) for index, content in enumerate(contents)]
    texts: dict[str, dict[str, str]] = {}
    for key, name in sorted({one for on_page in named for one in on_page if one[0] != "/Font"}):
        without_fonts(resources[key][name])
        texts.setdefault(key, {})[name] = taken.text(resources[key][name]).decode("latin-1")
    pages = [
        PlatePage(
            contents[index],
            {box: page.obj[box].unparse().decode() for box in BOXES if box in page.obj},
            named[index],
            tuple(touch(item, places[item.objgen], tags, taken) for item in items[index]),
            array("i", [tags.owners[index].get(number, NOBODY) for number in range(max(tags.owners[index], default=-1) + 1)]),
        )
        for index, page in enumerate(document.pages)
    ]
    batches = [(name, first, Lines.of(elements)) for name, first, elements in tags.batches]
    streams: list[Cut] = []
    for number, thing, text in taken.followed():
        if isinstance(thing, pikepdf.Stream):
            streams.append(cut(number, thing, text))
        else:
            batches.append((kind(thing), number, Lines.of([text])))
    fonts = {name: font(item) for name, item in sorted(resources.get("/Font", Dictionary()).items())}
    return Plate(taken.next, tuple(pages), tuple(batches), tuple(streams), texts, fonts, tuple(tags.tops), tags.ids)


def without_fonts(thing: Any) -> None:
    """Take the fonts out of the resources of a form or pattern, and of those in it: those of the volume will stand for them."""
    if not isinstance(thing, pikepdf.Stream) or "/Resources" not in thing:
        return
    inner = thing.Resources
    for key in ("/XObject", "/Pattern"):
        for _, other in inner.get(key, {}).items():
            without_fonts(other)
    if "/Font" in inner:
        inner = Dictionary({name: value for name, value in inner.items() if name != "/Font"})
        inner.Font = Dictionary()
        thing.Resources = inner


def used(content: bytes, resources: Any, lifted: Folio | None) -> tuple[tuple[str, str], ...]:
    found = {(KINDS[operator], f"/{name.decode()}") for name, operator in USED.findall(content)} | ({("/Font", lifted.font)} if lifted else set())
    return tuple((kind, name) for kind, name in sorted(found) if name in resources.get(kind, {}))


def touch(item: Any, number: int, tags: TreeTexts, taken: Taken) -> Touch:
    rest = Dictionary({name: value for name, value in item.items() if name not in ("/Contents", "/StructParent", "/P")})
    return Touch(number, taken.renumbered(rest.unparse()).decode("latin-1"), str(item.get("/Contents", "")), tags.links[item.objgen])


def cut(number: int, thing: Any, head: bytes) -> Cut:
    """Return a stream as it is stored; one that draws text is left plain and said as pages are."""
    if NO_FONTS in head:
        return Cut(number, head.decode("latin-1"), drawing.shortened(thing.read_bytes()), draws_text=True)
    text, data = stored(thing, head)
    return Cut(number, text.decode("latin-1"), data, draws_text=False)


def font(item: Any) -> Font:
    descendant = item.DescendantFonts[0]
    parts = {"font": item, "descendant": descendant, "descriptor": descendant.FontDescriptor}
    kept = {name: Dictionary({key: value for key, value in part.items() if key not in OF_SORTS[name]}) for name, part in parts.items()}
    texts = {name: part.unparse().decode("latin-1") for name, part in kept.items()}
    return Font(face_name(item), texts["font"], texts["descendant"], texts["descriptor"], widths_of(descendant), unicodes(item))


def face_name(font: Any) -> str:
    """Return the engine's name of a font's face, without the letters of its subset."""
    return re.sub(r"^/[A-Z]{6}\+", "", str(font.BaseFont))


def widths_of(descendant: Any) -> dict[int, float]:
    """Return the widths of a composite font by code (PDF 1.7 §9.7.4.3)."""
    found: dict[int, float] = {}
    entries, place = list(descendant.W), 0
    while place < len(entries):
        first, second = int(entries[place]), entries[place + 1]
        if isinstance(second, Array):
            found.update((first + step, float(width)) for step, width in enumerate(second))
        else:
            found.update((code, float(entries[place + 2])) for code in range(first, int(second) + 1))
        place += 2 if isinstance(second, Array) else 3
    return found
