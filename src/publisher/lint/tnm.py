"""TNM as a rule reads it: categories, and the groups of the 7th and 8th edition for lung and breast."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from publisher.lint.gathered import gathered, prose
from publisher.lint.record import Record
from publisher.written import Written

ANY_TNM = re.compile(r"(?<![A-Za-z])([cpyra]{0,3})T([Xx]|is|\d[a-z]{0,2}\d?)\s?N([Xx]|\d[a-z]{0,2})\s?M([Xx]|\d[a-z]?\d?)(?![A-Za-z0-9])")
CATEGORIES = {
    "lung": (
        {"X", "0", "is", "1", "1mi", "1a", "1b", "1c", "2", "2a", "2b", "3", "4"},
        {"X", "0", "1", "2", "2a", "2b", "3"},
        {"X", "0", "1", "1a", "1b", "1c", "1c1", "1c2"},
    ),
    "breast": (
        {"X", "0", "is", "1", "1mi", "1a", "1b", "1c", "2", "3", "4", "4a", "4b", "4c", "4d"},
        {"X", "0", "1", "1mi", "1a", "1b", "1c", "2", "2a", "2b", "3", "3a", "3b", "3c"},
        {"X", "0", "1"},
    ),
}
"""The T, N and M categories of the editions in use: lung 7th to 9th, breast 7th and 8th."""


@dataclass(frozen=True)
class Tnm:
    """One TNM as written, with the group written beside it, and whether it is of the present illness."""

    prefix: str
    t: str
    n: str
    m: str
    text: str
    at: Written
    stage: Written | None
    present: bool

    @property
    def bare(self) -> str:
        return f"T{self.t}N{self.n}M{self.m}".upper()


def organ(record: Record) -> str | None:
    """Return whose TNM counts: breast, lung or None."""
    case = record.case
    words = [case.title, *(item.text for item in case.diagnoses), *([case.history.prior_cancer.diagnosis] if case.history.prior_cancer else [])]
    if any(re.search("乳腺|浸润性导管癌", word) for word in words):
        return "breast"
    return "lung" if any("肺" in word for word in words) else None


EARLIER = re.compile("术后病理|首次|初次|既往|术前|原发")


@gathered
def stated(record: Record) -> list[Tnm]:
    """Return the TNMs of the data: of the staging, then of the primary tumour before."""
    case = record.case
    found = []
    for item in case.staging:
        if match := item.tnm and ANY_TNM.search(item.tnm):
            found.append(Tnm(*map(upper_x, match.groups()), match[0], item.tnm, item.stage, not EARLIER.search(item.context or "")))
    prior = case.history.prior_cancer
    if prior and prior.tnm and (match := ANY_TNM.search(prior.tnm)):
        found.append(Tnm(*map(upper_x, match.groups()), match[0], prior.tnm, prior.stage, False))
    return found


def upper_x(part: str) -> str:
    return "X" if part == "x" else part


def told(record: Record) -> Iterator[Tnm]:
    """Yield the TNMs that sentences give."""
    for leaf in prose(record, "title", "complaint", "history", "visit", "diagnoses", "course", "timeline", "outcome", "commentary", "treatments", "pathology"):
        if record.case.history.prior_cancer and leaf.place == getattr(record.case.history.prior_cancer.tnm, "place", None):
            continue
        for match in ANY_TNM.finditer(leaf):
            yield Tnm(*map(upper_x, match.groups()), match[0], leaf, None, True)


STAGE = re.compile(r"(?<![A-Za-z])(0|I{1,3}|IV)([ABCabc]?)([1-3]?)期(?!临床|研究|试验|随机|注册|、)")


def group(stage: str) -> str | None:
    """Return a written stage group in capitals: IVb期 gives IVB."""
    match = STAGE.search(stage) or re.fullmatch(r"(0|I{1,3}|IV)([ABCabc]?)([1-3]?)", stage.strip())
    return "".join(match.groups()).upper() if match else None


def fits(written: str, expected: str) -> bool:
    """Tell whether a written group is the expected one, or names it less finely: IV for IVA."""
    return expected.startswith(written)


LUNG_8 = {
    "0": {"1": "IA", "1mi": "IA1", "1a": "IA1", "1b": "IA2", "1c": "IA3", "2": "IB", "2a": "IB", "2b": "IIA", "3": "IIB", "4": "IIIA"},
    "1": {"1": "IIB", "2": "IIB", "3": "IIIA", "4": "IIIA"},
    "2": {"1": "IIIA", "2": "IIIA", "3": "IIIB", "4": "IIIB"},
    "3": {"1": "IIIB", "2": "IIIB", "3": "IIIC", "4": "IIIC"},
}
"""Groups of M0 in the 8th edition by N, then T; a T that is missing takes the group of its figure."""
LUNG_7 = {
    "0": {"1": "IA", "1a": "IA", "1b": "IA", "2": "IB", "2a": "IB", "2b": "IIA", "3": "IIB", "4": "IIIA"},
    "1": {"1": "IIA", "1a": "IIA", "1b": "IIA", "2": "IIA", "2a": "IIA", "2b": "IIB", "3": "IIIA", "4": "IIIA"},
    "2": {"1": "IIIA", "2": "IIIA", "3": "IIIA", "4": "IIIB"},
    "3": {"1": "IIIB", "2": "IIIB", "3": "IIIB", "4": "IIIB"},
}
BREAST = {
    "0": {"1": "IA", "2": "IIA", "3": "IIB", "4": "IIIB"},
    "1mi": {"0": "IB", "1": "IB", "2": "IIB", "3": "IIIA", "4": "IIIB"},
    "1": {"0": "IIA", "1": "IIA", "2": "IIB", "3": "IIIA", "4": "IIIB"},
    "2": {"0": "IIIA", "1": "IIIA", "2": "IIIA", "3": "IIIA", "4": "IIIB"},
    "3": {"0": "IIIC", "1": "IIIC", "2": "IIIC", "3": "IIIC", "4": "IIIC", "X": "IIIC"},
}
"""Anatomic groups, the same in both editions."""


def groups(tnm: Tnm, of: str) -> dict[str, str]:
    """Return the group by each edition that has these categories: {"第7版": "IIA", "第8版": "IIB"}."""
    if of == "breast":
        found = "IV" if tnm.m == "1" else looked_up(BREAST, tnm)
        return {"第7、8版": found} if found else {}
    found = {}
    if tnm.m in ("0", "1", "1a", "1b") and tnm.t not in ("1c", "1mi") and not re.fullmatch("2[ab]", tnm.n):
        found["第7版"] = looked_up(LUNG_7, tnm) if tnm.m == "0" else "IV"
    if tnm.m in ("0", "1", "1a", "1b", "1c", "1c1", "1c2"):
        found["第8版"] = {"0": looked_up(LUNG_8, tnm), "1": "IV", "1a": "IVA", "1b": "IVA"}.get(tnm.m, "IVB")
    return {edition: name for edition, name in found.items() if name}


def looked_up(table: dict[str, dict[str, str]], tnm: Tnm) -> str | None:
    if tnm.t == "is":
        return "0" if tnm.n == "0" else None
    row = table.get(tnm.n) or table.get(tnm.n[0], {})
    return row.get(tnm.t) or row.get(tnm.t[0])


SIZES_8 = ((10, "1a"), (20, "1b"), (30, "1c"), (40, "2a"), (50, "2b"), (70, "3"), (10**6, "4"))
SIZES_7 = ((20, "1a"), (30, "1b"), (50, "2a"), (70, "2b"), (10**6, "3"))
"""The greatest diameter in mm that each T of the lung may have, where nothing but size decides."""


def t_by_size(millimetres, sizes=SIZES_8) -> str:
    return next(t for most, t in sizes if millimetres <= most)
