"""Drawing that several pages share, cast once: the plain bones under every figure of a skeleton become forms that pages place."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from itertools import pairwise
from typing import NamedTuple

PATH = re.compile(rb"q\n(?:(?:/\S+ gs|(?:-?[\d.]+ )+(?:rg|RG|g|G|w|J|j|M|m|l|c|v|y|re)|\[[\d. ]*\] [\d.]+ d|h|B\*?|b\*?|f\*?|S|s)\n)+Q\n")
"""One path that brings its own state: neither text nor marks, nothing that moves or clips."""
POINTS = re.compile(rb"([-\d. ]+) (m|l|c|v|y|re)\n")
WEIGHT = re.compile(rb"([\d.]+) w\n")
STATE = re.compile(rb"/(\S+) gs\n")
WORTH = 200
"""Bytes; what is shorter costs more to place than to draw."""


class Form(NamedTuple):
    """A drawing that pages place: its dictionary, and what it draws."""

    head: bytes
    data: bytes


class Path(NamedTuple):
    """Where a path stands in a content, and a digest of what it draws."""

    start: int
    end: int
    key: bytes


class Drawn:
    """What pages draw alike: paths that several of them, or one several times, draw. Once all have been seen, each can place forms in their place."""

    def __init__(self, contents: Iterable[bytes], states: Mapping[str, str]):
        """The contents are gone through once, and not held.

        `states` are the graphics states, by name, that paths may set: those that need nothing else of their page.
        """
        self.states = states
        self.known = {name[1:].encode() for name in states}
        self.found = [self.paths(content) for content in contents]
        self.counts = Counter(path.key for paths in self.found for path in paths)
        pairs = Counter((one.key, two.key) for paths in self.found for one, two in pairwise(paths) if one.end == two.start)
        self.together = {pair for pair, count in pairs.items() if count == self.counts[pair[0]] == self.counts[pair[1]]}
        self.forms: dict[str, Form] = {}
        """Those that have been placed, by their names."""
        self.names: dict[bytes, str] = {}

    def paths(self, content: bytes) -> list[Path]:
        found = (path for path in PATH.finditer(content) if self.known.issuperset(STATE.findall(path[0])))
        return [Path(path.start(), path.end(), blake2b(path[0], digest_size=16).digest()) for path in found]

    def placed(self, place: int, content: bytes) -> tuple[bytes, tuple[str, ...]]:
        """Return one of the contents with forms in place of what it draws like others, and their names. They are asked for in order."""
        paths = self.found[place]
        runs: list[tuple[int, int]] = []
        for before, path in zip([None, *paths], paths, strict=False):
            if self.counts[path.key] < 2:
                continue
            if before and runs and runs[-1][1] == path.start and (before.key, path.key) in self.together:
                runs[-1] = (runs[-1][0], path.end)
            else:
                runs.append((path.start, path.end))
        out, names, at = [], [], 0
        for start, end in runs:
            if end - start < WORTH:
                continue
            drawn = content[start:end]
            name = self.names.setdefault(drawn, f"/S{len(self.names) + 1}")
            if name not in self.forms:
                self.forms[name] = form(drawn, self.states)
            names.append(name)
            out += [content[at:start], name.encode(), b" Do\n"]
            at = end
        return b"".join([*out, content[at:]]), tuple(dict.fromkeys(names))


def form(drawn: bytes, states: Mapping[str, str]) -> Form:
    """Return a drawing as a form, which names the states that it sets."""
    points = [coordinates(list(map(float, numbers.split())), operator) for numbers, operator in POINTS.findall(drawn)]
    across, down = [x for found in points for x in found[0::2]], [y for found in points for y in found[1::2]]
    margin = max(map(float, WEIGHT.findall(drawn)), default=0) * 5 + 1  # as far as corners of strokes reach
    box = " ".join(f"{side:.2f}" for side in (min(across) - margin, min(down) - margin, max(across) + margin, max(down) + margin))
    used = " ".join(f"/{name} {states[f'/{name}']}" for name in sorted({name.decode() for name in STATE.findall(drawn)}))
    resources = f"<< /ExtGState << {used} >> >>" if used else "<< >>"
    return Form(f"<< /BBox [ {box} ] /Resources {resources} /Subtype /Form /Type /XObject >>".encode(), drawn)


def coordinates(numbers: list[float], operator: bytes) -> list[float]:
    """Return the corners that a path operator names."""
    if operator != b"re":
        return numbers
    x, y, width, height = numbers
    return [x, y, x + width, y + height]
