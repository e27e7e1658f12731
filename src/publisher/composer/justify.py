"""Fill one line: give its slack to the gaps, or take what is too much from marks and spaces.

The order is clreq's "line adjustment": word spaces, then every Han gap up to its cap, then word spaces again and Western
letters and spaces before units a little, then the gaps between Han and Western. What is
still left goes to the Han gaps beyond their cap, for a line too short shows more than a loose one. Gaps are whole thousandths of an em (see `face.SetText`).
"""

from math import ceil
from typing import NamedTuple

from publisher.composer.pairs import BORDER, HAN_GAP, LETTER_GAP, UNIT_GAP, WORD_GAP
from publisher.composer.paragraph import HAN_MOST_EM, LETTER_MOST_EM, UNIT_MOST_EM, WORD_LAST_EM, WORD_MOST_EM, Paragraph

BORDER_LAST_EM, LETTER_LAST_EM, HAN_LAST_EM = 0.25, 0.04, 0.05


class Fill(NamedTuple):
    """What a line's characters gain (px, after the character), and how it fared."""

    gains: dict[int, float]
    gap_em: float
    """The Han gap that would fill the line alone, in em."""
    short: float
    """Px left unfilled."""


STAGES = (
    (WORD_GAP, WORD_MOST_EM),
    (HAN_GAP, HAN_MOST_EM),
    (WORD_GAP, WORD_LAST_EM),
    (LETTER_GAP, LETTER_MOST_EM),
    (UNIT_GAP, UNIT_MOST_EM),
    (BORDER, BORDER_LAST_EM),
    (LETTER_GAP, LETTER_LAST_EM),
    (HAN_GAP, HAN_LAST_EM),
)


def stretch(paragraph: Paragraph, start: int, end: int, slack: float) -> Fill:
    """Spread slack over the gaps between the characters from `start` to before `end`."""
    by_kind: dict[str, list[int]] = {}
    for place in range(start, end - 1):
        by_kind.setdefault(paragraph.gap[place], []).append(place)
    units: dict[int, int] = {}
    rest = slack
    em = max(paragraph.size[start:end])
    for kind, most in STAGES:
        rest = _give(paragraph, by_kind.get(kind, []), units, rest, most)
    gains = {place: number * paragraph.size[place] / 1000 for place, number in units.items()}
    before_han = slack - sum(WORD_MOST_EM * paragraph.size[place] for place in by_kind.get(WORD_GAP, []))
    han = sum(paragraph.size[place] for place in by_kind.get(HAN_GAP, []))
    gap = max(0.0, before_han) / han if han else max(0.0, rest / em)
    return Fill(gains, gap, rest)


def spread(paragraph: Paragraph, start: int, end: int, slack: float) -> Fill:
    """Spread slack evenly without a cap: names and labels set to one width (text-align-last: justify)."""
    places = [place for place in range(start, end - 1) if paragraph.gap[place] in (HAN_GAP, BORDER, WORD_GAP)]
    units: dict[int, int] = {}
    rest = _give(paragraph, places, units, slack, 100.0)
    return Fill({place: number * paragraph.size[place] / 1000 for place, number in units.items()}, 0.0, rest)


def _give(paragraph: Paragraph, places: list[int], units: dict[int, int], rest: float, most_em: float) -> float:
    """Give each place an equal whole number of thousandths, the odd ones to the first; return what is left."""
    whole = sum(paragraph.size[place] for place in places)
    if not whole or rest <= 0:
        return rest
    share = min(rest / whole, most_em) * 1000
    number = int(share + 1e-9)
    odd = round((share - number) * len(places)) if share < most_em * 1000 else 0
    for index, place in enumerate(places):
        given = number + (index < odd)
        if given:
            units[place] = units.get(place, 0) + given
            rest -= given * paragraph.size[place] / 1000
    return rest


def crowd(paragraph: Paragraph, start: int, end: int, excess: float) -> Fill:
    """Take an excess from marks and word spaces in proportion to what they may lose, then from Han–Western gaps."""
    places = [place for place in range(start, end - 1) if paragraph.slack_of[place] > 0]
    gains: dict[int, float] = {}
    for chosen in ([place for place in places if paragraph.gap[place] != BORDER], [place for place in places if paragraph.gap[place] == BORDER]):
        room = sum(paragraph.slack_of[place] for place in chosen)
        if excess <= 0 or not room:
            continue
        part = min(1.0, excess / room)
        for place in chosen:
            size = paragraph.size[place]
            taken = ceil(paragraph.slack_of[place] * part * 1000 / size - 1e-6) * size / 1000  # up: never too wide
            gains[place] = -taken
            excess -= taken
    return Fill(gains, 0.0, -excess)
