"""Put page numbers right in pages that are already laid out, where the new number is as wide as the old one.

Figures all have one width, so a number of as many digits changes nothing else on its page. Whether a section is the same but for
such numbers is seen from its HTML, in which every page number is a `span.folio`.
"""

import re
from collections.abc import Iterator
from typing import Any

from weasyprint.formatting_structure import boxes

FOLIO = re.compile(r'(?<=<span class="folio">)\d+(?=</span>)')


def skeleton(html: str) -> str:
    """Return HTML with every page number blanked, its width kept."""
    return FOLIO.sub(lambda match: "0" * len(match[0]), html)


def renumber(document: Any, old: str, new: str) -> bool:
    """Print the page numbers of `new` on the pages made of `old`. Return False, with nothing changed, where that cannot be done."""
    before, after = FOLIO.findall(old), FOLIO.findall(new)
    if skeleton(old) != skeleton(new):
        return False
    printed = [box for page in document.pages for box in folio_boxes(page._page_box)]
    elements = list(dict.fromkeys(element for element in root(document).iter("span") if element.get("class") == "folio"))
    places = {element: place for place, element in enumerate(elements)}
    if len(elements) != len(before) or any(box.text != before[places[box.element]] for box in printed):
        return False
    for box in printed:
        box.text = box.pango_layout.text = after[places[box.element]]
    return True


def root(document: Any) -> Any:
    return document.pages[0]._page_box.children[0].element


def folio_boxes(box: Any) -> Iterator[Any]:
    """Yield the texts of a page that are page numbers."""
    if isinstance(box, boxes.TextBox):
        if box.element is not None and box.element.get("class") == "folio":
            yield box
    elif isinstance(box, boxes.ParentBox):
        for child in box.children:
            yield from folio_boxes(child)
