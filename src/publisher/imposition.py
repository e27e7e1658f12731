"""Sheets for folding: which pages of a booklet stand side by side on which sheet, and how far they move to the fold.

A signature is some sheets laid into one another and folded once; its first sheet is the outermost. Pages count from 1,
lengths are millimetres.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from publisher.limits import MAX_SIGNATURE

PAGES_PER_SHEET = 4
WASTE_MM = 6.0
"""Head, foot and fore-edge outside this are waste: a booklet may be cut there, and its marks stand there."""
STAPLES = (0.25, 0.75)
"""Where the staples are, in parts of the height."""
SIGNATURE_OF_SEVERAL = MAX_SIGNATURE // 2
"""Pages of a signature where a booklet is too thick for one and its editors do not say."""


@dataclass(frozen=True)
class Paper:
    """What a booklet is printed on. A sheet of `caliper_mm` pushes the sheets inside it out by as much."""

    name: str = "A4，80 g/m²"
    size_mm: tuple[float, float] = (297.0, 210.0)
    caliper_mm: float = 0.10


@dataclass(frozen=True)
class Side:
    """One side of a sheet: its signature and its sheet, counted from 1; the pages on it, None for a blank."""

    signature: int
    sheet: int
    front: bool
    left: int | None
    right: int | None
    shift_mm: float
    """How far both pages move toward the fold."""

    @property
    def name(self) -> str:
        return f"第{self.signature}帖第{self.sheet}张{'正' if self.front else '反'}面"


@dataclass(frozen=True)
class Imposition:
    """The sheets of a booklet of `pages` pages: how many in each signature."""

    pages: int
    signatures: tuple[int, ...]
    paper: Paper = field(default_factory=Paper)

    @property
    def sheets(self) -> int:
        return sum(self.signatures)

    @property
    def blanks(self) -> int:
        """Pages added at the end to fill the last sheet."""
        return self.sheets * PAGES_PER_SHEET - self.pages

    def sides(self) -> Iterator[Side]:
        """Yield every side in the order of printing: the front and the back of each sheet, signature after signature."""
        before = 0
        for number, sheets in enumerate(self.signatures, 1):
            for sheet in range(sheets):
                low, high = before + 2 * sheet + 1, before + PAGES_PER_SHEET * sheets - 2 * sheet
                shift = sheet * self.paper.caliper_mm
                yield Side(number, sheet + 1, True, self.page(high), self.page(low), shift)
                yield Side(number, sheet + 1, False, self.page(low + 1), self.page(high - 1), shift)
            before += PAGES_PER_SHEET * sheets

    def page(self, number: int) -> int | None:
        return number if number <= self.pages else None

    def spans(self) -> list[tuple[int, int]]:
        """Return the first and last page of each signature, blanks included."""
        ends = [PAGES_PER_SHEET * sum(self.signatures[: count + 1]) for count in range(len(self.signatures))]
        return [(end - PAGES_PER_SHEET * sheets + 1, end) for end, sheets in zip(ends, self.signatures, strict=True)]


def imposition(pages: int, signature: int | None = None, paper: Paper | None = None) -> Imposition:
    """Divide pages into signatures of at most `signature` pages, as equal as can be, thicker ones first; blanks come last."""
    most = (signature or (MAX_SIGNATURE if pages <= MAX_SIGNATURE else SIGNATURE_OF_SEVERAL)) // PAGES_PER_SHEET
    sheets = -(-pages // PAGES_PER_SHEET)
    count = -(-sheets // most)
    thin, thicker = divmod(sheets, count)
    return Imposition(pages, tuple(thin + (number < thicker) for number in range(count)), paper or Paper())
