"""Nothing is lost, nothing comes twice, order is kept, and memory stays as it is.

PD_NOTES says how many notes go; the default takes a second or two.
"""

import os

import pytest
from orchestrator_fast import FastNode, take_tallies, tally
from orchestrator_world import Inbox, Node, Pipeline, Rpc, chain, note, number_of, sink, source
from process import wait_for

COUNT = int(os.environ.get("PD_NOTES", "20000"))
PATIENCE_S = 30 + COUNT / 1000
SLOW = {"pause_every": 1000, "pause": "2ms"}


def run_to_end(client, pipeline: Pipeline, **words) -> dict[str, list]:
    """What each node has taken after one call of each source."""
    client.begin(pipeline, iterations=1, **words)
    wait_for(lambda: client.status().message == "finished", "the run ends", PATIENCE_S)
    return take_tallies(pipeline)


@pytest.mark.parametrize("kind", ["streams", "unary"])
def test_a_chain_keeps_every_message_in_order(start, kind):
    orchestrator, client = start()
    middle, last = ("pass_all", "take_all") if kind == "streams" else ("pass", "take")
    nodes = [FastNode("giver", "give", count=COUNT), FastNode("passer", middle, mark=1)]
    with chain(*nodes, FastNode("taker", last, **SLOW)) as pipeline:
        taken = run_to_end(client, pipeline)["taker"]
    assert taken[1] == tally(COUNT)
    assert sum(of_mark["count"] for of_mark in taken) == COUNT
    print(f"max RSS {orchestrator.memory_kib('VmHWM')} KiB")


def test_a_diamond_keeps_every_message_in_order_on_each_side(client):
    nodes = [
        FastNode("giver", "give", count=COUNT),
        FastNode("left", "pass_all", mark=1),
        FastNode("right", "pass", mark=2),
        FastNode("taker", "take_all", **SLOW),
    ]
    edges = ["giver.give > left.pass_all", "giver.give > right.pass"]
    edges += ["left.pass_all > taker.take_all", "right.pass > taker.take_all"]
    with Pipeline(nodes, *edges) as pipeline:
        taken = run_to_end(client, pipeline)["taker"]
    assert taken[1:3] == [tally(COUNT)] * 2
    assert sum(of_mark["count"] for of_mark in taken) == 2 * COUNT


@pytest.mark.parametrize("queuesize", [0, 10])
def test_a_cycle_keeps_every_message_in_order_each_time_round(client, queuesize):
    """Each goes round three times, while the source gives more than the taker takes."""
    nodes = [
        FastNode("giver", "give", count=COUNT),
        FastNode("forth", "pass_all", mark=1),
        FastNode("back", "pass_all", below=3),
        FastNode("taker", "take_all", **SLOW),
    ]
    edges = ["giver.give > forth.pass_all", "forth.pass_all > taker.take_all"]
    edges += ["forth.pass_all > back.pass_all", "back.pass_all > forth.pass_all"]
    with Pipeline(nodes, *edges) as pipeline:
        taken = run_to_end(client, pipeline, queuesize=queuesize)["taker"]
    assert taken[1:4] == [tally(COUNT)] * 3
    assert sum(of_mark["count"] for of_mark in taken) == 3 * COUNT


def test_memory_stays_flat_while_large_messages_wait_for_a_slow_node(start):
    """100 kB each, flat out, against one that takes 10 and rests 5 ms."""
    forgetful = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
    orchestrator, client = start("--queue-bytes", "4MiB", env={"ASAN_OPTIONS": forgetful})
    count = COUNT // 4
    nodes = [
        FastNode("giver", "give", count=count, size=100000),
        FastNode("taker", "take_all", pause_every=10, pause="5ms"),
    ]
    with chain(*nodes) as pipeline:
        client.begin(pipeline, iterations=1)
        wait_for(lambda: orchestrator.lane("giver")["calls"] == 1, "it has begun")
        wait_for(lambda: orchestrator.lane("taker")["queue"]["full"], "the queue is full")
        before_kib = orchestrator.memory_kib("VmHWM")
        wait_for(lambda: client.status().message == "finished", "the run ends", PATIENCE_S)
        grown_kib = orchestrator.memory_kib("VmHWM") - before_kib
        assert take_tallies(pipeline)["taker"][0] == tally(count)
    print(f"max RSS {orchestrator.memory_kib('VmHWM')} KiB, {grown_kib} KiB more than when full")
    assert grown_kib < 64 * 1024


# --- What stands still ---


def make_two(message: bytes):
    yield note(number_of(message))
    yield note(number_of(message))


def test_a_cycle_that_makes_more_than_it_takes_is_reported_stalled(start):
    """After a reserve, which is given once; the run goes on being one that can be stopped."""
    orchestrator, client = start("--queue-bytes", "1KiB")
    nodes = [
        Node("source", give=Rpc(lambda _empty: note(1), "Empty")),
        Node("doubler", work=Rpc(make_two, gives="stream Note")),
        Node("back", work=Rpc(lambda message: message)),
    ]
    edges = ("source.give > doubler.work", "doubler.work > back.work", "back.work > doubler.work")
    with Pipeline(nodes, *edges) as pipeline:
        events = client.observe("stalled")
        client.begin(pipeline, queuesize=50, iterations=1)
        (stalled,) = events.wait_for("stalled")
        assert stalled.component == "orchestrator"
        assert "OrchestrationQueue[doubler_work]" in stalled.detail["queues"]
        assert client.status().message.startswith("running")
        report = orchestrator.report()
        assert report["stalled_seconds"] is not None
        waiting = [lane["queue"]["messages"] for lane in report["lanes"]]
        assert 1024 // 9 < max(waiting) <= 2 * 1024 // 9 + 2
        assert client.stop().message == "stopped"
    assert len(events.events) == 1


def test_what_stood_still_moves_again_and_nothing_is_lost(start):
    orchestrator, client = start()
    inbox = Inbox()
    inbox.gate.clear()
    with chain(source(), sink(inbox)) as pipeline:
        events = client.observe("stalled")
        client.begin(pipeline, queuesize=10, iterations=100)
        events.wait_for("stalled")
        assert orchestrator.lane("sink")["queue"]["messages"] == 20
        inbox.gate.set()
        client.wait_for("finished")
        assert orchestrator.report()["stalled_seconds"] is None
    assert inbox.numbers == list(range(1, 101))
