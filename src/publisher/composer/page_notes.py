"""Notes at the foot of the page that first bears their mark, set run in: one after the other in one paragraph.

A document has its notes in a box of the class `page-notes`, each in an inline box of the class `page-note` with an id; marks are
links of the class `note-mark` to them. The box is taken out of the flow before the first page. A page is laid out, its marks
are read off, and it is laid out again over room for their notes until both agree, so that marks may stand anywhere, also in
cells and captions. Room is kept in whole lines, and the text above stays on its grid.

Notes that find no room although they left little to the text go on, line by line, at the foot of the next page.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from math import ceil, inf
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from weasyprint.formatting_structure import boxes

from publisher.composer.grid import pitch_px

AREA, NOTE, MARK = "page-notes", "page-note", "note-mark"
FLOW = "main"
"""The element whose blocks fill the pages."""
MOST_SHARE = 0.7
"""Part of a page that its notes may take from the text."""
LEAST_LINES = 2
"""Where less room is left under the text, no note is begun."""
CLEAR_PX = 7.0
"""What a rule or tint at the end of the text keeps free under it."""
NEAR_PX = 0.5


class Rest(NamedTuple):
    """Notes that stand together in a paragraph, and where in it they go on; None for its beginning."""

    notes: tuple[str, ...]
    skip: Any = None


class Spot(NamedTuple):
    """A mark on a page: the id of its note, and where the line or row ends in which it stands."""

    note: str
    bottom: float


class Kept(NamedTuple):
    """A block as it was laid out, where it begins and where it ends."""

    result: Any
    y: float
    bottom: float


@dataclass
class DocumentNotes:
    """The notes of a document, and which page called which first."""

    area: Any
    """Their box, whose only child is the paragraph of all notes."""
    notes: dict[str, Any]
    called: dict[int, tuple[str, ...]] = field(default_factory=dict)
    kept_px: float = 0.0
    """What the page in making keeps free at its foot."""

    def first_calls(self, page: int, root: Any) -> list[Spot]:
        """Return the marks of a page whose notes no earlier page called, one for each note, in the order of the notes."""
        earlier = {name for number, names in self.called.items() if number < page for name in names}
        first: dict[str, Spot] = {}
        for spot in spots(root):
            if spot.note not in earlier:
                first.setdefault(spot.note, spot)
        return [first[name] for name in self.notes if name in first]

    def paragraph(self, names: tuple[str, ...]) -> Any:
        """Return the paragraph of some notes, parted as they are in the document."""
        block = self.area.children[0]
        line = block.children[0]
        apart = next((child for child in line.children if isinstance(child, boxes.TextBox)), None)
        children: list[Any] = []
        for name in names:
            children += [*([apart] if children and apart else []), self.notes[name]]
        return block.copy_with_children([line.copy_with_children(children)])


class NoteRoom:
    """The notes of every document that is laid out; holds what it replaces in the engine."""

    def __init__(self, block_level_layout: Callable[..., Any], make_page: Callable[..., Any]):
        self.engine_layout = self.engine_block = block_level_layout
        self.engine_page = make_page
        self.documents: WeakKeyDictionary[Any, DocumentNotes | None] = WeakKeyDictionary()
        self.making: PageInMaking | None = None

    def block_level_layout(self, context: Any, box: Any, bottom_space: float, *rest: Any, **named: Any) -> Any:
        """Lay out a child of the page; the root leaves free what is kept for notes."""
        document = self.documents.get(context) if box.is_for_root_element else None
        return self.engine_layout(context, box, bottom_space + (document.kept_px if document else 0.0), *rest, **named)

    def block_layout(self, context: Any, box: Any, bottom_space: float, skip_stack: Any, containing_block: Any, *rest: Any, **named: Any) -> Any:
        """Lay out a block; one that stands on a page just as when this was laid out before is taken from there."""
        making = self.making
        if making is None or skip_stack is not None or containing_block.element_tag != FLOW or named or len(rest) < 4:
            return self.engine_block(context, box, bottom_space, skip_stack, containing_block, *rest, **named)
        page_is_empty, absolute, fixed, margins, *others = rest
        key = (id(box), box.position_x, box.position_y, page_is_empty, tuple(margins), *map(repr, others))
        kept = making.blocks.get(key)
        if kept and not context.overflows_page(bottom_space, kept.bottom) and kept.y == kept.result[0].position_y:
            new, resume, next_page, after, *ends = kept.result
            return new, resume, dict(next_page), list(after), *ends
        floats = (len(absolute), len(fixed), len(context.excluded_shapes or ()), len(context.broken_out_of_flow))
        result = self.engine_block(context, box, bottom_space, skip_stack, containing_block, *rest)
        new, resume, next_page, after, *ends = result
        stays = new is not None and resume is None and new.style["position"] == "static"
        if stays and floats == (len(absolute), len(fixed), len(context.excluded_shapes or ()), len(context.broken_out_of_flow)):
            making.blocks[key] = Kept((new, resume, dict(next_page), list(after), *ends), new.position_y, new.position_y + new.margin_height())
        return result

    def begun(self, context: Any, root: Any) -> DocumentNotes | None:
        """Return the notes of a document, which are taken out of it before its first page; None where it has none."""
        if context not in self.documents:
            self.documents[context] = taken_out(root)
        return self.documents[context]

    def make_page(self, context: Any, root: Any, page_type: Any, resume_at: Any, number: int, state: Any) -> Any:
        """Make a page with its notes, like WeasyPrint's `make_page`."""
        document = self.begun(context, root)
        if document is None:
            return self.engine_page(context, root, page_type, resume_at, number, state)
        self.making = PageInMaking(self, document, context, number)
        try:
            return self.making.made(lambda copy: self.engine_page(context, root, page_type, resume_at, number, copy), state)
        finally:
            self.making = None


class PageInMaking:
    """One page, laid out as often as its notes ask for."""

    def __init__(self, room: NoteRoom, document: DocumentNotes, context: Any, number: int):
        self.room, self.document, self.context, self.number = room, document, context, number
        self.rests: list[Rest] = list(context.reported_footnotes)
        self.broken = context.broken_out_of_flow
        self.pitch = pitch_px(document.area)
        self.heights: dict[tuple[str, ...], float] = {}
        self.blocks: dict[Any, Kept] = {}
        """The blocks that stood whole on it, by what decides how they stand."""

    def made(self, engine_page: Callable[[Any], Any], state: Any) -> Any:
        """Return what the engine's `make_page` returns; `state` are the page's counters, which it changes."""
        lines = 0
        while True:
            self.context.reported_footnotes, self.context.broken_out_of_flow = [], self.broken
            self.document.kept_px = lines * self.pitch
            after = deepcopy(state)
            result = engine_page(after)
            self.document.kept_px = 0.0
            self.page = result[0]
            calls = self.document.first_calls(self.number, self.page.children[0])
            most = int(MOST_SHARE * self.page.height / self.pitch)
            if lines == most or self.foot() + self.height(calls) <= self.context.page_bottom + NEAR_PX:
                break
            lines = self.enough(calls, most) if lines == 0 else min(most, max(lines + 1, self.lines(calls)))
        for part, changed in zip(state, after, strict=True):
            part.clear()
            (part.update if isinstance(part, dict) else part.extend)(changed)
        self.document.called[self.number] = tuple(spot.note for spot in calls)
        self.set_notes(calls)
        return result

    def enough(self, calls: list[Spot], most: int) -> int:
        """Return the fewest lines that hold the notes of what then stands above them, were lines and rows only cut off."""
        for lines in range(1, most):
            edge = self.context.page_bottom - lines * self.pitch + NEAR_PX
            if self.lines([spot for spot in calls if spot.bottom <= edge]) <= lines:
                return lines
        return most

    def lines(self, calls: list[Spot]) -> int:
        return ceil((self.height(calls) - NEAR_PX) / self.pitch)

    def height(self, calls: list[Spot]) -> float:
        """Return the height of the notes of some marks, with those that go on from an earlier page."""
        names = tuple(spot.note for spot in calls)
        if names not in self.heights:
            area, _ = self.area(names, inf) if names or self.rests else (None, None)
            self.heights[names] = area.margin_height() if area else 0.0
        return self.heights[names]

    def foot(self) -> float:
        """Return where the text of the page ends."""
        return max(bottoms(self.page.children[0]), default=self.page.content_box_y())

    def area(self, names: tuple[str, ...], room: float) -> tuple[Any, Any]:
        """Lay out notes in a room at the foot of the page; return their box, and where in it they go on if not all are in."""
        groups = [*self.rests, *([Rest(names)] if names else [])]
        box = self.document.area.copy_with_children([self.document.paragraph(group.notes) for group in groups])
        box.position_x, box.position_y = self.page.content_box_x(), self.context.page_bottom - (0 if room == inf else room)
        skip = {0: groups[0].skip} if groups[0].skip else None
        self.context.create_block_formatting_context()
        area, resume, *_ = self.room.engine_layout(self.context, box, -inf if room == inf else 0, skip, self.page, True, [], [])
        self.context.finish_block_formatting_context()
        return area, resume

    def set_notes(self, calls: list[Spot]) -> None:
        """Put the notes at the foot of the page and leave to the next what finds no room."""
        names = tuple(spot.note for spot in calls)
        if not names and not self.rests:
            return
        room = self.context.page_bottom - self.foot()
        groups = [*self.rests, *([Rest(names)] if names else [])]
        if self.height(calls) <= room + NEAR_PX:
            area, rests = self.area(names, inf)[0], []
        elif room < LEAST_LINES * self.pitch:
            area, rests = None, groups
        else:
            area, resume = self.area(names, room)
            ((index, skip),) = resume.items()
            rests = [Rest(groups[index].notes, skip), *groups[index + 1 :]]
        if area:
            area.translate(dy=self.context.page_bottom - area.position_y - area.margin_height())
            self.page.children[1] = area
        self.context.reported_footnotes = rests


def taken_out(root: Any) -> DocumentNotes | None:
    """Take the box of notes out of a document; None where it has none."""
    for parent in descendants(root):
        for index, child in enumerate(parent.children):
            if has_class(child, AREA):
                parent.children = [*parent.children[:index], *parent.children[index + 1 :]]
                notes = {inner.element.get("id"): inner for inner in descendants(child) if has_class(inner, NOTE)}
                return DocumentNotes(child, notes)
    return None


def spots(box: Any, row: Any = None, line: Any = None) -> Iterator[Spot]:
    """Yield the marks in a box in reading order."""
    row = box if isinstance(box, boxes.TableRowBox) else row
    line = box if isinstance(box, boxes.LineBox) else line
    if has_class(box, MARK):
        holder = row or line
        yield Spot(box.element.get("href", "")[1:], holder.position_y + holder.height)
        return
    for child in getattr(box, "children", ()):
        yield from spots(child, row, line)


def bottoms(box: Any) -> Iterator[float]:
    """Yield where lines, cells and painted boxes end."""
    for child in descendants(box):
        if isinstance(child, boxes.LineBox):
            yield child.position_y + child.height
        elif isinstance(child, boxes.BlockBox | boxes.TableCellBox) and is_painted(child):
            yield child.position_y + child.margin_top + child.border_height() + CLEAR_PX


def is_painted(box: Any) -> bool:
    return bool(box.border_height() > box.padding_height() or box.style["background_color"].alpha)


def descendants(box: Any) -> Iterator[Any]:
    """Yield a box and every box in it that has children."""
    yield box
    for child in getattr(box, "children", ()):
        if isinstance(child, boxes.ParentBox):
            yield from descendants(child)


def has_class(box: Any, name: str) -> bool:
    return box.element is not None and box.element_tag == box.element.tag and name in (box.element.get("class") or "").split()
