"""Commands that are ended in the middle by SIGKILL."""

import os
import subprocess
import time

from conftest import BUILD

# So many moments for each engine.
MOMENTS = 20


def kill_after(seconds: float, env: dict, *words) -> None:
    """Begin a playgroundctl, and end it if it still runs then."""
    command = [BUILD / "bin/playgroundctl", *map(str, words)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | env
    ) as it:
        time.sleep(seconds)  # the moment is what is tested
        it.kill()


def seconds_of(playgroundctl, env: dict, *words, status: int = 0) -> float:
    """How long a command takes here."""
    began = time.monotonic()
    done = playgroundctl(*words, env=env)
    assert done.status == status, done.err
    return time.monotonic() - began
