"""Searching texts by patterns that are compiled once and kept: `re` itself forgets all but the last 512."""

import re
from collections.abc import Iterator
from functools import cache

compiled = cache(re.compile)


def search(pattern: str, text: str) -> re.Match | None:
    return compiled(pattern).search(text)


def match(pattern: str, text: str) -> re.Match | None:
    return compiled(pattern).match(text)


def fullmatch(pattern: str, text: str) -> re.Match | None:
    return compiled(pattern).fullmatch(text)


def findall(pattern: str, text: str) -> list:
    return compiled(pattern).findall(text)


def finditer(pattern: str, text: str) -> Iterator[re.Match]:
    return compiled(pattern).finditer(text)


def split(pattern: str, text: str) -> list[str]:
    return compiled(pattern).split(text)


def sub(pattern: str, by: str, text: str) -> str:
    return compiled(pattern).sub(by, text)
