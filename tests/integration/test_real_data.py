"""The 18 blueprints of others: each is rendered, or fails with what its README names."""

import json
from pathlib import Path

import pytest
from contract import Pipeline, dockerinfo, entries_of

# The sentences of the findings, as far as they tell the kinds apart.
RENAMED = "is renamed to"
NEVER_CALLED = "will never be called"
MESSAGES_DIFFER = "messages differ along the edge"
NO_SOURCE = "there is no source"
NO_FLAGS = "do not say both"
NO_PROTO = "there is no proto for"
NOT_A_PROTO = "names no .proto file"
NO_OPERATION = "no service in the proto of"
ISOLATED = "is isolated"
NO_IMAGE_NAME = "is not the name of an image"
UNKNOWN_NODE = "no node has that name"


def operation(node: int, index: int = 0) -> str:
    return f"nodes[{node}].operation_signature_list[{index}]"


def edge(node: int, index: int, operation_index: int = 0) -> str:
    return f"{operation(node, operation_index)}.connected_to[{index}]"


FLAGS_ONCE = ("warning", f"{operation(0)}.operation_signature", NO_FLAGS)
NOTHING_STARTS = ("warning", "nodes", NO_SOURCE)

# What is found in each case: severity, path, and a word of the sentence. Cases with an error are
# not rendered.
FOUND = {
    "acumos-azure-template-splitter-collator": [
        *(("warning", f"nodes[{i}].container_name", RENAMED) for i in range(7)),
        *(("warning", f"nodes[{i}].proto_uri", NOT_A_PROTO) for i in range(7)),
        *(("error", f"nodes[{i}].image", NO_IMAGE_NAME) for i in (0, 1, 2, 3, 6)),
        ("error", "nodes[4].node_type", "is a Splitter"),
        ("error", "nodes[5].node_type", "is a Collator"),
        ("error", f"{edge(2, 0)}.container_name", UNKNOWN_NODE),
        *(("error", f"{edge(4, i)}.container_name", UNKNOWN_NODE) for i in range(3)),
        ("error", f"{edge(5, 0)}.container_name", UNKNOWN_NODE),
        *(("error", f"{edge(6, i)}.container_name", UNKNOWN_NODE) for i in range(2)),
        *(("warning", operation(i), NEVER_CALLED) for i in (0, 3, 4, 5, 6)),
        ("warning", edge(0, 0), MESSAGES_DIFFER),
        ("warning", edge(1, 0), MESSAGES_DIFFER),
        ("warning", "nodes[3]", ISOLATED),
        NOTHING_STARTS,
        FLAGS_ONCE,
        *(("warning", f"input_ports[{i}].container_name", UNKNOWN_NODE) for i in range(2)),
    ],
    "acumos-k8s-csvdbtest": [
        ("warning", "nodes[0].container_name", RENAMED),
        ("warning", "nodes[1].container_name", RENAMED),
        ("warning", operation(0), NEVER_CALLED),
        ("warning", edge(0, 0), MESSAGES_DIFFER),
        NOTHING_STARTS,
        FLAGS_ONCE,
        ("warning", "nodes[0].proto_uri", NO_PROTO),
        ("warning", "nodes[1].proto_uri", NO_PROTO),
    ],
    "acumos-legacy-addmulti-azure": [("error", "nodes[0].depends_on", "the old format")],
    "acumos-rcs": [
        *(("warning", f"nodes[{i}].container_name", RENAMED) for i in range(2)),
        *(("warning", f"nodes[{i}].proto_uri", NOT_A_PROTO) for i in range(2)),
        *(("warning", f"nodes[{i}].proto_uri", NO_PROTO) for i in range(2)),
        ("warning", operation(0), NEVER_CALLED),
        NOTHING_STARTS,
        FLAGS_ONCE,
        ("warning", "probeIndicator[0].value", "a probe is wanted"),
    ],
    "ai4iot-calib-1.2": [],
    "aie-delft-benchmarking": [
        ("warning", "nodes[0].container_name", RENAMED),
        ("warning", "nodes[1].container_name", RENAMED),
        ("warning", operation(0), NEVER_CALLED),
        ("warning", edge(0, 0), MESSAGES_DIFFER),
        ("warning", edge(1, 0), MESSAGES_DIFFER),
        NOTHING_STARTS,
        FLAGS_ONCE,
        *(("warning", f"{operation(i)}.operation_signature", NO_OPERATION) for i in range(3)),
    ],
    "aie-ui-branching": [
        ("warning", operation(0), NEVER_CALLED),
        *(("warning", edge(0, i), MESSAGES_DIFFER) for i in range(2)),
        *(("warning", edge(i, 0), MESSAGES_DIFFER) for i in range(1, 4)),
        NOTHING_STARTS,
    ],
    "creodias-news-training-folder-removed": [
        ("warning", "nodes[0]", "has no operations"),
        ("warning", "nodes[1].proto_uri", NO_PROTO),
        ("warning", "nodes[2].proto_uri", NO_PROTO),
    ],
    "creodias-news-training-sharedfolder": [("warning", "nodes[1]", "has no operations")],
    "energy-predictor-disconnected": [("warning", "nodes[2]", "has no operations")],
    "gpo-sudoku-stream": [],
    "gso-simplepipeline": [
        ("error", "nodes[0].image", "without 'https://'"),
        ("error", "nodes[1].image", "without 'https://'"),
        FLAGS_ONCE,
    ],
    "hpp-moctader-deployed": [],
    "hpp-moctader-exported": [],
    "kafka-hello": [],
    "kafka-node123": [],
    "rluqueb-test-pipeline": [
        *(("warning", f"nodes[{i}].image", "write 'docker.io/rafluq/") for i in range(2)),
    ],
}

# No JSON at all: one message, no findings.
NO_JSON = {"acumos-rcs-comment-header": "JSON has no comments"}

# The proto of a node, where the file is not called like it.
PROTO_FILES = {
    "aie-delft-benchmarking": {
        "grid_configurator": "data_synthesizer.proto",
        "grid_synthesizer": "data_synthesizer.proto",
        "benchmark-runner": "benchmarking.proto",
    },
}


def has_error(slug: str) -> bool:
    return any(severity == "error" for severity, _, _ in FOUND[slug])


RENDERED = [slug for slug in FOUND if not has_error(slug)]
REFUSED = [slug for slug in FOUND if has_error(slug)] + list(NO_JSON)


@pytest.fixture
def case(real_data, slug) -> Path:
    return real_data / "blueprints" / slug


@pytest.fixture
def entries(playgroundctl, case) -> dict[str, bytes]:
    """What is in the zip of a case."""
    result = playgroundctl("render", case, "-o", "-")
    assert result.status == 0, result.err
    return entries_of(result.out)


@pytest.fixture
def pipeline(case) -> Pipeline:
    """What must be in the zip of a case."""
    pipeline = Pipeline.of_folder(case)
    for node, file in PROTO_FILES.get(case.name, {}).items():
        pipeline.protos[node] = (case / "microservice" / file).read_bytes()
    return pipeline


def test_every_case_is_known(real_data):
    cases = {case.name for case in (real_data / "blueprints").glob("*/")}
    assert cases == set(FOUND) | set(NO_JSON)


@pytest.mark.parametrize("slug", FOUND)
def test_validate_finds_what_is_known(playgroundctl, case, slug):
    result = playgroundctl("validate", case, "--output", "json")
    found = json.loads(result.out)["findings"]
    for severity, path, word in FOUND[slug]:
        assert [
            item
            for item in found
            if (item["severity"], item["path"]) == (severity, path) and word in item["message"]
        ], (path, word)
    assert len(found) == len(FOUND[slug]), found
    assert result.status == (2 if has_error(slug) else 0)


@pytest.mark.parametrize("slug", NO_JSON)
def test_validate_says_why_it_is_no_json(playgroundctl, case, slug):
    result = playgroundctl("validate", case, "--output", "json")
    assert (result.status, result.out) == (2, b"")
    assert NO_JSON[slug] in result.err


@pytest.mark.parametrize("slug", REFUSED)
def test_a_case_with_errors_leaves_nothing_behind(playgroundctl, case, tmp_path):
    result = playgroundctl("render", case, "-o", tmp_path / "solution.zip")
    assert result.status == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("slug", RENDERED)
def test_the_zip_holds_what_the_contract_names(pipeline, entries):
    assert sorted(entries) == pipeline.entry_names()
    for name, text in pipeline.protos.items():
        assert entries[f"microservice/{pipeline.labels[name]}.proto"] == text
    assert json.loads(entries["dockerinfo.json"]) == dockerinfo(list(pipeline.labels.values()))


@pytest.mark.parametrize("slug", RENDERED)
def test_the_blueprint_changes_as_the_contract_says_and_keeps_its_order(pipeline, entries):
    written = json.loads(entries["blueprint.json"], object_pairs_hook=list)
    wanted = json.loads(json.dumps(pipeline.deployable()), object_pairs_hook=list)
    assert written == wanted


@pytest.mark.parametrize("slug", ["creodias-news-training-sharedfolder"])
def test_the_folder_is_removed_as_its_authors_expect(case, entries):
    """Recorded beside it: the same blueprint without the folder, but with what asks for it."""
    without = Pipeline.of_folder(case.with_name("creodias-news-training-folder-removed"))
    assert json.loads(entries["blueprint.json"]) == without.deployable()
