"""Outlines of glyphs as PDF path operators, for words that are drawn and not set."""

from typing import Any

from fontTools.pens.basePen import BasePen


class OutlinePen(BasePen):
    """Write the outline of a glyph, in the units of its face, into `path`."""

    def __init__(self, glyphs: Any):
        super().__init__(glyphs)
        self.path: list[str] = []

    def _moveTo(self, point: Any) -> None:
        self.path.append(f"{numbers(*point)} m")

    def _lineTo(self, point: Any) -> None:
        self.path.append(f"{numbers(*point)} l")

    def _curveToOne(self, one: Any, two: Any, three: Any) -> None:
        self.path.append(f"{numbers(*one, *two, *three)} c")

    def _closePath(self) -> None:
        self.path.append("h")


def numbers(*values: float) -> str:
    """Write numbers as PDF does: no more decimals than they have, three at most."""
    return " ".join(f"{value:.3f}".rstrip("0").rstrip(".") for value in values)
