"""Rules on places of the body: vertebrae that do not exist, sides and lobes that contradict, sites that no examination shows."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from publisher.lint.gathered import gathered, prose, saying, texts
from publisher.lint.record import Record
from publisher.lint.body import (
    EVERY_BONE,
    EVERY_SPINE,
    REGION_BONE,
    SIDES,
    SPINE,
    Level,
    bones,
    levels,
    lobes,
    side,
    stations,
)
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written

STANDS = ("diagnoses", "metastases", "bone_events", "treatments", "commentary", "timeline", "course", "title", "results", "outcome", "staging")
"""Where a site is said to be ill or treated."""
SHOWN = ("studies", "history", "visit", "examination", "pathology", "complaint")
"""Where a site is shown by an examination, or by an earlier one that the history tells."""


@dataclass(frozen=True)
class Sited:
    """A site with its levels and side, as one entry of the data gives it."""

    site: Written
    levels: tuple[Written, ...]
    side: str | None
    finding: Written | None = None
    role: str = ""
    study: int = -1
    """Which study shows it; -1 for what is no lesion of a study."""


@gathered
def lesions(record: Record) -> list[Sited]:
    """Return the lesions of all studies."""
    return [
        Sited(lesion.site, tuple(lesion.levels), lesion.side, lesion.finding, lesion.role, number)
        for number, study in enumerate(record.case.studies)
        for lesion in study.lesions
    ]


@gathered
def entries(record: Record) -> list[Sited]:
    """Return metastases, bone events and irradiated sites."""
    case = record.case
    found = [Sited(item.site, tuple(item.levels), item.side) for item in case.metastases if item.site]
    found += [Sited(item.site, tuple(item.levels), item.side, item.text) for item in case.bone_events if item.site]
    return found + [Sited(item.site, tuple(item.levels), None) for treatment in case.treatments for item in treatment.radiotherapy]


def numbers(words: tuple[Written, ...]) -> set[Level]:
    return set().union(*map(levels, words)) if words else set()


@gathered
def named_levels(record: Record) -> dict[Level, list[tuple[str, Written]]]:
    """Return every level that the case names, with the field and the scalar."""
    found = defaultdict(list)
    for path, leaf in texts(record):
        for level in levels(leaf):
            found[level].append((str(path[0]), leaf))
    return found


@rule("ANA-001", "case")
def level_that_does_not_exist(record: Record) -> Iterator[Finding]:
    """A vertebra or rib is numbered beyond the last of its region.

    There are seven cervical, twelve thoracic, five lumbar and five sacral vertebrae and twelve ribs; T13 is T12, L1 or a slip.
    """
    for level, places in named_levels(record).items():
        if not level.exists:
            leaves = [leaf for _, leaf in places]
            yield Finding(leaves[0], f"没有{level}这一节段，请核", str(level), "核对影像报告", tuple(leaves[1:]))


@rule("ANA-002", "case")
def level_of_another_region(record: Record) -> Iterator[Finding]:
    """A level does not belong to the region it is given under.

    胸椎 with L3, 肋骨 with T5: region or number is wrong.
    """
    for item in (*lesions(record), *entries(record)):
        regions = bones(WITHOUT_LEVELS.sub("", item.site)) & {*SPINE, "肋骨"}
        for word in item.levels:
            wrong = {REGION_BONE[level.region] for level in levels(word)} - regions
            if regions and wrong:
                yield Finding(word, f"部位作“{item.site}”，节段作“{word}”，二者不属同一部位，请核", word, "核对影像报告", (item.site,))
    for leaf in saying(record, NAMED_REGION):
        for match in NAMED_REGION.finditer(leaf):
            if "颈胸腰骶"["CTLS".index(match[2])] != match[1]:
                yield Finding(leaf, f"“{match[0]}”：节段不在{match[1]}椎，请核", match[0], "核对影像报告")


WITHOUT_LEVELS = re.compile(r"[CTLS颈胸腰骶]\d+(?:[、～/]\d+)*")
NAMED_REGION = re.compile(r"([颈胸腰骶])椎(?:椎体)?\s?[（(]?([CTLS])\d{1,2}(?![A-Za-z0-9]|、[NM])")


@rule("ANA-003", "case")
def side_or_level_against_own_words(record: Record) -> Iterator[Finding]:
    """An entry gives a side or level that its own words contradict.

    Panel, figure and finder print the side field, the text prints the words; the reader would see both.
    """
    for item in (*lesions(record), *entries(record)):
        words = set(re.findall("[左右]", item.site))
        said = SIDES[words.pop()] if len(words) == 1 else None
        if item.side and said and item.side != said:
            yield Finding(item.site, f"部位作“{item.site}”，侧别作“{item.side}”，二者不符，请核", item.site, "核对影像报告")
        given, told = numbers(item.levels), levels(item.finding or "") | levels(item.site)
        if given and told - given and {level.region for level in told} <= {level.region for level in given}:
            odd = "、".join(sorted(map(str, told - given)))
            yield Finding(item.levels[0], f"节段作“{'、'.join(item.levels)}”，所述另有{odd}，请核", odd, "核对影像报告", (item.site, *([item.finding] if item.finding else [])))


LOBE_SLIPS = (
    (re.compile(r"左(?:侧)?(?:肺)?中(?:肺|叶|肺叶)|左中肺"), "左肺无中叶"),
    (re.compile(r"右(?:侧)?(?:肺)?(?:[上中下]叶)?[上下]?舌(?:叶|段)"), "右肺无舌叶、舌段"),
    (re.compile(r"[上中]叶[内外前后]{0,2}基底段"), "基底段属下叶"),
    (re.compile(r"[上中]叶背段"), "背段属下叶"),
    (re.compile(r"下叶(?:[上下]?舌段|尖段|尖后段)|中叶(?:尖段|尖后段|前段|后段)"), "该段不属此叶"),
    (re.compile(r"上叶(?:内侧段|外侧段)|下叶(?:内侧段|外侧段)"), "内、外侧段属右肺中叶"),
)


@rule("ANA-004", "case", source="全国科学技术名词审定委员会《人体解剖学名词》第二版")
def lobe_that_does_not_exist(record: Record) -> Iterator[Finding]:
    """A lobe or segment is named that this lung or lobe has not.

    The left lung has no middle lobe and the right no lingula; basal segments belong to the lower lobe.
    """
    for leaf in prose(record):
        for pattern, why in LOBE_SLIPS:
            if match := pattern.search(leaf):
                yield Finding(leaf, f"“{match[0]}”：{why}，请核", match[0], "核对影像报告")


PRIMARY = re.compile(r"([左右])(?:侧)?(?:乳腺?|肺|[上中下]肺|肺[上中下]叶)(?:[上中下]叶)?[^，。；、（左右]{0,8}?(?:癌|恶性肿瘤)(?!转移瘤)")


@dataclass(frozen=True)
class Origin:
    side: str
    lobes: frozenset
    at: Written
    field: str


@gathered
def origins(record: Record) -> list[Origin]:
    """Return every statement of where the primary tumour is or was, the diagnosis first."""
    case = record.case
    found = [(item.text, "diagnoses") for item in case.diagnoses if item.kind == "原发肿瘤"]
    found += [(lesion.site, "studies") for study in case.studies for lesion in study.lesions if lesion.role == "原发灶"]
    if case.history.prior_cancer:
        found.append((case.history.prior_cancer.diagnosis, "history"))
    sided = [Origin(name, frozenset(lobes(text)), text, field) for text, field in found if (name := side(text)) in ("左侧", "右侧") and not re.search("左.*右|右.*左", text)]
    for path, leaf in texts(record):
        for match in PRIMARY.finditer(leaf):
            if path[0] != "background" and not re.search(r"双|对侧|另一", match[0]):
                sided.append(Origin(SIDES[match[1]], frozenset(lobes(match[0])), leaf, str(path[0])))
    return sided


@rule("ANA-005", "case")
def primary_on_two_sides(record: Record) -> Iterator[Finding]:
    """The primary tumour stands on the left in one place and on the right in another, or in two lobes.

    Side and lobe of the primary decide on N, on the operation and on every comparison of images.
    """
    found = origins(record)
    if len({origin.side for origin in found}) > 1:
        first = found[0]
        odd = next(origin for origin in found if origin.side != first.side)
        rest = tuple(origin.at for origin in found if origin not in (first, odd))
        yield Finding(odd.at, f"原发灶一处在{first.side}（“{first.at[:16]}”），一处在{odd.side}，请核侧别", odd.at[:30], "核对影像与病理", (first.at, *rest))
        return
    judged = [origin for origin in found if origin.lobes and origin.field in ("diagnoses", "complaint", "studies", "title", "commentary", "staging")]
    for origin in judged[1:]:
        if not origin.lobes & judged[0].lobes:
            yield Finding(origin.at, f"原发灶一处作“{judged[0].at[:16]}”，一处作“{origin.at[:16]}”，肺叶不一，请核", origin.at[:30], "核对影像与病理", (judged[0].at,))


SIDED_BONE = re.compile(
    r"(左|右)(?:侧)?(?:上肢|下肢)?[^，。；、左右]{0,3}?(股骨|肱骨|桡骨|尺骨|胫骨|腓骨|髌骨|肩胛骨|锁骨(?!上|下|区)|髂骨|坐骨|耻骨|髋|腕|跟骨|足|第\d{1,2}(?:前|后)?肋|肋骨?第\d{1,2})"
)


@dataclass(frozen=True)
class SidedBone:
    bone: str
    side: str
    at: Written
    field: str
    study: int


def sided_bones(text: str) -> set[tuple[str, str]]:
    """Return the bones that a text gives with their side; ribs with their number."""
    found = set()
    for match in SIDED_BONE.finditer(text):
        number = re.search(r"\d+", match[2])
        found.add((f"第{int(number[0])}肋" if number else match[2], SIDES[match[1]]))
    for match in re.finditer(r"([左右])(?:侧)?(?:后|前)?第([\d、～]+)(?:前|后)?肋", text):
        found |= {(str(level), SIDES[match[1]]) for level in levels(f"第{match[2]}肋")}
    return found


@gathered
def bones_with_sides(record: Record) -> list[SidedBone]:
    """Return every bone that the case gives with its side, in the data or in words."""
    found = []
    for item in (*lesions(record), *entries(record)):
        named = [str(level) for level in numbers(item.levels) if level.region == "R"]
        named += [match[2] for match in SIDED_BONE.finditer(f"左{item.site}") if "肋" not in match[2]]
        if item.side:
            found += [SidedBone(bone, item.side, item.site, "studies" if item.study >= 0 else "entries", item.study) for bone in named]
    for path, leaf in texts(record):
        if path[0] not in ("background", "labs", "series"):
            study = path[1] if path[0] == "studies" else -1
            found += [SidedBone(bone, name, leaf, str(path[0]), study) for bone, name in sided_bones(leaf)]
    return found


@rule("ANA-006", "case", Severity.REVIEW)
def bone_on_two_sides_in_images(record: Record) -> Iterator[Finding]:
    """One examination shows a bone ill on the left, another the same bone on the right.

    Both may be; more often a side was misread, and operation or radiation would follow it.
    """
    groups = defaultdict(list)
    for item in bones_with_sides(record):
        if item.study >= 0:
            groups[item.bone].append(item)
    for bone, found in groups.items():
        left, right = ([item for item in found if item.side == name] for name in ("左侧", "右侧"))
        both = any(item.side == "双侧" for item in found) or {item.study for item in left} & {item.study for item in right}
        if left and right and not both:
            odd = max(left + right, key=lambda item: item.study)
            same = tuple(item.at for item in left + right)
            yield Finding(odd.at, f"{bone}病变一项检查在左侧，另一项在右侧，请核侧别", odd.at, "核对影像报告", same)


@rule("ANA-007", "case")
def bone_on_the_other_side(record: Record) -> Iterator[Finding]:
    """Diagnosis, event, operation or text puts a bone lesion on the side that no image shows.

    An operation follows the written side.
    """
    found = bones_with_sides(record)
    for item in found:
        if item.study >= 0 or item.side == "双侧":
            continue
        shown = [other for other in found if other.bone == item.bone and other.study >= 0]
        if shown and not {other.side for other in shown} & {item.side, "双侧"}:
            yield Finding(item.at, f"{item.bone}此处在{item.side}，影像所示在{shown[0].side}，请核侧别", item.at[:30], "核对影像报告", tuple(other.at for other in shown))


PAIN = re.compile(r"[^，。；]*(?:疼痛|胀痛|钝痛|隐痛|锐痛|剧痛|骨痛|胸痛|腰痛|背痛)")
PAINFUL = (
    (re.compile("腕"), ("桡骨", "尺骨"), "腕部"), (re.compile("髌|膝"), ("髌骨",), "髌（膝）部"), (re.compile("髋"), ("股骨", "骨盆"), "髋部"),
    (re.compile("腰"), ("腰椎", "骶椎", "骨盆"), "腰部"), (re.compile("(?<!足)背"), ("胸椎", "肋骨", "肩胛骨", "腰椎"), "背部"),
    (re.compile("胸(?!腰|膜|部CT|椎)"), ("肋骨", "胸骨", "胸椎", "肩胛骨"), "胸部"),
    (re.compile("肩(?!胛)"), ("肱骨", "肩胛骨", "锁骨"), "肩部"), (re.compile("大腿|股骨"), ("股骨",), "大腿（股骨）"), (re.compile("下肢"), ("股骨", "胫骨", "腓骨", "足骨"), "下肢"),
    (re.compile("上肢"), ("肱骨", "桡骨", "尺骨"), "上肢"), (re.compile("肋"), ("肋骨",), "肋部"), (re.compile("骨盆|骶"), ("骨盆", "骶椎"), "骨盆"), (re.compile("颈"), ("颈椎",), "颈部"),
)  # fmt: skip
"""Where pain is said to be, the bones it would come from, and its name."""


@gathered
def ill_bones(record: Record) -> set[str]:
    """Return the bones said to be ill by diagnosis, list of metastases, events or images, the spine as a whole by its regions."""
    case = record.case
    words = [item.site for item in case.metastases if item.site] + [item.text for item in case.diagnoses] + [item.site for item in case.bone_events if item.site]
    found = set().union(*map(bones, words), *(bones(f"{item.site} {item.finding or ''}") for item in lesions(record)))
    levels_named = [numbers(item.levels) for item in (*lesions(record), *entries(record))]
    found |= {REGION_BONE[level.region] for group in levels_named for level in group}
    whole = [*words, *(item.site for item in lesions(record))]
    if any(EVERY_SPINE.search(word) for word in whole) and not found & set(SPINE):
        found |= set(SPINE)
    return found


@rule("ANA-008", "case", Severity.REVIEW)
def pain_without_lesion(record: Record) -> Iterator[Finding]:
    """The pain complained of is in a place where neither image nor diagnosis has a lesion.

    A lesion is missing from the diagnosis, or the place is misspelt: 腕部 for 髋部, 髌部 for 骨盆.
    """
    ill = ill_bones(record)
    if not ill or any(re.search("全身", item.site) and not item.levels for item in entries(record)):
        return
    found = defaultdict(list)
    for leaf in prose(record, "complaint", "history", "visit"):
        for match in PAIN.finditer(leaf):
            if not re.search(r"[无未]", match[0]):
                for pattern, bones_of_pain, name in PAINFUL:
                    if pattern.search(match[0]) and not ill & set(bones_of_pain):
                        found[name].append(leaf)
    for name, leaves in found.items():
        listed = tuple(item.text for item in record.case.diagnoses if item.kind in ("转移", "并发症"))
        yield Finding(leaves[0], f"病史有{name}疼痛，影像与诊断均未见该处病变，请核", name, "核对部位名或补充所据检查", (*leaves[1:], *listed))


@rule("ANA-009", "case", Severity.REVIEW)
def pain_on_the_other_side(record: Record) -> Iterator[Finding]:
    """The pain is on one side, the lesions of that place on the other.

    Side of complaint, image and operation must agree or the difference be explained.
    """
    for leaf in prose(record, "complaint", "visit"):
        for match in re.finditer(r"([左右])(?:侧)?(胸|肩|大腿|股骨|下肢|上肢|肋骨?|髋|腕)[^，。；左右]{0,6}?痛", leaf):
            region = next(bones_of_pain for pattern, bones_of_pain, _ in PAINFUL if pattern.search(match[2]))
            shown = [item for item in lesions(record) if bones(item.site) & set(region) and item.side]
            if match[2] == "胸":
                shown = [item for item in lesions(record) if item.side and (bones(item.site) & set(region) or item.role in ("原发灶", "胸膜"))]
            if shown and not {item.side for item in shown} & {SIDES[match[1]], "双侧"}:
                yield Finding(leaf, f"“{match[0]}”在{SIDES[match[1]]}，所见病变在{shown[0].side}，请核侧别", match[0], "核对侧别或说明原因", tuple(item.site for item in shown))


@gathered
def shown_bones(record: Record) -> set[str]:
    """Return the bones that examinations show, or that the history says were found; a whole spine stands for its regions."""
    words = [leaf for path, leaf in texts(record) if path[0] in ("studies", "history", "visit", "pathology") and path[-1] != "modality"]
    found = set().union(*map(bones, words)) if words else set()
    if any(EVERY_SPINE.search(item.site) for item in lesions(record)):
        found |= set(SPINE)
    return found


@rule("ANA-010", "case", Severity.REVIEW)
def site_that_no_examination_shows(record: Record) -> Iterator[Finding]:
    """A bone is diagnosed, operated or irradiated that no examination on record shows.

    Each site of the diagnosis needs the examination it rests on; where there is none, the site may be misnamed.
    """
    shown = shown_bones(record)
    whole = any(EVERY_BONE.search(item.site) for item in lesions(record))
    if not record.case.studies or whole:
        return
    stated = [(leaf, leaf) for leaf in (item.text for item in record.case.diagnoses if item.kind in ("转移", "并发症"))]
    stated += [(item.site, item.site) for item in record.case.metastases if item.site and item.organ == "骨"]
    stated += [(item.site, item.site) for treatment in record.case.treatments for item in treatment.radiotherapy]
    stated += [(treatment.operation.name, treatment.operation.name) for treatment in record.case.treatments if treatment.operation]
    missing = defaultdict(list)
    for text, at in stated:
        for bone in bones(text) - shown:
            missing[bone].append(at)
    for bone, leaves in missing.items():
        yield Finding(leaves[0], f"{bone}病变列于诊断或治疗，检查中未见，请补依据", bone, "补充所据检查，或核对部位", tuple(leaves[1:]))


@rule("ANA-011", "case")
def level_that_images_contradict(record: Record) -> Iterator[Finding]:
    """A level is diagnosed, irradiated or discussed that the images, which name other levels of the region, do not show.

    One digit decides on the field of radiation and the vertebra of an operation.
    """
    shown, regions = levels_shown(record)
    for level, places in named_levels(record).items():
        stands = [leaf for field, leaf in places if field in STANDS]
        if stands and level.exists and level.region in regions and level not in shown:
            others = sorted(map(str, (other for other in shown if other.region == level.region)))
            evidence = tuple(leaf for other in shown if other.region == level.region for _, leaf in named_levels(record)[other])
            yield Finding(stands[0], f"{level}未见于任何检查，检查所见为{'、'.join(others)}，请核节段", str(level), "核对影像报告", (*stands[1:], *evidence))


def levels_shown(record: Record) -> tuple[set[Level], set[str]]:
    """Return the levels that examinations name, and their regions."""
    shown = {level for level, places in named_levels(record).items() if any(field in SHOWN for field, _ in places)}
    return shown, {level.region for level in shown}


@rule("ANA-012", "case", Severity.REVIEW)
def level_that_images_leave_open(record: Record) -> Iterator[Finding]:
    """A diagnosis names levels of a region that the images show only as a whole.

    The examination on which the levels rest is not on record.
    """
    _, regions = levels_shown(record)
    found = defaultdict(list)
    for level, places in named_levels(record).items():
        if level.exists and level.region not in regions and REGION_BONE[level.region] in shown_bones(record):
            found[level.region] += [(level, leaf) for field, leaf in places if field in ("diagnoses", "metastases", "bone_events", "treatments")]
    for region, places in found.items():
        if places:
            said = f"{'、'.join(sorted({str(level) for level, _ in places}))}列于诊断，检查只述{REGION_BONE[region]}而无节段，请补依据"
            images = tuple(leaf for leaf in prose(record, "studies") if REGION_BONE[region] in bones(leaf))
            yield Finding(places[0][1], said, REGION_BONE[region], "补充所据检查", (*(leaf for _, leaf in places[1:]), *images))


@rule("ANA-013", "case", Severity.REVIEW)
def image_level_missing_from_list(record: Record) -> Iterator[Finding]:
    """An image calls a level a bone metastasis that diagnosis and list of metastases, which name other levels of the region, leave out.

    The list feeds panel, figure and finder.
    """
    listed = set().union(*(numbers(tuple(item.levels)) for item in record.case.metastases), *(levels(item.text) for item in record.case.diagnoses))
    for item in lesions(record):
        missing = {level for level in numbers(item.levels) - listed if any(other.region == level.region for other in listed)}
        if item.role == "骨转移" and missing:
            said = f"影像作骨转移的{'、'.join(sorted(map(str, missing)))}不在诊断与转移部位之列，请核节段"
            yield Finding(item.levels[0], said, "、".join(item.levels), "核对影像报告与诊断", (item.site,))


@rule("ANA-014", "case", Severity.REVIEW)
def follow_up_of_another_region(record: Record) -> Iterator[Finding]:
    """Metastases are followed by an examination of a region in which none was found.

    Region of the follow-up or list of metastases is wrong.
    """
    stated = set().union(*(bones(item.site) | {REGION_BONE[level.region] for level in numbers(tuple(item.levels))} for item in record.case.metastases if item.site), set())
    spine = stated & set(SPINE)
    for study in record.case.studies:
        regions = bones(study.modality) & set(SPINE)
        metastases = [leaf for leaf in study.findings if re.search("转移灶", leaf)]
        if spine and regions and metastases and not regions & spine and not study.lesions:
            said = f"所列脊柱转移在{'、'.join(sorted(spine))}，复查却为{study.modality}并称有转移灶，请核部位"
            yield Finding(study.modality, said, study.modality, "核对检查部位或补列转移", tuple(metastases))


BIOPSY = re.compile("穿刺|活检|EBUS|TBNA")


@rule("ANA-015", "case")
def biopsy_of_another_station(record: Record) -> Iterator[Finding]:
    """Pathology reports a nodal station that was not sampled.

    The station decides between N2 and N3.
    """
    sampled = {leaf: stations(leaf) for leaf in prose(record, "studies", "treatments", "course", "visit") if BIOPSY.search(leaf) and stations(leaf)}
    taken = set().union(*sampled.values()) if sampled else set()
    for item in record.case.pathology:
        reported = stations(item.specimen)
        if taken and reported and not reported <= taken:
            said = f"穿刺为{'、'.join(sorted(taken))}组，病理标本为{'、'.join(sorted(reported))}组，请核"
            yield Finding(item.specimen, said, item.specimen, "核对穿刺与病理记录", tuple(sampled))


@rule("ANA-016", "case", Severity.REVIEW)
def vertebra_without_region(record: Record) -> Iterator[Finding]:
    """A vertebra is numbered and its region left out.

    第10椎体 may be counted from anywhere.
    """
    pattern = re.compile(r"(?<![颈胸腰骶])第\s?(\d{1,2})\s?(?:椎体|节椎)")
    found = saying(record, pattern)
    if found:
        yield Finding(found[0], f"“{pattern.search(found[0])[0]}”未写颈、胸、腰、骶，部位不明，请核", pattern.search(found[0])[0], "写作 胸10 或 T10", tuple(found[1:]))


@rule("ANA-017", "case", Severity.REVIEW, source="IASLC淋巴结分区图（2009）")
def nodes_at_the_clavicle(record: Record) -> Iterator[Finding]:
    """Nodes are placed at the clavicle without saying above or below.

    锁骨区 is no station: supraclavicular is N3 in lung cancer, infraclavicular is a distant node.
    """
    found = saying(record, re.compile("锁骨区"))
    if found:
        yield Finding(found[0], "“锁骨区”未分锁骨上、下，涉及N、M分期，请明确", "锁骨区", "写作锁骨上或锁骨下", tuple(found[1:]))


@rule("ANA-018", "case", Severity.REVIEW, source="《人体解剖学名词》第二版：脊髓下端平第1腰椎下缘")
def cord_below_its_end(record: Record) -> Iterator[Finding]:
    """Compression of the cord is placed at L3 or below.

    The cord ends at L1–L2; below it lies the cauda equina, whose signs and prognosis differ.
    """
    low = [event for event in record.case.bone_events if event.event == "脊髓压迫" and any(level.region in "LS" and (level.region, level.number) > ("L", 2) for level in numbers(tuple(event.levels)))]
    for event in low:
        spoken = tuple(leaf for leaf in prose(record, "studies", "diagnoses") if re.search("脊髓", leaf))
        said = f"脊髓压迫列有{'、'.join(event.levels)}，L2以下椎管内为马尾，节段请核"
        yield Finding(event.levels[-1], said, "、".join(event.levels), "分别写明脊髓与马尾", (*event.levels[:-1], *spoken))


@rule("ANA-019", "case", Severity.REVIEW)
def organ_that_no_examination_shows(record: Record) -> Iterator[Finding]:
    """An organ is listed or discussed as metastatic that no examination shows.

    Each metastatic organ needs its examination; commentary must not know more than the record.
    """
    words = {"肾上腺": "肾上腺", "脑": "脑(?!梗|卒中)|颅内", "肝": "肝(?!功能|肾|素|细胞)", "胸膜": "胸膜|胸腔", "心包": "心包", "皮肤": "皮下?结节|皮肤"}
    shown = prose(record, "studies", "history", "pathology", "examination", "visit", "complaint")
    if not record.case.studies:
        return
    for organ, pattern in words.items():
        listed = [item.organ for item in record.case.metastases if organ in item.organ]
        claimed = [leaf for leaf in prose(record, "diagnoses", "commentary") if re.search(rf"{organ}[^，。；]{{0,4}}转移(?!风险|率|较)", leaf) and ownership(leaf)]
        if (listed or claimed) and not any(re.search(pattern, leaf) for leaf in shown):
            leaves = [*listed, *claimed]
            yield Finding(leaves[0], f"{organ}转移在检查中未见，请补依据", organ, "补充所据检查", tuple(leaves[1:]))


def ownership(leaf: Written) -> bool:
    """Tell whether a sentence of the commentary speaks of this patient."""
    return bool(re.search("患者|本例|该例|诊断", leaf))
