"""The room httpd, through tests/programs/httpd-echo: real sockets, proper and improper clients."""

import contextlib
import http.client
import io
import json
import re
import selectors
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest
from certificates import make_authority, make_certificate
from conftest import BUILD
from process import PATIENCE_S, Process, in_parallel, wait_for

MAX_BODY = 64 * 1024
MAX_URL = 8192
MAX_HEADERS = 100
MAX_HEADER_BYTES = 32768
MAX_DISCARD = 64 * 1024 * 1024

CLOSE = b"Connection: close\r\n"


@pytest.fixture(scope="module")
def echo():
    """One server for all that do not end it or need settings of their own."""
    with Process("httpd-echo") as process:
        yield process


def settings(**values) -> list[str]:
    return [f"{name}={value}" for name, value in values.items()]


class Answer:
    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()
        self.will_close = response.will_close

    def json(self):
        return json.loads(self.body)


def ask(
    server: Process, method: str, target: str, body=None, headers: dict | None = None
) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    try:
        connection.request(method, target, body=body, headers=headers or {})
        return Answer(connection.getresponse())
    finally:
        connection.close()


def get(server: Process, target: str, **headers) -> Answer:
    return ask(server, "GET", target, headers=headers)


class _Text:
    """Bytes in the place of a socket, for http.client."""

    def __init__(self, data: bytes):
        self._file = io.BytesIO(data)

    def makefile(self, _mode):
        return self._file


def read_to_end(sock: socket.socket) -> bytes:
    """What comes until the server closes the connection, politely or not."""
    data = b""
    with contextlib.suppress(ConnectionError):
        while piece := sock.recv(65536):
            data += piece
    return data


def statuses(data: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+) ", data)]


def send_raw(server: Process, data: bytes, half_close: bool = False) -> bytes:
    """Send and read until the server closes the connection."""
    with server.connect() as sock:
        with contextlib.suppress(ConnectionError):
            sock.sendall(data)
            if half_close:
                sock.shutdown(socket.SHUT_WR)
        return read_to_end(sock)


# What every answer has


def test_an_answer_names_its_request_and_is_not_kept(echo):
    answer = get(echo, "/json")
    assert answer.json() == {"ok": True}
    assert answer.headers["Content-Type"] == "application/json"
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" not in answer.headers


def test_ids_differ(echo):
    assert len({get(echo, "/quick").headers["X-Request-Id"] for _ in range(20)}) == 20


@pytest.mark.parametrize("wish", ["a", "4f21-A_b.9", "x" * 64])
def test_a_plain_request_id_is_taken_over(echo, wish):
    answer = get(echo, "/echo/a/b", **{"X-Request-Id": wish})
    assert answer.headers["X-Request-Id"] == wish
    assert answer.json()["id"] == wish


@pytest.mark.parametrize("wish", ["", "a b", 'a"b', "x" * 65, "a;b", "é"])
def test_any_other_request_id_is_replaced(echo, wish):
    answer = get(echo, "/echo/a/b", **{"X-Request-Id": wish})
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])


# What a handler sees and says


def test_a_handler_sees_what_was_asked(echo):
    answer = get(echo, "/echo/a%20b/%C3%A9?q=1+2%26&z=9&q=no", **{"x-TEST": " t "})
    assert answer.json() | {"id": ""} == {
        "method": "GET",
        "a": "a b",
        "b": "é",
        "q": "1 2&",
        "x_test": "t",
        "id": "",
        "wants_html": False,
    }


@pytest.mark.parametrize(
    ("accept", "is_browser"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", True),
        ("application/json, Text/HTML;q=0.9", True),
        ("*/*", False),
        ("application/json", False),
        ("text/html5", False),
        ("application/problem+json;profile=text/html", False),
    ],
)
def test_a_browser_is_known_by_what_it_accepts(echo, accept, is_browser):
    assert get(echo, "/echo/a/b", Accept=accept).json()["wants_html"] is is_browser


@pytest.mark.parametrize("query", ["q=%ff", "q=%00", "q=a%00b", "%c3=1"])
def test_a_query_that_is_no_text_is_refused(echo, query):
    answer = get(echo, f"/echo/a/b?{query}")
    assert answer.status == 400
    assert answer.json()["code"] == "invalid"


def test_head_is_get_without_the_body(echo):
    answer = ask(echo, "HEAD", "/json")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(get(echo, "/json").body))


def test_a_wrong_method_is_told_the_right_ones(echo):
    answer = ask(echo, "PATCH", "/echo/a/b")
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD, DELETE, OPTIONS"
    assert answer.json()["code"] == "invalid"
    assert "GET, HEAD, DELETE, OPTIONS" in answer.json()["detail"]


def test_options_tells_the_methods(echo):
    answer = ask(echo, "OPTIONS", "/body")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["Allow"] == "POST, PUT, OPTIONS"


def test_a_whole_url_is_a_target_too(echo):
    target = b"http://x:1/echo/a/b?q=1"
    answer = send_raw(echo, b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n" + CLOSE + b"\r\n")
    assert statuses(answer) == [200]
    assert b'"q":"1"' in answer


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("invalid", 400),
        ("unprocessable", 422),
        ("unauthorized", 401),
        ("forbidden", 403),
        ("not_found", 404),
        ("conflict", 409),
        ("too_large", 413),
        ("unavailable", 503),
        ("bad_gateway", 502),
        ("timeout", 504),
        ("not_ready", 500),
        ("usage", 500),
    ],
)
def test_a_problem_has_the_status_of_its_code(echo, code, status):
    answer = get(echo, f"/fail/{code}")
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == code
    assert problem["status"] == status
    assert problem["title"] == http.client.responses[status].replace(
        "Unprocessable Entity", "Unprocessable Content"
    ).replace("Request Entity Too Large", "Content Too Large")
    assert problem["detail"] == f"made to fail with '<{code}>'"
    assert problem["request_id"] == answer.headers["X-Request-Id"]


def test_our_own_faults_are_for_the_log_alone(echo):
    answer = get(echo, "/fail/internal")
    assert answer.status == 500
    assert "made to fail" not in answer.body.decode()
    lines = [line for line in echo.log.splitlines() if answer.json()["request_id"] in line]
    assert any("internal: made to fail" in line and '"level":"error"' in line for line in lines)


def test_findings_are_listed(echo):
    answer = get(echo, "/findings")
    assert answer.status == 422
    assert answer.json()["errors"] == [
        {"path": "nodes[0].image", "severity": "error", "message": "'<b>' is no image"}
    ]


@pytest.mark.parametrize("target", ["/findings", "/fail/timeout", "/nothing/<script>"])
def test_a_browser_gets_a_page(echo, target):
    answer = get(echo, target.replace("<", "%3C").replace(">", "%3E"), Accept="text/html")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none';")
    page = answer.body.decode()
    assert page.startswith("<!doctype html>")
    assert answer.headers["X-Request-Id"] in page
    assert not re.search("<(script|b|timeout)>", page)


def test_a_header_of_the_handler_wins_and_its_last_one(echo):
    answer = get(echo, "/page")
    assert answer.headers.get_all("Cache-Control") == ["max-age=60"]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none';")


def test_a_redirect_has_no_body(echo):
    answer = get(echo, "/redirect?to=/dashboard%3Fid%3D1")
    assert (answer.status, answer.body) == (302, b"")
    assert answer.headers["Location"] == "/dashboard?id=1"


@pytest.mark.parametrize("end", ["%0d%0a", "%0a", "%0d"])
def test_a_value_cannot_start_a_header_line_of_its_own(echo, end):
    answer = get(echo, f"/redirect?to=/x{end}Set-Cookie:a=b")
    assert answer.status == 500
    assert "Set-Cookie" not in answer.headers
    assert "Location" not in answer.headers


def test_a_handler_without_an_answer_is_our_fault(echo):
    answer = get(echo, "/silent")
    assert answer.status == 500
    assert answer.json()["code"] == "internal"


def test_big_answers_come_whole(echo):
    assert get(echo, "/big/20000000").body == b"x" * 20000000


# Bodies


@pytest.mark.parametrize("size", [0, 1, 40000, MAX_BODY])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_within_the_limit_is_taken(echo, size, is_chunked):
    body = bytes(i % 251 for i in range(size))
    answer = ask(echo, "POST", "/body", body=iter([body]) if is_chunked else body)
    assert answer.status == 200
    assert answer.body == body


@pytest.mark.parametrize("size", [MAX_BODY + 1, 2_000_000, 20_000_000])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_over_the_limit_is_answered_when_it_was_sent(echo, size, is_chunked):
    pieces = [b"x" * 50_000] * (size // 50_000) + [b"x" * (size % 50_000)]
    connection = http.client.HTTPConnection("127.0.0.1", echo.port, timeout=PATIENCE_S)
    connection.request("POST", "/body", body=iter(pieces) if is_chunked else b"".join(pieces))
    answer = Answer(connection.getresponse())
    assert answer.status == 413
    assert answer.json()["code"] == "too_large"
    assert str(MAX_BODY) in answer.json()["detail"]

    connection.request("GET", "/quick")  # the connection is as good as before
    assert Answer(connection.getresponse()).status == 200
    connection.close()


def test_who_asks_before_sending_is_answered_before(echo):
    head = b"POST /body HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
    assert statuses(send_raw(echo, head % (MAX_BODY + 1))) == [413]
    with echo.connect() as sock:
        sock.sendall(head % 5)
        assert sock.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n")
        sock.sendall(b"hello")
        assert statuses(sock.recv(1000)) == [200]


def test_an_announced_flood_is_refused_at_once(echo):
    head = b"POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n"
    assert statuses(send_raw(echo, head % (MAX_DISCARD + 1))) == [413]


def test_an_endless_body_is_cut_off():
    with Process("httpd-echo") as echo:
        sent = 0
        with echo.connect() as sock:
            sock.sendall(b"POST /body HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
            with contextlib.suppress(ConnectionError):
                while sent < 4 * MAX_DISCARD:
                    sock.sendall(b"100000\r\n" + b"x" * 0x100000 + b"\r\n")
                    sent += 0x100000
        assert MAX_DISCARD <= sent < 2 * MAX_DISCARD
        assert peak_rss(echo.pid) < 100_000_000 or "asan" in str(BUILD) or "tsan" in str(BUILD)


def peak_rss(pid: int) -> int:
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1]) * 1024


def test_a_route_without_bodies_takes_none(echo):
    answer = ask(echo, "GET", "/json", body=b"x")
    assert answer.status == 413
    assert answer.json()["detail"] == "'/json' takes no body"
    assert ask(echo, "GET", "/json", body=b"").status == 200
    assert ask(echo, "POST", "/sleep/0", body=iter([])).status == 200


# Malformed requests


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        pytest.param(b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi", 400, id="two lengths"),
        pytest.param(b"Content-Length: 2\r\nContent-Length: 9\r\n\r\nhi", 400, id="two values"),
        pytest.param(
            b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
            id="length and chunks",
        ),
        pytest.param(
            b"Transfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n0\r\n\r\n",
            400,
            id="chunks and length",
        ),
        pytest.param(b"Transfer-Encoding: xchunked\r\n\r\nhi", 400, id="unknown coding"),
        pytest.param(b"Transfer-Encoding: chunked \r\n\r\n0\r\n\r\n", 400, id="blank behind"),
        pytest.param(b"Transfer-Encoding: gzip, chunked\r\n\r\nhi", 400, id="two codings"),
        pytest.param(b"Content-Length : 2\r\n\r\nhi", 400, id="blank in a name"),
        pytest.param(b"Content-Length: 2x\r\n\r\nhi", 400, id="no number"),
        pytest.param(b"Content-Length: -2\r\n\r\nhi", 400, id="negative"),
        pytest.param(b"Content-Length: 99999999999999999999\r\n\r\nhi", 413, id="enormous"),
        pytest.param(b"Host: other\r\n\r\n", 400, id="two hosts"),
        pytest.param(b"A: b\rC: d\r\n\r\n", 400, id="bare CR"),
        pytest.param(b"no colon\r\n\r\n", 400, id="no colon"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhi\r\n", 400, id="no chunk"),
        pytest.param(
            b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nhi\r\n", 413, id="huge chunk"
        ),
        pytest.param(b"X: y\r\n" * (MAX_HEADERS - 1) + b"\r\n", 413, id="as many lines as may be"),
        pytest.param(b"X: y\r\n" * MAX_HEADERS + b"\r\n", 431, id="one line more"),
        pytest.param(b"X: y\r\n" * 5000 + b"\r\n", 431, id="very many lines"),
        pytest.param(b"X: " + b"y" * 42000 + b"\r\n\r\n", 431, id="long line"),
        pytest.param(b"X: " + b"y" * 500000 + b"\r\n\r\n", 431, id="very long line"),
    ],
)
def test_a_malformed_head_is_refused_and_the_connection_closed(echo, request_text, status):
    head = b"POST /sleep/0 HTTP/1.1\r\nHost: h\r\n"
    if status == 413 and b"X: y" in request_text:
        request_text = request_text[:-2] + b"Content-Length: 99999999999\r\n\r\n"
        request_text = request_text.replace(b"X: y\r\n", b"", 1)
    follower = b"GET /quick HTTP/1.1\r\nHost: h\r\n\r\n"
    got = statuses(send_raw(echo, head + request_text + follower))
    if b"Content-Length: " in request_text:
        got = got[:1]  # of a length that is none the library says so twice
    assert got == [status]
    assert get(echo, "/quick").status == 200


@pytest.mark.parametrize(
    ("request_text", "expected"),
    [
        pytest.param(b"GET /quick HTTP/1.1\r\n\r\n", [400], id="no host"),
        pytest.param(b"GET /quick HTTP/1.0\r\n\r\n", [200], id="no host in 1.0"),
        pytest.param(b"GET /quick\r\n\r\n", [400], id="no version"),
        pytest.param(b"GET /quick HTTP/2.0\r\nHost: h\r\n\r\n", [505], id="version 2"),
        pytest.param(b"GET /quick HTTP/0.9\r\nHost: h\r\n\r\n", [505], id="version 0.9"),
        pytest.param(b"GET /quick HTTP/1.x\r\nHost: h\r\n\r\n", [400], id="version x"),
        pytest.param(b"GET  HTTP/1.1\r\nHost: h\r\n\r\n", [400], id="no target"),
        pytest.param(b"GET /a b HTTP/1.1\r\nHost: h\r\n" + CLOSE + b"\r\n", [400], id="blank"),
        pytest.param(b"GET * HTTP/1.1\r\nHost: h\r\n" + CLOSE + b"\r\n", [400], id="asterisk"),
        pytest.param(b"GET quick HTTP/1.1\r\nHost: h\r\n" + CLOSE + b"\r\n", [400], id="no slash"),
        pytest.param(b"GET /%zz HTTP/1.1\r\nHost: h\r\n" + CLOSE + b"\r\n", [400], id="encoding"),
        pytest.param(b"GET /%00 HTTP/1.1\r\nHost: h\r\n" + CLOSE + b"\r\n", [400], id="NUL"),
        pytest.param(b"GET /quick HTTP/1.1\nHost: h\n" + CLOSE + b"\n", [200], id="bare LF"),
        pytest.param(
            b"GET /" + b"a" * (MAX_URL - 1) + b" HTTP/1.1\r\nHost: h\r\n" + CLOSE + b"\r\n",
            [404],
            id="as long as may be",
        ),
        pytest.param(
            b"GET /" + b"a" * MAX_URL + b" HTTP/1.1\r\nHost: h\r\n" + CLOSE + b"\r\n",
            [414],
            id="long URL",
        ),
        pytest.param(
            b"GET /"
            + b"a" * (MAX_URL - 1)
            + b" HTTP/1.1\r\nHost: h\r\n"
            + CLOSE
            + b"X: "
            + b"y" * (MAX_HEADER_BYTES - 100)
            + b"\r\n\r\n",
            [404],
            id="all of it as long as may be",
        ),
        pytest.param(b"GET /" + b"a" * 500000 + b" HTTP/1.1\r\n", [414], id="very long URL"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\n" * 9, [], id="TLS"),
        pytest.param(b"\x00" * 1000 + b"\n", [], id="zeros"),
    ],
)
def test_a_request_line_is_taken_or_refused(echo, request_text, expected):
    assert statuses(send_raw(echo, request_text, half_close=expected == [])) == expected
    assert get(echo, "/quick").status == 200


def test_a_long_url_is_no_problem_for_the_next_request(echo):
    connection = http.client.HTTPConnection("127.0.0.1", echo.port, timeout=PATIENCE_S)
    connection.request("GET", "/" + "a" * MAX_URL)
    answer = Answer(connection.getresponse())
    assert answer.status == 414
    assert answer.json()["code"] == "too_large"
    connection.request("GET", "/quick")
    assert Answer(connection.getresponse()).status == 200
    connection.close()


# Connections


def test_requests_in_one_go_are_answered_in_order(echo):
    targets = ["/sleep/50", "/echo/a/1", "/quick", "/echo/a/2"]
    heads = [f"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n" for target in targets]
    heads[-1] = heads[-1].replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
    answer = send_raw(echo, "".join(heads).encode())
    assert statuses(answer) == [200] * 4
    marks = [b'"slept"', b'"b":"1"', b'"ok"', b'"b":"2"']
    places = [answer.index(mark) for mark in marks]
    assert places == sorted(places)


def test_a_client_that_leaves_in_the_middle_does_no_harm(echo):
    for text in [
        b"GET /qui",
        b"GET /quick HTTP/1.1\r\nHo",
        b"POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf",
        b"GET /sleep/100 HTTP/1.1\r\nHost: h\r\n\r\n",
    ]:
        with echo.connect() as sock:
            sock.sendall(text)
    assert get(echo, "/quick").status == 200


def test_a_client_that_says_no_more_still_gets_its_answer(echo):
    def work(_):
        for target in [b"/quick", b"/sleep/0", b"/sleep/3", b"/sleep/3"]:
            text = b"GET " + target + b" HTTP/1.1\r\nHost: h\r\n\r\n"
            assert statuses(send_raw(echo, text, half_close=True)) == [200]

    in_parallel(16, work)


def test_connections_that_are_silent_or_slow_are_closed():
    def is_closed_in_time(echo: Process, first: bytes, again: bytes) -> float:
        """Send `first`, then `again` and again; how long the connection stayed."""
        began = time.monotonic()
        with echo.connect() as sock, selectors.DefaultSelector() as selector:
            selector.register(sock, selectors.EVENT_READ)
            with contextlib.suppress(ConnectionError):
                sock.sendall(first)
                while not selector.select(0.05):
                    assert time.monotonic() < began + PATIENCE_S
                    sock.sendall(again)
                assert sock.recv(1) == b""
        return time.monotonic() - began

    body = b"POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n"
    with Process("httpd-echo", *settings(idle_ms=600, receive_ms=1200)) as echo:
        # one by one: silence, a slow request line, slow header lines, a slow body
        for first, again, least in [
            (b"", b"", 0.5),
            (b"GET /", b"a", 0.5),
            (b"GET / HTTP/1.1\r\n", b"A: b\r\n", 1.1),
            (body, b"x", 1.1),
        ]:
            assert is_closed_in_time(echo, first, again) >= least


def test_a_thousand_connections_are_served_at_once():
    request = b"GET /echo/a/b HTTP/1.1\r\nHost: h\r\n\r\n"
    with Process("httpd-echo", *settings(backlog=2000)) as echo, contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(echo.connect()) for _ in range(1000)]
        for _ in range(3):
            for sock in sockets:
                sock.sendall(request)
            for sock in sockets:
                assert statuses(sock.recv(4096)) == [200]
        assert int(metric(echo, "http_connections")) >= 1000


def test_connections_over_the_limit_wait_for_their_turn():
    with Process("httpd-echo", *settings(connections=4)) as echo, contextlib.ExitStack() as stack:
        request = b"GET /quick HTTP/1.1\r\nHost: h\r\n\r\n"
        sockets = [stack.enter_context(echo.connect()) for _ in range(4)]
        for sock in sockets:
            sock.sendall(request)
            assert statuses(sock.recv(4096)) == [200]
        last = stack.enter_context(echo.connect())
        last.sendall(request)
        last.settimeout(0.3)
        with pytest.raises(TimeoutError):
            last.recv(1)
        sockets[0].close()
        last.settimeout(PATIENCE_S)
        assert statuses(last.recv(4096)) == [200]


# Load


def metric(server: Process, name: str) -> float:
    text = get(server, "/metrics").body.decode()
    return float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)[1])


def test_a_full_line_is_refused_quickly_and_quick_routes_answer():
    with Process("httpd-echo", *settings(workers=2, backlog=3)) as echo:
        slow = threading.Thread(
            target=in_parallel, args=(5, lambda _: get(echo, "/sleep/1500").status)
        )
        slow.start()
        wait_for(lambda: metric(echo, "http_requests_waiting") == 3, "a full line")
        assert metric(echo, "http_workers_busy") == 2

        began = time.monotonic()
        refused = get(echo, "/json")
        assert refused.status == 503
        assert refused.headers["Retry-After"] == "1"
        assert refused.json()["code"] == "unavailable"
        assert get(echo, "/quick").status == 200
        assert time.monotonic() - began < 1
        slow.join()
        assert get(echo, "/json").status == 200


def test_parallel_requests_do_not_mix(echo):
    def work(i: int) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", echo.port, timeout=PATIENCE_S)
        for k in range(50):
            connection.request("POST", "/body", body=f"{i}/{k} " * 500)
            assert connection.getresponse().read().decode() == f"{i}/{k} " * 500
            connection.request("GET", f"/echo/{i}/{k}?q={k}", headers={"X-Test": str(i)})
            seen = json.loads(connection.getresponse().read())
            assert [seen[name] for name in ("a", "x_test")] == [str(i)] * 2
            assert [seen[name] for name in ("b", "q")] == [str(k)] * 2
        connection.close()
        return 1

    assert sum(in_parallel(16, work)) == 16


# The end


@pytest.mark.skipif(BUILD.name == "tsan", reason="ThreadSanitizer has a thread that wakes")
def test_it_sleeps_when_nobody_is_there():
    with Process("httpd-echo") as echo:
        assert get(echo, "/json").status == 200
        wait_for(lambda: woken(echo) == woken(echo, after_s=0.6), "sleep")


def woken(server: Process, after_s: float = 0) -> int:
    """How often its threads gave up the processor by themselves."""
    time.sleep(after_s)
    count = 0
    for status in Path(f"/proc/{server.pid}/task").glob("*/status"):
        text = status.read_text(encoding="ascii")
        count += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", text, re.MULTILINE)[1])
    return count


def test_it_ends_at_once_when_nothing_is_under_way():
    with Process("httpd-echo") as echo:
        assert get(echo, "/json").status == 200
        began = time.monotonic()
        echo.tell_to_end()
        echo.wait()
        assert time.monotonic() - began < 5


def test_every_started_request_is_answered_when_it_ends_under_load():
    answered, refused = [], []

    def work(i: int) -> None:
        """Ask until nobody listens any more."""
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", echo.port, timeout=PATIENCE_S)
            try:
                connection.connect()
            except ConnectionRefusedError:
                refused.append(i)
                return
            will_close = False
            while not will_close:
                connection.request("GET", f"/sleep/{i % 4 * 10}")
                answer = Answer(connection.getresponse())
                assert answer.status == 200
                answered.append(i)
                will_close = answer.will_close
            connection.close()

    echo = Process("httpd-echo", *settings(workers=16))
    killer = threading.Thread(
        target=lambda: (wait_for(lambda: len(answered) > 200, "load"), echo.tell_to_end())
    )
    killer.start()
    in_parallel(32, work)
    killer.join()
    echo.wait()
    assert len(refused) == 32
    assert len(answered) > 200


def test_what_takes_too_long_at_the_end_gets_503():
    echo = Process("httpd-echo", *settings(workers=2, drain_ms=300))
    with echo:
        results = []
        slow = threading.Thread(
            target=lambda: results.extend(in_parallel(4, lambda _: get(echo, "/sleep/2000")))
        )
        slow.start()
        wait_for(lambda: metric(echo, "http_requests_waiting") == 2, "waiting requests")
        began = time.monotonic()
        echo.tell_to_end()
        slow.join()
        assert time.monotonic() - began < 1.9
        for answer in results:
            assert answer.status == 503
            assert answer.headers["Retry-After"] == "1"
            assert answer.json()["code"] == "unavailable"
        log = echo.wait()
    assert len([line for line in log.splitlines() if '"status":503' in line]) == 4


def test_a_client_that_never_finishes_does_not_hold_up_the_end():
    with Process("httpd-echo", *settings(drain_ms=300)) as echo, echo.connect() as sock:
        sock.sendall(b"POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf")
        wait_for(lambda: metric(echo, "http_requests_in_progress") == 2, "half a request")
        echo.tell_to_end()
        echo.wait()
        assert read_to_end(sock) == b""


# The log and the metrics


def test_a_request_leaves_one_line_without_its_secrets():
    with Process("httpd-echo") as echo:
        secret = "planted-5ecret"
        for target in [f"/echo/a/b?jwtToken={secret}", f"/nothing?x={secret}", "/fail/conflict"]:
            get(echo, target, Authorization=f"Bearer {secret}", jwtToken=secret, Cookie=secret)
        ask(echo, "POST", f"/body?{secret}", body=secret)
        ask(echo, "HEAD", "/json")
        send_raw(echo, f"GET http://user:{secret}@h/quick HTTP/1.0\r\n\r\n".encode())
        send_raw(echo, f"GET /quick HTTP/1.1\r\nAuthorization: {secret}\r\n\r\n".encode())
        send_raw(echo, f"GET /?{secret} HTTP/3.0\r\n{secret}\r\n\r\n".encode())
        echo.tell_to_end()
        log = echo.wait()

    assert secret not in log
    lines = [json.loads(line) for line in log.splitlines()]
    requests = [line for line in lines if line["message"] == "request"]
    assert sorted((line["path"], line["method"], line["status"]) for line in requests) == [
        ("/body", "POST", 200),
        ("/echo/a/b", "GET", 200),
        ("/fail/conflict", "GET", 409),
        ("/json", "HEAD", 200),
        ("/nothing", "GET", 404),
        ("/quick", "GET", 200),
        ("/quick", "GET", 400),
    ]
    for line in requests:
        assert line["level"] == "info"
        assert line["module"] == "httpd"
        assert line["peer"] == "127.0.0.1"
        assert 0 <= line["ms"] < 30000
        assert re.fullmatch("[0-9a-f]{16}", line["id"])
    sizes = {line["path"]: line["bytes"] for line in requests}
    assert (sizes["/body"], sizes["/json"]) == (len(secret), 0)


def test_log_lines_for_people():
    with Process("httpd-echo", *settings(text_log=1)) as echo:
        get(echo, "/quick?x=1", **{"X-Request-Id": "i"})
        echo.tell_to_end()
        assert re.search(
            r'INFO  httpd \[i\] request method="GET" path="/quick" status=200 bytes=11 '
            r'ms=\d+\.\d{3} peer="127\.0\.0\.1"\n',
            echo.wait(),
        )


def test_metrics_count_by_route_and_status():
    with Process("httpd-echo") as echo:
        for target in ["/echo/a/b", "/echo/c/d", "/fail/conflict", "/no", "/no/2"]:
            get(echo, target)
        send_raw(echo, b"GET /quick HTTP/1.1\r\n" + b"X: y\r\n" * 5000)
        with echo.connect() as sock:
            sock.sendall(b"POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf")
            wait_for(lambda: metric(echo, "http_requests_in_progress") == 2, "half a request")
        total = 'http_requests_total{{method="{}",route="{}",status="{}"}}'
        wait_for(lambda: 'status="499"' in get(echo, "/metrics").body.decode(), "the lost request")
        assert metric(echo, total.format("GET", "/echo/{a}/{b}", 200)) == 2
        assert metric(echo, total.format("GET", "/fail/{code}", 409)) == 1
        assert metric(echo, total.format("", "", 404)) == 2
        assert metric(echo, total.format("", "", 431)) == 1
        assert metric(echo, total.format("POST", "/body", 499)) == 1
        assert metric(echo, "echo_starts_total") == 1
        seconds = 'http_request_duration_seconds_count{method="GET",route="/echo/{a}/{b}"}'
        assert metric(echo, seconds) == 2


# TLS and starting


@pytest.fixture(scope="module")
def identity(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    authority = make_authority(folder, "authority")
    return authority, make_certificate(folder, authority, "server", "127.0.0.1")


def test_tls_by_certificate_and_key(identity):
    authority, own = identity
    trust = ssl.create_default_context(cafile=authority.certificate)
    files = settings(certificate=own.certificate, key=own.key)
    with Process("httpd-echo", *files) as echo:
        connection = http.client.HTTPSConnection(
            "127.0.0.1", echo.port, timeout=PATIENCE_S, context=trust
        )
        for target in ["/quick", "/sleep/1", "/big/3000000"]:
            connection.request("GET", target)
            assert Answer(connection.getresponse()).status == 200
        connection.close()

        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(authority.certificate)
        old.set_ciphers("DEFAULT:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        with echo.connect() as sock, pytest.raises((ssl.SSLError, ConnectionError)):
            old.wrap_socket(sock, server_hostname="127.0.0.1")

        assert send_raw(echo, b"GET /quick HTTP/1.1\r\nHost: h\r\n\r\n").find(b"HTTP/1.1") < 0


def fail_to_start(*args) -> tuple[int, str]:
    done = subprocess.run(
        [BUILD / "bin/httpd-echo", *args], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_what_it_cannot_start_with_is_told(identity, tmp_path, echo):
    authority, own = identity
    junk = tmp_path / "junk.pem"
    junk.write_text("no PEM\n", encoding="utf-8")
    for values, status, words in [
        ({"certificate": junk, "key": own.key}, 2, ["certificate"]),
        ({"certificate": own.certificate, "key": junk}, 2, ["key"]),
        ({"certificate": own.certificate, "key": authority.key}, 2, ["key"]),
        ({"certificate": own.certificate}, 2, ["key"]),
        ({"certificate": "/no/such", "key": own.key}, 4, ["/no/such"]),
        ({"port": echo.port}, 5, [f"'127.0.0.1' port {echo.port}", "in use"]),
        ({"address": "localhost"}, 2, ["'localhost' is no IP address"]),
        ({"address": "192.0.2.1"}, 2, ["'192.0.2.1'"]),
        ({"connections": 1000000000}, 64, ["connections"]),
    ]:
        got, text = fail_to_start(*settings(**values))
        assert got == status, text
        for word in words:
            assert word in text


def test_ipv6_is_an_address_too():
    with Process("httpd-echo", *settings(address="::1")) as echo:
        with socket.create_connection(("::1", echo.port), timeout=PATIENCE_S) as sock:
            sock.sendall(b"GET /quick HTTP/1.0\r\n\r\n")
            assert statuses(read_to_end(sock)) == [200]
        echo.tell_to_end()
        assert '"peer":"::1"' in echo.wait()
