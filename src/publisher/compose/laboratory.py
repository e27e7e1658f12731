"""Laboratory tests at a glance: every analyte of the volume with symbol, unit, and the cases and pages that report it."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from publisher import book
from publisher.book import Heading, Kind, Line, Pages, Paragraph, Section, Text, Which, plain
from publisher.case import Case
from publisher.catalogue import Analyte, Catalogue
from publisher.collection import VolumeSource
from publisher.compose.marks import Marks
from publisher.compose.readings import order
from publisher.compose.tables import MEASURE_EM, Tables, joined
from publisher.keeping import Keep, afresh
from publisher.lexicon import Lexicon, lexicon

TITLE = "检验项目一览"
LEXICON = "analytes"
MOST_CASES = 40
"""Named in one row."""
EXPLAINED = "收各例检验表与动态表中的项目，按汉语拼音排列；单位照各例所印，例号后括号内为页码。参考范围因检测方法与单位而异，原稿所印者照录，未印者不补。"


class Report(NamedTuple):
    """An analyte as one case reports it: unit and reference range as printed."""

    analyte: Analyte
    case: Case
    unit: str
    reference: str


class Row(NamedTuple):
    analyte: Analyte
    reports: list[Report]


def laboratory_section(source: VolumeSource, catalogue: Catalogue, letter: str, measure_em: float = MEASURE_EM, keep: Keep = afresh) -> list[Section]:
    """Return the section in a list, or an empty list where no case has a laboratory test."""
    rows: dict[str, Row] = {}
    for report in reports(source):
        rows.setdefault(str(report.analyte.name), Row(report.analyte, [])).reports.append(report)
    if not rows:
        return []
    rank = keep(("ranks", catalogue.digest), partial(ranks, catalogue))
    tables = Tables("laboratory", letter, Marks.none(), measure_em)
    listed = [part for name in sorted(rows, key=rank.__getitem__) for part in parted(rows[name])]
    table = tables.table(
        "各例所载检验项目", listed,
        [
            ("项目", Kind.TERM, lambda row: plain(row.analyte.name)),
            ("符号", Kind.TERM, lambda row: plain(row.analyte.symbol or "")),
            ("单位", Kind.TEXT, lambda row: each(report.unit for report in row.reports)),
            ("参考范围", Kind.FIGURE, lambda row: each(report.reference for report in row.reports)),
            ("病例（页）", Kind.TEXT, lambda row: joined([where(row.analyte, case) for case in cases(row)], "、")),
        ],
        style="list",
    )  # fmt: skip
    blocks: tuple[book.Block, ...] = (Heading(plain(TITLE), 1, "laboratory-h"), Paragraph(plain(EXPLAINED), "aid"), *table)
    return [Section("laboratory", "laboratory", TITLE, blocks, running_head=TITLE)]


def parted(row: Row) -> Iterator[Row]:
    """Yield the rows of an analyte that very many cases report: none may be higher than a page."""
    slugs = [str(case.id) for case in cases(row)]
    for start in range(0, len(slugs), MOST_CASES):
        part = set(slugs[start : start + MOST_CASES])
        yield Row(row.analyte, [report for report in row.reports if str(report.case.id) in part])


def ranks(catalogue: Catalogue) -> dict[str, tuple]:
    """Return what each analyte is sorted by, by its name."""
    return {str(analyte.name): order(analyte.name) for analyte in catalogue.analytes}


def analyte_lexicon(catalogue: Catalogue) -> Lexicon:
    return lexicon(LEXICON, catalogue.analytes)


def reports(source: VolumeSource) -> Iterator[Report]:
    for slug in source.volume.case_ids:
        case = source.cases[slug]
        for panel in case.labs:
            for result in panel.results:
                yield Report(result.analyte.entry, case, str(result.unit or ""), str(result.reference or ""))
        for series in case.series:
            for column in series.columns:
                yield Report(column.analyte.entry, case, str(column.unit or ""), "")


def each(words: Iterator[str]) -> Line:
    return plain("、".join(dict.fromkeys(filter(None, words))))


def cases(row: Row) -> list[Case]:
    return list({str(report.case.id): report.case for report in row.reports}.values())


def where(analyte: Analyte, case: Case) -> Line:
    return (Text(f"例{case.number}（"), Pages(LEXICON, str(analyte.name), Which.TREATED, str(case.id)), Text("）"))
