"""Measure text in one style with Pango: advances of characters, blanks inside full-width marks.

Shaping is the dear step, so every distinct text is shaped once a style and kept. Lengths are CSS px unless named em.
"""

from array import array
from collections import OrderedDict
from typing import Any

from weasyprint.text import line_break
from weasyprint.text.ffi import FROM_UNITS, ffi, pango

TEXTS_KEPT, FACES_KEPT = 20_000, 300
FULL_WIDTH_EM = 0.75
"""A mark at least so wide is full-width and may give half of it away; narrower ones come from a Latin font."""

_GLYPH_WORDS = 5
"""32-bit words of a PangoGlyphInfo: glyph, width, x offset, y offset, flags."""


class Face:
    """A style as far as the widths of its characters depend on it."""

    def __init__(self, style: Any):
        self.style = style
        self.size = style["font_size"]
        self._advances: OrderedDict[str, tuple[float, ...]] = OrderedDict()
        self._blanks: dict[str, tuple[float, float]] = {}
        self._layout: Any = None
        """Has shaped a text and can shape another."""

    def advances(self, text: str) -> tuple[float, ...]:
        """Return the advance of each character; a cluster's stands at its first character."""
        known = self._advances.get(text)
        if known is None:
            known = self._advances[text] = tuple(self._shape(text))
            if len(self._advances) > TEXTS_KEPT:
                self._advances.popitem(last=False)
        return known

    def blanks(self, mark: str) -> tuple[float, float]:
        """Return how much of a full-width mark's left and right may be cut, at most half an em each."""
        known = self._blanks.get(mark)
        if known is None:
            known = self._blanks[mark] = self._measure_blanks(mark)
        return known

    def _shape(self, text: str) -> list[float]:
        layout = self._layout = self._layout or line_break.Layout(self.style)
        layout.set_text(text)
        line, _ = layout.get_first_line()
        starts = {}
        place = 0
        for index, char in enumerate(text):
            starts[place] = index
            place += len(char.encode())
        out = [0.0] * len(text)
        run = line.runs
        while run != ffi.NULL:
            item, glyphs = run.data.item, run.data.glyphs
            run = run.next
            words = array("i", bytes(ffi.buffer(glyphs.glyphs, glyphs.num_glyphs * _GLYPH_WORDS * 4)))
            for cluster, width in zip(ffi.unpack(glyphs.log_clusters, glyphs.num_glyphs), words[1::_GLYPH_WORDS], strict=True):
                index = starts.get(item.offset + cluster)
                if index is not None:
                    out[index] += width * FROM_UNITS
        if self.style["word_spacing"]:  # which is bound to places of this text
            self._layout = None
        return out

    def _measure_blanks(self, mark: str) -> tuple[float, float]:
        layout = line_break.Layout(self.style)
        layout.set_text(mark)
        line, _ = layout.get_first_line()
        ink, logical = ffi.new("PangoRectangle *"), ffi.new("PangoRectangle *")
        pango.pango_layout_line_get_extents(line, ink, logical)
        layout.deactivate()
        advance, half = logical.width * FROM_UNITS, self.size / 2
        if advance < FULL_WIDTH_EM * self.size or ink.width <= 0:
            return 0.0, 0.0
        left, right = ink.x * FROM_UNITS, (logical.width - ink.x - ink.width) * FROM_UNITS
        return max(0.0, min(half, left)), max(0.0, min(half, right))


class Faces:
    """The faces of one font configuration, found by style."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[Any, ...], Face] = {}

    def of(self, style: Any) -> Face:
        """Return the face of a style; the answer is kept on the style, for its key is long."""
        face: Face | None = getattr(style, "composer_face", None)
        if face is None:
            key = (id(style.font_config), line_break._font_style_cache_key(style), style["font_size"], *(str(style[name]) for name in _SPACING))
            if len(self._by_key) > FACES_KEPT:
                self._by_key.clear()
            face = self._by_key.setdefault(key, Face(style))
            style.composer_face = face
        return face


_SPACING = ("font_weight", "font_kerning", "letter_spacing", "word_spacing", "direction")


class SetText(line_break.Layout):  # type: ignore[misc]
    """A text as it stands on a line: Pango is asked again only when it is drawn, and its glyphs are then moved.

    `moves` maps a character's place in the UTF-8 text to (wider, aside) in thousandths of an em: how much its advance
    grows and how far its ink moves. Whole thousandths, because WeasyPrint cuts them to whole numbers on writing.
    """

    def __init__(self, text: str, style: Any, available: float, moves: dict[int, tuple[int, int]]):
        self.text, self.max_width, self.moves = text, available, moves
        self.justification_spacing = 0
        self.first_line_direction = 0
        self.drawn: Any = None
        if style["text_decoration_line"] != "none":  # drawing asks for the line's place before it reactivates
            self.setup(style)
            self.deactivate()

    def reactivate(self, style: Any) -> None:
        """Make the text ready to be drawn, with the layout that has drawn others of its style."""
        self.drawn = None
        ready = getattr(style, "composer_layout", None)
        if ready is None:
            ready = line_break.Layout(style)
            if not style["word_spacing"]:  # which is bound to places of a text
                style.composer_layout = ready
        vars(self).update(vars(ready), max_width=self.max_width)
        self.set_text(self.text, justify=True)

    def get_first_line(self) -> tuple[Any, int | None]:
        line, index = super().get_first_line()
        if self.moves and self.drawn != line:
            self.drawn = line
            self._move(line)
        return line, index

    def _move(self, line: Any) -> None:
        size = self.style["font_size"]
        run = line.runs
        while run != ffi.NULL:
            start, string = run.data.item.offset, run.data.glyphs
            run = run.next
            clusters = ffi.unpack(string.log_clusters, string.num_glyphs)
            for number, cluster in enumerate(clusters):
                move = self.moves.get(start + cluster)
                if move is None or (number + 1 < len(clusters) and clusters[number + 1] == cluster):
                    continue
                wider, aside = move
                geometry = string.glyphs[number].geometry
                if wider:
                    geometry.width += round((wider + (0.2 if wider > 0 else -0.2)) * size / 1000 / FROM_UNITS)
                geometry.x_offset += round(aside * size)  # draw/text.py divides by the size alone
