"""Ways from one place of the volume to another: from a dose to the case that gave it, from a case to the dosing appendix, from a
note to the case it compares with."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any

from publisher import book
from publisher.book import Facts, Form, Heading, Line, Note, Notes, Paragraph, Reference, Section, Table, Text, plain, words
from publisher.case import Case, Dose
from publisher.catalogue import Catalogue, Drug
from publisher.written import Written

POINTER = "pointer"
"""Style of the paragraph that leads from a case to the appendix."""
ANOTHER_CASE = re.compile(r"例(\d+)(?!\d|[例次%])")


def dose_place(section: Section, dose: Dose) -> str:
    """Return the anchor at which a case prints a dose: its table, the heading of the facts that tell it, or the case."""
    heading, fallback = section.id, ""
    for block in section.blocks:
        match block:
            case Heading():
                heading = block.anchor
            case Table() if block.columns[0].key and any(words(row[0]).startswith(dose.drug) for row in block.rows):
                if any(words(row[0]).startswith(dose.drug) and str(dose.dose or "") in "".join(map(words, row)) for row in block.rows):
                    return block.anchor
            case Facts() if not fallback and any(dose.drug in words(value) for _, value in block.items):
                fallback = heading
    return fallback or section.id


def with_pointer(section: Section, case: Case, appendix: Section, catalogue: Catalogue) -> Section:
    """Add to a case, after its treatments, where the appendix compares the doses of its drugs."""
    given = {dose.drug.entry.id for treatment in case.treatments for dose in treatment.doses}
    line: list[book.Piece] = []
    named: set[str] = set()
    for table in [block for block in appendix.blocks if isinstance(block, Table)]:
        if words(table.caption) in named:
            continue
        if given & {drug.id for row in table.rows if (drug := drug_of(words(row[0]), catalogue))}:
            line += [Text("，" if line else "各例用量比较见附录："), Reference(words(table.caption), table.anchor, Form.PAGE)]
            named.add(words(table.caption))
    if not line:
        return section
    place = end_of_treatments(section)
    pointer = Paragraph((*line, Text("。")), POINTER)
    return replace(section, blocks=(*section.blocks[:place], pointer, *section.blocks[place:]))


def is_pointer(block: book.Block) -> bool:
    return isinstance(block, Paragraph) and block.style == POINTER


def drug_of(cell: str, catalogue: Catalogue) -> Drug | None:
    """Return the drug that a cell names, with or without its brand in brackets."""
    return catalogue.find("drugs", cell) or catalogue.find("drugs", cell.rsplit("（", 1)[0])


def end_of_treatments(section: Section) -> int:
    """Return the index of the block after the chapter of treatments."""
    inside = False
    for index, block in enumerate(section.blocks):
        if isinstance(block, Heading) and block.level == 1:
            if inside:
                return index
            inside = block.title.endswith("治疗方案")
    return len(section.blocks)


def with_links(section: Section, numbers: dict[str, str]) -> Section:
    """Make links of the other cases that the notes of a case name; `numbers` gives the ids of cases by number."""
    others = {number: name for number, name in numbers.items() if number != section.number}
    blocks = tuple(Notes(tuple(linked_note(note, others) for note in block.items)) if isinstance(block, Notes) else block for block in section.blocks)
    return replace(section, blocks=blocks)


def linked_note(note: Note, others: dict[str, str]) -> Note:
    return replace(note, note=linked(note.note, others), reason=linked(note.reason, others))


def linked(line: Line, others: dict[str, str]) -> Line:
    pieces: list[book.Piece] = []
    for piece in line:
        if not isinstance(piece, Text):
            pieces.append(piece)
            continue
        start = 0
        for match in ANOTHER_CASE.finditer(piece.text):
            if match[1] in others:
                pieces += [*part(piece.text, start, match.start()), Reference(match[0], others[match[1]])]
                start = match.end()
        pieces += part(piece.text, start, len(piece.text))
    return tuple(pieces)


def part(text: str, start: int, end: int) -> Line:
    """Make a line of a part of a text, which keeps its place in the source."""
    return plain(Written(text[start:end], text.place) if isinstance(text, Written) else text[start:end])


# -- a part of a volume by itself: what leads out of it ------------------------------------------------------------


def anchors(sections: Iterable[Section]) -> set[str]:
    """Return where references may lead in some sections."""
    return {name for section in sections for name in (section.id, *(getattr(block, "anchor", "") for block in section.blocks)) if name}


def unlinked(section: Section, inside: set[str], folios: Mapping[str, str] = MappingProxyType({})) -> Section:
    """Make plain text of references that lead elsewhere than `inside`, with their pages where `folios` knows them.

    A pointer of which a page is not known is left out with all it says.
    """

    def without_link(piece: Reference) -> Reference | Text:
        if piece.target in inside:
            return piece
        before, after = piece.around
        return Text(f"{before}{folios[piece.target]}{after}" if piece.target in folios else piece.text)

    known = {*inside, *folios}
    kept = (block for block in section.blocks if not (is_pointer(block) and not known.issuperset(book.links_of(block))))
    return replace(section, blocks=changed(tuple(kept), without_link))


def changed(value: Any, change: Callable[[Reference], Any]) -> Any:
    """Return blocks, lines or pieces with every reference in them changed."""
    if isinstance(value, Reference):
        return change(value)
    if isinstance(value, tuple):
        return tuple(changed(item, change) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: changed(getattr(value, field.name), change) for field in fields(value)})
    return value
