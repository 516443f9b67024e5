"""rooms: who knows whom. A room includes its own headers and those its meson.build declares.

docs/architecture.md says the same in a table, which is held against the meson.builds.
"""

import re
from functools import cache
from pathlib import Path

from c_source import Report, c_files

# Headers of libraries, and the variable in meson.build that brings them.
LIBRARIES = {
    "jansson.h": "jansson",
    "yaml.h": "libyaml",
    "zlib.h": "zlib",
    "protobuf-c/protobuf-c.h": "protobuf_c",
    "cjose/cjose.h": "cjose",
    "curl/curl.h": "libcurl",
    "microhttpd.h": "libmicrohttpd",
    "sqlite3.h": "sqlite",
    "cmocka.h": "cmocka",
}

DOCUMENT = Path("docs/architecture.md")
DOCUMENT_ROW = re.compile(r"^\| `(\w+)` \| .* \|(.*)\|$", re.MULTILINE)

# What the unit tests of every room may link besides it, and what those of one room may.
SUPPORT = {"support_dep", "gen_workload_dep", "quoted_json_dep"}
ALSO = {"manifest": {"yaml_dep"}}  # its trees are written as text and read again

INCLUDE = re.compile(r'^#include ([<"])([^>"]+)[>"]', re.MULTILINE)


def rooms() -> list[str]:
    return [build.parent.name for build in sorted(Path("src").glob("*/meson.build"))]


def declaration(room: str) -> str:
    return (Path("src") / room / "meson.build").read_text(encoding="utf-8")


def declared(room: str) -> set[str]:
    """The rooms that this one's meson.build names."""
    text = declaration(room)
    return {name for name in rooms() if re.search(rf"\b{name}_dep\b(?!\s*=)", text)} - {room}


@cache
def known(room: str) -> frozenset[str]:
    """What the room may include: itself, the rooms and libraries it declares, what these know."""
    text = declaration(room)
    libraries = {name for name in LIBRARIES.values() if re.search(rf"\b{name}\b", text)}
    direct = {room} | declared(room) | libraries
    return frozenset(direct).union(*(known(name) for name in declared(room)))


def check_include(file: Path, kind: str, header: str, may: frozenset[str]) -> str | None:
    """What is wrong with one include of a file, or nothing."""
    room, slash, _ = header.partition("/")
    if kind == "<":
        library = LIBRARIES.get(header)
        if library and library not in may:
            return f"<{header}> wants {library} in the room's meson.build"
    elif slash and room in rooms():
        if room not in may:
            return f'"{header}" wants {room}_dep in the room\'s meson.build'
    elif ".." in header:
        return f'"{header}" goes round the include folders: name the room'
    return None


def check_first_include(file: Path, includes: list[re.Match]) -> str | None:
    """A source includes its own header first, so the header proves that it needs no other."""
    room = file.parts[1]
    own = [f"{room}/{file.stem}.h", f"{file.stem}.h"]
    public = file.parent / "include" / own[0]
    has_own = public.exists() or file.with_suffix(".h").exists()
    if file.suffix == ".c" and has_own and includes and includes[0][2] not in own:
        return f'the first include is not the own header "{own[0] if public.exists() else own[1]}"'
    return None


def check_room_file(file: Path, report: Report) -> None:
    text = file.read_text(encoding="utf-8")
    includes = list(INCLUDE.finditer(text))
    for include in includes:
        message = check_include(file, include[1], include[2], known(file.parts[1]))
        if message:
            report.add(file, text.count("\n", 0, include.start()) + 1, message)
    message = check_first_include(file, includes)
    if message:
        report.add(file, text.count("\n", 0, includes[0].start()) + 1, message)


def check_unit_test(build: Path, report: Report) -> None:
    """The unit tests of a room link that room and nothing else of ours, but for what ALSO names."""
    room = build.parent.name
    allowed = {f"{room}_dep"} | SUPPORT | ALSO.get(room, set())
    for number, line in enumerate(build.read_text(encoding="utf-8").splitlines(), start=1):
        for dependency in re.findall(r"\b\w+_dep\b", line):
            if dependency not in allowed:
                report.add(
                    build, number, f"links {dependency}: only {' and '.join(sorted(allowed))}"
                )


def check_document(report: Report) -> None:
    """Each room has its row, which says what it knows; a row without a room is for later."""
    text = DOCUMENT.read_text(encoding="utf-8")
    rows = list(DOCUMENT_ROW.finditer(text))
    for row in rows:
        room, says = row[1], set(re.findall(r"`(\w+)`", row[2]))
        line = text.count("\n", 0, row.start()) + 1
        is_later = row.start() > text.index("Kept for later")
        if is_later == (room in rooms()):
            report.add(DOCUMENT, line, f"'{room}' is in the wrong table")
        elif not is_later and says != declared(room):
            knows = ", ".join(f"`{name}`" for name in sorted(declared(room)))
            report.add(DOCUMENT, line, f"'{room}' knows {knows or 'nobody'} by its meson.build")
    for room in sorted(set(rooms()) - {row[1] for row in rows}):
        report.add(DOCUMENT, 1, f"there is no row for the room '{room}'")


def main() -> None:
    report = Report()
    check_document(report)
    for file in c_files("src"):
        check_room_file(file, report)
    for build in sorted(Path("tests/unit").glob("*/meson.build")):
        check_unit_test(build, report)
    report.exit()


main()
