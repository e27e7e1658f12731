"""Say in the tag tree which element of the layout each tag came from.

The engine writes only a tag's kind; classes, ids and languages are lost, and the parts of an element on several pages cannot be
known as one. Each tag gets a private `/Origin`, which the screen edition reads and leaves out.
"""

from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

import pydyf

KEPT = ("id", "class", "lang", "scope", "aria-label")
"""Attributes that are handed on, each under its own name."""


def marked(build: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """Wrap the engine's builder of the tag tree, which calls itself for every box."""
    numbers: WeakKeyDictionary[Any, dict[Any, int]] = WeakKeyDictionary()

    def build_marked(box: Any, parent: Any, pdf: Any, *rest: Any) -> Iterator[Any]:
        known = numbers.setdefault(pdf, {})
        for tag in build(box, parent, pdf, *rest):
            if getattr(box, "element", None) is not None and "Origin" not in tag:
                tag["Origin"] = origin(box, known.setdefault(box.element, len(known)))
            yield tag

    return build_marked


def origin(box: Any, number: int) -> pydyf.Dictionary:
    """Describe the element of a box; all boxes of one element have its number."""
    found = pydyf.Dictionary({"N": number, "Element": pydyf.String(box.element_tag or "")})
    for name in KEPT:
        if value := box.element.get(name):
            found[name] = pydyf.String(value)
    return found
