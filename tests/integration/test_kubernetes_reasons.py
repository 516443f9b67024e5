"""Why something does not start: each reason, provoked on a real Kubernetes."""

import json

import pytest
from conftest import Program
from process import PATIENCE_S, wait_for

LABEL = "playground/workload"

# name: (members of the container, of the pod; state, reason, words of the detail)
CASES = {
    "ready": ({}, {}, "ready", "", ""),
    "mute": (
        {"args": ["mute"], "readinessProbe": {"tcpSocket": {"port": 8061}}},
        *({}, "starting", "not_answering", "does not answer"),
    ),
    "registry-down": (
        {"image": "127.0.0.1:1/x:1", "imagePullPolicy": "Always"},
        *({}, "failed", "image_unreachable", "connection refused"),
    ),
    "image-absent": (
        {"image": "localhost/nothing:1", "imagePullPolicy": "Never"},
        *({}, "failed", "image_absent", "localhost/nothing:1"),
    ),
    "image-invalid": ({"image": "No Image"}, {}, "failed", "image_invalid", "No Image"),
    "command-absent": ({"command": ["/nothing"]}, {}, "failed", "command_absent", "/nothing"),
    "exits": ({"args": ["exit", "3"]}, {}, "failed", "exited", "exit status 3"),
    "eats": (
        {"args": ["oom"], "resources": {"limits": {"memory": "32Mi"}}},
        *({}, "failed", "out_of_memory", "memory"),
    ),
    "too-large": (
        {"resources": {"requests": {"cpu": "1000"}}},
        *({}, "failed", "unschedulable", "Insufficient cpu"),
    ),
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


def test_a_quota_that_is_used_up_is_told(cluster, namespace, workload_image, judge):
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "none"},
        "spec": {"hard": {"pods": "0"}},
    }
    cluster.apply(quota, namespace=namespace)
    cluster.apply(deployment("node", workload_image, {}, {}), namespace=namespace)
    verdict = wait_for_verdict(judge, namespace, "failed", "quota")
    assert "exceeded quota: none" in verdict["detail"]


def test_a_pod_that_may_not_be_is_told(cluster, namespace, workload_image, judge):
    label = "pod-security.kubernetes.io/enforce=baseline"
    cluster.kubectl("label", "namespace", namespace, label)
    cluster.apply(
        deployment("node", workload_image, {}, {"hostNetwork": True}), namespace=namespace
    )
    verdict = wait_for_verdict(judge, namespace, "failed", "refused")
    assert "violates PodSecurity" in verdict["detail"]


def test_a_pod_that_was_killed_is_ready_again(cluster, namespace, workload_image, judge):
    cluster.apply(deployment("node", workload_image, {}, {}), namespace=namespace)
    wait_for_verdict(judge, namespace, "ready", "")
    cluster.kubectl("delete", "pod", "--all", f"--namespace={namespace}")
    wait_for_verdict(judge, namespace, "ready", "")
