"""Where something is, as the tables print it: side, site, levels."""

from typing import Any


def where(row: Any) -> str:
    """Return side, site and levels of a record in words; a side or level that the site already names is not said twice."""
    site = row.site or ""
    side = getattr(row, "side", None)
    shown = side if side and side[0] not in site[:3] and side not in site else ""
    levels = "、".join(level for level in row.levels if level not in site)
    if not levels:
        return f"{shown}{site}"
    return f"{shown}{site}（{levels}）" if shown or site else levels
