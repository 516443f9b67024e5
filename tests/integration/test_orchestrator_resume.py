"""The orchestrator's --run-file: a run goes on in the next process."""

import json
import signal

import pytest
from conftest import Program
from orchestrator_world import Inbox, chain, sink, source
from process import wait_for


@pytest.fixture
def pipeline(tmp_path):
    """Its folder, the file of the run, and what comes out at the end."""
    inbox = Inbox()
    with chain(source(), sink(inbox)) as running:
        yield running.write(tmp_path / "pipeline"), tmp_path / "run.json", inbox


def wait_for_more(inbox: Inbox, count: int = 3) -> None:
    seen = len(inbox.numbers)
    wait_for(lambda: len(inbox.numbers) >= seen + count, "messages")


def test_what_was_killed_goes_on_when_it_is_started_again(start, pipeline):
    folder, run_file, inbox = pipeline
    flags = ("--pipeline", folder, "--run-file", run_file)
    first, client = start(*flags)
    client.wait_for("initialized")
    assert not run_file.exists()
    client.run("a run")
    wait_for_more(inbox)
    assert json.loads(run_file.read_text()) == {"label": "a run", "iterations": 0}
    first.kill()
    first.wait(-signal.SIGKILL)

    second, client = start(*flags)
    client.wait_for("running")
    assert second.report()["label"] == "a run"
    wait_for_more(inbox)
    client.stop()
    assert json.loads(run_file.read_text()) is None


def test_a_signal_does_not_end_the_run_for_good_but_its_own_end_does(start, pipeline):
    folder, run_file, inbox = pipeline
    run_file.write_text('{"label": "é", "iterations": 3}')
    orchestrator, client = start("--pipeline", folder, "--run-file", run_file)
    client.wait_for("finished")
    assert inbox.numbers == [1, 2, 3]
    assert orchestrator.report()["label"] == "é"
    assert json.loads(run_file.read_text()) is None

    client.run("b")
    wait_for_more(inbox)
    orchestrator.tell_to_end()
    orchestrator.wait()
    assert json.loads(run_file.read_text())["label"] == "b"


def test_another_pipeline_ends_the_run_for_good(start, pipeline):
    folder, run_file, inbox = pipeline
    _, client = start("--pipeline", folder, "--run-file", run_file, "--run")
    wait_for_more(inbox)
    assert run_file.exists()
    with chain(source(), sink(Inbox())) as other:
        assert client.initialize(other).success
        assert json.loads(run_file.read_text()) is None


def keep(folder, run: dict) -> None:
    (folder / "run.json").write_text(json.dumps(run))


def test_a_run_that_was_kept_beside_the_pipeline_goes_on_in_a_new_place(start, pipeline):
    folder, run_file, inbox = pipeline
    keep(folder, {"label": "kept"})
    orchestrator, client = start("--pipeline", folder, "--run-file", run_file)
    wait_for_more(inbox)
    assert orchestrator.report()["label"] == "kept"
    assert json.loads(run_file.read_text()) == {"label": "kept", "iterations": 0}
    client.stop()


def test_a_run_that_has_ended_does_not_begin_again_for_having_been_kept(start, pipeline):
    folder, run_file, _ = pipeline
    keep(folder, {})
    run_file.write_text("null\n")
    orchestrator, client = start("--pipeline", folder, "--run-file", run_file)
    client.wait_for("initialized")
    assert orchestrator.report()["state"] == "initialized"


def test_without_a_file_for_the_run_the_kept_one_begins_each_time(start, pipeline):
    folder, _, inbox = pipeline
    keep(folder, {"iterations": 3})
    for numbers in ([1, 2, 3], [1, 2, 3, 4, 5, 6]):
        orchestrator, client = start("--pipeline", folder)
        client.wait_for("finished")
        assert inbox.numbers == numbers
        orchestrator.tell_to_end()
        orchestrator.wait()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "nul", "null x", '{"label": 1, "iterations": 1}', "x" * 5000]
    + ['{"label": "' + "x" * 256 + '"}']
    + ['{"label": "a", "iterations": -1}', '{"label": "a", "iterations": 1.5}'],
)
def test_a_file_that_tells_of_no_run_is_passed_over_and_said(start, pipeline, text):
    folder, run_file, _ = pipeline
    run_file.write_text(text)
    orchestrator, client = start("--pipeline", folder, "--run-file", run_file)
    client.wait_for("initialized")
    assert "what ran before is not known: " in orchestrator.log


def test_a_file_that_cannot_be_written_keeps_no_run_from_going(start, pipeline, tmp_path):
    folder, _, inbox = pipeline
    nowhere = tmp_path / "no/such/folder/run.json"
    orchestrator, client = start("--pipeline", folder, "--run-file", nowhere)
    client.wait_for("initialized")
    client.run()
    wait_for_more(inbox)
    assert "who starts again will not know of this run: " in orchestrator.log
    client.stop()


def test_a_file_without_a_pipeline_is_refused(tmp_path):
    done = Program("playground-orchestrator")("--run-file", tmp_path / "run.json")
    assert done.status == 64
    assert "--run-file wants a --pipeline" in done.err
