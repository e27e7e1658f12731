"""A book project in a temporary folder: the sample book or the real content, to be edited, read and built."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from publisher import build as journey
from publisher.book import Book
from publisher.collection import Collection
from publisher.editions import Job
from publisher.pagination import Pagination
from publisher.problems import Problem, Rejected
from publisher.read import read
from publisher.typeset import Typesetter

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
    files: dict[str, bytes]
    """What the editions made, refused or not."""
    job: Job
    problems: tuple[Problem, ...]
    pages: Any = None
    """The pages as laid out, where they were asked for."""

    @property
    def pdf(self) -> bytes:
        return self.files["screen.pdf"]

    @property
    def book(self) -> Book:
        return self.job.book

    @property
    def pagination(self) -> Pagination:
        return self.job.pagination

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

    def build(
        self, volume: str = "sample", case: str | None = None, editions: tuple[str, ...] = ("screen",), hold: bool = False, **asked
    ) -> Made:
        """Build as the command does, keeping hold of the book and files of the editions, refused or not, and of the pages if asked.

        Only the rules on texts may refuse: what a test spoils need make no sense to a clinician. Raises Rejected where no file was made.
        """
        collection = read(self.root, [volume])
        files: dict[str, bytes] = {}
        seen: dict[str, Any] = {}

        def listening(make):
            def made(job, volume, tell):
                outputs, problems = make(job, volume, tell)
                files.update(outputs)
                seen.update(job=job)
                return outputs, problems

            return made

        typesetting = Typesetter.typeset

        def heard(setter, *arguments):
            pages = typesetting(setter, *arguments)
            if hold:
                seen.setdefault("pages", pages)
            return pages

        problems: tuple[Problem, ...] = ()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(journey, "EDITIONS", {name: listening(make) for name, make in journey.EDITIONS.items()})
            patch.setattr(journey, "lint", rules_on_texts(journey.lint))
            patch.setattr(Typesetter, "typeset", heard)
            order = journey.Order(case, editions, **asked)
            try:
                problems = journey.build(journey.Project(self.root), collection, collection.volumes[volume], journey.Progress(), order).problems
            except Rejected as rejected:
                problems = tuple(rejected.problems)
        if not files:
            raise Rejected(list(problems))
        folder = self.root / "build" / "-".join(filter(None, (volume, case, "draft" if asked.get("draft") else "")))
        return Made(self.root, folder, files, seen["job"], problems, seen.get("pages"))


def pressed(made: Made, **choices: str | bool) -> Made:
    """Make the press edition of pages that were laid out before, with other choices of printing if any are given."""
    volume = made.job.source.volume
    chosen = volume.model_copy(update={"press": volume.press.model_copy(update=choices)})
    job = replace(made.job, source=replace(made.job.source, volume=chosen))
    files, problems = journey.EDITIONS["press"](job, lambda: job.joined(made.pages), lambda stage, detail: None)
    return replace(made, files=files, job=job, problems=tuple(problems))


def rules_on_texts(lint):
    """Return a lint that hears only the rules on texts and characters."""

    def heard(*arguments):
        said = lint(*arguments)
        return replace(said, queries=tuple(query for query in said.queries if query.rule.family == "TXT"))

    return heard


def codes(problems) -> list[str]:
    return [problem.code for problem in problems]
