"""HTTP servers in the place of a catalogue and of a playground server.

A site answers by path: with a page, or as a server that is broken.
"""

import base64
import contextlib
import json
import socket
import ssl
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from certificates import Pair
from neighbour import Neighbour, Request, Wire

# An endless answer is given up after so many bytes: more than any limit of the programs.
FAR_TOO_MANY_BYTES = 512 * 1024 * 1024


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@dataclass(frozen=True)
class Page:
    """An answer as it should be; what is no text and no bytes is sent as JSON."""

    body: bytes | str | dict | list = b""
    status: int = 200
    headers: dict = field(default_factory=dict)

    def __call__(self, wire: Wire, request: Request) -> None:
        body = self.body
        if isinstance(body, dict | list):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        wire.answer(self.status, body, **self.headers)


# What an id that nobody has gets (contract, section 2).
NOBODY = Page()

HALF_AN_ANSWER = b'HTTP/1.1 200 Text\r\nContent-Length: 1000\r\n\r\n{"name": "hal'


def resets(wire: Wire, request: Request) -> None:
    """The connection breaks instead of an answer."""
    wire.reset()


def hangs_up(wire: Wire, request: Request) -> None:
    """The connection is closed politely, without an answer."""
    wire.close()


def is_silent(wire: Wire, request: Request) -> None:
    """No answer, until all is over."""
    wire.wait()
    wire.close()


def drips(wire: Wire, request: Request) -> None:
    """An answer that comes a byte at a time and never ends."""
    wire.send(HALF_AN_ANSWER)
    while not wire.neighbour.is_over.wait(0.05):
        wire.send(b" ")


def stops_halfway(wire: Wire, request: Request) -> None:
    wire.send(HALF_AN_ANSWER)
    wire.close()


def is_endless(wire: Wire, request: Request) -> None:
    """A body without a length and without an end."""
    wire.send(b"HTTP/1.1 200 Text\r\nConnection: close\r\n\r\n")
    for _ in range(FAR_TOO_MANY_BYTES // 65536):
        wire.send(b" " * 65536)


def speaks_no_http(wire: Wire, request: Request) -> None:
    wire.send(b"220 mail.example ESMTP\r\n")
    wire.close()


def server_context(tls: Pair, clients: Pair | None = None) -> ssl.SSLContext:
    """For a server with a certificate; with `clients` they need one that it has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    if clients is not None:
        context.load_verify_locations(clients.certificate)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


class Site:
    """A server at `url`. `pages` says by path what it answers, `otherwise` what to the rest."""

    def __init__(self, base: str = "", authorization: str | None = None,
                 tls: ssl.SSLContext | None = None):  # fmt: skip
        self.pages = {}
        self.otherwise = NOBODY
        self.authorization = authorization
        self.delay_s = 0.0
        self._base = base
        self._lock = threading.Lock()
        self._asked: list[Request] = []
        self._neighbour = Neighbour(self._answer, tls)

    @property
    def origin(self) -> str:
        return self._neighbour.url

    @property
    def url(self) -> str:
        return self.origin + self._base

    def _answer(self, wire: Wire, request: Request) -> None:
        with self._lock:
            self._asked.append(request)
        if self.delay_s:
            time.sleep(self.delay_s)
        if self.authorization not in (None, request.headers.get("authorization")):
            Page("who are you?", 401)(wire, request)
        else:
            self.pages.get(self._path(request), self.otherwise)(wire, request)

    def _path(self, request: Request) -> str:
        return request.target.removeprefix(self._base)

    @property
    def asked(self) -> list[Request]:
        with self._lock:
            return list(self._asked)

    def forget(self) -> None:
        with self._lock:
            self._asked.clear()

    def counts(self) -> Counter:
        """How often each path was asked for, without the base."""
        return Counter(map(self._path, self.asked))

    @contextlib.contextmanager
    def answering(self, pages: dict):
        """For a while, other answers at some paths."""
        before = dict(self.pages)
        self.pages.update(pages)
        try:
            yield
        finally:
            self.pages = before

    def __enter__(self) -> "Site":
        self._neighbour.__enter__()
        return self

    def __exit__(self, *why) -> None:
        self._neighbour.__exit__(*why)


@contextlib.contextmanager
def nobody_listens():
    """The origin of a port that refuses connections for as long as this lasts."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
