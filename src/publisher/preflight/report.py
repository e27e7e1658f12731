"""What preflight looked at and what it found, for keeping and for reading: checked files -> JSON, and a page of HTML.

Which checks there are comes from the registries beside the rules, so a check that found nothing is listed as passed; a
problem whose code stands in no registry is listed all the same.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Any, NamedTuple

from publisher.problems import Problem, Severity
from publisher.report_page import report_page

OTHER = "其他"
MOST_SHOWN = 100
"""Problems of one check that the page shows; the JSON holds all."""


class Check(NamedTuple):
    """One thing that is looked at."""

    code: str
    title: str
    group: str


class State(StrEnum):
    PASSED = "passed"
    REVIEW = "review"
    FAILED = "failed"


WORDS = {State.PASSED: "通过", State.REVIEW: "待复核", State.FAILED: "不通过"}


@dataclass(frozen=True)
class CheckedFile:
    """One file of an edition with everything that was looked at in it."""

    edition: str
    path: str
    checks: tuple[Check, ...]
    problems: tuple[Problem, ...]
    pages: int = 0
    notes: tuple[str, ...] = ()
    """What was measured, and what could not be looked at."""

    @property
    def results(self) -> list["Result"]:
        """Every check with its problems; problems of unnamed checks last."""
        named = {check.code: check for check in self.checks}
        codes = [*named, *sorted({problem.code for problem in self.problems} - set(named))]
        return [
            Result(named.get(code) or Check(code, "未列名的检查", OTHER), tuple(problem for problem in self.problems if problem.code == code)) for code in codes
        ]


@dataclass(frozen=True)
class Result:
    check: Check
    problems: tuple[Problem, ...]

    @property
    def state(self) -> State:
        if any(problem.severity is Severity.ERROR for problem in self.problems):
            return State.FAILED
        return State.REVIEW if self.problems else State.PASSED


def checks(group: str, registry: Any) -> tuple[Check, ...]:
    """Name the checks of a registry: titles by code, rules by code, or a list of things with `code` and a title or message."""
    if isinstance(registry, Mapping):
        entries: Iterable[tuple[str, str]] = ((code, said if isinstance(said, str) else said.title) for code, said in registry.items())
    else:
        entries = ((item.code, getattr(item, "title", "") or item.message) for item in registry)
    return tuple(Check(code, title, group) for code, title in entries)


def as_json(files: Iterable[CheckedFile]) -> bytes:
    """Return the report for programs."""
    listed = [file_table(file) for file in files]
    summary = {state: sum(file["counts"][state] for file in listed) for state in State}
    return (json.dumps({"summary": summary, "files": listed}, ensure_ascii=False, indent=1) + "\n").encode()


def file_table(file: CheckedFile) -> dict[str, Any]:
    results = file.results
    return {
        "edition": file.edition,
        "file": file.path,
        "pages": file.pages,
        "notes": list(file.notes),
        "counts": {state: len([result for result in results if result.state is state]) for state in State},
        "checks": [
            {
                "code": result.check.code,
                "title": result.check.title,
                "group": result.check.group,
                "state": result.state,
                "problems": [problem_table(problem) for problem in result.problems],
            }
            for result in results
        ],
    }


def problem_table(problem: Problem) -> dict[str, Any]:
    place = problem.place
    return {
        "path": place.path, "line": place.line, "column": place.column, "severity": problem.severity,
        "message": problem.message, "found": problem.found, "hint": problem.hint, "origin": problem.origin,
    }  # fmt: skip


def as_html(files: Iterable[CheckedFile], title: str = "印前检查报告") -> bytes:
    """Return the report for people: one page that needs no other file and runs no script."""
    listed = list(files)
    return report_page(title, [overview(listed), *(section(number, file) for number, file in enumerate(listed, 1))])


def overview(files: list[CheckedFile]) -> str:
    """Return one row a file: how many checks passed."""
    rows = []
    for number, file in enumerate(files, 1):
        counts = file_table(file)["counts"]
        cells = "".join(f'<td class="{state if counts[state] else "none"}">{counts[state]}</td>' for state in State)
        pages = str(file.pages) if file.pages else "—"
        rows.append(
            f'<tr><th scope="row"><a href="#f{number}">{escape(file.edition)}</a></th>'
            f"<td><code>{escape(file.path)}</code></td><td>{pages}</td><td>{sum(counts.values())}</td>{cells}</tr>\n"
        )
    heads = "".join(f'<th scope="col">{word}</th>' for word in ("版本", "文件", "页数", "检查", *WORDS.values()))
    return f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{''.join(rows)}</tbody>\n</table>\n"


def section(number: int, file: CheckedFile) -> str:
    results = file.results
    passed = len([result for result in results if result.state is State.PASSED])
    parts = [f'<section id="f{number}">\n<h2>{escape(file.edition)}　<code>{escape(file.path)}</code></h2>\n']
    parts.append(f"<p>共 {len(results)} 项检查，{passed} 项通过，问题 {len(file.problems)} 处。</p>\n")
    parts += [f"<p>{escape(note)}</p>\n" for note in file.notes]
    for group in dict.fromkeys(result.check.group for result in results):
        inside = [result for result in results if result.check.group == group]
        good = len([result for result in inside if result.state is State.PASSED])
        parts.append(f"<h3>{escape(group)}<span>{good} / {len(inside)} 通过</span></h3>\n<ul>\n")
        parts += [f"<li>{item(result)}</li>\n" for result in inside]
        parts.append("</ul>\n")
    return "".join([*parts, "</section>\n"])


def item(result: Result) -> str:
    head = f'<b class="{result.state}">{WORDS[result.state]}</b> <code>{escape(result.check.code)}</code> {escape(result.check.title)}'
    if not result.problems:
        return head
    shown = "".join(told(problem) for problem in result.problems[:MOST_SHOWN])
    rest = len(result.problems) - MOST_SHOWN
    more = f"<p>另有 {rest} 处，见 JSON 报告。</p>" if rest > 0 else ""
    return f"<details open><summary>{head}（{len(result.problems)} 处）</summary>\n{shown}{more}</details>"


def told(problem: Problem) -> str:
    """Return one problem in three lines: where and what, what was found, what to do."""
    return "".join(paragraphs(problem))


def paragraphs(problem: Problem) -> Iterator[str]:
    yield f'<div class="problem"><p><code>{escape(str(problem.place))}</code> {escape(problem.message)}</p>'
    if problem.found:
        yield f"<p>见到：{escape(problem.found)}</p>"
    if problem.origin:
        yield f"<p>出处：<code>{escape(problem.origin)}</code></p>"
    if problem.hint:
        yield f"<p>建议：{escape(problem.hint)}</p>"
    yield "</div>\n"
