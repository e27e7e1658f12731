"""Changes for reading on a console and for programs."""

import json
from collections.abc import Iterator
from itertools import groupby

from publisher.changes import KIND_WORDS, Change, Changes, excerpts


def as_text(found: Changes) -> str:
    """Return the changes case by case, each with its words before and after, who and when."""
    lines = [f"自 {found.since}（{found.commit[:10]}，{found.day}）以来改动 {len(found.items)} 处"]
    for owner, items in groupby(found.items, key=lambda item: (item.volume, item.case)):
        lines += ["", " ".join(filter(None, owner))]
        for item in items:
            lines += of_change(item)
    return "\n".join(lines) + "\n"


def of_change(item: Change) -> Iterator[str]:
    yield f"  {KIND_WORDS[item.kind]}  {item.field}"
    before, after = excerpts(item.before, item.after)
    yield f"      {' → '.join(filter(None, (before, after)))}"
    touched = "　".join(filter(None, (item.when, item.who, item.commit))) or "尚未提交"
    yield f"      {item.file}:{item.line}　{touched}"


def as_json(found: Changes) -> str:
    """Return the changes for programs; nothing is cut."""
    items = [
        {
            "kind": item.kind, "volume": item.volume, "case": item.case, "path": list(item.path), "field": item.field, "before": item.before,
            "after": item.after, "file": item.file, "line": item.line, "who": item.who, "when": item.when, "commit": item.commit,
        }
        for item in found.items
    ]  # fmt: skip
    return json.dumps({"since": found.since, "commit": found.commit, "day": found.day, "changes": items}, ensure_ascii=False, indent=1) + "\n"
