"""Which characters each kind of face holds, and the list of Han characters they share.

Run as a program it writes styles/fonts/charset.txt again: the 8,105 characters of 通用规范汉字表 (property kTGH of the Unihan
database), those of GB 2312, those listed before and those met in content and layouts. A character once listed stays.

usage: font_charset.py [Unihan_OtherMappings.txt[.bz2]]
"""

import bz2
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHARSET = ROOT / "styles" / "fonts" / "charset.txt"
UNIHAN = Path("/usr/share/unicode/Unihan_OtherMappings.txt.bz2")  # Debian package unicode-data
TGH_SIZE = 8105
LINE = 50

HAN = ((0x3007, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x3FFFF))

# Marks that belong to the Chinese faces although Western fonts have them too.
CHINESE_MARKS = frozenset("·‘’‚“”„—―•…‥※℃℉№①②③■□▲△▶▷▼▽◀◁◆◇●○◎★☆")

# What a Western face may hold; the build takes what all its sources have.
WESTERN = (
    (0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x17F), (0x1CD, 0x1DC), (0x1F8, 0x1F9), (0x218, 0x21B),  # Latin, pinyin
    (0x2B0, 0x2B8), (0x2E1, 0x2E3), (0x300, 0x30C), (0x327, 0x328), (0x384, 0x3CE),  # small raised letters, accents, Greek
    (0x1D43, 0x1DBF), (0x1E00, 0x1EFF), (0x2009, 0x200A), (0x2010, 0x2011), (0x2013, 0x2013),
    (0x2020, 0x2021), (0x202F, 0x2030), (0x2032, 0x2033), (0x2039, 0x203A), (0x2044, 0x2044), (0x2070, 0x209C),
    (0x20AC, 0x20AC), (0x2117, 0x2122), (0x2153, 0x215E), (0x2190, 0x2193), (0x2202, 0x2202), (0x220F, 0x2212), (0x2219, 0x2265),
)  # fmt: skip
# Drawn by the build where a source lacks them.
DRAWN = frozenset("⁺⁻₊₋")
# Marks only the face for English text takes over from its source.
ENGLISH_MARKS = frozenset("·‘’‚“”„—―•…")

# Marks a Chinese face may hold besides those of GB 2312; what the Western faces hold is taken out.
CHINESE = (
    (0x20, 0x20), (0xA0, 0xA0), (0xB7, 0xB7), (0x2014, 0x2026), (0x203B, 0x203B), (0x2100, 0x218B), (0x2190, 0x22FF),
    (0x2460, 0x24FF), (0x25A0, 0x25FC), (0x2605, 0x2606), (0x2610, 0x2612), (0x2640, 0x2642), (0x2713, 0x2717), (0x3000, 0x301F),
    (0x3220, 0x3229), (0x3251, 0x325F), (0x3280, 0x3289), (0x32B1, 0x32BF), (0x3380, 0x33DF), (0xFF01, 0xFF5E), (0xFFE0, 0xFFE6),
)  # fmt: skip
# Second names of one glyph in the sources: text in print could not be told apart when it is copied.
SECOND_NAMES = frozenset("\u2003\u2012\u2027\u2035\u2126\u2206\u2215\u2329\u232a\u22ef\u301c\u30fb")


def spread(ranges: tuple[tuple[int, int], ...]) -> set[int]:
    """All code points of a tuple of closed ranges."""
    return {code for first, last in ranges for code in range(first, last + 1)}


def gb2312(first: int, last: int) -> set[int]:
    """Code points of the rows of GB 2312 whose lead byte lies between first and last."""
    pairs = (bytes((row, cell)) for row in range(first, last + 1) for cell in range(0xA1, 0xFF))
    return {ord(text) for pair in pairs if (text := pair.decode("gb2312", "ignore"))}


def read_han(path: Path = CHARSET) -> set[int]:
    """The Han characters listed in charset.txt."""
    return {ord(char) for char in path.read_text("utf-8") if not char.isspace()}


def western() -> set[int]:
    """What a Western face may hold."""
    return spread(WESTERN) - {ord(char) for char in CHINESE_MARKS | SECOND_NAMES}


def chinese() -> set[int]:
    """What a Chinese face may hold besides Han."""
    han = spread(HAN)
    return (spread(CHINESE) | gb2312(0xA1, 0xA9)) - {ord(char) for char in SECOND_NAMES} - han


def standard_characters(path: Path) -> set[int]:
    """The characters of 通用规范汉字表 from Unihan; refuses a file that does not hold all of them."""
    opener = bz2.open if path.suffix == ".bz2" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        found = {int(match[1], 16) for line in lines if (match := re.match(r"U\+([0-9A-F]+)\tkTGH\t", line))}
    if len(found) != TGH_SIZE:
        raise SystemExit(f"{path}: {len(found)} characters with kTGH, not {TGH_SIZE}")
    return found


def used_in_book() -> set[int]:
    """Han characters of content and layouts."""
    files = [path for folder in ("content", "layouts") for path in (ROOT / folder).rglob("*") if path.suffix in {".yaml", ".html", ".md", ".txt"}]
    return {ord(char) for path in files for char in path.read_text("utf-8")} & spread(HAN)


def main() -> None:
    """Write charset.txt."""
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else UNIHAN
    before = read_han() if CHARSET.exists() else set()
    codes = sorted(standard_characters(source) | gb2312(0xB0, 0xF7) | used_in_book() | {0x3007} | before)
    text = "".join(map(chr, codes))
    CHARSET.write_text("".join(text[i : i + LINE] + "\n" for i in range(0, len(text), LINE)), "utf-8")
    print(f"{CHARSET.relative_to(ROOT)}: {len(codes)} characters")


if __name__ == "__main__":
    main()
