"""The Kubernetes engine, through tests/programs/engine-try, on the cluster of the tests."""

import json
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster import Cluster
from conftest import BUILD, ROOT
from container_engine import EngineTry

OURS = "app.kubernetes.io/managed-by=playground-deployer"
KINDS = (
    "namespaces,networkpolicies,secrets,configmaps,persistentvolumeclaims,services,ingresses,"
    "deployments,pods"
)


class ClusterEngine(EngineTry):
    """As for Docker; `engine.at(namespace="x")` is the same with options."""

    def __init__(self, cluster: Cluster, config=None, **options: str):
        words = [f"{name.replace('_', '-')}={value}" for name, value in options.items()]
        super().__init__(",".join(["kubernetes", *words]), config or cluster.kubeconfig)
        self.cluster = cluster

    def at(self, config=None, **options: str) -> "ClusterEngine":
        return ClusterEngine(self.cluster, config or self.config, **options)

    def states(self, name: str) -> dict[str, str]:
        (deployment,) = self("list", name)
        return {workload["name"]: workload["state"] for workload in deployment["workloads"]}


def pipeline(image: str, /, **changes) -> dict:
    """Three workloads with members changed: pipeline(image, sink={"args": ["mute"]})."""
    names = ("source", "sink", "orchestrator")
    return {
        "name": "My Demo",
        "blueprint": {"name": "My Demo", "nodes": []},
        "protos": {"source.proto": 'syntax = "proto3";'},
        "workloads": [
            {"name": name, "image": image} | changes.pop(name, {})
            for name in names
            if changes.get(name, {}) is not None or changes.pop(name)
        ],
    } | changes


@pytest.fixture(scope="session")
def images(cluster, tmp_path_factory) -> None:
    """The images of our programs on the node, by way of a folder that nobody else writes into."""
    folder = tmp_path_factory.mktemp("images")
    done = subprocess.run(
        [ROOT / "script/lib/make_images.py", BUILD, folder],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for tar in sorted(folder.glob("*.tar")):
        cluster.load(tar)


def ctl_environment(cluster: Cluster, home: Path) -> dict[str, str]:
    """For playgroundctl, with images that are there and nowhere else."""
    return {
        "KUBECONFIG": str(cluster.kubeconfig),
        "HOME": str(home),
        "PD_ENGINE": "kubernetes",
        "PD_IMAGE_PULL_POLICY": "IfNotPresent",
    }


def model(image: str, /, **members) -> dict:
    return {"name": "One", "workloads": [{"name": "one", "image": image} | members]}


def objects(cluster: Cluster, name: str, kinds: str = KINDS) -> dict[tuple[str, str], dict]:
    """Everything of a deployment, wherever it is."""
    selector = f"--selector={OURS},app.kubernetes.io/instance={name}"
    found = cluster.get(kinds, "--all-namespaces", selector)["items"]
    return {(each["kind"], each["metadata"]["name"]): each for each in found}


def cluster_volume(name: str, folder: Path) -> dict:
    """A volume for many, for the claim of the deployment `name` alone."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "storageClassName": "",
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteMany"],
            "hostPath": {"path": str(folder)},
            "claimRef": {"namespace": name, "name": "shared-folder"},
        },
    }


def account_config(cluster: Cluster, namespace: str, account: str, folder: Path) -> Path:
    """A kubeconfig for a new ServiceAccount."""
    cluster.kubectl("create", "serviceaccount", account, f"--namespace={namespace}")
    token = cluster.kubectl("create", "token", account, f"--namespace={namespace}").strip()
    words = ("config", "view", "--minify", "--flatten", "--raw", "--output=json")
    config = json.loads(cluster.kubectl(*words))
    config["users"][0]["user"] = {"token": token}
    path = folder / "kubeconfig"
    path.write_text(json.dumps(config), encoding="utf-8")
    return path


@pytest.fixture
def engine(cluster) -> ClusterEngine:
    return ClusterEngine(cluster)


@pytest.fixture
def name(cluster) -> Iterator[str]:
    """Of a deployment, and of its namespace, which is gone after the test."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false", "--ignore-not-found")
