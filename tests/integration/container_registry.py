"""A registry with a password: Debian's docker-registry, on a free port."""

import base64
import contextlib
import json
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from container_engine import Docker
from process import PATIENCE_S, wait_for

USER = "somebody"
PASSWORD = "planted-5ecret"
# What `htpasswd -B` makes of it.
HTPASSWD = "$2y$05$abcdefghijklmnopqrstuuiwrFSSJi5Z0/d0WN1dL7VofiljBQHyS"


def encode(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()


class Registry:
    def __init__(self, folder: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        (folder / "htpasswd").write_text(f"{USER}:{HTPASSWD}\n")
        config = {
            "version": 0.1,
            "log": {"level": "error"},
            "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
            "http": {"addr": self.address},
            "auth": {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}},
        }
        (folder / "config.yml").write_text(json.dumps(config))
        self._process = subprocess.Popen(
            [shutil.which("docker-registry"), "serve", folder / "config.yml"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(self._answers, "the registry")

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def _answers(self) -> bool:
        assert self._process.poll() is None
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def take(self, docker: Docker, name: str) -> str:
        """Put an image with container-node into the registry, and nowhere else; its digest."""
        image = f"{self.address}/{name}"
        docker.load(f"{image}:1", name)
        auth = {"username": USER, "password": PASSWORD, "serveraddress": self.address}
        header = base64.urlsafe_b64encode(json.dumps(auth).encode()).decode()
        said = docker.api(
            "POST", f"/images/{image}/push?tag=1", header=f"X-Registry-Auth: {header}"
        )
        assert b'"error"' not in said, said
        lines = [json.loads(line) for line in said.splitlines()]
        (digest,) = [line["aux"]["Digest"] for line in lines if "aux" in line]
        docker.api("DELETE", f"/images/{image}:1?force=1")
        return digest

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(PATIENCE_S)
