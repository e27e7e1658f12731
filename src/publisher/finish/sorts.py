"""The sorts of a file numbered anew: every face holds the glyphs that are drawn one after another, and pages name them so.

Codes that follow one another are short to tell and alike in their first figures, so that pages, widths and meanings become
small; the engine's codes are places in a font of ten thousand glyphs.
"""

import re
from collections.abc import Mapping

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
