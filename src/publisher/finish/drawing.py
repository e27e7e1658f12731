"""Page content said briefly: the engine's way of drawing, in fewer bytes and to the same eye.

A side of a border, which the engine clips out of two boxes, becomes one rectangle; coordinates keep a hundredth of a
pixel; strings that nothing moves apart are one string.
"""

import re

import pikepdf

LITERAL = re.compile(rb"\((?:\\.|[^()\\])*\)", re.DOTALL)
DECIMAL = re.compile(rb"(?<![\w<.])-?\d*\.\d+")
NO_MOVE = re.compile(rb"> 0 (?=<)")
NUMBER = rb"(-?[\d.]+)"
SIDE = re.compile(
    rb"q\n" + rb"\n".join(rb"%s %s [ml]" % (NUMBER, NUMBER) for _ in range(4)) + rb"\nW\*\nn\n((?:/\S+ gs\n)?(?:[\d. ]+ rg\n)?)"
    + rb"\n".join(rb"%s %s %s %s re" % (NUMBER, NUMBER, NUMBER, NUMBER) for _ in range(2)) + rb"\nf\*\nQ\n"
)  # fmt: skip
"""One side of a border: a clip of four corners, and the space between the outer and the inner edge filled."""
NEAR = 0.005
"""Pixels."""


def tidy(pdf: pikepdf.Pdf) -> None:
    """Shorten the content of every page."""
    for page in pdf.pages:
        page.contents_coalesce()
        page.obj.Contents.write(shortened(page.obj.Contents.read_bytes()))


def shortened(content: bytes) -> bytes:
    """Return content that draws the same; content with inline pictures comes back as it is."""
    if b"\nBI" in content:
        return content
    content = LITERAL.sub(hexadecimal, content)
    return NO_MOVE.sub(b">", DECIMAL.sub(rounded, SIDE.sub(rectangle, content))).replace(b"><", b"").replace(b"> 0 ]", b"> ]")


def hexadecimal(match: re.Match[bytes]) -> bytes:
    return b"<%s>" % bytes(pikepdf.Object.parse(match[0])).hex().encode()


def rounded(match: re.Match[bytes]) -> bytes:
    text = b"%.2f" % float(match[0])
    short = text.rstrip(b"0").rstrip(b".")
    return b"0" if short == b"-0" else short


def rectangle(match: re.Match[bytes]) -> bytes:
    """Return a side as one filled rectangle; what is not one stays as it is."""
    *numbers, style = [*map(float, match.groups()[:8]), match[9]]
    boxes = [float(value) for value in match.groups()[9:]]
    left, right = min(numbers[0::2]), max(numbers[0::2])
    top, bottom = min(numbers[1::2]), max(numbers[1::2])
    corners = {(x, y) for x, y in zip(numbers[0::2], numbers[1::2], strict=True)}
    if corners != {(left, top), (left, bottom), (right, top), (right, bottom)}:
        return match[0]
    box = (left, top, right, bottom)
    if not (any(holds(boxes[at : at + 4], box) for at in (0, 4)) and any(misses(boxes[at : at + 4], box) for at in (0, 4))):
        return match[0]
    return b"q\n%s%.4f %.4f %.4f %.4f re\nf\nQ\n" % (style, left, top, right - left, bottom - top)


def holds(edge: list[float], box: tuple[float, float, float, float]) -> bool:
    x, y, width, height = edge
    return x - NEAR <= box[0] and box[2] <= x + width + NEAR and y - NEAR <= box[1] and box[3] <= y + height + NEAR


def misses(edge: list[float], box: tuple[float, float, float, float]) -> bool:
    x, y, width, height = edge
    return box[2] <= x + NEAR or box[0] >= x + width - NEAR or box[3] <= y + NEAR or box[1] >= y + height - NEAR
