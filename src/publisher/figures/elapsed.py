"""Relative times: `治疗第4周`, `入院前3天`, `随访10个月` -> so many days from what they are counted from.

Only what the words say is read. A time counted from something not named (`5个月后`), in cycles of treatment, or in words (`术后`) has
no place: None.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

DAYS = {
    "小时": Decimal(1) / 24, "h": Decimal(1) / 24, "天": Decimal(1), "日": Decimal(1), "周": Decimal(7), "个月": Decimal("30.4375"),
    "月": Decimal("30.4375"), "年": Decimal("365.25"),
}  # fmt: skip
"""A unit in days; a month is the twelfth part of a year."""
ANCHORS = {"入院": "入院", "就诊": "入院", "来诊": "入院", "初诊": "入院", "住院": "入院", "治疗": "治疗", "随访": "随访", "术后": "手术", "手术": "手术"}
"""What times are counted from, by the words for it. The visit that a case reports is its admission."""
START = re.compile(r"(?:(入院|就诊|来诊|初诊|手术)(?:时|当天|当日)|(?:首次|初次)(就诊|入院|治疗)|首次(?:给药|用药)(?:当日|当天|时))")
FIGURE = r"(?P<figure>\d+(?:\.\d+)?|[一二两三四五六七八九十]+|半)\s*(?P<unit>小时|h|天|日|周|个月|月|年)(?P<more>余)?"
WORDS = "|".join(ANCHORS)
BEFORE = re.compile(rf"(?P<anchor>入院|就诊|来诊|治疗|手术)?{FIGURE}前")
BEFORE_ANCHOR = re.compile(rf"(?P<anchor>入院|就诊|来诊|治疗|手术)前{FIGURE}")
LATELY = re.compile(rf"近{FIGURE}")
ORDINAL = re.compile(rf"(?P<anchor>{WORDS})第{FIGURE}(?:起|末|时|\d{{1,2}}:\d{{2}})?")
AFTER = re.compile(rf"(?P<anchor>{WORDS})(?:满)?{FIGURE}(?:后|时)?")
REMARK = re.compile(r"(.*?)（([^（）]*)）")
NUMERALS = {numeral: value for value, numeral in enumerate("一二三四五六七八九", 1)} | {"两": 2}


@dataclass(frozen=True)
class Elapsed:
    """A time as so many days after its anchor; before it where negative."""

    anchor: str
    days: Decimal
    unit: str
    """The unit it is told in."""
    loose: bool = False
    """It is more than that: 3月余."""


def elapsed(text: str) -> Elapsed | None:
    """Read a relative time. A remark in brackets does not count, unless only it can be read: 随访（治疗6个月）."""
    remark = REMARK.fullmatch(text)
    if remark:
        return bare(remark[1]) or bare(remark[2])
    return bare(text)


def bare(text: str) -> Elapsed | None:
    text = text.strip()
    if start := START.fullmatch(text):
        return Elapsed(ANCHORS[start[1] or start[2] or "治疗"], Decimal(0), "天")
    for pattern, sign in ((BEFORE_ANCHOR, -1), (BEFORE, -1), (LATELY, -1), (ORDINAL, 1), (AFTER, 1)):
        if match := pattern.fullmatch(text):
            found = match.groupdict()
            figure = quantity(found["figure"])
            days = None if figure is None else sign * figure * DAYS[found["unit"]]
            return None if days is None else Elapsed(ANCHORS[found.get("anchor") or "入院"], days, found["unit"], bool(found["more"]))
    return None


def quantity(figure: str) -> Decimal | None:
    """Return a figure or a Chinese numeral up to 99 as a number; None for what is neither."""
    if figure[0].isdigit():
        return Decimal(figure)
    if figure == "半":
        return Decimal("0.5")
    match = re.fullmatch(r"([一二两三四五六七八九]?)(十?)([一二三四五六七八九]?)", figure)
    if not match or (match[1] and match[3] and not match[2]):
        return None
    tens = (NUMERALS.get(match[1], 1) * 10) if match[2] else 0
    ones = NUMERALS.get(match[3], 0) if match[2] else NUMERALS.get(match[1] or match[3], 0)
    return Decimal(tens + ones)
