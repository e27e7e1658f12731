"""Where our layouts, styles, word lists and examples of rules lie: at the root of a checkout, or in the installed package."""

from pathlib import Path

PACKAGED = Path(__file__).parent / "_defaults"
"""What the wheel carries: layouts, styles, content/reference, tests/rules."""
DEFAULTS = PACKAGED if PACKAGED.is_dir() else Path(__file__).resolve().parents[2]
