"""The warm state of a preview: sources, books, fonts and pages as they were last in order. After a change only what depends on it
is made again: the file is read, its case composed, its changed pages set.

One thread at a time may use it; only while a volume is set may others come in between its sections. `Superseded` is raised in
long work when the sources have become others.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError
from markupsafe import Markup

from publisher import book
from publisher import build as journey
from publisher.archive import Archive
from publisher.collection import VolumeSource
from publisher.compose.assemble import case_of, compose
from publisher.edition import SCREEN
from publisher.galley import Galley
from publisher.inks import inks
from publisher.lint.queries import Examined
from publisher.pagination import Opening, PageMap
from publisher.problems import Place, Problem, Rejected
from publisher.project import Project
from publisher.proof import Proof, ProofPage
from publisher.read_yaml import read_yaml
from publisher.render import Renderer
from publisher.typeset import ENGINE, Typesetter
from publisher.typeset_proof import ProofRoom, line_comment
from publisher.workbench.preview.places import Passage, Places, Spot, exact
from publisher.workbench.preview.sources import Sources
from publisher.written import Written, leaves

WHOLE = ""
"""The name of a volume's view of all its sections."""
REMEMBERED = 3
"""Sections that can be set again by their changed pages; to know more of them takes memory."""
NUMBERS = {"contents", "finder", "list", "index", "part", "collation", "guideline", "appendix", "trials", "laboratory", "abbreviations"}
"""Kinds of sections that print the page numbers of others throughout."""


class Superseded(Exception):
    """The sources have become others; what is being made is no longer asked for."""


class View(tuple[str, str]):
    """What a reader looks at: a volume and one of its sections, or all of them."""

    __slots__ = ()

    def __new__(cls, volume: str, section: str = WHOLE) -> "View":
        return super().__new__(cls, (volume, section))

    @property
    def volume(self) -> str:
        return self[0]

    @property
    def section(self) -> str:
        return self[1]


class ProofRenderer(Renderer):
    """Renders sections with the number of each line before it, and keeps the lines."""

    lines: list[book.Line]

    def numbered(self, section: book.Section, opening: Opening, pages: PageMap) -> tuple[str, list[book.Line]]:
        """Return the HTML of a section and its lines by number."""
        self.lines = []
        return self.html(section, opening, pages), self.lines

    def inline(self, line: book.Line, pages: PageMap) -> Markup:
        self.lines.append(line)
        return Markup(line_comment(len(self.lines) - 1)) + super().inline(line, pages)


@dataclass
class Desk:
    """A volume in work."""

    source: VolumeSource
    whole: book.Book | None = None
    problems: list[Problem] = field(default_factory=list)
    """Why its book, or a case of it, is that of an earlier state."""
    examined: Examined = field(default_factory=Examined)
    pages: PageMap = field(default_factory=PageMap)
    """As of the last time all of it was set."""
    openings: dict[str, Opening] = field(default_factory=dict)
    tried: book.Book | None = None
    """The book that was last set as a whole, or could not be."""
    renderer: ProofRenderer | None = None


@dataclass
class Piece:
    """A section as it was last set."""

    html: str
    opening: Opening
    section: book.Section
    lines: list[book.Line]
    proof: Proof
    places: Places | None = None


@dataclass(frozen=True)
class Shown:
    """A section to look at."""

    section: book.Section
    pages: tuple[ProofPage, ...]
    first: int
    problems: tuple[Problem, ...] = ()
    """Why it could not be set anew; the pages are the last good ones."""


class Session:
    """A project under preview."""

    def __init__(self, project: Project):
        self.project = project
        self.sources = Sources(project.root)
        self.keep = Archive.of(project)
        self.desks: dict[str, Desk] = {}
        self.pieces: dict[View, Piece] = {}
        self.faults: dict[View, tuple[Problem, ...]] = {}
        self.recent: list[View] = []
        """What was looked at last, the latest first."""
        self.room: ProofRoom | None = None
        self.style_problems: list[Problem] = []
        self.stale: set[str] = set()
        """Volumes whose book is not yet composed of the present sources."""
        self.fault: Problem | None = None
        """Of the program itself, when it last took something in."""
        self.unread: set[str] = set()
        """Volumes that the rules have not been applied to since they changed."""

    # -- taking in changes ---------------------------------------------------------------------------------

    def open(self) -> None:
        """Read everything and compose the books."""
        self.prepare()
        self.take(self.sources.read())
        self.compose()

    def refresh(self, changed: Iterable[Path] = ()) -> list[View]:
        """Take in changed files and set anew what is being looked at; return the views that may look different."""
        self.fault = None
        names = [path.resolve() for path in changed]
        if any(path.is_relative_to(folder.resolve()) for path in names for folder in (self.project.styles, self.project.layouts)):
            self.prepare()
        new = self.sources.read()
        known = self.take(new)
        if not known:
            self.compose()
        return [view for view in self.recent if self.look(view)]

    def prepare(self) -> None:
        """Make ready what depends on styles and layouts; a broken style sheet leaves the old one in use."""
        self.style_problems = []
        for desk in self.desks.values():
            desk.renderer = desk.tried = None
        try:
            self.room = ProofRoom(self.project.styles / SCREEN.stylesheet)
            self.pieces = {view: replace(piece, html="") for view, piece in self.pieces.items()}
        except Rejected as rejected:
            self.style_problems = rejected.problems

    def take(self, new: set[str]) -> bool:
        """Take the sources over; return whether all that is new are cases that could be put into their books at once."""
        volumes = self.sources.collection.volumes
        self.desks = {name: self.desks.get(name) or Desk(source) for name, source in volumes.items()}
        at_once = bool(self.desks)
        for name, desk in self.desks.items():
            desk.source = volumes[name]
            own = {path for path in new if path == name or path.startswith(f"content/{name}/")}
            if own or desk.whole is None:
                self.stale.add(name)
                self.unread.add(name)
                at_once = at_once and desk.whole is not None and name not in own and bool(own) and all(self.put_in(desk, path) for path in own)
        return at_once

    def put_in(self, desk: Desk, path: str) -> bool:
        """Compose a case and put it into the book in the place of its last state; return whether its problems, if any, could be told."""
        slug = Path(path).stem
        old = next((section for section in desk.whole.sections if section.id == slug and section.kind == "case"), None) if desk.whole else None
        if old is None or slug not in desk.source.cases:
            return False
        try:
            made = case_of(desk.whole, desk.source, slug, self.sources.collection.catalogue)
        except Rejected as rejected:
            desk.problems = [*(problem for problem in desk.problems if problem.place.path != path), *rejected.problems]
            return True
        desk.problems = [problem for problem in desk.problems if problem.place.path != path]
        section = replace(made, tab=old.tab, tab_place=old.tab_place)
        desk.whole = replace(desk.whole, sections=tuple(section if one is old else one for one in desk.whole.sections))
        return True

    def compose(self) -> None:
        """Compose the books of the volumes that have changed; one that cannot be composed keeps its last good book."""
        for name in sorted(self.stale & set(self.desks)):
            desk = self.desks[name]
            try:
                desk.whole = compose(desk.source, self.sources.collection.catalogue, ENGINE)
                desk.problems = []
            except Rejected as rejected:
                desk.problems = rejected.problems
        self.stale.clear()

    def settle(self) -> list[View]:
        """Do what can wait: compose whole books and set again what that changes. Returns the views that may look different."""
        if not self.stale:
            return []
        self.compose()
        return [view for view in self.recent if self.look(view)]

    def examine(self) -> bool:
        """Apply the rules to one volume that has changed; return whether there was one."""
        if not self.unread & set(self.desks):
            self.unread.clear()
            return False
        name = min(self.unread & set(self.desks), key=lambda volume: volume not in [view.volume for view in self.recent])
        self.desks[name].examined = journey.lint(self.project, self.sources.collection, self.desks[name].source, self.keep)
        self.unread.discard(name)
        return True

    # -- pages ---------------------------------------------------------------------------------------------

    def known(self, view: View) -> bool:
        """Tell whether there is such a view."""
        desk = self.desks.get(view.volume)
        return bool(desk and desk.whole and (view.section == WHOLE or any(section.id == view.section for section in desk.whole.sections)))

    def show(self, view: View) -> tuple[Shown, ...]:
        """Return the sections of a view with their pages, those of a whole volume as far as they are set."""
        self.recent = [view, *(other for other in self.recent if other != view and self.known(other))][:2]
        desk = self.desks[view.volume]
        if view.section != WHOLE:
            self.look(view)
        sections = [section for section in desk.whole.sections if view.section in (WHOLE, section.id)]
        found = []
        for section in sections:
            own = View(view.volume, section.id)
            piece = self.pieces.get(own)
            if piece or view.section != WHOLE:
                found.append(Shown(section, piece.proof.pages if piece else (), piece.opening.first if piece else 1, self.faults.get(own, ())))
        return tuple(found)

    def look(self, view: View) -> bool:
        """Set the section of a view where it is not set as it is now; return whether its pages or problems are others than before."""
        if view.section == WHOLE or not self.known(view):
            return True
        desk = self.desks[view.volume]
        section = desk.whole.section(view.section)
        opening = desk.openings.get(section.id, Opening("right", section.numbering))
        before, faults = self.pieces.get(view), self.faults.get(view)
        after = self.set(view, desk, section, opening, desk.pages)
        return (after and after.proof.pages) != (before and before.proof.pages) or self.faults.get(view) != faults

    def set(self, view: View, desk: Desk, section: book.Section, opening: Opening, pages: PageMap) -> Piece | None:
        """Set a section, or find it as it was set; None where it never could be."""
        try:
            html, lines = self.rendered(desk, section, opening, pages)
            self.faults.pop(view, None)
            known = self.pieces.get(view)
            if known and known.html == html and known.opening == opening:
                if known.section is not section:
                    self.pieces[view] = replace(known, section=section, lines=lines, places=None)
                return self.pieces[view]
            before = known.proof if known and known.html and known.opening.first == opening.first else None
            if self.room is None:
                raise Rejected(self.style_problems)
            self.pieces[view] = Piece(html, opening, section, lines, self.room.set(html, section.title, opening.first, before))
            self.forget(view)
        except Rejected as rejected:
            self.faults[view] = tuple(rejected.problems)
        return self.pieces.get(view)

    def forget(self, latest: View) -> None:
        """Keep what setting again needs only of the sections set last."""
        kept = [view for view, piece in self.pieces.items() if piece.proof.laid and view != latest and view not in self.recent]
        for view in kept[: max(0, len(kept) - REMEMBERED)]:
            self.pieces[view] = replace(self.pieces[view], proof=replace(self.pieces[view].proof, laid=None))

    def rendered(self, desk: Desk, section: book.Section, opening: Opening, pages: PageMap) -> tuple[str, list[book.Line]]:
        """Return the HTML of a section and its lines. Raises Rejected for a layout that cannot be used."""
        try:
            return self.renderer(desk).numbered(section, opening, pages)
        except (TemplateError, KeyError, OSError, ValueError) as error:
            place = Place(f"layouts/{error.name}", error.lineno) if isinstance(error, TemplateSyntaxError) and error.name else Place("layouts")
            raise Rejected([Problem(place, "TYP-005", "版式文件有误", f"{type(error).__name__}: {error}"[:200], "核对版式文件与 styles/tokens")]) from error

    def renderer(self, desk: Desk) -> ProofRenderer:
        if desk.renderer is None:
            desk.renderer = ProofRenderer(desk.whole, self.project.layouts, inks(self.project.styles, desk.whole.volume))
        desk.renderer.book = desk.whole
        return desk.renderer

    def paginate(self, volume: str, tell: Callable[[int, int], None] = lambda done, of: None) -> None:
        """Set a whole volume until its page numbers are right; `tell` hears how many sections are set.

        Raises Superseded when the book has become another meanwhile; what was set so far is found again.
        """
        desk = self.desks[volume]
        whole, room = desk.whole, self.room
        openings: dict[str, Opening] = {}
        done: set[str] = set()

        def setting(marked: str, section: book.Section) -> Future[Galley]:
            made: Future[Galley] = Future()
            made.set_result(galley(section, *asked[marked]))
            return made

        def galley(section: book.Section, opening: Opening, pages: PageMap) -> Galley:
            if desk.whole is not whole or self.room is not room:
                raise Superseded
            piece = self.set(View(volume, section.id), desk, section, opening, pages)
            if piece is None:
                raise Rejected(list(self.faults[View(volume, section.id)]))
            openings[section.id] = opening
            done.add(section.id)
            tell(len(done), len(whole.sections))
            return Galley(b"", tuple(page.galley for page in piece.proof.pages))

        asked: dict[str, tuple[Opening, PageMap]] = {}

        def html(section: book.Section, opening: Opening, pages: PageMap) -> str:
            text, _ = self.rendered(desk, section, opening, pages)
            marked = f"{text}<!--{opening.first}-->"
            asked[marked] = (opening, pages)
            return marked

        try:
            desk.tried = whole
            typesetter = Typesetter(html, setting, numbered=True)
            typesetter.typeset(whole, desk.pages if desk.pages.folios else None)
        except Superseded:
            desk.tried = None
            raise
        except Rejected as rejected:
            self.faults[View(volume, WHOLE)] = tuple(rejected.problems)
            return
        self.faults.pop(View(volume, WHOLE), None)
        desk.pages, desk.openings = typesetter.pages, openings

    def wants_numbers(self, view: View) -> bool:
        """Tell whether a view prints page numbers that are not known yet, or shows a volume that is not all set."""
        if not self.known(view):
            return False
        desk = self.desks[view.volume]
        return desk.tried is not desk.whole and (view.section == WHOLE or desk.whole.section(view.section).kind in NUMBERS)

    def page(self, key: str) -> ProofPage | None:
        """Return a page by its key; None for one that is no longer shown."""
        return next((page for piece in list(self.pieces.values()) for page in piece.proof.pages if page.key == key), None)

    # -- places --------------------------------------------------------------------------------------------

    def places(self, view: View) -> Places | None:
        piece = self.pieces.get(view)
        if piece is None:
            return None
        if piece.places is None:
            piece.places = Places(piece.lines, piece.proof, list(self.scalars(view)))
        return piece.places

    def scalars(self, view: View) -> Iterable[Written]:
        """Yield the texts that a section may be made of, its own file first."""
        desk = self.desks[view.volume]
        trees: list[Any] = [desk.source.trees[view.section]] if view.section in desk.source.trees else []
        if not trees:
            trees = [*desk.source.other_trees, *desk.source.trees.values()]
            folder = self.project.root / "content" / "reference"
            trees += [read_yaml(path, path.relative_to(self.project.root).as_posix())[0] for path in sorted(folder.glob("*.yaml"))]
        for tree in trees:
            yield from (text for _, text in leaves(tree)) if tree is not None else ()

    def spot(self, key: str, x: float, y: float) -> Spot | None:
        """Return what was written for a spot of a page; None for a page no longer shown or a spot that nothing was written for."""
        for view, piece in self.pieces.items():
            for number, page in enumerate(piece.proof.pages):
                if page.key == key:
                    found = self.places(view).source(number, x, y)
                    return Spot(exact(self.project.root, found), found.words) if found else None
        return None

    def passage(self, view: View, place: Place, found: str = "") -> Passage | None:
        """Return where in a section a place of the sources is printed; None where the section is not set."""
        places = self.places(view)
        return places.passage(place, found) if places else None

    # -- findings ------------------------------------------------------------------------------------------

    def problems(self) -> list[Problem]:
        """Return everything that keeps the pages from being those of the present sources."""
        found = [*([self.fault] if self.fault else []), *self.sources.problems, *self.style_problems]
        for desk in self.desks.values():
            found += desk.problems
        for view, faults in self.faults.items():
            found += faults if self.known(view) or view.section == WHOLE else ()
        return list(dict.fromkeys(found))
