"""A neighbour that answers as told, to the byte: for faults that no HTTP library would make."""

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from process import PATIENCE_S


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int  # number of the connection it came on
    number: int  # of the request, over all connections


@dataclass
class Wire:
    """What a behaviour may do with the connection of a request."""

    socket: socket.socket
    neighbour: "Neighbour"

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self, status: int = 200, body: bytes = b"", **headers) -> None:
        headers = {"Content-Length": str(len(body))} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.send(f"HTTP/1.1 {status} Text\r\n{head}\r\n".encode() + body)

    def reset(self) -> None:
        """Close so that the other side is told of an error."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        raise ConnectionAbortedError

    def close(self) -> None:
        raise ConnectionAbortedError

    def wait(self, seconds: float = PATIENCE_S) -> None:
        """Wait, but not beyond the end of the test."""
        self.neighbour.is_over.wait(seconds)


Behaviour = Callable[[Wire, Request], None]


@dataclass
class Neighbour:
    """Runs `behaviour` for each request. A connection stays open until that raises."""

    behaviour: Behaviour
    tls: ssl.SSLContext | None = None
    unix: str | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    most_at_once: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Neighbour":
        self._lock = threading.Lock()
        self._at_once = 0
        if self.unix:
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(self.unix)
            self._listener.listen(200)
        else:
            self._listener = socket.create_server(("127.0.0.1", 0), backlog=200)
            self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        return self

    def __exit__(self, kind, value, trace) -> None:
        self.is_over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(sock, self.connections))
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket, connection: int) -> None:
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
                stack.enter_context(sock)
                sock.settimeout(PATIENCE_S)
                if self.tls:
                    sock = self.tls.wrap_socket(sock, server_side=True)
                    stack.enter_context(sock)
                self._converse(sock, connection)
        finally:
            with self._lock:
                self._at_once -= 1

    def _converse(self, sock: socket.socket, connection: int) -> None:
        sock.settimeout(0.1)
        data = b""
        while True:
            while not (request := self._parse(data)):
                try:
                    piece = sock.recv(65536)
                except TimeoutError:
                    if self.is_over.is_set():
                        return
                    continue
                if not piece or not (data + piece)[:1].isalpha():
                    return
                data += piece
            data = data[request.pop("size") :]
            with self._lock:
                told = Request(connection=connection, number=len(self.requests) + 1, **request)
                self.requests.append(told)
            self.behaviour(Wire(sock, self), told)

    @staticmethod
    def _parse(data: bytes) -> dict | None:
        """The first request in `data`, once it is whole."""
        head, end, rest = data.partition(b"\r\n\r\n")
        if not end:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value for name, value in re.findall(r"([^:]+): ?(.*)", "\n".join(lines))
        }
        headers = {name.strip(): value for name, value in headers.items()}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return None
        method, target, _ = first.split(" ")
        return {
            "method": method,
            "target": target,
            "headers": headers,
            "body": rest[:length],
            "size": len(head) + 4 + length,
        }
