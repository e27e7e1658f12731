"""Rules on what the text says of drugs against their labels: kidney, calcium, indication, nature."""

import re
from collections.abc import Iterator

from publisher.lint.gathered import each_once, gathered, prose, texts
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written

DENOSUMAB = "地舒单抗注射液（120 mg）中国说明书；Xgeva美国说明书"


@gathered
def spoken(record: Record) -> list[Written]:
    """Return background, treatments and commentary: where a case speaks of drugs at large."""
    return [leaf for path, leaf in texts(record) if path[0] in ("background", "commentary", "treatments", "principles", "course")]


def against(record: Record, pattern: str, message: str, hint: str) -> Iterator[Finding]:
    """Yield one finding for all scalars that hold a pattern."""
    found = [(leaf, match[0]) for leaf in spoken(record) if (match := re.search(pattern, leaf))]
    if found:
        yield Finding(found[0][0], f"“{found[0][1]}”：{message}，请核", found[0][1], hint, each_once(leaf for leaf, _ in found[1:]))


@rule("RX-110", "case", source=f"{DENOSUMAB}：肌酐清除率＜30 mL/min或透析者低钙血症风险增高")
def kidney_denied(record: Record) -> Iterator[Finding]:
    """The risk of denosumab is said to have nothing to do with the kidney, or renal function to need no watching.

    No dose is changed, but impaired kidneys raise the risk of hypocalcaemia, and deaths are reported; the contrary endangers.
    """
    pattern = "低钙(?:血症)?风险与肾功能无关|无需肾功能监测|(?:不|无)需(?:要)?监测肾功能"
    yield from against(record, pattern, "说明书载肾功能不全可增加低钙血症风险，与此相反", "改正并提示监测血钙")


@rule("RX-111", "case", Severity.REVIEW, source="唑来膦酸注射液中国说明书：CrCl 30～60 mL/min减量，＜30 mL/min不推荐")
def bisphosphonate_forbidden(record: Record) -> Iterator[Finding]:
    """Bisphosphonates are said to be forbidden or not advised in renal impairment of any degree.

    Zoledronic acid is given in reduced dose down to 30 mL/min.
    """
    pattern = "禁用[^。；]{0,8}双膦酸盐|双膦酸盐[^。；]{0,12}(?:禁用|指南不推荐常规使用)|肾功能不全[^。；]{0,10}禁用双膦酸盐"
    yield from against(record, pattern, "肌酐清除率30～60 mL/min尚可减量使用唑来膦酸，范围过宽", "按肌酐清除率分述")


@rule("RX-112", "case", Severity.REVIEW, source=f"{DENOSUMAB}；美国说明书：双膦酸盐难治性恶性肿瘤高钙血症")
def indication_of_hypercalcaemia(record: Record) -> Iterator[Finding]:
    """Hypercalcaemia is called a strong indication of denosumab, or its prevention one.

    The US label knows hypercalcaemia refractory to bisphosphonates; prevention is in no label.
    """
    yield from against(
        record, "强适应证|高钙[^。；，]{0,6}，[^。；]{0,14}一级预防|一级预防[^。；]{0,12}高钙", "说明书限双膦酸盐难治性高钙血症，预防无此适应证", "核对适应证"
    )


@rule("RX-113", "case", Severity.REVIEW, source=f"{DENOSUMAB}：适应证为预防骨相关事件")
def bone_repaired(record: Record) -> Iterator[Finding]:
    """A bone agent is said to repair bone, or radiation to strengthen it at once.

    Denosumab prevents skeletal events; irradiated bone is weaker before it is stronger.
    """
    pattern = "修复骨质结构|骨质结构得以修复|强化骨皮质|骨皮质则由联合的局部放疗加固"
    for treatment in record.case.treatments:
        for item in treatment.radiotherapy:
            if item.purpose and re.search(pattern, item.purpose):
                said = f"“{re.search(pattern, item.purpose)[0]}”：放疗短期内不能强化骨皮质，请核"
                yield Finding(item.purpose, said, item.purpose, "限定表述", each_once(leaf for leaf in spoken(record) if re.search(pattern, leaf)))
                return
    yield from against(record, pattern, "超出药物适应证的表述", "限定表述")


@rule("RX-114", "case", source="地舒单抗说明书：全人源IgG2单克隆抗体")
def nature_of_the_antibody(record: Record) -> Iterator[Finding]:
    """Denosumab is called humanised or chimeric.

    It is a fully human antibody.
    """
    yield from against(record, "地舒单抗[^。；]{0,10}(?:人源化|嵌合)|(?<!全)人源化单克隆抗体", "地舒单抗为全人源IgG2单克隆抗体", "写作全人源单克隆抗体")


@rule("RX-115", "case", Severity.REVIEW, source="ESO-ESMO晚期乳腺癌共识ABC5（2020）：原发性与继发性内分泌耐药")
def resistance_undivided(record: Record) -> Iterator[Finding]:
    """Endocrine resistance is diagnosed without saying primary or secondary.

    The kind, and the time from the last dose to the relapse, decide what is given next.
    """
    for item in record.case.diagnoses:
        divided = any(re.search("原发性|继发性|获得性", leaf) for leaf in prose(record, "diagnoses", "history", "visit"))
        if re.search("内分泌(?:治疗)?耐药", item.text) and not divided:
            yield Finding(item.text, "内分泌治疗耐药未分原发性或继发性，停药至复发的间隔请补", item.text, "写明耐药类型与间隔")


@rule("RX-116", "case", Severity.REVIEW, source=f"{DENOSUMAB}：肌酐清除率＜30 mL/min或透析者低钙血症风险增高")
def kidney_unqualified(record: Record) -> Iterator[Finding]:
    """Denosumab is praised as not cleared by, or harmless to, the kidney, and the risk of hypocalcaemia is left out.

    True of clearance, but the reader with a patient in renal failure needs the other half.
    """
    pattern = "无需肾脏代谢|不经(?:过)?肾脏?代谢|对肾功能无(?:额外负担|剂量依赖性损伤)"
    yield from against(record, pattern, "肾功能不全者低钙血症风险增高，表述宜限定", "补充低钙血症风险")
