"""Everything that was read: the catalogue and the volumes with their cases."""

from dataclasses import dataclass

from publisher.case import Case
from publisher.catalogue import Catalogue
from publisher.volume import Dosing, Guideline, Volume
from publisher.written import Branch


@dataclass(frozen=True)
class VolumeSource:
    """A volume with everything it is made of."""

    volume: Volume
    cases: dict[str, Case]
    guideline: Guideline
    dosing: Dosing
    trees: dict[str, Branch]
    """The raw tree of each case, by its id: every scalar of the source with its place."""
    other_trees: tuple[Branch, ...] = ()
    """The raw trees of the volume's other files."""


@dataclass(frozen=True)
class Collection:
    catalogue: Catalogue
    volumes: dict[str, VolumeSource]
