"""Why something does not start on a real Kubernetes: `up` tells it as soon as the cluster does.

All is provoked at the same time. How long each `up` took, and how long after the cluster had shown
the reason, by the table in docs/engines.md, it had ended is in up-reasons.tsv of the build folder.
"""

import json
import math
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cluster import Cluster
from cluster_engine import cluster_volume, ctl_environment
from cluster_watch import Watch
from conftest import BUILD, ROOT, Program, Result
from container_registry import PASSWORD, USER, Registry, encode
from process import in_parallel, wait_for
from up_world import values_file

FIGURES = BUILD / "up-reasons.tsv"

# Longer than any of the reasons takes to come, and shorter than a test may take.
LONG_S = 50
# `up` ends within 5 s. The rest is for a machine that does much else meanwhile, such as all of this
# at the same time under sanitizers, and for the test's own watch.
LATE_S = 15
# A program that does not answer is told after 10 s of its life.
SILENT_S = 20
# Longer than `up` waits where no volume will come.
GRACE_S = 5

# An example, and its nodes.
MODEL = ("single-model", "playground-example-word-counter")
SHARED = ("shared-folder", "reader", "writer")

# What a scheduler writes on a claim that has waited for a pod: where its volume is wanted.
PLACE = "volume.kubernetes.io/selected-node"

WATCHED = ("/api/v1/pods", "/api/v1/events", "/apis/apps/v1/deployments")

ADVICE = {
    "image_absent": "push it to its registry",
    "image_forbidden": "--registry-config",
    "image_unreachable": "look at network, name and certificate",
    "command_absent": "look at command and args",
    "exited": "read its last lines; `logs` shows them all",
    "out_of_memory": "raise its memory limit",
    "unschedulable": "look at its nodeSelector and tolerations",
    "mount": "look at the volume behind the shared folder",
    "quota": "raise the quota",
    "refused": "read what the engine says",
    "not_answering": "look at the port that the program listens on",
}

# --- What the cluster shows, by docs/engines.md ---


def container(thing: dict) -> dict:
    """The status of a pod's container; of anything else none."""
    return (thing.get("status", {}).get("containerStatuses") or [{}])[0]


def condition(thing: dict, kind: str, status: str) -> dict:
    """The condition, where it has that status."""
    found = thing.get("status", {}).get("conditions") or []
    return next((one for one in found if (one["type"], one["status"]) == (kind, status)), {})


def waits(*reasons: str) -> Callable[[dict], bool]:
    return lambda thing: (
        container(thing).get("state", {}).get("waiting", {}).get("reason") in reasons
    )


def not_pulled(words: str) -> Callable[[dict], bool]:
    """For that; a first try may have been for want of credentials that were there."""

    def is_shown(thing: dict) -> bool:
        waiting = container(thing).get("state", {}).get("waiting", {})
        said = thing if thing.get("reason") == "Failed" else waiting
        reasons = ("Failed", "ErrImagePull", "ImagePullBackOff")
        return said.get("reason") in reasons and words in said.get("message", "")

    return is_shown


def cannot_run(thing: dict) -> bool:
    states = [container(thing).get(name, {}) for name in ("state", "lastState")]
    ends = [state.get("terminated", {}).get("reason") for state in states]
    return waits("RunContainerError", "CreateContainerError")(thing) or "StartError" in ends


def ends_again_and_again(thing: dict) -> bool:
    has_ended = "terminated" in container(thing).get("state", {})
    is_third = has_ended and container(thing)["restartCount"] >= 2
    return is_third or waits("CrashLoopBackOff")(thing)


def has_no_place(thing: dict) -> bool:
    return condition(thing, "PodScheduled", "False").get("reason") == "Unschedulable"


def has_no_volume(thing: dict) -> bool:
    return thing.get("reason") == "FailedMount" and "hostPath" in thing["message"]


def has_no_pod(thing: dict) -> bool:
    return bool(condition(thing, "ReplicaFailure", "True"))


# --- What is provoked ---


@dataclass(frozen=True)
class Case:
    reason: str
    words: str  # of the detail
    is_shown: Callable[[dict], bool] | None = None
    node: dict = field(default_factory=dict)  # values
    flags: tuple = ()
    password: str = ""  # for the registry; "": none
    prepare: str = ""  # the namespace: a key of PREPARATIONS
    is_shared: bool = False  # a pipeline with a shared folder, else a model
    lines: tuple = ()  # the last of its log, in any order

    @property
    def is_private(self) -> bool:
        return "%s" in self.node.get("image", "")


# In the registry, whose address is put in place of %s.
PRIVATE = "models/node"
KEPT = f"%s/{PRIVATE}:1"
ABSENT = f"%s/{PRIVATE}:none"

ALWAYS = ("--image-pull-policy=Always",)

CASES = {
    "image-absent": Case(
        "image_absent",
        "not found",
        not_pulled("not found"),
        {"image": ABSENT},
        password=PASSWORD,
    ),
    "image-not-here": Case(
        "image_absent",
        "localhost/nothing:1",
        waits("ErrImageNeverPull"),
        {"image": "localhost/nothing:1"},
        ("--image-pull-policy=Never",),
    ),
    "image-without-password": Case(
        "image_forbidden",
        "no basic auth credentials",
        not_pulled("no basic auth credentials"),
        {"image": KEPT},
        ALWAYS,
    ),
    "image-with-wrong-password": Case(
        "image_forbidden",
        "401 Unauthorized",
        not_pulled("401 Unauthorized"),
        {"image": KEPT},
        ALWAYS,
        password="wrong",
    ),
    "image-of-nobody": Case(
        "image_unreachable",
        "connection refused",
        not_pulled("connection refused"),
        {"image": "127.0.0.1:1/x:1"},
    ),
    "command-absent": Case(
        "command_absent", 'exec: "/nothing"', cannot_run, {"command": ["/nothing"]}
    ),
    "exits": Case(
        "exited",
        "ended with exit status 3",
        ends_again_and_again,
        {"args": ["exit", "3"]},
        lines=("    | about to end", "    | for no ?[31mgood reason"),
    ),
    "eats": Case(
        "out_of_memory",
        "more memory than it may have",
        ends_again_and_again,
        {"args": ["oom"], "resources": {"limits": {"memory": "32Mi"}}},
    ),
    "too-little-to-begin": Case(
        "out_of_memory",
        "memory limit",
        cannot_run,
        {"resources": {"limits": {"memory": "1Mi"}}},
    ),
    "no-such-machine": Case(
        "unschedulable",
        "didn't match Pod's node affinity/selector",
        has_no_place,
        {"nodeSelector": {"kind": "gpu"}},
    ),
    "no-such-device": Case(
        "unschedulable",
        "Insufficient nvidia.com/gpu",
        has_no_place,
        {"resources": {"limits": {"nvidia.com/gpu": 1}}},
    ),
    "no-volume": Case(
        "mount", "unbound immediate PersistentVolumeClaims", has_no_place, is_shared=True
    ),
    "no-folder": Case(
        "mount",
        "hostPath type check failed",
        has_no_volume,
        prepare="folder",
        is_shared=True,
    ),
    "quota": Case("quota", "exceeded quota: none", has_no_pod, prepare="quota"),
    "security": Case("refused", "violates PodSecurity", has_no_pod, prepare="security"),
    "policy": Case("refused", "no pods today", has_no_pod, prepare="policy"),
}


def forbid_by_quota(cluster, name: str) -> None:
    cluster.kubectl("create", "quota", "none", "--hard=pods=0", f"--namespace={name}")


def forbid_by_security(cluster, name: str) -> None:
    cluster.kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")


def forbid_by_policy(cluster, name: str) -> None:
    api = "admissionregistration.k8s.io/v1"
    pods = {"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}
    here = {"matchLabels": {"kubernetes.io/metadata.name": name}}
    policy = {
        "apiVersion": api,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {
            "matchConstraints": {"resourceRules": [pods | {"operations": ["CREATE"]}]},
            "validations": [{"expression": "false", "message": "no pods today"}],
        },
    }
    binding = {
        "apiVersion": api,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name},
        "spec": {
            "policyName": name,
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": here},
        },
    }
    cluster.apply(policy, binding, namespace=name)

    def is_obeyed() -> bool:
        words = ("run", "x", "--image=x", "--dry-run=server", f"--namespace={name}")
        with suppress(AssertionError):  # the policy is not in force yet
            return "no pods today" in cluster.refusal(*words)
        return False

    wait_for(is_obeyed, "the policy is in force")


def forbid_by_folder(cluster, name: str) -> None:
    """A volume that no machine has."""
    volume = cluster_volume(name, Path("/nothing"))
    volume["spec"]["hostPath"]["type"] = "Directory"
    cluster.apply(volume, namespace="default")


# What is made before: whether in a namespace of its own, which the deployment shares.
PREPARATIONS = {
    "quota": (True, forbid_by_quota),
    "security": (True, forbid_by_security),
    "policy": (True, forbid_by_policy),
    "folder": (False, forbid_by_folder),
}


def late_class(name: str) -> dict:
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name},
        "provisioner": "example.org/late",
        "volumeBindingMode": "WaitForFirstConsumer",
    }


def prepare(cluster: Cluster, name: str, key: str) -> list[str]:
    """The flags of an `up` into what was prepared for it."""
    has_namespace, do = PREPARATIONS[key]
    if has_namespace:
        cluster.kubectl("create", "namespace", name)
    do(cluster, name)
    return [f"--namespace={name}"] if has_namespace else []


# --- How it is provoked ---


@dataclass(frozen=True)
class World:
    """A cluster, a registry that its node pulls from, and playgroundctl."""

    cluster: Cluster
    registry: Registry | None  # on a machine of others nobody would find it
    image: str
    ctl: Program
    folder: Path
    prefix: str  # of the names of all deployments

    def up(self, name: str, case: Case, *flags) -> Result:
        """`up` of one, in a namespace of its name, with the same values for each of its nodes."""
        example, *nodes = SHARED if case.is_shared else MODEL
        folder = self.folder / name
        folder.mkdir()
        node = {"image": self.image} | case.node
        if self.registry:
            node["image"] = node["image"].replace("%s", self.registry.address)
        flags = [*flags, f"--values={values_file(folder, dict.fromkeys(nodes, node))}"]
        if case.password:
            auths = {self.registry.address: {"auth": encode(USER, case.password)}}
            (folder / "config.json").write_text(json.dumps({"auths": auths}))
            flags.append(f"--registry-config={folder}/config.json")
        words = ("up", ROOT / "examples" / example, name, f"--orchestrator-image={self.image}")
        environment = ctl_environment(self.cluster, self.folder)
        return self.ctl(*words, *case.flags, *flags, env=environment)

    def sweep(self, name: str) -> None:
        """Everything of that name, which nobody else has."""
        kinds = (
            "namespaces,persistentvolumes,storageclasses,"
            "validatingadmissionpolicies,validatingadmissionpolicybindings"
        )
        self.cluster.kubectl("delete", kinds, name, "--wait=false", "--ignore-not-found")


@pytest.fixture(scope="module")
def world(cluster, workload_image, playgroundctl, tmp_path_factory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("reasons")
    registry = Registry(tmp_path_factory.mktemp("registry")) if cluster.is_own else None
    if registry:
        # a program of another name, so that nothing of the image is on the node
        program = shutil.copy(BUILD / "bin/container-node", folder / "private-node")
        registry.put(PRIVATE, Path(program))
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    yield World(cluster, registry, workload_image, playgroundctl, folder, prefix)
    if registry:
        registry.stop()


@dataclass(frozen=True)
class Outcome:
    key: str
    result: Result
    took_s: float
    late_s: float  # after the cluster has shown it


def provoke(world: World, watch: Watch, key: str) -> Outcome:
    case, name = CASES[key], f"{world.prefix}-{key}"
    try:
        flags = prepare(world.cluster, name, case.prepare) if case.prepare else []
        began = time.monotonic()
        result = world.up(name, case, f"--timeout={LONG_S}s", *flags)
        ended = time.monotonic()
        shown = watch.when(name, case.is_shown) if result.status == 7 else math.nan
    finally:
        world.sweep(name)
    return Outcome(key, result, ended - began, ended - shown)


def write_figures(outcomes: list[Outcome]) -> None:
    rows = [("what", "took_s", "late_s")]
    rows += [(one.key, f"{one.took_s:.2f}", f"{one.late_s:.2f}") for one in outcomes]
    FIGURES.write_text("".join("\t".join(row) + "\n" for row in rows))


def check_told(case: Case, result: Result, state: str, verdict: str) -> None:
    """Its line, what to do, and the last word name the workload; the password is nowhere."""
    text = result.text + result.err
    assert result.status == 7, text
    row = re.search(rf"^ *[0-9.]+ s  (\S+) +{state}: {case.reason}  (.*)$", result.text, re.M)
    assert row, text
    node, detail = row.groups()
    assert case.words in detail
    _, _, explained = result.text.partition(f"\n\n{node}: ")
    assert explained.startswith(detail)
    assert ADVICE[case.reason] in explained
    assert f"error: '{node}' {verdict}: " in result.err
    assert PASSWORD not in text


def test_what_cannot_start_ends_up_when_the_cluster_shows_it(world):
    keys = [key for key, case in CASES.items() if world.registry or not case.is_private]
    with Watch(world.cluster, *WATCHED) as watch:
        outcomes = in_parallel(len(keys), lambda i: provoke(world, watch, keys[i]))
    write_figures(outcomes)
    for outcome in outcomes:
        case = CASES[outcome.key]
        check_told(case, outcome.result, "failed", "cannot start")
        assert set(case.lines) <= set(outcome.result.text.splitlines())
        assert outcome.late_s < LATE_S, outcome


@pytest.fixture
def name(world) -> Iterator[str]:
    name = f"{world.prefix}-{uuid.uuid4().hex[:4]}"
    yield name
    world.sweep(name)


def test_who_does_not_answer_has_until_the_time_out(world, name):
    case = Case("not_answering", "does not answer at its port", node={"args": ["mute"]})
    began = time.monotonic()
    result = world.up(name, case, f"--timeout={SILENT_S}s")
    assert time.monotonic() - began >= SILENT_S
    check_told(case, result, "starting", "is not ready")
    assert f" after {SILENT_S} s" in result.err


def test_an_image_comes_with_the_password_of_its_registry(world, name):
    if not world.registry:
        pytest.skip("no container engine can run here: its node reaches no registry of ours")
    case = Case("", "", node={"image": KEPT}, flags=ALWAYS, password=PASSWORD)
    result = world.up(name, case)
    assert result.status == 0, result.text + result.err
    assert PASSWORD not in result.text + result.err
    events = world.cluster.get("events", f"--namespace={name}")["items"]
    assert any("Successfully pulled image" in event["message"] for event in events)


@pytest.mark.parametrize("image", ["No Image", "a" * 256, "0123456789abcdef" * 4])
def test_what_is_no_name_of_an_image_does_not_reach_the_cluster(world, name, image):
    result = world.up(name, Case("", "", node={"image": image}))
    assert result.status == 2
    assert f"image '{image[:100]}" in result.err
    assert f'"{name}" not found' in world.cluster.refusal("get", "namespace", name)


def test_a_claim_that_waits_for_its_first_pod_is_no_failure(world, name):
    """A class whose volumes come late, when the place of the pod is known: the test makes them."""
    world.cluster.apply(late_class(name), namespace="default")

    def has_place() -> bool:
        words = ("shared-folder", f"--namespace={name}", "--ignore-not-found")
        claim = json.loads(world.cluster.kubectl("get", "pvc", *words, "--output=json") or "{}")
        return PLACE in claim.get("metadata", {}).get("annotations", {})

    def make_volume() -> None:
        wait_for(has_place, "a pod waits for its volume")
        time.sleep(GRACE_S)
        volume = cluster_volume(name, world.folder)
        volume["spec"]["storageClassName"] = name
        world.cluster.apply(volume, namespace="default")

    case = Case("", "", is_shared=True)
    works = (lambda: world.up(name, case, f"--storage-class={name}"), make_volume)
    result, _ = in_parallel(len(works), lambda i: works[i]())
    assert result.status == 0, result.text + result.err
    assert ": mount" not in result.text
