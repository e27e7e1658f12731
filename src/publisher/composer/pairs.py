"""What two neighbouring classes of characters allow: a line break between them, and a gap that may stretch.

Breaks follow GB/T 15834 5.1 and clreq's basic line-start and line-end prohibitions; gaps follow clreq's order of
stretching. Levels are the price of a break: FREE, then dearer ones that `tokens.py` adds, then FORBIDDEN.
"""

from itertools import product

from publisher.composer.characters import (
    CHANCE,
    CLOSE,
    DASH,
    FIXED_SPACE,
    GLUE,
    HAN,
    JOINING,
    NEWLINE,
    OPEN,
    OPENING,
    OPERATOR,
    SHUTTING,
    SPACE,
    WESTERN,
    WIDE_SPACE,
)

FREE, MILD, UNWELCOME, LAST_RESORT, EMERGENCY, FORBIDDEN = 0, 1, 2, 3, 4, 9

NO_GAP, HAN_GAP, WORD_GAP, BORDER, LETTER_GAP, UNIT_GAP, WIDE_GAP = "", "h", "s", "b", "l", "u", "w"

_LETTERS = HAN + CLOSE + OPEN + DASH + JOINING + WESTERN + OPERATOR + SHUTTING + OPENING + SPACE + FIXED_SPACE + WIDE_SPACE + GLUE + CHANCE + NEWLINE
_WESTERN = WESTERN + OPERATOR + SHUTTING + OPENING
_NEVER_FIRST = CLOSE + JOINING + SHUTTING + SPACE + FIXED_SPACE + WIDE_SPACE + GLUE + CHANCE + NEWLINE
_NEVER_LAST = OPEN + OPENING + FIXED_SPACE + GLUE


def _level(left: str, right: str) -> int:
    if left == NEWLINE:
        return FREE
    if right in _NEVER_FIRST or left in _NEVER_LAST or right in DASH:
        return FORBIDDEN
    if left in SPACE + CHANCE:
        return FREE
    if left in _WESTERN and right in _WESTERN:
        return FORBIDDEN
    if OPERATOR in (left, right):  # / × = beside Han
        return LAST_RESORT
    return FREE


def _gap(left: str, right: str) -> str:
    if left == SPACE:
        return WORD_GAP
    if left in OPEN + FIXED_SPACE + WIDE_SPACE + DASH + NEWLINE or right in CLOSE + SPACE + FIXED_SPACE + WIDE_SPACE + DASH + NEWLINE:
        return NO_GAP
    if JOINING in (left, right) or GLUE in (left, right):
        return HAN_GAP if left == HAN and right == GLUE else NO_GAP
    if left in _WESTERN and right in _WESTERN:
        return LETTER_GAP
    if left == CLOSE or right == OPEN or left == right == HAN:
        return HAN_GAP
    if (left == HAN and right in WESTERN + OPENING) or (left in WESTERN + SHUTTING and right == HAN):
        return BORDER
    return NO_GAP


LEVELS = {left + right: _level(left, right) for left, right in product(_LETTERS, repeat=2)}
GAPS = {left + right: _gap(left, right) for left, right in product(_LETTERS, repeat=2)}
