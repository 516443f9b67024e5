"""examples/grpc-echo does what its README says, with other implementations too."""

import signal

import pytest
from conftest import Program
from grpc_peers import call, status_of
from process import Process


@pytest.fixture
def server():
    with Process("grpc-echo-server", "127.0.0.1:0") as process:
        yield process
        process.kill()
        process.wait(-signal.SIGKILL)


def test_the_client_gets_back_what_it_says(server):
    result = Program("grpc-echo-client")(f"127.0.0.1:{server.port}", "größe")
    assert (result.status, result.text) == (0, "größe\n")


@pytest.mark.parametrize("client", ["go", "python"])
def test_the_server_answers_others(server, client):
    result = call(client, f"127.0.0.1:{server.port}", method="/Echo/Say", size=1000)
    assert (status_of(result), result["wrong"]) == ("OK", 0)


def test_the_client_tells_why_there_is_no_answer(server):
    target = f"127.0.0.1:{server.port}"
    server.kill()
    result = Program("grpc-echo-client")(target, "hello")
    assert "UNAVAILABLE" in result.err
