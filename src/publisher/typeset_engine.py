"""What decides how pages look: the versions of the engine and of its libraries, known without loading the engine.

Importing this asks for the libraries that the engine loads, so that a machine that lacks one is told so before any work.
"""

import contextlib
import ctypes
from functools import cache
from importlib.metadata import version


def library(*names: str) -> ctypes.CDLL:
    """Load a shared library by the first of its names that this machine knows. Raises OSError."""
    for name in names:
        with contextlib.suppress(OSError):
            return ctypes.CDLL(name)
    raise OSError(f"cannot load library {names[0]}")


PANGO = library("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll")
SHAPING = library("libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-0.dll")
library("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0.dll")
library("libfontconfig.so.1", "libfontconfig.1.dylib", "libfontconfig-1.dll")
NAME = f"WeasyPrint {version('weasyprint')}"


@cache
def versions() -> dict[str, str]:
    """Return the versions of everything that decides how pages look."""
    return {
        "WeasyPrint": version("weasyprint"),
        "pydyf": version("pydyf"),
        "fonttools": version("fonttools"),
        "pikepdf": version("pikepdf"),
        "Pango": pango_version(),
        "HarfBuzz": harfbuzz_version(),
    }


def pango_version() -> str:
    """Return Pango's version: the library says 15012 for 1.50.12."""
    number = PANGO.pango_version()
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


def harfbuzz_version() -> str:
    SHAPING.hb_version_string.restype = ctypes.c_char_p
    return SHAPING.hb_version_string().decode()
