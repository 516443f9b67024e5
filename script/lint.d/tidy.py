"""tidy: clang-tidy over every source, with the checks of .clang-tidy."""

import re
import sys

from compile_db import entries, run_each

NOISE = re.compile(
    r"^\d+ warnings? (and \d+ errors? )?(generated|treated)|^Suppressed|^Use -header"
)


def main() -> None:
    commands = [
        ["clang-tidy", "--quiet", "-p", ".", str(file.resolve())] for file in sorted(entries())
    ]
    sys.exit(run_each(commands, NOISE.match))


main()
