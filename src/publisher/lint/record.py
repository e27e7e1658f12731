"""A case as a rule reads it: its data, its source tree, its volume and the catalogue."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from publisher.case import Case
from publisher.catalogue import Catalogue
from publisher.collection import VolumeSource
from publisher.written import Branch, Written, leaves

OUTSIDE_THE_CASE = ("notes", "waivers")
"""Fields that speak about the case and are no part of it."""


@dataclass(frozen=True)
class Own:
    """What a rule that looks at one case alone is given for its volume: the tree of that case."""

    trees: dict[str, Branch]


@dataclass(frozen=True, eq=False)
class Record:
    """Compared and remembered as itself: what is abstracted from it is kept by the record."""

    case: Case
    source: VolumeSource | Own
    catalogue: Catalogue

    @cached_property
    def alone(self) -> "Record":
        """The same case without its volume: what is found in it cannot depend on anything else."""
        slug = str(self.case.id)
        return Record(self.case, Own({slug: self.source.trees[slug]}), self.catalogue)

    @cached_property
    def leaves(self) -> tuple[tuple[tuple, Written], ...]:
        """Every scalar of the case with its path; editor's notes are left out."""
        return tuple((path, leaf) for path, leaf in leaves(self.source.trees[str(self.case.id)]) if path[0] not in OUTSIDE_THE_CASE)

    def texts(self, *fields: str) -> Iterator[tuple[tuple, Written]]:
        """Yield the path and text of every scalar of the case, or of some of its fields; editor's notes are left out."""
        for path, leaf in self.leaves:
            if not fields or path[0] in fields:
                yield path, leaf
