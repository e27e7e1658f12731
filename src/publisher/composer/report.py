"""Loose lines of the layouts since the last clearing: what a proof-reader should look at."""

from typing import NamedTuple


class LooseLine(NamedTuple):
    """A justified line whose Han gaps would have to exceed the cap."""

    gap_em: float
    """The gap between two Han characters that would fill the line, in em; the drawn gap stops at the cap."""
    short_em: float
    """What is left unfilled at the right edge, in em."""
    text: str


_lines: dict[tuple[str, float], LooseLine] = {}


def note_loose(line: LooseLine) -> None:
    """Remember a loose line; one that is laid out again counts once."""
    _lines[line.text, line.gap_em] = line


def loose_lines() -> tuple[LooseLine, ...]:
    """Return the loose lines, worst first."""
    return tuple(sorted(_lines.values(), key=lambda line: -line.gap_em))


def clear_loose_lines() -> None:
    _lines.clear()
