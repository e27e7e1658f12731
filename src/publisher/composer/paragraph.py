"""A paragraph as one line of characters, however many inline elements it is made of.

Reads WeasyPrint's line box before layout and gives every character its width, what is cut from it at a line's start and
end, the price of a break before it and the gap after it. Lengths are CSS px; places are indexes into `text`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from weasyprint.formatting_structure import boxes

from publisher.composer.characters import ATOM, HAN, classes
from publisher.composer.face import Face, Faces
from publisher.composer.pairs import BORDER, FORBIDDEN, GAPS, HAN_GAP, LETTER_GAP, NO_GAP, UNIT_GAP, WIDE_GAP, WORD_GAP
from publisher.composer.tokens import levels

BORDER_EM = 0.09
"""Between Han and Western. pdftotext reads .10 em as a space."""
HAN_MOST_EM = 0.095
WORD_MOST_EM, WORD_LAST_EM = 0.25, 0.35
"""How much a word space grows readily, and how much more when nothing else is left."""
WIDE_EM, WIDE_MOST_EM, WIDE_LAST_EM, WIDE_LESS_EM = 0.6, 0.5, 1.25, 0.25
"""From what width on a space is a wide one, as between two notes in a line, and the same for it, with how much it may lose."""
LETTER_MOST_EM = 0.02
UNIT_MOST_EM = 0.15
"""A space inside a token, as before a unit, grows only when words and letters can no more."""
MARK_LESS_EM, WORD_LESS_EM, BORDER_LESS_EM = 0.25, 0.06, 0.03
"""How much a mark, a word space and, when these are not enough, a Han–Western gap may lose in a crowded line."""
SQUEEZED_PART = 0.98
"""Of the half em between two marks: pdftotext begins a new line where a glyph starts .5 em before the end of the last."""
BEFORE_RAISED_PART = 0.25
"""The same before a note mark, which pdftotext parts from a mark that is cut more."""
RAISED_CUT = 0.6
"""Part of the blank after a note mark's bracket that is taken away."""
RAISED_MOST = 8
"""Characters of a note mark; a longer raised text is no mark."""

_SQUEEZED = re.compile("C(?=[CO])|O(?=O)")
_MARKS = re.compile("[CO]")
_SHRINKING = "，、；：。"


class NotSet(Exception):
    """The paragraph holds something that only WeasyPrint's own line breaking knows how to set."""


@dataclass
class Piece:
    """A text box, an inline box, or anything else in a line, with the places it covers."""

    box: Any
    start: int
    end: int = 0
    children: list["Piece"] = field(default_factory=list)
    before: float = 0.0
    after: float = 0.0
    face: Face | None = None
    raised: bool = False
    keeps: bool = False
    """No line ends after it, as after the number of a note."""

    @property
    def is_text(self) -> bool:
        return self.face is not None


class Paragraph:
    """The content of a line box, measured. `atoms` gives the widths of the boxes that are no text, in order."""

    def __init__(self, root: Piece, texts: list[Piece], text: str, atoms: Sequence[float] = ()):
        self.root, self.texts, self.text = root, texts, text
        widths = iter(atoms)
        self.kinds = "".join(classes(piece.box.text, is_chinese(piece.box.style)) if piece.is_text else HAN for piece in texts)
        count = len(text)
        self.size = [piece.box.style["font_size"] or 1.0 for piece in texts for _ in range(piece.start, piece.end)]
        self.advance: list[float] = []
        for piece in texts:
            self.advance += piece.face.advances(piece.box.text) if piece.face else (next(widths, 0.0),)
        self.raised = {place for piece in texts if piece.raised for place in range(piece.start, piece.end)}
        self.level = levels(text, self.kinds)
        self.gap = [GAPS[pair] for pair in map(str.__add__, self.kinds, self.kinds[1:])] + [NO_GAP]
        self.head, self.tail = [0.0] * count, [0.0] * count
        self.start_cut, self.end_cut = [0.0] * count, [0.0] * count
        self._frame(root)
        self._join()
        self._cut_marks()
        self._part_borders()
        self._fix_spaces()
        self._sum()

    def _frame(self, root: Piece) -> None:
        """Count margins and paddings of inline boxes with their first and last characters."""
        for piece in walk(root):
            if piece.before or piece.after:
                place = min(piece.start, len(self.text) - 1)
                self.advance[place] += piece.before
                self.advance[max(place, piece.end - 1)] += piece.after

    def _join(self) -> None:
        """Bind note marks to the word before them, keep unwrapped text in one line, leave atoms without gaps."""
        for piece in walk(self.root):
            if piece.keeps and piece.end < len(self.text):
                self.level[piece.end] = FORBIDDEN
        for piece in self.texts:
            if not piece.is_text:  # what is no text cannot carry the gap after it
                self.gap[piece.start] = NO_GAP
            if piece.raised and piece.start and self.kinds[piece.start - 1] not in "SB":
                self.level[piece.start] = FORBIDDEN
                self.gap[piece.start - 1] = NO_GAP
                if self.kinds[piece.start - 1] != "C":
                    self.head[piece.start] = -SQUEEZED_PART * self._blank(piece.start)[0]
            if piece.raised and piece.end < len(self.text) and self.kinds[piece.end] not in "CO":
                self.gap[piece.end - 1] = HAN_GAP
                self.tail[piece.end - 1] = -RAISED_CUT * self._blank(piece.end - 1)[1]
            if piece.raised or (piece.is_text and piece.box.style["white_space"] == "nowrap"):
                for place in range(piece.start + 1, piece.end):
                    self.level[place] = FORBIDDEN

    def _blank(self, place: int) -> tuple[float, float]:
        for piece in self.texts:
            if piece.start <= place < piece.end:
                return piece.face.blanks(self.text[place]) if piece.face else (0.0, 0.0)
        return 0.0, 0.0

    def _cut_marks(self) -> None:
        """Halve one of two neighbouring marks, and say what a line's start or end takes from a mark."""
        for piece in self.texts:
            if piece.face:
                for match in _MARKS.finditer(self.kinds, piece.start, piece.end):
                    place = match.start()
                    left, right = piece.face.blanks(self.text[place])
                    if self.kinds[place] == "O":
                        self.start_cut[place] = left
                    else:
                        self.end_cut[place] = right
        for match in _SQUEEZED.finditer(self.kinds):
            place = match.start()
            if self.kinds[place] == "O":
                self.head[place + 1] = -SQUEEZED_PART * self.start_cut[place + 1]
            elif not (self.text[place] in "！？" and self.kinds[place + 1] == "C"):
                self.tail[place] = -(BEFORE_RAISED_PART if place + 1 in self.raised else SQUEEZED_PART) * self.end_cut[place]

    def _part_borders(self) -> None:
        for place, gap in enumerate(self.gap):
            if gap == BORDER:
                western = place if self.kinds[place] != "H" else place + 1
                wide = self.advance[western] > 0.8 * self.size[western]
                if wide and not self.text[western].isalnum():
                    self.gap[place] = NO_GAP
                elif self.size[place]:
                    self.tail[place] += BORDER_EM * self.size[place]

    def _fix_spaces(self) -> None:
        """A space inside a token is no word space, nor is one that is wide."""
        for place, gap in enumerate(self.gap):
            if gap == WORD_GAP and self.level[place + 1] == FORBIDDEN:
                self.gap[place] = UNIT_GAP
            elif gap == WORD_GAP and self.advance[place] > WIDE_EM * self.size[place]:
                self.gap[place] = WIDE_GAP

    def _sum(self) -> None:
        def sums(values: Any) -> list[float]:
            return list(accumulate(values, initial=0.0))

        size, gap, kinds = self.size, self.gap, self.kinds
        self.reach = sums(map(sum, zip(self.advance, self.head, self.tail, strict=True)))
        self.han = sums(HAN_MOST_EM * em if kind == HAN_GAP else 0.0 for em, kind in zip(size, gap, strict=True))
        readily = {WORD_GAP: WORD_MOST_EM, WIDE_GAP: WIDE_MOST_EM}
        self.words = sums(readily.get(kind, 0.0) * em for em, kind in zip(size, gap, strict=True))
        late = {LETTER_GAP: LETTER_MOST_EM, UNIT_GAP: UNIT_MOST_EM, WORD_GAP: WORD_LAST_EM, WIDE_GAP: WIDE_LAST_EM}
        less = {WORD_GAP: WORD_LESS_EM, WIDE_GAP: WIDE_LESS_EM, BORDER: BORDER_LESS_EM}
        self.late = sums(late.get(kind, 0.0) * em for em, kind in zip(size, gap, strict=True))
        self.slack_of = [
            MARK_LESS_EM * em * (cut > 0.45 * em and not tail)
            if char in _SHRINKING
            else less.get(kind, 0.0) * em
            for char, kind, em, cut, tail in zip(self.text, gap, size, self.end_cut, self.tail, strict=True)
        ]
        self.slack = sums(self.slack_of)
        self.visible = visible_ends(kinds)

    @property
    def breaks(self) -> list[int]:
        """The places where a line may end, the last one included."""
        return [place for place, level in enumerate(self.level) if level < FORBIDDEN and place]

    @property
    def first(self) -> int:
        return first_visible(self.kinds, 0)

    def natural(self, start: int, stop: int, keep_end: bool = False) -> float:
        """The unstretched width of the line from `start` to before `stop`; `keep_end` leaves its last mark whole."""
        end = self.visible[stop]
        if end <= start:
            return 0.0
        cut = 0.0 if keep_end else self.end_cut[end - 1]
        return self.reach[end] - self.reach[start] - self.tail[end - 1] - cut - self.head[start] - self.start_cut[start]


def visible_ends(kinds: str) -> list[int]:
    """For a line ending before each place, say where its last visible character ends."""
    out, end = [0], 0
    for place, kind in enumerate(kinds, 1):
        if kind not in "SBZ":
            end = place
        out.append(end)
    return out


def first_visible(kinds: str, place: int) -> int:
    while place < len(kinds) and kinds[place] == "S":
        place += 1
    return place


def is_chinese(style: Any) -> bool:
    return (style["lang"] or "").lower().split("-")[0] == "zh"


def walk(piece: Piece) -> Iterator[Piece]:
    for child in piece.children:
        yield child
        yield from walk(child)


def read(line_box: Any, faces: Faces) -> tuple[Piece, list[Piece], str]:
    """Read a line box: the tree of its pieces, those with text or atoms in order, and the text. Raises NotSet."""
    root = Piece(None, 0)  # without its box, which is the key under which the paragraph is kept
    texts: list[Piece] = []
    out: list[str] = []
    if not is_chinese(line_box.style) or line_box.style["direction"] != "ltr":
        raise NotSet
    root.end = _read(line_box, root, 0, faces, texts, out, False)
    text = "".join(out)
    if not text.strip(" \n\u200b"):
        raise NotSet
    return root, texts, text


def _read(parent: Any, node: Piece, place: int, faces: Faces, texts: list[Piece], out: list[str], raised: bool) -> int:
    for box in parent.children:
        piece = Piece(box, place, place)
        node.children.append(piece)
        if not box.is_in_normal_flow():
            if box.is_floated() or (parent.style["position"] == "relative" and not isinstance(parent, boxes.LineBox)):
                raise NotSet
        elif isinstance(box, boxes.TextBox):
            style = box.style
            if not box.text:
                continue
            if (
                style["white_space"] not in ("normal", "nowrap", "pre-line")
                or style["direction"] != "ltr"
                or not style["font_size"]
                or _STRANGE.search(box.text)
            ):
                raise NotSet
            piece.face = faces.of(style)
            piece.raised = raised and len(box.text) <= RAISED_MOST
            place += len(box.text)
            out.append(box.text)
            texts.append(piece)
        elif isinstance(box, boxes.InlineBox):
            if box.is_leader:
                raise NotSet
            align = box.style["vertical_align"]
            piece.keeps = box.style["break_after"] == "avoid"
            piece.before, piece.after = (_spacing(box.style, side) for side in ("left", "right"))
            place = _read(box, piece, place, faces, texts, out, raised or align in ("super", "sub") or (isinstance(align, int | float) and align != 0))
        elif isinstance(box, boxes.AtomicInlineLevelBox) and not box.is_table_wrapper:
            if any(inner.is_footnote() or inner.footnote for inner in _inside(box)):  # measuring would set the note twice
                raise NotSet
            place += 1
            out.append(ATOM)
            texts.append(piece)
        else:
            raise NotSet
        piece.end = place
    return place


def _inside(box: Any) -> Iterator[Any]:
    for child in getattr(box, "children", ()):
        yield child
        yield from _inside(child)


_STRANGE = re.compile("[\t\r\f\xad\x85\u2028\u2029\u0590-\u08ff\u202a-\u202e]")


def _spacing(style: Any, side: str) -> float:
    """The width of margin, border and padding on one side. Raises NotSet where it depends on other widths."""
    total = style[f"border_{side}_width"]
    for name in ("margin", "padding"):
        value = style[f"{name}_{side}"]
        if value == "auto":
            continue
        if isinstance(value, int | float):
            total += value
        elif getattr(value, "unit", None) is not None and (value.unit == "px" or not value.value):
            total += value.value
        else:
            raise NotSet
    return float(total)


def signature(texts: list[Piece]) -> tuple[tuple[int, str], ...]:
    """What must stay the same for a measured paragraph to be used again."""
    return tuple((id(piece.box), piece.box.text if piece.is_text else "") for piece in texts)
