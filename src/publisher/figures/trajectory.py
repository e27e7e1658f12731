"""Rows of values over one axis of time: names at the left, a line through points that bear their figures as written, times below.

What is not a figure (正常) is printed at its time and joined to nothing. A line is broken where its points do not stand to scale.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from publisher.figures.axis import Axis, Scale, Span, repeats
from publisher.figures.drawing import (
    DASHED,
    DOTTED,
    HAIRLINE,
    INK,
    LABEL,
    MEASURE,
    MEDIUM,
    PAPER,
    RULE,
    SECOND,
    SMALL,
    SOFT,
    THIN,
    TINT,
    TINY,
    Drawing,
)
from publisher.figures.lettering import Box, balanced, spread, width, wrapped
from publisher.written import Moment, Reading

GUTTER = 66.0
APART = 5.0
"""Between two moments under the axis."""
FOOT = 3.0
"""Below the zero of a row."""


@dataclass(frozen=True)
class Frame:
    """Where rows stand across a drawing: their names from `start`, their axis from `left` to `right`."""

    start: float = 0.0
    left: float = GUTTER + 8.0
    right: float = MEASURE - 2.0
    above: bool = False
    """Names stand over their rows, not beside them."""


WIDE = Frame()
Height = Callable[[float], float]
"""Gives the place of a value on the drawing."""


@dataclass(frozen=True)
class Point:
    at: Moment
    value: Reading
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True)
class Band:
    """A range of reference as the source prints it."""

    words: str
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Row:
    """One quantity: its name and unit, its points in the order of the source."""

    name: str
    unit: str
    points: tuple[Point, ...]
    ends: tuple[Decimal, Decimal] | None = None
    """The ends of its scale, where it has a scale."""
    band: Band | None = None

    @property
    def figures(self) -> list[Point]:
        return [point for point in self.points if point.low is not None]

    @property
    def moments(self) -> list[Moment]:
        return [point.at for point in self.points]


@dataclass
class Labels:
    """What already stands in a drawing, so that the next label finds room."""

    boxes: list[Box] = field(default_factory=list)
    lines: list[tuple[float, float, float, float]] = field(default_factory=list)

    def is_free(self, box: Box) -> bool:
        return not any(box.meets(other, 0.6) for other in self.boxes) and not any(box.crossed_by(*line) for line in self.lines)


def box_at(x: float, y: float, words: str, size: float) -> Box:
    """Return the box of words whose baseline begins at a place."""
    return Box(x, y - 0.78 * size, x + width(words, size), y + 0.1 * size)


def trajectory(drawing: Drawing, axis: Axis, row: Row, top: float, height: float, frame: Frame = WIDE, last: bool = False) -> None:
    """Draw a row between `top` and `top + height`; the axis is the foot of the last one."""
    foot, head = top + height - FOOT, top + (21.0 if frame.above else 11.0)
    numbers = [float(end) for point in row.figures for end in (point.low, point.high)]
    numbers += [float(row.band.low), float(row.band.high)] if row.band else []
    low, high = (float(end) for end in row.ends) if row.ends else (0.0, max(numbers))

    def y(value: float) -> float:
        return foot - (foot - head) * ((value - low) / (high - low) if high > low else 0.5)

    labels = Labels()
    if row.band:
        reference(drawing, row.band, y(float(row.band.high)), y(float(row.band.low)), labels, frame)
    name(drawing, row, top, height, frame)
    scale(drawing, row, head, foot, frame, last)
    spans = axis.spans(row.moments)
    joined(drawing, axis, row, spans, y, labels)
    for point, span in zip(row.points, spans, strict=True):
        if span and point.low is not None:
            marked(drawing, point, span, y)
            labels.boxes.append(Box(span.x - 2.2, y(float(point.high)) - 2.2, span.x + 2.2, y(float(point.low)) + 2.2))
    for point, span in zip(row.points, spans, strict=True):
        if span and point.low is not None:
            valued(drawing, point, span, y, labels, top + (10 if frame.above else 0), frame)
        elif span:
            words(drawing, point, span, (head + foot) / 2 + 2.6, labels, frame)


def name(drawing: Drawing, row: Row, top: float, height: float, frame: Frame) -> None:
    """Print the name of a row and its unit under it, at the middle of the row's height; or both in one line above it."""
    if frame.above:
        end = drawing.text(frame.start, top + LABEL, row.name, LABEL).x2
        if row.unit:
            drawing.text(end + 3, top + LABEL, row.unit, SMALL, ink=SOFT)
        return
    lines = wrapped(row.name, GUTTER - 2, LABEL)
    leading = LABEL * 1.2
    down = leading * len(lines) + (SMALL * 1.15 if row.unit else 0)
    start = top + (height - down) / 2 + LABEL
    drawing.paragraph(frame.start, start, lines, LABEL)
    if row.unit:
        drawing.text(frame.start, start + leading * (len(lines) - 1) + SMALL * 1.25, row.unit, SMALL, ink=SOFT)


def scale(drawing: Drawing, row: Row, head: float, foot: float, frame: Frame, last: bool) -> None:
    """Draw the foot of the row, where its scale begins, and the ends of a scale that has ends."""
    if not last:
        drawing.line(frame.left - 2, foot, frame.right, foot, SOFT, HAIRLINE, DOTTED)
    ends = [(foot, "0")] if not row.ends else [(foot, str(row.ends[0])), (head, str(row.ends[1]))]
    for place, end in ends:
        drawing.text(frame.left - 4, place + 2.2, end, TINY, "end", SOFT)
    if row.ends:
        drawing.line(frame.left - 2, head, frame.left + 2, head, SOFT, HAIRLINE)


def reference(drawing: Drawing, band: Band, top: float, foot: float, labels: Labels, frame: Frame) -> None:
    drawing.box(frame.left - 2, top, frame.right - frame.left + 2, foot - top, fill=TINT)
    drawing.line(frame.left - 2, top, frame.right, top, SOFT, HAIRLINE, DASHED)
    if band.low:
        drawing.line(frame.left - 2, foot, frame.right, foot, SOFT, HAIRLINE, DASHED)
    labels.boxes.append(drawing.text(frame.right, min(foot - 2, top + 8), f"参考范围{band.words}", TINY, "end", SOFT))


def joined(drawing: Drawing, axis: Axis, row: Row, spans: Sequence[Span | None], y: Height, labels: Labels) -> None:
    """Join neighbouring figures: a full line where both stand to one scale, a broken one where the distance is not known."""
    known = [(span, point) for span, point in zip(spans, row.points, strict=True) if span and point.low is not None]
    for (left, before), (right, after) in pairwise(known):
        ends = (left.x, y(middle(before)), right.x, y(middle(after)))
        labels.lines.append(ends)
        full = left.timed and right.timed and same_stretch(axis, left, right)
        drawing.line(*ends, ink=SECOND, weight=MEDIUM if full else THIN, dash="" if full else DASHED)


def same_stretch(axis: Axis, left: Span, right: Span) -> bool:
    return any(stretch.x1 - 0.01 <= left.x and right.x <= stretch.x2 + 0.01 for stretch in axis.stretches)


def middle(point: Point) -> float:
    return float(point.low + point.high) / 2


def marked(drawing: Drawing, point: Point, span: Span, y: Height) -> None:
    """Draw a point: a dot, hollow for a bound or an approximate figure; a bar from end to end of a range."""
    if point.low != point.high:
        drawing.line(span.x, y(float(point.low)), span.x, y(float(point.high)), SECOND, 2.4)
        return
    exact = str(point.value)[:1].isdigit()
    drawing.dot(span.x, y(float(point.low)), 1.9, SECOND if exact else PAPER, "none" if exact else SECOND, MEDIUM)


def valued(drawing: Drawing, point: Point, span: Span, y: Height, labels: Labels, top: float, frame: Frame) -> None:
    """Print a point's figure where it has room: above, beside or below it."""
    text, upper, lower = str(point.value), y(float(point.high)), y(float(point.low))
    across = width(text, LABEL)
    places = [
        (span.x - across / 2, upper - 3.6), (span.x + 3.6, upper - 2.4), (span.x - across - 3.6, upper - 2.4), (span.x + 4, (upper + lower) / 2 + 2.6),
        (span.x - across / 2, lower + 8.6), (span.x - across - 4, (upper + lower) / 2 + 2.6),
    ]  # fmt: skip
    fitting = [(min(max(x, frame.left + 4), frame.right - across), baseline) for x, baseline in places if baseline - 0.78 * LABEL >= top - 1.5]
    x, baseline = next((place for place in fitting if labels.is_free(box_at(*place, text, LABEL))), fitting[0] if fitting else places[0])
    labels.boxes.append(box_at(x, baseline, text, LABEL))
    drawing.letters(x, baseline, text, LABEL, INK)


def words(drawing: Drawing, point: Point, span: Span, baseline: float, labels: Labels, frame: Frame) -> None:
    """Print what is no figure at its time."""
    text = str(point.value)
    x = min(max(span.x - width(text, LABEL) / 2, frame.left), frame.right - width(text, LABEL))
    labels.boxes.append(box_at(x, baseline, text, LABEL))
    drawing.letters(x, baseline, text, LABEL, SOFT)


def times(drawing: Drawing, axis: Axis, rows: Sequence[Sequence[Moment]], top: float) -> float:
    """Draw the axis at `top` with its moments as written; return how far down they reach."""
    line(drawing, axis, top)
    places: dict[tuple[str, int], Span] = {}
    for row in rows:
        for moment, repeat in repeats(row):
            span = axis.span(moment, repeat)
            if span:
                places.setdefault((str(moment), repeat if not span.timed else 0), span)
    return moments(drawing, axis, [(span, words) for (words, _), span in places.items()], top)


def line(drawing: Drawing, axis: Axis, y: float) -> None:
    """Draw the axis: full where it is to scale, dotted where only the order is known, with a break between two scales."""
    if axis.scale is Scale.ORDINAL:
        drawing.line(axis.left - 2, y, axis.right, y, RULE, THIN, DOTTED)
        return
    first, last = axis.stretches[0], axis.stretches[-1]
    start, end = (axis.left - 2 if not axis.before else first.x1 - 6), (axis.right if len(axis.before) == len(axis.slots) else last.x2 + 6)
    for left, right in pairwise(axis.stretches):
        gap = (left.x2 + right.x1) / 2
        drawing.line(start, y, gap - 2, y, RULE, THIN)
        for side in (-2, 2):
            drawing.line(gap + side - 1.4, y + 2.6, gap + side + 1.4, y - 2.6, RULE, THIN)
        start = gap + 2
    drawing.line(start, y, end, y, RULE, THIN)
    for left, right in ((axis.left - 2, first.x1 - 6), (last.x2 + 6, axis.right)):
        if right - left > 12 and axis.slots:
            drawing.line(left, y, right, y, RULE, THIN, DOTTED)


def moments(drawing: Drawing, axis: Axis, places: list[tuple[Span, str]], top: float) -> float:
    """Print moments under the axis, moved apart where they would touch; return how far down they reach."""
    ordered = sorted(places, key=lambda place: place[0].x)
    low, high = axis.left - 10, max(axis.right, MEASURE if axis.right > MEASURE - 40 else axis.right)
    for measure in (80.0, 56.0, 42.0, 34.0):
        lines = [balanced(words, measure, SMALL) for _, words in ordered]
        widths = [max(width(text, SMALL) for text in one) for one in lines]
        if sum(widths) + APART * len(widths) <= high - low:
            break
    centres = spread([span.x for span, _ in ordered], widths, low, high, APART)
    moved = any(abs(centre - span.x) > 2 for centre, (span, _) in zip(centres, ordered, strict=True))
    down = top + (7.0 if moved else 3.0)
    for centre, (span, _), one in zip(centres, ordered, lines, strict=True):
        if span.x2 - span.x1 > 2:
            drawing.box(span.x1, top - 1.2, span.x2 - span.x1, 2.4, PAPER, SOFT)
        drawing.line(span.x, top, span.x, top + 2.4, SOFT, HAIRLINE)
        if moved:
            drawing.line(span.x, top + 2.4, centre, down, SOFT, HAIRLINE)
        drawing.paragraph(centre, down + SMALL * 0.95, one, SMALL, "middle", SOFT, SMALL * 1.15)
    return down + SMALL * 1.15 * max(map(len, lines), default=0) + 2.5
