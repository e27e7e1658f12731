"""The collation (校勘记) at the end of a volume: the editor's notes of its cases and chapters, each with its page, its words and its reason."""

from collections.abc import Sequence

from publisher import book

COLLATION = "collation"
"""Id and kind of the section."""
TITLE = "校勘记"


def collation_section(noted: Sequence[book.Section]) -> list[book.Section]:
    """Return the section in a list, or an empty list where none of the cases and chapters has a note."""
    blocks: list[book.Block] = []
    for section in noted:
        notes = [note for block in section.blocks if isinstance(block, book.Notes) for note in block.items]
        if notes:
            title = f"例{section.number}　{section.title}" if section.number else section.title
            blocks += [book.Heading(book.plain(title), 2, f"{COLLATION}-{section.id}"), book.Collation(tuple(notes))]
    if not blocks:
        return []
    head = book.Heading(book.plain(TITLE), 1, f"{COLLATION}-h")
    about = book.Paragraph(book.plain("编者按依例汇列，各条依次为所在页码、编号、原文、疑点，有理由者附后。"))
    return [book.Section(COLLATION, COLLATION, TITLE, (head, about, *blocks), running_head=TITLE)]
