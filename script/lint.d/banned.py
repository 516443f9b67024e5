"""banned: functions and forms that the house does not use, and what to use instead."""

import re
from pathlib import Path

from c_source import Report, bare_code, c_files

# Function names (regular expressions) and what to use instead.
FUNCTIONS = {
    r"v?sprintf|strn?cpy|strn?cat|stpn?cpy": "build text with base/buf.h or base/format.h",
    r"strtok(_r)?": "cut text with strcspn() and lengths",
    r"gets|v?f?scanf|v?sscanf": "parse with base/num.h",
    r"ato(i|l|ll|f)": "parse with base/num.h",
    r"system|popen": "no shell anywhere: posix_spawn with a list of arguments",
    r"tmpnam(_r)?|tempnam|mktemp|tmpfile": "mkstemp or mkdtemp",
    r"alloca": "an array with a named size, or the arena",
    r"rand(om)?|srand(om)?": "getrandom",
    r"gmtime|localtime|ctime|asctime": "base/clock.h",
    r"strerror": "pd_fail() takes errno; strerrordesc_np() is safe in threads",
    r"u?sleep|nanosleep": "wait for a condition with a deadline",
    r"v?fork": "posix_spawn",
}

# Functions that some files are the right place for.
ONLY_IN = {
    r"strto(l|ll|ul|ull|d|f|ld|imax|umax)": (
        r"(src|tests/unit)/(base|json)/|tests/bench/",
        "parse with base/num.h",
    ),
    r"exit|_exit|_Exit|quick_exit|abort": (
        r"src/\w+/main\.c|tests/(fuzz|bench)/|tests/programs/container-node\.c",
        "return an error",
    ),
}

FORMS = {
    r"\bgoto\b": "no goto: a local that owns something has pd_auto()",
    r"\btypedef\b(?!.*__int128)": "no typedef: types are `struct pd_x`",
}


def check_code(file: Path, line: int, code: str, report: Report) -> None:
    for names, instead in FUNCTIONS.items():
        for match in re.finditer(rf"(?<![\w.>])({names})\s*\(", code):
            report.add(file, line, f"{match[1]}() is banned: {instead}")
    for names, (place, instead) in ONLY_IN.items():
        for match in re.finditer(rf"(?<![\w.>])({names})\s*\(", code):
            if not re.match(place, str(file)):
                report.add(file, line, f"{match[1]}() belongs into {place}: {instead}")
    for form, instead in FORMS.items():
        if re.search(form, code):
            report.add(file, line, instead)


def main() -> None:
    report = Report()
    for file in c_files():
        text = file.read_text(encoding="utf-8")
        for line, code in enumerate(bare_code(text).splitlines(), start=1):
            check_code(file, line, code, report)
        for line, whole in enumerate(text.splitlines(), start=1):
            if re.match(r"\s*//", whole):
                report.add(file, line, "// is scaffolding: delete it, or make it /* */")
    report.exit()


main()
