"""The sample book as text and its first case as HTML, against stored files.

Where only the HTML differs, a layout did it; where the text differs too, the model or its composition did.
"""

import os
from difflib import unified_diff
from pathlib import Path

import pytest
from project import REPOSITORY
from text_of_book import dump

from publisher.inks import inks
from publisher.pagination import Opening, PageMap
from publisher.render import Renderer

GOLDEN = Path(__file__).resolve().parent / "golden"


def agrees(name: str, made: str) -> None:
    """Compare with the stored file, or write it where PUBLISHER_GOLDEN=write."""
    path = GOLDEN / name
    if os.environ.get("PUBLISHER_GOLDEN") == "write":
        path.write_text(made, encoding="utf-8")
    stored = path.read_text(encoding="utf-8") if path.exists() else ""
    if made != stored:
        diff = "\n".join([*unified_diff(stored.split("\n"), made.split("\n"), f"golden/{name}", "made now", lineterm="", n=1)][:60])
        pytest.fail(f"golden/{name} 与现在所得不同。若改动有意，运行 make golden 重写，并读其差异再提交。\n{diff}", pytrace=False)


def test_the_sample_book_reads_as_stored(sample_book):
    agrees("sample.txt", dump(sample_book))


def test_the_first_case_renders_as_stored(sample_book):
    renderer = Renderer(sample_book, REPOSITORY / "layouts", inks(REPOSITORY / "styles", sample_book.volume))
    agrees("sample.html", renderer.html(sample_book.section("sample-01-rib"), Opening("right"), PageMap()))
