"""The course of a case on one axis of time: what was given, done, seen and suffered, in lanes; told events as flags over the axis.

Only what the source dates is drawn; what it does not is named in the note.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from publisher.case import Case, Response, Treatment
from publisher.figures.axis import Axis, Scale, Span, Stretch, axis
from publisher.figures.drawing import (
    HAIRLINE,
    INK,
    LABEL,
    MEASURE,
    MEDIUM,
    PAPER,
    RULE,
    SECOND,
    SMALL,
    SOFT,
    THIN,
    TINT,
    TINY,
    Drawing,
    Drawn,
    finished,
)
from publisher.figures.lettering import Box, balanced, width, wrapped
from publisher.figures.signs import sign
from publisher.figures.sites import where
from publisher.figures.trajectory import GUTTER, WIDE, line
from publisher.figures.trajectory import moments as print_moments
from publisher.written import Moment

SYSTEMIC = ("化疗", "靶向治疗", "免疫治疗", "内分泌治疗", "CDK4/6抑制剂治疗", "抗体药物偶联物治疗", "全身治疗")
UNTOLD = ("支持治疗", "心理治疗", "其他", "急症处理")
"""Kinds that are not missed where they have no time."""
CYCLE = re.compile(r"第(\d+)(?:周期|次)[，]?(.+)")
CLAUSE = re.compile(r"[，；。（]")
LANE, TIER, FLAG = 14.0, 18.5, 88.0
"""Height of a lane and of a tier of flags, widest line of a flag, in points."""
LAST_WORDS = 32.0
"""Room for the words of what stands last."""
MOST_TICKS = 60
LEAST = 3
"""Fewer moments make no course."""


@dataclass(frozen=True)
class Item:
    """Something in a lane: its time, how it is drawn, its words, and what they are told as."""

    at: Moment
    shape: str
    words: str = ""
    told: str = ""


@dataclass
class Lane:
    name: str
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True)
class Flag:
    x: float
    lines: list[str]
    tier: int
    box: Box


def course(case: Case) -> Drawn | None:
    """Draw the course of a case; nothing where it would have no lane, or fewer than three moments that have a place."""
    lanes = [lane for lane in lanes_of(case) if lane.items]
    events = told_events(case, lanes)
    rows = [[item.at for item in lane.items] for lane in lanes] + [[at] for at, _ in events]
    found = axis(rows, WIDE.left, WIDE.right, slots=False)
    if found is None:
        return None
    if found.scale is Scale.RELATIVE:
        found = axis(rows, WIDE.left, WIDE.right - LAST_WORDS, slots=False)
    drawn = [Lane(lane.name, merged([item for item in lane.items if found.span(item.at)])) for lane in lanes]
    drawn = [lane for lane in drawn if lane.items]
    if not drawn:
        return None
    flags = [(at, words) for at, words in events if found.span(at)]
    places = {str(at): found.span(at) for at in [item.at for lane in drawn for item in lane.items] + [at for at, _ in flags]}
    if len(places) < LEAST:
        return None
    drawing, y = Drawing(MEASURE, 0), 0.0
    for lane in drawn:
        y = draw_lane(drawing, found, lane, y)
    y = draw_flags(drawing, [(found.span(at).x, words) for at, words in flags], y)
    drawing.height = ticks(drawing, found, places, y) + 1
    missing = note([str(at) for at, _ in events if not found.span(at)], untimed(case))
    return finished("course", "病程", told(drawn, flags, missing), drawing, missing)


def merged(items: list[Item]) -> list[Item]:
    """Make one of all items of a lane that have one time and one shape."""
    found: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        found.setdefault((str(item.at), item.shape), []).append(item)
    return [
        Item(same[0].at, same[0].shape, "；".join(item.words for item in same if item.words), "、".join(item.told for item in same if item.told))
        for same in found.values()
    ]


def note(missing: list[str], treatments: list[str]) -> str:
    parts = [f"时刻无从定位而未画：{'、'.join(dict.fromkeys(missing))}" if missing else "", f"未系时间而未画：{'、'.join(treatments)}" if treatments else ""]
    return "；".join(part for part in parts if part) + ("。" if any(parts) else "")


def told(lanes: list[Lane], flags: list[tuple[Moment, str]], missing: str) -> str:
    """Tell the figure in words, lane by lane."""
    parts = [f"{lane.name}：{'，'.join(f'{item.at} {item.told or item.words}'.strip() for item in lane.items)}。" for lane in lanes]
    events = f"记事：{'，'.join(f'{at} {words}' for at, words in flags)}。" if flags else ""
    return f"病程时间轴。{''.join(parts)}{events}{missing}"


# -- what goes into the lanes --------------------------------------------------------------------------------------


def lanes_of(case: Case) -> Iterator[Lane]:
    done = [treatment for treatment in case.treatments if treatment.status == "已实施"]
    systemic = [treatment for treatment in done if treatment.kind in SYSTEMIC and treatment.at]
    yield from (Lane(str(treatment.title), [Item(treatment.at, "bar", str(treatment.line or ""))]) for treatment in systemic)
    yield from cycles(case)
    yield Lane("手术", [Item(at, "operation", str(treatment.title)) for treatment in done if treatment.kind == "手术" and (at := operation_at(treatment))])
    yield Lane("放疗", list(radiotherapy(done)))
    yield Lane("骨改良药", list(injections(done)))
    yield from (Lane(str(treatment.title), [Item(treatment.at, "bar")]) for treatment in done if treatment.kind == "镇痛治疗" and treatment.at)
    yield dose_changes(case)
    yield Lane("骨相关事件", list(bone_events(case)))
    yield Lane("影像与检查", [Item(study.at, "study", told=str(study.modality)) for study in case.studies if study.at])
    yield Lane("疗效评价", [Item(response.at, "response", words) for response in case.responses if response.at and (words := verdict(response))])


def verdict(response: Response) -> str:
    """Return the first clause of what was found."""
    return CLAUSE.split(str(response.overall or response.target or response.non_target or ""))[0]


def dose_changes(case: Case) -> Lane:
    """Return the lane of dose changes; its name says the drug where there is but one."""
    changes = [change for change in case.dose_changes if change.at]
    drugs = list(dict.fromkeys(str(change.drug) for change in changes))
    items = []
    for change in changes:
        words = CLAUSE.split(str(change.after))[0]
        items.append(Item(change.at, "change", words if len(drugs) == 1 else f"{change.drug}{words}", f"{change.drug}{words}"))
    return Lane("剂量调整" if len(drugs) != 1 else f"{drugs[0]}剂量调整", items)


def operation_at(treatment: Treatment) -> Moment | None:
    return (treatment.operation.at if treatment.operation else None) or treatment.at


def cycles(case: Case) -> Iterator[Lane]:
    """Yield a lane for each treatment whose numbered cycles or injections the time line tells."""
    found: dict[str, list[Item]] = {}
    for event in case.timeline:
        if match := CYCLE.fullmatch(event.event):
            found.setdefault(match[2], []).append(Item(event.at, "cycle", match[1], f"第{match[1]}次"))
    yield from (Lane(name, items) for name, items in found.items() if len(items) > 1)


def radiotherapy(done: list[Treatment]) -> Iterator[Item]:
    for treatment in done:
        for field_ in treatment.radiotherapy:
            at = field_.at or treatment.at
            if at and treatment.kind == "放疗":
                amount = "，".join(str(part) for part in (field_.dose, field_.fractions) if part)
                yield Item(at, "radiotherapy", f"{where(field_)} {amount}".strip())


def injections(done: list[Treatment]) -> Iterator[Item]:
    for treatment in done:
        bone = [dose for dose in treatment.doses if str(dose.drug.entry.group) == "骨改良药"]
        if bone and treatment.at and not any(dose.at for dose in bone):
            yield Item(treatment.at, "bar", str(bone[0].drug))
        for dose in bone:
            if dose.at:
                shape = "bar" if len(dose.at.dates) > 1 else "injection"
                yield Item(dose.at, shape, str(dose.dose or ""), f"{dose.drug}{dose.dose or ''}")


def bone_events(case: Case) -> Iterator[Item]:
    """Yield the bone events that no other lane has."""
    taken = {"骨放疗", "骨手术"}
    for event in case.bone_events:
        if event.at and event.event not in taken:
            yield Item(event.at, str(event.event), f"{event.event}：{place}" if (place := where(event)) else str(event.event))


def told_events(case: Case, lanes: list[Lane]) -> list[tuple[Moment, str]]:
    """Return the events of the time line that no lane tells."""
    words = {"operation": "手术", "radiotherapy": "放疗"}
    said = {(str(item.at), words.get(item.shape, item.words)) for lane in lanes for item in lane.items if item.shape in (*words, "response")}
    cyclic = {lane.name for lane in lanes}
    found = []
    for event in case.timeline:
        match = CYCLE.fullmatch(event.event)
        if not (match and match[2] in cyclic) and not any(at == event.at and word in event.event for at, word in said):
            found.append((event.at, str(event.event)))
    return found


def untimed(case: Case) -> list[str]:
    """Name the treatments that were given and have no time at all."""
    told_in = [match[2] for event in case.timeline if (match := CYCLE.fullmatch(event.event))]
    names = []
    for treatment in case.treatments:
        times = [treatment.at, *(dose.at for dose in treatment.doses), *(part.at for part in treatment.radiotherapy)]
        operation = treatment.operation.at if treatment.operation else None
        missed = treatment.status == "已实施" and treatment.kind not in UNTOLD
        if missed and not any(times) and not operation and not any(is_told(treatment, words) for words in told_in):
            names.append(str(treatment.title))
    return list(dict.fromkeys(names))


def is_told(treatment: Treatment, words: str) -> bool:
    """Tell whether the words of a cycle (化疗与双靶治疗) mean a treatment, by its drugs, kind or title."""
    if any(dose.drug in words for dose in treatment.doses):
        return True
    return treatment.kind in SYSTEMIC and any(part == treatment.kind or part in treatment.title for part in words.split("与"))


# -- drawing -------------------------------------------------------------------------------------------------------


def draw_lane(drawing: Drawing, found: Axis, lane: Lane, top: float) -> float:
    """Draw a lane; return its foot."""
    names = wrapped(lane.name, GUTTER, LABEL)
    height = max(LANE, len(names) * LABEL * 1.15 + 3.5)
    y = top + height / 2
    drawing.paragraph(0, y - (len(names) - 1) * LABEL * 1.15 / 2 + LABEL * 0.36, names, LABEL, leading=LABEL * 1.15)
    drawing.line(WIDE.left - 2, top + height, WIDE.right, top + height, SOFT, HAIRLINE, "0.4 2.4")
    spans = [found.span(item.at) for item in lane.items]
    ends: list[Box] = []
    for place, (item, span) in enumerate(zip(lane.items, spans, strict=True)):
        draw_item(drawing, item, span, y)
        ends.append(Box(span.x1 - 4, y - 5, max(span.x2, span.x1) + 4, y + 5))
        following = min((other.x1 for other in spans[place + 1 :] if other.x1 > span.x1), default=WIDE.right) - 5
        label(drawing, item, span, y, following, ends)
    return top + height


def label(drawing: Drawing, item: Item, span: Span, y: float, following: float, taken: list[Box]) -> None:
    """Print an item's words inside its bar, after it or before it, where they have room; not at all where they have none."""
    if not item.words or item.shape == "cycle":
        return
    across, baseline = width(item.words, SMALL), y + SMALL * 0.36
    if item.shape in ("bar", "radiotherapy") and across + 6 < span.x2 - span.x1:
        drawing.text(span.x, baseline, item.words, SMALL, "middle")
        return
    clear = 20 if item.shape == "bar" and len(item.at.dates) == 1 else 8
    for x in (max(span.x2, span.x1) + clear, span.x1 - 8 - across):
        box = Box(x, y - 4, x + across, y + 4)
        if WIDE.left <= x and x + across <= (following if x > span.x1 else WIDE.right) and not any(box.meets(other, 3) for other in taken[:-1]):
            taken.append(drawing.text(x, baseline, item.words, SMALL))
            return


def draw_item(drawing: Drawing, item: Item, span: Span, y: float) -> None:
    x = span.x
    if item.shape in ("bar", "radiotherapy") and len(item.at.dates) > 1:
        drawing.box(span.x1, y - 4.5, span.x2 - span.x1, 9, TINT, SECOND, THIN)
    elif item.shape == "bar":
        drawing.line(span.x1, y - 4.5, span.x1, y + 4.5, SECOND, MEDIUM)
        drawing.line(span.x1, y, span.x1 + 15, y, SECOND, MEDIUM)
        drawing.polygon([(span.x1 + 14, y - 2.4), (span.x1 + 19, y), (span.x1 + 14, y + 2.4)], SECOND)
    elif item.shape == "cycle":
        drawing.dot(x, y, 5, PAPER, SECOND, THIN)
        drawing.text(x, y + 2.4, item.words, TINY, "middle", INK)
    elif item.shape == "study":
        drawing.line(x, y - 3.2, x, y + 3.2, RULE, MEDIUM)
    elif item.shape == "response":
        drawing.polygon([(x - 3.4, y), (x, y - 3.8), (x + 3.4, y), (x, y + 3.8)], SECOND)
    elif item.shape == "injection":
        drawing.polygon([(x - 3.2, y - 3.4), (x + 3.2, y - 3.4), (x, y + 3.6)], SECOND)
    elif item.shape == "change":
        drawing.line(x, y - 4, x, y + 4, SECOND, MEDIUM)
        drawing.polygon([(x - 2.2, y + 1), (x + 2.2, y + 1), (x, y + 4.6)], SECOND)
    else:
        sign(drawing, item.shape, x, y)


def draw_flags(drawing: Drawing, events: list[tuple[float, str]], top: float) -> float:
    """Print events as flags whose poles stand on the axis; return where the axis is."""
    placed: list[Flag] = []
    for x, words in sorted(events, key=lambda event: -event[0]):
        placed.append(placed_flag(x, words, placed))
    tiers = max((flag.tier + 1 for flag in placed if flag.lines), default=0)
    foot = top + tiers * TIER + (5 if events else 6)
    for flag in placed:
        up = foot - 4 - (flag.tier + 1) * TIER + 2 if flag.lines else foot - 3
        drawing.line(flag.x, foot, flag.x, up, SOFT, HAIRLINE)
        drawing.dot(flag.x, foot, 1.5, INK)
        if flag.lines:
            right = flag.box.x1 < flag.x - 1
            drawing.paragraph(flag.x + (-2 if right else 2), up + SMALL * 0.8, flag.lines, SMALL, "end" if right else "start", INK, SMALL * 1.12)
    return foot


def placed_flag(x: float, words: str, placed: list[Flag]) -> Flag:
    """Find a tier for a flag and as many clauses of its words as fit into two lines there; without words where none has room."""
    for clauses in prefixes(words):
        for measure in (FLAG, FLAG * 0.75):
            lines = balanced(clauses, measure, SMALL)
            if len(lines) > 2:
                continue
            across = max(width(text, SMALL) for text in lines) + 3
            for tier in range(4):
                for left in (x, x - across):
                    box = Box(left, tier, left + across, tier + 0.9)
                    if WIDE.left - 6 <= box.x1 and box.x2 <= WIDE.right + 2 and has_room(box, tier, x, placed):
                        return Flag(x, lines, tier, box)
    return Flag(x, [], 0, Box(x, 0, x, 0))


def has_room(box: Box, tier: int, x: float, placed: list[Flag]) -> bool:
    """Tell whether a flag meets no other, no pole runs through it, and its own runs through none."""
    for other in placed:
        if not other.lines:
            continue
        if other.tier == tier and box.x1 < other.box.x2 + 3 and other.box.x1 < box.x2 + 3:
            return False
        if other.tier > tier and box.x1 - 1 < other.x < box.x2 + 1:
            return False
        if other.tier < tier and other.box.x1 - 1 < x < other.box.x2 + 1:
            return False
        if abs(other.x - x) < 0.5:
            return other.tier != tier
    return True


def prefixes(words: str) -> Iterator[str]:
    """Yield the words, then less and less of their clauses, each a beginning of them."""
    ends = [match.start() for match in CLAUSE.finditer(words)]
    yield from (words[:end] for end in [len(words), *reversed(ends)] if end)


def ticks(drawing: Drawing, found: Axis, places: dict[str, Span], y: float) -> float:
    """Draw the axis: months where it is the calendar, the moments as written where it is not."""
    if found.scale is Scale.RELATIVE:
        line(drawing, found, y)
        named: dict[float, str] = {}
        for words, span in places.items():
            named[round(span.x, 1)] = min(named.get(round(span.x, 1), words), words, key=len)
        return print_moments(drawing, found, [(Span(x, x), words) for x, words in named.items()], y)
    line(drawing, found, y)
    for month, x, named in months(found.stretches[0]):
        drawing.line(x, y, x, y + (4 if named else 2.2), RULE, HAIRLINE)
        if named:
            drawing.text(x, y + 4 + SMALL, month, SMALL, "middle", SOFT)
    return y + 6 + SMALL


def months(stretch: Stretch) -> Iterator[tuple[str, float, bool]]:
    """Yield the beginnings of months on a calendar, and whether there is room to name them; where none is named, its first and last day."""
    first, last = date.fromordinal(int(stretch.low)), date.fromordinal(int(stretch.high))
    inside = range(first.year * 12 + first.month - (first.day == 1), last.year * 12 + last.month)
    apart = (stretch.x2 - stretch.x1) / max(1, len(inside))
    step = next((step for step in (1, 2, 3, 6, 12, 24, 60, 120, 240) if apart * step > 36), 1200)
    named = [month for month in inside if month % step == 0]
    for month in inside if len(inside) <= MOST_TICKS else named:
        year, place = divmod(month, 12)
        yield f"{year}-{place + 1:02d}", stretch.x(date(year, place + 1, 1).toordinal()), month in named
    if not named:
        yield from ((day.isoformat(), stretch.x(day.toordinal()), True) for day in dict.fromkeys((first, last)))
