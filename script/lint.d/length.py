"""length: how long functions and files are, and how many parameters functions take (err apart)."""

import json
import re
import subprocess
from pathlib import Path

from c_source import Report, c_files

MAX_FUNCTION_LINES = 70
MAX_MAIN_LINES = 20
MAX_PARAMETERS = 5
MAX_FILE_LINES = 500

# Functions that a library calls, so their parameters are the library's.
CALLED_BY_LIBRARIES = {
    "pd_dialog_go_on",
    # nghttp2's callbacks
    "on_data_chunk",
    "on_frame_length",
    "on_header",
    "on_send_data",
    "pd_grpc_h2_data",
}


def functions() -> list[dict]:
    """Every function body in the C files, by ctags: name, path, line, end, signature."""
    command = ["ctags", "-f", "-", "--output-format=json", "--languages=C", "--kinds-C=f"]
    done = subprocess.run(
        [*command, "--fields=+neS", *map(str, c_files())],
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def count_parameters(signature: str) -> int:
    """Parameters of "(int a, void (*f)(int, int), struct pd_err *err)": 2."""
    inside = signature.strip()[1:-1]
    while re.search(r"\([^()]*\)", inside):
        inside = re.sub(r"\([^()]*\)", "", inside)
    names = ["".join(part.split()) for part in inside.split(",")]
    return len([name for name in names if name not in ("", "void", "...", "structpd_err*err")])


def check_function(function: dict, report: Report) -> None:
    name, file, line = function["name"], function["path"], function["line"]
    lines = function["end"] - line + 1
    is_program = name == "main" and file.startswith("src/")

    limit = MAX_MAIN_LINES if is_program else MAX_FUNCTION_LINES
    if lines > limit:
        report.add(file, line, f"{name}() has {lines} lines, over {limit}: give its parts names")
    parameters = count_parameters(function.get("signature", "()"))
    if parameters > MAX_PARAMETERS and name not in CALLED_BY_LIBRARIES:
        report.add(file, line, f"{name}() has {parameters} parameters, over {MAX_PARAMETERS}")


def check_file(file: Path, report: Report) -> None:
    lines = len(file.read_text(encoding="utf-8").splitlines())
    if lines > MAX_FILE_LINES:
        report.add(file, lines, f"the file is over {MAX_FILE_LINES} lines: split it by duty")


def main() -> None:
    report = Report()
    for function in functions():
        check_function(function, report)
    for file in c_files():
        check_file(file, report)
    report.exit()


main()
