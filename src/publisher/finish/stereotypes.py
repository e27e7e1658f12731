"""Drawing that several pages share, cast once: the plain bones under every figure of a skeleton become forms that pages place."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
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


def shared(contents: Sequence[bytes], states: Mapping[str, str]) -> tuple[dict[str, Form], list[tuple[bytes, tuple[str, ...]]]]:
    """Make forms of the paths that several of some pages, or one several times, draw alike.

    `states` are the graphics states, by name, that paths may set: those that need nothing else of their page. Returns the forms by
    name, and each content with the names of those that it now places.
    """
    known = {name[1:].encode() for name in states}
    found = [[path for path in PATH.finditer(content) if known.issuperset(STATE.findall(path[0]))] for content in contents]
    counts = Counter(path[0] for paths in found for path in paths)
    pairs = Counter((one[0], two[0]) for paths in found for one, two in pairwise(paths) if one.end() == two.start())
    together = {pair for pair, count in pairs.items() if count == counts[pair[0]] == counts[pair[1]]}
    forms: dict[bytes, str] = {}
    changed: list[tuple[bytes, tuple[str, ...]]] = []
    for content, paths in zip(contents, found, strict=True):
        runs: list[tuple[int, int]] = []
        for before, path in zip([None, *paths], paths, strict=False):
            if counts[path[0]] < 2:
                continue
            if before and runs and runs[-1][1] == path.start() and (before[0], path[0]) in together:
                runs[-1] = (runs[-1][0], path.end())
            else:
                runs.append(path.span())
        out, names, at = [], [], 0
        for start, end in runs:
            if end - start < WORTH:
                continue
            name = forms.setdefault(content[start:end], f"/S{len(forms) + 1}")
            names.append(name)
            out += [content[at:start], name.encode(), b" Do\n"]
            at = end
        changed.append((b"".join([*out, content[at:]]), tuple(dict.fromkeys(names))))
    return {name: form(drawn, states) for drawn, name in forms.items()}, changed


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
