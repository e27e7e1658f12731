"""Rules on supportive drugs: pain, vomiting, vitamin D, pumps."""

import re
from collections.abc import Iterator

from publisher.lint.doses import mentions, orders
from publisher.lint.gathered import each_once, prose, saying
from publisher.lint.indications import given, places
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule

PAIN = "NCCN成人癌痛指南2024；癌症疼痛诊疗规范（国家卫生健康委，2018年版）"


@rule("RX-090", "case", Severity.REVIEW, source=PAIN)
def analgesics_in_reserve(record: Record) -> Iterator[Finding]:
    """Analgesics are listed for several degrees of pain and what the patient took is not said.

    A ladder is a plan; the case must tell which step was used.
    """
    for treatment in record.case.treatments:
        steps = [dose for dose in treatment.doses if re.search("(?:轻|中|重)度?.*疼痛", dose.condition or "")]
        taken = any(re.search("实际|患者(?:先|现|曾)?(?:服|用)|遂予|予以口服", leaf) for leaf in treatment.text)
        if len(steps) > 1 and not taken:
            rest = [leaf for dose in steps for leaf in (dose.drug, dose.condition, dose.dose)]
            said = f"镇痛药按{'、'.join(str(dose.condition) for dose in steps)}分列，患者实际用药未载，请补"
            yield Finding(
                treatment.text[0] if treatment.text else treatment.title,
                said,
                treatment.title,
                "写明实际用药",
                each_once([treatment.title, *treatment.text, *rest]),
            )


@rule("RX-091", "case", Severity.REVIEW, source=PAIN)
def weak_opioid_for_severe_pain(record: Record) -> Iterator[Finding]:
    """A weak opioid or an NSAID is given for severe pain.

    Severe pain is treated with a strong opioid from the beginning.
    """
    for treatment in record.case.treatments:
        for dose in treatment.doses:
            weak = re.search("弱|非甾体|COX-2", dose.drug.entry.drug_class)
            if weak and re.match("重度疼痛", dose.condition or ""):
                said = f"{dose.drug}用于{dose.condition}，重度疼痛通常用强阿片类，请核"
                yield Finding(dose.drug, said, dose.drug, "核对疼痛分级与用药", each_once([dose.condition, dose.dose]))


EMETOGENIC = {"cisplatin": 3, "doxorubicin": 3, "carboplatin": 3, "trastuzumab-deruxtecan": 2, "sacituzumab-govitecan": 2}
"""How many antiemetic drugs guidelines ask for at least, by the drug that makes sick."""


@rule("RX-092", "case", Severity.REVIEW, source="CSCO抗肿瘤治疗相关恶心呕吐预防和治疗指南2023；NCCN止吐指南2024")
def too_few_antiemetics(record: Record) -> Iterator[Finding]:
    """Fewer antiemetics are named than the risk of vomiting asks for.

    Cisplatin, AC and carboplatin of AUC 4 or more ask for three drugs with dexamethasone, T-DXd for two at least.
    """
    sick = {str(order.drug.id): order for order in given(record) if order.drug.id in EMETOGENIC and order.treatment >= 0}
    named = [
        m
        for m in mentions(record)
        if "止吐" in m.drug.drug_class and not m.drug.unnamed and m.path[0] in ("adverse_events", "treatments", "course") and "预防" in m.at
    ]
    steroid = any(re.search("地塞米松", leaf) for leaf in prose(record, "adverse_events", "treatments", "course"))
    if sick and named:
        needed = max(EMETOGENIC[slug] for slug in sick)
        drugs = {str(m.drug.id): str(m.drug.name) for m in named}
        if len(drugs) + steroid < needed:
            cause = next(order for slug, order in sick.items() if EMETOGENIC[slug] == needed)
            said = f"{cause.spelling}止吐仅载{'、'.join(drugs.values())}，指南主张{'三药' if needed == 3 else '两药以上'}联合，请核"
            yield Finding(named[0].at, said, "、".join(drugs.values()), "补充止吐方案", each_once([*(m.at for m in named), *places([cause])]))


@rule("RX-093", "case", Severity.REVIEW, source="地舒单抗注射液（120 mg）中国说明书：每日钙至少500 mg、维生素D至少400 IU")
def calcitriol_for_vitamin_d(record: Record) -> Iterator[Finding]:
    """Calcitriol is the only vitamin D beside denosumab.

    The label asks for 400 IU of vitamin D; active vitamin D is another drug and raises calcium.
    """
    bone = [order for order in given(record) if order.drug.id == "denosumab"]
    active = [order for order in given(record) if order.drug.id == "calcitriol"]
    plain = [order for order in given(record) if order.drug.id == "vitamin-d"]
    if bone and active and not plain:
        brands = [dose.brand for treatment in record.case.treatments for dose in treatment.doses if dose.drug.entry.id == "calcitriol"]
        remarks = [dose.remark for treatment in record.case.treatments for dose in treatment.doses if dose.drug.entry.id == "calcitriol"]
        said = "以骨化三醇补充维生素D，属活性维生素D，与说明书所称每日维生素D至少400 IU不同，请核"
        yield Finding(active[0].at, said, active[0].spelling, "核对药名与用途", each_once([*brands, *remarks, *places(active)]))


@rule("RX-094", "case", Severity.REVIEW, source="盐酸氢吗啡酮注射液中国说明书；患者自控镇痛通行参数")
def lockout_of_a_loading_dose(record: Record) -> Iterator[Finding]:
    """A lock-out time of a pump is given with a loading dose.

    The lock-out belongs to the dose on demand; a loading dose is given once.
    """
    found = saying(record, re.compile("负荷量[^。；]{0,8}锁定|锁定[^。；]{0,8}负荷量"))
    if found:
        more = saying(record, re.compile("负荷量"))
        yield Finding(found[0], "锁定时间对应单次给药量，原文作负荷量，请核", found[0], "核对泵的参数", each_once([*found[1:], *more]))


@rule("RX-095", "case", Severity.REVIEW, source="呋塞米、甘露醇等注射液中国说明书")
def solution_without_strength(record: Record) -> Iterator[Finding]:
    """A solution is given by volume and its concentration is not told.

    250 mL of mannitol is 50 g at 20 %; the volume alone is no dose.
    """
    found = [order for order in orders(record) if order.treatment >= 0 and order.drug.id == "mannitol" and any(amount.kind == "mL" for amount in order.amounts)]
    without = [order for order in found if "%" not in f"{order.spelling}{order.dose}{order.remark}"]
    if without:
        yield Finding(without[0].dose, f"{without[0].spelling}{without[0].dose}未注浓度，请补", without[0].dose, "写明浓度", without[0].leaves)
