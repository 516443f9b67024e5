"""Every manifest is what Kubernetes takes, and means the same to every reader of YAML."""

import io

import kubernetes_validate
import pytest
from conftest import ROOT
from contract import (
    Options,
    Pipeline,
    deployment,
    entries_of,
    service,
)
from ruamel.yaml import YAML
from test_real_data import RENDERED

import yaml

KUBERNETES = "1.36"

PIPELINES = sorted(path.parent.name for path in ROOT.glob("examples/*/blueprint.json"))

# Options away from their defaults, as flags and as what they mean.
OTHER_FLAGS = [
    *("--service-type", "ClusterIP", "--no-pull-secret", "--default-storage-class"),
    *("--claim-size", "2.5Gi", "--image-pull-policy", "IfNotPresent"),
    *(
        "--orchestrator-image",
        "registry.example:5000/orchestrator@sha256:" + "0123456789abcdef" * 4,
    ),
    *("--requests", "cpu=100m,memory=64Mi", "--limits", "cpu=1,nvidia.com/gpu=1"),
]
OTHER_OPTIONS = Options(
    service_type="ClusterIP",
    pull_secret=None,
    storage_class=None,
    claim_size="2.5Gi",
    pull_policy="IfNotPresent",
    orchestrator_image=OTHER_FLAGS[OTHER_FLAGS.index("--orchestrator-image") + 1],
    requests={"cpu": "100m", "memory": "64Mi"},
    limits={"cpu": "1", "nvidia.com/gpu": "1"},
)


def read_twice(text: bytes) -> dict:
    """The one document, equal to a reader of YAML 1.1 and to one of YAML 1.2."""
    assert text.startswith(b"---\n")
    (first,) = yaml.safe_load_all(text)
    (second,) = YAML(typ="safe", pure=True).load_all(io.BytesIO(text))
    assert first == second
    return first


def check(entries: dict[str, bytes], wanted: dict[str, dict]) -> None:
    files = {name: text for name, text in entries.items() if name.startswith("deployments/")}
    assert sorted(files) == sorted(wanted)
    for name, text in files.items():
        tree = read_twice(text)
        assert tree == wanted[name], name
        kubernetes_validate.validate(tree, KUBERNETES, strict=True)


def render(playgroundctl, *args) -> dict[str, bytes]:
    result = playgroundctl("render", *args, "-o", "-")
    assert result.status == 0, result.err
    return entries_of(result.out)


@pytest.mark.parametrize("slug", RENDERED)
def test_manifests_of_real_pipelines_are_those_of_the_contract(playgroundctl, real_data, slug):
    case = real_data / "blueprints" / slug
    check(render(playgroundctl, case), Pipeline.of_folder(case).manifests())


@pytest.mark.parametrize("name", PIPELINES)
def test_manifests_of_the_examples_are_those_of_the_contract(playgroundctl, name):
    folder = ROOT / "examples" / name
    check(render(playgroundctl, folder), Pipeline.of_folder(folder).manifests())


@pytest.mark.parametrize("name", PIPELINES)
def test_every_option_is_in_the_manifests(playgroundctl, name):
    folder = ROOT / "examples" / name
    wanted = Pipeline.of_folder(folder).manifests(OTHER_OPTIONS)
    check(render(playgroundctl, folder, *OTHER_FLAGS), wanted)


def test_flags_and_variables_change_a_zip_that_is_rendered_again(playgroundctl, tmp_path):
    folder = ROOT / "examples/shared-folder"
    first = tmp_path / "first.zip"
    assert playgroundctl("render", folder, "-o", first).status == 0

    wanted = Pipeline.of_folder(folder).manifests(OTHER_OPTIONS)
    check(render(playgroundctl, first, *OTHER_FLAGS), wanted)
    result = playgroundctl("render", first, "-o", "-", env={"PD_CLAIM_SIZE": "7Gi"})
    wanted = Pipeline.of_folder(folder).manifests(Options(claim_size="7Gi"))
    check(entries_of(result.out), wanted)


def test_manifests_of_a_model_are_those_of_the_contract(playgroundctl):
    name, image = "playground-example-word-counter", "playground-example-word-counter:latest"
    wanted = {
        "deployments/service.yaml": service(name, Options()),
        "deployments/deployment.yaml": deployment(name, image, None, Options()),
    }
    check(render(playgroundctl, ROOT / "examples/single-model"), wanted)
