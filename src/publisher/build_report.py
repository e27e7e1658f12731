"""The report of a build: what was made, what was found and how each page looks, as one page of HTML that needs no other file.

Its pages are links into the PDF beside it; its pictures are in it. It bears times, and is therefore no part of the delivery.
"""

import base64
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from time import perf_counter

import pypdfium2

from publisher import book
from publisher.languages import language
from publisher.lint.queries import Examined, Query
from publisher.pagination import Pagination
from publisher.preflight import report as checked
from publisher.preflight.lines import Role, Spots
from publisher.preflight.report import CheckedFile
from publisher.preflight.typography import Typography
from publisher.problems import Place, Problem, Severity
from publisher.report_page import report_page
from publisher.rules import FAMILIES

SPEECH = language("zh")
THUMBNAIL = 200
"""Pixels across a page's picture."""
QUALITY = 55
MOST_SPOTS = 12
"""Places of one measure that are shown."""
KINDS = {Severity.ERROR: "须改", Severity.REVIEW: "待核"}


@dataclass
class Clock:
    """Notes when each stage was told; the time since the one before is its own, and that of sections belongs to typesetting."""

    rows: list[tuple[str, str, float]] = field(default_factory=list)
    """Stage, what it did, seconds."""
    last: float = field(default_factory=perf_counter)

    def stage(self, name: str, detail: str) -> None:
        self.rows.append((name, detail, self.since()))

    def section(self) -> None:
        name, detail, seconds = self.rows.pop()
        self.rows.append((name, detail, seconds + self.since()))

    def since(self) -> float:
        before, self.last = self.last, perf_counter()
        return self.last - before


@dataclass(frozen=True)
class Build:
    """What a build did, as its report tells it."""

    book: book.Book
    pagination: Pagination
    examination: Examined
    clock: Clock
    files: Mapping[str, bytes]
    """By the names they have in the folder, those refused included."""
    checked: tuple[CheckedFile, ...]
    typography: Typography | None
    """Of the first of the files that bears the volume's pages."""
    draft: bool = False

    @property
    def shown(self) -> str:
        """The file whose pages are pictured and linked: the screen edition, or the inside of the press edition."""
        names = [name for kind in ("screen", "press") for name in self.files if kind in name and name.endswith(".pdf")]
        return names[0] if names else ""

    @property
    def problems(self) -> list[Problem]:
        return [problem for file in self.checked for problem in file.problems]


def as_html(build: Build) -> bytes:
    """Return the report."""
    parts = [summary(build), delivered(build), times(build.clock), findings(build.examination), measures(build), checks(build), previews(build)]
    return report_page(f"{build.book.title}　编排报告", parts, STYLES)


def summary(build: Build) -> str:
    errors = [problem for problem in build.problems if problem.severity is Severity.ERROR]
    verdict, state = ("未通过印前检查，旧文件未动", "failed") if errors else ("已成书", "passed")
    unsettled, pages = build.examination.unsettled, len(build.pagination.folios)
    said = [
        ("结果", f'<b class="{state}">{verdict}</b>{"　未定稿" if build.draft else ""}'), ("页数", f"{pages} 页，{len(build.book.sections)} 节"),
        ("用时", f"{sum(seconds for *_, seconds in build.clock.rows):.1f} 秒"),
        ("疑点", f'共 {len(build.examination.queries)} 处，<a href="#findings">未决 {len(unsettled)} 处</a>'),
        ("印前检查", f'<a href="#checks">{len(build.problems)} 处问题</a>，其中须改 {len(errors)} 处'),
    ]  # fmt: skip
    links = [("files", "文件"), ("times", "用时"), ("findings", "疑点"), ("measures", "排版"), ("checks", "印前检查"), ("pages", "各页")]
    nav = "".join(f'<a href="#{anchor}">{word}</a>' for anchor, word in links)
    return f"<dl>{''.join(f'<div><dt>{term}</dt><dd>{words}</dd></div>' for term, words in said)}</dl>\n<nav>{nav}</nav>\n"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table of cells that are HTML already."""
    head = "".join(f'<th scope="col">{word}</th>' for word in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n" for row in rows)
    return f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table></div>\n'


def delivered(build: Build) -> str:
    rows = [(f'<a href="{escape(name)}">{escape(name)}</a>', size(len(content))) for name, content in build.files.items()]
    return '<h2 id="files">文件</h2>\n' + table(("文件", "大小"), rows)


def size(count: int) -> str:
    return f"{count / 1e6:.2f} MB" if count >= 100_000 else f"{count / 1e3:.1f} kB"


def times(clock: Clock) -> str:
    total, most = sum(seconds for *_, seconds in clock.rows) or 1, max((seconds for *_, seconds in clock.rows), default=1) or 1
    rows = [
        (SPEECH.message(name), escape(SPEECH.message(detail)), f"{seconds:.2f}", f"{seconds / total:.0%}",
         f'<meter max="{most:.3f}" value="{seconds:.3f}"></meter>')
        for name, detail, seconds in clock.rows
    ]  # fmt: skip
    return '<h2 id="times">各步用时</h2>\n' + table(("步骤", "所成", "秒", "占比", ""), rows)


def findings(examination: Examined) -> str:
    rows = []
    for family, words in FAMILIES.items():
        inside = [query for query in examination.queries if query.rule.family == family]
        open_ = [query for query in inside if not query.settled_by]
        if inside:
            stops = sum(query.stops for query in open_)
            rows.append((words, str(len(inside)), str(stops), str(len(open_) - stops), str(len(inside) - len(open_))))
    parts = ['<h2 id="findings">疑点</h2>\n', table(("类别", "共计", "须改", "待核", "已了结"), rows) if rows else "<p>没有疑点。</p>\n"]
    unsettled, settled = examination.unsettled, [query for query in examination.queries if query.settled_by]
    if examination.faults:
        parts += ["<h3>编者按与豁免有误</h3>\n<ul>", *(f"<li>{checked.told(fault)}</li>\n" for fault in examination.faults), "</ul>\n"]
    for words, listed, opened in (("未决", unsettled, " open"), ("已了结", settled, "")):
        if listed:
            items = "".join(f"<li>{finding(query)}</li>\n" for query in listed)
            parts.append(f"<details{opened}><summary>{words} {len(listed)} 处</summary>\n<ol>\n{items}</ol></details>\n")
    return "".join(parts)


def finding(query: Query) -> str:
    said, kind = query.finding, KINDS[query.rule.severity]
    settled = f"　<i>{'编者按' if query.settled_by.kind == 'note' else '豁免'}：{escape(query.settled_by.words)}</i>" if query.settled_by else ""
    found = f"　见到：{escape(said.found)}" if said.found else ""
    return f'<b class="{query.rule.severity}">{kind}</b> <code>{query.rule.code}</code> {escape(said.message)}{found}　{source_link(query.place)}{settled}'


def source_link(place: Place) -> str:
    return f'<a class="place" href="../../{escape(place.path)}">{escape(str(place))}</a>'


def measures(build: Build) -> str:
    """Return what was measured of the setting, each with the pages where it fails."""
    set_as = build.typography
    if set_as is None:
        return ""
    spotted = [
        ("松行", set_as.loose, f"{set_as.loose_share:.2%}（共 {set_as.justified} 行两端对齐）"),
        ("末行一字", set_as.lonely, ""), ("未排满的行", set_as.short, ""),
        ("超出版心", set_as.overfull, ""), ("行首禁则", set_as.starts, ""), ("行末禁则", set_as.ends, ""), ("拆开的数值与名称", set_as.cuts, ""),
        ("未挤压的标点", set_as.unsqueezed, ""), ("行末全角标点", set_as.full_marks, ""), ("多出的空格", set_as.parted, ""),
        ("压住编者按", set_as.overlaid, ""),
        *(("正文不在行格", share.off, f"{share.share:.1%}（共 {share.lines} 行）") for share in set_as.grid if share.kind == Role.TEXT),
    ]  # fmt: skip
    rows = [(words, str(len(spots)), note, places(spots, build)) for words, spots, note in spotted if spots or note]
    none = "、".join(words for words, spots, note in spotted if not (spots or note))
    borders = set_as.borders
    facts = [f"共 {set_as.lines} 行，行距 {set_as.pitch:g} pt", f"汉字与西文间距中位 {borders.median:.3f} 字（5%～95%：{borders.p5:.3f}～{borders.p95:.3f}）"]
    fonts = "".join(f"<li>{escape(font.name)}　{font.glyphs} 字，{font.share:.1%}</li>" for font in set_as.fonts)
    return (
        f'<h2 id="measures">排版</h2>\n<p>{"；".join(facts)}。</p>\n' + table(("项目", "处", "占比", "所在"), rows)
        + (f"<p>以下各项均无：{none}。</p>\n" if none else "")
        + f"<details><summary>字体 {len(set_as.fonts)} 种</summary>\n<ul>{fonts}</ul></details>\n"
    )  # fmt: skip


def places(spots: Spots, build: Build) -> str:
    ordered = sorted(spots, key=lambda spot: -abs(spot.amount))
    shown = [f'<a href="{page_link(build, spot.page)}" title="{escape(spot.text)}">第{escape(folio(build, spot.page))}页</a>' for spot in ordered[:MOST_SPOTS]]
    return "　".join(shown) + (f"　另 {len(spots) - MOST_SPOTS} 处" if len(spots) > MOST_SPOTS else "")


def folio(build: Build, page: int) -> str:
    return build.pagination.folios[page - 1] if 0 < page <= len(build.pagination.folios) else str(page)


def page_link(build: Build, page: int) -> str:
    return f"{escape(build.shown)}#page={page}"


def checks(build: Build) -> str:
    parts = ['<h2 id="checks">印前检查</h2>\n', checked.overview(list(build.checked))]
    for number, file in enumerate(build.checked, 1):
        opened = " open" if file.problems else ""
        parts.append(f"<details{opened}><summary>{escape(file.edition)}　{len(file.results)} 项，问题 {len(file.problems)} 处</summary>\n")
        parts.append(checked.section(number, file) + "</details>\n")
    return "".join(parts)


def previews(build: Build) -> str:
    """Return a picture of every page, leading to the page in the PDF; where a section begins, with its title."""
    if not build.shown:
        return ""
    openings = {span.first: span.section.title for span in build.pagination.spans}
    figures = "".join(picture(build, page, image, openings.get(page, "")) for page, image in enumerate(thumbnails(build.files[build.shown]), 1))
    return f'<h2 id="pages">各页</h2>\n<div class="pages">{figures}</div>\n'


def picture(build: Build, page: int, image: str, title: str) -> str:
    name = escape(folio(build, page))
    shown = f'<img src="{image}" alt="第{name}页" loading="lazy" decoding="async">'
    return f'<a href="{page_link(build, page)}">{shown}<span>{name}</span>{f"<b>{escape(title)}</b>" if title else ""}</a>\n'


def thumbnails(pdf: bytes) -> Iterator[str]:
    """Yield a small picture of each page as a data address."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            out = io.BytesIO()
            page.render(scale=THUMBNAIL / page.get_width(), draw_annots=False).to_pil().save(out, "WEBP", quality=QUALITY, method=2)
            yield f"data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}"
    finally:
        document.close()


STYLES = """
dl { display: flex; flex-wrap: wrap; gap: .4em 3em; margin: 0 0 1em; }
dt { font-size: .85em; opacity: .7; }
dd { margin: 0; }
nav { position: sticky; top: 0; background: Canvas; padding: .3em 0; border-bottom: 1px solid var(--rule); display: flex; flex-wrap: wrap; gap: 1.4em; }
nav { z-index: 1; }
.wide { overflow-x: auto; }
ol { margin: 0; padding-left: 2.4em; }
section h2 { font-size: 1.05em; border: 0; margin: .8em 0 .2em; }
i { font-style: normal; opacity: .7; }
meter { width: 12em; }
.pages { display: grid; grid-template-columns: repeat(auto-fill, minmax(110px, 1fr)); gap: 1em; align-items: start; }
.pages a { text-align: center; font-size: .85em; line-height: 1.4; content-visibility: auto; contain-intrinsic-size: 110px 185px; }
.pages img { width: 100%; box-sizing: border-box; background: #fff; border: 1px solid var(--rule); }
.pages a:hover img { border-color: var(--link); }
.pages span, .pages b { display: block; }
.pages b { font-weight: normal; opacity: .8; color: CanvasText; }
@media print { nav { display: none; } }
"""
