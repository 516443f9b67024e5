"""Nodes that end calls in ways that no library has, frame by frame."""

import contextlib
import socket
import threading

import http2_frames as h2
import pytest
from orchestrator_world import Inbox, chain, number_of, sink, source
from process import PATIENCE_S

HEAD = [(":status", "200"), ("content-type", "application/grpc")]
OK = [("grpc-status", "0")]


def answer(stream: int) -> bytes:
    message = h2.data(stream, h2.message(b""))
    return h2.headers(stream, HEAD) + message + h2.headers(stream, OK, h2.END_STREAM)


class RawNode:
    """Answers every call, but the first one for number 3: `fault` says what is sent then, and
    whether the connection goes on."""

    def __init__(self, fault):
        self.fault = fault
        self.calls, self.numbers = [], []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.sock = self.server
        self.port = self.server.getsockname()[1]
        self.thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self.server.accept()
                with sock:
                    self.sock = sock
                    self._talk(h2.Connection(sock))

    def _talk(self, connection: h2.Connection) -> None:
        connection.expect_preface()
        connection.send(h2.settings())
        goes_on = True
        while goes_on and (got := connection.receive()):
            if got.kind == h2.DATA and got.payload:
                goes_on = self._answer(connection, got.stream, number_of(got.payload[5:]))

    def _answer(self, connection: h2.Connection, stream: int, number: int) -> bool:
        is_first = number not in self.calls
        self.calls.append(number)
        if number == 3 and is_first:
            frames, goes_on = self.fault(stream)
        else:
            self.numbers.append(number)
            frames, goes_on = answer(stream), True
        return connection.send(frames) and goes_on

    def __enter__(self) -> "RawNode":
        self.thread.start()
        return self

    def __exit__(self, *why) -> None:
        for sock in self.server, self.sock:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.thread.join(PATIENCE_S)


def run(client, node: RawNode) -> list:
    """The events of a run that gives it 1 to 5."""
    with chain(source()) as up, node:
        taker = sink(Inbox())
        taker.port = node.port
        return client.go(chain(up.nodes[0], taker), iterations=5)


NOT_PROCESSED = {
    "refused": lambda stream: (h2.reset(stream, h2.REFUSED_STREAM), True),
    "goaway before it": lambda stream: (h2.goaway(stream - 2), False),
    "goaway before all": lambda stream: (h2.goaway(0), False),
}


@pytest.mark.parametrize("fault", NOT_PROCESSED)
def test_a_call_that_the_node_has_not_looked_at_is_made_again(client, fault):
    node = RawNode(NOT_PROCESSED[fault])
    events = run(client, node)
    assert node.numbers == [1, 2, 3, 4, 5]
    assert not [event for event in events if event.name in ("exception", "dropped")]


def test_a_node_that_says_goodbye_and_answers_has_answered(client):
    node = RawNode(lambda stream: (h2.goaway(stream) + answer(stream), False))
    events = run(client, node)
    assert node.numbers == [1, 2, 4, 5]
    assert node.calls == [1, 2, 3, 4, 5]
    assert not [event for event in events if event.name in ("exception", "dropped")]


FAILED = {
    "connection lost": (lambda _: (b"", False), "UNAVAILABLE"),
    "lost in the middle of an answer": (
        lambda s: (h2.headers(s, HEAD) + h2.data(s, h2.message(b"12345678")[:9]), False),
        "UNAVAILABLE",
    ),
    "reset": (lambda s: (h2.reset(s, h2.INTERNAL_ERROR), True), "INTERNAL"),
    "given up": (lambda s: (h2.reset(s, h2.CANCEL), True), "CANCELLED"),
    "ended without a status": (
        lambda s: (h2.headers(s, HEAD) + h2.data(s, h2.message(b""), h2.END_STREAM), True),
        "",
    ),
    "no gRPC": (
        lambda s: (h2.headers(s, [(":status", "503")], h2.END_STREAM), True),
        "UNAVAILABLE",
    ),
    "OK without a message": (
        lambda s: (h2.headers(s, HEAD + OK, h2.END_STREAM), True),
        "UNIMPLEMENTED",
    ),
    "two messages": (
        lambda s: (
            h2.headers(s, HEAD)
            + h2.data(s, h2.message(b"") * 2)
            + h2.headers(s, OK, h2.END_STREAM),
            True,
        ),
        "UNIMPLEMENTED",
    ),
    "compressed": (
        lambda s: (h2.headers(s, HEAD) + h2.data(s, h2.message(b"123", flag=1)), True),
        "",
    ),
    "half a message, then the end": (
        lambda s: (
            h2.headers(s, HEAD)
            + h2.data(s, h2.message(b"123456")[:8])
            + h2.headers(s, OK, h2.END_STREAM),
            True,
        ),
        "",
    ),
    "a frame that may not be": (lambda _: (h2.data(0, b"x"), True), ""),
}


@pytest.mark.parametrize("fault", FAILED)
def test_a_call_that_ends_badly_is_told_and_the_lane_goes_on(client, fault):
    does, code = FAILED[fault]
    node = RawNode(does)
    events = run(client, node)
    assert node.numbers == [1, 2, 4, 5]
    assert node.calls == [1, 2, 3, 4, 5]
    (exception,) = [event for event in events if event.name == "exception"]
    assert exception.detail["traceback"].startswith(code)
    assert len([event for event in events if event.name == "dropped"]) == 1
