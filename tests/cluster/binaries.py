"""The programs of the cluster: built once out of Go modules, kept in the cache folder."""

import os
import shutil
import subprocess
from pathlib import Path

from trouble import Trouble

HERE = Path(__file__).resolve().parent
VENV = HERE.parents[1] / "build/venv/bin"  # where script/bootstrap puts a Go, if there is none
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
FOLDER = Path(os.environ.get("CLUSTER_BIN") or CACHE / "playground-cluster/bin")

KUBERNETES = "v1.36.2"
KUBE_NAMES = (
    *("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"),
    *("kube-proxy", "kubelet", "kubectl"),
)
CONTAINERD = "github.com/containerd/containerd/v2/cmd/%s@v2.3.7"
CNI = "github.com/containernetworking/plugins/plugins/%s@v1.9.1"
OTHERS = {
    "containerd": CONTAINERD % "containerd",
    "containerd-shim-runc-v2": CONTAINERD % "containerd-shim-runc-v2",
    "ctr": CONTAINERD % "ctr",
    "bridge": CNI % "main/bridge",
    "loopback": CNI % "main/loopback",
    "host-local": CNI % "ipam/host-local",
    "coredns": "github.com/coredns/coredns@v1.14.7",
}

ENVIRONMENT = os.environ | {
    "CGO_ENABLED": "0",
    "GOFLAGS": "-trimpath -buildvcs=false",
    "GOTOOLCHAIN": "local",
    "GOBIN": str(FOLDER),
}


def go(*words, program: str | None = None) -> None:
    command = ["nice", program or find_go(), *map(str, words)]
    if subprocess.run(command, env=ENVIRONMENT, cwd=HERE, check=False).returncode != 0:
        raise Trouble(f"'{' '.join(command[1:])}' failed; the first time it wants the network")


def find_go() -> str:
    """A Go that takes go.mod; which version that wants, it knows itself."""
    for folders in (None, str(VENV)):
        program = shutil.which("go", path=folders)
        command = [program, "list", "-m"]
        if (
            program
            and subprocess.run(
                command, env=ENVIRONMENT, cwd=HERE, capture_output=True, check=False
            ).returncode
            == 0
        ):
            return program
    raise Trouble("no Go is new enough for tests/cluster/go.mod: script/bootstrap installs one")


def kube_version() -> str:
    if not (FOLDER / "kubectl").exists():
        return ""
    command = [FOLDER / "kubectl", "version", "--client", "--output=json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return KUBERNETES if f'"{KUBERNETES}"' in done.stdout else ""


def build() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    if kube_version() != KUBERNETES:
        version = f"-X k8s.io/component-base/version.gitVersion={KUBERNETES}"
        go("build", f"-ldflags=-s -w {version}", "-o", FOLDER / "kube", "./kube")
        for name in KUBE_NAMES:
            link = FOLDER / name
            link.unlink(missing_ok=True)
            link.symlink_to("kube")
    for name, module in OTHERS.items():
        if not (FOLDER / name).exists():
            go("install", "-ldflags=-s -w", module)


def path(name: str) -> Path:
    program = FOLDER / name
    if not program.exists():
        raise Trouble("its programs are not there yet: tests/cluster/cluster build")
    return program
