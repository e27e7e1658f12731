"""Which editor's notes answer which findings, and writing so into them: `settles: [CODE]`, no other byte of the file altered."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher.case import Note
from publisher.collection import VolumeSource
from publisher.lint.queries import Examined, Query
from publisher.problems import Place, Problem, Rejected
from publisher.read_yaml import Reader
from publisher.written import Branch, Row

COMMON = {
    "请核", "请补", "补充", "核对", "原文", "本例", "病例", "患者", "未载", "注明", "请注", "一致", "不一", "不符", "应为", "是否", "前后", "数值", "记录",
    "治疗", "前文",
}  # fmt: skip
"""Pairs of characters that say nothing of what a note is about."""
LEAST_SHARED = 2
"""How much a note and a finding share when they speak of the same thing: pairs of characters count one, figures and Latin words two."""


@dataclass(frozen=True)
class Proposal:
    """A note that may settle the findings of one code on its words."""

    code: str
    note: Note
    query: Query

    @property
    def shared(self) -> int:
        """How much note and finding share in what they say and in the words they are about."""
        finding = self.query.finding
        said = f"{finding.message} {finding.found} {finding.hint}"
        about = f"{self.note.note} {self.note.reason or ''}"
        return 2 * len(terms(said) & terms(f"{about} {self.note.quote}")) + len(pairs(said) & pairs(about)) + (self.note.quote in finding.found)

    @property
    def akin(self) -> bool:
        """Tell whether note and finding seem to speak of the same thing."""
        return self.shared >= LEAST_SHARED

    @property
    def text(self) -> str:
        finding, place = self.query.finding, self.note.quote.place
        return f"{place}: {self.code}\n  编者按：“{self.note.quote}”{self.note.note}\n  疑点　：{finding.message}（{finding.found}）{finding.at.place}"


def terms(text: str) -> set[str]:
    return {term for term in re.findall(r"\d+(?:\.\d+)?|[A-Za-z][A-Za-z0-9-]+", text) if len(term) > 1 or term.isdigit()}


def pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1) if re.fullmatch(r"[\u3400-\u9fff]{2}", text[at : at + 2])} - COMMON


def proposals(source: VolumeSource, examination: Examined) -> Iterator[Proposal]:
    """Yield for every unsettled finding the notes whose words stand in its scalars, the likeliest first."""
    notes = [note for noted in (*source.cases.values(), source.guideline, source.dosing) for note in noted.notes]
    for query in examination.unsettled:
        texts = (query.finding.at, *query.finding.also)
        here = [note for note in notes if any(text.place.path == note.quote.place.path and note.quote in text for text in texts)]
        yield from sorted((Proposal(query.rule.code, note, query) for note in here), key=lambda item: -item.shared)


def likely(source: VolumeSource, examination: Examined) -> list[Proposal]:
    """Return for every unsettled finding the note that shares most with it, where the two are akin."""
    first: dict[int, Proposal] = {}
    for item in proposals(source, examination):
        first.setdefault(id(item.query), item)
    return [item for item in first.values() if item.akin]


def edited(root: Path, found: Iterable[Proposal]) -> dict[Path, bytes]:
    """Return the new bytes of every file that holds a note of `found`. Raises Rejected where a note is not found again."""
    files: dict[str, dict[Place, list[str]]] = {}
    for item in found:
        place = item.note.quote.place
        codes = files.setdefault(place.path, {}).setdefault(place, [])
        codes += [item.code] if item.code not in codes else []
    return {root / name: with_codes((root / name).read_bytes(), name, wanted) for name, wanted in files.items()}


def with_codes(raw: bytes, name: str, wanted: dict[Place, list[str]]) -> bytes:
    """Put codes into the notes whose quotes stand at the given places."""
    mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
    text = raw[len(mark) :].decode("utf-8")
    tree, _ = Reader(text, name).read()
    notes = {note["quote"].place: note for note in tree["notes"]} if isinstance(tree, Branch) and isinstance(tree.get("notes"), Row) else {}
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|[\n\r\x85\u2028\u2029]", text))]
    insertions = []
    for place, codes in wanted.items():
        if place not in notes:
            raise Rejected([Problem(place, "NOTE-004", "文件在核对之后改过，找不到这条编者按", hint="重新运行 publisher settle")])
        insertions.append(insertion(text, starts, notes[place], codes))
    for at, words in sorted(insertions, reverse=True):
        text = text[:at] + words + text[at:]
    after, problems = Reader(text, name).read()
    if problems or stripped(after) != stripped(tree):
        raise Rejected([Problem(Place(name), "NOTE-005", "这一文件的写法不能自动加注", hint="照建议手工写入 settles")])
    return mark + text.encode("utf-8")


def insertion(text: str, starts: list[int], note: Branch, codes: list[str]) -> tuple[int, str]:
    """Return where to put in what, so that a note settles some codes more."""

    def offset(place: Place) -> int:
        return starts[place.line - 1] + place.column - 1

    have = note.get("settles")
    if isinstance(have, Row) and have:
        last = have[-1]
        end = offset(last.place) + len(last) + 2 * (text[offset(last.place)] in "'\"")
        if text[offset(have.place)] == "[":
            return end, "".join(f", {code}" for code in codes)
        start = starts[last.place.line - 1]
        lead = text[start : offset(last.place)]
        return end, "".join(f"{line_end(text, end)}{lead}{code}" for code in codes)
    second = sorted(note.key_places.values())[1]
    listed = f"settles: [{', '.join(codes)}]"
    at = offset(second)
    if text[offset(note.place)] == "{":
        return at, f"{listed}, "
    return at, f"{listed}{line_end(text, at)}{' ' * (second.column - 1)}"


def line_end(text: str, at: int) -> str:
    """Return the line end that is in use around a spot."""
    match = re.search(r"\r\n|\n|\r", text[at:]) or re.search(r"\r\n|\n|\r", text)
    return match[0] if match else "\n"


def stripped(node: Any) -> Any:
    """Return a tree without its `settles`."""
    if isinstance(node, Branch):
        return {key: stripped(value) for key, value in node.items() if key != "settles"}
    return [stripped(value) for value in node] if isinstance(node, Row) else node
