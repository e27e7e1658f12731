"""Objects of a PDF as plain data, each read at one stroke: handed out entry by entry they take three times as long, and stay in memory.

References are texts such as `12 0 R`, names begin with `/`, strings with `u:`, or with `b:` where they are bytes in hexadecimal figures.
"""

import json
from collections.abc import Iterator
from typing import Any

import pikepdf

decoded = json.JSONDecoder().raw_decode


def plain(thing: pikepdf.Object) -> Any:
    """Return an object, with references to others in it."""
    return decoded(thing.to_json(dereference=True).decode())[0]


def numbered(file: pikepdf.Pdf, number: int) -> Any:
    """Return the object of a number; None where there is none."""
    thing = file.get_object(number, 0)
    return plain(thing) if isinstance(thing, pikepdf.Object) else thing


def number(value: Any) -> int:
    """Return the number of the object that a reference means; 0 of anything else."""
    return int(value[: value.index(" ")]) if isinstance(value, str) and value[-2:] == " R" and value[1:2] != ":" else 0


def text(value: Any) -> str:
    """Return a string or name as a text."""
    if not isinstance(value, str):
        return ""
    return bytes.fromhex(value[2:]).decode("latin-1") if value.startswith("b:") else value.removeprefix("u:")


def followed(file: pikepdf.Pdf, value: Any) -> Any:
    """Return what a value is, or what it refers to."""
    return numbered(file, found) if (found := number(value)) else value


def entries(file: pikepdf.Pdf, root: Any, what: str) -> Iterator[tuple[Any, Any]]:
    """Yield keys and values of a tree of names or numbers (PDF 1.7 §7.9.6), node by node; `what` is /Names or /Nums."""
    waiting, seen = [root], set[int]()
    while waiting:
        value = waiting.pop()
        if (own := number(value)) in seen and own:
            continue  # a damaged tree may lead back to itself
        seen.add(own)
        node = followed(file, value)
        if not isinstance(node, dict):
            continue
        waiting += reversed(node.get("/Kids") or [])
        listed = node.get(what) or []
        yield from zip(listed[0::2], listed[1::2], strict=False)
