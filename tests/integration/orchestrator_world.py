"""The orchestrator among real nodes: gRPC servers by grpcio, made of functions of bytes."""

import collections
import contextlib
import http.client
import importlib
import itertools
import json
import re
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import pytest
from process import PATIENCE_S, Process, wait_for
from solution_folders import docker_info, make_clients

NOTE = "message Note {\n  fixed64 number = 1;\n  bytes body = 2;\n}\n"
EMPTY = "message Empty {\n}\n"
LONGEST_MESSAGE = (
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
)
NOTHING = b""

# Flags that make waiting short.
BRISK = ("--pause", "10ms", "--pause-max", "100ms", "--stall", "300ms")


@pytest.fixture(scope="session")
def clients(tmp_path_factory) -> Path:
    """The folder orchestrator_client/ of a zip."""
    return make_clients(tmp_path_factory.mktemp("zip") / "orchestrator_client")


@pytest.fixture(scope="session")
def pb(clients):
    """The generated modules; pb.grpc is the second one."""
    sys.path.insert(0, str(clients))
    module = importlib.import_module("orchestrator_pb2")
    module.grpc = importlib.import_module("orchestrator_pb2_grpc")
    yield module
    sys.path.remove(str(clients))


# --- Messages ---


def note(number: int, body: bytes = b"") -> bytes:
    """A message Note, as protobuf has it on the wire."""
    data = b"\x09" + struct.pack("<Q", number)
    if not body:
        return data
    size, length = len(body), bytearray()
    while size >= 0x80:
        length.append(size & 0x7F | 0x80)
        size >>= 7
    length.append(size)
    return data + b"\x12" + bytes(length) + body


def number_of(data: bytes) -> int:
    assert data[0] == 0x09, data[:20]
    return struct.unpack_from("<Q", data, 1)[0]


# --- Nodes ---


@dataclass(frozen=True)
class Rpc:
    """An operation: `work` gets and gives messages as bytes, an iterator of them where the proto
    says stream. A second parameter, if it has one, gets the context."""

    work: Callable
    takes: str = "Note"
    gives: str = "Note"

    @property
    def kind(self) -> str:
        kinds = ["stream" if t.startswith("stream ") else "unary" for t in (self.takes, self.gives)]
        return "_".join(kinds)

    def handler(self):
        work, arity = self.work, self.work.__code__.co_argcount - hasattr(self.work, "__self__")
        return getattr(grpc, f"{self.kind}_rpc_method_handler")(
            work if arity > 1 else lambda request, _context: work(request)
        )


class Node:
    """A gRPC server with one service, and what a blueprint says of it."""

    def __init__(self, name: str, package: str = "", service: str = "Notes",
                 messages: str = NOTE + EMPTY, **rpcs: Rpc):  # fmt: skip
        self.name = name
        self.rpcs = rpcs
        self.host = "127.0.0.1"
        self.port = 0
        self.service = f"{package}.{service}".lstrip(".")
        lines = [f"  rpc {n} ({r.takes}) returns ({r.gives});\n" for n, r in rpcs.items()]
        self.proto = (
            'syntax = "proto3";\n'
            + (f"package {package};\n" if package else "")
            + messages
            + f"service {service} {{\n{''.join(lines)}}}\n"
        )
        self._server = None

    def start(self) -> "Node":
        """At the same port as before, if it was started before."""
        handlers = {name: rpc.handler() for name, rpc in self.rpcs.items()}
        self._server = grpc.server(ThreadPoolExecutor(max_workers=16), options=LONGEST_MESSAGE)
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(self.service, handlers),)
        )
        self.port = self._server.add_insecure_port(f"{self.host}:{self.port}")
        self._server.start()
        return self

    def stop(self, grace_s: float = 0) -> None:
        if self._server is not None:
            self._server.stop(grace_s).wait(PATIENCE_S)
            self._server = None


class Inbox:
    """Keeps what comes; its methods are operations."""

    def __init__(self):
        self.got = []
        self.gate = threading.Event()  # what `slow` waits for
        self.gate.set()

    def take(self, message: bytes) -> bytes:
        self.gate.wait(PATIENCE_S)
        self.got.append(message)
        return NOTHING

    def take_all(self, messages: Iterable[bytes]) -> bytes:
        collections.deque(map(self.take, messages), maxlen=0)
        return NOTHING

    @property
    def numbers(self) -> list[int]:
        return [number_of(message) for message in self.got]

    def wait_for(self, count: int) -> list[int]:
        wait_for(lambda: len(self.got) >= count, f"{count} messages come")
        return self.numbers


class Counter:
    """Gives 1, 2, 3...; its methods are operations."""

    def __init__(self, stream: int = 0, body: bytes = b""):
        self.numbers = itertools.count(1)
        self.stream = stream
        self.body = body

    def give(self, _empty: bytes) -> bytes:
        return note(next(self.numbers), self.body)

    def give_all(self, _empty: bytes) -> Iterator[bytes]:
        for number in itertools.islice(self.numbers, self.stream):
            yield note(number, self.body)


def source(name: str = "source", **words) -> Node:
    """An operation `give` that counts, one number a call."""
    return Node(name, give=Rpc(Counter(**words).give, "Empty"))


def stream_source(count: int, name: str = "source", **words) -> Node:
    """An operation `give` that counts to `count`, in one stream."""
    return Node(name, give=Rpc(Counter(count, **words).give_all, "Empty", "stream Note"))


def sink(inbox: Inbox, name: str = "sink") -> Node:
    return Node(name, take=Rpc(inbox.take, "Note", "Empty"))


def stream_sink(inbox: Inbox, name: str = "sink") -> Node:
    return Node(name, take=Rpc(inbox.take_all, "stream Note", "Empty"))


# --- Pipelines ---


def signature(rpc: str, kind: Rpc | None = None) -> dict:
    if kind is None:
        return {"operation_name": rpc}
    takes, gives = kind.takes.split()[-1], kind.gives.split()[-1]
    return {
        "operation_name": rpc,
        "input_message_name": takes.rpartition(".")[2],
        "input_message_stream": kind.takes.startswith("stream "),
        "output_message_name": gives.rpartition(".")[2],
        "output_message_stream": kind.gives.startswith("stream "),
    }


class Pipeline:
    """Nodes, and edges as "node.operation > node.operation"."""

    def __init__(self, nodes: Iterable[Node], *edges: str):
        self.nodes = list(nodes)
        self.edges = [tuple(edge.split(" > ")) for edge in edges]

    def blueprint(self) -> dict:
        return {
            "name": "notes",
            "version": "1",
            "nodes": [
                {
                    "container_name": node.name,
                    "node_type": "MLModel",
                    "image": f"registry.example/{node.name.lower()}:1",
                    "proto_uri": f"org/acumos/{node.name}.proto",
                    "operation_signature_list": [
                        self._operation(node, name, rpc) for name, rpc in node.rpcs.items()
                    ],
                }
                for node in self.nodes
            ],
        }

    def _operation(self, node: Node, name: str, rpc: Rpc) -> dict:
        ends = [end.split(".") for begin, end in self.edges if begin == f"{node.name}.{name}"]
        following = [
            {"container_name": to, "operation_signature": signature(operation)}
            for to, operation in ends
        ]
        return {"operation_signature": signature(name, rpc), "connected_to": following}

    def dockerinfo(self) -> dict:
        entries = [docker_info(node.name, node.host, str(node.port)) for node in self.nodes]
        return {"docker_info_list": [*entries, docker_info("orchestrator", "orchestrator", 8061)]}

    def protofiles(self) -> dict[str, str]:
        return {f"{node.name}.proto": node.proto for node in self.nodes}

    def texts(self) -> dict:
        """The words of an OrchestrationConfiguration."""
        return {
            "blueprint": json.dumps(self.blueprint()),
            "dockerinfo": json.dumps(self.dockerinfo()),
            "protofiles": self.protofiles(),
        }

    def write(self, folder: Path, protos: str = ".") -> Path:
        """As an engine mounts it; with protos="microservice", as a zip has it."""
        (folder / protos).mkdir(parents=True, exist_ok=True)
        texts = self.texts()
        (folder / "blueprint.json").write_text(texts["blueprint"])
        (folder / "dockerinfo.json").write_text(texts["dockerinfo"])
        for name, text in texts["protofiles"].items():
            (folder / protos / name).write_text(text)
        return folder

    def __enter__(self) -> "Pipeline":
        for node in self.nodes:
            node.start()
        return self

    def __exit__(self, *why) -> None:
        for node in self.nodes:
            node.stop()


def chain(*nodes: Node) -> Pipeline:
    """Each node's first operation feeds the next one's."""
    ends = [f"{node.name}.{next(iter(node.rpcs))}" for node in nodes]
    return Pipeline(nodes, *(f"{a} > {b}" for a, b in itertools.pairwise(ends)))


# --- The orchestrator ---


class Orchestrator(Process):
    """The real process; its log is JSON."""

    def __init__(self, *flags, env: dict | None = None):
        address = ("--grpc-listen", "127.0.0.1:0", "--http-address", "127.0.0.1", "--http-port", 0)
        super().__init__("playground-orchestrator", *address, *flags, env=env)

    def _find_port(self) -> int:
        told = re.compile(r"serves gRPC at port (\d+), HTTP at port (\d+)")
        wait_for(lambda: told.search(self.log) or self.has_ended(), "the orchestrator starts")
        found = told.search(self.log)
        self.http_port = int(found[2]) if found else 0
        return int(found[1]) if found else 0

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    def ask(self, target: str, method: str = "GET", body: bytes = b"", **headers) -> tuple:
        """Status and JSON (or text) of an answer over HTTP."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            connection.request(method, target, body=body, headers=names)
            answer = connection.getresponse()
            text = answer.read().decode()
            is_json = "json" in answer.headers.get("Content-Type", "")
            return answer.status, json.loads(text) if is_json else text

    def report(self) -> dict:
        status, report = self.ask("/api/v1/status")
        assert status == 200, report
        return report

    def lane(self, node: str) -> dict:
        """How the first operation of a node is doing."""
        return next(lane for lane in self.report()["lanes"] if lane["node"] == node)

    def memory_kib(self, name: str = "RssAnon") -> int:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s+(\d+) kB", status, re.M)[1])


@dataclass
class Observer:
    """Reads a stream of events in a thread, until it ends."""

    call: object
    events: list = field(default_factory=list)
    status: grpc.StatusCode | None = None

    def __post_init__(self):
        wait_for_headers = self.call.initial_metadata()
        assert wait_for_headers is not None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            for event in self.call:
                self.events.append(event)
            self.status = grpc.StatusCode.OK
        except grpc.RpcError as error:
            self.status = error.code()

    def named(self, name: str, component: str = "") -> list:
        found = [event for event in list(self.events) if event.name == name]
        return [event for event in found if component in event.component]

    def wait_for(self, name: str, count: int = 1, component: str = "") -> list:
        wait_for(lambda: len(self.named(name, component)) >= count, f"{count} of '{name}'")
        return self.named(name, component)

    def wait_for_end(self) -> list:
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive(), "the stream of events goes on"
        assert self.status is grpc.StatusCode.OK, self.status
        return self.events


class Client:
    """Calls the orchestrator as contract 6 says."""

    def __init__(self, pb, endpoint: str):
        self.pb = pb
        self.endpoint = endpoint
        self.channel = grpc.insecure_channel(endpoint, options=LONGEST_MESSAGE)
        self.stub = pb.grpc.OrchestratorStub(self.channel)

    def initialize(self, pipeline: Pipeline | dict, **words):
        texts = pipeline if isinstance(pipeline, dict) else pipeline.texts()
        request = self.pb.OrchestrationConfiguration(**(texts | words))
        return self.stub.initialize(request, timeout=PATIENCE_S)

    def run(self, label: str = ""):
        return self.stub.run(self.pb.RunLabel(label=label), timeout=PATIENCE_S)

    def status(self, label: str = ""):
        return self.stub.get_status(self.pb.RunLabel(label=label), timeout=PATIENCE_S)

    def stop(self, label: str = ""):
        return self.stub.stop_orchestration(self.pb.RunLabel(label=label), timeout=PATIENCE_S)

    def observe(self, names: str = ".*", components: str = ".*", messages: bool = False):
        what = self.pb.OrchestrationObservationConfiguration(
            name_regex=names, component_regex=components
        )
        metadata = (("playground-messages", "1"),) if messages else None
        return Observer(self.stub.observe(what, metadata=metadata))

    def wait_for(self, word: str):
        """The status, as soon as its message begins with that word."""
        return wait_for(lambda: self._status_if(word), f"the status is '{word}'")

    def _status_if(self, word: str):
        status = self.status()
        return status if status.message.startswith(word) else None

    def begin(self, pipeline: Pipeline, label: str = "a run", **words) -> None:
        for status in self.initialize(pipeline, **words), self.run(label):
            assert status.success, status.message

    def go(self, pipeline: Pipeline, label: str = "a run", **words) -> list:
        """From initialize to the end of the run; its events."""
        events = self.observe()
        self.begin(pipeline, label, **words)
        return events.wait_for_end()


@pytest.fixture
def start(pb):
    """`start(flags...)` starts an orchestrator: it and a client of it."""
    with contextlib.ExitStack() as stack:

        def begin(*flags, **words) -> tuple[Orchestrator, Client]:
            orchestrator = stack.enter_context(Orchestrator(*BRISK, *flags, **words))
            client = Client(pb, orchestrator.endpoint)
            stack.callback(client.channel.close)
            return orchestrator, client

        yield begin


@pytest.fixture
def client(start) -> Client:
    """Of an orchestrator that was started without further flags."""
    return start()[1]
