"""Markers over time: a row for each analyte that the source gives as a figure at two or more times."""

from collections.abc import Iterator
from decimal import Decimal

from publisher.case import Case, LabResult
from publisher.catalogue import AnalyteName
from publisher.figures.axis import Axis, Scale, axis
from publisher.figures.drawing import MEASURE, Drawing, Drawn, finished
from publisher.figures.trajectory import FOOT, WIDE, Band, Frame, Point, Row, times, trajectory
from publisher.written import Moment, Reading, Word

ROW = 38.0
"""Height of a row in points."""
def markers(case: Case) -> Drawn | None:
    """Draw the markers of a case, or nothing where no analyte has two figures in time."""
    rows = list(marker_rows(case))
    found = axis([row.moments for row in rows], WIDE.left, WIDE.right) if rows else None
    if found is None:
        return None
    drawing = Drawing(MEASURE, 0)
    if found.scale is Scale.ORDINAL and len(rows) > 1 and len(found.slots) <= 3:
        drawing.height = abreast(drawing, rows)
    else:
        for place, row in enumerate(rows):
            trajectory(drawing, found, row, place * ROW, ROW, last=row is rows[-1])
        drawing.height = times(drawing, found, [row.moments for row in rows], len(rows) * ROW - FOOT) + 1
    names = "、".join(row.name for row in rows)
    alt = f"折线图，{len(rows)}项检验随时间的变化。{''.join(map(told, rows))}"
    return finished("markers", f"{names}随时间的变化{remark(found)}", alt, drawing)


def abreast(drawing: Drawing, rows: list[Row]) -> float:
    """Draw rows of few moments beside one another, each with its own axis; return how far down they reach."""
    step = MEASURE / len(rows)
    feet = []
    for place, row in enumerate(rows):
        frame = Frame(place * step, place * step + 12, (place + 1) * step - 14, above=True)
        found = axis([row.moments], frame.left, frame.right)
        trajectory(drawing, found, row, 0, ROW + 10, frame, last=True)
        feet.append(times(drawing, found, [row.moments], ROW + 10 - FOOT))
    return max(feet) + 1


def remark(found: Axis) -> str:
    """Say in a caption that the distances of an axis mean nothing."""
    return "（按先后排列，不表示时距）" if found.scale is Scale.ORDINAL else ""


def told(row: Row) -> str:
    """Tell a row in words: 癌胚抗原（ng/mL）：治疗前15.2，第3周期后8.5。"""
    unit = f"（{row.unit}）" if row.unit else ""
    band = f"；参考范围{row.band.words}" if row.band else ""
    return f"{row.name}{unit}：{'，'.join(f'{point.at} {point.value}' for point in row.points)}{band}。"


def marker_rows(case: Case) -> Iterator[Row]:
    """Yield a row for each analyte and unit with two figures in time, in the order of the source."""
    found: dict[tuple[str, str], list[tuple[AnalyteName, Moment, Reading]]] = {}
    for name, unit, at, value in measured(case):
        found.setdefault((str(name.entry.id), unit), []).append((name, at, value))
    for (analyte, unit), values in found.items():
        without = found.get((analyte, ""), []) if unit else []
        points = {(str(at), str(value)): point(at, value) for _, at, value in values + without}
        ordered = sorted(points.values(), key=lambda point: not point.at.endswith("前"))
        row = Row(str(values[0][0]), unit, tuple(ordered), band=band(case, analyte, unit))
        if len(row.figures) > 1:
            yield row


def measured(case: Case) -> Iterator[tuple[AnalyteName, str, Moment, Reading]]:
    """Yield every result with a time: analyte, unit, time, value."""
    for series in case.series:
        for column in series.columns:
            for point in series.points:
                if value := point.values.get(str(column.analyte)):
                    yield column.analyte, str(column.unit or ""), point.at, value
    for panel in case.labs:
        for result in panel.results if panel.at else ():
            yield result.analyte, str(result.unit or ""), panel.at, result.value


def point(at: Moment, value: Reading) -> Point:
    return Point(at, value, value.low, value.high)


def band(case: Case, analyte: str, unit: str) -> Band | None:
    """Return the range of reference that the source prints for an analyte in a unit."""
    for result in [result for panel in case.labs for result in panel.results]:
        if result.reference and is_of(result, analyte, unit):
            ends = limits(result.reference)
            if ends:
                return Band(str(result.reference), *ends)
    return None


def is_of(result: LabResult, analyte: str, unit: str) -> bool:
    return str(result.analyte.entry.id) == analyte and str(result.unit or "") == unit


def limits(reference: Word) -> tuple[Decimal, Decimal] | None:
    """Return the ends of a range of reference; an upper bound alone begins at 0."""
    reading = Reading(reference)
    if reading.low is None or reading.bound in (">", "≥", "＞", "≈", "约"):
        return None
    return (Decimal(0), reading.high) if reading.bound else (reading.low, reading.high)
