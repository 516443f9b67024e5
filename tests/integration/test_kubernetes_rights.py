"""The Role of docs/engines.md is enough, and no verb that makes an object is too many."""

import copy
import json
import re

import pytest
from conftest import ROOT, Program
from process import wait_for

import yaml

ACCOUNT = "playground"


@pytest.fixture(scope="module")
def role() -> dict:
    text = (ROOT / "docs/engines.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(apiVersion: rbac.*?)```", text, re.DOTALL)
    assert len(blocks) == 1
    return yaml.safe_load(blocks[0])


@pytest.fixture
def grant(cluster, namespace, role):
    """Give an account the Role, or what is left of it."""

    def run(rules: list) -> None:
        name = role["metadata"]["name"]
        account = {"kind": "ServiceAccount", "name": ACCOUNT, "namespace": namespace}
        binding = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
            "subjects": [account],
        }
        cluster.apply(role | {"rules": rules}, binding, namespace=namespace)

    return run


@pytest.fixture
def act(cluster, namespace):
    """kubectl as that account."""

    def run(*words, **options) -> str:
        user = f"--as=system:serviceaccount:{namespace}:{ACCOUNT}"
        return cluster.kubectl(*words, user, f"--namespace={namespace}", **options)

    return run


@pytest.fixture
def manifest(playgroundctl, namespace, tmp_path) -> str:
    """Every kind of object that is made in a namespace of somebody."""
    path = tmp_path / "solution.zip"
    example = ROOT / "examples/shared-folder"
    assert playgroundctl("render", example, "-o", path).status == 0
    done = Program("kubernetes-objects")(path, namespace, "given", "ingress")
    assert done.status == 0, done.err
    return done.text


APPLY = ("apply", "--server-side", "--validate=false", "--filename=-")


def may_not(act, verb: str, plural: str) -> bool:
    return act("auth", "can-i", verb, plural, check=False) == "no\n"


def test_the_role_is_enough_to_make_see_and_remove(grant, act, role, manifest):
    grant(role["rules"])
    act(*APPLY, stdin=manifest)
    act(*APPLY, stdin=manifest)
    for kind in ("deployments", "pods", "events"):
        act("get", kind)
    for verb, resource in (("get", "pods/log"), ("create", "services/proxy")):
        assert act("auth", "can-i", verb, resource) == "yes\n"
    act("delete", "--wait=false", "--filename=-", stdin=manifest)


@pytest.mark.parametrize("verb", ["create", "patch"])
def test_without_a_verb_no_object_of_that_kind_is_made(grant, act, role, manifest, verb):
    objects = {f"{each['kind'].lower()}s": each for each in json.loads(manifest)["items"]}
    objects["ingresses"] = objects.pop("ingresss")
    for plural, one in objects.items():
        grant(role["rules"])
        wait_for(lambda what=plural: act("auth", "can-i", verb, what) == "yes\n", plural)
        rules = copy.deepcopy(role["rules"])
        for rule in rules:
            if plural in rule["resources"]:
                rule["verbs"].remove(verb)
        grant(rules)
        wait_for(lambda what=plural: may_not(act, verb, what), plural)
        assert act(*APPLY, stdin=json.dumps(one), check=False) == "", plural
