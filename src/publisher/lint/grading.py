"""Rules on the grades of adverse events: grade or word against the measured figure, the definition and the action taken."""

import re
from collections.abc import Iterator
from decimal import Decimal

from publisher.case import AdverseEvent
from publisher.lint.gathered import each_once, prose
from publisher.lint.measures import Measure, measures
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written

CTCAE = "CTCAE 5.0（2017）"
FALLING = {
    "wbc": ("白细胞", "×10⁹/L", (3, 2, 1)), "neutrophil": ("中性粒细胞", "×10⁹/L", ("1.5", 1, "0.5")),
    "neutrophil-ratio": ("中性粒细胞", "×10⁹/L", ("1.5", 1, "0.5")),
    "plt": ("血小板", "×10⁹/L", (75, 50, 25)), "hb": ("血红蛋白", "g/L", (100, 80, 0)),
}  # fmt: skip
"""Counts that fall: below each bound the grade is 2, 3, 4."""
RISING = {"alt": ("ALT", "×ULN", (3, 5, 20)), "ast": ("AST", "×ULN", (3, 5, 20)), "qtc": ("QTc", "ms", (480, 500, 100000))}
"""Figures that rise: above each bound the grade is 2, 3, 4."""
WORDS = {"轻": 1, "中": 2, "重": 3}
ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}
GRADE = re.compile(r"(?<![A-Za-z\d])(IV|V|I{1,3}|[1-5])(?:～(IV|V|I{1,3}|[1-5]))?(?:级|度)|(轻|中|重)度")


def grades(text: str) -> set[int]:
    """Return the grades that a text names: II级, 1级, I～II级, 轻度."""
    match = GRADE.search(text)
    if not match:
        return set()
    if match[3]:
        return {WORDS[match[3]]} | ({4} if match[3] == "重" else set())
    low, high = (ROMAN.get(part) or int(part) for part in (match[1], match[2] or match[1]))
    return set(range(low, high + 1))


def grade_of(measure: Measure) -> int | None:
    """Return the grade that a figure means by CTCAE, from 1 up; None where it cannot be told."""
    if (found := FALLING.get(measure.analyte.id)) and measure.unit == found[1]:
        return 1 + sum(measure.low < Decimal(bound) for bound in found[2])
    if (found := RISING.get(measure.analyte.id)) and measure.unit == found[1]:
        return 1 + sum(measure.high > Decimal(bound) for bound in found[2])
    return None


def figures(record: Record, event: AdverseEvent) -> list[Measure]:
    return [measure for measure in measures(record) if event.value and measure.at.place == event.value.place]


@rule("STG-030", "case", Severity.REVIEW, source=CTCAE)
def grade_against_figure(record: Record) -> Iterator[Finding]:
    """An adverse event bears a grade, or a word of degree, that its measured figure contradicts.

    Leukocytes of 2.8 are grade 2, not mild; by the grade drugs are stopped or given on.
    """
    for event in record.case.adverse_events:
        worst = max(((grade, measure) for measure in figures(record, event) if (grade := grade_of(measure))), key=lambda pair: pair[0], default=None)
        if not worst:
            continue
        grade, measure = worst
        same = [
            leaf
            for leaf in prose(record, "timeline", "course", "treatments")
            if "骨髓" in event.term and re.search("(?:轻|中|重)度骨髓抑制|骨髓(?:轻|中|重)度抑制", leaf)
        ]
        said_grades = grades(event.grade) if event.grade else set().union(*(grades(leaf) for leaf in same)) if same else set()
        if said_grades and grade not in said_grades:
            word = event.grade or GRADE.search(same[0])[0]
            said = f"{event.term}作{word}，{measure.said()}按CTCAE属{grade}级，请核分级"
            yield Finding(event.value, said, measure.text, "核对分级与检验值", each_once([event.term, event.grade, *same]))


@rule("STG-031", "case", Severity.REVIEW, source=CTCAE)
def grade_against_definition(record: Record) -> Iterator[Finding]:
    """A grade contradicts what is said of the event or was done for it.

    Hypothyroidism that needs replacement is grade 2; fatigue relieved by rest is grade 1.
    """
    for event in record.case.adverse_events:
        named = grades(event.grade or "")
        rest = each_once([event.term, event.grade, event.value])
        if named == {1} and "甲状腺功能减退" in event.term and re.search("替代|甲状腺素", event.action or ""):
            yield Finding(
                event.grade,
                "1级甲状腺功能减退无需干预，予替代治疗者为2级，请核分级",
                event.grade,
                "核对分级",
                each_once([*rest, event.action, *replaced(record)]),
            )
        if named and min(named) > 1 and re.search("疲乏|乏力", event.term) and re.search("休息后可?缓解", event.action or ""):
            yield Finding(event.action, f"疲乏作{event.grade}而休息后缓解，按CTCAE属1级，请核分级", event.grade, "核对分级", rest)


def replaced(record: Record) -> tuple[Written, ...]:
    return tuple(dose.condition for treatment in record.case.treatments for dose in treatment.doses if dose.condition and "甲状腺" in dose.condition)


HIGHEST = {"脱发": 2, "恶心": 3, "疲乏": 3, "乏力": 3, "潮热": 3, "食欲减退": 4, "皮肤干燥": 3}


@rule("STG-032", "case", source=CTCAE)
def grade_that_does_not_exist(record: Record) -> Iterator[Finding]:
    """An event bears a grade that it does not have.

    Alopecia ends at grade 2, nausea and fatigue at 3, every event at 5.
    """
    for event in record.case.adverse_events:
        if event.grade and re.search(r"级|度", event.grade) and not re.search("轻|中|重", event.grade):
            most = next((bound for word, bound in HIGHEST.items() if word in event.term), 5)
            if not grades(event.grade) or max(grades(event.grade)) > most:
                yield Finding(event.grade, f"{event.term}作{event.grade}，按CTCAE至多{most}级，请核", event.grade, "核对分级", (event.term,))


@rule("STG-033", "case", Severity.REVIEW, source="曲妥珠单抗说明书：LVEF较基线降低≥16个百分点，或低于正常值且降低≥10个百分点，须停药")
def cardiac_toxicity_without_fall(record: Record) -> Iterator[Finding]:
    """Cardiac toxicity is recorded with an ejection fraction that fell little and stays normal.

    A fall of less than ten points to 50 % or more is no toxicity by any standard in use.
    """
    for event in record.case.adverse_events:
        values = [measure for measure in figures(record, event) if measure.analyte.id == "lvef"]
        if event.occurred == "发生" and "心脏毒性" in event.term and len(values) > 1:
            before, after = values[0].low, values[-1].low
            if after >= 50 and before - after < 10:
                said = f"LVEF由{before}%至{after}%而列为心脏毒性，降幅与数值均未达通行标准，请核"
                yield Finding(event.value, said, event.value, "核对所用标准与检测日期", (event.term,))
