"""What was delivered and of what it was made: the manifest of a volume's build folder, and whether the folder still agrees.

`MANIFEST.json` bears no time and no name of a machine: the same source gives the same manifest.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from publisher.keeping import Stamp, stamped
from publisher.problems import Place, Problem

NAME = "MANIFEST.json"
OFFPRINTS = "offprints"
"""Folder of a volume's offprints inside its build folder; it has a manifest of its own."""
REPORT = "report.html"
"""What a build tells of itself, for the editor; it bears times and is not delivered."""
CODES = {
    "MAN-001": "有清单",
    "MAN-002": "清单读得出",
    "MAN-003": "清单所列文件都在",
    "MAN-004": "文件与清单逐字节相同",
    "MAN-005": "页数与清单相同",
    "MAN-006": "没有清单以外的文件",
    "MAN-007": "成书与现有来源是同一版",
}
"""Each check of `verify` by its code."""


@dataclass(frozen=True)
class Source:
    """The files a volume is made of, as one figure."""

    digest: str
    files: int


def source(root: Path, paths: Iterable[Path]) -> Source:
    """Return the digest of files and of all files in folders, by their names below `root`; where they are not below it, by their own.

    Hidden files and locks do not count: no page changes with them.
    """
    found: dict[str, str] = {}
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and not file.name.startswith(".") and file.suffix != ".lock":
                name = file.relative_to(root) if file.is_relative_to(root) else Path(path.name, file.relative_to(path))
                found[name.as_posix()] = of_file(file)
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(found.items()))
    return Source(sha256(lines.encode()), len(found))


def fonts(folder: Path) -> list[dict[str, Any]]:
    """Return name, size and digest of each font file."""
    files = sorted(path for path in folder.glob("*") if path.suffix in (".otf", ".ttf"))
    return [{"file": path.name, "bytes": path.stat().st_size, "sha256": of_file(path)} for path in files]


def manifest(
    volume: str,
    outputs: Mapping[str, bytes],
    made_of: Source,
    font_list: list[dict[str, Any]],
    program: str,
    engine: Mapping[str, str],
    count: Callable[[bytes], int] | None = None,
) -> bytes:
    """Return the manifest of the files of a build; `count` tells how many pages a file has."""
    table = {
        "volume": volume,
        "program": {"name": "casebook-publisher", "version": program},
        "engine": dict(sorted(engine.items())),
        "source": {"sha256": made_of.digest, "files": made_of.files},
        "fonts": font_list,
        "outputs": [described(name, content, count or page_count) for name, content in sorted(outputs.items())],
    }
    return (json.dumps(table, ensure_ascii=False, indent=1) + "\n").encode()


def listed(folder: Path) -> list[str]:
    """Return the names of the files that the manifest of a build folder lists; none where there is no manifest to read."""
    try:
        names = [str(entry["file"]) for entry in json.loads((folder / NAME).read_bytes())["outputs"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []
    return [name for name in names if Path(name).name == name and name not in ("", ".", "..", NAME)]


def described(name: str, content: bytes, count: Callable[[bytes], int]) -> dict[str, Any]:
    entry: dict[str, Any] = {"file": name, "bytes": len(content), "sha256": sha256(content)}
    return {**entry, "pages": count(content)} if name.endswith(".pdf") else entry


def page_count(pdf: bytes) -> int:
    """Return the number of pages of a file. Raises ValueError when it is no PDF."""
    import pypdfium2  # here, so that what looks at the list alone need not load it

    try:
        with closing(pypdfium2.PdfDocument(pdf)) as document:
            return len(document)
    except pypdfium2.PdfiumError as error:
        raise ValueError(str(error)) from error


def of_file(path: Path) -> str:
    """Return the digest of a file; one that has not been touched is not read again."""
    return of_stamped(path, stamped(path))


@lru_cache(maxsize=1024)
def of_stamped(path: Path, stamp: Stamp) -> str:
    return sha256(path.read_bytes())


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def verify(folder: Path, current: Source | None = None, again: str = "") -> Iterator[Problem]:
    """Yield a problem for everything in a build folder that its manifest does not bear out; `again` is the command that makes it anew.

    With the `current` source it is also said whether the files were made of it.
    """
    again = again or f"publisher build {folder.name}"
    place = Place(str(folder / NAME))
    try:
        table = json.loads((folder / NAME).read_bytes())
        outputs = {str(entry["file"]): (int(entry["bytes"]), str(entry["sha256"]), entry.get("pages")) for entry in table["outputs"]}
        digest = str(table["source"]["sha256"])
    except OSError:
        yield Problem(place, "MAN-001", "没有清单", hint=f"先运行 {again}")
        return
    except (ValueError, KeyError, TypeError, RecursionError):
        yield Problem(place, "MAN-002", "清单读不出", hint=f"重新运行 {again}")
        return
    for name, (size, wanted, pages) in outputs.items():
        yield from verify_file(folder, name, size, wanted, pages)
    for path in sorted(folder.iterdir()):
        if path.name not in {*outputs, NAME, OFFPRINTS, REPORT} and not path.name.startswith(".") and ".refused." not in path.name:
            yield Problem(Place(str(path)), "MAN-006", "清单中没有这个文件", hint="不要交付；删去或重新编排")
    if current and digest != current.digest:
        found = f"清单 {digest[:12]}，现为 {current.digest[:12]}"
        yield Problem(place, "MAN-007", "来源、版式或字体在成书之后改过", found, f"重新运行 {again}")


def verify_file(folder: Path, name: str, size: int, wanted: str, pages: Any) -> Iterator[Problem]:
    place = Place(str(folder / name))
    if Path(name).name != name or name in ("", ".", ".."):
        yield Problem(Place(str(folder / NAME)), "MAN-002", "清单所列文件在文件夹之外", name[:60])
        return
    try:
        content = (folder / name).read_bytes()
    except OSError:
        yield Problem(place, "MAN-003", "清单所列文件不在")
        return
    if len(content) != size:
        yield Problem(place, "MAN-004", "文件与清单不同", f"{len(content)} 字节，应为 {size} 字节", "重新编排，或取回原件")
    elif sha256(content) != wanted:
        yield Problem(place, "MAN-004", "文件与清单不同", f"SHA-256 {sha256(content)[:12]}…，应为 {wanted[:12]}…", "重新编排，或取回原件")
    if name.endswith(".pdf"):
        try:
            count = page_count(content)
        except ValueError:
            yield Problem(place, "MAN-005", "不是可读的 PDF", hint="重新编排，或取回原件")
            return
        if count != pages:
            yield Problem(place, "MAN-005", "页数与清单不同", f"{count} 页，应为 {pages} 页")
