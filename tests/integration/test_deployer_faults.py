"""playground-deployer among neighbours that fail: each fault has its status, within its deadline,
and hands nothing over."""

import time

import pytest
import sites
from contract import entries_of
from deployer_world import assert_problem, deployer_world, make_model, make_pipeline
from sites import Page, Site, nobody_listens

# What the deployer is told, and what is added for a busy machine.
TIMEOUT_S = 2.5  # a busy machine takes its time; what is no must gets half of it
SLACK_S = 4.0

LOGIN_PAGE = Page("<html>Sign in</html>", headers={"Content_Type": "text/html"})
SAYS_500 = Page("java.lang.NullPointerException", 500)

BAD_GATEWAY = (502, "bad_gateway")
TIMEOUT = (504, "timeout")
NOT_FOUND = (404, "not_found")
UNPROCESSABLE = (422, "unprocessable")

# How one can be too slow.
SLOW = ("silent", "dripping")

# Wherever they happen.
COMMON = {
    "reset": (sites.resets, BAD_GATEWAY),
    "closed": (sites.hangs_up, BAD_GATEWAY),
    "silent": (sites.is_silent, TIMEOUT),
    "dripping": (sites.drips, TIMEOUT),
    "half a body": (sites.stops_halfway, BAD_GATEWAY),
    "endless": (sites.is_endless, BAD_GATEWAY),
    "no HTTP": (sites.speaks_no_http, BAD_GATEWAY),
    "500": (SAYS_500, BAD_GATEWAY),
    "503": (Page("busy", 503), BAD_GATEWAY),
    "401": (Page("who are you?", 401), BAD_GATEWAY),
    "403": (Page("no", 403), BAD_GATEWAY),
}

WHERE = {
    "solution": COMMON
    | {
        "empty": (Page(), NOT_FOUND),
        "wrong type": (LOGIN_PAGE, BAD_GATEWAY),
        "no JSON": (Page("{", headers={"Content_Type": "application/json"}), BAD_GATEWAY),
        "no object": (Page([1]), BAD_GATEWAY),
        "no name": (Page({"toolkitTypeCode": "CP"}), BAD_GATEWAY),
    },
    "artifacts": COMMON
    | {
        "empty": (Page(), NOT_FOUND),
        "wrong type": (LOGIN_PAGE, BAD_GATEWAY),
        "no JSON": (Page("["), BAD_GATEWAY),
        "no list": (Page({"artifactTypeCode": "BP"}), NOT_FOUND),
    },
    "blueprint": COMMON
    | {
        "empty": (Page(), NOT_FOUND),
        "wrong type": (LOGIN_PAGE, UNPROCESSABLE),
        "no JSON": (Page("{"), UNPROCESSABLE),
    },
    "proto": COMMON | {"empty": (Page(), NOT_FOUND)},
    "playground": COMMON
    | {
        "empty": (Page(), BAD_GATEWAY),
        "wrong type": (LOGIN_PAGE, BAD_GATEWAY),
        "201": (Page("/dashboard", 201), BAD_GATEWAY),
        "404": (Page("/dashboard", 404), BAD_GATEWAY),
        "429": (Page("later", 429, {"Retry_After": "0"}), BAD_GATEWAY),
    },
}
MATRIX = [(where, fault) for where, faults in WHERE.items() for fault in faults]


@pytest.fixture(scope="module")
def at_work(tmp_path_factory):
    """One deployer for all faults: at the end it must still work, and have leaked nothing."""
    flags = [
        *("--catalog-timeout", f"{int(TIMEOUT_S * 1000)}ms"),
        *("--playground-timeout", f"{int(TIMEOUT_S * 1000)}ms"),
    ]
    with deployer_world(tmp_path_factory.mktemp("data"), *flags) as (world, deployer):
        yield world, deployer
        solution = make_pipeline()
        world.keep(solution)
        assert deployer.deploy(solution).status == 302


def place_of(where: str, world, solution) -> tuple[Site, str]:
    return {
        "solution": (world.cds, f"/solution/{solution.solution_id}"),
        "artifacts": (world.cds, f"/revision/{solution.revision_id}/artifact"),
        "picture": (world.cds, f"/solution/{solution.solution_id}/pic"),
        "catalogues": (world.cds, f"/catalog/solution/{solution.solution_id}"),
        "description": (world.cds, solution.description_path(0)),
        "blueprint": (world.nexus, f"/{solution.blueprint_uri}"),
        "proto": (world.nexus, "/" + list(solution.protos)[1] if solution.protos else ""),
        "proto of a model": (world.nexus, f"/{solution.proto_uri}"),
        "playground": (world.playground, "/deploy_solution"),
    }[where]


def keep(world, make=make_pipeline):
    solution = make()
    world.keep(solution)
    world.forget()
    return solution


@pytest.mark.parametrize(("where", "fault"), MATRIX)
def test_a_fault_is_told_in_time_and_nothing_is_handed_over(at_work, where, fault):
    world, deployer = at_work
    solution = keep(world)
    page, (status, code) = WHERE[where][fault]
    neighbour, path = place_of(where, world, solution)

    began = time.monotonic()
    with neighbour.answering({path: page}):
        answer = deployer.deploy(solution)
    assert time.monotonic() - began < TIMEOUT_S + SLACK_S
    assert_problem(answer, status, code)
    assert len(world.playground.asked) == (where == "playground")  # once, whatever happens
    assert deployer.ask("/healthz").status == 200


@pytest.mark.parametrize(("where", "make"), [
    ("solution", make_pipeline),
    ("artifacts", make_pipeline),
    ("blueprint", make_pipeline),
    ("proto", make_pipeline),
    ("proto of a model", make_model),
    ("playground", make_pipeline),
])  # fmt: skip
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(at_work, where, make, status):
    world, deployer = at_work
    solution = keep(world, make)
    neighbour, path = place_of(where, world, solution)
    with Site() as elsewhere:
        elsewhere.otherwise = neighbour.pages[path]
        there = Page("moved", status, {"Location": elsewhere.url + path})
        with neighbour.answering({path: there}):
            answer = deployer.deploy(solution)
        assert not elsewhere.asked
    assert_problem(answer, *BAD_GATEWAY)
    assert elsewhere.url not in answer.body.decode()


@pytest.mark.parametrize("where", ["picture", "catalogues", "description"])
@pytest.mark.parametrize("fault", [fault for fault in COMMON if fault not in SLOW])
def test_what_is_no_must_is_left_out(at_work, where, fault):
    world, deployer = at_work
    solution = keep(world)
    neighbour, path = place_of(where, world, solution)
    with neighbour.answering({path: COMMON[fault][0]}):
        answer = deployer.download(solution)
    assert answer.status == 200
    names = entries_of(answer.body)
    assert ("solution_icon.png" in names) is (where != "picture")
    assert ("solution_description.html" in names) is (where == "picture")


@pytest.mark.parametrize("where", ["picture", "catalogues", "description"])
@pytest.mark.parametrize("fault", SLOW)
def test_who_is_slow_with_what_is_no_must_is_left_out(at_work, where, fault):
    world, deployer = at_work
    solution = keep(world)
    neighbour, path = place_of(where, world, solution)
    with neighbour.answering({path: COMMON[fault][0]}):
        answer = deployer.download(solution)
    assert answer.status == 200, answer.body
    assert "blueprint.json" in entries_of(answer.body)


@pytest.mark.parametrize("who", ["PD_CDS_URL", "PD_NEXUS_URL", "PD_PLAYGROUND_URL"])
def test_who_refuses_connections_has_failed(tmp_path, who):
    with nobody_listens() as origin:
        url = origin + ("/deploy_solution" if who == "PD_PLAYGROUND_URL" else "")
        with deployer_world(tmp_path, env={who: url}) as (world, deployer):
            solution = keep(world)
            assert_problem(deployer.deploy(solution), *BAD_GATEWAY)
            assert not world.playground.asked
            detail = assert_problem(deployer.ask("/readyz"), 503, "unavailable")["detail"]
            assert "left out" not in detail
            told = {
                "PD_CDS_URL": "the Common Data Service is not ready: ping: ",
                "PD_NEXUS_URL": "Nexus is not ready: ping: ",
                "PD_PLAYGROUND_URL": "the playground server does not answer: ",
            }[who]
            assert told in detail


def test_wrong_credentials_are_the_neighbours_refusal(tmp_path):
    with deployer_world(tmp_path, env={"PD_CDS_PASSWORD": "wrong"}) as (world, deployer):
        problem = assert_problem(deployer.deploy(keep(world)), *BAD_GATEWAY)
        assert "user and password" in problem["detail"]
        assert not world.nexus.asked


def test_what_was_busy_is_asked_again(at_work):
    """A GET is repeated; what is repeated in vain is told."""
    world, deployer = at_work
    solution = keep(world)
    neighbour, path = place_of("artifacts", world, solution)
    good = neighbour.pages[path]
    faults = [sites.resets, Page("busy", 503)]

    def recovers(wire, request) -> None:
        (faults.pop() if faults else good)(wire, request)

    with neighbour.answering({path: recovers}):
        assert deployer.deploy(solution).status == 302
    assert neighbour.counts()[path] == 3
    assert len(world.playground.asked) == 1


def test_a_catalogue_that_is_slow_at_each_step_has_one_deadline(at_work):
    world, deployer = at_work
    solution = keep(world)
    world.cds.delay_s = world.nexus.delay_s = 0.45 * TIMEOUT_S
    began = time.monotonic()
    try:
        answer = deployer.deploy(solution)
    finally:
        world.cds.delay_s = world.nexus.delay_s = 0.0
    assert_problem(answer, *TIMEOUT)
    assert time.monotonic() - began < TIMEOUT_S + SLACK_S
