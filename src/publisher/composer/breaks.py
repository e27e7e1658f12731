"""Choose where the lines of a paragraph end.

First line by line, each as full as it will go (先挤进，后推出). Where that leaves a loose line, a lonely last character or a
cut token, the whole paragraph is weighed (Knuth and Plass, "Breaking paragraphs into lines", 1981, with clreq's wishes).
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import NamedTuple

from publisher.composer.characters import counted
from publisher.composer.pairs import EMERGENCY, FORBIDDEN, FREE, LAST_RESORT, MILD, UNWELCOME
from publisher.composer.paragraph import Paragraph

WEIGHED_MOST = 6000
"""Characters; a longer paragraph is set line by line only."""
COMFORTABLE = 0.6
"""Part of the greatest stretch below which a line set greedily is good enough."""
PRICE = {FREE: 0.0, MILD: 25.0, UNWELCOME: 90.0, LAST_RESORT: 900.0, EMERGENCY: 4000.0}
SEAMS = "～~/×-,.:_?&=、，"
"""After these an overlong token opens first."""
CROWDED = 22.0
"""Badness of a line whose marks have given all they can; a line at the cap of its gaps has 100."""
LONELY = 5e7
SHORT_LAST = 400.0
UNEVEN = 600.0
LATE_PX = 0.01
"""Rounding: a line so much too wide still fits."""


@dataclass(frozen=True)
class Measure:
    """The widths a paragraph is set to: its first line, all others; whether lines are filled to the edge."""

    first: float
    width: float
    justified: bool


class Line(NamedTuple):
    """A chosen line: its characters from `start` to before `stop`; `tightness` -1 crowded … 0 natural … 1 at the cap."""

    start: int
    stop: int
    tightness: float
    last: bool


def choose(paragraph: Paragraph, measure: Measure, start: int | None = None) -> list[Line]:
    """Return the lines from `start` on (the beginning when None; else a place where a line begins)."""
    place = paragraph.first if start is None else start
    width = measure.first if start is None else measure.width
    lines: list[Line] = []
    for end in forced_ends(paragraph, place):
        chooser = Chooser(paragraph, measure, place, end, width)
        lines += chooser.lines()
        place, width = end, measure.width
        while place < len(paragraph.text) and paragraph.kinds[place] == "S":
            place += 1
    return lines


def next_line(paragraph: Paragraph, measure: Measure, start: int) -> Line:
    """Return the next line alone, as full as it will go: beside floats the widths of later lines are not known."""
    end = forced_ends(paragraph, start)[0]
    stop, tightness = Chooser(paragraph, measure, start, end, measure.first).fullest(start, measure.first)
    return Line(start, stop, tightness, stop == end)


def forced_ends(paragraph: Paragraph, start: int) -> list[int]:
    """Return the places after forced line breaks, and the end of the text."""
    ends = [place + 1 for place in range(start, len(paragraph.text)) if paragraph.kinds[place] == "B"] if "B" in paragraph.kinds else []
    if not ends or ends[-1] < len(paragraph.text):
        ends.append(len(paragraph.text))
    return ends


class Chooser:
    """Choose the lines of one stretch of text between forced breaks."""

    def __init__(self, paragraph: Paragraph, measure: Measure, start: int, end: int, first_width: float):
        self.paragraph, self.measure, self.start, self.end, self.first_width = paragraph, measure, start, end, first_width
        self.level = dict(self._places())
        self.places = sorted(self.level)
        self.reach = [paragraph.reach[paragraph.visible[place]] for place in self.places]
        self.em = max(paragraph.size[start:end], default=0.0) or 1.0

    def _places(self) -> list[tuple[int, int]]:
        """The possible line ends with their levels; a token wider than the measure opens everywhere, in emergency."""
        paragraph, width = self.paragraph, min(self.measure.width, self.first_width)
        places = [(place, paragraph.level[place]) for place in range(self.start + 1, self.end) if paragraph.level[place] < FORBIDDEN]
        places.append((self.end, FREE))
        out, before = [], self.start
        for place, level in places:
            if paragraph.reach[place] - paragraph.reach[before] > width and paragraph.natural(before, place) > width + LATE_PX:
                out += [
                    (inside, LAST_RESORT if paragraph.text[inside - 1] in SEAMS else EMERGENCY)
                    for inside in range(before + 1, place)
                    if paragraph.kinds[inside] not in "CPSJ" and paragraph.kinds[inside - 1] not in "OJ"
                ]
            out.append((place, level))
            before = place
        return out

    def lines(self) -> list[Line]:
        width = self.first_width
        if self.paragraph.natural(self.start, self.end) <= width + LATE_PX:
            return [Line(self.start, self.end, 0.0, True)]
        greedy = self.greedy()
        if len(self.paragraph.text) > WEIGHED_MOST or self.comfortable(greedy):
            return greedy
        return self.weighed() or greedy

    def comfortable(self, lines: list[Line]) -> bool:
        if self.loneliness(lines[-1].start):
            return False
        return all(line.last or (self.level[line.stop] <= MILD and (not self.measure.justified or line.tightness <= COMFORTABLE)) for line in lines)

    def loneliness(self, start: int) -> float:
        """Price a last line by its characters, note marks left out: one alone is forbidden (孤字不成行)."""
        if self.end - start > 12:
            return 0.0
        text = "".join(self.paragraph.text[place] for place in range(start, self.end) if place not in self.paragraph.raised)
        number = counted(text)
        if number < 2 or (number <= 2 and len(text.strip()) <= 2 and not text.strip()[:2].isascii() and sum("一" <= char <= "鿿" for char in text) < 2):
            return LONELY
        return 0.0

    # -- one line ---------------------------------------------------------------------------------

    def tightness(self, start: int, stop: int, width: float) -> float | None:
        """Say how a line fills the width: None when it cannot be crowded in, above 1 when gaps would pass their caps."""
        paragraph = self.paragraph
        last = stop == self.end
        slack = width - paragraph.natural(start, stop)
        end = max(start, paragraph.visible[stop] - 1)
        if slack < 0:
            if slack >= -LATE_PX:
                return 0.0
            room = paragraph.slack[end] - paragraph.slack[start] if self.measure.justified or last else 0.0
            return slack / room if room and -slack <= room else None
        if last:
            return 0.0
        if not self.measure.justified:
            return slack / (8 * self.em)
        words = paragraph.words[end] - paragraph.words[start]
        rest = slack - words
        han = paragraph.han[end] - paragraph.han[start]
        if rest <= 0:
            return 0.3 * slack / words if words else 0.0
        if rest <= han:
            return rest / han
        more = paragraph.late[end] - paragraph.late[start]
        rest -= han
        return 1 + rest / more if more and rest <= more else 2 + (rest - more) / self.em

    # -- line by line -----------------------------------------------------------------------------

    def greedy(self) -> list[Line]:
        lines: list[Line] = []
        start, width = self.start, self.first_width
        while start < self.end:
            stop, tightness = self.fullest(start, width)
            lines.append(Line(start, stop, tightness, stop == self.end))
            start, width = stop, self.measure.width
        return lines

    def fullest(self, start: int, width: float) -> tuple[int, float]:
        """Return the best end of the fullest line, and how tight it is; too wide only when nothing else can be."""
        low, high = self.window(start, width)
        best: tuple[float, int, float] | None = None
        for number in range(high - 1, low - 1, -1):
            stop = self.places[number]
            tightness = self.tightness(start, stop, width)
            if tightness is None:
                continue
            if stop == self.end:
                return stop, tightness
            price = PRICE[self.level[stop]] + (100 * tightness**3 if tightness > 0 else CROWDED * -tightness)
            if self.level[stop] == FREE and tightness <= 1:
                return (stop, tightness) if best is None or price < best[0] else best[1:]
            if best is None or price < best[0]:
                best = (price, stop, tightness)
        if best:
            return best[1:]
        number = bisect_right(self.places, start)
        return self.places[number], 9.0

    def window(self, start: int, width: float) -> tuple[int, int]:
        """The numbers of the places where a line from `start` may end, from much too loose to much too wide."""
        origin = self.paragraph.reach[start]
        first = bisect_right(self.places, start)
        low = bisect_left(self.reach, origin + width * 0.75, first)
        high = bisect_right(self.reach, origin + width + 2.5 * self.em, first)
        return (max(first, min(low, high - 4)), high) if high > first else (first, first + 1)

    # -- the whole paragraph ------------------------------------------------------------------------

    def weighed(self) -> list[Line] | None:
        """Return the lines with the least sum of demerits, or None when no way leads through."""
        # state: (place, fitness class) -> (demerits, state before, tightness)
        states: dict[tuple[int, int], tuple[float, tuple[int, int] | None, float]] = {(self.start, 1): (0.0, None, 0.0)}
        waiting: dict[int, list[tuple[int, int]]] = {self.start: [(self.start, 1)]}
        for start in [self.start, *self.places]:
            here = waiting.pop(start, None)
            if here is None or start == self.end:
                continue
            width = self.first_width if start == self.start else self.measure.width
            low, high = self.window(start, width)
            for number in range(low, high):
                stop = self.places[number]
                tightness = self.tightness(start, stop, width)
                if tightness is None:
                    if number > low or high - low > 1:
                        continue
                    tightness = 50.0
                price = self.demerits(start, stop, tightness)
                fitness = 0 if tightness < -0.25 else 1 if tightness <= 0.5 else 2
                for state in here:
                    demerits = states[state][0] + price
                    if self.measure.justified and abs(state[1] - fitness) > 1:
                        demerits += UNEVEN
                    known = states.get((stop, fitness))
                    if known is None or demerits < known[0]:
                        if known is None:
                            waiting.setdefault(stop, []).append((stop, fitness))
                        states[stop, fitness] = (demerits, state, tightness)
        ends = [state for state in states if state[0] == self.end]
        if not ends:
            return None
        state: tuple[int, int] | None = min(ends, key=lambda end: states[end][0])
        lines: list[Line] = []
        while state is not None:
            _, before, tightness = states[state]
            if before is not None:
                lines.append(Line(before[0], state[0], tightness, state[0] == self.end))
            state = before
        return lines[::-1]

    def demerits(self, start: int, stop: int, tightness: float) -> float:
        last = stop == self.end
        if tightness < 0:
            badness = CROWDED * -tightness
        elif tightness <= 1:
            badness = 100 * tightness**3
        else:
            badness = 100 + 400 * (tightness - 1)
        if not self.measure.justified:
            badness = 4 * tightness
        price = (10 + badness) ** 2 + PRICE[self.level[stop]] ** 2
        if last:
            price += self.loneliness(start)
            if stop - start < 4 and start > self.start:
                price += SHORT_LAST
        return price
