"""The room fetch, through tests/programs/fetch-cat: neighbours that answer well, badly or never."""

import json
import os
import socket
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass

import pytest
from certificates import make_authority, make_certificate
from conftest import BUILD, SANITIZER_WORDS
from neighbour import Neighbour

MAX_PER_HOST = 64
MAX_HEADER_BYTES = 65536
SECRET = "planted-5ecret"

# With a sanitizer everything takes longer.
SLOWNESS = 1 if BUILD.name == "release" else 4


@dataclass(frozen=True)
class Fetched:
    """A line of fetch-cat."""

    url: int
    status: int
    len: int
    type: str | None
    location: str | None
    body: str | None
    code: str
    message: str


def fetch(*urls: str, env: dict | None = None, **settings) -> list[Fetched]:
    """Fetch all; in the order of the URLs."""
    words = [f"{name}={value}" for name, value in settings.items()]
    done = subprocess.run(
        [BUILD / "bin/fetch-cat", *words, "--", *urls],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=os.environ | (env or {}),
    )
    assert not any(word in done.stderr for word in SANITIZER_WORDS), done.stderr
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = [Fetched(**json.loads(line)) for line in done.stdout.splitlines()]
    return sorted(lines, key=lambda line: line.url)


def fetch_one(url: str, **settings) -> Fetched:
    (line,) = fetch(url, **settings)
    return line


def answer_ok(wire, request):
    wire.answer(body=b"hello", Content_Type="text/plain")


# What is sent


def test_a_get_is_plain_and_names_the_program():
    with Neighbour(answer_ok) as neighbour:
        line = fetch_one(f"{neighbour.url}/a%20b?c=d")
    assert (line.status, line.body, line.type, line.code) == (200, "hello", "text/plain", "ok")
    (request,) = neighbour.requests
    assert (request.method, request.target, request.body) == ("GET", "/a%20b?c=d", b"")
    assert request.headers == {
        "host": f"127.0.0.1:{neighbour.port}",
        "user-agent": "fetch-cat/1",
        "accept": "*/*",
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_body_is_sent_with_its_type(method):
    with Neighbour(answer_ok) as neighbour:
        settings = {"body": '{"a":1}', "body_type": "application/json", "header": "X-Mine: é"}
        assert fetch_one(neighbour.url, method=method, **settings).status == 200
    (request,) = neighbour.requests
    assert (request.method, request.body) == (method, b'{"a":1}')
    assert request.headers["content-type"] == "application/json"
    assert request.headers["x-mine"].encode("latin-1").decode() == "é"
    assert "expect" not in request.headers


def test_a_big_body_is_sent_without_waiting():
    with Neighbour(answer_ok) as neighbour:
        began = time.monotonic()
        line = fetch_one(neighbour.url, method="POST", body_bytes=5_000_000)
        assert time.monotonic() - began < 1 * SLOWNESS
    assert line.status == 200
    assert neighbour.requests[0].body == bytes(5_000_000)


def test_a_post_without_a_body_says_so():
    with Neighbour(answer_ok) as neighbour:
        fetch_one(neighbour.url, method="POST")
        fetch_one(neighbour.url, method="DELETE")
    post, delete = neighbour.requests
    assert (post.method, post.headers["content-length"]) == ("POST", "0")
    assert "content-type" not in post.headers
    assert (delete.method, "content-length" in delete.headers) == ("DELETE", False)


def test_who_we_are_is_told_at_once():
    with Neighbour(answer_ok) as neighbour:
        fetch_one(neighbour.url, user="ccds", password=SECRET)
        fetch_one(neighbour.url, bearer=SECRET)
    assert [request.headers["authorization"] for request in neighbour.requests] == [
        "Basic Y2NkczpwbGFudGVkLTVlY3JldA==",
        f"Bearer {SECRET}",
    ]


def test_a_refusal_of_who_we_are_is_an_answer():
    def refuse(wire, request):
        wire.answer(401, WWW_Authenticate='Basic realm="x"')

    with Neighbour(refuse) as neighbour:
        assert fetch_one(neighbour.url, user="u", password="p", retries=3).status == 401
        assert fetch_one(neighbour.url, bearer="b", retries=3).status == 401
    assert len(neighbour.requests) == 2


def test_head_has_a_length_and_no_body():
    with Neighbour(lambda wire, request: wire.answer(Content_Length="99999999")) as neighbour:
        line = fetch_one(neighbour.url, method="HEAD", max_bytes=10)
    assert (line.status, line.len, line.body) == (200, 0, "")


def test_a_header_line_with_a_line_end_is_not_sent():
    with Neighbour(answer_ok) as neighbour:
        for line in ["A: b\r\nC: d", "A: b\nC: d", "A: b\r"]:
            got = fetch_one(neighbour.url, header=line)
            assert (got.code, got.status) == ("internal", 0)
    assert neighbour.requests == []


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1", "", "//x/"])
def test_only_http_is_spoken(url):
    got = fetch_one(url)
    assert (got.code, got.status) == ("internal", 0)
    assert "http://" in got.message


def test_nothing_is_taken_from_the_environment(tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login who password what\n")
    with Neighbour(answer_ok) as neighbour, Neighbour(answer_ok) as proxy:
        env = {"HOME": str(tmp_path), "http_proxy": proxy.url, "ALL_PROXY": proxy.url}
        (line,) = fetch(neighbour.url, env=env)
    assert line.status == 200
    assert proxy.connections == 0
    assert "authorization" not in neighbour.requests[0].headers


def test_a_unix_socket_in_the_place_of_the_host(tmp_path):
    with Neighbour(answer_ok, unix=str(tmp_path / "socket")) as neighbour:
        line = fetch_one("http://docker/_ping", socket=neighbour.unix)
    assert line.body == "hello"
    assert neighbour.requests[0].headers["host"] == "docker"


# What comes back


@pytest.mark.parametrize("status", [200, 201, 204, 304, 400, 404, 409, 418, 500])
def test_any_status_is_an_answer(status):
    with Neighbour(lambda wire, request: wire.answer(status)) as neighbour:
        line = fetch_one(neighbour.url, retries=2)
    assert (line.status, line.code, line.body) == (status, "ok", "")
    assert len(neighbour.requests) == 1


def test_a_redirect_is_told_and_not_followed():
    with Neighbour(answer_ok) as elsewhere:

        def redirect(wire, request):
            wire.answer(302, Location=f"{elsewhere.url}/x")

        with Neighbour(redirect) as neighbour:
            line = fetch_one(neighbour.url, bearer=SECRET)
    assert (line.status, line.location) == (302, f"{elsewhere.url}/x")
    assert elsewhere.requests == []


def test_chunks_are_put_together():
    def answer(wire, request):
        wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        wire.send(b"6;x=y\r\n world\r\n0\r\nTrailer: t\r\n\r\n")

    with Neighbour(answer) as neighbour:
        assert fetch_one(neighbour.url).body == "hello world"


def test_an_answer_may_end_with_the_connection():
    def answer(wire, request):
        wire.send(b"HTTP/1.0 200 OK\r\n\r\nhello")
        wire.close()

    with Neighbour(answer) as neighbour:
        assert fetch_one(neighbour.url).body == "hello"


def test_words_on_the_way_are_passed_over():
    def answer(wire, request):
        wire.send(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
        wire.answer(body=b"hello")

    with Neighbour(answer) as neighbour:
        line = fetch_one(neighbour.url)
    assert (line.status, line.body) == (200, "hello")


def test_what_is_behind_the_announced_length_is_not_part_of_it():
    def answer(wire, request):
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, and more")
        wire.close()

    with Neighbour(answer) as neighbour:
        assert fetch_one(neighbour.url).body == "hello"


@pytest.mark.parametrize("is_chunked", [False, True])
def test_an_answer_as_long_as_may_be_is_taken_and_a_longer_one_is_not(is_chunked):
    def answer(wire, request):
        size = int(request.target[1:])
        if not is_chunked:
            wire.answer(body=b"x" * size)
            return
        wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        wire.send(b"%x\r\n%s\r\n0\r\n\r\n" % (size, b"x" * size))

    with Neighbour(answer) as neighbour:
        taken, refused = fetch(
            f"{neighbour.url}/100000", f"{neighbour.url}/100001", max_bytes=100000
        )
    assert (taken.status, taken.len) == (200, 100000)
    assert (refused.status, refused.code) == (0, "bad_gateway")
    assert "over the limit" in refused.message


# Faults


def refused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def endless(wire, piece: bytes) -> None:
    while not wire.neighbour.is_over.is_set():
        wire.send(piece)


def half_head(wire, request):
    wire.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    wire.close()


def only_a_hint(wire, request):
    wire.send(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
    wire.close()


def a_hint_and_a_half(wire, request):
    wire.send(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n")
    wire.close()


def only_a_status(wire, request):
    wire.send(b"HTTP/1.1 200 OK")
    wire.close()


def half_body(wire, request):
    wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello")
    wire.close()


def half_chunk(wire, request):
    wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\nhello")
    wire.close()


def no_last_chunk(wire, request):
    wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    wire.close()


def reset_in_body(wire, request):
    wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello")
    wire.wait(0.1)
    wire.reset()


def no_chunk(wire, request):
    wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello")
    wire.close()


def not_http(wire, request):
    wire.send(b"SSH-2.0-OpenSSH_9.2\r\n")
    wire.close()


def two_lengths(wire, request):
    wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello")
    wire.close()


def endless_body(wire, request):
    wire.send(b"HTTP/1.1 200 OK\r\n\r\n")
    endless(wire, b"x" * 65536)


def endless_headers(wire, request):
    wire.send(b"HTTP/1.1 200 OK\r\n")
    endless(wire, b"X-Header: " + b"y" * 1000 + b"\r\n")


def endless_header_line(wire, request):
    wire.send(b"HTTP/1.1 200 OK\r\nX: ")
    endless(wire, b"y" * 65536)


def endless_hints(wire, request):
    endless(wire, b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")


@pytest.mark.parametrize(
    "fault",
    [
        lambda wire, request: wire.close(),
        lambda wire, request: wire.reset(),
        half_head,
        only_a_hint,
        a_hint_and_a_half,
        only_a_status,
        half_body,
        half_chunk,
        no_last_chunk,
        reset_in_body,
        no_chunk,
        not_http,
        two_lengths,
        endless_body,
        endless_headers,
        endless_header_line,
        endless_hints,
    ],
    ids=lambda fault: getattr(fault, "__name__", "fault"),
)
def test_what_is_no_whole_answer_is_a_fault_of_the_neighbour(fault):
    with Neighbour(fault) as neighbour:
        began = time.monotonic()
        line = fetch_one(f"{neighbour.url}/path?token={SECRET}", deadline_ms=20000, bearer=SECRET)
        assert time.monotonic() - began < 5
    assert (line.code, line.status, line.len, line.body) == ("bad_gateway", 0, 0, None)
    assert line.message.startswith(f"{neighbour.url}/path: ")
    assert SECRET not in line.message


def test_a_neighbour_that_is_not_there_is_told():
    port = refused_port()
    line = fetch_one(f"http://who:{SECRET}@127.0.0.1:{port}/a?b={SECRET}#c")
    assert line.code == "bad_gateway"
    assert line.message.startswith(f"http://127.0.0.1:{port}/a: ")
    assert SECRET not in line.message


def test_a_host_without_an_address_is_told():
    line = fetch_one("http://no-such-host.invalid/a", deadline_ms=30000)
    assert line.code in ("bad_gateway", "timeout")  # some resolvers never answer
    assert line.message.startswith("http://no-such-host.invalid/a: ")


def silent(wire, request):
    wire.wait()


def slow_head(wire, request):
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello":
        wire.send(bytes([byte]))
        wire.wait(0.1)


def slow_body(wire, request):
    wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        wire.send(b"x")
        wire.wait(0.05)


def slow_forever(wire, request):
    wire.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while not wire.neighbour.is_over.is_set():
        wire.send(b"x")
        wire.wait(0.05)


@pytest.mark.parametrize("fault", [silent, slow_head, slow_body, slow_forever])
@pytest.mark.parametrize("retries", [0, 5])
def test_a_deadline_holds_whatever_the_neighbour_does(fault, retries):
    with Neighbour(fault) as neighbour:
        began = time.monotonic()
        line = fetch_one(f"{neighbour.url}/slow", deadline_ms=500, retries=retries)
        took = time.monotonic() - began
    assert (line.code, line.status) == ("timeout", 0)
    assert line.message == f"{neighbour.url}/slow: no answer in time"
    assert 0.5 <= took < 0.5 + 0.5 * SLOWNESS
    assert len(neighbour.requests) == 1


def test_a_neighbour_that_never_accepts_is_too_slow():
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
        line = fetch_one(f"http://127.0.0.1:{port}/", deadline_ms=500)
        for sock in waiting:
            sock.close()
    assert line.code == "timeout"


# Tries


def bad_then_good(bad: int, make_bad):
    def behave(wire, request):
        if request.number <= bad:
            make_bad(wire)
        else:
            wire.answer(body=b"at last")

    return behave


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_passing_failure_is_tried_again(status):
    with Neighbour(bad_then_good(2, lambda wire: wire.answer(status, b"no"))) as neighbour:
        line = fetch_one(neighbour.url, retries=2)
    assert (line.status, line.body) == (200, "at last")
    assert len(neighbour.requests) == 3


def test_a_lost_answer_is_tried_again():
    for fault in [lambda wire: wire.close(), lambda wire: wire.reset()]:
        with Neighbour(bad_then_good(1, fault)) as neighbour:
            assert fetch_one(neighbour.url, retries=1).body == "at last"
        assert len(neighbour.requests) == 2


def test_the_last_answer_counts_when_no_try_is_left():
    with Neighbour(lambda wire, request: wire.answer(503, b"busy")) as neighbour:
        line = fetch_one(neighbour.url, retries=1)
    assert (line.status, line.body, line.code) == (503, "busy", "ok")
    assert len(neighbour.requests) == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_changes_something_is_never_tried_again(method):
    with Neighbour(lambda wire, request: wire.answer(503)) as neighbour:
        assert fetch_one(neighbour.url, method=method, body="x", retries=5).status == 503
    assert len(neighbour.requests) == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_what_does_no_more_when_done_twice_is_tried_again(method):
    def cut(wire):
        wire.answer(body=b"half", Content_Length="8")
        wire.close()

    busy = [lambda wire, code=code: wire.answer(code, b"no") for code in (429, 500)]
    for fault in [*busy, cut, lambda wire: wire.reset()]:
        with Neighbour(bad_then_good(1, fault)) as neighbour:
            line = fetch_one(neighbour.url, method=method, body="x", retries=1, repeatable=1)
        assert (line.status, line.body) == (200, "at last")
        assert [request.body for request in neighbour.requests] == [b"x", b"x"]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("body", ["", "x", "x" * 100_000])
def test_nothing_is_sent_twice_over_a_connection_that_has_died(method, body):
    """The second request meets a kept connection whose end is already closed for it."""

    def die_at_the_second(wire, request):
        if request.number == 2:
            wire.close()
        wire.answer(body=b"done")

    with Neighbour(die_at_the_second) as neighbour:
        lines = fetch(neighbour.url, method=method, body=body, rounds=2)
    assert sorted(line.code for line in lines) == ["bad_gateway", "ok"]
    lost = next(line for line in lines if line.code == "bad_gateway")
    assert "may have happened" in lost.message
    assert [request.connection for request in neighbour.requests] == [1, 1]


def test_a_get_over_a_connection_that_has_died_is_sent_again():
    def die_at_the_second(wire, request):
        if request.number == 2:
            wire.close()
        wire.answer(body=b"done")

    with Neighbour(die_at_the_second) as neighbour:
        assert [line.code for line in fetch(neighbour.url, rounds=2)] == ["ok", "ok"]
    assert [request.connection for request in neighbour.requests] == [1, 1, 2]


def test_what_must_not_be_sent_twice_gets_no_old_connection():
    with Neighbour(answer_ok) as neighbour:
        lines = fetch(neighbour.url, method="POST", body="x", rounds=2, pause_ms=2500)
    assert [line.code for line in lines] == ["ok", "ok"]
    assert [request.connection for request in neighbour.requests] == [1, 2]


def test_retry_after_is_obeyed_within_the_deadline():
    def busy(wire):
        wire.answer(503, Retry_After="1")

    with Neighbour(bad_then_good(1, busy)) as neighbour:
        began = time.monotonic()
        assert fetch_one(neighbour.url, retries=3).body == "at last"
        assert time.monotonic() - began >= 1

    with Neighbour(lambda wire, request: wire.answer(503, Retry_After="5")) as neighbour:
        began = time.monotonic()
        assert fetch_one(neighbour.url, retries=3, deadline_ms=2000).status == 503
        assert time.monotonic() - began < 2
    assert len(neighbour.requests) == 1


# Many at once


def test_requests_of_one_call_run_at_the_same_time():
    def slow(wire, request):
        wire.wait(0.3)
        wire.answer(body=request.target.encode())

    with Neighbour(slow) as neighbour:
        began = time.monotonic()
        lines = fetch(*[f"{neighbour.url}/{i}" for i in range(40)])
        assert time.monotonic() - began < 0.3 * 4 + SLOWNESS
    assert [line.body for line in lines] == [f"/{i}" for i in range(40)]


def test_connections_are_kept_and_shared():
    with Neighbour(lambda wire, request: wire.answer(body=request.target.encode())) as neighbour:
        lines = fetch(*[f"{neighbour.url}/{i}" for i in range(8)], rounds=50)
    assert len(lines) == 400
    assert all(line.body == f"/{line.url}" for line in lines)
    assert neighbour.connections <= 16


def test_one_neighbour_gets_so_many_connections_and_no_more():
    def answer(wire, request):
        wire.wait(0.01)
        wire.answer(body=request.target.encode())

    with Neighbour(answer) as neighbour:
        lines = fetch(*[f"{neighbour.url}/{i}" for i in range(500)], deadline_ms=60000)
    assert [line.body for line in lines] == [f"/{i}" for i in range(500)]
    assert neighbour.most_at_once <= MAX_PER_HOST


def test_a_deadline_holds_for_what_waits_for_a_connection():
    with Neighbour(silent) as neighbour:
        began = time.monotonic()
        lines = fetch(*[f"{neighbour.url}/{i}" for i in range(3 * MAX_PER_HOST)], deadline_ms=700)
        took = time.monotonic() - began
    assert {line.code for line in lines} == {"timeout"}
    assert took < 0.7 + SLOWNESS


def test_threads_share_one_loop():
    with Neighbour(lambda wire, request: wire.answer(body=request.target.encode())) as neighbour:
        urls = [f"{neighbour.url}/{i}" for i in range(3)]
        lines = fetch(*urls, threads=16, rounds=20)
    assert len(lines) == 16 * 20 * 3
    assert all(line.body == f"/{line.url}" for line in lines)


def test_a_slow_neighbour_does_not_hold_up_others():
    with Neighbour(silent) as slow, Neighbour(answer_ok) as good:
        lines = fetch(*[f"{slow.url}/"] * 10, *[f"{good.url}/"] * 10, deadline_ms=1000)
    assert [line.code for line in lines] == ["timeout"] * 10 + ["ok"] * 10


def test_stopping_ends_what_is_under_way_or_pauses():
    def answer(wire, request):
        if request.target == "/busy":
            wire.answer(503, Retry_After="20")
        else:
            wire.wait()

    with Neighbour(answer) as neighbour:
        began = time.monotonic()
        urls = [f"{neighbour.url}/", f"{neighbour.url}/busy"] * 3
        lines = fetch(*urls, deadline_ms=60000, retries=5, stop_ms=500, rounds=2, threads=2)
        assert time.monotonic() - began < 10
    assert {line.code for line in lines} == {"unavailable"}
    assert len(lines) == 2 * 2 * 6


# TLS


# --- Streams ---


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def begin_chunks(wire, status: str = "200 OK") -> None:
    wire.send(f"HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())


def test_a_stream_goes_to_its_sink_while_it_comes():
    def answer(wire, request):
        begin_chunks(wire)
        wire.send(chunk(b"first "))
        wire.wait(0.3)
        wire.send(chunk(b"second") + chunk(b""))

    with Neighbour(answer) as neighbour:
        line = fetch_one(neighbour.url, stream=1, deadline_ms=0, max_bytes=3)
    assert (line.status, line.body, line.code) == (200, "first second", "ok")


def test_an_error_is_kept_though_there_is_a_sink():
    def answer(wire, request):
        wire.answer(404, b"no such thing")

    with Neighbour(answer) as neighbour:
        line = fetch_one(neighbour.url, stream=1, enough_bytes=1)
    assert (line.status, line.body) == (404, "no such thing")


def test_a_slow_sink_slows_its_neighbour_down_and_loses_nothing():
    size = 24 * 1024 * 1024
    took = []

    def answer(wire, request):
        started = time.monotonic()
        wire.socket.settimeout(60)
        wire.answer(200, b"x" * size)
        took.append(time.monotonic() - started)

    with Neighbour(answer) as neighbour:
        line = fetch_one(neighbour.url, stream=1, piece_ms=20, max_bytes=10, deadline_ms=60000)
    assert (line.code, line.len) == ("ok", size)
    # what neither the sink nor the buffers of both sockets hold had to wait
    assert took[0] > 0.3


def test_a_sink_that_has_enough_ends_an_endless_answer():
    def answer(wire, request):
        begin_chunks(wire)
        while not wire.neighbour.is_over.is_set():
            wire.send(chunk(b"y" * 5000))

    with Neighbour(answer) as neighbour:
        line = fetch_one(neighbour.url, stream=1, enough_bytes=100_000, deadline_ms=0)
    assert line.code == "ok"
    assert line.len >= 100_000


def test_several_streams_of_one_call_run_at_the_same_time():
    meeting = threading.Barrier(5, timeout=20)

    def answer(wire, request):
        begin_chunks(wire)
        wire.send(chunk(b"one "))
        meeting.wait()
        wire.send(chunk(request.target.encode()) + chunk(b""))

    with Neighbour(answer) as neighbour:
        urls = [f"{neighbour.url}/{i}" for i in range(5)]
        lines = fetch(*urls, stream=1)
    assert [line.body for line in lines] == [f"one /{i}" for i in range(5)]


def fail_at_once(wire, request):
    wire.answer(404, b"no such thing")


def end_after_a_piece(wire, request):
    begin_chunks(wire)
    wire.send(chunk(b"short") + chunk(b""))


def reset_after_a_piece(wire, request):
    begin_chunks(wire)
    wire.send(chunk(b"short"))
    wire.reset()


@pytest.mark.parametrize(
    ("finish", "code"),
    [(fail_at_once, "ok"), (end_after_a_piece, "ok"), (reset_after_a_piece, "bad_gateway")],
)
def test_the_end_of_a_stream_is_told_while_others_go_on(finish, code):
    def answer(wire, request):
        if request.target == "/ends":
            finish(wire, request)
        else:
            begin_chunks(wire)
            wire.send(chunk(b"endless"))
            wire.wait()

    with Neighbour(answer) as neighbour:
        urls = [f"{neighbour.url}/{name}" for name in ("endless", "ends")]
        lines = fetch(*urls, stream=1, deadline_ms=0, end_cancels=1)
    assert [line.code for line in sorted(lines, key=lambda line: line.url)] == ["unavailable", code]


def test_a_stream_that_is_cut_is_a_fault_and_is_not_begun_again():
    def answer(wire, request):
        begin_chunks(wire)
        wire.send(chunk(b"half"))
        wire.reset()

    with Neighbour(answer) as neighbour:
        line = fetch_one(neighbour.url, stream=1, retries=3)
        assert len(neighbour.requests) == 1
    assert (line.code, line.body) == ("bad_gateway", "half")


@pytest.mark.parametrize("stream", [0, 1])
@pytest.mark.parametrize("is_begun", [False, True])
def test_a_readable_descriptor_cancels(stream, is_begun):
    def answer(wire, request):
        if is_begun:
            begin_chunks(wire)
            wire.send(chunk(b"begun"))
        wire.wait()

    with Neighbour(answer) as neighbour:
        started = time.monotonic()
        lines = fetch(*[neighbour.url] * 3, stream=stream, cancel_ms=200, deadline_ms=0, retries=5)
        assert time.monotonic() - started < 5
    assert {line.code for line in lines} == {"unavailable"}
    assert all(line.message.endswith(": canceled") for line in lines)


def test_a_pause_before_the_next_try_is_canceled_too():
    def answer(wire, request):
        wire.answer(503, Retry_After="20")

    with Neighbour(answer) as neighbour:
        started = time.monotonic()
        line = fetch_one(neighbour.url, retries=3, cancel_ms=200, deadline_ms=60000)
        assert time.monotonic() - started < 5
    assert (line.code, line.message[-8:]) == ("unavailable", "canceled")


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """Two authorities, a server of each, a client of the first."""
    folder = tmp_path_factory.mktemp("tls")
    ours, theirs = make_authority(folder, "ours"), make_authority(folder, "theirs")
    return {
        "ours": ours,
        "theirs": theirs,
        "server": make_certificate(folder, ours, "server", "127.0.0.1"),
        "elsewhere": make_certificate(folder, ours, "elsewhere", "example.org"),
        "client": make_certificate(folder, ours, "client", "client"),
        "stranger": make_certificate(folder, theirs, "stranger", "client"),
    }


def tls_server(pair, client_authority=None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    if client_authority:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_authority.certificate)
    return context


def test_tls_with_the_right_authority(tls):
    with Neighbour(answer_ok, tls=tls_server(tls["server"])) as neighbour:
        lines = fetch(*[neighbour.url] * 3, ca=tls["ours"].certificate, rounds=3)
    assert {line.body for line in lines} == {"hello"}
    assert neighbour.connections <= 3


@pytest.mark.parametrize(
    ("server", "authority"), [("server", "theirs"), ("server", None), ("elsewhere", "ours")]
)
def test_tls_that_does_not_fit_is_a_fault(tls, server, authority):
    trust = {"ca": tls[authority].certificate} if authority else {}
    with Neighbour(answer_ok, tls=tls_server(tls[server])) as neighbour:
        line = fetch_one(neighbour.url, retries=3, bearer=SECRET, **trust)
    assert line.code == "bad_gateway"
    assert "certificate" in line.message.lower()
    assert neighbour.requests == []
    assert neighbour.connections == 1


def test_tls_before_1_2_is_not_spoken(tls):
    context = tls_server(tls["server"])
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with Neighbour(answer_ok, tls=context) as neighbour:
        line = fetch_one(neighbour.url, ca=tls["ours"].certificate)
    assert line.code == "bad_gateway"
    assert neighbour.requests == []


def test_a_client_certificate_is_shown_where_it_is_wanted(tls):
    context = tls_server(tls["server"], client_authority=tls["ours"])
    ca = tls["ours"].certificate
    with Neighbour(answer_ok, tls=context) as neighbour:
        own = tls["client"]
        known = fetch_one(neighbour.url, ca=ca, certificate=own.certificate, key=own.key)
        assert known.body == "hello"
        unknown = fetch_one(neighbour.url, ca=ca)
        own = tls["stranger"]
        stranger = fetch_one(neighbour.url, ca=ca, certificate=own.certificate, key=own.key)
    assert [unknown.code, stranger.code] == ["bad_gateway"] * 2
    assert len(neighbour.requests) == 1


def test_certificates_need_not_be_files(tls):
    context = tls_server(tls["server"], client_authority=tls["ours"])
    pem = {
        name: {
            "certificate_pem": tls[name].certificate.read_text(),
            "key_pem": tls[name].key.read_text(),
        }
        for name in ("client", "stranger")
    }
    ours, theirs = (tls[name].certificate.read_text() for name in ("ours", "theirs"))
    with Neighbour(answer_ok, tls=context) as neighbour:
        assert fetch_one(neighbour.url, ca_pem=ours, **pem["client"]).body == "hello"
        refused = [
            fetch_one(neighbour.url, ca_pem=ours, **pem["stranger"]),
            fetch_one(neighbour.url, ca_pem=theirs, **pem["client"]),
            fetch_one(neighbour.url, ca_pem=ours),
        ]
    assert [line.code for line in refused] == ["bad_gateway"] * 3
    assert len(neighbour.requests) == 1


def test_a_client_certificate_that_is_not_there_is_told(tls):
    with Neighbour(answer_ok, tls=tls_server(tls["server"])) as neighbour:
        line = fetch_one(
            neighbour.url,
            ca=tls["ours"].certificate,
            certificate="/no/such.pem",
            key=tls["client"].key,
        )
    assert line.code != "ok"
    assert "/no/such.pem" in line.message


def test_a_plain_neighbour_is_no_tls():
    with Neighbour(answer_ok) as neighbour:
        line = fetch_one(neighbour.url.replace("http:", "https:"))
    assert line.code == "bad_gateway"


def test_nothing_leaves_a_thread_behind():
    """The neighbours of these tests end with them."""
    assert threading.active_count() <= 2
