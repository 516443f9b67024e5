"""apply: eleven workloads on a real Kubernetes, by the engine, by kubectl and by the script of the
zip in turns, each in a namespace of its own."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/integration"))
from cluster import BUILT_KUBECTL, Cluster, tool  # noqa: E402
from thermometers import IMAGES, write_solution  # noqa: E402

BIN = Path(os.environ["PD_BUILD"]) / "bin"
WORKLOADS = 11  # the orchestrator among them
ROUNDS = 3
PATIENCE_S = 120

# What is aimed at.
API_S = 0.3
REQUESTS = 1  # an object
MOST = 1.1  # until all is ready, in parts of kubectl's time

APPLIED = re.compile(r'^apiserver_request_total\{[^}]*verb="APPLY"[^}]*\} (\d+)', re.MULTILINE)


def row(what: str, value: float, unit: str, target: str = "") -> None:
    print(f"{what}\t{value:.3f}\t{unit}\t{target}", flush=True)


class Bench:
    def __init__(self, cluster: Cluster, folder: Path):
        self.cluster, self.folder = cluster, folder
        self.env = os.environ | {
            "KUBECONFIG": str(cluster.kubeconfig),
            "PD_ENGINE": "kubernetes",
            "PATH": f"{BUILT_KUBECTL.parent}:{os.environ['PATH']}",
        }
        self.zip = folder / "solution.zip"
        write_solution(folder / "solution", WORKLOADS - 1)
        policy = ("--image-pull-policy", "IfNotPresent")  # of images that are there already
        self.run(BIN / "playgroundctl", "render", folder / "solution", "-o", self.zip, *policy)
        with zipfile.ZipFile(self.zip) as zipped:
            zipped.extractall(folder / "zip")

    def run(self, *command, stdin: str = "") -> str:
        done = subprocess.run(
            [*map(str, command)],
            env=self.env,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            sys.exit(f"{command}: {done.stdout}{done.stderr}")
        return done.stdout

    def objects(self, namespace: str) -> str:
        return self.run(BIN / "kubernetes-objects", self.zip, namespace, "owned", "none")

    def applied(self) -> int:
        """How many server-side applies the API server has seen."""
        return sum(map(int, APPLIED.findall(self.cluster.kubectl("get", "--raw", "/metrics"))))

    def await_ready(self, namespace: str) -> None:
        words = ("wait", "--for=condition=Available", "deployment", "--all")
        self.cluster.kubectl(*words, f"--namespace={namespace}", f"--timeout={PATIENCE_S}s")

    # --- What is compared ---

    def apply_ours(self, namespace: str) -> None:
        command = (BIN / "kubernetes-objects", self.zip, namespace, "owned", "none", "apply")
        self.run(*command, self.cluster.kubeconfig)

    def apply_kubectl(self, namespace: str) -> None:
        words = ("apply", "--server-side", "--filename=-")
        self.cluster.kubectl(*words, stdin=self.objects(namespace))

    def script(self, namespace: str) -> None:
        command = (sys.executable, self.folder / "zip/kubernetes-client-script.py")
        words = ("-bp", self.folder / "zip", "--create-namespace", "-ipp", "IfNotPresent")
        self.run(*command, "--namespace", namespace, *words)

    def up(self, namespace: str) -> None:
        self.run(BIN / "playgroundctl", "up", self.zip, namespace, "--expose", "none")

    def up_kubectl(self, namespace: str) -> None:
        self.apply_kubectl(namespace)
        self.await_ready(namespace)

    def seconds(self, name: str, work) -> float:
        """With nothing left over when it begins."""
        namespace = f"bench-{name}"
        began = time.perf_counter()
        work(namespace)
        taken = time.perf_counter() - began
        self.cluster.kubectl("delete", "namespace", namespace, f"--timeout={PATIENCE_S}s")
        return taken

    def medians(self, works: dict) -> list[float]:
        taken = {name: [] for name in works}
        for _ in range(ROUNDS):
            for name, work in works.items():
                taken[name].append(self.seconds(name, work))
        return [statistics.median(each) for each in taken.values()]

    def compare(self) -> None:
        count = self.objects("x").count('"apiVersion"')
        before = self.applied()
        self.seconds("count", self.apply_ours)
        requests = (self.applied() - before) / (count - 1)  # the list is none of them

        theirs, ours = self.medians({"kubectl": self.apply_kubectl, "ours": self.apply_ours})
        row(f"{count - 1} objects applied, kubectl --server-side", theirs, "s")
        row(f"{count - 1} objects applied, ours", ours, "s", f"<= {API_S}")
        row("requests an object", requests, "", f"<= {REQUESTS}")

        script, theirs, ours = self.medians(
            {"script": self.script, "kubectl": self.up_kubectl, "ours": self.up}
        )
        row(f"{WORKLOADS} workloads ready, the zip's script", script, "s")
        row(f"{WORKLOADS} workloads ready, kubectl apply and wait", theirs, "s")
        row(f"{WORKLOADS} workloads ready, up", ours, "s")
        row("up of kubectl's time", ours / theirs, "", f"<= {MOST}")


def main() -> None:
    tool("build")
    try:
        cluster = Cluster(Path(tool("up", "--user", os.getpid())), is_own=True)
        subprocess.run([ROOT / "script/images", *IMAGES], stdout=subprocess.DEVNULL, check=True)
        for image in IMAGES:
            cluster.load(ROOT / f"build/images/{image}.tar")
        with tempfile.TemporaryDirectory(prefix="pd-apply-") as folder:
            Bench(cluster, Path(folder)).compare()
    finally:
        tool("down", "--user", os.getpid())


main()
