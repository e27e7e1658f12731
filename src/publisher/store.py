"""Results kept under keys made of all they depend on: a folder of files that any number of builds may use at once.

A result is written beside and moved into its place, bears its own digest, and is thrown away when the digest does not fit.
What has not been used for longest is thrown away when the folder grows too large.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from publisher.keeping import key
from publisher.limits import MAX_STORE

DIGEST = 32
"""Bytes of the digest that stands before each result."""


def key_of_files(paths: Iterable[Path]) -> str:
    """Return a key for the names and contents of files."""
    return key(*(part for path in sorted(paths) for part in (path.name, sha256(path.read_bytes()).digest())))


class Store:
    """A folder of results by key. Reading and writing never raise: a store that cannot be used keeps nothing."""

    def __init__(self, folder: Path, most: int = MAX_STORE):
        self.folder, self.most = folder, most

    def path(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:]

    def get(self, name: str) -> bytes | None:
        """Return a result, or None when there is none or it is not what was written."""
        path = self.path(name)
        try:
            content = path.read_bytes()
            if sha256(content[DIGEST:]).digest() == content[:DIGEST]:
                os.utime(path)
                return content[DIGEST:]
            path.unlink()
        except OSError:
            pass
        return None

    def put(self, name: str, content: bytes) -> None:
        path = self.path(name)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(sha256(content).digest() + content)
                os.replace(beside, path)
            except OSError:
                os.unlink(beside)

    def trim(self) -> None:
        """Throw away what has not been used for longest until the rest fits."""
        found = []
        for path in self.folder.glob("??/*"):
            with contextlib.suppress(OSError):
                status = path.stat()
                found.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= self.most:
                return
            with contextlib.suppress(OSError):
                path.unlink()
            total -= size


class NoStore(Store):
    """Keeps nothing."""

    def __init__(self) -> None:
        super().__init__(Path(os.devnull))

    def get(self, name: str) -> bytes | None:
        return None

    def put(self, name: str, content: bytes) -> None:
        return None

    def trim(self) -> None:
        return None
