"""grpc: our client and our server of gRPC, each with grpc-go at the other end, and grpc-go in the
same place beside it. CPU is that of the one which is measured."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = {
    "ours": Path(os.environ["PD_BUILD"]) / "bin/grpc-peer",
    "grpc-go": ROOT / "build/go/grpc-peer",
}
SECONDS = 3
WARM_CALLS = 2000
# Of a message, where calls are counted.
CALL_BYTES = 256
MANY = 64
STREAMED = (("100 B", 100, 500_000), ("1 MB", 1_000_000, 2000))

# What ours should come to: the aims of the room.
MOST_CPU_US = {1: 35, MANY: 6}
MOST_IDLE_KIB = 2048


def row(what: str, value: float, unit: str, target: str = "") -> None:
    print(f"{what}\t{value:.3f}\t{unit}\t{target}", flush=True)


class Server:
    """A server that runs."""

    def __init__(self, name: str):
        program = PROGRAMS[name]
        if not program.exists():
            sys.exit(f"'{program}' is missing")
        self._process = subprocess.Popen([program, "server"], stdout=subprocess.PIPE, text=True)
        self.target = f"127.0.0.1:{int(self._process.stdout.readline())}"

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *exception) -> None:
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()

    def cpu_us(self) -> int:
        return json.loads(call("grpc-go", self, method="State")["last"])["cpu_us"]

    def rss_anon_kib(self) -> int:
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"RssAnon:\s+(\d+)", status)[1])


def call(client: str, server: Server, metadata: tuple = (), **settings) -> dict:
    """Make calls that all end well; how they went."""
    words = [f"{name}={value}" for name, value in settings.items()]
    metadata = [f"+{name}={value}" for name, value in metadata]
    done = subprocess.run(
        [PROGRAMS[client], "client", f"target={server.target}", *words, *metadata],
        stdout=subprocess.PIPE,
        check=True,
    )
    result = json.loads(done.stdout)
    if set(result["status"]) != {"OK"}:
        sys.exit(f"calls have failed: {result['status']} {result['text']}")
    return result


def measure_calls(client: str, server: str, in_flight: int) -> tuple[dict, float]:
    """How the calls went, and CPU a call of the server."""
    with Server(server) as one:
        call(client, one, calls=WARM_CALLS, in_flight=in_flight, size=CALL_BYTES)
        before = one.cpu_us()
        result = call(
            client, one, seconds=SECONDS, in_flight=in_flight, size=CALL_BYTES, checks="false"
        )
        return result, (one.cpu_us() - before) / result["calls"]


def bench_calls(side: str, in_flight: int) -> None:
    """grpc-go first, which is what ours is held against."""
    go_p50 = 0.0
    for name in ("grpc-go", "ours"):
        is_ours = name == "ours"
        client, server = (name, "grpc-go") if side == "client" else ("grpc-go", name)
        result, server_cpu_us = measure_calls(client, server, in_flight)
        cpu_us = result["cpu_us"] / result["calls"] if side == "client" else server_cpu_us

        what = f"{side}, {in_flight} in flight, {name}"
        not_slower = f"<= {go_p50:.0f}" if is_ours and in_flight == 1 and side == "client" else ""
        row(f"{what}: p50", result["p50_us"], "us", not_slower)
        row(f"{what}: p99", result["p99_us"], "us")
        row(f"{what}: calls", result["calls"] / result["seconds"], "/s")
        row(f"{what}: CPU a call", cpu_us, "us", f"<= {MOST_CPU_US[in_flight]}" if is_ours else "")
        go_p50 = result["p50_us"]


def bench_streams(side: str, method: str) -> None:
    """The side that is measured is the client or the server; the method says which one sends."""
    for size_name, size, count in STREAMED:
        for name in ("grpc-go", "ours"):
            client, server = (name, "grpc-go") if side == "client" else ("grpc-go", name)
            with Server(server) as one:
                result = call(
                    client,
                    one,
                    method=method,
                    size=size,
                    count=count,
                    checks="false",
                    metadata=(("count", count),),
                )
            what = f"{side} {'sends' if is_sender(side, method) else 'reads'} {size_name}, {name}"
            row(f"{what}: messages", count / result["seconds"], "/s")
            row(f"{what}: bytes", size * count / result["seconds"] / 1e9, "GB/s")


def is_sender(side: str, method: str) -> bool:
    return (side == "client") == (method == "ClientStream")


def bench_idle() -> None:
    for name in ("grpc-go", "ours"):
        with Server(name) as one:
            time.sleep(0.2)
            target = f"<= {MOST_IDLE_KIB}" if name == "ours" else ""
            row(f"idle server, {name}: RssAnon", one.rss_anon_kib(), "KiB", target)


def main() -> None:
    for side in ("client", "server"):
        for in_flight in (1, MANY):
            bench_calls(side, in_flight)
    for side in ("client", "server"):
        for method in ("ClientStream", "ServerStream"):
            bench_streams(side, method)
    bench_idle()


main()
