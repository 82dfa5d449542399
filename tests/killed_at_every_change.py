"""A program that does a thing again and again, each time in a process of its own, killed by SIGKILL one change later.

Usage: killed_at_every_change.py append FAULT PARENT SIZES | release FAULT PARENT EVERY

Prints a line of JSON for each process: its folder, the signal it died of (0: the one that may come to its end), the
change at which that was, and the largest number that it had been promised before. The processes are forks of this
one, which has nothing to do but that.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from faulty_disk import TORN, Fault, FaultyDisk, kill
from lockgate.evidence.log import Log
from lockgate.flow import release as releasing
from lockgate.flow.deciding import Decided, decide_request
from small_flows import ONE_COUNTRY, few_passengers, node_at, one_law, release_at

ORIGIN, SEED = "lockgate.local/test", bytes(range(32))

Task = Callable[[Path], Iterator[int]]
"""What is done in a folder; yields what has been promised."""


def appending(sizes: list[int]) -> Task:
    """Return the task of appending up to each size."""

    def append(folder: Path) -> Iterator[int]:
        log = Log.open(folder / "log", ORIGIN, SEED)
        yield log.size
        for end in sizes:
            if log.size < end:
                log.append([b"%d" % number for number in range(log.size, end)])
                yield end

    return append


def release(folder: Path) -> Iterator[int]:
    """Make a small release."""
    release_at(folder, ONE_COUNTRY, node=replace(node_at(folder / ".lockgate"), laws=one_law()))
    yield 1


def decide_once(parent: Path) -> None:
    """Scan and decide before there are forks: that changes nothing on the disk."""
    remembered: list[Decided] = []

    def decide(*given: object) -> Decided:
        if not remembered:
            remembered.append(decide_request(*given))
        return remembered[0]

    releasing.decide_request = decide
    folder = new_folder(parent, "first")
    list(release(folder))


def new_folder(parent: Path, name: str) -> Path:
    """Return a folder like the one that a task begins with."""
    folder = parent / name
    if (parent / "start").exists():
        shutil.copytree(parent / "start", folder)
    else:
        folder.mkdir()
        few_passengers(folder)
    return folder


def run_killed(task: Task, folder: Path, disk: FaultyDisk) -> dict[str, Any]:
    """Return how a fork ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            disk.die = lambda: tell(writing, change=disk.seen[-1]) or kill()
            os.fsync = lambda _: None  # nobody pulls the plug here
            with disk.active():
                for promised in task(folder):
                    tell(writing, promised=promised)
            tell(writing, changes=disk.seen)
        finally:
            os._exit(0)
    os.close(writing)
    told: dict[str, Any] = {"folder": str(folder), "promised": 0, "change": ""}
    with os.fdopen(reading) as lines:
        for line in lines:
            told |= json.loads(line)
    _, status = os.waitpid(child, 0)
    return {**told, "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}


def tell(pipe: int, **told: Any) -> None:
    """Write a line that is there even if the next thing is the end."""
    os.write(pipe, f"{json.dumps(told)}\n".encode())


def main() -> None:
    """Let one process come to its end, then kill one after another."""
    what, fault, parent, detail = sys.argv[1], Fault[sys.argv[2]], Path(sys.argv[3]), json.loads(sys.argv[4])
    if what == "release":
        decide_once(parent)
    task, step = (appending(detail), 1) if what == "append" else (release, detail)
    folder = new_folder(parent, "whole")
    whole = run_killed(task, folder, FaultyDisk(within=folder))
    changes = whole.pop("changes")
    places = [at for at, change in enumerate(changes, 1) if fault not in TORN or change.startswith("write")]
    cases = [whole]
    for at in places[::step]:
        folder = new_folder(parent, f"at-{at}")
        cases.append(run_killed(task, folder, FaultyDisk(at, fault, within=folder)))
        if cases[-1]["signal"] != signal.SIGKILL:
            sys.exit(f"ended in another way: {cases[-1]}")
    print("\n".join(map(json.dumps, cases)))  # noqa: T201 - what it is run for


main()
