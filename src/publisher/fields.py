"""The fields of the sources in words, so that a clinician who reads no YAML knows where something stands.

Every word stands once, in fields.yaml: 名称：说明, by model and field; `*` holds for all models.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from publisher.written import Branch, Row, Written

FIELDS = Path(__file__).with_name("fields.yaml")
ANY = "*"
"""The model that stands for all."""

NAMES = ("title", "name", "drug", "analyte", "modality", "specimen", "marker", "gene", "scale", "station", "heading", "term", "item", "event", "site", "organ",
         "endpoint", "trial", "tnm", "code", "topic", "context", "label", "system", "text", "at")  # fmt: skip
"""Keys that name the item they stand in, the best first."""
LONGEST_NAME = 18
"""Characters of an item's name that are quoted."""


@cache
def known() -> dict[str, dict[str, str]]:
    """Return what fields.yaml says, by model and by field."""
    return yaml.load(FIELDS.read_text(encoding="utf-8"), yaml.BaseLoader)


def explained(model: str, field: str) -> str:
    """Say what a field of a model holds: 名称, or 名称：说明. Raises KeyError for a field without words."""
    return known().get(model, {}).get(field) or known()[ANY][field]


@cache
def words() -> dict[str, str]:
    """Return the name of each key, whichever the model: the general one, or that of its only model."""
    said = [item for model, fields in known().items() if model != ANY for item in fields.items()]
    return {field: text.split("：")[0] for field, text in (*said, *known()[ANY].items())}


def word(key: str) -> str:
    """Return a key in words; an unknown one as it is."""
    return words().get(key, key)


def named(item: Any) -> str:
    """Return the words by which an item of a list is known, or an empty string."""
    found = next((item[key] for key in NAMES if isinstance(item.get(key), Written)), "") if isinstance(item, Branch) else ""
    when = item.get("at", "") if isinstance(item, Branch) and found else ""
    label = f"{found}" if not when or when == found else f"{found}，{when}"
    return label if len(label) <= LONGEST_NAME else f"{label[:LONGEST_NAME]}…"


def in_words(tree: Any, path: tuple[Any, ...]) -> str:
    """Say where a path of a tree leads: 治疗“地舒单抗骨保护”·用药“地舒单抗”·剂量."""
    steps: list[str] = []
    node = tree
    for step in path:
        inside = node[step] if isinstance(node, Branch | Row) else None
        if isinstance(step, int):
            label = named(inside)
            steps[-1] += f"“{label}”" if label else f"第{step + 1}条" if len(node) > 1 else ""
        else:
            steps.append(word(step))
        node = inside
    return "·".join(steps)
