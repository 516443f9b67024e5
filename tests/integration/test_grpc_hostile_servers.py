"""The room grpc against servers that break the rules: the call that they answer ends with what was
wrong, the next one is none the worse for it, and the client's memory stays bounded."""

import contextlib
import json
import os
import socket
import threading

import http2_frames as h2
import pytest
from background import background
from conftest import BUILD, Program
from hostile_peers import (
    BLOCK,
    GREETING,
    LEAN,
    MAX_HEADER_BYTES,
    UNARY,
    bounded,
    flood,
    lines_of,
)
from http2_frames import (
    CONTINUATION,
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    PUSH_PROMISE,
    Connection,
)
from process import PATIENCE_S

ANSWER = [(":status", "200"), ("content-type", "application/grpc")]
ENDED = [("grpc-status", "0")]


class Servant:
    """A server; its first connection is `first`'s, the others are answered as they should."""

    def __init__(self, first):
        self._first = first
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        serve = self._first
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                with sock:
                    sock.settimeout(PATIENCE_S)
                    serve(Connection(sock))
                serve = answer_well

    def __enter__(self) -> "Servant":
        return self

    def __exit__(self, kind, value, trace) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


def answer(stream: int) -> bytes:
    return (
        h2.headers(stream, ANSWER)
        + h2.data(stream, GREETING)
        + h2.headers(stream, ENDED, END_STREAM)
    )


def await_request(connection: Connection) -> int:
    """The stream of the next request that is whole; 0: none comes any more."""
    while got := connection.receive():
        if got.kind in (HEADERS, DATA) and got.flags & END_STREAM:
            return got.stream
    return 0


def greet(connection: Connection) -> None:
    connection.expect_preface()
    connection.send(h2.settings())


def answer_well(connection: Connection) -> None:
    greet(connection)
    while stream := await_request(connection):
        connection.send(answer(stream))


def saying(frames: bytes):
    """A server that answers the first request so, and from then on as it should."""

    def serve(connection: Connection) -> None:
        greet(connection)
        if await_request(connection):
            connection.send(frames)
        while stream := await_request(connection):
            connection.send(answer(stream))

    return serve


def calls(port: int, count: int, **values) -> dict:
    """What the client tells of its calls, one after the other."""
    done = Program("grpc-peer")(
        "client",
        f"target=127.0.0.1:{port}",
        f"calls={count}",
        *(f"{name}={value}" for name, value in values.items()),
        env=LEAN,
    )
    assert done.status == 0, done.err
    return json.loads(done.text)


TRAILERS_ONLY = [*ANSWER, ("grpc-status", "5")]

WRONG_ANSWERS = {
    "503": (h2.headers(1, [(":status", "503")], END_STREAM), "UNAVAILABLE", "HTTP status 503"),
    "HTML": (
        h2.headers(1, [(":status", "200"), ("content-type", "text/html")])
        + h2.data(1, b"<html>", END_STREAM),
        "UNKNOWN",
        "content-type",
    ),
    "no status": (
        h2.headers(1, ANSWER) + h2.headers(1, [("x", "y")], END_STREAM),
        "UNKNOWN",
        "without a status",
    ),
    "no trailers": (
        h2.headers(1, ANSWER) + h2.data(1, GREETING, END_STREAM),
        "UNKNOWN",
        "without a status",
    ),
    "a status that is no number": (
        h2.headers(1, [*ANSWER, ("grpc-status", "OK")], END_STREAM),
        "UNKNOWN",
        "",
    ),
    "a status of tomorrow": (
        h2.headers(1, [*ANSWER, ("grpc-status", "4294967296")], END_STREAM),
        "UNKNOWN",
        "",
    ),
    "two statuses": (
        h2.headers(1, [*ANSWER, ("grpc-status", "0"), ("grpc-status", "5")], END_STREAM),
        "NOT_FOUND",
        "",
    ),
    "broken percents": (
        h2.headers(1, [*TRAILERS_ONLY, ("grpc-message", "100% %zz %e4 %1b[2J")], END_STREAM),
        "NOT_FOUND",
        "100% %zz \ufffd \ufffd[2J",
    ),
    "OK without a message": (
        h2.headers(1, [*ANSWER, *ENDED], END_STREAM),
        "UNIMPLEMENTED",
        "no message",
    ),
    "two messages": (
        h2.headers(1, ANSWER) + h2.data(1, GREETING * 2) + h2.headers(1, ENDED, END_STREAM),
        "UNIMPLEMENTED",
        "more than one message",
    ),
    "half a message": (
        h2.headers(1, ANSWER) + h2.data(1, GREETING[:7]) + h2.headers(1, ENDED, END_STREAM),
        "INTERNAL",
        "within a message",
    ),
    "four GiB": (
        h2.headers(1, ANSWER) + h2.data(1, b"\0\xff\xff\xff\xff"),
        "RESOURCE_EXHAUSTED",
        "4194304",
    ),
    "compressed": (
        h2.headers(1, ANSWER) + h2.data(1, h2.message(b"x", 1)),
        "UNIMPLEMENTED",
        "compressed",
    ),
    "no prefix": (h2.headers(1, ANSWER) + h2.data(1, b"<html>"), "INTERNAL", "no message"),
    "data before headers": (h2.data(1, GREETING), "UNAVAILABLE", "PROTOCOL_ERROR"),
    "headers over the limit": (
        h2.headers(1, [*ANSWER, *lines_of(MAX_HEADER_BYTES)]),
        "RESOURCE_EXHAUSTED",
        "header lines",
    ),
    "capital letters": (h2.headers(1, [*ANSWER, ("Name", "x")]), "INTERNAL", "PROTOCOL_ERROR"),
    "refused": (h2.reset(1, h2.REFUSED_STREAM), "UNAVAILABLE", "REFUSED_STREAM"),
    "reset without an error": (h2.reset(1, h2.NO_ERROR), "INTERNAL", "NO_ERROR"),
    "reset with what is no error": (h2.reset(1, 4711), "INTERNAL", ""),
    "going, and going lower": (h2.goaway(5) + h2.goaway(0), "UNAVAILABLE", "REFUSED_STREAM"),
    "going, and going higher": (h2.goaway(0) + h2.goaway(99), "UNAVAILABLE", ""),
    "sent away": (
        h2.goaway(0, h2.ENHANCE_YOUR_CALM, b"too_many_pings"),
        "UNAVAILABLE",
        "",
    ),
    "undecodable": (
        h2.headers(1, b"\xff\xff\xff\xff\xff\xff\xff"),
        "UNAVAILABLE",
        "COMPRESSION_ERROR",
    ),
    "a promise": (
        h2.frame(PUSH_PROMISE, END_HEADERS, 1, bytes([0, 0, 0, 2]) + BLOCK),
        "UNAVAILABLE",
        "PROTOCOL_ERROR",
    ),
    "a reset of no stream": (h2.reset(7), "UNAVAILABLE", "PROTOCOL_ERROR"),
    "a request": (h2.headers(2, h2.request(UNARY)), "UNAVAILABLE", "PROTOCOL_ERROR"),
    "a frame too long": (
        h2.headers(1, ANSWER) + h2.data(1, bytes(65536)),
        "UNAVAILABLE",
        "FRAME_SIZE_ERROR",
    ),
    "a window that overflows": (
        h2.window_update(0, 2**31 - 1),
        "UNAVAILABLE",
        "FLOW_CONTROL_ERROR",
    ),
}


@pytest.mark.parametrize("said", WRONG_ANSWERS)
def test_a_call_that_is_answered_wrongly_ends_with_what_was_wrong(said):
    frames, status, text = WRONG_ANSWERS[said]
    with Servant(saying(frames)) as servant:
        told = calls(servant.port, 1)
    assert told["status"] == {status: 1}
    assert text in told["text"]


@pytest.mark.parametrize("said", WRONG_ANSWERS)
def test_the_next_call_is_none_the_worse_for_it(said):
    frames, status, _ = WRONG_ANSWERS[said]
    with Servant(saying(frames)) as servant:
        told = calls(servant.port, 3, waits="true")
    assert told["status"] == {status: 1, "OK": 2}


def silent(connection: Connection) -> None:
    connection.read_to_end()


def silent_after_greeting(connection: Connection) -> None:
    greet(connection)
    connection.read_to_end()


def half_a_frame(connection: Connection) -> None:
    greet(connection)
    await_request(connection)
    connection.send(answer(1)[:20])
    connection.read_to_end()


def no_window(connection: Connection) -> None:
    connection.expect_preface()
    connection.send(h2.settings(INITIAL_WINDOW_SIZE=0))
    connection.read_to_end()


def no_streams(connection: Connection) -> None:
    connection.expect_preface()
    connection.send(h2.settings(MAX_CONCURRENT_STREAMS=0))
    connection.read_to_end()


def always_going_on(connection: Connection) -> None:
    greet(connection)
    await_request(connection)
    while connection.send(h2.headers(1, [(":status", "100")])):
        pass


@pytest.mark.parametrize(
    "serve", [silent, silent_after_greeting, half_a_frame, no_window, no_streams, always_going_on]
)
def test_a_deadline_ends_the_wait_for_a_server_that_does_not_answer(serve):
    with Servant(serve) as servant:
        told = calls(servant.port, 1, deadline_ms=300)
    assert told["status"] == {"DEADLINE_EXCEEDED": 1}


def speaks_http_1(connection: Connection) -> None:
    connection.expect_preface()
    connection.send(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")


def speaks_tls(connection: Connection) -> None:
    connection.expect_preface()
    connection.send(bytes.fromhex("15030100020246"))


def hangs_up(connection: Connection) -> None:
    connection.expect_preface()


@pytest.mark.parametrize("serve", [speaks_http_1, speaks_tls, hangs_up])
def test_a_server_of_something_else_is_unavailable_and_tried_again(serve):
    with Servant(serve) as servant:
        assert calls(servant.port, 1)["status"] == {"UNAVAILABLE": 1}
    with Servant(serve) as servant:
        assert calls(servant.port, 2, waits="true")["status"]["OK"] >= 1


BEGUN = h2.headers(1, ANSWER)
GOING_ON = h2.headers(1, [(":status", "100"), *lines_of(8000)])

# What it begins with, and what comes then without end.
FLOODS = {
    "pings": (BEGUN, h2.ping()),
    "settings": (BEGUN, h2.settings(MAX_FRAME_SIZE=16384)),
    "continuations": (BEGUN, h2.frame(CONTINUATION, 0, 1)),
    "windows": (BEGUN, h2.window_update(0, 1)),
    "empty data": (BEGUN, h2.frame(DATA, 0, 1)),
    "messages": (BEGUN, h2.data(1, h2.message(bytes(16000)))),
    "headers": (BEGUN, h2.headers(1, ANSWER)),
    "answers to come": (GOING_ON, GOING_ON),
    "resets": (BEGUN, h2.reset(1)),
    "good byes": (BEGUN, h2.goaway(1)),
}


def flooding(opening: bytes, piece: bytes):
    def serve(connection: Connection) -> None:
        connection.is_polite = False
        greet(connection)
        connection.wait_for(HEADERS)
        connection.send(opening)
        flood(connection, piece * (1 + 16384 // len(piece)))

    return serve


@pytest.mark.parametrize("said", FLOODS)
def test_a_flood_of_a_server_fills_no_memory_of_the_client(said):
    with Servant(flooding(*FLOODS[said])) as servant:
        command = [BUILD / "bin/grpc-peer", "client", f"target=127.0.0.1:{servant.port}"]
        settings = ["method=Bidi", "count=1", "keeps_open=true", "deadline_ms=3000"]
        with (
            background([*command, *settings], env=os.environ | LEAN) as program,
            bounded(program.pid),
        ):
            out, log = program.communicate(timeout=PATIENCE_S)
    assert program.returncode == 0, log
    assert sum(json.loads(out)["status"].values()) == 1
