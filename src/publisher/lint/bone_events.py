"""SRE: skeletal-related events are told, counted and defined alike, and rest on what was imaged, measured or done.

The volumes define them as pathological fracture, cord compression, radiotherapy and surgery to bone, and (most of them)
hypercalcaemia of malignancy.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from publisher.case import BoneEvent
from publisher.lint import patterns, reading, skeleton
from publisher.lint.chart import FRACTURE, Chart, chart, full_days
from publisher.lint.record import Record
from publisher.lint.sites import after
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written

SRE = r"(?:SREs?|骨相关事件|骨骼相关事件)"
NONE = re.compile(rf"(?:未发生|无|未出现|未见|未再发生)(?:任何|新的|新发)?{SRE}|{SRE}(?:零发生|均未出现|未发生)|等SREs?均未出现")
BROKEN = re.compile("骨折(?!风险)|压缩(?:性|约)|断裂")
CONTRACT = "FDA/EMA及ASCO：病理性骨折、脊髓压迫、骨放疗、骨手术（部分含高钙血症）"


@rule("SRE-001", "case", source=CONTRACT)
def no_event_claimed(record: Record) -> Iterator[Finding]:
    """No skeletal event is said to have happened, and one is on record after treatment began.

    Radiotherapy and surgery to bone are such events by the volume's own definition.
    """
    case = chart(record)
    begun = case.begun
    days = full_days(begun) if begun else []
    later = [event for event in record.case.bone_events if since(event, days)]
    for leaf in case.told("results", "timeline", "follow_up", "outcome", "commentary"):
        if NONE.search(leaf) and later:
            also = tuple(text for event in later for text in (event.text, event.at, event.site) if text)
            named = f"{later[0].event}（{later[0].at or later[0].site}）"
            yield Finding(leaf, f"称未发生骨相关事件，病历有{named}", NONE.search(leaf)[0], "按本卷定义核对表述", also)
            return


def since(event: BoneEvent, begun: list) -> bool:
    """Whether an event happened after treatment began, by its date or by its words."""
    days = full_days(event.at or "")
    if days and begun:
        return days[0] >= begun[0]
    return bool(event.at and not days and after(event.at))


PREVENTED = re.compile(rf"预防了{SRE}|由此预防了|(?:旨在|意在)预防{SRE}|自治疗之初[^。]{{0,16}}以预防{SRE}")


@rule("SRE-002", "case", Severity.REVIEW)
def prevention_claimed(record: Record) -> Iterator[Finding]:
    """An agent is said to have prevented, or to be meant to prevent, skeletal events in a patient who had one.

    What is left to prevent is the next; one patient proves no effect.
    """
    events = [event for event in record.case.bone_events if event.event in ("病理性骨折", "脊髓压迫", "骨放疗", "骨手术")]
    for leaf in chart(record).commentary:
        told = [sentence for sentence in reading.sentences(leaf) if PREVENTED.search(sentence) and not patterns.search("一经确诊|重在|宜", sentence)]
        if told and any(event.event != "骨放疗" for event in events):
            also = tuple(text for event in events for text in (event.text,) if text)
            yield Finding(leaf, f"称预防骨相关事件，本例已有{events[0].event}", PREVENTED.search(leaf)[0], "限定为后续事件", also)


ITEMS = {
    "病理性骨折": re.compile("骨折"),
    "脊髓压迫": re.compile("脊髓(?:压迫|受压)"),
    "骨放疗": re.compile("放疗"),
    "骨手术": re.compile("手术"),
    "高钙血症": re.compile("高钙血症"),
}
NAMED = re.compile("SRE|相关事件")
DEFINING = re.compile(rf"{SRE}(?:（SREs?）)?(?:，如|如|有|包括|即|，包括|主要有)([^。；]*)|([^。；，]*(?:[、及和与][^。；，]*){{1,5}})等(?:严重)?{SRE}")


def definitions(leaves) -> Iterator[tuple[Written, frozenset[str], str]]:
    """Yield every text that lists what skeletal events are, with the items and the words."""
    for leaf in leaves:
        for match in DEFINING.finditer(leaf) if NAMED.search(leaf) else ():
            words = match[1] or match[2]
            items = frozenset(name for name, pattern in ITEMS.items() if pattern.search(words))
            if items:
                yield leaf, items, words


@rule("SRE-003", "case", Severity.REVIEW, CONTRACT, beyond=True)
def definition(record: Record) -> Iterator[Finding]:
    """Skeletal events are listed in full without hypercalcaemia, while the volume elsewhere counts it.

    A rate of events means nothing unless all cases count the same ones.
    """
    case = chart(record)
    own = list(definitions(case.told("background", "commentary", "results")))
    short = [(leaf, items) for leaf, items, _ in own if len(items) >= 3 and "高钙血症" not in items]
    others = (prose(other) for slug, other in record.source.cases.items() if slug != record.case.id)
    if short and any("高钙血症" in items for told in (own, *map(definitions, others)) for _, items, _ in told):
        for leaf, items in short:
            also = tuple(other for other, _, _ in own if other is not leaf)
            yield Finding(leaf, f"所列骨相关事件为{'、'.join(sorted(items))}，不含高钙血症，本卷他处含之", leaf, "全卷统一定义", also)


def prose(case) -> tuple[Written, ...]:
    """Background, commentary and results of another case of the volume."""
    texts = [*case.background, *(item.result for item in case.results)]
    waiting = list(case.commentary)
    for comment in waiting:
        texts += [*comment.text, *comment.points]
        waiting += comment.sections
    return tuple(texts)


@rule("SRE-004", "case", Severity.REVIEW, CONTRACT)
def pain_is_no_event(record: Record) -> Iterator[Finding]:
    """Pain is counted among the skeletal-related events.

    The trials counted fracture, cord compression, radiotherapy and surgery to bone; pain is measured apart.
    """
    for leaf in chart(record).told("background", "commentary", "results"):
        for match in DEFINING.finditer(leaf) if NAMED.search(leaf) else ():
            if patterns.search("骨痛|疼痛", match[1] or match[2]):
                yield Finding(leaf, "疼痛列入骨相关事件", match[0], "通常不含疼痛，请核定义", ())
                break
        else:
            if patterns.search(rf"疼痛、[^。；]*归入{SRE}", leaf):
                yield Finding(leaf, "疼痛列入骨相关事件", leaf, "通常不含疼痛，请核定义", ())


@rule("SRE-005", "case", Severity.REVIEW)
def no_event_without_time(record: Record) -> Iterator[Finding]:
    """No skeletal event is claimed without the time for which the patient was watched."""
    follow_up = record.case.follow_up
    for item in record.case.results if not any(no_event_claimed(record)) else ():
        if NONE.search(item.result) and not item.at and not (follow_up and follow_up.length):
            yield Finding(item.result, "称未发生骨相关事件，未注观察时间", item.result, "注明随访时间", ())


# Fractures.


def broken_bones(case: Chart) -> dict[str, Written]:
    """Bones that imaging shows broken, with the text that says so."""
    found: dict[str, Written] = {}
    for study in case.case.studies:
        sites = "、".join(lesion.site for lesion in study.lesions if lesion.role == "骨转移")
        told = [(lesion.site, lesion.finding) for lesion in study.lesions]
        told += [(text if skeleton.bones_meant(text) else sites, text) for text in (*study.findings, study.impression) if text]
        for site, text in told:
            if text and BROKEN.search(reading.affirmed(text)):
                for bone in skeleton.bones(site) or skeleton.bones_meant(f"{site}{text}"):
                    found.setdefault(bone, text)
    return found


@rule("SRE-010", "case")
def fracture_not_imaged(record: Record) -> Iterator[Finding]:
    """A fracture is diagnosed or counted as an event, and no study shows that bone broken.

    A fracture is seen on an image; without one it is a supposition.
    """
    case = chart(record)
    imaged = broken_bones(case)
    told = [diagnosis.text for diagnosis in record.case.diagnoses if patterns.search("骨折", diagnosis.text) and not patterns.search("风险", diagnosis.text)]
    events = [event for event in record.case.bone_events if event.event == "病理性骨折"]
    listed = [(bone, text) for text in told for bone in skeleton.bones(text)] + [
        (bone, event.text or event.site) for event in events for bone in skeleton.bones(event.site or "")
    ]
    missing: dict[str, list[Written]] = {}
    for bone, text in listed:
        if bone not in imaged and record.case.studies:
            missing.setdefault(bone, []).append(text)
    for bone, texts in missing.items():
        operations = tuple(
            treatment.operation.name for treatment in record.case.treatments if treatment.operation and bone in skeleton.bones(treatment.operation.name)
        )
        history = tuple(leaf for leaf in case.told("history", "course", "timeline", "commentary") if "骨折" in leaf and bone in skeleton.bones(leaf))
        shown = tuple(dict.fromkeys(imaged.values()))
        yield Finding(texts[0], f"{bone}骨折未见于任何影像", texts[0], "补入影像，或核对部位", (*texts[1:], *history, *shown, *operations))


@rule("SRE-011", "case", Severity.REVIEW)
def fracture_not_diagnosed(record: Record) -> Iterator[Finding]:
    """Imaging from before treatment shows a fracture that no diagnosis names."""
    diagnosed = frozenset().union(
        *(skeleton.bones_meant(diagnosis.text) for diagnosis in record.case.diagnoses if FRACTURE.search(diagnosis.text)), frozenset()
    )
    found: dict[str, list[Written]] = {}
    for study in (study for study in record.case.studies if not after(study.at) and not later_in_calendar(record, study.at)):
        for lesion in study.lesions:
            if lesion.finding and BROKEN.search(reading.affirmed(lesion.finding)):
                for bone in skeleton.bones(f"{lesion.site}{lesion.finding}") - diagnosed:
                    found.setdefault(bone, []).extend((lesion.finding, lesion.site))
    for bone, texts in found.items() if record.case.diagnoses else ():
        also = (
            *texts[1:],
            *(diagnosis.text for diagnosis in record.case.diagnoses),
            *(text for study in record.case.studies for text in (study.impression,) if text),
        )
        yield Finding(texts[0], f"影像示{bone}骨折，诊断未列", texts[0], "补入诊断，或说明取舍", also)


def later_in_calendar(record: Record, at: Written | None) -> bool:
    begun = chart(record).begun
    return bool(at and begun and reading.dates(at) and reading.dates(begun) and reading.dates(at)[0][:2] > reading.dates(begun)[0][:2])


@rule("SRE-012", "case", Severity.REVIEW)
def fracture_overlooked(record: Record) -> Iterator[Finding]:
    """One study of the same days shows a fracture and another finds none."""
    free = [leaf for leaf in chart(record).told("studies") if patterns.search("(?:未见|无)(?:明显)?(?:病理性)?骨折", leaf)]
    shown = list(dict.fromkeys(broken_bones(chart(record)).values()))
    for leaf in free:
        study = next(study for study in record.case.studies if leaf in (*study.findings, study.impression))
        others = [text for text in shown if text not in study.findings]
        if others and not after(study.at):
            yield Finding(leaf, f"此处作“{leaf}”，他处作“{others[0]}”", leaf, "核对有无骨折", tuple(others))


@rule("SRE-013", "case", Severity.REVIEW)
def cortex_broken(record: Record) -> Iterator[Finding]:
    """A cortex is discontinuous and it is not said whether the bone is broken.

    Discontinuity of the cortex is the sign of a fracture; the reader needs the judgement.
    """
    broken = set(broken_bones(chart(record)))
    found = [
        (lesion, lesion.finding)
        for _, lesion in chart(record).lesions
        if lesion.finding and patterns.search("(?:皮质|骨质)[^，。；]{0,6}不连续", lesion.finding)
    ]
    open_ones = [(lesion, text) for lesion, text in found if not BROKEN.search(text) and not skeleton.bones(lesion.site) & broken]
    if open_ones:
        (lesion, text), *others = open_ones
        also = (lesion.site, *(leaf for other, finding in others for leaf in (finding, other.site)))
        yield Finding(text, f"{lesion.site}骨皮质不连续，是否骨折未述", text, "请据影像判断", also)


@rule("SRE-014", "case", Severity.REVIEW)
def fracture_without_level(record: Record) -> Iterator[Finding]:
    """A fracture of a vertebra or rib has no level, or one of a paired bone no side.

    Surgery and radiotherapy need the level and the side.
    """
    for event in record.case.bone_events:
        site = event.site or ""
        text = event.text or event.site or event.event
        if event.event == "病理性骨折":
            spine = patterns.search("椎|肋", site) and not event.levels and not skeleton.levels(text)
            paired = patterns.search("肋|股骨|肱骨|跖骨|足|胫骨|尺骨|桡骨|锁骨|髂骨", site) and not event.side and not skeleton.sides(f"{site}{text}")
            if spine or paired:
                bone = next(iter(skeleton.bones(site)), site)
                also = tuple(leaf for leaf in chart(record).told("diagnoses", "history", "studies", "timeline", "commentary", "treatments") if "骨折" in leaf)
                lacking = "、".join(word for word, lacks in (("节段" if "椎" in site else "肋序", spine), ("侧别", paired)) if lacks)
                yield Finding(text, f"{bone}骨折未写{lacking}", site, f"补入{lacking}", (event.site or event.event, *also))


@rule("SRE-015", "case")
def spontaneous_fracture(record: Record) -> Iterator[Finding]:
    """A fracture through a known metastasis is called spontaneous or ordinary.

    Broken where the tumour had destroyed the bone, it is pathological and counts as an event.
    """
    sites = "；".join(lesion.site for _, lesion in chart(record).bone_lesions)
    for leaf in chart(record).told("timeline", "bone_events", "diagnoses", "course", "commentary"):
        if patterns.search("自发性骨折|外伤性骨折", leaf) and skeleton.bones(leaf + sites) and chart(record).bone_lesions:
            others = tuple(other for other in chart(record).told("timeline", "bone_events") if "自发性骨折" in other and other is not leaf)
            yield Finding(leaf, "骨转移处的骨折称自发性骨折", "自发性骨折", "核对是否病理性骨折", others)
            return


BONE_OPERATION = re.compile("内固定|骨水泥|髓内钉|椎管|置换|成形|骨折手术")


def events_due(record: Record) -> Iterator[tuple[str, Written]]:
    """Yield every event that studies, diagnoses and treatments tell of, with the text that does."""
    yield from (("病理性骨折", text) for text in broken_bones(chart(record)).values())
    for text in (diagnosis.text for diagnosis in record.case.diagnoses if "风险" not in diagnosis.text):
        for event, words in (("病理性骨折", "骨折"), ("脊髓压迫", "脊髓(?:压迫|受压)|截瘫"), ("高钙血症", "高钙血症")):
            if patterns.search(words, text):
                yield event, text
    for treatment in chart(record).done:
        yield from (("骨放疗", field.site) for field in treatment.radiotherapy if skeleton.bones(field.site))
        if treatment.operation and BONE_OPERATION.search(treatment.operation.name):
            yield "骨手术", treatment.operation.name
        if treatment.kind == "手术" and patterns.search("骨折(?!风险)", treatment.title):
            yield "病理性骨折", treatment.title


@rule("SRE-016", "case", Severity.REVIEW)
def event_missing(record: Record) -> Iterator[Finding]:
    """A fracture, radiotherapy or operation of bone, or a cord compression, is missing from the list of events.

    The list is what the counts and the finder are made of.
    """
    listed = {event.event: event.event for event in record.case.bone_events}
    for event, text in events_due(record):
        if event not in listed and (listed or event in ("骨放疗", "骨手术", "高钙血症")):
            yield Finding(text, f"此处有{event}，骨相关事件未列", text, "补入骨相关事件", tuple(listed.values()))


@rule("SRE-018", "case", Severity.REVIEW)
def site_of_event(record: Record) -> Iterator[Finding]:
    """A fracture, radiotherapy or operation is at another bone than the list of events says."""
    listed: dict[str, frozenset[str]] = {}
    for event in record.case.bone_events:
        listed[event.event] = listed.get(event.event, frozenset()) | skeleton.bones_meant(f"{event.site or ''}{'、'.join(event.levels)}")
    for event, text in events_due(record):
        here, there = skeleton.bones(text), listed.get(event)
        if here and there and not here & there:
            message = f"{event}部位：此处作{'、'.join(sorted(here))}，骨相关事件作{'、'.join(sorted(there))}"
            yield Finding(text, message, text, "核对部位", tuple(event.site for event in record.case.bone_events if event.site))


@rule("SRE-017", "case")
def event_without_act(record: Record) -> Iterator[Finding]:
    """Radiotherapy or surgery is listed as an event and no treatment carries it out."""
    fields = any(treatment.radiotherapy for treatment in chart(record).done)
    operations = any(treatment.operation for treatment in record.case.treatments)
    past = any("术" in leaf for leaf in chart(record).told("history", "studies"))
    for event in record.case.bone_events:
        if (event.event == "骨放疗" and not fields) or (event.event == "骨手术" and not operations and not past):
            also = tuple(text for text in (event.text, event.site) if text)
            yield Finding(event.event, f"骨相关事件列{event.event}，治疗中未载", event.event, "补入治疗，或核对", also)


@rule("SRE-019", "case")
def levels_of_field(record: Record) -> Iterator[Finding]:
    """Radiotherapy among the events is at other vertebrae or ribs than the field treated."""
    treated = [text for treatment in chart(record).done for field in treatment.radiotherapy for text in (*field.levels, field.site)]
    known = {level for text in treated for level in skeleton.levels(text)}
    for event in record.case.bone_events:
        told = {level for text in event.levels for level in skeleton.levels(text)}
        if event.event == "骨放疗" and told and known and told != known:
            message = f"骨放疗节段作{'、'.join(event.levels)}，治疗作{'、'.join(treated)}"
            yield Finding(event.levels[0], message, event.levels[0], "核对节段", tuple(treated))


# Hypercalcaemia.


def calcium(record: Record) -> list[tuple[Decimal, Written]]:
    """Calcium values in mmol/L on record, with the scalar of each."""
    found = []
    for panel in record.case.labs:
        found += [(result.value.high, result.value) for result in panel.results if result.analyte.entry.id == "ca" and result.value.high is not None]
    for table in record.case.series:
        for column in table.columns:
            if column.analyte.entry.id == "ca":
                found += [(point.values[column.analyte].high, point.values[column.analyte]) for point in table.points if column.analyte in point.values]
    return [(value, leaf) for value, leaf in found if value is not None]


@rule("SRE-020", "case")
def calcium_without_value(record: Record) -> Iterator[Finding]:
    """Hypercalcaemia or hypocalcaemia is diagnosed and no calcium value on record shows it.

    Grade, urgency and treatment hang on the figure, corrected for albumin.
    """
    high = [diagnosis.text for diagnosis in record.case.diagnoses if "高钙血症" in diagnosis.text]
    high += [event.event for event in record.case.bone_events if event.event == "高钙血症"]
    values = calcium(record)
    if high and not any(value > Decimal("2.5") for value, _ in values):
        remarks = tuple(result.remark for panel in record.case.labs for result in panel.results if result.remark and "入院" in result.remark)
        texts = tuple(event.text for event in record.case.bone_events if event.text and event.event == "高钙血症")
        yield Finding(high[0], "诊断高钙血症，未载血钙值", high[0], "补入入院时血钙值", (*high[1:], *(leaf for _, leaf in values), *texts, *remarks))
    for event in record.case.adverse_events:
        told = patterns.search(r"\d", event.value or "") or any(value < Decimal("2.2") for value, _ in values)
        if event.occurred == "发生" and "低钙血症" in event.term and not told:
            also = tuple(text for text in (event.action, event.value) if text) + tuple(other.value for other in record.case.adverse_events if other.value)
            yield Finding(event.term, "低钙血症未载血钙值", event.term, "补入血钙值", also)


SEVERITY = {"轻度": (Decimal("2.5"), Decimal("3.0")), "中度": (Decimal("3.0"), Decimal("3.5")), "重度": (Decimal("3.5"), Decimal("9"))}


@rule("SRE-021", "case", Severity.REVIEW, "内分泌学会高钙血症指南2023：轻<3.0，中3.0～3.5，重>3.5 mmol/L")
def severity_of_hypercalcaemia(record: Record) -> Iterator[Finding]:
    """The degree of a hypercalcaemia is not that of the calcium measured, or is told in two ways.

    Below 3.0 mmol/L it is mild, 3.0–3.5 moderate, above 3.5 severe; a source that draws other lines must be named.
    """
    told = [
        (match[1] or match[2], leaf)
        for leaf in chart(record).told("title", "background", "diagnoses", "commentary", "bone_events")
        if (match := HYPER.search(leaf))
    ]
    highest = max(calcium(record), default=None)
    for word, leaf in told:
        grades = [SEVERITY[name] for name in SEVERITY if name[0] in word]
        if highest and highest[0] > SEVERITY["轻度"][0] and not any(low <= highest[0] <= high for low, high in grades):
            yield Finding(leaf, f"血钙最高{highest[1]} mmol/L，此处称{word}", word, "注明分度标准", (highest[1], *(other for _, other in told)))
    words = {word for word, _ in told}
    if len(words) > 1:
        yield Finding(told[0][1], f"高钙血症前后作{'、'.join(sorted(words))}", told[0][1], "统一分度", tuple(leaf for _, leaf in told[1:]))


HYPER = re.compile("(轻度|中度|重度|中重度|轻中度)高钙血症|高钙血症（(轻度|中度|重度)）")


@rule("SRE-022", "case", Severity.REVIEW, "危象阈值3.5～3.75 mmol/L")
def hypercalcaemic_crisis(record: Record) -> Iterator[Finding]:
    """A hypercalcaemic crisis is said not to have come back and calcium never reached one."""
    highest = max(calcium(record), default=None)
    for leaf in chart(record).told("timeline", "follow_up", "results", "outcome"):
        if patterns.search("(?:未再|再次|再)发生高钙危象|高钙危象未再", leaf) and highest and highest[0] < Decimal("3.5"):
            also = tuple(other for other in chart(record).told("timeline", "follow_up", "results") if "高钙危象" in other and other is not leaf)
            yield Finding(leaf, f"血钙最高{highest[1]} mmol/L，未达危象，而称未再发生危象", "高钙危象", "核对用词", (highest[1], *also))
            return


@rule("SRE-023", "case")
def recurrence_without_event(record: Record) -> Iterator[Finding]:
    """Hypercalcaemia is said to recur, or not to, in a patient who never had it.

    The sentence was copied from another case.
    """
    had = chart(record).mentions(re.compile("高钙血症"), "diagnoses", "complaint", "history") or [
        event for event in record.case.bone_events if event.event == "高钙血症"
    ]
    had = had or any(value > Decimal("2.6") for value, _ in calcium(record))
    told = [
        leaf
        for leaf in chart(record).told("results", "follow_up", "outcome", "timeline", "commentary")
        if patterns.search("高钙血症复发|复发高钙|高钙(?:危象)?未再", leaf)
    ]
    if told and not had:
        yield Finding(told[0], "称高钙血症复发，此前未载高钙血症", told[0], "核对是否他例文字", tuple(told[1:]))
