"""Whence a finding on a page comes: the section whose page it is, the source file of a case, and the line where its words stand."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from publisher import book
from publisher.pagination import Pagination
from publisher.preflight.printed_text import squeezed
from publisher.problems import Place, Problem

LINE_END = "｜"
"""What stands for it in a finding."""
LEAST, MOST = 6, 30
"""Characters in a row that tell one place of a case from another, and as many as are looked for."""


def traced(problems: Iterable[Problem], whole: book.Book, pagination: Pagination) -> Iterator[Problem]:
    """Yield problems with their origin, where they are on a page of the book and do not know it yet."""
    sections = {number: span.section for span in pagination.spans for number in range(span.first, span.last + 1)}
    named = {f"{whole.id}/{section.id}": section for section in whole.sections}
    texts: dict[str, list[tuple[str, Place]]] = {}
    for problem in problems:
        path = problem.place.path
        section = sections.get(problem.place.line) if path.endswith(".pdf") else named.get(path)
        if section and not problem.origin:
            if section.id not in texts:
                texts[section.id] = [(squeezed(item.text), item.text.place) for item in whole.printed if item.section == section.id]
            problem = replace(problem, origin=origin(section, problem.found, texts[section.id]))
        yield problem


def origin(section: book.Section, found: str, places: list[tuple[str, Place]]) -> str:
    """Name a section, for a case with its source file, and with the line if the words of a finding stand in one scalar of it."""
    name = f"例{section.number}　{section.title}" if section.kind == "case" else section.title
    if not places:
        return name
    words = max(squeezed(found).replace(LINE_END, "").split("…"), key=len)[:MOST]
    place = next((place for text, place in places if len(words) >= LEAST and words in text), None) or longest(words, places) or Place(places[0][1].path)
    return f"{name}　{place}"


def longest(words: str, places: list[tuple[str, Place]]) -> Place | None:
    """Return the place whose text holds the longest part of some words, if that is long enough to tell."""
    for length in range(len(words) - 1, LEAST - 1, -1):
        for start in range(len(words) - length + 1):
            part = words[start : start + length]
            if holder := next((place for text, place in places if part in text), None):
                return holder
    return None
