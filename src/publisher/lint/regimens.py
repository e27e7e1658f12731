"""Rules on how much is planned: number and length of cycles, dose of radiation."""

import re
from collections.abc import Iterator
from decimal import Decimal

from publisher.lint.doses import cycles, interval
from publisher.lint.gathered import each_once
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import NUMBER


@rule("RX-030", "case", Severity.REVIEW, source="CSCO非小细胞肺癌诊疗指南2024：含铂双药4～6周期")
def too_many_platinum_cycles(record: Record) -> Iterator[Finding]:
    """More than six cycles of a platinum doublet are planned or given.

    Beyond six the platinum adds harm and no benefit; 9 is often a misread 6.
    """
    for treatment in record.case.treatments:
        platinum = [dose for dose in treatment.doses if dose.drug.entry.drug_class == "铂类"]
        for leaf in (*treatment.text, *(dose.cycle for dose in platinum if dose.cycle)):
            count = cycles(leaf)
            if platinum and count and count[1] > 6 and "维持" not in leaf:
                planned = f"{count[0]}～{count[1]}" if count[0] != count[1] else f"{count[1]}"
                yield Finding(leaf, f"含铂方案作{planned}周期，通行4～6周期，请核", leaf[:30], "核对周期数", (treatment.title,))


@rule("RX-031", "case", source="骨转移姑息放疗通行8 Gy/1次至40 Gy/20次；根治量不逾80 Gy")
def impossible_radiation(record: Record) -> Iterator[Finding]:
    """A dose of radiation is beyond what is given.

    30 Gy in ten fractions is 3 Gy a day; above 24 Gy or below 1 Gy a fraction, or above 80 Gy in all, a figure is wrong.
    """
    for treatment in record.case.treatments:
        for item in treatment.radiotherapy:
            dose, number = (re.search(NUMBER, part or "") for part in (item.dose, item.fractions))
            if dose:
                count = max(1, int(Decimal(number[0]))) if number else 1
                each = (Decimal(dose[0]) / count).quantize(Decimal("0.1")).normalize()
                if Decimal(dose[0]) > 80 or each > 24 or (number and each < 1):
                    said = f"放疗作{item.dose}/{item.fractions or '次数未载'}，每次{each:f} Gy，超出通行范围，请核"
                    yield Finding(item.dose, said, item.dose, "核对剂量与次数", each_once([item.fractions, treatment.title]))


CYCLE = re.compile(r"(?:每)?(\d{1,2})天为1个?(?:化疗)?周期")


@rule("RX-032", "case")
def two_cycles_in_one_regimen(record: Record) -> Iterator[Finding]:
    """Drugs of one regimen, or its text, have cycles of different length.

    A regimen has one cycle; 21 for one drug and 28 for the other is a slip in one of them.
    """
    for treatment in record.case.treatments:
        found: dict[int, list] = {}
        for dose in treatment.doses:
            if dose.cycle and (every := interval(dose.cycle)):
                found.setdefault(every[0], []).append(dose.cycle)
        for leaf in treatment.text:
            if match := CYCLE.search(leaf):
                found.setdefault(int(match[1]), []).append(leaf)
        if len(found) > 1:
            rare = min(found.values(), key=len)[0]
            days = "、".join(f"{length}天" for length in sorted(found))
            rest = [leaf for leaves in found.values() for leaf in leaves if leaf is not rare]
            yield Finding(rare, f"同一方案周期长度不一：{days}，请核", rare[:30], "核对周期长度", each_once([*rest, treatment.title]))
