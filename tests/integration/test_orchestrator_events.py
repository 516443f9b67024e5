"""What observers of the orchestrator are told, and the clients of a zip that print it."""

import itertools
import signal
import subprocess
import sys

import grpc
import pytest
from background import background
from orchestrator_world import (
    Inbox,
    Node,
    Pipeline,
    Rpc,
    chain,
    sink,
    source,
    stream_sink,
    stream_source,
)
from process import PATIENCE_S

SOURCE = "OrchestrationThreadBase[component=source,svc=Notes,rpc=give]"
SINK = "OrchestrationThreadBase[component=sink,svc=Notes,rpc=take]"
QUEUE = "OrchestrationQueue[sink_take]"


def told(events: list) -> list[tuple]:
    return [(event.name, event.component, dict(event.detail)) for event in events]


def test_every_step_of_a_run_is_told_with_its_details(client):
    with chain(source(), sink(Inbox())) as pipeline:
        events = client.go(pipeline, "today", iterations=1)
    size = {"size": "9"}
    assert told(events) == [
        ("create_core", "orchestrator", {}),
        ("create_manager", "orchestrator", {}),
        ("register_queues", "orchestrator", {}),
        ("create_threads", "orchestrator", {}),
        ("initialized", "orchestrator", {}),
        ("thread.start", SOURCE, {"rpc": "Notes.give"}),
        ("thread.start", SINK, {"rpc": "Notes.take"}),
        ("RPC.call", SOURCE, {"rpc": "Notes.give"}),
        ("distributing output message", SOURCE, {"rpc": "Notes.give"} | size),
        ("queue.added", QUEUE, {"queue": QUEUE} | size),
        ("RPC.call", SINK, {"rpc": "Notes.take"}),
        ("queue.consumed", QUEUE, {"queue": QUEUE} | size),
        ("RPC.finished", SOURCE, {"rpc": "Notes.give"}),
        ("thread.terminate", SOURCE, {"rpc": "Notes.give"}),
        ("distributing output message", SINK, {"rpc": "Notes.take", "size": "0"}),
        ("RPC.finished", SINK, {"rpc": "Notes.take"}),
        ("thread.terminate", SINK, {"rpc": "Notes.take"}),
        ("finished", "orchestrator", {}),
    ]
    assert {event.run for event in events if not event.name.startswith("create")} >= {"today"}
    assert events[-1].run == "today"


def test_outputs_of_streams_have_a_name_of_their_own(client):
    with chain(stream_source(2), stream_sink(Inbox())) as pipeline:
        events = client.go(pipeline, iterations=1)
    named = [event for event in events if event.name == "distributing streaming output"]
    assert [event.component for event in named] == [SOURCE, SOURCE]


def test_filters_are_regular_expressions_at_the_start_of_a_name(client):
    by_name = client.observe("queue|fin")
    by_component = client.observe(".*", r".*\[component=s[io]nk,")
    neither = client.observe("added", "sink")
    with chain(source(), sink(Inbox())) as pipeline:
        everything = client.go(pipeline, iterations=2)
    assert by_name.wait_for_end() == [
        event for event in everything if event.name.startswith(("queue", "fin"))
    ]
    assert by_component.wait_for_end() == [event for event in everything if event.component == SINK]
    assert neither.wait_for_end() == []


@pytest.mark.parametrize("which", ["name_regex", "component_regex"])
def test_what_is_no_regular_expression_is_refused_in_words(client, which):
    call = client.stub.observe(client.pb.OrchestrationObservationConfiguration(**{which: "a(b"}))
    with pytest.raises(grpc.RpcError) as refusal:
        next(call)
    assert refusal.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert refusal.value.details()


def test_contents_are_told_only_to_those_who_ask_for_them(client):
    plain, full = client.observe(), client.observe(messages=True)
    with chain(source(body=b"\x00\xff\"'"), sink(Inbox())) as pipeline:
        client.go(pipeline, iterations=1)
    assert not any("message" in event.detail for event in plain.wait_for_end())
    texts = [e.detail["message"] for e in full.wait_for_end() if "message" in e.detail]
    assert texts == ['number: 1\nbody: "\\000\\377\\"\\\'"\n'] * 3 + [""]


def test_all_observers_get_everything_from_when_they_attach(client):
    first, second = client.observe(), client.observe()
    with chain(source(), sink(Inbox())) as pipeline:
        client.initialize(pipeline, iterations=50)
        late = client.observe()
        client.run()
        events = first.wait_for_end()
        assert second.wait_for_end() == events
        assert late.wait_for_end() == events[-len(late.events) :]
    assert late.events[0].name == "thread.start"
    assert len(events) > 50 * 8


def test_an_observer_that_is_slow_misses_events_and_is_told_how_many(client, pb):
    """It holds nobody up, and what it gets and what it missed add up."""
    count = 24000
    small_window = (("grpc.http2.bdp_probe", 0),)
    channel = grpc.insecure_channel(client.endpoint, options=small_window)
    slow = pb.grpc.OrchestratorStub(channel).observe(
        client.pb.OrchestrationObservationConfiguration()
    )
    assert slow.initial_metadata() is not None
    end = client.observe("finished")
    with chain(stream_source(count), stream_sink(Inbox())) as pipeline:
        client.begin(pipeline, iterations=1)
        end.wait_for_end()
    got = list(slow)
    missed = [int(event.detail["events"]) for event in got if event.name == "dropped"]
    assert missed
    # created 5, started and ended 2 each, called and finished 2 each; the sink's answer; finished
    assert len(got) - len(missed) + sum(missed) == 3 * count + 5 + 4 + 4 + 1 + 1
    assert got[-1].name == "finished"
    channel.close()


def test_an_end_ends_the_streams_of_observers_but_stop_and_initialize_do_not(client):
    events = client.observe()
    with chain(source(), sink(Inbox())) as pipeline:
        client.begin(pipeline, "first")
        events.wait_for("RPC.finished")
        client.stop()
        events.wait_for("terminate_orchestration")
        client.begin(pipeline, "second")
        client.initialize(pipeline, iterations=2)
        events.wait_for("terminate_orchestration", 3)
        events.wait_for("delete_queues", 2)
        assert events.status is None
        client.run("third")
        events.wait_for_end()
    assert events.events[-1].name == "finished"
    assert not events.named("dropped")
    starts = [event.run for event in events.named("thread.start", "source")]
    assert starts == ["first", "second", "third"]
    assert len(events.named("thread.terminate")) == 6


def test_exceptions_are_told_with_method_and_reason(client):
    def fail(_request, context):
        context.abort(grpc.StatusCode.INTERNAL, "no \N{SNOWMAN} today: " + "ä" * 1000)

    with chain(source(), Node("sink", take=Rpc(fail, "Note", "Empty"))) as pipeline:
        events = client.go(pipeline, iterations=3)
    failures = [event for event in events if event.name == "exception"]
    assert [event.component for event in failures] == [SINK] * 3
    assert all(event.detail["method"] == "Notes.take" for event in failures)
    assert all("INTERNAL: no \N{SNOWMAN} today" in e.detail["traceback"] for e in failures)
    assert len([event for event in events if event.name == "dropped"]) == 3


def test_labels_of_every_sort_come_back_in_events(client):
    with chain(source(), sink(Inbox())) as pipeline:
        for label in ["", "a b", "ä\N{SNOWMAN}\x01", "ü" * 100]:
            assert client.go(pipeline, label, iterations=1)[-1].run == label
        # longer ones are cut between two signs
        cut = client.go(pipeline, "a" + "ü" * 1000, iterations=1)[-1].run
        assert len(cut) > 100
        assert ("a" + "ü" * 1000).startswith(cut)


def test_a_client_that_vanishes_while_it_observes_leaves_the_others_alone(start, pb, tmp_path):
    orchestrator, client = start()
    watcher = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); import grpc\n"
        "import orchestrator_pb2 as pb, orchestrator_pb2_grpc as g\n"
        "call = g.OrchestratorStub(grpc.insecure_channel(sys.argv[2])).observe("
        "pb.OrchestrationObservationConfiguration())\n"
        "call.initial_metadata(); print('observes', flush=True); time.sleep(60)\n"
    )
    folder = pb.__file__.rpartition("/")[0]
    inbox = Inbox()
    with (
        chain(source(), sink(inbox)) as pipeline,
        background([sys.executable, "-c", watcher, folder, orchestrator.endpoint]) as vanishing,
    ):
        assert vanishing.stdout.readline() == "observes\n"
        client.begin(pipeline)
        inbox.wait_for(10)
        vanishing.kill()
        vanishing.wait()
        inbox.wait_for(len(inbox.got) + 10)
        assert client.status().message == "running"
        client.stop()
        assert client.go(pipeline, iterations=2)


# --- The clients of a zip ---


@pytest.fixture
def run_client(clients):
    def run(*args, program="orchestrator_client", cwd=None) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, str(clients / f"{program}.py"), *map(str, args)],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
            cwd=cwd,
        )

    return run


def test_the_client_of_a_zip_prints_until_it_is_interrupted(start, clients, tmp_path):
    """Its runs have no end; the orchestrator goes on without it."""
    orchestrator, client = start()
    inbox = Inbox()
    with chain(source(), sink(inbox)) as pipeline:
        folder = pipeline.write(tmp_path, "microservice")
        command = [sys.executable, clients / "orchestrator_client.py", "-e", orchestrator.endpoint]
        with background([*command, "--messages"], cwd=folder) as program:
            lines = list(itertools.islice(program.stdout, 60))
            inbox.wait_for(5)
            program.send_signal(signal.SIGINT)
            assert program.wait(PATIENCE_S) == 130
        inbox.wait_for(len(inbox.got) + 5)
        assert client.status().message == "running"
    text = "".join(lines)
    assert SOURCE in text
    assert f"queue={QUEUE} size=9" in text
    assert "message:\n      number: 1\n" in text


def test_the_client_of_a_zip_ends_when_the_run_has(start, run_client, tmp_path):
    """A pipeline without a source has nothing to do."""
    orchestrator, _ = start()
    with Pipeline([sink(Inbox())]) as pipeline:
        folder = pipeline.write(tmp_path, "microservice")
        done = run_client("-e", orchestrator.endpoint, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert " finished " in done.stdout.splitlines()[-1]


def test_the_client_of_a_zip_says_why_a_pipeline_is_not_taken(start, run_client, tmp_path):
    orchestrator, _ = start()
    pipeline = Pipeline([sink(Inbox(), "picky")])
    pipeline.nodes[0].port = 8556
    pipeline.nodes[0].proto = "no proto"
    done = run_client("-e", orchestrator.endpoint, cwd=pipeline.write(tmp_path, "microservice"))
    assert done.returncode == 2
    assert "cannot initialize: the proto of node 'picky': line 1" in done.stderr


def test_the_status_client_of_a_zip_shows_how_things_stand(start, run_client):
    orchestrator, client = start()

    def shown() -> str:
        done = run_client("-e", orchestrator.endpoint, program="status_client")
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def expected(message: str, threads: int) -> str:
        return f"success: true\ncode: 0\nmessage: {message}\nactive threads: {threads}\n"

    assert shown() == expected("not initialized", 0)
    with chain(source(), sink(Inbox())) as pipeline:
        client.begin(pipeline)
        assert shown() == expected("running", 2)
        client.stop()
        assert shown() == expected("stopped", 0)
