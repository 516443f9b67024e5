"""Nodes that are processes of their own: fast, and to be killed (tests/programs/notes-node.c)."""

import json

from orchestrator_world import EMPTY, NOTE, Node, Pipeline, Rpc
from process import Process

KINDS = {
    "give": ("Empty", "stream Note"),
    "pass": ("Note", "Note"),
    "pass_all": ("stream Note", "stream Note"),
    "take": ("Note", "Empty"),
    "take_all": ("stream Note", "Empty"),
}


class FastNode(Node):
    """Offers some of those operations, in a process that is told these flags."""

    def __init__(self, name: str, *operations: str, **flags):
        rpcs = {operation: Rpc(None, *KINDS[operation]) for operation in operations}
        super().__init__(name, messages=NOTE + EMPTY, **rpcs)
        self.flags = [f"--{flag.replace('_', '-')}={value}" for flag, value in flags.items()]
        self.process = None

    def start(self) -> "FastNode":
        """At the same port as before, if it was started before."""
        listen = f"{self.host}:{self.port}"
        self.process = Process("notes-node", "--listen", listen, *self.flags)
        self.port = self.process.port
        assert self.port, self.process.wait()
        return self

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(status=-9)
        self.process = None

    def stop(self, _grace_s: float = 0) -> list[dict]:
        """What it has taken: count, last and disorder of each mark."""
        if self.process is None:
            return []
        process, self.process = self.process, None
        process.tell_to_end()
        text = process.read()
        process.wait()
        return json.loads(text)


def tally(count: int) -> dict:
    """All of them, in order."""
    return {"count": count, "last": count, "disorder": 0}


def take_tallies(pipeline: Pipeline) -> dict[str, list]:
    """What each node has taken; they end."""
    return {node.name: node.stop() for node in pipeline.nodes}
