"""An edition: what a finished file must be, as data. One book is finished as several editions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Edition:
    name: str
    stylesheet: str
    """Entry file in `styles/`."""
    trim_mm: tuple[float, float]
    fonts: tuple[str, ...]
    """PostScript names that may appear in the file, without subset prefixes; each is the beginning of the names it stands for."""
    table_em: float = 46
    """Width of a table line in ems of the table's own type."""


FONTS = ("Casebook",)

SCREEN = Edition(
    name="screen",
    stylesheet="book.css",
    trim_mm=(185, 260),
    fonts=FONTS,
)
PRESS = Edition(
    name="press",
    stylesheet="book.css",
    trim_mm=SCREEN.trim_mm,
    fonts=FONTS,
)
"""The inside for the printer: the pages of the screen, laid out once for both."""

BOOKLET = Edition(
    name="booklet",
    stylesheet="booklet.css",
    trim_mm=(148, 210),
    fonts=FONTS,
    table_em=38,
)


def cover(sheet_mm: tuple[float, float]) -> Edition:
    """Return what the cover has to be, whose size depends on the spine."""
    return Edition(name="cover", stylesheet="cover.css", trim_mm=sheet_mm, fonts=FONTS)


NAMES = ("screen", "press", "booklets")
"""What can be built, in the order in which it is made."""
