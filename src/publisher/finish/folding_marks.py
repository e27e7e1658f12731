"""What a booklet's sheets bear beside the pages: where to fold, staple and cut, and which sheet it is. All of it falls to the knife.

Lines are strokes and words are outlines, so that a sheet gains neither font nor text. Out: PDF operators; lengths in points.
"""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

from publisher.finish.outlines import OutlinePen, numbers
from publisher.imposition import STAPLES, WASTE_MM, Imposition, Side

MM = 72 / 25.4
LINE_PT = 0.35
LABEL_PT = 4.5
STAPLE_MM = 12.0
UNPRINTED_MM = 4.3
"""Most office printers leave so much of the sheet's edge white."""
FACES = ("CasebookHei-Regular.otf", "CasebookSans-Regular.otf")


class FoldingMarks:
    """Draw the marks of sheets in the faces of a folder."""

    def __init__(self, fonts: Path):
        self.paths = [fonts / name for name in FACES]

    @cached_property
    def faces(self) -> list[TTFont]:
        return [TTFont(path, lazy=True) for path in self.paths]

    @cached_property
    def glyphs(self) -> list[tuple[dict[int, str], Any, float]]:
        return [(face.getBestCmap(), face.getGlyphSet(), face["head"].unitsPerEm) for face in self.faces]

    def draw(self, plan: Imposition, side: Side) -> str:
        """Return the marks of one side: the fold on every front; staples and cuts where the booklet's outside is; the sheet's name."""
        if not side.front:
            return ""
        width, height = (length * MM for length in plan.paper.size_mm)
        lines = [*fold(width, height)]
        if side.sheet == 1:
            lines += [*staples(width, height), *cuts(width, height)]
        strokes = "\n".join(f"{numbers(*start)} m {numbers(*end)} l S" for start, end in lines)
        name = f"第{side.signature}帖／共{len(plan.signatures)}帖　第{side.sheet}张／共{plan.signatures[side.signature - 1]}张　正面"
        return f"q 0 G 0 g {LINE_PT} w\n{strokes}\n{self.words(name, width / 2 + 4 * MM, UNPRINTED_MM * MM)}Q\n"

    def words(self, text: str, x: float, y: float) -> str:
        """Return words as outlines, from x on the line y."""
        out = []
        for char in text:
            cmap, glyphs, em = next((face for face in self.glyphs if ord(char) in face[0]), self.glyphs[0])
            glyph = glyphs[cmap.get(ord(char), ".notdef")]
            pen = OutlinePen(glyphs)
            glyph.draw(pen)
            scale = LABEL_PT / em
            if pen.path:
                out.append(f"q {scale:.5f} 0 0 {scale:.5f} {numbers(x, y)} cm {' '.join(pen.path)} f Q\n")
            x += glyph.width * scale
        return "".join(out)


Stroke = tuple[tuple[float, float], tuple[float, float]]


def fold(width: float, height: float) -> Iterator[Stroke]:
    """Yield a line at the head and at the foot, from the sheet's edge to the cut."""
    middle, waste = width / 2, WASTE_MM * MM
    yield (middle, 0), (middle, waste)
    yield (middle, height - waste), (middle, height)


def staples(width: float, height: float) -> Iterator[Stroke]:
    """Yield where the staples lie on the fold; they cover their marks."""
    for share in STAPLES:
        yield (width / 2, share * height - STAPLE_MM / 2 * MM), (width / 2, share * height + STAPLE_MM / 2 * MM)


def cuts(width: float, height: float) -> Iterator[Stroke]:
    """Yield the two lines at each corner of what is left after cutting."""
    waste = WASTE_MM * MM
    for x, out in ((waste, 0.0), (width - waste, width)):
        for y, edge in ((waste, 0.0), (height - waste, height)):
            yield (out, y), (out + (x - out) * 0.9, y)
            yield (x, edge), (x, edge + (y - edge) * 0.9)
