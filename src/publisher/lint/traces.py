"""Rules on traces: what scanning, word processors and copying from another case leave behind in a text."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import combinations

from publisher.catalogue import Catalogue
from publisher.collection import VolumeSource
from publisher.lint.text import around
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Branch, Moment, Written, leaves

HAN = r"[\u3400-\u9fff]"
MISREAD = {
    r"人院(?=后|时|前|当|第|治|查|诊|以|，|。|$)": "入院", r"(?<![周期年月日岁])末(?=见|行|及|予|述|诉|触及|发现|累及)": "未",
    r"手木|(?<=[\u3400-\u9fff])木(?=后|前|中(?!心))": "术", r"[冶洽]疗": "治疗", r"[息惠]者": "患者", r"转栘": "转移", r"[阴阳]牲": "阴性、阳性",
    r"(?<=\d)曰": "日", r"(?<![自知克异])己(?=行|予|经|有|无|查|停|愈)": "已", r"锥体(?=压缩|骨折|转移|破坏|成形|病变)|椎休": "椎体",
    r"骨胳|胃髓|骨髄": "骨骼、骨髓", r"淋已": "淋巴", r"肿瘸|肿榴": "肿瘤", r"化庁|放庁": "化疗、放疗", r"病埋": "病理",
    r"(?<=[左右双])贝(?=侧|[乳肺股肱])|[左右]恻": "侧", r"咳漱": "咳嗽", r"疼瘤(?!样)": "疼痛",
}  # fmt: skip
"""Characters that scanning takes for one another, where no right word has them."""
MEASURE = r"(?=\s?(?:mg|μg|g|mL|cm|mm|Gy|U|%|岁|次|周|天|个)(?![A-Za-z]))"
FIGURES = re.compile(
    rf"\d[OoIl]\d|\d[OolI]{MEASURE}|(?<![A-Za-z\d-])[lIO]\d*\.?\d+{MEASURE}|(?<![A-Za-z\d])[Oo]\.\d|\d\.[Oo](?![A-Za-z])"
)
"""A letter among figures."""
MARKUP = re.compile(
    r"</?[a-zA-Z][^<>]*>|<!--|&(?:[a-zA-Z]{2,8}|#\d{2,5});|\*\*|```|^#{1,4} |\|\s*:?-{3,}|\$[^$\n]{1,40}\$"
    r"|\\(?:[a-zA-Z]{2,}|[%_&#$])|[_^]\{|\[[^\[\]]+\]\([^()]+\)|\{\{|\}\}|\{%"
)
HALF_WIDTH = re.compile(rf"(?<=[A-Za-z0-9%)\]])(?:[,;](?=\s?[A-Za-z0-9(（])(?!\d{{3}}(?!\d))|\.(?={HAN}))|(?<={HAN})\.(?!\d)|[\uff61-\uff9f]+")
FURNITURE = re.compile(r"第\s?\d+\s?页(?:[，,/]?\s?共\s?\d+\s?页)?|Page \d+(?: of \d+)?|TODO|FIXME|待补(?!充|钙|液|体)|[?？]{2,}|_{3,}|扫描全能王|CamScanner")
NARRATIVE = {"complaint", "history", "visit", "course", "outcome", "follow_up"}
"""Fields in which two patients have no reason to share a sentence."""
LONG = 12
"""Han characters from which a sentence is no set phrase."""
SAME_DAYS = 4
"""Full dates from which two patients share too many."""
SAME_STEPS = 6
"""Relative times that stand in the same order in two timelines."""


@rule("TRC-001", "text")
def misread_character(text: str) -> Iterator[tuple[str, str, str]]:
    """A character is one that scanning takes for another: 人院 for 入院, 末见 for 未见, O for 0."""
    for wrong, right in MISREAD.items():
        for match in re.finditer(wrong, text):
            yield "疑为识别错字", around(text, match), f"核对原件；疑为“{right}”"
    for match in FIGURES.finditer(text):
        yield "数字中夹有字母，疑为识别错误", around(text, match), "核对原件；O、o 与 0，l、I 与 1 易混"


@rule("TRC-002", "text")
def stray_markup(text: str) -> Iterator[tuple[str, str, str]]:
    """A sign of HTML, Markdown or TeX stands in the text and would be printed as it is."""
    for match in MARKUP.finditer(text):
        yield "夹有排版标记", around(text, match), "删去标记，只留文字"


@rule("TRC-003", "text")
def half_width_leftover(text: str) -> Iterator[tuple[str, str, str]]:
    """A half-width comma, semicolon or full stop is left in Chinese text between Latin words or figures.

    GB/T 15834: T10、L4 and d1、d8 take the Chinese mark. Thousands (1,000) and decimals stay.
    """
    if re.search(HAN, text):
        for match in HALF_WIDTH.finditer(text):
            yield "残留半角标点", around(text, match), "改用、，；。"


@rule("TRC-004", "text")
def odd_character(text: str) -> Iterator[tuple[str, str, str]]:
    """A character is a replacement sign, a radical, a compatibility form, private or invisible.

    They come from PDF and scanning software; a search for the right word does not find them.
    """
    for char in dict.fromkeys(text):
        if is_odd(char):
            name = unicodedata.name(char, "没有名称的字符")
            right = unicodedata.normalize("NFKC", char)
            yield "来历可疑的字符", f"{char}（U+{ord(char):04X}，{name}）", f"改作“{right}”" if right != char and right.strip() else "删去，或换用规范字"


def is_odd(char: str) -> bool:
    code = ord(char)
    return (
        char in "\ufffd\u00a0\u00ad\u25a1\u25a0\u3013"
        or unicodedata.category(char) in ("Cf", "Co", "Cn")
        or any(first <= code <= last for first, last in ((0x2E80, 0x2FDF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F), (0xFE30, 0xFE4F)))
    )


@rule("TRC-005", "text")
def page_furniture(text: str) -> Iterator[tuple[str, str, str]]:
    """A page number, a scanner's imprint or a placeholder has been taken for text."""
    for match in FURNITURE.finditer(text):
        yield "夹有页码、水印或待补的占位", around(text, match), "删去；确有缺文则加编者按"


@rule("TRC-006", "volume", Severity.REVIEW)
def sentence_of_another_case(source: VolumeSource, catalogue: Catalogue) -> Iterator[Finding]:
    """A sentence of twelve characters or more tells the story of two patients in the same words.

    It was copied from one case to the other, or the story is a pattern; the author must say for which it is true.
    """
    seen: dict[str, dict[str, Written]] = defaultdict(dict)
    for slug, tree in source.trees.items():
        for path, leaf in leaves(tree):
            if path[0] in NARRATIVE:
                for sentence in re.split(r"[。；！？]", leaf):
                    if len(re.findall(HAN, sentence)) >= LONG:
                        seen[sentence.strip()].setdefault(slug, leaf)
    for sentence, cases in seen.items():
        if len(cases) > 1:
            first, *others = cases.values()
            numbers = "、".join(f"例{source.cases[slug].number}" for slug in cases)
            yield Finding(first, f"{numbers}的病史用了同一句话", sentence, "核对各例原始记录，确认不是由他例移来", tuple(others))


@rule("TRC-007", "volume", Severity.REVIEW)
def timetable_of_another_case(source: VolumeSource, catalogue: Catalogue) -> Iterator[Finding]:
    """Two patients have the same timetable: the same days, or the same steps in the same order."""
    tables = {slug: (days(tree), steps(tree)) for slug, tree in source.trees.items()}
    words = {slug: tuple({*map(str, table)} for table in both) for slug, both in tables.items()}
    for one, other in combinations(tables, 2):
        for kind, least, first, second, same, own in zip(
            ("日期", "时间节点"), (SAME_DAYS, SAME_STEPS), tables[one], tables[other], words[one], words[other], strict=True
        ):
            if len(same) < least or len(same & own) < least:
                continue
            blocks = SequenceMatcher(None, [str(text) for text in first], [str(text) for text in second], autojunk=False).get_matching_blocks()
            shared = [(first[block.a + step], second[block.b + step]) for block in blocks for step in range(block.size)]
            if len(shared) >= least:
                numbers = f"例{source.cases[one].number}与例{source.cases[other].number}"
                found = "、".join(str(text) for text, _ in shared)
                also = tuple(text for _, text in shared)
                yield Finding(shared[0][0], f"{numbers}有 {len(shared)} 个{kind}相同", found, "核对原始记录，确认不是同一患者或由他例移来", also)


def days(tree: Branch) -> list[Written]:
    """Return the full dates on which something is recorded of a patient, each once, in order."""
    found: dict[str, Written] = {}
    for path, leaf in leaves(tree):
        if path[-1] == "at" and path[0] != "history" and (dates := Moment(leaf).dates) and all(day.day for day in dates):
            found.setdefault(str(leaf), leaf)
    return [found[day] for day in sorted(found)]


def steps(tree: Branch) -> list[Written]:
    """Return the relative times of a timeline, in its order."""
    return [leaf for path, leaf in leaves(tree.get("timeline"), ("timeline",)) if path[-1] == "at" and not Moment(leaf).dates]
