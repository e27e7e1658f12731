"""Rules on time in treatment: the length of a cycle against the dates of cycles, doses and radiation."""

import datetime
import re
from collections.abc import Iterator

from publisher.case import TimelineEvent, Treatment
from publisher.lint.doses import Order, cycles, orders
from publisher.lint.gathered import each_once, prose, texts
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import CalendarDate, Moment, Written

SLACK = 3
"""Days by which a cycle may shift for a holiday or a low count."""


def day(date: CalendarDate) -> datetime.date | None:
    return datetime.date(date.year, date.month, date.day) if date.month and date.day else None


def first_day(at: Moment | None) -> datetime.date | None:
    """Return the first full date of a moment."""
    return next((found for date in at.dates if (found := day(date))), None) if at else None


def numbered(record: Record, treatment: Treatment) -> list[tuple[int, datetime.date, TimelineEvent]]:
    """Return the dated cycles or doses of a treatment in the time line: number, day, event."""
    names = {str(word) for dose in treatment.doses for word in (dose.drug, dose.drug.entry.name)}
    words = {"化疗": "化疗", "靶向治疗": "靶向|双靶"}.get(treatment.kind)
    found = []
    for event in record.case.timeline:
        match = re.search(r"第\s?(\d{1,2})\s?(?:个?周期|次)", event.event)
        about = any(name in event.event for name in names) or (words and re.search(words, event.event))
        if match and about and (date := first_day(event.at)):
            found.append((int(match[1]), date, event))
    return sorted(found, key=lambda item: item[0])


def cycled(record: Record) -> Iterator[tuple[Treatment, Order, tuple[int, int]]]:
    """Yield each treatment with an order that has a cycle or interval of a week at least, as least and most days."""
    for number, treatment in enumerate(record.case.treatments):
        for order in orders(record):
            if order.treatment == number and (every := interval_of(order)) and every[0] >= 7:
                yield treatment, order, every
                break


def interval_of(order: Order) -> tuple[int, int] | None:
    """Return the cycle of an order before its interval: a daily drug may have a cycle of 28 days."""
    from_cycle = Order(order.drug, order.spelling, order.at, cycle=order.cycle).every
    return from_cycle or order.every


@rule("RX-030", "case")
def cycle_against_dates(record: Record) -> Iterator[Finding]:
    """Cycles are dated at another distance than the order says.

    Palbociclib is taken 21 days of 28: cycles that begin every 21 days leave no pause.
    """
    wrong: dict[tuple, list[tuple[Written, list[float], list[TimelineEvent]]]] = {}
    for treatment, order, (least, most) in cycled(record):
        line = numbered(record, treatment)
        gaps = [((later - earlier).days / (second - first), event) for (first, earlier, _), (second, later, event) in zip(line, line[1:], strict=False) if second > first]
        odd = [(gap, event) for gap, event in gaps if not least - SLACK <= gap <= most + SLACK]
        at = order.cycle or order.frequency or order.dose or order.at
        if gaps and len(odd) == len(gaps):
            events = [event for _, event in odd]
            wrong.setdefault(tuple(event.at for event in events), []).append((at, sorted({gap for gap, _ in gaps}), events))
        elif odd:
            gap, event = odd[0]
            said = f"“{event.event}”距前次{gap:g}天，医嘱作“{at}”，日期请核"
            yield Finding(event.at, said, event.at, "核对日期，或说明延期原因", each_once([event.event, at, *(other.at for _, other in odd[1:])]))
    for found in wrong.values():
        at, gaps, events = max(found, key=lambda item: "周期" in item[0])
        said = f"医嘱作“{at}”，时间线各次相隔{'、'.join(f'{gap:g}' for gap in gaps)}天，二者不符，请核"
        yield Finding(at, said, at, "核对周期长度与日期", each_once([*(other for other, _, _ in found), *(event.at for event in events)]))


@rule("RX-031", "case")
def cycles_against_span(record: Record) -> Iterator[Finding]:
    """The number of cycles does not fill the time from first to last.

    Six cycles of 21 days begin within 105 days and end within 126.
    """
    for treatment, order, (least, most) in cycled(record):
        dates = [found for date in (treatment.at.dates if treatment.at else ()) if (found := day(date))]
        count = cycles(order.cycle or "")
        if len(dates) == 2 and count and count[0] == count[1] > 1:
            span, number = (dates[1] - dates[0]).days, count[0]
            if not (number - 1) * least - 2 * SLACK <= span <= number * most + 2 * SLACK:
                said = f"{treatment.at}共{span}天，医嘱“{order.cycle}”应为{(number - 1) * least}～{number * most}天，二者不符，请核"
                yield Finding(order.cycle, said, order.cycle, "核对起止日期、周期长度与周期数", (treatment.at, treatment.title))
        highest = max((number for number, _, _ in numbered(record, treatment)), default=0)
        if count and count[0] == count[1] and highest > count[0]:
            event = numbered(record, treatment)[-1][2]
            said = f"医嘱共{count[0]}周期，时间线有第{highest}周期，请核"
            yield Finding(order.cycle, said, order.cycle, "核对周期数", (event.event, event.at))


DAY = re.compile(r"(?:治疗)?第\s?(\d{1,3})\s?(天|周)")


@rule("RX-032", "case", Severity.REVIEW)
def dose_before_its_time(record: Record) -> Iterator[Finding]:
    """A further dose is given before the ordered interval has passed.

    Denosumab every four weeks and again on day 21, or in week 2.
    """
    for number, treatment in enumerate(record.case.treatments):
        mine = [order for order in orders(record) if order.treatment == number]
        for order in mine:
            regular = next((other for other in mine if other.drug is order.drug and other.every and other is not order), None)
            match = DAY.search(order.when or "")
            if not regular or not match or regular.daily or order.every:
                continue
            latest = int(match[1]) * (7 if match[2] == "周" else 1)
            if latest < regular.every[0] - SLACK:
                said = f"{order.spelling}医嘱{regular.frequency or regular.cycle}，{order.when}即再次给药，二者不符，请核"
                again = [dose.remark for dose in treatment.doses if dose.drug.place == order.at.place]
                text = [leaf for leaf in prose(record, "treatments", "timeline", "course") if re.search("第2次|继续给予", leaf) and order.drug.name in leaf]
                yield Finding(order.when, said, order.when, "核对给药日期", each_once([*order.leaves, *again, *regular.leaves, *text]))


@rule("RX-033", "case", Severity.REVIEW, source="CSCO非小细胞肺癌诊疗指南2024：含铂双药4～6周期")
def too_many_platinum_cycles(record: Record) -> Iterator[Finding]:
    """More than six cycles of a platinum doublet are planned or given.

    Beyond six the platinum adds harm and no benefit; 9 is often a misread 6.
    """
    for treatment in record.case.treatments:
        platinum = [dose for dose in treatment.doses if dose.drug.entry.drug_class == "铂类"]
        for leaf in (*treatment.text, *(dose.cycle for dose in platinum if dose.cycle)):
            count = cycles(leaf)
            if platinum and count and count[1] > 6 and not re.search("维持", leaf):
                said = f"含铂方案作{count[0]}～{count[1]}周期" if count[0] != count[1] else f"含铂方案作{count[1]}周期"
                yield Finding(leaf, f"{said}，通行4～6周期，请核", leaf[:30], "核对周期数", (treatment.title,))


@rule("RX-034", "case", Severity.REVIEW)
def radiation_against_dates(record: Record) -> Iterator[Finding]:
    """The dates of a course of radiation do not fit the number of fractions.

    Ten fractions at five a week take two weeks; three weeks want an explanation.
    """
    for treatment in record.case.treatments:
        for item in treatment.radiotherapy:
            dates = [found for date in (item.at.dates if item.at else ()) if (found := day(date))]
            match = re.search(r"\d+", item.fractions or "")
            if len(dates) == 2 and match and int(match[0]) > 1:
                span, number = (dates[1] - dates[0]).days + 1, int(match[0])
                least, usual = number, -(-number // 5) * 7
                if span < least or span > usual + 5:
                    said = f"放疗{item.at}历时{span}天，{number}次按每周5次约{usual}天，二者不符，请核"
                    yield Finding(item.at, said, item.at, "核对起止日期与次数", each_once([treatment.title, treatment.at, item.fractions, item.schedule, *radiated(record)]))


def radiated(record: Record) -> tuple[Written, ...]:
    return tuple(leaf for leaf in prose(record, "timeline") if "放疗" in leaf)


@rule("RX-035", "case")
def impossible_radiation(record: Record) -> Iterator[Finding]:
    """A dose of radiation is beyond what is given, or the text gives the same field another dose.

    30 Gy in ten fractions is 3 Gy a day; above 24 Gy a fraction or 80 Gy in all a figure is wrong.
    """
    for treatment in record.case.treatments:
        for item in treatment.radiotherapy:
            dose, number = (re.search(r"\d+(?:\.\d+)?", part or "") for part in (item.dose, item.fractions))
            if not dose:
                continue
            each = float(dose[0]) / (int(float(number[0])) if number and float(number[0]) else 1)
            if float(dose[0]) > 80 or each > 24 or (number and each < 1):
                yield Finding(item.dose, f"放疗作{item.dose}/{item.fractions or '次数未载'}，每次{each:g} Gy，超出通行范围，请核", item.dose, "核对剂量与次数", each_once([item.fractions, treatment.title]))
            for path, leaf in texts(record):
                match = re.search(r"(\d+(?:\.\d+)?)\s?Gy/(\d+)\s?次", leaf) if path[0] in RADIATED else None
                own = match and (path[0] != "commentary" or "本例" in leaf) and len(treatment.radiotherapy) == 1
                if own and number and (match[1], match[2]) != (dose[0], number[0]):
                    yield Finding(leaf, f"放疗此处作{match[0]}，治疗栏作{item.dose}/{item.fractions}，请核", match[0], "核对剂量与次数", (item.dose, item.fractions))


RADIATED = ("treatments", "timeline", "bone_events", "course", "commentary", "outcome")
