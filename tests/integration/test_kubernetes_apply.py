"""Objects made what they say on a real Kubernetes, without taking anything from others."""

import json
import uuid

import pytest
from conftest import ROOT, Program

import yaml

KINDS = "services,configmaps,secrets,networkpolicies,deployments"


@pytest.fixture(scope="module")
def solution(playgroundctl, tmp_path_factory):
    path = tmp_path_factory.mktemp("zip") / "chain.zip"
    assert playgroundctl("render", ROOT / "examples/chain", "-o", path).status == 0
    return path


@pytest.fixture
def apply(cluster, solution):
    """The exit status, what became of each object, and what was said."""
    program = Program("kubernetes-objects")

    def run(namespace: str, owned: str = "given", how: str = "apply", config=cluster.kubeconfig):
        done = program(solution, namespace, owned, "node-port", how, config)
        lines = [json.loads(line) for line in done.text.splitlines()]
        return done.status, {(line["kind"], line["name"]): line for line in lines}, done.err

    return run


@pytest.fixture
def own_namespace(cluster):
    """The name of a namespace that is not there yet."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false", "--ignore-not-found")


def test_what_is_equal_is_not_touched(cluster, apply, own_namespace):
    status, outcomes, _ = apply(own_namespace, "owned")
    assert status == 0
    assert all(line["is_created"] for line in outcomes.values())

    def versions() -> dict:
        found = cluster.get(KINDS, f"--namespace={own_namespace}")["items"]
        return {
            (each["kind"], each["metadata"]["name"]): each["metadata"].get(
                "generation", each["metadata"]["resourceVersion"]
            )
            for each in found
        }

    before = versions()
    status, outcomes, _ = apply(own_namespace, "owned")
    assert status == 0
    assert not any(line["is_created"] for line in outcomes.values())
    assert versions() == before


def test_what_others_manage_stays_theirs(cluster, apply, namespace):
    assert apply(namespace)[0] == 0
    change = ("set", "image", "deployment/orchestrator", "orchestrator=localhost/theirs:1")
    cluster.kubectl(*change, f"--namespace={namespace}")
    status, outcomes, said = apply(namespace)
    assert status == 5
    assert "Deployment 'orchestrator': others manage a part of it" in said
    assert """'.spec.template.spec.containers[name="orchestrator"].image'""" in said
    assert "kubectl-set" in said
    assert {line["code"] for line in outcomes.values()} == {"ok", "conflict"}
    found = cluster.get("deployment/orchestrator", f"--namespace={namespace}")
    (container,) = found["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "localhost/theirs:1"


def test_a_dry_run_changes_nothing(cluster, apply, namespace):
    status, outcomes, _ = apply(namespace, how="dry-run")
    assert status == 0
    assert outcomes["Deployment", "orchestrator"]["is_created"]
    assert cluster.get("services,deployments,secrets", f"--namespace={namespace}")["items"] == []


def test_without_a_namespace_nothing_is_made(apply):
    status, outcomes, said = apply("test-that-is-not-there")
    assert status == 4
    assert 'namespaces "test-that-is-not-there" not found' in said
    assert not any(line["is_created"] for line in outcomes.values())
    last = outcomes["Deployment", "orchestrator"]
    assert last["message"] == "not tried, for something before it failed"


def test_a_lack_of_rights_is_told_with_the_right_that_lacks(cluster, apply, namespace, tmp_path):
    cluster.kubectl("create", "serviceaccount", "nobody", f"--namespace={namespace}")
    token = cluster.kubectl("create", "token", "nobody", f"--namespace={namespace}").strip()
    words = ("config", "view", "--minify", "--flatten", "--raw", "--output=json")
    config = json.loads(cluster.kubectl(*words))
    config["users"][0]["user"] = {"token": token}
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(config))
    status, _, said = apply(namespace, config=path)
    assert status == 3
    assert 'cannot patch resource "secrets"' in said

    config["users"][0]["user"] = {"token": "nonsense"}
    path.write_text(yaml.safe_dump(config))
    status, _, said = apply(namespace, config=path)
    assert status == 3
    assert "does not know who we are" in said
