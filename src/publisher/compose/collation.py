"""The collation (校勘记) at the end of a volume: the editor's notes of its cases and chapters, each with its page, its words and its reason."""

from collections.abc import Sequence

from publisher import book
from publisher.compose.long_sections import filled, parted

COLLATION = "collation"
"""Id and kind of the section."""
TITLE = "校勘记"
MOST_NOTES = 500
"""Notes of one section: some twenty pages, which are set at a time. A longer collation goes on in sections of its own."""


def collation_section(sections: Sequence[book.Section]) -> list[book.Section]:
    """Return the section in a list, followed by those in which it goes on; an empty list where none of the cases and chapters has a note."""
    noted = [(section, notes) for section in sections if (notes := notes_of(section))]
    head = book.Heading(book.plain(TITLE), 1, f"{COLLATION}-h")
    about = book.Paragraph(book.plain("编者按依例汇列，各条依次为所在页码、编号、原文、疑点，有理由者附后。"))
    if not noted:
        return []
    items = [[named(section), book.Collation(notes)] for section, notes in noted]
    first, *others = filled(items, [len(notes) for _, notes in noted], MOST_NOTES)
    return parted(book.Section(COLLATION, COLLATION, TITLE, (), running_head=TITLE), [[head, about, *first], *others])


def named(section: book.Section) -> book.Heading:
    """Return the heading over the notes of a section."""
    title = f"例{section.number}　{section.title}" if section.number else section.title
    return book.Heading(book.plain(title), 2, f"{COLLATION}-{section.id}")


def notes_of(section: book.Section) -> tuple[book.Note, ...]:
    return tuple(note for block in section.blocks if isinstance(block, book.Notes) for note in block.items)
