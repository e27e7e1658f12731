"""The tables of a case: each takes rows of the model and gives a `Table`, or nothing where there are no rows.

A column in which no row has anything is left out. Widths: `column_widths.py`.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import zip_longest
from typing import Any

from publisher import book
from publisher.book import Kind, Line
from publisher.case import Dose, Evidence, LabPanel, Metastasis, Receptor, Score, Series, Study, Treatment
from publisher.compose.column_widths import MEASURE_EM, column_shares, full_widths
from publisher.compose.marks import Marks

Cell = Callable[[Any], Line | None]
"""Makes the text of a cell: empty where the source says nothing, None where there is nothing to say."""
Head = str | Line
Columns = Sequence[tuple[Head, Kind, Cell]]
Groups = Sequence[tuple[int, Callable[[], Line]]]
"""For each group of rows: the index of its first row and the maker of its head."""

MISSING = "—"
HEADS = "（表头）"
"""Among the key columns of a table: the heads of its figures are what it treats."""


class Tables:
    """Make the tables of one section, numbered 表 n-1, n-2 …, for a measure in ems of their type."""

    def __init__(self, section: str, number: str, marks: Marks, measure_em: float = MEASURE_EM):
        self.section, self.number, self.marks, self.measure_em = section, number, marks, measure_em
        self.count = 0

    def table(
        self, caption: str | Line, rows: Iterable[Any], columns: Columns, groups: Groups = (), key: Sequence[str] = (), style: str = ""
    ) -> list[book.Table]:
        """Return the table in a list, or an empty list where it would have no rows.

        Heads and cells are made in printing order, so that notes are numbered as a reader meets them. `key` names the columns whose
        words are treated there.
        """
        head = self.marks.line(caption) if isinstance(caption, str) else caption
        groups_at = dict(groups)
        kept: list[tuple[int, Line]] = []
        lines: list[list[Line | None]] = []
        for index, row in enumerate(rows):
            if index in groups_at:
                kept.append((index, groups_at[index]()))
            lines.append([cell(row) for _, _, cell in columns])
        used = [index for index in range(len(columns)) if any(line[index] for line in lines)]
        if not lines or not used:
            return []
        shown = [tuple(self.shown(line[index], columns[index][1]) for index in used) for line in lines]
        return [self.made(head, [(columns[index][0], columns[index][1]) for index in used], shown, kept, key, style)]

    def shown(self, line: Line | None, kind: Kind) -> Line:
        """Return what a cell prints: a dash for what the source does not say, nothing where there is no row or no flag."""
        return line or (() if line is None or kind is Kind.FLAG else book.plain(MISSING))

    def made(
        self, caption: str | Line, heads: Sequence[tuple[Head, Kind]], rows: list[tuple[Line, ...]], groups: Sequence[tuple[int, Line]] = (),
        key: Sequence[str] = (), style: str = "",
    ) -> book.Table:  # fmt: skip
        self.count += 1
        titled = [(book.plain(title) if isinstance(title, str) else title, kind) for title, kind in heads]
        shares = column_shares(titled, rows, self.measure_em)
        columns = tuple(
            book.Column(title, kind, share, key=book.words(title) in key, key_head=HEADS in key and kind is Kind.FIGURE)
            for (title, kind), share in zip(titled, shares, strict=True)
        )
        line = self.marks.line(caption) if isinstance(caption, str) else caption
        anchor, number = f"{self.section}-table-{self.count}", f"{self.number}-{self.count}"
        return book.Table(anchor, number, line, columns, tuple(rows), tuple(groups), style=style)

    def of(self, name: str) -> Cell:
        """Return a cell that prints the attribute `name`."""
        return lambda row: self.marks.line(getattr(row, name))

    def scores(self, scores: list[Score]) -> list[book.Table]:
        return self.table(
            "评分记录", scores,
            [
                ("量表", Kind.TERM, self.of("scale")),
                ("时间", Kind.TERM, self.of("at")),
                ("评分", Kind.FIGURE, self.of("value")),
                ("分项", Kind.TEXT, lambda row: joined([self.marks.line(part.name, part.value) for part in row.components], "；")),
                ("说明", Kind.TEXT, self.of("remark")),
            ],
        )  # fmt: skip

    def lesions(self, studies: list[Study]) -> list[book.Table]:
        """All lesions of a case in one table, study by study."""
        seen = [study for study in studies if study.lesions]
        return self.table(
            "影像学所见病灶", [lesion for study in seen for lesion in study.lesions],
            [
                ("部位", Kind.TERM, self.where),
                ("性质", Kind.TERM, lambda row: book.plain(row.role)),
                ("大小", Kind.FIGURE, self.of("size")),
                ("SUVmax", Kind.FIGURE, self.of("suv_max")),
                ("SUV均值", Kind.FIGURE, self.of("suv_mean")),
                ("CT值", Kind.FIGURE, self.of("ct_value")),
                ("表现", Kind.TEXT, self.of("finding")),
            ],
            starts([(partial(self.study_name, study), len(study.lesions)) for study in seen]),
        )  # fmt: skip

    def study_name(self, study: Study) -> Line:
        detail = joined([self.marks.line(study.at), self.marks.line(study.origin)], "，")
        name = self.marks.line(study.modality)
        return (*name, book.Text("（"), *detail, book.Text("）")) if detail else name

    def where(self, row: Any) -> Line:
        """Print a site with its side and levels; a side that the name already says is not said twice."""
        site = row.site or ""
        side = row.side if row.side and row.side[0] not in site[:3] and row.side not in site else None
        levels = [level for level in row.levels if level not in site]
        line = self.marks.line(side, row.site)
        if levels:
            inner = joined([self.marks.line(level) for level in levels], "、")
            line = (*line, *book.plain("（"), *inner, *book.plain("）")) if line else inner
        return line

    def labs(self, panels: list[LabPanel]) -> list[book.Table]:
        """All laboratory results of a case in one table, panel by panel; a single panel gives the table its name.

        Results that have neither flag, range nor remark are set two abreast.
        """
        caption = self.panel_name(panels[0]) if len(panels) == 1 else self.marks.line("实验室检查")
        results = [result for panel in panels for result in panel.results]
        columns: list[tuple[Head, Kind, Cell]] = [
            ("项目", Kind.TERM, self.of("analyte")),
            ("结果", Kind.FIGURE, self.of("value")),
            ("", Kind.FLAG, self.of("flag")),
            ("单位", Kind.UNIT, self.of("unit")),
            ("参考范围", Kind.FIGURE, self.of("reference")),
            ("说明", Kind.TEXT, self.of("remark")),
        ]
        across = 1 if any(result.flag or result.reference or result.remark for result in results) else 2
        rows = [pair for panel in panels for pair in zip_longest(*[iter(panel.results)] * across)]
        abreast = [
            (title, kind, lambda row, place=place, cell=cell: cell(row[place]) if row[place] else None)
            for place in range(across)
            for title, kind, cell in columns
        ]
        groups = starts([(partial(self.panel_name, panel), -(-len(panel.results) // across)) for panel in panels])
        return self.table(caption, rows, abreast, groups if len(panels) > 1 else (), key=("项目",))

    def panel_name(self, panel: LabPanel) -> Line:
        return self.marks.line(panel.name, *(["（", panel.at, "）"] if panel.at else []))

    def series(self, series: Series) -> list[book.Table]:
        caption = self.marks.line(series.name)
        columns: list[tuple[Head, Kind, Cell]] = [("时间", Kind.TERM, self.of("at"))]
        changes = any(point.change for point in series.points)
        for column in series.columns:
            columns.append(
                (
                    self.marks.line(column.analyte, *(["（", column.unit, "）"] if column.unit else [])),
                    Kind.FIGURE,
                    lambda row, name=str(column.analyte): self.marks.line(row.values.get(name)),
                )
            )
            if changes:
                columns.append((book.plain(f"{column.analyte}变化"), Kind.FIGURE, lambda row, name=str(column.analyte): self.marks.line(row.change.get(name))))
        columns.append(("说明", Kind.TEXT, self.of("remark")))
        return self.table(caption, series.points, columns, key=(HEADS,))

    def receptors(self, caption: str, results: list[Receptor], across: int = 3) -> list[book.Table]:
        """Set short results several pairs across, read row by row."""
        if not results:
            return []
        pairs = [(self.marks.line(row.marker), self.marks.line(row.result, *clone(row))) for row in results]
        for count in range(min(across, len(pairs)), 0, -1):
            heads = [(book.plain("标志物"), Kind.TERM), (book.plain("结果"), Kind.TERM)] * count
            rows = [tuple(cell for pair in group for cell in (pair or ((), ()))) for group in zip_longest(*[iter(pairs)] * count)]
            if sum(full_widths(heads, rows)) <= self.measure_em:
                break
        return [self.made(caption, heads, rows, key=("标志物",))]

    def receptor(self, row: Receptor) -> Line:
        apart = " " if row.marker[-1:].isascii() and row.result[:1].isascii() and row.result[:1].isalnum() else None
        return self.marks.line(row.marker, apart, row.result, *clone(row))

    def genes(self, genes: list[Any]) -> list[book.Table]:
        return self.table(
            "分子检测", genes,
            [
                ("基因或标志物", Kind.TERM, self.of("gene")),
                ("位点或变异", Kind.TERM, self.of("variant")),
                ("结果", Kind.TERM, self.of("result")),
                ("方法", Kind.TEXT, self.of("method")),
            ],
            key=("基因或标志物",),
        )  # fmt: skip

    def nodes(self, stations: list[Any]) -> list[book.Table]:
        return self.table(
            "淋巴结（阳性数/送检数）", stations,
            [("组别", Kind.TERM, self.of("station")), ("阳性/送检", Kind.FIGURE, self.of("count"))],
        )  # fmt: skip

    def doses(self, caption: str, doses: list[Dose]) -> list[book.Table]:
        return self.table(caption, doses, [("药物", Kind.TERM, self.drug), *self.dose_columns()], key=("药物",))

    def drug(self, row: Dose) -> Line:
        return self.marks.line(row.drug, *(["（", row.brand, "）"] if row.brand else []))

    def dose_columns(self) -> list[tuple[Head, Kind, Cell]]:
        return [
            ("剂量", Kind.FIGURE, self.of("dose")),
            ("途径", Kind.TERM, self.of("route")),
            ("频次", Kind.TERM, self.of("frequency")),
            ("用药日", Kind.TERM, self.of("days")),
            ("周期", Kind.TERM, self.of("cycle")),
            ("适用", Kind.TEXT, self.of("condition")),
            ("时间", Kind.TERM, self.of("at")),
            ("说明", Kind.TEXT, self.of("remark")),
        ]

    def radiotherapy(self, treatment: Treatment) -> list[book.Table]:
        return self.table(
            self.marks.line(treatment.title, "：放疗"), treatment.radiotherapy,
            [
                ("部位", Kind.TERM, lambda row: self.where_levels(row)),
                ("技术", Kind.TERM, self.of("technique")),
                ("剂量", Kind.FIGURE, self.of("dose")),
                ("次数", Kind.FIGURE, self.of("fractions")),
                ("安排", Kind.TERM, self.of("schedule")),
                ("时间", Kind.TERM, self.of("at")),
                ("目的", Kind.TEXT, self.of("purpose")),
            ],
        )  # fmt: skip

    def where_levels(self, row: Any) -> Line:
        levels = [level for level in row.levels if level not in row.site]
        line = self.marks.line(row.site)
        if levels:
            line = (*line, *book.plain("（"), *joined([self.marks.line(level) for level in levels], "、"), *book.plain("）"))
        return line

    def timeline(self, events: list[Any]) -> list[book.Table]:
        return self.table(
            "治疗时间线", events,
            [
                ("时间", Kind.TERM, self.of("at")),
                ("治疗或事件", Kind.TEXT, self.of("event")),
                ("结果", Kind.TEXT, self.of("result")),
            ],
        )  # fmt: skip

    def dose_changes(self, changes: list[Any]) -> list[book.Table]:
        return self.table(
            "剂量调整", changes,
            [
                ("药物", Kind.TERM, self.of("drug")),
                ("调整前", Kind.FIGURE, self.of("before")),
                ("调整后", Kind.FIGURE, self.of("after")),
                ("时间", Kind.TERM, self.of("at")),
                ("原因", Kind.TEXT, self.of("reason")),
            ],
        )  # fmt: skip

    def adverse_events(self, events: list[Any]) -> list[book.Table]:
        return self.table(
            "不良反应", events,
            [
                ("相关治疗", Kind.TERM, self.of("agent")),
                ("不良反应", Kind.TERM, self.of("term")),
                ("有无", Kind.TERM, lambda row: book.plain(row.occurred)),
                ("分级", Kind.FIGURE, self.of("grade")),
                ("时间", Kind.TERM, self.of("at")),
                ("指标", Kind.TEXT, self.of("value")),
                ("处理与结局", Kind.TEXT, self.of("action")),
            ],
            key=("不良反应",),
        )  # fmt: skip

    def responses(self, responses: list[Any]) -> list[book.Table]:
        return self.table(
            "影像学疗效", responses,
            [
                ("时间", Kind.TERM, self.of("at")),
                ("标准", Kind.TERM, self.of("criterion")),
                ("靶病灶", Kind.TEXT, self.of("target")),
                ("非靶病灶", Kind.TEXT, self.of("non_target")),
                ("新病灶", Kind.TEXT, self.of("new_lesions")),
                ("总体评价", Kind.TERM, self.of("overall")),
            ],
        )  # fmt: skip

    def bone_events(self, events: list[Any]) -> list[book.Table]:
        return self.table(
            "骨相关事件", events,
            [
                ("事件", Kind.TERM, lambda row: book.plain(row.event)),
                ("部位", Kind.TERM, self.where),
                ("时间", Kind.TERM, self.of("at")),
                ("说明", Kind.TEXT, self.of("text")),
            ],
            key=("事件",),
        )  # fmt: skip

    def results(self, results: list[Any]) -> list[book.Table]:
        return self.table(
            "疗效与转归", results,
            [
                ("项目", Kind.TERM, self.of("item")),
                ("时间", Kind.TERM, self.of("at")),
                ("结果", Kind.TEXT, self.of("result")),
            ],
        )  # fmt: skip

    def quality_of_life(self, rows: list[Any]) -> list[book.Table]:
        return self.table(
            "生活质量评价", rows,
            [
                ("评价项目", Kind.TERM, self.of("item")),
                ("治疗前", Kind.FIGURE, self.of("before")),
                ("治疗后", Kind.FIGURE, self.of("after")),
                ("变化", Kind.FIGURE, self.of("change")),
            ],
        )  # fmt: skip

    def evidence(self, evidence: Evidence) -> list[book.Table]:
        name = evidence.trial or "研究"
        return self.table(
            f"{name}结果", evidence.results,
            [
                ("终点", Kind.TERM, self.of("endpoint")),
                ("试验组", Kind.FIGURE, self.of("experimental")),
                ("对照组", Kind.FIGURE, self.of("control")),
                ("效应值", Kind.FIGURE, self.of("effect")),
                ("P值", Kind.FIGURE, self.of("p")),
                ("说明", Kind.TEXT, self.of("remark")),
            ],
        )  # fmt: skip

    def sites(self, metastases: list[Metastasis]) -> Line:
        """Print the metastatic sites in a line: bone by bone, then the other organs."""
        organs: dict[str, list[Metastasis]] = {}
        for item in sorted(metastases, key=lambda item: item.organ != "骨"):
            organs.setdefault(str(item.organ), []).append(item)
        parts = []
        for items in organs.values():
            organ = self.marks.line(items[0].organ)
            inner = joined([self.where(item) for item in items if item.site or item.levels], "、")
            parts.append((*organ, book.Text("："), *inner) if inner else organ)
        return joined(parts, "；")


def clone(row: Receptor) -> tuple[str, ...]:
    return ("［", row.clone, "］") if row.clone else ()


def joined(lines: Sequence[Line], mark: str) -> Line:
    """Put lines side by side with a mark between them."""
    pieces: list[book.Piece] = []
    for line in lines:
        if not line:
            continue
        if pieces:
            pieces.append(book.Text(mark))
        pieces += line
    return tuple(pieces)


def starts(groups: Sequence[tuple[Callable[[], Line], int]]) -> Groups:
    """Return the index of the first row of each group with the group's head."""
    at = 0
    found: list[tuple[int, Callable[[], Line]]] = []
    for head, count in groups:
        found.append((at, head))
        at += count
    return found
