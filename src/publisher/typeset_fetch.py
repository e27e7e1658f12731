"""Every file that styles and layouts ask for comes through here: `asset:///styles/…` -> bytes, or a problem.

An address names a folder of the project by its first step (`styles`, `media`) and a file below it. All else is refused:
other schemes, `data:`, files outside, links that lead outside, files of another kind than their name says, files too large.
The engine carries on after a refusal; whoever gave it the fetcher asks for `problems` afterwards.
"""

import io
import os
import re
import stat
import urllib.parse
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from weasyprint.urls import URLFetcher, URLFetcherResponse

from publisher import limits
from publisher.problems import Place, Problem

SCHEME = "asset"
for schemes in (urllib.parse.uses_relative, urllib.parse.uses_netloc):
    if SCHEME not in schemes:
        schemes.append(SCHEME)
"""Without this `urljoin` drops the base of a relative address and `url(fonts/fonts.css)` is not found."""


@dataclass(frozen=True)
class FileKind:
    name: str
    content_type: str
    most: int
    magic: tuple[bytes, ...] = ()
    """How the file begins; any beginning where empty."""


FONT = "字体"
STYLESHEET = FileKind("样式表", "text/css", limits.MAX_STYLESHEET)
KINDS = {
    ".css": STYLESHEET,
    ".otf": FileKind(FONT, "font/otf", limits.MAX_FONT, (b"OTTO", b"\0\1\0\0")),
    ".ttf": FileKind(FONT, "font/ttf", limits.MAX_FONT, (b"\0\1\0\0", b"true", b"OTTO")),
    ".png": FileKind("图片", "image/png", limits.MAX_IMAGE, (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": FileKind("图片", "image/jpeg", limits.MAX_IMAGE, (b"\xff\xd8\xff",)),
    ".jpeg": FileKind("图片", "image/jpeg", limits.MAX_IMAGE, (b"\xff\xd8\xff",)),
    ".svg": FileKind("图片", "image/svg+xml", limits.MAX_IMAGE // 10),
    ".icc": FileKind("色彩特性文件", "application/vnd.iccprofile", limits.MAX_ATTACHMENT),
    ".json": FileKind("附件", "application/json", limits.MAX_ATTACHMENT),
    ".csv": FileKind("附件", "text/csv", limits.MAX_ATTACHMENT),
    ".yaml": FileKind("附件", "application/yaml", limits.MAX_ATTACHMENT),
}
"""By the ending of the file name. Packed fonts (woff) are left out: a small one may unpack to any size."""


class Refused(ValueError):
    """One address that is not served."""

    def __init__(self, code: str, message: str, found: str = "", hint: str = ""):
        super().__init__(message)
        self.code, self.message, self.found, self.hint = code, message, found, hint


class ProjectFetcher(URLFetcher):
    """Serve files below named folders and nothing else; keep a problem for every refusal."""

    def __init__(self, folders: Mapping[str, Path], most: int = limits.MAX_FETCHED):
        super().__init__(allowed_protocols={SCHEME}, allow_redirects=False)
        self.handlers = []
        self.folders = {name: folder.resolve() for name, folder in folders.items()}
        self.most, self.served, self.fonts = most, 0, 0
        self.problems: list[Problem] = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Return the file at an address. Raises Refused, which the engine takes as a failed download."""
        try:
            path, kind = self.locate(url)
            content = read_whole(path, kind)
            self.served += len(content)
            if self.served > self.most:
                raise Refused("RES-004", "所用文件合计过大", f"{self.served} 字节", f"合计不得超过 {self.most} 字节")
            examine(content, kind)
            self.fonts += kind.name == FONT
        except Refused as refused:
            problem = Problem(Place(shown(url)), refused.code, refused.message, refused.found, refused.hint)
            if problem not in self.problems:
                self.problems.append(problem)
            raise
        return URLFetcherResponse(url, content, {"Content-Type": kind.content_type})

    def locate(self, url: str) -> tuple[Path, FileKind]:
        """Return the file that an address names, links followed, and its kind. Raises Refused."""
        scheme, colon, rest = url.partition(":")
        if not colon or scheme.lower() != SCHEME:
            raise Refused("RES-001", "只能使用项目之内的文件", f"{scheme[:20]}:", "放入 styles/ 或 media/，以相对路径引用")
        parts = urllib.parse.urlsplit(rest)
        if parts.netloc or parts.query:
            raise Refused("RES-001", "文件地址写法不对", rest[:60], "不带主机名与问号")
        try:
            steps = urllib.parse.unquote(parts.path, errors="strict").lstrip("/").split("/")
        except UnicodeDecodeError:
            raise Refused("RES-001", "文件地址写法不对", rest[:60], "路径用 UTF-8") from None
        folder = self.folders.get(steps[0])
        if folder is None or any(step in ("", ".", "..") or re.search(r"[\0-\x1f\\:]", step) for step in steps[1:]):
            raise Refused("RES-002", "文件在许可的文件夹之外", "/".join(steps)[:60], f"许可的文件夹：{'、'.join(self.folders)}")
        kind = KINDS.get(os.path.splitext(steps[-1])[1].lower())
        if kind is None:
            raise Refused("RES-005", "不用这类文件", steps[-1][:60], f"可用：{'、'.join(KINDS)}")
        try:
            path = folder.joinpath(*steps[1:]).resolve(strict=True)
        except (OSError, RuntimeError):
            raise Refused("RES-003", "没有这个文件", "/".join(steps)[:60], "核对文件名，注意大小写") from None
        if not path.is_relative_to(folder):
            raise Refused("RES-002", "文件在许可的文件夹之外", "/".join(steps)[:60], "符号链接不得指向文件夹之外")
        return path, kind


def read_whole(path: Path, kind: FileKind) -> bytes:
    """Read a regular file up to the limit of its kind. Raises Refused."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise Refused("RES-003", "文件无法读取", error.strerror or str(error), "核对路径与权限") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Refused("RES-003", "不是普通文件", path.name)
    with os.fdopen(handle, "rb") as file:
        content = file.read(kind.most + 1)
    if len(content) > kind.most:
        raise Refused("RES-004", f"{kind.name}过大", path.name, f"不得超过 {kind.most} 字节")
    return content


def examine(content: bytes, kind: FileKind) -> None:
    """Refuse a file that is not what its name says, or that grows too large when it is unpacked."""
    if kind.magic and not content.startswith(kind.magic):
        raise Refused("RES-005", f"内容不是所称的{kind.name}", content[:8].hex(" "), "核对文件，或改正后缀")
    if kind.content_type == "image/svg+xml" and re.search(rb"<!(ENTITY|DOCTYPE)", content, re.IGNORECASE):
        raise Refused("RES-005", "SVG 中不得有 DOCTYPE 或 ENTITY", hint="删去文件头的声明")
    if kind.content_type in ("image/png", "image/jpeg"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
                width, height = Image.open(io.BytesIO(content), formats=("PNG", "JPEG")).size
        except Image.DecompressionBombError:
            raise Refused("RES-006", "图片像素过多", hint=f"不得超过 {limits.MAX_PIXELS // 1_000_000} 百万像素") from None
        except Exception as error:
            raise Refused("RES-005", "图片读不出来", type(error).__name__, "重新存一遍") from None
        if width * height > limits.MAX_PIXELS:
            raise Refused("RES-006", "图片像素过多", f"{width}×{height}", f"不得超过 {limits.MAX_PIXELS // 1_000_000} 百万像素")


def shown(url: str) -> str:
    """Shorten an address for a message."""
    text = re.sub(r"[\0-\x1f]", "?", url)
    return text if len(text) <= 100 else f"{text[:100]}…"
