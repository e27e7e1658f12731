"""A physician's manuscript as a row of blocks: a Word or Markdown file -> headings, paragraphs and tables in order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph
from markdown_it import MarkdownIt

from publisher.limits import MAX_IMAGE
from publisher.problems import Place, Problem, Rejected


@dataclass(frozen=True)
class Heading:
    text: str
    level: int
    number: int
    """Which block it is, counted from 1."""


@dataclass(frozen=True)
class Paragraph:
    text: str
    number: int
    listed: bool = False


@dataclass(frozen=True)
class Table:
    rows: tuple[tuple[str, ...], ...]
    number: int


Block = Heading | Paragraph | Table
SHORT = 16
"""A bold or lone line of no more characters is taken for a heading."""


def blocks(path: Path) -> list[Block]:
    """Read a manuscript: .docx, .md or .txt. Raises Rejected for a file that cannot be read as what it is called."""
    readers = {".docx": word, ".md": markdown, ".txt": markdown}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        hint = f"可用：{'、'.join(readers)}；.doc 请另存为 .docx"
        raise Rejected([Problem(Place(path.name), "IMP-001", "不认得这种文件", path.suffix or "没有扩展名", hint)])
    try:
        if path.stat().st_size > MAX_IMAGE:
            raise Rejected([Problem(Place(path.name), "IMP-002", "文件过大", f"{path.stat().st_size} 字节", f"不得超过 {MAX_IMAGE} 字节")])
        return list(reader(path))
    except OSError as error:
        raise Rejected([Problem(Place(path.name), "IMP-003", "文件无法读取", error.strerror or str(error), "核对路径与权限")]) from error
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError) as error:
        raise Rejected([Problem(Place(path.name), "IMP-003", "文件无法读取", str(error)[:80], "用 Word 打开，另存为 .docx 后重试")]) from error


def word(path: Path) -> Iterator[Block]:
    """Yield the blocks of a Word file; text of footnotes and boxes is not in them."""
    document: Document = docx.Document(str(path))
    for number, item in enumerate(document.iter_inner_content(), 1):
        if isinstance(item, WordTable):
            yield Table(tuple(tuple(cell.text.strip().replace("\n", " ") for cell in unmerged(row)) for row in item.rows), number)
        elif text := item.text.strip():
            yield from lines_of(item, text, number)


def unmerged(row: object) -> list:
    """Return the cells of a row; a merged cell counts once."""
    cells = []
    for cell in row.cells:
        if not cells or cell._tc is not cells[-1]._tc:
            cells.append(cell)
    return cells


def lines_of(item: WordParagraph, text: str, number: int) -> Iterator[Block]:
    style = item.style.name if item.style else ""
    match = re.fullmatch(r"(?:Heading|标题) ?(\d)", style)
    runs = [run for run in item.runs if run.text.strip()]
    if match or style == "Title":
        yield Heading(text, int(match[1]) if match else 1, number)
    elif runs and all(run.bold for run in runs) and len(text) <= SHORT:
        yield Heading(text.rstrip("：:"), 3, number)
    else:
        for line in text.split("\n"):
            if line.strip():
                yield Paragraph(line.strip(), number, style.startswith("List"))


def markdown(path: Path) -> Iterator[Block]:
    """Yield the blocks of a Markdown or plain text file; where nothing is marked as a heading, a short line alone is one."""
    text = path.read_text(encoding="utf-8-sig")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    rows: list[tuple[str, ...]] = []
    cells: list[str] = []
    bare = not any(token.type == "heading_open" for token in tokens)
    level, listed, number = 0, 0, 0
    for token in tokens:
        match token.type:
            case "heading_open":
                level = int(token.tag[1])
            case "heading_close":
                level = 0
            case "bullet_list_open" | "ordered_list_open":
                listed += 1
            case "bullet_list_close" | "ordered_list_close":
                listed -= 1
            case "table_open":
                rows = []
            case "tr_open":
                cells = []
            case "tr_close":
                rows.append(tuple(cells))
            case "table_close":
                number += 1
                yield Table(tuple(rows), number)
                rows = []
            case "inline" if token.level and tokens[tokens.index(token) - 1].type in ("td_open", "th_open"):
                cells.append(plain(token))
            case "inline":
                for line in plain(token).split("\n"):
                    if line.strip():
                        number += 1
                        yield Heading(line.strip(), level, number) if level else paragraph(line.strip(), number, bool(listed), bare)
            case "code_block" | "fence" | "html_block":
                for line in token.content.split("\n"):
                    if line.strip():
                        number += 1
                        yield Paragraph(line.strip(), number)


def paragraph(line: str, number: int, listed: bool, bare: bool) -> Block:
    if bare and len(line) <= SHORT and not listed and not re.search(r"[。；，：:.!！?？\d(（%～/]|^[-—]|[级善者]$", line):
        return Heading(line, 3, number)
    return Paragraph(line, number, listed)


def plain(token: object) -> str:
    """Return the text of an inline token without its marks."""
    return "".join("\n" if child.type in ("softbreak", "hardbreak") else child.content for child in token.children or [])
