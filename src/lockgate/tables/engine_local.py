"""Fragments on processes of this machine.

Each worker is a process of its own with a pipe to it, so that when one is lost it is known which fragment it had.
A worker ends as soon as its pipe does: none outlives who started it, however that one ended. Ctrl-C is left to the
starter. With one worker, or one fragment, the work is done in this process.
"""

import os
import subprocess
import sys
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path

from lockgate.tables import job
from lockgate.terms.compiled_code import CodeFolder
from lockgate.terms.errors import LockgateError

MOST_LOSSES = 3
"""Workers that one fragment may lose before it is given up."""

_PATIENCE_S = 5.0
"""How long a worker may take to end when it is told to."""


@dataclass(frozen=True, slots=True, eq=False)
class _Worker:
    """One process.

    Attributes:
        process: The process.
        pipe: To it.
    """

    process: "subprocess.Popen[bytes]"
    pipe: Connection


class LocalEngine:
    """A pool of processes; they are started when there is work for them and stay until the engine is closed.

    Args:
        workers: How many, at least 1.
    """

    name = "local"

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._idle: list[_Worker] = []

    def run(self, folder: Path, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield the number of each fragment as it is finished, in any order, with the rows read for it.

        Raises:
            LockgateError: What a task raises; or if a fragment has lost three workers.
        """
        if self.workers == 1 or len(numbers) <= 1:
            for number in numbers:
                yield number, job.finish_fragment(str(folder), number)
            return
        busy: dict[Connection, tuple[_Worker, int]] = {}
        waiting, lost = deque(numbers), Counter[int]()
        try:
            while waiting or busy:
                self._hand_out(folder, waiting, busy)
                for pipe in wait(list(busy)):
                    worker, number = busy.pop(pipe)  # type: ignore[call-overload] # only pipes were waited for
                    rows = self._answer(worker)
                    if rows is None:
                        _count_loss(lost, number)
                        waiting.appendleft(number)
                        continue
                    self._hand_out(folder, waiting, busy)  # before who asks is busy with the answer
                    yield number, rows
        finally:
            for worker, _ in busy.values():
                _end(worker)

    def _hand_out(self, folder: Path, waiting: "deque[int]", busy: dict[Connection, tuple[_Worker, int]]) -> None:
        """Give every worker that is free a fragment."""
        while waiting and len(busy) < self.workers:
            number = waiting.popleft()
            worker = self._taken()
            busy[worker.pipe] = worker, number
            with suppress(OSError):  # of a worker that ended meanwhile, which is seen when it is waited for
                worker.pipe.send((str(folder), number))

    def _answer(self, worker: _Worker) -> int | None:
        """Return the rows of what a worker has finished, which is idle again; None if it was lost."""
        try:
            found = worker.pipe.recv()
        except (EOFError, OSError):
            _end(worker)
            return None
        self._idle.append(worker)
        if isinstance(found, BaseException):
            raise found
        return int(found)

    def close(self) -> None:
        """End the workers."""
        while self._idle:
            _end(self._idle.pop())

    def _taken(self) -> _Worker:
        """Return an idle worker, or a new one."""
        while self._idle:
            worker = self._idle.pop()
            if worker.process.poll() is None:
                return worker
            _end(worker)
        return _started(self.workers)


def _started(workers: int) -> _Worker:
    ours, theirs = Pipe()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-c", _PROGRAM, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
    threads = max((os.cpu_count() or 1) // workers, 1)
    ours.send((sys.path, CodeFolder.path, CodeFolder.made, threads))
    return _Worker(process, ours)


_PROGRAM = """
import sys
from multiprocessing.connection import Connection
pipe = Connection(int(sys.argv[1]))
path, *settings = pipe.recv()
sys.path[:] = path
from lockgate.tables.worker import serve
serve(pipe, *settings)
"""
"""What a worker runs: modules are found where they are found here."""


def _count_loss(lost: "Counter[int]", number: int) -> None:
    """Count a worker that was lost.

    Raises:
        LockgateError: If it was one too many.
    """
    lost[number] += 1
    if lost[number] >= MOST_LOSSES:
        raise LockgateError(
            f"fragment {number} lost its worker {MOST_LOSSES} times, most often because memory ran out",
            "run it with fewer workers, such as `--workers 1`, or with more memory",
        )


def _end(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.wait(_PATIENCE_S)
