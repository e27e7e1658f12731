"""The file as a file: page size and count, bookmarks, links, labels, fonts, blanks, metadata."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from publisher import book
from publisher.edition import Edition
from publisher.pagination import PageMap, Pagination, Span
from publisher.preflight.file_facts import FileFacts
from publisher.preflight.finding import page_map
from publisher.preflight.printed_text import PrintedText, squeezed
from publisher.preflight.tagged import tagged
from publisher.problems import Place, Problem

POINTS_PER_MM = 72 / 25.4
SCRIPT = re.compile(r"[0-9]+|[A-Za-z]+|[^\s0-9A-Za-z]+")
LISTS = ("contents", "list")
"""Kinds of sections whose entries print a page."""


class Look(NamedTuple):
    """A file that is looked at: what is printed in it, and what a reader of files says of it."""

    printed: PrintedText
    file: FileFacts


def check(
    printed: PrintedText, file: FileFacts, whole: book.Book, pagination: Pagination, edition: Edition, only: Collection[str] | None = None
) -> Iterator[Problem]:
    """Yield every fault of the file's structure, or those of the rules named."""
    rules = (page_count, page_sizes, labels, printed_folios, blanks, bookmarks, links, contents, fonts, metadata)
    for rule in [rule for rule in rules if only is None or rule.__name__ in only]:
        for message, found, page in rule(Look(printed, file), whole, pagination, edition):
            place = Place(f"{whole.id}/{edition.name}.pdf", page) if page else Place(f"{whole.id}/{edition.name}.pdf")
            yield Problem(place, RULES[rule.__name__], message, found)


RULES = {
    "page_count": "PDF-001", "page_sizes": "PDF-002", "labels": "PDF-003", "printed_folios": "PDF-004", "blanks": "PDF-005",
    "bookmarks": "PDF-006", "links": "PDF-007", "contents": "PDF-008", "fonts": "PDF-009", "metadata": "PDF-010",
}  # fmt: skip

CODES = {
    "PDF-001": "页数与排版所得相同",
    "PDF-002": "每页尺寸为成品尺寸，没有旋转",
    "PDF-003": "阅读器所示页码与印出的页码相同",
    "PDF-004": "每页印有页码",
    "PDF-005": "空白页确为空白，且只在应空之处",
    "PDF-006": "书签与书的结构相符，所指页上有其标题",
    "PDF-007": "链接齐全，都有去处，所指页不错",
    "PDF-008": "目录条目齐全，页码与链接不错",
    "PDF-009": "字体都属本项目，都已嵌入，文字都可取出",
    "PDF-010": "书名、作者、主题、关键词与语言不错",
}
"""What each check says when it passes."""

Faults = Iterator[tuple[str, str, int]]


def page_count(look: Look, whole: book.Book, pagination: Pagination, edition: Edition) -> Faults:
    count = len(look.file.sheets)
    if count != len(pagination.folios):
        yield "页数与排版所得不符", f"{count} 页，应为 {len(pagination.folios)} 页", 0


def page_sizes(look: Look, whole: book.Book, pagination: Pagination, edition: Edition) -> Faults:
    for number, page in enumerate(look.file.sheets, 1):
        size = (page.width / POINTS_PER_MM, page.height / POINTS_PER_MM)
        if any(abs(side - trim) > 0.1 for side, trim in zip(size, edition.trim_mm, strict=True)):
            yield "页面尺寸不对", f"{size[0]:.1f}×{size[1]:.1f} mm", number
        if page.rotation:
            yield "页面被旋转", f"{page.rotation}°", number


def labels(look: Look, whole: book.Book, pagination: Pagination, edition: Edition) -> Faults:
    for number, (label, folio) in enumerate(zip(look.file.labels, pagination.folios, strict=False), 1):
        if label != folio:
            yield "阅读器所示页码与印出的页码不同", f"{label}，应为 {folio}", number


def printed_folios(look: Look, whole: book.Book, pagination: Pagination, edition: Edition) -> Faults:
    for span in pagination.spans:
        if not span.section.numbered:
            continue
        for number in range(span.first, min(span.last, len(look.printed.raw)) + 1):
            folio = pagination.folios[number - 1]
            # Margins are drawn last: the folio, a running head, a thumb tab letter by letter, each script of a line by itself.
            beside = sum(len(SCRIPT.findall(text)) for text in (max(span.section.running_head, whole.short_title, key=len), whole.short_title))
            tail = look.printed.raw[number - 1].split()[-3 - len(span.section.tab) - beside :]
            if folio not in tail:
                yield "页上没有印出页码", f"应有 {folio}", number


def blanks(look: Look, whole: book.Book, pagination: Pagination, edition: Edition) -> Faults:
    for number, text in enumerate(look.printed.raw, 1):
        empty = not text.strip()
        if empty and number not in pagination.blanks:
            yield "出现计划外的空白页", "", number
        elif not empty and number in pagination.blanks:
            yield "应为空白的页上有文字", text.strip()[:30], number


def expected_bookmarks(whole: book.Book) -> list[tuple[int, str, str]]:
    """Return level, title and section of every bookmark, in order; levels start at 1 and never jump."""
    found = []
    for section in whole.sections:
        if section.bookmark:
            found.append((section.bookmark, section.title, section.id))
            if section.kind == "case":
                found += [(section.bookmark + 1, heading.title, section.id) for heading in section.headings]
    top = min((level for level, _, _ in found), default=1)
    return [(level - top + 1, title, name) for level, title, name in found]


def bookmarks(look: Look, whole: book.Book, pagination: Pagination, edition: Edition) -> Faults:
    spans = {span.section.id: span for span in pagination.spans}
    have = look.file.bookmarks
    want = expected_bookmarks(whole)
    for mark, (level, title, name) in zip(have, want, strict=False):
        if (mark.level, squeezed(mark.title)) != (level, squeezed(title)):
            yield "书签与书的结构不符", f"{mark.level} 级「{mark.title}」，应为 {level} 级「{title}」", mark.page
            return
        span = spans[name]
        if not span.first <= mark.page <= span.last:
            yield "书签指向别处", f"「{mark.title}」", mark.page
        elif name not in ("half-title", "title-page") and not bears(look.printed.pages[mark.page - 1], title):
            yield "书签所指页上没有这个标题", f"「{mark.title}」", mark.page
    if len(have) != len(want):
        yield "书签数目不符", f"{len(have)} 条，应为 {len(want)} 条", 0


def bears(text: str, title: str) -> bool:
    """Tell whether a page bears a title; the parts of a title may stand apart (第一部分　题名)."""
    return all(squeezed(part) in text for part in title.split("　"))


def links(look: Look, whole: book.Book, pagination: Pagination, edition: Edition) -> Faults:
    known = look.file.destinations
    titles = {section.id: section.title for section in whole.sections}
    found = tagged(look.printed.pdf).led
    for number, target in found:
        if target not in known:
            yield "链接没有去处", target, number
            continue
        page = known[target]
        if page is None:
            yield "链接所指的页不在书中", target, number
        elif target.startswith("folio-") and pagination.folios[page] != target.removeprefix("folio-"):
            yield "链接指向别的页", f"{target} 落在第 {pagination.folios[page]} 页", number
        elif target in titles and titles[target] and not bears(look.printed.pages[page], titles[target]):
            yield "链接所指页上没有其题名", f"{target}：「{titles[target]}」", number
    yield from misled(found, page_map(tagged(look.printed.pdf), whole, pagination), pagination)


def misled(found: Sequence[tuple[int, str]], pages: PageMap, pagination: Pagination) -> Faults:
    """A section's links lead, in order, where its book says, those of its notes in an order of their own; the index is checked by its folios."""
    links_by_page: dict[int, list[str]] = {}
    for number, target in found:
        links_by_page.setdefault(number, []).append(target)

    def anchors(piece: book.Pages) -> list[str]:
        return [run.anchor for run in pages.pages(piece)]

    for span in pagination.spans:
        if span.section.kind == "index":
            continue
        have = [target for number in range(span.first, span.last + 1) for target in links_by_page.get(number, [])]
        feet = [target for block in span.section.blocks if isinstance(block, book.Notes) for target in book.links_of(block, anchors)]
        text = [target for block in span.section.blocks if not isinstance(block, book.Notes) for target in book.links_of(block, anchors)]
        for want, found in ((text, [target for target in have if target not in feet]), (feet, [target for target in have if target in feet])):
            yield from differing(once(want), once(found), span)


def differing(want: list[str], have: list[str], span: Span) -> Faults:
    if want != have:
        step = next((index for index, pair in enumerate(zip(want, have, strict=False)) if pair[0] != pair[1]), min(len(want), len(have)))
        lost = want[step] if step < len(want) else "（无）"
        found = have[step] if step < len(have) else "（无）"
        yield "链接缺失或指向别处", f"{span.section.title}：第 {step + 1} 个链接为 {found}，应为 {lost}", span.first


def once(items: list[str]) -> list[str]:
    """Drop repetitions that follow one another: a link over two lines has two annotations."""
    return [item for index, item in enumerate(items) if index == 0 or item != items[index - 1]]


def contents(look: Look, whole: book.Book, pagination: Pagination, edition: Edition) -> Faults:
    """Each entry of the contents, or of a list of tables, prints the folio of the page on which it starts, and links to it."""
    pages = page_map(tagged(look.printed.pdf), whole, pagination)
    for span in [span for span in pagination.spans if span.section.kind in LISTS]:
        text = look.printed.of(span.first, span.last)
        targets = {target for number, target in tagged(look.printed.pdf).led if span.first <= number <= span.last}
        for block in span.section.blocks:
            for entry in block.items if isinstance(block, book.Entries) else ():
                folio = pages.folio(entry.target)
                if squeezed(entry.label + entry.title) + folio not in text:
                    yield "目录所印页码不对或缺条目", f"{entry.title}，应在第 {folio} 页", span.first
                if entry.target not in targets:
                    yield "目录条目没有链接", entry.title, span.first


def fonts(look: Look, whole: book.Book, pagination: Pagination, edition: Edition) -> Faults:
    for font in look.file.fonts:
        if not any(font.name.startswith(allowed) for allowed in edition.fonts):
            yield "出现本项目以外的字体", font.name, font.page
        if not font.embedded:
            yield "字体没有嵌入", font.name, font.page
    for number, text in enumerate(look.printed.raw, 1):
        if "\ufffd" in text or "\0" in text:
            yield "有字无法取出文字", re.sub(r"\s+", "", text)[max(0, text.find("\ufffd") - 10) :][:20], number


def metadata(look: Look, whole: book.Book, pagination: Pagination, edition: Edition) -> Faults:
    info = look.file.information
    wanted = {"/Title": whole.title, "/Author": whole.author, "/Subject": whole.subject, "/Keywords": "，".join(whole.keywords)}
    for key, value in wanted.items():
        if info.get(key) != value:
            yield f"文件信息 {key[1:]} 不对", f"{info.get(key)}，应为 {value}", 0
    if look.file.language != whole.language:
        yield "文件语言不对", look.file.language, 0
