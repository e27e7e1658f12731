"""What a command made of sources that have not changed since: found again without reading them, before the engine is loaded.

A result is kept under the key of everything it depends on: the sources as bytes, layouts, styles, fonts, the program, its
libraries, and what was asked. Only clean builds are kept.
"""

import ctypes
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from publisher import manifest
from publisher.finish import staged
from publisher.project import PROGRAM, Order, Project, key_of_folder
from publisher.store import Store, key

LIBRARIES = {"libpango-1.0.so.0": "pango_version_string", "libharfbuzz.so.0": "hb_version_string", "libfontconfig.so.1": "FcGetVersion"}
"""Shared libraries that decide how pages look, and what tells their versions."""


@dataclass(frozen=True)
class Kept:
    """The files of a build that was kept, and what was said of it."""

    volume: str
    title: str
    folder: Path
    pages: int
    told: tuple[tuple[str, str], ...]
    """What each stage said."""
    files: dict[str, bytes]

    @property
    def paths(self) -> list[Path]:
        return [self.folder / name for name in self.files if name.endswith(".pdf")]


@cache
def machine() -> tuple[str, ...]:
    """Return what results depend on besides the project: Python, its packages, the shared libraries of the engine. A process has them as they were."""
    return (sys.version, *sorted(f"{found.metadata['Name']} {found.version}" for found in distributions()), *libraries())


def libraries() -> Iterator[str]:
    for library, asked in LIBRARIES.items():
        try:
            version = getattr(ctypes.CDLL(library), asked)
        except (OSError, AttributeError):
            continue
        version.restype = ctypes.c_int if asked == "FcGetVersion" else ctypes.c_char_p
        yield f"{library} {version()}"


def build_key(project: Project, volume: str, order: Order) -> str:
    """Return the key of what a build of a volume depends on."""
    paths = project.paths(volume)
    asked = json.dumps(asdict(replace(order, cluster="")), sort_keys=True)
    looked = [key_of_folder(path) if path.exists() else "" for path in paths]
    return key("build", *machine(), key_of_folder(PROGRAM), *looked, asked, *history(project, volume, order))


def check_key(project: Project, volumes: list[str], *asked: str) -> str:
    """Return the key of what `check` says of some volumes."""
    paths = [*(project.root / "content" / name for name in volumes), project.root / "content/reference", project.styles]
    looked = [key_of_folder(path) if path.exists() else "" for path in paths]
    return key("check", *machine(), key_of_folder(PROGRAM), *looked, str(project.root), *volumes, *asked)


def history(project: Project, volume: str, order: Order) -> list[str]:
    """Return what a chapter of changes depends on besides the sources: where the revisions stand."""
    try:
        wanted = order.since or b"changes_since" in (project.root / "content" / volume / "volume.yaml").read_bytes()
        if not wanted:
            return []
        refs = subprocess.check_output(["git", "-C", str(project.root), "show-ref", "--head"], stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return [""]
    return [refs.decode("utf-8", "replace")]


def keep(project: Project, name: str, order: Order, kept: Kept) -> None:
    """Keep a build under the key it was begun with, unless something changed while it ran."""
    if name != build_key(project, kept.volume, order):
        return
    lengths = {file: len(content) for file, content in kept.files.items()}
    table = {"volume": kept.volume, "title": kept.title, "pages": kept.pages, "told": kept.told, "folder": kept.folder.name, "files": lengths}
    Store(project.store).put(name, json.dumps(table, ensure_ascii=False).encode() + b"\n" + b"".join(kept.files.values()))


def find(project: Project, name: str) -> Kept | None:
    """Return the build that was kept under a key."""
    content = Store(project.store).get(name)
    if content is None:
        return None
    head, _, rest = content.partition(b"\n")
    table = json.loads(head)
    files, start = {}, 0
    for file, length in table["files"].items():
        files[file] = rest[start : start + length]
        start += length
    folder = project.output(table["folder"], "")
    return Kept(table["volume"], table["title"], folder, table["pages"], tuple((stage, detail) for stage, detail in table["told"]), files)


def deliver(folder: Path, files: Mapping[str, bytes], beside: tuple[str, ...] = ()) -> None:
    """Put files into their folder, replaced whole, and drop those of older builds but what stays `beside`; nothing is written where all are there."""
    older = tuple(name for name in superseded(folder, files) if name not in beside)
    if older or any(not same(folder / name, content) for name, content in files.items()):
        staged.replace_all(folder, files, superseded=older)


def same(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def superseded(folder: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Name the files of older builds that no longer belong: refused ones, and what this build does not make any more."""
    found = {*manifest.listed(folder), *(path.name for pattern in ("*.refused.pdf", "booklet-*.pdf", manifest.REPORT) for path in folder.glob(pattern))}
    return tuple(sorted(found - set(files)))
