"""CON, one fact told more than once: levels of one lesion from study to study, a compression in per cent, a drug given once."""

from collections.abc import Iterator
from typing import NamedTuple

from publisher.lint import patterns, reading, skeleton
from publisher.lint.chart import chart
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written


class Listed(NamedTuple):
    """The levels that a row lists of one bone and side, and the scalars they stand in."""

    row: tuple
    bone: str
    levels: dict[str, Written]


def listed(record: Record) -> Iterator[Listed]:
    """Yield the levels of every lesion, metastasis, event and field of radiation, bone by bone."""
    case = record.case
    rows = [(("studies", number), lesion) for number, study in enumerate(case.studies) for lesion in study.lesions]
    rows += [(("metastases",), place) for place in case.metastases] + [(("bone_events", number), event) for number, event in enumerate(case.bone_events)]
    rows += [(("radiotherapy", number), field) for number, treatment in enumerate(case.treatments) for field in treatment.radiotherapy]
    for row, item in rows:
        bones: dict[str, dict[str, Written]] = {}
        for text in item.levels:
            for level in skeleton.levels(text):
                side = getattr(item, "side", None) or "" if level[0] == "R" else ""
                bones.setdefault(level[0] + side, {})[level] = text
        yield from (Listed(row, bone, levels) for bone, levels in bones.items())


@rule("CON-130", "case")
def level_of_one_row(record: Record) -> Iterator[Finding]:
    """One row lists a vertebra or rib that no other has, in the place of one that the others agree on.

    Studies of one patient show the same levels; where one of three rows changes the fifth rib for the fourth, it is a slip of the pen.
    """
    rows = list(listed(record))
    told = {level for leaf in chart(record).told("diagnoses", "bone_events", "treatments", "timeline", "title", "visit") for level in skeleton.levels(leaf)}
    for row in rows:
        others = [other for other in rows if other.bone == row.bone and other.row != row.row]
        known = {level for other in others for level in other.levels} | told
        alone = [level for level in row.levels if level not in known]
        agreed = {level for level in known if sum(level in other.levels for other in others) > 1 and level not in row.levels}
        for level in alone:
            near = [other for other in agreed if abs(int(other[1:]) - int(level[1:])) == 1]
            if near and len(row.levels) == len(next(other.levels for other in others if near[0] in other.levels)):
                leaf = row.levels[level]
                also = tuple(text for other in others for text in other.levels.values())
                yield Finding(leaf, f"{leaf}仅见于此处，他处作{'、'.join(dict.fromkeys(also))}", leaf, "核对节段", also)


@rule("CON-131", "case")
def rib_of_the_wall(record: Record) -> Iterator[Finding]:
    """The words of a lesion name a rib that the lesions of the same study do not list, and another is listed.

    A mass of the wall and the rib it destroys are one finding; their numbers agree.
    """
    for study in record.case.studies:
        ribs = {level: text for lesion in study.lesions for text in lesion.levels for level in skeleton.levels(text) if level[0] == "R"}
        for lesion in study.lesions:
            told = {level for level in skeleton.levels(lesion.finding or "") if level[0] == "R"} if not lesion.levels else set()
            if told and ribs and not told & set(ribs):
                message = f"此处作第{'、'.join(sorted(level[1:] for level in told))}肋，同一检查所列为{'、'.join(ribs.values())}"
                yield Finding(lesion.finding, message, lesion.finding, "核对肋骨序数", tuple(ribs.values()))


@rule("CON-132", "case")
def site_of_both_sides(record: Record) -> Iterator[Finding]:
    """The site of one lesion is called left and right at once.

    A lesion of both sides is called 双侧 or told as two, joined by 、及与和.
    """
    case = record.case
    sites = [lesion.site for _, lesion in chart(record).lesions] + [item.site for item in (*case.metastases, *case.bone_events) if item.site]
    for site in sites:
        match = patterns.search(r"(左侧|右侧)[^左右双、，；及与和（）伴～]*(左侧|右侧)", site)
        if match and match[1] != match[2]:
            same = tuple(other for other in sites if other is not site and other[:4] == site[:4])
            yield Finding(site, f"一处病变兼称{match[1]}与{match[2]}", site, "核对侧别", same)


COMPRESSED = patterns.compiled(rf"压缩(?:约|达|性改变约|程度约)?\s?({reading.NUMBER})\s?%")


@rule("CON-133", "case")
def compression_told_twice(record: Record) -> Iterator[Finding]:
    """A fracture is told with another compression in per cent than any study of that vertebra gives.

    The degree decides on cement or screws. Studies may differ from one another, for a vertebra sinks with time.
    """
    studies = [(levels_of(lesion.levels, lesion.site), lesion.finding) for _, lesion in chart(record).lesions if lesion.finding]
    for event in record.case.bone_events:
        own = set(levels_of(event.levels, event.site or "", event.text or ""))
        shown = [(share, text) for levels, text in studies if own & set(levels) for share in COMPRESSED.findall(text)]
        for share in COMPRESSED.findall(event.text or ""):
            if shown and share not in {other for other, _ in shown}:
                leaves = tuple(text for _, text in shown)
                yield Finding(event.text, f"同一椎体压缩，一处作{share}%，一处作{shown[0][0]}%", event.text, "核对压缩程度", leaves)


def levels_of(*texts) -> tuple[str, ...]:
    """Return the levels that some texts, or lists of texts, name."""
    words = [text for part in texts for text in ([part] if isinstance(part, str) else part)]
    return tuple(dict.fromkeys(level for text in words for level in skeleton.levels(text)))


ONCE = patterns.compiled("单次|仅1次|1次给药|一次性")
AGAIN = patterns.compiled(r"累计给药\s?(\d+)\s?次|(?:每\d+(?:周|天)|规律|长期)[^，。；]{0,4}维持|维持治疗|骨保护以")


@rule("CON-134", "case", Severity.REVIEW)
def single_dose_repeated(record: Record) -> Iterator[Finding]:
    """A drug is ordered as a single dose and nothing else, and the course tells of repeated doses.

    The row of the maintenance was lost, or the drug was not a single dose.
    """
    case = chart(record)
    orders: dict[str, list] = {}
    for _, dose in case.orders:
        orders.setdefault(dose.drug.entry.id, []).append(dose)
    for slug, doses in orders.items():
        words = ["".join(part for part in (dose.frequency, dose.at, dose.remark, dose.condition) if part) for dose in doses]
        if not all(ONCE.search(text) for text in words):
            continue
        for leaf in case.told("course", "timeline", "follow_up", "outcome", "commentary"):
            sentences = [text for text in reading.sentences(leaf) if any(drug.id == slug for drug, _, _ in case.drugs.named(text)) and AGAIN.search(text)]
            if sentences:
                message = f"{doses[0].drug}只列单次，此处作“{AGAIN.search(sentences[0])[0]}”"
                yield Finding(leaf, message, AGAIN.search(sentences[0])[0], "补入维持用药", tuple(dose.drug for dose in doses))
                break
