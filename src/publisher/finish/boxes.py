"""The sheet round a page: bleed and slug, crop, register and fold marks, the slug line. All of it stands outside the bleed."""

import copy
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Rectangle

from publisher.finish.letters import Letters
from publisher.finish.painting import KNOCKOUT, separation
from publisher.inks import Mix

POINTS_PER_MM = 72 / 25.4
BLEED = 3 * POINTS_PER_MM
SLUG = 10 * POINTS_PER_MM
GAP = 0.5 * POINTS_PER_MM
"""Between the bleed and the marks."""
CROP = 5 * POINTS_PER_MM
TARGET = 2 * POINTS_PER_MM
"""Radius of a register mark."""
MARK_WIDTH = 0.25
SLUG_SIZE, SLUG_INDENT = 5.5, 2 * POINTS_PER_MM
ROUND = 0.5523
"""Share of the radius at which four curves make a circle."""


@dataclass(frozen=True)
class SlugLine:
    """What the printer reads below a page: the job at the left, the page at the right."""

    job: str
    page: str


def set_boxes(page: pikepdf.Page) -> Rectangle:
    """Give a page its bleed and slug, and no other box but the trim; return the trim."""
    trim = Rectangle(*(float(side) for side in page.trimbox))
    for name in ("/CropBox", "/ArtBox"):
        if name in page.obj:
            del page.obj[name]
    page.obj.TrimBox, page.obj.BleedBox, page.obj.MediaBox = box(trim), box(grown(trim, BLEED)), box(grown(trim, BLEED + SLUG))
    return trim


def add_marks(page: pikepdf.Page, marks: pikepdf.Object, letters: Letters, line: SlugLine) -> None:
    """Confine a page to its bleed, and put marks and slug line round it."""
    trim = Rectangle(*(float(side) for side in page.trimbox))
    bleed = grown(trim, BLEED)
    forms = copy.copy(page.obj.Resources.get("/XObject", Dictionary()))
    forms["/Marks"] = marks
    y = bleed.lly - SLUG / 2
    left = letters.set(line.job, trim.llx + SLUG_INDENT, y, SLUG_SIZE, forms)
    right = letters.set(line.page, trim.urx - SLUG_INDENT - letters.width(line.page, SLUG_SIZE), y, SLUG_SIZE, forms)
    page.obj.Resources.XObject = forms
    page.contents_add(f"q {bleed.llx:.3f} {bleed.lly:.3f} {bleed.width:.3f} {bleed.height:.3f} re W n\n".encode(), prepend=True)
    page.contents_add(f"\nQ\nq {KNOCKOUT} gs /Marks Do\n{left}\n{right}\nQ\n".encode())
    page.contents_coalesce()


def marks(document: pikepdf.Pdf, trim: Rectangle, folds: tuple[float, ...] = ()) -> pikepdf.Object:
    """Return the marks of a page size, on every plate; `folds` are measured from the trim's left edge."""
    bleed, media = grown(trim, BLEED), grown(trim, BLEED + SLUG)
    near = GAP + CROP
    lines = []
    for x in (trim.llx, trim.urx):
        lines += [(x, bleed.lly - GAP, x, bleed.lly - near), (x, bleed.ury + GAP, x, bleed.ury + near)]
    for y in (trim.lly, trim.ury):
        lines += [(bleed.llx - GAP, y, bleed.llx - near, y), (bleed.urx + GAP, y, bleed.urx + near, y)]
    drawn = [stroke(*line) for line in lines]
    middle, centre = (trim.llx + trim.urx) / 2, (trim.lly + trim.ury) / 2
    if folds:
        middle = (trim.llx + trim.llx + min(folds)) / 2
    away = SLUG / 2
    for x, y in ((middle, bleed.lly - away), (middle, bleed.ury + away), (bleed.llx - away, centre), (bleed.urx + away, centre)):
        drawn.append(target(x, y))
    drawn.append("[2 1] 0 d")
    for fold in folds:
        x = trim.llx + fold
        drawn += [stroke(x, bleed.lly - GAP, x, bleed.lly - near), stroke(x, bleed.ury + GAP, x, bleed.ury + near)]
    form = document.make_stream(f"q /AllPlates CS 1 SCN {MARK_WIDTH} w\n{chr(10).join(drawn)}\nQ".encode())
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, box(media)
    form.Resources = Dictionary(ColorSpace=Dictionary(AllPlates=separation(Name.All, Mix(1, 1, 1, 1))))
    return document.make_indirect(form)


def target(x: float, y: float) -> str:
    """Return a register mark: a circle with a cross through it."""
    r, k = TARGET * 0.6, TARGET * 0.6 * ROUND
    circle = (
        f"{x + r:.3f} {y:.3f} m {x + r:.3f} {y + k:.3f} {x + k:.3f} {y + r:.3f} {x:.3f} {y + r:.3f} c "
        f"{x - k:.3f} {y + r:.3f} {x - r:.3f} {y + k:.3f} {x - r:.3f} {y:.3f} c "
        f"{x - r:.3f} {y - k:.3f} {x - k:.3f} {y - r:.3f} {x:.3f} {y - r:.3f} c "
        f"{x + k:.3f} {y - r:.3f} {x + r:.3f} {y - k:.3f} {x + r:.3f} {y:.3f} c s"
    )
    return "\n".join((circle, stroke(x - TARGET, y, x + TARGET, y), stroke(x, y - TARGET, x, y + TARGET)))


def stroke(x: float, y: float, to_x: float, to_y: float) -> str:
    return f"{x:.3f} {y:.3f} m {to_x:.3f} {to_y:.3f} l S"


def grown(inner: Rectangle, by: float) -> Rectangle:
    return Rectangle(inner.llx - by, inner.lly - by, inner.urx + by, inner.ury + by)


def box(rectangle: Rectangle) -> Array:
    return Array([round(side, 4) for side in (rectangle.llx, rectangle.lly, rectangle.urx, rectangle.ury)])
