"""The tumour as a rule reads it: its histological type, its markers and its receptors, from data and from words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from publisher.case import Receptor
from publisher.lint.gathered import gathered, prose
from publisher.lint.record import Record
from publisher.written import Written

TYPES = {
    "小细胞癌": re.compile(r"(?<!非)小细胞(?:肺癌|癌|神经内分泌癌)|(?<![N/A-Za-z])SCLC"),
    "鳞癌": re.compile(r"(?<!腺)鳞(?:状)?(?:上皮)?(?:细胞)?癌(?!相关抗原|抗原|症|多)"),
    "腺癌": re.compile(r"(?<![乳胰胃肠列腺])腺癌(?!抗)"),
}
"""Types of lung cancer by the words that name them; each excludes the others."""
OWN = re.compile("本例|患者|该例|此例")
ALIASES = {
    "突触素": "SYN", "SYNAPTOPHYSIN": "SYN", "嗜铬蛋白": "CGA", "嗜铬粒蛋白A": "CGA", "嗜铬素A": "CGA", "甲状腺转录因子1": "TTF1",
    "广谱细胞角蛋白": "CK", "AE1/AE3": "CK", "PANCK": "CK",
    "CKPAN": "CK", "HER2/NEU": "HER2", "CERBB2": "HER2", "雌激素受体": "ER", "孕激素受体": "PR", "ΔNP63": "P40", "CD45": "LCA", "NAPSIN": "NAPSINA",
}  # fmt: skip
"""Markers by other names, folded as `folded_marker` folds them."""
MARKER_NAMES = """
AFP ALK AR ARID1A ATRX BAP1 BCL2 BCL6 BRAF BRG1 CA125 CA199 CA9 CAIX CALDESMON CALRETININ CAM5.2 CD10 CD117 CD138 CD15
CD163 CD19 CD1A CD2 CD20 CD21 CD23 CD3 CD30 CD31 CD34 CD38 CD4 CD43 CD44 CD45RO CD5 CD56 CD57 CD61 CD68 CD7 CD79A CD8
CD99 CDK4 CDX2 CEA CGA CK CK10 CK14 CK17 CK18 CK19 CK20 CK34BE12 CK5 CK5/6 CK6 CK7 CK8 CK8/18 CR CALPONIN CYCLIND1
D240 DESMIN DLL3 DOG1 EBER ECADHERIN EGFR EMA ER ERG FH FLI1 GATA3 GCDFP15 GFAP GLYPICAN3 GPC3 H3K27ME3 HCG HEPPAR1
HER2 HHF35 HMB45 HNF1B IDH1 IGG IGG4 INHIBIN INI1 INSM1 KAPPA KI67 KIT LAMBDA LCA LEF1 MAMMAGLOBIN MART1 MC MDM2
MELANA MESOTHELIN MET MLH1 MPO MSA MSH2 MSH6 MUC1 MUC2 MUC4 MUC5AC MUC6 MYOD1 MYOGENIN NAPSINA NF NKX2.2 NKX3.1 NSE
NTRK NUT NYESO1 OCT34 OLIG2 P120 P16 P40 P504S P53 P63 P73 PANTRK PAX2 PAX5 PAX8 PDL1 PGP9.5 PHH3 PLAP PMS2 PR PSA
PSAP PSMA PTEN RAS RB RB1 RCC ROS1 S100 SALL4 SATB2 SDHB SF1 SMA SMARCA2 SMARCA4 SMARCB1 SOX10 SOX2 SOX11 SS18/SSX
SSTR2 STAT6 SYN TDT TFE3 TFF3 TG THYROGLOBULIN TIA1 TLE1 TOPOIIA TRPS1 TROP2 TTF1 UROPLAKIN VEGF VILLIN VIM VIMENTIN
WT1 YAP1 ZEB1 CK/AE1 CATENIN ΒCATENIN PCK POU2F3 ASCL1 NEUROD1 BEREP4 MOC31 CLAUDIN4 CLAUDIN18.2 CLDN18.2 FOLR1 HRAS
KRAS CMET CMYC MYC EZH2 PRAME PSMA2 CXCL13 PD1 LAG3 TIM3 FOXP3 GRANZYMEB
"""
"""Antibodies in use, as `folded_marker` folds them."""
MARKERS = frozenset(MARKER_NAMES.split())


def types(text: str) -> set[str]:
    """Return the types of lung cancer that a text names."""
    return {name for name, pattern in TYPES.items() if pattern.search(text)}


def sentences(leaf: str) -> list[str]:
    return re.split("[。；]", leaf)


@gathered
def typed(record: Record) -> list[tuple[str, Written, str]]:
    """Return every statement of this patient's type of lung cancer, as type, scalar and field; the diagnosis first."""
    case = record.case
    told = [(item.text, "diagnoses") for item in case.diagnoses if item.kind in ("原发肿瘤", "复发")]
    told += [(item.diagnosis, "pathology") for item in case.pathology if item.diagnosis]
    found = [(name, leaf, field) for leaf, field in told for name in types(leaf)]
    for field in ("title", "complaint", "visit", "outcome", "treatments"):
        found += [(name, leaf, field) for leaf in prose(record, field) for name in types(leaf)]
    for leaf in prose(record, "commentary"):
        found += [(name, leaf, "commentary") for sentence in sentences(leaf) if OWN.search(sentence) for name in types(own_part(sentence))]
    return found


def own_part(sentence: str) -> str:
    """Return the clauses of a sentence that speak of this patient, without what it is compared with."""
    return "，".join(
        clause for clause in re.split("[，：]", sentence) if not re.search("多数|多无|常|易|高发|人群|多为|此类|高于|低于|相比|标准|适用|不适", clause)
    )


def histology(record: Record) -> str | None:
    """Return the type of lung cancer by diagnosis, or by pathology, or by any statement; None where it is open."""
    stated = typed(record)
    return stated[0][0] if stated else None


def folded_marker(name: str) -> str:
    folded = re.sub(r"[\s-]", "", name).upper()
    return ALIASES.get(folded, folded)


def positive(result: str) -> bool | None:
    """Tell whether a result is positive: (+), 3+, 约40% are, (-) and 0 are not; None where it says neither."""
    if re.search(r"[-−](?![A-Za-z\d])|阴性|^\(?0\)?$|^0%|未见|缺失", result) and "+" not in result:
        return False
    if "+" in result or "阳性" in result:
        return True
    match = re.search(r"(\d+(?:\.\d+)?)\s?%", result)
    return float(match[1]) >= 1 if match else None


@dataclass(frozen=True)
class Profile:
    """The receptors of one specimen of breast cancer; None where not tested."""

    er: Receptor | None
    pr: Receptor | None
    her2: Receptor | None
    ish: Written | None
    present: bool
    """Whether it is of the present illness, not of the primary tumour before."""

    @property
    def leaves(self) -> tuple[Written, ...]:
        return tuple(receptor.result for receptor in (self.er, self.pr, self.her2) if receptor) + ((self.ish,) if self.ish else ())

    @property
    def hormone(self) -> bool | None:
        known = [positive(receptor.result) for receptor in (self.er, self.pr) if receptor]
        return None if not known or None in known else any(known)

    @property
    def score(self) -> str:
        """Return the HER2 score: 0, 1+, 2+, 3+, or an empty string."""
        match = re.search(r"([0-3])\+|^\(?0\)?$", self.her2.result) if self.her2 else None
        return match[0].strip("()") if match else ""

    @property
    def amplified(self) -> bool | None:
        return positive(self.ish) if self.ish else None

    @property
    def human2(self) -> bool | None:
        """Tell whether HER2 is positive as guidelines count it: 3+, or 2+ with amplification."""
        if self.score == "3+":
            return True
        if self.score == "2+":
            return self.amplified
        if self.score:
            return False
        return positive(self.her2.result) if self.her2 else self.amplified

    @property
    def low(self) -> bool:
        """Tell whether HER2 is low: 1+, or 2+ without amplification."""
        return self.score == "1+" or (self.score == "2+" and self.amplified is False)


@gathered
def profiles(record: Record) -> list[Profile]:
    """Return the receptor profiles on record, the latest last."""
    case = record.case
    ish = next((gene.result for gene in case.genes if re.fullmatch("HER-?2|ERBB2", gene.gene) and re.search("ISH", gene.method or "")), None)
    groups = [(case.history.prior_cancer.receptors, False)] if case.history.prior_cancer else []
    groups += [(pathology.ihc, True) for pathology in case.pathology]
    found = []
    for receptors, present in groups:
        named = {folded_marker(receptor.marker): receptor for receptor in receptors}
        if {"ER", "PR", "HER2"} & set(named):
            found.append(Profile(named.get("ER"), named.get("PR"), named.get("HER2"), ish, present))
    return found


SUBTYPES = (
    (re.compile(r"HR\+/HER2-|激素受体阳性[/、]HER2阴性"), True, False), (re.compile(r"HR\+/HER2\+"), True, True), (re.compile(r"HR-/HER2\+"), False, True),
    (re.compile("三阴性|TNBC"), False, False), (re.compile(r"(?<![抗/])HER2(?:\+|阳性)"), None, True), (re.compile(r"HER2阴性"), None, False),
    (re.compile("(?:HR|激素受体|ER)阳性"), True, None), (re.compile("(?:HR|激素受体|ER)阴性"), False, None),
)  # fmt: skip
"""Names of subtypes with what they say of hormone receptors and of HER2; None where they say nothing."""


def named_subtypes(record: Record) -> Iterator[tuple[str, bool | None, bool | None, Written]]:
    """Yield each subtype by which title, diagnosis or text calls this patient's tumour, with what it says and where."""
    places = [(leaf, leaf) for leaf in (record.case.title, *prose(record, "diagnoses", "complaint", "visit", "outcome"))]
    places += [(sentence, leaf) for leaf in prose(record, "commentary") for sentence in sentences(leaf) if re.search("本例[为系属]|患者[为系属]", sentence)]
    for text, leaf in places:
        for pattern, hormone, human2 in SUBTYPES:
            if match := pattern.search(text):
                yield match[0], hormone, human2, leaf
                break


def patient(record: Record) -> Profile | None:
    """Return the receptors that count: the latest tested."""
    found = profiles(record)
    return found[-1] if found else None
