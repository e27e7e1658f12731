"""Make WeasyPrint's boxes for a chosen line: what `layout/inline.py` does by trial, done from a known start and end.

Every text box takes its height from the strut of its style, not from the fonts that happen to stand in the line, so that
lines keep one pitch (CSS 2.1 10.6.1 leaves the content area to us).
"""

from dataclasses import dataclass, field
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline

from publisher.composer.face import SetText
from publisher.composer.lengths import resolve_percentages, strut
from publisher.composer.paragraph import Paragraph, Piece


@dataclass
class Slice:
    """The part of a paragraph that stands on one line, and how its characters are spaced."""

    box: Any
    """The line box that holds the whole paragraph."""
    paragraph: Paragraph
    since: int
    """Where the line before ended; empty inline boxes from here on belong to this line."""
    start: int
    end: int
    stop: int
    gains: dict[int, float]
    keep_end: bool
    available: float

    def moves(self, piece: Piece, start: int, end: int) -> tuple[float, dict[int, tuple[int, int]]]:
        """Return the width of a piece's characters on this line, and how drawing must move them."""
        assert piece.face
        paragraph, size = self.paragraph, piece.face.size
        advances = piece.face.advances(piece.box.text)
        width = sum(advances[start - piece.start : end - piece.start])
        moves: dict[int, tuple[int, int]] = {}
        byte = 0
        owner, owner_byte = start, 0
        for place in range(start, end):
            head = -paragraph.start_cut[place] if place == self.start else paragraph.head[place]
            tail = paragraph.tail[place] + self.gains.get(place, 0.0)
            if place == self.end - 1:
                tail = 0.0 if self.keep_end else -paragraph.end_cut[place]
            if advances[place - piece.start]:
                owner, owner_byte = place, byte
            if head or tail:
                width += head + tail
                wider, aside = moves.get(owner_byte, (0, 0)) if owner != place else (0, 0)
                moves[owner_byte] = (wider + round((head + tail) * 1000 / size), aside + round(head * 1000 / size))
            byte += len(paragraph.text[place].encode())
        return width, moves


@dataclass
class Surroundings:
    """What making a line needs of the layout around it, and what it adds to it."""

    context: Any
    containing_block: Any
    bottom_space: float
    absolute: list[Any] = field(default_factory=list)
    fixed: list[Any] = field(default_factory=list)
    placeholders: list[Any] = field(default_factory=list)


def line_box(part: Slice, around: Surroundings, position_x: float, indent: float) -> Any:
    """Return the line box of a slice, its children in place from `position_x` on."""
    root = part.paragraph.root
    children, edge = _children(root, part.box, part, around, position_x + indent)
    line = part.box.copy_with_children(children)
    line.remove_decoration(start=part.since > 0, end=part.stop < root.end)
    line.position_x = position_x
    line.width = edge - line.content_box_x()
    inline._adjust_line_height(line)
    return line


def _children(parent: Piece, parent_box: Any, part: Slice, around: Surroundings, x: float) -> tuple[list[Any], float]:
    """Make the boxes of what stands on the line inside a parent, from x on; return them and where they end."""
    out: list[Any] = []
    for index, piece in enumerate(parent.children):
        if not _belongs(piece, parent, part):
            continue
        piece.box.position_y = parent_box.position_y
        if not piece.box.is_in_normal_flow():
            out += _out_of_flow(piece, index, parent_box, around, x)
            continue
        if isinstance(piece.box, boxes.TextBox):
            made = _text(piece, part, around, x)
        elif isinstance(piece.box, boxes.InlineBox):
            made = _inline(piece, part, around, x)
        else:
            made = atom(piece.box, around, x)
        if made is not None:
            out.append(made)
            x = made.position_x + made.margin_width()
    return out, x


def _belongs(piece: Piece, parent: Piece, part: Slice) -> bool:
    """Say whether a piece has something on the line; an empty one goes with what follows it inside its parent."""
    if piece.start < piece.end:
        return piece.start < part.stop and piece.end > part.since
    return part.since <= piece.start < part.stop or piece.start == parent.end <= part.stop


def _text(piece: Piece, part: Slice, around: Surroundings, x: float) -> Any:
    start, end = max(piece.start, part.start), min(piece.end, part.end)
    if start >= end:
        return None
    if not hasattr(piece.box, "padding_left"):  # a text box has none of its own, but is asked for them
        resolve_percentages(piece.box, around.containing_block)
    box = piece.box.copy_with_text(part.paragraph.text[start:end])
    width, moves = part.moves(piece, start, end)
    box.position_x, box.width = x, width
    box.pango_layout = SetText(box.text, box.style, part.available, moves)
    line_height, baseline = strut(box.style)
    box.height = box.style["font_size"]
    box.margin_top = box.margin_bottom = (line_height - box.height) / 2
    box.baseline = _shared_baseline(part, line_height, baseline)
    return box


def _shared_baseline(part: Slice, line_height: float, baseline: float) -> float:
    """Give text with the line's own line height the line's own half-leading, so that a second font adds no height."""
    own_height, own_baseline = strut(part.box.style)
    return own_baseline if abs(own_height - line_height) < 0.01 else baseline


def _inline(piece: Piece, part: Slice, around: Surroundings, x: float) -> Any:
    box = piece.box
    resolve_percentages(box, around.containing_block)
    for side in ("margin_left", "margin_right"):
        if getattr(box, side) == "auto":
            setattr(box, side, 0)
    begins, ends = piece.start >= part.since, piece.end <= part.stop
    clone = box.style["box_decoration_break"] == "clone"
    left = box.padding_left + box.margin_left + box.border_left_width if begins or clone else 0.0
    children, edge = _children(piece, box, part, around, x + left)
    made = box.copy_with_children(children)
    made.remove_decoration(start=not begins, end=not ends)
    made.position_x = x
    made.width = edge - made.content_box_x() if children else 0
    inline._adjust_line_height(made)
    made.baseline = _shared_baseline(part, made.margin_height(), made.baseline)
    return made


def atom(box: Any, around: Surroundings, x: float) -> Any:
    """Lay out an image or an inline block."""
    resolve_percentages(box, around.containing_block)
    made = inline.atomic_box(around.context, box, x, None, around.containing_block, around.absolute, around.fixed)
    made.position_x = x
    return made


def _out_of_flow(piece: Piece, index: int, parent_box: Any, around: Surroundings, x: float) -> list[Any]:
    """Leave markers and positioned boxes where the line has come to, and tell the page of running elements."""
    waiting: list[Any] = []
    inline._out_of_flow_layout(
        around.context, parent_box, around.containing_block, index, piece.box, [], [], waiting, [],
        around.absolute, around.fixed, around.placeholders, {"left": 0, "right": 0}, x, x, around.bottom_space,
    )  # fmt: skip
    return [placeholder for _, placeholder, _ in waiting]


def resume_at(root: Piece, place: int) -> dict[int, Any]:
    """Say in WeasyPrint's way (child numbers, then a byte in the text) where the next line goes on."""
    for index, piece in enumerate(root.children):
        if piece.start == place and (piece.end > place or piece.start == piece.end):
            return {index: None}
        if piece.start < place < piece.end:
            if piece.is_text:
                return {index: {len(piece.box.text[: place - piece.start].encode()): None}}
            return {index: resume_at(piece, place)}
    raise ValueError(f"no line can go on at {place}")


def place_of(root: Piece, skip_stack: dict[int, Any] | None) -> int:
    """Return the place that a `resume_at` means."""
    piece = root
    while skip_stack is not None:
        ((index, skip_stack),) = skip_stack.items()
        if piece.is_text:
            return piece.start + len(piece.box.text.encode()[:index].decode())
        piece = piece.children[index]
    return piece.start
