"""Characters that the book's faces do not hold: found in the sources, with file and line, before anything is set."""

import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

from publisher.problems import Place, Problem, Rejected
from publisher.rules import RULES, Finding, Rule, rule
from publisher.written import leaves

STACKS = (("CasebookLatin-Regular.otf", "CasebookSong-Regular.otf"), ("CasebookSans-Regular.otf", "CasebookHei-Regular.otf"))
"""Faces that serve together for text and for headings; a character must be in both stacks, for any text may be quoted in a heading."""


@cache
def covered(fonts: Path) -> frozenset[int]:
    """Return the code points that the faces of a folder can print. Raises Rejected with every face that is missing or cannot be read."""
    maps: dict[str, set[int]] = {}
    problems = []
    for name in (name for stack in STACKS for name in stack):
        place, hint = Place(f"styles/fonts/{name}"), "把这个字体文件放入项目的 styles/fonts/；没有自己的 styles/ 时用自带的字体"
        try:
            maps[name] = set(TTFont(fonts / name, lazy=True).getBestCmap() or ())
        except OSError:
            problems.append(Problem(place, "FNT-001", "缺少排版所需的字体文件", name, hint))
        except TTLibError as error:
            problems.append(Problem(place, "FNT-002", "字体文件读不出来", str(error)[:80], hint))
    if problems:
        raise Rejected(problems)
    return frozenset(set.intersection(*(set().union(*(maps[name] for name in stack)) for stack in STACKS)))


@rule("TXT-012", "characters")
def unknown_character(text: str, known: frozenset[int]) -> Iterator[tuple[str, str, str]]:
    """A character is in none of the book's faces.

    It would print as an empty box or in a strange face. Another form of the character, or an addition to the faces, helps.
    """
    for char in dict.fromkeys(text):
        if ord(char) not in known:
            name = unicodedata.name(char, "没有名称的字符")
            yield "字体中没有这个字", f"{char}（U+{ord(char):04X}，{name}）", "换用规范字形；确需此字则补入字体"


def find_characters(tree: object, known: frozenset[int]) -> Iterator[tuple[Rule, Finding]]:
    """Look at every scalar of a source tree that is printed."""
    item = RULES["TXT-012"]
    for path, leaf in leaves(tree):
        if path[:1] != ("waivers",) and any(ord(char) not in known for char in leaf):
            for message, found, hint in item.find(leaf, known):
                yield item, Finding(leaf, message, found, hint)
