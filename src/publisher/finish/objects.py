"""The objects of a file as they will be written: texts that name each other by numbers of their own, which the file numbers anew.

An object may stand in a part of the file that counts from 0, so that what was made of a section alone is taken over unread.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pikepdf
from pikepdf import Dictionary

REFERENCE = re.compile(rb"\((?:\\.|[^()\\])*\)|<[0-9a-fA-F]*>|(\d+) 0 R", re.DOTALL)
"""A reference to an object, or a string, in which there is none."""
ESCAPED = re.compile(rb"[()\\]")


class Batch(NamedTuple):
    """Objects of one kind that are no streams, numbered one after another."""

    kind: str
    """What they have in common: those of one kind are compressed together."""
    base: int
    """What is to be added to the numbers in their texts."""
    first: int
    """The number of the first."""
    texts: Sequence[bytes]


class Stream(NamedTuple):
    number: int
    base: int
    head: bytes
    """Its dictionary, without the length."""
    data: "bytes | Future[bytes]"
    """As it is stored."""


@dataclass
class Objects:
    """The objects of a file. Number 0 is nothing's."""

    count: int = 1
    batches: list[Batch] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    alone: dict[int, bytes] = field(default_factory=dict)
    """The texts of what may not stand in an object stream: pages and the catalogue."""
    same: dict[int, int] = field(default_factory=dict)
    """Numbers that mean an object of another number."""
    extents: dict[int, int] = field(default_factory=dict)
    """How many numbers each part has that counts from 0, by its base."""

    def reserve(self, count: int = 1) -> int:
        """Return the first of so many numbers."""
        self.count += count
        return self.count - count

    def reserve_part(self, count: int) -> int:
        """Return the base of a part that counts from 0."""
        base = self.reserve(count)
        self.extents[base] = count
        return base

    def add(self, kind: str, text: bytes) -> int:
        """Add an object that is no stream; return its number."""
        number = self.reserve()
        self.batches.append(Batch(kind, 0, number, (text,)))
        return number

    def add_stream(self, head: bytes, data: "bytes | Future[bytes]") -> int:
        """Add a stream as it is stored; `head` is its dictionary without the length."""
        number = self.reserve()
        self.streams.append(Stream(number, 0, head, data))
        return number


def renumbered(text: bytes, number: Callable[[int], int]) -> bytes:
    """Return a text with other numbers in its references."""
    return REFERENCE.sub(lambda match: b"%d 0 R" % number(int(match[1])) if match[1] else match[0], text)


def shifted(text: bytes, base: int) -> bytes:
    """Return a text with a base added to the numbers of its references."""
    return renumbered(text, lambda number: base + number) if base else text


def with_entries(text: bytes, entries: bytes) -> bytes:
    """Return the text of a dictionary with more entries."""
    return b"%s %s >>" % (text.rstrip().removesuffix(b">>").rstrip(), entries)


def string(text: str) -> bytes:
    """Write a text string (PDF 1.7 §7.9.2)."""
    if text.isascii() and text.isprintable():
        return b"(%s)" % ESCAPED.sub(rb"\\\g<0>", text.encode())
    return b"<feff%s>" % text.encode("utf-16-be").hex().encode()


class Taken:
    """Takes objects out of a document, each once, with all that they lead to, and numbers them from some number on."""

    def __init__(self, document: pikepdf.Pdf, first: int):
        self.document, self.next = document, first
        self.numbers: dict[int, int] = {}
        self.waiting: list[tuple[int, int]] = []

    def text(self, thing: Any) -> bytes:
        """Return what stands for an object in the text of another one: a reference, or itself."""
        return self.renumbered(thing.unparse() if isinstance(thing, pikepdf.Object) else pikepdf.Array([thing]).unparse()[1:-1].strip())

    def renumbered(self, text: bytes) -> bytes:
        return renumbered(text, self.number)

    def number(self, old: int) -> int:
        if old not in self.numbers:
            self.numbers[old] = self.next
            self.waiting.append((old, self.next))
            self.next += 1
        return self.numbers[old]

    def followed(self) -> Iterator[tuple[int, Any, bytes]]:
        """Yield the objects that the texts asked for have led to so far, with their numbers and texts, of streams without their length."""
        while self.waiting:
            old, number = self.waiting.pop(0)
            thing = self.document.get_object(old, 0)
            if isinstance(thing, pikepdf.Stream):
                head = Dictionary({name: value for name, value in thing.items() if name != "/Length"})
                yield number, thing, self.renumbered(head.unparse())
            else:
                yield number, thing, self.renumbered(thing.unparse(resolved=True))


def kind(thing: Any) -> str:
    """Return what objects of one kind have in common."""
    if not isinstance(thing, Dictionary):
        return type(thing).__name__
    return str(thing.get("/Type", "")) or " ".join(sorted(thing.keys()))
