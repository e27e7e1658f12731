"""CON, the tumour: histology, receptors, stage, title and kind of treatment agree wherever they are told."""

import re
from collections.abc import Iterator

from publisher.case import Receptor
from publisher.lint import patterns, reading, skeleton
from publisher.lint.chart import FRACTURE, Chart, chart
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule


@rule("CON-020", "case")
def histology(record: Record) -> Iterator[Finding]:
    """The histological type differs between title, diagnosis, pathology and commentary.

    The type decides treatment; a diagnosis may not say more than the pathology report.
    """
    case = record.case
    diagnosed = {kind: diagnosis.text for diagnosis in case.diagnoses if diagnosis.kind in ("原发肿瘤", "复发") for kind in reading.histologies(diagnosis.text)}
    reported = [text for item in case.pathology for text in (item.diagnosis, *item.findings) if text]
    in_report = {kind: text for text in reported for kind in reading.histologies(text)}
    for kind, text in diagnosed.items() if in_report else ():
        if not any(agree(kind, other) for other in in_report):
            yield Finding(text, f"诊断作{kind}，病理作{'、'.join(in_report)}", text, "据病理报告核定组织学类型", tuple(in_report.values()))
    told = [case.title, *(leaf for leaf in chart(record).commentary if patterns.search("患者|本例", leaf)), *(item for item in (case.outcome,) if item)]
    for leaf in told if diagnosed else ():
        own = [
            sentence
            for sentence in reading.sentences(leaf)
            if leaf == case.title or patterns.search("患者[^，。]{0,12}[左右]|本例[^，。]{0,12}癌|诊断为", sentence)
        ]
        for kind in {kind for sentence in own for kind in reading.histologies(sentence)}:
            if not any(agree(kind, other) for other in diagnosed):
                yield Finding(leaf, f"诊断作{'、'.join(diagnosed)}，此处作{kind}", leaf, "核对组织学类型", tuple(diagnosed.values()))


def agree(one: str, two: str) -> bool:
    return one == two or two in reading.AGREE.get(one, ()) or one in reading.AGREE.get(two, ())


@rule("CON-021", "case", Severity.REVIEW)
def foreign_background(record: Record) -> Iterator[Finding]:
    """The background gives figures for another histological type than the patient's, and none for the patient's.

    A lost 非 turns 非小细胞 into 小细胞; or the background belongs to another case.
    """
    case = record.case
    own = {kind: diagnosis.text for diagnosis in case.diagnoses for kind in reading.histologies(diagnosis.text)}
    named = {kind: text for text in case.background for kind in reading.histologies(text)}
    for kind, text in named.items() if own else ():
        if not any(agree(kind, other) for other in own) and not any(agree(other, mine) for other in named for mine in own):
            yield Finding(text, f"本例为{'、'.join(own)}，背景所述为{kind}", text, "核对是否漏字，或改引相应资料", tuple(own.values()))


SUBTYPE = {
    "HER2阳性": re.compile(r"HER-?2(?:\+|阳性)"), "HR+/HER2-": re.compile(r"HR\+/HER2-|HR阳性、?HER2阴性"), "三阴性": re.compile("三阴性|TNBC"),
}  # fmt: skip


def status(receptors: list[Receptor], fish: str = "") -> dict[str, tuple[bool | None, Receptor]]:
    """Return for ER, PR and HER2 whether they are positive (None: undecided) and the result."""
    found = {}
    for item in receptors:
        marker, result = item.marker.upper().replace("-", ""), item.result
        if marker in ("ER", "PR"):
            found[marker] = ("+" in result or "阳" in result, item)
        elif marker == "HER2":
            score = patterns.search(r"([0-3])\+", result)
            positive = None if score and score[1] == "2" else score[1] == "3" if score else "+" in result or "阳" in result
            found[marker] = (("阳" in fish if fish else None) if positive is None else positive, item)
    return found


def subtype(known: dict[str, tuple[bool | None, Receptor]]) -> str:
    """Return the subtype that receptors make, or an empty text where they leave it open."""
    hormone, her2 = [known[name][0] for name in ("ER", "PR") if name in known], known.get("HER2", (None, None))[0]
    if her2 is None or not hormone:
        return "HER2阳性" if her2 else ""
    return "HER2阳性" if her2 else "HR+/HER2-" if any(hormone) else "三阴性"


@rule("CON-022", "case", source="ASCO/CAP HER2检测指南2018；中国乳腺癌HER2检测指南", beyond=True)
def receptors_and_subtype(record: Record) -> Iterator[Finding]:
    """The receptors on record make another subtype than title, diagnosis or commentary say.

    HER2 3+, or 2+ with FISH amplified, is positive; ER, PR and HER2 all negative is triple negative.
    """
    case = record.case
    fish = next((gene.result for gene in case.genes if gene.gene.upper() == "HER2"), "")
    sources = [item.ihc for item in case.pathology] + ([case.history.prior_cancer.receptors] if case.history.prior_cancer else [])
    part = next((part.title for part in record.source.volume.parts if case.id in part.cases), None)
    told = [leaf for leaf in (case.title, part, *(diagnosis.text for diagnosis in case.diagnoses)) if leaf]
    told += [leaf for leaf in chart(record).commentary if patterns.search("本例为[^，。]*(?:HER2|三阴|TNBC)", leaf)]
    for receptors in sources:
        known = status(receptors, fish)
        made, where = subtype(known), tuple(item.result for _, item in known.values())
        for leaf in told if made else ():
            named = [name for name, pattern in SUBTYPE.items() if pattern.search(leaf)]
            if named and made not in named:
                yield Finding(leaf, f"受体结果属{made}，此处作{named[0]}", leaf, "核对ER、PR、HER2结果", where)


@rule("CON-023", "case", Severity.REVIEW)
def receptors_change(record: Record) -> Iterator[Finding]:
    """A receptor differs between the primary and the metastasis, and the text does not remark on it.

    Conversion happens and alters treatment; unremarked it reads like a misprint.
    """
    case = record.case
    prior = status(case.history.prior_cancer.receptors) if case.history.prior_cancer else {}
    for item in case.pathology:
        for name, (positive, receptor) in status(item.ihc).items():
            if name in prior and None not in (positive, prior[name][0]) and positive != prior[name][0]:
                first = prior[name][1].result
                yield Finding(receptor.result, f"{name}：原发灶作{first}，转移灶作{receptor.result}", name, "核对；属实则说明受体状态改变", (first,))


@rule("CON-024", "case", Severity.REVIEW, "ASCO/CAP乳腺癌受体检测指南")
def receptor_missing(record: Record) -> Iterator[Finding]:
    """Of ER, PR and HER2 one is missing where the others are given.

    Only the three together make a subtype.
    """
    case = record.case
    lists = [item.ihc for item in case.pathology] + ([case.history.prior_cancer.receptors] if case.history.prior_cancer else [])
    for receptors in lists:
        known = status(receptors)
        missing = {"ER", "PR", "HER2"} - set(known)
        if len(known) >= 2 and missing:
            yield Finding(
                receptors[0].marker, f"受体结果缺{'、'.join(sorted(missing))}", "、".join(known), "补入所缺的受体", tuple(item.result for item in receptors)
            )


@rule("CON-025", "case")
def stage(record: Record) -> Iterator[Finding]:
    """A stage or TNM told in the text is none of those staged.

    The stage told is copied from the staging; where they differ one is a misprint.
    """
    case = record.case
    staged = [item for staging in case.staging for item in (staging.stage, staging.tnm) if item]
    prior = case.history.prior_cancer
    earlier = [item for item in ((prior.stage, prior.tnm) if prior else ()) if item]
    categories = {tnm for item in (*staged, *earlier) for tnm in reading.tnms(item)}
    groups = {group for item in (*staged, *earlier) for group in reading.stages(item)}
    for leaf in chart(record).told("title", "complaint", "history", "visit", "diagnoses", "course", "outcome", "commentary", "timeline"):
        if leaf in earlier:
            continue
        for tnm in reading.tnms(leaf) if categories else ():
            if tnm not in categories:
                yield Finding(leaf, f"分期作{'、'.join(sorted(categories))}，此处作{tnm}", tnm, "核对TNM分期", tuple(staged))
        for group in reading.stages(leaf) if groups and not patterns.search(r"[I1-4]+～|II期临床|III期(?:研究|临床|随机)|CKD", leaf) else ():
            if not any(group.startswith(known) or known.startswith(group) for known in groups):
                yield Finding(leaf, f"分期作{'、'.join(sorted(groups))}期，此处作{group}期", f"{group}期", "核对分期", tuple(staged))


@rule("CON-026", "case", Severity.REVIEW)
def resected_primary_responds(record: Record) -> Iterator[Finding]:
    """A primary tumour that was resected is said to respond or to be stable.

    Without a tumour in place there is nothing to measure; what was measured should be named.
    """
    case = record.case
    resected = [leaf for leaf in (case.complaint, *case.history.past) if leaf and patterns.search("癌术后|切除术后|根治术后", leaf)]
    imaged = any(lesion.role == "原发灶" for _, lesion in chart(record).lesions)
    told = [
        leaf for leaf in chart(record).told("responses", "commentary", "results") if patterns.search("原发(?:病)?灶[^，。]*(?:进展|稳定|缩小|消失|控制)", leaf)
    ]
    if resected and told and not imaged:
        yield Finding(told[0], "原发灶已手术切除，而称原发病灶未进展或有变化", told[0], "核对所指病灶", (*told[1:], *resected))


@rule("CON-027", "case")
def stations_of_nodes(record: Record) -> Iterator[Finding]:
    """The node stations reported are not those that were sampled.

    Station and side decide N; a report on another station belongs to another sample.
    """
    case = record.case
    station = re.compile(r"(?<![\d.])(\d{1,2}[RL]?)组")
    sampled = {word: text for study in case.studies for text in study.findings for word in station.findall(text) if patterns.search("穿刺|活检", text)}
    for item in case.pathology:
        reported = set(station.findall(item.specimen))
        if sampled and reported and not reported & set(sampled):
            message = f"穿刺为{'、'.join(sampled)}组，病理所报为{'、'.join(sorted(reported))}组"
            yield Finding(item.specimen, message, item.specimen, "核对淋巴结分站", tuple(sampled.values()))


@rule("CON-028", "case", Severity.REVIEW)
def biopsy_only_in_commentary(record: Record) -> Iterator[Finding]:
    """The commentary rests the diagnosis on a biopsy that the record does not hold."""
    case = record.case
    for leaf in chart(record).commentary if not case.pathology else ():
        if patterns.search("活检[^，。；]*确诊|活检[^，。；]*检测确诊|病理(?:学)?确诊", leaf):
            also = tuple(diagnosis.text for diagnosis in case.diagnoses) + tuple(case.patient.habits)
            yield Finding(leaf, "点评称经活检确诊，病历部分未载病理", leaf, "补入病理结果", also)


@rule("CON-029", "case", Severity.REVIEW)
def title_fracture(record: Record) -> Iterator[Finding]:
    """The title speaks of a fracture that no diagnosis and no event names."""
    case = record.case
    named = [leaf for leaf in chart(record).told("diagnoses", "bone_events") if FRACTURE.search(leaf)]
    if "骨折" in case.title and not named:
        yield Finding(case.title, "题为骨折，诊断与骨相关事件均未见骨折", case.title, "补入诊断，或改题", tuple(diagnosis.text for diagnosis in case.diagnoses))


TITLE_WORDS = {"高钙": "高钙", "肾功能": "肾功能|CKD|肾", "截瘫": "截瘫|肌力", "脊髓压迫": "脊髓(?:压迫|受压)", "疼痛": "痛", "脑转移": "脑转移"}


@rule("CON-030", "case")
def title_and_text(record: Record) -> Iterator[Finding]:
    """The title names a bone, a complication or a drug group of which the record says nothing.

    Contents, headings and text belong to one case.
    """
    case: Chart = chart(record)
    title = record.case.title
    body = "；".join(leaf for path, leaf in case.story if path[0] in ("diagnoses", "metastases", "studies", "bone_events", "labs", "scores", "treatments"))
    for bone in skeleton.bones(title) - {"足骨"} if record.case.metastases else ():
        if bone not in skeleton.bones_meant(body):
            yield Finding(title, f"题中有{bone}，病历未见{bone}病变", title, "核对题目", tuple(place.site for place in record.case.metastases if place.site))
    for word, pattern in TITLE_WORDS.items():
        if word in title and body and not patterns.search(pattern, body):
            yield Finding(title, f"题中有“{word}”，病历未载", title, "核对题目", tuple(diagnosis.text for diagnosis in record.case.diagnoses))


@rule("CON-031", "case")
def solitary(record: Record) -> Iterator[Finding]:
    """A metastasis called solitary stands beside others.

    One lesion outside the chest is M1b, several are M1c; the word decides the stage.
    """
    case = record.case
    alone = chart(record).mentions(re.compile("单发"), "title", "diagnoses")
    places = {(place.site, level, place.side) for place in case.metastases if place.organ == "骨" for level in (place.levels or [""])}
    if alone and len(places) > 1:
        yield Finding(alone[0], f"称单发，所列骨转移有{len(places)}处", "单发", "核对转移数目", tuple(place.site for place in case.metastases if place.site))


@rule("CON-032", "case", Severity.REVIEW)
def modality_misplaced(record: Record) -> Iterator[Finding]:
    """A systemic treatment is called local, or a local one systemic.

    Chemotherapy acts everywhere, radiotherapy and surgery where they are applied.
    """
    for leaf in chart(record).told("background", "commentary", "principles"):
        match = patterns.search("(?:化疗|靶向治疗|免疫治疗|内分泌治疗)等?局部治疗|(?:放疗|手术)等?全身治疗", leaf)
        if match:
            yield Finding(leaf, f"“{match[0]}”归类有误", match[0], "核对全身与局部治疗", ())


@rule("CON-033", "case", Severity.REVIEW)
def sign_of_another_sense(record: Record) -> Iterator[Finding]:
    """A sound is palpated, or a lump heard."""
    for sign in record.case.examination:
        match = patterns.search("触及[^，。；]{0,6}(?:摩擦音|啰音|杂音|呼吸音)|闻及[^，。；]{0,6}(?:包块|肿块|压痛|淋巴结)", sign.finding)
        if match:
            yield Finding(sign.finding, f"“{match[0]}”：声音须听，肿块须触", match[0], "核对“触及”与“闻及”", ())


@rule("CON-034", "case", Severity.REVIEW)
def metastasis_not_called_secondary(record: Record) -> Iterator[Finding]:
    """A metastasis is diagnosed as a malignant tumour of its site, as if it were a primary there."""
    found = [
        item.text
        for item in record.case.diagnoses
        if item.kind == "转移" and patterns.search("恶性肿瘤|癌", item.text) and not patterns.search("继发|转移|术后", item.text)
    ]
    if found:
        yield Finding(found[0], f"转移灶诊断作{'、'.join(found)}，未写继发或转移", found[0], "写明继发", tuple(found[1:]))


@rule("CON-035", "case", source="AJCC/UICC第8版；CSCO")
def stage_and_metastases(record: Record) -> Iterator[Finding]:
    """A patient with M1 or with distant metastases is staged below IV.

    A stage of the operation before is told as such (术后病理分期).
    """
    case = record.case
    for staging in case.staging:
        distant = "M1" in (staging.tnm or "") or (case.metastases and not staging.context)
        if staging.stage and distant and reading.stages(staging.stage) and not reading.stages(staging.stage)[0].startswith("IV"):
            also = tuple(text for text in (staging.tnm,) if text) + tuple(place.organ for place in case.metastases)
            yield Finding(staging.stage, f"有远处转移而分期作{staging.stage}", staging.stage, "核对分期", also)
