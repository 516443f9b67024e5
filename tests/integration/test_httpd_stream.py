"""Answers of the room httpd that go on when their handler has returned."""

import contextlib
import http.client

import pytest
from process import PATIENCE_S, Process, in_parallel, wait_for
from test_httpd import get, settings

LIMIT = 1024 * 1024  # PD_HTTP_STREAM_MAX_BYTES


@pytest.fixture(scope="module")
def echo():
    with Process("httpd-echo") as process:
        yield process


@contextlib.contextmanager
def open_stream(server: Process, size: int):
    with contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    ) as connection:
        connection.request("GET", f"/stream/{size}")
        with connection.getresponse() as response:
            yield response


@pytest.mark.parametrize("size", [0, 1, 999, 100_000, 20 * LIMIT])
def test_a_stream_brings_every_byte_and_ends(echo, size):
    answer = get(echo, f"/stream/{size}")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert answer.body == b"x" * size


def test_streams_do_not_hold_workers():
    with (
        Process("httpd-echo", *settings(workers=1, backlog=0)) as server,
        open_stream(server, 50 * LIMIT) as slow,
    ):
        assert get(server, "/json").status == 200
        assert len(slow.read()) == 50 * LIMIT


def test_many_streams_at_once_bring_every_byte(echo):
    sizes = in_parallel(32, lambda i: len(get(echo, f"/stream/{300_000 + i}").body))
    assert sizes == [300_000 + i for i in range(32)]


def test_a_head_request_has_no_stream(echo):
    connection = http.client.HTTPConnection("127.0.0.1", echo.port, timeout=PATIENCE_S)
    connection.request("HEAD", "/stream/5000000")
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.read() == b""
    connection.close()


def test_a_client_that_leaves_is_noticed():
    with Process("httpd-echo") as server:
        with open_stream(server, 1 << 29) as stream:
            stream.read(1000)
        wait_for(lambda: "stream: gone" in server.log, "the writer hears of it")
