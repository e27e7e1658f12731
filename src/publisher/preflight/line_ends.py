"""Where lines end: blocks of a page -> turns from line to line, and the faults of each.

A turn that the paragraph does not make on purpose must not part what belongs together (GB/T 15834 5.1, GB/T 15835), and
the line before it must fill its measure (clreq).
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from publisher.preflight.lines import CLOSE, OPEN, Block, Line, Role, Spot

FLUSH_EM = 0.12
"""A line nearer than this to the edge of its measure reaches it."""
ROOM_EM = 0.6
"""Where so much more than the next word has room, a line was not broken for want of room."""
INDENT_EM = 0.6
"""Less is no indent: an opening mark may lose its blank half at the line start."""

NO_START = CLOSE + "·・～~—–…／/%％‰℃°．,.;:!?)]}" + "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉₊₋"
NO_END = OPEN + "([{￥$#＃"

CUTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[0-9⁰-⁹]\|(?:[×.·/～~–—%％‰℃°²³⁹]|[munpμµkcd]?(?:[gmLlU]|mol|Gy|Hz|Pa|IU)(?![a-z])|mmHg|HU|Gy)",  # 120|mg
        r"[×±≥≤<>＜＞=～~–]\|[0-9]|[%％℃]\|[～~–]",  # 50%～|60%
        r"[A-Za-z0-9]-\|(?![a-z]{4})[A-Za-z0-9]|[A-Za-z]\|-[0-9]",  # PD-|L1, but not beta-|blocker
        r"(?<![a-z]{4})(?<=[A-Za-z0-9%⁰-⁹])/\|[A-Za-z]",  # ng/|mL, but not tomography/|computed
        r"[0-9]\|[年月日](?![前后内外余多间])",  # 15|日
        r"[A-Za-z0-9]\|[(（](?:[+±−-]|[0-9]\+)",  # HER2|(3+)
    )
)
"""Tokens that no line end may cut, the line end written as |."""

LONG_SIZE = re.compile(r"[0-9.]+ ?[a-zμ]*×[0-9.]+ ?[a-zμ]*×$")
"""In a cell a size in three directions may go on in a second line after its second ×."""


class Turn(NamedTuple):
    """A line end inside a block: the line before it and the line after it."""

    block: Block
    before: Line
    after: Line

    @property
    def spot(self) -> Spot:
        return Spot(self.before.page, f"{self.before.text[-12:]}｜{self.after.text[:12]}")

    def slack(self, edge: float) -> float:
        """What the line before lacks to the edge."""
        return (edge - self.before.right) / self.block.size


class Edges:
    """The right edges of the measures, found from where lines end.

    Blocks of one left edge and size, on pages of one side, share a measure. Its edge is the outermost place where half of
    their lines end; where they end all over, it is that of the widest measure if one of them comes near.
    """

    def __init__(self) -> None:
        self.ends: dict[tuple[int, float, int], array[float]] = defaultdict(lambda: array("d"))

    def add(self, block: Block) -> None:
        """Take note of a block; when all are known, edges can be asked for."""
        if block.role is Role.TEXT:
            self.ends[self.key(block)].extend([line.right for line in block.lines[:-1]])

    @cached_property
    def widest(self) -> dict[int, float]:
        """The edge of the widest measure of pages of each side."""
        sides = {side: [place for key, places in self.ends.items() if key[0] == side for place in places] for side in (0, 1)}
        return {side: outermost(places, 0.02) or float("inf") for side, places in sides.items()}

    @cached_property
    def edges(self) -> dict[tuple[int, float, int], float]:
        return {key: self.edge(places, self.widest[key[0]], key[1]) for key, places in self.ends.items() if places}

    @staticmethod
    def key(block: Block) -> tuple[int, float, int]:
        return block.page % 2, block.size, round(block.left)

    @staticmethod
    def edge(places: Sequence[float], widest: float, size: float) -> float:
        return outermost(places, 0.5) or (widest if widest - size < max(places) else max(places))

    @cached_property
    def agreed(self) -> set[tuple[int, float, int]]:
        """The measures on whose edge half of their lines agree."""
        return {key for key, places in self.ends.items() if outermost(places, 0.5) is not None}

    def proven(self, block: Block) -> float:
        """Return the edge of a block's measure where its lines agree on it; a single line proves none, and the widest is taken."""
        return self.of(block) if self.key(block) in self.agreed else max(self.of(block), self.widest[block.page % 2])

    def of(self, block: Block) -> float:
        """Return the edge of a block's measure, or of the widest when no line of its kind is broken."""
        return self.edges.get(self.key(block), self.widest[block.page % 2])


def outermost(places: Sequence[float], share: float) -> float | None:
    """Return the last place that has that share of all places, and never less than two, within a quarter point before it."""
    ordered = sorted(places)
    company = max(2, round(share * len(ordered)))
    return max((place for place in ordered if bisect_right(ordered, place) - bisect_left(ordered, place - 0.25) >= company), default=None)


def line_ends(block: Block, edges: Edges) -> Iterator[Turn]:
    """Yield the line ends inside a block; in an item of a list, not those where one of its paragraphs ends."""
    for before, after in pairwise(block.lines):
        turn = Turn(block, before, after)
        if block.role is not Role.TEXT or block.paragraph or not ends_paragraph(turn, turn.slack(edges.of(block))):
            yield turn


def ends_paragraph(turn: Turn, slack: float) -> bool:
    """Tell whether a line is short on purpose: a sentence ends there, or what follows would have found room."""
    return slack > FLUSH_EM and (turn.before.text[-1] == "。" or slack > (turn.after.word - turn.after.left) / turn.block.size + ROOM_EM)


def page_turn(last: Block, first: Block, edges: Edges) -> Turn | None:
    """Return the line end between two pages where a paragraph goes on, given the last one of a page and the first after it:

    its last line is full, the next begins at the left edge.
    """
    if last.page + 1 == first.page and last.size == first.size and abs(first.lines[0].left - first.left) < INDENT_EM * first.size:
        turn = Turn(last, last.lines[-1], first.lines[0])
        if abs(turn.slack(edges.of(last))) < FLUSH_EM:
            return turn
    return None


def is_cut(turn: Turn) -> bool:
    """Tell whether the line end cuts a token or tears a note mark from its word."""
    if turn.after.first == "〔" and turn.after.first_size < 0.85 * turn.block.size:
        return True
    if turn.block.role is Role.TABLE and LONG_SIZE.search(turn.before.text):
        return False
    joint = f"{turn.before.text[-6:]}|{turn.after.text[:6]}"
    return any(pattern.search(joint) for pattern in CUTS)


def keeps_full_mark(turn: Turn, edge: float) -> bool:
    """Tell whether a closing mark at the line end takes its blank half inside the measure (GB/T 15834 5.1.10)."""
    line = turn.before
    return line.last in CLOSE and line.is_last_full and abs(edge - line.end) < FLUSH_EM * line.last_size


def is_lonely(turn: Turn) -> bool:
    """Tell whether the last line of a text or heading has one character only, marks not counted (孤字)."""
    if turn.after is not turn.block.lines[-1] or turn.block.role not in (Role.TEXT, Role.HEADING) or turn.block.run_in:
        return False
    return turn.after.letters <= 1


def short(turn: Turn, edges: Edges) -> Iterator[Spot]:
    """Yield the line before a turn where it does not fill its measure."""
    slack = turn.slack(edges.of(turn.block))
    if slack > FLUSH_EM:
        yield Spot(turn.before.page, turn.before.text, round(slack, 2))


def overfull(block: Block, edges: Edges, ragged: Collection[int]) -> Iterator[Spot]:
    """Yield lines of justified text that end outside their measure, and other lines that end outside the widest."""
    if block.role is Role.OTHER:
        return
    edge = edges.proven(block) if block.role is Role.TEXT and block.page not in ragged else edges.widest[block.page % 2]
    for line in block.lines:
        if (line.right - edge) / block.size > FLUSH_EM:
            yield Spot(line.page, line.text, round((line.right - edge) / block.size, 2))
