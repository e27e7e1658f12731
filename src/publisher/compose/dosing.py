"""The dosing appendix: the manuscript's own tables with the cases beside each drug, or tables compiled from the cases."""

from collections.abc import Iterator

from publisher import book
from publisher.book import Heading, Kind, Line, Paragraph, Reference, Section, Text, plain
from publisher.case import Case, Dose
from publisher.catalogue import DRUG_GROUPS, Drug
from publisher.collection import VolumeSource
from publisher.compose.marks import Marks, noted
from publisher.compose.tables import MEASURE_EM, Tables
from publisher.notation import rank

MOST_ROWS = 200
"""Rows of one compiled table; a longer one is parted."""


def dosing_section(source: VolumeSource, measure_em: float = MEASURE_EM) -> Section:
    dosing = source.dosing
    marks = Marks(dosing, "dosing")
    tables = Tables("dosing", "A", marks, measure_em)
    blocks: list[book.Block] = [Heading(plain(dosing.title), 1, "dosing-h"), *(Paragraph(marks.line(text)) for text in dosing.text)]
    for table in dosing.tables:
        columns = [("药物", Kind.TERM, tables.drug), *tables.dose_columns()]
        columns.append(("本卷病例", Kind.TERM, lambda row: users(row.drug.entry, source)))
        blocks += tables.table(str(table.title), table.rows, columns)
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
            columns.append(("病例", Kind.TERM, lambda row: (Reference(f"例{row[1].number}", str(row[1].id)),)))
            parts = [rows[start : start + MOST_ROWS] for start in range(0, len(rows), MOST_ROWS)]
            for place, part in enumerate(parts):
                blocks += tables.table(f"{group}（{rank(place)}）" if len(parts) > 1 else group, part, columns)
    blocks += noted(marks, "dosing-notes")
    return Section("dosing", "appendix", str(dosing.title), tuple(blocks), running_head=str(dosing.title))


def doses(case: Case) -> Iterator[Dose]:
    """Yield the doses a patient was given or was to be given, prior treatment included."""
    for treatment in case.treatments:
        yield from treatment.doses
    prior = case.history.prior_cancer
    for treatment in prior.treatments if prior else []:
        yield from treatment.doses


def users(drug: Drug, source: VolumeSource) -> Line:
    """List the cases whose treatment names the drug."""
    cases = [case for slug in source.volume.case_ids for case in [source.cases[slug]] if uses(case, drug)]
    pieces: list[book.Piece] = []
    for case in cases:
        if pieces:
            pieces.append(Text("、"))
        pieces.append(Reference(f"例{case.number}", str(case.id)))
    return tuple(pieces) or plain("未用")


def uses(case: Case, drug: Drug) -> bool:
    return any(dose.drug.entry is drug for dose in doses(case))
