"""How terms are read: the order of the index by pinyin, with the right reading of characters that have several."""

import re
from functools import cache
from typing import Any

READINGS = {
    "重组": "chóng zǔ", "重建": "chóng jiàn", "重度": "zhòng dù", "长春": "cháng chūn", "长骨": "cháng gǔ", "长效": "cháng xiào", "生长": "shēng zhǎng",
    "行走": "xíng zǒu", "行为": "xíng wéi", "脊髓": "jǐ suǐ", "脊柱": "jǐ zhù", "间质": "jiān zhì", "间变": "jiān biàn", "间期": "jiān qī",
    "咯血": "kǎ xiě", "血栓": "xuè shuān", "脱发": "tuō fà", "颌骨": "hé gǔ", "卡铂": "kǎ bó", "曲妥": "qū tuǒ", "曲马": "qū mǎ", "吗啡": "mǎ fēi",
    "降钙": "jiàng gài", "降压": "jiàng yā", "调节": "tiáo jié", "恶心": "ě xīn", "恶性": "è xìng", "恶病": "è bìng", "处方": "chǔ fāng",
    "芬必得": "fēn bì dé", "泰勒宁": "tài lè níng", "塞来": "sài lái", "哌柏": "pài bó", "单抗": "dān kàng", "强阿片": "qiáng ā piàn", "藏红": "zàng hóng",
    "因子": "yīn zǐ", "阿": "ā", "癌": "ái",
}  # fmt: skip
"""Readings of words in terms; where pypinyin has another, or might have another in its next version, this one holds."""

LAST = "#"
"""Stands for the letter of terms that begin with neither a letter nor a Han character; they come last."""


@cache
def dictionary() -> Any:
    """Return pypinyin with our readings."""
    import pypinyin as pinyin  # here, for loading it takes as long as composing ten cases

    pinyin.load_phrases_dict({word: [[syllable] for syllable in reading.split(" ")] for word, reading in READINGS.items()})
    return pinyin


def syllables(word: str, style: str = "NORMAL") -> tuple[str, ...]:
    """Return the syllables of a term in small letters; what is no Han character stays whole."""
    pinyin = dictionary()
    return tuple(syllable.lower() for syllable in pinyin.lazy_pinyin(word, style=pinyin.Style[style]))


def initial(word: str) -> str:
    """Return the letter under which a term stands."""
    first = syllables(word)[0][:1].upper() if word else LAST
    return first if "A" <= first <= "Z" else LAST


def order(word: str) -> tuple:
    """Return the sorting key of a term: letter, foreign words first, then syllable by syllable, tone by tone."""
    letter = initial(word)
    foreign = re.match("[A-Za-z]", word) is not None
    return (letter == LAST, letter, not foreign, word.casefold() if foreign else syllables(word), syllables(word, "TONE3"), word)
