"""Page content said briefly: the engine's way of drawing, in fewer bytes and to the same eye.

A side of a border, which the engine clips out of two boxes, becomes one rectangle, or one dashed line; coordinates keep a
hundredth of a pixel; strings that nothing moves apart are one string. Artifacts that follow one another are one. Pieces of
text that follow one another are one text object.
"""

import re
from functools import lru_cache

import pikepdf

LITERAL = re.compile(rb"\((?:\\.|[^()\\])*\)", re.DOTALL)
DECIMAL = re.compile(rb"(?<![\w<.])-?\d*\.\d+")
NO_MOVE = re.compile(rb"> ?0 ?(?=<)")
NUMBER = rb"(-?[\d.]+)"
SIDE = re.compile(
    rb"q\n" + rb"\n".join(rb"%s %s [ml]" % (NUMBER, NUMBER) for _ in range(4)) + rb"\nW\*\nn\n((?:/\S+ gs\n)?(?:[\d. ]+ rg\n)?)"
    + rb"\n".join(rb"%s %s %s %s re" % (NUMBER, NUMBER, NUMBER, NUMBER) for _ in range(2)) + rb"\nf\*\nQ\n"
)  # fmt: skip
"""One side of a border: a clip of four corners, and the space between the outer and the inner edge filled."""
STROKES = re.compile(
    rb"q\n" + rb"\n".join(rb"%s %s [ml]" % (NUMBER, NUMBER) for _ in range(4)) + rb"\nW\*\nn\n((?:%s re\n){2,})W\*\nn\n" % rb" ".join([rb"-?[\d.]+"] * 4)
    + rb"((?:/\S+ gs\n)?)(?:([\d. ]+) rg\n)?" + rb"\n".join(rb"%s %s %s %s re" % (NUMBER, NUMBER, NUMBER, NUMBER) for _ in range(2)) + rb"\nf\*\nQ\n"
)  # fmt: skip
"""One side of a dashed border: the same, clipped to its dashes as well."""
OPENING = rb"/\w+ (?:<< [^\n]*>> BDC|BMC)\n"
STATES = rb"(?:[^\n]* (?:rg|gs|Tr)\n)*"
TEXTS = re.compile(rb"(?:%s%sBT\n(?:(?!ET\n)[^\n]*\n)*ET\nEMC\n)+" % (OPENING, STATES))
"""Pieces of marked content one after another, each of one text object."""
ARTIFACTS = re.compile(rb"(?:/Artifact BMC\n(?:(?!EMC\n|[^\n]*B[DM]C\n)[^\n]*\n)*EMC\n){2,}")
BOX = rb"q\n([\d. ]+ rg\n)(%s re\n)f\nQ\n" % rb" ".join([rb"-?[\d.]+"] * 4)
BOXES = re.compile(rb"(?:%s){2,}" % BOX.replace(b"(", b"(?:"))
SHOWN = re.compile(rb"\[ ?([^\]]*?) ?\] TJ")
PROPERTIES = re.compile(rb"(/\w+) << ([^\n]*?) >> BDC")
STATE = re.compile(rb"/(\S+) gs\n")
OPAQUE = b"a1.0"
"""The engine's name of the state in which fills let nothing through: that of every page when it begins."""
SCALE = 0.75
"""Points in a pixel."""
FOLIO = b"/Folio MP"
"""Where the number of the page is to be printed."""
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
    content = DECIMAL.sub(rounded, STROKES.sub(dashes, SIDE.sub(rectangle, content)))
    content = NO_MOVE.sub(b">", content).replace(b"><", b"").replace(b"> 0 ]", b"> ]").replace(b">0]", b">]")
    if set(STATE.findall(content)) == {OPAQUE}:
        content = STATE.sub(b"", content)
    content = BOXES.sub(boxes, ARTIFACTS.sub(artifact, content))
    return PROPERTIES.sub(rb"\1<<\2>>BDC", SHOWN.sub(tight, TEXTS.sub(text, content)))


def tight(match: re.Match[bytes]) -> bytes:
    return b"[%s]TJ" % match[1].replace(b"> ", b">").replace(b" <", b"<")


def artifact(match: re.Match[bytes]) -> bytes:
    """Return artifacts as one."""
    return b"/Artifact BMC\n%sEMC\n" % match[0].replace(b"/Artifact BMC\n", b"").replace(b"EMC\n", b"")


def boxes(match: re.Match[bytes]) -> bytes:
    """Return filled rectangles with each colour named once."""
    out, last = [b"q\n"], b""
    for colour, box in re.findall(BOX, match[0]):
        out += [colour] * (colour != last) + [box, b"f\n"]  # each filled by itself: readers set a lone box on whole dots
        last = colour
    return b"".join([*out, b"Q\n"])


def text(match: re.Match[bytes]) -> bytes:
    """Return pieces of text as one text object, in which faces and colours are named where they change.

    Each piece keeps its place on the page: said from piece to piece the places would be shorter, but their sums are not exact,
    and readers that put text in order by its places would take what stands on one line for two.
    """
    out, kept = [b"BT"], {}
    for line in match[0].splitlines():
        operator = line[-2:]
        if line.endswith(FOLIO):  # what will be printed there has a face of its own
            kept = {}
        elif operator in (b"BT", b"ET") or kept.get(operator) == line:
            continue
        elif operator in (b"Tf", b"rg"):
            kept[operator] = line
        out.append(line)
    return b"\n".join([*out, b"ET\n"])


def dashes(match: re.Match[bytes]) -> bytes:
    """Return a level dashed side as one dashed line; what is not one stays as it is."""
    corners = [float(value) for value in match.groups()[:8]]
    strokes = [[float(value) for value in line.split()[:4]] for line in match[9].splitlines()]
    edges = [float(value) for value in match.groups()[11:]]
    left, right, top, bottom = min(corners[0::2]), max(corners[0::2]), min(corners[1::2]), max(corners[1::2])
    box, step = (left, top, right, bottom), (strokes[-1][0] - strokes[0][0]) / (len(strokes) - 1)
    level = all(abs(y - top) < NEAR and abs(height - (bottom - top)) < NEAR and abs(width - strokes[0][2]) < NEAR for _, y, width, height in strokes)
    even = all(abs(strokes[0][0] + place * step - stroke[0]) < 2 * NEAR for place, stroke in enumerate(strokes))
    filled = any(holds(edges[at : at + 4], box) for at in (0, 4)) and any(misses(edges[at : at + 4], box) for at in (0, 4))
    if not (level and even and filled and match[11] and strokes[0][0] >= left - NEAR and step > strokes[0][2] > 0):
        return match[0]
    middle, end = (top + bottom) / 2, min(right, strokes[-1][0] + strokes[0][2])
    return b"q\n%s%s RG\n%.4f w\n[%.4f %.4f] 0 d\n%.4f %.4f m\n%.4f %.4f l\nS\nQ\n" % (
        match[10], match[11], bottom - top, strokes[0][2], step - strokes[0][2], strokes[0][0], middle, end, middle,
    )  # fmt: skip


def hexadecimal(match: re.Match[bytes]) -> bytes:
    return b"<%s>" % bytes(pikepdf.Object.parse(match[0])).hex().encode()


def rounded(match: re.Match[bytes]) -> bytes:
    return hundredths(match[0])


@lru_cache(50_000)
def hundredths(number: bytes) -> bytes:
    """Return a number to a hundredth; what is less than one may be a share of a colour and keeps more."""
    value = float(number)
    text = (b"%.2f" if abs(value) >= 1 else b"%.4f") % value
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
