"""What this machine has and lacks for building: each thing with its state and how to get it."""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

from publisher.composer.engine import KNOWN_PANGO, KNOWN_WEASYPRINT
from publisher.defaults import DEFAULTS
from publisher.preflight import verapdf
from publisher.typeset_engine import pango_version

MEMORY = 2_000_000_000
DISK = 1_000_000_000
SUBSET = ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll")


class State(StrEnum):
    GOOD = "好"
    MISSING = "缺"
    OPTIONAL = "可选，未装"


@dataclass(frozen=True)
class Finding:
    thing: str
    state: State
    found: str
    remedy: str = ""


def examined(styles: Path, root: Path) -> list[Finding]:
    """Look at everything a build needs. A finding that is MISSING stops builds."""
    return [*python(), *engine(), *fonts(styles), *machine(root), *optional()]


def python() -> Iterator[Finding]:
    found = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", State.GOOD if sys.version_info >= (3, 11) else State.MISSING, found, "需 3.11 或更新：apt-get install python3")


def engine() -> Iterator[Finding]:
    """Look at the layout engine and the libraries below it."""
    try:
        found = version("weasyprint")
    except PackageNotFoundError:
        found = ""
    yield Finding("WeasyPrint", known(found, KNOWN_WEASYPRINT), found or "未装", f"pip install weasyprint=={KNOWN_WEASYPRINT[0]}")
    found = pango_version()
    remedy = f"排版按 {'、'.join(KNOWN_PANGO)} 校准：apt-get install libpango-1.0-0 libpangoft2-1.0-0（Debian 12）"
    yield Finding("Pango", known(found, KNOWN_PANGO), found, remedy)
    found = next((name for name in SUBSET if loads(name)), "")
    yield Finding("HarfBuzz 子集库", State.GOOD if found else State.MISSING, found or "未装", "apt-get install libharfbuzz-subset0")


def known(found: str, versions: tuple[str, ...]) -> State:
    return State.GOOD if found in versions else State.MISSING


def loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def fonts(styles: Path) -> Iterator[Finding]:
    """Look for the faces that the styles name."""
    sheet = styles / "fonts" / "fonts.css"
    text = sheet.read_text(encoding="utf-8") if sheet.is_file() else ""
    named = [part.split(")")[0].strip("\"'") for part in text.split("url(")[1:]]
    lacking = [name for name in named if not readable(sheet.parent / name)]
    state = State.GOOD if named and not lacking else State.MISSING
    remedy = f"styles/fonts/ 中缺 {'、'.join(lacking) or 'fonts.css'}：从版本库取回"
    yield Finding("字体", state, f"{len(named) - len(lacking)}/{len(named)} 个字体文件", remedy)


def readable(font: Path) -> bool:
    try:
        return bool(TTFont(font, lazy=True).getBestCmap())
    except (OSError, TTLibError):
        return False


def machine(root: Path) -> Iterator[Finding]:
    """Look at memory, disk and cores."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    yield Finding("内存", State.GOOD if memory >= MEMORY else State.MISSING, f"{memory / 1e9:.1f} GB", "排一卷约需 1 GB")
    free = shutil.disk_usage(root).free
    yield Finding("磁盘", State.GOOD if free >= DISK else State.MISSING, f"余 {free / 1e9:.1f} GB", "清出 1 GB 以上")


def optional() -> Iterator[Finding]:
    """Look for programs that only some commands use."""
    for name, program, why in (
        ("poppler", "pdftoppm", "看样页：apt-get install poppler-utils"),
        ("Git", "git", "publisher diff 比较两版：apt-get install git"),
        ("Chromium", "chromium", "看编排报告与样页，任何浏览器均可：apt-get install chromium"),
    ):
        path = shutil.which(program)
        yield Finding(name, State.GOOD if path else State.OPTIONAL, path or "未装", why)
    yield from validator()


def validator() -> Iterator[Finding]:
    """Look for veraPDF and the Java that runs it."""
    for name, find in (("Java", verapdf.find_java), ("veraPDF", lambda: verapdf.find_jar((DEFAULTS,)))):
        try:
            yield Finding(name, State.GOOD, str(find()))
        except verapdf.Missing as missing:
            yield Finding(name, State.OPTIONAL, "未装", str(missing))
