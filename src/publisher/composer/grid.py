"""The line grid: what is not running text takes whole lines, so that facing pages share their baselines.

Tables and every box whose element bears the class `snap` are made taller, at their end, by what is missing to a whole
line: the line height of the document. Running text is on the grid by its line height; margins and paddings
in the styles are whole lines in sum.
"""

from collections.abc import Callable
from typing import Any


def snapped(block_container_layout: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap WeasyPrint's `block_container_layout` to fill the last line of a box that snaps."""

    def layout(context: Any, box: Any, *rest: Any, **named: Any) -> Any:
        result = block_container_layout(context, box, *rest, **named)
        new_box, resume_at = result[0], result[1]
        if new_box is not None and resume_at is None and snaps(new_box):
            height, pitch = new_box.border_height(), pitch_px(new_box)
            lines = -(-round(height - 0.05, 2) // pitch)
            new_box.height += lines * pitch - height
        return result

    return layout


def pitch_px(box: Any) -> float:
    """Return one line of the document in CSS pixels: what its style sheet sets as line height of `html`, in lengths."""
    return float(box.style.root_style["line_height"].value)


def snaps(box: Any) -> bool:
    if box.is_table_wrapper:
        return True
    return box.element is not None and box.element_tag == box.element.tag and "snap" in (box.element.get("class") or "").split()
