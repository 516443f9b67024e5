"""Our gRPC server before h2spec, which tests servers of HTTP/2: what it always dislikes, and
nothing else, is explained in the README of the room grpc."""

import re
import subprocess
from xml.etree import ElementTree

from conftest import ROOT
from grpc_peers import Server
from process import PATIENCE_S, in_parallel

H2SPEC = ROOT / "build/go/h2spec"
README = ROOT / "src/grpc/README.md"
# At the same time: what h2spec dislikes, it has mostly waited for in vain.
SECTIONS = (
    ["generic", "hpack"],
    ["http2/3.5", "http2/4", "http2/7"],
    ["http2/5"],
    ["http2/6"],
    ["http2/8"],
)
# How long h2spec waits for an answer, in each round; the longer times are for a slow machine. Many
# cases send a header and, in a second write, what is wrong with the stream. Where h2spec is held up
# between the two, the stream has ended ("over" in the README), and the case fails: in this round.
WAITS_S = (1, 1, 2, 2, 5, 5, 5, 5)


def explained() -> set:
    """(section, case) of each row of the table in the README."""
    rows = re.findall(r"^\| ((?:generic|http2|hpack)/\S+) \| (.*?) \|", README.read_text(), re.M)
    return set(rows)


def run(server: Server, sections: list, wait_s: int, report) -> dict:
    """Whether each case of the sections is liked."""
    done = subprocess.run(
        [H2SPEC, *sections, "-p", str(server.port), "-o", str(wait_s), "-j", report],
        capture_output=True,
        timeout=PATIENCE_S * 10,
        check=False,
    )
    assert report.exists(), done.stderr
    return {
        (case.get("package"), case.get("classname")): case.find("failure") is None
        and case.find("error") is None
        for case in ElementTree.parse(report).iter("testcase")
    }


def run_all(server: Server, wait_s: int, folder) -> dict:
    folder.mkdir()
    results = in_parallel(
        len(SECTIONS), lambda i: run(server, SECTIONS[i], wait_s, folder / f"{i}.xml")
    )
    return {case: is_liked for result in results for case, is_liked in result.items()}


def disliked(cases: dict) -> set:
    return {case for case, is_liked in cases.items() if not is_liked}


def test_h2spec_dislikes_nothing_always_but_what_the_readme_explains(tmp_path):
    may_be_disliked = explained()
    with Server("ours") as server:
        cases = run_all(server, WAITS_S[0], tmp_path / "0")
        always_disliked = disliked(cases)
        for i, wait_s in enumerate(WAITS_S[1:], start=1):
            if always_disliked <= may_be_disliked:
                break
            again = run_all(server, wait_s, tmp_path / str(i))
            assert again.keys() == cases.keys()
            always_disliked &= disliked(again)
    assert always_disliked <= may_be_disliked
    assert may_be_disliked <= set(cases)
    assert len(cases) > 10 * len(may_be_disliked)
