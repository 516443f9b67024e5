"""The Docker engine, through tests/programs/engine-try, on a Docker of its own."""

import contextlib
import copy
import itertools
import json
import os
import signal
import socket
import time

import pytest
from container_engine import IMAGE, OTHER_IMAGE, Docker, EngineTry, running
from engine_proxy import EngineProxy
from process import wait_for

PIPELINE = {
    "name": "My Demo",
    "blueprint": {"name": "My Demo", "nodes": []},
    "protos": {"source.proto": 'syntax = "proto3";'},
    "workloads": [
        {"name": "source", "image": IMAGE},
        {"name": "sink", "image": IMAGE},
        {"name": "orchestrator", "image": IMAGE},
    ],
}
# A reason is shown this soon after the engine knows it.
REASON_S = 5


@pytest.fixture(scope="module")
def daemon():
    with running(Docker) as docker:
        yield docker


@pytest.fixture
def docker(daemon):
    daemon.sweep()
    return daemon


@pytest.fixture
def engine(docker, tmp_path):
    return EngineTry(docker.host, tmp_path)


def pipeline(**changes) -> dict:
    """The pipeline with members of workloads changed: pipeline(sink={"args": ["mute"]})."""
    solution = copy.deepcopy(PIPELINE)
    for workload in solution["workloads"]:
        workload.update(changes.pop(workload["name"], {}))
    return solution | changes


def model(**members) -> dict:
    return {"name": "One", "workloads": [{"name": "one", "image": IMAGE} | members]}


def states(lines: list[dict], workload: str) -> list[str]:
    return [line["state"] for line in lines if line.get("event") == workload]


def status(engine, name: str) -> dict[str, dict]:
    (deployment,) = engine("list", name)
    return {workload["name"]: workload for workload in deployment["workloads"]}


def ask(engine, name: str, path: str) -> str:
    (answer,) = engine("ask", name, "GET", path)
    assert answer["status"] == 200
    return answer["body"]


def changes(engine, solution: dict, name: str = "demo") -> dict[str, str]:
    *steps, _ = engine("plan", name, solution=solution)
    return {step["name"]: step["change"] for step in steps if step["change"] != "none"}


def test_the_engine_tells_its_version(engine):
    (line,) = engine("ping")
    assert line["version"].startswith("Docker 20.10")
    assert line["version"].endswith(", API 1.41")


def test_a_pipeline_comes_up_and_is_found_by_labels(docker, engine):
    lines = engine("up", "demo", solution=PIPELINE)
    for name in ("source", "sink", "orchestrator"):
        assert states(lines, name)[-1] == "ready"
    assert lines[-1]["event"] == ""
    assert lines[-1]["state"] == "ready"

    (deployment,) = engine("list")
    assert (deployment["name"], deployment["solution"]) == ("demo", "my-demo")
    assert (deployment["state"], deployment["has_volume"]) == ("ready", False)
    assert deployment["has_age"]
    assert [w["name"] for w in deployment["workloads"]] == ["sink", "source", "orchestrator"]
    ports = deployment["workloads"][2]["ports"]
    assert set(ports) == {"mc-api", "webui"}
    assert all(address.startswith("127.0.0.1:") for address in ports.values())
    with socket.create_connection(ports["mc-api"].split(":"), timeout=5) as connection:
        assert connection.recv(5) == b"hello"


def test_the_orchestrator_gets_the_pipeline_and_a_token(docker, engine):
    engine("up", "demo", solution=PIPELINE)
    assert ask(engine, "demo", "/env/PD_PIPELINE") == "/pipeline"
    assert json.loads(ask(engine, "demo", "/cat/pipeline/blueprint.json")) == PIPELINE["blueprint"]
    assert ask(engine, "demo", "/cat/pipeline/source.proto") == PIPELINE["protos"]["source.proto"]
    assert json.loads(ask(engine, "demo", "/cat/pipeline/dockerinfo.json")) == {
        "docker_info_list": [
            {"container_name": name, "ip_address": name, "port": "8061"}
            for name in ("source", "sink", "orchestrator")
        ]
    }
    token = ask(engine, "demo", "/env/PD_TOKEN")
    assert len(token) == 64
    assert ask(engine, "demo", "/").startswith(f"Playground-Token: {token}\r\n")
    assert "PD_TOKEN" not in str(docker.containers("demo")["source"]["Config"]["Env"])


def test_a_single_model_comes_up_whatever_it_is_called(docker, engine):
    engine("up", "demo", solution=model(name="orchestrator"))
    assert docker.objects() == ["demo.network", "demo.orchestrator"]
    assert status(engine, "demo")["orchestrator"]["state"] == "ready"


def test_containers_are_held_in_bounds(docker, engine):
    limits = {"limits": {"cpu": "500m", "memory": "64Mi", "nvidia.com/gpu": "1"}}
    solution = pipeline(source=limits)
    *_, last = engine("plan", "demo", solution=solution)
    (finding,) = last["findings"]
    assert finding["severity"] == "warning"
    assert "nvidia.com/gpu" in finding["message"]

    engine("up", "demo", solution=solution)
    host = docker.containers("demo")["source"]["HostConfig"]
    assert (host["NanoCpus"], host["Memory"]) == (500_000_000, 64 * 1024 * 1024)
    assert host["MemorySwap"] == host["Memory"]
    assert host["SecurityOpt"] == ["no-new-privileges"]
    assert not host["Privileged"]
    assert {b["HostIp"] for ports in host["PortBindings"].values() for b in ports} == {"127.0.0.1"}


def test_a_second_up_changes_nothing(docker, engine):
    engine("up", "demo", solution=PIPELINE)
    before = {name: c["Id"] for name, c in docker.containers("demo").items()}
    assert changes(engine, PIPELINE) == {}
    engine("up", "demo", solution=PIPELINE)
    assert {name: c["Id"] for name, c in docker.containers("demo").items()} == before


@pytest.mark.parametrize(
    "change", [{"image": OTHER_IMAGE}, {"env": {"A": "b"}}, {"args": ["late", "1"]}]
)
def test_only_what_differs_is_made_anew(docker, engine, change):
    engine("up", "demo", solution=PIPELINE)
    token = ask(engine, "demo", "/env/PD_TOKEN")
    before = docker.containers("demo")
    changed = pipeline(sink=change)
    assert changes(engine, changed) == {"sink": "update"}

    engine("up", "demo", solution=changed)
    after = docker.containers("demo")
    assert [name for name in after if after[name]["Id"] != before[name]["Id"]] == ["sink"]
    assert ask(engine, "demo", "/env/PD_TOKEN") == token


def test_an_image_that_was_built_anew_is_taken(docker, engine):
    docker.load("pd-test/changing:1", "first")
    solution = model(image="pd-test/changing:1")
    engine("up", "demo", solution=solution)
    docker.load("pd-test/changing:1", "second")
    assert changes(engine, solution) == {"one": "update"}


def test_what_is_not_wished_for_any_more_goes(docker, engine):
    engine("up", "demo", solution=PIPELINE)
    smaller = pipeline()
    del smaller["workloads"][1]
    assert changes(engine, smaller) == {"sink": "remove", "orchestrator": "update"}
    engine("up", "demo", solution=smaller)
    assert set(docker.containers("demo")) == {"source", "orchestrator"}


def test_what_was_stopped_is_started(docker, engine):
    engine("up", "demo", solution=PIPELINE)
    ids = {name: c["Id"] for name, c in docker.containers("demo").items()}
    docker.api("POST", f"/containers/{ids['sink']}/stop?t=1")
    assert status(engine, "demo")["sink"]["state"] == "stopped"
    assert changes(engine, PIPELINE) == {"sink": "start"}
    engine("up", "demo", solution=PIPELINE)
    assert {name: c["Id"] for name, c in docker.containers("demo").items()} == ids


def test_another_solution_of_that_name_is_refused_unless_it_replaces(docker, engine):
    engine("up", "demo", solution=PIPELINE)
    before = docker.objects()
    line = engine("up", "demo", solution=model(), status=5)[-1]
    assert line["code"] == "conflict"
    assert "my-demo" in line["message"]
    assert docker.objects() == before
    engine("up", "demo", solution=model() | {"replace": True})
    assert docker.objects() == ["demo.network", "demo.one"]
    (deployment,) = engine("list")
    assert deployment["solution"] == "one"


@pytest.mark.parametrize("kind", ["container", "network", "volume"])
def test_what_is_not_ours_is_not_touched(docker, engine, kind):
    body = {
        "container": ("/containers/create?name=demo.one", {"Image": IMAGE}),
        "network": ("/networks/create", {"Name": "demo.network"}),
        "volume": ("/volumes/create", {"Name": "demo.shared-folder"}),
    }
    path, what = body[kind]
    docker.api("POST", path, json.dumps(what).encode())
    solution = model(mount="/shared") | {"shared": True}
    line = engine("up", "demo", solution=solution, status=5)[-1]
    assert line["code"] == "conflict"
    assert "not of this deployment" in line["message"]
    assert docker.objects() == []
    engine("down", "demo", "volumes", status=4)


def test_the_shared_folder_is_shared_and_outlives_the_deployment(docker, engine):
    solution = pipeline(source={"mount": "/shared"}, orchestrator={"mount": "/shared"}, shared=True)
    engine("up", "demo", solution=solution)
    host, port = status(engine, "demo")["source"]["ports"]["webui"].split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"GET /put/shared/note HTTP/1.1\r\n\r\n")
        assert b"200 OK" in connection.recv(100)
    assert ask(engine, "demo", "/cat/shared/note") == "here"

    lines = engine("down", "demo")
    assert states(lines, "source") == ["removing", "gone"]
    assert docker.objects() == ["demo.shared-folder"]
    assert engine("list") == []
    engine("list", "demo", status=4)
    engine("down", "demo", status=4)

    engine("up", "demo", solution=solution)
    assert ask(engine, "demo", "/cat/shared/note") == "here"
    engine("down", "demo", "volumes")
    assert docker.objects() == []
    line = engine("down", "demo", "volumes", status=4)[-1]
    assert line["message"] == "no deployment is called 'demo'"


def test_two_deployments_stand_side_by_side(docker, engine):
    engine("up", "one", solution=PIPELINE)
    engine("up", "two", solution=PIPELINE)
    assert [row["name"] for row in engine("list")] == ["one", "two"]
    engine("down", "one")
    assert [row["name"] for row in engine("list")] == ["two"]
    assert {w["state"] for w in status(engine, "two").values()} == {"ready"}


# --- Reasons ---

REASONS = {
    "exits": ({"args": ["exit", "3"]}, "exited", "exit status 3"),
    "no memory": (
        {"args": ["oom"], "limits": {"memory": "16Mi"}},
        "out_of_memory",
        "more memory than it may have",
    ),
    "no command": ({"command": ["/nothing"]}, "command_absent", "/nothing"),
    "no registry": ({"image": "localhost:1/x:1"}, "image_unreachable", "connection refused"),
    "never pulled": (
        {"image": "x/y:1", "pull_policy": "Never"},
        "image_absent",
        "not to be pulled",
    ),
    "too many cpus": ({"limits": {"cpu": "5000"}}, "unschedulable", "CPUs"),
}


@pytest.mark.parametrize("case", REASONS)
def test_the_reason_is_shown_soon_with_what_to_do(docker, engine, case):
    change, reason, words = REASONS[case]
    started = time.monotonic()
    *events, last = engine("up", "demo", solution=pipeline(sink=change), status=7)
    assert time.monotonic() - started < REASON_S + 10  # two others are made meanwhile
    assert last["code"] == "not_ready"
    assert last["message"].startswith("'sink' cannot start: ")
    assert words in last["message"]
    failures = [event for event in events if event["state"] == "failed"]
    assert [event["event"] for event in failures] == ["sink"]
    assert failures[0]["reason"] == reason
    assert failures[0]["advice"]
    assert words in failures[0]["detail"]


def test_the_last_lines_come_with_the_reason_and_are_fit_to_print(engine):
    *_, event, _ = engine("up", "demo", solution=model(args=["exit", "3"]), status=7)
    lines = event["lines"].splitlines()
    assert "about to end" in lines
    assert "for no ?[31mgood reason" in lines
    one = status(engine, "demo")["one"]
    assert one["reason"] == "exited"
    assert "about to end" in one["lines"]


def test_others_are_made_though_one_cannot_be(docker, engine):
    engine("up", "demo", solution=pipeline(sink={"command": ["/nothing"]}), status=7)
    found = status(engine, "demo")
    assert found["source"]["state"] in ("ready", "starting")
    engine("up", "demo", solution=PIPELINE)
    assert {w["state"] for w in status(engine, "demo").values()} == {"ready"}


def test_ready_is_what_answers_not_what_runs(engine):
    with engine.start("up", "demo", solution=model(args=["late", "1500"])) as process:
        lines = [json.loads(line) for line in process.stdout]
    assert process.returncode == 0
    assert states(lines, "one")[-2:] == ["starting", "ready"]


def test_ports_that_somebody_else_has_are_passed_over(docker, engine):
    engine("up", "one", solution=model())
    ports = [int(a.split(":")[1]) for a in status(engine, "one")["one"]["ports"].values()]
    with contextlib.ExitStack() as stack:
        for port in range(max(ports) + 1, max(ports) + 31):  # Docker would take these next
            with contextlib.suppress(OSError):  # somebody has it already
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
        engine("up", "two", solution=model())
        assert status(engine, "two")["one"]["state"] == "ready"


# --- Logs ---


def test_logs_have_lines_with_times(engine):
    engine("up", "demo", solution=PIPELINE)
    lines = engine("logs", "demo")
    assert sorted((line["workload"], line["text"]) for line in lines) == [
        (name, "listening") for name in ("orchestrator", "sink", "source")
    ]
    assert all(line["has_time"] for line in lines)
    engine("logs", "demo", "nobody", status=4)


def test_logs_are_followed_until_somebody_cancels(engine):
    with engine.start("up", "demo", solution=pipeline(sink={"args": ["talk"]})) as up:
        lines = (json.loads(line) for line in up.stdout)
        assert ("sink", "starting") in ((line["event"], line["state"]) for line in lines)
        up.send_signal(signal.SIGINT)
        assert "canceled" in up.stdout.read()
    assert up.returncode == 6

    with engine.start("logs", "demo", "sink", "follow") as follower:
        first = [json.loads(follower.stdout.readline()) for _ in range(5)]
        assert [line["text"] for line in first] == [f"line {i}" for i in range(5)]
        follower.send_signal(signal.SIGINT)
        assert "canceled" in follower.stdout.read()
    assert follower.returncode == 6


# --- Restarts, and ends in the middle ---


def test_a_restart_is_of_one_or_of_all(docker, engine):
    engine("up", "demo", solution=PIPELINE)

    def started() -> dict[str, str]:
        return {name: c["State"]["StartedAt"] for name, c in docker.containers("demo").items()}

    before = started()
    engine("restart", "demo", "sink")
    between = started()
    assert [name for name in before if between[name] != before[name]] == ["sink"]
    engine("restart", "demo")
    after = started()
    assert all(after[name] != between[name] for name in after)
    engine("restart", "demo", "nobody", status=4)


def test_what_dies_comes_back_with_its_files(docker, engine):
    engine("up", "demo", solution=PIPELINE)
    before = docker.containers("demo")["orchestrator"]
    os.kill(before["State"]["Pid"], signal.SIGKILL)
    wait_for(lambda: docker.containers("demo")["orchestrator"]["RestartCount"] == 1, "the restart")
    engine("wait", "demo")
    assert status(engine, "demo")["orchestrator"]["restarts"] == 1
    assert json.loads(ask(engine, "demo", "/cat/pipeline/blueprint.json")) == PIPELINE["blueprint"]
    assert changes(engine, PIPELINE) == {}


@pytest.mark.parametrize("after_ms", [60, 200, 500])
def test_an_up_and_a_down_that_are_killed_are_mended_by_the_same_again(docker, engine, after_ms):
    with engine.start("up", "demo", solution=PIPELINE) as up:
        time.sleep(after_ms / 1000)
        up.kill()
    engine("up", "demo", solution=PIPELINE)
    assert {w["state"] for w in status(engine, "demo").values()} == {"ready"}
    assert json.loads(ask(engine, "demo", "/cat/pipeline/blueprint.json")) == PIPELINE["blueprint"]

    with engine.start("down", "demo") as down:
        time.sleep(after_ms / 1000)
        down.kill()
    with engine.start("down", "demo") as again:
        said = again.stdout.read()
    assert again.returncode in (0, 4), said  # 4: it was done, or the engine went on alone
    wait_for(lambda: docker.objects() == [], "nothing is left")


# --- Engines that fail ---


def test_a_slow_engine_changes_nothing_but_the_time(docker, tmp_path):
    with EngineProxy(tmp_path / "p", docker.socket, "slow") as proxy:
        engine = EngineTry(proxy.host, tmp_path)
        engine("up", "demo", solution=PIPELINE)
        assert changes(engine, PIPELINE) == {}
        engine("down", "demo")
    assert docker.objects() == []


def test_what_one_lost_request_leaves_behind_is_mended(docker, engine, tmp_path):
    with EngineProxy(tmp_path / "all", docker.socket, "none") as proxy:
        EngineTry(proxy.host, tmp_path)("up", "demo", solution=PIPELINE)
    victims = range(2, proxy.count, 5)
    assert len(victims) >= 5
    for victim, fault in zip(victims, itertools.cycle(["reset", "error", "late"])):
        docker.sweep()
        with (
            EngineProxy(tmp_path / f"p{victim}", docker.socket, fault, victim) as proxy,
            EngineTry(proxy.host, tmp_path).start("up", "demo", solution=PIPELINE) as up,
        ):
            last = json.loads(up.stdout.readlines()[-1])
        if up.returncode != 0:
            assert last["code"] in ("bad_gateway", "unavailable", "conflict", "not_ready"), last
            assert last["message"]
        engine("up", "demo", solution=PIPELINE)
        assert changes(engine, PIPELINE) == {}
        assert len(docker.objects()) == 4


# --- Engines that are not there ---


def test_an_engine_that_is_not_there_is_told(tmp_path):
    engine = EngineTry(f"unix://{tmp_path}/none", tmp_path)
    (line,) = engine("list", status=6)
    assert "no container engine is at" in line["message"]


@pytest.mark.parametrize("host", ["tcp://10.0.0.1:2375", "ssh://somebody@somewhere", "/var/run/x"])
def test_an_engine_elsewhere_is_refused_in_words(tmp_path, host):
    (line,) = EngineTry(host, tmp_path)("ping", status=2)
    assert "DOCKER_HOST" in line["message"]
    assert "ssh -L" in line["message"]
