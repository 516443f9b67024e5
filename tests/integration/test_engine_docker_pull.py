"""Images out of a registry with a password, pulled by the Docker engine."""

import json

import pytest
from conftest import BUILD
from container_engine import Docker, EngineTry, running
from container_registry import PASSWORD, USER, Registry, encode

# One registry is enough.
pytestmark = pytest.mark.xdist_group("registry")

NAME = "models/node"


@pytest.fixture(scope="module")
def daemon():
    with running(Docker) as docker:
        yield docker


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    registry = Registry(tmp_path_factory.mktemp("registry"))
    registry.digest = registry.put(NAME, BUILD / "bin/container-node")
    yield registry
    registry.stop()


@pytest.fixture
def engine(daemon, registry, tmp_path):
    """With no image of the registry here yet."""
    daemon.sweep()
    for image in daemon.api("GET", "/images/json"):
        names = (image["RepoTags"] or []) + (image["RepoDigests"] or [])
        if any(name.startswith(registry.address) for name in names):
            daemon.api("DELETE", f"/images/{image['Id']}?force=1")
    return EngineTry(daemon.host, tmp_path)


def up(engine, image: str, status: int = 0, **config) -> list[dict]:
    """`up` of one model, with that as config.json; the password is in no line."""
    (engine.config / "config.json").write_text(json.dumps(config))
    solution = {"name": "One", "workloads": [{"name": "one", "image": image}]}
    lines = engine("up", "demo", solution=solution, status=status)
    assert PASSWORD not in json.dumps(lines)
    return lines


def auths(registry, password: str = PASSWORD, key: str = "%s") -> dict:
    return {key.replace("%s", registry.address): {"auth": encode(USER, password)}}


@pytest.mark.parametrize("key", ["%s", "http://%s", "https://%s/v2/"])
def test_an_image_is_pulled_with_the_credentials_of_the_user(engine, registry, key):
    image = f"{registry.address}/{NAME}:1"
    lines = up(engine, image, auths=auths(registry, key=key))
    states = [line["state"] for line in lines if line["event"] == "one"]
    assert states[0] == "pulling"
    assert states[-1] == "ready"
    # what is here is not pulled again
    assert "pulling" not in [line["state"] for line in up(engine, image)]


def test_an_image_is_pulled_by_its_digest(daemon, engine, registry):
    image = f"{registry.address}/{NAME}@{registry.digest}"
    up(engine, image, auths=auths(registry))
    assert daemon.containers("demo")["one"]["Config"]["Image"] == image


def test_always_means_each_time(engine, registry):
    image = f"{registry.address}/{NAME}:1"
    solution = {"name": "One", "workloads": [{"name": "one", "image": image}]}
    solution["workloads"][0]["pull_policy"] = "Always"
    (engine.config / "config.json").write_text(json.dumps({"auths": auths(registry)}))
    for _ in range(2):
        lines = engine("up", "demo", solution=solution)
        assert "pulling" in [line["state"] for line in lines]
    *steps, _ = engine("plan", "demo", solution=solution)
    assert {step["change"] for step in steps} == {"none"}


@pytest.mark.parametrize(
    ("image", "password", "reason"),
    [
        (f"{NAME}:1", None, "image_forbidden"),
        (f"{NAME}:1", "wrong", "image_forbidden"),
        (f"{NAME}:none", PASSWORD, "image_absent"),
        ("nobody/knows:1", PASSWORD, "image_absent"),
        (f"{NAME}@sha256:{'0' * 64}", PASSWORD, "image_absent"),
    ],
)
def test_why_an_image_does_not_come_is_told(daemon, engine, registry, image, password, reason):
    config = {"auths": auths(registry, password)} if password else {}
    *_, event, last = up(engine, f"{registry.address}/{image}", status=7, **config)
    assert (event["state"], event["reason"]) == ("failed", reason)
    assert event["advice"]
    assert last["message"].startswith("'one' cannot start: ")
    assert daemon.containers("demo") == {}


def test_a_helper_is_not_run_and_its_name_is_told(engine, registry):
    config = {"auths": {registry.address: {}}, "credsStore": "nowhere"}
    *_, event, _ = up(engine, f"{registry.address}/{NAME}:1", status=7, **config)
    assert event["reason"] == "image_forbidden"
    assert "docker-credential-nowhere" in event["advice"]


def test_one_image_of_several_workloads_is_pulled_once(engine, registry):
    (engine.config / "config.json").write_text(json.dumps({"auths": auths(registry)}))
    image = f"{registry.address}/{NAME}:1"
    names = ["a", "b", "c"]
    solution = {"name": "S", "workloads": [{"name": name, "image": image} for name in names]}
    lines = engine("up", "demo", solution=solution)
    for name in names:
        states = [line["state"] for line in lines if line["event"] == name]
        assert states[0] == "pulling"
        assert states[-1] == "ready"
