"""The shared words of `content/reference/`: drugs, regimens, analytes, scales, diseases, genes, abbreviations, trials.

Each entry has one name and any number of accepted spellings; `Catalogue` finds an entry by any of them. The types at
the end (`DrugName` …) are the words of a case that must be in the catalogue; they keep the author's spelling and carry
the entry.
"""

import unicodedata
from functools import cached_property
from typing import Any, ClassVar, Literal

from pydantic import Field, ValidationInfo
from pydantic_core import PydanticCustomError

from publisher.lexicon import Lexicon, lexicon
from publisher.model import Model
from publisher.problems import nearest
from publisher.written import Figure, Prose, Slug, Word, Written


class Entry(Model):
    """What every catalogue entry has."""

    name: Word
    variants: list[Word] = []

    @property
    def spellings(self) -> list[str]:
        return [self.name, *self.variants]


DRUG_GROUPS = (
    "化疗药", "靶向药", "免疫检查点抑制剂", "抗体药物偶联物", "内分泌治疗药", "CDK4/6抑制剂", "骨改良药", "钙与维生素D",
    "镇痛药", "支持治疗药", "心血管药", "内分泌代谢药", "精神神经药", "显像剂", "其他",
)  # fmt: skip


class Label(Model):
    """What the label allows over all the uses of these volumes. A part left out is not judged."""

    routes: list[Word] = []
    """Words of which one must stand in the route as ordered: 口服, 皮下, 静脉."""
    doses: list[Figure] = []
    """Amounts of one administration, each with its unit: 120 mg, 60～100 mg/m², AUC 4～6."""
    daily: Figure | None = None
    """How often a day: 1, 2～4."""
    every: Figure | None = None
    """Days from one dose, or one cycle, to the next: 28, 21～28."""
    course: Word | None = None
    """Days of taking and length of the cycle: 14/21."""
    start: Figure | None = None
    """The highest single dose to begin with in one not used to opioids."""
    day_dose: Figure | None = None
    """The amount of a whole day, where the label bounds it."""
    cycle_dose: Figure | None = None
    """The highest amount of a whole cycle, where it may be split over days."""
    source: Prose


class Approval(Model):
    """The month of the first approval that covers the uses of these volumes, as YYYY-MM."""

    cn: Word | None = None
    us: Word | None = None
    source: Prose


class Drug(Entry):
    id: Slug
    inn: Word | None = None
    """International nonproprietary name, lower case."""
    brands: list[Word] = []
    drug_class: Word = Field(alias="class")
    group: Word
    atc: Word | None = None
    """WHO ATC code, where sure."""
    unnamed: bool = False
    """True for a class named without a drug (双膦酸盐, 止吐药)."""
    discouraged: list[Word] = []
    """Those of the variants that a reader should not meet: superseded, trivial or mistaken names."""
    label: Label | None = None
    approved: Approval | None = None
    indexed: bool = False
    """True for a class that has its place in the index beside the drugs."""

    @property
    def spellings(self) -> list[str]:
        return [self.name, *self.variants, *self.brands, *([self.inn] if self.inn else [])]


class Regimen(Entry):
    zh: Word
    components: list[Slug] = []
    """Ids of the drugs; empty where the abbreviation is ambiguous."""


class Span(Model):
    """From low to high in a unit; the unit is left out for a ratio."""

    low: Figure
    high: Figure
    unit: Word | None = None
    source: Prose | None = None


class Analyte(Entry):
    id: Slug
    symbol: Word | None = None
    units: list[Word] = []
    """Units the analyte may bear, in their printed spelling; empty for a ratio."""
    loinc: Word | None = None
    possible: list[Span] = []
    """What a living adult can have, one span a unit; beyond it the figure or its unit is wrong."""
    usual: Span | None = None
    """The reference interval of adults of either sex, where laboratories agree nearly enough."""
    discouraged: list[Word] = []
    """Those of the variants that a reader should not meet."""

    @property
    def spellings(self) -> list[str]:
        return [self.name, *([self.symbol] if self.symbol else []), *self.variants]


class ScaleComponent(Model):
    name: Word
    low: Figure
    high: Figure


class Scale(Entry):
    id: Slug
    symbol: Word | None = None
    low: Figure | None = None
    high: Figure | None = None
    step: Figure | None = None
    components: list[ScaleComponent] = []
    values: list[Word] = []

    @property
    def spellings(self) -> list[str]:
        return [self.name, *([self.symbol] if self.symbol else []), *self.variants]


DISEASE_GROUPS = ("组织学类型", "分子分型", "转移", "骨相关事件", "并发症与合并症", "不良反应", "症状与体征")
GENE_KINDS = ("基因", "受体", "免疫检查点", "免疫组化标志物", "其他标志物")


class Disease(Entry):
    """A disease or finding that the index leads to."""

    id: Slug
    group: Literal[DISEASE_GROUPS]
    also: list[Word] = []
    """Second names, which the index lists with a pointer to the name: 鳞癌 见 鳞状细胞癌."""
    elsewhere: list[Word] = []
    """Phrases in which a spelling means something else."""
    column: Word | None = None
    """Head of its column in the case finder, for a problem that cases are looked up by."""

    @property
    def spellings(self) -> list[str]:
        return [self.name, *self.also, *self.variants]


class Gene(Entry):
    """A gene, receptor or tissue marker that the index leads to."""

    id: Slug
    kind: Literal[GENE_KINDS]
    also: list[Word] = []
    """Second names, which the index lists with a pointer to the name: 雌激素受体 见 ER."""
    elsewhere: list[Word] = []

    @property
    def spellings(self) -> list[str]:
        return [self.name, *self.also, *self.variants]


class Abbreviation(Model):
    short: Word
    zh: Word
    en: Word | None = None
    seen: list[Word] = []
    """The forms under which it is met, where the bare letters may mean something else: HR 0."""
    elsewhere: list[Word] = []
    """Phrases in which its letters mean something else."""


class TrialEndpoint(Model):
    name: Word
    result: Prose | None = None
    """Experimental arm against control, in the order of the trial's arms."""
    hr: Word | None = None
    ci: Word | None = None
    p: Word | None = None


class Trial(Entry):
    id: Slug
    zh: Word
    phase: Word | None = None
    nct: Word | None = None
    population: Prose | None = None
    n: Figure | None = None
    arms: list[Prose] = []
    endpoints: list[TrialEndpoint] = []
    citation: Prose


def folded(word: str) -> str:
    """Fold width, case and spaces so that spellings compare as a reader would."""
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())


class Catalogue:
    """All entries, found by any spelling."""

    def __init__(
        self,
        drugs: list[Drug],
        regimens: list[Regimen],
        analytes: list[Analyte],
        scales: list[Scale],
        diseases: list[Disease],
        genes: list[Gene],
        abbreviations: list[Abbreviation],
        trials: list[Trial],
        digest: str = "",
    ):
        self.drugs, self.regimens, self.analytes = drugs, regimens, analytes
        self.scales, self.abbreviations, self.trials = scales, abbreviations, trials
        self.diseases, self.genes = diseases, genes
        self.digest = digest  # of the files it was read from

    @cached_property
    def by_spelling(self) -> dict[str, dict[str, Any]]:
        return {kind: {folded(spelling): entry for entry in entries for spelling in entry.spellings} for kind, entries in self.entries.items()}

    @cached_property
    def entries(self) -> dict[str, list[Any]]:
        return {
            "drugs": self.drugs, "regimens": self.regimens, "analytes": self.analytes, "scales": self.scales,
            "trials": self.trials, "diseases": self.diseases, "genes": self.genes,
        }  # fmt: skip

    @cached_property
    def numbers(self) -> dict[int, tuple[str, int]]:
        """Return kind and number of every entry by its identity."""
        return {id(entry): (kind, number) for kind, entries in self.entries.items() for number, entry in enumerate(entries)}

    def find(self, kind: str, word: str) -> Any:
        """Return the entry of `kind` spelled `word`, or None."""
        return self.by_spelling[kind].get(folded(word))

    def drug(self, slug: str) -> Drug:
        return next(drug for drug in self.drugs if drug.id == slug)

    @cached_property
    def disease_words(self) -> Lexicon:
        return lexicon("diseases", self.diseases)

    def diseases_in(self, text: str) -> list[Disease]:
        """Return the diseases that a text names, in the order in which it names them."""
        by_name = {str(disease.name): disease for disease in self.diseases}
        return [by_name[name] for name in self.disease_words.standing_in(text)]


class Named(Written):
    """A word of a case that must be in the catalogue; `entry` is what it names."""

    kind: ClassVar[str]
    label: ClassVar[str]
    entry: Any

    def examine(self, info: ValidationInfo) -> None:
        catalogue: Catalogue = (info.context or {})["catalogue"]
        self.entry = catalogue.find(self.kind, self)
        if self.entry is None:
            known = [spelling for entry in catalogue.entries[self.kind] for spelling in entry.spellings]
            raise PydanticCustomError(
                "unknown_word",
                "{label}不在词表中",
                {"label": self.label, "hint": nearest(self, known), "file": f"content/reference/{self.kind}.yaml"},
            )


class DrugName(Named):
    kind, label = "drugs", "药名"


class RegimenName(Named):
    kind, label = "regimens", "方案名"


class AnalyteName(Named):
    kind, label = "analytes", "检验项目"


class ScaleName(Named):
    kind, label = "scales", "量表名"


class TrialName(Named):
    kind, label = "trials", "试验名"


REFERENCE_MODELS: dict[str, type[Model]] = {
    "drugs": Drug, "regimens": Regimen, "analytes": Analyte, "scales": Scale, "diseases": Disease, "genes": Gene,
    "abbreviations": Abbreviation, "trials": Trial,
}  # fmt: skip
