"""What the engine makes of a solution is what the API server of a real Kubernetes wants."""

import json
import re
import subprocess

import pytest
from conftest import ROOT, Program

import yaml

KUBE_SCORE = ROOT / "build/go/kube-score"
LABELS = {
    "app.kubernetes.io/managed-by": "playground-deployer",
    "playground/id": "0123456789abcdef",
    "playground/owner": "a-example-org",
}


@pytest.fixture(scope="module")
def make(playgroundctl, tmp_path_factory):
    """The objects of an example, in a namespace."""
    folder = tmp_path_factory.mktemp("zips")
    program = Program("kubernetes-objects")

    def run(example: str, namespace: str, owned: str = "given", expose: str = "node-port") -> list:
        path = folder / f"{example}.zip"
        if not path.exists():
            assert playgroundctl("render", ROOT / "examples" / example, "-o", path).status == 0
        done = program(path, namespace, owned, expose)
        assert done.status == 0, done.err
        return json.loads(done.out)["items"]

    return run


def by_name(objects: list) -> dict:
    return {(each["kind"], each["metadata"]["name"]): each for each in objects}


def apply(cluster, objects: list, *words) -> str:
    """By the server, which knows every field; what it warns of."""
    everything = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    words = ("apply", "--server-side", "--validate=strict", "--filename=-", *words)
    return cluster.kubectl(*words, stdin=everything)


@pytest.mark.parametrize("example", ["chain", "shared-folder", "single-model", "sudoku-like"])
@pytest.mark.parametrize("expose", ["node-port", "ingress", "none"])
def test_the_api_server_takes_every_object(cluster, namespace, make, example, expose):
    objects = make(example, namespace, expose=expose)
    told = apply(cluster, objects, "--dry-run=server")
    assert told.count("serverside-applied") == len(objects)


def test_every_object_has_our_labels(make):
    for each in make("shared-folder", "mine", "owned", "ingress"):
        assert LABELS.items() <= each["metadata"]["labels"].items(), each
        assert each["metadata"]["annotations"]["playground/owner"] == "a@example.org"


def test_a_namespace_of_somebody_gets_our_objects_only(make):
    kinds = {each["kind"] for each in make("chain", "mine", "given")}
    assert not kinds & {"Namespace", "NetworkPolicy", "ResourceQuota"}


def test_its_own_namespace_takes_the_pods(cluster, make, own_namespace):
    """Pod Security `baseline` is enforced there: a pod that offends it would not be made."""
    objects = make("sudoku-like", own_namespace, "owned")
    apply(cluster, objects)
    labels = cluster.get("namespace", own_namespace)["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "baseline"

    nodes = [each for each in objects if each["kind"] == "Deployment"]
    cluster.kubectl(
        *("wait", "--for=jsonpath={.status.unavailableReplicas}=1", "deployment", "--all"),
        *(f"--namespace={own_namespace}", "--timeout=60s"),
    )
    pods = cluster.get("pods", f"--namespace={own_namespace}")["items"]
    assert len(pods) == len(nodes)


def test_of_the_restricted_profile_only_the_user_of_the_image_is_missing(cluster, make, namespace):
    """Which user that is, the image says: the API server cannot look into it, nor can we."""
    level = "pod-security.kubernetes.io/enforce=restricted"
    cluster.kubectl("label", "namespace", namespace, level)
    for each in make("shared-folder", namespace):
        if each["kind"] != "Deployment":
            continue
        pod = {"apiVersion": "v1", "kind": "Pod"} | each["spec"]["template"]
        pod["metadata"] |= {"name": each["metadata"]["name"], "namespace": namespace}
        told = cluster.refusal("create", "--filename=-", stdin=json.dumps(pod))
        assert "violates PodSecurity" in told
        assert re.findall(r"(\w+) != ", told) == ["runAsNonRoot"], told


def test_what_kube_score_dislikes_is_explained(make):
    docs = (ROOT / "docs/engines.md").read_text(encoding="utf-8").split("### What kube-score says")
    rows = re.findall(r"^\| (`[a-z`, -]+`) \|", docs[1].split("\n#")[0], re.MULTILINE)
    explained = {check for row in rows for check in re.findall(r"`([a-z-]+)`", row)}

    objects = make("sudoku-like", "mine", "owned") + make("single-model", "other", "owned")
    done = subprocess.run(
        [KUBE_SCORE, "score", "--output-format=json", "-"],
        input=yaml.safe_dump_all(objects),
        capture_output=True,
        text=True,
        check=False,
    )
    disliked = {
        check["check"]["id"]
        for judged in json.loads(done.stdout)
        for check in judged["checks"]
        if not check.get("skipped") and check["grade"] < 10
    }
    assert disliked == explained


def test_applied_twice_nothing_has_changed(cluster, make, own_namespace):
    objects = make("chain", own_namespace, "owned")
    apply(cluster, objects)
    words = ("services,configmaps,secrets,networkpolicies", f"--namespace={own_namespace}")
    before = cluster.get(*words)
    apply(cluster, objects)
    assert cluster.get(*words) == before
    deployments = cluster.get("deployments", f"--namespace={own_namespace}")["items"]
    assert {each["metadata"]["generation"] for each in deployments} == {1}


def test_nodes_are_called_by_the_orchestrator_alone(make):
    policy = by_name(make("chain", "mine", "owned"))["NetworkPolicy", "nodes"]["spec"]
    api, web = policy["ingress"]
    assert api["from"] == [
        {
            "podSelector": {
                "matchLabels": {"app": "orchestrator", "playground/id": LABELS["playground/id"]}
            }
        }
    ]
    assert api["ports"] == [{"port": 8061}]
    assert web == {"ports": [{"port": 8062}]}
    hidden = by_name(make("chain", "mine", "owned", "none"))["NetworkPolicy", "nodes"]["spec"]
    assert hidden["ingress"] == [api]


def test_the_orchestrator_gets_its_pipeline_and_its_token(make):
    objects = by_name(make("chain", "mine"))
    files = objects["ConfigMap", "pipeline-0"]["data"]
    nodes = [node["container_name"] for node in json.loads(files["blueprint.json"])["nodes"]]
    assert {f"{node}.proto" for node in nodes} <= set(files)
    assert {row["port"] for row in json.loads(files["dockerinfo.json"])["docker_info_list"]} == {
        "8556",
        "8061",
    }
    pod = objects["Deployment", "orchestrator"]["spec"]["template"]["spec"]
    variables = {each["name"]: each for each in pod["containers"][0]["env"]}
    assert variables["PD_PIPELINE"]["value"] == "/pipeline"
    folders = {each["mountPath"]: each["name"] for each in pod["containers"][0]["volumeMounts"]}
    memory = folders[variables["PD_RUN_FILE"]["value"].rpartition("/")[0]]
    assert {"name": memory, "emptyDir": {"sizeLimit": "16Mi"}} in pod["volumes"]
    assert variables["PD_TOKEN"]["valueFrom"]["secretKeyRef"] == {
        "name": "orchestrator-token",
        "key": "token",
    }
    assert ("Secret", "orchestrator-token") in objects


def test_a_single_model_has_no_orchestrator_and_no_secret_of_it(make):
    objects = by_name(make("single-model", "mine", "owned"))
    assert not [key for key in objects if key[1] in ("orchestrator", "orchestrator-token", "nodes")]
    model = next(each for (kind, _), each in objects.items() if kind == "Deployment")
    service = objects["Service", model["metadata"]["name"]]["spec"]
    assert service["type"] == "NodePort"
    assert service["selector"]["playground/id"] == LABELS["playground/id"]


def test_the_claim_is_as_the_solution_says(make):
    claim = by_name(make("shared-folder", "mine"))["PersistentVolumeClaim", "shared-folder"]["spec"]
    assert claim["accessModes"] == ["ReadWriteMany"]
    assert claim["storageClassName"] == ""
