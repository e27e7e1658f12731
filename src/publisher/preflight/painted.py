"""What the pages of a file paint, and with which inks: PDF -> `Painted`.

Follows the content streams, forms and patterns included, with what of the graphics state bears on ink (ISO 32000-1 §8.4,
§8.6). Read from the file alone, so that it can judge what `finish` wrote. Lengths are points of the page.
"""

import io
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple

import pikepdf
from pikepdf import Array, ContentStreamInstruction, Dictionary, Matrix, Name

PROCESS = ("Cyan", "Magenta", "Yellow", "Black")
ALL = "All"
"""The colour of register marks: every plate there is."""


class Kind(StrEnum):
    TEXT = "文字"
    FILL = "色块"
    STROKE = "线条"
    IMAGE = "图像"
    SHADING = "渐变"


class Box(NamedTuple):
    left: float
    low: float
    right: float
    high: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.high - self.low

    @property
    def thickness(self) -> float:
        return min(self.width, self.height)

    def grown(self, by: float) -> "Box":
        return Box(self.left - by, self.low - by, self.right + by, self.high + by)

    def common(self, other: "Box") -> "Box":
        """Return what two boxes share; without extent where they do not meet."""
        left, low = max(self.left, other.left), max(self.low, other.low)
        return Box(left, low, max(left, min(self.right, other.right)), max(low, min(self.high, other.high)))

    def holds(self, other: "Box", slack: float = 0.01) -> bool:
        outer = self.grown(slack)
        return outer.left <= other.left and outer.low <= other.low and outer.right >= other.right and outer.high >= other.high

    def meets(self, other: "Box") -> bool:
        shared = self.common(other)
        return shared.width > 0.01 and shared.height > 0.01


EVERYWHERE = Box(-1e5, -1e5, 1e5, 1e5)


class Colour(NamedTuple):
    """A colour as the file gives it: the name of its space, and its parts."""

    space: str
    """DeviceCMYK, DeviceRGB …; a spot ink by the name of its plate."""
    values: tuple[float, ...]
    is_spot: bool = False

    @property
    def plates(self) -> dict[str, float]:
        """How much goes on each plate; what is not given as ink counts as nothing."""
        if self.is_spot:
            return {self.space: self.values[0]} if self.values else {}
        if self.space == "DeviceCMYK" and len(self.values) == 4:
            return dict(zip(PROCESS, self.values, strict=True))
        if self.space == "DeviceGray" and self.values:
            return {"Black": round(1 - self.values[0], 4)}
        return {}

    @property
    def is_ink(self) -> bool:
        return self.is_spot or self.space in ("DeviceCMYK", "DeviceGray")

    @property
    def is_paper(self) -> bool:
        return self.is_ink and not any(self.plates.values())

    @property
    def is_black_only(self) -> bool:
        return [name for name, share in self.plates.items() if share > 0] == ["Black"]

    def __str__(self) -> str:
        return f"{self.space} {' '.join(f'{value:g}' for value in self.values)}".strip()


BLACK = Colour("DeviceGray", (0.0,))


@dataclass(frozen=True)
class Painted:
    """One thing that was painted: what, where as far as it shows, and how."""

    page: int
    kind: Kind
    colour: Colour
    box: Box
    """For text only the point where it begins."""
    overprint: bool = False
    """Inks that its colour does not name are left standing under it (OPM 1)."""
    width: float = 0.0
    """Of a line."""
    ppi: float = 0.0
    """Dots an inch of a picture, across or down, whichever is less."""
    is_rectangle: bool = False


@dataclass
class State:
    ctm: Matrix = field(default_factory=Matrix)
    fill: Colour = BLACK
    stroke: Colour = BLACK
    fill_space: Any = Name.DeviceGray
    stroke_space: Any = Name.DeviceGray
    width: float = 1.0
    clip: Box = EVERYWHERE
    fills_over: bool = False
    strokes_over: bool = False
    mode: int = 0
    """OPM."""
    rendering: int = 0
    """Tr: how text is shown."""

    @property
    def scale(self) -> float:
        return math.sqrt(abs(self.ctm.a * self.ctm.d - self.ctm.b * self.ctm.c))


FILL, STROKE, BOTH = ("f", "F", "f*"), ("S", "s"), ("B", "B*", "b", "b*")
GIVEN = {"g": "DeviceGray", "rg": "DeviceRGB", "k": "DeviceCMYK"}
PATH = ("m", "l", "c", "v", "y", "re")
INLINE_IMAGE = "BI"
Instruction = tuple[str, Any]
INVISIBLE = 3


def read(document: pikepdf.Pdf) -> list[Painted]:
    """Return everything that the pages of a file paint, in order."""
    reader = Reader()
    return [item for number, page in enumerate(document.pages, 1) for item in reader.page(number, page)]


class Reader:
    """Read the pages of one document; streams that are drawn often are parsed once."""

    def __init__(self) -> None:
        self.parsed: dict[tuple[int, int], list[Instruction]] = {}

    def page(self, number: int, page: pikepdf.Page) -> Iterator[Painted]:
        yield from Stream(self, number, page.obj.get("/Resources", Dictionary()), State()).read(instructions(page))

    def instructions(self, stream: Any) -> list[Instruction]:
        if stream.objgen not in self.parsed:
            self.parsed[stream.objgen] = list(instructions(stream))
        return self.parsed[stream.objgen]


def instructions(stream: Any) -> Iterator[Instruction]:
    """Yield the operators of a content stream with their operands, those of paths as numbers; of a picture in it, what describes it."""
    for item in pikepdf.parse_content_stream(stream):
        if not isinstance(item, ContentStreamInstruction):
            yield INLINE_IMAGE, item.iimage.obj
        else:
            operator = str(item.operator)
            yield operator, list(map(float, item.operands)) if operator in PATH else item.operands


class Stream:
    """One content stream on its way through the reader."""

    def __init__(self, reader: Reader, page: int, resources: Any, state: State, depth: int = 0):
        self.reader, self.page, self.resources, self.state, self.depth = reader, page, resources, state, depth
        self.kept: list[State] = []
        self.points: list[tuple[float, float]] = []
        self.straight, self.clipping = True, False
        self.line = Matrix()

    def read(self, instructions: Iterable[Instruction]) -> Iterator[Painted]:
        for operator, operands in instructions:
            if operator in PATH:
                self.build(operator, operands)
            elif operator == INLINE_IMAGE:
                yield from self.image(operands, inline=True)
            else:
                yield from self.take(operator, operands)

    def take(self, operator: str, operands: Any) -> Iterator[Painted]:
        state = self.state
        match operator:
            case "q":
                self.kept.append(replace(state))
            case "Q":
                self.state = self.kept.pop() if self.kept else state
            case "cm":
                state.ctm = Matrix(*map(float, operands)) @ state.ctm
            case "w":
                state.width = float(operands[0])
            case "gs":
                self.graphics_state(self.resources.ExtGState[str(operands[0])])
            case "g" | "rg" | "k":
                state.fill, state.fill_space = Colour(GIVEN[operator], tuple(map(float, operands))), Name("/" + GIVEN[operator])
            case "G" | "RG" | "K":
                state.stroke, state.stroke_space = Colour(GIVEN[operator.lower()], tuple(map(float, operands))), Name("/" + GIVEN[operator.lower()])
            case "cs":
                state.fill_space = self.space(operands[0])
                state.fill = initial(state.fill_space)
            case "CS":
                state.stroke_space = self.space(operands[0])
                state.stroke = initial(state.stroke_space)
            case "sc" | "scn":
                state.fill = yield from self.shade(state.fill_space, operands)
            case "SC" | "SCN":
                state.stroke = yield from self.shade(state.stroke_space, operands)
            case "W" | "W*":
                self.clipping = True
            case "n" | "f" | "F" | "f*" | "S" | "s" | "B" | "B*" | "b" | "b*":
                yield from self.paint(operator)
            case "BT":
                self.line = Matrix()
            case "Tm":
                self.line = Matrix(*map(float, operands))
            case "Td" | "TD":
                self.line = Matrix(1, 0, 0, 1, float(operands[0]), float(operands[1])) @ self.line
            case "Tr":
                state.rendering = int(operands[0])
            case "Tj" | "TJ" | "'" | '"':
                yield from self.text()
            case "Do":
                yield from self.draw(self.resources.XObject[str(operands[0])])
            case "sh":
                yield self.painted(Kind.SHADING, Colour(space_name(self.resources.Shading[str(operands[0])].ColorSpace), ()), state.clip)

    def graphics_state(self, given: Any) -> None:
        state = self.state
        if "/OP" in given:
            state.strokes_over = bool(given.OP)
            state.fills_over = bool(given.get("/op", given.OP))
        elif "/op" in given:
            state.fills_over = bool(given.op)
        state.mode = int(given.get("/OPM", state.mode))
        state.width = float(given.get("/LW", state.width))

    def space(self, name: Any) -> Any:
        return self.resources.get("/ColorSpace", Dictionary()).get(str(name), name)

    def shade(self, space: Any, operands: Any) -> Iterator[Painted]:
        """Return the colour that operands mean; yield what a pattern paints."""
        if operands and isinstance(operands[-1], Name):
            pattern = self.resources.Pattern[str(operands[-1])]
            if pattern.PatternType == 2:
                return Colour(space_name(pattern.Shading.ColorSpace), ())
            if pattern.PaintType == 1 and self.depth < 12:
                inner = Stream(self.reader, self.page, pattern.get("/Resources", Dictionary()), State(), self.depth + 1)
                yield from inner.read(self.reader.instructions(pattern))
            return Colour("Pattern", ())
        return Colour(space_name(space), tuple(map(float, operands)), is_separation(space))

    def build(self, operator: str, values: list[float]) -> None:
        if operator == "re":
            x, y, width, height = values
            values = [x, y, x + width, y, x + width, y + height, x, y + height]
        self.straight = self.straight and operator in ("re", "m", "l")
        self.points += [self.state.ctm.transform(pair) for pair in zip(values[::2], values[1::2], strict=True)]

    def paint(self, operator: str) -> Iterator[Painted]:
        state = self.state
        if self.points:
            across, up = [point[0] for point in self.points], [point[1] for point in self.points]
            box = Box(min(across), min(up), max(across), max(up))
            shows = box.grown(0.1).meets(state.clip)
            if operator in FILL + BOTH and shows:
                is_rectangle = self.straight and all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(self.points))
                yield replace(self.painted(Kind.FILL, state.fill, box.common(state.clip)), is_rectangle=is_rectangle)
            if operator in STROKE + BOTH and shows:
                yield replace(self.painted(Kind.STROKE, state.stroke, box), width=state.width * state.scale)
            if self.clipping:
                state.clip = box.common(state.clip)
        self.points, self.straight, self.clipping = [], True, False

    def text(self) -> Iterator[Painted]:
        state, place = self.state, self.line @ self.state.ctm
        box = Box(place.e, place.f, place.e, place.f)
        if state.rendering % 4 != INVISIBLE:
            if state.rendering % 4 in (0, 2):
                yield self.painted(Kind.TEXT, state.fill, box)
            if state.rendering % 4 in (1, 2):
                yield self.painted(Kind.TEXT, state.stroke, box)

    def draw(self, thing: Any) -> Iterator[Painted]:
        if thing.Subtype == Name.Image:
            yield from self.image(thing)
        elif thing.Subtype == Name.Form and self.depth < 12:
            matrix = Matrix(*map(float, thing.get("/Matrix", Array([1, 0, 0, 1, 0, 0]))))
            inner = replace(self.state, ctm=matrix @ self.state.ctm)
            yield from Stream(self.reader, self.page, thing.get("/Resources", self.resources), inner, self.depth + 1).read(self.reader.instructions(thing))

    def image(self, image: Any, inline: bool = False) -> Iterator[Painted]:
        """Yield a picture, which fills the unit square; a stencil is filled with the current colour."""
        corners = [self.state.ctm.transform(corner) for corner in ((0, 0), (1, 0), (0, 1), (1, 1))]
        box = Box(min(x for x, _ in corners), min(y for _, y in corners), max(x for x, _ in corners), max(y for _, y in corners))
        matrix = self.state.ctm
        sides = (math.hypot(matrix.a, matrix.b), math.hypot(matrix.c, matrix.d))
        pixels = (int(image.get("/Width", image.get("/W", 0))), int(image.get("/Height", image.get("/H", 0))))
        ppi = min((count * 72 / side for count, side in zip(pixels, sides, strict=True) if side), default=0.0)
        stencil = bool(image.get("/ImageMask", image.get("/IM", False)))
        colour = self.state.fill if stencil else Colour(space_name(image.get("/ColorSpace", image.get("/CS", Name.DeviceGray))), ())
        yield replace(self.painted(Kind.FILL if stencil else Kind.IMAGE, colour, box.common(self.state.clip)), ppi=ppi)

    def painted(self, kind: Kind, colour: Colour, box: Box) -> Painted:
        over = self.state.strokes_over if kind is Kind.STROKE else self.state.fills_over
        return Painted(self.page, kind, colour, box, over and self.state.mode == 1)


def space_name(space: Any) -> str:
    """Return the name of a colour space; of a Separation the name of its plate, of an indexed one that of its base."""
    if not isinstance(space, Array):
        return INLINE.get(str(space), str(space))[1:]
    if space[0] == Name.Separation:
        return str(space[1])[1:]
    if space[0] in (Name.Indexed, Name("/I")):
        return space_name(space[1])
    return str(space[0])[1:]


INLINE = {"/G": "/DeviceGray", "/RGB": "/DeviceRGB", "/CMYK": "/DeviceCMYK"}
"""Short names that pictures inside a content stream may use."""


def is_separation(space: Any) -> bool:
    return isinstance(space, Array) and space[0] == Name.Separation


def initial(space: Any) -> Colour:
    """Return the colour that holds when a space has just been chosen (ISO 32000-1 table 74)."""
    name = space_name(space)
    values = {"DeviceGray": (0.0,), "DeviceRGB": (0.0, 0.0, 0.0), "DeviceCMYK": (0.0, 0.0, 0.0, 1.0)}.get(name, ())
    return Colour(name, (1.0,) if is_separation(space) else values, is_separation(space))


def box(array: Any) -> Box:
    left, low, right, high = (float(side) for side in array)
    return Box(left, low, right, high)


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))
