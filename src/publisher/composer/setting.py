"""Set paragraphs line by line in place of WeasyPrint's `iter_line_boxes` and of its preferred widths.

A paragraph is measured once and its lines are chosen once a width; they are found again when it goes on over a page.
What cannot be set so (floats inside, tabs, other languages, first-line styles) is left to WeasyPrint.
"""

from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

from weasyprint.css import check_math
from weasyprint.layout import inline, preferred
from weasyprint.layout.float import avoid_collisions
from weasyprint.layout.percent import resolve_one_percentage

from publisher.composer.breaks import Line, Measure, choose, forced_ends, next_line
from publisher.composer.face import Faces
from publisher.composer.justify import Fill, crowd, spread, stretch
from publisher.composer.lengths import resolve_percentages, strut
from publisher.composer.lines import Slice, Surroundings, atom, line_box, place_of, resume_at
from publisher.composer.pairs import FORBIDDEN
from publisher.composer.paragraph import NotSet, Paragraph, first_visible, is_chinese, read, signature
from publisher.composer.report import LooseLine, note_loose

ENGINE_LINES = inline.iter_line_boxes
ENGINE_LEAST, ENGINE_MOST = preferred.inline_min_content_width, preferred.inline_max_content_width
LOOSE_EM = 0.1


class Composed:
    """A measured paragraph and the lines chosen for it."""

    def __init__(self, paragraph: Paragraph, sign: Any):
        self.paragraph, self.sign = paragraph, sign
        self.chosen: dict[tuple[Measure, int | None], dict[int, Line]] = {}

    def line(self, measure: Measure, place: int) -> Line:
        """Return the line that begins at a place, as chosen for the whole paragraph if it has one there."""
        whole = self._lines(measure, None)
        return whole.get(place) or self._lines(measure, place)[place]

    def _lines(self, measure: Measure, start: int | None) -> dict[int, Line]:
        key = (measure, start)
        if key not in self.chosen:
            self.chosen[key] = {line.start: line for line in choose(self.paragraph, measure, start)}
        return self.chosen[key]


class CompositionRoom:
    """Everything measured so far."""

    def __init__(self) -> None:
        self.faces = Faces()
        self.composed: WeakKeyDictionary[Any, Composed] = WeakKeyDictionary()

    def compose(self, box: Any, around: Surroundings | None) -> Composed:
        """Read and measure a line box. Raises NotSet."""
        if not is_chinese(box.style):
            raise NotSet
        root, texts, text = read(box, self.faces)
        atoms = [piece.box for piece in texts if not piece.is_text]
        sign = signature(texts)
        known = self.composed.get(box)
        if known and known.sign == sign and not atoms:
            return known
        if atoms and around is None:
            raise NotSet
        widths = [atom(each, Surroundings(around.context, around.containing_block, around.bottom_space), 0).margin_width() for each in atoms] if around else []
        made = self.composed[box] = Composed(Paragraph(root, texts, text, widths), sign)
        return made

    # -- lines ------------------------------------------------------------------------------------

    def lines(
        self, context: Any, box: Any, position_y: float, bottom_space: float, skip_stack: Any, containing_block: Any,
        absolute_boxes: Any, fixed_boxes: Any, first_letter_style: Any, first_line_style: Any,
    ) -> Iterator[tuple[Any, Any]]:  # fmt: skip
        """Yield `(line, resume_at)` for a line box, like WeasyPrint's `iter_line_boxes`."""
        around = Surroundings(context, containing_block, bottom_space, absolute_boxes, fixed_boxes)
        try:
            if first_letter_style or first_line_style:
                raise NotSet
            composed = self.compose(box, around)
        except NotSet:
            yield from ENGINE_LINES(
                context, box, position_y, bottom_space, skip_stack, containing_block, absolute_boxes, fixed_boxes, first_letter_style, first_line_style
            )
            return
        resolve_percentages(box, containing_block)
        resolve_one_percentage(box, "text_indent", containing_block.width)
        indent = box.text_indent
        paragraph = composed.paragraph
        since = place_of(paragraph.root, skip_stack)
        while True:
            start = first_visible(paragraph.kinds, since)
            if start >= len(paragraph.text):
                return
            first = indent if since == 0 else 0.0
            x, y, width = self.room_for_line(around, composed, box, position_y, start)
            justified = box.style["text_align_all"] == "justify"
            if context.excluded_shapes:
                line = next_line(paragraph, Measure(width - first, width - first, justified), start)
            else:
                line = composed.line(Measure(width - indent, width, justified), start)
            made = self.make(box, paragraph, line, since, around, x, y, width, first)
            position_y = made.position_y + made.height
            after = line.stop
            done = first_visible(paragraph.kinds, after) >= len(paragraph.text)
            resume = None if done else resume_at(paragraph.root, after)
            yield made, resume
            if done:
                return
            since = after

    def room_for_line(self, around: Surroundings, composed: Composed, box: Any, position_y: float, start: int) -> tuple[float, float, float]:
        """Return x, y and width of the next line, beside floats if there are any."""
        box.position_y = position_y
        if around.context.excluded_shapes:
            box.width = self.narrowest(composed.paragraph, start)
            box.height = strut(box.style)[0]
        else:
            box.width = box.height = 0
        x, y, width = avoid_collisions(around.context, box, around.containing_block, outer=False)
        box.position_x, box.position_y = x, y
        return x, y, width

    def narrowest(self, paragraph: Paragraph, start: int) -> float:
        stop = next(place for place in range(start + 1, len(paragraph.level)) if paragraph.level[place] < FORBIDDEN)
        return paragraph.natural(start, stop)

    def make(
        self, box: Any, paragraph: Paragraph, line: Line, since: int, around: Surroundings, x: float, y: float, width: float, indent: float
    ) -> Any:  # fmt: skip
        """Fill one line, make its boxes and put them in their place."""
        last = line.last or paragraph.kinds[line.stop - 1] == "B"
        align = alignment(box.style, last)
        end = max(line.start, paragraph.visible[line.stop])
        keep_end = align in ("start", "center") and paragraph.natural(line.start, line.stop, keep_end=True) <= width - indent
        slack = width - indent - paragraph.natural(line.start, line.stop, keep_end)
        fill = Fill({}, 0.0, 0.0)
        if slack < -0.01:
            fill = crowd(paragraph, line.start, end, -slack)
        elif align == "justify" and slack > 0:
            fill = (spread if last else stretch)(paragraph, line.start, end, slack)
            em = max(paragraph.size[line.start : end], default=1.0) or 1.0
            if fill.gap_em > LOOSE_EM or fill.short > 0.1 * em:
                note_loose(LooseLine(round(fill.gap_em, 3), round(fill.short / em, 2), paragraph.text[line.start : end]))
        part = Slice(box, paragraph, since, line.start, end, line.stop, fill.gains, keep_end, width)
        around.placeholders = []
        made = line_box(part, around, x, indent)
        offset = {"center": (width - made.width) / 2, "end": width - made.width}.get(align, 0.0)
        bottom, top = inline.line_box_verticality(made)
        made.baseline, made.position_y, made.height = -top, top, bottom - top
        made.margin_top = made.margin_bottom = 0
        made.translate(max(0.0, offset), y - top)
        made.position_y = y
        for placeholder in around.placeholders:
            if "inline" in placeholder.style.specified["display"]:
                placeholder.translate(0, y - placeholder.position_y)
            else:
                placeholder.translate(made.position_x - placeholder.position_x, y + made.height - placeholder.position_y)
        return made

    # -- preferred widths -------------------------------------------------------------------------

    def least_width(self, context: Any, box: Any, outer: bool = True, skip_stack: Any = None, first_line: bool = False, is_line_start: bool = False) -> float:
        """The width of the widest thing that cannot be broken, like `inline_min_content_width`."""
        paragraph, indent = self.preferred(box)
        if paragraph is None or skip_stack is not None or first_line:
            return float(ENGINE_LEAST(context, box, outer, skip_stack, first_line, is_line_start))
        widths, start = [0.0], paragraph.first
        for stop in paragraph.breaks:
            if stop > start:
                widths.append(paragraph.natural(start, stop) + indent)
                start, indent = first_visible(paragraph.kinds, stop), 0.0
        return float(preferred.adjust(box, outer, max(widths)))

    def most_width(self, context: Any, box: Any, outer: bool = True, is_line_start: bool = False) -> float:
        """The width of the longest line when only forced breaks end lines, like `inline_max_content_width`."""
        paragraph, indent = self.preferred(box)
        if paragraph is None:
            return float(ENGINE_MOST(context, box, outer, is_line_start))
        widths, start = [0.0], paragraph.first
        for stop in forced_ends(paragraph, start):
            widths.append(paragraph.natural(start, stop, keep_end=True) + indent)
            start, indent = first_visible(paragraph.kinds, stop), 0.0
        return float(preferred.adjust(box, outer, max(widths) + 0.001))

    def preferred(self, box: Any) -> tuple[Paragraph | None, float]:
        """Return a line box's paragraph, when it can be set without knowing more, and its indent."""
        indent = box.style["text_indent"]
        if not hasattr(box, "children") or not isinstance(box, inline.boxes.LineBox) or check_math(indent):
            return None, 0.0
        try:
            paragraph = self.compose(box, None).paragraph
        except NotSet:
            return None, 0.0
        return paragraph, 0.0 if indent.unit == "%" else indent.value


def alignment(style: Any, last: bool) -> str:
    """Return start, center, end or justify for a line of left-to-right text."""
    align: str = style["text_align_all"]
    if last:
        align = {"auto": "start" if align == "justify" else align}.get(style["text_align_last"], style["text_align_last"])
    return {"left": "start", "right": "end", "justify-all": "justify"}.get(align, align)
