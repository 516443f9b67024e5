"""Images of our own programs: script/images, and what is in them running on a Docker of its own."""

import io
import json
import subprocess
import tarfile
import urllib.request
import zipfile

import pytest
from conftest import BUILD, ROOT
from container_engine import EngineTry
from process import wait_for

# One engine, and one who writes into build/.
pytestmark = pytest.mark.xdist_group("images")

ORCHESTRATOR = "playground-orchestrator"
PIPELINES = ("chain", "sudoku-like", "shared-folder")


def make(folder, *names, status: int = 0) -> subprocess.CompletedProcess:
    done = subprocess.run(
        [ROOT / "script/lib/make_images.py", BUILD, folder, *names],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done


def members(data: bytes) -> dict[str, tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {
            info.name: (info, tar.extractfile(info).read() if info.isfile() else b"")
            for info in tar
        }


def unpack(folder, name: str) -> tuple[dict, dict]:
    """The config of an image, and the members of its layer."""
    outer = members((folder / f"{name}.tar").read_bytes())
    (manifest,) = json.loads(outer["manifest.json"][1])
    (layer,) = manifest["Layers"]
    return json.loads(outer[manifest["Config"]][1]), members(outer[layer][1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("images")
    make(made, ORCHESTRATOR, "playground-deployer", "playground-example-writer")
    return made


@pytest.fixture
def engine(stocked, tmp_path):
    stocked.sweep()
    return EngineTry(stocked.host, tmp_path)


# --- What is in an image ---


def test_the_same_files_make_the_same_bytes(folder, tmp_path):
    make(tmp_path, ORCHESTRATOR)
    name = f"{ORCHESTRATOR}.tar"
    assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.parametrize("name", [ORCHESTRATOR, "playground-deployer", "playground-example-writer"])
def test_an_image_tells_no_more_than_it_must(folder, name):
    config, layer = unpack(folder, name)
    assert list(layer) == sorted(layer)
    for info, _ in layer.values():
        assert info.isdir() or info.isfile(), info.name
        assert info.mtime == 0
        assert not info.mode & 0o6000, info.name
        assert info.name == "tmp" or info.name.startswith(
            ("data", "etc", "lib", "lib64", "usr", "var")
        )
    assert layer["tmp"][0].mode == 0o1777
    assert f"usr/bin/{name}" in layer
    assert b"playground:x:10001:" in layer["etc/passwd"][1]
    assert str(ROOT) not in json.dumps(config)

    # the engine finds by its labels what it made; containers inherit those of their image
    labels = config["config"]["Labels"]
    assert labels["playground/program"] == name
    assert not set(labels) & {"app.kubernetes.io/managed-by", "playground/id"}
    assert config["config"]["User"] == "10001:10001"


def test_protos_that_models_import_are_in_the_orchestrators_image_and_headers_are_not(folder):
    _, layer = unpack(folder, ORCHESTRATOR)
    includes = {name for name in layer if name.startswith("usr/include/") and "." in name}
    assert "usr/include/google/protobuf/empty.proto" in includes
    assert {name.rpartition(".")[2] for name in includes} == {"proto"}


def test_the_deployers_image_knows_whom_to_trust(folder):
    _, layer = unpack(folder, "playground-deployer")
    assert b"BEGIN CERTIFICATE" in layer["etc/ssl/certs/ca-certificates.crt"][1]


def test_an_unknown_name_is_told_with_those_there_are(folder):
    done = make(folder, "playground-nothing", status=1)
    assert "'playground-nothing'" in done.stderr
    assert "playground-example-thermometer" in done.stderr


# --- On an engine ---


def solution_of(playgroundctl, example: str, path) -> dict:
    """What the engine is asked for: the workloads are those of the zip."""
    path = path / "solution.zip"
    done = playgroundctl("render", ROOT / "examples" / example, "-o", path)
    assert done.status == 0, done.err
    with zipfile.ZipFile(path) as zipped:
        protos = {
            name.removeprefix("microservice/"): zipped.read(name).decode()
            for name in zipped.namelist()
            if name.startswith("microservice/")
        }
        blueprint = json.loads(zipped.read("blueprint.json"))
    report = json.loads(playgroundctl("inspect", path, "--output", "json").text)
    mount = {"mount": "/data/shared"} if example == "shared-folder" else {}
    workloads = [
        {"name": w["name"], "image": w["image"]} | mount for w in report["solution"]["workloads"]
    ]
    return {
        "name": example,
        "blueprint": blueprint,
        "protos": protos,
        "workloads": workloads,
        "shared": bool(mount),
    }


def ask(address: str, path: str, token: str = "", body: dict | None = None) -> dict:
    request = urllib.request.Request(
        f"http://{address}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Playground-Token": token, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def variable(container: dict, name: str) -> str:
    variables = dict(text.split("=", 1) for text in container["Config"]["Env"])
    return variables[name]


@pytest.mark.parametrize("example", PIPELINES)
def test_an_example_runs_in_its_images(stocked, engine, playgroundctl, tmp_path, example):
    solution = solution_of(playgroundctl, example, tmp_path)
    engine("up", "demo", solution=solution)
    containers = stocked.containers("demo")
    (deployment,) = engine("list", "demo")
    address = next(
        w["ports"]["webui"] for w in deployment["workloads"] if w["name"] == "orchestrator"
    )

    assert ask(address, "/healthz") == {"status": "ok"}
    # protoc has compiled the protos in there: the plan is ready
    status = ask(address, "/api/v1/status")
    assert (status["success"], status["message"]) == (True, "initialized"), status

    token = variable(containers["orchestrator"], "PD_TOKEN")
    ask(address, "/api/v1/run", token, {"iterations": 1})
    wait_for(
        lambda: ask(address, "/api/v1/status")["message"].startswith("finished"), "the run ends"
    )
    status = ask(address, "/api/v1/status")
    assert status["edges"]
    assert all(edge["messages"] > 0 for edge in status["edges"]), status["edges"]
    assert not any(lane["failed"] or lane["dropped"] for lane in status["lanes"]), status["lanes"]


def test_a_container_ends_at_once_and_in_order(stocked, engine, playgroundctl, tmp_path):
    engine("up", "demo", solution=solution_of(playgroundctl, "chain", tmp_path))
    for workload, container in stocked.containers("demo").items():
        stocked.api("POST", f"/containers/{container['Id']}/stop?t=10")  # then it would be killed
        state = stocked.api("GET", f"/containers/{container['Id']}/json")["State"]
        assert state["ExitCode"] == 0, workload
