"""Lines as they were measured, and the blocks they stand in: plain data that outlives the glyphs it was measured on.

Lengths are points, y counts from the foot of the page.
"""

from dataclasses import dataclass
from enum import StrEnum
from sys import intern
from typing import Any, NamedTuple, Self

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


class Glyph(NamedTuple):
    char: str
    x: float
    y: float
    width: float
    """The advance of the font, whatever was cut from it or added."""
    size: float
    font: str
    spaced: bool
    """A blank is drawn before it."""
    parted: bool
    """Text taken from the file has a space before it that is not drawn."""

    @property
    def end(self) -> float:
        return self.x + self.width

    def gap(self, after: "Glyph") -> float:
        """The gap to the glyph after it, in em of the smaller."""
        return (after.x - self.end) / min(self.size, after.size)

    def is_like(self, other: "Glyph") -> bool:
        """Tell whether both are text of one size, not text and note mark."""
        return abs(self.size - other.size) <= 0.2 * min(self.size, other.size)

    @property
    def is_full(self) -> bool:
        return self.width > 0.9 * self.size


class Line(NamedTuple):
    page: int
    text: str
    size: float
    y: float
    """The baseline; raised and lowered glyphs do not count."""
    left: float
    end: float
    """Of its last glyph."""
    word: float
    """Where what may not be parted at its beginning ends: a Han character or Western word with its marks."""
    first: str
    first_size: float
    last: str
    last_size: float
    is_last_full: bool
    letters: int
    """Its glyphs without marks."""
    fonts: tuple[tuple[str, int, str], ...]
    """Each font with the number of its glyphs, and the first of them."""
    loose: float
    """The widest gap between two Han characters in em, 0 where none is loose."""
    unsqueezed: tuple[str, ...]
    """Where neighbouring marks keep the blank between them."""
    parted: tuple[str, ...]
    """Where text taken from the file has a space that is not drawn."""
    borders: tuple[float, ...]
    """The gaps between Han and Western characters in em."""

    @property
    def right(self) -> float:
        """Where the ink may end: the blank half of a closing mark does not count."""
        return self.end - (0.5 * self.last_size if self.last in CLOSE and self.is_last_full else 0)


class Owner(NamedTuple):
    """The element of the structure tree that a glyph belongs to."""

    element: int
    role: Role
    paragraph: bool
    run_in: bool = False


UNOWNED = Owner(-1, Role.OTHER, False)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item or cell, as far as it stands on one page."""

    page: int
    role: Role
    paragraph: bool
    """It is a paragraph and nothing else; an item of a list may hold several."""
    lines: tuple[Line, ...]
    run_in: bool
    """It is a note, after which the next one may begin in the same line."""
    size: float
    """That of most of its glyphs."""

    @property
    def left(self) -> float:
        """The left edge of its lines after the first; an opening mark may hang out of it by its blank half."""
        later = self.lines[1:] or self.lines
        return min(line.left for line in [line for line in later if line.text[0] not in OPEN] or later)

    def table(self) -> list[Any]:
        """Return it as plain data that `of_table` takes back, whatever the number of its page is then."""
        return [self.role, self.paragraph, [line[1:] for line in self.lines], self.run_in, self.size]

    @classmethod
    def of_table(cls, table: list[Any], page: int) -> Self:
        role, paragraph, lines, run_in, size = table
        return cls(page, Role(role), paragraph, tuple(line_of(fields, page) for fields in lines), run_in, size)


def line_of(fields: list[Any], page: int) -> Line:
    text, size, y, left, end, word, first, first_size, last, last_size, is_last_full, letters, fonts, loose, unsqueezed, parted, borders = fields
    used = tuple((intern(name), count, chars) for name, count, chars in fonts)
    sizes = (size, size if first_size == size else first_size, size if last_size == size else last_size)  # there are fifty lines a page
    ends = (intern(first), sizes[1], intern(last), sizes[2], is_last_full, letters)
    return Line(page, text, size, y, left, end, word, *ends, used, loose or 0.0, tuple(unsqueezed), tuple(parted), tuple(borders))
