#!/usr/bin/env python3
"""Write the seeds of grpc_server and grpc_client: what grpcio says, and what nobody should.

    build/venv/bin/python tests/fuzz/make_grpc_seeds.py

In front of each is the byte that says in what pieces it is fed (grpc_role.h). What is recorded is
not byte for byte the same in every run.
"""

import contextlib
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))

import http2_frames as h2  # noqa: E402

PIECES = b"\x40"


# What good peers say


class Recorder:
    """A port in front of another, for one connection; `said` is what went each way."""

    def __init__(self, port: int):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.said = {"client": b"", "server": b""}
        self._thread = threading.Thread(target=self._carry_both, args=(port,))
        self._thread.start()

    def _carry_both(self, port: int) -> None:
        client, _ = self._listener.accept()
        server = socket.create_connection(("127.0.0.1", port))
        back = threading.Thread(target=self._carry, args=(server, client, "server"))
        back.start()
        self._carry(client, server, "client")
        back.join()

    def _carry(self, source: socket.socket, sink: socket.socket, who: str) -> None:
        with contextlib.suppress(OSError):  # who is gone is told nothing
            while piece := source.recv(65536):
                self.said[who] += piece
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)

    def end(self) -> None:
        self._thread.join()
        self._listener.close()


class Methods(grpc.GenericRpcHandler):
    """Unary ones fail when they are told to; the others echo."""

    def service(self, details):
        if details.method == "/T/One":
            return grpc.unary_unary_rpc_method_handler(self.one)
        return grpc.stream_stream_rpc_method_handler(self.many)

    def one(self, request: bytes, context) -> bytes:
        asked = tuple(context.invocation_metadata())
        context.send_initial_metadata(asked)
        context.set_trailing_metadata(asked)
        if request == b"fail":
            context.abort(grpc.StatusCode.NOT_FOUND, "nothing: 100% ä\n")
        return request

    def many(self, requests, context):
        yield from requests


def one(channel: grpc.Channel) -> None:
    ask = channel.unary_unary("/T/One")
    ask(b"hello", metadata=(("a", "text"), ("a", "more")), timeout=60)
    with contextlib.suppress(grpc.RpcError):
        ask(b"fail")


def binary(channel: grpc.Channel) -> None:
    """Between themselves, peers of this kind leave the base64 out, which HTTP/2 does not allow."""
    channel.unary_unary("/T/One")(b"hello", metadata=(("b-bin", b"\0\xff"),))


def many(channel: grpc.Channel) -> None:
    for _ in channel.stream_stream("/T/Many")(iter([b"", b"x" * 3000, b"three"])):
        pass


def cancelled(channel: grpc.Channel) -> None:
    is_over = threading.Event()

    def requests():
        yield b"x"
        is_over.wait()

    answers = channel.stream_stream("/T/Many")(requests())
    next(answers)
    answers.cancel()
    is_over.set()


def record(calls) -> dict[str, bytes]:
    server = grpc.server(ThreadPoolExecutor(2), handlers=(Methods(),))
    recorder = Recorder(server.add_insecure_port("127.0.0.1:0"))
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{recorder.port}") as channel:
        calls(channel)
    server.stop(None).wait()
    recorder.end()
    return recorder.said


# What others say


METHODS = ["One", "Many", "Stop", "Cancel", "Reply", "Drop", "Nobody", "None"]
OPEN = h2.settings()
OK = [(":status", "200"), ("content-type", "application/grpc")]
ENDED = [("grpc-status", "0")]
GREETING = h2.message(b"hi")


def call(stream: int, path: str, *more: tuple, flags: int = 0) -> bytes:
    return h2.headers(stream, h2.request(path, *more), flags)


BY_CLIENTS = {
    "every-method": OPEN
    + b"".join(
        call(1 + 2 * i, f"/T/{name}") + h2.data(1 + 2 * i, GREETING, h2.END_STREAM)
        for i, name in enumerate(METHODS)
    ),
    "timeout": OPEN + call(1, "/T/Many", ("grpc-timeout", "1n")) + h2.data(1, GREETING),
    "bad-timeout": OPEN + call(1, "/T/One", ("grpc-timeout", "soon"), flags=h2.END_STREAM),
    "metadata": OPEN + call(1, "/T/Many", ("a", "b, c"), ("c-bin", "Zg==,Zm8,!"), ("d", "")),
    "no-grpc": OPEN + h2.headers(1, [(":method", "GET"), (":scheme", "http"), (":path", "/")], 1),
    "two-where-one": OPEN + call(1, "/T/One") + h2.data(1, GREETING + GREETING, h2.END_STREAM),
    "none-where-one": OPEN + call(1, "/T/One", flags=h2.END_STREAM),
    "half-a-message": OPEN + call(1, "/T/Many") + h2.data(1, GREETING[:6], h2.END_STREAM),
    "compressed": OPEN + call(1, "/T/Many") + h2.data(1, h2.message(b"x", 1)),
    "four-gib": OPEN + call(1, "/T/Many") + h2.data(1, b"\0\xff\xff\xff\xff"),
    "trailers": OPEN
    + call(1, "/T/Many")
    + h2.data(1, GREETING)
    + h2.headers(1, [("grpc-status", "0"), ("x", "y")], h2.END_STREAM),
    "data-after-end": OPEN + call(1, "/T/Many", flags=h2.END_STREAM) + h2.data(1, GREETING),
    "reset": OPEN + call(1, "/T/Many") + h2.reset(1) + call(3, "/T/Stop") + h2.reset(3, 0),
    "going": OPEN + call(1, "/T/Many") + h2.goaway(0) + h2.data(1, GREETING, h2.END_STREAM),
    "windows": h2.settings(INITIAL_WINDOW_SIZE=1)
    + call(1, "/T/Many")
    + h2.data(1, GREETING, h2.END_STREAM)
    + h2.window_update(1, 5)
    + h2.settings(INITIAL_WINDOW_SIZE=100)
    + h2.window_update(0, 2**31 - 1),
    "continuation": OPEN
    + h2.frame(h2.HEADERS, 0, 1, h2.write_block(h2.request("/T/Many"))[:20])
    + h2.frame(h2.CONTINUATION, 0, 1, h2.write_block(h2.request("/T/Many"))[20:])
    + h2.frame(h2.CONTINUATION, h2.END_HEADERS, 1),
    "tables": OPEN
    + h2.headers(1, h2.write_block(h2.request("/T/Many")) + h2.remembered(b"x", b"y" * 99))
    + h2.headers(3, h2.write_block(h2.request("/T/Many")) + h2.indexed(62) * 9)
    + h2.headers(5, h2.indexed(99)),
    "pings": OPEN + h2.ping() * 3 + h2.ping(flags=h2.ACK) + h2.frame(h2.PRIORITY, 0, 1, bytes(5)),
    "padded": OPEN + call(1, "/T/Many") + h2.data(1, b"\x03" + GREETING + bytes(3), h2.PADDED | 1),
}

BY_SERVERS = {
    "four-answers": b"".join(
        h2.headers(stream, OK)
        + h2.data(stream, GREETING)
        + h2.headers(stream, ENDED, h2.END_STREAM)
        for stream in (1, 3, 5, 7)
    ),
    "trailers-only": h2.headers(
        1, [*OK, ("grpc-status", "5"), ("grpc-message", "100%25 %C3%A4 %f")], h2.END_STREAM
    ),
    "no-status": h2.headers(1, OK) + h2.headers(1, [("x", "y")], h2.END_STREAM),
    "two-statuses": h2.headers(1, [*OK, *ENDED, ("grpc-status", "x")], h2.END_STREAM),
    "no-trailers": h2.headers(1, OK) + h2.data(1, GREETING, h2.END_STREAM),
    "http-503": h2.headers(1, [(":status", "503"), ("content-type", "text/html")])
    + h2.data(1, b"<html>", h2.END_STREAM),
    "continue": h2.headers(1, [(":status", "100")]) + h2.headers(1, OK),
    "html": h2.headers(1, [(":status", "200"), ("content-type", "text/html")])
    + h2.data(1, b"<html>", h2.END_STREAM),
    "metadata": h2.headers(3, [*OK, ("a", "b, c"), ("c-bin", "Zg==,Zm8,!")]),
    "two-where-one": h2.headers(1, OK) + h2.data(1, GREETING * 2),
    "half-a-message": h2.headers(3, OK)
    + h2.data(3, GREETING[:6])
    + h2.headers(3, ENDED, h2.END_STREAM),
    "compressed": h2.headers(3, OK) + h2.data(3, h2.message(b"x", 1)),
    "four-gib": h2.headers(3, OK) + h2.data(3, b"\0\xff\xff\xff\xff"),
    "data-first": h2.data(1, GREETING),
    "data-after-end": h2.headers(1, [*OK, *ENDED], h2.END_STREAM) + h2.data(1, GREETING),
    "resets": h2.reset(1, h2.REFUSED_STREAM) + h2.reset(3, 0) + h2.reset(5, 99) + h2.reset(9),
    "going": h2.goaway(2**31 - 1) + h2.goaway(3, h2.ENHANCE_YOUR_CALM, b"too_many_pings"),
    "sent-away": h2.goaway(0, h2.ENHANCE_YOUR_CALM, b"\x1b[2J\xff"),
    "promise": h2.frame(h2.PUSH_PROMISE, 4, 1, bytes([0, 0, 0, 2]) + h2.write_block(OK)),
    "windows": h2.settings(INITIAL_WINDOW_SIZE=0)
    + h2.headers(3, OK)
    + h2.data(3, GREETING * 9)
    + h2.window_update(3, 20)
    + h2.settings(MAX_CONCURRENT_STREAMS=0),
}


def write(target: str, name: str, said: bytes) -> None:
    folder = HERE / "seeds" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(PIECES + said)


def main() -> None:
    for calls in (one, binary, many, cancelled):
        said = record(calls)
        write("grpc_server", f"recorded-{calls.__name__}", said["client"].removeprefix(h2.PREFACE))
        write("grpc_client", f"recorded-{calls.__name__}", said["server"])
    for name, said in BY_CLIENTS.items():
        write("grpc_server", name, said)
    for name, said in BY_SERVERS.items():
        write("grpc_client", name, said)


if __name__ == "__main__":
    main()
