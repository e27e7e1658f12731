"""Break a finished PDF on purpose and ask preflight what it sees."""

import io
from bisect import bisect_left
from collections.abc import Callable

import pikepdf
from project import Made
from pypdf import PdfReader

from publisher.editions import preflight
from publisher.problems import Problem


def broken(made: Made, spoil: Callable[[pikepdf.Pdf], object]) -> list[Problem]:
    """Spoil a copy of a file; return the problems that the whole one does not have."""
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        spoil(pdf)
        out = io.BytesIO()
        pdf.save(out)
    return [problem for problem in preflight(out.getvalue(), made.book, made.pagination) if problem not in made.problems]


def spans(made: Made) -> dict[str, range]:
    """Return the pages of each section, counted from 0."""
    return {span.section.id: range(span.first - 1, span.last) for span in made.pagination.spans}


def pages(problems: list[Problem], code: str) -> list[int]:
    """Return the pages, counted from 0, that problems of a code name."""
    return [problem.place.line - 1 for problem in problems if problem.code == code]


def without_text(pdf: pikepdf.Pdf, number: int, drop: Callable[[int, int], bool]) -> None:
    """Take out of a page each piece of text, set from a place of its own, for which `drop(index, count)` holds."""
    page = pdf.pages[number]
    instructions = pikepdf.parse_content_stream(page)
    count = sum(str(instruction.operator) == "Tm" for instruction in instructions)
    index, kept = -1, []
    for instruction in instructions:
        operator = str(instruction.operator)
        index += operator == "Tm"
        if not (operator in ("Tj", "TJ") and drop(index, count)):
            kept.append(instruction)
    page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(kept))


def without_word(made: Made, pdf: pikepdf.Pdf, section: str, word: str) -> None:
    """Take the first piece of text that bears a word out of the pages of a section."""
    reader = PdfReader(io.BytesIO(made.pdf))
    number = next(number for number in spans(made)[section] if word in reader.pages[number].extract_text())
    count = reader.pages[number].extract_text().count(word)
    instructions = pikepdf.parse_content_stream(pdf.pages[number])
    pieces = range(sum(str(instruction.operator) == "Tm" for instruction in instructions))
    first = bisect_left(pieces, True, key=lambda last: text_after(pdf, number, last).count(word) < count)
    without_text(pdf, number, lambda index, _: index == first)


def text_after(pdf: pikepdf.Pdf, number: int, last: int) -> str:
    """Return the text of a page without its pieces of text up to `last`."""
    with pikepdf.new() as single:
        single.pages.append(pdf.pages[number])
        without_text(single, 0, lambda index, _: index <= last)
        out = io.BytesIO()
        single.save(out)
    return PdfReader(out).pages[0].extract_text()


def entries(items):
    """Yield every entry of an outline."""
    for item in items:
        yield item
        yield from entries(item.children)


def entry(pdf: pikepdf.Pdf, title: str, change: Callable[[pikepdf.OutlineItem], object]) -> None:
    """Change the first bookmark of a title."""
    with pdf.open_outline() as outline:
        change(next(item for item in entries(outline.root) if item.title == title))


def links(pdf: pikepdf.Pdf, number: int) -> list[pikepdf.Dictionary]:
    return [item for item in pdf.pages[number].get("/Annots", []) if item.get("/Subtype") == "/Link"]


def link(pdf: pikepdf.Pdf, number: int, target: str) -> pikepdf.Dictionary:
    """Return the first link of a page to a target."""
    return next(item for item in links(pdf, number) if str(item.Dest) == target)
