"""A clinical case as its author wrote it. Nothing here is computed for print and nothing is written back.

Text fields keep the author's spelling and place. A field left out means the source does not say (printed 未载).
"""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from publisher.catalogue import AnalyteName, DrugName, RegimenName, ScaleName, TrialName
from publisher.model import PLACED, Model
from publisher.written import Figure, Moment, Prose, Reading, Slug, Word

Side = Annotated[Literal["左侧", "右侧", "双侧"], PLACED]


class Patient(Model):
    sex: Annotated[Literal["男", "女"], PLACED]
    age: Figure
    """Age with its unit, e.g. 64岁."""
    occupation: Word | None = None
    habits: list[Prose] = []
    """Smoking and alcohol as recorded."""

    @property
    def years(self) -> int:
        return int(re.search(r"\d+", self.age).group())

UNPRINTED = frozenset({"id", "kind", "status", "settles", "waivers"})
"""Keys of a case whose words are not printed as they stand: identifiers and classes for the program, waivers."""


class Receptor(Model):
    """One immunohistochemical or special-stain result, as printed: CK7 (+), Ki-67 约40%."""

    marker: Word
    result: Word
    clone: Word | None = None
    """Antibody clone or platform."""


class Dose(Model):
    """One drug as ordered. Each part is as printed; a part left out was not given."""

    drug: DrugName
    brand: Word | None = None
    dose: Figure | None = None
    """Amount with unit and basis: 75 mg/m², AUC=5, 1片, 首剂8 mg/kg，后续6 mg/kg."""
    route: Word | None = None
    frequency: Word | None = None
    days: Word | None = None
    """Days of the cycle: d1、d8."""
    cycle: Word | None = None
    """Length and number of cycles: 每21天为1周期，共6周期."""
    at: Moment | None = None
    condition: Word | None = None
    """When it is given: 轻度疼痛（NRS 1～3分）."""
    remark: Prose | None = None


class PriorTreatment(Model):
    kind: Word
    regimen: RegimenName | None = None
    doses: list[Dose] = []
    duration: Word | None = None
    text: Prose | None = None


class PriorCancer(Model):
    """The primary tumour as treated before the present illness."""

    at: Moment
    diagnosis: Prose
    tnm: Word | None = None
    stage: Word | None = None
    receptors: list[Receptor] = []
    treatments: list[PriorTreatment] = []


class History(Model):
    present: list[Prose] = []
    past: list[Prose] = []
    prior_cancer: PriorCancer | None = None


class Sign(Model):
    """One finding of the physical examination."""

    system: Word
    finding: Prose


class Score(Model):
    """A value on a scale at a time."""

    scale: ScaleName
    value: Reading
    at: Moment | None = None
    components: list["ScoreComponent"] = []
    remark: Prose | None = None


class ScoreComponent(Model):
    name: Word
    value: Reading


class Lesion(Model):
    """One lesion in one study. Sizes as printed: 12 mm×8.1 mm."""

    site: Word
    levels: list[Word] = []
    """Vertebrae or ribs by name: T10, L4, 第5肋."""
    side: Side | None = None
    role: Annotated[Literal["原发灶", "肺内病灶", "淋巴结", "骨转移", "其他转移", "胸膜", "软组织", "其他", "待定"], PLACED]
    size: Figure | None = None
    suv_max: Figure | None = None
    suv_mean: Figure | None = None
    ct_value: Figure | None = None
    """CT attenuation with its unit, e.g. 72 HU."""
    finding: Prose | None = None


class Study(Model):
    """One imaging or endoscopic examination."""

    modality: Word
    at: Moment | None = None
    origin: Word | None = None
    """Where it was done, if elsewhere: 外院, 门诊."""
    tracer: Word | None = None
    findings: list[Prose] = []
    lesions: list[Lesion] = []
    impression: Prose | None = None


class NodeStation(Model):
    """Lymph nodes of one station as positive/total: 1/11."""

    station: Word
    count: Figure


class Pathology(Model):
    """A tissue diagnosis with its immunohistochemistry."""

    specimen: Word
    at: Moment | None = None
    method: Word | None = None
    findings: list[Prose] = []
    diagnosis: Prose | None = None
    nodes: list[NodeStation] = []
    ihc: list[Receptor] = []
    stains: list[Receptor] = []


class Gene(Model):
    """A molecular result: EGFR, L858R, 突变型."""

    gene: Word
    variant: Word | None = None
    result: Word
    method: Word | None = None


class LabResult(Model):
    """One value as the laboratory reported it."""

    analyte: AnalyteName
    value: Reading
    unit: Word | None = None
    flag: Annotated[Literal["↑", "↓"], PLACED] | None = None
    reference: Word | None = None
    """Reference range only where the source prints it."""
    remark: Prose | None = None


class LabPanel(Model):
    name: Word
    at: Moment | None = None
    results: list[LabResult] = Field(min_length=1)


class SeriesColumn(Model):
    analyte: AnalyteName
    unit: Word | None = None


class SeriesPoint(Model):
    """One row of a series: values and changes by the analyte's spelling in the columns."""

    at: Moment
    values: dict[str, Reading]
    change: dict[str, Word] = {}
    remark: Prose | None = None


class Series(Model):
    """The same analytes at several times."""

    name: Word
    columns: list[SeriesColumn] = Field(min_length=1)
    points: list[SeriesPoint] = Field(min_length=1)

    @model_validator(mode="after")
    def every_value_has_its_column(self) -> Self:
        known = [str(column.analyte) for column in self.columns]
        for point in self.points:
            for name in (*point.values, *point.change):
                if name not in known:
                    raise PydanticCustomError("no_column", "{name}", {"name": name, "place": point.at.place, "known": known})
        return self


class Diagnosis(Model):
    text: Prose
    kind: Annotated[Literal["原发肿瘤", "转移", "并发症", "合并症", "症状", "复发", "其他"], PLACED]


class Staging(Model):
    tnm: Word | None = None
    stage: Word | None = None
    edition: Word | None = None
    context: Word | None = None
    """Which moment it belongs to, when there are several: 术后病理分期."""


class Metastasis(Model):
    """A metastatic site on record, for the summary panel, figures and finder."""

    organ: Word
    """骨, 肝, 脑, 肾上腺 …"""
    site: Word | None = None
    """The bone or part: 胸椎, 肋骨, 股骨."""
    levels: list[Word] = []
    side: Side | None = None


class Radiotherapy(Model):
    site: Word
    levels: list[Word] = []
    technique: Word | None = None
    dose: Figure | None = None
    fractions: Figure | None = None
    schedule: Word | None = None
    at: Moment | None = None
    purpose: Prose | None = None


class Operation(Model):
    name: Prose
    at: Moment | None = None
    anaesthesia: Word | None = None
    steps: list[Prose] = []
    aftercare: list[Prose] = []


TREATMENT_KINDS = (
    "手术", "化疗", "靶向治疗", "免疫治疗", "内分泌治疗", "CDK4/6抑制剂治疗", "抗体药物偶联物治疗", "全身治疗", "骨保护治疗",
    "放疗", "镇痛治疗", "支持治疗", "心理治疗", "急症处理", "其他",
)  # fmt: skip


class Treatment(Model):
    """One line or block of treatment."""

    title: Word
    kind: Annotated[Literal[TREATMENT_KINDS], PLACED]
    line: Word | None = None
    """一线, 二线, 维持 …"""
    status: Annotated[Literal["已实施", "拟行", "建议", "未实施"], PLACED] = "已实施"
    at: Moment | None = None
    regimen: RegimenName | None = None
    text: list[Prose] = []
    doses: list[Dose] = []
    radiotherapy: list[Radiotherapy] = []
    operation: Operation | None = None
    measures: list[Prose] = []
    """Non-drug measures, one each."""


class TimelineEvent(Model):
    at: Moment
    event: Prose
    result: Prose | None = None


class DoseChange(Model):
    drug: DrugName
    before: Word | None = None
    after: Word
    at: Moment | None = None
    reason: Prose | None = None


class AdverseEvent(Model):
    agent: Word
    """What it is attributed to: 化疗, 靶向治疗, 地舒单抗."""
    term: Word
    occurred: Annotated[Literal["发生", "未发生"], PLACED]
    grade: Word | None = None
    at: Moment | None = None
    value: Prose | None = None
    """The measured figure: 白细胞最低2.8×10⁹/L."""
    action: Prose | None = None


class Response(Model):
    """An evaluation of the tumour's response."""

    at: Moment | None = None
    criterion: Word | None = None
    target: Prose | None = None
    non_target: Prose | None = None
    new_lesions: Prose | None = None
    overall: Prose | None = None


class Result(Model):
    """One outcome in words: 骨痛缓解 – NRS评分7分→2分."""

    item: Word
    result: Prose
    at: Moment | None = None


class BoneEvent(Model):
    event: Annotated[Literal["病理性骨折", "脊髓压迫", "骨放疗", "骨手术", "高钙血症"], PLACED]
    site: Word | None = None
    levels: list[Word] = []
    side: Side | None = None
    at: Moment | None = None
    text: Prose | None = None


class QualityOfLife(Model):
    item: Word
    before: Reading
    after: Reading
    change: Word | None = None


class FollowUp(Model):
    length: Figure | None = None
    """治疗6个月, 10个月."""
    injections: Figure | None = None
    """Number of injections of the bone agent: 9次."""
    text: list[Prose] = []


class EvidenceResult(Model):
    endpoint: Word
    experimental: Reading | None = None
    control: Reading | None = None
    effect: Word | None = None
    """HR 0.62, or the rate ratio, as printed."""
    p: Word | None = None
    remark: Prose | None = None


class Evidence(Model):
    """A study as the commentary cites it; `trial` must be in the catalogue, `study` describes an unnamed one."""

    trial: TrialName | None = None
    study: Prose | None = None
    population: Prose | None = None
    arms: list[Prose] = []
    results: list[EvidenceResult] = []
    conclusion: Prose | None = None


class Comment(Model):
    """A section of the commentary."""

    heading: Word
    text: list[Prose] = []
    points: list[Prose] = []
    evidence: list[Evidence] = []
    sections: list["Comment"] = []


LONGEST_NOTE = 60
"""Characters; a longer note belongs in its reason."""


class Doubt(Prose):
    """What an editor's note says: short enough to stand at the foot of a case."""

    def examine(self, info: ValidationInfo) -> None:
        if len(self) > LONGEST_NOTE:
            raise PydanticCustomError("long_note", "编者按过长", {"length": len(self), "most": LONGEST_NOTE})


class Note(Model):
    """An editor's note (编者按) on words of its file: the reading stands, the doubt is said."""

    quote: Word
    """Words exactly as in the source; the mark is printed after their first occurrence."""
    settles: list[Word] = []
    """Codes of the rules whose findings on these words the note answers; empty for a doubt that no rule has found."""
    note: Doubt
    reason: Prose | None = None
    source: Prose | None = None
    """What the doubt rests on: a guideline, a label, a page of the manuscript."""


class Waiver(Model):
    """The editor's word that a finding is none: nothing is printed, the reason is kept with the source."""

    code: Word
    quote: Word
    reason: Prose


class CaseNumber(Figure):
    """A case's number: figures only."""

    def examine(self, info: ValidationInfo) -> None:
        if not re.fullmatch(r"[1-9]\d{0,3}", self):
            raise PydanticCustomError("bad_number", "此处应为一个整数")


class Case(Model):
    """One case of a collection."""

    id: Slug
    number: CaseNumber
    """The case's number in its manuscript."""
    title: Word
    background: list[Prose] = []
    patient: Patient
    complaint: Prose | None = None
    history: History = History()
    visit: list[Prose] = []
    """The present admission or visit."""
    examination: list[Sign] = []
    scores: list[Score] = []
    studies: list[Study] = []
    labs: list[LabPanel] = []
    series: list[Series] = []
    pathology: list[Pathology] = []
    genes: list[Gene] = []
    diagnoses: list[Diagnosis] = []
    staging: list[Staging] = []
    metastases: list[Metastasis] = []
    principles: list[Prose] = []
    treatments: list[Treatment] = []
    course: list[Prose] = []
    """What happened under treatment, where it is told and not tabulated."""
    timeline: list[TimelineEvent] = []
    dose_changes: list[DoseChange] = []
    adverse_events: list[AdverseEvent] = []
    responses: list[Response] = []
    bone_events: list[BoneEvent] = []
    results: list[Result] = []
    quality_of_life: list[QualityOfLife] = []
    follow_up: FollowUp | None = None
    outcome: Prose | None = None
    """Last known state, in a line, for the summary panel."""
    commentary: list[Comment] = []
    perspective: list[Prose] = []
    """What the patient says of it."""
    consent: Prose | None = None
    """Informed consent and ethical review, as stated."""
    authors: list[Word] = []
    keywords: list[Word] = []
    references: list[Prose] = []
    notes: list[Note] = []
    waivers: list[Waiver] = []
