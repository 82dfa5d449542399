"""What a command and all processes below it take: seconds of the processor and of the wall, and the most memory.

`python benchmarks/tree.py COMMAND …`

Memory is the sum over the tree of the proportional set size (`/proc/PID/smaps_rollup`, Linux: pages that several
processes share count once), sampled twice a second; the most of any one process is told beside it. Processor time
is what the command and those of its children that it waited for have used.
"""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_EVERY_S = 0.5


class Spent(NamedTuple):
    """What a tree of processes took: seconds of the processor, seconds of the wall, the most memory at once in GiB."""

    processor: float
    wall: float
    memory: float


def spent_by_tree(command: list[str]) -> Spent:
    """What a command takes, which must end well.

    Raises:
        SystemExit: If it does not.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    most = 0
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        most = max(most, sum(map(_proportional_kib, _tree(process.pid))))
        time.sleep(_EVERY_S)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Spent(usage.ru_utime + usage.ru_stime, time.perf_counter() - start, most / (1 << 20))


def _tree(root: int) -> list[int]:
    """Numbers of a process and of all below it."""
    found = [root]
    for process in found:
        with suppress(OSError):
            for children in Path(f"/proc/{process}/task").glob("*/children"):
                found += map(int, children.read_text().split())
    return found


def _proportional_kib(process: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


if __name__ == "__main__":
    spent = spent_by_tree(sys.argv[1:])
    print(f"{spent.processor:.2f} s of the processor, {spent.wall:.2f} s, {spent.memory:.2f} GiB in all processes")
