"""CON, the volume: contents, headings, numbers of cases and references to cases agree with the cases that are there."""

import re
from collections.abc import Iterator
from itertools import pairwise

from publisher.catalogue import Catalogue, folded
from publisher.collection import VolumeSource
from publisher.lint import patterns, reading
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written, leaves

NUMERAL = r"(\d+|[一二三四五六七八九十]+)"


def numbers(source: VolumeSource) -> dict[int, Written]:
    """Numbers of all cases, present or announced, with the scalar that gives each."""
    return {int(item.number): item.number for item in (*source.cases.values(), *source.volume.announced)}


@rule("CON-120", "volume")
def number_twice(source: VolumeSource, catalogue: Catalogue) -> Iterator[Finding]:
    """Two cases of a volume, or a case and an announced one, bear the same number or title."""
    for field in ("number", "title"):
        known: dict[str, Written] = {}
        for item in (*source.cases.values(), *source.volume.announced):
            value = getattr(item, field)
            if value in known:
                yield Finding(value, f"两例的{'编号' if field == 'number' else '题目'}相同：{value}", value, "核对目录与正文", (known[value],))
            known[value] = value


@rule("CON-121", "volume")
def number_missing(source: VolumeSource, catalogue: Catalogue) -> Iterator[Finding]:
    """A number between the first case and the last belongs to no case, present or announced."""
    known = numbers(source)
    for number in range(1, max(known, default=0) + 1):
        if number not in known:
            before = max((other for other in known if other < number), default=min(known))
            yield Finding(known[before], f"例{number}既无正文，亦未列入题录", f"例{number}", "补入题录，或核对编号", ())


@rule("CON-122", "volume")
def order_of_numbers(source: VolumeSource, catalogue: Catalogue) -> Iterator[Finding]:
    """The cases of a part, or the announced ones, do not stand in the order of their numbers."""
    parts = [[source.cases[slug].number for slug in part.cases if slug in source.cases] for part in source.volume.parts]
    for row in (*parts, [item.number for item in source.volume.announced]):
        for one, two in pairwise(row):
            if int(two) < int(one):
                yield Finding(two, f"例{two}列于例{one}之后", two, "按编号排列", (one,))


COUNTED = (
    (re.compile(rf"(?:精选|收录|目录列(?!有下列)|称)[^，。；]{{0,12}}?{NUMERAL}(?:个|例)"), "all"),
    (re.compile(rf"(?:正文仅有[^，。；]*共|实有|存正文|病例){NUMERAL}例"), "present"),
    (re.compile(rf"(?:其余|列有下列|题录){NUMERAL}例"), "announced"),
)


@rule("CON-123", "volume")
def number_of_cases(source: VolumeSource, catalogue: Catalogue) -> Iterator[Finding]:
    """The number of cases told in front matter or closing is not the number there is."""
    present, announced = len(source.cases), len(source.volume.announced)
    there = {"all": present + announced, "present": present, "announced": announced}
    texts = (source.volume.subject, *source.volume.sources, *source.volume.announced_text, *source.volume.closing)
    for leaf in texts:
        for pattern, kind in COUNTED:
            for told in pattern.findall(leaf):
                if int(reading.quantity(told)) != there[kind]:
                    yield Finding(leaf, f"此处作{told}例，实有{there[kind]}例", leaf, "核对例数", ())
    for part in source.volume.parts:
        of_part = sum(item.part == part.label for item in source.volume.announced) + len(part.cases)
        for told in patterns.findall(rf"所列{NUMERAL}例", " ".join(part.text)):
            if int(reading.quantity(told)) != of_part:
                yield Finding(part.text[0], f"{part.label}称{told}例，目录列{of_part}例", part.text[0], "核对例数", (part.title,))


@rule("CON-129", "volume", Severity.REVIEW)
def title_of_contents(source: VolumeSource, catalogue: Catalogue) -> Iterator[Finding]:
    """The front matter records that the manuscript's contents and heading give a case two titles."""
    for leaf in source.volume.sources:
        told = patterns.search(r"题作“([^”]+)”，正文题作“([^”]+)”", leaf)
        for case in source.cases.values() if told else ():
            if folded(told[2]) == folded(case.title) and folded(told[1]) != folded(case.title):
                yield Finding(case.title, f"目录题作“{told[1]}”，正文题作“{case.title}”", case.title, "请定题", (leaf,))


@rule("CON-124", "volume")
def part_of_announced(source: VolumeSource, catalogue: Catalogue) -> Iterator[Finding]:
    """An announced case belongs to a part that the volume does not have."""
    labels = {part.label for part in source.volume.parts}
    for item in source.volume.announced:
        if item.part not in labels:
            yield Finding(item.part, f"例{item.number}归入{item.part}，本卷无此部分", item.part, "核对所属部分", (item.title,))


@rule("CON-125", "volume")
def case_referred_to(source: VolumeSource, catalogue: Catalogue) -> Iterator[Finding]:
    """The text refers to a case whose number the volume does not have."""
    known = set(numbers(source))
    for leaf in everything(source):
        for number in referred(leaf) if "例" in leaf else ():
            if number not in known:
                yield Finding(leaf, f"提到例{number}，本卷无此例", f"例{number}", "核对例号", ())


def everything(source: VolumeSource) -> Iterator[Written]:
    """Yield every scalar of the volume: its cases and its other files."""
    for tree in (*source.trees.values(), *source.other_trees):
        yield from (leaf for _, leaf in leaves(tree))


def referred(text: str) -> list[int]:
    """Case numbers that a text refers to: 例1、例3, 例1至例8, 例2、5、6."""
    text = patterns.sub(r"（n=\d+）|\d+例", "", text)
    return [
        int(number)
        for told in patterns.findall(r"(?<![\d病一二两三四五六七八九十本各全单首该])例(\d+(?:、\d+(?![\d.]*\s?[a-zA-Z%个天周月年分]))*)", text)
        for number in told.split("、")
    ]


@rule("CON-127", "volume", Severity.REVIEW)
def counted_cases(source: VolumeSource, catalogue: Catalogue) -> Iterator[Finding]:
    """A number of cases stands before a bracket that lists more or fewer."""
    for leaf in everything(source):
        for told, listed in patterns.findall(rf"{NUMERAL}例[^（，。；]{{0,10}}（例([\d、]+)）", leaf):
            if int(reading.quantity(told)) != len(listed.split("、")):
                yield Finding(leaf, f"称{told}例，括号内列{len(listed.split('、'))}例", f"例{listed}", "核对例数", ())
