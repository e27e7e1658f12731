"""The line grid: blocks -> the pitch of the body text, and which lines stand beside the grid.

All pages share one grid, for the pages of a leaf show through and facing pages are seen together.
"""

from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median

from publisher.preflight.lines import Block, Role, Spot, Spots

ON_GRID_PT = 0.3


@dataclass(frozen=True)
class GridShare:
    """Lines of one kind, and how many of them stand beside the grid."""

    kind: str
    lines: int
    beside: int
    off: Spots
    """Where they stand, of body text alone, for nothing else has to be on the grid; `amount` is the distance below a grid line in points."""

    @property
    def share(self) -> float:
        return self.beside / self.lines if self.lines else 0.0


MUCH = 0.3
"""Share of the lines of the commonest size."""


class Grid:
    """The grid on which most lines of the body stand, found from all blocks; then every line can be compared with it."""

    def __init__(self) -> None:
        self.baselines: dict[float, array[float]] = defaultdict(lambda: array("d"))
        """Those of running text, by its size."""
        self.distances: dict[float, array[float]] = defaultdict(lambda: array("d"))
        """Those of neighbouring lines in a block, in the same way."""
        self.counts: dict[str, int] = dict.fromkeys((Role.TEXT, "小字", Role.HEADING, Role.TABLE), 0)
        self.beside: Counter[str] = Counter()
        self.off: list[Spot] = []
        """Lines of body text."""

    def add(self, block: Block) -> None:
        """Take note of a block; when all are known, lines can be compared."""
        if block.role is Role.TEXT:
            self.baselines[block.size].extend([line.y for line in block.lines])
            self.distances[block.size].extend([above.y - below.y for above, below in pairwise(block.lines) if above.y > below.y])

    @cached_property
    def size(self) -> float:
        """The size of the body: the largest that much of the text has, for there may be more lines of notes."""
        most = max(map(len, self.baselines.values()), default=0)
        return max((size for size, lines in self.baselines.items() if len(lines) >= MUCH * most), default=0.0)

    @cached_property
    def pitches(self) -> list[tuple[float, int]]:
        """The distances of neighbouring lines of the body in points, and how often each, the most frequent first."""
        return Counter(round(distance, 1) for distance in self.distances[self.size]).most_common()

    @cached_property
    def pitch(self) -> float:
        """The distance of the lines of the grid; 0 where the body has no two lines."""
        return median(distance for distance in self.distances[self.size] if round(distance, 1) == self.pitches[0][0]) if self.pitches else 0.0

    @cached_property
    def first(self) -> float:
        """How high above the foot of the page the lowest line of the grid stands."""
        return Counter(round(y % self.pitch, 1) for y in self.baselines[self.size]).most_common(1)[0][0]

    def compare(self, block: Block) -> None:
        """Compare the baselines of a block with the grid."""
        if block.role is Role.OTHER or not self.pitch:
            return
        kind = "小字" if block.role is Role.TEXT and block.size != self.size else block.role
        self.counts[kind] = self.counts.get(kind, 0) + len(block.lines)
        for line in block.lines:
            beside = (self.first - line.y) % self.pitch
            if min(round(beside, 2), self.pitch - round(beside, 2)) > ON_GRID_PT:
                self.beside[kind] += 1
                if kind == Role.TEXT:
                    self.off.append(Spot(line.page, line.text, round(beside, 2)))

    @property
    def shares(self) -> tuple[GridShare, ...]:
        """What was found, kind by kind."""
        if not self.pitch:
            return ()
        return tuple(GridShare(str(kind), count, self.beside[kind], tuple(self.off) if kind == Role.TEXT else ()) for kind, count in self.counts.items())
