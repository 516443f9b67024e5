"""The Docker engine on Podman's service: what differs there, and what must not."""

import json

import pytest
from container_engine import IMAGE, OTHER_IMAGE, EngineTry, Podman, running

# One service for all of these: one worker runs them.
pytestmark = pytest.mark.xdist_group("podman")

SOLUTION = {
    "name": "My Demo",
    "blueprint": {"name": "My Demo", "nodes": []},
    "shared": True,
    "workloads": [
        {"name": "node", "image": IMAGE, "mount": "/shared"},
        {"name": "orchestrator", "image": IMAGE, "mount": "/shared"},
    ],
}


@pytest.fixture(scope="module")
def daemon():
    with running(Podman) as podman:
        yield podman


@pytest.fixture
def engine(daemon, tmp_path):
    daemon.sweep()
    return EngineTry(daemon.host, tmp_path, daemon.enter)


def test_a_pipeline_comes_up_once_changes_in_part_and_goes(daemon, engine):
    (line,) = engine("ping")
    assert line["version"].startswith("Podman ")

    engine("up", "demo", solution=SOLUTION)
    before = daemon.containers("demo")
    *_, last = engine("plan", "demo", solution=SOLUTION)
    assert last["changes"] == 0
    (answer,) = engine("ask", "demo", "GET", "/cat/pipeline/blueprint.json")
    assert json.loads(answer["body"]) == SOLUTION["blueprint"]
    assert {line["workload"] for line in engine("logs", "demo")} == {"node", "orchestrator"}

    changed = json.loads(json.dumps(SOLUTION))
    changed["workloads"][0]["image"] = OTHER_IMAGE
    engine("up", "demo", solution=changed)
    after = daemon.containers("demo")
    assert [name for name in after if after[name]["Id"] != before[name]["Id"]] == ["node"]

    engine("restart", "demo")
    engine("down", "demo")
    assert daemon.objects() == ["demo.shared-folder"]
    engine("down", "demo", "volumes")
    assert daemon.objects() == []


# Out of memory is judged from 137 alone here, which the unit tests do: Podman is not always done
# with such a container.
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"args": ["exit", "3"]}, "exited"),
        ({"command": ["/nothing"]}, "command_absent"),
    ],
)
def test_the_reason_is_shown_with_what_to_do(engine, change, reason):
    solution = {"name": "One", "workloads": [{"name": "one", "image": IMAGE} | change]}
    *events, last = engine("up", "demo", solution=solution, status=7)
    assert last["message"].startswith("'one' cannot start: ")
    failures = [event for event in events if event["state"] == "failed"]
    assert [event["reason"] for event in failures] == [reason]
    assert failures[0]["advice"]


def test_a_name_that_is_taken_is_a_conflict(daemon, engine):
    daemon.api("POST", "/containers/create?name=demo.one", json.dumps({"Image": IMAGE}).encode())
    solution = {"name": "One", "workloads": [{"name": "one", "image": IMAGE}]}
    engine("up", "demo", solution=solution, status=5)
    assert daemon.objects() == []
