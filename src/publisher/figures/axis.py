"""The axis of time that the rows of a figure share: moments as written -> places across the drawing.

Where the source gives dates, the axis is the calendar; where it gives times from admission or treatment, each of these has a
stretch of its own, to its own scale, and a gap parts them, for the source does not say how far they lie apart. A moment that can
be put in order but not in time gets a place before or after the stretches. Where even that is not possible all moments stand in
their order at equal distances. No time is guessed.
"""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from publisher.figures.elapsed import Elapsed, elapsed
from publisher.written import CalendarDate, Moment

GAP = 15.0
"""Between two stretches, in points."""
SLOT = 46.0
"""Width of a place without time."""
INNER = 10.0
"""Between the end of a stretch and its first or last moment."""
ORDER = ("入院", "手术", "治疗", "随访")
"""Stretches stand in this order."""


class Scale(StrEnum):
    """What the distances of an axis mean."""

    CALENDAR = "日期"
    RELATIVE = "相对时间"
    ORDINAL = "先后"


@dataclass(frozen=True)
class Span:
    """A place across the drawing; wide where a moment is a month, a year or goes from one date to another."""

    x1: float
    x2: float
    timed: bool = True
    """It stands to scale."""

    @property
    def x(self) -> float:
        return (self.x1 + self.x2) / 2


@dataclass(frozen=True)
class Stretch:
    """A part of the axis with one scale: days after its anchor from `low` to `high` stand between `x1` and `x2`."""

    anchor: str
    low: float
    high: float
    x1: float
    x2: float

    def x(self, day: float) -> float:
        across = self.high - self.low
        return self.x1 + (self.x2 - self.x1) * ((day - self.low) / across if across else 0.5)


Key = tuple[str, int]
"""A moment in its row: its words, and how often the row has had them before."""


@dataclass(frozen=True)
class Axis:
    scale: Scale
    left: float
    right: float
    stretches: tuple[Stretch, ...] = ()
    slots: dict[Key, float] = field(default_factory=dict)
    """The places of moments without time."""
    before: frozenset[Key] = frozenset()
    """Those of them that stand before the stretches."""

    def span(self, moment: Moment, repeat: int = 0) -> Span | None:
        """Return where a moment stands, or None where it has no place."""
        key = (str(moment), repeat)
        if key in self.slots:
            return Span(self.slots[key], self.slots[key], timed=False)
        if self.scale is Scale.ORDINAL:
            return None
        days = days_of(moment) if self.scale is Scale.CALENDAR else None
        if days:
            return Span(self.stretches[0].x(days[0]), self.stretches[0].x(days[1]))
        time = elapsed(moment) if self.scale is Scale.RELATIVE and not moment.dates else None
        stretch = next((stretch for stretch in self.stretches if time and stretch.anchor == time.anchor), None)
        if stretch and stretch.low <= float(time.days) <= stretch.high:
            place = stretch.x(float(time.days))
            return Span(place, place)
        return None

    def spans(self, moments: Iterable[Moment]) -> list[Span | None]:
        """Return where the moments of a row stand."""
        return [self.span(moment, repeat) for moment, repeat in repeats(moments)]


def repeats(moments: Iterable[Moment]) -> list[tuple[Moment, int]]:
    """Say of each moment of a row how often its words came before."""
    seen: dict[str, int] = {}
    found = []
    for moment in moments:
        found.append((moment, seen.get(str(moment), 0)))
        seen[str(moment)] = seen.get(str(moment), 0) + 1
    return found


def ends_of(day: CalendarDate) -> tuple[int, int]:
    """Return the first and last day that a date may mean, as ordinals."""
    first = date(day.year, day.month or 1, day.day or 1)
    if day.day:
        return first.toordinal(), first.toordinal()
    month = day.month or 12
    return first.toordinal(), date(day.year, month, calendar.monthrange(day.year, month)[1]).toordinal()


def days_of(moment: Moment) -> tuple[int, int] | None:
    """Return the first and last day of a dated moment as ordinals, None where it has no date."""
    ends = [end for day in moment.dates for end in ends_of(day)]
    return (min(ends), max(ends)) if ends else None


def order(moment: Moment) -> tuple[Scale, int, Decimal] | None:
    """Return what moments of one kind are sorted by; None for one that has no time."""
    days = days_of(moment)
    if days:
        return (Scale.CALENDAR, days[0], Decimal(0))
    time = elapsed(moment)
    return (Scale.RELATIVE, ORDER.index(time.anchor), time.days) if time else None


Rows = Sequence[Sequence[Moment]]


def axis(rows: Rows, left: float, right: float, slots: bool = True) -> Axis | None:
    """Make the axis for rows of moments, each row in its own order.

    Without `slots` moments that have no time get no place. None where fewer than two moments have one.
    """
    dated = {str(moment) for row in rows for moment in row if moment.dates}
    times = {str(moment): time for row in rows for moment in row if not moment.dates and (time := elapsed(moment))}
    scale = Scale.CALENDAR if dated and len(dated) >= len(times) else Scale.RELATIVE
    placed = dated if scale is Scale.CALENDAR else set(times)
    if not slots:
        return timed(scale, rows, times, left, right) if len(placed) > 1 else None
    keys = [[(str(moment), repeat) for moment, repeat in repeats(row)] for row in rows]
    before, after = outside(keys, placed)
    if before is None or not comparable(scale, placed, times) or not in_order(rows, scale):
        return ordinal(keys, left, right)
    width = min(SLOT, (right - left) / (len(before) + len(after) + 2))
    start, end = left + len(before) * width, right - len(after) * width
    found = timed(scale, rows, times, start, end)
    places = {key: left + (place + 0.5) * width for place, key in enumerate(before)}
    places |= {key: end + (place + 0.5) * width for place, key in enumerate(after)}
    return Axis(scale, left, right, found.stretches, places, frozenset(before))


def comparable(scale: Scale, placed: set[str], times: dict[str, Elapsed]) -> bool:
    """Tell whether two moments stand to one scale; otherwise distances would mean nothing."""
    if scale is Scale.CALENDAR:
        return len(placed) > 1
    days: dict[str, set[Decimal]] = {}
    for time in times.values():
        days.setdefault(time.anchor, set()).add(time.days)
    return any(len(found) > 1 for found in days.values())


def outside(keys: list[list[Key]], placed: set[str]) -> tuple[list[Key] | None, list[Key]]:
    """Return the moments without time that stand before and after all others; None where some stand between."""
    before: list[Key] = []
    after: list[Key] = []
    for row in keys:
        timed_at = [place for place, (words, _) in enumerate(row) if words in placed]
        for place, key in enumerate(row):
            if key[0] in placed:
                continue
            early = place < timed_at[0] if timed_at else key[0].endswith("前")
            if timed_at and timed_at[0] < place < timed_at[-1]:
                return None, []
            if key not in (before if early else after):
                (before if early else after).append(key)
    return (None, []) if set(before) & set(after) else (before, after)


def in_order(rows: Rows, scale: Scale) -> bool:
    """Tell whether every row goes forward in time."""
    for row in rows:
        known = [found for moment in row if (found := order(moment)) and found[0] is scale]
        if known != sorted(known):
            return False
    return True


def ordinal(keys: list[list[Key]], left: float, right: float) -> Axis | None:
    """Put all moments in their order at equal distances: the longest row first, what others add where they have it."""
    order: list[Key] = []
    for row in sorted(keys, key=len, reverse=True):
        place = 0
        for key in row:
            if key in order:
                place = order.index(key) + 1
            else:
                order.insert(place, key)
                place += 1
    if len(order) < 2:
        return None
    step = min((right - left) / len(order), 110.0)
    return Axis(Scale.ORDINAL, left, right, (), {key: left + (place + 0.5) * step for place, key in enumerate(order)})


def timed(scale: Scale, rows: Rows, times: dict[str, Elapsed], left: float, right: float) -> Axis:
    if scale is Scale.CALENDAR:
        days = [day for row in rows for moment in row for day in days_of(moment) or ()]
        return Axis(scale, left, right, (Stretch("", min(days), max(days), left + INNER, right - INNER),))
    found: dict[str, list[Decimal]] = {}
    for time in times.values():
        found.setdefault(time.anchor, []).append(time.days)
    anchors = [anchor for anchor in ORDER if anchor in found]
    weights = [1.2 + len(set(found[anchor]) | {Decimal(0)}) for anchor in anchors]
    room = right - left - GAP * (len(anchors) - 1)
    stretches, start = [], left
    for anchor, weight in zip(anchors, weights, strict=True):
        across = room * weight / sum(weights)
        low, high = float(min(0, *found[anchor])), float(max(0, *found[anchor]))
        stretches.append(Stretch(anchor, low, high, start + INNER, start + across - INNER))
        start += across + GAP
    return Axis(scale, left, right, tuple(stretches))
