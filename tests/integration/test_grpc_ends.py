"""gRPC both ways round against grpc-go and grpcio: deadlines and calls that are given up."""

import subprocess

import pytest
from grpc_peers import (
    PROGRAMS,
    Server,
    Servers,
    all_ok,
    call,
    calling,
    for_clients,
    for_pairs,
    result_of,
    run_go,
    status_of,
    words,
)
from process import wait_for

LONG_MS = 20_000
# What is called quick, on a slow machine too.
QUICK_S = 10


@pytest.fixture(scope="module")
def servers():
    with Servers() as running:
        yield running


@for_pairs
def test_deadlines_end_calls_at_both_ends(client, server):
    with Server(server) as one:
        for method in ("Unary", "ServerStream", "ClientStream", "Bidi"):
            result = call(
                client, one, method=method, deadline_ms=200, metadata=[("delay-ms", LONG_MS)]
            )
            assert status_of(result) == "DEADLINE_EXCEEDED"
            assert 0.2 <= result["seconds"] < QUICK_S
            wait_for(one.is_at_rest, "the end at the server")
        assert set(one.state()["ended"]) <= {"CANCELLED", "DEADLINE_EXCEEDED"}


@for_pairs
def test_servers_know_how_much_time_is_left(servers, client, server):
    for deadline_ms in (5000, 3_600_000):
        result = call(client, servers[server], deadline_ms=deadline_ms)
        assert all_ok(result)
        left_ms = int(dict(result["trailers"])["left-ms"])
        assert deadline_ms - QUICK_S * 1000 < left_ms <= deadline_ms


@for_pairs
def test_calls_without_a_deadline_have_none_at_the_server(servers, client, server):
    assert "left-ms" not in dict(call(client, servers[server])["trailers"])


def test_the_server_ends_calls_whose_client_forgets_the_deadline(servers):
    answer = run_go(
        "http", target=servers["ours"].target, timeout="200m", metadata=[("delay-ms", LONG_MS)]
    )
    ending = answer["headers"] | answer["trailers"]
    assert ending["grpc-status"] == "4"


@for_clients
def test_deadlines_end_calls_that_wait_for_a_server(client):
    with Server("go") as one:
        target = one.target
    result = call(client, target, deadline_ms=300, waits=True)
    assert status_of(result) == "DEADLINE_EXCEEDED"


@for_pairs
def test_clients_give_calls_up(client, server):
    with Server(server) as one:
        for method in ("Unary", "ServerStream", "ClientStream", "Bidi"):
            result = call(
                client, one, method=method, cancel_ms=100, metadata=[("delay-ms", LONG_MS)]
            )
            assert status_of(result) == "CANCELLED"
            assert result["seconds"] < QUICK_S
            wait_for(one.is_at_rest, "the end at the server")
        assert set(one.state()["ended"]) == {"CANCELLED"}


@for_pairs
def test_clients_give_calls_up_amid_messages(client, server):
    with Server(server) as one:
        result = call(
            client,
            one,
            method="ServerStream",
            size=10_000,
            cancel_after=5,
            metadata=[("count", 1_000_000)],
        )
        assert status_of(result) == "CANCELLED"
        wait_for(one.is_at_rest, "the end at the server")


@for_pairs
def test_a_call_that_is_given_up_harms_no_other(client, server):
    with Server(server) as one:
        with calling(client, one, calls=200, in_flight=20, metadata=[("delay-ms", 20)]) as others:
            result = call(
                client, one, calls=20, in_flight=20, cancel_ms=50, metadata=[("delay-ms", LONG_MS)]
            )
            assert result["status"] == {"CANCELLED": 20}
            assert all_ok(result_of(others), 200)
        wait_for(one.is_at_rest, "the end of all")


@for_clients
def test_the_server_gives_calls_up(servers, client):
    for method, messages in (("Unary", 0), ("Bidi", 3)):
        result = call(
            client,
            servers["ours"],
            method=method,
            size=10,
            count=3,
            keeps_open=method == "Bidi",
            metadata=[("reset", 1), ("end-after", 3)],
        )
        assert status_of(result) == "CANCELLED"
        assert result["messages"] <= messages


@for_pairs
def test_a_client_that_is_killed_ends_its_calls(client, server):
    with Server(server) as one:
        settings = {"target": one.target, "calls": 20, "in_flight": 20}
        process = subprocess.Popen(
            [*PROGRAMS[client], "client", *words(settings, [("delay-ms", LONG_MS)])]
        )
        wait_for(lambda: one.state()["running"] == 20, "the calls")
        process.kill()
        process.wait()
        wait_for(one.is_at_rest, "the end at the server")
