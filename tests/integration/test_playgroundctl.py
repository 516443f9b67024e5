"""playgroundctl as people call it: commands, flags, help, man pages, descriptors."""

import json
import os
import pty
import re
import signal
import subprocess
import threading

import pytest
from conftest import BUILD, ROOT, TIMEOUT_S

COMMANDS = [
    "validate",
    "render",
    "inspect",
    "graph",
    "catalog",
    "token",
    "up",
    "ps",
    "run",
    "observe",
    "status",
    "stop",
    "logs",
    "restart",
    "down",
    "version",
    "help",
]
CHAIN = ROOT / "examples/chain"
EXAMPLES = sorted(path.parent.name for path in ROOT.glob("examples/*/*.json"))

# The flags in the left column of --help.
FLAG = re.compile(r"^ {2}(?:-\w, |    )(--[a-z-]+)", re.MULTILINE)
VARIABLE = re.compile(r"\bPD_[A-Z_]+\b")
DEFAULT = re.compile(r"\(default ([^;)]*)")


def help_of(playgroundctl, command: str) -> str:
    result = playgroundctl("help", command)
    assert (result.status, result.err) == (0, "")
    return result.text


def test_version_says_the_version(playgroundctl):
    result = playgroundctl("version")
    assert (result.status, result.err) == (0, "")
    assert re.fullmatch(r"playgroundctl \d+\.\d+\.\d+\n", result.text)


def test_version_says_the_same_in_json(playgroundctl):
    said = json.loads(playgroundctl("version", "--output", "json").out)
    assert playgroundctl("version").text == f"{said['name']} {said['version']}\n"


@pytest.mark.parametrize("args", [["help"], ["--help"], ["-h"]])
def test_help_lists_the_commands(playgroundctl, args):
    result = playgroundctl(*args)
    assert (result.status, result.err) == (0, "")
    assert re.findall(r"^  ([a-z]+) {2,}\S", result.text, re.MULTILINE) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_explains_itself(playgroundctl, command, flag):
    result = playgroundctl(command, flag)
    assert (result.status, result.err) == (0, "")
    assert result.text == help_of(playgroundctl, command)
    assert f"Usage: playgroundctl {command}" in result.text
    assert "--help" in FLAG.findall(result.text)


def test_the_columns_of_help_are_aligned(playgroundctl):
    text = help_of(playgroundctl, "render")
    lines = [line for line in text.splitlines() if FLAG.match(line)]
    assert len({len(re.match(r".*?\S {2,}(?=\S+ )", line[6:]).group()) for line in lines}) == 1


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ([], "no command given"),
        (["validat", "x"], "unknown command 'validat'; did you mean 'validate'?"),
        (["deploy"], "unknown command 'deploy'"),
        (["help", "redner"], "unknown command 'redner'; did you mean 'render'?"),
        (["validate"], "which INPUT?"),
        (["validate", CHAIN, "more"], "what is 'more'?"),
        (["validate", CHAIN, "--stric"], "unknown flag '--stric'; did you mean '--strict'?"),
        (["validate", CHAIN, "-x"], "unknown flag '-x'"),
        (["validate", CHAIN, "--output"], "--output wants a value: text|json"),
        (["validate", CHAIN, "--output", "yaml"], "--output: 'yaml' is none of text, json"),
        (["validate", CHAIN, "--strict=perhaps"], "--strict: 'perhaps'"),
        (["validate", CHAIN, "--image", "a"], "make a model without INPUT"),
        (["validate", "--image", "a"], "wants both --image and --name"),
        (["validate", "--name", "a"], "wants both --image and --name"),
        (["validate", "--proto", "a"], "wants both --image and --name"),
        (["validate", CHAIN, "-o", "x"], "unknown flag '-o'"),
        (["render", CHAIN], "name the zip with -o FILE"),
        (["render", CHAIN, "-o"], "-o wants a value: FILE"),
        (["render", CHAIN, "-o", ""], "name the zip with -o FILE"),
        (["render", "-o", "x.zip"], "which INPUT?"),
        (["render", CHAIN, "-o", "-", "--output", "json"], "--output json has no place"),
        (["render", CHAIN, "-o", "x", "--service-type", "LoadBalancer"], "none of NodePort"),
        (["render", CHAIN, "-o", "x", "--pull-secret", "Upper"], "--pull-secret: 'Upper'"),
        (["render", CHAIN, "-o", "x", "--pull-secret", "a..b"], "--pull-secret: 'a..b'"),
        (["render", CHAIN, "-o", "x", "--pull-secret", "a", "--no-pull-secret"], "exclude"),
        (["render", CHAIN, "-o", "x", "--storage-class", "-a"], "--storage-class: '-a'"),
        (
            ["render", CHAIN, "-o", "x", "--storage-class", "a", "--default-storage-class"],
            "exclude each other",
        ),
        (["render", CHAIN, "-o", "x", "--claim-size", "1GB"], "--claim-size: '1GB'"),
        (["render", CHAIN, "-o", "x", "--claim-size", ""], "--claim-size: ''"),
        (["render", CHAIN, "-o", "x", "--claim-size", "-1"], "--claim-size: '-1'"),
        (["render", CHAIN, "-o", "x", "--requests", "cpu"], "--requests: 'cpu' is not of the"),
        (["render", CHAIN, "-o", "x", "--requests", "cpu=x"], "--requests: 'x' is no amount"),
        (["render", CHAIN, "-o", "x", "--requests", "=1"], "--requests: '' is no resource"),
        (["render", CHAIN, "-o", "x", "--limits", "cpu=1,cpu=2"], "--limits names 'cpu' twice"),
        (["render", CHAIN, "-o", "x", "--limits", "cpu=1,"], "--limits: ''"),
        (["render", CHAIN, "-o", "x", "--image-pull-policy", "always"], "none of default, Always"),
        (["render", CHAIN, "-o", "x", "--orchestrator-image", "A"], "--orchestrator-image: "),
        (["inspect"], "which ZIP?"),
        (["inspect", "a", "b"], "what is 'b'?"),
        (["graph", CHAIN, "--format", "svg"], "--format: 'svg' is none of text, dot"),
        (["graph", "--image", "a"], "unknown flag '--image'"),
        (["version", "x"], "what is 'x'? 'version' takes no operand"),
    ],
)
def test_wrong_use_is_named_in_one_line(playgroundctl, args, says, tmp_path):
    result = playgroundctl(*args, cwd=tmp_path)
    assert (result.status, result.out) == (64, b"")
    first, second = result.err.splitlines()
    assert first.startswith("error: ")
    assert says in first
    assert re.fullmatch(r"see 'playgroundctl help( [a-z]+)?'", second)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("PD_SERVICE_TYPE", "Ingress", "PD_SERVICE_TYPE: 'Ingress' is none of NodePort"),
        ("PD_IMAGE_PULL_POLICY", "", "PD_IMAGE_PULL_POLICY: ''"),
    ],
)
def test_a_wrong_variable_is_named(playgroundctl, tmp_path, variable, value, says):
    out = tmp_path / "x.zip"
    result = playgroundctl("render", CHAIN, "-o", out, env={variable: value})
    assert result.status == 2
    assert says in result.err
    assert not out.exists()


def test_a_flag_overrides_its_variable(playgroundctl):
    by_flag = playgroundctl("render", CHAIN, "-o", "-", "--pull-secret", "mine")
    by_variable = playgroundctl("render", CHAIN, "-o", "-", env={"PD_PULL_SECRET": "mine"})
    both = playgroundctl(
        "render", CHAIN, "-o", "-", "--pull-secret", "mine", env={"PD_PULL_SECRET": "other"}
    )
    assert by_flag.out == by_variable.out == both.out
    assert by_flag.out != playgroundctl("render", CHAIN, "-o", "-").out


@pytest.mark.parametrize("command", COMMANDS)
def test_the_man_page_names_every_option(playgroundctl, command):
    """... and no other, with its variable and its default."""
    page = ROOT / f"docs/man/playgroundctl-{command}.1.scd"
    if not page.exists():
        page = ROOT / "docs/man/playgroundctl.1.scd"
    options = page.read_text(encoding="utf-8").partition("# OPTIONS")[2].partition("\n# ")[0]
    said = help_of(playgroundctl, command)

    named = set(re.findall(r"\*(--[a-z-]+)\*", options.replace("*--image*,", "")))
    if page.name == "playgroundctl.1.scd":  # one page for version and help
        assert named >= set(FLAG.findall(said))
        return
    assert named == set(FLAG.findall(said))
    assert set(VARIABLE.findall(options)) == set(VARIABLE.findall(said))
    for default in DEFAULT.findall(said):
        plain = default.partition(":")[0]
        assert plain == "''" or f"Default: {plain}" in options, default


def test_the_man_page_names_every_command(playgroundctl):
    page = (ROOT / "docs/man/playgroundctl.1.scd").read_text(encoding="utf-8")
    commands = page.partition("# COMMANDS")[2].partition("\n# ")[0]
    assert re.findall(r"^\*([a-z]+)\*", commands, re.MULTILINE) == COMMANDS
    for name in re.findall(r"\*(playgroundctl-[a-z]+)\*\(1\)", page):
        assert (BUILD / f"docs/man/{name}.1").stat().st_size > 0


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_are_without_a_finding(playgroundctl, name):
    result = playgroundctl("validate", "--strict", ROOT / "examples" / name)
    assert (result.status, result.text, result.err) == (0, "no findings\n", "")


def test_a_pipeline_is_drawn_as_text(playgroundctl):
    result = playgroundctl("graph", CHAIN)
    assert (result.status, result.err) == (0, "")
    assert "convert: Celsius -> Fahrenheit\n    -> display.show\n" in result.text


def test_a_pipeline_is_drawn_for_graphviz(playgroundctl):
    result = playgroundctl("graph", CHAIN, "--format", "dot")
    assert result.text.startswith('digraph "chain" {')
    assert result.text.count(" -> ") == 2


def test_a_zip_is_drawn_as_its_blueprint(playgroundctl, tmp_path):
    zipped = tmp_path / "chain.zip"
    playgroundctl("render", CHAIN, "-o", zipped)
    assert playgroundctl("graph", zipped).out == playgroundctl("graph", CHAIN).out


def test_a_pipeline_with_errors_is_drawn_as_far_as_it_goes(playgroundctl, tmp_path):
    blueprint = json.loads((CHAIN / "blueprint.json").read_text(encoding="utf-8"))
    blueprint["nodes"].pop()
    (tmp_path / "blueprint.json").write_text(json.dumps(blueprint), encoding="utf-8")
    result = playgroundctl("graph", tmp_path)
    assert result.status == 0
    assert "-> display.show (unknown)" in result.text
    assert re.match(r"warning: 1 error; see 'playgroundctl validate ", result.err)


def test_a_model_is_not_drawn(playgroundctl):
    result = playgroundctl("graph", ROOT / "examples/single-model")
    assert (result.status, result.out) == (2, b"")
    assert "single model" in result.err


def run_on_terminal(program, *args, env: dict) -> tuple[int, str]:
    """Run with a terminal for standard output and error; what came out of it."""
    leader, follower = pty.openpty()
    child = subprocess.Popen(
        [program.path, *map(str, args)],
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower,
        env=os.environ | {"TERM": "xterm", "NO_COLOR": ""} | env,
    )
    os.close(follower)
    shown = []

    def listen() -> None:
        try:
            while data := os.read(leader, 4096):
                shown.append(data)
        except OSError:  # how a terminal ends
            pass

    listener = threading.Thread(target=listen)
    listener.start()
    status = child.wait(TIMEOUT_S)
    listener.join(TIMEOUT_S)
    os.close(leader)
    return status, b"".join(shown).decode()


@pytest.mark.parametrize(
    ("env", "has_color"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colour_is_for_terminals_that_want_it(playgroundctl, env, has_color):
    status, shown = run_on_terminal(playgroundctl, "frobnicate", env=env)
    assert status == 64
    assert "unknown command 'frobnicate'" in shown
    assert ("\033[" in shown) == has_color


def test_colour_never_leaves_a_terminal(playgroundctl):
    assert "\033[" not in playgroundctl("frobnicate", env={"TERM": "xterm", "NO_COLOR": ""}).err


def test_a_zip_is_not_written_to_a_terminal(playgroundctl):
    status, shown = run_on_terminal(playgroundctl, "render", CHAIN, "-o", "-", env={})
    assert status == 64
    assert "a zip is nothing for a terminal" in shown
    assert "PK" not in shown


def run_with(program, *args, **kwargs) -> subprocess.CompletedProcess:
    return subprocess.run(
        [program.path, *map(str, args)],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=TIMEOUT_S,
        check=False,
        **kwargs,
    )


def test_a_reader_that_leaves_ends_it_quietly(playgroundctl):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        result = run_with(playgroundctl, "help", stdout=writer)
    finally:
        os.close(writer)
    assert (result.returncode, result.stderr) == (-signal.SIGPIPE, b"")


@pytest.mark.parametrize("fd", [1, 2])
def test_a_closed_descriptor_is_no_other_file(playgroundctl, tmp_path, fd):
    """What would have been written to it is not written into the zip."""
    out = tmp_path / "chain.zip"
    shell = f'exec "$0" "$@" {fd}>&-'
    subprocess.run(
        ["/bin/sh", "-c", shell, playgroundctl.path, "render", CHAIN / "blueprint.json", "-o", out],
        capture_output=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    wanted = playgroundctl("render", CHAIN / "blueprint.json", "-o", "-").out
    assert out.read_bytes() == wanted


def test_a_closed_output_is_an_error(playgroundctl):
    result = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" version >&-', playgroundctl.path],
        stderr=subprocess.PIPE,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert result.returncode == 1
    assert b"cannot write 'standard output'" in result.stderr


def test_a_full_output_is_an_error(playgroundctl):
    with open("/dev/full", "wb") as full:
        result = run_with(playgroundctl, "help", stdout=full)
    assert result.returncode == 1
    assert b"No space left on device" in result.stderr
