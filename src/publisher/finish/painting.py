"""Rewrite what pages paint for the press: screen colours -> inks, overprint, hairlines.

Follows the content streams of a document operator by operator with the little of the graphics state it needs. Geometry is
in points of the page; forms, patterns, shadings and pictures are rewritten once, where they are first met.
"""

import copy
import math
from dataclasses import dataclass, field, replace
from typing import Any

import pikepdf
from pikepdf import Array, ContentStreamInstruction, Dictionary, Matrix, Name, Operator, PdfImage, Rectangle

from publisher.finish.inks import Separator
from publisher.inks import BLACK, SECOND, Mix, Rgb

HAIRLINE = 0.25
"""Points; thinner lines break up on the plate."""
THIN = 2.0
"""Points; black rules up to this overprint like type, larger black areas knock out."""
EVERYWHERE = Rectangle(-1e5, -1e5, 1e5, 1e5)
OVERPRINT, KNOCKOUT, PLATE = "/Overprint", "/Knockout", "/SecondInk"
BUILD = {"m", "l", "c", "v", "y", "h", "re"}
FILL, STROKE = {"f", "F", "f*"}, {"S", "s"}
BOTH = {"B", "B*", "b", "b*"}
SHOW = {"Tj", "TJ", "'", '"'}
MARKED = {"BMC", "BDC", "EMC", "MP", "DP"}
COMPONENTS = {"g": "gray", "G": "gray", "rg": "rgb", "RG": "rgb", "k": "cmyk", "K": "cmyk"}


@dataclass
class State:
    """The graphics state as far as ink is concerned."""

    ctm: Matrix = field(default_factory=Matrix)
    fill: Mix | None = BLACK
    """None for a pattern or a colour that is not ours to change."""
    stroke: Mix | None = BLACK
    spaces: dict[str, Any] = field(default_factory=dict)
    """Colour space by operator: sc, SC."""
    width: float = 1.0
    written_width: float = 1.0
    clip: Rectangle = EVERYWHERE
    overprint: bool | None = False
    """None at the start of a form, which may be drawn with it or without."""

    @property
    def scale(self) -> float:
        return math.sqrt(abs(self.ctm.a * self.ctm.d - self.ctm.b * self.ctm.c))

    @property
    def is_upright(self) -> bool:
        return self.ctm.b == self.ctm.c == 0


class Painter:
    """Rewrite the pages of one document."""

    def __init__(self, document: pikepdf.Pdf, separator: Separator):
        self.document, self.separator = document, separator
        self.seen: set[tuple[int, int]] = set()
        self.states = {
            name: document.make_indirect(Dictionary(Type=Name.ExtGState, OP=over, op=over, OPM=1)) for name, over in ((OVERPRINT, True), (KNOCKOUT, False))
        }
        self.plate = document.make_indirect(plate(separator)) if separator.shares else None

    def page(self, page: pikepdf.Page) -> None:
        """Rewrite a page; its resources become its own."""
        resources = copy.copy(page.obj.Resources) if "/Resources" in page.obj else Dictionary()
        stream = Stream(self, resources, State())
        painted = [instruction([*BLACK], "k"), instruction([*BLACK], "K"), *stream.rewritten(page)]
        page.obj.Resources = self.resources(resources, stream.used)
        page.obj.Contents = self.document.make_stream(pikepdf.unparse_content_stream(painted))

    def resources(self, resources: Any, used: set[str]) -> Any:
        """Give resources our graphics states and plate; leave out colour spaces that nothing uses."""
        states = copy.copy(resources.get("/ExtGState", Dictionary()))
        for name, state in self.states.items():
            states[name] = state
        resources.ExtGState = states
        spaces = Dictionary({name: space for name, space in resources.get("/ColorSpace", Dictionary()).items() if name in used})
        if self.plate is not None and PLATE in used:
            spaces[PLATE] = self.plate
        if "/ColorSpace" in resources:
            del resources.ColorSpace
        if len(spaces):
            resources.ColorSpace = spaces
        for name in ("/Pattern", "/Shading", "/XObject"):
            if name in resources and not len(resources[name]):
                del resources[name]
        return resources

    def first_met(self, thing: Any) -> bool:
        if thing.objgen in self.seen:
            return False
        if thing.objgen != (0, 0):
            self.seen.add(thing.objgen)
        return True

    def xobject(self, thing: Any, state: State, resources: Any) -> None:
        if not self.first_met(thing):
            return
        if thing.Subtype == Name.Image:
            self.image(thing)
        elif thing.Subtype == Name.Form:
            self.form(thing, state, resources)

    def form(self, form: Any, state: State, outer: Any) -> None:
        resources = copy.copy(form.get("/Resources", outer))
        matrix = Matrix(*map(float, form.get("/Matrix", Array([1, 0, 0, 1, 0, 0]))))
        stream = Stream(self, resources, replace(state, ctm=matrix @ state.ctm, spaces=dict(state.spaces), overprint=None))
        form.write(pikepdf.unparse_content_stream(stream.rewritten(form)))
        form.Resources = self.resources(resources, stream.used)
        if "/Group" in form and "/CS" in form.Group:
            form.Group.CS = Name.DeviceCMYK

    def image(self, image: Any) -> None:
        """Separate a picture and keep it without loss."""
        mask = image.get("/SMask")
        for key in ("/SMask", "/Interpolate"):
            if key in image:
                del image[key]
        if not image.get("/ImageMask", False) and image.get("/ColorSpace") not in (Name.DeviceGray, Name.DeviceCMYK):
            self.separate(image)
        if mask is not None:
            image.SMask = mask
            if "/Interpolate" in mask:
                del mask.Interpolate

    def separate(self, image: Any) -> None:
        picture = self.separator.image(PdfImage(image).as_pil_image())
        for key in ("/Decode", "/DecodeParms"):
            if key in image:
                del image[key]
        image.write(picture.convert("L").tobytes() if picture.mode == "1" else picture.tobytes())
        image.ColorSpace = Name.DeviceCMYK if picture.mode == "CMYK" else Name.DeviceGray
        image.BitsPerComponent = 8

    def pattern(self, pattern: Any, resources: Any) -> None:
        if not self.first_met(pattern):
            return
        if pattern.PatternType == 2:
            self.shading(pattern.Shading)
        elif pattern.PaintType == 1:
            self.form(pattern, State(), resources)

    def shading(self, shading: Any) -> None:
        if self.first_met(shading) and shading.ColorSpace == Name.DeviceRGB and self.blend(shading.Function):
            shading.ColorSpace = Name.DeviceCMYK

    def blend(self, function: Any) -> bool:
        """Separate the ends of a gradient; tell whether it was of a kind that can be."""
        if isinstance(function, Array):
            return False
        if function.FunctionType == 3:
            return all([self.blend(part) for part in function.Functions])
        if function.FunctionType != 2:
            return False
        for key in ("/C0", "/C1"):
            function[key] = Array([*self.separator.mix(screen_colour(function[key]))])
        if "/Range" in function:
            del function.Range
        return True


class Stream:
    """One content stream on its way through the painter."""

    def __init__(self, painter: Painter, resources: Any, state: State):
        self.painter, self.resources, self.state = painter, resources, state
        self.stack: list[State] = []
        self.out: list[Any] = []
        self.path: list[Any] = []
        self.box: Rectangle | None = None
        self.clipping: str = ""
        self.used: set[str] = set()

    def rewritten(self, stream: Any) -> list[Any]:
        """Return the stream's instructions as the press needs them."""
        for item in pikepdf.parse_content_stream(stream):
            self.take(item, str(item.operator), list(item.operands) if isinstance(item, ContentStreamInstruction) else [])
        return self.out

    def take(self, item: Any, operator: str, operands: list[Any]) -> None:
        if operator in BUILD:
            self.build(item, operator, [float(value) for value in operands])
        elif operator in ("W", "W*"):
            self.clipping = operator
        elif operator in {*FILL, *STROKE, *BOTH, "n"}:
            self.paint(operator)
        elif operator in COMPONENTS:
            self.colour([float(value) for value in operands], COMPONENTS[operator], operator.isupper())
        elif operator in ("cs", "CS"):
            self.space(item, operands[0], operator == "CS")
        elif operator in ("sc", "scn", "SC", "SCN"):
            self.shade(item, operands, operator.isupper())
        elif operator in SHOW:
            self.overprint(self.state.fill)
            self.out.append(item)
        elif operator not in MARKED:
            self.change(operator, operands)
            self.out.append(item)

    def change(self, operator: str, operands: list[Any]) -> None:
        """Follow an operator that is kept as it is."""
        if operator == "q":
            self.stack.append(replace(self.state, spaces=dict(self.state.spaces)))
        elif operator == "Q" and self.stack:
            self.state = self.stack.pop()
        elif operator == "cm":
            self.state.ctm = Matrix(*map(float, operands)) @ self.state.ctm
        elif operator == "w":
            self.state.width = self.state.written_width = float(operands[0])
        elif operator == "Do":
            self.overprint(None)
            self.painter.xobject(self.resources.XObject[str(operands[0])], self.state, self.resources)
        elif operator == "sh":
            self.overprint(None)
            self.painter.shading(self.resources.Shading[str(operands[0])])

    def build(self, item: Any, operator: str, values: list[float]) -> None:
        self.path.append(item)
        if operator == "re":
            x, y, width, height = values
            values = [x, y, x + width, y, x, y + height, x + width, y + height]
        for x, y in zip(values[::2], values[1::2], strict=True):
            at = self.state.ctm.transform((x, y))
            point = Rectangle(at[0], at[1], at[0], at[1])
            self.box = point if self.box is None else joined(self.box, point)

    def paint(self, operator: str) -> None:
        """Write the path that was built and what paints it."""
        state, box = self.state, self.box
        visible = common(box, state.clip) if box else None
        if operator in STROKE | BOTH:
            self.widen()
        if operator in STROKE:
            self.overprint(state.stroke)
        elif operator != "n":
            self.overprint(state.fill if visible and thickness(visible) <= THIN else None)
        hairline = visible if operator in FILL and visible and is_hairline(visible) and state.is_upright else None
        narrow = box if self.clipping and box and is_hairline(box) and state.is_upright else None
        raised = hairline or narrow
        self.out += [self.rectangle(raised)] if raised else self.path
        if self.clipping:
            self.out.append(instruction([], self.clipping))
            state.clip = common(box, state.clip) if box else state.clip
        self.out.append(instruction([], operator))
        self.path, self.box, self.clipping = [], None, ""

    def rectangle(self, box: Rectangle) -> Any:
        """Return a rectangle a hairline thick in the place of a thinner one."""
        state = self.state
        width, height = max(box.width, HAIRLINE), max(box.height, HAIRLINE)
        x, y = box.llx - (width - box.width) / 2, box.lly - (height - box.height) / 2
        operands = [(x - state.ctm.e) / state.ctm.a, (y - state.ctm.f) / state.ctm.d, width / state.ctm.a, height / state.ctm.d]
        return instruction([round(value, 6) for value in operands], "re")

    def widen(self) -> None:
        """Set the line width that is asked for, or a hairline where that is thinner."""
        state = self.state
        width = max(state.width, HAIRLINE / state.scale)
        if width != state.written_width:
            self.out.append(instruction([round(width, 6)], "w"))
            state.written_width = width

    def overprint(self, mix: Mix | None) -> None:
        """Let black alone overprint, nothing else: with OPM 1 paper white would vanish, and a grey picture would not cover colour."""
        wanted = mix is not None and mix.is_black_only
        if wanted != self.state.overprint:
            self.out.append(instruction([Name(OVERPRINT if wanted else KNOCKOUT)], "gs"))
            self.state.overprint = wanted

    def space(self, item: Any, name: Any, stroking: bool) -> None:
        self.state.spaces["SC" if stroking else "sc"] = name
        if str(name) == "/DeviceRGB":
            self.colour([0.0, 0.0, 0.0], "rgb", stroking)
        elif str(name) == "/DeviceGray":
            self.colour([0.0], "gray", stroking)
        elif str(name) == "/DeviceCMYK":
            self.colour([*BLACK], "cmyk", stroking)
        else:
            self.used.add(str(name))
            self.keep(None, stroking)
            self.out.append(item)

    def shade(self, item: Any, operands: list[Any], stroking: bool) -> None:
        kind = {"/DeviceRGB": "rgb", "/DeviceGray": "gray", "/DeviceCMYK": "cmyk"}.get(str(self.state.spaces.get("SC" if stroking else "sc")))
        if kind:
            self.colour([float(value) for value in operands], kind, stroking)
            return
        if operands and isinstance(operands[-1], Name):
            self.painter.pattern(self.resources.Pattern[str(operands[-1])], self.resources)
        self.out.append(item)

    def colour(self, values: list[float], kind: str, stroking: bool) -> None:
        """Write a colour as inks."""
        share = None
        if kind == "cmyk":
            mix = Mix(*values)
        else:
            seen = screen_colour(values * 3 if kind == "gray" else values)
            mix, share = self.painter.separator.mix(seen), self.painter.separator.share(seen)
        self.keep(mix, stroking)
        if share is None:
            self.out.append(instruction([*mix], "K" if stroking else "k"))
        else:
            self.used.add(PLATE)
            self.out += [instruction([Name(PLATE)], "CS" if stroking else "cs"), instruction([share], "SCN" if stroking else "scn")]

    def keep(self, mix: Mix | None, stroking: bool) -> None:
        if stroking:
            self.state.stroke = mix
        else:
            self.state.fill = mix


def instruction(operands: list[Any], operator: str) -> ContentStreamInstruction:
    return ContentStreamInstruction(operands, Operator(operator))


def screen_colour(values: Any) -> Rgb:
    return Rgb(*(round(float(value) * 255) for value in values))


def plate(separator: Separator) -> Array:
    """Return the colour space of the second ink as a spot ink; a proof shows it as its mix."""
    inks = separator.run.inks
    return separation(Name("/" + inks.spot), inks.press[SECOND])


def separation(name: Name, mix: Mix) -> Array:
    tint = Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0, 0], C1=[*mix], N=1)
    return Array([Name.Separation, name, Name.DeviceCMYK, tint])


def common(one: Rectangle, other: Rectangle) -> Rectangle:
    """Return what two boxes share; a box without extent where they do not meet."""
    left, low = max(one.llx, other.llx), max(one.lly, other.lly)
    return Rectangle(left, low, max(left, min(one.urx, other.urx)), max(low, min(one.ury, other.ury)))


def joined(one: Rectangle, other: Rectangle) -> Rectangle:
    return Rectangle(min(one.llx, other.llx), min(one.lly, other.lly), max(one.urx, other.urx), max(one.ury, other.ury))


def thickness(box: Rectangle) -> float:
    return float(min(box.width, box.height))


def is_hairline(box: Rectangle) -> bool:
    """Tell whether a box is a line thinner than the press holds; what has no extent at all is not there."""
    return 0 < thickness(box) < HAIRLINE - 0.001 and max(box.width, box.height) > 4 * thickness(box)

