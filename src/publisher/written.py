"""Scalars and trees exactly as the author wrote them, each knowing its place in the source.

Every leaf of a source file is a `Written`: a string that is never reinterpreted (`66.70`, `8:30`, `NO`, `0123`
stay what they are). The subclasses add what can be said about the text without changing it; numbers are `Decimal`.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from pydantic import ValidationInfo
from pydantic_core import PydanticCustomError, core_schema

from publisher.problems import Place

NUMBER = r"\d+(?:\.\d+)?"


class Written(str):
    """A scalar of a source file with the place it was read from."""

    __slots__ = ("place",)  # a volume of a thousand cases holds millions
    place: Place

    def __new__(cls, text: str, place: Place | None = None) -> Self:
        made = super().__new__(cls, text)
        made.place = place or getattr(text, "place", None) or Place("")
        return made

    def __reduce__(self) -> tuple:
        return type(self), (str.__str__(self), self.place), getattr(self, "__dict__", None) or None

    @classmethod
    def read(cls, value: Any, info: ValidationInfo) -> Self:
        """Take a scalar as this type. Raises a pydantic error for a list, a mapping or an empty text."""
        if not isinstance(value, str):
            raise PydanticCustomError("not_text", "此处应为一段文字")
        if not value.strip():
            raise PydanticCustomError("empty_text", "此处为空")
        made = cls(value)
        made.examine(info)
        return made

    def examine(self, info: ValidationInfo) -> None:
        """Refuse what this type does not allow, by raising a pydantic error."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(cls.read, serialization=core_schema.to_string_ser_schema())


class Word(Written):
    """A short term or label."""


class Prose(Written):
    """A paragraph or sentence for the reader."""


class Slug(Written):
    """A permanent identifier: lower-case ASCII letters, digits and hyphens."""

    def examine(self, info: ValidationInfo) -> None:
        if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", self):
            raise PydanticCustomError("bad_slug", "标识只能用小写英文字母、数字与连字符")


class Reading(Written):
    """A measured value as reported: a figure, a range, a bound, or a word such as 正常."""

    FORM = re.compile(rf"(?P<bound>[<>≤≥＜＞≈约]?)\s*(?P<low>{NUMBER})(?:\s*～\s*(?P<high>{NUMBER}))?")

    @property
    def bound(self) -> str:
        """The comparison sign before the figure, or an empty string."""
        match = self.FORM.fullmatch(self)
        return match["bound"] if match else ""

    @property
    def low(self) -> Decimal | None:
        """The figure, or the lower end of a range; None for a word."""
        match = self.FORM.fullmatch(self)
        return Decimal(match["low"]) if match else None

    @property
    def high(self) -> Decimal | None:
        """The figure, or the upper end of a range; None for a word."""
        match = self.FORM.fullmatch(self)
        return Decimal(match["high"] or match["low"]) if match else None


class Figure(Reading):
    """A reading that must hold a digit, with or without its unit: `64岁`, `120 mg`, `AUC=5`, `149～162`."""

    def examine(self, info: ValidationInfo) -> None:
        if not re.search(r"\d", self):
            raise PydanticCustomError("no_figure", "此处应有数值")


@dataclass(frozen=True)
class CalendarDate:
    """A date as far as it is known: month and day may be None."""

    year: int
    month: int | None = None
    day: int | None = None


class Moment(Written):
    """A time as written: a date (`2021-06-15`, `2021-06`), a span of dates, or relative (`治疗第4周`, `5个月后`)."""

    DATE = re.compile(r"(?<!\d)(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?![\d年-])")

    @property
    def dates(self) -> tuple[CalendarDate, ...]:
        """The calendar dates in the text, in order; empty for a relative time."""
        return tuple(CalendarDate(int(year), int(month) if month else None, int(day) if day else None) for year, month, day in self.DATE.findall(self))

    def examine(self, info: ValidationInfo) -> None:
        for date in self.dates:
            try:
                datetime.date(date.year, 1 if date.month is None else date.month, 1 if date.day is None else date.day)
            except ValueError as error:
                raise PydanticCustomError("bad_date", "没有这个日期") from error


class Branch(dict[str, Any]):
    """A mapping with its place and the place of each key."""

    __slots__ = ("digest", "key_places", "place")

    def __init__(self, place: Place):
        super().__init__()
        self.place = place
        self.key_places: dict[str, Place] = {}
        self.digest = ""
        """Of the root of a file: the digest of the text it was read from."""


class Row(list[Any]):
    """A sequence with its place."""

    __slots__ = ("place",)

    def __init__(self, place: Place):
        super().__init__()
        self.place = place


def leaves(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Written]]:
    """Yield every scalar of a tree with its path, in source order."""
    if isinstance(tree, Branch):
        for key, value in tree.items():
            yield from leaves(value, (*path, key))
    elif isinstance(tree, Row):
        for index, value in enumerate(tree):
            yield from leaves(value, (*path, index))
    elif isinstance(tree, Written):
        yield path, tree


def at(tree: Any, path: tuple[Any, ...]) -> Place:
    """Return the place of the deepest existing node on `path`; an unknown key counts by its own place."""
    place = getattr(tree, "place", Place(""))
    node = tree
    for step in path:
        if isinstance(node, Branch) and step in node:
            place, node = node.key_places[step], node[step]
        elif isinstance(node, Row) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            break
        if isinstance(node, Written) or (isinstance(node, Row | Branch) and not isinstance(step, str)):
            place = node.place
    return place
