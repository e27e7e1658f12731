"""Small pages set by the composition room, and what a reader would see of them."""

import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import weasyprint
from weasyprint.formatting_structure import boxes

from publisher import composer

FONTS = Path(__file__).resolve().parents[2] / "styles" / "fonts"
STYLE = (
    (FONTS / "fonts.css").read_text("utf-8").replace("url(", f"url({FONTS.as_uri()}/")
    + """
@page { size: 500px 700px; margin: 10px }
html { font: 16px/28px "Casebook Latin", "Casebook Song" }
body { margin: 0 } p { margin: 0; text-align: justify }
.note-mark { font-size: 10px; line-height: 0; vertical-align: 5px }
"""
)


@dataclass
class SetLine:
    """A line as it stands on the page."""

    text: str
    left: float
    right: float
    top: float
    page: int


@dataclass
class SetPages:
    """A laid out document."""

    document: Any

    @property
    def lines(self) -> list[SetLine]:
        found = []
        for number, page in enumerate(self.document.pages, 1):
            for box in page._page_box.descendants():
                if isinstance(box, boxes.LineBox):
                    texts = [child for child in box.descendants() if isinstance(child, boxes.TextBox) and child.text.strip()]
                    if texts:
                        right = texts[-1].position_x + texts[-1].width
                        found.append(SetLine("".join(text.text for text in texts), texts[0].position_x, right, box.position_y, number))
        return found

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]

    def printed(self, tmp_path: Any, *options: str) -> str:
        path = tmp_path / "pages.pdf"
        self.document.write_pdf(path)
        return subprocess.run(["pdftotext", *options, path, "-"], capture_output=True, text=True, check=True).stdout

    def word_widths(self, tmp_path: Any) -> dict[str, float]:
        """Width in px of every word that pdftotext sees."""
        words = re.findall(r'<word xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">(.*?)</word>', self.printed(tmp_path, "-bbox"))
        return {text: (float(right) - float(left)) / 0.75 for left, right, text in words}


def lay_out(body: str, style: str = "") -> SetPages:
    html = f'<html lang="zh-CN"><style>{STYLE}{style}</style><body>{body}</body></html>'
    return SetPages(weasyprint.HTML(string=html).render())


@pytest.fixture
def page() -> Iterator[Callable[..., SetPages]]:
    """Lay out HTML with the composition room in place."""
    composer.install()
    composer.clear_loose_lines()
    yield lay_out
    composer.uninstall()


@pytest.fixture
def plain_page() -> Callable[..., SetPages]:
    """Lay out HTML with WeasyPrint alone."""
    composer.uninstall()
    return lay_out
