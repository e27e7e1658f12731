"""Lay a section out again where only a part of it has changed: the pages before that part stay as they are, and those after it
from the page on that begins just as it did before.

A page begins at a place in the tree of boxes, with a side, counters, and notes left over from the page before. All of these are
compared, and the blocks of the section one by one; what is not certainly the same is laid out.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from weasyprint.css.counters import CounterStyle
from weasyprint.document import DEFAULT_OPTIONS, Document
from weasyprint.formatting_structure.build import build_formatting_structure
from weasyprint.layout import initialize_page_maker
from weasyprint.layout.background import layout_backgrounds
from weasyprint.layout.page import make_margin_boxes, remake_page

from publisher.composer import engine
from publisher.composer.page_notes import DocumentNotes

NEAR = 3
"""Blocks before a changed one that it may move: a heading keeps with what follows."""
START, NEXT, SIDE, STATE, REMAKE = range(5)
"""The parts of what the engine knows of the beginning of a page."""


class Unsettled(Exception):
    """A page shows a counter that only a later page settles; the engine's own loop is needed."""


@dataclass
class Laid:
    """A section as it was laid out: its page boxes and what each of them began with."""

    html: Any
    context: Any
    blocks: list[Any]
    """The boxes of its blocks."""
    pages: list[Any] = field(default_factory=list)
    rests: list[list[Any]] = field(default_factory=list)
    """The notes left over to each page."""
    floating: list[bool] = field(default_factory=list)
    """Whether something that floats goes on on each page."""
    kept_before: int = 0
    """Pages taken over from the layout before, from the first on …"""
    kept_after: int = 0
    """… and up to the last."""
    lines: dict[Any, int] = field(default_factory=dict)
    """The printed line that each element belongs to."""

    @property
    def starts(self) -> list[Any]:
        return self.context.page_maker

    @property
    def notes(self) -> DocumentNotes | None:
        return engine.note_room().documents.get(self.context)


def lay(html: Any, styles: list[Any], fonts: Any, before: Laid | None = None, first: int = 1) -> Laid:
    """Lay a section out whose pages are numbered from `first`; `before` is how it was laid out before with the same number.

    Raises Unsettled.
    """
    engine.install()  # another user of this process may have taken it out
    context = Document._build_layout_context(html, fonts, CounterStyle(), {}, DEFAULT_OPTIONS | {"stylesheets": styles})
    root = build_formatting_structure(
        html.etree_element, context.style_for, context.get_image_from_uri, html.base_url, context.target_collector, context.counter_style, context.footnotes
    )
    initialize_page_maker(context, root)
    context.rendered_notes = []
    notes = engine.note_room().begun(context, root)
    laid = Laid(html, context, blocks(root))
    change = Change(before, laid) if before else None
    if change and change.start:
        take_over(before, laid, change.start, notes)
    last = False
    while not last:
        index = len(laid.pages)
        if change and index > laid.kept_before and change.ends_before(index):
            laid.kept_after = len(before.pages) - index
            break
        laid.rests.append(list(context.reported_footnotes))
        laid.floating.append(bool(context.broken_out_of_flow))
        laid.starts[index][REMAKE]["content_changed"] = False
        page, resume = remake_page(index, context, root, html)
        laid.pages.append(page)
        last = resume is None and not context.reported_footnotes
    context.broken_out_of_flow.clear()
    if any(start[REMAKE]["pages_wanted"] or start[REMAKE]["content_changed"] for start in laid.starts[:-1]):
        raise Unsettled
    furnish(laid, first)
    if change and laid.kept_after:
        finish(laid, change)
    return laid


def unchanged(before: Laid, after: Laid) -> Iterator[tuple[Any, Any]]:
    """Yield the elements that are the same in both, block by block and note by note."""
    change = Change(before, after)
    old, new = before.blocks, after.blocks
    pairs = [*zip(old[: change.first], new, strict=False), *zip(reversed(old), reversed(new[len(new) - change.after_it :]), strict=False)]
    if before.notes and after.notes:
        pairs += [(box, after.notes.notes[name]) for name, box in before.notes.notes.items() if name not in (change.notes or ()) and name in after.notes.notes]
    for one, other in pairs:
        yield from zip(one.element.iter(), other.element.iter(), strict=True)


def blocks(root: Any) -> list[Any]:
    """Return the boxes in the only child of the body."""
    inner = root.children[0].children if root.children else []
    return list(inner[0].children) if len(inner) == 1 else []


def take_over(before: Laid, laid: Laid, count: int, notes: DocumentNotes | None) -> None:
    """Take over the first pages, and what the next one begins with."""
    laid.kept_before = count
    laid.pages, laid.rests, laid.floating = before.pages[:count], before.rests[:count], before.floating[:count]
    laid.context.page_maker = [*before.starts[:count], deepcopy(before.starts[count])]
    laid.context.reported_footnotes = list(before.rests[count])
    size = laid.context.style_for.initial_page_sizes
    size.update(before.context.style_for.initial_page_sizes)
    for name, pages in before.context.string_set.items():
        for number, texts in pages.items():
            if number <= count:
                laid.context.string_set[name][number] = texts
    if notes:
        notes.called = {number: names for number, names in before.notes.called.items() if number <= count}


def furnish(laid: Laid, first: int) -> None:
    """Give the new pages their running heads, numbers and backgrounds, as the engine does when all pages are made."""
    context = laid.context
    fresh = list(enumerate(laid.pages))[laid.kept_before :]
    for index, page in fresh:
        for child in page.descendants():
            for name, text in child.string_set if child.string_set and child.string_set != "none" else ():
                context.string_set[name][index + 1].append(text)
    for index, page in fresh:
        context.current_page = index + 1
        state = deepcopy(context.page_maker[index + 1][STATE])
        if "page" in state[1]:
            state[1]["page"][-1] += first - 1
        body, *feet = page.children
        page.children = (body, *(foot for foot in feet if foot.children), *make_margin_boxes(context, page, state))
        layout_backgrounds(page, context.get_image_from_uri)


def finish(laid: Laid, change: "Change") -> None:
    """Take over the last pages, with the places at which they begin."""
    before, index = change.before, len(laid.pages)
    laid.pages += before.pages[index:]
    laid.rests += before.rests[index:]
    laid.floating += before.floating[index:]
    laid.context.page_maker = [
        *laid.starts[: index + 1],
        *((moved(start[START], change.gain), *start[NEXT:]) for start in before.starts[index + 1 :]),
    ]
    for name, pages in before.context.string_set.items():
        for number, texts in pages.items():
            if number > index:
                laid.context.string_set[name][number] = texts
    if laid.notes:
        laid.notes.called |= {number: names for number, names in before.notes.called.items() if number > index}


class Change:
    """What differs between a section as it was laid out and as it is now, and which pages that leaves alone."""

    def __init__(self, before: Laid, after: Laid):
        self.before, self.after = before, after
        old, new = before.blocks, after.blocks
        self.gain = len(new) - len(old)
        shorter = min(len(old), len(new))
        self.first = next((index for index in range(shorter) if not same_block(old[index], new[index])), shorter)
        most = shorter - self.first
        self.after_it = next((count for count in range(most) if not same_block(old[-1 - count], new[-1 - count])), most)
        """Blocks at the end that are the same."""
        self.notes = changed_notes(before.notes, after.notes)
        self.start = self.first_page() if old and new and same_frame(before.html, after.html) else 0

    def first_page(self) -> int:
        """Return how many pages from the first on are as they were."""
        if self.notes is None:
            return 0
        count = 0
        for index in range(len(self.before.pages) - 1):
            ends = place(self.before.starts[index + 1][START])
            called = set(self.before.notes.called.get(index + 1, ())) if self.before.notes else set()
            if ends is None or ends >= self.first - NEAR or called & self.notes or self.before.floating[index + 1]:
                break
            count = index + 1
        return count if count and not self.names_of(count) & self.notes else 0

    def names_of(self, index: int) -> set[str]:
        """Return the notes left over to a page."""
        return {name for rest in self.before.rests[index] for name in rest.notes}

    def ends_before(self, index: int) -> bool:
        """Tell whether the page of this index begins as it did, and nothing on it or after it has changed."""
        before, after = self.before, self.after
        if self.notes is None or index >= len(before.pages) or not same_frame(before.html, after.html):
            return False
        old, new = before.starts[index], after.starts[index]
        begins = place(new[START])
        if begins is None or begins <= len(after.blocks) - self.after_it or before.floating[index] or after.context.broken_out_of_flow:
            return False
        if moved(old[START], self.gain) != new[START] or old[NEXT] != new[NEXT] or old[SIDE] != new[SIDE] or counters(old) != counters(new):
            return False
        if before.rests[index] != after.context.reported_footnotes or self.names_of(index) & self.notes:
            return False
        if not before.notes:
            return True
        later = {name for number, names in before.notes.called.items() if number > index for name in names}
        return not later & self.notes and earlier(before.notes, index) == earlier(after.notes, index)


def earlier(notes: DocumentNotes, index: int) -> set[str]:
    return {name for number, names in notes.called.items() if number <= index for name in names}


def counters(start: Any) -> Any:
    depth, values, scopes, groups = start[STATE]
    return depth, {name: value for name, value in values.items() if name != "pages"}, scopes, groups


def place(start: Any) -> int | None:
    """Return the index of the block at which a page begins; None where that cannot be said."""
    try:
        ((_, inner),) = start.items()
        ((_, inmost),) = inner.items()
        ((block, _),) = inmost.items()
    except (AttributeError, ValueError):
        return None
    return int(block)


def moved(start: Any, gain: int) -> Any:
    """Return the same place in a section with so many blocks more before it."""
    if place(start) is None:
        return start
    ((body, inner),) = start.items()
    ((main, inmost),) = inner.items()
    ((block, rest),) = inmost.items()
    return {body: {main: {block + gain: rest}}}


def changed_notes(before: DocumentNotes | None, after: DocumentNotes | None) -> set[str] | None:
    """Return the ids of the notes that differ, are new, or gone; None where there were none before or are none now."""
    if before is None or after is None:
        return set() if before is after else None
    known = {name: box.element for name, box in before.notes.items()}
    now = {name: box.element for name, box in after.notes.items()}
    return {name for name in {*known, *now} if name not in known or name not in now or not same(known[name], now[name])}


def same_frame(before: Any, after: Any) -> bool:
    """Tell whether two documents are the same but for the blocks of their sections."""
    return list(frame(before.etree_element)) == list(frame(after.etree_element))


def frame(root: Any) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield what is written in the head of a document and around the blocks of its section."""
    for element in root.iter():
        if isinstance(element.tag, str):
            yield element.tag, dict(element.attrib), (element.text or "").strip()
            if element.tag.endswith("main"):
                return


def same_block(one: Any, other: Any) -> bool:
    if one.element is None or other.element is None or one.element.tag.endswith("main"):
        return False
    return same(one.element, other.element)


def same(one: Any, other: Any) -> bool:
    """Tell whether two elements and all in them are the same; what follows them is not looked at."""
    if one.tag != other.tag or one.text != other.text or one.attrib != other.attrib or len(one) != len(other):
        return False
    return all(left.tail == right.tail and same(left, right) for left, right in zip(one, other, strict=True))
