"""The Kubernetes engine makes, changes and removes what it says, and nothing else."""

import json
import signal

import pytest
from cluster_engine import KINDS, cluster_volume, model, objects, pipeline
from process import wait_for

MADE = KINDS.removesuffix(",pods")


def versions(cluster, name: str) -> dict:
    """What changes with every change of what was wished for, and with nothing else."""
    return {
        key: each["metadata"].get("generation", each["metadata"]["resourceVersion"])
        for key, each in objects(cluster, name, MADE).items()
        if key[0] not in ("Namespace", "PersistentVolumeClaim")
    }


def changes(engine, name: str, solution: dict) -> dict[tuple[str, str], str]:
    *steps, _ = engine("plan", name, solution=solution)
    return {
        (step["kind"], step["name"]): step["change"] for step in steps if step["change"] != "none"
    }


def wait_ready(engine, name: str) -> None:
    wait_for(lambda: set(engine.states(name).values()) == {"ready"}, f"'{name}' is ready", 60)


def test_the_cluster_tells_its_version(engine):
    (line,) = engine("ping")
    assert line["version"].startswith("Kubernetes 1.")


def test_a_pipeline_comes_up_and_is_found_by_labels(cluster, engine, name, workload_image):
    solution = pipeline(workload_image)
    *_, last = engine("plan", name, solution=solution)
    assert last["changes"] == 13
    (finding,) = last["findings"]
    assert finding["severity"] == "note"
    assert "has not checked" in finding["message"]
    assert objects(cluster, name) == {}

    engine("apply", name, solution=solution)
    wait_ready(engine, name)
    (deployment,) = engine("list", name)
    assert (deployment["name"], deployment["solution"]) == (name, "my-demo")
    assert (deployment["state"], deployment["has_volume"]) == ("ready", False)
    assert deployment["has_age"]
    assert [w["name"] for w in deployment["workloads"]] == ["sink", "source", "orchestrator"]
    assert all(w["image_id"].startswith("sha256:") for w in deployment["workloads"])
    sink = deployment["workloads"][0]["ports"]
    service = objects(cluster, name)["Service", "sinkwebui"]["spec"]["ports"][0]
    assert sink["webui"].rpartition(":")[2] == str(service["nodePort"])


def test_a_second_up_changes_nothing(cluster, engine, name, workload_image):
    solution = pipeline(workload_image)
    engine("apply", name, solution=solution)
    before = versions(cluster, name)
    token = objects(cluster, name)["Secret", "orchestrator-token"]["data"]
    assert changes(engine, name, solution) == {}
    engine("apply", name, solution=solution)
    assert versions(cluster, name) == before
    assert objects(cluster, name)["Secret", "orchestrator-token"]["data"] == token


@pytest.mark.parametrize(
    "change", [{"image": "localhost/node:2"}, {"env": {"A": "b"}}, {"args": ["late", "1"]}]
)
def test_only_what_differs_is_changed(cluster, engine, name, workload_image, other_image, change):
    engine("apply", name, solution=pipeline(workload_image))
    before = versions(cluster, name)
    changed = pipeline(workload_image, sink=change)
    assert changes(engine, name, changed) == {("Deployment", "sink"): "update"}
    engine("apply", name, solution=changed)
    after = versions(cluster, name)
    assert [key for key in after if after[key] != before[key]] == [("Deployment", "sink")]
    wait_ready(engine, name)


def test_another_pipeline_means_another_orchestrator(engine, name, workload_image):
    engine("apply", name, solution=pipeline(workload_image))
    changed = pipeline(workload_image, protos={"source.proto": 'syntax = "proto2";'})
    assert changes(engine, name, changed) == {
        ("ConfigMap", "pipeline-0"): "update",
        ("Deployment", "orchestrator"): "update",
    }


def test_what_is_not_wished_for_any_more_goes(cluster, engine, name, workload_image):
    engine("apply", name, solution=pipeline(workload_image))
    smaller = pipeline(workload_image, sink=None)
    assert {
        key for key, change in changes(engine, name, smaller).items() if change == "remove"
    } == {
        ("Deployment", "sink"),
        ("Service", "sink"),
        ("Service", "sinkwebui"),
    }
    engine("apply", name, solution=smaller)
    left = {key for key in objects(cluster, name, MADE) if "sink" in key[1]}
    assert left == set()
    assert changes(engine, name, smaller) == {}


def test_another_solution_of_that_name_is_refused_unless_it_replaces(
    cluster, engine, name, workload_image
):
    engine("apply", name, solution=pipeline(workload_image))
    before = versions(cluster, name)
    line = engine("apply", name, solution=model(workload_image), status=5)[-1]
    assert line["code"] == "conflict"
    assert "my-demo" in line["message"]
    assert versions(cluster, name) == before
    engine("apply", name, solution=model(workload_image) | {"replace": True})
    assert {key for key in objects(cluster, name, MADE) if key[0] == "Deployment"} == {
        ("Deployment", "one")
    }
    (deployment,) = engine("list", name)
    assert deployment["solution"] == "one"


# --- What is not ours ---


def test_a_namespace_of_somebody_is_not_taken(cluster, engine, namespace, workload_image):
    line = engine("apply", namespace, solution=model(workload_image), status=5)[-1]
    assert "is not of this deployment" in line["message"]
    assert objects(cluster, namespace) == {}
    assert cluster.get("services", f"--namespace={namespace}")["items"] == []


def test_a_namespace_that_is_named_gets_our_objects_only(
    cluster, engine, name, namespace, workload_image
):
    there = engine.at(namespace=namespace)
    before = cluster.get("namespace", namespace)
    there("apply", name, solution=pipeline(workload_image))
    assert cluster.get("namespace", namespace) == before
    assert not [key for key in objects(cluster, name) if key[0] in ("Namespace", "NetworkPolicy")]
    assert [row["name"] for row in there("list")] == [name]
    assert changes(engine, name, pipeline(workload_image)) == {}  # it is found without the option

    there("down", name)
    assert objects(cluster, name) == {}
    assert cluster.get("namespace", namespace)["metadata"]["uid"] == before["metadata"]["uid"]


def test_a_namespace_that_is_not_there_is_told(engine, name, workload_image):
    line = engine.at(namespace=name)("apply", name, solution=model(workload_image), status=4)[-1]
    assert line["message"].startswith(f"there is no namespace '{name}': make it")


@pytest.mark.parametrize(
    "stranger",
    [
        {"apiVersion": "v1", "kind": "Service", "spec": {"ports": [{"port": 1}]}},
        {"apiVersion": "v1", "kind": "Secret", "data": {"token": "eA=="}},
        {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}},
    ],
    ids=lambda stranger: stranger["kind"],
)
def test_what_is_not_ours_is_not_touched(
    cluster, engine, name, namespace, workload_image, stranger
):
    names = {"Service": "sink", "Secret": "orchestrator-token", "ConfigMap": "pipeline-0"}
    stranger = stranger | {"metadata": {"name": names[stranger["kind"]]}}
    cluster.apply(stranger, namespace=namespace)
    words = (stranger["kind"], names[stranger["kind"]], f"--namespace={namespace}")
    before = cluster.get(*words)
    there = engine.at(namespace=namespace)
    for command in ("plan", "apply"):
        line = there(command, name, solution=pipeline(workload_image), status=5)[-1]
        assert f"{words[0]} '{words[1]}' is there already" in line["message"]
    assert cluster.get(*words) == before
    assert objects(cluster, name) == {}
    there("down", name, "volumes", status=4)


def test_a_namespace_holds_one_deployment(cluster, engine, name, namespace, workload_image):
    there = engine.at(namespace=namespace)
    there("apply", name, solution=model(workload_image))
    before = versions(cluster, name)
    line = there("apply", f"{name}-2", solution=model(workload_image), status=5)[-1]
    assert f"holds another deployment, '{name}'" in line["message"]
    assert versions(cluster, name) == before
    assert objects(cluster, f"{name}-2") == {}


# --- Removal ---


def test_down_leaves_nothing(cluster, engine, name, workload_image):
    engine("apply", name, solution=pipeline(workload_image))
    lines = engine("down", name)
    assert [line["state"] for line in lines if line["event"] == "sink"] == ["removing", "gone"]
    assert (lines[-1]["event"], lines[-1]["state"]) == ("", "gone")
    assert objects(cluster, name) == {}
    line = engine("down", name, status=4)[-1]
    assert line["message"] == f"no deployment is called '{name}'"


@pytest.fixture
def volume(cluster, name, tmp_path) -> None:
    """A volume for many, for the claim of the deployment `name` alone."""
    cluster.apply(cluster_volume(name, tmp_path), namespace="default")
    yield
    cluster.kubectl("delete", "persistentvolume", name, "--wait=false")


def test_the_shared_folder_outlives_the_deployment(cluster, engine, name, volume, workload_image):
    mount = {"mount": "/shared"}
    solution = pipeline(workload_image, source=mount, orchestrator=mount, shared=True)
    engine("apply", name, solution=solution)
    wait_ready(engine, name)
    claim = objects(cluster, name)["PersistentVolumeClaim", "shared-folder"]["metadata"]["uid"]

    engine("down", name)
    assert set(objects(cluster, name)) == {
        ("Namespace", name),
        ("PersistentVolumeClaim", "shared-folder"),
    }
    engine("list", name, status=4)
    engine("down", name, status=4)

    engine("apply", name, solution=solution)
    wait_ready(engine, name)
    kept = objects(cluster, name)["PersistentVolumeClaim", "shared-folder"]["metadata"]["uid"]
    assert kept == claim
    engine("down", name, "volumes")
    assert objects(cluster, name) == {}
    engine("down", name, "volumes", status=4)


def test_what_was_left_behind_is_removed_alone(cluster, engine, name, volume, workload_image):
    engine("apply", name, solution=model(workload_image, mount="/shared") | {"shared": True})
    engine("down", name)
    engine("down", name, "volumes")
    assert objects(cluster, name) == {}


# --- Ends in the middle ---


def test_an_up_waits_for_the_end_of_a_down(cluster, engine, name, workload_image):
    solution = pipeline(workload_image)
    engine("apply", name, solution=solution)
    cluster.kubectl("delete", "namespace", name, "--wait=false")
    lines = engine("apply", name, solution=solution)
    assert lines[0]["state"] == "removing"
    assert "held by pods" in lines[0]["detail"]
    assert changes(engine, name, solution) == {}


def test_a_call_ends_when_somebody_cancels(cluster, engine, name, workload_image):
    engine("apply", name, solution=pipeline(workload_image))
    with engine.start("down", name) as process:
        first = json.loads(process.stdout.readline())
        assert first["state"] == "removing"
        process.send_signal(signal.SIGINT)
        assert "canceled" in process.stdout.read()
    assert process.returncode == 6
    engine("down", name)
    assert objects(cluster, name) == {}
