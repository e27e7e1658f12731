"""What the volume holds: the contents with a line on each case, and the lists of tables and of figures."""

from itertools import groupby

from publisher import book
from publisher.book import Entries, Entry, Heading, Section, plain, words
from publisher.catalogue import Catalogue
from publisher.collection import VolumeSource
from publisher.compose.long_sections import gathered, parted
from publisher.compose.profile import profile

MOST_ENTRIES = 1500
"""Entries of one section: some twenty-five pages. A longer list goes on, where a case begins, in sections of its own."""
SORTS = ("表", "图")
"""Sorts of numbered blocks, in the order of their lists."""


def contents(source: VolumeSource, catalogue: Catalogue, listed: list[Section]) -> Section:
    """Return the contents of the sections given, in their order."""
    entries = []
    for section in listed:
        if not section.bookmark:  # goes on from the one before
            continue
        case = source.cases.get(section.id)
        if case:
            entries.append(Entry(f"例{section.number}", section.title, described(case, catalogue), section.id, 2))
        else:
            entries.append(Entry("", section.title, "", section.id, 1))
    blocks = (Heading(plain("目录"), 1, "contents-h"), Entries(tuple(entries)))
    return Section("contents", "contents", "目录", blocks, front=True, recto=True, running_head="目录")


def described(case, catalogue: Catalogue) -> str:
    """Say in a line whom and what a case is about: 女，48岁　浸润性导管癌　病理性骨折、放疗."""
    found = profile(case, catalogue)
    return "　".join(filter(None, [f"{case.patient.sex}，{case.patient.age}", "，".join(found.histology), found.topic]))


def lists_of_blocks(sections: list[Section]) -> list[Section]:
    """Return one list for each sort of numbered block in the sections: of tables, of figures; a long one in several sections."""
    numbered = [(section, block) for section in sections for block in section.numbered_blocks]
    sorts = dict.fromkeys((*[sort for sort in SORTS if any(block.word == sort for _, block in numbered)], *(block.word for _, block in numbered)))
    return [section for sort in sorts for section in list_of(sort, [(section, block) for section, block in numbered if block.word == sort])]


def list_of(sort: str, numbered: list[tuple[Section, book.Block]]) -> list[Section]:
    """Return the section of a list, followed by those in which it goes on."""
    title = f"{sort}目录"
    groups: list[list[Entry]] = []
    for section, blocks in groupby(numbered, key=lambda item: item[0]):
        label = f"例{section.number}" if section.kind == "case" else ""
        if section.bookmark or not groups:  # others go on from the one before
            groups.append([Entry(label, section.title, "", section.id, 1)])
        groups[-1] += [Entry(f"{sort}{block.number}", words(block.caption), "", block.anchor, 2) for _, block in blocks]
    name = {"表": "tables", "图": "figures"}.get(sort, f"list-{sort}")
    parts: list[list[book.Block]] = []
    for places in gathered([len(group) for group in groups], MOST_ENTRIES):
        entries = Entries(tuple(entry for place in places for entry in groups[place]), "columns")
        parts.append([entries] if parts else [Heading(plain(title), 1, f"{name}-h"), entries])
    return parted(Section(name, "list", title, (), front=True, running_head=title), parts)
