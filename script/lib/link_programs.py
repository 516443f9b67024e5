#!/usr/bin/python3
"""link_programs.py FOLDER: let bin/ of a build folder hold each program, but test-*."""

import json
import sys
from pathlib import Path


def main() -> None:
    build = Path(sys.argv[1]).resolve()
    targets = json.loads((build / "meson-info/intro-targets.json").read_text(encoding="utf-8"))
    programs = {
        target["name"]: Path(target["filename"][0])
        for target in targets
        if target["type"] == "executable" and not target["name"].startswith("test-")
    }

    folder = build / "bin"
    folder.mkdir(exist_ok=True)
    for link in folder.iterdir():
        if programs.get(link.name) != link.resolve():
            link.unlink()
    for name, program in programs.items():
        link = folder / name
        if not link.is_symlink():
            link.symlink_to(Path("..") / program.relative_to(build))


main()
