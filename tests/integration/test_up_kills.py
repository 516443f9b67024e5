"""`up` and `down` that are killed at any moment are mended by the same command again."""

import os
import random
import subprocess

import pytest
from conftest import BUILD, ROOT
from engine_proxy import EngineProxy
from kills import MOMENTS, kill_after, seconds_of
from process import wait_for
from up_world import environment, ids

pytestmark = pytest.mark.xdist_group("images")

EXAMPLE = ROOT / "examples/shared-folder"
WORKLOADS = {"writer", "reader", "orchestrator"}


@pytest.fixture(scope="module")
def durations(playgroundctl, stocked, tmp_path_factory):
    """How long an `up` and a `down` take here."""
    env = environment(stocked.host, tmp_path_factory.mktemp("home"))
    stocked.sweep()
    commands = (("up", EXAMPLE, "demo"), ("down", "--volumes"))
    return [seconds_of(playgroundctl, env, *words) for words in commands]


@pytest.mark.parametrize("seed", range(MOMENTS))
def test_the_same_command_again_ends_in_the_right_state(
    ctl, playgroundctl, stocked, durations, tmp_path, seed
):
    chance = random.Random(seed)
    up_s, down_s = (chance.uniform(0, took) for took in durations)
    env = environment(stocked.host, tmp_path)

    kill_after(up_s, env, "up", EXAMPLE, "demo")
    ctl("up", EXAMPLE, "demo")
    assert set(ids(stocked, "demo")) == WORKLOADS
    assert len(stocked.objects()) == len(WORKLOADS) + 2  # a network and a volume
    assert " 0 of " in ctl("up", EXAMPLE, "demo", "--dry-run").text

    kill_after(down_s, env, "down", "-d", "demo", "--volumes")
    again = playgroundctl("down", "-d", "demo", "--volumes", env=env)
    assert again.status in (0, 4), again.err  # 4: it was done, or the engine went on alone
    wait_for(lambda: stocked.objects() == [], "nothing is left")


@pytest.mark.parametrize("fault", ["reset", "error", "late"])
def test_a_fault_of_the_engine_is_told_and_the_same_command_mends_it(ctl, stocked, tmp_path, fault):
    with EngineProxy(tmp_path / "p", stocked.socket, fault, 12) as proxy:
        env = os.environ | environment(proxy.host, tmp_path)
        done = subprocess.run(
            [BUILD / "bin/playgroundctl", "up", EXAMPLE, "demo"],
            capture_output=True,
            text=True,
            env=env,
            check=False,
        )
    if done.returncode != 0:
        assert done.returncode in (5, 6, 7), done.stderr
        assert done.stderr.count("error: ") == 1
    ctl("up", EXAMPLE, "demo")
    assert set(ids(stocked, "demo")) == WORKLOADS
