"""Stage 3, render: a section of the book and the page map -> its HTML.

Templates in `layouts/` only loop, choose and print. Pages are known by anchor from the page map. Each number of a page is a
`span.folio` of its own, so that it can be put in when the galleys are joined. Style sheets do not reach into drawings: their inks
are put in here.
"""

import re
from collections.abc import Mapping
from functools import lru_cache, partial
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from publisher import book
from publisher.book import Line
from publisher.imposition import WASTE_MM, Imposition
from publisher.pagination import Opening, PageMap, Run


class Renderer:
    """Render the sections of one book with the layouts of a folder."""

    def __init__(self, whole: book.Book, layouts: Path, inks: Mapping[str, str] | None = None, mark: str = ""):
        """`inks` are the colours of drawings by role; `mark` is printed in the foot of every page: what the file is not yet."""
        self.book, self.layouts, self.inks, self.mark = whole, layouts, inks or {}, mark

    @property
    def environment(self) -> Environment:
        return environment(self.layouts, tuple(sorted(self.inks.items())))

    def html(self, section: book.Section, opening: Opening, pages: PageMap) -> str:
        """Return the HTML document of one section."""
        template = self.environment.get_template("cover.html" if section.kind == "cover" else "section.html")
        return template.render(
            book=self.book,
            section=section,
            opening=opening,
            mark=self.mark,
            folio=pages.folio,
            index_groups=lambda index: index_groups(index, pages),
            inline=lambda line: self.inline(line, pages),
        )

    def inline(self, line: Line, pages: PageMap) -> Markup:
        """Print a line."""
        return inline(line, pages)

    def instructions(self, plan: Imposition, file: str) -> str:
        """Return the HTML of the sheet that says how to print, fold and staple the booklet in `file`."""
        return self.environment.get_template("instructions.html").render(book=self.book, plan=plan, file=file, waste=f"{WASTE_MM:g}")


@lru_cache(maxsize=8)
def environment(layouts: Path, inks: tuple[tuple[str, str], ...]) -> Environment:
    """Return what holds the templates of a folder, each compiled once and again when it has changed; `inks` are the colours of drawings by role."""
    made = Environment(
        loader=FileSystemLoader(layouts),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["kind"] = lambda block: type(block).__name__
    made.filters["words"] = book.words
    made.filters["percent"] = lambda share: f"{share * 100:.2f}%"
    made.filters["inked"] = partial(inked, dict(inks))
    return made


def inked(inks: Mapping[str, str], svg: str) -> Markup:
    """Put the inks into a drawing. Raises KeyError for a role that has none."""
    return Markup(re.sub(r"var\(--([a-z-]+)\)", lambda role: inks[role[1]], svg))


def inline(line: Line, pages: PageMap) -> Markup:
    """Print a line: text, note marks, references with their page."""
    out = []
    for piece in line:
        if isinstance(piece, book.NoteMark):
            out.append(Markup('<a class="note-mark" id="{}" href="#{}">〔{}〕</a>').format(piece.anchor, piece.target, piece.number))
        elif isinstance(piece, book.Reference):
            before, after = piece.around
            page = Markup('<span class="folio">{}</span>').format(pages.folio(piece.target))
            out.append(Markup('<a class="reference" href="#{}">{}{}{}</a>').format(piece.target, before, page, after))
        elif isinstance(piece, book.Pages):
            links = [Markup('<a class="reference" href="#{}">{}</a>').format(run.anchor, run.text) for run in pages.pages(piece)]
            out.append(Markup("、").join(links))
        elif isinstance(piece, book.Sign):
            out.append(Markup('<span class="sign" role="img" aria-label="{}">{}</span>').format(piece.said, piece.text))
        elif isinstance(piece, book.Run):
            out.append(Markup('<b class="run">{}</b>\u3000').format(inline(piece.line, pages)))
        else:
            out.append(escape(piece.text))
    return Markup("").join(out)


def index_groups(index: book.Index, pages: PageMap) -> list[tuple[str, list[tuple[book.IndexTerm, list[Run]]]]]:
    """Return the index terms that occur in the volume with their runs of pages, under their initials."""
    found = [(term, pages.runs(term.lexicon, term.found_under)) for term in index.terms]
    shown = [(term, [] if term.see else runs) for term, runs in found if runs]
    return [(initial, list(group)) for initial, group in groupby(shown, key=lambda item: item[0].initial)]
