"""CAL, sums and scales: percentages, totals, components, ranges and scores are worked out again from the figures printed."""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from publisher.lint import patterns, reading
from publisher.lint.chart import chart
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Reading, Written

PERCENT = re.compile(r"^([↑↓+-]?)\s?约?(\d+(?:\.\d+)?)%$")


def change(base: Decimal, value: Decimal) -> Decimal:
    """Change in per cent, positive upwards."""
    return (value - base) / base * 100


def near(stated: Decimal, worked_out: Decimal) -> bool:
    """Whether a percentage is the one worked out, rounded to its own digits or cut off."""
    return abs(stated - worked_out) <= (1 if stated == int(stated) else Decimal("0.15"))


@rule("CAL-001", "case")
def change_of_series(record: Record) -> Iterator[Finding]:
    """A change in a series is not what its values give, from the first value or from the one before.

    The reader compares the percentage, not the values; a wrong one misstates the response.
    """
    for table, point, name, stated, base, before in changes(record):
        value = point.values[name].low
        if value is not None and base and before and not near(abs(stated), abs(change(base, value))) and not near(abs(stated), abs(change(before, value))):
            told = point.change[name]
            also = (point.values[name], *(other.values[name] for other in table.points if name in other.values and other is not point))
            yield Finding(told, f"{name}印作{told}，按{base}至{value}算为{change(base, value):+.1f}%", told, "重新计算", also)


@rule("CAL-002", "case", Severity.REVIEW)
def base_of_change(record: Record) -> Iterator[Finding]:
    """A change in a series counts from another value than the changes above it.

    Two bases in one column make rows that cannot be compared.
    """
    for table, point, name, stated, base, before in changes(record):
        value = point.values[name].low
        if (
            value is not None
            and base
            and before
            and before != base
            and not near(abs(stated), abs(change(base, value)))
            and near(abs(stated), abs(change(before, value)))
        ):
            told = point.change[name]
            also = tuple(other.change[name] for other in table.points if name in other.change and other is not point)
            yield Finding(
                told,
                f"{name}印作{told}，以前一次{before}为基数；自首次{base}算为{change(base, value):+.1f}%",
                told,
                "注明基数",
                (*also, *point.change.values()),
            )


@rule("CAL-003", "case")
def direction_of_change(record: Record) -> Iterator[Finding]:
    """An arrow or word points up where the value fell, or down where it rose."""
    for table, point, name, _, base, before in changes(record):
        told, value = point.change[name], point.values[name].low
        if value is None or not base or not before:
            continue
        up, down = bool(patterns.search("↑|升|增", told)), bool(patterns.search("↓|降|减", told))
        if (up and value < min(base, before)) or (down and value > max(base, before)):
            yield Finding(told, f"{name}作{told}，数值由{before}至{value}", told, "核对升降", (point.values[name], table.points[0].values[name]))


@rule("CAL-007", "case")
def stable_value(record: Record) -> Iterator[Finding]:
    """A value called stable differs from the one before by more than a fifth."""
    for table in record.case.series:
        for before, point in pairwise(table.points):
            for name, told in point.change.items():
                first, value = (item.values[name].low if name in item.values else None for item in (before, point))
                if "稳定" in told and first and value is not None and abs(change(first, value)) > 20:
                    yield Finding(
                        told, f"{name}由{first}至{value}（{change(first, value):+.0f}%），而称稳定", told, "核对数值", (point.values[name], before.values[name])
                    )


def changes(record: Record):
    """Yield table, point, analyte, stated percentage, first value and value before."""
    for table in record.case.series:
        for index, point in enumerate(table.points):
            for name, told in point.change.items():
                match = PERCENT.match(told)
                values = [item.values[name].low for item in table.points[:index] if name in item.values and item.values[name].low]
                if match and values and name in point.values:
                    yield table, point, name, Decimal(match[2]), values[0], values[-1]


@rule("CAL-004", "case")
def change_of_life_quality(record: Record) -> Iterator[Finding]:
    """A change in the quality-of-life table is not the difference of its two values, or points the other way."""
    for row in record.case.quality_of_life:
        before, after = (patterns.search(r"\d+(?:\.\d+)?", text) for text in (row.before, row.after))
        told = patterns.match(r"([↑↓])?\s?(\d+(?:\.\d+)?)(%|分)?", row.change or "")
        if not (before and after and told):
            continue
        first, last = Decimal(before[0]), Decimal(after[0])
        worked_out = change(first, last) if told[3] == "%" and first else last - first
        if not near(Decimal(told[2]), abs(worked_out)) or (told[3] != "%" and Decimal(told[2]) != abs(worked_out)):
            yield Finding(
                row.change,
                f"{row.item}由{row.before}至{row.after}，变化算为{worked_out:+.1f}{told[3] or ''}，印作{row.change}",
                row.change,
                "重新计算",
                (row.before, row.after),
            )
        elif told[1] and (told[1] == "↑") != (last > first):
            yield Finding(row.change, f"{row.item}由{row.before}至{row.after}，箭头作{told[1]}", row.change, "核对升降", (row.before, row.after))


MOVED = "(?:缩小|下降|降低|减少|升高|增加|增大|上升)"
TWO_FIGURES = re.compile(rf"({reading.NUMBER})[^\d，。；]{{0,8}}(?:至|→)({reading.NUMBER})[^\d，。；（]{{0,6}}[，（]{MOVED}约?({reading.NUMBER})%")
PERCENT_FIRST = re.compile(rf"{MOVED}约?({reading.NUMBER})%（({reading.NUMBER})[^\d，。；]{{0,8}}(?:至|→)({reading.NUMBER})")


@rule("CAL-005", "case")
def percentage_told(record: Record) -> Iterator[Finding]:
    """A percentage beside the two figures it comes from is not what they give."""
    for leaf in chart(record).told("studies", "course", "timeline", "responses", "results", "outcome", "commentary", "adverse_events"):
        if "%" not in leaf:
            continue
        told = TWO_FIGURES.findall(leaf) + [(first, last, percent) for percent, first, last in PERCENT_FIRST.findall(leaf)]
        for first, last, percent in dict.fromkeys(told):
            if Decimal(first) and not near(Decimal(percent), abs(change(Decimal(first), Decimal(last)))):
                message = f"由{first}至{last}算为{change(Decimal(first), Decimal(last)):+.1f}%，此处作{percent}%"
                yield Finding(
                    leaf, message, leaf, "重新计算", tuple(other for other in chart(record).told("timeline", "course", "responses") if f"{percent}%" in other)
                )


SHRUNK = re.compile(rf"(?:缩小|减小|增大)约?({reading.NUMBER})%")


@rule("CAL-008", "case")
def change_of_one_day(record: Record) -> Iterator[Finding]:
    """The tumour shrinks by one percentage in one place and by another in another, on the same day.

    Response is decided by it: 30 % is a partial response, 29 % is not.
    """
    case = record.case
    rows = [(response.at, text) for response in case.responses for text in (response.target, response.non_target)]
    rows += [(row.at, text) for row in case.timeline for text in (row.event, row.result)]
    rows += [(study.at, lesion.finding) for study, lesion in chart(record).lesions]
    told: dict[str, list[tuple[str, Written]]] = {}
    for at, text in rows:
        for percent in SHRUNK.findall(text) if at and text and "%" in text else ():
            told.setdefault(str(at), []).append((percent, text))
    for text in case.course:
        for at in (at for at in told if at in text):
            told[at] += [(percent, text) for percent in SHRUNK.findall(text)]
    for at, values in told.items():
        count = Counter(percent for percent, _ in values)
        odd = min(reversed(count), key=count.get)
        found = [text for percent, text in values if percent == odd]
        also = (*found[1:], *(text for percent, text in values if percent != odd))
        if len(count) > 1:
            others = "、".join(f"{percent}%" for percent in count if percent != odd)
            yield Finding(found[0], f"{at}的变化：此处作{odd}%，他处作{others}", found[0], "核对数值", also)


@rule("CAL-006", "case")
def electrophoresis(record: Record) -> Iterator[Finding]:
    """The fractions of a protein electrophoresis do not make 100 %, or do not give the albumin/globulin ratio printed.

    A column that slipped by one row shows in both.
    """
    for panel in record.case.labs:
        fractions = {result.analyte.entry.id: result for result in panel.results if result.analyte.entry.id.startswith("spe-") and result.unit == "%"}
        total = sum((result.value.low for result in fractions.values() if result.value.low is not None), Decimal())
        also = (panel.name, *(text for result in fractions.values() for text in (result.value, result.analyte)))
        if len(fractions) >= 4 and abs(total - 100) > 2:
            yield Finding(next(iter(fractions.values())).value, f"{panel.name}各组分合计{total}%", f"{total}%", "据原始报告核对", also)
        ratio = next((result.value for result in panel.results if result.analyte.entry.id == "ag-ratio"), None)
        albumin = fractions.get("spe-albumin")
        if ratio and ratio.low and albumin and albumin.value.low and albumin.value.low < 100:
            worked_out = albumin.value.low / (100 - albumin.value.low)
            if abs(worked_out - ratio.low) > Decimal("0.1") and abs(total - 100) <= 2:
                yield Finding(ratio, f"A/G印作{ratio}，按白蛋白{albumin.value}%算为{worked_out:.2f}", ratio, "据原始报告核对", also)


# Scales.


def value_of(text: str) -> list[Decimal]:
    return [Decimal(figure) for figure in patterns.findall(r"\d+(?:\.\d+)?", text)]


@rule("CAL-010", "case", source="各量表原始定义；content/reference/scales.yaml")
def score_in_range(record: Record) -> Iterator[Finding]:
    """A score lies outside its scale, or between its steps.

    NRS 0–10, ECOG 0–5, KPS 0–100 in tens, Mirels 4–12 (four items of 1–3), muscle power 0–5.
    """
    scales = {scale.id: scale for scale in record.catalogue.scales}
    for score in record.case.scores:
        scale = score.scale.entry
        if scale.low is not None and (wrong := outside(value_of(score.value), scale)):
            yield Finding(
                score.value, f"{scale.symbol or scale.name}作{score.value}，{wrong}", score.value, "核对评分", told_too(record, scale.id, score.value)
            )
    for path, leaf in chart(record).story:
        if path[0] != "scores":
            for name, figure in reading.scores(leaf):
                wrong = outside(value_of(figure), scales[name]) if name in scales else ""
                if wrong and not any(figure in score.value for score in record.case.scores):
                    yield Finding(leaf, f"{scales[name].symbol}作{figure}分，{wrong}", leaf, "核对评分", ())
            if any(power > 5 for power in reading.powers(leaf)):
                yield Finding(leaf, "肌力分级为0～5级", leaf, "核对肌力", ())


def outside(values: list[Decimal], scale) -> str:
    low, high, step = (Decimal(text) if text else None for text in (scale.low, scale.high, scale.step))
    if any(value < low or (high is not None and value > high) for value in values):
        return f"量表范围为{scale.low}～{scale.high or ''}"
    if step and any((value - low) % step for value in values):
        return f"量表以{scale.step}为一级"
    return ""


def told_too(record: Record, scale: str, value: Reading) -> tuple[Written, ...]:
    figure = patterns.findall(r"\d+", value)[:1]
    return tuple(leaf for _, leaf in chart(record).story if (scale, *figure) in reading.scores(leaf))


@rule("CAL-011", "case", source="Mirels 1989")
def components_of_score(record: Record) -> Iterator[Finding]:
    """The components of a score do not add up to it, one of them is missing, or one is outside its own range.

    Mirels adds site, pain, lesion and size, each 1 to 3; an NRS of 7 is not a pain item of 7.
    """
    for score in record.case.scores:
        values = [value_of(item.value)[0] for item in score.components if value_of(item.value)]
        total, parts = value_of(score.value), score.scale.entry.components
        remarks = tuple(text for item in score.components for text in (item.name, item.value))
        remarks += tuple(leaf for leaf in chart(record).commentary if any(scale == score.scale.entry.id for scale, _ in reading.scores(leaf)))
        if values and total and sum(values) != total[0]:
            yield Finding(score.value, f"各项相加为{sum(values)}分，总分作{score.value}", score.value, "核对各项与总分", remarks)
        for item in score.components:
            if parts and value_of(item.value) and not Decimal(parts[0].low) <= value_of(item.value)[0] <= Decimal(parts[0].high):
                message = f"{item.name}作{item.value}，每项为{parts[0].low}～{parts[0].high}分"
                yield Finding(item.value, message, item.value, "核对该项", (score.value, item.name, *remarks))
        if values and parts and len(values) != len(parts):
            yield Finding(score.value, f"{score.scale}列{len(values)}项，应为{len(parts)}项", score.value, "补全各项", remarks)




@rule("CAL-012", "case", source="Mirels 1989")
def mirels_of_leg(record: Record) -> Iterator[Finding]:
    """A Mirels score of a lesion of the leg is below 5.

    The site alone counts 2 (3 about the trochanters), the other items at least 1 each.
    """
    case = chart(record)
    affected = [lesion.site for _, lesion in case.bone_lesions if patterns.search("股骨|胫骨", lesion.site)]
    arm = [lesion.site for _, lesion in case.bone_lesions if patterns.search("肱骨|桡骨|尺骨", lesion.site)]
    for score in record.case.scores:
        if score.scale.entry.id == "mirels" and affected and not arm and value_of(score.value)[:1] == [Decimal(4)]:
            yield Finding(
                score.value, f"下肢病灶Mirels最低5分，此处作{score.value}", score.value, "核对评分", (*told_too(record, "mirels", score.value), *affected)
            )


RISK = {"极高危": (9, 12), "高风险": (9, 12), "高危": (9, 12), "风险较高": (9, 12), "临界": (8, 8), "低风险": (4, 7), "低危": (4, 7)}
RISK_WORD = re.compile("极高危|(?<!骨转移)高(?:骨折)?风险|高危|风险较高|临界|低风险|低危")


@rule("CAL-013", "case", source="Mirels 1989：≤7分低，8分临界，≥9分高")
def mirels_band(record: Record) -> Iterator[Finding]:
    """A Mirels score is given another risk than its band.

    7 and less is low (about 5 %), 8 borderline (15 %), 9 and more high (33 % and more) and calls for fixation.
    """
    for leaf, value in banded(record):
        word = RISK_WORD.search(leaf)
        low, high = RISK[word[0].replace("骨折", "")]
        if not low <= value <= high:
            band = "低风险" if value <= 7 else "临界" if value == 8 else "高风险"
            yield Finding(leaf, f"Mirels {value}分属{band}，此处作{word[0]}", word[0], "核对评分与风险等级", told_too(record, "mirels", Reading(f"{value}分")))


def banded(record: Record) -> Iterator[tuple[Written, int]]:
    """Texts that join a Mirels score to a risk."""
    for score in record.case.scores:
        if score.scale.entry.id == "mirels" and score.remark and RISK_WORD.search(score.remark) and value_of(score.value):
            yield score.remark, int(value_of(score.value)[0])
    for path, leaf in chart(record).story:
        if path[0] != "scores" and RISK_WORD.search(leaf) and "Mirels" in leaf and not patterns.search("≥|≤|不低于", leaf):
            told = [int(value) for scale, value in reading.scores(leaf) if scale == "mirels" and value.isdigit()] or [
                int(value) for value in patterns.findall(r"以(\d+)分", leaf)
            ]
            if len(told) == 1:
                yield leaf, told[0]


@rule("CAL-014", "case", Severity.REVIEW, "Mirels 1989：≥9分宜预防性固定")
def mirels_threshold(record: Record) -> Iterator[Finding]:
    """A threshold other than 8 or 9 points decides what is done about a Mirels score."""
    for leaf in chart(record).commentary:
        for told in patterns.findall(r"Mirels评分\s?(?:≥|>|大于|不低于|超过)\s?(\d+)", leaf):
            if int(told) not in (8, 9):
                yield Finding(leaf, f"以Mirels ≥{told}分为界，通行以≥9分为高风险", f"≥{told}分", "核对阈值", ())


@rule("CAL-015", "case", Severity.REVIEW, "Mirels 1989")
def mirels_from_findings(record: Record) -> Iterator[Finding]:
    """The findings told add up to more points than the Mirels score given.

    Femur 2, lytic destruction 3, large lesion 2 and pain that prevents walking 3 make 10 at least.
    """
    case = record.case
    first = next((score for score in case.scores if score.scale.entry.id == "mirels" and not score.components), None)
    bone = [lesion for _, lesion in chart(record).bone_lesions if patterns.search("股骨|肱骨|胫骨", lesion.site)]
    if not first or not bone or not value_of(first.value):
        return
    words = " ".join((*case.history.present, *case.visit))
    site = 2 if patterns.search("股骨|胫骨", bone[0].site) else 1
    least = site + (3 if patterns.search("无法(?:正常)?(?:站立|行走|负重)", words) else 1)
    least += (3 if patterns.search("溶骨|骨质破坏", bone[0].finding or "") else 1) + (2 if patterns.search("大范围|广泛", bone[0].finding or "") else 1)
    if value_of(first.value)[0] < least:
        also = (bone[0].site, *((bone[0].finding,) if bone[0].finding else ()), *told_too(record, "mirels", first.value))
        yield Finding(first.value, f"按所述部位、疼痛、性质与范围至少{least}分，此处作{first.value}", first.value, "列出分项核对", also)


@rule("CAL-016", "case", Severity.REVIEW, "Mirels 1989")
def mirels_after_fracture(record: Record) -> Iterator[Finding]:
    """A Mirels score is given for a bone that is already broken.

    The score foretells a fracture; once it has happened there is nothing to foretell.
    """
    broken = [event.site for event in record.case.bone_events if event.event == "病理性骨折" and event.site and patterns.search("股骨|肱骨|胫骨", event.site)]
    for score in record.case.scores:
        if score.scale.entry.id == "mirels" and broken:
            told = tuple(item.value for item in score.components) + told_too(record, "mirels", score.value)
            yield Finding(score.value, f"{broken[0]}已骨折，而以Mirels评分评估风险", score.value, "注明评分的时间与用意", (*broken, *told))
            return


# Sums and orders of magnitude.


@rule("CAL-020", "case")
def counted_nodes(record: Record) -> Iterator[Finding]:
    """The nodes of all stations do not add up to the total told (1/32), or a station has more positive than examined."""
    for item in record.case.pathology:
        pairs = [(Decimal(match[1]), Decimal(match[2]), node.count) for node in item.nodes if (match := patterns.search(r"(\d+)/(\d+)", node.count))]
        for positive, examined, leaf in pairs:
            if positive > examined:
                yield Finding(leaf, f"阳性{positive}枚多于送检{examined}枚", leaf, "核对淋巴结数", ())
        total = f"{sum(pair[0] for pair in pairs)}/{sum(pair[1] for pair in pairs)}"
        told = [
            leaf for leaf in (*item.findings, *(row.result for row in record.case.timeline if row.result)) if patterns.search(r"淋巴结[^，。]*?(\d+/\d+)", leaf)
        ]
        for leaf in told if len(pairs) > 1 else ():
            stated = patterns.search(r"淋巴结[^，。]*?(\d+/\d+)", leaf)[1]
            if stated != total:
                yield Finding(leaf, f"各组相加为{total}，此处作{stated}", stated, "核对淋巴结数", tuple(leaf for _, _, leaf in pairs))


@rule("CAL-021", "case")
def range_upside_down(record: Record) -> Iterator[Finding]:
    """A range runs from the higher figure to the lower (7～6分), or a mean lies above the maximum.

    Ranges of dates, stages and cycles are read as ranges too.
    """
    for path, leaf in chart(record).story:
        for low, high in (
            patterns.findall(r"(?<![\d.T腰胸颈骶L/-])(\d+(?:\.\d+)?)%?～(\d+(?:\.\d+)?)(?![\d-])", leaf) if "～" in leaf and path[-1] != "at" else ()
        ):
            if Decimal(low) > Decimal(high):
                yield Finding(leaf, f"范围作{low}～{high}，前大后小", f"{low}～{high}", "核对范围", ())
    for _, lesion in chart(record).lesions:
        mean, highest = lesion.suv_mean, lesion.suv_max
        if mean and highest and mean.high is not None and highest.high is not None and mean.high > highest.high:
            yield Finding(mean, f"SUV平均值{mean}大于最大值{highest}", mean, "核对SUV", (highest,))


COUNTED = re.compile(r"分(?:为)?([一二两三四五六])(?:级|步|类|大类|项|个层级)拟?|([一二两三四五六])(?:个层级|大类|方面|类|点)[。：]|内容有([一二两三四五六])")


@rule("CAL-022", "case")
def counted_list(record: Record) -> Iterator[Finding]:
    """A text announces a number of steps, classes or points and another number follows.

    A row lost from a list shows in its count.
    """
    for treatment in record.case.treatments:
        for text in treatment.text:
            for told in patterns.findall("分([一二两三四五])级拟定", text):
                steps = {dose.condition for dose in treatment.doses if dose.condition}
                if steps and reading.quantity(told) != len(steps):
                    yield Finding(text, f"称分{told}级，所列为{len(steps)}级", text, "补入所缺一级", tuple(dose.drug for dose in treatment.doses))
    for comment in walk(record.case.commentary):
        numbers = [match for text in comment.text[-1:] if (match := COUNTED.search(text)) and patterns.search("[。：]$", text)]
        for match in numbers:
            told = reading.quantity(next(group for group in match.groups() if group))
            listed = len(comment.points) or len(comment.sections)
            if listed and listed != told:
                yield Finding(comment.text[-1], f"称{told}项，所列为{listed}项", match[0], "核对项数", (comment.heading, *comment.points))


def walk(comments) -> Iterator:
    for comment in comments:
        yield comment
        yield from walk(comment.sections)


@rule("CAL-023", "case", Severity.REVIEW, "CKD-EPI 2021；MDRD")
def renal_function(record: Record) -> Iterator[Finding]:
    """An eGFR is far from what creatinine, age and sex give.

    CKD-EPI 2021; a difference of a third points to a misprint of one of the four.
    """
    case = record.case
    for table in case.series:
        for point in table.points:
            values = {record.catalogue.find("analytes", name).id: value for name, value in point.values.items()}
            creatinine, rate = values.get("creatinine"), values.get("egfr-renal")
            unit = next((column.unit for column in table.columns if column.analyte.entry.id == "creatinine"), "")
            if creatinine and rate and creatinine.low and rate.low and unit == "μmol/L":
                best, worst = (ckd_epi(value, case.patient.years, case.patient.sex) for value in (creatinine.low, creatinine.high))
                if rate.high < worst * 3 / 4 or rate.low > best * 4 / 3:
                    message = f"肌酐{creatinine} μmol/L、{case.patient.sex}{case.patient.age}算得eGFR约{worst:.0f}～{best:.0f}，此处作{rate}"
                    yield Finding(rate, message, rate, "核对肌酐、年龄、性别与eGFR", (creatinine, case.patient.sex, case.patient.age))


def ckd_epi(creatinine: Decimal, years: int, sex: str) -> Decimal:
    """Return eGFR in mL/(min·1.73 m²) of creatinine in μmol/L by CKD-EPI 2021."""
    kappa, alpha, factor = (Decimal("0.7"), Decimal("-0.241"), Decimal("1.012")) if sex == "女" else (Decimal("0.9"), Decimal("-0.302"), Decimal(1))
    ratio = creatinine / Decimal("88.4") / kappa
    return 142 * min(ratio, Decimal(1)) ** alpha * max(ratio, Decimal(1)) ** Decimal("-1.2") * Decimal("0.9938") ** years * factor


@rule("CAL-024", "case", Severity.REVIEW)
def survival_rates(record: Record) -> Iterator[Finding]:
    """Survival rates rise with the years, or do not fit the median.

    A median below 12 months means that fewer than half are alive at one year.
    """
    for leaf in chart(record).told("background", "commentary"):
        median = patterns.search(r"中位(?:总)?生存期[^\d]{0,6}(\d+(?:\.\d+)?)个?月", leaf)
        rates = patterns.search(r"1年、2年(?:和|、)(?:5|3)年[^\d]*?(\d+)%、(\d+)%(?:和|、)(\d+)%", leaf)
        if rates and not int(rates[1]) >= int(rates[2]) >= int(rates[3]):
            yield Finding(leaf, f"生存率作{rates[1]}%、{rates[2]}%、{rates[3]}%，随年数上升", rates[0], "核对生存率", ())
        elif rates and median and (Decimal(median[1]) < 12) == (int(rates[1]) > 50):
            yield Finding(leaf, f"中位生存期{median[1]}个月与1年生存率{rates[1]}%不合", median[0], "核对原始文献", ())


@rule("CAL-025", "case", Severity.REVIEW)
def intake(record: Record) -> Iterator[Finding]:
    """The volumes infused add up to less than the total intake told."""
    for treatment in record.case.treatments:
        told = next(((text, match) for text in treatment.text if (match := patterns.search(r"总入量\s?(\d+)(?:～\d+)?\s?mL", text))), None)
        volumes = [(Decimal(match[1]), dose.dose) for dose in treatment.doses if dose.dose and (match := patterns.fullmatch(r"(\d+)\s?mL", dose.dose))]
        total = sum((volume for volume, _ in volumes), Decimal())
        if told and volumes and total < Decimal(told[1][1]):
            yield Finding(told[0], f"分项合计{total} mL，{told[1][0]}", told[1][0], "核对入量", tuple(leaf for _, leaf in volumes))


COMPARED = re.compile("较(?:入院时?|治疗前|基线|前)[^，。；]{0,6}(?:下降|降低|升高|好转)")


@rule("CAL-026", "case", Severity.REVIEW)
def comparison_without_base(record: Record) -> Iterator[Finding]:
    """A value is said to be lower than on admission and no value from then is on record.

    A change cannot be judged without its base.
    """
    case = record.case
    for table in case.series:
        named = [
            point for point in table.points if patterns.search("入院|治疗前|基线", point.at) and any(value.low is not None for value in point.values.values())
        ]
        for point in table.points[:1]:
            if point.remark and COMPARED.search(point.remark) and not named:
                yield Finding(point.remark, f"称{point.remark}，未载此前数值", point.remark, "补入入院时数值", (table.name, *point.values.values()))
    for panel in case.labs:
        before = {result.analyte.entry.id for other in case.labs if other is not panel for result in other.results if result.value.low is not None}
        compared = [result for result in panel.results if result.remark and COMPARED.search(result.remark) and result.analyte.entry.id not in before]
        if compared:
            message = f"{compared[0].analyte}{compared[0].remark}，未载此前数值"
            yield Finding(compared[0].remark, message, compared[0].remark, "补入入院时数值", tuple(item.value for item in compared))


@rule("CAL-027", "case", Severity.REVIEW)
def study_without_base(record: Record) -> Iterator[Finding]:
    """A scan or MRI is said to show less than before, and none from before is on record."""
    studies = record.case.studies
    found = []
    for index, study in enumerate(studies):
        weaker = [text for text in study.findings if patterns.search("强化程度减弱|浓聚影?[^，。；]{0,8}减弱", text)]
        if weaker and not any(study.modality[-3:] in other.modality for other in studies[:index]):
            found.append((study.modality, weaker[0]))
    if found:
        (modality, text), *more = found
        also = (modality, *(leaf for pair in more for leaf in pair))
        yield Finding(text, f"{'、'.join(name for name, _ in found)}称减弱，此前未载", text, "补入治疗前检查", also)


@rule("CAL-028", "case", Severity.REVIEW)
def power_without_base(record: Record) -> Iterator[Finding]:
    """Muscle power is said to be restored to a grade and the grade before is not on record."""
    powers = [score for score in record.case.scores if score.scale.entry.id == "muscle-strength"]
    told = [leaf for leaf in chart(record).told("course", "timeline") if patterns.search("肌力恢复(?:至|到)", leaf)]
    if told and not any(patterns.search("入院|治疗前|就诊", score.at or "") for score in powers):
        yield Finding(told[0], "称肌力恢复，治疗前肌力未载", "肌力恢复", "补入入院时肌力分级", (*told[1:], *(score.value for score in powers)))


@rule("CAL-029", "case", Severity.REVIEW)
def size_without_base(record: Record) -> Iterator[Finding]:
    """A measured lesion is said to be smaller than before and no earlier study has it."""
    seen: set[str] = set()
    for study in record.case.studies:
        for lesion in study.lesions:
            known = any(other[:3] == lesion.site[:3] for other in seen)
            if lesion.size and not known and patterns.search("较前(?:缩小|减小)", lesion.finding or ""):
                yield Finding(lesion.size, f"{lesion.site}作{lesion.finding}，此前大小未载", lesion.size, "补入基线大小", (lesion.finding, lesion.site))
        seen |= {lesion.site for lesion in study.lesions}
