"""Rules on places of the body: vertebrae and lobes that do not exist, places named loosely, lesions left without a name."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from publisher.lint.body import REGION_BONE, SPINE, Level, bones, levels
from publisher.lint.gathered import each_once, gathered, prose, saying, texts
from publisher.lint.measures import diameters
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written

ANATOMY_TERMS = "全国科学技术名词审定委员会《人体解剖学名词》第二版"


@dataclass(frozen=True)
class Sited:
    """A site with its levels, as one entry of the data gives it."""

    site: Written
    levels: tuple[Written, ...]


@gathered
def sites(record: Record) -> list[Sited]:
    """Return the sites of lesions, metastases, bone events and radiation."""
    case = record.case
    found = [Sited(lesion.site, tuple(lesion.levels)) for study in case.studies for lesion in study.lesions]
    found += [Sited(item.site, tuple(item.levels)) for item in (*case.metastases, *case.bone_events) if item.site]
    return found + [Sited(item.site, tuple(item.levels)) for treatment in case.treatments for item in treatment.radiotherapy]


@gathered
def named_levels(record: Record) -> dict[Level, list[Written]]:
    """Return every level that the case names, and where."""
    found = defaultdict(list)
    for _, leaf in texts(record):
        for level in levels(leaf):
            found[level].append(leaf)
    return found


@rule("ANA-001", "case")
def level_that_does_not_exist(record: Record) -> Iterator[Finding]:
    """A vertebra or rib is numbered beyond the last of its region.

    There are seven cervical, twelve thoracic, five lumbar and five sacral vertebrae and twelve ribs; T13 is T12, L1 or a slip.
    """
    for level, places in named_levels(record).items():
        if not level.exists:
            yield Finding(places[0], f"没有{level}这一节段，请核", str(level), "核对影像报告", each_once(places[1:]))


WEIGHTED = re.compile(r"T([03-9]|\d{2})(?=(?:[高低等]?信号|WI|加权|像))")


@rule("ANA-009", "case")
def weighting_that_does_not_exist(record: Record) -> Iterator[Finding]:
    """A signal of MRI is weighted by another time than T1 or T2.

    There are T1, T2 and T2*; a long T3 signal is a slip.
    """
    for leaf in prose(record, "studies", "history", "course", "timeline"):
        if match := WEIGHTED.search(leaf):
            yield Finding(leaf, f"MRI没有{match[0]}加权，请核", match[0], "核对影像报告", ())


WITHOUT_LEVELS = re.compile(r"[CTLS颈胸腰骶]\d+(?:[、～/]\d+)*")
NAMED_REGION = re.compile(r"([颈胸腰骶])椎(?:椎体)?\s?[（(]?([CTLS])\d{1,2}(?![A-Za-z0-9]|、[NM])")


@rule("ANA-002", "case")
def level_of_another_region(record: Record) -> Iterator[Finding]:
    """A level does not belong to the region it is given under.

    胸椎 with L3, 肋骨 with T5: region or number is wrong.
    """
    for item in sites(record):
        regions = bones(WITHOUT_LEVELS.sub("", item.site)) & {*SPINE, "肋骨"}
        for word in item.levels:
            if regions and {REGION_BONE[level.region] for level in levels(word)} - regions:
                yield Finding(word, f"部位作“{item.site}”，节段作“{word}”，二者不属同一部位，请核", word, "核对影像报告", (item.site,))
    for leaf in saying(record, NAMED_REGION):
        for match in NAMED_REGION.finditer(leaf):
            if "颈胸腰骶"["CTLS".index(match[2])] != match[1]:
                yield Finding(leaf, f"“{match[0]}”：节段不在{match[1]}椎，请核", match[0], "核对影像报告")


LOBE_SLIPS = (
    (re.compile(r"左(?:侧)?(?:肺)?中(?:肺|叶|肺叶)|左中肺"), "左肺无中叶"),
    (re.compile(r"右(?:侧)?(?:肺)?(?:[上中下]叶)?[上下]?舌(?:叶|段)"), "右肺无舌叶、舌段"),
    (re.compile(r"[上中]叶[内外前后]{0,2}基底段"), "基底段属下叶"),
    (re.compile(r"[上中]叶背段"), "背段属下叶"),
    (re.compile(r"下叶(?:[上下]?舌段|尖段|尖后段)|中叶(?:尖段|尖后段|前段|后段)"), "该段不属此叶"),
    (re.compile(r"[上下]叶(?:内侧段|外侧段)"), "内、外侧段属右肺中叶"),
)


@rule("ANA-003", "case", source=ANATOMY_TERMS)
def lobe_that_does_not_exist(record: Record) -> Iterator[Finding]:
    """A lobe or segment is named that this lung or lobe has not.

    The left lung has no middle lobe and the right no lingula; basal segments belong to the lower lobe.
    """
    for leaf in prose(record):
        for pattern, why in LOBE_SLIPS if "肺" in leaf or "叶" in leaf else ():
            if match := pattern.search(leaf):
                yield Finding(leaf, f"“{match[0]}”：{why}，请核", match[0], "核对影像报告")


@rule("ANA-004", "case", Severity.REVIEW)
def vertebra_without_region(record: Record) -> Iterator[Finding]:
    """A vertebra is numbered and its region left out.

    第10椎体 may be counted from anywhere.
    """
    pattern = re.compile(r"(?<![颈胸腰骶])第\s?(\d{1,2})\s?(?:椎体|节椎)")
    if found := saying(record, pattern):
        word = pattern.search(found[0])[0]
        yield Finding(found[0], f"“{word}”未写颈、胸、腰、骶，部位不明，请核", word, "写作 胸10 或 T10", each_once(found[1:]))


@rule("ANA-005", "case", Severity.REVIEW, source="IASLC淋巴结分区图（2009）")
def nodes_at_the_clavicle(record: Record) -> Iterator[Finding]:
    """Nodes are placed at the clavicle without saying above or below.

    锁骨区 is no station: supraclavicular is N3 in lung cancer, infraclavicular is a distant node.
    """
    if found := saying(record, re.compile("锁骨区")):
        yield Finding(found[0], "“锁骨区”未分锁骨上、下，涉及N、M分期，请明确", "锁骨区", "写作锁骨上或锁骨下", each_once(found[1:]))


@rule("ANA-006", "case", Severity.REVIEW, source=f"{ANATOMY_TERMS}：脊髓下端平第1腰椎下缘")
def cord_below_its_end(record: Record) -> Iterator[Finding]:
    """Compression of the cord is placed at L3 or below.

    The cord ends at L1–L2; below it lies the cauda equina, whose signs and prognosis differ.
    """
    for event in record.case.bone_events:
        low = [word for word in event.levels if any(level.region == "S" or (level.region == "L" and level.number > 2) for level in levels(word))]
        if event.event == "脊髓压迫" and low:
            spoken = [leaf for leaf in prose(record, "studies", "diagnoses") if "脊髓" in leaf]
            said = f"脊髓压迫列有{'、'.join(event.levels)}，L2以下椎管内为马尾，节段请核"
            yield Finding(low[0], said, "、".join(event.levels), "分别写明脊髓与马尾", each_once([*event.levels, *spoken]))


@rule("ANA-007", "case", Severity.REVIEW, source="Fleischner学会术语（2008）：结节直径≤3 cm，逾此为肿块")
def nodule_larger_than_a_nodule(record: Record) -> Iterator[Finding]:
    """A nodule of the lung measures more than 3 cm.

    Above 3 cm it is a mass; with several nodules one size leaves open which it is.
    """
    for study in record.case.studies:
        for lesion in study.lesions:
            words = f"{lesion.site}{lesion.finding or ''}"
            lung = lesion.role in ("原发灶", "肺内病灶") and "结节" in words and "肿块" not in words
            if lung and lesion.size and max(diameters(lesion.size), default=0) > 30:
                yield Finding(
                    lesion.size, f"称结节而大小作“{lesion.size}”，＞3 cm者称肿块，请核", lesion.size, "核对大小与用语", each_once([lesion.finding, lesion.site])
                )


@rule("ANA-008", "case", Severity.REVIEW)
def lesion_without_a_name(record: Record) -> Iterator[Finding]:
    """A study shows a lesion whose nature is said neither there nor in the diagnosis.

    Thickened adrenals or a dense rib in a patient with metastases want an answer; one finding a study.
    """
    listed = [item.text for item in record.case.diagnoses if item.kind == "转移"]
    for study in record.case.studies:
        open_ones = [
            lesion for lesion in study.lesions if lesion.role == "待定" and lesion.finding and not re.search("骨折(?!线)|巨大肿块|肿块", lesion.finding)
        ]
        if open_ones:
            where = "、".join(str(lesion.site) for lesion in open_ones)
            rest = [leaf for lesion in open_ones for leaf in (lesion.site, lesion.finding, *lesion.levels)]
            yield Finding(
                open_ones[0].site, f"{study.modality}所见“{where}”未作性质判断，请补", where, "补充性质判断", each_once([*rest, study.impression, *listed])
            )
