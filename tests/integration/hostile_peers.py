"""What the tests with hostile peers of the room grpc share: what they send, what it may cost."""

import contextlib
import os
import threading
from pathlib import Path

import http2_frames as h2
from http2_frames import Connection

# As in grpc/grpc.h.
MAX_HEADER_BYTES = 16384

# What an attack may leave behind in memory, and what it may need: far below what it sends.
LEFT_BYTES = 24 * 1024 * 1024
FLOOD_BYTES = 64 * 1024 * 1024

# The sanitizer keeps what was freed, to see who uses it; here that would hide what is measured.
LEAN = {
    "ASAN_OPTIONS": f"{os.environ.get('ASAN_OPTIONS', '')}"
    ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0"
}

GREETING = h2.message(b"hello")
UNARY, MANY, PUSHED = "/test.Echo/Unary", "/test.Echo/Bidi", "/test.Echo/ServerStream"
BLOCK = h2.write_block(h2.request(UNARY))


def anonymous_bytes(pid: int) -> int:
    """Of memory; 0 when it has ended."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        if "RssAnon:" in status:
            return int(status.split("RssAnon:")[1].split()[0]) * 1024
    return 0


def call(stream: int, *more: tuple, path: str = UNARY, flags: int = 0) -> bytes:
    return h2.headers(stream, h2.request(path, *more), flags)


def lines_of(size: int) -> list[tuple]:
    """Header lines that count so many bytes, at least."""
    return [(f"x-{i}", "v" * 1000) for i in range(size // 1032 + 1)]


def flood(client: Connection, piece: bytes, most: int = FLOOD_BYTES) -> None:
    """Until all is sent, or the server does not read any more, or has had enough."""
    client.sock.settimeout(2)
    with contextlib.suppress(TimeoutError):
        for _ in range(most // len(piece)):
            if not client.send(piece):
                return


@contextlib.contextmanager
def bounded(pid: int, most: int = LEFT_BYTES):
    """Watches the memory meanwhile."""
    before, worst, is_over = anonymous_bytes(pid), [0], threading.Event()

    def watch() -> None:
        while not is_over.wait(0.01):
            worst[0] = max(worst[0], anonymous_bytes(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()
    assert worst[0] < before + most, f"{before} bytes have become {worst[0]}"
