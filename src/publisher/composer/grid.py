"""The line grid: what is not running text takes whole lines, so that facing pages share their baselines.

Tables and every box whose element bears the class `snap` are made taller, at their end, by what is missing to a whole
line. Running text is on the grid by its line height; margins and paddings in the styles are whole lines in sum.
"""

from collections.abc import Callable
from typing import Any

PITCH_PX = 17.5 * 4 / 3
"""One line of the body in CSS pixels; the token --pitch of styles/tokens/measure.css."""


def snapped(block_container_layout: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap WeasyPrint's `block_container_layout` to fill the last line of a box that snaps."""

    def layout(context: Any, box: Any, *rest: Any, **named: Any) -> Any:
        result = block_container_layout(context, box, *rest, **named)
        new_box, resume_at = result[0], result[1]
        if new_box is not None and resume_at is None and snaps(new_box):
            height = new_box.border_height()
            lines = -(-round(height - 0.05, 2) // PITCH_PX)
            new_box.height += lines * PITCH_PX - height
        return result

    return layout


def snaps(box: Any) -> bool:
    if box.is_table_wrapper:
        return True
    return box.element is not None and box.element_tag == box.element.tag and "snap" in (box.element.get("class") or "").split()
