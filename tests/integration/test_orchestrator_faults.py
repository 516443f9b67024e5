"""Nodes that fail: the pipeline goes on, or stands as it was told to, and says what happened."""

import itertools
import socket
import threading
import time

import grpc
import pytest
from orchestrator_fast import FastNode, tally
from orchestrator_world import (
    Client,
    Inbox,
    Node,
    Pipeline,
    Rpc,
    chain,
    note,
    number_of,
    sink,
    source,
)
from process import PATIENCE_S, in_parallel, wait_for


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def failing(code: grpc.StatusCode, *numbers: int):
    """An operation that fails for those numbers (for each one if there are none); an inbox."""
    inbox = Inbox()

    def take(message: bytes, context) -> bytes:
        if not numbers or number_of(message) in numbers:
            context.abort(code, "as it was told to")
        return inbox.take(message)

    return Rpc(take, gives="Empty"), inbox


# --- Nodes that are not there ---


@pytest.mark.parametrize("operation", ["take", "take_all"])
def test_a_node_that_is_not_up_yet_is_waited_for_and_nothing_is_lost(start, operation):
    orchestrator, client = start()
    late = FastNode("late", operation)
    late.port = free_port()
    with chain(source()) as up:
        pipeline = chain(up.nodes[0], late)
        events = client.observe()
        client.begin(pipeline, iterations=20)
        wait_for(lambda: "refused" in orchestrator.lane("late")["problem"], "it says why")
        assert client.status().message == "running"
        late.start()
        events.wait_for_end()
        assert late.stop()[0] == tally(20)
    assert not events.named("exception")
    assert not events.named("dropped")


def test_a_source_that_is_not_up_yet_is_called_as_often_as_was_asked_for(client):
    inbox = Inbox()
    late = source("late")
    late.port = free_port()
    with chain(sink(inbox)) as up:
        pipeline = chain(late, up.nodes[0])
        client.begin(pipeline, iterations=7)
        time.sleep(0.3)  # some tries that fail
        late.start()
        client.wait_for("finished")
        late.stop()
    assert inbox.numbers == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("operation", ["take", "take_all"])
def test_a_node_that_is_killed_and_comes_back_is_found_again(start, operation):
    orchestrator, client = start()
    node = FastNode("node", operation)
    with chain(source(), node) as pipeline:
        client.begin(pipeline, queuesize=50)
        for _ in range(3):
            before = orchestrator.lane("source")["finished"]
            wait_for(lambda: orchestrator.lane("source")["finished"] > before + 100, "it moves")  # noqa: B023
            node.kill()
            wait_for(lambda: orchestrator.lane("node")["queue"]["full"], "the source waits")
            node.start()
        before = orchestrator.lane("source")["finished"]
        wait_for(lambda: orchestrator.lane("source")["finished"] > before + 100, "it moves")
        assert client.stop().message == "stopped"
        (taken,) = [of_mark for of_mark in node.stop() if of_mark["count"]]
    # it began in the middle, and from then on everything came in order
    assert taken["disorder"] == 1
    assert taken["count"] > 100


@pytest.mark.parametrize("repeats", [0, 20])
def test_what_a_node_refuses_while_it_ends_is_lost_only_if_nothing_is_sent_again(start, repeats):
    """A server of grpcio answers CANCELLED until it has said that it ends."""
    orchestrator, client = start("--repeats", repeats)
    inbox = Inbox()
    node = sink(inbox)
    with chain(source(), node) as pipeline:
        events = client.observe("exception|dropped")
        client.begin(pipeline, queuesize=20)
        for _ in range(3):
            inbox.wait_for(len(inbox.got) + 50)
            node.stop(grace_s=5)
            wait_for(lambda: orchestrator.lane("sink")["queue"]["full"], "the source waits")
            node.start()
        inbox.wait_for(len(inbox.got) + 50)
        client.stop()
        dropped = orchestrator.lane("sink")["dropped"]
    numbers = inbox.numbers
    assert numbers == sorted(set(numbers))
    assert len(numbers) + dropped == numbers[-1]
    assert dropped <= (3 if repeats == 0 else 0)
    assert len(events.named("dropped")) == dropped
    reasons = {event.detail["traceback"] for event in events.named("exception")}
    assert {reason.partition(":")[0] for reason in reasons} <= {"CANCELLED", "UNAVAILABLE"}, reasons


# --- Nodes that answer with an error ---


@pytest.mark.parametrize("name", ["UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "RESOURCE_EXHAUSTED"])
def test_what_fails_is_told_and_dropped_and_the_next_one_goes_on(start, name):
    orchestrator, client = start()
    rpc, inbox = failing(grpc.StatusCode[name], 2, 3)
    with chain(source(), Node("node", take=rpc)) as pipeline:
        events = client.go(pipeline, iterations=5)
        lane = orchestrator.lane("node")
    assert inbox.numbers == [1, 4, 5]
    traces = [event.detail["traceback"] for event in events if event.name == "exception"]
    assert traces == [f"{name}: as it was told to"] * 2
    assert len([event for event in events if event.name == "dropped"]) == 2
    counts = {k: lane[k] for k in ("calls", "finished", "failed", "dropped")}
    assert counts == {"calls": 5, "finished": 3, "failed": 2, "dropped": 2}


def test_what_fails_is_sent_again_as_often_as_is_configured(start):
    _, client = start("--repeats", "2")
    seen = []

    def take(message: bytes, context) -> bytes:
        seen.append(number_of(message))
        if seen.count(2) < 3 and seen[-1] == 2 or seen[-1] == 4:
            context.abort(grpc.StatusCode.INTERNAL, "not yet")
        return b""

    with chain(source(), Node("node", take=Rpc(take, gives="Empty"))) as pipeline:
        events = client.go(pipeline, iterations=5)
    assert seen == [1, 2, 2, 2, 3, 4, 4, 4, 5]
    assert len([event for event in events if event.name == "exception"]) == 5
    assert len([event for event in events if event.name == "dropped"]) == 1


def test_an_operation_that_a_node_does_not_serve_is_an_exception(client):
    """Its proto says more than it serves."""
    node = sink(Inbox())
    with Pipeline([source(), Node("sink")]) as up:
        node.port = up.nodes[1].port
        events = client.go(chain(up.nodes[0], node), iterations=2)
    traces = [event.detail["traceback"] for event in events if event.name == "exception"]
    assert [trace.partition(":")[0] for trace in traces] == ["UNIMPLEMENTED"] * 2


def test_a_source_that_fails_is_called_again_at_a_pace(client):
    calls = []

    def fail(_empty: bytes, context) -> bytes:
        calls.append(time.monotonic())
        context.abort(grpc.StatusCode.INTERNAL, "no")

    with chain(Node("source", give=Rpc(fail, "Empty")), sink(Inbox())) as pipeline:
        client.go(pipeline, iterations=5)
    assert len(calls) == 5
    assert calls[4] - calls[3] >= 0.064


@pytest.mark.parametrize("answers", [0, 2])
def test_a_stream_that_breaks_is_opened_again_with_what_was_not_sent(client, answers):
    """It reads three, sends some answers and fails; what it has read is lost, the rest is not."""
    calls = []

    def work(messages, context):
        calls.append([number_of(message) for message in itertools.islice(messages, 3)])
        yield from map(note, calls[-1][:answers])
        context.abort(grpc.StatusCode.INTERNAL, "breaks")

    inbox = Inbox()
    node = Node("node", work=Rpc(work, "stream Note", "stream Note"))
    with chain(source(), node, sink(inbox)) as pipeline:
        events = client.go(pipeline, iterations=100)
    assert [event for event in events if event.name == "exception"]
    read = list(itertools.chain(*calls))
    assert read == sorted(set(read))
    assert inbox.numbers == list(itertools.chain(*(numbers[:answers] for numbers in calls)))


def test_a_message_over_the_limit_is_an_exception_and_the_lane_goes_on(start):
    _, client = start("--max-message", "100KiB")
    sizes = iter([10, 200_000, 10, 102_000])
    inbox = Inbox()
    give = Rpc(lambda _empty: note(1, b"x" * next(sizes)), "Empty")
    with chain(Node("source", give=give), sink(inbox)) as pipeline:
        events = client.go(pipeline, iterations=4)
    assert [len(message) // 1000 for message in inbox.got] == [0, 0, 102]
    (exception,) = [event for event in events if event.name == "exception"]
    assert exception.detail["traceback"].startswith("RESOURCE_EXHAUSTED")


def test_a_node_that_is_slow_is_waited_for_or_given_up_as_configured(start):
    gate = threading.Event()

    def take(message: bytes, context) -> bytes:
        if number_of(message) == 2:
            wait_for(lambda: gate.is_set() or not context.is_active(), "enough")
        return b""

    with chain(source(), Node("node", take=Rpc(take, gives="Empty"))) as pipeline:
        _, client = start("--call-timeout", "200ms")
        events = client.go(pipeline, iterations=3)
        (exception,) = [event for event in events if event.name == "exception"]
        assert exception.detail["traceback"].startswith("DEADLINE_EXCEEDED")


def test_a_node_that_ends_its_side_early_is_called_anew(client):
    """It answers a stream before it has read anything, for ever."""
    inbox = Inbox()

    def work(messages):
        yield note(number_of(next(messages)))

    node = Node("node", work=Rpc(work, "stream Note", "stream Note"))
    with chain(source(), node, sink(inbox)) as pipeline:
        client.begin(pipeline)
        inbox.wait_for(20)
        client.stop()
    assert inbox.numbers == sorted(inbox.numbers)


# --- Bytes that are no gRPC ---


@pytest.mark.parametrize("greeting", [b"HTTP/1.1 200 OK\r\n\r\nhello", b"\x00" * 100, b""])
def test_a_port_where_something_else_answers_is_a_problem_that_is_told(start, greeting):
    orchestrator, client = start()
    inbox = Inbox()
    node = sink(inbox)
    with chain(source()) as up, socket.create_server(("127.0.0.1", 0)) as server:
        node.port = server.getsockname()[1]
        is_over = threading.Event()

        def greet() -> None:
            while not is_over.is_set():
                connection, _ = server.accept()
                connection.sendall(greeting)
                connection.close()

        thread = threading.Thread(target=greet)
        thread.start()
        client.begin(chain(up.nodes[0], node), iterations=10)
        wait_for(lambda: orchestrator.lane("sink")["problem"], "it says why")
        assert client.status().message == "running"
        is_over.set()
        thread.join(PATIENCE_S)
        server.close()
        node.start()
        client.wait_for("finished")
        node.stop()
    assert len(inbox.got) + orchestrator.lane("sink")["dropped"] == 10


# --- The orchestrator's own side ---


def test_stop_while_everything_is_full_is_done_at_once(start):
    orchestrator, client = start("--stall", "1h")
    inbox = Inbox()
    inbox.gate.clear()
    nodes = [source(), Node("middle", work=Rpc(lambda m: m)), sink(inbox)]
    with chain(*nodes) as pipeline:
        client.begin(pipeline, queuesize=5)
        wait_for(
            lambda: all(orchestrator.lane(name)["queue"]["full"] for name in ("middle", "sink")),
            "all queues are full",
        )
        begin = time.monotonic()
        assert client.stop().message == "stopped"
        assert time.monotonic() - begin < 1
        assert [lane["queue"]["messages"] for lane in orchestrator.report()["lanes"]] == [0] * 3
        inbox.gate.set()
        count = len(inbox.got)
        client.begin(pipeline, iterations=5)
        client.wait_for("finished")
    assert 5 <= len(inbox.got) <= count + 6


def test_many_clients_at_once_are_served(start, pb):
    orchestrator, client = start()
    with chain(source(), sink(Inbox())) as pipeline:
        client.begin(pipeline)

        def ask(i: int) -> None:
            other = Client(pb, orchestrator.endpoint)
            for _ in range(20):
                assert other.status().success
            other.channel.close()

        in_parallel(20, ask)
        assert client.stop().message == "stopped"
