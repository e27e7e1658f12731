"""Drawings: a line of SVG text is drawn run by run, and a path that was drawn before is not read again.

The engine lays out and draws every letter of a text alone, which takes ten times as long to draw and to read back. Words that are
turned, stretched or placed letter by letter are left to it. The same skeleton stands in the drawings of most cases.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from math import inf
from typing import Any

import pydyf
from weasyprint.css.properties import INITIAL_VALUES
from weasyprint.draw.text import draw_first_line
from weasyprint.matrix import Matrix
from weasyprint.svg.bounding_box import EMPTY_BOUNDING_BOX
from weasyprint.svg.text import Style, TextBox
from weasyprint.svg.utils import PointError, normalize, size
from weasyprint.text.line_break import split_first_line

OTHERWISE = ("rotate", "textLength", "letter-spacing", "dy", "dominant-baseline", "alignment-baseline", "display-anchor", "direction", "text-anchor")
"""Attributes of words that the engine draws."""

NUMBERS = re.compile(r"[-+.,\d\sacehlmqstvzACEHLMQSTVZ]*")
"""A path without units or percentages: it is the same whatever it stands in."""
PATHS = 500
"""How many are known; a drawing has some ten."""


class Pen:
    """What the engine draws a path with, which keeps what was drawn."""

    def __init__(self, path: str):
        self.path = path
        self.stream = pydyf.Stream()
        self.vertices: list[Any] = []

    def get(self, name: str, default: str) -> str:
        return self.path if name == "d" else default

    def point(self, x: str, y: str, font_size: float) -> tuple[float, float]:
        return size(x), size(y)


def once(path: Callable[..., None]) -> Callable[..., None]:
    """Wrap the engine's drawing of SVG paths."""

    @lru_cache(PATHS)
    def drawn(numbers: str) -> Pen:
        pen = Pen(numbers)
        path(pen, pen, 0)
        return pen

    def draw(svg: Any, node: Any, font_size: float) -> None:
        numbers = node.get("d", "")
        try:
            pen = drawn(numbers) if NUMBERS.fullmatch(numbers) else None
        except PointError:  # drawn as far as it goes
            pen = None
        if pen is None:
            path(svg, node, font_size)
        else:
            svg.stream.stream.extend(pen.stream.stream)
            node.vertices.extend(pen.vertices)

    return draw


def by_run(text: Callable[..., None]) -> Callable[..., None]:
    """Wrap the engine's drawing of SVG text."""

    def draw(svg: Any, node: Any, font_size: float) -> None:
        if not is_plain(node):
            text(svg, node, font_size)
            return
        style = style_of(svg, node, font_size)
        x, y = size(node.get("x"), font_size, svg.inner_width), size(node.get("y"), font_size, svg.inner_height)
        svg.stream.push_state()
        fill, stroke = svg.set_graphical_state(node, font_size)
        svg.stream.begin_text()
        for shift, run in runs(node.text, [float(step) for step in normalize(node.get("dx")).split()]):
            layout, _, _, width, _, baseline = split_first_line(run, style, svg.context, inf, 0)
            layout.reactivate(style)
            svg.fill_stroke(fill, stroke, text=True)
            box = TextBox(layout, style)
            box.baseline = baseline
            x += shift
            draw_first_line(svg.stream, box, "none", "none", Matrix(d=-1, e=x, f=y))
            x += width
        svg.stream.end_text()
        svg.stream.pop_state()
        node.text_bounding_box = EMPTY_BOUNDING_BOX

    return draw


def is_plain(node: Any) -> bool:
    """Tell whether words stand on one line from one place on, as a whole."""
    places = [normalize(node.get(name)).split() for name in ("x", "y")]
    whole = node.tag == "text" and bool(node.text) and not len(node._etree_node) and all(len(place) == 1 for place in places)
    return whole and not any(node.get(name) for name in OTHERWISE)


def runs(words: str, shifts: list[float]) -> Iterator[tuple[float, str]]:
    """Part words where a letter is shifted; yield each shift with the letters that follow it."""
    starts = [0, *(place for place, shift in enumerate(shifts[: len(words)]) if place and shift)]
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        yield (shifts[start] if start < len(shifts) else 0.0), words[start:end]


def style_of(svg: Any, node: Any, font_size: float) -> Style:
    """Return the style of words: without kerning and ligatures, for drawings add up the widths of single letters."""
    style = Style()
    style.update(INITIAL_VALUES)
    style.font_config = svg.font_config
    weight = str(node.get("font-weight", "400"))
    style["font_family"] = [name.strip(" \"'") for name in node.get("font-family", "sans-serif").split(",")]
    style["font_style"] = node.get("font-style", "normal")
    style["font_weight"] = int(weight) if weight.isdigit() else 700 if weight == "bold" else 400
    style["font_size"] = font_size
    style["font_kerning"] = "none"
    style["font_variant_ligatures"] = "none"
    return style
