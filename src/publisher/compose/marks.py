"""Turn written text into printed lines, placing each editor's note after the words it is about."""

from types import SimpleNamespace
from typing import Any, Self

from publisher import book
from publisher.problems import Problem, Rejected
from publisher.written import Written


class Marks:
    """The editor's notes of one case or chapter, numbered in the order in which their words come up in print."""

    def __init__(self, noted: Any, section: str = ""):
        self.section = section or str(noted.id)
        self.waiting = list(noted.notes)
        self.placed: list[book.Note] = []
        self.plain = False

    @classmethod
    def none(cls) -> Self:
        """Return marks for a section that has no notes of its own."""
        return cls(SimpleNamespace(id="", notes=()))

    def line(self, *texts: str | None) -> book.Line:
        """Return one line of the texts given; a source text carries the marks of notes first met in it."""
        return tuple(piece for text in texts if text for piece in self.pieces(text))

    def pieces(self, text: str) -> list[book.Piece]:
        if not isinstance(text, Written):
            return [book.Text(str(text))]
        here = [] if self.plain else [(text.find(note.quote) + len(note.quote), note) for note in self.waiting if note.quote in text]
        pieces: list[book.Piece] = []
        start = 0
        for end, note in sorted(here, key=lambda item: item[0]):
            if end > start:
                pieces.append(book.Text(Written(text[start:end], text.place)))
            pieces.append(self.mark(note))
            start = end
        if start < len(text):
            pieces.append(book.Text(Written(text[start:], text.place)))
        return pieces

    def mark(self, note) -> book.NoteMark:
        self.waiting.remove(note)
        number = len(self.placed) + 1
        anchor, mark, entry = (f"{self.section}-{place}-{number}" for place in ("note", "mark", "entry"))
        reason = "".join([note.reason or "", f"（据{note.source}）" if note.source else ""])
        self.placed.append(book.Note(number, anchor, mark, entry, book.plain(note.quote), book.plain(note.note), book.plain(reason)))
        return book.NoteMark(number, anchor, mark)

    def notes(self) -> book.Notes:
        """Return the notes placed. Raises Rejected when the words of one never came up."""
        if self.waiting:
            raise Rejected(
                [
                    Problem(note.quote.place, "NOTE-001", "编者按所引文字不在本例之中", note.quote, "逐字照抄本例原文中的一处，不跨越两个项目")
                    for note in self.waiting
                ]
            )
        return book.Notes(tuple(self.placed))


def noted(marks: Marks, anchor: str) -> list[book.Block]:
    """Return the notes of a chapter under a head of their own, or nothing. Raises Rejected when one cannot be placed."""
    notes = marks.notes()
    return [book.Heading(book.plain("编者按"), 2, anchor), notes] if notes.items else []
