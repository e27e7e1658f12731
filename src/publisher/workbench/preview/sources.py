"""The sources as they were last in order: read again file by file, and where a file is broken its last good state stays."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from publisher.case import Case
from publisher.catalogue import Catalogue
from publisher.collection import Collection, VolumeSource
from publisher.keeping import Stamp, stamped
from publisher.problems import Place, Problem
from publisher.read import over_the_limits, read_case, read_catalogue, read_parts, wrong_together
from publisher.volume import Guideline, Topic, Volume


@dataclass
class Kept:
    """What a file, or some files that are read together, gave: its last good state, and the problems of its present one."""

    stamp: tuple[Stamp, ...] = ()
    good: Any = None
    problems: list[Problem] = field(default_factory=list)


class Sources:
    """The sources of a project."""

    def __init__(self, root: Path):
        self.root = root
        self.reference = Kept()
        self.parts: dict[str, Kept] = {}
        self.cases: dict[Path, Kept] = {}
        self.collection = Collection(Catalogue([], [], [], [], [], [], [], []), {})
        self.problems: list[Problem] = []

    def read(self) -> set[str]:
        """Read what has changed since the last time; return the paths of the cases and the names of the volumes that are new to the collection."""
        content = self.root / "content"
        folders = sorted(path.parent for path in content.glob("*/volume.yaml"))
        if too_large := list(over_the_limits(content, folders)):
            self.problems = too_large
            return set()
        if self.fresh(self.reference, (content / "reference").glob("*.yaml")):
            self.reference.problems = []
            catalogue = read_catalogue(self.root, self.reference.problems)
            if not self.reference.problems or self.reference.good is None:
                self.reference.good = catalogue
                self.parts, self.cases = (
                    {name: Kept(good=kept.good) for name, kept in self.parts.items()},
                    {path: Kept(good=kept.good) for path, kept in self.cases.items()},
                )  # every word is looked up anew
        problems = [*self.reference.problems]
        before, volumes, new = self.collection.volumes, {}, set()
        for folder in folders:
            source = self.volume(folder, problems, new)
            if source:
                volumes[folder.name] = source
        if not folders:
            problems.append(Problem(Place("content"), "SRC-020", "没有找到任何一卷", hint="每卷需有 content/<卷名>/volume.yaml"))
        new |= set(before) - set(volumes)
        self.collection = Collection(self.reference.good, volumes)
        self.problems = sorted(set(problems), key=lambda problem: (problem.place, problem.code))
        return new

    def volume(self, folder: Path, problems: list[Problem], new: set[str]) -> VolumeSource | None:
        """Return a volume of the last good state of each of its files; None where there never was one."""
        kept = self.parts.setdefault(folder.name, Kept())
        catalogue = self.reference.good
        if self.fresh(kept, (folder / f"{stem}.yaml" for stem in ("volume", "guideline", "dosing"))):
            kept.problems = []
            parts, trees = read_parts(self.root, folder, catalogue, kept.problems)
            old_parts, old_trees = kept.good or ({}, (None, None, None))
            known = {name: parts[name] or old_parts.get(name) for name in parts}
            kept.good = known, tuple(tree if parts[name] else old for name, tree, old in zip(parts, trees, old_trees, strict=True))
            new.add(folder.name)
        problems += kept.problems
        paths = sorted((folder / "cases").glob("*.yaml"))
        for path in paths:
            self.case(path, folder, problems, new)
        for path in [path for path in self.cases if path.parent.parent == folder and path not in paths]:
            del self.cases[path]
            new.add(folder.name)
        found: dict[str, tuple[Case, Any]] = {str(self.cases[path].good[0].id): self.cases[path].good for path in paths if self.cases[path].good}
        cases = {slug: case for slug, (case, _) in found.items()}
        parts, others = kept.good
        problems += wrong_together(folder, parts, cases)
        if not all(parts.values()):
            return None
        volume, guideline = whole(parts["volume"], cases), without_links(parts["guideline"], cases)
        if not volume.parts:
            return None
        return VolumeSource(volume, cases, guideline, parts["dosing"], {slug: tree for slug, (_, tree) in found.items()}, others)

    def case(self, path: Path, folder: Path, problems: list[Problem], new: set[str]) -> None:
        kept = self.cases.setdefault(path, Kept())
        if self.fresh(kept, [path]):
            kept.problems = []
            case, tree = read_case(self.root, path, self.reference.good, kept.problems)
            if case is not None:
                new.add(folder.name if kept.good is None or kept.good[0].id != case.id else path.relative_to(self.root).as_posix())
                kept.good = case, tree
        problems += kept.problems

    def fresh(self, kept: Kept, paths: Iterable[Path]) -> bool:
        """Tell whether any of the files is another than it was, and remember them as they are."""
        stamp = tuple(stamped(path) for path in sorted(paths))
        if stamp == kept.stamp and stamp:
            return False
        kept.stamp = stamp
        return True


def whole(volume: Volume, cases: dict[str, Case]) -> Volume:
    """Return the volume without those cases of its parts that cannot be read."""
    if all(slug in cases for slug in volume.case_ids):
        return volume
    parts = [part.model_copy(update={"cases": [slug for slug in part.cases if slug in cases]}) for part in volume.parts]
    return volume.model_copy(update={"parts": [part for part in parts if part.cases]})


def without_links(guideline: Guideline, cases: dict[str, Case]) -> Guideline:
    """Return the guideline chapter without links to cases that cannot be read."""

    def bare(topic: Topic) -> Topic:
        statements = [one.model_copy(update={"cases": [slug for slug in one.cases if slug in cases]}) for one in topic.statements]
        return topic.model_copy(update={"statements": statements, "topics": [bare(inner) for inner in topic.topics]})

    return guideline.model_copy(update={"topics": [bare(topic) for topic in guideline.topics]})
