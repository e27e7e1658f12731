"""What the marks of a page draw: content stream -> the text, place and size of each piece of marked content; and its artifacts."""

import re
from collections.abc import Container
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pikepdf

from publisher.finish.tag_tree import Element, Mark


@dataclass
class Piece:
    """What one mark draws; `x` and `y` are where its baseline begins, in points of the page, `size` that of its largest glyph."""

    text: str = ""
    x: float = 0.0
    y: float = 0.0
    size: float = 0.0


def unicodes(font: Any) -> dict[int, str]:
    """Return the characters of a font by their codes, from its ToUnicode map."""
    text = font.ToUnicode.read_bytes().decode("latin-1") if "/ToUnicode" in font else ""
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL):
        for code, char in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = bytes.fromhex(char).decode("utf-16-be", "replace")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.DOTALL):
        for first, last, char in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = bytes.fromhex(char).decode("utf-16-be", "replace")
            for code in range(int(first, 16), int(last, 16) + 1):
                found[code] = start[:-1] + chr(ord(start[-1]) + code - int(first, 16))
    return found


Line = bytes
"""One operator of a content stream with its operands before it, as the engine writes them."""
Place = tuple[float, float, float, float, float, float]
UNMOVED: Place = (1, 0, 0, 1, 0, 0)
OPENED = re.compile(rb"(/\w+)\n<<([^\n]*?)>>\nBDC")
POINT = re.compile(rb"(?<=\d)\.(?=[ \n])")
"""After a number that has no decimals."""
MCID = re.compile(rb"/MCID (\d+)")
STRING = re.compile(rb"<([0-9a-fA-F]+)>")


def lines(content: bytes) -> list[Line]:
    """Part a content stream of the engine, which writes each operator on a line, but those that open marked content."""
    return POINT.sub(b"", OPENED.sub(rb"\1 << \2 >> BDC", content).replace(b"\nBMC", b" BMC")).split(b"\n")


def operator(line: Line) -> bytes:
    return line[line.rfind(b" ") + 1 :]


def number_of(line: Line) -> int | None:
    """Return the number of the marked content that a line opens."""
    match = MCID.search(line) if line.endswith(b" BDC") else None
    return int(match[1]) if match else None


class DrawnText:
    """The content of all pages, read once; `pieces` are the marks that draw text or a picture."""

    def __init__(self, pdf: pikepdf.Pdf):
        self.pdf = pdf
        self.pieces: dict[Mark, Piece] = {}
        self.content: list[list[Line]] = []
        self.fonts: dict[tuple[int, int], dict[bytes, str]] = {}
        for index, page in enumerate(pdf.pages):
            page.contents_coalesce()
            self.content.append(lines(page.obj.Contents.read_bytes()))
            self.read(index, page.obj)

    def read(self, index: int, page: Any) -> None:
        fonts = page.Resources.get("/Font", {})
        matrix, kept = UNMOVED, list[Place]()
        open_marks: list[Piece | None] = []
        characters: dict[bytes, str] = {}
        size = 0.0
        place = UNMOVED
        for line in self.content[index]:
            match operator(line):
                case b"q":
                    kept.append(matrix)
                case b"Q":
                    matrix = kept.pop()
                case b"cm":
                    matrix = moved(line, matrix)
                case b"BDC" | b"BMC":
                    number = number_of(line)
                    open_marks.append(None if number is None else self.pieces.setdefault(Mark(index, number), Piece()))
                case b"EMC":
                    open_marks.pop()
                case b"Tf":
                    name, points, _ = line.split(b" ")
                    characters, size = self.characters(fonts[name.decode()]), float(points)
                case b"Tm":
                    place = moved(line, matrix)
                case b"TJ" | b"Tj":
                    piece = next((piece for piece in reversed(open_marks) if piece is not None), None)
                    if piece is not None:
                        if not piece.text:
                            piece.x, piece.y = place[4], place[5]
                        piece.text += "".join(
                            characters.get(string[at : at + 4], "") for string in STRING.findall(line) for at in range(0, len(string), 4)
                        )
                        piece.size = max(piece.size, size * abs(place[3]))

    def characters(self, font: Any) -> dict[bytes, str]:
        if font.objgen not in self.fonts:
            self.fonts[font.objgen] = {b"%04x" % code: text for code, text in unicodes(font).items()}
        return self.fonts[font.objgen]

    def text(self, marks: list[Mark]) -> str:
        return "".join(self.pieces[mark].text for mark in marks)

    def make_artifacts(self, tagged: Container[Mark]) -> None:
        """Turn all marked content that is not in the tag tree into artifacts; running heads and folios are pagination."""
        for index, page in enumerate(self.pdf.pages):
            for step, line in enumerate(self.content[index]):
                number = number_of(line)
                if number is not None and (mark := Mark(index, number)) not in tagged:
                    self.content[index][step] = b"/Artifact %s BDC" % self.artifact(mark, page)

    def write(self) -> None:
        """Write the content of the pages as it is now."""
        for page, content in zip(self.pdf.pages, self.content, strict=True):
            page.obj.Contents = self.pdf.make_stream(b"\n".join(content))

    def join(self, document: Element) -> None:
        """Make one mark of marks that follow one another in an element and on the page: the lines of a paragraph, the faces in a line."""
        after: dict[Mark, Mark] = {}
        for element in document.walk():
            after.update((one, two) for one, two in pairwise(element.kids) if isinstance(one, Mark) and isinstance(two, Mark) and one.page == two.page)
        gone: set[Mark] = set()
        for index, content in enumerate(self.content):
            kept: list[Line] = []
            closed: Mark | None = None
            open_marks: list[Mark | None] = []
            for line in content:
                if line.endswith((b" BDC", b" BMC")):
                    number = number_of(line)
                    mark = None if number is None else Mark(index, number)
                    open_marks.append(mark)
                    if mark and closed and after.get(closed) == mark and line.startswith(b"/Span "):
                        kept.pop()  # the end of the mark before, which goes on
                        gone.add(mark)
                        closed = None
                        continue
                closed = open_marks.pop() if line == b"EMC" else None
                kept.append(line)
            self.content[index] = kept
        if gone:
            for element in document.walk():
                element.kids = [kid for kid in element.kids if not (isinstance(kid, Mark) and kid in gone)]

    def is_pagination(self, mark: Mark, page: pikepdf.Page) -> bool:
        return b"/Subtype" in self.artifact(mark, page)

    def artifact(self, mark: Mark, page: pikepdf.Page) -> bytes:
        """Describe an artifact by where it stands on the page (PDF 1.7 §14.8.2.2.2)."""
        left, bottom, right, top = map(float, page.trimbox)
        piece = self.pieces[mark]
        across, up = (piece.x - left) / (right - left), (piece.y - bottom) / (top - bottom)
        if not 0.08 < across < 0.92:
            return b"<< /Type /Pagination >>"
        if up > 0.9 or up < 0.08:
            return b"<< /Subtype /%s /Type /Pagination >>" % (b"Header" if up > 0.9 else b"Footer")
        return b"<< /Type /Layout >>"


def moved(line: Line, matrix: Place) -> Place:
    """Return the place that a line sets, in a space that has been moved itself."""
    a, b, c, d, e, f = map(float, line.split(b" ")[:6])
    if matrix is UNMOVED:
        return a, b, c, d, e, f
    p, q, r, s, t, u = matrix
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u
