"""A book project on disk: where its sources, its looks, its results and what is kept of them stand. Quick to load."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from publisher.defaults import DEFAULTS
from publisher.keeping import Stamp, key, stamped
from publisher.problems import Place, Problem

NEEDED = {
    "layouts": ("section.html", "cover.html", "instructions.html"),
    "styles": ("book.css", "cover.css", "booklet.css", "instructions.css", "fonts/fonts.css"),
}
"""The files by which layouts and styles are entered."""
PROGRAM = Path(__file__).parent
STAGES = ("read", "lint", "compose", "render", "typeset", "finish", "preflight")


@dataclass(frozen=True)
class Project:
    """A book project: a folder with `content/`; where it has no `layouts/` or `styles/` of its own, ours serve.

    A folder of its own serves whole: nothing of ours is mixed into it.
    """

    root: Path

    @property
    def layouts(self) -> Path:
        return self.own("layouts")

    @property
    def styles(self) -> Path:
        return self.own("styles")

    def own(self, name: str) -> Path:
        return self.root / name if (self.root / name).is_dir() else DEFAULTS / name

    def lacking(self) -> list[Problem]:
        """Return a problem for each file without which the project's own layouts or styles cannot serve."""
        hint = "自备的文件夹整个代替自带的；运行 publisher new layouts 或 publisher new styles 取得全套再改"
        return [
            Problem(Place(f"{name}/{file}"), "PRJ-001", "自备的版式或样式不全", file, hint)
            for name, files in NEEDED.items()
            for file in files
            if not (self.own(name) / file).is_file()
        ]

    @property
    def volumes(self) -> list[str]:
        """The names of the folders of its volumes."""
        return sorted(path.parent.name for path in (self.root / "content").glob("*/volume.yaml"))

    def paths(self, volume: str) -> list[Path]:
        """The files and folders a volume is made of: its own, the shared words, layouts and styles."""
        return [self.root / "content" / volume, self.root / "content/reference", self.layouts, self.styles]

    @property
    def store(self) -> Path:
        """Where results are kept between builds."""
        return self.root / ".cache" / "publisher"

    def lock(self, volume: str) -> Path:
        return self.root / "content" / volume / "pages.lock"

    def output(self, volume: str, name: str) -> Path:
        return self.root / "build" / volume / name


@dataclass(frozen=True)
class Progress:
    """What the console is told: a stage begins, a section has its pages."""

    stage: Callable[[str, str], None] = lambda name, detail: None
    section: Callable[[str, int], None] = lambda title, pages: None


@dataclass(frozen=True)
class Order:
    """What is asked of a build."""

    case: str | None = None
    """This case alone."""
    editions: tuple[str, ...] = ()
    """These editions; all when none is named."""
    locked: bool = False
    """Fail where a case would move from its locked page."""
    draft: bool = False
    """Build although findings are not settled, and say so on every page."""
    since: str | None = None
    """With a chapter of what changed since this revision."""
    keep: bool = True
    """Use and keep what was made between builds."""
    report: bool = False
    """Write report.html too, also where files are refused."""
    cluster: str = ""
    """The address of a Dask scheduler whose workers make the pieces; this machine's own where empty."""

    def folder(self, volume: str) -> str:
        """Return the folder below build/ that takes the files."""
        return "-".join(filter(None, (volume, self.case, "draft" if self.draft else "")))


def key_of_folder(folder: Path) -> str:
    """Return a key for the names and contents of a file, or of all in a folder but what Python compiled. What has not been touched is not read again."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc") if folder.is_dir() else [folder]
    return key_of_stamped(folder, tuple((path, stamped(path)) for path in files))


@lru_cache(maxsize=64)
def key_of_stamped(folder: Path, files: tuple[tuple[Path, Stamp], ...]) -> str:
    return key(*(part for path, _ in files for part in (path.relative_to(folder).as_posix(), path.read_bytes())))

