"""The sources at a revision of git against another or against the files as they lie: `Changes`, with who and when."""

import datetime
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from publisher.changes import Change, Changes, Kind
from publisher.compare.trees import Difference, differences, summary
from publisher.fields import in_words
from publisher.problems import Place, Problem, Rejected
from publisher.read_yaml import Reader
from publisher.written import Branch, Written, at, leaves

FOLDER = "content"
UNCOMMITTED = "0" * 40


class Touch(NamedTuple):
    """Who touched a line last, on which day, in which commit."""

    who: str = ""
    when: str = ""
    commit: str = ""


@dataclass(frozen=True)
class Repository:
    """The git repository in which a book project lies."""

    root: Path

    def ask(self, *arguments: str, feed: bytes = b"") -> bytes:
        """Run git below the project. Raises Rejected where git is missing or refuses."""
        try:
            done = subprocess.run(["git", "-C", str(self.root), *arguments], input=feed, capture_output=True, check=False)
        except OSError as error:
            raise Rejected([Problem(Place(str(self.root)), "DIF-001", "不能运行 git", error.strerror or "", "安装 git")]) from error
        if done.returncode:
            said = str(done.stderr, "utf-8", "replace").strip().split("\n")[0]
            raise Rejected([Problem(Place(str(self.root)), "DIF-002", "git 不能给出这一版本", said[:120], "核对版本名，并在 git 仓库之中运行")])
        return done.stdout

    def commit(self, revision: str) -> str:
        """Return the commit a revision names. Raises Rejected when there is none."""
        try:
            return self.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
        except Rejected as rejected:
            raise Rejected([Problem(Place(FOLDER), "DIF-003", "没有这一版本", revision, "用提交号、标签或分支名，如 v1.0、HEAD~3")]) from rejected

    def day(self, commit: str) -> str:
        return self.ask("show", "--no-patch", "--format=%cs", commit).decode().strip()

    def files(self, commit: str) -> dict[str, str]:
        """Return the text of every source file at a commit, by its name below the project."""
        listed = self.ask("ls-tree", "-r", "-z", "--name-only", commit, "--", FOLDER).decode("utf-8", "replace").split("\0")
        names = [name for name in listed if name.endswith(".yaml")]
        answer = self.ask("cat-file", "--batch", feed="".join(f"{commit}:./{name}\n" for name in names).encode())
        texts = {}
        for name in names:
            head, _, answer = answer.partition(b"\n")
            size = int(head.rsplit(b" ", 1)[-1])
            texts[name], answer = answer[:size].decode("utf-8-sig", "replace"), answer[size + 1 :]
        return texts

    def files_as_they_lie(self) -> dict[str, str]:
        found = sorted((self.root / FOLDER).rglob("*.yaml"))
        return {path.relative_to(self.root).as_posix(): path.read_bytes().decode("utf-8-sig", "replace") for path in found}

    def touches(self, name: str, until: str | None) -> dict[int, Touch]:
        """Return who touched each line of a file last, by its number; nothing for a file git does not know."""
        try:
            told = self.ask("blame", "--line-porcelain", *([until] if until else []), "--", name).decode("utf-8", "replace")
        except Rejected:
            return {}
        found, line, who, when, commit = {}, 0, "", "", ""
        for row in told.split("\n"):
            if match := re.match(r"([0-9a-f]{40}) \d+ (\d+)", row):
                commit, line = match[1], int(match[2])
            elif row.startswith("author "):
                who = row.removeprefix("author ")
            elif row.startswith("author-time "):
                when = datetime.datetime.fromtimestamp(int(row.split()[1]), datetime.UTC).date().isoformat()
            elif row.startswith("\t"):
                found[line] = Touch() if commit == UNCOMMITTED else Touch(who, when, commit[:10])
        return found

    def removal(self, name: str, text: str, since: str, until: str | None) -> Touch:
        """Return the commit after `since` that took a text out of a file."""
        told = self.ask("log", "-1", "--format=%an%x00%as%x00%h", f"-S{text}", f"{since}..{until or 'HEAD'}", "--", name)
        return Touch(*told.decode("utf-8", "replace").strip().split("\0")) if told.strip() else Touch()


def changes(root: Path, since: str, until: str | None = None) -> Changes:
    """Compare the sources at a revision with another, or with the files as they lie. Raises Rejected for an unknown one or a broken file."""
    repository = Repository(root)
    first = repository.commit(since)
    last = repository.commit(until) if until else None
    before, after = repository.files(first), repository.files(last) if last else repository.files_as_they_lie()
    found: list[Change] = []
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            found += file_changes(repository, name, before.get(name), after.get(name), first, last)
    return Changes(since, first, repository.day(first), tuple(found))


def file_changes(repository: Repository, name: str, before: str | None, after: str | None, since: str, until: str | None) -> Iterator[Change]:
    """Yield what changed in one file; a file that came or went is one change."""
    old, new = tree(name, before), tree(name, after)
    if old is None or new is None:
        differing = [Difference(Kind.ADDED if old is None else Kind.REMOVED, (), title(old), title(new))]
    else:
        differing = list(differences(old, new))
    touches = repository.touches(name, until) if differing and new is not None else {}
    _, volume, *rest = name.split("/")
    for item in differing:
        node = old if item.kind is Kind.REMOVED else new
        line = at(node, item.path).line
        touch = touches.get(item.after.place.line if hasattr(item.after, "place") else line, Touch())
        if item.kind is Kind.REMOVED:
            touch = repository.removal(name, str(next((leaf for _, leaf in leaves(item.before)), "")), since, until)
        yield Change(
            item.kind, volume.removesuffix(".yaml"), Path(name).stem if rest[:1] == ["cases"] else "", item.path,
            in_words(node, item.path) or "全文", summary(item.before), summary(item.after), name, line, touch.who, touch.when, touch.commit,
        )  # fmt: skip


def tree(name: str, text: str | None) -> Any:
    """Return the tree of a file's text. Raises Rejected when it cannot be read."""
    if text is None:
        return None
    found, problems = Reader(text, name).read()
    if not isinstance(found, Branch):
        raise Rejected(problems or [Problem(Place(name), "DIF-004", "这一版本的文件读不出")])
    return found


def title(node: Branch | None) -> Written | None:
    """Return the words by which a whole file is known."""
    return None if node is None else next((node[key] for key in ("title", "id") if isinstance(node.get(key), Written)), Written("（全文）", node.place))
