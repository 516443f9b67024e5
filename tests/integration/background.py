"""A program that runs while a test goes on."""

import contextlib
import subprocess
from collections.abc import Iterator

# Also where the tests run in the background of a shell, which has them ignore it.
MIND_CTRL_C = ("env", "--default-signal=INT")


@contextlib.contextmanager
def background(command: list, **options) -> Iterator[subprocess.Popen]:
    """Start it as a terminal would; with the block it ends, whatever has happened."""
    program = subprocess.Popen(
        [*MIND_CTRL_C, *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )
    try:
        yield program
    finally:
        program.kill()
        program.wait()
        program.stdout.close()
        program.stderr.close()
