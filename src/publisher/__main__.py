"""The way in: `publisher`, `python -m publisher`. Where a system library is lacking, nothing else can be loaded: it is said here."""

import os

from publisher import garbage
from publisher.languages import language, language_of
from publisher.problems import Place, Problem

REMEDY = "安装所缺的库，如 apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0；齐备之后运行 publisher doctor"


def main() -> None:
    """Run the command line. Raises SystemExit, also where the layout engine cannot be loaded."""
    garbage.seldom()
    try:
        from publisher.cli import app

        app()
    except (OSError, ImportError) as error:
        if not lacks_library(error):
            raise
        problem = Problem(Place("publisher"), "SYS-001", "程序所需的库没有装全", str(error).split("\n")[0][:200], REMEDY)
        raise SystemExit(language(language_of(os.environ)).text(str(problem))) from error


def lacks_library(error: OSError | ImportError) -> bool:
    """Tell whether an error says that a library of the system, or a package, is not there: most are loaded when they are first needed."""
    return "cannot load library" in str(error) or isinstance(error, ModuleNotFoundError)


if __name__ == "__main__":
    main()
