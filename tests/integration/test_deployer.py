"""playground-deployer among real neighbours: what it answers, and what it asks of them."""

import copy
import json
import re
import time
from pathlib import Path

import pytest
from contract import entries_of
from deployer_world import (
    DEPLOYMENT_PATH,
    Solution,
    assert_problem,
    deployer_world,
    make_model,
    make_node,
    make_pipeline,
    sent_over,
)
from process import wait_for
from sites import NOBODY, Page
from tokens import EMAIL, USER_ID, RsaKey, make_token

import yaml


@pytest.fixture(scope="module")
def at_work(tmp_path_factory):
    """World and deployer for all that change no setting."""
    with deployer_world(tmp_path_factory.mktemp("data")) as both:
        yield both


@pytest.fixture
def world(at_work):
    at_work[0].forget()
    return at_work[0]


@pytest.fixture
def deployer(at_work):
    return at_work[1]


def keep(world, *solutions: Solution) -> Solution:
    world.keep(*solutions)
    return solutions[0]


def rendered(playgroundctl, solution: Solution, folder: Path) -> bytes:
    out = folder / "rendered.zip"
    result = playgroundctl("render", *solution.write(folder / "in"), "-o", out)
    assert result.status == 0, result.err
    return out.read_bytes()


def shared_folder_pipeline(**changes) -> Solution:
    solution = make_pipeline(2, "sharing")
    mount = {"operation_name": "mountVolume"}
    folder = make_node("sharing", "/data/shared", None, node_type="SharedFolder")
    folder["operation_signature_list"][0] = {
        "operation_signature": {"operation_name": "provideFolder"},
        "connected_to": [
            {"container_name": node["container_name"], "operation_signature": mount}
            for node in solution.blueprint["nodes"]
        ],
    }
    for node in solution.blueprint["nodes"]:
        node["operation_signature_list"].append({"operation_signature": mount, "connected_to": []})
    solution.blueprint["nodes"].insert(0, folder | changes)
    return solution


# What is handed over, and downloaded


@pytest.mark.parametrize("make", [make_pipeline, shared_folder_pipeline, make_model])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_handed_over_is_what_is_downloaded(world, deployer, make, method):
    solution = keep(world, make())
    answer = deployer.ask(f"/deploy/{solution.path}", method, {"jwtToken": make_token()})
    assert (answer.status, answer.body) == (302, b"")
    assert answer.location == world.playground.url + DEPLOYMENT_PATH

    (asked,) = world.playground.asked
    zip_bytes, user = sent_over(asked)
    assert user == EMAIL
    assert "authorization" not in asked.headers

    downloaded = deployer.download(solution)
    assert downloaded.status == 200
    assert downloaded.headers["Content-Type"] == "application/octet-stream"
    assert downloaded.headers["Content-Disposition"] == "attachment; filename=solution.zip"
    assert downloaded.body == zip_bytes
    assert len(world.playground.asked) == 1


@pytest.mark.parametrize(
    "solution",
    [
        make_pipeline(),
        make_pipeline(11, icon=None),
        make_pipeline(1, description=None),
        shared_folder_pipeline(),
        shared_folder_pipeline(node_type="sharedfolder"),
        make_model(icon=None, description=None),
        make_model(icon=None, description=None, proto=None),
    ],
)
def test_a_zip_is_the_one_that_render_makes(world, deployer, playgroundctl, tmp_path, solution):
    keep(world, solution)
    assert deployer.download(solution).body == rendered(playgroundctl, solution, tmp_path)


def test_a_model_has_its_picture_and_description(world, deployer, playgroundctl, tmp_path):
    solution = keep(world, make_model())
    plain = rendered(playgroundctl, make_model(icon=None, description=None), tmp_path)
    extra = {
        "solution_icon.png": solution.icon,
        "solution_description.html": solution.description.encode(),
    }
    assert entries_of(deployer.download(solution).body) == entries_of(plain) | extra


def recorded(folder: Path, name: str) -> dict:
    """Recorded pages of the Common Data Service."""
    solution = json.loads((folder / f"cds_{name}_solution.json").read_bytes())
    artifacts = (folder / f"cds_{name}_solution_artifact.json").read_bytes()
    readme = (folder.parent / "README.md").read_text()
    revision = re.search(rf"cds_{name}_solution_artifact\.json`: GET /ccds/(\S+)", readme)[1]
    return {
        f"/solution/{solution['solutionId']}": Page(json.dumps(solution)),
        f"/{revision}": Page(artifacts),
        "ids": f"{solution['solutionId']}/{revision.split('/')[1]}",
    }


@pytest.fixture
def bodies(real_data) -> Path:
    return real_data / "cds" / "creodias-bodies"


def test_a_recorded_pipeline_with_a_shared_folder_is_deployed(
    world, deployer, playgroundctl, tmp_path, bodies
):
    pages = recorded(bodies, "shared_folder")
    path = pages.pop("ids")
    blueprint = json.loads((bodies / "nexus_shared_folder_blueprint.json").read_bytes())
    solution = Solution(blueprint=blueprint, icon=None, description=None)
    readme = (bodies.parent / "README.md").read_text()
    documents = re.findall(r"`(nexus_shared\S+)`: GET /nexus/(\S+)", readme)
    documents = {uri: (bodies / file).read_text() for file, uri in documents}
    solution.protos = {uri: text for uri, text in documents.items() if uri.endswith(".proto")}

    with (
        world.cds.answering(pages),
        world.nexus.answering({f"/{uri}": Page(text) for uri, text in documents.items()}),
    ):
        solution.solution_id, solution.revision_id = path.split("/")
        assert deployer.deploy(solution).status == 302
    assert sent_over(world.playground.asked[0])[0] == rendered(playgroundctl, solution, tmp_path)


def test_a_recorded_model_is_deployed(world, deployer, bodies):
    pages = recorded(bodies, "simple")
    path = pages.pop("ids")
    artifacts = json.loads((bodies / "cds_simple_solution_artifact.json").read_bytes())
    uris = {artifact["artifactTypeCode"]: artifact["uri"] for artifact in artifacts}
    proto = "// the proto itself was not recorded\n"
    with world.cds.answering(pages), world.nexus.answering({"/" + uris["MI"]: Page(proto)}):
        solution = make_model()
        solution.solution_id, solution.revision_id = path.split("/")
        assert deployer.deploy(solution).status == 302
    files = entries_of(sent_over(world.playground.asked[0])[0])
    assert files["modelname.txt"].decode().strip() == "EntityRecognizer"
    (deployment,) = yaml.safe_load_all(files["deployments/deployment.yaml"])
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == uris["DI"]
    assert files[f"microservice/{container['name']}.proto"].decode() == proto
    assert "blueprint.json" not in files


def test_nothing_is_handed_over_by_a_head_request(world, deployer):
    solution = keep(world, make_pipeline())
    answer = deployer.ask(f"/deploy/{solution.path}", "HEAD", {"jwtToken": make_token()})
    assert answer.status == 400
    assert not world.playground.asked


def test_an_email_cannot_say_more_than_an_email(world, deployer):
    email = 'eve","username":"ada@example.org"}\n\\ é'
    token = make_token(mlpuser={"email": email})
    assert deployer.deploy(keep(world, make_pipeline()), token).status == 302
    assert sent_over(world.playground.asked[0])[1] == email


# Who may


# Made when they are used: they are sound, or not, for a minute or ten.
GOOD = {
    "HS256": lambda: make_token(),
    "HS384": lambda: make_token("HS384"),
    "HS512": lambda: make_token("HS512"),
    "a fraction": lambda: make_token(exp=time.time() + 600.5),
    "nbf in the past": lambda: make_token(nbf=time.time() - 5),
}

BAD = {
    "garbage": lambda: "x",
    "garbage with dots": lambda: "a.b.c",
    "empty parts": lambda: "..",
    "wrong signature": lambda: make_token(key=b"x" * 64),
    "signature of another": lambda: make_token(sub="ada2")[:-43] + make_token()[-43:],
    "no signature": lambda: make_token().rsplit(".", 1)[0] + ".",
    "alg none": lambda: make_token("none"),
    "alg None": lambda: make_token("None"),
    "unknown alg": lambda: make_token("HS1024"),
    "crit": lambda: make_token(header={"crit": ["exp"]}),
    "expired": lambda: make_token(exp=time.time() - 5),
    "no exp": lambda: make_token(exp=None),
    "exp as text": lambda: make_token(exp=str(time.time() + 600)),
    "nbf in the future": lambda: make_token(nbf=time.time() + 60),
    "no mlpuser": lambda: make_token(mlpuser=None),
    "no email": lambda: make_token(mlpuser={"userId": USER_ID}),
    "mlpuser as text": lambda: make_token(mlpuser=EMAIL),
    "too long": lambda: make_token(sub="x" * 20000)[:7000],
}  # fmt: skip


@pytest.mark.parametrize("token", GOOD.values(), ids=GOOD)
def test_a_good_token_is_taken(world, deployer, token):
    assert deployer.deploy(keep(world, make_pipeline(1)), token()).status == 302


@pytest.mark.parametrize("token", BAD.values(), ids=BAD)
def test_a_bad_token_is_refused(world, deployer, token):
    token = token()
    answer = deployer.deploy(keep(world, make_pipeline(1)), token)
    assert_problem(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert token not in answer.body.decode() or len(token) < 6
    assert not any(neighbour.asked for neighbour in world.neighbours)


@pytest.mark.parametrize(
    "target", ["/deploy/{}", "/getSolutionZip/{}", "/api/v1/solutions/{}/plan"]
)
def test_without_a_token_nothing_is_told(world, deployer, target):
    answer = deployer.ask(target.format(keep(world, make_pipeline(1)).path))
    assert_problem(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"]
    assert not world.cds.asked


# A sound token is another one in each process: names of tests must not have it.
TOKEN, OTHER = "{token}", "a.b.c"


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({"jwtToken": TOKEN}, "", 302),
        ({"JWTTOKEN": TOKEN}, "", 302),
        ({"Authorization": TOKEN}, "", 302),
        ({"Authorization": f"Bearer {TOKEN}"}, "", 302),
        ({"Authorization": f"bearer {TOKEN}"}, "", 302),
        ({}, f"?jwtToken={TOKEN}", 302),
        ({"jwtToken": TOKEN, "Authorization": OTHER}, f"?jwtToken={OTHER}", 302),
        ({"jwtToken": OTHER, "Authorization": TOKEN}, f"?jwtToken={TOKEN}", 401),
        ({"Authorization": TOKEN}, f"?jwtToken={OTHER}", 302),
        ({"Authorization": OTHER}, f"?jwtToken={TOKEN}", 401),
        ({"Authorization": f"Basic {TOKEN}"}, "", 401),
        ({}, f"?jwttoken={TOKEN}", 401),
    ],
)
def test_the_first_place_of_a_token_counts(world, deployer, headers, query, status):
    solution, token = keep(world, make_pipeline(1)), make_token()
    headers = {name: value.format(token=token) for name, value in headers.items()}
    target = f"/deploy/{solution.path}{query.format(token=token)}"
    assert deployer.ask(target, headers=headers).status == status


def log_of(deployer, request: str) -> list[tuple[str, str]]:
    lines = [line for line in deployer.lines() if line.get("id") == request]
    return [(line["level"], line["message"]) for line in lines]


def test_a_token_in_the_query_is_warned_of(world, deployer):
    solution = keep(world, make_pipeline(1))
    answer = deployer.ask(f"/deploy/{solution.path}?jwtToken={make_token()}")
    name = answer.headers["X-Request-Id"]
    wait_for(lambda: log_of(deployer, name)[-1:] == [("info", "request")], "the request is logged")
    (level, message), _ = log_of(deployer, name)
    assert level == "warn"
    assert "query" in message


def test_public_keys_are_no_secrets(tmp_path):
    """RFC 8725, section 2.1: a token signed with the public key as a shared secret."""
    key = RsaKey(tmp_path)
    forged = [
        make_token(key=key.public_pem.read_bytes(), header={"kid": "k1"}),
        make_token(key=key.jwks.read_bytes(), header={"kid": "k1"}),
        make_token(key=b""),
    ]
    env = {"PD_TOKEN_JWKS": str(key.jwks), "PD_TOKEN_ALGORITHMS": "RS256,HS256"}
    with deployer_world(tmp_path / "data", env=env) as (world, deployer):
        solution = keep(world, make_pipeline(1))
        assert deployer.deploy(solution, key.make_token()).status == 302
        assert deployer.deploy(solution, make_token()).status == 302
        assert deployer.deploy(solution, make_token("HS512")).status == 401
        assert [deployer.deploy(solution, token).status for token in forged] == [401] * 3


def test_issuer_audience_and_leeway_are_obeyed(tmp_path):
    flags = ["--token-issuer", "portal", "--token-audience", "deployer", "--token-leeway", "60s"]
    late = time.time() - 30
    with deployer_world(tmp_path, *flags) as (world, deployer):
        solution = keep(world, make_pipeline(1))
        statuses = [
            deployer.deploy(solution, make_token(**claims)).status
            for claims in (
                {"iss": "portal", "aud": "deployer"},
                {"iss": "portal", "aud": ["other", "deployer"], "exp": late},
                {"iss": "portal"},
                {"aud": "deployer"},
                {"iss": "portal", "aud": "deploye"},
                {"iss": "portal", "aud": "deployer", "exp": late - 60},
            )
        ]
    assert statuses == [302, 302, 401, 401, 401, 401]


def test_downloads_can_be_for_everybody(tmp_path):
    with deployer_world(tmp_path, "--download-auth", "none") as (world, deployer):
        solution = keep(world, make_pipeline(1))
        assert deployer.ask(f"/getSolutionZip/{solution.path}").status == 200
        assert deployer.ask(f"/deploy/{solution.path}").status == 401


# What is refused, and how


def test_an_unknown_solution_is_not_found(world, deployer):
    assert_problem(deployer.deploy(make_pipeline()), 404, "not_found")
    assert not world.playground.asked


def test_an_unknown_revision_is_not_found(world, deployer):
    solution = keep(world, make_pipeline())
    solution.revision_id = "no-such-revision"
    assert_problem(deployer.deploy(solution), 404, "not_found")


@pytest.mark.parametrize(
    ("solution", "what"),
    [
        (Solution(toolkit="CP"), "blueprint"),
        (make_model(image=None), "docker image"),
    ],
)
def test_an_artifact_that_the_catalogue_has_not_is_not_found(world, deployer, solution, what):
    problem = assert_problem(deployer.deploy(keep(world, solution)), 404, "not_found")
    assert what in problem["detail"]


@pytest.mark.parametrize("missing", ["blueprint", "proto of a node", "proto of a model"])
def test_an_artifact_that_nexus_has_not_is_not_found(world, deployer, missing):
    solution = keep(world, make_model() if missing == "proto of a model" else make_pipeline())
    if missing == "proto of a node":
        gone = "/" + list(solution.protos)[1]
    else:
        gone = "/" + (solution.proto_uri if solution.proto else solution.blueprint_uri)
    for page in (Page(status=404), NOBODY):
        with world.nexus.answering({gone: page}):
            assert_problem(deployer.deploy(solution), 404, "not_found")
    assert not world.playground.asked


def broken_blueprints() -> dict:
    good = make_pipeline().blueprint
    legacy = {"name": "old", "nodes": [{"depends_on": [], "container_name": "a"}]}
    twice = copy.deepcopy(good)
    twice["nodes"][1]["container_name"] = twice["nodes"][0]["container_name"]
    nowhere = copy.deepcopy(good)
    entry = nowhere["nodes"][0]["operation_signature_list"][0]
    entry["connected_to"][0]["container_name"] = "nobody"
    splitter = copy.deepcopy(good)
    splitter["nodes"][0]["node_type"] = "Splitter"
    return {
        "not JSON": b"<html>no JSON</html>",
        "a list": b"[]",
        "no nodes": {"name": "a", "version": "1"},
        "empty nodes": good | {"nodes": []},
        "legacy": legacy,
        "a name twice": twice,
        "an edge to nobody": nowhere,
        "a splitter": splitter,
        "no UTF-8": b'{"name": "\xff"}',
        "endless depth": b"[" * 100000,
    }


@pytest.mark.parametrize("case", broken_blueprints())
def test_a_blueprint_with_errors_is_unprocessable(world, deployer, case):
    solution = keep(world, make_pipeline())
    page = Page(broken_blueprints()[case])
    with world.nexus.answering({"/" + solution.blueprint_uri: page}):
        problem = assert_problem(deployer.deploy(solution), 422, "unprocessable")
    assert not world.playground.asked
    for error in problem.get("errors", []):
        assert error.keys() == {"path", "severity", "message"}


def test_findings_say_where(world, deployer):
    solution = make_pipeline()
    solution.blueprint["nodes"][1]["image"] = "NO IMAGE"
    solution.blueprint["nodes"][2]["node_type"] = "Collator"
    problem = assert_problem(deployer.deploy(keep(world, solution)), 422, "unprocessable")
    errors = [error for error in problem["errors"] if error["severity"] == "error"]
    assert {re.match(r"nodes\[\d\]\.\w+", error["path"])[0] for error in errors} == {
        "nodes[1].image",
        "nodes[2].node_type",
    }


@pytest.mark.parametrize(
    "uri",
    [
        "../../service/rest/v1/security/users",
        "org/../../secret",
        "org/./a.proto",
        "/etc/passwd",
        "http://elsewhere.example/a.proto",
        "//elsewhere.example/a.proto",
        "org\\..\\a.proto",
        "x" * 2049,
    ],
)
def test_a_hostile_address_of_a_proto_is_never_asked_for(world, deployer, uri):
    solution = make_pipeline()
    solution.blueprint["nodes"][1]["proto_uri"] = uri
    problem = assert_problem(deployer.deploy(keep(world, solution)), 422, "unprocessable")
    assert [error["path"] for error in problem["errors"] if error["severity"] == "error"] == [
        "nodes[1].proto_uri"
    ]
    assert [asked.target for asked in world.nexus.asked] == [f"/nexus/{solution.blueprint_uri}"]


@pytest.mark.parametrize("uri", ["../up.json", "/abs.json", "http://elsewhere.example/b.json"])
@pytest.mark.parametrize("kind", ["BP", "MI"])
def test_a_hostile_address_of_an_artifact_is_never_asked_for(world, deployer, uri, kind):
    solution = keep(world, make_pipeline() if kind == "BP" else make_model())
    artifacts = solution.artifacts()
    for artifact in artifacts:
        if artifact["artifactTypeCode"] == kind:
            artifact["uri"] = uri
    with world.cds.answering({f"/revision/{solution.revision_id}/artifact": Page(artifacts)}):
        assert_problem(deployer.deploy(solution), 422, "unprocessable")
    assert not world.nexus.asked


def test_odd_characters_of_an_address_stay_in_its_path(world, deployer):
    solution = make_pipeline(1)
    solution.blueprint["nodes"][0]["proto_uri"] = "org/a b?x=1#y%2e%2e/c.proto"
    world.nexus.pages["/org/a%20b%3Fx%3D1%23y%252e%252e/c.proto"] = Page("// odd")
    assert deployer.deploy(keep(world, solution)).status == 302


@pytest.mark.parametrize(
    "path", ["../x", "%2e%2e/x", "a%2Fb/x", "a%00b/x", "a;b/x", "x" * 129 + "/x"]
)
def test_ids_that_are_none_reach_no_catalogue(world, deployer, path):
    answer = deployer.ask(f"/deploy/{path}", headers={"jwtToken": make_token()})
    assert answer.status in (400, 404)
    assert not world.cds.asked


def test_null_in_a_blueprint_is_read(world, deployer):
    solution = make_pipeline()
    solution.blueprint |= {"input_ports": None, "probeIndicator": None, "extra": None}
    solution.blueprint["nodes"][2]["operation_signature_list"][0]["connected_to"] = None
    assert deployer.deploy(keep(world, solution)).status == 302


def test_a_name_that_climbs_is_renamed_and_reported(world, deployer):
    solution = make_pipeline(1)
    solution.blueprint["nodes"][0]["container_name"] = "../../evil"
    plan = deployer.plan(keep(world, solution))
    (renaming,) = plan["renamings"]
    assert renaming["from"] == "../../evil"
    assert re.fullmatch("[a-z]([a-z0-9-]*[a-z0-9])?", renaming["to"])
    names = entries_of(deployer.download(solution).body)
    assert not any(".." in name for name in names)
    assert f"deployments/{renaming['to']}_service.yaml" in names


def test_a_plan_is_what_a_deployment_would_be(world, deployer):
    for solution in (make_pipeline(), shared_folder_pipeline(), make_model()):
        plan = deployer.plan(keep(world, solution))
        files = entries_of(deployer.download(solution).body)
        in_zip = [
            json.dumps(yaml.safe_load(text), sort_keys=True)
            for name, text in files.items()
            if name.endswith(".yaml")
        ]
        planned = [json.dumps(manifest, sort_keys=True) for manifest in plan["manifests"]]
        assert sorted(planned) == sorted(in_zip)
    assert not world.playground.asked


def test_a_browser_gets_a_page_that_escapes(world, deployer):
    solution = make_pipeline()
    solution.blueprint["nodes"][0]["image"] = "<script>alert(1)</script>"
    accept = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
    answer = deployer.deploy(keep(world, solution), Accept=accept)
    assert answer.status == 422
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["Content-Security-Policy"]
    assert b"nodes[0].image" in answer.body
    assert b"<script" not in answer.body
    assert deployer.deploy(solution, "bad", Accept=accept).headers["WWW-Authenticate"]


@pytest.mark.parametrize("url", [None, ""])
def test_without_a_playground_deploy_says_what_is_missing(tmp_path, url):
    with deployer_world(tmp_path, env={"PD_PLAYGROUND_URL": url}) as (world, deployer):
        solution = keep(world, make_pipeline(1))
        problem = assert_problem(deployer.deploy(solution), 503, "unavailable")
        assert "playground-url" in problem["detail"]
        assert not world.cds.asked
        assert deployer.download(solution).status == 200


# The redirect


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n",
        "http://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/%s/\r\nSet-Cookie: a=b",
        "/ok\nLocation: http://evil.example",
        "@evil.example/",
        ".evil.example/",
        ":1@evil.example/",
        "dashboard",
        "javascript:alert(1)",
        '/"><script>',
        "/é",
        "/" + "x" * 10000,
        '{"message": "deployed"}',
    ],
)
def test_the_redirect_never_leaves_the_playground(world, deployer, body):
    solution = keep(world, make_pipeline(1))
    with world.playground.answering({"/deploy_solution": Page(body)}):
        answer = deployer.deploy(solution)
    assert_problem(answer, 502, "bad_gateway")
    assert answer.location is None
    assert len(world.playground.asked) == 1


@pytest.mark.parametrize(
    "body", ["/", "/d?a=b&c=%2F#x", "/@evil.example/", "/dashboard\n", "/a//b"]
)
def test_the_redirect_is_a_path_below_the_playground(world, deployer, body):
    solution = keep(world, make_pipeline(1))
    with world.playground.answering({"/deploy_solution": Page(body)}):
        answer = deployer.deploy(solution)
    assert answer.status == 302
    assert answer.location == world.playground.url + body.strip()


# What is asked of the catalogue


@pytest.mark.parametrize("count", [1, 3, 11])
def test_a_pipeline_of_n_nodes_costs_6_plus_n_requests(world, deployer, count):
    solution = keep(world, make_pipeline(count))
    assert deployer.deploy(solution).status == 302
    assert set((world.cds.counts() + world.nexus.counts()).values()) == {1}
    assert len(world.cds.asked) + len(world.nexus.asked) == 6 + count
    assert len(world.playground.asked) == 1


def test_credentials_are_sent_at_once(world, deployer):
    assert deployer.deploy(keep(world, make_pipeline())).status == 302
    for neighbour in (world.cds, world.nexus):
        got = {asked.headers.get("authorization") for asked in neighbour.asked}
        assert got == {neighbour.authorization}


def test_requests_of_a_step_are_made_together(world, deployer):
    solution = keep(world, make_pipeline(11))
    delay_s = 0.25
    world.cds.delay_s = world.nexus.delay_s = delay_s
    try:
        began = time.monotonic()
        assert deployer.deploy(solution).status == 302
        took_s = time.monotonic() - began
    finally:
        world.cds.delay_s = world.nexus.delay_s = 0.0
    assert 3 * delay_s <= took_s < 6 * delay_s  # three steps, where there are 17 requests


def descriptions(solution: Solution, *texts) -> dict:
    return {
        solution.description_path(i): Page({"description": text}) if text is not None else NOBODY
        for i, text in enumerate(texts)
    }


@pytest.mark.parametrize(
    ("texts", "asked", "kept"),
    [
        (["first", "second", "third"], 1, b"first"),
        ([None, "second", "third"], 2, b"second"),
        (["", "second", "third"], 2, b"second"),
        ([None, None, "third"], 3, b"third"),
        ([None, None, None], 3, None),
    ],
)
def test_further_catalogues_are_asked_only_where_one_has_no_description(
    world, deployer, texts, asked, kept
):
    solution = keep(world, make_pipeline(1, catalogs=["one", "two", "three"]))
    with world.cds.answering(descriptions(solution, *texts)):
        files = entries_of(deployer.download(solution).body)
    counts = world.cds.counts()
    got = [counts[solution.description_path(i)] for i in range(3)]
    assert got == [1] * asked + [0] * (3 - asked)
    assert files.get("solution_description.html") == kept


@pytest.mark.parametrize("has_icon", [False, True])
@pytest.mark.parametrize("has_description", [False, True])
@pytest.mark.parametrize("make", [make_pipeline, make_model])
def test_picture_and_description_are_left_out_each_on_its_own(
    world, deployer, make, has_icon, has_description
):
    changes = {} if has_icon else {"icon": None}
    changes |= {} if has_description else {"description": None}
    solution = keep(world, make(**changes))
    files = entries_of(deployer.download(solution).body)
    assert ("solution_icon.png" in files) is has_icon
    assert ("solution_description.html" in files) is has_description


def test_answers_may_be_paged(world, deployer):
    solution = keep(world, make_pipeline(1))
    pages = {}
    for path in (
        f"/revision/{solution.revision_id}/artifact",
        f"/catalog/solution/{solution.solution_id}",
    ):
        content = world.cds.pages[path].body
        pages[path] = Page({"content": content, "last": True, "number": 0})
    with world.cds.answering(pages):
        answer = deployer.download(solution)
    assert "solution_description.html" in entries_of(answer.body)


# Who may see what


@pytest.fixture(scope="module")
def checking(tmp_path_factory):
    with deployer_world(tmp_path_factory.mktemp("checks"), "--check-access") as both:
        yield both


def share(world, solution: Solution, page: Page) -> str:
    path = f"/access/user/{USER_ID}/solution/{solution.solution_id}"
    world.cds.pages[path] = page
    return path


@pytest.mark.parametrize(
    ("catalogs", "page", "status"),
    [
        ([], Page({"count": 1}), 302),
        ([], Page({"count": 0}), 403),
        ([], Page({}), 403),
        ([], Page({"count": "1"}), 403),
        ([], NOBODY, 404),
        (["public"], Page({"count": 0}), 302),
    ],
)
def test_a_solution_is_for_those_who_may_see_it(checking, catalogs, page, status):
    world, deployer = checking
    world.forget()
    solution = keep(world, make_pipeline(1, catalogs=catalogs))
    path = share(world, solution, page)
    assert deployer.deploy(solution).status == status
    assert world.cds.counts()[path] == 1
    assert len(world.playground.asked) == (status == 302)


def test_the_revision_of_another_solution_is_not_found(checking):
    world, deployer = checking
    mine, other = make_pipeline(1), make_pipeline(1)
    keep(world, mine, other)
    asked = Solution(solution_id=mine.solution_id, revision_id=other.revision_id)
    path = f"/solution/{mine.solution_id}/revision/{other.revision_id}"
    of_other = world.cds.pages[f"/solution/{other.path.replace('/', '/revision/')}"]
    with world.cds.answering({path: of_other}):
        assert_problem(deployer.deploy(asked), 404, "not_found")


def test_a_token_without_a_user_id_sees_nothing_where_access_is_checked(checking):
    world, deployer = checking
    world.forget()
    solution = keep(world, make_pipeline(1))
    token = make_token(mlpuser={"email": EMAIL})
    assert_problem(deployer.deploy(solution, token), 403, "forbidden")
    token = make_token(mlpuser={"email": EMAIL, "userId": "../../catalog"})
    assert_problem(deployer.deploy(solution, token), 403, "forbidden")
    assert not world.cds.asked


def test_access_is_not_asked_for_by_default(world, deployer):
    solution = keep(world, make_pipeline(1, catalogs=[]))
    path = share(world, solution, Page({"count": 0}))
    assert deployer.deploy(solution).status == 302
    assert world.cds.counts()[path] == 0


# What it says about itself


def test_the_description_of_the_routes_is_true(world, deployer):
    described = yaml.safe_load(deployer.ask("/openapi.yaml").body)["paths"]
    methods = {"get", "post", "put", "delete", "patch"}
    for path, operations in described.items():
        target = re.sub(r"\{\w+\}", "x", path)
        for method in methods & operations.keys():
            answer = deployer.ask(target, method.upper(), {"jwtToken": make_token()})
            if answer.status == 404:
                assert "no such solution" in answer.json()["detail"], (method, path)
            assert str(answer.status) in operations[method]["responses"], (method, path)
        missing = deployer.ask(target, "PATCH")
        assert missing.status == 405
        allowed = {method.strip().lower() for method in missing.headers["Allow"].split(",")}
        assert allowed - {"head", "options"} == methods & operations.keys(), path


def test_every_route_that_is_counted_is_described(world, deployer):
    described = yaml.safe_load(deployer.ask("/openapi.yaml").body)["paths"]
    deployer.ask("/no/such/route")
    metrics = deployer.ask("/metrics").body.decode()
    counted = set(re.findall(r'route="(/[^"]*)"', metrics))
    assert counted == set(described)


def test_readiness_asks_the_neighbours_at_most_now_and_then(world, deployer):
    for _ in range(5):
        assert deployer.ask("/readyz").json() == {"status": "ready"}
    assert len(world.cds.asked) <= 1
    assert len(world.nexus.asked) <= 1
    assert deployer.ask("/healthz").json() == {"status": "ok"}


def test_an_upstream_error_is_counted(world, deployer):
    name = 'playground_deployer_upstream_errors_total{neighbour="playground"}'

    def count() -> float:
        metrics = deployer.ask("/metrics").body.decode()
        return float(re.search(rf"^{re.escape(name)} (\S+)$", metrics, re.MULTILINE)[1])

    before = count()
    with world.playground.answering({"/deploy_solution": Page(status=500)}):
        deployer.deploy(keep(world, make_pipeline(1)))
    assert count() == before + 1
