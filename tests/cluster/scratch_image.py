"""Container images with nothing in them but a program."""

import hashlib
import io
import json
import platform
import subprocess
import tarfile
import tempfile
from pathlib import Path

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}  # as images call what uname tells


def _compile(source: Path) -> bytes:
    """A C program that wants no library where it runs."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "program"
        command = ["cc", "-static", "-Os", "-Wall", "-Werror", "-o", str(program), str(source)]
        subprocess.run(command, check=True, capture_output=True, text=True)
        return program.read_bytes()


def _add(archive: tarfile.TarFile, name: str, data: bytes, mode: int = 0o644) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), mode
    archive.addfile(entry, io.BytesIO(data))


def make(name: str, source: Path, tar: Path) -> None:
    """The image `name` as `docker save` writes it; its program is called like its source."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as archive:
        _add(archive, source.stem, _compile(source), 0o755)
    digest = hashlib.sha256(layer.getvalue()).hexdigest()
    config = {
        "architecture": ARCHITECTURES[platform.machine()],
        "os": "linux",
        "config": {"Entrypoint": [f"/{source.stem}"]},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
    }
    manifest = [{"Config": "config.json", "RepoTags": [name], "Layers": ["layer.tar"]}]
    with tarfile.open(tar, "w") as archive:
        _add(archive, "manifest.json", json.dumps(manifest).encode())
        _add(archive, "config.json", json.dumps(config).encode())
        _add(archive, "layer.tar", layer.getvalue())
