"""What a rule is. A rule is one short function with a permanent code; its docstring says what it forbids and why."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from publisher.problems import Severity
from publisher.written import Written

FAMILIES = {
    "TXT": "文字与符号", "CON": "前后一致", "CAL": "计算", "LAB": "检验单位与数值", "ANA": "解剖与病理", "STG": "分期与疗效评价", "RX": "用药",
    "EVD": "研究证据", "SRE": "骨相关事件", "CARE": "完整性", "PRV": "隐私", "TRC": "来源痕迹",
}  # fmt: skip
"""Families of rules by the letters of their codes."""
SCOPES = ("text", "characters", "case", "volume")
"""What a rule is given: a scalar; a scalar and the code points of the faces; a `Record`; a `VolumeSource` and the `Catalogue`."""


@dataclass(frozen=True)
class Finding:
    """What a rule found: the scalar it stands in, what is wrong, the reading, what to do."""

    at: Written
    message: str
    found: str = ""
    hint: str = ""
    also: tuple[Written, ...] = ()
    """Other scalars that say the same or the contrary; an editor's note on any of them settles the finding."""

    def __post_init__(self) -> None:
        # A field of fixed words (左侧, 病理性骨折) loses its place in the model; it cannot be shown, nor hold a quote.
        placed = [text for text in (self.at, *self.also) if isinstance(text, Written)] or [Written(str(self.at))]
        object.__setattr__(self, "at", placed[0])
        object.__setattr__(self, "also", tuple(placed[1:]))


@dataclass(frozen=True)
class Rule:
    code: str
    severity: Severity
    scope: str
    find: Callable[..., Iterator]
    """Yields findings; for a scalar, message, what was found, and what to do."""
    source: str = ""
    """The guideline, label or standard it rests on, with its edition."""
    beyond: bool = False
    """A rule over cases that looks beyond the case, at the volume and its other cases."""

    @property
    def family(self) -> str:
        return self.code.split("-")[0]

    @property
    def title(self) -> str:
        return (self.find.__doc__ or "").strip().split("\n")[0]

    @property
    def reason(self) -> str:
        lines = (self.find.__doc__ or "").strip().split("\n")[1:]
        return " ".join(line.strip() for line in lines).strip()


RULES: dict[str, Rule] = {}
"""Every rule by its code."""


def rule(code: str, scope: str, severity: Severity = Severity.ERROR, source: str = "", beyond: bool = False) -> Callable[[Callable], Callable]:
    """Register a function as a rule. Raises ValueError for a code used twice, a family or a scope unknown."""

    def register(function: Callable) -> Callable:
        if code in RULES:
            raise ValueError(f"{code} is used twice")
        if code.split("-")[0] not in FAMILIES or scope not in SCOPES:
            raise ValueError(f"{code}: no such family or scope")
        RULES[code] = Rule(code, severity, scope, function, source, beyond)
        return function

    return register
