"""The clients in every pipeline's zip, against a real gRPC server that plays the orchestrator."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import grpc
import pytest
from background import background
from solution_folders import Pipeline

WAIT_S = 30


@dataclass
class Orchestrator:
    """Answers as it is told and remembers what it was asked."""

    pb: object
    events: list = field(default_factory=list)
    initialize_status: dict = field(default_factory=lambda: {"success": True})
    run_status: dict = field(default_factory=lambda: {"success": True})
    status: dict = field(default_factory=lambda: {"success": True})
    ends: bool = True  # the stream of events, after the last one
    observe_error: tuple | None = None
    observer_leaves_first: bool = False

    def __post_init__(self):
        self.calls = []
        self.requests = {}
        self.metadata = {}
        self.running = threading.Event()
        self.observed = threading.Event()
        self.closing = threading.Event()

    def remember(self, call, request, context):
        self.calls.append(call)
        self.requests[call] = request
        self.metadata[call] = dict(context.invocation_metadata())

    def observe(self, request, context):
        self.remember("observe", request, context)
        if self.observe_error:
            context.abort(*self.observe_error)
        if self.observer_leaves_first:
            self.observed.set()
            return
        while not self.running.wait(0.05):
            if self.closing.is_set() or not context.is_active():
                return
        for event in self.events:
            yield self.pb.OrchestrationEvent(**event)
        if not self.ends:
            self.closing.wait(WAIT_S)

    def initialize(self, request, context):
        self.remember("initialize", request, context)
        if self.observer_leaves_first:
            self.observed.wait(WAIT_S)
            self.closing.wait(1)  # until the client knows, too
        return self.pb.OrchestrationStatus(**self.initialize_status)

    def run(self, request, context):
        self.remember("run", request, context)
        self.events = [{"run": request.label} | event for event in self.events]
        self.running.set()
        return self.pb.OrchestrationStatus(**self.run_status)

    def get_status(self, request, context):
        self.remember("get_status", request, context)
        return self.pb.OrchestrationStatus(**self.status)


@pytest.fixture
def serve(pb):
    """`serve(...)` starts an Orchestrator made with these words; its `endpoint` answers."""
    servers = []

    class Served(Orchestrator, pb.grpc.OrchestratorServicer):
        """What it does not answer is unimplemented."""

    def start(**words) -> Orchestrator:
        orchestrator = Served(pb, **words)
        server = grpc.server(ThreadPoolExecutor(max_workers=4))
        pb.grpc.add_OrchestratorServicer_to_server(orchestrator, server)
        orchestrator.endpoint = f"localhost:{server.add_insecure_port('localhost:0')}"
        orchestrator.server = server
        server.start()
        servers.append(orchestrator)
        return orchestrator

    yield start
    for orchestrator in servers:
        orchestrator.closing.set()
        orchestrator.server.stop(0).wait(WAIT_S)


@pytest.fixture
def folder(tmp_path):
    return Pipeline().write(tmp_path / "solution")


def command(clients, program, *args) -> list[str]:
    return [sys.executable, str(clients / f"{program}.py"), *map(str, args)]


@pytest.fixture
def run_client(clients, folder, tmp_path):
    def run(*args, program="orchestrator_client", cwd=None) -> subprocess.CompletedProcess:
        return subprocess.run(
            command(clients, program, *args),
            capture_output=True,
            text=True,
            check=False,
            timeout=WAIT_S,
            cwd=cwd or folder,
        )

    return run


def unused_endpoint() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def one_sentence(done: subprocess.CompletedProcess) -> str:
    """What the client said about its failure: one line, no traceback."""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_the_client_observes_initializes_and_runs_in_this_order(serve, run_client):
    orchestrator = serve()
    done = run_client("--endpoint", orchestrator.endpoint)
    assert (done.returncode, done.stderr) == (0, "")
    # observe and initialize are two streams, a server may look at them in either order
    assert sorted(orchestrator.calls[:2]) == ["initialize", "observe"]
    assert orchestrator.calls[2:] == ["run"]


def test_host_and_port_are_as_good_as_an_endpoint(serve, run_client):
    host, port = serve().endpoint.split(":")
    assert run_client("-H", host, "-p", port).returncode == 0
    assert run_client("-p", serve().endpoint.split(":")[1]).returncode == 0


def test_events_are_printed_until_the_stream_ends(serve, run_client):
    orchestrator = serve(
        events=[
            {"name": "RPC.call", "component": "OrchestrationThreadBase[component=camera1,svc=S]"},
            {"name": "queue.added", "component": "OrchestrationQueue[camera1_get]"}
            | {"detail": {"rpc": "get", "size": "12"}},
            {"name": "finished", "component": "orchestrator"},
        ]
    )
    done = run_client("-e", orchestrator.endpoint)
    lines = [re.sub(r"^\d\d:\d\d:\d\d ", "", line) for line in done.stdout.splitlines()]
    assert [line.split() for line in lines] == [
        ["RPC.call", "OrchestrationThreadBase[component=camera1,svc=S]"],
        ["queue.added", "OrchestrationQueue[camera1_get]", "rpc=get", "size=12"],
        ["finished", "orchestrator"],
    ]


def test_an_event_of_another_run_says_so(serve, run_client):
    event = {"run": "yesterday", "name": "queue.added", "component": "q"}
    assert "run=yesterday" in run_client("-e", serve(events=[event]).endpoint).stdout


def test_control_characters_of_a_model_do_not_reach_the_terminal(serve, run_client):
    detail = {"method": "get", "traceback": "line 1\n\x1b[2Jline 2"}
    event = {"name": "exception", "component": "c", "detail": detail}
    done = run_client("-e", serve(events=[event]).endpoint)
    assert "\x1b" not in done.stdout
    assert re.search(r"traceback:\n +line 1\n +\N{REPLACEMENT CHARACTER}\[2Jline 2\n", done.stdout)


@pytest.mark.parametrize("asked", [True, False])
def test_contents_of_messages_are_asked_for_and_shown_only_with_messages(serve, run_client, asked):
    event = {"name": "queue.added", "component": "q", "detail": {"message": 'text: "hello"'}}
    orchestrator = serve(events=[event])
    done = run_client("-e", orchestrator.endpoint, *(["--messages"] if asked else []))
    assert done.returncode == 0
    assert ("hello" in done.stdout) == asked
    assert orchestrator.metadata["observe"].get("playground-messages") == ("1" if asked else None)
    assert "playground-messages" not in orchestrator.metadata["initialize"]


def test_filters_are_passed_to_the_server(serve, run_client):
    orchestrator = serve()
    run_client("-e", orchestrator.endpoint, "-n", "RPC|exception", "-c", r".*camera1\b")
    request = orchestrator.requests["observe"]
    assert request.name_regex == "RPC|exception"
    assert request.component_regex == r".*camera1\b"

    orchestrator = serve()
    run_client("-e", orchestrator.endpoint)
    request = orchestrator.requests["observe"]
    assert (request.name_regex, request.component_regex) == (".*", ".*")


def test_the_files_of_the_solution_are_sent_as_they_are(serve, run_client, folder, tmp_path):
    orchestrator = serve()
    done = run_client("-e", orchestrator.endpoint, "-b", folder, cwd=tmp_path)
    assert done.returncode == 0
    sent = orchestrator.requests["initialize"]
    assert sent.blueprint == (folder / "blueprint.json").read_text()
    assert sent.dockerinfo == (folder / "dockerinfo.json").read_text()
    assert dict(sent.protofiles) == {
        "camera1.proto": "// camera1\n",
        "detector1.proto": "// detector1\n",
    }
    assert (sent.queuesize, sent.iterations) == (0, 0)


def test_a_proto_is_found_in_any_case_and_by_its_uri(serve, run_client, tmp_path):
    folder = Pipeline(nodes=("Camera1", "viewer", "other")).write(tmp_path / "mixed")
    protos = folder / "microservice"
    blueprint = json.loads((folder / "blueprint.json").read_text())
    blueprint["nodes"][1]["proto_uri"] = "org/x/Shown.proto"
    (folder / "blueprint.json").write_text(json.dumps(blueprint))
    (protos / "Camera1.proto").rename(protos / "camera1.proto")
    (protos / "viewer.proto").rename(protos / "shown.proto")
    (protos / "other.proto").unlink()
    (protos / "imported.proto").write_text("// imported\n")

    orchestrator = serve()
    assert run_client("-e", orchestrator.endpoint, "-b", folder).returncode == 0
    assert dict(orchestrator.requests["initialize"].protofiles) == {
        "Camera1.proto": "// Camera1\n",
        "viewer.proto": "// viewer\n",
        "imported.proto": "// imported\n",
    }


@pytest.mark.parametrize(
    ("status", "exit_code"),
    [
        ({"success": False, "message": "no such\nthing"}, 2),
        ({"success": False, "code": -1, "message": "no such\nthing"}, 2),
        ({"success": False, "code": -3, "message": "no such\nthing"}, 2),
        ({"success": False, "code": -14, "message": "no such\nthing"}, 6),
        ({"success": True, "code": -9, "message": "no such\nthing"}, 2),
    ],
)
@pytest.mark.parametrize("call", ["initialize", "run"])
def test_a_failure_status_is_told_and_nothing_follows(serve, run_client, call, status, exit_code):
    orchestrator = serve(**{f"{call}_status": status}, ends=False)
    done = run_client("-e", orchestrator.endpoint)
    assert done.returncode == exit_code
    assert one_sentence(done).endswith(f"the orchestrator cannot {call}: no such thing")
    assert ("run" in orchestrator.calls) == (call == "run")


def test_an_observer_that_is_refused_is_told_so(serve, run_client):
    error = (grpc.StatusCode.PERMISSION_DENIED, "not for you")
    done = run_client("-e", serve(observe_error=error).endpoint)
    assert done.returncode == 3
    assert "not for you" in one_sentence(done)


def test_no_run_is_started_that_nobody_would_see(serve, run_client):
    """The streams of all observers end with a run, also with the one before ours."""
    orchestrator = serve(observer_leaves_first=True)
    done = run_client("-e", orchestrator.endpoint)
    assert done.returncode == 5
    assert "try again" in one_sentence(done)
    assert "run" not in orchestrator.calls


def test_an_absent_server_is_named(run_client):
    endpoint = unused_endpoint()
    programs = ("orchestrator_client", "status_client")
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(run_client, "-e", endpoint, program=name) for name in programs]
    for done in (run.result() for run in runs):
        assert done.returncode == 6
        assert f"no orchestrator answers at '{endpoint}'" in one_sentence(done)


@contextlib.contextmanager
def client_of(orchestrator, clients, folder):
    """The client, with its first line read."""
    words = command(clients, "orchestrator_client", "-e", orchestrator.endpoint, "-b", folder)
    with background(words) as client:
        assert "RPC.call" in client.stdout.readline()
        yield client


@pytest.fixture
def endless(serve):
    return serve(events=[{"name": "RPC.call", "component": "c"}], ends=False)


def test_a_server_that_goes_away_is_told(clients, folder, endless):
    with client_of(endless, clients, folder) as client:
        endless.server.stop(0)
        _, err = client.communicate(timeout=WAIT_S)
    assert client.returncode == 6
    assert f"the orchestrator at '{endless.endpoint}' went away" in err
    assert len(err.splitlines()) == 1


def test_ctrl_c_ends_the_client_with_one_sentence(clients, folder, endless):
    with client_of(endless, clients, folder) as client:
        client.send_signal(signal.SIGINT)
        _, err = client.communicate(timeout=WAIT_S)
    assert client.returncode == 130
    assert err == "orchestrator_client.py: interrupted; the orchestrator goes on with its work\n"


def test_a_reader_that_has_seen_enough_is_no_error(clients, folder, serve):
    events = [{"name": "RPC.call", "component": "c" * 1000}] * 500
    with client_of(serve(events=events), clients, folder) as client:
        client.stdout.close()
        assert client.stderr.read() == ""
        assert client.wait(WAIT_S) == 0


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["-e", "nowhere"], "'nowhere' is no HOST:PORT"),
        (["-e", "host:0"], "'host:0' is no HOST:PORT"),
        (["-e", "host:65536"], "'host:65536' is no HOST:PORT"),
        (["-e", "host:1", "-H", "host"], "give one or the other"),
        (["-p", "many"], "invalid int value: 'many'"),
        (["-n", "("], "'(' is no regular expression"),
        (["--no-such-option"], "unrecognized arguments: --no-such-option"),
    ],
)
def test_wrong_use_exits_64(run_client, args, says):
    done = run_client(*args)
    assert done.returncode == 64
    assert says in one_sentence(done)


def test_the_status_client_has_no_options_but_the_endpoint(run_client):
    for option in ("--messages", "-b.", "-n.*", "-c.*"):
        assert run_client(option, program="status_client").returncode == 64


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda folder: (folder / "blueprint.json").unlink(), "cannot read 'blueprint.json'"),
        (lambda folder: (folder / "dockerinfo.json").unlink(), "cannot read 'dockerinfo.json'"),
        (lambda folder: (folder / "blueprint.json").write_text("{"), "is no blueprint"),
        (lambda folder: (folder / "blueprint.json").write_text('{"nodes": [1]}'), "no blueprint"),
        (lambda folder: (folder / "dockerinfo.json").write_bytes(b"\xff"), "is not UTF-8 text"),
    ],
)
def test_a_folder_that_is_no_solution_exits_2_before_anything_is_sent(
    serve, run_client, folder, change, says
):
    change(folder)
    orchestrator = serve()
    done = run_client("-e", orchestrator.endpoint)
    assert done.returncode == 2
    assert says in one_sentence(done)
    assert orchestrator.calls == []


@pytest.mark.parametrize(
    ("status", "exit_code"),
    [
        ({"success": True, "message": "running", "active_threads": 4}, 0),
        ({"success": False, "message": "running"}, 0),  # an existing server, all is well
        ({"success": False, "code": -5, "message": "nothing here"}, 4),
    ],
)
def test_the_status_client_prints_what_the_server_says(serve, run_client, status, exit_code):
    done = run_client("-e", serve(status=status).endpoint, program="status_client")
    assert done.returncode == exit_code
    assert done.stdout == (
        f"success: {str(status['success']).lower()}\n"
        f"code: {status.get('code', 0)}\n"
        f"message: {status['message']}\n"
        f"active threads: {status.get('active_threads', 0)}\n"
    )


def test_missing_packages_are_named(clients):
    done = subprocess.run(
        [sys.executable, "-S", "-E", str(clients / "status_client.py")],
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT_S,
        env={"PATH": os.environ["PATH"]},
    )
    assert done.returncode == 6
    assert "pip install -r requirements.txt" in one_sentence(done)


def test_the_interface_is_the_one_that_existing_servers_speak(pb):
    fields = {
        message.name: {f.number: (f.name, f.type) for f in message.fields}
        for message in pb.DESCRIPTOR.message_types_by_name.values()
    }
    text, flag, number, entries = 9, 8, 5, 11  # string, bool, int32, a map's entries
    assert fields == {
        "RunLabel": {1: ("label", text)},
        "OrchestrationConfiguration": {
            1: ("blueprint", text),
            2: ("dockerinfo", text),
            3: ("protofiles", entries),
            4: ("queuesize", number),
            5: ("iterations", number),
        },
        "OrchestrationStatus": {
            1: ("success", flag),
            2: ("code", number),
            3: ("message", text),
            4: ("active_threads", number),
        },
        "OrchestrationObservationConfiguration": {
            1: ("name_regex", text),
            2: ("component_regex", text),
        },
        "OrchestrationEvent": {
            1: ("run", text),
            2: ("name", text),
            3: ("component", text),
            4: ("detail", entries),
        },
    }
    service = pb.DESCRIPTOR.services_by_name["Orchestrator"]
    assert service.full_name == "Orchestrator"
    assert [(m.name, m.input_type.name, m.output_type.name) for m in service.methods] == [
        ("initialize", "OrchestrationConfiguration", "OrchestrationStatus"),
        ("observe", "OrchestrationObservationConfiguration", "OrchestrationEvent"),
        ("run", "RunLabel", "OrchestrationStatus"),
        ("get_status", "RunLabel", "OrchestrationStatus"),
        ("stop_orchestration", "RunLabel", "OrchestrationStatus"),
    ]
