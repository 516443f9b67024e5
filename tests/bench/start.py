"""start: how long it takes from the start of playgroundctl to its end, when it has little to do."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

TIMES = 200


def median_ms(command: list[str]) -> float:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000


def main() -> None:
    program = Path(os.environ["PD_BUILD"]) / "bin/playgroundctl"
    if not program.exists():
        sys.exit(f"'{program}' is missing")
    print(f"playgroundctl version\t{median_ms([str(program), 'version']):.2f}\tms\t")
    print(f"/bin/true, to compare\t{median_ms(['/bin/true']):.2f}\tms\t")


main()
