"""kubernetes-client-script.py, which travels in every zip, against a kubectl that plays a cluster.

Most tests run it in this process, with a clock that only moves when the script sleeps.
"""

import ast
import base64
import datetime
import importlib.util
import json
import os
import re
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from background import background
from kubectl_standin import FIRST_NODE_PORT, HOST_IP, SOLUTION_LABEL, Cluster
from solution_folders import (
    ASSETS,
    DEPLOY_SCRIPT,
    Pipeline,
    docker_info,
    node_deployment,
    node_service,
    snapshot,
    write_manifest,
    write_single_model,
)

import yaml

SCRIPT = ASSETS / DEPLOY_SCRIPT
WAIT_S = 30
PLANTED = "planted-password"


class Clock:
    """Sleeping takes no time."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="session")
def module():
    spec = importlib.util.spec_from_file_location("client_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look for it there
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def script(module, clock, monkeypatch):
    """The script as a module, on that clock."""
    time = SimpleNamespace(monotonic=clock.monotonic, sleep=clock.sleep)
    monkeypatch.setattr(module, "time", time)
    return module


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    cluster = Cluster(tmp_path / "cluster")
    monkeypatch.setenv("PATH", f"{cluster.bin}:{os.environ['PATH']}")
    return cluster


@pytest.fixture
def folder(tmp_path):
    return Pipeline().write(tmp_path / "solution")


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """What it said about its failure: the last line, and no traceback before."""
        assert "Traceback" not in self.err
        last = self.err.splitlines()[-1]
        assert last.startswith(f"{DEPLOY_SCRIPT}: "), self.err
        return last


@pytest.fixture
def deploy(script, cluster, folder, capsys):
    def run(*args, base_path=folder, namespace="demo") -> Done:
        arguments = ["--namespace", namespace, "--base_path", str(base_path), *map(str, args)]
        try:
            status = script.main(arguments)
        except SystemExit as leave:  # argparse
            status = leave.code
        return Done(status, *capsys.readouterr())

    return run


def kinds_and_names(objects) -> list[tuple[str, str]]:
    return [(obj["kind"], obj["metadata"]["name"]) for obj in objects]


def named(objects, kind, name) -> dict:
    (found,) = [o for o in objects if (o["kind"], o["metadata"]["name"]) == (kind, name)]
    return found


def container(objects, name) -> dict:
    return named(objects, "Deployment", name)["spec"]["template"]["spec"]["containers"][0]


def ports_in_dockerinfo(folder) -> dict:
    entries = json.loads((folder / "dockerinfo.json").read_text())["docker_info_list"]
    return {entry["container_name"]: (entry["ip_address"], entry["port"]) for entry in entries}


# ---- what is applied -------------------------------------------------------------------------


def test_everything_is_applied_at_once_by_the_server_under_our_own_name(deploy, cluster):
    assert deploy().status == 0
    (apply,) = [call for call in cluster.calls if call.verb == "apply"]
    assert {"--server-side", "--filename=-", "--namespace=demo"} <= set(apply.argv)
    assert "--field-manager=playground-client-script" in apply.argv
    assert "--force-conflicts" in apply.argv  # what somebody changed in our objects is taken back


def test_few_kubectl_processes_are_started(deploy, cluster):
    deploy()
    # the namespace, what is in it, all objects, and a look a second until it has been calm for 3 s
    assert cluster.verbs == ["get", "get", "apply", "get", "get", "get", "get"]


def test_objects_come_in_the_order_in_which_they_are_needed(deploy, cluster, tmp_path):
    folder = Pipeline(mount="/data/shared").write(tmp_path / "shared")
    docker_config = tmp_path / "config.json"
    docker_config.write_text(json.dumps({"auths": {"registry.example": {"auth": "abc"}}}))
    args = ["--create-namespace", "-sn", "registry", "-ps", docker_config]
    assert deploy(*args, base_path=folder, namespace="fresh").status == 0

    kinds = [obj["kind"] for obj in cluster.applied]
    assert kinds[:3] == ["Namespace", "Secret", "PersistentVolumeClaim"]
    assert kinds[3:] == sorted(kinds[3:], reverse=True)  # Services, then Deployments


def test_every_object_carries_the_name_of_the_solution(deploy, cluster):
    deploy("--create-namespace", namespace="fresh")
    for obj in cluster.applied:
        assert obj["metadata"]["labels"][SOLUTION_LABEL] == "Sudoku-Solver"
        namespace = None if obj["kind"] == "Namespace" else "fresh"
        assert obj["metadata"].get("namespace") == namespace
    assert named(cluster.applied, "Deployment", "camera1")["metadata"]["labels"]["app"] == "camera1"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("sudoku", "sudoku"),
        ("Sudoku (v1.2)", "Sudoku--v1.2"),
        ("-a_b-", "a_b"),
        ("x" * 80, "x" * 63),
        ("x" * 62 + " y", "x" * 62),
    ],
)
def test_a_name_becomes_the_value_of_a_label(script, name, label):
    assert script.Solution(Path(), name, [], None).label == label


def test_two_names_without_a_letter_are_told_apart(script):
    one, other = (script.Solution(Path(), name, [], None).label for name in ("数独", "???"))
    assert one != other
    assert re.fullmatch("[0-9a-f]{16}", one)


def test_each_node_but_the_orchestrator_gets_a_service_for_its_web_page(deploy, cluster):
    deploy()
    names = [name for kind, name in kinds_and_names(cluster.applied) if kind == "Service"]
    assert sorted(names) == [
        "camera1",
        "camera1webui",
        "detector1",
        "detector1webui",
        "orchestrator",
    ]
    assert named(cluster.applied, "Service", "camera1webui")["spec"] == {
        "selector": {"app": "camera1"},
        "type": "NodePort",
        "ports": [{"name": "webui", "port": 8062, "targetPort": 8062}],
    }


def test_a_web_page_that_has_a_service_keeps_it(deploy, cluster, folder):
    service = node_service("camera1webui", port=80, target=8062)
    write_manifest(folder / "deployments/extra.yaml", service)
    assert deploy().status == 0
    assert named(cluster.applied, "Service", "camera1webui")["spec"]["ports"][0]["port"] == 80


@pytest.mark.parametrize("policy", ["Always", "IfNotPresent", "Never"])
def test_the_pull_policy_is_set_on_every_container(deploy, cluster, policy):
    deploy("-ipp", policy)
    for name in ("camera1", "detector1", "orchestrator"):
        assert container(cluster.applied, name)["imagePullPolicy"] == policy


def test_images_are_always_pulled_by_default(deploy, cluster):
    deploy()
    assert container(cluster.applied, "camera1")["imagePullPolicy"] == "Always"


@pytest.fixture
def config_file(tmp_path):
    path = tmp_path / "config-file.json"

    def write(*rules) -> Path:
        keys = ("docker_image_pattern", "name", "value")
        entries = [dict(zip(keys, rule, strict=True)) for rule in rules]
        path.write_text(json.dumps({"environment_variables": entries, "other": 1}))
        return path

    return write


def test_variables_are_set_where_the_image_begins_like_the_pattern(deploy, cluster, config_file):
    rules = config_file(
        ("registry.example/cam", "A", "in camera"),
        ("example/cam", "B", "nowhere: not the beginning"),
        (r".*:1\.0$", "C", "everywhere"),
        ("registry.example/d", "D", 8),
    )
    assert deploy("-cf", rules).status == 0
    env = {
        name: container(cluster.applied, name).get("env")
        for name in ("camera1", "detector1", "orchestrator")
    }
    everywhere = {"name": "C", "value": "everywhere"}
    assert env == {
        "camera1": [{"name": "A", "value": "in camera"}, everywhere],
        "detector1": [everywhere, {"name": "D", "value": "8"}],
        "orchestrator": [everywhere],
    }


def test_a_variable_replaces_the_one_of_the_manifest(deploy, cluster, config_file, tmp_path):
    folder = Pipeline(mount="/data").write(tmp_path / "shared")
    deploy("-cf", config_file((".*", "SHARED_FOLDER_PATH", "/else")), base_path=folder)
    assert container(cluster.applied, "camera1")["env"] == [
        {"name": "SHARED_FOLDER_PATH", "value": "/else"}
    ]


def test_a_config_file_without_variables_changes_nothing(deploy, cluster, tmp_path):
    config = tmp_path / "c.json"
    config.write_text("{}")
    assert deploy("-cf", config).status == 0
    assert "env" not in container(cluster.applied, "camera1")


def test_zips_of_older_deployers_are_mended(deploy, cluster, tmp_path):
    """Ports as strings, node ports of another cluster, names in mixed case."""
    folder = Pipeline(nodes=("Camera1",)).write(tmp_path / "old")
    service = node_service("camera1", "8556", "8061", nodePort=31000)
    service["metadata"]["namespace"] = "theirs"
    write_manifest(folder / "deployments/camera1_service.yaml", service)
    deployment = node_deployment("camera1", "registry.example/camera1:1.0")
    pod = deployment["spec"]["template"]["spec"]
    pod["containers"][0]["ports"][0]["containerPort"] = "8061"
    del pod["imagePullSecrets"]
    write_manifest(folder / "deployments/camera1_deployment.yaml", deployment)

    assert deploy(base_path=folder).status == 0
    service = named(cluster.applied, "Service", "camera1")
    assert service["spec"]["ports"] == [{"name": "protobuf-api", "port": 8556, "targetPort": 8061}]
    assert container(cluster.applied, "camera1")["ports"][0]["containerPort"] == 8061
    assert ports_in_dockerinfo(folder)["camera1"] == ("camera1", 8556)


def test_the_name_of_a_port_is_not_taken_for_a_number(deploy, cluster, folder):
    service = node_service("camera1", 8556, "protobuf-api")
    write_manifest(folder / "deployments/camera1_service.yaml", service)
    deploy()
    service = named(cluster.applied, "Service", "camera1")
    assert service["spec"]["ports"][0]["targetPort"] == "protobuf-api"


def test_what_yaml_takes_for_a_date_stays_the_text_that_it_was(deploy, cluster, folder):
    path = folder / "deployments/camera1_deployment.yaml"
    text = path.read_text().replace("1.0", "1.0\n        workingDir: 2024-01-31")
    read = yaml.safe_load(text)["spec"]["template"]["spec"]["containers"][0]["workingDir"]
    assert read == datetime.date(2024, 1, 31)
    path.write_text(text)
    assert deploy().status == 0
    assert container(cluster.applied, "camera1")["workingDir"] == "2024-01-31"


# ---- the pull secret -------------------------------------------------------------------------


@pytest.fixture
def docker_config(tmp_path):
    path = tmp_path / "docker-config.json"
    login = base64.b64encode(f"user:{PLANTED}".encode()).decode()
    path.write_text(json.dumps({"auths": {"registry.example": {"auth": login}}}))
    return path


def test_the_pull_secret_comes_first_and_the_pods_name_it(deploy, cluster, docker_config):
    assert deploy("-sn", "registry", "-ps", docker_config).status == 0
    secret = cluster.applied[0]
    assert (secret["kind"], secret["metadata"]["name"]) == ("Secret", "registry")
    assert secret["type"] == "kubernetes.io/dockerconfigjson"
    assert base64.b64decode(secret["data"][".dockerconfigjson"]) == docker_config.read_bytes()
    pod = named(cluster.applied, "Deployment", "camera1")["spec"]["template"]["spec"]
    assert pod["imagePullSecrets"] == [{"name": "acumos-registry"}, {"name": "registry"}]


def test_a_pull_secret_that_the_manifests_name_is_not_named_twice(deploy, cluster, docker_config):
    deploy("-sn", "acumos-registry", "-ps", docker_config)
    pod = named(cluster.applied, "Deployment", "camera1")["spec"]["template"]["spec"]
    assert pod["imagePullSecrets"] == [{"name": "acumos-registry"}]


def test_a_secret_that_is_there_can_be_named_alone(deploy, cluster):
    cluster.add("Secret", "mine")
    assert deploy("-sn", "mine").status == 0
    assert not any(obj["kind"] == "Secret" for obj in cluster.applied)
    pod = named(cluster.applied, "Deployment", "camera1")["spec"]["template"]["spec"]
    assert {"name": "mine"} in pod["imagePullSecrets"]


def test_somebody_elses_secret_is_not_overwritten(deploy, cluster, docker_config):
    cluster.add("Secret", "mine")
    done = deploy("-sn", "mine", "-ps", docker_config)
    assert done.status == 5
    assert "Secret 'mine'" in done.sentence
    assert "--secret_name" in done.sentence
    assert "apply" not in cluster.verbs


@pytest.mark.parametrize("failing", [False, True])
def test_a_secret_is_on_no_command_line_and_in_no_output(deploy, cluster, docker_config, failing):
    if failing:
        cluster.change(failures={"apply": ["Error from server (Forbidden): secrets is forbidden"]})
    done = deploy("-sn", "registry", "-ps", docker_config)
    assert done.status == (3 if failing else 0)
    secrets = [PLANTED, base64.b64encode(f"user:{PLANTED}".encode()).decode()]
    secrets.append(base64.b64encode(docker_config.read_bytes()).decode())
    shown = done.out + done.err + "".join(word for call in cluster.calls for word in call.argv)
    assert not any(secret in shown for secret in secrets)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot read"),
        ("[]", "it has no 'auths'"),
        ("not JSON", "it has no 'auths'"),
        ('{"auths": {}, "credsStore": "desktop"}', "credential store"),
        ('{"auths": {"registry.example": {}}, "credsStore": "desktop"}', "credential store"),
    ],
)
def test_a_docker_config_without_logins_is_refused(deploy, cluster, tmp_path, content, says):
    path = tmp_path / "no-config.json"
    if content is not None:
        path.write_text(content)
    done = deploy("-sn", "registry", "-ps", path)
    assert done.status == 2
    assert says in done.sentence
    assert cluster.calls == []


# ---- whose namespace it is -------------------------------------------------------------------


def test_a_namespace_must_be_there_or_be_asked_for(deploy, cluster):
    done = deploy(namespace="absent")
    assert done.status == 4
    assert "no namespace 'absent'" in done.sentence
    assert "apply" not in cluster.verbs

    assert deploy("--create-namespace", namespace="absent").status == 0
    assert kinds_and_names(cluster.applied)[0] == ("Namespace", "absent")


def test_a_namespace_that_is_there_is_left_as_it_is(deploy, cluster):
    deploy("--create-namespace")
    assert not any(obj["kind"] == "Namespace" for obj in cluster.applied)


def test_a_namespace_that_is_going_away_is_refused(deploy, cluster):
    cluster.change(namespaces={"demo": "Terminating"})
    done = deploy("--create-namespace")
    assert done.status == 5
    assert "'demo' is Terminating" in done.sentence


@pytest.mark.parametrize("solution", ["Other", None])
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Deployment", "orchestrator"),
        ("Deployment", "camera1"),
        ("Service", "camera1"),
        ("Service", "camera1webui"),
    ],
)
def test_what_another_one_made_is_not_touched(deploy, cluster, folder, kind, name, solution):
    before = snapshot(folder)
    cluster.add(kind, name, solution)
    done = deploy()
    assert done.status == 5
    assert f"{kind} '{name}'" in done.sentence
    assert "apply" not in cluster.verbs
    assert snapshot(folder) == before


def test_any_deployment_of_another_solution_makes_the_namespace_foreign(deploy, cluster):
    cluster.add("Deployment", "word-counter", "Other")
    assert deploy().status == 5


def test_a_single_model_keeps_away_from_every_orchestrator(deploy, cluster, tmp_path):
    cluster.add("Deployment", "orchestrator")
    assert deploy(base_path=write_single_model(tmp_path / "model")).status == 5


def test_what_the_user_runs_beside_it_is_no_obstacle(deploy, cluster):
    cluster.add("Deployment", "database")
    cluster.add("Service", "database")
    assert deploy().status == 0


def test_a_second_run_applies_the_same_and_says_the_same(deploy, cluster, folder):
    first = deploy()
    files = snapshot(folder)
    objects = cluster.state["objects"]
    second = deploy()
    assert (first.status, second.status) == (0, 0)
    assert snapshot(folder) == files
    assert cluster.state["objects"] == objects
    assert first.out.splitlines()[-1] == second.out.splitlines()[-1]


# ---- what the user gets ----------------------------------------------------------------------


def test_dockerinfo_has_the_ports_of_services_and_the_orchestrators_node_port(
    deploy, cluster, folder
):
    deploy()
    services = {
        o["metadata"]["name"]: o["spec"]["ports"][0]
        for o in cluster.state["objects"]
        if o["kind"] == "Service"
    }
    node_port = services["orchestrator"]["nodePort"]
    assert node_port >= FIRST_NODE_PORT
    assert ports_in_dockerinfo(folder) == {
        "camera1": ("camera1", 8556),
        "detector1": ("detector1", 8556),
        "orchestrator": ("orchestrator", node_port),
    }


def test_dockerinfo_keeps_what_it_does_not_know_and_gets_what_it_lacks(deploy, cluster, tmp_path):
    theirs = docker_info("Camera1", "10.0.0.1", 31234) | {"webui_url": "http://x"}
    elsewhere = docker_info("Elsewhere", "far.example", "80")
    folder = Pipeline(nodes=("Camera1",), dockerinfo=[theirs, elsewhere]).write(tmp_path / "mixed")
    deploy(base_path=folder)
    entries = json.loads((folder / "dockerinfo.json").read_text())["docker_info_list"]
    assert entries[0] == docker_info("camera1", "camera1", 8556) | {"webui_url": "http://x"}
    assert entries[1] == docker_info("elsewhere", "far.example", "80")
    assert [entry["container_name"] for entry in entries[2:]] == ["orchestrator"]


def test_dockerinfo_is_replaced_as_a_whole_and_nothing_is_left_beside_it(deploy, folder):
    (folder / "dockerinfo.json").chmod(0o640)
    before = set(os.listdir(folder))
    with (folder / "dockerinfo.json").open() as old:
        deploy()
        json.load(old)  # who has it open still sees the old one, whole
    assert set(os.listdir(folder)) == before
    assert (folder / "dockerinfo.json").stat().st_mode & 0o777 == 0o640


def test_the_command_for_the_client_and_the_web_pages_are_printed(deploy, cluster, tmp_path):
    folder = Pipeline().write(tmp_path / "my solution")
    done = deploy(base_path=folder)
    port = ports_in_dockerinfo(folder)["orchestrator"][1]
    assert done.out.splitlines()[-1].strip() == (
        f"python3 '{folder}/orchestrator_client/orchestrator_client.py' "
        f"--endpoint {HOST_IP}:{port} --basepath '{folder}'"
    )
    assert f"the orchestrator answers at port {port}" in done.out
    assert re.search(rf"camera1webui: http://{HOST_IP}:3\d{{4}}\n", done.out)
    assert "orchestratorwebui" not in done.out


def test_without_a_node_port_the_way_in_is_printed(deploy, cluster, folder):
    path = folder / "deployments/orchestrator_service.yaml"
    path.write_text(path.read_text().replace("NodePort", "ClusterIP"))
    done = deploy()
    assert "kubectl -n demo port-forward service/orchestrator 8061" in done.out
    assert "--endpoint localhost:8061" in done.out
    assert ports_in_dockerinfo(folder)["orchestrator"] == ("orchestrator", 8061)


def test_a_single_model_is_deployed_without_blueprint_and_dockerinfo(deploy, cluster, tmp_path):
    folder = write_single_model(tmp_path / "model")
    before = snapshot(folder)
    done = deploy(base_path=folder)
    assert done.status == 0
    assert kinds_and_names(cluster.applied) == [
        ("Service", "word-counter"),
        ("Service", "word-counterwebui"),
        ("Deployment", "word-counter"),
    ]
    assert {o["metadata"]["labels"][SOLUTION_LABEL] for o in cluster.applied} == {"Word-Counter"}
    assert snapshot(folder) == before
    assert f"'word-counter' answers at {HOST_IP}:3" in done.out
    assert "orchestrator" not in done.out


def test_a_single_model_of_an_older_deployer_is_called_like_its_deployment(
    deploy, cluster, tmp_path
):
    folder = write_single_model(tmp_path / "model")
    (folder / "modelname.txt").unlink()
    assert deploy(base_path=folder).status == 0
    assert {o["metadata"]["labels"][SOLUTION_LABEL] for o in cluster.applied} == {"word-counter"}


# ---- waiting ---------------------------------------------------------------------------------

STUCK = [  # situation, what is said of it, after how many seconds it is given up at the latest
    ("image-absent", "its image 'registry.example/camera1:1.0' cannot be pulled: .* unknown", 6),
    ("image-back-off", "Failed to pull image .* i/o timeout", 23),
    ("image-never", "ErrImageNeverPull: not present", 6),
    ("no-config", "CreateContainerConfigError: configmap .c. not found", 6),
    ("crash-loop", "ends by itself with exit code 3, started 3 times", 0),
    ("out-of-memory", "was killed for want of memory, started 3 times", 0),
    ("no-command", "its command cannot be started: exec: ./nope.: no such file", 6),
    ("no-cpu", "no node takes it: .* Insufficient cpu", 63),
    ("no-claim", "no node takes it: persistentvolumeclaim .* not found", 6),
    ("unbound", "its claim 'shared-folder' cannot be bound: no persistent .* ReadWriteMany", 23),
    ("no-mount", "FailedMount: .* secret .s. not found", 23),
    ("quota", "its pod cannot be made: .* exceeded quota", 23),
    ("evicted", "its pod failed: Evicted The node was low on resource", 63),
    ("gone", "its Deployment is gone", 6),
]


@pytest.mark.parametrize(("situation", "says", "at_most_s"), STUCK)
def test_what_cannot_start_is_told_with_its_reason(
    deploy, cluster, clock, tmp_path, situation, says, at_most_s
):
    folder = Pipeline(mount="/data/shared").write(tmp_path / "shared")
    before = snapshot(folder)
    cluster.change(stories={"camera1": ["creating", situation]}, claim_phase="Pending")
    began = clock.now
    done = deploy(base_path=folder)
    assert done.status == 7
    assert re.search(f"cannot start: camera1: .*{says}", done.sentence)
    assert re.search(rf"\d s  camera1 +.*{says}", done.out)  # and at once, in the progress
    assert clock.now - began <= 1 + at_most_s
    assert snapshot(folder) == before


def test_a_memory_limit_that_was_too_small_is_named(deploy, cluster, folder):
    path = folder / "deployments/camera1_deployment.yaml"
    limit = "1.0\n        resources: {limits: {memory: 64Mi}}"
    path.write_text(path.read_text().replace("1.0", limit))
    cluster.change(stories={"camera1": ["out-of-memory"]})
    assert "want of memory (its limit is 64Mi)" in deploy().sentence


def test_the_last_lines_of_a_crashing_container_are_shown(deploy, cluster):
    cluster.change(stories={"camera1": ["crash-loop"]}, logs="one\n\x1b[2Jtwo\n")
    done = deploy()
    assert "last lines that 'camera1' wrote:\n    one\n    [2Jtwo\n" in done.err
    (logs,) = [call for call in cluster.calls if call.verb == "logs"]
    assert {"camera1-1-abc", "--container=camera1"} <= set(logs.argv)


def test_a_log_that_cannot_be_had_does_not_hide_the_reason(deploy, cluster):
    cluster.change(stories={"camera1": ["crash-loop"]}, failures={"logs": ["Error: no such pod"]})
    done = deploy()
    assert done.status == 7
    assert "no such pod" in done.err
    assert "exit code 3" in done.sentence


def test_one_reason_of_several_workloads_is_told_once(deploy, cluster, tmp_path):
    folder = Pipeline(mount="/data/shared").write(tmp_path / "shared")
    names = ("camera1", "detector1", "orchestrator")
    cluster.change(stories={name: ["unbound"] for name in names}, claim_phase="Pending")
    assert "cannot start: camera1, detector1, orchestrator: its claim" in (
        deploy(base_path=folder).sentence
    )


@pytest.mark.parametrize("passing", ["image-absent", "no-config", "quota", "no-mount", "no-cpu"])
def test_a_trouble_that_passes_is_no_failure(deploy, cluster, passing):
    cluster.change(stories={"camera1": ["creating", passing, passing, "creating", "ready"]})
    assert deploy().status == 0


def test_a_node_that_was_slow_to_answer_its_probe_is_ready_when_it_does(deploy, cluster):
    cluster.change(stories={"camera1": ["creating", "no-probe", "was-slow"]})
    assert deploy().status == 0


def test_a_trouble_that_comes_back_gets_new_patience(deploy, cluster):
    troubles = ["no-config", "no-config", "creating", "creating", "creating"] * 2
    cluster.change(stories={"camera1": [*troubles, "ready"]})
    assert deploy().status == 0


def test_all_must_stay_ready_for_a_while_in_one_piece(deploy, cluster, clock):
    cluster.change(stories={"camera1": ["ready", "ready", "creating", "ready"]})
    began = clock.now
    assert deploy().status == 0
    assert clock.now - began == 3 + 3


def test_a_restart_between_two_looks_is_seen(deploy, cluster, clock):
    cluster.change(stories={"camera1": ["restarted"] * 5 + ["restarted-again"]})
    began = clock.now
    assert deploy().status == 0
    assert clock.now - began >= 5 + 20


def test_a_container_that_crashed_once_may_come_up_but_has_to_stay_up(deploy, cluster, clock):
    cluster.change(stories={"camera1": ["crashed-once", "crashed-twice", "restarted"]})
    began = clock.now
    assert deploy().status == 0
    assert clock.now - began >= 20


def test_a_container_that_ends_soon_after_its_start_was_never_ready(deploy, cluster, folder):
    before = snapshot(folder)
    story = ["ready", "ready", "crashed-twice", "restarted", "restarted", "crash-loop"]
    cluster.change(stories={"camera1": story})
    assert deploy().status == 7
    assert snapshot(folder) == before


def test_pods_of_the_version_before_are_not_judged(deploy, cluster):
    cluster.change(stories={"camera1": ["unseen", "half-rolled-out", "leftovers"]})
    done = deploy()
    assert done.status == 0
    assert "exit code" not in done.out


@pytest.mark.parametrize(
    ("situation", "says"),
    [
        ("creating", "camera1: starting"),
        ("pulling", 'camera1: Pulling image "big:1"'),
        ("no-probe", "camera1: runs but is not ready: Readiness probe failed"),
        ("half-rolled-out", "camera1: starting"),
    ],
)
def test_waiting_ends_with_the_timeout(deploy, cluster, folder, clock, situation, says):
    before = snapshot(folder)
    cluster.change(stories={"camera1": [situation]})
    began = clock.now
    done = deploy("--timeout", "40")
    assert done.status == 6
    assert f"not ready within 40 s: {says}" in done.sentence
    assert 40 <= clock.now - began < 45
    assert snapshot(folder) == before


def test_progress_is_a_line_a_change(deploy, cluster):
    cluster.change(stories={"camera1": ["creating", "creating", "pulling", "ready"]})
    lines = [line.split(maxsplit=3)[2:] for line in deploy().out.splitlines() if " s  " in line]
    assert lines == [
        ["camera1", "starting"],
        ["detector1", "ready"],
        ["orchestrator", "ready"],
        ["camera1", 'Pulling image "big:1"'],
        ["camera1", "ready"],
    ]


def test_a_cluster_that_is_away_for_a_moment_is_forgiven(deploy, cluster):
    hiccup = "The connection to the server 127.0.0.1:6443 was refused"
    hiccups = [hiccup, hiccup, hiccup]
    cluster.change(failures={"get": ["", "", *hiccups, "", *hiccups]})
    assert deploy().status == 0


def test_a_cluster_that_stays_away_is_told(deploy, cluster, folder):
    before = snapshot(folder)
    cluster.change(failures={"get": ["", "", *["Unable to connect to the server: EOF"] * 9]})
    done = deploy()
    assert done.status == 6
    assert "Unable to connect to the server" in done.sentence
    assert snapshot(folder) == before


# ---- what goes wrong -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stderr", "status"),
    [
        ("error: You must be logged in to the server (Unauthorized)", 3),
        ('Error from server (Forbidden): services is forbidden: User "u" cannot create', 3),
        ('Error from server (NotFound): namespaces "demo" not found', 4),
        ("Error from server (Conflict): Operation cannot be fulfilled", 5),
        ('Error from server (Invalid): Service "a_b" is invalid: metadata.name', 2),
        ('error: error validating "STDIN": unknown field "imagee"', 2),
        ("Error from server: failed to create typed patch object: .spec.x: not declared", 2),
        ("Unable to connect to the server: dial tcp: i/o timeout", 6),
        ("", 6),
    ],
)
def test_what_kubectl_says_becomes_one_sentence_and_an_exit_code(
    deploy, cluster, folder, stderr, status
):
    before = snapshot(folder)
    noise = "E0101 00:00:00.000000   1 memcache.go:265] couldn't get current server API group\n"
    cluster.change(failures={"apply": [noise + stderr + "\n"]})
    done = deploy()
    assert done.status == status
    assert done.sentence.endswith(stderr or "it does not say why")
    assert len(done.err.splitlines()) == 1
    assert snapshot(folder) == before


def test_the_first_of_several_errors_is_told_and_the_others_are_counted(deploy, cluster):
    errors = "Error from server (Invalid): first\nError from server (Invalid): second\n"
    cluster.change(failures={"apply": [errors]})
    assert deploy().sentence.endswith("first (and 1 more)")


def test_warnings_of_the_api_server_are_passed_on(deploy, cluster):
    cluster.change(warnings={"apply": 'Warning: would violate PodSecurity "restricted:latest"\n'})
    done = deploy()
    assert done.status == 0
    assert done.err == 'Warning: would violate PodSecurity "restricted:latest"\n'


def test_a_missing_kubectl_is_named(deploy, cluster, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    done = deploy()
    assert done.status == 6
    assert "kubectl is not there" in done.sentence


def test_a_kubectl_that_hangs_is_ended(cluster, script):
    (cluster.bin / "kubectl").write_text("#!/bin/sh\nexec sleep 60\n")
    with pytest.raises(script.Failure, match="kubectl get took more than 0.2 s") as failed:
        script.Kubectl("demo").run("get", timeout_s=0.2)
    assert failed.value.exit_code == 6


def test_missing_pyyaml_is_named(deploy, script, cluster, monkeypatch):
    monkeypatch.setattr(script, "yaml", None)
    done = deploy()
    assert done.status == 6
    assert "pip install -r requirements.txt" in done.sentence
    assert cluster.calls == []


def rewrite(name, text):
    return lambda folder: (folder / name).write_text(text)


def remove(name):
    return lambda folder: (folder / name).unlink()


MANIFEST = "deployments/camera1_deployment.yaml"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (remove("dockerinfo.json"), "dockerinfo.json': No such file"),
        (rewrite("dockerinfo.json", "{"), "dockerinfo.json' is not JSON"),
        (rewrite("dockerinfo.json", "[]"), "dockerinfo.json' is not a JSON object"),
        (rewrite("dockerinfo.json", "{}"), "has no docker_info_list"),
        (rewrite("dockerinfo.json", '{"docker_info_list": [{}]}'), "has no docker_info_list"),
        (rewrite("blueprint.json", "{}"), "blueprint.json' says no name"),
        (rewrite("blueprint.json", '{"name": 5}'), "blueprint.json' says no name"),
        (remove("deployments/orchestrator_service.yaml"), "no Service 'orchestrator'"),
        (remove("deployments/orchestrator_deployment.yaml"), "no Deployment 'orchestrator'"),
        (rewrite(MANIFEST, "a: ["), "is not YAML"),
        (rewrite(MANIFEST, "just text"), "camera1_deployment.yaml' has something in it"),
        (rewrite(MANIFEST, "kind: ClusterRole\nmetadata: {name: x}"), "has something in it"),
        (rewrite(MANIFEST, "kind: Deployment\nmetadata: {name: x}"), "has something in it"),
        (rewrite(MANIFEST, "kind: Service\nmetadata: {name: x}\nspec: {ports: []}"), "something"),
        (rewrite(MANIFEST, "kind: Service\nmetadata: {name: 5}\nspec: {ports: [1]}"), "something"),
    ],
)
def test_a_folder_that_is_no_solution_exits_2_before_the_cluster_is_asked(
    deploy, cluster, folder, change, says
):
    change(folder)
    done = deploy()
    assert done.status == 2
    assert says in done.sentence
    assert cluster.calls == []


def test_an_empty_folder_is_no_solution(deploy, cluster, tmp_path):
    done = deploy(base_path=tmp_path / "nowhere")
    assert done.status == 2
    assert "--base_path" in done.sentence


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "is not JSON"),
        ('{"environment_variables": {}}', "is no list"),
        ('{"environment_variables": [{"name": "A", "value": "b"}]}', "is not made of"),
        ('{"environment_variables": ["A=b"]}', "is not made of"),
        (
            '{"environment_variables": [{"docker_image_pattern": "(", "name": "A", "value": ""}]}',
            "docker_image_pattern '(' is no regular expression",
        ),
    ],
)
def test_a_config_file_that_is_none_is_refused(deploy, cluster, tmp_path, content, says):
    path = tmp_path / "bad.json"
    path.write_text(content)
    done = deploy("-cf", path)
    assert done.status == 2
    assert says in done.sentence
    assert cluster.calls == []


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["-ps", "config.json"], "--path_docker_secret needs --secret_name"),
        (["-ipp", "Sometimes"], "invalid choice: 'Sometimes'"),
        (["-n", "--all"], "expected one argument"),
        (["-n", "No_Namespace"], "'No_Namespace' is no name for a namespace"),
        (["--timeout", "0"], "'0' is no number of seconds"),
        (["--timeout", "nan"], "'nan' is no number of seconds"),
        (["--no-such-option"], "unrecognized arguments: --no-such-option"),
    ],
)
def test_wrong_use_exits_64(deploy, cluster, args, says):
    done = deploy(*args)
    assert done.status == 64
    assert says in done.sentence
    assert cluster.calls == []


# ---- the script as a program -----------------------------------------------------------------


def test_the_current_folder_is_the_default_and_output_comes_as_it_happens(cluster, folder):
    cluster.change(stories={"camera1": ["creating", "creating", "ready"]})
    with background([sys.executable, SCRIPT, "-n", "demo"], cwd=folder) as program:
        assert "applied" in program.stdout.readline()
        out, err = program.communicate(timeout=WAIT_S)
    assert (program.returncode, err) == (0, "")
    assert "--endpoint" in out.splitlines()[-1]


def test_ctrl_c_ends_it_with_one_sentence_and_unchanged_files(cluster, folder):
    before = snapshot(folder)
    cluster.change(stories={"camera1": ["creating"]})
    command = [sys.executable, SCRIPT, "-n", "demo", "-bp", folder]
    with background(command) as program:
        assert "applied" in program.stdout.readline()
        program.send_signal(signal.SIGINT)
        _, err = program.communicate(timeout=WAIT_S)
    assert program.returncode == 130
    assert err == f"{DEPLOY_SCRIPT}: interrupted; what was applied stays, run it again\n"
    assert snapshot(folder) == before


@pytest.mark.parametrize("path", sorted(ASSETS.glob("*.py")), ids=lambda path: path.name)
def test_what_travels_is_python_3_8(path):
    ast.parse(path.read_text(), feature_version=(3, 8))


def options_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][a-z_-]+", text))


@pytest.mark.parametrize("readme", sorted(ASSETS.glob("*.txt")), ids=lambda path: path.name)
def test_every_option_that_a_readme_names_exists(readme):
    programs = [ASSETS / DEPLOY_SCRIPT, ASSETS / "orchestrator_client.py"]
    known = set().union(*(options_in(path.read_text()) for path in programs))
    assert options_in(readme.read_text()) <= known | {"--help"}


def test_every_file_that_travels_is_explained_where_it_lives():
    readme = (ASSETS / "README.md").read_text()
    names = {path.name for path in ASSETS.iterdir() if path.is_file()} - {"README.md"}
    assert {name for name in names if f"`{name}`" not in readme} == set()
