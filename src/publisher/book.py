"""The book: what will be printed, in order. Made by `compose` from the sources; it points to them and copies no fact.

A `Book` is a list of `Section`s that can each be typeset alone; a section is a list of blocks; text is a `Line` of
pieces, so that note marks and page references stay data until they are rendered.
"""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, NamedTuple
from xml.sax.saxutils import unescape

from publisher.lexicon import Lexicon
from publisher.volume import Privacy
from publisher.written import Written


@dataclass(frozen=True, slots=True)
class Text:
    """A stretch of plain text; where it is `Written` it knows its place in the source."""

    text: str


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages that bear a term of a lexicon, as links; `section` limits them to one section."""

    lexicon: str
    term: str
    which: Which = Which.ALL
    section: str = ""
    text: ClassVar[str] = ""
    """Of its own it has no words."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of a table (●) with the words that are read aloud in its place."""

    text: str
    said: str


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Paragraph:
    line: Line
    style: str = "body"
    key: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A list; numbered where `ordered`."""

    items: tuple[Line, ...]
    ordered: bool = True
    style: str = "body"
    key: bool = False


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with its number and caption; it says in words, `alt`, what it shows."""

    word: ClassVar[str] = "图"
    anchor: str
    number: str
    caption: Line
    alt: str
    deflated: bytes
    """Its SVG, deflated: it takes as much room as all other blocks of a case."""
    width: float
    height: float
    """In points."""
    kind: str
    note: str = ""
    """Set small under the caption."""
    follows: bool = False
    """It belongs to the table before it and stays with it."""

    @property
    def label(self) -> str:
        return f"{self.word}{self.number}"

    @property
    def svg(self) -> str:
        """The drawing; inks are written `var(--role)`, `render` puts them in."""
        return zlib.decompress(self.deflated).decode()

    @property
    def words(self) -> list[str]:
        """The words in the drawing, in the order in which they are drawn."""
        return [unescape(text) for text in re.findall(r"<text [^>]*>([^<]*)</text>", self.svg)]


def deflated(svg: str) -> bytes:
    """Return a drawing as a `Figure` holds it."""
    return zlib.compress(svg.encode(), 1)


@dataclass(frozen=True, slots=True)
class Code:
    """The QR code of an address."""

    address: str
    alt: str
    svg: str


@dataclass(frozen=True, slots=True)
class Note:
    """An editor's note as printed: its number, the words it is about, the doubt, the reason."""

    number: int
    anchor: str
    """Of the note at the foot of its page; `mark` and `entry` are those of its mark and of its entry in the collation."""
    mark: str
    entry: str
    quote: Line
    note: Line
    reason: Line

    @property
    def foot(self) -> Line:
        """What stands at the foot of the page: the doubt; the words are above it, a reason and pages of other cases are left to the collation."""
        note = tuple(Text(piece.text) if isinstance(piece, Reference) else piece for piece in self.note)
        return (*note, Text("（详校勘记）")) if self.reason else note


@dataclass(frozen=True, slots=True)
class Notes:
    """The editor's notes of a section; each is printed once, at the foot of the page that first bears its mark."""

    items: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Collation:
    """The editor's notes of one case as collected at the end of the volume: page, number, words, doubt, reason."""

    items: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the contents or of a list of cases."""

    label: str
    title: str
    detail: str
    target: str
    level: int


@dataclass(frozen=True, slots=True)
class Entries:
    items: tuple[Entry, ...]
    style: str = ""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Index:
    terms: tuple[IndexTerm, ...]


@dataclass(frozen=True, slots=True)
class TitlePage:
    title: str
    subtitles: tuple[str, ...] = ()
    english: tuple[str, ...] = ()
    edition: str = ""
    compiler: str = ""
    label: str = ""
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class Opener:
    """The head of a case: its number, title and summary panel."""

    label: str
    title: Line
    panel: Facts
    code: Code | None = None


class Bar(NamedTuple):
    """A black bar: where it begins and how wide it is, in modules; a guard bar is longer."""

    start: int
    width: int
    guard: bool


@dataclass(frozen=True, slots=True)
class Barcode:
    """A book number as it is read by people and by machines."""

    text: str
    """ISBN 978-7-…, with its hyphens."""
    digits: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """The cover as one sheet: back, spine and front beside each other. Lengths are millimetres."""

    lines: tuple[str, ...]
    """The title, line by line."""
    subtitles: tuple[str, ...]
    english: tuple[str, ...]
    credits: tuple[str, ...]
    """Compiler and edition, at the foot of the front."""
    spine: str
    """What stands on the spine; empty where it is too narrow for type."""
    spine_size: float
    """Size of that type in points."""
    spine_mm: float
    page_mm: tuple[float, float]
    subject: tuple[str, ...]
    """What the volume holds, line by line, for the back."""
    parts: tuple[tuple[str, str], ...]
    """Label and title of each part."""
    notice: str
    barcode: Barcode | None = None

    @property
    def sheet_mm(self) -> tuple[float, float]:
        return 2 * self.page_mm[0] + self.spine_mm, self.page_mm[1]

    @property
    def folds_mm(self) -> tuple[float, float]:
        """Where the sheet is folded, from its left edge."""
        return self.page_mm[0], self.page_mm[0] + self.spine_mm

    @property
    def spine_runs(self) -> list[tuple[str, bool]]:
        """The words of the spine from top to foot, each with whether it stands upright; Latin runs and brackets are turned."""
        return [(run, len(run) == 1 and bool(UPRIGHT.fullmatch(run))) for run in re.findall(rf"{UPRIGHT.pattern}|(?:(?!{UPRIGHT.pattern}).)+", self.spine)]


UPRIGHT = re.compile(r"[\u3007\u3400-\u9fff\U00020000-\U0003ffff]")
"""Characters that stand upright in a vertical line."""

Block = Heading | Paragraph | Points | Facts | Table | Figure | Notes | Collation | Entries | Index | TitlePage | Opener | Cover


@dataclass(frozen=True, slots=True)
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

    apart: bool = False
    """Follows the body with pages numbered for themselves in roman figures: what an offprint has beside the pages of its volume."""

    @property
    def numbering(self) -> str:
        """How its pages are numbered, in the words of CSS."""
        return "lower-roman" if self.front or self.apart else "decimal"

    @property
    def headings(self) -> list[Heading]:
        return [block for block in self.blocks if isinstance(block, Heading) and block.level == 1]

    @property
    def numbered_blocks(self) -> list[Block]:
        """Its tables, figures and whatever else has a number and a caption, in order."""
        return [block for block in self.blocks if getattr(block, "number", "") and getattr(block, "caption", ())]


SEARCHED = ("case", "guideline", "appendix", "trials", "announced", "closing")
"""Kinds of sections whose pages are looked through for terms; finding aids are not."""


def searched(section: Section, lexicon: Lexicon) -> bool:
    """Tell whether the pages of a section are looked through for the terms of a lexicon."""
    return section.kind in SEARCHED or (lexicon.collated and section.kind == "collation")


def lines_of(block: Block) -> list[Line]:
    """Return every line of a block that is printed in the place of the block, in printing order; notes have places of their own."""
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
        case Figure():
            return [(Text(f"{block.label}　"), *block.caption), *([plain(block.note)] if block.note else [])]
        case Collation():
            return [line for note in block.items for line in (note.quote, note.note, note.reason)]
    return []


def pictures_of(section: Section) -> list[Figure | Code]:
    """Return the drawings of a section in printing order."""
    found: list[Figure | Code] = []
    for block in section.blocks:
        if isinstance(block, Figure):
            found.append(block)
        elif isinstance(block, Opener | TitlePage) and block.code:
            found.append(block.code)
    return found


def links_of(block: Block, anchors: Anchors = lambda piece: []) -> list[str]:
    """Return the anchors a block links to, in printing order."""
    match block:
        case Entries():
            return [entry.target for entry in block.items]
        case Notes():
            return [target for note in block.items for target in (note.mark, note.entry)]
        case Collation():
            return [target for note in block.items for target in (note.mark, *targets_of_note(note, anchors))]
    return [target for line in lines_of(block) for target in targets(line, anchors)]


def targets_of_note(note: Note, anchors: Anchors) -> list[str]:
    return [target for line in (note.quote, note.note, note.reason) for target in targets(line, anchors)]


@dataclass(frozen=True, slots=True)
class Printed:
    """A source scalar that must be found in the text of its section's own pages."""

    text: Written
    section: str
    path: str


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """The cells of a table row that must be found side by side in the text of its section's pages."""

    cells: tuple[Line, ...]
    section: str
    table: str


@dataclass(frozen=True, slots=True)
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
    privacy: Privacy = field(default_factory=Privacy)
    """What of the patients may be printed."""
    first_folio: int = 1
    """The folio of the first page of the body; an offprint keeps those of its volume."""
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
