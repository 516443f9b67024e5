#!/usr/bin/env python3
"""embed: pack files into a zip and write it as an array of C. The same files give the same array.

usage: embed.py OUTPUT.c FILE...

The zip's entries are called like the files, without their folders, and compressed as much as can
be: this happens once, in the build.
"""

import io
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

BYTES_A_LINE = 20


def pack(files: list[Path]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for file in sorted(files, key=lambda file: file.name):
            info = ZipInfo(file.name)  # dated 1980-01-01
            archive.writestr(info, file.read_bytes(), ZIP_DEFLATED, compresslevel=9)
    return out.getvalue()


def as_c(data: bytes) -> str:
    lines = (data[at : at + BYTES_A_LINE] for at in range(0, len(data), BYTES_A_LINE))
    return "\n".join(
        [
            "/* Made by embed.py. */",
            '#include "constants.h"',
            "",
            "const unsigned char pd_package_constants[] = {",
            *("        " + ",".join(str(byte) for byte in line) + "," for line in lines),
            "};",
            "const size_t pd_package_constants_len = sizeof(pd_package_constants);",
            "",
        ]
    )


if __name__ == "__main__":
    output, *files = map(Path, sys.argv[1:])
    output.write_text(as_c(pack(files)), encoding="ascii")
