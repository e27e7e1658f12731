"""Rules on the choice of drugs: against histology, gene, receptors, calcium, kidney, sex, and the month of approval."""

import re
from collections.abc import Iterator
from decimal import Decimal

from publisher.catalogue import Drug
from publisher.lint.doses import Mention, Order, mentions, orders
from publisher.lint.gathered import each_once, gathered, prose, texts
from publisher.lint.histology import histology, patient, profiles, typed
from publisher.lint.measures import measures
from publisher.lint.record import Record
from publisher.lint.tnm import organ
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written

CSCO_LUNG = "CSCO非小细胞肺癌诊疗指南2024"
CSCO_BREAST = "CSCO乳腺癌诊疗指南2024"
DENOSUMAB = "地舒单抗注射液（120 mg）中国说明书；Xgeva美国说明书"


@gathered
def given(record: Record) -> list[Order]:
    """Return the orders of treatments carried out, and those of the history."""
    case = record.case
    done = {number for number, treatment in enumerate(case.treatments) if treatment.status == "已实施"}
    return [order for order in orders(record) if not order.told and (order.treatment in done or order.treatment < 0)]


def of_class(record: Record, *words: str) -> list[Order]:
    """Return what was given of drugs whose class holds one of the words."""
    return [order for order in given(record) if any(word in order.drug.drug_class for word in words)]


def own_mentions(record: Record, *ids: str) -> list[Mention]:
    return [mention for mention in mentions(record) if mention.drug.id in ids and mention.path[0] not in ("background", "labs", "series")]


def places(found: list[Order]) -> tuple[Written, ...]:
    return each_once(leaf for order in found for leaf in order.leaves)


def spoken(record: Record, drug: Drug) -> tuple[Written, ...]:
    """Return every scalar in which treatments, course, history or time line name a drug."""
    return each_once(m.at for m in mentions(record) if m.drug is drug and m.path[0] in ("treatments", "course", "history", "timeline", "visit", "commentary"))


@rule("RX-040", "case", source="培美曲塞、贝伐珠单抗中国说明书与美国说明书：限非鳞状非小细胞肺癌")
def drug_against_squamous(record: Record) -> Iterator[Finding]:
    """Pemetrexed or bevacizumab is given in squamous carcinoma of the lung.

    Pemetrexed has no effect there, bevacizumab makes central tumours bleed; labels exclude both.
    """
    if histology(record) != "鳞癌":
        return
    for slug in ("pemetrexed", "bevacizumab"):
        found = [order for order in orders(record) if order.drug.id == slug and order.treatment >= 0]
        if found:
            reports = [leaf for _, leaf, field in typed(record) if field in ("diagnoses", "pathology")]
            said = f"诊断为肺鳞癌而用{found[0].spelling}，说明书限非鳞状非小细胞肺癌，病理类型或药名请核"
            yield Finding(found[0].at, said, found[0].spelling, "核对病理类型与药名", each_once([*places(found), *reports, *spoken(record, found[0].drug)]))


@rule("RX-041", "case", Severity.REVIEW, source=CSCO_LUNG)
def vessels_in_squamous(record: Record) -> Iterator[Finding]:
    """Antiangiogenic treatment is given or advised in squamous carcinoma of the lung.

    Bleeding is the risk; the drug must be named and the tumour's place considered. Endostatin is labelled without regard to type.
    """
    found = [m for m in own_mentions(record, "antiangiogenic", "anlotinib") if m.path[0] == "commentary" or m.path[-1] == "drug"]
    if histology(record) == "鳞癌" and found:
        said = f"肺鳞癌而用或建议{found[0].spelling}，有出血风险，药名与适用范围请核"
        yield Finding(found[0].at, said, found[0].spelling, "写明药名与适用范围", each_once(m.at for m in found[1:]))


SENSITISING = {
    "EGFR-TKI": (re.compile("EGFR"), "EGFR敏感突变"),
    "ALK": (re.compile("ALK"), "ALK融合"),
}


@rule("RX-042", "case", source=f"{CSCO_LUNG}；各EGFR-TKI、ALK-TKI说明书")
def targeted_drug_against_gene(record: Record) -> Iterator[Finding]:
    """An EGFR or ALK inhibitor is given though the gene was tested and found unchanged.

    The drug works on the changed gene only.
    """
    for word, (gene, name) in SENSITISING.items():
        found = of_class(record, word)
        tested = [item for item in record.case.genes if gene.search(item.gene) and not altered(item.result)]
        changed = [item for item in record.case.genes if gene.search(item.gene) and altered(item.result)]
        if found and tested and not changed:
            said = f"使用{found[0].spelling}而{tested[0].gene}为“{tested[0].result}”，请核"
            yield Finding(found[0].at, said, found[0].spelling, f"核对{name}检测结果", each_once([*(item.result for item in tested), *places(found)]))


def altered(result: str) -> bool:
    return bool(re.search("突变|阳性|融合|扩增|缺失|重排", result)) and not re.search("未检|无|阴性|野生", result)


@rule("RX-043", "case", Severity.REVIEW, source=f"{CSCO_LUNG}；各EGFR-TKI、ALK-TKI说明书")
def targeted_drug_without_gene(record: Record) -> Iterator[Finding]:
    """An EGFR or ALK inhibitor is given and no sensitising change is on record.

    The test is the ground of the choice and belongs into the case.
    """
    for word, (gene, name) in SENSITISING.items():
        found = of_class(record, word)
        on_record = any(gene.search(item.gene) for item in record.case.genes) or any(
            re.search(rf"{gene.pattern}[^，。；]{{0,12}}(?:突变|缺失|融合|L858R|19del|阳性)", leaf)
            for leaf in prose(record, "diagnoses", "history", "pathology", "visit")
        )
        if found and not on_record and organ(record) == "lung":
            said = f"使用{found[0].spelling}而未载{name}，请补检测结果"
            yield Finding(found[0].at, said, found[0].spelling, f"补充{name}检测结果", each_once([*places(found), *spoken(record, found[0].drug)]))


@rule("RX-044", "case", source=f"{CSCO_BREAST}；各药说明书")
def drug_against_receptors(record: Record) -> Iterator[Finding]:
    """Endocrine drugs stand in hormone-negative, CDK4/6 inhibitors in hormone-negative or HER2-positive, HER2 drugs in HER2-negative disease.

    Receptors choose the drug; one of the two is miswritten. T-DXd is also for HER2-low disease.
    """
    latest = patient(record)
    if not latest or organ(record) != "breast":
        return
    wrong = []
    if latest.hormone is False:
        wrong += [(order, "ER、PR均阴性") for order in given(record) if order.drug.group in ("内分泌治疗药", "CDK4/6抑制剂")]
    if latest.human2 is True:
        wrong += [(order, "HER2阳性") for order in given(record) if order.drug.group == "CDK4/6抑制剂"]
    if latest.human2 is False:
        wrong += [(order, "HER2阴性") for order in of_class(record, "抗HER2", "HER2-ADC") if not (order.drug.id == "trastuzumab-deruxtecan" and latest.low)]
    seen = set()
    for order, why in wrong:
        if order.drug.id not in seen:
            seen.add(order.drug.id)
            received = tuple(leaf for profile in profiles(record) for leaf in profile.leaves)
            same = [other for other, _ in wrong if other.drug is order.drug]
            yield Finding(order.at, f"{why}而用{order.spelling}，受体或药名请核", order.spelling, "核对受体检测与用药", each_once([*received, *places(same)]))


@rule("RX-045", "case", Severity.REVIEW, source=CSCO_BREAST)
def hormone_positive_without_endocrine(record: Record) -> Iterator[Finding]:
    """Hormone-positive breast cancer is treated and no endocrine drug is on record, before or now.

    Endocrine treatment is standard there, also beside HER2 drugs; where it was left out the reason is wanted.
    """
    latest = patient(record)
    endocrine = [order for order in given(record) if order.drug.group == "内分泌治疗药"]
    told = any(re.search("内分泌治疗", leaf) for leaf in prose(record, "history", "treatments", "visit", "course"))
    if latest and latest.hormone and organ(record) == "breast" and not endocrine and not told and record.case.treatments:
        recurrences = [item.text for item in record.case.diagnoses if item.kind in ("复发", "转移")]
        yield Finding(
            latest.leaves[0],
            "ER或PR阳性，既往与本次治疗均未载内分泌治疗，请核",
            latest.leaves[0],
            "补充内分泌治疗或说明原因",
            each_once([*latest.leaves, *recurrences]),
        )


@rule("RX-046", "case", Severity.REVIEW, source="来曲唑、阿那曲唑、依西美坦、氟维司群中国说明书：用于绝经后或卵巢功能已受抑制者")
def menopause_not_stated(record: Record) -> Iterator[Finding]:
    """An aromatase inhibitor or fulvestrant is given to a woman under sixty whose menopause is not stated.

    Before menopause, and without ovarian suppression, an aromatase inhibitor does not work.
    """
    found = of_class(record, "芳香化酶抑制剂", "雌激素受体下调剂")
    stated = any(re.search("绝经|卵巢|戈舍瑞林|亮丙瑞林|OFS", leaf) for path, leaf in texts(record) if path[0] not in ("commentary", "background"))
    if found and not stated and record.case.patient.sex == "女" and record.case.patient.years < 60:
        prior = record.case.history.prior_cancer
        earlier = [item.kind for item in prior.treatments] if prior else []
        around = [
            leaf
            for order in found
            if order.treatment >= 0
            for leaf in (record.case.treatments[order.treatment].title, *record.case.treatments[order.treatment].text)
        ]
        panels = [panel.name for panel in record.case.labs if "性激素" in panel.name]
        said = f"{record.case.patient.age}女性用{found[0].spelling}，绝经状态与卵巢功能抑制未载，请补"
        yield Finding(found[0].at, said, found[0].spelling, "补充绝经状态", each_once([*places(found), *around, *panels, *earlier]))


def low_calcium(record: Record) -> list[Written]:
    """Return where hypocalcaemia is recorded as present and not as an effect of the bone agent."""
    events = [
        event.term
        for event in record.case.adverse_events
        if event.term == "低钙血症" and event.occurred == "发生" and not re.search("地舒单抗|唑来膦酸|双膦酸", event.agent)
    ]
    told = [leaf for leaf in prose(record, "diagnoses", "commentary") if re.search("(?<!无)(?<!防)(?<!现)(?<!生)低钙血症", leaf) and len(leaf) < 12]
    return [*events, *told]


@rule("RX-047", "case", source=DENOSUMAB)
def denosumab_in_hypocalcaemia(record: Record) -> Iterator[Finding]:
    """Denosumab is given or advised while hypocalcaemia stands uncorrected.

    Hypocalcaemia is a contraindication until corrected; deaths are reported.
    """
    low = low_calcium(record)
    corrected = any(
        re.search("低钙[^。；]{0,12}(?:纠正|恢复)|血钙[^。；]{0,8}恢复正常", leaf) for path, leaf in texts(record) if path[0] not in ("background", "notes")
    )
    advised = [m for m in mentions(record) if m.drug.id in ("denosumab", "bone-modifying-agent") and m.path[0] in ("treatments", "commentary", "course")]
    named = [m for m in advised if m.drug.id == "denosumab"]
    if low and named and not corrected:
        said = "有低钙血症而用或建议地舒单抗，须先纠正，原文未载纠正，请核"
        yield Finding(named[0].at, said, "地舒单抗", "补充血钙纠正经过", each_once([*low, *(m.at for m in advised)]))


@rule("RX-048", "case", source=f"{DENOSUMAB}：除高钙血症外须补充钙与维生素D")
def calcium_in_hypercalcaemia(record: Record) -> Iterator[Finding]:
    """Calcium or vitamin D is begun while calcium is high.

    Supplements wait until calcium is normal.
    """
    high = [item.text for item in record.case.diagnoses if re.search("高钙血症", item.text)]
    high += [event.event if hasattr(event.event, "place") else event.text for event in record.case.bone_events if event.event == "高钙血症" and event.text]
    found = [order for order in given(record) if order.drug.group == "钙与维生素D" and order.treatment >= 0]
    early = [order for order in found if not re.search("正常|纠正|恢复", f"{order.when or ''}{order.remark}")]
    if high and early:
        texts_of = [leaf for order in early for leaf in record.case.treatments[order.treatment].text]
        names = "、".join(dict.fromkeys(order.spelling for order in early))
        said = f"有高钙血症，{names}的起始未注明在血钙正常之后，请核用药顺序"
        yield Finding(early[0].when or early[0].at, said, names, "写明补钙在血钙正常之后", each_once([*places(early), *texts_of, *high]))


@rule("RX-049", "case", Severity.REVIEW, source=DENOSUMAB)
def denosumab_without_calcium(record: Record) -> Iterator[Finding]:
    """Denosumab is given and neither calcium nor vitamin D is on record.

    The label asks for 500 mg calcium and 400 IU vitamin D a day at least.
    """
    found = [order for order in given(record) if order.drug.id == "denosumab" and order.treatment >= 0]
    supplement = [order for order in orders(record) if order.drug.group == "钙与维生素D"]
    told = any(re.search("补钙|钙剂|维生素D|碳酸钙", leaf) for leaf in prose(record, "treatments", "course", "timeline", "commentary"))
    if found and not supplement and not told and not any("高钙血症" in item.text for item in record.case.diagnoses):
        titles = [record.case.treatments[order.treatment].title for order in found]
        yield Finding(found[0].at, "用地舒单抗而未载钙剂与维生素D，请补", "地舒单抗", "补充钙剂与维生素D的用法", each_once([*titles, *places(found)]))


def filtration(record: Record) -> tuple[Decimal, Written] | None:
    """Return the lowest filtration rate on record and where it stands."""
    found = [measure for measure in measures(record) if measure.analyte.id == "egfr-renal"]
    lowest = min(found, key=lambda measure: measure.low, default=None)
    return (lowest.low, lowest.at) if lowest else None


def kidney(record: Record) -> list[Written]:
    """Return the diagnoses of impaired kidneys."""
    return [item.text for item in record.case.diagnoses if re.search("肾功能(?:不全|损伤|异常)|CKD|肾病|肾炎|肾衰", item.text)]


@rule("RX-050", "case", source="唑来膦酸注射液中国说明书：CrCl＜30 mL/min不推荐，30～60 mL/min须减量")
def bisphosphonate_and_kidney(record: Record) -> Iterator[Finding]:
    """A bisphosphonate is given in full dose at a filtration rate below 60, or at all below 30.

    Zoledronic acid is 3.5, 3.3 or 3.0 mg between 60 and 30 mL/min.
    """
    rate = filtration(record)
    for order in of_class(record, "双膦酸盐"):
        full = any(amount.high > Decimal("3.5") for amount in order.amounts)
        if rate and (rate[0] < 30 or (rate[0] < 60 and full)):
            said = f"所载eGFR {rate[0]}，而用{order.spelling}{order.dose or ''}，说明书CrCl＜30 mL/min不推荐、30～60 mL/min须减量，请核"
            yield Finding(order.dose or order.at, said, order.spelling, "核对肾功能与剂量", each_once([rate[1], *order.leaves]))


@rule("RX-051", "case", Severity.REVIEW, source="注射用顺铂中国说明书：肾功能不全者慎用或禁用")
def cisplatin_and_kidney(record: Record) -> Iterator[Finding]:
    """Cisplatin is given to a patient with impaired kidneys.

    It is excreted by the kidney and harms it; carboplatin by AUC is the usual choice.
    """
    impaired = kidney(record)
    found = [order for order in given(record) if order.drug.id == "cisplatin" and order.treatment >= 0]
    if impaired and found:
        said = f"诊断有“{impaired[0]}”而用顺铂，剂量与依据请核"
        remarks = [dose.remark for order in found for dose in record.case.treatments[order.treatment].doses if dose.remark]
        yield Finding(found[0].at, said, "顺铂", "补充肾功能与减量依据", each_once([*impaired, *places(found), *remarks]))


@rule("RX-052", "case", Severity.REVIEW, source="国家药监局批准日期，逐药见 content/reference/drugs.yaml")
def before_approval(record: Record) -> Iterator[Finding]:
    """A drug is given before the month of its first approval in China.

    Trial, import under special permission or a wrong date: the reader must be told.
    """
    for order in given(record):
        approved = order.drug.approved and order.drug.approved.cn
        date = first_use(record, order)
        if approved and date and date[0] < str(approved):
            abroad = f"、美国{order.drug.approved.us}" if order.drug.approved.us else ""
            titles = [record.case.treatments[order.treatment].title] if order.treatment >= 0 else []
            said = f"{order.spelling}用于{date[0]}，首次获批为中国{approved}{abroad}，药品来源请核"
            yield Finding(date[1], said, order.spelling, "补充药品来源或核对日期", each_once([*titles, *order.leaves]))


def first_use(record: Record, order: Order) -> tuple[str, Written] | None:
    """Return the first month, as YYYY-MM, in which a drug is known to be given, and where that is said."""
    prior = record.case.history.prior_cancer
    if order.treatment < 0:
        in_history = prior and any(dose.drug.place == order.at.place for item in prior.treatments for dose in item.doses)
        return month(prior.at) if in_history else None
    moments = [order.when, record.case.treatments[order.treatment].at]
    names = {order.spelling, str(order.drug.name)}
    moments += [event.at for event in record.case.timeline if any(name in event.event for name in names)]
    dated = [found for at in moments if at and (found := month(at))]
    return min(dated, default=None, key=lambda pair: pair[0])


def month(at) -> tuple[str, Written] | None:
    date = next(iter(at.dates), None)
    return (f"{date.year}-{date.month:02}", at) if date and date.month else None


@rule("RX-053", "case", Severity.REVIEW, source="培美曲塞中国说明书：叶酸、维生素B12、地塞米松预处理")
def pemetrexed_without_vitamins(record: Record) -> Iterator[Finding]:
    """Pemetrexed is given and neither folic acid nor vitamin B12 is on record.

    Without them it is far more toxic; the label asks for both.
    """
    found = [order for order in given(record) if order.drug.id == "pemetrexed"]
    vitamins = any(m.drug.id in ("folic-acid", "vitamin-b12") for m in mentions(record))
    if found and not vitamins:
        titles = [
            leaf
            for order in found
            if order.treatment >= 0
            for leaf in (record.case.treatments[order.treatment].title, *record.case.treatments[order.treatment].text)
        ]
        yield Finding(found[0].at, "用培美曲塞而未载叶酸、维生素B12预处理，请补", found[0].spelling, "补充预处理", each_once([*places(found), *titles]))


@rule("RX-054", "case", Severity.REVIEW, source="CSCO肿瘤放化疗相关中性粒细胞减少症指南2021；CTCAE 5.0")
def growth_factor_without_need(record: Record) -> Iterator[Finding]:
    """G-CSF is given for neutrophils of 1.5 or more.

    That is grade 1; treatment with G-CSF begins below 1.0, or in febrile neutropenia.
    """
    cells = [measure for measure in measures(record) if measure.analyte.id in ("neutrophil", "neutrophil-ratio") and measure.unit == "×10⁹/L"]
    used = [leaf for path, leaf in texts(record) if re.search("G-CSF|粒细胞(?:集落)?刺激因子", leaf) and path[0] in ("adverse_events", "course", "treatments")]
    lowest = min(cells, key=lambda measure: measure.low, default=None)
    if lowest and used and lowest.low >= Decimal("1.5"):
        said = f"中性粒细胞最低{lowest.text}×10⁹/L（1级）而用G-CSF，用药指征请核"
        yield Finding(lowest.at, said, lowest.text, "补充用药指征", each_once([*(measure.at for measure in cells), *used]))


@rule("RX-055", "case", Severity.REVIEW, source="哌柏西利中国说明书：1～2级中性粒细胞减少无需减量")
def reduced_without_need(record: Record) -> Iterator[Finding]:
    """A CDK4/6 inhibitor is reduced for neutropenia of grade 2 or less.

    The labels go on with the dose; grade 3 is held first.
    """
    cells = [measure for measure in measures(record) if measure.analyte.id in ("neutrophil", "neutrophil-ratio") and measure.unit == "×10⁹/L"]
    lowest = min(cells, key=lambda measure: measure.low, default=None)
    for change in record.case.dose_changes:
        if lowest and change.drug.entry.group == "CDK4/6抑制剂" and "骨髓抑制" in (change.reason or "") and lowest.low >= 1:
            said = f"中性粒细胞最低{lowest.text}×10⁹/L（≤2级）而{change.drug}由{change.before}减至{change.after}，减量依据请核"
            actions = [event.action for event in record.case.adverse_events if event.action and str(change.after) in event.action]
            yield Finding(change.after, said, change.after, "补充减量依据", each_once([lowest.at, change.reason, *actions]))


PARTNERS = (
    ({"atezolizumab", "etoposide", "cisplatin"}, "阿替利珠单抗联合依托泊苷的注册研究（IMpower133）用卡铂"),
    ({"pembrolizumab", "nab-paclitaxel", "cisplatin"}, "帕博利珠单抗联合（白蛋白）紫杉醇的注册研究（KEYNOTE-407）用卡铂"),
    ({"pembrolizumab", "paclitaxel", "cisplatin"}, "帕博利珠单抗联合紫杉醇的注册研究（KEYNOTE-407）用卡铂"),
)


@rule("RX-056", "case", Severity.REVIEW, source="IMpower133、KEYNOTE-407；各药说明书")
def partner_of_another_study(record: Record) -> Iterator[Finding]:
    """A checkpoint inhibitor is combined with cisplatin where the label's study used carboplatin."""
    for components, why in PARTNERS:
        together = [{str(dose.drug.entry.id) for dose in treatment.doses} for treatment in record.case.treatments]
        scalars: dict = {}
        for m in mentions(record):
            if m.path[0] in ("treatments", "commentary", "course"):
                scalars.setdefault(m.at.place, (m.at, set()))[1].add(str(m.drug.id))
        found = [leaf for leaf, named in scalars.values() if components <= named]
        for treatment, named in zip(record.case.treatments, together, strict=True):
            if components <= named:
                found += [*treatment.text, treatment.regimen, *(dose.drug for dose in treatment.doses)]
        found = list(each_once(found))
        if found:
            yield Finding(found[0], f"{why}，此处为顺铂，请核", "顺铂", "核对联用铂类", tuple(found[1:]))


@rule("RX-057", "case", source="各药说明书")
def drug_of_another_tumour(record: Record) -> Iterator[Finding]:
    """A drug for breast cancer stands in a case of lung cancer, or the contrary.

    CDK4/6 inhibitors, antioestrogens and HER2 antibodies are not given in lung cancer, EGFR inhibitors not in breast cancer.
    """
    of = organ(record)
    strange = {
        "lung": lambda drug: drug.group in ("内分泌治疗药", "CDK4/6抑制剂") or drug.id in ("trastuzumab", "pertuzumab", "trastuzumab-emtansine"),
        "breast": lambda drug: "EGFR-TKI" in drug.drug_class or "ALK-TKI" in drug.drug_class or drug.id in ("anlotinib", "pemetrexed"),
    }.get(of or "")
    for order in given(record) if strange else ():
        if strange(order.drug):
            yield Finding(order.at, f"{'肺癌' if of == 'lung' else '乳腺癌'}病例中用{order.spelling}，药名请核", order.spelling, "核对药名", order.leaves)
