"""Galleys joined into one file: pages in order with their numbers, one tag tree, each face once, bookmarks and destinations."""

import io
import re
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, NameTree, NumberTree, OutlineItem, String

from publisher.finish import drawing, fonts, sorts, stereotypes
from publisher.finish.drawn_text import unicodes
from publisher.finish.faces import Face, face
from publisher.finish.galleys import CLOSE, OPEN, SLOT, face_name, widths_of
from publisher.galley import Bookmark, Folio, Galley, Sheet

NUMBERED = re.compile(rb"%s(\d+) MP\s+([^T]*?)(TJ|Tj)" % SLOT.encode())
FIGURES = re.compile(rb"<([0-9a-fA-F]+)>")
SAID = re.compile(f"{OPEN}(\\d+){CLOSE}")


@dataclass
class Case:
    """The sorts of one face that a file draws: their widths and what they mean."""

    face: Face
    font: Any
    name: str
    """What pages call it."""
    widths: dict[int, float] = field(default_factory=dict)
    meanings: dict[int, str] = field(default_factory=dict)

    def add(self, text: str) -> bytes:
        """Return the codes of a text, which from now on the file draws."""
        for char in text:
            code = self.face.codes[char]
            self.widths.setdefault(code, self.face.advances[code])
            self.meanings.setdefault(code, char)
        return b"".join(self.face.codes[char].to_bytes(2) for char in text)


def joined(sheets: Iterable[Sheet], faces: Path) -> pikepdf.Pdf:
    """Join the sheets of a volume; `faces` is the folder of the fonts. A sheet without a galley is a blank page."""
    sheets = list(sheets)
    out = pikepdf.new()
    cases: dict[str, Case] = {}
    tree = Tree(out)
    owned: list[tuple[pikepdf.Page, dict[str, Case]]] = []
    start = 0
    while start < len(sheets):
        galley = sheets[start].galley
        if galley is None:
            add_blank(out, next(sheet.galley for sheet in sheets if sheet.galley))
            start += 1
            continue
        source = pikepdf.open(io.BytesIO(galley.pdf))
        out.add_pages_from(source)
        tree.add(source, start, len(galley.pages))
        own = gather(out.pages[start].Resources.Font, cases, faces)
        for place, sheet in enumerate(sheets[start : start + len(galley.pages)], start):
            numbered(out.pages[place], sheet, own, out)
            owned.append((out.pages[place], own))
        start += len(galley.pages)
    compose(owned, {name: cast(out, case) for name, case in cases.items()}, out)
    stereotypes.share(out, [page.obj for page, _ in owned if "/XObject" in page.obj.Resources or b"/Figure" in page.obj.Contents.read_bytes()])
    tree.close()
    bookmark(out, sheets)
    out.Root.Names = Dictionary(Dests=destinations(out, sheets))
    return out


def written(document: pikepdf.Pdf) -> bytes:
    """Save a joined document as it is: the same pages give the same bytes."""
    document.remove_unreferenced_resources()
    out = io.BytesIO()
    document.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def add_blank(out: pikepdf.Pdf, pattern: Galley) -> None:
    """Add a page of the size of the others that bears nothing."""
    with pikepdf.open(io.BytesIO(pattern.pdf)) as source:
        boxes = {key: [float(side) for side in source.pages[0].obj[key]] for key in ("/MediaBox", "/TrimBox", "/BleedBox")}
    page = out.add_blank_page(page_size=(100, 100))
    for key, box in boxes.items():
        page.obj[key] = Array(box)
    page.obj.Resources = Dictionary()


def gather(resources: Any, cases: dict[str, Case], faces: Path) -> dict[str, Case]:
    """Put the sorts of a galley's fonts with those of the file, and the file's font in their place; return the cases by resource."""
    own = {}
    for name in sorted(resources.keys()):
        font = resources[name]
        case = cases.setdefault(face_name(font), Case(face(faces, face_name(font)), font, f"/F{len(cases) + 1}"))
        case.widths.update(widths_of(font.DescendantFonts[0]))
        for code, meaning in unicodes(font).items():
            if meaning == " ":  # one blank glyph may stand for every width of space: the plain one is what a search types
                case.meanings[code] = meaning
            case.meanings.setdefault(code, meaning)
        own[name] = case
    return own


def numbered(page: pikepdf.Page, sheet: Sheet, own: dict[str, Case], out: pikepdf.Pdf) -> None:
    """Print a page's own number and those of other pages where its galley keeps room for them; say these in the descriptions of links."""
    if sheet.page is None or not (sheet.page.folio or sheet.page.slots):
        return
    content = page.obj.Contents.read_bytes()
    if spot := sheet.page.folio:
        content = content.replace(drawing.FOLIO, drawn(spot, own[spot.font], sheet.folio), 1)
    if sheet.page.slots:
        left: dict[int, bytes] = {}
        content = NUMBERED.sub(lambda match: referred(match, sheet, own, left), content)
        if unprinted := [slot for slot, codes in left.items() if codes]:
            raise ValueError(f"slots {unprinted} of {sheet.section and sheet.section.id} have no room for {[sheet.numbers[slot] for slot in unprinted]}")
        for item in page.obj.get("/Annots", ()):
            said = str(item.get("/Contents", ""))
            if OPEN in said:
                item.Contents = String(SAID.sub(lambda match: sheet.numbers[int(match[1])], said))
    page.obj.Contents = out.make_stream(content)


def referred(match: re.Match[bytes], sheet: Sheet, own: dict[str, Case], left: dict[int, bytes]) -> bytes:
    """Return the operators of a slot with the figures of its number in place of the zeros.

    A number that found no room in its line is drawn in parts: `left` is what of each number is still to be printed.
    """
    slot = int(match[1])
    if slot not in left:
        font = next(item.font for item in sheet.page.slots if item.number == slot)
        left[slot] = own[font].add(sheet.numbers[slot]).hex().encode()

    def figures(zeros: re.Match[bytes]) -> bytes:
        codes, left[slot] = left[slot][: len(zeros[1])], left[slot][len(zeros[1]) :]
        if len(codes) < len(zeros[1]):
            raise ValueError(f"slot {slot} of {sheet.section and sheet.section.id} has room for more than {sheet.numbers[slot]}")
        return b"<%s>" % codes

    return FIGURES.sub(figures, match[2]) + match[3]


def drawn(spot: Folio, case: Case, text: str) -> bytes:
    """Return the operators that draw a page's number in its place."""
    gain = spot.width - spot.size * case.face.width(text) / 1000
    moved = {"left": 0.0, "centre": gain / 2, "right": gain}[spot.aligned]
    a, b, c, d, x, y = spot.matrix
    matrix = " ".join(f"{value:.2f}".rstrip("0").rstrip(".") for value in (a, b, c, d, x + moved, y))
    return f"{matrix} Tm\n{spot.font} {spot.size:g} Tf\n[ <{case.add(text).hex()}> ] TJ".encode()


def cast(out: pikepdf.Pdf, case: Case) -> dict[int, int]:
    """Give a font the program, widths and meanings of all the sorts that the file draws; return their new codes by the old ones."""
    program, codes = fonts.cut(case.face.program, sorted({0, *case.widths}))
    descendant = case.font.DescendantFonts[0]
    descriptor = descendant.FontDescriptor
    if case.face.program[:4] == b"OTTO":
        descriptor.FontFile3 = out.make_stream(program, Subtype=Name.CIDFontType0C)
        if "/CIDToGIDMap" in descendant:  # only for TrueType (PDF 1.7 table 117)
            del descendant.CIDToGIDMap
    else:
        descriptor.FontFile2 = out.make_stream(program, Length1=len(program))
        descendant.CIDToGIDMap = Name.Identity
    widths = {codes[code]: round(width, 3) for code, width in case.widths.items()}
    descendant.W = Array([entry for first, run in runs(widths) for entry in (first, Array(run))])
    case.font.ToUnicode = out.make_stream(to_unicode({codes[code]: text for code, text in case.meanings.items() if code in codes}))
    return codes


def runs(widths: dict[int, float]) -> list[tuple[int, list[float]]]:
    """Return widths by code as runs of codes that follow one another, each with its first."""
    found: list[tuple[int, list[float]]] = []
    for code in sorted(widths):
        if not found or found[-1][0] + len(found[-1][1]) != code:
            found.append((code, []))
        found[-1][1].append(widths[code])
    return found


def compose(pages: Iterable[tuple[pikepdf.Page, dict[str, Case]]], codes: dict[str, dict[int, int]], out: pikepdf.Pdf) -> None:
    """Say the text of all pages in the new codes; each page names the fonts that it uses, by the names of the file."""
    seen: set[tuple[int, int]] = set()
    tables = {name: sorts.table(new) for name, new in codes.items()}
    for page, own in pages:
        new = {name: (case.name, codes[face_name(case.font)]) for name, case in own.items()}
        in_text = {name: (case.name, tables[face_name(case.font)]) for name, case in own.items()}
        fonts_of_file = Dictionary({case.name: case.font for case in own.values()})
        page.obj.Contents = out.make_stream(sorts.renumber(page.obj.Contents.read_bytes(), in_text))
        for form in sorts.forms(page.obj.Resources, seen):
            sorts.renumber_form(form, new)
            form.Resources.Font = fonts_of_file
        page.obj.Resources = copy(page.obj.Resources)
        page.obj.Resources.Font = fonts_of_file


def to_unicode(meanings: dict[int, str]) -> bytes:
    """Write the map from codes to characters (PDF 1.7 §9.10.3)."""
    lines = [f"<{code:04x}> <{text.encode('utf-16-be').hex()}>" for code, text in sorted(meanings.items())]
    blocks = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n<< /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode()


class Tree:
    """The tag tree of the file, to which galleys bring theirs."""

    def __init__(self, out: pikepdf.Pdf):
        self.out = out
        self.root = out.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        self.document = out.make_indirect(Dictionary(S=Name.Document, P=self.root))
        self.kids: list[Any] = []
        self.owners: list[Any] = []
        self.ids: dict[str, Any] = {}

    def add(self, source: pikepdf.Pdf, start: int, count: int) -> None:
        """Add the tags of a galley whose pages stand in the file from `start` on."""
        copied = self.out.copy_foreign(source.Root.StructTreeRoot)
        top = copied.K
        for kid in top.K if isinstance(top.K, Array) else [top.K]:
            kid.P = self.document
            self.kids.append(kid)
        known = NumberTree(copied.ParentTree)
        for page in (self.out.pages[place] for place in range(start, start + count)):
            for key, item in (("/StructParents", page.obj), *(("/StructParent", item) for item in page.obj.get("/Annots", ()))):
                if key in item:
                    self.owners.append(known[int(item[key])])
                    item[key] = len(self.owners) - 1
        if "/IDTree" in copied:
            self.ids.update((str(name), element) for name, element in NameTree(copied.IDTree).items())

    def close(self) -> None:
        """Write the tree into the file."""
        self.document.K = Array(self.kids)
        self.root.K = self.document
        self.root.ParentTree = self.out.make_indirect(Dictionary(Nums=Array([entry for pair in enumerate(self.owners) for entry in pair])))
        self.root.ParentTreeNextKey = len(self.owners)
        if self.ids:
            names = Array([entry for name in sorted(self.ids) for entry in (String(name), self.ids[name])])
            self.root.IDTree = self.out.make_indirect(Dictionary(Names=names))
        self.out.Root.StructTreeRoot = self.root


def bookmark(out: pikepdf.Pdf, sheets: list[Sheet]) -> None:
    """Write the outline: a bookmark stands under the last one before it of a higher level."""
    with out.open_outline() as outline:
        open_items: list[tuple[Bookmark, list[OutlineItem]]] = []
        for place, sheet in enumerate(sheets):
            for mark in sheet.page.bookmarks if sheet.page else ():
                while open_items and open_items[-1][0].level >= mark.level:
                    open_items.pop()
                item = OutlineItem(mark.label, Array([out.pages[place].obj, Name.XYZ, mark.spot.x, mark.spot.y, 0]))
                (open_items[-1][1] if open_items else outline.root).append(item)
                open_items.append((mark, item.children))


def destinations(out: pikepdf.Pdf, sheets: list[Sheet]) -> Any:
    """Return the name tree of all anchors, and of the pages by their numbers; of two of one name the first counts."""
    found: dict[str, Any] = {}
    for place, sheet in enumerate(sheets):
        page = out.pages[place].obj
        for name, spot in sheet.page.anchors.items() if sheet.page else ():
            found.setdefault(name, Array([page, Name.XYZ, spot.x, spot.y, 0]))
        if sheet.section and not sheet.section.front:
            found.setdefault(f"folio-{sheet.folio}", Array([page, Name.XYZ, 0, float(page.TrimBox[3]), 0]))
    return out.make_indirect(Dictionary(Names=Array([entry for name in sorted(found) for entry in (String(name), found[name])])))
