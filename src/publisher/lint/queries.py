"""Queries: what the rules find in a volume, each put to the editor until a note or a waiver in its own file settles it.

In: a volume, the catalogue, the code points of the faces. Out: `Examined`, the queries in reading order and the notes and
waivers that claim to settle what no rule finds.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import sha256
from typing import Literal, NamedTuple

from publisher.case import Note, Waiver
from publisher.catalogue import Catalogue
from publisher.collection import VolumeSource
from publisher.keeping import Keep, afresh
from publisher.lint.cases import check_alone, check_beyond, check_volume
from publisher.lint.characters import find_characters
from publisher.lint.record import Record
from publisher.lint.text import find_texts
from publisher.problems import Place, Problem, Severity, nearest
from publisher.rules import RULES, Finding, Rule
from publisher.written import Branch, Written


@dataclass(frozen=True)
class Settler:
    """A note or waiver that claims to settle the findings of one code on some words of its file."""

    kind: Literal["note", "waiver"]
    code: Written
    quote: Written
    words: Written
    """The note, or the reason of the waiver."""

    def speaks_of(self, finding: Finding) -> bool:
        return any(text.place.path == self.quote.place.path and self.quote in text for text in (finding.at, *finding.also))


@dataclass(frozen=True)
class Query:
    """One finding before the editor."""

    rule: Rule
    finding: Finding
    volume: str
    case: str
    """The case it stands in; empty for the other files of the volume."""
    settled_by: Settler | None = None

    @property
    def place(self) -> Place:
        return self.finding.at.place

    @property
    def stops(self) -> bool:
        """Tell whether it keeps the volume from print."""
        return not self.settled_by and self.rule.severity is Severity.ERROR

    @property
    def problem(self) -> Problem:
        finding = self.finding
        hint = "；".join([*([finding.hint] if finding.hint else []), *(f"另见 {text.place}" for text in finding.also)])
        return Problem(self.place, self.rule.code, finding.message, finding.found, hint, self.rule.severity)


@dataclass(frozen=True)
class Examined:
    """What the rules say of one volume."""

    queries: tuple[Query, ...] = ()
    faults: tuple[Problem, ...] = ()
    """Notes and waivers that settle nothing."""

    @property
    def unsettled(self) -> list[Query]:
        return [query for query in self.queries if not query.settled_by]

    @property
    def errors(self) -> list[Problem]:
        """Everything that keeps the volume from print."""
        return [*self.faults, *(query.problem for query in self.queries if query.stops)]

    @property
    def unprintable(self) -> list[Problem]:
        """What not even a draft can bear: characters that no face holds."""
        return [query.problem for query in self.queries if query.rule.scope == "characters" and query.stops]

    def of_case(self, path: str) -> "Examined":
        """Keep what concerns one case, by its file."""
        kept = tuple(query for query in self.queries if path in {text.place.path for text in (query.finding.at, *query.finding.also)})
        return Examined(kept, tuple(fault for fault in self.faults if fault.place.path == path))


def examined(source: VolumeSource, catalogue: Catalogue, known: frozenset[int], keep: Keep = afresh) -> Examined:
    """Apply every rule to a volume and look for what settles each finding; `known` are the code points that can be printed."""
    files = {case.id.place.path: slug for slug, case in source.cases.items()}
    order = {str(slug): place for place, slug in enumerate(source.volume.case_ids)}
    found = sorted(findings(source, catalogue, known, keep), key=lambda item: (reading_order(order, files, item[1].at.place), item[0].code))
    settlers = list(claims(source))
    by_code: dict[tuple[str, str], list[tuple[int, Settler]]] = defaultdict(list)
    for number, settler in enumerate(settlers):
        by_code[str(settler.code), settler.quote.place.path].append((number, settler))
    used: set[int] = set()
    queries = []
    for rule, finding in found:
        paths = dict.fromkeys(text.place.path for text in (finding.at, *finding.also))
        near = sorted(item for path in paths for item in by_code.get((rule.code, path), ()))
        speaking = [settler for _, settler in near if settler.speaks_of(finding)]
        used |= {id(settler) for settler in speaking}
        case = files.get(finding.at.place.path, "")
        queries.append(Query(rule, finding, str(source.volume.id), case, speaking[0] if speaking else None))
    idle = [settler for settler in settlers if id(settler) not in used]
    return Examined(tuple(queries), tuple(settles_nothing(settler, found) for settler in idle))


Coded = list[tuple[str, Finding]]
"""Findings by the codes of their rules, as they are kept."""


def findings(source: VolumeSource, catalogue: Catalogue, known: frozenset[int], keep: Keep = afresh) -> Iterator[tuple[Rule, Finding]]:
    """Yield every finding of every rule: file by file what depends on the file alone, then what depends on the whole volume.

    A file counts by its digest; what was made in memory has none, and is examined.
    """
    faces = digest_of(known)
    files = [(tree, source.cases.get(slug)) for slug, tree in source.trees.items()] + [(tree, None) for tree in source.other_trees]
    for tree, case in files:
        parts = ("findings", tree.place.path, tree.digest, catalogue.digest, faces)
        record = Record(case, source, catalogue) if case else None
        yield from ruled(keep(parts, partial(in_file, tree, record, known), catalogue))
    parts = ("findings", *(part for tree, _ in files for part in (tree.place.path, tree.digest)), catalogue.digest)
    yield from ruled(keep(parts, partial(in_volume, source, catalogue), catalogue))


def in_file(tree: Branch, record: Record | None, known: frozenset[int]) -> Coded:
    """Return what is found in one file by itself; `record` is that of a case."""
    found = [*find_texts(tree), *find_characters(tree, known), *(check_alone(record) if record else ())]
    return [(item.code, finding) for item, finding in found]


def in_volume(source: VolumeSource, catalogue: Catalogue) -> Coded:
    """Return what is found by looking at more than one file."""
    beyond = (pair for case in source.cases.values() for pair in check_beyond(Record(case, source, catalogue)))
    return [(item.code, finding) for item, finding in (*beyond, *check_volume(source, catalogue))]


def ruled(coded: Coded) -> Iterator[tuple[Rule, Finding]]:
    return ((RULES[code], finding) for code, finding in coded)


@lru_cache(maxsize=4)
def digest_of(known: frozenset[int]) -> str:
    """Return the digest of a set of code points."""
    return sha256(" ".join(map(str, sorted(known))).encode()).hexdigest()


def reading_order(order: dict[str, int], files: dict[str, str], place: Place) -> tuple[int, Place]:
    """Sort the cases as the volume prints them, `order` by case, then its other files."""
    return (order.get(files.get(place.path, ""), len(order)), place)


class Noted(NamedTuple):
    """A file's notes and waivers."""

    notes: list[Note]
    waivers: list[Waiver]


def claims(source: VolumeSource) -> Iterator[Settler]:
    others = (source.guideline, source.dosing, Noted([], source.volume.waivers))
    for noted in (*source.cases.values(), *others):
        for note in noted.notes:
            for code in note.settles:
                yield Settler("note", code, note.quote, note.note)
        for waiver in noted.waivers:
            yield Settler("waiver", waiver.code, waiver.quote, waiver.reason)


def settles_nothing(settler: Settler, found: Iterable[tuple[Rule, Finding]]) -> Problem:
    """Say that a note or waiver settles nothing, and what its words could settle."""
    code, place = settler.code, settler.code.place
    if code not in RULES:
        return Problem(place, "NOTE-002", "没有这条规则", code, nearest(code, sorted(RULES)) or "规则见 docs/rules.md")
    here = sorted({rule.code for rule, finding in found if settler.speaks_of(finding)})
    if here:
        return Problem(place, "NOTE-003", "所引文字上没有这一疑点", f"{code}　{settler.quote}", f"此处有：{'、'.join(here)}")
    lines = sorted({finding.at.place.line for rule, finding in found if rule.code == code and finding.at.place.path == place.path})
    where = f"本文件的 {code} 在第 {'、'.join(map(str, lines))} 行；核对所引文字" if lines else f"{code} 在本文件没有发现疑点；疑点既已改正，删去此码"
    return Problem(place, "NOTE-003", "所引文字上没有这一疑点", f"{code}　{settler.quote}", where)
