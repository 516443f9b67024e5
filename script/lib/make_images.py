#!/usr/bin/python3
"""make_images.py [--sizes] BUILD FOLDER [NAME...]: container images of our programs.

Each program out of BUILD becomes FOLDER/NAME.tar, all of them where no NAME is given, as
`docker load` takes it. An image holds the program, what it needs to run, and nothing else; no
registry is asked. The same files make the same bytes. --sizes says besides how large each is
compressed (gzip -9).
"""

import argparse
import functools
import gzip
import hashlib
import io
import json
import platform
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

USER = 10001  # nobody's; the same number as in deploy/
BEGINNING = "1970-01-01T00:00:00Z"  # nothing in an image tells when it was made
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}

PROTOC = Path("/usr/bin/protoc")
PROTOS = Path("/usr/include/google/protobuf")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")

PASSWD = f"root:x:0:0::/:/\nplayground:x:{USER}:{USER}::/:/\n"
GROUP = f"root:x:0:\nplayground:x:{USER}:\n"


@functools.cache
def libraries(program: Path) -> list[Path]:
    """What the loader would load, and the loader itself."""
    told = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    if "not found" in told:
        sys.exit(f"make_images.py: a library of '{program}' is missing: script/bootstrap\n{told}")
    return [Path(path) for path in re.findall(r"(/\S+) \(0x", told)]


@functools.cache
def stripped(program: Path) -> bytes:
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(["strip", "-o", file.name, program], check=True)
        return Path(file.name).read_bytes()


class Layer:
    """Files by their path without the slash in front; folders are made as they are needed."""

    def __init__(self):
        self._entries: dict[str, tuple[tarfile.TarInfo, bytes]] = {}
        self.folder("/tmp", 0o1777)
        self.file("/etc/passwd", PASSWD.encode())
        self.file("/etc/group", GROUP.encode())

    def _put(self, path: str, kind: bytes, mode: int, data: bytes = b"", owner: int = 0) -> None:
        for parent in Path(path).parents[-2::-1]:
            if str(parent)[1:] not in self._entries:
                self.folder(str(parent))
        info = tarfile.TarInfo(path[1:])
        info.type, info.mode, info.size, info.uid, info.gid = kind, mode, len(data), owner, owner
        self._entries[info.name] = info, data

    def folder(self, path: str, mode: int = 0o755, owner: int = 0) -> None:
        self._put(path, tarfile.DIRTYPE, mode, owner=owner)

    def file(self, path: str, data: bytes, mode: int = 0o644) -> None:
        self._put(path, tarfile.REGTYPE, mode, data)

    def copy(self, path: Path, mode: int = 0o644) -> None:
        """A file of this machine at its own path; a link becomes what it leads to."""
        self.file(str(path), path.read_bytes(), mode)

    def program(self, source: Path, path: str) -> None:
        self.file(path, stripped(source), 0o755)
        for library in libraries(source):
            self.copy(library, 0o755)

    def tar(self) -> bytes:
        return tar_of(self._entries[name] for name in sorted(self._entries))


def tar_of(entries: Iterable[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for info, content in entries:
            tar.addfile(info, io.BytesIO(content))
    return data.getvalue()


# --- What each kind of program wants besides ---


def add_protoc(layer: Layer) -> None:
    layer.program(PROTOC, str(PROTOC))
    for proto in PROTOS.rglob("*.proto"):
        layer.copy(proto)


def add_certificates(layer: Layer) -> None:
    layer.copy(CERTIFICATES)
    layer.folder("/var/lib/playground-deployer", 0o700, USER)


def add_shared_folder(layer: Layer) -> None:
    """A volume that is mounted here for the first time takes its rights from it."""
    layer.folder("/data/shared", 0o1777)


@dataclass(frozen=True)
class Kind:
    ports: tuple[int, ...]
    add: Callable[[Layer], None]
    config: dict = field(default_factory=dict)


ORCHESTRATOR = Kind((8061, 8062), add_protoc)
# On an address that others reach a key of tokens must be given, else it does not start.
DEPLOYER = Kind(
    (8080,),
    add_certificates,
    {
        "Env": ["PD_ADDRESS=0.0.0.0", "PD_DATA_DIR=/var/lib/playground-deployer"],
        "Volumes": {"/var/lib/playground-deployer": {}},
    },
)
NODE = Kind((8061, 8062), add_shared_folder)


# --- An image ---


def config_of(name: str, version: str, kind: Kind, layer: bytes) -> dict:
    return {
        "architecture": ARCHITECTURES[platform.machine()],
        "os": "linux",
        "created": BEGINNING,
        "config": {
            "User": f"{USER}:{USER}",
            "ExposedPorts": {f"{port}/tcp": {} for port in kind.ports},
            "Env": ["PATH=/usr/bin", *kind.config.get("Env", ())],
            "Volumes": kind.config.get("Volumes"),
            "Entrypoint": [f"/usr/bin/{name}"],
            # Containers inherit these: none is one by which an engine knows what it made.
            "Labels": {
                "org.opencontainers.image.title": name,
                "org.opencontainers.image.version": version,
                "playground/program": name,
            },
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest(layer)}"]},
        "history": [{"created": BEGINNING, "created_by": "script/images"}],
    }


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def json_bytes(value) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def image(name: str, program: Path, kind: Kind, version: str) -> bytes:
    """An archive of `docker save`: the layer, its config, and the names that lead to it."""
    layer = Layer()
    layer.program(program, f"/usr/bin/{name}")
    kind.add(layer)
    tar = layer.tar()

    config = json_bytes(config_of(name, version, kind, tar))
    files = {f"{digest(config)}.json": config, f"{digest(tar)}/layer.tar": tar}
    config_name, layer_name = files
    files["manifest.json"] = json_bytes(
        [
            {
                "Config": config_name,
                "RepoTags": [f"{name}:latest", f"{name}:{version}"],
                "Layers": [layer_name],
            }
        ]
    )
    return tar_of((entry(path, files[path]), files[path]) for path in sorted(files))


def entry(path: str, data: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(path)
    info.size = len(data)
    return info


def programs(build: Path) -> dict[str, tuple[Path, Kind]]:
    """All that can be an image, by the image's name."""
    found = {
        "playground-orchestrator": (build / "bin/playground-orchestrator", ORCHESTRATOR),
        "playground-deployer": (build / "bin/playground-deployer", DEPLOYER),
    }
    for program in sorted((build / "bin").glob("example-*")):
        found[f"playground-{program.name}"] = program, NODE
    missing = [str(program) for program, _ in found.values() if not program.exists()]
    if missing:
        sys.exit(f"make_images.py: '{missing[0]}' is missing: script/build {build.name}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", action="store_true")
    parser.add_argument("build", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    given = parser.parse_args()

    known = programs(given.build)
    unknown = [name for name in given.names if name not in known]
    if unknown:
        sys.exit(f"make_images.py: no image is '{unknown[0]}'; there are: {' '.join(known)}")
    info = json.loads((given.build / "meson-info/intro-projectinfo.json").read_text("utf-8"))

    given.folder.mkdir(parents=True, exist_ok=True)
    for name in given.names or known:
        data = image(name, *known[name], info["version"])
        (given.folder / f"{name}.tar").write_bytes(data)
        size = f", {len(gzip.compress(data, 9)) / 1e6:.1f} MB compressed" if given.sizes else ""
        print(f"{given.folder}/{name}.tar: {len(data) / 1e6:.1f} MB{size}")


main()
