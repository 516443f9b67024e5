"""A stand-in for kubectl: it plays a little cluster out of a file and writes down what it is asked.

A test makes a `Cluster`, which puts a program `kubectl` into a folder for PATH, and says in which
situation each workload is, poll after poll. The shapes of states, conditions and events are those
of Kubernetes 1.36, cut to what has a meaning.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

SOLUTION_LABEL = "playground/solution"
FIRST_NODE_PORT = 30000
HOST_IP = "192.0.2.7"

KINDS = {
    "deployments": "Deployment",
    "replicasets": "ReplicaSet",
    "pods": "Pod",
    "services": "Service",
    "persistentvolumeclaims": "PersistentVolumeClaim",
    "events": "Event",
    "secret": "Secret",
    "deployment": "Deployment",
    "service": "Service",
    "persistentvolumeclaim": "PersistentVolumeClaim",
}


# ---- what can be the matter with a workload --------------------------------------------------


def waiting(reason: str, message: str = "", **status) -> dict:
    return {"state": {"waiting": {"reason": reason, "message": message}}} | status


def ended(exit_code: int, reason: str, restarts: int, message: str = "") -> dict:
    last = {"exitCode": exit_code, "reason": reason, "message": message}
    if restarts == 0:
        return {"state": {"terminated": last}}
    back_off = waiting("CrashLoopBackOff", "back-off restarting failed container")
    return back_off | {"lastState": {"terminated": last}, "restartCount": restarts}


RUNNING = {"state": {"running": {"startedAt": "2024-01-01T00:00:00Z"}}}
CREATING = waiting("ContainerCreating")
UNSCHEDULED = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
QUOTA = 'pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1'

# Situation: the container's status (None: not made yet), and what else is different. `event` is
# about the pod, `claim_event` about the claim.
SITUATIONS = {
    "ready": {"container": RUNNING, "ready": True},
    "restarted": {"container": RUNNING | {"restartCount": 1}, "ready": True},
    "restarted-again": {"container": RUNNING | {"restartCount": 2}, "ready": True},
    "creating": {"container": CREATING},
    "pulling": {"container": CREATING, "event": ("Pulling", 'Pulling image "big:1"')},
    "image-absent": {
        "container": waiting("ErrImagePull"),
        "event": ("Failed", 'Failed to pull image "x:1": manifest unknown'),
    },
    "image-back-off": {
        "container": waiting("ImagePullBackOff", 'Back-off pulling image "x:1"'),
        "event": ("Failed", 'Failed to pull image "x:1": dial tcp: i/o timeout'),
    },
    "image-never": {"container": waiting("ErrImageNeverPull", "not present with policy Never")},
    "no-config": {"container": waiting("CreateContainerConfigError", 'configmap "c" not found')},
    "crashed-once": {"container": ended(3, "Error", 0)},
    "crashed-twice": {"container": ended(3, "Error", 1)},
    "crash-loop": {"container": ended(3, "Error", 2)},
    "out-of-memory": {"container": ended(137, "OOMKilled", 2)},
    "no-command": {"container": ended(128, "StartError", 1, 'exec: "/nope": no such file')},
    "no-cpu": {"scheduled": "0/1 nodes are available: 1 Insufficient cpu."},
    "no-claim": {"scheduled": 'persistentvolumeclaim "shared-folder" not found.'},
    "unbound": {
        "scheduled": "pod has unbound immediate PersistentVolumeClaims.",
        "claim_event": ("FailedBinding", "no persistent volumes available for this claim"),
    },
    "no-mount": {
        "container": CREATING,
        "event": ("FailedMount", 'MountVolume.SetUp failed for volume "v": secret "s" not found'),
    },
    "no-probe": {
        "container": RUNNING,
        "event": ("Unhealthy", "Readiness probe failed: connection refused"),
    },
    "was-slow": {
        "container": RUNNING,
        "ready": True,
        "event": ("Unhealthy", "Readiness probe failed: connection refused"),
    },
    "quota": {"replica_failure": QUOTA},
    "evicted": {"failed": "The node was low on resource: memory."},
    "gone": {"gone": True},
    "unseen": {"container": ended(3, "Error", 9), "unseen": True},
    "half-rolled-out": {"container": RUNNING, "ready": True, "old": 1},
    "leftovers": {"container": RUNNING, "ready": True, "leftovers": True},
}


# ---- the cluster that the program plays ------------------------------------------------------


def metadata(name: str, uid: str, owner: str | None = None, **more) -> dict:
    owners = {"ownerReferences": [{"uid": owner}]} if owner else {}
    return {"name": name, "uid": uid} | owners | more


def revision(number: int) -> dict:
    return {"annotations": {"deployment.kubernetes.io/revision": str(number)}}


def event_about(uid: str, reason: str, message: str) -> dict:
    return {
        "kind": "Event",
        "metadata": {"name": f"{uid}.{reason}"},
        "involvedObject": {"uid": uid},
        "reason": reason,
        "message": message,
        "lastTimestamp": "2024-01-01T00:00:00Z",
    }


def pod_of(deployment: dict, situation: dict, replicaset: str = "rs", **more) -> dict:
    name = deployment["metadata"]["name"]
    spec = deployment["spec"]["template"]["spec"]
    is_ready = situation.get("ready", False)
    conditions = [{"type": "Ready", "status": str(is_ready)}]
    status = {"phase": "Running", "hostIP": HOST_IP, "conditions": conditions}
    if "scheduled" in situation:
        conditions.append(UNSCHEDULED | {"message": situation["scheduled"]})
    if "container" in situation:
        base = {"name": name, "image": spec["containers"][0]["image"], "restartCount": 0}
        status["containerStatuses"] = [base | situation["container"]]
    if "failed" in situation:
        status |= {"phase": "Failed", "reason": "Evicted", "message": situation["failed"]}
    own = metadata(f"{name}-1-abc", f"{name}-pod", owner=f"{name}-{replicaset}", **more)
    return {"kind": "Pod", "metadata": own, "spec": spec, "status": status}


def leftovers_of(deployment: dict) -> list[dict]:
    """Crashing pods that do not count: one of the version before, one on its way out."""
    name = deployment["metadata"]["name"]
    crashing = SITUATIONS["crash-loop"]
    old = metadata(f"{name}-0", f"{name}-old", owner=f"{name}-uid", **revision(0))
    return [
        {"kind": "ReplicaSet", "metadata": old},
        pod_of(deployment, crashing, "old"),
        pod_of(deployment, crashing, deletionTimestamp="2024-01-01T00:00:00Z"),
    ]


def play(deployment: dict, situation: dict) -> list[dict]:
    """A Deployment and everything that its controllers and the kubelet would make of it."""
    if "gone" in situation:
        return []

    name = deployment["metadata"]["name"]
    is_ready, failure = situation.get("ready", False), situation.get("replica_failure")
    conditions = [{"type": "ReplicaFailure", "status": "True", "message": failure}]
    status = {
        "observedGeneration": 0 if "unseen" in situation else 1,
        "replicas": 1 + situation.get("old", 0),
        "updatedReplicas": 1,
        "availableReplicas": int(is_ready),
        "conditions": conditions if failure else [],
    }
    own = deployment["metadata"] | metadata(name, f"{name}-uid", generation=1, **revision(1))
    replicaset = metadata(f"{name}-1", f"{name}-rs", owner=f"{name}-uid", **revision(1))
    objects = [
        deployment | {"metadata": own, "status": status},
        {"kind": "ReplicaSet", "metadata": replicaset},
    ]
    if "leftovers" in situation:
        objects += leftovers_of(deployment)
    if not failure:
        objects.append(pod_of(deployment, situation))
    if "event" in situation:
        objects.append(event_about(f"{name}-pod", *situation["event"]))
    if "claim_event" in situation:
        objects.append(event_about("shared-folder-uid", *situation["claim_event"]))
    return objects


class Player:
    """The program: answers one call and keeps the cluster in its file."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.state = json.loads((folder / "cluster.json").read_text())

    def situation(self, name: str) -> dict:
        """Where the workload is at this poll; the last situation lasts."""
        story = self.state["stories"].get(name, ["ready"])
        return SITUATIONS[story[min(self.state["polls"], len(story) - 1)]]

    def all_objects(self) -> list[dict]:
        objects = []
        for obj in self.state["objects"]:
            name = obj["metadata"]["name"]
            if obj["kind"] == "Deployment" and "spec" in obj:
                objects += play(obj, self.situation(name))
            elif obj["kind"] == "PersistentVolumeClaim":
                own = obj["metadata"] | {"uid": f"{name}-uid"}
                phase = {"phase": self.state["claim_phase"]}
                objects.append(obj | {"metadata": own, "status": phase})
            else:
                objects.append(obj)
        return objects

    def give_ports(self, service: dict, old: dict | None) -> None:
        if service["spec"].get("type") != "NodePort":
            return
        for i, port in enumerate(service["spec"]["ports"]):
            assert "nodePort" not in port, "the choice of a node port is the API server's"
            if old is not None:
                port["nodePort"] = old["spec"]["ports"][i]["nodePort"]
            else:
                port["nodePort"] = FIRST_NODE_PORT + self.state["ports"]
                self.state["ports"] += 1

    def put(self, obj: dict) -> None:
        key = (obj["kind"], obj["metadata"]["name"])
        objects = self.state["objects"]
        same = [o for o in objects if (o["kind"], o["metadata"]["name"]) == key]
        if obj["kind"] == "Namespace":
            self.state["namespaces"][obj["metadata"]["name"]] = "Active"
            return
        if obj["kind"] == "Service":
            self.give_ports(obj, same[0] if same else None)
        self.state["objects"] = [o for o in objects if o not in same] + [obj]

    def get_rows(self, kinds: list[str]) -> str:
        rows = []
        for obj in self.state["objects"]:
            if obj["kind"] in kinds:
                owner = obj["metadata"].get("labels", {}).get(SOLUTION_LABEL, "")
                rows.append(f"{obj['kind']}/{obj['metadata']['name']}/{owner}\n")
        return "".join(rows)

    def get(self, what: str, words: list[str], output: str) -> str:
        if what == "namespace":
            assert output == "jsonpath={.status.phase}"
            assert "--ignore-not-found" in words
            return self.state["namespaces"].get(words[0], "")
        kinds = [KINDS[kind.lower()] for kind in what.split(",")]
        if output.startswith("jsonpath={range"):
            return self.get_rows(kinds)
        assert output == "json"
        items = [obj for obj in self.all_objects() if obj["kind"] in kinds]
        self.state["polls"] += 1
        return json.dumps({"kind": "List", "items": items})

    def apply(self, stdin: str) -> str:
        objects = json.loads(stdin)["items"]
        for obj in objects:
            self.put(obj)
        return "".join(f"{obj['kind']}/{obj['metadata']['name']}\n" for obj in objects)

    def answer(self, args: list[str], stdin: str) -> str:
        words = [arg for arg in args if not re.match("--(namespace|request-timeout)=", arg)]
        output = next((arg[len("--output=") :] for arg in args if "--output=" in arg), "")
        if words[0] == "get":
            return self.get(words[1], words[2:], output)
        if words[0] == "apply":
            return self.apply(stdin)
        assert words[0] == "logs", f"what is '{words[0]}'?"
        return self.state["logs"]

    def call(self, args: list[str], stdin: str) -> int:
        verb = next(arg for arg in args if not arg.startswith("--"))
        with (self.folder / "calls").open("a") as calls:
            calls.write(json.dumps({"verb": verb, "argv": args, "stdin": stdin}) + "\n")
        failures = self.state["failures"].get(verb, [])
        failure = failures.pop(0) if failures else None
        out = "" if failure else self.answer(args, stdin)
        (self.folder / "cluster.json").write_text(json.dumps(self.state))
        sys.stderr.write(failure or self.state["warnings"].get(verb, ""))
        sys.stdout.write(out)
        return 1 if failure else 0


def main(folder: str) -> int:
    return Player(Path(folder)).call(sys.argv[1:], sys.stdin.read())


# ---- what a test sees ------------------------------------------------------------------------


LAUNCHER = """#!{python} -ES
import sys
sys.path.insert(0, {module_folder!r})
from kubectl_standin import main
sys.exit(main({folder!r}))
"""


class Cluster:
    """Put `bin` first in PATH. `stories` says for each workload its situations, poll by poll."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        program = self.bin / "kubectl"
        module_folder = str(Path(__file__).parent)
        program.write_text(
            LAUNCHER.format(python=sys.executable, module_folder=module_folder, folder=str(folder))
        )
        program.chmod(0o755)
        self.change(
            namespaces={"demo": "Active"},
            objects=[],
            stories={},
            claim_phase="Bound",
            polls=0,
            ports=0,
            logs="",
            failures={},  # verb to what each call of it says on stderr before it fails; "": works
            warnings={},  # verb to what it says on stderr while it works
        )

    @property
    def state(self) -> dict:
        path = self.folder / "cluster.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def change(self, **members) -> None:
        (self.folder / "cluster.json").write_text(json.dumps(self.state | members))

    def add(self, kind: str, name: str, solution: str | None = None) -> None:
        """An object that is there before."""
        labels = {SOLUTION_LABEL: solution} if solution else {}
        obj = {"kind": kind, "metadata": {"name": name, "labels": labels}}
        self.change(objects=[*self.state["objects"], obj])

    @property
    def calls(self) -> list[SimpleNamespace]:
        """Each call so far: `argv`, `stdin`, and `verb`, the first word that is no option."""
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        return [SimpleNamespace(**json.loads(line)) for line in lines]

    @property
    def verbs(self) -> list[str]:
        return [call.verb for call in self.calls]

    @property
    def applied(self) -> list[dict]:
        """The objects of the one apply."""
        (stdin,) = [call.stdin for call in self.calls if call.verb == "apply"]
        return json.loads(stdin)["items"]
