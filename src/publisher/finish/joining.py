"""Galleys joined into one volume: pages in order with their numbers, each face once, what they draw alike once."""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from publisher.finish import drawing, fonts, sorts, stereotypes
from publisher.finish.faces import Face, face
from publisher.finish.galleys import CLOSE, OPEN, SLOT
from publisher.galley import Folio, Font, Plate, PlatePage, Sheet, Touch
from publisher.recall import recall

NUMBERED = re.compile(rb"%s(\d+) MP\s+([^T]*?)(TJ|Tj)" % SLOT.encode())
FIGURES = re.compile(rb"<([0-9a-fA-F]+)>")
SAID = re.compile(f"{OPEN}(\\d+){CLOSE}")
AT_HAND = 2000
"""Pages whose contents are held as they are; those of a larger volume would be the greater part of what it takes."""


@dataclass
class Case:
    """The sorts of one face that a file draws: their widths and what they mean."""

    face: Face
    font: Font
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


@dataclass(frozen=True)
class Part:
    """A galley in the volume: its plate without fonts, without what its pages bear, the place of its first page, and the volume's fonts by its own names."""

    plate: Plate
    start: int
    fonts: dict[str, Case]


@dataclass
class Leaf:
    """A page of the volume: its part (None for a blank one), its place in it, and its content, to which all has been done."""

    part: Part | None
    index: int = 0
    held: bytes = b""
    """Its content, deflated where there are many pages."""
    links: tuple[Touch, ...] = ()
    is_deflated: bool = False
    shared: tuple[str, ...] = ()
    """The stereotypes that it places."""

    @property
    def content(self) -> bytes:
        return zlib.decompress(self.held) if self.is_deflated else self.held

    @content.setter
    def content(self, content: bytes) -> None:
        self.held = zlib.compress(content, 1) if self.is_deflated else content

    @property
    def plate(self) -> PlatePage:
        return self.part.plate.pages[self.index]


@dataclass(frozen=True)
class Joined:
    """The pages of a volume, ready to be written, for whatever edition."""

    sheets: tuple[Sheet, ...]
    parts: tuple[Part, ...]
    leaves: tuple[Leaf, ...]
    casts: tuple["Cast", ...]
    """One of each face."""
    stereotypes: dict[str, stereotypes.Form]
    drawn: dict[tuple[int, int], bytes]
    """The content of forms that draw text, by the start of their part and their number."""


@dataclass(frozen=True)
class Cast:
    """A font of the volume: its case, the program of the sorts that are drawn, and their new codes by the old ones."""

    case: Case
    program: bytes
    codes: dict[int, int]


def joined(sheets: Iterable[Sheet], faces: Path) -> Joined:
    """Join the sheets of a volume; `faces` is the folder of the fonts. A sheet without a galley is a blank page.

    The plates of the galleys are no longer part of what is joined.
    """
    sheets = list(sheets)
    cases: dict[str, Case] = {}
    parts: list[Part] = []
    leaves: list[Leaf] = []
    while len(leaves) < len(sheets):
        start = len(leaves)
        galley = sheets[start].galley
        if galley is None:
            leaves.append(Leaf(None))
            continue
        plate = galley.plate
        emptied = replace(plate, pages=tuple(replace(page, content=b"", links=()) for page in plate.pages), fonts={})
        parts.append(Part(emptied, start, gathered(plate, cases, faces)))
        own, bare = slice(start, start + len(galley.pages)), replace(galley, packed=b"")
        leaves += [numbered(parts[-1], plate.pages[sheet.index], sheet, len(sheets) > AT_HAND) for sheet in sheets[own]]
        sheets[own] = [replace(sheet, galley=bare) for sheet in sheets[own]]
    casts = tuple(map(cast, cases.values()))
    tables = {made.case.font.face: sorts.table(made.codes) for made in casts}
    drawn: dict[tuple[int, int], bytes] = {}
    renamed = {part.start: sorts.Sorts.of({name: (case.name, tables[case.font.face]) for name, case in part.fonts.items()}) for part in parts}
    for leaf in leaves:
        if leaf.part:
            leaf.content = sorts.renumber(leaf.content, renamed[leaf.part.start])
    for part in parts:
        drawn |= {(part.start, cut.number): sorts.renumber(cut.data, renamed[part.start]) for cut in part.plate.streams if cut.draws_text}
    return Joined(tuple(sheets), tuple(parts), tuple(leaves), casts, share(leaves), drawn)


def share(leaves: Sequence[Leaf]) -> dict[str, stereotypes.Form]:
    """Cast what pages with figures draw alike once; return the forms that they place by their names."""
    figured = [leaf for leaf in leaves if leaf.part and (b"/Figure" in leaf.content or any(kind == "/XObject" for kind, _ in leaf.plate.used))]
    states = {name: text for leaf in figured for name, text in leaf.part.plate.resources.get("/ExtGState", {}).items() if " R" not in text}
    drawn = stereotypes.Drawn((leaf.content for leaf in figured), states)
    for place, leaf in enumerate(figured):
        leaf.content, leaf.shared = drawn.placed(place, leaf.content)
    return drawn.forms


def gathered(plate: Plate, cases: dict[str, Case], faces: Path) -> dict[str, Case]:
    """Put the sorts of a galley's fonts with those of the file; return the cases by their names in the galley."""
    own = {}
    for name, font in plate.fonts.items():
        case = own[name] = cases.setdefault(font.face, Case(face(faces, font.face), font, f"/F{len(cases) + 1}"))
        case.widths.update(font.widths)
        for code, meaning in font.meanings.items():
            if meaning == " ":  # one blank glyph may stand for every width of space: the plain one is what a search types
                case.meanings[code] = meaning
            case.meanings.setdefault(code, meaning)
    return own


def numbered(part: Part, page: PlatePage, sheet: Sheet, deflated: bool) -> Leaf:
    """Print a page's own number and those of other pages where its galley keeps room for them; say these in the descriptions of links."""
    content, links = page.content, page.links
    if spot := sheet.page.folio:
        content = content.replace(drawing.FOLIO, drawn(spot, part.fonts[spot.font], sheet.folio), 1)
    if sheet.page.slots:
        left: dict[int, bytes] = {}
        content = NUMBERED.sub(lambda match: referred(match, sheet, part.fonts, left), content)
        if unprinted := [slot for slot, codes in left.items() if codes]:
            raise ValueError(f"slots {unprinted} of {sheet.section and sheet.section.id} have no room for {[sheet.numbers[slot] for slot in unprinted]}")
        links = tuple(link._replace(said=SAID.sub(lambda match: sheet.numbers[int(match[1])], link.said)) if OPEN in link.said else link for link in links)
    leaf = Leaf(part, sheet.index, links=links, is_deflated=deflated)
    leaf.content = content
    return leaf


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


def cast(case: Case) -> Cast:
    """Cut a font down to the sorts that the file draws."""
    codes = sorted({0, *case.widths})
    return Cast(case, *recall(lambda: fonts.cut(case.face.program, codes), "cut", case.face.key, f"{codes}"))
