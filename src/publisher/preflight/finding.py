"""Whether the finding aids tell the truth: pages of terms and references looked for anew in the finished file.

What the typesetter found in its boxes is found here again in the tag tree of the PDF; index, lists, first pages and references must
say the same.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from publisher import book
from publisher.lexicon import Lexicon, joined
from publisher.pagination import Mention, PageMap, Pagination
from publisher.preflight.printed_text import NOTE_MARK, squeezed
from publisher.preflight.tagged import HEADINGS, Node, Stretch, Tagged

Faults = Iterator[tuple[str, str, int]]

INLINE = ("Span", "Link", "Reference")
LOOSE = re.compile(r"(?<=[^\x00-\xff]) (?=[^\x00-\xff])")
"""What PDFium reads between characters that a line draws far apart."""
MAIN = "（主要条目）"
"""Said of a link of the index that leads to where its term is treated."""


def page_map(tagged: Tagged, whole: book.Book, pagination: Pagination) -> PageMap:
    """Find in a file where each anchor is, and on which pages each term of the book stands."""
    if not (tagged.found and tagged.found[0] is whole):
        tagged.found = (whole, PageMap(folios(tagged.destinations, pagination), mentions(tagged, whole, pagination)))
    return tagged.found[1]


def folios(destinations: dict[str, int], pagination: Pagination) -> dict[str, str]:
    """Return the folio of the page of each named destination."""
    return {name: pagination.folios[number - 1] for name, number in destinations.items() if 0 < number <= len(pagination.folios)}


def mentions(tagged: Tagged, whole: book.Book, pagination: Pagination) -> dict[str, list[Mention]]:
    found: dict[str, list[Mention]] = {}
    for stretch in tagged.stretches:
        searched = []
        for section, node in zip(whole.sections[stretch.start :], stretch.document.nodes, strict=False):
            if lexicons := [lexicon for lexicon in whole.lexicons if book.searched(section, lexicon)]:
                searched.append((section, node, lexicons))
        at_hand_first = sorted(searched, key=lambda one: not tagged.is_here(one[1]))
        read = {section.id: list(terms_of(tagged, section, node, lexicons)) for section, node, lexicons in at_hand_first}
        for section, _, _ in searched:
            for number, name, treated in read[section.id]:
                found.setdefault(name, []).append(Mention(pagination.folios[number - 1], section.id, treated))
    return found


def terms_of(tagged: Tagged, section: book.Section, node: Node, lexicons: Sequence[Lexicon]) -> Iterator[tuple[int, str, bool]]:
    """Yield for each page of a section the terms that stand on it, and whether they are treated there."""
    texts, keys = texts_of(tagged, [node]), texts_of(tagged, list(key_nodes(tagged, section, node)), ("Figure", "Note"))
    for number in sorted(texts):
        for lexicon in lexicons:
            treated = set(lexicon.standing_in(keys.get(number, "")))
            for name in lexicon.standing_in(texts[number]):
                yield number, f"{lexicon.name}:{name}", name in treated


def texts_of(tagged: Tagged, nodes: list[Node], without: tuple[str, ...] = ("Figure",)) -> dict[int, str]:
    """Return the text of elements page by page, a line for each paragraph or cell; what is in drawings only repeats it."""
    lines: dict[int, list[str]] = {}

    def add(node: Node) -> None:
        for kid in node.kids:
            if isinstance(kid, Node) and kid.tag in without:
                continue
            if isinstance(kid, Node) and kid.tag not in INLINE:
                end()
                add(kid)
                end()
            else:
                for mark in kid.marks if isinstance(kid, Node) else [kid]:
                    lines.setdefault(mark.page, []).append(tagged.said(mark))

    def end() -> None:
        for parts in lines.values():
            parts.append("\n")

    for node in nodes:
        add(node)
        end()
    return {number: joined(LOOSE.sub("", NOTE_MARK.sub("", part)) for part in parts) for number, parts in lines.items()}


def key_nodes(tagged: Tagged, section: book.Section, node: Node) -> Iterator[Node]:
    """Yield the elements that name what is treated in a section: its `key` headings, paragraphs, points and cells."""
    for block, heading in zip((block for block in section.blocks if isinstance(block, book.Heading | book.Opener)), node.find(*HEADINGS), strict=False):
        if isinstance(block, book.Opener) or block.key:
            yield heading
    lists = (block for block in section.blocks if isinstance(block, book.Points | book.Facts | book.Opener))
    for block, points in zip(lists, node.find("L"), strict=False):
        if isinstance(block, book.Points) and block.key:
            yield points
    keys = {squeezed(book.words(block.line)) for block in section.blocks if isinstance(block, book.Paragraph) and block.key}
    for table, found in zip((block for block in section.blocks if isinstance(block, book.Table)), node.find("Table"), strict=False):
        yield from key_cells(table, found)
    if keys:
        yield from (paragraph for paragraph in node.find("P") if tagged.text(paragraph) in keys)


def key_cells(table: book.Table, found: Node) -> Iterator[Node]:
    for part in found.nodes:
        if part.tag == "Caption" and table.key:
            yield part
        for row in [row for row in part.nodes if row.tag == "TR"]:
            if part.tag == "THead":
                yield from (cell for cell, column in zip(row.nodes, table.columns, strict=False) if column.key_head)
            elif len(row.nodes) == len(table.columns):
                yield from (cell for cell, column in zip(row.nodes, table.columns, strict=False) if column.key)


def index(stretch: Stretch, whole: book.Book, pagination: Pagination) -> Faults:
    """The index names every page of every term, and no other; its links lead there and say which are the main entries."""
    tagged = stretch.file
    pages = page_map(tagged, whole, pagination)
    for section, node in zip(whole.sections[stretch.start :], stretch.document.nodes, strict=False):
        terms = [term for block in section.blocks if isinstance(block, book.Index) for term in block.terms]
        if not terms:
            continue
        explained = sum(isinstance(block, book.Paragraph) for block in section.blocks)
        wanted = [(term, runs) for term in terms if (runs := pages.runs(term.lexicon, term.found_under))]
        for want, have in zip_longest(wanted, node.find("P")[explained:]):
            if want is None or have is None:
                yield "索引条目与正文不符", tagged.text(have)[:40] if have else f"缺「{want[0].term}」", have.page if have else node.page
                break
            term, runs = want
            shown = "" if term.see else "，".join(run.text for run in runs)
            text = squeezed(f"{term.term}见{term.see}" if term.see else f"{term.term}{shown}")
            links = [(link.links[0].target, MAIN in link.links[0].said) for link in have.find("Link") if link.links]
            expected = [] if term.see else [(run.anchor, run.treated) for run in runs]
            if tagged.text(have) != text:
                yield "索引页码与正文不符", f"{tagged.text(have)}，应为 {text}", have.page
            elif links != expected:
                yield "索引链接或主条与正文不符", f"{term.term}：{links}，应为 {expected}"[:160], have.page


def pointers(tagged: Tagged, whole: book.Book, pagination: Pagination) -> Faults:
    """Another name in the index points to a term that is in it."""
    terms = [term for section in whole.sections for block in section.blocks if isinstance(block, book.Index) for term in block.terms]
    names = {term.term for term in terms if not term.see}
    for term in terms:
        if term.see and term.see not in names:
            yield "索引所见之条不在索引中", f"{term.term} 见 {term.see}", 0


def signs(stretch: Stretch, whole: book.Book, pagination: Pagination) -> Faults:
    """Every sign of a table is read aloud as its words."""
    for section, node in zip(whole.sections[stretch.start :], stretch.document.nodes, strict=False):
        wanted = [piece.said for block in section.blocks for line in book.lines_of(block) for piece in line if isinstance(piece, book.Sign)]
        have = [kid.said for kid in node.walk() if kid.said]
        if wanted != have:
            yield "符号没有读法，或读法不对", f"{section.title}：{len(have)} 个，应有 {len(wanted)} 个", node.page


def first_pages(tagged: Tagged, whole: book.Book, pagination: Pagination) -> Faults:
    """Every term whose pages are printed stands on some page."""
    pages = page_map(tagged, whole, pagination)
    for section in whole.sections:
        for line in (line for block in section.blocks for line in book.lines_of(block)):
            for piece in line:
                if isinstance(piece, book.Pages) and not pages.pages(piece):
                    yield "所列之词不见于正文", f"{section.title}：{piece.term}", 0


OF_FILE = {pointers: "PDF-312", first_pages: "PDF-314"}
"""What is looked at once in a file."""
RULES = {index: "PDF-311", signs: "PDF-313"}
"""What is looked at in each stretch of its tree."""
CODES = {
    "PDF-311": "索引逐条逐页与正文相符", "PDF-312": "索引“见”条所指在索引之中", "PDF-313": "表中符号都有读法", "PDF-314": "缩略语与检验项目所列之页确有其词",
}  # fmt: skip
"""What each check makes sure of."""
