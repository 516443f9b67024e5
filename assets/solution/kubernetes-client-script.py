#!/usr/bin/env python3
"""Deploy the solution in an unpacked solution.zip to Kubernetes and wait until it runs.

Needs kubectl with a current context, and PyYAML (see requirements.txt). May be run again: objects
that are there already are brought up to date. When something cannot start, the reason is shown and
the files of the solution stay as they are.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import math
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

try:
    import yaml
except ImportError:
    yaml = None

PROG = "kubernetes-client-script.py"
FIELD_MANAGER = "playground-client-script"
SOLUTION_LABEL = "playground/solution"
ORCHESTRATOR = "orchestrator"
WEBUI_SUFFIX = "webui"
WEBUI_PORT = 8062

EXIT_INVALID = 2
EXIT_FORBIDDEN = 3
EXIT_NOT_FOUND = 4
EXIT_CONFLICT = 5
EXIT_UNAVAILABLE = 6
EXIT_NOT_READY = 7
EXIT_USAGE = 64
EXIT_INTERRUPTED = 130

DEFAULT_TIMEOUT_S = 900  # images of models may have several GB
REQUEST_TIMEOUT_S = 30
GET_TIMEOUT_S = 60
APPLY_TIMEOUT_S = 300

POLL_S = 1
SLOW_POLL_S = 3
SLOW_AFTER_S = 10
FORGIVEN_POLLS = 3  # failed ones in a row

# Without a probe a container is ready as soon as it runs; one that ends at once shows it in this.
SETTLE_S = 3
SETTLE_AFTER_RESTART_S = 20

# How long a trouble may last before waiting is given up: some pass by themselves.
PATIENCE_NONE_S = 0
PATIENCE_SHORT_S = 5
PATIENCE_MEDIUM_S = 20  # a second try of most things falls into this
PATIENCE_LONG_S = 60  # a cluster may add a node
PATIENCE_ENDLESS_S = math.inf
HOPELESS_RESTARTS = 2

LOG_LINES = 10
MAX_REASON = 300


class Failure(Exception):
    """What ends the program: one sentence for people, and the exit code."""

    def __init__(self, message: str, exit_code: int):
        super().__init__(message)
        self.exit_code = exit_code


class Parser(argparse.ArgumentParser):
    def error(self, message: str):
        self.exit(EXIT_USAGE, f"{self.prog}: {message}; see --help\n")


def one_line(text: str, limit: int = MAX_REASON) -> str:
    """Without line ends and without what would do something to a terminal."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= limit else line[: limit - 3] + "..."


# ---- what is in the folder -------------------------------------------------------------------


def read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise Failure(f"cannot read '{path}': {error.strerror}", EXIT_INVALID) from None
    except UnicodeDecodeError:
        raise Failure(f"'{path}' is not UTF-8 text", EXIT_INVALID) from None


def read_json_object(path: Path) -> dict:
    try:
        value = json.loads(read_text(path))
    except ValueError as error:
        raise Failure(f"'{path}' is not JSON: {error}", EXIT_INVALID) from None
    if not isinstance(value, dict):
        raise Failure(f"'{path}' is not a JSON object", EXIT_INVALID)
    return value


def is_service(manifest: dict) -> bool:
    ports = manifest["spec"]["ports"]
    return bool(ports) and all(port["port"] for port in ports)


def is_container(container: dict) -> bool:
    return (
        isinstance(container["image"], str)
        and all(entry["name"] for entry in container.get("env") or [])
        and all(port["containerPort"] for port in container.get("ports") or [])
    )


def is_deployment(manifest: dict) -> bool:
    spec = manifest["spec"]
    containers = spec["template"]["spec"]["containers"]
    return (
        bool(containers)
        and all(map(is_container, containers))
        and isinstance(spec["selector"]["matchLabels"], dict)
    )


def is_claim(manifest: dict) -> bool:
    return isinstance(manifest["spec"], dict)


# In the order in which they are applied.
KINDS = {"PersistentVolumeClaim": is_claim, "Service": is_service, "Deployment": is_deployment}


def check_manifest(path: Path, manifest) -> None:
    try:
        is_valid = (
            isinstance(manifest["metadata"]["name"], str)
            and isinstance(manifest["metadata"].get("labels") or {}, dict)
            and KINDS[manifest["kind"]](manifest)
        )
    except (LookupError, TypeError, AttributeError):
        is_valid = False
    if not is_valid:
        kinds = " or ".join(KINDS)
        raise Failure(f"'{path}' has something in it that is not a whole {kinds}", EXIT_INVALID)


def read_manifests(folder: Path) -> list[dict]:
    manifests = []
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        try:
            documents = [document for document in yaml.safe_load_all(read_text(path)) if document]
        except yaml.YAMLError as error:
            raise Failure(f"'{path}' is not YAML: {one_line(str(error))}", EXIT_INVALID) from None
        for manifest in documents:
            check_manifest(path, manifest)
        manifests += documents
    return manifests


@dataclass
class Solution:
    folder: Path
    name: str
    manifests: list[dict]
    dockerinfo: dict | None  # None: a single model, which has no orchestrator

    @property
    def is_pipeline(self) -> bool:
        return self.dockerinfo is not None

    @property
    def dockerinfo_path(self) -> Path:
        return self.folder / "dockerinfo.json"

    def names_of(self, kind: str) -> list[str]:
        return [m["metadata"]["name"] for m in self.manifests if m["kind"] == kind]

    @property
    def label(self) -> str:
        """Its name as the value of a label."""
        text = re.sub(r"[^A-Za-z0-9_.-]", "-", self.name)[:63].strip("-_.")
        return text or hashlib.sha256(self.name.encode()).hexdigest()[:16]


def read_dockerinfo(path: Path) -> dict:
    dockerinfo = read_json_object(path)
    try:
        is_valid = all(
            isinstance(entry["container_name"], str) for entry in dockerinfo["docker_info_list"]
        )
    except (LookupError, TypeError):
        is_valid = False
    if not is_valid:
        raise Failure(
            f"'{path}' has no docker_info_list of entries with a container_name", EXIT_INVALID
        )
    return dockerinfo


def read_pipeline(folder: Path, manifests: list[dict]) -> Solution:
    path = folder / "blueprint.json"
    name = read_json_object(path).get("name")
    if not isinstance(name, str) or not name:
        raise Failure(f"'{path}' says no name", EXIT_INVALID)

    solution = Solution(folder, name, manifests, read_dockerinfo(folder / "dockerinfo.json"))
    for kind in ("Deployment", "Service"):
        if ORCHESTRATOR not in solution.names_of(kind):
            raise Failure(
                f"'{folder / 'deployments'}' has no {kind} '{ORCHESTRATOR}', "
                "which every pipeline needs",
                EXIT_INVALID,
            )
    return solution


def read_single_model(folder: Path, manifests: list[dict]) -> Solution:
    solution = Solution(folder, "", manifests, None)
    path = folder / "modelname.txt"
    name = read_text(path).strip() if path.exists() else ""
    solution.name = name or solution.names_of("Deployment")[0]
    return solution


def read_solution(folder: Path) -> Solution:
    manifests = read_manifests(folder / "deployments")
    if not any(manifest["kind"] == "Deployment" for manifest in manifests):
        raise Failure(
            f"'{folder}' is no unpacked solution: there is no Deployment in its folder "
            "'deployments'; give the right folder with --base_path",
            EXIT_INVALID,
        )
    if (folder / "blueprint.json").exists() or (folder / "orchestrator_client").exists():
        return read_pipeline(folder, manifests)
    return read_single_model(folder, manifests)


# ---- what the user adds ----------------------------------------------------------------------


@dataclass(frozen=True)
class Variable:
    """An environment variable for the containers whose image begins like the pattern."""

    image_pattern: re.Pattern
    name: str
    value: str


def make_variable(path: Path, rule) -> Variable:
    try:
        pattern, name, value = (rule[key] for key in ("docker_image_pattern", "name", "value"))
        if not all(isinstance(text, str) for text in (pattern, name)) or not name:
            raise TypeError
        return Variable(
            re.compile(pattern), name, value if isinstance(value, str) else json.dumps(value)
        )
    except (LookupError, TypeError):
        raise Failure(
            f"'{path}' has an entry of environment_variables that is not made of "
            "docker_image_pattern, name and value",
            EXIT_INVALID,
        ) from None
    except re.error as error:
        raise Failure(
            f"'{path}': docker_image_pattern '{pattern}' is no regular expression: {error}",
            EXIT_INVALID,
        ) from None


def read_variables(path: Path | None) -> list[Variable]:
    if path is None:
        return []
    rules = read_json_object(path).get("environment_variables", [])
    if not isinstance(rules, list):
        raise Failure(f"'{path}': environment_variables is no list", EXIT_INVALID)
    return [make_variable(path, rule) for rule in rules]


def read_pull_secret(name: str, path: Path | None) -> dict | None:
    """The Secret for the registries out of a config.json of Docker. Its content is never shown."""
    if path is None:
        return None
    try:
        content = path.read_bytes()
        config = json.loads(content)
        has_logins = any(login for login in config["auths"].values())
    except OSError as error:
        raise Failure(f"cannot read '{path}': {error.strerror}", EXIT_INVALID) from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise Failure(
            f"'{path}' is no config.json of Docker: it has no 'auths'", EXIT_INVALID
        ) from None
    if not has_logins:
        raise Failure(
            f"'{path}' has no logins in its 'auths', they may be in a credential store: write a "
            "file that has them",
            EXIT_INVALID,
        )

    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name},
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": base64.b64encode(content).decode("ascii")},
    }


# ---- from manifests to what is applied -------------------------------------------------------


def as_number(port):
    """Older deployers write ports as strings; a string that is a name stays one."""
    return int(port) if isinstance(port, str) and port.isdecimal() else port


def mend_service(service: dict) -> None:
    for port in service["spec"]["ports"]:
        port.pop("nodePort", None)  # the API server chooses, and knows which are free
        for key in port.keys() & {"port", "targetPort"}:
            port[key] = as_number(port[key])


def set_variable(container: dict, variable: Variable) -> None:
    others = [entry for entry in container.get("env") or [] if entry["name"] != variable.name]
    container["env"] = [*others, {"name": variable.name, "value": variable.value}]


def mend_container(container: dict, pull_policy: str, variables: list[Variable]) -> None:
    container["imagePullPolicy"] = pull_policy
    for port in container.get("ports") or []:
        port["containerPort"] = as_number(port["containerPort"])
    for variable in variables:
        if variable.image_pattern.match(container["image"]):
            set_variable(container, variable)


def mend_deployment(
    deployment: dict, pull_policy: str, variables: list[Variable], secret_name: str | None
) -> None:
    pod = deployment["spec"]["template"]["spec"]
    for container in pod["containers"]:
        mend_container(container, pull_policy, variables)

    secrets = pod.get("imagePullSecrets") or []
    if secret_name is not None and {"name": secret_name} not in secrets:
        pod["imagePullSecrets"] = [*secrets, {"name": secret_name}]


def webui_service(deployment: dict) -> dict:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": deployment["metadata"]["name"] + WEBUI_SUFFIX},
        "spec": {
            "selector": deployment["spec"]["selector"]["matchLabels"],
            "type": "NodePort",
            "ports": [{"name": "webui", "port": WEBUI_PORT, "targetPort": WEBUI_PORT}],
        },
    }


def webui_services(solution: Solution) -> list[dict]:
    """A Service for each node's web page; the orchestrator has none, and what is there stays."""
    taken = {ORCHESTRATOR + WEBUI_SUFFIX, *solution.names_of("Service")}
    services = [webui_service(m) for m in solution.manifests if m["kind"] == "Deployment"]
    return [service for service in services if service["metadata"]["name"] not in taken]


def mark(obj: dict, namespace: str, label: str) -> None:
    """Put the object into the namespace, and mark it as this solution's."""
    metadata = obj["metadata"]
    if obj["kind"] != "Namespace":
        metadata["namespace"] = namespace
    metadata["labels"] = {**(metadata.get("labels") or {}), SOLUTION_LABEL: label}


def make_objects(
    solution: Solution,
    options: argparse.Namespace,
    variables: list[Variable],
    secret: dict | None,
) -> list[dict]:
    """Everything that is applied, in the order in which it is."""
    for manifest in solution.manifests:
        if manifest["kind"] == "Service":
            mend_service(manifest)
        elif manifest["kind"] == "Deployment":
            mend_deployment(manifest, options.image_pull_policy, variables, options.secret_name)

    objects = [*solution.manifests, *webui_services(solution)]
    objects.sort(key=lambda obj: list(KINDS).index(obj["kind"]))
    if secret is not None:
        objects.insert(0, secret)  # before the pods that pull with it
    for obj in objects:
        mark(obj, options.namespace, solution.label)
    return objects


# ---- kubectl ---------------------------------------------------------------------------------

# What kubectl says when it fails, and what that means; the first that fits.
KUBECTL_FAILURES = (
    (r"\(Unauthorized\)|must be logged in|\(Forbidden\)|is forbidden", EXIT_FORBIDDEN),
    (r"\(NotFound\)", EXIT_NOT_FOUND),
    (r"\(Conflict\)|Apply failed with \d+ conflict", EXIT_CONFLICT),
    (
        r"\(Invalid\)|is invalid|\(BadRequest\)|error validating|decod|failed to create typed",
        EXIT_INVALID,
    ),
)
KUBECTL_NOISE = re.compile(r"Warning: |[EWIF]\d{4} ")


def kubectl_failure(stderr: str) -> Failure:
    lines = [line for line in stderr.splitlines() if line and not KUBECTL_NOISE.match(line)]
    message = one_line(lines[0] if lines else "it does not say why")
    more = sum(line.lower().startswith("error") for line in lines[1:])
    exit_codes = [code for pattern, code in KUBECTL_FAILURES if re.search(pattern, message)]
    return Failure(
        f"kubectl failed: {message}" + (f" (and {more} more)" if more else ""),
        exit_codes[0] if exit_codes else EXIT_UNAVAILABLE,
    )


@dataclass(frozen=True)
class Kubectl:
    namespace: str

    def run(self, *args: str, stdin: str = "", timeout_s: float = GET_TIMEOUT_S) -> str:
        command = [
            "kubectl",
            f"--namespace={self.namespace}",
            f"--request-timeout={REQUEST_TIMEOUT_S}s",
            *args,
        ]
        try:
            done = subprocess.run(
                command,
                input=stdin,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=timeout_s,
                check=False,
            )
        except FileNotFoundError:
            raise Failure(
                "kubectl is not there: install it and put it into PATH", EXIT_UNAVAILABLE
            ) from None
        except subprocess.TimeoutExpired:
            raise Failure(
                f"kubectl {args[0]} took more than {timeout_s} s: is the cluster reachable?",
                EXIT_UNAVAILABLE,
            ) from None

        for line in done.stderr.splitlines():
            if line.startswith("Warning: "):
                print(one_line(line), file=sys.stderr)
        if done.returncode != 0:
            raise kubectl_failure(done.stderr)
        return done.stdout

    def has_namespace(self) -> bool:
        """Whether there is one; one that is going away is a failure."""
        phase = self.run(
            "get",
            "namespace",
            self.namespace,
            "--ignore-not-found",
            "--output=jsonpath={.status.phase}",
        )
        if phase not in ("", "Active"):
            raise Failure(
                f"namespace '{self.namespace}' is {phase}: wait until it is gone, or take another",
                EXIT_CONFLICT,
            )
        return phase != ""

    def solutions(self, kinds: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        """Kind, name and solution of the objects of these kinds, Secrets unread."""
        row = f"{{.kind}}/{{.metadata.name}}/{{.metadata.labels.{SOLUTION_LABEL}}}"
        text = self.run(
            "get",
            ",".join(kinds),
            f'--output=jsonpath={{range .items[*]}}{row}{{"\\n"}}{{end}}',
        )
        for line in text.splitlines():
            kind, name, solution = line.split("/")
            yield kind, name, solution

    def apply(self, objects: list[dict]) -> None:
        """Server-side, all in one; that the objects are ours, or new, is known before."""
        self.run(
            "apply",
            "--server-side",
            f"--field-manager={FIELD_MANAGER}",
            "--force-conflicts",
            "--filename=-",
            "--output=name",
            stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}, default=str),
            timeout_s=APPLY_TIMEOUT_S,
        )

    def snapshot(self) -> Snapshot:
        kinds = "deployments,replicasets,pods,services,persistentvolumeclaims,events"
        return Snapshot(json.loads(self.run("get", kinds, "--output=json"))["items"])

    def last_log_lines(self, pod: str, container: str) -> list[str]:
        try:
            text = self.run("logs", pod, f"--container={container}", f"--tail={LOG_LINES}")
        except Failure as failure:
            return [f"(no log: {failure})"]
        return [one_line(line) for line in text.splitlines()] or ["(nothing)"]


def foreign_failure(namespace: str, kind: str, name: str, owner: str) -> Failure:
    whose = f"of another solution, '{owner}'" if owner else "that is not of this solution"
    advice = "deploy to a namespace of its own"
    if kind == "Secret":
        advice = "give another --secret_name, or use it as it is: without --path_docker_secret"
    return Failure(
        f"namespace '{namespace}' has a {kind} '{name}' {whose}: {advice}", EXIT_CONFLICT
    )


def refuse_foreign(kubectl: Kubectl, solution: Solution, objects: list[dict]) -> None:
    """Only what this solution made, or what is not there yet, is applied."""
    wanted = {(obj["kind"], obj["metadata"]["name"]) for obj in objects}
    kinds = sorted({kind for kind, _ in wanted})
    wanted.add(("Deployment", ORCHESTRATOR))
    for kind, name, owner in kubectl.solutions(kinds):
        if owner != solution.label and (owner or (kind, name) in wanted):
            raise foreign_failure(kubectl.namespace, kind, name, owner)


def find_namespace(kubectl: Kubectl, solution: Solution, objects: list[dict], create: bool) -> None:
    """See that the namespace can be used; one to be made becomes the first of the objects."""
    if kubectl.has_namespace():
        refuse_foreign(kubectl, solution, objects)
        return
    if not create:
        raise Failure(
            f"there is no namespace '{kubectl.namespace}': make it, or say --create-namespace",
            EXIT_NOT_FOUND,
        )
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": kubectl.namespace}}
    mark(namespace, kubectl.namespace, solution.label)
    objects.insert(0, namespace)


# ---- what the cluster makes of it ------------------------------------------------------------


class Snapshot:
    """What was in the namespace at one moment."""

    def __init__(self, items: list[dict]):
        self.items = items

    def named(self, kind: str, name: str) -> dict | None:
        for item in self.items:
            if item["kind"] == kind and item["metadata"]["name"] == name:
                return item
        return None

    def owned(self, kind: str, owner: dict) -> list[dict]:
        uid = owner["metadata"]["uid"]
        return [
            item
            for item in self.items
            if item["kind"] == kind
            and any(ref["uid"] == uid for ref in item["metadata"].get("ownerReferences", []))
        ]

    def last_event(self, about: dict, reasons: Iterable[str], beginning: str = "") -> dict | None:
        """The newest event with one of these reasons and this beginning of its message."""
        events = [
            item
            for item in self.items
            if item["kind"] == "Event"
            and item.get("reason") in reasons
            and item.get("message", "").startswith(beginning)
            and item["involvedObject"].get("uid") == about["metadata"]["uid"]
        ]
        return max(events, key=event_time, default=None)

    def service(self, name: str) -> dict:
        service = self.named("Service", name)
        if service is None:
            raise Failure(f"Service '{name}' is gone, somebody has deleted it", EXIT_CONFLICT)
        return service

    def host(self) -> str:
        """The address of a node; a node port answers on every one."""
        hosts = [item["status"].get("hostIP") for item in self.items if item["kind"] == "Pod"]
        host = next(filter(None, hosts), "NODE")
        return f"[{host}]" if ":" in host else host

    def pods_of(self, deployment: dict) -> list[dict]:
        """The pods of its newest version, without those evicted or on their way out."""
        revision = revision_of(deployment)
        pods = [
            pod
            for replicaset in self.owned("ReplicaSet", deployment)
            if revision_of(replicaset) == revision
            for pod in self.owned("Pod", replicaset)
            if "deletionTimestamp" not in pod["metadata"]
        ]
        return [pod for pod in pods if pod["status"].get("phase") != "Failed"] or pods


def event_time(event: dict) -> str:
    return (
        event.get("lastTimestamp")
        or event.get("eventTime")
        or event["metadata"].get("creationTimestamp")
        or ""
    )


def revision_of(obj: dict) -> str | None:
    annotations = obj["metadata"].get("annotations") or {}
    return annotations.get("deployment.kubernetes.io/revision")


def condition(obj: dict, kind: str) -> dict:
    for entry in obj.get("status", {}).get("conditions") or []:
        if entry["type"] == kind:
            return entry
    return {}


def container_statuses(pod: dict) -> list[dict]:
    status = pod["status"]
    return [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]


def restarts_of(pod: dict) -> int:
    return sum(status["restartCount"] for status in container_statuses(pod))


@dataclass(frozen=True)
class Trouble:
    """Why something does not start, and how long that may be so before waiting is given up."""

    text: str
    patience_s: float
    log_of: tuple[str, str] | None = None  # pod and container


HOPELESS_PULL = re.compile(
    r"not found|manifest unknown|denied|unauthorized|authentication required|no basic auth", re.I
)


def pull_trouble(pod: dict, status: dict, snapshot: Snapshot) -> Trouble:
    """The state alternates with a back-off that tells less than the event does."""
    event = snapshot.last_event(pod, {"Failed"}, "Failed to pull")
    text = event["message"] if event else status["state"]["waiting"].get("message", "")
    is_hopeless = HOPELESS_PULL.search(text)
    return Trouble(
        f"its image '{status['image']}' cannot be pulled: {one_line(text)}",
        PATIENCE_SHORT_S if is_hopeless else PATIENCE_MEDIUM_S,
    )


def config_trouble(pod: dict, status: dict, snapshot: Snapshot) -> Trouble:
    waiting = status["state"]["waiting"]
    text = one_line(waiting.get("message", ""))
    return Trouble(f"its container cannot be made: {waiting['reason']}: {text}", PATIENCE_SHORT_S)


def memory_limit(pod: dict, container: str) -> str:
    for spec in pod["spec"]["containers"]:
        if spec["name"] == container:
            return spec.get("resources", {}).get("limits", {}).get("memory", "")
    return ""


def crash_trouble(pod: dict, status: dict, snapshot: Snapshot) -> Trouble | None:
    ended = status["state"].get("terminated") or status.get("lastState", {}).get("terminated")
    if ended is None:
        return None

    restarts = status["restartCount"]
    patience_s = PATIENCE_NONE_S if restarts >= HOPELESS_RESTARTS else PATIENCE_ENDLESS_S
    log_of = (pod["metadata"]["name"], status["name"])
    reason = ended.get("reason", "")
    if reason == "OOMKilled":
        limit = memory_limit(pod, status["name"])
        text = "was killed for want of memory" + (f" (its limit is {limit})" if limit else "")
    elif reason in ("StartError", "ContainerCannotRun"):
        text = f"its command cannot be started: {one_line(ended.get('message', ''))}"
        patience_s, log_of = PATIENCE_SHORT_S, None
    else:
        text = f"ends by itself with exit code {ended['exitCode']}"
    times = "once" if restarts == 0 else f"{restarts + 1} times"
    return Trouble(f"{text}, started {times}", patience_s, log_of)


WAITING_TROUBLES = {
    "ErrImagePull": pull_trouble,
    "ImagePullBackOff": pull_trouble,
    "ErrImageNeverPull": config_trouble,
    "InvalidImageName": config_trouble,
    "CreateContainerConfigError": config_trouble,
    "CreateContainerError": config_trouble,
    "RunContainerError": crash_trouble,
    "CrashLoopBackOff": crash_trouble,
}


def container_trouble(pod: dict, snapshot: Snapshot) -> Trouble | None:
    init_names = {status["name"] for status in pod["status"].get("initContainerStatuses", [])}
    for status in container_statuses(pod):
        waiting = status["state"].get("waiting", {}).get("reason")
        terminated = status["state"].get("terminated")
        trouble = None
        if waiting in WAITING_TROUBLES:
            trouble = WAITING_TROUBLES[waiting](pod, status, snapshot)
        elif terminated and not (status["name"] in init_names and terminated["exitCode"] == 0):
            trouble = crash_trouble(pod, status, snapshot)
        if trouble is not None:
            return trouble
    return None


def claim_trouble(pod: dict, snapshot: Snapshot) -> Trouble | None:
    for volume in pod["spec"].get("volumes", []):
        name = volume.get("persistentVolumeClaim", {}).get("claimName")
        claim = snapshot.named("PersistentVolumeClaim", name) if name else None
        if claim is None or claim.get("status", {}).get("phase") == "Bound":
            continue
        event = snapshot.last_event(
            claim, {"FailedBinding", "ProvisioningFailed", "VolumeMismatch"}
        )
        if event is not None:
            return Trouble(
                f"its claim '{name}' cannot be bound: {one_line(event['message'])}; the cluster "
                "needs a PersistentVolume, or a storage class, with ReadWriteMany",
                PATIENCE_MEDIUM_S,
            )
    return None


def scheduling_trouble(pod: dict, snapshot: Snapshot) -> Trouble | None:
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") != "False":
        return None
    message = one_line(scheduled.get("message", ""))
    return claim_trouble(pod, snapshot) or Trouble(
        f"no node takes it: {message}",
        PATIENCE_SHORT_S if re.search(r"claim \S+ not found", message) else PATIENCE_LONG_S,
    )


def mount_trouble(pod: dict, snapshot: Snapshot) -> Trouble | None:
    """Seen in events alone; the state says ContainerCreating all the while."""
    states = [
        status["state"].get("waiting", {}).get("reason") for status in container_statuses(pod)
    ]
    if not any(reason in ("ContainerCreating", "PodInitializing") for reason in states):
        return None
    event = snapshot.last_event(
        pod, {"FailedMount", "FailedAttachVolume", "FailedMapVolume", "FailedCreatePodSandBox"}
    )
    if event is None:
        return None
    message = one_line(event["message"])
    return Trouble(
        f"{event['reason']}: {message}",
        PATIENCE_MEDIUM_S if "not found" in message else PATIENCE_LONG_S,
    )


def probe_trouble(pod: dict, snapshot: Snapshot) -> Trouble | None:
    """It runs but does not answer its probe; a slow start looks the same."""
    statuses = container_statuses(pod)
    if not statuses or any("running" not in status["state"] for status in statuses):
        return None
    event = snapshot.last_event(pod, {"Unhealthy"})
    if event is None or is_pod_ready(pod):
        return None
    return Trouble(f"runs but is not ready: {one_line(event['message'])}", PATIENCE_ENDLESS_S)


def eviction_trouble(pod: dict, snapshot: Snapshot) -> Trouble | None:
    status = pod["status"]
    if status.get("phase") != "Failed":
        return None
    text = one_line(f"{status.get('reason', '')} {status.get('message', '')}")
    return Trouble(f"its pod failed: {text}", PATIENCE_LONG_S)


POD_TROUBLES = (
    scheduling_trouble,
    container_trouble,
    mount_trouble,
    probe_trouble,
    eviction_trouble,
)


def replica_trouble(deployment: dict) -> Trouble | None:
    """No pod could be made at all: quota, pod security, admission."""
    failure = condition(deployment, "ReplicaFailure")
    if failure.get("status") != "True":
        return None
    return Trouble(
        f"its pod cannot be made: {one_line(failure.get('message', ''))}", PATIENCE_MEDIUM_S
    )


def find_trouble(deployment: dict, pods: list[dict], snapshot: Snapshot) -> Trouble | None:
    for pod in pods:
        for look in POD_TROUBLES:
            trouble = look(pod, snapshot)
            if trouble is not None:
                return trouble
    return None if pods else replica_trouble(deployment)


def is_pod_ready(pod: dict) -> bool:
    return condition(pod, "Ready").get("status") == "True"


def is_observed(deployment: dict) -> bool:
    """Whether the cluster has seen what was applied; its pods are the old ones until then."""
    status = deployment.get("status", {})
    return status.get("observedGeneration", 0) >= deployment["metadata"]["generation"]


def is_rolled_out(deployment: dict) -> bool:
    """As `kubectl rollout status` sees it: all new pods are available and no old one is left."""
    status = deployment.get("status", {})
    wanted = deployment["spec"].get("replicas", 1)
    return (
        status.get("updatedReplicas", 0) >= wanted
        and status.get("replicas", 0) <= status.get("updatedReplicas", 0)
        and status.get("availableReplicas", 0) >= wanted
    )


def describe_start(pods: list[dict], snapshot: Snapshot) -> str:
    for pod in pods:
        event = snapshot.last_event(pod, {"Pulling", "Pulled", "Created", "Started"})
        if event is not None and event["reason"] == "Pulling":
            return one_line(event["message"])
    return "starting"


@dataclass(frozen=True)
class State:
    """What is to be said of one workload."""

    name: str
    text: str
    is_ready: bool = False
    trouble: Trouble | None = None
    starts: tuple[tuple[str, int], ...] = ()  # pods and their restarts

    @property
    def has_restarted(self) -> bool:
        return any(restarts for _, restarts in self.starts)


def judge(name: str, snapshot: Snapshot) -> State:
    deployment = snapshot.named("Deployment", name)
    if deployment is None:
        gone = Trouble("its Deployment is gone, somebody has deleted it", PATIENCE_SHORT_S)
        return State(name, gone.text, trouble=gone)

    if not is_observed(deployment):
        return State(name, "starting")
    pods = snapshot.pods_of(deployment)
    starts = tuple(sorted((pod["metadata"]["uid"], restarts_of(pod)) for pod in pods))
    trouble = find_trouble(deployment, pods, snapshot)
    if trouble is not None:
        return State(name, trouble.text, trouble=trouble, starts=starts)
    if is_rolled_out(deployment) and all(map(is_pod_ready, pods)):
        return State(name, "ready", is_ready=True, starts=starts)
    return State(name, describe_start(pods, snapshot), starts=starts)


# ---- waiting ---------------------------------------------------------------------------------


@dataclass
class Patience:
    """How long each workload has been in trouble."""

    since: dict[str, float] = field(default_factory=dict)

    def is_over(self, state: State, now: float) -> bool:
        if state.trouble is None:
            self.since.pop(state.name, None)
            return False
        return now - self.since.setdefault(state.name, now) >= state.trouble.patience_s


@dataclass
class Calm:
    """How long all workloads have been ready, with nothing started anew."""

    since: float = 0
    starts: list | None = None

    def has_lasted(self, states: list[State], now: float) -> bool:
        if not all(state.is_ready for state in states):
            self.starts = None
            return False
        starts = [state.starts for state in states]
        if self.starts != starts:
            self.starts, self.since = starts, now
        has_restarted = any(state.has_restarted for state in states)
        return now - self.since >= (SETTLE_AFTER_RESTART_S if has_restarted else SETTLE_S)


@dataclass
class Progress:
    """Prints a line whenever there is something new to say of a workload."""

    width: int
    shown: dict[str, str] = field(default_factory=dict)

    def show(self, states: list[State], now: float) -> None:
        for state in states:
            if self.shown.get(state.name) != state.text:
                self.shown[state.name] = state.text
                print(f"{now:6.1f} s  {state.name:<{self.width}}  {state.text}")


def give_up(kubectl: Kubectl, why: str, states: list[State], exit_code: int) -> None:
    """Fail with what is to be said of these workloads, those of one reason together."""
    names: dict[str, list[str]] = {}
    for state in states:
        names.setdefault(state.text, []).append(state.name)
        if state.trouble is not None and state.trouble.log_of is not None:
            print(f"last lines that '{state.name}' wrote:", file=sys.stderr)
            for line in kubectl.last_log_lines(*state.trouble.log_of):
                print(f"    {line}", file=sys.stderr)
    reasons = "; ".join(f"{', '.join(of_text)}: {text}" for text, of_text in names.items())
    raise Failure(f"{why}: {reasons}", exit_code)


def snapshots(kubectl: Kubectl, began: float) -> Iterator[tuple[float, Snapshot | None]]:
    """One after the other, with the seconds since the beginning; None: could not be had."""
    failed = 0
    while True:
        snapshot = None
        try:
            snapshot = kubectl.snapshot()
            failed = 0
        except Failure as failure:
            failed += 1
            if failure.exit_code != EXIT_UNAVAILABLE or failed > FORGIVEN_POLLS:
                raise
        now = time.monotonic() - began
        yield now, snapshot
        time.sleep(POLL_S if now < SLOW_AFTER_S else SLOW_POLL_S)


def wait_until_ready(kubectl: Kubectl, names: list[str], timeout_s: float) -> Snapshot:
    """Wait until all workloads are ready, and fail as soon as waiting cannot help."""
    patience, calm, progress = Patience(), Calm(), Progress(max(map(len, names)))
    states: list[State] = []

    for now, snapshot in snapshots(kubectl, time.monotonic()):
        if snapshot is not None:
            states = [judge(name, snapshot) for name in names]
            progress.show(states, now)
            over = [patience.is_over(state, now) for state in states]
            if any(over):
                troubled = [state for state in states if state.trouble is not None]
                give_up(kubectl, "cannot start", troubled, EXIT_NOT_READY)
            if calm.has_lasted(states, now):
                return snapshot
        if now >= timeout_s:
            late = [state for state in states if not state.is_ready]
            give_up(kubectl, f"not ready within {timeout_s:g} s", late, EXIT_UNAVAILABLE)


# ---- what the user gets ----------------------------------------------------------------------


def api_port(service: dict) -> dict:
    return service["spec"]["ports"][0]


def update_dockerinfo(dockerinfo: dict, services: dict[str, dict]) -> dict:
    """Names and ports as they are now: each Service's port, the orchestrator's node port.

    The node port is what a client outside of the cluster needs.
    """
    entries = [
        {**entry, "container_name": entry["container_name"].lower()}
        for entry in dockerinfo["docker_info_list"]
    ]
    known = {entry["container_name"] for entry in entries}
    entries += [{"container_name": name} for name in services if name not in known]

    for entry in entries:
        name = entry["container_name"]
        if name in services:
            port = api_port(services[name])
            number = port.get("nodePort", port["port"]) if name == ORCHESTRATOR else port["port"]
            entry.update(ip_address=name, port=number)
    return {**dockerinfo, "docker_info_list": entries}


def write_atomically(path: Path, text: str) -> None:
    """The file is the old one or the new one, never a part."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as new:
            try:
                new.write(text)
                new.flush()
                os.fsync(new.fileno())
                shutil.copymode(path, new.name)
                os.replace(new.name, path)
            except BaseException:
                os.unlink(new.name)
                raise
    except OSError as error:
        raise Failure(f"cannot write '{path}': {error.strerror}", EXIT_INVALID) from None


@dataclass(frozen=True)
class Report:
    """Says where everything answers."""

    solution: Solution
    namespace: str
    snapshot: Snapshot

    def endpoint(self, service_name: str) -> str:
        """Where a client outside of the cluster finds the Service."""
        port = api_port(self.snapshot.service(service_name))
        if "nodePort" in port:
            return f"{self.snapshot.host()}:{port['nodePort']}"
        print(f"'{service_name}' answers inside the cluster only, unless this runs:")
        print(f"  kubectl -n {self.namespace} port-forward service/{service_name} {port['port']}")
        return f"localhost:{port['port']}"

    def print_pipeline(self) -> None:
        endpoint = self.endpoint(ORCHESTRATOR)
        folder = self.solution.folder
        client = folder / "orchestrator_client" / "orchestrator_client.py"
        command = ["python3", client, "--endpoint", endpoint, "--basepath", folder]
        port = endpoint.rpartition(":")[2]
        print(f"the orchestrator answers at port {port}; run the pipeline with")
        print("  " + " ".join(shlex.quote(str(word)) for word in command))

    def print_single_model(self) -> None:
        for name in self.solution.names_of("Service"):
            print(f"'{name}' answers at {self.endpoint(name)}")

    def print(self) -> None:
        print("web pages, of the nodes that have one:")
        for service in webui_services(self.solution):
            name = service["metadata"]["name"]
            print(f"  {name}: http://{self.endpoint(name)}")
        if self.solution.is_pipeline:
            self.print_pipeline()
        else:
            self.print_single_model()


def deploy(options: argparse.Namespace) -> None:
    if yaml is None:
        raise Failure(
            "PyYAML is missing: python3 -m pip install -r requirements.txt", EXIT_UNAVAILABLE
        )
    solution = read_solution(options.base_path)
    secret = read_pull_secret(options.secret_name, options.path_docker_secret)
    objects = make_objects(solution, options, read_variables(options.config_file), secret)

    kubectl = Kubectl(options.namespace)
    find_namespace(kubectl, solution, objects, options.create_namespace)
    kubectl.apply(objects)
    print(f"applied {len(objects)} objects of '{one_line(solution.name)}' to '{options.namespace}'")

    snapshot = wait_until_ready(kubectl, solution.names_of("Deployment"), options.timeout)
    if solution.is_pipeline:
        services = {name: snapshot.service(name) for name in solution.names_of("Service")}
        dockerinfo = update_dockerinfo(solution.dockerinfo, services)
        write_atomically(solution.dockerinfo_path, json.dumps(dockerinfo, indent=2) + "\n")
    Report(solution, options.namespace, snapshot).print()


# ---- command line ----------------------------------------------------------------------------


def namespace_name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", text):
        raise argparse.ArgumentTypeError(f"'{text}' is no name for a namespace")
    return text


def seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds")
    return number


def make_parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog=PROG, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("-n", "--namespace", type=namespace_name, required=True, help="where to deploy to")
    add("--create-namespace", action="store_true", help="make the namespace if it is not there")
    add(
        "-bp",
        "--base_path",
        type=Path,
        default=Path.cwd(),
        metavar="FOLDER",
        help="the unpacked solution (default: the current folder)",
    )
    add(
        "-ipp",
        "--image_pull_policy",
        choices=("Always", "IfNotPresent", "Never"),
        default="Always",
        help="when images are pulled (default: Always)",
    )
    add("-sn", "--secret_name", metavar="NAME", help="Secret with the logins of the registries")
    add(
        "-ps",
        "--path_docker_secret",
        type=Path,
        metavar="FILE",
        help="make that Secret out of this config.json of Docker",
    )
    add(
        "-cf",
        "--config-file",
        type=Path,
        metavar="FILE",
        help='JSON: {"environment_variables": [{"docker_image_pattern": REGEX, "name": NAME, '
        '"value": VALUE}]}: set in the containers whose image begins like this',
    )
    add(
        "--timeout",
        type=seconds,
        default=DEFAULT_TIMEOUT_S,
        metavar="SECONDS",
        help=f"how long to wait until all is ready (default: {DEFAULT_TIMEOUT_S})",
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    parser = make_parser()
    options = parser.parse_args(arguments)
    if options.path_docker_secret is not None and options.secret_name is None:
        parser.error("--path_docker_secret needs --secret_name")

    sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
    try:
        deploy(options)
    except Failure as failure:
        print(f"{PROG}: {failure}", file=sys.stderr)
        return failure.exit_code
    except KeyboardInterrupt:
        print(f"{PROG}: interrupted; what was applied stays, run it again", file=sys.stderr)
        return EXIT_INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
