"""gRPC both ways round against grpc-go and grpcio: who does not read stops who writes, and nobody
else; and what waits is not kept in memory."""

import contextlib
import threading
from collections.abc import Iterator

import pytest
from grpc_peers import Server, all_ok, call, calling, for_pairs, result_of, rss_anon_kib

MIB = 1 << 20
# What may wait at either end of a stream, the sanitizers' own memory with it, in KiB.
FLAT_KIB = 24 * 1024
# What would flow if nobody stopped it.
FLOOD = {"size": 64 * 1024, "messages": 4096}


class Peak:
    """The most memory of its own that a process has while something goes on."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._is_over = threading.Event()
        self.began_kib = self.kib = rss_anon_kib(pid)

    def watch(self) -> None:
        while not self._is_over.wait(0.002):
            # the process may be gone already
            with contextlib.suppress(OSError, AttributeError):
                self.kib = max(self.kib, rss_anon_kib(self._pid))

    def end(self) -> None:
        self._is_over.set()

    @property
    def grown_kib(self) -> int:
        return self.kib - self.began_kib


@contextlib.contextmanager
def peak_of(pid: int) -> Iterator[Peak]:
    peak = Peak(pid)
    thread = threading.Thread(target=peak.watch)
    thread.start()
    try:
        yield peak
    finally:
        peak.end()
        thread.join()


@contextlib.contextmanager
def is_flat(name: str, pid: int) -> Iterator[None]:
    """The process keeps little of what goes on; what others keep is theirs."""
    with peak_of(pid) as peak:
        yield
    assert name != "ours" or peak.grown_kib < FLAT_KIB


@for_pairs
def test_a_client_that_does_not_read_stops_that_stream_alone(client, server):
    with (
        Server(server) as one,
        is_flat(server, one.pid),
        calling(
            client,
            one,
            stalled="ServerStream",
            stalled_metadata=[("count", FLOOD["messages"]), ("size", FLOOD["size"])],
            calls=200,
            in_flight=10,
            size=10_000,
        ) as process,
        is_flat(client, process.pid),
    ):
        assert all_ok(result_of(process), 200)
        # the stream stands there still, with the connection open to everybody else
        assert one.state()["running"] == 1
        assert all_ok(call(client, one, calls=10, size=10_000), 10)


@for_pairs
@pytest.mark.parametrize("method", ["ClientStream", "Bidi"])
def test_a_server_that_does_not_read_stops_that_stream_alone(client, server, method):
    with (
        Server(server) as one,
        is_flat(server, one.pid),
        calling(
            client,
            one,
            stalled=method,
            stalled_size=FLOOD["size"],
            stalled_metadata=[("stop-reading", 1)],
            calls=200,
            in_flight=10,
            size=10_000,
        ) as process,
        is_flat(client, process.pid),
    ):
        assert all_ok(result_of(process), 200)
        assert one.state()["running"] == 1


@pytest.mark.parametrize("client", ["ours", "go", "python"])
def test_the_server_keeps_little_for_slow_readers(client):
    count = 200
    with (
        Server("ours") as one,
        is_flat("ours", one.pid),
        calling(
            client,
            one,
            method="ServerStream",
            read_pause_ms=1,
            checks=False,
            metadata=[("count", count), ("size", MIB)],
        ) as process,
    ):
        result = result_of(process)
    assert all_ok(result)
    assert result["bytes"] == count * MIB


@pytest.mark.parametrize("server", ["ours", "go", "python"])
def test_the_client_keeps_little_for_slow_readers(server):
    count = 200
    with (
        Server(server) as one,
        calling(
            "ours",
            one,
            method="ClientStream",
            size=MIB,
            count=count,
            metadata=[("read-pause-ms", 1)],
        ) as process,
        is_flat("ours", process.pid),
    ):
        result = result_of(process)
    assert all_ok(result)
    assert f"{count * MIB}" in result["last"]
