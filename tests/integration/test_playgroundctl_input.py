"""INPUT in all its forms, and in all the forms that it must not have."""

import json
import os
import subprocess
import tempfile
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, TIMEOUT_S
from contract import Pipeline, entries_of

CHAIN = ROOT / "examples/chain"
MODEL = ROOT / "examples/single-model"

NODE = {
    "container_name": "one",
    "node_type": "MLModel",
    "image": "registry.example/one:1",
    "proto_uri": "org/one-1.0.0.proto",
    "operation_signature_list": [
        {
            "operation_signature": {
                "operation_name": "go",
                "input_message_name": "Empty",
                "input_message_stream": False,
                "output_message_name": "Empty",
                "output_message_stream": False,
            },
            "connected_to": [],
        }
    ],
}
PROTO = b"""syntax = "proto3";
message Empty {}
service One { rpc go(Empty) returns (Empty); }
"""


def write_blueprint(folder: Path, *nodes: dict, **members) -> Path:
    blueprint = {"name": "test", "version": "1.0.0", "nodes": list(nodes)} | members
    (folder / "blueprint.json").write_text(json.dumps(blueprint), encoding="utf-8")
    return folder


def write_proto(folder: Path, name: str, text: bytes = PROTO) -> None:
    (folder / "microservice").mkdir(exist_ok=True)
    (folder / "microservice" / name).write_bytes(text)


def render(playgroundctl, *args, **kwargs) -> dict[str, bytes]:
    result = playgroundctl("render", *args, "-o", "-", **kwargs)
    assert result.status == 0, result.err
    return entries_of(result.out)


def find(playgroundctl, *args) -> list[dict]:
    result = playgroundctl("validate", *args, "--output", "json")
    return json.loads(result.out)["findings"]


# ---- the forms it may have


def test_a_folder_gives_everything(playgroundctl):
    folder = ROOT / "examples/sudoku-like"
    entries = render(playgroundctl, folder)
    assert sorted(entries) == Pipeline.of_folder(folder).entry_names()
    for name in ("solution_icon.png", "solution_description.html"):
        assert entries[name] == (folder / name).read_bytes()


def test_slashes_behind_a_folder_do_not_matter(playgroundctl):
    assert render(playgroundctl, f"{CHAIN}//") == render(playgroundctl, CHAIN)


def test_a_blueprint_alone_has_no_protos(playgroundctl):
    entries = render(playgroundctl, CHAIN / "blueprint.json")
    assert not [name for name in entries if name.startswith("microservice/")]
    found = find(playgroundctl, CHAIN / "blueprint.json")
    assert [item["path"] for item in found] == [f"nodes[{i}].proto_uri" for i in range(3)]


def test_standard_input_is_a_blueprint_or_a_zip(playgroundctl):
    text = (CHAIN / "blueprint.json").read_bytes()
    by_pipe = playgroundctl("render", "-", "-o", "-", stdin=text).out
    assert by_pipe == playgroundctl("render", CHAIN / "blueprint.json", "-o", "-").out
    assert playgroundctl("render", "-", "-o", "-", stdin=by_pipe).out == by_pipe


def test_a_zip_with_everything_is_rendered_to_the_same_bytes(playgroundctl, tmp_path):
    for name in ("sudoku-like", "shared-folder", "single-model"):
        first = tmp_path / f"{name}.zip"
        assert playgroundctl("render", ROOT / "examples" / name, "-o", first).status == 0
        assert playgroundctl("render", first, "-o", "-").out == first.read_bytes()
        assert find(playgroundctl, first) == []


def test_a_model_comes_out_of_flags_or_of_a_folder(playgroundctl):
    model = json.loads((MODEL / "model.json").read_text(encoding="utf-8"))
    by_flags = render(
        playgroundctl,
        *("--image", model["image"], "--name", model["name"], "--proto", MODEL / model["proto"]),
    )
    assert by_flags == render(playgroundctl, MODEL)
    assert by_flags["modelname.txt"].decode().strip() == model["name"]
    assert "blueprint.json" not in by_flags
    name = "playground-example-word-counter"
    assert by_flags[f"microservice/{name}.proto"] == (MODEL / model["proto"]).read_bytes()


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        (["one.proto", "One.proto", "one-1.0.0.proto"], "one.proto"),
        (["ONE.proto", "one-1.0.0.proto"], "ONE.proto"),
        (["one.PROTO"], "one.PROTO"),
        (["one-1.0.0.proto", "two.proto"], "one-1.0.0.proto"),
        (["two.proto", "one.proto.bak", "aone.proto", "one"], None),
    ],
)
def test_the_proto_of_a_node_is_found_by_its_name(playgroundctl, tmp_path, files, chosen):
    write_blueprint(tmp_path, NODE)
    for name in files:
        write_proto(tmp_path, name, PROTO + f"// {name}\n".encode())
    entries = render(playgroundctl, tmp_path)
    packed = entries.get("microservice/one.proto")
    assert packed == (PROTO + f"// {chosen}\n".encode() if chosen else None)


def test_links_within_the_folder_are_followed(playgroundctl, tmp_path):
    write_proto(tmp_path, "real.proto")
    (tmp_path / "microservice/one.proto").symlink_to("real.proto")
    (tmp_path / "of-today.json").write_text(
        json.dumps({"name": "test", "version": "1", "nodes": [NODE]}), encoding="utf-8"
    )
    (tmp_path / "blueprint.json").symlink_to("of-today.json")
    assert render(playgroundctl, tmp_path)["microservice/one.proto"] == PROTO


def test_protos_are_looked_into(playgroundctl, tmp_path):
    write_blueprint(tmp_path, NODE, NODE | {"container_name": "two"})
    write_proto(tmp_path, "one.proto", b"no proto")
    write_proto(tmp_path, "two.proto", PROTO.replace(b"rpc go", b"rpc stop"))
    found = find(playgroundctl, tmp_path)
    about = {item["path"]: item["message"] for item in found if item["path"].startswith("nodes[")}
    assert "the proto of 'one' is none: line 1" in about["nodes[0].proto_uri"]
    assert "'go'" in about["nodes[1].operation_signature_list[0].operation_signature"]


def test_without_protoc_one_warning_says_so(playgroundctl, tmp_path):
    write_blueprint(tmp_path, NODE, NODE | {"container_name": "two"})
    write_proto(tmp_path, "one.proto")
    write_proto(tmp_path, "two.proto")
    result = playgroundctl("validate", tmp_path, env={"PATH": str(tmp_path)})
    assert result.status == 0
    assert result.text.count("protos were not checked: ") == 1
    assert "protoc" in result.text


@pytest.mark.parametrize(
    ("proto", "says"),
    [(b"no proto", "is no proto: line 1"), (b'syntax = "proto3";', "there is nothing to call")],
)
def test_the_proto_of_a_model_is_looked_into(playgroundctl, tmp_path, proto, says):
    (tmp_path / "m.proto").write_bytes(proto)
    found = find(playgroundctl, "--image", "a/b:1", "--name", "b", "--proto", tmp_path / "m.proto")
    assert [(item["severity"], item["path"]) for item in found] == [("warning", "proto")]
    assert says in found[0]["message"]


def test_many_protos_are_all_looked_into(playgroundctl, tmp_path):
    """More than are looked into at once."""
    nodes = [NODE | {"container_name": f"n{i}"} for i in range(24)]
    write_blueprint(tmp_path, *nodes)
    for i in range(24):
        write_proto(tmp_path, f"n{i}.proto", PROTO if i % 5 else b"no proto")
    found = [item["path"] for item in find(playgroundctl, tmp_path) if "is none" in item["message"]]
    assert found == [f"nodes[{i}].proto_uri" for i in range(0, 24, 5)]


# ---- the forms it must not have

SIGNATURE = NODE["operation_signature_list"][0]
FOLDER = NODE | {"node_type": "SharedFolder", "container_name": "/data/shared"}


def edge_to(node: str, operation: str) -> dict:
    edge = {"container_name": node, "operation_signature": {"operation_name": operation}}
    return NODE | {"operation_signature_list": [SIGNATURE | {"connected_to": [edge]}]}


# Blueprints that are none, or cannot be run: text, and what the one message or finding says.
BAD_TEXTS = {
    "empty": (b"", "line 1"),
    "no_json": (b"nodes: []", "line 1, column 1"),
    "cut": (b'{"nodes": [', "line 1"),
    "comment": (b"/* */ {}", "no comments"),
    "no_object": (b"[]", "object"),
    "no_utf8": (b'{"name": "\xff"}', "line 1"),
    "byte_order_mark": (b"\xef\xbb\xbf{}", "byte order mark"),
    "utf16": ('{"nodes": []}'.encode("utf-16"), "line 1"),
    "twice": (b'{"name": "a", "name": "b", "nodes": []}', "'name'"),
    "too_deep": (b'{"nodes": ' + b"[" * 100 + b"]" * 100 + b"}", "64"),
    "lost_digits": (b'{"nodes": [], "x": 1e400}', "line 1"),
    "nul": (b'{"name": "a\\u0000"}', "U+0000"),
    "too_large": (b" " * (4 * 1024 * 1024 + 1), "4194304"),
}
BAD_NODES = {
    "no_nodes": ([], "node"),
    "too_many": ([NODE | {"container_name": f"n{i}"} for i in range(1025)], "1024"),
    "no_name": ([{k: v for k, v in NODE.items() if k != "container_name"}], "container_name"),
    "no_image": ([NODE | {"image": ""}], "image"),
    "not_an_image": ([NODE | {"image": "Not An Image"}], "image"),
    "web_address": ([NODE | {"image": "https://registry.example/one:1"}], "https://"),
    "legacy": ([{"container_name": "one", "image": "one", "depends_on": []}], "depends_on"),
    "twice": ([NODE, NODE], "'one'"),
    "unknown_node": ([edge_to("nobody", "go")], "'nobody'"),
    "unknown_operation": ([edge_to("one", "stop")], "'stop'"),
    "splitter": ([NODE | {"node_type": "Splitter"}], "Splitter"),
    "collator": ([NODE | {"node_type": "Collator"}], "Collator"),
    "two_folders": ([NODE, FOLDER, FOLDER | {"container_name": "/other"}], "/other"),
    "relative_folder": ([NODE, FOLDER | {"container_name": "data/shared"}], "data/shared"),
    "crooked_folder": ([NODE, FOLDER | {"container_name": "/data/../etc"}], "/data/../etc"),
    "edge_to_folder": ([edge_to("/data/shared", "go"), FOLDER], "/data/shared"),
    "text_for_a_list": ([NODE | {"operation_signature_list": "none"}], "operation_signature_list"),
}


def check_refused(playgroundctl, tmp_path, source, says, **kwargs) -> None:
    """Exit status 2, a message, and neither a new file nor a change to an old one."""
    old = tmp_path / "out/old.zip"
    old.parent.mkdir()
    old.write_bytes(b"as it was")
    for out in (old, old.with_name("new.zip")):
        result = playgroundctl("render", source, "-o", out, **kwargs)
        assert (result.status, result.out) == (2, b""), result.err
        assert says in result.err
        assert result.err.splitlines()[-1].startswith("error: ")
        assert len([line for line in result.err.splitlines() if line.startswith("error: ")]) == 1
    assert list(old.parent.iterdir()) == [old]
    assert old.read_bytes() == b"as it was"


@pytest.mark.parametrize("name", BAD_TEXTS)
def test_what_is_no_blueprint_is_refused_in_one_line(playgroundctl, tmp_path, name):
    text, says = BAD_TEXTS[name]
    source = tmp_path / "blueprint.json"
    source.write_bytes(text)
    check_refused(playgroundctl, tmp_path, source, says)
    result = playgroundctl("validate", source)
    assert (result.status, result.out) == (2, b"")
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize("name", BAD_NODES)
def test_what_cannot_be_run_is_refused(playgroundctl, tmp_path, name):
    bad, says = BAD_NODES[name]
    (tmp_path / "in").mkdir()
    source = write_blueprint(tmp_path / "in", *bad)
    check_refused(playgroundctl, tmp_path, source, says)
    assert playgroundctl("validate", source).status == 2


def test_the_report_of_a_refusal_is_json_where_wanted(playgroundctl, tmp_path):
    source = write_blueprint(tmp_path, *BAD_NODES["no_image"][0])
    out = tmp_path / "x.zip"
    result = playgroundctl("render", source, "-o", out, "--output", "json")
    assert result.status == 2
    report = json.loads(result.out)
    assert report["errors"] == 1
    assert "file" not in report
    assert not out.exists()


def test_strict_takes_warnings_for_errors(playgroundctl, tmp_path):
    write_blueprint(tmp_path, NODE)  # without its proto
    assert playgroundctl("validate", tmp_path).status == 0
    assert playgroundctl("validate", tmp_path, "--strict").status == 2


@pytest.mark.parametrize("case", ["zip", "cut", "evil"])
def test_what_is_no_solution_zip_is_refused(playgroundctl, tmp_path, case):
    source = tmp_path / "in.zip"
    if case == "cut":
        source.write_bytes(playgroundctl("render", CHAIN, "-o", "-").out[:-100])
    else:
        with zipfile.ZipFile(source, "w") as archive:
            archive.writestr("../evil" if case == "evil" else "readme.txt", "hello")
    check_refused(playgroundctl, tmp_path, source, "'")
    result = playgroundctl("inspect", source)
    assert (result.status, result.out) == (2, b"")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "not an object"),
        ('{"name": "a"}', "a name and an image"),
        ('{"name": "a", "image": 3}', "'image' is a number, not text"),
        ('{"name": "a", "image": "a", "imge": "b"}', "'imge' means nothing here"),
        ('{"name": "a", "image": "A B"}', "image"),
        ('{"name": "a", "image": "a", "proto": "../m.proto"}', "leads out of the folder"),
        ('{"name": "a", "image": "a", "proto": "/etc/hostname"}', "leads out of the folder"),
    ],
)
def test_what_is_no_model_is_refused(playgroundctl, tmp_path, text, says):
    (tmp_path / "m.proto").write_bytes(PROTO)
    (tmp_path / "in").mkdir()
    (tmp_path / "in/model.json").write_text(text, encoding="utf-8")
    check_refused(playgroundctl, tmp_path, tmp_path / "in", says)


def test_a_folder_must_be_one_of_the_two(playgroundctl, tmp_path):
    check_refused(playgroundctl, tmp_path, tmp_path, "neither a blueprint.json nor a model.json")
    write_blueprint(tmp_path, NODE)
    (tmp_path / "model.json").write_text('{"name": "a", "image": "a"}', encoding="utf-8")
    result = playgroundctl("validate", tmp_path)
    assert result.status == 2
    assert "remove one of them" in result.err


def test_a_missing_proto_of_a_model_is_named(playgroundctl, tmp_path):
    (tmp_path / "model.json").write_text('{"name": "a", "image": "a", "proto": "m.proto"}')
    result = playgroundctl("validate", tmp_path)
    assert result.status == 4
    assert f"{tmp_path}/m.proto" in result.err


def test_what_is_not_there_is_named(playgroundctl, tmp_path):
    for args in (
        ["validate", tmp_path / "nothing"],
        ["inspect", tmp_path / "nothing"],
        ["render", "--image", "a", "--name", "a", "--proto", tmp_path / "nothing", "-o", "-"],
        ["render", CHAIN, "-o", tmp_path / "nothing/x.zip"],
    ):
        result = playgroundctl(*args)
        assert (result.status, result.out) == (4, b"")
        assert f"{tmp_path}/nothing" in result.err


# ---- nothing outside of the folder


def test_no_text_of_a_blueprint_is_a_path(playgroundctl, tmp_path):
    """Whatever the blueprint says, only names that stand in microservice/ are ever opened."""
    (tmp_path / "secret.proto").write_bytes(b"secret")
    folder = tmp_path / "in"
    folder.mkdir()
    write_proto(folder, "here.proto")
    tricks = ["../../secret", "../microservice/here", "/etc/passwd", "..", ".", "a/../../secret"]
    nodes = [NODE | {"container_name": name, "proto_uri": name} for name in tricks] + [
        NODE | {"container_name": "n", "proto_uri": "../../secret.proto"}
    ]
    entries = render(playgroundctl, write_blueprint(folder, *nodes))
    assert not [name for name in entries if name.startswith("microservice/")]
    assert not [name for name, text in entries.items() if text == b"secret"]


@pytest.mark.parametrize(
    "link",
    ["blueprint.json", "microservice", "microservice/one.proto", "solution_icon.png"],
)
def test_a_link_out_of_the_folder_is_refused(playgroundctl, tmp_path, link):
    outside = write_blueprint(tmp_path, NODE)
    write_proto(outside, "one.proto")
    (outside / "solution_icon.png").write_bytes(b"icon")
    folder = tmp_path / "in"
    folder.mkdir()
    write_blueprint(folder, NODE)
    write_proto(folder, "other.proto")

    place = folder / link
    if link == "microservice":
        (place / "other.proto").unlink()
        place.rmdir()
    place.unlink(missing_ok=True)
    place.symlink_to(outside / link)
    check_refused(playgroundctl, tmp_path, folder, f"{link}' leads out of the folder")


@pytest.mark.parametrize("name", ["blueprint.json", "microservice/one.proto"])
def test_a_pipe_in_the_folder_is_not_waited_for(playgroundctl, tmp_path, name):
    folder = tmp_path / "in"
    folder.mkdir()
    write_blueprint(folder, NODE)
    write_proto(folder, "one.proto")
    (folder / name).unlink()
    os.mkfifo(folder / name)
    check_refused(playgroundctl, tmp_path, folder, "is no regular file")


def test_absurd_sizes_are_refused(playgroundctl, tmp_path):
    endless = playgroundctl("validate", "/dev/zero")
    assert endless.status == 2
    assert "'/dev/zero' is over" in endless.err

    folder = tmp_path / "in"
    folder.mkdir()
    write_blueprint(folder, NODE)
    write_proto(folder, "one.proto", b"")
    for name in ("microservice/one.proto", "solution_icon.png", "solution_description.html"):
        with open(folder / name, "wb") as file:
            file.truncate(1 << 40)
        result = playgroundctl("validate", folder)
        assert result.status == 2
        assert f"{name}' is over" in result.err
        (folder / name).unlink()


def run_without_rights(program, *args) -> subprocess.CompletedProcess:
    """Run as somebody who may read little: as nobody, if we are root."""
    if os.geteuid() != 0:
        return subprocess.run(
            [program.path, *args], capture_output=True, timeout=TIMEOUT_S, check=False
        )
    with tempfile.TemporaryDirectory() as folder:  # where nobody may look into
        Path(folder).chmod(0o755)
        copy = Path(folder) / "program"
        copy.write_bytes(program.path.read_bytes())
        copy.chmod(0o755)
        return subprocess.run(
            [copy, *args],
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
            user=65534,
            group=65534,
            extra_groups=[],
            cwd="/",
        )


@pytest.fixture
def open_folder():
    """A folder that everybody may look into, unlike tmp_path."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.parametrize("secret", ["blueprint.json", "microservice/one.proto", "microservice"])
def test_what_may_not_be_read_is_named(playgroundctl, open_folder, secret):
    write_blueprint(open_folder, NODE)
    write_proto(open_folder, "one.proto")
    (open_folder / secret).chmod(0)
    result = run_without_rights(playgroundctl, "validate", open_folder)
    (open_folder / secret).chmod(0o700)
    assert result.returncode == 3, result
    assert f"{open_folder}/{secret}'".encode() in result.stderr
    assert b"Permission denied" in result.stderr


def test_where_may_not_be_written_is_named(playgroundctl, open_folder):
    open_folder.chmod(0o555)
    out = open_folder / "x.zip"
    result = run_without_rights(
        playgroundctl, "render", "--image", "a/b:1", "--name", "b", "-o", out
    )
    assert result.returncode == 3, result
    assert str(out).encode() in result.stderr
    assert not out.exists()
