"""The book's own faces by name: programs, and what a folio needs to be printed when pages are joined."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import uharfbuzz as hb
from fontTools.ttLib import TTFont

from publisher import keeping


@dataclass(frozen=True)
class Face:
    program: bytes
    codes: dict[str, int]
    """Glyph by character."""
    advances: dict[int, float]
    """Width of a glyph, in thousandths of the size."""
    key: str
    """Of the program."""

    def width(self, text: str) -> float:
        """Return how wide a text is, in thousandths of its size."""
        return sum(self.advances[self.codes[char]] for char in text)


FOLIO_CHARACTERS = "0123456789ivxlcdm"


def key(name: str) -> str:
    """Return what the engine's name of a face and the face's own have in common: Casebook-Hei-Bold, Casebook Hei Bold."""
    return re.sub(r"[-\s]|Regular$", "", name)


@cache
def files(fonts: Path) -> dict[str, Path]:
    """Return the font files of a folder by the keys of their faces."""
    found = {}
    for path in sorted([*fonts.glob("*.otf"), *fonts.glob("*.ttf")]):
        names = TTFont(path, lazy=True)["name"]
        found[key(f"{names.getBestFamilyName()} {names.getBestSubFamilyName()}")] = path
    return found


@cache
def face(fonts: Path, name: str) -> Face:
    """Read a face by the engine's name of it. Raises KeyError when the folder has none of this name."""
    path = files(fonts)[key(name)]
    program = path.read_bytes()
    font = hb.Font(hb.Face(program))
    glyphs = {char: glyph for char in FOLIO_CHARACTERS if (glyph := font.get_nominal_glyph(ord(char)))}
    scale = 1000 / font.face.upem
    return Face(program, glyphs, {glyph: font.get_glyph_h_advance(glyph) * scale for glyph in glyphs.values()}, keeping.key(program))
