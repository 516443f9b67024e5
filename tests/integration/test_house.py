"""The tools of the house: what counts tests and looks for mistakes must be right itself."""

import json
import os
import re
import subprocess
import sys

import pytest
from conftest import BUILD, NO_REAL_DATA, ROOT
from container_engine import NO_ENGINE


def run_tool(*command, cwd=ROOT) -> subprocess.CompletedProcess:
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, cwd=cwd
    )


@pytest.fixture
def count(tmp_path):
    """Count programs, given as (TAP output, result), and pytest cases, given as JUnit elements."""

    def run(*programs, cases=None, strict=False):
        args = []
        if programs:
            log = tmp_path / "testlog.json"
            rows = [
                {
                    "name": f"p{i}",
                    "stdout": out,
                    "result": result,
                    "duration": 0.1,
                    "command": ["p"],
                }
                for i, (out, result) in enumerate(programs)
            ]
            log.write_text("".join(json.dumps(row) + "\n" for row in rows))
            args += ["--unit", log]
        if cases is not None:
            report = tmp_path / "junit.xml"
            body = "".join(
                f'<testcase classname="c" name="t{i}">{case}</testcase>'
                for i, case in enumerate(cases)
            )
            report.write_text(f"<testsuites><testsuite>{body}</testsuite></testsuites>")
            args += ["--integration", report]
        done = run_tool(
            sys.executable, "script/lib/count_tests.py", *args, *(["--strict"] if strict else [])
        )
        return done.stdout.splitlines()[-1], done.returncode

    return run


def test_count_sums_both_halves(count):
    assert count(("1..2\nok 1 - a\nok 2 - b\n", "OK"), cases=["", ""]) == ("4 passed, 0 failed", 0)


@pytest.mark.parametrize(
    "program",
    [
        ("1..1\nnot ok 1 - a\n", "FAIL"),
        ("1..2\nok 1 - a\n", "ERROR"),  # crashed on the way
        ("", "ERROR"),  # crashed before it said anything
        ("", "SKIP"),  # how meson calls a program without a test
        ("1..1\nok 1 - a\n", "ERROR"),  # a leak, found after the last test
        ("1..1\nok 1 - a\n", "TIMEOUT"),
    ],
)
def test_count_takes_whatever_is_not_good_for_a_failure(count, program):
    good = ("1..1\nok 1 - good\n", "OK")
    line, status = count(good, program)
    assert status == 1
    assert line.endswith(" passed, 1 failed")


@pytest.mark.parametrize("case", ["<failure/>", "<error/>"])
def test_count_fails_with_a_failed_case(count, case):
    assert count(cases=["", case]) == ("1 passed, 1 failed", 1)


def test_count_fails_when_nothing_ran(count):
    assert count(cases=[])[1] == 1


@pytest.mark.parametrize(
    ("reason", "strict", "wanted"),
    [
        ("no docker", False, ("1 passed, 0 failed, 1 skipped", 0)),
        ("no docker", True, ("1 passed, 1 failed", 1)),
        (NO_REAL_DATA, True, ("1 passed, 0 failed, 1 skipped", 0)),
        (NO_ENGINE, True, ("1 passed, 0 failed, 1 skipped", 0)),
    ],
)
def test_count_forgives_a_skip_unless_strict(count, reason, strict, wanted):
    assert count(cases=["", f'<skipped message="{reason}"/>'], strict=strict) == wanted


@pytest.fixture
def lint(tmp_path):
    """Run one step of lint in a folder with these files; what it says, and its exit status."""

    def run(step: str, files: dict[str, str]) -> tuple[str, int]:
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        done = run_tool(sys.executable, ROOT / "script/lint.d" / step, cwd=tmp_path)
        assert done.stderr == ""
        return done.stdout, done.returncode

    return run


@pytest.mark.parametrize(
    "code",
    ["sprintf(a, b);", "n = atoi(text);", "exit(1);", "if (system (c))", "goto out;", "// later"],
)
def test_banned_names_file_and_line(lint, code):
    said, status = lint("banned.py", {"src/a/a.c": f"int x;\n{code}\n"})
    assert (said.split(": ")[0], status) == ("src/a/a.c:2", 1)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("src/a/a.c", '/* never sprintf(x) */ puts("goto exit(1) // \\" system(x)");'),
        ("src/a/a.c", "pd_exit(1); my_system(x); table[0].exit(1);"),
        ("src/cli/main.c", "exit(1);"),
        ("src/base/num.c", "strtol(a, b, 10);"),
    ],
)
def test_banned_lets_the_rest_pass(lint, file, code):
    assert lint("banned.py", {file: code}) == ("", 0)


def function(lines: int, parameters: str = "void", name: str = "f") -> str:
    """A C function of so many lines, counted from its name to its closing brace."""
    return f"static int {name}({parameters})\n{{\n" + "        g();\n" * (lines - 3) + "}\n"


@pytest.mark.parametrize(
    ("file", "text", "is_good"),
    [
        ("src/a/a.c", function(70), True),
        ("src/a/a.c", function(71), False),
        ("src/cli/main.c", function(20, name="main"), True),
        ("src/cli/main.c", function(21, name="main"), False),
        ("tests/unit/a/test_a.c", function(21, name="main"), True),
        ("src/a/a.c", function(4, "int a, int b, int c, int d, int e"), True),
        ("src/a/a.c", function(4, "int a, int b, int c, int d, int e, struct pd_err *err"), True),
        ("src/a/a.c", function(4, "int a, int b, int c, int d, int e, int *error"), False),
        ("src/a/a.c", function(4, "int a, int b, int (*c)(int, int), int d, int e"), True),
        ("src/a/a.c", "int x;\n" * 500, True),
        ("src/a/a.c", "int x;\n" * 501, False),
    ],
)
def test_length_has_limits(lint, file, text, is_good):
    said, status = lint("length.py", {file: text})
    assert (said == "", status == 0) == (is_good, is_good)


HOUSE = {
    "src/base/meson.build": "base_lib = static_library('base')\nbase_dep = declare_dependency()\n",
    "src/json/meson.build": "json_lib = static_library(dependencies: [base_dep, jansson])\n",
    "src/plan/meson.build": "plan_lib = static_library(dependencies: [json_dep])\n",
    "docs/architecture.md": "| `base` | x | |\n| `json` | x | `base` |\n| `plan` | x | `json` |\n"
    "Kept for later\n| `grpc` | x | `base` |\n",
    "src/json/include/json/get.h": "",
    "src/json/cut.h": "",
}


@pytest.mark.parametrize(
    ("file", "text", "is_good"),
    [
        ("src/json/x.c", '#include "base/err.h"\n#include <jansson.h>\n', True),
        ("src/plan/x.c", '#include "json/get.h"\n#include "base/err.h"\n', True),
        ("src/base/x.c", '#include "json/get.h"\n', False),
        ("src/json/x.c", '#include "plan/plan.h"\n', False),
        ("src/base/x.c", "#include <jansson.h>\n", False),
        ("src/plan/x.c", '#include "../json/cut.h"\n', False),
        ("src/json/get.c", '#include "json/get.h"\n#include <stdio.h>\n', True),
        ("src/json/get.c", '#include <stdio.h>\n#include "json/get.h"\n', False),
        ("src/json/cut.c", '#include "cut.h"\n', True),
        ("src/json/cut.c", '#include <stdio.h>\n#include "cut.h"\n', False),
        ("docs/architecture.md", "| `base` | x | |\nKept for later\n", False),
        ("src/plan/meson.build", "plan_lib = static_library(dependencies: [base_dep])", False),
        ("src/grpc/meson.build", "grpc_lib = static_library(dependencies: [base_dep])", False),
        ("tests/unit/plan/meson.build", "dependencies: [support_dep, plan_dep]", True),
        ("tests/unit/plan/meson.build", "dependencies: [support_dep, json_dep]", False),
    ],
)
def test_rooms_know_only_what_they_declare(lint, file, text, is_good):
    said, status = lint("rooms.py", HOUSE | {file: text})
    assert (said == "", status == 0) == (is_good, is_good)


def test_readme_shows_a_run_that_works(tmp_path):
    """What the README has to paste, but for the build, which is there already."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    run = re.search(r"```sh\n(.*?)```", text, re.DOTALL)[1]
    commands = [line for line in run.splitlines() if line.startswith("playgroundctl")]
    assert len(commands) == 4
    (tmp_path / "examples").symlink_to(ROOT / "examples")

    done = subprocess.run(
        ["sh", "-eux", "-c", "\n".join(commands)],
        cwd=tmp_path,
        env=os.environ | {"PATH": f"{BUILD}/bin:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "puzzle-source" in done.stdout


def test_bootstrap_names_a_section_that_there_is_not():
    done = run_tool("script/bootstrap", "build", "nothing")
    assert done.returncode != 0
    assert "no section 'nothing'" in done.stderr
