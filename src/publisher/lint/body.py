"""Places of the body as a rule reads them: vertebrae and ribs by number, bones, sides, lobes and nodal stations in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

REGIONS = {"C": "颈", "T": "胸", "L": "腰", "S": "骶"}
LATIN = {zh: latin for latin, zh in REGIONS.items()}
LAST = {"C": 7, "T": 12, "L": 5, "S": 5, "R": 12}
"""How many vertebrae each region has, and how many ribs (R) a side."""
SIDES = {"左": "左侧", "右": "右侧", "双": "双侧", "两": "双侧"}

NUMBERED = r"(?:[CTLS]|[颈胸腰骶](?:椎)?)\s?\d{1,2}"
MORE = r"(?:(?:\s?[、/～，及和至-]\s?)?(?:[CTLS]|[颈胸腰骶](?:椎)?)\d{1,2}|\s?[、/～及和-]\s?\d{1,2}(?!\d|\.\d|\s?(?:[a-zA-Z%分年月周天次岁枚例]|个)))"
NOT_A_VERTEBRA = r"[A-Za-z0-9%]|\.\d|期|信号|加权|像|分期|神经|皮节|、[NM]\d|\s?(?:mg|kg|mL|岁|年|月|周|天|次)"
VERTEBRAE = re.compile(rf"(?<![A-Za-z0-9长-]){NUMBERED}{MORE}*(?!{NOT_A_VERTEBRA})")
RIBS = re.compile(r"第\s?(\d{1,2}(?:\s?[、～，及和]\s?\d{1,2})*)\s?(?:前|后|侧)?肋")


@dataclass(frozen=True)
class Level:
    """One vertebra or, in region R, one rib."""

    region: str
    number: int

    @property
    def exists(self) -> bool:
        return 1 <= self.number <= LAST[self.region]

    def __str__(self) -> str:
        return f"第{self.number}肋" if self.region == "R" else f"{self.region}{self.number}"


def levels(text: str) -> set[Level]:
    """Return the vertebrae and ribs that a text names: 胸3、5、8, T10～T12, L1、5, 第3、9前肋."""
    return {*vertebrae(text), *ribs(text)}


def vertebrae(text: str) -> Iterator[Level]:
    for match in VERTEBRAE.finditer(text):
        region, before, joiner = "", 0, ""
        for piece in re.finditer(r"([CTLS]|[颈胸腰骶])?(?:椎)?\s?(\d{1,2})|([～至-])", match[0]):
            if piece[3]:
                joiner = piece[3]
                continue
            named, number = LATIN.get(piece[1], piece[1]) or region, int(piece[2])
            if joiner and named == region and before < number <= LAST[region]:
                yield from (Level(region, between) for between in range(before + 1, number))
            elif joiner and named != region and region:
                yield from (Level(region, between) for between in range(before + 1, LAST[region] + 1))
                yield from (Level(named, between) for between in range(1, number))
            yield Level(named, number)
            region, before, joiner = named, number, ""


def ribs(text: str) -> Iterator[Level]:
    for match in RIBS.finditer(text):
        numbers = [int(number) for number in re.findall(r"\d+", match[1])]
        if "～" in match[1] and len(numbers) == 2 and numbers[0] < numbers[1]:
            numbers = list(range(numbers[0], numbers[1] + 1))
        yield from (Level("R", number) for number in numbers)


BONES = {
    "颈椎": r"颈(?:胸腰骶|胸腰|胸)?椎|(?<![A-Za-z0-9])C[1-7](?=椎|、|～|$)", "胸椎": r"胸(?:腰骶|腰)?椎|颈胸腰骶?椎|胸椎管",
    "腰椎": r"腰(?:骶)?椎|胸腰骶?椎|颈胸腰骶?椎",
    "骶椎": r"骶(?:椎|骨)|腰骶椎|颈胸腰骶椎", "肋骨": r"肋骨|第[\d、～]+(?:前|后)?肋|后肋|前肋", "胸骨": r"胸骨", "肩胛骨": r"肩胛骨",
    "锁骨": r"锁骨(?!上|下|区)", "肱骨": r"肱骨", "桡骨": r"桡骨", "尺骨": r"尺骨", "骨盆": r"骨盆|髂骨|坐骨|耻骨|髋臼|骶髂", "股骨": r"股骨",
    "髌骨": r"髌骨", "胫骨": r"胫骨", "腓骨": r"腓骨", "足骨": r"跟骨|距骨|舟骨|楔骨|骰骨|[跖趾]骨|足骨|左足|右足", "颅骨": r"颅骨", "下颌骨": r"下颌骨",
}  # fmt: skip
"""Bones by the words that name them."""
BONE_WORDS = {bone: re.compile(words) for bone, words in BONES.items()}
SPINE = ("颈椎", "胸椎", "腰椎", "骶椎")
REGION_BONE = {"C": "颈椎", "T": "胸椎", "L": "腰椎", "S": "骶椎", "R": "肋骨"}


def bones(text: str) -> set[str]:
    """Return the bones that a text names, by word or by level."""
    return {bone for bone, words in BONE_WORDS.items() if words.search(text)} | {REGION_BONE[level.region] for level in levels(text)}


def side(text: str) -> str | None:
    """Return the side that a text names first: 左侧, 右侧, 双侧 or None."""
    match = re.search(r"[左右](?!心|室)|双(?!膦|靶|氯|药)|两(?=侧|肺)", text)
    return SIDES[match[0]] if match else None


LOBE = re.compile(r"(左|右)(?:侧)?(?:肺)?([上中下])(?:肺)?(?:叶|肺)|(左|右)(?:侧)?([上中下])肺")


def lobes(text: str) -> set[tuple[str, str]]:
    """Return the lobes that a text names as side and height: 左肺下叶 gives (左侧, 下)."""
    return {(SIDES[match[1] or match[3]], match[2] or match[4]) for match in LOBE.finditer(text)}


STATION = re.compile(r"(?<![\dA-Za-z.])(1[0-4]|[1-9])([RL])?组|第(1[0-4]|[1-9])([RL])?组|(?<![\dA-Za-z.～-])(1[0-4]|[1-9])([RL])(?![A-Za-z0-9])")


def stations(text: str) -> set[str]:
    """Return the nodal stations that a text names: 4R组, 11L, 第7组."""
    return {next(part for part in match.groups()[::2] if part) + next((part for part in match.groups()[1::2] if part), "") for match in STATION.finditer(text)}
