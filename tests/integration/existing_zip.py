"""The zip of a pipeline in the shape that the existing deployer gives it."""

import json
import zipfile
from pathlib import Path

import yaml

# Not an entry of ours: nothing reads it any more.
EXTRA = {"deployments/databroker.json": b"{}"}
LOGS = {"name": "volume", "hostPath": {"path": "/var/acumos/log", "type": "DirectoryOrCreate"}}


def _in_mixed_case(name: str) -> str:
    return name if name == "orchestrator" else name.capitalize()


def _blueprint(content: bytes) -> bytes:
    """Names of nodes as their authors wrote them; their objects have them in lower case."""
    blueprint = json.loads(content)
    for node in blueprint["nodes"]:
        node["container_name"] = _in_mixed_case(node["container_name"])
        for operation in node["operation_signature_list"]:
            for to in operation["connected_to"]:
                to["container_name"] = _in_mixed_case(to["container_name"])
    return json.dumps(blueprint).encode()


def _dockerinfo(content: bytes) -> bytes:
    info = json.loads(content)
    for each in info["docker_info_list"]:
        each["container_name"] = _in_mixed_case(each["container_name"])
    return json.dumps(info).encode()


def _logs_on_the_machine(content: bytes) -> bytes:
    deployment = yaml.safe_load(content)
    pod = deployment["spec"]["template"]["spec"]
    pod["volumes"] = [LOGS]
    pod["containers"][0]["volumeMounts"] = [{"mountPath": "/logs", "name": LOGS["name"]}]
    return b"---\n" + yaml.safe_dump(deployment, sort_keys=False).encode()


CHANGES = {
    "blueprint.json": _blueprint,
    "dockerinfo.json": _dockerinfo,
    "deployments/orchestrator_deployment.yaml": _logs_on_the_machine,
}


def make_existing(ours: Path, path: Path) -> Path:
    with zipfile.ZipFile(ours) as original, zipfile.ZipFile(path, "w") as other:
        for name in reversed(original.namelist()):
            content = original.read(name)
            other.writestr(name, CHANGES.get(name, bytes)(content))
        for name, content in EXTRA.items():
            other.writestr(name, content)
    return path
