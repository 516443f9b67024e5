"""`playgroundctl` with a Docker of its own that has the images of our programs."""

import json
import os
import subprocess

import pytest
from conftest import BUILD, ROOT
from container_engine import Docker, running

EXAMPLES = ("chain", "shared-folder", "single-model", "sudoku-like")


def stock(engine: Docker) -> None:
    """Give it the images of our programs."""
    done = subprocess.run(
        [ROOT / "script/images", "--load"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"DOCKER_HOST": engine.host, "KIND": BUILD.name},
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def stocked():
    """A Docker with the images of our programs."""
    with running(Docker) as docker:
        stock(docker)
        yield docker


def environment(host: str, home) -> dict:
    """For playgroundctl, whatever else is at hand on this machine."""
    return {"PD_ENGINE": "docker", "DOCKER_HOST": host, "HOME": str(home)}


@pytest.fixture
def ctl(playgroundctl, stocked, tmp_path):
    """playgroundctl against it: `ctl("up", ..., status=5)`."""
    stocked.sweep()

    def run(*words, status: int = 0, host: str = stocked.host):
        done = playgroundctl(*words, env=environment(host, tmp_path))
        assert done.status == status, done.text + done.err
        return done

    return run


@pytest.fixture
def zipped(playgroundctl, tmp_path):
    """An example as its zip."""

    def make(example: str):
        path = tmp_path / f"{example}.zip"
        done = playgroundctl("render", ROOT / "examples" / example, "-o", path)
        assert done.status == 0, done.err
        return path

    return make


def ids(docker: Docker, name: str) -> dict:
    return {workload: each["Id"] for workload, each in docker.containers(name).items()}


def values_file(tmp_path, values: dict):
    path = tmp_path / "values.yaml"
    path.write_text(json.dumps({"nodes": values}), encoding="utf-8")
    return path
