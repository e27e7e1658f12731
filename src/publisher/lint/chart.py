"""A chart: what the rules ask of a case again and again, abstracted from its record once.

Rules call `chart(record)`; charts lately made are kept, for all rules look at one case before the next.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from publisher.case import Case, Dose, Lesion, Study, Treatment
from publisher.catalogue import Catalogue, Drug
from publisher.lint import patterns, reading, skeleton
from publisher.lint.record import Record
from publisher.written import Written

SYSTEMIC = ("化疗", "靶向治疗", "免疫治疗", "内分泌治疗", "CDK4/6抑制剂治疗", "抗体药物偶联物治疗", "全身治疗")
"""Kinds of treatment that act on the tumour everywhere."""
FRACTURE = re.compile("骨折|压缩|断裂")


class Drugs:
    """Finds the drugs of the catalogue in a text, the longest spelling first."""

    def __init__(self, catalogue: Catalogue):
        self.entries = {spelling: drug for drug in catalogue.drugs for spelling in drug.spellings}
        latin = [spelling for spelling in self.entries if spelling[0].isascii()]
        self.latin = re.compile(rf"(?<![A-Za-z])(?:{alternatives(latin)})(?![A-Za-z])")
        self.han = re.compile(alternatives(set(self.entries) - set(latin)))
        self.answers: dict[str, tuple[tuple[Drug, int, int], ...]] = {}

    def named(self, text: str) -> tuple[tuple[Drug, int, int], ...]:
        """Return drug, start and end of every name in a text."""
        if text not in self.answers:
            found = [(match.start(), -match.end(), match[0]) for pattern in (self.han, self.latin) for match in pattern.finditer(text)]
            kept: list[tuple[Drug, int, int]] = []
            for start, end, word in sorted(found):
                if not kept or start >= kept[-1][2]:
                    kept.append((self.entries[word], start, -end))
            self.answers[text] = tuple(kept)
        return self.answers[text]


def alternatives(words) -> str:
    """A pattern for any of some words, the longest first, grouped by their first character so that it is quick."""
    groups: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        groups.setdefault(word[0], []).append(re.escape(word[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in groups.items())


class Cycle(NamedTuple):
    """A numbered cycle or dose of the timeline: 第3周期 on its day."""

    number: int
    unit: str
    """周期 or 次."""
    day: date
    event: Written


class Chart:
    def __init__(self, record: Record):
        self.record = record
        self.case: Case = record.case
        self.drugs = drugs(record.catalogue)

    # Words.

    @cached_property
    def scalars(self) -> tuple[tuple[tuple, Written], ...]:
        return tuple(self.record.texts())

    @cached_property
    def story(self) -> tuple[tuple[tuple, Written], ...]:
        """Every scalar but those of studies that the commentary cites."""
        return tuple((path, leaf) for path, leaf in self.scalars if "evidence" not in path)

    @cached_property
    def commentary(self) -> tuple[Written, ...]:
        return tuple(leaf for path, leaf in self.story if path[0] == "commentary" and path[-1] != "heading")

    @cached_property
    def narrative(self) -> tuple[Written, ...]:
        """What is told of the course: visit, course, timeline, results, outcome and follow-up."""
        fields = ("visit", "course", "timeline", "results", "outcome", "follow_up", "dose_changes", "adverse_events", "responses")
        return tuple(leaf for path, leaf in self.story if path[0] in fields)

    @cached_property
    def history(self) -> tuple[Written, ...]:
        return (*self.case.history.present, *self.case.history.past)

    @cached_property
    def fields(self) -> dict[str, list[Written]]:
        """The story by the field of the case it stands in."""
        found: dict[str, list[Written]] = {}
        for path, leaf in self.story:
            found.setdefault(path[0], []).append(leaf)
        return found

    def told(self, *fields: str) -> Iterator[Written]:
        """Scalars of some fields, in the order of the fields named."""
        return (leaf for field in fields for leaf in self.fields.get(field, ()))

    def mentions(self, pattern: re.Pattern, *fields: str) -> list[Written]:
        """Scalars of the story, or of some fields, in which a pattern occurs."""
        return [leaf for leaf in self.told(*(fields or self.fields)) if pattern.search(leaf)]

    # Drugs.

    @cached_property
    def orders(self) -> list[tuple[Treatment, Dose]]:
        """Drugs of the treatments, with the block they stand in."""
        return [(treatment, dose) for treatment in self.case.treatments for dose in treatment.doses]

    @cached_property
    def prior_orders(self) -> list[Dose]:
        prior = self.case.history.prior_cancer
        return [dose for treatment in (prior.treatments if prior else []) for dose in treatment.doses]

    @cached_property
    def in_regimens(self) -> frozenset[str]:
        """Ids of the drugs of the regimens named, of earlier treatments too."""
        prior = self.case.history.prior_cancer
        blocks = (*self.case.treatments, *(prior.treatments if prior else []))
        return frozenset(slug for block in blocks if block.regimen for slug in block.regimen.entry.components)

    @cached_property
    def given(self) -> frozenset[str]:
        """Ids of the drugs that the treatments, the operation or the history name."""
        ids = {dose.drug.entry.id for _, dose in self.orders} | {dose.drug.entry.id for dose in self.prior_orders} | self.in_regimens
        fields = ("treatments", "history", "principles", "scores", "visit")
        return frozenset(ids | {drug.id for leaf in self.told(*fields) for drug, _, _ in self.drugs.named(leaf)})

    @cached_property
    def done(self) -> list[Treatment]:
        return [treatment for treatment in self.case.treatments if treatment.status == "已实施"]

    # Bones.

    @cached_property
    def lesions(self) -> list[tuple[Study, Lesion]]:
        return [(study, lesion) for study in self.case.studies for lesion in study.lesions]

    @cached_property
    def bone_lesions(self) -> list[tuple[Study, Lesion]]:
        return [(study, lesion) for study, lesion in self.lesions if lesion.role == "骨转移"]

    @cached_property
    def imaged_text(self) -> str:
        return "；".join(leaf for path, leaf in self.scalars if path[0] == "studies" and path[-1] not in ("at", "origin", "tracer", "role", "size"))

    @cached_property
    def imaged_levels(self) -> frozenset[str]:
        return frozenset(level for leaf in self.told("studies") for level in skeleton.levels(leaf))

    # Time.

    @cached_property
    def dated(self) -> list[tuple[date, date, Written, Written]]:
        """Rows of the timeline with a full date: first day, last day, moment, event."""
        found = []
        for row in self.case.timeline:
            days = full_days(row.at)
            if days:
                found.append((days[0], days[-1], row.at, row.event))
        return found

    @cached_property
    def begun(self) -> Written | None:
        """The moment of the first systemic treatment: of a row of the timeline with its day, or of a treatment."""
        systemic = re.compile("周期|化疗|靶向|地舒单抗|治疗")
        rows = [at for _, _, at, event in self.dated if systemic.search(event) and "手术" not in event and "放疗" not in event]
        given = [treatment.at for treatment in self.done if treatment.kind in SYSTEMIC and treatment.at and reading.dates(treatment.at)]
        return next(iter((*rows, *given)), None)

    @cached_property
    def cycles(self) -> list[Cycle]:
        found = []
        for first, _, _, event in self.dated:
            match = patterns.search(r"第(\d+)(周期|次|程)", event)
            if match:
                found.append(Cycle(int(match[1]), match[2], first, event))
        return found

    @cached_property
    def cycle_days(self) -> set[int]:
        """Lengths of a cycle in days as ordered: 每21天为1周期 gives 21."""
        orders = " ".join(f"{dose.cycle or ''} {dose.frequency or ''} {dose.days or ''}" for treatment, dose in self.orders if treatment.kind in SYSTEMIC)
        return {int(days) for days in patterns.findall(r"(?:每|q)(\d+)(?:天|d)", orders)}

    @cached_property
    def gaps(self) -> list[tuple[Cycle, Cycle, int]]:
        """Neighbouring cycles with the days between them."""
        return [(one, two, (two.day - one.day).days) for one, two in pairwise(self.cycles)]


def full_days(text: str) -> list[date]:
    """The calendar dates of a text that are known to the day."""
    return [date(year, month, day) for year, month, day in reading.dates(text) if day]


@lru_cache(maxsize=8)
def chart(record: Record) -> Chart:
    """Return the chart of a record."""
    return Chart(record)


@lru_cache(maxsize=2)
def drugs(catalogue: Catalogue) -> Drugs:
    """Return the finder of a catalogue's drugs."""
    return Drugs(catalogue)
