"""What a cluster shows, and when: a watch beside that of the engine, with a clock of its own."""

import json
import subprocess
import threading
import time
from collections.abc import Callable

from cluster import Cluster
from process import wait_for


class Watch:
    """For `with`: notes every change of what is at these paths of the API."""

    def __init__(self, cluster: Cluster, *paths: str):
        self._seen: list[tuple[float, dict]] = []
        self._programs = [
            cluster.start("get", "--raw", f"{path}?watch=true&resourceVersion=0") for path in paths
        ]
        self._threads = [
            threading.Thread(target=self._note, args=(program,)) for program in self._programs
        ]

    def _note(self, program: subprocess.Popen) -> None:
        for line in program.stdout:
            self._seen.append((time.monotonic(), json.loads(line)["object"]))

    def when(self, namespace: str, is_shown: Callable[[dict], bool]) -> float:
        """The time, by the monotonic clock, at which such an object was seen there first."""

        def first() -> float | None:
            for at, thing in list(self._seen):
                if thing["metadata"].get("namespace") == namespace and is_shown(thing):
                    return at
            return None

        return wait_for(first, f"the cluster shows it in {namespace}")

    def __enter__(self) -> "Watch":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind, value, trace) -> None:
        for program in self._programs:
            program.terminate()
        for thread in self._threads:
            thread.join()
        for program in self._programs:
            program.wait()
            program.stdout.close()
