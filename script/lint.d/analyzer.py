"""analyzer: gcc -fanalyzer over the rooms.

Without two of its checks, which version 12 gets wrong: it loses sight of what is kept in arrays and
takes that for a leak, and of a local that pd_auto() releases and takes it for uninitialized. The
tests look for leaks with every allocation failing in turn; the compilers warn of the other.
"""

import sys

from compile_db import entries, include_flags, run_each

ANALYZE = [
    "-std=c11",
    "-O1",
    "-fanalyzer",
    "-Wno-analyzer-malloc-leak",
    "-Wno-analyzer-use-of-uninitialized-value",
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
