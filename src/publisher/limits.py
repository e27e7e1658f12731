"""How much a project may ask for. Far above what a real volume needs; low enough that nothing hangs or fills the machine."""

# -- sources ------------------------------------------------------------------------------------------------------
MAX_BYTES = 1_000_000
"""Of one source file; the longest of the real ones has 28 000."""
MAX_TOTAL_BYTES = 100_000_000
"""Of all source files of one run."""
MAX_DEPTH = 24
"""Levels of nesting in a source file."""
MAX_ITEMS = 2_000
"""Of one list or mapping."""
MAX_SCALAR = 5_000
"""Characters of one text."""
MAX_CASES = 2_000
"""Of one volume."""
MAX_PROBLEMS = 200
"""Explained for one file; the rest is counted."""

# -- tables -------------------------------------------------------------------------------------------------------
MAX_ROWS = 400
MAX_COLUMNS = 10

# -- booklets -----------------------------------------------------------------------------------------------------
MAX_SIGNATURE = 64
"""Pages folded into one another: sixteen sheets, which an office stapler still goes through."""

# -- files that styles and layouts ask for ------------------------------------------------------------------------
MAX_STYLESHEET = 1_000_000
MAX_FONT = 20_000_000
MAX_IMAGE = 20_000_000
MAX_ATTACHMENT = 5_000_000
MAX_PIXELS = 40_000_000
"""Of one picture: 185×260 mm at 600 dots an inch has 27 million."""
MAX_FETCHED = 300_000_000
"""Of all files of one volume."""

# -- a build in a child process -----------------------------------------------------------------------------------
MAX_MEMORY = 3_000_000_000
"""Bytes of address space; a volume of 95 pages takes 510 million."""
MAX_CPU = 900
"""Seconds."""
MAX_WALL = 1_200
"""Seconds."""
EACH_CASE = (5_000_000, 8, 16)
"""What each case of a volume may take beyond these: bytes, seconds of processor, seconds."""
MAX_OUTPUT = 500_000_000
"""Bytes of one file."""

# -- results kept between builds ----------------------------------------------------------------------------------
MAX_STORE = 1_000_000_000
"""Bytes of all results; a volume of 150 pages has 3 million."""
