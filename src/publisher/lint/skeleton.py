"""The skeleton and the sides of the body as a text names them: left and right, vertebrae, ribs, bones.

Every function takes a text and returns plain values, kept for the same texts are read by many rules.
"""

import re
from functools import cache

from publisher.lint import patterns

PARTS = {
    "上肢": "上肢|肱骨|肩|肘|前臂|尺骨|桡骨|腕|手部|手骨",
    "下肢": "下肢|股骨|大腿|髋|膝|髌|胫骨|腓骨|小腿|踝|(?<!不)足(?!量|够|以)|跟骨|距骨|跖骨|舟骨|楔骨|骰骨|趾骨",
    "乳腺": "乳腺|乳房|浸润性导管癌|浸润性小叶癌|乳癌",
    "肋": "肋",
    "肺": "残肺|肺",
    "肺门": "肺门",
    "胸膜": "胸膜",
    "锁骨区": "锁骨上|锁骨下|锁骨区",
    "腋窝": "腋",
    "肾上腺": "肾上腺",
    "胸痛": "胸痛|胸部疼痛",
    "胸部": "胸部(?!疼痛)|胸壁|胸腔|胸廓",
}
"""Parts that have two sides, by the region they belong to. A limb counts as one: a femur left and a thigh right differ."""
PART = {region: re.compile(words) for region, words in PARTS.items()}
SIDED_PARTS = (
    "残肺|肺门|肺|肾上腺|锁骨[上下区]|腋|胸膜|胸部疼痛|胸[部痛壁腔廓]|乳腺|乳房|乳癌|浸润性导管癌|浸润性小叶癌",
    "上肢|下肢|肱骨|肩|肘|前臂|尺骨|桡骨|腕|手[部骨]|股骨|大腿|髋|膝|髌|胫骨|腓骨|小腿|踝|(?<!不)足(?!量|够|以)|跟骨|距骨|跖骨",
    r"(?:\d+[、～]?)*\d*[前后侧]?肋",
)
SIDED = re.compile(rf"([左右双两])(?:侧|中|上|下|后第|后|前|第|多[个处])*?({'|'.join(SIDED_PARTS)})")
HAND = re.compile("[左右双两]")
SIDE = {"左": "左侧", "右": "右侧", "双": "双侧", "两": "双侧"}


@cache
def regions(text: str) -> tuple[str, ...]:
    """Two-sided regions of the body that a text names, without asking for the side."""
    found = [region for region, pattern in PART.items() if pattern.search(text)]
    return tuple(region for region in found if not (region == "肺" and patterns.fullmatch(r".*肺门.*", text) and "肺" not in text.replace("肺门", "")))


@cache
def sided(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of region and side: 右侧股骨中段 gives (下肢, 右侧); a numbered rib is a region of its own, 肋5."""
    found = []
    for match in SIDED.finditer(text) if HAND.search(text) else ():
        side, part = SIDE[match[1]], match[2]
        if "肋" in part:
            numbers = series(part) or series(match[0])
            found += [(f"肋{number}", side) for number in numbers] or [("肋", side)]
        else:
            found += [(region, side) for region in regions(part)]
    return tuple(found)


@cache
def sides(text: str) -> frozenset[str]:
    return frozenset(SIDE[char] for char in patterns.findall(r"([左右双两])(?:侧|肺|上|下|中|股|肱|肩|髋|足|肋|第|后|前|锁|腋|乳|胸)", text))


# Vertebrae, ribs and bones.

SPINE = {"颈": "C", "胸": "T", "腰": "L", "骶": "S"}
VERTEBRAE = {"C": "颈椎", "T": "胸椎", "L": "腰椎", "S": "骶椎"}
HIGHEST = {"C": 7, "T": 12, "L": 5, "S": 5}
FOLLOWED = r"(?![\d.]|\s?[个天周月年日分次级例项度mgcGk%WN]|[A-Za-z])"
VERTEBRA = re.compile(rf"(?:([颈胸腰骶])|(?<![A-Za-z长-])([CTLS]))(\d{{1,2}}){FOLLOWED}((?:[、～/](?:[颈胸腰骶]|[CTLS])?\d{{1,2}}{FOLLOWED})*)")
STEP = re.compile(r"([、～/])(?:([颈胸腰骶])|([CTLS]))?(\d{1,2})")
RIB = re.compile(r"(?:第|[左右]侧?后?第?)(\d{1,2}(?:[、～]\d{1,2})*)[前后侧]?肋")
LEVEL = re.compile(r"[颈胸腰骶CTLS]\d|\d[前后侧]?肋")
DISC = re.compile(r"[颈胸腰骶\d/、～]+(?:椎?间盘)")


def series(text: str) -> tuple[int, ...]:
    """Read 3、9、10 or 3～5 as whole numbers."""
    numbers: list[int] = []
    for mark, figure in patterns.findall(r"([、～]?)(\d{1,2})(?!\d)", text):
        number = int(figure)
        numbers += range(numbers[-1] + 1, number + 1) if mark == "～" and numbers else [number]
    return tuple(numbers)


@cache
def levels(text: str) -> tuple[str, ...]:
    """Vertebrae and ribs as T5, L3, R5; ranges are counted out, intervertebral discs left out."""
    found: list[str] = []
    if not LEVEL.search(text):
        return ()
    text = DISC.sub("", text)
    for match in VERTEBRA.finditer(text):
        region, number = SPINE.get(match[1], match[2]), int(match[3])
        found.append(f"{region}{number}")
        for mark, chinese, latin, figure in STEP.findall(match[4]):
            before, number_before = region, number
            region, number = SPINE.get(chinese) or latin or region, int(figure)
            first = number_before + 1 if mark == "～" and region == before else number
            found += [f"{region}{step}" for step in range(first, number + 1)]
    found += [f"R{number}" for match in RIB.finditer(text) for number in series(match[1])]
    return tuple(dict.fromkeys(level for level in found if int(level[1:]) <= HIGHEST.get(level[0], 12) and level[1:] != "0"))


BONES = {
    "颈椎": r"颈[椎\d]|颈胸腰|C\d椎", "胸椎": r"胸[椎\d]|胸腰椎|T\d+椎|颈胸腰", "腰椎": r"腰[椎段\d]|胸腰|L\d+椎|颈胸腰|腰骶", "骶椎": "骶",
    "骨盆": "骨盆|髂骨|坐骨|耻骨|髋臼", "股骨": "股骨", "肱骨": "肱骨", "肋骨": "肋骨|[前后第]肋|\\d肋", "肩胛骨": "肩胛骨", "胸骨": "胸骨", "胫骨": "胫骨",
    "髌骨": "髌", "足骨": "足|跟骨|距骨|舟骨|楔骨|骰骨|跖骨|趾骨", "颅骨": "颅骨", "锁骨": "锁骨(?![上下区])",
}  # fmt: skip
BONE = {bone: re.compile(words) for bone, words in BONES.items()}
GENERAL = {"脊柱": ("颈椎", "胸椎", "腰椎", "骶椎"), "全身骨": tuple(BONES)}
WHOLE = re.compile("全身骨|全身多发|多发骨(?:转移|病变|代谢)|各骨转移|骨病灶|骨转移灶|邻近骨|^骨$")
VERTEBRAL = re.compile(r"脊柱|脊椎|(?<![颈胸腰骶\d])椎体|^椎体")


@cache
def bones(text: str) -> frozenset[str]:
    """Bones that a text names; 胸12 counts as 胸椎."""
    by_level = {{"C": "颈椎", "T": "胸椎", "L": "腰椎", "S": "骶椎", "R": "肋骨"}[level[0]] for level in levels(text)}
    return frozenset(by_level | {bone for bone, pattern in BONE.items() if pattern.search(text)})


@cache
def bones_meant(text: str) -> frozenset[str]:
    """Bones that a text names or that its general words (脊柱, 椎体, 全身骨骼) take in."""
    meant = set(bones(text))
    if VERTEBRAL.search(text):
        meant.update(GENERAL["脊柱"])
    if WHOLE.search(text):
        meant.update(GENERAL["全身骨"])
    return frozenset(meant)
