"""The text of a PDF's pages as a reader of the file gets it, brought to one form for comparing."""

import io
import re
import unicodedata

from pypdf import PdfReader

from publisher import book
from publisher.pagination import Pagination

NOTE_MARK = re.compile(r"〔\d+〕")
PAGE_REFERENCE = re.compile(r"(例\d+)（\d+）")
"""A reference to a case with its page: 例2（14）."""


def squeezed(text: str) -> str:
    """Drop spaces, line ends and note marks; nothing else is folded."""
    return unicodedata.normalize("NFC", NOTE_MARK.sub("", re.sub(r"\s+", "", text)))


def without_references(text: str) -> str:
    """Drop the pages that were set after the numbers of cases: what is left is as the author wrote it."""
    return PAGE_REFERENCE.sub(r"\1", text)


class PrintedText:
    """The pages of a PDF, read once."""

    def __init__(self, pdf: bytes, whole: book.Book, pagination: Pagination):
        self.pdf = pdf
        self.reader = PdfReader(io.BytesIO(pdf))
        self.raw = [page.extract_text() for page in self.reader.pages]
        owners = {number: span.section for span in pagination.spans for number in range(span.first, span.last + 1)}
        self.pages = [
            body(squeezed(text), margin_texts(owners.get(number), whole, folio))
            for number, (text, folio) in enumerate(zip(self.raw, pagination.folios, strict=False), 1)
        ]

    def of(self, first: int, last: int) -> str:
        """Return the joined body text of pages `first` to `last`, counted from 1."""
        return "".join(self.pages[first - 1 : last])


def margin_texts(section: book.Section | None, whole: book.Book, folio: str) -> list[str]:
    """Return what the margins of a page may bear: running head, folio, thumb tab."""
    if section is None:
        return []
    return [squeezed(text) for text in (section.running_head, whole.short_title, folio, section.tab) if text]


def body(text: str, margins: list[str]) -> str:
    """Cut each margin text once from the end of a page's text, where the engine draws them."""
    rest = sorted(margins, key=len, reverse=True)
    while match := next((margin for margin in rest if text.endswith(margin)), None):
        text = text.removesuffix(match)
        rest.remove(match)
    return text
