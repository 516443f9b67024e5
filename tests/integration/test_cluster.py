"""The Kubernetes of the tests is a real one: what the tests of the engine take for granted."""

import socket
import subprocess

import pytest
from cluster import TOOL
from process import wait_for


def deployment(name: str, image: str) -> dict:
    labels = {"app": name}
    container = {"name": name, "image": image, "ports": [{"containerPort": 8062}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }


def service(name: str) -> dict:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {
            "selector": {"app": name},
            "type": "NodePort",
            "ports": [{"port": 80, "targetPort": 8062}],
        },
    }


@pytest.fixture
def web(cluster, namespace, workload_image):
    """The namespace of a Deployment and a Service `web` that answer."""
    cluster.apply(deployment("web", workload_image), service("web"), namespace=namespace)
    words = ("rollout", "status", "deployment/web", "--timeout=60s", f"--namespace={namespace}")
    cluster.kubectl(*words)
    return namespace


def ask(host: str, port: int) -> bytes:
    """What it answers; nothing where the proxy does not know the way yet."""
    try:
        with socket.create_connection((host, port), timeout=10) as sock:
            sock.sendall(b"GET /env/HOME HTTP/1.1\r\n\r\n")
            return sock.recv(1000)
    except OSError:
        return b""


def test_a_service_leads_to_its_pod_at_its_own_address_and_at_the_node(cluster, web):
    spec = cluster.get("service/web", f"--namespace={web}")["spec"]
    node = cluster.get("nodes")["items"][0]["status"]["addresses"][0]["address"]
    for host, port in ((spec["clusterIP"], 80), (node, spec["ports"][0]["nodePort"])):
        wait_for(
            lambda at=(host, port): ask(*at).startswith(b"HTTP/1.1 200"), f"{host}:{port} answers"
        )


def test_the_api_server_carries_requests_to_a_service(cluster, web):
    path = f"/api/v1/namespaces/{web}/services/web:80/proxy/env/HOSTNAME"
    wait_for(lambda: cluster.kubectl("get", f"--raw={path}", check=False).startswith("web-"), path)


def test_names_of_services_are_found(cluster, web):
    address = cluster.get("service/web", f"--namespace={web}")["spec"]["clusterIP"]
    labels = ("web", web, "svc", "cluster", "local")
    name = b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"
    query = b"\1\2\1\0\0\1\0\0\0\0\0\0" + name + b"\0\1\0\1"

    def answer() -> bytes:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(5)
            sock.sendto(query, ("169.254.96.53", 53))
            return sock.recv(512)

    wait_for(lambda: answer().endswith(socket.inet_aton(address)), "an answer with the address")


def test_logs_of_a_pod_are_at_hand(cluster, web):
    assert cluster.kubectl("logs", "deployment/web", f"--namespace={web}") == "listening\n"


def test_the_cluster_stays_while_somebody_uses_it(cluster):
    with subprocess.Popen(["sleep", "60"]) as other:
        subprocess.run([TOOL, "up", "--user", str(other.pid)], check=True, capture_output=True)
        other.kill()
    subprocess.run([TOOL, "down", "--user", str(other.pid)], check=True)
    assert cluster.kubectl("get", "--raw=/readyz") == "ok"
