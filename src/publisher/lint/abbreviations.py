"""Abbreviations that the reader could not look up."""

import re
from collections.abc import Iterator
from functools import lru_cache

from publisher.case import UNPRINTED
from publisher.catalogue import Catalogue
from publisher.lint.record import Record
from publisher.rules import Finding, rule
from publisher.written import leaves

WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-zα-ω][A-Za-z0-9]*(?:[-/][A-Za-z0-9]+)*")
CODE = re.compile(
    r"[IVX]+[A-Ca-c]?[1-3]?"  # stages and grades: IV, IIIA, IVB
    r"|[acpry]*T(?:\d|x|X|is)[a-d]?(?:N(?:\d|x|X)[a-c]?)?(?:M(?:\d|x|X)[a-c]?)?|[cp]?[NM]\dx?[a-c]?"  # cT1cN2M1b
    r"|[CTLS]\d{1,2}|[A-Z]|WS|GB"  # vertebrae, single letters, numbers of standards
)
"""Words in capitals that are no abbreviations."""
UNIT = re.compile(r"(?:[munpμkd]?(?:g|L|l|mol|Gy|U|IU|Pa|m|cm|mm|HU|Bq|Eq))(?:/(?:[munpμkd]?(?:g|L|l|m)|d|h|kg|min))*")


@rule("TXT-101", "case")
def unlisted(record: Record) -> Iterator[Finding]:
    """An abbreviation is not in the list of abbreviations.

    A reader from another field must be able to look it up; the volume's list is made of `abbreviations.yaml`.
    """
    known = listed(record.catalogue)
    met: set[str] = set()
    for path, leaf in leaves(record.source.trees[str(record.case.id)]):
        if UNPRINTED.isdisjoint(path):
            for word in unknown(leaf, known):
                if word not in met:
                    met.add(word)
                    yield Finding(leaf, "缩略语不在缩略语表中", word, "补入 content/reference/abbreviations.yaml，或写出全称")


def unknown(text: str, known: frozenset[str]) -> Iterator[str]:
    """Yield the words of two capitals or more that nothing explains."""
    for match in WORD.finditer(text):
        word = match[0]
        if sum(char.isupper() for char in word) > 1 and not explained(word, known):
            yield word


def explained(word: str, known: frozenset[str]) -> bool:
    """Tell whether a word is listed, is a code or a unit, or is made of such: RANK/RANKL, CKD3, EGFR19."""
    if word in known or CODE.fullmatch(word) or UNIT.fullmatch(word) or word.isdigit() or word.rstrip("0123456789ab") in known:
        return True
    parts = re.split("[-/]", word)
    return len(parts) > 1 and all(explained(part, known) or not re.search("[A-Z]{2}", part) for part in parts)


@lru_cache(maxsize=4)
def listed(catalogue: Catalogue) -> frozenset[str]:
    """Return every abbreviation that is listed, and the Latin names of drugs and trials, which need no explanation."""
    words = {form for item in catalogue.abbreviations for form in (item.short, *item.seen)}
    names = {spelling for entry in (*catalogue.drugs, *catalogue.trials) for spelling in entry.spellings}
    return frozenset(map(str, words | names))
