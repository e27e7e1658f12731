"""The documents keep their word: commands run, samples are read and print what is said, links lead somewhere, generated pages are fresh."""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import docx
import pytest
import typer
from project import REPOSITORY, SAMPLEBOOK
from test_samplebook import fields as fields_of
from test_samplebook import used
from typer.testing import CliRunner

from publisher import book, build, read
from publisher.case import Case
from publisher.catalogue import REFERENCE_MODELS
from publisher.cli import app
from publisher.compose.case_section import case_section
from publisher.lint import explained
from publisher.model import Model
from publisher.problems import Problem, Rejected
from publisher.read_yaml import Reader
from publisher.volume import Dosing, Guideline, Volume
from publisher.workbench import documents
from publisher.written import Branch

GENERATED = {
    "docs/rules.md": lambda: explained.document(build.DEFAULTS),
    "docs/commands.md": lambda: documents.commands(typer.main.get_command(app)),
    "docs/manual/fields.md": documents.fields,
}
DOCUMENTS = [REPOSITORY / "README.md", REPOSITORY / "CHANGELOG.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
WRITTEN = [path for path in DOCUMENTS if str(path.relative_to(REPOSITORY)) not in GENERATED]
"""Those that people write."""
ACTIVATE = ". .venv/bin/activate"
LEAST = {
    "case": "id: a-case\nnumber: 1\ntitle: 题名一例\npatient: {sex: 女, age: 60岁}",
    "volume": (SAMPLEBOOK / "content/sample/volume.yaml").read_text(encoding="utf-8"),
    "guideline": "title: 题\ntopics: [{heading: 题}]",
    "dosing": "title: 题",
}
"""What a sample of a part of a file is completed with: whatever the file must have besides."""
MODELS: dict[str, type[Model]] = {"case": Case, "volume": Volume, "guideline": Guideline, "dosing": Dosing}


def name(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@dataclass(frozen=True)
class Fence:
    """A fenced block of a document: its language, the words after it, its text, the line before it that is not empty."""

    path: Path
    line: int
    language: str
    words: tuple[str, ...]
    text: str
    before: str

    def __str__(self) -> str:
        return f"{name(self.path)}:{self.line}"


def fences(path: Path) -> list[Fence]:
    found, before, opened, inside = [], "", None, []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if opened is None and line.lstrip().startswith("```"):
            opened, inside = (number, line.strip().removeprefix("```").split(), before), []
        elif opened is not None and line.strip() == "```":
            start, words, said = opened
            found.append(Fence(path, start, words[0] if words else "", tuple(words[1:]), "\n".join(inside), said))
            opened = None
        elif opened is not None:
            inside.append(line)
        elif line.strip():
            before = line.strip()
    assert opened is None, f"{name(path)}: 代码块没有结束"
    return found


FENCES = [fence for path in WRITTEN for fence in fences(path)]


# -- generated pages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", GENERATED)
def test_a_generated_page_is_fresh(page):
    """After a change of the program: make docs."""
    assert (REPOSITORY / page).read_text(encoding="utf-8") == GENERATED[page]()


# -- links and names ----------------------------------------------------------------------------------------------


def slug(heading: str) -> str:
    """Return the anchor of a heading as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(path: Path) -> set[str]:
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.M)}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_link_leads_somewhere(path):
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:", target):
            continue
        file, _, anchor = target.partition("#")
        where = (path.parent / file).resolve() if file else path
        assert where.exists(), target
        assert not anchor or anchor in anchors(where), target


def test_the_readme_leads_to_every_document():
    linked = re.findall(r"\]\((docs/[^)#]+)", (REPOSITORY / "README.md").read_text(encoding="utf-8"))
    top = {f"docs/{path.name}" for path in (REPOSITORY / "docs").glob("*.md")}
    assert top | {"docs/manual/README.md"} <= set(linked)


def test_the_manual_leads_to_every_chapter():
    folder = REPOSITORY / "docs/manual"
    linked = set(re.findall(r"\]\(([^)#/]+\.md)", (folder / "README.md").read_text(encoding="utf-8")))
    assert {path.name for path in folder.glob("*.md")} - {"README.md"} <= linked


def commands() -> dict[str, set[str]]:
    """Return the options of every command by its full name, hidden ones included."""
    found = {}

    def walk(command, full: str) -> None:
        found[full] = {spelling for item in command.params for spelling in (*item.opts, *item.secondary_opts) if spelling.startswith("--")}
        for word, inner in getattr(command, "commands", {}).items():
            walk(inner, f"{full} {word}")

    walk(typer.main.get_command(app), "publisher")
    return found


@pytest.mark.parametrize("path", WRITTEN, ids=name)
def test_every_command_named_in_a_sentence_is_there(path):
    known = commands()
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    for said in re.findall(r"`(publisher [^`]+)`", text):
        words = said.split()
        full = " ".join(words[:3]) if " ".join(words[:3]) in known else " ".join(words[:2])
        if words[1] in ("…", "代号"):
            continue
        assert full in known, said
        assert set(re.findall(r"--[a-z-]+", said)) <= known[full] | {"--no-verapdf", "--no-cache"}, said


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.M))


@pytest.mark.parametrize("path", WRITTEN, ids=name)
def test_every_make_target_named_is_there(path):
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"`make ([a-z][a-z-]*)", text)) <= targets()


def test_every_target_of_the_makefile_can_be_made():
    for target in sorted(targets()):
        done = subprocess.run(["make", "-n", target], cwd=REPOSITORY, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (target, done.stderr)


# -- samples ------------------------------------------------------------------------------------------------------

SAMPLES = [fence for fence in FENCES if fence.language == "yaml"]
GOOD = [fence for fence in SAMPLES if "wrong" not in fence.words]
WRONG = [fence for fence in SAMPLES if "wrong" in fence.words]
PRINTED = [(one, two) for one, two in pairwise(FENCES) if two.before == "印作：" and one.path == two.path]


@pytest.fixture(scope="module")
def catalogue():
    return read.read_reference(REPOSITORY)


def completed(fence: Fence, kind: str) -> tuple[Branch | None, list[Problem]]:
    """Read a sample and add what its file must have besides."""
    tree, problems = Reader(fence.text, f"{kind}.yaml").read()
    least, _ = Reader(LEAST[kind], f"{kind}.yaml").read()
    needed = {field.alias or name for name, field in MODELS[kind].model_fields.items() if field.is_required()}
    for key in needed - set(tree or {}) if tree is not None else ():
        tree[key], tree.key_places[key] = least[key], least.key_places[key]
    return tree, problems


def problems_of(fence: Fence, catalogue) -> list[Problem]:
    kind = next((word for word in fence.words if word in (*MODELS, *REFERENCE_MODELS)), "case")
    if kind in REFERENCE_MODELS:
        tree, problems = Reader(fence.text, f"{kind}.yaml").read()
        for entry in tree[kind] if tree else ():
            read.validated(REFERENCE_MODELS[kind], entry, problems, {})
        return problems
    tree, problems = completed(fence, kind)
    if tree is None or problems:
        return problems
    made = read.validated(MODELS[kind], tree, problems, {"catalogue": catalogue})
    if isinstance(made, Case):
        try:
            case_section(made)
        except Rejected as rejected:
            problems += rejected.problems
    return problems


@pytest.mark.parametrize("fence", GOOD, ids=str)
def test_a_sample_is_valid(fence, catalogue):
    assert [str(problem) for problem in problems_of(fence, catalogue)] == []


@pytest.mark.parametrize("fence", WRONG, ids=str)
def test_a_wrong_sample_is_refused_for_what_the_manual_says(fence, catalogue):
    assert [problem.code for problem in problems_of(fence, catalogue)] == [fence.words[-1]]


def test_a_message_is_printed_as_the_manual_says(catalogue):
    said = [(one, two) for one, two in pairwise(FENCES) if two.before == "报出：" and one.path == two.path]
    assert said
    for sample, message in said:
        assert [str(problem) for problem in problems_of(sample, catalogue)] == [message.text]


def texts(section: book.Section) -> str:
    """Return every word of a section, without spaces."""
    parts = [section.number, section.title, f"例{section.number}"]
    for block in section.blocks:
        parts += [book.words(line) for line in book.lines_of(block)]
        if isinstance(block, book.Table):
            parts += [column.title for column in block.columns] + [book.words(block.caption)]
        if isinstance(block, book.Notes):
            parts += [book.words(note.foot) for note in block.items]
        parts += [f"〔{note.number}〕" for note in getattr(block, "items", ()) if isinstance(note, book.Note)]
    return "\n".join(re.sub(r"\s", "", part) for part in parts)


@pytest.mark.parametrize(("sample", "printed"), PRINTED, ids=lambda fence: str(fence))
def test_a_sample_prints_what_the_manual_says(sample, printed, catalogue):
    tree, problems = completed(sample, "case")
    section = case_section(read.validated(Case, tree, problems, {"catalogue": catalogue}))
    found = texts(section)
    wanted = [re.sub(r"\s", "", cell) for line in printed.text.split("\n") for cell in line.split("｜")]
    assert [cell for cell in wanted if re.sub(r"〔\d+〕$", "", cell) not in found] == []


def test_the_samples_use_every_field_there_is():
    filled: set[str] = set()
    for fence in GOOD:
        kind = next((word for word in fence.words if word in (*MODELS, *REFERENCE_MODELS)), "case")
        if kind in MODELS:
            filled |= used(MODELS[kind], Reader(fence.text, "sample.yaml").read()[0])
    assert set().union(*(fields_of(model, set()) for model in MODELS.values())) - filled == set()


# -- commands -----------------------------------------------------------------------------------------------------


@dataclass
class Step:
    """A command of a document with what it is said to print and leave with."""

    command: str
    said: list[str]
    status: int = 0


def steps(fence: Fence) -> Iterator[Step]:
    step: Step | None = None
    for line in fence.text.split("\n"):
        if line.startswith("$ "):
            if step:
                yield step
            step = Step(line.removeprefix("$ "), [])
        elif match := re.fullmatch(r"（退出状态 (\d)）", line.strip()):
            step.status = int(match[1])
        elif line.strip():
            step.said.append(line.strip())
    if step:
        yield step


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """A copy of the sample project with a physician's manuscript beside, to work in."""
    root = tmp_path / "book"
    shutil.copytree(SAMPLEBOOK / "content", root / "content")
    manuscript = docx.Document()
    manuscript.add_heading("肺腺癌胸椎转移一例", 1)
    for heading, text in (("主诉", "背痛3月。"), ("现病史", "患者男，55岁。")):
        manuscript.add_heading(heading, 2)
        manuscript.add_paragraph(text)
    manuscript.save(str(root / "原稿.docx"))
    monkeypatch.chdir(root)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    return root


def ran(command: str) -> tuple[int, str]:
    """Run a command of the documents; return its status and all that it printed."""
    words = shlex.split(command)
    if words[0] == "publisher":
        done = CliRunner().invoke(app, words[1:])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output
    done = subprocess.run(words, capture_output=True, text=True, check=False, env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull})
    return done.returncode, done.stdout + done.stderr


SPOKEN = [path for path in WRITTEN if any(fence.language == "console" for fence in fences(path))]


@pytest.mark.parametrize("path", SPOKEN, ids=name)
def test_every_command_does_what_the_document_says(path, scratch):
    for fence in fences(path):
        if fence.language != "console":
            continue
        for step in steps(fence):
            status, output = ran(step.command)
            assert status == step.status, (str(fence), step.command, output)
            for line in step.said:
                pattern = re.escape(line).replace("…", ".+")
                assert re.search(pattern, output), (str(fence), step.command, line, output)


def test_every_line_for_the_shell_can_be_followed():
    for fence in FENCES:
        if fence.language == "sh":
            copied = ""
            for line in fence.text.split("\n"):
                match line.split("#")[0].split():
                    case ["make", target, *_]:
                        assert target in targets(), f"{fence}: {line}"
                    case ["cp", "-r", source, copied]:
                        assert (REPOSITORY / source).is_dir(), f"{fence}: {line}"
                    case ["cd", folder]:
                        assert folder == copied, f"{fence}: {line}"
                    case _:
                        assert line == ACTIVATE, f"{fence}: {line}"


def test_every_block_says_what_it_is():
    assert {str(fence): fence.language for fence in FENCES if fence.language not in ("", "yaml", "text", "console", "sh")} == {}
    unnamed = [fence for fence in FENCES if not fence.language]
    assert [str(fence) for fence in unnamed if re.search(r"^\s*(?:\$ |publisher |make )", fence.text, re.M)] == []
