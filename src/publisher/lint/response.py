"""Rules on response: the category against percentages, sizes and words, and against what can be measured at all."""

import re
from collections.abc import Iterator
from decimal import Decimal

from publisher.case import Response
from publisher.lint.body import bones
from publisher.lint.gathered import each_once
from publisher.lint.measures import diameters
from publisher.lint.record import Record
from publisher.lint.staging import baseline
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import NUMBER, Written

RECIST = "RECIST 1.1（Eisenhauer等，2009）"
CATEGORIES = (
    ("CR", re.compile(r"(?<![A-Za-z])CR(?![A-Za-z])|完全缓解")), ("PR", re.compile(r"(?<![A-Za-z])PR(?![A-Za-z])(?!\()|部分缓解")),
    ("PD", re.compile(r"(?<![A-Za-z])PD(?![A-Za-z-])|进展(?!期)")), ("SD", re.compile(r"(?<![A-Za-z])SD(?![A-Za-z])|疾病稳定|病情稳定|病灶稳定|^稳定$")),
)  # fmt: skip
SHRUNK = re.compile(rf"缩小(?:了)?(?:约|达)?\s?({NUMBER})\s?%|↓\s?({NUMBER})\s?%")
GROWN = re.compile(rf"(?:增大|增加)(?:了)?(?:约|达)?\s?({NUMBER})\s?%|↑\s?({NUMBER})\s?%")
NO_PROGRESS = re.compile("无[^，。；]{0,4}进展|未见[^，。；]{0,4}进展|未进展")


def category(text: str | None) -> str | None:
    """Return the category that a text names: CR, PR, SD, PD or None."""
    if not text or NO_PROGRESS.search(text):
        return None
    return next((name for name, pattern in CATEGORIES if pattern.search(text)), None)


def share(pattern: re.Pattern, text: str | None) -> Decimal | None:
    match = pattern.search(text or "")
    return Decimal(match[1] or match[2]) if match else None


def parts(response: Response) -> tuple[Written, ...]:
    return each_once([response.overall, response.target, response.non_target, response.new_lesions, response.criterion])


@rule("STG-020", "case", source=RECIST)
def category_against_percentage(record: Record) -> Iterator[Finding]:
    """The category of response does not follow from the percentage given.

    PR needs a decrease of the sum of diameters by 30 % at least, PD an increase by 20 %; between them lies SD.
    """
    for response in record.case.responses:
        name, text = category(response.overall), f"{response.target or ''}；{response.overall or ''}"
        less, more = share(SHRUNK, text), share(GROWN, text)
        wrong = {
            "PR": (less is not None and less < 30) or more is not None,
            "SD": (less is not None and less >= 30) or (more is not None and more >= 20),
            "PD": less is not None or (more is not None and more < 20),
            "CR": less is not None and less < 100,
        }.get(name or "", False)
        if wrong:
            change = f"缩小{less}%" if less is not None else f"增大{more}%"
            said = f"靶病灶{change}而评为{name}：缩小≥30%为PR，增大≥20%为PD，其间为SD，请核"
            yield Finding(response.overall, said, response.overall, "核对径线总和与疗效等级", parts(response))


MEASURED = ("原发灶", "肺内病灶", "淋巴结", "其他转移", "软组织", "胸膜")
"""Roles of lesions that a diameter of 1 cm makes measurable."""


@rule("STG-021", "case", Severity.REVIEW, source=RECIST)
def nothing_measurable(record: Record) -> Iterator[Finding]:
    """A response by RECIST is given where no lesion on record can be measured.

    Bone lesions without a soft-tissue part are not measurable; PR and SD of a target lesion then have no ground.
    """
    measurable = [lesion for _, lesion in baseline(record) if lesion.role in MEASURED and lesion.size and max(diameters(lesion.size), default=0) >= 10]
    for response in record.case.responses:
        if "RECIST" in (response.criterion or "") and not measurable and response.overall:
            said = f"按RECIST评为“{response.overall}”，所载病灶均不可测量（骨病灶须有可测量的软组织成分），请核"
            yield Finding(response.overall, said, response.overall, "补充靶病灶部位与径线", parts(response))


@rule("STG-022", "case", Severity.REVIEW, source=RECIST)
def target_lesion_treated_locally(record: Record) -> Iterator[Finding]:
    """The target lesion was operated or irradiated before.

    A resected or irradiated lesion is no target unless it has grown since.
    """
    treated = [(bone, operation.name) for treatment in record.case.treatments if (operation := treatment.operation) for bone in bones(operation.name)]
    treated += [(bone, item.site) for treatment in record.case.treatments for item in treatment.radiotherapy for bone in bones(item.site)]
    for response in record.case.responses:
        for bone, where in treated:
            if response.target and "RECIST" in (response.criterion or "") and bone in bones(response.target):
                said = f"靶病灶“{response.target}”此前已行局部治疗（{where[:20]}），能否作靶病灶请核"
                yield Finding(response.target, said, response.target, "核对靶病灶", (where, *parts(response)))
                break
