"""playground-deployer with much to do: nothing is mixed up, nothing that was begun is lost."""

import http.client
import itertools
import json
import os
import signal
import threading
import time

import pytest
from deployer_world import Deployer, World, deployer_world, make_model, make_pipeline, sent_over
from process import in_parallel, wait_for
from sites import Page
from tokens import make_token

CLIENTS = 64
SOLUTIONS = 20
STRESS_S = float(os.environ.get("PD_STRESS_SECONDS", "5"))


def many_solutions() -> list:
    """Alike in form, different in every file: what is mixed up shows."""
    return [
        make_model(f"model{i}", icon=b"icon %d" % i, description=f"<p>{i}</p>")
        if i % 5 == 4
        else make_pipeline(
            1 + i % 4, f"pipeline{i}", icon=b"icon %d" % i, description=f"<p>{i}</p>"
        )
        for i in range(SOLUTIONS)
    ]


def test_many_users_at_once_get_what_each_gets_alone(tmp_path):
    solutions = many_solutions()
    with deployer_world(tmp_path) as (world, deployer):
        world.keep(*solutions)
        alone = [deployer.download(solution).body for solution in solutions]
        assert len(set(alone)) == SOLUTIONS
        world.forget()
        end = time.monotonic() + STRESS_S

        def deploy_until_the_end(client: int) -> list[int]:
            """The solutions that were deployed, by number."""
            done = []
            token = make_token(mlpuser={"email": f"user{client}@example.org"})
            connection = deployer.connection()
            for i in itertools.count(client):
                if done and time.monotonic() > end:
                    break
                target = f"/deploy/{solutions[i % SOLUTIONS].path}"
                connection.request("GET", target, headers={"jwtToken": token})
                answer = connection.getresponse()
                body = answer.read()
                assert answer.status == 302, body
                done.append(i % SOLUTIONS)
            connection.close()
            return done

        done = in_parallel(CLIENTS, deploy_until_the_end)
        handed_over = {}
        for asked in world.playground.asked:
            zip_bytes, user = sent_over(asked)
            handed_over.setdefault(user, []).append(alone.index(zip_bytes))
        assert handed_over == {
            f"user{client}@example.org": numbers for client, numbers in enumerate(done)
        }
    print(f"{sum(map(len, done))} deployments by {CLIENTS} clients in {STRESS_S:g} s")


def test_more_than_it_can_do_is_refused_with_a_time_to_come_again(tmp_path):
    with deployer_world(tmp_path, "--workers", "2", "--backlog", "2") as (world, deployer):
        solution = make_pipeline(1)
        world.keep(solution)
        world.cds.delay_s = 0.3
        answers = in_parallel(16, lambda _: deployer.deploy(solution))
    statuses = [answer.status for answer in answers]
    assert set(statuses) == {302, 503}
    assert len(world.playground.asked) == statuses.count(302)
    for answer in answers:
        assert answer.status == 302 or int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("what", ["/deploy/", "/getSolutionZip/"])
def test_what_was_begun_is_answered_whole_when_it_is_told_to_end(tmp_path, what):
    solution = make_pipeline(3)
    with World() as world:
        world.keep(solution)
        with Deployer(tmp_path, env=world.env()) as deployer:
            alone = deployer.download(solution).body
            world.forget()
            world.cds.delay_s = 0.1
            answers = []  # by clients, of requests that were sent whole
            refused = threading.Event()

            def ask_until_refused(_: int) -> None:
                headers = {"jwtToken": make_token()}
                while not refused.is_set():
                    connection = deployer.connection()
                    try:
                        connection.request("GET", what + solution.path, headers=headers)
                        answer = connection.getresponse()
                        answers.append((answer.status, answer.read()))
                    except ConnectionRefusedError:
                        refused.set()
                    except (ConnectionError, http.client.BadStatusLine):
                        # it was never accepted: the listener closed with it in its queue
                        refused.set()
                    finally:
                        connection.close()

            def end_it(client: int) -> None:
                if client > 0:
                    ask_until_refused(client)
                else:
                    wait_for(lambda: len(answers) > 20, "some requests are under way")
                    deployer.tell_to_end()

            in_parallel(17, end_it)
            log = deployer.wait()
    logged = [line for line in log.splitlines() if '"path":"' + what in line]
    begun = len(logged) - (what == "/getSolutionZip/")  # one was made alone
    assert begun == len(answers)
    expected = (302, b"") if what == "/deploy/" else (200, alone)
    assert set(answers) == {expected}
    if what == "/deploy/":
        assert len(world.playground.asked) == len(answers)


def test_it_ends_in_time_when_a_neighbour_does_not_answer(tmp_path):
    with World() as world:
        solution = make_pipeline(1)
        world.keep(solution)
        env = world.env(PD_DRAIN_TIMEOUT="500ms")
        with Deployer(tmp_path, env=env) as deployer:
            released = threading.Event()

            def waits(wire, request) -> None:
                released.wait(20)
                Page("/dashboard")(wire, request)

            world.playground.pages["/deploy_solution"] = waits
            answers = []
            client = threading.Thread(
                target=lambda: answers.append(_status_or_nothing(deployer, solution))
            )
            client.start()
            wait_for(lambda: world.playground.asked, "the hand-over has begun")
            began = time.monotonic()
            deployer.tell_to_end()
            try:
                deployer.wait()
                assert time.monotonic() - began < 10
            finally:
                released.set()
                client.join()
    assert answers in ([None], [502], [503], [504])


def _status_or_nothing(deployer, solution) -> int | None:
    try:
        return deployer.deploy(solution).status
    except (ConnectionError, http.client.HTTPException):
        return None


def test_after_a_kill_it_starts_again_on_the_same_folder(tmp_path, playgroundctl):
    for _ in range(3):
        deployer = Deployer(tmp_path)
        solutions = json.loads(
            playgroundctl("catalog", "ls", "--output", "json", "--data-dir", tmp_path).text
        )
        assert {solution["kind"] for solution in solutions} == {"pipeline", "model"}
        token = playgroundctl("token", "--user", "a@b.example", "--data-dir", tmp_path).text.strip()
        path = "/getSolutionZip/{solutionId}/{revisionId}".format(**solutions[0])

        def download(of: Deployer, path=path, token=token) -> int:
            return of.ask(path, headers={"jwtToken": token}).status

        assert download(deployer) == 200
        deployer.kill()
        deployer.wait(-signal.SIGKILL)
        with Deployer(tmp_path) as again:
            assert download(again) == 200
