"""A drawing: lines, shapes and words put down in points, then written as SVG.

Inks are written as `var(--role)`; the style sheets say what they are, and `render` puts them in, for styles do not reach into
drawings. Words stay text. Nothing is transparent, blended or shaded, no line is thinner than a press can hold, and no word is
anchored but at its start: the engine would draw it apart from the page, where neither tags nor a press find it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from publisher.figures.lettering import CLOSE, FAMILIES, OPEN, Box, shifts, width

INK, SOFT, RULE, SECOND, TINT = (f"var(--{role})" for role in ("ink", "soft", "rule", "second", "tint"))
PAPER = "#fff"
HAIRLINE, THIN, MEDIUM, HEAVY = 0.3, 0.5, 0.8, 1.2
"""Weights of lines in points."""
DOTTED, DASHED = "0.6 1.8", "2.2 1.6"
LABEL, SMALL, TINY = 7.5, 7.0, 6.5
"""Sizes of words in points."""
MEASURE = 409.5
"""Width of the text block in points: 39 characters of 10.5."""

Point = tuple[float, float]


def number(value: float, places: int = 2) -> str:
    """Write a length with at most so many places."""
    return f"{value:.{places}f}".rstrip("0").rstrip(".") if round(value, places) else "0"


def path_of(points: Sequence[Point], closed: bool = False, places: int = 2) -> str:
    """Return the path through points by straight lines."""
    return "M" + "L".join(f"{number(x, places)} {number(y, places)}" for x, y in points) + ("Z" if closed else "")


def curve_of(points: Sequence[Point], closed: bool = False, places: int = 2) -> str:
    """Return a smooth path through points (Catmull and Rom, as cubic arcs)."""
    count = len(points)
    path = f"M{number(points[0][0], places)} {number(points[0][1], places)}"
    for place in range(count if closed else count - 1):
        near = [points[(place + step) % count] if closed else points[min(max(place + step, 0), count - 1)] for step in (-1, 0, 1, 2)]
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = near
        arcs = (x1 + (x2 - x0) / 6, y1 + (y2 - y0) / 6, x2 - (x3 - x1) / 6, y2 - (y3 - y1) / 6, x2, y2)
        path += "C" + " ".join(number(value, places) for value in arcs)
    return path + ("Z" if closed else "")


@dataclass
class Drawing:
    """A sheet that is drawn on; `y` counts from the top."""

    width: float
    height: float
    parts: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def shape(self, path: str, fill: str = "none", ink: str = "none", weight: float = HAIRLINE, dash: str = "", cap: str = "", join: str = "") -> None:
        stroke = f' stroke="{ink}" stroke-width="{number(weight)}"' if ink != "none" else ""
        rest = "".join(f' {name}="{value}"' for name, value in (("stroke-dasharray", dash), ("stroke-linecap", cap), ("stroke-linejoin", join)) if value)
        self.parts.append(f'<path d="{path}" fill="{fill}"{stroke}{rest}/>')

    def line(self, x1: float, y1: float, x2: float, y2: float, ink: str = SOFT, weight: float = HAIRLINE, dash: str = "") -> None:
        self.shape(path_of([(x1, y1), (x2, y2)]), ink=ink, weight=weight, dash=dash)

    def polygon(self, points: Sequence[Point], fill: str = "none", ink: str = "none", weight: float = HAIRLINE, dash: str = "") -> None:
        self.shape(path_of(points, closed=True), fill, ink, weight, dash)

    def box(self, x: float, y: float, across: float, down: float, fill: str = "none", ink: str = "none", weight: float = HAIRLINE, dash: str = "") -> None:
        self.polygon([(x, y), (x + across, y), (x + across, y + down), (x, y + down)], fill, ink, weight, dash)

    def dot(self, x: float, y: float, radius: float, fill: str = SECOND, ink: str = "none", weight: float = THIN) -> None:
        stroke = f' stroke="{ink}" stroke-width="{number(weight)}"' if ink != "none" else ""
        self.parts.append(f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}"{stroke}/>')

    def text(self, x: float, y: float, words: str, size: float = LABEL, at: str = "start", ink: str = INK, bold: bool = False) -> Box:
        """Set words with their baseline at `y`: their start, middle or end at `x`. Return the box they fill."""
        across = width(words, size, bold)
        left = x - {"start": 0.0, "middle": across / 2, "end": across}[at]
        if words[:1] in OPEN and at == "start":
            left -= 0.5 * size
        if words[-1:] in CLOSE and at == "end":
            left += 0.5 * size
        self.letters(left, y, words, size, ink, bold)
        return Box(left, y - 0.82 * size, left + across, y + 0.14 * size)

    def letters(self, x: float, y: float, words: str, size: float, ink: str, bold: bool = False) -> None:
        gaps = shifts(words)
        last = max((place for place, gap in enumerate(gaps) if gap), default=-1)
        spread = f' dx="{" ".join(number(gap * size) for gap in gaps[: last + 1])}"' if last >= 0 else ""
        weight = ' font-weight="700"' if bold else ""
        self.words.append(words)
        self.parts.append(f'<text x="{number(x)}" y="{number(y)}"{spread} font-size="{number(size)}"{weight} fill="{ink}">{escape(words)}</text>')

    def column(self, x: float, y: float, words: str, size: float = LABEL, ink: str = INK) -> None:
        """Set Han words downwards, their first letter centred at `x` with its baseline at `y`."""
        xs = [number(x - width(char, size) / 2) for char in words]
        ys = [number(y + place * size * 1.06) for place in range(len(words))]
        self.words.append(words)
        self.parts.append(f'<text x="{" ".join(xs)}" y="{" ".join(ys)}" font-size="{number(size)}" fill="{ink}">{escape(words)}</text>')

    def paragraph(self, x: float, y: float, lines: Sequence[str], size: float = LABEL, at: str = "start", ink: str = INK, leading: float = 0.0) -> Box:
        """Set lines under one another, the first baseline at `y`."""
        boxes = [self.text(x, y + place * (leading or size * 1.2), line, size, at, ink) for place, line in enumerate(lines)]
        return Box(min(box.x1 for box in boxes), boxes[0].y1, max(box.x2 for box in boxes), boxes[-1].y2)

    def svg(self, alt: str) -> str:
        """Write the drawing; `alt` are the words that stand for it."""
        size = f'width="{number(self.width)}pt" height="{number(self.height)}pt" viewBox="0 0 {number(self.width)} {number(self.height)}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FAMILIES}"><title>{escape(alt)}</title>'
        return head + "\n".join(["", *self.parts, "</svg>"])


@dataclass(frozen=True)
class Drawn:
    """A finished figure: its caption, the words that stand for it, its SVG, its size in points, a note under its caption."""

    kind: str
    caption: str
    alt: str
    svg: str
    width: float
    height: float
    note: str = ""


def finished(kind: str, caption: str, alt: str, drawing: Drawing, note: str = "") -> Drawn:
    return Drawn(kind, caption, alt, drawing.svg(alt), drawing.width, drawing.height, note)
