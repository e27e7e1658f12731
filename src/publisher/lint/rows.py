"""CON, the rows: nothing stands twice in a list, no row is lost that another list asks for, dates of one event agree."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from publisher.lint import patterns, reading
from publisher.lint.chart import SYSTEMIC, chart, full_days
from publisher.lint.record import OUTSIDE_THE_CASE, Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Branch, Row, Written, leaves


def lists(tree: Any, path: tuple = ()) -> Iterator[tuple[tuple, Row]]:
    """Yield every list of a case with its path; editor's notes are left out."""
    if isinstance(tree, Row):
        yield path, tree
    for key, value in tree.items() if isinstance(tree, Branch) else enumerate(tree) if isinstance(tree, Row) else ():
        if key not in OUTSIDE_THE_CASE and isinstance(value, Branch | Row):
            yield from lists(value, (*path, key))


def words(node: Any) -> Any:
    """The bare words of a scalar or tree, to be compared."""
    if isinstance(node, Branch):
        return tuple((key, words(value)) for key, value in node.items())
    return tuple(map(words, node)) if isinstance(node, Row) else node


def first(node: Any) -> Written:
    return next(leaf for _, leaf in leaves(node))


@rule("CON-100", "case")
def row_twice(record: Record) -> Iterator[Finding]:
    """A row or paragraph stands twice in one list.

    A doubled dose is read as two doses, a doubled lesion as two lesions.
    """
    for _, row in lists(record.source.trees[str(record.case.id)]):
        known: dict[tuple, Any] = {}
        for item in row:
            key = words(item)
            if key in known:
                yield Finding(first(item), "同一列表中有两行相同", first(item), "删去重复的一行", (first(known[key]),))
            known[key] = item


KEYS = {
    "results": ("analyte",), "ihc": ("marker",), "stains": ("marker",), "receptors": ("marker",), "points": ("at",), "genes": ("gene", "variant"),
    "nodes": ("station",), "components": ("name",), "columns": ("analyte",), "quality_of_life": ("item",), "scores": ("scale", "at", "remark"),
    "series": ("name",), "bone_events": ("event", "site", "levels", "side", "at"),
}  # fmt: skip
"""What makes a row the only one of its kind, by the list it stands in."""


@rule("CON-101", "case")
def key_twice(record: Record) -> Iterator[Finding]:
    """Two rows of one table give the same item two values."""
    for path, row in lists(record.source.trees[str(record.case.id)]):
        keys = KEYS.get(path[-1]) if path else None
        known: dict[tuple, Branch] = {}
        for item in row if keys else ():
            key = tuple(words(item[name]) for name in keys if name in item) if isinstance(item, Branch) and keys[0] in item else None
            if key and key in known and words(item) != words(known[key]):
                value = [leaf for leaf_path, leaf in leaves(item) if leaf_path[-1] in ("value", "result", "count", "after", "text")] or [item[keys[0]]]
                others = tuple(leaf for _, leaf in leaves(known[key]))
                yield Finding(value[0], f"{item[keys[0]]}在同一表中有两个值", value[0], "核对，只留一个", others)
            known[key] = item


@rule("CON-102", "case", Severity.REVIEW)
def sentence_twice(record: Record) -> Iterator[Finding]:
    """A sentence of some length stands twice in the case."""
    known: dict[str, Written] = {}
    for leaf in chart(record).told("background", "history", "course", "principles", "commentary"):
        for sentence in reading.sentences(leaf) if len(leaf) > 20 else ():
            if len(sentence) > 20 and sentence in known and known[sentence] is not leaf:
                yield Finding(leaf, "同一句在本例出现两次", sentence, "删去其一", (known[sentence],))
            known[sentence] = leaf


# Dates.

SOURCES = ("studies", "treatments", "timeline", "pathology", "labs")
DERIVED = ("bone_events", "scores", "responses", "follow_up", "outcome", "results", "adverse_events", "dose_changes")


@rule("CON-103", "case")
def date_only_here(record: Record) -> Iterator[Finding]:
    """A day named of a score, response or event is the day of no study, treatment or row of the timeline.

    What happened on a day stands in the timeline; a date that does not is misprinted, or a row was lost.
    """
    case = chart(record)
    known = {day for leaf in case.told(*SOURCES) for day in full_days(leaf)}
    rows = [row.at for row in record.case.timeline] + [study.at for study in record.case.studies if study.at]
    for path, leaf in case.story:
        missing = [day for day in full_days(leaf) if day not in known] if path[0] in DERIVED else []
        if missing and known and case.dated:
            message = f"{missing[0].isoformat()}未见于检查、治疗与时间线"
            yield Finding(leaf, message, leaf, "核对日期，或补入所缺一行", tuple(at for at in rows if at[:7] == missing[0].isoformat()[:7]))


@rule("CON-114", "case")
def month_only_here(record: Record) -> Iterator[Finding]:
    """A month named of a study, treatment, score, value or event is that of no row of the timeline and not of the visit."""
    case = chart(record)
    rows = [row.at for row in record.case.timeline if reading.dates(row.at)]
    known = {month for leaf in (*rows, *record.case.visit) for month in months(leaf)}
    found: dict[tuple[int, int], list[Written]] = {}
    for path, leaf in case.story:
        if path[0] in (*DERIVED, "studies", "treatments", "series") and (path[-1] == "at" or path[0] in ("follow_up", "outcome")):
            for month in set(months(leaf)) - known:
                found.setdefault(month, []).append(leaf)
    for (year, month), leaves_found in found.items() if len(rows) > 2 else ():
        if not any((year, month) in months(at) for at in rows):
            leaf, *others = leaves_found
            yield Finding(leaf, f"{year}年{month}月未见于时间线", leaf, "核对日期，或补入所缺一行", tuple(others))


@rule("CON-115", "case")
def month_of_timeline(record: Record) -> Iterator[Finding]:
    """A row of the timeline known by its month alone is in no treatment, study or response."""
    case = record.case
    rows = [row for row in case.timeline if reading.dates(row.at) and not full_days(row.at)]
    fields = ("studies", "treatments", "scores", "responses", "bone_events", "history", "course")
    known = {month for leaf in chart(record).told(*fields) for month in months(leaf)}
    for row in rows:
        if known and not set(months(row.at)) & known:
            yield Finding(row.at, f"时间线{row.at}未见于检查与治疗", row.at, "核对日期", (row.event,))


@rule("CON-104", "case")
def treatment_out_of_timeline(record: Record) -> Iterator[Finding]:
    """An operation, radiotherapy or course with a full date is missing from the timeline, or stands there on another day."""
    case = chart(record)
    rows = {day for first_day, last_day, _, _ in case.dated for day in (first_day, last_day)}
    moments = [at for treatment in case.done for at in (treatment.at, *(field.at for field in treatment.radiotherapy))]
    moments += [treatment.operation.at for treatment in case.done if treatment.operation]
    for at in (at for at in moments if at):
        missing = [day for day in full_days(at) if day not in rows]
        if missing and len(case.dated) > 2:
            yield Finding(at, f"{missing[0].isoformat()}的治疗未见于时间线", at, "核对日期，或补入时间线", tuple(row.at for row in record.case.timeline))


@rule("CON-105", "case")
def event_and_study_day(record: Record) -> Iterator[Finding]:
    """A fracture, radiotherapy or operation bears another day among the bone events than where it was found or done."""
    case = record.case
    found = [
        study.at
        for study in case.studies
        if study.at and patterns.search("骨折|压缩", "".join((*study.findings, *(lesion.finding or "" for lesion in study.lesions))))
    ]
    fields = [at for treatment in case.treatments for field in treatment.radiotherapy for at in (field.at,) if at]
    operations = [treatment.operation.at or treatment.at for treatment in case.treatments if treatment.operation and (treatment.operation.at or treatment.at)]
    for event in case.bone_events:
        known = {"病理性骨折": found, "骨放疗": fields, "骨手术": operations}.get(event.event, [])
        days = full_days(event.at or "")
        listed = [day for at in known for day in full_days(at)]
        if days and listed and not set(days) & set(listed):
            yield Finding(event.at, f"{event.event}作{event.at}，检查或治疗作{known[0]}", event.at, "核对日期", tuple(known))


@rule("CON-106", "case")
def dates_of_one_treatment(record: Record) -> Iterator[Finding]:
    """A treatment and the operation or radiotherapy in it bear different days."""
    for treatment in record.case.treatments:
        for at in (*(field.at for field in treatment.radiotherapy), treatment.operation.at if treatment.operation else None):
            if treatment.at and at and full_days(at) and full_days(treatment.at) and not set(full_days(at)) <= set(full_days(treatment.at)):
                yield Finding(at, f"{treatment.title}：标题作{treatment.at}，其下作{at}", at, "核对日期", (treatment.at,))


@rule("CON-107", "case")
def month_of_visit(record: Record) -> Iterator[Finding]:
    """The month in which the patient came differs between visit, scores, baseline values and first studies."""
    case = record.case
    told = [(text, month) for text in case.visit for month in months(text)]
    told += [(score.at, month) for score in case.scores if score.at and patterns.search("就诊", score.at) for month in months(score.at)]
    told += [(table.points[0].at, month) for table in case.series if patterns.search("治疗前", table.points[0].at) for month in months(table.points[0].at)]
    every = {month for _, month in told}
    if len(every) > 1:
        count = {month: sum(other == month for _, other in told) for month in every}
        rare = min(every, key=lambda month: (count[month], month))
        text = next(text for text, month in told if month == rare)
        usual = max(every, key=lambda month: count[month])
        also = tuple(other for other, month in told if month != rare)
        yield Finding(text, f"就诊时间此处作{rare[0]}年{rare[1]}月，他处作{usual[0]}年{usual[1]}月", text, "核对就诊时间", also)


def months(text: str) -> list[tuple[int, int]]:
    return [(year, month) for year, month, _ in reading.dates(text)]


@rule("CON-108", "case", Severity.REVIEW)
def time_without_row(record: Record) -> Iterator[Finding]:
    """A time of treatment with scores, values or a dose change has no row in the timeline.

    A course told week by week loses a week when a row is lost.
    """
    case = record.case
    rows = {reading.since_start(row.at) for row in case.timeline} - {None}
    moments = [score.at for score in case.scores] + [change.at for change in case.dose_changes] + [item.at for item in case.responses]
    moments += [point.at for table in case.series for point in table.points] + [study.at for study in case.studies]
    done = set()
    for at in (at for at in moments if at):
        day = reading.since_start(at)
        if day is not None and len(rows) > 1 and day not in rows | done and not any(abs(day - other) < Decimal("0.5") for other in rows):
            done.add(day)
            yield Finding(at, f"{at}有所记录，时间线无此时", at, "补入时间线", tuple(row.at for row in case.timeline))
        elif (
            day is None
            and case.timeline
            and at not in done
            and patterns.search("周期[^，。]*后$|结束后$", at)
            and not any(at in row.at for row in case.timeline)
        ):
            done.add(at)
            if not reading.dates(at):
                yield Finding(at, f"{at}有所记录，时间线无此时", at, "补入时间线", tuple(row.at for row in case.timeline))
    length = patterns.search(r"\d+个月", case.follow_up.length) if case.follow_up and case.follow_up.length else None
    if length and len(case.timeline) > 3 and not any(length[0] in f"{row.at}{row.event}" for row in case.timeline):
        yield Finding(
            case.follow_up.length, f"随访{case.follow_up.length}，时间线无此行", case.follow_up.length, "补入时间线", tuple(row.at for row in case.timeline)
        )


@rule("CON-109", "case", Severity.REVIEW)
def row_without_score(record: Record) -> Iterator[Finding]:
    """Scores are listed for most rows of the timeline that tell one, and a row that tells one has none."""
    case = record.case
    told = [
        (row, scale) for row in case.timeline for scale, _ in reading.scores(row.result or "") if full_days(row.at) or reading.since_start(row.at) is not None
    ]
    for row, scale in told:
        listed = [score for score in case.scores if score.scale.entry.id == scale]
        here = [score for score in listed if score.at and (set(full_days(score.at)) & set(full_days(row.at)) or (
            reading.since_start(score.at) is not None and reading.since_start(score.at) == reading.since_start(row.at)))]  # fmt: skip
        if listed and not here:
            yield Finding(row.result, f"{row.at}有{scale.upper()}评分，评分表无此次", row.result, "补入评分表", tuple(score.value for score in listed))


@rule("CON-110", "case")
def events_of_treatment(record: Record) -> Iterator[Finding]:
    """A dose was changed for an adverse event that the table of adverse events does not hold."""
    case = record.case
    terms = "；".join(event.term for event in case.adverse_events)
    for change in case.dose_changes:
        for word in ("骨髓抑制", "低钙血症", "肝功能异常", "腹泻", "皮疹", "恶心"):
            if change.reason and word in change.reason and case.adverse_events and word not in terms:
                yield Finding(change.reason, f"因{word}调整剂量，不良反应表无此项", change.reason, "补入不良反应表", (change.drug,))


@rule("CON-111", "case")
def agent_of_event(record: Record) -> Iterator[Finding]:
    """An adverse event is laid to a kind of treatment that the patient did not have."""
    kinds = {treatment.kind for treatment in record.case.treatments} | {"联合治疗"}
    for event in record.case.adverse_events:
        if event.agent in ("放疗", "免疫治疗", "靶向治疗", "内分泌治疗", "化疗", "手术") and record.case.treatments:
            near = {"免疫治疗": {"全身治疗"}, "靶向治疗": {"全身治疗"}, "化疗": {"全身治疗"}, "内分泌治疗": {"CDK4/6抑制剂治疗"}}.get(event.agent, set())
            if not kinds & ({event.agent} | near):
                yield Finding(event.agent, f"不良反应归于{event.agent}，治疗方案无此项", event.agent, "核对归因", (event.term,))


@rule("CON-112", "case", Severity.REVIEW)
def principle_without_treatment(record: Record) -> Iterator[Finding]:
    """A principle of treatment names a modality that no treatment carries out."""
    kinds = {treatment.kind for treatment in record.case.treatments}
    wanted = {
        "放疗": {"放疗"},
        "手术": {"手术"},
        "化疗": {"化疗", "全身治疗"},
        "内分泌": {"内分泌治疗", "CDK4/6抑制剂治疗"},
        "骨靶向": {"骨保护治疗"},
        "ADC": {"抗体药物偶联物治疗"},
    }
    for text in record.case.principles if kinds & set(SYSTEMIC) else ():
        for word, carried in wanted.items():
            if word in text and not kinds & carried and not patterns.search("禁忌|不宜|无", text):
                yield Finding(
                    text, f"治疗原则有{word}，治疗方案未见", text, "补入治疗，或核对原则", tuple(treatment.title for treatment in record.case.treatments)
                )


@rule("CON-113", "case", Severity.REVIEW)
def modality_of_timeline(record: Record) -> Iterator[Finding]:
    """The timeline tells radiotherapy, an operation or a systemic treatment that no treatment describes."""
    kinds = {treatment.kind for treatment in record.case.treatments}
    wanted = {
        "放疗(?!科)": {"放疗"},
        "手术(?!瘢痕|切口)|内固定": {"手术"},
        "化疗(?!药)": {"化疗", "全身治疗"},
        "靶向": {"靶向治疗", "全身治疗"},
        "内分泌治疗": {"内分泌治疗", "CDK4/6抑制剂治疗"},
    }
    for row in record.case.timeline if kinds & set(SYSTEMIC) or "手术" in kinds else ():
        for word, carried in wanted.items():
            match = patterns.search(word, row.event)
            if match and not kinds & carried and not patterns.search("拟行|建议", row.event):
                yield Finding(
                    row.event, f"时间线有{match[0]}，治疗方案未载", row.event, "补入治疗方案", tuple(treatment.title for treatment in record.case.treatments)
                )


@rule("CON-116", "case", Severity.REVIEW)
def earlier_treatment_without_drug(record: Record) -> Iterator[Finding]:
    """An earlier chemotherapy, targeted or endocrine treatment names neither a drug nor a regimen.

    What was given decides what may be given again.
    """
    prior = record.case.history.prior_cancer
    for item in prior.treatments if prior else ():
        named = item.regimen or item.doses or chart(record).drugs.named(f"{item.kind}{item.text or ''}")
        if patterns.search("化疗|靶向|内分泌|免疫", item.kind) and not named:
            yield Finding(item.kind, f"{item.kind}未载用药", item.kind, "补入药名或方案", tuple(text for text in (item.duration, item.text) if text))
