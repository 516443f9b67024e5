#!/usr/bin/python3
"""demo_results.py [--check] STATUS: what a run of examples/sudoku-like has come to.

Reads the events of the run, a line of JSON each, from its standard input, shows the first puzzles
that were solved, the score, and how many messages went along each edge, which is in the file
STATUS. --check: fail unless it is what the first run of the pipeline comes to.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

SHOWN = 3
SIZE = 4

# A stream of the source is 10 puzzles. They are always the same ones, and so is what it takes.
SOLVED, CANDIDATES = 10, 291
EDGES = {
    "puzzle-source.deal -> solver.solve": SOLVED,
    "solver.solve -> checker.check": SOLVED,
    "solver.refine -> checker.check": CANDIDATES - SOLVED,
    "checker.check -> solver.refine": CANDIDATES,
    "checker.check -> scoreboard.count": CANDIDATES,
}


def messages_of(node: str, events: Iterable[str]) -> Iterator[str]:
    """What a node has given, as text."""
    for line in events:
        event = json.loads(line)
        if event["name"].startswith("distributing") and f"={node}," in event["component"]:
            yield event["detail"]["message"]


def grid(cells: list[str]) -> list[str]:
    cells = [cell.replace("0", ".") for cell in cells]
    return [" ".join(cells[i : i + SIZE]) for i in range(0, len(cells), SIZE)]


def show_verdict(verdict: str) -> None:
    puzzle = re.search(r'id: "(.*?)"', verdict)[1]
    attempt = re.search(r"attempt: (\d+)", verdict)
    print(f"{puzzle}, solved by candidate {int(attempt[1]) + 1 if attempt else 1}")
    given = grid(re.findall(r"givens: (\d+)", verdict))
    solution = grid(re.findall(r"cells: (\d+)", verdict))
    for left, right in zip(given, solution, strict=True):
        print(f"    {left}    {right}")


def numbers(score: str) -> tuple[int, int]:
    found = dict(re.findall(r"(\w+): (\d+)", score))
    return int(found.get("solved", 0)), int(found.get("candidates", 0))


def edge_name(edge: dict) -> str:
    ends = (f"{edge[end]['node']}.{edge[end]['operation']}" for end in ("from", "to"))
    return " -> ".join(ends)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("status", type=Path)
    given = parser.parse_args()
    events = sys.stdin.readlines()
    status = json.loads(given.status.read_text(encoding="utf-8"))

    verdicts = messages_of("checker", events)
    solved = [verdict for verdict in verdicts if "state: SOLVED" in verdict]
    for verdict in solved[:SHOWN]:
        show_verdict(verdict)
    scores = [numbers(score) for score in messages_of("scoreboard", events)]
    for count, candidates in scores:
        print(f"score: {count} solved with {candidates} candidates")

    edges = {edge_name(edge): edge["messages"] for edge in status["edges"]}
    for name, count in edges.items():
        print(f"{count:8} messages {name}")

    if given.check:
        for what, is_so, should_be in (
            ("puzzles that were solved", len(solved), SOLVED),
            ("scores", scores, [(SOLVED, CANDIDATES)]),
            ("messages on the edges", edges, EDGES),
        ):
            if is_so != should_be:
                sys.exit(f"demo_results.py: {what}: {is_so}, not {should_be}")


main()
