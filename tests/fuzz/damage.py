"""Ways to damage a source: random texts and trees, and real cases with pieces changed, lost, doubled or put elsewhere."""

import copy
import os
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from project import REPOSITORY, SAMPLEBOOK

from publisher.case import Case

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "200"))


def many(share: float = 1.0) -> settings:
    """Return settings for a share of the examples asked for by FUZZ_EXAMPLES; found faults are kept and tried first."""
    return settings(
        max_examples=max(3, int(EXAMPLES * share)), derandomize=False, deadline=None, print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
    )  # fmt: skip


CHARACTERS = (REPOSITORY / "styles/fonts/charset.txt").read_text(encoding="utf-8").replace("\n", "")
AWKWARD = (
    "", " ", "　", "-", "—", "～", "66.70", "0", "-0", "1e999", "９", "2021-02-30", "9999-12-31", "0000-00-00", "NO", "null", "~", "=", "<<", "[",
    "{{ x }}", "{% x %}", "</style>", "&nbsp;", "〔1〕", "例3（14）", "表1-1", "）））", "……", "——————", "（", "\u3000\u3000", "\u200b", "\u00ad",
    "\ufeff", "\u0301\u0301", "\u2028", "A" * 300, "，" * 40, "甲" * 400, "1/0", "1～", "～1", "<", "%", "T10", "sample-01-rib", "sample-03-femur",
    "癌胚抗原", "劳拉西泮片", "男", "化疗", "骨转移", "true", "第99999部分", "123456789012345678901234567890", "10⁹/L", "mg/m²", "(+)", "↑",
)  # fmt: skip

words = st.one_of(st.sampled_from(AWKWARD), st.text(st.sampled_from(CHARACTERS), max_size=60), st.text(max_size=20))


def field_names(model: Any, seen: set[Any] | None = None) -> set[str]:
    """Return the names of all fields of a model and of the models inside it."""
    seen = set() if seen is None else seen
    if hasattr(model, "model_fields") and model not in seen:
        seen.add(model)
        return set(model.model_fields) | {name for field in model.model_fields.values() for name in field_names(field.annotation, seen)}
    return {name for part in getattr(model, "__args__", ()) for name in field_names(part, seen)}


keys = st.one_of(st.sampled_from(sorted(field_names(Case))), words)
trees = st.recursive(words, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=5)), max_leaves=25)


def real_cases() -> list[dict[str, Any]]:
    """Return the trees of the sample cases and of the real ones, every scalar a text."""
    paths = sorted([*(SAMPLEBOOK / "content").glob("*/cases/*.yaml"), *(REPOSITORY / "content").glob("*/cases/*.yaml")])
    return [yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) for path in paths]


def spots(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all nodes below the root."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [spot for step, node in inner for spot in [(*path, step), *spots(node, (*path, step))]]


@st.composite
def damaged(draw: st.DrawFn, wholes: list[dict[str, Any]], most: int = 4) -> dict[str, Any]:
    """Draw a whole tree with some of its nodes changed."""
    tree = copy.deepcopy(draw(st.sampled_from(wholes)))
    for _ in range(draw(st.integers(1, most))):
        places = spots(tree)
        if not places:
            break
        *way, last = draw(st.sampled_from(places))
        parent = tree
        for step in way:
            parent = parent[step]
        match draw(st.sampled_from(["word", "tree", "drop", "double", "graft", "many", "rename"])):
            case "word":
                parent[last] = draw(words)
            case "tree":
                parent[last] = draw(trees)
            case "drop":
                del parent[last]
            case "double" if isinstance(parent, list):
                parent.insert(last, copy.deepcopy(parent[last]))
            case "many" if isinstance(parent, list):
                parent.extend(copy.deepcopy(parent[last]) for _ in range(draw(st.integers(1, 60))))
            case "graft":
                donor = draw(st.sampled_from(wholes))
                found = donor
                for step in draw(st.sampled_from(spots(donor))):
                    found = found[step]
                parent[last] = copy.deepcopy(found)
            case "rename" if isinstance(parent, dict):
                parent[draw(keys)] = parent.pop(last)
    return tree


@st.composite
def retold(draw: st.DrawFn, whole: dict[str, Any], most: int = 6) -> dict[str, Any]:
    """Draw a tree whose shape is kept and some of whose texts are others, or said many times: most of these can be typeset."""
    tree = copy.deepcopy(whole)
    for _ in range(draw(st.integers(1, most))):
        texts = [spot for spot in spots(tree) if spot[-1] in FREE or (len(spot) > 1 and isinstance(spot[-1], int) and spot[-2] in FREE)]
        *way, last = draw(st.sampled_from(texts))
        parent = tree
        for step in way:
            parent = parent[step]
        if isinstance(parent[last], str):
            parent[last] = draw(words.filter(str.strip))
        if isinstance(parent, list):
            parent.extend(copy.deepcopy(parent[last]) for _ in range(draw(st.sampled_from([0, 0, 1, 40]))))
    return tree


FREE = (
    "title", "present", "past", "text", "finding", "findings", "steps", "aftercare", "points", "result", "marker", "name", "complaint", "visit",
    "diagnosis", "remark",
)  # fmt: skip
"""Fields that take any text, or a list of texts."""


def written(tree: Any) -> str:
    """Write a tree as YAML that reads back as it is."""
    return yaml.safe_dump(tree, allow_unicode=True, width=10**9, sort_keys=False, default_style='"')


def save(path: Path, tree: Any) -> None:
    path.write_text(written(tree), encoding="utf-8", errors="surrogatepass")
