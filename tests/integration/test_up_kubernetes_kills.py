"""`up` and `down` on a real Kubernetes that are killed are mended by the same command again."""

import random

import pytest
from cluster_engine import ctl_environment, objects
from conftest import ROOT
from kills import MOMENTS, kill_after, seconds_of
from process import wait_for
from up_world import values_file

# Who has the images of our programs on the node.
pytestmark = pytest.mark.xdist_group("cluster-images")

EXAMPLE = ROOT / "examples/chain"
WORKLOADS = {"thermometer", "converter", "display", "orchestrator"}
# Each so many-th deployment comes up, in a namespace of its own. That takes the cluster long: the
# others are all that `up` makes, with containers that never run.
WHOLE = 5


@pytest.fixture
def env(cluster, tmp_path):
    return ctl_environment(cluster, tmp_path)


def up(name: str, folder, *more, is_whole: bool = False) -> tuple:
    absent = {each: {"image": "localhost/nothing:1"} for each in WORKLOADS}
    values = values_file(folder, {} if is_whole else absent)
    return ("up", EXAMPLE, name, "--values", values, "--image-pull-policy=Never", *more)


@pytest.fixture(scope="module")
def durations(playgroundctl, cluster, images, tmp_path_factory):
    """How long an `up` and a `down` take here, of one that comes up, and of one that cannot."""
    home = tmp_path_factory.mktemp("home")
    env = ctl_environment(cluster, home)
    took = {}
    for is_whole in (True, False):
        words = up("kills", home, is_whole=is_whole)
        up_s = seconds_of(playgroundctl, env, *words, status=0 if is_whole else 7)
        took[is_whole] = up_s, seconds_of(playgroundctl, env, "down", "-d", "kills")
    return took


def deployments(cluster, name: str) -> set[str]:
    return {of for kind, of in objects(cluster, name) if kind == "Deployment"}


@pytest.mark.parametrize("seed", range(MOMENTS))
def test_the_same_command_again_ends_in_the_right_state(
    playgroundctl, cluster, env, durations, name, namespace, tmp_path, seed
):
    chance = random.Random(seed)
    is_whole = seed % WHOLE == 0
    up_s, down_s = (chance.uniform(0, took) for took in durations[is_whole])
    place = () if is_whole else ("--namespace", namespace)
    words = up(name, tmp_path, *place, is_whole=is_whole)

    kill_after(up_s, env, *words)
    again = playgroundctl(*words, env=env)
    assert again.status == (0 if is_whole else 7), again.err
    assert deployments(cluster, name) == WORKLOADS
    assert " 0 of " in playgroundctl(*words, "--dry-run", env=env).text

    kill_after(down_s, env, "down", "-d", name, *place)
    again = playgroundctl("down", "-d", name, *place, env=env)
    assert again.status in (0, 4), again.err  # 4: the cluster goes on alone
    wait_for(lambda: objects(cluster, name) == {}, "nothing is left")
