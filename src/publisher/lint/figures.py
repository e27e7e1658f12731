"""CON, the figures: a score, a laboratory value, a size or a grade told twice is told the same."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from publisher.catalogue import Catalogue
from publisher.lint import patterns, reading
from publisher.lint.chart import chart
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Reading, Written

SCALES = tuple(reading.SCORES)
NAMES = {"mirels": "Mirels", "breakthrough-pain": "爆发痛"}
THRESHOLD = ("condition", "target", "hint")


def same_moment(one: Written | None, two: Written | None) -> bool:
    """Whether two moments are the same day or the same time of treatment."""
    return bool(one and two) and (one == two or bool(set(reading.dates(one)) & set(reading.dates(two))))


def figure(text: str) -> str:
    """The figure or range of a score without its unit."""
    match = patterns.search(rf"{reading.NUMBER}(?:～{reading.NUMBER})?", text)
    return match[0] if match else text


@rule("CON-060", "case")
def score_of_the_day(record: Record) -> Iterator[Finding]:
    """A score in the timeline, a dose change or a result is not the one listed for the same time."""
    case = record.case
    rows = [(row.at, text) for row in case.timeline for text in (row.event, row.result) if text]
    rows += [(change.at, change.reason) for change in case.dose_changes if change.reason] + [(item.at, item.result) for item in case.results]
    for at, text in rows:
        for scale in dict.fromkeys(scale for scale, _ in reading.scores(text)):
            told = {value for name, value in reading.scores(text) if name == scale}
            same = [score for score in case.scores if score.scale.entry.id == scale]
            listed = [score for score in same if same_moment(score.at, at)] or [score for score in same if score.at and len(score.at) > 3 and score.at in text]
            if listed and not told & {figure(score.value) for score in listed}:
                scale_name = listed[0].scale.entry.symbol
                message = f"{at or ''}：{scale_name}评分表作{listed[0].value}，此处作{'、'.join(sorted(told))}分"
                yield Finding(text, message, text, "核对评分", tuple(score.value for score in listed))


@rule("CON-061", "case")
def score_unlisted(record: Record) -> Iterator[Finding]:
    """A score told in the text is none of those listed.

    Every score of the patient stands in the list; one that does not is misprinted, or its row was lost.
    """
    case = record.case
    listed = {scale: {figure(score.value) for score in case.scores if score.scale.entry.id == scale} for scale in SCALES}
    for path, leaf in chart(record).story:
        if path[0] in ("scores", "background") or path[-1] in THRESHOLD or "≥" in leaf or "≤" in leaf:
            continue
        for scale, value in dict.fromkeys(reading.scores(leaf)):
            if case.scores and value not in listed[scale]:
                known = "、".join(sorted(listed[scale])) or "未列"
                also = tuple(score.value for score in case.scores if score.scale.entry.id == scale)
                yield Finding(leaf, f"此处{NAMES.get(scale, scale.upper())}作{value}，评分表所列为{known}", leaf, "核对评分，或补入评分表", also)


@rule("CON-077", "case")
def power_told(record: Record) -> Iterator[Finding]:
    """Muscle power told in the examination or course is none of the grades listed, or a grade listed is told nowhere."""
    case = chart(record)
    listed = {grade: score.value for score in record.case.scores if score.scale.entry.id == "muscle-strength" for grade in reading.powers(f"肌力{score.value}")}
    told = {grade: leaf for leaf in case.told("examination", "course", "timeline", "history", "visit", "bone_events") for grade in reading.powers(leaf)}
    for grade, leaf in told.items() if record.case.scores else ():
        if grade not in listed and 0 <= grade <= 5:
            message = f"此处肌力作{grade}级，评分表所列为{'、'.join(listed.values()) or '未列'}"
            yield Finding(leaf, message, leaf, "核对肌力", tuple(listed.values()))
    for grade, value in listed.items() if told else ():
        if grade not in told:
            yield Finding(value, f"评分表肌力作{value}，文中所记为{'、'.join(map(str, sorted(told)))}级", value, "核对肌力", tuple(told.values()))


@rule("CON-078", "case")
def painless_score(record: Record) -> Iterator[Finding]:
    """A pain score above 0 is remarked to be without pain, or a score of 0 with it."""
    for score in record.case.scores:
        if score.scale.entry.id == "nrs" and score.remark and score.value.low is None and figure(score.value).isdigit():
            painless = patterns.match("无(?:骨|腰部)?疼?痛", score.remark)
            if painless and figure(score.value) != "0":
                yield Finding(score.value, f"NRS作{score.value}，备注作{score.remark}", score.value, "核对评分", (score.remark,))


@rule("CON-062", "case")
def first_and_last_score(record: Record) -> Iterator[Finding]:
    """A change of score (自7分降至2分) does not begin with the first score listed or end with the last."""
    case = record.case
    for path, leaf in chart(record).story:
        if path[0] not in ("results", "outcome", "commentary"):
            continue
        for scale in SCALES:
            told = [value for name, value in reading.scores(leaf) if name == scale]
            listed = [score for score in case.scores if score.scale.entry.id == scale]
            baseline = [score for score in listed if patterns.search("入院|就诊|治疗前", score.at or "")]
            if len(told) < 2 or len(listed) < 2 or path[-1] != "result":
                continue
            first, last = (baseline or listed)[-1 if baseline else 0], listed[-1]
            for value, score in ((told[0], first), (told[-1], last)):
                if value != figure(score.value) and Decimal(value.split("～")[0]) != Decimal(figure(score.value).split("～")[0]):
                    yield Finding(leaf, f"此处作{value}分，评分表{score.at or ''}作{score.value}", leaf, "核对评分", (score.value,))


@rule("CON-063", "case", Severity.REVIEW)
def last_score_undated(record: Record) -> Iterator[Finding]:
    """The result claims a better score than the last one that has a date."""
    case = record.case
    told = [(value, row.result) for row in case.timeline for scale, value in reading.scores(row.result or "") if scale == "nrs"]
    dated = {figure(score.value) for score in case.scores if score.scale.entry.id == "nrs" and full(score.at or Written(""))}
    for item in case.results:
        values = [value for scale, value in reading.scores(item.result) if scale == "nrs"]
        if len(values) > 1 and told and values[-1] not in dated | {told[-1][0]}:
            listed = tuple(score.value for score in case.scores if score.scale.entry.id == "nrs")
            yield Finding(item.result, f"疗效作NRS {values[-1]}分，时间线末次为{told[-1][0]}分", item.result, "补末次评分的日期", (told[-1][1], *listed))


@rule("CON-064", "case")
def quality_of_life(record: Record) -> Iterator[Finding]:
    """A score before or after treatment in the quality-of-life table is not the one listed."""
    case = record.case
    for row in case.quality_of_life:
        scale = next((name for name, pattern in reading.SCORES.items() if patterns.match(pattern, row.item)), None)
        listed = [score for score in case.scores if score.scale.entry.id == scale]
        for value, score in zip((row.before, row.after), (listed[:1] + listed[-1:]) if len(listed) > 1 else (), strict=False):
            if figure(value) != figure(score.value):
                yield Finding(value, f"生活质量表{row.item}作{value}，评分表作{score.value}", value, "核对评分", (score.value, row.item))


# Laboratory values.


@lru_cache(maxsize=2)
def analyte_pattern(catalogue: Catalogue) -> tuple[re.Pattern, dict[str, str]]:
    """Return what finds 血钙2.15 mmol/L in a text, and the id of every spelling."""
    ids = {spelling: analyte.id for analyte in catalogue.analytes for spelling in analyte.spellings}
    words = "|".join(re.escape(word) for word in sorted(ids, key=len, reverse=True))
    units = "|".join(re.escape(unit) for unit in sorted({unit for analyte in catalogue.analytes for unit in analyte.units}, key=len, reverse=True))
    between = r"(?:最低|最高|由|自|降至|降为|升至|稳定在|维持在|波动于|约|≈|为|水平|从|：|\s)*"
    step = rf"{reading.NUMBER}(?:～{reading.NUMBER})?\s?(?:{units})?"
    return re.compile(rf"(?<![A-Za-z])({words}){between}({step}(?:(?:→|降至|升至|延长至|至){step})*)"), ids


MEASURED = re.compile(r"\d\s?[A-Za-zμ×%]")


@lru_cache(maxsize=20000)
def values(text: str, catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """Laboratory values in a text as (analyte, figure), only where a unit follows."""
    pattern, ids = analyte_pattern(catalogue)
    found: list[tuple[str, str]] = []
    if not MEASURED.search(text):
        return ()
    for name, told in pattern.findall(text):
        if patterns.search(r"\d\s?[A-Za-z×μ%]", told) or "分" not in told:
            found += [(ids[name], value) for value in patterns.findall(rf"{reading.NUMBER}(?:～{reading.NUMBER})?(?=\s?(?:[A-Za-zμ×%]|→|降|升|至|延))", told)]
    return tuple(found)


def measured(record: Record) -> dict[str, list[Reading]]:
    """Values of laboratory tables and series, by analyte."""
    case, found = record.case, {}
    for panel in case.labs:
        for result in panel.results:
            found.setdefault(result.analyte.entry.id, []).append(result.value)
    for table in case.series:
        for column in table.columns:
            found.setdefault(column.analyte.entry.id, []).extend(point.values[column.analyte] for point in table.points if column.analyte in point.values)
    return found


@rule("CON-065", "case")
def value_told(record: Record) -> Iterator[Finding]:
    """A laboratory value in the text is in no table, though tables hold that analyte.

    A figure copied from a table keeps its digits; one that is not there was misread, or its row was lost.
    """
    tables = measured(record)
    events = [leaf for path, leaf in chart(record).story if path[0] == "adverse_events"]
    noted = {pair for leaf in events for pair in values(leaf, record.catalogue)}
    for path, leaf in chart(record).story:
        if path[0] in ("labs", "series", "adverse_events", "background", "examination"):
            continue
        for analyte, value in dict.fromkeys(values(leaf, record.catalogue)):
            known = [str(item).lstrip("≈约") for item in tables.get(analyte, ()) if patterns.search(r"\d", item)]
            if analyte in tables and value not in known and not any(inside(value, item) for item in known) and (analyte, value) not in noted:
                yield Finding(leaf, f"此处作{value}，检验表作{'、'.join(known) or '未列'}", leaf, "核对检验值", tuple(tables[analyte]))


def inside(value: str, known: str) -> bool:
    """Whether one reading is the other written with more or fewer digits."""
    return (
        "～" not in value + known and Decimal(value) == Decimal(known)
        if patterns.fullmatch(reading.NUMBER, known) and patterns.fullmatch(reading.NUMBER, value)
        else False
    )


@rule("CON-066", "case")
def value_of_the_day(record: Record) -> Iterator[Finding]:
    """A laboratory value in the timeline is not the one that the series gives for the same cycle or day."""
    case = record.case
    for row in case.timeline:
        for analyte, value in values(row.result or "", record.catalogue):
            for table in case.series:
                for point in table.points:
                    same = same_moment(point.at, row.at) or (patterns.search(r"第\d+(?:周期|次)", row.event) or ["?"])[0] in point.at
                    for name, listed in point.values.items() if same else ():
                        if record.catalogue.find("analytes", name).id == analyte and patterns.search(r"\d", listed) and str(listed) != value:
                            yield Finding(row.result, f"时间线作{name} {value}，{table.name}表作{listed}", row.result, "核对检验值", (listed, point.at))


@rule("CON-067", "case")
def event_value(record: Record) -> Iterator[Finding]:
    """The value of an adverse event differs from the one told elsewhere for the same event."""
    case = record.case
    for event in case.adverse_events:
        for analyte, value in values(event.value or "", record.catalogue):
            for change in case.dose_changes:
                for other, told in values(change.reason or "", record.catalogue):
                    if other == analyte and told != value and event.term in change.reason:
                        yield Finding(change.reason, f"{event.term}：不良反应表作{value}，剂量调整作{told}", change.reason, "核对检验值", (event.value,))


@rule("CON-068", "case")
def baseline_value(record: Record) -> Iterator[Finding]:
    """The baseline of a series is not the laboratory value from before treatment, or one of the two is missing."""
    case = record.case
    panels = {panel.name: {result.analyte.entry.id: result.value for result in panel.results} for panel in case.labs if not after_start(panel.at)}
    for table in case.series:
        first = table.points[0]
        ids = {column.analyte: column.analyte.entry.id for column in table.columns}
        panel = next((values for values in panels.values() if set(values) & set(ids.values())), {})
        if not patterns.search("治疗前|入院时|基线", first.at) or not panel:
            continue
        for name, analyte in ids.items():
            listed, value = panel.get(analyte), first.values.get(name)
            if listed and value and patterns.search(r"\d", listed) and not inside(value, listed) and str(value) != str(listed):
                yield Finding(value, f"{name}：检验表作{listed}，{table.name}表{first.at}作{value}", value, "核对基线值", (listed, first.at))
            elif value and not listed:
                yield Finding(value, f"{table.name}表有{name}基线值{value}，检验表未列{name}", value, "补入检验表", (first.at, *panel.values()))


def after_start(at: Written | None) -> bool:
    return bool(at and (reading.since_start(at) is not None or "治疗期间" in at))


@rule("CON-069", "case", Severity.REVIEW)
def trend_without_values(record: Record) -> Iterator[Finding]:
    """The timeline says that tumour markers fell, and no table has the values of that time."""
    case = record.case
    markers = [table for table in case.series if any(column.analyte.entry.id in MARKERS for column in table.columns)]
    for row in case.timeline:
        if row.result and patterns.search("肿瘤标志物[^，。；]{0,4}(?:下降|升高|降低|上升|恢复)", row.result):
            number = patterns.search(r"第(\d+)(周期|次)", row.event)
            points = [point for table in markers for point in table.points[1:]]
            near = [point for point in points if same_moment(point.at, row.at) or (number and number[0] in point.at) or month(point.at) & month(row.at)]
            if not near:
                yield Finding(
                    row.result, "此处称肿瘤标志物有变化，检验表无此时的数值", row.result, "补入CEA等随访值", (row.at, *(point.at for point in points))
                )
    labels = "".join(point.at for table in markers for point in table.points)
    for leaf in chart(record).told("follow_up"):
        if patterns.search("随访[^。]*(?:肿瘤标志物|CEA)", leaf) and "随访" not in labels:
            yield Finding(
                leaf, "此处称随访时肿瘤标志物有结果，检验表无随访一行", leaf, "补入检验值", tuple(point.at for table in markers for point in table.points)
            )


MARKERS = ("cea", "ca15-3", "ca125", "ca19-9", "nse", "cyfra21-1", "scc", "progrp")


def month(text: str) -> set[tuple[int, int]]:
    return {(year, number) for year, number, _ in reading.dates(text)}


# Sizes, grades, categories.


@rule("CON-070", "case")
def size_told(record: Record) -> Iterator[Finding]:
    """A size told in the course is that of no lesion on record."""
    case = chart(record)
    known = {length for _, lesion in case.lesions for text in (lesion.size, lesion.finding) if text for length in reading.lengths(text)}
    sizes = tuple(lesion.size for _, lesion in case.lesions if lesion.size)
    for leaf in case.told("timeline", "responses", "course", "results", "outcome", "commentary"):
        told = [length for length in reading.lengths(leaf) if patterns.search("病灶|病变|结节|肿块|影|肿物", leaf)]
        wrong = [length for length in told if length not in known]
        if sizes and wrong:
            yield Finding(leaf, f"此处有{wrong[0].normalize():f} mm，检查所记为{'、'.join(sizes)}", leaf, "核对病灶大小", sizes)


@rule("CON-071", "case", Severity.REVIEW)
def one_lesion_two_sizes(record: Record) -> Iterator[Finding]:
    """A lesion has twice the size in one study that it has in another of the same time.

    T rests on the largest diameter; the two studies may show different lesions or be of different days.
    """
    sized = [(study, lesion) for study, lesion in chart(record).lesions if lesion.size and lesion.role in ("原发灶", "肺内病灶") and not study.at]
    for index, (study, lesion) in enumerate(sized):
        for other_study, other in sized[index + 1 :]:
            if study is not other_study and place(lesion.site) == place(other.site) != "":
                small, large = sorted((max(reading.lengths(lesion.size)), max(reading.lengths(other.size))))
                if large > small * Decimal("1.5"):
                    message = f"{study.modality}作{lesion.size}，{other_study.modality}作{other.size}"
                    yield Finding(lesion.size, message, lesion.size, "核对病灶与检查日期", (other.size,))


def place(site: str) -> str:
    match = patterns.search(r"([左右])肺?([上中下])", site)
    return match[1] + match[2] if match else ""


GROWN = re.compile("增大|增多|变大")
SHRUNK = re.compile("缩小|减小")


@rule("CON-072", "case")
def size_and_trend(record: Record) -> Iterator[Finding]:
    """A lesion is said to have shrunk or grown and its measured sizes say the contrary."""
    last: dict[str, Written] = {}
    for study in record.case.studies:
        for lesion in study.lesions:
            found = f"{lesion.finding or ''}"
            lengths = reading.lengths(lesion.size) if lesion.size else ()
            before = last.get(lesion.site) or last.get(place(lesion.site))
            if lengths and before:
                change = max(lengths) - max(reading.lengths(before))
                if (change >= 0 and SHRUNK.search(found)) or (change <= 0 and GROWN.search(found)):
                    yield Finding(lesion.size, f"文字作“{found}”，大小由{before}至{lesion.size}", lesion.size, "核对病灶大小", (before, lesion.finding))
            if lengths:
                last[lesion.site] = last[place(lesion.site) or lesion.site] = lesion.size


GRADES = {"胃肠道反应": "恶心|呕吐|腹泻|胃肠", "骨髓抑制": "骨髓抑制"}
GRADE = re.compile(r"(?<![A-Za-z])(I{1,3}V?|IV|[1-4])(?:～(?:I{1,3}|[1-4]))?[级度]")


@rule("CON-073", "case")
def grade_told(record: Record) -> Iterator[Finding]:
    """The grade of an adverse event in the timeline is not the one in the table of adverse events."""
    events = [event for event in record.case.adverse_events if event.grade and event.occurred == "发生"]
    for row in record.case.timeline:
        for name, words in GRADES.items():
            for clause in reading.clauses(row.result or ""):
                told = set(GRADE.findall(clause)) if name in clause else set()
                listed = [event for event in events if patterns.search(words, event.term)]
                known = {grade for event in listed for grade in GRADE.findall(event.grade)}
                if told and known and not told & known:
                    message = f"{name}：时间线作{'、'.join(told)}级，不良反应表作{listed[0].grade}"
                    yield Finding(row.result, message, clause, "核对分级", tuple(event.grade for event in listed))


@rule("CON-074", "case")
def response_of_the_day(record: Record) -> Iterator[Finding]:
    """The category of response in the timeline is not the one evaluated on that day, or has no evaluation."""
    case = record.case
    evaluated = [(item.at, item.overall) for item in case.responses if item.at and item.overall and reading.responses(item.overall)]
    for row in case.timeline:
        told = reading.responses(row.result or "") if patterns.search("影像|评估|疗效|缓解|CT|MRI|扫描", (row.result or "") + row.event) else set()
        same = [overall for at, overall in evaluated if same_moment(at, row.at)]
        known = set().union(*(reading.responses(overall) for overall in same)) if same else set()
        if told and known and not told & known:
            yield Finding(row.result, f"{row.at}：时间线作{'、'.join(told)}，疗效评价作{same[0]}", row.result, "核对疗效评价", tuple(same))
        elif told and not same and full(row.at):
            yield Finding(row.result, f"{row.at}评为{'、'.join(told)}，疗效评价无此次", row.result, "补入疗效评价", tuple(overall for _, overall in evaluated))


def full(at: Written) -> bool:
    return any(day for _, _, day in reading.dates(at)) or reading.since_start(at) is not None


@rule("CON-075", "case", Severity.REVIEW)
def stable_and_gone(record: Record) -> Iterator[Finding]:
    """A response called stable stands beside a target lesion that has all but disappeared."""
    for item in record.case.responses:
        if item.overall and item.target and patterns.search("稳定|SD", item.overall) and patterns.search("消失", item.target):
            yield Finding(item.overall, f"总评作{item.overall}，靶病灶作{item.target}", item.overall, "核对疗效等级", (item.target,))


@rule("CON-076", "case")
def event_and_its_absence(record: Record) -> Iterator[Finding]:
    """An adverse event is recorded as not occurring, and elsewhere as having occurred."""
    case = record.case
    absent = [event for event in case.adverse_events if event.occurred == "未发生"]
    present = {event.term: event for event in case.adverse_events if event.occurred == "发生"}
    for event in absent:
        told = [change.reason for change in case.dose_changes if change.reason and event.term in reading.affirmed(change.reason)]
        told += [present[event.term].term] if event.term in present and present[event.term].agent == event.agent else []
        told += [event.grade] if event.grade else []
        told += [
            leaf
            for leaf in chart(record).told("course", "timeline")
            if event.term in leaf and patterns.search(f"(?:出现|发生)[^，。；未无]{{0,8}}{re.escape(event.term)}", reading.affirmed(leaf))
        ]
        if told:
            yield Finding(event.term, f"{event.term}记为未发生，他处作“{told[0]}”", event.term, "核对是否发生", tuple(told))
    for term, event in present.items():
        told = [
            leaf
            for leaf in chart(record).told("course", "timeline", "results", "commentary")
            if term in leaf and patterns.search(f"(?:全程无|未出现|未发生|未见|无){re.escape(term)}", leaf)
        ]
        if told:
            yield Finding(event.term, f"{term}记为发生，他处作“{told[0]}”", term, "核对是否发生", tuple(told))
