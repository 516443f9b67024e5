"""The settings of the services: their tables, their pages and their flags say the same."""

import re

import pytest
from conftest import BUILD, ROOT, Program

# A service, and the page at whose end its settings stand.
PAGES = {"playground-deployer": "settings.md", "playground-orchestrator": "orchestrator.md"}

services = pytest.mark.parametrize("service", PAGES)


@services
def test_the_reference_of_settings_is_the_table_of_settings(service):
    written = Program(f"{service}-reference")("markdown").text
    page = (ROOT / "docs" / PAGES[service]).read_text(encoding="utf-8")
    assert page.endswith("\n\n" + written), (
        f"docs/{PAGES[service]} is old: put the output of '{service}-reference markdown' "
        "in the place of its table"
    )


@services
def test_the_man_page_has_every_flag(service):
    page = (BUILD / f"docs/man/{service}.8").read_text(encoding="utf-8")
    flags = re.findall(r"--[a-z-]+", Program(service)("--help").text)
    assert len(flags) > 15
    for flag in flags:
        assert f"\\fB{flag}\\fR" in page, flag
