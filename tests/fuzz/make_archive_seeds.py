#!/usr/bin/env python3
"""Write the zips in seeds/archive/, the same every time: good ones, and one of each bad kind."""

import io
import stat
import struct
import zipfile
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

SEEDS = Path(__file__).parent / "seeds" / "archive"

FILES = {"dir/": b"", "dir/a.yaml": b"---\nkind: Service\n" * 9, "b.json": b"{}", "empty": b""}


class Pipe(io.RawIOBase):
    """A file that cannot seek: sizes then stand behind the data."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, part: bytes) -> int:
        self.data += bytes(part)
        return len(part)


def make(
    files: dict[str, bytes], method: int = ZIP_DEFLATED, comment: bytes = b"", mode: int = 0
) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.comment = comment
        for name, data in files.items():
            info = ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, data, ZIP_STORED if name.endswith("/") else method)
    return out.getvalue()


def streamed() -> bytes:
    out = Pipe()
    with ZipFile(out, "w") as archive:
        for name, data in FILES.items():
            archive.writestr(ZipInfo(name), data, ZIP_DEFLATED)
    return out.data


def patched(data: bytes, mark: bytes, offset: int, value: int) -> bytes:
    """Two bytes of each record that begins with the mark, changed."""
    out = bytearray(data)
    at = data.find(mark)
    while at >= 0:
        struct.pack_into("<H", out, at + offset, value)
        at = data.find(mark, at + 1)
    return bytes(out)


def encrypted() -> bytes:
    return patched(patched(make(FILES), b"PK\3\4", 6, 1), b"PK\1\2", 8, 1)


def overlapping() -> bytes:
    """The second of two equal files is said to be where the first one is."""
    data = make({"aa": b"same", "ab": b"same"}, ZIP_STORED)
    return patched(data, b"PK\1\2", 42, 0)


def solution(name: str) -> bytes:
    """A zip of the files in a seed of the target `package`."""
    text = (SEEDS.parent / "package" / name).read_text(encoding="utf-8")
    files = (part.split("\n", 1) for part in text.split("\n=== ")[1:])
    return make({name: data.encode() for name, data in files})


SEEDS_BY_NAME = {
    "good-deflated": make(FILES),
    "good-stored": make(FILES, ZIP_STORED),
    "good-streamed": streamed(),
    "good-comment": make(FILES, comment=b"made by hand"),
    "good-empty": make({}),
    "good-zip-in-zip": make({"inner.zip": make(FILES)}, ZIP_STORED),
    "solution-pipeline": solution("pipeline"),
    "solution-shared-folder": solution("shared-folder"),
    "solution-model": solution("model"),
    "bad-dotdot": make({"../a": b"x"}),
    "bad-absolute": make({"/etc/passwd": b"x"}),
    "bad-case": make({"a": b"x", "A": b"y"}),
    "bad-file-and-folder": make({"a": b"x", "a/b": b"y"}),
    "bad-link": make({"a": b"/etc/passwd"}, ZIP_STORED, mode=stat.S_IFLNK | 0o777),
    "bad-encrypted": encrypted(),
    "bad-method": make(FILES, zipfile.ZIP_BZIP2),
    "bad-ratio": make({"blanks": b" " * 300_000}),
    "bad-overlap": overlapping(),
    "bad-cut": make(FILES)[:-5],
    "bad-prefix": b"#!/bin/sh\n" + make(FILES),
    "bad-end-in-comment": make({}, comment=make({})),
    "bad-size": patched(make(FILES, ZIP_STORED), b"PK\1\2", 24, 7),
}

SEEDS.mkdir(parents=True, exist_ok=True)
for seed, data in SEEDS_BY_NAME.items():
    (SEEDS / seed).write_bytes(data)
