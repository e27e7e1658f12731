"""The case finder: every case of a volume in rows that run over two facing pages: patient and tumour left, signs right."""

import re
from collections.abc import Sequence

from publisher import book
from publisher.book import Column, Heading, Kind, Line, Paragraph, Reference, Section, Sign, Table, plain
from publisher.catalogue import Catalogue
from publisher.collection import VolumeSource
from publisher.compose.long_sections import filled, parted
from publisher.compose.profile import DONE, MODALITIES, PLANNED, SAID, Profile, problems, profile

TITLE = "病例检索表"
ABSENT = "未载"
MOST_ROWS = 16
"""Cases of one spread; more go on over the next."""
MOST_SPREADS = 12
"""Spreads that are set at a time; more go on in sections of their own."""
CASE, HISTOLOGY, BONE_AGENT, PAIN = "例（页）", "组织学与分型", "骨改良药", "疼痛NRS"
FIRST, FIGURES = 0.12, 0.022
"""Part of the width that 例17（131） takes, and what one figure more in both numbers takes."""
LATIN = re.compile("[!-~]+")
WORD = 0.32
"""Room that a Latin letter of a head takes, which cannot be set one below the other as Han can."""
PATIENTS = (
    ("性别", Kind.SIGN, 0.05), ("年龄", Kind.FIGURE, 0.07), (HISTOLOGY, Kind.TEXT, 0.19),
    ("驱动基因与受体", Kind.TEXT, 0.225), ("骨转移部位", Kind.TEXT, 0.235), ("其他转移", Kind.TEXT, 0.11),
)  # fmt: skip
"""Columns of the left table after the first: head, kind, part of the width."""
EXPLAINED = (
    "左页列患者与肿瘤，右页列事件与治疗，两页逐行相对；例号后括号内为页码。● 有；○ 拟行或建议，未载实施；空格为本例未载或未行。"
    "疼痛栏为所载NRS评分的最高值→末次值。治疗各栏只计本次病程，既往辅助治疗不计；各栏只列本卷有载者。"
)


def finder_section(source: VolumeSource, catalogue: Catalogue) -> list[Section]:
    """Return the section in a list, followed by those in which it goes on; an empty list where the volume has no case."""
    profiles = [profile(source.cases[slug], catalogue) for slug in source.volume.case_ids]
    if not profiles:
        return []
    first = FIRST + FIGURES * max(0, len(str(len(profiles))) - 2)
    groups = even_groups(profiles, MOST_ROWS)
    spreads = [spread(group, catalogue, number if len(groups) > 1 else 0, first) for number, group in enumerate(groups, 1)]
    made = Section("finder", "finder", TITLE, (), front=True, verso=True, running_head=TITLE)
    return parted(made, filled(spreads, [1] * len(spreads), MOST_SPREADS))


def even_groups(profiles: Sequence[Profile], most: int) -> list[Sequence[Profile]]:
    """Divide rows into as few groups as hold no more than `most`, about equal."""
    count = -(-len(profiles) // most)
    size = -(-len(profiles) // count)
    return [profiles[start : start + size] for start in range(0, len(profiles), size)]


def spread(profiles: Sequence[Profile], catalogue: Catalogue, number: int, first: float) -> list[book.Block]:
    """Return title and left table, legend and right table; `first` is the part of the width that their first columns take."""
    continued = f"（{number}）" if number else ""
    title: list[book.Block] = [Heading(plain(f"{TITLE}{continued}"), 1, f"finder-h{number or ''}")]
    legend = Paragraph(plain(EXPLAINED), "legend")
    return [*title, patients(profiles, number, first), legend, signs(profiles, catalogue, number, first)]


def patients(profiles: Sequence[Profile], number: int, first: float) -> Table:
    rows = tuple(
        (
            case_link(item), plain(item.case.patient.sex), plain(item.case.patient.age), told(item.histology), told(item.drivers),
            told(item.bones), plain("、".join(item.organs)),
        )
        for item in profiles
    )  # fmt: skip
    others = [(head, kind, share - (first - FIRST) * (head == HISTOLOGY)) for head, kind, share in PATIENTS]  # the column that has room to give
    return table("finder-left", "患者与肿瘤", number, [(CASE, Kind.TERM, first), *others], rows)


def signs(profiles: Sequence[Profile], catalogue: Catalogue, number: int, first: float) -> Table:
    """Return the table of signs in the order: problems, local treatment, bone agent, ways of treatment, pain."""
    found = {head for item in profiles for head in item.signs}
    before = [head for head in (*(column for _, column in problems(catalogue)), "骨科手术", "其他手术", "放疗") if head in found]
    heads = [*before, BONE_AGENT, *(head for head in MODALITIES if head in found), PAIN, *(head for head in ("阿片类药",) if head in found)]
    wide = {BONE_AGENT: 0.11, PAIN: 0.08}
    room = {head: max(1.0, WORD * max(map(len, LATIN.findall(head)), default=0)) for head in heads if head not in wide}
    narrow = (1 - first - sum(wide.values())) / (sum(room.values()) or 1)
    shares = {head: wide.get(head) or narrow * room[head] for head in heads}
    columns = [(CASE, Kind.TERM, first), *((head, Kind.TEXT if head in wide else Kind.SIGN, shares[head]) for head in heads)]
    rows = tuple((case_link(item), *(cell(item, head) for head in heads)) for item in profiles)
    return table("finder-right", "事件与治疗", number, columns, rows)


def cell(item: Profile, head: str) -> Line:
    if head == BONE_AGENT:
        return told(item.bone_agents)
    if head == PAIN:
        return plain(item.pain)
    sign = item.signs.get(head, "")
    return (Sign(sign, SAID[sign]),) if sign in (DONE, PLANNED) else ()


def table(anchor: str, caption: str, number: int, columns: Sequence[tuple[str, Kind, float]], rows: tuple[tuple[Line, ...], ...]) -> Table:
    """Return a table without a number; a column that is empty throughout leaves its room to the others."""
    used = [index for index in range(len(columns)) if any(row[index] for row in rows)]
    room = sum(columns[index][2] for index in used)
    name = f"{anchor}-{number}" if number else anchor
    shown = tuple(Column(plain(head), kind, share / room) for head, kind, share in (columns[index] for index in used))
    return Table(name, "", plain(caption), shown, tuple(tuple(row[index] for index in used) for row in rows), style="finder")


def case_link(item: Profile) -> Line:
    return (Reference(f"例{item.case.number}", str(item.case.id)),)


def told(words: Sequence[str]) -> Line:
    return plain("、".join(words) or ABSENT)
