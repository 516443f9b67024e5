"""The orchestrator over HTTP: how it is doing, run and stop with a token, events as they come."""

import contextlib
import http.client
import json
import threading
import time

import grpc
import pytest
from orchestrator_world import Inbox, Node, Orchestrator, Rpc, chain, sink, source
from process import PATIENCE_S, wait_for

TOKEN = "the-token-4711"
WITH_TOKEN = {"env": {"PD_TOKEN": TOKEN}}


@contextlib.contextmanager
def stream(orchestrator: Orchestrator, query: str = "", **headers):
    """The answer of /api/v1/events, as it comes."""
    connection = http.client.HTTPConnection("127.0.0.1", orchestrator.http_port, timeout=PATIENCE_S)
    with contextlib.closing(connection):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", f"/api/v1/events{query}", headers=names)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        assert answer.headers["Content-Type"] == "text/event-stream"
        yield answer


def read_events(answer) -> list[dict]:
    """All until the end of the stream."""
    lines = answer.read().decode().splitlines()
    return [json.loads(line.removeprefix("data:")) for line in lines if line.startswith("data:")]


def test_health_is_a_matter_of_the_process(start):
    orchestrator, _ = start()
    assert orchestrator.ask("/healthz") == (200, {"status": "ok"})
    assert orchestrator.ask("/readyz") == (200, {"status": "ready"})
    assert orchestrator.ask("/no/such/path")[0] == 404
    assert orchestrator.ask("/api/v1/run")[0] == 405


def test_status_tells_of_lanes_and_edges(start):
    orchestrator, client = start()
    report = orchestrator.report()
    assert (report["message"], report["state"]) == ("not initialized", "not initialized")
    with chain(source(), sink(Inbox())) as pipeline:
        client.begin(pipeline, "a label", iterations=5)
        client.wait_for("finished")
        report = orchestrator.report()
        ports = [node.port for node in pipeline.nodes]
    assert (report["success"], report["code"], report["message"]) == (True, 0, "finished")
    assert (report["label"], report["active_threads"]) == ("a label", 0)
    assert report["state"] == "finished"
    giver, taker = report["lanes"]
    idle = {"messages": 0, "bytes": 0, "full": False}
    counts = {"calls_open": 0, "calls": 5, "finished": 5, "failed": 0, "dropped": 0, "problem": ""}
    streams = {"input_stream": False, "output_stream": False}
    for lane, node, rpc, port in (giver, "source", "give", 0), (taker, "sink", "take", 1):
        address = f"127.0.0.1:{ports[port]}"
        assert lane == counts | streams | {
            "node": node,
            "operation": rpc,
            "rpc": f"/Notes/{rpc}",
            "address": address,
            "source": node == "source",
            "queue": idle,
            "queue_limits": {"messages": 1000, "bytes": 64 * 1024 * 1024},
        }
    (edge,) = report["edges"]
    assert edge.pop("messages_per_second") >= 0
    assert edge == {
        "from": {"node": "source", "operation": "give"},
        "to": {"node": "sink", "operation": "take"},
        "messages": 5,
        "bytes": 45,
    }


def test_failures_are_in_status_and_metrics(start):
    orchestrator, client = start()

    def fail(_message: bytes, context) -> bytes:
        context.abort(grpc.StatusCode.INTERNAL, 'with "quotes"\nand lines')

    with chain(source(), Node("sink", take=Rpc(fail, gives="Empty"))) as pipeline:
        client.go(pipeline, iterations=3)
        assert orchestrator.lane("sink")["problem"].startswith("INTERNAL: with")
    status, text = orchestrator.ask("/metrics")
    assert status == 200
    labels = '{node="sink",operation="take"}'
    assert f"playground_orchestrator_calls_failed_total{labels} 3\n" in text
    assert f"playground_orchestrator_dropped_total{labels} 3\n" in text
    assert 'playground_orchestrator_messages_total{node="source",operation="give"} 3\n' in text


def test_run_and_stop_want_the_token(start):
    orchestrator, client = start(**WITH_TOKEN)
    with chain(source(), sink(Inbox())) as pipeline:
        client.initialize(pipeline)
        for path in "/api/v1/run", "/api/v1/stop":
            assert orchestrator.ask(path, "POST")[0] == 401
            assert orchestrator.ask(path, "POST", Playground_Token="")[0] == 401
            for wrong in TOKEN[:-1], TOKEN + "1", TOKEN.upper():
                assert orchestrator.ask(path, "POST", Playground_Token=wrong)[0] == 401
        assert client.status().message == "initialized"
        status, answer = orchestrator.ask("/api/v1/run", "POST", Playground_Token=TOKEN)
        assert (status, answer["message"], answer["active_threads"]) == (200, "running", 2)
        assert answer["began"]
        assert client.status().message == "running"
        _, answer = orchestrator.ask("/api/v1/run", "POST", Playground_Token=TOKEN)
        assert (answer["message"], answer["began"]) == ("running", False)
        status, answer = orchestrator.ask("/api/v1/stop", "POST", Playground_Token=TOKEN)
        assert (status, answer["message"]) == (200, "stopped")
    assert TOKEN not in orchestrator.log


def test_without_a_configured_token_nobody_may(start):
    orchestrator, _ = start()
    for token in "", "x":
        assert orchestrator.ask("/api/v1/run", "POST", Playground_Token=token)[0] == 403
    status, problem = orchestrator.ask("/api/v1/events?messages=1", Playground_Token="x")
    assert (status, problem["code"]) == (403, "forbidden")


def test_a_body_names_label_and_iterations(start):
    orchestrator, client = start(**WITH_TOKEN)
    inbox = Inbox()
    with chain(source(), sink(inbox)) as pipeline:
        body = json.dumps({"label": "by HTTP", "iterations": 3}).encode()
        status, problem = orchestrator.ask("/api/v1/run", "POST", body, Playground_Token=TOKEN)
        assert (status, problem["detail"]) == (409, "not initialized")
        client.initialize(pipeline, iterations=99)
        assert orchestrator.ask("/api/v1/run", "POST", body, Playground_Token=TOKEN)[0] == 200
        client.wait_for("finished")
    assert inbox.numbers == [1, 2, 3]
    assert orchestrator.report()["label"] == "by HTTP"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "line 1"),
        (b"[]", "not a JSON object"),
        (b'{"iterations": -1}', "'iterations'"),
        (b'{"iterations": "3"}', "'iterations'"),
        (b'{"iterations": 1.5}', "'iterations'"),
        (b'{"label": 3}', "'label' is a number, not a string"),
        (b'{"label": "' + b"x" * 256 + b'"}', "'label' has more than 255 bytes"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(start, body, says):
    orchestrator, _ = start(**WITH_TOKEN)
    status, problem = orchestrator.ask("/api/v1/run", "POST", body, Playground_Token=TOKEN)
    assert status == 400
    assert says in problem["detail"]


def test_events_come_as_over_grpc_until_the_run_has_finished(start):
    orchestrator, client = start()
    with stream(orchestrator) as answer, chain(source(), sink(Inbox())) as pipeline:
        events = client.go(pipeline, "a run", iterations=3)
        over_http = read_events(answer)
    assert [(event["name"], event["component"]) for event in over_http] == [
        (event.name, event.component) for event in events
    ]
    assert [event["detail"] for event in over_http] == [dict(event.detail) for event in events]
    assert over_http[-1]["run"] == "a run"


def test_contents_are_for_those_who_have_the_token(start):
    orchestrator, client = start(**WITH_TOKEN)
    assert orchestrator.ask("/api/v1/events?messages=1")[0] == 401
    query = "?messages=1&name=queue.added"
    with (
        stream(orchestrator, query, Playground_Token=TOKEN) as answer,
        chain(source(), sink(Inbox())) as pipeline,
    ):
        client.go(pipeline, iterations=2)
        events = read_events(answer)
    assert [event["detail"]["message"] for event in events] == ["number: 1\n", "number: 2\n"]


def test_what_is_no_regular_expression_is_refused(start):
    orchestrator, _ = start()
    status, problem = orchestrator.ask("/api/v1/events?name=(")
    assert (status, problem["code"]) == (400, "invalid")


def test_one_who_reads_no_events_holds_nobody_up(start):
    orchestrator, client = start()
    with chain(source(), sink(Inbox())) as pipeline, stream(orchestrator):
        with stream(orchestrator):
            pass  # gone at once
        client.begin(pipeline)
        wait_for(lambda: orchestrator.lane("sink")["finished"] > 500, "it runs")
        begin = time.monotonic()
        orchestrator.tell_to_end()
        orchestrator.wait()
        assert time.monotonic() - begin < 1


def test_many_may_ask_while_it_runs(start):
    orchestrator, client = start()
    failures = []

    def ask() -> None:
        for _ in range(20):
            failures.extend(
                p for p in ("/metrics", "/api/v1/status") if orchestrator.ask(p)[0] != 200
            )

    with chain(source(), sink(Inbox())) as pipeline:
        client.begin(pipeline)
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for _ in range(5):
            client.initialize(pipeline)
            client.run()
        for thread in threads:
            thread.join(PATIENCE_S)
    assert not failures
