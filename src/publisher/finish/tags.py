"""The tag tree as a reader needs it: what the engine tagged -> the structure of the book (PDF 1.7 §14.8.4, PDF/UA-1 clause 7).

The engine tags boxes page by page. Here the parts of one element become one again, lists of entries a table of contents, terms
and values items of a list; what only repeats on each page leaves the tree. Notes: `page_notes.py`; cells: `table_heads.py`.
"""

from collections.abc import Iterator

from pikepdf import Name

from publisher.finish import page_notes
from publisher.finish.drawn_text import DrawnText
from publisher.finish.table_heads import name_heads
from publisher.finish.tag_tree import Annotation, Element

Kids = list[Element]

PLAIN = ("NonStruct", "Div", "Span")
"""Tags that mean nothing."""
NUMBERING = {"ol": Name.Decimal, "ul": Name.Disc}


def restructure(document: Element, drawn: DrawnText, section: str) -> None:
    """Change the tag tree of a section in place; the ids of its tags begin with its name."""
    notes = page_notes.take(document)
    leave_out_repeated(document)
    join(document)
    for table in document.find("Table"):
        caption_of(table)
    for element in list(document.walk()):
        if element.has("entries"):
            make_contents(element)
        elif element.has("collated"):
            label(element)
        elif element.tag == "L" and element.origin.element == "dl":
            make_pairs(element)
    for note in notes:
        join(note)
        dissolve(note)
    dissolve(document)
    page_notes.place(document, notes)
    refer(document)
    prune(document)
    for number, table in enumerate(document.find("Table"), 1):
        name_heads(table, drawn, f"{section}.t{number}")
    for element in document.walk():
        element.language, element.said = element.origin.language, element.origin.said
        if element.tag == "L":
            element.attributes["ListNumbering"] = NUMBERING.get(element.origin.element, Name("/None"))


def leave_out_repeated(document: Element) -> None:
    """Take out the heads that a table repeats on each page, and the feet that bear only a rule."""
    seen: set[int] = set()
    for table in document.find("Table"):
        first = table.origin.number < 0 or table.origin.number not in seen
        seen.add(table.origin.number)
        table.kids = [kid for kid in table.elements if (first or kid.tag != "THead") and (kid.tag != "TFoot" or kid.marks)]


def join(element: Element) -> None:
    """Make the parts of one element that stand side by side one again: parted by a page, a column or a line."""
    kids: list = []
    for kid in element.kids:
        last = kids[-1] if kids else None
        if isinstance(kid, Element) and isinstance(last, Element) and kid.origin.number >= 0 and (kid.origin, kid.tag) == (last.origin, last.tag):
            last.kids += kid.kids
        else:
            kids.append(kid)
    element.kids = kids
    for kid in element.elements:
        join(kid)


def caption_of(table: Element) -> None:
    """Make a caption of the caption row in a table's head."""
    for head in [kid for kid in table.elements if kid.tag == "THead"]:
        captions = [row for row in head.elements if row.has("caption-first") or row.has("caption-continued")]
        head.kids = [row for row in head.kids if row not in captions]
        table.kids[:0] = [Element("Caption", cell.kids) for row in captions for cell in row.elements]


def parts(element: Element, name: str) -> Kids:
    """Return the elements of a class in an element."""
    return [kid for kid in element.walk() if kid.has(name)]


def make_contents(entries: Element) -> None:
    """Make a table of contents of a list of entries; deeper entries belong to the one before them."""
    entries.tag = "TOC"
    depths: list[tuple[int, Element]] = []
    top: Kids = []
    for entry in [element for element in entries.walk() if element.has("entry")]:  # columns stand between
        level = min((int(name.removeprefix("level-")) for name in entry.origin.classes if name.startswith("level-")), default=1)
        while depths and depths[-1][0] >= level:
            depths.pop()
        item = Element("TOCI", list(content_of(entry)), entry.origin)
        if not depths:
            top.append(item)
        else:
            above = depths[-1][1]
            if not above.kids or above.elements[-1].tag != "TOC":
                above.kids.append(Element("TOC"))
            above.elements[-1].kids.append(item)
        depths.append((level, item))
    entries.kids = list(top)


def content_of(entry: Element) -> Iterator[Element]:
    yield Element("Lbl", list(parts(entry, "label")))
    yield Element("Reference", [*parts(entry, "title"), *(parts(entry, "page") or parts(entry, "folio"))])
    yield from parts(entry, "detail")


def label(entries: Element) -> None:
    """Make a label of the place that each entry of the collation begins with."""
    for entry in entries.elements:
        kids = [kid for body in entry.elements for kid in body.kids]
        place = [kid for kid in kids if isinstance(kid, Element) and kid.has("place")]
        entry.kids = [Element("Lbl", list(place)), Element("LBody", [kid for kid in kids if kid not in place])]


def make_pairs(terms: Element) -> None:
    """Make one item of each label and its value."""
    cells = [cell for cell in terms.walk() if cell.tag == "LI"]
    items: Kids = []
    for cell in cells:
        kids = [kid for body in cell.elements for kid in body.kids]
        if cell.origin.element == "dt" or not items:
            items.append(Element("LI"))
        items[-1].kids.append(Element("Lbl" if cell.origin.element == "dt" else "LBody", kids, cell.origin))
    terms.kids = list(items)


def dissolve(element: Element) -> None:
    """Put in place of every tag that means nothing what it holds; a change of language means something."""
    kids: list = []
    for kid in element.kids:
        if isinstance(kid, Element):
            dissolve(kid)
        means = isinstance(kid, Element) and (kid.origin.said or (kid.origin.language and kid.origin != element.origin))
        meaningless = isinstance(kid, Element) and kid.tag in PLAIN and not means
        kids += kid.kids if meaningless else [kid]
    element.kids = kids


def refer(element: Element) -> None:
    """Put every link inside the book into a reference, unless it is the number of a note."""
    for place, kid in enumerate(element.kids):
        if isinstance(kid, Element):
            refer(kid)
            if kid.tag == "Link" and element.tag not in ("Reference", "Lbl"):
                element.kids[place] = Element("Reference", [kid])


def prune(element: Element) -> None:
    """Take out elements that hold nothing, but for cells."""
    for kid in element.elements:
        prune(kid)
    element.kids = [kid for kid in element.kids if not isinstance(kid, Element) or kid.kids or kid.tag in ("TD", "TH")]


def kept(document: Element) -> set[tuple[int, int]]:
    """Return the object numbers of the annotations that stand in the tree."""
    return {kid.item.objgen for kid in document.walk_kids() if isinstance(kid, Annotation)}
