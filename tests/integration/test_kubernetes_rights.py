"""The Role and the ClusterRole of docs/engines.md are enough, and no verb in them is too many."""

import copy
import json
import re

import pytest
from cluster_engine import account_config, ctl_environment, model, objects, pipeline
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
    """The Role, what a ClusterRole has besides, and what limits want."""
    text = (ROOT / "docs/engines.md").read_text(encoding="utf-8")
    section = text[text.index("### Rights") :]
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", section, re.S)]


ROLE, FOR_NAMESPACES, FOR_LIMITS = blocks()
CLUSTER_RULES = [*ROLE["rules"], *FOR_NAMESPACES]


def rights_in(rules: list) -> list[tuple[str, str]]:
    return [
        (verb, resource)
        for rule in rules
        for resource in rule["resources"]
        for verb in rule["verbs"]
    ]


def kind_words(resource: str) -> tuple[str, ...]:
    """As kubectl wants it."""
    kind, _, part = resource.partition("/")
    return (kind, f"--subresource={part}")


def wanted_by(verb: str, resource: str) -> str:
    """The call of the engine that a right is for."""
    if verb in ("delete", "watch"):
        return {"delete": "down", "watch": "wait"}[verb]
    others = {"pods": "list", "events": "list", "pods/log": "logs", "services/proxy": "ask"}
    if verb == "get":
        others |= {"secrets": "ask", "persistentvolumeclaims": "down"}
    return others.get(resource, "apply")


def rights_for(call: str) -> list[tuple[str, str]]:
    return [right for right in rights_in(ROLE["rules"]) if wanted_by(*right) == call]


def without(verb: str, resource: str, of: list = ROLE["rules"]) -> list:
    """The rules without one verb for one resource."""
    rules = []
    for rule in copy.deepcopy(of):
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
        words = ("auth", "can-i", verb, *kind_words(resource), *user)
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


@pytest.fixture
def refused(limited, grant, name):
    """What a call says without a right: one line, and its exit status."""

    def call(verb: str, resource: str, *words, solution: dict | None = None) -> list[dict]:
        grant(without(verb, resource), verb, resource, "no")
        *lines, last = limited(*words, solution=solution, status=3)
        assert last["code"] == "forbidden"
        assert f'cannot {verb} resource "{resource}"' in last["message"]
        return lines

    return call


def test_without_a_right_to_make_nothing_is_made(cluster, refused, name):
    for right in rights_for("apply"):
        assert refused(*right, "apply", name, solution=SOLUTION) == []
    assert objects(cluster, name) == {}


def test_without_a_right_to_look_or_to_ask_one_sentence_tells_why(limited, grant, refused, name):
    grant(ROLE["rules"])
    limited("apply", name, solution=SOLUTION)
    for right in rights_for("list"):
        assert refused(*right, "list", name) == []
    for right in rights_for("logs"):
        assert refused(*right, "logs", name, "source") == []
    for verb, resource in rights_for("ask"):
        method = "POST" if verb == "create" else "GET"
        assert refused(verb, resource, "ask", name, method, "/api/v1/status") == []


def test_without_a_right_to_watch_one_sentence_tells_why(
    cluster, limited, grant, refused, namespace, name
):
    grant(ROLE["rules"])
    limited("apply", name, solution=SOLUTION)
    for right in rights_for("wait"):
        # New ones could still become ready.
        ours = f"--selector=app.kubernetes.io/instance={name}"
        cluster.kubectl("delete", "pods", ours, f"--namespace={namespace}")
        refused(*right, "wait", name)


def test_without_a_right_to_remove_one_sentence_tells_why(cluster, limited, grant, refused, name):
    for right in rights_for("down"):
        grant(ROLE["rules"], *right)
        limited("apply", name, solution=SOLUTION)
        refused(*right, "down", name, "volumes")
    grant(ROLE["rules"])
    limited("down", name, "volumes")
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


@pytest.fixture
def may(cluster, namespace):
    """Wait until the account may do something, or may not."""
    user = f"--as=system:serviceaccount:{namespace}:{ACCOUNT}"

    def wait(verb: str, resource: str, answer: str = "yes") -> None:
        words = ("auth", "can-i", verb, *kind_words(resource), user, "--all-namespaces")
        wait_for(
            lambda: cluster.kubectl(*words, check=False).endswith(f"{answer}\n"),
            f"{verb} {resource}",
        )

    return wait


@pytest.fixture
def free(cluster, engine, namespace, tmp_path):
    """The engine as that account, in namespaces of its deployments."""
    return engine.at(account_config(cluster, namespace, ACCOUNT, tmp_path))


def test_the_cluster_role_is_enough_for_namespaces_of_their_own(
    cluster, free, name, everywhere, may
):
    everywhere(CLUSTER_RULES)
    may("delete", "namespaces")
    free("apply", name, solution=SOLUTION)
    free("apply", name, solution=SOLUTION)
    assert name in [row["name"] for row in free("list")]
    free("down", name, "volumes")
    assert objects(cluster, name) == {}


def test_the_rights_to_limits_are_enough_and_are_wanted(
    playgroundctl, cluster, free, name, everywhere, may, tmp_path
):
    env = ctl_environment(cluster, tmp_path) | {"KUBECONFIG": str(free.config)}
    up = ("up", ROOT / "examples/single-model", name, "--quota", "pods=0")
    everywhere(CLUSTER_RULES)
    may("delete", "namespaces")
    assert 'cannot patch resource "resourcequotas"' in playgroundctl(*up, env=env).err
    everywhere([*CLUSTER_RULES, *FOR_LIMITS])
    may("create", "resourcequotas")
    assert "exceeded quota" in playgroundctl(*up, env=env).err
    assert playgroundctl("down", "-d", name, env=env).status == 0
    assert objects(cluster, name, "namespaces,resourcequotas") == {}


def test_without_a_right_of_the_cluster_role_one_sentence_tells_why(
    cluster, free, name, everywhere, may
):
    everywhere(CLUSTER_RULES)
    may("delete", "namespaces")
    free("apply", name, solution=SOLUTION)
    # A model has no network policy: that of the pipeline would go.
    as_model = model("absent:1", pull_policy="Never") | {"name": SOLUTION["name"]}
    calls = {
        ("create", "namespaces"): (("apply", f"{name}-other"), SOLUTION),
        ("delete", "networkpolicies"): (("apply", name), as_model),
        ("delete", "namespaces"): (("down", name, "volumes"), None),
    }
    rights = rights_in(FOR_NAMESPACES)
    for verb, resource in sorted(rights, key=("delete", "namespaces").__eq__):
        if (verb, resource) == ("create", "networkpolicies"):
            cluster.kubectl("delete", resource, "nodes", f"--namespace={name}")
        everywhere(without(verb, resource, CLUSTER_RULES))
        may(verb, resource, "no")
        words, solution = calls.get((verb, resource), (("apply", name), SOLUTION))
        last = free(*words, solution=solution, status=3)[-1]
        assert last["code"] == "forbidden"
        assert f'cannot {verb} resource "{resource}"' in last["message"]
        everywhere(CLUSTER_RULES)
        may(verb, resource)
        if verb != "delete":
            free("apply", name, solution=SOLUTION)  # as if nothing had been
    free("down", name, "volumes")
    assert objects(cluster, name) == {}
    assert objects(cluster, f"{name}-other") == {}


def test_without_the_right_for_all_namespaces_one_is_to_be_named(engine, limited, grant, name):
    grant(ROLE["rules"])
    line = engine.at(limited.config)("list", status=3)[-1]
    assert "name one (--namespace)" in line["message"]
