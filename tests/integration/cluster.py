"""A real Kubernetes, shared by all tests: that of tests/cluster, or the one of KUBECONFIG."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import BUILD, ROOT

TOOL = ROOT / "tests/cluster/cluster"
BUILT_KUBECTL = (
    Path(os.environ.get("CLUSTER_BIN") or Path.home() / ".cache/playground-cluster/bin") / "kubectl"
)


def tool(*words) -> str:
    """Run tests/cluster/cluster; the last line that it prints."""
    command = [sys.executable, str(TOOL), *map(str, words)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return (done.stdout.splitlines() or [""])[-1]


@dataclass(frozen=True)
class Cluster:
    kubeconfig: Path
    is_own: bool

    def _command(self, words: tuple) -> list:
        program = shutil.which("kubectl") if not BUILT_KUBECTL.exists() else BUILT_KUBECTL
        return [program, f"--kubeconfig={self.kubeconfig}", *map(str, words)]

    def start(self, *words) -> subprocess.Popen:
        """kubectl that goes on; what it prints is read by the caller."""
        return subprocess.Popen(self._command(words), stdout=subprocess.PIPE, text=True)

    def _kubectl(self, words: tuple, stdin: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            self._command(words),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    def kubectl(self, *words, stdin: str = "", check: bool = True) -> str:
        done = self._kubectl(words, stdin)
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    def refusal(self, *words, stdin: str = "") -> str:
        """What kubectl says where it must fail."""
        done = self._kubectl(words, stdin)
        assert done.returncode != 0, done.stdout
        return done.stderr

    def get(self, *words):
        """What `kubectl get` finds, as JSON."""
        return json.loads(self.kubectl("get", *words, "--output=json"))

    def apply(self, *objects, namespace: str) -> None:
        everything = {"apiVersion": "v1", "kind": "List", "items": objects}
        words = ("apply", "--server-side", f"--namespace={namespace}", "--filename=-")
        self.kubectl(*words, stdin=json.dumps(everything))

    def load(self, tar: Path) -> None:
        if self.is_own:
            tool("load", tar)
        else:
            subprocess.run([*shlex.split(os.environ["PD_CLUSTER_LOAD"]), str(tar)], check=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    given = os.environ.get("KUBECONFIG")
    if given:
        yield Cluster(Path(given), is_own="PD_CLUSTER_LOAD" not in os.environ)
        return
    if os.geteuid() != 0:  # script/lib/count_tests.py forgives these words
        pytest.skip("no container engine can run here: that wants root; or set KUBECONFIG")
    tool("build")
    try:
        yield Cluster(Path(tool("up", "--user", os.getpid())), is_own=True)
    finally:
        tool("down", "--user", os.getpid())


@pytest.fixture
def namespace(cluster) -> Iterator[str]:
    """A namespace of the test's own."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    cluster.kubectl("create", "namespace", name)
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


def load_node(cluster: Cluster, folder: Path, name: str) -> str:
    tar = folder / "node.tar"
    tool("image", name, BUILD / "bin/container-node", tar)
    cluster.load(tar)
    return name


@pytest.fixture
def own_namespace(cluster):
    """The name of a namespace that the test makes."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false", "--ignore-not-found")


@pytest.fixture(scope="session")
def workload_image(cluster, tmp_path_factory) -> str:
    """An image on the node that does what its arguments say: tests/programs/container-node.c."""
    return load_node(cluster, tmp_path_factory.mktemp("images"), "localhost/node:1")


@pytest.fixture(scope="session")
def other_image(cluster, tmp_path_factory) -> str:
    """The same under another name."""
    return load_node(cluster, tmp_path_factory.mktemp("images"), "localhost/node:2")
