"""How well a finished PDF is set, measured on its glyphs: PDF -> `Typography` -> problems.

Knows nothing of the composer, so that it can judge it. What is measured where: `line_ends.py`, `spacing.py`, `grid.py`.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from publisher import book
from publisher.edition import Edition
from publisher.pagination import Pagination
from publisher.preflight.drawn_page import DrawnPage
from publisher.preflight.grid import Grid, GridShare
from publisher.preflight.line_ends import NO_END, NO_START, Edges, Turn, is_cut, is_lonely, keeps_full_mark, line_ends, overfull, page_turn, short
from publisher.preflight.lines import Block, Line, Role, Spot, Spots
from publisher.preflight.spacing import BorderGaps, border_gaps, overlaid
from publisher.preflight.tagged import tagged
from publisher.problems import Place, Problem, Severity

LOOSE_SHARE = 0.01
BORDER_EM = (0.08, 0.10)
"""Where the median gap between Han and Western has to be."""
AT_HAND = 600
"""Pages whose lines are all at hand; those of a larger volume would take more room than all else that is known of it."""
SHOWN = 200
"""Pages on which a font is shown."""


@dataclass(frozen=True)
class FontShare:
    name: str
    glyphs: int
    share: float
    spots: Spots
    """The first line of each page that uses it, of the first pages that do."""


@dataclass(frozen=True)
class Typography:
    """What was measured. In a spot about a line end, ｜ stands for it."""

    tagged: bool
    """The file says what is a paragraph, a heading, a cell; otherwise little can be measured."""
    pages: int
    """The last page that bears text."""
    lines: int
    pairs: int
    """Lines followed by another line of the same paragraph, heading or cell."""
    justified: int
    """Those of them that have to fill the measure."""
    starts: Spots
    ends: Spots
    cuts: Spots
    unsqueezed: Spots
    full_marks: Spots
    lonely: Spots
    short: Spots
    overfull: Spots
    loose: Spots
    """Justified lines with a loose gap; `amount` is the widest."""
    parted: Spots
    """Han characters or marks with a space between them in extracted text that no glyph is drawn for."""
    overlaid: Spots
    """The last line of text on pages where it reaches into the notes."""
    borders: BorderGaps
    fonts: tuple[FontShare, ...]
    pitches: tuple[tuple[float, int], ...]
    """Distances of neighbouring lines of body text in points, and how often; the most frequent first."""
    grid: tuple[GridShare, ...]

    @property
    def loose_share(self) -> float:
        return len(self.loose) / self.justified if self.justified else 0.0

    @property
    def pitch(self) -> float:
        return self.pitches[0][0] if self.pitches else 0.0


def measure(pdf: bytes, ragged: Collection[int] = (), pages: Sequence[DrawnPage] = ()) -> Typography:
    """Measure a PDF. The text of `ragged` pages (contents, index) is set flush left on purpose; that of figures is no line of text.

    `pages` are its pages where they have been read. They are gone through twice: where measures end and grids lie is known when all have been seen.
    """
    pages = pages or tagged(pdf).drawn
    held = [page.blocks for page in pages] if len(pages) <= AT_HAND else None
    edges, grid = Edges(), Grid()
    for blocks in held or (page.blocks for page in pages):
        for block in blocks:
            edges.add(block)
            grid.add(block)
    measured = Measured(edges, grid, ragged)
    for blocks in held or (page.blocks for page in pages):
        measured.page(blocks)
    return measured.typography


class Measured:
    """What is measured page by page, once the edges of all measures and the grid are known."""

    def __init__(self, edges: Edges, grid: Grid, ragged: Collection[int]):
        self.edges, self.grid, self.ragged = edges, grid, ragged
        self.tagged, self.pages, self.lines, self.pairs, self.justified = False, 0, 0, 0, 0
        self.spots: dict[str, list[Spot]] = defaultdict(list)
        """By the name of what was measured."""
        self.across: dict[str, list[Spot]] = defaultdict(list)
        """Of the ends of pages, in the same way."""
        self.borders = array("d")
        self.glyphs: Counter[str] = Counter()
        self.fonts: dict[str, dict[int, Spot]] = defaultdict(dict)
        self.last: Block | None = None
        """The last paragraph so far."""

    def page(self, everything: Sequence[Block]) -> None:
        """Measure the blocks of a page."""
        for line in [line for block in everything for line in block.lines]:
            self.use(line)
        blocks = [block for block in everything if block.role is not Role.FIGURE]
        for block in blocks:
            self.tagged = self.tagged or block.role is not Role.OTHER
            self.grid.compare(block)
            for line in block.lines:
                self.line(line)
            for turn in line_ends(block, self.edges):
                self.turn(turn)
            self.spots["overfull"] += overfull(block, self.edges, self.ragged)
            if block.role is Role.TEXT and block.paragraph:
                turn = page_turn(self.last, block, self.edges) if self.last else None
                if turn:
                    self.parting(turn, self.across)
                self.last = block
        self.spots["overlaid"] += overlaid(blocks)

    def use(self, line: Line) -> None:
        """Count the fonts of a line."""
        for font, count, chars in line.fonts:
            self.glyphs[font] += count
            spots = self.fonts[font]
            if len(spots) < SHOWN and line.page not in spots:
                spots[line.page] = Spot(line.page, f"{chars}：{line.text[:30]}")

    def line(self, line: Line) -> None:
        self.pages, self.lines = max(self.pages, line.page), self.lines + 1
        for name in ("unsqueezed", "parted"):
            for found in getattr(line, name):
                self.spots[name].append(Spot(line.page, found))
        self.borders.extend(line.borders)

    def turn(self, turn: Turn) -> None:
        """Look at a line end inside a block."""
        self.pairs += 1
        self.parting(turn, self.spots)
        if is_lonely(turn):
            self.spots["lonely"].append(turn.spot)
        if turn.block.role is Role.TEXT and turn.block.page not in self.ragged:
            self.justified += 1
            if keeps_full_mark(turn, self.edges.of(turn.block)):
                self.spots["full_marks"].append(turn.spot)
            self.spots["short"] += short(turn, self.edges)
            if turn.before.loose:
                self.spots["loose"].append(Spot(turn.before.page, turn.before.text, turn.before.loose))

    def parting(self, turn: Turn, spots: dict[str, list[Spot]]) -> None:
        """Look at what a line end parts."""
        if turn.after.text[0] in NO_START:
            spots["starts"].append(turn.spot)
        if turn.before.text[-1] in NO_END:
            spots["ends"].append(turn.spot)
        if is_cut(turn):
            spots["cuts"].append(turn.spot)

    @property
    def typography(self) -> Typography:
        found = {fault.measure: tuple(self.spots[fault.measure] + self.across[fault.measure]) for fault in FAULTS}
        return Typography(
            tagged=self.tagged,
            pages=self.pages,
            lines=self.lines,
            pairs=self.pairs,
            justified=self.justified,
            loose=tuple(self.spots["loose"]),
            borders=border_gaps(self.borders),
            fonts=tuple(FontShare(font, count, count / self.glyphs.total(), tuple(self.fonts[font].values())) for font, count in self.glyphs.most_common()),
            pitches=tuple(self.grid.pitches),
            grid=self.grid.shares,
            **found,
        )


def flush_left(pagination: Pagination) -> set[int]:
    """Return the pages of sections whose text is not justified: contents, lists, index, trials with their citations."""
    lists = (book.Entries, book.Index)
    spans = [span for span in pagination.spans if span.section.kind == "trials" or any(isinstance(block, lists) for block in span.section.blocks)]
    return {page for span in spans for page in range(span.first, span.last + 1)}


class Fault(NamedTuple):
    """What is wrong when a measure has spots."""

    code: str
    measure: str
    message: str
    hint: str = "改动此处文字，或查排版程序"
    severity: Severity = Severity.ERROR


FAULTS = (
    Fault("PDF-201", "starts", "行首出现了不许居行首的符号"),
    Fault("PDF-202", "ends", "行末出现了不许居行末的符号"),
    Fault("PDF-203", "cuts", "数值、单位、范围或名称被拆在两行"),
    Fault("PDF-204", "unsqueezed", "相邻标点没有挤压", "查字体是否有 halt 特性"),
    Fault("PDF-205", "full_marks", "行末标点在版心内仍占全角"),
    Fault("PDF-206", "lonely", "末行只有一个字", "增删几字，使末行至少两字", Severity.REVIEW),
    Fault("PDF-207", "short", "行没有排满（差 {:.2f} 字）", "改动此处文字，使长串可以断开", Severity.REVIEW),
    Fault("PDF-208", "overfull", "行超出版心（{:.2f} 字）"),
    Fault("PDF-213", "parted", "复制出的文字在汉字之间多出空格"),
    Fault("PDF-214", "overlaid", "正文压住了页下的编者按（{:.2f} 字）"),
)
"""Codes that mean one spot each; 209 to 212 and 200 are told by `check` itself."""

CODES = {
    "PDF-200": "文件有结构标签，可以检查排版质量",
    "PDF-201": "行首没有不许居行首的符号",
    "PDF-202": "行末没有不许居行末的符号",
    "PDF-203": "数值、单位、范围与名称没有拆在两行",
    "PDF-204": "相邻标点都已挤压",
    "PDF-205": "行末标点不占全角",
    "PDF-206": "末行不止一个字",
    "PDF-207": "两端对齐的行都已排满",
    "PDF-208": "没有超出版心的行",
    "PDF-209": "字距过松的行不多于百分之一",
    "PDF-210": "汉字与西文的间距合于体例",
    "PDF-211": "没有用到本书以外的字体",
    "PDF-212": "正文都在行格上",
    "PDF-213": "复制出的文字没有多出空格",
    "PDF-214": "正文与页下的编者按不相叠",
}
"""What each check says when it passes."""


def check(typography: Typography, edition: Edition, path: str) -> Iterator[Problem]:
    """Yield every fault of the setting of the file at `path`."""
    if typography.lines and not typography.tagged:
        yield Problem(Place(path), "PDF-200", "文件没有结构标签，无法检查排版质量", hint="按带标签的 PDF 写出")
    for fault in FAULTS:
        for spot in getattr(typography, fault.measure):
            yield Problem(Place(path, spot.page), fault.code, fault.message.format(spot.amount), spot.text, fault.hint, fault.severity)
    if typography.loose_share > LOOSE_SHARE:
        for spot in typography.loose:
            message = f"字距过松（{spot.amount:.2f} 字），松行占 {typography.loose_share:.1%}"
            yield Problem(Place(path, spot.page), "PDF-209", message, spot.text, "改动此处文字", Severity.REVIEW)
    borders = typography.borders
    if borders.count and not BORDER_EM[0] <= borders.median <= BORDER_EM[1]:
        found = f"中位 {borders.median:.3f} 字，应为 {BORDER_EM[0]:.2f}～{BORDER_EM[1]:.2f} 字"
        yield Problem(Place(path), "PDF-210", "汉字与西文的间距不合体例", found, "查排版程序", Severity.REVIEW)
    for font in typography.fonts:
        if not font.name.startswith(edition.fonts):
            for spot in font.spots:
                yield Problem(Place(path, spot.page), "PDF-211", f"有字用了本书以外的字体 {font.name}", spot.text, "补入字体，或换用规范字")
    for spots in typography.grid:
        if spots.kind == Role.TEXT:
            yield from off_grid(spots, path)


def off_grid(spots: GridShare, path: str) -> Iterator[Problem]:
    """Yield a problem for each page, with its first line of body text off the grid."""
    counts = Counter(spot.page for spot in spots.off)
    for page, count in sorted(counts.items()):
        first = next(spot for spot in spots.off if spot.page == page)
        message = f"正文有 {count} 行不在行格上（低 {first.amount:.1f} pt）"
        yield Problem(Place(path, page), "PDF-212", message, first.text, "使此处以上的标题与表占整行", Severity.REVIEW)
