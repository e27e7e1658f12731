"""Whether a file can be read aloud as the book means it: the tag tree against the `Book` (PDF/UA-1 and what its validators cannot know).

A validator sees that a cell has a head; that it is the right one is seen here.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise, zip_longest
from typing import NamedTuple

from publisher import book
from publisher.edition import Edition
from publisher.pagination import PageMap, Pagination, printed
from publisher.preflight import finding
from publisher.preflight.drawn_page import DrawnPage
from publisher.preflight.printed_text import squeezed, unspaced
from publisher.preflight.tagged import HEADINGS, Link, Node, Stretch, Tagged
from publisher.preflight.tagged import tagged as read
from publisher.problems import Place, Problem

Faults = Iterator[tuple[str, str, int]]

KIDS = {
    "L": {"LI", "L", "Caption"}, "LI": {"Lbl", "LBody"}, "TOC": {"TOC", "TOCI", "Caption"}, "TOCI": {"Lbl", "Reference", "P", "TOC"},
    "Table": {"Caption", "THead", "TBody", "TFoot"}, "THead": {"TR"}, "TBody": {"TR"}, "TFoot": {"TR"}, "TR": {"TH", "TD"},
}  # fmt: skip
"""What may stand in what (PDF 1.7 §14.8.4)."""
IMAGE_NAME = re.compile(r"\.[A-Za-z]{2,4}$")
"""The end of a file's name, which says nothing."""
TAGS = {*KIDS, *HEADINGS, *(tag for kids in KIDS.values() for tag in kids), "Document", "Part", "Sect", "P", "Span", "Link", "Note", "Figure"}


class Chapter(NamedTuple):
    """A section of the book and what the tree says of it."""

    section: book.Section
    node: Node

    def blocks(self, kind: type) -> list:
        return [block for block in self.section.blocks if isinstance(block, kind)]


def check(
    pdf: bytes, whole: book.Book, pagination: Pagination, edition: Edition, pages: Sequence[DrawnPage] = (), codes: Collection[str] = ()
) -> Iterator[Problem]:
    """Yield every fault of the tags of a file, or those of some codes; `pages` are its pages where they have been read."""
    tagged = read(pdf, pages)
    path = f"{whole.id}/{edition.name}.pdf"

    def told(rules: dict, of: Tagged | Stretch) -> Iterator[Problem]:
        for rule, code in rules.items():
            for message, found, page in rule(of, whole, pagination) if not codes or code in codes else ():
                yield Problem(Place(path, page) if page else Place(path), code, message, found, "查 finish/tags.py 与版式")

    yield from told(OF_FILE | finding.OF_FILE, tagged)
    for stretch in tagged.stretches:
        yield from told(RULES | finding.RULES, stretch)


def chapters(stretch: Stretch, whole: book.Book) -> list[Chapter]:
    return [Chapter(section, node) for section, node in zip(whole.sections[stretch.start :], stretch.document.nodes, strict=False)]


def loose(tagged: Tagged, whole: book.Book, pagination: Pagination) -> Faults:
    """All that is drawn belongs to the text or is said not to, and stands there once."""
    for page, text in tagged.loose:
        yield "有内容既不在结构之中，也没有标为附饰", text[:30] or "线条或图", page
    for mark in tagged.borne_twice:
        yield "同一内容在结构中出现两次", tagged.said(mark)[:30], mark.page


def owned(stretch: Stretch, whole: book.Book, pagination: Pagination) -> Faults:
    """Marks and elements know each other."""
    tagged = stretch.file
    for node in stretch.document.walk():
        for mark in [kid for kid in node.kids if not isinstance(kid, Node)]:
            owners = tagged.owners_by_page[mark.page]
            if mark.number >= len(owners) or owners[mark.number] != node.key:
                yield "内容与结构对不上", tagged.said(mark)[:30], mark.page


def untagged(tagged: Tagged, whole: book.Book, pagination: Pagination) -> Faults:
    """There is a tree, and it is that of a document."""
    if tagged.tag != "Document":
        yield "文件没有结构标签", tagged.tag, 0


def nesting(stretch: Stretch, whole: book.Book, pagination: Pagination) -> Faults:
    """Tags are known, stand where they may, and levels of headings do not jump."""
    tagged, level = stretch.file, stretch.level
    for node in stretch.document.walk():
        if node.tag not in TAGS:
            yield "结构标签不明其义", node.tag, node.page
        for kid in node.nodes:
            if node.tag in KIDS and kid.tag not in KIDS[node.tag]:
                yield "结构标签套错", f"{node.tag} 之中有 {kid.tag}", node.page
        if node.tag in HEADINGS:
            if int(node.tag[1]) > level + 1:
                yield "标题跳级", f"{node.tag}：{tagged.text(node)[:30]}", node.page
            if not tagged.text(node):
                yield "标题无字", node.tag, node.page
            level = int(node.tag[1])


def contents(stretch: Stretch, whole: book.Book, pagination: Pagination) -> Faults:
    """A list of entries is a table of contents, item by item."""
    tagged = stretch.file
    for chapter in chapters(stretch, whole):
        entries = [entry for block in chapter.blocks(book.Entries) for entry in block.items]
        items = chapter.node.find("TOCI")
        for entry, item in zip_longest(entries, items):
            page = chapter.node.page
            if entry is None or item is None:
                yield "目录条目与结构不符", entry.title if entry else tagged.text(item)[:30], page
                break
            own = [link for kid in item.nodes if kid.tag == "Reference" for link in kid.find("Link")]
            if squeezed(entry.title) not in {tagged.text(link) for link in own} or {item.target for link in own for item in link.links} != {entry.target}:
                yield "目录条目与结构不符", entry.title, item.page


def tables(stretch: Stretch, whole: book.Book, pagination: Pagination) -> Faults:
    """Every table is one table with its caption; every cell names its heads: column, group, row."""
    tagged = stretch.file
    for chapter in chapters(stretch, whole):
        for want, have in zip_longest(chapter.blocks(book.Table), chapter.node.find("Table")):
            if want is None or have is None:
                yield "表数与结构不符", name_of(want) if want else tagged.text(have)[:20], have.page if have else chapter.node.page
                break
            captions = [tagged.text(node) for node in have.nodes if node.tag == "Caption"]
            if captions != [squeezed(f"{want.label}{book.words(want.caption)}")]:
                yield "表题没有标为表题", f"{name_of(want)}：{captions}", have.page
            for message, found, page in heads(stretch, want, have, finding.page_map(tagged, whole, pagination)):
                yield message, f"{name_of(want)}：{found}", page


def name_of(table: book.Table) -> str:
    return table.label or book.words(table.caption)


def heads(stretch: Stretch, want: book.Table, have: Node, pages: PageMap) -> Faults:
    tagged = stretch.file
    titles = [squeezed(column.title) for column in want.columns]
    rows = [(row, part.tag) for part in have.nodes for row in part.nodes if row.tag == "TR"]
    expected: list[list[tuple[str, str, list[str]]]] = [[("TH", title, []) for title in titles]]
    names = {place for place, column in enumerate(want.columns) if titles[place] == titles[0] and column.kind is book.Kind.TERM}
    for head, body in want.bodies:
        group = squeezed(book.words(head))
        expected += [[("TH", group, [title for title in titles if title])]] if group else []
        for row in body:
            texts = [squeezed(printed(cell, pages)) for cell in row]
            expected.append([cell_heads(place, texts, titles, names, group) for place in range(len(texts))])
    for row_wanted, found in zip_longest(expected, rows):
        if row_wanted is None or found is None:
            yield "表的行数不符", f"{len(rows)} 行，应为 {len(expected)} 行", have.page
            return
        row, part = found
        cells = [(cell.tag, tagged.text(cell), [head_text(stretch, name) for name in cell.attributes.get("/Headers", ())]) for cell in row.nodes]
        if cells != row_wanted:
            wrong = next((pair for pair in zip_longest(cells, row_wanted) if pair[0] != pair[1]), None)
            yield "单元格的表头不对", f"{wrong[0]}，应为 {wrong[1]}", row.page or have.page
        scopes = {str(cell.attributes.get("/Scope")) for cell in row.nodes if cell.tag == "TH"}
        if scopes - {"/Column" if part == "THead" else "/Row"}:
            yield "表头没有写明所管的方向", f"{tagged.text(row)[:20]}：{'、'.join(sorted(scopes))}", row.page or have.page


def cell_heads(place: int, texts: list[str], titles: list[str], names: set[int], group: str) -> tuple[str, str, list[str]]:
    """Return tag, text and heads that a cell has to have."""
    named = [texts[name] for name in sorted(names) if name < place]
    found = [head for head in (titles[place], group, *named[-1:]) if head]
    return "TH" if place in names else "TD", texts[place], found


def head_text(stretch: Stretch, name: object) -> str:
    node = stretch.nodes.get(stretch.file.ids.get(str(name), 0))
    return stretch.file.text(node) if node else f"（无此标识 {name}）"


def notes(stretch: Stretch, whole: book.Book, pagination: Pagination) -> Faults:
    """Every editor's note is a note with an id, its number and its text; it comes after its mark, and both lead to each other."""
    tagged = stretch.file
    for chapter in chapters(stretch, whole):
        wanted = [note for block in chapter.blocks(book.Notes) for note in block.items]
        heard = {id(node): place for place, node in enumerate(chapter.node.walk())}
        calls: dict[str, Node] = {}
        for link in chapter.node.find("Link"):
            for item in link.links:
                calls.setdefault(item.target, link)
        for want, have in zip_longest(wanted, chapter.node.find("Note")):
            if want is None or have is None:
                yield "编者按没有标为注，或多出", f"〔{want.number}〕" if want else tagged.text(have)[:30], have.page if have else chapter.node.page
                break
            labels = [tagged.raw(kid).strip() for kid in have.nodes if kid.tag == "Lbl"]
            if have.id != want.anchor or labels != [f"〔{want.number}〕"] or tagged.text(have) != squeezed(book.words(want.foot)):
                yield "编者按的标识、号数或文字不对", f"〔{want.number}〕 {have.id} {labels}", have.page
            call = calls.get(want.anchor)
            if call is None or heard[id(call)] > heard[id(have)] or call.page != have.page:
                yield "编者按没有跟在所注文字之后", f"〔{want.number}〕", have.page
            back = [item.target for link in have.find("Link") for item in link.links]
            if set(back) != {want.mark, want.entry} or back[0] != want.mark:
                yield "编者按没有链回所注文字与校勘记", f"〔{want.number}〕 {back}", have.page


def unplaced(tagged: Tagged, whole: book.Book, pagination: Pagination) -> Faults:
    """Every link stands in the tree."""
    for link in tagged.unplaced:
        yield "链接不在结构之中", link.said or link.target, link.page
    if tagged.unnumbered:
        yield "链接不在结构之中", f"{tagged.unnumbered} 处", 0


def links(stretch: Stretch, whole: book.Book, pagination: Pagination) -> Faults:
    """Every link belongs to its element, says in words where it leads, and can be touched."""
    tagged = stretch.file
    for node, item in linked(stretch):
        page = item.page
        if node.tag != "Link" or tagged.owner(item.owner) != node.key:
            yield "链接不在结构之中", item.said or item.target, page
            continue
        text = tagged.raw(node).strip()
        repeated = squeezed(text) in squeezed(item.said) and unspaced(text).strip("〔〕") in unspaced(item.said)
        if not item.said.strip() or item.said == item.target or not repeated:
            yield "链接没有用文字说明去处", f"{item.said}（{item.target}）", page
        left, low, right, high = item.box
        if right - left < 1 or high - low < 4:
            yield "链接没有可点的地方", f"{item.said}：宽 {right - left:.1f}，高 {high - low:.1f} pt", page


def linked(stretch: Stretch) -> Iterator[tuple[Node, Link]]:
    """Yield the links that stand on a page, each with its element."""
    return ((node, link) for node in stretch.document.walk() for link in node.links if link.page)


def as_many(tagged: Tagged, whole: book.Book, pagination: Pagination) -> Faults:
    """There are as many elements at the top of the tree as sections of the book."""
    have, want = sum(stretch.count for stretch in tagged.stretches), len(whole.sections)
    if have != want:
        yield "结构的章节数与书不符", f"{have}，应为 {want}", 0


def reading_order(stretch: Stretch, whole: book.Book, pagination: Pagination) -> Faults:
    """Read aloud, the file says the words of the book in the order of the book, page after page."""
    tagged = stretch.file
    spans, where = {span.section.id: span for span in pagination.spans}, finding.page_map(tagged, whole, pagination)
    for section, node in chapters(stretch, whole):
        span, text, place = spans[section.id], tagged.aloud(node), 0
        pages = [mark.page for mark in node.flow]
        turned = next((later for earlier, later in pairwise(pages) if later < earlier), 0)
        if turned or any(not span.first <= page <= span.last for page in pages):
            yield "朗读次序与页序不符", section.title, turned or span.first
        for words in [squeezed(words) for block in section.blocks for words in said_by(block, where)]:
            found = text.find(words, place)
            if found < 0:
                yield "朗读次序与书不符，或有文字没有标签", f"{section.title}：{words[:30]}", span.first
                break
            place = found + len(words)


def said_by(block: book.Block, pages: PageMap) -> list[str]:
    """Return what is read aloud of a block: of a figure the words in its place, then its caption."""
    return [*([block.alt] if isinstance(block, book.Figure) else []), *(printed(line, pages) for line in book.lines_of(block))]


def ids(tagged: Tagged, whole: book.Book, pagination: Pagination) -> Faults:
    """Each id is borne once and listed."""
    for name in dict.fromkeys(tagged.ids_borne_twice):
        yield "结构标识重复", name, 0
    for name, key in tagged.borne_ids.items():
        if tagged.ids.get(name) != key and name not in tagged.ids_borne_twice:
            yield "结构标识没有列入索引", name, 0
    for name in sorted(tagged.ids.keys() - tagged.borne_ids.keys()):
        yield "索引中的结构标识无主", name, 0


def language(stretch: Stretch, whole: book.Book, pagination: Pagination) -> Faults:
    """Foreign lines of the title page have their language; that of the file is looked at with its metadata."""
    tagged = stretch.file
    for chapter in chapters(stretch, whole):
        foreign = {squeezed(text) for block in chapter.blocks(book.TitlePage) for text in block.english}
        for node in chapter.node.find("P"):
            if tagged.text(node) in foreign and node.language != "en":
                yield "外文没有标明语言", tagged.text(node)[:30], node.page


def figures(stretch: Stretch, whole: book.Book, pagination: Pagination) -> Faults:
    """Each figure has words in its place, those of the book, and a box on its page."""
    tagged = stretch.file
    for chapter in chapters(stretch, whole):
        nodes = chapter.node.find("Figure")
        wanted, said = [squeezed(picture.alt) for picture in book.pictures_of(chapter.section)], [squeezed(node.alt) for node in nodes]
        if wanted != said:
            wrong = next((pair for pair in zip_longest(said, wanted) if pair[0] != pair[1]), ("", ""))
            yield "图的说明文字与书不符", f"{wrong[0]}，应为 {wrong[1]}"[:120], chapter.node.page
        captions = [tagged.text(node) for node in chapter.node.nodes if node.tag == "Caption"]
        titles = [squeezed("".join(map(book.words, book.lines_of(figure)))) for figure in chapter.blocks(book.Figure)]
        if captions != titles:
            yield "图题没有标为图题", "、".join(sorted({*titles} ^ {*captions}))[:80], chapter.node.page
    for node in stretch.document.find("Figure"):
        said_of = node.alt
        if len(said_of.strip()) < 4 or IMAGE_NAME.search(said_of):
            yield "图没有说明文字", said_of, node.page
        box, sheet = node.attributes.get("/BBox", []), tagged.boxes[node.page - 1] if node.page else None
        if sheet and not (box and sheet[0] <= box[0] < box[2] <= sheet[2] and sheet[1] <= box[1] and box[3] <= sheet[3]):
            yield "图框不在页内", f"{said_of[:20]}：{box}", node.page


OF_FILE = {loose: "PDF-301", untagged: "PDF-302", unplaced: "PDF-306", as_many: "PDF-307", ids: "PDF-308"}
"""What is looked at once in a file."""
RULES = {
    owned: "PDF-301", nesting: "PDF-302", contents: "PDF-303", tables: "PDF-304", notes: "PDF-305", links: "PDF-306",
    reading_order: "PDF-307", language: "PDF-309", figures: "PDF-310",
}  # fmt: skip
"""What is looked at in each stretch of its tree."""
CODES = {
    "PDF-301": "所有内容或入结构，或标为附饰", "PDF-302": "结构标签合乎规则，标题不跳级", "PDF-303": "目录逐条与书相符", "PDF-304": "各表单元格的表头无误",
    "PDF-305": "编者按与其编号相连", "PDF-306": "链接有字有名", "PDF-307": "朗读顺序与书相符", "PDF-308": "结构标识与索引相符",
    "PDF-309": "外文标明语言", "PDF-310": "图有说明文字、图题与边框", **finding.CODES,
}  # fmt: skip
"""What each check makes sure of."""
OF_TABLES = {"PDF-304"}
"""What takes longest, a quarter of all; it may be done apart from the rest."""
