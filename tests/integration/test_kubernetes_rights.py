"""The Role and the ClusterRole of docs/engines.md are enough, and no verb in them is too many."""

import copy
import json
import re

import pytest
from cluster_engine import account_config, objects, pipeline
from conftest import ROOT
from process import wait_for

import yaml

ACCOUNT = "playground"
# It has every kind of object, and containers that never run and so are quickly gone.
REGISTRY = "registry.example.org"
NEVER = {"pull_policy": "Never", "mount": "/shared"}
SOLUTION = pipeline(
    f"{REGISTRY}/absent:1", source=NEVER, sink=NEVER, orchestrator=NEVER, shared=True
)


def blocks() -> list:
    """The Role, and what a ClusterRole has besides."""
    text = (ROOT / "docs/engines.md").read_text(encoding="utf-8")
    section = text[text.index("### Rights") :]
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", section, re.S)]


ROLE, FOR_NAMESPACES = blocks()


def verbs_of(*verbs: str) -> list[tuple[str, str]]:
    return [
        (verb, resource)
        for rule in ROLE["rules"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
        if verb in verbs
    ]


def without(verb: str, resource: str) -> list:
    """The rules without one verb for one resource."""
    rules = []
    for rule in copy.deepcopy(ROLE["rules"]):
        if resource in rule["resources"]:
            rule["resources"].remove(resource)
            verbs = [each for each in rule["verbs"] if each != verb]
            rules.append(rule | {"resources": [resource], "verbs": verbs})
        rules.append(rule)
    return [rule for rule in rules if rule["resources"] and rule["verbs"]]


@pytest.fixture
def grant(cluster, namespace):
    """Give an account the Role, or what is left of it; back when the cluster knows."""
    account = {"kind": "ServiceAccount", "name": ACCOUNT, "namespace": namespace}
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": ACCOUNT},
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "Role",
            "name": ROLE["metadata"]["name"],
        },
        "subjects": [account],
    }
    user = (f"--as=system:serviceaccount:{namespace}:{ACCOUNT}", f"--namespace={namespace}")

    def run(rules: list, verb: str = "get", resource: str = "secrets", answer: str = "yes") -> None:
        cluster.apply(ROLE | {"rules": rules}, binding, namespace=namespace)
        words = ("auth", "can-i", verb, resource, *user)
        wait_for(
            lambda: cluster.kubectl(*words, check=False) == f"{answer}\n", f"{verb} {resource}"
        )

    return run


@pytest.fixture
def limited(cluster, engine, namespace, tmp_path):
    """The engine as that account, which may use its namespace alone."""
    registries = tmp_path / "config.json"
    registries.write_text(json.dumps({"auths": {REGISTRY: {"auth": "YTpi"}}}))
    config = account_config(cluster, namespace, ACCOUNT, tmp_path)
    return engine.at(config, namespace=namespace, ingress="example.org", registries=registries)


def test_the_role_is_enough(cluster, limited, grant, name):
    grant(ROLE["rules"])
    *steps, _ = limited("plan", name, solution=SOLUTION)
    assert {step["kind"] for step in steps} == {
        "ConfigMap",
        "Deployment",
        "Ingress",
        "PersistentVolumeClaim",
        "Secret",
        "Service",
    }
    limited("apply", name, solution=SOLUTION)
    (deployment,) = limited("list", name)
    assert len(deployment["workloads"]) == 3
    limited("down", name, "volumes")
    assert objects(cluster, name) == {}


@pytest.mark.parametrize("verb", ["list", "create", "patch"])
def test_without_a_right_nothing_is_made_and_one_sentence_tells_why(
    cluster, limited, grant, name, verb
):
    for _, resource in verbs_of(verb):
        if resource in ("pods", "events", "services/proxy"):
            continue
        grant(without(verb, resource), verb, resource, "no")
        *lines, last = limited("apply", name, solution=SOLUTION, status=3)
        assert lines == []
        assert last["code"] == "forbidden"
        assert f'cannot {verb} resource "{resource}"' in last["message"]
    assert objects(cluster, name) == {}


def test_without_a_right_to_look_one_sentence_tells_why(limited, grant, name):
    grant(ROLE["rules"])
    limited("apply", name, solution=SOLUTION)
    for resource in ("pods", "events"):
        grant(without("list", resource), "list", resource, "no")
        (line,) = limited("list", name, status=3)
        assert f'cannot list resource "{resource}"' in line["message"]
    grant(ROLE["rules"])
    limited("down", name, "volumes")


def test_without_a_right_to_remove_one_sentence_tells_why(cluster, limited, grant, name):
    for verb, resource in [*verbs_of("delete"), ("get", "persistentvolumeclaims")]:
        grant(ROLE["rules"], verb, resource)
        limited("apply", name, solution=SOLUTION)
        grant(without(verb, resource), verb, resource, "no")
        line = limited("down", name, "volumes", status=3)[-1]
        assert f'cannot {verb} resource "{resource}"' in line["message"]
    grant(ROLE["rules"])
    limited("down", name, "volumes", status=4)  # that claim is gone, though nobody may look
    assert objects(cluster, name) == {}


@pytest.fixture
def everywhere(cluster, namespace, name):
    """The ClusterRole, or what is left of it, for the account."""
    metadata = {"name": name}

    def run(rules: list) -> None:
        role = ROLE | {"kind": "ClusterRole", "metadata": metadata, "rules": rules}
        binding = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": metadata,
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": name,
            },
            "subjects": [{"kind": "ServiceAccount", "name": ACCOUNT, "namespace": namespace}],
        }
        cluster.apply(role, binding, namespace=namespace)

    yield run
    cluster.kubectl("delete", "clusterrole,clusterrolebinding", name)


def test_the_cluster_role_is_enough_for_namespaces_of_their_own(
    cluster, engine, namespace, name, everywhere, tmp_path
):
    there = engine.at(account_config(cluster, namespace, ACCOUNT, tmp_path))
    everywhere([*ROLE["rules"], *FOR_NAMESPACES])
    user = f"--as=system:serviceaccount:{namespace}:{ACCOUNT}"
    may = ("auth", "can-i", "delete", "namespaces", user)
    wait_for(lambda: cluster.kubectl(*may, check=False).endswith("yes\n"), "the rights are there")
    there("apply", name, solution=SOLUTION)
    there("apply", name, solution=SOLUTION)
    assert name in [row["name"] for row in there("list")]
    there("down", name, "volumes")
    assert objects(cluster, name) == {}


def test_without_the_right_for_all_namespaces_one_is_to_be_named(engine, limited, grant, name):
    grant(ROLE["rules"])
    line = engine.at(limited.config)("list", status=3)[-1]
    assert "name one (--namespace)" in line["message"]
