"""What the engine takes from the machine: the versions of its libraries, and no font but the project's own."""

import ctypes
import os
from importlib.metadata import version

from weasyprint.text import ffi
from weasyprint.text.fonts import FontConfiguration

from publisher.defaults import DEFAULTS

OWN_FONTS_ONLY = DEFAULTS / "styles" / "fonts" / "own-fonts-only.conf"


def own_fonts() -> FontConfiguration:
    """Return a font configuration that knows no font and no rule of the machine or of the user's home.

    Fontconfig applies `~/.config/fontconfig` even to fonts of `@font-face`: a rule there can replace or embolden them. Text
    must not be set before a style sheet has added a font: Pango without any font crashes.
    """
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(OWN_FONTS_ONLY)
    try:
        return FontConfiguration()
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


def versions() -> dict[str, str]:
    """Return the versions of everything that decides how pages look."""
    return {
        "WeasyPrint": version("weasyprint"),
        "pydyf": version("pydyf"),
        "fonttools": version("fonttools"),
        "pikepdf": version("pikepdf"),
        "Pango": dotted(ffi.pango.pango_version()),
        "HarfBuzz": harfbuzz_version(),
    }


def harfbuzz_version() -> str:
    """Return the version of the shaping library, or 未知 where it cannot be asked."""
    for name in ("libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-0.dll"):
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.hb_version_string.restype = ctypes.c_char_p
        return library.hb_version_string().decode()
    return "未知"


def dotted(number: int) -> str:
    """Write 15012 as 1.50.12."""
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"
