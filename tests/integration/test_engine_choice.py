"""Which engine playgroundctl takes where a container engine and a cluster are at hand."""

import pytest

import yaml


@pytest.fixture
def both(tmp_path) -> dict:
    """Neither answers; what is at hand is known without asking."""
    kubeconfig = {
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": {"token": "t"}}],
    }
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump(kubeconfig), encoding="utf-8")
    return {
        "DOCKER_HOST": f"unix://{tmp_path}/socket",
        "KUBECONFIG": str(path),
        "HOME": str(tmp_path),
        "PD_ENGINE": "auto",
    }


def test_with_both_at_hand_the_user_decides(playgroundctl, both):
    asked = playgroundctl("down", env=both)
    assert asked.status == 64
    assert "--engine docker or --engine kubernetes, or set PD_ENGINE" in asked.err


@pytest.mark.parametrize(
    ("name", "says"), [("docker", "no container engine is at"), ("kubernetes", "127.0.0.1:1")]
)
def test_a_flag_and_a_variable_decide(playgroundctl, both, name, says):
    for done in (
        playgroundctl("down", "--engine", name, env=both),
        playgroundctl("down", env=both | {"PD_ENGINE": name}),
    ):
        assert done.status == 6
        assert says in done.err


def test_what_is_said_of_a_cluster_means_one(playgroundctl, both):
    for flag in ("--context", "--namespace"):
        assert "127.0.0.1:1" in playgroundctl("down", flag, "here", env=both).err


def test_one_alone_is_taken(playgroundctl, both):
    alone = both | {"KUBECONFIG": both["HOME"] + "/none"}
    assert "no container engine is at" in playgroundctl("down", env=alone).err


def test_a_mistake_in_a_flag_for_clusters_is_told(playgroundctl, both):
    words = ("up", "--image", "a", "--engine=kubernetes", "--expose")
    assert playgroundctl(*words, "loudly", env=both).status == 64
    done = playgroundctl("ps", "--engine=kubernetes", "--context", "there", env=both)
    assert (done.status, "'there'" in done.err) == (4, True)
