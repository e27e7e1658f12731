"""Make volumes of any size out of the real cases, and catalogues of many volumes: new ids, numbers, days and ages, nothing else.

A made case is a real one moved in time and age only as far as the rules find no error that the real one does not have. References
from case to case (例5) lead to the copies of their own round. The same arguments give the same files.

    python benchmarks/generate.py ROOT --cases 100 [--volumes 1] [--base lung] [--seed 1]
"""

import argparse
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from publisher.case import Case
from publisher.collection import Collection, VolumeSource
from publisher.lint.characters import covered
from publisher.lint.queries import examined
from publisher.read import read
from publisher.read_yaml import Reader
from publisher.written import Branch, Row

REPOSITORY = Path(__file__).resolve().parents[1]
YEARS = (-8, -4, 4)
"""By whole leap cycles, so that the days between two dates stay what they were."""
AGES = (-3, -2, -1, 1, 2, 3)
PARTS = 8
"""At most: the thumb tabs have room for no more."""
REFERRED = re.compile(r"(?<![\d病一二两三四五六七八九十本各全单首该比])例(\d+(?:[、～和至]例?\d+(?![\d.]*\s?[a-zA-Z%个天周月年分例]))*)")
OF_TITLES = re.compile(r"^ +settles: \[CON-129\]\n", re.M)
"""A note settles what the front matter says of a title; the front matter of a made volume says nothing of titles."""
DATED = re.compile(r"(?<!\d)(?:19|20)\d\d(?=年|-\d\d(?!\d))")


@dataclass(frozen=True)
class Variant:
    """How a made case differs from the real one."""

    years: int = 0
    age: int = 0

    def of(self, text: str) -> str:
        """Move the dates and the patient's age in the text of a case."""
        moved = DATED.sub(lambda year: str(int(year[0]) + self.years), text)
        age = re.search(r"^  age: (\d+)岁", text, re.M)
        return re.sub(rf"(?<!\d){age[1]}岁", f"{int(age[1]) + self.age}岁", moved) if age else moved


@dataclass(frozen=True)
class Base:
    """A real volume and the variants that each of its cases bears."""

    name: str
    source: VolumeSource
    texts: dict[str, str]
    bears: dict[str, tuple[Variant, ...]]


@cache
def base(name: str) -> Base:
    """Read a real volume and try every variant on all of its cases."""
    collection = read(REPOSITORY, [name])
    source = collection.volumes[name]
    texts = {str(slug): (REPOSITORY / f"content/{name}/cases/{slug}.yaml").read_text(encoding="utf-8") for slug in source.volume.case_ids}
    refused = {variant: spoiled(collection, source, texts, variant) for variant in (*(Variant(years) for years in YEARS), *(Variant(0, age) for age in AGES))}

    def borne(slug: str) -> tuple[Variant, ...]:
        years = (0, *(variant.years for variant, slugs in refused.items() if variant.years and slug not in slugs))
        ages = (0, *(variant.age for variant, slugs in refused.items() if variant.age and slug not in slugs))
        return tuple(Variant(year, age) for year in years for age in ages)

    return Base(name, source, texts, {slug: borne(slug) for slug in texts})


def spoiled(collection: Collection, source: VolumeSource, texts: dict[str, str], variant: Variant) -> set[str]:
    """Return the cases in which the rules find an error when all are varied so."""
    cases, trees = {}, {}
    for slug, text in texts.items():
        path = source.cases[slug].id.place.path
        trees[slug] = Reader(variant.of(text), path).read()[0]
        cases[slug] = Case.model_validate(trees[slug], context={"catalogue": collection.catalogue})
    found = examined(replace(source, cases=cases, trees=trees), collection.catalogue, covered(REPOSITORY / "styles" / "fonts"))
    wrong = {problem.place.path for problem in found.errors}
    return {slug for slug in texts if source.cases[slug].id.place.path in wrong}


@dataclass(frozen=True)
class Made:
    """A made case: which real one it is, in which round, and its number."""

    of: str
    round: int
    number: int

    def slug(self, volume: str) -> str:
        return f"{volume}-{self.number:04d}-{self.of.split('-', 2)[2]}"


def volume(root: Path, name: str, count: int, base_name: str, seed: int) -> None:
    """Write a volume of `count` cases into the folder `content/<name>` of a root."""
    chosen, random = base(base_name), Random(f"{name} {seed}")
    order = list(chosen.texts)
    if count < len(order):
        raise SystemExit(f"{base_name} has {len(order)} cases that its guideline refers to; ask for as many or more")
    made = [Made(order[at % len(order)], at // len(order), at + 1) for at in range(count)]
    folder = root / "content" / name
    (folder / "cases").mkdir(parents=True)
    numbers = {slug: str(chosen.source.cases[slug].number) for slug in order}
    there = {(case.round, numbers[case.of]): case.number for case in made}
    for case in made:
        known = {number: there.get((case.round, number), there[0, number]) for number in numbers.values()}
        variant = random.choice(chosen.bears[case.of]) if case.round else Variant()
        text = OF_TITLES.sub("", referring(variant.of(chosen.texts[case.of]), known))
        slug = case.slug(name)
        text = re.sub(r"^id: .*", f"id: {slug}", text, count=1, flags=re.M)
        text = re.sub(r"^number: .*", f"number: {case.number}", text, count=1, flags=re.M)
        if case.round:
            text = re.sub(r"^(title: .*)", rf"\1（之{case.round + 1}）", text, count=1, flags=re.M)
        (folder / "cases" / f"{slug}.yaml").write_text(text, encoding="utf-8")
    first = {case.of: case.slug(name) for case in made if not case.round}
    for stem in ("guideline", "dosing"):
        text = (REPOSITORY / f"content/{base_name}/{stem}.yaml").read_text(encoding="utf-8")
        text = referring(text, {numbers[slug]: there[0, numbers[slug]] for slug in order})
        for slug, new in first.items():
            text = re.sub(rf"\b{slug}\b", new, text)
        (folder / f"{stem}.yaml").write_text(text, encoding="utf-8")
    tree = front(chosen, name, made)
    (folder / "volume.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True, width=10_000), encoding="utf-8")


def referring(text: str, numbers: dict[str, int]) -> str:
    """Put other numbers in place of those by which a text refers to cases."""
    return REFERRED.sub(lambda told: "例" + re.sub(r"\d+", lambda number: str(numbers.get(number[0], number[0])), told[1]), text)


def front(chosen: Base, name: str, made: list[Made]) -> dict[str, Any]:
    """Return the volume file: that of the base without what is said of its number of cases, the cases in parts."""
    tree = plain(Reader((REPOSITORY / f"content/{chosen.name}/volume.yaml").read_text(encoding="utf-8"), "volume.yaml").read()[0])
    kept = {key: value for key, value in tree.items() if key in ("date", "compiler", "keywords", "disclaimer", "rights", "conventions", "edition", "press")}
    slugs = [case.slug(name) for case in made]
    numbers = {str(chosen.source.cases[case.of].number): case.number for case in reversed(made)}
    kept["conventions"] = [referring(text, numbers) for text in kept["conventions"]]
    title = f"{tree['short_title']}　合成{len(slugs)}例"
    size = -(-len(slugs) // PARTS)
    parts = [{"label": f"第{'一二三四五六七八'[place]}部分", "title": f"合成病例之{place + 1}", "cases": slugs[start : start + size]}
             for place, start in enumerate(range(0, len(slugs), size))]  # fmt: skip
    return {**kept, "id": name, "title": title, "short_title": title, "subject": f"由真实病例改写日期与年龄而成，共{len(slugs)}例，供测速", "parts": parts}


def plain(node: Any) -> Any:
    """Return a tree as plain texts, lists and mappings."""
    if isinstance(node, Branch):
        return {key: plain(value) for key, value in node.items()}
    return [plain(item) for item in node] if isinstance(node, Row) else str(node)


def catalogue(root: Path, sizes: list[int], base_name: str, seed: int) -> Iterator[str]:
    """Write a root with a volume of each size; yield their names as they are written."""
    if (root / "content").exists():
        raise SystemExit(f"{root}/content is there already")
    shutil.copytree(REPOSITORY / "content/reference", root / "content/reference")
    for number, count in enumerate(sizes, 1):
        name = f"made-{number:02d}"
        volume(root, name, count, base_name, seed)
        yield name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=Path, help="a folder to be written; it must hold no content")
    parser.add_argument("--cases", type=int, default=100, help="cases of each volume (100)")
    parser.add_argument("--volumes", type=int, default=1, help="volumes (1)")
    parser.add_argument("--base", default="lung", help="the real volume whose cases are taken (lung)")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    for name in catalogue(chosen.root, [chosen.cases] * chosen.volumes, chosen.base, chosen.seed):
        print(f"{chosen.root}/content/{name}: {chosen.cases} cases")


if __name__ == "__main__":
    main()
