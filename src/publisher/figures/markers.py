"""Markers over time: a row for each analyte that the source gives as a figure at two or more times."""

from collections.abc import Iterator
from decimal import Decimal

from publisher.case import Case, LabResult
from publisher.catalogue import AnalyteName
from publisher.figures.axis import Axis, Scale, axis, order
from publisher.figures.drawing import MEASURE, Drawing, Drawn, finished
from publisher.figures.trajectory import FOOT, WIDE, Band, Frame, Point, Row, times, trajectory
from publisher.written import Moment, Reading, Word

ROW = 38.0
"""Height of a row in points."""
MOST_ROWS = 12
"""Of one figure."""
Quantity = tuple[str, str]
"""An analyte by its id, and the unit it is given in."""
Result = tuple[AnalyteName, str, Moment, Reading]
def markers(case: Case) -> list[Drawn]:
    """Draw the markers of a case, as many to a figure as a page holds; none where no analyte has two figures in time."""
    rows = list(marker_rows(case))
    return [drawn for start in range(0, len(rows), MOST_ROWS) if (drawn := one_figure(rows[start : start + MOST_ROWS]))]


def one_figure(rows: list[Row]) -> Drawn | None:
    found = axis([row.moments for row in rows], WIDE.left, WIDE.right)
    if found is None:
        return None
    drawing = Drawing(MEASURE, 0)
    if found.scale is Scale.ORDINAL and 1 < len(rows) <= 4 and len(found.slots) <= 3:
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
    told: dict[Quantity, list[Point]] = {}
    single: dict[Quantity, list[Point]] = {}
    names: dict[Quantity, str] = {}
    for found, results in ((told, series_results(case)), (single, panel_results(case))):
        for name, unit, at, value in results:
            quantity = (str(name.entry.id), unit)
            names.setdefault(quantity, str(name))
            found.setdefault(quantity, []).append(point(at, value))
    for quantity, name in names.items():
        analyte, unit = quantity
        words = [point for point in [*told.get((analyte, ""), []), *single.get((analyte, ""), [])] if unit and point.low is None]
        points = merged(told.get(quantity, []), [*single.get(quantity, []), *words])
        row = Row(name, unit, tuple(points), band=band(case, analyte, unit))
        if len(row.figures) > 1:
            yield row


def merged(series: list[Point], others: list[Point]) -> list[Point]:
    """Put single results among those of a series, as far as their times say where: all of one kind, or before all."""
    others = [point for point in others if (point.at, point.value) not in {(known.at, known.value) for known in series}]
    orders = [order(point.at) for point in [*series, *others]]
    if all(orders) and len({order[0] for order in orders}) == 1:
        return sorted([*series, *others], key=lambda point: order(point.at))
    return [*(point for point in others if point.at.endswith("前") and series), *series]


def series_results(case: Case) -> Iterator[Result]:
    for series in case.series:
        for column in series.columns:
            for point in series.points:
                if value := point.values.get(str(column.analyte)):
                    yield column.analyte, str(column.unit or ""), point.at, value


def panel_results(case: Case) -> Iterator[Result]:
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
