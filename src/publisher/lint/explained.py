"""Rules in words: what each forbids, why, on what it rests, what is wrong and what is right. Also the whole register as docs/rules.md."""

from collections.abc import Iterable
from pathlib import Path

from publisher.lint import cases, characters, text  # noqa: F401  every rule is registered
from publisher.lint.examples import FOLDER
from publisher.rules import FAMILIES, RULES, Rule

NAMES = {
    "TXT": "Marks and signs", "CON": "Consistency", "CAL": "Arithmetic", "LAB": "Laboratory units and figures", "ANA": "Anatomy and pathology",
    "STG": "Stage and response", "RX": "Drugs", "EVD": "Evidence", "SRE": "Bone events", "CARE": "Completeness", "PRV": "Privacy", "TRC": "Traces of origin",
}  # fmt: skip
SCOPES = {"text": "each text", "characters": "each text and the faces", "case": "a case", "volume": "a volume"}
SEVERITIES = {"error": "error: stops the edition until settled", "review": "review: a person must look"}


def ordered() -> list[Rule]:
    """Return every rule, family by family."""
    families = list(FAMILIES)
    return sorted(RULES.values(), key=lambda item: (families.index(item.family), item.code))


def register() -> str:
    """List every rule with its title, one a line."""
    lines = []
    for family, words in FAMILIES.items():
        inside = [item for item in ordered() if item.family == family]
        if inside:
            lines += [f"{family}  {words}", *(f"  {item.code:<10}{item.severity:<8}{item.title}" for item in inside), ""]
    return "\n".join(lines)


def rules(codes: Iterable[str], checkout: Path) -> str:
    """Explain rules for a console."""
    return "\n".join(explained(RULES[code], checkout) for code in codes)


def explained(item: Rule, checkout: Path) -> str:
    lines = [f"{item.code}  {FAMILIES[item.family]}  {SEVERITIES[item.severity]}; looks at {SCOPES[item.scope]}", f"  {item.title}"]
    lines += [f"  {line}" for line in ([item.reason] if item.reason else [])]
    lines += [f"  Source: {item.source}"] if item.source else []
    for name, label in (("wrong", "Wrong:"), ("right", "Right:")):
        example = example_of(item, name, checkout)
        lines += ["", f"  {label}", *(f"    {line}" for line in example.split("\n"))] if example else []
    return "\n".join(lines) + "\n"


def example_of(item: Rule, name: str, checkout: Path) -> str:
    """Return the text of an example; nothing where the examples are not installed."""
    path = checkout / FOLDER / item.code / f"{name}.yaml"
    return path.read_text(encoding="utf-8").strip("\n") if path.is_file() else ""


def document(checkout: Path) -> str:
    """Return docs/rules.md."""
    lines = [
        "# Rules", "",
        "What `publisher check` looks at. Generated from the rules by `make docs`; do not edit.", "",
        "An *error* stops the edition until the words are put right, an editor's note settles it (`settles: [CODE]`), or a waiver says why it is none",
        "(`waivers: [{code, quote, reason}]`). A *review* asks a person to look. The messages themselves are Chinese.", "",
        f"{len(RULES)} rules:", "",
        "| family | | rules |", "|---|---|---|",
    ]  # fmt: skip
    counts = {family: sum(item.family == family for item in RULES.values()) for family in FAMILIES}
    lines += [f"| [{family}](#{family.lower()}) | {NAMES[family]} · {FAMILIES[family]} | {count} |" for family, count in counts.items() if count]
    for family, count in counts.items():
        if count:
            lines += ["", f"## {family}", "", f"{NAMES[family]} · {FAMILIES[family]}"]
            for item in ordered():
                if item.family == family:
                    lines += described(item, checkout)
    return "\n".join(lines) + "\n"


def described(item: Rule, checkout: Path) -> list[str]:
    lines = ["", f"### {item.code}", "", f"{item.title} *{item.severity}, {SCOPES[item.scope]}*"]
    lines += ["", item.reason] if item.reason else []
    lines += ["", f"Source: {item.source}"] if item.source else []
    for name in ("wrong", "right"):
        example = example_of(item, name, checkout)
        lines += ["", f"{name.capitalize()}:", "", "```yaml", example, "```"] if example else []
    return lines
