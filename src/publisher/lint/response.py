"""Rules on response: the category against percentages, sizes and words, and against what can be measured at all."""

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from publisher.case import Response
from publisher.lint.gathered import each_once, prose
from publisher.lint.record import Record
from publisher.lint.body import bones
from publisher.lint.staging import baseline
from publisher.lint.units import diameters
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


@rule("STG-021", "case", Severity.REVIEW, source=RECIST)
def nothing_measurable(record: Record) -> Iterator[Finding]:
    """A response by RECIST is given where no lesion on record can be measured.

    Bone lesions without a soft-tissue part are not measurable; PR and SD of a target lesion then have no ground.
    """
    measurable = [
        lesion for _, lesion in baseline(record)
        if lesion.role != "骨转移" and lesion.size and max(diameters(lesion.size), default=0) >= 10 and lesion.role in ("原发灶", "肺内病灶", "淋巴结", "其他转移", "软组织", "胸膜")
    ]  # fmt: skip
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


@rule("STG-023", "case", Severity.REVIEW, source=RECIST)
def stable_while_gone(record: Record) -> Iterator[Finding]:
    """The response is called stable while its lesions are said to have gone, or called progression while they shrank.

    Word and category tell the reader two stories.
    """
    for response in record.case.responses:
        name, lesions = category(response.overall), f"{response.target or ''}；{response.non_target or ''}"
        gone = re.search("基本消失|完全消失|消失|显著缩小", lesions)
        shrunk = re.search("缩小|减少", lesions) and not re.search("增大|新", lesions)
        if (name == "SD" and gone) or (name == "PD" and (gone or shrunk)):
            said = f"疗效作“{response.overall}”，病灶作“{(gone or re.search('缩小|减少', lesions))[0]}”，疗效等级请核"
            yield Finding(response.overall, said, response.overall, "按所用标准评定", parts(response))


@rule("STG-024", "case")
def size_against_word(record: Record) -> Iterator[Finding]:
    """A lesion is said to be smaller and is larger than before, or the contrary.

    A decimal point, a unit or the order of examinations has slipped.
    """
    series: dict[str, list] = defaultdict(list)
    for study in record.case.studies:
        for lesion in study.lesions:
            if lesion.size and (sizes := diameters(lesion.size)):
                series[lesion.site].append((max(sizes), lesion))
    for line in series.values():
        for (before, first), (after, second) in zip(line, line[1:], strict=False):
            word = second.finding or ""
            less, more = re.search("(?<!未)(?<!无明显)缩小", word), re.search("(?<!未)(?<!无明显)增大", word)
            if (less and not more and after > before) or (more and not less and after < before):
                said = f"称“{(less or more)[0]}”，大小由{first.size}至{second.size}，二者不符，请核"
                yield Finding(second.size, said, second.size, "核对大小与检查次序", each_once([second.finding, first.size]))


@rule("STG-025", "case")
def two_categories_at_one_time(record: Record) -> Iterator[Finding]:
    """The time line gives another category of response than the evaluation of the same day."""
    told = [(event.at, event.result) for event in record.case.timeline if event.result]
    for response in record.case.responses:
        for at, result in told:
            one, other = category(response.overall), category(result)
            if response.at and at == response.at and one and other and one != other:
                yield Finding(result, f"{at}疗效此处作{other}，评价栏作{one}，请核", result, "核对疗效等级", parts(response))


@rule("STG-026", "case", Severity.REVIEW, source=RECIST)
def category_against_later_words(record: Record) -> Iterator[Finding]:
    """Commentary or outcome gives this patient another best response than any evaluation."""
    known = {category(response.overall) for response in record.case.responses} - {None}
    for leaf in prose(record, "outcome", "follow_up", "results"):
        match = re.search(r"(?<![A-Za-z])(CR|PR|SD|PD)(?![A-Za-z])", leaf)
        if known and match and match[1] not in known:
            yield Finding(leaf, f"此处作{match[1]}，评价栏作{'、'.join(sorted(known))}，请核", match[1], "核对疗效等级", tuple(leaf for item in record.case.responses for leaf in parts(item)))
