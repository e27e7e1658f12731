"""The signs of bone events, the same in every figure: told apart by shape, so that they read in one ink."""

from publisher.figures.drawing import HEAVY, INK, MEDIUM, PAPER, SECOND, Drawing, curve_of

NAMES = {"病理性骨折": "病理性骨折", "脊髓压迫": "脊髓压迫", "骨放疗": "放疗", "骨手术": "手术", "operation": "手术", "高钙血症": "高钙血症"}


def sign(drawing: Drawing, event: str, x: float, y: float) -> None:
    """Draw the sign of a bone event with its middle at a place; about 9 points wide and high."""
    SIGNS[event](drawing, x, y)


def fracture(drawing: Drawing, x: float, y: float) -> None:
    """A crack: a zigzag with a pale edge, to be seen on bone and on paper."""
    path = "M" + "L".join(f"{x + dx:.2f} {y + dy:.2f}" for dx, dy in ((-5, 2.4), (-2.2, -2.8), (0.4, 2.4), (2.6, -2.6), (5, 1.8)))
    drawing.shape(path, ink=PAPER, weight=2.8, join="miter")
    drawing.shape(path, ink=INK, weight=HEAVY, join="miter")


def radiotherapy(drawing: Drawing, x: float, y: float) -> None:
    """A target: four corners around a field."""
    for side in (-1, 1):
        for end in (-1, 1):
            drawing.shape(f"M{x + side * 5:.2f} {y + end * 2:.2f}V{y + end * 5:.2f}H{x + side * 2:.2f}", ink=INK, weight=MEDIUM)


def operation(drawing: Drawing, x: float, y: float) -> None:
    """A plate with its screws."""
    drawing.box(x - 5.2, y - 1.9, 10.4, 3.8, PAPER, INK, MEDIUM)
    for step in (-3.1, 0, 3.1):
        drawing.dot(x + step, y, 0.8, INK)


def compression(drawing: Drawing, x: float, y: float) -> None:
    """Two wedges that press on one another."""
    for side in (-1, 1):
        drawing.polygon([(x + side * 5.4, y - 3.4), (x + side * 0.8, y), (x + side * 5.4, y + 3.4)], INK)


def hypercalcaemia(drawing: Drawing, x: float, y: float) -> None:
    """A drop."""
    drawing.shape(curve_of([(x, y - 4.6), (x + 2.6, y + 0.4), (x + 2.1, y + 3.2), (x, y + 4.2), (x - 2.1, y + 3.2), (x - 2.6, y + 0.4)], closed=True), SECOND)


SIGNS = {
    "病理性骨折": fracture, "骨放疗": radiotherapy, "radiotherapy": radiotherapy, "骨手术": operation, "operation": operation, "脊髓压迫": compression,
    "高钙血症": hypercalcaemia,
}  # fmt: skip
