"""Rules on drugs together: combinations that need a word, doubles of one class, drugs that want their companions."""

import re
from collections.abc import Iterator

from publisher.case import Treatment
from publisher.catalogue import Drug
from publisher.lint.doses import mentions
from publisher.lint.gathered import each_once, prose, saying
from publisher.lint.indications import given, kidney, places
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written

NSAID = re.compile("非甾体|COX-2")
OPIOID = re.compile("阿片")


def classed(record: Record, pattern: re.Pattern) -> list[tuple[Drug, Written]]:
    """Return the drugs of a class that treatments or the history give to this patient, and where."""
    return [
        (m.drug, m.at)
        for m in mentions(record)
        if pattern.search(m.drug.drug_class) and m.path[0] in ("treatments", "history", "course", "dose_changes", "scores")
    ]


def named(record: Record, *ids: str) -> list[tuple[Drug, Written]]:
    return [(m.drug, m.at) for m in mentions(record) if m.drug.id in ids and m.path[0] in ("treatments", "course")]


def leaves(*groups: list[tuple[Drug, Written]]) -> tuple[Written, ...]:
    return each_once(leaf for group in groups for _, leaf in group)


@rule("RX-070", "case", Severity.REVIEW, source="FDA黑框警告（2016-08）：阿片类与苯二氮䓬类；国内说明书同")
def opioid_with_benzodiazepine(record: Record) -> Iterator[Finding]:
    """An opioid and a benzodiazepine are given together.

    Together they stop breathing; monitoring must be recorded.
    """
    opioids, sedatives = classed(record, OPIOID), classed(record, re.compile("苯二氮"))
    if opioids and sedatives:
        around = beside(record, [leaf for _, leaf in sedatives])
        said = f"{opioids[0][0].name}与{sedatives[0][0].name}合用，有呼吸抑制风险，监测请核"
        yield Finding(sedatives[0][1], said, sedatives[0][1], "补充监测说明", each_once([*leaves(opioids, sedatives), *around]))


def beside(record: Record, found: list[Written]) -> list[Written]:
    """Return the other scalars of the orders in which drugs stand."""
    spots = {leaf.place for leaf in found}
    return [part for order in given(record) if order.at.place in spots for part in order.leaves]


@rule("RX-071", "case", Severity.REVIEW, source="KDIGO 2024 CKD指南；顺铂说明书")
def nsaid_with_kidney_or_cisplatin(record: Record) -> Iterator[Finding]:
    """An NSAID is taken with impaired kidneys or beside cisplatin.

    Both harm the kidney; whether it was stopped must be said.
    """
    pain, impaired = classed(record, NSAID), kidney(record)
    cisplatin = named(record, "cisplatin")
    if pain and (impaired or cisplatin):
        why = f"诊断有“{impaired[0]}”" if impaired else "与顺铂合用"
        remarks = [dose.remark for treatment in record.case.treatments for dose in treatment.doses if NSAID.search(dose.drug.entry.drug_class) and dose.remark]
        yield Finding(
            pain[0][1],
            f"{pain[0][0].name}：{why}，有肾损伤风险，是否停用请核",
            pain[0][1][:30],
            "说明是否停用",
            each_once([*leaves(pain), *remarks, *impaired]),
        )


@rule("RX-072", "case", Severity.REVIEW, source="甘露醇注射液中国说明书；注射用顺铂中国说明书")
def mannitol_in_courses_with_cisplatin(record: Record) -> Iterator[Finding]:
    """Mannitol is given several times a day beside cisplatin.

    Repeated mannitol and cisplatin add their harm to the kidney; concentration and length must be given.
    """
    mannitol = [order for order in given(record) if order.drug.id == "mannitol" and (order.daily or 0) > 1]
    cisplatin = [order for order in given(record) if order.drug.id == "cisplatin"]
    if mannitol and cisplatin:
        yield Finding(
            mannitol[0].at,
            "甘露醇每日多次与顺铂合用，有肾损伤风险，浓度与疗程请核",
            "甘露醇",
            "补充浓度、疗程与肾功能",
            each_once([*places(mannitol), *places(cisplatin)]),
        )


@rule("RX-073", "case", Severity.REVIEW, source="吉非替尼、厄洛替尼中国说明书：抑酸药降低吸收")
def acid_and_tki(record: Record) -> Iterator[Finding]:
    """Gefitinib or erlotinib is taken beside a drug against gastric acid.

    Their absorption falls with acidity; drug and hours must be named.
    """
    tki = [order for order in given(record) if order.drug.id in ("gefitinib", "erlotinib")]
    acid = [leaf for leaf in prose(record, "treatments") if re.search("护胃|抑酸|奥美拉唑|兰索拉唑|泮托拉唑|雷贝拉唑|艾司奥美拉唑", leaf)]
    if tki and acid:
        said = f"{tki[0].drug.name}与“{acid[0][:12]}”合用，抑酸药可降低其吸收，药名请核"
        yield Finding(acid[0], said, acid[0][:20], "写明药名与服药时间", each_once([*acid[1:], *places(tki)]))


@rule("RX-074", "case", Severity.REVIEW, source="琥珀酸瑞波西利片中国说明书；Kisqali美国说明书第7节")
def ribociclib_with_others(record: Record) -> Iterator[Finding]:
    """Ribociclib is given beside a drug that lengthens QT or lives by CYP3A.

    It lengthens QT and blocks CYP3A at 600 mg: ondansetron, escitalopram, tamoxifen, tramadol and oxycodone need a word.
    """
    own = [order for order in given(record) if order.drug.id == "ribociclib" and order.treatment >= 0]
    other = [
        order for order in given(record) if order.drug.id in ("ondansetron", "escitalopram", "tamoxifen", "tramadol", "oxycodone") and order.treatment >= 0
    ]
    if own and other:
        names = "、".join(dict.fromkeys(order.spelling for order in other))
        yield Finding(other[0].at, f"瑞波西利与{names}合用（QT间期、CYP3A），请核", names, "补充监测说明", each_once([*places(other), *places(own)]))


@rule("RX-075", "case", Severity.REVIEW, source="曲马多、艾司西酞普兰中国说明书：5-羟色胺综合征")
def serotonin(record: Record) -> Iterator[Finding]:
    """Tramadol is given beside an SSRI.

    Serotonin syndrome and seizures are reported.
    """
    tramadol, ssri = named(record, "tramadol"), classed(record, re.compile("SSRI"))
    if tramadol and ssri:
        yield Finding(tramadol[0][1], f"曲马多与{ssri[0][0].name}合用，有5-羟色胺综合征风险，请核", "曲马多", "补充监测说明", leaves(tramadol, ssri))


DOUBLES = (
    ("骨改良药", lambda drug: drug.group == "骨改良药"), ("芳香化酶抑制剂", lambda drug: "芳香化酶抑制剂" in drug.drug_class),
    ("EGFR-TKI", lambda drug: "EGFR-TKI" in drug.drug_class),
    ("CDK4/6抑制剂", lambda drug: drug.group == "CDK4/6抑制剂"), ("PD-1/PD-L1单抗", lambda drug: drug.group == "免疫检查点抑制剂"),
    ("铂类", lambda drug: drug.drug_class == "铂类"),
    ("紫杉类", lambda drug: drug.drug_class == "紫杉类"), ("非甾体抗炎药", lambda drug: bool(NSAID.search(drug.drug_class))),
)  # fmt: skip
"""Classes of which a patient takes one drug at a time."""


@rule("RX-076", "case", source="各药说明书：同类药物不合用")
def two_of_a_class(record: Record) -> Iterator[Finding]:
    """Two drugs of one class stand in one block of treatment.

    Two bone agents, two aromatase inhibitors or two platinum drugs are a slip, or a change whose order must be told.
    """
    for treatment in record.case.treatments:
        for name, belongs in DOUBLES:
            found = {str(dose.drug.entry.id): dose for dose in treatment.doses if not dose.drug.entry.unnamed and belongs(dose.drug.entry)}
            separate = changed(treatment, list(found.values()))
            if len(found) > 1 and not separate:
                drugs = "、".join(str(dose.drug) for dose in found.values())
                yield Finding(
                    next(iter(found.values())).drug,
                    f"同为{name}的{drugs}列于同一治疗，请核",
                    drugs,
                    "核对药名，或写明先后",
                    each_once([treatment.title, *(dose.drug for dose in found.values())]),
                )


def changed(treatment: Treatment, doses: list) -> bool:
    """Tell whether one drug followed the other: different times or conditions, or a word of change."""
    times = {str(dose.at or dose.condition or dose.remark or "") for dose in doses}
    return len(times) > 1 or any(re.search("换|改|替换|序贯|或", f"{dose.remark or ''}") for dose in doses)


@rule("RX-077", "case", Severity.REVIEW, source="CSCO肿瘤放化疗相关中性粒细胞减少症指南2021：同步放化疗（尤其纵隔照射）避免用G-CSF")
def growth_factor_in_radiation(record: Record) -> Iterator[Finding]:
    """G-CSF is given while chest or thoracic spine is irradiated.

    With radiation of the mediastinum it deepens thrombocytopenia.
    """
    fields = [
        item for treatment in record.case.treatments if treatment.status == "已实施" for item in treatment.radiotherapy if re.search("胸|纵隔|肺", item.site)
    ]
    used = [order for order in given(record) if order.drug.id == "g-csf" and order.treatment >= 0]
    weeks = [match for item in fields if (match := re.search(r"共\s?(\d)\s?周", item.schedule or ""))]
    days = [match for order in used if (match := re.search(r"第\s?(\d+)\s?天", order.when or ""))]
    if fields and used and weeks and days and int(days[0][1]) <= 7 * int(weeks[0][1]):
        told = [leaf for leaf in prose(record, "course", "adverse_events") if "G-CSF" in leaf]
        yield Finding(
            used[0].when,
            f"{used[0].when}用G-CSF，时在{fields[0].site}放疗期间（{fields[0].schedule}），请核",
            used[0].when,
            "补充用药时机说明",
            each_once([*places(used), *told]),
        )


@rule("RX-078", "case", Severity.REVIEW, source="注射用德曲妥珠单抗中国说明书：间质性肺病警告")
def lung_toxic_drug_in_radiation(record: Record) -> Iterator[Finding]:
    """T-DXd is given while chest or thoracic spine is irradiated.

    Radiation pneumonitis and drug-induced lung disease cannot then be told apart.
    """
    fields = [(treatment, item) for treatment in record.case.treatments for item in treatment.radiotherapy if re.search("胸|纵隔|肺|肋", item.site)]
    own = [order for order in given(record) if order.drug.id == "trastuzumab-deruxtecan" and order.treatment >= 0]
    if fields and own:
        told = [leaf for leaf in prose(record, "timeline") if "放疗" in leaf]
        yield Finding(
            fields[0][1].site,
            f"{fields[0][1].site}放疗与{own[0].spelling}并用，期间是否停用、肺毒性监测请核",
            own[0].spelling,
            "写明放疗期间的用药",
            each_once([fields[0][0].title, *told, *places(own)]),
        )


@rule("RX-079", "case", Severity.REVIEW, source="NICE NG234（2023）转移性脊髓压迫：确诊即予地塞米松16 mg")
def compression_without_steroid(record: Record) -> Iterator[Finding]:
    """Cord compression is treated and no corticosteroid is on record.

    Guidelines begin dexamethasone at the diagnosis; where it was withheld the reason is wanted.
    """
    events = [event for event in record.case.bone_events if event.event == "脊髓压迫"]
    steroid = any(re.search("地塞米松|甲泼尼龙|泼尼松|糖皮质激素|激素冲击", leaf) for leaf in prose(record))
    if events and not steroid:
        at = events[0].text or events[0].site or record.case.title
        around = [leaf for leaf in prose(record, "treatments", "studies", "diagnoses") if re.search("脊髓", leaf)]
        operated = [
            leaf
            for treatment in record.case.treatments
            if treatment.operation and "减压" in treatment.operation.name
            for leaf in (treatment.operation.name, *treatment.text)
        ]
        yield Finding(at, "有脊髓压迫而未载糖皮质激素，请核", at[:30], "补充糖皮质激素的使用或不用的理由", each_once([*around, *operated, events[0].site]))


@rule("RX-080", "case", Severity.REVIEW)
def anticoagulant_without_reason(record: Record) -> Iterator[Finding]:
    """An anticoagulant is given and no reason for it is on record."""
    found = classed(record, re.compile("抗凝"))
    reason = any(re.search("血栓|栓塞|房颤|心房颤动|人工瓣膜|D-二聚体", leaf) for leaf in prose(record))
    if found and not reason:
        yield Finding(found[0][1], "用抗凝治疗而未载指征、药名，请补", "抗凝", "补充指征与药名", leaves(found[1:]))


@rule("RX-081", "case", Severity.REVIEW, source="内分泌学会恶性肿瘤高钙血症指南2023")
def treatment_of_hypercalcaemia(record: Record) -> Iterator[Finding]:
    """Hypercalcaemia of a solid tumour is treated with a steroid, or with a loop diuretic of which it is not said that volume was restored.

    Steroids serve in lymphoma and vitamin D excess; a diuretic before volume deepens dehydration.
    """
    if not any(re.search("高钙血症", leaf) for leaf in prose(record, "title", "diagnoses", "bone_events")):
        return
    for treatment in record.case.treatments:
        if not re.search("高钙|降钙|扩容|利尿", treatment.title + "".join(treatment.text)):
            continue
        for dose in treatment.doses:
            rest = each_once([dose.dose, dose.remark, *treatment.text, treatment.title])
            if "糖皮质激素" in dose.drug.entry.drug_class:
                yield Finding(dose.drug, f"以{dose.drug}治疗高钙血症，实体瘤骨转移所致者非常规，请核", dose.drug, "核对药名与指征", rest)
            volume = re.search("容量(?:补足|恢复|纠正)后|补足容量后|扩容后", f"{dose.remark or ''}{dose.condition or ''}{''.join(treatment.text)}")
            if "袢利尿剂" in dose.drug.entry.drug_class and not volume:
                yield Finding(dose.drug, f"{dose.drug}宜在容量补足后使用，原文未载时点，请核", dose.drug, "补充给药时点", rest)


@rule("RX-082", "case", Severity.REVIEW, source="地舒单抗注射液（120 mg）中国说明书：每4周1次，无单次负荷用法")
def loading_dose_off_label(record: Record) -> Iterator[Finding]:
    """Denosumab is given as a single loading dose.

    The label gives 120 mg every four weeks, with further doses on days 8 and 15 in giant cell tumour and hypercalcaemia (US).
    """
    for order in given(record):
        if order.drug.id == "denosumab" and re.search("负荷", f"{order.frequency or ''}{order.remark}"):
            yield Finding(
                order.frequency or order.at,
                f"地舒单抗作“{order.frequency or order.remark}”，说明书无此用法，请核",
                order.frequency or "负荷",
                "核对用法",
                each_once([*order.leaves, *saying(record, re.compile("单次负荷"), "treatments")]),
            )
