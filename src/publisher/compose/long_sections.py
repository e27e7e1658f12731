"""Sections that are too long to be set at a time go on in sections of their own, which no bookmark leads to."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from publisher.book import Block, Section

Parts = Sequence[Sequence[Block]]


def parted(section: Section, parts: Parts) -> list[Section]:
    """Return a section with the first of some parts as its blocks, followed by those in which it goes on; these open on any page."""
    first, *others = parts
    after = [
        replace(section, id=f"{section.id}-{number}", blocks=tuple(part), bookmark=0, recto=False) for number, part in enumerate(others, 2)
    ]
    return [replace(section, blocks=tuple(first)), *after]


def whole(sections: Iterable[Section], name: str) -> Section | None:
    """Return the section of a name with the blocks of those in which it goes on; None where there is none."""
    found = [section for section in sections if re.fullmatch(rf"{re.escape(name)}(-\d+)?", section.id)]
    return replace(found[0], blocks=tuple(block for section in found for block in section.blocks)) if found else None


def filled(items: Sequence[Sequence[Block]], sizes: Sequence[int], most: int) -> list[list[Block]]:
    """Fill parts with neighbours whose sizes together do not pass `most`; one that does alone has a part of its own."""
    return [[block for place in group for block in items[place]] for group in gathered(sizes, most)]


def gathered(sizes: Sequence[int], most: int) -> list[list[int]]:
    """Gather neighbours, by their places, as long as their sizes together do not pass `most`."""
    groups: list[list[int]] = []
    held = 0
    for place, size in enumerate(sizes):
        if not groups or held + size > most:
            groups.append([])
            held = 0
        groups[-1].append(place)
        held += size
    return groups
