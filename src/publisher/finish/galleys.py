"""What can be finished of a section alone: its tags, its links, its content; what the volume gives it is lifted out.

The number of a page becomes a mark in its content, to be printed when the page has one, and so does the number of another page
that it prints; the programs of the fonts are left out, since the volume has each face once.
"""

import io
from dataclasses import replace

import pikepdf

from publisher.finish import drawing, figures, links, plates, tag_tree, tags
from publisher.finish.drawn_text import STRING, DrawnText, Line, number_of, operator
from publisher.finish.plates import widths_of
from publisher.finish.tag_tree import Element, Mark
from publisher.galley import Folio, Galley, Rough, Slot, Tag
from publisher.pagination import folio

SLOT = "/Slot"
"""Followed by a number: operand of the point before the figures that stand for the number of another page."""
OPEN, CLOSE = "\ue000", "\ue001"
"""Enclose the number of a slot in what is said of a link."""


def finished(rough: Rough, section: str, style: str) -> Galley:
    """Finish a section as the engine wrote it; `section` makes the ids of its tags its own, `style` is how its pages are numbered."""
    with pikepdf.open(io.BytesIO(rough.pdf)) as document:
        tree, folios, slots = structured(document, rough.tags, section, style)
        drawing.tidy(document)
        plate = plates.of(document, tree, folios)
    pages = (replace(page, folio=folios.get(index), slots=tuple(slots.get(index, ()))) for index, page in enumerate(rough.pages))
    return Galley(plate.packed(), tuple(pages))


def structured(document: pikepdf.Pdf, made: Tag, section: str, style: str) -> tuple[Element, dict[int, Folio], dict[int, list[Slot]]]:
    """Make the tag tree as it is to be, make artifacts of what is not in it, lift the folios out and mark the slots; return the tree, and both by page."""
    tree, drawn = tag_tree.read(made, document), DrawnText(document)
    slots = marked_slots(tree, drawn)
    tags.restructure(tree, drawn, section)
    figures.place(tree, document)
    links.describe(tree, drawn)
    links.leave_out(document, tags.kept(tree))
    marks = set(tree.marks)
    folios = {}
    for mark, piece in drawn.pieces.items():
        page = document.pages[mark.page]
        if mark.page not in folios and piece.text == folio(mark.page + 1, style) and mark not in marks and drawn.is_pagination(mark, page):
            folios[mark.page] = lifted(drawn.content[mark.page], mark, page)
    drawn.join(tree)
    drawn.make_artifacts(marks)
    drawn.write()
    return tree, folios, slots


def marked_slots(tree: Element, drawn: DrawnText) -> dict[int, list[Slot]]:
    """Mark where the pages of a section print numbers of other pages; in the texts of links the number of a slot stands for them."""
    found: dict[int, list[tuple[Mark, int]]] = {}
    elements = [element for element in tree.walk() if element.has("folio") and drawn.text(element.marks).isdecimal()]  # not those in roman figures
    order = {origin: place for place, origin in enumerate(sorted({element.origin.number for element in elements}))}
    said: set[tuple[int, int]] = set()
    for element in elements:
        number = order[element.origin.number]
        for mark in element.marks:
            found.setdefault(mark.page, []).append((mark, number))
            drawn.pieces[mark].text = "" if (mark.page, number) in said else f"{OPEN}{number}{CLOSE}"  # a number that is torn is said once
            said.add((mark.page, number))
    return {page: mark_slots(drawn.content[page], {mark.number: number for mark, number in slots}) for page, slots in found.items()}


def mark_slots(content: list[Line], slots: dict[int, int]) -> list[Slot]:
    """Put into the content of a page a mark before each text that is a slot; `slots` are their numbers by those of the marked content."""
    marked: list[Line] = []
    found: list[Slot] = []
    awaited, font = None, ""
    for line in content:
        if line.endswith(b" BDC") and (number := number_of(line)) in slots:
            awaited, font = slots[number], ""
        elif awaited is not None and line.endswith(b" Tf"):
            font = line.split(b" ")[0].decode()
        elif awaited is not None and line.endswith((b" TJ", b" Tj")):
            marked.append(b"%s%d MP" % (SLOT.encode(), awaited))
            found.append(Slot(awaited, font))
            awaited = None
        marked.append(line)
    content[:] = marked
    return found


def lifted(content: list[Line], mark: Mark, page: pikepdf.Page) -> Folio:
    """Take the number of a page out of its content, and leave a mark in its place."""
    start = next(step for step, line in enumerate(content) if number_of(line) == mark.number)
    stop = content.index(b"EMC", start)
    own = {operator(line): line.split(b" ") for line in content[start:stop]}
    font = own[b"Tf"][0].decode()
    widths = widths_of(page.Resources.Font[font].DescendantFonts[0])
    strings = [bytes.fromhex(string.decode()) for line in content[start:stop] if line.endswith(b" TJ") for string in STRING.findall(line)]
    codes = [int.from_bytes(raw[at : at + 2]) for raw in strings for at in range(0, len(raw), 2)]
    size = float(own[b"Tf"][1])
    width = size * sum(widths[code] for code in codes) / 1000
    matrix = tuple(map(float, own[b"Tm"][:6]))
    left, _, right, _ = map(float, page.trimbox)
    middle = (matrix[4] + width / 2) * drawing.SCALE / (right - left)
    aligned = "left" if middle < 0.35 else "right" if middle > 0.65 else "centre"
    kept = [line for line in content[start + 1 : stop] if operator(line) not in (b"Tm", b"Tf", b"TJ", b"Tj")]
    kept.insert(kept.index(b"BT") + 1, drawing.FOLIO)
    content[start + 1 : stop] = kept
    return Folio(font, size, matrix, aligned, width)
