"""The sorts of a file numbered anew: every face holds the glyphs that are drawn one after another, and pages name them so.

Codes that follow one another are short to tell and alike in their first figures, so that pages, widths and meanings become
small; the engine's codes are places in a font of ten thousand glyphs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from publisher.recall import recall

SET = re.compile(rb"/(\w+) (-?[\d.]+ Tf)|\[([^\]]*)(\] ?TJ)|<([0-9a-fA-F]*)>( ?Tj)")
STRING = re.compile(rb"<([0-9a-fA-F]*)>")


@dataclass(frozen=True)
class Sorts:
    """The fonts of a section: by the name of each its new name and the `table` of its codes; and a key of all that."""

    tables: Mapping[str, tuple[str, Mapping[bytes, bytes]]]
    key: str

    @classmethod
    def of(cls, fonts: Mapping[str, tuple[str, "Table"]]) -> "Sorts":
        said = "\n".join(f"{name} {new} {table.key}" for name, (new, table) in sorted(fonts.items()))
        return cls({name: (new, table.codes) for name, (new, table) in fonts.items()}, said)


class Table(NamedTuple):
    """The codes of a face as they are written in hexadecimal strings, old and new; and a key of them."""

    codes: Mapping[bytes, bytes]
    key: str


def table(codes: Mapping[int, int]) -> Table:
    """Return codes as they are written in hexadecimal strings."""
    written = {b"%04x" % old: b"%04x" % new for old, new in codes.items()}
    return Table(written, sha256(b"".join(old + new for old, new in written.items())).hexdigest())


def renumber(content: bytes, sorts: Sorts) -> bytes:
    """Return the content of a tidy page with its new codes; all strings are hexadecimal, and each font is named before its text."""
    return recall(lambda: renumbered(content, sorts.tables), "sorts", content, sorts.key)


def renumbered(content: bytes, tables: Mapping[str, tuple[str, Mapping[bytes, bytes]]]) -> bytes:
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
