"""What a page of a finished PDF draws, read once for all checks: the texts in drawing order, and every line measured where it stands.

PDFium says which character each glyph is, where it is drawn, and to which piece of marked content it belongs. A reading is plain data that can be
kept: it depends on the page and what the page names, on the elements that its marks belong to, and on nothing else of the file.
"""

import ctypes
import io
import json
import mmap
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from math import hypot
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from publisher.garbage import give_back
from publisher.keeping import Stamp, stamped
from publisher.preflight.glyphs import blocks
from publisher.preflight.lines import Block, Glyph, Owner
from publisher.recall import recall

HYPHEN = "\x02"
"""What PDFium calls a hyphen that ends a line."""
WEIGHT = 10
"""How much more room lines take than what is kept of them."""
STRETCH = 1000
"""Pages whose keys are made at once."""
EDGE = 10
"""Points from the edge of the trim within which letters are told one by one."""
UNMARKED = -1
"""The number of what is drawn outside all marked content."""


@dataclass(frozen=True, slots=True)
class DrawnPage:
    number: int
    """Counted from 1."""
    text: str
    """Its text in the order in which it is drawn, each piece on a line."""
    pieces: bytes
    """Its marks and what is drawn, as JSON, deflated."""
    measured: bytes
    """Its blocks in the same way: as objects they take ten times the room of all else."""

    @property
    def marks(self) -> dict[int, str]:
        """The text of each piece of marked content, by its number. Made of what is kept whenever it is asked for, like all that follows."""
        return recall(lambda: dict(inflated(self.pieces)[0]), "marks", self.pieces, weight=WEIGHT)

    @property
    def drawn(self) -> "list[tuple[int, str]]":
        """Everything drawn that is no artifact, piece by piece of marked content: the number of its mark, and its text; lines and pictures have none."""
        return recall(lambda: [(mark, text) for mark, text in inflated(self.pieces)[1]], "drawn", self.pieces, weight=WEIGHT)

    @property
    def blocks(self) -> "tuple[Block, ...]":
        """Its upright visible text, in the order in which PDFium reads it."""

        def made() -> tuple[Block, ...]:
            return tuple(Block.of_table(table, self.number) for table in inflated(self.measured))

        return recall(made, "blocks", self.measured, str(self.number), weight=WEIGHT)


def in_json(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def from_json(content: bytes) -> Any:
    return json.loads(content.decode("utf-8", "surrogatepass"))


def deflated(told: Any) -> bytes:
    return zlib.compress(in_json(told), 1)


def inflated(content: bytes) -> Any:
    return from_json(zlib.decompress(content))


Owners = Sequence[Mapping[int, Owner]]
"""For each page the elements that its marks belong to, by their numbers."""


class Awaited(Sequence[DrawnPage]):
    """Pages that are being read elsewhere, some at a time: taken when they are first asked for."""

    def __init__(self, count: int, begun: Mapping[int, "Future[bytes]"], file: Any = None):
        """`begun` are readings as they are stored, by the first of their pages, counted from 1; `file` is held as long as they are."""
        self.count, self.begun, self.file = count, dict(begun), file
        self.firsts = sorted(self.begun)
        self.pages: dict[int, DrawnPage] = {}

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(self.count))]
        number = place + 1 if place >= 0 else self.count + place + 1
        if number not in self.pages:
            if not 0 < number <= self.count:
                raise IndexError(place)
            first = self.first(number)
            self.pages |= dict(enumerate(restored(self.begun.pop(first).result(), first), first))
        return self.pages[number]

    def first(self, number: int) -> int:
        """Return the first of the pages that are read together with one."""
        return self.firsts[bisect_right(self.firsts, number) - 1]

    def is_here(self, number: int) -> bool:
        """Tell whether a page can be had at once."""
        return number in self.pages or (reading := self.begun.get(self.first(number))) is None or reading.done()


def stored(pages: Sequence[DrawnPage]) -> bytes:
    """Return pages as bytes that `restored` takes back: on a line their texts and how long the rest of each is, then that."""
    told = [[page.text, len(page.pieces), len(page.measured)] for page in pages]
    return b"".join([in_json(told), b"\n", *(part for page in pages for part in (page.pieces, page.measured))])


def restored(content: bytes, first: int = 1) -> tuple[DrawnPage, ...]:
    """Take pages back, of which the first has a number now."""

    def made() -> Iterator[DrawnPage]:
        head, _, rest = content.partition(b"\n")
        start = 0
        for number, (text, *lengths) in enumerate(from_json(head), first):
            middle, end = start + lengths[0], start + sum(lengths)
            yield DrawnPage(number, text, rest[start:middle], rest[middle:end])
            start = end

    return recall(lambda: tuple(made()), "drawn pages", content, str(first))


Source = bytes | Path
"""A PDF, or where it stands."""


def drawn_pages(pdf: Source, owners: Owners, first: int = 1, last: int | None = None) -> tuple[DrawnPage, ...]:
    """Read the pages of a PDF from `first` to `last`, counted from 1; `owners` are those of these pages."""
    return tuple(read(page, number, owned) for number, (page, owned) in enumerate(zip(pages_of(pdf, first, last), owners, strict=True), first))


def pages_of(pdf: Source, first: int = 1, last: int | None = None) -> Iterator[pdfium.PdfPage]:
    """Yield pages of a PDF, each until the next is asked for."""
    file = opened(pdf, stamped(pdf) if isinstance(pdf, Path) else None)
    for index in range(first - 1, min(last or len(file), len(file))):
        with closing(file[index]) as page:
            yield page


@lru_cache(1)
def opened(pdf: Source, stamp: Stamp | None) -> pdfium.PdfDocument:
    """Open a PDF, or return it as last opened: its fonts are read again with each opening, and it is looked at a section at a time."""
    if isinstance(pdf, bytes):
        return pdfium.PdfDocument(pdf)
    with pdf.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    return pdfium.PdfDocument((ctypes.c_char * len(mapped)).from_buffer(mapped))  # of a name that PDFium itself would not find


class Words(NamedTuple):
    """What is read on a page."""

    text: str
    """As its `DrawnPage` has it."""
    outer: Sequence[tuple[str, Sequence[float]]]
    """The letters near the edge of the trim or beyond, each with its box in points: left, low, right, high."""


def drawn_texts(pdf: Source, first: int = 1, last: int | None = None) -> list[str]:
    """Return the text of each page from `first` to `last`, without looking where its lines stand."""
    return [page.text for page in drawn_words(pdf, first, last)]


def drawn_words(pdf: Source, first: int = 1, last: int | None = None) -> list[Words]:
    """Return the text of each page from `first` to `last`, with the letters that may be cut off."""
    return list(map(words_of, pages_of(pdf, first, last)))


def words_of(page: pdfium.PdfPage) -> Words:
    """Read the words of one page."""
    texts: dict[int, list[str]] = {}
    outer = []
    trim = page.get_trimbox()
    inner = (trim[0] + EDGE, trim[1] + EDGE, trim[2] - EDGE, trim[3] - EDGE)
    left, right, low, high = (ctypes.c_double() for _ in range(4))
    with closing(page.get_textpage()) as text:
        for index in range(text.count_chars()):
            if not (item := raw.FPDFText_GetTextObject(text, index)):
                continue
            char = chr(raw.FPDFText_GetUnicode(text, index))
            texts.setdefault(ctypes.addressof(item.contents), []).append("-" if char == HYPHEN else char)
            if not char.isspace() and raw.FPDFText_GetCharBox(text, index, left, right, low, high):
                box = (left.value, low.value, right.value, high.value)
                if box[0] < inner[0] or box[1] < inner[1] or box[2] > inner[2] or box[3] > inner[3]:
                    outer.append((char, box))
        return Words(in_order(texts, addresses(page)), outer)


def in_order(texts: dict[int, list[str]], order: Iterable[int]) -> str:
    """Return the texts of objects, by their addresses, in drawing order, each on a line."""
    lines = ["".join(texts.pop(address)) for address in order if address in texts]
    return "\n".join([*lines, *map("".join, texts.values())])


class Setting(NamedTuple):
    """What the glyphs of one text object share."""

    font: Any
    name: str
    size: float
    upright: bool
    mark: int


def read(page: pdfium.PdfPage, number: int, owners: Mapping[int, Owner]) -> DrawnPage:
    """Read one page, whose marks belong to these owners."""
    settings: dict[int, Setting] = {}
    texts: dict[int, list[str]] = {}
    marks: dict[int, str] = {}
    glyphs: list[tuple[int, Glyph]] = []
    widths: dict[tuple[str, float, int], float] = {}
    x, y, width = ctypes.c_double(), ctypes.c_double(), ctypes.c_float()
    spaced = parted = False
    with closing(page.get_textpage()) as text:
        for index in range(text.count_chars()):
            code = raw.FPDFText_GetUnicode(text, index)
            item = raw.FPDFText_GetTextObject(text, index)
            if not item:  # PDFium put it in: a space or line end
                parted = parted or code == 0x20
                continue
            address = ctypes.addressof(item.contents)
            used = settings.get(address)
            if used is None:
                used = settings[address] = setting(item)
                texts[address] = []
            char = chr(code)
            shown = "-" if char == HYPHEN else char
            texts[address].append(shown)
            marks[used.mark] = marks.get(used.mark, "") + shown
            if char.isspace() or code in (0, 0x200B, 0x2060):
                spaced = spaced or char.isspace()
                continue
            if used.upright:
                advance = widths.get(key := (used.name, used.size, code))
                if advance is None:
                    raw.FPDFFont_GetGlyphWidth(used.font, code, used.size, width)
                    advance = widths[key] = width.value
                raw.FPDFText_GetCharOrigin(text, index, x, y)
                glyphs.append((used.mark, Glyph(shown, x.value, y.value, advance, used.size, used.name, spaced, parted)))
            spaced = parted = False
        order = list(objects(page))
        pieces = ((mark, marks.get(mark, "") if mark != UNMARKED else "".join(texts.get(address, ""))) for address, mark, artifact in order if not artifact)
        kept = [list(marks.items()), list(dict.fromkeys(pieces))]
    lines = [block.table() for block in blocks(number, glyphs, owners)]
    return DrawnPage(number, in_order(texts, (address for address, _, _ in order)), deflated(kept), deflated(lines))


def setting(item: Any) -> Setting:
    font, size, matrix, name = raw.FPDFTextObj_GetFont(item), ctypes.c_float(), raw.FS_MATRIX(), ctypes.create_string_buffer(128)
    raw.FPDFTextObj_GetFontSize(item, size)
    raw.FPDFPageObj_GetMatrix(item, matrix)
    raw.FPDFFont_GetBaseFontName(font, name, len(name))
    plain = name.value.decode(errors="replace")
    plain = plain[7:] if plain[6:7] == "+" else plain
    return Setting(font, plain, size.value * hypot(matrix.a, matrix.b), abs(matrix.b) < 0.01, raw.FPDFPageObj_GetMarkedContentID(item))


def objects(page: pdfium.PdfPage) -> Iterator[tuple[int, int, bool]]:
    """Yield the address and mark of each object of a page in drawing order, and whether it is an artifact; those inside a form after it."""
    artifacts: dict[int, bool] = {}
    for index in range(raw.FPDFPage_CountObjects(page)):
        item = raw.FPDFPage_GetObject(page, index)
        mark = raw.FPDFPageObj_GetMarkedContentID(item)
        if mark == UNMARKED or mark not in artifacts:
            artifacts[mark] = is_artifact(item)
        yield ctypes.addressof(item.contents), mark, artifacts[mark]
        if raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_FORM:
            yield from ((address, UNMARKED, True) for address in inside(item))


def addresses(page: pdfium.PdfPage) -> Iterator[int]:
    """Yield the address of each object of a page in drawing order; those inside a form after it."""
    for index in range(raw.FPDFPage_CountObjects(page)):
        item = raw.FPDFPage_GetObject(page, index)
        yield ctypes.addressof(item.contents)
        if raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_FORM:
            yield from inside(item)


def letters(page: pdfium.PdfPage) -> Iterator[tuple[str, float]]:
    """Yield the visible characters of a page in drawing order, each with its place from the left in points."""
    found: dict[int, list[tuple[str, float]]] = {}
    x, y = ctypes.c_double(), ctypes.c_double()
    with closing(page.get_textpage()) as text:
        for index in range(text.count_chars()):
            item, char = raw.FPDFText_GetTextObject(text, index), chr(raw.FPDFText_GetUnicode(text, index))
            if item and not char.isspace() and raw.FPDFText_GetCharOrigin(text, index, x, y):
                found.setdefault(ctypes.addressof(item.contents), []).append(("-" if char == HYPHEN else char, x.value))
        for address in addresses(page):
            yield from found.pop(address, ())


def inside(form: Any) -> Iterator[int]:
    """Yield the addresses of the objects in a form; whether they belong to the text is said of the form."""
    for index in range(raw.FPDFFormObj_CountObjects(form)):
        item = raw.FPDFFormObj_GetObject(form, index)
        yield ctypes.addressof(item.contents)
        if raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_FORM:
            yield from inside(item)


def is_artifact(item: Any) -> bool:
    """Tell whether an object of a page is marked as an artifact."""
    name, length = ctypes.create_string_buffer(64), ctypes.c_ulong()
    for index in range(raw.FPDFPageObj_CountMarks(item)):
        raw.FPDFPageObjMark_GetName(raw.FPDFPageObj_GetMark(item, index), ctypes.cast(name, ctypes.POINTER(ctypes.c_ushort)), 64, length)
        if name.raw[: max(0, length.value - 2)].decode("utf-16-le") == "Artifact":
            return True
    return False


def page_keys(pdf: bytes) -> list[str]:
    """Return for each page a key of all that its reading depends on: its content, its boxes, and everything that it names."""
    known: dict[tuple[int, int], bytes] = {}
    keys: list[str] = []
    found: list[str] | None = None
    while found is None or len(found) == STRETCH:
        found = keys_from(pdf, len(keys), known)
        keys += found
        give_back()
    return keys


def keys_from(pdf: bytes, start: int, known: dict[tuple[int, int], bytes]) -> list[str]:
    """Return the keys of some pages from a place on, from the file opened anew: what has been read of it stays in memory."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        pages = [file.pages[place] for place in range(start, min(start + STRETCH, len(file.pages)))]
        return [sha256(b"".join(page_parts(page.obj, known))).hexdigest() for page in pages]


def page_parts(page: Any, known: dict[tuple[int, int], bytes]) -> Iterator[bytes]:
    for name in ("/MediaBox", "/CropBox", "/TrimBox", "/Rotate", "/UserUnit", "/Resources", "/Contents"):
        if name in page:
            yield name.encode() + digest(page[name], known)


def digest(item: Any, known: dict[tuple[int, int], bytes]) -> bytes:
    """Return a digest of an object with everything it leads to; `known` are those of indirect objects, empty while they are made."""
    key = item.objgen if isinstance(item, pikepdf.Object) and item.is_indirect else (0, 0)
    if key != (0, 0) and key in known:
        return known[key]
    if key != (0, 0):
        known[key] = b""
    made = sha256()
    if isinstance(item, pikepdf.Stream | pikepdf.Dictionary):
        for name in sorted(item.keys()):
            if name not in ("/Length", "/Parent"):
                made.update(name.encode() + b" " + digest(item[name], known))
        if isinstance(item, pikepdf.Stream):  # as it is stored: to unpack all of them takes longer than all else
            made.update(b"stream" + sha256(item.read_raw_bytes()).digest())
    elif isinstance(item, pikepdf.Array):
        made.update(b"array" + b"".join(digest(inner, known) for inner in item))
    else:
        made.update(f"{type(item).__name__} {item!r}".encode("utf-8", "replace"))
    result = made.digest()
    if key != (0, 0):
        known[key] = result
    return result
