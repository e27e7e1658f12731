"""What the browser is told of a session, as plain data: books with their sections, pages, findings and problems."""

from collections import Counter
from typing import Any

from publisher import book
from publisher.lint.queries import Query
from publisher.lint.report import Frames, of_problem, of_query, placed
from publisher.problems import Problem, Severity
from publisher.workbench.preview.places import Passage
from publisher.workbench.preview.session import WHOLE, Desk, Session, Shown, View

FILES = {"guideline": "guideline", "dosing": "dosing"}
"""Sections that have a file of their own beside the cases."""


def books(session: Session) -> dict[str, Any]:
    """List the volumes with their sections, each with the number of its findings, and what keeps pages from being up to date."""
    frames = Frames(session.project.root)
    return {
        "volumes": [volume(name, desk) for name, desk in session.desks.items() if desk.whole],
        "problems": [problem_told(problem, frames) for problem in session.problems()],
        "examined": not session.unread,
    }


def volume(name: str, desk: Desk) -> dict[str, Any]:
    groups: list[dict[str, Any]] = []
    for section in desk.whole.sections:
        if section.kind == "part":
            groups.append({"title": section.title, "sections": []})
        elif section.kind != "case" and (not groups or groups[-1]["title"] not in ("卷首", "卷末") or (not section.front and groups[-1]["title"] == "卷首")):
            groups.append({"title": "卷首" if section.front else "卷末", "sections": []})
        number = section.number if section.kind == "case" else ""
        groups[-1]["sections"].append({"id": section.id, "kind": section.kind, "number": number, "title": section.title, **counted(desk, section)})
    everything = [*(query.rule.severity for query in desk.examined.unsettled), *(fault.severity for fault in desk.examined.faults)]
    return {"id": name, "title": desk.whole.title, "groups": groups, **counts(everything)}


def counted(desk: Desk, section: book.Section) -> dict[str, int]:
    queries, faults = concerning(desk, section)
    return counts([*(query.rule.severity for query in queries), *(fault.severity for fault in faults)])


def counts(severities: list[Severity]) -> dict[str, int]:
    found = Counter(severities)
    return {"errors": found[Severity.ERROR], "reviews": found[Severity.REVIEW]}


def concerning(desk: Desk, section: book.Section | None) -> tuple[list[Query], list[Problem]]:
    """Return what the rules found in the file of a section, and the notes there that settle nothing; of all files for None."""
    if section is None:
        return desk.examined.unsettled, list(desk.examined.faults)
    if section.kind == "case":
        path = f"/cases/{section.id}.yaml"
    elif section.kind in FILES:
        path = f"/{FILES[section.kind]}.yaml"
    elif section.id == "half-title":
        path = "/volume.yaml"  # once, at the first section
    else:
        return [], []
    queries = [query for query in desk.examined.unsettled if query.place.path.endswith(path)]
    return queries, [fault for fault in desk.examined.faults if fault.place.path.endswith(path)]


def findings(session: Session, view: View) -> list[dict[str, Any]]:
    """List the unsettled findings of a view in reading order, those of a volume case by case."""
    desk = session.desks[view.volume]
    section = None if view.section == WHOLE else desk.whole.section(view.section)
    queries, faults = concerning(desk, section)
    frames = Frames(session.project.root)
    found = [query_told(query, frames) for query in queries]
    return [*(problem_told(fault, frames) for fault in faults), *found]


def query_told(query: Query, frames: Frames) -> dict[str, Any]:
    finding = query.finding
    return {
        **of_query(query), "title": query.rule.title, "frame": frames.frame(query.place, finding.at, finding.found),
        "also": [{**placed(text.place), "words": str(text)[:80]} for text in finding.also],
    }  # fmt: skip


def problem_told(problem: Problem, frames: Frames) -> dict[str, Any]:
    return {**of_problem(problem), "title": "", "frame": frames.frame(problem.place, problem.found.split("\u3000")[0])}


def sections(session: Session, view: View) -> dict[str, Any]:
    """Describe the sections of a view: their pages by key, with size and number."""
    shown = session.show(view)
    broken = {problem.place.path for problem in session.problems()}
    return {
        "volume": view.volume, "section": view.section,
        "sections": [section_told(one, bool(one.problems) or f"content/{view.volume}/cases/{one.section.id}.yaml" in broken) for one in shown],
        "waiting": session.wants_numbers(view),
    }  # fmt: skip


def section_told(shown: Shown, stale: bool) -> dict[str, Any]:
    return {
        "id": shown.section.id, "title": shown.section.title, "first": shown.first, "stale": stale,
        "pages": [{"key": page.key, "width": page.width, "height": page.height} for page in shown.pages],
    }  # fmt: skip


def passage(view: View, found: Passage) -> dict[str, Any]:
    return {"volume": view.volume, "section": view.section, "exact": found.exact, "marks": [mark._asdict() for mark in found.marks]}
