"""What the integration tests share: the built programs, and the real data where it is there.

`script/test` sets PD_BUILD (the build folder) and PD_REAL_DATA; under a bare pytest they default to
build/asan and to ../shared/data beside the checkout.
"""

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

pytest_plugins = ["cluster", "cluster_engine", "orchestrator_world", "up_world"]  # their fixtures

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("PD_BUILD", ROOT / "build/asan")).resolve()
REAL_DATA = Path(os.environ.get("PD_REAL_DATA", ROOT / "../shared/data")).resolve()

# script/lib/count_tests.py knows a forgiven skip by these words.
NO_REAL_DATA = f"no real data: set PD_REAL_DATA, '{REAL_DATA}' is no such folder"

# What the sanitizers write when they find something, whatever the exit status.
SANITIZER_WORDS = ("Sanitizer:", "runtime error:")

TIMEOUT_S = 60

# A shell has SIGINT ignored in what it starts in the background, and programs inherit that; here
# they are told to end by it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Random inputs at a desk, the same ones each time in CI; a slow machine is no failure.
hypothesis.settings.register_profile(
    "house", deadline=None, database=None, derandomize="CI" in os.environ
)
hypothesis.settings.load_profile("house")


@dataclass(frozen=True)
class Result:
    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()


class Program:
    """A program out of the build folder. Every run is checked for a finding of a sanitizer."""

    def __init__(self, name: str):
        self.path = BUILD / "bin" / name
        assert self.path.exists(), f"'{self.path}' is missing: script/build {BUILD.name}"

    def __call__(self, *args, stdin: bytes = b"", cwd=None, env: dict | None = None) -> Result:
        done = subprocess.run(
            [self.path, *map(str, args)],
            input=stdin,
            capture_output=True,
            cwd=cwd,
            env=os.environ | (env or {}),
            timeout=TIMEOUT_S,
            check=False,
        )
        err = done.stderr.decode(errors="replace")
        assert not any(word in err for word in SANITIZER_WORDS), err
        return Result(done.returncode, done.stdout, err)


@pytest.fixture(scope="session")
def playgroundctl() -> Program:
    """`playgroundctl("render", path, "-o", out)` runs it and gives status, out, text and err."""
    return Program("playgroundctl")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with real data of others; the test is skipped where it is missing."""
    if not REAL_DATA.is_dir():
        pytest.skip(NO_REAL_DATA)
    return REAL_DATA


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with the argument `real_case` runs once for each blueprint folder of the real data."""
    if "real_case" not in metafunc.fixturenames:
        return
    cases = sorted((REAL_DATA / "blueprints").glob("*/"))
    params = [pytest.param(case, id=case.name) for case in cases]
    metafunc.parametrize(
        "real_case", params or [pytest.param(None, marks=pytest.mark.skip(reason=NO_REAL_DATA))]
    )
