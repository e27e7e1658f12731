"""The collation (校勘记) at the end of a volume: the editor's notes of its cases and chapters, each with its page, its words and its reason."""

from collections.abc import Sequence

from publisher import book
from publisher.compose import long_sections
from publisher.compose.long_sections import parted

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
    parts: list[list[book.Block]] = []
    for group in gathered([len(notes) for _, notes in noted]):
        parts.append([] if parts else [head, about])
        for section, notes in (noted[index] for index in group):
            title = f"例{section.number}　{section.title}" if section.number else section.title
            parts[-1] += [book.Heading(book.plain(title), 2, f"{COLLATION}-{section.id}"), book.Collation(notes)]
    return parted(book.Section(COLLATION, COLLATION, TITLE, (), running_head=TITLE), parts) if parts else []


def notes_of(section: book.Section) -> tuple[book.Note, ...]:
    return tuple(note for block in section.blocks if isinstance(block, book.Notes) for note in block.items)


def gathered(sizes: Sequence[int]) -> list[list[int]]:
    """Gather neighbours, by their places, as long as their sizes together do not pass MOST_NOTES."""
    return long_sections.gathered(sizes, MOST_NOTES)
