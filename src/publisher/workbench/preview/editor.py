"""Open a source file in the editor's own program, at its line. No shell ever reads the command."""

import shlex
import subprocess
from pathlib import Path

from publisher.problems import Place

FILE, LINE, COLUMN = "{file}", "{line}", "{column}"


def command(template: str, root: Path, place: Place) -> list[str]:
    """Return the words of a command like `code --goto {file}:{line}:{column}` for a place; the file comes last where none is asked for.

    Raises ValueError for a template with an open quote or no words, and for a file that is not below the project.
    """
    words = shlex.split(template)
    if not words:
        raise ValueError(template)
    path = (root / place.path).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file():
        raise ValueError(place.path)
    if not any(FILE in word for word in words):
        words.append(FILE)
    meant = {LINE: str(max(place.line, 1)), COLUMN: str(max(place.column, 1)), FILE: str(path)}
    for mark, value in meant.items():  # the file last: its name may hold anything
        words = [words[0], *(word.replace(mark, value) for word in words[1:])]
    return words


def opened(template: str, root: Path, place: Place) -> None:
    """Start the editor's program and leave it alone. Raises OSError when it cannot be started, ValueError as `command` does."""
    subprocess.Popen(command(template, root, place), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
