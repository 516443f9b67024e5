"""What render writes and says, and what inspect shows of it."""

import json
import os
import stat

import pytest
from conftest import ROOT
from contract import ORCHESTRATOR_IMAGE, entries_of

CHAIN = ROOT / "examples/chain"
SHARED = ROOT / "examples/shared-folder"


@pytest.fixture
def shared(playgroundctl, tmp_path):
    """The zip of the example with a shared folder."""
    path = tmp_path / "shared.zip"
    assert playgroundctl("render", SHARED, "-o", path).status == 0
    return path


def test_render_says_what_it_wrote(playgroundctl, tmp_path):
    out = tmp_path / "chain.zip"
    result = playgroundctl("render", CHAIN, "-o", out)
    size = out.stat().st_size
    assert (result.status, result.err) == (0, "")
    assert result.text == f"{out}: pipeline 'chain', 4 workloads, {size} bytes\n"


def test_render_reports_in_json(playgroundctl, tmp_path):
    out = tmp_path / "chain.zip"
    result = playgroundctl("render", CHAIN, "-o", out, "--output", "json")
    assert (result.status, result.err) == (0, "")
    assert json.loads(result.out) == {
        "errors": 0,
        "warnings": 0,
        "left_out": 0,
        "findings": [],
        "file": str(out),
        "size": out.stat().st_size,
        "kind": "pipeline",
        "name": "chain",
        "workloads": 4,
    }


def test_render_to_standard_output_writes_nothing_else_there(playgroundctl, tmp_path):
    out = tmp_path / "chain.zip"
    playgroundctl("render", CHAIN / "blueprint.json", "-o", out)
    result = playgroundctl("render", CHAIN / "blueprint.json", "-o", "-")
    assert result.out == out.read_bytes()
    assert result.err.count("warning") == 3


def test_render_replaces_a_file_and_keeps_its_mode(playgroundctl, tmp_path):
    out = tmp_path / "chain.zip"
    out.write_bytes(b"old")
    out.chmod(0o600)
    assert playgroundctl("render", CHAIN, "-o", out).status == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [out]
    assert "blueprint.json" in entries_of(out.read_bytes())


def test_render_does_not_write_over_a_folder(playgroundctl, tmp_path):
    result = playgroundctl("render", CHAIN, "-o", tmp_path)
    assert result.status == 2
    assert "Is a directory" in result.err


def test_render_writes_to_what_is_no_file(playgroundctl):
    assert playgroundctl("render", CHAIN, "-o", os.devnull).status == 0


def test_render_does_not_depend_on_where_and_when(playgroundctl, tmp_path):
    first = playgroundctl("render", CHAIN, "-o", "-", env={"TZ": "Asia/Tokyo", "LC_ALL": "C"})
    second = playgroundctl("render", ".", "-o", "-", cwd=CHAIN, env={"TZ": "UTC"})
    assert first.out == second.out


def test_inspect_shows_what_would_run(playgroundctl, shared):
    result = playgroundctl("inspect", shared)
    assert (result.status, result.err) == (0, "")
    summary, workloads, entries = result.text.split("\n\n")
    assert summary.splitlines() == [
        "kind           pipeline",
        "name           shared-folder",
        "shared folder  1Gi at /data/shared",
    ]
    lines = workloads.splitlines()
    rows = [line.split(maxsplit=2) for line in lines]
    assert rows == [
        ["WORKLOAD", "IMAGE", "PORTS"],
        ["writer", "playground-example-writer:latest", "protobuf-api 8556 -> 8061, webui 8062"],
        ["reader", "playground-example-reader:latest", "protobuf-api 8556 -> 8061, webui 8062"],
        ["orchestrator", ORCHESTRATOR_IMAGE, "mc-api 8061 -> 8061, webui 8062"],
    ]
    assert len({line.index(row[1]) for line, row in zip(lines, rows, strict=True)}) == 1
    files = dict(line.split() for line in entries.splitlines())
    packed = entries_of(shared.read_bytes())
    assert files == {"ENTRY": "BYTES"} | {name: str(len(text)) for name, text in packed.items()}


def test_inspect_shows_a_model(playgroundctl, tmp_path):
    zipped = tmp_path / "model.zip"
    playgroundctl("render", ROOT / "examples/single-model", "-o", zipped)
    lines = playgroundctl("inspect", zipped).text.splitlines()
    assert lines[:2] == ["kind  model", "name  Word Counter"]


def test_inspect_reads_standard_input(playgroundctl, shared):
    by_pipe = playgroundctl("inspect", "-", stdin=shared.read_bytes())
    assert by_pipe.out == playgroundctl("inspect", shared).out


def test_inspect_takes_nothing_but_a_zip(playgroundctl):
    for other in (CHAIN, CHAIN / "blueprint.json"):
        result = playgroundctl("inspect", other)
        assert (result.status, result.out) == (2, b"")
        assert str(other) in result.err


def test_inspect_lists_what_is_to_be_said(playgroundctl, tmp_path):
    zipped = tmp_path / "chain.zip"
    playgroundctl("render", CHAIN / "blueprint.json", "-o", zipped)
    report = json.loads(playgroundctl("inspect", zipped, "--output", "json").out)
    text = playgroundctl("inspect", zipped).text
    assert len(report["findings"]) == report["errors"] + report["warnings"]
    for item in report["findings"]:
        where = f"{item['path']}: " if item["path"] else ""
        assert f"{item['severity']:<7}  {where}{item['message']}\n" in text


def test_inspect_says_all_that_a_policy_refuses(playgroundctl, tmp_path):
    zipped = tmp_path / "chain.zip"
    playgroundctl("render", CHAIN, "-o", zipped)
    policy = tmp_path / "policy.json"
    policy.write_text('{"registries": ["hub.example.org"]}')
    result = playgroundctl("inspect", zipped, "--policy", policy, "--output", "json")
    report = json.loads(result.out)
    assert result.status == 2
    workloads = report["solution"]["workloads"]
    refused = [item["path"] for item in report["findings"] if item["severity"] == "error"]
    assert refused == [f"workloads[{i}].image" for i in range(len(workloads))]


def test_inspect_shows_what_a_policy_sets(playgroundctl, tmp_path):
    zipped = tmp_path / "chain.zip"
    playgroundctl("render", CHAIN, "-o", zipped)
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "environment_variables:\n"
        "- {docker_image_pattern: '.*orchestrator', name: LICENSE, value: k-1}\n"
    )
    result = playgroundctl("inspect", zipped, "--policy", policy, "--output", "json")
    assert result.status == 0
    for workload in json.loads(result.out)["solution"]["workloads"]:
        wanted = [{"name": "LICENSE", "value": "k-1"}] if workload["name"] == "orchestrator" else []
        assert workload["env"] == wanted


def test_a_zip_over_the_policys_bytes_is_not_read(playgroundctl, tmp_path):
    zipped = tmp_path / "chain.zip"
    playgroundctl("render", CHAIN, "-o", zipped)
    policy = tmp_path / "policy.json"
    policy.write_text('{"max_bytes": 100}')
    result = playgroundctl("inspect", zipped, "--policy", policy)
    assert result.status == 2
    assert "100 bytes" in result.err


def test_a_policy_with_a_mistake_is_none(playgroundctl, tmp_path):
    zipped = tmp_path / "chain.zip"
    playgroundctl("render", CHAIN, "-o", zipped)
    policy = tmp_path / "policy.json"
    for text, says in (
        ('{"registeries": []}', "'registeries' is no member of a policy"),
        ("[", "no YAML"),
    ):
        policy.write_text(text)
        result = playgroundctl("inspect", zipped, "--policy", policy)
        assert result.status == 2
        assert f"'{policy}': " in result.err
        assert says in result.err
