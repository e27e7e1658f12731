"""The figures of a section: each takes what was drawn and gives a `Figure`, or nothing where nothing was."""

from collections.abc import Iterable

from publisher import book
from publisher.figures.drawing import Drawn
from publisher.figures.qr import code

MOST_PT = 540.0
"""Tallest drawing that a page holds with its caption."""
CODE_PT = 51.0
"""Side of a QR code in points: 18 mm."""


class Figures:
    """Number the figures of one section, 图 n-1, n-2 …"""

    def __init__(self, section: str, number: str):
        self.section, self.number = section, number
        self.count = 0

    def figures(self, drawn: Iterable[Drawn | None], follows: bool = False) -> list[book.Figure]:
        """Return the figures of what was drawn; `follows` keeps the first with the table before it. One that no page can hold is left out."""
        shown = [one for one in drawn if one and one.height <= MOST_PT]
        return [self.figure(one, follows and one is shown[0]) for one in shown]

    def figure(self, drawn: Drawn, follows: bool) -> book.Figure:
        self.count += 1
        anchor, number = f"{self.section}-figure-{self.count}", f"{self.number}-{self.count}"
        caption = book.plain(drawn.caption)
        return book.Figure(anchor, number, caption, drawn.alt, book.deflated(drawn.svg), drawn.width, drawn.height, drawn.kind, drawn.note, follows)


def qr_code(address: str, what: str) -> book.Code:
    """Make the QR code of an address that leads to something."""
    alt = f"二维码，指向{what}：{address}"
    return book.Code(address, alt, code(address, CODE_PT, alt).svg)
