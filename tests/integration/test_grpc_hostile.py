"""The room grpc against clients that break the rules: the server stays up, its memory bounded,
its other clients are served, and the reason is logged once."""

import contextlib
import fcntl
import socket
import struct
import sys
import termios

import http2_frames as h2
import pytest
from hostile_peers import (
    BLOCK,
    GREETING,
    LEAN,
    LEFT_BYTES,
    MANY,
    MAX_HEADER_BYTES,
    PUSHED,
    UNARY,
    anonymous_bytes,
    bounded,
    call,
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
    SETTINGS,
    Ending,
)
from process import Process, wait_for

# As in grpc/grpc.h and session.h.
STREAM_WINDOW = 1024 * 1024
MAX_CONNECTION_BYTES = 64 * 1024 * 1024
MAX_FAULTS = 100

OK, RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL = 0, 8, 12, 13


# A server and its clients


@pytest.fixture(scope="module")
def server():
    with Process("grpc-peer", "server", "hello_ms=500", env=LEAN) as process:
        well(process)
        yield process


def well(server: Process) -> None:
    """A good client is answered."""
    with h2.client(server.port) as client:
        client.send(call(1), h2.data(1, GREETING, END_STREAM))
        assert client.ending_of(1) == Ending("status", OK)


@contextlib.contextmanager
def attack(server: Process, said: str | None = None, left: int = LEFT_BYTES):
    """The server is as well after it as before, and has logged the reason once."""
    before, log_before = anonymous_bytes(server.pid), len(server.log)
    yield
    well(server)
    if said is not None:
        wait_for(lambda: said in server.log[log_before:], f"'{said}' in {server.log[log_before:]}")
    assert len(server.log[log_before:].splitlines()) == (said is not None), server.log[log_before:]
    wait_for(
        lambda: anonymous_bytes(server.pid) < before + left,
        f"{before} bytes have become {anonymous_bytes(server.pid)}",
    )


# What ends a call alone

WRONG_CALLS = {
    "four GiB": (call(1) + h2.data(1, b"\0\xff\xff\xff\xff"), Ending("status", RESOURCE_EXHAUSTED)),
    "compressed": (call(1) + h2.data(1, h2.message(b"x", 1)), Ending("status", UNIMPLEMENTED)),
    "no prefix": (call(1) + h2.data(1, h2.message(b"x", 7)), Ending("status", INTERNAL)),
    "half a message": (call(1) + h2.data(1, GREETING[:7], END_STREAM), Ending("status", INTERNAL)),
    "half a prefix": (call(1) + h2.data(1, GREETING[:3], END_STREAM), Ending("status", INTERNAL)),
    "no message": (call(1, flags=END_STREAM), Ending("status", UNIMPLEMENTED)),
    "two messages": (call(1) + h2.data(1, GREETING * 2), Ending("status", UNIMPLEMENTED)),
    "no such method": (call(1, path="/test.Echo/None"), Ending("status", UNIMPLEMENTED)),
    "no such timeout": (call(1, ("grpc-timeout", "soon")), Ending("status", INTERNAL)),
    "headers over the limit": (
        call(1, *lines_of(MAX_HEADER_BYTES)),
        Ending("status", RESOURCE_EXHAUSTED),
    ),
    "GET": (
        h2.headers(1, [(":method", "GET"), *h2.request(UNARY)[1:]], END_STREAM),
        Ending("http", 405),
    ),
    "HTML": (
        h2.headers(1, h2.request(UNARY)[:-1] + [("content-type", "a/b")]),
        Ending("http", 415),
    ),
    "no content-type": (h2.headers(1, h2.request(UNARY)[:-1]), Ending("http", 415)),
    "no path": (h2.headers(1, h2.request(UNARY)[:2]), Ending("reset", h2.PROTOCOL_ERROR)),
    "two paths": (call(1, (":path", "/")), Ending("reset", h2.PROTOCOL_ERROR)),
    "capital letters": (call(1, ("Name", "x")), Ending("reset", h2.PROTOCOL_ERROR)),
    "line ends in a value": (call(1, ("a", "x\r\nb: y")), Ending("reset", h2.PROTOCOL_ERROR)),
    "a header of HTTP/1.1": (call(1, ("connection", "x")), Ending("reset", h2.PROTOCOL_ERROR)),
    "a wrong length": (
        call(1, ("content-length", "3")) + h2.data(1, GREETING, END_STREAM),
        Ending("reset", h2.PROTOCOL_ERROR),
    ),
    "headers twice": (call(1) + call(1), Ending("reset", h2.PROTOCOL_ERROR)),
    "a window that overflows": (
        call(1) + h2.window_update(1, 2**31 - 1),
        Ending("reset", h2.FLOW_CONTROL_ERROR),
    ),
}


@pytest.mark.parametrize("said", WRONG_CALLS)
def test_what_is_wrong_with_a_call_ends_that_call_alone(server, said):
    frames, ending = WRONG_CALLS[said]
    with attack(server), h2.client(server.port) as client:
        client.send(frames)
        got = client.ending_of(1)
        assert (got.how, got.code) == (ending.how, ending.code)
        client.send(call(3), h2.data(3, GREETING, END_STREAM))
        assert client.ending_of(3) == Ending("status", OK)


def test_a_stream_that_is_not_there_may_be_reset_when_it_was(server):
    with attack(server), h2.client(server.port) as client:
        client.send(call(1), h2.data(1, GREETING, END_STREAM))
        assert client.ending_of(1) == Ending("status", OK)
        client.send(h2.reset(1), h2.window_update(1, 5), h2.frame(h2.PRIORITY, 0, 99, bytes(5)))
        client.send(call(3), h2.data(3, GREETING, END_STREAM))
        assert client.ending_of(3) == Ending("status", OK)


# What ends a connection

WRONG_CONNECTIONS = {
    "undecodable": (h2.headers(1, b"\xff\xff\xff\xff\xff\xff\xff"), h2.COMPRESSION_ERROR),
    "no such line": (h2.headers(1, h2.indexed(99)), h2.COMPRESSION_ERROR),
    "too long a frame": (call(1) + h2.data(1, bytes(65536)), h2.FRAME_SIZE_ERROR),
    "short settings": (h2.frame(SETTINGS, payload=b"1234567"), h2.FRAME_SIZE_ERROR),
    "short ping": (h2.frame(h2.PING, payload=b"1"), h2.FRAME_SIZE_ERROR),
    "data of the connection": (h2.data(0, GREETING), h2.PROTOCOL_ERROR),
    "data of no stream": (h2.data(1, GREETING), h2.PROTOCOL_ERROR),
    "data after the end": (call(1, flags=END_STREAM, path=MANY) + h2.data(1, GREETING), 5),
    "a stream of ours": (call(2), h2.PROTOCOL_ERROR),
    "a reset of no stream": (h2.reset(7), h2.PROTOCOL_ERROR),
    "a window of no stream": (h2.window_update(7, 1), h2.PROTOCOL_ERROR),
    "continuation of nothing": (h2.frame(CONTINUATION, END_HEADERS, 1, BLOCK), h2.PROTOCOL_ERROR),
    "a ping within headers": (h2.frame(HEADERS, 0, 1, BLOCK) + h2.ping(), h2.PROTOCOL_ERROR),
    "a window that overflows": (h2.window_update(0, 2**31 - 1), h2.FLOW_CONTROL_ERROR),
    "a window of nothing": (h2.window_update(0, 0), h2.PROTOCOL_ERROR),
    "a window out of range": (h2.settings(INITIAL_WINDOW_SIZE=2**31), h2.FLOW_CONTROL_ERROR),
    "a promise": (
        call(1) + h2.frame(PUSH_PROMISE, END_HEADERS, 1, bytes([0, 0, 0, 2]) + BLOCK),
        h2.PROTOCOL_ERROR,
    ),
    "padding longer than the frame": (
        call(1) + h2.data(1, b"\xff" + GREETING, h2.PADDED),
        h2.PROTOCOL_ERROR,
    ),
    "headers without end": (
        call(1, *lines_of(8 * MAX_HEADER_BYTES)),
        h2.FRAME_SIZE_ERROR,
    ),
    "more settings than there are": (
        h2.frame(SETTINGS, payload=struct.pack(">HI", 0xFF, 1) * 100),
        h2.ENHANCE_YOUR_CALM,
    ),
}


@pytest.mark.parametrize("said", WRONG_CONNECTIONS)
def test_what_is_wrong_with_a_connection_ends_it(server, said):
    frames, code = WRONG_CONNECTIONS[said]
    with attack(server, "broke HTTP/2: "), h2.client(server.port) as client:
        client.send(frames)
        ending = client.read_to_end()
        assert (ending.how, ending.code) == ("goaway", code)


STRANGERS = {
    "HTTP/1.1": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "TLS": bytes.fromhex("1603010200010001fc0303") + bytes(517),
    "nonsense": b"\xff" * 4096,
    "the preface alone, and that wrong": h2.PREFACE[:-1] + b"x",
    "no settings": h2.PREFACE + h2.ping(),
}


@pytest.mark.parametrize("said", STRANGERS)
def test_who_speaks_something_else_is_sent_away(server, said):
    with attack(server, "127.0.0.1"), h2.client(server.port, greets=False) as client:
        client.send(STRANGERS[said])
        client.read_to_end()


SILENT = {
    "nothing": b"",
    "half of the preface": h2.PREFACE[:10],
    "the preface and no more": h2.PREFACE,
    "half of the settings": h2.PREFACE + h2.settings()[:5],
}


@pytest.mark.parametrize("said", SILENT)
def test_who_does_not_come_to_the_point_is_sent_away(server, said):
    with attack(server, "127.0.0.1"), h2.client(server.port, greets=False) as client:
        client.send(SILENT[said])
        client.read_to_end()


def test_half_a_frame_holds_nobody_else_up(server):
    with attack(server), h2.client(server.port) as client:
        client.send(call(1), h2.data(1, GREETING)[:10])
        well(server)


# Floods: the server reads as much as it likes, and the rest is not sent


def test_pings_that_nobody_hears_answered_are_not_taken_for_ever(server):
    with attack(server, "Flooding"), bounded(server.pid), h2.client(server.port) as client:
        client.is_polite = False
        flood(client, h2.ping() * 1000)


def test_settings_that_nobody_hears_answered_are_not_taken_for_ever(server):
    with attack(server, "Flooding"), bounded(server.pid), h2.client(server.port) as client:
        client.is_polite = False
        flood(client, h2.settings(MAX_FRAME_SIZE=16384) * 1000)


def test_streams_that_are_reset_as_soon_as_they_are_opened_end_the_connection(server):
    with (
        attack(server, "resets too many streams"),
        bounded(server.pid),
        h2.client(server.port) as client,
    ):
        streams = range(1, 100_000, 2)
        client.send(*(call(stream, path=MANY) + h2.reset(stream) for stream in streams))
        assert client.read_to_end().how in ("goaway", "closed")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda stream: call(stream) + h2.window_update(stream, 2**31 - 1),
        lambda stream: call(stream) + call(stream),
        lambda stream: call(stream, ("Name", "x")),
        lambda stream: call(stream, ("content-length", "3")) + h2.data(stream, GREETING, 1),
    ],
    ids=["windows", "headers twice", "capital letters", "wrong lengths"],
)
def test_streams_that_we_are_made_to_reset_end_the_connection(server, wrong):
    with attack(server, "100 streams"), bounded(server.pid), h2.client(server.port) as client:
        endings = []
        for stream in range(1, 400, 2):
            client.send(wrong(stream))
            endings.append(client.ending_of(stream))
            if endings[-1].how != "reset":
                break
        assert endings[-1] == Ending("goaway", h2.ENHANCE_YOUR_CALM)
        assert len(endings) in (MAX_FAULTS, MAX_FAULTS + 1)


def test_continuations_without_end_end_the_connection(server):
    with attack(server, "CONTINUATION"), bounded(server.pid), h2.client(server.port) as client:
        client.send(h2.frame(HEADERS, 0, 1, BLOCK))
        flood(client, h2.frame(CONTINUATION, 0, 1) * 1000)
        client.read_to_end()


def test_a_line_of_the_table_over_and_over_ends_the_connection(server):
    """Some bytes on the wire are megabytes of header lines."""
    block = BLOCK + h2.remembered(b"x", b"y" * 3000) + h2.indexed(62) * 10000
    with (
        attack(server, "bytes of header lines"),
        bounded(server.pid),
        h2.client(server.port) as client,
    ):
        client.send(h2.headers(1, block))
        assert client.read_to_end() == Ending("goaway", h2.ENHANCE_YOUR_CALM)


@pytest.mark.parametrize(
    "piece",
    [
        h2.frame(DATA, 0, 1),
        h2.frame(h2.PRIORITY, 0, 3, bytes(5)),
        h2.window_update(0, 1),
        h2.frame(0x77, 0, 1, b"unknown"),
        h2.ping(flags=h2.ACK),
    ],
    ids=["empty data", "priorities", "windows", "unknown frames", "pongs"],
)
def test_frames_that_say_nothing_cost_nothing_but_time(server, piece):
    with attack(server), bounded(server.pid), h2.client(server.port) as client:
        client.send(call(1, path=MANY))
        flood(client, piece * 1000, 2 * 1024 * 1024)
        well(server)


# Flow control


def test_who_sends_more_than_the_window_is_stopped(server):
    with attack(server), bounded(server.pid), h2.client(server.port) as client:
        client.send(call(1, ("stop-reading", "0"), path=MANY))
        for _ in range(STREAM_WINDOW // 16384 + 1):
            client.send(h2.data(1, bytes(16384)))
        assert client.ending_of(1) == Ending("reset", h2.FLOW_CONTROL_ERROR)


def test_what_nobody_reads_is_bounded_for_all_streams_together(server):
    """Twice: an allocator may keep memory for the next time, but not once more."""
    most = MAX_CONNECTION_BYTES + LEFT_BYTES
    with attack(server, left=most), bounded(server.pid, most):
        for _ in range(2):
            with h2.client(server.port) as client:
                for stream in range(1, 200, 2):
                    client.send(call(stream, ("stop-reading", "0"), path=MANY))
                    for _ in range(STREAM_WINDOW // 16384):
                        client.send(h2.data(stream, bytes(16384)))
                ending = client.ending_of(199)
            assert (ending.how, ending.code) == ("status", RESOURCE_EXHAUSTED)
            assert ending.text == "the connection holds too many bytes that nobody has read"


def test_what_is_only_announced_is_bounded_too(server):
    announced = struct.pack(">BI", 0, 4 * 1024 * 1024)
    with attack(server), bounded(server.pid), h2.client(server.port) as client:
        for stream in range(1, 200, 2):
            client.send(call(stream, path=MANY), h2.data(stream, announced + b"x"))
        assert client.ending_of(199).code == RESOURCE_EXHAUSTED


def test_who_never_opens_its_window_keeps_little_in_memory(server):
    with (
        attack(server),
        bounded(server.pid),
        h2.client(server.port, INITIAL_WINDOW_SIZE=0) as client,
    ):
        for stream in range(1, 40, 2):
            client.send(call(stream, path=MANY))
            for _ in range(STREAM_WINDOW // 16384):
                client.send(h2.data(stream, h2.message(bytes(16384 - 5))))
        well(server)


def unread(sock: socket.socket) -> int:
    """Bytes that have come."""
    room = bytearray(4)
    fcntl.ioctl(sock, termios.FIONREAD, room)
    return int.from_bytes(room, sys.byteorder)


def test_who_never_reads_keeps_little_in_memory(server):
    with (
        attack(server),
        bounded(server.pid),
        h2.client(server.port, INITIAL_WINDOW_SIZE=2**31 - 1) as client,
    ):
        client.send(h2.window_update(0, 2**31 - 1 - 65535))
        for stream in range(1, 40, 2):
            client.send(
                call(stream, ("count", "1000000"), ("size", "100000"), path=PUSHED),
                h2.data(stream, GREETING, END_STREAM),
            )
        wait_for(lambda: unread(client.sock) > 64 * 1024, "as much as the kernel takes")
        well(server)
