"""A volume as its editors wrote it: titles, parts, order of cases, guideline chapter, dosing tables."""

import re
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from publisher.case import CaseNumber, Dose, Note, Waiver
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


class Millimetres(Word):
    """A length in millimetres: 0.108."""

    def examine(self, info: ValidationInfo) -> None:
        if not re.fullmatch(r"\d{1,3}(?:\.\d{1,4})?", self) or not self.length:
            raise PydanticCustomError("bad_length", "此处应为以毫米计的长度")

    @property
    def length(self) -> Decimal:
        return Decimal(self)


class Isbn(Word):
    """A book number with its hyphens: 978-7-117-00000-X; its last digit must agree with the others (GB/T 5795)."""

    def examine(self, info: ValidationInfo) -> None:
        if not re.fullmatch(r"97[89](?:-?\d)+", self) or len(self.digits) != 13:
            raise PydanticCustomError("bad_isbn", "不是书号")
        if self.digits[-1] != (right := check_digit(self.digits[:12])):
            raise PydanticCustomError("bad_isbn_digit", "书号的校验码不对", {"right": right})

    @property
    def digits(self) -> str:
        return self.replace("-", "")


def check_digit(digits: str) -> str:
    """Return the digit that completes twelve digits to an EAN-13: weights 1 and 3 by turns, sum a multiple of ten."""
    return str(-sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits)) % 10)


class Press(Model):
    """How the volume is printed; each choice names a printing condition or a standard of `publisher.inks`."""

    paper: Literal["coated", "uncoated"] = "uncoated"
    """Of the inside."""
    cover: Literal["coated", "uncoated"] = "coated"
    standard: Literal["X-4", "X-1a"] = "X-4"
    spot: bool = False
    """Print the second ink from a plate of its own, not mixed of the process inks."""


class Stock(Model):
    """The paper of the inside, by which the spine is measured."""

    paper: Word
    """As it is ordered: 80 g/m²双胶纸."""
    caliper_mm: Millimetres
    """Thickness of one leaf, by the mill's sheet or measured on a dummy."""
    glue_mm: Millimetres | None = None
    """What glue and lining add to the spine."""

    def spine_mm(self, pages: int) -> Decimal:
        """Return the width of the spine of a block of pages, to a tenth of a millimetre."""
        block = self.caliper_mm.length * -(-pages // 2) + (self.glue_mm.length if self.glue_mm else 0)
        return block.quantize(Decimal("0.1"))


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


class Privacy(Model):
    """What of a patient may be printed; the same in every text, table, figure and attached file."""

    names: Literal["omit", "as-written"] = "omit"
    """`as-written` only where the patients have agreed in writing."""
    dates: Literal["as-written", "month", "days-from-start"] = "as-written"
    """`month` prints 2021-06; `days-from-start` prints 第12天, counted from the first date of the case."""


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
    isbn: Isbn | None = None
    """The book number, once it has been assigned; the cover then bears its bars."""
    cover_lines: list[Word] = []
    """The title as it is broken on the cover; one line where it is left out."""
    press: Press = Press()
    stock: Stock | None = None
    """Without it no cover can be made."""
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
    privacy: Privacy = Privacy()
    changes_since: Word | None = None
    """A revision of the sources; what has changed since is printed as a chapter."""
    waivers: list[Waiver] = []
    booklets: list[Booklet] = []
    signature: SignaturePages | None = None
    """Pages of a signature of the whole volume as a booklet."""

    @model_validator(mode="after")
    def check_cover_lines(self) -> Self:
        if self.cover_lines and "".join(self.cover_lines) != self.title:
            raise PydanticCustomError("other_title", "封面各行连起来不是书名", {"place": self.cover_lines[0].place, "title": str(self.title)})
        return self

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
    notes: list[Note] = []
    waivers: list[Waiver] = []


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
    notes: list[Note] = []
    waivers: list[Waiver] = []


def part_number(label: str) -> str:
    """Return the numeral of a part label: 第一部分 gives 一."""
    match: Any = re.search(r"第(.+?)部分", label)
    return match[1] if match else label
