"""Rules on stage: T, N and M against size, nodes and metastases on record, groups against TNM and edition."""

import re
from collections.abc import Iterator
from decimal import Decimal

from publisher.case import Lesion, Study
from publisher.lint.body import side, stations
from publisher.lint.gathered import each_once, gathered, prose, saying
from publisher.lint.histology import histology
from publisher.lint.measures import diameters
from publisher.lint.record import Record
from publisher.lint.tnm import CATEGORIES, SIZES_7, SIZES_8, Tnm, fits, group, groups, organ, stated, t_by_size, told
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written

AJCC = "AJCC癌症分期手册第7版（2009）、第8版（2016）"
LATER = re.compile(r"治疗|周期|复查|复诊|随访|术后|年后|月后|周后|天后|半年|第[二三四]次|化疗")
"""Words of a time after the treatment has begun."""


@gathered
def baseline(record: Record) -> list[tuple[Study, Lesion]]:
    """Return the lesions that were found before the treatment."""
    return [(study, lesion) for study in record.case.studies if not LATER.search(study.at or "") for lesion in study.lesions]


def present(record: Record) -> list[Tnm]:
    """Return the TNMs of the present illness."""
    return [tnm for tnm in stated(record) if tnm.present]


@rule("STG-001", "case", source=AJCC)
def category_that_does_not_exist(record: Record) -> Iterator[Finding]:
    """A T, N or M is written that no edition has.

    N4, M2, or M1c in breast cancer is a slip of the hand.
    """
    of = organ(record)
    for tnm in (*stated(record), *told(record)) if of else ():
        wrong = [f"{letter}{part}" for letter, part, known in zip("TNM", (tnm.t, tnm.n, tnm.m), CATEGORIES[of], strict=True) if part not in known]
        if wrong:
            yield Finding(tnm.at, f"“{tnm.text}”中{'、'.join(wrong)}不是分期手册所有，请核", tnm.text, "核对分期")


@rule("STG-002", "case", source=AJCC)
def group_that_does_not_follow(record: Record) -> Iterator[Finding]:
    """The stage group follows from the TNM in no edition.

    TNM and group stand side by side; the reader cannot know which to believe.
    """
    of = organ(record)
    for tnm in stated(record) if of else ():
        written, expected = group(tnm.stage or ""), groups(tnm, of)
        if written and expected and not any(fits(written, name) for name in expected.values()):
            right = "、".join(f"{edition}为{name}期" for edition, name in expected.items())
            yield Finding(tnm.stage, f"{tnm.text}作{tnm.stage}，按{right}，二者不符，请核", tnm.stage, "核对TNM与分期", (tnm.at,))


@rule("STG-003", "case", Severity.REVIEW, source=AJCC)
def group_of_an_old_edition(record: Record) -> Iterator[Finding]:
    """The stage group holds in the 7th edition only, or leaves out the subdivision of the 8th.

    Where the edition is not stated, IIA may mean T2aN1M0 of the 7th or T2bN0M0 of the 8th; IV is IVA or IVB since 2017.
    """
    if organ(record) != "lung":
        return
    editions = {item.tnm.place: item.edition for item in record.case.staging if item.tnm}
    for tnm in stated(record):
        written, expected = group(tnm.stage or ""), groups(tnm, "lung")
        eighth = expected.get("第8版")
        if not written or not eighth or editions.get(tnm.at.place) or tnm.m == "1" or (tnm.m == "1b" and extrathoracic(record)[0] > 1):
            continue
        if written != eighth and any(fits(written, name) for name in expected.values()) and (written == "IV" or not fits(written, eighth)):
            older = f"第7版为{expected['第7版']}期，" if "第7版" in expected else ""
            yield Finding(tnm.stage, f"{tnm.text}作{tnm.stage}，{older}第8版为{eighth}期，所据版本请核", tnm.stage, "注明分期版本", (tnm.at,))


@rule("STG-004", "case", Severity.REVIEW, source=AJCC)
def distant_spread_undivided(record: Record) -> Iterator[Finding]:
    """M1 of lung cancer is written without a, b or c.

    Since the 7th edition M1 is divided; since the 8th the division decides between IVA and IVB.
    """
    for tnm in present(record):
        if organ(record) == "lung" and tnm.m == "1":
            yield Finding(tnm.at, f"“{tnm.text}”中M1未分亚类，请核", tnm.text, "按所用版本写作M1a、M1b或M1c", (tnm.stage,) if tnm.stage else ())


def extrathoracic(record: Record) -> tuple[int, list[Written]]:
    """Return how many distant lesions outside the chest are on record, many counting as two, and where they stand."""
    listed = [item for item in record.case.metastases if not re.search("淋巴|肺|胸膜|心包", item.organ)]
    texts = [item.text for item in record.case.diagnoses if item.kind == "转移"]
    count = sum(2 if re.search("多发|全身|多处|双侧", f"{item.site or ''}{item.side or ''}") else max(1, len(item.levels)) for item in listed)
    if listed and any(re.search("多发[^，。；]{0,3}骨|骨[^，。；]{0,3}多发", text) for text in texts):
        count = max(count, 2)
    return count, [*texts, *(item.site or item.organ for item in listed)]


@rule("STG-005", "case", Severity.REVIEW, source=AJCC)
def number_of_metastases_against_m(record: Record) -> Iterator[Finding]:
    """M1b stands with several distant lesions, or M1c with one.

    In the 8th edition M1b is a single extrathoracic lesion (IVA), M1c several (IVB); in the 7th M1b is any.
    """
    count, where = extrathoracic(record)
    for tnm in present(record):
        if organ(record) == "lung" and ((tnm.m == "1b" and count > 1) or (tnm.m.startswith("1c") and count == 1)):
            many = "多发" if count > 1 else "一处"
            right = "M1c（IVB期）" if count > 1 else "M1b（IVA期）"
            yield Finding(
                tnm.at, f"所载胸腔外转移为{many}，按第8版应为{right}，原作M{tnm.m}，请核", tnm.text, "核对M分期与版本", each_once([tnm.stage, *where])
            )


@rule("STG-006", "case", source=AJCC)
def metastasis_against_m(record: Record) -> Iterator[Finding]:
    """Distant metastases are on record and the TNM says M0 or M1a, or the stage is I to III.

    M1a is spread inside the chest; a bone metastasis is stage IV in every edition.
    """
    count, where = extrathoracic(record)
    if not count:
        return
    for tnm in present(record):
        if tnm.m in ("0", "1a"):
            yield Finding(tnm.at, f"已有远处转移而TNM作M{tnm.m}，请核", tnm.text, "核对M分期", each_once([tnm.stage, *where]))
    for item in record.case.staging:
        if item.stage and not re.search("术后病理|首次|初次|既往|术前|原发", item.context or "") and re.match("0|I(?!V)", group(item.stage) or "IV"):
            yield Finding(item.stage, f"已有远处转移而分期作{item.stage}，请核", item.stage, "核对分期", each_once([item.tnm, *where]))
    for leaf in prose(record, "title", "diagnoses", "staging", "complaint"):
        if "局限期" in leaf:
            yield Finding(leaf, "已有远处转移而称局限期，请核", "局限期", "广泛期指超出一侧胸腔", each_once(where))


@gathered
def masses(record: Record) -> list[tuple[Decimal, Written]]:
    """Return the greatest diameters in mm of the primary, and of lung masses, before treatment, the greatest first."""
    found = []
    for _, lesion in baseline(record):
        primary = lesion.role == "原发灶" or (lesion.role == "肺内病灶" and "肿块" in (lesion.finding or ""))
        if primary and lesion.size and (sizes := diameters(lesion.size)):
            found.append((max(sizes), lesion.size))
    return sorted(found, reverse=True)


@rule("STG-007", "case", source=AJCC)
def t_smaller_than_the_tumour(record: Record) -> Iterator[Finding]:
    """T is lower than the size of the tumour demands in either edition.

    T1 ends at 3 cm, T2 at 5 cm (8th) or 7 cm (7th); a mass of 4.2 cm is no T1.
    """
    for tnm in present(record):
        if organ(record) == "lung" and tnm.t[0] in "1234" and masses(record):
            size, at = masses(record)[0]
            least = min(t_by_size(size, SIZES_8)[0], t_by_size(size, SIZES_7)[0])
            if tnm.t[0] < least:
                yield Finding(tnm.at, f"肿块{at}，按大小至少为T{least}，原作T{tnm.t}，请核", tnm.text, "核对T分期与病灶大小", (at,))


@rule("STG-008", "case", Severity.REVIEW, source=AJCC)
def t_letter_against_size(record: Record) -> Iterator[Finding]:
    """A T that means a size range stands with another size, or with none on record.

    T1a, T1b, T1c, T2a and T2b are ranges of size: 4.0 cm is T2a in both editions; without a size the letter has no ground.
    """
    primary = [
        (size, at)
        for size, at in masses(record)
        if any(lesion.size is not None and lesion.size.place == at.place and lesion.role == "原发灶" for _, lesion in baseline(record))
    ]
    for tnm in present(record):
        if organ(record) != "lung" or not re.fullmatch("1[abc]|2[ab]", tnm.t):
            continue
        if not primary:
            images = each_once(lesion.size for study in record.case.studies for lesion in study.lesions if lesion.role == "原发灶")
            yield Finding(tnm.at, f"T{tnm.t}以大小为据，治疗前原发灶大小未载，请补", tnm.text, "补充治疗前原发灶大小", images)
            continue
        eighth, seventh = t_by_size(primary[0][0], SIZES_8), t_by_size(primary[0][0], SIZES_7)
        if tnm.t not in (eighth, seventh) and tnm.t[0] >= min(eighth[0], seventh[0]):
            said = f"原发灶{primary[0][1]}，按大小为T{eighth}（第8版）、T{seventh}（第7版），原作T{tnm.t}，请核"
            yield Finding(tnm.at, said, tnm.text, "核对T分期与病灶大小", (primary[0][1],))


@rule("STG-009", "case", Severity.REVIEW, source=AJCC)
def spread_in_the_chest_against_t(record: Record) -> Iterator[Finding]:
    """The lesions in the chest demand a higher T than is written.

    Invasion of the chest wall is T3, a nodule in another lobe of the same lung T4; nodules of the other lung are M1a.
    """
    found = [(lesion.site, lesion.finding, lesion) for _, lesion in baseline(record)]
    wall = [site for site, finding, lesion in found if re.search("胸壁", site) or re.search("侵[犯及][^，。]{0,4}胸壁|包绕[^，。]{0,6}肋", finding or "")]
    nodules = [
        leaf for site, finding, lesion in found for leaf in (site, finding)
        if lesion.role == "肺内病灶" and lesion.side == "双侧" and re.search("结节|转移", finding or "") and not re.search("磨玻璃$", finding or "")
    ]  # fmt: skip
    for tnm in present(record):
        if organ(record) == "lung" and tnm.t[0] in "12":
            if wall:
                yield Finding(tnm.at, f"胸壁或肋骨受累，至少为T3，原作T{tnm.t}，请核", tnm.text, "核对T分期", tuple(wall))
            elif nodules:
                yield Finding(tnm.at, f"双肺另有结节，涉及T4或M1a，原作T{tnm.t}，请核", tnm.text, "核对T、M分期", tuple(nodules))


NODES = (
    ("3", re.compile("锁骨上|锁骨区|斜角肌")), ("2", re.compile("纵隔|隆突|气管|主动脉|食管旁|下肺韧带")), ("1", re.compile("肺门|叶间|支气管周围|段间")),
)  # fmt: skip
"""The N of a nodal region of the lung, the highest first, on the side of the primary."""


def n_of(text: str) -> str:
    return next((n for n, pattern in NODES if pattern.search(text)), "0")


@gathered
def nodes(record: Record) -> list[tuple[str, Written, bool]]:
    """Return the N that each nodal region on record demands, where it stands, and whether it is called a metastasis."""
    primary = primary_side(record)
    found = []
    for _, lesion in baseline(record):
        if lesion.role == "淋巴结" and not re.search("未见|无肿大|正常", lesion.finding or ""):
            other = primary and lesion.side and lesion.side not in (primary, "双侧") and n_of(lesion.site) != "0"
            found.append(("3" if other else n_of(lesion.site), lesion.finding or lesion.site, False))
            found.append(("3" if other else n_of(lesion.site), lesion.site, False))
    for item in record.case.metastases:
        if "淋巴" in item.organ and item.site:
            other = primary and item.side and item.side not in (primary, "双侧") and n_of(item.site) != "0"
            found.append(("3" if other else n_of(item.site), item.site, True))
    found += [(n_of(item.text), item.text, True) for item in record.case.diagnoses if "淋巴结" in item.text]
    for pathology in record.case.pathology:
        for item in pathology.nodes:
            if not re.match(r"0\s?/", item.count):
                other = primary and re.search(r"\d[RL]", item.station) and not item.station.rstrip("组").endswith("R" if primary == "右侧" else "L")
                found.append(("3" if other else n_of_station(item.station), item.station, True))
    return found


def primary_side(record: Record) -> str | None:
    texts = [item.text for item in record.case.diagnoses if item.kind == "原发肿瘤"] + [
        lesion.site for _, lesion in baseline(record) if lesion.role == "原发灶"
    ]
    return next((name for text in texts if (name := side(text)) in ("左侧", "右侧")), None)


@rule("STG-010", "case", Severity.REVIEW, source=AJCC)
def nodes_against_n(record: Record) -> Iterator[Finding]:
    """N is higher or lower than the nodes on record.

    Hilar nodes are N1, mediastinal N2, supraclavicular or contralateral N3; an N without any node on record has no ground.
    """
    found = nodes(record)
    highest = max((n for n, _, _ in found), default="0")
    for tnm in present(record):
        if organ(record) != "lung" or tnm.n[0] not in "0123" or tnm.n[0] == highest:
            continue
        where = each_once(leaf for _, leaf, _ in found)
        on_record = f"所载淋巴结至多为N{highest}" if highest != "0" else "所载检查与诊断无淋巴结转移"
        if tnm.n[0] == "0" and not any(metastasis for _, _, metastasis in found):
            on_record = f"影像有淋巴结肿大（N{highest}部位）"
        yield Finding(tnm.at, f"N{tnm.n}与记载不符：{on_record}，请核", tnm.text, "核对N分期与淋巴结记载", where)


@rule("STG-011", "case", source=AJCC)
def counted_nodes_against_n(record: Record) -> Iterator[Finding]:
    """The pathological N does not follow from the counted nodes.

    Positive nodes by station are the ground of pN.
    """
    positive = [(item.station, item.count) for pathology in record.case.pathology for item in pathology.nodes if not re.match(r"0\s?/", item.count)]
    counted = [item for pathology in record.case.pathology for item in pathology.nodes]
    if organ(record) != "lung" or not counted:
        return
    expected = max((n_of_station(station) for station, _ in positive), default="0")
    for tnm in stated(record):
        if tnm.prefix.startswith("p") and tnm.n[0] in "0123" and tnm.n[0] != expected:
            said = f"所计淋巴结为N{expected}，原作pN{tnm.n}，请核"
            yield Finding(tnm.at, said, tnm.text, "核对各组淋巴结与pN", each_once(leaf for item in counted for leaf in (item.station, item.count)))


def n_of_station(station: str) -> str:
    number = re.search(r"\d+", station)
    if number:
        return "2" if 2 <= int(number[0]) <= 9 else "1" if int(number[0]) >= 10 else "3"
    return n_of(station)


@rule("STG-012", "case", Severity.REVIEW, source=f"{AJCC}；IASLC淋巴结分区图（2009）")
def station_of_the_other_side(record: Record) -> Iterator[Finding]:
    """A station of the other side was sampled and N is below 3.

    4R of a left-sided tumour is contralateral: if positive it is N3; the result must be given.
    """
    primary = primary_side(record)
    other = {"左侧": "R", "右侧": "L"}.get(primary or "")
    for tnm in present(record):
        for leaf in prose(record, "studies", "pathology"):
            found = [station for station in stations(leaf) if other and station.endswith(other)]
            if found and tnm.n[0] in "012" and re.search("穿刺|活检|转移", leaf):
                said = f"原发灶在{primary}，{'、'.join(sorted(found))}组属对侧，若阳性为N3，原作N{tnm.n}，其结果请核"
                yield Finding(leaf, said, "、".join(found), "补充该组病理结果", (tnm.at,))


@rule("STG-013", "case", Severity.REVIEW, source=AJCC)
def stage_of_a_recurrence(record: Record) -> Iterator[Finding]:
    """A recurrence is staged as a first tumour.

    After an operation the primary is gone: the classification takes the prefix r, and a T needs a local recurrence.
    """
    prior = record.case.history.prior_cancer
    recurrences = [item.text for item in record.case.diagnoses if item.kind == "复发" or "术后" in item.text]
    for tnm in present(record):
        if prior and recurrences and "r" not in tnm.prefix:
            no_t = tnm.t == "X"
            said = f"术后复发转移分期作{tnm.text}，宜冠r（rM{tnm.m}）" + ("" if no_t else f"，且T{tnm.t}缺局部复发依据") + "，请核"
            yield Finding(tnm.at, said, tnm.text, "核对复发的分期写法")


@rule("STG-014", "case", Severity.REVIEW, source="VALG分期；CSCO小细胞肺癌诊疗指南2024")
def small_cell_without_extent(record: Record) -> Iterator[Finding]:
    """Small cell carcinoma is staged without saying limited or extensive.

    Treatment is chosen by the extent.
    """
    extent = re.compile("广泛期|局限期|[EL]S-SCLC|[EL]D-SCLC")
    if histology(record) == "小细胞癌" and not saying(record, extent, "title", "diagnoses", "staging"):
        leaves = each_once([*(leaf for item in record.case.staging for leaf in (item.tnm, item.stage)), *(item.text for item in record.case.diagnoses)])
        if leaves:
            yield Finding(leaves[0], "小细胞癌未注明局限期或广泛期，请补", leaves[0], "写作局限期或广泛期", leaves[1:])
