"""The line grid: blocks -> the pitch of the body text, and which lines stand beside the grid.

All pages share one grid, for the pages of a leaf show through and facing pages are seen together.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from publisher.preflight.lines import Block, Role, Spot, Spots

ON_GRID_PT = 0.3


@dataclass(frozen=True)
class GridShare:
    """Lines of one kind, and which of them stand beside the grid; `amount` is the distance below a grid line in points."""

    kind: str
    lines: int
    off: Spots

    @property
    def share(self) -> float:
        return len(self.off) / self.lines if self.lines else 0.0


MUCH = 0.3
"""Share of the lines of the commonest size."""


def body_text(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks of running text in its own size: the largest that much of it has, for there may be more lines of notes."""
    texts = [block for block in blocks if block.role is Role.TEXT]
    sizes = Counter(block.size for block in texts for _ in block.lines)
    most = max(sizes.values(), default=0)
    size = max((size for size, count in sizes.items() if count >= MUCH * most), default=0.0)
    return [block for block in texts if block.size == size]


def distances(body: Sequence[Block]) -> list[float]:
    return [above.y - below.y for block in body for above, below in pairwise(block.lines) if above.y > below.y]


def pitches(body: Sequence[Block]) -> list[tuple[float, int]]:
    """Return the distances of neighbouring lines in points, and how often each, the most frequent first."""
    return Counter(round(distance, 1) for distance in distances(body)).most_common()


def grid(blocks: Sequence[Block], body: Sequence[Block]) -> Iterator[GridShare]:
    """Compare all baselines with the grid on which most lines of the body stand."""
    if not (found := pitches(body)):
        return
    pitch = median(distance for distance in distances(body) if round(distance, 1) == found[0][0])
    first = Counter(round(line.y % pitch, 1) for block in body for line in block.lines).most_common(1)[0][0]
    members = {id(block) for block in body}
    kinds: dict[str, list[Spot]] = {Role.TEXT: [], "小字": [], Role.HEADING: [], Role.TABLE: []}
    for block in blocks:
        if block.role is not Role.OTHER:
            kind = "小字" if block.role is Role.TEXT and id(block) not in members else block.role
            kinds[kind] += [Spot(line.page, line.text, round((first - line.y) % pitch, 2)) for line in block.lines]
    for kind, spots in kinds.items():
        yield GridShare(str(kind), len(spots), tuple(spot for spot in spots if min(spot.amount, pitch - spot.amount) > ON_GRID_PT))
