"""What clients ask of the orchestrator: initialize, run, status, stop; how it begins and ends."""

import json
import os
import time

import grpc
import pytest
from conftest import Program
from orchestrator_world import (
    BRISK,
    Inbox,
    Node,
    Orchestrator,
    Pipeline,
    Rpc,
    chain,
    note,
    sink,
    source,
    stream_sink,
    stream_source,
)
from process import wait_for

# A process that was told to end and has not by then is waiting for somebody.
END_S = 10


class OpenCalls:
    """Counts the calls that a node has; its methods are operations."""

    def __init__(self):
        self.now = self.ever = 0

    def wait(self, _request: bytes, context) -> bytes:
        self.begin(context)
        wait_for(lambda: not context.is_active(), "the call is given up")
        return b""

    def wait_all(self, messages, context) -> bytes:
        self.begin(context)
        try:
            return b"" if all(map(len, messages)) else note(1)
        except grpc.RpcError:
            return b""

    def begin(self, context) -> None:
        self.now += 1
        self.ever += 1
        assert context.add_callback(self.end)

    def end(self) -> None:
        self.now -= 1


def make_pipeline() -> Pipeline:
    return chain(source(), sink(Inbox()))


# --- Statuses ---


def test_the_status_is_what_is_so(client):
    with make_pipeline() as pipeline:
        statuses = [client.status(), client.initialize(pipeline), client.status()]
        statuses += [client.run("a"), client.status("a"), client.status("no such run")]
        statuses += [client.run("b"), client.stop("no such run"), client.status()]
        statuses += [client.stop()]
        assert all((status.success, status.code) == (True, 0) for status in statuses)
        assert [(status.message, status.active_threads) for status in statuses] == [
            ("not initialized", 0),
            ("initialized", 0),
            ("initialized", 0),
            *[("running", 2)] * 4,
            *[("stopped", 0)] * 3,
        ]
        client.go(pipeline, iterations=1)
        assert client.status().message == "finished"


@pytest.mark.parametrize("name", ["run", "stop"])
def test_what_was_not_initialized_cannot_be_run_or_stopped(client, name):
    status = getattr(client, name)()
    assert (status.success, status.code) == (False, -9)
    assert status.message == "not initialized"


def test_lanes_that_have_ended_are_not_counted(client):
    inbox = Inbox()
    inbox.gate.clear()
    with chain(source(), sink(inbox)) as pipeline:
        client.begin(pipeline, iterations=1)
        wait_for(lambda: client.status().active_threads == 1, "the source has ended")
        inbox.gate.set()
        assert client.wait_for("finished").active_threads == 0


def test_a_pipeline_without_a_source_is_said_to_start_nothing(client):
    with Pipeline([sink(Inbox())]) as pipeline:
        assert "so a run starts nothing" in client.initialize(pipeline).message
        assert client.run().success
        assert "so a run starts nothing" in client.wait_for("finished").message


def test_a_run_may_follow_the_end_of_another_for_ever(client):
    inbox = Inbox()
    with chain(source(), sink(inbox)) as pipeline:
        client.initialize(pipeline, iterations=2)
        for i in range(1, 11):
            assert client.run(f"run {i}").success
            client.wait_for("finished")
            assert inbox.numbers == list(range(1, 2 * i + 1))


def test_iterations_are_calls_of_each_source(client):
    inboxes = [Inbox(), Inbox()]
    nodes = [source("one"), stream_source(6, "two"), sink(inboxes[0], "a"), sink(inboxes[1], "b")]
    with Pipeline(nodes, "one.give > a.take", "two.give > b.take") as pipeline:
        client.go(pipeline, iterations=3)
    assert [inbox.numbers for inbox in inboxes] == [[1, 2, 3], list(range(1, 19))]


@pytest.mark.parametrize("iterations", [0, -1])
def test_without_iterations_a_run_goes_on_until_it_is_stopped(client, iterations):
    inbox = Inbox()
    with chain(source(), sink(inbox)) as pipeline:
        client.begin(pipeline, iterations=iterations)
        inbox.wait_for(200)
        client.stop()
        count = len(inbox.wait_for(200))
        assert client.status().message == "stopped"
        assert len(inbox.got) <= count + 1


def test_a_source_that_has_nothing_is_asked_at_a_pace(client):
    """Without a pause there were thousands of calls a second."""
    calls = []
    idle = Node("source", give=Rpc(lambda _e: calls.append(time.monotonic()) or b"", "Empty"))
    with chain(idle, sink(Inbox())) as pipeline:
        client.begin(pipeline)
        wait_for(lambda: len(calls) >= 6, "six calls")
        client.stop()
    pauses = [after - before for before, after in zip(calls, calls[1:], strict=False)]
    assert pauses[0] >= 0.008  # 10 ms and a jitter of a fifth
    assert pauses[3] >= 0.064


def test_a_queue_holds_as_many_as_the_client_says(start):
    orchestrator, client = start("--stall", "1h")
    inbox = Inbox()
    inbox.gate.clear()
    with chain(source(), sink(inbox)) as pipeline:
        client.begin(pipeline, queuesize=7, iterations=20)
        wait_for(lambda: orchestrator.lane("sink")["queue"]["full"], "the queue is full")
        assert orchestrator.lane("sink")["queue"] == {"messages": 7, "bytes": 63, "full": True}
        inbox.gate.set()
        client.wait_for("finished")
    assert inbox.numbers == list(range(1, 21))


# --- Initialize ---


def spoil(texts: dict, **changes) -> dict:
    return texts | {k: change(texts[k]) for k, change in changes.items()}


def put_port(port):
    def put(text: str) -> str:
        info = json.loads(text)
        info["docker_info_list"][1]["port"] = port
        return json.dumps(info)

    return put


BAD = {
    "no blueprint": (-3, "blueprint", {"blueprint": lambda _: "{"}),
    "no dockerinfo": (-3, "dockerinfo", {"dockerinfo": lambda _: ""}),
    "not in dockerinfo": (-9, "'sink' is not", {"dockerinfo": lambda t: t.replace('sink"', 'x"')}),
    "port 0": (-3, "port of node 'sink'", {"dockerinfo": put_port(0)}),
    "port -1": (-3, "port of node 'sink'", {"dockerinfo": put_port("-1")}),
    "port 65536": (-3, "port of node 'sink'", {"dockerinfo": put_port("65536")}),
    "port null": (-3, "port of node 'sink'", {"dockerinfo": put_port(None)}),
    "port in words": (-3, "port of node 'sink'", {"dockerinfo": put_port("http")}),
    "no proto": (-9, "'sink' has no proto", {"protofiles": lambda p: {**p, "sink.proto": None}}),
    "a proto in error": (
        -3,
        "proto of node 'sink': line 1",
        {"protofiles": lambda p: p | {"sink.proto": "syntax = proto3"}},
    ),
    "an import that nobody has": (
        -3,
        "proto of node 'sink'",
        {"protofiles": lambda p: p | {"sink.proto": 'import "/etc/passwd";\n' + p["sink.proto"]}},
    ),
    "an operation in no service": (
        -9,
        "node 'sink' has the operation 'take'",
        {"protofiles": lambda p: p | {"sink.proto": p["sink.proto"].replace("rpc take", "rpc t")}},
    ),
    "an edge to nobody": (
        -9,
        "nobody",
        {
            "blueprint": lambda t: t.replace(
                '"connected_to": [{"container_name": "sink"',
                '"connected_to": [{"container_name": "nobody"',
            )
        },
    ),
    "a splitter": (-9, "plitter", {"blueprint": lambda t: t.replace("MLModel", "Splitter", 1)}),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_run_is_refused_by_name_and_changes_nothing(client, case):
    code, words, changes = BAD[case]
    inbox = Inbox()
    with chain(source(), sink(inbox)) as pipeline:
        bad = spoil(pipeline.texts(), **changes)
        bad["protofiles"] = {k: v for k, v in bad["protofiles"].items() if v is not None}
        status = client.initialize(bad)
        assert (status.success, status.code) == (False, code), status.message
        assert words in status.message
        assert "\n" not in status.message

        later = client.status()
        assert (later.success, later.code) == (False, code)
        assert later.message == f"failed: {status.message}"

        client.begin(pipeline)
        assert not client.initialize(bad).success
        assert client.status().message == "running"
        inbox.wait_for(len(inbox.got) + 5)


def test_a_request_that_is_no_protobuf_is_answered(client):
    for name in "initialize", "run":
        call = client.channel.unary_unary(f"/Orchestrator/{name}")
        status = client.pb.OrchestrationStatus.FromString(call(b"\xff\xff\xff"))
        assert (status.success, status.code) == (False, -3)
    with pytest.raises(grpc.RpcError) as refusal:
        client.channel.unary_unary("/Orchestrator/no_such_method")(b"")
    assert refusal.value.code() is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize("kind", ["unary", "stream"])
def test_initialize_while_running_leaves_no_call_of_the_old_run(client, kind):
    calls = OpenCalls()
    operation = {
        "unary": Rpc(calls.wait, gives="Empty"),
        "stream": Rpc(calls.wait_all, "stream Note", "Empty"),
    }[kind]
    inbox = Inbox()
    with chain(source(), Node("old", take=operation)) as old, chain(source(), sink(inbox)) as new:
        client.begin(old)
        wait_for(lambda: calls.now == 1, "a call is open")
        assert client.initialize(new, iterations=5).message == "initialized"
        wait_for(lambda: calls.now == 0, "no call is open")
        client.run()
        client.wait_for("finished")
        assert (calls.now, calls.ever) == (0, 1)
    assert inbox.numbers == [1, 2, 3, 4, 5]


def test_stop_gives_up_every_call_at_once(client):
    calls = OpenCalls()
    with chain(source(), Node("node", take=Rpc(calls.wait, gives="Empty"))) as pipeline:
        client.begin(pipeline)
        wait_for(lambda: calls.now == 1, "a call is open")
        assert client.stop().message == "stopped"
        wait_for(lambda: calls.now == 0, "no call is open")
        assert calls.ever == 1


def test_200_times_initialize_cost_no_memory(start):
    forgetful = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
    orchestrator, client = start(env={"ASAN_OPTIONS": forgetful})
    with Pipeline([source()]) as pipeline:
        for _ in range(50):
            assert client.initialize(pipeline).success
        before_kib = orchestrator.memory_kib()
        for _ in range(150):
            assert client.initialize(pipeline).success
        grown_kib = orchestrator.memory_kib() - before_kib
    assert grown_kib < 8192  # what is lost for good LeakSanitizer tells


def test_initializing_at_once_is_done_one_after_the_other(client):
    with make_pipeline() as pipeline:
        request = client.pb.OrchestrationConfiguration(**pipeline.texts())
        calls = [client.stub.initialize.future(request) for _ in range(30)]
        statuses = [call.result() for call in calls]
    taken = [status for status in statuses if status.success]
    assert len(taken) >= 16
    refused = {(s.code, s.message) for s in statuses if not s.success}
    assert refused <= {(-14, "too many pipelines are being made ready")}


def test_a_client_that_vanishes_while_it_initializes_leaves_a_sound_pipeline(client):
    with make_pipeline() as pipeline:
        request = client.pb.OrchestrationConfiguration(**pipeline.texts())
        call = client.stub.initialize.future(request)
        call.cancel()
        for _ in range(5):
            client.stub.initialize.future(request).cancel()
        assert client.initialize(pipeline, iterations=3).success
        client.run()
        client.wait_for("finished")


# --- Begin and end ---


def end_s(orchestrator: Orchestrator) -> float:
    """Tell it to end; how long that took."""
    begin = time.monotonic()
    orchestrator.tell_to_end()
    orchestrator.wait()
    return time.monotonic() - begin


def test_told_to_end_it_ends_at_once(start):
    orchestrator, client = start()
    assert client.status().success
    assert end_s(orchestrator) < END_S


def test_told_to_end_it_gives_up_what_runs_and_ends_observers_streams(start):
    orchestrator, client = start()
    calls = OpenCalls()
    events = client.observe()
    deaf = client.stub.observe(client.pb.OrchestrationObservationConfiguration())  # never reads
    assert deaf.initial_metadata() is not None
    nodes = [stream_source(10**9), stream_sink(Inbox()), Node("slow", go=Rpc(calls.wait))]
    with Pipeline(nodes, "source.give > sink.take", "source.give > slow.go") as pipeline:
        client.begin(pipeline, queuesize=100000)
        wait_for(lambda: calls.now == 1 and len(events.events) > 20000, "a call is open")
        assert end_s(orchestrator) < END_S
        wait_for(lambda: calls.now == 0, "no call is open")
        events.wait_for_end()


@pytest.fixture
def hanging_protoc(tmp_path) -> dict:
    """The environment of a process for which protoc hangs."""
    hanging = tmp_path / "bin" / "protoc"
    hanging.parent.mkdir()
    hanging.write_text("#!/bin/sh\nexec sleep 60\n")
    hanging.chmod(0o755)
    return {"PATH": f"{hanging.parent}:{os.environ['PATH']}"}


def test_told_to_end_it_does_not_wait_for_a_protoc_that_hangs(start, hanging_protoc):
    orchestrator, client = start(env=hanging_protoc)
    with make_pipeline() as pipeline:
        request = client.pb.OrchestrationConfiguration(**pipeline.texts())
        calls = [client.stub.initialize.future(request) for _ in range(3)]
        assert client.status().message == "not initialized"
        assert end_s(orchestrator) < END_S
    assert [call.result().code for call in calls] == [-14] * 3


def test_told_to_end_while_its_pipeline_is_compiled_it_has_not_failed(
    start, hanging_protoc, tmp_path
):
    pipeline = make_pipeline()
    for node in pipeline.nodes:
        node.port = 8556
    folder = pipeline.write(tmp_path / "pipeline")
    orchestrator, client = start("--pipeline", folder, "--run", env=hanging_protoc)
    assert client.status().message == "not initialized"
    assert end_s(orchestrator) < END_S


def test_given_a_pipeline_it_begins_by_itself(start, tmp_path):
    inbox = Inbox()
    with chain(source(), sink(inbox)) as pipeline:
        folder = pipeline.write(tmp_path)
        orchestrator, client = start("--pipeline", folder, "--run", "--label", "at once")
        inbox.wait_for(5)
        assert client.status().message == "running"
        assert orchestrator.report()["label"] == "at once"
        client.stop()
        _, client = start("--pipeline", folder)
        client.wait_for("initialized")


@pytest.mark.parametrize(
    ("spoilt", "status", "words"),
    [
        ("blueprint.json", 2, "blueprint"),
        ("dockerinfo.json", 2, "dockerinfo"),
        ("sink.proto", 2, "node 'sink'"),
        ("sink.proto/missing", 2, "node 'sink' has no proto"),
        ("blueprint.json/missing", 4, "blueprint.json"),
    ],
)
def test_given_a_pipeline_that_cannot_run_it_ends_with_a_reason(tmp_path, spoilt, status, words):
    folder = make_pipeline()
    for node in folder.nodes:
        node.port = 8556
    folder = folder.write(tmp_path)
    name, _, is_missing = spoilt.partition("/")
    (folder / name).write_text("no such thing")
    if is_missing:
        (folder / name).unlink()
    done = Program("playground-orchestrator")(
        "--grpc-listen", "127.0.0.1:0", "--http-address", "127.0.0.1", "--http-port", 0,
        "--log-format", "text", "--pipeline", folder, *BRISK,
    )  # fmt: skip
    assert done.status == status, done.err
    assert words in done.err.splitlines()[-1]


@pytest.mark.parametrize(
    ("flags", "status"),
    [
        (["--run"], 64),
        (["word"], 64),
        (["--no-such-flag"], 64),
        (["--queue-messages", "0"], 64),
        (["--grpc-listen", "nowhere"], 2),
        (["--pipeline", "/no/such/folder"], 4),
    ],
)
def test_wrong_flags_are_refused(flags, status):
    address = ["--http-address", "127.0.0.1", "--http-port", 0]
    if "--grpc-listen" not in flags:
        address += ["--grpc-listen", "127.0.0.1:0"]
    done = Program("playground-orchestrator")(*address, *flags)
    assert done.status == status, done.err
    assert done.err.count("\n") <= 2
