"""Laboratory values as a rule reads them: from panels, series and sentences alike, with figure, unit and the words beside."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from publisher.catalogue import Analyte, Catalogue, Span
from publisher.lint.gathered import gathered, texts
from publisher.lint.record import Record
from publisher.written import NUMBER, Reading, Written

UNITS = (
    "mL/(min·1.73m²)", "mL/min/1.73m²", "mL/min", "×10⁹/L", "×10¹²/L", "×10⁶/L", "10⁹/L", "×ULN", "ng/mL",
    "ng/dL", "ng/L", "μg/L", "μg/mL", "μg/dL", "pg/mL", "pg/L", "mg/dL", "mg/L", "mg/mL", "g/dL", "g/L",
    "kU/L", "IU/mL", "IU/L", "mU/mL", "U/mL", "U/L", "mmol/L", "μmol/L", "nmol/L", "pmol/L", "mmHg", "次/min",
    "次/分", "ms", "HU", "%",
)  # fmt: skip
"""Units of the laboratory, the longer before those they begin with."""
UNIT = "|".join(re.escape(unit) for unit in UNITS)
SCALE = {
    ("μg/L", "ng/mL"): 1, ("ng/L", "ng/mL"): Decimal("0.001"), ("pg/mL", "ng/mL"): Decimal("0.001"), ("μg/mL", "ng/mL"): 1000, ("ng/L", "pg/mL"): 1,
    ("ng/mL", "pg/mL"): 1000, ("μg/L", "pg/mL"): 1000, ("kU/L", "U/mL"): 1, ("g/dL", "g/L"): 10, ("10⁹/L", "×10⁹/L"): 1, ("IU/L", "U/L"): 1,
    ("μmol/L", "mmol/L"): Decimal("0.001"), ("次/分", "次/min"): 1, ("IU/mL", "U/mL"): 1,
}  # fmt: skip
"""How much of the second unit one of the first is, whatever the analyte."""
BESIDE = 8
"""How many characters after a figure may still speak of it."""


@dataclass(frozen=True)
class Measure:
    """One figure of one analyte. `unit` is empty where none is written; `words` is what is said beside the figure."""

    analyte: Analyte
    low: Decimal
    high: Decimal
    text: str
    unit: str
    at: Written
    unit_at: Written
    name_at: Written
    words: str = ""
    flag: str = ""
    reference: str = ""
    when: str = ""
    group: Written | None = None
    """The panel or series it is reported in; None for a figure in a sentence."""

    def within(self, span: Span) -> bool | None:
        """Tell whether the figure lies in a span; None where the units cannot be compared."""
        factor = scale(self.unit, span.unit or "")
        return None if factor is None else Decimal(span.low) <= self.low * factor and self.high * factor <= Decimal(span.high)

    def said(self) -> str:
        return f"{self.analyte.name} {self.text}" + (f" {self.unit}" if self.unit else "")


def scale(unit: str, into: str) -> Decimal | None:
    """Return the factor from a unit into another, None where there is none that holds for every analyte."""
    if unit == into:
        return Decimal(1)
    factor = SCALE.get((unit, into))
    return Decimal(factor) if factor is not None else None


@gathered
def measures(record: Record) -> list[Measure]:
    """Return every figure of the laboratory in the case."""
    return [*tabulated(record), *told(record)]


@gathered
def tabulated(record: Record) -> list[Measure]:
    """Return the figures of panels, then of series."""
    found = []
    for panel in record.case.labs:
        for result in panel.results:
            if result.value.low is not None:
                unit, words = result.unit or "", str(result.remark or "")
                beside = (str(result.flag or ""), str(result.reference or ""), str(panel.at or ""), panel.name)
                found.append(
                    Measure(result.analyte.entry, *span(result.value), unit, result.value, result.unit or result.value, result.analyte, words, *beside)
                )
    for series in record.case.series:
        columns = {str(column.analyte): column for column in series.columns}
        for point in series.points:
            for name, value in point.values.items():
                if value.low is not None:
                    column = columns[str(name)]
                    written = (value, column.unit or value, column.analyte, str(point.remark or ""))
                    found.append(Measure(column.analyte.entry, *span(value), column.unit or "", *written, "", "", str(point.at), series.name))
    return found


def span(value: Reading) -> tuple[Decimal, Decimal, str]:
    return value.low, value.high, str(value)


@gathered
def told(record: Record) -> list[Measure]:
    """Return the figures that sentences give: 血钙降至2.4 mmol/L, 白细胞最低2.8×10⁹/L, QTc自420 ms延长至450 ms."""
    pattern, by_spelling = spellings(record.catalogue)
    found = []
    for path, leaf in texts(record):
        if path[0] in ("labs", "series") and path[-1] != "remark":
            continue
        for match in pattern.finditer(leaf):
            analyte = by_spelling[match["name"]]
            unit, second_unit = match["unit"] or match["unit2"] or "", match["unit2"] or match["unit"] or ""
            words = match["gap"] + leaf[match.end() : match.end() + BESIDE]
            if not unit and analyte.units:
                continue
            low, high = Decimal(match["low"]), Decimal(match["high"] or match["low"])
            text = match["low"] + (f"～{match['high']}" if match["high"] else "")
            found.append(Measure(analyte, low, high, text, unit, leaf, leaf, leaf, words))
            if match["then"]:
                found.append(Measure(analyte, Decimal(match["then"]), Decimal(match["then"]), match["then"], second_unit, leaf, leaf, leaf, words))
    return found


@lru_cache(maxsize=8)
def spellings(catalogue: Catalogue) -> tuple[re.Pattern, dict[str, Analyte]]:
    """Return a pattern for a figure said of an analyte, and the analytes by their spellings."""
    by_spelling = {str(spelling): entry for entry in catalogue.analytes for spelling in entry.spellings if len(spelling) > 1}
    names = "|".join(re.escape(name) for name in sorted(by_spelling, key=len, reverse=True))
    firsts = re.escape("".join(sorted({name[0] for name in by_spelling})))
    pattern = (
        rf"(?<![A-Za-z0-9])(?=[{firsts}])(?P<name>{names})(?![A-Za-z])(?P<gap>[^，。；、\d]{{0,10}}?)(?P<low>{NUMBER})(?:\s?～\s?(?P<high>{NUMBER}))?\s?(?P<unit>{UNIT})?(?![\d.])"
        rf"(?:(?:，)?(?:最低|最高)?(?:降至|降到|降为|升至|延长至|增至|→|至)(?P<then>{NUMBER})\s?(?P<unit2>{UNIT})?)?"
    )
    return re.compile(pattern), by_spelling


def diameters(size: str) -> list[Decimal]:
    """Return the diameters of a size in mm: 4.2 cm×2.3 cm gives 42 and 23; a figure without unit takes the next one's."""
    found = re.findall(rf"({NUMBER})\s?(cm|mm)?", size)
    units = [unit for _, unit in found if unit]
    if not units:
        return []
    return [Decimal(figure) * (10 if (unit or units[-1]) == "cm" else 1) for figure, unit in found]
