"""Break a finished press file in one way and ask preflight what it sees."""

import io
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name
from project import Made

from publisher.editions import DELIVERED
from publisher.finish.drawn_text import unicodes
from publisher.problems import Problem


def spoilt(pdf: bytes, spoil: Callable[[pikepdf.Pdf], object], **saving) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        spoil(document)
        out = io.BytesIO()
        document.save(out, **saving)
    return out.getvalue()


def found(made: Made, spoil: Callable[[pikepdf.Pdf], object], name: str = "press.pdf", **saving) -> list[Problem]:
    """Spoil a copy of a file; return what preflight finds in it. The whole files have no problem."""
    return DELIVERED[name].look(spoilt(made.files[name], spoil, **saving), made.job)[0]


def paint(pdf: pikepdf.Pdf, number: int, operators: str, **resources: object) -> None:
    """Paint something more on a page, with resources of its own by kind and name (XObject_Im=…)."""
    page = pdf.pages[number]
    own = page.obj.Resources
    for named, thing in resources.items():
        kind, name = named.split("_", 1)
        if f"/{kind}" not in own:
            own[f"/{kind}"] = Dictionary()
        own[f"/{kind}"][f"/{name}"] = thing
    page.contents_add(f"\nq {operators} Q\n".encode())
    page.contents_coalesce()


def write(pdf: pikepdf.Pdf, number: int, colour: str, before: str = "/Overprint gs", x: float = 200, y: float = 300) -> None:
    """Write one Latin letter or figure, of any font of the page that has one, in a colour."""
    fonts = pdf.pages[number].obj.Resources.Font.items()
    name, code = next((name, code) for name, font in fonts for code, char in unicodes(font).items() if char.isascii() and char.isalnum())
    paint(pdf, number, f"{before} {colour} BT {name} 10 Tf 1 0 0 1 {x} {y} Tm <{code:04x}> Tj ET")


def edit(pdf: pikepdf.Pdf, number: int, change: Callable[[str, list], tuple[str, list] | None]) -> None:
    """Change the instructions of a page: `change` gives operator and operands anew, or None to leave one out."""
    page = pdf.pages[number]
    kept = []
    for instruction in pikepdf.parse_content_stream(page):
        changed = change(str(instruction.operator), list(instruction.operands))
        if changed is not None:
            kept.append(pikepdf.ContentStreamInstruction(changed[1], pikepdf.Operator(changed[0])))
    page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(kept))


def picture(pdf: pikepdf.Pdf, pixels: tuple[int, int], space: str = "/DeviceCMYK", level: int = 40, **more: object) -> pikepdf.Stream:
    parts = {"/DeviceCMYK": 4, "/DeviceRGB": 3, "/DeviceGray": 1}[space]
    stream = pdf.make_stream(bytes([level]) * (pixels[0] * pixels[1] * parts))
    stream.Type, stream.Subtype, stream.ColorSpace = Name.XObject, Name.Image, Name(space)
    stream.Width, stream.Height, stream.BitsPerComponent = *pixels, 8
    for key, value in more.items():
        stream[f"/{key}"] = value
    return pdf.make_indirect(stream)


def separation(name: str) -> Array:
    tint = Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0, 0], C1=[0, 1, 0, 0], N=1)
    return Array([Name.Separation, Name(f"/{name}"), Name.DeviceCMYK, tint])


def rewrite_xmp(pdf: pikepdf.Pdf, old: str, new: str) -> None:
    text = pdf.Root.Metadata.read_bytes().decode()
    assert old in text
    pdf.Root.Metadata.write(text.replace(old, new).encode())
