"""Nothing lost on the way to paper: what stands in the sources must stand on the pages of its own section."""

from collections.abc import Iterator, Sequence

from publisher import book
from publisher.pagination import Pagination, Span
from publisher.preflight.printed_text import PageTexts, PrintedText, squeezed
from publisher.problems import Place, Problem, Severity

CODES = {
    "PDF-101": "来源的每一项内容都印在本例页上",
    "PDF-102": "表的每一行都完整印出",
    "PDF-103": "每一段文字都印在本节页上",
    "PDF-104": "每条编者按印出一次，与其编号同在一页",
    "PDF-105": "图中的字都印在本节页上",
}
"""What each check says when it passes."""


def check(printed: PageTexts, whole: book.Book, pagination: Pagination) -> Iterator[Problem]:
    """Yield a problem for each source scalar, table row, line or drawing of the book whose words its pages do not bear.

    The words of drawings repeat those of tables; they are taken out, so that they stand for nothing that a table has lost.
    """
    spans = {span.section.id: span for span in pagination.spans}
    texts = {name: printed.of(span.first, span.last) for name, span in spans.items()}
    for section in whole.sections:
        for figure in (block for block in section.blocks if isinstance(block, book.Figure)):
            words = squeezed("".join(figure.words))
            if words not in texts.get(section.id, ""):
                where = pages(spans.get(section.id), pagination)
                yield Problem(Place(f"{whole.id}/{section.id}"), "PDF-105", f"图{figure.number}的字没有印到{where}", words[:60], "核对版式是否漏印")
            texts[section.id] = texts.get(section.id, "").replace(words, "", 1) if words else texts.get(section.id, "")
    for item in whole.printed:
        if squeezed(item.text) not in texts.get(item.section, ""):
            where = pages(spans.get(item.section), pagination)
            yield Problem(item.text.place, "PDF-101", f"此处内容没有印到{where}", str(item.text)[:60], f"项目 {item.path}；核对版式是否漏印")
    for row in whole.rows:
        if squeezed("".join(row.cells)) not in texts.get(row.section, ""):
            where = pages(spans.get(row.section), pagination)
            yield Problem(
                Place(f"{whole.id}/{row.section}"), "PDF-102", f"「{row.table}」有一行没有完整印到{where}", "｜".join(row.cells)[:80], "核对表的版式与分页"
            )
    for section in whole.sections:
        for line in lines(section):
            if squeezed(line) not in texts.get(section.id, ""):
                where = pages(spans.get(section.id), pagination)
                yield Problem(Place(f"{whole.id}/{section.id}"), "PDF-103", f"有一段文字没有印到{where}", line[:60], "核对版式是否漏印")
        if section.id in spans:
            yield from notes(printed, whole, spans[section.id])


def check_drawn(pdf: bytes, drawn: Sequence[str], whole: book.Book, pagination: Pagination) -> list[Problem]:
    """Return what `check` finds lost of a file. `drawn` are its texts as PDFium gives them, who puts the words of a drawing in
    an order of his own; so pages are read once more, slowly, before anything is called lost.
    """
    quick = list(check(PageTexts(drawn, whole, pagination), whole, pagination))
    return list(check(PrintedText(pdf, whole, pagination), whole, pagination)) if quick else []


def lines(section: book.Section) -> Iterator[str]:
    """Yield every line of a section but the cells of its tables, which are looked for row by row."""
    for block in section.blocks:
        if isinstance(block, book.Table):
            yield "".join(f"表{block.number}{book.words(block.caption)}")
            yield "".join(column.title for column in block.columns)
            yield from (book.words(head) for _, head in block.groups)
        elif isinstance(block, book.Notes):
            yield from (book.words(note.foot) for note in block.items)
        elif isinstance(block, book.Collation):
            for note in block.items:
                yield f"“{book.words(note.quote)}”{book.words(note.note)}{book.words(note.reason)}"
        else:
            yield from (book.words(line) for line in book.lines_of(block))


def notes(printed: PageTexts, whole: book.Book, span: Span) -> Iterator[Problem]:
    """Yield a problem for each note that does not stand once, at the foot of the page that first bears its mark."""
    numbers = [note.number for block in span.section.blocks if isinstance(block, book.Notes) for note in block.items]
    inside = range(span.first, min(span.last, len(printed.pages)) + 1)
    for number in numbers:
        called = next((page for page in inside if number in printed.calls[page - 1]), 0)
        feet = [page for page in inside for other in printed.feet[page - 1].notes if other == number]
        message, severity = "", Severity.ERROR
        if not called:
            message = "正文没有印出这一编号"
        elif not feet:
            message = "编者按没有印在页下"
        elif len(feet) > 1:
            message = f"编者按印了 {len(feet)} 次"
        elif feet[0] != called:
            message = "编者按没有与编号同页"
            severity = Severity.REVIEW if feet[0] == called + 1 else Severity.ERROR
        if message:
            where = Place(f"{whole.id}/{span.section.id}", feet[0] if feet else called)
            yield Problem(where, "PDF-104", message, f"〔{number}〕", "核对版式；同页编者按过多时宜精简", severity)


def pages(span, pagination: Pagination) -> str:
    if span is None:
        return "任何一页"
    first, last = pagination.folios[span.first - 1], pagination.folios[span.last - 1]
    return f"第{first}～{last}页（PDF 第{span.first}～{span.last}页）"
