"""What a case report should say: the thirteen items of CARE and the house's own for bone metastases; one finding a case, with the list.

An item is met when the source says something of it, not when it says enough: that stays for the reader to judge.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from publisher.collection import Collection, VolumeSource
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule

CARE = "CARE 2013（Gagnier JJ等，J Med Case Rep 2013;7:223）"


@dataclass(frozen=True)
class Item:
    """One thing a report should say; `met` is None where it does not apply to a case."""

    number: str
    title: str
    met: Callable[["Chart"], bool | None]


@dataclass(frozen=True)
class Score:
    """How many of the applicable items a case meets, and which it lacks."""

    met: int
    of: int
    missing: tuple[Item, ...]

    @property
    def percent(self) -> int:
        return 100 * self.met // self.of if self.of else 100


@dataclass(frozen=True)
class Chart:
    """What the items ask of a case."""

    record: Record

    @cached_property
    def text(self) -> str:
        return "\n".join(leaf for _, leaf in self.record.texts())

    @cached_property
    def life(self) -> str:
        """The patient's own record, without what is said of the disease at large."""
        return "\n".join(leaf for path, leaf in self.record.texts() if path[0] not in ("commentary", "background", "principles"))

    def says(self, pattern: str) -> bool:
        return re.search(pattern, self.text) is not None

    def records(self, pattern: str) -> bool:
        return re.search(pattern, self.life) is not None

    @property
    def is_breast(self) -> bool:
        return self.record.case.patient.sex == "女" and (self.records("乳腺癌|乳癌|浸润性导管癌|浸润性小叶癌"))

    def gives(self, *names: str) -> bool:
        """Tell whether a drug of some names was given to the patient."""
        return any(name in leaf for path, leaf in self.record.texts("treatments") if path[-1] == "drug" for name in names)

    @property
    def has_bone_agent(self) -> bool:
        return self.gives("地舒单抗", "地诺单抗", "唑来膦酸", "帕米膦酸", "伊班膦酸", "因卡膦酸", "双膦酸盐")


def case_of(chart: Chart):
    return chart.record.case


CARE_ITEMS = (
    Item("1", "题名写明主要问题", lambda chart: bool(re.search("癌|瘤|转移|骨", case_of(chart).title))),
    Item("2", "关键词", lambda chart: bool(case_of(chart).keywords)),
    Item("3", "摘要", lambda chart: bool(case_of(chart).diagnoses and case_of(chart).treatments and case_of(chart).outcome)),
    Item("4", "引言（背景）", lambda chart: bool(case_of(chart).background)),
    Item("5", "患者信息（主诉、病史、既往史）", lambda chart: bool(case_of(chart).complaint or case_of(chart).history.present) and has_past(chart)),
    Item("6", "临床所见（查体）", lambda chart: bool(case_of(chart).examination)),
    Item("7", "时间线", lambda chart: bool(case_of(chart).timeline)),
    Item("8", "诊断评估（影像、检验或病理，及诊断）", lambda chart: bool(case_of(chart).diagnoses and (case_of(chart).studies or case_of(chart).pathology))),
    Item("9", "治疗干预（药名、剂量、疗程）", lambda chart: has_dosed_treatment(chart)),
    Item("10", "随访与转归", lambda chart: bool(case_of(chart).follow_up or case_of(chart).outcome or case_of(chart).results)),
    Item("11", "讨论（点评）", lambda chart: bool(case_of(chart).commentary)),
    Item("12", "患者自述", lambda chart: bool(case_of(chart).perspective)),
    Item("13", "知情同意", lambda chart: bool(case_of(chart).consent) or chart.records("知情同意")),
)
"""CARE 2013."""


def has_past(chart: Chart) -> bool:
    return bool(case_of(chart).history.past or case_of(chart).history.prior_cancer) or chart.records("既往|否认.{0,12}病史")


def has_dosed_treatment(chart: Chart) -> bool:
    treatments = case_of(chart).treatments
    return any(item.operation or item.radiotherapy or any(dose.dose for dose in item.doses) for item in treatments)


def has_biopsy_of_metastasis(chart: Chart) -> bool | None:
    """Tell whether a tissue diagnosis comes from the bone or another metastasis; not asked where none is on record."""
    if not case_of(chart).metastases:
        return None
    places = "骨|椎|肋|股|肱|髂|骶|肝|脑|肾上腺|淋巴|转移"
    return any(re.search(places, item.specimen) for item in case_of(chart).pathology) or chart.records(f"(?:{places})[^。；，]{{0,10}}(?:穿刺|活检)")


def has_ranges(chart: Chart) -> bool | None:
    results = [result for panel in case_of(chart).labs for result in panel.results]
    return any(result.reference for result in results) if results else None


HOUSE_ITEMS = (
    Item("a", "转移灶活检", has_biopsy_of_metastasis),
    Item("b", "绝经状态", lambda chart: chart.records("绝经|月经|围绝经|经期") if chart.is_breast else None),
    Item("c", "骨改良药用前血钙", lambda chart: chart.records("血清?钙|校正钙|Ca2\\+|Ca²⁺|低钙|高钙") if chart.has_bone_agent else None),
    Item("d", "用骨改良药前口腔检查", lambda chart: chart.records("口腔|牙|颌骨") if chart.has_bone_agent else None),
    Item("e", "补钙与维生素D", lambda chart: chart.records("补钙|钙剂|碳酸钙|钙片|维生素\\s?D|骨化三醇") if chart.has_bone_agent else None),
    Item("f", "检验参考范围", has_ranges),
    Item("g", "分期及其版本", lambda chart: any(item.edition for item in case_of(chart).staging)),
    Item("h", "体力状况评分", lambda chart: chart.records("ECOG|KPS|PS评分|体力状况|卡氏")),
    Item("i", "疗效评价标准", lambda chart: any(item.criterion for item in case_of(chart).responses) or chart.records("RECIST|PERCIST|MDA标准|WHO标准")),
    Item("j", "作者", lambda chart: bool(case_of(chart).authors)),
    Item("k", "参考文献", lambda chart: bool(case_of(chart).references)),
)  # fmt: skip
"""The house's profile for bone metastases."""


def score(record: Record, items: tuple[Item, ...]) -> Score:
    """Count the items a case meets among those that apply to it."""
    chart = Chart(record)
    answers = [(item, item.met(chart)) for item in items]
    applying = [(item, answer) for item, answer in answers if answer is not None]
    return Score(sum(answer for _, answer in applying), len(applying), tuple(item for item, answer in applying if not answer))


@rule("CARE-001", "case", Severity.REVIEW, source=CARE)
def incomplete_report(record: Record) -> Iterator[Finding]:
    """A case says nothing of some items of a complete report.

    The thirteen items of CARE 2013, and what the house asks of bone metastases: biopsy of the metastasis, menopausal status
    of breast cancer, calcium and teeth before a bone agent, reference ranges, authors, references. One finding a case.
    """
    care, house = score(record, CARE_ITEMS), score(record, HOUSE_ITEMS)
    if care.missing or house.missing:
        found = f"CARE {care.met}/{care.of}，骨转移专项 {house.met}/{house.of}"
        lacking = "、".join(item.title for item in (*care.missing, *house.missing))
        yield Finding(record.case.title, "病例报告项目不全", found, f"请作者补充：{lacking}")


def table(collection: Collection) -> str:
    """Return the scores of every case and what it lacks, volume by volume, for a console."""
    return "".join(lines(source, collection) for source in collection.volumes.values())


def lines(source: VolumeSource, collection: Collection) -> str:
    rows = [f"{source.volume.title}　　CARE 13 项与骨转移专项 {len(HOUSE_ITEMS)} 项（不适用者不计）"]
    totals = [0, 0, 0, 0]
    for slug in source.volume.case_ids:
        case = source.cases[slug]
        record = Record(case, source, collection.catalogue)
        care, house = score(record, CARE_ITEMS), score(record, HOUSE_ITEMS)
        totals = [total + part for total, part in zip(totals, (care.met, care.of, house.met, house.of), strict=True)]
        lacking = " ".join(item.number for item in (*care.missing, *house.missing)) or "无"
        rows.append(f"  {padded(f'例{case.number}', 6)}CARE {care.met:>2}/{care.of:<3} 专项 {house.met:>2}/{house.of:<3} 缺 {lacking}")
    rows.append(f"  {padded('全卷', 6)}CARE {totals[0]}/{totals[1]}，专项 {totals[2]}/{totals[3]}")
    rows += ["", "  CARE：" + "；".join(f"{item.number} {item.title}" for item in CARE_ITEMS)]
    rows += ["  专项：" + "；".join(f"{item.number} {item.title}" for item in HOUSE_ITEMS), ""]
    return "\n".join(rows) + "\n"


def padded(text: str, columns: int) -> str:
    taken = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
    return text + " " * max(0, columns - taken)
