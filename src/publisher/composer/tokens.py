"""The price of a line break before every character of a paragraph.

Pairs of characters decide most of it (`pairs.py`); the patterns here keep clinical expressions whole: numbers with
units, ranges, dates, stages, markers, statistics. Tokens longer than TOKEN_MOST open at their joints, dearly.
"""

import re
from itertools import pairwise

from publisher.composer.characters import classes
from publisher.composer.pairs import FORBIDDEN, FREE, LAST_RESORT, LEVELS, MILD, UNWELCOME

TOKEN_MOST = 18
"""Characters; a longer run without spaces may open after its hyphens, slashes and points."""

_UNIT = (
    r"(?:[munpμµkcdM]?(?:g|L|l|m|mol|Gy|U|IU|V|A|Pa|Hz|s|min|h|d|Bq|Ci|Eq|J|W|osm)(?![A-Za-z])"
    r"|mmHg|HU|℃|°|%|‰|[Kk]cal|wk|mo|yr|次|×|[a-zμµ]{1,6}(?![A-Za-z]))"
)
_FIGURE = r"[0-9⁰¹²³⁴-⁹₀-₉)）]"
_SPACES = (
    re.compile(rf"(?<={_FIGURE})[ \u00a0](?={_UNIT})"),  # 120 mg
    re.compile(r"(?<=[<>=≤≥±×≈~～＜＞＝/])[ \u00a0]|[ \u00a0](?=[<>=≤≥±×≈~～＜＞＝/])"),  # P < 0.001
    re.compile(r"(?<![A-Za-z])(?:a?HR|a?OR|RR|CI|AUC|SUV|CT|[NPTnptrzFU])(?P<at>[ \u00a0])(?=[0-9<>≤≥=])"),  # HR 0.62
)
_NEVER = (
    re.compile(r"(?<=[0-9A-Za-z%％℃‰°⁰-⁹₀-₉)])[～–~](?P<at>)(?=[0-9A-Za-z<>≤≥±+-])"),  # 50%～60%
    re.compile(r"(?<=[0-9A-Za-z%％℃])—(?P<at>)(?=[0-9A-Za-z])"),
    re.compile(r"(?<=[0-9])(?P<at>)(?=[年月日号时点分秒](?![前后内外余多间]))"),  # 15日
    re.compile(r"(?<=[0-9]月)(?P<at>)(?=[0-9])"),
    re.compile(r"[A-Za-z0-9⁰-⁹一-鿿](?P<at>)[(（](?:[+＋\-－−±]{1,3}|[0-9]{1,3}[+＋%％])[)）]"),  # HER2（3+）
    re.compile(r"[A-Za-z0-9⁰-⁹一-鿿][(（](?P<at>)(?:[+＋\-－−±]{1,3}|[0-9]{1,3}[+＋%％])[)）]"),
    re.compile(r"(?<=[A-Za-z0-9])[＋－＝×](?P<at>)(?=[A-Za-z0-9])"),
)
_UNWELCOME = (re.compile(r"(?<=[0-9]年)(?P<at>)(?=[0-9]{1,2}月)"),)  # 2021年|6月15日
_MILD = (
    re.compile(r"(?<=[0-9])(?P<at>)(?=[个例岁周天次级期程片支粒枚颗名倍度小条根处项种块节])"),  # 3|个月
    re.compile(r"(?<=[第约近达例表图])(?P<at>)(?=[0-9])"),
    re.compile(r"(?<=[A-Za-zⅠ-Ⅻ0-9])(?P<at>)(?=[期级型])"),
)
_NAMED = re.compile(r"(?<![A-Za-z])[A-Z][A-Za-z-]{0,8}(?P<at>[ \u00a0])(?=[0-9Ⅰ-Ⅻ<>≤≥=])")  # NRS| 7分, CTCAE| 5.0
_DIMENSION = re.compile(r"(?<=[0-9a-zμ])×(?P<at>)(?=[0-9])")  # 4.2 cm×|2.3 cm
_DIMENSIONS = re.compile(r"[0-9][0-9.]*(?: ?[a-zμ]+)?(?:×[0-9][0-9.]*(?: ?[a-zμ]+)?)+")
_JOINT = re.compile(r"(?<=[+-])/(?P<at>)(?=[A-Za-z]{2})")  # HR+/|HER2-
_RUN = re.compile(rf"[!-~\u00a1-\u024f\u0370-\u03ff\u2010-\u2012\u2070-\u209f\u2200-\u22ff]{{{TOKEN_MOST + 1},}}")
_SEAM = re.compile(r"(?<=[A-Za-z0-9)])[-/,.:_?&=]+(?P<at>)(?=[A-Za-z0-9(])")
_WORTH_LOOKING = re.compile(r"[0-9A-Za-z(（]")


def _place(match: re.Match[str]) -> int:
    """The index of the character before which the break would be."""
    if "at" in match.re.groupindex:
        return match.end("at")
    return match.end()


def levels(text: str, kinds: str | None = None) -> list[int]:
    """Return the price of a break before each character, and FREE after the last: len(text) + 1 numbers."""
    kinds = classes(text) if kinds is None else kinds
    prices = [FORBIDDEN, *(LEVELS[left + right] for left, right in pairwise(kinds)), FREE][: len(text) + 1]
    if not text or not _WORTH_LOOKING.search(text):
        return prices

    def raise_to(level: int, patterns: tuple[re.Pattern[str], ...]) -> None:
        for pattern in patterns:
            for match in pattern.finditer(text):
                place = _place(match)
                prices[place] = max(prices[place], level)

    raise_to(LAST_RESORT, (_NAMED,))
    raise_to(MILD, _MILD)
    raise_to(UNWELCOME, _UNWELCOME)
    raise_to(FORBIDDEN, _SPACES)
    raise_to(FORBIDDEN, _NEVER)
    for match in _JOINT.finditer(text):
        prices[_place(match)] = LAST_RESORT
    for match in _DIMENSIONS.finditer(text):
        if len(match[0]) > TOKEN_MOST:
            for seam in _DIMENSION.finditer(text, *match.span()):
                prices[_place(seam)] = LAST_RESORT
    for run in _RUN.finditer(text):
        for match in _SEAM.finditer(text, *run.span()):
            prices[_place(match)] = min(prices[_place(match)], LAST_RESORT)
    return prices
