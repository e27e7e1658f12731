"""A book project in a temporary folder: the sample book or the real content, to be edited, read and built."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher import build as journey
from publisher.book import Book
from publisher.collection import Collection
from publisher.finish import screen
from publisher.pagination import Pagination
from publisher.problems import Problem, Rejected
from publisher.read import read

REPOSITORY = Path(__file__).resolve().parents[1]
SAMPLEBOOK = Path(__file__).resolve().parent / "samplebook"
RIB = "content/sample/cases/sample-01-rib.yaml"
FEMUR = "content/sample/cases/sample-03-femur.yaml"
VOLUME = "content/sample/volume.yaml"
GUIDELINE = "content/sample/guideline.yaml"
DOSING = "content/sample/dosing.yaml"
DRUGS = "content/reference/drugs.yaml"


@dataclass(frozen=True)
class Made:
    """One build: its files, what preflight said, and the book and pages it came from."""

    root: Path
    folder: Path
    pdf: bytes
    book: Book
    pagination: Pagination
    problems: tuple[Problem, ...]

    @property
    def screen(self) -> Path:
        return self.folder / "screen.pdf"

    @property
    def pages_json(self) -> Path:
        return self.folder / "screen.pages.json"


class Project:
    """A copy of a book project that a test may spoil."""

    def __init__(self, root: Path, original: Path = SAMPLEBOOK):
        self.root = root
        shutil.copytree(original / "content", root / "content")

    def path(self, name: str) -> Path:
        return self.root / name

    def edit(self, name: str, old: str, new: str) -> int:
        """Replace the first `old` in a file; return the line on which it stood."""
        text = self.path(name).read_text(encoding="utf-8")
        assert old in text, f"{name} 中没有 {old}"
        self.path(name).write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def edit_layout(self, name: str, old: str, new: str) -> None:
        """Give the project its own layouts with one change."""
        if not self.path("layouts").exists():
            shutil.copytree(REPOSITORY / "layouts", self.path("layouts"))
        self.edit(f"layouts/{name}", old, new)

    def collection(self) -> Collection:
        return read(self.root)

    def problems(self) -> list[Problem]:
        """Read the project; return what it is rejected for."""
        with pytest.raises(Rejected) as caught:
            read(self.root)
        return caught.value.problems

    def problem(self) -> Problem:
        """Return the one problem of the project."""
        problems = self.problems()
        assert len(problems) == 1, [str(problem) for problem in problems]
        return problems[0]

    def build(self, volume: str = "sample", case: str | None = None, booklets: bool = False) -> Made:
        """Build as the command does, keeping hold of the book and pages that went into the screen file, refused or not; booklets only if asked.

        Raises Rejected where no file was made.
        """
        collection = read(self.root, [volume])
        seen: dict[type, object] = {}
        finishing = screen.finish

        def listening(*arguments, **named):
            seen.update((type(value), value) for value in [*arguments, *named.values()])
            seen[bytes] = finishing(*arguments, **named)
            return seen[bytes]

        problems: tuple[Problem, ...] = ()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(screen, "finish", listening)
            if not booklets:
                patch.setattr(journey, "booklet_files", lambda *arguments: ({}, []))
            try:
                journey.build(journey.Project(self.root), collection, collection.volumes[volume], journey.Progress(), case)
            except Rejected as rejected:
                problems = tuple(rejected.problems)
        if bytes not in seen:
            raise Rejected(list(problems))
        folder = self.root / "build" / (f"{volume}-{case}" if case else volume)
        return Made(self.root, folder, seen[bytes], seen[Book], seen[Pagination], problems)


def codes(problems) -> list[str]:
    return [problem.code for problem in problems]
