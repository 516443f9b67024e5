"""A Docker of its own for the tests: a daemon with its own socket, data and process id."""

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
import urllib.parse
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest
from conftest import BUILD, SANITIZER_WORDS
from process import wait_for

# script/lib/count_tests.py knows a forgiven skip by these words.
NO_ENGINE = "no container engine can run here"

DOCKERD = shutil.which("dockerd") or "/usr/sbin/dockerd"
TIMEOUT_S = 90

# The number of this process among those of pytest-xdist.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))

# What a service does before it begins, where it has namespaces of its own.
ALONE = (
    "ip link set lo up && mkdir -p /run/containers && "
    'mount -t tmpfs tmpfs /run/containers && exec "$@"'
)

IMAGE = "pd-test/node:1"
OTHER_IMAGE = "pd-test/node:2"


def can_run() -> bool:
    """Whether a daemon has a chance: it wants to be root and to write control groups."""
    return os.geteuid() == 0 and os.access("/sys/fs/cgroup", os.W_OK)


class Docker:
    """A running daemon; `docker.api("GET", "/info")` asks it."""

    program = DOCKERD

    # Who wants to reach what it publishes is run by these words.
    enter: ClassVar[list] = []

    def __init__(self, folder: Path):
        self.folder = folder
        self.socket = folder / "s"
        self.host = f"unix://{self.socket}"
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen(
            self._command(),
            stdout=self._log,
            stderr=self._log,
            env=os.environ | self._variables(),
            cwd=folder,  # where conmon leaves a file when memory runs out
        )
        wait_for(self._answers, f"the engine; see {folder}/log")

    def _command(self) -> list:
        return [
            *(self.program, "-H", self.host, "--data-root", self.folder / "d"),
            *("--exec-root", self.folder / "e", "-p", self.folder / "pid", "--log-level", "warn"),
            # tests may run several at once: nothing of the host's network is shared
            *("--bridge", "none", "--iptables=false", "--default-address-pool"),
            f"base=10.{200 + WORKER}.0.0/16,size=24",
        ]

    def _variables(self) -> dict[str, str]:
        return {"HOME": str(self.folder)}

    def _answers(self) -> bool:
        assert self._process.poll() is None, (self.folder / "log").read_text()
        with contextlib.suppress(subprocess.CalledProcessError):
            return bool(self.api("GET", "/_ping"))
        return False

    def api(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        kind: str = "application/json",
        header: str = "X-None;",
    ):
        """What the daemon answers, read as JSON where it is some; an error raises."""
        done = subprocess.run(
            [
                *("curl", "--silent", "--fail-with-body", "--unix-socket", self.socket),
                *("-X", method, "-H", f"Content-Type: {kind}", "--data-binary", "@-"),
                *("-H", header),
                f"http://docker{path}",
            ],
            input=body,
            capture_output=True,
            check=True,
            timeout=TIMEOUT_S,
        )
        try:
            return json.loads(done.stdout)
        except ValueError:
            return done.stdout

    def load(self, image: str, note: str = "") -> None:
        """An image with container-node alone in it."""
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w") as tar:
            tar.add((BUILD / "bin/container-node").resolve(), "node")
            for name, mode in (("tmp", 0o1777), ("note-" + note, 0o755)):
                folder = tarfile.TarInfo(name)
                folder.type, folder.mode = tarfile.DIRTYPE, mode
                tar.addfile(folder)
        self.api(
            "POST",
            f"/images/create?fromSrc=-&repo={image}&changes=ENTRYPOINT%20%5B%22/node%22%5D",
            data.getvalue(),
            "application/x-tar",
        )

    def containers(self, name: str | None = None) -> dict[str, dict]:
        """All containers by name, or those of a deployment by workload, as inspected."""
        found = {}
        for row in self.api("GET", "/containers/json?all=1"):
            labels = row["Labels"]
            if name is None:
                found[row["Names"][0][1:]] = row
            elif labels.get("app.kubernetes.io/instance") == name:
                workload = labels["playground/workload"]
                found[workload] = self.api("GET", f"/containers/{row['Id']}/json")
        return found

    def objects(self) -> list[str]:
        """The names of everything with our label."""
        ours = {"label": ["app.kubernetes.io/managed-by=playground-deployer"]}
        query = urllib.parse.urlencode({"filters": json.dumps(ours)})
        return sorted(
            [row["Name"] for row in self.api("GET", f"/networks?{query}")]
            + [row["Name"] for row in self.api("GET", f"/volumes?{query}")["Volumes"] or []]
            + [row["Names"][0][1:] for row in self.api("GET", f"/containers/json?all=1&{query}")]
        )

    def sweep(self) -> None:
        """Remove every container, and the networks and volumes that are ours."""
        for row in self.api("GET", "/containers/json?all=1"):
            self.remove(f"/containers/{row['Id']}?force=1&v=1")
        for row in self.api("GET", "/networks"):
            if row["Name"] not in ("bridge", "host", "none", "podman"):
                self.remove(f"/networks/{row['Id']}")
        for row in self.api("GET", "/volumes")["Volumes"] or []:
            self.remove(f"/volumes/{row['Name']}")

    def remove(self, path: str) -> None:
        """Delete; an engine that is busy with the object is asked again."""

        def is_gone() -> bool:
            with contextlib.suppress(subprocess.CalledProcessError):
                self.api("DELETE", path)
                return True
            return False

        wait_for(is_gone, f"{path} is removed")

    def stop(self) -> None:
        try:
            self.sweep()
        finally:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(TIMEOUT_S)
            self._log.close()


class Podman(Docker):
    """Podman's service, with runc.

    It has a network of its own: a container that ends by itself may leave rules behind, and in the
    host's tables they would take a port of 127.0.0.1 away from whoever listens there next. So it
    needs a name server of its own, too, which is known by a file below /run/containers.
    """

    program = shutil.which("podman") or "/usr/bin/podman"

    @property
    def enter(self) -> list:
        return ["nsenter", f"--net=/proc/{self._process.pid}/ns/net"]

    def _command(self) -> list:
        return [
            *("unshare", "--net", "--mount", "sh", "-c", ALONE, "sh"),
            *(self.program, "--root", self.folder / "d", "--runroot", self.folder / "e"),
            *(
                "--network-config-dir",
                self.folder / "n",
                "--storage-driver",
                "vfs",
                "--cgroup-manager",
                "cgroupfs",
                "--runtime",
                "runc",
            ),
            *("system", "service", "-t", "0", self.host),
        ]

    def _variables(self) -> dict[str, str]:
        config = self.folder / "containers.conf"
        config.write_text(
            '[containers]\ndefault_ulimits = ["nofile=20000:20000", "nproc=10000:10000"]\n'
            '[network]\nnetwork_backend = "netavark"\n'
        )
        return super()._variables() | {"CONTAINERS_CONF": str(config)}


@contextlib.contextmanager
def running(kind: type[Docker]):
    if not can_run():
        pytest.skip(NO_ENGINE)
    # a socket's path is short, and the daemon's own files are nothing to look at
    with tempfile.TemporaryDirectory(prefix="pd-engine-", ignore_cleanup_errors=True) as folder:
        daemon = kind(Path(folder))
        try:
            daemon.load(IMAGE)
            daemon.load(OTHER_IMAGE, "two")
            yield daemon
        finally:
            daemon.stop()


class EngineTry:
    """engine-try against a daemon: `engine("up", "demo", solution)` gives its lines of JSON."""

    def __init__(self, host: str, config: Path, enter: Sequence = ()):
        self.host = host
        self.config = config
        self.enter = enter

    def command(self, *words) -> list:
        return [*self.enter, BUILD / "bin/engine-try", self.host, self.config, *map(str, words)]

    def start(self, *words, solution: dict | None = None) -> subprocess.Popen:
        """For `with`, which waits for its end."""
        with tempfile.TemporaryFile("w+") as text:
            text.write(json.dumps(solution) if solution else "")
            text.seek(0)
            return subprocess.Popen(
                self.command(*words), stdin=text, stdout=subprocess.PIPE, text=True
            )

    def __call__(self, *words, solution: dict | None = None, status: int = 0) -> list[dict]:
        done = subprocess.run(
            self.command(*words),
            input=json.dumps(solution) if solution else "",
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )
        assert not any(word in done.stderr for word in SANITIZER_WORDS), done.stderr
        assert done.returncode == status, done.stdout + done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]
