"""Used lengths of a box. Most are the same whatever the box stands in: those are read from its style once, and not for every box.

A style is not changed any more once boxes are laid out.
"""

from math import inf
from typing import Any, NamedTuple

from weasyprint.formatting_structure import boxes
from weasyprint.layout import percent
from weasyprint.text import line_break

ACROSS = ("margin_left", "margin_right", "padding_left", "padding_right", "width", "min_width", "max_width")
UPRIGHT = ("margin_top", "margin_bottom", "padding_top", "padding_bottom")
HEIGHTS = ("height", "min_height", "max_height")
BORDERS = ("border_top_width", "border_right_width", "border_bottom_width", "border_left_width")
RADII = ("border_top_left_radius", "border_top_right_radius", "border_bottom_right_radius", "border_bottom_left_radius")


class Lengths(NamedTuple):
    """The lengths of a style: those that are fixed, by attribute of a box, and the names of those that are shares of something."""

    fixed: dict[str, Any]
    across: tuple[str, ...]
    upright: tuple[str, ...]
    heights: tuple[str, ...]
    borders: dict[str, Any]
    collapses: bool
    shrinks: bool
    """Whether borders or padding are part of the width."""


def lengths(style: Any) -> Lengths:
    """Read the lengths of a style, once."""
    try:
        return style.lengths
    except AttributeError:
        pass
    fixed: dict[str, Any] = {}
    for name in (*ACROSS, *UPRIGHT, *HEIGHTS):
        value = style[name]
        if value is None or value == "auto":
            fixed[name] = 0 if value == "auto" and name in ("min_width", "min_height") else value
        elif getattr(value, "unit", "%") != "%":
            fixed[name] = value.value
    style.lengths = Lengths(
        fixed,
        *(tuple(name for name in names if name not in fixed) for names in (ACROSS, UPRIGHT, HEIGHTS)),
        {name: style[name] for name in BORDERS},
        style["border_collapse"] == "collapse",
        style["box_sizing"] != "content-box",
    )
    return style.lengths


def strut(style: Any) -> tuple[float, float]:
    """Return the height of a line in a style, and how far below its top the baseline is, like WeasyPrint's function of this name."""
    try:
        return style.strut
    except AttributeError:
        style.strut = line_break.strut(style)
        return style.strut


def resolve_percentages(box: Any, containing_block: Any) -> None:
    """Set used lengths as attributes of a box, like WeasyPrint's function of this name."""
    if isinstance(containing_block, boxes.Box):
        width, height = containing_block.width, containing_block.height
    else:
        width, height = containing_block
    found = lengths(box.style)
    box.__dict__.update(found.fixed)
    for name in found.across:
        percent.resolve_one_percentage(box, name, width)
    for name in found.upright:
        percent.resolve_one_percentage(box, name, height if isinstance(box, boxes.PageBox) else width)
    for name in found.heights:
        if height != "auto":
            percent.resolve_one_percentage(box, name, height)
        elif name == "height":
            box.height = "auto"
        else:
            percent.resolve_one_percentage(box, name, 0 if name == "min_height" else inf)
    for name, value in found.borders.items():
        if not (found.collapses and hasattr(box, name)):
            setattr(box, name, value)
    if found.shrinks:
        percent.adjust_box_sizing(box, "width")
        percent.adjust_box_sizing(box, "height")


def resolve_radii_percentages(box: Any) -> None:
    """Set the radii of the corners of a box, like WeasyPrint's function of this name; hardly any has round ones."""
    style = box.style
    try:
        is_square = style.is_square
    except AttributeError:
        is_square = style.is_square = all((0, "px") in style[name] for name in RADII)
    if not is_square:
        percent.resolve_radii_percentages(box)
        return
    for name in RADII:
        setattr(box, name, (0, 0))  # it may stand for another box
