"""What `up` makes of zips that others have made, and what it refuses."""

import copy
import stat
import zipfile

import pytest
from existing_zip import make_existing
from process import wait_for
from up_world import ids

import yaml

pytestmark = pytest.mark.xdist_group("images")

DEPLOYMENT = "deployments/deployment.yaml"
SERVICE = "deployments/service.yaml"


@pytest.fixture
def rezip(zipped, tmp_path):
    """A model's zip with other files: `rezip({name: bytes or tree or None})`."""
    with zipfile.ZipFile(zipped("single-model")) as original:
        files = {name: original.read(name) for name in original.namelist()}

    def make(changes: dict):
        path = tmp_path / "other.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as other:
            for name, content in (files | changes).items():
                if isinstance(content, dict):
                    content = yaml.safe_dump(content).encode()
                if content is not None:
                    other.writestr(name, content)
        return path

    make.deployment = yaml.safe_load(files[DEPLOYMENT])
    make.service = yaml.safe_load(files[SERVICE])
    return make


def pod(deployment: dict) -> dict:
    return deployment["spec"]["template"]["spec"]


def with_no_pull_secrets(rezip) -> dict:
    deployment = copy.deepcopy(rezip.deployment)
    del pod(deployment)["imagePullSecrets"]
    return {DEPLOYMENT: deployment}


def with_ports_as_strings(rezip) -> dict:
    service = copy.deepcopy(rezip.service)
    for port in service["spec"]["ports"]:
        port["port"] = str(port["port"])
    return {SERVICE: service}


def with_extra_entries(rezip) -> dict:
    return {"notes/READ ME.txt": b"hello", "__MACOSX/._x": b"\0", "run.sh": b"#!/bin/sh\nreboot\n"}


@pytest.mark.parametrize(
    "change",
    [with_no_pull_secrets, with_ports_as_strings, with_extra_entries],
)
def test_a_zip_of_somebody_else_comes_up(ctl, stocked, rezip, change):
    ctl("up", rezip(change(rezip)), "demo")
    assert len(ids(stocked, "demo")) == 1


def test_a_pipeline_in_the_shape_of_the_existing_deployer_comes_up(ctl, stocked, zipped, tmp_path):
    ctl("up", make_existing(zipped("chain"), tmp_path / "existing.zip"), "demo")
    assert "converter" in ids(stocked, "demo")
    wait_for(
        lambda: "a pipeline of 3 operations is ready" in ctl("logs", "orchestrator").text,
        "the orchestrator has read it",
    )


def changed_pod(**members):
    def change(rezip) -> dict:
        deployment = copy.deepcopy(rezip.deployment)
        pod(deployment).update(members)
        return {DEPLOYMENT: deployment}

    return change


def changed_container(**members):
    def change(rezip) -> dict:
        deployment = copy.deepcopy(rezip.deployment)
        pod(deployment)["containers"][0].update(members)
        return {DEPLOYMENT: deployment}

    return change


def second_container(rezip) -> dict:
    deployment = copy.deepcopy(rezip.deployment)
    pod(deployment)["containers"].append({"name": "second", "image": "x"})
    return {DEPLOYMENT: deployment}


def another(kind: str):
    def change(rezip) -> dict:
        return {"deployments/x.yaml": rezip.deployment | {"kind": kind}}

    return change


def a_bomb(rezip) -> dict:
    return {"deployments/bomb.yaml": b"a: " + b" " * (256 * 1024 * 1024)}


SECRET = {"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (another("DaemonSet"), "DaemonSet"),
        (another("ClusterRole"), "ClusterRole"),
        (changed_pod(hostNetwork=True), "hostNetwork"),
        (changed_pod(hostPID=True), "hostPID"),
        (changed_pod(volumes=[{"name": "root", "hostPath": {"path": "/"}}]), "hostPath"),
        (changed_container(securityContext={"privileged": True}), "privileged"),
        (changed_container(env=[SECRET]), "valueFrom"),
        (second_container, "containers"),
        (lambda _: {"../../etc/x": b"x"}, "../../etc/x"),
        (a_bomb, "deployments/bomb.yaml"),
    ],
    ids=lambda value: getattr(value, "__name__", None) if callable(value) else value,
)
def test_what_a_solution_must_not_ask_for_is_refused_by_name(ctl, stocked, rezip, change, says):
    refused = ctl("up", rezip(change(rezip)), "demo", status=2)
    assert says in refused.err
    assert stocked.objects() == []


def test_a_link_in_a_zip_is_refused(ctl, stocked, rezip):
    path = rezip({})
    link = zipfile.ZipInfo("deployments/link.yaml")
    link.create_system = 3  # Unix
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as other:
        other.writestr(link, "/etc/passwd")
    assert "deployments/link.yaml" in ctl("up", path, "demo", status=2).err
    assert stocked.objects() == []
