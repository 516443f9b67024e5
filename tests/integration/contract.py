"""The contract, section 4, written down once more in Python: what must be in the zip of a pipeline.

It shares nothing with the programs, so that both would have to be wrong in the same way.
"""

import copy
import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

ORCHESTRATOR = "orchestrator"
ORCHESTRATOR_IMAGE = "playground-orchestrator:0.1.0"

# In the zip of every pipeline, and of every model.
SCRIPTS_OF_ALL = ["deployment-readme.txt", "kubernetes-client-script.py", "requirements.txt"]
SCRIPTS_OF_PIPELINES = [
    "orchestrator_client/orchestrator_client.py",
    "orchestrator_client/orchestrator_pb2.py",
    "orchestrator_client/orchestrator_pb2_grpc.py",
    "orchestrator_client/status_client.py",
    "protobuf/orchestrator.proto",
]


def entries_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def plain_label(name: str) -> str:
    """The label of a name that begins with a letter and collides with no other."""
    return re.sub(r"[^a-z0-9-]", "-", name.lower())


def is_shared_folder(node: dict) -> bool:
    return "sharedfolder" in (node.get("node_type") or "").lower()


def is_mount(entry: dict) -> bool:
    return (entry["operation_signature"].get("operation_name") or "").lower() == "mountvolume"


@dataclass
class Options:
    """What `playgroundctl render` is told, with its defaults."""

    service_type: str = "NodePort"
    pull_secret: str | None = "acumos-registry"
    storage_class: str | None = ""
    claim_size: str = "1Gi"
    orchestrator_image: str = ORCHESTRATOR_IMAGE
    requests: dict[str, str] = field(default_factory=dict)
    limits: dict[str, str] = field(default_factory=dict)
    pull_policy: str | None = None


def service(name: str, options: Options) -> dict:
    port = (
        {"name": "mc-api", "port": 8061, "targetPort": 8061}
        if name == ORCHESTRATOR
        else {"name": "protobuf-api", "port": 8556, "targetPort": 8061}
    )
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": name}, "type": options.service_type, "ports": [port]},
    }


def deployment(name: str, image: str, mount_path: str | None, options: Options) -> dict:
    container = {
        "name": name,
        "image": image,
        "ports": [
            {
                "name": "mc-api" if name == ORCHESTRATOR else "protobuf-api",
                "containerPort": 8061,
            },
            {"name": "webui", "containerPort": 8062},
        ],
    }
    pod = {"containers": [container]}
    if options.pull_secret is not None:
        pod["imagePullSecrets"] = [{"name": options.pull_secret}]
    if options.pull_policy is not None:
        container["imagePullPolicy"] = options.pull_policy
    if options.requests or options.limits:
        amounts = {"requests": options.requests, "limits": options.limits}
        container["resources"] = {key: value for key, value in amounts.items() if value}
    if mount_path is not None:
        container["env"] = [{"name": "SHARED_FOLDER_PATH", "value": mount_path}]
        container["volumeMounts"] = [{"mountPath": mount_path, "name": name}]
        pod["volumes"] = [{"name": name, "persistentVolumeClaim": {"claimName": "shared-folder"}}]
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


def claim(options: Options) -> dict:
    spec = {
        "accessModes": ["ReadWriteMany"],
        "resources": {"requests": {"storage": options.claim_size}},
    }
    if options.storage_class is not None:
        spec["storageClassName"] = options.storage_class
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "shared-folder"},
        "spec": spec,
    }


def dockerinfo(labels: list[str]) -> dict:
    rows = [(label, "8556") for label in labels] + [(ORCHESTRATOR, "8061")]
    return {
        "docker_info_list": [
            {"container_name": name, "ip_address": name, "port": port} for name, port in rows
        ]
    }


@dataclass
class Pipeline:
    """A blueprint, its protos by the container_name of their nodes, and what its zip must hold."""

    blueprint: dict
    protos: dict[str, bytes] = field(default_factory=dict)
    icon: bytes | None = None
    description: bytes | None = None

    @staticmethod
    def of_folder(folder: Path) -> "Pipeline":
        """A folder with files called exactly like the nodes."""
        protos = {path.stem: path.read_bytes() for path in folder.glob("microservice/*.proto")}
        blueprint = json.loads((folder / "blueprint.json").read_text(encoding="utf-8"))
        names = {node["container_name"] for node in blueprint["nodes"]}
        beside = [folder / "solution_icon.png", folder / "solution_description.html"]
        icon, description = (path.read_bytes() if path.exists() else None for path in beside)
        return Pipeline(
            blueprint,
            {name: text for name, text in protos.items() if name in names},
            icon,
            description,
        )

    @property
    def nodes(self) -> list[dict]:
        return [node for node in self.blueprint["nodes"] if not is_shared_folder(node)]

    @property
    def labels(self) -> dict[str, str]:
        return {node["container_name"]: plain_label(node["container_name"]) for node in self.nodes}

    @property
    def mount_path(self) -> str | None:
        folders = [node for node in self.blueprint["nodes"] if is_shared_folder(node)]
        return folders[0]["container_name"] if folders else None

    def manifests(self, options: Options | None = None) -> dict[str, dict]:
        options = options or Options()
        images = {self.labels[node["container_name"]]: node["image"] for node in self.nodes}
        images[ORCHESTRATOR] = options.orchestrator_image

        trees = {}
        for name, image in images.items():
            trees[f"deployments/{name}_service.yaml"] = service(name, options)
            trees[f"deployments/{name}_deployment.yaml"] = deployment(
                name, image, self.mount_path, options
            )
        if self.mount_path is not None:
            trees["deployments/pvc.yaml"] = claim(options)
        return trees

    def deployable(self) -> dict:
        """The blueprint without the shared folder, nodes called by their labels."""
        blueprint = copy.deepcopy(self.blueprint)
        labels = self.labels
        blueprint["nodes"] = [node for node in blueprint["nodes"] if not is_shared_folder(node)]
        for node in blueprint["nodes"]:
            node["container_name"] = labels[node["container_name"]]
            if "operation_signature_list" not in node:
                continue
            operations = [
                entry for entry in node["operation_signature_list"] if not is_mount(entry)
            ]
            node["operation_signature_list"] = operations
            for operation in operations:
                edges = [edge for edge in operation["connected_to"] if not is_mount(edge)]
                operation["connected_to"] = edges
                for edge in edges:
                    edge["container_name"] = labels[edge["container_name"]]
        for port in blueprint.get("input_ports") or []:
            port["container_name"] = labels.get(port["container_name"], port["container_name"])
        return blueprint

    def entry_names(self) -> list[str]:
        names = [
            "blueprint.json",
            "dockerinfo.json",
            *SCRIPTS_OF_ALL,
            *SCRIPTS_OF_PIPELINES,
            *self.manifests(),
            *(f"microservice/{self.labels[name]}.proto" for name in self.protos),
        ]
        if self.icon is not None:
            names.append("solution_icon.png")
        if self.description is not None:
            names.append("solution_description.html")
        return sorted(names)
