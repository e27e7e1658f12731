"""The dates of patients as the volume's privacy allows them: the sources of the cases -> the same with their dates rewritten.

Done before anything is composed, so that text, tables, figures, contents and attached files cannot differ. `month` leaves
the month of a day; `days-from-start` counts days from the first full date of the case and months from it where no day is
known. What cannot be counted is left out, never printed as it was.
"""

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from publisher.case import Case
from publisher.catalogue import Catalogue
from publisher.collection import VolumeSource
from publisher.written import Branch, Row, Written, leaves

NOT_LIFE = {"commentary", "background", "principles"}
"""Fields that speak of the disease at large; a bare year there is the year of a study."""
IDENTIFIERS = {"id", "number"}
LEFT_OUT = "（日期略）"
DAY = re.compile(
    r"(?<!\d)(?:(?P<year>(?:19|20)\d{2})(?:[-./](?P<m1>\d{1,2})[-./](?P<d1>\d{1,2})(?!\d)(?:～(?P<e1>\d{1,2})(?![\d.-]|\s?[年月周天个次]))?"
    r"|\s?年\s?(?P<m2>\d{1,2})\s?月\s?(?P<d2>\d{1,2})(?:\s?[日号]?[～、至](?P<e2>\d{1,2}))?\s?[日号])"
    r"|(?:\d{2}年)?(?P<m3>\d{1,2})\s?月\s?(?P<d3>\d{1,2})(?:\s?[日号]?[～、至](?P<e3>\d{1,2}))?\s?[日号])"
)
"""A day of the calendar, or some days of one month; without its year where month and day are in words."""
MONTH = re.compile(r"(?<![\d-])(?P<year>(?:19|20)\d{2})(?:-(?P<m1>0[1-9]|1[0-2])(?![\d-])|\s?年\s?(?P<m2>\d{1,2})\s?月(?!\s?\d))")
YEAR = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})\s?年(?!\s?\d|版|指南|共识|发布|发表|获批)")
BARE_YEAR = re.compile(r"(?P<year>(?:19|20)\d{2})")
SAME_MONTH = re.compile(r"((?:19|20)\d{2}-\d{2})(?:[～至]\1)(?!-)")
"""Two days of one month, once the days are gone."""

Span = tuple[int, int, str]
"""Beginning and end of a date in a text, and what is printed for it."""


def shown(source: VolumeSource, catalogue: Catalogue) -> VolumeSource:
    """Return the volume with the dates of its cases as its privacy allows them; the volume itself where they stay as written."""
    if source.volume.privacy.dates == "as-written":
        return source
    trees, cases = {}, {}
    for slug, tree in source.trees.items():
        trees[slug] = Rewriting(policy(source, slug), tree).tree
        cases[slug] = Case.model_validate(trees[slug], context={"catalogue": catalogue})
    return replace(source, trees=trees, cases=cases)


def policy(source: VolumeSource, slug: str) -> Callable[[str, tuple], list[Span]]:
    """Return what finds the dates of one case in a text that stands at a path."""
    if source.volume.privacy.dates == "month":
        return lambda text, path: list(months(text))
    if source.volume.privacy.dates == "days-from-start":
        return DayCount.of(source.trees[slug]).spans
    return lambda text, path: []


def rewritten(text: str, spans: list[Span]) -> str:
    """Put each replacement in its place."""
    out, end = [], 0
    for start, stop, words in spans:
        out += [text[end:start], words]
        end = stop
    return SAME_MONTH.sub(r"\1", "".join([*out, text[end:]])) if spans else text


def months(text: str) -> Iterator[Span]:
    """Yield every day with the month that is printed for it, in the form of the original."""
    for match in DAY.finditer(text):
        if match["m1"]:
            yield match.start(), match.end(), f"{match['year']}-{int(match['m1']):02d}"
        elif match["year"]:
            yield match.start(), match.end(), f"{match['year']}年{match['m2']}月"
        else:
            yield match.start(), match.end(), f"{match['m3']}月"


@dataclass(frozen=True)
class DayCount:
    """The calendar of one case: the first and the last of its full dates."""

    first: datetime.date | None
    last: datetime.date | None

    @classmethod
    def of(cls, tree: Branch) -> "DayCount":
        """Find the full dates of a case, its commentary and the editor's notes aside."""
        texts = [leaf for path, leaf in leaves(tree) if path[0] not in {*NOT_LIFE, "notes", "waivers"}]
        days = [day for text in texts for match in DAY.finditer(text) if (day := calendar_day(match))]
        return cls(min(days, default=None), max(days, default=None))

    def spans(self, text: str, path: tuple) -> list[Span]:
        found = [(match.start(), match.end(), self.day(match)) for match in DAY.finditer(text)]
        found += [(match.start(), match.end(), self.month(match)) for match in MONTH.finditer(text)]
        if path[0] not in NOT_LIFE:
            whole = BARE_YEAR.fullmatch(text) if path[-1] == "at" else None
            found += [(match.start(), match.end(), self.year(match)) for match in ([whole] if whole else YEAR.finditer(text))]
        kept: list[Span] = []
        for span in sorted(found):
            if not kept or span[0] >= kept[-1][1]:
                kept.append(span)
        return kept

    def day(self, match: re.Match) -> str:
        day = calendar_day(match) or self.in_its_year(match)
        if not (day and self.first):
            return LEFT_OUT
        count = (day - self.first).days
        later = next((date(day.year, day.month, int(match[group])) for group in ("e1", "e2", "e3") if match[group]), None)
        if count < 0:
            return f"第1天前{-count}天"
        return f"第{count + 1}～{(later - self.first).days + 1}天" if later else f"第{count + 1}天"

    def in_its_year(self, match: re.Match) -> datetime.date | None:
        """Return the only day of the case's span that a day without a year can be."""
        if match["year"] or not (self.first and self.last):
            return None
        days = [date(year, int(match["m3"]), int(match["d3"])) for year in range(self.first.year, self.last.year + 1)]
        inside = [day for day in days if day and self.first <= day <= self.last]
        return inside[0] if len(inside) == 1 else None

    def month(self, match: re.Match) -> str:
        if not self.first:
            return LEFT_OUT
        apart = (int(match["year"]) - self.first.year) * 12 + int(match["m1"] or match["m2"]) - self.first.month
        return "第1天当月" if not apart else f"第1天{'后' if apart > 0 else '前'}约{abs(apart)}个月"

    def year(self, match: re.Match) -> str:
        if not self.first:
            return LEFT_OUT
        apart = int(match["year"]) - self.first.year
        return "第1天当年" if not apart else f"第1天{'后' if apart > 0 else '前'}约{abs(apart)}年"


def calendar_day(match: re.Match) -> datetime.date | None:
    return date(int(match["year"]), int(match["m1"] or match["m2"]), int(match["d1"] or match["d2"])) if match["year"] else None


def date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


class Rewriting:
    """The tree of one case with its dates rewritten; the quotes of its notes follow the words they quote."""

    def __init__(self, dates: Callable[[str, tuple], list[Span]], tree: Branch):
        self.dates = dates
        self.texts = [(leaf, self.spans(path, leaf)) for path, leaf in leaves(tree) if path[0] not in ("notes", "waivers")]
        self.tree = self.node(tree, ())

    def spans(self, path: tuple, leaf: Written) -> list[Span]:
        return [] if path[-1] in IDENTIFIERS else self.dates(leaf, path)

    def node(self, node: Any, path: tuple) -> Any:
        if isinstance(node, Branch):
            branch = Branch(node.place)
            branch.key_places = dict(node.key_places)
            branch.update({key: self.node(value, (*path, key)) for key, value in node.items() if key != "waivers"})
            return branch
        if isinstance(node, Row):
            row = Row(node.place)
            row.extend(self.node(value, (*path, index)) for index, value in enumerate(node))
            return row
        if path[:1] == ("notes",) and path[-1] == "quote":
            return Written(self.quote(node), node.place)
        return Written(rewritten(node, self.spans(path, node)), node.place)

    def quote(self, quote: str) -> str:
        """Return the words of a quote as they are printed; a quote that cuts through a date takes in the whole of it."""
        for text, spans in self.texts:
            at = text.find(quote)
            if at >= 0:
                start, end = at, at + len(quote)
                inside = [span for span in spans if span[0] < end and span[1] > start]
                start, end = min([start, *(span[0] for span in inside)]), max([end, *(span[1] for span in inside)])
                return rewritten(text[start:end], [(first - start, last - start, words) for first, last, words in inside])
        return quote
