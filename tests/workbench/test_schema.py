"""The schemas of the sources: fresh in the repository, explained in Chinese, and of one mind with the model."""

import json

import jsonschema
import pytest
import yaml
from project import REPOSITORY

from publisher.read import read_reference
from publisher.workbench.schema import SOURCES, editor_settings, schemas

FOLDER = REPOSITORY / "content" / "schema"


@pytest.fixture(scope="module")
def made():
    return schemas(read_reference(REPOSITORY))


def test_the_schemas_in_the_repository_are_fresh(made):
    assert {path.name: path.read_bytes() for path in FOLDER.glob("*.json")} == made
    assert (REPOSITORY / ".vscode/settings.json").read_bytes() == editor_settings("content/schema")


def test_every_field_is_explained_in_chinese(made):
    for content in made.values():
        for model in json.loads(content)["definitions"].values():
            for name, field in model["properties"].items():
                assert any("\u4e00" <= char <= "\u9fff" for char in field["description"]), name


@pytest.mark.parametrize("kind", SOURCES)
def test_the_real_sources_are_valid(made, kind):
    validator = jsonschema.Draft7Validator(json.loads(made[f"{kind}.schema.json"]))
    paths = sorted(REPOSITORY.glob(SOURCES[kind][1])) or sorted(REPOSITORY.glob(f"tests/{SOURCES[kind][1]}"))
    assert paths
    for path in paths:
        tree = json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=str))
        assert [f"{path.name}: {error.message[:200]}" for error in validator.iter_errors(tree)] == []


@pytest.mark.parametrize(
    ("spoiled", "wrong"),
    [({"sex": "男性"}, "男性"), ({"sexe": "男"}, "sexe")],
    ids=["a word that is not allowed", "a field that is not known"],
)
def test_what_the_program_refuses_the_schema_refuses(made, spoiled, wrong):
    validator = jsonschema.Draft7Validator(json.loads(made["case.schema.json"]))
    case = {"id": "a", "number": "1", "title": "题", "patient": {"sex": "男", "age": "64岁", **spoiled}}
    assert any(wrong in error.message for error in validator.iter_errors(case))


def test_drugs_are_completed_by_any_of_their_spellings(made):
    dose = json.loads(made["case.schema.json"])["definitions"]["Dose"]["properties"]["drug"]
    assert {"地舒单抗", "地舒单抗注射液"} & set(dose["enum"])
