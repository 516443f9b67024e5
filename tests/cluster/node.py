"""The cluster's life: up while somebody uses it, then gone without a trace."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import binaries
import pki
import scratch_image
import settings
from processes import Process, children, command_lines, kill, started_at
from settings import Settings
from trouble import Trouble

STATE = Path(os.environ.get("CLUSTER_STATE") or "/var/lib/playground-cluster")
KUBECONFIG = STATE / "admin.conf"
LOGS = STATE / "logs"
USERS = STATE / "users"
BY_HAND = "by-hand"
# In the order in which they end: nobody shall start again what has been stopped.
PROGRAMS = (
    *("kubelet", "kube-controller-manager", "kube-scheduler", "kube-proxy", "coredns"),
    *("containerd", "kube-apiserver", "etcd"),
)
PATIENCE_S = 120


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One at a time may start or stop it: there is one for the whole machine."""
    if os.geteuid() != 0:
        raise Trouble("containers and networks want root")
    with STATE.with_name(STATE.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def wait_for(what: str, *command) -> None:
    end = time.monotonic() + PATIENCE_S
    while subprocess.run(list(map(str, command)), capture_output=True, check=False).returncode:
        for name in PROGRAMS:
            if (LOGS / f"{name}.process").exists():
                Process(LOGS, name).check()
        if time.monotonic() > end:
            raise Trouble(f"{what} does not come up, the logs are in '{LOGS}'")
        time.sleep(0.2)


def kubectl(*words) -> list:
    return [binaries.path("kubectl"), f"--kubeconfig={KUBECONFIG}", *words]


def ctr(*words) -> list:
    return [binaries.path("ctr"), f"--address={STATE / 'containerd.sock'}", "-n=k8s.io", *words]


def run_quietly(*command) -> None:
    """Of what need not be there, or is there already, nobody wants to hear."""
    subprocess.run(list(map(str, command)), capture_output=True, check=False)


def is_up() -> bool:
    return USERS.exists() and all(Process(LOGS, name).pid for name in PROGRAMS)


def add_user(pid: int | None) -> None:
    if pid is None:
        (USERS / BY_HAND).touch()
    else:
        (USERS / str(pid)).write_text(started_at(pid) or "")


def is_used() -> bool:
    """Forgets users that have ended without a word."""
    for note in USERS.glob("[0-9]*"):
        if started_at(int(note.name)) != note.read_text():
            note.unlink()
    return any(USERS.iterdir())


def write_files(config: Settings) -> None:
    for folder in (config.pki, STATE / "cni", LOGS):
        folder.mkdir(parents=True)
    own = f"IP:{config.address}"
    pki.make_authority(config.pki)
    pki.make_key_pair(config.pki, "accounts")
    server_names = ("DNS:kubernetes.default.svc", f"IP:{settings.FIRST_SERVICE}", own)
    pki.make_certificate(config.pki, "apiserver", "/CN=kube-apiserver", server_names)
    pki.make_certificate(config.pki, "admin", "/O=system:masters/CN=admin")
    node = f"/O=system:nodes/CN=system:node:{settings.NODE}"
    pki.make_certificate(config.pki, "node", node, (f"DNS:{settings.NODE}", own))
    for name, text in {
        "admin.conf": config.kubeconfig("admin"),
        "node.conf": config.kubeconfig("node"),
        "kubelet.json": config.kubelet_config(),
        "containerd.toml": config.containerd_config(),
        "cni/pods.conflist": config.network(),
        "Corefile": config.names(),
        "resolv.conf": f"nameserver {settings.DNS}\n",
    }.items():
        (STATE / name).write_text(text, encoding="utf-8")


def load(tars: list[str]) -> None:
    for tar in tars:
        subprocess.run(ctr("images", "import", tar), check=True, capture_output=True, text=True)


def load_pause_image() -> None:
    program, tar = STATE / "pause", STATE / "pause.tar"
    source = binaries.HERE / "pause.c"
    subprocess.run(["cc", "-static", "-Os", "-o", program, source], check=True)
    scratch_image.make(settings.PAUSE, program, tar)
    load([str(tar)])


def start_programs(config: Settings) -> None:
    def start(name: str, *flags) -> None:
        environment = {"PATH": f"{binaries.FOLDER}:{os.environ['PATH']}"}
        Process(LOGS, name).start(binaries.path(name), *flags, environment=environment)

    start("etcd", *config.etcd_flags())
    start("containerd", "--config", STATE / "containerd.toml")
    start("kube-apiserver", *config.apiserver_flags())
    wait_for("the API server", *kubectl("get", "--raw=/readyz"))
    start("kube-controller-manager", *config.controllers_flags())
    start("kube-scheduler", *config.scheduler_flags())
    wait_for("containerd", *ctr("version"))
    load_pause_image()
    start("kubelet", *config.kubelet_flags())
    start("kube-proxy", *config.proxy_flags())
    run_quietly("ip", "address", "add", f"{settings.DNS}/32", "dev", "lo")
    start("coredns", "-conf", STATE / "Corefile")

    ready = ("wait", "--for=condition=Ready", f"node/{settings.NODE}", "--timeout=1s")
    wait_for("the node", *kubectl(*ready))
    wait_for("the first account", *kubectl("get", "serviceaccount", "default"))


def up(user: int | None) -> Path:
    """Start it, if it is not up. The kubeconfig."""
    with alone():
        if not is_up():
            destroy()
            config = Settings(STATE, binaries.FOLDER)
            write_files(config)
            try:
                start_programs(config)
            except BaseException:
                stop_programs()  # the logs stay
                raise
            USERS.mkdir()
        add_user(user)
    return KUBECONFIG


def down(user: int | None) -> None:
    """Stop it; in the name of a user only if it was the last one."""
    with alone():
        if user and USERS.exists():
            (USERS / str(user)).unlink(missing_ok=True)
        if not user or not USERS.exists() or not is_used():
            destroy()


def stop_containers() -> None:
    """The shims outlive containerd; they are known by the socket that they were told."""
    for pid, words in command_lines().items():
        if words[0].endswith("containerd-shim-runc-v2") and str(STATE / "containerd.sock") in words:
            inits = children(pid)
            kill(pid)
            for init in inits:
                kill(init)


def stop_programs() -> None:
    for name in PROGRAMS:
        Process(LOGS, name).kill()
    stop_containers()


def unmount_all() -> None:
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for mount in reversed(mounts):
        if mount.startswith(f"{STATE}/"):
            run_quietly("umount", "--lazy", mount)


def clean_network() -> None:
    run_quietly(binaries.path("kube-proxy"), "--cleanup")
    for program in ("iptables", "ip6tables"):  # what the clean-up forgets
        for chain in ("INPUT", "OUTPUT"):
            run_quietly(program, "--wait", "--delete", chain, "--jump", "KUBE-FIREWALL")
        run_quietly(program, "--wait", "--flush", "KUBE-FIREWALL")
        run_quietly(program, "--wait", "--delete-chain", "KUBE-FIREWALL")
    run_quietly("ip", "link", "delete", settings.BRIDGE)
    run_quietly("ip", "address", "delete", f"{settings.DNS}/32", "dev", "lo")


def destroy() -> None:
    if not STATE.exists():
        return
    stop_programs()
    unmount_all()
    clean_network()
    shutil.rmtree(STATE)
