"""What runs the fragments of a job: processes of this machine, or a cluster.

An engine carries the folder of a job and the numbers of its fragments, never rows. What comes out does not depend on
it: fragments are cut by the source alone, and their parts are used in their order.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from lockgate.tables.engine_local import LocalEngine
from lockgate.tables.engine_ray import open_ray
from lockgate.tables.engine_spark import open_spark
from lockgate.terms.errors import InputError


class Engine(Protocol):
    """What runs fragments."""

    @property
    def name(self) -> str:
        """Return `local`, `ray` or `spark`, for people."""

    @property
    def workers(self) -> int:
        """Return how many fragments are run at once, at least 1."""

    def run(self, folder: Path, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield the number of each fragment as it is finished, in any order, with the rows read for it but not told.

        An engine may tell rows on the way (`BytesRead.tell_rows`). A fragment whose worker is lost is run again. When
        the iterator is closed no worker of ours is left at work.

        Args:
            folder: Of the job, see `lockgate.tables.job`.
            numbers: Of its fragments.

        Raises:
            LockgateError: What a task raises; or if a fragment loses its worker again and again.
        """

    def lend(self, cores: int) -> None:
        """Leave some cores of this machine to who asks, who is at work beside a run; below 0, take them back.

        Args:
            cores: How many more, or fewer.
        """

    def close(self) -> None:
        """End the workers."""


_CLUSTERS: dict[str, Callable[[str, int], Engine]] = {"ray": open_ray, "spark": open_spark}


def open_engine(address: str, workers: int) -> Engine:
    """Return the engine of an address.

    Args:
        address: Empty or `local` for processes of this machine; `ray://HOST:PORT` or `spark://HOST:PORT` for a cluster,
            `ray://local` or `spark://local` for one that is started here and ends with the engine.
        workers: How many fragments to run at once, at least 1; on a cluster 0 for as many as it has cores.

    Raises:
        InputError: If there is no such engine, or its extra is missing, or its cluster does not answer.
    """
    scheme, sign, _ = address.partition("://")
    adapter = _CLUSTERS.get(scheme) if sign else None
    if not adapter and address not in ("", "local"):
        # the rest of an address may hold a password
        raise InputError(
            f"no engine `{scheme}{sign and '://…'}`",
            "leave `--engine` out, or say `local`, `ray://HOST:PORT` or `spark://HOST:PORT`",
        )
    if workers < (0 if adapter else 1):
        raise InputError(f"expected at least one worker, found {workers}", "leave `--workers` out, or name one or more")
    return adapter(address, workers) if adapter else LocalEngine(workers)
