"""CON, the places: sides, vertebrae, ribs, bones and organs agree between imaging, diagnosis, events, treatment and commentary."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from publisher.lint import patterns, reading, skeleton
from publisher.lint.chart import Chart, chart
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written

OPPOSITE = {"左侧": "右侧", "右侧": "左侧"}


@rule("CON-040", "case")
def side_of_row(record: Record) -> Iterator[Finding]:
    """The side of a lesion, metastasis or event is not the one that its own words give.

    Both stand in one row; one of them is a slip.
    """
    case = record.case
    rows = [(lesion.side, (lesion.site, lesion.finding)) for _, lesion in chart(record).lesions]
    rows += [(place.side, (place.site,)) for place in case.metastases] + [(event.side, (event.site, event.text)) for event in case.bone_events]
    for side, texts in rows:
        for text in (text for text in texts if text and side in OPPOSITE):
            told = skeleton.sides(text)
            if told and not told & {side, "双侧"}:
                yield Finding(text, f"侧别作{side}，文字作{text}", side, "核对侧别", (side, *(text for text in texts if text)))
                break


@rule("CON-041", "case")
def opposite_sides(record: Record) -> Iterator[Finding]:
    """A limb, rib, breast, lobe or hilum is left in one place and right in another.

    A wrong side is a wrong-site operation in the making. Disease of both sides is told together somewhere (双侧, or as two
    lesions of one study that are told again); where it never is, one side is a slip.
    """
    mentions = sided(chart(record))
    told: dict[str, dict[str, list[Mention]]] = {}
    for mention in mentions:
        told.setdefault(mention.region, {}).setdefault(mention.side, []).append(mention)
    for region, sides in told.items():
        if "双侧" in sides or {"左侧", "右侧"} - set(sides):
            continue
        few, many = sorted(("左侧", "右侧"), key=lambda side: len(sides[side]))
        groups = {mention.group for mention in sides[few]}
        together = groups & {mention.group for mention in sides[many]}
        if together and (len(groups) > 1 or any(mention.contrasted for mention in sides[few])):
            continue
        leaf = sides[few][0].leaf
        taking_part = [text for mention in (*sides[few], *sides[many]) for text in (mention.leaf, *mention.field)]
        also = tuple({id(text): text for text in taking_part if text is not leaf}.values())
        yield Finding(leaf, f"{name(region)}侧别不一：此处作{few}，他处作{many}", leaf, "据影像核定侧别", also)


def name(region: str) -> str:
    return f"第{region[1:]}肋" if patterns.fullmatch(r"肋\d+", region) else f"{region}叶" if region in ("肺上", "肺中", "肺下") else region


class Mention(NamedTuple):
    """A side told of a part, and where."""

    group: tuple
    """The study or the scalar."""
    region: str
    side: str
    leaf: Written
    contrasted: bool = False
    """Both sides are set against each other there."""
    field: tuple[Written, ...] = ()
    """The side as a field of its own."""


CONTRASTED = re.compile("对侧|健侧|分别|亦")
NEW = re.compile("新增|新出现")
LOBE = re.compile("([左右])侧?(?:残?肺([上中下])叶|([上中下])肺)")
WANTED = ("上肢", "下肢", "乳腺", "肺门", "锁骨区", "胸膜", "肾上腺", "腋窝", "胸痛")


def sided(case: Chart) -> list[Mention]:
    """Every side told of a limb, rib, breast, lobe, hilum, pleura or adrenal; the list of metastases, a summary, is left out."""
    found = []
    for path, leaf in case.story:
        if path[0] == "metastases" or path[-1] in ("side", "levels", "heading") or not skeleton.HAND.search(leaf) or NEW.search(leaf):
            continue
        if path[2:3] == ("lesions",) and case.case.studies[path[1]].lesions[path[3]].role == "其他":
            continue
        group = path[:2] if path[0] == "studies" and path[-1] != "modality" else path
        contrasted = path[0] == "examination" or bool(CONTRASTED.search(leaf))
        pairs = [(region, side) for region, side in skeleton.sided(leaf) if region in WANTED or region.startswith("肋")]
        pairs += [(f"肺{first or second}", skeleton.SIDE[side]) for side, first, second in LOBE.findall(leaf)]
        found += [Mention(group, region, side, leaf, contrasted) for region, side in pairs]
    rows = [(("studies", case.case.studies.index(study)), lesion, lesion.site) for study, lesion in case.lesions]
    rows += [(("bone_events", index), event, event.site or "") for index, event in enumerate(case.case.bone_events)]
    for group, row, site in rows:
        ribs = [f"肋{level[1:]}" for text in row.levels for level in skeleton.levels(text) if level[0] == "R"]
        regions = ribs or [region for region in skeleton.regions(site) if region in WANTED or region == "肋"]
        found += [Mention(group, region, row.side, site, False, (row.side,)) for region in regions if row.side and not skeleton.sides(site)]
    return found


@rule("CON-058", "case")
def side_of_metastasis(record: Record) -> Iterator[Finding]:
    """The side of a listed metastasis is the opposite of every side told of that part."""
    told: dict[str, dict[str, Written]] = {}
    for mention in sided(chart(record)):
        told.setdefault(mention.region, {})[mention.side] = mention.leaf
    for place in record.case.metastases:
        ribs = [f"肋{level[1:]}" for text in place.levels for level in skeleton.levels(text) if level[0] == "R"]
        for region in ribs or skeleton.regions(place.site or ""):
            there = told.get(region, {})
            if place.side in OPPOSITE and there and not set(there) & {place.side, "双侧"}:
                message = f"转移部位{place.site}作{place.side}，他处作{'、'.join(there)}"
                yield Finding(place.site or place.organ, message, place.side, "核对侧别", (place.side, *there.values()))


LUNG = re.compile(r"(左|右)侧?(?:([上中下])肺|肺([上中下])?叶?|([上中下])叶肺)[^，。；、（）]{0,8}?(?:癌|恶性肿瘤)")


@rule("CON-042", "case")
def side_of_primary(record: Record) -> Iterator[Finding]:
    """The lung tumour is in another lung or lobe in one place than in another.

    Lobe and side decide T, N and the resection.
    """
    case = chart(record)
    told = [(match[1], match[2] or match[3], leaf) for path, leaf in case.story if path[0] not in ("background",) for match in LUNG.finditer(leaf)]
    primaries = [lesion for _, lesion in case.lesions if lesion.role == "原发灶" and lesion.side in OPPOSITE]
    imaged = [(lesion.side[0], lobe(lesion.site), lesion.site) for lesion in primaries]
    for side, _, leaf in told:
        for other, _, where in imaged or told:
            if side != other:
                also = (where, *(lesion.side for lesion in primaries if lesion.site is where))
                yield Finding(leaf, f"原发灶侧别不一：此处作{side}肺，他处作{other}肺", leaf, "核对原发灶侧别", also)
                return
    lobes = {(place, leaf) for _, place, leaf in told if place and leaf not in [item.diagnosis for item in record.case.pathology]}
    for place, leaf in sorted(lobes):
        wrong = [where for _, other, where in imaged if other and other != place] if not any(other == place for _, other, _ in imaged) else []
        wrong += [where for other, where in sorted(lobes) if other != place and not imaged]
        if wrong and not patterns.search("术|楔形", leaf):
            yield Finding(leaf, f"原发灶肺叶不一：此处作{place}叶，他处作{wrong[0]}", leaf, "核对原发灶所在肺叶", tuple(wrong))
            return


LUNG_SIDE = re.compile("([左右])侧?(?:[上中下]肺|肺(?!门)|残肺)")


@rule("CON-059", "case")
def lung_without_lesion(record: Record) -> Iterator[Finding]:
    """The course or an operation speaks of a lung in which no study and no diagnosis has a lesion."""
    case = chart(record)
    lesions = [lesion.side for _, lesion in case.lesions if lesion.role in ("原发灶", "肺内病灶") and lesion.side]
    known = {side for side in lesions} | {skeleton.SIDE[match[1]] for item in record.case.diagnoses for match in LUNG.finditer(item.text)}
    if not known or "双侧" in known:
        return
    for path, leaf in case.story:
        if path[0] in ("course", "timeline", "responses", "results", "treatments", "bone_events", "outcome", "pathology", "visit"):
            for side in LUNG_SIDE.findall(leaf):
                if skeleton.SIDE[side] not in known:
                    shown = [lesion for _, lesion in case.lesions if lesion.role in ("原发灶", "肺内病灶")]
                    also = tuple(text for lesion in shown for text in (lesion.site, lesion.side) if text)
                    yield Finding(leaf, f"此处作{side}肺，病灶在{'、'.join(sorted(known))}", leaf, "核对侧别", also)
                    break


def lobe(site: str) -> str | None:
    match = patterns.search(r"肺([上中下])叶|[左右]侧?([上中下])肺", site)
    return (match[1] or match[2]) if match else None


@rule("CON-043", "case")
def levels_of_row(record: Record) -> Iterator[Finding]:
    """The vertebrae or ribs listed of a lesion, event or field are not those that its own words name."""
    case = record.case
    rows = [(lesion.levels, (lesion.site, lesion.finding)) for _, lesion in chart(record).lesions]
    rows += [(event.levels, (event.site, event.text)) for event in case.bone_events] + [(place.levels, (place.site,)) for place in case.metastases]
    rows += [(field.levels, (field.site, treatment.title)) for treatment in case.treatments for field in treatment.radiotherapy]
    for listed, texts in rows:
        told = {level for text in texts if text for level in skeleton.levels(text)}
        known = {level for text in listed for level in skeleton.levels(text)}
        if listed and told and told != known:
            text = next(text for text in texts if text and skeleton.levels(text))
            yield Finding(
                listed[0], f"节段列作{'、'.join(listed)}，文字作{text}", "、".join(listed), "核对节段", (*listed[1:], *(text for text in texts if text))
            )


@rule("CON-057", "case")
def levels_of_impression(record: Record) -> Iterator[Finding]:
    """The impression of a study names a vertebra that its own lesions do not."""
    for study in record.case.studies:
        listed = {level for lesion in study.lesions for text in (*lesion.levels, lesion.site, lesion.finding or "") for level in skeleton.levels(text)}
        listed |= {level for text in study.findings for level in skeleton.levels(text)}
        wrong = [level for level in skeleton.levels(study.impression or "") if level[0] in {known[0] for known in listed} and level not in listed]
        if wrong:
            also = tuple(text for lesion in study.lesions for text in lesion.levels)
            yield Finding(study.impression, f"印象有{spoken(wrong)}，所见为{spoken(listed)}", study.impression, "核对节段", also)


SECONDARY = (
    *("diagnoses", "metastases", "bone_events", "treatments", "timeline", "results", "outcome", "commentary"),
    *("visit", "history", "title", "responses", "course", "follow_up"),
)
"""Fields that speak of lesions found elsewhere."""


@rule("CON-044", "case")
def level_not_imaged(record: Record) -> Iterator[Finding]:
    """A vertebra or rib is diagnosed, treated or discussed that no study shows.

    Radiotherapy and surgery aim at a level; one that was never seen is misprinted or lacks its report.
    """
    case, told = chart(record), {}
    for leaf in case.told(*SECONDARY):
        for level in set(skeleton.levels(leaf)) - case.imaged_levels:
            told.setdefault(level, []).append(leaf)
    if not record.case.studies:
        return
    for leaf in {id(leaves[0]): leaves[0] for leaves in told.values()}.values():
        missing = [level for level, leaves in told.items() if leaves[0] is leaf]
        also = tuple(other for level in missing for other in told[level][1:])
        regions = frozenset().union(*(skeleton.bones(level) for level in missing))
        shown = tuple(text for path, text in case.scalars if path[0] == "studies" and (skeleton.levels(text) or skeleton.bones(text) & regions))
        message = f"{spoken(missing)}未见于任何检查{'，影像所见为' + spoken(case.imaged_levels) if case.imaged_levels else ''}"
        yield Finding(leaf, message, leaf, "核对节段，或补入所据检查", (*also, *shown))


def spoken(found) -> str:
    words = {"C": "颈", "T": "胸", "L": "腰", "S": "骶", "R": "第"}
    return "、".join(f"{words[level[0]]}{level[1:]}{'肋' if level[0] == 'R' else ''}" for level in sorted(found, key=lambda level: (level[0], int(level[1:]))))


@rule("CON-045", "case", Severity.REVIEW)
def level_left_out(record: Record) -> Iterator[Finding]:
    """A list of affected vertebrae leaves out one that imaging calls a metastasis.

    A list that names some levels is read as naming all.
    """
    case = chart(record)
    lesions = [(level, text) for _, lesion in case.bone_lesions for text in (*lesion.levels, lesion.site) for level in skeleton.levels(text)]
    for leaf in case.told("diagnoses", "commentary", "outcome"):
        listed = set(skeleton.levels(leaf))
        regions = {level[0] for level in listed}
        left = {level: text for level, text in lesions if level[0] in regions - {"R"} and level not in listed}
        if left and listed and patterns.search("骨转移|骨继发|转移", leaf) and not patterns.search("骨折|放疗", leaf):
            yield Finding(leaf, f"此处列{spoken(listed)}，影像另有{spoken(left)}", leaf, "补全部位，或说明取舍", tuple(left.values()))
    places = [place for place in record.case.metastases if place.organ == "骨"]
    summed = {level for place in places for text in (*place.levels, place.site or "") for level in skeleton.levels(text)}
    whole = {bone for place in places if not place.levels for bone in skeleton.bones(place.site or "")}
    left = {level: text for level, text in lesions if level not in summed and skeleton.VERTEBRAE.get(level[0], "肋骨") not in whole | {"肋骨"}}
    if left and places:
        where = tuple(text for place in places for text in (*place.levels, place.site) if text)
        yield Finding(where[0], f"转移部位汇总未列{spoken(left)}", "、".join(where), "补全部位", (*where[1:], *left.values()))


@rule("CON-046", "case", Severity.REVIEW)
def bone_not_imaged(record: Record) -> Iterator[Finding]:
    """A bone stands in the diagnosis or list of metastases and in no study.

    Each diagnosis rests on a finding; one without is misprinted (胫骨 for 髌骨) or lacks its report.
    """
    case = chart(record)
    before = [lesion for study, lesion in case.lesions if not after(study.at) and lesion.role in ("骨转移", "待定", "软组织")]
    used = before if any(lesion.role == "骨转移" for lesion in before) else [lesion for _, lesion in case.lesions]
    named = [skeleton.bones_meant(text) for lesion in used for text in (lesion.site, *lesion.levels)]
    named += [skeleton.bones(text) for text in (*(lesion.finding for lesion in used if lesion.finding), *early(case))]
    imaged = frozenset().union(*named)
    told: dict[str, list[Written]] = {}
    listed = [diagnosis.text for diagnosis in record.case.diagnoses if diagnosis.kind in ("转移", "复发")]
    for text in (*listed, *(place.site for place in record.case.metastases if place.organ == "骨" and place.site)):
        for bone in skeleton.bones(text):
            if bone not in imaged:
                told.setdefault(bone, []).append(text)
    for bone, leaves in told.items() if case.lesions else ():
        shown = tuple(lesion.site for _, lesion in case.lesions if lesion.role in ("骨转移", "待定"))
        shown += tuple(leaf for leaf in case.told("history", "diagnoses", "treatments") if bone in skeleton.bones(leaf))
        yield Finding(leaves[0], f"{bone}病变未见于任何检查", leaves[0], "核对部位，或补入所据检查", (*leaves[1:], *shown))


def early(case: Chart) -> list[Written]:
    """Texts of the history that stand for a study made elsewhere."""
    return [leaf for leaf in case.told("history", "visit") if patterns.search("CT|MRI|骨扫描|骨显像|X线", leaf)]


@rule("CON-047", "case", Severity.REVIEW)
def bone_left_out(record: Record) -> Iterator[Finding]:
    """Imaging or diagnosis has a metastasis in a bone that the list of metastases leaves out, or has on the other side only.

    The list is what the counts and the finder are made of.
    """
    case = record.case
    places = [place for place in case.metastases if place.organ == "骨"]
    sites = tuple(place.site for place in places if place.site)
    lesions = [lesion for _, lesion in chart(record).bone_lesions]
    diagnosed = [item.text for item in case.diagnoses if item.kind == "转移" and "骨" in item.text]
    if lesions and not places and (diagnosed or any("骨" in item.text for item in case.diagnoses)):
        also = (*diagnosed, *(place.organ for place in case.metastases))
        yield Finding(lesions[0].site, "影像与诊断有骨转移，转移部位未列骨", lesions[0].site, "补入转移部位", also)
    listed = frozenset().union(*map(skeleton.bones_meant, sites))
    for text in (*(lesion.site for lesion in lesions), *diagnosed) if listed else ():
        if missing := skeleton.bones(text) - listed:
            yield Finding(text, f"此处有{'、'.join(sorted(missing))}转移，转移部位未列", text, "补入转移部位", sites)
    everywhere = [lesion.finding or lesion.site for lesion in lesions if patterns.search("全身(?:骨骼)?多发|全身骨骼", f"{lesion.site}{lesion.finding or ''}")]
    whole = any(patterns.search("全身|多发|广泛|骨骼", site) for site in sites) or any(not place.site for place in places)
    if everywhere and places and len(places) < LEAST_OF_MANY and not whole:
        yield Finding(everywhere[0], "影像作全身多发骨转移，转移部位只列数处", everywhere[0], "补入转移部位", sites)
    sided = [(parts(place.site or "", place.levels), place.side, place.site) for place in places]
    for lesion in (lesion for lesion in lesions if lesion.side in OPPOSITE):
        same = [(side, site) for found, side, site in sided if found & parts(lesion.site, lesion.levels)]
        if same and all(side == OPPOSITE[lesion.side] for side, _ in same):
            also = (lesion.side, *(text for pair in same for text in pair))
            yield Finding(lesion.site, f"影像有{lesion.side}{lesion.site}转移，转移部位只列{same[0][0]}", lesion.site, "补入转移部位", also)


LEAST_OF_MANY = 3
"""Rows from which a list of bones stands for a whole skeleton."""


def parts(site: str, levels: list[Written]) -> set[str]:
    """Numbered ribs, or limbs, of a site."""
    ribs = {level for text in (*levels, site) for level in skeleton.levels(text) if level[0] == "R"}
    return ribs or set(skeleton.regions(site)) & {"上肢", "下肢"}


STATION = re.compile("纵隔|肺门|锁骨|隆突")


@rule("CON-099", "case", Severity.REVIEW)
def organ_left_out(record: Record) -> Iterator[Finding]:
    """A node, an organ or the bone of a fracture is affected and the list of metastases leaves it out."""
    case = record.case
    organs = tuple(place.organ for place in case.metastases)
    sites = tuple(place.site for place in case.metastases if place.site)
    told = [(item.text, STATION.findall(item.text), patterns.findall("肝|脑|肾上腺|胸膜", item.text)) for item in case.diagnoses if item.kind == "转移"]
    told += [(item.text, [], ["肺"]) for item in case.diagnoses if item.kind == "转移" and patterns.search("肺内?(?:多发)?转移", item.text)]
    for _, lesion in chart(record).lesions:
        if lesion.role == "淋巴结" and patterns.search("(?<!可疑)转移|摄取|代谢增高", lesion.finding or ""):
            told.append((lesion.site, STATION.findall(lesion.site), []))
        if lesion.role == "肺内病灶" and patterns.search("(?:考虑|提示)[^，。；]{0,4}转移|转移瘤", f"{lesion.finding or ''}"):
            told.append((lesion.finding, [], ["肺"]))
    fields = [field.site for treatment in chart(record).done for field in treatment.radiotherapy]
    told += [(site, STATION.findall(site), []) for site in fields if "阳性淋巴结" in site or "转移淋巴结" in site]
    for text, stations, affected in told if organs else ():
        missing = [f"{word}淋巴结" for word in stations if not any(word in site for site in sites)] + [word for word in affected if word not in organs]
        if missing:
            yield Finding(text, f"此处有{'、'.join(missing)}转移，转移部位未列", text, "补入转移部位", (*organs, *sites))
    listed = frozenset().union(*map(skeleton.bones, sites))
    for event in case.bone_events if sites else ():
        missing = skeleton.bones(event.site or "") - listed
        if missing and event.event in ("病理性骨折", "脊髓压迫"):
            yield Finding(event.site, f"{event.event}在{'、'.join(sorted(missing))}，转移部位未列", event.site, "补入转移部位", sites)


ORGANS = re.compile(r"(左侧|右侧|双侧)?(肾上腺|胸膜|肝|脑|脾)(?=转移|积液|[、和及]?[^，。；]{0,6}转移)")


@rule("CON-048", "case", Severity.REVIEW)
def organ_not_imaged(record: Record) -> Iterator[Finding]:
    """A metastasis of an organ is listed or discussed that no study and no diagnosis shows."""
    case = chart(record)
    base = "；".join(leaf for leaf in case.told("studies", "pathology", "diagnoses", "treatments", "history", "visit"))
    for place in record.case.metastases:
        word = {"淋巴结": "淋巴结", "肺": "肺"}.get(place.organ, place.organ)
        if record.case.studies and place.organ != "骨" and word not in base:
            told = tuple(leaf for leaf in case.commentary if word in leaf)
            yield Finding(place.organ, f"{place.organ}转移未见于检查与诊断", place.organ, "补入依据", told)
            base += place.organ
    for leaf in case.commentary:
        for side, organ in ORGANS.findall(leaf) if record.case.studies and patterns.search("患者|本例|新增|诊断", leaf) else ():
            if organ not in base or (side and not patterns.search(f"{side}[^，。；]{{0,6}}{organ}", base)):
                yield Finding(leaf, f"点评所称{side}{organ}病变未见于检查与诊断", f"{side}{organ}", "补入依据", ())


@rule("CON-049", "case", Severity.REVIEW)
def nodes_before_treatment(record: Record) -> Iterator[Finding]:
    """Metastatic nodes are diagnosed; before treatment no study shows them, or CT finds none enlarged.

    N rests on imaging or tissue from before treatment.
    """
    diagnosed = [diagnosis.text for diagnosis in record.case.diagnoses if "淋巴结" in diagnosis.text]
    listed = [place.site or place.organ for place in record.case.metastases if place.organ == "淋巴结"]
    before = [study for study in record.case.studies if not after(study.at)]
    shown = [text for study in before for text in (*study.findings, study.impression or "", *(lesion.site for lesion in study.lesions)) if "淋巴结" in text]
    free = [text for text in shown if patterns.search("未见[^，。；]*淋巴结", text) and "腋" not in text]
    if diagnosed and before and not shown:
        later = [lesion.site for study in record.case.studies if after(study.at) for lesion in study.lesions if "淋巴结" in lesion.site]
        yield Finding(diagnosed[0], "诊断有淋巴结转移，治疗前检查未述", diagnosed[0], "补入治疗前所见", (*diagnosed[1:], *later))
    positive = [place for place in listed if patterns.search("纵隔|肺门", place)]
    for text in free if positive else ():
        if patterns.search("纵隔|肺门", text):
            staged = tuple(staging.tnm for staging in record.case.staging if staging.tnm)
            yield Finding(text, f"此处未见肿大淋巴结，转移部位列{'、'.join(positive)}", text, "说明淋巴结转移的依据", (*positive, *staged))


def after(at: Written | None) -> bool:
    """Whether a moment lies after the beginning of treatment."""
    return bool(at and (reading.since_start(at) is not None or patterns.search("治疗后|治疗第|周期后|周期结束|随访|复诊|复查|个月后|年后", at)))


WHOLE_BODY = re.compile("PET|骨显像|骨扫描|SPECT(?!/CT融合)")


@rule("CON-050", "case", Severity.REVIEW)
def missed_by_whole_body_scan(record: Record) -> Iterator[Finding]:
    """A bone metastasis known before is not among the bones that a whole-body scan lists.

    Either the scan did not find it, which should be said, or the first study was mistaken.
    """
    earlier: dict[str, Written] = {}
    for study in record.case.studies:
        if after(study.at):
            break
        found = [lesion for lesion in study.lesions if lesion.role == "骨转移"]
        if WHOLE_BODY.search(study.modality) and found:
            seen_now = frozenset().union(*(skeleton.bones_meant(lesion.site) for lesion in found))
            for bone, site in earlier.items():
                if bone not in seen_now | skeleton.bones_meant("；".join(study.findings)):
                    message = f"{study.modality}所列骨病变未及此前所见的{bone}"
                    yield Finding(site, message, site, "核对，或说明未显示", tuple(lesion.site for lesion in found) + told_of(record, bone))
        earlier.update({bone: lesion.site for lesion in found for bone in skeleton.bones(lesion.site)})


def told_of(record: Record, bone: str) -> tuple[Written, ...]:
    return tuple(text for _, lesion in chart(record).bone_lesions for text in (lesion.finding,) if text and bone in text)


@rule("CON-051", "case", Severity.REVIEW)
def study_of_unaffected_bone(record: Record) -> Iterator[Finding]:
    """A study of one bone reports metastases of it, and the bone is nowhere said to be affected."""
    case = record.case
    listed = frozenset().union(*(skeleton.bones_meant(place.site) for place in case.metastases if place.site)) if case.metastases else frozenset()
    for study in case.studies:
        missing = skeleton.bones(study.modality) - listed
        told = [text for text in (*study.findings, study.impression or "") if "转移" in text]
        if listed and missing and told:
            also = (*told, *(diagnosis.text for diagnosis in case.diagnoses if "骨转移" in diagnosis.text))
            yield Finding(study.modality, f"骨转移部位未及{'、'.join(sorted(missing))}，复查却为{study.modality}", study.modality, "核对检查部位", also)


@rule("CON-052", "case", Severity.REVIEW)
def lung_nodules(record: Record) -> Iterator[Finding]:
    """Multiple nodules of one lung in one study are of both lungs in another.

    The other lung makes it M1a.
    """
    found = [(lesion.side, lesion) for _, lesion in chart(record).lesions if lesion.role == "肺内病灶" and "多发" in (lesion.finding or "") + lesion.site]
    all_found = [(lesion.side, lesion) for _, lesion in chart(record).lesions if lesion.role == "肺内病灶"]
    for side, lesion in found:
        both = [other for where, other in all_found if where == "双侧"]
        if side in OPPOSITE and both:
            told = tuple(leaf for leaf in record.case.history.present if lesion.site in leaf)
            also = (lesion.side, both[0].site, both[0].side, *told)
            yield Finding(lesion.site, f"此处作{lesion.site}{lesion.finding or ''}，他次检查作{both[0].site}", lesion.site, "核对侧别", also)


@rule("CON-053", "case")
def cord_compression(record: Record) -> Iterator[Finding]:
    """The cord is said to be compressed and MRI finds cord and canal free.

    Compression is an emergency; its claim needs the study that shows it.
    """
    free = chart(record).mentions(
        re.compile("未见脊髓(?:受压|压迫)|脊髓(?:受压|压迫)不明显|脊髓信号(?:未见|无|正常|及形态正常)|椎管无明显狭窄|无脊髓(?:受压|压迫)"), "studies"
    )
    free += [leaf for leaf in chart(record).told("studies") if patterns.search("脊髓信号[^，。；]{0,6}(?:未见|正常)", leaf) and leaf not in free]
    claimed = [event.event for event in record.case.bone_events if event.event == "脊髓压迫"]
    claimed += [
        leaf for leaf in chart(record).told("diagnoses", "commentary") if patterns.search("(?:有|伴|并发|合并|出现|解除)[^，。；]{0,4}脊髓(?:受压|压迫)", leaf)
    ]
    shown = chart(record).mentions(re.compile("(?<!未见)脊髓(?:受压|压迫)(?!不明显)|硬膜囊受压|累及脊髓"), "studies")
    if free and claimed and not shown:
        texts = tuple(event.text for event in record.case.bone_events if event.event == "脊髓压迫" and event.text)
        yield Finding(claimed[-1], f"此处称脊髓受压，影像作“{free[0]}”", claimed[-1], "据影像核定", (*free, *claimed[:-1], *texts))


@rule("CON-054", "case")
def visceral_metastasis(record: Record) -> Iterator[Finding]:
    """A scan finds no visceral metastasis and the list has one."""
    free = chart(record).mentions(re.compile("内脏器官未见转移|未见内脏(?:器官)?转移"), "studies")
    for place in record.case.metastases if free else ():
        if place.organ in ("肝", "肺", "脑", "肾上腺", "胸膜"):
            yield Finding(place.organ, f"检查作“{free[0]}”，转移部位列{place.organ}", place.organ, "核对转移部位", tuple(free))


@rule("CON-055", "case")
def mirels_site(record: Record) -> Iterator[Finding]:
    """The site item of a Mirels score names another limb than the bone that is affected.

    Upper limb counts 1, lower limb 2, peritrochanteric 3 (Mirels 1989).
    """
    case = chart(record)
    for score in record.case.scores:
        for item in score.components:
            limb = patterns.search("上肢|下肢|转子", item.name)
            affected = {region for _, lesion in case.bone_lesions for region in skeleton.regions(lesion.site)} & {"上肢", "下肢"}
            if limb and affected and {"转子": "下肢"}.get(limb[0], limb[0]) not in affected:
                also = tuple(lesion.site for _, lesion in case.bone_lesions)
                yield Finding(item.name, f"评分部位作{limb[0]}，病变在{'、'.join(affected)}", item.name, "核对部位一项", (item.value, *also))


@rule("CON-056", "case")
def treated_site(record: Record) -> Iterator[Finding]:
    """Radiotherapy or an operation is at another bone than imaging shows affected."""
    case = chart(record)
    imaged = skeleton.bones_meant(case.imaged_text) | frozenset().union(*(skeleton.bones_meant(text) for text in early(case)), frozenset())
    fields = [field.site for treatment in record.case.treatments for field in treatment.radiotherapy]
    operations = [
        treatment.operation.name for treatment in case.done if treatment.operation and patterns.search("内固定|骨折|置换|切除|成形", treatment.operation.name)
    ]
    for text in (*fields, *operations):
        missing = skeleton.bones(text) - imaged
        if missing and record.case.studies and case.bone_lesions:
            shown = tuple(lesion.site for _, lesion in case.bone_lesions)
            yield Finding(text, f"治疗部位为{'、'.join(sorted(missing))}，影像未见该处病变", text, "核对治疗部位", shown)
