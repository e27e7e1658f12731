"""Words beside the page, for the printer: drawn as outlines, so that the file gains no font and the page no text."""

import io
from collections.abc import Sequence
from functools import cache
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name

from publisher.finish.outlines import OutlinePen


class Face:
    """A font file as far as its outlines go."""

    def __init__(self, font: bytes):
        opened = TTFont(io.BytesIO(font))
        self.glyphs, self.characters, self.em = opened.getGlyphSet(), opened.getBestCmap(), opened["head"].unitsPerEm


class Letters:
    """Draw words, each letter in the first face that has it and kept in the document once; forms and advances are in em."""

    def __init__(self, document: pikepdf.Pdf, fonts: Sequence[bytes]):
        self.document = document
        self.faces = [Face(font) for font in fonts]
        self.letter = cache(self.drawn)

    def drawn(self, char: str) -> tuple[pikepdf.Object, float]:
        """Return a letter as a form, and its advance."""
        face = next((face for face in self.faces if ord(char) in face.characters), self.faces[-1])
        glyph = face.glyphs[face.characters.get(ord(char), ".notdef")]
        pen = OutlinePen(face.glyphs)
        glyph.draw(pen)
        form = self.document.make_stream(" ".join(["0 0 0 1 k", *pen.path, "f"]).encode())
        form.Type, form.Subtype = Name.XObject, Name.Form
        form.BBox, form.Matrix = Array([-face.em, -face.em, 2 * face.em, 2 * face.em]), Array([1 / face.em, 0, 0, 1 / face.em, 0, 0])
        form.Resources = Dictionary()
        return self.document.make_indirect(form), glyph.width / face.em

    def width(self, words: str, size: float) -> float:
        return sum(self.letter(char)[1] for char in words) * size

    def set(self, words: str, x: float, y: float, size: float, forms: Any) -> str:
        """Return the operators that draw words from a point on the base line; put their letters into `forms`."""
        out = []
        for char in words:
            form, advance = self.letter(char)
            if char.strip():
                forms[name := f"/Letter{ord(char):X}"] = form
                out.append(f"q {size:.2f} 0 0 {size:.2f} {x:.3f} {y:.3f} cm {name} Do Q")
            x += advance * size
        return "\n".join(out)
