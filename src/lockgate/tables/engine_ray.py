"""Fragments as tasks of Ray (extra `ray`).

All but `open_ray` runs in the driver's process, where alone Ray is loaded. Ray gets numbers and gives
numbers. A task whose worker or node is lost is run again by Ray; what runs when the driver ends is ended by Ray. No
dashboard, no usage statistics, no output of workers.
"""

import os
from collections import deque
from collections.abc import Generator
from pathlib import Path
from secrets import token_hex
from typing import Any

from lockgate.tables import cluster_worker
from lockgate.tables.cluster_driver import Watch, Work, lost, require_head
from lockgate.tables.cluster_worker import Outcome
from lockgate.tables.engine_cluster import ClusterEngine, parse_address
from lockgate.tables.optional import load
from lockgate.terms.errors import InputError

_LOSSES = 4
"""Workers that one fragment may lose before it is given up."""

_WAIT_S = 0.2
_STORE_BYTES = 80 * 2**20
"""Ray's least room for objects: ours are numbers."""

_TOKEN_BYTES = 32


def open_ray(address: str, workers: int) -> ClusterEngine:
    """Return the engine on a Ray cluster.

    Args:
        address: `ray://HOST:PORT` with the port of `ray start --head`, or `ray://local`.
        workers: How many fragments to run at once; 0 for as many as the cluster has cores.

    Raises:
        InputError: If the extra is missing, nobody answers there, or the cluster does not let us in.
    """
    place = parse_address(address, workers)
    return ClusterEngine("ray", __name__, place, _find_token(is_local=not place.host))


def _find_token(*, is_local: bool) -> dict[str, str]:
    """Return the settings of Ray's token authentication; on this machine only, a token of the hour."""
    if is_local:
        return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token_hex(_TOKEN_BYTES), "RAY_AUTH_TOKEN_PATH": ""}
    has_token = any(os.environ.get(name) for name in ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"))
    return {"RAY_AUTH_MODE": "token"} if has_token and not os.environ.get("RAY_AUTH_MODE") else {}


def connect(host: str, port: int, workers: int) -> "RayCluster":
    """Return a connection to a cluster, or to one on this machine that ends with this process.

    Args:
        host: Empty for one on this machine.
        port: Of the head.
        workers: How many fragments to run at once; 0 for as many as there are cores.

    Raises:
        InputError: If the extra is missing, nobody answers there, or the cluster does not let us in.
    """
    ray = load("ray", "ray", "the engine `ray`")
    quiet = {"include_dashboard": False, "log_to_driver": False, "logging_level": "ERROR"}
    if not host:
        here = {"_node_ip_address": "127.0.0.1", "_temp_dir": str(Path.cwd()), "object_store_memory": _STORE_BYTES}
        ray.init("local", num_cpus=workers, **here, **quiet)
        return RayCluster(ray, None, workers)
    require_head(host, port, "Ray cluster")
    del quiet["include_dashboard"]  # the head's matter
    try:
        ray.init(f"[{host}]:{port}" if ":" in host else f"{host}:{port}", **quiet)
    except (ConnectionError, RuntimeError, ValueError, ray.exceptions.RayError):
        raise InputError(
            f"the Ray cluster at `{host}:{port}` did not take the connection",
            "Name the port of `ray start --head`, make this machine a node of the cluster, run the same version of Ray,"
            " and give the cluster's token in RAY_AUTH_TOKEN, or in the file that RAY_AUTH_TOKEN_PATH names.",
        ) from None
    cores = int(ray.cluster_resources().get("CPU", 0))
    return RayCluster(ray, (host, port), min(workers or cores, cores) or 1)


class RayCluster:
    """A connection to a Ray cluster.

    Args:
        ray: The library, connected.
        head: Host and port; None for a cluster of our own.
        workers: How many fragments to run at once, at least 1.
    """

    def __init__(self, ray: Any, head: tuple[str, int] | None, workers: int) -> None:
        self.workers = workers
        self._ray, self._head = ray, head
        ray.cloudpickle.register_pickle_by_value(cluster_worker)
        # an error of a task is an answer; only a worker that is lost has its task run again
        self._task = ray.remote(num_cpus=1, max_retries=_LOSSES - 1)(cluster_worker.run_fragment)

    def run(self, work: Work) -> Generator[Outcome | None, None, None]:
        """Yield what workers answer, and None at least every half second."""
        watch = Watch(self._head)
        waiting, running = deque(work.numbers), dict[Any, int]()
        try:
            while waiting or running:
                while waiting and len(running) < self.workers:
                    number = waiting.popleft()
                    running[self._task.remote(work.folder, number, work.code, work.versions)] = number
                finished, _ = self._ray.wait(list(running), timeout=_WAIT_S)
                for task in finished:
                    yield self._answer(task, running.pop(task))
                if not finished:
                    if watch.is_due():
                        watch.count_workers(self._ray.cluster_resources().get("CPU", 0))
                    yield None
        finally:
            for task in running:
                self._ray.cancel(task, force=True)

    def _answer(self, task: Any, number: int) -> Outcome:
        errors = self._ray.exceptions
        try:
            return Outcome(*self._ray.get(task))
        except (errors.WorkerCrashedError, errors.NodeDiedError, errors.OutOfMemoryError, errors.ObjectLostError):
            raise lost(number, _LOSSES) from None

    def close(self) -> None:
        """End what was started, and the connection."""
        self._ray.shutdown()
