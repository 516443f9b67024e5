"""orchestrator: pipelines of native nodes, through ours and through a plain relay in Go (tests/go/
relay) in turns. CPU and memory are those of the one which is measured."""

import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ["PD_BUILD"]) / "bin"
PROGRAMS = {
    "relay": ROOT / "build/go/relay",
    "ours": BIN / "playground-orchestrator",
    "node": BIN / "orchestrator-node",
    "lanes": BIN / "orchestrator-lanes",
}
PROTO = """syntax = "proto3";
message Note {
  fixed64 number = 1;
  bytes body = 2;
}
message Empty {
}
service Notes {
  rpc give (Empty) returns (Note);
  rpc give_all (Empty) returns (stream Note);
  rpc pass (Note) returns (Note);
  rpc pass_all (stream Note) returns (stream Note);
  rpc take (Note) returns (Empty);
  rpc take_all (stream Note) returns (Empty);
}
"""
SECONDS = 2
TICKS = os.sysconf("SC_CLK_TCK")
STARTS = 15
PATIENCE_S = 20
# What may wait for a lane of the relay: as much as ours lets wait.
QUEUE_MESSAGES, QUEUE_BYTES = 1000, 64 << 20

CHAIN = ("give", "pass", "take")


@dataclass(frozen=True)
class Case:
    """A pipeline, one operation a node, and what ours should come to: `rate` and `p50` in parts of
    the relay's."""

    what: str
    operations: tuple[str, ...] = CHAIN
    size: int = 100
    flags: tuple[str, ...] = ()
    rate: float | None = None
    cpu_us: float | None = None
    p50: float | None = None
    rss_mib: float | None = None


CASES = (
    Case("chain, 100 B, one at a time", flags=("--single",), p50=0.6),
    Case("chain, 100 B", rate=1.5, cpu_us=70),
    Case("chain, 10 kB", size=10_000),
    Case("chain, 100 kB", size=100_000, rate=1.5),
    Case("chain, 1 MB", size=1_000_000),
    Case("streams, unary middle", ("give_all", "pass", "take_all"), rate=1.5, cpu_us=50),
    Case("streams all the way", ("give_all", "pass_all", "take_all"), rate=1, cpu_us=3),
    Case("fan-out to 8", ("give", *["take"] * 8)),
    # Two queues may be full, and of each lane a message and a window are on the way.
    Case("slow sink, 100 kB", size=100_000, flags=("--delay=5ms", "--warm=2s"), rss_mib=160),
)


def row(what: str, value: float, unit: str, target: str = "") -> None:
    print(f"{what}\t{value:.3f}\t{unit}\t{target}", flush=True)


def at_most(limit: float | None) -> str:
    return "" if limit is None else f"<= {limit:.2f}"


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mib(pid: int, name: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024


# --- Pipelines ---


def signature(operation: str) -> dict:
    takes, gives = re.search(rf"rpc {operation} \((.*?)\) returns \((.*?)\)", PROTO).groups()
    return {
        "operation_name": operation,
        "input_message_name": takes.split()[-1],
        "input_message_stream": "stream" in takes,
        "output_message_name": gives.split()[-1],
        "output_message_stream": "stream" in gives,
    }


def followers(operations: tuple[str, ...], at: int) -> list[int]:
    """A source, perhaps a middle, and sinks, each of which gets everything."""
    if operations[at].startswith("take"):
        return []
    is_before_middle = at == 0 and operations[1].startswith("pass")
    return [1] if is_before_middle else list(range(at + 1, len(operations)))


def write_pipeline(folder: Path, operations: tuple[str, ...], ports: list[str]) -> None:
    nodes = [
        {
            "container_name": f"node{i}",
            "node_type": "MLModel",
            "image": f"example/node{i}:1",
            "proto_uri": f"example/node{i}.proto",
            "operation_signature_list": [
                {
                    "operation_signature": signature(operation),
                    "connected_to": [
                        {
                            "container_name": f"node{to}",
                            "operation_signature": {"operation_name": operations[to]},
                        }
                        for to in followers(operations, i)
                    ],
                }
            ],
        }
        for i, operation in enumerate(operations)
    ]
    places = [
        {"container_name": f"node{i}", "ip_address": "127.0.0.1", "port": port}
        for i, port in enumerate(ports)
    ]
    blueprint = {"name": "bench", "version": "1", "nodes": nodes}
    (folder / "blueprint.json").write_text(json.dumps(blueprint), encoding="utf-8")
    (folder / "dockerinfo.json").write_text(
        json.dumps({"docker_info_list": places}), encoding="utf-8"
    )
    for i in range(len(operations)):
        (folder / f"node{i}.proto").write_text(PROTO, encoding="utf-8")


def command(name: str, case: Case, ports: list[str], folder: Path) -> list[str]:
    if name == "relay":
        queue = max(1, min(QUEUE_MESSAGES, QUEUE_BYTES // case.size))
        words = [f"{o}=127.0.0.1:{p}" for o, p in zip(case.operations, ports, strict=True)]
        return [str(PROGRAMS[name]), str(queue), *words]
    write_pipeline(folder, case.operations, ports)
    return [*orchestrator(free_port()), f"--pipeline={folder}", "--run"]


def orchestrator(http_port: int) -> list[str]:
    http = ("--http-address=127.0.0.1", f"--http-port={http_port}")
    return [str(PROGRAMS["ours"]), "--grpc-listen=127.0.0.1:0", *http, "--log-level=error"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


# --- Measurements ---


class Ended:
    """A process that is ended with the block."""

    def __init__(self, words: list[str], **options):
        self.process = subprocess.Popen(words, text=True, **options)

    def __enter__(self) -> subprocess.Popen:
        return self.process

    def __exit__(self, *exception) -> None:
        self.process.terminate()
        self.process.communicate()


def measure(name: str, case: Case) -> dict:
    """What the nodes tell; and CPU and memory of what is between them."""
    flags = (f"--nodes={len(case.operations)}", f"--size={case.size}", f"--time={SECONDS}s")
    node_words = [str(PROGRAMS["node"]), *flags, *case.flags]
    with (
        tempfile.TemporaryDirectory() as folder,
        Ended(node_words, stdout=subprocess.PIPE) as node,
    ):
        ports = node.stdout.readline().split()
        with Ended(command(name, case, ports, Path(folder)), stdout=subprocess.DEVNULL) as process:
            if node.stdout.readline() != "begin\n":
                sys.exit(f"{case.what}, {name}: the nodes have ended")
            before_s, before_mib = cpu_s(process.pid), memory_mib(process.pid, "VmRSS")
            result = json.loads(node.stdout.readline())
            used_s = cpu_s(process.pid) - before_s
            if result["taken"] == 0:
                sys.exit(f"{case.what}, {name}: no message has come")
            # Each message comes to all sinks.
            sinks = sum(operation.startswith("take") for operation in case.operations)
            if result["all_taken"] > result["all_sent"] * sinks:
                sys.exit(f"{case.what}, {name}: more has come than was sent: {result}")
            messages = result["taken"] / sinks
            return result | {
                "rate": messages / result["seconds"],
                "cpu_us": used_s * 1e6 / messages,
                "rss_before_mib": before_mib,
                "rss_mib": memory_mib(process.pid, "VmHWM"),
            }


def bench(case: Case) -> None:
    """The relay first, which is what ours is held against."""
    is_single = "--single" in case.flags
    relay: dict = {}
    for name in ("relay", "ours"):
        result = measure(name, case)
        relay = relay or result
        ours = name == "ours"
        what = f"{case.what}, {name}"
        if is_single:
            limit = case.p50 * relay["p50_us"] if ours else None
            row(f"{what}: p50", result["p50_us"], "us", at_most(limit))
            row(f"{what}: p99", result["p99_us"], "us")
        else:
            target = f">= {case.rate * relay['rate']:.0f}" if ours and case.rate else ""
            row(f"{what}: messages", result["rate"], "/s", target)
        row(
            f"{what}: CPU a message", result["cpu_us"], "us", at_most(case.cpu_us if ours else None)
        )
        row(
            f"{what}: most memory",
            result["rss_mib"],
            "MiB",
            at_most(case.rss_mib if ours else None),
        )
        if "slow" in case.what:
            row(f"{what}: memory at the begin", result["rss_before_mib"], "MiB")


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False


def bench_start() -> None:
    taken, idle_mib = [], []
    for _ in range(STARTS):
        port = free_port()
        began = time.perf_counter()
        with Ended(orchestrator(port)) as process:
            while not answers(port):
                if time.perf_counter() > began + PATIENCE_S:
                    sys.exit("the orchestrator does not answer")
                time.sleep(0.0005)
            taken.append(time.perf_counter() - began)
            idle_mib.append(memory_mib(process.pid, "RssAnon"))
    row("start until /healthz answers", statistics.median(taken) * 1000, "ms", "<= 15")
    row("idle: RssAnon", max(idle_mib), "MiB", "<= 4")


def count_instructions(messages: int) -> int:
    """What the lanes execute for a chain of 100 B, from start to end."""
    node = [str(PROGRAMS["node"]), f"--nodes={len(CHAIN)}", "--size=100", "--time=1m"]
    with (
        tempfile.TemporaryDirectory() as folder,
        Ended(node, stdout=subprocess.PIPE) as process,
    ):
        ports = process.stdout.readline().split()
        out = Path(folder) / "counts"
        callgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--quiet"]
        subprocess.run([*callgrind, str(PROGRAMS["lanes"]), str(messages), *ports], check=True)
        return int(re.search(r"^summary: (\d+)", out.read_text(encoding="utf-8"), re.MULTILINE)[1])


def bench_instructions() -> None:
    """The difference of a long and a short run: start and end are the same in both."""
    few, many = 1000, 5000
    each = (count_instructions(many) - count_instructions(few)) / (many - few)
    row("chain, 100 B, lanes: instructions a message", each, "")


def main() -> None:
    for program in PROGRAMS.values():
        if not program.exists():
            sys.exit(f"'{program}' is missing")
    bench_start()
    bench_instructions()
    for case in CASES:
        bench(case)


main()
