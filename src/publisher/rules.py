"""What a rule is. A rule is one short function with a permanent code; its docstring says what it forbids and why."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from publisher.problems import Severity


@dataclass(frozen=True)
class Rule:
    code: str
    severity: Severity
    family: str
    """What it is given: `text` a scalar of a source; `characters` a scalar and the code points of the faces."""
    find: Callable[..., Iterator[tuple[str, str, str]]]
    """Yields message, what was found, and what to do."""

    @property
    def title(self) -> str:
        return (self.find.__doc__ or "").strip().split("\n")[0]

    @property
    def reason(self) -> str:
        lines = (self.find.__doc__ or "").strip().split("\n")[1:]
        return " ".join(line.strip() for line in lines).strip()


RULES: dict[str, Rule] = {}
"""Every rule by its code."""


def rule(code: str, family: str, severity: Severity = Severity.ERROR) -> Callable[[Callable], Callable]:
    """Register a function as a rule. Raises ValueError for a code used twice."""

    def register(function: Callable) -> Callable:
        if code in RULES:
            raise ValueError(f"{code} is used twice")
        RULES[code] = Rule(code, severity, family, function)
        return function

    return register
