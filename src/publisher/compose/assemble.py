"""Stage 2, compose: a volume's sources -> its `Book`, every section in its place."""

from dataclasses import replace
from functools import partial
from sys import intern

from publisher import book
from publisher.book import Entry, Facts, Paragraph, Points, Section, TitlePage, plain
from publisher.case import UNPRINTED
from publisher.catalogue import Catalogue
from publisher.changes import Changes
from publisher.collection import VolumeSource
from publisher.compose import long_sections
from publisher.compose.abbreviations import abbreviation_lexicon, abbreviations_section
from publisher.compose.case_section import case_section
from publisher.compose.changed import changes_section
from publisher.compose.collation import COLLATION, collation_section
from publisher.compose.dates import shown
from publisher.compose.dosing import DOSING, dosing_section, in_sections
from publisher.compose.figures import Figures, qr_code
from publisher.compose.finder import finder_section
from publisher.compose.guideline import guideline_section
from publisher.compose.index import index_lexicons, index_sections
from publisher.compose.laboratory import analyte_lexicon, laboratory_section
from publisher.compose.lists import contents, lists_of_blocks
from publisher.compose.references import anchors, unlinked, with_links, with_pointer
from publisher.compose.table_size import too_large
from publisher.compose.tables import MEASURE_EM
from publisher.compose.trials import trials_section
from publisher.figures.overview import overview
from publisher.keeping import Keep, afresh
from publisher.problems import Place, Problem, Rejected
from publisher.volume import Volume, part_number
from publisher.written import Written, leaves

LETTERS = "ABCDEFG"
"""Of the appendices, for the numbers of their tables."""


def compose(
    source: VolumeSource, catalogue: Catalogue, engine: str, changes: Changes | None = None, measure_em: float = MEASURE_EM, keep: Keep = afresh
) -> book.Book:
    """Make the book, its tables for a measure in ems of their type, with a chapter of what changed where there are `changes`.

    Raises Rejected with every note that cannot be placed.
    """
    volume, written = source.volume, source
    source = shown(source, catalogue)
    cases, problems, address = {}, [], str(volume.public_address or "")
    for slug in volume.case_ids:
        try:
            cases[slug] = keep(parts_of(written, slug, catalogue, measure_em), partial(case_section, source.cases[slug], measure_em, address), catalogue)
        except Rejected as rejected:
            problems += rejected.problems
    if problems:
        raise Rejected(problems)
    dosing = replace(dosing_section(source, cases, LETTERS[0], measure_em), recto=True)
    numbers = {section.number: name for name, section in cases.items()}
    cases = {name: with_links(with_pointer(section, source.cases[name], dosing, catalogue), numbers) for name, section in cases.items()}
    appendices = [dosing]
    for make in (trials_section, partial(laboratory_section, keep=keep), announced, abbreviations_section):
        appendices += make(source, catalogue, LETTERS[len(appendices)], measure_em)
    after = len(volume.parts)
    guideline = replace(guideline_section(source), recto=True)
    collation = opening_right(collation_section([*cases.values(), guideline, dosing]))
    index = keep(("index", catalogue.digest, str(len(source.cases))), partial(index_sections, catalogue, len(source.cases)), catalogue)
    body = [
        *parts(volume, cases),
        tabbed(guideline, "要点", after),
        *(tabbed(section, "附录", after + 1) for section in (*in_sections(dosing), *appendices[1:], *closing(volume), *collation)),
        *(tabbed(section, "附录", after + 1) for section in changes_section(changes, written)),
        *(tabbed(section, "索引", after + 2) for section in opening_right(index)),
    ]
    body = [section for section in body if not bare(section)]
    shown_first = overviews(source)
    lists = [*lists_of_blocks([*shown_first, *body]), *shown_first, *finder_section(source, catalogue)]
    if oversized := list(too_large(body, volume.id)):
        raise Rejected(oversized)
    return book.Book(
        id=str(volume.id),
        volume=str(volume.id),
        title=str(volume.title),
        short_title=str(volume.short_title),
        author=str(volume.compiler),
        subject=str(volume.subject),
        keywords=tuple(str(word) for word in volume.keywords),
        date=str(volume.date),
        language="zh-CN",
        sections=(*front(volume, source, engine), contents(source, catalogue, [*lists, *body]), *lists, *body),
        printed=tuple(printed(source, collated(body))),
        privacy=volume.privacy,
        lexicons=(*index_lexicons(catalogue), abbreviation_lexicon(source, catalogue), analyte_lexicon(catalogue)),
    )


def parts_of(source: VolumeSource, slug: str, catalogue: Catalogue, measure_em: float) -> tuple[str, ...]:
    """Return what the section of a case depends on: the case, the volume's own file, the catalogue, the measure."""
    tree, own = source.trees[slug], source.other_trees[0] if source.other_trees else None
    return "section", tree.place.path, tree.digest, own.digest if own else "", catalogue.digest, str(measure_em)


def depends(source: VolumeSource, catalogue: Catalogue) -> tuple[str, ...]:
    """Return what the whole book depends on: every file of the volume and the catalogue."""
    trees = (*source.trees.values(), *source.other_trees)
    return (*(part for tree in trees for part in (tree.place.path, tree.digest)), "" if not source.other_trees else catalogue.digest)


def case_of(whole: book.Book, source: VolumeSource, slug: str, catalogue: Catalogue) -> Section:
    """Compose one case as it stands in the book of its volume. Raises Rejected with every note that cannot be placed."""
    one = replace(source, cases={slug: source.cases[slug]}, trees={slug: source.trees[slug]})
    case = shown(one, catalogue).cases[slug]
    made = case_section(case, MEASURE_EM, str(source.volume.public_address or ""))
    numbers = {section.number: section.id for section in whole.sections if section.kind == "case"}
    if appendix := long_sections.whole(whole.sections, DOSING):
        made = with_pointer(made, case, appendix, catalogue)
    return with_links(made, numbers)


def case_alone(whole: book.Book, slug: str) -> book.Book:
    """Make a book of one case and its notes, for proofing."""
    section = next((section for section in whole.sections if section.kind == "case" and section.id == slug), None)
    if section is None:
        known = [section.id for section in whole.sections if section.kind == "case"]
        raise Rejected([Problem(place_of(whole), "SRC-027", "本卷没有这一病例", slug, f"现有：{'、'.join(known)}")])
    alone = unlinked(section, anchors([section]))
    return book.Book(
        f"{whole.id}-{slug}", whole.volume, book.words(section.blocks[0].title), whole.short_title, whole.author, whole.subject,
        whole.keywords, whole.date, whole.language, (replace(alone, bookmark=1), *collation_section([alone])),
        tuple(item for item in whole.printed if item.section == slug or item.path == f"{slug}.notes"), whole.privacy,
    )  # fmt: skip


def place_of(whole: book.Book) -> Place:
    return Place(f"content/{whole.id}/volume.yaml")


def collated(sections: list[Section]) -> dict[str, str]:
    """Say in which section of the collation the notes of each case stand."""
    heads = ((block.anchor, section.id) for section in sections if section.kind == COLLATION for block in section.blocks if isinstance(block, book.Heading))
    return {anchor.removeprefix(f"{COLLATION}-"): section for anchor, section in heads}


def printed(source: VolumeSource, collation: dict[str, str]):
    """List every scalar of every case that must be found on the case's own pages; `collation` is the section of its notes.

    Notes are listed as they are printed, their words in both places.
    """
    for slug, tree in source.trees.items():
        for path, text in leaves(tree):
            if path[0] != "notes" and UNPRINTED.isdisjoint(path):
                # A side is printed as part of its site's name where that already says it (右肺下叶).
                shown = Written(text[0], text.place) if path[-1] == "side" else text
                yield book.Printed(shown, slug, intern(".".join(str(step) for step in path)))
        for note in source.cases[slug].notes:
            yield book.Printed(note.note, slug, "notes")
            yield from (book.Printed(text, collation[slug], f"{slug}.notes") for text in (note.quote, note.note, note.reason) if text)


def front(volume: Volume, source: VolumeSource, engine: str) -> list[Section]:
    half_title = Section(
        "half-title", "front", volume.title, (TitlePage(str(volume.title), label="half"),),
        bookmark=0, front=True, recto=True, blank_back=True, numbered=False,
    )  # fmt: skip
    title_page = Section(
        "title-page", "front", "扉页",
        (
            TitlePage(
                str(volume.title), tuple(map(str, volume.subtitles)), tuple(map(str, volume.english_titles)), str(volume.edition), str(volume.compiler),
                code=qr_code(str(volume.public_address), "本卷") if volume.public_address else None,
            ),
        ),
        front=True, recto=True, numbered=False,
    )  # fmt: skip
    questions = sum(len(noted.notes) for noted in (*source.cases.values(), source.guideline, source.dosing))
    colophon = Section(
        "colophon", "front", "版权页",
        (
            book.Heading(plain("版权页"), 1, "colophon-h"),
            Facts(
                (
                    (plain("书名"), plain(volume.title)),
                    (plain("版次"), plain(volume.edition)),
                    *([(plain("书号"), plain(f"ISBN {volume.isbn}"))] if volume.isbn else []),
                    (plain("编制日期"), plain(chinese_date(volume))),
                    (plain("编纂"), plain(volume.compiler)),
                    (plain("收录"), plain(f"病例{len(source.cases)}例" + (f"，题录{len(volume.announced)}例" if volume.announced else ""))),
                    (plain("存疑"), plain(f"编者按{questions}条，见各页之下，汇于卷末校勘记")),
                    (plain("制作"), plain(engine)),
                ),
                "colophon",
            ),
            *labelled("资料来源", volume.sources),
            *labelled("声明", volume.disclaimer),
            *labelled("权利", volume.rights),
        ),
        front=True, numbered=False,
    )  # fmt: skip
    conventions = Section(
        "conventions", "front", "凡例",
        (book.Heading(plain("凡例"), 1, "conventions-h"), Points(tuple(plain(text) for text in volume.conventions))),
        front=True, recto=True, running_head="凡例",
    )  # fmt: skip
    return [section for section in (half_title, title_page, colophon, conventions) if not bare(section)]


def bare(section: Section) -> bool:
    """Tell whether a section has nothing below its heading: a volume just begun has no conventions and no doses."""
    return all(isinstance(block, book.Heading) or (isinstance(block, Points) and not block.items) for block in section.blocks)


def tabbed(section: Section, word: str, place: int) -> Section:
    return replace(section, tab=word, tab_place=place)


def opening_right(sections: list[Section]) -> list[Section]:
    """Let a chapter open on a right-hand page, and each section in which a very long one goes on, so that they are set side by side."""
    return [replace(section, recto=True) for section in sections]


def chinese_date(volume: Volume) -> str:
    return f"{volume.day.year}年{volume.day.month}月{volume.day.day}日"


def labelled(label: str, texts) -> list[book.Block]:
    return [Paragraph(plain(f"{label}：{text}" if index == 0 else text), "colophon") for index, text in enumerate(texts)]


def parts(volume: Volume, cases: dict[str, Section]) -> list[Section]:
    sections = []
    for index, part in enumerate(volume.parts):
        inside = [Entry(f"例{cases[slug].number}", cases[slug].title, "", slug, 2) for slug in part.cases]
        inside += [Entry(f"例{item.number}", str(item.title), "题录", "announced", 2) for item in volume.announced if item.part == part.label]
        inside.sort(key=lambda entry: int(entry.label[1:]))
        title = f"{part.label}　{part.title}"
        blocks = (
            TitlePage(str(part.title), label=str(part.label)),
            *(Paragraph(plain(text), "part") for text in part.text),
            book.Entries(tuple(inside)),
        )
        numeral = part_number(part.label)
        opening = Section(f"part-{index + 1}", "part", title, blocks, recto=True, blank_back=True, numbered=False, number=numeral)
        sections += [tabbed(section, numeral, index) for section in (opening, *(cases[slug] for slug in part.cases))]
    return sections


def announced(source: VolumeSource, catalogue: Catalogue, letter: str, measure_em: float) -> list[Section]:
    volume = source.volume
    if not volume.announced:
        return []
    marks_free = [(plain(f"例{item.number}"), plain(item.title), plain(f"{item.part}")) for item in volume.announced]
    columns = (
        book.Column(plain("编号"), book.Kind.TERM, 0.12),
        book.Column(plain("题名"), book.Kind.TEXT, 0.68),
        book.Column(plain("所属部分"), book.Kind.TERM, 0.20),
    )
    table = book.Table("announced-table-1", f"{letter}-1", plain("有题无文的病例"), columns, tuple(marks_free))
    blocks = (
        book.Heading(plain("题录：有题无文的病例"), 1, "announced-h"),
        *(Paragraph(plain(text)) for text in volume.announced_text),
        table,
    )
    return [Section("announced", "announced", "题录：有题无文的病例", blocks, running_head="题录")]


def closing(volume: Volume) -> list[Section]:
    if not volume.closing:
        return []
    blocks = (book.Heading(plain("结语"), 1, "closing-h"), *(Paragraph(plain(text)) for text in volume.closing))
    return [Section("closing", "closing", "结语", blocks, running_head="结语")]


def overviews(source: VolumeSource) -> list[Section]:
    """Make the section that shows the volume's cases at a glance, where it has any."""
    if not source.volume.case_ids:
        return []
    figures = Figures("overview", "0").figures(overview([source.cases[slug] for slug in source.volume.case_ids]))
    blocks = (book.Heading(plain("病例总览"), 1, "overview-h"), *figures)
    return [Section("overview", "overview", "病例总览", blocks, front=True, running_head="病例总览")]
