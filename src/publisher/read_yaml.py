"""Turn one YAML file into a tree of scalars kept as written.

In: the file's text. Out: `Branch` (mapping), `Row` (sequence) and `Written` leaves, each with its place.
No value is given a type: `NO`, `8:30`, `0123` and `66.70` are text. What YAML would lose or change in silence
(duplicate keys, aliases, tags, folded lines, a comment that swallows the end of a value) is refused.
"""

import re
import stat
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from publisher.limits import MAX_BYTES, MAX_DEPTH, MAX_ITEMS, MAX_PROBLEMS, MAX_SCALAR
from publisher.problems import Place, Problem
from publisher.written import Branch, Row, Written

TURNED = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Signs that turn the direction of writing: with them a page shows figures in another order than the source."""


def read_yaml(path: Path, name: str) -> tuple[Any, list[Problem]]:
    """Read the file `path`, called `name` in messages; the tree is None when it cannot be made."""
    raw, problems = read_bytes(path, name)
    return (None, problems) if raw is None else tree_of(raw, name)


def read_bytes(path: Path, name: str) -> tuple[bytes | None, list[Problem]]:
    """Read the bytes of a file; None where that cannot be done or there are too many."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None, [Problem(Place(name), "SRC-001", "文件无法读取", "不是普通文件", "核对路径")]
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        return None, [Problem(Place(name), "SRC-001", "文件无法读取", error.strerror or str(error), "核对路径与权限")]
    if len(raw) > MAX_BYTES:
        return None, [Problem(Place(name), "SRC-002", "文件过大", f"{path.stat().st_size} 字节", f"不得超过 {MAX_BYTES} 字节")]
    return raw, []


def tree_of(raw: bytes, name: str) -> tuple[Any, list[Problem]]:
    """Return the tree of the bytes of a file; None when it cannot be made."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return None, [Problem(Place(name, line, 1), "SRC-003", "文件不是 UTF-8 编码", hint="另存为 UTF-8 后重试")]
    tree, problems = parsed(text, name)
    return tree, list(problems)


@lru_cache(maxsize=256)
def parsed(text: str, name: str) -> tuple[Any, tuple[Problem, ...]]:
    """Return the tree of a text; the same text is parsed once in the life of the program, for nobody alters a tree."""
    tree, problems = Reader(text, name).read()
    if isinstance(tree, Branch):
        tree.digest = sha256(text.encode("utf-8")).hexdigest()
    return tree, tuple(problems)


class TooDeep(Exception):
    """The parser has gone far deeper than any source may."""

    def __init__(self, event: yaml.Event):
        super().__init__("too deep")
        self.event = event


class Reader:
    """One pass over the events of a YAML text."""

    def __init__(self, text: str, name: str):
        self.text, self.name = text, name
        self.lines = re.split(r"\r\n|[\n\r\x85\u2028\u2029]", text)
        self.problems: list[Problem] = []

    def read(self) -> tuple[Any, list[Problem]]:
        try:
            self.events = iter(list(self.shallow(yaml.parse(self.text, Loader=yaml.SafeLoader))))
        except TooDeep as deep:
            self.report(deep.event, "SRC-008", "层次过深", hint=f"不得超过 {MAX_DEPTH} 层")
            return None, self.problems
        except yaml.MarkedYAMLError as error:
            unclosed = "quoted scalar" in str(error.context) and "end of stream" in str(error.problem)
            mark = error.context_mark if unclosed else error.problem_mark or error.context_mark
            place = Place(self.name, mark.line + 1, mark.column + 1) if mark else Place(self.name)
            found = self.lines[mark.line].strip()[:60] if mark and mark.line < len(self.lines) else ""
            return None, [Problem(place, "SRC-004", "YAML 写法有误，读不下去", found, syntax_hint(str(error.problem)))]
        except yaml.reader.ReaderError as error:
            line = self.text[: error.position].count("\n") + 1
            return None, [
                Problem(
                    Place(self.name, line, 1),
                    "SRC-005",
                    "含有不可打印的控制字符",
                    f"U+{ord(str(error.character)):04X}" if isinstance(error.character, str) else f"U+{error.character:04X}",
                    "删去该字符",
                )
            ]
        tree: Any = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.report(event, "SRC-006", "一个文件只能有一份内容", "---", "拆成两个文件")
                    break
            elif isinstance(event, yaml.NodeEvent):
                tree = self.node(event, 0)
        if tree is None and not self.problems:
            self.problems.append(Problem(Place(self.name, 1, 1), "SRC-007", "文件是空的", hint="补入内容或删去文件"))
        return tree, self.problems

    def shallow(self, events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
        """Yield the events up to a depth far over the limit, where the parser would become slow. Raises TooDeep."""
        depth = 0
        for event in events:
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > 2 * MAX_DEPTH:
                raise TooDeep(event)
            yield event

    def place(self, event: yaml.Event) -> Place:
        return Place(self.name, event.start_mark.line + 1, event.start_mark.column + 1)

    def report(self, event: yaml.Event, code: str, message: str, found: str = "", hint: str = "") -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(self.place(event), code, message, found[:60], hint))

    def node(self, event: yaml.Event, depth: int) -> Any:
        if depth > MAX_DEPTH and isinstance(event, yaml.CollectionStartEvent):
            self.report(event, "SRC-008", "层次过深", hint=f"不得超过 {MAX_DEPTH} 层")
            self.skip()
            return Row(self.place(event))
        if isinstance(event, yaml.AliasEvent):
            self.report(event, "SRC-009", "不允许引用别名", f"*{event.anchor}", "把内容原样写出")
            return Written("*", self.place(event))
        self.refuse_marks(event)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            row = Row(self.place(event))
            while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
                row.append(self.node(item, depth + 1))
                if self.too_many(event, row):
                    break
            return row
        branch = Branch(self.place(event))
        while not isinstance(key_event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(key_event, yaml.ScalarEvent):
                self.report(key_event, "SRC-011", "项目名必须是一个词")
                self.node(key_event, depth + 1)
                self.node(next(self.events), depth + 1)
                continue
            self.refuse_marks(key_event)
            key = key_event.value
            value = self.node(next(self.events), depth + 1)
            if key in branch:
                first = branch.key_places[key]
                self.report(key_event, "SRC-012", f"项目「{key}」重复，前一处会被覆盖", f"首见于第 {first.line} 行", "合并两处或改名")
                continue
            branch[key] = value
            branch.key_places[key] = self.place(key_event)
            if self.too_many(event, branch):
                break
        return branch

    def too_many(self, event: yaml.Event, items: Row | Branch) -> bool:
        """Report a list or mapping that has grown too long and pass over the rest of it."""
        if len(items) <= MAX_ITEMS:
            return False
        self.report(event, "SRC-017", "条目过多", hint=f"一处不得超过 {MAX_ITEMS} 条，宜分写")
        self.skip()
        return True

    def refuse_marks(self, event: yaml.NodeEvent) -> None:
        if event.anchor or getattr(event, "tag", None) not in (None, "!"):
            self.report(event, "SRC-010", "不允许锚点或类型标记", f"&{event.anchor}" if event.anchor else event.tag, "删去标记，只留内容")

    def skip(self) -> None:
        """Pass over what is left of a collection whose start was just read."""
        open_collections = 1
        while open_collections:
            event = next(self.events)
            open_collections += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)

    def scalar(self, event: yaml.ScalarEvent) -> Written:
        start, end = event.start_mark, event.end_mark
        value = event.value
        if event.style == "|":
            if "\n\n" in value.strip("\n"):
                self.report(event, "SRC-015", "一段之中有空行，前后两段会并成一段", value.strip(), "分成两条，各以「- 」开头")
            value = unwrapped(value)
        elif event.style == ">" or (end.line != start.line and value):
            self.report(event, "SRC-013", "文字折行后会多出空格", value, "写在一行内，或用「|」另起整段")
        elif event.style is None and (rest := self.lines[end.line][end.column :]) and re.match(r"\s+#", rest):
            self.report(event, "SRC-014", "值后的「#」及其后文字会被当作注释丢掉", rest.strip(), "整个值加引号；若是注释，另起一行")
        hidden = next((char for char in value if unicodedata.category(char) in ("Cc", "Cs")), None)
        if hidden is not None and end.line == start.line:
            self.report(event, "SRC-005", "含有不可打印的控制字符", f"U+{ord(hidden):04X}", "删去该字符")
        if turned := next((char for char in value if char in TURNED), None):
            self.report(event, "SRC-018", "含有改变书写方向的暗码，印出的次序会与来源不同", f"U+{ord(turned):04X}", "删去该字符")
        if len(value) > MAX_SCALAR:
            self.report(event, "SRC-016", f"一段文字过长（{len(value)} 字）", value, f"不得超过 {MAX_SCALAR} 字，宜分段")
        return Written(value, self.place(event))


def unwrapped(text: str) -> str:
    """Join the lines of a literal block: no space between Chinese characters, one between Latin words."""
    lines = [line.strip() for line in text.strip().split("\n")]
    joined = lines[0]
    for line in lines[1:]:
        latin = joined[-1:].isascii() and line[:1].isascii() and joined and line
        joined += (" " if latin else "") + line
    return joined


def syntax_hint(problem: str) -> str:
    """Say in the author's words what a parser message usually means."""
    if "mapping values are not allowed" in problem:
        return "值中含「: 」，请给整个值加引号"
    if "tab" in problem or "\\t" in problem:
        return "缩进只能用空格，不能用制表符"
    if "block end" in problem:
        return "缩进与上文不齐，或引号后还有文字"
    if "cannot start any token" in problem:
        return "值以特殊符号开头，请给整个值加引号"
    if "end of stream" in problem or "scanning a quoted scalar" in problem:
        return "引号没有成对"
    return f"解析器说：{problem}"
