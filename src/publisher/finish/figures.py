"""Where figures stand: the engine measures from the top in pixels of CSS, PDF from the foot in points (PDF 1.7 §14.8.5.4)."""

import pikepdf
from pikepdf import Array, Name

from publisher.finish.tag_tree import Element

POINTS_PER_PIXEL = 0.75


def place(document: Element, pdf: pikepdf.Pdf) -> None:
    """Give each figure its box in points of its page."""
    for figure in document.find("Figure"):
        if "BBox" in figure.attributes and figure.marks:
            left, _, _, top = map(float, pdf.pages[figure.marks[0].page].trimbox)
            x1, y1, x2, y2 = (POINTS_PER_PIXEL * float(side) for side in figure.attributes["BBox"])
            figure.attributes["BBox"] = Array([round(side, 3) for side in (left + x1, top - y2, left + x2, top - y1)])
            figure.attributes["Placement"] = Name.Block
