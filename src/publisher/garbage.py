"""How often the interpreter looks for objects that refer to one another and to nothing else, and what becomes of memory that is free.

A volume being set is a million boxes, tags and PDF objects that live until their piece is done; looked through after every
seven hundred new ones, as Python would, they cost a fifth of a build's time.
"""

import ctypes
import gc
import os

TOGETHER = 4_000_000
"""New objects in all processes of a build after which the youngest are looked through: under a gigabyte."""


def seldom() -> None:
    """Look seldom, and never again at what this process has loaded so far."""
    gc.freeze()
    gc.set_threshold(TOGETHER // (os.cpu_count() or 1), 20, 50)


ENOUGH = 400_000
"""New objects that are worth a look; a page being set makes about ten thousand."""


def look() -> None:
    """Look, where enough has come together, when a piece is done: while a section is being set all its boxes would be looked through in vain."""
    youngest, older, _ = gc.get_count()
    if older or youngest > ENOUGH:
        gc.collect(1)


def own() -> None:
    """Make the memory that this process has from its parent its own, before there is haste: what is shared is copied page by page when it is used."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Give memory that is free back to the system: the C library keeps what a PDF took that is closed, and our own objects never use it."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it
    if trim:
        trim(0)
