"""Rules on the tumour's nature: histological type against markers, receptors against the name of the subtype."""

import re
from collections.abc import Iterator

from publisher.case import Pathology, Receptor
from publisher.lint.gathered import each_once, prose
from publisher.lint.histology import TYPES, Profile, folded_marker, histology, named_subtypes, patient, positive, profiles, typed, types
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written

WHO_LUNG = "WHO胸部肿瘤分类（第5版，2021）"
ASCO_HER2 = "ASCO/CAP乳腺癌HER2检测指南（2018，2023更新）"


@rule("ANA-020", "case", source=WHO_LUNG)
def two_types(record: Record) -> Iterator[Finding]:
    """One tumour is called by two histological types that exclude each other.

    Adenocarcinoma, squamous and small cell carcinoma are treated with different drugs.
    """
    stated = typed(record)
    first = stated[0] if stated else None
    odd = next((other for other in stated if other[0] != first[0] and not types(first[1]) >= {first[0], other[0]}), None)
    if odd:
        rest = tuple(leaf for _, leaf, _ in stated if leaf not in (first[1], odd[1]))
        yield Finding(odd[1], f"组织学类型一处作{first[0]}，一处作{odd[0]}，请核", odd[1][:30], "核对病理报告", (first[1], *rest))


@rule("ANA-021", "case", Severity.REVIEW, source=WHO_LUNG)
def type_without_pathology(record: Record) -> Iterator[Finding]:
    """The diagnosis names a type that no pathology on record reports.

    Where pathology is given, the type must stand in it.
    """
    reported = [text for item in record.case.pathology for text in (item.diagnosis, *item.findings) if text]
    stated = [(name, leaf) for name, leaf, field in typed(record) if field == "diagnoses"]
    for name, leaf in stated:
        if reported and not any(TYPES[name].search(text) for text in reported):
            yield Finding(leaf, f"诊断作{name}，病理报告未见此类型（{'；'.join(text[:20] for text in reported)}），请核", leaf, "核对病理报告", tuple(reported))


AGAINST = {
    "鳞癌": {"P40": True, "TTF1": False, "NAPSINA": False},
    "腺癌": {"P40": False},
    "小细胞癌": {"P40": False, "NAPSINA": False, "LCA": False},
}
"""By type, the markers whose contrary result speaks against it, with the result that fits."""
UNUSUAL = {
    "鳞癌": {"CK56": True, "P63": True, "CK": True},
    "腺癌": {"CK7": True, "TTF1": True, "NAPSINA": True, "CK": True, "SYN": False, "CGA": False},
    "小细胞癌": {"SYN": True, "CD56": True, "CK": True, "RB": False},
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


@rule("ANA-022", "case", source=WHO_LUNG)
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
            yield Finding(odd[0].result, f"诊断作{name}，免疫组化{called(odd)}与之不符，请核", called(odd), "核对病理类型与免疫组化", (*rest, *type_leaves(record)))


@rule("ANA-023", "case", Severity.REVIEW, source=WHO_LUNG)
def unusual_markers(record: Record) -> Iterator[Finding]:
    """A marker has a result that the stated type seldom has.

    Possible, but as often a misread sign: small cell carcinoma with low Ki-67 or without CD56, a carcinoma without keratin.
    """
    for name, item in typed_specimens(record):
        odd = list(contrary(item, UNUSUAL[name]))
        odd += [receptor for receptor in item.ihc if name == "小细胞癌" and folded_marker(receptor.marker) == "KI67" and below(receptor.result, 50)]
        odd += [receptor for receptor in item.ihc if folded_marker(receptor.marker) in ("LCA", "HMB45", "MELANA") and positive(receptor.result) and name != "小细胞癌"]
        for receptor in odd:
            said = f"{name}而{receptor.marker}{receptor.result}，较少见，请核"
            yield Finding(receptor.result, said, f"{receptor.marker}{receptor.result}", "核对免疫组化报告", (receptor.marker, *type_leaves(record)))


def below(result: str, bound: int) -> bool:
    match = re.search(r"(\d+)(?:\.\d+)?\s?%", result)
    return bool(match) and int(match[1]) < bound


@rule("ANA-024", "case")
def marker_with_two_results(record: Record) -> Iterator[Finding]:
    """One specimen has one marker with two results."""
    for item in record.case.pathology:
        seen: dict[str, Receptor] = {}
        for receptor in (*item.ihc, *item.stains):
            first = seen.setdefault(folded_marker(receptor.marker), receptor)
            if first is not receptor and first.marker.place != receptor.marker.place and positive(first.result) != positive(receptor.result):
                said = f"{receptor.marker}一处作{first.result}，一处作{receptor.result}，请核"
                yield Finding(receptor.result, said, receptor.result, "核对免疫组化报告", (first.result, receptor.marker))


@rule("ANA-025", "case", source=ASCO_HER2)
def receptors_against_subtype(record: Record) -> Iterator[Finding]:
    """Title, diagnosis or text names a subtype that the receptors on record contradict.

    HR+/HER2-, HER2-positive and triple-negative disease are treated with different drugs; HER2 1+ is not positive.
    """
    found = profiles(record)
    latest = patient(record)
    seen = set()
    for name, hormone, human2, leaf in named_subtypes(record):
        wrong_hormone = hormone is not None and latest and latest.hormone is (not hormone)
        wrong_human2 = human2 is not None and latest and latest.human2 is (not human2)
        if (wrong_hormone or wrong_human2) and leaf.place not in seen:
            seen.add(leaf.place)
            yield Finding(leaf, f"称“{name}”，所载受体为{receptors_said(latest)}，二者不符，请核", name, "核对受体检测报告", tuple(result for profile in found for result in profile.leaves))


def receptors_said(profile: Profile) -> str:
    tested = [receptor for receptor in (profile.er, profile.pr, profile.her2) if receptor]
    return called(tested) + (f"、FISH{profile.ish}" if profile.ish else "")


@rule("ANA-026", "case", Severity.REVIEW, source=ASCO_HER2)
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
    if latest.amplified is False and latest.score == "3+" or latest.amplified and latest.score in ("0", "1+"):
        yield Finding(latest.ish, f"HER2免疫组化{latest.her2.result}而FISH{latest.ish}，二者不合，请核", latest.ish, "核对检测报告", latest.leaves)
    for leaf in prose(record, "title", "diagnoses", "visit"):
        if "HER2低表达" in leaf and not latest.low:
            yield Finding(leaf, f"称HER2低表达，所载HER2{latest.her2.result}，请核", "HER2低表达", "低表达指1+或2+而FISH阴性", latest.leaves)


@rule("ANA-027", "case", Severity.REVIEW, source="ASCO转移性乳腺癌生物标志物指南（2022）")
def receptors_that_changed(record: Record) -> Iterator[Finding]:
    """The receptors of the metastasis differ from those of the primary and the text does not say so.

    Receptors do convert; a sign misread looks the same.
    """
    found = profiles(record)
    if len(found) > 1:
        for name in ("er", "pr", "her2"):
            before, after = (getattr(profile, name) for profile in (found[0], found[-1]))
            if before and after and positive(before.result) != positive(after.result) and not prose_of_conversion(record):
                said = f"{before.marker}原发灶{before.result}，转移灶{after.result}，转变未述，请核"
                yield Finding(after.result, said, after.result, "核对两次检测", (before.result, before.marker, after.marker))


def prose_of_conversion(record: Record) -> bool:
    return any(re.search("受体.{0,6}(?:转变|转换|改变)|转阴|转阳", leaf) for leaf in prose(record))


@rule("ANA-028", "case", Severity.REVIEW)
def background_of_another_type(record: Record) -> Iterator[Finding]:
    """The background speaks of another type of lung cancer than the patient has, and of no other.

    Often a lost 非; figures of small cell carcinoma do not hold for adenocarcinoma.
    """
    name = histology(record)
    told = {leaf: types(leaf) for leaf in prose(record, "background")}
    named = set().union(*told.values()) if told else set()
    if name and named and name not in named:
        leaf = next(leaf for leaf, found in told.items() if found)
        yield Finding(leaf, f"本例为{name}，背景所述为{'、'.join(named)}，请核", "、".join(named), "核对所引资料的对象")


MARKED = re.compile(r"(?<![A-Za-z])(ER|PR|HER-?2|[Pp]40|[Pp]63|TTF-?1|Napsin\s?A|CK7|CK5/6|CD56|Syn|CgA)\s?[（(]([^（()）]{0,6}[+-])[)）]")


@rule("ANA-029", "case")
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
                yield Finding(leaf, f"{match[1]}此处作({match[2]})，检测结果作{known[-1].result}，请核", match[0], "核对检测报告", tuple(receptor.result for receptor in known))
