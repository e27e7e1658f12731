"""The plates of a press file as they will print: PDF -> pictures of each plate, and how much ink lies where.

Three plates at a time are written as the red, green and blue of a copy of the file, white for no ink, and drawn by PDFium;
an object that overprints is laid over with the blend mode Darken, so that plates it does not name stay as they are.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import pikepdf
import pypdfium2 as pdfium
from pikepdf import Array, ContentStreamInstruction, Dictionary, Name, Operator, PdfImage
from PIL import Image, ImageMath, ImageStat

from publisher.preflight.painted import ALL, GIVEN, PROCESS, Colour, initial, is_separation, space_name

DPI = 36
OVER, ALONE = "/PlatesOver", "/PlatesAlone"
BLEND = {OVER: "/Darken", ALONE: "/Normal"}


@dataclass(frozen=True)
class Coverage:
    """The ink of one page inside its trim: shares of 1 a plate."""

    page: int
    most: float
    """The most ink on any spot, all plates together: 3.0 is 300 %."""
    means: dict[str, float]


def coverage(pdf: bytes, plates: Sequence[str] = PROCESS, dpi: int = DPI) -> list[Coverage]:
    """Measure the ink of every page."""
    found = []
    for number, pictures in enumerate(separations(pdf, plates, dpi), 1):
        means = {plate: ImageStat.Stat(picture).mean[0] / 255 for plate, picture in pictures.items()}
        found.append(Coverage(number, summed(list(pictures.values())).getextrema()[1] / 255, means))
    return found


def summed(pictures: Sequence[Image.Image]) -> Image.Image:
    """Add pictures up without a ceiling."""
    total = pictures[0].convert("I")
    for picture in pictures[1:]:
        total = ImageMath.lambda_eval(lambda given: given["total"] + given["one"], total=total, one=picture)
    return total


def separations(pdf: bytes, plates: Sequence[str] = PROCESS, dpi: int = DPI) -> Iterator[dict[str, Image.Image]]:
    """Yield the plates of each page, cut to trim, as grey pictures: 255 is solid ink."""
    threes = [plates[start : start + 3] for start in range(0, len(plates), 3)]
    files = [pdfium.PdfDocument(as_colours(pdf, three)) for three in threes]
    try:
        for number in range(len(files[0])):
            pictures: dict[str, Image.Image] = {}
            for three, file in zip(threes, files, strict=True):
                with closing(file[number]) as page:
                    drawn = page.render(scale=dpi / 72).to_pil().convert("RGB")
                pictures.update(zip(three, (channel.point(lambda value: 255 - value) for channel in drawn.split()), strict=False))
            yield pictures
    finally:
        for file in files:
            file.close()


def as_colours(pdf: bytes, plates: Sequence[str]) -> bytes:
    """Return a copy of a file, cut to trim, whose colours are the ink of up to three plates."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        rewriter = Rewriter(document, plates)
        for page in document.pages:
            page.obj.MediaBox = page.trimbox
            for other in ("/CropBox", "/BleedBox"):
                if other in page.obj:
                    del page.obj[other]
            resources = page.obj.get("/Resources", Dictionary())
            page.obj.Contents = document.make_stream(rewriter.stream(page, resources, fresh=True))
            page.obj.Resources = rewriter.resources(resources)
        out = io.BytesIO()
        document.save(out, compress_streams=False)
    return out.getvalue()


@dataclass
class State:
    fill_space: Any = Name.DeviceGray
    stroke_space: Any = Name.DeviceGray
    over: bool = False
    mode: int = 0


class Rewriter:
    """Rewrite one document for some plates; what is drawn often is rewritten once."""

    def __init__(self, document: pikepdf.Pdf, plates: Sequence[str]):
        self.document, self.plates = document, plates
        self.seen: set[tuple[int, int]] = set()
        self.modes = {name: document.make_indirect(Dictionary(Type=Name.ExtGState, BM=Name(mode))) for name, mode in BLEND.items()}

    def channels(self, colour: Colour) -> list[float]:
        """Return the share of paper on each plate; a colour that is no ink counts as solid on every one."""
        shares = colour.plates
        if colour.space == ALL or not colour.is_ink:
            shares = dict.fromkeys(self.plates, colour.values[0] if colour.space == ALL else 1.0)
        return [*(round(1 - shares.get(plate, 0.0), 4) for plate in self.plates), 1, 1, 1][:3]

    def resources(self, resources: Any) -> Any:
        states = resources.get("/ExtGState", Dictionary())
        for name, mode in self.modes.items():
            states[name] = mode
        resources.ExtGState = states
        return resources

    def stream(self, stream: Any, resources: Any, fresh: bool = False) -> bytes:
        """Return a content stream with the colours of the plates; a fresh one begins with black."""
        out: list[Any] = []
        state, kept = State(), []
        if fresh:
            paper = self.channels(initial(Name.DeviceGray))
            out += [instruction(paper, "rg"), instruction(paper, "RG")]
        for item in pikepdf.parse_content_stream(stream):
            operator = str(item.operator)
            operands = list(item.operands) if isinstance(item, ContentStreamInstruction) else []
            match operator:
                case "q":
                    kept.append(replace(state))
                case "Q" if kept:
                    state = kept.pop()
                case "g" | "G" | "rg" | "RG" | "k" | "K":
                    colour = Colour(GIVEN[operator.lower()], tuple(map(float, operands)))
                    item = instruction(self.channels(colour), "RG" if operator.isupper() else "rg")
                case "cs" | "CS":
                    space = resources.get("/ColorSpace", Dictionary()).get(str(operands[0]), operands[0])
                    if operator == "CS":
                        state.stroke_space = space
                    else:
                        state.fill_space = space
                    if space != Name.Pattern:
                        item = instruction(self.channels(initial(space)), "RG" if operator == "CS" else "rg")
                case "sc" | "scn" | "SC" | "SCN":
                    if operands and isinstance(operands[-1], Name):
                        self.pattern(resources.Pattern[str(operands[-1])])
                    else:
                        space = state.stroke_space if operator.isupper() else state.fill_space
                        colour = Colour(space_name(space), tuple(map(float, operands)), is_separation(space))
                        item = instruction(self.channels(colour), "RG" if operator.isupper() else "rg")
                case "gs":
                    given = resources.ExtGState[str(operands[0])]
                    state.over, state.mode = bool(given.get("/op", given.get("/OP", state.over))), int(given.get("/OPM", state.mode))
                    out += [item, instruction([Name(OVER if state.over and state.mode == 1 else ALONE)], "gs")]
                    continue
                case "Do":
                    self.xobject(resources.XObject[str(operands[0])], resources)
                case "sh":
                    self.shading(resources.Shading[str(operands[0])])
            out.append(item)
        return pikepdf.unparse_content_stream(out)

    def first_met(self, thing: Any) -> bool:
        if thing.objgen in self.seen:
            return False
        self.seen.add(thing.objgen)
        return True

    def xobject(self, thing: Any, outer: Any) -> None:
        if not self.first_met(thing):
            return
        if thing.Subtype == Name.Image:
            self.image(thing)
        elif thing.Subtype == Name.Form:
            self.form(thing, outer, fresh=False)

    def form(self, form: Any, outer: Any, fresh: bool) -> None:
        resources = form.get("/Resources", outer)
        form.write(self.stream(form, resources, fresh))
        form.Resources = self.resources(resources)
        if "/Group" in form and "/CS" in form.Group:
            form.Group.CS = Name.DeviceRGB

    def pattern(self, pattern: Any) -> None:
        if not self.first_met(pattern):
            return
        if pattern.PatternType == 2:
            self.shading(pattern.Shading)
        elif pattern.PaintType == 1:
            self.form(pattern, Dictionary(), fresh=True)

    def image(self, image: Any) -> None:
        if image.get("/ImageMask", False):
            return
        mask = image.get("/SMask")
        if mask is not None:
            del image.SMask
        picture = PdfImage(image).as_pil_image()
        if picture.mode == "CMYK":
            plates = dict(zip(PROCESS, picture.split(), strict=True))
        else:
            plates = {"Black": picture.convert("L").point(lambda value: 255 - value)}
        paper = Image.new("L", picture.size, 255)
        channels = [plates[plate].point(lambda value: 255 - value) if plate in plates else paper for plate in [*self.plates, "", "", ""][:3]]
        for key in ("/Decode", "/DecodeParms"):
            if key in image:
                del image[key]
        image.write(Image.merge("RGB", channels).tobytes())
        image.ColorSpace, image.BitsPerComponent = Name.DeviceRGB, 8
        if mask is not None:
            image.SMask = mask

    def shading(self, shading: Any) -> None:
        """Give a gradient the colours of the plates at its ends; of a kind that cannot be followed it prints nothing."""
        if not self.first_met(shading):
            return
        space = shading.ColorSpace
        self.blend(shading.get("/Function"), space)
        shading.ColorSpace = Name.DeviceRGB

    def blend(self, function: Any, space: Any) -> None:
        if isinstance(function, Dictionary) and function.FunctionType == 3:
            for part in function.Functions:
                self.blend(part, space)
        elif isinstance(function, Dictionary) and function.FunctionType == 2:
            for key in ("/C0", "/C1"):
                function[key] = Array(self.channels(Colour(space_name(space), tuple(map(float, function[key])), is_separation(space))))
            if "/Range" in function:
                del function.Range


def instruction(operands: list[Any], operator: str) -> ContentStreamInstruction:
    return ContentStreamInstruction(operands, Operator(operator))
