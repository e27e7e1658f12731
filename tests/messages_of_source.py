"""What the program can say, read from its source: every text that can become a message, a hint or a reason, as a template with holes.

Followed are the arguments of what makes messages (`Problem`, `Finding`, …), what checks yield, and from there names, branches,
parameters and functions of the same module. A hole `{}` stands for what is known only when the message is made.
"""

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from publisher.languages import GAPS, LABELS

HAN = re.compile("[\u3400-\u9fff]")
HOLE = "{}"
MAKERS = {
    "Problem": {1: "", 2: "message", 3: "found", 4: "hint"}, "Finding": {1: "message", 3: "hint"}, "Refused": {1: "message", 3: "hint"},
    "Fault": {2: "message", 3: "hint"}, "Missing": {0: "message"}, "Item": {1: "message"}, "PydanticCustomError": {1: "message"},
}  # fmt: skip
SPOKEN_WHOLE = ("lint/report.py", "compare/report.py", "workbench/doctor.py", "changes.py")
"""Modules whose every Chinese text is said."""
SPOKEN_FUNCTIONS = {
    "workbench/importing.py": ("report",), "lint/completeness.py": ("lines", "incomplete_report"), "lint/settling.py": ("text",),
    "cli.py": ("report", "settle"),
    "lint/queries.py": ("problem",), "preflight/press.py": ("notes", "see_through"), "editions.py": ("look_at_cover",), "build.py": ("conformance",),
}  # fmt: skip
"""Functions likewise."""
SPEAKING = ("message", "hint", "source", "reason")
MOST = 64
"""Templates one expression may stand for."""


class Module:
    """One file of the source, with what its names stand for."""

    def __init__(self, path: Path):
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.path = path
        self.parents = {child: parent for parent in ast.walk(self.tree) for child in ast.iter_child_nodes(parent)}
        self.functions = {node.name: node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)}
        self.constants = {
            target.id: node.value for node in self.tree.body if isinstance(node, ast.Assign) for target in node.targets if isinstance(target, ast.Name)
        }
        self.words: set[str] = set()
        """Texts inside holes."""

    def function_of(self, node: ast.AST) -> ast.FunctionDef | None:
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, ast.FunctionDef):
                return node
        return None

    def templates(self, node: ast.AST | None, depth: int = 0) -> list[str]:
        """Return the texts that an expression may become."""
        if node is None or depth > 8:
            return [HOLE]
        deeper = depth + 1
        match node:
            case ast.Constant(value=str(text)):
                return [re.sub(r"\{\w*(?::[^}\s]*)?\}", HOLE, text)]
            case ast.JoinedStr(values=parts):
                return self.joined(parts, deeper)
            case ast.IfExp(body=one, orelse=other):
                return [*self.templates(one, deeper), *self.templates(other, deeper)]
            case ast.BoolOp(values=values):
                return [text for value in values for text in self.templates(value, deeper)]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return [a + b for a, b in itertools.product(self.templates(left, deeper), self.templates(right, deeper))][:MOST]
            case ast.Subscript(value=ast.Name(id=name)) if isinstance(self.constants.get(name), ast.Dict):
                return [text for value in self.constants[name].values for text in self.templates(value, deeper)]
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get"), args=[_, *rest]) if isinstance(self.constants.get(name), ast.Dict):
                return [text for value in (*self.constants[name].values, *rest) for text in self.templates(value, deeper)]
            case ast.Call(func=ast.Attribute(value=value, attr="format")):
                return [re.sub(r"\{[^}]*\}", HOLE, text) for text in self.templates(value, deeper)]
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="join"), args=[inner]):
                self.collect(inner, deeper)
                return [HOLE]
            case ast.Call(func=ast.Name(id=name)) if name in self.functions:
                return [text for text in self.returned(self.functions[name], deeper)]
            case ast.Name(id=name):
                return self.named(node, name, deeper)
            case ast.Starred(value=value):
                self.collect(value, deeper)
                return [HOLE]
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                return [text for element in elements for text in self.templates(element, deeper)]
            case _:
                self.collect(node, deeper)
                return [HOLE]

    def joined(self, parts: list[ast.expr], depth: int) -> list[str]:
        found = [""]
        for part in parts:
            if isinstance(part, ast.Constant):
                found = [before + part.value for before in found]
            else:
                self.collect(part.value, depth)
                found = [before + HOLE for before in found]
        return found

    def collect(self, node: ast.AST, depth: int) -> None:
        """Keep the texts that may fill a hole."""
        if isinstance(node, ast.Compare | ast.Constant) and not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            return
        if isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.GeneratorExp | ast.ListComp):
            if isinstance(node, ast.GeneratorExp | ast.ListComp):
                self.collect(node.elt, depth)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.functions:
                self.words |= {text for text in self.templates(node, depth) if HAN.search(text)}
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
                for inner in node.args:
                    self.collect(inner, depth)
            elif isinstance(node, ast.Subscript | ast.Call):
                found = self.templates(node, depth) if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) else []
                self.words |= {text for text in found if HAN.search(text)}
            return
        self.words |= {text for text in self.templates(node, depth) if HAN.search(text)}

    def named(self, node: ast.AST, name: str, depth: int) -> list[str]:
        """Return what a name stands for: an assignment or loop in its function, an argument where it is called, a constant."""
        function = self.function_of(node)
        while function is not None:
            found = [text for value in assigned(function, name) for text in self.templates(value, depth)]
            names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
            if name in names:
                found += [text for value in self.arguments(function, names.index(name), name) for text in self.templates(value, depth)]
            if found:
                return found[:MOST]
            function = self.function_of(function)
        return self.templates(self.constants[name], depth) if name in self.constants else [HOLE]

    def arguments(self, function: ast.FunctionDef, index: int, name: str) -> Iterator[ast.AST]:
        """Yield what a parameter is given where its function is called in the module, and its default."""
        for call in ast.walk(self.tree):
            called = call.func if isinstance(call, ast.Call) else None
            if getattr(called, "id", getattr(called, "attr", "")) == function.name and called is not None:
                place = index - (isinstance(called, ast.Attribute) and bool(function.args.args) and function.args.args[0].arg == "self")
                if place < len(call.args):
                    yield call.args[place]
                yield from (keyword.value for keyword in call.keywords if keyword.arg == name)
        defaults = dict(zip([argument.arg for argument in function.args.args][::-1], function.args.defaults[::-1], strict=False))
        if name in defaults:
            yield defaults[name]

    def returned(self, function: ast.FunctionDef, depth: int) -> Iterator[str]:
        for node in ast.walk(function):
            if isinstance(node, ast.Return | ast.Yield) and node.value is not None and self.function_of(node) is function:
                yield from self.templates(node.value, depth)

    def spoken(self) -> Iterator[str]:
        """Yield every template of the module that can reach a person."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                maker = getattr(node.func, "id", getattr(node.func, "attr", ""))
                for place, what in MAKERS.get(maker, {}).items():
                    if what in ("message", "hint", "found") and place < len(node.args):
                        yield from self.templates(node.args[place])
                for keyword in node.keywords:
                    if keyword.arg in SPEAKING and (maker in MAKERS or keyword.arg == "source"):
                        yield from self.templates(keyword.value)
            if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and self.is_check(self.function_of(node)):
                for element in node.value.elts:
                    yield from self.templates(element)
            if isinstance(node, ast.Return) and self.is_advice(self.function_of(node)) and node.value is not None:
                yield from self.templates(node.value)
            if isinstance(node, ast.Assign) and any("label" in ast.unparse(target) for target in node.targets) and self.path.name == "catalogue.py":
                yield from self.templates(node.value)
        for name, value in self.constants.items():
            if name in ("CODES", "HINTS", "WORDS", "FAMILIES", "ADVICE", "RULE_TITLES"):
                yield from self.templates_of_values(value)
        yield from self.said_whole()
        yield from self.words

    def said_whole(self) -> Iterator[str]:
        """Yield the Chinese texts of a module or function whose every text is said, line by line and column by column."""
        named = self.path.as_posix()
        wanted = next((names for name, names in SPOKEN_FUNCTIONS.items() if named.endswith(f"publisher/{name}")), ())
        roots = [self.tree] if named.endswith(SPOKEN_WHOLE) else [self.functions[name] for name in wanted]
        inside = {id(part) for root in roots for node in ast.walk(root) if isinstance(node, ast.JoinedStr) for part in node.values}
        bodies = [node.body for node in ast.walk(self.tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body]
        documents = {id(statement.value) for body in bodies for statement in body if isinstance(statement, ast.Expr)}
        for root in roots:
            for node in ast.walk(root):
                if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside | documents):
                    for text in self.templates(node):
                        yield from pieces(text)

    def words_of_english(self) -> Iterator[str]:
        """Yield the values of the tables that an explanation is made of."""
        for name in ("SCOPES", "SEVERITIES"):
            if name in self.constants:
                yield from self.templates_of_values(self.constants[name])

    def templates_of_values(self, value: ast.AST) -> Iterator[str]:
        if isinstance(value, ast.Dict):
            for item in value.values:
                yield from self.templates(item)
        else:
            yield from self.templates(value)

    def is_check(self, function: ast.FunctionDef | None) -> bool:
        return function is not None and ("preflight" in self.path.parts or any("rule" in ast.unparse(item) for item in function.decorator_list))

    def is_advice(self, function: ast.FunctionDef | None) -> bool:
        return function is not None and function.name.endswith(("hint", "nearest"))


def pieces(text: str) -> Iterator[str]:
    """Yield the parts of a text of several lines and columns as they are said one by one."""
    for line in text.split("\n"):
        label, colon, rest = line.strip().partition("：")
        if colon and label in LABELS:
            yield label
            line = rest
        yield from (part.strip() for part in GAPS.split(line)[::2] if HAN.search(part))


def assigned(function: ast.FunctionDef, name: str) -> Iterator[ast.AST]:
    """Yield what is assigned to a name in a function, by itself, in a tuple, or as it runs through rows of a literal."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from matched(target, node.value, name)
        elif isinstance(node, ast.NamedExpr) and node.target.id == name:
            yield node.value
        elif isinstance(node, ast.For | ast.comprehension) and isinstance(node.iter, ast.Tuple | ast.List):
            for row in node.iter.elts:
                yield from matched(node.target, row, name)


def matched(target: ast.AST, value: ast.AST, name: str) -> Iterator[ast.AST]:
    if isinstance(target, ast.Name) and target.id == name:
        yield value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, other in zip(target.elts, value.elts, strict=False):
            yield from matched(one, other, name)
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.IfExp):
        yield from matched(target, value.body, name)
        yield from matched(target, value.orelse, name)


def templates(source: Path) -> dict[str, str]:
    """Return every template that can reach a person, with the file it first stands in."""
    found: dict[str, str] = {}
    for path in sorted(source.rglob("*.py")):
        for text in Module(path).spoken():
            if HAN.search(text):
                found.setdefault(text, path.relative_to(source).as_posix())
    return found


# -- the other way: what is written in English ---------------------------------------------------------------------

TELLERS = ("tell", "complain", "echo")


def english(source: Path) -> dict[str, str]:
    """Return every template of the command line and of the stages that is written in English, with the file it stands in."""
    found: dict[str, str] = {}
    for name in ("cli.py", "build.py", "editions.py", "booklets.py", "offprints.py", "lint/explained.py"):
        module = Module(source / name)
        for text in dict.fromkeys(spoken_english(module, name)):
            lines = [line.strip() for line in text.split("\n")]
            labels = [line.partition(": ")[0] for line in lines if line.partition(": ")[0] in LABELS]
            for piece in (*labels, *(part.strip() for line in lines if line.partition(": ")[0] not in LABELS for part in GAPS.split(line)[::2])):
                if re.search("[a-z]{2}", piece.replace(HOLE, "")) and not HAN.search(piece):
                    found.setdefault(piece, name)
    return found


def spoken_english(module: Module, name: str) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called in TELLERS and name == "cli.py":
                yield from module.templates(node.args[0])
            if called in ("tell", "stage") and len(node.args) == 2 and isinstance(node.args[0], ast.Constant):
                yield from module.templates(node.args[1])
            for keyword in node.keywords:
                if keyword.arg == "help" and name == "cli.py":
                    yield from module.templates(keyword.value)
        if name == "cli.py" and isinstance(node, ast.FunctionDef) and any("command" in ast.unparse(item) for item in node.decorator_list):
            yield " ".join((ast.get_docstring(node) or "").split())
        if name == "lint/explained.py" and isinstance(node, ast.FunctionDef) and node.name in ("explained", "register"):
            inside = {id(part) for inner in ast.walk(node) if isinstance(inner, ast.JoinedStr) for part in inner.values}
            for inner in ast.walk(node):
                if isinstance(inner, ast.JoinedStr) or (isinstance(inner, ast.Constant) and isinstance(inner.value, str) and id(inner) not in inside):
                    yield from module.templates(inner)
    yield from (text for text in module.words_of_english())
