"""How numbers, units and ranks are written in print."""

NUMERALS = "一二三四五六七八九十"


def rank(index: int) -> str:
    """Return the Chinese numeral of a heading, counting from 0; beyond ten the figure."""
    return NUMERALS[index] if index < len(NUMERALS) else str(index + 1)
