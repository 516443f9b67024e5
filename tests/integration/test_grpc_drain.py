"""gRPC both ways round against grpc-go and grpcio: servers that go away, politely or not."""

import contextlib
import signal
import socket
from collections.abc import Iterator

from grpc_peers import Server, all_ok, call, calling, for_pairs, result_of, status_of
from process import wait_for

CALLS = 1000
CALL_MS = 5
IN_FLIGHT = 20


def is_free(port: int) -> bool:
    """Whether nobody listens there any more."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def successor(name: str, port: int) -> Iterator[Server]:
    """Another server at the port of one that goes away."""
    wait_for(lambda: is_free(port), "that nobody listens there")
    with Server(name, address=f"127.0.0.1:{port}") as server:
        yield server


@for_pairs
def test_a_thousand_calls_survive_a_server_that_goes_away(client, server):
    with (
        Server(server, drain_after=300) as old,
        calling(
            client,
            old,
            calls=CALLS,
            in_flight=IN_FLIGHT,
            waits=True,
            metadata=[("delay-ms", CALL_MS)],
            **({"resends": True} if client == "ours" else {}),
        ) as process,
    ):
        assert old.read_line() == "draining"
        with successor(server, old.port) as new:
            result = result_of(process)
            # grpcio cancels what comes while it goes away, and none of the three sends that again
            cancelled = result["status"].pop("CANCELLED", 0)
            assert cancelled <= (IN_FLIGHT if server == "python" else 0)
            assert all_ok(result, CALLS - cancelled)
            # each was processed once, by the one or by the other
            if not cancelled:
                assert old.last_state()["begun"] + new.state()["begun"] == CALLS


@for_pairs
def test_calls_that_run_end_well_before_the_server_does(client, server):
    with (
        Server(server) as one,
        calling(
            client, one, calls=IN_FLIGHT, in_flight=IN_FLIGHT, metadata=[("delay-ms", 700)]
        ) as process,
    ):
        wait_for(lambda: one.state()["running"] == IN_FLIGHT, "the calls")
        one.tell_to_end()
        wait_for(lambda: is_free(one.port), "that it listens no more")
        assert status_of(call("go", one)) == "UNAVAILABLE"
        assert all_ok(result_of(process), IN_FLIGHT)
        assert one.last_state()["ended"] == {"OK": IN_FLIGHT}


@for_pairs
def test_streams_that_run_end_well_before_the_server_does(client, server):
    with (
        Server(server) as one,
        calling(
            client,
            one,
            method="Bidi",
            size=1000,
            count=100,
            turns=True,
            metadata=[("read-pause-ms", 5)],
        ) as process,
    ):
        wait_for(lambda: one.state()["running"] == 1, "the call")
        one.tell_to_end()
        result = result_of(process)
        assert all_ok(result)
        assert result["messages"] == 100
        one.wait()


@for_pairs
def test_a_server_that_was_killed_and_comes_back_is_found(client, server):
    old = Server(server)
    with calling(
        client,
        old,
        calls=200,
        in_flight=4,
        waits=True,
        metadata=[("delay-ms", CALL_MS)],
    ) as process:
        wait_for(lambda: old.state()["begun"] > 20, "calls")
        old.kill()
        old.wait(-signal.SIGKILL)
        with successor(server, old.port):
            result = result_of(process)
    # none but those that ran is lost, where it is ours; others need a while to see it
    lost = result["status"].get("UNAVAILABLE", 0)
    assert lost <= (4 if client == "ours" else 100)
    assert result["status"]["OK"] == 200 - lost


@for_pairs
def test_calls_wait_for_a_server_that_is_not_there_yet(client, server):
    with Server("go") as one:
        port = one.port
    with (
        calling(client, f"127.0.0.1:{port}", waits=True, deadline_ms=20_000) as process,
        successor(server, port),
    ):
        assert all_ok(result_of(process))
