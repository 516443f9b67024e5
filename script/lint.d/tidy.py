"""tidy: clang-tidy over every source, with the checks of .clang-tidy.

A file that passed is not looked at again until it, a header or the checks change.
"""

import hashlib
import re
import sys
from pathlib import Path

from c_source import c_files
from compile_db import BUILD, entries, run_each

NOISE = re.compile(
    r"^\d+ warnings? (and \d+ errors? )?(generated|treated)|^Suppressed|^Use -header"
)


def digest(*files: Path) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def main() -> None:
    shared = [file for file in c_files() if file.suffix == ".h"]
    shared += [Path(".clang-tidy"), Path("tests/.clang-tidy")]
    passed = BUILD / "tidy-passed"
    passed.mkdir(exist_ok=True)

    stamps = {file: passed / digest(file, *shared) for file in sorted(entries())}
    files = [file for file, stamp in stamps.items() if not stamp.exists()]
    commands = [["clang-tidy", "--quiet", "-p", ".", str(file.resolve())] for file in files]
    good = run_each(commands, NOISE.match)

    for file, is_good in zip(files, good, strict=True):
        if is_good:
            stamps[file].touch()
    sys.exit(not all(good))


main()
