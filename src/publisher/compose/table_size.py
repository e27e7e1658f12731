"""Tables that no page can bear: too many rows or columns."""

from collections.abc import Iterator

from publisher import book
from publisher.limits import MAX_COLUMNS, MAX_ROWS
from publisher.problems import Place, Problem


def too_large(sections: list[book.Section], volume: str) -> Iterator[Problem]:
    """Yield a problem for each table over the limits."""
    for section in sections:
        for block in section.blocks:
            if not isinstance(block, book.Table):
                continue
            place, title = Place(f"content/{volume}/{section.id}"), f"表{block.number}　{book.words(block.caption)}"[:60]
            if len(block.columns) > MAX_COLUMNS:
                yield Problem(place, "TAB-001", f"表有 {len(block.columns)} 列，排不下", title, f"不得超过 {MAX_COLUMNS} 列，宜拆成几张表")
            if len(block.rows) > MAX_ROWS:
                yield Problem(place, "TAB-002", f"表有 {len(block.rows)} 行，过长", title, f"不得超过 {MAX_ROWS} 行，宜拆成几张表")
