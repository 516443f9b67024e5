"""c_source.py - what the steps share: finding C files, reading them, saying what is wrong."""

import re
import sys
from pathlib import Path

COMMENT_OR_LITERAL = re.compile(
    r"""/\*.*?\*/ | //[^\n]* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'""",
    re.DOTALL | re.VERBOSE,
)


def c_files(*folders: str) -> list[Path]:
    """All C files of these folders, or of src and tests."""
    roots = folders or ("src", "tests")
    return sorted(file for root in roots for file in Path(root).rglob("*.[ch]"))


def bare_code(text: str) -> str:
    """The code with comments and literals blanked out; lines and columns stay where they are."""
    return COMMENT_OR_LITERAL.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


class Report:
    """Prints what is wrong as it comes; `status` is what to exit with."""

    status = 0

    def add(self, file: Path | str, line: int, message: str) -> None:
        print(f"{file}:{line}: {message}")
        self.status = 1

    def exit(self) -> None:
        sys.exit(self.status)
