"""docs/tutorial.md, as written: its files are made, its commands typed one after the other in one
shell, and what it shows is what comes."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import BUILD, ROOT
from container_engine import Docker, running

pytestmark = pytest.mark.xdist_group("images")  # who writes into build/

# What the Containerfile is made from. No registry is asked: it is a Debian out of Debian's archive,
# which has Python and grpcio already, so that building wants no network.
BASE = "debian:12-slim"
BASE_PACKAGES = "python3-grpcio"
CACHE = Path.home() / ".cache/playground-tutorial"
BASE_TAR = CACHE / f"bookworm-{BASE_PACKAGES}.tar"
NOT_NEEDED = (
    "var/cache/apt/*.bin",
    "var/cache/apt/archives/*.deb",
    "var/lib/apt/lists/*",
    "usr/share/doc",
    "usr/share/locale",
)

BUILD_S = 900  # of the base, once
COMMANDS_S = 300


# --- The tutorial ---


@dataclass(frozen=True)
class Block:
    """A fenced block: a file (with its name), commands (`sh`), or what they show (`text`)."""

    kind: str
    name: str
    body: str


def read_blocks() -> list[Block]:
    text = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
    found = re.findall(r"^(?:\*\*`([^`]+)`\*\*\n)?```(\w+)\n(.*?)^```$", text, re.M | re.S)
    assert len(found) * 2 == text.count("```")
    return [Block(kind, name, body) for name, kind, body in found]


def script_of(blocks: list[Block]) -> str:
    """One script; each of its commands is preceded by its number, to tell the outputs apart."""
    lines = ["set -eu"]
    for number, block in enumerate(blocks):
        if block.name:
            lines += [f"cat >'{block.name}' <<'END-OF-FILE'", f"{block.body}END-OF-FILE"]
        elif block.kind == "sh":
            lines += [f"echo '=== {number}'", block.body]
    return "\n".join(lines)


def pattern_of(line: str) -> re.Pattern:
    """What a line shows; numbers are those of another day, blanks as many as there may be, and
    three points stand for anything."""
    words = [re.sub(r"\d+", r"\\d+", re.escape(word)) for word in line.split()]
    return re.compile(r"\s+".join(words).replace(re.escape("..."), ".*"))


# --- Where it is typed ---


def mirrors() -> list[str]:
    """Where this machine has its Debian from, as far as it has been asked."""
    done = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)"]
        + ["Codename: bookworm", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def mirror() -> str:
    if not mirrors():
        subprocess.run(["apt-get", "update", "-qq"], check=True)
    return mirrors()[0]


def make_base(folder: Path) -> None:
    root = folder / "root"
    done = subprocess.run(
        [
            "debootstrap",
            "--variant=minbase",
            f"--include={BASE_PACKAGES}",
            "bookworm",
            root,
            mirror(),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=BUILD_S,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    tar = folder / "base.tar"
    excludes = [f"--exclude=./{path}" for path in NOT_NEEDED]
    subprocess.run(["tar", "-C", root, *excludes, "-cf", tar, "."], check=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    os.replace(shutil.move(tar, CACHE / f"{os.getpid()}.tar"), BASE_TAR)


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with running(Docker) as docker:
        if not BASE_TAR.exists():
            make_base(tmp_path_factory.mktemp("base"))
        run(docker, "docker", "import", BASE_TAR, BASE)
        run(docker, ROOT / "script/images", "--load", "playground-orchestrator", *example_images())
        yield docker


def example_images() -> list[str]:
    """Those of our images that the blueprint names."""
    (blueprint,) = (b.body for b in read_blocks() if b.name == "blueprint.json")
    return sorted(set(re.findall(r"playground-example-[a-z-]+", blueprint)))


def run(docker: Docker, *command, **arguments) -> subprocess.CompletedProcess:
    done = subprocess.run(
        list(map(str, command)),
        env=os.environ | {"DOCKER_HOST": docker.host, "KIND": BUILD.name, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=COMMANDS_S,
        **arguments,
    )
    assert done.returncode == 0, done.stdout
    return done


@pytest.fixture
def checkout(tmp_path):
    """What the tutorial sees of the project: the examples, and the programs as `script/demo` has
    built them."""
    (tmp_path / "build").mkdir()
    (tmp_path / "build/release").symlink_to(BUILD)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


# --- What it promises ---


def test_the_tutorial_does_what_it_says(daemon, checkout):
    blocks = read_blocks()
    typed = run(daemon, "sh", input=script_of(blocks), cwd=checkout).stdout
    outputs = dict(re.findall(r"^=== (\d+)\n(.*?)(?=^=== |\Z)", typed, re.M | re.S))

    assert len(outputs) == sum(block.kind == "sh" for block in blocks)
    for number, block in enumerate(blocks):
        if block.kind == "text":
            for line in block.body.splitlines():
                assert pattern_of(line).search(outputs[str(number - 1)]), f"{line!r} in {typed}"

    assert daemon.objects() == []
