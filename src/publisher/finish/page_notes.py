"""Notes at the feet of pages in the tag tree: each becomes one note, after the paragraph, heading, item or table that calls it.

There a reader hears it when the sentence is over; cells hold what they are about and nothing else.
"""

from collections.abc import Sequence

from publisher.finish.tag_tree import Annotation, Element, Mark

ENDS = ("P", "H1", "H2", "H3", "H4", "H5", "H6", "Table", "TOC")
"""After these a note may stand; in a list it closes the body of the item."""


def take(document: Element) -> list[Element]:
    """Take the foot of every page out of a tree; return its notes, the parts of one on several pages put together."""
    found: dict[str, Element] = {}
    for area in [element for element in document.walk() if element.has("page-notes")]:
        for part in [element for element in area.walk() if element.has("page-note")]:
            note = found.setdefault(part.origin.id, Element("Note", origin=part.origin, id=part.origin.id))
            note.kids += part.kids
    leave_out(document)
    for note in found.values():
        back = [kid for kid in note.elements if kid.has("back")]
        note.kids = [Element("Lbl", list(back)), *(kid for kid in note.kids if kid not in back)]
    return list(found.values())


def leave_out(element: Element) -> None:
    element.kids = [kid for kid in element.kids if not (isinstance(kid, Element) and kid.has("page-notes"))]
    for kid in element.elements:
        leave_out(kid)


def place(document: Element, notes: Sequence[Element]) -> None:
    """Put each note after what first calls it; one that nothing calls closes the document."""
    waiting = {note.id: note for note in notes}
    set_after(document, waiting)
    document.kids += waiting.values()


def set_after(element: Element, waiting: dict[str, Element]) -> None:
    kids: list[Element | Mark | Annotation] = []
    for kid in element.kids:
        kids.append(kid)
        if isinstance(kid, Element) and kid.tag in ENDS:
            kids += called(kid, waiting)
        elif isinstance(kid, Element) and kid.tag == "LI":
            body = next((inner for inner in reversed(kid.elements) if inner.tag == "LBody"), kid)
            body.kids += called(kid, waiting)
        elif isinstance(kid, Element):
            set_after(kid, waiting)
    element.kids = kids


def called(element: Element, waiting: dict[str, Element]) -> list[Element]:
    """Return the notes that an element is the first to call, in the order of its marks."""
    targets = [kid.target for mark in element.walk() if mark.has("note-mark") for kid in mark.annotations]
    return [waiting.pop(target) for target in targets if target in waiting]
