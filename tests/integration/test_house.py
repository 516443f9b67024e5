"""The tools of the house: what counts tests and looks for mistakes must be right itself."""

import json
import subprocess
import sys

import pytest
from conftest import NO_REAL_DATA, ROOT


def run_tool(*command) -> subprocess.CompletedProcess:
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, cwd=ROOT
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
    ],
)
def test_count_forgives_a_skip_unless_strict(count, reason, strict, wanted):
    assert count(cases=["", f'<skipped message="{reason}"/>'], strict=strict) == wanted
