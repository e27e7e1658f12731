"""What can be wrong with a source, a book or a PDF, and where.

A stage that finds faults returns a list of `Problem`; a stage that cannot go on raises `Rejected` with them.
Anything else that is raised is a fault of the program itself.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

BLANK = "待填"
"""What stands in a new file where the author has to write something."""


class Severity(StrEnum):
    ERROR = "error"
    REVIEW = "review"


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """A spot in a source file (line and column count from 1) or, for a PDF, its page in `line`."""

    path: str
    line: int = 0
    column: int = 0

    def __reduce__(self) -> tuple:
        return Place, (self.path, self.line, self.column)

    def __str__(self) -> str:
        if not self.line:
            return self.path
        return f"{self.path}:{self.line}:{self.column}" if self.column else f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Problem:
    """One fault: where, which rule, what is wrong, what was found, what to do."""

    place: Place
    code: str
    message: str
    found: str = ""
    hint: str = ""
    severity: Severity = Severity.ERROR
    origin: str = ""
    """For a finding on a page: whose page it is, and where in the sources its words stand."""

    def __str__(self) -> str:
        lines = [f"{self.place}: {self.severity} {self.code}", f"  {self.message}"]
        if self.found:
            lines.append(f"  见到：{self.found}")
        if self.origin:
            lines.append(f"  出处：{self.origin}")
        if self.hint:
            lines.append(f"  建议：{self.hint}")
        return "\n".join(lines)


class Rejected(Exception):
    """The next stage cannot run; carries every problem known so far."""

    def __init__(self, problems: list[Problem]):
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def nearest(word: str, known: list[str]) -> str:
    """Return a "did you mean" sentence for `word`, or an empty string when nothing is near."""
    close = get_close_matches(word, known, n=3, cutoff=0.5)
    return f"是否应为「{'」或「'.join(close)}」？" if close else ""
