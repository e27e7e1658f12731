"""How many planted errors the rules catch: one error at a time in copies of the real cases, with a fixed seed.

An error counts only where it contradicts something else on record; how that is decided stands with each kind (`PLANTS`). It
is caught when a finding appears that the clean volume lacks, at or also at the scalar that was changed (for a row that was
taken out: anywhere in the case), or when the case can no longer be read. A finding that stood there before does not count.

    python benchmarks/rules.py [--volume lung] [--each 3] [--seed 1] [--kind dose] [--missed 5]
"""

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, NamedTuple

from pydantic import ValidationError

from publisher.build import Project
from publisher.case import Case
from publisher.catalogue import Catalogue
from publisher.collection import VolumeSource
from publisher.identities import check_sign
from publisher.lint.cases import check_case, check_volume
from publisher.lint.characters import covered, find_characters
from publisher.lint.record import Record
from publisher.lint.text import find_texts
from publisher.problems import Place
from publisher.read import read
from publisher.rules import FAMILIES, Finding, Rule
from publisher.written import Branch, Row, Written, leaves

ROOT = Path(__file__).resolve().parents[1]
FAR = 100_000
"""Added to the lines of a copied row, so that it has places of its own."""
READ = "READ"

Path_ = tuple[Any, ...]


class Plant(NamedTuple):
    """One error: where, what the scalar says instead; for a row, None takes it out and `twice` repeats it."""

    path: Path_
    text: str | None
    twice: bool = False


@dataclass(frozen=True)
class Chart:
    """A clean case with everything a kind of error looks at."""

    slug: str
    case: Case
    tree: Branch
    source: VolumeSource
    catalogue: Catalogue

    def texts(self, *fields: str) -> list[tuple[Path_, Written]]:
        return [(path, leaf) for path, leaf in leaves(self.tree) if path[0] not in ("notes", "waivers", "id", "number") and (not fields or path[0] in fields)]

    def elsewhere(self, path: Path_, pattern: str) -> bool:
        """Tell whether a pattern stands in a scalar of the case other than that on `path`."""
        return any(re.search(pattern, leaf) for other, leaf in self.texts() if other != path)

    def rows(self, *names: str) -> list[tuple[Path_, Branch]]:
        """Return every item of the lists called by some names, with its path."""
        return list(rows_of(self.tree, (), set(names)))


def rows_of(node: Any, path: Path_, names: set[str]) -> Iterator[tuple[Path_, Branch]]:
    if isinstance(node, Branch):
        for key, value in node.items():
            if key in names and isinstance(value, Row):
                yield from ((( *path, key, index), item) for index, item in enumerate(value) if isinstance(item, Branch))
            yield from rows_of(value, (*path, key), names)
    elif isinstance(node, Row):
        for index, value in enumerate(node):
            yield from rows_of(value, (*path, index), names)


Kind = Callable[[Chart, Random], Iterator[Plant]]
PLANTS: dict[str, Kind] = {}
"""Each kind of error by its name."""


def kind(function: Kind) -> Kind:
    PLANTS[function.__name__] = function
    return function


def token(text: str) -> str:
    """Return a pattern for a figure or word that is no part of a longer one."""
    return rf"(?<![\d.A-Za-z]){re.escape(text)}(?![\d.]*\d|[A-Za-z])"


@kind
def age(chart: Chart, random: Random) -> Iterator[Plant]:
    """The age in the head is another; counts where the right one stands elsewhere in the case."""
    right = chart.case.patient.age
    if chart.elsewhere(("patient", "age"), token(right)):
        for _ in range(3):
            yield Plant(("patient", "age"), f"{chart.case.patient.years + random.choice([-20, -10, -3, 2, 5, 10])}岁")


@kind
def sex(chart: Chart, random: Random) -> Iterator[Plant]:
    """The sex in the head is the other; counts where a text names the right one or an organ or state of it."""
    right = chart.case.patient.sex
    words = {"女": "女性|女，|绝经|月经|子宫|卵巢|乳腺癌", "男": "男性|男，|前列腺|睾丸"}[right]
    if chart.elsewhere(("patient", "sex"), words):
        yield Plant(("patient", "sex"), "男" if right == "女" else "女")


@kind
def side(chart: Chart, random: Random) -> Iterator[Plant]:
    """Left is right; counts where the same structure stands elsewhere on its right side and nowhere on the other."""
    for path, leaf in chart.texts():
        if path[0] in ("background", "commentary", "principles"):
            continue
        for match in re.finditer(r"([左右])(侧?)([\u3400-\u9fff]{2})", leaf):
            other = "右" if match[1] == "左" else "左"
            same, contrary = (rf"{which}侧?{match[3]}" for which in (match[1], other))
            if chart.elsewhere(path, same) and not chart.elsewhere((), contrary):
                yield Plant(path, leaf[: match.start()] + other + leaf[match.start() + 1 :])
        if path[-1] == "side" and leaf in ("左侧", "右侧"):
            site = chart.tree
            for step in path[:-1]:
                site = site[step]
            if leaf[0] in str(site.get("site", "")):
                yield Plant(path, "右侧" if leaf == "左侧" else "左侧")


@kind
def level(chart: Chart, random: Random) -> Iterator[Plant]:
    """A vertebra or rib is its neighbour; counts where the right one stands elsewhere and the wrong one nowhere."""
    for path, leaf in chart.texts():
        for match in re.finditer(r"(?<![A-Za-z\d-])([TLCS])(\d{1,2})(?![\d期a-zA-Z])|第(\d{1,2})肋", leaf):
            number = int(match[2] or match[3])
            wrong = number + random.choice([-1, 1]) or 2
            right_word, wrong_word = (f"{match[1]}{value}" if match[1] else f"第{value}肋" for value in (number, wrong))
            known = rf"(?<![A-Za-z\d]){right_word}(?!\d)"
            if path[0] not in ("staging",) and chart.elsewhere(path, known) and not chart.elsewhere((), rf"(?<![A-Za-z\d]){wrong_word}(?!\d)"):
                yield Plant(path, leaf[: match.start()] + wrong_word + leaf[match.end() :])


@kind
def unit(chart: Chart, random: Random) -> Iterator[Plant]:
    """A laboratory value bears a unit of another quantity; counts where the catalogue does not allow it for the analyte."""
    units = ["mg/dL", "mmol/L", "ng/mL", "μmol/L", "g/L", "U/mL", "×10⁹/L", "pg/mL"]
    for path, row in chart.rows("results", "columns"):
        entry = chart.catalogue.find("analytes", row["analyte"]) if "analyte" in row and "unit" in row else None
        wrong = [word for word in units if entry and entry.units and word not in entry.units]
        if wrong:
            yield Plant((*path, "unit"), random.choice(wrong))


@kind
def dose_unit(chart: Chart, random: Random) -> Iterator[Plant]:
    """A dose in mg is in g or μg; counts where the same drug stands elsewhere in the volume with the right unit."""
    for path, row in chart.rows("doses"):
        if "dose" in row and re.search(r"\d\s?mg(?!/)", row["dose"]) and known_dose(chart, path, row):
            yield Plant((*path, "dose"), re.sub(r"mg(?!/)", random.choice(["g", "μg"]), row["dose"], count=1))


def known_dose(chart: Chart, path: Path_, row: Branch) -> bool:
    """Tell whether the volume gives the same drug in the same dose in another place."""
    entry = chart.catalogue.find("drugs", row["drug"])
    figure = re.match(r"[\d.]+ ?[A-Za-zμ/²]+", row["dose"])
    names = "|".join(re.escape(str(spelling)) for spelling in entry.spellings)
    for slug, case in chart.source.trees.items():
        for other, item in rows_of(case, (), {"doses"}):
            same_drug = "dose" in item and chart.catalogue.find("drugs", item["drug"]) is entry
            if same_drug and item["dose"] == row["dose"] and (slug, other) != (chart.slug, path):
                return True
    return bool(figure) and any(re.search(names, leaf) and re.search(token(figure[0]), leaf) for other, leaf in chart.texts() if other[: len(path)] != path)


@kind
def decimal(chart: Chart, random: Random) -> Iterator[Plant]:
    """The decimal point of a laboratory value has moved; counts where the right value stands elsewhere in the case."""
    for path, leaf in chart.texts("labs", "series"):
        if re.fullmatch(r"\d+\.\d+", leaf) and path[-1] != "p" and chart.elsewhere(path, token(leaf)):
            whole, part = leaf.split(".")
            yield Plant(path, random.choice([f"{whole}{part[0]}.{part[1:] or '0'}", f"{whole[:-1] or '0'}.{whole[-1]}{part}"]))


@kind
def dose(chart: Chart, random: Random) -> Iterator[Plant]:
    """A dose is ten times as much; counts where the volume gives the same drug in the right dose in another place."""
    for path, row in chart.rows("doses"):
        if "dose" in row and re.match(r"\d+(?:\.\d+)? ?(?:mg|g|μg|IU)", row["dose"]) and known_dose(chart, path, row):
            match = re.match(r"\d+(?:\.\d+)?", row["dose"])
            yield Plant((*path, "dose"), f"{(Decimal(match[0]) * 10).normalize():f}{row['dose'][match.end() :]}")


@kind
def route(chart: Chart, random: Random) -> Iterator[Plant]:
    """A drug is given another way; counts where every other row of the volume gives it the right way, and one does."""
    for path, row in chart.rows("doses"):
        if "route" not in row:
            continue
        entry = chart.catalogue.find("drugs", row["drug"])
        others = [item["route"] for slug, tree in chart.source.trees.items() for other, item in rows_of(tree, (), {"doses"})
                  if "route" in item and (slug, other) != (chart.slug, path) and chart.catalogue.find("drugs", item["drug"]) is entry]  # fmt: skip
        wrong = [word for word in ("口服", "皮下注射", "静脉滴注", "鞘内注射") if word[:2] != row["route"][:2]]
        if others and all(other[:2] == row["route"][:2] for other in others):
            yield Plant((*path, "route"), random.choice(wrong))


@kind
def cycle(chart: Chart, random: Random) -> Iterator[Plant]:
    """A cycle has another length; counts where the right length stands elsewhere, or two days of the record lie so far apart."""
    days = sorted({date.fromisoformat(leaf) for path, leaf in chart.texts() if path[-1] == "at" and re.fullmatch(r"\d{4}-\d{2}-\d{2}", leaf)})
    for path, leaf in chart.texts("treatments"):
        match = re.search(r"(?<!\d)(\d{2})(?=天)", leaf) if path[-1] in ("cycle", "frequency") else None
        if match:
            apart = any((second - first).days == int(match[1]) for first in days for second in days)
            if apart or chart.elsewhere(path, rf"(?<!\d){match[1]}天"):
                wrong = random.choice([value for value in ("14", "21", "28", "35") if value != match[1]])
                yield Plant(path, leaf[: match.start()] + wrong + leaf[match.end() :])


@kind
def date_order(chart: Chart, random: Random) -> Iterator[Plant]:
    """A day of the timeline is a year early; counts where the timeline stood in order and a day precedes it."""
    rows = [(path, row["at"]) for path, row in chart.rows("timeline") if re.fullmatch(r"\d{4}-\d{2}-\d{2}", row["at"])]
    days = [day for _, day in rows]
    if days == sorted(days):
        for path, day in rows[1:]:
            yield Plant((*path, "at"), f"{int(day[:4]) - 1}{day[4:]}")


@kind
def percentage(chart: Chart, random: Random) -> Iterator[Plant]:
    """A percentage is another; counts where the right one stands elsewhere and is of the same thing, or its two values stand in the series."""
    for path, leaf in chart.texts():
        match = re.search(r"(?<![\d.])(\d{1,2}(?:\.\d+)?)%", leaf)
        if match and path[0] not in ("background", "principles"):
            made = path[0] == "series" and "change" in path
            about = word_before(leaf[: match.start()])
            if made or (about and chart.elsewhere(path, rf"{re.escape(about)}[约达为至到]*{token(match[0])}")):
                wrong = str(int(float(match[1])) + random.choice([-9, 8, 17])).lstrip("-") or "3"
                yield Plant(path, leaf[: match.start(1)] + wrong + leaf[match.end(1) :])


def word_before(text: str) -> str:
    """Return the word that a figure is of: two characters (压缩约30%), or a name in Latin letters."""
    match = re.search(r"([\u3400-\u9fff]{2}|[A-Za-z][A-Za-z0-9-]*)[ 约达为至到↓↑]*$", text)
    return match[1] if match else ""


@kind
def tnm(chart: Chart, random: Random) -> Iterator[Plant]:
    """A TNM has another M or T; counts where the stage, the metastases or another text say so."""
    for path, leaf in chart.texts("staging"):
        if path[-1] == "tnm":
            row = chart.tree["staging"][path[1]]
            if "M1" in leaf and ("IV" in str(row.get("stage", "")) or chart.case.metastases):
                yield Plant(path, re.sub(r"M1[a-c]?", "M0", leaf))
            if chart.elsewhere(path, re.escape(leaf)) and (match := re.search(r"T([1-4])", leaf)):
                yield Plant(path, leaf.replace(match[0], f"T{int(match[1]) % 4 + 1}", 1))


@kind
def stage(chart: Chart, random: Random) -> Iterator[Plant]:
    """A stage is another; counts where its TNM, the metastases or another text say so."""
    for path, leaf in chart.texts("staging"):
        if path[-1] == "stage" and "IV" in leaf:
            row = chart.tree["staging"][path[1]]
            if "M1" in str(row.get("tnm", "")) or chart.case.metastases:
                yield Plant(path, leaf.replace("IV", random.choice(["II", "III"]), 1))
        elif path[-1] == "stage" and chart.elsewhere(path, re.escape(leaf.rstrip("期"))):
            yield Plant(path, "IVB期")


@kind
def score(chart: Chart, random: Random) -> Iterator[Plant]:
    """A score is another; counts where it leaves the scale, or where the right one stands elsewhere with the name of its scale."""
    for path, row in chart.rows("scores"):
        entry = chart.catalogue.find("scales", row["scale"])
        match = re.match(r"\d+", row["value"])
        if not match:
            continue
        if entry.high and entry.high.high is not None:
            yield Plant((*path, "value"), f"{int(entry.high.high) + random.randint(1, 5)}{row['value'][match.end():]}")
        if chart.elsewhere((*path, "value"), rf"{re.escape(row['scale'])}\D{{0,6}}{match[0]}分"):
            wrong = next(value for value in (int(match[0]) + 2, int(match[0]) - 2) if 0 <= value <= 10)
            yield Plant((*path, "value"), f"{wrong}{row['value'][match.end():]}")


@kind
def receptor(chart: Chart, random: Random) -> Iterator[Plant]:
    """A receptor is of the other sign; counts where a text, a diagnosis or another row says the right one."""
    for path, row in chart.rows("ihc", "receptors"):
        marker, result = row["marker"], row["result"]
        if not re.search(r"[+-]\)|[阴阳]性", result):
            continue
        positive = bool(re.search(r"\+|阳", result)) and not re.search(r"-\)|阴", result)
        words = {"HER2": "HER2", "ER": "ER|HR|激素受体|三阴", "PR": "PR|HR|激素受体|三阴"}.get(str(marker), re.escape(marker))
        if positive and marker in ("ER", "PR") and other_is_positive(chart, path, str(marker)):
            words = str(marker)  # one positive receptor of the two makes HR+
        same = rf"(?:{words})[^，；。]{{0,6}}(?:阳性|\+)" if positive else rf"(?:{words})[^，；。]{{0,6}}(?:阴性|-)|三阴"
        if chart.elsewhere((*path, "result"), same):
            yield Plant((*path, "result"), "(-)" if positive else "(+)")


def other_is_positive(chart: Chart, path: Path_, marker: str) -> bool:
    """Tell whether the other of ER and PR is positive in the same list."""
    node: Any = chart.tree
    for step in path[:-1]:
        node = node[step]
    other = {"ER": "PR", "PR": "ER"}[marker]
    return any(row["marker"] == other and re.search(r"\+|阳", row["result"]) for row in node)


@kind
def drug_typo(chart: Chart, random: Random) -> Iterator[Plant]:
    """A character of a drug's name is another; always counts, for the catalogue has the right name."""
    spelled = {str(name) for entry in chart.catalogue.drugs if not entry.unnamed for name in entry.spellings}
    names = sorted(name for name in spelled if re.fullmatch(r"[\u3400-\u9fff]{3,}", name))
    near = dict(zip("单唑膦抗紫铂他西替来酸片钙", "草坐磷坑柴泊它酉潜采酶斤钓", strict=True))
    for path, leaf in chart.texts():
        for name in names:
            at = leaf.find(name)
            spots = [index for index, char in enumerate(name) if char in near]
            if at >= 0 and spots and path[-1] not in ("id",):
                spot = at + random.choice(spots)
                yield Plant(path, leaf[:spot] + near[leaf[spot]] + leaf[spot + 1 :])
                break


@kind
def lost_row(chart: Chart, random: Random) -> Iterator[Plant]:
    """A row is gone; counts where something still speaks of it: a sum of nodes, a site of metastasis, a drug that has no other row in its
    treatment, or whose dose stands in no other row and is told elsewhere."""
    for path, row in chart.rows("nodes", "timeline", "doses", "points", "bone_events", "metastases"):
        marks = [row[key] for key in ("at", "drug", "station", "site", "event") if isinstance(row.get(key), Written)]
        outside = [leaf for other, leaf in chart.texts() if other[: len(path)] != path]
        inside = [mark for mark in marks if any(mark in leaf for leaf in outside)]
        summed = path[-2] == "nodes" and any(re.search(r"\d+/\d+", leaf) for leaf in outside)
        if summed or (path[-2] == "metastases" and inside) or (path[-2] == "doses" and inside and missing(chart, path, row)):
            yield Plant(path, None)


def missing(chart: Chart, path: Path_, row: Branch) -> bool:
    """Tell whether nothing in the rows beside it says of a drug what a row says."""
    rows: Any = chart.tree
    for step in path[:-1]:
        rows = rows[step]
    entry = chart.catalogue.find("drugs", row["drug"])
    beside = [other for other in rows if other is not row and chart.catalogue.find("drugs", other["drug"]) is entry]
    own = str(row.get("dose", ""))
    alone = bool(own) and all(other.get("dose") != own for other in beside)
    return not beside or (alone and any(re.search(token(own), leaf) for other, leaf in chart.texts() if other[: len(path) - 1] != path[:-1]))


@kind
def double_row(chart: Chart, random: Random) -> Iterator[Plant]:
    """A row stands twice; always counts, for the record has it once."""
    for path, _ in chart.rows("doses", "timeline", "points", "results", "nodes", "ihc", "lesions", "metastases"):
        yield Plant(path, None, twice=True)


@kind
def privacy(chart: Chart, random: Random) -> Iterator[Plant]:
    """A name, a number or an address stands in a text; always counts, for no volume allows it."""
    born = f"1101051949{random.randint(1, 12):02d}{random.randint(1, 28):02d}{random.randint(0, 999):03d}"
    number = f"{born}{check_sign(born)}"
    leaks = ["患者张某某，女", f"身份证{number}", "住院号：00731245", "联系电话13800138000", "现于18床", "家住中山路12号", "患者王女士"]
    for path, leaf in chart.texts("history", "visit", "course", "outcome", "complaint", "follow_up"):
        if isinstance(path[-1], int) or path[-1] in ("outcome", "complaint"):
            yield Plant(path, f"{leaf.rstrip('。')}。{random.choice(leaks)}。")


# -- planting and looking --------------------------------------------------------------------------------------------


def planted(node: Any, plant: Plant, path: Path_ = ()) -> Any:
    """Return a copy of a tree with the error in it."""
    if path == plant.path:
        return Written(plant.text, node.place)
    if path != plant.path[: len(path)]:
        return node
    if isinstance(node, Branch):
        branch = Branch(node.place)
        branch.key_places = dict(node.key_places)
        branch.update({key: planted(value, plant, (*path, key)) for key, value in node.items()})
        return branch
    row = Row(node.place)
    for index, value in enumerate(node):
        if (*path, index) == plant.path and plant.text is None:
            row.extend([value, moved(value)] if plant.twice else [])
        else:
            row.append(planted(value, plant, (*path, index)))
    return row


def moved(node: Any) -> Any:
    """Return a copy of a row with places of its own."""
    far = Place(node.place.path, node.place.line + FAR, node.place.column)
    if isinstance(node, Written):
        return Written(str(node), far)
    copy: Any = Branch(far) if isinstance(node, Branch) else Row(far)
    if isinstance(node, Branch):
        copy.key_places = dict(node.key_places)
        copy.update({key: moved(value) for key, value in node.items()})
    else:
        copy.extend(map(moved, node))
    return copy


Key = tuple[str, Place, frozenset]


def said(source: VolumeSource, slug: str, catalogue: Catalogue, known: frozenset[int]) -> dict[Key, tuple[Rule, Finding]]:
    """Return every finding on one case and on its volume, by what it is about."""
    found = [*find_texts(source.trees[slug]), *find_characters(source.trees[slug], known)]
    found += [*check_case(Record(source.cases[slug], source, catalogue)), *check_volume(source, catalogue)]
    return {(rule.code, finding.at.place, frozenset(text.place for text in finding.also)): (rule, finding) for rule, finding in found}


@dataclass
class Tally:
    planted: int = 0
    caught: int = 0
    new: int = 0
    """New findings, all together."""
    by: Counter = field(default_factory=Counter)
    """Errors caught, by the family of the rule; an error that several families catch counts in each."""
    missed: list[str] = field(default_factory=list)


def main() -> None:
    arguments = parsed()
    collection = read(ROOT, arguments.volume or None)
    known = covered(Project(ROOT).styles / "fonts")
    tallies: dict[str, Tally] = defaultdict(Tally)
    started, clean = perf_counter(), 0
    for source in collection.volumes.values():
        volume_wide = len(list(check_volume(source, collection.catalogue)))
        for slug in source.cases:
            before = said(source, slug, collection.catalogue, known)
            clean += len(before) - volume_wide
            chart = Chart(slug, source.cases[slug], source.trees[slug], source, collection.catalogue)
            for name, make in PLANTS.items():
                if arguments.kind and name not in arguments.kind:
                    continue
                random = Random(f"{arguments.seed}/{slug}/{name}")
                plants = list(dict.fromkeys(make(chart, random)))
                for plant in random.sample(plants, min(arguments.each, len(plants))):
                    look(chart, plant, before, known, tallies[name])
        clean += volume_wide
    print(report(tallies, clean, perf_counter() - started, arguments))


def look(chart: Chart, plant: Plant, before: dict[Key, Any], known: frozenset[int], tally: Tally) -> None:
    """Plant one error and count what is found."""
    tree = planted(chart.tree, plant)
    tally.planted += 1
    try:
        case = Case.model_validate(tree, context={"catalogue": chart.catalogue})
    except ValidationError:
        tally.caught += 1
        tally.by[READ] += 1
        return
    source = replace(chart.source, cases={**chart.source.cases, chart.slug: case}, trees={**chart.source.trees, chart.slug: tree})
    after = said(source, chart.slug, chart.catalogue, known)
    new = {key: found for key, found in after.items() if key not in before}
    tally.new += len(new)
    touched = places(chart.tree, plant)
    families = {rule.family for (_, at, also), (rule, _) in new.items() if touched is None or touched & {at, *also}}
    families -= {"CARE"}
    if families:
        tally.caught += 1
        tally.by.update(families)
    else:
        node: Any = chart.tree
        for step in plant.path:
            node = node[step]
        words = node if isinstance(node, Written) else "，".join(str(leaf) for _, leaf in leaves(node))
        tally.missed.append(f"{chart.slug} {'.'.join(map(str, plant.path))}: {words[:60]} -> {plant.text[:60] if plant.text else '×2' if plant.twice else '—'}")


def places(tree: Branch, plant: Plant) -> set[Place] | None:
    """Return the places at which an error must be found; None for anywhere."""
    if plant.text is None and not plant.twice:
        return None
    node: Any = tree
    for step in plant.path:
        node = node[step]
    if isinstance(node, Written):
        return {node.place}
    return {place for _, leaf in leaves(node) for place in (leaf.place, Place(leaf.place.path, leaf.place.line + FAR, leaf.place.column))}


def report(tallies: dict[str, Tally], clean: int, seconds: float, arguments: argparse.Namespace) -> str:
    """Return a table in Markdown."""
    rows = ["| error | planted | caught | share | new findings each | caught by |", "|---|---:|---:|---:|---:|---|"]
    for name, tally in tallies.items():
        by = "、".join(f"{family} {count}" for family, count in tally.by.most_common())
        rows.append(f"| {name} | {tally.planted} | {tally.caught} | {share(tally)} | {tally.new / (tally.planted or 1):.1f} | {by} |")
    whole = Tally(*(sum(getattr(tally, name) for tally in tallies.values()) for name in ("planted", "caught", "new")))
    rows.append(f"| **all** | {whole.planted} | {whole.caught} | {share(whole)} | {whole.new / (whole.planted or 1):.1f} | |")
    families = Counter()
    for tally in tallies.values():
        families.update(tally.by)
    rows += ["", "Caught by family: " + "，".join(f"{family} {families[family]}" for family in (READ, *FAMILIES) if families[family])]
    rows += [f"Findings on the clean volumes: {clean}. Seed {arguments.seed}, at most {arguments.each} of a kind a case, {seconds:.0f} s."]
    for name, tally in tallies.items():
        if arguments.missed and tally.missed:
            rows += ["", f"{name}:", *(f"  {line}" for line in tally.missed[: arguments.missed])]
    return "\n".join(rows)


def share(tally: Tally) -> str:
    return f"{100 * tally.caught / tally.planted:.0f}%" if tally.planted else "—"


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Plant errors into copies of the real cases and count what the rules catch.")
    parser.add_argument("--volume", action="append", help="only this volume")
    parser.add_argument("--each", type=int, default=3, help="most errors of a kind in a case")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", action="append", choices=sorted(PLANTS), help="only this kind of error")
    parser.add_argument("--missed", type=int, default=0, help="show as many errors of each kind that were not caught")
    return parser.parse_args()


if __name__ == "__main__":
    main()
