"""rooms: who includes whom. A room includes its own headers and those its meson.build declares."""

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
    "cmocka.h": "cmocka",
}

INCLUDE = re.compile(r'^#include ([<"])([^>"]+)[>"]', re.MULTILINE)


def rooms() -> list[str]:
    return [build.parent.name for build in sorted(Path("src").glob("*/meson.build"))]


@cache
def known(room: str) -> frozenset[str]:
    """What the room may include: itself, the rooms and libraries it declares, what these know."""
    text = (Path("src") / room / "meson.build").read_text(encoding="utf-8")
    declared = {name for name in rooms() if re.search(rf"\b{name}_dep\b(?!\s*=)", text)} - {room}
    libraries = {name for name in LIBRARIES.values() if re.search(rf"\b{name}\b", text)}
    return frozenset({room} | declared | libraries).union(*(known(name) for name in declared))


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
    """The unit tests of a room link that room and nothing else of ours."""
    allowed = {f"{build.parent.name}_dep", "support_dep"}
    for number, line in enumerate(build.read_text(encoding="utf-8").splitlines(), start=1):
        for dependency in re.findall(r"\b\w+_dep\b", line):
            if dependency not in allowed:
                report.add(
                    build, number, f"links {dependency}: only {' and '.join(sorted(allowed))}"
                )


def main() -> None:
    report = Report()
    for file in c_files("src"):
        check_room_file(file, report)
    for build in sorted(Path("tests/unit").glob("*/meson.build")):
        check_unit_test(build, report)
    report.exit()


main()
