"""Waiting on a real Kubernetes: each change is told; what can never be is in test_up_reasons.py."""

import signal

from cluster_engine import model, pipeline
from process import PATIENCE_S, wait_for

# Longer than any reason takes to be found, so that none is told at the end.
LONG_MS = 80_000


def failure(lines: list[dict]) -> tuple[dict, dict]:
    """The event that tells of it, and the end of all."""
    *events, end = lines
    assert end["code"] == "not_ready"
    (event,) = [event for event in events if event["state"] == "failed"]
    return event, end


def test_changes_are_told_as_they_come(engine, name, workload_image):
    engine("apply", name, solution=pipeline(workload_image))
    *events, last = engine("wait", name)
    assert (last["event"], last["state"]) == ("", "ready")
    for workload in ("source", "sink", "orchestrator"):
        states = [event["state"] for event in events if event["event"] == workload]
        assert states[-1] == "ready"
        assert all(one != other for one, other in zip(states, states[1:], strict=False))
    lines = engine("wait", name)
    assert [(line["event"], line["state"]) for line in lines] == [
        ("orchestrator", "ready"),
        ("sink", "ready"),
        ("source", "ready"),
        ("", "ready"),
    ]


def test_who_is_not_ready_in_time_is_named(engine, name, workload_image):
    engine("apply", name, solution=pipeline(workload_image, sink={"args": ["mute"]}))
    others = ("source", "orchestrator")
    wait_for(
        lambda: {engine.states(name)[other] for other in others} == {"ready"}, "the others are"
    )
    *events, end = engine("wait", name, 2000, status=7)
    assert end["message"].startswith("'sink' is not ready: ")
    assert end["message"].endswith(" after 2 s")
    assert {event["state"] for event in events if event["event"] == "sink"} == {"starting"}


def test_waiting_is_left_off_when_it_is_canceled(engine, name, workload_image):
    engine("apply", name, solution=model(workload_image, args=["mute"]))
    with engine.start("wait", name) as waiting:
        assert waiting.stdout.readline()
        waiting.send_signal(signal.SIGINT)
        last = waiting.stdout.read().splitlines()[-1]
        assert waiting.wait(PATIENCE_S) == 6
    assert '"canceled"' in last


def test_nobody_waits_for_what_is_not_there(engine, name):
    line = engine("wait", name, status=4)[-1]
    assert line["message"] == f"no deployment is called '{name}'"


def test_pods_that_were_killed_come_back(cluster, engine, name, workload_image):
    engine("up", name, solution=pipeline(workload_image))
    before = pods(cluster, name)
    cluster.kubectl("delete", "pod", "--all", f"--namespace={name}")
    engine("wait", name)
    after = pods(cluster, name)
    assert sorted(before) == sorted(after)
    assert all(before[workload] != after[workload] for workload in before)


def pods(cluster, namespace: str) -> dict[str, str]:
    """The name of the pod that is not on its way out, of each workload."""
    found = cluster.get("pods", f"--namespace={namespace}")["items"]
    return {
        pod["metadata"]["labels"]["playground/workload"]: pod["metadata"]["name"]
        for pod in found
        if "deletionTimestamp" not in pod["metadata"]
    }


def test_what_is_mended_becomes_ready(engine, name, workload_image):
    broken = pipeline(workload_image, sink={"args": ["exit", "1"]})
    engine("apply", name, solution=broken)
    event, _ = failure(engine("wait", name, LONG_MS, status=7))
    assert event["event"] == "sink"
    lines = engine("up", name, solution=pipeline(workload_image))
    assert lines[-1]["state"] == "ready"
    assert "failed" not in {line["state"] for line in lines}


# --- Restart ---


def test_a_restart_makes_new_pods_and_nothing_that_the_next_up_undoes(
    cluster, engine, name, workload_image
):
    solution = pipeline(workload_image)
    engine("up", name, solution=solution)
    before = pods(cluster, name)
    lines = engine("restart", name, "sink")
    assert (lines[0]["event"], lines[0]["state"]) == ("sink", "restarting")
    assert lines[-1]["state"] == "ready"
    after = pods(cluster, name)
    assert {workload for workload in before if before[workload] != after[workload]} == {"sink"}
    assert engine("plan", name, solution=solution)[-1]["changes"] == 0
    engine("up", name, solution=solution)
    assert pods(cluster, name) == after

    engine("restart", name)
    assert not set(pods(cluster, name).values()) & set(after.values())
    assert engine("restart", name, "nobody", status=4)[-1]["code"] == "not_found"


# --- Logs ---


def test_logs_of_all_or_of_one(engine, name, workload_image):
    engine("up", name, solution=pipeline(workload_image, sink={"args": ["serve"]}))
    lines = engine("logs", name)
    assert {(line["workload"], line["text"]) for line in lines} == {
        (workload, "listening") for workload in ("source", "sink", "orchestrator")
    }
    assert all(line["has_time"] for line in lines)
    assert [line["workload"] for line in engine("logs", name, "sink")] == ["sink"]
    assert engine("logs", name, "nobody", status=4)[-1]["code"] == "not_found"


def test_the_end_of_a_log_and_what_is_new(cluster, engine, name, workload_image):
    engine("apply", name, solution=model(workload_image, args=["talk"]))
    wait_for(lambda: len(engine("logs", name)) > 3, "it has talked")
    texts = [line["text"] for line in engine("logs", name)]
    assert texts == [f"line {i}" for i in range(len(texts))]
    (last,) = engine("logs", name, "one", "tail")
    assert last["text"].startswith("line ")
    with engine.start("logs", name, "-", "follow") as following:
        seen = [following.stdout.readline() for _ in range(len(texts) + 5)]
        assert len(set(seen)) == len(texts) + 5
        following.send_signal(signal.SIGINT)
        rest = following.stdout.read()
        assert following.wait(PATIENCE_S) == 6
    assert "canceled" in rest.splitlines()[-1]


def test_what_was_not_started_has_written_nothing(engine, name, workload_image):
    solution = pipeline(workload_image, sink={"image": "localhost/nothing:1"})
    solution["workloads"][1]["pull_policy"] = "Never"
    engine("apply", name, solution=solution)
    engine("wait", name, LONG_MS, status=7)
    wait_for(lambda: engine.states(name)["source"] == "ready", "the source is ready")
    assert "sink" not in {line["workload"] for line in engine("logs", name)}


# --- Asking the orchestrator ---


def test_the_orchestrator_is_asked_with_its_token(engine, name, workload_image):
    engine("up", name, solution=pipeline(workload_image))
    (answer,) = engine("ask", name, "GET", "/env/PD_TOKEN")
    token = answer["body"]
    assert len(token) == 64
    (answer,) = engine("ask", name, "POST", "/api/v1/run?a=b", '{"x": 1}')
    assert answer["status"] == 200
    assert f"Playground-Token: {token}\r\n" in answer["body"]
    (answer,) = engine("ask", name, "GET", "/cat/nothing")
    assert answer["status"] == 404


def test_who_has_no_orchestrator_cannot_be_asked(engine, name, workload_image):
    engine("up", name, solution=model(workload_image))
    line = engine("ask", name, "GET", "/", status=5)[-1]
    assert "has no orchestrator" in line["message"]


def test_an_orchestrator_that_does_not_run_is_told(engine, name, workload_image):
    engine("apply", name, solution=pipeline(workload_image, orchestrator={"args": ["mute"]}))
    wait_for(lambda: engine.states(name)["source"] == "ready", "the source is ready")
    line = engine("ask", name, "GET", "/", status=5)[-1]
    assert "does not run" in line["message"]
