"""Booklets and offprints: sections of a volume's book -> a book of their own. Numbers of cases, tables and notes stay those of the volume."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from publisher import book
from publisher.book import Entries, Entry, Facts, Heading, Line, Paragraph, Reference, Section, Table, Text, TitlePage, plain
from publisher.compose import long_sections
from publisher.compose.assemble import chinese_date, labelled, place_of
from publisher.compose.collation import collation_section
from publisher.compose.dosing import DOSING
from publisher.compose.references import anchors, unlinked
from publisher.compose.tables import MISSING
from publisher.problems import Problem, Rejected
from publisher.volume import WHOLE_BOOKLET, Booklet, Volume

THEIR_CASES, OWN_CASES = "本卷病例", "本册病例"


def whole_booklet(whole: book.Book) -> book.Book:
    """Make the booklet that is the whole volume: its sections without thumb tabs, which no office printer can print to the edge."""
    sections = tuple(replace(section, tab="") for section in whole.sections)
    return replace(whole, sections=sections)


def booklet(whole: book.Book, volume: Volume, chosen: Booklet) -> book.Book:
    """Make the booklet of some cases: title page, colophon, contents, cases, and the doses of these cases where it asks for them."""
    cases = [whole.section(str(slug)) for slug in chosen.cases]
    appendix = long_sections.whole(whole.sections, DOSING) if chosen.appendix else None
    doses = [dosing for dosing in [own_doses(appendix, anchors(cases))] if dosing] if appendix else []
    body = [*cases, *doses, *collation_section([*cases, *doses])]
    body = [unlinked(replace(section, tab=""), anchors(body)) for section in body]
    return replace(
        whole,
        title=str(chosen.title),
        subject=f"选自《{whole.title}》（{volume.edition}）：{listed(cases)}",
        sections=(*front(volume, chosen, cases), contents(whole, body), *body),
        printed=tuple(printed_of(whole, {str(slug) for slug in chosen.cases})),
        lexicons=(),
    )


def printed_of(whole: book.Book, cases: set[str]) -> Iterator[book.Printed]:
    """Yield what must be found on paper of some cases: on their own pages, and of their notes in the collation."""
    notes = {f"{slug}.notes" for slug in cases}
    yield from (item for item in whole.printed if item.section in cases or item.path in notes)


def front(volume: Volume, chosen: Booklet, cases: list[Section]) -> Iterator[Section]:
    """Yield the title page and the colophon on its back."""
    origin = f"选自《{volume.title}》"
    subtitles = (str(chosen.occasion),) if chosen.occasion else ()
    title = TitlePage(str(chosen.title), subtitles, edition=f"{origin}{volume.edition}", compiler=str(volume.compiler))
    yield Section("title-page", "front", "扉页", (title,), front=True, recto=True, numbered=False)
    facts = [
        ("题名", chosen.title), ("用途", chosen.occasion), ("选自", f"《{volume.title}》{volume.edition}，{chinese_date(volume)}"),
        ("编纂", volume.compiler), ("收录", f"{listed(cases)}，共{len(cases)}例"),
    ]  # fmt: skip
    reading = (
        "例号、表号与编者按编号均从原卷，页码为本册自编。正文疑处之后的〔1〕〔2〕等为编者按编号，编者按列于当页之末，汇列于本册之末；原稿未载者不补，记“未载”，表中作“—”。"
    )
    blocks = (
        Heading(plain("本册说明"), 1, "colophon-h"),
        Facts(tuple((plain(label), plain(str(value))) for label, value in facts if value), "colophon"),
        *labelled("体例", [reading]),
        *labelled("声明", volume.disclaimer),
        *labelled("权利", volume.rights),
    )
    yield Section("colophon", "front", "本册说明", blocks, front=True, numbered=False)


def listed(cases: list[Section]) -> str:
    return "、".join(f"例{section.number}" for section in cases)


def contents(whole: book.Book, body: list[Section]) -> Section:
    """Make the contents: each case as the volume's contents have it."""
    known = {entry.target: entry for block in whole.section("contents").blocks if isinstance(block, Entries) for entry in block.items}
    entries = tuple(known.get(section.id) or Entry("", section.title, "", section.id, 1) for section in body if section.bookmark)
    return Section("contents", "contents", "目录", (Heading(plain("目录"), 1, "contents-h"), Entries(entries)), front=True, recto=True, running_head="目录")


# -- doses of some cases ------------------------------------------------------------------------------------------


def own_doses(section: Section, cases: set[str]) -> Section | None:
    """Return the dosing appendix with the rows that name one of the cases, or None where there are none; tables keep their numbers."""
    blocks: list[book.Block] = []
    for block in section.blocks:
        if isinstance(block, Paragraph):
            blocks.append(replace(block, line=own_words(block.line)))
        elif not isinstance(block, Table):
            blocks.append(block)
        elif table := own_rows(block, cases):
            blocks.append(table)
    if not any(isinstance(block, Table) for block in blocks):
        return None
    blocks = called(blocks)
    note = Paragraph(plain("以下摘自原卷附录，只列本册各例所用药物的各行，表号从原卷；说明文字为原卷附录所载。"))
    first = next(index for index, block in enumerate(blocks) if not isinstance(block, Heading))
    return replace(section, blocks=(*blocks[:first], note, *blocks[first:]))


def called(blocks: list[book.Block]) -> list[book.Block]:
    """Leave out the notes whose marks are no longer there, and the heading of notes that are none."""
    marks = {target for block in blocks if not isinstance(block, book.Notes) for target in book.links_of(block)}
    kept: list[book.Block] = []
    for block in blocks:
        if isinstance(block, book.Notes):
            items = tuple(note for note in block.items if note.anchor in marks)
            if items:
                kept.append(book.Notes(items))
            elif kept and isinstance(kept[-1], Heading):
                kept.pop()
        else:
            kept.append(block)
    return kept


def own_rows(table: Table, cases: set[str]) -> Table | None:
    kept = [index for index, row in enumerate(table.rows) if any(target in cases for line in row for target in book.targets(line))]
    if not kept:
        return None
    rows = [tuple(own_references(line, cases) for line in table.rows[index]) for index in kept]
    said = [place for place in range(len(table.columns)) if any(book.words(row[place]) not in ("", MISSING) for row in rows)]
    whole = sum(table.columns[place].share for place in said)
    columns = [replace(table.columns[place], line=own_words(table.columns[place].line), share=table.columns[place].share / whole) for place in said]
    groups = {sum(index < start for index in kept): head for start, head in table.groups}
    return replace(
        table,
        columns=tuple(columns),
        rows=tuple(tuple(row[place] for place in said) for row in rows),
        groups=tuple((start, head) for start, head in groups.items() if start < len(rows)),
    )


def own_words(line: Line) -> Line:
    """Call the cases those of the booklet where the volume's appendix calls them its own."""
    return tuple(Text(piece.text.replace(THEIR_CASES, OWN_CASES)) if isinstance(piece, Text) else piece for piece in line)


def own_references(line: Line, cases: set[str]) -> Line:
    """Leave out of a list of cases those that the booklet has not."""
    references = [piece for piece in line if isinstance(piece, Reference)]
    if not references:
        return line
    kept: list[book.Piece] = []
    for reference in references:
        if reference.target in cases:
            kept += [Text("、"), reference]
    return tuple(kept[1:])


# -- offprints -----------------------------------------------------------------------------------------------------


def offprint(
    whole: book.Book, volume: Volume, slug: str, first: int, last: int, folios: Mapping[str, str] = MappingProxyType({})
) -> book.Book:
    """Make the offprint of a case that stands on the volume's pages `first` to `last`: the case on the same pages, with a line that says so.

    `folios` are the pages of the volume's anchors: a reference out of the case prints the page and is no link.

    Raises Rejected for a case that the volume has not.
    """
    section = next((section for section in whole.sections if section.kind == "case" and section.id == slug), None)
    if section is None:
        raise Rejected([Problem(place_of(whole), "SRC-027", "本卷没有这一病例", slug)])
    pages = f"第{first}页" if first == last else f"第{first}～{last}页"
    origin = f"《{whole.title}》{volume.edition}，{chinese_date(volume)}，{pages}"
    line = Paragraph(plain(f"单行本　{origin}"), "origin")
    alone = unlinked(replace(section, blocks=(line, *section.blocks), tab=""), anchors([section]), folios)
    return replace(
        whole,
        id=f"{whole.id}/offprints",
        title=f"例{section.number}　{section.title}",
        subject=f"{origin}；单行本",
        sections=(replace(alone, bookmark=1), *(replace(notes, tab="", apart=True) for notes in collation_section([alone]))),
        printed=tuple(printed_of(whole, {slug})),
        first_folio=first,
        lexicons=(),
    )


def booklets(whole: book.Book, volume: Volume) -> Iterator[tuple[str, book.Book, int | None]]:
    """Yield the name, the book and the pages of a signature of each booklet of a volume, the whole volume first."""
    yield WHOLE_BOOKLET, whole_booklet(whole), int(volume.signature) if volume.signature else None
    for chosen in volume.booklets:
        yield str(chosen.id), booklet(whole, volume, chosen), int(chosen.signature) if chosen.signature else None
