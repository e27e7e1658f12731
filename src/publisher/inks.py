"""What a volume is printed with: its inks by role, as the screen shows them and as the press mixes them, and on what paper.

The inks are read from `styles/tokens/ink.css` and `ink-press.css`, which hold plain `--name: value;` lines, first for every volume
(`:root`), then for one (`.breast`).
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from publisher.problems import Place, Problem, Rejected


class Rgb(NamedTuple):
    """A screen colour, 0 to 255."""

    red: int
    green: int
    blue: int


class Mix(NamedTuple):
    """Shares of the four process inks, 0 to 1."""

    cyan: float = 0
    magenta: float = 0
    yellow: float = 0
    black: float = 0

    @property
    def total(self) -> float:
        return sum(self)

    @property
    def is_black_only(self) -> bool:
        return self.black > 0 and not any(self[:3])


PAPER = Mix()
BLACK = Mix(black=1)
SECOND = "--second"
SLUG_FONTS = ("CasebookSans-Regular.otf", "CasebookHei-Regular.otf")


@dataclass(frozen=True)
class Inks:
    """The inks of a volume: screen colours and press mixes by role, and its second ink as a spot ink."""

    screen: dict[str, Rgb]
    press: dict[str, Mix]
    spot: str
    """Name of the plate."""
    shared: dict[str, float]
    """How much of the spot ink prints each role that belongs to it, 0 to 1."""

    @property
    def mixes(self) -> dict[Rgb, Mix]:
        """The press mix of every screen colour that has one."""
        return {self.screen[role]: mix for role, mix in self.press.items() if role in self.screen}

    @property
    def shares(self) -> dict[Rgb, float]:
        """How much of the spot ink prints a screen colour that belongs to it."""
        return {self.screen[role]: share for role, share in self.shared.items() if role in self.screen}


@dataclass(frozen=True)
class Condition:
    """A printing condition: the paper, its characterisation, and the profile that describes it."""

    name: str
    """As registered with the ICC."""
    description: str
    profile: str
    """File in `styles/profiles/`."""
    total_ink: float = 3.0


CONDITIONS = {
    "coated": Condition("FOGRA39", "Offset, ISO 12647-2, paper type 1 or 2 (coated), 115 g/m2", "FOGRA39.icc"),
    "uncoated": Condition("FOGRA29", "Offset, ISO 12647-2, paper type 4 (uncoated, white), 115 g/m2", "FOGRA29.icc"),
}


@dataclass(frozen=True)
class PressRun:
    """All that the press edition of a volume needs to know beside its pages."""

    inks: Inks
    condition: Condition
    profile: bytes
    slug_fonts: tuple[bytes, ...]
    """The faces of the slug line, Latin before Chinese; its letters are drawn as outlines."""
    edition: str
    """For the slug line: 第一版."""
    standard: str = "X-4"
    """X-4 or X-1a."""
    spot: bool = False
    """Print the second ink from a plate of its own."""

    @property
    def is_old(self) -> bool:
        """Whether the standard knows neither transparency nor compressed objects."""
        return self.standard == "X-1a"

    @property
    def version(self) -> str:
        """The PDF version the standard is based on."""
        return "1.4" if self.is_old else "1.6"


def press_run(styles: Path, volume: str, edition: str, paper: str = "uncoated", standard: str = "X-4", spot: bool = False) -> PressRun:
    """Gather what the press edition of a volume needs from the folder of styles. Raises Rejected where something is not there."""
    condition = CONDITIONS[paper]
    try:
        inks = read_inks(styles / "tokens", volume)
        profile = (styles / "profiles" / condition.profile).read_bytes()
        slug_fonts = tuple((styles / "fonts" / name).read_bytes() for name in SLUG_FONTS)
    except OSError as error:
        place = Place(f"{styles.name}/{Path(error.filename).relative_to(styles)}")
        raise Rejected([Problem(place, "INK-001", "印刷所需的文件不在", hint="补入此文件；或只编屏幕版：--edition screen")]) from error
    except KeyError as error:
        raise Rejected([Problem(Place(f"{styles.name}/tokens/ink-press.css"), "INK-002", "印刷用墨没有写全", str(error.args[0]))]) from error
    return PressRun(
        inks=inks,
        condition=condition,
        profile=profile,
        slug_fonts=slug_fonts,
        edition=edition,
        standard=standard,
        spot=spot,
    )


def read_inks(tokens: Path, volume: str) -> Inks:
    """Read the inks of a volume. Raises KeyError where the second ink has no mix or no name."""
    screen = declarations((tokens / "ink.css").read_text(encoding="utf-8"), volume)
    press = declarations((tokens / "ink-press.css").read_text(encoding="utf-8"), volume)
    mixes = {role: mix(value) for role, value in press.items() if value.startswith("device-cmyk")}
    return Inks(
        screen={role: rgb(value) for role, value in screen.items()},
        press={SECOND: mixes[SECOND], **mixes},
        spot=press["--spot"].strip('"'),
        shared={role.removesuffix("-share"): float(value) for role, value in press.items() if role.endswith("-share")},
    )


def declarations(css: str, volume: str) -> dict[str, str]:
    """Return the custom properties that hold for a volume."""
    found: dict[str, str] = {}
    for selector, body in re.findall(r"([.:][\w-]+)\s*{([^}]*)}", re.sub(r"/\*.*?\*/", "", css, flags=re.S)):
        if selector in (":root", f".{volume}"):
            found.update((name, value.strip()) for name, value in re.findall(r"(--[\w-]+)\s*:\s*([^;]+);", body))
    return found


def rgb(value: str) -> Rgb:
    """Read #14606b or #333."""
    digits = value.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return Rgb(*bytes.fromhex(digits))


def mix(value: str) -> Mix:
    """Read device-cmyk(0 1 0 0.55)."""
    return Mix(*map(float, re.findall(r"[\d.]+", value)))
