"""What a sentence says in figures and fixed words: ages, scores, sizes, spans of time, stages, negations.

Every function takes a text and returns tuples of plain values; it knows no case. Answers are kept, for the same texts
are read by many rules.
"""

import re
from decimal import Decimal
from functools import cache

from publisher.lint import patterns

NUMBER = r"\d+(?:\.\d+)?"
CHINESE = {"半": Decimal("0.5"), **{char: Decimal(number) for number, char in enumerate("零一二三四五六七八九十")}, "两": Decimal(2)}
ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}

AGE = re.compile(r"(?<![\d～≥≤<>＞＜-])(\d{1,3})岁(?![以之]?[上下前后]|时|～|组)")
SEX = re.compile(r"(男|女)(?:性|患者|，\d)")
SENTENCE = re.compile(r"[^。；！？]+[。；！？]?")
CLAUSE = re.compile(r"[^，。；：！？（）]+")
FIGURE = re.compile(rf"(?<![\d.]){NUMBER}")


@cache
def ages(text: str) -> tuple[int, ...]:
    """Ages in years; bounds and age groups are left out."""
    return tuple(int(years) for years in AGE.findall(text))


@cache
def sexes(text: str) -> tuple[str, ...]:
    return tuple(SEX.findall(text))


@cache
def sentences(text: str) -> tuple[str, ...]:
    return tuple(SENTENCE.findall(text))


@cache
def clauses(text: str) -> tuple[str, ...]:
    """Pieces between commas, full stops and brackets."""
    return tuple(CLAUSE.findall(text))


def quantity(word: str) -> Decimal:
    """Read 3, 2.5, 三, 十二 or 半 as a number."""
    if word[0].isdigit():
        return Decimal(word)
    tens, _, ones = word.rpartition("十")
    if "十" in word:
        return (CHINESE[tens] if tens else 1) * 10 + (CHINESE[ones] if ones else 0)
    return CHINESE[word]


# Scores.

SCORES = {
    "nrs": r"(?:疼痛)?NRS(?:骨痛|疼痛)?(?:平均)?(?:评分)?(?:法)?", "ecog": r"ECOG(?:评分)?|PS评分", "kps": r"KPS(?:评分)?", "mirels": r"Mirels(?:总)?(?:评分)?",
    "breakthrough-pain": "(?:全天)?爆发痛(?:次数)?",
}  # fmt: skip
SCALE = re.compile("NRS|ECOG|PS评分|KPS|Mirels|爆发痛")
TOLD = {
    scale: re.compile(
        rf"(?:{name})(?:自|由|为|分别为|从|均|约|：|，|仍|降至|降为|降到|减至|升至|评为|计为|仅)*\s?(?P<first>{NUMBER}(?:～{NUMBER})?)[分次]?"
        rf"(?:（[^（）]*）)?(?P<rest>(?:(?:、|→|降至|降为|降到|减至|升至|升为|变为|至|转为){NUMBER}(?:～{NUMBER})?分(?:（[^（）]*）)?)*)(?![\d.%])"
    )
    for scale, name in SCORES.items()
}  # fmt: skip


@cache
def scores(text: str) -> tuple[tuple[str, str], ...]:
    """Scores as (scale, figure) in order: NRS由7分降至3分 gives (nrs, 7), (nrs, 3). Thresholds such as ≥7 are left out."""
    found = []
    for scale, pattern in TOLD.items() if SCALE.search(text) else ():
        for match in pattern.finditer(text):
            found += [(scale, match["first"]), *((scale, value) for value in patterns.findall(rf"({NUMBER}(?:～{NUMBER})?)分", match["rest"]))]
    return tuple(found)


POWER = re.compile(r"肌力(?:均|为|约|恢复至|降至|恢复到|减退至|减弱至|评为)*\s?(IV|I{1,3}|V|[0-9])[级+-]")


@cache
def powers(text: str) -> tuple[int, ...]:
    """Muscle power in MRC grades, Roman or Arabic."""
    return tuple(int(grade) if grade.isdigit() else ROMAN[grade] for grade in POWER.findall(text))


# Sizes.

MILLIMETRES = {"mm": Decimal(1), "cm": Decimal(10)}


@cache
def lengths(text: str) -> tuple[Decimal, ...]:
    """Lengths in millimetres; a figure without its unit before × takes that of the last one."""
    found, unit = [], None
    for match in reversed(tuple(patterns.finditer(rf"({NUMBER})\s?(mm|cm)?", text))):
        unit = match[2] or (unit if text[match.end() : match.end() + 1] in ("×", "～") else None)
        if unit:
            found.append(Decimal(match[1]) * MILLIMETRES[unit])
    return tuple(reversed(found))


# Time.

DAYS = {"小时": Decimal(1) / 24, "h": Decimal(1) / 24, "天": Decimal(1), "日": Decimal(1), "周": Decimal(7), "月": Decimal("30.4"), "年": Decimal(365)}
BEFORE = re.compile(
    rf"(?:近|入院前|就诊前)\s?({NUMBER}|[一二三四五六七八九十两半]+)\s?个?(天|日|周|月|年)|({NUMBER}|[一二三四五六七八九十两半]+)\s?个?(天|日|周|月|年)余?(?:前|来)"
)
LASTING = re.compile(rf"({NUMBER}|[一二三四五六七八九十两半]+)\s?个?(天|日|周|月|年)(?!前|后)")
AFTER = re.compile(
    rf"治疗(?:第\s?({NUMBER})\s?(天|周|月)|\s?({NUMBER})\s?个?(周期|h|小时|天|周|月))|^随访\s?({NUMBER})\s?个?(周|月|年)|随访（治疗({NUMBER})个月）"
)


@cache
def since_start(moment: str) -> Decimal | None:
    """Days since treatment began, of 治疗第3天, 治疗第2周, 治疗48 h; None for any other time."""
    match = AFTER.search(moment)
    if not match:
        return None
    if match[7]:
        return Decimal(match[7]) * DAYS["月"]
    figure, unit = next((match[index], match[index + 1]) for index in (1, 3, 5) if match[index])
    return Decimal(figure) * (21 if unit == "周期" else DAYS[unit])


@cache
def before_start(moment: str) -> Decimal | None:
    """Days before admission, of 入院前3个月, 1周前, 近5天; None for any other time."""
    match = BEFORE.search(moment)
    if not match:
        return None
    figure, unit = (match[1], match[2]) if match[1] else (match[3], match[4])
    return quantity(figure) * DAYS[unit]


@cache
def durations(text: str) -> tuple[tuple[Decimal, str], ...]:
    """Durations as (figure, unit): 咳嗽3个月 gives (3, 月)."""
    return tuple((quantity(figure), {"日": "天"}.get(unit, unit)) for figure, unit in LASTING.findall(text))


@cache
def ago(text: str) -> tuple[tuple[Decimal, str], ...]:
    """Times before the present illness was seen, as (figure, unit): 3个月前, 近一周."""
    found = [(first, unit) if first else (second, unit_second) for first, unit, second, unit_second in BEFORE.findall(text)]
    return tuple((quantity(figure), {"日": "天"}.get(unit, unit)) for figure, unit in found)


DATE = re.compile(r"(?<!\d)(\d{4})(?:-(\d{2})(?:-(\d{2}))?(?![\d年-])|年(\d{1,2})月(?:(\d{1,2})日)?)")


@cache
def dates(text: str) -> tuple[tuple[int, int, int], ...]:
    """Calendar dates as (year, month, day), the day 0 where it is not given. A year alone is no date."""
    found = []
    for year, month, day, month_said, day_said in DATE.findall(text):
        if month or month_said:
            found.append((int(year), int(month or month_said), int(day or day_said or 0)))
    return tuple(found)


# Words.

NEGATED = re.compile(r"(?:无|未(?:见|出现|发生|诉|触及|闻及|发现|再发生)?|不伴|没有|否认|杜绝)([^，。；]*)")


@cache
def denied(text: str) -> str:
    """The parts of a text that stand under a negation, joined: 无咳嗽咳痰、咯血 gives 咳嗽咳痰、咯血."""
    return "；".join(NEGATED.findall(text))


@cache
def affirmed(text: str) -> str:
    """A text without the parts that stand under a negation."""
    return NEGATED.sub("", text)


STAGE = re.compile(r"(?<![A-Za-z])(IV|I{1,3})([ABCabc]?)([12]?)期")
TNM = re.compile(r"(?<![A-Za-z])([cpyr]{0,2})(T(?:is|\d[a-d]?|x|X))\s?(N(?:\d[a-c]?|x|X))\s?(M\d[a-c]?)(?![A-Za-z\d])")


@cache
def stages(text: str) -> tuple[str, ...]:
    """Stages without 期, letters in capitals: IVb期 gives IVB."""
    return tuple(f"{roman}{letter.upper()}{figure}" for roman, letter, figure in STAGE.findall(text))


@cache
def tnms(text: str) -> tuple[str, ...]:
    """TNM categories without the prefix: cT1N2M1c gives T1N2M1c."""
    return tuple(f"{tumour}{node}{metastasis}" for _, tumour, node, metastasis in TNM.findall(text))


HISTOLOGY = {
    "小细胞癌": re.compile("(?<!非)小细胞|(?<!N)SCLC"),
    "腺癌": re.compile("(?<!乳)腺癌"),
    "鳞癌": re.compile("鳞癌|鳞状细胞癌"),
    "非小细胞癌": re.compile("非小细胞|NSCLC"),
    "导管癌": re.compile("导管癌"),
    "小叶癌": re.compile("小叶癌"),
    "低分化癌": re.compile("低分化癌"),
}
AGREE = {"非小细胞癌": {"腺癌", "鳞癌"}}
"""Types that are kinds of another."""


@cache
def histologies(text: str) -> frozenset[str]:
    return frozenset(name for name, pattern in HISTOLOGY.items() if pattern.search(text))


RESPONSE = re.compile(r"(?<![A-Za-z])(CR|PR|SD|PD)(?![A-Za-z（(+-])|(完全缓解|部分缓解|疾病稳定|疾病进展)")
CATEGORY = {"完全缓解": "CR", "部分缓解": "PR", "疾病稳定": "SD", "疾病进展": "PD"}


@cache
def responses(text: str) -> frozenset[str]:
    """Categories of response named in a text, as CR, PR, SD, PD."""
    return frozenset(CATEGORY.get(word, code) for code, word in RESPONSE.findall(text))
