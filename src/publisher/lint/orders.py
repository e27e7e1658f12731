"""CON, the drugs: what is told of drugs, doses and modalities agrees with what was ordered and given."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from publisher.case import Dose, Treatment
from publisher.catalogue import Catalogue
from publisher.collection import VolumeSource
from publisher.lint import patterns, reading
from publisher.lint.chart import SYSTEMIC, Chart, chart, drugs
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written

AMOUNT = re.compile(r"(?P<figure>\d+(?:\.\d+)?)\s?(?P<unit>mg|g|μg|mL|IU|片|粒)(?P<basis>/(?:m²|kg|d|日|h|次|月))?|AUC[=≈]?\s?(?P<auc>\d+(?:\.\d+)?)")
MILLIGRAMS = {"g": Decimal(1000), "mg": Decimal(1), "μg": Decimal("0.001")}
Amount = tuple[Decimal, str]


@lru_cache(maxsize=20000)
def amounts(text: str) -> tuple[Amount, ...]:
    """Amounts of a drug as (figure, unit), milligrams where mass; 0.25 g and 250 mg are the same. 每日 and 每次 are not told apart."""
    found = []
    for match in AMOUNT.finditer(text):
        if match["auc"]:
            found.append((Decimal(match["auc"]), "AUC"))
        else:
            unit, basis = match["unit"], match["basis"] if match["basis"] in ("/m²", "/kg", "/h") else ""
            factor = MILLIGRAMS.get(unit, Decimal(1))
            found.append(((Decimal(match["figure"]) * factor).normalize(), ("mg" if unit in MILLIGRAMS else unit) + basis))
    return tuple(found)


@lru_cache(maxsize=20000)
def told_amounts(text: str, catalogue: Catalogue) -> tuple[tuple[str, Amount], ...]:
    """Drugs with the amount that follows close behind: 地舒单抗120 mg皮下注射."""
    named = drugs(catalogue).named(text)
    found = []
    for index, (drug, _, end) in enumerate(named):
        limit = named[index + 1][1] if index + 1 < len(named) else len(text)
        piece = patterns.split(r"[。；，、）]", text[end:limit])[0]
        first = amounts(piece[:24])
        if first and not patterns.match(r"[^\d]*(?:至少|不少于|≥|>|缓释片规格)", piece):
            found.append((drug.id, first[0]))
    return tuple(found)


ALIASES = {"calcium-supplement": "calcium-carbonate-d3"}
"""Words for a class by which a text means the one drug ordered."""
HELD_BY = {"vitamin-d": "calcium-carbonate-d3"}
"""Drugs that a combination holds."""


def slug_of(drug) -> str:
    return ALIASES.get(drug.entry.id, drug.entry.id)


def ordered(case: Chart) -> dict[str, dict[Amount, Written]]:
    """Amounts ordered of each drug, changes of dose included."""
    found: dict[str, dict[Amount, Written]] = {}
    for _, dose in case.orders:
        for amount in amounts(dose.dose or ""):
            found.setdefault(dose.drug.entry.id, {})[amount] = dose.dose
    for dose in case.prior_orders:
        for amount in amounts(dose.dose or ""):
            found.setdefault(dose.drug.entry.id, {})[amount] = dose.dose
    for change in case.case.dose_changes:
        for text in (change.before, change.after):
            for amount in amounts(text or ""):
                found.setdefault(change.drug.entry.id, {})[amount] = text
    return found


@rule("CON-080", "case")
def dose_told(record: Record) -> Iterator[Finding]:
    """A dose told in the text is none of those ordered of that drug.

    Text and order speak of one prescription; a reader may copy either.
    """
    case = chart(record)
    known = ordered(case)
    for path, leaf in case.story:
        if path[-1] in ("dose", "before", "after", "drug", "reason") or path[0] in ("background",):
            continue
        for drug, amount in told_amounts(leaf, record.catalogue):
            comparable = {other: text for other, text in known.get(drug, {}).items() if other[1] == amount[1]}
            if comparable and amount not in comparable:
                listed = "、".join(dict.fromkeys(comparable.values()))
                yield Finding(
                    leaf, f"{record.catalogue.drug(drug).name}：医嘱作{listed}，此处作{amount[0]:f} {amount[1]}", leaf, "核对剂量", tuple(comparable.values())
                )


@rule("CON-081", "case")
def dose_change(record: Record) -> Iterator[Finding]:
    """A change of dose begins with an amount that was not being given.

    Each step starts where the last one ended; the first starts at the dose ordered.
    """
    case = chart(record)
    current: dict[tuple[str, str], list[Written]] = {}
    for change in record.case.dose_changes:
        slug = slug_of(change.drug)
        orders = [dose for _, dose in case.orders if slug_of(dose.drug) == slug and dose.dose]
        for amount in amounts(change.before or ""):
            earlier = [
                dose.dose for dose in orders if not (dose.at and change.at and dose.at == change.at) and amount[1] in {unit for _, unit in amounts(dose.dose)}
            ]
            given = current.get((slug, amount[1])) or earlier
            steps = given[-1:] if (slug, amount[1]) in current else given
            begun = [dose.dose for dose in orders if not earlier and len(orders) > 1 and amount[1] in {unit for _, unit in amounts(dose.dose)}]
            if begun and not given and amount not in {known for text in begun for known in amounts(text)}:
                yield Finding(change.before, f"{change.drug}：此处自{change.before}起改，医嘱无此剂量", change.before, "补入此前剂量", tuple(begun))
            if steps and amount not in {known for text in steps for known in amounts(text)}:
                yield Finding(change.before, f"{change.drug}：此前剂量为{steps[-1]}，此处自{change.before}起改", change.before, "核对剂量", tuple(given))
        for _, unit in amounts(change.after):
            current.setdefault((slug, unit), []).append(change.after)
        if change.before and amounts(change.before) and amounts(change.before) == amounts(change.after):
            yield Finding(change.after, f"{change.drug}：改前改后均为{change.after}", change.after, "核对剂量", (change.before,))


@rule("CON-095", "case")
def dose_after_change(record: Record) -> Iterator[Finding]:
    """The dose after a change is not the one ordered or told for the time after it."""
    case = chart(record)
    for change in record.case.dose_changes:
        slug = slug_of(change.drug)
        orders = [dose for _, dose in case.orders if slug_of(dose.drug) == slug and dose.dose]
        same = [dose.dose for dose in orders if dose.at and change.at and dose.at == change.at]
        begun_only = [dose for dose in orders if dose.condition and "起始" in dose.condition]
        steps = [dose.dose for dose in orders] if len({dose.dose for dose in orders if amounts(dose.dose)}) > 1 or begun_only else same
        for amount in amounts(change.after):
            here, all_steps = ({other: text for text in texts for other in amounts(text) if other[1] == amount[1]} for texts in (same, steps))
            known = here or all_steps
            if known and amount not in known and amount not in {other for text in steps for other in amounts(text)}:
                yield Finding(
                    change.after, f"{change.drug}：此处改为{change.after}，医嘱作{'、'.join(known.values())}", change.after, "核对剂量", tuple(known.values())
                )
    for event in record.case.adverse_events:
        told = [match for match in patterns.finditer(r"(?:减|加|增|调整)[^，。；]{0,3}至\s?[\d.]+\s?(?:mg|g|μg)(?:/[^，。；]+)?", event.action or "")]
        for change in record.case.dose_changes:
            named = change.drug == event.agent or change.drug in (event.action or "")
            ours = {amount for match in told for amount in amounts(match[0])}
            if told and named and ours and not ours & set(amounts(change.after)):
                yield Finding(change.after, f"{change.drug}：此处改为{change.after}，不良反应处理作{told[0][0]}", change.after, "核对剂量", (event.action,))


@rule("CON-098", "case")
def change_of_no_order(record: Record) -> Iterator[Finding]:
    """A dose is changed of a drug that no treatment orders.

    The row of the order was lost, or the change stands at the wrong drug.
    """
    listed = {slug_of(dose.drug) for _, dose in chart(record).orders} | {slug_of(dose.drug) for dose in chart(record).prior_orders}
    for change in record.case.dose_changes:
        if slug_of(change.drug) not in listed:
            yield Finding(change.drug, f"{change.drug}剂量有调整，治疗中未列此药", change.drug, "补入此药", (change.after,))
    for event in record.case.adverse_events:
        for drug, start, end in chart(record).drugs.named(event.action or ""):
            said, tail = event.action[start:end], event.action[end : end + 4]
            absent = drug.id not in CLASSES and not {drug.id, ALIASES.get(drug.id), HELD_BY.get(drug.id)} & listed
            if absent and patterns.match("剂量?(?:加|减|增)|加量|减量|增量|停用|停药", tail):
                yield Finding(event.action, f"不良反应处理作{said}{tail[:2]}，治疗中未列此药", said, "补入此药", (event.term,))


@rule("CON-082", "case", Severity.REVIEW, beyond=True)
def dose_of_appendix(record: Record) -> Iterator[Finding]:
    """A dose ordered differs from the one in the volume's dosing appendix for the same drug."""
    rows = [row for table in record.source.dosing.tables for row in table.rows if row.dose]
    for treatment, dose in chart(record).orders:
        for row in rows:
            theirs, ours = set(amounts(row.dose)), set(amounts(dose.dose or ""))
            comparable = {unit for _, unit in theirs} & {unit for _, unit in ours}
            if row.drug.entry.id == dose.drug.entry.id and comparable and treatment.kind in (*SYSTEMIC, "骨保护治疗") and not ours <= theirs:
                yield Finding(dose.dose, f"{dose.drug}：本例作{dose.dose}，书末剂量表作{row.dose}", dose.dose, "核对剂量", (dose.drug,))


@rule("CON-083", "volume", Severity.REVIEW)
def dose_of_other_cases(source: VolumeSource, catalogue: Catalogue) -> Iterator[Finding]:
    """A dose ordered differs from that of the same drug in every other case of the volume.

    Two cases or more that agree make the exception worth a look.
    """
    told: dict[tuple[str, str], dict[str, list[Dose]]] = {}
    for slug, case in source.cases.items():
        for dose in (dose for treatment in case.treatments for dose in treatment.doses if dose.dose):
            for unit in {unit for _, unit in amounts(dose.dose)}:
                told.setdefault((dose.drug.entry.id, unit), {}).setdefault(slug, []).append(dose)
    for cases in told.values():
        for slug, doses in cases.items():
            others = [dose for other, given in cases.items() if other != slug for dose in given]
            usual = {amounts(dose.dose) for dose in others}
            odd = [dose.dose for dose in doses if len(usual) == 1 and set(amounts(dose.dose)) != set(next(iter(usual)))]
            if len(cases) > 2 and odd:
                yield Finding(odd[0], f"{doses[0].drug}：本例作{odd[0]}，其余各例均作{others[0].dose}", odd[0], "核对剂量", (doses[0].drug, *odd[1:]))


@rule("CON-097", "case", Severity.REVIEW)
def change_unlisted(record: Record) -> Iterator[Finding]:
    """An adverse event was met by a new dose and the list of dose changes does not have it."""
    listed = {amount for change in record.case.dose_changes for amount in amounts(change.after)}
    for event in record.case.adverse_events:
        told = patterns.search(r"(?:减|加|增|调整)[^，。；]{0,3}至\s?[\d.]+\s?(?:mg|g|μg)(?:/[^，。；]+)?", event.action or "")
        if told and not set(amounts(told[0])) & listed:
            yield Finding(event.action, f"不良反应处理作{told[0]}，剂量调整未列", told[0], "补入剂量调整", (event.term,))


@rule("CON-096", "case", Severity.REVIEW)
def drug_of_title(record: Record) -> Iterator[Finding]:
    """The title or text of a treatment names a drug that is not among the orders.

    Where a block is named after a drug, the row of that drug was lost.
    """
    case = chart(record)
    listed = {slug_of(dose.drug) for _, dose in case.orders}
    for treatment in case.done:
        for leaf in (treatment.title, *treatment.text):
            for drug, start, end in case.drugs.named(leaf):
                said = leaf[start:end]
                bare = not treatment.doses and not treatment.regimen and treatment.kind in (*SYSTEMIC, "骨保护治疗", "镇痛治疗") and not drug.unnamed
                present = {drug.id, ALIASES.get(drug.id)} & listed and not bare
                namesake = leaf is treatment.title and any(dose.drug.entry.unnamed for dose in treatment.doses)
                aside = (drug.unnamed and drug.id not in ALIASES and not namesake) or drug.group in ("显像剂", "其他")
                if not present and not aside and not patterns.search(f"(?:停用|避免|不推荐|预防)[^，。；]*{re.escape(said)}", leaf):
                    also = tuple(dose.drug for dose in treatment.doses)
                    yield Finding(leaf, f"{said}见于“{treatment.title}”，其下未列此药", said, "补入此药", also)


CLASSES = {
    "diuretic": "利尿",
    "platinum": "铂",
    "opioid": "阿片",
    "nsaid": "非甾体|COX",
    "immune-checkpoint-inhibitor": "PD-|CTLA",
    "pd-l1-inhibitor": "PD-L1",
    "egfr-tki": "EGFR-TKI",
    "tki": "TKI|激酶",
    "aromatase-inhibitor": "芳香化酶",
    "cdk46-inhibitor": "CDK4/6",
    "bisphosphonate": "双膦酸",
    "rankl-inhibitor": "RANKL",
}
"""Words for a class, and what the class of a drug in it is called in the catalogue."""
ABOUT_OTHERS = re.compile(
    "研究|指南|共识|规范|说明书|相比|比较|优于|更优|胜过|可考虑|例如|可选|推荐|常用|首选|优先|联用|合用|可与|各药|三药|类药物|"
    "禁忌|禁用|若强行|依赖|多见|应|宜|须|均疗效|提示"
)


def unordered(case: Chart, leaf: Written, strictly: bool) -> list[str]:
    """Names of drugs in a text that neither the orders nor the history hold, by themselves or, if not strictly, as a class."""
    given = [drug for drug in case.record.catalogue.drugs if drug.id in case.given]
    found = []
    for drug, start, end in case.drugs.named(leaf):
        if drug.unnamed and drug.id not in CLASSES:
            continue
        by_class = drug.id in CLASSES and any(patterns.search(CLASSES[drug.id], other.drug_class) for other in given)
        wider = not strictly and any(other.unnamed and other.group == drug.group for other in given)
        if drug.id not in case.given and not by_class and not (wider and not drug.unnamed):
            found.append(leaf[start:end])
    return found


def lost_of(case: Chart, leaf: Written) -> list[str]:
    """Names of drugs in a text that no row of the treatments and no regimen has, be they named in a title or not."""
    rows = {slug_of(dose.drug) for dose in (*case.prior_orders, *(dose for _, dose in case.orders))} | case.in_regimens
    return [leaf[start:end] for drug, start, end in case.drugs.named(leaf) if not ({drug.id, ALIASES.get(drug.id)} & rows or drug.unnamed)]


@rule("CON-084", "case")
def drug_not_ordered(record: Record) -> Iterator[Finding]:
    """The course, timeline, dose changes or adverse events name a drug that no treatment and no history holds."""
    case = chart(record)
    rows = [leaf for path, leaf in case.story if path[0] in ("course", "timeline", "dose_changes", "follow_up", "outcome", "results") and path[-1] != "reason"]
    rows += [event.agent for event in record.case.adverse_events]
    lost = {leaf: lost_of(case, leaf) for leaf in case.told("timeline") if case.orders}
    for leaf, names in lost.items():
        if names:
            yield Finding(leaf, f"{names[0]}未列于治疗的用药", names[0], "补入此药，或核对药名", tuple(dose.drug for _, dose in case.orders[:12]))
    for leaf in (leaf for leaf in rows if case.orders and not lost.get(leaf)):
        names = unordered(case, leaf, strictly=True)
        missing = [name for name in names if not patterns.search(f"(?:予|停用|以|用于|经){re.escape(name)}.{{0,4}}(?:支持|止吐)", leaf)]
        if missing:
            yield Finding(leaf, f"{missing[0]}未见于治疗方案", missing[0], "补入治疗方案，或核对药名", tuple(dose.drug for _, dose in case.orders[:12]))


@rule("CON-085", "case", Severity.REVIEW)
def drug_only_in_commentary(record: Record) -> Iterator[Finding]:
    """The commentary says of this patient a drug that the record does not hold."""
    case = chart(record)
    for leaf in case.commentary if case.orders else ():
        for sentence in reading.sentences(leaf):
            told = patterns.search("本例|患者(?!.{0,6}(?:中|的|可|宜|应))|入院|术后|首次|同时|治疗后|一线.{0,8}后|其间|辅以|先后|又予|加用", sentence)
            missing = unordered(case, Written(sentence), strictly=False) if told and not ABOUT_OTHERS.search(sentence) else []
            if missing:
                also = tuple(dose.drug for _, dose in case.orders if dose.drug.entry.group in ("内分泌代谢药", "支持治疗药", "心血管药"))
                also += tuple(text for treatment in record.case.treatments for text in treatment.text)
                yield Finding(leaf, f"点评所述{missing[0]}未见于治疗记录", missing[0], "核对用药", also)


@rule("CON-086", "case", Severity.REVIEW)
def regimen_only_in_commentary(record: Record) -> Iterator[Finding]:
    """The commentary says that the patient had a regimen of which treatments and history know nothing."""
    case = chart(record)
    for leaf in case.commentary:
        for sentence in reading.sentences(leaf):
            if patterns.search("双靶[^，。]*(?:失败|进展)", sentence) and not {"trastuzumab", "pertuzumab"} <= case.given:
                prior = record.case.history.prior_cancer
                yield Finding(
                    leaf, "点评称用过双靶治疗，病史与治疗均未载", "双靶", "核对既往治疗", tuple(item.kind for item in prior.treatments) if prior else ()
                )


@rule("CON-087", "case")
def regimen_and_drugs(record: Record) -> Iterator[Finding]:
    """A regimen is named and one of its drugs is missing among the orders beneath it, or another antineoplastic stands there.

    A lost row loses a drug.
    """
    for treatment in record.case.treatments:
        components = set(treatment.regimen.entry.components) if treatment.regimen else set()
        listed = {dose.drug.entry.id: dose.drug for dose in treatment.doses}
        if not components or not components & set(listed):
            continue
        missing = [record.catalogue.drug(slug).name for slug in sorted(components - set(listed)) if not record.catalogue.drug(slug).unnamed]
        extra = [
            drug
            for slug, drug in listed.items()
            if slug not in components and drug.entry.group in ("化疗药", "靶向药", "内分泌治疗药", "CDK4/6抑制剂", "免疫检查点抑制剂")
        ]
        if missing:
            yield Finding(
                treatment.regimen, f"方案{treatment.regimen}，其下未列{'、'.join(missing)}", treatment.regimen, "补入所缺药物", tuple(listed.values())
            )
        elif extra:
            yield Finding(extra[0], f"方案{treatment.regimen}，其下另列{extra[0]}", extra[0], "核对药名或方案", (treatment.regimen, *listed.values()))


MODALITIES = {
    "放疗": ("放疗",), "化疗": ("化疗", "全身治疗"), "免疫治疗": ("免疫治疗", "全身治疗"), "靶向治疗": ("靶向治疗", "全身治疗"), "手术": ("手术",),
    "内分泌治疗": ("内分泌治疗", "CDK4/6抑制剂治疗"), "抗肿瘤治疗": SYSTEMIC,
}  # fmt: skip


@rule("CON-088", "case", Severity.REVIEW)
def modality_claimed(record: Record) -> Iterator[Finding]:
    """The summary credits the patient with a modality that was only proposed, or was never given."""
    case = chart(record)
    for leaf in case.commentary:
        for sentence in reading.sentences(leaf):
            if not patterns.search(
                "治疗综合运用|综合运用|(?:^|，)联合[^，。]*(?:控制|治疗)|历经|本例[^，。]*(?:采用|运用|经)|患者[^，。]*(?:接受|经)", sentence
            ):
                continue
            if patterns.search("若|研究|指南|建议|应|可行", sentence):
                continue
            for word, kinds in MODALITIES.items():
                blocks = [treatment for treatment in record.case.treatments if treatment.kind in kinds]
                given = [treatment for treatment in blocks if treatment.status == "已实施"]
                if word == "抗肿瘤治疗":
                    given = [treatment for treatment in given if not before_operation(record, treatment)]
                if word in sentence and not (word == "化疗" and "放化疗" in sentence) and not given:
                    also = tuple(text for treatment in blocks for text in treatment.text)
                    proposed = [treatment.status for treatment in blocks if treatment.status != "已实施"]
                    message = f"点评称已用{word}，{'治疗记录仅为' + proposed[0] if proposed else '此间治疗记录未载'}"
                    yield Finding(leaf, message, word, "核对是否实施", also)


def before_operation(record: Record, treatment: Treatment) -> bool:
    """Whether a treatment stands before the last operation."""
    operations = [index for index, item in enumerate(record.case.treatments) if item.kind == "手术"]
    return bool(operations) and record.case.treatments.index(treatment) < operations[-1]


@rule("CON-089", "case", Severity.REVIEW)
def ordered_twice(record: Record) -> Iterator[Finding]:
    """One drug stands in two treatments at the same time, with or without the same schedule.

    The reader cannot tell one order from two.
    """
    found: dict[str, tuple[Treatment, list[Dose]]] = {}
    for treatment in record.case.treatments:
        here: dict[str, list[Dose]] = {}
        for dose in treatment.doses:
            here.setdefault(dose.drug.entry.id, []).append(dose)
        for slug, doses in here.items():
            block, before = found.get(slug, (None, []))
            at_once = block and not (treatment.at or block.at) and (treatment.line, treatment.status) == (block.line, block.status)
            if at_once and all(dose.dose for dose in (*doses, *before)):
                message = f"{doses[0].drug}在“{block.title}”与“{treatment.title}”两处开列"
                also = [text for dose in (*before, *doses) for text in (dose.drug, dose.cycle, dose.frequency, dose.days) if text]
                also += [text for text in (treatment.regimen, *block.text) if text]
                yield Finding(treatment.title, message, doses[0].drug, "注明是否同一医嘱", (block.title, *also))
            found[slug] = (treatment, doses)


@rule("CON-090", "case", Severity.REVIEW)
def two_routes(record: Record) -> Iterator[Finding]:
    """One drug of one treatment bears two words for its route."""
    for treatment in record.case.treatments:
        routes: dict[str, dict[str, Dose]] = {}
        for dose in treatment.doses:
            if dose.route:
                routes.setdefault(dose.drug, {})[patterns.sub("^(?:持续|快速|缓慢)", "", dose.route)] = dose
        for drug, told in routes.items():
            alike = [route for route in told if "皮下" in route or "静" in route or "口服" in route or "肌" in route]
            if len(alike) > 1:
                first, *others = (told[route].route for route in alike)
                yield Finding(first, f"{drug}的途径作{'、'.join(told[route].route for route in alike)}", first, "统一途径", tuple(others))


@rule("CON-091", "case", Severity.REVIEW)
def pain_out_of_steps(record: Record) -> Iterator[Finding]:
    """Analgesics are listed by severity, and the severity with which the patient came has none.

    NRS 1–3 is mild, 4–6 moderate, 7–10 severe.
    """
    case = record.case
    first = next(
        (score for score in case.scores if score.scale.entry.id == "nrs" and patterns.search("就诊|入院", score.at or "") and score.value.low is None), None
    )
    first = first or next((score for score in case.scores if score.scale.entry.id == "nrs"), None)
    steps = [dose.condition for treatment, dose in chart(record).orders if treatment.kind == "镇痛治疗" and dose.condition and "度疼痛" in dose.condition]
    grade = int(patterns.findall(r"\d+", first.value)[-1]) if first and patterns.search(r"\d", first.value) else 0
    severity = "轻" if grade <= 3 else "中" if grade <= 6 else "重"
    if grade and steps and not any(severity in step for step in steps):
        yield Finding(
            steps[0], f"就诊时NRS {first.value}属{severity}度，所列镇痛药只及{'、'.join(steps)}", steps[0], "补所缺一级用药", (first.value, *steps[1:])
        )


@rule("CON-092", "case", Severity.REVIEW)
def procedure_shortened(record: Record) -> Iterator[Finding]:
    """Two operations differ by a few characters in the name of one step.

    胸膜烙断术 and 胸膜粘连烙断术 are one step; one of the names lost a word.
    """
    names = {
        part: treatment.operation.name
        for treatment in record.case.treatments
        if treatment.operation
        for part in patterns.split(r"[+＋、]", treatment.operation.name)
    }
    for short, where in names.items():
        for long, other in names.items():
            if 0 < len(long) - len(short) <= 3 and len(short) >= 4 and where is not other and subsequence(short, long):
                told = tuple(leaf for leaf in chart(record).told("timeline", "pathology", "commentary") if short in leaf)
                yield Finding(where, f"此处作{short}，他处作{long}", short, "核对手术名称", (other, *told))


def subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(char in rest for char in short)


@rule("CON-093", "case", Severity.REVIEW)
def radiotherapy_stops_twice(record: Record) -> Iterator[Finding]:
    """Radiotherapy that has ended is said to be stopped later."""
    ended = chart(record).mentions(re.compile("放疗结束|放疗完成"), "course", "timeline")
    stopped_later = chart(record).mentions(re.compile("停止放化疗"), "treatments", "course", "timeline", "follow_up")
    if ended and stopped_later:
        yield Finding(stopped_later[0], "放疗先已结束，此处又称停止放化疗", stopped_later[0], "核对放疗疗程", (*stopped_later[1:], *ended))


BONE_AGENT = re.compile("骨保护|地舒单抗|骨靶向|骨改良")
EARLY = re.compile("立即进行骨保护|早期干预|及时补充骨保护|确诊后即(?:应|用)|自治疗之初")


@rule("CON-094", "case", Severity.REVIEW)
def early_bone_agent(record: Record) -> Iterator[Finding]:
    """The commentary urges or claims an early bone agent, and this patient had it only after a fracture.

    The text should own the delay, as the reader will see it.
    """
    case = record.case
    blocks = [treatment for treatment in case.treatments if treatment.kind == "骨保护治疗" and treatment.status == "已实施"]
    late = [treatment for treatment in blocks if treatment.at and patterns.search("术后|骨折|复诊|月后", treatment.at)]
    late += [
        treatment
        for treatment in blocks
        if treatment.at and any(event.at and event.event == "病理性骨折" and event.at[:7] == treatment.at[:7] for event in case.bone_events)
    ]
    owned = chart(record).mentions(re.compile("未予骨保护|未用骨保护药|未接受骨保护|骨保护药物治疗不足"), "commentary", "treatments", "bone_events")
    told = [leaf for leaf in chart(record).commentary if EARLY.search(leaf)]
    if late and told and not owned and len(late) == len(blocks):
        yield Finding(told[0], f"点评主张或称早用骨保护药物，本例{late[0].at}方用", EARLY.search(told[0])[0], "说明延迟的原因", (*told[1:], late[0].at))
