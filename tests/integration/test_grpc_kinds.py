"""gRPC both ways round against grpc-go and grpcio: the four kinds of calls, and what they carry."""

import base64

import pytest
from grpc_peers import (
    Server,
    Servers,
    all_ok,
    call,
    for_pairs,
    for_pairs_that_end_early,
    status_of,
)

STREAMS = ("ServerStream", "ClientStream", "Bidi")
BIG = 32 << 20
# Around what a frame, a prefix of a message or a window may split.
SIZES = (0, 1, 11, 16378, 16379, 16380, 65530, 65536, 1 << 20)


@pytest.fixture(scope="module")
def servers():
    with Servers() as running:
        yield running


@for_pairs
def test_unary_messages_of_any_size_come_back(servers, client, server):
    for size in SIZES:
        result = call(client, servers[server], size=size)
        assert all_ok(result)
        assert result["bytes"] == size


@for_pairs
def test_32_mib_come_back(servers, client, server):
    result = call(client, servers[server], size=BIG)
    assert all_ok(result)
    assert result["bytes"] == BIG


@for_pairs
def test_32_mib_go_through_streams(servers, client, server):
    result = call(client, servers[server], method="Bidi", size=BIG, count=2)
    assert all_ok(result)
    assert result["bytes"] == 2 * BIG


@for_pairs
def test_servers_stream_many_messages_in_order(servers, client, server):
    result = call(
        client, servers[server], method="ServerStream", size=1000, metadata=[("count", 1000)]
    )
    assert all_ok(result)
    assert result["messages"] == 1000


@for_pairs
def test_clients_stream_many_messages(servers, client, server):
    result = call(client, servers[server], method="ClientStream", size=1000, count=1000)
    assert all_ok(result)
    assert result["last"].replace(" ", "") == '{"messages":1000,"bytes":1000000}'


@for_pairs
def test_both_stream_many_messages_at_the_same_time(servers, client, server):
    result = call(client, servers[server], method="Bidi", size=1000, count=1000)
    assert all_ok(result)
    assert result["messages"] == 1000


@for_pairs
def test_empty_messages_are_messages(servers, client, server):
    result = call(client, servers[server], method="Bidi", size=0, count=100)
    assert all_ok(result)
    assert result["messages"] == 100


@for_pairs
def test_streams_may_have_no_message(servers, client, server):
    for method, messages in (("ServerStream", 0), ("ClientStream", 1), ("Bidi", 0)):
        result = call(client, servers[server], method=method, count=0, metadata=[("count", 0)])
        assert all_ok(result)
        assert result["messages"] == messages


# --- Who ends first ---


@for_pairs
def test_messages_go_to_and_fro_in_turns(servers, client, server):
    result = call(client, servers[server], method="Bidi", size=100, count=100, turns=True)
    assert all_ok(result)
    assert result["messages"] == 100


@for_pairs
def test_servers_answer_after_the_client_has_sent_everything(servers, client, server):
    result = call(
        client, servers[server], method="Bidi", size=100, count=100, metadata=[("late", 1)]
    )
    assert all_ok(result)
    assert result["messages"] == 100


@for_pairs
def test_servers_end_while_the_client_could_still_send(servers, client, server):
    for method, messages in (("ClientStream", 1), ("Bidi", 3)):
        result = call(
            client,
            servers[server],
            method=method,
            size=100,
            count=3,
            keeps_open=True,
            metadata=[("end-after", 3)],
        )
        assert all_ok(result)
        assert result["messages"] == messages


@for_pairs_that_end_early
def test_servers_end_while_the_client_sends(servers, client, server):
    result = call(
        client,
        servers[server],
        method="Bidi",
        size=100_000,
        count=1000,
        metadata=[("end-after", 3)],
    )
    assert all_ok(result)
    assert result["messages"] == 3


@for_pairs_that_end_early
def test_servers_end_before_they_have_read(servers, client, server):
    for method in STREAMS:
        result = call(
            client,
            servers[server],
            method=method,
            size=100,
            keeps_open=True,
            metadata=[("at-once", 1), ("code", 5)],
        )
        assert status_of(result) == "NOT_FOUND"
        assert result["messages"] == 0


# --- Beside the messages ---


def own(entries: list) -> list:
    return [entry for entry in entries if entry[0].startswith(("h-", "t-"))]


@for_pairs
def test_metadata_comes_back_as_it_went(servers, client, server):
    entries = [
        ("text", "a b"),
        ("text", "50%, =,;\"'"),
        ("text", ""),
        ("some.other_name-1", "~"),
        ("long", "x" * 3000),
        ("any-bin", bytes(range(256))),
        ("any-bin", b"\x00"),
        ("any-bin", b"12"),
        ("none-bin", b""),
    ]
    for method in ("Unary", *STREAMS):
        result = call(
            client,
            servers[server],
            method=method,
            metadata=[(f"{kind}-{name}", value) for kind in "ht" for name, value in entries],
        )
        assert all_ok(result)
        for kind, name in (("h", "headers"), ("t", "trailers")):
            assert sorted(own(result[name])) == sorted(shown_entries(kind, entries))


def shown_entries(kind: str, entries: list) -> list:
    """As the line of JSON of a client tells them."""
    return [
        [
            f"{kind}-{name}",
            base64.b64encode(value).decode() if isinstance(value, bytes) else value,
        ]
        for name, value in entries
    ]


# --- Many ---


@for_pairs
def test_a_thousand_calls_run_at_once(client, server):
    with Server(server, max_streams=1000) as one:
        result = call(
            client, one, calls=1000, in_flight=1000, size=100, metadata=[("delay-ms", 500)]
        )
        assert all_ok(result, 1000)
        assert one.state()["most_at_once"] > 500


@for_pairs
def test_calls_wait_where_the_connection_is_full(client, server):
    with Server(server, max_streams=10) as one:
        # grpcio takes fewer than it says, and refuses the others before it has begun with them
        resends = {"resends": True} if (client, server) == ("ours", "python") else {}
        result = call(client, one, calls=100, in_flight=100, metadata=[("delay-ms", 10)], **resends)
        assert all_ok(result, 100)
        assert one.state()["most_at_once"] == 10


@for_pairs
def test_unix_sockets_carry_calls_too(tmp_path, client, server):
    address = f"unix:{tmp_path}/grpc"
    with Server(server, address=address):
        assert all_ok(call(client, address, size=1000, calls=10), 10)
