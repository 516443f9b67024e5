"""`playgroundctl` on a real Docker: from a zip to a pipeline that runs, and to its end."""

import json
import os
import pty
import re
import signal
import subprocess

import pytest
from conftest import BUILD, ROOT
from process import wait_for
from up_world import EXAMPLES, environment, ids, values_file

# One engine for all of these, with the images of our own programs.
pytestmark = pytest.mark.xdist_group("images")


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_comes_up_from_its_zip_and_a_second_up_changes_nothing(
    ctl, stocked, zipped, example
):
    told = ctl("up", zipped(example), "demo").text
    assert re.search(r"^demo: \d workloads? (is|are) ready, ", told, re.MULTILINE), told
    before = ids(stocked, "demo")
    assert before

    *_, last = map(
        json.loads, ctl("up", zipped(example), "demo", "--output=json").text.splitlines()
    )
    assert last["deployment"]["state"] == "ready"
    assert ids(stocked, "demo") == before
    plan = json.loads(ctl("up", zipped(example), "demo", "--dry-run", "--output=json").text)
    assert plan["changes"] == 0

    (shown,) = json.loads(ctl("ps", "--output", "json").text)
    assert {each["name"] for each in shown["workloads"]} == set(before)
    assert {each["state"] for each in shown["workloads"]} == {"ready"}
    for line in ctl("ps").text.splitlines()[1:]:
        assert line.split()[3] == "ready", line


def test_a_dry_run_does_nothing(ctl, stocked):
    plan = json.loads(ctl("up", ROOT / "examples/chain", "--dry-run", "--output=json").text)
    assert {step["change"] for step in plan["steps"]} == {"create"}
    assert plan["changes"] == len(plan["steps"]) == 5
    assert "nothing was done" in ctl("up", ROOT / "examples/chain", "--dry-run").text
    assert stocked.objects() == []


def test_what_the_values_change_is_made_anew_and_nothing_else(ctl, stocked, tmp_path):
    ctl("up", ROOT / "examples/chain", "demo")
    before = ids(stocked, "demo")
    image = "playground-example-converter:other"
    stocked.api("POST", f"/images/playground-example-converter/tag?repo={image[:-6]}&tag=other")
    changed = {
        "converter": {"image": image, "env": {"A": 1}, "resources": {"limits": {"cpu": "500m"}}}
    }
    values = values_file(tmp_path, changed)
    ctl("up", ROOT / "examples/chain", "demo", "--values", values)
    after = ids(stocked, "demo")
    assert [name for name in after if after[name] != before[name]] == ["converter"]
    container = stocked.containers("demo")["converter"]
    assert container["Config"]["Image"] == image
    assert "A=1" in container["Config"]["Env"]
    assert container["HostConfig"]["NanoCpus"] == 500_000_000


def test_the_name_of_another_solution_is_taken_only_where_that_is_wished_for(ctl, stocked):
    ctl("up", ROOT / "examples/chain", "demo")
    before = ids(stocked, "demo")
    refused = ctl("up", ROOT / "examples/single-model", "demo", status=5)
    assert "--replace" in refused.err
    assert ids(stocked, "demo") == before
    ctl("up", ROOT / "examples/single-model", "demo", "--replace")
    assert len(ids(stocked, "demo")) == 1


@pytest.mark.parametrize(
    ("change", "reason", "says"),
    [
        ({"image": "localhost:1/x:1"}, "image_unreachable", "registry"),
        ({"args": ["--nonsense"]}, "exited", "logs"),
        ({"command": ["/nothing"]}, "command_absent", "entry point"),
    ],
)
def test_a_workload_that_cannot_start_is_told_with_its_reason(ctl, tmp_path, change, reason, says):
    values = values_file(tmp_path, {"converter": change})
    failed = ctl("up", ROOT / "examples/chain", "demo", "--values", values, status=7)
    assert re.search(rf"converter +failed: {reason}  ", failed.text), failed.text
    assert says in failed.text.partition("\n\nconverter: ")[2]
    assert "error: 'converter' cannot start: " in failed.err


def test_mistakes_in_the_values_are_told_all_at_once_and_nothing_is_made(ctl, stocked, tmp_path):
    values = values_file(tmp_path, {"convrter": {}, "display": {"imag": "x", "args": "x"}})
    refused = ctl("up", ROOT / "examples/chain", "--values", values, status=2)
    assert "did you mean 'converter'?" in refused.err
    assert "did you mean 'image'?" in refused.err
    assert "values.nodes.display.args" in refused.err
    assert stocked.objects() == []


def test_a_terminal_sees_one_line_a_workload(ctl, stocked, tmp_path):
    ctl("ps", "-d", "none", status=4)
    main, side = pty.openpty()
    env = os.environ | environment(stocked.host, tmp_path) | {"TERM": "xterm"}
    env.pop("NO_COLOR", None)
    with subprocess.Popen(
        [BUILD / "bin/playgroundctl", "up", ROOT / "examples/single-model", "demo"],
        stdin=side,
        stdout=side,
        stderr=side,
        env=env,
    ) as up:
        os.close(side)
        shown = b""
        while chunk := _read(main):
            shown += chunk
        assert up.wait() == 0, shown
    os.close(main)
    assert b"\033[1A" in shown  # its one line is written anew
    assert b"ready\033[0m" in shown


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # the other side is closed
        return b""


def test_ctrl_c_leaves_what_the_same_command_goes_on_with(ctl, stocked, tmp_path):
    env = os.environ | environment(stocked.host, tmp_path)
    with subprocess.Popen(
        [BUILD / "bin/playgroundctl", "up", ROOT / "examples/chain", "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
    ) as up:
        wait_for(lambda: stocked.objects(), "something is made")
        up.send_signal(signal.SIGINT)
        _, err = up.communicate()
    if up.returncode != 0:  # it may have been ready before
        assert up.returncode == 6
        assert "left off as you wished; go on with the same command" in err
        assert "playgroundctl down -d demo" in err
    ctl("up", ROOT / "examples/chain", "demo")
    assert set(ids(stocked, "demo")) == {"thermometer", "converter", "display", "orchestrator"}


# --- Logs, restart, down ---


def test_logs_tell_the_lines_of_each_node(ctl):
    ctl("up", ROOT / "examples/chain", "demo")
    lines = (
        r"^orchestrator \| \{.*a pipeline of 3 operations is ready",
        *(rf"^{node:12} \| 8061$" for node in ("thermometer", "converter", "display")),
    )

    def have_written() -> bool:  # who is ready may not have told so yet
        told = ctl("logs").text
        return all(re.search(line, told, re.MULTILINE) for line in lines)

    wait_for(have_written, "each has written")

    (line,) = map(json.loads, ctl("logs", "converter", "--output=json").text.splitlines())
    assert line == {"workload": "converter", "time": line["time"], "text": "8061"}
    assert ctl("logs", "converter", "-t").text == f"{line['time']} 8061\n"
    assert len(ctl("logs", "--tail", "1").text.splitlines()) == 4
    assert ctl("logs", "converter", "--tail", "0").text == ""
    assert "'nobody'" in ctl("logs", "nobody", status=4).err
    assert "over all its restarts" in ctl("logs", "--previous", status=2).err


def test_a_log_that_is_followed_ends_with_ctrl_c_and_with_its_reader(ctl, stocked, tmp_path):
    ctl("up", ROOT / "examples/single-model", "demo")
    command = [BUILD / "bin/playgroundctl", "logs", "-f"]
    env = os.environ | environment(stocked.host, tmp_path)
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env) as logs:
        assert logs.stdout.readline() == b"8061\n"
        logs.send_signal(signal.SIGINT)
        assert logs.wait() == 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as logs:
        assert logs.stdout.readline() == b"8061\n"
        logs.stdout.close()
        ctl("restart")  # it writes, and nobody reads
        assert logs.stderr.read() == b""


def test_restart_ends_and_starts_what_it_names(ctl, stocked):
    ctl("up", ROOT / "examples/chain", "demo")
    before = stocked.containers("demo")
    ctl("restart", "display")
    after = stocked.containers("demo")
    started = {
        name
        for name in after
        if after[name]["State"]["StartedAt"] != before[name]["State"]["StartedAt"]
    }
    assert started == {"display"}
    assert ids(stocked, "demo") == {name: each["Id"] for name, each in before.items()}


def test_down_keeps_what_is_in_the_shared_folder_unless_it_is_not_wanted(ctl, stocked):
    ctl("up", ROOT / "examples/shared-folder", "demo")
    ctl("up", ROOT / "examples/chain", "other")
    told = ctl("down", "-d", "demo").text
    assert told.endswith("playgroundctl down -d demo --volumes    # removes it, too\n")
    assert [name for name in stocked.objects() if name.startswith("demo")] == ["demo.shared-folder"]
    ctl("down", "-d", "demo", status=4)
    ctl("down", "-d", "demo", "--volumes")
    *_, last = map(json.loads, ctl("down", "--output=json").text.splitlines())
    assert last == {"removed": "other", "keepsVolume": False}
    assert stocked.objects() == []


def test_without_d_a_deployment_is_named_only_where_it_is_the_only_one(ctl):
    assert "nothing is deployed" in ctl("down", status=4).err
    ctl("up", ROOT / "examples/single-model", "one")
    ctl("up", ROOT / "examples/single-model", "two")
    assert "'one', 'two'; name it with -d" in ctl("down", status=64).err
