"""Real HTTP servers in the place of a catalogue and of a playground server.

Each remembers what it was asked, and answers by path: with a page, or as a server that is broken.
"""

import base64
import contextlib
import json
import os
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from certificates import Pair
from process import PATIENCE_S

# An endless answer is given up after so many bytes: more than any limit of the programs.
FAR_TOO_MANY_BYTES = 512 * 1024 * 1024


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes


@dataclass(frozen=True)
class Page:
    """An answer as it should be."""

    body: bytes | str | dict | list = b""
    status: int = 200
    headers: dict = field(default_factory=dict)

    def __call__(self, handler: "_Handler") -> None:
        body = self.body
        if isinstance(body, dict | list):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        handler.send_response(self.status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


# What an id that nobody has gets (contract, section 2).
NOBODY = Page()


def resets(handler: "_Handler") -> None:
    """The connection breaks instead of an answer."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    os.close(handler.connection.detach())
    handler.close_connection = True


def hangs_up(handler: "_Handler") -> None:
    """The connection is closed politely, without an answer."""
    handler.close_connection = True


def is_silent(handler: "_Handler") -> None:
    """No answer, until the one who asked has gone."""
    handler.neighbour.is_closing.wait(PATIENCE_S)
    handler.close_connection = True


def drips(handler: "_Handler") -> None:
    """An answer that comes a byte at a time and never ends."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    while not handler.neighbour.is_closing.wait(0.05):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def stops_halfway(handler: "_Handler") -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b'{"name": "hal')
    handler.close_connection = True


def is_endless(handler: "_Handler") -> None:
    """A body without a length and without an end."""
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    for _ in range(FAR_TOO_MANY_BYTES // 65536):
        handler.wfile.write(b" " * 65536)


def speaks_no_http(handler: "_Handler") -> None:
    handler.wfile.write(b"220 mail.example ESMTP\r\n")
    handler.close_connection = True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    @property
    def neighbour(self) -> "Neighbour":
        return self.server.neighbour

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.neighbour.answer(Asked(self.command, self.path, headers, body), self)

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError, ssl.SSLError):
            super().handle()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, *args) -> None:
        pass


class _Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address) -> None:
        self.neighbour.mistakes.append(repr(request))


class Neighbour:
    """A server at `url`. `pages` says by path what it answers, `otherwise` what to the rest."""

    def __init__(self, base: str = "", authorization: str | None = None, tls: Pair | None = None,
                 clients: Pair | None = None):  # fmt: skip
        self.pages = {}
        self.otherwise = NOBODY
        self.authorization = authorization
        self.delay_s = 0.0
        self.is_closing = threading.Event()
        self.mistakes = []
        self._asked: list[Asked] = []
        self._lock = threading.Lock()
        self._base = base
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.neighbour = self
        if tls is not None:
            self._server.socket = _wrap(self._server.socket, tls, clients)
        scheme = "http" if tls is None else "https"
        self.origin = f"{scheme}://127.0.0.1:{self._server.server_port}"
        self.url = self.origin + base
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def answer(self, asked: Asked, handler: _Handler) -> None:
        with self._lock:
            self._asked.append(asked)
        if self.delay_s:
            time.sleep(self.delay_s)
        if self.authorization not in (None, asked.headers.get("authorization")):
            Page("who are you?", 401)(handler)
        else:
            path = asked.path.removeprefix(self._base)
            self.pages.get(path, self.otherwise)(handler)

    @property
    def asked(self) -> list[Asked]:
        with self._lock:
            return list(self._asked)

    def forget(self) -> None:
        with self._lock:
            self._asked.clear()

    def counts(self) -> Counter:
        """How often each path was asked for, without the base."""
        return Counter(asked.path.removeprefix(self._base) for asked in self.asked)

    @contextlib.contextmanager
    def answering(self, pages: dict):
        """For a while, other answers at some paths."""
        before = dict(self.pages)
        self.pages.update(pages)
        try:
            yield
        finally:
            self.pages = before

    def close(self) -> None:
        self.is_closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> "Neighbour":
        return self

    def __exit__(self, kind, value, trace) -> None:
        self.close()
        assert kind is not None or not self.mistakes, self.mistakes


def _wrap(listener: socket.socket, tls: Pair, clients: Pair | None) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    if clients is not None:
        context.load_verify_locations(clients.certificate)
        context.verify_mode = ssl.CERT_REQUIRED
    return context.wrap_socket(listener, server_side=True, do_handshake_on_connect=False)


@contextlib.contextmanager
def nobody_listens():
    """The origin of a port that refuses connections for as long as this lasts."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
