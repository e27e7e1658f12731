"""EVD, the trials: population, arms, endpoints, effects and P values that a case prints are those published.

The published figures stand with their citations in `content/reference/trials.yaml`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from publisher.case import Comment, Evidence, EvidenceResult
from publisher.catalogue import Trial, TrialEndpoint
from publisher.lint import patterns, reading
from publisher.lint.chart import chart
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written

FIGURE = re.compile(r"\d+(?:\.\d+)?")
PUBLISHED = "原始论文，见content/reference/trials.yaml"


@dataclass(frozen=True)
class Cited:
    """A trial as a case cites it, with what was published."""

    evidence: Evidence
    trial: Trial
    name: Written


def cited(record: Record) -> Iterator[Cited]:
    """Yield the studies of the commentary that the catalogue knows, named as trials or described by the same words."""
    for evidence in every_evidence(record.case.commentary):
        trial = evidence.trial.entry if evidence.trial else record.catalogue.find("trials", evidence.study or "")
        if trial:
            yield Cited(evidence, trial, evidence.trial or evidence.study)


def every_evidence(comments: list[Comment]) -> Iterator[Evidence]:
    for comment in comments:
        yield from comment.evidence
        yield from every_evidence(comment.sections)


def told_of(record: Record, trial: Trial) -> tuple[Written, ...]:
    """Other sentences of the commentary on a trial."""
    return tuple(leaf for leaf in chart(record).commentary if trial.name in leaf)


def kind(endpoint: str) -> str:
    """What an endpoint measures: PFS, OS, ORR, 首次SRE, 后续SRE, or its own name."""
    if patterns.search("后续", endpoint):
        return "后续SRE"
    if patterns.search("SRE", endpoint):
        return "首次SRE"
    return next((word for word in ("PFS", "ORR", "OS") if word in endpoint), endpoint)


def published(trial: Trial, result: EvidenceResult) -> list[TrialEndpoint]:
    return [endpoint for endpoint in trial.endpoints if kind(endpoint.name) == kind(result.endpoint)]


def arms(text: str | None) -> tuple[str, ...]:
    """Figures of the two arms, or 未达到."""
    return tuple(patterns.findall(r"未达到|\d+(?:\.\d+)?", (text or "").replace("个月", "")))


def hazard(text: str | None) -> Decimal | None:
    match = FIGURE.search(text or "")
    return Decimal(match[0]) if match else None


def rounds_to(published_value: str, printed: Decimal) -> bool:
    """Whether a published figure rounded to the printed digits is the printed one."""
    digits = -printed.as_tuple().exponent
    return round(Decimal(published_value), digits) == printed


def same_hazard(endpoint: TrialEndpoint, printed: Decimal) -> bool:
    return bool(endpoint.hr) and rounds_to(endpoint.hr, printed)


def same_arms(endpoint: TrialEndpoint, result: EvidenceResult) -> bool:
    """Whether the figures printed of the arms are those of an endpoint; an arm left out does not count."""
    told = arms(endpoint.result)
    ours = [arms(value)[:1] for value in (result.experimental, result.control)]
    return len(told) >= 2 and all(not one or one[0] == told[index] for index, one in enumerate(ours))


def p_value(text: str | None) -> tuple[str, Decimal] | None:
    match = patterns.search(r"([<=>≤]?)\s?(0?\.\d+)", text or "")
    return (match[1] or "=", Decimal(match[2])) if match else None


def same_p(told: str | None, printed: str | None) -> bool:
    """Whether a published P, or one of several, is the one printed: <0.0001 may be printed <0.001, 0.0486 as 0.049."""
    ours = p_value(printed)
    for piece in patterns.split("；", told or ""):
        theirs = p_value(piece)
        if ours and theirs:
            if ours[0] == "<" and theirs[1] <= ours[1] <= Decimal("0.05"):
                return True
            if ours[0] == "=" and theirs[0] == "=" and rounds_to(str(theirs[1]), ours[1]):
                return True
    return False


@rule("EVD-001", "case", source=PUBLISHED)
def figures_of_arms(record: Record) -> Iterator[Finding]:
    """A median or rate of an arm is not the one published for that endpoint.

    The reader weighs the benefit by these figures; they are copied, not remembered.
    """
    for item in cited(record):
        for result in item.evidence.results:
            endpoints = [endpoint for endpoint in published(item.trial, result) if len(arms(endpoint.result)) >= 2]
            if not endpoints or not (result.experimental or result.control) or any(same_arms(endpoint, result) for endpoint in endpoints):
                continue
            told = "；".join(f"{endpoint.name} {endpoint.result}" for endpoint in endpoints)
            best = max(endpoints, key=lambda endpoint: sum(one == two for one, two in zip(arms(endpoint.result), flat(result), strict=False)))
            wrong = next(
                (
                    value
                    for index, value in enumerate((result.experimental, result.control))
                    if value and arms(value)[:1] != arms(best.result)[index : index + 1]
                ),
                result.endpoint,
            )
            printed = "对".join(value for value in (result.experimental, result.control) if value)
            also = tuple(text for text in (item.name, result.experimental, result.control, result.effect, result.p) if text) + told_of(record, item.trial)
            yield Finding(wrong, f"{item.trial.name} {result.endpoint}印作{printed}，发表为{told}", printed, "据原始论文核对", also)


def flat(result: EvidenceResult) -> list[str]:
    return [(arms(value) or ("",))[0] for value in (result.experimental, result.control)]


@rule("EVD-002", "case", source=PUBLISHED)
def hazard_ratio(record: Record) -> Iterator[Finding]:
    """A hazard ratio is not the one published for that endpoint, belongs to another analysis, or is a rate ratio.

    The HR of one analysis beside the medians of another describes no trial.
    """
    for item in cited(record):
        for result in item.evidence.results:
            printed, endpoints = hazard(result.effect), published(item.trial, result)
            if printed is None or not endpoints:
                continue
            also = tuple(text for text in (item.name, result.experimental, result.control, result.p) if text)
            exact = [endpoint for endpoint in endpoints if same_arms(endpoint, result) and endpoint.hr and result.experimental]
            if not any(endpoint.hr for endpoint in endpoints) and "HR" in result.effect:
                if any("率比" in endpoint.name + (endpoint.result or "") for endpoint in endpoints):
                    yield Finding(result.effect, f"{item.trial.name} {result.endpoint}发表为率比，此处作HR", result.effect, "注明为率比", also)
            elif not any(same_hazard(endpoint, printed) for endpoint in endpoints):
                told = "、".join(f"{endpoint.name} HR {endpoint.hr}" for endpoint in endpoints if endpoint.hr)
                yield Finding(result.effect, f"{item.trial.name} {result.endpoint}印作{result.effect}，发表为{told}", result.effect, "据原始论文核对", also)
            elif exact and not any(same_hazard(endpoint, printed) for endpoint in exact):
                told = "、".join(f"{endpoint.name} HR {endpoint.hr}" for endpoint in exact)
                yield Finding(result.effect, f"{item.trial.name}此组数值对应{told}，此处作{result.effect}", result.effect, "核对所据分析", also)


@rule("EVD-003", "case", source=PUBLISHED)
def p_of_trial(record: Record) -> Iterator[Finding]:
    """A P value is not the one published for that endpoint and analysis, or the analysis was not tested.

    P of the intention-to-treat population says nothing of a subgroup.
    """
    for item in cited(record):
        for result in item.evidence.results:
            endpoints = published(item.trial, result)
            if not p_value(result.p) or not endpoints:
                continue
            printed = hazard(result.effect)
            fitting = [endpoint for endpoint in endpoints if printed is not None and same_hazard(endpoint, printed)] or endpoints
            fitting = [endpoint for endpoint in fitting if same_arms(endpoint, result)] or fitting
            if not any(same_p(endpoint.p, result.p) for endpoint in fitting):
                told = "、".join(f"{endpoint.name} {'P=' + endpoint.p if endpoint.p else '未载P值'}" for endpoint in fitting)
                also = tuple(text for text in (item.name, result.effect, result.experimental, result.control) if text)
                yield Finding(result.p, f"{item.trial.name} {result.endpoint}印作{result.p}，发表为{told}", result.p, "据原始论文核对", also)


UNTREATED = re.compile("未接受过|未经|既往未治|未治的|初治|一线")
PRETREATED = re.compile("失败|经治|进展后|耐药后|二线")


@rule("EVD-004", "case", source=PUBLISHED)
def population(record: Record) -> Iterator[Finding]:
    """A trial of untreated patients is cited for pretreated ones, or the other way round, or with another number of patients.

    A result holds for those who were in the trial.
    """
    for item in cited(record):
        ours, theirs = item.evidence.population, item.trial.population or ""
        if not ours:
            continue
        number = patterns.search(r"(\d+)例", ours)
        if number and item.trial.n and number[1] != FIGURE.search(item.trial.n)[0]:
            yield Finding(ours, f"{item.trial.name}此处作{number[1]}例，发表为{item.trial.n}例", ours, "据原始论文核对", (item.name,))
        opposite = (PRETREATED.search(ours) and UNTREATED.search(theirs)) or (UNTREATED.search(ours) and PRETREATED.search(theirs))
        receptor = patterns.search("HER2阳性|HER2阴性|三阴性|HR阳性", theirs)
        contrary = {
            "HER2阳性": "HER2-|HER2阴性|三阴|TNBC",
            "HER2阴性": r"HER2\+|HER2阳性",
            "三阴性": r"HER2\+|HER2阳性|HR\+|HR阳性",
            "HR阳性": "三阴|TNBC|HR-|HR阴性",
        }
        if opposite or (receptor and patterns.search(contrary[receptor[0]], ours)):
            yield Finding(ours, f"{item.trial.name}入组者为{theirs}，此处作{ours}", ours, "核对研究人群", (item.name,))


@rule("EVD-005", "case", Severity.REVIEW, PUBLISHED)
def subgroup_of_trial(record: Record) -> Iterator[Finding]:
    """Figures of a subgroup (无脑转移, PD-L1阳性) are given for the whole population."""
    for item in cited(record):
        ours = item.evidence.population
        fitting = [
            endpoint.name
            for result in item.evidence.results
            if result.experimental
            for endpoint in published(item.trial, result)
            if same_arms(endpoint, result)
        ]
        limits = {match[1] for name in fitting if (match := patterns.search("（(无脑转移|PD-L1阳性|无内脏转移亚组)", name))}
        for limit in limits if ours and not any("（ITT" in name for name in fitting) else ():
            if limit not in ours:
                also = (item.name, *(result.experimental for result in item.evidence.results if result.experimental))
                yield Finding(ours, f"{item.trial.name}所引数值出自{limit}者，此处作{ours}", limit, "注明人群", also)


@rule("EVD-006", "case", source=PUBLISHED)
def arms_of_trial(record: Record) -> Iterator[Finding]:
    """The drugs of an arm are not those of the trial's arm, or the arms are exchanged."""
    finder = chart(record).drugs
    theirs_of = {}
    for item in cited(record):
        theirs = theirs_of.setdefault(item.trial.id, [{drug.id for drug, _, _ in finder.named(arm)} - {"placebo"} for arm in item.trial.arms])
        ours = [{drug.id for drug, _, _ in finder.named(arm)} - {"placebo"} for arm in item.evidence.arms]
        for index, (arm, drugs) in enumerate(zip(item.evidence.arms, ours, strict=True)):
            if drugs and index < len(theirs) and theirs[index] and drugs != theirs[index]:
                yield Finding(arm, f"{item.trial.name}第{index + 1}组作{arm}，发表为{item.trial.arms[index]}", arm, "核对分组", (item.name,))


@rule("EVD-007", "case", Severity.REVIEW, PUBLISHED)
def later_than_the_patient(record: Record) -> Iterator[Finding]:
    """The analysis cited as the reason for a treatment was published after the treatment began."""
    begun = [day for at in [row.at for row in record.case.timeline] for day in reading.dates(at)]
    for item in cited(record):
        for result in item.evidence.results if begun else ():
            fitting = [endpoint for endpoint in published(item.trial, result) if same_arms(endpoint, result) and result.experimental]
            years = [int(match[1]) for endpoint in fitting if (match := patterns.search(r"，(20\d{2})", endpoint.name))]
            if years and len(years) == len(fitting) and min(years) > begun[0][0]:
                message = f"{item.trial.name}此项为{min(years)}年发表，本例{begun[0][0]}年{begun[0][1]}月起治疗"
                yield Finding(result.experimental, message, result.experimental, "注明当时所据", (item.name, *((result.effect,) if result.effect else ())))


LONGER = re.compile("延长|推迟|延迟|改善|获益|优于|降低")
SIGNIFICANT = re.compile("显著|明显(?!延长的)")


@rule("EVD-008", "case")
def direction(record: Record) -> Iterator[Finding]:
    """A benefit is concluded where the hazard ratio is above 1 or the experimental arm is the shorter."""
    for item in every_evidence(record.case.commentary):
        for result in item.results:
            ratio, values = hazard(result.effect), [value.low for value in (result.experimental, result.control) if value]
            shorter = len(values) == 2 and None not in values and values[0] < values[1] and kind(result.endpoint) in ("PFS", "OS", "ORR", "首次SRE")
            told = next((text for text in (result.remark, item.conclusion) if text and LONGER.search(text)), None)
            harmful = ratio is not None and ratio > 1
            if (harmful or shorter) and (told or harmful != shorter):
                texts = [text for text in (result.experimental, result.control, result.effect) if text]
                message = f"{result.endpoint}：{'，'.join(texts)}，与获益之说相反"
                also = (*texts, result.endpoint, *((told,) if told else ()))
                yield Finding(result.effect or texts[0], message, told or result.endpoint, "核对两组数值与HR", also)


@rule("EVD-009", "case", Severity.REVIEW)
def significance(record: Record) -> Iterator[Finding]:
    """A difference is called significant or clear with P of 0.05 or more, or where the published analysis was not tested.

    P 0.09 is no significant difference; a subgroup outside the testing plan has no P.
    """
    known = {id(item.evidence): item.trial for item in cited(record)}
    for item in every_evidence(record.case.commentary):
        for result in item.results:
            p = p_value(result.p)
            told = next(
                (
                    text
                    for text in (result.remark, item.conclusion)
                    if text and SIGNIFICANT.search(reading.affirmed(text)) and (text == result.remark or kind(result.endpoint) in text)
                ),
                None,
            )
            if told and p and p[0] == "=" and p[1] >= Decimal("0.05"):
                yield Finding(
                    told, f"{result.endpoint} {result.p}，而称“{told}”", told, "P≥0.05不称显著或明显", tuple(text for text in (result.p, result.effect) if text)
                )
            trial = known.get(id(item))
            if told and trial and p and p[1] < Decimal("0.05"):
                endpoints = published(trial, result)
                tested = [endpoint for endpoint in endpoints if endpoint.p and (value := p_value(endpoint.p)) and value[1] < Decimal("0.05")]
                if endpoints and not tested:
                    also = tuple(text for text in (result.p, result.effect, result.experimental) if text)
                    yield Finding(told, f"{trial.name}的{result.endpoint}未见显著性检验，而称“{told}”", told, "限定“显著”", also)


@rule("EVD-010", "case", Severity.REVIEW)
def endpoint_without_figures(record: Record) -> Iterator[Finding]:
    """A conclusion names an endpoint for which no figures are given though others have them."""
    for item in every_evidence(record.case.commentary):
        given = {kind(result.endpoint) for result in item.results}
        for word in ("PFS", "OS") if item.conclusion and item.results else ():
            if patterns.search(rf"(?<![A-Z]){word}", item.conclusion) and word not in given:
                yield Finding(item.conclusion, f"结论称{word}，未列{word}数值", item.conclusion, "补入数值", tuple(result.endpoint for result in item.results))


@rule("EVD-011", "case", Severity.REVIEW, PUBLISHED)
def trial_told_for_others(record: Record) -> Iterator[Finding]:
    """A sentence rests a choice after failed treatment on a trial of untreated patients, or the reverse."""
    names = {spelling: trial for trial in record.catalogue.trials for spelling in trial.spellings if spelling.isascii() and len(spelling) > 4}
    for leaf in chart(record).commentary:
        for sentence in reading.sentences(leaf):
            for name, trial in names.items():
                if name in sentence and trial.population and PRETREATED.search(sentence) and UNTREATED.search(trial.population):
                    yield Finding(leaf, f"{trial.name}入组者为{trial.population}，此处用于经治者", sentence, "核对所据研究", ())
                    break


@rule("EVD-012", "case", Severity.REVIEW, PUBLISHED)
def regimen_of_trial(record: Record) -> Iterator[Finding]:
    """A trial is given as the ground of a regimen whose chemotherapy is another than the trial's."""
    case = chart(record)
    ours = {dose.drug.entry.id for treatment, dose in case.orders if dose.drug.entry.group == "化疗药" and treatment.status == "已实施"}
    given = {dose.drug.entry.id for _, dose in case.orders}
    named = {trial.name: trial for trial in record.catalogue.trials}
    for leaf in case.commentary:
        for name, trial in named.items():
            told = [drug for drug, _, _ in case.drugs.named(trial.arms[0] if trial.arms else "")]
            chemo, targeted = {drug.id for drug in told if drug.group == "化疗药"}, {drug.id for drug in told if drug.group != "化疗药"}
            if patterns.search(rf"(?:依据为|所据为|依据是){re.escape(name)}", leaf) and chemo and targeted and targeted <= given and ours and chemo != ours:
                more = "、".join(record.catalogue.drug(slug).name for slug in sorted(ours - chemo)) or "无"
                also = tuple(other for other in case.commentary if more in other)
                yield Finding(leaf, f"{name}方案为{trial.arms[0]}，本例另用{more}", name, "说明与所据方案之别", also)


@rule("EVD-014", "case", Severity.REVIEW)
def study_without_source(record: Record) -> Iterator[Finding]:
    """A study is cited for a conclusion or a figure and is neither named nor referenced."""
    for item in every_evidence(record.case.commentary):
        if item.study and not record.catalogue.find("trials", item.study) and (item.conclusion or item.results):
            also = tuple(text for result in item.results for text in (result.experimental, result.control) if text)
            yield Finding(item.study, f"所引“{item.study}”未列文献", item.study, "注明文献", (*((item.conclusion,) if item.conclusion else ()), *also))


VAGUE = re.compile("(?:多项|多个|近年|近年来|已有)[^，。；]{0,8}研究[^，。；]{0,4}(?:证实|显示|表明|称)|近年来证据|证据渐多")


@rule("EVD-015", "case", Severity.REVIEW)
def studies_unnamed(record: Record) -> Iterator[Finding]:
    """“Several studies have shown” stands for a reference."""
    for leaf in (*record.case.background, *chart(record).commentary):
        match = VAGUE.search(leaf)
        if match and not any(trial.name in leaf for trial in record.catalogue.trials):
            yield Finding(leaf, f"“{match[0]}”未列研究名称", match[0], "注明文献与证据级别，或限定", ())


@rule("EVD-013", "volume")
def trial_told_twice(source, catalogue) -> Iterator[Finding]:
    """One trial is given different figures for one endpoint in two cases of a volume."""
    told: dict[tuple, list[tuple[tuple, Written]]] = {}
    for case in source.cases.values():
        record = Record(case, source, catalogue)
        for item in cited(record):
            for result in item.evidence.results:
                figures = (*flat(result), str(hazard(result.effect) or ""))
                told.setdefault((item.trial.name, kind(result.endpoint)), []).append((figures, result.experimental or result.effect or result.endpoint))
    for (name, endpoint), items in told.items():
        for (before, earlier), (figures, leaf) in pairwise(items):
            if any(one and two and one != two for one, two in zip(before, figures, strict=True)):
                yield Finding(leaf, f"{name} {endpoint}：此例与他例所印数值不同", leaf, "据原始论文统一", (earlier,))
