"""What the marks of a page draw: content stream -> the text, place and size of each piece of marked content; and its artifacts."""

import re
from collections.abc import Container
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pikepdf
from pikepdf import ContentStreamInstruction, Dictionary, Matrix, Name, Operator, String

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


class DrawnText:
    """The content of all pages, read once; `pieces` are the marks that draw text or a picture."""

    def __init__(self, pdf: pikepdf.Pdf):
        self.pdf = pdf
        self.pieces: dict[Mark, Piece] = {}
        self.content: list[list[Any]] = []
        self.changed: set[int] = set()
        """Pages whose content is no longer that of the file."""
        self.fonts: dict[tuple[int, int], dict[int, str]] = {}
        for index, page in enumerate(pdf.pages):
            self.content.append(list(pikepdf.parse_content_stream(page)))
            self.read(index, page.obj)

    def read(self, index: int, page: Any) -> None:
        fonts = page.Resources.get("/Font", {})
        matrix, kept = Matrix(), []
        open_marks: list[Mark | None] = []
        codes: dict[int, str] = {}
        size = 0.0
        place = Matrix()
        for operands, operator in self.content[index]:
            match str(operator):
                case "q":
                    kept.append(matrix)
                case "Q":
                    matrix = kept.pop()
                case "cm":
                    matrix = Matrix(*map(float, operands)) @ matrix
                case "BDC" | "BMC":
                    number = operands[1].get("/MCID") if len(operands) > 1 and isinstance(operands[1], Dictionary) else None
                    open_marks.append(None if number is None else Mark(index, int(number)))
                    if number is not None:
                        self.pieces.setdefault(open_marks[-1], Piece())
                case "EMC":
                    open_marks.pop()
                case "Tf":
                    codes, size = self.characters(fonts[str(operands[0])]), float(operands[1])
                case "Tm":
                    place = Matrix(*map(float, operands)) @ matrix
                case "TJ" | "Tj":
                    mark = next((mark for mark in reversed(open_marks) if mark is not None), None)
                    if mark is not None:
                        self.draw(self.pieces[mark], operands[0], codes, size, place)

    @staticmethod
    def draw(piece: Piece, strings: Any, codes: dict[int, str], size: float, place: Matrix) -> None:
        if not piece.text:
            piece.x, piece.y = place.e, place.f
        for item in strings if isinstance(strings, pikepdf.Array) else [strings]:
            if isinstance(item, String):
                raw = bytes(item)
                piece.text += "".join(codes.get(raw[step] << 8 | raw[step + 1], "") for step in range(0, len(raw) - 1, 2))
        piece.size = max(piece.size, size * abs(place.d))

    def characters(self, font: Any) -> dict[int, str]:
        if font.objgen not in self.fonts:
            self.fonts[font.objgen] = unicodes(font)
        return self.fonts[font.objgen]

    def text(self, marks: list[Mark]) -> str:
        return "".join(self.pieces[mark].text for mark in marks)

    def make_artifacts(self, tagged: Container[Mark]) -> None:
        """Turn all marked content that is not in the tag tree into artifacts; running heads and folios are pagination."""
        for index, page in enumerate(self.pdf.pages):
            instructions = self.content[index]
            for step, (operands, operator) in enumerate(instructions):
                number = operands[1].get("/MCID") if str(operator) == "BDC" and isinstance(operands[1], Dictionary) else None
                if number is not None and (mark := Mark(index, int(number))) not in tagged:
                    instructions[step] = ContentStreamInstruction([Name.Artifact, self.artifact(mark, page)], Operator("BDC"))
                    self.changed.add(index)
            if index in self.changed:
                page.obj.Contents = self.pdf.make_stream(pikepdf.unparse_content_stream(instructions))

    def join(self, document: Element) -> None:
        """Make one mark of marks that follow one another in an element and on the page: the lines of a paragraph, the faces in a line."""
        after: dict[Mark, Mark] = {}
        for element in document.walk():
            after.update((one, two) for one, two in pairwise(element.kids) if isinstance(one, Mark) and isinstance(two, Mark) and one.page == two.page)
        gone: set[Mark] = set()
        for index, instructions in enumerate(self.content):
            kept: list[Any] = []
            closed: Mark | None = None
            open_marks: list[Mark | None] = []
            for item in instructions:
                operands, operator = item
                name = str(operator)
                if name in ("BDC", "BMC"):
                    number = operands[1].get("/MCID") if len(operands) > 1 and isinstance(operands[1], Dictionary) else None
                    mark = None if number is None else Mark(index, int(number))
                    open_marks.append(mark)
                    if mark and closed and after.get(closed) == mark and operands[0] == Name.Span:
                        kept.pop()  # the end of the mark before, which goes on
                        gone.add(mark)
                        closed = None
                        continue
                closed = open_marks.pop() if name == "EMC" else None
                kept.append(item)
            if len(kept) < len(instructions):
                self.content[index] = kept
                self.changed.add(index)
        for element in document.walk():
            element.kids = [kid for kid in element.kids if not (isinstance(kid, Mark) and kid in gone)]

    def is_pagination(self, mark: Mark, page: pikepdf.Page) -> bool:
        return "/Subtype" in self.artifact(mark, page)

    def artifact(self, mark: Mark, page: pikepdf.Page) -> Dictionary:
        """Describe an artifact by where it stands on the page (PDF 1.7 §14.8.2.2.2)."""
        left, bottom, right, top = map(float, page.trimbox)
        piece = self.pieces[mark]
        across, up = (piece.x - left) / (right - left), (piece.y - bottom) / (top - bottom)
        if not 0.08 < across < 0.92:
            return Dictionary(Type=Name.Pagination)
        if up > 0.9 or up < 0.08:
            return Dictionary(Type=Name.Pagination, Subtype=Name.Header if up > 0.9 else Name.Footer)
        return Dictionary(Type=Name.Layout)
