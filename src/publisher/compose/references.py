"""Ways from one place of the volume to another: from a dose to the case that gave it, from a case to the dosing appendix, from a
note to the case it compares with."""

import re
from dataclasses import replace

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


def without_links(section: Section) -> Section:
    """Return a section that stands alone: what led out of it is plain text or left out."""
    blocks = tuple(
        Notes(tuple(replace(note, note=unlinked(note.note), reason=unlinked(note.reason)) for note in block.items)) if isinstance(block, Notes) else block
        for block in section.blocks
        if not is_pointer(block)
    )
    return replace(section, blocks=blocks)


def unlinked(line: Line) -> Line:
    return tuple(Text(piece.text) if isinstance(piece, Reference) else piece for piece in line)
