"""Lists of words: the abbreviations that occur in a volume, and the terms of the drug index in pinyin order."""

import re
from collections.abc import Iterator

from pypinyin import Style, lazy_pinyin

from publisher import book
from publisher.book import Heading, IndexTerm, Kind, Paragraph, Section, plain
from publisher.catalogue import Catalogue
from publisher.collection import VolumeSource
from publisher.compose.marks import Marks
from publisher.compose.tables import MEASURE_EM, Tables
from publisher.written import leaves

READINGS = {"重组": ["chong", "zu"], "重": ["chong"]}
"""Readings in drug names that differ from the dictionary's first one."""


def pinyin(word: str) -> tuple[str, ...]:
    """Return the sorting key of a term: its syllables, Latin letters before Chinese of the same sound."""
    for start, reading in READINGS.items():
        if word.startswith(start):
            return (*reading, *pinyin(word[len(start) :]))
    return tuple(syllable.lower() for syllable in lazy_pinyin(word, style=Style.NORMAL))


def initial(word: str) -> str:
    key = pinyin(word)
    first = key[0][:1].upper() if key else "#"
    return first if "A" <= first <= "Z" else "#"


def drug_terms(catalogue: Catalogue) -> Iterator[IndexTerm]:
    """Yield the index terms of every named drug and its brands, sorted; `typeset` finds their pages."""
    terms = []
    for drug in catalogue.drugs:
        if drug.unnamed:
            continue
        spellings = tuple(str(spelling) for spelling in drug.spellings)
        terms.append(IndexTerm(str(drug.name), str(drug.inn or ""), initial(drug.name), spellings))
        terms += [IndexTerm(str(brand), "商品名", initial(brand), (str(brand),), see=str(drug.name)) for brand in drug.brands]
    yield from sorted(terms, key=lambda term: (term.initial == "#", term.initial, pinyin(term.term)))


def abbreviations_section(source: VolumeSource, catalogue: Catalogue, cases: list[Section], measure_em: float = MEASURE_EM) -> list[Section]:
    """List the abbreviations that occur in the volume's cases, where any does."""
    text = "\n".join(str(leaf) for tree in source.trees.values() for _, leaf in leaves(tree))
    found = [item for item in catalogue.abbreviations if occurs(str(item.short), text)]
    if not found:
        return []
    some_case = next(iter(source.cases.values()))
    tables = Tables("abbreviations", "C", Marks(some_case.model_copy(update={"notes": []})), measure_em)
    rows = sorted(found, key=lambda item: (str(item.short).casefold(), str(item.zh)))
    table = tables.table(
        "缩略语", rows,
        [
            ("缩略语", Kind.TERM, tables.of("short")),
            ("中文", Kind.TEXT, tables.of("zh")),
            ("英文", Kind.TEXT, tables.of("en")),
        ],
    )  # fmt: skip
    blocks: tuple[book.Block, ...] = (
        Heading(plain("缩略语表"), 1, "abbreviations-h"),
        Paragraph(plain("本表收录各例正文与表中出现的缩略语。")),
        *table,
    )
    return [Section("abbreviations", "abbreviations", "缩略语表", blocks, running_head="缩略语表")]


def occurs(short: str, text: str) -> bool:
    """Tell whether an abbreviation stands in the text as a word of its own."""
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(short)}(?![A-Za-z]|\d)", text) is not None
