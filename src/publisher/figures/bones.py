"""The bones of a schematic skeleton, seen from the front: each by its address, as closed outlines or as strokes.

The figure is 1000 units high; x counts from the middle, and what lies to the viewer's left is the patient's right. Addresses are
`T5`, `rib.5.left`, `femur.right`; a part of a long bone adds `.upper`, `.middle` or `.lower`. Own drawing, made of proportions and
curves; it shows where, not how bones look.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import hypot

Point = tuple[float, float]
SIDES = {"right": -1, "left": 1}
"""The sign of x of a side of the patient."""

CERVICAL = tuple(f"C{number}" for number in range(1, 8))
THORACIC = tuple(f"T{number}" for number in range(1, 13))
LUMBAR = tuple(f"L{number}" for number in range(1, 6))
SACRAL = tuple(f"S{number}" for number in range(1, 6))
SPINE = (*CERVICAL, *THORACIC, *LUMBAR, *SACRAL)
RIBS = range(1, 13)


@dataclass(frozen=True)
class Shape:
    """A piece of a bone: an outline to be filled, or a curve to be stroked with a width."""

    points: tuple[Point, ...]
    stroke: float = 0.0
    smooth: bool = True


@dataclass(frozen=True)
class Bone:
    shapes: tuple[Shape, ...]
    middle: Point
    """Where a sign stands and a leader ends."""


def mirrored(points: list[Point], sign: int) -> tuple[Point, ...]:
    return tuple((sign * x, y) for x, y in points)


# -- the spine -----------------------------------------------------------------------------------------------------


def levels() -> Iterator[tuple[str, float, float, float]]:
    """Yield each vertebra above the sacrum: its middle, height and half width."""
    y = 104.0
    for number, name in enumerate((*CERVICAL, *THORACIC, *LUMBAR)):
        if name[0] == "C":
            height, half = 9.0, 9.5 + 0.3 * number
        elif name[0] == "T":
            height, half = 12.2 + 0.22 * (number - 7), 10.0 + 0.35 * (number - 7)
        else:
            height, half = 17.2 + 0.4 * (number - 19), 14.5 + 0.8 * (number - 19)
        yield name, y + height / 2, height, half
        y += height


PLACES = {name: (middle, height, half) for name, middle, height, half in levels()}
SACRUM_TOP = PLACES["L5"][0] + PLACES["L5"][1] / 2 + 2
SACRUM = [(SACRUM_TOP + 14.0 * number, SACRUM_TOP + 14.0 * (number + 1), 27.0 - 4.4 * number, 27.0 - 4.4 * (number + 1)) for number in range(5)]
"""Top, foot, half width at the top and at the foot of S1 to S5."""


def vertebra(name: str) -> Bone:
    """A body waisted at its middle, with its two processes."""
    if name[0] == "S":
        top, foot, upper, lower = SACRUM[int(name[1]) - 1]
        return Bone((Shape(((-upper, top), (upper, top), (lower, foot - 0.8), (-lower, foot - 0.8)), smooth=False),), (0, (top + foot) / 2))
    y, height, half = PLACES[name]
    reach, thick = half + {"C": 3.0, "T": 5.5, "L": 10.0}[name[0]], height * 0.16
    high, low, waist = y - height / 2 + 0.7, y + height / 2 - 0.7, half * 0.84
    right = [(half, high), (waist + 0.5, y - thick), (reach, y - thick * 0.9), (reach, y + thick * 0.7), (waist + 0.5, y + thick), (half, low)]
    return Bone((Shape((*right, *((-x, at) for x, at in reversed(right))), smooth=False),), (0, y))


def process(name: str, side: str) -> Bone:
    """The transverse process of a vertebra above the sacrum."""
    y, height, half = PLACES[name]
    reach, thick = half + {"C": 3.0, "T": 5.5, "L": 10.0}[name[0]], height * 0.18
    outline = mirrored([(half * 0.8, y - thick), (reach + 1, y - thick), (reach + 1, y + thick), (half * 0.8, y + thick)], SIDES[side])
    return Bone((Shape(outline, smooth=False),), (SIDES[side] * reach, y))


# -- the cage ------------------------------------------------------------------------------------------------------

REACH = (0, 37, 57, 69, 77, 83, 87, 90, 91, 89, 84, 66, 46)
"""How far out each rib reaches."""
FRONT = (
    (0, 0), (23, 191), (30, 209), (35, 224), (39, 239), (43, 256), (47, 273), (52, 292), (62, 306), (70, 319), (76, 330), (69, 338), (49, 336),
)  # fmt: skip
"""Where the bone of each rib ends in front."""
STERNAL = (0, 189, 204, 215, 227, 238, 249, 259)
"""Where the cartilages of the first seven ribs meet the sternum."""


def cage_y(number: int) -> float:
    return PLACES[f"T{number}"][0]


def rib(number: int, side: str) -> Bone:
    """A hoop from the spine out and down, and to the front as far as it is bone."""
    back, reach, (x, y), sign = cage_y(number), float(REACH[number]), FRONT[number], SIDES[side]
    turn = back + 10 + 3.1 * number
    if number > 10:
        curve = [(13, back), (reach * 0.5, back + 1), (reach * 0.85, (back + y) / 2 + 2), (x, y)]
    else:
        curve = [
            (13, back - 1), (reach * 0.42, back - 5), (reach * 0.76, back), (reach * 0.96, (back + turn) / 2 + 1), (reach, turn),
            (reach * 0.95, turn + (y - turn) * 0.5 + 4), ((reach + x) / 2 + 2, y + 3), (x, y),
        ]  # fmt: skip
    return Bone((Shape(mirrored(curve, sign), stroke=5.6),), (sign * reach * 0.97, turn - 3))


def cartilages() -> list[Shape]:
    """The cartilages that tie the ribs to the sternum and the last ones to the costal margin."""
    shapes = []
    for sign in SIDES.values():
        for number in range(1, 8):
            x, y = FRONT[number]
            end = (10.0 if number > 1 else 14.0, STERNAL[number])
            bend = ((x + end[0]) / 2, (y + end[1]) / 2 + (6 if number > 4 else 1))
            shapes.append(Shape(mirrored([(x, y), bend, end], sign), stroke=2.6))
        for number in (8, 9, 10):
            x, y = FRONT[number]
            upper = FRONT[number - 1]
            shapes.append(Shape(mirrored([(x, y), ((x + upper[0]) / 2 - 3, (y + upper[1]) / 2 + 1), (upper[0] - 8, upper[1] - 5)], sign), stroke=2.6))
    return shapes


def sternum() -> Bone:
    right = [(0, 181), (12, 179), (17, 184), (14, 194), (9, 202), (8, 208), (10.5, 228), (11.5, 248), (8, 262), (4, 267), (3, 280), (0, 286)]
    return Bone((Shape((*right, *((-x, y) for x, y in reversed(right[1:-1]))),),), (0, 222))


# -- girdles and head ----------------------------------------------------------------------------------------------


def skull() -> Bone:
    vault = [(0, 0), (24, 4), (40, 20), (46, 44), (43, 64), (35, 76), (27, 90), (20, 101), (0, 104)]
    return Bone((Shape((*vault, *((-x, y) for x, y in reversed(vault[1:-1])))),), (0, 24))


def mandible() -> Bone:
    right = [(36, 78), (35, 102), (27, 119), (12, 128), (0, 129)]
    inner = [(0, 111), (15, 109), (24, 103), (29, 84)]
    outline = (*right, *((-x, y) for x, y in reversed(right[:-1])), *((-x, y) for x, y in reversed(inner[1:])), *inner)
    return Bone((Shape(outline, smooth=False),), (0, 121))


def face() -> list[Shape]:
    """Orbits, nose and the line of the teeth: openings, drawn pale."""
    found = [Shape(((0, 62), (5, 76), (0, 79), (-5, 76)))]
    for sign in SIDES.values():
        found.append(Shape(mirrored([(8, 50), (18, 45), (29, 50), (29, 61), (18, 65), (9, 60)], sign)))
    return found


def clavicle(side: str) -> Bone:
    curve = [(15, 184), (36, 177), (58, 175), (78, 169), (97, 170)]
    return Bone((Shape(mirrored(curve, SIDES[side]), stroke=7.0),), (SIDES[side] * 56, 175))


def scapula(side: str) -> Bone:
    outline = [(62, 184), (84, 178), (103, 174), (108, 182), (101, 192), (97, 206), (92, 232), (84, 262), (77, 266), (71, 246), (64, 212)]
    return Bone((Shape(mirrored(outline, SIDES[side])),), (SIDES[side] * 92, 226))


def ilium(side: str) -> Bone:
    """The wing of the hip bone down to the socket."""
    outline = [
        (20, 12), (27, -6), (40, -20), (58, -28), (77, -24), (89, -6), (88, 10), (80, 24), (79, 44), (72, 58), (56, 64), (46, 60), (43, 46), (33, 34),
    ]  # fmt: skip
    return Bone((Shape(mirrored([(x, SACRUM_TOP + y) for x, y in outline], SIDES[side])),), (SIDES[side] * 60, SACRUM_TOP + 4))


def pubis(side: str) -> Bone:
    """The ring of pubis and ischium around its opening."""
    ring = [(58, 50), (40, 56), (20, 68), (7, 77), (6, 92), (16, 98), (25, 112), (38, 121), (52, 116), (60, 98), (64, 72)]
    return Bone((Shape(mirrored([(x, SACRUM_TOP + y) for x, y in ring], SIDES[side])),), (SIDES[side] * 18, SACRUM_TOP + 80))


def obturator(side: str) -> Shape:
    """The opening in the ring."""
    return Shape(mirrored([(x, SACRUM_TOP + y) for x, y in [(46, 72), (31, 77), (24, 85), (29, 99), (40, 106), (49, 98)]], SIDES[side]))


# -- long bones ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Long:
    """A long bone: its ends, and its half widths to the outer and inner side along the way."""

    start: Point
    end: Point
    profile: tuple[tuple[float, float, float], ...]
    parts: tuple[float, float] = (0.3, 0.7)

    def place(self, along: float, across: float) -> Point:
        (x1, y1), (x2, y2) = self.start, self.end
        length = hypot(x2 - x1, y2 - y1)
        return (x1 + (x2 - x1) * along + (y2 - y1) / length * across, y1 + (y2 - y1) * along - (x2 - x1) / length * across)

    def widths(self, along: float) -> tuple[float, float]:
        before = max((item for item in self.profile if item[0] <= along), key=lambda item: item[0])
        after = min((item for item in self.profile if item[0] >= along), key=lambda item: item[0])
        share = (along - before[0]) / (after[0] - before[0]) if after[0] > before[0] else 0
        return before[1] + (after[1] - before[1]) * share, before[2] + (after[2] - before[2]) * share

    def outline(self, low: float = 0.0, high: float = 1.0) -> list[Point]:
        steps = sorted({low, high, *(item[0] for item in self.profile if low < item[0] < high)})
        outer = [self.place(step, self.widths(step)[0]) for step in steps]
        inner = [self.place(step, -self.widths(step)[1]) for step in steps]
        return [*outer, *reversed(inner)]


LONG = {
    "humerus": Long((104, 186), (127, 352), ((0, 5, 6), (0.04, 10, 10), (0.11, 10, 9), (0.2, 6.5, 6), (0.5, 5, 5), (0.8, 5.5, 5.5), (0.93, 10, 11), (1, 8, 9))),
    "radius": Long((133, 358), (156, 488), ((0, 4.5, 4.5), (0.05, 4.5, 4.5), (0.12, 3, 3), (0.5, 3.4, 3), (0.85, 4.5, 4), (0.97, 6.5, 6), (1, 5.5, 5))),
    "ulna": Long((121, 352), (144, 486), ((0, 5, 5), (0.08, 5.2, 5.2), (0.2, 3.4, 3.4), (0.6, 2.8, 2.8), (0.94, 3, 3), (1, 2.6, 2.6))),
    "femur": Long(
        (78, 484), (46, 717),
        ((0, 5, 3), (0.03, 9, 8), (0.1, 9, 10), (0.17, 7.5, 8.5), (0.3, 7, 7), (0.6, 6.8, 6.8), (0.8, 8.5, 8.5), (0.93, 15, 14), (0.98, 15, 14), (1, 11, 10)),
    ),
    "tibia": Long((45, 724), (41, 932), ((0, 12, 13), (0.03, 15, 14), (0.09, 12, 12), (0.18, 8, 8), (0.5, 6.2, 6.2), (0.8, 6, 6.5), (0.95, 9, 10), (1, 7, 12))),
    "fibula": Long((63, 742), (58, 944), ((0, 3, 3), (0.04, 5, 4.5), (0.12, 2.8, 2.8), (0.5, 2.4, 2.4), (0.88, 3, 3), (0.96, 5, 4.2), (1, 2, 2))),
}  # fmt: skip
PARTS = ("upper", "middle", "lower")


def long_bone(name: str, side: str, part: str = "") -> Bone:
    bone, sign = LONG[name], SIDES[side]
    cut = (0.0, *bone.parts, 1.0)
    low, high = (0.0, 1.0) if not part else (cut[PARTS.index(part)], cut[PARTS.index(part) + 1])
    shapes = [Shape(mirrored(bone.outline(low, high), sign), smooth=not part)]
    if name == "femur" and part in ("", "upper"):
        shapes.append(head_of_femur(sign))
    x, y = bone.place((low + high) / 2 if part != "upper" else 0.14, 0)
    return Bone(tuple(shapes), (sign * x, y))


def head_of_femur(sign: int) -> Shape:
    """Head and neck, which stand off towards the hip."""
    return Shape(mirrored([(75, 484), (67, 479), (63, 470), (54, 467), (46, 473), (46, 483), (53, 490), (62, 490), (68, 496), (73, 506)], sign))


def neck_of_femur(side: str) -> Bone:
    sign = SIDES[side]
    return Bone((Shape(mirrored([(77, 484), (69, 480), (63, 473), (57, 489), (66, 495), (73, 505)], sign), smooth=False),), (sign * 67, 487))


def patella(side: str) -> Bone:
    return Bone((Shape(mirrored([(46, 700), (54, 706), (53, 716), (46, 722), (39, 716), (38, 706)], SIDES[side])),), (SIDES[side] * 46, 711))


FINGER, TOE = 3.6, 3.8


def hand(side: str) -> Bone:
    sign = SIDES[side]
    shapes = [Shape(mirrored([(139, 491), (150, 489), (162, 494), (166, 503), (158, 511), (145, 510), (138, 502)], sign))]
    for x, y, reach, down in ((141, 512, 141, 560), (149, 514, 152, 574), (157, 514, 164, 576), (164, 511, 175, 566)):
        for start, end in ((0.0, 0.36), (0.42, 0.66), (0.71, 0.86), (0.9, 1.0)):
            ends = [(x + (reach - x) * share, y + (down - y) * share) for share in (start, end)]
            shapes.append(Shape(mirrored(ends, sign), FINGER))
    for start, end in (((167, 503), (176, 515)), ((178, 518), (184, 529)), ((185.5, 532), (188.5, 540))):
        shapes.append(Shape(mirrored([start, end], sign), FINGER))
    return Bone(tuple(shapes), (sign * 153, 520))


METATARSALS = {number: ((36.5 + 6.6 * number - 6.6, 967.0), (33.0 + 8.6 * number - 8.6, 986.0 - 1.3 * (number - 1))) for number in range(1, 6)}


def metatarsal(number: int, side: str) -> Bone:
    start, end = METATARSALS[number]
    return Bone((Shape(mirrored([start, end], SIDES[side]), TOE),), (SIDES[side] * end[0], (start[1] + end[1]) / 2))


def tarsus(side: str) -> Bone:
    """Talus, heel and the other bones of the ankle, drawn as one."""
    outline = [(29, 938), (40, 935), (55, 938), (62, 949), (66, 962), (58, 966), (38, 967), (31, 963), (28, 950)]
    return Bone((Shape(mirrored(outline, SIDES[side])),), (SIDES[side] * 46, 952))


def toes(side: str) -> Bone:
    shapes = []
    for number, (_, (x, y)) in METATARSALS.items():
        for start, end in ((3.5, 7.5), (10, 12.5)):
            shapes.append(Shape(mirrored([(x - 0.3 + 0.1 * number, y + start), (x - 0.6 + 0.2 * number, y + end)], SIDES[side]), TOE))
    return Bone(tuple(shapes), (SIDES[side] * 48, 995))


PAIRED = {
    "clavicle": clavicle, "scapula": scapula, "ilium": ilium, "pubis": pubis, "patella": patella, "hand": hand, "tarsus": tarsus, "toes": toes,
    "femur-neck": neck_of_femur,
}  # fmt: skip


@cache
def bone(address: str) -> Bone:
    """Return the bone of an address. Raises KeyError for one that is not drawn."""
    name, *rest = address.split(".")
    if name in SPINE:
        return process(name, rest[0]) if rest else vertebra(name)
    if name == "rib":
        return rib(int(rest[0]), rest[1])
    if name == "metatarsal":
        return metatarsal(int(rest[0]), rest[1])
    if name in LONG:
        return long_bone(name, rest[0], rest[1] if len(rest) > 1 else "")
    if name in PAIRED:
        return PAIRED[name](rest[0])
    return {"skull": skull, "mandible": mandible, "sternum": sternum}[name]()


def paired(name: str) -> tuple[str, ...]:
    return tuple(f"{name}.{side}" for side in SIDES)


FOOT = ("tarsus", *(f"metatarsal.{number}" for number in METATARSALS), "toes")
LAYERS = (
    paired("scapula"), paired("ilium"), paired("pubis"), SPINE, tuple(address for number in RIBS for address in paired(f"rib.{number}")), ("sternum",),
    paired("clavicle"), ("skull",), ("mandible",), *(paired(name) for name in LONG), paired("patella"), paired("hand"),
    tuple(address for name in FOOT for address in paired(name)),
)  # fmt: skip
"""All bones in the order in which they are drawn, those together that do not lie on one another."""
