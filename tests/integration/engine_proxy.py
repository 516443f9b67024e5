"""A socket in front of an engine's own, that does wrong to one request."""

import contextlib
import re
import socket
import threading
import time
from pathlib import Path

REQUEST = re.compile(rb"^[A-Z]+ /\S* HTTP/1\.1\r\n")
FAILURE = (
    b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n"
    b'Content-Length: 27\r\nConnection: close\r\n\r\n{"message":"out of order"}\n'
)


class EngineProxy:
    """`fault` befalls request number `victim`, counted from 1: "reset", "error", or "late", which
    forwards it and loses the answer. "slow" befalls them all."""

    def __init__(self, path: Path, target: Path, fault: str, victim: int = 0):
        self.host = f"unix://{path}"
        self.count = 0
        self._target, self._fault, self._victim = target, fault, victim
        self._lock = threading.Lock()
        self._threads = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(100)

    def __enter__(self) -> "EngineProxy":
        self._threads.append(threading.Thread(target=self._accept))
        self._threads[0].start()
        return self

    def __exit__(self, kind, value, trace) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._serve, args=(client,)))
                self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as engine, contextlib.suppress(OSError):
            engine.connect(str(self._target))
            back = threading.Thread(target=self._copy, args=(engine, client))
            back.start()
            with contextlib.suppress(OSError):
                while data := client.recv(65536):
                    if not self._pass_on(client, engine, data):
                        break
            for end in (engine, client):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            back.join()

    def _pass_on(self, client: socket.socket, engine: socket.socket, data: bytes) -> bool:
        """False: the connection is over."""
        is_victim = False
        if REQUEST.match(data):
            with self._lock:
                self.count += 1
                is_victim = self.count == self._victim
        if self._fault == "slow":
            time.sleep(0.05)
        if is_victim and self._fault == "error":
            client.sendall(FAILURE)
        if is_victim and self._fault == "late":
            client.shutdown(socket.SHUT_RDWR)
            engine.sendall(data)
            time.sleep(0.3)
        if is_victim:
            return False
        engine.sendall(data)
        return True

    @staticmethod
    def _copy(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
