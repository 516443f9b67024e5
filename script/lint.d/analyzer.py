"""analyzer: gcc -fanalyzer over the rooms."""

import sys

from compile_db import entries, include_flags, run_each

ANALYZE = ["-std=c11", "-O1", "-fanalyzer", "-Werror", "-c", "-o", "/dev/null"]


def main() -> None:
    commands = [
        ["gcc", *include_flags(arguments), *ANALYZE, str(file.resolve())]
        for file, arguments in sorted(entries().items())
        if file.parts[0] == "src"
    ]
    sys.exit(run_each(commands, lambda line: False))


main()
