"""The index of a volume: drugs, diseases and findings, genes and markers, trials, in one order by pinyin."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from publisher import book
from publisher.book import Heading, IndexTerm, Paragraph, Section, plain
from publisher.catalogue import Catalogue
from publisher.compose import long_sections
from publisher.compose.readings import initial, order
from publisher.lexicon import Lexicon, Sought, lexicon, sought

TITLE = "索引"
EXPLAINED = (
    "收药品（通用名，商品名以“见”指向通用名）、疾病与所见、基因与标志物、临床试验，按汉语拼音排列，各字母之内西文在前。数字为页码，"
    "相连各页合写；黑体为该条作题名、诊断、治疗或用药之处。词含于更长的词条者，只归更长的一条。",
)


MOST_CASES = 50
"""Cases by which the terms of the index have so many pages that a part of them makes a section, which is set at a time."""
FEWEST_TERMS = 100
"""Terms of such a part."""


def index_sections(catalogue: Catalogue, cases: int) -> list[Section]:
    """Return the section of the index of so many cases, followed by those in which it goes on, each with whole initials."""
    head = (Heading(plain(TITLE), 1, "index-h"), *(Paragraph(plain(text), "aid") for text in EXPLAINED))
    terms = index_terms(catalogue)
    parts = parted(terms, max(1, min(-(-cases // MOST_CASES), len(terms) // FEWEST_TERMS)))
    made = Section("index", "index", TITLE, (), running_head=TITLE)
    return long_sections.parted(made, [[*(head if place == 0 else ()), book.Index(part)] for place, part in enumerate(parts)])


def parted(terms: Sequence[IndexTerm], count: int) -> list[tuple[IndexTerm, ...]]:
    """Part terms into so many parts, or fewer, of about one length, where another initial begins."""
    groups = [tuple(group) for _, group in groupby(terms, key=attrgetter("initial"))]
    parts: list[tuple[IndexTerm, ...]] = [()]
    for group in groups:
        if len(parts[-1]) >= len(terms) / count and len(parts) < count:
            parts.append(())
        parts[-1] += group
    return parts


def index_lexicons(catalogue: Catalogue) -> list[Lexicon]:
    """Return what is looked for: trials apart, for their long names hold names of drugs."""
    drugs = [Sought(str(drug.name), tuple(map(str, drug.spellings))) for drug in catalogue.drugs if drug.indexed or not drug.unnamed]
    words = [sought(entry) for entry in (*catalogue.diseases, *catalogue.genes)]
    return [Lexicon("index", (*drugs, *words)), lexicon("trials", catalogue.trials, collated=True)]


def index_terms(catalogue: Catalogue) -> list[IndexTerm]:
    """Return the lines of the index in order; those whose term has no page are left out when pages are known."""
    return sorted(lines(catalogue), key=lambda line: order(line.term))


def lines(catalogue: Catalogue) -> Iterator[IndexTerm]:
    for drug in catalogue.drugs:
        if drug.indexed or not drug.unnamed:
            yield line(drug.name)
            yield from (line(brand, see=drug.name) for brand in drug.brands)
    for entry in (*catalogue.diseases, *catalogue.genes):
        yield line(entry.name)
        yield from (line(name, see=entry.name) for name in entry.also)
    for trial in catalogue.trials:
        yield line(trial.name, lexicon="trials")


def line(term: str, see: str = "", lexicon: str = "index") -> IndexTerm:
    return IndexTerm(str(term), initial(term), str(see), lexicon)
