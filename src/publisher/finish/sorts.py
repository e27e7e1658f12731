"""The sorts of a file numbered anew: every face holds the glyphs that are drawn one after another, and pages name them so.

Codes that follow one another are short to tell and alike in their first figures, so that pages, widths and meanings become
small; the engine's codes are places in a font of ten thousand glyphs.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pikepdf
from pikepdf import ContentStreamInstruction, Name, String

Codes = Mapping[str, tuple[str, Mapping[int, int]]]
"""By the name of a font in a content stream: its new name, and its new codes by the old ones."""
SET = re.compile(rb"/(\w+) (-?[\d.]+ Tf)|\[([^\]]*)(\] ?TJ)|<([0-9a-fA-F]*)>( ?Tj)")
STRING = re.compile(rb"<([0-9a-fA-F]*)>")


def table(codes: Mapping[int, int]) -> dict[bytes, bytes]:
    """Return codes as they are written in hexadecimal strings."""
    return {b"%04x" % old: b"%04x" % new for old, new in codes.items()}


def renumber(content: bytes, tables: Mapping[str, tuple[str, Mapping[bytes, bytes]]]) -> bytes:
    """Return the content of a tidy page with its new codes; all strings are hexadecimal, and each font is named before its text.

    `tables` are by the name of a font its new name and the `table` of its codes.
    """
    known_as = {name[1:].encode(): (new.encode(), written) for name, (new, written) in tables.items()}
    known: Mapping[bytes, bytes] = {}

    def line(match: re.Match[bytes]) -> bytes:
        nonlocal known
        if match[1]:
            name, known = known_as[match[1]]
            return name + b" " + match[2]
        return b"[%s%s" % (STRING.sub(string, match[3]), match[4]) if match[4] else string(match, 5) + match[6]

    def string(match: re.Match[bytes], group: int = 1) -> bytes:
        text = match[group].lower()
        return b"<%s>" % b"".join([known[text[at : at + 4]] for at in range(0, len(text), 4)])

    return SET.sub(line, content)


def renumber_form(form: Any, codes: Codes) -> None:
    """Give a form that draws text its new codes."""
    out: list[Any] = []
    kept: list[Mapping[int, int]] = []
    known: Mapping[int, int] = {}
    for item in pikepdf.parse_content_stream(form):
        operator = str(item.operator)
        if operator == "q":
            kept.append(known)
        elif operator == "Q":
            known = kept.pop()
        elif operator == "Tf":
            name, known = codes[str(item.operands[0])]
            item = ContentStreamInstruction([Name(name), item.operands[1]], item.operator)
        elif operator in ("Tj", "TJ"):
            shown = item.operands[0]
            strings = [string(part, known) if isinstance(part, String) else part for part in (shown if operator == "TJ" else [shown])]
            item = ContentStreamInstruction([pikepdf.Array(strings)] if operator == "TJ" else strings, item.operator)
        out.append(item)
    form.write(pikepdf.unparse_content_stream(out))


def string(text: Any, known: Mapping[int, int]) -> String:
    raw = bytes(text)
    return String(b"".join(known[int.from_bytes(raw[at : at + 2])].to_bytes(2) for at in range(0, len(raw), 2)))


def forms(resources: Any, seen: set[tuple[int, int]]) -> Sequence[Any]:
    """Return the forms and patterns that resources name, and those that these name, which have fonts of their own and are not among those seen."""
    found: list[Any] = []
    for kind in ("/XObject", "/Pattern"):
        for _, thing in resources.get(kind, {}).items():
            if thing.objgen in seen or not isinstance(thing, pikepdf.Stream) or "/Resources" not in thing:
                continue
            seen.add(thing.objgen)
            found += [thing] * ("/Font" in thing.Resources) + list(forms(thing.Resources, seen))
    return found
