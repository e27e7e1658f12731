"""Every glyph of a PDF where it stands, gathered into lines and blocks: PDF -> blocks.

PDFium says where each glyph is drawn, the structure tree to which paragraph, heading or cell it belongs; nothing is known of
the program that wrote the file. Lengths are points, y counts from the foot of the page. Turned text is left out.
"""

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import pikepdf

from publisher.preflight.drawn_page import DrawnPage, Glyph, drawn_pages

OPEN = "（【「『《〈〔〖［｛“‘"
CLOSE = "，。、；：！？）】」』》〉〕〗］｝”’"

class Spot(NamedTuple):
    """A place in the file: its page, counted from 1, what stands there, and by how much it fails."""

    page: int
    text: str
    amount: float = 0.0


Spots = tuple[Spot, ...]


class Role(StrEnum):
    """What a block is in the structure of the document."""

    TEXT = "正文"
    HEADING = "标题"
    TABLE = "表"
    FIGURE = "图"
    OTHER = "其他"
    """Running heads, folios, list numbers."""


_ROLES = {
    **dict.fromkeys(("P", "LBody", "LI", "Note", "BlockQuote"), Role.TEXT),
    **dict.fromkeys(("H", "H1", "H2", "H3", "H4", "H5", "H6", "Title"), Role.HEADING),
    **dict.fromkeys(("TD", "TH", "Caption"), Role.TABLE),
    **dict.fromkeys(("Figure", "Formula"), Role.FIGURE),
    "Lbl": Role.OTHER,
}


class Owner(NamedTuple):
    """The element of the structure tree that a glyph belongs to."""

    page: int
    element: int
    role: Role
    paragraph: bool
    run_in: bool = False


Chain = tuple[tuple[str, int], ...]
"""An element and what it stands in, outwards: the name of each and the number of its object."""


@dataclass(frozen=True)
class Line:
    page: int
    glyphs: tuple[Glyph, ...]

    @cached_property
    def text(self) -> str:
        return "".join(" " * glyph.spaced + glyph.char for glyph in self.glyphs).strip()

    @cached_property
    def size(self) -> float:
        return max(glyph.size for glyph in self.glyphs)

    @cached_property
    def y(self) -> float:
        """The baseline; raised and lowered glyphs do not count."""
        return next(glyph.y for glyph in self.glyphs if glyph.size > 0.85 * self.size)

    @property
    def left(self) -> float:
        return self.glyphs[0].x

    @property
    def right(self) -> float:
        """Where the ink may end: the blank half of a closing mark does not count."""
        last = self.glyphs[-1]
        return last.end - (0.5 * last.size if last.char in CLOSE and last.is_full else 0)


@dataclass(frozen=True)
class Block:
    """A paragraph, heading, list item or cell, as far as it stands on one page."""

    page: int
    role: Role
    paragraph: bool
    """It is a paragraph and nothing else; an item of a list may hold several."""
    lines: tuple[Line, ...]
    run_in: bool = False
    """It is a note, after which the next one may begin in the same line."""

    @cached_property
    def size(self) -> float:
        return Counter(round(glyph.size, 1) for line in self.lines for glyph in line.glyphs).most_common(1)[0][0]

    @cached_property
    def left(self) -> float:
        """The left edge of its lines after the first; an opening mark may hang out of it by its blank half."""
        later = self.lines[1:] or self.lines
        return min(line.left for line in [line for line in later if line.text[0] not in OPEN] or later)


def read(pdf: bytes, pages: Sequence[DrawnPage] = ()) -> tuple[Block, ...]:
    """Read all blocks of a PDF in the order in which they are drawn; `pages` are its pages where they have been read."""
    owners = structure(pdf)
    found: dict[Owner, list[Glyph]] = {}
    for number, page in enumerate(pages or drawn_pages(pdf), 1):
        unowned = Owner(number, -1, Role.OTHER, False)
        for mark, glyph in page.glyphs:
            found.setdefault(owners.get((number, mark), unowned), []).append(glyph)
    return tuple(Block(owner.page, owner.role, owner.paragraph, tuple(lines(owner.page, glyphs)), owner.run_in) for owner, glyphs in found.items())


def structure(pdf: bytes) -> dict[tuple[int, int], Owner]:
    """Return the owner of each piece of marked content by page and number (PDF 1.7 §14.7.4.4)."""
    found: dict[tuple[int, int], Owner] = {}
    with pikepdf.open(io.BytesIO(pdf)) as file:
        root = file.Root.get("/StructTreeRoot", {})
        if "/ParentTree" not in root:
            return found
        parents, names = pikepdf.NumberTree(root.ParentTree), root.get("/RoleMap", {})
        chains: dict[tuple[int, int], Chain] = {}
        for number, page in enumerate(file.pages, 1):
            key = page.obj.get("/StructParents")
            for mark, element in enumerate(parents[int(key)] if key is not None and int(key) in parents else ()):
                if isinstance(element, pikepdf.Dictionary):
                    found[number, mark] = owner(number, chain(element, names, chains))
    return found


def chain(element: Any, names: Any, known: dict[tuple[int, int], Chain]) -> Chain:
    """Return the names and numbers of an element and of all that it stands in; those `known` are not read again."""
    if element is None or "/S" not in element:
        return ()
    key = element.objgen
    if key == (0, 0) or key not in known:
        known[key] = ((str(names.get(element.S, element.S)).lstrip("/"), key[0]), *chain(element.get("/P"), names, known))
    return known[key]


def owner(page: int, above: Chain) -> Owner:
    """Return the block that an element stands in, by what is above it; a cell or heading makes cell or heading of all it holds."""
    known = [(name, number) for name, number in above if name in _ROLES]
    if not known:
        outer = [number for name, number in above if name not in ("Span", "Link")]
        return Owner(page, outer[0] if outer else -1, Role.OTHER, False)
    roles = [_ROLES[name] for name, _ in known]
    role = next((role for role in roles if role is not Role.TEXT), Role.TEXT)
    return Owner(page, known[0][1], role, known[0][0] == "P", known[0][0] == "Note")


def lines(page: int, glyphs: list[Glyph]) -> Iterator[Line]:
    """Part the glyphs of a block where the next one stands lower, or higher in the next column; note marks stay in their line."""
    start = 0
    for place, (left, right) in enumerate(pairwise(glyphs), 1):
        if abs(left.y - right.y) > 0.6 * max(left.size, right.size):
            yield Line(page, tuple(glyphs[start:place]))
            start = place
    if glyphs:
        yield Line(page, tuple(glyphs[start:]))
