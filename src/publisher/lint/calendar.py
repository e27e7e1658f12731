"""CAL, dates and intervals: order of days, length and number of cycles, durations and intervals are counted again on the calendar."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from publisher.lint import patterns, reading
from publisher.lint.chart import FRACTURE, SYSTEMIC, chart, full_days
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written

MONTH = Decimal("30.44")


def month_index(text: str) -> int | None:
    """Months since the year 0 of the first date in a text."""
    told = reading.dates(text)
    return told[0][0] * 12 + told[0][1] if told else None


@rule("CAL-040", "case")
def order_of_timeline(record: Record) -> Iterator[Finding]:
    """A row of the timeline is earlier than the row before it.

    Rows follow the calendar; one out of order has a wrong date or a wrong place.
    """
    rows = [(reading.dates(row.at)[0], row.at) for row in record.case.timeline if reading.dates(row.at)]
    for (before, _), (day, at) in pairwise(rows):
        if day[: 3 if before[2] and day[2] else 2] < before[: 3 if before[2] and day[2] else 2]:
            yield Finding(at, f"时间线中{at}列于较晚的日期之后", at, "核对日期与次序", tuple(other for _, other in rows))


@rule("CAL-041", "case")
def order_of_moments(record: Record) -> Iterator[Finding]:
    """A row of the timeline told by time of treatment or before admission is out of order."""
    rows = record.case.timeline
    for read, sign in ((reading.since_start, 1), (reading.before_start, -1)):
        told = [(read(row.at) * sign, row.at) for row in rows if read(row.at) is not None and not reading.dates(row.at)]
        for (before, earlier), (day, at) in pairwise(told):
            if day < before:
                yield Finding(at, f"时间线中“{at}”列于“{earlier}”之后", at, "核对时间与次序", (earlier,))


@rule("CAL-042", "case")
def span_of_dates(record: Record) -> Iterator[Finding]:
    """A span of dates ends before it begins."""
    for path, leaf in chart(record).story:
        days = full_days(leaf) if path[-1] == "at" and "～" in leaf else []
        if len(days) == 2 and days[1] < days[0]:
            yield Finding(leaf, f"起于{days[0]}，止于{days[1]}", leaf, "核对起止日期", ())


@rule("CAL-043", "case")
def before_the_beginning(record: Record) -> Iterator[Finding]:
    """A study, treatment or row of the timeline is dated before the patient came, or the visit before the primary cancer."""
    case = record.case
    prior = month_index(case.history.prior_cancer.at) if case.history.prior_cancer else None
    visit = next((month for text in case.visit if (month := month_index(text))), None)
    if prior and visit and prior > visit:
        yield Finding(
            case.history.prior_cancer.at, f"原发癌诊断{case.history.prior_cancer.at}晚于本次就诊", case.history.prior_cancer.at, "核对日期", tuple(case.visit)
        )
    bound, name = (visit, "本次就诊") if visit else (prior, "原发癌诊断")
    for path, leaf in chart(record).story:
        month = month_index(leaf) if path[0] in ("studies", "treatments", "timeline", "responses", "bone_events") and path[-1] == "at" else None
        if bound and month and month < bound:
            yield Finding(leaf, f"{leaf}早于{name}", leaf, "核对日期", tuple(case.visit))


@rule("CAL-044", "case")
def order_of_studies(record: Record) -> Iterator[Finding]:
    """A study is dated before the one listed ahead of it, or after treatment began without being in the timeline."""
    dated = [(full_days(study.at)[0], study.at) for study in record.case.studies if study.at and full_days(study.at)]
    for (before, earlier), (day, at) in pairwise(dated):
        if day < before:
            yield Finding(at, f"检查日期{at}早于列于其前的{earlier}", at, "核对检查日期", (earlier,))
    begun = full_days(chart(record).begun or "")
    known = {day for first, last, _, _ in chart(record).dated for day in (first, last)}
    known |= {full_days(item.at)[0] for item in record.case.responses if item.at and full_days(item.at)}
    for day, at in dated if begun else ():
        if day > begun[0] and day not in known:
            yield Finding(at, f"检查日期{at}在治疗开始（{begun[0]}）之后，时间线无此日", at, "核对检查日期", (chart(record).begun,))


# Cycles.


@rule("CAL-050", "case")
def numbers_of_cycles(record: Record) -> Iterator[Finding]:
    """The cycles or doses of the timeline are not numbered one after the other.

    A gap is a lost row; a repeated number is a doubled one.
    """
    cycles = chart(record).cycles
    for one, two, _ in chart(record).gaps:
        if one.unit == two.unit and two.number != one.number + 1:
            yield Finding(two.event, f"时间线第{one.number}{one.unit}之后为第{two.number}{two.unit}", two.event, "补入所缺一行，或核对编号", (one.event,))
    if cycles and cycles[0].number != 1:
        yield Finding(cycles[0].event, f"时间线自第{cycles[0].number}{cycles[0].unit}起", cycles[0].event, "补入所缺各行", ())


@rule("CAL-051", "case")
def length_of_cycles(record: Record) -> Iterator[Finding]:
    """The days between cycles are not the cycle length ordered.

    A cycle of 28 days given every 21 is an overdose; or the dates are wrong.
    """
    case = chart(record)
    wrong = [
        (two, days)
        for _, two, days in case.gaps
        if two.unit in ("周期", "次", "程") and case.cycle_days and not any(abs(days - length) <= 3 for length in case.cycle_days)
    ]
    ordered = tuple(text for treatment, dose in case.orders if treatment.kind in SYSTEMIC for text in (dose.cycle, dose.frequency) if text)
    if wrong:
        told = "、".join(str(length) for length in sorted(case.cycle_days))
        moments = tuple(row.at for row in record.case.timeline if row.event == wrong[0][0].event)
        message = f"医嘱每{told}天1周期，时间线第{wrong[0][0].number}{wrong[0][0].unit}距上次{wrong[0][1]}天"
        if len(wrong) > 1:
            message += f"，另有{len(wrong) - 1}处"
        yield Finding(moments[0], message, moments[0], "核对周期日期", (*ordered, *(two.event for two, _ in wrong)))


@rule("CAL-052", "case")
def number_of_cycles(record: Record) -> Iterator[Finding]:
    """The number of cycles ordered (共6周期), the span of the treatment and the cycles of the timeline do not agree."""
    cycles = [cycle for cycle in chart(record).cycles if cycle.unit == "周期"]
    for treatment, dose in chart(record).orders if cycles else ():
        total = patterns.search(r"共(\d+)(?:个)?周期", dose.cycle or "")
        chemo = [cycle for cycle in cycles if not total or cycle.number <= int(total[1]) + 20]
        if total and int(total[1]) != max(cycle.number for cycle in chemo) and treatment.kind == "化疗":
            message = f"{dose.drug}共{total[1]}周期，时间线至第{max(cycle.number for cycle in chemo)}周期"
            yield Finding(dose.cycle, message, dose.cycle, "核对周期数", (chemo[-1].event,))
    for treatment in record.case.treatments:
        days = full_days(treatment.at or "") if treatment.kind in SYSTEMIC else []
        if len(days) == 2 and cycles and (days[0] != cycles[0].day or days[1] != cycles[-1].day):
            message = f"{treatment.title}记作{treatment.at}，时间线首末周期为{cycles[0].day}、{cycles[-1].day}"
            yield Finding(treatment.at, message, treatment.at, "核对起止日期", (cycles[0].event, cycles[-1].event))


@rule("CAL-053", "case", Severity.REVIEW)
def label_after_cycle(record: Record) -> Iterator[Finding]:
    """A value labelled after a cycle bears a month in which that cycle had not ended, or not begun.

    The label or the date of the cycle is wrong, and the response with it.
    """
    cycles = {cycle.number: cycle for cycle in chart(record).cycles}
    length = min(chart(record).cycle_days | {gap for _, _, gap in chart(record).gaps}, default=21)
    for table in record.case.series:
        for point in table.points:
            label, told = patterns.search(r"第(\d+)(周期|次)后", point.at), reading.dates(point.at)
            cycle = cycles.get(int(label[1])) if label and told else None
            if not cycle:
                continue
            end = cycle.day + timedelta(days=length if label[2] == "周期" else 0)
            if told[0][:2] < (end.year, end.month):
                state = "尚未开始" if told[0][:2] < (cycle.day.year, cycle.day.month) else "尚未满期"
                message = f"第{label[1]}{label[2]}始于{cycle.day}，{told[0][0]}年{told[0][1]}月{state}"
                yield Finding(point.at, message, point.at, "核对检测日期", (cycle.event,))


@rule("CAL-054", "case", Severity.REVIEW)
def label_of_follow_up(record: Record) -> Iterator[Finding]:
    """A follow-up named after a number of months is not that long after the last cycle."""
    cycles = chart(record).cycles
    moments = [point.at for table in record.case.series for point in table.points] + [row.at for row in record.case.timeline if "随访" in row.event]
    names = [at for table in record.case.series for at in (point.at for point in table.points)] + [
        row.event for row in record.case.timeline if "随访" in row.event
    ]
    found: dict[int, list[tuple[str, Written, Written]]] = {}
    for at, label in zip(moments, names, strict=True) if cycles else ():
        told, months = reading.dates(at), patterns.search(r"(\d+)个月随访", label)
        if not (told and months):
            continue
        due = add_months(cycles[-1].day, int(months[1]))
        wrong = abs((date(*told[0]) - due).days) > 14 if told[0][2] else told[0][:2] != (due.year, due.month)
        if wrong:
            found.setdefault(int(months[1]), []).append((f"末次{cycles[-1].day}，{months[1]}个月应在{due}，此处为{at}", at, label))
    for items in found.values():
        (message, at, label), *more = items
        rows = {str(row.at): row.event for row in record.case.timeline}
        yield Finding(
            at,
            message,
            at,
            "核对随访时间",
            (label, *(leaf for _, one, two in more for leaf in (one, two)), *(rows[day] for day in rows if "随访" in rows[day])),
        )


def add_months(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28))


# Doses.


@rule("CAL-060", "case")
def number_of_injections(record: Record) -> Iterator[Finding]:
    """The number of injections does not fit the interval and the length of follow-up.

    Every 4 weeks for 6 months makes 7 at most, the first on day 1.
    """
    follow_up = record.case.follow_up
    if not follow_up or not follow_up.length or not follow_up.injections:
        return
    span, count = reading.durations(follow_up.length), patterns.search(r"\d+", follow_up.injections)
    interval = next((days for _, dose in chart(record).orders if dose.drug.entry.group == "骨改良药" and (days := interval_of(dose.frequency or ""))), None)
    if span and count and interval:
        most = int(span[0][0] * reading.DAYS[span[0][1]] // interval) + 1
        if not most - 1 <= int(count[0]) <= most:
            told = tuple(leaf for leaf in chart(record).told("timeline", "follow_up", "course") if f"{count[0]}次" in leaf)
            message = f"每{interval}天1次、{follow_up.length}约{most}次，此处作{follow_up.injections}"
            yield Finding(follow_up.injections, message, follow_up.injections, "核对注射次数", (follow_up.length, *told))


def interval_of(frequency: str) -> int | None:
    """Days between doses: 每4周1次, q4w, 每28天1次."""
    match = patterns.search(r"(?:每|q)(\d+)\s?(周|w|天|d)", frequency)
    return int(match[1]) * (7 if match[2] in ("周", "w") else 1) if match else None


@rule("CAL-061", "case")
def injections_told(record: Record) -> Iterator[Finding]:
    """The number of injections or the length of follow-up is told differently in another place."""
    follow_up = record.case.follow_up
    length = patterns.search(r"(\d+)个?月", follow_up.length or "") if follow_up else None
    number = patterns.search(r"\d+", follow_up.injections or "") if follow_up else None
    for leaf in chart(record).told("timeline", "follow_up", "course", "results", "outcome", "commentary") if follow_up else ():
        times = patterns.search(r"(?:注射|给药|完成|累计)[^，。；]{0,8}?(\d+)次", leaf)
        if number and times and times[1] != number[0] and leaf != follow_up.injections and "第" not in leaf[: times.start(1)][-3:]:
            yield Finding(leaf, f"注射次数作{follow_up.injections}，此处作{times[1]}次", leaf, "核对注射次数", (follow_up.injections,))
        months = patterns.search(r"随访(?:至|了)?(\d+)个月|(?<![\d第])(\d+)个月(?:的)?随访|(?:化疗|治疗)结束后\s?(\d+)个月", leaf)
        if length and months and (months[1] or months[2] or months[3]) != length[1]:
            yield Finding(leaf, f"随访时间作{follow_up.length}，此处作{months[0]}", leaf, "核对随访时间", (follow_up.length,))
    doses = [cycle for cycle in chart(record).cycles if cycle.unit == "次"]
    if number and doses and int(number[0]) != doses[-1].number:
        yield Finding(
            follow_up.injections, f"注射次数作{follow_up.injections}，时间线至第{doses[-1].number}次", follow_up.injections, "核对注射次数", (doses[-1].event,)
        )
    for row in record.case.timeline if follow_up else ():
        months = patterns.match(r"随访(\d+)个月", row.at)
        if length and months and months[1] != length[1]:
            yield Finding(row.at, f"随访时间作{follow_up.length}，此处作{row.at}", row.at, "核对随访时间", (follow_up.length,))


@rule("CAL-062", "case", source="地舒单抗注射液说明书：120 mg每4周1次")
def interval_of_doses(record: Record) -> Iterator[Finding]:
    """A further dose is given before the interval ordered has passed.

    Every 4 weeks means day 29, not day 21 or week 2.
    """
    case = chart(record)
    interval = {dose.drug.entry.id: (days, dose) for _, dose in case.orders if (days := interval_of(dose.frequency or "")) and not dose.at}
    for treatment, dose in case.orders:
        days, first = interval.get(dose.drug.entry.id, (None, None))
        day = reading.since_start(dose.at or "")
        if days and day and patterns.search("第2次|继续给予", dose.remark or "") and day < days - 3:
            told = tuple(leaf for leaf in (*treatment.text, *(row.event for row in record.case.timeline)) if patterns.search("第2次|继续给予", leaf))
            yield Finding(dose.at, f"{dose.drug}{first.frequency}，{dose.remark}在{dose.at}", dose.at, "核对给药时间", (dose.remark, first.frequency, *told))


@rule("CAL-063", "case", Severity.REVIEW)
def planned_day(record: Record) -> Iterator[Finding]:
    """A dose ordered for a day of the first cycle has no row in a timeline that names the drug."""
    case = chart(record)
    for _, dose in case.orders:
        day = patterns.fullmatch(r"第(\d+)天", dose.days or "")
        rows = [(first, event) for first, _, _, event in case.dated if any(drug is dose.drug.entry for drug, _, _ in case.drugs.named(event))]
        if not day or int(day[1]) == 1 or len(rows) < 2:
            continue
        due = rows[0][0] + timedelta(days=int(day[1]) - 1)
        others = [other.days for _, other in case.orders if other.drug.entry is dose.drug.entry and other.days]
        if all(abs((first - due).days) > 3 for first, _ in rows):
            titles = tuple(treatment.title for treatment, other in case.orders if other is dose)
            yield Finding(dose.days, f"{dose.drug}{dose.days}应在{due}，时间线无此次", dose.days, "核对是否给药", (*titles, *others, rows[0][1]))


@rule("CAL-064", "case", Severity.REVIEW)
def plan_of_checks(record: Record) -> Iterator[Finding]:
    """Weeks planned for tests are not those with results."""
    weeks = {int(number) for row in record.case.timeline for number in patterns.findall(r"治疗第(\d+)周", row.at)}
    for leaf in chart(record).told("course", "treatments", "principles"):
        plan = patterns.search(r"(?:计划|监测|复查)[^，。；]*?第(\d+(?:、\d+)+)周", leaf)
        if plan and weeks:
            missing = [week for week in map(int, plan[1].split("、")) if week not in weeks]
            if missing:
                also = tuple(point.at for table in record.case.series for point in table.points)
                yield Finding(leaf, f"计划第{plan[1]}周复查，第{'、'.join(map(str, missing))}周无结果", plan[0], "补入结果", also)


# Radiotherapy.


@rule("CAL-070", "case", Severity.REVIEW)
def span_of_radiotherapy(record: Record) -> Iterator[Finding]:
    """Radiotherapy takes many more working days than it has fractions, or begins or ends on a Sunday or Saturday.

    Ten fractions at five a week take two weeks; a longer span is a pause that should be told, or a wrong date.
    """
    for treatment in record.case.treatments:
        for field in treatment.radiotherapy:
            days, fractions = full_days(field.at or ""), patterns.search(r"\d+", field.fractions or "")
            if len(days) != 2 or not fractions:
                continue
            working = sum((days[0] + timedelta(days=step)).weekday() < 5 for step in range((days[1] - days[0]).days + 1))
            if working > int(fractions[0]) * 4 // 3 + 1 or working < int(fractions[0]):
                rest = [name for day, name in zip(days, ("起日", "止日"), strict=True) if day.weekday() > 4]
                message = f"{field.fractions}放疗历时{working}个工作日{'，' + '、'.join(rest) + '为周末' if rest else ''}"
                also = (treatment.title, *(text for text in (field.fractions, field.schedule, treatment.at) if text))
                yield Finding(field.at, message, field.at, "核对放疗日期", also)


@rule("CAL-071", "case")
def fractions_of_radiotherapy(record: Record) -> Iterator[Finding]:
    """Dose and fractions of radiotherapy are told differently, or the schedule gives another number of fractions.

    Five a week for two weeks are ten; 30 Gy/10次 is one prescription wherever it stands.
    """
    fields = [field for treatment in record.case.treatments for field in treatment.radiotherapy]
    for field in fields:
        plan = patterns.search(r"每周(\d+)次，共(\d+)周", field.schedule or "")
        number = patterns.search(r"\d+", field.fractions or "")
        if plan and number and int(plan[1]) * int(plan[2]) != int(number[0]):
            yield Finding(
                field.schedule,
                f"{field.schedule}为{int(plan[1]) * int(plan[2])}次，次数作{field.fractions}",
                field.schedule,
                "核对分割次数",
                (field.fractions,),
            )
    known = {(patterns.search(r"\d+", field.dose)[0], patterns.search(r"\d+", field.fractions)[0]) for field in fields if field.dose and field.fractions}
    for leaf in chart(record).told("treatments", "timeline", "bone_events", "results", "outcome", "course", "commentary") if known else ():
        for told in patterns.findall(r"(\d+)\s?Gy/(\d+)次", leaf):
            if told not in known and not patterns.search("研究|相当|方案", leaf):
                also = tuple(text for field in fields for text in (field.dose, field.fractions) if text)
                yield Finding(leaf, f"放疗剂量此处作{told[0]} Gy/{told[1]}次", leaf, "核对放疗剂量", also)


# Durations and intervals.

CHEMOTHERAPY_MONTHS = {"AC-T": 4, "TCH": 4, "TC": 2}


@rule("CAL-080", "case", Severity.REVIEW)
def duration_of_adjuvant(record: Record) -> Iterator[Finding]:
    """An adjuvant treatment is said to have lasted longer than the time between diagnosis and relapse allows.

    Surgery and chemotherapy come first; five years of endocrine treatment do not fit into five years.
    """
    case, prior = record.case, record.case.history.prior_cancer
    end = next((month for text in case.visit if (month := month_index(text))), None)
    if not prior or not end or month_index(prior.at) is None:
        return
    available = end - month_index(prior.at)
    first = max((CHEMOTHERAPY_MONTHS.get(item.regimen.entry.name, 2) for item in prior.treatments if item.regimen), default=0)
    for item in prior.treatments:
        lasting = reading.durations(item.duration or "")
        months = lasting[0][0] * (12 if lasting[0][1] == "年" else 1) if lasting and lasting[0][1] in ("年", "月") else 0
        if months and months + first > available:
            names = tuple(text for text in (item.kind, prior.at, *case.visit))
            message = f"{prior.at}诊断至本次就诊{available}个月，{item.kind}{item.duration}，另有化疗"
            yield Finding(item.duration, message if first else message[:-5], item.duration, "核对用药起止", names)


INTERVAL = re.compile(rf"({reading.NUMBER})个月(?:内|后)[^，。；]{{0,8}}?(骨折|骨病进展|进展)")


@rule("CAL-081", "case")
def interval_told(record: Record) -> Iterator[Finding]:
    """The commentary tells an interval to an event that is not the one on the calendar."""
    case = record.case
    start = min((month for treatment in case.treatments if treatment.kind in SYSTEMIC and treatment.at and (month := month_index(treatment.at))), default=None)
    for leaf in chart(record).commentary if start else ():
        for match in INTERVAL.finditer(leaf):
            word = "骨折" if "骨折" in leaf[match.start() : match.end() + 12] else match[2]
            pattern = FRACTURE if word == "骨折" else re.compile(word)
            rows = [row for row in case.timeline if pattern.search(row.event + (row.result or "")) and month_index(row.at)]
            if rows and abs(month_index(rows[0].at) - start - Decimal(match[1])) > 1:
                message = f"此处作{match[1]}个月，自首次治疗至{rows[0].at}{word}为{month_index(rows[0].at) - start}个月"
                yield Finding(leaf, message, match[0], "核对间隔", (rows[0].at, rows[0].event))


PFS = re.compile(r"([一二三])线(?:的)?(?:PFS|无进展生存期?)(?:为)?\s?(\d+)个?月|(\d+)个月的([一二三])线无进展生存")


@rule("CAL-082", "case")
def progression_free(record: Record) -> Iterator[Finding]:
    """A progression-free survival runs past the first progression, or is credited to a drug begun after it had begun.

    PFS ends with the first progression at any site.
    """
    case = record.case
    told = [
        (leaf, match[1] or match[4], int(match[2] or match[3])) for leaf in chart(record).narrative + chart(record).commentary for match in PFS.finditer(leaf)
    ]
    for leaf, line, months in told[:1]:
        start = next((month_index(treatment.at) for treatment in case.treatments if treatment.line == f"{line}线" and treatment.at), None)
        rows = [row for row in case.timeline if "进展" in row.event + (row.result or "") and start and (month_index(row.at) or 0) > start]
        if rows and abs(month_index(rows[0].at) - start - months) > 1:
            message = f"{line}线PFS作{months}个月，至{rows[0].at}进展为{month_index(rows[0].at) - start}个月"
            yield Finding(leaf, message, leaf, "核对PFS", (*(other for other, _, _ in told[1:]), rows[0].event))
    for leaf, line, _ in told:
        start = next((month_index(treatment.at) for treatment in case.treatments if treatment.line == f"{line}线" and treatment.at), None)
        sentence = next(sentence for sentence in reading.sentences(leaf) if PFS.search(sentence))
        for drug, begin, _ in chart(record).drugs.named(sentence):
            first = next((month_index(dose.at) for _, dose in chart(record).orders if dose.drug.entry is drug and dose.at and month_index(dose.at)), None)
            if start and first and first > start + 1 and begin < PFS.search(sentence).start() and patterns.search("后|由此|因", sentence):
                yield Finding(leaf, f"{drug.name}始于PFS起算后{first - start}个月，不能为其原因", sentence, "核对因果", ())


@rule("CAL-083", "case")
def days_to_operation(record: Record) -> Iterator[Finding]:
    """The days from diagnosis to operation told are fewer than the dates give."""
    operation = next((full_days(treatment.operation.at or treatment.at or "") for treatment in record.case.treatments if treatment.operation), [])
    first = min((day for study in record.case.studies if study.at for day in full_days(study.at)), default=None)
    for leaf in chart(record).commentary if operation and first else ():
        for told in patterns.findall(r"确诊至手术在?(\d+)天", leaf):
            if (operation[0] - first).days > int(told):
                yield Finding(leaf, f"首次检查{first}至手术{operation[0]}为{(operation[0] - first).days}天，此处作{told}天", leaf, "核对间隔", ())


@rule("CAL-084", "case", Severity.REVIEW)
def start_of_counting(record: Record) -> Iterator[Finding]:
    """Rows of the timeline bear “5个月后” without saying after what, and the age of a long course has no date.

    A reader cannot place them, nor the fracture within the treatment.
    """
    rows = [row for row in record.case.timeline if patterns.fullmatch(r"(?:\d+|半|[一二三四五六七八九十])(?:个月|年|周)后", row.at)]
    if rows:
        told = tuple(leaf for leaf in chart(record).told("course", "treatments", "commentary", "bone_events", "studies") if rows[0].at in leaf)
        yield Finding(
            rows[0].at,
            f"“{'”“'.join(row.at for row in rows)}”未注明自何时起算",
            rows[0].at,
            "注明起算点",
            (*(row.at for row in rows[1:]), record.case.patient.age, *told),
        )


@rule("CAL-085", "case", Severity.REVIEW)
def counts_of_unequal_times(record: Record) -> Iterator[Finding]:
    """Counts of breakthrough pain over different lengths of time stand side by side."""
    counts = [score for score in record.case.scores if score.scale.entry.id == "breakthrough-pain" and score.at]
    hours = {match[1] for score in counts if (match := patterns.search(r"(\d+)小时后", score.at))}
    if len(hours) > 1:
        told = tuple(leaf for leaf in chart(record).told("dose_changes", "course", "timeline") if "爆发痛" in leaf)
        yield Finding(counts[0].value, f"爆发痛次数分别计于{'、'.join(sorted(hours, key=int))}小时，时段不同", counts[0].value, "注明统计时段", told)
