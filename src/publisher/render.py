"""Stage 3, render: a section of the book and the page map -> its HTML.

Templates in `layouts/` only loop, choose and print. Pages are known by anchor from the page map; before the first layout
every page number is a placeholder of usual width. Style sheets do not reach into drawings: their inks are put in here.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from publisher import book
from publisher.book import Line
from publisher.imposition import WASTE_MM, Imposition
from publisher.pagination import Opening, PageMap

UNKNOWN_PAGE = "00"


class Renderer:
    """Render the sections of one book with the layouts of a folder."""

    def __init__(self, whole: book.Book, layouts: Path, inks: Mapping[str, str] | None = None, mark: str = ""):
        """`inks` are the colours of drawings by role; `mark` is printed in the foot of every page: what the file is not yet."""
        self.book, self.layouts, self.inks, self.mark = whole, layouts, inks or {}, mark

    @cached_property
    def environment(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(self.layouts),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["kind"] = lambda block: type(block).__name__
        environment.filters["words"] = book.words
        environment.filters["percent"] = lambda share: f"{share * 100:.2f}%"
        environment.filters["inked"] = self.inked
        return environment

    def inked(self, svg: str) -> Markup:
        """Put the inks into a drawing. Raises KeyError for a role that has none."""
        return Markup(re.sub(r"var\(--([a-z-]+)\)", lambda role: self.inks[role[1]], svg))

    def html(self, section: book.Section, opening: Opening, pages: PageMap) -> str:
        """Return the HTML document of one section."""
        template = self.environment.get_template("cover.html" if section.kind == "cover" else "section.html")
        return template.render(
            book=self.book,
            section=section,
            opening=opening,
            mark=self.mark,
            folio=lambda anchor: pages.folios.get(anchor, UNKNOWN_PAGE),
            index_groups=lambda index: index_groups(index, pages),
            inline=lambda line: self.inline(line, pages),
        )

    def inline(self, line: Line, pages: PageMap) -> Markup:
        """Print a line."""
        return inline(line, pages)

    def instructions(self, plan: Imposition, file: str) -> str:
        """Return the HTML of the sheet that says how to print, fold and staple the booklet in `file`."""
        return self.environment.get_template("instructions.html").render(book=self.book, plan=plan, file=file, waste=f"{WASTE_MM:g}")


def inline(line: Line, pages: PageMap) -> Markup:
    """Print a line: text, note marks, references with their page."""
    out = []
    for piece in line:
        if isinstance(piece, book.NoteMark):
            out.append(Markup('<a class="note-mark" id="{}" href="#{}">〔{}〕</a>').format(piece.anchor, piece.target, piece.number))
        elif isinstance(piece, book.Reference):
            page = pages.folios.get(piece.target, UNKNOWN_PAGE)
            out.append(Markup('<a class="reference" href="#{}">{}（{}）</a>').format(piece.target, piece.text, page))
        elif isinstance(piece, book.Run):
            out.append(Markup('<b class="run">{}</b>\u3000').format(inline(piece.line, pages)))
        else:
            out.append(escape(piece.text))
    return Markup("").join(out)


def index_groups(index: book.Index, pages: PageMap) -> list[tuple[str, list[tuple[book.IndexTerm, list[tuple[str, str]]]]]]:
    """Return the index terms that occur in the volume with their runs of pages, under their initials."""
    found = [(term, merged(pages.mentions.get(term.term, ()), pages.folios)) for term in index.terms]
    return [(initial, list(group)) for initial, group in groupby([(term, runs) for term, runs in found if runs], key=lambda item: item[0].initial)]


def merged(anchors: tuple[str, ...], folios: dict[str, str]) -> list[tuple[str, str]]:
    """Merge neighbouring pages of an index term into runs: (anchor of the first page, `23～25`)."""
    numbered = sorted({(int(folios[anchor]), anchor) for anchor in anchors if folios.get(anchor, "").isdigit()})
    runs: list[list[tuple[int, str]]] = []
    for item in numbered:
        if runs and item[0] - runs[-1][-1][0] == 1:
            runs[-1].append(item)
        elif not runs or item[0] != runs[-1][-1][0]:
            runs.append([item])
    return [(run[0][1], str(run[0][0]) if len(run) == 1 else f"{run[0][0]}～{run[-1][0]}") for run in runs]
