"""Unpacked solutions for the tests of what travels in every solution.zip.

Made here from the shapes that the contract names, ours and those of older deployers, and from the
files of assets/solution.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from conftest import ROOT

import yaml

ASSETS = ROOT / "assets/solution"
CLIENTS = ("orchestrator_client.py", "status_client.py")
DEPLOY_SCRIPT = "kubernetes-client-script.py"


def make_clients(folder: Path) -> Path:
    """The folder orchestrator_client/ of a zip: the clients, and what protoc makes for them."""
    folder.mkdir(parents=True)
    for name in CLIENTS:
        shutil.copy(ASSETS / name, folder)
    subprocess.run(
        [
            "protoc",
            f"--proto_path={ASSETS}",
            f"--python_out={folder}",
            f"--grpc_python_out={folder}",
            f"--plugin=protoc-gen-grpc_python={shutil.which('grpc_python_plugin')}",
            "orchestrator.proto",
        ],
        check=True,
        timeout=60,
    )
    return folder


def node_service(name: str, port=8556, target=8061, port_name="protobuf-api", **port_extra) -> dict:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {
            "selector": {"app": name},
            "type": "NodePort",
            "ports": [{"name": port_name, "port": port, "targetPort": target} | port_extra],
        },
    }


def node_deployment(name: str, image: str, mount: str | None = None, api="protobuf-api") -> dict:
    container = {
        "name": name,
        "image": image,
        "ports": [
            {"name": api, "containerPort": 8061},
            {"name": "webui", "containerPort": 8062},
        ],
    }
    pod = {"imagePullSecrets": [{"name": "acumos-registry"}], "containers": [container]}
    if mount is not None:
        container["env"] = [{"name": "SHARED_FOLDER_PATH", "value": mount}]
        container["volumeMounts"] = [{"mountPath": mount, "name": name}]
        claim = {"name": name, "persistentVolumeClaim": {"claimName": "shared-folder"}}
        pod["volumes"] = [claim]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": pod},
        },
    }


CLAIM = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "shared-folder"},
    "spec": {
        "storageClassName": "",
        "accessModes": ["ReadWriteMany"],
        "resources": {"requests": {"storage": "1Gi"}},
    },
}


def write_manifest(path: Path, manifest: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("---\n" + yaml.safe_dump(manifest, sort_keys=False))


def docker_info(name: str, address: str, port) -> dict:
    return {"container_name": name, "ip_address": address, "port": port}


@dataclass
class Pipeline:
    """A pipeline's folder; each member may be changed before `write`."""

    name: str = "Sudoku Solver"
    nodes: tuple[str, ...] = ("camera1", "detector1")
    image: str = "registry.example/{node}:1.0"
    mount: str | None = None
    dockerinfo: list[dict] | None = None
    blueprint_extra: dict = field(default_factory=dict)

    def image_of(self, node: str) -> str:
        return self.image.format(node=node.lower())

    def blueprint(self) -> dict:
        nodes = [
            {
                "container_name": node,
                "node_type": "MLModel",
                "image": self.image_of(node),
                "proto_uri": f"org/acumos/{node}.proto",
                "operation_signature_list": [],
            }
            for node in self.nodes
        ]
        return {"name": self.name, "version": "1", "nodes": nodes} | self.blueprint_extra

    def default_dockerinfo(self) -> list[dict]:
        return [docker_info(node, node, "8556") for node in self.nodes] + [
            docker_info("orchestrator", "orchestrator", "8061")
        ]

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True)
        dockerinfo = {"docker_info_list": self.dockerinfo or self.default_dockerinfo()}
        (folder / "blueprint.json").write_text(json.dumps(self.blueprint()))
        (folder / "dockerinfo.json").write_text(json.dumps(dockerinfo))

        deployments = folder / "deployments"
        for name in map(str.lower, self.nodes):
            write_manifest(deployments / f"{name}_service.yaml", node_service(name))
            write_manifest(
                deployments / f"{name}_deployment.yaml",
                node_deployment(name, self.image_of(name), self.mount),
            )
        write_manifest(
            deployments / "orchestrator_service.yaml",
            node_service("orchestrator", port=8061, port_name="mc-api"),
        )
        write_manifest(
            deployments / "orchestrator_deployment.yaml",
            node_deployment("orchestrator", self.image_of("orchestrator"), self.mount, "mc-api"),
        )
        if self.mount is not None:
            write_manifest(deployments / "pvc.yaml", CLAIM)

        (folder / "microservice").mkdir()
        for node in self.nodes:
            (folder / "microservice" / f"{node}.proto").write_text(f"// {node}\n")
        return folder


def write_single_model(folder: Path, model_name="Word Counter", node="word-counter") -> Path:
    deployments = folder / "deployments"
    write_manifest(deployments / "service.yaml", node_service(node))
    write_manifest(
        deployments / "deployment.yaml", node_deployment(node, f"registry.example/{node}:1.0")
    )
    (folder / "modelname.txt").write_text(model_name + "\n")
    (folder / "microservice").mkdir()
    (folder / "microservice" / f"{node}.proto").write_text(f"// {node}\n")
    return folder


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, to see later that nothing was touched."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
