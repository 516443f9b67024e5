"""compile_db.py - how each C file is compiled, as the build folder of lint tells it."""

import json
import os
import shlex
import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BUILD = Path("build/lint")


def entries() -> dict[Path, list[str]]:
    """Source file -> its compiler's arguments, for every file in src and tests."""
    root = Path.cwd()
    found = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text(encoding="utf-8")):
        file = (Path(entry["directory"]) / entry["file"]).resolve().relative_to(root)
        if file.parts[0] in ("src", "tests"):
            found[file] = shlex.split(entry["command"])
    return found


def include_flags(arguments: list[str]) -> list[str]:
    """The -I and -D of a compiler call; the folders are relative to BUILD."""
    return [word for word in arguments if word.startswith(("-I", "-D")) and "FORTIFY" not in word]


def run_each(
    commands: Iterable[list[str]], is_noise: Callable[[str], object] = lambda line: False
) -> list[bool]:
    """Run the commands in BUILD, one a core, print what they say but noise; which were good."""

    def run(command: list[str]) -> subprocess.CompletedProcess:
        return subprocess.run(command, cwd=BUILD, capture_output=True, text=True, check=False)

    good = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done in pool.map(run, commands):
            lines = (done.stdout + done.stderr).splitlines()
            print("".join(f"{line}\n" for line in lines if not is_noise(line)), end="")
            good.append(done.returncode == 0)
    return good
