"""Words that are looked for on the pages: which of them stand in a text.

A term stands in a text under any of its spellings. A spelling inside a longer one of the same lexicon does not count, nor does
one inside a phrase that means something else; Latin letters and figures must stand as a word of their own.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from publisher.recall import recall

WORD = "A-Za-z0-9"
IN_WORD = re.compile(f"[{WORD}]")


@dataclass(frozen=True)
class Sought:
    """A term with the spellings under which it stands, and the phrases in which they mean something else."""

    name: str
    spellings: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lexicon:
    """Terms that are looked for together."""

    name: str
    terms: tuple[Sought, ...]
    nested: bool = False
    """True: each term is looked for by itself, and a spelling inside a longer one of another term counts too."""
    collated: bool = False
    """True: it is looked for also in the collation of notes, whose reasons stand nowhere else."""

    @cached_property
    def spelled(self) -> list["Spelling"]:
        """Every spelling with the terms it stands for, the longest first."""
        owners: dict[str, list[str]] = {}
        for term in self.terms:
            for spelling in term.spellings:
                owners.setdefault(spelling, []).append(term.name)
            for phrase in term.elsewhere:
                owners.setdefault(phrase, [])
        return [Spelling(text, tuple(owners[text])) for text in sorted(owners, key=lambda text: (-len(text), text))]

    @cached_property
    def apart(self) -> list[tuple[str, list["Spelling"], list["Spelling"]]]:
        """Each term with its spellings and the phrases in which they mean something else."""
        return [(term.name, [Spelling(text) for text in term.spellings], [Spelling(text) for text in term.elsewhere]) for term in self.terms]

    @cached_property
    def texts(self) -> list[tuple[str, int]]:
        """Every spelling with the place of its term."""
        return [(text, place) for place, term in enumerate(self.terms) for text in term.spellings]

    @cached_property
    def key(self) -> str:
        """Of all that it says."""
        return sha256(repr((self.terms, self.nested)).encode()).hexdigest()

    def standing_in(self, text: str) -> list[str]:
        """Return the names of the terms that stand in a text, in the order of their first places (nested ones in their own)."""
        return recall(lambda: self.met_in(text), "terms", self.key, text) if recall.at_work else self.met_in(text)

    def met_in(self, text: str) -> list[str]:
        if self.nested:
            near = [self.apart[place] for place in dict.fromkeys([place for spelling, place in self.texts if spelling in text])]
            return [name for name, spellings, elsewhere in near if any(one.first(text) >= 0 for one in spellings) and stands(text, spellings, elsewhere)]
        places: dict[str, int] = {}
        for spelling in [one for one in self.spelled if one.text in text]:
            first = spelling.first(text)
            if first >= 0:
                for name in spelling.names:
                    places[name] = min(first, places.get(name, len(text)))
                text = spelling.blanked(text)
        return sorted(places, key=lambda name: places[name])


@dataclass(frozen=True)
class Spelling:
    """One way to write a term."""

    text: str
    names: tuple[str, ...] = ()
    """Of the terms it stands for."""

    @cached_property
    def form(self) -> re.Pattern[str]:
        """What it looks like in print: a word of its own."""
        head = f"(?<![{WORD}])" if re.match(f"[{WORD}]", self.text) else ""
        tail = f"(?![{WORD}])" if re.search(f"[{WORD}]$", self.text) else ""
        return re.compile(head + re.escape(self.text) + tail)

    def first(self, text: str) -> int:
        """Return the first place at which it stands in a text, or -1."""
        found = self.form.search(text) if self.text in text else None
        return found.start() if found else -1

    def blanked(self, text: str) -> str:
        return self.form.sub(lambda match: "\0" * len(match[0]), text)


def stands(text: str, spellings: list[Spelling], elsewhere: list[Spelling]) -> bool:
    for phrase in elsewhere:
        text = phrase.blanked(text)
    return any(spelling.first(text) >= 0 for spelling in spellings)


def joined(pieces: Iterable[str]) -> str:
    """Put pieces of text together as they were before lines were broken: where two words would become one, a space was lost."""
    out: list[str] = []
    last = ""
    for piece in filter(None, pieces):
        if IN_WORD.match(last) and IN_WORD.match(piece):
            out.append(" ")
        out.append(piece)
        last = piece[-1]
    return "".join(out)


def lexicon(name: str, entries: Iterable[object], collated: bool = False) -> Lexicon:
    """Make a lexicon of catalogue entries, each under its name."""
    return Lexicon(name, tuple(sought(entry) for entry in entries), collated=collated)


def sought(entry: object) -> Sought:
    return Sought(str(entry.name), tuple(map(str, entry.spellings)), tuple(map(str, getattr(entry, "elsewhere", ()))))  # type: ignore[attr-defined]
