"""Nothing lost on the way to paper: what stands in the sources must stand on the pages of its own section."""

from collections.abc import Iterator

from publisher import book
from publisher.pagination import PageMap, Pagination
from publisher.pagination import printed as printed_line
from publisher.preflight.finding import page_map
from publisher.preflight.printed_text import PrintedText, squeezed, without_references
from publisher.preflight.tagged import tagged
from publisher.problems import Place, Problem

CODES = {
    "PDF-101": "来源的每一项内容都印在本例页上",
    "PDF-102": "表的每一行都完整印出",
    "PDF-103": "每一段文字都印在本节页上",
}
"""What each check says when it passes."""


def check(printed: PrintedText, whole: book.Book, pagination: Pagination) -> Iterator[Problem]:
    """Yield a problem for each source scalar, table row or line of the book that its pages do not bear."""
    spans = {span.section.id: span for span in pagination.spans}
    texts = {name: printed.of(span.first, span.last) for name, span in spans.items()}
    written = {name: without_references(text) for name, text in texts.items()}
    for item in whole.printed:
        if squeezed(item.text) not in written.get(item.section, ""):
            where = pages(spans.get(item.section), pagination)
            yield Problem(item.text.place, "PDF-101", f"此处内容没有印到{where}", str(item.text)[:60], f"项目 {item.path}；核对版式是否漏印")
    found = page_map(tagged(printed.pdf), whole, pagination)
    for row in whole.rows:
        cells = [printed_line(cell, found) for cell in row.cells]
        if squeezed("".join(cells)) not in texts.get(row.section, ""):
            where = pages(spans.get(row.section), pagination)
            yield Problem(
                Place(f"{whole.id}/{row.section}"), "PDF-102", f"「{row.table}」有一行没有完整印到{where}", "｜".join(cells)[:80], "核对表的版式与分页"
            )
    for section in whole.sections:
        for line in lines(section, found):
            if squeezed(line) not in texts.get(section.id, ""):
                where = pages(spans.get(section.id), pagination)
                yield Problem(Place(f"{whole.id}/{section.id}"), "PDF-103", f"有一段文字没有印到{where}", line[:60], "核对版式是否漏印")


def lines(section: book.Section, found: PageMap) -> Iterator[str]:
    """Yield every line of a section but the cells of its tables, which are looked for row by row."""
    for block in section.blocks:
        if isinstance(block, book.Table):
            yield f"{block.label}{book.words(block.caption)}"
            yield "".join(column.title for column in block.columns)
            yield from (book.words(head) for _, head in block.groups)
        elif isinstance(block, book.Notes):
            for note in block.items:
                yield f"“{book.words(note.quote)}”{printed_line(note.note, found)}{printed_line(note.reason, found)}"
        else:
            yield from (printed_line(line, found) for line in book.lines_of(block))


def pages(span, pagination: Pagination) -> str:
    if span is None:
        return "任何一页"
    first, last = pagination.folios[span.first - 1], pagination.folios[span.last - 1]
    return f"第{first}～{last}页（PDF 第{span.first}～{span.last}页）"
