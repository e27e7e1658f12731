"""The pieces of a build that can be made anywhere: pure functions of plain data, run in worker processes.

Arguments and results are texts and bytes, so that a piece can be kept, and sent to another machine.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from publisher import garbage
from publisher.finish import galleys
from publisher.preflight import drawn_page
from publisher.preflight.lines import Owner, Role

if TYPE_CHECKING:
    from publisher.compositor import Compositor


def load() -> None:
    """Load the engine in a process whose children will set sections of several volumes, so that it is loaded once."""
    import publisher.compositor  # noqa: F401


@cache
def compositor(stylesheet: Path) -> "Compositor":
    """The engine of this process with a style sheet, loaded and made ready once: who only has pieces made does without it."""
    from publisher.compositor import Compositor

    return Compositor(stylesheet)


def ready(stylesheet: Path) -> None:
    """Make the engine ready in a worker that has nothing to do yet."""
    compositor(stylesheet)


def at_hand(stylesheet: Path) -> None:
    """Do the same in a worker that may have to wait for long, and then has to be quick."""
    ready(stylesheet)
    garbage.own()


def section(where: Path, stylesheet: str, html: str, title: str, id: str, numbering: str) -> bytes:
    """Set a section with the style sheet that stands at `where` and is called `stylesheet`,
    and finish what can be finished of it alone: a stored `Galley`."""
    stored = galleys.finished(compositor(where).set(html, title), id, numbering).stored()
    garbage.look()
    return stored


def leaflet(where: Path, stylesheet: str, html: str, title: str) -> bytes:
    """Write a document that is no section of a book as a PDF, with the style sheet that stands at `where`."""
    return compositor(where).write(html, title)


def keys(path: str) -> list[str]:
    """Return the keys of the pages of a finished file that stands at a path."""
    return drawn_page.page_keys(Path(path).read_bytes())


def words(where: bytes, *keys: str) -> bytes:
    """Read the `Words` of pages of a finished file, which is given as for `reading`: a list in JSON."""
    return drawn_page.in_json(drawn_page.drawn_words(*looked_for(where)))


def reading(where: bytes, owned: str, *keys: str) -> bytes:
    """Read pages of a finished file: `where` is what `pages_in` gives; `owned` what `owners_said` gives of them; `keys` are those of the pages."""
    pdf, first, last = looked_for(where)
    return drawn_page.stored(drawn_page.drawn_pages(pdf, owners_heard(owned), first, last))


def owners_said(owners: Sequence[Mapping[int, Owner]]) -> str:
    """Say which elements the marks of pages belong to, each by its place among them, whatever its number in the file is."""
    known = {element: place for place, element in enumerate(dict.fromkeys(owner.element for page in owners for owner in page.values()))}
    return json.dumps([[(mark, known[owner.element], *owner[1:]) for mark, owner in page.items()] for page in owners], ensure_ascii=False)


def owners_heard(said: str) -> list[dict[int, Owner]]:
    return [{mark: Owner(element, Role(role), *rest) for mark, element, role, *rest in page} for page in json.loads(said)]


def pages_in(pdf: bytes | Path, first: int, last: int) -> bytes:
    """Say which pages of a file are to be read: on a line their numbers, and where it stands if it is not sent along; after it the file."""
    return f"{first} {last} {pdf}\n".encode() if isinstance(pdf, Path) else f"{first} {last}\n".encode() + pdf


def looked_for(where: bytes) -> tuple[bytes | Path, int, int]:
    line, _, pdf = where.partition(b"\n")
    first, last, *path = line.split(b" ", 2)
    return Path(path[0].decode()) if path else pdf, int(first), int(last)
