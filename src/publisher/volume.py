"""A volume as its editors wrote it: titles, parts, order of cases, guideline chapter, dosing tables."""

import re
from datetime import date
from typing import Any

from pydantic import Field, ValidationInfo
from pydantic_core import PydanticCustomError

from publisher.case import CaseNumber, Dose
from publisher.limits import MAX_SIGNATURE
from publisher.model import Model
from publisher.written import Prose, Slug, Word

WHOLE_BOOKLET = "volume"
"""The name of the booklet that is the whole volume."""


class IsoDate(Word):
    """A full date as YYYY-MM-DD."""

    def examine(self, info: ValidationInfo) -> None:
        try:
            date.fromisoformat(self)
        except ValueError as error:
            raise PydanticCustomError("bad_date", "没有这个日期") from error


class SignaturePages(Word):
    """How many pages a signature may have: whole sheets of four, as many as a stapler and a fold can bear."""

    def examine(self, info: ValidationInfo) -> None:
        if not (self.isascii() and self.isdigit() and int(self) % 4 == 0 and 4 <= int(self) <= MAX_SIGNATURE):
            raise PydanticCustomError("bad_signature", "不是一帖的页数", {"most": MAX_SIGNATURE})


class Booklet(Model):
    """Some cases of the volume as a booklet of their own, to be printed on A4, folded and stapled."""

    id: Slug
    title: Word
    occasion: Word | None = None
    """What it is printed for: a conference, a course."""
    cases: list[Slug] = Field(min_length=1)
    appendix: bool = False
    """True: with the doses of its cases from the volume's appendix."""
    signature: SignaturePages | None = None
    """Pages of a signature; where absent, one signature for a booklet that can be stapled, several of MAX_SIGNATURE / 2 for another."""


class Part(Model):
    label: Word
    """第一部分."""
    title: Word
    text: list[Prose] = []
    cases: list[Slug] = []


class Announced(Model):
    """A case that the manuscript's contents name and whose text it does not hold."""

    number: CaseNumber
    title: Word
    part: Word
    """The label of its part."""


class Volume(Model):
    id: Slug
    title: Word
    short_title: Word
    """For running heads."""
    subtitles: list[Word] = []
    english_titles: list[Word] = []
    edition: Word
    date: IsoDate
    """Date of this edition; also the date inside the PDF."""
    compiler: Word
    """Who compiled the collection, as its manuscript says or 未载."""
    subject: Prose
    keywords: list[Word] = Field(min_length=1)
    sources: list[Prose] = []
    """What the volume is made from and how it was treated (colophon)."""
    disclaimer: list[Prose] = []
    rights: list[Prose] = []
    conventions: list[Prose] = []
    """凡例, one numbered paragraph each."""
    parts: list[Part] = Field(min_length=1)
    announced: list[Announced] = []
    announced_text: list[Prose] = []
    closing: list[Prose] = []
    booklets: list[Booklet] = []
    signature: SignaturePages | None = None
    """Pages of a signature of the whole volume as a booklet."""

    @property
    def day(self) -> date:
        return date.fromisoformat(self.date)

    @property
    def case_ids(self) -> list[Slug]:
        return [case for part in self.parts for case in part.cases]


class Statement(Model):
    """One recommendation of the guideline chapter."""

    topic: Word | None = None
    text: Prose
    cases: list[Slug] = []
    """The cases whose commentary says so."""
    caveat: Prose | None = None
    """The qualification without which it must not be read."""


class Topic(Model):
    heading: Word
    text: list[Prose] = []
    statements: list[Statement] = []
    topics: list["Topic"] = []


class Guideline(Model):
    title: Word
    text: list[Prose] = []
    topics: list[Topic] = Field(min_length=1)


class DosingTable(Model):
    title: Word
    rows: list[Dose] = Field(min_length=1)


class Dosing(Model):
    """The dosing appendix: the manuscript's own tables, or none where it is compiled from the cases' regimens."""

    title: Word
    text: list[Prose] = []
    tables: list[DosingTable] = []
    compiled: bool = False
    """True: one table a drug group, from the doses of the volume's cases."""


def part_number(label: str) -> str:
    """Return the numeral of a part label: 第一部分 gives 一."""
    match: Any = re.search(r"第(.+?)部分", label)
    return match[1] if match else label
