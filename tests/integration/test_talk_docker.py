"""`playgroundctl run`, `observe`, `status`, `stop` on a real Docker: messages go, and are seen."""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import tempfile
import termios
from pathlib import Path

import pytest
from conftest import BUILD, ROOT, SANITIZER_WORDS
from container_engine import IMAGE
from process import PATIENCE_S, wait_for
from up_world import environment, values_file

# One engine for all of these, with the images of our own programs.
pytestmark = pytest.mark.xdist_group("images")

CHAIN = ROOT / "examples/chain"
SUDOKU = ROOT / "examples/sudoku-like"
TALKING = ("run", "observe", "status", "stop")
# Messages of examples/chain: a tenth of a degree more each time.
FAHRENHEIT = re.compile(r"distributing output message  converter/convert  .*degrees: ([0-9.]+)")


class Observer:
    """`observe` in the background; what it writes is in files, so that it never waits for us."""

    def __init__(self, host: str, folder: Path, *words, terminal: int | None = None):
        folder = Path(tempfile.mkdtemp(dir=folder))
        self._out, self._err = folder / "out", folder / "err"
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                [BUILD / "bin/playgroundctl", "observe", *words],
                stdin=subprocess.DEVNULL,
                stdout=out if terminal is None else terminal,
                stderr=err if terminal is None else terminal,
                env=os.environ | environment(host, folder) | {"TERM": "xterm"},
            )

    @property
    def text(self) -> str:
        return self._out.read_text(encoding="utf-8")

    @property
    def err(self) -> str:
        return self._err.read_text(encoding="utf-8")

    def wait_for(self, words: str) -> None:
        wait_for(lambda: words in self.text + self.err or self.process.poll() is not None, words)
        assert words in self.text + self.err, self.text + self.err

    def end(self, status: int = 0) -> str:
        assert self.process.wait(PATIENCE_S * 3) == status, self.text + self.err
        assert not any(word in self.err for word in SANITIZER_WORDS), self.err
        return self.text


@pytest.fixture
def observe(ctl, stocked, tmp_path):
    """Starts an observer; none outlives the test."""
    begun = []

    def begin(*words, terminal: int | None = None) -> Observer:
        begun.append(Observer(stocked.host, tmp_path, *words, terminal=terminal))
        return begun[-1]

    yield begin
    for observer in begun:
        if observer.process.poll() is None:
            observer.process.kill()
            observer.process.wait()


def status(ctl, *words) -> dict:
    return json.loads(ctl("status", "--output", "json", *words).text)


def edges(report: dict) -> dict[str, int]:
    return {
        f"{edge['from']['node']}-{edge['to']['node']}": edge["messages"] for edge in report["edges"]
    }


def wait_for_messages(ctl) -> None:
    wait_for(lambda: min(edges(status(ctl)).values()) > 0, "messages on every edge", PATIENCE_S * 2)


def slowly(tmp_path) -> Path:
    """Values for a chain that takes its time."""
    return values_file(tmp_path, {"thermometer": {"args": ["--delay", "20ms"]}})


# --- A run, from its beginning to its end ---


def test_a_chain_runs_to_its_results(ctl, observe):
    ctl("up", CHAIN, "demo")
    observer = observe("--messages")
    observer.wait_for("waiting for a run; 'playgroundctl run -d demo' starts one")
    told = ctl("run", "--iterations", "5", "--label", "first").text
    assert told.startswith("demo: running\n")
    assert "playgroundctl observe -d demo" in told
    lines = observer.end()
    assert "the run of 'demo' has ended: finished" in observer.err
    assert [float(degrees) for degrees in FAHRENHEIT.findall(lines)] == pytest.approx(
        [32 + tenths * 0.18 for tenths in range(5)]
    )
    assert "  finished  orchestrator\n" in lines

    report = status(ctl)
    assert (report["state"], report["label"]) == ("finished", "first")
    assert edges(report) == {"thermometer-converter": 5, "converter-display": 5}
    shown = ctl("status", "-d", "demo").text
    assert shown.startswith("demo: finished; label 'first'\n")
    assert re.search(r"^display +show +at rest +5 +0$", shown, re.MULTILINE), shown
    assert re.search(
        r"^thermometer/measure +converter/convert +5 +- +0 of 1000, 0 B of 64 MiB$",
        shown,
        re.MULTILINE,
    ), shown


def is_solved(cells: list[int]) -> bool:
    groups = [cells[row * 4 : row * 4 + 4] for row in range(4)]
    groups += [cells[column::4] for column in range(4)]
    groups += [[cells[corner + step] for step in (0, 1, 4, 5)] for corner in (0, 2, 8, 10)]
    return all(sorted(group) == [1, 2, 3, 4] for group in groups)


def test_a_pipeline_with_streams_and_a_cycle_runs_to_its_results(ctl, observe):
    ctl("up", SUDOKU, "demo")
    observer = observe("--messages")
    observer.wait_for("waiting for a run")
    ctl("run", "--iterations", "2")
    lines = observer.end().splitlines()

    verdicts = [line for line in lines if "  checker/check  " in line and "message" in line]
    solved = [line for line in verdicts if line.endswith("state: SOLVED")]
    assert len(solved) == 20
    for line in solved:
        givens, cells = (
            [int(digit) for digit in re.findall(rf"{name}: (\d)", line)]
            for name in ("givens", "cells")
        )
        assert is_solved(cells), line
        assert all(given in (0, cell) for given, cell in zip(givens, cells, strict=True)), line
    (total,) = (line for line in lines if "  scoreboard/count  " in line and "solved" in line)
    assert total.endswith(f"solved: 20 candidates: {len(verdicts)}")

    counted = edges(status(ctl))
    assert counted["puzzle-source-solver"] == 20
    assert counted["checker-scoreboard"] == counted["checker-solver"] == len(verdicts)
    assert counted["solver-checker"] == len(verdicts) - 20  # the edge of `refine`, told last


def test_runs_follow_each_other_one_at_a_time(ctl, tmp_path):
    ctl("up", CHAIN, "demo", "--values", slowly(tmp_path))
    answer = json.loads(ctl("run", "--label", "one", "--output", "json").text)
    assert (answer["message"], answer["began"]) == ("running", True)
    wait_for_messages(ctl)
    refused = ctl("run", "--label", "two", status=5)
    assert refused.err == (
        "error: 'demo' runs already, and nothing has changed; 'playgroundctl stop -d demo' ends "
        "that run\n"
    )
    assert status(ctl)["label"] == "one"
    assert ctl("stop").text == "demo: stopped\n"
    assert json.loads(ctl("stop", "--output", "json").text)["message"] == "stopped"
    assert status(ctl)["state"] == "stopped"

    ctl("run", "--label", "two", "--iterations", "2")
    wait_for(lambda: status(ctl)["state"] == "finished", "the second run ends")
    report = status(ctl)
    assert (report["label"], set(edges(report).values())) == ("two", {2})


# --- To observe ---


def test_events_are_lines_and_json_is_an_event_a_line(ctl, observe):
    ctl("up", CHAIN, "demo")
    plain, for_programs = observe(), observe("--output", "json")
    plain.wait_for("waiting for a run")
    for_programs.wait_for("waiting for a run")
    ctl("run", "--iterations", "3", "--label", "x")
    lines = plain.end().splitlines()
    events = [json.loads(line) for line in for_programs.end().splitlines()]
    assert [line.split("  ")[1] for line in lines] == [event["name"] for event in events]
    assert {event["run"] for event in events} == {"x"}
    assert events[-1]["name"] == "finished"
    assert "message" not in str(events[0]["detail"])
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z  thread\.start  \w+/\w+", lines[0]
    ), lines[0]
    assert any(
        re.search(r"  queue\.added  queue converter_convert  size=\d+$", line) for line in lines
    )


def test_a_run_that_has_ended_is_observed_no_more_unless_the_next_one_is_meant(ctl, observe):
    ctl("up", CHAIN, "demo")
    ctl("run", "--iterations", "1")
    wait_for(lambda: status(ctl)["state"] == "finished", "the run ends")
    ended = observe()
    assert ended.end() == ""
    assert "has ended: finished" in ended.err

    following = observe("--next")
    following.wait_for("waiting for a run")
    ctl("run", "--iterations", "1")
    assert "finished" in following.end()


def test_who_observes_is_told_of_a_stop_and_may_give_up_before(ctl, observe, tmp_path):
    ctl("up", CHAIN, "demo", "--values", slowly(tmp_path))
    ctl("run")
    gives_up = observe("--timeout", "1s", "--output", "json")
    gives_up.end(status=6)
    assert "the run of 'demo' has not ended in that time; it goes on" in gives_up.err

    leaves, stays = observe(), observe()
    leaves.wait_for("display/show")
    stays.wait_for("display/show")
    leaves.process.send_signal(signal.SIGINT)
    leaves.end()
    assert "what runs goes on" in leaves.err
    assert status(ctl)["state"] == "running"
    ctl("stop")
    stays.end()
    assert "has ended: stopped" in stays.err


def test_on_a_terminal_a_table_is_written_over(ctl, observe, tmp_path):
    ctl("up", CHAIN, "demo", "--values", slowly(tmp_path))
    ours, theirs = pty.openpty()
    # lines are cut where the terminal ends, and there is no room for all
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 60, 0, 0))
    ctl("run")
    observer = observe(terminal=theirs)
    os.close(theirs)  # so that a read fails when the observer has ended
    seen = bytearray()
    wait_for(lambda: (seen.extend(os.read(ours, 4096)), seen.count(b"\x1b[9A") >= 2)[1], "frames")
    observer.process.send_signal(signal.SIGINT)
    assert observer.process.wait(PATIENCE_S) == 0
    os.close(ours)

    frames = seen.decode().split("\x1b[9A")
    for frame in frames[:2]:
        lines = re.sub(r"\x1b\[[KJ]|\r", "", frame).splitlines()
        assert lines[0] == "demo: running"
        assert len(lines) == 9
        assert max(map(len, lines)) <= 59
        assert lines[2].startswith("NODE")


# --- What goes wrong ---


def test_an_operation_that_fails_is_told_with_what_to_do(ctl, observe, tmp_path):
    values = values_file(tmp_path, {"converter": {"args": ["--fail-every", "1"]}})
    ctl("up", CHAIN, "demo", "--values", values)
    observer = observe("--messages")
    observer.wait_for("waiting for a run")
    ctl("run", "--iterations", "3")
    assert re.search(r"exception  converter/convert  traceback=INTERNAL: fails", observer.end())
    shown = ctl("status").text
    assert re.search(r"converter +convert +at rest +3 +3 \(3 lost\) +INTERNAL: fails", shown), shown
    assert "'playgroundctl logs -d demo converter' may say why" in shown


def test_an_orchestrator_that_is_killed_comes_back_and_goes_on(ctl, stocked, observe, tmp_path):
    ctl("up", CHAIN, "demo", "--values", slowly(tmp_path))
    ctl("run", "--label", "before")
    observer = observe("--messages")
    observer.wait_for("display/show")
    before = stocked.containers("demo")["orchestrator"]
    os.kill(before["State"]["Pid"], signal.SIGKILL)
    observer.wait_for("; trying again")
    observer.wait_for("it answers again; what happened in")
    assert stocked.containers("demo")["orchestrator"]["RestartCount"] == 1

    seen = len(observer.text)
    wait_for(lambda: "display/show" in observer.text[seen:], "messages go on", PATIENCE_S * 2)
    assert status(ctl)["label"] == "before"

    ctl("restart", "orchestrator")
    wait_for(lambda: status(ctl)["state"] == "running", "the run goes on after a restart, too")
    ctl("stop")
    observer.end()
    assert "has ended: stopped" in observer.err


def test_what_is_not_there_is_told(ctl, stocked, zipped):
    for command in TALKING:
        assert "nothing is deployed" in ctl(command, status=4).err
    ctl("up", zipped("single-model"), "model")
    for command in TALKING:
        assert "'nobody'" in ctl(command, "-d", "nobody", status=4).err
        assert "it is a single model" in ctl(command, status=5).err
    ctl("up", CHAIN, "demo")
    for command in TALKING:
        assert "which one? there are 'demo', 'model'" in ctl(command, status=64).err
    assert status(ctl, "-d", "demo")["state"] == "initialized"

    orchestrator = stocked.containers("demo")["orchestrator"]["Id"]
    stocked.api("POST", f"/containers/{orchestrator}/stop?t=5")
    for command in TALKING:
        assert "the orchestrator does not run" in ctl(command, "-d", "demo", status=5).err


def test_an_orchestrator_of_others_is_told(ctl):
    """One that answers HTTP where ours does, but something else."""
    ctl("up", CHAIN, "demo", "--orchestrator-image", IMAGE)
    for command in TALKING:
        said = ctl(command, status=6).err
        assert "the orchestrator of 'demo' does not answer as one of this project does" in said
