"""Where the metastases are: a skeleton seen from the front with the recorded sites, and the spine beside it, enlarged.

Filled: named to the level, segment or single bone. Stippled: only the bone or region is named. Bone events are signs, told apart by
shape. The patient's right is at the viewer's left. What the drawing has no place for is named beside it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from publisher.case import Case
from publisher.figures import bones
from publisher.figures.bones import LAYERS, SIDES, SPINE, Shape, bone
from publisher.figures.drawing import (
    DOTTED,
    HAIRLINE,
    INK,
    LABEL,
    MEASURE,
    PAPER,
    SECOND,
    SMALL,
    SOFT,
    THIN,
    TINT,
    TINY,
    Drawing,
    Drawn,
    Point,
    curve_of,
    finished,
    number,
    path_of,
)
from publisher.figures.lettering import balanced, spread, width, wrapped
from publisher.figures.signs import NAMES, sign
from publisher.figures.sites import Site, site_of, where

HEIGHT, TOP = 202.0, 3.0
SCALE = HEIGHT / 1000
SPINE_SCALE = 0.49
LEGEND = 20.0
STIPPLE = 2.3
"""Distance of two dots in points."""
EVENTS = ("病理性骨折", "脊髓压迫", "骨放疗", "骨手术")
REGION_NAMES = (("颈椎", bones.CERVICAL), ("胸椎", bones.THORACIC), ("腰椎", bones.LUMBAR), ("骶椎", bones.SACRAL))


@dataclass(frozen=True)
class Named:
    """A recorded site: its words, and the bones they mean."""

    words: str
    site: Site


@dataclass(frozen=True)
class Event:
    kind: str
    words: str
    site: Site


@dataclass
class Record:
    """What the figure shows of a case."""

    sites: list[Named] = field(default_factory=list)
    sure: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    unplaced: list[str] = field(default_factory=list)
    organs: list[str] = field(default_factory=list)

    @property
    def has_spine(self) -> bool:
        return any(is_spinal(address) for address in self.sure | self.open) or any(any(map(is_spinal, event.site.bones)) for event in self.events)


def is_spinal(address: str) -> bool:
    return address.split(".")[0] in SPINE


def record(case: Case) -> Record:
    """Gather the recorded sites of a case; lesions make its metastases more exact, but add no side that is not said."""
    made = Record()
    for item in case.metastases:
        if item.organ != "骨":
            words = str(item.organ) + (f"（{where(item)}）" if item.site or item.levels else "")
            made.organs.append(words)
            continue
        site = site_of(item)
        if not site:
            made.unplaced.append(where(item))
            continue
        made.sites.append(Named(where(item) + ("（侧别未载）" if site.sideless else ""), site))
        made.sure |= set(site.sure)
        made.open |= set(site.open)
    for lesion in (lesion for study in case.studies for lesion in study.lesions if lesion.role == "骨转移"):
        site = site_of(lesion)
        if not site.sideless:
            made.sure |= set(site.sure)
            made.open |= set(site.open)
    made.events = list(dict.fromkeys(events(case)))
    for event in [event for event in made.events if not event.site or event.site.sideless]:
        made.unplaced.append(f"{NAMES[event.kind]}{f'：{event.words}' if event.words else ''}{'（侧别未载）' if event.site.sideless else ''}")
    made.events = [event for event in made.events if event.site and not event.site.sideless]
    made.unplaced = list(dict.fromkeys(made.unplaced))
    return made


def events(case: Case) -> Iterator[Event]:
    """Yield the bone events with their sites, and the radiotherapy of bones that no event tells."""
    for event in case.bone_events:
        yield Event(str(event.event), where(event), site_of(event))
    told = {address for event in case.bone_events if event.event == "骨放疗" for address in site_of(event).bones}
    for treatment in case.treatments:
        for part in treatment.radiotherapy if treatment.status == "已实施" else ():
            site = site_of(part)
            if site.sure and not told & set(site.bones):
                yield Event("骨放疗", where(part), site)


def skeleton(case: Case) -> Drawn | None:
    """Draw where the metastases and bone events of a case are, or nothing where no bone is recorded."""
    shown = record(case)
    if not (shown.sites or shown.events):
        return None
    drawing = Drawing(MEASURE, TOP + HEIGHT + LEGEND)
    middle = 140.0 if shown.has_spine else MEASURE / 2
    front = View(drawing, middle, TOP, SCALE)
    front.draw(shown)
    for side, at, words in (("right", -26, "右"), ("left", 26, "左")):
        drawing.text(middle + at, TOP + 12, words, SMALL, "end" if side == "right" else "start", SOFT)
    signed = front_signs(drawing, front, shown.events)
    foot = unplaced(drawing, shown)
    labels(drawing, front, shown, signed, (0, middle - 46), (middle + 48, 252 if shown.has_spine else MEASURE), foot)
    if shown.has_spine:
        spine(drawing, shown)
    legend(drawing, shown)
    return finished("skeleton", "骨转移部位与骨相关事件" if shown.events else "骨转移部位", told(shown), drawing)


def told(shown: Record) -> str:
    """Tell the figure in words."""
    parts = ["人体骨骼正面示意图，图左为患者右侧。"]
    if shown.sites:
        sites = [named.words + ("" if named.site.sure or named.site.sideless else "（只载部位）") for named in shown.sites]
        parts.append(f"骨转移：{'、'.join(sites)}。")
    for kind in EVENTS:
        words = [event.words for event in shown.events if event.kind == kind]
        if words:
            parts.append(f"{NAMES[kind]}：{'、'.join(words)}。")
    if shown.organs:
        parts.append(f"骨外转移：{'、'.join(shown.organs)}。")
    if shown.unplaced:
        parts.append(f"图上未定位：{'、'.join(shown.unplaced)}。")
    return "".join(parts)


# -- bones on paper ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class View:
    """Bones drawn at a scale, their middle line at `x`, their origin at `y`."""

    drawing: Drawing
    x: float
    y: float
    scale: float

    def at(self, point: Point) -> Point:
        return (self.x + point[0] * self.scale, self.y + point[1] * self.scale)

    def draw(self, shown: Record) -> None:
        """Draw all bones layer by layer, each as recorded."""
        for layer in LAYERS:
            self.layer(layer, shown)
            if layer[0].startswith("pubis"):
                self.shapes([bones.obturator(side) for side in SIDES], PAPER)
            elif layer[0].startswith("rib"):
                self.shapes(bones.cartilages(), PAPER)
            elif layer[0] == "skull":
                self.shapes(bones.face(), PAPER)

    def layer(self, addresses: Sequence[str], shown: Record) -> None:
        """Draw bones that do not lie on one another: all plain, stippled where they are open, filled where they are sure, then their parts.

        What lies under the filled ones is the same in every figure, and the finished file holds it once.
        """
        sure = [address for address in addresses if address in shown.sure]
        held = [address for address in addresses if address in shown.open and address not in shown.sure]
        self.shapes([shape for address in addresses for shape in bone(address).shapes], TINT)
        self.stipple([shape for address in held for shape in bone(address).shapes])
        parts = [part for address in addresses for part in parts_of(address) if part in shown.sure]
        self.shapes([shape for address in (*sure, *parts) for shape in bone(address).shapes], SECOND, SECOND)

    def path(self, shape: Shape) -> str:
        points = [self.at(point) for point in shape.points]
        if shape.stroke:
            return curve_of(points, places=1) if shape.smooth and len(points) > 2 else path_of(points, places=1)
        return curve_of(points, closed=True, places=1) if shape.smooth else path_of(points, closed=True, places=1)

    def shapes(self, shapes: Sequence[Shape], fill: str, ink: str = SOFT) -> None:
        """Draw shapes of one look."""
        if outlines := "".join(self.path(shape) for shape in shapes if not shape.stroke):
            self.drawing.shape(outlines, fill, ink, HAIRLINE, join="round")
        for stroke in sorted({shape.stroke for shape in shapes if shape.stroke}):
            path, weight = "".join(self.path(shape) for shape in shapes if shape.stroke == stroke), stroke * self.scale
            self.drawing.shape(path, ink=ink, weight=max(weight, 0.5), cap="round", join="round")
            if fill != ink:
                self.drawing.shape(path, ink=fill, weight=max(weight - 2 * HAIRLINE, 0.25), cap="round", join="round")

    def stipple(self, shapes: Sequence[Shape]) -> None:
        """Fill shapes with dots."""
        dots = [dot for shape in shapes if not shape.stroke for dot in dots_in([self.at(point) for point in shape.points])]
        if dots:
            self.drawing.shape("".join(f"M{number(x, 1)} {number(y, 1)}h.01" for x, y in dots), ink=SECOND, weight=1.05, cap="round")
        if strokes := "".join(self.path(shape) for shape in shapes if shape.stroke):
            self.drawing.shape(strokes, ink=SECOND, weight=1.15, dash=f"0.01 {STIPPLE}", cap="round")


def parts_of(address: str) -> list[str]:
    """Return the addresses of the parts of a bone."""
    name, _, rest = address.partition(".")
    if name in SPINE:
        return [f"{address}.{side}" for side in SIDES]
    parts = [f"{address}.{part}" for part in bones.PARTS] if name in bones.LONG else []
    return [*parts, f"femur-neck.{rest}"] if name == "femur" else parts


def dots_in(points: list[Point]) -> list[Point]:
    """Return the places of a pattern of dots inside a polygon."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    down = STIPPLE * 0.87
    rows = int((max(ys) - min(ys)) / down) + 1
    first = (min(ys) + max(ys)) / 2 - (rows - 1) * down / 2
    steps = int((max(xs) - min(xs)) / STIPPLE) + 2
    start = (min(xs) + max(xs)) / 2 - steps * STIPPLE / 2
    places = [(start + (step + (row % 2) / 2) * STIPPLE, first + row * down) for row in range(rows) for step in range(steps + 1)]
    return [(x, y) for x, y in places if holds(points, x, y, 0.55)]


def holds(points: list[Point], x: float, y: float, margin: float) -> bool:
    """Tell whether a polygon holds a place and a little around it."""
    return all(inside(points, x + dx, y + dy) for dx, dy in ((0, 0), (margin, 0), (-margin, 0), (0, margin), (0, -margin)))


def inside(points: list[Point], x: float, y: float) -> bool:
    found = False
    for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            found = not found
    return found


# -- words and signs beside the skeleton -----------------------------------------------------------------------------


def side_of(address: str) -> str:
    return next((side for side in SIDES if side in address.split(".")), "")


def groups(addresses: Iterable[str]) -> dict[str, list[str]]:
    """Part bones by the side of the patient they are on."""
    found: dict[str, list[str]] = {}
    for address in addresses:
        found.setdefault(side_of(address), []).append(address)
    return found


def centre(view: View, addresses: list[str]) -> Point:
    places = [view.at(bone(address).middle) for address in addresses]
    return (sum(x for x, _ in places) / len(places), sum(y for _, y in places) / len(places))


def front_signs(drawing: Drawing, view: View, events: list[Event]) -> set[Point]:
    """Set the signs of events beside the spine; return where signs stand."""
    taken: dict[Point, int] = {}
    for event in events:
        for side, addresses in groups(address for address in event.site.bones if not is_spinal(address)).items():
            x, y = centre(view, addresses)
            place = (round(x), round(y))
            step = taken.get(place, 0)
            taken[place] = step + 1
            sign(drawing, event.kind, x + SIDES.get(side, 1) * 12 * step, y)
    return set(taken)


def unplaced(drawing: Drawing, shown: Record) -> float:
    """Print what has no place in the drawing at its foot; return where that begins."""
    lines: list[tuple[str, str]] = []
    for head, items in (("骨外转移", shown.organs), ("图上未定位", shown.unplaced)):
        if items:
            lines.append((head, SOFT))
            lines += [(line, INK) for item in items for line in wrapped(item, 96, SMALL)]
    top = TOP + HEIGHT - len(lines) * 8.6
    for place, (line, ink) in enumerate(lines):
        drawing.text(0, top + 7 + place * 8.6, line, SMALL, ink=ink)
    return top


def labels(drawing: Drawing, view: View, shown: Record, signed: set[Point], left: Point, right: Point, foot: float) -> None:
    """Print the names of sites off the spine beside the skeleton, with leaders to their bones."""
    columns: dict[str, list[tuple[str, Point]]] = {"right": [], "left": []}
    covered = {address.split(".")[0] + side_of(address) + rib_of(address) for named in shown.sites for address in named.site.bones}
    others = [
        Named(event.words, event.site)
        for event in shown.events
        if not any(address.replace("femur-neck", "femur").split(".")[0] + side_of(address) + rib_of(address) in covered for address in event.site.bones)
    ]
    for named in [*shown.sites, *dict.fromkeys(others)]:
        found = groups(address for address in named.site.bones if not is_spinal(address))
        if not found:
            continue
        column = min((side for side in (found if "" not in found else SIDES) if side), key=lambda side: len(columns[side]))
        columns[column].append((named.words, centre(view, leading(found.get(column) or found[""]))))
    for column, (low, high), ends in (("right", left, (TOP + 6, foot - 6)), ("left", right, (TOP + 6, TOP + HEIGHT))):
        items = sorted(columns[column], key=lambda item: item[1][1])
        texts = [balanced(words, high - low - 8, LABEL) for words, _ in items]
        heights = [len(lines) * 9.0 for lines in texts]
        middles = spread([y for _, (_, y) in items], heights, *ends, 4.0)
        for lines, middle, (_, (x, y)) in zip(texts, middles, items, strict=True):
            across = max(width(line, LABEL) for line in lines)
            start = max(low, high - 12 - across) if column == "right" else low
            drawing.paragraph(start, middle - (len(lines) - 1) * 4.5 + LABEL * 0.36, lines, LABEL, leading=9.0)
            edge = start + across + 3 if column == "right" else start - 3
            end = x + (SIDES[column] * 7 if (round(x), round(y)) in signed else 0)
            elbow = edge + (4 if column == "right" else -4)
            drawing.shape(path_of([(edge, middle), (elbow, middle), (end, y)]), ink=INK, weight=HAIRLINE)
            if end == x:
                drawing.dot(x, y, 1.1, PAPER, INK, HAIRLINE)


def rib_of(address: str) -> str:
    return address.split(".")[1] if address.startswith("rib.") else ""


def leading(addresses: list[str]) -> list[str]:
    """Return the bones at whose middle a leader ends: of a whole cage the middle ribs."""
    ribs = [address for address in addresses if address.startswith("rib.")]
    if len(ribs) > 10:
        return [address for address in ribs if address.split(".")[1] == "6"]
    return addresses[:1] if len(addresses) > 3 or addresses[0].startswith("ilium") else addresses


# -- the spine -------------------------------------------------------------------------------------------------------

SPINE_X = 312.0


def spine(drawing: Drawing, shown: Record) -> None:
    """Draw the spine enlarged, with its marked levels named and events in columns at its right."""
    top = bones.PLACES["C1"][0] - bones.PLACES["C1"][1] / 2
    view = View(drawing, SPINE_X, TOP + 8 - top * SPINE_SCALE, SPINE_SCALE)
    view.layer(SPINE, shown)
    names = ("C1", "C7", "T1", "T12", "L1", "L5", "S1", "S5")
    places = [view.at(bone(name).middle)[1] for name in names]
    for name, y in zip(names, spread(places, [5.4] * len(names), TOP, TOP + HEIGHT, 1.0), strict=True):
        drawing.text(SPINE_X - 17, y + 2.2, name, TINY, "end", SOFT)
    regions(drawing, view, shown)
    levels(drawing, view, shown)
    column = SPINE_X + 44
    for kind in EVENTS:
        found = [event for event in shown.events if event.kind == kind and any(map(is_spinal, event.site.bones))]
        for event in found:
            spinal_event(drawing, view, event, column)
        column += 15 if found else 0


def runs(names: Iterable[str]) -> Iterator[list[str]]:
    """Part levels into runs of neighbours."""
    run: list[str] = []
    for name in sorted({name.split(".")[0] for name in names}, key=SPINE.index):
        if run and SPINE.index(name) - SPINE.index(run[-1]) > 1:
            yield run
            run = []
        run.append(name)
    if run:
        yield run


def ends(view: View, run: list[str]) -> tuple[float, float]:
    """Return the top and foot of a run of levels on paper."""
    edges = [y for name in run for shape in bone(name).shapes for _, y in map(view.at, shape.points)]
    return min(edges), max(edges)


def regions(drawing: Drawing, view: View, shown: Record) -> None:
    """Name the regions of the spine whose levels are not recorded."""
    for name, members in REGION_NAMES:
        held = [member for member in members if member in shown.open]
        if held:
            high, low = ends(view, held)
            x = SPINE_X - 31
            drawing.line(x, high + 1, x, low - 1, SECOND, THIN, DOTTED)
            drawing.text(x - 3, (high + low) / 2 + 2.6, name, LABEL, "end")


def levels(drawing: Drawing, view: View, shown: Record) -> None:
    """Name each level that is recorded, as the source writes it."""
    written = written_levels(shown)
    names = sorted({address.split(".")[0] for address in shown.sure if is_spinal(address)}, key=SPINE.index)
    places = [view.at(bone(name).middle)[1] for name in names]
    for name, y, at in zip(names, places, spread(places, [6.0] * len(names), TOP, TOP + HEIGHT, 0.4), strict=True):
        _, half = bones.PLACES.get(name, (0, 0, 20))[1:]
        drawing.line(SPINE_X + (half + 6) * SPINE_SCALE, y, SPINE_X + 19, at, SOFT, HAIRLINE)
        drawing.text(SPINE_X + 20, at + 2.3, written.get(name, name), TINY)


def written_levels(shown: Record) -> dict[str, str]:
    """Return the spelling of each level in the source: 胸3 for T3."""
    letters = {"颈": "C", "胸": "T", "腰": "L", "骶": "S"}
    found = {}
    for named in shown.sites:
        for address in named.site.sure:
            name = address.split(".")[0]
            for han, letter in letters.items():
                if name[0] == letter and f"{han}{name[1:]}" in named.words:
                    found[name] = f"{han}{name[1:]}"
    return found


def spinal_event(drawing: Drawing, view: View, event: Event, x: float) -> None:
    """Set the sign of an event beside its levels, with a bracket where it covers several; dotted where they are not recorded."""
    spinal = [address for address in event.site.bones if is_spinal(address)]
    held = not any(is_spinal(address) for address in event.site.sure)
    for run in runs(spinal):
        high, low = ends(view, run)
        middle = (high + low) / 2
        if len(run) > 1:
            for start, end in ((high + 0.5, middle - 6.5), (middle + 6.5, low - 0.5)):
                if end > start:
                    drawing.line(x, start, x, end, INK, THIN, DOTTED if held else "")
            for y in (high + 0.5, low - 0.5):
                drawing.line(x - 2.5, y, x, y, INK, THIN)
        sign(drawing, event.kind, x, middle)


def legend(drawing: Drawing, shown: Record) -> None:
    """Explain what is used of fills and signs, in one line at the foot."""
    y, x = TOP + HEIGHT + 14, 0.0
    samples = [("sure", "转移"), ("open", "转移，只载部位")]
    used = [sample for sample in samples if getattr(shown, sample[0])]
    for kind, words in used:
        view = View(drawing, 0, 0, 1)
        box = Shape(((x, y - 5), (x + 9, y - 5), (x + 9, y + 1.4), (x, y + 1.4)), smooth=False)
        view.shapes([box], SECOND if kind == "sure" else TINT, SECOND if kind == "sure" else SOFT)
        if kind == "open":
            view.stipple([box])
        x = drawing.text(x + 12, y, words, SMALL).x2 + 13
    for kind in dict.fromkeys(event.kind for event in shown.events):
        sign(drawing, kind, x + 5, y - 2.2)
        x = drawing.text(x + 13, y, NAMES[kind], SMALL).x2 + 13
