"""A QR code of an address as a drawing: dark modules joined row by row, with its quiet zone."""

import segno

from publisher.figures.drawing import INK, PAPER, Drawing, Drawn, finished, number

QUIET = 4
"""Modules left blank around the code (ISO/IEC 18004 6.3.8)."""


def code(address: str, side: float, alt: str) -> Drawn:
    """Draw the code of an address, `side` points wide with its quiet zone. Raises segno.DataOverflowError for one too long."""
    rows = [list(row) for row in segno.make_qr(address, error="m").matrix]
    module = side / (len(rows) + 2 * QUIET)
    drawing = Drawing(side, side)
    drawing.box(0, 0, side, side, fill=PAPER)
    path = ""
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            run = next((step for step in range(x, len(row)) if not row[step]), len(row)) - x
            if run:
                path += f"M{number((x + QUIET) * module)} {number((y + QUIET) * module)}h{number(run * module)}v{number(module)}h-{number(run * module)}z"
            x += run + 1 if run else 1
    drawing.shape(path, fill=INK)
    return finished("qr", "", alt, drawing)
