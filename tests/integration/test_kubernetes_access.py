"""Who the engine is to a cluster: by a kubeconfig of any kind, and as the account of a pod."""

import base64
import json
from pathlib import Path

import pytest
from conftest import Program

import yaml

ACCOUNT = "somebody"


@pytest.fixture
def get():
    """What a cluster answers: status and body; or the exit status and what was said."""
    program = Program("kubernetes-get")

    def run(*args) -> tuple[int, str]:
        done = program(*args)
        if done.status != 0:
            return done.status, done.err
        status, _, body = done.text.partition("\n")
        return int(status), body

    return run


@pytest.fixture(scope="module")
def given(cluster) -> dict:
    """The kubeconfig of the cluster, everything inline, with one context, cluster and user."""
    text = cluster.kubectl("config", "view", "--minify", "--flatten", "--raw", "--output=json")
    return json.loads(text)


@pytest.fixture
def write(tmp_path):
    def run(config: dict, name: str = "config") -> Path:
        path = tmp_path / name
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        return path

    return run


@pytest.fixture
def token(cluster, namespace) -> str:
    cluster.kubectl("create", "serviceaccount", ACCOUNT, f"--namespace={namespace}")
    return cluster.kubectl("create", "token", ACCOUNT, f"--namespace={namespace}").strip()


SECRETS = "/api/v1/namespaces/kube-system/secrets"


def with_user(config: dict, user: dict) -> dict:
    name = config["users"][0]["name"]
    return config | {"users": [{"name": name, "user": user}]}


def test_certificates_inline_open_the_cluster(get, given, write):
    status, body = get("config", write(given), "", SECRETS)
    assert status == 200
    assert json.loads(body)["kind"] == "SecretList"


def test_certificates_in_files_open_it_too(get, given, write, tmp_path):
    user = given["users"][0]["user"]
    (tmp_path / "me.crt").write_bytes(base64.b64decode(user["client-certificate-data"]))
    (tmp_path / "me.key").write_bytes(base64.b64decode(user["client-key-data"]))
    files = {"client-certificate": "me.crt", "client-key": "me.key"}
    assert get("config", write(with_user(given, files)), "", SECRETS)[0] == 200


def test_a_token_is_somebody_with_less_rights(get, given, write, token):
    status, body = get("config", write(with_user(given, {"token": token})), "", SECRETS)
    assert status == 403
    assert f":{ACCOUNT}" in json.loads(body)["message"]


def test_a_token_in_a_file_is_known_as_well(get, given, write, token, tmp_path):
    (tmp_path / "token").write_text(f"{token}\n")
    config = write(with_user(given, {"tokenFile": "token"}))
    assert get("config", config, "", SECRETS)[0] == 403
    (tmp_path / "token").write_text("another")
    assert get("config", config, "", SECRETS)[0] == 401


def test_several_files_are_one(get, given, write):
    users = write({"users": given["users"]}, "users")
    rest = write(given | {"users": None}, "rest")
    assert get("config", f"/no/such:{rest}:{users}", "", SECRETS)[0] == 200


def test_another_authority_is_not_trusted(get, given, write, tmp_path):
    cluster = dict(given["clusters"][0]["cluster"])
    own = given["users"][0]["user"]["client-certificate-data"]
    cluster["certificate-authority-data"] = own  # a certificate, but of no authority
    config = given | {"clusters": [{"name": given["clusters"][0]["name"], "cluster": cluster}]}
    status, said = get("config", write(config), "", SECRETS)
    assert status == 6
    assert "certificate" in said.lower()


def test_a_pod_has_an_account(get, given, write, token, namespace, tmp_path):
    cluster = given["clusters"][0]["cluster"]
    ca = base64.b64decode(cluster["certificate-authority-data"])
    for name, data in {
        "ca.crt": ca,
        "namespace": namespace.encode(),
        "token": token.encode(),
    }.items():
        (tmp_path / name).write_bytes(data)
    host, _, port = cluster["server"].removeprefix("https://").rpartition(":")
    assert get("pod", tmp_path, host, port, SECRETS)[0] == 403
    (tmp_path / "token").unlink()
    assert get("pod", tmp_path, host, port, SECRETS)[0] == 4


@pytest.mark.parametrize(
    ("user", "says"),
    [
        ({"exec": {"command": "login"}}, "never run"),
        ({"client-key-data": "a2V5"}, "key without its certificate"),
    ],
)
def test_what_cannot_be_used_is_refused(get, given, write, user, says):
    status, said = get("config", write(with_user(given, user)), "", SECRETS)
    assert status == 2
    assert says in said


def test_no_kubeconfig_at_all_is_told(get, tmp_path):
    status, said = get("config", tmp_path / "none", "", SECRETS)
    assert status == 4
    assert "set KUBECONFIG" in said
