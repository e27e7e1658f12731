"""A volume at a glance: its cases as rows, what each has as marks in columns, with the sum of each column at the foot."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from publisher.case import Case
from publisher.figures.drawing import HAIRLINE, INK, LABEL, MEASURE, PAPER, RULE, SECOND, SMALL, SOFT, THIN, TINT, TINY, Drawing, Drawn, finished
from publisher.figures.lettering import width
from publisher.figures.sites import Site, site_of
from publisher.notation import rank

ROW, HEAD = 13.0, 46.0
STEP_MOST, APART = 17.0, 5.0
"""Widest column of marks and distance of two groups, in points."""
MOST_ROWS = 34
"""Cases of one figure."""
BONES = (
    ("颅骨", r"skull|mandible"), ("颈椎", r"C\d"), ("胸椎", r"T\d"), ("腰椎", r"L\d"), ("骶椎", r"S\d"), ("肋骨", "rib"), ("胸骨", "sternum"),
    ("肩胛骨", "scapula"), ("锁骨", "clavicle"), ("肱骨", "humerus"), ("骨盆", "ilium|pubis"), ("股骨", "femur"), ("小腿", "tibia|fibula|patella"),
    ("足骨", "tarsus|metatarsal|toes"),
)  # fmt: skip
EVENTS = (("骨折", "病理性骨折"), ("脊髓压迫", "脊髓压迫"), ("骨放疗", "骨放疗"), ("骨手术", "骨手术"), ("高钙血症", "高钙血症"))
TREATMENTS = (
    ("化疗", ("化疗",)), ("靶向治疗", ("靶向治疗",)), ("免疫治疗", ("免疫治疗",)), ("内分泌", ("内分泌治疗",)), ("CDK", ("CDK4/6抑制剂治疗",)),
    ("ADC", ("抗体药物偶联物治疗",)), ("联合治疗", ("全身治疗",)), ("手术", ("手术",)), ("放疗", ("放疗",)), ("骨保护", ("骨保护治疗",)),
    ("镇痛", ("镇痛治疗",)),
)  # fmt: skip
HISTOLOGY = re.compile(
    r"HR[+＋]/HER2[-－−]|HER2阳性|三阴性|大细胞神经内分泌癌|小细胞神经内分泌癌|非小细胞肺癌|(?<!非)小细胞肺癌|腺鳞癌|腺癌|鳞状细胞癌|鳞癌|大细胞癌"
)
BROAD = "非小细胞肺癌"
"""Said only where nothing narrower is."""
NONE, HELD, SURE = 0, 1, 2


@dataclass(frozen=True)
class Column:
    name: str
    mark: Callable[[Case], int]


@dataclass(frozen=True)
class Group:
    name: str
    columns: tuple[Column, ...]


def overview(cases: Sequence[Case]) -> list[Drawn]:
    """Draw the overview of a volume's cases in their order, as many to a figure as a page holds."""
    parts = [cases[start : start + MOST_ROWS] for start in range(0, len(cases), MOST_ROWS)]
    return [one_figure(part, f"（{rank(place)}）" if len(parts) > 1 else "") for place, part in enumerate(parts)]


def one_figure(cases: Sequence[Case], part: str) -> Drawn:
    found = [Group(group.name, tuple(column for column in group.columns if any(column.mark(case) for case in cases))) for group in groups(cases)]
    found = [group for group in found if group.columns]
    facts = [("", [f"例{case.number}" for case in cases]), ("性别、年龄", [f"{case.patient.sex} {case.patient.age}" for case in cases])]
    facts.append(("病理类型", [histology(case) for case in cases]))
    drawing = Drawing(MEASURE, HEAD + (len(cases) + 1) * ROW + 6)
    x = 0.0
    for head, words in facts:
        if head:
            drawing.text(x, HEAD - 5, head, SMALL, ink=SOFT)
        for row, word in enumerate(words):
            drawing.text(x, HEAD + (row + 1) * ROW - 4, word, LABEL)
        x += max(width(word, LABEL) for word in [*words, head]) + 9
    columns = sum(len(group.columns) for group in found)
    step = min(STEP_MOST, (MEASURE - x - APART * len(found)) / max(1, columns))
    for group in found:
        across = max(step * len(group.columns), width(group.name, SMALL) + 2)
        draw_group(drawing, group, cases, x + APART, across, step)
        x += APART + across
    drawing.line(0, HEAD - 1, x, HEAD - 1, RULE, THIN)
    for row in range(1, len(cases) + 1):
        y = HEAD - 1 + row * ROW
        drawing.line(0, y, x, y, *((RULE, THIN) if row == len(cases) else (SOFT, HAIRLINE, "0.4 2.4")))
    drawing.text(0, HEAD + (len(cases) + 1) * ROW - 4, "例数", SMALL, ink=SOFT)
    legend = "骨转移：●载有节段、侧别或分段，○只载部位；其余：●有。"
    return finished("overview", f"本卷病例一览{part}", told(cases, found), drawing, legend)


def draw_group(drawing: Drawing, group: Group, cases: Sequence[Case], x: float, across: float, step: float) -> None:
    """Draw a group of columns: its name, their heads set downwards, a mark for each case, the sums."""
    drawing.text(x + across / 2, 7, group.name, SMALL, "middle", SOFT)
    drawing.line(x + 1, 9.5, x + across - 1, 9.5, SOFT, HAIRLINE)
    for place, column in enumerate(group.columns):
        middle = x + (across - step * len(group.columns)) / 2 + (place + 0.5) * step
        if place % 2 == 0:
            drawing.box(middle - step / 2, HEAD - 1, step, (len(cases)) * ROW, fill=TINT)
        head(drawing, column.name, middle)
        marks = [column.mark(case) for case in cases]
        for row, mark in enumerate(marks):
            y = HEAD - 1 + (row + 0.5) * ROW
            if mark:
                drawing.dot(middle, y, 2.5 if mark == SURE else 2.3, SECOND if mark == SURE else PAPER, "none" if mark == SURE else SECOND, 0.7)
        drawing.text(middle, HEAD + (len(cases) + 1) * ROW - 4, str(sum(map(bool, marks))), SMALL, "middle")


def head(drawing: Drawing, name: str, x: float) -> None:
    """Set the head of a column: Han downwards, Western letters level."""
    if name.isascii():
        drawing.text(x, HEAD - 5, name, TINY - 0.5, "middle")
    else:
        size = min(SMALL, 33 / len(name))
        drawing.column(x, HEAD - 4.5 - (len(name) - 1) * size * 1.06, name, size, INK)


def groups(cases: Sequence[Case]) -> Iterable[Group]:
    organs = list(dict.fromkeys(str(item.organ) for case in cases for item in case.metastases if item.organ != "骨"))
    yield Group("骨转移", tuple(Column(name, lambda case, words=words: bone_mark(case, words)) for name, words in BONES))
    yield Group("骨外转移", tuple(Column(name, lambda case, name=name: SURE * spread_to(case, name)) for name in organs))
    yield Group("骨相关事件", tuple(Column(name, lambda case, kind=kind: SURE * suffered(case, kind)) for name, kind in EVENTS))
    yield Group("治疗", tuple(Column(name, lambda case, kinds=kinds: SURE * given(case, kinds)) for name, kinds in TREATMENTS))


def spread_to(case: Case, organ: str) -> bool:
    return any(item.organ == organ for item in case.metastases)


def suffered(case: Case, kind: str) -> bool:
    return any(event.event == kind for event in case.bone_events)


def given(case: Case, kinds: tuple[str, ...]) -> bool:
    return any(treatment.kind in kinds and treatment.status == "已实施" for treatment in case.treatments)


def bone_mark(case: Case, words: str) -> int:
    """Say how exactly a bone is recorded as a site."""
    found = NONE
    for item in case.metastases:
        site = site_of(item) if item.organ == "骨" else Site()
        for bones, mark in ((site.sure, SURE), (site.open, HELD)):
            if any(re.match(rf"(?:{words})", bone) for bone in bones):
                found = max(found, mark)
    return found


def histology(case: Case) -> str:
    """Return the histology or subtype in the words of the diagnosis, else of the pathology, or 未载."""
    texts = [item.text for item in case.diagnoses if item.kind in ("原发肿瘤", "复发")] + [item.diagnosis for item in case.pathology if item.diagnosis]
    found = [word for text in texts for word in HISTOLOGY.findall(text)]
    return next((word for word in found if word != BROAD), found[0] if found else "未载")


def told(cases: Sequence[Case], found: Sequence[Group]) -> str:
    """Tell the overview in words: how many cases have what."""
    sexes = "、".join(f"{sex}{count}例" for sex in ("男", "女") if (count := sum(case.patient.sex == sex for case in cases)))
    ages = sorted(case.patient.years for case in cases)
    types: dict[str, int] = {}
    for case in cases:
        types[histology(case)] = types.get(histology(case), 0) + 1
    parts = [f"病例矩阵，共{len(cases)}例。{sexes}，年龄{ages[0]}～{ages[-1]}岁。病理类型：{'、'.join(f'{name}{count}例' for name, count in types.items())}。"]
    for group in found:
        counts = [(column.name, sum(bool(column.mark(case)) for case in cases)) for column in group.columns]
        parts.append(f"{group.name}：{'、'.join(f'{name}{count}例' for name, count in counts)}。")
    return "".join(parts)
