"""The dosing appendix: the manuscript's own tables with the cases beside each drug, or tables compiled from the cases."""

from collections.abc import Iterator

from publisher import book
from publisher.book import Heading, Kind, Line, Paragraph, Reference, Section, Text, plain
from publisher.case import Case, Dose
from publisher.catalogue import DRUG_GROUPS, Drug
from publisher.collection import VolumeSource
from publisher.compose.long_sections import filled, parted
from publisher.compose.marks import Marks, noted
from publisher.compose.references import dose_place
from publisher.compose.tables import MEASURE_EM, Tables
from publisher.notation import rank

MOST_ROWS = 200
"""Rows of one compiled table; a longer one is parted."""

MOST_IN_SECTION = 600
"""Rows of compiled tables that are set at a time: some forty pages."""

DOSING = "dosing"
"""The id of the appendix."""


def dosing_section(source: VolumeSource, cases: dict[str, Section], letter: str, measure_em: float = MEASURE_EM) -> Section:
    """Compose the appendix; `cases` are the composed cases, to whose tables of doses it leads."""
    dosing = source.dosing
    marks = Marks(dosing, "dosing")
    tables = Tables("dosing", letter, marks, measure_em)
    blocks: list[book.Block] = [Heading(plain(dosing.title), 1, "dosing-h"), *(Paragraph(marks.line(text)) for text in dosing.text)]
    for table in dosing.tables:
        columns = [("药物", Kind.TERM, tables.drug), *tables.dose_columns()]
        columns.append(("本卷病例", Kind.TEXT, lambda row: users(row.drug.entry, source, cases)))
        blocks += tables.table(str(table.title), table.rows, columns, key=("药物",))
    if dosing.compiled:
        for group in DRUG_GROUPS:
            rows = sorted(
                ((dose, case) for case in source.cases.values() for dose in doses(case) if dose.drug.entry.group == group and dose.dose),
                key=lambda row: (row[0].drug.entry.name, int(row[1].number)),
            )
            columns = [
                (title, kind, lambda row, cell=cell: cell(row[0]))
                for title, kind, cell in [("药物", Kind.TERM, tables.drug), *tables.dose_columns()]
                if title not in ("说明", "时间")
            ]
            columns.append(("病例", Kind.TEXT, lambda row: (reference(row[1], row[0], cases),)))
            parts = [rows[start : start + MOST_ROWS] for start in range(0, len(rows), MOST_ROWS)]
            for place, part in enumerate(parts):
                blocks += tables.table(f"{group}（{rank(place)}）" if len(parts) > 1 else group, part, columns, key=("药物",))
    blocks += noted(marks, "dosing-notes")
    return Section(DOSING, "appendix", str(dosing.title), tuple(blocks), running_head=str(dosing.title))


def in_sections(appendix: Section) -> list[Section]:
    """Return the appendix in a list, where its tables are long followed by the sections in which it goes on; its notes stay where its own words are."""
    notes = [block for block in appendix.blocks if isinstance(block, book.Notes)]
    items: list[list[book.Block]] = [[]]
    for block in appendix.blocks:
        if isinstance(block, book.Table) and items[-1] and isinstance(items[-1][-1], book.Table):
            items.append([])
        if block not in notes:
            items[-1].append(block)
    marked = [any(isinstance(piece, book.NoteMark) for block in item for line in book.lines_of(block) for piece in line) for item in items]
    if any(marked[1:]):
        return [appendix]
    first, *others = filled(items, [sum(len(block.rows) for block in item if isinstance(block, book.Table)) for item in items], MOST_IN_SECTION)
    return parted(appendix, [[*first, *notes], *others])


def doses(case: Case) -> Iterator[Dose]:
    """Yield the doses a patient was given or was to be given, prior treatment included."""
    for treatment in case.treatments:
        yield from treatment.doses
    prior = case.history.prior_cancer
    for treatment in prior.treatments if prior else []:
        yield from treatment.doses


def users(drug: Drug, source: VolumeSource, cases: dict[str, Section]) -> Line:
    """List the cases whose treatment names the drug, each with the page of its doses."""
    pieces: list[book.Piece] = []
    for case in [source.cases[slug] for slug in source.volume.case_ids]:
        given = next((dose for dose in doses(case) if dose.drug.entry is drug), None)
        if given:
            pieces += [*([Text("、")] if pieces else []), reference(case, given, cases)]
    return tuple(pieces) or plain("未用")


def reference(case: Case, dose: Dose, cases: dict[str, Section]) -> Reference:
    return Reference(f"例{case.number}", dose_place(cases[str(case.id)], dose))
