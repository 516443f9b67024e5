"""Verdicts on a real Kubernetes that no `up` comes to; test_up_reasons.py has those it does."""

import json

import pytest
from conftest import Program
from process import PATIENCE_S, wait_for

LABEL = "playground/workload"

# name: (members of the container, of the pod; state, reason, words of the detail)
CASES = {
    "ready": ({}, {}, "ready", "", ""),
    "image-invalid": ({"image": "No Image"}, {}, "failed", "image_invalid", "No Image"),
    "no-claim": (
        {},
        {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "nothing"}}]},
        *("failed", "mount", '"nothing" not found'),
    ),
    "no-secret": (
        {"volumeMounts": [{"name": "v", "mountPath": "/v"}]},
        {"volumes": [{"name": "v", "secret": {"secretName": "nothing"}}]},
        *("failed", "mount", '"nothing" not found'),
    ),
    "no-variable": (
        {"envFrom": [{"configMapRef": {"name": "nothing"}}]},
        *({}, "failed", "refused", '"nothing" not found'),
    ),
    "root": (
        {"securityContext": {"runAsNonRoot": True}},
        *({}, "failed", "refused", "runAsNonRoot"),
    ),
}


def deployment(name: str, image: str, container: dict, pod: dict) -> dict:
    labels = {"app": name, LABEL: name}
    container = {"name": name, "image": image, "imagePullPolicy": "IfNotPresent"} | container
    spec = {"containers": [container], "terminationGracePeriodSeconds": 1} | pod
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": labels}, "spec": spec},
        },
    }


@pytest.fixture(scope="module")
def judge(cluster):
    """What the engine thinks of a namespace now, by name of the Deployment."""
    program = Program("kubernetes-judge")

    def run(namespace: str) -> dict:
        kinds = ("deployments", "pods", "events")
        found = {kind: cluster.get(kind, f"--namespace={namespace}")["items"] for kind in kinds}
        done = program(stdin=json.dumps(found).encode())
        assert done.status == 0, done.err
        return json.loads(done.out)

    return run


def test_each_reason_is_found(cluster, namespace, workload_image, judge):
    objects = [
        deployment(name, workload_image, container, pod)
        for name, (container, pod, *_) in CASES.items()
    ]
    cluster.apply(*objects, namespace=namespace)
    missing = dict(CASES)

    def all_are_found() -> bool:
        for name, verdict in judge(namespace).items():
            _, _, state, reason, words = CASES[name]
            if (verdict["state"], verdict["reason"]) == (state, reason):
                assert words in verdict["detail"], verdict
                missing.pop(name, None)
        return not missing

    wait_for(all_are_found, f"each verdict at least once; missing: {missing}", 2 * PATIENCE_S)


def wait_for_verdict(judge, namespace: str, state: str, reason: str) -> dict:
    def found():
        verdict = judge(namespace).get("node", {})
        return (verdict.get("state"), verdict.get("reason")) == (state, reason) and verdict

    return wait_for(found, f"{state}, {reason}")


def test_a_pod_that_was_killed_is_ready_again(cluster, namespace, workload_image, judge):
    cluster.apply(deployment("node", workload_image, {}, {}), namespace=namespace)
    wait_for_verdict(judge, namespace, "ready", "")
    cluster.kubectl("delete", "pod", "--all", f"--namespace={namespace}")
    wait_for_verdict(judge, namespace, "ready", "")
