"""Programs that run until they are told to end."""

import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from conftest import BUILD, SANITIZER_WORDS

# How long anything may take that takes no time.
PATIENCE_S = 30


def wait_for(condition, what: str, patience_s: float = PATIENCE_S):
    """The first true value of `condition()`."""
    end = time.monotonic() + patience_s
    while not (value := condition()):
        assert time.monotonic() < end, f"waited {patience_s} s in vain: {what}"
        time.sleep(0.005)
    return value


class Process:
    """A server out of the build folder: started means that it has told its port, stopped that it
    has exited as it should and that no sanitizer has found anything."""

    def __init__(self, name: str, *args, env: dict | None = None):
        path = BUILD / "bin" / name
        assert path.exists(), f"'{path}' is missing: script/build {BUILD.name}"
        self._log = tempfile.NamedTemporaryFile(prefix=f"{path.name}-", suffix=".log")  # noqa: SIM115
        self._process = subprocess.Popen(
            [path, *map(str, args)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=os.environ | (env or {}),
        )
        self.port = self._find_port()

    def _find_port(self) -> int:
        """The port that it tells; 0: it has ended instead."""
        first_line = self._process.stdout.readline()
        return int(first_line) if first_line else 0

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def log(self) -> str:
        return Path(self._log.name).read_text(encoding="utf-8")

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def tell_to_end(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self._process.kill()

    def read(self) -> str:
        """What it prints until it ends."""
        return self._process.stdout.read().decode()

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def wait(self, status: int = 0) -> str:
        """Wait for the end; the log."""
        try:
            got = self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        finally:
            self._process.stdout.close()
        log = self.log
        assert not any(word in log for word in SANITIZER_WORDS), log
        assert got == status, log
        self._log.close()
        return log

    def __enter__(self) -> "Process":
        assert self.port, self.wait()
        return self

    def __exit__(self, kind, value, trace) -> None:
        if not self._log.closed:
            self.tell_to_end()
            self.wait()


def in_parallel(count: int, work) -> list:
    """`work(i)` for each i below `count`, each in a thread of its own; what they returned."""
    results = [None] * count

    def run(i: int) -> None:
        try:
            results[i] = work(i)
        except BaseException as error:  # noqa: BLE001 - told below
            results[i] = error

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
