"""Processes that outlive the program that starts them, and are known again without a doubt."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from trouble import Trouble


def started_at(pid: int) -> str | None:
    """When the process began, in the kernel's words: a number that is given again has another."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *fields = stat.rpartition(")")[2].split()
    return None if state in "XZ" else fields[18]


class Process:
    """One that has its note in `folder`."""

    def __init__(self, folder: Path, name: str):
        self._note = folder / f"{name}.process"
        self._log = folder / f"{name}.log"
        self._name = name

    def start(self, *command, environment: dict | None = None) -> None:
        with self._log.open("wb") as log:
            process = subprocess.Popen(
                list(map(str, command)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | (environment or {}),
                start_new_session=True,
            )
        self._note.write_text(json.dumps([process.pid, started_at(process.pid)]))

    @property
    def pid(self) -> int | None:
        try:
            pid, began = json.loads(self._note.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if began and started_at(pid) == began else None

    def check(self) -> None:
        if self.pid is None:
            tail = self._log.read_text(errors="replace")[-2000:]
            raise Trouble(f"{self._name} has ended:\n{tail}")

    def kill(self) -> None:
        if self.pid:
            kill(self.pid)


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    while started_at(pid) is not None:
        time.sleep(0.01)


def children(pid: int) -> list[int]:
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        lists = [(task / "children").read_text() for task in tasks]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(child) for text in lists for child in text.split()]


def command_lines() -> dict[int, list[str]]:
    """What runs on this machine."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            found[int(folder.name)] = (folder / "cmdline").read_text(errors="replace").split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found
