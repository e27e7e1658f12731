"""Links as a reader meets them: what each says of itself, and where on the page it can be touched."""

import re

import pikepdf
from pikepdf import Array, Name, String

from publisher.finish.drawn_text import DrawnText, Piece
from publisher.finish.tag_tree import Annotation, Element, Mark

MAIN = "（主要条目）"
"""Said of a link to where a term of the index is treated."""
DEPTH, HEIGHT = 0.12, 0.88
"""How far the em square reaches below and above the baseline."""


def describe(document: Element, drawn: DrawnText) -> None:
    """Give each link a description and a place, and let it be printed (PDF/A-3 6.3.2, PDF/UA-1 7.18.5)."""
    for parent in document.walk():
        for link in [link for holder in parent.elements if holder.tag in ("Reference", "Lbl") for link in holder.elements if link.tag == "Link"]:
            for annotation in [kid for kid in link.kids if isinstance(kid, Annotation)]:
                annotation.item.Contents = String(description(link, parent, drawn))
                annotation.item.F = 4
                annotation.item.Rect = Array([round(side, 1) for side in place(annotation, link, drawn)])


def description(link: Element, parent: Element, drawn: DrawnText) -> str:
    """Say in words where a link leads."""
    text = drawn.text(link.marks)
    if link.has("note-mark"):
        return f"编者按{text}"
    if link.has("back"):
        return f"正文中的{text}"
    if link.has("more"):
        return f"校勘记：{text}"
    if link.has("place"):
        return f"正文{text}"
    if parent.tag == "TOCI":
        page = drawn.text([mark for kid in parent.elements if kid.tag == "Reference" for mark in kid.marks if mark not in link.marks])
        return f"{text}，第{page}页" if page else text
    if re.fullmatch(r"\d+(?:～\d+)?", text):
        named = named_before(link, parent, drawn)
        return f"{named}，第{text}页{MAIN if link.has('main') else ''}" if named else f"第{text}页"
    return text


def named_before(link: Element, parent: Element, drawn: DrawnText) -> str:
    """Return what the pages of a link are pages of: 地舒单抗　23，24 or 例1（9、11）、例2（18）."""
    named = ""
    for kid in parent.kids:
        if isinstance(kid, Mark):
            words = drawn.text([kid]).strip("　 ，、")
            named = (re.split("[、）]", words[:-1])[-1] if words.endswith("（") else words) or named
        elif link in kid.elements if isinstance(kid, Element) else False:
            break
    return named


def place(annotation: Annotation, link: Element, drawn: DrawnText) -> tuple[float, float, float, float]:
    """Return the rectangle of a link on its line; the engine gives raised text none."""
    left, right = sorted((float(annotation.item.Rect[0]), float(annotation.item.Rect[2])))
    low, high = sorted((float(annotation.item.Rect[1]), float(annotation.item.Rect[3])))
    pieces = [drawn.pieces[mark] for mark in link.marks if mark.page == annotation.page]
    here: Piece = min(pieces, key=lambda piece: abs(piece.x - left) + abs(piece.y - low), default=Piece())
    if high - low < here.size:
        low, high = here.y - DEPTH * here.size, here.y + HEIGHT * here.size
    return left, low, right, high


def leave_out(pdf: pikepdf.Pdf, kept: set[tuple[int, int]]) -> None:
    """Take annotations off the pages that are not in the tag tree: those in repeated heads of tables."""
    for page in pdf.pages:
        if "/Annots" in page.obj:
            page.obj.Annots = Array([item for item in page.obj.Annots if item.objgen in kept])
            page.obj.Tabs = Name.S
