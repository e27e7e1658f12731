"""JSON Schemas of the sources, for editors that complete and explain what is typed: models and catalogue -> files.

A scalar may be anything YAML takes for a number or a date, for the program reads it as text.
"""

import json
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from publisher.case import Case
from publisher.catalogue import Catalogue, Named
from publisher.fields import explained
from publisher.library import Library
from publisher.model import Model
from publisher.volume import Dosing, Guideline, Volume
from publisher.written import Written

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The one that YAML editors know."""
SOURCES: dict[str, tuple[type[Model], str]] = {
    "case": (Case, "content/*/cases/*.yaml"),
    "volume": (Volume, "content/*/volume.yaml"),
    "guideline": (Guideline, "content/*/guideline.yaml"),
    "dosing": (Dosing, "content/*/dosing.yaml"),
    "library": (Library, "library.yaml"),
}
"""The kinds of source: their model, and where they stand."""


def schemas(catalogue: Catalogue) -> dict[str, bytes]:
    """Return the schema of each kind of source as the content of a file, by file name."""
    return {f"{kind}.schema.json": content(model, catalogue) for kind, (model, _) in SOURCES.items()}


def content(model: type[Model], catalogue: Catalogue) -> bytes:
    """Return the schema of a model and all models in it."""
    found: dict[str, Any] = {}
    shape(model, catalogue, found)
    whole = {"$schema": DIALECT, "title": model.__name__, "$ref": f"#/definitions/{model.__name__}", "definitions": dict(sorted(found.items()))}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def shape(annotation: Any, catalogue: Catalogue, found: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a type; models are described once, in `found`."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        return shape(kinds[0], catalogue, found) if len(kinds) == 1 else {"anyOf": [shape(kind, catalogue, found) for kind in kinds]}
    if origin is list:
        return {"type": "array", "items": shape(get_args(annotation)[0], catalogue, found)}
    if origin is dict:
        return {"type": "object", "additionalProperties": shape(get_args(annotation)[1], catalogue, found)}
    if origin is Literal:
        return {"enum": list(get_args(annotation))}
    if annotation is bool:
        return {"type": "boolean"}
    if isinstance(annotation, type) and issubclass(annotation, Named):
        return {"enum": sorted({str(spelling) for entry in catalogue.entries[annotation.kind] for spelling in entry.spellings})}
    if isinstance(annotation, type) and issubclass(annotation, Written):
        return {"type": ["string", "number", "boolean"]}
    if isinstance(annotation, type) and issubclass(annotation, Model):
        if annotation.__name__ not in found:
            found[annotation.__name__] = {}
            found[annotation.__name__] = model_shape(annotation, catalogue, found)
        return {"$ref": f"#/definitions/{annotation.__name__}"}
    raise TypeError(f"no schema for {annotation}")


def model_shape(model: type[Model], catalogue: Catalogue, found: dict[str, Any]) -> dict[str, Any]:
    properties = {}
    kinds = get_type_hints(model)
    for name, field in model.model_fields.items():
        own = shape(kinds[name], catalogue, found)
        said = explained(model.__name__, name)
        properties[field.alias or name] = {"description": said, "allOf": [own]} if "$ref" in own else {**own, "description": said}
    needed = [field.alias or name for name, field in model.model_fields.items() if field.is_required()]
    return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}


def editor_settings(folder: str) -> bytes:
    """Return the settings that tell VS Code which schema belongs to which source; `folder` holds the schemas."""
    known = {f"{folder}/{kind}.schema.json": pattern for kind, (_, pattern) in SOURCES.items()}
    settings = {"yaml.schemas": known, "yaml.format.enable": False, "files.encoding": "utf8", "[yaml]": {"editor.wordWrap": "on", "editor.tabSize": 2}}
    return (json.dumps(settings, ensure_ascii=False, indent=2) + "\n").encode()
