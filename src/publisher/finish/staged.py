"""All files of a build put in their places together: written aside first, then renamed one after another.

Whoever is killed before the renames leaves the old files as they were; between two renames every single file is still whole,
and `MANIFEST.json`, which comes last, tells whether they belong together.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

STAGING = ".staged-"


def replace_all(folder: Path, files: Mapping[str, bytes], superseded: tuple[str, ...] = ()) -> None:
    """Put files into a folder in the order given, then drop the superseded ones. Leavings of a killed build are cleared."""
    folder.mkdir(parents=True, exist_ok=True)
    clear_leavings(folder)
    staging = Path(tempfile.mkdtemp(dir=folder, prefix=f"{STAGING}{os.getpid()}-"))
    try:
        for number, content in enumerate(files.values()):
            with (staging / str(number)).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for number, name in enumerate(files):
            os.replace(staging / str(number), folder / name)
        for name in superseded:
            (folder / name).unlink(missing_ok=True)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def clear_leavings(folder: Path) -> None:
    """Remove what builds that were killed have left aside; what a living one is writing stays."""
    for leaving in folder.glob(f"{STAGING}*"):
        owner = leaving.name.removeprefix(STAGING).split("-")[0]
        if not (owner.isdigit() and is_alive(int(owner))):
            shutil.rmtree(leaving, ignore_errors=True)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return process != os.getpid()
