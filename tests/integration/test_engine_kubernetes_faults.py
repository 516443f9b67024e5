"""The Kubernetes engine and an API server that fails: the same result, no storm of requests."""

import base64
import contextlib
import http.client
import json
import ssl
import threading
import time
from collections import Counter
from urllib.parse import urlsplit

import pytest
from certificates import make_authority, make_certificate
from cluster_engine import pipeline
from neighbour import Neighbour

# A deployment of three, where each path fails once, takes some 70.
MOST_REQUESTS = 200
# How often each path fails before it works, and how often a watch of it.
FAILURES = (1, 2)
EXPIRED = b'{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}\n'


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


class Relay:
    """The behaviour of a Neighbour that hands requests to the cluster, but for its `fault`."""

    def __init__(self, cluster, folder, fault):
        words = ("config", "view", "--minify", "--flatten", "--raw", "--output=json")
        config = json.loads(cluster.kubectl(*words))
        (found,), (user,) = config["clusters"], config["users"]
        decode = base64.b64decode
        (folder / "client.pem").write_bytes(decode(user["user"]["client-certificate-data"]))
        (folder / "client.key").write_bytes(decode(user["user"]["client-key-data"]))
        authority = decode(found["cluster"]["certificate-authority-data"]).decode()
        self._context = ssl.create_default_context(cadata=authority)
        self._context.load_cert_chain(folder / "client.pem", folder / "client.key")
        self._server = urlsplit(found["cluster"]["server"]).netloc
        self._fault = fault
        self._lock = threading.Lock()
        self._tries = Counter()

    def __call__(self, wire, request) -> None:
        path, _, query = request.target.partition("?")
        is_watch = "watch=true" in query
        with self._lock:
            self._tries[request.method, path, is_watch] += 1
            has_fault = self._tries[request.method, path, is_watch] <= FAILURES[is_watch]
        if not (has_fault and self._fault(self, wire, request, is_watch)):
            self.forward(wire, request)

    def forward(self, wire, request, pieces: int = 1000) -> None:
        """Hand it on; of a stream only so many pieces."""
        # a watch that ends soon lets the test end soon
        target = request.target.replace("timeoutSeconds=60", "timeoutSeconds=5")
        headers = {
            name: request.headers[name] for name in ("content-type",) if name in request.headers
        }
        connection = http.client.HTTPSConnection(self._server, context=self._context)
        with contextlib.closing(connection):
            connection.request(request.method, target, request.body or None, headers)
            answer = connection.getresponse()
            wire.send(
                f"HTTP/1.1 {answer.status} Text\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
            )
            while (piece := answer.read1(65536)) and pieces > 0:
                wire.send(chunk(piece))
                pieces -= 1
            if pieces > 0:
                wire.send(chunk(b""))
            else:
                wire.reset()


def reset(relay, wire, request, is_watch) -> bool:
    wire.reset()


def error(relay, wire, request, is_watch) -> bool:
    wire.answer(500, b'{"kind":"Status","message":"out of order"}')
    return True


def busy(relay, wire, request, is_watch) -> bool:
    wire.answer(429, b'{"kind":"Status","message":"too many"}', Retry_After="1")
    return True


def slow(relay, wire, request, is_watch) -> bool:
    time.sleep(0.3)
    return False


def gone(relay, wire, request, is_watch) -> bool:
    if is_watch:
        wire.answer(410, b'{"kind":"Status","code":410,"message":"too old"}')
    return is_watch


def expired(relay, wire, request, is_watch) -> bool:
    if is_watch:
        wire.answer(200, EXPIRED)
    return is_watch


def cut(relay, wire, request, is_watch) -> bool:
    if is_watch:
        relay.forward(wire, request, pieces=1)
    return is_watch


@pytest.mark.parametrize("fault", [reset, error, busy, slow, gone, expired, cut])
def test_a_deployment_comes_up_all_the_same(cluster, engine, name, workload_image, tmp_path, fault):
    authority = make_authority(tmp_path, "authority")
    own = make_certificate(tmp_path, authority, "server", "127.0.0.1")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(own.certificate, own.key)
    with Neighbour(Relay(cluster, tmp_path, fault), tls=tls) as neighbour:
        config = {
            "current-context": "relay",
            "contexts": [{"name": "relay", "context": {"cluster": "relay", "user": "relay"}}],
            "clusters": [
                {
                    "name": "relay",
                    "cluster": {
                        "server": neighbour.url,
                        "certificate-authority": str(authority.certificate),
                    },
                }
            ],
            "users": [{"name": "relay", "user": {"token": "anybody"}}],
        }
        path = tmp_path / "config"
        path.write_text(json.dumps(config))
        lines = engine.at(config=path)("up", name, solution=pipeline(workload_image))
        count = len(neighbour.requests)
    assert (lines[-1]["event"], lines[-1]["state"]) == ("", "ready")
    assert set(engine.states(name).values()) == {"ready"}
    assert count < MOST_REQUESTS
