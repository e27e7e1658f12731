"""Inks by role, for what style sheets do not reach: `styles/tokens/ink.css` -> the colours of a volume."""

import re
from pathlib import Path

RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
INK = re.compile(r"--([a-z][a-z0-9-]*)\s*:\s*([^;]+);")


def inks(styles: Path, volume: str) -> dict[str, str]:
    """Return the colour of each role for a volume: those of all, then its own."""
    text = re.sub(r"/\*.*?\*/", "", (styles / "tokens" / "ink.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    found: dict[str, str] = {}
    for selector, body in RULE.findall(text):
        if selector.strip() in (":root", f".{volume}"):
            found |= {role: colour.strip() for role, colour in INK.findall(body)}
    return found
