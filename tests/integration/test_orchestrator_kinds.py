"""What goes along the edges: the four kinds of operations, and pipelines of every shape."""

import itertools
import json
import queue
import subprocess

import pytest
from conftest import ROOT
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from orchestrator_world import (
    EMPTY,
    NOTE,
    NOTHING,
    Counter,
    Inbox,
    Node,
    Pipeline,
    Rpc,
    chain,
    note,
    number_of,
    sink,
    source,
    stream_sink,
    stream_source,
)
from process import wait_for


def double(message: bytes) -> bytes:
    return note(2 * number_of(message))


def twice(message: bytes):
    return itertools.repeat(message, 2)


def add(messages) -> bytes:
    return note(sum(map(number_of, messages)))


def running_sums(messages):
    return map(note, itertools.accumulate(map(number_of, messages)))


KINDS = {
    "unary_unary": (Rpc(double), [2, 4, 6, 8, 10]),
    "unary_stream": (Rpc(twice, gives="stream Note"), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]),
    "stream_unary": (Rpc(add, takes="stream Note"), [15]),
    "stream_stream": (Rpc(running_sums, "stream Note", "stream Note"), [1, 3, 6, 10, 15]),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make_source", [source, lambda: stream_source(5)], ids=["unary", "stream"])
@pytest.mark.parametrize("make_sink", [sink, stream_sink], ids=["unary", "stream"])
def test_each_kind_works_between_unary_and_streaming_ones(client, kind, make_source, make_sink):
    rpc, expected = KINDS[kind]
    inbox = Inbox()
    giver = make_source()
    with chain(giver, Node("middle", work=rpc), make_sink(inbox)) as pipeline:
        client.go(pipeline, iterations=5 if giver.rpcs["give"].kind == "unary_unary" else 1)
    assert inbox.numbers == expected


def test_one_stream_takes_everything_until_the_run_ends(client):
    calls = []

    def count_calls(messages):
        calls.append(len(list(messages)))
        return NOTHING

    with chain(source(), Node("sink", take=Rpc(count_calls, "stream Note", "Empty"))) as pipeline:
        client.go(pipeline, iterations=20)
    assert calls == [20]


def test_a_stream_that_its_node_ends_is_followed_by_another(client):
    calls = []

    def take_three(messages):
        calls.append([number_of(message) for message in itertools.islice(messages, 3)])
        return NOTHING

    node = Node("sink", take=Rpc(take_three, "stream Note", "Empty"))
    with chain(source(), node) as pipeline:
        client.begin(pipeline)
        client.wait_for("running")
        wait_for(lambda: len(calls) >= 3, "three calls")
        client.stop()
    assert all(numbers == sorted(numbers) for numbers in calls)
    assert calls[0] == [1, 2, 3]


def test_packages_and_both_sorts_of_empty_are_understood(client):
    inbox = Inbox()
    google = 'import "google/protobuf/empty.proto";\n'
    google_empty = "google.protobuf.Empty"
    nodes = [
        Node(
            "source", "first.pack", messages=google + NOTE, give=Rpc(Counter().give, google_empty)
        ),
        Node("middle", "second.pack", work=Rpc(double)),
        Node("sink", "third", messages=google + NOTE, take=Rpc(inbox.take, "Note", google_empty)),
    ]
    with chain(*nodes) as pipeline:
        client.go(pipeline, iterations=3)
    assert inbox.numbers == [2, 4, 6]


def test_an_empty_message_triggers_the_call_that_it_is_sent_to(client):
    triggered = Inbox()
    nodes = [
        Node("source", give=Rpc(lambda _empty: NOTHING, "Empty", "Empty")),
        Node("follower", follow=Rpc(triggered.take, "Empty", "Empty")),
        Node("last", follow=Rpc(triggered.take, "Empty", "Empty")),
    ]
    with chain(*nodes) as pipeline:
        client.go(pipeline, iterations=3)
    assert triggered.got == [NOTHING] * 6


def test_messages_of_one_name_may_differ_from_node_to_node(client):
    inbox = Inbox()
    other = "message Note {\n  string body = 7;\n  repeated Note notes = 8;\n}\n" + EMPTY
    with chain(
        source(), Node("middle", messages=other, work=Rpc(lambda m: m)), sink(inbox)
    ) as pipeline:
        client.go(pipeline, iterations=3)
    assert inbox.numbers == [1, 2, 3]


def test_enums_imports_nested_messages_and_several_services_are_understood(client):
    inbox = Inbox()
    messages = (
        'import "google/protobuf/timestamp.proto";\nimport "google/protobuf/any.proto";\n'
        "enum Colour {\n  NONE = 0;\n  RED = 1;\n}\n"
        "message Note {\n  fixed64 number = 1;\n  Colour colour = 2;\n"
        "  google.protobuf.Timestamp at = 3;\n  google.protobuf.Any what = 4;\n"
        "  message Inner {\n    map<string, Note> notes = 1;\n  }\n  oneof one {\n"
        "    Inner inner = 5;\n    string text = 6;\n  }\n}\n"
        "service Unused {\n  rpc nothing(Note) returns (Note);\n}\n"
    )
    with chain(source(), Node("middle", messages=messages, work=Rpc(double)), sink(inbox)) as line:
        client.go(line, iterations=2)
    assert inbox.numbers == [2, 4]


def test_every_follower_gets_everything_in_order(client):
    inboxes = [Inbox() for _ in range(4)]
    sinks = [sink(inbox, f"sink{i}") for i, inbox in enumerate(inboxes[:2])]
    sinks += [stream_sink(inbox, f"stream-sink{i}") for i, inbox in enumerate(inboxes[2:])]
    edges = [f"source.give > {node.name}.take" for node in sinks]
    with Pipeline([stream_source(200), *sinks], *edges) as pipeline:
        client.go(pipeline, iterations=1)
    assert all(inbox.numbers == list(range(1, 201)) for inbox in inboxes)


def test_several_senders_reach_one_node_each_in_its_order(client):
    inbox = Inbox()
    senders = [stream_source(100, f"source{i}", body=b"%d" % i) for i in range(3)]
    edges = [f"{sender.name}.give > sink.take" for sender in senders]
    with Pipeline([*senders, stream_sink(inbox)], *edges) as pipeline:
        client.go(pipeline, iterations=1)
    for i in range(3):
        of_one = [number_of(m) for m in inbox.got if m.endswith(b"%d" % i)]
        assert of_one == list(range(1, 101))
    assert len(inbox.got) == 300


def test_two_edges_between_the_same_nodes_are_two_edges(client):
    inbox, other = Inbox(), Inbox()
    both = Node("sink", take=Rpc(inbox.take, "Note", "Empty"), keep=Rpc(other.take, gives="Empty"))
    edges = ("source.give > sink.take", "source.give > sink.keep")
    with Pipeline([source(), both], *edges) as pipeline:
        client.go(pipeline, iterations=3)
    assert inbox.numbers == other.numbers == [1, 2, 3]


def count_down(message: bytes):
    if number_of(message) > 1:
        yield note(number_of(message) - 1)


def count_all_down(messages):
    for message in messages:
        yield from count_down(message)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    "back",
    [Rpc(count_down, gives="stream Note"), Rpc(count_all_down, "stream Note", "stream Note")],
    ids=["unary", "stream"],
)
def test_a_cycle_turns_until_it_is_empty_and_the_run_ends(client, back, count):
    """5 goes round, one less each time; the source counts from 1 on."""
    inbox = Inbox()
    nodes = [
        Node("source", give=Rpc(lambda _empty: note(5), "Empty")),
        Node("forth", go=Rpc(lambda message: message)),
        Node("back", come=back),
        sink(inbox),
    ]
    edges = (
        "source.give > forth.go",
        "forth.go > back.come",
        "forth.go > sink.take",
        "back.come > forth.go",
    )
    with Pipeline(nodes, *edges) as pipeline:
        client.go(pipeline, iterations=count)
    assert sorted(inbox.numbers) == sorted([1, 2, 3, 4, 5] * count)


def test_a_lane_that_feeds_itself_ends(client):
    loop = Node("loop", turn=Rpc(count_down, gives="stream Note"))
    first = Node("source", give=Rpc(lambda _empty: note(50), "Empty"))
    with Pipeline([first, loop], "source.give > loop.turn", "loop.turn > loop.turn") as pipeline:
        events = client.go(pipeline, iterations=1)
    assert len([event for event in events if event.name == "RPC.finished"]) == 1 + 50


def test_names_differ_in_case_between_the_files_of_one_solution(client):
    inbox = Inbox()
    with chain(source("Camera1"), sink(inbox, "Sink")) as pipeline:
        texts = pipeline.texts()
        texts["dockerinfo"] = texts["dockerinfo"].lower()
        texts["protofiles"] = {k.lower(): v for k, v in texts["protofiles"].items()}
        events = client.observe()
        assert client.initialize(texts, iterations=2).success
        assert client.run().success
        events.wait_for_end()
    assert inbox.numbers == [1, 2]


def test_streams_are_what_the_proto_says_whatever_the_blueprint_says(start):
    orchestrator, client = start()
    inbox = Inbox()
    with chain(stream_source(3), sink(inbox)) as pipeline:
        texts = pipeline.texts()
        texts["blueprint"] = texts["blueprint"].replace("true", "false")
        events = client.observe()
        assert client.initialize(texts, iterations=1).success
        client.run()
        events.wait_for_end()
    assert inbox.numbers == [1, 2, 3]
    assert "in the blueprint, and" in orchestrator.log


# --- Pipelines of others, and of examples/ ---


class Messages:
    """The messages of a .proto, to be read and made."""

    def __init__(self, path, tmp_path):
        out = tmp_path / f"{path.stem}.pb"
        subprocess.run(
            ["protoc", f"--proto_path={path.parent}", "--include_imports",
             f"--descriptor_set_out={out}", path.name],
            check=True,
        )  # fmt: skip
        files = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file
        self.pool = descriptor_pool.DescriptorPool()
        for file in files:
            self.pool.Add(file)
        self.file = files[-1]

    def __getattr__(self, name: str):
        full_name = f"{self.file.package}.{name}".lstrip(".")
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(full_name))

    def node(self, name: str, proto: str, **work) -> Node:
        """A node that does `work`, functions of messages, as the proto says."""
        rpcs = {}
        for method in self.file.service[0].method:
            takes = self._class(method.input_type)
            kinds = (
                "stream " * method.client_streaming + method.input_type[1:],
                "stream " * method.server_streaming + method.output_type[1:],
            )
            rpcs[method.name] = Rpc(self._work(work[method.name], takes, method), *kinds)
        node = Node(name, self.file.package, self.file.service[0].name, **rpcs)
        node.proto = proto
        return node

    def _class(self, full_name: str):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(full_name[1:]))

    @staticmethod
    def _work(function, takes, method):
        def do(request):
            if method.client_streaming:
                answer = function(map(takes.FromString, request))
            else:
                answer = function(takes.FromString(request))
            if method.server_streaming:
                return (message.SerializeToString() for message in answer)
            return answer.SerializeToString()

        return do


class Recorded(Pipeline):
    """A pipeline whose blueprint is a file."""

    def __init__(self, path, nodes):
        super().__init__(nodes)
        self.path = path

    def blueprint(self) -> dict:
        return json.loads(self.path.read_text())


def load(folder, tmp_path, **work) -> tuple:
    """The pipeline of a folder with the nodes' work, and the messages of each node."""
    nodes, messages = [], {}
    for name, works in work.items():
        name = name.replace("_", "-")
        path = folder / "microservice" / f"{name}.proto"
        messages[name] = Messages(path, tmp_path)
        nodes.append(messages[name].node(name, path.read_text(), **works(messages[name])))
    return Recorded(folder / "blueprint.json", nodes)


def test_the_sudoku_pipeline_of_the_real_data_solves(client, real_data, tmp_path):
    """The evaluator answers its one call by way of the solver, over a cycle of streams."""
    jobs, answers = queue.Queue(), queue.Queue()
    shown = []

    def gui(messages):
        def design(_empty):
            for i in range(5):
                yield messages.SudokuDesignEvaluationJob(field=[i] * 81)

        def show(results):
            shown.extend(list(result.solution) for result in results)
            return messages.Empty()

        return {"requestSudokuEvaluation": design, "processEvaluationResult": show}

    def evaluator(messages):
        def evaluate(job):
            jobs.put(messages.SolverJob(program=f"field {job.field[0]}"))
            solved = answers.get(timeout=30)
            return messages.SudokuDesignEvaluationResult(status=1, solution=solved)

        def call_solver(_empty):
            for _ in range(5):
                yield jobs.get(timeout=30)

        def receive(results):
            for result in results:
                answers.put([int(atom) for atom in result.answers[0].atoms])
            return messages.Empty()

        return {
            "evaluateSudokuDesign": evaluate,
            "callAnswersetSolver": call_solver,
            "receiveAnswersetSolverResult": receive,
        }

    def solver(messages):
        def solve(job):
            number = job.program.split()[1]
            answer = messages.Answerset(atoms=[number, "9"])
            return messages.SolveResultAnswersets(answers=[answer])

        return {"solve": solve}

    pipeline = load(
        real_data / "blueprints/gpo-sudoku-stream",
        tmp_path,
        sudoku_gui_stream1=gui,
        sudoku_design_evaluator_stream1=evaluator,
        sudoku_aspsolver1=solver,
    )
    with pipeline:
        client.go(pipeline, iterations=1)
    assert shown == [[i, 9] for i in range(5)]


def test_the_example_of_a_chain_runs(client, tmp_path):
    shown = []
    degrees = itertools.count(0, 10)
    with load(
        ROOT / "examples/chain",
        tmp_path,
        thermometer=lambda m: {"measure": lambda _: m.Celsius(degrees=next(degrees))},
        converter=lambda m: {"convert": lambda c: m.Fahrenheit(degrees=c.degrees * 1.8 + 32)},
        display=lambda m: {"show": lambda f: shown.append(f.degrees) or m.Empty()},
    ) as pipeline:
        client.go(pipeline, iterations=4)
    assert shown == [32, 50, 68, 86]


def test_the_example_like_sudoku_runs(client, tmp_path):
    """Candidates 1, 2, 3 are tried one after the other, over a cycle with a stream in it."""
    scores = []

    def solver(messages):
        def next_one(verdicts):
            for verdict in verdicts:
                if verdict.state != 1:
                    candidate = verdict.candidate
                    candidate.attempt += 1
                    yield candidate

        return {
            "solve": lambda puzzle: messages.Candidate(puzzle=puzzle, attempt=1),
            "refine": next_one,
        }

    def checker(messages):
        return {"check": lambda c: messages.Verdict(candidate=c, state=1 if c.attempt == 3 else 2)}

    def scoreboard(messages):
        def count(verdicts):
            states = [verdict.state for verdict in verdicts]
            scores.append((states.count(1), len(states)))
            return messages.Score(solved=states.count(1), candidates=len(states))

        return {"count": count}

    def puzzles(messages):
        return {"deal": lambda _: (messages.Puzzle(id=str(i)) for i in range(4))}

    with load(
        ROOT / "examples/sudoku-like",
        tmp_path,
        puzzle_source=puzzles,
        solver=solver,
        checker=checker,
        scoreboard=scoreboard,
    ) as pipeline:
        client.go(pipeline, iterations=1)
    assert scores == [(4, 12)]
