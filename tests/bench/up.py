"""up: from the command until everybody answers, by `playgroundctl up` and by docker-compose in
turns, on a Docker of its own. docker-compose gets what `up` has made: the same images, variables,
ports, limits and files."""

import io
import json
import os
import socket
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/integration"))
from container_engine import Docker, can_run  # noqa: E402
from thermometers import IMAGES, write_solution  # noqa: E402

PLAYGROUNDCTL = Path(os.environ["PD_BUILD"]) / "bin/playgroundctl"
COUNTS = (4, 11)  # containers, the orchestrator's among them
ROUNDS = 5
MOST = 1  # ours, in parts of docker-compose's
NAME = "bench"
PATIENCE_S = 60

# The first words of a client of HTTP/2: who answers is there, and not only Docker's proxy.
HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0"


def row(what: str, value: float, unit: str, target: str = "") -> None:
    print(f"{what}\t{value:.3f}\t{unit}\t{target}", flush=True)


def run(*command, docker: Docker) -> None:
    done = subprocess.run(
        command,
        env=os.environ | {"DOCKER_HOST": docker.host, "PD_ENGINE": "docker"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stdout}{done.stderr}")


# --- What is brought up ---


def service_of(container: dict, pipeline: Path | None) -> dict:
    """A container as docker-compose wants it described."""
    config, host = container["Config"], container["HostConfig"]
    return {
        "image": config["Image"],
        "environment": config["Env"],
        "ports": [f"127.0.0.1::{port}" for port in host["PortBindings"]],
        "restart": host["RestartPolicy"]["Name"],
        "security_opt": host["SecurityOpt"],
        "volumes": [f"{pipeline}:/pipeline:ro"] if pipeline else [],
    }


def write_compose_file(docker: Docker, folder: Path) -> Path:
    """The deployment that runs, for docker-compose."""
    containers = docker.containers(NAME)
    files = docker.api(
        "GET", f"/containers/{containers['orchestrator']['Id']}/archive?path=/pipeline"
    )
    with tarfile.open(fileobj=io.BytesIO(files)) as tar:
        tar.extractall(folder)
    services = {
        name: service_of(container, folder / "pipeline" if name == "orchestrator" else None)
        for name, container in containers.items()
    }
    file = folder / "docker-compose.json"  # which is YAML, too
    file.write_text(json.dumps({"version": "2.4", "services": services}), encoding="utf-8")
    return file


# --- How long it takes ---


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(HELLO)
            return connection.recv(1) != b""
    except OSError:
        return False


def wait_for_answers(docker: Docker) -> None:
    """What `up` does itself."""
    end = time.monotonic() + PATIENCE_S
    for row in docker.api("GET", "/containers/json"):
        port = next(p["PublicPort"] for p in row["Ports"] if p["PrivatePort"] == 8061)
        while not answers(port):
            if time.monotonic() > end:
                sys.exit(f"{row['Names']} does not answer")
            time.sleep(0.005)


def seconds_of(work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def bench(docker: Docker, count: int, folder: Path) -> None:
    solution = folder / "solution"
    write_solution(solution, count - 1)

    def up() -> None:
        run(PLAYGROUNDCTL, "up", solution, NAME, docker=docker)

    up()
    compose_file = write_compose_file(docker, folder)

    def compose_up() -> None:
        run("docker-compose", "-p", NAME, "-f", compose_file, "up", "-d", docker=docker)
        wait_for_answers(docker)

    taken = {"docker-compose": compose_up, "ours": up}
    seconds = {name: [] for name in taken}
    for _ in range(ROUNDS):
        for name, work in taken.items():
            docker.sweep()
            seconds[name].append(seconds_of(work))
    docker.sweep()

    theirs, ours = (statistics.median(seconds[name]) for name in taken)
    row(f"{count} containers, docker-compose", theirs, "s")
    row(f"{count} containers, ours", ours, "s")
    row(f"{count} containers, ours of docker-compose's", ours / theirs, "", f"<= {MOST}")


def main() -> None:
    if not can_run():
        sys.exit("no container engine can run here")
    with tempfile.TemporaryDirectory(prefix="pd-up-", ignore_cleanup_errors=True) as folder:
        docker = Docker(Path(folder))
        try:
            run(ROOT / "script/images", "--load", *IMAGES, docker=docker)
            for count in COUNTS:
                bench(docker, count, Path(folder) / str(count))
        finally:
            docker.stop()


main()
