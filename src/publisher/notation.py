"""How numbers, units and ranks are written in print."""

NUMERALS = "一二三四五六七八九"


def rank(index: int) -> str:
    """Return the Chinese numeral of a heading, counting from 0: 一, 十, 十一, 二十三. Raises ValueError beyond 99."""
    number = index + 1
    if not 1 <= number <= 99:
        raise ValueError(f"no numeral for {number}")
    tens, ones = divmod(number, 10)
    left = "" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens - 1]}十"
    return left + (NUMERALS[ones - 1] if ones else "")
