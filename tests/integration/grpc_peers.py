"""The three implementations of gRPC that the tests hold against each other, each as a server and as
a client: ours, grpc-go and grpcio. tests/go/README.md says what their settings mean."""

import base64
import contextlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import BUILD, ROOT, SANITIZER_WORDS
from process import PATIENCE_S, Process

GO_PEER = ROOT / "build/go/grpc-peer"
PROGRAMS = {
    "ours": [BUILD / "bin/grpc-peer"],
    "go": [GO_PEER],
    "python": [sys.executable, Path(__file__).with_name("grpc_python_peer.py")],
}

# (client, server)
PAIRS = [
    ("ours", "ours"),
    ("ours", "go"),
    ("ours", "python"),
    ("go", "ours"),
    ("python", "ours"),
]
for_pairs = pytest.mark.parametrize(("client", "server"), PAIRS)
# grpcio, told the end while it writes, says INTERNAL and loses what came, whoever tells it.
PAIRS_THAT_END_EARLY = [pair for pair in PAIRS if pair[0] != "python"]
for_pairs_that_end_early = pytest.mark.parametrize(("client", "server"), PAIRS_THAT_END_EARLY)
for_clients = pytest.mark.parametrize("client", PROGRAMS)
for_servers = pytest.mark.parametrize("server", PROGRAMS)

# Longer than all that is sent.
MAX_MESSAGE = 40 << 20


def words(settings: dict, metadata=(), stalled_metadata=()) -> list[str]:
    """Arguments of a peer; values of metadata that are bytes go to names that end in -bin."""

    def text(value) -> str:
        if isinstance(value, bytes):
            return base64.b64encode(value).decode()
        return str(value).lower() if isinstance(value, bool) else str(value)

    return [
        *(f"{name}={text(value)}" for name, value in settings.items()),
        *(f"+{name}={text(value)}" for name, value in metadata),
        *(f"~{name}={text(value)}" for name, value in stalled_metadata),
    ]


class Server(Process):
    """A server that runs."""

    def __init__(self, name: str, **settings):
        program = PROGRAMS[name]
        super().__init__(str(program[0]), *program[1:], "server", *words(settings))

    @property
    def target(self) -> str:
        return f"127.0.0.1:{self.port}"

    def state(self) -> dict:
        """What it has seen, this question apart."""
        return json.loads(call("go", self, method="State", checks=False)["last"])

    def read_line(self) -> str:
        return self._process.stdout.readline().decode().strip()

    def last_state(self) -> dict:
        """Wait for its end; what it had seen."""
        state = json.loads(self.read_line())
        self.wait()
        return state

    def is_at_rest(self) -> bool:
        """Whether it has seen calls, and the end of each."""
        state = self.state()
        return 0 < state["begun"] == sum(state["ended"].values())


class Servers:
    """One server of each implementation, for tests that neither end it nor want other settings."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._servers = {}

    def __getitem__(self, name: str) -> Server:
        if name not in self._servers:
            server = Server(name, max_message=MAX_MESSAGE)
            self._servers[name] = self._stack.enter_context(server)
        return self._servers[name]

    def __enter__(self) -> "Servers":
        return self

    def __exit__(self, *exception) -> None:
        self._stack.__exit__(*exception)


@contextlib.contextmanager
def calling(
    client: str, server: Server | str, *, metadata=(), stalled_metadata=(), **settings
) -> Iterator[subprocess.Popen]:
    """A client while it runs; at the end it must have ended well."""
    target = server if isinstance(server, str) else server.target
    settings = {"target": target, "max_message": MAX_MESSAGE} | settings
    process = subprocess.Popen(
        [*PROGRAMS[client], "client", *words(settings, metadata, stalled_metadata)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
        _, err = process.communicate(timeout=PATIENCE_S)
        assert not any(word in err for word in SANITIZER_WORDS), err
        assert process.returncode == 0, err
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()


def result_of(process: subprocess.Popen) -> dict:
    """The line of JSON that tells how the calls went."""
    line = process.stdout.readline()
    assert line, process.stderr.read()
    return json.loads(line)


def call(client: str, server: Server | str, **settings) -> dict:
    """Make calls and wait for their end; how they went."""
    with calling(client, server, **settings) as process:
        return result_of(process)


def all_ok(result: dict, calls: int = 1) -> bool:
    return result["status"] == {"OK": calls} and result["wrong"] == 0


def status_of(result: dict) -> str:
    """How the one call ended."""
    (status,) = result["status"]
    return status


def run_go(mode: str, *arguments, metadata=(), **settings) -> dict:
    """A mode of the Go peer that ends by itself."""
    done = subprocess.run(
        [GO_PEER, mode, *words(settings, metadata), *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    return json.loads(done.stdout)


def rss_anon_kib(pid: int) -> int:
    """The memory of its own that a process has now."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"RssAnon:\s+(\d+) kB", status).group(1))
