"""Every glyph of a page where it stands, gathered into blocks of measured lines.

PDFium says where each glyph is drawn, the structure tree to which paragraph, heading or cell it belongs; nothing is known of
the program that wrote the file. Turned text is left out.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from publisher.preflight import spacing
from publisher.preflight.lines import CLOSE, OPEN, UNOWNED, Block, Glyph, Line, Owner, Role

_ROLES = {
    **dict.fromkeys(("P", "LBody", "LI", "Note", "BlockQuote"), Role.TEXT),
    **dict.fromkeys(("H", "H1", "H2", "H3", "H4", "H5", "H6", "Title"), Role.HEADING),
    **dict.fromkeys(("TD", "TH", "Caption"), Role.TABLE),
    **dict.fromkeys(("Figure", "Formula"), Role.FIGURE),
    "Lbl": Role.OTHER,
}
_WESTERN_RUN = re.compile("[!-~\u00b0-\u00b9\u00d7\u0370-\u03ff\u2010-\u2015\u2070-\u209f\u2200-\u22ff]+")

Chain = tuple[tuple[str, int], ...]
"""An element and what it stands in, outwards: the name of each and the number of its object."""


def owner(above: Chain) -> Owner:
    """Return the block that an element stands in, by what is above it; a cell or heading makes cell or heading of all it holds."""
    known = [(name, number) for name, number in above if name in _ROLES]
    if not known:
        outer = [number for name, number in above if name not in ("Span", "Link")]
        return Owner(outer[0] if outer else -1, Role.OTHER, False)
    roles = [_ROLES[name] for name, _ in known]
    role = next((role for role in roles if role is not Role.TEXT), Role.TEXT)
    return Owner(known[0][1], role, known[0][0] == "P", known[0][0] == "Note")


def blocks(page: int, glyphs: Iterable[tuple[int, Glyph]], owners: Mapping[int, Owner]) -> Iterator[Block]:
    """Yield the blocks of a page in the order in which they are drawn; each glyph comes with the number of its mark, `owners` are those of marks."""
    found: dict[Owner, list[Glyph]] = {}
    for mark, glyph in glyphs:
        found.setdefault(owners.get(mark, UNOWNED), []).append(glyph)
    for known, own in found.items():
        size = Counter(round(glyph.size, 1) for glyph in own).most_common(1)[0][0]
        yield Block(page, known.role, known.paragraph, tuple(line(page, part) for part in lines(own)), known.run_in, size)


def lines(glyphs: Sequence[Glyph]) -> Iterator[Sequence[Glyph]]:
    """Part the glyphs of a block where the next one stands lower, or higher in the next column; note marks stay in their line."""
    start = 0
    for place, (left, right) in enumerate(pairwise(glyphs), 1):
        if abs(left.y - right.y) > 0.6 * max(left.size, right.size):
            yield glyphs[start:place]
            start = place
    if glyphs:
        yield glyphs[start:]


def line(page: int, glyphs: Sequence[Glyph]) -> Line:
    """Measure a line."""
    size = max(glyph.size for glyph in glyphs)
    fonts = Counter(glyph.font for glyph in glyphs)
    return Line(
        page=page,
        text="".join(" " * glyph.spaced + glyph.char for glyph in glyphs).strip(),
        size=size,
        y=next(glyph.y for glyph in glyphs if glyph.size > 0.85 * size),
        left=glyphs[0].x,
        end=glyphs[-1].end,
        word=first_word(glyphs),
        first=glyphs[0].char,
        first_size=glyphs[0].size,
        last=glyphs[-1].char,
        last_size=glyphs[-1].size,
        is_last_full=glyphs[-1].is_full,
        letters=sum(glyph.char not in CLOSE + OPEN for glyph in glyphs),
        fonts=tuple((font, count, "".join(glyph.char for glyph in glyphs if glyph.font == font)[:12]) for font, count in fonts.items()),
        loose=spacing.loose(glyphs),
        unsqueezed=tuple(spacing.unsqueezed(glyphs)),
        parted=tuple(spacing.parted(glyphs)),
        borders=tuple(spacing.borders(glyphs)),
    )


def first_word(glyphs: Sequence[Glyph]) -> float:
    """Return where a Han character or Western word with its marks ends, at the beginning of a line."""
    word = _WESTERN_RUN.match("".join(glyph.char[0] for glyph in glyphs))
    last = word.end() - 1 if word else 0
    while last + 1 < len(glyphs) and glyphs[last + 1].char in CLOSE:
        last += 1
    return glyphs[last].end
