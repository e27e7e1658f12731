"""The bars of a book number: thirteen digits -> where the bars stand (EAN-13, GB 12904)."""

from itertools import groupby

from publisher.book import Bar

ODD = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
"""The left-hand code of each digit, 1 for black; read backwards and the other way about it gives the even one."""
PARITY = ("OOOOOO", "OOEOEE", "OOEEOE", "OOEEEO", "OEOOEE", "OEEOOE", "OEEEOO", "OEOEOE", "OEOEEO", "OEEOEO")
"""How the left half tells the first digit."""
GUARD, MIDDLE = "101", "01010"
GUARDS = {0, 2, 46, 48, 92, 94}
"""Where guard bars stand; they reach lower than the others."""


def bars(digits: str) -> tuple[Bar, ...]:
    """Return the bars of thirteen digits, whose check digit is taken as it is."""
    first, left, right = int(digits[0]), digits[1:7], digits[7:]
    half = "".join(ODD[int(digit)] if parity == "O" else inverse(ODD[int(digit)])[::-1] for digit, parity in zip(left, PARITY[first], strict=True))
    modules = GUARD + half + MIDDLE + "".join(inverse(ODD[int(digit)]) for digit in right) + GUARD
    found, place = [], 0
    for colour, run in groupby(modules):
        width = len(list(run))
        if colour == "1":
            found.append(Bar(place, width, place in GUARDS))
        place += width
    return tuple(found)


def inverse(code: str) -> str:
    return code.translate(str.maketrans("01", "10"))
