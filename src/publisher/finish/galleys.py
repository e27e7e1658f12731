"""What can be finished of a section alone: its tags, its links, its content; what the volume gives it is lifted out.

The number of a page becomes a mark in its content, to be printed when the page has one, and so does the number of another page
that it prints; the programs of the fonts are left out, since the volume has each face once.
"""

import io
import re
from dataclasses import replace
from typing import Any

import pikepdf
from pikepdf import Array, ContentStreamInstruction, Dictionary, Name, Operator

from publisher.finish import drawing, figures, links, tag_tree, tags
from publisher.finish.drawn_text import DrawnText
from publisher.finish.tag_tree import Element, Mark
from publisher.galley import Folio, Galley, Slot
from publisher.pagination import folio

FOLIO = Name("/Folio")
"""Operand of the marked-content point that stands for the page's number; see `drawing.FOLIO`."""
SLOT = "/Slot"
"""Followed by a number: operand of the point before the figures that stand for the number of another page."""
OPEN, CLOSE = "\ue000", "\ue001"
"""Enclose the number of a slot in what is said of a link."""


def finished(galley: Galley, section: str, style: str) -> Galley:
    """Finish a galley as the engine wrote it; `section` makes the ids of its tags its own, `style` is how its pages are numbered."""
    with pikepdf.open(io.BytesIO(galley.pdf)) as document:
        folios, slots = structure(document, section, style)
        drawing.tidy(document)
        without_programs(document)
        for key in ("/Outlines", "/Names", "/Metadata"):
            if key in document.Root:
                del document.Root[key]
        out = io.BytesIO()
        document.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    pages = (replace(page, folio=folios.get(index), slots=tuple(slots.get(index, ()))) for index, page in enumerate(galley.pages))
    return Galley(out.getvalue(), tuple(pages))


def structure(document: pikepdf.Pdf, section: str, style: str) -> tuple[dict[int, Folio], dict[int, list[Slot]]]:
    """Write the tag tree anew, make artifacts of what is not in it, lift the folios out and mark the slots; return both by page."""
    tree, drawn = tag_tree.read(document), DrawnText(document)
    slots = marked_slots(tree, drawn)
    tags.restructure(tree, drawn, section)
    figures.place(tree, document)
    links.describe(tree, drawn)
    links.leave_out(document, tags.kept(tree))
    marks = set(tree.marks)
    folios = {}
    for index, page in enumerate(document.pages):
        expected = folio(index + 1, style)
        printed = (mark for mark, piece in drawn.pieces.items() if mark.page == index and piece.text == expected and mark not in marks)
        mark = next((mark for mark in printed if drawn.is_pagination(mark, page)), None)
        if mark:
            folios[index] = lifted(drawn.content[index], mark, page)
            drawn.changed.add(index)
    drawn.join(tree)
    drawn.make_artifacts(marks)
    tag_tree.write(document, tree)
    return folios, slots


def marked_slots(tree: Element, drawn: DrawnText) -> dict[int, list[Slot]]:
    """Mark where the pages of a section print numbers of other pages; in the texts of links the number of a slot stands for them."""
    found: dict[int, list[tuple[Mark, int]]] = {}
    elements = [element for element in tree.walk() if element.has("folio") and drawn.text(element.marks).isdecimal()]  # not those in roman figures
    order = {origin: place for place, origin in enumerate(sorted({element.origin.number for element in elements}))}
    for element in elements:
        number = order[element.origin.number]
        for mark in element.marks:
            found.setdefault(mark.page, []).append((mark, number))
            drawn.pieces[mark].text = f"{OPEN}{number}{CLOSE}"
            drawn.changed.add(mark.page)
    return {page: mark_slots(drawn.content[page], {mark.number: number for mark, number in slots}) for page, slots in found.items()}


def mark_slots(instructions: list[Any], slots: dict[int, int]) -> list[Slot]:
    """Put into the content of a page a mark before each text that is a slot; `slots` are their numbers by those of the marked content."""
    marked, found = [], []
    awaited, font = None, ""
    for instruction in instructions:
        operator = str(instruction[1])
        if operator == "BDC" and (number := number_of(instruction[0])) in slots:
            awaited, font = slots[number], ""
        elif awaited is not None and operator == "Tf":
            font = str(instruction[0][0])
        elif awaited is not None and operator in ("TJ", "Tj"):
            marked.append(ContentStreamInstruction([Name(f"{SLOT}{awaited}")], Operator("MP")))
            found.append(Slot(awaited, font))
            awaited = None
        marked.append(instruction)
    instructions[:] = marked
    return found


def lifted(instructions: list[Any], mark: Mark, page: pikepdf.Page) -> Folio:
    """Take the number of a page out of its content, and leave a mark in its place."""
    start = next(step for step, (operands, operator) in enumerate(instructions) if str(operator) == "BDC" and number_of(operands) == mark.number)
    stop = next(step for step in range(start, len(instructions)) if str(instructions[step][1]) == "EMC")
    own = {str(operator): operands for operands, operator in instructions[start:stop]}
    widths = widths_of(page.Resources.Font[str(own["Tf"][0])].DescendantFonts[0])
    strings = [bytes(item) for item in own["TJ"][0] if isinstance(item, pikepdf.String)]
    codes = [int.from_bytes(raw[at : at + 2]) for raw in strings for at in range(0, len(raw), 2)]
    size = float(own["Tf"][1])
    width = size * sum(widths[code] for code in codes) / 1000
    matrix = tuple(float(value) for value in own["Tm"])
    left, _, right, _ = map(float, page.trimbox)
    middle = (matrix[4] + width / 2) * drawing.SCALE / (right - left)
    aligned = "left" if middle < 0.35 else "right" if middle > 0.65 else "centre"
    kept = [item for item in instructions[start + 1 : stop] if str(item[1]) not in ("Tm", "Tf", "TJ", "Tj")]
    at = next(step for step, (_, operator) in enumerate(kept) if str(operator) == "BT") + 1
    kept.insert(at, ContentStreamInstruction([FOLIO], Operator("MP")))
    instructions[start + 1 : stop] = kept
    return Folio(str(own["Tf"][0]), size, matrix, aligned, width)


def number_of(operands: Any) -> int | None:
    """Return the number of a piece of marked content, from the operands that open it."""
    properties = operands[1] if len(operands) > 1 else None
    return int(properties.MCID) if isinstance(properties, Dictionary) and "/MCID" in properties else None


def widths_of(descendant: Any) -> dict[int, float]:
    """Return the widths of a composite font by code (PDF 1.7 §9.7.4.3)."""
    found: dict[int, float] = {}
    entries, place = descendant.W, 0
    while place < len(entries):
        first, second = int(entries[place]), entries[place + 1]
        if isinstance(second, Array):
            found.update((first + step, float(width)) for step, width in enumerate(second))
        else:
            found.update((code, float(entries[place + 2])) for code in range(first, int(second) + 1))
        place += 2 if isinstance(second, Array) else 3
    return found


def without_programs(document: pikepdf.Pdf) -> None:
    """Leave the programs of the fonts out."""
    for item in document.objects:
        if isinstance(item, Dictionary) and item.get("/Type") == "/FontDescriptor":
            for key in ("/FontFile2", "/FontFile3"):
                if key in item:
                    del item[key]


def face_name(font: Any) -> str:
    """Return the engine's name of a font's face, without the letters of its subset."""
    return re.sub(r"^/[A-Z]{6}\+", "", str(font.BaseFont))
