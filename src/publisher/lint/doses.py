"""Doses as a rule reads them: amounts, times and intervals, drugs named in words, and the orders of a case."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from publisher.case import Dose, Treatment
from publisher.catalogue import Catalogue, Drug
from publisher.lint.gathered import each_once, gathered, texts
from publisher.lint.record import Record
from publisher.written import NUMBER, Written

MASS = {"μg": Decimal("0.001"), "mg": Decimal(1), "g": Decimal(1000)}
AMOUNT = re.compile(
    rf"(?<![\dA-Za-z.])(?:(?P<auc>AUC)\s?=?\s?)?(?P<low>{NUMBER})(?:\s?～\s?(?P<high>{NUMBER}))?"
    rf"\s?(?P<unit>μg|mg|g(?![/A-Za-z])|IU|mL(?![/A-Za-z])|片|粒|支|滴)?(?:/(?P<basis>m²|kg))?(?!\s?/\s?(?:m?L|dL))"
)
"""An amount of a drug: 120 mg, 60～100 mg/m², AUC=5, 0.25 g, 800 IU, 1片."""


@dataclass(frozen=True)
class Amount:
    """Low and high in mg, or in the unit itself where it is no mass; `basis` is /m², /kg, AUC or empty."""

    low: Decimal
    high: Decimal
    kind: str
    basis: str
    text: str

    @property
    def comparable(self) -> tuple[str, str]:
        return self.kind, self.basis


def amounts(text: str) -> list[Amount]:
    """Return the amounts of drug that a text gives, in order."""
    found = []
    for match in AMOUNT.finditer(text):
        if not match["unit"] and not match["auc"]:
            continue
        unit = match["unit"] or ""
        factor = MASS.get(unit, Decimal(1))
        kind = "mass" if unit in MASS else unit
        basis = "AUC" if match["auc"] else f"/{match['basis']}" if match["basis"] else ""
        low, high = Decimal(match["low"]) * factor, Decimal(match["high"] or match["low"]) * factor
        found.append(Amount(low, high, kind, basis, match[0].strip()))
    return found


HAN_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4}
WORDS_A_DAY = {"qd": 1, "bid": 2, "tid": 3, "qid": 4, "qn": 1, "每晚": 1}
A_DAY = re.compile(r"每(?:日|天)\s?([1-9一二两三四])\s?次|([1-9一二两三四])\s?次/(?:日|天|d)|每日口服([1-9一])次")
HOURLY = re.compile(r"(?:每|q)\s?(\d{1,2})\s?(?:小时|h)")
DAYS = re.compile(r"(?:每|q)?\s?(\d{1,3})(?:～(\d{1,3}))?\s?(天|日|周|w|d)(?![a-z])", re.IGNORECASE)


def times_a_day(text: str) -> Decimal | None:
    """Return how often a day an order is given: 每12小时1次, bid, 2次/日."""
    if match := A_DAY.search(text):
        figure = next(part for part in match.groups() if part)
        return Decimal(HAN_NUMBERS.get(figure) or int(figure))
    if match := HOURLY.search(text):
        return Decimal(24) / int(match[1])
    word = re.search(r"(?<![A-Za-z])(qd|bid|tid|qid|qn)(?![A-Za-z])|每晚", text, re.IGNORECASE)
    if word:
        return Decimal(WORDS_A_DAY[word[0].lower()])
    return Decimal(1) if re.search(r"mg/(?:日|天|d)(?![A-Za-z])", text) else None


EVERY = re.compile(
    r"(?:每|q)\s?(\d{1,3})(?:～(\d{1,3}))?\s?(天|日|周|w|d)(?![a-z])|每(周|月)(?![2-9]次)|/(月)|^(\d{1,3})(天)(?:$|为)|(?<![\d～])(\d{1,3})(天)为1(?:个)?周期",
    re.IGNORECASE,
)
UNIT_DAYS = {"天": 1, "日": 1, "d": 1, "周": 7, "w": 7, "月": 30}


def interval(text: str) -> tuple[int, int] | None:
    """Return the days from one dose, or cycle, to the next, as least and most: 每3～4周 gives 21 and 28, 每月 30 and 30."""
    match = EVERY.search(text)
    if not match:
        return None
    if match[4] or match[5]:
        days = UNIT_DAYS[match[4] or match[5]]
        return days, days
    figures = [part for part in match.groups() if part]
    days = UNIT_DAYS[figures[-1].lower()]
    return int(figures[0]) * days, int(figures[-2]) * days


def cycles(text: str) -> tuple[int, int] | None:
    """Return the number of cycles, as least and most: 共6周期, 4～9个周期."""
    match = re.search(r"(?<!第)(?<!为)(?<!天)(?<![\d～])(\d{1,2})(?:～(\d{1,2}))?\s?个?(?:化疗)?周期", text)
    return (int(match[1]), int(match[2] or match[1])) if match else None


@dataclass(frozen=True)
class Mention:
    """A drug named in a scalar."""

    drug: Drug
    spelling: str
    at: Written
    start: int
    path: tuple


@lru_cache(maxsize=8)
def lexicon(catalogue: Catalogue) -> tuple[re.Pattern, dict[str, Drug]]:
    """Return a pattern for every spelling of a drug, the longest first, and the drugs by spelling."""
    by_spelling = {str(spelling): drug for drug in catalogue.drugs for spelling in drug.spellings if len(spelling) > 1}
    names = sorted(by_spelling, key=len, reverse=True)
    firsts = re.escape("".join(sorted({name[0] for name in names})))
    parts = "|".join(rf"{'(?<![A-Za-z])' if name[0].isascii() else ''}{re.escape(name)}{'(?![A-Za-z])' if name[-1].isascii() else ''}" for name in names)
    return re.compile(rf"(?=[{firsts}])(?:{parts})"), by_spelling


@gathered
def named_drugs(record: Record) -> list[tuple[tuple, Written, list[re.Match]]]:
    """Return every scalar of the case with its path and the drug names in it."""
    pattern, _ = lexicon(record.catalogue)
    return [(path, leaf, list(pattern.finditer(leaf))) for path, leaf in texts(record) if path[0] != "id"]


@gathered
def mentions(record: Record) -> list[Mention]:
    """Return every drug that the case names, in source order."""
    _, by_spelling = lexicon(record.catalogue)
    return [Mention(by_spelling[match[0]], match[0], leaf, match.start(), path) for path, leaf, found in named_drugs(record) for match in found]


@dataclass(frozen=True)
class Order:
    """A drug with what the case says of its use. In the data each part has its scalar; in a sentence all have the same."""

    drug: Drug
    spelling: str
    at: Written
    dose: Written | None = None
    route: Written | None = None
    frequency: Written | None = None
    days: Written | None = None
    cycle: Written | None = None
    when: Written | None = None
    remark: str = ""
    treatment: int = -1
    """Which treatment orders it; -1 for a sentence, a dose change or the history."""
    told: bool = False
    text: str = ""
    """For a sentence, the words after the drug."""
    before: str = ""
    """For a sentence, the words just before the drug."""

    @property
    def amounts(self) -> list[Amount]:
        return amounts(self.text if self.told else self.dose or "")

    @property
    def times(self) -> str:
        return self.text if self.told else f"{self.frequency or ''} {self.dose or ''}"

    @property
    def daily(self) -> Decimal | None:
        return times_a_day(self.times)

    @property
    def every(self) -> tuple[int, int] | None:
        found = interval(self.frequency or "") or interval(self.cycle or "") or (interval(self.dose or "") if "/月" in (self.dose or "") else None)
        return (interval(self.text) or interval(self.before)) if self.told else found

    @property
    def way(self) -> str:
        """Return the words that may name the route."""
        return f"{self.before}{self.text}" if self.told else str(self.route or "")

    @property
    def leaves(self) -> tuple[Written, ...]:
        return each_once([self.at, self.dose, self.route, self.frequency, self.days, self.cycle, self.when])


@gathered
def orders(record: Record) -> list[Order]:
    """Return every order of the case: of treatments, of the history, and of sentences."""
    case = record.case
    found = [ordered(dose, number) for number, treatment in enumerate(case.treatments) for dose in treatment.doses]
    prior = case.history.prior_cancer
    found += [ordered(dose, -1) for treatment in (prior.treatments if prior else []) for dose in treatment.doses]
    for change in case.dose_changes:
        for part in (change.before, change.after):
            if part:
                found.append(Order(change.drug.entry, str(change.drug), part, dose=part, frequency=part, when=change.at, remark="调整"))
    return [*found, *told_orders(record)]


def ordered(dose: Dose, treatment: int) -> Order:
    remark = f"{dose.remark or ''}{dose.condition or ''}"
    return Order(dose.drug.entry, str(dose.drug), dose.drug, dose.dose, dose.route, dose.frequency, dose.days, dose.cycle, dose.at, remark, treatment)


def treatment_of(record: Record, order: Order) -> Treatment | None:
    return record.case.treatments[order.treatment] if order.treatment >= 0 else None


REACH, BACK = 36, 14
"""How far after and before its name a sentence may still speak of a drug."""


def told_orders(record: Record) -> Iterator[Order]:
    """Yield the orders that sentences give: a drug, and what stands between it and the next drug or the end of the sentence."""
    found = mentions(record)
    for previous, mention, following in zip([None, *found], found, [*found[1:], None], strict=False):
        if mention.path[-1] == "drug" or mention.path[0] in ("dose_changes", "labs", "series"):
            continue
        end = following.start if following and following.at.place == mention.at.place else len(mention.at)
        after = mention.at[mention.start + len(mention.spelling) : min(end, mention.start + len(mention.spelling) + REACH)]
        sentence = re.split("[。]", after)[0]
        begin = previous.start + len(previous.spelling) if previous and previous.at.place == mention.at.place else 0
        before = re.split("[，。；：（、]", mention.at[max(begin, mention.start - BACK) : mention.start])[-1]
        if re.search(r"\d", sentence + before):
            yield Order(mention.drug, mention.spelling, mention.at, told=True, text=sentence, before=before)
