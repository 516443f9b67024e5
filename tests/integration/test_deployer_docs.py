"""What docs/ says of the deployer, held against the deployer."""

import json
import re

import pytest
from conftest import ROOT, Program
from deployer_world import Deployer

DOCS = ROOT / "docs"


def rows_of(page: str, heading: str) -> list[list[str]]:
    """The rows of the Markdown table under a heading, without its head."""
    text = (DOCS / page).read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2]
    table = re.findall(r"^\|(.*)\|$", text.partition("\n## ")[0], re.MULTILINE)
    assert len(table) > 2, f"{page} has no table under '{heading}'"
    return [[cell.strip() for cell in row.split("|")] for row in table[2:]]


def test_the_metrics_are_those_of_the_service(tmp_path):
    told = {
        name
        for row in rows_of("deployer.md", "Health")
        for name in re.findall(r"`(\w+_\w+)`", row[0])
    }
    with Deployer(tmp_path) as deployer:
        served = deployer.ask("/metrics").body.decode()
    assert told == set(re.findall(r"^# TYPE (\w+)", served, re.MULTILINE))


# A value that each setting takes and that is not its default.
VALUES = {"port": "18080", "url": "http://neighbour.example/ccds", "secret": "c2VjcmV0LXNlY3JldA=="}


def value_for(theirs: str) -> str:
    lower = theirs.lower()
    if "port" in lower:
        return VALUES["port"]
    if "url" in lower:
        return VALUES["url"]
    return VALUES["secret"] if "key" in lower else "something"


@pytest.mark.parametrize("row", rows_of("migration.md", "Settings"), ids=lambda row: row[0])
def test_each_setting_of_the_existing_deployer_sets_ours(row):
    theirs, ours = (cell.strip("`") for cell in row[:2])
    told = json.dumps({theirs: value_for(theirs)})
    shown = Program("playground-deployer")(
        "--print-config", env={"SPRING_APPLICATION_JSON": told}
    ).text
    (line,) = [line for line in shown.splitlines() if line.endswith("# program")]
    assert line.lstrip("# ").startswith(ours.replace("-", "_") + ":")


def test_the_migration_names_every_setting_that_is_obeyed():
    source = (ROOT / "src/deployer/spring.c").read_text(encoding="utf-8")
    obeyed = set(re.findall(r'\{"([A-Za-z.]+)", "[a-z-]+"\}', source))
    assert len(obeyed) > 10
    assert {row[0].strip("`") for row in rows_of("migration.md", "Settings")} == obeyed
