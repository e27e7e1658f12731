"""Build the printing profiles in styles/profiles from freely licensed measurements: one for coated, one for uncoated paper.

Sources: Debian packages icc-profiles-free (characterisation data FOGRA39L and FOGRA29L, sRGB.icc; zlib licence) and argyll
(colprof, a tool of the workshop, no part of the program). The same sources and the same colprof give the same bytes.

usage: build_profiles.py [--out DIR] [--measured DIR] [--check]
"""

import argparse
import hashlib
import shutil
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "styles" / "profiles"
MEASURED = Path("/usr/share/color/icc")
TOTAL_INK = 290
"""Per cent; the house allows 300, and interpolation may overshoot a little."""
MADE = (2024, 1, 1, 0, 0, 0)
DATE_AT = 24
"""Byte offset of the date in the header of a profile (ICC.1:2001-04, 6.1)."""


@dataclass(frozen=True)
class Source:
    name: str
    measured: str
    paper: str


SOURCES = (Source("FOGRA39", "FOGRA39L", "coated"), Source("FOGRA29", "FOGRA29L", "uncoated"))


def build(source: Source, measured: Path) -> bytes:
    """Run colprof on the measurements of one printing condition; return the profile with a fixed date."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in (f"{source.measured}.ti3", "sRGB.icc"):
            shutil.copy(measured / file, folder)
        options = f"-qm -bl -nc -cmt -dpp -kr -l{TOTAL_INK} -S sRGB.icc".split()
        texts = ["-A", "Casebook", "-M", source.name, "-D", f"{source.name} {source.paper}, total ink {TOTAL_INK} %", "-C", "zlib licence, see LICENCE.txt"]
        subprocess.run(["colprof", *options, *texts, "-O", "made.icc", source.measured], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        made = bytearray((folder / "made.icc").read_bytes())
    made[DATE_AT : DATE_AT + 12] = struct.pack(">6H", *MADE)
    return bytes(made)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--measured", type=Path, default=MEASURED)
    parser.add_argument("--check", action="store_true", help="compare with the files in --out, write nothing")
    arguments = parser.parse_args()
    different = 0
    for source in SOURCES:
        made, path = build(source, arguments.measured), arguments.out / f"{source.name}.icc"
        same = path.is_file() and path.read_bytes() == made
        different += not same
        if not arguments.check:
            path.write_bytes(made)
        print(f"{path.name} {len(made)} {hashlib.sha256(made).hexdigest()} {'same' if same else 'new'}")
    return 1 if arguments.check and different else 0


if __name__ == "__main__":
    sys.exit(main())
