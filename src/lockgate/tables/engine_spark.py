"""Fragments as tasks of Spark (extra `spark`): mapInArrow over numbers.

All but `open_spark` runs in the driver, where alone Spark is loaded. A job has a task for each core, and some jobs are
there at once, so that no core waits for the end of one. A task whose worker is lost is run again by Spark; what runs
when the driver ends is ended by Spark.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from importlib import import_module
from pathlib import Path
from typing import Any

from lockgate.tables import cluster_worker
from lockgate.tables.cluster_driver import GoneError, Watch, Work, lost, require_head
from lockgate.tables.cluster_worker import Outcome, run_fragment
from lockgate.tables.engine_cluster import ClusterEngine, parse_address
from lockgate.tables.optional import load
from lockgate.terms.errors import InputError

_LOSSES = 4
"""Workers that one fragment may lose before it is given up."""

_LIGHT = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""A driver that shares out numbers needs no second compiler and no threads to collect garbage."""

_LEAST_JAVA = 17
_JAVA_S = 30.0
_WAIT_S = 0.2
_JOBS = 3
"""Jobs that Spark holds at once, each with a task for every core: planning one takes some tenths of a second."""

_TAKEN_S = 60.0
"""How long a cluster may take to give us a worker."""

_ANSWER = "number long, rows long, unfit string, error binary"


def open_spark(address: str, workers: int) -> ClusterEngine:
    """Return the engine on a Spark cluster.

    Args:
        address: `spark://HOST:PORT` of a standalone master, `spark://local` or `spark://local[2]`.
        workers: How many fragments to run at once; 0 for as many as the cluster has cores.

    Raises:
        InputError: If the extra or Java is missing, nobody answers there, or no worker takes the work.
    """
    place = parse_address(address, workers)
    require_java()
    here = {} if place.host and not _is_loopback(place.host) else {"SPARK_LOCAL_IP": "127.0.0.1"}
    python = os.environ.get("PYSPARK_PYTHON", "") or sys.executable
    options = f"{os.environ.get('SPARK_SUBMIT_OPTS', '')} {_LIGHT}"
    return ClusterEngine("spark", __name__, place, here | {"PYSPARK_PYTHON": python, "SPARK_SUBMIT_OPTS": options})


def require_java() -> None:
    """Hold that there is a Java that Spark runs on.

    Raises:
        InputError: If there is none, or an older one.
    """
    home = os.environ.get("JAVA_HOME", "")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    said = ""
    if java:
        try:
            said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=_JAVA_S).stderr  # noqa: S603, PLW1510 - the Java that Spark takes; read below
        except (OSError, subprocess.TimeoutExpired):
            java = None
    found = re.search(r'version "(?:1\.)?([0-9]+)', said)
    if not found or int(found[1]) < _LEAST_JAVA:
        what = f"found version {found[1]}" if found else "found none" + (" in JAVA_HOME" if home else "")
        raise InputError(
            f"the engine `spark` needs Java {_LEAST_JAVA} or newer, {what}",
            f"Install a Java {_LEAST_JAVA} runtime, such as the package openjdk-17-jre-headless, or set JAVA_HOME.",
        )


def connect(host: str, port: int, workers: int) -> "SparkCluster":
    """Return a connection to a cluster, or to one on this machine that ends with this process.

    Args:
        host: Empty for one on this machine.
        port: Of the master.
        workers: How many fragments to run at once; 0 for as many as there are cores.

    Raises:
        InputError: If the extra is missing, nobody answers there, or no worker takes the work.
    """
    load("pyspark", "spark", "the engine `spark`")
    load("pandas", "spark", "the engine `spark`")
    if host:
        require_head(host, port, "Spark master")
    master = f"spark://{host}:{port}" if host else f"local[{workers},{_LOSSES}]"
    settings = _list_settings(host, workers)
    builder = import_module("pyspark.sql").SparkSession.builder.master(master).appName("lockgate")
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:
        if not host:
            raise
        raise InputError(
            f"the Spark master at `{host}:{port}` did not take the connection",
            "Run the same version of Spark, and give the cluster's secret in spark-defaults.conf, in the folder that"
            " SPARK_CONF_DIR names.",
        ) from error
    cluster = SparkCluster(session, workers, is_local=not host)
    if host:
        cluster.wait_for_workers()
    return cluster


def _list_settings(host: str, workers: int) -> dict[str, str]:
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.eventLog.enabled": "false",
        "spark.speculation": "false",
        "spark.task.maxFailures": str(_LOSSES),
        "spark.pyspark.python": os.environ["PYSPARK_PYTHON"],
        "spark.sql.warehouse.dir": str(Path.cwd()),
    }
    if not host or _is_loopback(host):
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    if host and workers:
        settings["spark.cores.max"] = str(workers)
    return settings


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


class SparkCluster:
    """A connection to a Spark cluster.

    Args:
        session: Connected.
        workers: How many fragments to run at once; 0 for as many as there are cores.
        is_local: Whether this process runs the cluster.
    """

    def __init__(self, session: Any, workers: int, *, is_local: bool) -> None:
        self.workers = workers or 1
        self._session, self._asked, self._is_local = session, workers, is_local
        self._context = session.sparkContext
        self._context.setLogLevel("ERROR")
        import_module("pyspark.cloudpickle").register_pickle_by_value(cluster_worker)

    def wait_for_workers(self) -> None:
        """Wait until a worker has taken the work.

        Raises:
            InputError: If none has for a minute.
        """
        started = time.monotonic()
        while not self._count_workers():
            if time.monotonic() - started > _TAKEN_S:
                self.close()
                raise InputError(
                    f"no worker of the Spark cluster took the work for {_TAKEN_S:.0f} s",
                    "See that workers run, with cores and memory to spare.",
                )
            time.sleep(_WAIT_S)
        self.workers = self._asked or int(self._context.defaultParallelism)

    def _count_workers(self) -> int:
        found: int = self._context._jsc.sc().getExecutorMemoryStatus().size()  # noqa: SLF001 - no other way
        return found - 1  # the driver is among them

    def run(self, work: Work) -> Generator[Outcome | None, None, None]:
        """Yield what workers answer, and None at least every half second."""
        watch = Watch(None)  # a job that runs does without its master
        starts = range(0, len(work.numbers), self.workers)
        waiting = deque(work.numbers[start : start + self.workers] for start in starts)
        running: dict[Future[list[Outcome]], tuple[int, ...]] = {}
        with ThreadPoolExecutor(_JOBS) as threads:
            try:
                while waiting or running:
                    while waiting and len(running) < _JOBS:
                        numbers = waiting.popleft()
                        running[threads.submit(self._finish, work, numbers)] = numbers
                    finished, _ = wait(running, _WAIT_S, FIRST_COMPLETED)
                    for future in finished:
                        yield from self._answers(future, running.pop(future))
                    if not finished:
                        if not self._is_local and watch.is_due():
                            watch.count_workers(self._count_workers())
                        yield None
            finally:
                if running:
                    self._cancel(list(running))

    def _finish(self, work: Work, numbers: tuple[int, ...]) -> list[Outcome]:
        places = self._session.range(0, len(numbers), 1, len(numbers))
        rows = places.mapInArrow(_over_places(work, numbers), _ANSWER).collect()
        return [Outcome(row["number"], row["rows"], row["unfit"], bytes(row["error"])) for row in rows]

    def _answers(self, future: "Future[list[Outcome]]", numbers: tuple[int, ...]) -> list[Outcome]:
        try:
            return future.result()
        except Exception as error:
            said = str(error)
            if self._context._jsc is None or self._context._jsc.sc().isStopped():  # noqa: SLF001 - no other way
                raise GoneError("the connection to the Spark cluster was lost") from error
            if "Cannot run program" in said or type(error).__name__ == "PythonException":
                raise InputError(
                    "a worker of the Spark cluster cannot run Python as here",
                    "Install Python, lockgate and the extra `spark` at the same path on every worker, or name the path"
                    " in PYSPARK_PYTHON.",
                ) from error
            task = re.search(rf"Task ([0-9]+) in stage [0-9.]+ failed {_LOSSES} times", said)
            if task:
                raise lost(numbers[int(task[1])], _LOSSES) from error
            raise

    def _cancel(self, running: "list[Future[list[Outcome]]]") -> None:
        """Cancel jobs again and again until all are: a thread may have been about to start its own."""
        while running:
            for future in running:
                future.cancel()
            self._context.cancelAllJobs()
            running = list(wait(running, _WAIT_S).not_done)

    def close(self) -> None:
        """End what was started, and the connection."""
        self._session.stop()


def _over_places(work: Work, numbers: tuple[int, ...]) -> Callable[[Any], Any]:
    """Return what a worker does with batches of places of fragments in a job; it travels by value."""
    folder, code, versions = work.folder, work.code, work.versions

    def finish(batches: Any) -> Any:
        arrow = import_module("pyarrow")
        for batch in batches:
            for place in batch.column(0).to_pylist():
                members = run_fragment(folder, numbers[place], code, versions)
                yield arrow.RecordBatch.from_arrays(
                    [
                        arrow.array([member], kind)
                        for member, kind in zip(members, ("int64", "int64", "string", "binary"), strict=True)
                    ],
                    ["number", "rows", "unfit", "error"],
                )

    return finish
