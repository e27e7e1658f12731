"""Errors planted in the real cases, one at a time: a slip of unit, decimal point, dose, route, cycle, stage, receptor, name or level is caught."""

from dataclasses import replace
from pathlib import Path

import pytest
from project import REPOSITORY

from publisher.case import Case
from publisher.collection import Collection
from publisher.lint.cases import check_case
from publisher.lint.record import Record
from publisher.read_yaml import read_yaml

RIB = "lung/cases/lung-04-rib-fracture"
HUMERUS = "lung/cases/lung-01-humeral-fracture"
LUMBAR = "lung/cases/lung-09-solitary-lumbar"
RENAL = "lung/cases/lung-13-renal-impairment"
MULTIPLE = "lung/cases/lung-10-squamous-multiple"
FEMUR = "breast/cases/breast-01-femoral-fracture"
DUAL = "breast/cases/breast-02-dual-her2"
ENDOCRINE = "breast/cases/breast-05-endocrine"
TRIPLE = "breast/cases/breast-11-tnbc-chemotherapy"
ADC = "breast/cases/breast-21-adc"
PLANTED = (
    (HUMERUS, "value: 21.00, unit: U/mL", "value: 21.00, unit: ng/mL", "LAB-001"),
    (FEMUR, "{analyte: 血钙, value: 2.45, unit: mmol/L}", "{analyte: 血钙, value: 24.5, unit: mmol/L}", "LAB-003"),
    (FEMUR, "{analyte: 血钙, value: 2.45, unit: mmol/L}", "{analyte: 血钙, value: 2.45, unit: mg/dL}", "LAB-003"),
    (FEMUR, "{analyte: CEA, value: 15.2, unit: ng/mL}", "{analyte: CEA, value: 152, unit: ng/mL}", "LAB-004"),
    (HUMERUS, "value: 66.70, unit: ng/mL, flag: ↑", "value: 0.667, unit: ng/mL, flag: ↑", "LAB-006"),
    (DUAL, "{analyte: WBC, value: 5.8, unit: ×10⁹/L}", "{analyte: WBC, value: 58, unit: ×10⁹/L}", "LAB-020"),
    (RENAL, "CKD3期，中度肾功能不全", "CKD4期，中度肾功能不全", "LAB-014"),
    (LUMBAR, "椎骨转移（L4椎体，单发）", "椎骨转移（L6椎体，单发）", "ANA-001"),
    (DUAL, "{site: 胸椎, levels: [T5, T7], role: 骨转移", "{site: 腰椎, levels: [T5, T7], role: 骨转移", "ANA-002"),
    (RENAL, "{text: 右肺下叶腺癌", "{text: 右肺舌叶腺癌", "ANA-003"),
    (HUMERUS, "{marker: P40, result: (-)}", "{marker: P40, result: (+)}", "ANA-020"),
    (HUMERUS, "{marker: TTF-1, result: (+)}", "{marker: TTF-1, result: (-)}", "ANA-021"),
    (ENDOCRINE, "{marker: ER, result: (+)}", "{marker: ER, result: (-)}", "ANA-028"),
    (FEMUR, "tnm: T2N1M0", "tnm: T2N4M0", "STG-001"),
    (FEMUR, "stage: IIB期", "stage: IIIC期", "STG-002"),
    (LUMBAR, "tnm: cT1cN0M1b", "tnm: cT1cN0M0", "STG-006"),
    (MULTIPLE, "tnm: cT2bN2M1b", "tnm: cT1aN2M1b", "STG-007"),
    (RIB, "tnm: pT2aN1M0", "tnm: pT2aN2M0", "STG-011"),
    (FEMUR, "target: 股骨病灶缩小约35%", "target: 股骨病灶缩小约15%", "STG-020"),
    (LUMBAR, "以吉非替尼抑制肿瘤细胞", "以吉非普尼抑制肿瘤细胞", "RX-001"),
    (ENDOCRINE, "患者经来曲唑辅助治疗5年", "患者经来普唑辅助治疗5年", "RX-001"),
    (LUMBAR, "dose: 120 mg, route: 皮下注射", "dose: 120 mg, route: 静脉输注", "RX-010"),
    (LUMBAR, "dose: 120 mg, route: 皮下注射", "dose: 1200 mg, route: 皮下注射", "RX-011"),
    (ADC, "dose: 5.4 mg/kg", "dose: 54 mg/kg", "RX-011"),
    (ADC, "dose: 5.4 mg/kg", "dose: 5.4 mg/m²", "RX-013"),
    (ADC, "frequency: 每21天1次", "frequency: 每14天1次", "RX-014"),
    (LUMBAR, "dose: 250 mg, route: 口服, frequency: 1次/日", "dose: 250 mg, route: 口服, frequency: 3次/日", "RX-015"),
    (RIB, "dose: 1 mg, route: 口服, frequency: 每晚1次", "dose: 1 mg, route: 静脉注射, frequency: 每晚1次", "RX-022"),
    (TRIPLE, "dose: AUC=5, days: d1, cycle: 每21天为1周期", "dose: AUC=5, days: d1, cycle: 每28天为1周期", "RX-032"),
    (LUMBAR, "variant: 19外显子缺失, result: 突变", "variant: 19外显子, result: 未检测到突变", "RX-042"),
    (DUAL, "{gene: HER2, result: 阳性, method: FISH}", "{gene: HER2, result: 阴性, method: FISH}", "ANA-023"),
    (TRIPLE, "{drug: 吉西他滨, dose: 1000 mg/m²", "{drug: 来曲唑, dose: 2.5 mg", "RX-044"),
    (MULTIPLE, "size: 约4.0 cm×3.5 cm", "size: 约4.0 cm×35 cm", "LAB-013"),
)
"""Case, words, words planted for them, and the rule that must speak."""


def findings(path: Path, content: Collection) -> set[tuple[str, str]]:
    """Return code and message of every finding on a case file."""
    tree, problems = read_yaml(path, path.name)
    assert problems == []
    case = Case.model_validate(tree, context={"catalogue": content.catalogue})
    source = next(source for source in content.volumes.values() if str(case.id) in source.cases)
    changed = replace(source, cases={**source.cases, str(case.id): case}, trees={**source.trees, str(case.id): tree})
    return {(item.code, finding.message) for item, finding in check_case(Record(case, changed, content.catalogue))}


@pytest.mark.parametrize(("name", "words", "planted", "code"), PLANTED, ids=[f"{code}-{planted[:24]}" for _, _, planted, code in PLANTED])
def test_a_planted_error_is_caught(name, words, planted, code, content, tmp_path):
    path = REPOSITORY / "content" / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert words in text
    spoilt = tmp_path / path.name
    spoilt.write_text(text.replace(words, planted, 1), encoding="utf-8")
    assert code in {found for found, _ in findings(spoilt, content) - findings(path, content)}
