"""The sample book is clean, and between them its files use every field there is to write."""

from collections.abc import Iterator
from typing import Any

from project import SAMPLEBOOK

from publisher.case import Case
from publisher.catalogue import REFERENCE_MODELS
from publisher.examination import check
from publisher.model import Model
from publisher.project import Project
from publisher.read_yaml import read_yaml
from publisher.volume import Dosing, Guideline, Volume


def models(annotation: Any) -> Iterator[type[Model]]:
    """Yield the models named in a type annotation."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from models(part)


def fields(model: type[Model], seen: set[type[Model]]) -> set[str]:
    """Return `Model.field` for every field of a model and of the models inside it."""
    if model in seen:
        return set()
    seen.add(model)
    found = {f"{model.__name__}.{field.alias or name}" for name, field in model.model_fields.items()}
    return found.union(*(fields(inner, seen) for field in model.model_fields.values() for inner in models(field.annotation)))


def used(model: type[Model], tree: Any) -> set[str]:
    """Return `Model.field` for every field that a source tree fills in."""
    found = set()
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key in tree:
            found.add(f"{model.__name__}.{key}")
            for inner in models(field.annotation):
                parts = tree[key] if isinstance(tree[key], list) else [tree[key]]
                found = found.union(*(used(inner, part) for part in parts))
    return found


def trees(pattern: str) -> list[Any]:
    return [read_yaml(path, path.name)[0] for path in sorted((SAMPLEBOOK / "content").glob(pattern))]


def unused(model: type[Model], pattern: str) -> set[str]:
    found = trees(pattern)
    assert found
    return fields(model, set()) - set().union(*(used(model, tree) for tree in found))


ELSEWHERE = {
    "Case.perspective", "Case.consent", "Case.authors", "Case.keywords", "Case.references", "Case.waivers", "Waiver.code", "Waiver.quote", "Waiver.reason",
    "Volume.waivers", "Volume.changes_since", "Volume.privacy", "Volume.public_address", "Privacy.names", "Privacy.dates",
    "Guideline.notes", "Guideline.waivers", "Note.quote", "Note.note", "Note.reason", "Note.settles", "Note.source",
}  # fmt: skip
"""Fields that the tests of what they do write into the sample book themselves."""


def test_the_cases_use_every_field_of_a_case():
    assert unused(Case, "sample/cases/*.yaml") - ELSEWHERE == set()


def test_the_volume_uses_every_field_of_a_volume():
    assert unused(Volume, "sample/volume.yaml") - ELSEWHERE == set()


def test_the_guideline_uses_every_field_of_a_guideline():
    assert unused(Guideline, "sample/guideline.yaml") - ELSEWHERE == set()


def test_the_appendix_has_tables_of_its_own_and_compiled_ones(sample):
    dosing = sample.volumes["sample"].dosing
    assert (bool(dosing.tables), dosing.compiled, fields(Dosing, set()) >= {"Dosing.tables", "Dosing.compiled"}) == (True, True, True)


def test_the_word_lists_use_every_field_of_their_entries():
    lacking = set()
    for kind, model in REFERENCE_MODELS.items():
        (tree,) = trees(f"reference/{kind}.yaml")
        lacking |= fields(model, set()) - set().union(*(used(model, item) for item in tree[kind]))
    assert lacking == set()


def test_the_sample_book_has_no_editorial_faults(sample):
    examined, problems = check(Project(SAMPLEBOOK), sample)
    assert [str(problem) for problem in problems] == []
    assert [str(problem) for one in examined for problem in one.errors] == []


def test_the_sample_book_builds_without_problems(sample_built):
    assert [str(problem) for problem in sample_built.problems] == []
