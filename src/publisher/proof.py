"""A proof: the pages of a section as an editor looks at them, with the place of every text on them. Lengths are CSS px."""

from dataclasses import dataclass, field
from typing import Any

from publisher.galley import GalleyPage


@dataclass(frozen=True)
class Run:
    """A stretch of text on one line of a page."""

    text: str
    x: float
    y: float
    width: float
    height: float
    line: int | None
    """Number of the printed line it belongs to, counted in the order of rendering; None for what is no line of the book."""


@dataclass(frozen=True)
class ProofPage:
    key: str
    """Another one whenever the page may look different."""
    width: float
    height: float
    runs: tuple[Run, ...]
    galley: GalleyPage
    pdf: bytes = field(repr=False)
    index: int = 0
    """Which page of `pdf` it is, counting from 0."""


@dataclass(frozen=True)
class Proof:
    pages: tuple[ProofPage, ...]
    laid: Any = field(default=None, repr=False, compare=False)
    """What the typesetter keeps to set the section again with less work; None where it is forgotten."""
    made: int = 0
    """How many of the pages were laid out anew."""
