"""A pipeline of so many thermometers, connected to nobody: for how long it takes to bring it up."""

import json
from pathlib import Path

from conftest import ROOT

NODE = "thermometer"
IMAGES = ("playground-orchestrator", f"playground-example-{NODE}")


def write_solution(folder: Path, nodes: int) -> None:
    example = ROOT / "examples/chain"
    blueprint = json.loads((example / "blueprint.json").read_text(encoding="utf-8"))
    node = next(n for n in blueprint["nodes"] if n["container_name"] == NODE)
    for operation in node["operation_signature_list"]:
        operation["connected_to"] = []
    names = [f"{NODE}{i}" for i in range(nodes)]
    blueprint |= {"nodes": [node | {"container_name": name} for name in names], "input_ports": []}

    (folder / "microservice").mkdir(parents=True)
    (folder / "blueprint.json").write_text(json.dumps(blueprint), encoding="utf-8")
    proto = (example / f"microservice/{NODE}.proto").read_bytes()
    for name in names:
        (folder / f"microservice/{name}.proto").write_bytes(proto)
