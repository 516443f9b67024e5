#!/usr/bin/python3
"""count_tests.py [--strict] [--unit TESTLOG.json] [--integration JUNIT.xml]: sum up all tests.

Prints what failed, why something was skipped, and at the end `N passed, N failed[, N skipped]`. The
exit status is 1 when anything failed, when nothing passed, and with --strict when anything was
skipped for another reason than missing real data, or a machine on which no container engine can
run. The inputs are meson's and pytest's reports.
"""

import argparse
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

# How tests/integration/conftest.py begins the reason of a skip for want of the real data, and
# container_engine.py that of one where the machine does not let a container engine run.
FORGIVEN = ("no real data", "no container engine can run here")

TAP_PLAN = re.compile(r"^1\.\.(\d+)", re.MULTILINE)
TAP_LINE = re.compile(r"^(not ok|ok) \d+ - (\S+)(?:.*# SKIP\s*(.*))?", re.MULTILINE)


@dataclass
class Count:
    passed: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)  # name, reason

    def add(self, other: "Count") -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def refuse_skips(self) -> None:
        """Take skips for failures, but for those that are forgiven."""
        skipped, self.skipped = self.skipped, []
        for name, reason in skipped:
            if reason.startswith(FORGIVEN):
                self.skipped.append((name, reason))
            else:
                self.failed.append(f"{name}: skipped ({reason})")


def count_program(run: dict) -> Count:
    """One test program: its TAP lines, and a failure for each announced test that never ran."""
    count = Count()
    name, output = run["name"], run["stdout"]

    lines = TAP_LINE.findall(output)
    for word, test, reason in lines:
        if reason:
            count.skipped.append((f"{name}: {test}", reason))
        elif word == "ok":
            count.passed += 1
        else:
            count.failed.append(f"{name}: {test}")

    planned = sum(int(number) for number in TAP_PLAN.findall(output))
    missing = planned - len(lines)
    if missing > 0 or not lines:
        count.failed += [f"{name}: a test that did not run ({run['result']})"] * max(missing, 1)
    if run["result"] != "OK" and not count.failed:
        count.failed.append(f"{name}: {run['result']} after its last test")
    return count


def show_program(run: dict, count: Count) -> None:
    print(f"  {run['name']:<20} {count.passed:>5} passed  {run['duration']:6.2f} s")
    if count.failed:
        print(f"--- {' '.join(run['command'])}: {run['result']}")
        print(run["stdout"], run.get("stderr", ""), sep="", end="")
        print("---")


def count_unit(log: Path) -> Count:
    count = Count()
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    runs = [json.loads(line) for line in lines]
    for run in sorted(runs, key=lambda run: run["name"]):
        of_program = count_program(run)
        show_program(run, of_program)
        count.add(of_program)
    if not runs:
        count.failed.append("unit: no test ran")
    return count


def count_integration(report: Path) -> Count:
    """What pytest reports; it has shown its failures itself."""
    count = Count()
    cases = ElementTree.parse(report).getroot().iter("testcase") if report.exists() else []
    for case in cases:
        name = f"{case.get('classname')}.{case.get('name')}"
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            count.failed.append(name)
        elif skip is not None:
            count.skipped.append((name, skip.get("message", "")))
        else:
            count.passed += 1
    if not (count.passed or count.failed or count.skipped):
        count.failed.append("integration: no test ran")
    return count


def show_skipped(skipped: list[tuple[str, str]]) -> None:
    by_reason: dict[str, list[str]] = {}
    for name, reason in skipped:
        by_reason.setdefault(reason, []).append(name)
    for reason, names in by_reason.items():
        print(f"skipped, {reason}: {len(names)} ({names[0]}{', ...' if len(names) > 1 else ''})")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--unit", type=Path)
    parser.add_argument("--integration", type=Path)
    args = parser.parse_args()

    count = Count()
    if args.unit:
        count.add(count_unit(args.unit))
    if args.integration:
        count.add(count_integration(args.integration))

    if args.strict:
        count.refuse_skips()

    show_skipped(count.skipped)
    for name in count.failed:
        print(f"failed: {name}")
    tail = f", {len(count.skipped)} skipped" if count.skipped else ""
    print(f"{count.passed} passed, {len(count.failed)} failed{tail}")
    return 0 if count.passed and not count.failed else 1


if __name__ == "__main__":
    sys.exit(main())
