"""`playgroundctl` on Podman's service: from a zip to a pipeline that runs, and to its end."""

import json
import os
import subprocess

import pytest
from conftest import BUILD
from container_engine import Podman, running
from process import wait_for
from up_world import EXAMPLES, environment, ids, stock

# One who writes into build/.
pytestmark = pytest.mark.xdist_group("images")


@pytest.fixture(scope="module")
def podman():
    with running(Podman) as engine:
        stock(engine)
        yield engine


@pytest.fixture
def ctl(podman, tmp_path):
    """playgroundctl where that engine's containers are reached."""
    podman.sweep()

    def run(*words) -> str:
        done = subprocess.run(
            [*podman.enter, BUILD / "bin/playgroundctl", *words],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | environment(podman.host, tmp_path),
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def writers(logs: str) -> set:
    return {json.loads(line)["workload"] for line in logs.splitlines()}


def messages_have_gone(ctl) -> bool:
    status = json.loads(ctl("status", "--output=json"))
    return status["state"] == "finished" and all(edge["messages"] > 0 for edge in status["edges"])


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_comes_up_from_its_zip_once_and_goes(ctl, podman, zipped, example):
    ctl("up", zipped(example), "demo")
    before = ids(podman, "demo")
    ctl("up", zipped(example), "demo")
    assert ids(podman, "demo") == before

    (shown,) = json.loads(ctl("ps", "--output=json"))
    assert {each["name"]: each["state"] for each in shown["workloads"]} == dict.fromkeys(
        before, "ready"
    )
    wait_for(lambda: writers(ctl("logs", "--output=json")) == set(before), "each has written")

    if "orchestrator" in before:
        ctl("run", "--iterations", "1")
        wait_for(lambda: messages_have_gone(ctl), "messages on every edge, and the end of the run")

    ctl("down")
    assert podman.objects() == (["demo.shared-folder"] if shown["hasVolume"] else [])
    if shown["hasVolume"]:
        ctl("down", "-d", "demo", "--volumes")
    assert podman.objects() == []
