"""Whether a booklet's sheets, printed on both sides, folded and gathered, make the book: the imposed PDF against its typeset pages.

The sheets are read as they are drawn and folded here once more; nothing is taken from the plan but the number of sheets in
each signature and the paper. Lengths are millimetres.
"""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pikepdf
import pypdfium2 as pdfium

from publisher.edition import Edition
from publisher.imposition import PAGES_PER_SHEET, WASTE_MM, Imposition
from publisher.preflight.drawn_page import drawn_texts, letters
from publisher.problems import Place, Problem

POINTS_PER_MM = 72 / 25.4
NEAR_MM = 0.05
MOST_CREEP_MM = 2.0
"""More would eat the inner margin: the signature is too thick."""

CODES = {
    "PDF-501": "每面都是整张横放的纸，没有旋转",
    "PDF-502": "折叠配帖之后各页依次出现，不缺不重",
    "PDF-503": "空白页都在末尾，不多于一张纸所余",
    "PDF-504": "各页照原大，移近折线的距离恰为爬移量",
    "PDF-505": "折线、订位与裁切标记都在裁去之处或折线上",
    "PDF-506": "文件注明双面打印、短边翻转、不缩放",
    "PDF-507": "各页文字与排版所得相同",
    "PDF-508": "字体都已嵌入，各只一份",
    "PDF-509": "说明单为一页A4，所记张数、帖数与拼版相符",
}
"""What each check says when it passes."""
OF_INSTRUCTIONS = ("PDF-509",)
"""Those that look at the sheet of instructions."""

Faults = Iterator[tuple[str, str, int]]
Matrix = tuple[float, float, float, float, float, float]


class Box(NamedTuple):
    left: float
    foot: float
    right: float
    head: float


class Placed(NamedTuple):
    """A page's form on a sheet: where its corners fall, and by what it was turned or scaled."""

    box: Box
    matrix: Matrix


@dataclass
class Half:
    """One half of a side of a sheet: the forms drawn in it and its text."""

    placed: list[Placed] = field(default_factory=list)
    text: str = ""


@dataclass(frozen=True)
class Face:
    """One side of a sheet as it is drawn: its number in the file from 1, size, both halves, what is painted beside the pages."""

    number: int
    size: tuple[float, float]
    turned: int
    left: Half
    right: Half
    marks: tuple[Box, ...]


def check(pdf: bytes, typeset: bytes, plan: Imposition, edition: Edition, path: str, page_texts: Sequence[str] = ()) -> Iterator[Problem]:
    """Yield every fault of the sheets of a booklet; `typeset` is the file of its pages one by one, `page_texts` are known where it has been read."""
    faces, pages = read(pdf), [bare(text) for text in page_texts or drawn_texts(typeset)]
    found = {
        "PDF-501": sheet_sizes(faces, plan),
        "PDF-502": order(faces, pages, plan),
        "PDF-503": blanks(faces, pages, plan),
        "PDF-504": creep(faces, plan, edition),
        "PDF-505": marks(faces, plan),
        "PDF-506": printing(pdf),
        "PDF-507": texts(faces, pages, plan),
        "PDF-508": fonts(pdf, typeset, edition),
    }
    for code, faults in found.items():
        for message, said, page in faults:
            yield Problem(Place(path, page) if page else Place(path), code, message, said, "查 finish/booklet.py")


# -- reading the sheets -------------------------------------------------------------------------------------------


def read(pdf: bytes) -> list[Face]:
    with pikepdf.open(io.BytesIO(pdf)) as file, closing(pdfium.PdfDocument(pdf)) as drawn:
        return [face(number, page, drawn[number - 1]) for number, page in enumerate(file.pages, 1)]


def face(number: int, page: pikepdf.Page, drawn: pdfium.PdfPage) -> Face:
    box = [float(value) / POINTS_PER_MM for value in page.mediabox]
    width, height = box[2] - box[0], box[3] - box[1]
    left, right = Half(), Half()
    forms, painted = contents(page)
    for form in forms:
        (left if (form.box.left + form.box.right) / 2 < width / 2 else right).placed.append(form)
    left.text, right.text = halves(drawn, width / 2 * POINTS_PER_MM)
    return Face(number, (width, height), int(page.obj.get("/Rotate", 0)), left, right, tuple(painted))


def contents(page: pikepdf.Page) -> tuple[list[Placed], list[Box]]:
    """Return the forms drawn on a page and the boxes of what is painted beside them, in millimetres."""
    forms: list[Placed] = []
    painted: list[Box] = []
    matrix: Matrix = (1, 0, 0, 1, 0, 0)
    saved: list[Matrix] = []
    path: list[tuple[float, float]] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        values = [float(value) for value in operands] if name in ("cm", "re", "m", "l", "c", "v", "y") else []
        if name == "q":
            saved.append(matrix)
        elif name == "Q":
            matrix = saved.pop() if saved else matrix
        elif name == "cm":
            matrix = times(tuple(values), matrix)  # type: ignore[arg-type]
        elif name == "re":
            x, y, width, height = values
            path += [moved(point, matrix) for point in ((x, y), (x + width, y), (x, y + height), (x + width, y + height))]
        elif name in ("m", "l", "c", "v", "y"):
            path += [moved(point, matrix) for point in zip(values[::2], values[1::2], strict=True)]
        elif name in ("S", "s", "f", "F", "f*", "B", "B*", "b", "b*"):
            painted.append(around(path))
            path = []
        elif name == "n":
            path = []
        elif name == "Do":
            form = page.obj.Resources.XObject[operands[0]]
            one, two, three, four = (float(value) for value in form.get("/BBox", (0, 0, 1, 1)))
            forms.append(Placed(around([moved(point, matrix) for point in ((one, two), (three, two), (one, four), (three, four))]), matrix))
        elif name in ("BT", "sh", "BI", "EI"):
            painted.append(around([moved((0, 0), matrix)]))
    return forms, painted


def times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def moved(point: tuple[float, float], matrix: Matrix) -> tuple[float, float]:
    (x, y), (a, b, c, d, e, f) = point, matrix
    return (a * x + c * y + e) / POINTS_PER_MM, (b * x + d * y + f) / POINTS_PER_MM


def around(points: Sequence[tuple[float, float]]) -> Box:
    xs, ys = [x for x, _ in points] or [0.0], [y for _, y in points] or [0.0]
    return Box(min(xs), min(ys), max(xs), max(ys))


def halves(page: pdfium.PdfPage, middle: float) -> tuple[str, str]:
    """Return the text left and right of the middle, in points, in the order of drawing."""
    left, right = [], []
    for char, x in letters(page):
        (left if x < middle else right).append(char)
    return "".join(left), "".join(right)


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


# -- folding --------------------------------------------------------------------------------------------------------


def folded(faces: Sequence[Face], signatures: Sequence[int]) -> Iterator[tuple[Half, int, int]]:
    """Yield the pages of the folded booklet in reading order: the half, the side it is on, and how many sheets lie outside it.

    A sheet is turned over its short edge, so that the left half of its back lies behind the right half of its front. Folded,
    the right halves come first, from the outermost sheet inward; then the left ones, from the innermost outward.
    """
    start = 0
    for sheets in signatures:
        pairs = [faces[place : place + 2] for place in range(start, min(start + 2 * sheets, len(faces) - 1), 2)]
        for outside, (front, back) in enumerate(pairs):
            yield front.right, front.number, outside
            yield back.left, back.number, outside
        for outside, (front, back) in reversed(list(enumerate(pairs))):
            yield back.right, back.number, outside
            yield front.left, front.number, outside
        start += 2 * sheets


# -- the checks ---------------------------------------------------------------------------------------------------


def sheet_sizes(faces: list[Face], plan: Imposition) -> Faults:
    for side in faces:
        if any(abs(found - wanted) > NEAR_MM for found, wanted in zip(side.size, plan.paper.size_mm, strict=True)):
            yield "纸张尺寸不对", f"{side.size[0]:.1f}×{side.size[1]:.1f} mm，应为 {plan.paper.size_mm[0]:g}×{plan.paper.size_mm[1]:g} mm", side.number
        if side.turned:
            yield "页面被旋转", f"{side.turned}°", side.number
    if len(faces) != 2 * plan.sheets:
        yield "面数不对", f"{len(faces)} 面，应为 {2 * plan.sheets} 面", 0


def order(faces: list[Face], pages: list[str], plan: Imposition) -> Faults:
    """Every typeset page comes up once, at its turn."""
    known = {text: number for number, text in reversed(list(enumerate(pages, 1))) if text}
    seen: dict[int, int] = {}
    for turn, (half, side, _) in enumerate(folded(faces, plan.signatures), 1):
        wanted = pages[turn - 1] if turn <= len(pages) else ""
        found = known.get(half.text, 0)
        if half.text != wanted and found:
            yield f"折叠后的第 {turn} 页不是排版的第 {turn} 页", f"印的是第 {found} 页", side
        if len(half.placed) > 1:
            yield "同一处叠印了几页", f"折叠后的第 {turn} 页", side
        number = turn if half.text == wanted and turn <= len(pages) else found
        if number and pages[number - 1]:
            if number in seen:
                yield "同一页印了两次", f"第 {number} 页，首见于第 {seen[number]} 面", side
            seen.setdefault(number, side)
    held = "".join(half.text for half, _, _ in folded(faces, plan.signatures))
    for number, text in enumerate(pages, 1):
        if text and number not in seen and text[:20] not in held:
            yield "有一页没有印出", f"第 {number} 页：{text[:20]}", 0


def blanks(faces: list[Face], pages: list[str], plan: Imposition) -> Faults:
    turns = list(folded(faces, plan.signatures))
    for turn, (half, side, _) in enumerate(turns, 1):
        if turn > len(pages) and (half.text or half.placed):
            yield "末尾补白的页上印了内容", f"折叠后的第 {turn} 页", side
        elif turn <= len(pages) and not half.placed:
            yield "应有内容之处成了空白", f"折叠后的第 {turn} 页", side
    if not 0 <= len(turns) - len(pages) < PAGES_PER_SHEET:
        yield "纸张数与页数不合", f"{len(turns) // PAGES_PER_SHEET} 张，可容 {len(turns)} 页；排版共 {len(pages)} 页", 0


def creep(faces: list[Face], plan: Imposition, edition: Edition) -> Faults:
    """Each page is as large as it was typeset, upright, in the middle of its height, and moved to the fold by one caliper for each sheet outside it."""
    if (max(plan.signatures) - 1) * plan.paper.caliper_mm > MOST_CREEP_MM:
        yield "一帖过厚，爬移过大", f"{(max(plan.signatures) - 1) * plan.paper.caliper_mm:.1f} mm，不得超过 {MOST_CREEP_MM:g} mm", 0
    width, height = edition.trim_mm
    for half, number, outside in folded(faces, plan.signatures):
        side = faces[number - 1]
        middle, is_left = side.size[0] / 2, half is side.left
        for box, matrix in half.placed:
            if matrix[1] or matrix[2] or any(abs(scale - 1) > 0.001 for scale in (matrix[0], matrix[3])):
                yield "页被缩放或旋转", f"{matrix[0]:.3f}，{matrix[3]:.3f}", number
                continue
            if abs(box.right - box.left - width) > 0.1 or abs(box.head - box.foot - height) > 0.1:
                yield "页的大小与排版不同", f"{box.right - box.left:.1f}×{box.head - box.foot:.1f} mm", number
            moved_by = box.right - middle if is_left else middle - box.left
            if abs(moved_by - outside * plan.paper.caliper_mm) > NEAR_MM:
                yield "移近折线的距离不是爬移量", f"{moved_by:.2f} mm，应为 {outside * plan.paper.caliper_mm:.2f} mm", number
            if abs((box.foot + box.head) / 2 - side.size[1] / 2) > NEAR_MM:
                yield "页不在纸的正中高度", f"偏 {(box.foot + box.head) / 2 - side.size[1] / 2:.2f} mm", number


def marks(faces: list[Face], plan: Imposition) -> Faults:
    """What is painted beside the pages falls to the knife, or lies on the fold as a line without breadth."""
    width, height = plan.paper.size_mm
    for side in faces:
        for box in side.marks:
            on_fold = abs(box.left - width / 2) < NEAR_MM and abs(box.right - width / 2) < NEAR_MM
            waste = min(box.right, box.head, width - box.left, height - box.foot) <= WASTE_MM + NEAR_MM
            if not (on_fold or waste):
                yield "标记落在成品之内", f"距左 {box.left:.1f} mm，距下 {box.foot:.1f} mm", side.number
    if faces and not any(abs(box.left - width / 2) < NEAR_MM for box in faces[0].marks):
        yield "没有折线标记", "", 1


def printing(pdf: bytes) -> Faults:
    with pikepdf.open(io.BytesIO(pdf)) as file:
        wishes: Any = file.Root.get("/ViewerPreferences", {})
        for key, wanted in (("/Duplex", "/DuplexFlipShortEdge"), ("/PrintScaling", "/None")):
            if str(wishes.get(key, "")) != wanted:
                yield "打印方式没有注明或不对", f"{key[1:]} 为 {wishes.get(key, '（无）')}，应为 {wanted[1:]}", 0


def texts(faces: list[Face], pages: list[str], plan: Imposition) -> Faults:
    """The text of each page is that of the typeset page; a page of another number is told by the order."""
    known = set(pages)
    for turn, (half, side, _) in enumerate(folded(faces, plan.signatures), 1):
        wanted = pages[turn - 1] if turn <= len(pages) else ""
        if half.text not in known and half.text != wanted:
            place = next((index for index, pair in enumerate(zip(half.text, wanted, strict=False)) if pair[0] != pair[1]), min(len(half.text), len(wanted)))
            yield f"第 {turn} 页的文字与排版所得不同", f"自「{wanted[place : place + 20]}」起，印作「{half.text[place : place + 20]}」", side
        elif wanted and not half.text:
            yield f"第 {turn} 页没有文字", wanted[:20], side


def fonts(pdf: bytes, typeset: bytes, edition: Edition) -> Faults:
    programs, before = font_programs(pdf), font_programs(typeset)
    for name, count in programs.items():
        if not count:
            yield "字体没有嵌入", name, 0
        elif count > max(before.get(name, 0), 1):
            yield "同一字体存了几份", f"{name}，{count} 份", 0
        if not name.startswith(edition.fonts):
            yield "出现本项目以外的字体", name, 0


def font_programs(pdf: bytes) -> dict[str, int]:
    """Return how many programs a file holds of each font, without subset prefixes; 0 for one that is not embedded."""
    found: dict[str, set[Any]] = {}
    with pikepdf.open(io.BytesIO(pdf)) as file:
        for item in file.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font" and item.get("/Subtype") != "/Type0":
                name = re.sub(r"^[A-Z]{6}\+", "", str(item.get("/BaseFont", ""))[1:])
                descriptor = item.get("/FontDescriptor", {})
                streams = [descriptor[key].objgen for key in ("/FontFile", "/FontFile2", "/FontFile3") if key in descriptor]
                found.setdefault(name, set()).update(streams)
    return {name: len(streams) for name, streams in found.items()}


def check_instructions(pdf: bytes, plan: Imposition, path: str) -> Iterator[Problem]:
    """Yield every fault of the sheet that says how to print, fold and staple a booklet."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        sizes = [tuple(round(float(value) / POINTS_PER_MM) for value in page.mediabox[2:]) for page in file.pages]
    if sizes != [(210, 297)]:
        yield Problem(Place(path), "PDF-509", "说明单不是一页A4", f"{sizes}", "查 layouts/instructions.html")
    text = bare("".join(drawn_texts(pdf)))
    for said in (f"共{plan.sheets}张", f"{len(plan.signatures)}帖", *(f"第{first}～{last}页" for first, last in plan.spans())):
        if said not in text:
            yield Problem(Place(path), "PDF-509", "说明单所记与拼版不符", f"没有「{said}」", "查 layouts/instructions.html")
