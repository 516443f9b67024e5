"""`playgroundctl` on a real Kubernetes: from a solution to messages that flow, and to its end."""

import contextlib
import json
import os
import signal
from pathlib import Path

import pytest
from cluster_engine import KINDS, cluster_volume, ctl_environment, objects
from conftest import ROOT
from existing_zip import make_existing
from process import wait_for
from up_world import values_file

# Loading the images once is enough.
pytestmark = pytest.mark.xdist_group("cluster-images")

RUN_S = 120


@pytest.fixture
def ctl(playgroundctl, cluster, tmp_path):
    """playgroundctl on the cluster: `ctl("up", ..., status=5)`."""

    def run(*words, status: int = 0, **env: str):
        done = playgroundctl(*words, env=ctl_environment(cluster, tmp_path) | env)
        assert done.status == status, done.text + done.err
        return done

    return run


def status(ctl, name: str) -> dict:
    return json.loads(ctl("status", "-d", name, "--output", "json").text)


def is_finished(ctl, name: str) -> bool:
    return status(ctl, name)["state"] == "finished"


@pytest.fixture
def volume(cluster, name, tmp_path) -> None:
    tmp_path.chmod(0o777)
    cluster.apply(cluster_volume(name, tmp_path), namespace="default")
    yield
    cluster.kubectl("delete", "persistentvolume", name, "--wait=false")


@pytest.mark.parametrize("example", ["chain", "sudoku-like", "shared-folder"])
def test_messages_flow_through_an_example_to_its_end(cluster, images, ctl, name, volume, example):
    solution = ROOT / "examples" / example
    told = ctl("up", solution, name).text
    assert f"{name}: " in told
    assert " ready, " in told
    plan = json.loads(ctl("up", solution, name, "--dry-run", "--output=json").text)
    assert [step for step in plan["steps"] if step["change"] != "none"] == []

    ctl("run", "-d", name, "--iterations", "3")
    wait_for(lambda: is_finished(ctl, name), "the run is finished", RUN_S)
    assert all(edge["messages"] > 0 for edge in status(ctl, name)["edges"])
    ctl("down", "-d", name, "--volumes")
    assert objects(cluster, name) == {}


def test_messages_flow_through_a_zip_in_the_shape_of_the_existing_deployer(
    images, ctl, name, tmp_path
):
    ctl("render", ROOT / "examples/chain", "-o", tmp_path / "solution.zip")
    ctl("up", make_existing(tmp_path / "solution.zip", tmp_path / "existing.zip"), name)
    ctl("run", "-d", name, "--iterations", "3")
    wait_for(lambda: is_finished(ctl, name), "the run is finished", RUN_S)
    assert all(edge["messages"] == 3 for edge in status(ctl, name)["edges"])
    ctl("down", "-d", name)


def test_a_single_model_comes_up(cluster, images, ctl, name):
    ctl("up", ROOT / "examples/single-model", name)
    shown = json.loads(ctl("ps", "-d", name, "--output", "json").text)
    (workload,) = shown[0]["workloads"]
    assert workload["state"] == "ready"
    assert workload["addresses"]
    ctl("down", "-d", name)
    assert objects(cluster, name) == {}


def test_a_run_goes_on_when_its_pods_are_killed(cluster, images, ctl, name, tmp_path):
    values = values_file(tmp_path, {"thermometer": {"args": ["--delay", "20ms"]}})
    ctl("up", ROOT / "examples/chain", name, "--values", values)
    ctl("run", "-d", name)

    def count() -> int:
        return min(edge["messages"] for edge in status(ctl, name)["edges"])

    wait_for(lambda: count() > 0, "messages on every edge", RUN_S)
    cluster.kubectl("delete", "pod", "--selector=app=converter", f"--namespace={name}")
    before = count()
    wait_for(lambda: count() > before + 3, "messages again", RUN_S)
    ctl("down", "-d", name)


def kill(cluster, namespace: str, app: str) -> None:
    """The program of a pod, from outside: its container ends, and its pod stays."""
    words = ("pods", f"--selector=app={app}", f"--namespace={namespace}")
    (pod,) = cluster.get(*words)["items"]
    container = pod["status"]["containerStatuses"][0]["containerID"].rpartition("/")[2]
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it may have ended
            if container in (process / "cgroup").read_text():
                os.kill(int(process.name), signal.SIGKILL)
                return
    pytest.fail(f"no process is in container {container}")


def test_a_run_goes_on_when_its_orchestrator_is_killed(cluster, images, ctl, name, tmp_path):
    if not cluster.is_own:
        pytest.skip("no container engine can run here: its processes are elsewhere")
    values = values_file(tmp_path, {"thermometer": {"args": ["--delay", "20ms"]}})
    ctl("up", ROOT / "examples/chain", name, "--values", values)
    ctl("run", "-d", name, "--label", "mine")
    previous = ("logs", "orchestrator", "-d", name, "--previous")
    assert "no container of 'orchestrator' has ended" in ctl(*previous, status=4).err
    kill(cluster, name, "orchestrator")

    def goes_on() -> bool:
        words = ("status", "-d", name, "--output", "json")
        (shown,) = json.loads(ctl("ps", "-d", name, "--output", "json").text)
        restarts = {each["name"]: each["restarts"] for each in shown["workloads"]}
        with contextlib.suppress(AssertionError):  # it is not back yet
            edges = json.loads(ctl(*words).text)["edges"]
            return restarts["orchestrator"] == 1 and all(edge["messages"] > 3 for edge in edges)
        return False

    wait_for(goes_on, "messages again", RUN_S)
    assert "a run begins" in ctl(*previous).text
    ctl("down", "-d", name)


def uid(cluster, name: str) -> str:
    pods = cluster.get("pods", "--selector=app=orchestrator", f"--namespace={name}")["items"]
    (pod,) = [each for each in pods if "deletionTimestamp" not in each["metadata"]]
    return pod["metadata"]["uid"]


def test_a_run_goes_on_when_its_orchestrator_is_moved_until_it_is_stopped(
    cluster, images, ctl, name, tmp_path
):
    values = values_file(tmp_path, {"thermometer": {"args": ["--delay", "20ms"]}})
    chain = (ROOT / "examples/chain", name, "--values", values)
    ctl("up", *chain)

    def move() -> None:
        before = uid(cluster, name)
        cluster.kubectl("delete", "pod", "--selector=app=orchestrator", f"--namespace={name}")
        ctl("up", *chain)  # waits
        assert uid(cluster, name) != before

    ctl("run", "-d", name, "--label", "mine")
    move()
    wait_for(
        lambda: all(edge["messages"] > 3 for edge in status(ctl, name)["edges"]),
        "messages again",
        RUN_S,
    )
    assert status(ctl, name)["label"] == "mine"

    ctl("stop", "-d", name)
    move()
    assert status(ctl, name)["state"] == "initialized"

    ctl("run", "-d", name, "--iterations", "1000000")
    move()
    assert status(ctl, name)["state"] == "initialized"
    ctl("down", "-d", name)


LIMITS = {("ResourceQuota", "playground"), ("LimitRange", "playground")}


def limits_of(cluster, name: str) -> set[tuple[str, str]]:
    return set(objects(cluster, name, "resourcequotas,limitranges"))


def test_a_quota_and_limits_go_with_the_namespace_and_with_the_wish(cluster, images, ctl, name):
    words = ("up", ROOT / "examples/single-model", name)
    limits = ("--quota", "limits.memory=1Gi,pods=2", "--default-limits", "memory=256Mi")
    ctl(*words, *limits)
    assert limits_of(cluster, name) == LIMITS
    (pod,) = cluster.get("pods", f"--namespace={name}")["items"]
    assert pod["spec"]["containers"][0]["resources"]["limits"] == {"memory": "256Mi"}
    assert " 0 of " in ctl(*words, *limits, "--dry-run").text
    ctl(*words)
    assert limits_of(cluster, name) == set()
    ctl("down", "-d", name)


def test_a_quota_that_is_too_small_is_told_and_when_it_is_raised_up_tries_again(
    cluster, images, ctl, name
):
    words = ("up", ROOT / "examples/single-model", name)
    done = ctl(*words, "--quota", "pods=0", status=7)
    assert "exceeded quota: playground" in done.err
    assert "raise the quota" in done.text + done.err

    assert "exceeded quota: playground" in ctl(*words, "--quota", "pods=0", status=7).err
    assert "its pod was refused" in ctl(*words, "--quota", "pods=0", "--dry-run").text
    ctl(*words, "--quota", "pods=1")
    assert " 0 of " in ctl(*words, "--quota", "pods=1", "--dry-run").text
    ctl("down", "-d", name)
    assert objects(cluster, name, KINDS + ",resourcequotas") == {}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--quota", "pods"), "'pods' is not of the form cpu=100m"),
        (("--quota", "Pods=1"), "'Pods' is no resource"),
        (("--default-limits", "cpu=much"), "'much' is no amount"),
        (("--quota", "pods=1", "--namespace", "default"), "leave --quota"),
    ],
)
def test_a_quota_that_cannot_be_is_refused(cluster, ctl, name, words, says):
    assert says in ctl("up", ROOT / "examples/single-model", name, *words, status=2).err
    assert objects(cluster, name) == {}


def test_an_engine_that_does_not_answer_hides_no_other(images, ctl, name, tmp_path):
    nowhere = {"DOCKER_HOST": f"unix://{tmp_path}/none"}
    ctl("up", ROOT / "examples/single-model", name)
    done = ctl("ps", "-d", name, PD_ENGINE="auto", **nowhere)
    assert f" {name} " in done.text
    assert "no container engine is at" in done.err
    ctl("down", "-d", name)


@pytest.mark.parametrize(
    ("flag", "words", "status"),
    [
        ("--access-mode=Often", "none of: ReadWriteMany, ReadWriteOnce", 2),
        ("--registry-config=/nothing", "/nothing", 4),
        ("--namespace=test-nothing", "there is no namespace 'test-nothing'", 4),
    ],
)
def test_what_a_cluster_cannot_do_is_told(ctl, name, flag, words, status):
    done = ctl("up", ROOT / "examples/chain", name, flag, status=status)
    assert words in done.err
