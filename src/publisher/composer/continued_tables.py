"""续表: of two caption rows in a table's head, the first page shows the first and every later page the second.

The rows are `tr.caption-first` and `tr.caption-continued`; WeasyPrint repeats the whole head. A repeated head bears no note marks,
for their notes stand on the first page. The foot, which closes the table on each page, is put right under the last row: the
engine leaves it where rows ended that it then moved to the next page. Tables with collapsed borders are left alone, for their
borders are counted by row.
"""

import operator
from collections.abc import Callable
from typing import Any

from weasyprint.formatting_structure import boxes

NEAR_PX = 0.1
MARK = "note-mark"
FIRST, CONTINUED = "caption-first", "caption-continued"


def continued(table_layout: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap WeasyPrint's `table_layout` to leave out the caption row of other fragments and to close up the foot."""

    def layout(context: Any, table: Any, bottom_space: float, skip_stack: Any, *rest: Any, **named: Any) -> Any:
        children = table.children
        if not children or not children[0].is_header or table.style["border_collapse"] == "collapse":
            return table_layout(context, table, bottom_space, skip_stack, *rest, **named)
        unwanted = CONTINUED if skip_stack is None else FIRST
        head = children[0]
        rows = [row for row in head.children if not has_class(row, unwanted)]
        if skip_stack is not None:
            rows = [without_marks(row) for row in rows]
        table.children = [head.copy_with_children(rows), *children[1:]]
        try:
            result = table_layout(context, table, bottom_space, skip_stack, *rest, **named)
        finally:
            table.children = children
        close_up(result[0])
        return result

    return layout


def close_up(table: Any) -> None:
    """Put the foot of a laid out table right under its last row."""
    if table is None or len(table.children) < 2 or not table.children[-1].is_footer:
        return
    *groups, foot = table.children
    rows = groups[-1].children
    if not rows:
        return
    end = rows[-1].position_y + rows[-1].height
    if (gap := foot.position_y - end) > NEAR_PX:
        groups[-1].height -= gap
        foot.translate(dy=-gap)
        table.height -= gap


def without_marks(box: Any) -> Any:
    """Return a box without the note marks in it; a copy, where it has any."""
    if not isinstance(box, boxes.ParentBox):
        return box
    children = [without_marks(child) for child in box.children if not has_class(child, MARK)]
    same = len(children) == len(box.children) and all(map(operator.is_, children, box.children))
    return box if same else box.copy_with_children(children)


def has_class(box: Any, name: str) -> bool:
    return box.element is not None and name in (box.element.get("class") or "").split()
