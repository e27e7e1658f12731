"""续表: of two caption rows in a table's head, the first page shows the first and every later page the second.

The rows are `tr.caption-first` and `tr.caption-continued`; WeasyPrint repeats the whole head. Tables with collapsed borders
are left alone, for their borders are counted by row.
"""

from collections.abc import Callable
from typing import Any

FIRST, CONTINUED = "caption-first", "caption-continued"


def continued(table_layout: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap WeasyPrint's `table_layout` to leave out the caption row of other fragments."""

    def layout(context: Any, table: Any, bottom_space: float, skip_stack: Any, *rest: Any, **named: Any) -> Any:
        children = table.children
        if not children or not children[0].is_header or table.style["border_collapse"] == "collapse":
            return table_layout(context, table, bottom_space, skip_stack, *rest, **named)
        unwanted = CONTINUED if skip_stack is None else FIRST
        head = children[0]
        rows = [row for row in head.children if not has_class(row, unwanted)]
        if len(rows) != len(head.children):
            table.children = [head.copy_with_children(rows), *children[1:]]
        try:
            return table_layout(context, table, bottom_space, skip_stack, *rest, **named)
        finally:
            table.children = children

    return layout


def has_class(box: Any, name: str) -> bool:
    return box.element is not None and name in (box.element.get("class") or "").split()
