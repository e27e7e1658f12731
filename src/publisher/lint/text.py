"""House rules on the text of the sources: punctuation, numbers, units, characters. The print form is decided here.

GB/T 15834 is the standard for punctuation, GB/T 15835 for numerals, GB 3100–3102 for quantities and units,
CY/T 170 for tables.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from publisher import rules
from publisher.problems import Severity
from publisher.rules import RULES, Rule, rule
from publisher.written import leaves

HAN = r"[\u3400-\u9fff]"
LATIN_UNITS = "mg|kg|g|μg|ng|pg|mL|dL|mmol|μmol|nmol|pmol|IU|U|Gy|cm|mm|μm|m|HU|ms|h|min|kPa|mmHg|Bq|MBq|mCi"
Finding = tuple[str, str, str]


def around(text: str, match: re.Match) -> str:
    return text[max(0, match.start() - 6) : match.end() + 6]


@rule("TXT-001", "text")
def half_width_punctuation(text: str) -> Iterator[Finding]:
    """A half-width mark stands beside a Chinese character.

    GB/T 15834: Chinese text takes full-width marks. Results such as (+) and HER2(3+) keep half-width brackets.
    """
    for match in re.finditer(rf"(?<={HAN})[,;:!?](?!\d)|[,;:!?](?={HAN})|(?<={HAN})\((?![^()]*[+%-]\))|\((?={HAN})(?![^()]*[+%-]\))", text):
        yield "中文旁用了半角标点", around(text, match), "改用全角：，；：！？（）"


@rule("TXT-002", "text")
def full_width_latin(text: str) -> Iterator[Finding]:
    """A Latin letter or figure is full-width.

    GB/T 15835: figures and Latin letters are half-width.
    """
    for match in re.finditer(r"[Ａ-Ｚａ-ｚ０-９]+", text):
        yield "字母或数字用了全角", match[0], "改用半角"


@rule("TXT-003", "text")
def range_sign(text: str) -> Iterator[Finding]:
    """A range of figures is not written with ～.

    GB/T 15835 4.2: a range is joined by ～. Hyphens stay in names (CA15-3) and dates (2021-06-15).
    """
    for match in re.finditer(r"(?<![\dA-Za-z.-])(?<!抗原)(?<![表图])\d+(?:\.\d+)?\s?[~–—∼-]\s?\d+(?:\.\d+)?(?![\d-])", text):
        if not re.fullmatch(r"\d{4}-\d{2}", match[0]):
            yield "数值范围的连接号不合体例", around(text, match), "用「～」，如 39～43"


@rule("TXT-004", "text")
def straight_quotes(text: str) -> Iterator[Finding]:
    """A straight quotation mark stands in Chinese text."""
    if re.search(HAN, text):
        for match in re.finditer(r"[\"']", text):
            yield "用了直引号", around(text, match), "改用“ ”或‘ ’"


@rule("TXT-005", "text")
def spaces(text: str) -> Iterator[Finding]:
    """A space stands beside a Chinese character, or two spaces together.

    The gap between Chinese and Latin is set by the composer, not typed.
    """
    for match in re.finditer(rf"(?<={HAN}) | (?={HAN})|  +|^ | $|(?<=[，。；：、）”]) | (?=[，。；：、（“])", text):
        yield "中文旁或句首句末有空格", around(text, match), "删去空格；中西文间距由排版自动给出"


@rule("TXT-006", "text")
def unit_gap(text: str) -> Iterator[Finding]:
    """A figure and its Latin unit stand without a space.

    GB 3101: a value is followed by a space and the unit; % ° ′ ″ and Chinese units follow without.
    """
    for match in re.finditer(rf"(?<![A-Za-z\d.⁰¹²³⁴-⁹-])\d+(?:\.\d+)?(?:{LATIN_UNITS})(?![A-Za-z0-9²³-])", text):
        yield "数值与拉丁单位之间缺空格", around(text, match), "空一格，如 120 mg"


@rule("TXT-007", "text")
def unit_spelling(text: str) -> Iterator[Finding]:
    """A unit or power is misspelt.

    GB 3100: L is capital, micro is μ, powers are real superscripts.
    """
    wrong = {
        r"\d\s?ml\b|/ml\b": "mL",
        r"µ": "μ（U+03BC）",
        r"\d\s?ug\b|\bumol": "μg、μmol",
        r"10\^|[x*]10[⁰-⁹^]": "×10⁹",
        r"\bm2\b|/m2\b": "m²",
        r"[％]": "%",
        r"℃℃|°C": "℃",
    }
    for pattern, right in wrong.items():
        for match in re.finditer(pattern, text):
            yield "单位写法不合体例", around(text, match), f"写作 {right}"


@rule("TXT-008", "text")
def dots_and_dashes(text: str) -> Iterator[Finding]:
    """An ellipsis or dash is typed with half-width signs, or a mark is doubled.

    GB/T 15834 4.11, 4.13: …… and —— take two characters each.
    """
    for match in re.finditer(r"\.{3,}|。{2,}|，{2,}|；{2,}|--+|(?<!…)…(?!…)", text):
        yield "省略号、破折号或叠用标点不合体例", around(text, match), "省略号用……，破折号用——，标点不叠用"


@rule("TXT-009", "text")
def roman_numerals(text: str) -> Iterator[Finding]:
    """A stage or grade is written with a compatibility Roman numeral.

    Stages are written with Latin capitals (IV期), so that they can be searched and read aloud.
    """
    for match in re.finditer(r"[Ⅰ-Ⅻⅰ-ⅻ]", text):
        yield "罗马数字用了兼容字符", around(text, match), "用拉丁字母，如 IV期"


@rule("TXT-010", "text")
def percent_range(text: str) -> Iterator[Finding]:
    """A range of percentages bears one per cent sign only.

    GB/T 15835: both ends bear it, 5%～95%.
    """
    for match in re.finditer(r"(?<![\d.])\d+(?:\.\d+)?～\d+(?:\.\d+)?%", text):
        yield "百分数范围只写了一个%", around(text, match), "两端都写，如 15%～20%"


@rule("TXT-011", "text", Severity.REVIEW)
def dimensions(text: str) -> Iterator[Finding]:
    """Dimensions bear one unit only.

    GB 3101: each dimension bears its unit, 4 cm×3 cm. A figure quoted as printed may stay.
    """
    for match in re.finditer(r"\d(?:\.\d+)?×\d+(?:\.\d+)?(?:×\d+(?:\.\d+)?)? (?:cm|mm)", text):
        yield "尺寸只写了一个单位", around(text, match), "每个尺寸都带单位，如 4.2 cm×2.3 cm"


def find_texts(tree: object) -> Iterator[tuple[Rule, rules.Finding]]:
    """Apply every text rule to every scalar of a source tree that is printed in its own right."""
    codes = [item.code for item in RULES.values() if item.scope == "text"]
    for path, leaf in leaves(tree):
        if not repeats(path):
            for code in codes:
                for message, found, hint in scanned(code, leaf):
                    yield RULES[code], rules.Finding(leaf, message, found, hint)


def repeats(path: tuple) -> bool:
    """Tell whether a scalar only repeats words that stand elsewhere: the quote of a note, a waiver."""
    return path[:1] == ("waivers",) or (path[:1] == ("notes",) and path[-1] in ("quote", "settles"))


@lru_cache(maxsize=200_000)
def scanned(code: str, text: str) -> tuple[Finding, ...]:
    """Apply one rule to one text; the same text is read once in the life of the program."""
    return tuple(RULES[code].find(text))
