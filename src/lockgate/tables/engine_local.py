"""Fragments on processes of this machine.

Each worker is a process of its own with a pipe to it, so that when one is lost it is known which fragment it had.
A worker ends as soon as its pipe does: none outlives who started it, however that one ended. Ctrl-C is left to the
starter. With one worker, or one fragment, the work is done in this process. A worker uses one core.

On Linux a worker is a copy of this process, which has all modules already; loading them takes more than a second. It
keeps none of its files open, so that no lock and no pipe stays with it.
"""

import gc
import os
import re
import signal
import subprocess
import sys
import threading
import warnings
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, Pipe, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol

from lockgate.tables import job
from lockgate.tables import worker as worker_process
from lockgate.tables.bytes_read import BytesRead
from lockgate.tables.freed_memory import give_back
from lockgate.terms.compiled_code import CodeFolder, load_compiler
from lockgate.terms.errors import LockgateError

MOST_LOSSES = 3
"""Workers that one fragment may lose before it is given up."""

_STDERR = 2

_LENT_S = 0.05
"""How long to wait before looking again whether a core that is lent is back."""

_PATIENCE_S = 5.0
"""How long a worker may take to end when it is told to."""


_OF_A_POOL = re.compile(r"^(?!fsync_).*_\d+$")
"""Name of a thread of `concurrent.futures`; those that wait for the disk (`lockgate.evidence.disk`) hold nothing."""


class _Process(Protocol):
    """A process that was started."""

    def poll(self) -> int | None:
        """Return its exit code; None while it lives."""

    def kill(self) -> None:
        """End it."""

    def wait(self, timeout: float, /) -> object:
        """Wait until it has ended."""


@dataclass(frozen=True, slots=True)
class _Copied:
    """A copy of this process.

    Attributes:
        process: The copy.
    """

    process: BaseProcess

    def poll(self) -> int | None:
        return self.process.exitcode

    def kill(self) -> None:
        self.process.kill()

    def wait(self, timeout: float, /) -> None:
        self.process.join(timeout)


@dataclass(frozen=True, slots=True, eq=False)
class _Worker:
    """One process.

    Attributes:
        process: The process.
        pipe: To it.
    """

    process: _Process
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
        self._lent = 0

    def run(self, folder: Path, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield the number of each fragment as it is finished, in any order, with the rows read for it but not told.

        Raises:
            LockgateError: What a task raises; or if a fragment has lost three workers.
        """
        if self.workers == 1 or len(numbers) <= 1:
            for number in numbers:
                yield number, _finish_here(folder, number)
            job.forget_tasks()
            return
        busy: dict[Connection, tuple[_Worker, deque[int]]] = {}
        waiting, lost, told = deque(numbers), Counter[int](), Counter[int]()
        try:
            while waiting or busy:
                self._hand_out(folder, waiting, busy)
                for pipe, rows in self._answers(busy, told):
                    worker, given = busy[pipe]
                    if rows is None:
                        del busy[pipe]
                        _tell(-told.pop(given[0], 0))
                        _count_loss(lost, given[0])
                        waiting.extendleft(reversed(given))
                        continue
                    number = given.popleft()
                    if not given:
                        del busy[pipe]
                        self._idle.append(worker)
                    self._hand_out(folder, waiting, busy)  # before who asks is busy with the answer
                    yield number, rows - told.pop(number, 0)
        finally:
            for worker, _ in busy.values():
                _end(worker)
            self._let_rest()

    def _hand_out(
        self, folder: Path, waiting: "deque[int]", busy: "dict[Connection, tuple[_Worker, deque[int]]]"
    ) -> None:
        """Give every worker that is free a fragment, and but for the last ones another to go on with.

        Who asks may be busy with an answer for as long as a fragment takes, and hands out nothing meanwhile.
        """
        most = max(self.workers - self._lent, 1)
        while waiting and len(busy) < most:
            worker = self._taken()
            busy[worker.pipe] = worker, deque()
            _give(folder, waiting, *busy[worker.pipe])
        for worker, given in [*busy.values()][:most]:
            if len(given) == 1 and len(waiting) > self.workers:
                _give(folder, waiting, worker, given)

    def _answers(
        self, busy: "dict[Connection, tuple[_Worker, deque[int]]]", told: "Counter[int]"
    ) -> Iterator[tuple[Connection, int | None]]:
        """Yield the rows of each fragment that was finished, None for one that was lost; tell what is told on the way.

        Args:
            busy: Workers that are waited for, and their fragments.
            told: Rows of each fragment; grows.
        """
        for pipe in wait(list(busy), _LENT_S if self._lent else None):
            worker, given = busy[pipe]  # type: ignore[index] # only pipes were waited for
            try:
                found = worker.pipe.recv()
            except (EOFError, OSError):
                _end(worker)
                found = None
            if isinstance(found, BaseException):
                raise found
            if isinstance(found, tuple):
                told[given[0]] += _tell(*found)
            else:
                yield worker.pipe, found

    def _let_rest(self) -> None:
        """Have idle workers give back what they hold: there may be nothing for them to do for long."""
        for worker in self._idle:
            with suppress(OSError):  # of a worker that ended meanwhile
                worker.pipe.send(("", worker_process.REST))
        give_back()

    def lend(self, cores: int) -> None:
        """Leave some cores to who asks, one worker less for each but the last; below 0, take them back.

        Args:
            cores: How many more, or fewer.
        """
        self._lent += cores

    def close(self) -> None:
        """End the workers."""
        ended, self._idle = self._idle, []
        for one in ended:
            one.process.kill()  # all at once: what a worker holds takes the system a while to put away
        for one in ended:
            _end(one)

    def _taken(self) -> _Worker:
        """Return an idle worker, or a new one."""
        while self._idle:
            worker = self._idle.pop()
            if worker.process.poll() is None:
                return worker
            _end(worker)
        return _started()


def _tell(rows: int) -> int:
    """Tell who watches of rows, and return how many were told."""
    if BytesRead.tell_rows is None:
        return 0
    BytesRead.tell_rows(rows)
    return rows


def _finish_here(folder: Path, number: int) -> int:
    """Finish a fragment in this process; return the rows read for it but not told."""
    told = Counter[int]()

    def tell(rows: int) -> None:
        told[number] += _tell(rows)

    before, BytesRead.tell_range = BytesRead.tell_range, tell
    try:
        return job.finish_fragment(str(folder), number) - told[number]
    finally:
        BytesRead.tell_range = before


def _give(folder: Path, waiting: "deque[int]", worker: _Worker, given: "deque[int]") -> None:
    """Give a worker the next fragment."""
    number = waiting.popleft()
    given.append(number)
    with suppress(OSError):  # of a worker that ended meanwhile, which is seen when it is waited for
        worker.pipe.send((str(folder), number))


def _started() -> _Worker:
    ours, theirs = Pipe()
    with theirs:
        if _can_copy():
            return _Worker(_copied(theirs), ours)
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-c", _PROGRAM, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
    ours.send((sys.path, CodeFolder.path, CodeFolder.made))
    return _Worker(process, ours)


def _can_copy() -> bool:
    """Whether this process may be copied: on Linux, by its main thread; another one is that of a server.

    Not while a thread of a pool is there: it may hold a lock, as of a module that it loads, which a copy waits for.
    """
    is_pooled = any(_OF_A_POOL.search(thread.name) for thread in threading.enumerate())
    return sys.platform == "linux" and threading.current_thread() is threading.main_thread() and not is_pooled


def _copied(pipe: Connection) -> _Copied:
    load_compiler()
    process = get_context("fork").Process(target=_serve, args=(pipe,), daemon=True)
    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)  # none comes before the copy is ready for it
    try:
        with warnings.catch_warnings():
            # threads of libraries and of a progress bar, which hold no lock that a worker takes
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return _Copied(process)


def _serve(pipe: Connection) -> None:
    """Work, in a copy of the process that asked for it."""
    gc.freeze()  # what it had is not looked at again, and so stays shared with it
    nowhere = os.open(os.devnull, os.O_RDWR)
    for held in [int(path.name) for path in Path("/proc/self/fd").iterdir()]:
        if held not in (_STDERR, pipe.fileno(), nowhere):
            with suppress(OSError):  # of the listing itself
                os.dup2(nowhere, held)  # not closed: the number stays with who has it
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    BytesRead.tell = BytesRead.tell_rows = None  # who watches does so there: here its lock may be held for ever
    worker_process.serve(pipe, CodeFolder.path, CodeFolder.made)


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
