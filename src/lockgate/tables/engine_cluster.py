"""Fragments on a cluster, whatever its library: this side starts the driver, a process of its own, and talks to it.

What goes through is the path of a job's folder, numbers of fragments and of rows, and errors. The driver's own output
goes nowhere, or to the file that LOCKGATE_ENGINE_LOG names.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Pipe
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir, mkdtemp
from typing import Any, NamedTuple

from lockgate.tables.cluster_driver import RESUME, Work
from lockgate.tables.cluster_worker import list_versions
from lockgate.terms.compiled_code import CodeFolder
from lockgate.terms.errors import CounterpartyError, InputError

_PATIENCE_S = 10.0
"""How long a driver may take to end what it started."""

_PATH_LETTERS = 30
"""Of a temporary folder, at most: Ray puts sockets deep below it, and the path of a socket has 107."""

_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "DO_NOT_TRACK": "1"}
"""No library reports its use to anybody; set before any is loaded."""

_PROGRAM = """
import sys
from multiprocessing.connection import Connection
pipe = Connection(int(sys.argv[1]))
sys.path[:] = pipe.recv()
from lockgate.tables.cluster_driver import serve
serve(pipe, sys.argv[2])
"""
"""What a driver runs: modules are found where they are found here."""


class Address(NamedTuple):
    """Where a cluster is.

    Attributes:
        host: Of its head; empty for a cluster on this machine that is started and ended with the engine.
        port: Of its head.
        workers: How many fragments may run at once; 0 for as many as the cluster takes.
    """

    host: str
    port: int
    workers: int


def parse_address(address: str, workers: int) -> Address:
    """Return where a cluster is.

    Args:
        address: `ray://HOST:PORT`, `ray://local`, and likewise for other engines; `local[N]` names workers too.
        workers: How many fragments may run at once; 0 for as many as the cluster takes.

    Raises:
        InputError: If it is no such address.
    """
    scheme, _, place = address.partition("://")
    local = re.fullmatch(r"local(?:\[([1-9][0-9]{0,3})\])?", place)
    if local:
        return Address("", 0, int(local[1] or 0) or workers or os.cpu_count() or 1)
    remote = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})", place)
    if not remote or not 0 < int(remote[3]) < 2**16:
        raise InputError(
            f"expected `{scheme}://HOST:PORT` or `{scheme}://local` as the engine, found another address",
            "Leave out user, password and path: a token comes from the environment or a file.",
        )
    return Address(remote[1] or remote[2], int(remote[3]), workers)


class ClusterEngine:
    """A connection to a cluster, through a driver.

    Args:
        name: Of the engine.
        module: The adapter that the driver loads.
        address: Where the cluster is.
        settings: Environment of the driver, beside what there is.
    """

    def __init__(self, name: str, module: str, address: Address, settings: Mapping[str, str]) -> None:
        self.name = name
        self.workers = address.workers
        self._module, self._address = module, address
        self._environment = {**os.environ, **_QUIET, **settings} | {
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path))
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._start()

    def run(self, folder: Path, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield the number of each fragment as it is finished, in any order, with the rows read for it.

        Raises:
            LockgateError: What a task raises.
            CounterpartyError: If the cluster is gone, or a fragment has lost several workers.
        """
        if not numbers:
            return
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._start()
        code = str(CodeFolder.path or "")
        is_done = False
        try:
            self._send(Work(str(folder.resolve()), tuple(numbers), code, list_versions()))
            while (found := self._receive()) is not None:
                if isinstance(found, BaseException):
                    is_done = True  # the driver has cancelled the rest
                    raise found
                yield found
            is_done = True
        finally:
            if not is_done:
                self.close()

    def lend(self, cores: int) -> None:
        """Do nothing: the workers of a cluster have cores of their own."""

    def close(self) -> None:
        """End the driver, and with it what runs on the cluster."""
        if self._process is None:
            return
        process, self._process = self._process, None
        self._pipe.close()
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            pass
        finally:  # also at a second Ctrl-C
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            rmtree(self._scratch, ignore_errors=True)

    def _start(self) -> None:
        self._scratch = mkdtemp(prefix="lg-", dir=None if len(gettempdir()) < _PATH_LETTERS else "/tmp")  # noqa: S108 - made for us alone
        self._pipe, theirs = Pipe()
        with theirs, _log() as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-c", _PROGRAM, str(theirs.fileno()), self._module],
                cwd=self._scratch,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        is_up = False
        try:
            self._send(sys.path)
            self._send(tuple(self._address))
            found = self._receive()
            if isinstance(found, BaseException):
                raise found
            self.workers = found
            is_up = True
        finally:
            if not is_up:
                self.close()

    def _send(self, what: Any) -> None:
        with suppress(OSError):  # of a driver that has ended, which is seen when its answer is read
            self._pipe.send(what)

    def _receive(self) -> Any:
        try:
            return self._pipe.recv()
        except (EOFError, OSError):
            self.close()
            raise CounterpartyError(f"the connection to the {self.name.title()} cluster was lost", RESUME) from None


def _log() -> Any:
    """Return the file that takes what the library of an engine says."""
    path = os.environ.get("LOCKGATE_ENGINE_LOG", "") or os.devnull
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
    except OSError as error:
        raise InputError(
            f"`{path}` in LOCKGATE_ENGINE_LOG cannot be written: {error.strerror}", "Name another file."
        ) from error
