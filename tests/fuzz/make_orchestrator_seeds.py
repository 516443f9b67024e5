#!/usr/bin/env python3
"""make_orchestrator_seeds: what initialize() is sent, for the fuzz target `orchestrator`.

usage: make_orchestrator_seeds.py    # writes into seeds/orchestrator beside it

Operations are named as in the proto that the target gives every node.
"""

import json
from pathlib import Path

SEEDS = Path(__file__).parent / "seeds/orchestrator"


def varint(number: int) -> bytes:
    head, rest = number & 0x7F, number >> 7
    return bytes([head | 0x80]) + varint(rest) if rest else bytes([head])


def text(field: int, value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(data)) + data


def node(name: str, **operations: list[str]) -> dict:
    """A node; an operation leads to the `node.operation` that it lists."""
    return {
        "container_name": name,
        "node_type": "MLModel",
        "image": "a/b:1",
        "proto_uri": f"{name}.proto",
        "operation_signature_list": [
            {
                "operation_signature": {
                    "operation_name": operation,
                    "input_message_name": "A",
                    "output_message_name": "A",
                },
                "connected_to": [
                    {
                        "container_name": target.split(".")[0],
                        "operation_signature": {"operation_name": target.split(".")[1]},
                    }
                    for target in targets
                ],
            }
            for operation, targets in operations.items()
        ],
    }


def configuration(nodes: list[dict], port: int | str, more: bytes) -> bytes:
    addresses = [
        {"container_name": n["container_name"], "ip_address": n["container_name"], "port": port}
        for n in nodes
    ]
    proto = text(1, "a.proto") + text(2, 'syntax = "proto3";')
    return (
        text(1, json.dumps({"name": "p", "version": "1", "nodes": nodes}))
        + text(2, json.dumps({"docker_info_list": addresses}))
        + text(3, proto)
        + more
    )


SINK = node("z", sink=[])
CONFIGURATIONS = {
    "chain": ([node("a", source=["b.pass"]), node("b", **{"pass": ["z.sink"]}), SINK], "8556", b""),
    "cycle": (
        [
            node("a", spring=["b.flow"]),
            node("b", flow=["c.pass"]),
            node("c", **{"pass": ["b.flow", "d.join"]}),
            node("d", join=[]),
        ],
        8061,
        b"\x20\x05",  # queuesize
    ),
    "diamond": (
        [
            node("a", source=["b.pass", "c.pass"]),
            node("b", **{"pass": ["z.sink"]}),
            node("c", **{"pass": ["z.sink"]}),
            SINK,
        ],
        "8556",
        b"\x28\x03",  # iterations
    ),
    "port": ([node("a", source=[])], 70000, b""),
    "self": ([node("a", flow=["a.flow"])], 8061, b""),
}

if __name__ == "__main__":
    SEEDS.mkdir(exist_ok=True)
    for name, what in CONFIGURATIONS.items():
        (SEEDS / name).write_bytes(configuration(*what))
    (SEEDS / "no-message").write_bytes(b"\x0a\xff\xff\xff\xff\x0f{")
