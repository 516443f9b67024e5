"""script/demo: what the first command of the README does."""

import os
import subprocess

import pytest
from conftest import BUILD, ROOT
from container_engine import Docker, running

pytestmark = pytest.mark.xdist_group("images")  # who writes into build/

PATIENCE_S = 300
NO_SOCKET = "unix:///nonexistent/docker.sock"


def command(host: str, *words, **variables) -> dict:
    return {
        "args": [ROOT / "script/demo", "--built", *words],
        "env": os.environ | {"DOCKER_HOST": host, "KIND": BUILD.name} | variables,
        "stdin": subprocess.DEVNULL,
        "text": True,
    }


def demo(*words, **variables) -> subprocess.CompletedProcess:
    return subprocess.run(
        **command(*words, **variables), capture_output=True, check=False, timeout=PATIENCE_S
    )


@pytest.fixture(scope="module")
def daemon():
    with running(Docker) as docker:
        yield docker


def test_the_demo_checks_what_a_run_comes_to_and_leaves_nothing(daemon):
    done = demo(daemon.host, "--check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "score: 10 solved with 291 candidates" in done.stdout
    assert daemon.objects() == []


def test_a_check_that_is_ended_leaves_nothing(daemon):
    with subprocess.Popen(
        **command(daemon.host, "--check"), stdout=subprocess.PIPE
    ) as running_demo:
        assert any(line.endswith("created\n") for line in running_demo.stdout)
        running_demo.terminate()
        running_demo.stdout.read()
        assert running_demo.wait(PATIENCE_S) != 0
    assert daemon.objects() == []


def test_the_demo_leaves_its_pipeline_up_on_an_engine_of_somebody_else(daemon):
    done = demo(daemon.host)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "down -d demo --volumes" in done.stdout
    assert set(daemon.containers("demo")) == {
        "puzzle-source",
        "solver",
        "checker",
        "scoreboard",
        "orchestrator",
    }

    # what is up already is run once more
    again = demo(daemon.host)
    assert again.returncode == 0, again.stdout + again.stderr
    daemon.sweep()


@pytest.mark.parametrize(("words", "status"), [([], 0), (["--check"], 1)])
def test_without_an_engine_the_demo_does_what_can_be_done(words, status):
    """On a machine whose engine is named and does not answer, none is started in its place."""
    done = demo(NO_SOCKET, *words)
    assert done.returncode == status, done.stdout + done.stderr
    assert "downloaded.zip is the same, byte for byte" in done.stdout
    assert done.stdout.count("no container engine") == 1


def test_the_demo_checks_the_same_on_a_cluster(cluster):
    words = ("--check", "--engine", "kubernetes")
    done = demo(NO_SOCKET, *words, KUBECONFIG=str(cluster.kubeconfig))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "score: 10 solved with 291 candidates" in done.stdout
