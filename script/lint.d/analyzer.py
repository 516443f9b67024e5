"""analyzer: gcc -fanalyzer over the rooms.

Without its leak check: version 12 loses sight of what is kept in arrays. The tests look for leaks
with every allocation failing in turn.
"""

import sys

from compile_db import entries, include_flags, run_each

ANALYZE = [
    "-std=c11",
    "-O1",
    "-fanalyzer",
    "-Wno-analyzer-malloc-leak",
    "-Werror",
    "-c",
    "-o",
    "/dev/null",
]


def main() -> None:
    commands = [
        ["gcc", *include_flags(arguments), *ANALYZE, str(file.resolve())]
        for file, arguments in sorted(entries().items())
        if file.parts[0] == "src"
    ]
    sys.exit(not all(run_each(commands)))


main()
