"""What holds for every pipeline, tried with generated ones."""

import json
import re

from contract import ORCHESTRATOR, ORCHESTRATOR_IMAGE, Pipeline, entries_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLES = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])

LABEL = re.compile(r"[a-z]([a-z0-9-]{0,56}[a-z0-9])?")

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80)

# Names that want to be the same label, or one that is taken.
NAMES = st.one_of(
    TEXT.filter(bool),
    st.sampled_from(
        ["a", "A", "a-", "-a", "a_", "awebui", "Awebui", "1", "n1", "orchestrator", "Orchestrator"]
        + ["orchestratorwebui", "node", "---", "x" * 58, "x" * 59, "X" * 60, "ä", "ö"]
    ),
)
IMAGES = st.sampled_from(
    ["a", "a/b:1", "docker.io/x/y:latest", "host:5000/x/y_z", "x@sha256:" + "0123456789abcdef" * 4]
)
MESSAGES = st.sampled_from(["Empty", "google.protobuf.Empty", "A", "p.B", "C"])
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXT.map("x-{}".format), inner, max_size=3)
    ),
    max_leaves=8,
)


@st.composite
def operations(draw, name: str) -> dict:
    signature = {
        "operation_name": name,
        "input_message_name": draw(MESSAGES),
        "output_message_name": draw(MESSAGES),
    }
    for flag in ("input_message_stream", "output_message_stream"):
        if draw(st.booleans()):
            signature[flag] = draw(st.booleans())
    return {"operation_signature": signature, "connected_to": []}


@st.composite
def nodes(draw, name: str) -> dict:
    count = draw(st.integers(0, 3))
    return {
        "container_name": name,
        "node_type": draw(st.sampled_from(["MLModel", "DataBroker", "DataSource"])),
        "image": draw(IMAGES),
        "proto_uri": "org/acumos/x/y/1.0.0/y-1.0.0.proto",
        "operation_signature_list": [draw(operations(f"op{i}")) for i in range(count)],
    } | draw(st.dictionaries(TEXT.map("x-{}".format), JSON_VALUES, max_size=2))


def shared_folder(names: list[str]) -> dict:
    mount = {"operation_signature": {"operation_name": "mountVolume"}}
    signature = {
        "operation_name": "provideFolder",
        "input_message_name": "Empty",
        "input_message_stream": False,
        "output_message_name": "SharedFolderRequest",
        "output_message_stream": False,
    }
    return {
        "container_name": "/data/shared",
        "node_type": "SharedFolder",
        "image": "any",
        "proto_uri": "",
        "operation_signature_list": [
            {
                "operation_signature": signature,
                "connected_to": [{"container_name": name} | mount for name in names],
            }
        ],
    }


MOUNT = {
    "operation_signature": {
        "operation_name": "mountVolume",
        "input_message_name": "SharedFolderRequest",
        "input_message_stream": False,
        "output_message_name": "SharedFolderStatus",
        "output_message_stream": False,
    },
    "connected_to": [],
}


@st.composite
def blueprints(draw) -> dict:
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique_by=str.lower))
    made = [draw(nodes(name)) for name in names]
    ends = [(node, entry) for node in made for entry in node["operation_signature_list"]]

    for _, sender in ends:
        for target, entry in draw(st.lists(st.sampled_from(ends), max_size=3, unique_by=str)):
            called = entry["operation_signature"]["operation_name"]
            sender["connected_to"].append(
                {
                    "container_name": target["container_name"],
                    "operation_signature": {"operation_name": called},
                }
            )
    if draw(st.booleans()):
        for node in made:
            node["operation_signature_list"].append(MOUNT)
        made.insert(draw(st.integers(0, len(made))), shared_folder(names))
    return {"name": draw(TEXT), "version": "1.0.0", "nodes": made} | draw(
        st.dictionaries(TEXT.map("x-{}".format), JSON_VALUES, max_size=2)
    )


def render(playgroundctl, data: bytes) -> bytes:
    result = playgroundctl("render", "-", "-o", "-", stdin=data)
    assert result.status == 0, result.err
    return result.out


def inspect(playgroundctl, data: bytes) -> dict:
    result = playgroundctl("inspect", "-", "--output", "json", stdin=data)
    assert result.status == 0, result.err
    return json.loads(result.out)


@EXAMPLES
@given(blueprint=blueprints())
def test_rendering_twice_gives_equal_bytes(playgroundctl, blueprint):
    text = json.dumps(blueprint).encode()
    assert render(playgroundctl, text) == render(playgroundctl, text)


@EXAMPLES
@given(blueprint=blueprints())
def test_two_names_never_become_one(playgroundctl, blueprint):
    entries = entries_of(render(playgroundctl, json.dumps(blueprint).encode()))
    written = json.loads(entries["blueprint.json"])
    labels = [node["container_name"] for node in written["nodes"]]
    taken = [*labels, ORCHESTRATOR]
    taken += [f"{label}webui" for label in taken]
    assert len(set(taken)) == len(taken)
    assert all(LABEL.fullmatch(label) for label in labels)


@EXAMPLES
@given(blueprint=blueprints())
def test_inspect_agrees_with_the_blueprint(playgroundctl, blueprint):
    data = render(playgroundctl, json.dumps(blueprint).encode())
    report = inspect(playgroundctl, data)
    pipeline = Pipeline(blueprint)
    solution = report["solution"]

    assert solution["kind"] == "pipeline"
    assert solution["name"] == blueprint["name"]
    images = [node["image"] for node in pipeline.nodes] + [ORCHESTRATOR_IMAGE]
    assert [workload["image"] for workload in solution["workloads"]] == images
    names = [node["container_name"] for node in solution["blueprint"]["nodes"]] + [ORCHESTRATOR]
    assert [workload["name"] for workload in solution["workloads"]] == names
    assert {workload["mount_path"] for workload in solution["workloads"]} == {pipeline.mount_path}
    entries = entries_of(data)
    assert solution["blueprint"] == json.loads(entries["blueprint.json"])
    assert report["entries"] == [
        {"name": name, "size": len(entries[name])} for name in sorted(entries)
    ]


@EXAMPLES
@given(blueprint=blueprints())
def test_a_zip_rendered_again_is_the_same(playgroundctl, blueprint):
    first = render(playgroundctl, json.dumps(blueprint).encode())
    assert render(playgroundctl, first) == first
