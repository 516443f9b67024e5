"""playground-deployer and what it is told: where settings come from, secrets, TLS, its own key."""

import http.client
import json
import ssl
import stat
from pathlib import Path

import pytest
from certificates import make_authority, make_certificate
from conftest import Program
from contract import entries_of
from deployer_world import (
    CDS_PASSWORD,
    CDS_USER,
    DEPLOYMENT_PATH,
    NEXUS_PASSWORD,
    NEXUS_USER,
    Deployer,
    World,
    assert_problem,
    deployer_world,
    make_model,
    make_pipeline,
)
from process import wait_for
from sites import Page, Site, is_silent, resets, server_context
from tokens import SECRET_BASE64, RsaKey, make_token

import yaml


@pytest.fixture(scope="module")
def once():
    """The deployer where it does not stay: what it refuses, and what it only shows."""
    return Program("playground-deployer")


# Where settings come from


def spring_of(world: World) -> dict:
    """The settings of the existing deployer, as it has them."""
    return {
        "cmndatasvc": {
            "cmndatasvcendpointurl": world.cds.url,
            "cmndatasvcuser": CDS_USER,
            "cmndatasvcpwd": CDS_PASSWORD,
        },
        "nexus.url": world.nexus.url,
        "nexus": {"username": NEXUS_USER, "password": NEXUS_PASSWORD},
        "jwt": {"auth": {"secret": {"key": SECRET_BASE64}}},
        "playgroundDeployUrl": world.deploy_url,
        "blueprint": {"ImageName": "registry.example/orchestrator:7", "port": "9061"},
        "kube": {
            "incrementPort": 8666,
            "mlTargetPort": "8161",
            "singleModelPort": "8777",
            "singleTargetPort": 8261,
            "folderPath": "/tmp",
            "ip": "127.0.0.1",
            "dataBrokerModelPort": "8556",
        },
        "server.port": 1,
        "logstash.host": "nowhere",
        "probe": {"probeModelPort": "5006"},
    }


def port_and_target(manifest: bytes) -> tuple[int, int]:
    (port,) = yaml.safe_load(manifest)["spec"]["ports"]
    return port["port"], port["targetPort"]


def test_the_existing_configuration_is_obeyed_in_its_meaning(tmp_path):
    with World() as world:
        env = {"SPRING_APPLICATION_JSON": json.dumps(spring_of(world))}
        pipeline, model = make_pipeline(1, "adder"), make_model()
        world.keep(pipeline, model)
        with Deployer(tmp_path, env=env) as deployer:
            assert deployer.deploy(pipeline).location == world.playground.url + DEPLOYMENT_PATH
            files = entries_of(deployer.download(pipeline).body)
            of_model = entries_of(deployer.download(model).body)
            warnings = [line["message"] for line in deployer.lines() if line["level"] == "warn"]
    assert port_and_target(files["deployments/adder-node0_service.yaml"]) == (8666, 8161)
    assert port_and_target(files["deployments/orchestrator_service.yaml"])[0] == 9061
    assert b"registry.example/orchestrator:7" in files["deployments/orchestrator_deployment.yaml"]
    assert port_and_target(of_model["deployments/service.yaml"]) == (8777, 8261)
    ignored = [
        "kube.dataBrokerModelPort",
        "kube.folderPath",
        "kube.ip",
        "logstash.host",
        "probe.probeModelPort",
    ]
    assert warnings == [
        f"SPRING_APPLICATION_JSON: '{name}' has no meaning here" for name in ignored
    ]


def test_flag_before_variable_before_spring_before_file_before_default(once, tmp_path):
    settings = tmp_path / "settings.yaml"
    settings.write_text("port: 1004\norchestrator_port: 1004\nservice_port: 1004\nworkers: 4\n")
    env = {
        "PD_PORT": "1002",
        "PD_ORCHESTRATOR_PORT": "1002",
        "SPRING_APPLICATION_JSON": json.dumps(
            {"server.port": 1003, "blueprint.port": "1003", "kube": {"incrementPort": 1003}}
        ),
    }
    shown = once("--config", settings, "--port", "1001", "--print-config", env=env)
    assert shown.status == 0, shown.err
    values = yaml.safe_load(shown.out)
    assert [
        values[name]
        for name in ("port", "orchestrator_port", "service_port", "workers", "target_port")
    ] == [1001, 1002, 1003, 4, 8061]


@pytest.mark.parametrize(
    "spring",
    [
        "{",
        "[]",
        '{"server.port": "many"}',
        '{"server.port": [1]}',
        '{"jwt.auth.secret.key": "!"}',
        '{"playgroundDeployUrl": "ftp://p/deploy_solution"}',
        '{"playgroundDeployUrl": "http://p/other"}',
        '{"nexus.url": "http://nexus.example"}',
    ],
)
def test_a_configuration_that_is_none_is_refused_at_start(once, tmp_path, spring):
    refused = once("--data-dir", tmp_path, env={"SPRING_APPLICATION_JSON": spring})
    assert refused.status == 2, refused.err
    assert refused.err.startswith("playground-deployer: ")
    assert len(refused.err.splitlines()) == 1


# Without any configuration


def test_without_configuration_there_is_a_catalogue_and_a_key(tmp_path, playgroundctl):
    env = {"XDG_DATA_HOME": str(tmp_path), "STATE_DIRECTORY": ""}
    place = tmp_path / "playground-deployer"
    with Deployer(place) as deployer:
        token = playgroundctl("token", "--user", "a@b.example", env=env).text.strip()
        listed = playgroundctl("catalog", "ls", "--output", "json", env=env)
        for solution in json.loads(listed.text):
            path = "{solutionId}/{revisionId}".format(**solution)
            headers = {"Authorization": f"Bearer {token}"}
            assert deployer.ask(f"/getSolutionZip/{path}", headers=headers).status == 200
            assert_problem(deployer.ask(f"/deploy/{path}", headers=headers), 503, "unavailable")
        assert deployer.ask("/readyz").status == 200
    assert stat.S_IMODE((place / "token.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((place / "catalog.db").stat().st_mode) == 0o600


def test_the_zip_of_an_example_is_the_one_that_render_makes(tmp_path, playgroundctl):
    examples = Path(__file__).resolve().parents[2] / "examples"
    with Deployer(tmp_path / "data", "--download-auth", "none") as deployer:
        listed = playgroundctl("catalog", "ls", "--output", "json", "--data-dir", tmp_path / "data")
        solutions = {solution["name"]: solution for solution in json.loads(listed.text)}
        for folder in sorted(path.parent for path in examples.glob("*/*.json")):
            model, blueprint = folder / "model.json", folder / "blueprint.json"
            described = json.loads((model if model.exists() else blueprint).read_text())
            out = tmp_path / "rendered.zip"
            assert playgroundctl("render", folder, "-o", out).status == 0
            path = "{solutionId}/{revisionId}".format(**solutions[described["name"]])
            assert deployer.ask(f"/getSolutionZip/{path}").body == out.read_bytes(), folder


def test_what_is_imported_is_served_at_once(tmp_path, playgroundctl):
    solution = make_pipeline(2)
    (folder,) = solution.write(tmp_path / "in")
    data = tmp_path / "data"
    ids = ["--solution-id", "mine", "--revision-id", "7"]
    with Deployer(data, "--download-auth", "none") as deployer:
        assert deployer.ask("/getSolutionZip/mine/7").status == 404
        imported = playgroundctl("catalog", "import", folder, "--data-dir", data, *ids)
        assert imported.status == 0, imported.err
        assert deployer.ask("/getSolutionZip/mine/7").status == 200
        assert playgroundctl("catalog", "rm", "mine", "7", "--data-dir", data).status == 0
        assert deployer.ask("/getSolutionZip/mine/7").status == 404


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.1"])
def test_an_address_for_others_wants_a_key_that_is_given(once, tmp_path, address):
    refused = once("--address", address, "--port", 0, "--data-dir", tmp_path)
    assert refused.status == 2
    assert "token-secret" in refused.err
    assert not list(tmp_path.iterdir())


def test_with_a_key_it_listens_for_others(tmp_path):
    env = {"PD_TOKEN_SECRET": SECRET_BASE64}
    with Deployer(tmp_path, "--address", "0.0.0.0", env=env) as deployer:
        assert deployer.ask("/healthz").status == 200
    assert not (tmp_path / "token.key").exists()


def test_a_short_key_is_warned_of(tmp_path):
    with Deployer(tmp_path, env={"PD_TOKEN_SECRET": "c2hvcnQ="}) as deployer:
        assert any("token-secret" in line["message"] for line in deployer.lines())


# Secrets

BEARER = "bearer-secret-b1946ac92492"
PLANTED = [CDS_PASSWORD, NEXUS_PASSWORD, SECRET_BASE64, BEARER]


def test_a_secret_is_nowhere_to_be_read(once, tmp_path):
    """must-not 8: not in a log line of any level, a metric, an answer, the arguments."""
    settings = tmp_path / "secret"
    settings.write_text(BEARER + "\n")
    flags = ["--log-level", "debug", "--playground-timeout", "300ms", "--catalog-timeout", "300ms"]
    env = {"PD_PLAYGROUND_TOKEN_FILE": str(settings)}
    token, bad, expired = make_token(), make_token(key=b"x" * 64), make_token(exp=1)
    told = []
    with deployer_world(tmp_path / "data", *flags, env=env) as (world, deployer):
        solution = make_pipeline()
        world.keep(solution)
        faults = [resets, is_silent, Page(PLANTED[0], 500), Page("", 401), Page("{" + PLANTED[1])]
        places = [
            (world.cds, f"/solution/{solution.solution_id}"),
            (world.cds, f"/solution/{solution.solution_id}/pic"),
            (world.nexus, f"/{solution.blueprint_uri}"),
            (world.playground, "/deploy_solution"),
        ]
        for site, path in places:
            for fault in faults:
                with site.answering({path: fault}):
                    told.append(deployer.deploy(solution))
        assert deployer.deploy(solution).status == 302
        for wrong in (bad, expired, token[:-1], token + "x"):
            told.append(deployer.deploy(solution, wrong))
            told.append(deployer.ask(f"/deploy/{solution.path}?jwtToken={wrong}"))
            told.append(deployer.deploy(solution, "", Authorization=f"Bearer {wrong}"))
        told.append(deployer.ask(f"/deploy/{solution.path}?jwtToken={token}"))
        told += [deployer.ask(path) for path in ("/metrics", "/readyz", "/openapi.yaml")]
        command = Path(f"/proc/{deployer.pid}/cmdline").read_bytes().decode()
        assert {asked.headers.get("authorization") for asked in world.playground.asked} == {
            f"Bearer {BEARER}"
        }
        shown = once("--print-config", env=world.env(**env))
        deployer.tell_to_end()
        log = deployer.wait()
    assert shown.text.count("***") == 4
    for secret in [*PLANTED, token, bad, expired, token[:-1]]:
        assert secret not in shown.text + shown.err
        assert secret not in command
        assert secret not in log
        for answer in told:
            assert secret not in answer.body.decode() + str(answer.headers)


# TLS


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return make_authority(tmp_path_factory.mktemp("authority"), "authority")


def test_it_serves_https_and_https_alone(tmp_path, authority):
    pair = make_certificate(tmp_path, authority, "server", "127.0.0.1")
    trust = ssl.create_default_context(cafile=authority.certificate)
    flags = ["--tls-certificate", pair.certificate, "--tls-key", pair.key]
    with Deployer(tmp_path / "data", *flags, tls=trust) as deployer:
        assert deployer.ask("/healthz").status == 200
        deployer.tls = None
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            deployer.ask("/healthz")


def test_half_of_a_pair_is_refused(once, tmp_path):
    refused = once("--tls-key", "x.pem", "--data-dir", tmp_path)
    assert refused.status == 2
    assert "tls-certificate" in refused.err


def test_it_proves_itself_to_the_playground_by_certificate(tmp_path, authority):
    server = make_certificate(tmp_path, authority, "playground", "127.0.0.1")
    client = make_certificate(tmp_path, authority, "deployer", "deployer.example")
    stranger = make_authority(tmp_path, "stranger")
    solution = make_pipeline(1)
    with World() as world, Site("/pg", tls=server_context(server, authority)) as playground:
        playground.pages["/deploy_solution"] = Page(DEPLOYMENT_PATH)
        world.keep(solution)
        url = {"PD_PLAYGROUND_URL": playground.url + "/deploy_solution"}
        ours = {
            "PD_PLAYGROUND_CERTIFICATE": str(client.certificate),
            "PD_PLAYGROUND_KEY": str(client.key),
        }
        trusted = {"PD_PLAYGROUND_CA": str(authority.certificate)}
        wrong = {"PD_PLAYGROUND_CA": str(stranger.certificate)}

        def deploy(name: str, **env) -> int:
            with Deployer(tmp_path / name, env=world.env(**url, **env)) as deployer:
                return deployer.deploy(solution).status

        assert deploy("all", **ours, **trusted) == 302
        assert len(playground.asked) == 1
        assert deploy("nobody", **trusted) == 502
        assert deploy("not trusted", **ours, **wrong) == 502
        assert deploy("not known", **ours) == 502
        assert len(playground.asked) == 1


def test_a_set_of_keys_is_read_again_when_it_changes(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = RsaKey(tmp_path / "a"), RsaKey(tmp_path / "b")
    jwks = tmp_path / "jwks.json"
    jwks.write_text(first.jwks.read_text())
    env = {
        "PD_TOKEN_JWKS": str(jwks),
        "PD_TOKEN_ALGORITHMS": "RS256",
        "PD_TOKEN_SECRET": None,
    }
    with deployer_world(tmp_path / "data", env=env) as (world, deployer):
        solution = make_pipeline(1)
        world.keep(solution)
        assert deployer.deploy(solution, first.make_token()).status == 302
        assert deployer.deploy(solution, second.make_token()).status == 401
        (tmp_path / "new.json").write_text(second.jwks.read_text())
        (tmp_path / "new.json").rename(jwks)
        wait_for(
            lambda: deployer.deploy(solution, second.make_token()).status == 302,
            "the new key is known",
        )
        assert deployer.deploy(solution, first.make_token()).status == 401
