"""Put the composition room into WeasyPrint and take it out again.

It replaces some functions of the engine, whose versions are therefore pinned: their names, arguments and box attributes are
no public interface.
"""

import sys
from typing import Any

import weasyprint
from weasyprint import css, svg
from weasyprint.layout import background, block, inline, page, preferred, table
from weasyprint.pdf import tags

from publisher.composer.cascade import Cascade, set_page_styles
from publisher.composer.continued_tables import continued
from publisher.composer.drawings import by_run, once
from publisher.composer.grid import snapped
from publisher.composer.lengths import resolve_percentages, resolve_radii_percentages, strut
from publisher.composer.origins import marked
from publisher.composer.page_notes import NoteRoom
from publisher.composer.setting import CompositionRoom
from publisher.typeset_engine import pango_version

KNOWN_WEASYPRINT = ("70.0",)
KNOWN_PANGO = ("1.50.12",)
"""Versions whose pages have been measured; measure again before adding one."""


class UnknownEngine(Exception):
    """The engine is not one the composition room was made for."""

    def __init__(self, engine: str, found: str, wanted: tuple[str, ...]):
        self.engine, self.found, self.wanted = engine, found, wanted
        super().__init__(f"{engine} {found} found, {' or '.join(wanted)} wanted: measure the pages again before adding a version to composer/engine.py")


_replaced: list[tuple[Any, str, Any]] = []
_drawn: dict[str, Any] = {}
"""What the engine drew with before, by element of a drawing."""
_notes: list[NoteRoom] = []


def install() -> None:
    """Make WeasyPrint set Chinese lines by this package. Raises UnknownEngine; does nothing when already done."""
    if _replaced:
        return
    for engine, found, wanted in (("WeasyPrint", weasyprint.__version__, KNOWN_WEASYPRINT), ("Pango", pango_version(), KNOWN_PANGO)):
        if found not in wanted:
            raise UnknownEngine(engine, found, wanted)
    reckoning = [module for name, module in sorted(sys.modules.items()) if name.startswith("weasyprint.layout.") and hasattr(module, "resolve_percentages")]
    room = CompositionRoom()
    tables = continued(table.table_layout)
    notes = NoteRoom(page.block_level_layout, page.make_page)
    _notes.append(notes)
    for module, name, ours in (
        (block, "iter_line_boxes", room.lines),
        (inline, "iter_line_boxes", room.lines),
        (preferred, "inline_min_content_width", room.least_width),
        (inline, "inline_min_content_width", room.least_width),
        (preferred, "inline_max_content_width", room.most_width),
        (table, "table_layout", tables),
        (block, "table_layout", tables),
        (tags, "_build_box_tree", marked(tags._build_box_tree)),
        (block, "block_container_layout", snapped(block.block_container_layout)),
        (page, "block_level_layout", notes.block_level_layout),
        (block, "block_level_layout", notes.block_layout),
        (page, "make_page", notes.make_page),
        (css, "StyleFor", Cascade),
        (page, "set_page_type_computed_styles", set_page_styles),
        *((module, "resolve_percentages", resolve_percentages) for module in reckoning),
        (background, "resolve_radii_percentages", resolve_radii_percentages),
        (inline, "strut", strut),
    ):
        _replaced.append((module, name, getattr(module, name)))
        setattr(module, name, ours)
    ours = {svg.text: by_run(svg.text), svg.path: once(svg.path)}
    _drawn.update({tag: draw for tag, draw in svg.TAGS.items() if draw in ours})
    svg.TAGS.update({tag: ours[draw] for tag, draw in _drawn.items()})
    _replaced.append((svg, "text", svg.text))
    svg.text = ours[svg.text]


def note_room() -> NoteRoom:
    """Return the notes of all documents in work. Raises IndexError where nothing is installed."""
    return _notes[-1]


def uninstall() -> None:
    """Give WeasyPrint its own functions back."""
    _notes.clear()
    svg.TAGS.update(_drawn)
    _drawn.clear()
    while _replaced:
        module, name, original = _replaced.pop()
        setattr(module, name, original)
