"""What a case is looked up by: histology, drivers, sites, events, treatments, pain, problems. Read from its data, nothing is judged."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

from publisher.case import BoneEvent, Case, Gene, Receptor, Score, Treatment
from publisher.catalogue import Catalogue

DONE, PLANNED = "●", "○"
SAID = {DONE: "有", PLANNED: "拟行或建议"}
MODALITIES = ("化疗", "靶向", "抗体偶联药", "CDK4/6", "免疫", "内分泌")
UNFINISHED = ("靶向", "CDK4/6", "免疫", "内分泌")
"""Ways of treatment whose head in a table is short for one that ends in 治疗."""
EVENTS = get_args(BoneEvent.model_fields["event"].annotation)
OF_KIND = {
    "化疗": "化疗", "靶向治疗": "靶向", "免疫治疗": "免疫", "内分泌治疗": "内分泌", "CDK4/6抑制剂治疗": "CDK4/6", "抗体药物偶联物治疗": "抗体偶联药",
}  # fmt: skip
OF_GROUP = {
    "化疗药": "化疗", "靶向药": "靶向", "免疫检查点抑制剂": "免疫", "内分泌治疗药": "内分泌", "CDK4/6抑制剂": "CDK4/6", "抗体药物偶联物": "抗体偶联药",
}  # fmt: skip
AGAINST_THE_TUMOUR = (*OF_KIND, "全身治疗")
"""Kinds of treatment whose drugs say the modality; an antiemetic beside chemotherapy does not."""
BONE_AGENT, OPIOID = "骨改良药", "阿片"
TARGETS = ("受体", "免疫检查点")
"""Kinds of markers whose stains are shown beside the genes."""
NEGATIVE = re.compile(r"未检测到|无.*突变|野生|阴性")


@dataclass(frozen=True)
class Profile:
    """One case as the case finder and the contents show it; an empty part is not on record."""

    case: Case
    histology: tuple[str, ...]
    drivers: tuple[str, ...]
    bones: tuple[str, ...]
    organs: tuple[str, ...]
    signs: dict[str, str]
    """For the head of a column: ● or ○."""
    bone_agents: tuple[str, ...]
    pain: str
    subjects: tuple[str, ...]
    """Heads of columns that may be what a case is about: problems it came with, not effects of its drugs."""

    @property
    def topic(self) -> str:
        """What the case is about, in a few words: its problems and the ways of treatment."""
        done = [head for head, sign in self.signs.items() if sign == DONE]
        ways = [f"{head}治疗" if head in UNFINISHED else head for head in done if head in MODALITIES]
        return "；".join("、".join(words) for words in ([head for head in done if head in self.subjects], ways) if words)


def profile(case: Case, catalogue: Catalogue) -> Profile:
    return Profile(
        case, tuple(histology(case, catalogue)), tuple(drivers(case, catalogue)), tuple(sites(case, "骨")),
        tuple(dict.fromkeys(str(item.organ) for item in case.metastases if item.organ != "骨")),
        signs(case, catalogue), tuple(bone_agents(case)), pain(case.scores),
        tuple(str(entry.column) for entry in catalogue.diseases if entry.column and entry.group != "不良反应"),
    )  # fmt: skip


def histology(case: Case, catalogue: Catalogue) -> Iterable[str]:
    """Yield subtype and histology, from the diagnosis, else from the pathology."""
    prior = case.history.prior_cancer
    said = [item.text for item in case.diagnoses if item.kind in ("复发", "原发肿瘤")]
    seen = [item.diagnosis for item in case.pathology if item.diagnosis] + ([prior.diagnosis] if prior else [])
    for group in ("分子分型", "组织学类型"):
        for texts in (said, seen):
            named = dict.fromkeys(str(entry.name) for text in texts for entry in catalogue.diseases_in(text) if entry.group == group)
            yield from named
            if named:
                break


def drivers(case: Case, catalogue: Catalogue) -> Iterable[str]:
    """Yield what is on record of genes, receptors and PD-L1: what is positive; where nothing is, all as reported."""
    prior = case.history.prior_cancer
    stained = [row for pathology in case.pathology for row in pathology.ihc if is_target(row, catalogue)]
    receptors = stained or [row for row in (prior.receptors if prior else []) if is_target(row, catalogue)]
    found = [gene_found(gene) for gene in case.genes if not NEGATIVE.search(gene.result) or gene.gene in gene.result]
    found += [stain(row) for row in receptors]
    yield from dict.fromkeys(found or [f"{gene.gene}{gene.result}" for gene in case.genes])


def gene_found(gene: Gene) -> str:
    """Return EGFR L858R, HER2阳性, or a result that names the gene itself."""
    if gene.gene in gene.result:
        return str(gene.result)
    return f"{gene.gene} {gene.variant}" if gene.variant else f"{gene.gene}{gene.result}"


def stain(row: Receptor) -> str:
    """Return ER(+), HER2(3+), PD-L1 TPS=10%."""
    return f"{row.marker}{'' if row.result.startswith('(') else ' '}{row.result}"


def is_target(row: Receptor, catalogue: Catalogue) -> bool:
    entry = catalogue.find("genes", row.marker)
    return entry is not None and entry.kind in TARGETS


def sites(case: Case, organ: str) -> Iterable[str]:
    """Yield the sites of an organ, each once, a single side before it."""
    by_site: dict[str, list[str]] = {}
    for item in case.metastases:
        if item.organ == organ and (item.site or item.levels):
            by_site.setdefault(str(item.site or "、".join(item.levels)), []).append(str(item.side or ""))
    for site, sides in by_site.items():
        side = sides[0] if len(set(sides)) == 1 and sides[0] and sides[0][0] not in site[:3] else ""
        side = side if side == "双侧" else side[:1]
        yield f"{side}{site}"


def signs(case: Case, catalogue: Catalogue) -> dict[str, str]:
    """Return the marks of a case by the heads of their columns, in the order of the finder."""
    found: dict[str, str] = {}
    for name, column in problems(catalogue):
        if name in named(case, catalogue):
            found[column] = DONE
    events = {str(event.event) for event in case.bone_events}
    if "骨手术" in events:
        found["骨科手术"] = DONE
    others = [item for item in case.treatments if item.operation and item.kind == "手术" and not on_bone(item)]
    for head, treatments in (("其他手术", others), ("放疗", [item for item in case.treatments if item.kind == "放疗"])):
        mark(found, head, treatments)
    for modality in MODALITIES:
        mark(found, modality, [item for item in case.treatments if modality in modalities(item, catalogue)])
    mark(found, "阿片类药", [item for item in case.treatments if any(OPIOID in dose.drug.entry.drug_class for dose in item.doses)])
    return found


def mark(found: dict[str, str], head: str, treatments: list[Treatment]) -> None:
    given = [item for item in treatments if item.status != "未实施"]
    if given:
        found[head] = DONE if any(item.status == "已实施" for item in given) else PLANNED


def problems(catalogue: Catalogue) -> list[tuple[str, str]]:
    """Return the diseases that cases are looked up by, with the heads of their columns."""
    return [(str(entry.name), str(entry.column)) for entry in catalogue.diseases if entry.column]


def named(case: Case, catalogue: Catalogue) -> set[str]:
    """Return the diseases on record: bone events as such, others as a diagnosis or an adverse event that occurred."""
    texts = [item.text for item in case.diagnoses] + [event.term for event in case.adverse_events if event.occurred == "发生"]
    named = {str(entry.name) for text in texts for entry in catalogue.diseases_in(text)}
    return named - set(EVENTS) | {str(event.event) for event in case.bone_events}


BONE_WORK = re.compile(r"骨|椎|内固定")


def on_bone(treatment: Treatment) -> bool:
    return bool(BONE_WORK.search(f"{treatment.title}{treatment.operation.name if treatment.operation else ''}"))


def modalities(treatment: Treatment, catalogue: Catalogue) -> set[str]:
    """Return the ways in which a treatment goes against the tumour: by its kind, its drugs, its regimen and its title."""
    if treatment.kind not in AGAINST_THE_TUMOUR:
        return set()
    drugs = [dose.drug.entry for dose in treatment.doses]
    if treatment.regimen:
        drugs += [catalogue.drug(slug) for slug in treatment.regimen.entry.components]
    found = {OF_GROUP[drug.group] for drug in drugs if drug.group in OF_GROUP} | {OF_KIND.get(treatment.kind, "")}
    return found | {modality for modality in MODALITIES if modality in treatment.title}


def bone_agents(case: Case) -> Iterable[str]:
    """Yield the bone-modifying agents: their names, or that none is named."""
    named: dict[str, bool] = {}
    unnamed = []
    for treatment in case.treatments:
        agents = [dose.drug.entry for dose in treatment.doses if dose.drug.entry.group == BONE_AGENT]
        for agent in agents:
            if not agent.unnamed:
                named[str(agent.name)] = named.get(str(agent.name), False) or treatment.status == "已实施"
        if treatment.kind == "骨保护治疗" and not [agent for agent in agents if not agent.unnamed]:
            unnamed.append(treatment)
    yield from (name if given else f"{name}（拟用）" for name, given in named.items())
    if unnamed and not named:
        yield "药名未载" if any(item.status == "已实施" for item in unnamed) else "药名未载（拟用）"


def pain(scores: list[Score]) -> str:
    """Return the highest and the last pain score on record, as reported: 8→0."""
    rated = [score for score in scores if str(score.scale.entry.symbol) == "NRS" and score.value.removesuffix("分")]
    if not rated:
        return ""
    values = [score.value.removesuffix("分") for score in rated]
    most = max(values, key=lambda value: max(map(Decimal, re.findall(r"\d+(?:\.\d+)?", value)), default=Decimal(0)))
    return most if len(values) == 1 or most == values[-1] else f"{most}→{values[-1]}"
