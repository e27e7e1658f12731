"""Classes of characters: one letter each, so that a paragraph's classes are a string as long as its text.

What may stand beside a line end and where a line may stretch is decided by pairs of these letters (see `pairs.py`).
"""

HAN, CLOSE, OPEN, DASH, JOINING = "H", "C", "O", "D", "K"
WESTERN, OPERATOR, SHUTTING, OPENING = "L", "M", "P", "Q"
SPACE, FIXED_SPACE, WIDE_SPACE, GLUE, CHANCE, NEWLINE = "S", "N", "I", "J", "Z", "B"

ATOM = "\ufffc"
"""Stands for an image or inline block; it behaves like a Han character."""

MARKS_CLOSE = "，。、；：！？）】」』》〉〕〗］｝〞”’．"
MARKS_OPEN = "（【「『《〈〔〖［｛〝“‘"

_MEMBERS = {
    CLOSE: MARKS_CLOSE,
    OPEN: MARKS_OPEN,
    DASH: "—…⸺⋯",
    JOINING: "～·／–~‰℃％・",
    OPERATOR: "/×=＝*^_|\\&@∶⁄→←↔",
    SHUTTING: ",.;:!?)]}%°′″℉'\"+-＋－¹²³⁰⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉",
    OPENING: "([{−<>≤≥≈±#$￥＜＞＃¥€£∼≦≧",
    SPACE: " ",
    FIXED_SPACE: "\u00a0\u202f\u2007",
    WIDE_SPACE: "\u3000",
    GLUE: "\u2060\ufeff",
    CHANCE: "\u200b",
    NEWLINE: "\n",
}

HAN_RANGES = (
    (0x2E80, 0x2FFF), (0x3001, 0x30FF), (0x3100, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F), (0xFF00, 0xFFEF), (0x20000, 0x3FFFF), (0x2460, 0x24FF), (0x2500, 0x27BF), (0xFFFC, 0xFFFC),
)  # fmt: skip


class _Table(dict[int, str]):
    """Code point to class letter, learning the letters that no list names."""

    def __missing__(self, code: int) -> str:
        letter = HAN if any(first <= code <= last for first, last in HAN_RANGES) else WESTERN
        self[code] = letter
        return letter


_TABLE = _Table({ord(char): letter for letter, chars in _MEMBERS.items() for char in chars})
_FOREIGN = _Table({code: OPERATOR if letter in CLOSE + OPEN + DASH + JOINING else letter for code, letter in _TABLE.items()})


def classes(text: str, chinese: bool = True) -> str:
    """Return the class letters of a text; in another language its marks are only parts of words."""
    return text.translate(_TABLE if chinese else _FOREIGN)


def counted(text: str) -> int:
    """Count the characters a reader counts: no marks, no spaces."""
    return sum(letter in "HLKM" for letter in classes(text))
