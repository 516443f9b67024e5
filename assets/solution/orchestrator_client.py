#!/usr/bin/env python3
"""Run the pipeline of an unpacked solution.zip and print what happens until the run is finished."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

# What the library logs of its own accord is said by us, in one sentence.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

try:
    import grpc
    import orchestrator_pb2 as pb
    import orchestrator_pb2_grpc as pb_grpc
except ImportError as error:
    print(
        f"orchestrator client: {error}; install what it needs: "
        "python3 -m pip install -r requirements.txt",
        file=sys.stderr,
    )
    sys.exit(6)

DEFAULT_PORT = 8061
CONNECT_TIMEOUT_S = 5
CALL_TIMEOUT_S = 300  # initialize compiles the protos of all nodes

CHANNEL_OPTIONS = (
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    # Notices a server that vanished; servers refuse pings that come every 5 minutes or oftener.
    ("grpc.keepalive_time_ms", 6 * 60 * 1000),
)

# Asks the orchestrator for the contents of the messages; without it events tell their size alone.
MESSAGES_METADATA = (("playground-messages", "1"),)

EXIT_USAGE = 64
EXIT_INTERRUPTED = 130
EXIT_INVALID = 2
EXIT_CONFLICT = 5
EXIT_UNAVAILABLE = 6
EXIT_BY_GRPC_CODE = {3: 2, 4: 6, 5: 4, 6: 5, 7: 3, 8: 2, 9: 2, 13: 1, 14: 6, 16: 3}


class Failure(Exception):
    """What ends the program: one sentence for people, and the exit code."""

    def __init__(self, message: str, exit_code: int):
        super().__init__(message)
        self.exit_code = exit_code


class Parser(argparse.ArgumentParser):
    def error(self, message: str):
        self.exit(EXIT_USAGE, f"{self.prog}: {message}; see --help\n")


def add_endpoint_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-H", "--host", help="where the orchestrator is (default: localhost)")
    parser.add_argument("-p", "--port", type=int, help=f"its port (default: {DEFAULT_PORT})")
    parser.add_argument("-e", "--endpoint", metavar="HOST:PORT", help="both in one")


def endpoint_of(parser: argparse.ArgumentParser, options: argparse.Namespace) -> str:
    endpoint = f"{options.host or 'localhost'}:{options.port or DEFAULT_PORT}"
    if options.endpoint is not None:
        if options.host is not None or options.port is not None:
            parser.error("--endpoint says all that --host and --port say; give one or the other")
        endpoint = options.endpoint

    host, _, port = endpoint.rpartition(":")
    if not host or not (port.isdecimal() and 0 < int(port) < 65536):
        parser.error(f"'{endpoint}' is no HOST:PORT")
    return endpoint


def printable(text: str) -> str:
    """Without what would do something to a terminal; line ends and tabs stay."""
    return "".join(
        c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def rpc_failure(endpoint: str, error: grpc.RpcError) -> Failure:
    code = error.code()
    if code is grpc.StatusCode.UNAVAILABLE:
        message = f"the orchestrator at '{endpoint}' went away"
    else:
        message = f"the orchestrator at '{endpoint}' failed: {code.name}"
    details = " ".join(printable(error.details() or "").split())
    return Failure(
        f"{message} ({details})" if details else message,
        EXIT_BY_GRPC_CODE.get(code.value[0], EXIT_UNAVAILABLE),
    )


def status_exit_code(status: pb.OrchestrationStatus) -> int:
    """0, or what a negative code stands for."""
    return EXIT_BY_GRPC_CODE.get(-status.code, EXIT_INVALID) if status.code < 0 else 0


def connect(endpoint: str) -> grpc.Channel:
    channel = grpc.insecure_channel(endpoint, options=CHANNEL_OPTIONS)
    try:
        grpc.channel_ready_future(channel).result(timeout=CONNECT_TIMEOUT_S)
    except grpc.FutureTimeoutError:
        channel.close()
        raise Failure(
            f"no orchestrator answers at '{endpoint}': is it deployed, and is this its address?",
            EXIT_UNAVAILABLE,
        ) from None
    return channel


def run_main(prog: str, program, *args) -> int:
    """Call `program`; whatever ends it becomes an exit code, with a sentence where there is one."""
    sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
    try:
        return program(*args)
    except Failure as failure:
        print(f"{prog}: {failure}", file=sys.stderr)
        return failure.exit_code
    except KeyboardInterrupt:
        print(f"{prog}: interrupted; the orchestrator goes on with its work", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise Failure(
            f"cannot read '{path}': {error.strerror}; give the folder of the unpacked solution "
            "with --basepath",
            EXIT_INVALID,
        ) from None
    except UnicodeDecodeError:
        raise Failure(f"'{path}' is not UTF-8 text", EXIT_INVALID) from None


def read_nodes(path: Path, text: str) -> list[dict]:
    try:
        nodes = json.loads(text)["nodes"]
        if not all(isinstance(node["container_name"], str) for node in nodes):
            raise TypeError
    except (ValueError, LookupError, TypeError):
        raise Failure(
            f"'{path}' is no blueprint: it has no nodes with a container_name", EXIT_INVALID
        ) from None
    return nodes


def read_protos(folder: Path, nodes: list[dict]) -> dict[str, str]:
    """Each node's proto under `<container_name>.proto`, and the others under their own names.

    A node's file is called like the node, in any case, or as its proto_uri ends.
    """
    files = {path.name: read_text(path) for path in sorted(folder.glob("*.proto"))}
    by_lower_name = {name.lower(): name for name in files}

    protos = {}
    used = set()
    for node in nodes:
        key = f"{node['container_name']}.proto"
        uri_name = str(node.get("proto_uri") or "").rpartition("/")[2]
        name = by_lower_name.get(key.lower()) or by_lower_name.get(uri_name.lower())
        if name is not None:
            protos[key] = files[name]
            used.add(name)
    others = {name: text for name, text in files.items() if name not in used}
    return {**others, **protos}


def read_configuration(folder: Path) -> pb.OrchestrationConfiguration:
    blueprint_path = folder / "blueprint.json"
    blueprint = read_text(blueprint_path)
    nodes = read_nodes(blueprint_path, blueprint)
    return pb.OrchestrationConfiguration(
        blueprint=blueprint,
        dockerinfo=read_text(folder / "dockerinfo.json"),
        protofiles=read_protos(folder / "microservice", nodes),
    )


@dataclass(frozen=True)
class EventPrinter:
    """Prints one line an event, and below it, indented, what has several lines."""

    label: str
    with_messages: bool

    def details(self, event: pb.OrchestrationEvent) -> Iterator[tuple[str, str]]:
        if event.run != self.label:
            yield "run", event.run
        for key, value in sorted(event.detail.items()):
            if key != "message" or self.with_messages:
                yield key, value

    def text(self, event: pb.OrchestrationEvent) -> str:
        words = [f"{event.name:<20}", event.component]
        blocks = []
        for key, value in self.details(event):
            if key == "message" or "\n" in value:
                block = value.strip().replace("\n", "\n      ")
                blocks.append(f"\n    {key}:\n      {block}")
            else:
                words.append(f"{key}={value}")
        return printable(" ".join(words) + "".join(blocks))

    def print_all(self, events) -> None:
        for event in events:
            print(time.strftime("%H:%M:%S"), self.text(event))


def check(what: str, status: pb.OrchestrationStatus) -> None:
    if status.success and status.code >= 0:
        return
    message = " ".join(printable(status.message).split()) or "it does not say why"
    raise Failure(
        f"the orchestrator cannot {what}: {message}", status_exit_code(status) or EXIT_INVALID
    )


def run_pipeline(
    stub: pb_grpc.OrchestratorStub,
    configuration: pb.OrchestrationConfiguration,
    options: argparse.Namespace,
) -> None:
    label = time.strftime("%Y-%m-%dT%H:%M:%S")
    events = stub.observe(
        pb.OrchestrationObservationConfiguration(
            name_regex=options.filtername, component_regex=options.filtercomponent
        ),
        metadata=MESSAGES_METADATA if options.messages else None,
    )

    # Events are printed as they come, also while the orchestrator is still busy with a call.
    with ThreadPoolExecutor(max_workers=1) as pool:
        printing = pool.submit(EventPrinter(label, options.messages).print_all, events)
        try:
            check("initialize", stub.initialize(configuration, timeout=CALL_TIMEOUT_S))
            if printing.done():
                printing.result()
                raise Failure(
                    "its events ended too soon, with those of another run: try again", EXIT_CONFLICT
                )
            check("run", stub.run(pb.RunLabel(label=label), timeout=CALL_TIMEOUT_S))
            printing.result()
        finally:
            events.cancel()


def regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"'{text}' is no regular expression: {error}") from None
    return text


def make_parser() -> argparse.ArgumentParser:
    parser = Parser(prog="orchestrator_client.py", description=__doc__)
    add_endpoint_options(parser)
    parser.add_argument(
        "-b",
        "--basepath",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="folder of the unpacked solution (default: the current one)",
    )
    parser.add_argument(
        "--messages", action="store_true", help="print what is in the messages, not only their size"
    )
    parser.add_argument(
        "-n",
        "--filtername",
        type=regex,
        default=".*",
        metavar="REGEX",
        help="only events whose name begins like this, for instance 'RPC' or 'exception'",
    )
    parser.add_argument(
        "-c",
        "--filtercomponent",
        type=regex,
        default=".*",
        metavar="REGEX",
        help="only events of components that begin like this, for instance '.*component=NODE,'",
    )
    return parser


def program(endpoint: str, options: argparse.Namespace) -> int:
    configuration = read_configuration(options.basepath)
    with connect(endpoint) as channel:
        try:
            run_pipeline(pb_grpc.OrchestratorStub(channel), configuration, options)
        except grpc.RpcError as error:
            raise rpc_failure(endpoint, error) from None
    return 0


def main() -> int:
    parser = make_parser()
    options = parser.parse_args()
    return run_main(parser.prog, program, endpoint_of(parser, options), options)


if __name__ == "__main__":
    sys.exit(main())
