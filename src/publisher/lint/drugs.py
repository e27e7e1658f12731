"""Rules on orders: route, amount, times and interval against the label, the appendix and the other places that give them."""

import re
from collections.abc import Iterator
from decimal import Decimal

from publisher.case import Treatment
from publisher.lint.doses import Amount, Order, amounts, interval, orders, treatment_of
from publisher.lint.gathered import each_once, prose
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import NUMBER, Written

LABEL = "药品说明书，逐药见 content/reference/drugs.yaml"
ROUTES = {"po": "口服", "iv": "静脉", "ivgtt": "静脉", "sc": "皮下", "ih": "皮下", "im": "肌内"}
ROUTE = re.compile(r"口服|皮下|静脉(?!血栓|营养|曲张|导管)|静滴|静推|肌内|肌肉|肌注|鞘内|外用|含服")
FAR = 3
"""From this factor on, an amount outside the label is not a choice but a slip."""


def by_label(order: Order) -> str:
    """Return what to do: compare with the label, which is named."""
    return f"核对医嘱（{order.drug.label.source}）"


def labelled(record: Record) -> list[Order]:
    """Return the orders of drugs whose label is in the catalogue."""
    return [order for order in orders(record) if order.drug.label]


def route_of(order: Order) -> str:
    """Return the route as ordered, in Chinese; for a sentence the first that its clause names."""
    if not order.told:
        return ROUTES.get(str(order.route or "").strip().lower(), str(order.route or ""))
    match = ROUTE.search(order.before) or ROUTE.search(re.split("[，、（；]", order.text)[0])
    return match[0] if match else ""


@rule("RX-010", "case", source=LABEL)
def route_against_label(record: Record) -> Iterator[Finding]:
    """A drug is ordered by a route that its label does not know.

    Denosumab 120 mg is given under the skin, fulvestrant into the muscle; another route is a slip or a danger.
    """
    for order in labelled(record):
        route, allowed = route_of(order), order.drug.label.routes
        if route and allowed and not any(word in route for word in allowed):
            said = f"{order.spelling}给药途径作“{route}”，说明书为{'、'.join(allowed)}，请核"
            yield Finding(order.route or order.at, said, route, by_label(order), order.leaves)


def allowed_amounts(order: Order) -> list[Amount]:
    return [amount for dose in order.drug.label.doses for amount in amounts(dose)]


def distance(amount: Amount, allowed: list[Amount]) -> Decimal:
    """Return the factor by which an amount misses the nearest allowed one; 1 where it is allowed."""
    near = [max(amount.high / other.high, other.low / amount.low if amount.low else Decimal(99), Decimal(1)) for other in allowed]
    return min(near)


def judged(order: Order) -> Iterator[tuple[Amount, Decimal, list[Amount]]]:
    """Yield the amounts of an order that its label can judge, with the factor by which each misses it."""
    allowed = allowed_amounts(order)
    for amount in order.amounts:
        same = [other for other in allowed if other.comparable == amount.comparable]
        hourly = re.search(re.escape(amount.text) + r"\s?/\s?h", order.text or order.dose or "")
        if same and not hourly:
            yield amount, distance(amount, same), same


def listed(allowed: list[Amount]) -> str:
    return "、".join(amount.text for amount in allowed)


@rule("RX-011", "case", source=LABEL)
def dose_far_from_label(record: Record) -> Iterator[Finding]:
    """A single dose is three times the label's or more, or a third of it or less.

    A decimal point, a nought or the unit has slipped; ten times a dose kills.
    """
    for order in labelled(record):
        for amount, factor, allowed in judged(order):
            if factor >= FAR:
                said = f"{order.spelling}单次剂量作{amount.text}，说明书为{listed(allowed)}，请核小数点与单位"
                yield Finding(order.dose or order.at, said, amount.text, by_label(order), order.leaves)


@rule("RX-012", "case", Severity.REVIEW, source=LABEL)
def dose_outside_label(record: Record) -> Iterator[Finding]:
    """A single dose lies outside the label and near it.

    There may be a reason; the reader must be told it.
    """
    for order in labelled(record):
        for amount, factor, allowed in judged(order):
            if 1 < factor < FAR:
                said = f"{order.spelling}单次剂量作{amount.text}，说明书为{listed(allowed)}，请核"
                yield Finding(order.dose or order.at, said, amount.text, by_label(order), order.leaves)


@rule("RX-013", "case", source=LABEL)
def dose_in_another_unit(record: Record) -> Iterator[Finding]:
    """A dose is given by weight where the label gives it by surface, or in a unit the label does not use.

    75 mg/kg for 75 mg/m² is forty times the dose.
    """
    for order in labelled(record):
        allowed = allowed_amounts(order)
        bases, kinds = {amount.basis for amount in allowed}, {amount.kind for amount in allowed}
        for amount in order.amounts:
            strange = (amount.basis and amount.basis not in bases) or (amount.kind in ("mL", "IU") and amount.kind not in kinds)
            if allowed and strange and not (amount.kind == "mL" and order.told):
                said = f"{order.spelling}剂量作{amount.text}，说明书以{listed(allowed)}计，单位请核"
                yield Finding(order.dose or order.at, said, amount.text, by_label(order), order.leaves)


def bounds(figure: str) -> tuple[Decimal, Decimal]:
    found = [Decimal(part) for part in re.findall(NUMBER, figure)]
    return found[0], found[-1]


@rule("RX-014", "case", source=LABEL)
def interval_against_label(record: Record) -> Iterator[Finding]:
    """A drug is ordered at an interval that its label does not know.

    Denosumab 120 mg is given every four weeks, T-DXd every three; shorter intervals add toxicity, longer ones lose effect.
    """
    for order in labelled(record):
        every = order.every if not order.daily else interval(order.cycle or "")
        if every and order.drug.label.every:
            least, most = bounds(order.drug.label.every)
            if every[1] < least or every[0] > most:
                span = f"{every[0]}天" if every[0] == every[1] else f"{every[0]}～{every[1]}天"
                said = f"{order.spelling}间隔作{span}，说明书为{order.drug.label.every}天，请核"
                yield Finding(order.frequency or order.cycle or order.at, said, span, by_label(order), order.leaves)


@rule("RX-015", "case", source=LABEL)
def times_against_label(record: Record) -> Iterator[Finding]:
    """A drug is ordered more or less often a day than its label knows.

    Gefitinib once, abemaciclib twice a day.
    """
    for order in labelled(record):
        daily = order.daily
        if daily and order.drug.label.daily:
            least, most = bounds(order.drug.label.daily)
            if not least <= daily <= most:
                said = f"{order.spelling}作每日{daily}次，说明书为每日{order.drug.label.daily}次，请核"
                yield Finding(order.frequency or order.at, said, f"每日{daily}次", by_label(order), order.leaves)
        if daily and order.drug.label.every and not order.drug.label.daily:
            said = f"{order.spelling}作每日{daily}次，说明书为每{order.drug.label.every}天给药，请核"
            if not order.days and "日" not in str(order.days or "") and not re.search(r"d\d|第", str(order.days or "")):
                yield Finding(order.frequency or order.dose or order.at, said, f"每日{daily}次", by_label(order), order.leaves)


@rule("RX-016", "case", Severity.REVIEW, source=LABEL)
def course_left_out(record: Record) -> Iterator[Finding]:
    """A drug taken in courses is ordered every day, or with other days on and off.

    Anlotinib is taken two weeks of three, palbociclib three of four; the pause is part of the dose.
    """
    for order in labelled(record):
        course = order.drug.label.course
        words = " ".join(str(part) for part in (order.days, order.frequency, order.cycle, order.remark, order.text) if part)
        if not course or order.treatment < 0:
            continue
        on, whole = course.split("/")
        off = int(whole) - int(on)
        given = re.search(r"(\d+)\s?天[^\d]{0,6}停(?:药)?\s?(\d+)\s?天|(\d)\s?周停(?:药)?\s?(\d)\s?周", words)
        days = given and tuple(int(part) * (7 if given[3] else 1) for part in given.groups() if part)
        if days != (int(on), off):
            said = f"{order.spelling}说明书服{on}天停{off}天，" + (f"原作服{days[0]}天停{days[1]}天" if days else "原文未载停药") + "，请核"
            yield Finding(
                order.frequency or order.at, said, words.strip() or order.spelling, by_label(order), each_once([*order.leaves, *said_of(record, order)])
            )


def said_of(record: Record, order: Order) -> list[Written]:
    """Return the sentences that give the same drug."""
    return [other.at for other in orders(record) if other.told and other.drug is order.drug]


@rule("RX-017", "case", Severity.REVIEW, source="盐酸羟考酮缓释片中国说明书；NCCN成人癌痛指南")
def first_dose_of_an_opioid(record: Record) -> Iterator[Finding]:
    """A strong opioid is begun above the first dose of one not used to opioids, and tolerance is not on record.

    The dose is right for the tolerant only; respiratory depression follows in others.
    """
    tolerant = re.compile("阿片耐受|已用阿片|滴定后|既往(?:口服|应用)(?:吗啡|羟考酮)")
    told = " ".join(leaf for leaf in (*record.case.history.present, *record.case.history.past, *record.case.visit))
    seen = set()
    for order in orders(record):
        label = order.drug.label
        treatment = treatment_of(record, order)
        if not label or not label.start or not treatment or order.drug.id in seen:
            continue
        others = any(dose.drug.entry.drug_class.startswith("阿片") and dose.drug.entry is not order.drug for dose in treatment.doses)
        seen.add(order.drug.id)
        high = [amount for amount in order.amounts if amount.comparable == ("mass", "") and amount.high > amounts(label.start)[0].high]
        if high and not others and not tolerant.search(f"{order.remark}{told}{''.join(treatment.text)}"):
            said = f"{order.spelling}起始{high[0].text}，说明书对未用过阿片类者起始不超过{label.start}，阿片耐受情况请核"
            yield Finding(order.dose, said, high[0].text, "补充既往阿片类用药", each_once([*order.leaves, *treatment.text, treatment.title]))


@rule("RX-018", "case", Severity.REVIEW, source="盐酸吗啡注射液中国说明书：皮下一日10～40 mg")
def day_dose_of_an_injection(record: Record) -> Iterator[Finding]:
    """An injection adds up to more a day than its label gives as usual."""
    for order in labelled(record):
        most = order.drug.label.day_dose
        if most and "注射" in f"{order.spelling}{order.route or ''}" and order.daily and order.amounts:
            whole = order.amounts[0].high * order.daily
            if order.amounts[0].comparable == ("mass", "") and whole > amounts(most)[0].high:
                treatment = treatment_of(record, order)
                said = f"{order.spelling}{order.amounts[0].text}、每日{order.daily}次，合每日{whole.normalize():f} mg，高于说明书常用日量{most}，请核"
                texts = [*treatment.text, treatment.title] if treatment else []
                yield Finding(order.dose or order.at, said, order.amounts[0].text, "补充既往阿片类用药", each_once([*order.leaves, *texts]))


def number_of_days(words: str) -> int:
    """Return on how many days of a cycle a drug is given: d1、d8 gives 2, 第1～3天 gives 3."""
    found = set()
    for low, high in re.findall(r"(\d{1,2})(?:\s?[～-]\s?d?(\d{1,2}))?", words):
        found |= set(range(int(low), int(high or low) + 1))
    return len(found)


@rule("RX-019", "case", Severity.REVIEW, source=LABEL)
def split_dose(record: Record) -> Iterator[Finding]:
    """A dose is given over several days and it is not said whether it is the day's or the whole.

    75 mg/m² of cisplatin on three days is 225 mg/m² if it is the day's dose.
    """
    for order in labelled(record):
        most = order.drug.label.cycle_dose
        if most and order.days and order.amounts and not re.search("总量|每日|/d", f"{order.dose}"):
            days = number_of_days(re.split("[（(]", order.days)[0])
            limit = amounts(most)[0]
            if order.amounts[0].comparable == limit.comparable and days > 1 and order.amounts[0].high * days > limit.high:
                whole = f"{(order.amounts[0].high * days).normalize():f}"
                said = f"{order.spelling}{order.dose}，{order.days}：若为日量则每周期{whole} mg/m²，超过{most}，总量抑或日量请核"
                yield Finding(order.days, said, order.days, "写明每日剂量", order.leaves)


@rule("RX-020", "case", Severity.REVIEW)
def tablets_without_strength(record: Record) -> Iterator[Finding]:
    """A dose is counted in tablets, capsules or drops whose strength is not given.

    A tablet is no dose; combination products come in several strengths.
    """
    found = [order for order in orders(record) if order.treatment >= 0 and any(amount.kind in ("片", "粒", "支", "滴") for amount in order.amounts)]
    without = [order for order in found if not re.search(r"\d\s?(?:mg|g|IU|μg)", f"{order.dose}{order.remark}")]
    if without:
        names = "、".join(dict.fromkeys(order.spelling for order in without))
        yield Finding(
            without[0].dose,
            f"{names}以片、粒计而未注规格，请补",
            without[0].dose,
            "写明每片（粒）含量",
            each_once(leaf for order in without for leaf in order.leaves),
        )


@rule("RX-021", "case", source=LABEL)
def loading_dose_below_the_next(record: Record) -> Iterator[Finding]:
    """The first dose is lower than those that follow.

    Trastuzumab 8 then 6 mg/kg, pertuzumab 840 then 420 mg: a loading dose is the higher.
    """
    for order in orders(record):
        match = re.search(r"首(?:剂|次)([^，；]*)[，；](?:后续|维持|此后)(.*)", order.dose or "")
        if match and (first := amounts(match[1])) and (later := amounts(match[2])):
            lower = first[0].comparable == later[0].comparable and first[0].high < later[0].high
            said = f"{order.spelling}首剂{first[0].text}低于后续{later[0].text}，请核"
            yield from [Finding(order.dose, said, order.dose, "核对首剂与维持剂量", order.leaves)] if lower else []


ACTIVE = ("化疗药", "靶向药", "免疫检查点抑制剂", "抗体药物偶联物", "内分泌治疗药", "CDK4/6抑制剂", "骨改良药")
"""Groups whose name, dose and interval a reader needs."""


FORMS = (
    (re.compile("(?:片|胶囊|胶丸|丸|滴剂|颗粒|散|口服液|口服溶液)$"), re.compile("静脉|静滴|静推|皮下|肌内|肌肉|肌注|注射|泵入"), "口服制剂"),
    (re.compile("注射液$|^注射用"), re.compile("口服|含服"), "注射剂"),
)
"""Dosage forms by the end of a name, the routes they exclude, and what they are."""


@rule("RX-022", "case", source="《中国药典》2020年版四部制剂通则")
def route_against_form(record: Record) -> Iterator[Finding]:
    """A tablet is injected, or an injection swallowed.

    The form in the name and the route beside it cannot both be right.
    """
    for order in orders(record):
        route = route_of(order)
        for form, excluded, name in FORMS if route and not order.told else ():
            if form.search(order.spelling) and excluded.search(route):
                yield Finding(order.route, f"{order.spelling}为{name}，途径作“{route}”，请核", route, "核对剂型与途径", order.leaves)


@rule("RX-023", "case", Severity.REVIEW, source="CARE指南2013条目9b：干预的剂量、强度与疗程")
def order_incomplete(record: Record) -> Iterator[Finding]:
    """Antitumour or bone agents are given without name or dose, or a bone agent without interval or route.

    What was given cannot be judged or repeated; one finding a case lists all that is missing.
    """
    found = [(treatment, missing) for treatment in record.case.treatments if (missing := list(incomplete(treatment)))]
    if found:
        leaves = [leaf for treatment, _ in found for leaf in (treatment.title, *treatment.text, treatment.regimen)]
        leaves += [leaf for treatment, _ in found for dose in treatment.doses for leaf in (dose.drug, dose.dose, dose.frequency, dose.remark)]
        before = [leaf for leaf in prose(record, "complaint", "history") if re.search("化疗|靶向", leaf)]
        said = "；".join(f"“{treatment.title}”{'，'.join(missing)}" for treatment, missing in found)
        yield Finding(found[0][0].title, f"用药记录不全：{said}，请补", found[0][0].title, "补充药名、剂量、途径与间隔", each_once([*leaves[1:], *before]))


def incomplete(treatment: Treatment) -> Iterator[str]:
    """Yield what the drugs of a treatment lack; a drug given in full once may be repeated in brief."""
    full = {dose.drug.entry.id for dose in treatment.doses if dose.dose}
    regular = {dose.drug.entry.id for dose in treatment.doses if dose.frequency or dose.cycle or re.search("/月|/日", dose.dose or "")}
    seen = set()
    for dose in treatment.doses:
        drug = dose.drug.entry
        if drug.group not in ACTIVE or drug.id in seen:
            continue
        seen.add(drug.id)
        if drug.unnamed:
            yield f"{dose.drug}未写药名"
        elif drug.id not in full:
            yield f"{dose.drug}未写剂量"
        elif drug.group == "骨改良药":
            lacking = [
                name
                for name, given in (("间隔", drug.id in regular), ("途径", any(other.route for other in treatment.doses if other.drug.entry is drug)))
                if not given
            ]
            if lacking:
                yield f"{dose.drug}未写{'、'.join(lacking)}"
    if treatment.regimen and not treatment.doses and treatment.kind not in ("手术", "放疗"):
        yield f"{treatment.regimen}未写药名剂量"
    if treatment.kind == "化疗" and not treatment.doses and not treatment.regimen:
        yield "化疗未写方案与剂量"
