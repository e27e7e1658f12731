"""Rules on the tumour's nature: histological type against markers, receptors against the name of the subtype."""

import re
from collections.abc import Iterator

from publisher.case import Pathology, Receptor
from publisher.lint.gathered import each_once, prose
from publisher.lint.histology import MARKERS, folded_marker, histology, named_subtypes, patient, positive, profiles, typed, types
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written

WHO_LUNG = "WHO胸部肿瘤分类（第5版，2021）"
ASCO_HER2 = "ASCO/CAP乳腺癌HER2检测指南（2018，2023更新）"


AGAINST = {
    "鳞癌": {"P40": True, "TTF1": False, "NAPSINA": False},
    "腺癌": {"P40": False},
    "小细胞癌": {"P40": False, "NAPSINA": False, "LCA": False},
}
"""By type, the markers whose contrary result speaks against it, with the result that fits."""
UNUSUAL = {
    "鳞癌": {"CK56": True, "P63": True, "CK": True, "SYN": False, "CGA": False, "CD56": False},
    "腺癌": {"CK7": True, "TTF1": True, "NAPSINA": True, "CK": True, "SYN": False, "CGA": False},
    "小细胞癌": {"SYN": True, "CD56": True, "CK": True, "TTF1": True, "RB": False},
}
"""By type, the markers whose contrary result is seldom, with the usual result."""


def typed_specimens(record: Record) -> Iterator[tuple[str, Pathology]]:
    """Yield each specimen with its type, its own or that of the case."""
    for item in record.case.pathology:
        own = types(item.diagnosis or "")
        name = own.pop() if len(own) == 1 else histology(record) if not own else None
        if name:
            yield name, item


def contrary(item: Pathology, expected: dict[str, bool]) -> Iterator[Receptor]:
    for receptor in item.ihc:
        fitting = expected.get(folded_marker(receptor.marker).replace("/", ""))
        if fitting is not None and positive(receptor.result) is (not fitting):
            yield receptor


def called(receptors: list[Receptor]) -> str:
    return "、".join(f"{receptor.marker}{receptor.result}" for receptor in receptors)


def type_leaves(record: Record) -> tuple[Written, ...]:
    return each_once(leaf for _, leaf, field in typed(record) if field in ("diagnoses", "pathology"))


@rule("ANA-020", "case", source=WHO_LUNG)
def markers_against_type(record: Record) -> Iterator[Finding]:
    """Immunohistochemistry contradicts the stated type.

    p40 marks squamous, TTF-1 and napsin A mark adenocarcinoma: a squamous carcinoma without p40 or with TTF-1 needs another look.
    """
    for name, item in typed_specimens(record):
        odd = list(contrary(item, AGAINST[name]))
        neuroendocrine = [receptor for receptor in item.ihc if folded_marker(receptor.marker) in ("SYN", "CGA", "CD56")]
        if name == "小细胞癌" and len(neuroendocrine) > 1 and not any(positive(receptor.result) for receptor in neuroendocrine):
            odd += neuroendocrine
        if odd:
            rest = tuple(leaf for receptor in odd for leaf in (receptor.marker, receptor.result))
            yield Finding(
                odd[0].result, f"诊断作{name}，免疫组化{called(odd)}与之不符，请核", called(odd), "核对病理类型与免疫组化", (*rest, *type_leaves(record))
            )


@rule("ANA-021", "case", Severity.REVIEW, source=WHO_LUNG)
def unusual_markers(record: Record) -> Iterator[Finding]:
    """A marker has a result that the stated type seldom has.

    Possible, but as often a misread sign: small cell carcinoma with low Ki-67 or without CD56, a carcinoma without keratin.
    """
    for name, item in typed_specimens(record):
        odd = list(contrary(item, UNUSUAL[name]))
        odd += [receptor for receptor in item.ihc if name == "小细胞癌" and folded_marker(receptor.marker) == "KI67" and below(receptor.result, 50)]
        odd += [
            receptor
            for receptor in item.ihc
            if folded_marker(receptor.marker) in ("LCA", "HMB45", "MELANA") and positive(receptor.result) and name != "小细胞癌"
        ]
        for receptor in odd:
            said = f"{name}而{receptor.marker}{receptor.result}，较少见，请核"
            yield Finding(receptor.result, said, f"{receptor.marker}{receptor.result}", "核对免疫组化报告", (receptor.marker, *type_leaves(record)))


def below(result: str, bound: int) -> bool:
    match = re.search(r"(\d+)(?:\.\d+)?\s?%", result)
    return bool(match) and int(match[1]) < bound


@rule("ANA-022", "case")
def marker_with_two_results(record: Record) -> Iterator[Finding]:
    """One specimen has one marker with two results."""
    for item in record.case.pathology:
        seen: dict[str, Receptor] = {}
        for receptor in (*item.ihc, *item.stains):
            first = seen.setdefault(folded_marker(receptor.marker), receptor)
            if first is not receptor and first.marker.place != receptor.marker.place and positive(first.result) != positive(receptor.result):
                said = f"{receptor.marker}一处作{first.result}，一处作{receptor.result}，请核"
                yield Finding(receptor.result, said, receptor.result, "核对免疫组化报告", (first.result, receptor.marker))


@rule("ANA-023", "case", Severity.REVIEW, source=ASCO_HER2)
def equivocal_her2(record: Record) -> Iterator[Finding]:
    """HER2 2+ is called positive or negative without in-situ hybridisation, or hybridisation contradicts 3+ or 0–1+.

    2+ is equivocal: amplification decides. 1+, and 2+ without amplification, is HER2-low.
    """
    latest = patient(record)
    if not latest or not latest.her2:
        return
    for name, _, human2, leaf in named_subtypes(record):
        if latest.score == "2+" and latest.amplified is None and human2 is not None:
            yield Finding(leaf, f"HER2(2+)未载FISH而称“{name}”，请核", name, "补充原位杂交结果", latest.leaves)
            break
    if (latest.amplified is False and latest.score == "3+") or (latest.amplified and latest.score in ("0", "1+")):
        yield Finding(latest.ish, f"HER2免疫组化{latest.her2.result}而FISH{latest.ish}，二者不合，请核", latest.ish, "核对检测报告", latest.leaves)
    for leaf in prose(record, "title", "diagnoses", "visit"):
        if "HER2低表达" in leaf and not latest.low:
            yield Finding(leaf, f"称HER2低表达，所载HER2{latest.her2.result}，请核", "HER2低表达", "低表达指1+或2+而FISH阴性", latest.leaves)


MARKED = re.compile(r"(?<![A-Za-z])(ER|PR|HER-?2|[Pp]40|[Pp]63|TTF-?1|Napsin\s?A|CK7|CK5/6|CD56|Syn|CgA)\s?[（(]([^（()）]{0,6}[+-])[)）]")


@rule("ANA-024", "case")
def marker_otherwise_in_words(record: Record) -> Iterator[Finding]:
    """A sentence gives a marker with another result than the report on record."""
    reported = [receptor for item in record.case.pathology for receptor in item.ihc]
    reported += record.case.history.prior_cancer.receptors if record.case.history.prior_cancer else []
    results: dict[str, list[Receptor]] = {}
    for receptor in reported:
        results.setdefault(folded_marker(receptor.marker), []).append(receptor)
    for leaf in prose(record, "history", "visit", "course", "diagnoses", "treatments", "commentary", "timeline", "complaint"):
        for match in MARKED.finditer(leaf):
            known = results.get(folded_marker(match[1]), [])
            if known and all(positive(receptor.result) != positive(match[2]) for receptor in known):
                yield Finding(
                    leaf,
                    f"{match[1]}此处作({match[2]})，检测结果作{known[-1].result}，请核",
                    match[0],
                    "核对检测报告",
                    tuple(receptor.result for receptor in known),
                )


@rule("ANA-025", "case", Severity.REVIEW, source="CARE指南2013条目8：诊断评估")
def type_without_pathology(record: Record) -> Iterator[Finding]:
    """A type of lung cancer is diagnosed and no pathology is on record.

    Type and treatment rest on tissue; an image that says 考虑 is no ground.
    """
    stated = [(name, leaf) for name, leaf, field in typed(record) if field == "diagnoses"]
    if stated and not record.case.pathology:
        images = [study.impression for study in record.case.studies if study.impression and re.search("考虑|可能", study.impression)]
        said = f"诊断作{stated[0][0]}而未载病理，诊断依据请补"
        yield Finding(stated[0][1], said, stated[0][1], "补充病理报告", each_once([record.case.complaint, *images]))


@rule("ANA-026", "case", Severity.REVIEW, source="ASCO转移性乳腺癌生物标志物指南（2022）：首次复发转移应活检并复测受体")
def subtype_of_the_primary(record: Record) -> Iterator[Finding]:
    """A relapse of breast cancer is typed by the receptors of the primary, and no biopsy of it is on record.

    Receptors convert in one of six; treatment follows the metastasis.
    """
    earlier = [profile for profile in profiles(record) if not profile.present]
    later = [profile for profile in profiles(record) if profile.present]
    relapse = [item.text for item in record.case.diagnoses if item.kind == "复发"]
    if earlier and relapse and not later:
        yield Finding(
            relapse[0],
            "复发转移灶未载活检与受体，分型沿用原发灶，请核",
            relapse[0],
            "补充转移灶活检与受体",
            each_once(item.text for item in record.case.diagnoses),
        )


@rule("ANA-027", "case", Severity.REVIEW)
def unknown_marker(record: Record) -> Iterator[Finding]:
    """An antibody is named that no list of markers knows.

    A misread letter makes another antibody; names must be those of the kit or of the literature.
    """
    for item in record.case.pathology:
        for receptor in item.ihc:
            if folded_marker(receptor.marker) not in MARKERS:
                yield Finding(receptor.marker, f"免疫组化指标“{receptor.marker}”写法不规范，抗体名称请核", receptor.marker, "核对抗体名称", (receptor.result,))


@rule("ANA-028", "case", Severity.REVIEW, source="ASCO/CAP乳腺癌ER、PR检测指南（2020）")
def progesterone_without_oestrogen(record: Record) -> Iterator[Finding]:
    """A breast cancer has PR without ER.

    Seen in one of fifty to a hundred; mostly a sign was misread or the test of ER failed.
    """
    for profile in profiles(record):
        if profile.er and profile.pr and positive(profile.er.result) is False and positive(profile.pr.result):
            said = f"ER{profile.er.result}而PR{profile.pr.result}，甚少见，请核"
            yield Finding(profile.er.result, said, called([profile.er, profile.pr]), "核对受体检测", (profile.er.marker, profile.pr.marker, profile.pr.result))
