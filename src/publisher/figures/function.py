"""Pain and function: scores on their scales over time, and under them what was given for pain, to one axis."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from publisher.case import Case
from publisher.figures.axis import Axis, Scale, axis
from publisher.figures.drawing import HAIRLINE, INK, LABEL, MEASURE, SECOND, SMALL, SOFT, THIN, TINT, Drawing, Drawn, finished
from publisher.figures.lettering import width, wrapped
from publisher.figures.markers import remark
from publisher.figures.trajectory import FOOT, GUTTER, WIDE, Point, Row, times, trajectory
from publisher.written import Moment, Word

PAIN, OTHER, LANE = 46.0, 34.0, 13.0
"""Heights in points: the row of pain, any other row, the lane of one drug."""
OPEN_END = 34.0
"""Room at the right of the axis for what was given on."""
LEFT_OUT = ("mirels",)
"""Scales that judge a bone, not the patient."""
STOPPED = ("停用", "停药")


@dataclass(frozen=True)
class Dosage:
    """What was given of a drug from one time to another; None where the source does not say."""

    words: str
    start: Moment | None
    end: Moment | None


@dataclass(frozen=True)
class Lane:
    drug: str
    dosages: tuple[Dosage, ...]


def function(case: Case) -> Drawn | None:
    """Draw the scores of a case that are given at two or more times, or nothing where none is."""
    rows = list(score_rows(case))
    if not rows:
        return None
    lanes = list(pain_lanes(case))
    found = axis([row.moments for row in rows], WIDE.left, WIDE.right - (OPEN_END if lanes else 0))
    if found is None:
        return None
    shown = [lane for lane in lanes if any(dosage_ends(found, dosage) for dosage in lane.dosages)]
    drawing, y = Drawing(MEASURE, 0), 0.0
    for row in rows:
        height = PAIN if row.name == "NRS" else OTHER
        trajectory(drawing, found, row, y, height, last=row is rows[-1] and not shown)
        y += height
    if shown:
        y += 3
        for lane in shown:
            y = draw_lane(drawing, found, lane, y)
        y += FOOT + 4
    drawing.height = times(drawing, found, [row.moments for row in rows], y - FOOT) + 1
    names = "、".join(row.name for row in rows)
    doses = "".join(told(lane) for lane in shown)
    alt = f"折线图，{names}随时间的变化。{''.join(map(scored, rows))}{doses}"
    caption = f"{names}随时间的变化{'与镇痛用药' if shown else ''}{remark(found)}"
    return finished("function", caption, alt, drawing)


def scored(row: Row) -> str:
    return f"{row.name}：{'，'.join(f'{point.at} {point.value}' for point in row.points)}。"


def told(lane: Lane) -> str:
    """Tell a lane in words."""
    parts = [f"{dosage.words}（{f'自{dosage.start}' if dosage.start else ''}{f'至{dosage.end}' if dosage.end else ''}）" for dosage in lane.dosages]
    return f"{lane.drug}：{'，'.join(parts)}。".replace("（）", "")


def score_rows(case: Case) -> Iterator[Row]:
    """Yield a row for each scale with two figures in time, pain first."""
    found: dict[str, list] = {}
    for score in case.scores:
        if score.at and str(score.scale.entry.id) not in LEFT_OUT:
            found.setdefault(str(score.scale.entry.id), []).append(score)
    for scores in sorted(found.values(), key=lambda scores: str(scores[0].scale.entry.symbol) != "NRS"):
        entry = scores[0].scale.entry
        points = tuple(Point(score.at, score.value, *figures(score.value)) for score in scores)
        ends = (Decimal(entry.low), Decimal(entry.high)) if entry.low and entry.high else None
        row = Row(str(scores[0].scale), "", points, ends)
        if len(row.figures) > 1:
            yield row


def figures(value) -> tuple[Decimal | None, Decimal | None]:
    """Return the ends of a score: its figure without the word for points or times."""
    bare = type(value)(value.removesuffix("分").removesuffix("次"))
    return bare.low, bare.high


def pain_lanes(case: Case) -> Iterator[Lane]:
    """Yield what was given for pain, drug by drug, as far as the source dates its changes."""
    changes: dict[str, list] = {}
    for change in case.dose_changes:
        if str(change.drug.entry.group) == "镇痛药" and change.at:
            changes.setdefault(str(change.drug.entry.id), []).append(change)
    for drug, steps in changes.items():
        first = steps[0]
        dosages = [Dosage(short(first.before), begun(case, drug, short(first.before)), first.at)] if first.before else []
        for place, step in enumerate(steps):
            following = steps[place + 1].at if place + 1 < len(steps) else None
            if step.after not in STOPPED and step.at != following:
                dosages.append(Dosage(short(step.after), step.at, following))
        yield Lane(str(steps[0].drug), tuple(dosages))


def begun(case: Case, drug: str, words: str) -> Moment | None:
    """Return when a dosage was begun, as far as the orders say so."""
    doses = [dose for treatment in case.treatments if treatment.status == "已实施" for dose in treatment.doses]
    return next((dose.at for dose in doses if dose.at and dose.dose == words and str(dose.drug.entry.id) == drug), None)


def short(words: Word) -> str:
    """Return the dose without how often and how it is given."""
    return str(words).split("，")[0]


def dosage_ends(found: Axis, dosage: Dosage) -> tuple[float | None, float | None] | None:
    """Return where a dosage begins and ends on the axis; None where neither has a place."""
    ends = tuple(span.x if span else None for span in (found.span(bare(at)) if at else None for at in (dosage.start, dosage.end)))
    return None if ends == (None, None) or found.scale is Scale.ORDINAL else ends


def bare(moment: Moment) -> Moment:
    return Moment(moment.removesuffix("起"))


def draw_lane(drawing: Drawing, found: Axis, lane: Lane, top: float) -> float:
    """Draw a drug's dosages as bars, open where their beginning or end is not recorded; return the foot."""
    names = wrapped(lane.drug, GUTTER, SMALL)
    height = max(LANE, len(names) * SMALL * 1.15 + 3)
    drawing.paragraph(0, top + (height - len(names) * SMALL * 1.15) / 2 + SMALL * 0.85, names, SMALL, leading=SMALL * 1.15)
    y = top + (height - 9) / 2
    first, last = WIDE.left - 2, WIDE.right
    for dosage in lane.dosages:
        ends = dosage_ends(found, dosage)
        if not ends:
            continue
        left, right = (first if ends[0] is None else ends[0]), (last if ends[1] is None else ends[1])
        drawing.box(left, y, right - left, 9, fill=TINT)
        drawing.line(left, y, right, y, SECOND, HAIRLINE)
        drawing.line(left, y + 9, right, y + 9, SECOND, HAIRLINE)
        for x, known in ((left, ends[0] is not None), (right, ends[1] is not None)):
            if known:
                drawing.line(x, y, x, y + 9, SECOND, THIN)
        fits = width(dosage.words, SMALL) <= right - left - 3
        place = (left + right) / 2 if fits else right + 3
        drawing.text(place, y + 7, dosage.words, SMALL if fits else LABEL - 0.5, "middle" if fits else "start", INK if fits else SOFT)
    return top + height
