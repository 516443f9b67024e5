"""gRPC both ways round against grpc-go and grpcio: calls that do not end well."""

import pytest
from grpc_peers import (
    PROGRAMS,
    Process,
    Server,
    Servers,
    all_ok,
    call,
    for_clients,
    for_pairs,
    for_pairs_that_end_early,
    run_go,
    status_of,
)

CODES = (
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
)

ODD_TEXTS = (
    "",
    "100% wrong: %41, %zz, %",
    "two\nlines\r\nand\ta tab",
    " blanks at both ends ",
    "naïve: größe 日本語 🙂",
    '"quoted" \\ and, listed; =',
    "x" * 4000,
)


@pytest.fixture(scope="module")
def servers():
    with Servers() as running:
        yield running


@pytest.fixture(scope="module")
def no_grpc():
    """A server of HTTP/2 that knows nothing of gRPC."""
    with Process(str(PROGRAMS["go"][0]), "http-server") as process:
        yield f"127.0.0.1:{process.port}"


def end_with(code: int, text: str = "") -> list:
    return [("code", code), ("text-bin", text.encode())]


# --- What servers say ---


@for_pairs
def test_every_status_arrives(servers, client, server):
    for number, name in enumerate(CODES, start=1):
        result = call(client, servers[server], metadata=end_with(number, f"the {name}"))
        assert (status_of(result), result["text"]) == (name, f"the {name}")


@for_pairs
def test_odd_messages_arrive_as_they_were(servers, client, server):
    for text in ODD_TEXTS:
        result = call(client, servers[server], metadata=end_with(9, text))
        assert (status_of(result), result["text"]) == ("FAILED_PRECONDITION", text)


@for_pairs
def test_no_control_character_of_a_server_gets_into_a_log(servers, client, server):
    result = call(client, servers[server], metadata=end_with(9, "a\x01\x7fb"))
    assert status_of(result) == "FAILED_PRECONDITION"
    assert result["text"] == ("a\ufffd\ufffdb" if client == "ours" else "a\x01\x7fb")


@for_pairs
def test_a_status_comes_behind_messages(servers, client, server):
    result = call(
        client,
        servers[server],
        method="ServerStream",
        size=100,
        metadata=[("count", 3), ("t-last", "word"), *end_with(10, "enough")],
    )
    assert (status_of(result), result["text"]) == ("ABORTED", "enough")
    assert result["messages"] == 3
    assert ["t-last", "word"] in result["trailers"]


@for_pairs_that_end_early
def test_a_status_comes_alone_with_its_metadata(servers, client, server):
    for method in ("Unary", "ServerStream", "ClientStream", "Bidi"):
        result = call(
            client,
            servers[server],
            method=method,
            metadata=[("at-once", 1), ("t-last", "word"), *end_with(7, "no")],
        )
        assert (status_of(result), result["text"]) == ("PERMISSION_DENIED", "no")
        assert ["t-last", "word"] in result["trailers"]


@for_pairs
def test_unknown_methods_are_unimplemented(servers, client, server):
    for path in ("/test.Echo/Nothing", "/test.Nothing/Unary", "/x"):
        assert status_of(call(client, servers[server], method=path)) == "UNIMPLEMENTED"


# --- What is refused ---


@for_pairs
def test_servers_refuse_messages_over_their_limit(client, server):
    with Server(server, max_message=1000) as one:
        for method in ("Unary", "ClientStream", "Bidi"):
            result = call(client, one, method=method, size=1001, count=1)
            assert status_of(result) == "RESOURCE_EXHAUSTED"
        assert all_ok(call(client, one, size=1000))


@for_pairs
def test_clients_refuse_messages_over_their_limit(servers, client, server):
    for method in ("Unary", "ServerStream"):
        result = call(
            client,
            servers[server],
            method=method,
            max_message=1000,
            metadata=[("size", 1001)],
            checks=False,
        )
        assert status_of(result) == "RESOURCE_EXHAUSTED"
    assert all_ok(call(client, servers[server], size=1000, max_message=1000))


@pytest.mark.parametrize("client", ["go", "python"])
def test_compressed_requests_are_unimplemented(servers, client):
    result = call(client, servers["ours"], size=1000, gzip=True)
    assert status_of(result) == "UNIMPLEMENTED"
    assert "compress" in result["text"]


@pytest.mark.parametrize("content_type", ["application/grpc", "application/grpc+proto"])
def test_both_content_types_are_served(servers, content_type):
    answer = run_go("http", target=servers["ours"].target, content_type=content_type)
    assert answer["status"] == 200
    assert answer["trailers"]["grpc-status"] == "0"
    assert answer["headers"]["content-type"].startswith("application/grpc")


@pytest.mark.parametrize("content_type", ["", "application/json", "application/grpcs"])
def test_other_content_types_are_refused(servers, content_type):
    answer = run_go("http", target=servers["ours"].target, content_type=content_type)
    assert answer["status"] == 415


def test_the_server_names_what_it_can_decompress(servers):
    answer = run_go("http", target=servers["ours"].target)
    assert answer["headers"]["grpc-accept-encoding"] == "identity"


# --- What servers do that do not know gRPC ---


@for_clients
@pytest.mark.parametrize(
    ("http", "status"),
    [
        (400, "INTERNAL"),
        (401, "UNAUTHENTICATED"),
        (403, "PERMISSION_DENIED"),
        (404, "UNIMPLEMENTED"),
        (429, "UNAVAILABLE"),
        (502, "UNAVAILABLE"),
        (503, "UNAVAILABLE"),
        (504, "UNAVAILABLE"),
        (418, "UNKNOWN"),
        (500, "UNKNOWN"),
    ],
)
def test_an_http_status_stands_for_the_missing_one(no_grpc, client, http, status):
    result = call(client, no_grpc, metadata=[("http-status", http), ("answer-type", "text/html")])
    assert status_of(result) == status


@for_clients
def test_success_without_a_grpc_status_is_unknown(no_grpc, client):
    result = call(client, no_grpc, metadata=[("answer-type", "text/html"), ("body", "<p>")])
    assert status_of(result) == "UNKNOWN"


@for_clients
def test_a_grpc_status_counts_whoever_sends_it(no_grpc, client):
    result = call(client, no_grpc, metadata=[("t-grpc-status", 6), ("t-grpc-message", "a%2cb")])
    assert (status_of(result), result["text"]) == ("ALREADY_EXISTS", "a,b")


@pytest.mark.parametrize("client", ["ours", "go"])  # grpcio gives None in place of the message
def test_a_status_without_the_message_is_no_success(no_grpc, client):
    result = call(client, no_grpc, metadata=[("t-grpc-status", 0)])
    assert status_of(result) in ("UNIMPLEMENTED", "INTERNAL")


@for_clients
def test_calls_that_do_not_wait_fail_at_once_where_nobody_listens(client):
    with Server("go") as one:
        target = one.target
    result = call(client, target)
    assert status_of(result) == "UNAVAILABLE"
    assert result["seconds"] < 5
