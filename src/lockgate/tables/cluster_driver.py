"""The driver of a cluster: the one process in which the library of an engine is loaded.

It is a process of its own because such a library ends its process when the cluster is gone, takes over signals and
writes to the terminal. It ends, with everything that it started, as soon as the pipe to who started it does.
"""

import os
import pickle
import signal
import socket
import time
import traceback
from collections.abc import Generator
from contextlib import closing
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from shutil import rmtree
from threading import Event, Thread
from typing import NamedTuple, Protocol

from lockgate.tables.cluster_worker import Outcome
from lockgate.terms.errors import CounterpartyError, InputError, LockgateError

_CONNECT_S = 5.0
"""How long the head of a cluster may take to answer."""

_BETWEEN_LOOKS_S = 2.0
"""Between two looks whether the head is there."""

_MISSES = 3
"""Looks in a row that find no head before it is given up."""

_WITHOUT_WORKERS_S = 60.0
"""How long a cluster may be without workers."""

RESUME = "See that the cluster runs, then give the same command with `--resume`: it keeps and uses what is finished."


class Work(NamedTuple):
    """Fragments to run.

    Attributes:
        folder: Of the job.
        numbers: Of the fragments.
        code: Folder of compiled code; empty for none.
        versions: What workers must run.
    """

    folder: str
    numbers: tuple[int, ...]
    code: str
    versions: dict[str, str]


class Cluster(Protocol):
    """A connection to a cluster."""

    workers: int

    def run(self, work: Work) -> Generator[Outcome | None, None, None]:
        """Yield what workers answer, and None at least every half second."""

    def close(self) -> None:
        """End what was started, and the connection."""


class GoneError(Exception):
    """The cluster is gone: nothing of it can be asked any more, not even to end."""


def serve(pipe: Connection, module: str) -> None:
    """Run fragments until the pipe ends.

    Args:
        pipe: To who started this process.
        module: The adapter of the engine; has `connect(host, port, workers) -> Cluster`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is told to all; who started this process ends it
    host, port, workers = pipe.recv()
    asked: SimpleQueue[Work | None] = SimpleQueue()
    ended = Event()
    Thread(target=_listen, args=(pipe, asked, ended), daemon=True).start()
    cluster: Cluster | None = None
    try:
        cluster = import_module(module).connect(host, port, workers)
        assert cluster is not None
        pipe.send(cluster.workers)
        while (work := asked.get()) is not None:
            _run(pipe, cluster, work, ended)
    except GoneError as error:
        _send(pipe, CounterpartyError(str(error), RESUME))
        rmtree(Path.cwd(), ignore_errors=True)
        os._exit(1)
    except LockgateError as error:
        _send(pipe, error)
    except BrokenPipeError:
        pass  # nobody is there any more
    except Exception as error:  # noqa: BLE001 - of a foreign library; its own words may hold a token
        traceback.print_exc()
        _send(pipe, _unknown(error))
    finally:
        if cluster is not None:
            cluster.close()
        rmtree(Path.cwd(), ignore_errors=True)


def _listen(pipe: Connection, asked: "SimpleQueue[Work | None]", ended: Event) -> None:
    try:
        while True:
            asked.put(pipe.recv())
    except (EOFError, OSError):
        ended.set()
        asked.put(None)


def _run(pipe: Connection, cluster: Cluster, work: Work, ended: Event) -> None:
    """Send what is finished, then None or what went wrong; what else runs is cancelled then."""
    try:
        with closing(cluster.run(work)) as outcomes:
            for outcome in outcomes:
                if ended.is_set():
                    return
                if outcome is not None:
                    pipe.send(_judge(outcome))
        pipe.send(None)
    except LockgateError as error:
        pipe.send(error)
    except _TaskError as error:
        pipe.send(error.__cause__)


class _TaskError(Exception):
    """A task raised something that is no error of ours; it is the cause of this one."""


def _judge(outcome: Outcome) -> tuple[int, int]:
    if outcome.unfit:
        raise InputError(
            outcome.unfit,
            "Install the same versions of lockgate and its libraries on every worker, and share the folder with all.",
        )
    if outcome.error:
        error = pickle.loads(outcome.error)  # noqa: S301 - a worker runs our code; it can do more than that anyway
        if isinstance(error, LockgateError):
            raise error
        raise _TaskError from error
    return outcome.number, outcome.rows


def _send(pipe: Connection, error: LockgateError) -> None:
    try:
        pipe.send(error)
    except OSError:
        traceback.print_exc()


def _unknown(error: Exception) -> LockgateError:
    return LockgateError(
        f"the library of the engine failed with `{type(error).__name__}`",
        "Name a file in LOCKGATE_ENGINE_LOG and try again: it takes what the library says.",
    )


def require_head(host: str, port: int, what: str) -> None:
    """Hold that somebody listens where the head of a cluster should.

    Raises:
        InputError: If nobody does.
    """
    if not _answers(host, port):
        raise InputError(
            f"no {what} answers at `{host}:{port}`", "See that the cluster runs, and name its head's host and port."
        )


def lost(number: int, times: int) -> CounterpartyError:
    """Return the error of a fragment that lost its worker again and again."""
    return CounterpartyError(
        f"fragment {number} lost its worker {times} times, most often because memory ran out",
        "Give the workers more memory or fewer cores, then give the same command with `--resume`.",
    )


class Watch:
    """Looks from time to time whether a cluster is still there.

    Args:
        head: Its host and port; None for one that this process started.
    """

    def __init__(self, head: tuple[str, int] | None) -> None:
        self._head = head
        self._looked = self._seen = time.monotonic()
        self._missed = 0

    def is_due(self) -> bool:
        """Whether it is time to look again; whoever is told so looks.

        Raises:
            GoneError: If the head has been gone for some looks.
        """
        if time.monotonic() - self._looked < _BETWEEN_LOOKS_S:
            return False
        self._missed = 0 if self._head is None or _answers(*self._head) else self._missed + 1
        self._looked = time.monotonic()
        if self._missed >= _MISSES:
            raise GoneError("the head of the cluster is gone")
        return not self._missed

    def count_workers(self, workers: float) -> None:
        """Take notice of how many workers there are.

        Raises:
            CounterpartyError: If there have been none for a minute.
        """
        if workers >= 1:
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > _WITHOUT_WORKERS_S:
            raise CounterpartyError(
                f"the cluster has had no worker to spare for {_WITHOUT_WORKERS_S:.0f} s",
                "Start workers, or wait until others need them no more, then give the same command with `--resume`.",
            )


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), _CONNECT_S):
            return True
    except OSError:
        return False
