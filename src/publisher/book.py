"""The book: what will be printed, in order. Made by `compose` from the sources; it points to them and copies no fact.

A `Book` is a list of `Section`s that can each be typeset alone; a section is a list of blocks; text is a `Line` of
pieces, so that note marks and page references stay data until they are rendered.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from publisher.lexicon import Lexicon
from publisher.written import Written


@dataclass(frozen=True)
class Text:
    """A stretch of plain text."""

    text: str


@dataclass(frozen=True)
class NoteMark:
    """The call of editor's note `number`; `target` is the note's anchor."""

    number: int
    target: str
    anchor: str


class Form(StrEnum):
    """How a reference prints the page it leads to."""

    BRACKETS = "brackets"
    """例2（14）"""
    PAGE = "page"
    """化疗药第126页"""


@dataclass(frozen=True)
class Reference:
    """A link to `target` with its printed page."""

    text: str
    target: str
    form: Form = Form.BRACKETS

    @property
    def around(self) -> tuple[str, str]:
        """What stands before and after the page number."""
        return (f"{self.text}（", "）") if self.form is Form.BRACKETS else (f"{self.text}第", "页")


class Which(StrEnum):
    """Which pages of a term are printed."""

    ALL = "all"
    FIRST = "first"
    TREATED = "treated"


@dataclass(frozen=True)
class Pages:
    """The pages that bear a term of a lexicon, as links; `section` limits them to one section."""

    lexicon: str
    term: str
    which: Which = Which.ALL
    section: str = ""
    text: ClassVar[str] = ""
    """Of its own it has no words."""


@dataclass(frozen=True)
class Sign:
    """A sign of a table (●) with the words that are read aloud in its place."""

    text: str
    said: str


@dataclass(frozen=True)
class Run:
    """A run-in head before the text of its paragraph."""

    line: tuple["Text | NoteMark | Reference | Pages | Sign", ...]

    @property
    def text(self) -> str:
        return words(self.line)


Piece = Text | NoteMark | Reference | Pages | Sign | Run
Line = tuple[Piece, ...]


def plain(text: str) -> Line:
    """Make a line of ready text."""
    return (Text(text),) if text else ()


Anchors = Callable[["Pages"], list[str]]
"""Says which anchors the pages of a term are."""


def targets(line: Line, anchors: Anchors = lambda piece: []) -> list[str]:
    """Return the anchors a line links to, in order."""
    found = []
    for piece in line:
        if isinstance(piece, Run):
            found += targets(piece.line, anchors)
        elif isinstance(piece, Pages):
            found += anchors(piece)
        elif isinstance(piece, NoteMark | Reference):
            found.append(piece.target)
    return found


def words(line: Line) -> str:
    """Return the text of a line without note marks and page numbers."""
    return "".join(piece.text for piece in line if not isinstance(piece, NoteMark))


@dataclass(frozen=True)
class Heading:
    line: Line
    level: int
    """1 for the sections of a case (they are bookmarks), 2 and 3 below."""
    anchor: str
    key: bool = False
    """What it names is treated here: the pages of its terms are main entries of the index."""

    @property
    def title(self) -> str:
        return words(self.line)


@dataclass(frozen=True)
class Paragraph:
    line: Line
    style: str = "body"
    key: bool = False


@dataclass(frozen=True)
class Points:
    """A list; numbered where `ordered`."""

    items: tuple[Line, ...]
    ordered: bool = True
    style: str = "body"
    key: bool = False


@dataclass(frozen=True)
class Facts:
    """Labels with their values."""

    items: tuple[tuple[Line, Line], ...]
    style: str = "facts"


class Kind(StrEnum):
    """How a column is set."""

    TEXT = "text"
    FIGURE = "figure"
    FLAG = "flag"
    UNIT = "unit"
    TERM = "term"
    SIGN = "sign"


@dataclass(frozen=True)
class Column:
    line: Line
    kind: Kind
    share: float
    """Part of the table's width, 0 to 1; the shares of a table add up to 1."""
    key: bool = False
    """What its cells name is treated here."""
    key_head: bool = False
    """What its head names is treated here."""

    @property
    def title(self) -> str:
        return words(self.line)


@dataclass(frozen=True)
class Table:
    word: ClassVar[str] = "表"
    anchor: str
    number: str
    caption: Line
    columns: tuple[Column, ...]
    rows: tuple[tuple[Line, ...], ...]
    groups: tuple[tuple[int, Line], ...] = ()
    """Heads of groups of rows, each with the index of the row it stands before."""
    note: str = ""
    style: str = ""
    key: bool = False
    """What its caption names is treated here."""

    @property
    def label(self) -> str:
        """表2-1, or nothing for a table without a number."""
        return f"{self.word}{self.number}" if self.number else ""

    @property
    def bodies(self) -> list[tuple[Line, tuple[tuple[Line, ...], ...]]]:
        """The rows group by group, each with its head; one group without a head where there are none."""
        starts = [*self.groups] or [(0, ())]
        ends = [*[start for start, _ in starts[1:]], len(self.rows)]
        return [(head, self.rows[start:end]) for (start, head), end in zip(starts, ends, strict=True)]


@dataclass(frozen=True)
class Note:
    """An editor's note as printed: its number, the words it is about, the doubt, the reason."""

    number: int
    anchor: str
    mark: str
    quote: Line
    note: Line
    reason: Line


@dataclass(frozen=True)
class Notes:
    items: tuple[Note, ...]


@dataclass(frozen=True)
class Entry:
    """A row of the contents or of a list of cases."""

    label: str
    title: str
    detail: str
    target: str
    level: int


@dataclass(frozen=True)
class Entries:
    items: tuple[Entry, ...]
    style: str = ""


@dataclass(frozen=True)
class IndexTerm:
    """A line of the index: a term of its lexicon, printed with its pages, or another name that points to one."""

    term: str
    initial: str
    see: str = ""
    """The term to look under, for a brand or a second name."""
    lexicon: str = "index"
    """The lexicon in which its pages are found."""

    @property
    def found_under(self) -> str:
        return self.see or self.term


@dataclass(frozen=True)
class Index:
    terms: tuple[IndexTerm, ...]


@dataclass(frozen=True)
class TitlePage:
    title: str
    subtitles: tuple[str, ...] = ()
    english: tuple[str, ...] = ()
    edition: str = ""
    compiler: str = ""
    label: str = ""


@dataclass(frozen=True)
class Opener:
    """The head of a case: its number, title and summary panel."""

    label: str
    title: Line
    panel: Facts


Block = Heading | Paragraph | Points | Facts | Table | Notes | Entries | Index | TitlePage | Opener


@dataclass(frozen=True)
class Section:
    """One separately typeset piece of the book. Its `id` is also the anchor of its first page."""

    id: str
    kind: str
    title: str
    blocks: tuple[Block, ...]
    bookmark: int = 1
    """Level of its bookmark; 0 for none."""
    front: bool = False
    """Front matter is numbered in roman figures."""
    recto: bool = False
    """Opens on a right-hand page."""
    verso: bool = False
    """Opens on a left-hand page, so that it and the next can be seen together."""
    blank_back: bool = False
    """The back of its last leaf stays blank."""
    number: str = ""
    """The case's number in its manuscript."""
    running_head: str = ""
    numbered: bool = True
    """Folios and running heads are printed."""
    tab: str = ""
    """Word of the thumb tab on the fore-edge."""
    tab_place: int = 0
    """Which step of the fore-edge the tab stands on, counting from 0."""

    @property
    def headings(self) -> list[Heading]:
        return [block for block in self.blocks if isinstance(block, Heading) and block.level == 1]

    @property
    def numbered_blocks(self) -> list[Block]:
        """Its tables, figures and whatever else has a number and a caption, in order."""
        return [block for block in self.blocks if getattr(block, "number", "") and getattr(block, "caption", ())]


SEARCHED = ("case", "guideline", "appendix", "trials", "announced", "closing")
"""Kinds of sections whose pages are looked through for terms; finding aids are not."""


def lines_of(block: Block) -> list[Line]:
    """Return every line of a block that is printed as it stands, in printing order."""
    match block:
        case Heading() | Paragraph():
            return [block.line]
        case Points():
            return list(block.items)
        case Facts():
            return [line for pair in block.items for line in pair]
        case Opener():
            return [plain(block.label), block.title, *lines_of(block.panel)]
        case Table():
            heads = dict(block.groups)
            rows = [line for index, row in enumerate(block.rows) for line in ((heads[index],) if index in heads else ()) + row]
            return [(Text(f"{block.label}　"), *block.caption), *(column.line for column in block.columns), *rows]
        case Notes():
            return [line for note in block.items for line in lines_of_note(note)]
    return []


def links_of(block: Block, anchors: Anchors = lambda piece: []) -> list[str]:
    """Return the anchors a block links to, in printing order."""
    match block:
        case Entries():
            return [entry.target for entry in block.items]
        case Notes():
            return [target for note in block.items for target in (note.mark, *(target for line in lines_of_note(note) for target in targets(line, anchors)))]
    return [target for line in lines_of(block) for target in targets(line, anchors)]


def lines_of_note(note: Note) -> tuple[Line, Line, Line]:
    return note.quote, note.note, note.reason


@dataclass(frozen=True)
class Printed:
    """A source scalar that must be found in the text of its section's own pages."""

    text: Written
    section: str
    path: str


@dataclass(frozen=True)
class PrintedRow:
    """The cells of a table row that must be found side by side in the text of its section's pages."""

    cells: tuple[Line, ...]
    section: str
    table: str


@dataclass(frozen=True)
class Book:
    id: str
    volume: str
    """The volume it is, or is taken from; chooses the second ink."""
    title: str
    short_title: str
    author: str
    subject: str
    keywords: tuple[str, ...]
    date: str
    language: str
    sections: tuple[Section, ...]
    printed: tuple[Printed, ...] = field(repr=False)
    lexicons: tuple[Lexicon, ...] = field(default=(), repr=False)
    """Terms whose pages the book prints."""

    def section(self, name: str) -> Section:
        return next(section for section in self.sections if section.id == name)

    @property
    def rows(self) -> list[PrintedRow]:
        """Every table row of the book."""
        return [
            PrintedRow(row, section.id, words(block.caption))
            for section in self.sections
            for block in section.blocks
            if isinstance(block, Table)
            for row in block.rows
        ]
