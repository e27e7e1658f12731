"""CON, the patient: age, sex, complaint, symptoms and bodily function agree wherever they are told."""

import re
from collections.abc import Iterator

from publisher.lint import patterns, reading, skeleton
from publisher.lint.chart import chart
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule

AGE_WORDS = {"青年": (18, 44), "中年": (45, 59), "老年": (60, 120)}
AGE_WORD = re.compile(r"(?<!中)(青年|中年|老年)(?=男|女|患者)")
FEMALE = re.compile("绝经|月经|卵巢|子宫|妊娠|哺乳期")
MALE = re.compile("前列腺|睾丸|阴囊")


@rule("CON-001", "case")
def age(record: Record) -> Iterator[Finding]:
    """The age told in the text is not the patient's age.

    One patient has one age; where two are told, one is misprinted and every dose and risk that rests on age is in doubt.
    """
    patient = record.case.patient
    for leaf in chart(record).told("title", "complaint", "history", "visit", "background", "course", "outcome", "commentary", "treatments", "timeline"):
        for years in reading.ages(leaf):
            if years != patient.years:
                yield Finding(leaf, f"年龄前后不一：患者信息作{patient.age}，此处作{years}岁", f"{years}岁", "据病历核定年龄", (patient.age,))


@rule("CON-002", "case", Severity.REVIEW)
def age_word(record: Record) -> Iterator[Finding]:
    """The patient is called young, middle-aged or old against the age.

    In China 60 years and over are old (Law on the Rights of the Elderly, art. 2), 45 to 59 middle-aged.
    """
    patient = record.case.patient
    for leaf in chart(record).told("complaint", "visit", "outcome", "commentary"):
        for word in AGE_WORD.findall(leaf):
            low, high = AGE_WORDS[word]
            if not low <= patient.years <= high:
                yield Finding(leaf, f"患者{patient.age}，此处称{word}", word, "通常以60岁及以上为老年，45～59岁为中年", (patient.age,))


@rule("CON-003", "case")
def sex(record: Record) -> Iterator[Finding]:
    """The text gives the patient the other sex, or an organ or condition of the other sex.

    Sex decides reference ranges, renal function and treatment.
    """
    patient = record.case.patient
    foreign = FEMALE if patient.sex == "男" else MALE
    for leaf in chart(record).told("complaint", "history", "visit", "course", "outcome", "commentary", "diagnoses", "timeline", "title"):
        told = [word for word in reading.sexes(leaf) if word != patient.sex]
        organ = None if leaf in chart(record).commentary else foreign.search(leaf)
        if told or organ:
            yield Finding(
                leaf,
                f"性别前后不一：患者信息作{patient.sex}，此处作{told[0] if told else organ[0]}",
                "",
                "据病历核定性别",
                (patient.sex,),
            )


@rule("CON-004", "case", Severity.REVIEW)
def male_breast_cancer(record: Record) -> Iterator[Finding]:
    """A man has breast cancer and the text does not say so.

    It is one case in a hundred; a misprinted sex is likelier.
    """
    case = record.case
    breast = chart(record).mentions(re.compile("乳腺癌|浸润性导管癌|浸润性小叶癌"), "title", "diagnoses", "history")
    if case.patient.sex == "男" and breast and not chart(record).mentions(re.compile("男性")):
        yield Finding(case.patient.sex, "性别作男，诊断为乳腺癌，文中未提男性乳腺癌", "男", "核对性别；属实则在文中写明", tuple(breast[:3]))


@rule("CON-005", "case")
def duration_of_complaint(record: Record) -> Iterator[Finding]:
    """The complaint and the history give a symptom different durations.

    The complaint sums up the history; both count from the same day.
    """
    case, complaint = record.case, record.case.complaint
    if not complaint:
        return
    said = reading.durations(patterns.sub(r"(?<=术后|确诊).*?(?=\d)", "", complaint)) + reading.ago(complaint)
    told = {span: leaf for leaf in case.history.present for span in reading.ago(leaf) + reading.durations(leaf)}
    rows = {span: row.at for row in case.timeline for span in reading.ago(row.at)}
    for others, where in ((told, "现病史"), (rows, "病程时间线")):
        for figure, unit in said if others else ():
            if (figure, unit) not in others:
                also = tuple(dict.fromkeys(others.values()))
                yield Finding(complaint, f"主诉作{figure}{unit}，{where}所记为{spans(others)}", f"{figure}{unit}", "核对起病时间", also)
    for span, leaf in rows.items() if told else ():
        if span not in told:
            yield Finding(leaf, f"时间线作{span[0]}{span[1]}，现病史所记为{spans(told)}", leaf, "核对起病时间", tuple(dict.fromkeys(told.values())))


def spans(told: dict) -> str:
    return "、".join(f"{figure}{unit}" for figure, unit in told)


@rule("CON-006", "case")
def part_of_complaint(record: Record) -> Iterator[Finding]:
    """The complaint names a limb or a side in which nothing was found.

    What hurts and what was found are in different parts of the body: one of them is misprinted (腕 for 髋, 髌 for 髋, left for right).
    """
    case = record.case
    found = [text for text in (*case.history.present, *(lesion.site for _, lesion in chart(record).lesions)) if text]
    sites = [
        *found,
        *(lesion.finding for _, lesion in chart(record).lesions if lesion.finding),
        *(diagnosis.text for diagnosis in case.diagnoses),
        *(place.site or place.organ for place in case.metastases),
    ]
    sided = (*(place.side for place in case.metastases if place.side), *(lesion.side for _, lesion in chart(record).lesions if lesion.side))
    named = {region for text in sites for region in skeleton.regions(reading.affirmed(text))}
    sides = {pair for text in sites for pair in skeleton.sided(text)} | {
        (region, place.side) for place in case.metastases if place.side for region in skeleton.regions(place.site or "")
    } | {(region, lesion.side) for _, lesion in chart(record).lesions if lesion.side for region in skeleton.regions(lesion.site)}  # fmt: skip
    told = [text for text in (case.complaint, *case.visit) if text]
    for region, side in dict.fromkeys(pair for text in told for pair in skeleton.sided(text)):
        text, *again = (text for text in told if (region, side) in skeleton.sided(text))
        there = {other for place, other in sides if place == region}
        if region in ("上肢", "下肢") and named and region not in named:
            yield Finding(text, f"主诉部位在{region}，病史、影像与诊断均未见{region}病变", text, "核对部位用字", (*again, *sites))
        elif there and side not in there | {"双侧"} and "双侧" not in there:
            yield Finding(text, f"此处作{side}，影像与诊断作{'、'.join(sorted(there))}", text, "核对侧别", (*again, *sites, *sided))


@rule("CON-007", "case", Severity.REVIEW)
def chest_pain_beside_the_primary(record: Record) -> Iterator[Finding]:
    """The chest hurts on the side opposite to the tumour, and nothing there explains it.

    Either the side is misprinted or a lesion of rib or pleura on that side is not told.
    """
    case = record.case
    primary = {lesion.side for _, lesion in chart(record).lesions if lesion.role == "原发灶" and lesion.side}
    near = {lesion.side for _, lesion in chart(record).lesions if patterns.search("肋|胸膜|胸壁|胸腔", lesion.site)}
    for side in patterns.findall(r"(左|右)侧?(?:胸痛|胸部疼痛|胸部钝痛)", case.complaint or ""):
        told = skeleton.SIDE[side]
        if primary and told not in primary | near:
            also = tuple(text for _, lesion in chart(record).lesions if lesion.role == "原发灶" for text in (lesion.site, lesion.side) if text)
            yield Finding(case.complaint, f"主诉{told}胸痛，原发灶在{'、'.join(primary)}，{told}未载病变", case.complaint, "核对侧别，或说明疼痛原因", also)


SYMPTOMS = re.compile("咳嗽|咳痰|咯血|胸闷|气短|发热|盗汗|恶心|呕吐|麻木|头痛|腹胀|腹痛|水肿|黄疸|便秘|气促|呼吸困难")
BETTER = re.compile("缓解|好转|减轻|消失|改善|减少")


@rule("CON-008", "case")
def denied_symptom_improves(record: Record) -> Iterator[Finding]:
    """A symptom that the history denies is later said to be better.

    What was never there cannot improve; one of the two sentences belongs to another patient.
    """
    case = record.case
    history = " ".join((case.complaint or "", *case.history.present, *case.visit))
    denied = set(SYMPTOMS.findall(reading.denied(history))) - set(SYMPTOMS.findall(reading.affirmed(history)))
    where = tuple(leaf for leaf in case.history.present if denied & set(SYMPTOMS.findall(reading.denied(leaf))))
    arisen = {word for event in case.adverse_events if event.occurred == "发生" for word in SYMPTOMS.findall(event.term)}
    for leaf in (*case.course, *(row.result for row in case.timeline if row.result), *(result.result for result in case.results)):
        for clause in patterns.split(r"[。；，]", leaf):
            for symptom in set(SYMPTOMS.findall(reading.affirmed(clause))) & denied - arisen:
                if BETTER.search(clause):
                    yield Finding(leaf, f"病史作无{symptom}，此处称{symptom}好转", clause, "核对该症状起病时有无", where)


@rule("CON-009", "case", Severity.REVIEW)
def dry_cough_with_sputum(record: Record) -> Iterator[Finding]:
    """A cough is called dry and sputum is told of it.

    A dry cough brings up nothing; 偶有痰 would need another word.
    """
    case = record.case
    texts = (case.complaint or "", *case.history.present)
    dry = [text for text in texts if "干咳" in text]
    wet = [text for text in texts if patterns.search(r"咳痰|痰", reading.affirmed(text).replace("干咳无痰", ""))]
    if dry and wet:
        yield Finding(dry[0], "既称干咳，又述咳痰", "干咳", "核对咳嗽性质", tuple(text for text in (*dry[1:], *wet)))


@rule("CON-010", "case", Severity.REVIEW)
def pain_without_lesion(record: Record) -> Iterator[Finding]:
    """The lumbar spine hurts and the bone metastases listed leave it out.

    A spine that hurts is either affected, and belongs in the list, or was found free, which should be said.
    """
    case = record.case
    listed = [diagnosis.text for diagnosis in case.diagnoses if diagnosis.kind == "转移" and "椎" in diagnosis.text]
    painful = [
        text
        for text in (case.complaint, *case.history.present, *case.visit)
        if text and patterns.search(r"(?:胸腰椎?段?|腰段|腰椎|腰背|腰部)[^，。；]*[痛]", text)
    ]
    if listed and painful and not any("腰" in text or "L" in text for text in listed):
        yield Finding(painful[-1], "腰段疼痛，诊断所列骨转移未及腰椎", "", "核对腰椎有无病变", (*painful[:-1], *listed))


@rule("CON-011", "case")
def standing_on_paralysed_legs(record: Record) -> Iterator[Finding]:
    """Legs of power II or less are said to stand or walk.

    Grade 2 of the MRC scale does not move against gravity, grade 1 only flickers; I is often a misread IV.
    """
    weak = [leaf for leaf in chart(record).told("course", "timeline", "results", "scores", "examination") if any(grade <= 2 for grade in reading.powers(leaf))]
    weak += [score.value for score in record.case.scores if score.scale.entry.id == "muscle-strength" and grade(score.value) <= 2]
    for leaf in weak:
        same = [other for other in chart(record).told("course", "timeline", "results") if patterns.search("站立|行走|步行", reading.affirmed(other))]
        near = [other for other in same if other == leaf or (not patterns.search("无法|不能", other) and not reading.powers(other))]
        if near and leaf in chart(record).told("course", "timeline", "results"):
            yield Finding(
                leaf, "肌力2级及以下，而称能站立或行走", leaf, "核对肌力分级（I与IV易混）", tuple(near) + tuple(other for other in weak if other is not leaf)
            )


def grade(text: str) -> int:
    return (reading.powers(f"肌力{text}") or (9,))[0]


@rule("CON-012", "case", Severity.REVIEW)
def free_joints_of_paralysed_limbs(record: Record) -> Iterator[Finding]:
    """Joints are said to move normally in limbs of power 0 or 1.

    Only passive movement can be normal there, and the text must say that it is.
    """
    signs = [sign.finding for sign in record.case.examination]
    paralysed = [text for text in signs if any(grade <= 1 for grade in reading.powers(text))]
    for text in signs if paralysed else ():
        if patterns.search("关节活动(?:正常|自如|无受限|良好)", text) and "被动" not in text:
            yield Finding(text, "肢体肌力0～1级，而称关节活动正常", text, "注明是否指被动活动", tuple(paralysed))


@rule("CON-013", "case", Severity.REVIEW)
def load_on_the_leg(record: Record) -> Iterator[Finding]:
    """A leg that must bear no weight is later stood on, without a word that the order was lifted."""
    orders = [
        text
        for treatment in record.case.treatments
        for text in (*treatment.measures, *treatment.text)
        if patterns.search("避免.{0,6}负重|免负重|禁止负重", text)
    ]
    told = [leaf for leaf in chart(record).told("course", "timeline", "results") if patterns.search("可.{0,10}(?:站立|行走)", reading.affirmed(leaf))]
    if orders and told:
        yield Finding(told[0], "医嘱免负重，其后又记站立或行走", told[0], "说明何时允许负重", (*told[1:], *orders))


ECOG_OF_KPS = {100: (0,), 90: (0,), 80: (1,), 70: (1,), 60: (2,), 50: (2,), 40: (3,), 30: (3,), 20: (4,), 10: (4,)}


@rule("CON-014", "case", Severity.REVIEW, "Oken 1982；ECOG与KPS对照")
def performance_scales(record: Record) -> Iterator[Finding]:
    """ECOG and KPS given for the same time do not correspond.

    KPS 90–100 is ECOG 0, 70–80 is 1, 50–60 is 2 (Oken 1982).
    """
    scores = [(score.scale.entry.id, score.value, score.at) for score in record.case.scores]
    kps, ecog = ([value for scale, value, _ in scores if scale == name] for name in ("kps", "ecog"))
    for ours, theirs in zip(kps, ecog, strict=False):
        known = ECOG_OF_KPS.get(whole(ours))
        if known and whole(theirs) not in known:
            items = tuple(row.item for row in record.case.quality_of_life)
            yield Finding(ours, f"KPS {ours}约当ECOG {known[0]}分，此处ECOG作{theirs}", f"KPS {ours}，ECOG {theirs}", "核对两项评分", (theirs, *items))
            return


def whole(text: str) -> int:
    return int((patterns.findall(r"\d+", text) or ["-1"])[0])


@rule("CON-015", "case", Severity.REVIEW)
def able_with_broken_leg(record: Record) -> Iterator[Finding]:
    """A patient with a fracture of the femur is rated fit (ECOG 0–1).

    Whoever cannot put weight on a leg is not able to carry out light work.
    """
    case = record.case
    broken = [leaf for leaf in chart(record).told("diagnoses") if patterns.search("股骨[^，。]*骨折", leaf)]
    for score in case.scores:
        if broken and score.scale.entry.id == "ecog" and whole(score.value) <= 1 and patterns.search("就诊|入院|治疗前", score.at or ""):
            yield Finding(score.value, f"股骨骨折而ECOG作{score.value}", score.value, "核对体力评分", tuple(broken))
