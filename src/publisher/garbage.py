"""How often the interpreter looks for objects that refer to one another and to nothing else.

A volume being set is a million boxes, tags and PDF objects that live until their piece is done; looked through after every
seven hundred new ones, as Python would, they cost a fifth of a build's time.
"""

import gc
import os

TOGETHER = 4_000_000
"""New objects in all processes of a build after which the youngest are looked through: under a gigabyte."""


def seldom() -> None:
    """Look seldom, and never again at what this process has loaded so far."""
    gc.freeze()
    gc.set_threshold(TOGETHER // (os.cpu_count() or 1), 20, 50)
