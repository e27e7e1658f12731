"""What a build leaves: files replaced whole or not at all, and the page table of a volume."""

import json
import os
import tempfile
from pathlib import Path

from publisher import book
from publisher.pagination import Pagination


def pages_json(whole: book.Book, pagination: Pagination) -> bytes:
    """Return the page table of a volume as JSON."""
    table = {
        "volume": whole.id,
        "pages": len(pagination.folios),
        "sections": [
            {
                "id": span.section.id,
                "kind": span.section.kind,
                "title": span.section.title,
                "source_number": int(span.section.number) if span.section.number.isdigit() else None,
                "first_page": span.first,
                "last_page": span.last,
                "label": pagination.folios[span.first - 1],
            }
            for span in pagination.spans
        ],
    }
    return (json.dumps(table, ensure_ascii=False, indent=1) + "\n").encode()


def replace(path: Path, content: bytes) -> None:
    """Write a file beside its place and rename it, so that a reader sees the old or the new, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
