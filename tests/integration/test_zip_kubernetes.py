"""A solution.zip on a real Kubernetes by what is in it: its script, then its client."""

import itertools
import os
import shlex
import signal
import subprocess
import sys
import zipfile

import pytest
from cluster import BUILT_KUBECTL
from conftest import ROOT
from existing_zip import make_existing

# Who has the images of our programs on the node.
pytestmark = pytest.mark.xdist_group("cluster-images")

DEPLOY_S = 180
# Of the client, before one of the first messages is seen at the end of the pipeline.
MAX_LINES = 10000


@pytest.fixture(params=["ours", "existing"])
def folder(playgroundctl, tmp_path, request):
    """The chain, unpacked, with manifests in our shape or in that of the existing deployer."""
    path = tmp_path / "solution.zip"
    assert playgroundctl("render", ROOT / "examples/chain", "-o", path).status == 0
    if request.param == "existing":
        path = make_existing(path, tmp_path / "existing.zip")
    with zipfile.ZipFile(path) as zipped:
        zipped.extractall(tmp_path / "solution")
    return tmp_path / "solution"


@pytest.fixture
def deploy(cluster, folder, own_namespace):
    """Run the script, as the zip's readme says; the command that it prints for the next step."""
    path = f"{BUILT_KUBECTL.parent}:{os.environ['PATH']}"

    def run() -> list[str]:
        words = ("--namespace", own_namespace, "--create-namespace", "-ipp", "IfNotPresent")
        done = subprocess.run(
            [sys.executable, "kubernetes-client-script.py", *words],
            cwd=folder,
            env=os.environ | {"KUBECONFIG": str(cluster.kubeconfig), "PATH": path},
            capture_output=True,
            text=True,
            check=False,
            timeout=DEPLOY_S,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        (line,) = [each for each in done.stdout.splitlines() if "orchestrator_client.py" in each]
        return shlex.split(line)

    return run


def run_until(words: list[str], folder, *wanted: str) -> None:
    """Run the client until a line of it has all that is wanted, in whatever case."""
    command = [sys.executable, *words[1:]]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as client:
        lines = []
        for line in itertools.islice(client.stdout, MAX_LINES):
            lines.append(line)
            if all(word in line.lower() for word in wanted):
                break
        else:
            client.kill()
            pytest.fail("".join(lines[-100:]))
        client.send_signal(signal.SIGINT)
        client.stdout.read()
        assert client.wait() == 130


def test_the_script_deploys_it_and_the_client_runs_it(images, deploy, folder):
    run_until(deploy(), folder, "rpc.finished", "component=display")
