"""headers: each header compiles alone, with the include folders of its room or folder alone."""

import sys
from pathlib import Path

from c_source import c_files
from compile_db import BUILD, entries, include_flags, run_each

STRICT = ["-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only"]


def home(file: Path) -> str:
    """The room of a file, or the folder of tests it is in: what its includes depend on."""
    return "/".join(file.parts[:3] if file.parts[:2] == ("tests", "unit") else file.parts[:2])


def main() -> None:
    nothing = BUILD / "nothing.c"
    nothing.write_text("extern int pd_nothing;\n", encoding="utf-8")  # a file without any is no C

    flags: dict[str, list[str]] = {}
    for file, arguments in entries().items():
        known = flags.setdefault(home(file), [])
        known += [flag for flag in include_flags(arguments) if flag not in known]
    commands = [
        ["gcc", *flags[home(header)], *STRICT, "-include", str(header.resolve()), nothing.name]
        for header in c_files()
        if header.suffix == ".h"
    ]
    sys.exit(not all(run_each(commands)))


main()
