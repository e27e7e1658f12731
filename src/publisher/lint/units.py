"""Rules on laboratory values: unit, figure, reference range and the words that judge them."""

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from publisher.lint.gathered import each_once, prose
from publisher.lint.measures import Measure, diameters, measures, scale, tabulated
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import NUMBER, Written

WST_CALCIUM = "WS/T 404.6—2015 临床常用生化检验项目参考区间"
ROOM = Decimal("1.2")
"""How far beyond the usual interval a figure may lie before the editor is asked: laboratories differ."""
NEGATED = re.compile(r"[无未没不]")


def others(found: list[Measure]) -> tuple[Written, ...]:
    """Return the scalars of measures and of the panels they stand in, each once."""
    return each_once(leaf for measure in found for leaf in (measure.at, measure.name_at, measure.group))


def by_analyte(found: list[Measure]) -> dict[str, list[Measure]]:
    groups = defaultdict(list)
    for measure in found:
        groups[str(measure.analyte.id)].append(measure)
    return groups


@rule("LAB-001", "case", source="GB 3100—1993；本社检验项目词表")
def unit_of_another_analyte(record: Record) -> Iterator[Finding]:
    """A figure bears a unit that its analyte cannot have.

    A ratio in ×10⁹/L is a count, CEA in ng/L is a thousandfold less: the reader cannot know which of name, figure and unit is wrong.
    """
    groups = defaultdict(list)
    for measure in measures(record):
        if measure.unit and measure.unit not in measure.analyte.units and measure.unit != "mL/min":
            groups[(str(measure.analyte.id), measure.unit)].append(measure)
    for (_, unit), found in groups.items():
        allowed = "、".join(found[0].analyte.units) or "无单位"
        yield Finding(
            found[0].unit_at,
            f"{found[0].analyte.name}的单位作“{unit}”，此项通用{allowed}，请核",
            found[0].said(),
            "核对原始报告的项目名、数值与单位",
            others(found),
        )


@rule("LAB-002", "case", Severity.REVIEW, source="KDIGO 2024 CKD指南")
def filtration_without_surface(record: Record) -> Iterator[Finding]:
    """An estimated filtration rate is given without body surface.

    Stages of kidney disease rest on mL/(min·1.73 m²); a rate in mL/min is that of the person and serves for dosing.
    """
    found = [measure for measure in measures(record) if measure.analyte.id == "egfr-renal" and measure.unit == "mL/min"]
    if found:
        stages = tuple(leaf for leaf in prose(record, "diagnoses") if "CKD" in leaf)
        yield Finding(found[0].unit_at, "eGFR的单位作“mL/min”，缺“/1.73 m²”，请核", found[0].said(), "写作 mL/(min·1.73m²)", others(found) + stages)


@rule("LAB-003", "case")
def impossible_figure(record: Record) -> Iterator[Finding]:
    """A figure lies outside what a living adult can have in its unit.

    Figure or unit is wrong; a decimal point may have been lost. Fractions of an electrophoresis are judged by their sum.
    """
    for measure in measures(record):
        spans = measure.analyte.possible if not measure.analyte.id.startswith("spe-") or measure.unit != "%" else []
        judged = [within for within in map(measure.within, spans) if within is not None]
        if judged and not any(judged) and (measure.unit in measure.analyte.units or not measure.analyte.units):
            usual = "；".join(f"{span.low}～{span.high} {span.unit or ''}".strip() for span in spans)
            yield Finding(
                measure.at, f"{measure.said()}超出可能范围（{usual}），数值或单位请核", measure.text, "核对原始报告", (measure.unit_at, *others([measure]))
            )


@rule("LAB-004", "case")
def tenfold_slip(record: Record) -> Iterator[Finding]:
    """Two figures of one analyte have the same digits and another decimal point.

    15.2 and 152 of one patient are one figure miswritten, not a change.
    """
    for found in by_analyte(measures(record)).values():
        for one, other in combinations(found, 2):
            if one.low != other.low and scale(one.unit, other.unit) and digits(one.low) == digits(other.low) and len(digits(one.low)) > 1:
                yield Finding(
                    other.at, f"{one.analyte.name}一处作{one.text}，一处作{other.text}，仅小数点不同，请核", other.said(), "核对原始报告", others([one])
                )
                break


def digits(figure: Decimal) -> str:
    return str(figure).replace(".", "").strip("0")


@rule("LAB-005", "case")
def flag_against_reference(record: Record) -> Iterator[Finding]:
    """A printed arrow contradicts the reference range printed beside it.

    Value, range or arrow is wrong; a value out of its range without an arrow counts too where its panel has arrows.
    """
    for measure in tabulated(record):
        match = re.search(rf"({NUMBER})\s*[～~-]\s*({NUMBER})", measure.reference)
        bound = re.search(rf"[<≤＜]\s*({NUMBER})", measure.reference)
        if match or bound:
            low, high = (Decimal(match[1]), Decimal(match[2])) if match else (Decimal(0), Decimal(bound[1]))
            right = "↑" if measure.low > high else "↓" if measure.high < low else ""
            if measure.flag and measure.flag != right:
                said = f"{measure.said()}标“{measure.flag}”，参考范围作{measure.reference}，二者不符，请核"
                yield Finding(measure.at, said, measure.text, "核对数值、参考范围与升降标记", (measure.name_at,))


@rule("LAB-006", "case", Severity.REVIEW)
def flag_against_usual(record: Record) -> Iterator[Finding]:
    """An arrow, or its want in a panel that has arrows, stands against the interval that laboratories use.

    CEA 0.667 ↑ or CA125 210 without an arrow: a decimal point or the arrow has slipped.
    """
    flagged = {measure.group for measure in tabulated(record) if measure.flag}
    for measure in tabulated(record):
        usual = measure.analyte.usual
        factor = usual and not measure.reference and scale(measure.unit, usual.unit or "")
        if not factor or measure.group not in flagged:
            continue
        low, high = Decimal(usual.low) / factor, Decimal(usual.high) / factor
        wrong = {
            "↑": measure.high * ROOM < high,
            "↓": measure.low > low * ROOM,
            "": measure.low > high * ROOM * ROOM or measure.high * ROOM * ROOM < low,
        }[measure.flag]
        if wrong:
            mark = f"标“{measure.flag}”" if measure.flag else "未标升降"
            said = f"{measure.said()}{mark}，通行参考区间为{usual.low}～{usual.high}，请核"
            yield Finding(measure.at, said, measure.text, "核对数值与升降标记", (measure.name_at,))


JUDGED = {
    "high": re.compile(r"(?<!前)(?<!时)(?:升高|增高|偏高|↑)"),
    "low": re.compile(r"(?:降低|偏低|减低|↓)"),
    "normal": re.compile(r"(?:恢复|降至|升至|维持|均在|在|属)?正常(?!上限|下限|值上限)"),
}


@rule("LAB-007", "case", Severity.REVIEW)
def word_against_figure(record: Record) -> Iterator[Finding]:
    """Words beside a figure judge it otherwise than the usual interval does.

    升高 beside a value below every laboratory's upper limit, 正常 beside one far above it: word or figure is wrong.
    """
    for measure in measures(record):
        usual = measure.analyte.usual
        factor = usual and not measure.reference and scale(measure.unit, usual.unit or "")
        if not factor or "较" in measure.words:
            continue
        room = 2 if "基本" in measure.words else ROOM
        low, high = Decimal(usual.low) / factor, Decimal(usual.high) / factor
        word = next((kind for kind, pattern in JUDGED.items() if pattern.search(measure.words)), "")
        wrong = {
            "high": measure.high * room < high,
            "low": measure.low > low * room,
            "normal": measure.low > high * room or measure.high * room < low,
        }.get(word)
        if wrong:
            said = f"{measure.said()}而称“{JUDGED[word].search(measure.words)[0]}”，通行参考区间为{usual.low}～{usual.high}，请核"
            yield Finding(measure.at, said, measure.text, "核对数值与判断用语", (measure.name_at,))


CALCIUM = ("ca", "ca-corrected")
CALCIUM_TERM = re.compile(r"([低高]钙血症)(?!得|纠正|恢复)")


def calcium(record: Record) -> list[Measure]:
    """Return the figures of calcium in mmol/L."""
    return [measure for measure in measures(record) if measure.analyte.id in CALCIUM and measure.unit == "mmol/L"]


@rule("LAB-008", "case", Severity.REVIEW, source=WST_CALCIUM)
def hypocalcaemia_with_normal_calcium(record: Record) -> Iterator[Finding]:
    """Hypocalcaemia, or hypercalcaemia, is named beside a total calcium inside the reference interval.

    The term decides on calcium and on the bone agent; interval and albumin-corrected value must then be given.
    """
    named = [(event.term, event.value) for event in record.case.adverse_events if event.occurred == "发生" and event.value and CALCIUM_TERM.search(event.term)]
    for leaf in prose(record, "labs", "course", "diagnoses", "dose_changes", "results", "bone_events"):
        named += [(leaf, leaf) for match in CALCIUM_TERM.finditer(leaf) if not NEGATED.search(leaf[: match.start()])]
    found = {}
    for term, leaf in named:
        word = CALCIUM_TERM.search(term)[1]
        for measure in calcium(record):
            low, high = (Decimal(bound) for bound in (measure.analyte.usual.low, measure.analyte.usual.high))
            if measure.at.place == leaf.place and (measure.low >= low if word == "低钙血症" else measure.high <= high):
                found.setdefault((word, measure.text), []).append((term, measure))
    for (word, text), pairs in found.items():
        usual = pairs[0][1].analyte.usual
        said = f"血钙{text} mmol/L而称“{word}”，通行参考区间为{usual.low}～{usual.high} mmol/L，参考范围与校正血钙请核"
        yield Finding(pairs[0][1].at, said, text, "核对血钙、白蛋白与参考范围", tuple(leaf for term, measure in pairs for leaf in (term, measure.at)))


@rule("LAB-009", "case", source="Payne公式：校正血钙=总钙+0.02×（40−白蛋白g/L）")
def corrected_calcium(record: Record) -> Iterator[Finding]:
    """A corrected calcium does not follow from total calcium and albumin.

    Payne's formula is the one in use; denosumab and the treatment of hypercalcaemia are decided on its result.
    """
    found = measures(record)
    for corrected in (measure for measure in found if measure.analyte.id == "ca-corrected" and measure.unit == "mmol/L"):
        beside = [
            measure
            for measure in found
            if measure.at.place == corrected.at.place or (measure.group and (measure.group, measure.when) == (corrected.group, corrected.when))
        ]
        total = next((measure for measure in beside if measure.analyte.id == "ca" and measure.unit == "mmol/L"), None)
        albumin = next((measure for measure in beside if measure.analyte.id == "spe-albumin" and measure.unit == "g/L"), None)
        if total and albumin:
            expected = total.low + Decimal("0.02") * (40 - albumin.low)
            if abs(expected - corrected.low) > Decimal("0.03"):
                said = f"校正血钙作{corrected.text}，由总钙{total.text}、白蛋白{albumin.text} g/L推得{expected.quantize(Decimal('0.01'))}，请核"
                yield Finding(corrected.at, said, corrected.text, "核对总钙、白蛋白与校正公式", others([total, albumin]))


@rule("LAB-010", "case", Severity.REVIEW, source="GB 3100—1993")
def two_units(record: Record) -> Iterator[Finding]:
    """One analyte is reported in two units that do not measure alike.

    Values in two units cannot be compared by eye; mostly one of the units is a slip.
    """
    for found in by_analyte(measures(record)).values():
        units = {measure.unit: measure for measure in found if measure.unit and measure.unit not in ("×ULN", "mL/min")}
        for one, other in combinations(units.values(), 2):
            factor = scale(one.unit, other.unit) or scale(other.unit, one.unit)
            if factor != 1:
                said = f"{one.analyte.name}一处以{one.unit}计，一处以{other.unit}计，请核"
                yield Finding(
                    other.unit_at, said, other.said(), "统一单位，核对数值", others([measure for measure in found if measure.unit in (one.unit, other.unit)])
                )


@rule("LAB-011", "case")
def more_neutrophils_than_leukocytes(record: Record) -> Iterator[Finding]:
    """More neutrophils are counted than leukocytes at the same time.

    Neutrophils are a part of the leukocytes.
    """
    found = measures(record)
    for cells in (measure for measure in found if measure.analyte.id in ("neutrophil", "neutrophil-ratio") and measure.unit == "×10⁹/L"):
        for whole in (measure for measure in found if measure.analyte.id == "wbc" and measure.unit == cells.unit):
            together = whole.at.place == cells.at.place or (whole.group and (whole.group, whole.when) == (cells.group, cells.when))
            if together and cells.low > whole.high:
                said = f"中性粒细胞{cells.text}多于白细胞{whole.text}（×10⁹/L），请核"
                yield Finding(cells.at, said, cells.text, "核对两项计数", others([whole]))


@rule("LAB-012", "case", Severity.REVIEW)
def leap_in_series(record: Record) -> Iterator[Finding]:
    """One value of a series is far from both its neighbours.

    A value five times both neighbours, or a fifth of both, is seldom a course and often a decimal point.
    """
    lines = defaultdict(list)
    for measure in tabulated(record):
        if measure.group and measure.when:
            lines[(measure.group, str(measure.analyte.id))].append(measure)
    for line in lines.values():
        for before, middle, after in zip(line, line[1:], line[2:], strict=False):
            if middle.low > 5 * max(before.high, after.high) or middle.high * 5 < min(before.low, after.low):
                said = f"{middle.analyte.name}由{before.text}而{middle.text}复为{after.text}，中间一值相差悬殊，请核小数点"
                yield Finding(middle.at, said, middle.text, "核对原始报告", others([before, after]))


@rule("LAB-013", "case")
def impossible_lesion(record: Record) -> Iterator[Finding]:
    """A lesion has a size, an uptake or an attenuation that no lesion has.

    Above 30 cm, SUV above 120, mean above maximum, or one diameter ten times the other: unit or decimal point has slipped.
    """
    for study in record.case.studies:
        for lesion in study.lesions:
            if lesion.size:
                yield from impossible_size(lesion.size)
            top, mean = (highest(value) for value in (lesion.suv_max, lesion.suv_mean))
            if top is not None and top > 120:
                yield Finding(lesion.suv_max, f"SUVmax作{lesion.suv_max}，超出可能范围，请核小数点", lesion.suv_max, "核对原始报告")
            if top is not None and mean is not None and mean > top:
                yield Finding(
                    lesion.suv_mean, f"SUV平均值{lesion.suv_mean}高于最大值{lesion.suv_max}，请核", lesion.suv_mean, "核对原始报告", (lesion.suv_max,)
                )
            match = lesion.ct_value and re.search(rf"-?{NUMBER}", lesion.ct_value)
            if match and not -1100 <= Decimal(match[0]) <= 3500:
                yield Finding(lesion.ct_value, f"CT值作{lesion.ct_value}，超出可能范围（-1000～3000 HU），请核", lesion.ct_value, "核对原始报告")


def impossible_size(size: Written) -> Iterator[Finding]:
    found = diameters(size)
    if found and max(found) > 300:
        yield Finding(size, f"病灶大小作“{size}”，超出可能范围，单位或小数点请核", size, "核对原始报告")
    elif found and "×" in size and max(found) >= 8 * min(found):
        yield Finding(size, f"病灶两径作“{size}”，相差8倍以上，单位或小数点请核", size, "核对原始报告")


def highest(value: Written | None) -> Decimal | None:
    figures = re.findall(NUMBER, value) if value else []
    return max(map(Decimal, figures)) if figures else None


KIDNEY = (("1", 90, 200), ("2", 60, 90), ("3", 30, 60), ("3a", 45, 60), ("3b", 30, 45), ("4", 15, 30), ("5", 0, 15))


@rule("LAB-014", "case", source="KDIGO 2024 CKD指南")
def stage_of_kidney_disease(record: Record) -> Iterator[Finding]:
    """The stage of kidney disease does not fit the filtration rate on record.

    The stage decides on doses; stage 3 is 30–59, stage 4 is 15–29 mL/(min·1.73 m²).
    """
    rates = [measure for measure in measures(record) if measure.analyte.id == "egfr-renal"]
    for leaf in prose(record, "title", "history", "diagnoses", "visit"):
        for match in re.finditer(r"CKD\s?(?:G)?([1-5][ab]?)期", leaf):
            low, high = next((low, high) for name, low, high in KIDNEY if name == match[1])
            outside = [measure for measure in rates if measure.high < low or measure.low >= high]
            if rates and len(outside) == len(rates):
                said = f"称“{match[0]}”，所载eGFR为{rates[0].text}，二者不符，请核"
                yield Finding(leaf, said, match[0], "核对分期与eGFR", others(rates))


@rule("LAB-015", "case")
def more_than_all(record: Record) -> Iterator[Finding]:
    """A share of stained cells is above a hundred per cent.

    Ki-67 and PD-L1 TPS are shares of the tumour cells.
    """
    receptors = [receptor for pathology in record.case.pathology for receptor in (*pathology.ihc, *pathology.stains)]
    receptors += record.case.history.prior_cancer.receptors if record.case.history.prior_cancer else []
    for receptor in receptors:
        if any(Decimal(figure) > 100 for figure in re.findall(rf"({NUMBER})\s?%", receptor.result)):
            yield Finding(receptor.result, f"{receptor.marker}作“{receptor.result}”，超过100%，请核", receptor.result, "核对原始报告", (receptor.marker,))


@rule("LAB-016", "case", Severity.REVIEW)
def figure_without_unit(record: Record) -> Iterator[Finding]:
    """A figure of an analyte that has a unit stands without one.

    A bare figure of calcium may be mmol/L or mg/dL.
    """
    for measure in tabulated(record):
        if not measure.unit and measure.analyte.units:
            yield Finding(
                measure.at,
                f"{measure.analyte.name}作{measure.text}，未写单位，请补",
                measure.text,
                f"可用：{'、'.join(measure.analyte.units)}",
                (measure.name_at,),
            )


@rule("LAB-017", "case", Severity.REVIEW, source="本社检验项目词表")
def discouraged_analyte(record: Record) -> Iterator[Finding]:
    """An analyte stands under a name that is not its own.

    细胞角质素19 is read as another protein; readers search by the usual name.
    """
    named = [result.analyte for panel in record.case.labs for result in panel.results] + [
        column.analyte for series in record.case.series for column in series.columns
    ]
    seen = set()
    for name in named:
        if name in name.entry.discouraged and name not in seen:
            seen.add(name)
            yield Finding(name, f"“{name}”通称{name.entry.name}，请核", name, f"写作 {name.entry.name}", each_once(other for other in named if other == name))


CLAIMED = (
    ("骨髓抑制", ("wbc", "neutrophil", "neutrophil-ratio", "plt", "hb"), "血细胞计数"),
    ("肝功能(?:损伤|异常|不全)", ("alt", "ast"), "转氨酶"),
    ("肾功能(?:损伤|异常|不全)", ("creatinine", "egfr-renal"), "肌酐"),
)
"""Diagnoses of the laboratory, the analytes one of which must be on record, and their name."""


@rule("LAB-018", "case", Severity.REVIEW, source="CARE指南2013条目8：诊断评估")
def diagnosis_without_figure(record: Record) -> Iterator[Finding]:
    """A diagnosis of the laboratory is made and no figure for it is on record.

    Marrow suppression, liver and kidney injury are graded by figures.
    """
    on_record = {str(measure.analyte.id) for measure in measures(record)}
    for words, analytes, name in CLAIMED:
        pattern = re.compile(words)
        events = [
            leaf
            for event in record.case.adverse_events
            if event.occurred == "发生" and pattern.search(event.term)
            for leaf in (event.term, event.value, event.action)
        ]
        found = each_once([*(item.text for item in record.case.diagnoses if pattern.search(item.text)), *events])
        if found and not on_record & set(analytes):
            yield Finding(found[0], f"“{found[0]}”而未载{name}数值，请补", found[0], f"补充{name}", found[1:])


@rule("LAB-019", "case")
def uptake_misnamed(record: Record) -> Iterator[Finding]:
    """Maximum and mean of an uptake are garbled.

    平均值max gives the reader a value that is neither.
    """
    pattern = re.compile(r"平均值?\s?max|SUVmax\s?平均|mean\s?max|max\s?mean", re.IGNORECASE)
    for leaf in prose(record, "studies"):
        if match := pattern.search(leaf):
            yield Finding(leaf, f"“{match[0]}”的最大值与平均值混写，请核", match[0], "分别写作SUVmax与SUVmean")


EXPLAINED = {
    "wbc": ("白细胞(?:增|升)|白血病", "白细胞(?:减|降|低|最低)|骨髓抑制"),
    "neutrophil": ("粒细胞(?:增|升)|白血病", "粒细胞(?:减|降|低|缺|最低)|骨髓抑制"),
    "plt": ("血小板(?:增|升)", "血小板(?:减|降|低|最低)|骨髓抑制"), "hb": ("红细胞增多", "贫血|骨髓抑制"),
    "alt": ("肝功能|转氨酶|肝损", ""), "ast": ("肝功能|转氨酶|肝损", ""),
    "creatinine": ("肾功能|CKD|肾病|肾炎|肾损", ""), "ca": ("高钙", "低钙"), "p": ("高磷", "低磷"),
}  # fmt: skip
"""The words of which one stands in a case that knows of a very high, or a very low, figure."""
ALARMING = Decimal("2.5")


@rule("LAB-020", "case", Severity.REVIEW)
def alarming_figure_passed_over(record: Record) -> Iterator[Finding]:
    """A figure two and a half times beyond the usual interval stands without a word about it.

    Leukocytes of 65 in a healthy count: a decimal point has slipped, or a second disease was overlooked.
    """
    told = "\n".join(prose(record))
    for measure in measures(record):
        usual, words = measure.analyte.usual, EXPLAINED.get(str(measure.analyte.id))
        factor = words and usual and scale(measure.unit, usual.unit or "")
        if not factor:
            continue
        low, high = Decimal(usual.low) / factor, Decimal(usual.high) / factor
        above, below = measure.low > high * ALARMING, measure.high * ALARMING < low
        if (above and not re.search(words[0], told)) or (below and not (words[1] and re.search(words[1], told))):
            said = f"{measure.said()}远在通行参考区间（{usual.low}～{usual.high}）之外而文中未提，请核小数点与单位"
            yield Finding(measure.at, said, measure.text, "核对原始报告", others([measure]))
