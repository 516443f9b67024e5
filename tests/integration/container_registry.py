"""A registry with a password: Debian's docker-registry, on a free port."""

import base64
import contextlib
import hashlib
import json
import shutil
import signal
import socket
import subprocess
import tarfile
import tempfile
import urllib.request
from pathlib import Path

from cluster import tool
from process import PATIENCE_S, wait_for

USER = "somebody"
PASSWORD = "planted-5ecret"
# What `htpasswd -B` makes of it.
HTPASSWD = "$2y$05$abcdefghijklmnopqrstuuiwrFSSJi5Z0/d0WN1dL7VofiljBQHyS"

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar"
OCTETS = "application/octet-stream"


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

    def _send(self, method: str, url: str, kind: str, body: bytes = b"") -> str:
        """Where the registry says it goes on."""
        headers = {"Authorization": f"Basic {encode(USER, PASSWORD)}", "Content-Type": kind}
        request = urllib.request.Request(url, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer.headers["Location"]

    def _put_blob(self, name: str, kind: str, blob: bytes) -> dict:
        """A blob; what a manifest says of it."""
        digest = f"sha256:{hashlib.sha256(blob).hexdigest()}"
        place = self._send("POST", f"http://{self.address}/v2/{name}/blobs/uploads/", OCTETS)
        separator = "&" if "?" in place else "?"
        self._send("PUT", f"{place}{separator}digest={digest}", OCTETS, blob)
        return {"mediaType": kind, "size": len(blob), "digest": digest}

    def put(self, name: str, program: Path) -> str:
        """An image `name`:1 with that program alone in it; its digest."""
        with tempfile.TemporaryDirectory() as folder:
            tar = Path(folder) / "image.tar"
            tool("image", name, program, tar)
            with tarfile.open(tar) as archive:
                config, layer = (
                    archive.extractfile(part).read() for part in ("config.json", "layer.tar")
                )
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self._put_blob(name, CONFIG, config),
            "layers": [self._put_blob(name, LAYER, layer)],
        }
        text = json.dumps(manifest).encode()
        self._send("PUT", f"http://{self.address}/v2/{name}/manifests/1", MANIFEST, text)
        return f"sha256:{hashlib.sha256(text).hexdigest()}"

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(PATIENCE_S)
