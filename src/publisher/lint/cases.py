"""The rules over the data of a case and of a volume: which there are, and applying them."""

from collections.abc import Iterator

from publisher.catalogue import Catalogue
from publisher.collection import VolumeSource
from publisher.lint import (  # noqa: F401  their rules register themselves
    abbreviations,
    agreement,
    anatomy,
    arithmetic,
    bone_events,
    calendar,
    claims,
    completeness,
    consistency,
    contents,
    drug_names,
    drugs,
    evidence,
    figures,
    grading,
    indications,
    interactions,
    label_claims,
    orders,
    pathology,
    privacy,
    regimens,
    response,
    rows,
    sites,
    staging,
    supportive,
    traces,
    tumour,
    units,
)
from publisher.lint.record import Record
from publisher.rules import RULES, Finding, Rule


def check_case(record: Record) -> Iterator[tuple[Rule, Finding]]:
    """Apply every rule over cases to one case."""
    for item in RULES.values():
        if item.scope == "case":
            for finding in item.find(record if item.beyond else record.alone):
                yield item, finding


def check_alone(record: Record) -> Iterator[tuple[Rule, Finding]]:
    """Apply every rule that looks at one case alone."""
    for item in RULES.values():
        if item.scope == "case" and not item.beyond:
            for finding in item.find(record.alone):
                yield item, finding


def check_beyond(record: Record) -> Iterator[tuple[Rule, Finding]]:
    """Apply every rule over cases that looks beyond the case."""
    for item in RULES.values():
        if item.scope == "case" and item.beyond:
            for finding in item.find(record):
                yield item, finding


def check_volume(source: VolumeSource, catalogue: Catalogue) -> Iterator[tuple[Rule, Finding]]:
    """Apply every rule over volumes to a volume."""
    for item in RULES.values():
        if item.scope == "volume":
            for finding in item.find(source, catalogue):
                yield item, finding
