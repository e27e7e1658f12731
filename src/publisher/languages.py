"""What the program says, in Chinese or in English: a text as it was written where it arose -> the same in the language asked for.

Most messages are written in Chinese, those of the command line in English. `messages/en.po` and `messages/zh.po` give each in
the other language as a template: `{}` stands for what is only known when it is said, `{0}` and `{1}` where the order differs.
What fills a hole is data: it stays as it is unless it is itself something the program says.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

FOLDER = Path(__file__).parent / "messages"
NAMES = ("zh", "en")
HAN = re.compile("[\u3400-\u9fff]")
HOLE = re.compile(r"\{(\d*)\}")
LISTED = re.compile("[、，](?![^（]*）)")
"""Between the items of a list, and not within brackets."""
QUOTES = "“「《〈‘"
"""A hole behind one of these quotes a source and stays as it is."""
GAPS = re.compile("(\u3000| {2,})")
OR = "” or “"
"""Between quoted words of which one is meant, in English."""
LEAST_FOUND = 3
"""Signs of a template's own that must stand in what was found, which is mostly data, for it to be said in the other language."""


def language_of(environment: Mapping[str, str]) -> str:
    """Return the language an environment asks for: Chinese unless PUBLISHER_LANG, or else the locale, is English."""
    for name in ("PUBLISHER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if wanted := environment.get(name, ""):
            return "en" if wanted.lower().startswith("en") else "zh"
    return "zh"


@dataclass(frozen=True)
class Template:
    """A text with holes, and what it is in the other language."""

    text: str
    other: str

    @cached_property
    def literals(self) -> list[str]:
        return HOLE.split(self.text)[::2]

    @cached_property
    def weight(self) -> int:
        """How many signs are its own."""
        return sum(map(len, self.literals))

    @cached_property
    def framed(self) -> bool:
        """Tell whether it begins and ends with words of its own."""
        return bool(self.literals[0] and self.literals[-1])

    @cached_property
    def quoted(self) -> list[bool]:
        return [part[-1:] in (*QUOTES,) and bool(part) for part in self.literals[:-1]]

    @cached_property
    def strict(self) -> re.Pattern[str]:
        return self.pattern("[^；]*?")

    @cached_property
    def loose(self) -> re.Pattern[str]:
        return self.pattern(".*?")

    def pattern(self, hole: str) -> re.Pattern[str]:
        """Return what a text of this template matches; of two holes side by side the first takes the figure."""
        parts = [re.escape(self.literals[0])]
        for number, part in enumerate(self.literals[1:], 1):
            beside = not part and number < len(self.literals) - 1
            parts += [rf"(\d[\d.]*|{hole})" if beside else f"({hole})", re.escape(part)]
        return re.compile("".join(parts), re.DOTALL)

    def filled(self, text: str, say: Callable[[str], str], loose: bool = False) -> str | None:
        """Return a text of this template in the other language; None where it is not of it."""
        if not all(part in text for part in self.literals):
            return None
        match = (self.loose if loose else self.strict).fullmatch(text)
        if match is None:
            return None
        words = [hole.replace("」或「", OR) if quoted else say(hole) for hole, quoted in zip(match.groups(), self.quoted, strict=True)]
        numbers = iter(range(len(words)))
        return re.sub(" {2,}", " ", HOLE.sub(lambda hole: words[int(hole[1]) if hole[1] else next(numbers)], self.other))


class Language:
    """One language in which things are said."""

    def __init__(self, name: str, entries: Mapping[str, str]):
        self.name = name
        self.exact = {text: other for text, other in entries.items() if not HOLE.search(text)}
        templates = [Template(text, other) for text, other in entries.items() if HOLE.search(text)]
        self.templates = sorted(templates, key=lambda template: -template.weight)

    def phrase(self, text: str, least: int = 1) -> str | None:
        """Return a text in this language; None where no template of some weight knows it."""
        if text in self.exact:
            return self.exact[text]
        heavy = [template for template in self.templates if template.weight >= least]
        if (found := self.filled(heavy, text)) is not None or "；" not in text:
            return found
        if (found := self.filled([template for template in heavy if template.framed], text, loose=True)) is not None:
            return found
        parts = [self.phrase(part, least) for part in text.split("；")]
        if None not in parts:
            return ("; " if self.name == "en" else "；").join(map(str, parts))
        return self.filled(heavy, text, loose=True)

    def filled(self, templates: list[Template], text: str, loose: bool = False) -> str | None:
        """Return a text in this language by the first template that it is of."""
        return next((found for template in templates if (found := template.filled(text, self.word, loose)) is not None), None)

    def word(self, text: str) -> str:
        """Return what fills a hole in this language, or as it is."""
        if self.name == "en" and not HAN.search(text):
            return text
        if (found := self.phrase(text, 2)) is not None:
            return found
        parts = LISTED.split(text)
        said = list(map(self.word, parts)) if self.name == "en" and len(parts) > 1 else parts
        return ", ".join(said) if said != parts else text

    def message(self, text: str) -> str:
        """Return a message in this language; the parts of one that is made of several each by itself."""
        if (found := self.phrase(text)) is not None:
            return found
        return ("; " if self.name == "en" else "；").join(self.phrase(part) or part for part in text.split("；"))

    def found(self, text: str) -> str:
        """Return what was found: data, unless the program itself says it."""
        return self.phrase(text, LEAST_FOUND) or text

    def text(self, text: str) -> str:
        """Return a text of several lines, each with its indent, label and columns."""
        return "\n".join(self.line(line) for line in text.split("\n"))

    def line(self, line: str) -> str:
        body = line.strip(" ")
        indent = line[: len(line) - len(line.lstrip(" "))]
        if not body or " │ " in line:
            return line
        for colon in ("：", ": "):
            label, _, rest = body.partition(colon)
            if rest and label in LABELS:
                return f"{indent}{self.exact.get(label, label)}{': ' if self.name == 'en' else '：'}{getattr(self, LABELS[label])(rest)}"
        said = [part if index % 2 else self.message(part) for index, part in enumerate(GAPS.split(body))]
        return indent + "".join(" " * 2 if part == "\u3000" and self.name == "en" else part for part in said)


LABELS = {"见到": "found", "出处": "found", "建议": "message", "另见": "found", "Source": "message"}
"""What stands before the lines of a problem, and how what follows is said."""


@cache
def language(name: str) -> Language:
    """Return a language by its name. Raises KeyError."""
    if name not in NAMES:
        raise KeyError(name)
    return Language(name, dict(entries((FOLDER / f"{name}.po").read_text(encoding="utf-8"))))


def entries(text: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of a gettext catalogue with their translations; of its syntax only what ours use."""
    identity = ""
    for line in text.split("\n"):
        keyword, _, quoted = line.partition(" ")
        if keyword == "msgid":
            identity = ast.literal_eval(quoted)
        elif keyword == "msgstr" and identity and (other := ast.literal_eval(quoted)):
            yield identity, other
