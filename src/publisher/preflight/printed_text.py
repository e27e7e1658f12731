"""The text of a PDF's pages as a reader of the file gets it, brought to one form for comparing, the notes at their feet apart."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from publisher import book
from publisher.pagination import Pagination
from publisher.preflight.drawn_page import drawn_texts

NOTE_MARK = re.compile(r"〔(\d+)〕")
LIST_NUMBERS = re.compile(r"(?:\d+\.|·)+$")
"""The engine draws them after the text of a page."""
LAST = 400
"""Characters that a paragraph at the end of a page may have there."""
PAGE_REFERENCE = re.compile(r"(例\d+)（\d+）")
"""A reference to a case with its page: 例2（14）."""
KNOWN_BY = 12
"""Characters by which the beginning of a note is known, its number included."""


def unspaced(text: str) -> str:
    return unicodedata.normalize("NFC", re.sub(r"\s+", "", text))


def squeezed(text: str) -> str:
    """Drop spaces, line ends and note marks; nothing else is folded."""
    return NOTE_MARK.sub("", unspaced(text))


def without_references(text: str) -> str:
    """Drop the pages that were set after the numbers of cases: what is left is as the author wrote it."""
    return PAGE_REFERENCE.sub(r"\1", text)


@dataclass(frozen=True)
class Foot:
    """The notes at the foot of a page."""

    notes: tuple[int, ...]
    """Their numbers, with that of one that goes on on the next page, without that of one that began before."""
    text: str
    rest: str = ""
    """What the next page has of the last note."""


class PageTexts:
    """The texts of a book's pages, without what stands in their margins."""

    def __init__(self, raw: Sequence[str], whole: book.Book, pagination: Pagination):
        self.raw = raw
        owners = {number: span.section for span in pagination.spans for number in range(span.first, span.last + 1)}
        notes = {section.id: labelled(section) for section in whole.sections}
        self.pages: list[str] = []
        self.calls: list[set[int]] = []
        """The numbers of the note marks in the text of each page."""
        self.feet: list[Foot] = []
        self.ends: list[str] = []
        """How the text of each page ends, where the numbers of its lists may be figures of the text instead."""
        for number, (text, folio) in enumerate(zip(self.raw, pagination.folios, strict=False), 1):
            owner = owners.get(number)
            printed = body(unspaced(text), margin_texts(owner, whole, folio))
            bare = LIST_NUMBERS.sub("", printed) if owner and has_list(owner) else printed
            above, foot = parted(bare, notes[owner.id] if owner else {}, self.feet[-1].rest if self.feet else "")
            ends = printed if bare != printed else above
            if owner and has_list(owner) and foot.text:  # they may stand before the notes
                above = LIST_NUMBERS.sub("", above)
            self.ends.append("" if ends in (bare, above) else squeezed(ends[-LAST:]))
            self.pages.append(squeezed(above))
            self.calls.append(set(map(int, NOTE_MARK.findall(above))))
            self.feet.append(foot)

    def of(self, first: int, last: int) -> str:
        """Return the joined body text of pages `first` to `last`, counted from 1, and after it their notes."""
        feet = "".join(foot.text for foot in self.feet[first - 1 : last])
        return "\n".join(["".join(self.pages[first - 1 : last]) + feet, *filter(None, self.ends[first - 1 : last])])


def labelled(section: book.Section) -> dict[int, str]:
    """Return the notes of a section as they stand at the feet of its pages, by number."""
    notes = [note for block in section.blocks if isinstance(block, book.Notes) for note in block.items]
    return {note.number: unspaced(f"〔{note.number}〕{book.words(note.foot)}") for note in notes}


def parted(text: str, notes: dict[int, str], rest: str) -> tuple[str, Foot]:
    """Part a page's text from its notes; `rest` is what the page before left over."""
    starts = sorted((place, number) for number, note in notes.items() if (place := text.rfind(note[:KNOWN_BY])) >= 0)
    above, below = (text[: starts[0][0]], text[starts[0][0] :]) if starts else (text, "")
    whole = tuple(number for _, number in starts if notes[number] in below)
    last = below[starts[-1][0] - starts[0][0] :] if starts else ""
    number = starts[-1][1] if starts else 0
    going_on = notes[number].removeprefix(last) if last and last != notes[number] and notes[number].startswith(last) else ""
    if not rest or not above.endswith(rest):
        rest = ""
    return above.removesuffix(rest), Foot((*whole, number) if going_on else whole, squeezed(rest + below), going_on)


class PrintedText(PageTexts):
    """The pages of a PDF, read once; `raw` are their texts where they have been read."""

    def __init__(self, pdf: bytes, whole: book.Book, pagination: Pagination, raw: Sequence[str] = ()):
        self.pdf = pdf
        super().__init__(raw or drawn_texts(pdf), whole, pagination)


def margin_texts(section: book.Section | None, whole: book.Book, folio: str) -> list[str]:
    """Return what the margins of a page may bear: running head, folio, thumb tab."""
    if section is None:
        return []
    return [unspaced(text) for text in (section.running_head, whole.short_title, folio, section.tab) if text]


def has_list(section: book.Section) -> bool:
    return any(isinstance(block, book.Points) for block in section.blocks)


def body(text: str, margins: list[str]) -> str:
    """Cut each margin text once from the end of a page's text, where the engine draws them."""
    rest = sorted(margins, key=len, reverse=True)
    while match := next((margin for margin in rest if text.endswith(margin)), None):
        text = text.removesuffix(match)
        rest.remove(match)
    return text
