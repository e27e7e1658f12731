"""Write a volume as one HTML document and as one Typst document, to be set by other engines: the same texts, tables and drawings.

Page numbers in references are placeholders and the index is left empty, for no engine but our own is told the pages.

    python benchmarks/engines.py FOLDER [--volume lung]
"""

import argparse
import re
from pathlib import Path

from publisher import book, typeset
from publisher.compose.assemble import compose
from publisher.inks import inks
from publisher.pagination import Opening, PageMap
from publisher.read import read
from publisher.render import Renderer

REPOSITORY = Path(__file__).resolve().parents[1]
HEAD = """#set page(width: 185mm, height: 260mm, margin: (x: 24mm, y: 22mm), numbering: "1")
#set text(font: "Noto Serif CJK SC", size: 10.5pt, lang: "zh")
#set par(justify: true, first-line-indent: 2em)
#set table(stroke: 0.4pt)
#outline()
"""


def joined(whole: book.Book, renderer: Renderer, pages: PageMap) -> str:
    """Return the sections in one HTML document, each in its own element."""
    bodies = []
    for section in whole.sections:
        html = renderer.html(section, Opening("right", section.numbering), pages)
        bodies.append(re.search(r"<body[^>]*>(.*)</body>", html, re.S)[1])
    style = (REPOSITORY / "styles/book.css").resolve().as_uri()
    head = f'<meta charset="utf-8"><link rel="stylesheet" href="{style}">'
    return f'<!DOCTYPE html><html lang="zh-CN" class="{whole.volume}">{head}<body>{"".join(bodies)}</body></html>'


def quoted(text: str) -> str:
    """Write a text as a Typst expression."""
    return '#"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def typst(whole: book.Book, renderer: Renderer, folder: Path) -> str:
    """Return the book as Typst; drawings are written beside."""
    out = [HEAD]
    for section in whole.sections:
        out.append(f"#pagebreak(weak: true)\n= {quoted(section.title)}\n")
        for block in section.blocks:
            out.append(of(block, renderer, folder))
    return "\n".join(out)


def of(block: book.Block, renderer: Renderer, folder: Path) -> str:
    match block:
        case book.Heading():
            return f"{'=' * (block.level + 1)} {quoted(block.title)}\n"
        case book.Table():
            widths = ", ".join(f"{column.share:.3f}fr" for column in block.columns)
            heads = ", ".join(f"[{quoted(column.title)}]" for column in block.columns)
            rows = "\n".join(", ".join(f"[{quoted(book.words(cell))}]" for cell in row) + "," for row in block.rows)
            return f"#figure(caption: [{quoted(book.words(block.caption))}], table(columns: ({widths}), table.header({heads}),\n{rows}\n))\n"
        case book.Figure():
            name = f"{block.anchor}.svg"
            (folder / name).write_text(str(renderer.inked(block.svg)), encoding="utf-8")
            return f'#figure(image("{name}"), caption: [{quoted(book.words(block.caption))}])\n'
        case book.Notes() | book.Collation():
            lines = [line for note in block.items for line in (note.quote, note.note, note.reason) if line]
        case book.Entries():
            return "\n\n".join(quoted(f"{item.label}　{item.title}　{item.detail}") for item in block.items) + "\n"
        case _:
            lines = book.lines_of(block)
    return "".join(f"{quoted(book.words(line))}\n\n" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--volume", default="lung")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    collection = read(REPOSITORY, [chosen.volume])
    whole = compose(collection.volumes[chosen.volume], collection.catalogue, typeset.ENGINE)
    renderer = Renderer(whole, REPOSITORY / "layouts", inks(REPOSITORY / "styles", whole.volume))
    (chosen.folder / "volume.html").write_text(joined(whole, renderer, PageMap()), encoding="utf-8")
    (chosen.folder / "volume.typ").write_text(typst(whole, renderer, chosen.folder), encoding="utf-8")


if __name__ == "__main__":
    main()
