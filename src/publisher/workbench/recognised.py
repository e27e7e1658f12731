"""What can be read out of a manuscript's sentences and tables: patient, scores, stages, markers, genes, doses, laboratory values.

Every function takes text and gives plain fields of a case, with the words as they stand; what it is not sure of it leaves.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from publisher.catalogue import Catalogue, folded

NUMBER = r"\d+(?:\.\d+)?"
UNIT = r"(?:×10\^?[⁹9¹²12]*/L|[a-zA-Zμµ]+/(?:[a-zA-Z]+|\d+[a-zA-Z]+)|%|[a-zA-Zμµ]+)"
AMOUNT = rf"(?:AUC ?=? ?{NUMBER}|{NUMBER}(?:\s*[～~-]\s*{NUMBER})? ?(?:mg|g|μg|ug|IU|万IU|万单位|U|mL|ml|片|粒|支)(?:/(?:m²|m2|kg|d|次))?)"
ROUTE = r"静脉滴注|静脉注射|静滴|静注|皮下注射|肌内注射|肌注|口服|含服|外用|透皮|鞘内注射|iv|ivgtt|po|PO|sc|ih|im"
FREQUENCY = (
    r"每日[一二两三四1-4]次|每[天日]\d次|每\d+(?:周|天|小时|个月|月)(?:1|一)?次|每[一两三四]周一次|[Qq]\d*[DdWwHhMm]|[BbTt][Ii][Dd]|[Qq][Nn]|睡前"
    r"|必要时"
)
TNM = re.compile(r"(?<![A-Za-z])[cpyra]{0,3}T(?:is|[0-4x])[a-d]?N[0-3x][a-c]?M[01x][a-c]?")
STAGE = re.compile(r"(?<![A-Za-z])(?:IV|I{1,3}|Ⅳ|Ⅲ|Ⅱ|Ⅰ)[ABCabc]?\d?期")
PERSON = re.compile(r"患者[^。；]{0,12}?(?P<sex>男|女)(?:性)?[，,、 ]*(?P<age>\d{1,3}岁)")
AGE_FIRST = re.compile(r"(?P<age>\d{1,3}岁)[，,、 ]*(?P<sex>男|女)性?")
IHC = re.compile(r"(?P<marker>[A-Za-zα-ω][\w/α-ω-]{0,14}?) ?(?P<result>[(（][^()（）]{0,24}?[+\-－—＋%][^()（）]{0,24}?[)）])")
GENE = re.compile(
    r"(?P<gene>EGFR|ALK|ROS1|KRAS|BRAF|MET|RET|HER2|ERBB2|PIK3CA|BRCA[12]|TP53|ESR1|NTRK\d?)(?![\w-]) ?"
    r"(?P<variant>[A-Z]\d{2,4}[A-Z]?|\d{2}外显子[^，。；：:]{0,8})?[：: ]*(?P<result>突变型|野生型|突变|阳性|阴性|重排|扩增|融合)"
)
DATE = re.compile(r"^(?P<date>\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{4}[-.]\d{1,2}(?:[-.]\d{1,2})?)[，,：: ]*(?P<event>.+)")
MARKED = re.compile(r"[↑↓]")
FIGURE = re.compile(r"\d+(?:\.\d+)?")

Fields = dict[str, str]


class Words:
    """The catalogue's words as they may stand in a sentence, longest first."""

    def __init__(self, catalogue: Catalogue):
        self.catalogue = catalogue

    def pattern(self, kind: str) -> re.Pattern[str]:
        spellings = {str(spelling) for entry in self.catalogue.entries[kind] for spelling in entry.spellings if len(spelling) > 1}
        longest_first = sorted(spellings, key=lambda word: (-len(word), word))
        return re.compile("|".join(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])" if word.isascii() else re.escape(word) for word in longest_first))

    @cached_property
    def drugs(self) -> re.Pattern[str]:
        return self.pattern("drugs")

    @cached_property
    def analytes(self) -> re.Pattern[str]:
        return self.pattern("analytes")

    @cached_property
    def scales(self) -> re.Pattern[str]:
        return self.pattern("scales")

    def knows(self, kind: str, word: str) -> bool:
        return self.catalogue.find(kind, word) is not None


def patient(text: str) -> Fields:
    match = PERSON.search(text) or AGE_FIRST.search(text)
    return {"sex": match["sex"], "age": match["age"]} if match else {}


def staging(text: str) -> list[Fields]:
    """Return each TNM with the stage that follows it, and stages that stand alone."""
    found: list[Fields] = []
    taken: set[int] = set()
    for match in TNM.finditer(text):
        near = STAGE.match(text, match.end() + len(re.match(r"[，,、（( ]*", text[match.end() :])[0]))
        found.append({"tnm": match[0], **({"stage": near[0]} if near else {})})
        if near:
            taken.add(near.start())
    return found + [{"stage": match[0]} for match in STAGE.finditer(text) if match.start() not in taken]


def ihc(text: str) -> list[Fields]:
    return [{"marker": match["marker"], "result": match["result"]} for match in IHC.finditer(text)]


def genes(text: str) -> list[Fields]:
    return [{key: value.strip() for key, value in match.groupdict().items() if value} for match in GENE.finditer(text)]


def scores(text: str, words: Words) -> list[Fields]:
    """Return each score: the scale, and the points that follow it."""
    found = []
    for match in words.scales.finditer(text):
        value = re.match(rf"(?:评分|疼痛评分|体力评分)?(?:为|约|：|:| )*({NUMBER}(?:\s*[～~-]\s*{NUMBER})?分)", text[match.end() :])
        if value:
            found.append({"scale": match[0], "value": value[1]})
    return found


def doses(text: str, words: Words) -> list[Fields]:
    """Return each drug with the amount that follows it before the next drug, and its route and frequency."""
    matches = list(words.drugs.finditer(text))
    found = []
    for place, match in enumerate(matches):
        after = text[match.end() : matches[place + 1].start() if place + 1 < len(matches) else None]
        after = re.split(r"[。；;]", after)[0][:60]
        fields = {"drug": match[0]}
        for key, pattern in (("dose", AMOUNT), ("route", ROUTE), ("frequency", FREQUENCY)):
            if part := re.search(pattern, after):
                fields[key] = part[0].strip()
        if days := re.search(r"(?<![A-Za-z])[dD]\d+(?:\s*[、,，～-]\s*[dD]?\d+)*", after):
            fields["days"] = days[0]
        if len(fields) > 1 and "dose" in fields:
            found.append(fields)
    return found


def labs(text: str, words: Words) -> list[Fields]:
    """Return each analyte of a sentence with the value and unit that follow it."""
    found = []
    for match in words.analytes.finditer(text):
        value = re.match(rf"(?:（[^）]*）|\([^)]*\))?(?:为|：|:|是| )*(?P<value>[<>≤≥]?{NUMBER}) ?(?P<unit>{UNIT})? ?(?P<flag>[↑↓])?", text[match.end() :])
        if value:
            found.append(result(match[0], value["value"], value["unit"] or "", value["flag"] or ""))
    return found


def result(analyte: str, value: str, unit: str, flag: str = "", reference: str = "") -> Fields:
    fields = {"analyte": analyte, "value": value, "unit": unit, "flag": flag, "reference": reference}
    return {key: text for key, text in fields.items() if text}


HEADS = {
    "analyte": ("项目", "检验项目", "检查项目", "指标", "名称"), "value": ("数值", "结果", "检测值", "测定值", "值"), "unit": ("单位",),
    "flag": ("提示", "升降", "标记", "箭头"), "reference": ("参考范围", "参考值", "参考区间", "正常值", "正常范围"),
}  # fmt: skip


def lab_table(rows: Sequence[Sequence[str]], words: Words) -> tuple[list[Fields], list[str]] | None:
    """Return the results of a table of laboratory values and the rows that are none; None for a table of another kind."""
    if not rows:
        return None
    columns = {key: place for place, head in enumerate(rows[0]) for key, names in HEADS.items() if head.strip() in names}
    if not {"analyte", "value"} <= set(columns):
        return None
    found: list[Fields] = []
    left: list[str] = []
    for row in rows[1:]:
        cells = {key: row[place].strip() if place < len(row) else "" for key, place in columns.items()}
        fields = lab_row(cells, words)
        others = [cell for place, cell in enumerate(row) if place not in columns.values() and cell.strip()]
        if fields and not others:
            found.append(fields)
        else:
            left.append("　".join(cell for cell in row if cell.strip()))
    return (found, left) if found else None


def lab_row(cells: Fields, words: Words) -> Fields | None:
    """Return one row of a laboratory table as a result, every figure of it kept; None where the words are not known."""
    analyte = cells["analyte"]
    match = re.fullmatch(rf"(?P<value>[<>≤≥]?{NUMBER}(?:\s*[～~-]\s*{NUMBER})?|阴性|阳性|正常)\s*(?P<unit>{UNIT}|)\s*(?P<flag>[↑↓]|)", cells["value"])
    if not match or not words.knows("analytes", folded(analyte)):
        return None
    flag = match["flag"] or (MARKED.search(cells.get("flag", "")) or [""])[0]
    return result(analyte, match["value"], match["unit"] or cells.get("unit", ""), flag, cells.get("reference", ""))


def event(text: str) -> Fields | None:
    """Return a line that begins with a date as an event."""
    match = DATE.match(text)
    if not match:
        return None
    figures = re.findall(r"\d+", match["date"])
    return {"at": "-".join([figures[0], *(f"{int(figure):02d}" for figure in figures[1:])]), "event": match["event"].strip()}


def figures(text: str) -> Iterator[str]:
    """Yield every figure of a text, as it stands."""
    yield from FIGURE.findall(text)
