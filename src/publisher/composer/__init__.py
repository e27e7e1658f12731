"""The composition room: sets Chinese lines properly inside WeasyPrint.

`install()` once before any layout; `loose_lines()` afterwards says which lines stayed loose. Not empty, unlike other
packages here: these six names are all that the rest of the project may use.
"""

from publisher.composer.engine import KNOWN_PANGO, KNOWN_WEASYPRINT, UnknownEngine, install, uninstall
from publisher.composer.report import LooseLine, clear_loose_lines, loose_lines

__all__ = ["KNOWN_PANGO", "KNOWN_WEASYPRINT", "LooseLine", "UnknownEngine", "clear_loose_lines", "install", "loose_lines", "uninstall"]
