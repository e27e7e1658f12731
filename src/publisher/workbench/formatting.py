"""Layout of a source file put in order: indents, gaps, the blank lines between groups. No scalar, key or comment changes.

What comes out is read again and compared; a file that would not be the same is left as it is.
"""

import io
import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.resolver import VersionedResolver

from publisher.problems import Place, Problem, Rejected
from publisher.read_yaml import Reader
from publisher.written import Branch, Row

LONGEST = 10_000
"""Characters of a line: texts are not folded."""


class Untyped(VersionedResolver):
    """Takes every plain scalar for text."""

    @property
    def versioned_resolver(self) -> dict:
        return {}


def formatted(text: str, name: str) -> str:
    """Return a source in the house's layout. Raises Rejected when it cannot be read, or would not stay the same."""
    before, problems = Reader(text, name).read()
    if problems:
        raise Rejected(problems)
    yaml = YAML(typ="rt", pure=True)
    yaml.Resolver = Untyped
    yaml.preserve_quotes = True
    yaml.width = LONGEST
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(yaml.load(text), out)
    new = spaced(out.getvalue())
    after, problems = Reader(new, name).read()
    if problems or plain(before) != plain(after) or comments(text) != comments(new):
        raise Rejected([Problem(Place(name), "FMT-001", "整理版式会改动内容，已放弃，文件未动", hint="先改用较简单的写法，或手工整理")])
    return new


def spaced(text: str) -> str:
    """Take spaces off the ends of lines and let one blank line at most stand between groups."""
    text = re.sub(r"[ \t]+$", "", text, flags=re.M)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def plain(tree: Any) -> Any:
    """Return a tree without its places, keys in order."""
    if isinstance(tree, Branch):
        return [(key, plain(value)) for key, value in tree.items()]
    return [plain(value) for value in tree] if isinstance(tree, Row) else str(tree)


def comments(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip().startswith("#")]


def format_file(path: Path, name: str) -> bytes | None:
    """Return the new content of a file, or None when it is in order already."""
    text = path.read_text(encoding="utf-8")
    new = formatted(text, name)
    return None if new == text else new.encode()
