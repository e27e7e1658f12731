"""The list of abbreviations that stand in a volume, each with the page on which it is first met."""

from functools import lru_cache

from publisher import book
from publisher.book import Heading, Kind, Pages, Paragraph, Section, Which, plain
from publisher.case import UNPRINTED
from publisher.catalogue import Abbreviation, Catalogue
from publisher.collection import VolumeSource
from publisher.compose.marks import Marks
from publisher.compose.tables import MEASURE_EM, Tables
from publisher.lexicon import Lexicon, Sought
from publisher.written import Branch, leaves

TITLE = "缩略语表"
LEXICON = "abbreviations"


def abbreviations_section(source: VolumeSource, catalogue: Catalogue, letter: str, measure_em: float = MEASURE_EM) -> list[Section]:
    """Return the section in a list, or an empty list where the cases have no abbreviation."""
    tables = Tables(LEXICON, letter, Marks.none(), measure_em)
    table = tables.table(
        "缩略语", sorted(met(source, catalogue), key=lambda item: (str(item.short).casefold(), str(item.zh))),
        [
            ("缩略语", Kind.TERM, tables.of("short")),
            ("中文", Kind.TEXT, tables.of("zh")),
            ("英文", Kind.TEXT, tables.of("en")),
            ("首见页", Kind.FIGURE, lambda row: (Pages(LEXICON, key(row), Which.FIRST),)),
        ],
        style="list",
    )  # fmt: skip
    blocks: tuple[book.Block, ...] = (
        Heading(plain(TITLE), 1, "abbreviations-h"),
        Paragraph(plain("收各例正文、表与编者按中的缩略语；一语数义者各列一条。末列为首见之页。"), "aid"),
        *table,
    )
    if not table:
        return []
    return [Section(LEXICON, "abbreviations", TITLE, blocks, running_head=TITLE)]


def abbreviation_lexicon(source: VolumeSource, catalogue: Catalogue) -> Lexicon:
    """Return the abbreviations of a volume as they are looked for."""
    return Lexicon(LEXICON, tuple(looked_for(item) for item in met(source, catalogue)), nested=True, collated=True)


def met(source: VolumeSource, catalogue: Catalogue) -> list[Abbreviation]:
    """Return the abbreviations that stand in the cases."""
    standing = {name for tree in source.trees.values() for name in in_case(tree, catalogue)}
    return [item for item in catalogue.abbreviations if key(item) in standing]


def in_case(tree: Branch, catalogue: Catalogue) -> list[str]:
    """Return the keys of the abbreviations that stand in a case."""
    return known_words(catalogue).standing_in("\n".join(str(leaf) for path, leaf in leaves(tree) if UNPRINTED.isdisjoint(path)))


@lru_cache(maxsize=4)
def known_words(catalogue: Catalogue) -> Lexicon:
    """Return all abbreviations that are known as they are looked for."""
    return Lexicon(LEXICON, tuple(map(looked_for, catalogue.abbreviations)), nested=True)


def looked_for(item: Abbreviation) -> Sought:
    return Sought(key(item), tuple(map(str, item.seen or [item.short])), tuple(map(str, item.elsewhere)))


def key(item: Abbreviation) -> str:
    """Return what tells two senses of the same letters apart."""
    return f"{item.short}＝{item.zh}"
