"""EVD, the claims: absolute words, general conclusions from one patient, figures without a source, and positions that the volume contradicts."""

import re
from collections.abc import Iterator

from publisher.lint import patterns, reading
from publisher.lint.arithmetic import walk
from publisher.lint.bone_events import prose
from publisher.lint.chart import SYSTEMIC, chart
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written

ABSOLUTE = re.compile(
    r"唯一(?:安全)?有效[^，。；]{0,4}|典范|对[^，。；]{0,6}功能无影响|无需停药|(?:用药)?无需肾功能监测|无叠加(?:毒性|不良反应)|杜绝|极易|禁用或严格限制|"
    r"(?:疗效|安全性)[^，。；]{0,12}都?胜过|风险与[^，。；]{0,4}无关|无配伍禁忌|互不影响|百分之百|绝无"
)


@rule("EVD-020", "case", Severity.REVIEW)
def absolute_words(record: Record) -> Iterator[Finding]:
    """An absolute word (唯一, 无影响, 杜绝, 无需停药) stands without a source.

    Medicine knows few absolutes; a reader who acts on one meets the exception.
    """
    for leaf in (*record.case.background, *chart(record).commentary):
        for match in ABSOLUTE.finditer(leaf):
            yield Finding(leaf, f"“{match[0]}”过于绝对或范围过宽，未列依据", match[0], "限定表述，或注明出处", ())
            break


FROM_ONE = re.compile(
    r"未增加[^，。；]{0,8}(?:发生率|风险)|不因之增加|与[^，。；]{0,8}人群一致|常规推荐|标准(?:组合|骨保护方案)|可复制|高度安全性|起效快|可靠价值|"
    r"是其[^，。；]{0,16}的原因|(?<!二者)协同，兼顾|缓解骨痛、减轻脊髓压迫|(?:它|其|地舒单抗)快速缓解骨痛|有效[且而]安全"
)


@rule("EVD-021", "case", Severity.REVIEW)
def one_patient(record: Record) -> Iterator[Finding]:
    """A general conclusion (发生率, 标准, 一致, 协同, cause and effect) is drawn from one patient.

    One case shows that something can happen; it gives no rate, no comparison and no cause.
    """
    for leaf in chart(record).commentary:
        match = FROM_ONE.search(leaf)
        if match:
            yield Finding(leaf, f"单例不足以作“{match[0]}”之说", match[0], "疗效归因与结论限于本例，或注明出处", ())


COMPARED = re.compile(r"更优|较优|胜过|强于|更适合|优于[^，。；]{0,8}(?:双膦酸|唑来膦酸)|更宜")


@rule("EVD-022", "case", Severity.REVIEW)
def better_than(record: Record) -> Iterator[Finding]:
    """A drug is called better than another outside any study cited, or in more than the study showed.

    Superiority is shown in a trial, for an endpoint and a population; convenience needs no trial.
    """
    for comment in walk(record.case.commentary):
        for leaf in (*comment.text, *comment.points):
            told = [sentence for sentence in reading.sentences(leaf) if COMPARED.search(sentence) and patterns.search("双膦酸|唑来膦酸", sentence)]
            told = [
                sentence
                for sentence in told
                if not patterns.search("研究|试验|年龄|剂量|便捷(?!.*疗效)", sentence) and (not comment.evidence or patterns.search("进展|生存", sentence))
            ]
            if told:
                yield Finding(leaf, f"与双膦酸盐比较作“{COMPARED.search(told[0])[0]}”，未列依据", told[0], "注明出处，或限定", ())


SURVIVAL = re.compile(r"延长(?:患者)?(?:的)?(?:总)?生存期")


@rule("EVD-023", "case", Severity.REVIEW)
def survival_claimed(record: Record) -> Iterator[Finding]:
    """Longer survival is claimed for a treatment, and the case has neither survival data nor a study for it."""
    case = chart(record)
    followed = record.case.follow_up and record.case.follow_up.length
    told = [
        leaf
        for leaf in case.commentary
        if any(SURVIVAL.search(sentence) and not patterns.search("目标|目的|意在", sentence) for sentence in reading.sentences(leaf))
    ]
    if told and not followed and not any("evidence" in path for path, _ in case.scalars):
        also = (*told[1:], *(leaf for leaf in record.case.background if patterns.search("应答率|生存", leaf)), *case.mentions(re.compile("典范"), "commentary"))
        yield Finding(told[0], "称延长生存期，本例无生存数据，亦未列文献", SURVIVAL.search(told[0])[0], "注明出处，或限定", also)


STATISTIC = re.compile(r"\d+(?:\.\d+)?%")
ABOUT_DISEASE = re.compile("骨转移|占(?:全部|肺癌)|乳腺癌|肺癌|TNBC|溶骨|生存|死亡")
OWN_FIGURE = re.compile("本例|病灶|结节|缩小|LVEF|TPS|eGFR|Ki-67|研究[^，。；]{0,6}\\d{4}年|\\[\\d+\\]")


@rule("EVD-024", "case", Severity.REVIEW)
def statistic_without_source(record: Record) -> Iterator[Finding]:
    """A percentage of patients or tumours stands in the text without the study it comes from.

    Incidences differ by population and decade; a figure without its source cannot be used or checked.
    """
    texts = (*record.case.background, *chart(record).commentary)
    told = [leaf for leaf in texts if any(unsourced(sentence) for sentence in reading.sentences(leaf))]
    if told:
        sentence = next(sentence for sentence in reading.sentences(told[0]) if unsourced(sentence))
        yield Finding(told[0], "流行病学数据未注出处", sentence, "注明人群与出处", tuple(told[1:]))


def unsourced(sentence: str) -> bool:
    return bool(STATISTIC.search(sentence) and ABOUT_DISEASE.search(sentence) and not OWN_FIGURE.search(sentence))


RISK = re.compile("(?:风险|发生率|死亡率)[^，。；]{0,6}(?:显著|明显)(?:高于|低于|升高|增加|降低)|(?:显著|明显)降低[^，。；]{0,14}(?:风险|发生率)")


@rule("EVD-026", "case", Severity.REVIEW)
def risk_without_source(record: Record) -> Iterator[Finding]:
    """A risk is said to be clearly higher or lower without the study that measured it."""
    for comment in walk(record.case.commentary):
        for leaf in (*comment.text, *comment.points):
            if RISK.search(leaf) and not comment.evidence and not patterns.search("研究", leaf):
                yield Finding(leaf, f"“{RISK.search(leaf)[0]}”未列依据", RISK.search(leaf)[0], "注明出处与文献，或限定", ())
    for leaf in record.case.background:
        if RISK.search(leaf):
            also = tuple(text for text in record.case.background if "风险" in text and text is not leaf)
            yield Finding(leaf, f"“{RISK.search(leaf)[0]}”未列依据", RISK.search(leaf)[0], "注明出处与文献，或限定", also)
            break


@rule("EVD-025", "case", Severity.REVIEW)
def throughout(record: Record) -> Iterator[Finding]:
    """Something is said of the whole course (全程), and the course on record ends within a month.

    Hypocalcaemia and fractures come later than two weeks.
    """
    moments = [reading.since_start(row.at) for row in record.case.timeline]
    last = max((day for day in moments if day is not None), default=None)
    for leaf in chart(record).commentary if last is not None and last <= 31 and not record.case.follow_up else ():
        if "全程" in leaf and patterns.search("全程[^，。；]{0,4}(?:无|未)", leaf):
            yield Finding(leaf, f"称全程，记录止于治疗第{last}天", "全程", "注明随访时间", ())


POSITIONS = {
    "广泛期小细胞肺癌一线治疗": (
        (re.compile("放化疗(?:联合治疗)?[^。；]{0,8}(?:视?为|是)广泛期小细胞肺癌的标准"), "放化疗"),
        (re.compile("一线标准方案现?为免疫联合化疗|广泛期小细胞肺癌[^。]{0,20}免疫联合化疗"), "免疫联合化疗"),
    ),
    "晚期肺鳞癌一线治疗": (
        (re.compile("化疗为其晚期主要抗肿瘤治疗手段|化疗是晚期肺鳞癌的主要"), "化疗"),
        (re.compile("免疫联合化疗[^。]{0,12}晚期鳞癌有效|晚期鳞癌，免疫联合化疗"), "免疫联合化疗"),
    ),
    "地舒单抗与肾功能": (
        (re.compile("对肾功能无影响|不给肾功能增添额外负担|无需肾功能监测|低钙风险与肾功能无关"), "无影响，无需监测"),
        (re.compile("对肾功能影响较小|复查血钙与肾功能"), "影响较小，须监测"),
    ),
    "地舒单抗与免疫治疗": (
        (re.compile("地舒单抗[^。]{0,60}(?:免疫增效|增强免疫|协同增效|提高免疫治疗的疗效)|联合免疫治疗；[^。]*协同增效|免疫治疗效果亦可能因此增强"), "增效"),
        (re.compile("作用机制独立于化疗和免疫治疗"), "作用独立"),
    ),
    "AI失败后的内分泌治疗": (
        (re.compile("AI失败后的标准选择"), "氟维司群单药"),
        (re.compile("CDK4/6抑制剂[^。]{0,20}(?:与内分泌治疗联用|联用)[^。]{0,12}标准|与内分泌治疗联用已是[^。]{0,24}标准"), "联合CDK4/6抑制剂"),
    ),
    "高钙血症时补钙": (
        (re.compile("首次注射后口服钙剂与维生素D，以防低钙血症"), "同时补钙"),
        (re.compile("暂不立即补钙|暂缓补钙"), "暂缓补钙"),
    ),
}  # fmt: skip
"""Questions on which a volume must speak with one voice: what is said, the position of label and guidelines last."""


QUICK = re.compile("标准|主要|肾功能|免疫|钙剂")


@rule("EVD-030", "case", Severity.REVIEW, beyond=True)
def contradicted_in_volume(record: Record) -> Iterator[Finding]:
    """A recommendation is contradicted by another case of the volume.

    Two standards for one question leave the reader without one.
    """
    case = chart(record)
    own = list(case.told("background", "treatments", "commentary", "course"))
    for question, (contested, held) in POSITIONS.items():
        ours = [leaf for leaf in own if QUICK.search(leaf) and contested[0].search(leaf)]
        if not ours or (question == "高钙血症时补钙" and not case.mentions(re.compile("高钙血症"), "diagnoses")):
            continue
        if any(held[0].search(leaf) for leaf in (*own, *elsewhere(record))):
            message = f"{question}：此处作{contested[1]}，本卷他处作{held[1]}"
            also = (*ours[1:], *(treatment.title for treatment in case.done if treatment.kind in SYSTEMIC))
            yield Finding(ours[0], message, contested[0].search(ours[0])[0], "统一说法，或注明文献、级别与时效", also)


def elsewhere(record: Record) -> Iterator[Written]:
    """Yield what the other cases of the volume say in background, treatment and commentary."""
    for slug, case in record.source.cases.items():
        if slug != record.case.id:
            yield from (*prose(case), *(text for treatment in case.treatments for text in treatment.text))
